package kiosk

import (
	"unicode/utf8"

	"mingbai.local/app/book"
	"mingbai.local/app/outline"
	"mingbai.local/assets/font"
)

// Guests returns how the characters of a book are drawn that the fonts lack, for font.Carry. An outline that is none, or more of them
// than an edition may have, count as not said: such a character is told by its parts.
func Guests(b *book.Book) map[rune]font.Guest {
	out := map[rune]font.Guest{}
	left := outline.Most
	for _, o := range b.Outlines() {
		r, size := utf8.DecodeRuneInString(o.Char)
		if size == 0 || size != len(o.Char) {
			continue
		}
		var g font.Guest
		if utf8.RuneCountInString(o.Parts) <= mostParts {
			g.Parts = o.Parts
		}
		if left -= len(o.Path); left >= 0 && o.Path != "" {
			g.Outline, _ = outline.Parse(o.Path) // nil beside an error
		}
		out[r] = g
	}
	return out
}

// mostParts is how many parts are written in the place of a character.
const mostParts = 4
