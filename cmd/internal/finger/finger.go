// Package finger is a finger (手指) on an X display: it touches a window where a person would and sees what a person would see.
//
// The touches are events of the XTEST extension, so they go the whole way that a real panel's go, through the X server and
// the toolkit; the pictures are read back from the server, after everything has been drawn. The tour, the end-to-end tests
// and the measurement of the screen use it; nothing else of the kiosk knows of it.
package finger

import (
	"errors"
	"fmt"
	"image"
	"io"
	"log"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// rest is how long a finger rests between two touches nearer than near pixels to each other: quicker ones in one place are
// taken for a bounce by the screen.
const (
	rest = 350 * time.Millisecond
	near = 120
)

// patience is how long Still waits. A page takes a tenth of a second; a loaded machine takes longer.
const patience = 20 * time.Second

// glance is how often a condition is looked at.
const glance = 20 * time.Millisecond

// Frame is somewhat longer than the toolkit takes to look for touches again.
const Frame = 20 * time.Millisecond

// contact and other are the buttons as which X reports the first contact and any other.
const (
	contact = 1
	other   = 3
)

// Finger touches one window.
type Finger struct {
	conn   *xgb.Conn
	root   xproto.Window
	window xproto.Window
	last   time.Time // when the finger left
	tapped image.Point
	when   time.Time // it did that
}

// On returns a finger for the window with that X id on a display, the environment's where none is named. 0 is the whole display.
func On(display string, window uint32) (*Finger, error) {
	xgb.Logger = log.New(io.Discard, "", 0) // it speaks of authority files that a display of our own does not need
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("finger: %w", err)
	}
	if err := xtest.Init(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("finger: the display has no XTEST: %w", err)
	}
	f := &Finger{conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, window: xproto.Window(window)}
	if window == 0 {
		f.window = f.root
	}
	return f, nil
}

// Close lets go of the display.
func (f *Finger) Close() { f.conn.Close() }

// Tap touches the window at a point of it. Quick says that the finger is typing and does not rest first; else it rests where
// the screen would take it for a bounce of the last tap.
func (f *Finger) Tap(x, y int, quick bool) error {
	at := image.Pt(x, y)
	if d := at.Sub(f.tapped); !quick && d.X*d.X+d.Y*d.Y < near*near {
		pause(f.when)
	}
	err := errors.Join(f.Press(x, y), f.Release())
	f.tapped, f.when = at, time.Now()
	return err
}

// Seen says that what the last tap brought is on show. The screen counts a bounce from when it has dealt with a tap, which on a
// loaded machine is well after the finger left, so the finger rests from now.
func (f *Finger) Seen() { f.when, f.last = time.Now(), time.Now() }

// Rest waits until the screen no longer takes the next touch for a bounce of the last.
func (f *Finger) Rest() { pause(f.last) }

func pause(since time.Time) {
	if wait := rest - time.Since(since); wait > 0 {
		<-time.After(wait)
	}
}

// Press lays the finger on a point of the window.
func (f *Finger) Press(x, y int) error {
	return errors.Join(f.Move(x, y), f.fake(xproto.ButtonPress, contact))
}

// Move moves the finger, or the hand where no finger is down.
func (f *Finger) Move(x, y int) error {
	at, err := xproto.TranslateCoordinates(f.conn, f.window, f.root, int16(x), int16(y)).Reply()
	if err != nil {
		return fmt.Errorf("finger: %w", err)
	}
	if err := xtest.FakeInputChecked(f.conn, xproto.MotionNotify, 0, 0, f.root, at.DstX, at.DstY, 0).Check(); err != nil {
		return fmt.Errorf("finger: %w", err)
	}
	return nil
}

// Release takes the finger off.
func (f *Finger) Release() error {
	f.last = time.Now()
	return f.fake(xproto.ButtonRelease, contact)
}

// Second is a second contact while the finger is down, as a panel that reports two makes of it: the finger seems to jump
// there, another button goes down and up, and the finger is back.
func (f *Finger) Second(x, y, backX, backY int) error {
	return errors.Join(f.Move(x, y), f.fake(xproto.ButtonPress, other), f.fake(xproto.ButtonRelease, other), f.Move(backX, backY))
}

func (f *Finger) fake(kind, detail byte) error {
	if err := xtest.FakeInputChecked(f.conn, kind, detail, 0, f.root, 0, 0, 0).Check(); err != nil {
		return fmt.Errorf("finger: %w", err)
	}
	return nil
}

// Strike presses keys of a keyboard together, given as X's symbols, and lets go of them the other way round.
func (f *Finger) Strike(symbols ...uint32) error {
	var codes []byte
	for _, s := range symbols {
		code, err := f.key(s)
		if err != nil {
			return err
		}
		codes = append(codes, code)
	}
	var err error
	for _, c := range codes {
		err = errors.Join(err, f.fake(xproto.KeyPress, c))
	}
	for _, c := range slices.Backward(codes) {
		err = errors.Join(err, f.fake(xproto.KeyRelease, c))
	}
	return err
}

// key finds the key that has a symbol.
func (f *Finger) key(symbol uint32) (byte, error) {
	setup := xproto.Setup(f.conn)
	r, err := xproto.GetKeyboardMapping(f.conn, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		return 0, fmt.Errorf("finger: %w", err)
	}
	at := slices.Index(r.Keysyms, xproto.Keysym(symbol))
	if at < 0 {
		return 0, fmt.Errorf("finger: the keyboard has no key %#x", symbol)
	}
	return byte(setup.MinKeycode) + byte(at/int(r.KeysymsPerKeycode)), nil
}

// Standing (原样) says how a window stands on its display.
type Standing struct {
	Shown         bool // it is mapped, with all that it lies in
	Top           bool // no other window lies over it
	Focus         bool // keys go to it
	Width, Height int
	Full          bool // it covers the whole display
}

// Stands looks at how the window stands.
func (f *Finger) Stands() (s Standing, err error) {
	attributes, err := xproto.GetWindowAttributes(f.conn, f.window).Reply()
	if err != nil {
		return s, fmt.Errorf("finger: %w", err)
	}
	g, err := xproto.GetGeometry(f.conn, xproto.Drawable(f.window)).Reply()
	if err != nil {
		return s, fmt.Errorf("finger: %w", err)
	}
	focus, err := xproto.GetInputFocus(f.conn).Reply()
	if err != nil {
		return s, fmt.Errorf("finger: %w", err)
	}
	top, err := f.top()
	if err != nil {
		return s, err
	}
	screen := xproto.Setup(f.conn).DefaultScreen(f.conn)
	s = Standing{
		Shown: attributes.MapState == xproto.MapStateViewable, Top: top == f.window, Focus: focus.Focus == f.window,
		Width: int(g.Width), Height: int(g.Height),
	}
	s.Full = g.X == 0 && g.Y == 0 && g.Width == screen.WidthInPixels && g.Height == screen.HeightInPixels
	return s, nil
}

// top is the highest window that is shown. A display of our own has no window manager, which would put frames in between.
func (f *Finger) top() (xproto.Window, error) {
	tree, err := xproto.QueryTree(f.conn, f.root).Reply()
	if err != nil {
		return 0, fmt.Errorf("finger: %w", err)
	}
	for _, w := range slices.Backward(tree.Children) {
		a, err := xproto.GetWindowAttributes(f.conn, w).Reply()
		if err == nil && a.MapState == xproto.MapStateViewable && a.Class == xproto.WindowClassInputOutput {
			return w, nil
		}
	}
	return 0, nil
}

// Look returns what the window shows.
func (f *Finger) Look() (*image.RGBA, error) {
	g, err := xproto.GetGeometry(f.conn, xproto.Drawable(f.window)).Reply()
	if err != nil {
		return nil, fmt.Errorf("finger: %w", err)
	}
	m := image.NewRGBA(image.Rect(0, 0, int(g.Width), int(g.Height)))
	data, err := f.Glance(m.Rect)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(m.Pix); i += 4 { // X gives blue, green, red
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = data[i+2], data[i+1], data[i], 0xFF
	}
	return m, nil
}

// Glance returns a part of what the window shows, as X gives it: blue, green, red and a byte that says nothing.
func (f *Finger) Glance(part image.Rectangle) ([]byte, error) {
	w, h := part.Dx(), part.Dy()
	r, err := xproto.GetImage(f.conn, xproto.ImageFormatZPixmap, xproto.Drawable(f.window),
		int16(part.Min.X), int16(part.Min.Y), uint16(w), uint16(h), ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("finger: %w", err)
	}
	if len(r.Data) < 4*w*h {
		return nil, errors.New("finger: the display does not use 32 bits a pixel")
	}
	return r.Data[:4*w*h], nil
}

// Still waits until the window shows what is to be drawn, and returns that picture: all has been drawn, two pictures in a row
// are alike, and nothing was drawn anew between them. Shown tells the number of the last page to be drawn and that of the last
// one that was.
func (f *Finger) Still(shown func() (count, drawn uint64)) (*image.RGBA, error) {
	var picture *image.RGBA
	var before uint64
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-time.After(glance) {
		count, drawn := shown()
		if count != drawn {
			picture = nil
			continue
		}
		next, err := f.Look()
		if err != nil {
			return nil, err
		}
		if picture != nil && count == before && slices.Equal(picture.Pix, next.Pix) && !blank(next) {
			return next, nil
		}
		picture, before = next, count
	}
	return nil, fmt.Errorf("画面等了%d秒一直没有停下来", int(patience.Seconds()))
}

// blank reports whether a picture has a single colour: nothing has been drawn yet.
func blank(m *image.RGBA) bool {
	for i := 4; i < len(m.Pix); i += 4 {
		if [3]byte(m.Pix[i:i+3]) != [3]byte(m.Pix[:3]) {
			return false
		}
	}
	return true
}
