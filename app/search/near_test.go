package search

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mingbai.local/app/pinyin"
)

func nearNames(a Answer) string {
	var out []string
	for _, h := range a.Near {
		out = append(out, h.Title+"/"+h.Why)
	}
	return strings.Join(out, " ")
}

func TestWhoIsMeantIsNamedNearly(t *testing.T) {
	x := indexOf(t, []string{
		"王建国", "王建华", "王志强", "刘明", "刘民", "刘明珠", "牛明", "李秀英", "李英", "陈桂兰", "欧阳建国", "单国强", "阿依古丽·买买提", "张三",
	})
	for text, want := range map[string]string{
		// One letter more, less, another, two exchanged, the first one too.
		"wangjiianguo": "王建国/slip",
		"wangjinguo":   "王建国/slip",
		"wangjianfuo":  "王建国/slip",
		"wagnjianguo":  "王建国/slip",
		"qangjianguo":  "王建国/slip",
		"lixiuyong":    "李秀英/slip",
		"shanguoqaing": "单国强/slip", // as the surname is read
		"danguoqaing":  "单国强/slip",
		"ouyangjinguo": "欧阳建国/slip",
		// A character left out, too many, exchanged or another.
		"王国":      "王建国/missing",
		"wangguo": "王建国/missing",
		"建国":      "王建国/missing",
		"李秀英子":    "李秀英/extra",
		"王国建":     "王建国/swapped",
		"王志刚":     "王志强/other",
		"王剑":      "", // 2 characters and another: that would be everybody
		// What only sounds alike, beside what begins as it was typed.
		"liuming": "刘民/similar 牛明/similar",
		"liumin":  "牛明/similar",
		"刘民":      "刘明/similar",
		// Two slips, where nobody is found without.
		"wangjaingou":    "王建国/slip",
		"cheguilna":      "陈桂兰/slip",
		"ayigulimaimiti": "阿依古丽·买买提/slip",
		// Too little to say who is meant.
		"王": "", "wa": "", "wq": "", "": "", "''": "",
	} {
		a := find(t, x, Query{Text: text, Village: village, Near: 8})
		if got := nearNames(a); got != want {
			t.Errorf("%s: nearly %q, want %q (and %s)", text, got, want, titles(a))
		}
	}
}

// TestNearStaysWithinWhatMayBeAsked: above a village, where a complete name is asked for, nobody is named who bears another.
func TestNearStaysWithinWhatMayBeAsked(t *testing.T) {
	x := indexOf(t, []string{"王建国", "王国"})
	for _, q := range []Query{
		{Text: "王建过", Whole: true, Near: 8},
		{Text: "王建过", Town: "420581101000", Whole: true, Near: 8},
		{Text: "王建过", Village: village},
		{Text: "wangjianguo", In: InFunds, Village: village, Near: 8},
		{Text: "王建过", Village: "420581101999", Near: 8},
	} {
		if a := find(t, x, q); len(a.Near) > 0 {
			t.Errorf("%+v names %s", q, nearNames(a))
		}
	}
	if a := find(t, x, Query{Text: "王建过果", Village: village, Near: 8}); nearNames(a) == "" || a.Found+a.Payments+len(a.Years)+int(a.Sum) != 0 {
		t.Errorf("who is only nearly meant is counted: %+v", a)
	}
}

// nearness is how far a text is from a name: a cost, and below it the mistakes of each kind, in the order in which they are
// preferred where they cost the same.
type nearness int

const (
	aSound   nearness = 1e10
	aSlip    nearness = 4e10 + 1
	aSwap    nearness = 4e10 + 1e2
	aMissing nearness = 5e10 + 1e4
	anExtra  nearness = 5e10 + 1e6
	another  nearness = 6e10 + 1e8
	farOff   nearness = 1e15
)

func (n nearness) cost() int { return int(n / aSound) }

func (n nearness) why() string {
	for i, why := range []string{WhyOther, WhyExtra, WhyMissing, WhySwapped, WhySlip} {
		if n%aSound/[]nearness{1e8, 1e6, 1e4, 1e2, 1}[i]%100 > 0 {
			return why
		}
	}
	return WhySimilar
}

// written is a letter or character of a way of writing a name, and of which character of the name it is.
type written struct {
	rune
	of int
}

// spelt is a name in all ways of writing it: each of its characters as itself or as one of its readings.
type spelt struct {
	ways     [][]written
	readings [][]string
	heard    [][]string
}

func spell(name string) spelt {
	s := spelt{ways: [][]written{nil}}
	for i, list := range pinyin.NameReadings(name) {
		c := pinyin.Fold([]rune(name)[i])
		if isAZ(c) {
			list = []string{string(c)}
		}
		if !typable(c) {
			continue
		}
		var longer [][]written
		for _, way := range s.ways {
			for _, text := range append([]string{string(c)}, list...) {
				next := slices.Clone(way)
				for _, r := range text {
					next = append(next, written{r, len(s.readings)})
				}
				longer = append(longer, next)
			}
		}
		s.ways, s.readings, s.heard = longer, append(s.readings, list), append(s.heard, heardAs(list))
	}
	return s
}

func heardAs(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, pinyin.Dialect(s))
	}
	return out
}

// misread is what was typed, with how up to 6 letters from each sound and how each character is read.
type misread struct {
	text     []rune
	sounds   [][7]string
	readings [][]string
}

func hear(text []rune) misread {
	m := misread{text, make([][7]string, len(text)), make([][]string, len(text))}
	for j, r := range text {
		m.readings[j] = pinyin.Readings(r)
		for n := 1; n <= 6 && j+n <= len(text) && isAZ(text[j+n-1]); n++ {
			m.sounds[j][n] = pinyin.Dialect(string(text[j : j+n]))
		}
	}
	return m
}

// from is the least over all ways of writing a name.
func (m *misread) from(s spelt) nearness {
	best := farOff
	for _, way := range s.ways {
		best = min(best, m.fromWay(way, s))
	}
	return best
}

func (m *misread) fromWay(way []written, s spelt) nearness {
	text := m.text
	d := make([][]nearness, len(way)+1) // of the first i written to the first j typed
	for i := range d {
		d[i] = slices.Repeat([]nearness{farOff}, len(text)+1)
	}
	d[0][0] = 0
	for i := range len(way) + 1 {
		for j := range len(text) + 1 {
			lower := func(more, typed int, n nearness) { d[i+more][j+typed] = min(d[i+more][j+typed], d[i][j]+n) }
			if j < len(text) {
				if isAZ(text[j]) {
					lower(0, 1, aSlip)
				} else {
					lower(0, 1, anExtra)
				}
			}
			if i == len(way) {
				continue
			}
			w := way[i]
			if isAZ(w.rune) {
				lower(1, 0, aSlip)
			}
			if i == 0 || way[i-1].of != w.of {
				size := 1
				for i+size < len(way) && way[i+size].of == w.of {
					size++
				}
				lower(size, 0, aMissing)
				for n := 1; j < len(text) && n <= 6 && m.sounds[j][n] != ""; n++ {
					if slices.Contains(s.heard[w.of], m.sounds[j][n]) {
						lower(size, n, aSound)
					}
				}
			}
			if j == len(text) {
				continue
			}
			switch {
			case w.rune == text[j]:
				lower(1, 1, 0)
			case isAZ(w.rune) && isAZ(text[j]):
				lower(1, 1, aSlip)
			case !isAZ(w.rune) && !isAZ(text[j]):
				lower(1, 1, unlike(m.readings[j], s.readings[w.of]))
			}
			if i+1 < len(way) && j+1 < len(text) && w.rune == text[j+1] && way[i+1].rune == text[j] {
				if isAZ(w.rune) && isAZ(text[j]) {
					lower(2, 2, aSlip)
				} else if !isAZ(w.rune) && !isAZ(text[j]) {
					lower(2, 2, aSwap)
				}
			}
		}
	}
	return d[len(way)][len(text)]
}

// unlike is how far characters are from each other that are read so.
func unlike(a, b []string) nearness {
	n := another
	for _, s := range a {
		for _, r := range b {
			switch {
			case s == r:
				n = min(n, aSound)
			case pinyin.Dialect(s) == pinyin.Dialect(r):
				n = min(n, 2*aSound)
			}
		}
	}
	return n
}

// near tries everybody who is asked for and not among the hits.
func (c *county) near(q Query, hits []Hit, spelt map[string]spelt) []Hit {
	text := slices.DeleteFunc(read(q.Text).fold, func(r rune) bool { return r == boundary })
	size, chars := len(text), 0
	for _, r := range text {
		if !isAZ(r) {
			size, chars = size+1, chars+1
		}
	}
	if len(hits) >= q.Near || size < 3 {
		return nil
	}
	typed := hear(text)
	costs := []int{6}
	switch {
	case slices.ContainsFunc(hits, func(h Hit) bool { return typed.from(spelt[h.Title]) == 0 }):
		costs = []int{3}
	case size < 6 || chars == 1 || chars == 2:
		costs = []int{5}
	case size >= 8 && len(hits) == 0:
		costs = []int{6, 8}
	}
	type candidate struct {
		Hit
		nearness
		key string
	}
	var all []candidate
	for _, code := range c.scope(q) {
		for i := range c.people[code] {
			p := &c.people[code][i]
			years, payments, sum, any := q.sums(p)
			if !any || q.Group != "" && q.Group != p.Group || slices.ContainsFunc(hits, func(h Hit) bool { return h.NamesakeNo == p.NamesakeNo && h.VillageCode == code }) {
				continue
			}
			n := typed.from(spelt[p.Name])
			all = append(all, candidate{Hit{
				Kind: KindPerson, Title: p.Name, VillageCode: code, Group: p.Group, NamesakeNo: p.NamesakeNo, Type: p.Type, Place: c.villages[code].Place,
				Why: n.why(), Years: years, Payments: payments, Sum: sum,
			}, n, pinyin.Key(p.Name)})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(
			a.cost()-b.cost(), strings.Compare(a.key, b.key), strings.Compare(a.VillageCode, b.VillageCode), CompareGroups(a.Group, b.Group),
			cmp.Compare(a.NamesakeNo, b.NamesakeNo),
		)
	})
	for _, most := range costs {
		var out []Hit
		for _, n := range all {
			if n.cost() <= most && len(out) < q.Near {
				out = append(out, n.Hit)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// TestNearEqualsTryingEveryName holds the walk along the trie to the distance from every name: who is named, in which order, for
// which reason and with which sums; in a village, in merged ones, in a town and in the county, and with filters.
func TestNearEqualsTryingEveryName(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	surnames := []string{"王", "王", "黄", "李", "单", "單", "欧阳", "曾", "吕", "刘", "牛", "a", "·"}
	given := []rune("建国国強强重阳安西先阿一朝长乐会·b1明民华秀英")
	const old, other = "420581101299", "420581102201"
	var b Builder
	names := map[string]spelt{}
	c := county{villages: map[string]Village{}, people: map[string][]recipient{}}
	for _, v := range []Village{
		{Code: village, Town: "420581101000", Place: "枝城镇 新村", Scope: []string{village}},
		{Code: old, Town: "420581101000", Place: "枝城镇 旧村", Scope: []string{old, village}},
		{Code: other, Town: "420581102000", Place: "姚家店镇 别村", Scope: []string{other}},
	} {
		b.Village(v)
		c.villages[v.Code] = v
		var list []recipient
		for i := range 50 {
			name := surnames[r.IntN(len(surnames))]
			for range 1 + r.IntN(3) {
				name += string(given[r.IntN(len(given))])
			}
			names[name] = spell(name)
			p := Person{Village: v.Code, Group: fmt.Sprintf("%d组", r.IntN(12)), Name: name, NamesakeNo: int64(i), Type: "户"}
			list = append(list, recipient{p, payments(r, 1+r.IntN(4))})
		}
		add(t, &b, v.Code, list)
		c.people[v.Code] = list
	}
	x, err := Open(sectionsOf(finish(t, &b)), func(place string) (Ledger, error) { return ledger(c.people[place]), nil })
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]int{}
	for range 900 {
		q := Query{In: InPeople, Limit: 1000, Near: 1 + r.IntN(9)}
		switch r.IntN(6) {
		case 0:
			q.Town = "420581101000"
		case 1:
		default:
			q.Village = []string{village, old}[r.IntN(2)]
		}
		if r.IntN(3) == 0 {
			q.Year, q.Kind, q.Day = []int64{0, 2023}[r.IntN(2)], []string{"", "a"}[r.IntN(2)], []int{0, 50, 55, 61}[r.IntN(4)]
			q.Group = []string{"", "3组"}[r.IntN(2)]
		}
		q.Text = misspelt(r, c.people[[]string{village, old, other}[r.IntN(3)]][r.IntN(50)].Name)
		a := find(t, x, q)
		want := c.near(q, a.Hits, names)
		if !reflect.DeepEqual(none(a.Near), want) {
			t.Errorf("%+v (%s):", q, titles(a))
			for i := range max(len(a.Near), len(want)) {
				t.Errorf("  got %+v\n  want %+v", a.Near[i:min(i+1, len(a.Near))], want[i:min(i+1, len(want))])
			}
			t.FailNow()
		}
		for _, h := range want {
			reasons[h.Why]++
		}
	}
	for _, why := range []string{WhySimilar, WhySlip, WhySwapped, WhyMissing, WhyExtra, WhyOther} {
		if reasons[why] < 8 {
			t.Errorf("only %d were named for reason %s", reasons[why], why)
		}
	}
}

// misspelt writes a name in characters, letters or both, and then wrong.
func misspelt(r *rand.Rand, name string) string {
	var text []rune
	letters := r.IntN(3)
	for i, list := range pinyin.NameReadings(name) {
		if len(list) > 0 && (letters == 0 || letters == 1 && r.IntN(2) == 0) {
			text = append(text, []rune(list[r.IntN(len(list))])...)
		} else {
			text = append(text, []rune(name)[i])
		}
	}
	wrong := []rune("abeginhuszlf' 国建明刘张")
	const sounds = "nlnhfh国果建健明名民敏华花强墙英因王黄刘牛" // each sounds like the next
	for range r.IntN(4) {
		i := r.IntN(len(text))
		switch r.IntN(5) {
		case 0:
			text[i], text[max(i, 1)-1] = text[max(i, 1)-1], text[i]
		case 1:
			if len(text) > 2 {
				text = slices.Delete(text, i, i+1)
			}
		case 2:
			text = slices.Insert(text, i, wrong[r.IntN(len(wrong))])
		case 3:
			text[i] = wrong[r.IntN(len(wrong))]
		default:
			if k := strings.IndexRune(sounds, text[i]); k >= 0 {
				text[i], _ = utf8.DecodeRuneInString(sounds[k+utf8.RuneLen(text[i]):])
			}
		}
	}
	return string(text)
}

// BenchmarkNear asks in the largest village of the county for names with one slip, with two, with a character left out and for
// nobody at all.
func BenchmarkNear(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	surnames := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤")
	given := []rune("建国强明华伟军志文平秀英玉兰春桂芳红霞丽娟燕梅凤珍金荣德光福祥永成家世洪启天顺友正义大先开发传宏学忠新元清云龙生良才林宝山")
	names := make([]string, 2000)
	for i := range names {
		s := []rune{surnames[r.IntN(1+r.IntN(len(surnames)))], given[r.IntN(len(given))]}
		if r.IntN(5) > 0 {
			s = append(s, given[r.IntN(len(given))])
		}
		names[i] = string(s)
	}
	x := indexOf(b, names)
	for _, text := range []string{"wagnjianguo", "wangjaingou", "liyinh", "王国", "王建锅", "qqqqqqqqqq", "zhangzhangzhangzhang"} {
		b.Run(text, func(b *testing.B) {
			q := Query{Text: text, In: InPeople, Village: village, Limit: 8, Near: 8}
			var a Answer
			b.ReportAllocs()
			for b.Loop() {
				if err := x.Find(q, &a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
