// Package locale gives a machine that speaks no language Chinese (语言), before anything asks.
//
// Fyne reads the locale while it is initialised and logs an error where it is C, as it is on a kiosk without a desktop.
// This package imports nothing but os, so that it is initialised first: Go takes packages in the order of their paths, each
// as soon as its imports are ready, and Fyne's imports take long.
package locale

import "os"

// Spoken is what a machine without a language speaks.
const Spoken = "zh_CN.UTF-8"

func init() {
	heard := "LANG" // the variable that decides, where one does
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := os.Getenv(name)
		if v == "" {
			continue
		}
		if v != "C" && v != "POSIX" && v != "C.UTF-8" {
			return
		}
		heard = name
		break
	}
	_ = os.Setenv(heard, Spoken) // it fails only for names that are not names
}
