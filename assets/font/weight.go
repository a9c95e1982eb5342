package font

import (
	"image"
	"math"
	"slices"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// strokes (笔画粗细) are how thick the strokes of a character are and how far apart, each the middle one of all, in units of PerEm.
type strokes struct {
	across, down  int // thickness of level strokes and of upright ones
	apart, beside int // what is white between two level strokes, and between two upright ones
}

// ofRegular is what most characters of Regular have, 国 and 吉 among them.
var ofRegular = strokes{across: 70, down: 78}

// weighed makes an outline of another typeface about as heavy as Regular, by moving its points outwards: the level strokes of a Song or
// Ming face are hairlines, which an old farmer does not see beside the even strokes of his other characters. A stroke gets no
// thicker than the white beside it, and what is as heavy already stays as it is.
func weighed(segments sfnt.Segments) sfnt.Segments {
	have := measured(segments)
	wider, taller := lacking(have.down, have.beside, ofRegular.down), lacking(have.across, have.apart, ofRegular.across)
	if wider == 0 && taller == 0 {
		return segments
	}
	out := slices.Clone(segments)
	points := contours(out)
	if inside(points) {
		wider, taller = -wider, -taller
	}
	for _, c := range points {
		swell(c, float64(wider)/2, float64(taller)/2)
	}
	return out
}

// lacking is by how much a stroke has to become thicker, in units.
func lacking(thick, apart, want int) int {
	if apart > 0 {
		want = min(want, (thick+apart)/2)
	}
	return max(want-thick, 0)
}

// contours are the points of each contour, on it or beside it, in their order.
func contours(segments sfnt.Segments) (out [][]*fixed.Point26_6) {
	for i := range segments {
		s := &segments[i]
		n := 1
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			out = append(out, nil)
		case sfnt.SegmentOpQuadTo:
			n = 2
		case sfnt.SegmentOpCubeTo:
			n = 3
		}
		if len(out) == 0 {
			out = append(out, nil)
		}
		for k := range n {
			out[len(out)-1] = append(out[len(out)-1], &s.Args[k])
		}
	}
	return out
}

// inside reports whether ink lies to the left of whoever goes along the contours, as in a CFF font; y grows downwards.
func inside(contours [][]*fixed.Point26_6) bool {
	area := 0.0
	for _, c := range contours {
		for i, p := range c {
			q := c[(i+1)%len(c)]
			area += float64(p.X)*float64(q.Y) - float64(q.X)*float64(p.Y)
		}
	}
	return area < 0
}

// swell moves the points of a contour outwards, by up to x to the sides and y up and down, in units. Ink lies to the right of the contour.
func swell(c []*fixed.Point26_6, x, y float64) {
	moved := make([]fixed.Point26_6, len(c))
	for i, p := range c {
		ax, ay := away(c, i, -1)
		bx, by := away(c, i, 1)
		// To the left of the way that comes from a and goes to b; at a corner, away from both its edges.
		nx, ny := by-ay, ax-bx
		moved[i] = fixed.Point26_6{
			X: p.X + fixed.Int26_6(64*x*max(-1, min(1, nx))), Y: p.Y + fixed.Int26_6(64*y*max(-1, min(1, ny))),
		}
	}
	for i, p := range c {
		*p = moved[i]
	}
}

// away is the direction from a point to the next other one that way along the contour.
func away(c []*fixed.Point26_6, i, step int) (x, y float64) {
	for k := (i + step + len(c)) % len(c); k != i; k = (k + step + len(c)) % len(c) {
		if dx, dy := float64(c[k].X-c[i].X), float64(c[k].Y-c[i].Y); dx != 0 || dy != 0 {
			l := math.Hypot(dx, dy)
			return dx / l, dy / l
		}
	}
	return 0, 0
}

// grain is how many units one pixel of a picture is in which strokes are measured.
const grain = 5

// measured looks at an outline.
func measured(segments sfnt.Segments) strokes {
	const side = 2 * PerEm / grain
	z := vector.NewRasterizer(side, side)
	trace(z, segments, func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X)/64/grain + side/4, float32(p.Y)/64/grain + side*3/4
	})
	m := image.NewAlpha(image.Rect(0, 0, side, side))
	z.Draw(m, m.Rect, image.Opaque, image.Point{})
	var s strokes
	s.across, s.apart = runs(side, func(line, i int) bool { return m.Pix[i*m.Stride+line] > 127 })
	s.down, s.beside = runs(side, func(line, i int) bool { return m.Pix[line*m.Stride+i] > 127 })
	return s
}

// runs returns the middle length of what is ink along the lines of a picture, and of what is white between ink, in units.
func runs(side int, ink func(line, i int) bool) (thick, apart int) {
	var dark, light []int
	for line := range side {
		from, seen := 0, false
		for i := 1; i < side; i++ {
			if ink(line, i) == ink(line, i-1) {
				continue
			}
			switch {
			case !ink(line, i):
				dark = append(dark, i-from)
			case seen:
				light = append(light, i-from)
			}
			from, seen = i, true
		}
	}
	middle := func(of []int) int {
		if len(of) == 0 {
			return 0
		}
		slices.Sort(of)
		return of[len(of)/2] * grain
	}
	return middle(dark), middle(light)
}
