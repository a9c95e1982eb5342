package font

import (
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// closed is a contour through points.
func closed(points ...[2]int) (out sfnt.Segments) {
	for i, p := range append(points, points[0]) {
		s := sfnt.Segment{Op: sfnt.SegmentOpLineTo}
		if i == 0 {
			s.Op = sfnt.SegmentOpMoveTo
		}
		s.Args[0] = fixed.P(p[0], p[1])
		out = append(out, s)
	}
	return out
}

// oblong is a stroke; backwards goes round it the other way.
func oblong(x, y, w, h int, backwards bool) sfnt.Segments {
	p := [][2]int{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}
	if backwards {
		slices.Reverse(p)
	}
	return closed(p...)
}

// TestHairlinesBecomeStrokes: a character of level hairlines and thin uprights comes out as heavy as Regular, and as it stood, whichever way
// its font goes round a contour.
func TestHairlinesBecomeStrokes(t *testing.T) {
	var drawn [2]strokes
	for i, backwards := range []bool{false, true} {
		ming := slices.Concat(
			oblong(100, -700, 800, 20, backwards), oblong(100, -400, 800, 20, backwards), oblong(100, -20, 800, 20, backwards),
			oblong(300, -700, 50, 700, backwards), oblong(650, -700, 50, 700, backwards),
		)
		out := weighed(ming)
		drawn[i] = measured(out)
		if b := out.Bounds(); b.Min.X < fixed.I(80) || b.Max.X > fixed.I(920) || b.Min.Y < fixed.I(-730) || b.Max.Y > fixed.I(30) {
			t.Errorf("backwards %t: it has grown to %v", backwards, b)
		}
		if was := measured(ming); was.across > 25 || was.down > 55 {
			t.Fatalf("the hairlines are %+v", was)
		}
	}
	if d := drawn[0]; d != drawn[1] || max(d.across-ofRegular.across, ofRegular.across-d.across, d.down-ofRegular.down, ofRegular.down-d.down) > grain {
		t.Errorf("the strokes are %+v and %+v, those of Regular %+v", drawn[0], drawn[1], ofRegular)
	}
}

// TestNothingClots: twenty hairlines one above the other stay apart.
func TestNothingClots(t *testing.T) {
	var ming sfnt.Segments
	for i := range 20 {
		ming = append(ming, oblong(100, -800+40*i, 800, 10, false)...)
	}
	if got := measured(weighed(ming)); got.across > got.apart || got.across < 15 {
		t.Errorf("strokes are %d thick and %d apart", got.across, got.apart)
	}
}

// TestRegularIsWhatOthersAreMadeLike: the measures that stand for Regular are its own, and what is as heavy stays as it is.
func TestRegularIsWhatOthersAreMadeLike(t *testing.T) {
	var across, down []int
	for _, r := range "国吉王明和平安建设春华秋实" {
		m := measured(Segments(r, false))
		across, down = append(across, m.across), append(down, m.down)
	}
	slices.Sort(across)
	slices.Sort(down)
	if a, d := across[len(across)/2], down[len(down)/2]; max(a-ofRegular.across, ofRegular.across-a, d-ofRegular.down, ofRegular.down-d) > grain {
		t.Errorf("Regular has level strokes of %d and upright ones of %d", a, d)
	}
	if heavy := bar(); !slices.Equal(weighed(heavy), heavy) {
		t.Error("what is heavy has changed")
	}
}

// TestAnyOutlineIsDrawn: whatever points an edition sends, within the reach of its form, they are drawn without a fault.
func TestAnyOutlineIsDrawn(t *testing.T) {
	defer Carry(nil)
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		var s sfnt.Segments
		for i := range 1 + rnd.IntN(40) {
			one := sfnt.Segment{Op: sfnt.SegmentOp(rnd.IntN(4))}
			if i == 0 {
				one.Op = sfnt.SegmentOpMoveTo
			}
			for k := range one.Args {
				one.Args[k] = fixed.P(rnd.IntN(4001)-2000, rnd.IntN(4001)-2000)
			}
			s = append(s, one)
		}
		Carry(map[rune]Guest{'𠮷': {Outline: s}})
		if m := Line("王𠮷", 40, false, black); m.Rect.Dx() != 80+2*side || Width("𠮷", false) != 1 {
			t.Fatalf("a wild outline makes the line %v", m.Rect)
		}
	}
}
