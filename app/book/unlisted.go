package book

import (
	"runtime/debug"

	"mingbai.local/app/disclosure"
)

// Unlisted (拨了没名单) is money that was sent down to a village for a kind of which no list is published there.
type Unlisted struct {
	Village disclosure.Place
	Kind    disclosure.SubsidyKind
	Fund    string
	Amount  disclosure.Fen
}

// VillageLists counts the lists of a year that are published in villages with names, a village and a kind each.
func (b *Book) VillageLists(year int64) int {
	places, n := b.places(), 0
	for at := range b.listed(year) {
		village, ok := places.get(at.place)
		kind, known := b.Kind(at.kind)
		if ok && known && village.Level == "村" && kind.Publish == "名单" && kind.Aid == "" {
			n++
		}
	}
	return n
}

// Unlisted returns what was sent to villages in a year and stands on no list and in no total, by place. Payments made under the
// name of a village that was merged count for the one that took it over.
func (b *Book) Unlisted(year int64) []Unlisted {
	defer b.guard(debug.SetPanicOnFault(true))
	t, err := b.data.sent()
	if b.note(err); err != nil {
		return nil
	}
	places, listed := b.places(), b.listed(year)
	var out []Unlisted
	for _, code := range t.places {
		village, ok := places.get(disclosure.Code(code))
		if !ok || village.Level != "村" {
			continue
		}
		list, err := t.to(code)
		b.note(err)
		from := len(out)
		for i := range list {
			s := &list[i]
			kind, known := b.Kind(s.kind)
			if !known || s.year != year || !s.shown(b.day) || s.amount <= 0 || listed.any(places.scope(village.Code), s.kind) {
				continue
			}
			if n := len(out); n > from && out[n-1].Kind.Ref == kind.Ref {
				out[n-1].Amount += disclosure.Fen(s.amount)
				continue
			}
			out = append(out, Unlisted{Village: village, Kind: kind, Fund: s.fund, Amount: disclosure.Fen(s.amount)})
		}
	}
	return out
}

// placeKind is a kind in a place.
type placeKind struct {
	place disclosure.Code
	kind  string
}

type placeKinds map[placeKind]bool

func (p placeKinds) any(places []disclosure.Code, kind string) bool {
	for _, code := range places {
		if p[placeKind{code, kind}] {
			return true
		}
	}
	return false
}

// listed are the kinds that were paid in a year in each place, by name or in total.
func (b *Book) listed(year int64) placeKinds {
	defer b.guard(debug.SetPanicOnFault(true))
	out := placeKinds{}
	flows, err := b.data.flowsByPlace()
	b.note(err)
	for code, in := range flows {
		for _, f := range in.flows {
			// A payment from a fund that is not known may be of any year: it is not said to lack a list.
			if fund, ok := b.Fund(f.fund); (!ok || fund.Year == year) && (f.until == 0 || f.until >= b.day) {
				out[placeKind{disclosure.Code(code), f.kind}] = true
			}
		}
	}
	for _, t := range b.data.total.where(b, func(t *disclosure.Total) bool { return t.Year == year }) {
		out[placeKind{t.Place, t.Kind}] = true
	}
	return out
}
