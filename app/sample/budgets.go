package sample

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/county"
)

// spender (预算单位) is one of the 20 departments whose budgets are public, with the codes under which it runs itself.
type spender struct {
	key   string
	runs  string // 行政运行 or its like
	other string // other work of its own
}

var spenders = []spender{
	{"农业农村局", "2130101", "2130104"},
	{"教育局", "2050101", "2050202"},
	{"卫生健康局", "2100101", "2100408"},
	{"交通运输局", "2140101", "2140106"},
	{"财政局", "2010601", "2010607"},
	{"水利和湖泊局", "2130301", "2130306"},
	{"住房和城乡建设局", "2120101", "2120199"},
	{"民政局", "2080201", "2080208"},
	{"人力资源和社会保障局", "2080101", "2080109"},
	{"自然资源和规划局", "2200101", "2200106"},
	{"公安局", "2040201", "2040201"},
	{"司法局", "2040601", "2040604"},
	{"发展和改革局", "2010401", "2010401"},
	{"审计局", "2010801", "2010801"},
	{"市场监督管理局", "2013801", "2013801"},
	{"应急管理局", "2240101", "2240703"},
	{"退役军人事务局", "2082801", "2080806"},
	{"组织部", "2013201", "2130705"},
	{"残疾人联合会", "2081101", "2081107"},
	{"人民政府办公室", "2010301", "2010306"},
}

// budgetYears is how many years of budgets are public.
const budgetYears = 4

// makeBudgets makes the budgets, supplements, execution and final accounts of the 20 departments. A department's budget
// pays for its people and for the funds that it owns, so that it fits both.
func (c *County) makeBudgets() {
	years := c.plan.years[len(c.plan.years)-budgetYears:]
	for i := range spenders {
		for _, year := range years {
			b := budget{County: c, s: &spenders[i], year: year, d: newDice(c.options.Seed, "spender", spenders[i].key, strconv.Itoa(year))}
			b.make(i)
		}
	}
	slices.SortStableFunc(c.BudgetLines, func(a, b disclosure.BudgetLine) int { return cmp.Compare(a.Year, b.Year) })
}

type budget struct {
	*County
	s    *spender
	year int
	d    *dice
}

// item (明细) is a leaf of a table: the code that it stands under, and the two sorts of expenditure.
type item struct {
	code, name     string
	basic, project disclosure.Fen
}

func (b *budget) make(index int) {
	inst := b.institution(b.s.key)
	basic := b.basic(inst)
	functional := b.functional(basic)
	projects := b.projects()
	b.stage("预算", inst, functional, projects, disclosure.Date(fmt.Sprintf("%d-02-%02d", b.year, 10+index%15)))
	b.supplements(inst, index)
	if b.year < b.County.year() {
		spent, paid := b.spend(functional, 930, 1040), b.spend(projects, 930, 1040)
		b.stage("执行", inst, spent, paid, disclosure.Date(fmt.Sprintf("%d-01-20", b.year+1)))
		b.stage("决算", inst, spent, paid, disclosure.Date(fmt.Sprintf("%d-08-%02d", b.year+1, 10+index%18)))
	} else {
		b.stage("执行", inst, b.spend(functional, 690, 790), b.spend(projects, 690, 790), disclosure.Date(fmt.Sprintf("%d-10-20", b.year)))
	}
	b.threePublic(inst, index)
}

// basic is what the people of the department and of the institutions that it pays for cost in the year, about 118,000 yuan
// each.
func (b *budget) basic(inst string) disclosure.Fen {
	paid := map[string]bool{inst: true}
	for _, i := range b.Institutions {
		if i.Parent == inst && i.Funding == "财政全额" {
			paid[i.Ref] = true
		}
	}
	people := 0
	for _, p := range b.Incumbents {
		if paid[p.Institution] {
			people++
		}
	}
	each := 118000 + (b.year-2023)*2400 + b.d.between(-3000, 3000)
	return disclosure.Fen(people*each) * 100
}

// functional divides basic and project expenditure by function.
func (b *budget) functional(basic disclosure.Fen) []item {
	part := func(permille disclosure.Fen) disclosure.Fen { return basic * permille / 1000 / 10000 * 10000 }
	items := []item{
		{code: "2080505", basic: part(92)},
		{code: "2080506", basic: part(44)},
		{code: "2101101", basic: part(48)},
		{code: "2101103", basic: part(12)},
		{code: "2210201", basic: part(71)},
	}
	rest := basic
	for _, i := range items {
		rest -= i.basic
	}
	items = append(items, item{code: b.s.runs, basic: rest})
	for _, p := range b.projects() {
		items = append(items, item{code: p.code, project: p.project})
	}
	return merge(items)
}

// projects lists the department's projects: its funds, and its own work.
func (b *budget) projects() []item {
	work := disclosure.Fen(newDice(b.options.Seed, "work", b.s.key, strconv.Itoa(b.year)).between(60, 420)) * 1000000
	out := []item{{code: b.s.other, name: "业务工作经费", project: work}}
	first := slices.Index(b.plan.years, b.year) * len(catalogue)
	for i, e := range catalogue {
		if e.owner == b.s.key {
			out = append(out, item{code: e.function, name: e.name, project: b.Funds[first+i].Budget})
		}
	}
	return out
}

// merge adds up items of one code and puts them in order of code.
func merge(items []item) []item {
	sums := map[string]*item{}
	for _, i := range items {
		s := sums[i.code]
		if s == nil {
			s = &item{code: i.code}
			sums[i.code] = s
		}
		s.basic, s.project = s.basic+i.basic, s.project+i.project
	}
	var out []item
	for _, s := range sums {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b item) int { return strings.Compare(a.code, b.code) })
	return out
}

// spend returns what was spent of a budget: between low and high permille of each item, whatever the table that lists it.
func (b *budget) spend(items []item, low, high int) []item {
	out := slices.Clone(items)
	d := newDice(b.options.Seed, "spent", b.s.key, strconv.Itoa(b.year), strconv.Itoa(high))
	share := disclosure.Fen(d.between(low, high))
	for i := range out {
		out[i].basic = out[i].basic * share / 1000
		out[i].project = out[i].project * share / 1000
	}
	return out
}

// stage writes the four tables of a budget or account.
func (b *budget) stage(stage, inst string, functional, projects []item, published disclosure.Date) {
	if published > b.options.AsOf {
		return
	}
	t := table{budget: b, base: disclosure.BudgetLine{
		Head: disclosure.Head{PublishedOn: published}, Institution: inst, Year: int64(b.year), Stage: stage,
	}}
	var basic, project disclosure.Fen
	for _, i := range functional {
		basic, project = basic+i.basic, project+i.project
	}
	// Rounding of single items must not make two tables disagree: the first project takes it up.
	for _, p := range projects {
		project -= p.project
	}
	projects = slices.Clone(projects)
	projects[0].project += project

	names := []string{"部门收支总表", "一般公共预算支出表", "一般公共预算基本支出表", "项目支出表"}
	if stage == "决算" {
		names = []string{"收入支出决算总表", "一般公共预算财政拨款支出决算表", "一般公共预算财政拨款基本支出决算表", "项目支出决算表"}
	}
	t.overview(names[0], functional)
	t.functional(names[1], functional)
	t.economic(names[2], basic)
	t.projects(names[3], projects)
}

// table (预算表) writes the lines of one table, parents before children.
type table struct {
	*budget
	base disclosure.BudgetLine
}

func (t *table) line(l disclosure.BudgetLine, parent int) int {
	l.Head, l.Institution, l.Year, l.Stage, l.Table = t.base.Head, t.base.Institution, t.base.Year, t.base.Stage, t.base.Table
	l.Ref = fmt.Sprintf("Y%d-%05d", t.year, len(t.BudgetLines)+1)
	if parent >= 0 {
		l.Parent = t.BudgetLines[parent].Ref
	}
	t.BudgetLines = append(t.BudgetLines, l)
	return len(t.BudgetLines) - 1
}

// add adds amounts to a line and to all that it is part of.
func (t *table) add(line int, basic, project disclosure.Fen) {
	for {
		l := &t.BudgetLines[line]
		l.Basic, l.Project, l.Total = l.Basic+basic, l.Project+project, l.Total+basic+project
		if l.Parent == "" {
			return
		}
		line = t.find(l.Parent, line)
	}
}

// find returns the index of a line that stands before another.
func (t *table) find(ref string, before int) int {
	for i := before - 1; ; i-- {
		if t.BudgetLines[i].Ref == ref {
			return i
		}
	}
}

func (t *table) overview(name string, items []item) {
	t.base.Table = name
	var basic, project disclosure.Fen
	for _, i := range items {
		basic, project = basic+i.basic, project+i.project
	}
	sum := basic + project
	own := sum / 200 / 10000 * 10000
	in := t.line(disclosure.BudgetLine{Name: "本年收入合计", Total: sum}, -1)
	t.line(disclosure.BudgetLine{Name: "一般公共预算拨款收入", Total: sum - own}, in)
	t.line(disclosure.BudgetLine{Name: "其他收入", Total: own}, in)
	out := t.line(disclosure.BudgetLine{Name: "本年支出合计", Basic: basic, Project: project, Total: sum}, -1)
	t.line(disclosure.BudgetLine{Name: "基本支出", Basic: basic, Total: basic}, out)
	t.line(disclosure.BudgetLine{Name: "项目支出", Project: project, Total: project}, out)
}

// functional writes 类, 款 and 项 below one sum.
func (t *table) functional(name string, items []item) {
	t.base.Table = name
	root := t.line(disclosure.BudgetLine{Name: "合计"}, -1)
	at := map[string]int{}
	for _, i := range items {
		parent := root
		for _, n := range []int{3, 5, 7} {
			code := i.code[:n]
			if _, ok := at[code]; !ok {
				at[code] = t.line(disclosure.BudgetLine{Name: subjectNames()[code], FuncCode: code}, parent)
			}
			parent = at[code]
		}
		t.add(parent, i.basic, i.project)
	}
}

// basicShares say what basic expenditure is spent on, in permille; the first takes what is left over.
var basicShares = []struct {
	code     string
	permille int
}{
	{"30101", 0},
	{"30102", 145},
	{"30103", 118},
	{"30107", 96},
	{"30108", 92},
	{"30109", 44},
	{"30110", 48},
	{"30111", 12},
	{"30112", 8},
	{"30113", 71},
	{"30201", 22},
	{"30202", 6},
	{"30205", 3},
	{"30206", 9},
	{"30207", 4},
	{"30211", 14},
	{"30213", 11},
	{"30215", 5},
	{"30216", 6},
	{"30217", 4},
	{"30228", 10},
	{"30229", 9},
	{"30231", 12},
	{"30239", 21},
	{"30299", 18},
	{"30301", 4},
	{"30302", 22},
	{"30305", 16},
	{"31002", 7},
}

func (t *table) economic(name string, basic disclosure.Fen) {
	t.base.Table = name
	root := t.line(disclosure.BudgetLine{Name: "合计"}, -1)
	rest := basic
	for _, s := range basicShares {
		rest -= basic * disclosure.Fen(s.permille) / 1000
	}
	at := map[string]int{}
	for _, s := range basicShares {
		amount := basic * disclosure.Fen(s.permille) / 1000
		if s.permille == 0 {
			amount = rest
		}
		group := s.code[:3]
		if _, ok := at[group]; !ok {
			at[group] = t.line(disclosure.BudgetLine{Name: subjectNames()[group], EconCode: group}, root)
		}
		leaf := t.line(disclosure.BudgetLine{Name: subjectNames()[s.code], EconCode: s.code}, at[group])
		t.add(leaf, amount, 0)
	}
}

func (t *table) projects(name string, items []item) {
	t.base.Table = name
	root := t.line(disclosure.BudgetLine{Name: "合计"}, -1)
	for _, i := range items {
		t.add(t.line(disclosure.BudgetLine{Name: i.name, FuncCode: i.code}, root), 0, i.project)
	}
}

var subjectNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, s := range append(county.Functional(), county.Economic()...) {
		names[s.Code] = s.Name
	}
	return names
})

// supplements adds what was given during the year, with its papers. Two are planted that name none.
func (b *budget) supplements(inst string, index int) {
	purposes := []string{"办公楼屋面维修", "信息系统安全整改", "省级追加专项配套", "新增人员经费", "项目前期费", "业务用房消防改造", "档案数字化", "群众接待场所改造"}
	for n := range b.d.below(3) {
		b.supplement(inst, pick(b.d, purposes), 4+n*3, true)
	}
	if b.year == b.County.year()-1 && (index == 3 || index == 11) {
		b.supplement(inst, "业务用车维修和租赁费", 7, false)
	}
}

func (b *budget) supplement(inst, purpose string, month int, paper bool) {
	day := disclosure.Date(fmt.Sprintf("%d-%02d-%02d", b.year, month, b.d.between(3, 25)))
	if addDays(day, 15) > b.options.AsOf {
		return
	}
	t := table{budget: b, base: disclosure.BudgetLine{
		Head: disclosure.Head{PublishedOn: addDays(day, 15)}, Institution: inst, Year: int64(b.year), Stage: "调整", Table: "预算追加明细表",
	}}
	amount := disclosure.Fen(b.d.between(3, 90)) * 1000000
	l := disclosure.BudgetLine{Name: purpose, FuncCode: b.s.other, Project: amount, Total: amount}
	if paper {
		l.ApprovalNo = fmt.Sprintf("%s政办函〔%d〕%d号", b.spec.mark, b.year, b.d.between(4, 96))
		l.ApprovalDate = day
		l.ApprovalDoc = fmt.Sprintf("关于追加%d年%s的批复", b.year, purpose)
	}
	t.line(l, -1)
}

func (b *budget) threePublic(inst string, index int) {
	d := newDice(b.options.Seed, "three", b.s.key)
	cars := int64(d.between(1, 6))
	if b.s.key == "公安局" {
		cars = 46
	}
	plan := disclosure.ThreePublic{
		Head:        disclosure.Head{Ref: fmt.Sprintf("S%d-%02d-1", b.year, index+1), PublishedOn: disclosure.Date(fmt.Sprintf("%d-02-%02d", b.year, 10+index%15))},
		Institution: inst, Year: int64(b.year), Stage: "预算",
		CarsRun: disclosure.Fen(cars) * disclosure.Fen(d.between(22, 34)) * 100000, Cars: cars,
		Guests: int64(d.between(60, 420)),
	}
	plan.Receptions = plan.Guests / 7
	plan.Reception = disclosure.Fen(plan.Guests) * 9000
	if b.s.key == "公安局" && b.year%2 == 0 {
		plan.CarsBought = 36000000
	}
	if plan.PublishedOn <= b.options.AsOf {
		b.ThreePublic = append(b.ThreePublic, plan)
	}
	spent := plan
	spent.Ref = fmt.Sprintf("S%d-%02d-2", b.year, index+1)
	spent.Stage, spent.PublishedOn = "决算", disclosure.Date(fmt.Sprintf("%d-08-%02d", b.year+1, 10+index%18))
	spent.CarsRun, spent.Reception = spent.CarsRun*93/100, spent.Reception*81/100
	spent.Guests, spent.Receptions = spent.Guests*4/5, spent.Receptions*4/5
	if spent.PublishedOn <= b.options.AsOf {
		b.ThreePublic = append(b.ThreePublic, spent)
	}
}
