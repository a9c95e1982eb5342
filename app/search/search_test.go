package search

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/pinyin"
)

const village = "420581101201"

func sectionsOf(m map[string][]byte) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) { return m[name], nil }
}

// indexOf builds an index of one village of these names, each paid 1 yuan in 2025, and of the entries.
func indexOf(t testing.TB, names []string, entries ...Entry) *Index {
	t.Helper()
	var b Builder
	b.Village(Village{Code: village, Town: "420581101000", Place: "枝城镇 白水港村", Scope: []string{village}})
	var list []Person
	for i, name := range names {
		list = append(list, Person{
			Village: village, Group: fmt.Sprintf("%d组", i%12+1), Name: name, NamesakeNo: int64(i), Type: "户",
			Years: []YearSum{{2025, 1, 100}},
		})
	}
	if err := b.People(village, list, 0); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := b.Entry(e); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, finish(t, &b))
}

func finish(t testing.TB, b *Builder) map[string][]byte {
	t.Helper()
	sections, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return sections
}

func open(t testing.TB, sections map[string][]byte) *Index {
	t.Helper()
	x, err := Open(sectionsOf(sections), nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func find(t testing.TB, x *Index, q Query) Answer {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	var a Answer
	if err := x.Find(q, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func titles(a Answer) string {
	var out []string
	for _, h := range a.Hits {
		out = append(out, h.Title+"/"+h.Why)
	}
	return strings.Join(out, " ")
}

func TestNamesAreFoundAsTheyAreTyped(t *testing.T) {
	x := indexOf(t, []string{"张三", "张三丰", "章伞", "單国强", "欧阳建国", "臧青", "刘重阳", "吕布", "堃山", "阿依古丽·买买提"})
	for text, want := range map[string]string{
		"张三":       "张三/exact 张三丰/exact",
		"張三":       "张三/variant 张三丰/variant",
		"zhangsan": "张三/pinyin 章伞/pinyin 张三丰/pinyin",
		"zs":       "张三/initials 章伞/initials 张三丰/initials",
		"张s":       "张三/initials 张三丰/initials",
		"zhangsf":  "张三丰/initials",
		"ZhSan":    "张三/initials 章伞/initials 张三丰/initials",
		"shan":     "單国强/pinyin",
		"单":        "單国强/variant",
		"dan":      "單国强/pinyin",
		"ouyj":     "欧阳建国/initials",
		"oyjg":     "欧阳建国/initials",
		"liuzhong": "刘重阳/pinyin",
		"liuchong": "刘重阳/pinyin",
		"lvb":      "吕布/initials",
		"lü":       "吕布/pinyin",
		"坤":        "堃山/variant",
		"ayg":      "阿依古丽·买买提/initials",
		"阿依古丽买":    "阿依古丽·买买提/exact",
		"zangqin":  "臧青/pinyin",
		"niu":      "刘重阳/similar",
		"柳":        "刘重阳/similar",
		"zhangqin": "臧青/similar",
		"建国":       "",
		"q":        "",
	} {
		if got := titles(find(t, x, Query{Text: text, In: InPeople, Village: village})); got != want {
			t.Errorf("%s finds %q, want %q", text, got, want)
		}
	}
}

func TestChoicesSettleTheFirstLetters(t *testing.T) {
	x := indexOf(t, []string{"张三", "张四", "章伞", "周生"})
	for text, want := range map[string]string{
		"zs":      "张 2 张s, 章 1 章s, 周 1 周s",
		"zhangsa": "张 1 张sa, 章 1 章sa",
		"张":       "",
		"张s":      "三 1 张三, 四 1 张四",
	} {
		var got []string
		q := Query{Text: text, In: InPeople, Village: village}
		for _, c := range find(t, x, q).Choices {
			got = append(got, fmt.Sprintf("%c %d %s", c.Char, c.Found, q.Choose(c)))
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%q offers %q, want %q", text, s, want)
		}
	}
}

func TestTitles(t *testing.T) {
	x := indexOf(t, []string{"王建国"},
		Entry{Kind: KindFund, Ref: "F1", Title: "耕地地力保护补贴（2025年）", Place: "农业农村局", Year: 2025},
		Entry{Kind: KindFund, Ref: "F0", Title: "耕地地力保护补贴（2024年）", Place: "农业农村局", Year: 2024},
		Entry{Kind: KindInstitution, Ref: "I1", Title: "宜都市农业农村局", Aliases: []string{"市农业局"}},
		Entry{Kind: KindIncumbent, Ref: "N1", Title: "王建军", Place: "宜都市农业农村局"},
		Entry{Kind: KindPolicy, Ref: "L1", Title: "耕地保护办法", Until: 100},
	)
	for _, c := range []struct{ in, text, want string }{
		{InFunds, "地力", "耕地地力保护补贴（2025年）/substring 耕地地力保护补贴（2024年）/substring"},
		{InFunds, "gddl", "耕地地力保护补贴（2025年）/initials 耕地地力保护补贴（2024年）/initials"},
		{InInstitutions, "nyj", "宜都市农业农村局/substring"},
		{InIncumbents, "wjj", "王建军/initials"},
		{InAll, "王建", "王建国/exact 王建军/exact"},
		{InAll, "耕地", "耕地地力保护补贴（2025年）/exact 耕地地力保护补贴（2024年）/exact"},
	} {
		if got := titles(find(t, x, Query{Text: c.text, In: c.in, Village: village, Day: 101})); got != c.want {
			t.Errorf("%s in %s finds %q, want %q", c.text, c.in, got, c.want)
		}
	}
	if a := find(t, x, Query{Text: "耕地", In: InPolicies, Day: 100}); a.Found != 1 {
		t.Error("the last day of showing is hidden")
	}
	if err := x.Find(Query{In: "everything"}, &Answer{}); err == nil {
		t.Error("an unknown subject is answered")
	}
}

// Above a village only a complete name answers, with no amounts, and nothing leads to it letter by letter.
func TestAboveAVillageOnlyCompleteNames(t *testing.T) {
	var b Builder
	years := []YearSum{{2025, 2, 100}}
	for i, code := range []string{"420581101201", "420581101202", "420581102201"} {
		b.Village(Village{Code: code, Town: code[:9] + "000", Place: code, Scope: []string{code}})
		list := []Person{{Village: code, Name: "王建国", Group: "1组", Type: "户", Years: years}, {Village: code, Name: "王建", Group: "2组", Type: "户"}}
		if i == 2 {
			list[0].Name = "王建國"
		}
		if err := b.People(code, list, 0); err != nil {
			t.Fatal(err)
		}
	}
	x := open(t, finish(t, &b))
	a := find(t, x, Query{Text: "王建国", In: InPeople, Whole: true})
	if a.Found != 3 || a.Payments != 0 || a.Sum != 0 || len(a.Years) != 0 || a.Letters != 0 || len(a.Next) != 0 || len(a.Choices) != 0 {
		t.Errorf("the county answers %+v", a)
	}
	for _, h := range a.Hits {
		if h.Payments != 0 || h.Sum != 0 || len(h.Years) != 0 || h.Ref() == "" {
			t.Errorf("a hit above the village says %+v", h)
		}
	}
	if a := find(t, x, Query{Text: "王建国", In: InPeople, Town: "420581102000", Whole: true}); a.Found != 1 || a.Hits[0].Why != WhyVariant {
		t.Errorf("the town answers %+v", a)
	}
	for _, text := range []string{"王", "王建", "wjg", "wangjianguo", "", "王建国国"} {
		if a := find(t, x, Query{Text: text, In: InPeople, Whole: true}); a.Found != 0 {
			t.Errorf("%q answers %+v above a village", text, a.Hits)
		}
	}
	if a := find(t, x, Query{Text: "王建国", In: InPeople, Kind: "none", Whole: true}); a.Found != 3 {
		t.Error("a kind above a village says who was paid it")
	}
}

func TestMergedVillage(t *testing.T) {
	const old = "420581101299"
	var b Builder
	b.Village(Village{Code: village, Place: "枝城镇 新村", Scope: []string{village, old}})
	b.Village(Village{Code: old, Place: "枝城镇 原旧村", Scope: []string{old}})
	for code, name := range map[string]string{village: "王五", old: "丁一"} {
		list := []Person{{Village: code, Name: name, Type: "户", Years: []YearSum{{2020, 1, 1}}}}
		if err := b.People(code, list, 0); err != nil {
			t.Fatal(err)
		}
	}
	x := open(t, finish(t, &b))
	a := find(t, x, Query{Village: village, In: InPeople})
	if titles(a) != "丁一/exact 王五/exact" || a.Hits[0].VillageCode != old || a.Hits[0].Place != "枝城镇 原旧村" {
		t.Errorf("the new village finds %+v", a.Hits)
	}
	if a := find(t, x, Query{Village: old, In: InPeople}); titles(a) != "丁一/exact" {
		t.Errorf("the old village finds %s", titles(a))
	}
}

// spellings is the oracle: every text that is an exact way of typing the beginning of a name.
func spellings(name string) map[string]bool {
	type way struct {
		text string
		open bool // a syllable is unfinished: nothing can follow but its own letters
	}
	readings := pinyin.NameReadings(name)
	ways := []way{{}}
	all := map[string]bool{"": true}
	for i, r := range []rune(name) {
		var longer []way
		for _, w := range ways {
			if w.open {
				continue
			}
			longer = append(longer, way{text: w.text + string(pinyin.Fold(r))})
			for _, s := range readings[i] {
				for n := 1; n <= len(s); n++ {
					open := n != len(s) && n != 1 && s[:n] != "zh" && s[:n] != "ch" && s[:n] != "sh"
					longer = append(longer, way{text: w.text + s[:n], open: open})
				}
			}
		}
		ways = longer
		for _, w := range ways {
			all[w.text] = true
		}
	}
	return all
}

// TestSearchEqualsBruteForce is the law of this package: hits, totals and next keys are those of trying every name.
func TestSearchEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	surnames := []rune("王李张章單单欧曾翟吕刘牛")
	given := []rune("建国国強强重阳安西先阿一三")
	var people []recipient
	oracle := make([]map[string]bool, 0, 70)
	for i := range 70 {
		name := string(surnames[r.IntN(len(surnames))])
		for range 1 + r.IntN(2) {
			name += string(given[r.IntN(len(given))])
		}
		p := Person{Village: village, Group: fmt.Sprintf("%d组", r.IntN(12)), Name: name, NamesakeNo: int64(i), Type: "户"}
		people = append(people, recipient{p, payments(r, 1+r.IntN(5))})
	}
	var b Builder
	add(t, &b, village, people)
	alphabet := strings.Split("abcdefghijklmnopqrstuvwxyz", "")
	var texts []string
	for _, p := range people { // in the order of the index
		oracle = append(oracle, spellings(p.Name))
		texts = append(texts, slices.Sorted(maps.Keys(oracle[len(oracle)-1]))...)
		for _, c := range p.Name {
			alphabet = append(alphabet, string(c))
		}
	}
	x, err := Open(sectionsOf(finish(t, &b)), func(string) (Ledger, error) { return ledger(people), nil })
	if err != nil {
		t.Fatal(err)
	}
	for range 1500 {
		q := Query{Village: village, In: InPeople, Limit: 1000, Text: texts[r.IntN(len(texts))]}
		if r.IntN(3) == 0 {
			q.Year, q.Kind, q.Day = 2022+int64(r.IntN(4)), []string{"", "a"}[r.IntN(2)], []int{0, 50, 55, 61}[r.IntN(4)]
		}
		if r.IntN(5) == 0 {
			q.Group = fmt.Sprintf("%d组", r.IntN(12))
		}
		checkAgainst(t, x, q, people, oracle, alphabet)
	}
}

func checkAgainst(t *testing.T, x *Index, q Query, people []recipient, oracle []map[string]bool, alphabet []string) {
	t.Helper()
	var want Answer
	var refs []string
	next := map[string]int{}
	typed := strings.ContainsAny(q.Text, "abcdefghijklmnopqrstuvwxyz")
	for i, p := range people {
		years, payments, sum, any := q.sums(&p)
		if !any || q.Group != "" && q.Group != p.Group || !oracle[i][q.Text] {
			continue
		}
		for _, y := range years {
			want.Years = addYear(want.Years, y)
		}
		want.Found++
		want.Payments += payments
		want.Sum += sum
		refs = append(refs, p.Ref())
		seen := map[string]bool{}
		for _, key := range alphabet {
			fold := pinyin.FoldText(key)
			if seen[fold] || !oracle[i][q.Text+fold] {
				continue
			}
			seen[fold] = true
			switch letter := rune(fold[0]); {
			case isAZ(letter):
				want.Letters |= 1 << (letter - 'a')
			case !typed:
				next[fold]++
			}
		}
	}
	if want.Found == 0 {
		return // nothing matches exactly here, and what sounds alike answers instead
	}
	got := find(t, x, q)
	if got.Found != want.Found || got.Payments != want.Payments || got.Sum != want.Sum || !slices.Equal(got.Years, want.Years) {
		t.Fatalf("%+v: got %d %d %d %v, want %d %d %d %v", q, got.Found, got.Payments, got.Sum, got.Years, want.Found, want.Payments, want.Sum, want.Years)
	}
	keys := map[string]int{}
	for _, key := range got.Next {
		keys[string(pinyin.Fold(key.Char))] = key.Found
	}
	if !maps.Equal(keys, next) || got.Letters.String() != want.Letters.String() {
		t.Fatalf("%+v: next %v %v, want %v %v", q, got.Letters, keys, want.Letters, next)
	}
	var gotRefs []string
	for i, h := range got.Hits {
		gotRefs = append(gotRefs, h.Ref())
		if i > 0 && strings.Trim(q.Text, "abcdefghijklmnopqrstuvwxyz") == q.Text && q.Text != "" && h.Why == got.Hits[i-1].Why {
			before := got.Hits[i-1]
			order := func(h Hit) string { return fmt.Sprint(len([]rune(h.Title)) > h.Chars) + pinyin.Key(h.Title) }
			if order(before) > order(h) {
				t.Fatalf("%q: %s before %s", q.Text, before.Title, h.Title)
			}
		}
	}
	if slices.Sort(gotRefs); !slices.Equal(gotRefs, slices.Sorted(slices.Values(refs))) {
		t.Fatalf("%+v: other hits", q)
	}
	page := q
	page.Offset, page.Limit = 2, 3
	if cut := find(t, x, page); !slices.EqualFunc(cut.Hits, got.Hits[min(2, len(got.Hits)):min(5, len(got.Hits))], func(a, b Hit) bool { return a.Ref() == b.Ref() }) {
		t.Fatalf("%+v: a page is not a cut of the whole", q)
	}
}

// What sounds alike leads on too: every key offered finds something, and no letter that is not offered does.
func TestNextBySound(t *testing.T) {
	x := indexOf(t, []string{"刘重阳", "臧青", "龙江"})
	for _, text := range []string{"niu", "n", "zhangq", "柳", "nongjian"} {
		a := find(t, x, Query{Text: text, In: InPeople, Village: village})
		if a.Found == 0 || a.Hits[0].Why != WhySimilar {
			t.Errorf("%s finds %s", text, titles(a))
		}
		for c := 'a'; c <= 'z'; c++ {
			leads := find(t, x, Query{Text: text + string(c), In: InPeople, Village: village}).Found > 0
			if offered := a.Letters.Has(c); offered != leads {
				t.Errorf("%s%c leads on: %v, offered: %v", text, c, leads, offered)
			}
		}
	}
}

func TestRefs(t *testing.T) {
	p := Person{Village: village, Group: "1组", Name: "王建国", Type: "户"}
	q := p
	q.NamesakeNo = 1
	if p.Ref() == q.Ref() {
		t.Error("namesakes share a reference")
	}
	if code, ok := RefVillage(p.Ref()); !ok || code != village {
		t.Errorf("RefVillage = %q", code)
	}
	for _, ref := range []string{"", "P", "D" + p.Ref()[1:], "P1234567890123456"} {
		if code, ok := RefVillage(ref); ok {
			t.Errorf("%q is a person of %q", ref, code)
		}
	}
}

func TestTheSamePersonTwiceIsRefused(t *testing.T) {
	var b Builder
	p := Person{Village: village, Name: "王五", Type: "户"}
	if b.People(village, []Person{p, p}, 0) == nil {
		t.Error("two people alike in everything are accepted")
	}
}

// Every decoder either refuses bytes or reads them as their only encoding, and finds nothing to panic at.
func FuzzSections(f *testing.F) {
	var b Builder
	_ = b.People(village, []Person{
		{Village: village, Group: "1组", Name: "王建国", Type: "户", Years: []YearSum{{2025, 1, 5}}},
		{Village: village, Group: "2组", Name: "李四", Type: "个人"},
	}, 0)
	_ = b.Entry(Entry{Kind: KindIncumbent, Ref: "I", Title: "江河", Until: 9})
	_ = b.Entry(Entry{Kind: KindFund, Ref: "F", Title: "补贴", Aliases: []string{"钱"}, Year: 2025, Until: 7})
	good, _ := b.Finish()
	for _, data := range good {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = decodeUnits(data)
		for _, name := range []string{sectionVillages, sectionScope, sectionUnits, sectionIncumbents, sectionPeople + village} {
			damaged := maps.Clone(good)
			damaged[name] = data
			x, err := Open(sectionsOf(damaged), nil)
			if err != nil {
				continue
			}
			for _, q := range []Query{{Text: "w", Village: village}, {Text: "wagnjain", Village: village, Near: 5}, {Text: "王国", Near: 5, Year: 2025}, {Text: "王建国", Whole: true}, {Text: "补", In: InFunds}, {Village: village, Year: 2025}, {Text: "j", In: InIncumbents, Day: 3}} {
				q.Limit = 5
				_ = x.Find(q, &Answer{})
			}
			_, _ = x.People(village)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	surnames, given := []rune("王李张刘陈杨黄赵吴周"), []rune("建国强明华伟军志文平秀英玉兰春")
	var names []string
	for range 1300 {
		names = append(names, string([]rune{surnames[r.IntN(len(surnames))], given[r.IntN(len(given))], given[r.IntN(len(given))]}))
	}
	x := indexOf(b, names)
	for _, text := range []string{"王", "王建", "w", "wjg", "wangjianguo", "niong"} {
		b.Run(text, func(b *testing.B) {
			var a Answer
			for b.Loop() {
				if err := x.Find(Query{Text: text, Village: village, In: InPeople, Limit: 8}, &a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
