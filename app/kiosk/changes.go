package kiosk

import (
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// tabChanges is 有什么变化, of one institution and of the whole county.
const tabChanges = "changes"

// onlyEdition says that there is nothing to compare with.
func onlyEdition() Notice {
	return Notice{Icon: "history", Title: word.Say("changes.only"), Text: word.Say("changes.only.text"), Tone: ToneNeutral}
}

// sinceWhen names the edition before.
func (m Model) sinceWhen() string {
	return word.Say("changes.since", m.before.Manifest().AsOf.Chinese())
}

// institutionChanges is what differs in an institution from the edition before.
func (m Model) institutionChanges(at At, inst disclosure.Institution) []Block {
	if m.before == nil {
		return []Block{onlyEdition()}
	}
	t, _ := m.shown.Since(m.before.At(m.today), inst.Ref)
	switch {
	case t.New:
		return []Block{Notice{Icon: "info", Title: word.Say("changes.new"), Text: m.sinceWhen(), Tone: ToneNeutral}}
	case !t.Changed():
		return []Block{Notice{Icon: "check", Title: word.Say("changes.none"), Text: m.sinceWhen(), Tone: ToneNeutral}}
	}
	rows := append(figureChanges(t), m.paperChanges(inst, t)...)
	rows = append(rows, m.peopleChanges(inst, t)...)
	return []Block{List{
		Title: m.sinceWhen(), Columns: []Column{{Weight: 1}, {Align: AlignRight}},
		Len: len(rows), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row { return rows[i] },
	}}
}

// sinceBefore says in a few words how many more or fewer people there are than in the edition before.
func (m Model) sinceBefore(inst disclosure.Institution) string {
	if m.before == nil {
		return ""
	}
	t, _ := m.shown.Since(m.before.At(m.today), inst.Ref)
	if d := t.Now.Actual - t.Before.Actual; d != 0 && !t.New {
		return word.Say("changes.since.people", moreOrLess(d))
	}
	return ""
}

// figureChanges are the numbers that differ.
func figureChanges(t book.Turnover) []Row {
	var rows []Row
	add := func(label string, before, now int64) {
		if before == now {
			return
		}
		rows = append(rows, Row{Cells: []Cell{
			{Text: label, Style: StyleStrong, Lines: []string{word.Say("changes.figures", before)}},
			{Text: moreOrLess(now - before), Style: StyleStrong},
		}})
	}
	add(word.Say("staffing.authorised"), t.Before.Authorised, t.Now.Authorised)
	add(word.Say("staffing.actual"), t.Before.Actual, t.Now.Actual)
	add(word.Say("staffing.excess"), t.Before.Over, t.Now.Over)
	add(word.Say("staffing.vacant"), t.Before.Vacant, t.Now.Vacant)
	return rows
}

func moreOrLess(difference int64) string {
	if difference > 0 {
		return word.Say("changes.more", difference)
	}
	return word.Say("changes.less", -difference)
}

// paperChanges are other duties and another paper behind the establishment.
func (m Model) paperChanges(inst disclosure.Institution, t book.Turnover) []Row {
	var rows []Row
	if t.Mandate != "" {
		rows = append(rows, Row{Cells: []Cell{
			{Text: word.Say("changes.mandate"), Style: StyleStrong, Lines: []string{word.Say("changes.mandate.was", t.Mandate)}}, {},
		}})
	}
	if t.Duties {
		to := At{Page: PageInstitution, Ref: inst.Ref, Tab: tabDuties}
		rows = append(rows, Row{Cells: []Cell{{Text: word.Say("changes.duties"), Style: StyleStrong}, {}}, Touch: Turn{to}})
	}
	return rows
}

// peopleChanges are who came, by the fields that are published of them, and who left, by nothing but the name.
func (m Model) peopleChanges(inst disclosure.Institution, t book.Turnover) []Row {
	var rows []Row
	for _, who := range t.Came {
		chip := Chip{Text: word.Say("changes.came"), Tone: ToneGood}
		rows = append(rows, Row{
			Cells: []Cell{{Text: who.Name, Style: StyleName, Lines: nonEmpty(who.Position)}, {Chip: &chip}},
			Touch: Go{At{Page: PageIncumbent, Ref: who.Ref, Choice: inst.Ref}},
		})
	}
	unnamed := 0
	for _, who := range t.Left {
		if who.Name == "" {
			unnamed++
			continue
		}
		chip := Chip{Text: word.Say("changes.left"), Tone: ToneNeutral}
		rows = append(rows, Row{Cells: []Cell{{Text: who.Name, Style: StyleName}, {Chip: &chip}}})
	}
	line := func(text string) {
		rows = append(rows, Row{Cells: []Cell{{Text: text}, {}}})
	}
	if unnamed > 0 {
		line(word.Say("changes.unnamed", unnamed))
	}
	if t.Withdrawn > 0 {
		line(word.Say("changes.withdrawn", t.Withdrawn))
	}
	return rows
}

// countyChanges are the institutions that changed since the edition before: those that are new, then those that changed, then
// those that are there no more.
func (m Model) countyChanges(at At) Block {
	if m.before == nil {
		return onlyEdition()
	}
	type unit struct {
		disclosure.Institution
		line string
		chip *Chip
		gone bool
	}
	var first, units []unit
	gone := m.shown.Turnovers(m.before.At(m.today), func(inst disclosure.Institution, t book.Turnover) {
		switch {
		case t.New:
			first = append(first, unit{Institution: inst, chip: &Chip{Text: word.Say("changes.new.chip"), Tone: ToneGood}})
		case t.Changed():
			units = append(units, unit{Institution: inst, line: changeLine(t), chip: overChip(t.Now.Over)})
		}
	})
	units = append(first, units...)
	for _, inst := range gone {
		units = append(units, unit{Institution: inst, gone: true, chip: &Chip{Text: word.Say("changes.gone"), Tone: ToneNeutral}})
	}
	if len(units) == 0 {
		return Notice{Icon: "check", Title: word.Say("changes.none.county"), Text: m.sinceWhen(), Tone: ToneNeutral}
	}
	return List{
		Title:   m.sinceWhen(),
		Columns: []Column{{Weight: 1}, {Align: AlignRight}},
		Len:     len(units), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row {
			u := units[i]
			row := Row{Cells: []Cell{{Text: u.Name, Style: StyleStrong, Lines: nonEmpty(u.line)}, {Chip: u.chip}}}
			if !u.gone {
				row.Touch = Go{At{Page: PageInstitution, Ref: u.Ref, Tab: tabChanges}}
			}
			return row
		},
	}
}

// overChip is red: it marks an institution's total, never a person.
func overChip(over int64) *Chip {
	if over == 0 {
		return nil
	}
	return &Chip{Text: word.Say("staffing.over", over), Tone: ToneAlarm}
}

// changeLine says in one line what changed.
func changeLine(t book.Turnover) string {
	var parts []string
	if d := t.Now.Authorised - t.Before.Authorised; d != 0 {
		parts = append(parts, word.Say("changes.authorised", moreOrLess(d)))
	}
	if d := t.Now.Actual - t.Before.Actual; d != 0 {
		parts = append(parts, word.Say("changes.actual", moreOrLess(d)))
	}
	if n := len(t.Came); n > 0 {
		parts = append(parts, word.Say("changes.came.count", n))
	}
	if n := len(t.Left); n > 0 {
		parts = append(parts, word.Say("changes.left.count", n))
	}
	if t.Mandate != "" {
		parts = append(parts, word.Say("changes.mandate"))
	}
	if t.Duties {
		parts = append(parts, word.Say("changes.duties"))
	}
	if len(parts) == 0 {
		parts = append(parts, word.Say("changes.posts"))
	}
	return strings.Join(parts, "，")
}
