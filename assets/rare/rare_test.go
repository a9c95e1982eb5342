package rare

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"mingbai.local/assets/font"
)

// TestCoverIsTheFonts: of every character there can be, the office thinks what the query point's font does.
func TestCoverIsTheFonts(t *testing.T) {
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if Lacks(r) == font.Has(r) {
			t.Fatalf("%U: Lacks is %t, and so is the font's Has: make rare-parts", r, Lacks(r))
		}
		if font.Has(r) {
			n++
		}
	}
	if n != 30_890 {
		t.Errorf("Regular has %d characters; package font says 30,890", n)
	}
}

// TestPartsCanBeDrawn: what stands for a character is up to four others, and none of them needs to be told by its parts.
func TestPartsCanBeDrawn(t *testing.T) {
	for r, parts := range table() {
		if n := utf8.RuneCountInString(parts); !Lacks(r) || n < 1 || n > 4 {
			t.Errorf("%U is made of %q", r, parts)
		}
		for _, part := range parts {
			if Lacks(part) {
				t.Errorf("%U is made of %q, of which %U cannot be drawn", r, parts, part)
			}
		}
	}
	for r, want := range map[rune]string{'𠮷': "土口", '王': "", '\ue000': "", '𪛖': ""} {
		if got := Parts(r); got != want {
			t.Errorf("%c is made of %q, not %q", r, got, want)
		}
	}
	if n := len(table()); n < 43_000 {
		t.Errorf("%d characters have parts", n)
	}
}
