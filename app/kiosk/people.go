package kiosk

import (
	"slices"
	"strings"
	"unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
	"mingbai.local/assets/word"
)

// tabTyping is the tab 拼音 of a page where people are found; its first tab is 翻名单.
const tabTyping = "typing"

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

// methods are the two ways to find a person in a village.
func (m Model) methods(at At) Tabs {
	browse, typing := at, at
	browse.Page, browse.Tab, browse.Text = PageSurnames, "", ""
	typing.Page, typing.Tab = PagePeople, tabTyping
	return Tabs{Items: []Tab{
		{Icon: "groups", Text: word.Say("people.browse"), On: at.Tab != tabTyping, Touch: turn(browse)},
		{Icon: "keyboard", Text: word.Say("people.type"), On: at.Tab == tabTyping, Touch: turn(typing)},
	}}
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

// peoplePage shows the people of a village whose name begins with what was typed or chosen.
func (m Model) peoplePage(at At) page {
	if _, ok := m.shown.Place(at.Village); !ok {
		return gonePage()
	}
	typing := at.Tab == tabTyping
	q := search.Query{Text: at.Text, In: "people", Village: string(at.Village)}
	answer := m.lookup(q)
	b := []Block{m.villageCrumbs(at.Village)}
	if at.Kind != "" {
		b = append(b, m.inListNotice(at))
	}
	field := searchField(at.Text)
	field.Placeholder, field.Typing = word.Say("people.placeholder"), typing
	if at.Text != "" {
		field.Found = word.Say("people.found", answer.Found)
	}
	if !typing {
		typed := at
		typed.Tab = tabTyping
		field.Touch = turn(typed)
	}
	b = append(b, field)
	if c := candidates(at, q, answer, countPeople); typing && len(c.Items) > 0 {
		b = append(b, c)
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
	if at.Text != "" && answer.Found == 0 {
		body, onward = noneOf(list, m.nobodyNamed(at))
	}
	b = slices.Concat(b, body, []Block{m.methods(at)}, onward)
	p := page{body: b, phone: At{Choice: doorSubsidy}}
	if typing {
		p.side = []Block{keys(at, answer.Letters)}
	}
	return p
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
func (m Model) nobodyNamed(at At) Notice {
	all := At{Page: PageSearch, Text: at.Text}
	return Notice{
		Icon: "info", Title: word.Say("people.none", at.Text), Tone: ToneNeutral,
		Text:   word.Say("reach.text", m.book.Manifest().AsOf.Chinese()),
		Button: &Button{Icon: "search", Text: word.Say("people.none.all"), Touch: Go{all}},
	}
}

// searchField parts what was typed into characters that are chosen and letters still open.
func searchField(text string) Search {
	letters := strings.TrimLeftFunc(text, func(r rune) bool { return r > 'z' })
	return Search{Settled: strings.TrimSuffix(text, letters), Letters: letters}
}

// candidates offers the characters that can come next, or that the letters may stand for.
func candidates(at At, q search.Query, answer search.Answer, count func(n int) string) Candidates {
	var c Candidates
	add := func(char rune, found int, text string) {
		// A digit or a letter of some title is none of the characters that names are written with.
		if len(c.Items) == mostChoices || !unicode.Is(unicode.Han, char) {
			return
		}
		to := at
		to.Text = text
		c.Items = append(c.Items, Tile{Text: string(char), Note: count(found), Touch: turn(to)})
	}
	for _, choice := range answer.Choices {
		add(choice.Char, choice.Found, q.Choose(choice))
	}
	if strings.IndexFunc(q.Text, isLetter) < 0 {
		for _, key := range answer.Next {
			add(key.Char, key.Found, strings.TrimSpace(q.Text)+string(key.Char))
		}
	}
	return c
}

func isLetter(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) }

// keys is the letter pad: what leads nowhere cannot be touched.
func keys(at At, next search.Letters) Keys {
	var k Keys
	for r := 'a'; r <= 'z'; r++ {
		key := Key{Text: string(r)}
		if next.Has(r) {
			to := at
			to.Text += key.Text
			key.Touch = turn(to)
		}
		k.Letters = append(k.Letters, key)
	}
	k.Back, k.Clear = Key{Text: word.Say("keys.back")}, Key{Text: word.Say("keys.clear")}
	if at.Text != "" {
		shorter, empty := at, at
		rs := []rune(at.Text)
		shorter.Text, empty.Text = string(rs[:len(rs)-1]), ""
		k.Back.Touch, k.Clear.Touch = turn(shorter), turn(empty)
	}
	return k
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
