package main_test

import (
	"image"
	"slices"
	"strings"
	"testing"

	"mingbai.local/cmd/internal/finger"
	"mingbai.local/cmd/internal/guest"
)

// written are characters as a finger writes them: the corners of each stroke, in hundredths of the square.
var written = map[string][][]image.Point{
	"王": {{{25, 24}, {74, 23}}, {{30, 48}, {69, 47}}, {{50, 24}, {50, 75}}, {{20, 76}, {80, 75}}},
	"甲": {{{28, 20}, {29, 60}}, {{28, 20}, {72, 20}, {71, 60}}, {{29, 40}, {71, 40}}, {{29, 59}, {71, 59}}, {{50, 20}, {50, 92}}},
	"金": {
		{{50, 8}, {33, 28}, {10, 42}},
		{{50, 8}, {68, 27}, {92, 42}},
		{{33, 42}, {67, 42}},
		{{22, 58}, {78, 58}},
		{{50, 42}, {50, 87}},
		{{28, 66}, {36, 80}},
		{{72, 65}, {62, 80}},
		{{10, 89}, {90, 88}},
	},
}

// TestVillagerEntersANameByFinger: on a tall panel he writes his name; on a low one he taps nine keys, and then strokes. Each time
// he finds what the county's own sheet says of him.
func TestVillagerEntersANameByFinger(t *testing.T) {
	const name = "王甲金"
	row := rowOf(t, name)
	data := clone(t)

	g := visit(t, data)
	enter := func(method string) {
		t.Helper()
		for _, words := range []string{"查补贴", "就在本村", method} {
			touch(t, g, words)
		}
	}
	finds := func() {
		t.Helper()
		s := touch(t, g, name+village+row["组"])
		for _, words := range []string{name, row["组"], kindName, yuan(t, row["金额（元）"]) + "元", "演示数据，并非真实"} {
			if s.Page != "person" || !s.Sees(words) {
				t.Errorf("page %s does not say %s: %s", s.Page, words, s.Words())
			}
		}
	}

	enter("手写")
	for _, char := range strings.Split(name, "") {
		write(t, g, char)
		choose(t, g, char)
	}
	touch(t, g, "看这1人")
	finds()
	g.Close()

	g = visitOn(t, data, 1280, 800)
	enter("拼音")
	for _, key := range []string{"wxyz", "jkl", "jkl"} {
		strike(t, g, key)
	}
	finds()
	touch(t, g, "首页")
	enter("笔画")
	for _, stroke := range []string{"一 横", "一 横", "丨 竖", "一 横"} {
		strike(t, g, stroke)
	}
	choose(t, g, "王")
	for _, stroke := range []string{"丨 竖", "乙 折"} {
		strike(t, g, stroke)
	}
	choose(t, g, "甲")
	finds()
}

// rowOf returns the row of somebody in the list of the test's village, where nobody else has his name.
func rowOf(t *testing.T, name string) (row map[string]string) {
	t.Helper()
	found := 0
	for _, r := range sheet(t, "补贴发放_2026年_"+town+".csv") {
		if r["村"] == village && r["补贴种类"] == kind && r["姓名"] == name {
			row = r
			found++
		}
	}
	if found != 1 {
		t.Fatalf("%s stands %d times in the list", name, found)
	}
	return row
}

// strike touches a key of the pad.
func strike(t *testing.T, g *guest.Guest, key string) {
	t.Helper()
	s := tell(t, g)
	a, ok := s.Key(key)
	if !ok {
		t.Fatalf("page %s has no key %s: %s", s.Page, key, s.Labels())
	}
	_, err := g.Tap(a, false) // the tab of a method may stand where a key is then
	must(t, err)
}

// choose touches a character that is offered.
func choose(t *testing.T, g *guest.Guest, char string) {
	t.Helper()
	s := tell(t, g)
	all := guest.Choices(s)
	i := slices.IndexFunc(all, func(a finger.Area) bool { return stands(a, char) })
	if i < 0 {
		t.Fatalf("page %s does not offer %s: %s", s.Page, char, s.Labels())
	}
	_, err := g.Tap(all[i], false)
	must(t, err)
}

// write draws a character into the square and waits until it is the first that is offered.
func write(t *testing.T, g *guest.Guest, char string) {
	t.Helper()
	before := tell(t, g)
	square := before.Square
	if square.W == 0 {
		t.Fatalf("page %s has no square to write in: %s", before.Page, before.Words())
	}
	at := func(p image.Point) (x, y int) { return square.X + p.X*square.W/100, square.Y + p.Y*square.H/100 }
	for _, stroke := range written[char] {
		before = tell(t, g) // what was written up to here may have been read in the meantime
		x, y := at(stroke[0])
		must(t, g.Press(x, y))
		const steps = 8
		for i, corner := range stroke[1:] {
			for s := 1; s <= steps; s++ {
				must(t, g.Move(at(stroke[i].Add(corner.Sub(stroke[i]).Mul(s).Div(steps)))))
			}
		}
		must(t, g.Release())
	}
	if _, err := g.Await(func(s finger.Sight) bool {
		all := guest.Choices(s)
		return s.Count != before.Count && len(all) > 0 && stands(all[0], char)
	}); err != nil {
		t.Fatalf("%s was written: %v", char, err)
	}
	must(t, g.Quiet())
}

func stands(a finger.Area, char string) bool { return strings.HasPrefix(a.Label, char+" ") }
