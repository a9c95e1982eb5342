// Package sample makes a synthetic county: real townships and villages, invented people, institutions, funds, budgets and
// policies, at the scale of the sources, and at any other.
//
// The parties are the generator and the office, which takes the files in as it would a real county's. A County holds what is
// small: places, kinds, institutions, funds, allocations, budgets, papers. Payments are not held: a village is made from the
// seed and its code alone, once when its sums are counted and again when its lists are written, so that five million
// payments need no more memory than one village. The same options give the same bytes on every machine.
//
// What it promises: every law of disclosure holds, except for the differences between lists and allocations that are
// planted on purpose; Planted names those, and county.json carries them. Nothing in it is true but the names of places, and
// no telephone number occurs but 12310.
package sample

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/county"
)

// Options (选项) say which county is made. The zero values of Payments and AsOf are the defaults.
type Options struct {
	County   string // 420581 宜都市 or 420923 云梦县
	Seed     uint64
	Payments int             // about this many payments, whole lists
	AsOf     disclosure.Date // the last day that anything was published
}

// The defaults: payments at the sources' scale, on a day in the last quarter, when most of the year's lists are out.
const (
	DefaultPayments = 200_000
	DefaultAsOf     = disclosure.Date("2026-11-20")
)

// The scale of the sources: institutions that published, people in post, funds.
const (
	institutionCount = 379
	incumbentCount   = 11_137
)

// County (县) is everything of a synthetic county but its payments, which Lists makes.
type County struct {
	options  Options
	spec     spec
	plan     plan
	kinds    []disclosure.SubsidyKind
	villages []village // with payments
	all      []village
	rank     map[disclosure.Code]int // of a township, from 0
	wooded   int                     // villages with forest, in permille
	planted  []*Planted
	payments int
	slots    int // village-years that relief fills
	fill     int
	offices  []unit

	Places       []disclosure.Place
	Institutions []disclosure.Institution
	Incumbents   []disclosure.Incumbent
	Policies     []disclosure.Policy
	Funds        []disclosure.Fund
	Allocations  []disclosure.Allocation
	BudgetLines  []disclosure.BudgetLine
	ThreePublic  []disclosure.ThreePublic
	Procurements []disclosure.Procurement
	Projects     []disclosure.InvestmentProject
	Notices      []disclosure.Notice
	Contacts     []disclosure.Contact
	Obligations  []disclosure.Obligation
	Withdrawals  []disclosure.Withdrawal
}

// spec is what tells the two counties apart.
type spec struct {
	name, word string // 宜都市, 市
	city       string
	mark       string // in numbers of documents
	emblem     string
	seat       string // the township where the county's offices are
	wooded     int
}

var specs = map[string]spec{
	"420581": {name: "宜都市", word: "市", city: "宜昌市", mark: "都", emblem: "宜", seat: "陆城街道", wooded: 620},
	"420923": {name: "云梦县", word: "县", city: "孝感市", mark: "云", emblem: "云", seat: "城关镇", wooded: 160},
}

// plan (规模) is how the asked-for number of payments is reached.
type plan struct {
	years      []int
	households int  // in a village, on average
	monthly    bool // what is paid for months is paid each month
	pensions   bool
	tiny       bool // too few payments for whole lists of a village
	most       int  // households in a village
}

// Name is the county's name, Emblem the character that stands for it.
func (c *County) Name() string   { return c.spec.name }
func (c *County) Emblem() string { return c.spec.emblem }

// Kinds are the kinds of subsidies.
func (c *County) Kinds() []disclosure.SubsidyKind { return c.kinds }

// Payments is the number of payments that Lists makes.
func (c *County) Payments() int { return c.payments }

// Planted returns the differences between lists and allocations that were planted.
func (c *County) Planted() []Planted {
	var out []Planted
	for _, p := range c.planted {
		out = append(out, *p)
	}
	return out
}

// Generate makes a county. It fails for a county that it does not know and for options that make no sense.
func Generate(o Options) (*County, error) {
	o.Payments = cmp.Or(o.Payments, DefaultPayments)
	o.AsOf = cmp.Or(o.AsOf, DefaultAsOf)
	s, ok := specs[o.County]
	if !ok {
		return nil, fmt.Errorf("sample: county %q is not 420581 or 420923", o.County)
	}
	day, ok := o.AsOf.Last()
	if !ok || len(o.AsOf) != len("2006-01-02") || day.Year() < 2024 || day.Year() > 2040 {
		return nil, fmt.Errorf("sample: as of %q is no day from 2024 to 2040", o.AsOf)
	}
	if o.Payments < 100 {
		return nil, errors.New("sample: fewer than 100 payments make no list")
	}
	c := &County{options: o, spec: s, kinds: makeKinds(), rank: map[disclosure.Code]int{}, wooded: s.wooded}
	if name, _ := county.Name(o.County); name != s.name {
		return nil, fmt.Errorf("sample: %s is called %q in the list of divisions", o.County, name)
	}
	c.Places, c.all = makePlaces(o.County)
	for _, p := range c.Places {
		if p.Level == "乡" {
			c.rank[p.Code] = len(c.rank)
		}
	}
	sums := c.size(day.Year())
	c.makeInstitutions()
	c.makePolicies()
	c.makeFunds(sums)
	c.makeBudgets()
	c.makePapers()
	return c, nil
}

// wholeList is the least number of households of a village, so that its main list has eighty and more.
const wholeList = 90

// firstYear is the first for which the catalogue of kinds was the same as now.
const firstYear = 2018

// size settles on years, villages and households so that there are as many payments as asked for, and returns what each
// list adds up to.
func (c *County) size(year int) [][]sum {
	c.choosePlan(year)
	for tries := 0; ; tries++ {
		c.plantDifferences()
		c.fill, c.slots = 0, 0
		n := total(c.count(c.villages))
		// Lists come a little short of what was asked for, so that relief can make up the rest.
		next := c.plan.households * (c.options.Payments * 993 / 1000) / max(n, 1)
		fits := n <= c.options.Payments && (next <= c.plan.households || tries > 5)
		switch {
		case fits || c.plan.tiny && c.plan.households == 1:
			c.topUp(c.options.Payments - n)
			sums := c.count(c.villages)
			c.payments = total(sums)
			return sums
		case n > c.options.Payments && next < wholeList && !c.plan.tiny && len(c.villages) > 1:
			c.villages = c.spread(max(1, min(len(c.villages)-1, len(c.villages)*next/wholeList)))
			c.plan.households = wholeList * 5 / 4
		case n > c.options.Payments:
			c.plan.households = max(1, min(next, c.plan.households-1))
		default:
			c.plan.households = next
		}
	}
}

// choosePlan takes the fewest years, at least four, and the fewest payments of a household with which the villages do not
// burst. It knows only roughly how many payments that makes; size finds the number of households.
func (c *County) choosePlan(year int) {
	const (
		usual  = 190 // households in a village
		fewest = 100
	)
	ways := []struct {
		monthly, pensions bool
		rate              float64 // payments of a household in a year
	}{{false, false, 2.4}, {true, false, 5.7}, {true, true, 15.5}}
	c.villages = c.all
	want := float64(c.options.Payments)
	if n := int(want / (4 * ways[0].rate * fewest)); n < len(c.all) {
		c.villages = c.spread(max(n, 1))
	}
	for _, w := range ways {
		var years []int
		for y := year - 3; y <= year; y++ {
			years = append(years, y)
		}
		for {
			h := int(want / (float64(len(c.villages)*len(years)) * w.rate))
			c.plan = plan{years: years, households: max(h, 1), monthly: w.monthly, pensions: w.pensions, tiny: h < wholeList, most: max(285, h*3/2)}
			if h <= usual {
				return
			}
			if years[0] <= firstYear {
				break
			}
			years = slices.Insert(slices.Clone(years), 0, years[0]-1)
		}
	}
}

// spread returns n villages, one of each township in turn.
func (c *County) spread(n int) []village {
	byTown := map[disclosure.Code][]village{}
	for _, v := range c.all {
		if v.place.Kind == "村委会" {
			byTown[v.town.Code] = append(byTown[v.town.Code], v)
		}
	}
	var out []village
	for round := 0; len(out) < n; round++ {
		before := len(out)
		for _, p := range c.Places {
			if list := byTown[p.Code]; round < len(list) && len(out) < n {
				out = append(out, list[round])
			}
		}
		if len(out) == before {
			break
		}
	}
	slices.SortFunc(out, func(a, b village) int { return cmp.Compare(a.place.Code, b.place.Code) })
	return out
}

// topUp has relief (冬春救助) make the missing payments.
func (c *County) topUp(missing int) {
	p := &programmes[programmeIndex["yingji_dongchun"]]
	for _, y := range c.plan.years {
		if _, published := p.payDay(y, 1, 0, len(c.rank)); published <= c.options.AsOf {
			c.slots += len(c.villages)
		}
	}
	c.fill = max(missing, 0)
}

// relief returns how many households of a village get relief in the year with that index.
func (c *County) relief(v *village, year int) int {
	i, _ := slices.BinarySearchFunc(c.villages, v.place.Code, func(v village, code disclosure.Code) int { return cmp.Compare(v.place.Code, code) })
	slot := year*len(c.villages) + i
	if slot >= c.slots {
		return 0
	}
	n := c.fill / c.slots
	if slot < c.fill%c.slots {
		n++
	}
	return n
}

// sum (合计) is what one list adds up to.
type sum struct {
	list
	count   int
	amount  disclosure.Fen
	planted *Planted
}

// count adds up the lists of villages, on all processors.
func (c *County) count(villages []village) [][]sum {
	out := make([][]sum, len(villages))
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				c.settle(&villages[i]).lists(func(l *list) { out[i] = append(out[i], c.sumOf(l)) })
			}
		})
	}
	for i := range villages {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

func (c *County) sumOf(l *list) sum {
	s := sum{list: *l, count: len(l.rows), planted: c.plantedIn(l)}
	s.rows = nil
	for i := range l.rows {
		s.amount += l.rows[i].Amount
	}
	return s
}

func total(sums [][]sum) int {
	n := 0
	for _, lists := range sums {
		for _, s := range lists {
			n += s.count
		}
	}
	return n
}

// Lists makes every payment, village by village in order of code, and hands on one list at a time, whose rows are the
// caller's only until it returns. References are those that intake derives (Disbursement.Key).
func (c *County) Lists(each func(rows []disclosure.Disbursement) error) error {
	for i := range c.villages {
		var failed error
		c.settle(&c.villages[i]).lists(func(l *list) {
			if failed != nil {
				return
			}
			for r := range l.rows {
				l.rows[r].Ref = l.rows[r].Key()
			}
			failed = each(l.rows)
		})
		if failed != nil {
			return failed
		}
	}
	return nil
}
