package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"mingbai.local/app/input/hand"
	"mingbai.local/cmd/internal/hands"
)

const (
	// variants is how many hands are made of one writing. Their mean is its prototype.
	variants = 24
	// scattered of them tell how far one character's writings spread.
	scattered = 6
	// loose of these are made of the character put together anew from its parts, where that is known: no two hands give the parts of
	// a character the same room.
	loose = 2
	// parts is into how many the work is divided. It is fixed, and the parts are added up in their order, so that any number of
	// processors makes the same sums.
	parts = 32
	// ridge is how much of the mean spread is added in every direction: made hands vary less than real ones.
	ridge = 0.3
	// directions is how many are left of hand.Dim. With more of them real hands are recognised less well.
	directions = 128
)

// train makes a table of writings, which are in the order of their characters. Some characters may be given put together anew, too.
func train(source string, writings []hands.Writing, anew map[rune]hand.Ink) (*hand.Table, error) {
	means, within := gather(writings, anew)
	middle := make([]float64, hand.Dim)
	for _, m := range means {
		for i, v := range m {
			middle[i] += v / float64(len(means))
		}
	}
	trace := 0.0
	for i := range within {
		trace += within[i][i]
	}
	for i := range within {
		within[i][i] += ridge * trace / float64(len(within))
	}
	// With L the Cholesky factor of the spread within characters, L⁻¹ makes that spread the same in all directions. The directions
	// v in which the characters' means then spread most are kept, so the reduction is L⁻ᵀ v.
	l, ok := cholesky(within)
	if !ok {
		return nil, errors.New("the writings do not vary")
	}
	white := make([][]float64, len(means))
	each(len(means), func(k int) {
		white[k] = make([]float64, hand.Dim)
		for i, v := range means[k] {
			white[k][i] = v - middle[i]
		}
		solve(l, white[k])
	})
	between := square(hand.Dim)
	each(hand.Dim, func(i int) {
		for _, w := range white {
			for j, v := range w {
				between[i][j] += w[i] * v / float64(len(white))
			}
		}
	})
	kept, ok := eigen(between)
	if !ok {
		return nil, errors.New("the directions of the characters cannot be told apart")
	}
	kept = kept[:directions]
	for _, v := range kept {
		solveTransposed(l, v)
	}
	return table(source, writings, means, middle, kept)
}

// gather makes hands of each writing, and returns the mean of their features for each, and their spread around it.
func gather(writings []hands.Writing, anew map[rune]hand.Ink) (means, within [][]float64) {
	means = make([][]float64, len(writings))
	spreads := make([][][]float64, parts)
	each(parts, func(part int) {
		spread := square(hand.Dim)
		for k := part; k < len(writings); k += parts {
			means[k] = vary(writings[k], anew[writings[k].Rune], spread)
		}
		spreads[part] = spread
	})
	within = square(hand.Dim)
	for _, spread := range spreads {
		for i, row := range spread {
			for j, v := range row[:i+1] {
				within[i][j] += v / float64(len(writings)*scattered)
			}
		}
	}
	return means, within
}

// vary returns the mean features of the hands made of one writing, and adds how they spread to the lower half of spread.
func vary(w hands.Writing, anew hand.Ink, spread [][]float64) []float64 {
	var all [variants][hand.Dim]float32
	mean := make([]float64, hand.Dim)
	for n := range all {
		ink := w.Ink
		if n > 0 {
			ink = hands.Trained(ink, uint64(w.Rune), uint64(n))
		}
		hand.Features(ink, &all[n])
		for i, v := range all[n] {
			mean[i] += float64(v) / variants
		}
	}
	some := all[:scattered]
	if anew != nil {
		for n := range loose {
			hand.Features(hands.Trained(anew, uint64(w.Rune), uint64(variants+n)), &some[n])
		}
	}
	var d [hand.Dim]float64
	for n := range some {
		for i, v := range some[n] {
			d[i] = float64(v) - mean[i]
		}
		for i, v := range d {
			if v == 0 {
				continue
			}
			for j, u := range d[:i+1] {
				spread[i][j] += v * u
			}
		}
	}
	return mean
}

// table rounds what was found to the numbers of the file.
func table(source string, writings []hands.Writing, means [][]float64, middle []float64, kept [][]float64) (*hand.Table, error) {
	t := &hand.Table{Source: source, Directions: len(kept)}
	largest := 0.0
	for _, v := range kept {
		for _, x := range v {
			largest = max(largest, math.Abs(x))
		}
	}
	t.Unit = float32(largest / math.MaxInt16)
	for i := range hand.Dim {
		for _, v := range kept {
			t.Reduction = append(t.Reduction, int16(math.Round(v[i]/largest*math.MaxInt16)))
		}
	}
	for _, v := range kept {
		m := math.Round(hand.Scale * dot(v, middle))
		if math.Abs(m) > math.MaxInt16 {
			return nil, fmt.Errorf("the middle is %g away", m)
		}
		t.Middle = append(t.Middle, int16(m))
	}
	for k, w := range writings {
		shape := hand.Shape(w.Ink)
		if shape == nil {
			return nil, fmt.Errorf("%c has too many strokes, or none", w.Rune)
		}
		t.Runes = append(t.Runes, w.Rune)
		t.Shapes = append(t.Shapes, shape...)
		for _, v := range kept {
			at := math.Round(hand.Scale * (dot(v, means[k]) - dot(v, middle)))
			t.Prototypes = append(t.Prototypes, byte(int8(max(math.MinInt8, min(at, math.MaxInt8)))))
		}
	}
	return t, nil
}

// each calls f for 0 … n-1, as many at once as there are processors.
func each(n int, f func(i int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}
