// Package slip is what a villager takes away (带走这一页): a few lines of text about one person or about totals, as plain text for a
// QR code and as a page for a printer.
//
// There are 3 parties: the kiosk, which words the lines; this package, which sets them with the product's own fonts; and the
// printer's queue, which is given a finished PDF, since no printer is trusted to have Chinese. What is promised: a slip that holds
// a character which cannot be drawn is not printed, and says which character that is; and one that is too long for a code or a
// sheet loses whole lines from its end and says how many.
package slip

import (
	"slices"
	"strings"

	"mingbai.local/assets/font"
	"mingbai.local/assets/word"
)

// Slip (小票) is what is taken away.
type Slip struct {
	Title string
	Lines []Line
	// Foot says as of when this is true and where it can be looked up again.
	Foot []string
}

// Line is one line: a text, and a figure at its right.
type Line struct {
	Text, Figure string
	Strong       bool
}

// Room is how many bytes of text a code may hold. A code of 600 bytes has 85 modules a side with the least correction and 97 with
// the next, so that at 60 mm a module stays wider than half a millimetre, which a telephone held over the panel reads.
const Room = 600

// Plain returns the slip as text, one line after another, in at most Room bytes.
func (s Slip) Plain() string {
	return s.cut(func(s Slip) bool { return len(s.text()) <= Room }).text()
}

func (s Slip) text() string {
	lines := []string{s.Title}
	for _, l := range s.Lines {
		lines = append(lines, strings.TrimSpace(l.Text+" "+l.Figure))
	}
	return strings.Join(append(lines, s.Foot...), "\n")
}

// cut drops lines from the end until the slip fits, and says how many went. What it is about and as of when always stays.
func (s Slip) cut(fits func(Slip) bool) Slip {
	if fits(s) {
		return s
	}
	short := s
	for kept := len(s.Lines) - 1; kept >= 0; kept-- {
		short.Lines = append(slices.Clone(s.Lines[:kept]), Line{Text: word.Say("slip.more", len(s.Lines)-kept)})
		if fits(short) {
			break
		}
	}
	return short
}

// Missing returns the characters of the slip that are not drawn, neither by the product's fonts nor by what came with the edition, each
// once, in the order of the text.
func (s Slip) Missing() []rune {
	var out []rune
	for _, r := range s.text() {
		if r != '\n' && !font.Draws(r) && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}
