// Package font carries the two fonts (字体) that everything on the screen is written in: Noto Sans SC Regular, complete, and
// a Bold subset.
//
// Regular draws every character that an edition may hold; Bold draws what is written big and common (GB 2312 and the List of
// Commonly Used Standard Chinese Characters), because a second complete font would cost eight megabytes for characters that
// appear in a handful of names. A text that Bold cannot draw whole is drawn whole in Regular, so that no name changes weight
// half-way. Both come from the npm package @expo-google-fonts/noto-sans-sc 0.4.3 under the SIL Open Font License 1.1
// (OFL.txt); subset.sh is the command that made Bold.
//
// The package also measures: an advance is all that laying out Chinese text needs, and asking the font's own table keeps the
// layout of a page a pure function.
package font

import (
	_ "embed"
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

// Draws reports whether Regular has a glyph (字形) for r.
func Draws(r rune) bool {
	_, ok := faces().regular.advance(r)
	return ok
}

// DrawsBold reports whether Bold has a glyph for every character of s.
func DrawsBold(s string) bool {
	f := faces().bold
	for _, r := range s {
		if _, ok := f.advance(r); !ok {
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
		a, _ := f.advance(r)
		w += a
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

// advance returns r's advance in em and whether the font has a glyph for it. A character without one counts as one em, the
// width of the box that would stand in its place.
func (f *face) advance(r rune) (float32, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g, ok := f.seen[r]; ok {
		return g.advance, g.drawn
	}
	g := glyph{advance: 1}
	if i, err := f.font.GlyphIndex(&f.buf, r); err == nil && i != 0 {
		if a, err := f.font.GlyphAdvance(&f.buf, i, fixed.I(1000), font.HintingNone); err == nil {
			g = glyph{advance: float32(a) / 64 / 1000, drawn: true}
		}
	}
	f.seen[r] = g
	return g.advance, g.drawn
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
