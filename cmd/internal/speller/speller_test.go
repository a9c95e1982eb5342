package speller

import (
	"maps"
	"slices"
	"testing"

	"mingbai.local/cmd/internal/figures"
)

// copyist writes every character as itself and reads it again, but for one that he takes for another.
type copyist struct{ mistakes map[rune]bool }

func (copyist) Write(char rune) (any, bool) { return char, char < 0x20000 }

func (c copyist) Recognise(ink any, among map[rune]int, n int) []rune {
	meant := ink.(rune)
	list := slices.Sorted(maps.Keys(among))
	list = slices.DeleteFunc(list, func(r rune) bool { return r == meant })
	list = list[:min(n-1, len(list))]
	if _, ok := among[meant]; !ok || c.mistakes[meant] {
		return list
	}
	return append([]rune{meant}, list...)
}

// Names are entered by every method in a small county, every surname is read rightly, and a hand that never fails is told from one
// that does.
func TestFigures(t *testing.T) {
	c, err := Make(30_000)
	if err != nil {
		t.Fatal(err)
	}
	table := &figures.Table{Prefix: "input"}
	c.Actions(table)
	c.Update(table)
	if err := Surnames(table); err != nil {
		t.Fatal(err)
	}
	c.Hands(table, NamedHand{"copyist", copyist{}}, NamedHand{"slip", copyist{map[rune]bool{'王': true}}})
	for name, want := range map[string][2]float64{
		"actions_village_median": {1, 4}, "actions_village_p90": {2, 7}, "surname_readings_right": {1, 1}, "update_p99_ms": {0, 1000},
		"speller_char_top1": {1, 1}, "names_without_correction": {1, 1}, "speller_char_top1_slip": {0.9, 0.999}, "names_without_correction_slip": {0.8, 0.999},
	} {
		got, ok := table.Value(name)
		if !ok || got < want[0] || got > want[1] {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}
