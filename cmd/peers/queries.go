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

// perClass is the number of queries of each class.
const perClass = 150

// makeQueries draws the same queries for every run from what there is to find.
func makeQueries(c *county) []query {
	r := rand.New(rand.NewPCG(7, 7))
	var out []query
	add := func(class string, q search.Query) {
		q.Limit = pageRows
		out = append(out, query{class: class, Query: q})
	}
	var named []search.Person
	for _, p := range c.people {
		if n := len([]rune(p.Name)); p.Type != "组织" && n >= 2 && n <= 3 {
			named = append(named, p)
		}
	}
	for range perClass {
		p := named[r.IntN(len(named))]
		for len([]rune(p.Name)) < 3 {
			p = named[r.IntN(len(named))]
		}
		cell := p.Cells[r.IntN(len(p.Cells))]
		runes := []rune(p.Name)
		var syllables []string
		initials := ""
		for _, s := range pinyin.NameReadings(p.Name) {
			syllables = append(syllables, s[0])
			initials += s[0][:1]
		}
		person := search.Query{In: search.InPeople, Village: p.Village}
		in := func(text string) search.Query { q := person; q.Text = text; return q }
		add("char1", in(string(runes[:1])))
		add("char2", in(string(runes[:2])))
		add("name", in(p.Name))
		add("initials1", in(initials[:1]))
		add("initials2", in(initials[:2]))
		add("initials3", in(initials[:3]))
		add("pinyin1", in(syllables[0]))
		add("pinyin2", in(syllables[0]+syllables[1]))
		add("pinyin", in(strings.Join(syllables, "")))
		add("mixture", in(string(runes[:1])+initials[1:2]))
		add("mixture_pinyin", in(string(runes[:1])+syllables[1]))
		add("syllable_initials", in(syllables[0]+initials[1:2]))
		filtered := in(string(runes[:1]))
		filtered.Year = cell.Year
		add("char1_year", filtered)
		filtered = in(string(runes[:1]))
		filtered.Fund = cell.Fund
		add("char1_fund", filtered)
		filtered = in(string(runes[:1]))
		filtered.Kind = cell.Kind
		add("char1_kind", filtered)
		if p.Group != "" {
			filtered = in(string(runes[:1]))
			filtered.Group = p.Group
			add("char1_group", filtered)
		}
		add("county_name", search.Query{In: search.InPeople, Text: p.Name})
		add("everyone", in(""))
		for _, sort := range []string{"name", "amount"} {
			q := search.Query{Village: p.Village, Kind: cell.Kind, Year: cell.Year, Limit: pageRows, Offset: r.IntN(4) * pageRows}
			out = append(out, query{class: "list_" + sort, Query: q, list: true, sort: sort})
		}
	}
	titles := map[string][]search.Entry{}
	for _, e := range c.entries {
		titles[e.Kind] = append(titles[e.Kind], e)
	}
	for _, k := range []struct{ kind, in string }{
		{search.KindInstitution, search.InInstitutions}, {search.KindPolicy, search.InPolicies}, {search.KindFund, search.InFunds},
	} {
		for range perClass {
			runes := []rune(titles[k.kind][r.IntN(len(titles[k.kind]))].Title)
			at := r.IntN(max(1, len(runes)-1))
			add(k.in, search.Query{In: k.in, Text: string(runes[at:min(at+2, len(runes))])})
		}
	}
	for i := range perClass {
		runes := []rune(titles[search.KindIncumbent][r.IntN(len(titles[search.KindIncumbent]))].Title)
		add(search.InIncumbents, search.Query{In: search.InIncumbents, Text: string(runes[:min(1+i%3, len(runes))])})
	}
	out = slices.DeleteFunc(out, func(q query) bool {
		return pinyin.FoldText(q.Text) != q.Text || strings.ContainsAny(q.Text, "（）《》〔〕·、， “”")
	})
	slices.SortStableFunc(out, func(a, b query) int { return strings.Compare(a.class, b.class) })
	return out
}
