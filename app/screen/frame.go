package screen

import (
	"image/color"
	"strings"

	"rsc.io/qr"

	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

// Rect is a rectangle in pixels from the panel's top left corner.
type Rect struct{ X, Y, W, H float32 }

// Contains reports whether the point lies inside.
func (r Rect) Contains(x, y float32) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Overlaps reports whether two rectangles share more than an edge.
func (r Rect) Overlaps(o Rect) bool {
	return r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H
}

// grow returns the rectangle with its edges moved out by d on every side.
func (r Rect) grow(d float32) Rect { return Rect{r.X - d, r.Y - d, r.W + 2*d, r.H + 2*d} }

// whole returns the rectangle with its edges on whole pixels, so that neighbours still meet.
func (r Rect) whole() Rect {
	x, y := round(r.X), round(r.Y)
	return Rect{x, y, round(r.X+r.W) - x, round(r.Y+r.H) - y}
}

// Kind is what an Op draws.
type Kind int

const (
	Box  Kind = iota // a rectangle with round corners, filled and edged
	Disc             // a circle in its square
	Word             // one line of text; the rectangle is as high as one em, from the top of a Chinese character to its foot
	Sign             // an icon in its square
	Dots             // a code to be read by a telephone, black on white
)

// Op is one thing to draw (图元). Everything on a page is one of a few kinds, all of which the toolkit's canvas draws itself.
type Op struct {
	Kind
	Rect
	Fill   color.NRGBA // of the box or disc, or the colour of the word or sign
	Edge   color.NRGBA
	Stroke float32 // of the edge, inside the rectangle
	Radius float32
	Text   string // of the word, or the name of the sign
	Bold   bool
	Code   *qr.Code // of the dots
}

// Area is a place to touch (触摸区). The whole rectangle answers; Face is what changes colour under the finger.
type Area struct {
	Rect
	Face   Rect
	Radius float32
	Press  color.NRGBA // laid over Face while a finger is on it
	Msg    kiosk.Msg
	Label  string // the words on it
	Key    bool   // a key of a pad: struck twice quickly it counts twice
	Row    bool   // a row of a list, or a button in one
}

// Scroll is a part of the page that pages or follows a drag (翻页区).
type Scroll struct {
	Rect
	Step   float32 // pixels that a finger goes for one step
	By     int     // entries in one step
	Offset int
	Fit    int // entries on show
	Len    int
	To     func(offset int) kiosk.Msg
}

// Last is the largest offset worth going to: pages are whole, the last one may be short.
func (s Scroll) Last() int {
	if s.Fit < 1 || s.Len < 1 {
		return 0
	}
	return (s.Len - 1) / s.Fit * s.Fit
}

// Frame is a page as it is drawn on one panel (版面): all that is seen and all that can be touched.
type Frame struct {
	Panel   Panel
	Page    kiosk.Page
	Size    kiosk.TextSize // that it is written in: the view's, or a smaller one where the page is too full for the panel
	Ops     []Op
	Areas   []Area
	Scrolls []Scroll
	Square  Square // to write in
	// Touch maps where the panel reports a finger to where it is (kiosk.Fit).
	Touch [6]float64
}

// Felt returns where a finger is that the panel reports at a point.
func (f Frame) Felt(x, y float32) (float32, float32) {
	t := f.Touch
	if t == ([6]float64{}) {
		return x, y
	}
	a, b := float64(x), float64(y)
	return float32(t[0]*a + t[1]*b + t[2]), float32(t[3]*a + t[4]*b + t[5])
}

// At returns the place to touch at a point.
func (f Frame) At(x, y float32) (Area, bool) {
	for _, a := range f.Areas {
		if a.Contains(x, y) {
			return a, true
		}
	}
	return Area{}, false
}

// Texts returns the words on the page in the order in which they are drawn, which is the order of reading.
func (f Frame) Texts() []string {
	var t []string
	for _, op := range f.Ops {
		if op.Kind == Word {
			t = append(t, op.Text)
		}
	}
	return t
}

// align places a word relative to the x that it is given.
type align int

const (
	left align = iota
	centre
	right
)

// pen draws blocks into a frame. Every block is drawn by the same code that measures it: on a pen without a frame nothing
// remains but the height.
type pen struct {
	measures
	frame *Frame
	width Measurer // remembers what it was asked
	hue   palette
	wraps map[wrapping][]string
	codes codes
	drops int // how much of what matters least is left out
	// writes says that the page is one on which a character is written.
	writes bool
}

// wrapping is a text that is to be broken into lines.
type wrapping struct {
	text  string
	face  face
	width float32
}

// remembering asks for the width of every text once: a page is measured in many ways before it is drawn in one.
func remembering(width Measurer) Measurer {
	type written struct {
		text string
		bold bool
	}
	seen := map[written]float32{}
	return func(s string, bold bool) float32 {
		k := written{s, bold}
		w, ok := seen[k]
		if !ok {
			w = width(s, bold)
			seen[k] = w
		}
		return w
	}
}

// dry returns a pen that only measures.
func (p *pen) dry() *pen {
	d := *p
	d.frame = nil
	return &d
}

func (p *pen) op(o Op) {
	if p.frame != nil {
		if o.Kind == Word {
			o.X, o.Y = round(o.X), round(o.Y)
		} else {
			o.Rect = o.Rect.whole()
		}
		p.frame.Ops = append(p.frame.Ops, o)
	}
}

func (p *pen) box(r Rect, radius float32, fill, edge color.NRGBA, stroke float32) {
	p.op(Op{Kind: Box, Rect: r, Radius: radius, Fill: fill, Edge: edge, Stroke: stroke})
}

func (p *pen) fill(r Rect, radius float32, c color.NRGBA) { p.box(r, radius, c, nothing, 0) }

// solid draws the ground of a way on: full of colour, or, on black, outlined.
func (p *pen) solid(r Rect, radius float32, c color.NRGBA) {
	if p.hue.contrast {
		p.box(r, radius, p.hue.card, c, p.bold*1.4)
		return
	}
	p.fill(r, radius, c)
}

// tinted draws the soft ground of a small label, which on black is outlined.
func (p *pen) tinted(r Rect, t tint) {
	if p.hue.contrast {
		p.box(r, r.H/2, t.ground, t.edge, p.hair)
		return
	}
	p.fill(r, r.H/2, t.ground)
}

func (p *pen) card(r Rect) { p.box(r, p.radius, p.hue.card, p.hue.line, p.hair) }

func (p *pen) sign(name string, x, y, size float32, c color.NRGBA) {
	p.op(Op{Kind: Sign, Rect: Rect{x, y, size, size}, Text: name, Fill: c})
}

// measured is the width of a text in pixels.
func (p *pen) measured(s string, f face) float32 { return p.width(s, f.bold) * px(f.size) }

// weighed is the face of a text that takes several lines: in Regular all of them where Bold cannot draw each character, so that no name
// changes weight from one line to the next.
func weighed(s string, f face) face {
	f.bold = f.bold && font.DrawsBold(strings.ReplaceAll(s, "\n", ""))
	return f
}

// px is the size in which a text is drawn: the toolkit shapes text at whole pixels, so a fraction would make it wider than
// it was measured.
func px(size float32) float32 { return max(1, float32(int(size+0.01))) }

// word writes one line in a line box whose top is y and whose height is high, and returns its width.
func (p *pen) word(x, y, high float32, s string, f face, c color.NRGBA, a align) float32 {
	w := p.measured(s, f)
	switch a {
	case centre:
		x -= w / 2
	case right:
		x -= w
	}
	if s != "" {
		p.op(Op{Kind: Word, Rect: Rect{x, y + (high-px(f.size))/2, w, px(f.size)}, Text: s, Fill: c, Bold: f.bold && font.DrawsBold(s)})
	}
	return w
}

// touch makes r a place to touch. Nothing happens where there is no message.
func (p *pen) touch(r, shown Rect, radius float32, press color.NRGBA, m kiosk.Msg, words ...string) {
	p.area(Area{Rect: r, Face: shown, Radius: radius, Press: press, Msg: m, Label: strings.TrimSpace(strings.Join(words, " "))})
}

func (p *pen) area(a Area) {
	if p.frame != nil && a.Msg != nil {
		a.Rect, a.Face = a.Rect.whole(), a.Face.whole()
		p.frame.Areas = append(p.frame.Areas, a)
	}
}

// fit returns f made smaller until s is no wider than w, but not under least. The flag says whether it worked.
func (p *pen) fit(s string, f face, least, w float32) (face, bool) {
	got := p.measured(s, f)
	if got <= w {
		return f, true
	}
	f.size = px(max(f.size*w/got, min(least, f.size)))
	return f, p.measured(s, f) <= w+0.5
}
