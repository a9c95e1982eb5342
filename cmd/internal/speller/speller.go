// Package speller measures how names are entered by finger (输入) over a made-up county of 400,000 people: how many actions leave a
// list of eight, how long a touch takes, whether surnames and what is said in the county's speech are found, and how a recogniser of
// handwriting does when it is held to what the index can still reach. cmd/internal/benchinput runs it.
//
// Whoever enters a name does as the pages lead: he sees so many tiles or candidates at once, asks for others where his is not among
// them, and nothing is put right for him. A character that is not recognised costs the touches that the page asks for then, and
// a name that cannot be entered by a method counts as the longest.
package speller

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/input"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
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
	return c, c.open(people)
}

// open makes an index of the people, and lets go of them.
func (c *County) open(people map[string]map[key]bool) error {
	sections, err := c.sections(people)
	if err != nil {
		return err
	}
	clear(people)
	c.heap = heap()
	x, err := search.Open(func(name string) ([]byte, error) { return sections[name], nil }, nil)
	if err != nil {
		return err
	}
	c.Lexicon = func(q search.Query) (a search.Answer) {
		if err := x.Find(q, &a); err != nil {
			panic(err) // the sections were just made
		}
		return a
	}
	return nil
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
		w := fingers[r.IntN(len(fingers))]
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
