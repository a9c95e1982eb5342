package book

import (
	"cmp"
	"runtime/debug"
	"slices"
	"sort"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/roll"
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

// ListRow (名单一行) is one payment. No counts in the chosen sort, from 1. A reference that follows from the payment is left
// empty, since no list shows one: Key makes it.
type ListRow struct {
	No int
	disclosure.Disbursement
	aid bool
}

// PersonRef returns the reference of who was paid. It is empty where the row opens nothing, which is so for social aid.
func (r *ListRow) PersonRef() string {
	if r.aid {
		return ""
	}
	p := search.Person{Village: string(r.Place), Group: r.Group, Name: r.Name, NamesakeNo: r.NamesakeNo, Type: r.Type}
	return p.Ref()
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

// ledgersOf returns the payments found under a village.
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
	var out []ListHead
	name := ""
	add := func(kind string, year int64, found int, sum disclosure.Fen, totals bool) {
		if n := len(out); n == 0 || out[n-1].Kind != kind {
			name = kinds.name(kind)
		}
		out = append(out, ListHead{Kind: kind, KindName: name, Year: year, Found: found, Sum: sum, TotalsOnly: totals})
	}
	for _, l := range b.ledgersOf(village) {
		lists := l.Lists()
		out = slices.Grow(out, len(lists))
		for i := range lists {
			if p := l.part(&lists[i], ListQuery{}, b.day); p.n > 0 {
				add(p.Kind, p.Year, p.n, p.sum, false)
			}
		}
	}
	for _, t := range b.totals(village, "", 0) {
		add(t.Kind, t.Year, int(t.Persons), t.Amount, true)
	}
	slices.SortStableFunc(out, func(a, b ListHead) int {
		if a.Year != b.Year {
			return cmp.Compare(b.Year, a.Year)
		}
		return cmp.Or(strings.Compare(a.KindName, b.KindName), strings.Compare(a.Kind, b.Kind))
	})
	// What was paid in villages that became one stands once.
	merged := out[:0]
	for _, h := range out {
		if n := len(merged); n > 0 && merged[n-1].Kind == h.Kind && merged[n-1].Year == h.Year {
			merged[n-1].Found += h.Found
			merged[n-1].Sum += h.Sum
		} else {
			merged = append(merged, h)
		}
	}
	return merged
}

// totals returns the totals published without names that stand under a place; every kind and year where none is given.
func (b *Book) totals(place disclosure.Code, kind string, year int64) []disclosure.Total {
	scope := b.places().scope(place)
	return b.data.total.where(b, func(t *disclosure.Total) bool {
		return (kind == "" || t.Kind == kind && t.Year == year) && slices.Contains(scope, t.Place)
	})
}

// part (一地的名单) is what a query asks for of the list of one place, in its order.
type part struct {
	*ledger
	*roll.List
	byAmount   bool
	rows       []int32 // those asked for; nil where all are
	n          int
	sum, whole disclosure.Fen // of those asked for, and of those shown, whatever their group
}

// part returns what a query asks for of a list. Where all of it is shown and no group is asked for, its head says so.
func (l *ledger) part(list *roll.List, q ListQuery, day int) part {
	p := part{ledger: l, List: list, byAmount: q.Sort == sortAmount}
	if q.Group == "" && list.AllShown(day) {
		p.n, p.sum, p.whole = list.Rows, disclosure.Fen(list.Sum), disclosure.Fen(list.Sum)
		return p
	}
	if !l.readable(list) {
		return p
	}
	p.rows = []int32{}
	group, of := -1, []uint32(nil)
	if q.Group != "" {
		t := l.traits()
		if group = slices.Index(t.groups, q.Group); group < 0 {
			group = len(t.groups)
		}
		of = t.group
	}
	all := list.AllShown(day)
	for i := range list.Rows {
		if p.byAmount {
			i = list.Largest(i)
		}
		if !all && !list.Shown(i, day) {
			continue
		}
		in := group < 0 || int(of[list.Person(i)]) == group
		if all && !in {
			continue // the head of the list has his amount
		}
		amount := disclosure.Fen(list.Amount(i))
		p.whole += amount
		if in {
			p.rows = append(p.rows, int32(i))
			p.sum += amount
		}
	}
	if all {
		p.whole = disclosure.Fen(list.Sum)
	}
	p.n = len(p.rows)
	return p
}

const sortAmount = "amount"

// row returns the row that stands at i in the order asked for.
func (p *part) row(i int) int {
	switch {
	case p.rows != nil:
		return int(p.rows[i])
	case p.byAmount:
		return p.Largest(i)
	}
	return i
}

// before reports whether what stands at i in p comes before what stands at k in o, which is of another place.
func (p *part) before(i int, o *part, k int) bool {
	i, k = p.row(i), o.row(k)
	amounts := 0
	if p.byAmount {
		amounts = cmp.Compare(o.Amount(k), p.Amount(i))
	}
	if amounts != 0 {
		return amounts < 0
	}
	return cmp.Or(search.ComparePeople(p.who(p.Person(i)), o.who(o.Person(k))), strings.Compare(p.code, o.code)) < 0
}

// matching returns what a query asks for in the places where it is paid.
func (b *Book) matching(q ListQuery) []part {
	var out []part
	for _, l := range b.ledgersOf(q.Village) {
		if list := l.list(q.Kind, q.Year); list != nil {
			out = append(out, l.part(list, q, b.day))
		}
	}
	return out
}

// first returns the index of the part whose row at its place comes first, -1 where nothing is left.
func first(parts []part, at []int) int {
	best := -1
	for k := range parts {
		if at[k] < parts[k].n && (best < 0 || parts[k].before(at[k], &parts[best], at[best])) {
			best = k
		}
	}
	return best
}

// skip returns how many rows of each part stand before the row at offset of all of them in one order. It passes over as many at
// once as cannot go too far: of the rows up to the same place of each part, the least of the last ones has all others before it.
func skip(parts []part, offset int) []int {
	at := make([]int, len(parts))
	if len(parts) == 1 {
		at[0] = min(offset, parts[0].n)
		return at
	}
	last := make([]int, len(parts))
	for offset > 0 && len(parts) > 0 {
		step := max(1, offset/len(parts))
		for k := range parts {
			last[k] = parts[k].n
			if at[k] < parts[k].n {
				last[k] = min(at[k]+step, parts[k].n) - 1
			}
		}
		k := first(parts, last)
		if k < 0 {
			break
		}
		offset -= last[k] + 1 - at[k]
		at[k] = last[k] + 1
	}
	return at
}

// List returns one page of a village's list with its reconciliation (对账).
func (b *Book) List(q ListQuery) List {
	var out List
	b.ListInto(q, &out)
	return out
}

// ListInto is List into one that is used again, which saves setting its memory aside anew.
func (b *Book) ListInto(q ListQuery, out *List) {
	defer b.guard(debug.SetPanicOnFault(true))
	parts := b.matching(q)
	*out = List{Rows: out.Rows[:0]}
	whole := disclosure.Fen(0)
	for i := range parts {
		out.Found += parts[i].n
		out.Sum += parts[i].sum
		whole += parts[i].whole
	}
	if out.Found > 0 {
		at := skip(parts, 0)
		k := first(parts, at)
		out.FundRef = parts[k].Template(parts[k].row(0)).Fund
	} else {
		for _, t := range b.totals(q.Village, q.Kind, q.Year) {
			out.Found += int(t.Persons)
			out.Sum += t.Amount
			out.FundRef, out.TotalsOnly = t.Fund, true
			whole += t.Amount
		}
	}
	b.reconcile(out, q, whole)
	aid := b.kindTable().aid(q.Kind)
	offset := max(q.Offset, 0)
	at := skip(parts, offset)
	if len(parts) > 0 {
		out.Rows = slices.Grow(out.Rows, max(0, min(q.Limit, out.Found-offset)))
	}
	for i := range max(q.Limit, 0) {
		k := first(parts, at)
		if k < 0 {
			break
		}
		p := &parts[k]
		row := p.row(at[k])
		at[k]++
		who := p.who(p.Person(row))
		out.Rows = append(out.Rows, ListRow{No: offset + i + 1, aid: aid})
		p.payment(p.List, row, &who, &out.Rows[len(out.Rows)-1].Disbursement)
	}
}

// reconcile compares the list with what was sent down for it.
func (b *Book) reconcile(out *List, q ListQuery, whole disclosure.Fen) {
	var remarks []string
	for _, code := range b.places().scope(q.Village) {
		for _, s := range b.sentFor(code, q.Kind, q.Year) {
			if !s.shown(b.day) {
				continue
			}
			out.Allocated += disclosure.Fen(s.amount)
			out.HasAllocation = true
			out.FundRef = cmp.Or(out.FundRef, s.fund)
			for _, remark := range s.remarks {
				if !slices.Contains(remarks, remark) {
					remarks = append(remarks, remark)
				}
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
	parts := b.matching(q)
	own := slices.IndexFunc(parts, func(p part) bool { return p.code == village })
	if own < 0 {
		return 0, false
	}
	p := &parts[own]
	who, ok := p.person(personRef)
	if !ok {
		return 0, false
	}
	for offset < p.n && p.Person(p.row(offset)) != who {
		offset++
	}
	if offset == p.n {
		return 0, false
	}
	at := offset
	for k := range parts {
		if o := &parts[k]; k != own {
			offset += sort.Search(o.n, func(i int) bool { return p.before(at, o, i) })
		}
	}
	return offset, true
}

// News returns the latest payments of each kind in a village, newest first, at most limit. Social aid is no news, nor is a
// payment to fewer than five, since that would be news of persons.
func (b *Book) News(village disclosure.Code, limit int) []NewsItem {
	defer b.guard(debug.SetPanicOnFault(true))
	latest := map[string]*news{}
	kinds := b.kindTable()
	for _, l := range b.ledgersOf(village) {
		lists := l.Lists()
		for i := range slices.Backward(lists) {
			list := &lists[i]
			if kinds.aid(list.Kind) {
				continue
			}
			n := latest[list.Kind]
			if n == nil {
				n = &news{NewsItem: NewsItem{Kind: list.Kind, KindName: kinds.name(list.Kind), Unit: "户"}}
				latest[list.Kind] = n
			}
			n.see(l, list, b.day)
		}
	}
	var out []NewsItem
	for _, n := range latest {
		const fewest = 5
		if n.Recipients >= fewest {
			out = append(out, n.NewsItem)
		}
	}
	slices.SortFunc(out, func(a, b NewsItem) int {
		return cmp.Or(strings.Compare(string(b.PaidOn), string(a.PaidOn)), strings.Compare(a.Kind, b.Kind))
	})
	return out[:min(limit, len(out))]
}

// news (新发放) is what has been seen of the latest batch of a kind.
type news struct {
	NewsItem
	batch int64
	any   bool
}

// see adds what a list says of the latest batch, or begins anew where it has a later one.
func (n *news) see(l *ledger, list *roll.List, day int) {
	if n.any && list.Year < n.Year || !l.readable(list) {
		return
	}
	last := -1
	for i := range list.Rows {
		t := list.Template(i)
		if n.any && t.Year == n.Year && t.Batch < n.batch || !list.Shown(i, day) {
			continue
		}
		if !n.any || t.Year != n.Year || t.Batch != n.batch {
			n.NewsItem = NewsItem{Kind: n.Kind, KindName: n.KindName, Year: t.Year, Unit: "户"}
			n.batch, n.any, last = t.Batch, true, -1
		}
		n.PaidOn = max(n.PaidOn, disclosure.Date(t.PaidOn))
		n.Sum += disclosure.Fen(list.Amount(i))
		if who := list.Person(i); who != last {
			last = who
			n.Recipients++
			if n.Unit != "人" && l.traits().single[who] {
				n.Unit = "人"
			}
		}
	}
}
