package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"mingbai.local/app/input/hand"
	"mingbai.local/cmd/internal/hands"
)

// invented are writings of few strokes in straight lines, each another.
func invented(n int) []hands.Writing {
	dice := rand.New(rand.NewPCG(3, 4))
	out := make([]hands.Writing, n)
	for i := range out {
		out[i].Rune = '一' + rune(i)
		for range 2 + dice.IntN(8) {
			var s hand.Stroke
			for range 2 + dice.IntN(3) {
				s = append(s, hand.Point{X: dice.IntN(1000), Y: dice.IntN(1000)})
			}
			out[i].Ink = append(out[i].Ink, s)
		}
	}
	return out
}

// TestSameBytes: the same writings make the same table, however many processors there are.
func TestSameBytes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, err := train("invented", invented(400), nil)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GOMAXPROCS(5)
	five, err := train("invented", invented(400), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Encode(), five.Encode()) {
		t.Error("five processors make another table than one")
	}
	one.Levels = make([]byte, len(one.Runes))
	r, err := hand.New(one.Encode())
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, w := range invented(400) {
		ink := hands.Hand{Disorder: 1}.Test(w.Ink, 1, uint64(w.Rune))
		if got := r.Recognise(ink, nil, 1); len(got) != 1 || got[0].Rune != w.Rune {
			wrong++
		}
	}
	if wrong > 8 {
		t.Errorf("%d of 400 characters are not recognised from another hand", wrong)
	}
}

// TestWritingsThatDoNotVary: no table is made of nothing.
func TestWritingsThatDoNotVary(t *testing.T) {
	if _, err := train("nothing", []hands.Writing{{Rune: '一', Ink: hand.Ink{{{X: 1, Y: 1}}}}}, nil); err == nil {
		t.Error("a table was made of one point")
	}
}

// TestTooManyStrokes: what has no room in a table is said, and not left out.
func TestTooManyStrokes(t *testing.T) {
	writings := invented(200)
	for len(writings[7].Ink) < 200 {
		writings[7].Ink = append(writings[7].Ink, writings[7].Ink[0])
	}
	if _, err := train("invented", writings, nil); err == nil {
		t.Error("a character of 200 strokes is in the table")
	}
}

// symmetric is a matrix without negative eigenvalues.
func symmetric(n int) [][]float64 {
	dice := rand.New(rand.NewPCG(5, 6))
	half := square(n)
	for _, row := range half {
		for j := range row {
			row[j] = dice.NormFloat64()
		}
	}
	out := square(n)
	for i := range out {
		for j := range out {
			out[i][j] = dot(half[i], half[j])
		}
	}
	return out
}

// TestEigen: what a matrix makes of its eigenvectors is a multiple of them, the largest first, and they are orthogonal.
func TestEigen(t *testing.T) {
	const n = 40
	a := symmetric(n)
	vectors, ok := eigen(symmetric(n))
	if !ok || len(vectors) != n {
		t.Fatal("they do not settle")
	}
	before := math.Inf(1)
	for i, v := range vectors {
		av := make([]float64, n)
		for k := range a {
			av[k] = dot(a[k], v)
		}
		value := dot(av, v)
		for k := range av {
			if math.Abs(av[k]-value*v[k]) > 1e-6*(1+value) {
				t.Fatalf("vector %d: %v instead of %v", i, av[k], value*v[k])
			}
		}
		if value > before {
			t.Errorf("eigenvalue %d is larger than the one before", i)
		}
		before = value
		for j, u := range vectors[:i] {
			if math.Abs(dot(u, v)) > 1e-7 {
				t.Errorf("vectors %d and %d are not orthogonal: %v", i, j, dot(u, v))
			}
		}
	}
}

// TestCholesky: L Lᵀ is the matrix again, and L and Lᵀ are undone.
func TestCholesky(t *testing.T) {
	const n = 30
	a := symmetric(n)
	l, ok := cholesky(a)
	if !ok {
		t.Fatal("it has no factor")
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i) - 7.5
	}
	x := append([]float64{}, v...)
	solve(l, x)
	solveTransposed(l, x)
	for i := range a {
		if got := dot(a[i], x); math.Abs(got-v[i]) > 1e-6 {
			t.Errorf("row %d: %v instead of %v", i, got, v[i])
		}
	}
	if _, ok := cholesky(square(3)); ok {
		t.Error("nothing has a factor")
	}
}
