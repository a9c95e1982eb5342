package speller

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/input"
	"mingbai.local/app/input/hand"
	"mingbai.local/app/search"
	"mingbai.local/cmd/internal/figures"
)

// copyist writes every character as itself and reads it again, but for those that he takes for others: always, or only the first time.
type copyist struct {
	always, once string
	seen         map[rune]int
}

func (c copyist) Write(char rune) (hand.Ink, bool) {
	return hand.Ink{{{X: int(char)}}}, char < 0x20000
}

func (c copyist) Recognise(ink hand.Ink, among map[rune]int, n int) []rune {
	meant := rune(ink[0][0].X)
	list := slices.Sorted(maps.Keys(among))
	list = slices.DeleteFunc(list, func(r rune) bool { return r == meant })
	list = list[:min(n-1, len(list))]
	_, reached := among[meant]
	if among != nil {
		c.seen[meant]++
	}
	if !reached || strings.ContainsRune(c.always, meant) || strings.ContainsRune(c.once, meant) && c.seen[meant]%2 == 1 {
		return list
	}
	return append([]rune{meant}, list...)
}

func copies(always, once string) copyist { return copyist{always, once, map[rune]int{}} }

// village makes a county of one village with these people.
func village(t *testing.T, names string) (*County, search.Query) {
	t.Helper()
	people := map[string]map[key]bool{"420581101201": {}}
	for name := range strings.FieldsSeq(names) {
		people["420581101201"][key{name: name, kind: "户"}] = true
	}
	c := &County{names: map[string][]string{}, villages: []string{"420581101201"}}
	if err := c.open(people); err != nil {
		t.Fatal(err)
	}
	return c, search.Query{In: search.InPeople, Village: "420581101201"}
}

// TestTouchesAreCounted: what a villager does in a village of eighteen people who are called 王, touch by touch.
func TestTouchesAreCounted(t *testing.T) {
	c, q := village(t, "王大一 王大二 王大三 王大四 王大五 王大六 王大七 王大八 王大九 王大 王小一 王小二 王小三 王小四 王小五 王小六 王小七 王小八 李明")
	for _, want := range []struct {
		by, name string
		actions  int
		ok       bool
	}{
		{"browse", "李明", 1, true},          // 李
		{"browse", "王小一", 2, true},         // 王 小
		{"browse", "王大一", 3, true},         // 王 大 一
		{"browse", "王大", 3, true},          // 王 大, and those who are called just so
		{"pinyin", "王小一", 2, true},         // 王 小, which are offered at once
		{"initials", "王小一", 2, true},       // w x
		{"initials", "王大一", 3, true},       // w d y
		{"ninekeys", "王小一", 2, true},       // 王 小
		{"strokes", "李明", 1, true},         // 李
		{"handwriting", "王小一", 5, true},    // 王, touched, 小, touched, and to the rows
		{"two tiles", "王大一", 7, true},      // 王, 大, ▼ four times, 一
		{"misread once", "李明", 6, true},    // 李, 都不是, 都不是，再写一次, 李, touched, and to the rows
		{"misread always", "李明", 0, false}, // nothing helps
	} {
		w := way{name: want.by}
		for _, one := range append(slices.Clone(fingers),
			way{name: "handwriting", next: written(copies("", "")), last: 1}, way{name: "two tiles", next: browse(grid{2, 2})},
			way{name: "misread once", next: written(copies("", "李")), last: 1}, way{name: "misread always", next: written(copies("李", ""))},
		) {
			if one.name == want.by {
				w = one
			}
		}
		if n, ok := c.walk(w, q, want.name); ok != want.ok || ok && n != want.actions {
			t.Errorf("%s by %s takes %d touches (%v), want %d (%v)", want.name, want.by, n, ok, want.actions, want.ok)
		}
	}
}

// TestExactFirst: a character that is offered behind one that only sounds alike is none that comes first.
func TestExactFirst(t *testing.T) {
	exact, alike := input.Candidate{Char: '臧', Text: "臧"}, input.Candidate{Char: '张', Text: "张", Alike: true}
	for _, c := range []struct {
		list []input.Candidate
		text string
		want bool
	}{
		{[]input.Candidate{exact, alike}, "张", true},
		{[]input.Candidate{exact, alike}, "臧", true},
		{[]input.Candidate{alike}, "张", true},
		{[]input.Candidate{alike, exact}, "张", false},
		{[]input.Candidate{exact}, "张", false},
		{nil, "张", false},
	} {
		if got := exactFirst(c.list, c.text); got != c.want {
			t.Errorf("%v: %s comes first: %v", c.list, c.text, got)
		}
	}
	for said, want := range map[[2]string]string{
		{"zh/z", "zhang"}: "zang", {"zh/z", "zang"}: "zhang", {"ch/c", "shen"}: "", {"sh/s", "shen"}: "sen", {"n/l", "nie"}: "lie", {"n/l", "li"}: "ni",
		{"hu/f", "huang"}: "fang", {"hu/f", "hui"}: "", {"ing, eng/in, en", "ling"}: "lin", {"ing, eng/in, en", "chen"}: "cheng", {"ing, eng/in, en", "wang"}: "",
	} {
		for _, p := range pairs {
			if got := p.said(said[1]); p.name == said[0] && got != want {
				t.Errorf("%s is said %q for %s, want %q", said[1], got, said[0], want)
			}
		}
	}
}

// Names are entered by every method in a small county, every surname is read rightly, what is said otherwise here is found, and a hand that
// never fails is told from one that does.
func TestFigures(t *testing.T) {
	c, err := Make(30_000)
	if err != nil {
		t.Fatal(err)
	}
	table := &figures.Table{Prefix: "input"}
	c.Actions(table, copies("", ""))
	c.Update(table)
	if err := Surnames(table); err != nil {
		t.Fatal(err)
	}
	c.Dialect(table)
	c.Hands(table, NamedHand{"", "a copyist", copies("", "")}, NamedHand{"slip", "one who slips", copies("王", "")})
	for name, want := range map[string][2]float64{
		"actions_village_median": {1, 4}, "actions_village_p90": {2, 7}, "actions_township_handwriting_p90": {3, 9}, "actions_village_browse_low_p90": {2, 9},
		"surname_readings_right": {1, 1}, "dialect_pairs_right": {6, 6}, "update_p99_ms": {0, 1000},
		"speller_char_top1": {1, 1}, "names_without_correction": {1, 1}, "speller_char_top1_slip": {0.9, 0.999}, "names_without_correction_slip": {0.8, 0.999},
	} {
		got, ok := table.Value(name)
		if !ok || got < want[0] || got > want[1] {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}
