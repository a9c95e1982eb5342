package kiosk

import (
	"slices"
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
	"mingbai.local/assets/word"
)

// mostYears is how many years are compared.
const mostYears = 4

func (m Model) personPage(at At) page {
	p, ok := m.shown.Person(at.Ref)
	if !ok {
		return gonePage()
	}
	if at.Tab == tabCompare {
		return m.comparePage(at, p)
	}
	b := []Block{
		Crumbs{Items: append(m.placeNames(p.Village), nonEmpty(p.Group, apart(p.Type))...)},
		m.personSum(p),
	}
	if len(p.Years) > 0 {
		b = append(b, m.yearBars(p))
	}
	b = append(b,
		List{
			Columns: []Column{{Weight: 1}, {Align: AlignRight}, {}},
			Len:     len(p.Payments), Offset: at.Offset, ScrollTo: scroll(at),
			Row:   func(i int) Row { return m.paymentRow(p, p.Payments[i]) },
			Pages: func(page, pages int) string { return paymentPages(page, pages, len(p.Payments)) },
			Empty: word.Say("person.empty"),
		},
		Buttons{Items: append([]Button{
			{Icon: "groups", Text: word.Say("lists.open"), Touch: Go{At{Page: PageLists, Village: m.village(p.Village).Code, Ref: p.Ref}}},
			{Icon: "compare_arrows", Text: word.Say("person.compare"), Touch: Go{At{Page: PagePerson, Ref: p.Ref, Tab: tabCompare}}},
			takeButton(At{Ref: p.Ref}),
		}, m.others(p)...)},
	)
	return page{body: b, phone: At{Choice: doorSubsidy}}
}

// others lead to what is paid under the same name in the same group in another way: to the household, or to the person.
func (m Model) others(p book.Person) []Button {
	q := search.Query{Text: p.Name, In: search.InPeople, Village: string(p.Village), Group: p.Group, Limit: onShow}
	answer, _ := Lookup(m.shown, q)
	var out []Button
	for _, h := range answer.Hits {
		if h.Title == p.Name && h.VillageCode == string(p.Village) && h.NamesakeNo == p.NamesakeNo && h.Type != p.Type {
			out = append(out, Button{Text: word.Say("person.other", h.Type, h.Payments), Touch: Go{At{Page: PagePerson, Ref: h.Ref()}}})
		}
	}
	return out
}

// apart is the recipient's type where it is not the usual household.
func apart(typ string) string {
	if typ == "户" {
		return ""
	}
	return typ
}

func nonEmpty(s ...string) []string {
	return slices.DeleteFunc(s, func(s string) bool { return s == "" })
}

func paymentPages(page, pages, payments int) string {
	if pages <= 1 {
		return word.Say("person.payments", payments)
	}
	return word.Say("person.payments.paged", payments, page, pages)
}

// personSum is the name and what the newest year brought.
func (m Model) personSum(p book.Person) NameSum {
	n := NameSum{Name: fullName(p.Name, p.NamesakeNo)}
	if len(p.Years) == 0 {
		return n
	}
	y := p.Years[0]
	n.Figure, n.Unit = y.Sum.Yuan(), word.Say("unit.yuan")
	n.Note = word.Say("person.year.payments", y.Year, y.Payments)
	if y.Year == m.dataYear() {
		n.Note = word.Say("person.year.sofar", y.Year, y.Payments)
	}
	return n
}

// dataYear is the year that the edition's data runs into.
func (m Model) dataYear() int64 {
	last, _ := m.book.Manifest().AsOf.Last()
	return int64(last.Year())
}

func (m Model) yearBars(p book.Person) Bars {
	years := p.Years[:min(len(p.Years), mostYears)]
	most := disclosure.Fen(1)
	for _, y := range years {
		most = max(most, y.Sum)
	}
	var bars Bars
	for i, y := range years {
		bars.Rows = append(bars.Rows, BarRow{
			Label: word.Say("year", y.Year), Fraction: share(y.Sum, most), Mark: -1, Value: yuan(y.Sum),
			Subject: SubjectSubsidy, Now: i == 0,
		})
	}
	bars.Note, bars.NoteDim = m.whyChanged(p)
	return bars
}

// share is part of whole between 0 and 1; money taken back has no bar.
func share[T ~int64](part, whole T) float64 {
	if whole <= 0 || part <= 0 {
		return 0
	}
	return min(float64(part)/float64(whole), 1)
}

// whyChanged says why the newest year differs from the one before it, and by what paper: the reasons that stand with the
// payments, and the kinds that are paid no more.
func (m Model) whyChanged(p book.Person) (note, paper string) {
	if len(p.Years) < 2 || p.Years[0].Year != p.Years[1].Year+1 {
		return "", ""
	}
	now, before := p.Years[0], p.Years[1]
	var reasons, papers []string
	for _, d := range p.Payments {
		if d.Year == now.Year && d.ChangeReason != "" {
			reasons, papers = append(reasons, d.ChangeReason), append(papers, nonEmpty(d.ChangeDoc)...)
		}
	}
	for _, id := range kindsOf(p, before.Year) {
		if kind, ok := m.shown.Kind(id); ok && kind.ToYear == before.Year {
			reasons = append(reasons, word.Say("person.ended", kind.Name, now.Year))
		}
	}
	if len(reasons) == 0 || now.Sum == before.Sum {
		return "", ""
	}
	because := strings.Join(unique(reasons), "；")
	note = word.Say("person.less", because)
	switch {
	case slices.ContainsFunc(compareYears(p, now.Year), func(c kindChange) bool { return m.unfinished(c, now.Year) }):
		note = word.Say("person.changed", because) // what is still to come may make up for it
	case now.Sum > before.Sum:
		note = word.Say("person.more", because)
	}
	if len(papers) > 0 {
		paper = word.Say("brackets", strings.Join(unique(papers), "、"))
	}
	return note, paper
}

func kindsOf(p book.Person, year int64) []string {
	var ids []string
	for _, d := range p.Payments {
		if d.Year == year {
			ids = append(ids, d.Kind)
		}
	}
	return unique(ids)
}

// unique drops what stands there already and keeps the order.
func unique(in []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// paymentRow is one payment as a sum that one can follow, checked, with 有疑问 beside it.
func (m Model) paymentRow(p book.Person, d disclosure.Disbursement) Row {
	name := m.kindName(d.Kind)
	question := &Button{Text: word.Say("question"), Subject: SubjectVoice, Touch: Go{m.askAbout(p, d, name)}}
	return Row{
		Cells: []Cell{
			{Text: name, Style: StyleStrong, Chip: verdict(d), Lines: nonEmpty(sumLine(d), paidLine(d))},
			{Text: yuan(d.Amount), Style: StyleAmount},
			{Button: question},
		},
		Touch: Go{m.inList(At{Village: m.village(p.Village).Code, Kind: d.Kind, Year: d.Year, Ref: p.Ref})},
	}
}

// measured is a quantity with its unit: 8.45亩. Six months are not June.
func measured(q disclosure.Milli, unit string) string {
	if unit == "月" {
		return word.Say("person.months", q.Number(unit))
	}
	return q.Number(unit) + unit
}

// sumLine is 8.45亩 × 每亩89.12元 = 753.06元; a remark of the office's stands in its place where there is nothing to
// multiply, and behind it where there is.
func sumLine(d disclosure.Disbursement) string {
	if d.Quantity == 0 || d.Standard == 0 {
		return d.Remark
	}
	quantity := measured(d.Quantity, d.Unit)
	line := word.Say("person.sum", quantity, d.Unit, d.Standard.Yuan(), d.Quantity.Times(d.Standard).Yuan())
	if d.Quantity == 1000 {
		line = word.Say("person.sum.one", quantity, d.Unit, d.Standard.Yuan())
	}
	if d.Remark != "" {
		line = word.Say("person.sum.remark", line, d.Remark)
	}
	return line
}

// paidLine is when and how it was paid: 2026年11月18日 一卡通.
func paidLine(d disclosure.Disbursement) string {
	period := d.Period
	if period == "全年" {
		period = ""
	}
	return strings.Join(nonEmpty(d.PaidOn.Chinese(), period, d.Method), " ")
}

// verdict says whether quantity × standard is what was paid, to one fen since some offices round down. Where the office
// gave a reason, or there is nothing to multiply, the kiosk does not judge.
func verdict(d disclosure.Disbursement) *Chip {
	if d.Amount < 0 {
		return &Chip{Text: word.Say("verdict.back"), Tone: ToneNeutral}
	}
	if d.Remark != "" || d.Quantity == 0 || d.Standard == 0 {
		return nil
	}
	switch diff := d.Amount - d.Quantity.Times(d.Standard); {
	case diff > 1:
		return &Chip{Icon: "warning", Text: word.Say("verdict.more", diff.Yuan()), Tone: ToneAttention}
	case diff < -1:
		return &Chip{Icon: "warning", Text: word.Say("verdict.less", (-diff).Yuan()), Tone: ToneAttention}
	}
	return &Chip{Icon: "check", Text: word.Say("verdict.right"), Tone: ToneGood}
}
