package kiosk

import (
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// departmentTiles are the departments that publish a budget; one touch on a name opens it.
func (m Model) departmentTiles(at At) Block {
	departments := m.shown.Departments()
	if len(departments) == 0 {
		return m.noneYet()
	}
	return Tiles{
		Columns: 2, Len: len(departments), Offset: at.Offset, ScrollTo: scroll(at),
		Tile: func(i int) Tile {
			return Tile{Text: departments[i].Name, Touch: Go{m.toBudget(departments[i].Ref)}}
		},
	}
}

// toBudget leads to a department's newest budget.
func (m Model) toBudget(ref string) At {
	at := At{Page: PageBudget, Ref: ref}
	if years := newestFirst(m.shown.BudgetYears(ref)); len(years) > 0 {
		at.Year = years[0]
	}
	return at
}

// openings are the two doors of a department: 财政公开 and 编制公开. Nothing else stands beside them.
func (m Model) openings(ref string, budget bool) []Block {
	years := m.shown.BudgetYears(ref)
	if len(years) == 0 {
		return nil
	}
	return []Block{Tabs{Items: []Tab{
		{Icon: "payments", Text: word.Say("department.finance"), On: budget, Touch: Turn{m.toBudget(ref)}},
		{Icon: "groups", Text: word.Say("department.staffing"), On: !budget, Touch: Turn{At{Page: PageInstitution, Ref: ref}}},
	}}}
}

// tabThree is the tab 三公经费 of a budget; every other tab is a stage, as 预算 and 调整.
const tabThree = "三公经费"

func (m Model) budgetPage(at At) page {
	inst, ok := m.shown.Institution(at.Ref)
	if !ok {
		return gonePage()
	}
	p := page{
		phone: At{Ref: inst.Ref, Choice: doorFund, About: word.Say("phone.about.budget", inst.Name, at.Year)},
		body:  append([]Block{Heading{Text: inst.Name}}, m.openings(inst.Ref, true)...),
	}
	lines, three := m.shown.Budget(inst.Ref, at.Year), m.shown.ThreePublic(inst.Ref, at.Year)
	stages := stagesOf(lines)
	p.body = append(p.body, yearTabs(at, newestFirst(m.shown.BudgetYears(inst.Ref))))
	if len(stages) == 0 && len(three) == 0 {
		p.body = append(p.body, m.noneYet())
		return p
	}
	if !slices.Contains(stages, at.Tab) && (at.Tab != tabThree || len(three) == 0) {
		at.Tab = append(stages, tabThree)[0]
	}
	p.body = append(p.body, stageTabs(at, stages, len(three) > 0))
	if at.Tab == tabThree {
		p.body = append(p.body, threeRows(at, three))
		return p
	}
	p.body = append(p.body, budgetRows(at, lines))
	return p
}

func stagesOf(lines []disclosure.BudgetLine) []string {
	var stages []string
	for _, l := range lines {
		stages = append(stages, l.Stage)
	}
	return unique(stages)
}

func stageTabs(at At, stages []string, three bool) Tabs {
	if three {
		stages = append(slices.Clone(stages), tabThree)
	}
	var t Tabs
	for _, s := range stages {
		to := at
		to.Tab = s
		t.Items = append(t.Items, Tab{Text: s, On: at.Tab == s, Touch: turn(to)})
	}
	return t
}

// budgetRows shows the published tables of a stage one under the other, each under its name.
func budgetRows(at At, lines []disclosure.BudgetLine) List {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l disclosure.BudgetLine) bool { return l.Stage != at.Tab })
	refs := map[string]bool{}
	var tables []string
	for _, l := range lines {
		refs[l.Ref] = true
		tables = append(tables, l.Table)
	}
	var rows []Row
	for _, table := range unique(tables) {
		rows = append(rows, Row{Cells: []Cell{{Text: table, Style: StyleName}, {}, {}, {}}})
		for _, l := range lines {
			if l.Table == table {
				rows = append(rows, budgetRow(l, !refs[l.Parent]))
			}
		}
	}
	return List{
		Header: true,
		Columns: []Column{
			{Title: word.Say("budget.line"), Weight: 1},
			{Title: word.Say("budget.basic"), Align: AlignRight},
			{Title: word.Say("budget.project"), Align: AlignRight},
			{Title: word.Say("budget.total"), Align: AlignRight},
		},
		Len: len(rows), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row { return rows[i] },
	}
}

// budgetRow is one line of a table; one that is part of no other is bold.
func budgetRow(l disclosure.BudgetLine, top bool) Row {
	name := Cell{Text: l.Name, Lines: approval(l)}
	if top {
		name.Style = StyleStrong
	}
	return Row{Cells: []Cell{name, {Text: l.Basic.Yuan()}, {Text: l.Project.Yuan()}, {Text: l.Total.Yuan(), Style: StyleStrong}}}
}

// approval is the paper behind a supplement, or that none was published.
func approval(l disclosure.BudgetLine) []string {
	if l.Stage != "调整" {
		return nil
	}
	if l.ApprovalNo == "" {
		return []string{word.Say("budget.noapproval")}
	}
	return []string{word.Say("budget.approval", l.ApprovalNo, l.ApprovalDate.Chinese())}
}

// threeRows shows what went abroad, into cars and to guests, stage beside stage.
func threeRows(at At, stages []disclosure.ThreePublic) List {
	list := List{
		Header: true, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Columns: []Column{{Title: word.Say("budget.three.item"), Weight: 1}},
	}
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
	}
	for _, s := range stages {
		list.Columns = append(list.Columns, Column{Title: word.Say("budget.three.stage", s.Stage), Align: AlignRight})
	}
	list.Len = len(items)
	list.Row = func(i int) Row {
		row := Row{Cells: []Cell{{Text: items[i].name, Style: StyleStrong}}}
		for _, s := range stages {
			row.Cells = append(row.Cells, Cell{Text: items[i].amount(s).Yuan(), Style: StyleAmount, Lines: nonEmpty(items[i].note(s))})
		}
		return row
	}
	return list
}
