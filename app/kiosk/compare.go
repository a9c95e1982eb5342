package kiosk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// tabCompare is the view 和去年比 of a person's page.
const tabCompare = "compare"

// yearOf (一年一种) is what one person was paid of one kind in one year. Quantity, Standard and Unit are set where all that
// was paid out in the year has the same: four quarters of the same area are not four times the area.
type yearOf struct {
	payments int
	sum      disclosure.Fen
	back     disclosure.Fen // taken back
	quantity disclosure.Milli
	standard disclosure.Fen
	unit     string
	reasons  []string // what the office gave for a change, with its paper
}

func (y *yearOf) add(d disclosure.Disbursement) {
	y.sum += d.Amount
	if d.Amount < 0 {
		y.back -= d.Amount
		return
	}
	if y.payments == 0 {
		y.quantity, y.standard, y.unit = d.Quantity, d.Standard, d.Unit
	}
	if d.Quantity != y.quantity || d.Unit != y.unit {
		y.quantity = 0
	}
	if d.Standard != y.standard || d.Unit != y.unit {
		y.standard = 0
	}
	y.payments++
	if d.ChangeReason != "" {
		reason := d.ChangeReason
		if d.ChangeDoc != "" {
			reason += word.Say("brackets", d.ChangeDoc)
		}
		y.reasons = unique(append(y.reasons, reason))
	}
}

// kindChange (一种补贴的变化) is one kind in a year and in the year before it.
type kindChange struct {
	kind        string
	before, now yearOf
}

func (c kindChange) difference() disclosure.Fen { return c.now.sum - c.before.sum }

// none reports whether nothing moved in the year.
func (y yearOf) none() bool { return y.payments == 0 && y.back == 0 }

// comparedYear is the year that is set against the one before it: the newest in which a person was paid, and the data's own
// where the newest is the year before, since then nothing has been paid yet. There is none where the year before brought
// nothing: it may lie before what is published, and then it is not known what was paid.
func comparedYear(p book.Person, data int64) (int64, bool) {
	if len(p.Years) == 0 {
		return 0, false
	}
	year := p.Years[0].Year
	if year == data-1 {
		return data, true
	}
	return year, len(p.Years) > 1 && p.Years[1].Year == year-1
}

// compareYears sets the kinds of a year against those of the year before, the largest change first.
func compareYears(p book.Person, year int64) []kindChange {
	var out []kindChange
	for _, d := range p.Payments {
		if d.Year != year && d.Year != year-1 {
			continue
		}
		i := slices.IndexFunc(out, func(c kindChange) bool { return c.kind == d.Kind })
		if i < 0 {
			i, out = len(out), append(out, kindChange{kind: d.Kind})
		}
		if d.Year == year {
			out[i].now.add(d)
		} else {
			out[i].before.add(d)
		}
	}
	size := func(c kindChange) disclosure.Fen { return max(c.difference(), -c.difference()) }
	slices.SortStableFunc(out, func(a, b kindChange) int { return cmp.Compare(size(b), size(a)) })
	return out
}

// comparePage is 和去年比: each kind last year and this year, and why they differ.
func (m Model) comparePage(at At, p book.Person) page {
	out := page{phone: At{Choice: doorSubsidy}, body: []Block{
		Crumbs{Items: append(m.placeNames(p.Village), nonEmpty(p.Group, apart(p.Type))...)},
		Heading{Text: word.Say("compare.title", fullName(p.Name, p.NamesakeNo)), Note: word.Say("compare.note")},
	}}
	year, ok := comparedYear(p, m.dataYear())
	if !ok {
		out.body = append(out.body, Notice{Icon: "info", Title: word.Say("compare.none"), Text: word.Say("compare.none.text"), Tone: ToneNeutral})
		return out
	}
	changes := compareYears(p, year)
	out.body = append(out.body,
		m.yearsBeside(p, year, changes),
		List{
			Header: true,
			Columns: []Column{
				{Title: word.Say("compare.kind"), Weight: 1},
				{Title: word.Say("year", year-1), Align: AlignRight},
				{Title: word.Say("year", year), Align: AlignRight},
				{Title: word.Say("compare.difference"), Align: AlignRight},
			},
			Len: len(changes), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
			Row: func(i int) Row { return m.changeRow(p, year, changes[i]) },
		},
	)
	return out
}

// yearsBeside are the sums of both years as bars. While something is still to come this year, what is less so far is no loss, and
// no difference is told.
func (m Model) yearsBeside(p book.Person, year int64, changes []kindChange) Bars {
	var before, now disclosure.Fen
	open, faded := false, false
	for _, c := range changes {
		before, now = before+c.before.sum, now+c.now.sum
		open, faded = open || m.unfinished(c, year), faded || m.faded(p, c.kind, year-1)
	}
	most := max(before, now, 1)
	bar := func(label string, sum disclosure.Fen, now bool) BarRow {
		return BarRow{Label: label, Fraction: share(sum, most), Mark: -1, Value: yuan(sum), Subject: SubjectSubsidy, Now: now}
	}
	bars := Bars{Rows: []BarRow{bar(m.yearSoFar(year), now, true), bar(word.Say("year", year-1), before, false)}}
	switch {
	case faded:
		bars.Note = word.Say("compare.faded", year-1)
	case open:
		bars.Note = word.Say("compare.open")
	case now > before:
		bars.Note = word.Say("compare.more", yuan(now-before))
	case now < before:
		bars.Note = word.Say("compare.less", yuan(before-now))
	default:
		bars.Note = word.Say("compare.same.sum")
	}
	return bars
}

// unfinished reports whether a kind has brought fewer payments than last year in a year that is not over.
func (m Model) unfinished(c kindChange, year int64) bool {
	return year == m.dataYear() && c.now.payments < c.before.payments && !m.ended(c.kind, year)
}

// faded reports whether something that was paid in a year may be past its last day, so that what is left cannot be compared: the
// book holds more than may be shown, or what was published early in the year is shown no more.
func (m Model) faded(p book.Person, kind string, year int64) bool {
	count := func(p book.Person) (n int) {
		for _, d := range p.Payments {
			if d.Kind == kind && d.Year == year {
				n++
			}
		}
		return n
	}
	if whole, _ := m.book.Person(p.Ref); count(whole) != count(p) {
		return true
	}
	k, _ := m.shown.Kind(kind)
	today, ok := m.today.Last()
	return ok && k.VisibleDays > 0 && time.Date(int(year), 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(k.VisibleDays)).Before(today)
}

// yearSoFar is a year's name, with 到现在 where the data runs into it.
func (m Model) yearSoFar(year int64) string {
	if year == m.dataYear() {
		return word.Say("compare.sofar", year)
	}
	return word.Say("year", year)
}

// signed is a difference with its sign, which stands for more and less.
func signed(f disclosure.Fen) string {
	if f > 0 {
		return word.Say("compare.plus", f.Yuan())
	}
	return f.Yuan()
}

func (m Model) changeRow(p book.Person, year int64, c kindChange) Row {
	facts, why := m.whatChanged(p, year, c)
	difference := Cell{Text: signed(c.difference()), Style: StyleStrong}
	none := ""
	switch {
	case m.faded(p, c.kind, year-1):
		difference = Cell{}
	case m.unfinished(c, year):
		difference, none = Cell{Text: word.Say("compare.partly"), Style: StyleSmall}, word.Say("compare.notyet")
		if c.now.none() {
			difference = Cell{}
		}
	case c.difference() == 0:
		difference.Text = word.Say("compare.same")
	}
	return Row{
		Cells: []Cell{
			{Text: m.kindName(c.kind), Style: StyleStrong, Lines: nonEmpty(facts, why)},
			sumOr(c.before, ""),
			sumOr(c.now, none),
			difference,
		},
		Touch: Go{m.inList(At{Village: m.village(p.Village).Code, Kind: c.kind, Year: lastPaid(c, year), Ref: p.Ref})},
	}
}

func sumOr(y yearOf, none string) Cell {
	if y.none() {
		return Cell{Text: none}
	}
	return Cell{Text: y.sum.Yuan()}
}

// lastPaid is the newer of the two years in which the kind was paid.
func lastPaid(c kindChange, year int64) int64 {
	if c.now.none() {
		return year - 1
	}
	return year
}

// ended reports whether a kind was paid for the last time before a year.
func (m Model) ended(kind string, year int64) bool {
	k, ok := m.shown.Kind(kind)
	return ok && k.ToYear != 0 && k.ToYear < year
}

// whatChanged says what is different between the two years of a kind, and why: by the office's own words, and where it gave
// none, that it gave none. Nothing is guessed.
func (m Model) whatChanged(p book.Person, year int64, c kindChange) (facts, why string) {
	why = strings.Join(c.now.reasons, "；")
	switch {
	case m.faded(p, c.kind, year-1):
		return word.Say("compare.faded", year-1), why
	case c.now.none():
		return m.whyNothing(p, year, c.kind), why
	case c.before.none():
		facts = word.Say("compare.new", year-1)
		if k, ok := m.shown.Kind(c.kind); ok && k.FromYear == year {
			return word.Say("compare.began", year), why
		}
	default:
		facts = measures(c)
	}
	if why == "" && c.difference() != 0 && !m.unfinished(c, year) {
		why = word.Say("compare.unexplained")
	}
	return facts, why
}

// whyNothing says why a kind that was paid last year has no payment this year, as far as the records tell.
func (m Model) whyNothing(p book.Person, year int64, kind string) string {
	village := m.village(p.Village).Code
	switch {
	case m.ended(kind, year):
		return word.Say("compare.ended", year)
	case m.whole(At{Village: village, Kind: kind, Year: year}).Found > 0:
		return word.Say("compare.notlisted", year)
	case year == m.dataYear():
		return word.Say("compare.nolist")
	}
	return word.Say("compare.nolist.year", year)
}

// measures says how area, standard and number of payments differ.
func measures(c kindChange) string {
	b, n := c.before, c.now
	var out []string
	if b.quantity != 0 && n.quantity != 0 && b.unit == n.unit && b.quantity != n.quantity {
		amount := func(q disclosure.Milli) string { return measured(q, n.unit) }
		if n.quantity > b.quantity {
			out = append(out, word.Say("compare.quantity.more", amount(b.quantity), amount(n.quantity), amount(n.quantity-b.quantity)))
		} else {
			out = append(out, word.Say("compare.quantity.less", amount(b.quantity), amount(n.quantity), amount(b.quantity-n.quantity)))
		}
	}
	if b.standard != 0 && n.standard != 0 && b.unit == n.unit && b.standard != n.standard {
		out = append(out, word.Say("compare.standard", n.unit, b.standard.Yuan(), n.standard.Yuan()))
	}
	if b.payments != n.payments {
		out = append(out, word.Say("compare.payments", b.payments, n.payments))
	}
	if b.back != 0 {
		out = append(out, word.Say("compare.back.before", b.back.Yuan()))
	}
	if n.back != 0 {
		out = append(out, word.Say("compare.back.now", n.back.Yuan()))
	}
	return strings.Join(out, "，")
}
