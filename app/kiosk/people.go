package kiosk

import (
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/input"
	"mingbai.local/app/search"
	"mingbai.local/assets/word"
)

// The tabs of a page where people are found. Its first is 翻名单, where many are asked for by their next character and few are
// rows; tabRows is 翻名单 with rows however many they are, tabTyping is 拼音.
const (
	tabRows   = "rows"
	tabTyping = "typing"
)

// How many characters are offered at once, and how many people whose name is only nearly what was typed.
const (
	mostChoices = 8
	mostNear    = 5
)

func (m Model) townsPage(at At) page {
	towns := m.shown.Towns()
	b := []Block{Heading{Text: word.Say("towns.title")}}
	if m.config.Village != "" {
		here := m.village(m.config.Village)
		b = append(b, Buttons{Items: []Button{{
			Icon: "location_on", Text: word.Say("towns.here", here.Name), Filled: true,
			Touch: Go{At{Page: PageSurnames, Town: here.Parent, Village: here.Code}},
		}}})
	}
	b = append(b, placeTiles(at, towns, func(p disclosure.Place) At {
		return At{Page: PageVillages, Town: p.Code}
	}))
	return page{body: b, phone: At{Choice: doorSubsidy}}
}

func (m Model) villagesPage(at At) page {
	town, ok := m.shown.Place(at.Town)
	if !ok {
		return gonePage()
	}
	return page{
		body: []Block{
			Crumbs{Items: []string{m.config.CountyName, town.Name}, Pin: true, Button: m.elsewhere(word.Say("towns.change"))},
			Heading{Text: word.Say("villages.title")},
			placeTiles(at, m.shown.Villages(at.Town), func(p disclosure.Place) At {
				return At{Page: PageSurnames, Town: at.Town, Village: p.Code}
			}),
		},
		phone: At{Choice: doorSubsidy},
	}
}

func placeTiles(at At, places []disclosure.Place, to func(disclosure.Place) At) Tiles {
	return Tiles{
		Columns: 2, Len: len(places), Offset: at.Offset, ScrollTo: scroll(at),
		Tile: func(i int) Tile { return Tile{Text: places[i].Name, Touch: Go{to(places[i])}} },
	}
}

// elsewhere is 换个村.
func (m Model) elsewhere(text string) *Button {
	return &Button{Text: text, Touch: Go{At{Page: PageTowns}}}
}

// villageCrumbs is 枝城镇 › 白水港村 with 换个村 behind it.
func (m Model) villageCrumbs(village disclosure.Code) Crumbs {
	return Crumbs{Items: m.placeNames(village), Pin: true, Button: m.elsewhere(word.Say("village.change"))}
}

// placeNames names a place from its town down.
func (m Model) placeNames(code disclosure.Code) []string {
	var names []string
	for _, p := range m.shown.Path(code) {
		if p.Level != "县" {
			names = append(names, p.Name)
		}
	}
	return names
}

func (m Model) surnamesPage(at At) page {
	village, ok := m.shown.Place(at.Village)
	if !ok {
		return gonePage()
	}
	surnames := m.shown.Surnames(at.Village)
	b := []Block{m.villageCrumbs(at.Village)}
	if at.Kind != "" {
		b = append(b, m.inListNotice(at))
	}
	b = append(b, Heading{Text: word.Say("surnames.title")})
	if len(surnames) == 0 {
		b = append(b, m.nothingHere(village))
	} else {
		b = append(b, Tiles{
			Columns: 4, Len: len(surnames), Offset: at.Offset, ScrollTo: scroll(at),
			Tile: func(i int) Tile {
				to := at
				to.Page, to.Text, to.Offset = PagePeople, surnames[i].Text, 0
				return Tile{Text: surnames[i].Text, Note: word.Say("count.people", surnames[i].People), Touch: Go{to}}
			},
		})
	}
	b = append(b, Buttons{Items: []Button{m.allLists(at)}}, m.methods(at))
	return page{body: b, phone: At{Choice: doorSubsidy}}
}

// nothingHere is the third no for a village of which the edition holds nobody.
func (m Model) nothingHere(village disclosure.Place) Notice {
	return Notice{
		Icon: "info", Title: word.Say("village.nobody", village.Name),
		Text: word.Say("reach.text", m.book.Manifest().AsOf.Chinese()), Tone: ToneNeutral,
	}
}

// allLists is 看全村名单 of the village.
func (m Model) allLists(at At) Button {
	return Button{Icon: "groups", Text: word.Say("lists.open"), Touch: Go{At{Page: PageLists, Village: at.Village}}}
}

// inListNotice says that a person is looked for in one list.
func (m Model) inListNotice(at At) Notice {
	return Notice{Icon: "search", Title: word.Say("people.inlist", listName(at.Year, m.kindName(at.Kind))), Tone: ToneNeutral}
}

func (m Model) kindName(kind string) string {
	if k, ok := m.shown.Kind(kind); ok {
		return k.Name
	}
	return word.Say("kind.unknown")
}

// peoplePage shows the people of a village whose name begins with what was entered by any method.
func (m Model) peoplePage(at At) page {
	if _, ok := m.shown.Place(at.Village); !ok {
		return gonePage()
	}
	e := m.entering(at, m.scopes(at)...)
	b := []Block{m.villageCrumbs(at.Village)}
	if at.Kind != "" {
		b = append(b, m.inListNotice(at))
	}
	if at.Tab == "" && e.Answer.Found > rowsAtOnce && len(e.Candidates()) > 0 {
		return page{body: slices.Concat(b, m.nextCharacter(at, e), []Block{m.methods(at)}), phone: At{Choice: doorSubsidy}}
	}
	q := search.Query{Text: at.Text, In: search.InPeople, Village: string(at.Village)}
	answer := m.lookup(q)
	field := enteredField(e)
	field.Placeholder, field.Typing = placeholder(at), !browsing(at)
	if at.Text != "" {
		field.Found = word.Say("people.found", answer.Found)
	}
	if browsing(at) {
		typed := at
		typed.Tab = tabTyping
		field.Touch = turn(typed)
	}
	b = append(b, field)
	found := at.Text == "" || answer.Found > 0
	if found && browsing(at) { // characters that were touched are none that were mistyped
		answer.Near = nil
	}
	if found && (at.Tab == tabHand || at.Tab == tabAnyHand) {
		body, square := m.handPage(at, e, countPeople)
		return page{body: slices.Concat(b, body, []Block{m.methods(at)}), side: square, phone: At{Choice: doorSubsidy}}
	}
	offered := choices(at, e.Candidates(), countPeople)
	if at.Tab == tabTyping {
		b = append(b, offered...)
	}
	hits := m.hits(q, at.Offset)
	list := m.andNear(at, answer.Near, List{
		Columns: []Column{{Weight: 1}, {Align: AlignRight}},
		Len:     answer.Found, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row {
			h, _ := hits.row(i)
			return m.personRow(at, h)
		},
	})
	body, onward := []Block{list}, []Block(nil)
	if !found {
		body, onward = noneOf(list, m.nobodyNamed(at, entered(e)))
	}
	p := page{body: slices.Concat(b, body, []Block{m.methods(at)}, onward), phone: At{Choice: doorSubsidy}}
	if !browsing(at) {
		p.side = entryPad(at, e)
	}
	if at.Tab == tabStrokes { // its keys are few
		p.side = append(offered, p.side...)
	}
	return p
}

// browsing reports whether lists are turned over, and nothing is entered by hand.
func browsing(at At) bool { return at.Tab == "" || at.Tab == tabRows }

// nextCharacter asks those who turn over lists for the next character of a name that many people share, as for the surname before.
// 返回 takes a character back, and all of them are one touch away as rows, those whose name is complete at their head.
func (m Model) nextCharacter(at At, e input.Entry) []Block {
	characters := e.Candidates()
	whole, _ := Lookup(m.shown, search.Query{Text: at.Text, In: search.InPeople, Village: string(at.Village), Whole: true})
	rows := at
	rows.Tab, rows.Offset = tabRows, 0
	buttons := []Button{{Icon: "groups", Text: word.Say("people.all", countPeople(e.Answer.Found)), Touch: Go{rows}}}
	if whole.Found > 0 {
		buttons = slices.Insert(buttons, 0, Button{Text: word.Say("people.complete", entered(e), countPeople(whole.Found)), Touch: Go{rows}})
	}
	return []Block{
		Heading{Text: word.Say("people.next", entered(e))},
		Tiles{
			Columns: 5, Len: len(characters), Offset: at.Offset, ScrollTo: scroll(at),
			Tile: func(i int) Tile {
				to := at
				to.Text, to.Offset = characters[i].Text, 0
				return Tile{Text: string(characters[i].Char), Note: countPeople(characters[i].People), Touch: Go{to}}
			},
		},
		Buttons{Items: buttons},
	}
}

// placeholder says what to do before anything is entered.
func placeholder(at At) string {
	switch at.Tab {
	case tabStrokes:
		return word.Say("people.strokes.how")
	case tabHand, tabAnyHand:
		return word.Say("people.hand.how")
	}
	return word.Say("people.placeholder")
}

// lookup answers a query but for its hits, and names people who are nearly meant.
func (m Model) lookup(q search.Query) search.Answer {
	q.Near = mostNear
	answer, _ := Lookup(m.shown, q)
	return answer
}

// andNear puts the people who are only nearly what was typed behind a list, under a line of their own.
func (m Model) andNear(at At, near []search.Hit, list List) List {
	if len(near) == 0 {
		return list
	}
	found, row := list.Len, list.Row
	line := 1
	if found == 0 {
		list.Title, line = word.Say("near.title"), 0
	}
	list.Len += line + len(near)
	list.Row = func(i int) Row {
		switch {
		case i < found:
			return row(i)
		case i < found+line:
			return Row{Cells: []Cell{{Text: word.Say("near.title")}, {}}}
		}
		return m.personRow(at, near[i-found-line])
	}
	return list
}

// noneOf is a no. Where the list has people who may be meant, they have the room, and the way on stands behind them.
func noneOf(list List, no Notice) (body, onward []Block) {
	if list.Len > 0 {
		onward = []Block{Buttons{Items: []Button{*no.Button}}}
		no.Text, no.Button = "", nil
	}
	return []Block{no, list}, onward
}

// hits are the answers to a query, from offset on.
func (m Model) hits(q search.Query, offset int) *window[search.Hit] {
	return newWindow(offset, func(offset, limit int) []search.Hit {
		q.Offset, q.Limit = offset, limit
		answer, _ := Lookup(m.shown, q)
		return answer.Hits
	})
}

// nobodyNamed is the third no of a search in a village.
func (m Model) nobodyNamed(at At, name string) Notice {
	all := At{Page: PageSearch, Text: at.Text}
	return Notice{
		Icon: "info", Title: word.Say("people.none", name), Tone: ToneNeutral,
		Text:   word.Say("reach.text", m.book.Manifest().AsOf.Chinese()),
		Button: &Button{Icon: "search", Text: word.Say("people.none.all"), Touch: Go{all}},
	}
}

// personRow is a person of a village with what the newest year brought.
func (m Model) personRow(at At, h search.Hit) Row {
	row := Row{Cells: []Cell{
		{Text: fullName(h.Title, h.NamesakeNo), Style: StyleName, Chip: whyChip(h.Why), Lines: []string{m.whereAndHow(h)}},
		{},
	}}
	if len(h.Years) > 0 {
		y := h.Years[len(h.Years)-1]
		row.Cells[1] = Cell{Text: yuan(disclosure.Fen(y.Sum)), Style: StyleAmount, Lines: []string{word.Say("person.year.payments", y.Year, y.Payments)}}
	}
	row.Touch = Go{m.toPerson(at, h.Ref())}
	return row
}

// toPerson leads to a person, or to where that person stands in the list that is searched.
func (m Model) toPerson(at At, ref string) At {
	if at.Kind == "" {
		return At{Page: PagePerson, Ref: ref}
	}
	return m.inList(At{Village: at.Village, Kind: at.Kind, Year: at.Year, Ref: ref})
}

func countPeople(n int) string { return word.Say("count.people", n) }

// fullName tells namesakes apart: 张三（2）.
func fullName(name string, namesake int64) string {
	if namesake == 0 {
		return name
	}
	return word.Say("person.namesake", name, namesake)
}

// placeLine is 白水港村3组; a village that was merged since is 原杨家畈村.
func (m Model) placeLine(code disclosure.Code, group string) string {
	p, ok := m.shown.Place(code)
	if !ok {
		return group
	}
	if p.ValidTo != "" {
		return word.Say("place.former", p.Name) + group
	}
	return p.Name + group
}

// whereAndHow is where a person lives, and what tells a person from a household of the same name: the records keep what is
// paid to a household apart from what is paid to one of its people.
func (m Model) whereAndHow(h search.Hit) string {
	where := m.placeLine(disclosure.Code(h.VillageCode), h.Group)
	if h.Type == "户" {
		return where
	}
	return word.Say("person.type", where, h.Type)
}

// whyChip says why a name was found that is not written as typed.
func whyChip(why string) *Chip {
	var text string
	switch why {
	case search.WhySimilar:
		text = word.Say("why.similar")
	case search.WhyVariant:
		text = word.Say("why.variant")
	case search.WhySlip:
		text = word.Say("why.slip")
	case search.WhyMissing:
		text = word.Say("why.missing")
	case search.WhyExtra:
		text = word.Say("why.extra")
	case search.WhySwapped:
		text = word.Say("why.swapped")
	case search.WhyOther:
		text = word.Say("why.other")
	default:
		return nil
	}
	return &Chip{Text: text, Tone: ToneNeutral}
}
