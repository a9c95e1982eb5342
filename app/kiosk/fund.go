package kiosk

import (
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The tabs of 查资金 beside its first, by category.
const (
	tabOwners      = "owners"
	tabDepartments = "departments"
)

// fundsPage is the way in: the twelve areas, the departments that hand out funds, and the departments' own budgets.
func (m Model) fundsPage(at At) page {
	areas, owners, budgets := at, at, at
	areas.Tab, owners.Tab, budgets.Tab = "", tabOwners, tabDepartments
	p := page{phone: At{Choice: doorFund}, body: []Block{
		Heading{Text: word.Say("funds.title")},
		Tabs{Items: []Tab{
			{Text: word.Say("funds.areas"), On: at.Tab == "", Touch: turn(areas)},
			{Text: word.Say("funds.owners"), On: at.Tab == tabOwners, Touch: turn(owners)},
			{Text: word.Say("funds.budgets"), On: at.Tab == tabDepartments, Touch: turn(budgets)},
		}},
	}}
	if at.Tab == tabDepartments {
		p.body = append(p.body, m.departmentTiles(at))
		return p
	}
	years := newestFirst(m.shown.FundYears())
	if len(years) == 0 {
		p.body = append(p.body, m.noneYet())
		return p
	}
	groups := m.fundGroups(m.shown.Funds(years[0]), at.Tab == tabOwners)
	p.body = append(p.body, Tiles{
		Columns: 2, Len: len(groups), Offset: at.Offset, ScrollTo: scroll(at),
		Tile: func(i int) Tile {
			to := At{Page: PageFundList, Tab: at.Tab, Choice: groups[i].choice, Year: years[0]}
			return Tile{Text: groups[i].name, Note: word.Say("funds.count", groups[i].funds), Touch: Go{to}}
		},
	})
	return p
}

// fundGroup is a category or a department with the number of its funds.
type fundGroup struct {
	choice, name string
	funds        int
}

func (m Model) fundGroups(funds []disclosure.Fund, byOwner bool) []fundGroup {
	var groups []fundGroup
	for _, f := range funds {
		choice, name := f.Category, f.Category
		if byOwner {
			choice, name = f.Owner, m.institutionName(f.Owner)
		}
		i := slices.IndexFunc(groups, func(g fundGroup) bool { return g.choice == choice })
		if i < 0 {
			i, groups = len(groups), append(groups, fundGroup{choice: choice, name: name})
		}
		groups[i].funds++
	}
	return groups
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

func (m Model) fundListPage(at At) page {
	name, byOwner := at.Choice, at.Tab == tabOwners
	if byOwner {
		name = m.institutionName(at.Choice)
	}
	funds := slices.DeleteFunc(slices.Clone(m.shown.Funds(at.Year)), func(f disclosure.Fund) bool {
		return byOwner && f.Owner != at.Choice || !byOwner && f.Category != at.Choice
	})
	return page{
		body: []Block{
			Crumbs{Items: []string{word.Say("home.fund"), name}},
			Heading{Text: name, Note: word.Say("funds.list.note", at.Year, len(funds))},
			yearTabs(at, newestFirst(m.shown.FundYears())),
			List{
				Columns: []Column{{Weight: 1}, {Align: AlignRight}},
				Len:     len(funds), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("funds.empty"),
				Row: func(i int) Row { return m.fundRow(funds[i]) },
			},
		},
		phone: At{Choice: doorFund},
	}
}

func (m Model) fundRow(f disclosure.Fund) Row {
	return Row{
		Cells: []Cell{
			{Text: f.Name, Style: StyleStrong, Lines: []string{m.institutionName(f.Owner)}},
			{Text: yuan(f.Budget), Style: StyleAmount, Lines: []string{word.Say("funds.paid", percent(f.Paid, f.Budget))}},
		},
		Touch: Go{At{Page: PageFund, Ref: f.Ref}},
	}
}

// yearTabs offers the newest years of a page.
func yearTabs(at At, years []int64) Tabs {
	var t Tabs
	for _, y := range years[:min(len(years), mostYears)] {
		to := at
		to.Year = y
		t.Items = append(t.Items, Tab{Text: word.Say("year", y), On: y == at.Year, Touch: turn(to)})
	}
	return t
}

// percent is part of whole with one decimal, cut off: 100.0% is said only of the whole.
func percent(part, whole disclosure.Fen) string {
	if whole <= 0 {
		return "0.0"
	}
	sign, p := "", int64(part*1000/whole)
	if p < 0 {
		sign, p = "-", -p
	}
	return sign + strconv.FormatInt(p/10, 10) + "." + strconv.FormatInt(p%10, 10)
}

func (m Model) fundPage(at At) page {
	f, ok := m.shown.Fund(at.Ref)
	if !ok {
		return gonePage()
	}
	p := page{
		phone: At{Ref: f.Ref, Choice: doorFund, About: word.Say("phone.about.fund", f.Name)},
		body: []Block{
			Crumbs{Items: []string{word.Say("home.fund"), f.Category, word.Say("year", f.Year)}, Button: m.takeFund(f.Ref)},
			Heading{Text: f.Name, Note: word.Say("fund.owner", m.institutionName(f.Owner), f.FinanceOffice)},
			fundGauge(f),
			m.fundCards(f),
		},
	}
	if trail, ok := m.moneyTrail(at, f); ok {
		p.body = append(p.body, trail)
	}
	return p
}

// fundGauge shows what was paid and what is left.
func fundGauge(f disclosure.Fund) Gauge {
	figure := yuan
	if inWan(f.Budget) && inWan(f.Paid) && inWan(f.Balance) {
		figure = func(a disclosure.Fen) string { return word.Say("wan", a.Wan()) }
	}
	return Gauge{
		Icon: "payments", Title: word.Say("fund.gauge"), Label: word.Say("fund.paid.share", percent(f.Paid, f.Budget)),
		Fraction: share(f.Paid, f.Budget), Subject: SubjectFund,
		Figures: []Figure{
			{Label: word.Say("fund.budget"), Value: figure(f.Budget)},
			{Label: word.Say("fund.paid"), Value: figure(f.Paid), Tone: ToneGood},
			{Label: word.Say("fund.balance"), Value: figure(f.Balance), Tone: ToneAttention},
		},
	}
}

// inWan reports whether an amount is written in 万元 with two decimals without losing anything.
func inWan(f disclosure.Fen) bool { return f%10000 == 0 }

// fundCards are the statement in plain words; each opens it in full.
func (m Model) fundCards(f disclosure.Fund) Cards {
	full := Go{At{Page: PageStatement, Ref: f.Ref}}
	cards := []Card{
		{Icon: "groups", Title: word.Say("fund.who"), Text: f.Recipients, Touch: full},
		{Icon: "potted_plant", Title: word.Say("fund.howmuch"), Text: f.Standard, Touch: full},
		{Icon: "calendar_month", Title: word.Say("fund.how"), Text: f.Method, Touch: full},
	}
	why := Card{Icon: "menu_book", Title: word.Say("fund.why"), Text: word.Say("fund.why.none")}
	if policies := m.policiesOf(f); len(policies) > 0 {
		why.Text = word.Say("fund.why.open", docName(policies[0]))
		why.Touch = Go{At{Page: PagePolicy, Ref: policies[0].Ref}}
	}
	return Cards{Columns: 2, Subject: SubjectFund, Items: append(cards, why)}
}

// policiesOf are the papers that a fund rests on: those it names, else those that name it.
func (m Model) policiesOf(f disclosure.Fund) []disclosure.Policy {
	var out []disclosure.Policy
	for _, ref := range f.Policies {
		if p, ok := m.shown.Policy(ref); ok {
			out = append(out, p)
		}
	}
	if len(out) > 0 {
		return out
	}
	return m.shown.PoliciesOf(strconv.FormatInt(f.CatalogueNo, 10))
}

// docName is a paper's number, or its title where it has none.
func docName(p disclosure.Policy) string {
	if p.DocNo != "" {
		return p.DocNo
	}
	return p.Title
}

// moneyTrail shows where the money went, one level down from where the page stands.
func (m Model) moneyTrail(at At, f disclosure.Fund) (List, bool) {
	place := at.Town
	if place == "" {
		place = disclosure.Code(m.book.Manifest().County + "000000")
	}
	flows := m.shown.Flow(f.Ref, place)
	if len(flows) == 0 {
		return List{}, false
	}
	slices.SortStableFunc(flows, func(a, b book.Flow) int { return int(min(max(sent(b)-sent(a), -1), 1)) })
	most := max(sent(flows[0]), 1)
	title := word.Say("fund.trail")
	if town, ok := m.shown.Place(at.Town); ok {
		title = word.Say("fund.trail.in", town.Name)
	}
	return List{
		Title: title, Header: true,
		Columns: []Column{
			{},
			{Weight: 1},
			{Title: word.Say("fund.trail.count"), Align: AlignRight},
			{Title: word.Say("list.amount"), Align: AlignRight},
		},
		Len: len(flows), Offset: at.Offset, ScrollTo: scroll(at),
		Pages: func(page, pages int) string { return m.trailPages(at, page, pages) },
		Row: func(i int) Row {
			bar := share(sent(flows[i]), most)
			row := Row{
				Cells: []Cell{
					{Text: flows[i].Place.Name},
					{Bar: &bar},
					{Text: trailCount(flows[i]), Style: StyleSmall},
					{Text: sent(flows[i]).Yuan(), Style: StyleAmount},
				},
			}
			if to, ok := m.follow(at, f, flows[i].Place); ok {
				row.Touch = Go{to}
			}
			return row
		},
	}, true
}

// sent is what reached a place: what was paid to people there, or what was sent down where the fund pays none.
func sent(f book.Flow) disclosure.Fen {
	if f.Recipients == 0 {
		return f.Allocated
	}
	return f.Paid
}

func trailCount(f book.Flow) string {
	if f.Recipients == 0 {
		return ""
	}
	return word.Say("number", f.Recipients)
}

func (m Model) trailPages(at At, page, pages int) string {
	down := word.Say("fund.trail.towns")
	if at.Town != "" {
		down = word.Say("fund.trail.villages")
	}
	if pages <= 1 {
		return down
	}
	return word.Say("fund.trail.pages", word.Say("pages", page, pages), down)
}

// follow leads one level down: from a town to its villages, from a village to its list.
func (m Model) follow(at At, f disclosure.Fund, place disclosure.Place) (At, bool) {
	kinds := m.shown.FundKinds(f.Ref)
	switch {
	case place.Level != "村":
		return At{Page: PageFund, Ref: f.Ref, Town: place.Code}, true
	case len(kinds) == 0:
		return At{}, false
	case len(kinds) == 1:
		return At{Page: PageList, Village: place.Code, Kind: kinds[0].Ref, Year: f.Year}, true
	}
	ids := make([]string, len(kinds))
	for i, k := range kinds {
		ids[i] = k.Ref
	}
	return At{Page: PageLists, Village: place.Code, Kind: strings.Join(ids, ";"), Year: f.Year}, true
}

// statementPage is a fund's statement in full, under the names that the rules give its parts.
func (m Model) statementPage(at At) page {
	f, ok := m.shown.Fund(at.Ref)
	if !ok {
		return gonePage()
	}
	text := []string{
		word.Say("statement.recipients", f.Recipients),
		word.Say("statement.standard", f.Standard),
		word.Say("statement.balance", f.BalanceOf),
		word.Say("statement.method", f.Method),
	}
	if f.SourceSplit != "" {
		text = append(text, word.Say("statement.source", f.SourceSplit))
	}
	var buttons []Button
	for _, p := range m.policiesOf(f) {
		buttons = append(buttons, Button{Icon: "menu_book", Text: docName(p), Touch: Go{At{Page: PagePolicy, Ref: p.Ref}}})
	}
	b := []Block{
		Crumbs{Items: []string{word.Say("home.fund"), f.Category, word.Say("year", f.Year)}},
		Heading{Text: f.Name, Note: word.Say("statement.note", f.PublishedOn.Chinese(), m.institutionName(f.Owner))},
		prose(at, text),
	}
	if len(buttons) > 0 {
		b = append(b, Buttons{Items: buttons[:min(len(buttons), 2)]})
	}
	return page{body: b, phone: At{Ref: f.Ref, Choice: doorFund, About: word.Say("phone.about.fund", f.Name)}}
}

func prose(at At, paragraphs []string) Prose {
	return Prose{Paragraphs: paragraphs, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages}
}
