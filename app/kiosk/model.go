package kiosk

import (
	"slices"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
)

// The session's times: how long a page stays without a touch before the kiosk asks, and how long it then waits. Staff, who
// read and do more between touches, have longer before and less after.
const (
	quiet       = 90 * time.Second
	asking      = 30 * time.Second
	staffQuiet  = 120 * time.Second
	staffAsking = 20 * time.Second
)

// Staff reach their page by this many touches of the emblem within this time.
const (
	emblemTouches = 5
	emblemWithin  = 3 * time.Second
)

// deepest is how many pages 返回 remembers, and how many superiors an institution may have.
const deepest = 64

// Config says which query point this is; it comes from the enrolment.
type Config struct {
	County, CountyName string
	Emblem             string // one character of the county's name
	Kiosk, KioskName   string
	// Village is where the query point stands; empty at the county's.
	Village disclosure.Code
	Version string
	// Locked says that the enrolment carries a staff PIN (口令), without which the staff's page only tells.
	Locked bool
	// PxPerMM is what the panel is taken to have before anybody has measured it; 0 is not known.
	PxPerMM float64
}

// Model is all that the kiosk remembers. It is a value: Update returns a new one and leaves the old as it was.
type Model struct {
	config     Config
	settings   Settings
	conditions []Condition
	told       []Fact // about the machine, for staff
	now        time.Time
	correction time.Duration // what a wrong clock has to be put forward by

	book     *book.Book // the edition on show
	shown    *book.Book // the same without what may no longer be shown today
	before   *book.Book // the edition before it, to say what has changed; nil where there is none
	today    disclosure.Date
	syncedAt time.Time
	next     *Opened // an edition that waits for the page to change
	aside    *Opened // the county's own edition while a made-up one is practised on
	mending  bool    // there is no book because it was damaged and is being built anew
	broken   bool    // there is no book because none that is there opens
	lacks    bool    // the disk has lost part of what the edition was made of
	sealed   bool    // there is an enrolment, closed by its code

	hand Recogniser // who reads handwriting; nil for nobody

	work      work // what staff have started, which goes on when they leave
	utterance int  // the number of the last thing that was read aloud
	visit
}

// visit (一次查询) is what one person at the panel has done. All of it is forgotten together, by assigning an empty one.
type visit struct {
	at        At
	back      []At
	size      TextSize
	contrast  bool // 黑底白字
	louder    int  // steps over the staff's volume
	asks      bool // the kiosk asks whether anybody is still there
	touchedAt time.Time
	emblem    []time.Time
	aloud     aloud
	desk      desk
	printing  printing
	writing   *writing
}

// New returns a kiosk that has received no edition yet.
func New(c Config) Model {
	m := Model{config: c}
	m.at.Page = PageEmpty
	return m
}

// At returns the page that is on.
func (m Model) At() At {
	if m.asks {
		return At{Page: PageStill}
	}
	return m.at
}

// Update returns the kiosk after msg.
func Update(m Model, msg Msg) (Model, []Cmd) {
	m, cmds := m.after(msg)
	more := m.lock()
	return m, append(cmds, more...)
}

func (m Model) after(msg Msg) (Model, []Cmd) {
	switch msg := msg.(type) {
	case Opened:
		return m.opened(msg)
	case Mending:
		return m.mend(msg.On)
	case Tick:
		return m.tick(msg.Now)
	case Corrected:
		m.correction = msg.By
		return m, nil
	case State:
		m.conditions, m.told, m.broken, m.lacks = slices.Clone(msg.Conditions), slices.Clone(msg.Facts), msg.Broken, msg.Lacks
		return m, nil
	case Set:
		m.settings, m.desk.asked = msg.To, max(0, m.desk.asked-1)
		return m, nil
	case Spoken:
		return m.spoken(msg), nil
	case Worked:
		if msg.Task == TaskPrint && m.printing.now == printUnderWay {
			return m.printed(msg), nil
		}
		return m.hears(msg)
	case Stick, Working, PINChecked, LogRead, Sealed, CodeChecked:
		return m.hears(msg)
	}
	m.touchedAt, m.asks = m.now, false
	cmds := m.hush(msg)
	if next, more, ok := m.attend(msg); ok {
		return next, append(cmds, more...)
	}
	if m.book == nil {
		return m.touchEmpty(msg), cmds
	}
	m, more := m.touch(msg)
	return m, append(cmds, more...)
}

func (m Model) touch(msg Msg) (Model, []Cmd) {
	switch msg := msg.(type) {
	case Finish:
		return m.leave(PageHome)
	case Touched:
		if m.at.Page == PageIdle || m.at.Page == PageRest {
			return m.leave(PageHome)
		}
	case Resize:
		m.size = msg.To
	case Contrast:
		m.contrast = msg.On
	case Louder:
		m.louder = msg.To
	case Listen:
		return m.listen(msg)
	case Hear:
		return m.hear(msg)
	case TakePrint:
		return m.print()
	case Wrote:
		return m.wrote(msg.Ink), nil
	case Rewrite:
		return m.rewrite(msg.Missed), nil
	case Emblem:
		if m.knock() {
			m.open(m.staffDoor())
			return m.changed()
		}
	case Go:
		m.open(msg.To)
		return m.changed()
	case Turn:
		m.at = msg.To
	case Back:
		if n := len(m.back); n > 0 {
			m.at, m.back = m.back[n-1], m.back[:n-1]
		}
		return m.changed()
	case Home:
		m.at, m.back = At{Page: PageHome}, nil
		return m.changed()
	}
	return m, nil
}

// leave ends the visit.
func (m Model) leave(page Page) (Model, []Cmd) {
	cmds := append(m.hush(Finish{}), m.endDesk()...)
	if m.book == nil && m.next == nil {
		page = PageEmpty
	}
	m.fresh(page)
	m, more := m.changed()
	return m, append(cmds, more...)
}

// touchEmpty is a touch while there is no edition: only staff have anything to do.
func (m Model) touchEmpty(msg Msg) Model {
	switch msg := msg.(type) {
	case Emblem:
		if m.knock() {
			m.at = m.staffDoor()
		}
	case Finish, Home, Back:
		m.fresh(PageEmpty)
	case Go:
		if msg.To.Page.staffs() {
			m.at = msg.To
		}
	case Turn:
		if msg.To.Page.staffs() {
			m.at = msg.To
		}
	case Resize:
		m.size = msg.To
	case Contrast:
		m.contrast = msg.On
	}
	return m
}

// open goes on to a page, from which 返回 leads back. From the idle page nothing leads back: there is no visit yet.
func (m *Model) open(to At) {
	if m.at.Page == PageIdle || m.at.Page == PageRest {
		m.at = At{Page: PageHome}
	}
	if to == m.at {
		return
	}
	m.back = append(slices.Clone(m.back[max(0, len(m.back)-deepest+1):]), m.at)
	m.at = to
}

// fresh forgets the visit, and begins another at that page.
func (m *Model) fresh(page Page) { m.visit = visit{at: At{Page: page}, touchedAt: m.touchedAt} }

// knock counts a touch of the emblem and reports whether staff have knocked.
func (m *Model) knock() bool {
	m.emblem = append(slices.Clone(m.emblem[max(0, len(m.emblem)-emblemTouches+1):]), m.now)
	if len(m.emblem) < emblemTouches || m.now.Sub(m.emblem[0]) > emblemWithin {
		return false
	}
	m.emblem = nil
	return !m.desk.in
}

// Damaged reports whether the book on show was found damaged, so that what it answers may lack something.
func (m Model) Damaged() bool { return m.book != nil && m.book.Err() != nil }

// mend gives the book up. An edition that waited for the page to change has waited long enough.
func (m Model) mend(on bool) (Model, []Cmd) {
	cmds := append(m.hush(Finish{}), m.endDesk()...)
	cmds = append(cmds, m.letGo()...)
	m.mending = on
	m.fresh(PageEmpty)
	if next := m.next; next != nil {
		m.next = nil
		opened, more := m.opened(*next)
		return opened, append(cmds, more...)
	}
	return m, cmds
}

// letGo gives up the book on show and the one before it.
func (m *Model) letGo() (cmds []Cmd) {
	for _, b := range []*book.Book{m.book, m.before} {
		if b != nil {
			cmds = append(cmds, LetGo{b})
		}
	}
	m.book, m.shown, m.before = nil, nil, nil
	return cmds
}

// opened takes a new edition: at once where nobody reads, else when the page changes.
func (m Model) opened(msg Opened) (Model, []Cmd) {
	if msg.Practice {
		return m.practise(msg)
	}
	if m.aside != nil {
		return m.putAside(msg)
	}
	if msg.Book == m.book {
		m.syncedAt = msg.SyncedAt
		return m, nil
	}
	var cmds []Cmd
	if m.next != nil && m.next.Book != msg.Book {
		cmds = append(cmds, LetGo{m.next.Book})
		if m.next.Before != nil {
			cmds = append(cmds, LetGo{m.next.Before})
		}
	}
	m.next, m.mending = &msg, false
	if m.book == nil && !m.at.Page.staffs() {
		m.at = At{Page: PageIdle}
	}
	if m.at.Page != PageIdle && m.at.Page != PageRest && m.at.Page != PageHome {
		return m, cmds
	}
	m, more := m.changed()
	return m, append(cmds, more...)
}

// changed is called when the page has changed: the moment for what must not happen under a finger.
func (m Model) changed() (Model, []Cmd) {
	var cmds []Cmd
	if m.next != nil {
		cmds = m.letGo()
		m.book, m.before, m.syncedAt, m.next = m.next.Book, m.next.Before, m.next.SyncedAt, nil
	}
	if m.book == nil {
		return m, cmds
	}
	// A clock that runs behind must not bring back what has expired, so the day is never before the data's own.
	today := m.book.Manifest().AsOf
	if day := dateOf(m.wall()); day > today {
		today = day
	}
	if m.shown == nil || m.today != today {
		m.shown, m.today = m.book.At(today), today
	}
	return m, cmds
}

// tick lets time pass: a page that nobody touches is asked about, and then given up.
func (m Model) tick(now time.Time) (Model, []Cmd) {
	if m.touchedAt.IsZero() || now.Before(m.touchedAt) {
		m.touchedAt = now // the first tick, or a clock that was set back
	}
	passed := now.Sub(m.now)
	m.now = now
	m.pass(passed)
	if m.aloud.on(now) {
		m.touchedAt = now // whoever listens is there
	}
	if m.at.Page == PageIdle || m.at.Page == PageRest {
		m.at.Page = m.quietPage()
		if now.Sub(m.touchedAt) > emblemWithin {
			m.fresh(m.at.Page) // somebody has touched the emblem, and gone
		}
		return m, nil
	}
	if m.book == nil && !m.at.Page.staffs() {
		if now.Sub(m.touchedAt) >= staffQuiet && !m.desk.checking {
			m.desk = desk{} // half a code that somebody has left
		}
		return m, nil
	}
	alone, quiet, asking := now.Sub(m.touchedAt), m.quiet(), m.asking()
	switch {
	case alone >= unmoved && m.at.Page == PagePIN:
		return m.leave(PageHome)
	case alone >= unmoved && m.at == crosses:
		m.at.Tab = ""
	case alone >= quiet+asking, alone >= quiet && m.at == (At{Page: PageHome}):
		return m.leave(m.quietPage())
	case alone >= quiet:
		m.asks = true
	}
	return m, nil
}

func (m Model) quiet() time.Duration {
	if m.desk.in {
		return staffQuiet
	}
	return quiet
}

func (m Model) asking() time.Duration {
	if m.desk.in {
		return staffAsking
	}
	return asking
}

// quietPage is what is on while nobody is there: outside the hours that staff have set the panel rests.
func (m Model) quietPage() Page {
	if m.correction != 0 || m.settings.open(m.now) { // the hour of a wrong clock is anybody's guess
		return PageIdle
	}
	return PageRest
}

// left is how long the kiosk still waits for an answer.
func (m Model) left() time.Duration {
	return min(max(m.quiet()+m.asking()-m.now.Sub(m.touchedAt), 0), m.asking())
}

// Same reports whether two Models are drawn alike, so that the passing of time alone draws nothing.
func (m Model) Same(n Model) bool {
	if m.asks && int(m.left().Seconds()) != int(n.left().Seconds()) {
		return false
	}
	return m.at == n.at && m.asks == n.asks && m.size == n.size && m.contrast == n.contrast && m.louder == n.louder &&
		(len(m.back) > 0) == (len(n.back) > 0) && (m.aloud.saying != 0) == (n.aloud.saying != 0) && m.aloud.byTouch == n.aloud.byTouch &&
		m.aloud.heard == n.aloud.heard && m.desk.same(n.desk) && (!m.at.Page.staffs() || m.work.same(n.work)) && m.seconds() == n.seconds() && m.settings == n.settings &&
		m.book == n.book && m.shown == n.shown && m.next == n.next && m.mending == n.mending && m.broken == n.broken && m.lacks == n.lacks && m.sealed == n.sealed &&
		m.syncedAt.Equal(n.syncedAt) && dateOf(m.wall()) == dateOf(n.wall()) && slices.Equal(m.conditions, n.conditions) &&
		slices.Equal(m.told, n.told) && m.printing == n.printing && m.writing == n.writing
}

// wall is what the time is, as far as the machine can know it.
func (m Model) wall() time.Time {
	if m.now.IsZero() {
		return m.now
	}
	return m.now.Add(m.correction)
}

// dateOf is the day in China, where every query point stands, whatever the machine's zone.
func dateOf(t time.Time) disclosure.Date {
	if t.IsZero() {
		return ""
	}
	return disclosure.Date(t.In(china).Format(time.DateOnly))
}

var china = time.FixedZone("CST", 8*60*60)
