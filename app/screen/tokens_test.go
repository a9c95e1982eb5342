package screen

import (
	"fmt"
	"image/color"
	"testing"

	"mingbai.local/app/colour"
	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

// pair is a colour and what it stands on.
type pair struct{ on, ground color.NRGBA }

// palettes are all that a page is painted with: ours, a county's own, and white on black.
func palettes() map[string]palette {
	return map[string]palette{"paper": painted(jade), "a county's": painted(blue), "contrast": inContrast()}
}

func TestTextStandsOut(t *testing.T) {
	for name, c := range palettes() {
		pairs := map[string]pair{
			"ink on paper": {c.ink, c.paper}, "ink on card": {c.ink, c.card}, "muted on paper": {c.muted, c.paper}, "muted on card": {c.muted, c.card},
			"ink on a tab": {c.ink, c.ground}, "ink on the marked row": {c.ink, c.marked}, "muted on the marked row": {c.muted, c.marked},
			"the band": {c.onBand, c.band}, "the emblem": {c.onSun, c.sun}, "primary on card": {c.primary, c.card}, "primary on paper": {c.primary, c.paper},
			"the tab that is taken": {c.onTaken, c.taken}, "what is done": {c.onDone, c.primary}, "what can be touched": {c.live(c.ink, to("x")), c.card},
		}
		for s := kiosk.SubjectNone; s <= kiosk.SubjectResult; s++ {
			solid := c.deep(s)
			if c.contrast { // what is full of colour on paper is outlined on black
				solid = c.card
			}
			pairs[fmt.Sprint("words on subject ", s)] = pair{c.onSolid, solid}
			pairs[fmt.Sprint("what belongs to subject ", s)] = pair{c.deep(s), c.card}
			pairs[fmt.Sprint("a title of subject ", s)] = pair{c.titled(s), c.card}
		}
		pairs["a grave button"] = pair{c.button(kiosk.Button{Grave: true}), c.card}
		for tone := kiosk.TonePlain; tone <= kiosk.ToneAlarm; tone++ {
			pairs[fmt.Sprint("a chip of tone ", tone)] = pair{c.toned(tone).text, c.toned(tone).ground}
			pairs[fmt.Sprint("ink in a box of tone ", tone)] = pair{c.ink, c.toned(tone).ground}
			pairs[fmt.Sprint("a figure of tone ", tone)] = pair{c.written(tone), c.card}
		}
		for what, p := range pairs {
			least := colour.ForText
			if what == "the emblem" { // one large character that nobody has to read
				least = colour.ForEmblem
			}
			if got := colour.Contrast(p.on, p.ground); got < least {
				t.Errorf("%s: %s: %.2f to 1, want %.1f", name, what, got, least)
			}
		}
	}
}

func TestBarsAndOutlinesStandOut(t *testing.T) {
	for name, c := range palettes() {
		pairs := map[string]pair{
			"outline on paper": {c.outline, c.paper}, "outline on card": {c.outline, c.card}, "a primary outline": {c.primary, c.paper},
			"a question's outline": {c.deep(kiosk.SubjectVoice), c.card}, "a bar": {c.bar(kiosk.BarRow{}), c.card},
			"this year's bar": {c.bar(kiosk.BarRow{Now: true}), c.card}, "a bar of money": {c.amberBar, c.card},
			"a bar of posts": {c.bar(kiosk.BarRow{Subject: kiosk.SubjectStaffing}), c.card}, "the limit on a bar": {c.ink, c.card},
			"a grave outline":        {c.button(kiosk.Button{Grave: true}), c.card},
			"an outline in the band": {c.onBand, c.band}, "around what was spoken": {c.outlined, c.paper}, "around a light thing that was spoken": {c.outlined, c.card},
			"around something in the band that was spoken": {c.outlinedDark, c.band},
		}
		for s := kiosk.SubjectNone; s <= kiosk.SubjectResult && !c.contrast; s++ {
			pairs[fmt.Sprint("around a door that was spoken ", s)] = pair{c.outlinedDark, c.deep(s)}
		}
		for what, p := range pairs {
			if got := colour.Contrast(p.on, p.ground); got < colour.ForShapes {
				t.Errorf("%s: %s: %.2f to 1, want 3", name, what, got)
			}
		}
	}
}

// TestOnBlackThereIsNothingSoft: on the page for those who see badly only these colours are drawn.
func TestOnBlackThereIsNothingSoft(t *testing.T) {
	allowed := map[color.NRGBA]bool{black: true, white: true, yellow: true, dimYellow: true, nothing: true}
	for _, v := range append(views(), crowded()...) {
		v.Contrast = true
		for _, op := range Layout(v, panels()[0], font.Width).Ops {
			if op.Kind == Disc || op.Kind == Word && op.Fill == jade && op.Text == v.Emblem {
				continue // the emblem stays as it is
			}
			if !allowed[op.Fill] || !allowed[op.Edge] {
				t.Errorf("%s: %v %q has the colours %v and %v", v.Page, op.Kind, op.Text, op.Fill, op.Edge)
			}
		}
	}
}

// TestWordsStandOutFromWhatTheyStandOn looks at pages as they are drawn: every word against the last box below it.
func TestWordsStandOutFromWhatTheyStandOn(t *testing.T) {
	for _, v := range append(views(), crowded()...) {
		for _, v.Contrast = range []bool{false, true} {
			f := Layout(v, panels()[0], font.Width)
			for i, w := range f.Ops {
				if w.Kind != Word || w.Fill == dead || w.Fill == dimYellow || w.Fill == jadePale {
					continue
				}
				for j := i - 1; j >= 0; j-- {
					b := f.Ops[j]
					if b.Kind == Disc && b.Overlaps(w.Rect) {
						break // the emblem has its own test
					}
					if b.Kind == Box && b.Fill.A == 0xFF && b.Contains(w.X+1, w.Y+w.H/2) {
						if got := colour.Contrast(w.Fill, b.Fill); got < colour.ForText {
							t.Errorf("%s, on black %v: %q is %.2f to 1", v.Page, v.Contrast, w.Text, got)
						}
						break
					}
				}
			}
		}
	}
}

// TestWhatWasSpokenIsOutlined: the thing that opens at the next touch has a line around it that can be seen from afar.
func TestWhatWasSpokenIsOutlined(t *testing.T) {
	for _, v := range []kiosk.View{homeView(), townsView()} {
		for _, panel := range panels() {
			for _, a := range Layout(v, panel, font.Width).Areas {
				v.Outlined = a.Msg
				ops := Layout(v, panel, font.Width).Ops
				last := ops[len(ops)-1]
				if last.Rect != a.Face || last.Stroke < outlineMM*panel.mm()-1 || last.Fill.A != 0 {
					t.Errorf("%s on %v: around %q is drawn %v, %.1f px thick", v.Page, panel, a.Label, last.Rect, last.Stroke)
				}
			}
		}
	}
}

func TestABarePageHasNothingButItsBody(t *testing.T) {
	v := idleView()
	v.Foot = base("x").Foot
	v.Bare = true
	f := Layout(v, panels()[0], font.Width)
	if len(f.Areas) != 1 || f.Areas[0].Label != "点一下屏幕，开始查" {
		t.Errorf("a bare page can be touched at %v", f.Areas)
	}
	for _, s := range f.Texts() {
		if s == v.AsOf || s == v.Title || s == v.Synthetic {
			t.Errorf("a bare page says %q", s)
		}
	}
}

// TestListeningKnowsTheRowsOnShow: 读给我听 reads what is on the screen, and only the layout knows what that is.
func TestListeningKnowsTheRowsOnShow(t *testing.T) {
	listen := func(v kiosk.View) kiosk.Listen {
		for _, a := range Layout(v, panels()[2], font.Width).Areas {
			if l, ok := a.Msg.(kiosk.Listen); ok {
				return l
			}
		}
		t.Fatalf("%s cannot be listened to", v.Page)
		return kiosk.Listen{}
	}
	v := listView()
	sc := Layout(v, panels()[2], font.Width).Scrolls[0]
	if got := listen(v); got != (kiosk.Listen{From: 28, Rows: sc.Fit}) || sc.Fit < 2 {
		t.Errorf("the list on show is %+v", got)
	}
	if got := listen(homeView()); got != (kiosk.Listen{}) {
		t.Errorf("home has no list: %+v", got)
	}
	v.Foot[2].Touch = kiosk.Listen{Stop: true}
	if got := listen(v); got != (kiosk.Listen{Stop: true}) {
		t.Errorf("to be quiet needs no rows: %+v", got)
	}
}

// TestACountyMayChangeItsPrimaryColour: a colour that breaks a contrast is not shown, whatever the enrolment says.
func TestACountyMayChangeItsPrimaryColour(t *testing.T) {
	ours := painted(jade)
	for _, s := range []string{"", "#F2C14E", "#2E8B57", "blue"} {
		if countys(s) != ours {
			t.Errorf("%q is painted with", s)
		}
	}
	f := layout(homeView(), panels()[0], font.Width, countys("#17407A"))
	for _, op := range f.Ops {
		if op.Fill == jade || op.Edge == jade {
			t.Errorf("%v %q is still jade", op.Kind, op.Text)
		}
	}
}

// TestTheEmblemHoldsTwoCharacters: a county may be known by two.
func TestTheEmblemHoldsTwoCharacters(t *testing.T) {
	for _, panel := range panels() {
		v := homeView()
		v.Emblem = "长阳"
		var disc Rect
		for _, op := range Layout(v, panel, font.Width).Ops {
			if op.Kind == Disc && disc.W == 0 {
				disc = op.Rect
			}
			if op.Text == v.Emblem && (op.W > disc.W*0.9 || !disc.Contains(op.X, op.Y) || !disc.Contains(op.X+op.W, op.Y+op.H)) {
				t.Errorf("%v: the emblem's characters %v stand outside its disc %v", panel, op.Rect, disc)
			}
		}
	}
}
