package sample

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/disclosure"
)

//go:embed catalogue.txt
var catalogueText string

// entry (目录项) is one line of the county's catalogue of special funds.
type entry struct {
	name, owner, office, category string
	wan                           int // a year's budget beside what the lists need, in 万元
	function                      string
	kinds                         []string
	source                        string
	to                            string // 户, 乡 or 县
	recipients, standard, how     string
}

// catalogue is the same in every year: the rules of Yidu ask that a fund's name is the catalogue's, with the year before it.
var catalogue = func() []entry {
	var out []entry
	for _, r := range textRows(catalogueText, 12) {
		wan, err := strconv.Atoi(r[4])
		if err != nil {
			panic("sample: " + err.Error())
		}
		e := entry{name: r[0], owner: r[1], office: r[2], category: r[3], wan: wan, function: r[5], source: r[7], to: r[8], recipients: r[9], standard: r[10], how: r[11]}
		if r[6] != "" {
			e.kinds = strings.Split(r[6], ";")
		}
		for _, k := range e.kinds {
			if i, ok := programmeIndex[k]; ok {
				programmes[i].fund = len(out)
			}
		}
		out = append(out, e)
	}
	return out
}()

// publicHealth is the yearly amount per head for basic public health, which rises by 5 yuan a year.
func publicHealth(year int) string { return strconv.Itoa(89 + 5*(year-2023)) }

func fundRef(year, index int) string { return fmt.Sprintf("F%d-%02d", year, index+1) }

// makeFunds makes the allocations, one for each batch of a list and some to townships and the county, and the funds that
// they are paid from.
func (c *County) makeFunds(sums [][]sum) {
	paid := map[string]disclosure.Fen{}
	for _, lists := range sums {
		for i := range lists {
			c.allocateList(&lists[i])
		}
	}
	for _, year := range c.plan.years {
		for i := range catalogue {
			c.allocateRest(year, i)
		}
	}
	slices.SortStableFunc(c.Allocations, func(a, b disclosure.Allocation) int { return int(a.Year - b.Year) })
	for i := range c.Allocations {
		a := &c.Allocations[i]
		a.Ref = fmt.Sprintf("B%d-%06d", a.Year, i+1)
		paid[a.Fund] += a.Amount
	}
	for _, year := range c.plan.years {
		for i := range catalogue {
			c.Funds = append(c.Funds, c.fund(year, i, paid[fundRef(year, i)]))
		}
	}
}

// allocateList sends down what a list pays; where a difference was planted, not quite that.
func (c *County) allocateList(s *sum) {
	p := &programmes[s.programme]
	a := disclosure.Allocation{
		Head: disclosure.Head{PublishedOn: s.published},
		Fund: fundRef(s.year, p.fund), Kind: p.kind, Year: int64(s.year), Batch: s.batch, Place: s.place,
		Amount: s.amount + s.withheld, DocNo: c.paper(s.year, "财", p.kind+strconv.FormatInt(s.batch, 10)),
	}
	if p.aid != "" {
		a.VisibleUntil = aidUntil(s.year)
	}
	if s.planted != nil {
		s.planted.Village, s.planted.Difference = s.place, -s.withheld
		a.Remark = s.planted.Remark
	}
	c.Allocations = append(c.Allocations, a)
}

// allocateRest sends the part of a fund that pays no lists to the townships, or spends it at the county.
func (c *County) allocateRest(year, index int) {
	e := &catalogue[index]
	if e.wan == 0 || e.kinds != nil && !slices.ContainsFunc(e.kinds, func(k string) bool { return paidIn(c.kinds, k, year) }) {
		return
	}
	d := newDice(c.options.Seed, "rest", e.name, strconv.Itoa(year))
	batches := d.between(1, 3)
	spent := d.between(900, 985)
	for b := 1; b <= batches; b++ {
		day := disclosure.Date(fmt.Sprintf("%d-%02d-%02d", year, min(12, 2+b*3+d.below(2)), d.between(5, 26)))
		if addDays(day, 6) > c.options.AsOf {
			return
		}
		amount := c.budgetWan(e, year) * spent / 1000 / batches
		for _, part := range c.parts(d, e, amount) {
			part.Head.PublishedOn = addDays(day, 6)
			part.Fund, part.Year, part.Batch = fundRef(year, index), int64(year), int64(b)
			part.DocNo = c.paper(year, "财", e.name+strconv.Itoa(b))
			c.Allocations = append(c.Allocations, part)
		}
	}
}

// budgetWan is the year's budget of the part that pays no lists, in 万元.
func (c *County) budgetWan(e *entry, year int) int {
	d := newDice(c.options.Seed, "budget", e.name)
	return max(4, e.wan*d.between(85, 115)/100*(100+(year-2023)*d.between(-2, 5))/100)
}

// parts divides an amount in 万元 among most townships, or leaves it with the county.
func (c *County) parts(d *dice, e *entry, wan int) []disclosure.Allocation {
	if e.to != "乡" {
		return []disclosure.Allocation{{Place: disclosure.Code(c.options.County + "000000"), Amount: disclosure.Fen(wan) * 1000000}}
	}
	var out []disclosure.Allocation
	var weights []int
	for _, p := range c.Places {
		if p.Level == "乡" && d.chance(860) {
			out = append(out, disclosure.Allocation{Place: p.Code})
			weights = append(weights, d.between(40, 160))
		}
	}
	if len(out) == 0 {
		return []disclosure.Allocation{{Place: c.placeNamed(c.spec.seat).Code, Amount: disclosure.Fen(wan) * 1000000}}
	}
	for i, n := range apportion(wan*100, 1, weights) { // in steps of 100 yuan
		out[i].Amount = disclosure.Fen(n) * 10000
	}
	return out
}

func (c *County) fund(year, index int, paid disclosure.Fen) disclosure.Fund {
	e := &catalogue[index]
	d := newDice(c.options.Seed, "fund", e.name, strconv.Itoa(year))
	f := disclosure.Fund{
		Head:        disclosure.Head{Ref: fundRef(year, index), PublishedOn: c.noLater(disclosure.Date(fmt.Sprintf("%d-01-%02d", year+1, d.between(8, 28))))},
		CatalogueNo: int64(index + 1), Year: int64(year), Name: fmt.Sprintf("%d年%s", year, e.name),
		Category: e.category, Owner: c.institution(e.owner), FinanceOffice: e.office, SourceSplit: e.source,
		Paid: paid, Recipients: e.recipients, Standard: c.fillStandards(e.standard, year), Method: e.how,
	}
	// What the lists need is known in advance but for a few percent; money is set aside in round sums.
	f.Budget = paid + paid*disclosure.Fen(d.between(8, 55))/1000
	if plan := disclosure.Fen(c.budgetWan(e, year)) * 1000000; e.wan > 0 && f.Budget < plan {
		f.Budget = plan
	}
	if f.Budget == 0 {
		f.Budget = disclosure.Fen(d.between(4, 40)) * 1000000
	}
	f.Budget = (f.Budget + 9999) / 10000 * 10000
	f.Balance = f.Budget - f.Paid
	f.BalanceOf = balanceText(d, year, year == c.year(), f)
	for _, k := range e.kinds {
		if i, ok := programmeIndex[k]; ok && len(e.kinds) == 1 && programmes[i].standard > 0 {
			f.StandardUnit, f.StandardAmount, f.StandardPeriod = programmes[i].unit, programmes[i].standardIn(year), "年"
			if programmes[i].unit == "月" {
				f.StandardPeriod = "月"
			}
		}
	}
	f.Policies = c.policiesOf(e.kinds, index+1)
	return f
}

func (c *County) fillStandards(text string, year int) string {
	text = strings.ReplaceAll(text, "{公卫}", publicHealth(year))
	for i := range programmes {
		k := programmes[i].kind
		if strings.Contains(text, "{"+k+"}") {
			text = strings.ReplaceAll(text, "{"+k+"}", standardText(k, year))
		}
	}
	return text
}

// noLater returns the day, or the sample's day where that is earlier.
func (c *County) noLater(d disclosure.Date) disclosure.Date { return min(d, c.options.AsOf) }

func balanceText(d *dice, year int, current bool, f disclosure.Fund) string {
	if f.Paid == 0 {
		return fmt.Sprintf("%d年安排%s万元，还没有拨付，等条件符合后再拨。", year, f.Budget.Wan())
	}
	left := pick(d, []string{"结转到下一年接着用。", "年底收回，由财政统一安排。", "留着付质保金和尾款。"})
	if current {
		left = pick(d, []string{"年底前按进度拨完。", "等验收、核对后再拨。", "留给还没到发放时间的批次。"})
	}
	return fmt.Sprintf("%d年安排%s万元，已拨付%s万元，占%s，还剩%s万元，%s",
		year, f.Budget.Wan(), f.Paid.Wan(), percent(f.Paid, f.Budget), f.Balance.Wan(), left)
}

func percent(part, whole disclosure.Fen) string {
	tenths := int64(part) * 1000 / int64(whole)
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}
