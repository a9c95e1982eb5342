package kiosk

import (
	"slices"
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// listsPage shows which lists a village has, and which are still owed.
func (m Model) listsPage(at At) page {
	village, ok := m.shown.Place(at.Village)
	if !ok {
		return gonePage()
	}
	owed, heads := m.owed(village), m.shown.Lists(at.Village)
	if at.Kind != "" {
		heads = slices.DeleteFunc(heads, func(h book.ListHead) bool { return !slices.Contains(strings.Split(at.Kind, ";"), h.Kind) })
		owed = nil
	}
	var years []int64
	for _, h := range heads {
		years = append(years, h.Year)
	}
	if at.Year != 0 {
		heads = slices.DeleteFunc(heads, func(h book.ListHead) bool { return h.Year != at.Year })
		owed = slices.DeleteFunc(owed, func(d debt) bool { return d.year != at.Year })
	}
	if len(heads) == 0 && len(owed) == 0 {
		return page{body: []Block{m.villageCrumbs(at.Village), m.nothingHere(village)}, phone: At{Choice: doorSubsidy}}
	}
	// What is owed stands first, what only is not there this year last.
	var rows, missing []func() Row
	for _, d := range owed {
		if d.due {
			rows = append(rows, func() Row { return m.owedRow(at, d) })
		} else {
			missing = append(missing, func() Row { return m.owedRow(at, d) })
		}
	}
	for _, h := range heads {
		rows = append(rows, func() Row { return m.headRow(at, h) })
	}
	rows = append(rows, missing...)
	return page{
		body: []Block{
			m.villageCrumbs(at.Village),
			Heading{Text: word.Say("lists.title"), Note: word.Say("lists.note")},
			listYears(at, newestFirst(years)),
			List{
				Columns: []Column{{Weight: 1}, {Align: AlignRight}},
				Len:     len(rows), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
				Row: func(i int) Row { return rows[i]() },
			},
		},
		phone: At{Choice: doorSubsidy},
	}
}

// listYears offers all lists, or those of one of the newest years.
func listYears(at At, years []int64) Tabs {
	all := at
	all.Year = 0
	t := yearTabs(at, years[:min(len(years), mostYears-1)])
	return Tabs{Items: append([]Tab{{Text: word.Say("lists.all"), On: at.Year == 0, Touch: turn(all)}}, t.Items...)}
}

func (m Model) headRow(at At, h book.ListHead) Row {
	count := word.Say("lists.count", h.Found)
	if h.TotalsOnly {
		count = word.Say("lists.totals", h.Found)
	}
	return Row{
		Cells: []Cell{
			{Text: listName(h.Year, h.KindName), Style: StyleStrong, Lines: []string{count}},
			{Text: yuan(h.Sum), Style: StyleAmount},
		},
		Touch: Go{m.inList(At{Village: at.Village, Kind: h.Kind, Year: h.Year, Ref: at.Ref})},
	}
}

// debt is a list that a village had last year and has not this year, while the kind still runs.
type debt struct {
	kind disclosure.SubsidyKind
	year int64
	// due says that it is owed: the county set the task, or the money was sent down already. Otherwise nothing is known but
	// that it is not there.
	due bool
}

func (m Model) owed(village disclosure.Place) []debt {
	year := m.dataYear()
	// What was published once and is past its last day is not owed, so the whole edition is asked.
	had, has := map[string]bool{}, map[string]bool{}
	for _, h := range m.book.Lists(village.Code) {
		switch h.Year {
		case year:
			has[h.Kind] = true
		case year - 1:
			had[h.Kind] = true
		}
	}
	var out []debt
	for _, kind := range m.shown.Kinds() {
		if has[kind.Ref] || kind.ToYear != 0 && kind.ToYear < year {
			continue
		}
		if kind.Publish != "名单" || kind.Aid != "" {
			continue // totals under five persons stand with the town, and aid is shown only while it is paid
		}
		_, task := m.task(village, kind.Name, year)
		sent := m.whole(At{Village: village.Code, Kind: kind.Ref, Year: year}).HasAllocation
		if had[kind.Ref] || sent {
			out = append(out, debt{kind: kind, year: year, due: task || sent})
		}
	}
	return out
}

// task is the open obligation to publish a village's list of a kind and year: one for all villages, or one that names this
// one with its town in brackets, as in 2026年稻谷补贴发放名单（枝城镇白水港村）.
func (m Model) task(village disclosure.Place, kind string, year int64) (disclosure.Obligation, bool) {
	name, full := listName(year, kind), ""
	if town, ok := m.shown.Place(village.Parent); ok {
		full = town.Name + village.Name
	}
	for _, o := range m.shown.Obligations() {
		if o.MetOn != "" || !strings.HasPrefix(o.Item, name) {
			continue
		}
		if _, where, some := strings.Cut(o.Item, "（"); !some || full != "" && strings.HasPrefix(where, full) {
			return o, true
		}
	}
	return disclosure.Obligation{}, false
}

func (m Model) owedRow(at At, d debt) Row {
	chip := Chip{Text: word.Say("lists.notyet"), Tone: ToneNeutral}
	if d.due {
		chip = Chip{Text: word.Say("lists.owed"), Tone: ToneAttention}
	}
	return Row{
		Cells: []Cell{{Text: listName(d.year, d.kind.Name), Style: StyleStrong}, {Chip: &chip}},
		Touch: Go{At{Page: PageNotPublished, Village: at.Village, Kind: d.kind.Ref, Year: d.year}},
	}
}

// inList leads to a list at the place of a person, to the first no where that person is not on it, or to its beginning.
func (m Model) inList(at At) At {
	at.Page = PageList
	if at.Ref == "" {
		return at
	}
	if head := m.shown.List(query(at)); head.TotalsOnly {
		at.Ref = ""
		return at
	}
	row, ok := m.shown.RowOf(query(at), at.Ref)
	if !ok {
		at.Page = PageNotOnList
		return at
	}
	at.Offset, at.Follow = row, true
	return at
}

func query(at At) book.ListQuery {
	q := book.ListQuery{Village: at.Village, Kind: at.Kind, Year: at.Year, Group: at.Group, Sort: "name"}
	if at.ByAmount {
		q.Sort = "amount"
	}
	return q
}

// whole is the list without group or order, whose totals are the village's.
func (m Model) whole(at At) book.List {
	at.Group, at.ByAmount = "", false
	return m.shown.List(query(at))
}

func (m Model) listPage(at At) page {
	if _, ok := m.shown.Place(at.Village); !ok {
		return gonePage()
	}
	list := m.shown.List(query(at))
	title := listName(at.Year, m.kindName(at.Kind))
	p := page{
		body:  []Block{m.villageCrumbs(at.Village), Heading{Text: title}},
		phone: m.askList(at, list.FundRef, title),
	}
	if list.TotalsOnly {
		p.body = append(p.body, Notice{
			Icon: "verified_user", Title: word.Say("list.totals.title", list.Found), Figure: yuan(list.Sum),
			Text: word.Say("list.totals.text"), Tone: ToneNeutral, Button: m.takeTotals(at),
		})
		return p
	}
	p.body = append(p.body,
		m.listTabs(at),
		m.listRows(at, list.Found),
		m.reconciliation(at, list),
	)
	if k, ok := m.shown.Kind(at.Kind); ok && k.Aid == "" {
		p.body = append(p.body, Buttons{Items: []Button{{
			Icon: "search", Text: word.Say("list.find"), Touch: Go{At{Page: PageSurnames, Village: at.Village, Kind: at.Kind, Year: at.Year}},
		}, *m.takeTotals(at)}})
	}
	return p
}

// askList is the telephone page of whoever answers for a list.
func (m Model) askList(at At, fund, title string) At {
	return At{Kind: at.Kind, Ref: fund, Choice: doorSubsidy, About: word.Say("phone.about.list", m.placeLine(at.Village, ""), title)}
}

// listTabs are 全村, one group, and the largest first.
func (m Model) listTabs(at At) Tabs {
	all, group, amount := at, at, at
	all.Group, all.ByAmount = "", false
	amount.ByAmount = !at.ByAmount
	tabs := []Tab{{Text: word.Say("list.all"), On: at.Group == "" && !at.ByAmount, Touch: m.keep(all)}}
	if own := m.groupOf(at); own != "" {
		group.Group = own
		tabs = append(tabs, Tab{Text: word.Say("list.group", own), On: at.Group != "", Touch: m.keep(group)})
	} else if len(m.shown.Groups(at.Village)) > 1 {
		group.Page = PageGroups
		tabs = append(tabs, Tab{Text: word.Say("list.groups"), Touch: Go{group}})
	}
	return Tabs{Items: append(tabs, Tab{Text: word.Say("list.byamount"), On: at.ByAmount, Touch: m.keep(amount)})}
}

// groupOf is the group that is chosen, or else the highlighted person's.
func (m Model) groupOf(at At) string {
	if at.Group != "" {
		return at.Group
	}
	p, _ := m.shown.Person(at.Ref)
	return p.Group
}

// keep shows the list in another order or part with the highlighted person still in sight.
func (m Model) keep(at At) Msg {
	at.Offset, at.Follow = 0, false
	if at.Ref != "" {
		if row, ok := m.shown.RowOf(query(at), at.Ref); ok {
			at.Offset, at.Follow = row, true
		}
	}
	return Turn{at}
}

func (m Model) listRows(at At, found int) List {
	measure := word.Say("list.quantity")
	focus, from := 0, at.Offset
	if at.Follow {
		focus, from = at.Offset+1, max(0, at.Offset-onShow/2)
	}
	rows := m.rows(at, from)
	if shown, ok := rows.row(at.Offset); ok && shown.Unit == "亩" {
		measure = word.Say("list.area")
	}
	return List{
		Header: true,
		Focus:  focus,
		Columns: []Column{
			{Title: word.Say("list.no")},
			{Title: word.Say("list.name.column"), Weight: 2},
			{Title: word.Say("list.group.column"), Weight: 1},
			{Title: measure, Align: AlignRight},
			{Title: word.Say("list.amount"), Weight: 1, Align: AlignRight},
		},
		Len: found, Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("list.empty"),
		Row: func(i int) Row {
			r, ok := rows.row(i)
			if !ok {
				return Row{}
			}
			row := Row{
				Cells: []Cell{
					{Text: word.Say("number", r.No), Style: StyleSmall},
					{Text: fullName(r.Name, r.NamesakeNo), Style: StyleName},
					{Text: r.Group, Style: StyleSmall},
					{Text: quantityWords(r.Disbursement)},
					{Text: r.Amount.Yuan(), Style: StyleAmount},
				},
				Highlight: at.Ref != "" && r.PersonRef() == at.Ref,
			}
			if ref := r.PersonRef(); ref != "" {
				row.Touch = Go{At{Page: PagePerson, Ref: ref}}
			}
			return row
		},
	}
}

// rows are the rows of a list, from offset on.
func (m Model) rows(at At, offset int) *window[book.ListRow] {
	return newWindow(offset, func(offset, limit int) []book.ListRow {
		q := query(at)
		q.Offset, q.Limit = offset, limit
		return m.shown.List(q).Rows
	})
}

func quantityWords(d disclosure.Disbursement) string {
	if d.Quantity == 0 {
		return ""
	}
	return measured(d.Quantity, d.Unit)
}

// recipients counts who is on a list: a list paid by the quarter names each four times.
func (m Model) recipients(at At, list book.List) string {
	type recipient struct {
		place       disclosure.Code
		group, name string
		namesake    int64
		typ         string
	}
	q := query(at)
	q.Limit = list.Found
	seen, households := map[recipient]bool{}, true
	for _, r := range m.shown.List(q).Rows {
		seen[recipient{r.Place, r.Group, r.Name, r.NamesakeNo, r.Type}] = true
		households = households && r.Type == "户"
	}
	count := word.Say("count.people", len(seen))
	if households {
		count = word.Say("count.households", len(seen))
	}
	if len(seen) < list.Found {
		count = word.Say("list.payments", count, list.Found)
	}
	return count
}

// reconciliation settles in a sentence whether the list adds up to what was sent down, and who answers where it does not.
func (m Model) reconciliation(at At, list book.List) Notice {
	count := m.recipients(at, list)
	n := Notice{
		Icon: "verified_user", Title: word.Say("list.sum", count), Figure: yuan(list.Sum),
		Text: m.reconciled(at, list), Tone: ToneGood,
	}
	if at.Group != "" {
		n.Title = word.Say("list.sum.group", at.Group, count)
	}
	switch {
	case !list.HasAllocation, m.past(at):
		n.Icon, n.Tone = "info", ToneNeutral
	case list.Difference != 0:
		n.Icon, n.Tone = "warning", ToneAttention
	}
	return n
}

// past reports whether some of a village's list is past its last day: what is left adds up to less than was sent down, and
// nobody owes the rest.
func (m Model) past(at At) bool {
	at.Group, at.ByAmount = "", false
	return m.book.List(query(at)).Found != m.shown.List(query(at)).Found
}

func (m Model) reconciled(at At, list book.List) string {
	switch {
	case m.past(at):
		return word.Say("list.past")
	case !list.HasAllocation:
		return word.Say("list.nothing.sent")
	case list.Difference == 0 && at.Group == "":
		return word.Say("list.exact")
	case list.Difference == 0:
		return word.Say("list.exact.village")
	}
	text := word.Say("list.more", yuan(list.Allocated), yuan(list.Difference))
	if list.Difference < 0 {
		text = word.Say("list.less", yuan(list.Allocated), yuan(-list.Difference))
	}
	if list.Remark != "" {
		text += word.Say("list.remark", strings.TrimSuffix(list.Remark, "。"))
	}
	return text + word.Say("list.answers", m.ownerOf(list.FundRef))
}

// ownerOf names the department that answers for a fund.
func (m Model) ownerOf(fund string) string {
	if f, ok := m.shown.Fund(fund); ok {
		if owner, ok := m.shown.Institution(f.Owner); ok {
			return owner.Name
		}
		return f.FinanceOffice
	}
	return word.Say("owner.unknown")
}

func (m Model) groupsPage(at At) page {
	groups := m.shown.Groups(at.Village)
	if len(groups) == 0 {
		return gonePage()
	}
	return page{
		body: []Block{
			m.villageCrumbs(at.Village),
			Heading{Text: word.Say("groups.title"), Note: listName(at.Year, m.kindName(at.Kind))},
			Tiles{Columns: 3, Len: len(groups), Offset: at.Offset, ScrollTo: scroll(at), Tile: func(i int) Tile {
				to := at
				to.Page, to.Group, to.Offset = PageList, groups[i], 0
				return Tile{Text: groups[i], Touch: Go{to}}
			}},
		},
		phone: At{Choice: doorSubsidy},
	}
}
