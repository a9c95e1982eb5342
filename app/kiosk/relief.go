package kiosk

import (
	"slices"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// reliefPage shows social relief (社会救助) as totals: of every kind in a year, or of one kind by township. No name stands here,
// and what few persons got stands no lower than the edition has it.
func (m Model) reliefPage(at At) page {
	all := m.shown.Relief()
	if at.Kind != "" {
		return m.reliefOf(at, all)
	}
	p := page{phone: At{Choice: doorFund}, body: append([]Block{
		Crumbs{Items: []string{word.Say("home.fund"), areaRelief}},
		Heading{Text: areaRelief, Note: word.Say("relief.note")},
	}, m.areaTabs(areaRelief, false)...)}
	if len(all) == 0 {
		p.body = append(p.body, m.noneYet())
		return p
	}
	years := reliefYears(all)
	if at.Year == 0 {
		at.Year = years[0]
	}
	list := slices.DeleteFunc(slices.Clone(all), func(r book.Relief) bool { return r.Year != at.Year })
	most := mostRelief(list)
	p.body = append(p.body, yearTabs(at, years), List{
		Header: true,
		Columns: []Column{
			{Title: word.Say("relief.kind"), Weight: 2},
			{Weight: 1},
			{Title: word.Say("list.amount"), Align: AlignRight},
		},
		Len: len(list), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("funds.empty"),
		Row: func(i int) Row {
			to := At{Page: PageRelief, Kind: list[i].Kind.Ref, Year: list[i].Year}
			return reliefRow(list[i].Kind.Name, list[i].Persons, list[i].Amount, most, Go{to})
		},
	})
	return p
}

func reliefYears(all []book.Relief) []int64 {
	var years []int64
	for _, r := range all {
		years = append(years, r.Year)
	}
	return newestFirst(years)
}

func mostRelief(list []book.Relief) disclosure.Fen {
	most := disclosure.Fen(1)
	for _, r := range list {
		most = max(most, r.Amount)
	}
	return most
}

func reliefRow(name string, persons int, amount, most disclosure.Fen, touch Msg) Row {
	bar := share(amount, most)
	return Row{
		Cells: []Cell{
			{Text: name, Style: StyleStrong, Lines: []string{word.Say("fund.trail.count", persons)}},
			{Bar: &bar},
			{Text: amount.Yuan(), Style: StyleAmount},
		},
		Touch: touch,
	}
}

// reliefOf is one kind, by township.
func (m Model) reliefOf(at At, all []book.Relief) page {
	var years []int64
	var now book.Relief
	for _, r := range all {
		if r.Kind.Ref == at.Kind {
			years = append(years, r.Year)
			if r.Year == at.Year {
				now = r
			}
		}
	}
	if now.Year == 0 {
		return gonePage()
	}
	county := m.countyCode()
	below := m.shown.ReliefBelow(at.Kind, at.Year, county)
	slices.SortStableFunc(below, func(a, b book.Flow) int { return compare(b.Paid, a.Paid) })
	title := listName(at.Year, now.Kind.Name)
	p := page{
		phone: At{Kind: at.Kind, Choice: doorFund, About: word.Say("phone.about.relief", title)},
		body: []Block{
			Crumbs{Items: []string{word.Say("home.fund"), areaRelief}},
			Heading{Text: title, Note: word.Say("relief.note")},
			yearTabs(at, newestFirst(years)),
			Figures{Items: []Figure{
				{Label: word.Say("relief.persons"), Value: word.Say("number", now.Persons)},
				{Label: word.Say("relief.sum"), Value: yuan(now.Amount)},
			}},
			reliefTowns(at, now, below),
		},
	}
	if len(now.Funds) > 0 {
		p.phone.Ref = now.Funds[0]
	}
	if buttons := m.reliefButtons(now); len(buttons) > 0 {
		p.body = append(p.body, Buttons{Items: buttons})
	}
	return p
}

// reliefTowns are the townships, and what stands with the county because few persons of a township got it.
func reliefTowns(at At, now book.Relief, below []book.Flow) List {
	var rows []Row
	rest, most := now, disclosure.Fen(1)
	for _, f := range below {
		most = max(most, f.Paid)
		rest.Persons, rest.Amount = rest.Persons-f.Recipients, rest.Amount-f.Paid
	}
	for _, f := range below {
		rows = append(rows, reliefRow(f.Place.Name, f.Recipients, f.Paid, most, nil))
	}
	if rest.Persons > 0 || rest.Amount != 0 {
		rows = append(rows, reliefRow(word.Say("relief.rest"), rest.Persons, rest.Amount, most, nil))
	}
	return List{
		Header: true,
		Columns: []Column{
			{Title: word.Say("relief.town"), Weight: 2},
			{Weight: 1},
			{Title: word.Say("list.amount"), Align: AlignRight},
		},
		Len: len(rows), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row { return rows[i] },
	}
}

// reliefButtons lead to the fund that pays a kind and to the paper that it rests on.
func (m Model) reliefButtons(r book.Relief) []Button {
	var out []Button
	for _, ref := range r.Funds[:min(len(r.Funds), 1)] {
		if _, ok := m.shown.Fund(ref); ok {
			out = append(out, Button{Icon: "payments", Text: word.Say("relief.fund"), Touch: Go{At{Page: PageFund, Ref: ref}}})
		}
	}
	if policies := m.shown.PoliciesOf(r.Kind.Ref); len(policies) > 0 {
		out = append(out, Button{Icon: "menu_book", Text: word.Say("no.published.policy"), Touch: Go{At{Page: PagePolicy, Ref: policies[0].Ref}}})
	}
	return out
}
