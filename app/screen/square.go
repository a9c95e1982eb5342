package screen

import (
	"image"
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"

	"mingbai.local/app/kiosk"
)

const (
	squareMM     = 60 // under which a finger has no room for a character
	squareMostMM = 140
	nibMM        = 2.2 // how thick a finger writes
	thousandths  = 1000

	// rested is how long a finger is away before what it has written is read.
	rested = 400 * time.Millisecond
)

// Square is where a finger writes (方格), as it stands on a panel.
type Square struct {
	Rect
	Ink   *kiosk.Ink
	Nib   float32
	Fill  color.NRGBA
	Wrote func(*kiosk.Ink) kiosk.Msg // nil where there is no square
}

// square draws the square with a cross to write along.
func (p *pen) square(b kiosk.Square, r Rect) float32 {
	side := squareMM * p.mm
	if r.H > 0 {
		side = max(side, min(r.W, r.H, squareMostMM*p.mm))
	}
	side = round(min(side, r.W))
	box := Rect{round(r.X + (r.W-side)/2), round(r.Y), side, side}
	p.box(box, p.radius, p.hue.card, p.hue.outline, p.bold)
	inset := 4 * p.mm
	p.fill(Rect{box.X + inset, box.Y + side/2, side - 2*inset, p.hair}, 0, p.hue.line)
	p.fill(Rect{box.X + side/2, box.Y + inset, p.hair, side - 2*inset}, 0, p.hue.line)
	if b.Ink == nil {
		f := p.plain()
		lines := p.wrap(b.Hint, f, side-2*inset)
		for i, l := range lines {
			p.word(box.X+side/2, box.Y+inset+float32(i)*leading(f), leading(f), l, f, p.hue.muted, centre)
		}
	}
	if p.frame != nil {
		p.frame.Square = Square{Rect: box, Ink: b.Ink, Nib: nibMM * p.mm, Fill: p.hue.ink, Wrote: b.Wrote}
	}
	return side
}

// writer (写字) is the finger in the square: what it has written, in thousandths of the square's side.
type writer struct {
	Square
	ink   kiosk.Ink
	sent  *kiosk.Ink
	on    bool
	after func(time.Duration, func()) (stop func() bool)
	stop  func() bool
}

// show takes the square of a new frame. What was written stays while the page still has it, and goes when it does not.
func (w *writer) show(s Square) {
	if s.Wrote == nil || s.Ink == nil && w.sent != nil {
		w.ink, w.sent, w.on = nil, nil, false
		w.rest()
	}
	if s.Ink != nil && s.Ink != w.sent {
		w.ink, w.sent = append(kiosk.Ink(nil), *s.Ink...), s.Ink
	}
	w.Square = s
}

// rest stops waiting for the finger to have rested.
func (w *writer) rest() {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
}

// down begins a stroke where a finger arrives, if it is in the square.
func (w *writer) down(at fyne.Position) bool {
	if w.Wrote == nil || !w.Contains(at.X, at.Y) {
		return false
	}
	w.rest()
	w.on = true
	w.ink = append(w.ink, []kiosk.Point{w.point(at)})
	return true
}

// move goes on with the stroke; outside the square along its edge.
func (w *writer) move(at fyne.Position) {
	last := &w.ink[len(w.ink)-1]
	if p := w.point(at); p != (*last)[len(*last)-1] {
		*last = append(*last, p)
	}
}

// up ends the stroke. Once the finger has rested, tap is given all that was written.
func (w *writer) up(tap func(kiosk.Msg)) {
	w.on = false
	w.stop = w.after(rested, func() {
		if w.on || len(w.ink) == 0 || w.Wrote == nil {
			return
		}
		ink := make(kiosk.Ink, len(w.ink))
		for i, stroke := range w.ink {
			ink[i] = append([]kiosk.Point(nil), stroke...)
		}
		w.sent = &ink
		tap(w.Wrote(w.sent))
	})
}

func (w *writer) point(at fyne.Position) kiosk.Point {
	in := func(v, from float32) int {
		return max(0, min(thousandths, int(math.Round(float64((v-from)/w.W*thousandths)))))
	}
	return kiosk.Point{X: in(at.X, w.X), Y: in(at.Y, w.Y)}
}

// picture draws what was written, that many pixels wide and high.
func (w *writer) picture(side int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	nib := int(w.Nib/2) + 1
	at := func(v int) int { return v * side / thousandths }
	for _, stroke := range w.ink {
		from := stroke[0]
		for _, to := range stroke {
			x, y := at(from.X), at(from.Y)
			dx, dy := at(to.X)-x, at(to.Y)-y
			steps := max(1, abs(dx), abs(dy))
			for i := 0; i <= steps; i++ {
				dot(m, x+dx*i/steps, y+dy*i/steps, nib, w.Fill)
			}
			from = to
		}
	}
	return m
}

// dot draws a round dot.
func dot(m *image.NRGBA, x, y, radius int, c color.NRGBA) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			if dx*dx+dy*dy <= radius*radius && image.Pt(x+dx, y+dy).In(m.Rect) {
				m.SetNRGBA(x+dx, y+dy, c)
			}
		}
	}
}

func abs(v int) int { return max(v, -v) }
