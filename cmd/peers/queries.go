package main

import (
	"math/rand/v2"
	"slices"
	"strings"

	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
)

// query (查询) is one question of one class.
type query struct {
	class string
	search.Query
	list bool
	sort string // of a list
}

// nameChars is the number of characters of a name that a query reads.
const nameChars = 3

// perClass is the number of queries of each class.
const perClass = 100

// makeQueries draws the same queries for every run from what there is to find. Every other person is drawn among all people,
// who have frequent surnames mostly, and every other from a surname that was drawn among all surnames.
func makeQueries(c *county) []query {
	d := &drawing{c: c, r: rand.New(rand.NewPCG(7, 7)), surnames: map[string][]int{}, staff: map[string]bool{}}
	for _, e := range c.entries {
		if e.Kind == search.KindIncumbent {
			for _, t := range typedTexts(lettersOf(e.Title, true), 0, nameChars) {
				d.staff[t.text] = true
			}
		}
	}
	for at := range c.people {
		if p := &c.people[at]; p.typ != "组织" && len([]rune(p.name)) == 3 && pinyin.FoldText(p.name) == p.name {
			d.named = append(d.named, at)
			s := pinyin.Surname(p.name)
			d.surnames[s] = append(d.surnames[s], at)
		}
	}
	for _, s := range c.scopes {
		for _, at := range s.people {
			if s.town != "" {
				if d.town == nil {
					d.town = make([]string, len(c.people))
				}
				d.town[at] = s.town
			}
		}
	}
	for i := range perClass {
		d.person(d.draw(i%2 == 0))
		d.lists()
	}
	d.titles()
	d.out = slices.DeleteFunc(d.out, func(q query) bool {
		return pinyin.FoldText(q.Text) != q.Text || strings.ContainsAny(q.Text, "（）《》〔〕·、， “”")
	})
	slices.SortStableFunc(d.out, func(a, b query) int { return strings.Compare(a.class, b.class) })
	return d.out
}

type drawing struct {
	c        *county
	r        *rand.Rand
	named    []int // people with names of three characters
	surnames map[string][]int
	town     []string        // of each person
	staff    map[string]bool // the texts that find incumbents
	out      []query
}

func (d *drawing) draw(frequent bool) int {
	list := d.named
	if !frequent {
		all := sortedKeys(d.surnames)
		list = d.surnames[all[d.r.IntN(len(all))]]
	}
	return list[d.r.IntN(len(list))]
}

func (d *drawing) add(class, text string, q search.Query) {
	q.Text, q.Limit = text, pageRows
	d.out = append(d.out, query{class: class, Query: q})
}

// person adds the questions that lead to a person, in each scope.
func (d *drawing) person(at int) {
	p := &d.c.people[at]
	cell := p.cells[d.r.IntN(len(p.cells))]
	runes := []rune(p.name)
	char1, char2 := string(runes[:1]), string(runes[:2])
	var syllables []string
	initials := ""
	for _, s := range pinyin.NameReadings(p.name) {
		syllables = append(syllables, s[0])
		initials += s[0][:1]
	}
	full := strings.Join(syllables, "")
	village := search.Query{In: search.InPeople, Village: p.village}
	town := search.Query{In: search.InPeople, Town: d.town[at]}
	county := search.Query{In: search.InPeople}
	for _, s := range []struct {
		before string
		q      search.Query
	}{{"", village}, {"town_", town}, {"county_", county}} {
		d.add(s.before+"char1", char1, s.q)
		d.add(s.before+"char2", char2, s.q)
		d.add(s.before+"full", p.name, s.q)
		d.add(s.before+"initials1", initials[:1], s.q)
		d.add(s.before+"initials2", initials[:2], s.q)
		d.add(s.before+"initials3", initials, s.q)
		d.add(s.before+"pinyin", full, s.q)
		d.add(s.before+"mixture", char1+initials[1:2], s.q)
		year := s.q
		year.Year = cell.year
		d.add(s.before+"char1_year", char1, year)
	}
	d.add("pinyin1", syllables[0], village)
	d.add("pinyin2", syllables[0]+syllables[1], village)
	d.add("mixture_pinyin", char1+syllables[1], village)
	d.add("syllable_initials", syllables[0]+initials[1:2], village)
	d.add("everyone", "", village)
	fund, kind, group := village, village, village
	fund.Fund, kind.Kind, group.Group = cell.fund, cell.kind, p.group
	d.add("char1_fund", char1, fund)
	d.add("char1_kind", char1, kind)
	if p.group != "" {
		d.add("char1_group", char1, group)
	}
	kind.Village, kind.Town = "", town.Town
	d.add("town_char1_kind", char1, kind)
	d.add("county_name", p.name, search.Query{In: search.InPeople, Whole: true})
	all := search.Query{In: search.InAll, Village: p.village}
	for _, of := range []struct{ class, text string }{{"all_char1", char1}, {"all_initials2", initials[:2]}, {"all_full", p.name}} {
		// Where no incumbent is found exactly, the box names those by ear too, which no peer can.
		if d.staff[of.text] {
			d.add(of.class, of.text, all)
		}
	}
}

// lists adds pages of a list, whole and of one group, in both orders.
func (d *drawing) lists() {
	l := &d.c.lists[d.r.IntN(len(d.c.lists))]
	groups := sortedKeys(l.sizes)
	for _, of := range []struct{ name, group string }{{"list_", ""}, {"list_group_", groups[d.r.IntN(len(groups))]}} {
		if of.name != "list_" && of.group == "" {
			continue
		}
		page := d.r.IntN((l.size(of.group)-1)/pageRows + 1)
		for _, sort := range []string{"name", "amount"} {
			q := search.Query{Village: l.village, Kind: l.kind, Year: l.year, Group: of.group, Limit: pageRows, Offset: page * pageRows}
			d.out = append(d.out, query{class: of.name + sort, Query: q, list: true, sort: sort})
		}
	}
}

// titles adds pieces of titles and of incumbents' names.
func (d *drawing) titles() {
	titles := map[string][]search.Entry{}
	for _, e := range d.c.entries {
		titles[e.Kind] = append(titles[e.Kind], e)
	}
	for _, kind := range []string{search.KindInstitution, search.KindPolicy, search.KindFund, search.KindPlace} {
		for range perClass {
			runes := []rune(titles[kind][d.r.IntN(len(titles[kind]))].Title)
			at := d.r.IntN(max(1, len(runes)-1))
			piece := string(runes[at:min(at+2, len(runes))])
			d.add(subject[kind], piece, search.Query{In: subject[kind]})
			if kind != search.KindInstitution || strings.ContainsAny(piece, "（）") {
				continue
			}
			letters, initials := "", ""
			for _, r := range piece {
				if list := pinyin.Readings(r); len(list) > 0 {
					letters, initials = letters+list[0], initials+list[0][:1]
				}
			}
			d.add("institutions_initials", initials, search.Query{In: subject[kind]})
			d.add("institutions_pinyin", letters, search.Query{In: subject[kind]})
		}
	}
	for i := range perClass {
		runes := []rune(titles[search.KindIncumbent][d.r.IntN(len(titles[search.KindIncumbent]))].Title)
		d.add(search.InIncumbents, string(runes[:min(1+i%3, len(runes))]), search.Query{In: search.InIncumbents})
	}
}
