package font

import (
	"image"
	"image/draw"
	"slices"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// bar is an outline that no font has: a beam across its em.
func bar() sfnt.Segments {
	var out sfnt.Segments
	for i, p := range [][2]int{{50, -500}, {950, -500}, {950, -300}, {50, -300}} {
		s := sfnt.Segment{Op: sfnt.SegmentOpLineTo}
		if i == 0 {
			s.Op = sfnt.SegmentOpMoveTo
		}
		s.Args[0] = fixed.P(p[0], p[1])
		out = append(out, s)
	}
	return out
}

// notdef is the box that stands for what a font lacks, at px pixels an em.
func notdef(t *testing.T, px int) *image.Alpha {
	t.Helper()
	f := faces().regular
	segments, err := f.font.LoadGlyph(&f.buf, 0, fixed.I(px), nil)
	if err != nil || len(segments) == 0 {
		t.Fatalf("the font has no box: %v", err)
	}
	return rasterised(segments, 0)
}

// lone is what one character's line has of ink, cut out.
func lone(m *image.RGBA) *image.Alpha {
	r := ink(m)
	out := image.NewAlpha(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, m, r.Min, draw.Src)
	return out
}

func alike(a, b *image.Alpha) bool {
	box := func(m *image.Alpha) image.Rectangle {
		rgba := image.NewRGBA(m.Rect)
		draw.Draw(rgba, rgba.Rect, m, m.Rect.Min, draw.Src)
		return ink(rgba)
	}
	ra, rb := box(a), box(b)
	if ra.Dx()-rb.Dx() > 2 || rb.Dx()-ra.Dx() > 2 || ra.Dy()-rb.Dy() > 2 || rb.Dy()-ra.Dy() > 2 {
		return false
	}
	same, n := 0, 0
	for y := range min(ra.Dy(), rb.Dy()) {
		for x := range min(ra.Dx(), rb.Dx()) {
			n++
			if (a.AlphaAt(ra.Min.X+x, ra.Min.Y+y).A > 127) == (b.AlphaAt(rb.Min.X+x, rb.Min.Y+y).A > 127) {
				same++
			}
		}
	}
	return same*10 > n*9
}

// TestNeverABox: what nobody can draw is said in words, never as an empty box and never as nothing.
func TestNeverABox(t *testing.T) {
	const px = 60
	box := notdef(t, px)
	if !alike(box, notdef(t, px)) {
		t.Fatal("the box is not like itself")
	}
	defer Carry(nil)
	for name, known := range map[string]map[rune]Guest{
		"nothing is known": nil, "an outline": {'𠮷': {Outline: bar()}}, "parts": {'𠮷': {Parts: "土口"}}, "parts that are rare themselves": {'𠮷': {Parts: "土𪛖"}},
	} {
		Carry(known)
		for _, bold := range []bool{false, true} {
			for _, r := range "𠮷𪛖\U0010FFFD\ue000" {
				m := Line(string(r), px, bold, black)
				if ink(m).Empty() || alike(lone(m), box) {
					t.Errorf("%s: %U is drawn as nothing or as a box", name, r)
				}
				if got, want := ink(m).Max.X, Start()+Width(string(r), bold)*px; float32(got) > want+1 {
					t.Errorf("%s: the ink of %U ends at %d of %v", name, r, got, want)
				}
			}
		}
	}
}

func TestAGuestStandsAmongTheOthers(t *testing.T) {
	const px = 100
	Carry(map[rune]Guest{'𠮷': {Outline: bar(), Parts: "土口"}, '王': {Outline: bar()}, '𪛖': {Parts: "龍龜"}})
	defer Carry(nil)
	if !Draws('𠮷') || !Draws('𪛖') || Has('𠮷') || Draws('𡈼') {
		t.Error("Draws is to be true of what came with the edition, Has is not, and neither of what did not come")
	}
	if got := Width("王𠮷昌", false); got != 3 {
		t.Errorf("three characters are %v em wide", got)
	}
	if got, want := Width("𪛖", false), Width("（龍+龜）", false); got != want {
		t.Errorf("what is told by its parts is %v em wide, its parts %v", got, want)
	}
	if !alike(lone(Line("王𪛖", px, false, black)), lone(Line("王（龍+龜）", px, false, black))) {
		t.Error("what is told by its parts is not drawn as they are")
	}
	if got, want := Width("𡈼", false), Width("（缺字）", false); got != want {
		t.Errorf("what nobody knows is %v em wide, and what says so %v", got, want)
	}
	m, base := Line("𠮷", px, false, black), int(Baseline(px))
	if got, want := ink(m), image.Rect(int(Start())+5, base-50, int(Start())+95, base-30); got != want {
		t.Errorf("the beam lies at %v, not %v", got, want)
	}
	// What Regular has nobody may draw otherwise.
	if got := ink(Line("王", px, false, black)); got.Dy() < px/2 {
		t.Error("an edition has changed how 王 looks")
	}
	if DrawsBold("王𠮷昌") || !DrawsBold("王昌") {
		t.Error("a name with a guest is to be drawn in Regular whole")
	}
}

// TestAnEditionTakesItsGuestsAlong: the next edition's outlines take the place of the ones before, also where pictures were kept.
func TestAnEditionTakesItsGuestsAlong(t *testing.T) {
	defer Carry(nil)
	Carry(map[rune]Guest{'𠮷': {Outline: bar()}})
	before, number := Line("𠮷", 60, false, black), Carried()
	lower := bar()
	for i := range lower {
		lower[i].Args[0].Y += fixed.I(200)
	}
	Carry(map[rune]Guest{'𠮷': {Outline: lower}})
	if Carried() == number || slices.Equal(before.Pix, Line("𠮷", 60, false, black).Pix) {
		t.Error("the edition before still draws")
	}
}

// TestWhatIsNotSeen: marks that say how the character before them looks take no room and leave no box.
func TestWhatIsNotSeen(t *testing.T) {
	for _, s := range []string{"葛\U000E0100", "葛\ufe00", "\u200b葛", "葛\ufeff"} {
		if !slices.Equal(Line(s, 60, false, black).Pix, Line("葛", 60, false, black).Pix) || !Draws([]rune(s)[1]) && !Draws([]rune(s)[0]) {
			t.Errorf("%+q is not drawn as 葛", s)
		}
	}
}
