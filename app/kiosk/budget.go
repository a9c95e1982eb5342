package kiosk

import (
	"cmp"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The stages of a budget in the order in which they come, and the tabs that are none: 三公经费, and the years side by side,
// which stands among the years. The first tab, which holds them against each other, is the empty one.
const (
	stagePlan  = "预算"
	stageAdded = "调整"
	stageSpent = "执行"
	stageFinal = "决算"
	tabThree   = "三公经费"
	tabYears   = "历年"
)

// tabTables is what leads to the tables of the stages; there the stages stand in its place.
const tabTables = "tables"

var stages = []string{stagePlan, stageAdded, stageSpent, stageFinal}

// budgetPage is 财政公开 of a department: one year's budget, what was added, what was spent, or all years side by side.
func (m Model) budgetPage(at At) page {
	inst, ok := m.shown.Institution(at.Ref)
	if !ok {
		return gonePage()
	}
	p := page{
		phone: At{Ref: inst.Ref, Choice: doorFund, About: word.Say("phone.about.budget", inst.Name, at.Year)},
		body:  append([]Block{Heading{Text: inst.Name}}, m.openings(inst.Ref, true)...),
	}
	years := newestFirst(m.shown.BudgetYears(inst.Ref))
	if len(years) == 0 {
		p.phone.About = word.Say("phone.about.nobudget", inst.Name)
		if funds, ok := m.ownFunds(inst.Ref); ok {
			p.body = append(p.body, Tabs{Items: []Tab{funds}})
		}
		p.body = append(p.body, m.noneYet())
	} else {
		p.body = append(p.body, budgetYears(at, years))
		p.body = append(p.body, m.accounts(at, years)...)
	}
	return p
}

// ownFunds lead to the funds that the department answers for; ok is false where there are none.
func (m Model) ownFunds(ref string) (Tab, bool) {
	for _, year := range newestFirst(m.shown.FundYears()) {
		if n := len(m.fundsOf(ref, year)); n > 0 {
			to := At{Page: PageFundList, Tab: tabOwners, Choice: ref, Year: year}
			return Tab{Text: word.Say("department.funds", n), Touch: Go{to}}, true
		}
	}
	return Tab{}, false
}

// budgetYears are the years, and behind them all side by side.
func budgetYears(at At, years []int64) Tabs {
	t := yearTabs(at, years)
	for i, tab := range t.Items {
		to := tab.Touch.(Turn).To
		if at.Tab == tabYears {
			to.Tab, to.Choice = "", ""
		}
		t.Items[i].On, t.Items[i].Touch = tab.On && at.Tab != tabYears, turn(to)
	}
	if len(years) > 1 {
		to := at
		to.Tab, to.Choice = tabYears, ""
		t.Items = append(t.Items, Tab{Text: word.Say("budget.years"), On: at.Tab == tabYears, Touch: turn(to)})
	}
	return t
}

// accounts is what a tab shows.
func (m Model) accounts(at At, years []int64) []Block {
	if at.Tab == tabYears {
		return m.sideBySide(at, years)
	}
	lines, three := m.shown.Budget(at.Ref, at.Year), m.shown.ThreePublic(at.Ref, at.Year)
	if len(lines) == 0 && len(three) == 0 {
		return []Block{m.noneYet()}
	}
	drawn := tabled(lines)
	switch {
	case at.Tab == tabThree && len(three) > 0:
		return []Block{m.accountTabs(at, lines, three), threeRows(at, three)}
	case at.Tab == stageAdded && len(ofStage(lines, stageAdded)) > 0:
		return append([]Block{m.accountTabs(at, lines, three)}, supplements(at, lines)...)
	case at.Tab == tabTables && len(drawn) > 0:
		at.Tab = drawn[0]
	case !slices.Contains(drawn, at.Tab):
		at.Tab = ""
		return append([]Block{m.accountTabs(at, lines, three)}, overview(at, lines)...)
	}
	return []Block{tableTabs(at, drawn), budgetRows(at, lines)}
}

// tabled are the stages of which there are tables; what was added has a page of its own.
func tabled(lines []disclosure.BudgetLine) []string {
	return slices.DeleteFunc(slices.Clone(stages), func(s string) bool { return s == stageAdded || len(ofStage(lines, s)) == 0 })
}

// accountTabs offers what there is of the year, and the funds of the department.
func (m Model) accountTabs(at At, lines []disclosure.BudgetLine, three []disclosure.ThreePublic) Tabs {
	t := Tabs{Items: []Tab{budgetTab(at, "", word.Say("budget.overview"))}}
	if len(tabled(lines)) > 0 {
		t.Items = append(t.Items, budgetTab(at, tabTables, word.Say("budget.tables")))
	}
	if len(ofStage(lines, stageAdded)) > 0 {
		t.Items = append(t.Items, budgetTab(at, stageAdded, stageAdded))
	}
	if len(three) > 0 {
		t.Items = append(t.Items, budgetTab(at, tabThree, tabThree))
	}
	if funds, ok := m.ownFunds(at.Ref); ok {
		t.Items = append(t.Items, funds)
	}
	return t
}

// tableTabs offers the stages, and the way back to the whole.
func tableTabs(at At, drawn []string) Tabs {
	t := Tabs{Items: []Tab{budgetTab(at, "", word.Say("budget.overview"))}}
	for _, s := range drawn {
		t.Items = append(t.Items, budgetTab(at, s, s))
	}
	return t
}

func budgetTab(at At, tab, text string) Tab {
	to := at
	to.Tab = tab
	return Tab{Text: text, On: at.Tab == tab, Touch: turn(to)}
}

func ofStage(lines []disclosure.BudgetLine, stage string) []disclosure.BudgetLine {
	return slices.DeleteFunc(slices.Clone(lines), func(l disclosure.BudgetLine) bool { return l.Stage != stage })
}

// account (账) is what one stage adds up to: the table of expenditure by function, its sum, and the lines directly under it.
type account struct {
	stage, table string
	total        disclosure.Fen
	top          []disclosure.BudgetLine
	published    disclosure.Date
}

// accountOf reads the first table of expenditure that is neither about income nor about a part of the expenditure alone.
func accountOf(lines []disclosure.BudgetLine, stage string) (account, bool) {
	lines = ofStage(lines, stage)
	for _, table := range tables(lines) {
		if !strings.Contains(table, "支出") || strings.Contains(table, "基本支出") || strings.Contains(table, "项目支出") || strings.Contains(table, "总表") {
			continue
		}
		a := account{stage: stage, table: table}
		in := slices.DeleteFunc(slices.Clone(lines), func(l disclosure.BudgetLine) bool { return l.Table != table })
		roots := childrenOf(in)[""]
		if len(roots) == 0 {
			continue // lines that are part of each other in a circle
		}
		for _, r := range roots {
			a.total, a.published = a.total+r.Total, max(a.published, r.PublishedOn)
		}
		a.top = roots
		if below := childrenOf(in)[roots[0].Ref]; len(roots) == 1 && roots[0].FuncCode == "" && len(below) > 0 {
			a.top = below
		}
		return a, true
	}
	return account{}, false
}

// tables are the published tables of a stage: the overview first, then expenditure, then its parts.
func tables(lines []disclosure.BudgetLine) []string {
	var names []string
	for _, l := range lines {
		names = append(names, l.Table)
	}
	rank := func(table string) int {
		return slices.IndexFunc([]string{"总表", "基本支出", "项目支出", ""}, func(s string) bool { return strings.Contains(table, s) })
	}
	order := []int{0, 2, 3, 1} // by rank
	names = unique(names)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Or(order[rank(a)]-order[rank(b)], strings.Compare(a, b)) })
	return names
}

// childrenOf are the lines of a table under the line that they are part of, those of none under the empty reference.
func childrenOf(lines []disclosure.BudgetLine) map[string][]disclosure.BudgetLine {
	refs := map[string]bool{}
	for _, l := range lines {
		refs[l.Ref] = true
	}
	out := map[string][]disclosure.BudgetLine{}
	for _, l := range lines {
		parent := l.Parent
		if !refs[parent] {
			parent = ""
		}
		out[parent] = append(out[parent], l)
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b disclosure.BudgetLine) int {
			return cmp.Or(strings.Compare(a.FuncCode, b.FuncCode), strings.Compare(a.EconCode, b.EconCode), strings.Compare(a.Ref, b.Ref))
		})
	}
	return out
}

// overview holds what was spent against what was planned and added.
func overview(at At, lines []disclosure.BudgetLine) []Block {
	plan, planned := accountOf(lines, stagePlan)
	added := addedIn(lines)
	bars := Bars{Title: word.Say("budget.bars", at.Year)}
	var done account
	var accounts []account
	for _, s := range []string{stageSpent, stageFinal} {
		if a, ok := accountOf(lines, s); ok {
			done, accounts = a, append(accounts, a)
		}
	}
	most := max(plan.total+added, 1)
	for _, a := range accounts {
		most = max(most, a.total)
	}
	bar := func(label string, amount disclosure.Fen, now bool) {
		bars.Rows = append(bars.Rows, BarRow{Label: label, Fraction: share(amount, most), Mark: -1, Value: yuan(amount), Subject: SubjectFund, Now: now})
	}
	if planned {
		bar(word.Say("budget.plan"), plan.total, false)
	}
	// What was spent stands next to what was planned: a low panel shows the first two bars only.
	for i, a := range slices.Backward(accounts) {
		bar(a.stage, a.total, i == len(accounts)-1)
	}
	if added != 0 {
		bar(word.Say("budget.added"), added, false)
	}
	switch {
	case planned && done.total != 0 && added == 0:
		bars.Note = word.Say("budget.done.plan", done.stage, percent(done.total, plan.total), done.published.Chinese())
		bars.NoteDim = word.Say("budget.by", done.table)
	case planned && done.total != 0:
		bars.Note = word.Say("budget.done", done.stage, percent(done.total, plan.total+added), done.published.Chinese())
		bars.NoteDim = word.Say("budget.by", done.table)
	case planned:
		bars.Note, bars.NoteDim = word.Say("budget.notspent"), word.Say("budget.by", plan.table)
	case done.total != 0:
		bars.Note, bars.NoteDim = word.Say("budget.noplan"), word.Say("budget.by", done.table)
	}
	if len(bars.Rows) == 0 {
		return []Block{Notice{Icon: "info", Title: word.Say("budget.nosum"), Text: word.Say("budget.nosum.text"), Tone: ToneNeutral}}
	}
	return []Block{bars, comparison(at, plan, done)}
}

// comparison is the same in figures, and line by line.
func comparison(at At, plan, done account) List {
	type pair struct {
		name       string
		plan, done disclosure.Fen
	}
	pairs := []pair{{word.Say("three.sum"), plan.total, done.total}}
	put := func(l disclosure.BudgetLine, set func(*pair)) {
		i := slices.IndexFunc(pairs[1:], func(p pair) bool { return p.name == l.Name }) + 1
		if i == 0 {
			i, pairs = len(pairs), append(pairs, pair{name: l.Name})
		}
		set(&pairs[i])
	}
	for _, l := range plan.top {
		put(l, func(p *pair) { p.plan += l.Total })
	}
	for _, l := range done.top {
		put(l, func(p *pair) { p.done += l.Total })
	}
	list := List{
		Header: true, Columns: []Column{{Title: word.Say("budget.line"), Weight: 2}},
		Len: len(pairs), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
	}
	both := plan.stage != "" && done.stage != ""
	if both {
		list.Columns = append(list.Columns, Column{Weight: 1})
	}
	for _, a := range []account{plan, done} {
		if a.stage != "" {
			list.Columns = append(list.Columns, Column{Title: word.Say("budget.three.stage", a.stage), Align: AlignRight})
		}
	}
	list.Row = func(i int) Row {
		p := pairs[i]
		row := Row{Cells: []Cell{{Text: p.name, Style: StyleStrong}}}
		if both {
			bar := share(p.done, p.plan)
			row.Cells = append(row.Cells, Cell{Bar: &bar})
		}
		if plan.stage != "" {
			row.Cells = append(row.Cells, Cell{Text: p.plan.Yuan()})
		}
		if done.stage != "" {
			spent := Cell{Text: p.done.Yuan(), Style: StyleAmount}
			if both && p.plan > 0 {
				spent.Lines = []string{word.Say("budget.share", percent(p.done, p.plan))}
			}
			row.Cells = append(row.Cells, spent)
		}
		return row
	}
	return list
}

// addedIn is what was given during the year (追加).
func addedIn(lines []disclosure.BudgetLine) (sum disclosure.Fen) {
	for _, l := range childrenOf(ofStage(lines, stageAdded))[""] {
		sum += l.Total
	}
	return sum
}

// supplements are what was added during the year, each with its paper, or that none was published.
func supplements(at At, lines []disclosure.BudgetLine) []Block {
	list := childrenOf(ofStage(lines, stageAdded))[""]
	without := 0
	for _, l := range list {
		if !approved(l) {
			without++
		}
	}
	n := Notice{
		Icon: "verified_user", Title: word.Say("supplement.sum", len(list)), Figure: yuan(addedIn(lines)),
		Text: word.Say("supplement.complete"), Tone: ToneGood,
	}
	if without > 0 {
		n.Icon, n.Text, n.Tone = "warning", word.Say("supplement.incomplete", without), ToneAttention
	}
	return []Block{n, List{
		Header:  true,
		Columns: []Column{{Title: word.Say("supplement.for"), Weight: 1}, {Title: word.Say("list.amount"), Align: AlignRight}},
		Len:     len(list), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row { return supplementRow(list[i]) },
	}}
}

// approved reports whether a supplement names its paper in full: number, day and document.
func approved(l disclosure.BudgetLine) bool {
	return l.ApprovalNo != "" && l.ApprovalDate != "" && l.ApprovalDoc != ""
}

func supplementRow(l disclosure.BudgetLine) Row {
	name := Cell{Text: l.Name, Style: StyleStrong}
	if !approved(l) {
		name.Chip = &Chip{Icon: "warning", Text: word.Say("budget.noapproval"), Tone: ToneAttention}
	}
	if l.ApprovalNo != "" {
		name.Lines = append(name.Lines, l.ApprovalNo)
	}
	if l.ApprovalDate != "" {
		name.Lines = append(name.Lines, word.Say("budget.approval", l.ApprovalDate.Chinese()))
	}
	name.Lines = append(name.Lines, nonEmpty(l.ApprovalDoc)...)
	return Row{Cells: []Cell{name, {Text: l.Total.Yuan(), Style: StyleAmount}}}
}

// budgetRows shows the published tables of a stage one under the other, each under its name and with what is part of a line
// set in under it.
func budgetRows(at At, lines []disclosure.BudgetLine) List {
	lines = ofStage(lines, at.Tab)
	var rows []Row
	for _, table := range tables(lines) {
		rows = append(rows, Row{Cells: []Cell{{Text: table, Style: StyleName}, {}}})
		children := childrenOf(slices.DeleteFunc(slices.Clone(lines), func(l disclosure.BudgetLine) bool { return l.Table != table }))
		var descend func(ref string, depth int)
		descend = func(ref string, depth int) {
			for _, l := range children[ref] {
				rows = append(rows, budgetRow(l, depth))
				if depth < deepest {
					descend(l.Ref, depth+1)
				}
			}
		}
		descend("", 0)
	}
	return List{
		Header:  true,
		Columns: []Column{{Title: word.Say("budget.line"), Weight: 1}, {Title: word.Say("list.amount"), Align: AlignRight}},
		Len:     len(rows), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row { return rows[i] },
	}
}

// budgetRow is one line of a table; one that is part of no other is bold.
func budgetRow(l disclosure.BudgetLine, depth int) Row {
	name := Cell{Text: strings.Repeat("　", min(depth, 3)) + l.Name}
	if depth == 0 {
		name.Style = StyleStrong
	}
	if l.Basic != 0 && l.Project != 0 {
		name.Lines = []string{word.Say("budget.parts", l.Basic.Yuan(), l.Project.Yuan())}
	}
	return Row{Cells: []Cell{name, {Text: l.Total.Yuan(), Style: StyleAmount}}}
}

// sideBySide compares the years in one stage: what each adds up to, and line by line.
func (m Model) sideBySide(at At, years []int64) []Block {
	years = years[:min(len(years), mostYears)]
	all := map[int64][]disclosure.BudgetLine{}
	var known []string
	for _, s := range stages {
		for _, y := range years {
			if all[y] == nil {
				all[y] = m.shown.Budget(at.Ref, y)
			}
			if _, ok := accountOf(all[y], s); ok {
				known = append(known, s)
			}
		}
	}
	known = unique(known)
	if len(known) == 0 {
		return []Block{m.noneYet()}
	}
	if !slices.Contains(known, at.Choice) {
		at.Choice = known[0]
	}
	var tabs Tabs
	for _, s := range known {
		to := at
		to.Choice = s
		tabs.Items = append(tabs.Items, Tab{Text: s, On: s == at.Choice, Touch: turn(to)})
	}
	accounts := make([]account, len(years))
	for i, y := range years {
		accounts[i], _ = accountOf(all[y], at.Choice)
	}
	return []Block{tabs, yearTotals(years, accounts), yearLines(at, years, accounts)}
}

// yearTotals are the sums of each year as bars.
func yearTotals(years []int64, accounts []account) Bars {
	bars, most := Bars{}, disclosure.Fen(1)
	for _, a := range accounts {
		most = max(most, a.total)
	}
	for i, a := range accounts {
		row := BarRow{Label: word.Say("year", years[i]), Fraction: share(a.total, most), Mark: -1, Value: yuan(a.total), Subject: SubjectFund, Now: i == 0}
		if a.table == "" {
			row.Value = word.Say("fact.none")
		} else {
			bars.NoteDim = word.Say("budget.by", a.table)
		}
		bars.Rows = append(bars.Rows, row)
	}
	return bars
}

// yearLines are the lines of the years beside each other, the newest at the end, where a narrow panel writes it large.
func yearLines(at At, years []int64, accounts []account) List {
	var names []string
	for _, a := range accounts {
		for _, l := range a.top {
			names = append(names, l.Name)
		}
	}
	names = unique(names)
	list := List{
		Header: true, Columns: []Column{{Title: word.Say("budget.line"), Weight: 1}},
		Len: len(names), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
	}
	for _, y := range slices.Backward(years) {
		list.Columns = append(list.Columns, Column{Title: word.Say("budget.three.stage", word.Say("year", y)), Align: AlignRight})
	}
	list.Row = func(i int) Row {
		row := Row{Cells: []Cell{{Text: names[i], Style: StyleStrong}}}
		for _, a := range slices.Backward(accounts) {
			row.Cells = append(row.Cells, a.cell(names[i]))
		}
		return row
	}
	return list
}

// cell is what an account has under a name; nothing is said where it has no such line.
func (a account) cell(name string) Cell {
	sum, found := disclosure.Fen(0), false
	for _, l := range a.top {
		if l.Name == name {
			sum, found = sum+l.Total, true
		}
	}
	if !found {
		return Cell{Text: word.Say("budget.noline")}
	}
	return Cell{Text: sum.Yuan()}
}

// threeRows shows what went abroad, into cars and to guests, stage beside stage, and all of it together.
func threeRows(at At, of []disclosure.ThreePublic) List {
	list := List{
		Header: true, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Columns: []Column{{Title: word.Say("budget.three.item"), Weight: 1}},
	}
	of = slices.Clone(of)
	slices.SortStableFunc(of, func(a, b disclosure.ThreePublic) int {
		return slices.Index(stages, a.Stage) - slices.Index(stages, b.Stage)
	})
	items := []struct {
		name   string
		amount func(disclosure.ThreePublic) disclosure.Fen
		note   func(disclosure.ThreePublic) string
	}{
		{
			word.Say("three.abroad"),
			func(t disclosure.ThreePublic) disclosure.Fen { return t.Abroad },
			func(t disclosure.ThreePublic) string { return word.Say("three.trips", t.Trips) },
		},
		{
			word.Say("three.bought"),
			func(t disclosure.ThreePublic) disclosure.Fen { return t.CarsBought },
			func(disclosure.ThreePublic) string { return "" },
		},
		{
			word.Say("three.run"),
			func(t disclosure.ThreePublic) disclosure.Fen { return t.CarsRun },
			func(t disclosure.ThreePublic) string { return word.Say("three.cars", t.Cars) },
		},
		{
			word.Say("three.guests"),
			func(t disclosure.ThreePublic) disclosure.Fen { return t.Reception },
			func(t disclosure.ThreePublic) string { return word.Say("three.receptions", t.Receptions, t.Guests) },
		},
		{
			word.Say("three.sum"),
			func(t disclosure.ThreePublic) disclosure.Fen {
				return t.Abroad + t.CarsBought + t.CarsRun + t.Reception
			},
			func(disclosure.ThreePublic) string { return "" },
		},
	}
	for _, s := range of {
		list.Columns = append(list.Columns, Column{Title: word.Say("budget.three.stage", s.Stage), Align: AlignRight})
	}
	list.Len = len(items)
	list.Row = func(i int) Row {
		row := Row{Cells: []Cell{{Text: items[i].name, Style: StyleStrong}}}
		for _, s := range of {
			row.Cells = append(row.Cells, Cell{Text: items[i].amount(s).Yuan(), Style: StyleAmount, Lines: nonEmpty(items[i].note(s))})
		}
		return row
	}
	return list
}
