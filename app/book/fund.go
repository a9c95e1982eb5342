package book

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/section"
)

// Flow (资金流向) is what one place got from a fund: Allocated was sent down to it or into it, Paid reached recipients there. ForLists
// is the part of Allocated that was sent to be paid by list; Paid less that is what a list owes or has too much.
type Flow struct {
	Place                     disclosure.Place
	Recipients                int
	Paid, Allocated, ForLists disclosure.Fen
}

// placeFlows (一地各项资金) is what was paid from each fund in one place, by the last day on which it is shown.
//
//	section := texts uvarint(places) place×n
//	place   := text(code) uvarint(n) flow×n
//	flow    := uvarint(fund) uvarint(kind) uvarint(until) uvarint(people) varint(sum)
//
// Fund and kind are indexes into the texts, which stand in order of first use.
// People are those whose last payment to be shown from that fund and of that kind has that day, so that people of several
// days add up. Places and their flows are ascending.
type placeFlows struct {
	place string
	flows []flow
}

type flow struct {
	flowKey
	people int
	sum    int64
}

type flowKey struct {
	fund, kind string
	until      int
}

func compareFlows(a, b flowKey) int {
	return cmp.Or(strings.Compare(a.fund, b.fund), strings.Compare(a.kind, b.kind), cmp.Compare(a.until, b.until))
}

func encodeFlows(list []placeFlows) []byte {
	at, texts := map[string]uint64{}, []string(nil)
	index := func(s string) uint64 {
		n, ok := at[s]
		if !ok {
			n = uint64(len(texts))
			at[s] = n
			texts = append(texts, s)
		}
		return n
	}
	out := binary.AppendUvarint(nil, uint64(len(list)))
	for _, p := range list {
		out = section.AppendText(out, p.place)
		out = binary.AppendUvarint(out, uint64(len(p.flows)))
		for _, f := range p.flows {
			for _, v := range [...]uint64{index(f.fund), index(f.kind), uint64(f.until), uint64(f.people)} {
				out = binary.AppendUvarint(out, v)
			}
			out = binary.AppendVarint(out, f.sum)
		}
	}
	return append(section.AppendTexts(nil, texts), out...)
}

func decodeFlows(b []byte) (map[string]placeFlows, error) {
	c := section.Read(b)
	texts := c.Texts()
	seen := make(map[string]bool, len(texts))
	for _, s := range texts {
		if seen[s] {
			c.Fail("%q stands there twice", s)
		}
		seen[s] = true
	}
	used := 0
	text := func() string {
		n := c.Below(min(len(texts), used+1))
		if c.Err() != nil {
			return ""
		}
		used = max(used, n+1)
		return texts[n]
	}
	out := map[string]placeFlows{}
	last := ""
	for i := range c.Len(2) {
		p := placeFlows{place: c.Text()}
		if i > 0 && p.place <= last {
			c.Fail("places are not ascending")
		}
		last = p.place
		p.flows = make([]flow, c.Len(5))
		for k := range p.flows {
			f := &p.flows[k]
			f.fund, f.kind, f.until, f.people, f.sum = text(), text(), c.Count(), c.Count(), c.Int()
			if k > 0 && compareFlows(p.flows[k-1].flowKey, f.flowKey) >= 0 {
				c.Fail("flows are not ascending")
			}
		}
		if c.Err() != nil {
			break
		}
		out[p.place] = p
	}
	if used != len(texts) {
		c.Fail("texts are not all used")
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("flows: %w", err)
	}
	return out, nil
}

// FundYears returns the years in which there are funds, newest first.
func (b *Book) FundYears() []int64 {
	defer b.guard(debug.SetPanicOnFault(true))
	return years(b.data.fund.where(b, nil), func(f disclosure.Fund) int64 { return f.Year })
}

func years[T any](list []T, year func(T) int64) []int64 {
	seen := map[int64]bool{}
	for _, rec := range list {
		seen[year(rec)] = true
	}
	out := slices.Sorted(maps.Keys(seen))
	slices.Reverse(out)
	return out
}

// Funds returns the funds of a year by catalogue number.
func (b *Book) Funds(year int64) []disclosure.Fund {
	defer b.guard(debug.SetPanicOnFault(true))
	out := b.data.fund.where(b, func(f *disclosure.Fund) bool { return f.Year == year })
	slices.SortStableFunc(out, func(a, b disclosure.Fund) int { return cmp.Compare(a.CatalogueNo, b.CatalogueNo) })
	return out
}

// Fund returns the fund of a reference.
func (b *Book) Fund(ref string) (disclosure.Fund, bool) {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.fund.get(b, ref)
}

// Flow returns where a fund's money went, one level below a place: the towns of the county, the villages of a town. Payments in
// a merged village count for its successor; a place that got nothing is left out.
func (b *Book) Flow(fund string, place disclosure.Code) []Flow {
	defer b.guard(debug.SetPanicOnFault(true))
	p := b.places()
	below := map[disclosure.Code]*Flow{}
	b.eachFlow(fund, func(code disclosure.Code, f Flow) {
		to, ok := b.childOf(p, code, place)
		if !ok {
			return
		}
		if below[to.Code] == nil {
			below[to.Code] = &Flow{Place: to}
		}
		below[to.Code].add(f)
	})
	out := make([]Flow, 0, len(below))
	for _, f := range below {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Flow) int { return strings.Compare(string(a.Place.Code), string(b.Place.Code)) })
	return out
}

// FlowInto returns what a place and everything in it got from a fund. It is more than all of Flow where money stayed with the
// place itself, and where a total of few persons was taken up to it.
func (b *Book) FlowInto(fund string, place disclosure.Code) Flow {
	defer b.guard(debug.SetPanicOnFault(true))
	p := b.places()
	var sum Flow
	sum.Place, _ = p.get(place)
	b.eachFlow(fund, func(code disclosure.Code, f Flow) {
		if b.within(p, code, place) {
			sum.add(f)
		}
	})
	return sum
}

func (f *Flow) add(g Flow) {
	f.Recipients += g.Recipients
	f.Paid += g.Paid
	f.Allocated += g.Allocated
	f.ForLists += g.ForLists
}

// eachFlow calls yield with everything shown that was paid from a fund, that was sent down from it, and where.
func (b *Book) eachFlow(fund string, yield func(disclosure.Code, Flow)) {
	flows, err := b.data.flowsByPlace()
	b.note(err)
	for code, in := range flows {
		for _, f := range in.flows {
			if f.fund == fund && (f.until == 0 || f.until >= b.day) {
				yield(disclosure.Code(code), Flow{Recipients: f.people, Paid: disclosure.Fen(f.sum)})
			}
		}
	}
	for _, t := range b.data.total.where(b, func(t *disclosure.Total) bool { return t.Fund == fund }) {
		yield(t.Place, Flow{Recipients: int(t.Persons), Paid: t.Amount})
	}
	b.sentFrom(fund, func(place disclosure.Code, s *sent) {
		f := Flow{Allocated: disclosure.Fen(s.amount)}
		if s.kind != "" {
			f.ForLists = f.Allocated
		}
		yield(place, f)
	})
}

// within reports whether a place is another or lies in it today.
func (b *Book) within(p places, code, outer disclosure.Code) bool {
	if code == outer || slices.Contains(p.follow(code), outer) {
		return true
	}
	_, ok := b.childOf(p, code, outer)
	return ok
}

// childOf returns the place one level below outer in which code lies today.
func (b *Book) childOf(p places, code, outer disclosure.Code) (disclosure.Place, bool) {
	for _, at := range append([]disclosure.Code{code}, p.follow(code)...) {
		path := p.up(at)
		i := slices.IndexFunc(path, func(q disclosure.Place) bool { return q.Code == outer })
		if i < 0 || i == len(path)-1 || ended(path[i+1], b.now()) && len(path[i+1].Successors) > 0 {
			continue
		}
		return path[i+1], true
	}
	return disclosure.Place{}, false
}

// FundKinds returns the kinds of subsidy that are paid from a fund, by id.
func (b *Book) FundKinds(fund string) []disclosure.SubsidyKind {
	defer b.guard(debug.SetPanicOnFault(true))
	seen := map[string]bool{}
	flows, err := b.data.flowsByPlace()
	b.note(err)
	for _, in := range flows {
		for _, f := range in.flows {
			if f.fund == fund && (f.until == 0 || f.until >= b.day) {
				seen[f.kind] = true
			}
		}
	}
	for _, t := range b.data.total.where(b, func(t *disclosure.Total) bool { return t.Fund == fund }) {
		seen[t.Kind] = true
	}
	b.sentFrom(fund, func(_ disclosure.Code, s *sent) { seen[s.kind] = true })
	delete(seen, "") // of money that no household gets
	var out []disclosure.SubsidyKind
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		if k, ok := b.Kind(id); ok {
			out = append(out, k)
		}
	}
	return out
}
