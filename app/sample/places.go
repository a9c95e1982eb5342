package sample

import (
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/county"
)

// firstDayOfNewList is the day of the statistics that show the villages as they are now: the first day on which the new list
// is known to hold. When each village was in fact merged or recoded the statistics do not say.
const firstDayOfNewList = "2023-06-30"

// village (村) is where the sample's people live.
type village struct {
	place disclosure.Place
	town  disclosure.Place
	// old is the place that the village grew out of; payments before firstDayOfNewList stand under it.
	old disclosure.Place
}

// makePlaces returns the county, its townships and villages, those that are gone last, and the villages with their past.
func makePlaces(code string) ([]disclosure.Place, []village) {
	byCode := map[disclosure.Code]int{}
	var places []disclosure.Place
	for _, d := range county.Divisions(code) {
		byCode[disclosure.Code(d.Code)] = len(places)
		places = append(places, placeOf(d))
	}
	renamed(code, places, byCode)
	gone := abolished(code, places, byCode)
	var villages []village
	for _, p := range places {
		if p.Level != "村" {
			continue
		}
		v := village{place: p, town: places[byCode[p.Parent]]}
		for _, g := range gone {
			if slices.Contains(g.Successors, string(p.Code)) {
				v.old = g
			}
		}
		villages = append(villages, v)
	}
	return append(places, gone...), villages
}

func placeOf(d county.Division) disclosure.Place {
	p := disclosure.Place{
		Head:   disclosure.Head{Ref: "P" + d.Code, PublishedOn: "2023-12-01"},
		Code:   disclosure.Code(d.Code),
		Kind:   d.Kind,
		Parent: disclosure.Code(d.Parent),
	}
	p.Name, p.ShortName = spoken(d.Name)
	switch d.Level {
	case "county":
		p.Level, p.Parent = "县", ""
	case "town":
		p.Level = "乡"
	default:
		p.Level = "村"
		p.Aliases = []string{d.Name}
	}
	return p
}

// spoken returns a listed name as people say it, and its short form: 白水港村委会 is 白水港村, in short 白水港.
func spoken(listed string) (name, short string) {
	name = strings.TrimSuffix(listed, "委会")
	if name != listed && strings.HasSuffix(name, "居") {
		name = strings.TrimSuffix(name, "居")
		if !strings.HasSuffix(name, "社区") {
			name += "社区"
		}
	}
	short = name
	for _, kind := range []string{"社区", "村", "街道", "镇", "土家族乡", "乡", "管理委员会"} {
		if s := strings.TrimSuffix(name, kind); s != name && len([]rune(s)) > 1 {
			short = s
			break
		}
	}
	return name, short
}

func renamed(code string, places []disclosure.Place, byCode map[disclosure.Code]int) {
	for _, c := range county.Changes(code) {
		if c.How == "renamed" {
			p := &places[byCode[disclosure.Code(c.New)]]
			name, _ := spoken(c.OldName)
			p.Aliases = append(p.Aliases, name)
		}
	}
}

// abolished returns the villages that the list of 2019 had and that of 2023 has no more. The statistics do not say who took
// them over; the sample takes the recoded village, the new one of the same name in the same township, or else a new one
// there.
func abolished(code string, places []disclosure.Place, byCode map[disclosure.Code]int) []disclosure.Place {
	var fresh []*disclosure.Place
	for _, c := range county.Changes(code) {
		if c.How == "new" {
			p := &places[byCode[disclosure.Code(c.New)]]
			p.ValidFrom = firstDayOfNewList
			fresh = append(fresh, p)
		}
	}
	then := map[string]county.Division{}
	for _, d := range county.Divisions2019(code) {
		then[d.Code] = d
	}
	taken := map[disclosure.Code]bool{}
	var gone []disclosure.Place
	for _, c := range county.Changes(code) {
		if c.How != "abolished" && c.How != "recoded" {
			continue
		}
		p := placeOf(then[c.Old])
		p.ValidTo = dayBefore(firstDayOfNewList)
		heir := disclosure.Code(c.New)
		if heir == "" {
			heir = successor(p, fresh, taken)
		}
		taken[heir] = true
		p.Successors = []string{string(heir)}
		gone = append(gone, p)
	}
	return gone
}

func successor(gone disclosure.Place, fresh []*disclosure.Place, taken map[disclosure.Code]bool) disclosure.Code {
	var other disclosure.Code
	for _, p := range fresh {
		switch {
		case p.Parent != gone.Parent || taken[p.Code]:
		case p.ShortName == gone.ShortName:
			return p.Code
		case other == "" && p.ShortName != "莲花堰":
			other = p.Code
		}
	}
	return other
}
