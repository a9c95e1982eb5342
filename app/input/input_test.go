package input

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
	"mingbai.local/assets/stroke"
)

const village = "420581101201"

// of is a lexicon of people, all in one village and its county.
func of(t *testing.T, names ...string) Lexicon {
	t.Helper()
	var b search.Builder
	b.Village(search.Village{Code: village, Scope: []string{village}})
	list := make([]search.Person, 0, len(names))
	for i, name := range names {
		list = append(list, search.Person{Village: village, Name: name, NamesakeNo: int64(i), Type: "户", Years: []search.YearSum{{Year: 2025, Payments: 1, Sum: 100}}})
	}
	if err := b.People(village, list, 0); err != nil {
		t.Fatal(err)
	}
	return asked(t, &b)
}

func asked(t *testing.T, b *search.Builder) Lexicon {
	t.Helper()
	sections, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	x, err := search.Open(func(name string) ([]byte, error) { return sections[name], nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(q search.Query) search.Answer {
		var a search.Answer
		if err := x.Find(q, &a); err != nil {
			t.Error(err)
		}
		return a
	}
}

var (
	inVillage = search.Query{In: search.InPeople, Village: village}
	inCounty  = search.Query{In: search.InPeople, Whole: true}
)

// press touches the key of a label, which must lead somewhere.
func (l Lexicon) press(t *testing.T, e Entry, keys []Key, label string, scope search.Query) Entry {
	t.Helper()
	for _, k := range keys {
		if k.Label == label && k.Text != "" {
			return l.Enter(k.Text, scope)
		}
	}
	t.Fatalf("behind %q the key %s leads nowhere", e.Text, label)
	return e
}

func (l Lexicon) choose(t *testing.T, e Entry, char string, scope search.Query) Entry {
	t.Helper()
	for _, c := range e.Candidates() {
		if string(c.Char) == char {
			return l.Enter(c.Text, scope)
		}
	}
	t.Fatalf("behind %q nobody is called %s: %v", e.Text, char, e.Candidates())
	return e
}

func words(list []Candidate) string {
	var out []string
	for _, c := range list {
		s := fmt.Sprint(string(c.Char), c.People)
		if c.Alike {
			s += "?"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// One name by four methods: written, by an initial, by strokes, chosen.
func TestMethodsChangeAtAnyCharacter(t *testing.T) {
	l := of(t, "张建国", "张建华", "张家明", "章小明", "王建国")
	e := l.Enter("", inVillage)
	if among := e.Among(); among['张'] != 3 || len(among) != 3 {
		t.Fatalf("what can be written first is %v", among)
	}
	e = l.Enter(e.Write('张'), inVillage)
	e = l.press(t, e, e.Letters(), "j", inVillage)
	if got := words(e.Candidates()); got != "建2 家1" {
		t.Errorf("j stands for %s", got)
	}
	if among := e.Among(); among['国'] != 1 || among['华'] != 1 || among['明'] != 1 {
		t.Errorf("behind 张j may be written %v", among)
	}
	e = l.press(t, e, e.Strokes(), "竖", inVillage)
	e = l.press(t, e, e.Strokes(), "折", inVillage)
	if settled, open := Parts(e.Text); settled != "张" || open != "j㇑㇕" || e.Open() != "j丨乙" {
		t.Errorf("it is shown as %s %s %s", settled, open, e.Open())
	}
	e = l.choose(t, e, "建", inVillage)
	e = l.choose(t, e, "国", inVillage)
	if e.Text != "张建国" || e.Answer.Found != 1 {
		t.Errorf("%s finds %d", e.Text, e.Answer.Found)
	}
	if back := e.Back(); back != "张建" {
		t.Errorf("back from it is %s", back)
	}
	if e := l.Enter("", inVillage); e.Back() != "" {
		t.Error("there is something before nothing")
	}
}

// Whoever knows neither pinyin nor how a rare character is read writes it stroke by stroke: 𬱖 is 由 and 页. After two strokes it is
// among what is offered.
func TestARareCharacterByStrokes(t *testing.T) {
	l := of(t, "丁𬱖", "丁国", "丁田", "王𬱖")
	e := l.press(t, l.Enter("", inVillage), l.Enter("", inVillage).Letters(), "d", inVillage)
	e = l.choose(t, e, "丁", inVillage)
	for _, label := range strings.Fields("竖 折") {
		e = l.press(t, e, e.Strokes(), label, inVillage)
	}
	if got := words(e.Candidates()); got != "𬱖1 国1 田1" {
		t.Errorf("竖折 stands for %s", got)
	}
	for _, label := range strings.Fields("横 竖 横 横 撇 折 竖 撇 点") {
		e = l.press(t, e, e.Strokes(), label, inVillage)
	}
	e = l.choose(t, e, "𬱖", inVillage)
	if e.Text != "丁𬱖" || e.Answer.Found != 1 {
		t.Errorf("%s finds %d", e.Text, e.Answer.Found)
	}
}

// Each of the 8,105 standard characters is offered when all its strokes are tapped, among the names of a hundred people.
func TestEveryStandardCharacterByStrokes(t *testing.T) {
	text, err := os.ReadFile("../../assets/stroke/testdata/standard.txt")
	if err != nil {
		t.Fatal(err)
	}
	standard := []rune(strings.Join(strings.Fields(string(text)), ""))
	for hundred := range slices.Chunk(standard, 100) {
		var names []string
		for _, r := range hundred {
			names = append(names, string([]rune{'丁', r}))
		}
		l := of(t, names...)
		for _, r := range hundred {
			text := "丁"
			for _, s := range stroke.Code(r) {
				text += string(search.Stroke(int(s - '0')))
			}
			e := l.Enter(text, inVillage)
			if !slices.ContainsFunc(e.Candidates(), func(c Candidate) bool { return c.Char == r && !c.Alike }) {
				t.Errorf("%s offers no %c: %s", e.Open(), r, words(e.Candidates()))
			}
		}
	}
	if len(standard) != 8105 {
		t.Errorf("there are %d standard characters", len(standard))
	}
}

// Nine keys are read as the letters of whoever is offered first.
func TestNineKeys(t *testing.T) {
	l := of(t, "张建国", "单小明")
	e := l.Enter("", inVillage)
	for _, label := range []string{"wxyz", "ghi", "abc"} {
		e = l.press(t, e, e.NineKeys(), label, inVillage)
	}
	if e.Open() != "zha" || words(e.Candidates()) != "张1" {
		t.Errorf("it is shown as %s and offers %s", e.Open(), words(e.Candidates()))
	}
	for i, k := range l.Enter("", inVillage).NineKeys() {
		if live := k.Text != ""; live != (i < 2 || i == 5 || i == 7) {
			t.Errorf("%s leads on: %v", k.Label, live) // 张 is zhang; 单 is shan, dan and chan
		}
	}
	e = l.press(t, l.Enter("", inVillage), l.Enter("", inVillage).NineKeys(), "pqrs", inVillage)
	if e.Open() != "s" || words(e.Candidates()) != "单1" {
		t.Errorf("the surname 单 is shown as %s and offers %s", e.Open(), words(e.Candidates()))
	}
}

// What sounds alike, and what is written in another order, stands behind what is meant exactly, and says so.
func TestExactFirst(t *testing.T) {
	l := of(t, "臧国", "张国", "章国", "王国", "丰国")
	if got := words(l.Enter("zang", inVillage).Candidates()); got != "臧1 张1? 章1?" {
		t.Errorf("zang stands for %s", got)
	}
	if got := words(l.Enter("㇐㇐㇐㇑", inVillage).Candidates()); got != "丰1 王1?" {
		t.Errorf("三横一竖 stands for %s", got)
	}
	e := l.Enter("㇐㇐㇑", inVillage)
	if e.Answer.Letters.Strokes() != "1" {
		t.Errorf("behind 横横竖 leads %s", e.Answer.Letters.Strokes())
	}
}

// Above a village everything leads to a complete name, and nobody is counted.
func TestAboveAVillage(t *testing.T) {
	l := of(t, "张建国", "张建华")
	e := l.Enter("张", inCounty)
	if got := words(e.Candidates()); got != "建0" || e.Answer.Found != 0 {
		t.Errorf("the county offers %s and finds %d", got, e.Answer.Found)
	}
	if e := l.Enter("张建国", inCounty); e.Answer.Found != 1 {
		t.Errorf("a complete name finds %d", e.Answer.Found)
	}
	if got := words(l.Enter("", inVillage, inCounty).Candidates()); got != "张2" {
		t.Errorf("what both lead to is offered as %s", got)
	}
	nobody := inVillage
	nobody.Village = "420581101299"
	e = l.Enter("zj", nobody, inCounty)
	if got := words(e.Candidates()); got != "张0" || e.Among()['国'] != 1 {
		t.Errorf("what only the county leads to is offered as %s, and may be written as %v", got, e.Among())
	}
}

// county is the people of a made-up county.
var county = sync.OnceValues(func() (map[string][]search.Person, error) {
	made, err := sample.Generate(sample.Options{County: "420581", Seed: 5, Payments: 60_000})
	if err != nil {
		return nil, err
	}
	people := map[string][]search.Person{}
	seen := map[string]bool{}
	err = made.Lists(func(rows []disclosure.Disbursement) error {
		for _, d := range rows {
			p := search.Person{Village: string(d.Place), Group: d.Group, Name: d.Name, NamesakeNo: d.NamesakeNo, Type: d.Type}
			if ref := p.Ref(); !seen[ref] {
				seen[ref] = true
				p.Years = []search.YearSum{{Year: 2025, Payments: 1, Sum: 100}}
				people[p.Village] = append(people[p.Village], p)
			}
		}
		return nil
	})
	return people, err
})

// TestEveryCharacterCanBeEntered is the law of this package: each character of each name of a village, and each character of the
// county once, is offered behind what stands before it, by browsing, by each of its readings, and by its strokes.
func TestEveryCharacterCanBeEntered(t *testing.T) {
	people, err := county()
	if err != nil {
		t.Fatal(err)
	}
	var b search.Builder
	largest := ""
	for code, list := range people {
		b.Village(search.Village{Code: code, Scope: []string{code}})
		if len(list) > len(people[largest]) || len(list) == len(people[largest]) && code < largest {
			largest = code
		}
	}
	for code, list := range people {
		if err := b.People(code, list, 0); err != nil {
			t.Fatal(err)
		}
	}
	l := asked(t, &b)
	type step struct {
		prefix string
		char   rune
	}
	done := map[step]bool{}
	met := map[rune]bool{}
	for code, list := range people {
		q := search.Query{In: search.InPeople, Village: code}
		for _, p := range list {
			runes := []rune(p.Name)
			for i, r := range runes {
				at := step{string(runes[:i]), r}
				if !unicode.Is(unicode.Han, r) || done[at] || code != largest && met[r] {
					continue
				}
				met[r] = true
				if code == largest {
					done[at] = true
				}
				offered := func(text string) {
					t.Helper()
					if !slices.ContainsFunc(l.Enter(text, q).Candidates(), func(c Candidate) bool {
						return c.People > 0 && pinyin.FoldText(c.Text) == pinyin.FoldText(at.prefix+string(r))
					}) {
						t.Errorf("%s: %q does not offer %c: %s", code, text, r, words(l.Enter(text, q).Candidates()))
					}
				}
				offered(at.prefix)
				for _, reading := range pinyin.NameReadings(p.Name)[i] {
					offered(at.prefix + reading)
				}
				typed := at.prefix
				for _, s := range stroke.Code(r) {
					typed += string(search.Stroke(int(s - '0')))
				}
				if typed == at.prefix {
					t.Errorf("how %c is written is not known", r)
					continue
				}
				offered(typed)
			}
		}
	}
	if len(met) < 300 || len(done) < 500 {
		t.Errorf("only %d characters, %d of them in their places, were entered", len(met), len(done))
	}
}
