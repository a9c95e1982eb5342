package kiosk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// tabOlder is the tab of purchases from before the years that have a tab of their own.
const tabOlder = "older"

// procurementsPage lists the notices of purchases (采购招标) of a year, newest first.
func (m Model) procurementsPage(at At) page {
	p := page{phone: At{Choice: doorFund}, body: append([]Block{
		Crumbs{Items: []string{word.Say("home.fund"), areaPurchases}},
		Heading{Text: areaPurchases, Note: word.Say("purchases.note")},
	}, m.areaTabs(areaPurchases, false)...)}
	all := m.purchases()
	if len(all) == 0 {
		p.body = append(p.body, m.noneYet())
		return p
	}
	var years []int64
	for _, n := range all {
		years = append(years, noticeYear(n))
	}
	years = newestFirst(years)
	tabs, keep := pastTabs(at, years)
	list := slices.DeleteFunc(all, func(n disclosure.Procurement) bool { return !keep(noticeYear(n)) })
	p.body = append(p.body, tabs, List{
		Header:  true,
		Columns: []Column{{Title: word.Say("purchases.column"), Weight: 1}, {Title: word.Say("list.amount"), Align: AlignRight}},
		Len:     len(list), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("funds.empty"),
		Row: func(i int) Row { return m.purchaseRow(list[i]) },
	})
	return p
}

// pastTabs offers the newest years, and what lies before them together. keep says which years the page shows.
func pastTabs(at At, years []int64) (tabs Tabs, keep func(int64) bool) {
	if at.Year == 0 {
		at.Year = years[0]
	}
	shown := years
	if len(years) > mostYears {
		shown = years[:mostYears-1]
	}
	last := shown[len(shown)-1]
	for _, y := range shown {
		to := at
		to.Year, to.Tab = y, ""
		tabs.Items = append(tabs.Items, Tab{Text: word.Say("year", y), On: at.Tab == "" && y == at.Year, Touch: turn(to)})
	}
	if len(shown) < len(years) {
		to := at
		to.Year, to.Tab = last, tabOlder
		tabs.Items = append(tabs.Items, Tab{Text: word.Say("purchases.older"), On: at.Tab == tabOlder, Touch: turn(to)})
	}
	if at.Tab == tabOlder {
		return tabs, func(y int64) bool { return y < last }
	}
	return tabs, func(y int64) bool { return y == at.Year }
}

// purchases are all notices, newest first.
func (m Model) purchases() []disclosure.Procurement {
	list := slices.Clone(m.shown.Procurements())
	slices.SortStableFunc(list, func(a, b disclosure.Procurement) int {
		return cmp.Or(strings.Compare(string(noticeDay(b)), string(noticeDay(a))), strings.Compare(b.Ref, a.Ref))
	})
	return list
}

// noticeDay is when a notice was given, or else when it was published here.
func noticeDay(p disclosure.Procurement) disclosure.Date { return cmp.Or(p.Noted, p.PublishedOn) }

func noticeYear(p disclosure.Procurement) int64 { return yearIn(noticeDay(p)) }

// yearIn is 0 for a date that states no year.
func yearIn(d disclosure.Date) int64 {
	y, err := strconv.ParseInt(string(d[:min(len(d), len("2006"))]), 10, 64)
	if err != nil {
		return 0
	}
	return y
}

func (m Model) purchaseRow(n disclosure.Procurement) Row {
	amount := Cell{Text: n.Award.Yuan(), Style: StyleAmount, Lines: []string{word.Say("purchase.award")}}
	if n.Award == 0 {
		amount = Cell{Text: n.Budget.Yuan(), Style: StyleAmount, Lines: []string{word.Say("purchase.budget")}}
	}
	return Row{
		Cells: []Cell{
			{Text: n.Title, Style: StyleStrong, Lines: []string{word.Say("purchase.line", m.shortName(m.institutionName(n.Buyer)), n.Type, noticeDay(n).Chinese())}},
			amount,
		},
		Touch: Go{At{Page: PageProcurement, Ref: n.Ref}},
	}
}

// procurementPage is one notice with all that it says.
func (m Model) procurementPage(at At) page {
	rec, _ := m.shown.Show(at.Ref)
	n, ok := rec.(*disclosure.Procurement)
	if !ok {
		return gonePage()
	}
	buyer := m.institutionName(n.Buyer)
	return page{
		body: []Block{
			Crumbs{Items: []string{word.Say("home.fund"), areaPurchases, word.Say("year", noticeYear(*n))}},
			Heading{Text: n.Title, Note: word.Say("money.answers", buyer), Chips: []Chip{{Text: n.Type, Tone: ToneNeutral}}},
			awardBars(n),
			factList(at, m.purchaseFacts(n, buyer)),
		},
		phone: At{Ref: n.Buyer, Choice: doorFund, About: word.Say("phone.about.purchase", n.Title, n.Number)},
	}
}

// purchaseFacts are a notice's fields, and under its number the other notices of the same purchase. Before the award there is
// neither supplier nor contract.
func (m Model) purchaseFacts(n *disclosure.Procurement, buyer string) []fact {
	facts := []fact{{label: word.Say("purchase.number"), value: n.Number}}
	for _, o := range m.purchases() {
		if o.Number == n.Number && o.Ref != n.Ref {
			facts = append(facts, fact{
				label: word.Say("purchase.same"), value: word.Say("purchase.noted", o.Type, noticeDay(o).Chinese()),
				touch: Go{At{Page: PageProcurement, Ref: o.Ref}},
			})
		}
	}
	facts = append(facts, fact{label: word.Say("purchase.buyer"), value: buyer}, fact{label: word.Say("purchase.method"), value: n.Method})
	if n.Award != 0 || n.Supplier != "" {
		facts = append(facts, fact{label: word.Say("purchase.supplier"), value: n.Supplier}, fact{label: word.Say("purchase.signed"), value: n.Signed.Chinese()})
	}
	return append(facts,
		fact{label: word.Say("purchase.type"), value: n.Type},
		fact{label: word.Say("purchase.day"), value: n.Noted.Chinese()},
		fact{label: word.Say("fact.published"), value: n.PublishedOn.Chinese()},
	)
}

// awardBars put what it cost beside what was planned, and say the plain difference.
func awardBars(n *disclosure.Procurement) Bars {
	most := max(n.Budget, n.Award, 1)
	b := Bars{Title: word.Say("purchase.bars")}
	bar := func(label string, amount disclosure.Fen, now bool) {
		b.Rows = append(b.Rows, BarRow{Label: label, Fraction: share(amount, most), Mark: -1, Value: yuan(amount), Subject: SubjectFund, Now: now})
	}
	if n.Budget != 0 {
		bar(word.Say("purchase.budget"), n.Budget, false)
	}
	if n.Award != 0 {
		bar(word.Say("purchase.award"), n.Award, true)
	}
	switch {
	case n.Award == 0:
		b.Note = word.Say("purchase.open")
	case n.Budget == 0:
		b.Note = word.Say("purchase.nobudget")
	case n.Award < n.Budget:
		b.Note = word.Say("purchase.less", yuan(n.Budget-n.Award))
	case n.Award > n.Budget:
		b.Note = word.Say("purchase.more", yuan(n.Award-n.Budget))
	default:
		b.Note = word.Say("purchase.equal")
	}
	return b
}
