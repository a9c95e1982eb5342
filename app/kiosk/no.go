package kiosk

import (
	"slices"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
	"mingbai.local/assets/word"
)

// notOnListPage is the first no: this person is not on this list, which adds up; who else it might be, and whom to ask.
func (m Model) notOnListPage(at At) page {
	p, ok := m.shown.Person(at.Ref)
	if !ok {
		return gonePage()
	}
	list, title := m.whole(at), listName(at.Year, m.kindName(at.Kind))
	open := at
	open.Page, open.Ref, open.Offset = PageList, "", 0
	b := []Block{
		Crumbs{Items: append(m.placeNames(at.Village), title)},
		Notice{
			Icon: "info", Title: word.Say("no.list.title", fullName(p.Name, p.NamesakeNo)),
			Text: m.adds(at, list), Tone: ToneNeutral,
		},
	}
	if alike := m.alike(at, p); len(alike) > 0 {
		b = append(b, List{
			Title: word.Say("no.list.alike"), Columns: []Column{{Weight: 3}, {Weight: 2, Align: AlignRight}},
			Len: len(alike), Most: 3, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
			Row: func(i int) Row {
				row := m.personRow(At{}, alike[i])
				row.Touch = Go{m.inList(At{Village: at.Village, Kind: at.Kind, Year: at.Year, Ref: alike[i].Ref()})}
				return row
			},
		})
	}
	again := At{Page: PageSurnames, Village: at.Village, Kind: at.Kind, Year: at.Year}
	ask := m.askList(at, list.FundRef, title)
	ask.Page, ask.About = PagePhone, word.Say("phone.about.missing", m.placeLine(p.Village, p.Group), title)
	b = append(b,
		Buttons{Items: []Button{
			{Icon: "groups", Text: word.Say("lists.open"), Touch: Go{open}},
			{Icon: "search", Text: word.Say("no.list.again"), Touch: Go{again}},
		}},
		Notice{
			Title: word.Say("no.list.should"), Text: word.Say("no.list.ask", m.ownerOf(list.FundRef)),
			Button: &Button{Icon: "feedback", Text: word.Say("no.list.button"), Subject: SubjectVoice, Touch: Go{ask}},
		},
	)
	return page{body: b, phone: ask}
}

// adds says what the list adds up to.
func (m Model) adds(at At, list book.List) string {
	count := m.recipients(At{Village: at.Village, Kind: at.Kind, Year: at.Year}, list)
	switch {
	case !list.HasAllocation:
		return word.Say("no.list.sum", count, yuan(list.Sum))
	case list.Difference == 0:
		return word.Say("no.list.exact", count, yuan(list.Sum))
	}
	return word.Say("no.list.differs", count, yuan(list.Sum)) + m.reconciled(at, list)
}

// alike finds who on the list has a name that sounds or is written like the person's.
func (m Model) alike(at At, p book.Person) []search.Hit {
	q := search.Query{Text: p.Name, In: "people", Village: string(at.Village), Kind: at.Kind, Year: at.Year, Limit: 6}
	answer, _ := Lookup(m.shown, q)
	return slices.DeleteFunc(slices.Clone(answer.Hits), func(h search.Hit) bool { return h.Ref() == at.Ref })
}

// notPublishedPage is the second no, a list that is owed, and the third, that the kiosk knows no further.
func (m Model) notPublishedPage(at At) page {
	village, ok := m.shown.Place(at.Village)
	kind, known := m.shown.Kind(at.Kind)
	if !ok || !known {
		return gonePage()
	}
	title := listName(at.Year, kind.Name)
	n := Notice{
		Icon: "info", Title: word.Say("no.reach.title", village.Name),
		Text: word.Say("reach.text", m.book.Manifest().AsOf.Chinese()), Tone: ToneNeutral,
	}
	whole := m.whole(at)
	if task, ok := m.task(village, kind.Name, at.Year); ok {
		n.Title, n.Text, n.Tone = word.Say("no.published.title"), m.lateness(task), ToneAttention
	} else if whole.HasAllocation {
		n.Title, n.Tone = word.Say("no.published.title"), ToneAttention
		n.Text = word.Say("no.published.sent", yuan(whole.Allocated), m.ownerOf(whole.FundRef))
	}
	ask := At{Page: PagePhone, Kind: at.Kind, Choice: doorSubsidy, Ref: whole.FundRef, About: word.Say("phone.about.late", m.placeLine(at.Village, ""), title)}
	last := At{Village: at.Village, Kind: at.Kind, Year: at.Year - 1}
	for _, f := range m.shown.Funds(last.Year) {
		if ask.Ref == "" && slices.ContainsFunc(m.shown.FundKinds(f.Ref), func(k disclosure.SubsidyKind) bool { return k.Ref == at.Kind }) {
			ask.Ref = f.Ref
		}
	}
	buttons := []Button{{Icon: "call", Text: word.Say("no.published.phone"), Touch: Go{ask}}}
	if policies := m.shown.PoliciesOf(at.Kind); len(policies) > 0 {
		buttons = append(buttons, Button{Icon: "menu_book", Text: word.Say("no.published.policy"), Touch: Go{At{Page: PagePolicy, Ref: policies[0].Ref}}})
	}
	if m.whole(last).Found > 0 {
		last.Page = PageList
		buttons = append(buttons, Button{Icon: "calendar_month", Text: word.Say("no.published.last"), Touch: Go{last}})
	}
	return page{
		body:  []Block{Crumbs{Items: append(m.placeNames(at.Village), title)}, n, Buttons{Items: buttons, Columns: 1}},
		phone: ask,
	}
}

// lateness says when a list was due, how late it is, and whose it is.
func (m Model) lateness(task disclosure.Obligation) string {
	due, ok := task.DueOn.Last()
	today, known := m.today.Last()
	if !ok || !known {
		return word.Say("no.published.unit", task.Unit)
	}
	if days := int(today.Sub(due).Hours() / 24); days > 0 {
		return word.Say("no.published.late", task.DueOn.Chinese(), days, task.Unit)
	}
	return word.Say("no.published.due", task.DueOn.Chinese(), task.Unit)
}
