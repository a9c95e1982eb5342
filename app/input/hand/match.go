package hand

import "math"

const (
	// looked is how many of the nearest characters are laid over the ink. The right one is among them for 99 of a hundred hands.
	looked = 12

	// apart is how far the dots lie apart along a stroke, where a character's ink reaches over about 1.
	apart = 0.08
	// crowded is the number of dots from which on they lie farther apart, so that a scribble takes no longer than writing.
	crowded = 80
	// most is how many dots a character can have: each stroke has one at least.
	most = crowded + maxStrokes

	// near2 is the square of the distance between two dots that costs 1.
	near2 = 0.015
	// turned is what two dots cost that run at a right angle.
	turned = 2.0
	// lost is the cost from which on a dot counts as having no partner, however far the next one is: what joins two strokes has none.
	lost = 1.5
	// doubt is the cost from which on a dot pulls its partner no more than a fifth as much as one that lies right upon it.
	doubt = 5.0

	rounds = 4    // how often the partners are looked for, and the shape is pulled after them
	reach  = 0.17 // how far a dot pulls its neighbours
	along  = 0.5  // how much it pulls its own stroke besides
	still  = 1.0  // how many dots' pull holds each where the whole is
	rigid  = 0.02 // how much of a dot's pull holds the whole where it is

	// What counts against a character, in the unit of the distance between prototypes: ink without a partner in the shape, shape
	// without a partner in the ink, a shape that crowds upon part of the ink; and what the distance had counted against it
	// for being moved, stretched and slanted as a whole, per square of the movement.
	strayInk, missing, crowding, moved = 500, 420, 370, 6000
	// For ink of this many dots; the more there are, the surer it is, by the square root.
	usual = 60
)

// dot is a short piece of a stroke (墨点): its middle and the direction in which it runs, whose length is 1.
type dot struct{ x, y, u, v float32 }

// sketch is a character as dots along its strokes (骨架), at equal distances.
type sketch struct {
	dots   [most]dot
	stroke [most]uint8 // of which stroke each is
	n      int
}

// sketch returns normalised ink as dots.
func (l *line) sketch(to *sketch) {
	long := 0.0
	l.segments(func(a, b point) { long += distance(a, b) })
	from := 0
	for i, end := range l.ends {
		to.add(l.points[from:end], uint8(i), max(apart, long/crowded))
		from = end
	}
}

// add appends the dots of a stroke, one at least.
func (k *sketch) add(points []point, stroke uint8, every float64) {
	long := long(points)
	n := max(1, int(math.Round(long/every)))
	at, next := points[0], 1
	walk := func(far float64) {
		for ; next < len(points); next++ {
			if d := distance(at, points[next]); d > far {
				at = point{at.x + (points[next].x-at.x)*far/d, at.y + (points[next].y-at.y)*far/d}
				return
			} else {
				far -= d
			}
			at = points[next]
		}
	}
	for range n {
		from := at
		walk(long / float64(n) / 2)
		middle := at
		walk(long / float64(n) / 2)
		x, y := at.x-from.x, at.y-from.y
		d := math.Sqrt(x*x + y*y)
		if d < 1e-9 {
			x, y, d = 1, 1, math.Sqrt2 // as a point (点) is written
		}
		k.dots[k.n] = dot{float32(middle.x), float32(middle.y), float32(x / d), float32(y / d)}
		k.stroke[k.n] = stroke
		k.n++
	}
}

// long is the length of a stroke.
func long(points []point) (sum float64) {
	for i := 1; i < len(points); i++ {
		sum += distance(points[i-1], points[i])
	}
	return sum
}

const (
	shapeUnit = 127.5 // of a shape's numbers are as far as a character's ink reaches
	shapeLow  = -0.5  // where 0 of them lies
	straight  = 0.03  // how far a stroke may lie from the straight lines that stand for it
)

// Shape returns the strokes of a character as a table has them, normalised: the number of strokes, and for each the number of its
// corners and their x and y. It returns nil for ink without extent, and for more strokes or corners than there is room for.
func Shape(ink Ink) []byte {
	l, ok := normal(ink)
	if !ok || len(l.ends) > maxStrokes {
		return nil
	}
	b := []byte{byte(len(l.ends))}
	number := func(v float64) byte { return byte(math.Round(max(0, min((v-shapeLow)*shapeUnit, math.MaxUint8)))) }
	from := 0
	for _, end := range l.ends {
		kept := corners(nil, l.points[from:end])
		if len(kept) > math.MaxUint8 {
			return nil
		}
		b = append(b, byte(len(kept)))
		for _, p := range kept {
			b = append(b, number(p.x), number(p.y))
		}
		from = end
	}
	return b
}

// corners appends the ends of a stroke and what lies away from the straight line between them (Douglas and Peucker). Where the last
// one before it is the stroke's beginning, that is not said twice.
func corners(to, stroke []point) []point {
	a, b := stroke[0], stroke[len(stroke)-1]
	far, at := straight, 0
	for i := 1; i < len(stroke)-1; i++ {
		p := stroke[i]
		d := distance(a, p)
		if long := distance(a, b); long > 0 {
			d = math.Abs((b.x-a.x)*(p.y-a.y)-(b.y-a.y)*(p.x-a.x)) / long
		}
		if d > far {
			far, at = d, i
		}
	}
	if at > 0 {
		return corners(corners(to, stroke[:at+1]), stroke[at:])
	}
	if len(to) == 0 {
		to = append(to, a)
	}
	return append(to, b)
}

// shapeLength is how many bytes of b the shape takes that it begins with, and 0 where there is none.
func shapeLength(b []byte) int {
	if len(b) == 0 || b[0] == 0 || b[0] > maxStrokes {
		return 0
	}
	at := 1
	for range b[0] {
		if at >= len(b) || b[at] == 0 {
			return 0
		}
		at += 1 + 2*int(b[at])
	}
	if at > len(b) {
		return 0
	}
	return at
}

// read takes the dots of the shape that b begins with.
func (k *sketch) read(b []byte) {
	var points [math.MaxUint8]point
	strokes := func(each func(stroke uint8, points []point)) {
		rest := b[1:]
		for s := range b[0] {
			n := int(rest[0])
			for i := range n {
				points[i] = point{float64(rest[1+2*i])/shapeUnit + shapeLow, float64(rest[2+2*i])/shapeUnit + shapeLow}
			}
			each(s, points[:n])
			rest = rest[1+2*n:]
		}
	}
	total := 0.0
	strokes(func(_ uint8, points []point) { total += long(points) })
	k.n = 0
	strokes(func(s uint8, points []point) { k.add(points, s, max(apart, total/crowded)) })
}

// overlay is a shape laid over ink (套写): which dots belong together, and how far the shape has been pulled to get there.
type overlay struct {
	ink, shape *sketch
	// partner and cost of each dot of the ink, and of the shape.
	inkTo, shapeTo     [most]int32
	inkCost, shapeCost [most]float32
	// whole is how far each dot of the shape is moved with the whole, pull how far in all.
	whole, pull [most]shift
}

// shift is a movement (位移), or the sum of some, each by its weight.
type shift struct{ x, y, weight float32 }

// unlike returns how unlike the ink is to the shape, in the unit of the distance between prototypes.
//
// Shape and ink are dots, of which each looks for the nearest of the other side that runs its way: so neither order nor number of
// strokes matter. Then the shape is pulled where its partners are, first as a whole and then in its parts, and looks again. A part
// may be larger, or lie elsewhere, than printed; what then has no partner is a stroke too many or too few.
func unlike(ink, shape *sketch) float64 {
	o := overlay{ink: ink, shape: shape}
	for round := range rounds {
		o.pair()
		o.follow(round > 0)
	}
	o.pair()
	return o.count()
}

// worst is more than what unlike returns for any shape.
func worst(ink *sketch) float64 {
	return (lost*(strayInk+missing) + crowding) * math.Sqrt(float64(ink.n)/usual)
}

// pair finds the partner of each dot.
func (o *overlay) pair() {
	// The cost is a square of a distance in four directions: two of place and two of direction. It is the sum of both dots' squares
	// less twice their product.
	place, way := float32(1/math.Sqrt(near2)), float32(math.Sqrt(turned/2))
	var laid [most]dot
	var squares [most]float32
	shape := laid[:o.shape.n]
	square, cost, to := squares[:len(shape)], o.shapeCost[:len(shape)], o.shapeTo[:len(shape)]
	for j, d := range o.shape.dots[:o.shape.n] {
		d.x, d.y, d.u, d.v = (d.x+o.pull[j].x-0.5)*place, (d.y+o.pull[j].y-0.5)*place, d.u*way, d.v*way
		square[j] = d.x*d.x + d.y*d.y + turned/2
		shape[j] = dot{2 * d.x, 2 * d.y, 2 * d.u, 2 * d.v}
		cost[j] = math.MaxFloat32
	}
	for i, d := range o.ink.dots[:o.ink.n] {
		d.x, d.y, d.u, d.v = (d.x-0.5)*place, (d.y-0.5)*place, d.u*way, d.v*way
		own := d.x*d.x + d.y*d.y + turned/2
		nearest, at := float32(math.MaxFloat32), 0
		for j := range shape {
			s := &shape[j]
			product := (d.x*s.x + d.y*s.y) + (d.u*s.u + d.v*s.v)
			if c := square[j] - product; c < nearest {
				nearest, at = c, j
			}
			if c := own - product; c < cost[j] {
				cost[j], to[j] = c, int32(i)
			}
		}
		o.inkCost[i], o.inkTo[i] = max(0, nearest+own), int32(at)
	}
	for j := range cost {
		cost[j] = max(0, cost[j]+square[j])
	}
}

// follow moves the shape to its partners, as a whole or also in its parts.
func (o *overlay) follow(parts bool) {
	var sum [most]shift // what partners pull each dot of the shape by
	add := func(i, j int32, cost float32) {
		weight := 1 / (1 + 4*cost/doubt)
		sum[j].x += weight * (o.ink.dots[i].x - o.shape.dots[j].x)
		sum[j].y += weight * (o.ink.dots[i].y - o.shape.dots[j].y)
		sum[j].weight += weight
	}
	for i := range int32(o.ink.n) {
		add(i, o.inkTo[i], o.inkCost[i])
	}
	for j := range int32(o.shape.n) {
		add(o.shapeTo[j], j, o.shapeCost[j])
	}
	o.move(sum[:o.shape.n])
	if !parts {
		o.pull = o.whole
		return
	}
	dots := o.shape.dots[:o.shape.n]
	for j := range dots {
		sum[j].x -= sum[j].weight * o.whole[j].x
		sum[j].y -= sum[j].weight * o.whole[j].y
	}
	for j, d := range dots {
		all := shift{weight: still}
		for k, s := range sum[:len(dots)] {
			x, y := dots[k].x-d.x, dots[k].y-d.y
			near := 1 / (1 + (x*x+y*y)/(reach*reach))
			near *= near
			if o.shape.stroke[k] == o.shape.stroke[j] {
				near += along
			}
			all.x += near * s.x
			all.y += near * s.y
			all.weight += near * s.weight
		}
		o.pull[j] = shift{x: o.whole[j].x + all.x/all.weight, y: o.whole[j].y + all.y/all.weight}
	}
}

// move finds how the whole is moved, stretched and slanted: by least squares, held a little where it is.
func (o *overlay) move(sum []shift) {
	hold := rigid * float64(o.ink.n+o.shape.n)
	a := [3][5]float64{{hold}, {0, hold / 10}, {0, 0, hold / 10}}
	for j, s := range sum {
		at := [3]float64{1, float64(o.shape.dots[j].x) - 0.5, float64(o.shape.dots[j].y) - 0.5}
		for r := range a {
			for c := range at {
				a[r][c] += float64(s.weight) * at[r] * at[c]
			}
			a[r][3] += float64(s.x) * at[r]
			a[r][4] += float64(s.y) * at[r]
		}
	}
	// Gauss and Jordan. What holds keeps every pivot above nought.
	for p := range a {
		for c := 4; c >= p; c-- {
			a[p][c] /= a[p][p]
		}
		for r := range a {
			if r != p {
				for c := 4; c >= p; c-- {
					a[r][c] -= a[r][p] * a[p][c]
				}
			}
		}
	}
	for j := range sum {
		x, y := float64(o.shape.dots[j].x)-0.5, float64(o.shape.dots[j].y)-0.5
		o.whole[j] = shift{
			x: float32(a[0][3] + a[1][3]*x + a[2][3]*y),
			y: float32(a[0][4] + a[1][4]*x + a[2][4]*y),
		}
	}
}

// count sums up what counts against the shape.
func (o *overlay) count() float64 {
	n, m := o.ink.n, o.shape.n
	var load [most + 2]int // how many of the shape have chosen each dot of the ink, with a border
	stray, miss, far, crowd := 0.0, 0.0, 0.0, 0.0
	for _, c := range o.inkCost[:n] {
		stray += min(float64(c), lost)
	}
	for j, c := range o.shapeCost[:m] {
		miss += min(float64(c), lost)
		load[o.shapeTo[j]+1]++
		far += float64(o.whole[j].x*o.whole[j].x + o.whole[j].y*o.whole[j].y)
	}
	for i := range n {
		// One each is even; by chance it is four for three.
		crowd += max(0, float64(load[i]+load[i+1]+load[i+2]-4)/3)
	}
	against := strayInk*stray/float64(n) + missing*miss/float64(m) + crowding*min(1, crowd/float64(n)) - moved*far/float64(m)
	return max(0, against) * math.Sqrt(float64(n)/usual)
}
