// Package media lists the USB sticks (U盘) that are in a PC, as a clerk would tell them apart: by name, size and what is still free.
//
// There are two parties: the system, which mounts what is put in, and the page, which asks every few seconds. What is promised: a disk of the PC
// itself is never listed as a stick, and what cannot be asked for its size is left out, because it is being pulled out.
package media

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Medium (U盘) is a stick that is in.
type Medium struct {
	Path     string // where it is mounted: /media/u/KINGSTON, E:\
	Name     string // what a clerk sees: KINGSTON, E盘
	Size     int64
	Free     int64
	ReadOnly bool
}

// In lists the folders in a folder as if each were a stick: for tests, and for a PC that mounts where nobody looks.
func In(dir string) []Medium {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []Medium
	for _, e := range list {
		if m, ok := measured(filepath.Join(dir, e.Name()), false); ok && e.IsDir() {
			out = append(out, m)
		}
	}
	return out
}

// readable is a name with what cannot be read or would turn the line around left out.
func readable(name, instead string) string {
	var b strings.Builder
	for _, r := range name {
		if b.Len() > 60 {
			break
		}
		if unicode.Is(unicode.Han, r) || r < unicode.MaxASCII && unicode.IsPrint(r) {
			b.WriteRune(r)
		}
	}
	if strings.TrimSpace(b.String()) == "" {
		return instead
	}
	return b.String()
}

// Bytes is a size as it is printed on sticks: 31.9 GB, 640 MB.
func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e7:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
