package kiosk

import (
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// departmentsPage is the directory of the departments (市直部门): every one that publishes a budget or hands out funds.
func (m Model) departmentsPage(at At) page {
	return page{
		body: []Block{
			Crumbs{Items: []string{word.Say("home.fund"), areaBudgets}},
			Heading{Text: word.Say("departments.title"), Note: word.Say("departments.note")},
			m.departmentTiles(at),
		},
		phone: At{Choice: doorFund},
	}
}

// departmentTiles are the departments; one touch on a name opens it.
func (m Model) departmentTiles(at At) Block {
	departments, newest := m.departments(), m.shown.NewestBudgets()
	if len(departments) == 0 {
		return m.noneYet()
	}
	return Tiles{
		Columns: 2, Len: len(departments), Offset: at.Offset, ScrollTo: scroll(at),
		Tile: func(i int) Tile {
			d := departments[i]
			t := Tile{Text: m.shortName(d.Name), Touch: Go{At{Page: PageBudget, Ref: d.Ref, Year: newest[d.Ref]}}}
			if newest[d.Ref] == 0 {
				t.Note = word.Say("departments.nobudget")
			}
			return t
		},
	}
}

// shortName is a department's name without the county's, which everybody here knows.
func (m Model) shortName(name string) string { return strings.TrimPrefix(name, m.config.CountyName) }

// departments are those that publish a budget, then those that only hand out funds.
func (m Model) departments() []disclosure.Institution {
	out := slices.Clone(m.shown.Departments())
	for _, year := range m.shown.FundYears() {
		for _, f := range m.shown.Funds(year) {
			owner, ok := m.shown.Institution(f.Owner)
			if ok && !slices.ContainsFunc(out, func(d disclosure.Institution) bool { return d.Ref == owner.Ref }) {
				out = append(out, owner)
			}
		}
	}
	return out
}

// openings are the two doors of a department: 财政公开 and 编制公开. Nothing else stands beside them.
func (m Model) openings(ref string, budget bool) []Block {
	if !slices.ContainsFunc(m.departments(), func(d disclosure.Institution) bool { return d.Ref == ref }) {
		return nil
	}
	return []Block{Tabs{Items: []Tab{
		{Icon: "payments", Text: word.Say("department.finance"), On: budget, Touch: Turn{At{Page: PageBudget, Ref: ref, Year: m.shown.NewestBudgets()[ref]}}},
		{Icon: "groups", Text: word.Say("department.staffing"), On: !budget, Touch: Turn{At{Page: PageInstitution, Ref: ref}}},
	}}}
}
