// Package finger is a finger (手指) on an X display: it touches a window where a person would and sees what a person would see.
//
// The touches are events of the XTEST extension, so they go the whole way that a real panel's go, through the X server and
// the toolkit; the pictures are read back from the server, after everything has been drawn. The tour and the end-to-end
// test use it; nothing else of the kiosk knows of it.
package finger

import (
	"errors"
	"fmt"
	"image"
	"io"
	"log"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// rest is how long a finger rests between two touches: quicker ones in one place are taken for a bounce by the screen.
const rest = 350 * time.Millisecond

// Finger touches one window.
type Finger struct {
	conn   *xgb.Conn
	root   xproto.Window
	window xproto.Window
	last   time.Time
}

// On returns a finger for the window with that X id on the display of the environment.
func On(window uint32) (*Finger, error) {
	xgb.Logger = log.New(io.Discard, "", 0) // it speaks of authority files that a display of our own does not need
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("finger: %w", err)
	}
	if err := xtest.Init(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("finger: the display has no XTEST: %w", err)
	}
	return &Finger{conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, window: xproto.Window(window)}, nil
}

// Close lets go of the display.
func (f *Finger) Close() { f.conn.Close() }

// Tap touches the window at a point of it. Quick says that the finger is typing and does not rest first.
func (f *Finger) Tap(x, y int, quick bool) error {
	if wait := rest - time.Since(f.last); wait > 0 && !quick {
		<-time.After(wait)
	}
	at, err := xproto.TranslateCoordinates(f.conn, f.window, f.root, int16(x), int16(y)).Reply()
	if err != nil {
		return fmt.Errorf("finger: %w", err)
	}
	for _, event := range []struct{ kind, detail byte }{
		{xproto.MotionNotify, 0}, {xproto.ButtonPress, 1}, {xproto.ButtonRelease, 1},
	} {
		if err := xtest.FakeInputChecked(f.conn, event.kind, event.detail, 0, f.root, at.DstX, at.DstY, 0).Check(); err != nil {
			return fmt.Errorf("finger: %w", err)
		}
	}
	f.last = time.Now()
	return nil
}

// Look returns what the window shows.
func (f *Finger) Look() (*image.RGBA, error) {
	g, err := xproto.GetGeometry(f.conn, xproto.Drawable(f.window)).Reply()
	if err != nil {
		return nil, fmt.Errorf("finger: %w", err)
	}
	w, h := int(g.Width), int(g.Height)
	r, err := xproto.GetImage(f.conn, xproto.ImageFormatZPixmap, xproto.Drawable(f.window), 0, 0, g.Width, g.Height, ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("finger: %w", err)
	}
	if len(r.Data) < 4*w*h {
		return nil, errors.New("finger: the display does not use 32 bits a pixel")
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < 4*w*h; i += 4 { // X gives blue, green, red
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = r.Data[i+2], r.Data[i+1], r.Data[i], 0xFF
	}
	return m, nil
}
