package search_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
)

var update = flag.Bool("update", false, "write the golden figures of search quality")

// misspeller (错写) makes wrong spellings of names. It knows of nothing that the engine folds: its rules and tables are its own,
// and of package pinyin it uses only how a character is read.
type misspeller struct {
	*rand.Rand
	byReading map[string][]rune // characters of names, by reading
}

// neighbours are the keys beside each key of an ordinary keyboard, where a finger lands by mistake.
var neighbours = map[byte]string{
	'a': "qsz", 'b': "vgn", 'c': "xdv", 'd': "sefc", 'e': "wrd", 'f': "drgv", 'g': "fthb", 'h': "gyjn", 'i': "uok", 'j': "hukm",
	'k': "jil", 'l': "kop", 'm': "njk", 'n': "bhm", 'o': "ipl", 'p': "ol", 'q': "wa", 'r': "etf", 's': "awdx", 't': "ryg", 'u': "yij",
	'v': "cfb", 'w': "qes", 'x': "zsc", 'y': "tuh", 'z': "asx",
}

// accents are what the county's ears do not tell apart (South-western Mandarin), written as beginnings and endings of syllables.
var (
	beginnings = [][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}, {"n", "l"}, {"hua", "fa"}, {"hui", "fei"}, {"huang", "fang"}, {"fu", "hu"}}
	endings    = [][2]string{{"ing", "in"}, {"eng", "en"}}
)

// otherForms are traditional characters and variants that stand on identity cards and in old lists.
var otherForms = strings.NewReplacer(
	"国", "國", "华", "華", "强", "強", "刘", "劉", "张", "張", "陈", "陳", "杨", "楊", "赵", "趙", "吴", "吳", "孙", "孫", "马", "馬", "罗", "羅", "谢", "謝",
	"许", "許", "邓", "鄧", "冯", "馮", "叶", "葉", "苏", "蘇", "卢", "盧", "钟", "鍾", "万", "萬", "军", "軍", "伟", "偉", "兰", "蘭", "凤", "鳳", "云", "雲", "丽", "麗",
	"红", "紅", "贵", "貴", "庆", "慶", "学", "學", "荣", "榮", "龙", "龍", "义", "義", "爱", "愛", "东", "東", "宝", "寶", "杰", "傑", "峰", "峯", "群", "羣", "启", "啟", "喆", "哲", "堃", "坤",
)

// syllables are a name's readings, the commonest of each character.
func syllables(name string) []string {
	var out []string
	for _, readings := range pinyin.NameReadings(name) {
		if len(readings) == 0 {
			return nil
		}
		out = append(out, readings[0])
	}
	return out
}

// slip types a name's pinyin with one letter doubled, left out, exchanged with the next, or beside the right one.
func (m *misspeller) slip(name string) string {
	s := []byte(strings.Join(syllables(name), ""))
	i := m.IntN(len(s))
	switch m.IntN(4) {
	case 0:
		return string(slices.Insert(s, i, s[i]))
	case 1:
		return string(slices.Delete(s, i, i+1))
	case 2:
		k := max(1, i)
		s[k-1], s[k] = s[k], s[k-1]
	default:
		near := neighbours[s[i]]
		s[i] = near[m.IntN(len(near))]
	}
	return string(s)
}

// accent types a name's pinyin as it is heard.
func (m *misspeller) accent(name string) string {
	list := syllables(name)
	var ways [][]string
	for i, s := range list {
		for _, pair := range beginnings {
			for _, p := range [][2]string{pair, {pair[1], pair[0]}} {
				rest, ok := strings.CutPrefix(s, p[0])
				// What begins with zh does not begin with z; only whole syllables lose hu.
				if !ok || len(p[0]) == 1 && strings.HasPrefix(rest, "h") || rest != "" && (strings.HasPrefix(p[0], "hu") || strings.HasPrefix(p[0], "f")) {
					continue
				}
				ways = append(ways, replaced(list, i, p[1]+rest))
			}
		}
		for _, pair := range endings {
			for _, p := range [][2]string{pair, {pair[1], pair[0]}} {
				if rest, ok := strings.CutSuffix(s, p[0]); ok {
					ways = append(ways, replaced(list, i, rest+p[1]))
				}
			}
		}
	}
	if len(ways) == 0 {
		return ""
	}
	return strings.Join(ways[m.IntN(len(ways))], "")
}

func replaced(list []string, i int, s string) []string {
	out := slices.Clone(list)
	out[i] = s
	return out
}

// homophone writes one character of the given name as another that is read alike.
func (m *misspeller) homophone(name string) string {
	runes, list := []rune(name), syllables(name)
	i := len(runes) - 1 - m.IntN(len(runes)-1)
	if i >= len(list) {
		return ""
	}
	alike := m.byReading[list[i]]
	if len(alike) < 2 {
		return ""
	}
	r := alike[m.IntN(len(alike))]
	if r == runes[i] {
		return ""
	}
	runes[i] = r
	return string(runes)
}

func (m *misspeller) variant(name string) string { return otherForms.Replace(name) }

// missing leaves out a character: the surname is known, one of the given name's is not.
func (m *misspeller) missing(name string) string {
	runes := []rune(name)
	if len(runes) < 3 {
		return ""
	}
	return string(slices.Delete(runes, len(runes)-2, len(runes)-1))
}

// determines reports whether a wrong spelling still says whose name is meant: none other of the village is as near to it, first
// by sound, then by writing. Where a character is missing, none other has those that are left in their order.
func determines(kind, wrong, name string, names map[string]bool) bool {
	if kind == "missing" {
		for other := range names {
			if other != name && holds(other, wrong) {
				return false
			}
		}
		return true
	}
	own := far(wrong, name)
	for other := range names {
		if other != name && far(wrong, other) <= own {
			return false
		}
	}
	return true
}

// holds reports whether the characters of part stand in a name in their order.
func holds(name, part string) bool {
	left := []rune(part)
	for _, r := range name {
		if len(left) > 0 && left[0] == r {
			left = left[1:]
		}
	}
	return len(left) == 0
}

// far is how far a spelling is from a name: 100 for each letter of the sound, 1 for each character of the writing.
func far(wrong, name string) int {
	sound := strings.Join(syllables(name), "")
	if wrong[0] < 0x80 {
		return 100 * steps([]rune(wrong), []rune(sound))
	}
	return 100*steps([]rune(strings.Join(syllables(wrong), "")), []rune(sound)) + steps([]rune(wrong), []rune(name))
}

// steps is the number of single changes from a to b: one more, one less, another, or two exchanged (Damerau 1964).
func steps(a, b []rune) int {
	var before, last []int
	for i := range len(a) + 1 {
		row := make([]int, len(b)+1)
		for j := range row {
			if i == 0 || j == 0 {
				row[j] = i + j
				continue
			}
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// townspeople builds an index of the people of a small county, and returns who lives where.
func townspeople(t *testing.T) (*search.Index, map[string]map[string]bool) {
	t.Helper()
	county, err := sample.Generate(sample.Options{County: "420581", Seed: 3, Payments: 60_000})
	if err != nil {
		t.Fatal(err)
	}
	type key struct {
		group, name string
		no          int64
	}
	seen := map[string]map[key]bool{}
	names := map[string]map[string]bool{}
	err = county.Lists(func(rows []disclosure.Disbursement) error {
		for _, d := range rows {
			v := string(d.Place)
			if names[v] == nil {
				names[v], seen[v] = map[string]bool{}, map[key]bool{}
			}
			if d.Type != "组织" {
				names[v][d.Name] = true
				seen[v][key{d.Group, d.Name, d.NamesakeNo}] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var b search.Builder
	for v, people := range seen {
		b.Village(search.Village{Code: v, Scope: []string{v}})
		var list []search.Person
		for k := range people {
			list = append(list, search.Person{
				Village: v, Group: k.group, Name: k.name, NamesakeNo: k.no, Type: "户",
				Years: []search.YearSum{{Year: 2025, Payments: 1, Sum: 100}},
			})
		}
		if err := b.People(v, list, 0); err != nil {
			t.Fatal(err)
		}
	}
	sections, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	x, err := search.Open(func(name string) ([]byte, error) { return sections[name], nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x, names
}

// quality (质量) counts at which place of the answers the meant name stands.
type quality struct {
	queries, first, five int
	reciprocal           float64
}

func (q *quality) count(place int) {
	q.queries++
	if place == 0 {
		return
	}
	q.reciprocal += 1 / float64(place)
	if place == 1 {
		q.first++
	}
	if place <= 5 {
		q.five++
	}
}

func (q quality) figures(prefix string) string {
	n := float64(q.queries)
	return fmt.Sprintf("%squeries %d\n%srecall@1 %.4f\n%srecall@5 %.4f\n%smrr %.4f\n", prefix, q.queries, prefix, float64(q.first)/n, prefix, float64(q.five)/n, prefix, q.reciprocal/n)
}

// TestQuality: 2,000 wrong spellings of names, of which those that still say who is meant have to find him. The figures are
// committed; none may become worse. go test -run Quality -update ./app/search writes them anew.
func TestQuality(t *testing.T) {
	const golden, each = "testdata/quality.golden", 400
	x, names := townspeople(t)
	m := &misspeller{rand.New(rand.NewPCG(5, 8)), map[string][]rune{}}
	villages := make([]string, 0, len(names))
	known := map[rune]bool{}
	for v, list := range names {
		villages = append(villages, v)
		for name := range list {
			for _, r := range name {
				known[r] = true
			}
		}
	}
	slices.Sort(villages)
	chars := make([]rune, 0, len(known))
	for r := range known {
		chars = append(chars, r)
	}
	slices.Sort(chars)
	for _, r := range chars {
		if list := pinyin.Readings(r); len(list) > 0 {
			m.byReading[list[0]] = append(m.byReading[list[0]], r)
		}
	}
	var all quality
	var per strings.Builder
	made := 0
	for _, kind := range []struct {
		name  string
		spell func(string) string
	}{{"slip", m.slip}, {"dialect", m.accent}, {"homophone", m.homophone}, {"variant", m.variant}, {"missing", m.missing}} {
		var q quality
		var lost []string
		for n := 0; n < each; {
			v := villages[m.IntN(len(villages))]
			list := make([]string, 0, len(names[v]))
			for name := range names[v] {
				list = append(list, name)
			}
			slices.Sort(list)
			if len(list) == 0 {
				continue
			}
			name := list[m.IntN(len(list))]
			if len(syllables(name)) < 2 {
				continue
			}
			wrong := kind.spell(name)
			if wrong == "" || wrong == name {
				continue
			}
			n++
			made++
			if !determines(kind.name, wrong, name, names[v]) {
				continue
			}
			var a search.Answer
			if err := x.Find(search.Query{Text: wrong, In: search.InPeople, Village: v, Limit: 8, Near: 5}, &a); err != nil {
				t.Fatal(err)
			}
			place := 0
			var others []string // a name counts once, however many bear it
			for _, h := range slices.Concat(a.Hits, a.Near) {
				if h.Title == name {
					place = len(others) + 1
					break
				}
				if !slices.Contains(others, h.Title) {
					others = append(others, h.Title)
				}
			}
			if q.count(place); place == 0 || place > 5 {
				lost = append(lost, name+"="+wrong)
			}
			all.count(place)
		}
		per.WriteString(q.figures(kind.name + "."))
		t.Logf("%s: %d of %d are not among the first five, as in %s", kind.name, len(lost), q.queries, strings.Join(lost[:min(8, len(lost))], " "))
	}
	if made != 2000 {
		t.Fatalf("%d spellings", made)
	}
	got := all.figures("") + per.String()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	compareFigures(t, got, string(want))
}

// compareFigures fails where a figure is worse than the golden one, or is about other queries.
func compareFigures(t *testing.T, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Fields(got), strings.Fields(want)
	if len(gotLines) != len(wantLines) {
		t.Fatalf("%d figures, golden has %d", len(gotLines)/2, len(wantLines)/2)
	}
	for i := 0; i < len(gotLines); i += 2 {
		var now, before float64
		if _, err := fmt.Sscan(gotLines[i+1]+" "+wantLines[i+1], &now, &before); err != nil || gotLines[i] != wantLines[i] {
			t.Fatalf("%s and %s: %v", gotLines[i], wantLines[i], err)
		}
		switch {
		case strings.HasSuffix(gotLines[i], "queries") && now != before:
			t.Errorf("%s: %v, golden %v: other queries are asked, so the figures do not compare; update them on purpose", gotLines[i], now, before)
		case now < before:
			t.Errorf("%s is %v, worse than %v", gotLines[i], now, before)
		}
	}
}
