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
)

// county is what the brute-force oracle knows: everyone, in the order of the index.
type county struct {
	villages map[string]Village
	people   map[string][]Person
	staff    []Entry
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
	var units units
	t := read(q.Text)
	var all []tried
	for _, similar := range []bool{false, true} {
		if similar && (len(all) > 0 || len(t.fold) == 0) {
			break
		}
		m := newMatch(t)
		m.similar = similar
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
				for i := range 26 {
					longer := newMatch(read(q.Text + string(rune('a'+i))))
					longer.similar = true
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
		v := c.villages[q.Village]
		for _, code := range v.Scope {
			for _, p := range c.people[code] {
				r, ok := one(p.Name)
				years, payments, sum, any := q.sums(&p)
				if !ok || !any || q.Group != "" && q.Group != p.Group {
					continue
				}
				r.years, r.payments, r.sum = years, payments, sum
				r.Kind, r.Place, r.Group, r.NamesakeNo, r.VillageCode, r.Type = KindPerson, c.villages[code].Place, p.Group, p.NamesakeNo, code, p.Type
				if len(v.Scope) > 1 {
					r.key = pinyin.Key(p.Name)
				}
				all = append(all, r)
			}
		}
	}
	return collect(q, t, all)
}

func collect(q Query, t typed, all []tried) Answer {
	slices.SortStableFunc(all, func(a, b tried) int {
		if c := cmp.Or(a.rank-b.rank, strings.Compare(a.key, b.key)); c != 0 || a.key == "" {
			return c
		}
		return cmp.Or(CompareGroups(a.Group, b.Group), cmp.Compare(a.NamesakeNo, b.NamesakeNo))
	})
	out := Answer{Found: len(all), Hits: []Hit{}}
	firstLetter := slices.IndexFunc(t.fold, isAZ)
	next := map[rune]int{}
	choices := map[Choice]int{}
	shown := map[rune]map[rune]int{} // by folded character, those that it is written as
	for _, r := range all {
		out.Payments += r.payments
		out.Sum += r.sum
		for _, y := range r.years {
			out.Years = addYear(out.Years, y)
		}
		for i := range 26 {
			if r.letters&(1<<i) != 0 {
				next[rune('a'+i)]++
			}
		}
		seen := map[rune]bool{}
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
	a.Next, a.Choices = slices.Clone(a.Next), slices.Clone(a.Choices)
	for i := range a.Next {
		a.Next[i].Char = pinyin.Fold(a.Next[i].Char)
	}
	for i := range a.Choices {
		a.Choices[i].Char = pinyin.Fold(a.Choices[i].Char)
	}
	slices.SortFunc(a.Next, func(x, y Key) int { return cmp.Compare(x.Char, y.Char) })
	slices.SortFunc(a.Choices, func(x, y Choice) int { return cmp.Or(cmp.Compare(x.Char, y.Char), x.end-y.end) })
	if len(a.Next) == 0 {
		a.Next = nil
	}
	if len(a.Choices) == 0 {
		a.Choices = nil
	}
	return a
}

// TestIndexEqualsTryingEveryName holds the tries to the matcher of single names: hits with rank, reason and order, sums, next
// keys with their counts, and choices; exactly and by ear; with filters, in one village and in merged ones.
func TestIndexEqualsTryingEveryName(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	surnames := []string{"王", "李", "张", "章", "单", "單", "欧", "欧阳", "曾", "翟", "吕", "刘", "牛", "a", "·"}
	given := []rune("建国國强強重阳安西先阿一三朝长乐会·b1")
	const old = "420581101299"
	var b Builder
	c := county{villages: map[string]Village{}, people: map[string][]Person{}}
	for _, v := range []Village{
		{Code: village, Place: "枝城镇 新村", Scope: []string{village}},
		{Code: old, Place: "枝城镇 旧村", Scope: []string{old, village}},
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
	for code := range c.villages {
		var list []Person
		for i := range 150 {
			p := Person{Village: code, Group: fmt.Sprintf("%d组", r.IntN(12)), Name: name(), NamesakeNo: int64(i), Type: "户"}
			for range r.IntN(4) {
				p.Cells = append(p.Cells, Cell{
					Year: 2022 + int64(r.IntN(4)), Kind: []string{"a", "b"}[r.IntN(2)], Fund: []string{"F", "G"}[r.IntN(2)],
					Until: []int{0, 50, 60}[r.IntN(3)], Payments: 1 + r.IntN(3), Sum: int64(r.IntN(1000) - 100),
				})
			}
			list = append(list, p)
		}
		if err := b.People(code, list); err != nil {
			t.Fatal(err)
		}
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
	x := open(t, b.Finish())
	var texts []string
	for _, p := range append(slices.Clone(c.people[village]), c.people[old]...) {
		texts = append(texts, slices.Sorted(maps.Keys(spellings(p.Name)))...)
	}
	similar := 0
	for range 4000 {
		q := Query{Village: []string{village, old}[r.IntN(2)], In: InPeople, Limit: 1000, Text: texts[r.IntN(len(texts))]}
		if r.IntN(3) == 0 {
			q.Year, q.Kind, q.Day = []int64{0, 2023}[r.IntN(2)], []string{"", "a"}[r.IntN(2)], []int{0, 50, 55, 61}[r.IntN(4)]
			q.Fund = []string{"", "F"}[r.IntN(2)]
		}
		switch r.IntN(6) {
		case 0:
			q.Group = fmt.Sprintf("%d组", r.IntN(13))
		case 1:
			q.In, q.Year = InIncumbents, 0
		case 2, 3: // a letter is left out, doubled, or heard as another
			runes := []rune(q.Text)
			if len(runes) > 0 {
				at := r.IntN(len(runes))
				runes[at] = []rune("nlzhsgf' 刘")[r.IntN(10)]
			}
			q.Text = string(runes)
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
		if cut := laidOut(find(t, x, page)); !reflect.DeepEqual(cut.Hits, want.Hits[min(page.Offset, len(want.Hits)):min(page.Offset+3, len(want.Hits))]) {
			t.Fatalf("%+v: a page is not a cut of the whole", page)
		}
	}
	if similar < 30 {
		t.Errorf("only %d queries were answered by ear", similar)
	}
}

// sums adds the cells of p that the query asks for, and reports whether there are any.
func (q Query) sums(p *Person) (years []YearSum, payments int, sum int64, any bool) {
	for _, c := range p.Cells {
		if !visible(c.Until, q.Day) || q.Year != 0 && c.Year != q.Year || q.Kind != "" && c.Kind != q.Kind || q.Fund != "" && c.Fund != q.Fund {
			continue
		}
		any = true
		payments += c.Payments
		sum += c.Sum
		years = addYear(years, YearSum{c.Year, c.Payments, c.Sum})
	}
	return years, payments, sum, any
}

// titlesOf makes entries of every kind but people, with titles that share characters.
func titlesOf(r *rand.Rand, n int) []Entry {
	parts := strings.Fields("宜都市 枝城镇 农业 农村 局 补贴 耕地 地力 保护 办法 关于 印发 通知 财政 教育 重阳 畜牧 兽医 服务 中心 小学 單位 （2025年） 12 A")
	list := make([]Entry, n)
	for i := range list {
		title := func() (s string) {
			for range 1 + r.IntN(5) {
				s += parts[r.IntN(len(parts))]
			}
			return s
		}
		list[i] = Entry{
			Kind: kinds[1+r.IntN(len(kinds)-2)], Ref: fmt.Sprint("E", i), Title: title(), Year: []int64{0, 2024, 2025}[r.IntN(3)],
			Until: []int{0, 50}[r.IntN(2)],
		}
		if r.IntN(3) == 0 {
			list[i].Aliases = []string{title()}
		}
	}
	return list
}

// TestTitlesEqualTryingEveryTitle: what is not tried, because it lacks a character or letter, would not have matched.
func TestTitlesEqualTryingEveryTitle(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	list := titlesOf(r, 300)
	x := indexOf(t, nil, list...)
	for range 3000 {
		from := []rune(list[r.IntN(len(list))].Title)
		from = from[r.IntN(len(from)):]
		text := ""
		for _, c := range from[:1+r.IntN(min(4, len(from)))] {
			s := pinyin.Readings(c)
			switch r.IntN(3) {
			case 0:
				text += string(c)
			case 1:
				if len(s) > 0 {
					text += s[0][:1+r.IntN(len(s[0]))]
				}
			default:
				if len(s) > 0 {
					text += s[len(s)-1][:1]
				}
			}
		}
		q := Query{Text: text, In: []string{InFunds, InPlaces, InInstitutions, InPolicies}[r.IntN(4)], Day: []int{0, 51}[r.IntN(2)], Limit: 1000}
		m := newMatch(read(q.Text))
		var units units
		var want []string
		for _, similar := range []bool{false, true} {
			if similar && (len(want) > 0 || text == "") {
				break
			}
			m.similar = similar
			for _, e := range list {
				if e.Kind != kindOf[q.In] || !visible(e.Until, q.Day) {
					continue
				}
				for _, title := range append([]string{e.Title}, e.Aliases...) {
					if m.title(units.of(title, false), text != "") {
						want = append(want, e.Ref)
						break
					}
				}
			}
		}
		var got []string
		for _, h := range find(t, x, q).Hits {
			got = append(got, h.Ref())
		}
		slices.Sort(want)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Fatalf("%+v finds %q, want %q", q, got, want)
		}
	}
}

func BenchmarkTitles(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	list := titlesOf(r, 1500)
	for i := range 11_000 {
		name := []rune("王李张刘陈建国强明华伟军志文平秀英玉兰春")
		list = append(list, Entry{
			Kind: KindIncumbent, Ref: fmt.Sprint("N", i),
			Title: string([]rune{name[r.IntN(5)], name[5+r.IntN(15)], name[5+r.IntN(15)]}),
		})
	}
	x := indexOf(b, []string{"王建国"}, list...)
	for _, q := range []Query{
		{Text: "王", In: InIncumbents},
		{Text: "wj", In: InIncumbents},
		{Text: "niu", In: InIncumbents},
		{Text: "农业", In: InInstitutions},
		{Text: "gddl", In: InFunds},
		{Text: "g", In: InFunds},
		{Text: "农业", In: InAll},
		{Text: "王建", In: InAll},
		{Text: "g", In: InAll},
		{Text: "nongye", In: InAll},
	} {
		q.Village, q.Limit, q.Day = village, 8, 40
		b.Run(q.In+"/"+q.Text, func(b *testing.B) {
			var a Answer
			for b.Loop() {
				if err := x.Find(q, &a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
