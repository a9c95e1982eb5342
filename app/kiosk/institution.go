package kiosk

import (
	"slices"
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The tabs of an institution beside its first, 人员名单, and of 查编制 beside its first, the county's departments.
const (
	tabDuties = "duties"
	tabUnits  = "units"
	tabTowns  = "towns"
)

// institutionsPage is the way in: the county's departments, and the townships.
func (m Model) institutionsPage(at At) page {
	county, towns, changes := at, at, at
	county.Tab, towns.Tab, changes.Tab = "", tabTowns, tabChanges
	b := []Block{
		Heading{Text: word.Say("institutions.title")},
		Tabs{Items: []Tab{
			{Text: word.Say("institutions.county", m.countyWord()), On: at.Tab != tabTowns && at.Tab != tabChanges, Touch: turn(county)},
			{Text: word.Say("institutions.towns"), On: at.Tab == tabTowns, Touch: turn(towns)},
			{Text: word.Say("changes.tab"), On: at.Tab == tabChanges, Touch: turn(changes)},
			{Text: word.Say("missing.open"), Touch: Go{At{Page: PageMissing}}},
		}},
	}
	switch at.Tab {
	case tabTowns:
		list := m.shown.Towns()
		b = append(b, Tiles{Columns: 2, Len: len(list), Offset: at.Offset, ScrollTo: scroll(at), Tile: func(i int) Tile {
			return Tile{Text: list[i].Name, Touch: Go{At{Page: PageTownUnits, Town: list[i].Code}}}
		}})
	case tabChanges:
		b = append(b, m.countyChanges(at))
	default:
		b = append(b, m.institutionList(at, m.institutions(func(i disclosure.Institution) bool {
			return i.Parent == "" && m.townOf(i) == ""
		})))
	}
	return page{body: b, phone: At{Choice: doorStaffing}}
}

// countyWord is 市 or 县, as the county's own name ends.
func (m Model) countyWord() string {
	name := []rune(m.config.CountyName)
	if len(name) == 0 {
		return ""
	}
	return string(name[len(name)-1])
}

func (m Model) institutions(keep func(disclosure.Institution) bool) []disclosure.Institution {
	var out []disclosure.Institution
	for _, i := range m.shown.Institutions() {
		if keep(i) {
			out = append(out, i)
		}
	}
	return out
}

// townOf is the township that an institution belongs to, empty for the county's own. Where it sits does not tell, since the
// county's departments sit in a township too: what counts is whether its uppermost superior is a township's (乡镇机关).
func (m Model) townOf(inst disclosure.Institution) disclosure.Code {
	for range deepest {
		parent, ok := m.shown.Institution(inst.Parent)
		if !ok {
			break
		}
		inst = parent
	}
	if !strings.Contains(inst.Class, "乡镇") && !strings.Contains(inst.Class, "街道") {
		return ""
	}
	for _, p := range m.shown.Path(inst.Place) {
		if p.Level == "乡" {
			return p.Code
		}
	}
	return ""
}

func (m Model) institutionList(at At, list []disclosure.Institution) List {
	return List{
		Columns: []Column{{Weight: 1}, {Align: AlignRight}},
		Len:     len(list), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("institutions.empty"),
		Row: func(i int) Row {
			s := m.shown.Staffing(list[i].Ref)
			right := Cell{Lines: []string{word.Say("institutions.counts", s.Authorised, s.Actual)}, Chip: overChip(s.Over)}
			return Row{
				Cells: []Cell{{Text: list[i].Name, Style: StyleStrong, Lines: nonEmpty(list[i].Class)}, right},
				Touch: Go{At{Page: PageInstitution, Ref: list[i].Ref}},
			}
		},
	}
}

func (m Model) townUnitsPage(at At) page {
	town, ok := m.shown.Place(at.Town)
	if !ok {
		return gonePage()
	}
	return page{
		body: []Block{
			Crumbs{Items: []string{word.Say("home.staffing"), town.Name}},
			m.institutionList(at, m.institutions(func(i disclosure.Institution) bool { return m.townOf(i) == at.Town })),
		},
		phone: At{Choice: doorStaffing},
	}
}

func (m Model) institutionPage(at At) page {
	inst, ok := m.shown.Institution(at.Ref)
	if !ok {
		return gonePage()
	}
	b := []Block{Crumbs{Items: m.institutionCrumbs(inst)}, Heading{Text: inst.Name, Chips: institutionChips(inst)}}
	b = append(b, m.openings(inst.Ref, false)...)
	units := m.below(inst.Ref)
	figures := staffingFigures(inst, m.shown.Staffing(inst.Ref))
	figures.Note += m.sinceBefore(inst)
	b = append(b, figures, institutionTabs(at, len(units)))
	switch at.Tab {
	case tabChanges:
		b = append(b, m.institutionChanges(at, inst)...)
	case tabDuties:
		b = append(b, prose(at, duties(inst)))
	case tabUnits:
		b = append(b, m.institutionList(at, units))
	default:
		b = append(b, m.roster(at))
	}
	return page{body: b, phone: At{Ref: inst.Ref, Choice: doorStaffing, About: word.Say("phone.about.staffing", inst.Name)}}
}

func (m Model) institutionCrumbs(inst disclosure.Institution) []string {
	items := []string{word.Say("home.staffing")}
	if town, ok := m.shown.Place(m.townOf(inst)); ok {
		items = append(items, town.Name)
	}
	if parent, ok := m.shown.Institution(inst.Parent); ok {
		items = append(items, parent.Name)
	}
	return append(items, word.Say("institution.kind", inst.Kind))
}

func institutionChips(inst disclosure.Institution) []Chip {
	var chips []Chip
	for _, s := range nonEmpty(inst.Class, inst.Funding, inst.Level) {
		chips = append(chips, Chip{Text: s, Tone: ToneNeutral})
	}
	return chips
}

// below are all institutions under one, level by level, so that each is one touch away.
func (m Model) below(ref string) []disclosure.Institution {
	var out []disclosure.Institution
	seen := map[string]bool{ref: true}
	for next := []string{ref}; len(next) > 0; next = next[1:] {
		for _, child := range m.shown.Children(next[0]) {
			if !seen[child.Ref] {
				seen[child.Ref] = true
				out, next = append(out, child), append(next, child.Ref)
			}
		}
	}
	return out
}

// staffingFigures are the big numbers, and a bar with the authorised mark for each type of post.
func staffingFigures(inst disclosure.Institution, s book.Staffing) Figures {
	f := Figures{Items: []Figure{
		{Label: word.Say("staffing.authorised"), Value: word.Say("number", s.Authorised)},
		{Label: word.Say("staffing.actual"), Value: word.Say("number", s.Actual)},
	}}
	if s.Over > 0 {
		f.Items = append(f.Items, Figure{Label: word.Say("staffing.excess"), Value: word.Say("number", s.Over), Tone: ToneAlarm})
	}
	if s.Vacant > 0 || s.Over == 0 {
		f.Items = append(f.Items, Figure{Label: word.Say("staffing.vacant"), Value: word.Say("number", s.Vacant)})
	}
	for _, p := range s.Posts {
		// Each type by its own measure: two posts of two are as full as forty of forty.
		most := max(1, p.Authorised, p.Actual)
		f.Rows = append(f.Rows, BarRow{
			Label: postWords(p.Type), Fraction: share(p.Actual, most), Mark: share(p.Authorised, most),
			Value: word.Say("staffing.posts", p.Actual, p.Authorised), Subject: SubjectStaffing,
		})
	}
	var notes []string
	if s.Away > 0 {
		notes = append(notes, word.Say("staffing.away", s.Away))
	}
	if inst.MandateDoc != "" {
		notes = append(notes, word.Say("staffing.basis", inst.MandateDoc))
	}
	f.Note = strings.Join(notes, "")
	return f
}

// postWords is a type of post without the word that stands in the heading already: 全额事业.
func postWords(post string) string { return strings.TrimSuffix(post, "编制") }

func institutionTabs(at At, units int) Tabs {
	roster, duties, below, changes := at, at, at, at
	roster.Tab, duties.Tab, below.Tab, changes.Tab = "", tabDuties, tabUnits, tabChanges
	tabs := []Tab{
		{Text: word.Say("institution.roster"), On: !slices.Contains([]string{tabDuties, tabUnits, tabChanges}, at.Tab), Touch: turn(roster)},
		{Text: word.Say("institution.duties"), On: at.Tab == tabDuties, Touch: turn(duties)},
	}
	if units > 0 {
		tabs = append(tabs, Tab{Text: word.Say("institution.units", units), On: at.Tab == tabUnits, Touch: turn(below)})
	}
	return Tabs{Items: append(tabs, Tab{Text: word.Say("changes.tab"), On: at.Tab == tabChanges, Touch: turn(changes)})}
}

func duties(inst disclosure.Institution) []string {
	if inst.Duties == "" {
		return []string{word.Say("institution.noduties")}
	}
	return strings.Split(inst.Duties, "\n")
}

func (m Model) roster(at At) List {
	people := m.shown.Roster(at.Ref)
	return List{
		Columns: []Column{{Weight: 2}, {Weight: 2}, {Weight: 1}, {}},
		Len:     len(people), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("institution.noroster"),
		Row: func(i int) Row {
			p := people[i]
			return Row{
				Cells: []Cell{
					{Text: p.Name, Style: StyleName},
					{Text: p.Position},
					{Text: postWords(p.PostType), Style: StyleSmall},
					{Chip: &Chip{Text: p.Status, Tone: ToneNeutral}},
				},
				Touch: Go{At{Page: PageIncumbent, Ref: p.Ref, Choice: at.Ref}},
			}
		},
	}
}

// incumbentPage shows exactly what the rules of 2006 publish of a person in post, and nothing else.
func (m Model) incumbentPage(at At) page {
	rec, _ := m.shown.Show(at.Ref)
	p, ok := rec.(*disclosure.Incumbent)
	if !ok {
		return gonePage()
	}
	inst := m.institutionName(p.Institution)
	fields := [][2]string{
		{word.Say("incumbent.unit"), inst},
		{word.Say("incumbent.organ"), p.InternalOrg},
		{word.Say("incumbent.position"), p.Position},
		{word.Say("incumbent.title"), p.Title},
		{word.Say("incumbent.gender"), p.Gender},
		{word.Say("incumbent.post"), p.PostType},
		{word.Say("incumbent.status"), p.Status},
		{word.Say("incumbent.entered"), p.EnteredOn.Chinese()},
		{word.Say("incumbent.channel"), p.EntryChannel},
		{word.Say("incumbent.card"), p.PostCardNo},
	}
	var known [][2]string
	for _, f := range fields {
		if f[1] != "" {
			known = append(known, f)
		}
	}
	return page{
		body: []Block{
			Crumbs{Items: []string{word.Say("home.staffing"), inst}},
			Heading{Text: p.Name},
			List{
				Columns: []Column{{}, {Weight: 1}}, Len: len(known), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
				Row: func(i int) Row {
					return Row{Cells: []Cell{{Text: known[i][0], Style: StyleSmall}, {Text: known[i][1], Style: StyleStrong}}}
				},
			},
			Buttons{Items: []Button{{Icon: "groups", Text: word.Say("incumbent.back"), Touch: Go{At{Page: PageInstitution, Ref: p.Institution}}}}},
		},
		phone: At{Ref: p.Institution, Choice: doorStaffing, About: word.Say("phone.about.staffing", inst)},
	}
}
