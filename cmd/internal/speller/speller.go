// Package speller measures how names are entered by finger (输入) over a made-up county of 400,000 people: how many actions leave a
// list of eight, how long a touch takes, whether surnames are read rightly, and how a recogniser of handwriting does when it is
// held to what the index can still reach. cmd/internal/benchinput runs it.
package speller

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/input"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
	"mingbai.local/assets/reading"
	"mingbai.local/assets/stroke"
	"mingbai.local/cmd/internal/figures"
)

// Payments is how many payments a county has in which more than 400,000 people are paid.
const Payments = 20_000_000

// County (县) is the people of a made-up county, and how they are asked for.
type County struct {
	Lexicon  input.Lexicon
	People   int
	names    map[string][]string // of everybody, by village
	villages []string            // ascending
	heap     uint64              // before anybody was asked for
}

// key tells the people of a village apart.
type key struct {
	group, name, kind string
	namesake          int64
}

// Make makes a county of so many payments.
func Make(payments int) (*County, error) {
	made, err := sample.Generate(sample.Options{County: "420581", Seed: 1, Payments: payments})
	if err != nil {
		return nil, err
	}
	people := map[string]map[key]bool{}
	err = made.Lists(func(rows []disclosure.Disbursement) error {
		for _, d := range rows {
			village := string(d.Place)
			if people[village] == nil {
				people[village] = map[key]bool{}
			}
			people[village][key{d.Group, d.Name, d.Type, d.NamesakeNo}] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c := &County{names: map[string][]string{}, villages: slices.Sorted(maps.Keys(people))}
	sections, err := c.sections(people)
	if err != nil {
		return nil, err
	}
	people = nil
	c.heap = heap()
	x, err := search.Open(func(name string) ([]byte, error) { return sections[name], nil }, nil)
	if err != nil {
		return nil, err
	}
	c.Lexicon = func(q search.Query) (a search.Answer) {
		if err := x.Find(q, &a); err != nil {
			panic(err) // the sections were just made
		}
		return a
	}
	return c, nil
}

func (c *County) sections(people map[string]map[key]bool) (map[string][]byte, error) {
	var b search.Builder
	for _, village := range c.villages {
		b.Village(search.Village{Code: village, Town: village[:9] + "000", Scope: []string{village}})
		list := make([]search.Person, 0, len(people[village]))
		for k := range people[village] {
			list = append(list, search.Person{
				Village: village, Group: k.group, Name: k.name, NamesakeNo: k.namesake, Type: k.kind,
				Years: []search.YearSum{{Year: 2025, Payments: 1, Sum: 100}},
			})
		}
		if err := b.People(village, list, 0); err != nil {
			return nil, err
		}
		for _, p := range list {
			if p.Type != "组织" {
				c.names[village] = append(c.names[village], p.Name)
			}
		}
		c.People += len(list)
	}
	return b.Finish()
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// ofSize returns the villages with so many people, or all where there are none.
func (c *County) ofSize(least, most int) []string {
	var list []string
	for _, v := range c.villages {
		if n := len(c.names[v]); n >= least && n <= most {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return c.villages
	}
	return list
}

// draw draws the name of somebody.
func (c *County) draw(r *rand.Rand, villages []string) (village, name string) {
	for {
		village = villages[r.IntN(len(villages))]
		if list := c.names[village]; len(list) > 0 {
			return village, list[r.IntN(len(list))]
		}
	}
}

// What a page shows at once.
const (
	rows       = 8
	candidates = 8
	tiles      = 24
)

// way (走法) is a method of entering a name, one action after another.
type way struct {
	name string
	// next returns the text after one more action towards a name, or the number of actions where the next text takes several.
	next func(e input.Entry, name []rune) (text string, actions int)
}

var ways = []way{
	{"browse", func(e input.Entry, name []rune) (string, int) {
		shown := candidates
		if e.Text == "" {
			shown = tiles
		}
		return choose(e, name, shown)
	}},
	{"initials", func(e input.Entry, name []rune) (string, int) {
		at := len([]rune(e.Text))
		if at == len(name) {
			return "", 0
		}
		readings := pinyin.NameReadings(string(name))[at]
		if len(readings) == 0 {
			return "", 0
		}
		return e.Text + readings[0][:1], 1
	}},
	{"pinyin", func(e input.Entry, name []rune) (string, int) {
		settled, open := input.Parts(e.Text)
		if text, n := choose(e, name, candidates); n == 1 {
			return text, 1
		}
		at := len([]rune(settled))
		if at == len(name) {
			return "", 0
		}
		readings := pinyin.NameReadings(string(name))[at]
		if len(readings) == 0 || len(open) == len(readings[0]) {
			return choose(e, name, candidates)
		}
		return settled + readings[0][:len(open)+1], 1
	}},
	{"strokes", func(e input.Entry, name []rune) (string, int) {
		settled, open := input.Parts(e.Text)
		if text, n := choose(e, name, candidates); n == 1 {
			return text, 1
		}
		at := len([]rune(settled))
		if at == len(name) {
			return "", 0
		}
		code := stroke.Code(name[at])
		if n := len([]rune(open)); n < len(code) {
			return e.Text + string(search.Stroke(int(code[n]-'0'))), 1
		}
		return choose(e, name, candidates)
	}},
}

// choose chooses the next character of a name, when so many are shown at once: an action, and one for each time that others have
// to be asked for.
func choose(e input.Entry, name []rune, shown int) (text string, actions int) {
	for i, c := range e.Candidates() {
		if strings.HasPrefix(string(name), c.Text) || strings.HasPrefix(pinyin.FoldText(string(name)), pinyin.FoldText(c.Text)) {
			return c.Text, 1 + i/shown
		}
	}
	return "", 0
}

// Actions counts the actions until no more than eight people are left, or the name is complete: by each method, where a village
// was chosen, where only a town was, and in the village of the kiosk by the method that is on.
func (c *County) Actions(t *figures.Table) {
	const drawn = 1000
	all := map[string][]float64{}
	villages := c.ofSize(1_200, 1_800)
	for _, w := range ways {
		for _, in := range []string{"village", "township"} {
			r := rand.New(rand.NewPCG(9, 1))
			stuck := 0
			var counts []float64
			for range drawn {
				village, name := c.draw(r, villages)
				q := search.Query{In: search.InPeople, Village: village}
				if in == "township" {
					q = search.Query{In: search.InPeople, Town: village[:9] + "000"}
				}
				n, ok := c.walk(w, q, name)
				if !ok {
					stuck++
				}
				counts = append(counts, float64(n))
			}
			all[in] = append(all[in], counts...)
			note := fmt.Sprintf("%d names of %d villages of about 1,500 people, to no more than %d people or the whole name; p90 %.0f, mean %.2f; %d could not be entered so", drawn, len(villages), rows, quantile(counts, 0.9), mean(counts), stuck)
			t.Add("actions_"+in+"_"+w.name+"_median", quantile(counts, 0.5), "actions", note)
		}
	}
	t.Add("actions_village_median", quantile(all["village"], 0.5), "actions", "of all methods alike, in a village")
	t.Add("actions_village_p90", quantile(all["village"], 0.9), "actions", "of all methods alike, in a village")
}

// walk counts the actions until few are left; it is not ok where the way does not go on.
func (c *County) walk(w way, q search.Query, name string) (actions int, ok bool) {
	for text := ""; ; {
		e := c.Lexicon.Enter(text, q)
		if e.Answer.Found <= rows || text == name {
			return actions, true
		}
		next, n := w.next(e, []rune(name))
		if n == 0 {
			return actions, false
		}
		text, actions = next, actions+n
	}
}

// Update measures what a touch of a key takes until its hits, keys and candidates are known, as the page for everything asks for
// them: within the village and, for complete names, within the county.
func (c *County) Update(t *figures.Table) {
	const drawn = 600
	r := rand.New(rand.NewPCG(9, 2))
	var took []float64
	c.touches(r, drawn/10, nil)
	c.touches(r, drawn, func(d time.Duration) { took = append(took, float64(d.Microseconds())/1000) })
	t.Add("update_p99_ms", quantile(took, 0.99), "ms", fmt.Sprintf("%d touches towards %d names, %d people, village and county; p50 %.2f, most %.2f", len(took), drawn, c.People, quantile(took, 0.5), slices.Max(took)))
	t.Add("lexicon_mb", float64(heap()-min(c.heap, heap()))/1e6, "MB", "of the heap after all that, without the sections, which a book maps")
}

func (c *County) touches(r *rand.Rand, names int, each func(time.Duration)) {
	for range names {
		village, name := c.draw(r, c.villages)
		w := ways[r.IntN(len(ways))]
		own := search.Query{In: search.InPeople, Village: village}
		for text, n := "", 0; n < 12; n++ {
			from := time.Now()
			e := c.Lexicon.Enter(text, own, search.Query{In: search.InPeople, Whole: true})
			e.Candidates()
			page := own
			page.Text, page.Limit, page.Near = text, rows, 5
			c.Lexicon(page)
			if each != nil {
				each(time.Since(from))
			}
			next, actions := w.next(e, []rune(name))
			if actions == 0 || text == name {
				break
			}
			text = next
		}
	}
}

// Surnames counts the surnames of the table that are offered where they are typed as they are read as surnames.
func Surnames(t *figures.Table) error {
	var b search.Builder
	const village = "420581101201"
	b.Village(search.Village{Code: village, Scope: []string{village}})
	read := map[string]string{}
	var people []search.Person
	for line := range strings.Lines(reading.Surnames()) {
		surname, syllables, _ := strings.Cut(strings.TrimSpace(line), ",")
		if surname == "surname" || syllables == "" {
			continue
		}
		read[surname] = strings.Trim(strings.NewReplacer("1", "", "2", "", "3", "", "4", "", " ", "").Replace(syllables), " ")
		people = append(people, search.Person{Village: village, Name: surname + "建国", Type: "户", Years: []search.YearSum{{Year: 2025, Payments: 1, Sum: 1}}})
	}
	if err := b.People(village, people, 0); err != nil {
		return err
	}
	sections, err := b.Finish()
	if err != nil {
		return err
	}
	x, err := search.Open(func(name string) ([]byte, error) { return sections[name], nil }, nil)
	if err != nil {
		return err
	}
	right := 0
	for surname, letters := range read {
		var a search.Answer
		if err := x.Find(search.Query{In: search.InPeople, Village: village, Text: letters + "jianguo", Limit: len(read)}, &a); err != nil {
			return err
		}
		if slices.ContainsFunc(a.Hits, func(h search.Hit) bool { return h.Title == surname+"建国" && h.Why == search.WhyPinyin }) {
			right++
		}
	}
	t.Add("surname_readings_right", float64(right)/float64(len(read)), "fraction", fmt.Sprintf("%d of %d surnames with a reading of their own are found by it", right, len(read)))
	return nil
}

// Hand (手) writes characters and recognises them. Write returns false where it has no sample of a character.
type Hand interface {
	Write(char rune) (ink any, ok bool)
	Recognise(ink any, among map[rune]int, n int) []rune
}

// Hands measures the handwriting of hands over the whole county, each character held to what can follow there. The figures without
// a name are of the first hand.
func (c *County) Hands(t *figures.Table, hands ...NamedHand) {
	const names = 700
	for i, h := range hands {
		r := rand.New(rand.NewPCG(9, 3))
		var chars, top1, top5, whole, tried int
		for skipped := 0; tried < names && skipped < 20*names; {
			_, name := c.draw(r, c.villages)
			inks, ok := inkOf(h, name)
			if !ok {
				skipped++
				continue
			}
			tried++
			good := true
			for k, char := range []rune(name) {
				e := c.Lexicon.Enter(string([]rune(name)[:k]), search.Query{In: search.InPeople})
				list := h.Recognise(inks[k], e.Among(), candidates)
				at := slices.Index(list, char)
				chars++
				if at == 0 {
					top1++
				}
				if at >= 0 && at < 5 {
					top5++
				}
				good = good && at >= 0
			}
			if good {
				whole++
			}
		}
		if tried == 0 {
			t.Remark("speller_"+h.Name, "no name of the county can be written by this hand")
			continue
		}
		suffix := "_" + h.Name
		if i == 0 {
			suffix = ""
		}
		note := fmt.Sprintf("%d characters of %d names written by %s, over a county of %d people", chars, tried, h.Name, c.People)
		t.Add("speller_char_top1"+suffix, float64(top1)/float64(chars), "fraction", note)
		t.Add("speller_char_top5"+suffix, float64(top5)/float64(chars), "fraction", note)
		t.Add("names_without_correction"+suffix, float64(whole)/float64(tried), "fraction", "every character among the eight offered when it is written once; "+note)
	}
}

// NamedHand (写的人) is a hand with a name for its figures.
type NamedHand struct {
	Name string
	Hand
}

func inkOf(h Hand, name string) ([]any, bool) {
	var inks []any
	for _, char := range name {
		ink, ok := h.Write(char)
		if !ok {
			return nil, false
		}
		inks = append(inks, ink)
	}
	return inks, true
}

func quantile(list []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(max(1, len(list)))
}
