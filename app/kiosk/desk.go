package kiosk

import (
	"slices"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/speech"
)

// The staff's times: how long a page that must not be left standing, as the PIN's, waits for a touch; how long the panel can
// be wiped; and how long a new calibration has to prove itself.
const (
	unmoved = 20 * time.Second
	wiping  = 30 * time.Second
	proving = 15 * time.Second
)

// How many digits a PIN has, and a code.
const (
	digitsOfPIN  = 6
	digitsOfCode = 16
)

// desk (管理) is what staff are doing at the panel; it is part of the visit and ends with it.
type desk struct {
	in       bool // the PIN was right
	typed    string
	checking bool // nothing is known yet about what was typed
	wrong    bool // the last PIN was
	tries    int  // that are left
	opened   bool // the code was right
	wanted   Settings
	asked    int    // how often that was asked for without an answer
	note     Worked // what came of a short task
	wipe     time.Duration
	practice practice
	learnt   lessons
	fitting
	log     []string
	logRead bool
}

// fitting (校准) is how far a calibration is.
type fitting struct {
	aims  [len(corners)]Aim
	aimed int
	trial [6]float64 // the map that is tried out
	left  time.Duration
}

// same leaves out what only time changes; Model.seconds counts that as it is shown.
func (d desk) same(e desk) bool {
	if !slices.Equal(d.log, e.log) {
		return false
	}
	return d.in == e.in && d.typed == e.typed && d.checking == e.checking && d.wrong == e.wrong && d.tries == e.tries && d.opened == e.opened &&
		d.wanted == e.wanted && d.asked == e.asked && d.note == e.note && d.practice == e.practice && d.learnt == e.learnt &&
		d.aimed == e.aimed && d.trial == e.trial && d.logRead == e.logRead
}

// work (手上的事) is what staff have started, which goes on behind the pages.
type work struct {
	task     Task // under way, empty for none
	stopping bool
	progress Working
	last     Worked // what came of the last one
	stick    Stick
	shut     time.Duration // no PIN is taken for so long
}

func (w work) same(o work) bool {
	w.shut, o.shut = 0, 0
	return w == o
}

// staffs reports whether a page is the staff's.
func (p Page) staffs() bool {
	switch p {
	case PagePIN, PageCode, PageStaff, PageStaffUpdate, PageStaffBack, PageStaffSound, PageStaffTouch, PageStaffRuler, PageStaffLog, PageStaffLesson, PageWipe:
		return true
	}
	return false
}

// admits reports whether that page of the staff's may be on: all of them after the right PIN, the checklist while practising,
// and without any PIN in the enrolment the page that only tells.
func (m Model) admits(p Page) bool {
	switch {
	case p == PageCode:
		return m.sealed
	case m.desk.in:
		return p != PagePIN
	case m.desk.practice == practiceOn:
		return p == PageStaffLesson
	}
	return p == m.staffDoor().Page
}

// staffDoor is where five touches of the emblem lead.
func (m Model) staffDoor() At {
	switch {
	case m.desk.practice == practiceOn:
		return At{Page: PageStaffLesson}
	case m.config.Locked:
		return At{Page: PagePIN}
	}
	return At{Page: PageStaff}
}

// staffPages are all pages of the staff. Who may not see one sees the door instead, however it came to be on.
func (m Model) staffPages(at At) page {
	if !m.admits(at.Page) {
		at = m.staffDoor()
	}
	switch at.Page {
	case PagePIN:
		return m.pinPage()
	case PageCode:
		return m.codePage()
	case PageStaffUpdate:
		return m.updatePage(at)
	case PageStaffBack:
		return m.previousPage(at)
	case PageStaffSound:
		return m.soundPage()
	case PageStaffTouch:
		return m.touchPage(at)
	case PageStaffRuler:
		return m.rulerPage(at)
	case PageStaffLog:
		return m.logPage(at)
	case PageStaffLesson:
		return m.lessonPage(at)
	case PageWipe:
		return m.wipePage()
	}
	return m.staffPage(at)
}

// hears takes what the machine tells staff. What staff have started goes on when they leave, so most of it needs nobody there.
func (m Model) hears(msg Msg) (Model, []Cmd) {
	switch msg := msg.(type) {
	case Stick:
		if m.work.stick != msg && m.at == sureOfStick {
			m.at.Tab = "" // what was asked was of another one
		}
		m.work.stick = msg
	case Working:
		if msg.Task.long() {
			m.work.stopping = m.work.stopping && m.work.task == msg.Task
			m.work.task, m.work.progress = msg.Task, msg
		}
	case Worked:
		m.worked(msg)
	case PINChecked:
		return m.checked(msg)
	case Sealed:
		m.sealed = msg.Found
	case CodeChecked:
		if m.desk.checking && m.asksCode() {
			m.desk = desk{opened: msg.OK, wrong: !msg.OK && msg.Trouble.Words == "", note: Worked{Trouble: msg.Trouble}}
		}
	case LogRead:
		if m.desk.in && m.at.Page == PageStaffLog {
			m.desk.log, m.desk.logRead = slices.Clone(msg.Lines), true
		}
	}
	return m, nil
}

// long reports whether a task takes so long that its progress is shown.
func (t Task) long() bool {
	return t == TaskUpdate || t == TaskStick || t == TaskFill || t == TaskMend || t == TaskBack
}

func (m *Model) worked(msg Worked) {
	switch {
	case msg.Task.long():
		if m.work.stopping && msg.Words == "" && msg.Trouble == (Condition{}) {
			msg.Words = stopped(msg.Task)
		}
		m.work.task, m.work.stopping, m.work.progress, m.work.last = "", false, Working{}, msg
		return
	case !m.desk.in:
		return
	case msg.Task == TaskSettings && msg.Trouble.Words != "":
		m.desk.asked = max(0, m.desk.asked-1)
	case msg.Task == TaskPractice && msg.Trouble.Words != "" && m.desk.practice == practiceAsked:
		m.desk.practice = practiceNone
	}
	m.desk.note = msg
}

// checked lets staff in. What they do begins a visit of its own, so that nothing of the one before is theirs.
func (m Model) checked(msg PINChecked) (Model, []Cmd) {
	m.work.shut = max(0, msg.Wait)
	if m.at.Page != PagePIN || !m.desk.checking {
		return m, nil
	}
	if !msg.OK {
		m.desk = desk{wrong: msg.Trouble.Words == "", tries: msg.Left, note: Worked{Trouble: msg.Trouble}}
		return m, nil
	}
	size, contrast := m.size, m.contrast
	m.fresh(PageStaff)
	m.size, m.contrast, m.desk.in = size, contrast, true
	m.back = []At{{Page: PageHome}}
	return m.changed()
}

// attend takes the touches that only staff's pages have; ok is false for all others. Nothing is done for somebody who has not
// given the PIN.
func (m Model) attend(msg Msg) (next Model, cmds []Cmd, ok bool) {
	if _, over := msg.(Finish); m.at.Page == PageWipe && m.desk.wipe > 0 && !over {
		return m, nil, true
	}
	switch msg := msg.(type) {
	case Digit, Erase, Enter:
		m, cmds = m.key(msg)
	case Go:
		if !msg.To.Page.staffs() {
			return m, nil, false
		}
		m, cmds = m.enter(msg.To)
	case Turn:
		if !msg.To.Page.staffs() {
			return m, nil, false
		}
		if m.at.Page == msg.To.Page && m.admits(msg.To.Page) {
			m.begin(msg.To)
			m.at = msg.To
			break
		}
		m, cmds = m.enter(msg.To)
	case Back, Home, Finish:
		if _, home := msg.(Home); !m.at.Page.staffs() || m.aside != nil || home && !m.desk.in && m.book != nil {
			return m, nil, false
		}
		m, cmds = m.depart(msg)
	case Hear:
		if !m.desk.in {
			return m, nil, false
		}
		cmds = m.say([]speech.Phrase{{Text: msg.Words}})
	case Change, Start, Stop, ReadLog, Wipe, Aim, Practise, TestPrint:
		m, cmds = m.serve(msg)
	default:
		return m, nil, false
	}
	return m, cmds, true
}

// serve does what staff ask for.
func (m Model) serve(msg Msg) (Model, []Cmd) {
	if p, ok := msg.(Practise); ok && !p.On && m.desk.practice != practiceNone {
		return m.leave(PageHome)
	}
	if !m.desk.in {
		return m, nil
	}
	switch msg := msg.(type) {
	case Change:
		return m.change(msg.To)
	case Start:
		return m.start(msg.Task)
	case Stop:
		if m.work.task == msg.Task && msg.Task != TaskBack && !m.work.stopping {
			m.work.stopping = true
			return m, []Cmd{Cancel(msg)}
		}
	case ReadLog:
		m.desk.log, m.desk.logRead = nil, false
		m, cmds := m.enter(At{Page: PageStaffLog})
		return m, append(cmds, FetchLog{})
	case Wipe:
		m, cmds := m.enter(At{Page: PageWipe})
		m.desk.wipe = wiping
		return m, cmds
	case Aim:
		m.aim(msg)
	case Practise:
		if m.desk.practice == practiceNone {
			m.desk.practice, m.desk.note = practiceAsked, Worked{}
			return m, []Cmd{Run{TaskPractice}}
		}
	case TestPrint:
		if m.settings.Printer != "" {
			m.desk.note = Worked{}
			return m, []Cmd{Print{m.testSlip()}}
		}
	}
	return m, nil
}

// enter goes on to a page of the staff's, or to their door.
func (m Model) enter(to At) (Model, []Cmd) {
	if !m.admits(to.Page) {
		to = m.staffDoor()
	}
	m.begin(to)
	m.open(to)
	return m.changed()
}

// begin forgets what came of things before another page is on, and begins a calibration anew.
func (m *Model) begin(to At) {
	if to.Page != m.at.Page {
		m.desk.note = Worked{}
	}
	m.desk.fitting = fitting{}
	if to.proves() {
		m.desk.left = proving
	}
}

// depart goes back among the staff's pages. From the first of them, and by 首页 and 我用完了, it ends what staff do.
func (m Model) depart(msg Msg) (Model, []Cmd) {
	n := len(m.back)
	if _, back := msg.(Back); !back || n == 0 || m.book == nil && !m.back[n-1].Page.staffs() || m.desk.in && !m.back[n-1].Page.staffs() {
		return m.leave(PageHome)
	}
	m.begin(m.back[n-1])
	m.at, m.back = m.back[n-1], m.back[:n-1]
	return m.changed()
}

// lock forgets what staff were doing once a page that is not theirs is on, and every way back to theirs. Practice goes on, but
// whoever practises has not given the PIN.
func (m *Model) lock() (cmds []Cmd) {
	if m.desk.practice == practiceOn {
		m.learn()
		m.desk = desk{practice: practiceOn, learnt: m.desk.learnt}
	}
	if m.at.Page.staffs() {
		return nil
	}
	if m.aside == nil {
		cmds = m.endDesk()
		after := desk{}
		if d := m.desk; m.asksCode() {
			after = desk{typed: d.typed, checking: d.checking, wrong: d.wrong, opened: d.opened, note: d.note}
		}
		m.desk = after
	}
	staffs := func(at At) bool { return at.Page.staffs() && !(m.aside != nil && at.Page == PageStaffLesson) }
	if slices.ContainsFunc(m.back, staffs) {
		m.back = slices.DeleteFunc(slices.Clone(m.back), staffs)
	}
	return cmds
}

// endDesk ends what must not go on when staff leave: practice, after which the county's own edition is on show again.
func (m *Model) endDesk() []Cmd {
	if m.desk.practice == practiceNone {
		return nil
	}
	cmds := []Cmd{Cancel{TaskPractice}}
	m.desk.practice = practiceNone
	if m.aside == nil {
		return cmds
	}
	cmds = append(cmds, m.letGo()...)
	m.book, m.before, m.syncedAt, m.aside = m.aside.Book, m.aside.Before, m.aside.SyncedAt, nil
	return cmds
}

// pass lets what staff wait for come nearer. It counts what has passed instead of comparing times, so that a clock that is set
// back lengthens nothing.
func (m *Model) pass(d time.Duration) {
	if d <= 0 {
		return
	}
	over := func(left *time.Duration) bool {
		was := *left
		*left = max(0, was-d)
		return was > 0 && *left == 0
	}
	over(&m.work.shut)
	if over(&m.desk.wipe) && m.at.Page == PageWipe {
		m.touchedAt = m.now
		if n := len(m.back); n > 0 {
			m.at, m.back = m.back[n-1], m.back[:n-1]
		}
	}
	if over(&m.desk.left) && m.at.proves() {
		m.desk.fitting = fitting{}
		m.at.Tab = tabLapsed
	}
}

// seconds is the countdown that is on show, 0 for none.
func (m Model) seconds() int {
	left := time.Duration(0)
	switch {
	case m.at.Page == PagePIN:
		left = m.work.shut
	case m.at.Page == PageWipe:
		left = m.desk.wipe
	case m.at.proves():
		left = m.desk.left
	}
	return wholeSeconds(left)
}

// wholeSeconds rounds up: 0 is only said when it is over.
func wholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// letGoOf says that an edition which is not shown may be closed, but for what is still read.
func (m Model) letGoOf(o Opened) (cmds []Cmd) {
	for _, b := range []*book.Book{o.Book, o.Before} {
		if b != nil && b != m.book && b != m.before {
			cmds = append(cmds, LetGo{b})
		}
	}
	return cmds
}
