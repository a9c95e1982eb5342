package screen

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/driver/desktop"

	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

// Program is what the screen shows and sends to: the kiosk's state machine with whatever it needs around it. All calls come
// on Fyne's goroutine.
type Program interface {
	// Update takes a message. redraw says whether the view may have changed; shown, where it is not nil, is called once
	// the new view is on the screen and nothing of the old one is drawn from any more.
	Update(m kiosk.Msg) (redraw bool, shown func())
	View() kiosk.View
}

// Config says how the screen stands on its panel.
type Config struct {
	Title string
	Icon  []byte // a PNG
	// Window is the size of a window on a desktop; zero is the whole panel.
	Window       Panel
	DiagonalInch float64   // of the panel, from the enrolment; 0 is guessed
	Nowhere      kiosk.Msg // sent where a touch meets nothing
	// Primary is the county's own primary colour, as in #0A5C4C; empty, or one that package colour refuses, is ours.
	Primary string
	// Painted, where it is not nil, is told of each page when it is first on the window.
	Painted func(kiosk.Page)
}

// Screen is the window of a kiosk (屏幕).
type Screen struct {
	app     fyne.App
	window  fyne.Window
	surface *surface
	program Program
	config  Config
	hue     palette
	waiting []kiosk.Msg // what came in while a finger was down
	page    kiosk.Page  // of the frame that was drawn last
	told    kiosk.Page  // the page that Painted heard of last

	mu    sync.Mutex
	shown Frame
	count uint64
	drawn uint64
}

// New makes the window. It is not on the screen before Run.
func New(app fyne.App, program Program, c Config) *Screen {
	l := newLook()
	app.Settings().SetTheme(l)
	s := &Screen{app: app, program: program, config: c, hue: countys(c.Primary)}
	// The painter must not be kept waiting; what it reports is looked at when the frame is out.
	s.surface = newSurface(func() {
		n := s.count
		go fyne.Do(func() { s.painted(n) })
	})
	s.surface.painter.ground = func(c color.NRGBA) { l.ground = c }
	s.surface.tap = s.step
	s.surface.nowhere = func() {
		if c.Nowhere != nil {
			s.step(c.Nowhere)
		}
	}
	s.surface.released = s.catchUp
	s.surface.resized = s.draw
	s.window = app.NewWindow(c.Title)
	if c.Icon != nil {
		s.window.SetIcon(fyne.NewStaticResource("icon.png", c.Icon))
	}
	s.window.SetPadded(false)
	s.window.SetContent(s.surface)
	if c.Window.WidthPx > 0 {
		s.window.Resize(fyne.NewSize(float32(c.Window.WidthPx), float32(c.Window.HeightPx)))
	} else {
		s.surface.cursor = desktop.HiddenCursor
		s.window.SetFullScreen(true)
		s.window.SetCloseIntercept(func() {}) // a kiosk is not closed from its panel
	}
	return s
}

// Run shows the window and returns when it is closed or Close is called.
func (s *Screen) Run() { s.window.ShowAndRun() }

// Close ends Run. It may be called from any goroutine.
func (s *Screen) Close() { fyne.Do(s.app.Quit) }

// Send hands a message from outside to the program. It may be called from any goroutine, and it is the only way in: a
// message that comes while a finger is down waits until it has left, so that a page never changes under a finger.
func (s *Screen) Send(m kiosk.Msg) {
	fyne.Do(func() {
		if s.surface.finger.down {
			s.waiting = append(s.waiting, m)
			return
		}
		s.step(m)
	})
}

// Shown returns what is on the screen, and a number that grows with every change. It may be called from any goroutine.
func (s *Screen) Shown() (Frame, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown, s.count
}

func (s *Screen) catchUp() {
	waiting := s.waiting
	s.waiting = nil
	for _, m := range waiting {
		s.step(m)
	}
}

// step is one turn of the state machine.
func (s *Screen) step(m kiosk.Msg) {
	redraw, shown := s.program.Update(m)
	if redraw {
		s.draw()
	}
	if shown != nil {
		shown()
	}
}

// draw lays the view out on the panel as it is now.
func (s *Screen) draw() {
	size := s.surface.Size()
	if size.Width < 1 || size.Height < 1 {
		return
	}
	panel := Panel{WidthPx: int(size.Width), HeightPx: int(size.Height), DiagonalInch: s.config.DiagonalInch}
	v := s.program.View()
	f := layout(v, panel, font.Width, s.hue)
	s.page = v.Page
	s.surface.show(f)
	s.mu.Lock()
	s.shown = f
	s.count++
	s.mu.Unlock()
}

// Drawn returns the number of the last change that has been drawn: once it is Shown's, the window shows the frame. It may be
// called from any goroutine.
func (s *Screen) Drawn() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drawn
}

// painted is called when the frame of a change has been drawn.
func (s *Screen) painted(change uint64) {
	s.mu.Lock()
	s.drawn = change
	s.mu.Unlock()
	if s.page == s.told {
		return
	}
	s.told = s.page
	if s.config.Painted != nil {
		s.config.Painted(s.page)
	}
}

// X11 returns the X id of the window, 0 where it has none yet or is not one of X. Call it from any goroutine but Fyne's.
func (s *Screen) X11() uint32 {
	var id uint32
	fyne.DoAndWait(func() {
		if native, ok := s.window.(driver.NativeWindow); ok {
			native.RunNative(func(context any) {
				if x, ok := context.(driver.X11WindowContext); ok {
					id = uint32(x.WindowHandle)
				}
			})
		}
	})
	return id
}
