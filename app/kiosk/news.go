package kiosk

import (
	"cmp"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The tabs of 公告和公示 beside its first, what is under public notice.
const (
	tabActivity    = "activity"
	tabCorrections = "corrections"
)

// notices are the edition's, newest first, but for those that are dated after the day to which its data reaches: what they tell
// of could not be looked up yet.
func (m Model) notices() []disclosure.Notice {
	return slices.DeleteFunc(slices.Clone(m.shown.Notices()), m.ahead)
}

func (m Model) ahead(n disclosure.Notice) bool { return n.PublishedOn > m.book.Manifest().AsOf }

// noticeTab is the tab on which a kind of notice stands.
func noticeTab(kind string) string {
	switch kind {
	case "动态":
		return tabActivity
	case "更正", "撤回":
		return tabCorrections
	}
	return ""
}

// daysLeft counts the days in which an objection can still be raised after today; it is negative once that is over. ok is
// false where no last day is given.
func (m Model) daysLeft(n disclosure.Notice) (days int, ok bool) {
	last, ok := n.LastDay.Last()
	today, known := m.today.Last()
	if n.LastDay == "" || !ok || !known {
		return 0, false
	}
	return int(last.Sub(today).Hours() / 24), true
}

// running are the public notices to which can still be objected, the first to end first.
func (m Model) running() []disclosure.Notice {
	list := slices.DeleteFunc(m.notices(), func(n disclosure.Notice) bool {
		days, ok := m.daysLeft(n)
		return n.Kind != "公示" || !ok || days < 0
	})
	slices.SortStableFunc(list, func(a, b disclosure.Notice) int { return cmp.Compare(a.LastDay, b.LastDay) })
	return list
}

// underNotice is the line on home that something is under public notice in the county.
func (m Model) underNotice() (News, bool) {
	list := m.running()
	if len(list) == 0 {
		return News{}, false
	}
	n := News{
		Icon: "calendar_month", Title: word.Say("notice.running", m.config.CountyName), Touch: Go{At{Page: PageNotice, Ref: list[0].Ref}},
		Rows: []NewsRow{{Label: list[0].Title, Note: m.leftWords(list[0])}},
	}
	if len(list) > 1 {
		n.Note, n.Touch = word.Say("notice.running.more", len(list)), Go{At{Page: PageNews}}
	}
	return n, true
}

// leftWords says how long a public notice still runs.
func (m Model) leftWords(n disclosure.Notice) string {
	switch days, ok := m.daysLeft(n); {
	case !ok:
		return ""
	case days < 0:
		return word.Say("notice.over")
	case days == 0:
		return word.Say("notice.lastday")
	default:
		return word.Say("notice.left", days)
	}
}

func (m Model) newsPage(at At) page {
	var list []disclosure.Notice
	for _, n := range m.running() {
		if at.Tab == "" {
			list = append(list, n)
		}
	}
	var tabs Tabs
	for _, t := range []struct{ tab, text string }{
		{"", word.Say("news.notices")},
		{tabActivity, word.Say("news.activity")},
		{tabCorrections, word.Say("news.corrections")},
	} {
		to := at
		to.Tab = t.tab
		tabs.Items = append(tabs.Items, Tab{Text: t.text, On: at.Tab == t.tab, Touch: turn(to)})
	}
	for _, n := range m.notices() {
		over := !slices.ContainsFunc(list, func(r disclosure.Notice) bool { return r.Ref == n.Ref })
		if noticeTab(n.Kind) == at.Tab && over {
			list = append(list, n)
		}
	}
	return page{
		body:  []Block{Heading{Text: word.Say("policies.notices")}, tabs, m.noticeList(at, list)},
		phone: At{Choice: doorPolicy},
	}
}

func (m Model) noticeList(at At, list []disclosure.Notice) List {
	return List{
		Columns: []Column{{Weight: 1}, {Align: AlignRight}}, Len: len(list), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
		Empty: word.Say("news.empty"),
		Row: func(i int) Row {
			row := Row{
				Cells: []Cell{{Text: list[i].Title, Style: StyleStrong, Lines: []string{list[i].PublishedOn.Chinese()}}, {}},
				Touch: Go{At{Page: PageNotice, Ref: list[i].Ref}},
			}
			if chip := m.noticeChip(list[i]); chip.Text != "" {
				row.Cells[1].Chip = &chip
			}
			return row
		},
	}
}

// noticeChip is how long a public notice still runs, or what else it is.
func (m Model) noticeChip(n disclosure.Notice) Chip {
	days, ok := m.daysLeft(n)
	switch {
	case n.Kind != "公示":
		return Chip{Text: n.Kind, Tone: ToneNeutral}
	case ok && days >= 0:
		return Chip{Icon: "schedule", Text: m.leftWords(n), Tone: ToneAttention}
	}
	return Chip{Text: m.leftWords(n), Tone: ToneNeutral}
}

// noticePage is news, a correction, or what is under public notice with the days that are left to object, where and how.
func (m Model) noticePage(at At) page {
	rec, _ := m.shown.Show(at.Ref)
	n, ok := rec.(*disclosure.Notice)
	if !ok || m.ahead(*n) {
		return gonePage()
	}
	ask := At{Page: PagePhone, Ref: n.Institution, Choice: doorPolicy, About: word.Say("phone.about.notice", n.Title)}
	b := []Block{
		Crumbs{Items: []string{word.Say("home.policy"), word.Say("policies.notices")}},
		Heading{Text: n.Title, Note: n.PublishedOn.Chinese(), Chips: []Chip{{Text: n.Kind, Tone: ToneNeutral}}},
	}
	if n.Kind == "公示" {
		b = append(b, m.objection(*n, ask))
	}
	return page{body: append(b, prose(at, strings.Split(n.Body, "\n"))), phone: ask}
}

// objection says until when, where and how one can object.
func (m Model) objection(n disclosure.Notice, ask At) Notice {
	out := Notice{Icon: "calendar_month", Title: word.Say("notice.nodate"), Text: m.where(n), Tone: ToneAttention}
	days, ok := m.daysLeft(n)
	if ok {
		out.Title = word.Say("notice.until", n.LastDay.Chinese(), m.leftWords(n))
	}
	if ok && days < 0 {
		out.Text, out.Tone = word.Say("notice.over.text"), ToneNeutral
		return out
	}
	ask.About = word.Say("phone.about.objection", n.Title)
	out.Button = &Button{Icon: "feedback", Text: word.Say("notice.object"), Subject: SubjectVoice, Touch: Go{ask}}
	return out
}

func (m Model) where(n disclosure.Notice) string {
	where := strings.TrimSuffix(n.Where, "。")
	switch {
	case strings.HasPrefix(where, "向"), strings.HasPrefix(where, "可以"): // some write a whole sentence
		return word.Say("notice.where.said", where)
	case where != "":
		return word.Say("notice.where", where)
	}
	if n.Institution != "" {
		return word.Say("notice.where", m.institutionName(n.Institution))
	}
	return word.Say("notice.phone")
}
