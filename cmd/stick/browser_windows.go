package main

import "os/exec"

const onWindows = true

// openBrowser asks the desktop to show an address.
func openBrowser(url string) error {
	return exec.Command("rundll32", "url.dll,FileProtocolHandler", url).Start()
}
