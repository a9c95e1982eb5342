package kiosk

import (
	"cmp"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The tabs of 政府投资项目 beside its first, all of them: those of this township, and those that have come so far.
const (
	tabHere     = "here"
	tabApproved = "立项"
	tabBuilding = "在建"
	tabBuilt    = "完工"
)

// projectsPage lists what is built with public money (政府投资项目), what is being built first.
func (m Model) projectsPage(at At) page {
	p := page{phone: At{Choice: doorFund}, body: append([]Block{
		Crumbs{Items: []string{word.Say("home.fund"), areaProjects}},
		Heading{Text: areaProjects, Note: word.Say("projects.note")},
	}, m.areaTabs(areaProjects, false)...)}
	all := m.projects()
	if len(all) == 0 {
		p.body = append(p.body, m.noneYet())
		return p
	}
	list := m.projectsOn(at.Tab, all)
	p.body = append(p.body, m.projectTabs(at, all), List{
		Header:  true,
		Columns: []Column{{Title: word.Say("projects.column"), Weight: 2}, {Title: word.Say("projects.progress"), Weight: 1}, {Align: AlignRight}},
		Len:     len(list), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("projects.empty"),
		Row: func(i int) Row { return m.projectRow(list[i]) },
	})
	return p
}

// projects are all projects: being built, not begun, finished; the newest of each first.
func (m Model) projects() []disclosure.InvestmentProject {
	rank := func(p disclosure.InvestmentProject) int {
		return slices.Index([]string{"在建", "立项", "完工", "验收"}, p.Stage)
	}
	list := slices.Clone(m.shown.Projects())
	slices.SortStableFunc(list, func(a, b disclosure.InvestmentProject) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(string(b.PublishedOn), string(a.PublishedOn)), strings.Compare(a.Ref, b.Ref))
	})
	return list
}

// projectsOn are those that a tab shows.
func (m Model) projectsOn(tab string, all []disclosure.InvestmentProject) []disclosure.InvestmentProject {
	return slices.DeleteFunc(slices.Clone(all), func(p disclosure.InvestmentProject) bool {
		switch tab {
		case tabHere:
			return !m.inThisTown(p.Place)
		case tabBuilt:
			return p.Stage != "完工" && p.Stage != "验收"
		case tabApproved, tabBuilding:
			return p.Stage != tab
		}
		return false
	})
}

// inThisTown reports whether a place lies in the township in which the query point stands.
func (m Model) inThisTown(place disclosure.Code) bool {
	town := func(code disclosure.Code) disclosure.Code {
		for _, p := range m.shown.Path(code) {
			if p.Level == "乡" {
				return p.Code
			}
		}
		return ""
	}
	here := town(m.village(m.config.Village).Code)
	return here != "" && town(place) == here
}

// projectTabs leaves out what would show nothing.
func (m Model) projectTabs(at At, all []disclosure.InvestmentProject) Tabs {
	var t Tabs
	for _, tab := range []struct{ tab, text string }{
		{"", word.Say("projects.all")},
		{tabHere, word.Say("projects.here")},
		{tabBuilding, word.Say("projects.building")},
		{tabApproved, word.Say("projects.approved")},
		{tabBuilt, word.Say("projects.built")},
	} {
		if tab.tab != "" && tab.tab != at.Tab && len(m.projectsOn(tab.tab, all)) == 0 {
			continue
		}
		to := at
		to.Tab = tab.tab
		t.Items = append(t.Items, Tab{Text: tab.text, On: at.Tab == tab.tab, Touch: turn(to)})
	}
	return t
}

func (m Model) projectRow(p disclosure.InvestmentProject) Row {
	bar := share(p.Progress, 100)
	return Row{
		Cells: []Cell{
			{Text: p.Title, Style: StyleStrong, Lines: []string{m.shortName(m.institutionName(p.Owner))}},
			{Bar: &bar},
			{Text: word.Say("percent", p.Progress), Style: StyleAmount, Lines: []string{stageWords(p.Stage)}},
		},
		Touch: Go{At{Page: PageProject, Ref: p.Ref}},
	}
}

// stageWords say how far a project is as one would.
func stageWords(stage string) string {
	switch stage {
	case "立项":
		return word.Say("stage.approved")
	case "在建":
		return word.Say("stage.building")
	case "完工":
		return word.Say("stage.built")
	case "验收":
		return word.Say("stage.accepted")
	}
	return word.Say("fact.none")
}

// projectPage is one project: how far it is, who builds it, who watches, what has changed.
func (m Model) projectPage(at At) page {
	rec, _ := m.shown.Show(at.Ref)
	p, ok := rec.(*disclosure.InvestmentProject)
	if !ok {
		return gonePage()
	}
	owner := m.institutionName(p.Owner)
	b := []Block{
		Crumbs{Items: []string{word.Say("home.fund"), areaProjects}},
		Heading{Text: p.Title, Note: word.Say("money.answers", owner), Chips: []Chip{{Text: stageWords(p.Stage), Tone: ToneNeutral}}},
		projectGauge(p),
	}
	if p.Changes != "" {
		b = append(b, Notice{Icon: "compare_arrows", Title: word.Say("project.changes"), Text: p.Changes, Tone: ToneNeutral})
	}
	return page{
		body:  append(b, factList(at, m.projectFacts(p, owner))),
		phone: At{Ref: p.Owner, Choice: doorFund, About: word.Say("phone.about.project", p.Title)},
	}
}

func projectGauge(p *disclosure.InvestmentProject) Gauge {
	g := Gauge{
		Icon: "engineering", Title: word.Say("project.gauge"), Label: word.Say("project.done", p.Progress),
		Fraction: share(p.Progress, 100), Subject: SubjectFund,
	}
	if p.Approved != 0 {
		g.Figures = append(g.Figures, Figure{Label: word.Say("project.approved"), Value: yuan(p.Approved)})
	}
	if p.Started != "" {
		g.Figures = append(g.Figures, Figure{Label: word.Say("project.started"), Value: p.Started.Chinese()})
	}
	if p.Ended != "" {
		g.Figures = append(g.Figures, Figure{Label: word.Say("project.ended"), Value: p.Ended.Chinese()})
	}
	return g
}

func (m Model) projectFacts(p *disclosure.InvestmentProject, owner string) []fact {
	return []fact{
		{label: word.Say("project.owner"), value: owner},
		{label: word.Say("project.place"), value: strings.Join(m.placeNames(p.Place), "")},
		{label: word.Say("project.contractor"), value: p.Contractor},
		{label: word.Say("project.supervisor"), value: p.Supervisor},
		{label: word.Say("project.paper"), value: p.ApprovalNo},
		{label: word.Say("project.number"), value: p.Number},
		{label: word.Say("fact.published"), value: p.PublishedOn.Chinese()},
	}
}
