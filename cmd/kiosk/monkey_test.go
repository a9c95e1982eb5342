package main_test

import (
	"flag"
	"fmt"
	"image"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/cmd/internal/finger"
	"mingbai.local/cmd/internal/guest"
)

var (
	monkeyEvents = flag.Int("monkey", 1000, "random touches and key chords")
	monkeySeed   = flag.Uint64("seed", 1, "of the monkey: the same seed does the same")
)

// Keys of a keyboard that somebody has plugged in, by X's symbols.
const (
	keyBackSpace, keyTab, keyReturn, keyEscape = 0xff08, 0xff09, 0xff0d, 0xff1b
	keyHome, keyPrint, keyMenu, keyDelete      = 0xff50, 0xff61, 0xff67, 0xffff
	keyF1, keyF4, keyF11                       = 0xffbe, 0xffc1, 0xffc8
	keyShift, keyCtrl, keyAlt, keySuper        = 0xffe1, 0xffe3, 0xffe9, 0xffeb
)

// chords are what leads out of other programs.
var chords = map[string][]uint32{
	"Alt+F4": {keyAlt, keyF4}, "Ctrl+C": {keyCtrl, 'c'}, "Ctrl+Q": {keyCtrl, 'q'}, "Ctrl+W": {keyCtrl, 'w'},
	"Ctrl+Alt+Backspace": {keyCtrl, keyAlt, keyBackSpace}, "Ctrl+Alt+Delete": {keyCtrl, keyAlt, keyDelete}, "Super": {keySuper},
	"Tab": {keyTab}, "Shift+Tab": {keyShift, keyTab}, "Escape": {keyEscape}, "F11": {keyF11}, "F1": {keyF1}, "Alt+Tab": {keyAlt, keyTab},
	"PrintScreen": {keyPrint}, "Return": {keyReturn}, "space": {' '}, "Menu": {keyMenu}, "Home": {keyHome}, "a": {'a'},
}

const (
	homeward = 200 // events between two ways home
	guarded  = 20  // events between two looks at the window
	told     = 30  // events that a failure tells of
)

// monkey does what nobody would.
type monkey struct {
	*guest.Guest
	dice  *rand.Rand
	log   []string
	names map[string]bool // of everybody in the county's sheets
	seen  map[string]bool // of those, what was on show
	fresh *image.RGBA     // home, as the first visitor finds it
	day   string          // on which fresh was taken: the page says 今天
}

// TestMonkey: random touches and key chords never crash the kiosk, never lead out of it, and always lead home, where nothing
// is left of what was before.
func TestMonkey(t *testing.T) {
	m := &monkey{
		Guest: visit(t, clone(t)), dice: rand.New(rand.NewPCG(*monkeySeed, 81)), names: everybody(t), seen: map[string]bool{},
	}
	if err := m.run(*monkeyEvents); err != nil {
		t.Fatalf("%v\n-seed %d, event %d; the last %d were:\n%s", err, *monkeySeed, len(m.log), told, strings.Join(m.log[max(0, len(m.log)-told):], "\n"))
	}
	if len(m.seen) == 0 && *monkeyEvents >= 1000 {
		t.Error("the monkey never saw anybody's name: that nothing is left proves nothing")
	}
	t.Logf("%d events, seed %d, %d names seen", len(m.log), *monkeySeed, len(m.seen))
}

// everybody are the names in the county's sheets.
func everybody(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(shared.sheets, "补贴发放_*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sheets of payments: %v", err)
	}
	names := map[string]bool{}
	for _, f := range files {
		for _, row := range sheet(t, filepath.Base(f)) {
			names[row["姓名"]] = true
		}
	}
	delete(names, "")
	return names
}

func (m *monkey) run(events int) error {
	if err := m.home(); err != nil {
		return err
	}
	for n := 1; n <= events; n++ {
		s, err := m.Tell()
		if err != nil {
			return err
		}
		for _, text := range s.Texts {
			if m.names[text] {
				m.seen[text] = true
			}
		}
		if err := m.event(s); err != nil {
			return err
		}
		if err := m.Quiet(); err != nil {
			return join(err, m.Alive())
		}
		if n%guarded == 0 {
			if err := m.guard(); err != nil {
				return err
			}
		}
		if n%homeward == 0 || n == events {
			if err := m.home(); err != nil {
				return err
			}
		}
	}
	return nil
}

// event does one thing and notes it.
func (m *monkey) event(s finger.Sight) error {
	x, y := m.dice.IntN(panelWidth), m.dice.IntN(panelHeight)
	area := finger.Area{Label: "nothing", X: x, Y: y, W: 1, H: 1}
	if len(s.Areas) > 0 {
		area = s.Areas[m.dice.IntN(len(s.Areas))]
	}
	inX, inY := area.X+m.dice.IntN(area.W), area.Y+m.dice.IntN(area.H)
	switch roll := m.dice.IntN(100); {
	case roll < 55:
		m.note("%s: tap %q at %d,%d", s.Page, area.Label, inX, inY)
		return m.Finger.Tap(inX, inY, false)
	case roll < 63:
		m.note("%s: tap at %d,%d", s.Page, x, y)
		return m.Finger.Tap(x, y, true)
	case roll < 71:
		m.note("%s: tap %q twice at %d,%d", s.Page, area.Label, inX, inY)
		return join(m.Finger.Tap(inX, inY, true), m.Finger.Tap(inX, inY, true))
	case roll < 80:
		m.note("%s: drag from %d,%d to %d,%d", s.Page, inX, inY, x, y)
		return m.drag(inX, inY, x, y)
	case roll < 84:
		x, y = []int{0, panelWidth - 1, x}[m.dice.IntN(3)], []int{0, panelHeight - 1}[m.dice.IntN(2)]
		m.note("%s: tap the edge at %d,%d", s.Page, x, y)
		return m.Finger.Tap(x, y, true)
	case roll < 87:
		return m.knock(s)
	case roll < 89:
		wait := time.Duration(m.dice.IntN(400)) * time.Millisecond
		m.note("%s: nothing for %v", s.Page, wait)
		<-time.After(wait)
		return nil
	case roll < 91:
		m.note("%s: a second contact at %d,%d beside %q", s.Page, x, y, area.Label)
		return join(m.Press(inX, inY), m.Second(x, y, inX, inY), m.Release())
	default:
		names := make([]string, 0, len(chords))
		for name := range chords {
			names = append(names, name)
		}
		slices.Sort(names)
		name := names[m.dice.IntN(len(names))]
		m.note("%s: strike %s", s.Page, name)
		return m.Strike(chords[name]...)
	}
}

func (m *monkey) note(format string, args ...any) {
	m.log = append(m.log, fmt.Sprintf(format, args...))
}

func (m *monkey) drag(fromX, fromY, toX, toY int) error {
	err := m.Press(fromX, fromY)
	const moves = 6
	for i := 1; i <= moves; i++ {
		err = join(err, m.Move(fromX+(toX-fromX)*i/moves, fromY+(toY-fromY)*i/moves))
	}
	return join(err, m.Release())
}

// knock touches the emblem as staff do, or less often.
func (m *monkey) knock(s finger.Sight) error {
	times := 1 + m.dice.IntN(6)
	m.note("%s: touch the emblem %d times", s.Page, times)
	for range times {
		s, err := m.Tell()
		if err != nil || len(s.Areas) == 0 {
			return err
		}
		x, y := s.Areas[0].Middle()
		if err := m.Finger.Tap(x, y, false); err != nil {
			return err
		}
	}
	return nil
}

// guard says whether the kiosk is still all that there is.
func (m *monkey) guard() error {
	if err := m.Alive(); err != nil {
		return err
	}
	s, err := m.Stands()
	if err != nil {
		return err
	}
	if want := (finger.Standing{Shown: true, Top: true, Focus: true, Full: true, Width: panelWidth, Height: panelHeight}); s != want {
		return fmt.Errorf("the window stands as %+v", s)
	}
	return nil
}

// home goes home in two touches at most, ends the visit, and looks for what is left of it.
func (m *monkey) home() error {
	if err := m.Quiet(); err != nil {
		return err
	}
	s, err := m.Tell()
	for touches := 0; err == nil && s.Page != "home"; touches++ {
		if touches == 2 {
			return fmt.Errorf("two touches did not lead home: page %s has %s", s.Page, s.Labels())
		}
		s, err = m.homewards(s)
	}
	if err != nil {
		return err
	}
	// Home itself has no 我用完了: whoever is there has not begun. What the page looked like before may be left of it, and where touches
	// are spoken the first one only tells.
	for _, words := range []string{"别读了", "查补贴", "我用完了"} {
		if _, on := s.Spot(words); !on && words == "别读了" {
			continue
		}
		if s, err = m.Touch(words); err != nil {
			return err
		}
	}
	if err := m.Arrive("home"); err != nil {
		return err
	}
	picture, err := m.Still()
	if err != nil {
		return err
	}
	today := time.Now().UTC().Add(8 * time.Hour).Format(time.DateOnly)
	if m.fresh == nil || m.day != today {
		m.fresh, m.day = picture, today
	}
	if !slices.Equal(picture.Pix, m.fresh.Pix) {
		return fmt.Errorf("home is not as it was: %v differs, it says %s", differing(m.fresh, picture), s.Words())
	}
	for _, text := range s.Texts {
		if m.seen[text] {
			return fmt.Errorf("after the visit %s is still on show", text)
		}
	}
	return m.guard()
}

// homewards touches the first of what leads home from a page.
func (m *monkey) homewards(s finger.Sight) (finger.Sight, error) {
	for _, words := range []string{"我用完了", "首页", "退出", "我还在看", "点一下屏幕"} {
		if a, ok := s.Spot(words); ok {
			return m.Tap(a, false)
		}
	}
	return s, fmt.Errorf("nothing on page %s leads home: %s", s.Page, s.Labels())
}
