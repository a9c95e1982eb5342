package press

import (
	"cmp"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
)

// unnamed adds up the allocations (拨付) of kinds that are published without names. What went to a village for two sick people
// is what they got, and what went to a township tells the same once the totals that may be shown are taken off. So only the
// county's sum is published, one record for each batch of a fund.
type unnamed struct {
	county disclosure.Code
	sums   map[disclosure.Allocation]*unnamedSum // keyed by fund, kind, year and batch alone
}

type unnamedSum struct {
	sum
	docs []string
}

func newUnnamed(county disclosure.Code) *unnamed {
	return &unnamed{county: county, sums: map[disclosure.Allocation]*unnamedSum{}}
}

// add counts an allocation in.
func (u *unnamed) add(a *disclosure.Allocation) {
	k := disclosure.Allocation{Fund: a.Fund, Kind: a.Kind, Year: a.Year, Batch: a.Batch}
	s := u.sums[k]
	if s == nil {
		s = &unnamedSum{}
		k.Fund, k.Kind = strings.Clone(k.Fund), strings.Clone(k.Kind) // the row they are part of is not kept
		u.sums[k] = s
	}
	s.amount += a.Amount
	s.see(a.PublishedOn, a.VisibleUntil, a.VisibleUntil == "")
	if !slices.Contains(s.docs, a.DocNo) {
		s.docs = append(s.docs, strings.Clone(a.DocNo))
	}
}

// records returns the sums in order of reference.
func (u *unnamed) records() []disclosure.Allocation {
	var out []disclosure.Allocation
	for a, s := range u.sums {
		slices.Sort(s.docs)
		a.Ref, a.PublishedOn = stableRef("U", a.Year, a.Batch, a.Fund, a.Kind), s.published
		a.Place, a.Amount, a.DocNo = u.county, s.amount, strings.Join(s.docs, "、")
		if !s.open {
			a.VisibleUntil = s.until
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b disclosure.Allocation) int { return cmp.Compare(a.Ref, b.Ref) })
	return out
}
