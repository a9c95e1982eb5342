package kiosk

import (
	"fmt"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// tabSure asks a second time: of the way back to the edition before, and of an update from a stick with old data.
const tabSure = "sure"

// start begins a task, one at a time.
func (m Model) start(task Task) (Model, []Cmd) {
	allowed := false
	switch task {
	case TaskUpdate:
		allowed = !m.kept().Offline
	case TaskStick:
		_, allowed = m.fromStick()
		allowed = allowed && (!m.work.stick.Old || m.at == sureOfStick)
	case TaskFill:
		allowed = m.behind()
	case TaskMend:
		allowed = m.mendable()
	case TaskBack:
		allowed = m.book != nil && m.at == (At{Page: PageStaffBack, Tab: tabSure})
	}
	if !allowed || m.work.task != "" {
		return m, nil
	}
	m.work.task, m.work.progress, m.work.last = task, Working{Task: task}, Worked{}
	cmds := []Cmd{Run{task}}
	if m.at.Page == PageStaffBack || m.at == sureOfStick {
		m.at = At{Page: PageStaffUpdate}
		return m, cmds
	}
	m, more := m.enter(At{Page: PageStaffUpdate})
	return m, append(cmds, more...)
}

// sureOfStick asks a second time before old data is taken from a stick.
var sureOfStick = At{Page: PageStaffUpdate, Tab: tabSure}

// takeStick begins the update from a stick, or asks whether old data is meant.
func (m Model) takeStick() Msg {
	if m.work.stick.Old {
		return Go{sureOfStick}
	}
	return Start{TaskStick}
}

// newest is the edition that this machine has, shown or waiting for the page to change.
func (m Model) newest() (number int64, asOf disclosure.Date, ok bool) {
	b := m.book
	if m.next != nil {
		b = m.next.Book
	}
	if b == nil {
		return 0, "", false
	}
	return b.Manifest().Number, b.Manifest().AsOf, true
}

// fromStick says what comes of the stick that is in: the words for it, and whether it brings anything.
func (m Model) fromStick() (words string, brings bool) {
	number, asOf, ok := m.newest()
	stick := m.work.stick
	switch {
	case stick.Name == "" || stick.Trouble.Words != "":
		return stick.Trouble.Words, false
	case !ok:
		return word.Say("stick.first"), true
	case stick.Number == number:
		return word.Say("stick.same"), false
	case stick.Number < number:
		return word.Say("stick.older", number, asOf.Chinese()), false
	}
	return word.Say("stick.newer", number, asOf.Chinese()), true
}

// behind reports whether the stick has an older edition than this machine, so that the machine's can be written onto it.
func (m Model) behind() bool {
	number, _, ok := m.newest()
	stick := m.work.stick
	return ok && (stick.Older || stick.Name != "" && stick.Trouble.Words == "" && stick.Number < number)
}

// mendable reports whether the stick has what the disk has lost.
func (m Model) mendable() bool {
	number, _, ok := m.newest()
	stick := m.work.stick
	return ok && m.lacks && stick.Name != "" && stick.Trouble.Words == "" && stick.Number == number
}

// stickCard is the stick that is in: what lies on it, what this machine has and what can be done with both, or why it cannot be used.
func (m Model) stickCard() Notice {
	stick := m.work.stick
	words, brings := m.fromStick()
	n := Notice{Icon: "usb", Title: word.Say("stick.title", stick.Number, stick.AsOf.Chinese()), Text: words, Tone: ToneNeutral}
	if stick.Trouble.Words != "" {
		n = troubleNotice(stick.Trouble)
		n.Icon = "usb"
	}
	do := func(text string, touch Msg) { n.Button = &Button{Icon: "usb", Text: text, Filled: true, Touch: touch} }
	switch {
	case brings && stick.Old:
		n.Text, n.Tone = word.Say("stick.old"), ToneAttention
		do(word.Say("stick.update"), m.takeStick())
	case brings:
		do(word.Say("stick.update"), m.takeStick())
	case m.behind():
		n.Text += word.Say("stick.fill.why")
		do(word.Say("stick.fill"), Start{TaskFill})
	case m.mendable():
		n.Text, n.Tone = word.Say("stick.mend.why"), ToneAttention
		do(word.Say("stick.mend"), Start{TaskMend})
	}
	return n
}

// meter is how far the task under way is.
func (m Model) meter() (Meter, bool) {
	w := m.work
	if w.task == "" {
		return Meter{}, false
	}
	b := Meter{Icon: "sync", Title: word.Say("work.update"), Text: word.Say("work.update.text"), Fraction: -1}
	switch w.task {
	case TaskStick:
		b.Icon, b.Title, b.Text = "usb", word.Say("work.stick"), word.Say("work.stick.text")
		if w.stick.Name != "" && w.stick.Number != 0 {
			b.Title = word.Say("stick.title", w.stick.Number, w.stick.AsOf.Chinese())
		}
	case TaskFill:
		number, _, _ := m.newest()
		b.Icon, b.Title, b.Text = "usb", word.Say("work.fill", number), word.Say("work.fill.text")
	case TaskMend:
		b.Icon, b.Title, b.Text = "usb", word.Say("work.mend"), word.Say("work.stick.text")
	case TaskBack:
		b.Icon, b.Title, b.Text = "history", word.Say("work.back"), word.Say("work.back.text")
	}
	done, total := w.progress.Done, w.progress.Total
	switch {
	case w.stopping:
		b.Left = word.Say("work.stopping")
	case done == 0 && w.progress.Rows == 0:
		b.Left = word.Say("work.begun")
	case w.task == TaskFill:
		b.Left = word.Say("work.written", megabytes(done), megabytes(total))
	case total > 0 && done < total:
		b.Left = word.Say("work.of", megabytes(done), megabytes(total))
	case w.progress.Rows > 0:
		b.Left = word.Say("work.rows", w.progress.Rows)
	default:
		b.Left = word.Say("work.bytes", megabytes(done))
	}
	if total > 0 {
		b.Fraction = min(max(float64(done)/float64(total), 0), 1)
	}
	if w.progress.Left > 0 && !w.stopping {
		b.Right = word.Say("work.left", roughly(w.progress.Left))
	}
	return b, true
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }

// roughly is a time that is only estimated.
func roughly(d time.Duration) string {
	if d <= 90*time.Second {
		return word.Say("seconds", wholeSeconds(d))
	}
	return word.Say("minutes", int((d+time.Minute-1)/time.Minute))
}

// stopped is what came of a task that was stopped.
func stopped(task Task) string {
	if task == TaskFill {
		return word.Say("work.fill.stopped")
	}
	return word.Say("work.stopped")
}

// updatePage begins an update, shows how far it is and what came of it.
func (m Model) updatePage(at At) page {
	if _, brings := m.fromStick(); at.Tab == tabSure && brings && m.work.stick.Old && m.work.task == "" {
		return m.oldStickPage()
	}
	b := []Block{Heading{Text: word.Say("update.title")}}
	if meter, ok := m.meter(); ok {
		b = append(b, meter)
		if m.work.task != TaskBack {
			stop := Button{Text: word.Say("update.stop")}
			if !m.work.stopping {
				stop.Touch = Stop{m.work.task}
			}
			b = append(b, Buttons{Items: []Button{stop}})
		}
		goes := word.Say("update.goeson")
		if m.work.task == TaskFill || m.work.task == TaskMend {
			goes = word.Say("work.goeson")
		}
		return page{body: append(b, Notice{Icon: "info", Title: goes, Tone: ToneNeutral})}
	}
	switch last := m.work.last; {
	case last.Trouble.Words != "":
		b = append(b, troubleNotice(last.Trouble))
	case last.Words != "":
		b = append(b, Notice{Icon: "check", Title: last.Words, Text: m.waits(), Tone: ToneGood})
	case last.Task != "":
		b = append(b, Notice{Icon: "check", Title: word.Say("update.done"), Text: m.waits(), Tone: ToneGood})
	}
	if number, asOf, ok := m.newest(); ok {
		b = append(b, Notice{Icon: "info", Title: word.Say("update.have", number, asOf.Chinese()), Text: m.lastSynced(), Tone: ToneNeutral})
	} else {
		b = append(b, Notice{Icon: "info", Title: word.Say("update.havenone"), Tone: ToneNeutral})
	}
	if m.work.stick.Name != "" {
		b = append(b, m.stickCard())
	} else {
		b = append(b, Notice{Icon: "usb", Title: word.Say("stick.none"), Text: word.Say("stick.none.text"), Tone: ToneNeutral})
	}
	now := Button{Icon: "sync", Text: word.Say("staff.update"), Filled: true, Touch: Start{TaskUpdate}}
	if m.kept().Offline {
		now.Touch, now.Filled = nil, false
		b = append(b, Notice{Icon: "wifi_off", Title: word.Say("staff.offline.row"), Text: word.Say("update.offline"), Tone: ToneNeutral})
	}
	return page{body: append(b, Buttons{Items: []Button{now}})}
}

// oldStickPage names the date of old data once more before it is taken.
func (m Model) oldStickPage() page {
	day := m.work.stick.AsOf.Chinese()
	words, _ := m.fromStick()
	return page{body: []Block{
		Heading{Text: word.Say("stick.old.sure")},
		Notice{Icon: "warning", Title: word.Say("stick.old.title", day), Text: word.Say("stick.old.text") + words, Tone: ToneAttention},
		Buttons{Items: []Button{
			{Icon: "usb", Text: word.Say("stick.old.do", day), Grave: true, Touch: Start{TaskStick}},
			{Icon: "arrow_back", Text: word.Say("stick.old.never"), Touch: Back{}, Filled: true, Subject: SubjectResult},
		}},
	}}
}

// waits says that an edition will be shown when the page changes.
func (m Model) waits() string {
	if m.next == nil {
		return ""
	}
	return word.Say("update.waits", m.next.Book.Manifest().Number)
}

func (m Model) lastSynced() string {
	if m.syncedAt.IsZero() {
		return ""
	}
	return word.Say("update.synced", m.moment(m.syncedAt))
}

// previousPage asks twice before the edition before comes back: once by saying what will happen, once more to be sure.
func (m Model) previousPage(at At) page {
	never := Button{Icon: "arrow_back", Text: word.Say("back.never"), Touch: Back{}, Filled: true, Subject: SubjectResult}
	if at.Tab == tabSure {
		return page{body: []Block{
			Heading{Text: word.Say("back.sure")},
			Notice{Icon: "warning", Title: word.Say("back.sure.title"), Text: word.Say("back.sure.text"), Tone: ToneAttention},
			Buttons{Items: []Button{{Icon: "history", Text: word.Say("back.do"), Grave: true, Touch: Start{TaskBack}}, never}},
		}}
	}
	number, asOf, _ := m.newest()
	b := []Block{
		Heading{Text: word.Say("staff.back")},
		Notice{Icon: "info", Title: word.Say("back.now", number, asOf.Chinese()), Text: word.Say("back.what"), Tone: ToneNeutral},
		Notice{Icon: "info", Title: word.Say("back.withdrawn"), Text: word.Say("back.again"), Tone: ToneNeutral},
	}
	next := Button{Icon: "history", Text: word.Say("back.ask"), Grave: true}
	if m.book != nil && m.work.task == "" {
		next.Touch = Turn{At{Page: PageStaffBack, Tab: tabSure}}
	}
	return page{body: append(b, Buttons{Items: []Button{next, never}})}
}
