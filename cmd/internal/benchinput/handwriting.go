package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"mingbai.local/app/input/hand"
	"mingbai.local/assets/county"
	tables "mingbai.local/assets/hand"
	"mingbai.local/cmd/internal/figures"
	"mingbai.local/cmd/internal/hands"
)

const (
	// names is to how many characters the restricted figures are restricted.
	names = 2500
	// seed makes the test hands. Training has others.
	seed = 20260630
	// asked is how many candidates are asked for, as the page shows.
	asked = 8
)

// The hands that are made of medians for the tests.
var (
	careful    = hands.Hand{}
	disordered = hands.Hand{Disorder: 1}
	joined     = hands.Hand{Disorder: 0.3, Joined: 0.3}
	cursive    = hands.Hand{Disorder: 0.2, Joined: 0.6}
)

// recognise answers each of the writings with candidates.
type recognise func(writings []hands.Writing, among hand.Prior) ([][]rune, error)

func handwriting(table *figures.Table, sources, unihan string) error {
	gb2312, err := hands.GB2312(unihan)
	if err != nil {
		return err
	}
	standard, err := hands.Standard(unihan)
	if err != nil {
		return err
	}
	medians, err := hands.Medians(sources)
	if err != nil {
		return err
	}
	tomoe, err := hands.Tomoe(sources)
	if err != nil {
		return err
	}
	within := func(w hands.Writing) bool {
		_, ok := slices.BinarySearch(gb2312, w.Rune)
		return !ok
	}
	medians, tomoe = slices.DeleteFunc(medians, within), slices.DeleteFunc(tomoe, within)
	ours, shipped, err := recognisers(table)
	if err != nil {
		return err
	}
	coverage(table, shipped, "coverage_gb2312", gb2312)
	coverage(table, shipped, "coverage_tongyong", standard)
	among := nameCharacters(shipped, standard)
	speed(table, shipped, slices.Concat(tomoe, made(medians, cursive)))

	zinnia, err := startZinnia()
	if err != nil {
		return err
	}
	for _, t := range []struct {
		name, of string
		writings []hands.Writing
		in       *hands.Hand
	}{
		{"full", "made of medians, right order", medians, &careful},
		{"order", "made of medians, wrong order", medians, &disordered},
		{"merged", "made of medians, 30 % of the strokes joined to the next, a third in wrong order", medians, &joined},
		{"cursive", "made of medians, 60 % of the strokes joined to the next, a fifth in wrong order", medians, &cursive},
		{"tomoe", "the Tomoe hand", tomoe, nil},
		{"tomoe_joined", "made of the Tomoe hand, 30 % of the strokes joined to the next, a third in wrong order", tomoe, &joined},
	} {
		writings, occurring := t.writings, occur(t.writings, among)
		if t.in != nil {
			writings, occurring = made(writings, *t.in), made(occurring, *t.in)
		}
		prefix := "hw_" + t.name
		restricted, beside := prefix+"_restricted", "hw_zinnia_"+t.name
		if t.name == "full" {
			restricted, beside = "hw_restricted", "hw_zinnia"
		}
		for _, m := range []struct {
			name, note string
			by         recognise
			writings   []hands.Writing
			among      hand.Prior
		}{
			{prefix, "table of medians alone, all its characters", answers(ours), writings, nil},
			{restricted, "table of medians alone, 2500 name characters, each as often as in names", answers(ours), occurring, among},
			{restricted + "_alike", "table of medians alone, 2500 name characters, each once", answers(ours), only(writings, among), alike(among)},
			{prefix + "_shipped", "both tables, all their characters", answers(shipped), writings, nil},
			{beside, "Zinnia with its Chinese model, its characters, every third", zinnia.answers, zinnia.known(writings), nil},
		} {
			if err := measure(table, m.name, m.note+"; "+t.of, m.by, m.writings, m.among); err != nil {
				return err
			}
		}
	}
	zinnia.report(table)
	return nil
}

// recognisers returns the one of the medians alone and the one that ships, and says what the latter takes.
func recognisers(table *figures.Table) (medians, shipped *hand.Recogniser, err error) {
	if medians, err = hand.New(tables.Medians()); err != nil {
		return nil, nil, err
	}
	files := tables.Tables()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	if shipped, err = hand.New(files...); err != nil {
		return nil, nil, err
	}
	took := time.Since(start)
	runtime.GC()
	runtime.ReadMemStats(&after)
	size := 0
	for _, f := range files {
		size += len(f)
	}
	heap := float64(after.HeapAlloc - before.HeapAlloc)
	table.Add("hw_mb", (float64(size)+heap)/1e6, "MB", fmt.Sprintf("tables of %.2f MB and %.2f MB made of them, in %d ms", float64(size)/1e6, heap/1e6, took.Milliseconds()))
	return medians, shipped, nil
}

func coverage(table *figures.Table, r *hand.Recogniser, name string, of []rune) {
	known := 0
	for _, c := range of {
		if r.Knows(c) {
			known++
		}
	}
	table.Add(name, float64(known)/float64(len(of)), "of 1", fmt.Sprintf("%d of %d characters", known, len(of)))
}

// nameCharacters are the characters of surnames and given names by how often they occur in the sample county's, filled up with
// standard characters in their order, each a hundredth as often as the rarest given.
func nameCharacters(known *hand.Recogniser, standard []rune) hand.Prior {
	const fine = 100
	out := hand.Prior{}
	for _, list := range [][]county.Weighted{county.Surnames(), county.GivenChars(false), county.GivenChars(true)} {
		for _, w := range list {
			for _, c := range w.Text {
				out[c] += fine * w.Weight
			}
		}
	}
	for _, c := range standard {
		if _, ok := out[c]; len(out) < names && !ok && known.Knows(c) {
			out[c] = 1
		}
	}
	return out
}

func alike(among hand.Prior) hand.Prior {
	out := hand.Prior{}
	for c := range among {
		out[c] = 1
	}
	return out
}

// made returns each writing in a hand.
func made(writings []hands.Writing, in hands.Hand) []hands.Writing {
	out := make([]hands.Writing, len(writings))
	for i, w := range writings {
		out[i] = hands.Writing{Rune: w.Rune, Ink: in.Test(w.Ink, seed+uint64(w.Rune), uint64(i))}
	}
	return out
}

func answers(r *hand.Recogniser) recognise {
	return func(writings []hands.Writing, among hand.Prior) ([][]rune, error) {
		out := make([][]rune, len(writings))
		for i, w := range writings {
			for _, c := range r.Recognise(w.Ink, among, asked) {
				out[i] = append(out[i], c.Rune)
			}
		}
		return out, nil
	}
}

// occur returns writings of the characters as often as these occur, names times in all, drawn always alike.
func occur(writings []hands.Writing, among hand.Prior) []hands.Writing {
	writings = only(writings, among)
	upTo := make([]int, len(writings))
	total := 0
	for i, w := range writings {
		total += among[w.Rune]
		upTo[i] = total
	}
	dice := rand.New(rand.NewPCG(seed, names))
	out := make([]hands.Writing, names)
	for i := range out {
		at, _ := slices.BinarySearch(upTo, dice.IntN(total)+1)
		out[i] = writings[at]
	}
	return out
}

// only returns the writings of the characters that can be meant.
func only(writings []hands.Writing, among hand.Prior) []hands.Writing {
	return slices.DeleteFunc(slices.Clone(writings), func(w hands.Writing) bool {
		_, ok := among[w.Rune]
		return !ok
	})
}

// measure notes for which share of the writings the first candidate, or one of the first five, is right.
func measure(table *figures.Table, name, note string, by recognise, writings []hands.Writing, among hand.Prior) error {
	found, err := by(writings, among)
	if err != nil {
		return err
	}
	first, five := 0.0, 0.0
	for i, w := range writings {
		switch at := slices.Index(found[i], w.Rune); {
		case at == 0:
			first, five = first+1, five+1
		case at > 0 && at < 5:
			five++
		}
	}
	all := float64(len(writings))
	table.Add(name+"_top1", first/all, "of 1", fmt.Sprintf("%.4f of %d writings; %s", first/all, len(writings), note))
	table.Add(name+"_top5", five/all, "of 1", fmt.Sprintf("%.4f of %d writings; %s", five/all, len(writings), note))
	return nil
}

func speed(table *figures.Table, r *hand.Recogniser, writings []hands.Writing) {
	took := make([]float64, len(writings))
	for i, w := range writings {
		took[i] = math.Inf(1)
		for range 3 {
			start := time.Now()
			r.Recognise(w.Ink, nil, asked)
			took[i] = min(took[i], time.Since(start).Seconds()*1000)
		}
	}
	slices.Sort(took)
	table.Add("hw_p50_ms", took[len(took)/2], "ms", "one character among all, both tables")
	table.Add("hw_p99_ms", took[len(took)*99/100], "ms", fmt.Sprintf("%d characters, each the fastest of three, so that what else runs is left out", len(took)))
}
