package kiosk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai.local/app/slip"
	"mingbai.local/assets/word"
)

// pinPage takes the staff's PIN and never shows it.
func (m Model) pinPage() page {
	b := []Block{Heading{Text: word.Say("pin.title"), Note: word.Say("pin.note")}}
	switch {
	case m.work.shut > 0:
		b = append(b, Notice{Icon: "lock", Title: word.Say("pin.shut", exactly(m.work.shut)), Text: word.Say("pin.shut.text"), Tone: ToneAttention})
	case m.desk.checking:
		b = append(b, Notice{Icon: "schedule", Title: word.Say("pin.checking"), Tone: ToneNeutral})
	case m.desk.note.Trouble.Words != "":
		b = append(b, troubleNotice(m.desk.note.Trouble))
	case m.desk.wrong && m.desk.tries > 0:
		b = append(b, Notice{Icon: "warning", Title: word.Say("pin.wrong"), Text: word.Say("pin.tries", m.desk.tries), Tone: ToneAttention})
	case m.desk.wrong:
		b = append(b, Notice{Icon: "warning", Title: word.Say("pin.wrong"), Text: word.Say("pin.again"), Tone: ToneAttention})
	}
	return page{body: b, side: []Block{m.pad()}, phone: At{Choice: doorDesk}}
}

// pad has the ten digits. It is dead where nothing is taken.
func (m Model) pad() PINPad {
	live, typed, whole := m.padLives(), len(m.desk.typed), m.digits()
	pad := PINPad{Entered: typed, Back: Key{Text: word.Say("pin.erase")}, OK: Key{Text: word.Say("pin.enter")}}
	for n := range 10 {
		k := Key{Text: fmt.Sprint(n)}
		if live && typed < whole {
			k.Touch = Digit{n}
		}
		pad.Digits = append(pad.Digits, k)
	}
	if live && typed > 0 {
		pad.Back.Touch = Erase{}
	}
	if live && typed == whole {
		pad.OK.Touch = Enter{}
	}
	return pad
}

func (m Model) padLives() bool {
	return (m.at.Page == PagePIN && m.work.shut == 0 || m.asksCode() && !m.desk.opened) && !m.desk.checking
}

// digits is how many belong into the pad.
func (m Model) digits() int {
	if m.asksCode() {
		return digitsOfCode
	}
	return digitsOfPIN
}

// asksCode reports whether the code of a sealed enrolment is asked for: before the first edition by the only page that there is.
func (m Model) asksCode() bool {
	return m.sealed && (m.at.Page == PageCode || m.at.Page == PageEmpty && m.book == nil && !m.mending)
}

// codePage takes the code of a sealed enrolment. It is told over a telephone and good for this one machine, so it is shown as it is typed.
func (m Model) codePage() page {
	b := []Block{Heading{Text: word.Say("code.title"), Note: word.Say("code.note")}}
	switch {
	case m.desk.opened:
		b = append(b, Notice{Icon: "check", Title: word.Say("code.right"), Text: word.Say("code.right.text"), Tone: ToneGood})
	case m.desk.checking:
		b = append(b, Notice{Icon: "schedule", Title: word.Say("pin.checking"), Tone: ToneNeutral})
	case m.desk.note.Trouble.Words != "":
		b = append(b, troubleNotice(m.desk.note.Trouble))
	case m.desk.wrong:
		b = append(b, Notice{Icon: "warning", Title: word.Say("code.wrong"), Text: word.Say("code.wrong.text"), Tone: ToneAttention})
	}
	pad := m.pad()
	pad.Typed = inFours(m.desk.typed)
	return page{body: b, side: []Block{pad}, phone: At{Choice: doorDesk}}
}

// inFours writes a code as the office does, with a line for each digit that is still to come.
func inFours(digits string) string {
	digits += strings.Repeat("_", digitsOfCode-len(digits))
	return strings.Join([]string{digits[:4], digits[4:8], digits[8:12], digits[12:]}, "-")
}

// key is a key of the pad. What was typed is forgotten as soon as it is handed in.
func (m Model) key(msg Msg) (Model, []Cmd) {
	if !m.padLives() {
		return m, nil
	}
	typed, whole := m.desk.typed, m.digits()
	switch msg := msg.(type) {
	case Digit:
		if len(typed) < whole && msg.Of >= 0 && msg.Of <= 9 {
			m.desk.typed += fmt.Sprint(msg.Of)
		}
	case Erase:
		m.desk.typed = typed[:max(0, len(typed)-1)]
	case Enter:
		if len(typed) != whole {
			break
		}
		m.desk = desk{checking: true}
		if m.asksCode() {
			return m, []Cmd{CheckCode{typed}}
		}
		return m, []Cmd{CheckPIN{typed}}
	}
	return m, nil
}

// tabState of the staff's page says all about the machine.
const tabState = "state"

// staffPage says what is the matter and what to do about it, and leads to all that staff can do. Without a PIN in the enrolment
// it only says how the machine is.
func (m Model) staffPage(at At) page {
	leave := Button{Icon: "logout", Text: word.Say("staff.leave"), Subject: SubjectResult, Filled: true, Touch: Finish{}}
	phone := At{Choice: doorDesk}
	title := Heading{Text: word.Say("staff.title", m.config.KioskName)}
	switch {
	case !m.desk.in:
		return page{phone: phone, body: []Block{
			title, m.stateList(at),
			Notice{Icon: "lock", Title: word.Say("staff.nopin"), Text: word.Say("staff.nopin.text"), Tone: ToneAttention},
			Buttons{Items: m.codeButton(leave)},
		}}
	case at.Tab == tabState:
		return page{phone: phone, body: []Block{Heading{Text: word.Say("staff.state")}, m.stateList(at)}}
	}
	title.Note = word.Say("staff.noedition")
	if m.book != nil {
		man := m.book.Manifest()
		title.Note = word.Say("staff.edition.asof", man.Number, man.AsOf.Chinese())
	}
	var side []Block
	if meter, ok := m.meter(); ok {
		side = append(side, meter)
	} else if m.work.stick.Name != "" {
		card := m.stickCard()
		card.Button = nil // it is the first of the actions
		side = append(side, card)
	}
	for _, task := range []Task{TaskPrint, TaskSettings} {
		if note, ok := m.noteOf(task); ok {
			side = append(side, note)
		}
	}
	back := Button{Icon: "history", Text: word.Say("staff.back"), Grave: true}
	if m.book != nil && m.work.task == "" {
		back.Touch = Go{At{Page: PageStaffBack}}
	}
	return page{
		body: append([]Block{title}, m.worst()...), phone: phone,
		side: append(side, m.actions(at), Buttons{Columns: 2, Items: []Button{back, leave}}),
	}
}

// codeButton puts the way to the code before others, where there is a use for it.
func (m Model) codeButton(others ...Button) []Button {
	if !m.sealed {
		return others
	}
	return append([]Button{{Icon: "lock", Text: word.Say("code.title"), Touch: Go{At{Page: PageCode}}}}, others...)
}

// stateList is all about the machine.
func (m Model) stateList(at At) List {
	rows := append(m.states(), m.facts()...)
	return List{
		Columns: []Column{{Weight: 1}, {Align: AlignRight}}, Len: len(rows), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Row: func(i int) Row { return rows[i] },
	}
}

// worst is the first condition with its remedy, and the way to the others. A page has one list that can be turned, and that is
// what staff can do.
func (m Model) worst() []Block {
	more := Button{Icon: "list_alt", Text: word.Say("staff.state"), Touch: Go{At{Page: PageStaff, Tab: tabState}}}
	var found []Condition
	for _, c := range m.conditions {
		if c.Code != "" {
			found = append(found, c)
		}
	}
	first := Notice{Icon: "check", Title: word.Say("staff.allfine"), Tone: ToneGood}
	switch {
	case len(found) > 0:
		first = troubleNotice(found[0])
	case m.kept().Offline:
		first = Notice{Icon: "wifi_off", Title: word.Say("staff.offline.row"), Tone: ToneNeutral}
	}
	if len(found) > 1 {
		more.Text = word.Say("staff.state.more", len(found)-1)
	}
	return []Block{first, Buttons{Items: []Button{more}}}
}

// actions are what staff can do.
func (m Model) actions(at At) Tiles {
	offline := m.kept()
	offline.Offline = !offline.Offline
	items := []Tile{
		{Icon: "sync", Text: word.Say("staff.update"), Touch: Go{At{Page: PageStaffUpdate}}},
		{Icon: "wifi_off", Text: word.Say("staff.offline.off"), Touch: Change{offline}},
		{Icon: "volume_up", Text: word.Say("sound.title"), Touch: Go{At{Page: PageStaffSound}}},
		{Icon: "touch_app", Text: word.Say("fit.title"), Touch: Go{At{Page: PageStaffTouch}}},
		{Icon: "school", Text: word.Say("practice.title"), Touch: Go{At{Page: PageStaffLesson}}},
		{Icon: "list_alt", Text: word.Say("log.title"), Touch: ReadLog{}},
		{Icon: "cleaning_services", Text: word.Say("staff.wipe"), Touch: Wipe{}},
	}
	if m.kept().Offline {
		items[1].Text, items[1].Filled = word.Say("staff.offline.on"), true
	}
	if b := m.stickCard().Button; b != nil && m.work.stick.Name != "" && m.work.task == "" {
		items = slices.Insert(items, 0, Tile{Icon: b.Icon, Text: b.Text, Filled: true, Touch: b.Touch})
	}
	if m.settings.Printer != "" {
		items = append(items, Tile{Icon: "print", Text: word.Say("staff.print"), Touch: TestPrint{}})
	}
	return Tiles{Columns: 2, Len: len(items), Tile: func(i int) Tile { return items[i] }, Offset: min(at.Offset, len(items)-1), ScrollTo: scroll(at)}
}

// states are the conditions, each with its code and what to do.
func (m Model) states() []Row {
	var rows []Row
	for _, c := range m.conditions {
		chip := Chip{Text: c.Code, Tone: ToneAttention}
		if c.Code == "" {
			chip = Chip{Icon: "check", Text: word.Say("staff.fine"), Tone: ToneGood}
		}
		// The first words are said large; the whole sentence would be squeezed into their line.
		words, rest, _ := strings.Cut(c.Words, "，")
		rows = append(rows, Row{Cells: []Cell{{Text: strings.TrimSuffix(words, "。"), Lines: nonEmpty(rest)}, {Chip: &chip}}})
		if c.Remedy != "" {
			rows = append(rows, Row{Cells: []Cell{{Text: word.Say("staff.remedy", c.Remedy), Style: StyleSmall}, {}}})
		}
	}
	if len(rows) == 0 {
		rows = append(rows, Row{Cells: []Cell{{Text: word.Say("staff.allfine")}, {Chip: &Chip{Icon: "check", Text: word.Say("staff.fine"), Tone: ToneGood}}}})
	}
	if m.kept().Offline {
		chip := Chip{Icon: "wifi_off", Text: word.Say("staff.offline.chip"), Tone: ToneNeutral}
		rows = append(rows, Row{Cells: []Cell{{Text: word.Say("staff.offline.row")}, {Chip: &chip}}})
	}
	return rows
}

// facts are edition, dates, version and number of the machine, and what else it tells.
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
	for _, f := range m.told {
		rows = append(rows, fact(f.Label, f.Value))
	}
	return append(rows,
		fact(word.Say("staff.version"), m.config.Version),
		fact(word.Say("staff.kiosk"), m.config.Kiosk),
	)
}

// footOfStaff is the foot where there is no edition: help and reading aloud have nothing to say then.
func (m Model) footOfStaff(at At) []Button {
	foot := m.foot(at)
	for i := range foot {
		switch foot[i].Touch.(type) {
		case Go, Listen:
			foot[i].Touch = nil
		}
	}
	return foot
}

// noteOf says what came of a short task, if it is worth a word.
func (m Model) noteOf(task Task) (Notice, bool) {
	note := m.desk.note
	switch {
	case note.Task != task:
		return Notice{}, false
	case note.Trouble.Words != "":
		return troubleNotice(note.Trouble), true
	case task == TaskPrint && note.Words == "":
		return Notice{Icon: "print", Title: word.Say("staff.printed"), Tone: ToneGood}, true
	case note.Words != "":
		return Notice{Icon: "check", Title: note.Words, Tone: ToneGood}, true
	}
	return Notice{}, false
}

// troubleNotice says the first words large, since the whole sentence would fill three lines of a small panel.
func troubleNotice(c Condition) Notice {
	words, rest, _ := strings.Cut(c.Words, "，")
	return Notice{Icon: "warning", Title: strings.TrimSuffix(words, "。"), Text: rest + c.Remedy, Figure: c.Code, Tone: ToneAttention}
}

// testSlip is what 打印试页 prints.
func (m Model) testSlip() slip.Slip {
	s := slip.Slip{Title: word.Say("staff.print"), Foot: []string{word.Say("print.foot")}}
	line := func(text, figure string) { s.Lines = append(s.Lines, slip.Line{Text: text, Figure: figure}) }
	line(m.config.KioskName, m.config.Kiosk)
	if m.book != nil {
		man := m.book.Manifest()
		line(word.Say("staff.edition"), word.Say("staff.number", man.Number))
		line(word.Say("staff.asof"), man.AsOf.Chinese())
	}
	line(word.Say("print.money"), yuan(123456789))
	return s
}

// logPage is the log's last lines, the newest first.
func (m Model) logPage(at At) page {
	lines := m.desk.log
	empty := word.Say("log.empty")
	if !m.desk.logRead {
		empty = word.Say("log.reading")
	}
	return page{body: []Block{
		Heading{Text: word.Say("log.title"), Note: word.Say("log.note")},
		List{
			Columns: []Column{{Weight: 1}, {Align: AlignRight}}, Len: len(lines), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: empty,
			Row: func(i int) Row {
				r := Row{Cells: []Cell{{Text: lines[i], Style: StyleSmall}, {}}}
				if code := codeIn(lines[i]); code != "" {
					r.Cells[1].Chip = &Chip{Text: code, Tone: ToneAttention}
				}
				return r
			},
		},
	}}
}

// codeIn finds a condition's code, as N-03, in a line.
func codeIn(line string) string {
	capital := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	figure := func(c byte) bool { return c >= '0' && c <= '9' }
	const size = len("N-03")
	for i := range max(0, len(line)-size+1) {
		if s := line[i : i+size]; capital(s[0]) && s[1] == '-' && figure(s[2]) && figure(s[3]) &&
			(i == 0 || !capital(line[i-1]) && !figure(line[i-1])) && (i+size == len(line) || !figure(line[i+size])) {
			return s
		}
	}
	return ""
}

// wipePage is bare: what a cloth touches does nothing.
func (m Model) wipePage() page {
	return page{bare: true, body: []Block{
		Hero{Emblem: m.config.Emblem, Title: word.Say("wipe.title", m.seconds()), Text: word.Say("wipe.text")},
	}}
}

// exactly is a countdown in words.
func exactly(d time.Duration) string {
	n := wholeSeconds(d)
	if n < 60 {
		return word.Say("seconds", n)
	}
	return word.Say("minutes.seconds", n/60, fmt.Sprintf("%02d", n%60))
}
