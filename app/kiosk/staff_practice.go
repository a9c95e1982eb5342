package kiosk

import (
	"mingbai.local/assets/word"
)

// practice (练习) is whether somebody learns on a county that is made up.
type practice int

const (
	practiceNone  practice = iota
	practiceAsked          // the made-up county is being made
	practiceOn
)

// lessons (功课) are which of the five have been learnt.
type lessons [5]bool

// The lessons in the order of the checklist.
const (
	lessonPerson = iota
	lessonList
	lessonFund
	lessonInstitution
	lessonUpdate
)

// tabUpdate of the checklist says how the machine is updated.
const tabUpdate = "update"

// practise goes over to the made-up county if somebody has asked for it and is still there.
func (m Model) practise(msg Opened) (Model, []Cmd) {
	if m.desk.practice != practiceAsked {
		return m, m.letGoOf(msg)
	}
	m, cmds := m.changed() // an edition that waits would otherwise come in the middle of it
	m.aside = &Opened{Book: m.book, Before: m.before, SyncedAt: m.syncedAt}
	m.book, m.before, m.syncedAt, m.shown = msg.Book, msg.Before, msg.SyncedAt, nil
	size, contrast := m.size, m.contrast
	m.fresh(PageStaffLesson)
	m.size, m.contrast, m.desk.practice = size, contrast, practiceOn
	m.back = []At{{Page: PageHome}}
	m, more := m.changed()
	return m, append(cmds, more...)
}

// putAside takes an edition of the county's own that comes while somebody practises.
func (m Model) putAside(msg Opened) (Model, []Cmd) {
	old := *m.aside
	m.aside = &msg
	if old.Book == msg.Book {
		m.aside.Before = old.Before
		return m, nil
	}
	return m, m.letGoOf(old)
}

// learn ticks the lesson whose page is on.
func (m *Model) learn() {
	switch m.at.Page {
	case PagePerson:
		if p, ok := m.shown.Person(m.at.Ref); ok && p.Name == word.Say("practice.name") {
			m.desk.learnt[lessonPerson] = true
		}
	case PageList:
		m.desk.learnt[lessonList] = true
	case PageFund:
		m.desk.learnt[lessonFund] = true
	case PageInstitution:
		m.desk.learnt[lessonInstitution] = true
	case PageStaffLesson:
		if m.at.Tab == tabUpdate {
			m.desk.learnt[lessonUpdate] = true
		}
	}
}

// lessonPage offers practice, and while it is on the checklist.
func (m Model) lessonPage(at At) page {
	switch {
	case m.desk.practice == practiceOn && at.Tab == tabUpdate:
		return page{body: []Block{
			Heading{Text: word.Say("practice.update")},
			prose(at, []string{
				word.Say("practice.update.network"), word.Say("practice.update.stick"), word.Say("practice.update.wait"),
				word.Say("practice.update.trouble"),
			}),
		}}
	case m.desk.practice == practiceOn:
		return m.checklist()
	}
	b := []Block{
		Heading{Text: word.Say("practice.title")},
		Notice{Icon: "school", Title: word.Say("practice.what"), Text: word.Say("practice.what.text"), Tone: ToneNeutral},
	}
	if note, ok := m.noteOf(TaskPractice); ok {
		b = append(b, note)
	}
	if m.desk.practice == practiceAsked {
		b = append(b,
			Notice{Icon: "schedule", Title: word.Say("practice.making"), Text: word.Say("practice.making.text"), Tone: ToneNeutral},
			Buttons{Items: []Button{{Text: word.Say("practice.never"), Touch: Practise{}}}},
		)
		return page{body: b}
	}
	return page{body: append(b, Buttons{Items: []Button{{Icon: "school", Text: word.Say("practice.start"), Filled: true, Touch: Practise{On: true}}}})}
}

func (m Model) checklist() page {
	words := []string{
		word.Say("practice.person"), word.Say("practice.households"), word.Say("practice.fund"), word.Say("practice.institution"),
		word.Say("practice.update"),
	}
	row := func(i int) Row {
		chip := Chip{Text: word.Say("practice.open"), Tone: ToneNeutral}
		if m.desk.learnt[i] {
			chip = Chip{Icon: "check", Text: word.Say("practice.done"), Tone: ToneGood}
		}
		r := Row{Cells: []Cell{{Text: words[i]}, {Chip: &chip}}}
		if i == lessonUpdate {
			r.Touch = Go{At{Page: PageStaffLesson, Tab: tabUpdate}}
		}
		return r
	}
	return page{body: []Block{
		Heading{Text: word.Say("practice.title"), Note: word.Say("practice.how")},
		List{Columns: []Column{{Weight: 1}, {Align: AlignRight}}, Len: len(words), Row: row, ScrollTo: scroll(At{Page: PageStaffLesson}), Pages: pages},
		Buttons{Items: []Button{
			{Icon: "home", Text: word.Say("practice.home"), Touch: Home{}, Filled: true},
			{Icon: "logout", Text: word.Say("practice.end"), Touch: Practise{}},
		}},
	}}
}
