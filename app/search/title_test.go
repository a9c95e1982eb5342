package search

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/pinyin"
)

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
		if r.IntN(2) == 0 {
			list[i].On = r.IntN(4)
			for range 1 + r.IntN(2) {
				list[i].Texts = append(list[i].Texts, title()+"。"+title()+"；\n"+title())
			}
		}
	}
	return list
}

// entryTried is one entry that matched when its titles and texts were tried on their own.
type entryTried struct {
	Entry
	reached
	next    map[string]bool // keys that lead on
	choices map[string]bool
}

// tryEntry tries every title of an entry from each of its characters on.
func tryEntry(e Entry, q Query, similar bool, alike map[string][]string) entryTried {
	var units unitMaker
	m := newMatch(read(q.Text))
	m.similar, m.alike = similar, alike
	out := entryTried{Entry: e, reached: unreached, next: map[string]bool{}, choices: map[string]bool{}}
	for _, title := range append([]string{e.Title}, e.Aliases...) {
		list := units.of(title, false)
		for start := 0; start == 0 || start < len(list) && len(m.q.fold) > 0; start++ {
			ending := list[start:]
			if similar {
				for i := range keys {
					longer := newMatch(read(q.Text + string(keyRune(i))))
					longer.similar, longer.alike = true, alike
					if longer.title(ending, false) {
						out.next[string(keyRune(i))] = true
					}
				}
			}
			if !m.title(ending, false) {
				continue
			}
			rank, why := m.rank, slices.Index(whys, m.why)
			switch {
			case start > 0 && similar:
				rank = rankSimilarPrefix
			case start > 0:
				rank, why = rankSubstring, whySubstring
			}
			out.better(rank, why, m.chars)
			for i := range keys {
				if !similar && m.nextLetters&(1<<i) != 0 {
					out.next[string(keyRune(i))] = true
				}
			}
			for _, u := range m.nextChars {
				out.next[string(u.fold)] = true
			}
			if m.chosenEnd > 0 {
				out.choices[fmt.Sprint(string(pinyin.Fold(m.chosen)), m.chosenEnd)] = true
			}
		}
	}
	return out
}

// tryEntries is what an index of entries in their order would have to answer: hits, and how many are behind each key.
func tryEntries(list []Entry, q Query, alike map[string][]string) (hits []string, next, choices map[string]int) {
	next, choices = map[string]int{}, map[string]int{}
	wanted := func(e Entry) bool {
		return (kindOf[q.In] == "" || e.Kind == kindOf[q.In]) && visible(e.Until, q.Day) && (q.Year == 0 || e.Year == 0 || e.Year == q.Year)
	}
	var all, texts []entryTried
	for _, similar := range []bool{false, true} {
		if similar && (len(all)+len(texts) > 0 || len(read(q.Text).fold) == 0 || q.In == InAll) {
			break
		}
		for _, e := range list {
			if !wanted(e) {
				continue
			}
			if t := tryEntry(e, q, similar, alike); t.rank != noMatch {
				all = append(all, t)
			} else if !similar && inTexts(e, q) {
				texts = append(texts, entryTried{Entry: e, reached: reached{rank: rankText, why: whyText}})
			}
		}
		slices.SortStableFunc(all, func(a, b entryTried) int { return int(a.rank) - int(b.rank) })
		slices.SortStableFunc(texts, func(a, b entryTried) int { return b.On - a.On })
	}
	for _, t := range append(all, texts...) {
		chars := int(t.chars)
		if t.rank == rankText {
			chars = len([]rune(q.Text))
		}
		hits = append(hits, fmt.Sprint(t.Ref, t.Title, whys[t.why], chars))
		for key := range t.next {
			if r := []rune(key)[0]; isAZ(r) || IsStroke(r) {
				next[key] = 1
			} else if !slices.ContainsFunc(read(q.Text).fold, func(r rune) bool { return isAZ(r) || press(r) != 0 }) {
				next[key]++
			}
		}
		for key := range t.choices {
			choices[key]++
		}
	}
	return hits, next, choices
}

func inTexts(e Entry, q Query) bool {
	n := len(read(q.Text).fold)
	return n > 1 && slices.ContainsFunc(e.Texts, func(s string) bool { return strings.Contains(pinyin.FoldText(s), pinyin.FoldText(q.Text)) }) ||
		n == 1 && q.In != InAll && slices.ContainsFunc(e.Texts, func(s string) bool { return strings.Contains(pinyin.FoldText(s), pinyin.FoldText(q.Text)) })
}

// inOrder puts entries in the order in which they are answered.
func inOrder(list []Entry) {
	slices.SortStableFunc(list, func(x, y Entry) int {
		return cmp.Or(
			slices.Index(kinds, x.Kind)-slices.Index(kinds, y.Kind), cmp.Compare(y.Year, x.Year), CompareNames(x.Title, y.Title),
			strings.Compare(x.Place, y.Place), strings.Compare(x.Ref, y.Ref),
		)
	})
}

// TestEntriesEqualTryingEveryTitleAndText holds the endings of titles and the pairs of texts to trying all of them: hits with
// order and reason, keys and choices with their counts, exactly and by ear, filtered or not.
func TestEntriesEqualTryingEveryTitleAndText(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	list := titlesOf(r, 300)
	list = append(list, Entry{Kind: KindPlace, Ref: "none", Title: "（）"}, Entry{Kind: KindPolicy, Ref: "short", Title: "办"},
		Entry{Kind: KindPlace, Ref: "unit", Title: "單位"}, Entry{Kind: KindFund, Ref: "west", Title: "西安"}, Entry{Kind: KindFund, Ref: "first", Title: "先安"})
	x := indexOf(t, nil, list...)
	inOrder(list)
	var all []string
	for _, e := range list {
		all = append(append(all, e.Title), e.Aliases...)
	}
	alike := alikes(all, false)
	whysSeen := map[string]int{}
	for range 800 {
		e := list[r.IntN(len(list))]
		from := []rune(strings.Join(append(append([]string{e.Title}, e.Aliases...), e.Texts...), ""))
		from = from[r.IntN(len(from)):]
		text := ""
		for _, c := range from[:1+r.IntN(min(4, len(from)))] {
			s := pinyin.Readings(c)
			switch n := r.IntN(5); {
			case n < 2 || len(s) == 0:
				text += string(c)
			case n == 2:
				text += s[0][:1+r.IntN(len(s[0]))]
			case n == 3:
				text += s[len(s)-1][:1]
			default:
				text += pinyin.Dialect(s[0])
			}
		}
		q := Query{
			Text: strings.TrimSpace(text),
			In:   []string{InFunds, InPlaces, InInstitutions, InPolicies, InNotices, InAll}[r.IntN(6)],
			Day:  []int{0, 51}[r.IntN(2)], Year: []int64{0, 2024}[r.IntN(2)], Limit: 1000,
		}
		switch r.IntN(20) {
		case 0:
			q.Text += "'"
		case 2, 3, 4, 5:
			q.Text = onKeys(r, q.Text)
		case 1:
			q.Text = []string{"", "n", "单位", "xian", "xiangan", "单办", "bf"}[r.IntN(7)]
		}
		a := find(t, x, q)
		var hits []string
		for i := range a.Hits {
			h := &a.Hits[i]
			hits = append(hits, fmt.Sprint(h.Ref(), h.Title, h.Why, h.Chars))
			if x := h.Excerpt; h.Why == WhyText && pinyin.FoldText(x.Text[x.From:x.To]) != pinyin.FoldText(q.Text) || h.Why != WhyText && x != (Excerpt{}) {
				t.Fatalf("%+v has the excerpt %+v", q, x)
			}
			whysSeen[h.Why]++
		}
		next, choices := map[string]int{}, map[string]int{}
		for i := range keys {
			if a.Letters>>i&1 != 0 {
				next[string(keyRune(i))] = 1
			}
		}
		for _, k := range a.Next {
			next[string(pinyin.Fold(k.Char))] += k.Found
		}
		for _, c := range a.Choices {
			choices[fmt.Sprint(string(pinyin.Fold(c.Char)), c.end)] += c.Found
		}
		wantHits, wantNext, wantChoices := tryEntries(list, q, alike)
		if a.Found != len(wantHits) || !slices.Equal(hits, wantHits) {
			t.Fatalf("%+v finds %d\n%q, want %d\n%q", q, a.Found, hits, len(wantHits), wantHits)
		}
		if !maps.Equal(next, wantNext) || !maps.Equal(choices, wantChoices) {
			t.Fatalf("%+v leads on to\n%v, want\n%v; offers\n%v, want\n%v", q, next, wantNext, choices, wantChoices)
		}
		page := q
		page.Offset, page.Limit = r.IntN(5), 3
		cut := find(t, x, page)
		for i := range cut.Hits {
			if cut.Hits[i].Ref() != a.Hits[page.Offset+i].Ref() {
				t.Fatalf("%+v: a page is not a cut of the whole", page)
			}
		}
	}
	for _, why := range whys {
		if whysSeen[why] < 10 {
			t.Errorf("only %d hits are %s", whysSeen[why], why)
		}
	}
}

// Sections of entries are refused, or answer whatever is asked of them without a panic.
func FuzzEntries(f *testing.F) {
	var b Builder
	_ = b.Entry(Entry{Kind: KindFund, Ref: "F", Title: "补贴", Aliases: []string{"钱"}, Year: 2025, Until: 7})
	_ = b.Entry(Entry{Kind: KindFund, Ref: "G", Title: "农业补贴（2024年）"})
	_ = b.Entry(Entry{Kind: KindPolicy, Ref: "L", Title: "办法", Texts: []string{"补贴给农户。", "荒了的不补。"}, On: 3})
	good, _ := b.Finish()
	names := []string{sectionTitles + KindFund, sectionTitles + KindPolicy, sectionDocuments, sectionTexts, sectionPairs}
	for i, name := range names {
		f.Add(uint8(i), good[name])
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		sections := maps.Clone(good)
		sections[names[int(which)%len(names)]] = data
		x, err := Open(sectionsOf(sections), nil)
		if err != nil {
			t.Fatal("the sections of entries are not read before they are asked for")
		}
		for _, q := range []Query{
			{Text: "补", In: InFunds},
			{Text: "bt"},
			{Text: "nongyebu"},
			{In: InFunds, Year: 2024, Day: 9},
			{Text: "农户"},
			{Text: "荒了的"},
			{Text: "lon", In: InFunds},
			{Text: "补", In: InPolicies},
		} {
			q.Limit = 5
			_ = x.Find(q, &Answer{})
		}
		_, _ = x.Texts(KindPolicy, 0)
		_ = x.CheckTexts()
	})
}

func TestTextsOfAnEntry(t *testing.T) {
	x := indexOf(t, nil,
		Entry{Kind: KindPolicy, Ref: "old", Title: "办法", Texts: []string{"先买后补。", "第一条　農戶自己选机型。\n第二条　不发现金。"}, On: 1},
		Entry{Kind: KindNotice, Ref: "news", Title: "公示", Texts: []string{"不发现金，打到卡上。"}, On: 3},
		Entry{Kind: KindPolicy, Ref: "new", Title: "细则", Texts: []string{"", "村里张榜，不发现金"}, On: 2},
		Entry{Kind: KindPolicy, Ref: "title", Title: "不发现金的规定", Texts: []string{"不发现金"}, On: 4},
		Entry{Kind: KindFund, Ref: "fund", Title: "资金"},
	)
	for i, want := range [][]string{{"先买后补。", "第一条　農戶自己选机型。\n第二条　不发现金。"}, {"", "村里张榜，不发现金"}, {"不发现金"}} {
		if got, err := x.Texts(KindPolicy, i); err != nil || !slices.Equal(got, want) {
			t.Errorf("policy %d says %q, %v", i, got, err)
		}
	}
	for _, c := range []struct {
		kind string
		i    int
	}{{KindPolicy, 3}, {KindPolicy, -1}, {KindFund, 0}, {KindPerson, 0}, {"none", 0}} {
		if _, err := x.Texts(c.kind, c.i); err == nil {
			t.Errorf("%s %d has texts", c.kind, c.i)
		}
	}
	if err := x.CheckTexts(); err != nil {
		t.Error(err)
	}
	a := find(t, x, Query{Text: "发现金"})
	var got []string
	for i := range a.Hits {
		h := &a.Hits[i]
		got = append(got, fmt.Sprint(h.Ref(), " ", h.Why, " ", h.Excerpt.Marked()))
	}
	if want := []string{"title substring ", "news text 不【发现金】，打到卡上。", "new text 村里张榜，不【发现金】", "old text 第二条　不【发现金】。"}; !slices.Equal(got, want) {
		t.Errorf("发现金 finds\n%q, want\n%q", got, want)
	}
	if a := find(t, x, Query{Text: "农户自己", In: InPolicies}); titles(a) != "办法/text" {
		t.Errorf("a simplified spelling finds %s", titles(a))
	}
	if a := find(t, x, Query{Text: "现"}); a.Found != 1 {
		t.Errorf("one character finds %s among everything", titles(a))
	}
	if a := find(t, x, Query{Text: "现", In: InNotices}); titles(a) != "公示/text" {
		t.Errorf("one character finds %s among notices", titles(a))
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
