package hand_test

import (
	"fmt"
	"slices"
	"testing"

	"mingbai.local/app/input/hand"
)

// with returns ink with strokes moved and stretched about the middle of the square of 600.
func with(ink hand.Ink, strokes []int, moveX, moveY int, percent int) hand.Ink {
	out := slices.Clone(ink)
	for _, i := range strokes {
		out[i] = nil
		for _, p := range ink[i] {
			out[i] = append(out[i], hand.Point{X: (p.X-300)*percent/100 + 300 + moveX, Y: (p.Y-300)*percent/100 + 300 + moveY})
		}
	}
	return out
}

func unlike(t *testing.T, ink, shape hand.Ink) float64 {
	t.Helper()
	is, worse := hand.Unlike(ink, hand.Shape(shape))
	if is < 0 || is > worse {
		t.Errorf("%v of at most %v", is, worse)
	}
	return is
}

// TestPartsElsewhere: a part that is smaller, or lies elsewhere than printed, counts for less than a stroke too many or too few.
func TestPartsElsewhere(t *testing.T) {
	for name, other := range map[string]struct {
		of  rune
		ink hand.Ink
	}{
		"李 with 子 small and high":    {'李', with(written['李'], []int{4, 5, 6}, 20, -60, 75)},
		"王 with the middle high":     {'王', with(written['王'], []int{1}, 0, -60, 80)},
		"田 with the cross to a side": {'田', with(written['田'], []int{2, 3}, -50, 50, 100)},
		"木 with its arms low":        {'木', with(written['木'], []int{2, 3}, 0, 70, 90)},
	} {
		whole := written[other.of]
		elsewhere := unlike(t, other.ink, whole)
		for i := range whole {
			less := slices.Delete(slices.Clone(whole), i, i+1)
			if got := unlike(t, less, whole); got <= elsewhere {
				t.Errorf("%s counts for %.0f, without stroke %d for %.0f", name, elsewhere, i+1, got)
			}
			if got := unlike(t, whole, less); got <= elsewhere {
				t.Errorf("%s counts for %.0f, with stroke %d too many for %.0f", name, elsewhere, i+1, got)
			}
		}
	}
}

// TestJoinedStrokes: whoever does not lift the finger between two strokes finds his character all the same.
func TestJoinedStrokes(t *testing.T) {
	r := shipped(t)
	for want, ink := range written {
		for i := range len(ink) - 1 {
			joined := slices.Concat(ink[:i], hand.Ink{slices.Concat(ink[i], ink[i+1])}, ink[i+2:])
			if got := r.Recognise(joined, nil, 5); !slices.ContainsFunc(got, func(c hand.Candidate) bool { return c.Rune == want }) {
				t.Errorf("%c with strokes %d and %d joined is taken for %s", want, i+1, i+2, said(got))
			}
		}
	}
}

// TestShape: a stroke is kept as its corners, wherever its points lie between them, and a character that has no room is not kept.
func TestShape(t *testing.T) {
	few := hand.Shape(strokes([]int{0, 0, 100, 0, 100, 100}, []int{0, 100, 60, 40}))
	many := hand.Shape(strokes([]int{0, 0, 30, 1, 70, 0, 100, 0, 100, 60, 100, 100}, []int{0, 100, 20, 80, 60, 40}))
	if len(few) != 1+(1+2*3)+(1+2*2) || fmt.Sprint(few) != fmt.Sprint(many) {
		t.Errorf("%v\n%v", few, many)
	}
	tooMany := make(hand.Ink, 129)
	for i := range tooMany {
		tooMany[i] = hand.Stroke{{X: i, Y: 0}, {X: i, Y: 9}}
	}
	for name, ink := range map[string]hand.Ink{"nothing": nil, "one point": {{{X: 3, Y: 3}}}, "129 strokes": tooMany} {
		if got := hand.Shape(ink); got != nil {
			t.Errorf("%s has the shape %v", name, got)
		}
	}
}

// FuzzUnlike: whatever is laid over whatever counts for something between nothing and the worst, and a shape is as long as it says.
func FuzzUnlike(f *testing.F) {
	f.Add([]byte{0, 0, 0, 200, 200, 255, 9, 9, 30, 200}, []byte{2, 2, 0, 0, 255, 255, 1, 90, 90})
	f.Add([]byte{1, 1, 2, 2}, []byte{1, 1, 255, 0})
	f.Fuzz(func(t *testing.T, b, shape []byte) {
		ink := hand.Ink{nil}
		for ; len(b) >= 2; b = b[2:] {
			if b[0] == 255 {
				ink = append(ink, nil)
				continue
			}
			last := &ink[len(ink)-1]
			*last = append(*last, hand.Point{X: int(b[0]), Y: int(b[1])})
		}
		if own := hand.Shape(ink); own != nil {
			if hand.ShapeLength(own) != len(own) {
				t.Fatalf("%d bytes of shape say that they are %d", len(own), hand.ShapeLength(own))
			}
			if is, worse := hand.Unlike(ink, own); !(is >= 0 && is <= worse) {
				t.Fatalf("%v of %v to its own shape", is, worse)
			}
		}
		if hand.ShapeLength(shape) == 0 {
			return
		}
		if is, worse := hand.Unlike(ink, shape); !(is >= 0 && is <= worse) {
			t.Fatalf("%v of %v", is, worse)
		}
	})
}

// TestSlantedWhole: who slants the whole character has hardly written it worse: its strokes run otherwise, but where they lie is no
// fault.
func TestSlantedWhole(t *testing.T) {
	sum := 0.0
	for _, ink := range written {
		var slanted hand.Ink
		for _, s := range ink {
			var o hand.Stroke
			for _, p := range s {
				o = append(o, hand.Point{X: p.X - p.Y/4, Y: p.Y})
			}
			slanted = append(slanted, o)
		}
		sum += unlike(t, slanted, ink)
	}
	if mean := sum / float64(len(written)); mean > 46 {
		t.Errorf("slanted characters count for %.0f", mean)
	}
}
