package book

import (
	"cmp"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// ListHead (名单目录) is one list of a village.
type ListHead struct {
	Kind, KindName string
	Year           int64
	Found          int // rows; persons where TotalsOnly
	Sum            disclosure.Fen
	TotalsOnly     bool // published without names (只公布合计)
}

// ListQuery (名单查询) names a list and the page of it.
type ListQuery struct {
	Village       disclosure.Code
	Kind          string
	Year          int64
	Group         string // empty is all
	Sort          string // "name", or "amount" for the largest first
	Offset, Limit int
}

// List (邻居账) is everyone of a village, or of one group, whom one kind was paid in one year, and what was sent down for it.
type List struct {
	Found int
	Sum   disclosure.Fen
	// What was sent down for the list of the whole village (拨付到村), all groups, and the list's sum less that.
	Allocated     disclosure.Fen
	HasAllocation bool
	Difference    disclosure.Fen
	Remark        string // names a known difference
	Rows          []ListRow
	FundRef       string
	TotalsOnly    bool
}

// ListRow (名单一行) is one payment. No counts in the chosen sort, from 1. PersonRef is empty where the row opens nothing,
// which is so for social aid.
type ListRow struct {
	No        int
	PersonRef string
	disclosure.Disbursement
}

// NewsItem (新发放) is the latest payment of one kind in a village, without names.
type NewsItem struct {
	Kind, KindName string
	Year           int64
	PaidOn         disclosure.Date
	Recipients     int
	Unit           string // 户 or 人
	Sum            disclosure.Fen
}

// ledgers returns the payments found under a village.
func (b *Book) ledgersOf(village disclosure.Code) []*ledger {
	var out []*ledger
	for _, code := range b.places().scope(village) {
		if l := b.ledger(string(code)); l != nil {
			out = append(out, l)
		}
	}
	return out
}

// Lists returns the lists of a village, newest year first, then by name of the kind.
func (b *Book) Lists(village disclosure.Code) []ListHead {
	defer b.guard(debug.SetPanicOnFault(true))
	kinds := b.kindTable()
	heads := map[listKey]*ListHead{}
	add := func(kind string, year int64, found int, sum disclosure.Fen, totals bool) {
		key := listKey{kind: kind, year: year}
		h := heads[key]
		if h == nil {
			h = &ListHead{Kind: kind, KindName: kinds.name(kind), Year: year, TotalsOnly: totals}
			heads[key] = h
		}
		h.Found += found
		h.Sum += sum
	}
	for _, l := range b.ledgersOf(village) {
		for row := range l.rows {
			if l.visible(row, b.day) {
				add(l.columns[storedKind].text(row), l.columns[storedYear].int(row), 1, disclosure.Fen(l.columns[storedAmount].int(row)), false)
			}
		}
	}
	for _, t := range b.totals(village, "", 0) {
		add(t.Kind, t.Year, int(t.Persons), t.Amount, true)
	}
	out := make([]ListHead, 0, len(heads))
	for h := range maps.Values(heads) {
		out = append(out, *h)
	}
	slices.SortFunc(out, func(a, b ListHead) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), strings.Compare(a.KindName, b.KindName), strings.Compare(a.Kind, b.Kind))
	})
	return out
}

// totals returns the totals published without names that stand under a place; every kind and year where none is given.
func (b *Book) totals(place disclosure.Code, kind string, year int64) []disclosure.Total {
	scope := b.places().scope(place)
	return b.data.total.where(b, func(t *disclosure.Total) bool {
		return (kind == "" || t.Kind == kind && t.Year == year) && slices.Contains(scope, t.Place)
	})
}

// at is one payment of one ledger.
type at struct {
	*ledger
	row, person int
}

// matching returns the payments that a query asks for, all pages, in order, and the sum of the list with all groups.
func (b *Book) matching(q ListQuery) (list []at, whole disclosure.Fen) {
	ledgers := b.ledgersOf(q.Village)
	for _, l := range ledgers {
		for i := range l.people {
			for row := l.first[i]; row < l.first[i+1]; row++ {
				if l.columns[storedYear].int(row) != q.Year || l.columns[storedKind].text(row) != q.Kind || !l.visible(row, b.day) {
					continue
				}
				whole += disclosure.Fen(l.columns[storedAmount].int(row))
				if q.Group == "" || l.people[i].Group == q.Group {
					list = append(list, at{l, row, i})
				}
			}
		}
	}
	byName := func(a, b at) int {
		if a.ledger == b.ledger {
			return cmp.Or(a.person-b.person, b.row-a.row)
		}
		return cmp.Or(search.ComparePeople(a.people[a.person], b.people[b.person]), strings.Compare(a.code, b.code))
	}
	if q.Sort == "amount" {
		amount := func(x at) int64 { return x.columns[storedAmount].int(x.row) }
		slices.SortFunc(list, func(a, b at) int { return cmp.Or(cmp.Compare(amount(b), amount(a)), byName(a, b)) })
	} else {
		slices.SortFunc(list, byName)
	}
	return list, whole
}

// List returns one page of a village's list with its reconciliation (对账).
func (b *Book) List(q ListQuery) List {
	defer b.guard(debug.SetPanicOnFault(true))
	all, whole := b.matching(q)
	out := List{Found: len(all)}
	for _, x := range all {
		out.Sum += disclosure.Fen(x.columns[storedAmount].int(x.row))
	}
	if len(all) > 0 {
		out.FundRef = all[0].columns[storedFund].text(all[0].row)
	} else {
		for _, t := range b.totals(q.Village, q.Kind, q.Year) {
			out.Found += int(t.Persons)
			out.Sum += t.Amount
			out.FundRef, out.TotalsOnly = t.Fund, true
			whole += t.Amount
		}
	}
	b.reconcile(&out, q, whole)
	aid := b.kindTable().aid(q.Kind)
	start := min(max(q.Offset, 0), len(all))
	end := start + min(max(q.Limit, 0), len(all)-start)
	for i, x := range all[start:end] {
		d, err := x.payment(x.row)
		b.note(err)
		row := ListRow{No: start + i + 1, Disbursement: d}
		if !aid {
			row.PersonRef = x.people[x.person].Ref()
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// reconcile compares the list with what was sent down for it.
func (b *Book) reconcile(out *List, q ListQuery, whole disclosure.Fen) {
	to, err := b.data.allocatedTo()
	b.note(err)
	var remarks []string
	for _, code := range b.places().scope(q.Village) {
		for _, a := range to[listKey{code, q.Kind, q.Year}] {
			if !b.shown(a.Head) {
				continue
			}
			out.Allocated += a.Amount
			out.HasAllocation = true
			out.FundRef = cmp.Or(out.FundRef, a.Fund)
			if a.Remark != "" && !slices.Contains(remarks, a.Remark) {
				remarks = append(remarks, a.Remark)
			}
		}
	}
	out.Remark = strings.Join(remarks, "；")
	if out.HasAllocation {
		out.Difference = whole - out.Allocated
	}
}

// RowOf returns where the first row of a person stands in a list, counted from 0 without regard to the page.
func (b *Book) RowOf(q ListQuery, personRef string) (offset int, ok bool) {
	defer b.guard(debug.SetPanicOnFault(true))
	if b.kindTable().aid(q.Kind) {
		return 0, false
	}
	village, _ := search.RefVillage(personRef)
	all, _ := b.matching(q)
	for i, x := range all {
		if x.code == village && x.people[x.person].Ref() == personRef {
			return i, true
		}
	}
	return 0, false
}

// News returns the latest payments of each kind in a village, newest first, at most limit. Social aid is no news, nor is a
// payment to fewer than five, since that would be news of persons.
func (b *Book) News(village disclosure.Code, limit int) []NewsItem {
	defer b.guard(debug.SetPanicOnFault(true))
	const fewest = 5
	latest := map[string]*NewsItem{}
	batch := map[string]int64{}
	people := map[string]map[string]bool{}
	kinds := b.kindTable()
	for _, l := range b.ledgersOf(village) {
		for i, p := range l.people {
			for row := l.first[i]; row < l.first[i+1]; row++ {
				kind := l.columns[storedKind].text(row)
				if !l.visible(row, b.day) || kinds.aid(kind) {
					continue
				}
				year, paidOn, no := l.columns[storedYear].int(row), disclosure.Date(l.columns[storedPaidOn].text(row)), l.columns[storedBatch].int(row)
				n := latest[kind]
				if n == nil || year > n.Year || year == n.Year && no > batch[kind] {
					n = &NewsItem{Kind: kind, KindName: kinds.name(kind), Year: year, Unit: "户"}
					latest[kind], batch[kind], people[kind] = n, no, map[string]bool{}
				}
				if year != n.Year || no != batch[kind] {
					continue
				}
				n.PaidOn = max(n.PaidOn, paidOn)
				n.Sum += disclosure.Fen(l.columns[storedAmount].int(row))
				people[kind][p.Ref()] = true
				if p.Type == "个人" {
					n.Unit = "人"
				}
			}
		}
	}
	var out []NewsItem
	for kind, n := range latest {
		if n.Recipients = len(people[kind]); n.Recipients >= fewest {
			out = append(out, *n)
		}
	}
	slices.SortFunc(out, func(a, b NewsItem) int {
		return cmp.Or(strings.Compare(string(b.PaidOn), string(a.PaidOn)), strings.Compare(a.Kind, b.Kind))
	})
	return out[:min(limit, len(out))]
}
