package kiosk

import (
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The areas of the county's catalogue (信息公开目录) that its rules name. They speak of twelve; the others are the county's, and
// show themselves as the categories under which it files its funds.
const (
	areaFunds     = "财政专项资金"
	areaBudgets   = "财政预决算"
	areaPurchases = "采购招标"
	areaOutlays   = "专项经费"
	areaProjects  = "政府投资项目"
	areaRelief    = "社会救助"
)

// The tabs of 查资金 beside its first, the catalogue.
const (
	tabOwners      = "owners"
	tabDepartments = "departments"
)

// fundsPage is the way in: the catalogue's areas, the departments that hand out funds, and the departments' own budgets.
func (m Model) fundsPage(at At) page {
	areas, owners, budgets := at, at, at
	areas.Tab, owners.Tab, budgets.Tab = "", tabOwners, tabDepartments
	p := page{phone: At{Choice: doorFund}, body: []Block{
		Heading{Text: word.Say("funds.title")},
		Tabs{Items: []Tab{
			{Text: word.Say("funds.areas"), On: at.Tab == "", Touch: turn(areas)},
			{Text: word.Say("funds.owners"), On: at.Tab == tabOwners, Touch: turn(owners)},
			{Text: word.Say("funds.budgets"), On: at.Tab == tabDepartments, Touch: turn(budgets)},
			{Text: word.Say("missing.open"), Touch: Go{At{Page: PageMissing, Tab: tabParts}}},
		}},
	}}
	switch at.Tab {
	case tabDepartments:
		p.body = append(p.body, m.departmentTiles(at))
	case tabOwners:
		p.body = append(p.body, m.ownerTiles(at))
	default:
		p.body = append(p.body, m.areaTiles(at))
	}
	return p
}

// area (公开方面) is one area of the catalogue: how much is published in it, and where it leads.
type area struct {
	name, icon, note string
	to               At
}

func (m Model) areaTiles(at At) Tiles {
	areas := m.areas()
	return Tiles{
		Columns: 2, Len: len(areas), Offset: at.Offset, ScrollTo: scroll(at),
		Tile: func(i int) Tile {
			return Tile{Icon: areas[i].icon, Text: areas[i].name, Note: areas[i].note, Touch: Go{areas[i].to}}
		},
	}
}

func (m Model) areas() []area {
	names := []string{areaFunds, areaBudgets, areaPurchases, areaOutlays, areaProjects, areaRelief}
	for _, year := range newestFirst(m.shown.FundYears()) {
		for _, f := range m.shown.Funds(year) {
			names = append(names, f.Category)
		}
	}
	var out []area
	for _, name := range unique(names) {
		out = append(out, m.area(name))
	}
	return out
}

// area says of an area in which nothing is published just that.
func (m Model) area(name string) area {
	a := m.ownArea(name)
	if a.note != "" {
		return a
	}
	if years := m.fundYears(name); len(years) > 0 {
		a.to = At{Page: PageFundList, Choice: name, Year: years[0]}
		a.note = word.Say("funds.count", len(m.fundsIn(name, years[0])))
		return a
	}
	a.note = word.Say("area.none")
	return a
}

// ownArea is an area whose records are not funds; its note is empty where there are none of these.
func (m Model) ownArea(name string) area {
	a := area{name: name, icon: "list_alt", to: At{Page: PageFundList, Choice: name}}
	switch name {
	case areaFunds:
		a.icon = "account_balance"
	case areaOutlays:
		a.icon = "request_quote"
	case areaBudgets:
		a.icon, a.to = "receipt_long", At{Page: PageDepartments}
		if n := len(m.shown.Departments()); n > 0 {
			a.note = word.Say("area.departments", n)
		}
	case areaPurchases:
		a.icon, a.to = "shopping_bag", At{Page: PageProcurements}
		if n := len(m.shown.Procurements()); n > 0 {
			a.note = word.Say("area.purchases", n)
		}
	case areaProjects:
		a.icon, a.to = "engineering", At{Page: PageProjects}
		if n := len(m.shown.Projects()); n > 0 {
			a.note = word.Say("area.projects", n)
		}
	case areaRelief:
		a.icon, a.to = "volunteer_activism", At{Page: PageRelief}
		if relief := m.shown.Relief(); len(relief) > 0 {
			a.note = word.Say("area.relief", relief[0].Year)
		}
	}
	return a
}

// areaTabs join what an area has of its own with the funds that are filed under it, of all years at once, so that none is farther
// away than the others.
func (m Model) areaTabs(name string, funds bool) []Block {
	own := m.ownArea(name)
	if own.to.Page == PageFundList || own.note == "" || len(m.fundYears(name)) == 0 {
		return nil
	}
	list := At{Page: PageFundList, Choice: name}
	return []Block{Tabs{Items: []Tab{
		{Icon: own.icon, Text: own.note, On: !funds, Touch: Turn{own.to}},
		{Icon: "payments", Text: word.Say("area.funds"), On: funds, Touch: Turn{list}},
	}}}
}

// fundsIn are the funds of a category in a year.
func (m Model) fundsIn(category string, year int64) []disclosure.Fund {
	return slices.DeleteFunc(slices.Clone(m.shown.Funds(year)), func(f disclosure.Fund) bool { return f.Category != category })
}

// fundYears are the years in which a category has funds, newest first.
func (m Model) fundYears(category string) []int64 {
	return slices.DeleteFunc(newestFirst(m.shown.FundYears()), func(y int64) bool { return len(m.fundsIn(category, y)) == 0 })
}

// ownerTiles are the departments that hand out funds, by the newest year.
func (m Model) ownerTiles(at At) Block {
	years := newestFirst(m.shown.FundYears())
	if len(years) == 0 {
		return m.noneYet()
	}
	var owners []string
	count := map[string]int{}
	for _, f := range m.shown.Funds(years[0]) {
		owners = append(owners, f.Owner)
		count[f.Owner]++
	}
	owners = unique(owners)
	return Tiles{
		Columns: 2, Len: len(owners), Offset: at.Offset, ScrollTo: scroll(at),
		Tile: func(i int) Tile {
			to := At{Page: PageFundList, Tab: tabOwners, Choice: owners[i], Year: years[0]}
			return Tile{Text: m.shortName(m.institutionName(owners[i])), Note: word.Say("funds.count", count[owners[i]]), Touch: Go{to}}
		},
	}
}

func (m Model) institutionName(ref string) string {
	if i, ok := m.shown.Institution(ref); ok {
		return i.Name
	}
	return word.Say("owner.unknown")
}

// noneYet stands where the edition holds nothing of a subject.
func (m Model) noneYet() Notice {
	return Notice{Icon: "info", Title: word.Say("none.title"), Text: word.Say("reach.text", m.book.Manifest().AsOf.Chinese()), Tone: ToneNeutral}
}

// fact is one field of a record under the name that a clerk gives it.
type fact struct {
	label, value string
	touch        Msg
}

// factList shows a record's fields; one that the county did not fill in is said to be not published.
func factList(at At, facts []fact) List {
	return List{
		Columns: []Column{{}, {Weight: 1}},
		Len:     len(facts), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row {
			value := Cell{Text: facts[i].value, Style: StyleStrong}
			if value.Text == "" {
				value = Cell{Text: word.Say("fact.none"), Style: StyleSmall}
			}
			return Row{Cells: []Cell{{Text: facts[i].label, Style: StyleSmall}, value}, Touch: facts[i].touch}
		},
	}
}
