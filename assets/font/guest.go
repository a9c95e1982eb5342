package font

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// PerEm is the units of an em in both fonts, and in the outlines that come with an edition.
const PerEm = 1000

// Guest is how a character is drawn that Regular lacks (外来字): by its outline, or, where there is none, by what it is made of.
type Guest struct {
	Outline sfnt.Segments // in units of PerEm, y downwards from the baseline; a character of one em
	Parts   string        // 王月 is drawn as （王+月）
}

// missing stands where nobody knows what a character looks like. An empty box would say less.
const missing = "（缺字）"

// guests are those of the edition on show. Whoever draws asks for one character at a time, so that an edition may change between two.
var guests struct {
	sync.Mutex
	known  map[rune]Guest
	made   map[rune]guestGlyph
	number uint64
}

type guestGlyph struct {
	glyph
	segments sfnt.Segments
}

// Carry says how the characters are drawn that Regular lacks, from now on and instead of what was said before: those of the edition
// that is shown. What Regular has is always drawn as Regular has it.
func Carry(known map[rune]Guest) {
	guests.Lock()
	guests.known, guests.made = maps.Clone(known), map[rune]guestGlyph{}
	guests.number++
	guests.Unlock()
	drawn.clear() // of what was drawn until now; whoever draws holds the well and asks for guests
}

// Carried returns a number that is another one after each Carry: a picture of a text from before may no longer be right.
func Carried() uint64 {
	guests.Lock()
	defer guests.Unlock()
	return guests.number
}

// guest returns what stands for a character that Regular lacks.
func guest(r rune) guestGlyph {
	guests.Lock()
	defer guests.Unlock()
	if g, ok := guests.made[r]; ok {
		return g
	}
	known := guests.known[r]
	var g guestGlyph
	switch {
	case unicode.In(r, unicode.Variation_Selector, unicode.Cf, unicode.Cc):
		g = guestGlyph{glyph: glyph{drawn: true}} // it says how the character before it looks, or which way a text runs
	case len(known.Outline) > 0:
		g = guestGlyph{glyph{1, true}, weighed(known.Outline)}
	default:
		if g = row("（" + strings.Join(strings.Split(known.Parts, ""), "+") + "）"); known.Parts == "" || !g.drawn {
			g = row(missing)
			g.drawn = false
		}
	}
	if guests.made == nil {
		guests.made = map[rune]guestGlyph{}
	}
	guests.made[r] = g
	return g
}

// row is a text as if it were one character. It is drawn if Regular has all of it.
func row(text string) guestGlyph {
	f := faces().regular
	out := guestGlyph{glyph: glyph{drawn: true}}
	for _, r := range text {
		g := f.glyph(r)
		out.drawn = out.drawn && g.drawn
		for _, s := range f.segments(r, PerEm) {
			for i := range s.Args {
				s.Args[i].X += fixed.Int26_6(out.advance * PerEm * 64)
			}
			out.segments = append(out.segments, s)
		}
		out.advance += g.advance
	}
	return out
}

// Segments returns the outline of a character in units of PerEm, y downwards from the baseline, as Line draws it. A space has none.
func Segments(r rune, inBold bool) sfnt.Segments {
	f := faces().regular
	if inBold {
		f = faces().bold
	}
	return slices.Clone(f.outline(r, PerEm))
}

// outline returns the outline of a character at px pixels an em, which is somebody else's.
func (f *face) outline(r rune, px int) sfnt.Segments {
	if f.glyph(r).drawn {
		return f.segments(r, px)
	}
	segments := guest(r).segments
	if px == PerEm {
		return segments
	}
	out := slices.Clone(segments)
	for i := range out {
		for k := range out[i].Args {
			p := &out[i].Args[k]
			p.X, p.Y = p.X*fixed.Int26_6(px)/PerEm, p.Y*fixed.Int26_6(px)/PerEm
		}
	}
	return out
}
