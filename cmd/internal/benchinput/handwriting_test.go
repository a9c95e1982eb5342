package main

import (
	"testing"

	"mingbai.local/app/input/hand"
	"mingbai.local/cmd/internal/hands"
)

// TestOccur: characters are drawn as often as they occur, always alike, and none that cannot be meant.
func TestOccur(t *testing.T) {
	writings := []hands.Writing{{Rune: '丁'}, {Rune: '王'}, {Rune: '查'}}
	drawn := occur(writings, hand.Prior{'王': 90, '查': 10, '仇': 1000})
	again := occur(writings, hand.Prior{'王': 90, '查': 10, '仇': 1000})
	count := map[rune]int{}
	for i, w := range drawn {
		count[w.Rune]++
		if w.Rune != again[i].Rune {
			t.Fatal("drawn otherwise the second time")
		}
	}
	if len(drawn) != names || count['丁'] != 0 || count['王'] < names*85/100 || count['查'] < names*5/100 {
		t.Errorf("%v", count)
	}
}

// TestZinniaReads: ink reaches Zinnia in the middle of its square, whatever it was written on.
func TestZinniaReads(t *testing.T) {
	ink := hand.Ink{{{X: 10, Y: 40}, {X: 30, Y: 40}}, {{X: 20, Y: 35}, {X: 20, Y: 45}}}
	want := "(character (width 1000)(height 1000)(strokes ((50 500)(950 500))((500 275)(500 725))))\n"
	if got := expression(ink); got != want {
		t.Errorf("%s", got)
	}
}
