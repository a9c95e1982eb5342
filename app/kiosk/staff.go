package kiosk

import (
	"mingbai.local/assets/word"
)

// staffPage says how the machine is, each trouble with its code and what to do.
func (m Model) staffPage(at At) page {
	var rows []Row
	remedy := ""
	for _, c := range m.conditions {
		chip := Chip{Text: c.Code, Tone: ToneAttention}
		if c.Code == "" {
			chip = Chip{Icon: "check", Text: word.Say("staff.fine"), Tone: ToneGood}
		}
		rows = append(rows, Row{Cells: []Cell{{Text: c.Words, Lines: nonEmpty(c.Remedy)}, {Chip: &chip}}})
		if remedy == "" {
			remedy = c.Remedy
		}
	}
	if len(rows) == 0 {
		rows = append(rows, Row{Cells: []Cell{{Text: word.Say("staff.allfine")}, {Chip: &Chip{Icon: "check", Text: word.Say("staff.fine"), Tone: ToneGood}}}})
	}
	rows = append(rows, m.facts()...)
	b := []Block{
		Heading{Text: word.Say("staff.title", m.config.KioskName)},
		List{
			Columns: []Column{{Weight: 1}, {Align: AlignRight}}, Len: len(rows), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
			Row: func(i int) Row { return rows[i] },
		},
	}
	if remedy != "" {
		b = append(b, Notice{Icon: "info", Title: word.Say("staff.remedy"), Text: remedy, Tone: ToneNeutral})
	}
	b = append(b, Buttons{Items: []Button{{Icon: "logout", Text: word.Say("staff.leave"), Subject: SubjectResult, Filled: true, Touch: Finish{}}}})
	return page{body: b, phone: At{Choice: doorDesk}}
}

// facts are edition, dates, version and number of the machine.
func (m Model) facts() []Row {
	fact := func(label, value string) Row {
		return Row{Cells: []Cell{{Text: label}, {Text: value, Style: StyleStrong}}}
	}
	var rows []Row
	if m.book == nil {
		rows = append(rows, fact(word.Say("staff.edition"), word.Say("staff.noedition")))
	} else {
		man := m.book.Manifest()
		rows = append(rows,
			fact(word.Say("staff.edition"), word.Say("staff.number", man.Number)),
			fact(word.Say("staff.asof"), man.AsOf.Chinese()),
		)
		if !m.syncedAt.IsZero() {
			rows = append(rows, fact(word.Say("staff.synced"), m.moment(m.syncedAt)))
		}
	}
	if m.next != nil {
		rows = append(rows, fact(word.Say("staff.next"), word.Say("staff.number", m.next.Book.Manifest().Number)))
	}
	return append(rows,
		fact(word.Say("staff.version"), m.config.Version),
		fact(word.Say("staff.kiosk"), m.config.Kiosk),
	)
}
