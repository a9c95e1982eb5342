package kiosk

import (
	"cmp"
	"slices"
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// trail (资金去向) is where a fund's money went, one level down from a place: what was sent there, what reached people, and
// where the two differ.
type trail struct {
	at    At
	fund  disclosure.Fund
	whole book.Flow   // the place with everything in it
	flows []book.Flow // one level down, the most first
	kinds []disclosure.SubsidyKind
	// listed says that the fund pays households by list, unnamed that it pays some whom nobody names. Of these it is not said
	// what went where, only what arrived (see Total), so that at most the county as a whole adds up.
	listed, unnamed bool
	// faded says that lists are past their last day, so that what is shown adds up to less than was paid.
	faded bool
	// ends are the townships from which a fund that pays no households was not sent on to any village.
	ends map[disclosure.Code]bool
}

func (m Model) countyCode() disclosure.Code {
	return disclosure.Code(m.book.Manifest().County + "000000")
}

func compare[T ~int64](a, b T) int { return cmp.Compare(a, b) }

func (m Model) trailOf(at At, f disclosure.Fund) trail {
	place := at.Town
	if place == "" {
		place = m.countyCode()
	}
	t := trail{at: at, fund: f, whole: m.shown.FlowInto(f.Ref, place), flows: m.shown.Flow(f.Ref, place)}
	t.faded = m.book.FlowInto(f.Ref, place).Paid != t.whole.Paid
	all := m.shown.FlowInto(f.Ref, m.countyCode())
	if f.Paid != 0 && all.Recipients == 0 && all.ForLists == all.Allocated && f.Year < m.dataYear()-1 {
		t.faded = true // an edition leaves out payments that are past their day, and may keep what was sent for them
	}
	t.kinds = m.book.FundKinds(f.Ref) // what a fund paid stays so when its lists are past their day
	for _, k := range t.kinds {
		if k.Publish == "名单" {
			t.listed = true
		} else {
			t.unnamed = true
		}
	}
	if !t.listed && !t.unnamed {
		t.ends = map[disclosure.Code]bool{}
		for _, to := range t.flows {
			t.ends[to.Place.Code] = len(m.shown.Flow(f.Ref, to.Place.Code)) == 0
		}
	}
	slices.SortStableFunc(t.flows, func(a, b book.Flow) int { return compare(t.reached(b), t.reached(a)) })
	return t
}

// reached is what a bar stands for: what was sent to a place, or what arrived where only that is known.
func (t trail) reached(f book.Flow) disclosure.Fen {
	switch {
	case t.unnamed && t.faded:
		return 0
	case t.unnamed:
		return f.Paid
	case t.faded:
		return f.Allocated
	}
	return max(f.Allocated, f.Paid)
}

// arrives says whether it can be shown what reached people: not where lists are past their day, which would say less than there was.
func (t trail) arrives() bool { return (t.listed || t.unnamed) && !t.faded }

// balanced says whether what was sent for lists can be held against the lists.
func (t trail) balanced() bool { return t.listed && !t.unnamed && !t.faded }

// own is what stayed with the place itself: it was not sent on, or, of totals, few persons got it.
func (t trail) own() book.Flow {
	own := t.whole
	for _, f := range t.flows {
		own.Recipients, own.Paid = own.Recipients-f.Recipients, own.Paid-f.Paid
		own.Allocated, own.ForLists = own.Allocated-f.Allocated, own.ForLists-f.ForLists
	}
	return own
}

// list is the trail as a table; ok is false where nothing is known.
func (m Model) trailList(t trail) (List, bool) {
	rows := t.rows(m.countyWord())
	title := word.Say("fund.trail")
	if t.at.Town != "" {
		title = word.Say("fund.trail.in", t.whole.Place.Name)
	}
	columns := []Column{{Weight: 2}, {Weight: 1}}
	if !t.unnamed {
		columns = append(columns, Column{Title: word.Say("fund.trail.sent"), Align: AlignRight})
	}
	if t.arrives() {
		columns = append(columns, Column{Title: word.Say("fund.trail.paid"), Align: AlignRight})
	}
	return List{
		Title: title, Header: true, Columns: columns,
		Len: len(rows), Offset: t.at.Offset, ScrollTo: scroll(t.at),
		Pages: func(page, pages int) string { return t.pages(page, pages) },
		Row:   func(i int) Row { return rows[i] },
	}, len(rows) > 0
}

func (t trail) rows(county string) []Row {
	most := disclosure.Fen(1)
	for _, f := range append(slices.Clone(t.flows), t.own()) {
		most = max(most, t.reached(f))
	}
	var rows []Row
	for _, f := range t.flows {
		if t.reached(f) == 0 && (f.Recipients == 0 || t.faded) {
			continue
		}
		row := t.row(f.Place.Name, f, most)
		if to, ok := t.follow(f); ok {
			row.Touch = Go{to}
		}
		rows = append(rows, row)
	}
	if own := t.own(); t.reached(own) != 0 {
		rows = append(rows, t.row(t.ownName(county), own, most))
	}
	return rows
}

// ownName says of what stayed with a place whose it is.
func (t trail) ownName(county string) string {
	switch {
	case t.unnamed:
		return word.Say("fund.trail.few")
	case t.at.Town == "":
		return word.Say("fund.trail.own.county", county)
	}
	return word.Say("fund.trail.own.town")
}

func (t trail) row(name string, f book.Flow, most disclosure.Fen) Row {
	bar := share(t.reached(f), most)
	first := Cell{Text: name, Style: StyleStrong}
	if f.Recipients > 0 && t.arrives() {
		first.Lines = []string{word.Say("fund.trail.count", f.Recipients)}
	}
	cells := []Cell{first, {Bar: &bar}}
	if !t.unnamed {
		sent := Cell{Text: f.Allocated.Yuan()}
		if !t.arrives() {
			sent.Style = StyleAmount
		}
		if t.listed && f.ForLists != f.Allocated {
			sent.Lines = []string{word.Say("fund.trail.shared", (f.Allocated - f.ForLists).Yuan())}
		}
		cells = append(cells, sent)
	}
	if t.arrives() {
		paid := Cell{Text: f.Paid.Yuan(), Style: StyleAmount}
		if t.balanced() {
			paid.Lines = nonEmpty(differs(f))
		}
		cells = append(cells, paid)
	}
	return Row{Cells: cells, Highlight: t.balanced() && differs(f) != ""}
}

// differs says by how much what was paid differs from what was sent to be paid; empty where it does not.
func differs(f book.Flow) string {
	switch {
	case f.ForLists > 0 && f.Recipients == 0:
		return word.Say("fund.trail.nolist")
	case f.Paid < f.ForLists:
		return word.Say("fund.trail.short", (f.ForLists - f.Paid).Yuan())
	case f.Paid > f.ForLists:
		return word.Say("fund.trail.over", (f.Paid - f.ForLists).Yuan())
	}
	return ""
}

func (t trail) pages(page, pages int) string {
	down := ""
	switch {
	case !slices.ContainsFunc(t.flows, func(f book.Flow) bool { _, ok := t.follow(f); return ok }):
	case t.at.Town == "":
		down = word.Say("fund.trail.towns")
	case t.unnamed:
		down = word.Say("fund.trail.totals")
	default:
		down = word.Say("fund.trail.villages")
	}
	turned := ""
	if pages > 1 {
		turned = word.Say("pages", page, pages)
	}
	return strings.Join(nonEmpty(turned, down), "，")
}

// arrived says in a sentence whether what was sent has arrived; ok is false where there is nothing to hold against each other.
func (m Model) arrived(t trail) (Notice, bool) {
	if t.faded {
		return Notice{Icon: "info", Title: word.Say("fund.trail.faded"), Text: word.Say("fund.trail.faded.text"), Tone: ToneNeutral}, true
	}
	if !t.balanced() || len(t.flows) == 0 {
		return Notice{}, false
	}
	wrong, sum := 0, disclosure.Fen(0)
	for _, f := range append(slices.Clone(t.flows), t.own()) {
		if d := f.Paid - f.ForLists; d != 0 {
			wrong++
			sum += max(d, -d)
		}
	}
	if wrong == 0 {
		return Notice{Icon: "verified_user", Title: word.Say("fund.trail.exact"), Text: word.Say("fund.trail.exact.text", yuan(t.whole.ForLists)), Tone: ToneGood}, true
	}
	title := word.Say("fund.trail.differ.towns", wrong)
	if t.at.Town != "" {
		title = word.Say("fund.trail.differ.villages", wrong)
	}
	return Notice{
		Icon: "warning", Title: title, Figure: word.Say("fund.trail.by", yuan(sum)),
		Text: word.Say("fund.trail.answers", m.ownerOf(t.fund.Ref)), Tone: ToneAttention,
	}, true
}

// follow leads one level down: from a town to its villages, from a village to its list.
func (t trail) follow(f book.Flow) (At, bool) {
	switch {
	case t.ends[f.Place.Code]:
		return At{}, false
	case f.Place.Level != "村":
		return At{Page: PageFund, Ref: t.fund.Ref, Town: f.Place.Code}, true
	case len(t.kinds) == 0:
		return At{}, false
	case len(t.kinds) == 1:
		to := At{Page: PageList, Village: f.Place.Code, Kind: t.kinds[0].Ref, Year: t.fund.Year}
		if f.Recipients == 0 && !t.faded {
			to.Page = PageNotPublished
		}
		return to, true
	}
	ids := make([]string, len(t.kinds))
	for i, k := range t.kinds {
		ids[i] = k.Ref
	}
	return At{Page: PageLists, Village: f.Place.Code, Kind: strings.Join(ids, ";"), Year: t.fund.Year}, true
}

// townTrail is the fund's page for one township: what came down, what reached the households, and village by village.
func (m Model) townTrail(t trail) []Block {
	figures := Figures{}
	if !t.unnamed {
		figures.Items = append(figures.Items, Figure{Label: word.Say("fund.sent"), Value: yuan(t.whole.Allocated)})
	}
	if t.arrives() {
		figures.Items = append(figures.Items, Figure{Label: word.Say("fund.reached"), Value: yuan(t.whole.Paid), Tone: ToneGood})
	}
	if d := t.whole.ForLists - t.whole.Paid; t.balanced() && d != 0 {
		figures.Items = append(figures.Items, Figure{Label: word.Say("fund.differs"), Value: yuan(max(d, -d)), Tone: ToneAttention})
	}
	var b []Block
	if len(figures.Items) > 0 {
		b = append(b, figures)
	}
	if list, ok := m.trailList(t); ok {
		b = append(b, list)
	}
	if n, ok := m.arrived(t); ok {
		b = append(b, n)
	}
	return b
}
