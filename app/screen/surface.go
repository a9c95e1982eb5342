package screen

import (
	"image"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"mingbai.local/app/kiosk"
)

// How a finger is felt (触摸), in kiosk.md's figures. Old hands tremble: a tap may wander as long as it stays on its target.
const (
	jitterPx = 12                     // a finger at rest moves this much
	slipMM   = 25                     // a tap may slide this far inside its target
	bounceMM = 15                     // a repeat this close to the last tap is the same finger
	bounce   = 300 * time.Millisecond // and this soon
	lost     = 3 * time.Second        // a second contact this late means that the release of the first was lost
)

// surface is the one widget of the window: everything that is drawn, and the finger on it.
type surface struct {
	size     fyne.Size
	pos      fyne.Position
	hidden   bool
	cursor   desktop.Cursor
	resized  func()
	tap      func(kiosk.Msg)
	nowhere  func() // a touch that met nothing
	released func()
	now      func() time.Time

	frame   Frame
	painter painter
	objects []fyne.CanvasObject
	press   *canvas.Rectangle
	witness *canvas.Raster // one pixel that is drawn last, so that whoever draws it knows that all else is drawn

	finger finger
	last   tapped
	writer writer
	ink    *canvas.Raster // what the finger writes
}

// finger is what is known of the finger on the panel.
type finger struct {
	down     bool
	since    time.Time
	from     fyne.Position
	raw      fyne.Position // where the panel reported it
	area     Area
	on       bool // area is pressed and will be tapped if the finger leaves it now
	scroll   Scroll
	scrolls  bool // it began on something that scrolls
	dragging bool
	sent     int // the offset asked for last
}

type tapped struct {
	at  time.Time
	pos fyne.Position
	key bool
}

// newSurface returns an empty surface. drawn is called by the painter once a frame that show was given is in the window's
// buffer, just before the buffer is shown.
func newSurface(drawn func()) *surface {
	s := &surface{cursor: desktop.DefaultCursor, now: time.Now, press: canvas.NewRectangle(nothing)}
	s.press.Hide()
	s.witness = canvas.NewRaster(func(int, int) image.Image {
		drawn()
		return image.Transparent
	})
	s.witness.Resize(fyne.NewSize(1, 1))
	s.ink = canvas.NewRaster(func(w, _ int) image.Image { return s.writer.picture(w) })
	s.ink.ScaleMode = canvas.ImageScalePixels
	s.ink.Hide()
	s.writer.after = func(d time.Duration, then func()) func() bool {
		return time.AfterFunc(d, func() { fyne.Do(then) }).Stop
	}
	s.objects = []fyne.CanvasObject{s.ink, s.press, s.witness}
	return s
}

// show draws a frame.
func (s *surface) show(f Frame) {
	s.frame = f
	s.writer.show(f.Square)
	s.paper()
	objects, reordered := s.painter.paint(f)
	if reordered {
		s.objects = append(append(make([]fyne.CanvasObject, 0, len(objects)+3), objects...), s.ink, s.press, s.witness)
	}
	if reordered || s.painter.changed > 0 {
		canvas.Refresh(s)
	}
	s.witness.Refresh()
}

// MouseDown is a finger that arrives. What it touches takes its colour at once.
func (s *surface) MouseDown(ev *desktop.MouseEvent) {
	now := s.now()
	if ev.Button != desktop.MouseButtonPrimary || s.finger.down && now.Sub(s.finger.since) < lost {
		return
	}
	at := s.felt(ev.Position)
	s.finger = finger{down: true, since: now, from: at, raw: ev.Position}
	if s.writer.down(at) {
		s.paper()
		return
	}
	for _, sc := range s.frame.Scrolls {
		if sc.Contains(at.X, at.Y) {
			s.finger.scroll, s.finger.scrolls, s.finger.sent = sc, true, sc.Offset
		}
	}
	area, ok := s.frame.At(at.X, at.Y)
	if !ok {
		return
	}
	if now.Sub(s.last.at) < bounce && !(area.Key && s.last.key) && apart(at, s.last.pos) < bounceMM*s.frame.Panel.mm() {
		return
	}
	s.finger.area, s.finger.on = area, true
	s.colour(area)
}

// Dragged is a finger that moves while it is down.
func (s *surface) Dragged(ev *fyne.DragEvent) {
	f := &s.finger
	if !f.down {
		return
	}
	mm := s.frame.Panel.mm()
	at := s.felt(ev.Position)
	if s.writer.on {
		s.writer.move(at)
		s.paper()
		return
	}
	far := apart(at, f.from)
	dy := f.from.Y - at.Y
	if f.on && far > jitterPx {
		inside := f.area.Rect.grow(jitterPx).Contains(at.X, at.Y)
		if !inside || far > slipMM*mm {
			s.lift()
		}
	}
	if f.scrolls && (f.dragging || abs32(dy) > max(jitterPx, f.scroll.Step/2)) {
		f.dragging = true
		s.lift()
		steps := int(math.Round(float64(dy / f.scroll.Step)))
		to := max(0, min(f.scroll.Offset+steps*f.scroll.By, s.furthest(f.scroll)))
		if to != f.sent {
			f.sent = to
			s.tap(f.scroll.To(to))
		}
	}
}

// furthest is the last offset that a drag goes to: the one at which the end is on show.
func (s *surface) furthest(sc Scroll) int {
	return (max(0, sc.Len-sc.Fit) + sc.By - 1) / sc.By * sc.By
}

// DragEnd comes after MouseUp and has nothing left to do.
func (s *surface) DragEnd() {}

// MouseUp is a finger that leaves. Only now something happens.
func (s *surface) MouseUp(ev *desktop.MouseEvent) {
	f := s.finger
	if !f.down || ev.Button != desktop.MouseButtonPrimary {
		return
	}
	at := s.felt(ev.Position)
	s.lift()
	s.finger = finger{}
	if s.writer.on {
		s.writer.up(s.tap)
		s.released()
		return
	}
	switch {
	case f.on && f.area.Rect.grow(jitterPx).Contains(at.X, at.Y):
		s.tap(aimed(f.area.Msg, f.raw, s.frame.Panel))
		// A repeat waits in the queue while the page is laid out, so the tap is over only now.
		s.last = tapped{s.now(), at, f.area.Key}
	case f.area.Msg == nil && !f.dragging && apart(at, f.from) <= jitterPx:
		s.nowhere()
	}
	s.released()
}

// paper shows what the finger has written in the square.
func (s *surface) paper() {
	w := &s.writer
	if w.Wrote == nil {
		if s.ink.Visible() {
			s.ink.Hide()
			canvas.Refresh(s)
		}
		return
	}
	s.ink.Move(fyne.NewPos(w.X, w.Y))
	s.ink.Resize(fyne.NewSize(w.W, w.H))
	if !s.ink.Visible() {
		s.ink.Show()
		canvas.Refresh(s)
		return
	}
	s.ink.Refresh()
}

// felt maps where the panel reports a finger to where it is.
func (s *surface) felt(raw fyne.Position) fyne.Position {
	return fyne.NewPos(s.frame.Felt(raw.X, raw.Y))
}

// aimed tells a touch that asks for it where the panel reported the finger, before any mapping, and how large the panel is.
func aimed(m kiosk.Msg, raw fyne.Position, panel Panel) kiosk.Msg {
	if _, ok := m.(kiosk.Aim); ok {
		return kiosk.Aim{X: float64(raw.X), Y: float64(raw.Y), W: float64(panel.WidthPx), H: float64(panel.HeightPx)}
	}
	return m
}

// MouseIn, MouseMoved and MouseOut make Fyne report where the finger is; a pointer that merely hovers means nothing here.
func (s *surface) MouseIn(*desktop.MouseEvent)    {}
func (s *surface) MouseMoved(*desktop.MouseEvent) {}
func (s *surface) MouseOut()                      {}

// Cursor hides the pointer on a kiosk.
func (s *surface) Cursor() desktop.Cursor { return s.cursor }

func (s *surface) colour(a Area) {
	s.press.FillColor = a.Press
	s.press.CornerRadius = min(a.Radius, a.Face.W/2, a.Face.H/2)
	s.press.Move(fyne.NewPos(a.Face.X, a.Face.Y))
	s.press.Resize(fyne.NewSize(a.Face.W, a.Face.H))
	s.press.Show()
	canvas.Refresh(s) // what was hidden belongs to no canvas yet, so that its own Refresh would draw nothing
}

// lift takes the colour away again: the tap will not happen, or has.
func (s *surface) lift() {
	s.finger.on = false
	if s.press.Visible() {
		s.press.Hide()
		canvas.Refresh(s)
	}
}

func apart(a, b fyne.Position) float32 {
	return float32(math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)))
}

func abs32(v float32) float32 { return float32(math.Abs(float64(v))) }

// What Fyne asks of any widget.

func (s *surface) MinSize() fyne.Size      { return fyne.NewSize(320, 240) }
func (s *surface) Size() fyne.Size         { return s.size }
func (s *surface) Position() fyne.Position { return s.pos }
func (s *surface) Move(p fyne.Position)    { s.pos = p }
func (s *surface) Visible() bool           { return !s.hidden }
func (s *surface) Refresh()                { canvas.Refresh(s) }

func (s *surface) Show() {
	s.hidden = false
	canvas.Refresh(s)
}

func (s *surface) Hide() {
	s.hidden = true
	canvas.Refresh(s)
}

func (s *surface) Resize(size fyne.Size) {
	if size == s.size {
		return
	}
	s.size = size
	if s.resized != nil {
		s.resized()
	}
}

// CreateRenderer hands Fyne what show has prepared.
func (s *surface) CreateRenderer() fyne.WidgetRenderer { return renderer{s} }

type renderer struct{ s *surface }

func (r renderer) Layout(fyne.Size)             {}
func (r renderer) MinSize() fyne.Size           { return r.s.MinSize() }
func (r renderer) Refresh()                     {}
func (r renderer) Objects() []fyne.CanvasObject { return r.s.objects }
func (r renderer) Destroy()                     {}
