package hand

import (
	"cmp"
	"math"
	"slices"
)

const (
	cells      = 8 // along each side of the square
	directions = 8 // in which a piece of a stroke can run

	// Dim is how many numbers describe one character.
	Dim = cells * cells * directions

	// step is how far apart the points lie into which a stroke is taken apart, where the larger side of the character is 1.
	step = 0.02

	// longest bounds the points of one character. Careful writing has 600, a scribble over the whole square 2,000.
	longest = 4000
)

// point (点) is a point of a stroke in the unit square.
type point struct{ x, y float64 }

// line (笔迹) is a character taken apart: all its points one after another, and where each stroke ends.
type line struct {
	points []point
	ends   []int
}

// Features writes what a character looks like, whatever its size, place and proportions and in whatever order it is written:
// how much of its strokes runs into which direction in each of the cells of the square. The sum of the squares is 1. It returns
// false for ink without any extent, which says nothing.
func Features(ink Ink, to *[Dim]float32) bool {
	l, ok := normal(ink)
	return ok && l.features(to)
}

// normal takes ink apart, and moves and stretches it to where all characters lie.
func normal(ink Ink) (line, bool) {
	l, ok := takeApart(ink)
	if ok {
		l.centre()
	}
	return l, ok
}

// features writes what normalised ink looks like, and uses it up.
func (l *line) features(to *[Dim]float32) bool {
	*to = [Dim]float32{}
	l.equalise()
	l.count(to)
	sum := 0.0
	for i, v := range to {
		to[i] = float32(math.Sqrt(float64(v)))
		sum += float64(v)
	}
	if sum == 0 {
		return false
	}
	for i := range to {
		to[i] = float32(float64(to[i]) / math.Sqrt(sum))
	}
	return true
}

// takeApart puts the ink into the unit square and its points at equal distances.
func takeApart(ink Ink) (line, bool) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, s := range ink {
		for _, p := range s {
			x, y := float64(p.X), float64(p.Y)
			low = point{min(low.x, x), min(low.y, y)}
			high = point{max(high.x, x), max(high.y, y)}
		}
	}
	size := max(high.x-low.x, high.y-low.y)
	if !(size > 0) {
		return line{}, false
	}
	unit := func(p Point) point { return point{(float64(p.X) - low.x) / size, (float64(p.Y) - low.y) / size} }
	length := 0.0
	for _, s := range ink {
		for i := 1; i < len(s); i++ {
			length += distance(unit(s[i-1]), unit(s[i]))
		}
	}
	every := max(step, length/longest)
	l := line{make([]point, 0, int(length/every)+4*len(ink)), make([]int, 0, len(ink))}
	// In an order of their own, so that the strokes' order changes nothing, not even a last bit.
	strokes := slices.Clone(ink)
	slices.SortFunc(strokes, func(a, b Stroke) int {
		return slices.CompareFunc(a, b, func(p, q Point) int { return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y)) })
	})
	for _, s := range strokes {
		if len(s) > 0 {
			l.add(s, unit, every)
		}
	}
	return l, true
}

// add appends a stroke. One that has no length becomes a short one down to the right, as a point (点) is written.
func (l *line) add(s Stroke, unit func(Point) point, every float64) {
	from := unit(s[0])
	first := len(l.points)
	l.points = append(l.points, from)
	next := every
	for _, p := range s[1:] {
		to := unit(p)
		d := distance(from, to)
		for ; next <= d; next += every {
			l.points = append(l.points, point{from.x + (to.x-from.x)*next/d, from.y + (to.y-from.y)*next/d})
		}
		next -= d
		from = to
	}
	if next < every*0.7 {
		l.points = append(l.points, from)
	}
	if len(l.points) == first+1 {
		if to := unit(s[len(s)-1]); to != l.points[first] {
			l.points = append(l.points, to)
		} else {
			l.points = append(l.points, point{to.x + step, to.y + step})
		}
	}
	l.ends = append(l.ends, len(l.points))
}

func distance(a, b point) float64 { return math.Sqrt((b.x-a.x)*(b.x-a.x) + (b.y-a.y)*(b.y-a.y)) }

// centre moves the centre of gravity into the middle and stretches each half by how far the ink spreads in it, so that one stroke
// that runs far out does not press all others together.
func (l *line) centre() {
	var middle point
	n := float64(len(l.points))
	for _, p := range l.points {
		middle.x += p.x / n
		middle.y += p.y / n
	}
	var x, y spread
	for _, p := range l.points {
		x.add(p.x - middle.x)
		y.add(p.y - middle.y)
	}
	left, right := x.halves()
	top, bottom := y.halves()
	wide, high := left+right, top+bottom
	// A character that is far from square stays so, if less.
	narrow := math.Sqrt(math.Sin(math.Pi / 2 * min(wide, high) / max(wide, high)))
	across, down := 1.0, 1.0
	if wide > high {
		down = narrow
	} else {
		across = narrow
	}
	for i, p := range l.points {
		l.points[i] = point{
			stretch(p.x-middle.x, left, right, across),
			stretch(p.y-middle.y, top, bottom, down),
		}
	}
}

// spread is how far the ink lies from the middle, on either side.
type spread struct{ low, lows, high, highs float64 }

func (s *spread) add(d float64) {
	if d < 0 {
		s.low += d * d
		s.lows++
	} else {
		s.high += d * d
		s.highs++
	}
}

func (s *spread) halves() (low, high float64) {
	half := func(sum, n float64) float64 { return max(0.04, 2*math.Sqrt(sum/max(n, 1))) }
	return half(s.low, s.lows), half(s.high, s.highs)
}

func stretch(d, low, high, side float64) float64 {
	if d < 0 {
		return 0.5 + d/low/2*side
	}
	return 0.5 + d/high/2*side
}

const (
	bands = 32  // in which the density of lines is counted
	even  = 0.4 // how much of the density is evened out
)

// equalise gives room to where many strokes lie close together, as 言 does beside one stroke.
func (l *line) equalise() {
	var across, down [bands + 1]float64
	l.segments(func(a, b point) {
		dense(&across, (a.x+b.x)/2, math.Abs(b.y-a.y))
		dense(&down, (a.y+b.y)/2, math.Abs(b.x-a.x))
	})
	sum(&across)
	sum(&down)
	for i, p := range l.points {
		l.points[i] = point{evened(&across, p.x), evened(&down, p.y)}
	}
}

// dense counts a weight into the two bands that a place lies between.
func dense(bands_ *[bands + 1]float64, at, weight float64) {
	at = at*bands - 0.5
	k := math.Floor(at)
	if k >= 0 && k < bands {
		bands_[int(k)+1] += weight * (1 - (at - k))
	}
	if k+1 >= 0 && k+1 < bands {
		bands_[int(k)+2] += weight * (at - k)
	}
}

// sum makes of the weights of bands where each of them ends.
func sum(b *[bands + 1]float64) {
	total := 0.0
	for _, v := range b {
		total += v
	}
	if total == 0 {
		total = 1
	}
	for i := 1; i <= bands; i++ {
		b[i] = b[i-1] + even*b[i]/total + (1-even)/bands
	}
}

func evened(ends *[bands + 1]float64, at float64) float64 {
	if at <= 0 || at >= 1 {
		return at
	}
	k := int(at * bands)
	return ends[k] + (ends[k+1]-ends[k])*(at*bands-float64(k))
}

// segments calls f for each piece between two points of one stroke.
func (l *line) segments(f func(a, b point)) {
	from := 0
	for _, end := range l.ends {
		for i := from + 1; i < end; i++ {
			f(l.points[i-1], l.points[i])
		}
		from = end
	}
}

// blur is how far a piece of a stroke reaches into the cells around it.
const blur = 0.075

// count adds each piece of a stroke to the cells near it, in the two directions that it lies between.
func (l *line) count(to *[Dim]float32) {
	l.segments(func(a, b point) {
		dx, dy := b.x-a.x, b.y-a.y
		length := math.Sqrt(dx*dx + dy*dy)
		if length < 1e-9 {
			return
		}
		turn := math.Atan2(dy, dx) / (2 * math.Pi) * directions
		if turn < 0 {
			turn += directions
		}
		k := int(turn)
		part := turn - float64(k)
		first, second := k%directions, (k+1)%directions
		var wide, high [4]float64
		x0, y0 := near((a.x+b.x)/2, &wide), near((a.y+b.y)/2, &high)
		for i, h := range high {
			if y0+i < 0 || y0+i >= cells {
				continue
			}
			for j, w := range wide {
				if x0+j < 0 || x0+j >= cells {
					continue
				}
				cell := ((y0+i)*cells + x0 + j) * directions
				v := h * w * length
				to[cell+first] += float32(v * (1 - part))
				to[cell+second] += float32(v * part)
			}
		}
	})
}

// near returns the first of the four cells around a place, and how much of what lies there belongs to each.
func near(at float64, weights *[4]float64) (first int) {
	first = int(math.Floor(max(-8, min(at, 8))*cells-0.5)) - 1
	for i := range weights {
		d := (float64(first+i)+0.5)/cells - at
		weights[i] = math.Exp(-d * d / (2 * blur * blur))
	}
	return first
}
