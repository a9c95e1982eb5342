package screen

import (
	"image/color"
	"reflect"
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

// hand is a surface with a finger and a clock in the test's hand.
type hand struct {
	*surface
	t       *testing.T
	tapped  []string
	nothing int
	clock   time.Time
}

func newHand(t *testing.T, v kiosk.View) *hand {
	test.NewTempApp(t).Settings().SetTheme(newLook())
	h := &hand{surface: newSurface(func() {}), t: t, clock: time.Unix(1_700_000_000, 0)}
	h.surface.now = func() time.Time { return h.clock }
	h.surface.tap = func(m kiosk.Msg) { h.tapped = append(h.tapped, m.(touch).name) }
	h.surface.nowhere = func() { h.nothing++ }
	h.surface.released = func() {}
	h.show(Layout(v, panels()[0], font.Width))
	return h
}

func (h *hand) area(label string) Area {
	for _, a := range h.frame.Areas {
		if a.Label == label {
			return a
		}
	}
	h.t.Fatalf("nothing on the page says %q", label)
	return Area{}
}

func (h *hand) middle(label string) fyne.Position {
	a := h.area(label)
	return fyne.NewPos(a.X+a.W/2, a.Y+a.H/2)
}

func (h *hand) down(p fyne.Position) {
	h.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: p}})
}

func (h *hand) move(p fyne.Position) {
	h.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p}})
}

func (h *hand) up(p fyne.Position) {
	h.MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: p}})
	h.DragEnd()
}

func (h *hand) tap(p fyne.Position) {
	h.down(p)
	h.up(p)
}

func (h *hand) want(names ...string) {
	h.t.Helper()
	if len(names) != len(h.tapped) {
		h.t.Fatalf("touched %q, want %q", h.tapped, names)
	}
	for i := range names {
		if h.tapped[i] != names[i] {
			h.t.Fatalf("touched %q, want %q", h.tapped, names)
		}
	}
}

func TestAFingerSeesItsColourBeforeThePageAnswers(t *testing.T) {
	h := newHand(t, homeView())
	p := h.middle("查补贴 我家领了多少")
	h.down(p)
	if !h.press.Visible() || h.press.FillColor == nothing {
		t.Error("the door does not change its colour under the finger")
	}
	face := h.area("查补贴 我家领了多少").Face
	if h.press.Position() != fyne.NewPos(face.X, face.Y) || h.press.Size() != fyne.NewSize(face.W, face.H) {
		t.Error("the colour is not on the door")
	}
	h.want()
	h.up(p)
	if h.press.Visible() {
		t.Error("the colour stays when the finger has gone")
	}
	h.want("查补贴")
}

func TestATremblingFingerTaps(t *testing.T) {
	h := newHand(t, homeView())
	p := h.middle("查资金 84项资金花到哪了")
	h.down(p)
	for _, d := range [][2]float32{{7, -5}, {-8, 6}, {3, 11}, {0, -12}} {
		h.move(p.AddXY(d[0], d[1]))
	}
	h.up(p.AddXY(4, -3))
	h.want("查资金")
}

func TestAFingerMaySlideInsideItsTarget(t *testing.T) {
	h := newHand(t, homeView())
	p := h.middle("查编制 单位有多少人")
	h.down(p)
	slid := p.AddXY(20*h.frame.Panel.mm(), 0)
	h.move(slid)
	h.up(slid)
	h.want("查编制")
}

func TestAFingerThatLeavesItsTargetTakesItBack(t *testing.T) {
	h := newHand(t, homeView())
	p, q := h.middle("查补贴 我家领了多少"), h.middle("看政策 该给谁，给多少")
	h.down(p)
	h.move(q)
	if h.press.Visible() {
		t.Error("the door keeps its colour after the finger has left it")
	}
	h.up(q)
	h.want()
}

func TestADragNeverTaps(t *testing.T) {
	h := newHand(t, townsView())
	p := h.middle("陆城街道")
	h.down(p)
	h.move(p.AddXY(0, 26*h.frame.Panel.mm()))
	h.move(p)
	h.up(p)
	for _, name := range h.tapped {
		if name == "陆城街道" {
			t.Error("a drag that came back counted as a tap")
		}
	}
}

func TestADragPullsTheListByItsRows(t *testing.T) {
	h := newHand(t, listView())
	sc := h.frame.Scrolls[0]
	p := fyne.NewPos(sc.X+sc.W/2, sc.Y+sc.H/2)
	h.down(p)
	h.move(p.AddXY(0, -sc.Step*1.1))
	h.move(p.AddXY(0, -sc.Step*1.2))
	h.move(p.AddXY(0, -sc.Step*3))
	h.move(p.AddXY(0, sc.Step*2))
	h.up(p.AddXY(0, sc.Step*2))
	h.want("scroll 29", "scroll 31", "scroll 26")
}

func TestADragStopsAtTheEnds(t *testing.T) {
	h := newHand(t, listView())
	sc := h.frame.Scrolls[0]
	p := fyne.NewPos(sc.X+sc.W/2, sc.Y+sc.H/2)
	h.down(p)
	h.move(p.AddXY(0, -sc.Step*500))
	h.move(p.AddXY(0, sc.Step*500))
	h.up(p)
	h.want("scroll "+strconv.Itoa(182-sc.Fit), "scroll 0")
}

func TestABouncingFingerTapsOnce(t *testing.T) {
	h := newHand(t, homeView())
	p := h.middle("查补贴 我家领了多少")
	h.tap(p)
	h.clock = h.clock.Add(120 * time.Millisecond)
	h.tap(p)
	h.want("查补贴")
	h.clock = h.clock.Add(400 * time.Millisecond)
	h.tap(p)
	h.want("查补贴", "查补贴")
}

// TestABounceDoesNotReachTheNextPage: the second half of a double tap must not choose what the first has brought up.
func TestABounceDoesNotReachTheNextPage(t *testing.T) {
	h := newHand(t, homeView())
	p := h.middle("看政策 该给谁，给多少")
	h.tap(p)
	h.show(Layout(townsView(), panels()[0], font.Width))
	h.clock = h.clock.Add(150 * time.Millisecond)
	h.tap(p)
	h.want("看政策")
}

func TestKeysAreAsQuickAsTheFinger(t *testing.T) {
	h := newHand(t, findView())
	for _, k := range []string{"a", "a", "h", "f"} {
		h.tap(h.middle(k))
		h.clock = h.clock.Add(60 * time.Millisecond)
	}
	h.want("a", "a", "h", "f")
}

func TestASecondContactIsIgnored(t *testing.T) {
	h := newHand(t, homeView())
	p, q := h.middle("查补贴 我家领了多少"), h.middle("查资金 84项资金花到哪了")
	h.down(p)
	h.down(q)
	h.up(p)
	h.want("查补贴")
}

func TestALostReleaseDoesNotBlockThePanel(t *testing.T) {
	h := newHand(t, homeView())
	h.down(h.middle("查补贴 我家领了多少"))
	h.clock = h.clock.Add(5 * time.Second)
	h.tap(h.middle("查资金 84项资金花到哪了"))
	h.want("查资金")
}

func TestADeadKeyDoesNothing(t *testing.T) {
	h := newHand(t, findView())
	for _, op := range h.frame.Ops {
		if op.Kind == Word && op.Text == "b" {
			h.tap(fyne.NewPos(op.X+2, op.Y+2))
		}
	}
	h.want()
	if h.nothing != 1 {
		t.Errorf("a touch on a dead key was told %d times, want once: somebody is there", h.nothing)
	}
}

func TestOnlyWhatDiffersIsDrawnAnew(t *testing.T) {
	h := newHand(t, findView())
	objects := len(h.objects)
	h.show(Layout(findView(), panels()[0], font.Width))
	if h.painter.changed != 0 {
		t.Errorf("the same page again changed %d objects", h.painter.changed)
	}
	v := findView()
	s := v.Body[1].(kiosk.Search)
	s.Letters = "sf"
	v.Body[1] = s
	h.show(Layout(v, panels()[0], font.Width))
	if h.painter.changed != 1 {
		t.Errorf("one more letter changed %d objects, want the one text", h.painter.changed)
	}
	if len(h.objects) != objects {
		t.Errorf("the page has %d objects, had %d", len(h.objects), objects)
	}
}

// TestWordsAreAsWideAsMeasured compares the layout's measure with what the toolkit draws. Kerning may make a word narrower.
func TestWordsAreAsWideAsMeasured(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(newLook())
	for _, p := range pages()[:len(views())] {
		for _, op := range p.frame.Ops {
			if op.Kind != Word {
				continue
			}
			drawn, _ := fyne.CurrentApp().Driver().RenderedTextSize(op.Text, op.H, fyne.TextStyle{Bold: op.Bold}, nil)
			if drawn.Width > op.W+0.6 {
				t.Errorf("%q of %v px is drawn %.1f px wide, measured %.1f", op.Text, op.H, drawn.Width, op.W)
			}
		}
	}
}

func BenchmarkLayout(b *testing.B) {
	v := findView()
	for b.Loop() {
		Layout(v, panels()[0], font.Width)
	}
}

// askew is a panel that reports every finger 40 px to the right of where it is and 30 px too high, twice as far apart.
var askew = [6]float64{0.5, 0, -20, 0, 0.5, 15}

func reported(p fyne.Position) fyne.Position { return fyne.NewPos((p.X+20)*2, (p.Y-15)*2) }

// TestACalibratedPanelIsTouchedWhereTheFingerIs: what the panel reports is mapped before anything else is made of it.
func TestACalibratedPanelIsTouchedWhereTheFingerIs(t *testing.T) {
	v := homeView()
	v.Fit.Touch = askew
	h := newHand(t, v)
	p := h.middle("查资金 84项资金花到哪了")
	h.down(reported(p))
	h.move(reported(p.AddXY(9, -7)))
	h.up(reported(p.AddXY(9, -7)))
	h.want("查资金")
}

// TestAimingAsksWhereThePanelReportsTheFinger: a calibration is worked out from what the panel says, so no earlier one may
// stand between.
func TestAimingAsksWhereThePanelReportsTheFinger(t *testing.T) {
	v := targetView()
	v.Fit.Touch = askew
	h := newHand(t, v)
	var got kiosk.Msg
	h.surface.tap = func(m kiosk.Msg) { got = m }
	h.tap(fyne.NewPos(300, 700))
	if got != (kiosk.Aim{X: 300, Y: 700, W: 1080, H: 1920}) {
		t.Errorf("the aim is told as %+v", got)
	}
}

func TestAMeasuredPanelIsLaidOutByItsMeasure(t *testing.T) {
	v := homeView()
	v.Fit.PxPerMM = 6
	if got := Layout(v, panels()[0], font.Width).Panel.mm(); got != 6 {
		t.Errorf("the page is laid out at %v pixels to the millimetre, measured were 6", got)
	}
	v = rulerView()
	v.Body[2] = kiosk.Ruler{PxPerMM: 5}
	for _, op := range Layout(v, panels()[0], font.Width).Ops {
		if op.Kind == Box && op.W == cardMM*5 {
			return
		}
	}
	t.Error("nothing on the page is as long as a bank card would be")
}

// TestAFingerWrites: what a finger writes in the square is sent once it has rested, all of it, in thousandths of the square; a finger
// that comes back in time goes on with the same character.
func TestAFingerWrites(t *testing.T) {
	h := newHand(t, handView())
	var waits []func()
	stopped := 0
	h.writer.after = func(d time.Duration, then func()) func() bool {
		if d != rested {
			t.Errorf("it waits %v", d)
		}
		waits = append(waits, then)
		return func() bool { stopped++; return true }
	}
	var sent []*kiosk.Ink
	h.surface.tap = func(m kiosk.Msg) { sent = append(sent, m.(kiosk.Wrote).Ink) }
	sq := h.frame.Square
	at := func(x, y float32) fyne.Position { return fyne.NewPos(sq.X+x*sq.W, sq.Y+y*sq.H) }
	h.down(at(0.1, 0.5))
	h.move(at(0.5, 0.5))
	h.move(at(5, 0.5))
	h.up(at(5, 0.5))
	h.down(at(0.5, 0.1))
	if stopped != 1 {
		t.Error("a second stroke does not keep the first from being read alone")
	}
	waits[0]() // it was too late to stop it
	if len(sent) != 0 {
		t.Fatal("ink is read under the finger")
	}
	h.move(at(0.5, 0.9))
	h.up(at(0.5, 0.9))
	waits[1]()
	want := kiosk.Ink{{{X: 100, Y: 500}, {X: 500, Y: 500}, {X: 1000, Y: 500}}, {{X: 500, Y: 100}, {X: 500, Y: 900}}}
	if len(sent) != 1 || !reflect.DeepEqual(*sent[0], want) {
		t.Fatalf("sent is %v, want %v", sent, want)
	}
	v := handView()
	v.Side[0] = kiosk.Square{Ink: sent[0], Wrote: v.Side[0].(kiosk.Square).Wrote}
	h.show(Layout(v, panels()[0], font.Width))
	if len(h.writer.ink) != 2 || !h.ink.Visible() {
		t.Error("what was written is not kept while the page shows what it may be")
	}
	if c := h.writer.picture(100).At(50, 50); c == (color.NRGBA{}) {
		t.Error("what was written is not drawn")
	}
	h.show(Layout(handView(), panels()[0], font.Width))
	if len(h.writer.ink) != 0 {
		t.Error("the square is not empty after 重写")
	}
	h.show(Layout(findView(), panels()[0], font.Width))
	if h.ink.Visible() || h.writer.Wrote != nil {
		t.Error("there is a square on a page without one")
	}
}
