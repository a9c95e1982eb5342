// Package hand recognises Chinese characters written with a finger (手写): from the strokes of one character to the characters
// that it may be, the nearest first.
//
// A villager writes; the kiosk collects the ink; a lexicon says which characters can come next and how many people each leads to.
// What is recognised does not depend on the order, the number or the joining of strokes, nor on the size of the square: a character
// is described by how much of its strokes runs into which direction in each cell of an 8 × 8 square (Features), reduced to the
// directions in which characters differ most, and compared with a prototype of each character. The nearest dozen are then laid over
// the ink, dot for dot, and pulled into place (unlike): so a part may be larger than printed, and a stroke too many is seen. Among
// equally near ones the commoner wins. The same ink gives the same answer, any ink at all is answered within milliseconds, and
// nothing is kept of it.
//
// The prototypes come from tables (assets/hand), made by cmd/internal/trainhand, each from one source and under its licence. A
// recogniser takes one or more of them; a kiosk without any has no handwriting and works as before.
package hand

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"
)

// Point is where the finger was (点), in any unit that is the same for all of a character; y grows downwards.
type Point struct{ X, Y int }

// Stroke is what is written between setting the finger down and lifting it (笔画).
type Stroke []Point

// Ink is one character as it was written (笔迹).
type Ink []Stroke

// Prior says which characters can be meant and how many people each leads to (可选的字). Nil stands for every character of the tables,
// the commoner ones a little before the others.
type Prior map[rune]int

// Candidate is a character that may be meant (候选字).
type Candidate struct {
	Rune rune
	// Score is how far the ink is from the character, less what its people count for. The smallest is the best.
	Score int
}

const (
	// maxStrokes and maxPoints bound what is read of one character. The longest character has 64 strokes, and a finger that
	// writes for half a minute makes 4,000 points.
	maxStrokes = 128
	maxPoints  = 16384

	// belief is how much the logarithm of a share of people counts against a distance.
	belief = 8.0

	// rare is how much each level of rarity counts against a distance where every character can be meant.
	rare = 12 * Scale * Scale
)

// Far is the score from which on even the best of all characters is none (没认出来). Of a hundred characters of a hand never seen that
// joins what it likes one is as far, of a careful one none; of scribbles nine in ten are. It says nothing of candidates among few.
const Far = 750 * Scale * Scale

// Recognise returns at most n characters that the ink may be, the likeliest first. Characters that no table knows are never among
// them. It returns none for ink without extent, and for more ink than a character can have.
func (r *Recogniser) Recognise(ink Ink, among Prior, n int) []Candidate {
	points := 0
	for _, s := range ink {
		points += len(s)
	}
	if n <= 0 || len(r.runes) == 0 || len(ink) > maxStrokes || points > maxPoints {
		return nil
	}
	l, ok := normal(ink)
	if !ok {
		return nil
	}
	var dots sketch
	l.sketch(&dots)
	var features [Dim]float32
	if !l.features(&features) {
		return nil
	}
	places := make([]place, len(r.tables))
	for i := range r.tables {
		places[i] = r.tables[i].place(&features)
	}
	best := r.nearest(places, among, min(max(n, looked), len(r.runes)))
	r.look(best, &dots, places)
	return best[:min(n, len(best))]
}

// nearest returns the n nearest of the characters that can be meant, by their prototypes.
func (r *Recogniser) nearest(places []place, among Prior, n int) []Candidate {
	s := search{n: n, best: make([]Candidate, 0, n+1)}
	if among == nil {
		for i := range r.runes {
			r.consider(&s, places, i, rare*int(r.levels[i]))
		}
		return s.best
	}
	total := 0
	for _, people := range among {
		total += max(people, 0)
	}
	for c, people := range among {
		if i, ok := slices.BinarySearch(r.runes, c); ok {
			share := float64(max(people, 0)+1) / float64(total+len(among))
			r.consider(&s, places, i, int(-belief*Scale*Scale*math.Log(share)))
		}
	}
	return s.best
}

// look lays the shapes of the nearest characters over the ink, and puts these into their new order. What is not looked at comes
// behind them.
func (r *Recogniser) look(best []Candidate, ink *sketch, places []place) {
	const unit = Scale * Scale
	near := best[:min(looked, len(best))]
	first := math.MaxInt
	var shape sketch
	for n, c := range near {
		if c.Score >= first {
			near = near[:n] // nothing counts for a character, so neither this one nor those behind it can come first
			break
		}
		shape.read(r.shape(c.Rune, places))
		near[n].Score += int(math.Round(unit * unlike(ink, &shape)))
		first = min(first, near[n].Score)
	}
	slices.SortFunc(near, order)
	behind := int(math.Ceil(unit * worst(ink)))
	for n := range best[len(near):] {
		best[len(near)+n].Score += behind
	}
}

// shape returns the shape of the nearest of a character's prototypes.
func (r *Recogniser) shape(c rune, places []place) (shape []byte) {
	i, _ := slices.BinarySearch(r.runes, c)
	nearest := math.MaxInt
	for t, table := range r.tables {
		for k := range r.prototypes(t, i) {
			if d := table.distance(&places[t], k, math.MaxInt); d < nearest {
				nearest, shape = d, table.Shapes[table.shapeAt[k]:]
			}
		}
	}
	return shape
}

// order is the best first, and of equal ones the first by its number.
func order(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Score, b.Score), cmp.Compare(a.Rune, b.Rune))
}

// Recogniser knows the characters of one or more tables (手写识别). It never changes, so any number of readers may share it.
type Recogniser struct {
	tables []*Table
	runes  []rune // of all tables, ascending, each once
	levels []byte // of each
	// first is, for each table, where the prototypes of each of the runes begin, and where the last one's end.
	first [][]uint32
}

// prototypes are those of the ith character in a table.
func (r *Recogniser) prototypes(table, i int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for k := r.first[table][i]; k < r.first[table][i+1] && yield(int(k)); k++ {
		}
	}
}

// New reads the files of tables.
func New(files ...[]byte) (*Recogniser, error) {
	r := &Recogniser{}
	level := map[rune]byte{}
	for _, file := range files {
		t, err := Parse(file)
		if err != nil {
			return nil, err
		}
		r.tables = append(r.tables, t)
		for i, c := range t.Runes {
			level[c] = t.Levels[i]
		}
	}
	r.runes = slices.Sorted(maps.Keys(level))
	for _, c := range r.runes {
		r.levels = append(r.levels, level[c])
	}
	for _, t := range r.tables {
		first, k := make([]uint32, 0, len(r.runes)+1), 0
		for _, c := range r.runes {
			first = append(first, uint32(k))
			for k < len(t.Runes) && t.Runes[k] == c {
				k++
			}
		}
		r.first = append(r.first, append(first, uint32(k)))
	}
	return r, nil
}

// Knows says whether a character can be recognised.
func (r *Recogniser) Knows(c rune) bool {
	_, ok := slices.BinarySearch(r.runes, c)
	return ok
}

// search (查找) keeps the best so far.
type search struct {
	n    int
	best []Candidate
}

// limit is the score from which on a character is not among the best.
func (s *search) limit() int {
	if len(s.best) < s.n {
		return math.MaxInt
	}
	return s.best[len(s.best)-1].Score
}

func (s *search) add(c Candidate) {
	at, _ := slices.BinarySearchFunc(s.best, c, order)
	s.best = slices.Insert(s.best, at, c)
	s.best = s.best[:min(len(s.best), s.n)]
}

// consider compares the ink with the prototypes of the ith character, unless that is hopeless before it is done.
func (r *Recogniser) consider(s *search, places []place, i, rarity int) {
	best := math.MaxInt
	for t, table := range r.tables {
		for k := range r.prototypes(t, i) {
			// An equal score may still win by its rune, so only what is farther is given up.
			best = min(best, table.distance(&places[t], k, min(best, s.limit()-rarity)))
		}
	}
	if best < math.MaxInt {
		s.add(Candidate{r.runes[i], best + rarity})
	}
}
