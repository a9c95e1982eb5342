package main

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"mingbai.local/app/input/hand"
	tables "mingbai.local/assets/hand"
	"mingbai.local/cmd/internal/figures"
	"mingbai.local/cmd/internal/hands"
)

// cross is 十 as it is printed.
var cross = hand.Ink{{{X: 100, Y: 480}, {X: 900, Y: 480}}, {{X: 500, Y: 50}, {X: 500, Y: 950}}}

// TestTheWriter: a hand writes a character each time a little otherwise, and in every run alike; what it has never seen it does not
// write; it is read among what can follow, and what is no character is said to be none.
func TestTheWriter(t *testing.T) {
	medians, err := hand.New(tables.Medians())
	if err != nil {
		t.Fatal(err)
	}
	samples := []hands.Writing{{Rune: '十', Ink: cross}}
	w, again := writerOf(samples, &joined, medians), writerOf(samples, &joined, medians)
	first, ok := w.Write('十')
	second, _ := w.Write('十')
	if same, _ := again.Write('十'); !ok || reflect.DeepEqual(first, second) || !reflect.DeepEqual(first, same) {
		t.Errorf("十 is written %v, then %v, in another run %v", first, second, same)
	}
	if _, ok := w.Write('一'); ok {
		t.Error("一 is written, which it has never seen")
	}
	if ink, _ := writerOf(samples, nil, medians).Write('十'); !reflect.DeepEqual(ink, cross) {
		t.Errorf("as it is, 十 is written %v", ink)
	}
	if got := w.Recognise(cross, map[rune]int{'龙': 900, '十': 1, '王': 90}, 2); len(got) != 2 || got[0] != '十' {
		t.Errorf("among three 十 is read as %c", got)
	}
	if got := w.Recognise(cross, nil, asked); !slices.Contains(got, '十') {
		t.Errorf("among all 十 is read as %c", got)
	}
	dice, none := rand.New(rand.NewPCG(1, 1)), 0
	for range 100 {
		at, line := hand.Point{X: 500, Y: 500}, hand.Stroke{}
		for range 20 {
			at = hand.Point{X: at.X + dice.IntN(600) - 300, Y: at.Y + dice.IntN(600) - 300}
			line = append(line, at)
		}
		if w.Recognise(hand.Ink{line}, nil, asked) == nil {
			none++
		}
	}
	if none < 50 {
		t.Errorf("%d of 100 scribbles are said to be no character", none)
	}
}

// TestPartsByName: each part can be asked for alone, and one that there is not is said to be none.
func TestPartsByName(t *testing.T) {
	b := &bench{table: &figures.Table{Prefix: "input", Goals: goals}}
	chosen, err := figures.Choose(b.parts(), "surnames")
	if err != nil || len(chosen) != 1 {
		t.Fatalf("%v %v", chosen, err)
	}
	if err := b.table.Measure(chosen, t.TempDir()+"/input.json"); err != nil {
		t.Fatal(err)
	}
	if v, ok := b.table.Value("surname_readings_right"); !ok || v != 1 {
		t.Errorf("%v of the surnames are read rightly", v)
	}
	if _, err := figures.Choose(b.parts(), "dice"); err == nil {
		t.Error("there is a part of that name")
	}
}
