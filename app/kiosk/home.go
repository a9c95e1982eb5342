package kiosk

import (
	"fmt"
	"slices"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The doors, which are also the subjects under which a county files its telephone numbers.
const (
	doorSubsidy  = "补贴"
	doorFund     = "资金"
	doorStaffing = "编制"
	doorPolicy   = "政策"
	doorDesk     = "总台"
)

func (m Model) emptyPage() page {
	if m.mending {
		return page{body: []Block{Hero{Emblem: m.config.Emblem, Title: word.Say("mending.title"), Text: word.Say("mending.text")}}}
	}
	if m.asksCode() {
		return m.codePage()
	}
	hero := Hero{Emblem: m.config.Emblem, Title: word.Say("empty.title"), Text: word.Say("empty.text")}
	if m.broken {
		hero.Title, hero.Text = word.Say("broken.title"), word.Say("broken.text")
	}
	b := []Block{
		hero,
		Notice{Icon: "sync", Title: word.Say("empty.todo"), Text: word.Say("empty.remedy"), Tone: ToneNeutral},
	}
	for _, c := range m.conditions {
		if c.Code != "" {
			b = append(b, Notice{Icon: "warning", Title: c.Words, Text: c.Remedy, Figure: c.Code, Tone: ToneAttention})
		}
	}
	return page{body: b}
}

func (m Model) idlePage() page {
	b := []Block{Hero{Emblem: m.config.Emblem, Title: word.Say("idle.title"), Text: word.Say("idle.text")}}
	if news, ok := m.news(idleNews, true); ok {
		news.Touch = nil
		b = append(b, news)
	}
	b = append(b, Giant{Text: word.Say("idle.start"), Touch: Go{At{Page: PageHome}}})
	return page{body: b, phone: At{Choice: doorDesk}}
}

// restPage is the panel outside its hours: one sentence, and when it opens.
func (m Model) restPage() page {
	hero := Hero{Emblem: m.config.Emblem, Title: word.Say("rest.title"), Text: word.Say("rest.text", clock(m.settings.Opens), clock(m.settings.Closes))}
	return page{bare: true, body: []Block{hero}}
}

// clock is minutes after midnight as one reads them off a clock: 7:30.
func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

func (m Model) stillPage() page {
	seconds := int(m.left().Seconds())
	return page{body: []Block{
		Hero{Emblem: m.config.Emblem, Title: word.Say("still.title"), Text: word.Say("still.text", seconds)},
		Giant{Text: word.Say("still.stay"), Touch: Stay{}},
		Buttons{Items: []Button{{Icon: "logout", Text: word.Say("done"), Touch: Finish{}}}},
	}}
}

func (m Model) homePage() page {
	b := []Block{
		Search{Placeholder: word.Say("home.search"), Touch: Go{At{Page: PageSearch}}},
		Doors{Items: []Door{
			{Icon: "potted_plant", Title: word.Say("home.subsidy"), Note: word.Say("home.subsidy.note"), Subject: SubjectSubsidy, Touch: Go{At{Page: PageTowns}}},
			{Icon: "payments", Title: word.Say("home.fund"), Note: m.fundNote(), Subject: SubjectFund, Touch: Go{At{Page: PageFunds}}},
			{Icon: "groups", Title: word.Say("home.staffing"), Note: word.Say("home.staffing.note"), Subject: SubjectStaffing, Touch: Go{At{Page: PageInstitutions}}},
			{Icon: "menu_book", Title: word.Say("home.policy"), Note: word.Say("home.policy.note"), Subject: SubjectPolicy, Touch: Go{At{Page: PagePolicies}}},
			{Icon: "feedback", Title: word.Say("home.voice"), Note: word.Say("home.voice.note"), Subject: SubjectVoice, Touch: Go{At{Page: PagePhone, Choice: doorDesk, Tab: tabVoice}}},
		}},
	}
	if notice, ok := m.underNotice(); ok {
		b = append(b, notice)
	}
	if news, ok := m.news(1, false); ok {
		b = append(b, news)
	}
	return page{body: b, phone: At{Choice: doorDesk}}
}

// fundNote counts the funds of the newest year: 84项钱花到哪了.
func (m Model) fundNote() string {
	years := newestFirst(m.shown.FundYears())
	if len(years) == 0 {
		return word.Say("home.fund.none")
	}
	return word.Say("home.fund.note", len(m.shown.Funds(years[0])))
}

// idleNews is how many payments to this village stand on the idle page.
const idleNews = 3

// news is what was paid in this village last, without names: of the newest month that brought anything, or with older also of those
// before it, each with its own day.
func (m Model) news(limit int, older bool) (News, bool) {
	if m.config.Village == "" {
		return News{}, false
	}
	village := m.village(m.config.Village)
	items := m.shown.News(village.Code, limit)
	if len(items) == 0 {
		return News{}, false
	}
	newest := items[0].PaidOn
	month := slices.DeleteFunc(slices.Clone(items), func(it book.NewsItem) bool { return monthOf(it.PaidOn) != monthOf(newest) })
	apart := older && len(month) < len(items)
	if !apart {
		items = month
	}
	n := News{Icon: "location_on", Title: word.Say("news.title", village.Name), Touch: Go{At{Page: PageLists, Village: village.Code}}}
	for _, it := range items {
		row := NewsRow{Label: listName(it.Year, it.KindName), Note: newsCount(it), Figure: yuan(it.Sum)}
		if apart {
			row.Note = word.Say("news.on", m.dayInYear(it.PaidOn), row.Note)
		}
		n.Rows = append(n.Rows, row)
	}
	switch {
	case apart:
	case len(n.Rows) > 1:
		n.Note = m.dayInYear(monthOf(newest))
	default:
		n.Note = m.dayInYear(newest)
	}
	return n, true
}

func monthOf(d disclosure.Date) disclosure.Date { return d[:min(len(d), len("2006-01"))] }

// dayInYear is a date as one says it in the year that the data runs into: 11月18日, but 2025年11月18日.
func (m Model) dayInYear(d disclosure.Date) string {
	if last, ok := d.Last(); ok && int64(last.Year()) == m.dataYear() {
		return dayWords(d)
	}
	return d.Chinese()
}

func newsCount(it book.NewsItem) string {
	if it.Unit == "户" {
		return word.Say("count.households", it.Recipients)
	}
	return word.Say("count.people", it.Recipients)
}

// village is the place of that code as it is now called: where a village was merged into one other, that one.
func (m Model) village(code disclosure.Code) disclosure.Place {
	p, ok := m.shown.Place(code)
	if !ok {
		return disclosure.Place{Code: code, Name: m.config.KioskName}
	}
	if next := m.shown.Successors(code); p.ValidTo != "" && len(next) == 1 {
		return next[0]
	}
	return p
}

func listName(year int64, kind string) string { return word.Say("list.name", year, kind) }

func yuan(f disclosure.Fen) string { return word.Say("yuan", f.Yuan()) }

func newestFirst(years []int64) []int64 {
	years = slices.Clone(years)
	slices.Sort(years)
	slices.Reverse(years)
	return slices.Compact(years)
}
