package kiosk

import (
	"cmp"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The tabs of 还有哪些没公布 beside its first, the institutions.
const (
	tabParts   = "parts"   // the five parts of each fund
	tabBudgets = "budgets" // the departments' budgets
	tabLists   = "lists"   // the lists of villages
	tabOther   = "other"
)

// board (缺项榜) is one subject of what has to be published: how much, how much of it is there, and what is not, by name.
type board struct {
	tab, text, note string
	due, met        int
	open            []gap
}

// gap (缺项) is one thing that is not published. It is never guessed: either the county set it as a task, or a fund lacks a part.
type gap struct {
	name, what, unit string
	due              disclosure.Date
	late             int // days since it was due; 0 where it is not late or nothing is known
	touch            At
}

// boards are all subjects of which anything is known.
func (m Model) boards() []board {
	boards := []board{
		{text: word.Say("missing.units"), note: word.Say("missing.units.note")},
		m.fundBoard(),
		{tab: tabBudgets, text: word.Say("missing.budgets"), note: word.Say("missing.budgets.note")},
		m.listBoard(),
		{tab: tabOther, text: word.Say("missing.other"), note: word.Say("missing.other.note")},
	}
	funds := m.fundNames()
	for _, o := range m.shown.Obligations() {
		tab := taskTab(o.Item, funds)
		b := &boards[slices.IndexFunc(boards, func(b board) bool { return b.tab == tab })]
		switch {
		case tab == tabParts:
			m.addFund(b, o)
			continue
		case tab == tabLists && o.MetOn != "":
			continue // the lists themselves are counted
		}
		b.due++
		if o.MetOn != "" {
			b.met++
			continue
		}
		b.open = append(b.open, m.gapOf(tab, o))
	}
	boards = slices.DeleteFunc(boards, func(b board) bool { return b.due == 0 })
	for i := range boards {
		slices.SortStableFunc(boards[i].open, func(a, b gap) int { return cmp.Compare(b.late, a.late) })
	}
	return boards
}

// taskTab is the board to which a task belongs, by what it is called. A task for a fund is called as the fund is, whatever the year.
func taskTab(item string, funds map[string]bool) string {
	switch name := withoutYear(item); {
	case funds[name] || strings.HasSuffix(name, "资金"):
		return tabParts
	case strings.Contains(name, "机构编制"):
		return ""
	case strings.HasPrefix(name, "部门预算"), strings.HasPrefix(name, "部门决算"):
		return tabBudgets
	case strings.Contains(name, "名单"):
		return tabLists
	}
	return tabOther
}

// withoutYear is a fund's name as the catalogue has it, without the year that stands before it.
func withoutYear(name string) string {
	if _, rest, ok := strings.Cut(name, "年"); ok && strings.Trim(name[:len(name)-len(rest)-len("年")], "0123456789") == "" {
		return rest
	}
	return name
}

func (m Model) fundNames() map[string]bool {
	names := map[string]bool{}
	for _, year := range m.shown.FundYears() {
		for _, f := range m.shown.Funds(year) {
			names[withoutYear(f.Name)] = true
		}
	}
	return names
}

// fundBoard counts the parts of the newest year's funds: the four of the statement, and the detail list.
func (m Model) fundBoard() board {
	b := board{tab: tabParts, text: word.Say("missing.funds")}
	years := newestFirst(m.shown.FundYears())
	if len(years) == 0 {
		return b
	}
	detailed, funds := m.book.Detailed(), m.shown.Funds(years[0])
	b.note = word.Say("missing.funds.note", years[0], len(funds))
	for _, f := range funds {
		lacks, parts := lacking(f, detailed[f.Ref])
		b.due += parts
		b.met += parts - len(lacks)
		if len(lacks) > 0 {
			b.open = append(b.open, gap{
				name: f.Name, what: word.Say("missing.parts", strings.Join(lacks, "、")), unit: m.institutionName(f.Owner),
				touch: At{Page: PageFund, Ref: f.Ref},
			})
		}
	}
	return b
}

// lacking are the parts that a fund does not have, and how many it should have. Before anything is paid there is nothing that a
// detail list could say.
func lacking(f disclosure.Fund, detailed bool) (lacks []string, parts int) {
	for _, part := range []struct{ name, text string }{
		{word.Say("part.recipients"), f.Recipients},
		{word.Say("part.standard"), f.Standard},
		{word.Say("part.balance"), f.BalanceOf},
		{word.Say("part.method"), f.Method},
	} {
		parts++
		if part.text == "" {
			lacks = append(lacks, part.name)
		}
	}
	if f.Paid != 0 {
		parts++
		if !detailed {
			lacks = append(lacks, word.Say("part.detail"))
		}
	}
	return lacks, parts
}

// fundParts is how many parts a fund has to publish that has published none.
const fundParts = 5

// addFund takes a task for a fund: only one that is not met adds anything, since what is there is counted part by part. A fund of
// which there is a record lacks no more than that says.
func (m Model) addFund(b *board, o disclosure.Obligation) {
	if o.MetOn != "" {
		return
	}
	i := slices.IndexFunc(b.open, func(g gap) bool { return g.name == o.Item })
	if i >= 0 {
		b.open[i].due, b.open[i].late = o.DueOn, m.daysLate(o)
		return
	}
	if m.fundPublished(o.Item) {
		return
	}
	b.due += fundParts
	g := m.gapOf(tabParts, o)
	g.what = word.Say("missing.parts.all")
	b.open = append(b.open, g)
}

func (m Model) fundPublished(name string) bool {
	for _, year := range m.shown.FundYears() {
		if slices.ContainsFunc(m.shown.Funds(year), func(f disclosure.Fund) bool { return f.Name == name }) {
			return true
		}
	}
	return false
}

// listBoard counts the lists of this year that are published in villages, and misses those for which the money was sent down and
// which nobody has set as a task. What is published only in total, and aid, which is on show only while it is paid, is not asked for.
func (m Model) listBoard() board {
	year := m.dataYear()
	b := board{tab: tabLists, text: word.Say("missing.lists"), note: word.Say("missing.lists.note", year)}
	b.met = m.book.VillageLists(year)
	b.due = b.met
	for _, u := range m.book.Unlisted(year) {
		if _, set := m.task(u.Village, u.Kind.Name, year); set || u.Kind.Publish != "名单" || u.Kind.Aid != "" {
			continue
		}
		town, _ := m.shown.Place(u.Village.Parent)
		b.due++
		b.open = append(b.open, gap{
			name: word.Say("missing.list", listName(year, u.Kind.Name), town.Name+u.Village.Name),
			what: word.Say("missing.sent", yuan(u.Amount)), unit: m.ownerOf(u.Fund),
			touch: At{Page: PageNotPublished, Village: m.village(u.Village.Code).Code, Kind: u.Kind.Ref, Year: year},
		})
	}
	return b
}

// gapOf is a task that is not met.
func (m Model) gapOf(tab string, o disclosure.Obligation) gap {
	g := gap{name: o.Item, unit: o.Unit, due: o.DueOn, late: m.daysLate(o)}
	door := doorFund
	switch tab {
	case "":
		g.name, door = o.Unit, doorStaffing
	case tabLists:
		door = doorSubsidy
	}
	g.touch = At{Page: PagePhone, Choice: door, Ref: m.unitNamed(o.Unit), About: word.Say("phone.about.owed", o.Unit, o.Item)}
	return g
}

// unitNamed is the institution of a name; a unit that never published has none.
func (m Model) unitNamed(name string) string {
	for _, i := range m.shown.Institutions() {
		if i.Name == name {
			return i.Ref
		}
	}
	return ""
}

// daysLate counts from the day on which a task was due; a task without one is never late.
func (m Model) daysLate(o disclosure.Obligation) int {
	due, ok := o.DueOn.Last()
	today, known := m.today.Last()
	if o.DueOn == "" || !ok || !known {
		return 0
	}
	return max(0, int(today.Sub(due).Hours()/24))
}

// missingPage is what has to be published and is not, by name.
func (m Model) missingPage(at At) page {
	boards := m.boards()
	out := page{phone: At{Choice: doorDesk}, body: []Block{Heading{Text: word.Say("missing.title")}}}
	if len(boards) == 0 {
		out.body = append(out.body, Notice{Icon: "info", Title: word.Say("missing.unknown"), Text: word.Say("missing.unknown.text"), Tone: ToneNeutral})
		return out
	}
	on := max(0, slices.IndexFunc(boards, func(b board) bool { return b.tab == at.Tab }))
	var tabs Tabs
	for i, b := range boards {
		to := at
		to.Tab = b.tab
		tabs.Items = append(tabs.Items, Tab{Text: b.text, On: i == on, Touch: turn(to)})
	}
	b := boards[on]
	out.body = append(out.body, tabs, boardFigures(b))
	if len(b.open) == 0 {
		out.body = append(out.body, Notice{Icon: "check", Title: word.Say("missing.none"), Tone: ToneGood})
		return out
	}
	out.body = append(out.body, List{
		Columns: []Column{{Weight: 1}, {Align: AlignRight}},
		Len:     len(b.open), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row { return gapRow(b.open[i]) },
	})
	return out
}

func boardFigures(b board) Figures {
	late := 0
	for _, g := range b.open {
		if g.late > 0 {
			late++
		}
	}
	lacking := Figure{Label: word.Say("missing.lacking"), Value: word.Say("number", b.due-b.met)}
	if b.due > b.met {
		lacking.Tone = ToneAttention
	}
	f := Figures{Note: b.note, Items: []Figure{
		{Label: word.Say("missing.due"), Value: word.Say("number", b.due)},
		{Label: word.Say("missing.met"), Value: word.Say("number", b.met), Tone: ToneGood},
		lacking,
	}}
	if late > 0 {
		f.Items = append(f.Items, Figure{Label: word.Say("missing.late.count"), Value: word.Say("number", late), Tone: ToneAttention})
	}
	return f
}

func gapRow(g gap) Row {
	lines := nonEmpty(g.what)
	when := word.Say("missing.nodate")
	if g.due != "" {
		when = word.Say("missing.by", g.due.Chinese())
	}
	if g.unit == g.name {
		lines = append(lines, when)
	} else {
		lines = append(lines, word.Say("missing.owner", when, g.unit))
	}
	row := Row{Cells: []Cell{{Text: g.name, Style: StyleStrong, Lines: lines}, {}}, Touch: Go{g.touch}}
	if g.late > 0 {
		row.Cells[1].Chip = &Chip{Icon: "schedule", Text: word.Say("missing.late", g.late), Tone: ToneAttention}
	}
	return row
}
