package main_test

import (
	"bytes"
	"errors"
	"flag"
	"image"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/cmd/internal/finger"
	"mingbai.local/cmd/internal/guest"
)

var taps = flag.Int("taps", 300, "touches with a trembling finger")

// The panel of these tests: 1080×1920 on 21.5 inches has this many pixels to a millimetre.
const (
	panelWidth, panelHeight = 1080, 1920
	pxPerMM                 = 4.034
	jitter                  = 12 // pixels that a finger at rest may move, as kiosk.md has it
	slip                    = 25 // millimetres that a tap may slide inside its target
)

// visit opens the built kiosk on the whole of a panel and goes home.
func visit(t *testing.T, data string) *guest.Guest {
	t.Helper()
	return visitOn(t, data, panelWidth, panelHeight)
}

func visitOn(t *testing.T, data string, width, height int) *guest.Guest {
	t.Helper()
	g, err := guest.Visit(shared.kiosk, data, width, height)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	touch(t, g, "点一下屏幕")
	return g
}

func touch(t *testing.T, g *guest.Guest, words string) finger.Sight {
	t.Helper()
	s, err := g.Touch(words)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Still(); err != nil {
		t.Fatal(err)
	}
	return s
}

func tell(t *testing.T, g *guest.Guest) finger.Sight {
	t.Helper()
	s, err := g.Tell()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// join is the first that went wrong, with the rest.
func join(errs ...error) error { return errors.Join(errs...) }

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// await waits for a page and reports whether it came.
func await(t *testing.T, g *guest.Guest, page string) bool {
	t.Helper()
	s, err := g.Await(func(s finger.Sight) bool { return s.Page == page })
	if err != nil && g.Alive() != nil {
		t.Fatal(err)
	}
	return s.Page == page
}

func place(t *testing.T, g *guest.Guest, words string) finger.Area {
	t.Helper()
	s := tell(t, g)
	a, ok := s.Spot(words)
	if !ok {
		t.Fatalf("page %s has no %q to touch: %s", s.Page, words, s.Labels())
	}
	return a
}

// doors are what can be touched at home, with the page that it opens.
var doors = map[string]string{
	"查补贴": "towns", "查资金": "funds", "查编制": "institutions", "看政策": "policies", "帮助": "help", "点这里": "search",
}

// TestNoTapIsLost: old hands tremble. Whatever a finger does within twelve pixels of where it came down, its tap counts.
func TestNoTapIsLost(t *testing.T) {
	g := visit(t, clone(t))
	dice := rand.New(rand.NewPCG(4, 9))
	names := make([]string, 0, len(doors))
	for name := range doors {
		names = append(names, name)
	}
	slices.Sort(names)
	lost := 0
	for n := 0; n < *taps; n += 2 {
		door, way := names[dice.IntN(len(names))], []string{"首页", "返回"}[dice.IntN(2)]
		for _, leg := range [][2]string{{door, doors[door]}, {way, "home"}} {
			tremble(t, g, place(t, g, leg[0]), dice)
			if !await(t, g, leg[1]) {
				lost++
				t.Errorf("touch %d, on %s, was lost", n, leg[0])
				touch(t, g, leg[0])
			}
		}
	}
	t.Logf("lost %d of %d taps", lost, *taps)
}

// tremble is a tap that wanders about where it came down.
func tremble(t *testing.T, g *guest.Guest, a finger.Area, dice *rand.Rand) {
	t.Helper()
	x, y := a.X+dice.IntN(a.W), a.Y+dice.IntN(a.H)
	must(t, g.Press(x, y))
	atX, atY := x, y
	for range 3 + dice.IntN(6) {
		toX, toY := atX+dice.IntN(11)-5, atY+dice.IntN(11)-5
		if math.Hypot(float64(toX-x), float64(toY-y)) <= jitter {
			atX, atY = toX, toY
			must(t, g.Move(atX, atY))
		}
	}
	must(t, g.Release())
}

// TestSlipsTapAndDragsDoNot: a finger that slides up to 25 mm on its target means it; one that goes further, or off, does not.
func TestSlipsTapAndDragsDoNot(t *testing.T) {
	g := visit(t, clone(t))
	for _, c := range []struct {
		name       string
		fromX      float64 // of the door's width
		right, low float64 // millimetres
		taps       bool
	}{
		{"a slip of 24 mm inside", 0.2, slip - 1, 0, true},
		{"a slip of 10 mm down inside", 0.5, 0, 10, true},
		{"a drag of 60 mm inside", 0.1, 60, 0, false},
		{"a drag of 30 mm off the target", 0.5, 0, 60, false},
		{"a drag of 150 mm along the panel", 0.5, 0, 150, false},
	} {
		a := place(t, g, "查补贴")
		x, y := a.X+int(c.fromX*float64(a.W)), a.Y+a.H/3
		must(t, g.Press(x, y))
		const events = 8
		for i := 1; i <= events; i++ {
			part := float64(i) / events
			must(t, g.Move(x+int(part*c.right*pxPerMM), y+int(part*c.low*pxPerMM)))
		}
		must(t, g.Release())
		if c.taps {
			if !await(t, g, "towns") {
				t.Errorf("%s does not tap", c.name)
			}
		} else {
			// What the drag has done, if anything, is done before the next touch is.
			touch(t, g, "帮助")
			if s := touch(t, g, "返回"); s.Page != "home" {
				t.Errorf("%s taps: it led to %s", c.name, s.Page)
			}
			continue
		}
		touch(t, g, "首页")
	}
}

// TestAListFollowsTheFinger: dragged, it goes as many rows as the finger goes heights of a row, and opens none. ▲▼ turn it.
func TestAListFollowsTheFinger(t *testing.T) {
	g := visit(t, clone(t))
	for _, words := range []string{"查补贴", "就在本村", "看全村名单", "2025年" + kindName} {
		touch(t, g, words)
	}
	s := tell(t, g)
	if s.Page != "list" || len(s.Scrolls) != 1 {
		t.Fatalf("page %s has %d lists", s.Page, len(s.Scrolls))
	}
	c := s.Scrolls[0]
	rows := guest.Rows(s)
	if c.Fit < 4 || c.Len < 3*c.Fit || len(rows) < c.Fit {
		t.Fatalf("a list of %d, %d on show, %d to touch, is too short to drag", c.Len, c.Fit, len(rows))
	}
	for _, went := range []int{1, 3} {
		x, y := c.X+c.W/3, c.Y+c.H-c.H/8
		must(t, g.Press(x, y))
		far := int(math.Round(float64(went) * c.Step))
		for moved := 0; moved < far; moved += 15 {
			must(t, g.Move(x, y-moved))
		}
		must(t, g.Move(x, y-far))
		s, err := g.Await(func(s finger.Sight) bool { return len(s.Scrolls) == 1 && s.Scrolls[0].Offset == went*c.By })
		if err != nil {
			t.Fatalf("dragged by %d rows: %v", went, err)
		}
		if first := guest.Rows(s)[0].Label; first != rows[went*c.By].Label {
			t.Errorf("dragged by %d rows, the first is %q, not %q", went, first, rows[went*c.By].Label)
		}
		must(t, g.Release())
		turnTo(t, g, guest.Up, 0)
	}
	turnTo(t, g, guest.Down, c.Fit)
	turnTo(t, g, guest.Up, 0)
}

// turnTo touches ▲ or ▼ of a village's list and waits for the row at which it then begins.
func turnTo(t *testing.T, g *guest.Guest, words string, row int) {
	t.Helper()
	touch(t, g, words)
	if s, err := g.Await(func(s finger.Sight) bool { return len(s.Scrolls) == 1 && s.Scrolls[0].Offset == row }); err != nil || s.Page != "list" {
		t.Fatalf("%s leads to page %s, %+v, not to row %d: %v", words, s.Page, s.Scrolls, row, err)
	}
}

// TestASecondContactIsIgnored: another hand's, or the sleeve's, while a finger is down.
func TestASecondContactIsIgnored(t *testing.T) {
	g := visit(t, clone(t))
	a, b := place(t, g, "查资金"), place(t, g, "帮助")
	x, y := a.Middle()
	otherX, otherY := b.Middle()
	must(t, g.Press(x, y))
	must(t, g.Second(otherX, otherY, x, y))
	must(t, g.Release())
	// The first finger's tap counts, or is given up as a drag; the second never.
	touch(t, g, "电话")
	s := touch(t, g, "返回")
	t.Logf("the first finger's tap then counts: %t", s.Page == "funds")
	if s.Page != "home" && s.Page != "funds" {
		t.Errorf("a second contact led to %s", s.Page)
	}
}

// TestABounceIsOneTap: a panel that reports one touch twice opens one page. Keys count each time.
func TestABounceIsOneTap(t *testing.T) {
	g := visit(t, clone(t))
	a := place(t, g, "查补贴")
	towns := touch(t, g, "查补贴")
	under, x, y := false, 0, 0
	for _, r := range towns.Areas { // a place that is something on both pages
		if x, y = r.Middle(); x > a.X && x < a.X+a.W && y > a.Y && y < a.Y+a.H {
			under = true
			break
		}
	}
	if !under {
		t.Fatal("no place of the door leads anywhere on the next page: this test would prove nothing")
	}
	touch(t, g, "首页")
	for range 5 {
		g.Rest()
		must(t, g.Finger.Tap(x, y, true), g.Finger.Tap(x, y, true))
		if !await(t, g, "towns") {
			t.Fatalf("the first tap led to %s", tell(t, g).Page)
		}
		touch(t, g, "帮助")
		if s := touch(t, g, "返回"); s.Page != "towns" {
			t.Fatalf("a repeat in the same place led on to %s", s.Page)
		}
		if s := touch(t, g, "返回"); s.Page != "home" {
			t.Fatalf("from the page that two quick taps opened 返回 leads to %s", s.Page)
		}
	}
	touch(t, g, "点这里")
	l, ok := tell(t, g).Key("l")
	if !ok {
		t.Fatal("there is no key l")
	}
	x, y = l.Middle()
	g.Rest()
	must(t, g.Finger.Tap(x, y, true), g.Finger.Tap(x, y, true))
	if _, err := g.Await(func(s finger.Sight) bool { return slices.Contains(s.Texts, "ll") }); err != nil {
		t.Errorf("a key struck twice quickly counts once: %v", err)
	}
}

// TestAFingerSeesItsColour: what is pressed changes colour while the finger is down, and not for longer.
func TestAFingerSeesItsColour(t *testing.T) {
	g := visit(t, clone(t))
	before, err := g.Still()
	must(t, err)
	a := place(t, g, "查编制")
	x, y := a.Middle()
	g.Rest()
	must(t, g.Press(x, y))
	down := waitChanged(t, g, before)
	changed := differing(before, down)
	const soft = 1 // pixels into which a round corner runs out
	if !changed.In(image.Rect(a.X, a.Y, a.X+a.W, a.Y+a.H).Inset(-soft)) {
		t.Errorf("a finger on %v colours %v", a, changed)
	}
	if changed.Dx() < a.W*3/4 || changed.Dy() < a.H*3/4 {
		t.Errorf("of %dx%d pixels only %v change colour", a.W, a.H, changed)
	}
	must(t, g.Move(x, y-a.H), g.Move(x, 10)) // away, so that nothing is tapped
	deadline := time.Now().Add(10 * time.Second)
	for {
		now, err := g.Look()
		must(t, err)
		if slices.Equal(now.Pix, before.Pix) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the colour stays: %v differs", differing(before, now))
		}
	}
	must(t, g.Release())
}

// waitChanged waits for a picture that differs from the one before.
func waitChanged(t *testing.T, g *guest.Guest, before *image.RGBA) *image.RGBA {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		now, err := g.Look()
		must(t, err)
		if !slices.Equal(now.Pix, before.Pix) {
			return now
		}
	}
	t.Fatal("nothing changes under the finger")
	return nil
}

// differing is the smallest rectangle with all pixels in which two pictures differ.
func differing(a, b *image.RGBA) (r image.Rectangle) {
	for i := 0; i < len(a.Pix); i += 4 {
		if !bytes.Equal(a.Pix[i:i+4], b.Pix[i:i+4]) {
			x, y := i/4%a.Rect.Dx(), i/4/a.Rect.Dx()
			r = r.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return r
}

// TestVisitsLeaveNothing: after each of forty visits the home page is the one that the first visitor found, to the pixel, and
// what somebody typed lies nowhere on the disk.
func TestVisitsLeaveNothing(t *testing.T) {
	data, elsewhere := clone(t), t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR"} {
		t.Setenv(name, elsewhere)
	}
	g := visit(t, data)
	touch(t, g, "查补贴")
	touch(t, g, "我用完了")
	fresh, err := g.Still()
	must(t, err)

	// A name that nobody has, typed in full as far as the keys go, is what would be found if anything were kept.
	touch(t, g, "点这里")
	token := plant(t, g)
	touch(t, g, "我用完了")
	dice := rand.New(rand.NewPCG(11, 3))
	done := map[string]bool{}
	for range 40 {
		name, err := g.Errand(dice)
		must(t, err)
		done[name] = true
		home, err := g.Still()
		must(t, err)
		if !slices.Equal(home.Pix, fresh.Pix) {
			t.Fatalf("after %s the home page differs in %v: %s", name, differing(fresh, home), tell(t, g).Words())
		}
	}
	if len(done) < 8 {
		t.Errorf("forty visits were of %d kinds only", len(done))
	}
	must(t, g.Alive())
	if strings.Contains(g.Said(), token) {
		t.Errorf("the log has %q, which somebody typed", token)
	}
	for _, dir := range []string{data, elsewhere} {
		must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			b, err := os.ReadFile(path)
			if bytes.Contains(b, []byte(token)) {
				t.Errorf("%s has %q, which somebody typed", path, token)
			}
			return err
		}))
	}
}

// plant types until the letters are so many that they are on no disk by chance, and returns them.
func plant(t *testing.T, g *guest.Guest) string {
	t.Helper()
	var token strings.Builder
	for range 10 {
		keys := guest.Keys(tell(t, g))
		if len(keys) == 0 {
			break
		}
		k := keys[len(keys)/2]
		if _, err := g.Tap(k, true); err != nil {
			t.Fatal(err)
		}
		token.WriteString(k.Label)
	}
	if token.Len() < 6 {
		t.Fatalf("only %q could be typed", token.String())
	}
	if s := tell(t, g); !s.Sees(token.String()) {
		t.Fatalf("%q was typed and the page says %s", token.String(), s.Words())
	}
	return token.String()
}
