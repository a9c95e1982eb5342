package search

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// padOf is what a pad would have to offer by trying every name: what matches exactly leads on; what only sounds alike leads on
// beside it, and offers characters apart; above a village nobody is counted.
func (c *county) padOf(q Query) Answer {
	every := q
	every.Whole = false
	exact, alike := *c, *c
	exact.passes, alike.passes = []bool{false}, []bool{true}
	want, heard := exact.try(every), alike.try(every)
	if want.Found == 0 {
		want.Next = heard.Next
	}
	text := read(q.Text).fold
	key := len(text) > 0 && (isAZ(text[len(text)-1]) || press(text[len(text)-1]) != 0)
	if len(text) == 0 || want.Found > 0 && !key {
		heard = Answer{} // nothing was begun that could sound like anything
	}
	for _, choice := range heard.Choices {
		if !slices.ContainsFunc(want.Choices, func(c Choice) bool { return c.Char == choice.Char && c.end == choice.end }) {
			want.Alike = append(want.Alike, choice)
		}
	}
	want.Letters |= heard.Letters
	if !key {
		want.Letters |= soundAlikes(want.Letters)
	}
	if q.Whole {
		for _, list := range [][]Choice{want.Choices, want.Alike} {
			for i := range list {
				list[i].Found = 0
			}
		}
		for i := range want.Next {
			want.Next[i].Found = 0
		}
	}
	return want
}

// TestPadEqualsTryingEveryName holds what leads on, and how many people are behind it, to the matcher of single names: in a
// village with their numbers, above one with none.
func TestPadEqualsTryingEveryName(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x, c := someCounty(t, r)
	texts := c.spellings()
	alike, behind := 0, 0
	for range 3000 {
		q := Query{In: InPeople, Pad: true, Village: []string{village, old}[r.IntN(2)], Text: texts[r.IntN(len(texts))]}
		switch r.IntN(4) {
		case 0:
			q.Village, q.Whole = "", true
			q.Town = []string{"", "420581101000"}[r.IntN(2)]
		case 1:
			q.Kind, q.Year = []string{"", "a"}[r.IntN(2)], []int64{0, 2023}[r.IntN(2)]
		}
		q.Day = []int{0, 55, 61}[r.IntN(3)]
		if r.IntN(2) == 0 {
			q.Text = onKeys(r, q.Text)
		}
		if r.IntN(4) == 0 && q.Text != "" {
			q.Text = strings.TrimSpace(misspelt(r, q.Text))
		}
		got, want := laidOut(find(t, x, q)), c.padOf(q)
		if got.Letters != want.Letters || !reflect.DeepEqual(got.Next, want.Next) || !reflect.DeepEqual(got.Choices, want.Choices) || !reflect.DeepEqual(got.Alike, laidOut(want).Alike) {
			t.Fatalf("%+v:\ngot  %s %s %v %v %v\nwant %s %s %v %v %v", q,
				got.Letters, got.Letters.Strokes(), got.Next, got.Choices, got.Alike, want.Letters, want.Letters.Strokes(), want.Next, want.Choices, laidOut(want).Alike)
		}
		if len(got.Alike) > 0 && len(got.Choices) > 0 {
			alike++
		}
		if len(got.Choices) > 0 && len(got.Next) > 0 {
			behind++
		}
	}
	if alike < 50 || behind < 200 {
		t.Errorf("%d queries had characters that sound alike beside others, %d what follows letters", alike, behind)
	}
}

// Above a village the pad leads on to complete names, and says nothing of anybody before one is complete.
func TestPadAboveAVillageCountsNobody(t *testing.T) {
	x := indexOf(t, []string{"王建国", "王建国", "王小丽"})
	a := find(t, x, Query{In: InPeople, Whole: true, Pad: true, Text: "王"})
	if a.Found != 0 || a.Payments != 0 || len(a.Hits) != 0 || len(a.Next) != 2 {
		t.Errorf("the county answers %+v", a)
	}
	for _, k := range a.Next {
		if k.Found != 0 {
			t.Errorf("it says that %d people go on with %c", k.Found, k.Char)
		}
	}
	if a := find(t, x, Query{In: InPeople, Whole: true, Pad: true, Text: "wj"}); a.Found != 0 || a.Letters.String() != "gi" || len(a.Choices) != 1 || a.Choices[0].Found != 0 {
		t.Errorf("the county answers %+v", a)
	}
	if a := find(t, x, Query{In: InPeople, Whole: true, Pad: true, Text: "王建国"}); a.Found != 2 {
		t.Errorf("a complete name finds %d", a.Found)
	}
}
