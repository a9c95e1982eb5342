package search

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/pinyin"
	"mingbai.local/assets/stroke"
)

// county is what the brute-force oracle knows: everyone, in the order of the index.
type county struct {
	villages map[string]Village
	people   map[string][]recipient
	staff    []Entry
	alike    map[string][]string // every syllable by how it sounds
	// passes are which of exactly and by ear are tried; none is the second where the first finds nothing.
	passes []bool
}

const old, elsewhere = "420581101299", "420581102201"

// recipient is a person with every payment of his.
type recipient struct {
	Person
	paid []payment
}

type payment struct {
	year       int64
	kind, fund string
	until      int
	amount     int64
}

// withYears sets what an index is told of the payments.
func (r recipient) withYears() Person {
	p := r.Person
	p.Years, _, _, _ = Query{}.sums(&r)
	for i, d := range r.paid {
		if i == 0 || d.until == 0 || p.Until != 0 && d.until > p.Until {
			p.Until = d.until
		}
		if d.until == 0 {
			break
		}
	}
	return p
}

// add gives a builder the people of a place, and sorts them as it does.
func add(t testing.TB, b *Builder, place string, list []recipient) {
	t.Helper()
	people := make([]Person, len(list))
	expires := 0
	for i, r := range list {
		people[i] = r.withYears()
		for _, d := range r.paid {
			expires = earliest(expires, d.until)
		}
	}
	slices.SortFunc(list, func(x, y recipient) int { return ComparePeople(x.Person, y.Person) })
	if err := b.People(place, people, expires); err != nil {
		t.Fatal(err)
	}
}

// ledger is the payments of one place for an index to ask.
type ledger []recipient

func (l ledger) Sums(f Filter, lo, hi int, add func(person int, year int64, payments int, amount int64)) {
	q := Query{Kind: f.Kind, Fund: f.Fund, Year: f.Year, Day: f.Day}
	for i := lo; i < hi; i++ {
		for _, d := range l[i].paid {
			if q.lets(d) {
				add(i, d.year, 1, d.amount)
			}
		}
	}
}

// lets reports whether a query asks for a payment.
func (q Query) lets(d payment) bool {
	return visible(d.until, q.Day) && (q.Year == 0 || d.year == q.Year) && (q.Kind == "" || d.kind == q.Kind) && (q.Fund == "" || d.fund == q.Fund)
}

// payments draws what one person was paid.
func payments(r *rand.Rand, n int) []payment {
	var out []payment
	for range n {
		out = append(out, payment{
			2022 + int64(r.IntN(4)), []string{"a", "b"}[r.IntN(2)], []string{"F", "G"}[r.IntN(2)], []int{0, 50, 60}[r.IntN(3)], int64(r.IntN(1000) - 100),
		})
	}
	return out
}

// tried is one name that matched when it was tried on its own.
type tried struct {
	Hit
	rank     int
	key      string
	letters  uint32
	chars    []rune
	chosen   rune
	end      int
	payments int
	sum      int64
	years    []YearSum
}

// try matches the query with one name after another, and reports what an index would have to answer.
func (c *county) try(q Query) Answer {
	var units unitMaker
	t := read(q.Text)
	var all []tried
	passes := c.passes
	if passes == nil {
		passes = []bool{false, true}
	}
	for _, similar := range passes {
		if c.passes == nil && similar && (len(all) > 0 || len(t.fold) == 0 || q.Whole) {
			break
		}
		m := newMatch(t)
		m.similar, m.alike = similar, c.alike
		one := func(title string) (tried, bool) {
			list := units.of(title, true)
			if !m.title(list, false) {
				return tried{}, false
			}
			r := tried{
				rank: m.rank, letters: m.nextLetters, chosen: m.chosen, end: m.chosenEnd,
				Hit: Hit{Title: title, Why: m.why, Chars: m.chars},
			}
			for _, u := range m.nextChars {
				r.chars = append(r.chars, u.char)
			}
			if similar {
				r.letters = 0
				for i := range keys {
					longer := newMatch(read(q.Text + string(keyRune(i))))
					longer.similar, longer.alike = true, c.alike
					if longer.title(list, false) {
						r.letters |= 1 << i
					}
				}
			}
			return r, true
		}
		if q.In == InIncumbents {
			for _, e := range c.staff {
				if r, ok := one(e.Title); ok && visible(e.Until, q.Day) {
					r.ref, r.Kind, r.Place = e.Ref, e.Kind, e.Place
					all = append(all, r)
				}
			}
			continue
		}
		for _, code := range c.scope(q) {
			for i := range c.people[code] {
				p := &c.people[code][i]
				r, ok := one(p.Name)
				years, payments, sum, any := q.sums(p)
				if !ok || !any || q.Group != "" && q.Group != p.Group {
					continue
				}
				if q.Whole {
					if r.rank > rankVariant {
						continue
					}
					r.letters, r.chars, r.end = 0, nil, 0
					years, payments, sum = nil, 0, 0
				}
				r.years, r.payments, r.sum = years, payments, sum
				r.Kind, r.Place, r.Group, r.NamesakeNo, r.VillageCode, r.Type = KindPerson, c.villages[code].Place, p.Group, p.NamesakeNo, code, p.Type
				r.key = pinyin.Key(p.Name)
				all = append(all, r)
			}
		}
	}
	return collect(q, t, all)
}

// scope returns the places in which a query is answered.
func (c *county) scope(q Query) []string {
	if q.Village != "" {
		return c.villages[q.Village].Scope
	}
	var out []string
	for code, v := range c.villages {
		if q.Town == "" || v.Town == q.Town {
			out = append(out, code)
		}
	}
	return out
}

func collect(q Query, t typed, all []tried) Answer {
	slices.SortStableFunc(all, func(a, b tried) int {
		if c := cmp.Or(a.rank-b.rank, strings.Compare(a.key, b.key)); c != 0 || a.key == "" {
			return c
		}
		return cmp.Or(
			strings.Compare(a.VillageCode, b.VillageCode), CompareGroups(a.Group, b.Group), cmp.Compare(a.NamesakeNo, b.NamesakeNo),
		)
	})
	out := Answer{Found: len(all), Hits: []Hit{}}
	firstLetter := slices.IndexFunc(t.fold, func(r rune) bool { return isAZ(r) || press(r) != 0 })
	next := map[rune]int{}
	choices := map[Choice]int{}
	shown := map[rune]map[rune]int{} // by folded character, those that it is written as
	for _, r := range all {
		out.Payments += r.payments
		out.Sum += r.sum
		for _, y := range r.years {
			out.Years = addYear(out.Years, y)
		}
		for i := range keys {
			if r.letters&(1<<i) != 0 {
				out.Letters |= 1 << i
			}
		}
		seen := map[rune]bool{}
		if firstLetter >= 0 && !q.Pad {
			r.chars = nil
		}
		for _, char := range r.chars {
			if f := pinyin.Fold(char); !seen[f] {
				seen[f] = true
				next[f]++
				if shown[f] == nil {
					shown[f] = map[rune]int{}
				}
				shown[f][char]++
			}
		}
		if firstLetter >= 0 && r.end > 0 {
			choices[Choice{Char: pinyin.Fold(r.chosen), end: r.end}]++
		}
		h := r.Hit
		h.Payments, h.Sum, h.Years = r.payments, r.sum, r.years
		out.Hits = append(out.Hits, h)
	}
	for key, n := range next {
		out.Next = append(out.Next, Key{key, n})
	}
	for key, n := range choices {
		key.Found = n
		out.Choices = append(out.Choices, key)
	}
	return laidOut(out)
}

// laidOut puts keys and choices into one order, each character folded, since which variant of it is shown does not matter.
func laidOut(a Answer) Answer {
	a.Next, a.Choices, a.Alike = slices.Clone(a.Next), slices.Clone(a.Choices), slices.Clone(a.Alike)
	for i := range a.Next {
		a.Next[i].Char = pinyin.Fold(a.Next[i].Char)
	}
	for i := range a.Choices {
		a.Choices[i].Char = pinyin.Fold(a.Choices[i].Char)
	}
	for i := range a.Alike {
		a.Alike[i].Char = pinyin.Fold(a.Alike[i].Char)
	}
	slices.SortFunc(a.Alike, func(x, y Choice) int { return cmp.Or(cmp.Compare(x.Char, y.Char), x.end-y.end) })
	slices.SortFunc(a.Next, func(x, y Key) int { return cmp.Compare(x.Char, y.Char) })
	slices.SortFunc(a.Choices, func(x, y Choice) int { return cmp.Or(cmp.Compare(x.Char, y.Char), x.end-y.end) })
	a.Hits = slices.Clone(a.Hits)
	for i := range a.Hits {
		a.Hits[i].Years = none(a.Hits[i].Years)
	}
	a.Years, a.Next, a.Choices, a.Alike, a.Hits, a.Near, a.years = none(a.Years), none(a.Next), none(a.Choices), none(a.Alike), none(a.Hits), none(a.Near), nil
	return a
}

// none is nil for nothing.
func none[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// TestIndexEqualsTryingEveryName holds the tries to the matcher of single names: hits with rank, reason and order, sums, next
// keys with their counts, and choices; exactly, by ear and by complete name; with filters, in one village, in merged ones, in a
// town and in the county.
func TestIndexEqualsTryingEveryName(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	x, c := someCounty(t, r)
	texts := c.spellings()
	similar := 0
	for range 4000 {
		q := Query{In: InPeople, Limit: 1000, Text: texts[r.IntN(len(texts))]}
		switch r.IntN(6) {
		case 0:
			q.Town = []string{"420581101000", "420581102000"}[r.IntN(2)]
		case 1:
			q.Whole = r.IntN(2) == 0
		default:
			q.Village = []string{village, old}[r.IntN(2)]
		}
		if r.IntN(3) == 0 {
			q.Year, q.Kind, q.Day = []int64{0, 2023}[r.IntN(2)], []string{"", "a"}[r.IntN(2)], []int{0, 50, 55, 61}[r.IntN(4)]
			q.Fund = []string{"", "F"}[r.IntN(2)]
		}
		if q.Whole {
			q.Text = c.people[elsewhere][r.IntN(100)].Name
			q.Year, q.Kind, q.Fund = 0, "", ""
			if len(read(q.Text).fold) < 2 {
				continue
			}
		}
		switch r.IntN(6) {
		case 0:
			if q.Whole {
				break
			}
			q.Group = fmt.Sprintf("%d组", r.IntN(13))
		case 1:
			q.In, q.Year, q.Whole = InIncumbents, 0, false
		case 2, 3: // a letter is left out, doubled, or heard as another
			runes := []rune(q.Text)
			if len(runes) > 0 {
				at := r.IntN(len(runes))
				runes[at] = []rune("nlzhsgf' 刘")[r.IntN(10)]
			}
			q.Text = string(runes)
		case 4:
			if !q.Whole {
				q.Text = onKeys(r, q.Text)
			}
		}
		want, full := c.try(q), find(t, x, q)
		got := laidOut(full)
		if !reflect.DeepEqual(got, want) {
			for i := range min(len(got.Hits), len(want.Hits)) {
				if !reflect.DeepEqual(got.Hits[i], want.Hits[i]) {
					t.Fatalf("%+v: hit %d:\ngot  %+v\nwant %+v", q, i, got.Hits[i], want.Hits[i])
				}
			}
			got.Hits, want.Hits = nil, nil
			t.Fatalf("%+v:\ngot  %+v\nwant %+v", q, got, want)
		}
		if len(want.Hits) > 0 && want.Hits[0].Why == WhySimilar {
			similar++
		}
		page := q
		page.Offset, page.Limit = r.IntN(4), 3
		if cut := laidOut(find(t, x, page)); !slices.EqualFunc(cut.Hits, want.Hits[min(page.Offset, len(want.Hits)):min(page.Offset+3, len(want.Hits))], func(x, y Hit) bool { return reflect.DeepEqual(x, y) }) {
			t.Fatalf("%+v: a page is not a cut of the whole", page)
		}
	}
	if similar < 30 {
		t.Errorf("only %d queries were answered by ear", similar)
	}
}

// someCounty is a small county of names that are easily mistaken for each other, with its index.
func someCounty(t *testing.T, r *rand.Rand) (*Index, *county) {
	t.Helper()
	surnames := []string{"王", "李", "张", "章", "单", "單", "欧", "欧阳", "曾", "翟", "吕", "刘", "牛", "a", "·"}
	given := []rune("建国国強强重阳安西先阿一三朝长乐会·b1")
	var b Builder
	c := &county{villages: map[string]Village{}, people: map[string][]recipient{}}
	for _, v := range []Village{
		{Code: village, Town: "420581101000", Place: "枝城镇 新村", Scope: []string{village}},
		{Code: old, Town: "420581101000", Place: "枝城镇 旧村", Scope: []string{old, village}},
		{Code: elsewhere, Town: "420581102000", Place: "姚家店镇 别村", Scope: []string{elsewhere}},
	} {
		b.Village(v)
		c.villages[v.Code] = v
	}
	name := func() string {
		s := surnames[r.IntN(len(surnames))]
		for range r.IntN(4) {
			s += string(given[r.IntN(len(given))])
		}
		return s
	}
	for _, code := range []string{village, old, elsewhere} {
		var list []recipient
		for i := range 120 {
			p := Person{Village: code, Group: fmt.Sprintf("%d组", r.IntN(12)), Name: name(), NamesakeNo: int64(i), Type: "户"}
			list = append(list, recipient{p, payments(r, r.IntN(5))})
		}
		add(t, &b, code, list)
		c.people[code] = list
	}
	for i := range 200 {
		c.staff = append(c.staff, Entry{Kind: KindIncumbent, Ref: fmt.Sprint(i), Title: name(), Place: "局", Until: []int{0, 50}[r.IntN(2)]})
	}
	for _, e := range c.staff {
		if err := b.Entry(e); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortStableFunc(c.staff, func(a, b Entry) int {
		return cmp.Or(CompareNames(a.Title, b.Title), strings.Compare(a.Ref, b.Ref))
	})
	x, err := Open(sectionsOf(finish(t, &b)), func(place string) (Ledger, error) { return ledger(c.people[place]), nil })
	if err != nil {
		t.Fatal(err)
	}
	var everybody []string
	for _, list := range c.people {
		for _, p := range list {
			everybody = append(everybody, p.Name)
		}
	}
	for _, e := range c.staff {
		everybody = append(everybody, e.Title)
	}
	c.alike = alikes(everybody, true)
	return x, c
}

// spellings are the ways in which everybody's name can be typed.
func (c *county) spellings() []string {
	var texts []string
	for _, p := range slices.Concat(c.people[village], c.people[old], c.people[elsewhere]) {
		texts = append(texts, slices.Sorted(maps.Keys(spellings(p.Name)))...)
	}
	return texts
}

// onKeys types letters on nine keys, and some of the characters by strokes, perhaps in a wrong order.
func onKeys(r *rand.Rand, text string) string {
	var out []rune
	for _, c := range text {
		code := stroke.Code(c)
		switch {
		case isAZ(c) && r.IntN(5) > 0:
			for digit := 2; digit <= 9; digit++ {
				if stands(NineKey(digit), c) {
					c = NineKey(digit)
				}
			}
			out = append(out, c)
		case code != "" && r.IntN(3) > 0:
			var typed []rune
			for _, s := range code[:1+r.IntN(len(code))] {
				typed = append(typed, Stroke(int(s-'0')))
			}
			if r.IntN(3) == 0 {
				r.Shuffle(len(typed), func(i, j int) { typed[i], typed[j] = typed[j], typed[i] })
			}
			out = append(append(out, typed...), ' ')
		default:
			out = append(out, c)
		}
	}
	return strings.TrimSpace(string(out))
}

// sums adds the payments of p that the query asks for, and reports whether there are any.
func (q Query) sums(p *recipient) (years []YearSum, payments int, sum int64, any bool) {
	for _, d := range p.paid {
		if q.lets(d) {
			years = addYear(years, YearSum{d.year, 1, d.amount})
			payments, sum, any = payments+1, sum+d.amount, true
		}
	}
	return years, payments, sum, any
}
