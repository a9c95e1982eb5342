package hands

import (
	"math"
	"math/rand/v2"
	"slices"

	"mingbai.local/app/input/hand"
)

// Trained makes of one writing another as a careful hand may write it, for training. The two arguments of the seed make it always
// the same.
//
// Printed strokes have what no finger writes: a tick where the brush is set down, a hook where it is lifted, and a swing between. So
// each stroke is straightened to its corners, its tick and its hook mostly left away. Then it is moved, turned, stretched and
// lengthened by itself, and the whole is waved, bent, slanted, stretched and turned.
func Trained(ink hand.Ink, seed, nth uint64) hand.Ink {
	dice := rand.New(rand.NewPCG(seed, nth))
	gauss := func(spread float64) float64 { return dice.NormFloat64() * spread }
	low, size := extent(ink)
	turn, slantX, slantY := gauss(0.07), gauss(0.10), gauss(0.05)
	wide, high := math.Exp(gauss(0.15)), math.Exp(gauss(0.15))
	bendX, bendY := gauss(0.35), gauss(0.35)
	var waves [4]wave
	for i := range waves {
		waves[i] = wave{vec{gauss(0.015), gauss(0.015)}, gauss(5), gauss(5), dice.Float64() * 2 * math.Pi}
	}
	out := make([][]vec, 0, len(ink))
	for _, s := range ink {
		line := simple(unit(s, low, size), dice)
		middle := mean(line)
		move, scale, own := vec{gauss(0.011), gauss(0.011)}, math.Exp(gauss(0.045)), gauss(0.035)
		begin, end := vec{gauss(0.007), gauss(0.007)}, vec{gauss(0.007), gauss(0.007)}
		for i, v := range line {
			along := float64(i) / max(float64(len(line)-1), 1)
			v = vec{v.x - middle.x, v.y - middle.y}.turned(own)
			v.x = v.x*scale + middle.x + move.x + begin.x*(1-along) + end.x*along
			v.y = v.y*scale + middle.y + move.y + begin.y*(1-along) + end.y*along
			v = waved(v, waves[:])
			v = vec{bent(v.x, bendX) - 0.5, bent(v.y, bendY) - 0.5}
			line[i] = vec{(v.x + slantX*v.y) * wide, (v.y + slantY*v.x) * high}.turned(turn)
		}
		out = append(out, line)
	}
	return drawn(joined(out, [...]float64{0, 0, 0.35, 0.65}[dice.IntN(4)], dice), 1000)
}

// unit puts a stroke into the square of 1.
func unit(s hand.Stroke, low vec, size float64) []vec {
	line := make([]vec, 0, len(s))
	for _, p := range s {
		line = append(line, vec{(float64(p.X) - low.x) / size, (float64(p.Y) - low.y) / size})
	}
	return line
}

// simple is a printed stroke as a finger writes it.
func simple(line []vec, dice *rand.Rand) []vec {
	tick, hook := dice.Float64() < 0.5, dice.Float64() < 0.5
	if tick {
		line = withoutTick(line)
	}
	if hook {
		line = slices.Clone(line)
		slices.Reverse(line)
		line = slices.Clone(withoutTick(line))
		slices.Reverse(line)
	}
	return corners(line)
}

// withoutTick leaves away a short first piece that turns off from the rest.
func withoutTick(line []vec) []vec {
	const (
		short = 0.12 // of the square
		part  = 0.25 // of the stroke
		sharp = 0.5  // radians
	)
	whole, run := 0.0, 0.0
	for i := 1; i < len(line); i++ {
		whole += length(line[i-1], line[i])
	}
	for i := 1; i < len(line)-1; i++ {
		if run += length(line[i-1], line[i]); run > part*whole || run > short {
			return line
		}
		before := math.Atan2(line[i].y-line[0].y, line[i].x-line[0].x)
		after := math.Atan2(line[i+1].y-line[i].y, line[i+1].x-line[i].x)
		if math.Abs(math.Remainder(before-after, 2*math.Pi)) > sharp {
			return line[i:]
		}
	}
	return line
}

// corners leaves of a stroke its ends and what lies away from the straight line between them (Douglas and Peucker).
func corners(line []vec) []vec {
	const away = 0.06
	if len(line) < 3 {
		return line
	}
	a, b := line[0], line[len(line)-1]
	far, at := 0.0, 0
	for i, p := range line[1 : len(line)-1] {
		d := length(a, p)
		if l := length(a, b); l > 0 {
			d = math.Abs((b.x-a.x)*(p.y-a.y)-(b.y-a.y)*(p.x-a.x)) / l
		}
		if d > far {
			far, at = d, i+1
		}
	}
	if far < away {
		return []vec{a, b}
	}
	return slices.Concat(corners(line[:at+1]), corners(line[at:])[1:])
}

func length(a, b vec) float64 { return math.Hypot(b.x-a.x, b.y-a.y) }

func mean(line []vec) (m vec) {
	for _, p := range line {
		m.x += p.x / float64(len(line))
		m.y += p.y / float64(len(line))
	}
	return m
}

// wave moves the points of a character together (波).
type wave struct {
	by         vec
	x, y, from float64
}

func waved(v vec, waves []wave) vec {
	out := v
	for _, w := range waves {
		f := math.Sin(w.x*v.x + w.y*v.y + w.from)
		out.x += w.by.x * f
		out.y += w.by.y * f
	}
	return out
}

// Hand is how somebody writes who has not been trained on (手法): how likely the order of strokes is wrong, and with which share
// one stroke runs on into the next.
type Hand struct{ Disorder, Joined float64 }

// Test makes of one writing another in this hand, for measuring. It knows nothing of Trained: strokes are moved whole and at their
// ends, trembled, stretched, turned by up to 10 degrees, put into another order, joined, and their corners rounded where they are.
func (h Hand) Test(ink hand.Ink, seed, nth uint64) hand.Ink {
	dice := rand.New(rand.NewPCG(seed, nth))
	within := func(a float64) float64 { return (dice.Float64()*2 - 1) * a }
	low, size := extent(ink)
	turn, wide, high := within(10*math.Pi/180), 1+within(0.25), 1+within(0.25)
	out := make([][]vec, 0, len(ink))
	for _, s := range ink {
		move, begin, end := vec{within(0.04), within(0.04)}, vec{within(0.03), within(0.03)}, vec{within(0.03), within(0.03)}
		line := even(unit(s, low, size), 0.02)
		for i, v := range line {
			along := float64(i) / max(float64(len(line)-1), 1)
			v.x += move.x + begin.x*(1-along) + end.x*along + gaussOf(dice, 0.003)
			v.y += move.y + begin.y*(1-along) + end.y*along + gaussOf(dice, 0.003)
			line[i] = vec{v.x * wide, v.y * high}.turned(turn)
		}
		out = append(out, line)
	}
	if dice.Float64() < h.Disorder {
		for range 1 + len(out)/3 {
			a, b := dice.IntN(len(out)), dice.IntN(len(out))
			out[a], out[b] = out[b], out[a]
		}
	}
	if h.Joined > 0 {
		out = joined(out, h.Joined, dice)
		for i := range out {
			out[i] = rounded(even(out[i], 0.02))
		}
	}
	return drawn(out, 1000)
}

// vec is a point or a movement (向量), where the larger side of the character is 1.
type vec struct{ x, y float64 }

func (v vec) turned(by float64) vec {
	sin, cos := math.Sincos(by)
	return vec{v.x*cos - v.y*sin, v.x*sin + v.y*cos}
}

func gaussOf(dice *rand.Rand, spread float64) float64 { return dice.NormFloat64() * spread }

func extent(ink hand.Ink) (low vec, size float64) {
	low, high := vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}
	for _, s := range ink {
		for _, p := range s {
			low = vec{min(low.x, float64(p.X)), min(low.y, float64(p.Y))}
			high = vec{max(high.x, float64(p.X)), max(high.y, float64(p.Y))}
		}
	}
	return low, max(high.x-low.x, high.y-low.y, 1)
}

// bent moves the places between 0 and 1 towards one of the ends.
func bent(at, by float64) float64 {
	if math.Abs(by) < 1e-3 {
		return at
	}
	return (1 - math.Exp(-by*at)) / (1 - math.Exp(-by))
}

// joined lets strokes run on into the next.
func joined(strokes [][]vec, share float64, dice *rand.Rand) [][]vec {
	var out [][]vec
	for i, s := range strokes {
		if i > 0 && dice.Float64() < share {
			out[len(out)-1] = append(out[len(out)-1], s...)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// even puts points at equal distances along a stroke.
func even(line []vec, every float64) []vec {
	out := []vec{line[0]}
	next := every
	for i, to := range line[1:] {
		from := line[i]
		d := math.Hypot(to.x-from.x, to.y-from.y)
		for ; next <= d; next += every {
			out = append(out, vec{from.x + (to.x-from.x)*next/d, from.y + (to.y-from.y)*next/d})
		}
		next -= d
	}
	return append(out, line[len(line)-1])
}

// rounded is each point's mean with two on either side.
func rounded(line []vec) []vec {
	out := make([]vec, len(line))
	for i := range line {
		near := line[max(0, i-2):min(len(line), i+3)]
		for _, v := range near {
			out[i].x += v.x / float64(len(near))
			out[i].y += v.y / float64(len(near))
		}
	}
	return out
}

func drawn(strokes [][]vec, size float64) hand.Ink {
	out := make(hand.Ink, 0, len(strokes))
	for _, line := range strokes {
		s := make(hand.Stroke, 0, len(line))
		for _, v := range line {
			s = append(s, hand.Point{X: int(math.Round(v.x * size)), Y: int(math.Round(v.y * size))})
		}
		out = append(out, s)
	}
	return out
}
