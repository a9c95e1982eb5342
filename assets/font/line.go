package font

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// side is the room in pixels at either end of a line for what reaches over its advance.
const side = 2

// Line draws s as one line (一行字), px pixels an em, in a picture whose baseline and beginning Baseline and Start
// tell. A text that Bold cannot draw whole is drawn in Regular. Characters are kept once they were drawn, because the few
// hundred of a county's pages come again and again and to draw one from its outline costs fifty times what it costs to copy it.
func Line(s string, px int, inBold bool, c color.NRGBA) *image.RGBA {
	f := faces().regular
	if inBold && DrawsBold(s) {
		f = faces().bold
	}
	w, h := Size(s, px, inBold)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	ink := premultiplied(c)
	x, base := float32(side), int(Baseline(px))
	for _, r := range s {
		whole := float32(math.Floor(float64(x)))
		m := drawn.mask(f, inked{r, px, int((x - whole) * parts), f == faces().bold})
		if m.alpha != nil {
			draw.DrawMask(out, m.alpha.Rect.Add(image.Pt(int(whole), base)), ink, image.Point{}, m.alpha, m.alpha.Rect.Min, draw.Over)
		}
		x += f.has(r).advance * float32(px)
	}
	return out
}

// Size is the width and height of a line's picture in pixels.
func Size(s string, px int, inBold bool) (w, h int) {
	return int(math.Ceil(float64(Width(s, inBold)*float32(px)))) + 2*side, int(math.Ceil(float64((Ascent + 0.32) * float32(px))))
}

// Baseline is how far below the top of a line's picture its baseline lies, in pixels.
func Baseline(px int) float32 { return float32(math.Ceil(float64(Ascent * float32(px)))) }

// Start is where in a line's picture its text begins.
func Start() float32 { return side }

func premultiplied(c color.NRGBA) *image.Uniform {
	r, g, b, a := c.RGBA()
	return image.NewUniform(color.RGBA64{uint16(r), uint16(g), uint16(b), uint16(a)})
}

// parts are the positions within a pixel at which a character is drawn: figures are not whole pixels wide.
const parts = 4

// inked is one character as it is kept.
type inked struct {
	r    rune
	px   int
	part int
	bold bool
}

// mask is a character's cover, placed about the point where it begins on the baseline; nil where there is nothing to see.
type mask struct{ alpha *image.Alpha }

// mostInk is how much is kept, in bytes: some thousand characters of running text.
const mostInk = 6 << 20

// well keeps drawn characters.
type well struct {
	mu    sync.Mutex
	masks map[inked]mask
	bytes int
}

var drawn = well{masks: map[inked]mask{}}

func (w *well) mask(f *face, k inked) mask {
	w.mu.Lock()
	defer w.mu.Unlock()
	m, ok := w.masks[k]
	if ok {
		return m
	}
	m = f.draw(k)
	if m.alpha != nil {
		w.bytes += len(m.alpha.Pix)
	}
	if w.bytes > mostInk {
		clear(w.masks)
		w.bytes = 0
	}
	w.masks[k] = m
	return m
}

func (w *well) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.masks)
	w.bytes = 0
}

// draw makes a character's mask from its outline.
func (f *face) draw(k inked) mask {
	segments := f.outline(k.r, k.px)
	if len(segments) == 0 {
		return mask{}
	}
	return mask{rasterised(segments, float32(k.part)/parts)}
}

// rasterised is the cover of an outline, shifted to the right by a part of a pixel.
func rasterised(segments sfnt.Segments, shift float32) *image.Alpha {
	b := segments.Bounds()
	box := image.Rect(b.Min.X.Floor()-1, b.Min.Y.Floor()-1, b.Max.X.Ceil()+2, b.Max.Y.Ceil()+1)
	at := func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X)/64 + shift - float32(box.Min.X), float32(p.Y)/64 - float32(box.Min.Y)
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	trace(z, segments, at)
	a := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	z.Draw(a, a.Rect, image.Opaque, image.Point{})
	a.Rect = box
	return a
}

// trace draws an outline's contours, each of whose points lies where at says.
func trace(z *vector.Rasterizer, segments sfnt.Segments, at func(fixed.Point26_6) (x, y float32)) {
	for _, s := range segments {
		x, y := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			z.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := at(s.Args[1])
			z.QuadTo(x, y, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[1])
			x2, y2 := at(s.Args[2])
			z.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	z.ClosePath()
}
