package main

import (
	"math/rand/v2"
	"testing"

	"mingbai.local/app/kiosk"
)

// TestTheKioskReadsAFinger: with the tables that it is built with, and tells a scribble from a character.
func TestTheKioskReadsAFinger(t *testing.T) {
	r := newInkReader()
	ten := kiosk.Ink{
		{{X: 100, Y: 500}, {X: 500, Y: 495}, {X: 900, Y: 500}},
		{{X: 500, Y: 100}, {X: 505, Y: 500}, {X: 500, Y: 900}},
	}
	for name, among := range map[string]map[rune]int{"of all characters": nil, "of a list": {'十': 3, '王': 40, '李': 50}} {
		if got := r.Recognise(ten, among, 8); len(got) == 0 || got[0] != '十' {
			t.Errorf("%s: %q", name, string(got))
		}
	}
	rng, none := rand.New(rand.NewPCG(1, 2)), 0
	const scribbles = 30
	for range scribbles {
		at, line := kiosk.Point{X: 500, Y: 500}, []kiosk.Point(nil)
		for range 20 {
			at = kiosk.Point{X: at.X + rng.IntN(600) - 300, Y: at.Y + rng.IntN(600) - 300}
			line = append(line, at)
		}
		if len(r.Recognise(kiosk.Ink{line}, nil, 8)) == 0 {
			none++
		}
	}
	if none*2 < scribbles {
		t.Errorf("of %d scribbles only %d are taken for none", scribbles, none)
	}
}
