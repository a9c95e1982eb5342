package outline

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

func seg(op sfnt.SegmentOp, xy ...int) sfnt.Segment {
	s := sfnt.Segment{Op: op}
	for i := 0; i+1 < len(xy); i += 2 {
		s.Args[i/2] = fixed.P(xy[i], xy[i+1])
	}
	return s
}

func TestAnOutlineIsPathData(t *testing.T) {
	segments := sfnt.Segments{
		seg(sfnt.SegmentOpMoveTo, 100, -700), seg(sfnt.SegmentOpLineTo, 900, -700), seg(sfnt.SegmentOpQuadTo, 950, -650, 900, -600),
		seg(sfnt.SegmentOpMoveTo, 10, 20), seg(sfnt.SegmentOpCubeTo, 11, 20, 12, 22, 13, 23),
	}
	const want = "m100 -700l800 0q50 50 0 100m-890 620c1 0 2 2 3 3"
	text, err := Format(segments)
	if text != want || err != nil {
		t.Fatalf("got %q, %v", text, err)
	}
	back, err := Parse(text)
	if err != nil || !slices.Equal(back, segments) {
		t.Errorf("%v: it was %v and came back as %v", err, segments, back)
	}
}

// What is too small to see leaves no trace: a point that rounds onto the one before, and a contour of nothing else.
func TestNothingIsLeftOut(t *testing.T) {
	tiny := seg(sfnt.SegmentOpLineTo, 100, -700)
	tiny.Args[0].X += 20
	segments := sfnt.Segments{
		seg(sfnt.SegmentOpMoveTo, 5, 5), seg(sfnt.SegmentOpMoveTo, 100, -700), tiny, seg(sfnt.SegmentOpLineTo, 900, -700), seg(sfnt.SegmentOpMoveTo, 7, 7),
	}
	if text, err := Format(segments); text != "m100 -700l800 0" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestWhatIsNoOutline(t *testing.T) {
	for _, text := range []string{
		"", "m0 0", "l1 1", "m0 0m1 1l2 2", "m0 0l0 0", "m0 0q0 0 0 0", "m0 0l1 1z", "m 0 0l1 1", "m0 0 l1 1", "m0  0l1 1", "m0,0l1 1", "m00 0l1 1", "m-0 0l1 1", "m+1 0l1 1",
		"m0 0l1", "m0 0l1 1 ", "M0 0L1 1", "m0 0l1e9 1", "m2001 0l-1 0", "m0 0l99999999999999999999 1", "m0 0l1.5 1", "m0 0l-2001 0", "m0 0l1 1\x00",
		"m0 0" + strings.Repeat("l1 0l-1 0", MaxPoints/2+1),
	} {
		if got, err := Parse(text); !errors.Is(err, ErrForm) {
			t.Errorf("%.40q is taken for %d segments: %v", text, len(got), err)
		}
	}
	for name, segments := range map[string]sfnt.Segments{
		"nothing": nil, "a place alone": {seg(sfnt.SegmentOpMoveTo, 1, 1)}, "too far off": {seg(sfnt.SegmentOpMoveTo, 0, 0), seg(sfnt.SegmentOpLineTo, 2001, 0)},
	} {
		if text, err := Format(segments); !errors.Is(err, ErrForm) {
			t.Errorf("%s is written as %q, %v", name, text, err)
		}
	}
}

// Whoever wrote it: what is parsed formats to the same text and reaches no further than its bounds.
func FuzzParse(f *testing.F) {
	f.Add("m100 -700l800 0q50 50 0 100m-890 620c1 0 2 2 3 3")
	f.Add("m0 0l1 1m2000 2000l-1 0")
	f.Fuzz(func(t *testing.T, text string) {
		segments, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Format(segments)
		if err != nil || again != text {
			t.Fatalf("%q is written as %q, %v", text, again, err)
		}
		if b := segments.Bounds(); len(segments) > MaxPoints || b.Min.X < fixed.I(-Reach) || b.Max.X > fixed.I(Reach) || b.Min.Y < fixed.I(-Reach) || b.Max.Y > fixed.I(Reach) {
			t.Fatalf("%d segments in %v", len(segments), b)
		}
	})
}
