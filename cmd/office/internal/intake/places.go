package intake

import (
	"slices"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
)

// gazetteer (地名表) finds the division that a sheet means by 乡镇 and 村.
type gazetteer struct {
	county   disclosure.Code
	places   []disclosure.Place
	towns    map[string][]found // by every name a town goes by
	villages map[string][]found
	cache    map[placeQuery]placeAnswer
}

// found is one place under one of its names. The lower rank counts: 0 the name, 1 the short name, 2 an alias, 3 a name without
// or with 村, 村委会 or 社区.
type found struct {
	place *disclosure.Place
	rank  int
}

type placeQuery struct {
	town, village string
	day, year     span
}

// span is from one ISO day to another; an empty end is open.
type span struct{ from, to string }

type placeAnswer struct {
	code       disclosure.Code
	column     string
	rule, hint string
	notThen    bool // the name is known, but not of that time
}

// endings are what stands behind a village's name or is left out there, the longest first.
var endings = []string{"社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会", "社区", "村"}

// stem is a village's name without its ending, so that 白水港村委会, 白水港村 and 白水港 are one.
func stem(name string) string {
	for _, e := range endings {
		if s, ok := strings.CutSuffix(name, e); ok && s != "" {
			return s
		}
	}
	return name
}

func newGazetteer(places []disclosure.Place) *gazetteer {
	g := &gazetteer{places: places, towns: map[string][]found{}, villages: map[string][]found{}, cache: map[placeQuery]placeAnswer{}}
	for i := range places {
		p := &places[i]
		index := g.villages
		switch p.Level {
		case "县":
			g.county = p.Code
			continue
		case "乡":
			index = g.towns
		}
		put := func(name string, rank int) {
			have := index[name]
			if at := slices.IndexFunc(have, func(f found) bool { return f.place == p }); at < 0 {
				index[name] = append(have, found{p, rank})
			}
		}
		put(p.Name, 0)
		put(p.ShortName, 1)
		for _, a := range p.Aliases {
			put(a, 2)
		}
		if p.Level == "村" {
			for _, n := range append([]string{p.Name, p.ShortName}, p.Aliases...) {
				put(stem(n), 3)
			}
		}
	}
	return g
}

// find returns the code of the place, or which heading is wrong and why. The place must have been there on the day; where
// none was, in the year, because a list of 2021 may still name a village that was merged in its spring.
func (g *gazetteer) find(q placeQuery) placeAnswer {
	a, ok := g.cache[q]
	if !ok {
		if a = g.search(q, q.day); a.notThen {
			a = g.search(q, q.year)
		}
		g.cache[q] = a
	}
	return a
}

func (g *gazetteer) search(q placeQuery, when span) placeAnswer {
	if q.town == "" && q.village == "" {
		if g.county == "" {
			return placeAnswer{column: disclosure.VillageHeading, rule: "还没有行政区划表", hint: "请先导入本县的“行政区划”表。"}
		}
		return placeAnswer{code: g.county}
	}
	var parents []found
	if q.town != "" {
		parents = g.towns[q.town]
		answer, ok := pick(parents, when, disclosure.TownHeading, "乡镇")
		if q.village == "" || !ok && len(parents) == 0 {
			return answer
		}
	}
	var candidates []found
	for _, key := range [...]string{q.village, stem(q.village)} {
		for _, f := range g.villages[key] {
			if key != q.village {
				f.rank = 3
			}
			if q.town == "" || slices.ContainsFunc(parents, func(t found) bool { return t.place.Code == f.place.Parent }) {
				candidates = append(candidates, f)
			}
		}
		if len(candidates) > 0 {
			break
		}
	}
	if len(candidates) == 0 && len(g.villages[q.village])+len(g.villages[stem(q.village)]) > 0 && q.town != "" {
		return placeAnswer{column: disclosure.VillageHeading, rule: "这个乡镇没有这个村", hint: "请核对乡镇和村是否写对。"}
	}
	answer, _ := pick(candidates, when, disclosure.VillageHeading, "村")
	return answer
}

// pick chooses the candidates of the best rank that were there at the time.
func pick(candidates []found, when span, column, what string) (placeAnswer, bool) {
	if len(candidates) == 0 {
		return placeAnswer{column: column, rule: "本县没有这个" + what, hint: "请核对名称；改过名、新设的，请先在“行政区划”表里加上。"}, false
	}
	var then []found
	for _, f := range candidates {
		if wasThere(f.place, when) {
			then = append(then, f)
		}
	}
	if len(then) == 0 {
		p := candidates[0].place
		hint := "请核对年度和" + what + "名。"
		if p.ValidTo != "" {
			hint = "“" + p.Name + "”到" + p.ValidTo.Chinese() + "为止，请写合并后的名称，或核对年度。"
		} else if p.ValidFrom != "" {
			hint = "“" + p.Name + "”从" + p.ValidFrom.Chinese() + "起才有，请写当时的名称，或核对年度。"
		}
		return placeAnswer{column: column, rule: "当时没有这个" + what, hint: hint, notThen: true}, false
	}
	best := slices.MinFunc(then, func(a, b found) int { return a.rank - b.rank }).rank
	then = slices.DeleteFunc(then, func(f found) bool { return f.rank != best })
	if len(then) > 1 {
		names := make([]string, len(then))
		for i, f := range then {
			names[i] = f.place.Name + "（" + string(f.place.Code) + "）"
		}
		return placeAnswer{
			column: column, rule: "有不止一个" + what + "叫这个名称：" + strings.Join(names, "、"),
			hint: "请写全称，并填上所在的乡镇。",
		}, false
	}
	return placeAnswer{code: then[0].place.Code}, true
}

func wasThere(p *disclosure.Place, when span) bool {
	if p.ValidFrom != "" && when.to != "" && firstDay(p.ValidFrom) > when.to {
		return false
	}
	return p.ValidTo == "" || when.from == "" || lastDay(p.ValidTo) >= when.from
}

func firstDay(d disclosure.Date) string {
	switch len(d) {
	case len("2006"):
		return string(d) + "-01-01"
	case len("2006-01"):
		return string(d) + "-01"
	}
	return string(d)
}

func lastDay(d disclosure.Date) string {
	t, ok := d.Last()
	if !ok {
		return string(d)
	}
	return t.Format(time.DateOnly)
}
