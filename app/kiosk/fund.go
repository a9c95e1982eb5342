package kiosk

import (
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The tabs of a fund's statement beside its text: what was sent down paper by paper, and the same fund in other years.
const (
	tabBatches = "batches"
	tabHistory = "history"
)

// fundListPage lists the funds of one area of the catalogue, or of one department, in a year.
func (m Model) fundListPage(at At) page {
	name, phone, list := at.Choice, At{Choice: doorFund}, m.fundsIn
	byOwner := at.Tab == tabOwners
	if byOwner {
		name, phone, list = m.institutionName(at.Choice), At{Choice: doorFund, Ref: at.Choice}, m.fundsOf
	}
	b := []Block{Crumbs{Items: []string{word.Say("home.fund"), name}}}
	years := slices.DeleteFunc(newestFirst(m.shown.FundYears()), func(y int64) bool { return len(list(at.Choice, y)) == 0 })
	if len(years) == 0 {
		return page{body: append(b, Heading{Text: name}, m.noneYet()), phone: phone}
	}
	heading, funds, tabs := Heading{Text: name}, []disclosure.Fund(nil), yearTabs(at, years)
	if at.Year != 0 {
		funds = list(at.Choice, at.Year)
		heading.Note = word.Say("funds.list.note", at.Year, len(funds))
	} else {
		for _, y := range years {
			funds = append(funds, list(at.Choice, y)...)
		}
		heading.Note = word.Say("funds.list.all", len(funds))
	}
	b = append(b, heading)
	if area := m.areaTabs(name, true); !byOwner && len(area) > 0 {
		all := at
		all.Year = 0
		tabs.Items = append([]Tab{{Text: word.Say("lists.all"), On: at.Year == 0, Touch: turn(all)}}, tabs.Items...)
		b = append(b, area...)
	}
	return page{body: append(b, tabs, List{
		Header:  true,
		Columns: []Column{{Title: word.Say("funds.column"), Weight: 1}, {Title: word.Say("funds.budget"), Align: AlignRight}},
		Len:     len(funds), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("funds.empty"),
		Row: func(i int) Row { return m.fundRow(funds[i]) },
	}), phone: phone}
}

// fundsOf are the funds that a department answers for in a year.
func (m Model) fundsOf(owner string, year int64) []disclosure.Fund {
	return slices.DeleteFunc(slices.Clone(m.shown.Funds(year)), func(f disclosure.Fund) bool { return f.Owner != owner })
}

func (m Model) fundRow(f disclosure.Fund) Row {
	return Row{
		Cells: []Cell{
			{Text: f.Name, Style: StyleStrong, Lines: []string{m.shortName(m.institutionName(f.Owner))}},
			{Text: f.Budget.Yuan(), Style: StyleAmount, Lines: []string{word.Say("funds.paid", percent(f.Paid, f.Budget))}},
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
	t := m.trailOf(at, f)
	heading := Heading{Text: f.Name, Note: word.Say("fund.owner", m.institutionName(f.Owner), f.FinanceOffice)}
	p := page{
		phone: At{Ref: f.Ref, Choice: doorFund, About: word.Say("phone.about.fund", f.Name)},
		body:  []Block{Crumbs{Items: []string{word.Say("home.fund"), f.Category, word.Say("year", f.Year)}}},
	}
	if at.Town != "" {
		p.body = append(append(p.body, heading), m.townTrail(t)...)
		return p
	}
	if n, ok := m.arrived(t); ok {
		heading.Chips = []Chip{{Icon: n.Icon, Text: strings.Join(nonEmpty(n.Title, n.Figure), "，"), Tone: n.Tone}}
	}
	p.body = append(p.body, heading, fundGauge(f), m.fundCards(f))
	if list, ok := m.trailList(t); ok {
		p.body = append(p.body, list)
	}
	p.body = append(p.body, m.takeFund(f.Ref)...)
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

// statementPage is a fund's statement in full, under the names that the rules give its parts; what was sent down by which
// paper; and the same fund year by year.
func (m Model) statementPage(at At) page {
	f, ok := m.shown.Fund(at.Ref)
	if !ok {
		return gonePage()
	}
	batches, years := m.shown.Batches(f.Ref), m.sameFund(f)
	text, sent, past := at, at, at
	text.Tab, sent.Tab, past.Tab = "", tabBatches, tabHistory
	tabs := Tabs{Items: []Tab{{Text: word.Say("statement.text"), On: at.Tab == "", Touch: turn(text)}}}
	if len(batches) > 0 {
		tabs.Items = append(tabs.Items, Tab{Text: word.Say("statement.batches"), On: at.Tab == tabBatches, Touch: turn(sent)})
	}
	if len(years) > 1 {
		tabs.Items = append(tabs.Items, Tab{Text: word.Say("statement.years"), On: at.Tab == tabHistory, Touch: turn(past)})
	}
	b := []Block{
		Crumbs{Items: []string{word.Say("home.fund"), f.Category, word.Say("year", f.Year)}},
		Heading{Text: f.Name, Note: word.Say("statement.note", f.PublishedOn.Chinese(), m.institutionName(f.Owner))},
		tabs,
	}
	switch at.Tab {
	case tabBatches:
		b = append(b, batchList(at, batches))
	case tabHistory:
		b = append(b, historyList(at, years))
	default:
		b = append(b, prose(at, statement(f)))
		if buttons := m.policyButtons(f); len(buttons) > 0 {
			b = append(b, Buttons{Items: buttons})
		}
	}
	return page{body: b, phone: At{Ref: f.Ref, Choice: doorFund, About: word.Say("phone.about.fund", f.Name)}}
}

func statement(f disclosure.Fund) []string {
	text := []string{
		word.Say("statement.recipients", f.Recipients),
		word.Say("statement.standard", f.Standard),
		word.Say("statement.balance", f.BalanceOf),
		word.Say("statement.method", f.Method),
	}
	if f.SourceSplit != "" {
		text = append(text, word.Say("statement.source", f.SourceSplit))
	}
	return text
}

// policyButtons lead to the first two papers that a fund rests on.
func (m Model) policyButtons(f disclosure.Fund) []Button {
	var out []Button
	for _, p := range m.policiesOf(f) {
		out = append(out, Button{Icon: "menu_book", Text: docName(p), Touch: Go{At{Page: PagePolicy, Ref: p.Ref}}})
	}
	return out[:min(len(out), 2)]
}

// batchList shows what each paper sent down.
func batchList(at At, batches []book.Batch) List {
	return List{
		Header:  true,
		Columns: []Column{{Title: word.Say("batch.paper"), Weight: 1}, {Title: word.Say("list.amount"), Align: AlignRight}},
		Len:     len(batches), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row {
			b := batches[i]
			where := word.Say("batch.places", b.Places)
			if b.Amount < 0 {
				where = word.Say("batch.back", b.Places)
			}
			return Row{Cells: []Cell{
				{Text: b.DocNo, Style: StyleStrong, Lines: []string{word.Say("batch.no", b.No, b.PublishedOn.Chinese())}},
				{Text: b.Amount.Yuan(), Style: StyleAmount, Lines: []string{where}},
			}}
		},
	}
}

// sameFund is a fund in every year in which the catalogue has it, newest first.
func (m Model) sameFund(f disclosure.Fund) []disclosure.Fund {
	var out []disclosure.Fund
	for _, y := range newestFirst(m.shown.FundYears()) {
		for _, g := range m.shown.Funds(y) {
			if g.CatalogueNo == f.CatalogueNo {
				out = append(out, g)
			}
		}
	}
	return out
}

// historyList puts the years side by side: how much there was, how much of it was paid.
func historyList(at At, years []disclosure.Fund) List {
	return List{
		Header: true,
		Columns: []Column{
			{Title: word.Say("history.year")},
			{Title: word.Say("history.share"), Weight: 1},
			{Title: word.Say("funds.budget"), Align: AlignRight},
			{Title: word.Say("history.paid"), Align: AlignRight},
		},
		Len: len(years), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row {
			f := years[i]
			bar := share(f.Paid, f.Budget)
			row := Row{
				Cells: []Cell{
					{Text: word.Say("year", f.Year), Style: StyleStrong},
					{Bar: &bar},
					{Text: f.Budget.Yuan()},
					{Text: f.Paid.Yuan(), Style: StyleAmount, Lines: []string{word.Say("funds.paid", percent(f.Paid, f.Budget))}},
				},
				Highlight: f.Ref == at.Ref,
			}
			if f.Ref != at.Ref {
				row.Touch = Go{At{Page: PageFund, Ref: f.Ref}}
			}
			return row
		},
	}
}

func prose(at At, paragraphs []string) Prose {
	return Prose{Paragraphs: paragraphs, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages}
}
