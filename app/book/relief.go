package book

import (
	"cmp"
	"runtime/debug"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
)

// Relief (社会救助合计) is what one kind that names nobody above the village brought in one year. Funds are those that paid it.
type Relief struct {
	Kind    disclosure.SubsidyKind
	Year    int64
	Persons int // households where the kind is paid to households
	Amount  disclosure.Fen
	Funds   []string
}

// Relief returns the totals of every kind of social aid (低保、特困) and of every kind that is published without names, newest
// year first, then by name of the kind.
func (b *Book) Relief() []Relief {
	defer b.guard(debug.SetPanicOnFault(true))
	type key struct {
		kind string
		year int64
	}
	at := map[key]*Relief{}
	b.eachRelief(func(kind disclosure.SubsidyKind, year int64, fund string, _ disclosure.Code, f Flow) {
		k := key{kind.Ref, year}
		if at[k] == nil {
			at[k] = &Relief{Kind: kind, Year: year}
		}
		r := at[k]
		r.Persons, r.Amount = r.Persons+f.Recipients, r.Amount+f.Paid
		if i, ok := slices.BinarySearch(r.Funds, fund); !ok {
			r.Funds = slices.Insert(r.Funds, i, fund)
		}
	})
	var out []Relief
	for _, r := range at {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(x, y Relief) int {
		return cmp.Or(cmp.Compare(y.Year, x.Year), strings.Compare(x.Kind.Name, y.Kind.Name), strings.Compare(x.Kind.Ref, y.Kind.Ref))
	})
	return out
}

// ReliefBelow returns what one kind of Relief brought in a year one level below a place. What few persons got stands no lower
// than the edition has it, so that all may be more than these.
func (b *Book) ReliefBelow(kind string, year int64, place disclosure.Code) []Flow {
	defer b.guard(debug.SetPanicOnFault(true))
	p := b.places()
	below := map[disclosure.Code]*Flow{}
	b.eachRelief(func(k disclosure.SubsidyKind, y int64, _ string, code disclosure.Code, f Flow) {
		to, ok := b.childOf(p, code, place)
		if k.Ref != kind || y != year || !ok {
			return
		}
		if below[to.Code] == nil {
			below[to.Code] = &Flow{Place: to}
		}
		below[to.Code].add(f)
	})
	var out []Flow
	for _, f := range below {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(x, y Flow) int { return strings.Compare(string(x.Place.Code), string(y.Place.Code)) })
	return out
}

// eachRelief calls yield with every total that is shown, and with every sum of social aid in one place.
func (b *Book) eachRelief(yield func(kind disclosure.SubsidyKind, year int64, fund string, place disclosure.Code, f Flow)) {
	kinds := b.kindTable()
	for _, t := range b.data.total.where(b, nil) {
		if k, ok := kinds[t.Kind]; ok {
			yield(k, t.Year, t.Fund, t.Place, Flow{Recipients: int(t.Persons), Paid: t.Amount})
		}
	}
	flows, err := b.data.flowsByPlace()
	b.note(err)
	for place, in := range flows {
		for _, f := range in.flows {
			if !kinds.aid(f.kind) || f.until != 0 && f.until < b.day {
				continue
			}
			if fund, ok := b.data.fund.get(b, f.fund); ok {
				yield(kinds[f.kind], fund.Year, f.fund, disclosure.Code(place), Flow{Recipients: f.people, Paid: disclosure.Fen(f.sum)})
			}
		}
	}
}
