package kiosk

import (
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
	"mingbai.local/assets/word"
)

// searchPage is the one field for everything: this village's people and all institutions, funds and papers by anything
// entered, and the people of other villages by their complete name, to which the keys lead on.
func (m Model) searchPage(at At) page {
	q := search.Query{Text: at.Text, In: search.InAll, Village: string(m.config.Village)}
	answer := m.lookup(q)
	away := m.namesakes(at.Text)
	e := m.entering(at, m.scopes(at)...)
	field := enteredField(e)
	field.Placeholder, field.Typing = word.Say("home.search"), true
	found := 0
	if at.Text != "" {
		found = answer.Found + len(away)
		field.Found = word.Say("search.found", found)
	}
	p := page{body: []Block{field}, side: entryPad(at, e), phone: At{Choice: doorDesk}}
	goon, more := goesOn(e)
	if (at.Tab == tabHand || at.Tab == tabAnyHand) && (at.Text == "" || found > 0 || more) {
		body, square := m.handPage(at, e, countFound)
		p.body, p.side = slices.Concat(p.body, body, []Block{m.searchMethods(at)}), square
		return p
	}
	if at.Text == "" {
		p.body = append(p.body, Notice{Icon: "search", Title: word.Say("search.how"), Text: word.Say("search.how.text"), Tone: ToneNeutral}, m.searchMethods(at))
		return p
	}
	if offered := choices(at, e.Candidates(), countFound); at.Tab == tabStrokes { // its keys are few
		p.side = append(offered, p.side...)
	} else {
		p.body = append(p.body, offered...)
	}
	hits := m.hits(q, at.Offset)
	list := m.andNear(At{}, answer.Near, List{
		Columns: []Column{{Weight: 1}, {Align: AlignRight}},
		Len:     found, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row {
			if i >= answer.Found {
				return m.namesakeRow(away[i-answer.Found])
			}
			h, _ := hits.row(i)
			return m.hitRow(h)
		},
	})
	if found > 0 {
		p.body = append(p.body, list, m.searchMethods(at))
		return p
	}
	if more {
		p.body = append(p.body, goon, m.searchMethods(at))
		return p
	}
	body, onward := noneOf(list, Notice{
		Icon: "info", Title: word.Say("search.none", entered(e)), Text: word.Say("reach.text", m.book.Manifest().AsOf.Chinese()), Tone: ToneNeutral,
		Button: &Button{Icon: "groups", Text: word.Say("people.browse"), Touch: Go{At{Page: PageTowns}}},
	})
	p.body = slices.Concat(p.body, body, []Block{m.searchMethods(at)}, onward)
	return p
}

func countFound(n int) string { return word.Say("count.found", n) }

// scopes are where what is entered is looked for: people in their village; everything here, and complete names in the county.
func (m Model) scopes(at At) []search.Query {
	if at.Page == PagePeople {
		return []search.Query{{In: search.InPeople, Village: string(at.Village)}}
	}
	all := search.Query{In: search.InAll, Village: string(m.config.Village)}
	if m.config.Village == "" {
		return []search.Query{all}
	}
	return []search.Query{all, {In: search.InPeople}}
}

// namesakes are the people of other villages with exactly this name.
func (m Model) namesakes(name string) []search.Hit {
	if len([]rune(name)) < 2 || m.config.Village == "" {
		return nil // without a village of its own the kiosk's search answers complete names already
	}
	q := search.Query{Text: name, In: search.InPeople}
	head, _ := Lookup(m.shown, q)
	q.Limit = head.Found
	all, _ := Lookup(m.shown, q)
	own, _ := Lookup(m.shown, search.Query{Text: name, In: search.InPeople, Village: string(m.config.Village), Limit: head.Found})
	return slices.DeleteFunc(slices.Clone(all.Hits), func(h search.Hit) bool {
		return slices.ContainsFunc(own.Hits, func(o search.Hit) bool { return o.Ref() == h.Ref() })
	})
}

// namesakeRow is a complete name in another village: where, and one touch into that village. No amount.
func (m Model) namesakeRow(h search.Hit) Row {
	village := disclosure.Code(h.VillageCode)
	names := m.placeNames(village)
	town := ""
	if len(names) > 1 {
		town = names[0]
	}
	return Row{
		Cells: []Cell{
			{Text: h.Title, Style: StyleName, Lines: []string{town + m.placeLine(village, h.Group)}},
			{Lines: []string{word.Say("search.invillage")}},
		},
		Touch: Go{At{Page: PagePeople, Village: m.village(village).Code, Text: h.Title}},
	}
}

func (m Model) hitRow(h search.Hit) Row {
	if h.Kind == search.KindPerson {
		if h.Payments == 0 {
			return m.namesakeRow(h)
		}
		return m.personRow(At{}, h)
	}
	row := Row{Cells: []Cell{
		{Text: h.Title, Style: StyleStrong, Person: h.Kind == search.KindIncumbent, Chip: whyChip(h.Why), Lines: nonEmpty(h.Place, h.Excerpt.Marked())},
		{Lines: []string{kindWords(h.Kind)}},
	}}
	if to, ok := m.toHit(h); ok {
		row.Touch = Go{to}
	}
	return row
}

// kindWords says what a hit is.
func kindWords(kind string) string {
	switch kind {
	case search.KindFund:
		return word.Say("kind.fund")
	case search.KindInstitution:
		return word.Say("kind.institution")
	case search.KindIncumbent:
		return word.Say("kind.incumbent")
	case search.KindPolicy:
		return word.Say("kind.policy")
	case search.KindPlace:
		return word.Say("kind.place")
	}
	return word.Say("kind.notice")
}

func (m Model) toHit(h search.Hit) (At, bool) {
	switch h.Kind {
	case search.KindFund:
		return At{Page: PageFund, Ref: h.Ref()}, true
	case search.KindInstitution:
		return At{Page: PageInstitution, Ref: h.Ref()}, true
	case search.KindIncumbent:
		return At{Page: PageIncumbent, Ref: h.Ref()}, true
	case search.KindPolicy:
		return At{Page: PagePolicy, Ref: h.Ref()}, true
	case search.KindNotice:
		return At{Page: PageNotice, Ref: h.Ref()}, true
	}
	rec, _ := m.shown.Show(h.Ref())
	p, ok := rec.(*disclosure.Place)
	if !ok {
		return At{}, false
	}
	switch p.Level {
	case "村":
		return At{Page: PageSurnames, Village: m.village(p.Code).Code}, true
	case "乡":
		return At{Page: PageVillages, Town: p.Code}, true
	}
	return At{Page: PageTowns}, true
}
