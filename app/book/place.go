package book

import (
	"cmp"
	"iter"
	"runtime/debug"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// places (区划表) is every place of an edition, by code.
type places struct {
	list []disclosure.Place // by code
	at   map[disclosure.Code]int
	// merged are, for each place, those that were merged into it, at once or by way of others.
	merged map[disclosure.Code][]disclosure.Code
}

func newPlaces(list []disclosure.Place) places {
	p := places{list: slices.Clone(list), at: map[disclosure.Code]int{}, merged: map[disclosure.Code][]disclosure.Code{}}
	slices.SortStableFunc(p.list, func(a, b disclosure.Place) int { return strings.Compare(string(a.Code), string(b.Code)) })
	for i, place := range p.list {
		p.at[place.Code] = i
	}
	for _, place := range p.list {
		for _, to := range p.follow(place.Code) {
			p.merged[to] = append(p.merged[to], place.Code)
		}
	}
	return p
}

func (p places) get(code disclosure.Code) (disclosure.Place, bool) {
	i, ok := p.at[code]
	if !ok {
		return disclosure.Place{}, false
	}
	return p.list[i], true
}

// follow returns every place that took a place over, at once or by way of others.
func (p places) follow(code disclosure.Code) []disclosure.Code {
	var out []disclosure.Code
	queue := []disclosure.Code{code}
	for len(queue) > 0 {
		place, _ := p.get(queue[0])
		queue = queue[1:]
		for _, s := range place.Successors {
			if to := disclosure.Code(s); to != code && !slices.Contains(out, to) {
				out = append(out, to)
				queue = append(queue, to)
			}
		}
	}
	return out
}

// scope returns the codes under which a place's payments are found: its own, then those of places merged into it.
func (p places) scope(code disclosure.Code) []disclosure.Code {
	return append([]disclosure.Code{code}, p.merged[code]...)
}

// up returns a place and what it lies in, topmost first.
func (p places) up(code disclosure.Code) []disclosure.Place {
	var out []disclosure.Place
	const levels = 8 // more than there are, so that a circle ends
	for range levels {
		place, ok := p.get(code)
		if !ok {
			break
		}
		out = append(out, place)
		code = place.Parent
	}
	slices.Reverse(out)
	return out
}

// ended reports whether a place was dissolved before a day.
func ended(place disclosure.Place, on disclosure.Date) bool {
	return place.ValidTo != "" && day(place.ValidTo) < day(on)
}

// village is what the index is told of a place where people were paid.
func (p places) village(code string) search.Village {
	v := search.Village{Code: code, Place: code}
	for _, c := range p.scope(disclosure.Code(code)) {
		v.Scope = append(v.Scope, string(c))
	}
	path := p.up(disclosure.Code(code))
	if len(path) == 0 {
		return v
	}
	var words []string
	for i, place := range path {
		if place.Level != "县" || i == len(path)-1 {
			words = append(words, place.Name)
		}
		if place.Level == "乡" {
			v.Town = string(place.Code)
		}
	}
	if last := path[len(path)-1]; last.ValidTo != "" && len(last.Successors) > 0 {
		words[len(words)-1] = "原" + last.Name
	}
	v.Place = strings.Join(words, " ")
	return v
}

// scopes returns the code of every village, and of every other place with payments.
func (p places) scopes(paid map[string]*run) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for _, place := range p.list {
			if place.Level == "村" {
				seen[string(place.Code)] = true
				if !yield(string(place.Code)) {
					return
				}
			}
		}
		for code := range paid {
			if !seen[code] && !yield(code) {
				return
			}
		}
	}
}

// now is the day on which places are looked at.
func (b *Book) now() disclosure.Date { return cmp.Or(b.today, b.head.AsOf) }

// Place returns the place of a code, also one that was dissolved.
func (b *Book) Place(code disclosure.Code) (disclosure.Place, bool) { return b.places().get(code) }

// Path returns a place with what it lies in: county, town, village.
func (b *Book) Path(code disclosure.Code) []disclosure.Place { return b.places().up(code) }

// Towns returns the towns (乡镇) there are now, by code.
func (b *Book) Towns() []disclosure.Place {
	return b.lying(func(p disclosure.Place) bool { return p.Level == "乡" })
}

// Villages returns the villages (村) of a town that there are now, by code.
func (b *Book) Villages(town disclosure.Code) []disclosure.Place {
	return b.lying(func(p disclosure.Place) bool { return p.Level == "村" && p.Parent == town })
}

func (b *Book) lying(want func(disclosure.Place) bool) []disclosure.Place {
	var out []disclosure.Place
	for _, p := range b.places().list {
		if want(p) && !ended(p, b.now()) {
			out = append(out, p)
		}
	}
	return out
}

// Successors returns the places of today that took over one that was merged or renamed.
func (b *Book) Successors(code disclosure.Code) []disclosure.Place {
	var out []disclosure.Place
	for _, to := range b.places().follow(code) {
		if p, ok := b.Place(to); ok && !ended(p, b.now()) {
			out = append(out, p)
		}
	}
	return out
}

func (b *Book) places() places {
	defer b.guard(debug.SetPanicOnFault(true))
	p, err := b.placeTable()
	b.note(err)
	return p
}
