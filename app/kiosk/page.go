package kiosk

import (
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// Data is looked at twice once it is this old, in days (kiosk.md).
const (
	agedDays  = 45
	staleDays = 180
)

// page is what differs from page to page; View puts the frame around it.
type page struct {
	body, side []Block
	// phone is where 电话 leads: the numbers that belong to the page's subject.
	phone At
	bare  bool // neither band nor foot
}

// View returns the page that is on.
func (m Model) View() View {
	at := m.At()
	v := View{
		Page: at.Page, Emblem: m.config.Emblem, EmblemTouch: Emblem{}, TextSize: m.size, Contrast: m.contrast, Fit: m.fit(),
		Title: word.Say("band.title", m.config.CountyName),
		Short: word.Say("band.short", m.config.CountyName),
	}
	p := m.page(at)
	v.Body, v.Side, v.Bare = p.body, p.side, p.bare
	if v.Bare {
		v.Contrast = v.Contrast || at.Page == PageRest // a panel at rest is dark
		return v
	}
	if m.book == nil {
		if at.Page.staffs() {
			v.Done, v.Foot = m.done(), m.footOfStaff(at)
		}
		return v
	}
	v.AsOf, v.AsOfTone = m.asOf()
	if v.AsOfTone == ToneAlarm && p.phone.Choice == doorStaffing {
		v.AsOf = word.Say("asof.call", v.AsOf, staffingLine)
	}
	switch {
	case m.aside != nil:
		v.Synthetic = word.Say("practice.flag")
	case m.book.Manifest().Synthetic:
		v.Synthetic = word.Say("synthetic")
	}
	if at.Page == PageStill {
		return v
	}
	v.Phone = &Button{Icon: "call", Text: word.Say("phone"), Touch: m.phoneTouch(at, p.phone)}
	if at.Page == PageIdle {
		return v
	}
	switch {
	case at.Page != PageHome:
		v.Done = m.done()
	case m.aside != nil:
		v.Done = &Button{Icon: "school", Text: word.Say("practice.list"), Touch: Go{At{Page: PageStaffLesson}}}
	}
	v.Foot = m.foot(at)
	if m.aloud.byTouch && at.Page == PageHome {
		return m.audible(v)
	}
	return v
}

func (m Model) done() *Button {
	return &Button{Icon: "logout", Text: word.Say("done"), Touch: Finish{}}
}

// phoneTouch is nil on the telephone page itself.
func (m Model) phoneTouch(at, to At) Msg {
	if at.Page == PagePhone {
		return nil
	}
	to.Page = PagePhone
	return Go{to}
}

// foot is the same six buttons in the same places on every page.
func (m Model) foot(at At) []Button {
	back := Button{Icon: "arrow_back", Text: word.Say("foot.back")}
	home := Button{Icon: "home", Text: word.Say("foot.home")}
	help := Button{Icon: "help", Text: word.Say("foot.help")}
	if at.Page != PageHome {
		home.Touch = Home{}
		if len(m.back) > 0 {
			back.Touch = Back{}
		}
	}
	if at.Page != PageHelp {
		help.Touch = Go{At{Page: PageHelp}}
	}
	listen := Button{Icon: "volume_up", Text: word.Say("foot.listen"), Touch: Listen{}}
	if m.aloud.saying != 0 || m.aloud.byTouch && at.Page == PageHome {
		listen.Icon, listen.Text, listen.Touch = "volume_off", word.Say("foot.hush"), Listen{Stop: true}
	}
	size := Button{Icon: "format_size", Text: word.Say("foot.larger"), Touch: Resize{m.size + 1}}
	if m.size == TextLargest {
		size.Text, size.Touch = word.Say("foot.smaller"), Resize{TextStandard}
	}
	contrast := Button{Icon: "contrast", Text: word.Say("foot.contrast"), Touch: Contrast{On: true}}
	if m.contrast {
		contrast.Text, contrast.Touch = word.Say("foot.plain"), Contrast{}
	}
	return []Button{back, home, listen, size, contrast, help}
}

// page builds what stands between band and foot.
func (m Model) page(at At) page {
	if at.Page.staffs() {
		return m.staffPages(at)
	}
	if m.book == nil && at.Page != PageStill {
		return m.emptyPage()
	}
	switch at.Page {
	case PageIdle:
		return m.idlePage()
	case PageStill:
		return m.stillPage()
	case PageHome:
		return m.homePage()
	case PageSearch:
		return m.searchPage(at)
	case PageTowns:
		return m.townsPage(at)
	case PageVillages:
		return m.villagesPage(at)
	case PageSurnames:
		return m.surnamesPage(at)
	case PagePeople:
		return m.peoplePage(at)
	case PagePerson:
		return m.personPage(at)
	case PageQuestion:
		return m.questionPage(at)
	case PageLists:
		return m.listsPage(at)
	case PageGroups:
		return m.groupsPage(at)
	case PageList:
		return m.listPage(at)
	case PageNotOnList:
		return m.notOnListPage(at)
	case PageNotPublished:
		return m.notPublishedPage(at)
	case PageFunds:
		return m.fundsPage(at)
	case PageFundList:
		return m.fundListPage(at)
	case PageFund:
		return m.fundPage(at)
	case PageStatement:
		return m.statementPage(at)
	case PageBudget:
		return m.budgetPage(at)
	case PageInstitutions:
		return m.institutionsPage(at)
	case PageTownUnits:
		return m.townUnitsPage(at)
	case PageInstitution:
		return m.institutionPage(at)
	case PageIncumbent:
		return m.incumbentPage(at)
	case PagePolicies:
		return m.policiesPage(at)
	case PagePolicy:
		return m.policyPage(at)
	case PageNotice:
		return m.noticePage(at)
	case PagePhone:
		return m.phonePage(at)
	case PageHelp:
		return m.helpPage(at)
	case PageRest:
		return m.restPage()
	case PageProcurements:
		return m.procurementsPage(at)
	case PageProcurement:
		return m.procurementPage(at)
	case PageProjects:
		return m.projectsPage(at)
	case PageProject:
		return m.projectPage(at)
	case PageRelief:
		return m.reliefPage(at)
	case PageMissing:
		return m.missingPage(at)
	case PageDepartments:
		return m.departmentsPage(at)
	case PageNews:
		return m.newsPage(at)
	case PageTake:
		return m.takePage(at)
	}
	return gonePage()
}

// gonePage stands where a record was that is shown no more: withdrawn, or expired since it was found.
func gonePage() page {
	return page{body: []Block{Notice{
		Icon: "info", Title: word.Say("gone.title"), Text: word.Say("gone.text"), Tone: ToneNeutral,
		Button: &Button{Icon: "home", Text: word.Say("gone.home"), Touch: Home{}, Filled: true},
	}}}
}

// asOf says how far the data reaches and when the kiosk last fetched some.
func (m Model) asOf() (string, Tone) {
	date := m.book.Manifest().AsOf
	tone := ToneMuted
	if last, ok := date.Last(); ok && !m.now.IsZero() {
		switch days := daysBetween(last, m.wall()); {
		case days > staleDays:
			tone = ToneAlarm
		case days > agedDays:
			tone = ToneAttention
		}
	}
	if m.syncedAt.IsZero() {
		return word.Say("asof", date.Chinese()), tone
	}
	return word.Say("asof.fetched", date.Chinese(), m.moment(m.syncedAt)), tone
}

// moment says a time as one would: 今天09:14, 昨天09:14, 11月18日, 2025年11月18日.
func (m Model) moment(t time.Time) string {
	t = t.In(china)
	if !m.now.IsZero() {
		switch daysBetween(day(t), m.wall()) {
		case 0:
			return word.Say("moment.today", t.Format("15:04"))
		case 1:
			return word.Say("moment.yesterday", t.Format("15:04"))
		}
	}
	if on := dateOf(t); m.now.IsZero() || on[:4] != dateOf(m.wall())[:4] {
		return on.Chinese()
	}
	return dayWords(dateOf(t))
}

// day is the day of t in China as a UTC midnight, in which form days can be subtracted.
func day(t time.Time) time.Time {
	y, mo, d := t.In(china).Date()
	return time.Date(y, mo, d, 0, 0, 0, 0, time.UTC)
}

// daysBetween counts from a day, given as a UTC midnight, to the day of now.
func daysBetween(from, now time.Time) int { return int(day(now).Sub(from).Hours() / 24) }

// dayWords is a date without its year: 11月18日.
func dayWords(d disclosure.Date) string {
	if len(d) < len("2006-01") {
		return d.Chinese()
	}
	return d.Chinese()[len(d[:4].Chinese()):]
}

// pages words the line between ▲ and ▼.
func pages(page, pages int) string {
	if pages <= 1 {
		return ""
	}
	return word.Say("pages", page, pages)
}

// scroll returns the ScrollTo of a page: the same page at another offset.
func scroll(at At) func(int) Msg {
	return func(offset int) Msg {
		at.Offset, at.Follow = offset, false
		return Turn{at}
	}
}

// turn is a touch that shows another view of the page from its beginning.
func turn(at At) Msg {
	at.Offset, at.Follow = 0, false
	return Turn{at}
}
