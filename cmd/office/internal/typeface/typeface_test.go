package typeface

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"mingbai.local/cmd/office/internal/typeface/typefacetest"
)

var (
	beam = typefacetest.Polygon{{50, 300}, {50, 500}, {950, 500}, {950, 300}}
	post = typefacetest.Polygon{{400, 0}, {400, 800}, {600, 800}, {600, 0}}
)

func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, files map[string][]byte) *Folder {
	t.Helper()
	f, err := Open(folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// A character is taken from the first font that has it, as path data; a blank one counts as none.
func TestOutlinesOfAFolder(t *testing.T) {
	f := open(t, map[string][]byte{
		"a.ttf": typefacetest.TTF(map[rune]typefacetest.Polygon{'𠮷': beam, '𡈼': nil}), "b.TTF": typefacetest.TTF(map[rune]typefacetest.Polygon{'𠮷': post, '𡈼': post}),
		"README": []byte("no font"),
	})
	for r, want := range map[rune]string{'𠮷': "m50 -300l0 -200l900 0l0 200l-900 0", '𡈼': "m400 0l0 -800l200 0l0 800l-200 0", '王': ""} {
		if got, ok := f.Outline(r); got != want || ok != (want != "") {
			t.Errorf("%c is %q, %t", r, got, ok)
		}
	}
}

func TestIDIsOfTheFonts(t *testing.T) {
	one := typefacetest.TTF(map[rune]typefacetest.Polygon{'𠮷': beam})
	other := typefacetest.TTF(map[rune]typefacetest.Polygon{'𠮷': post})
	if open(t, map[string][]byte{"a.ttf": one}).ID() != open(t, map[string][]byte{"a.ttf": one, "x.txt": other}).ID() {
		t.Error("the same fonts have two IDs")
	}
	if open(t, map[string][]byte{"a.ttf": one}).ID() == open(t, map[string][]byte{"a.ttf": other}).ID() {
		t.Error("another font has the same ID")
	}
}

func TestNoFonts(t *testing.T) {
	for name, dir := range map[string]string{"no folder": filepath.Join(t.TempDir(), "none"), "an empty one": folder(t, map[string][]byte{"README": nil})} {
		if _, err := Open(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(folder(t, map[string][]byte{"a.ttf": []byte("<html>")})); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a page is taken for a font: %v", err)
	}
}
