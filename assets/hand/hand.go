// Package hand holds the tables of handwriting (手写字形表) that a kiosk carries: medians.hand, how printed characters' strokes run,
// and tomoe.hand, how one person wrote them.
//
// The tables are made by cmd/internal/trainhand (make hand-tables), each from its own source alone, and each is under the licence of
// that source: medians.hand under the Arphic Public License (ARPHICPL.TXT), tomoe.hand under the GNU LGPL 2.1 or later (LGPL-2.1.txt).
// So they are files of their own: a table of the same name beside the program is used instead of the one inside, and an empty one
// in place of none. Their form is documented in package app/input/hand, which reads and checks them.
package hand

import (
	_ "embed"
	"os"
	"path/filepath"
)

//go:embed medians.hand
var medians []byte

//go:embed tomoe.hand
var tomoe []byte

// Medians returns the table of printed characters that is inside the program, for measuring: no hand has gone into it.
func Medians() []byte { return medians }

// Tables returns the tables that are to be used: those beside the program before those inside.
func Tables() [][]byte {
	beside := ""
	if program, err := os.Executable(); err == nil {
		beside = filepath.Dir(program)
	}
	return found(beside)
}

func found(dir string) [][]byte {
	var out [][]byte
	for _, t := range []struct {
		name   string
		inside []byte
	}{{"medians.hand", medians}, {"tomoe.hand", tomoe}} {
		table, err := os.ReadFile(filepath.Join(dir, t.name))
		if err != nil {
			table = t.inside
		}
		if len(table) > 0 {
			out = append(out, table)
		}
	}
	return out
}
