// Package font carries the two fonts (字体) that everything on the screen is written in: Noto Sans SC Regular, complete, and
// a Bold subset.
//
// Regular draws 30,890 characters, among them GB 18030's levels 1 and 2; Bold draws what is written big and common (GB 2312 and the
// List of Commonly Used Standard Chinese Characters), because a second complete font would cost eight megabytes for characters that
// appear in a handful of names. A text that Bold cannot draw whole is drawn whole in Regular, so that no name changes weight
// half-way. Both come from the npm package @expo-google-fonts/noto-sans-sc 0.4.3 under the SIL Open Font License 1.1
// (OFL.txt); subset.sh is the command that made Bold. What Regular lacks of an edition comes with the edition (Carry), and is drawn as
// if Regular had it. Nothing is ever drawn as an empty box.
//
// The package also measures: an advance is all that laying out Chinese text needs, and asking the font's own table keeps the
// layout of a page a pure function.
package font

import (
	_ "embed"
	"slices"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:embed NotoSansSC-Regular.ttf
var regular []byte

//go:embed NotoSansSC-Bold.ttf
var bold []byte

// Vertical measures of both fonts, in em. Ascent is what a text object of the toolkit leaves above the baseline, Top and
// Bottom are where a Chinese character's square begins and ends, counted from the baseline.
const (
	Ascent = 1.16
	Top    = 0.88
	Bottom = 0.12
)

// Regular returns the TrueType file of the regular weight. The bytes must not be changed.
func Regular() []byte { return regular }

// Bold returns the TrueType file of the bold subset. The bytes must not be changed.
func Bold() []byte { return bold }

// Draws reports whether r is drawn: Regular has a glyph (字形) for it, or it came with the edition.
func Draws(r rune) bool { return faces().regular.has(r).drawn }

// Has reports whether Regular itself has a glyph for r.
func Has(r rune) bool { return faces().regular.glyph(r).drawn }

// DrawsBold reports whether Bold has a glyph for every character of s.
func DrawsBold(s string) bool {
	f := faces().bold
	for _, r := range s {
		if !f.glyph(r).drawn {
			return false
		}
	}
	return true
}

// Width returns how wide s is, in em. A text that Bold cannot draw whole is measured in Regular, as it is drawn.
func Width(s string, inBold bool) float32 {
	f := faces().regular
	if inBold && DrawsBold(s) {
		f = faces().bold
	}
	var w float32
	for _, r := range s {
		w += f.has(r).advance
	}
	return w
}

// face is one font with the advances read so far.
type face struct {
	mu   sync.Mutex
	font *sfnt.Font
	buf  sfnt.Buffer
	seen map[rune]glyph
}

type glyph struct {
	advance float32
	drawn   bool
}

// has is what a text written in this font has for r: the font's own glyph, or a guest's.
func (f *face) has(r rune) glyph {
	if g := f.glyph(r); g.drawn {
		return g
	}
	return guest(r).glyph
}

// glyph returns r's advance in em and whether the font itself has a glyph for it.
func (f *face) glyph(r rune) glyph {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g, ok := f.seen[r]; ok {
		return g
	}
	var g glyph
	if i, err := f.font.GlyphIndex(&f.buf, r); err == nil && i != 0 {
		if a, err := f.font.GlyphAdvance(&f.buf, i, fixed.I(PerEm), font.HintingNone); err == nil {
			g = glyph{advance: float32(a) / 64 / PerEm, drawn: true}
		}
	}
	f.seen[r] = g
	return g
}

// segments returns the outline that the font itself has for r, at px pixels an em.
func (f *face) segments(r rune, px int) sfnt.Segments {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, err := f.font.GlyphIndex(&f.buf, r)
	if err != nil || i == 0 {
		return nil
	}
	segments, err := f.font.LoadGlyph(&f.buf, i, fixed.I(px), nil)
	if err != nil {
		return nil
	}
	return slices.Clone(segments) // which the buffer is used for again
}

type pair struct{ regular, bold *face }

// faces parses both fonts once. They are part of the binary: a parse error is a broken build, which the package's test finds.
var faces = sync.OnceValue(func() pair {
	parse := func(b []byte) *face {
		f, err := sfnt.Parse(b)
		if err != nil {
			panic("font: " + err.Error())
		}
		return &face{font: f, seen: map[rune]glyph{}}
	}
	return pair{parse(regular), parse(bold)}
})
