package search

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// people (一村的人) is the section of one village, read where it lies: its people in the order of names, then group, then
// namesake; the trie over their names; and what all people before each were paid, so that any run of them is summed by
// 2 look-ups.
//
//	section := texts(groups) texts(types) texts(kinds) texts(funds) uvarint(years) varint(year)×years
//	           uvarint(combos) combo×combos uvarint(n) uvarint(nodes) uvarint(bytes of people)
//	           trie sums×(n+1) u32(end of each person)×n person×n
//	combo   := uvarint(year) uvarint(kind) uvarint(fund) uvarint(until)
//	person  := text(name) uvarint(group) uvarint(namesake_no) uvarint(type) uvarint(cells) cell×cells
//	cell    := uvarint(combo) uvarint(payments) varint(sum)
//	sums    := u32(people with payments) year×years
//	year    := u32(payments) u64(sum)
//
// Group, type, year, kind, fund and combo are indexes into what stands before, in order of first use.
type people struct {
	village                     string
	groups, types, kinds, funds []string
	combos                      []combo
	n                           int
	trie                        trie
	ends, list                  []byte
	all                         view
	// firstUntil is the first day that is the last one of a payment, 0 where there is none.
	firstUntil int
}

// combo (口径) is what a cell sums: payments of one year, kind, fund and last day of showing.
type combo struct{ year, kind, fund, until int }

// view (视图) is the sums over the payments that a query asks for, before each person and after the last.
type view struct {
	years []int64
	sums  []byte
}

// The bytes of the sums before one person: fixed ones, and those of each year.
const fixedSums, yearSums = 4, 12

func (v *view) at(i int) []byte {
	size := fixedSums + yearSums*len(v.years)
	return v.sums[i*size : (i+1)*size]
}

// count returns how many people from lo up to hi have payments in the view.
func (v *view) count(lo, hi int) int {
	le := binary.LittleEndian
	return int(int32(le.Uint32(v.at(hi)) - le.Uint32(v.at(lo))))
}

// add adds what the people from lo up to hi were paid to the years, and returns it.
func (v *view) add(years []YearSum, lo, hi int) (_ []YearSum, payments int, sum int64) {
	le, from, to := binary.LittleEndian, v.at(lo)[fixedSums:], v.at(hi)[fixedSums:]
	for i, year := range v.years {
		n := int(int32(le.Uint32(to[yearSums*i:]) - le.Uint32(from[yearSums*i:])))
		if n == 0 {
			continue
		}
		paid := int64(le.Uint64(to[yearSums*i+4:]) - le.Uint64(from[yearSums*i+4:]))
		payments += n
		sum += paid
		years = addYear(years, YearSum{year, n, paid})
	}
	return years, payments, sum
}

// addYear adds one year to sums of years, which are ascending.
func addYear(list []YearSum, y YearSum) []YearSum {
	i := len(list)
	for i > 0 && list[i-1].Year >= y.Year {
		i--
	}
	if i == len(list) || list[i].Year != y.Year {
		return slices.Insert(list, i, y)
	}
	list[i].Payments += y.Payments
	list[i].Sum += y.Sum
	return list
}

// totals (累计) makes the sums of a view, person by person.
type totals struct {
	found uint32
	years []yearTotal
}

type yearTotal struct {
	payments uint32
	sum      int64
}

func (t *totals) add(year, payments int, sum int64) {
	t.years[year].payments += uint32(payments)
	t.years[year].sum += sum
}

func (t *totals) appendTo(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, t.found)
	for _, y := range t.years {
		b = le.AppendUint64(le.AppendUint32(b, y.payments), uint64(y.sum))
	}
	return b
}

// terms are texts in order of first use.
type terms struct {
	list []string
	at   map[string]int
}

func (t *terms) index(s string) uint64 {
	n, ok := t.at[s]
	if !ok {
		if t.at == nil {
			t.at = map[string]int{}
		}
		n = len(t.list)
		t.at[s] = n
		t.list = append(t.list, s)
	}
	return uint64(n)
}

// readTerms reads texts, each of which stands there once.
func readTerms(c *section.Cursor) []string {
	list := c.Texts()
	seen := make(map[string]bool, len(list))
	for _, s := range list {
		if seen[s] {
			c.Fail("%q stands there twice", s)
		}
		seen[s] = true
	}
	return list
}

// CompareNames orders names as they are read, then as they are written.
func CompareNames(a, b string) int { return strings.Compare(pinyin.Key(a), pinyin.Key(b)) }

// Surname returns the person's surname, a compound one (复姓) whole.
func (p Person) Surname() string { return pinyin.Surname(p.Name) }

// ComparePeople orders people as a village's section does: by name as it is read, group, namesake number and type.
func ComparePeople(a, b Person) int {
	return comparePeople(a, b, pinyin.Key(a.Name), pinyin.Key(b.Name))
}

func comparePeople(a, b Person, keyA, keyB string) int {
	return cmp.Or(
		strings.Compare(keyA, keyB), CompareGroups(a.Group, b.Group), cmp.Compare(a.NamesakeNo, b.NamesakeNo),
		strings.Compare(a.Type, b.Type),
	)
}

// sortPeople puts people in the order of a village's section.
func sortPeople(list []Person) {
	keys := make(map[string]string, len(list))
	for _, p := range list {
		if _, ok := keys[p.Name]; !ok {
			keys[p.Name] = pinyin.Key(p.Name)
		}
	}
	slices.SortFunc(list, func(a, b Person) int { return comparePeople(a, b, keys[a.Name], keys[b.Name]) })
}

func encodePeople(list []Person, of *alphabet) ([]byte, error) {
	var groups, types, kinds, funds terms
	var years []int64
	yearAt := map[int64]int{}
	var combos []combo
	comboAt := map[combo]int{}
	var body, ends []byte
	items := make([][]uint32, len(list))
	last := Cell{Payments: -1}
	n := 0
	var flat []int
	for _, p := range list {
		for _, c := range p.Cells {
			if c.Year != last.Year || c.Kind != last.Kind || c.Fund != last.Fund || c.Until != last.Until || last.Payments < 0 {
				y, ok := yearAt[c.Year]
				if !ok {
					y = len(years)
					yearAt[c.Year] = y
					years = append(years, c.Year)
				}
				key := combo{y, int(kinds.index(c.Kind)), int(funds.index(c.Fund)), c.Until}
				if n, ok = comboAt[key]; !ok {
					n = len(combos)
					comboAt[key] = n
					combos = append(combos, key)
				}
				last = c
				last.Payments = 0
			}
			flat = append(flat, n)
		}
	}
	sums := totals{years: make([]yearTotal, len(years))}
	table := sums.appendTo(nil)
	at, nodes := 0, 0
	for i, p := range list {
		var err error
		if items[i], err = of.units(p.Name); err != nil {
			return nil, err
		}
		nodes += len(items[i])
		body = section.AppendText(body, p.Name)
		body = binary.AppendUvarint(body, groups.index(p.Group))
		body = binary.AppendUvarint(body, uint64(p.NamesakeNo))
		body = binary.AppendUvarint(body, types.index(p.Type))
		body = binary.AppendUvarint(body, uint64(len(p.Cells)))
		for _, c := range p.Cells {
			body = binary.AppendUvarint(body, uint64(flat[at]))
			body = binary.AppendUvarint(body, uint64(c.Payments))
			body = binary.AppendVarint(body, c.Sum)
			sums.add(combos[flat[at]].year, c.Payments, c.Sum)
			at++
		}
		if len(p.Cells) > 0 {
			sums.found++
		}
		table = sums.appendTo(table)
		ends = binary.LittleEndian.AppendUint32(ends, uint32(len(body)))
	}
	if nodes+len(list) >= mostItems {
		return nil, fmt.Errorf("search: %d people are too many for one village", len(list))
	}
	names := appendTrie(nil, items)
	var out []byte
	for _, t := range []terms{groups, types, kinds, funds} {
		out = section.AppendTexts(out, t.list)
	}
	out = binary.AppendUvarint(out, uint64(len(years)))
	for _, y := range years {
		out = binary.AppendVarint(out, y)
	}
	out = binary.AppendUvarint(out, uint64(len(combos)))
	for _, c := range combos {
		for _, v := range []int{c.year, c.kind, c.fund, c.until} {
			out = binary.AppendUvarint(out, uint64(v))
		}
	}
	for _, v := range []int{len(list), names.nodes(), len(body)} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	return slices.Concat(out, names, table, ends, body), nil
}

func decodePeople(village string, b []byte, units int) (*people, error) {
	c := section.Read(b)
	p := &people{village: village, groups: readTerms(c), types: readTerms(c), kinds: readTerms(c), funds: readTerms(c)}
	p.all.years = make([]int64, c.Len(1))
	for i := range p.all.years {
		p.all.years[i] = c.Int()
	}
	const leastCombo = 4
	p.combos = make([]combo, c.Len(leastCombo))
	for i := range p.combos {
		k := combo{c.Below(len(p.all.years)), c.Below(len(p.kinds)), c.Below(len(p.funds)), c.Count()}
		if k.until != 0 && (p.firstUntil == 0 || k.until < p.firstUntil) {
			p.firstUntil = k.until
		}
		p.combos[i] = k
	}
	p.n = c.Len(1)
	nodes, size := c.Len(nodeSize), c.Len(1)
	p.trie = c.Bytes(nodeSize * (nodes + 1))
	p.all.sums = c.Bytes((fixedSums + yearSums*len(p.all.years)) * (p.n + 1))
	p.ends = c.Bytes(4 * p.n)
	p.list = c.Bytes(size)
	err := c.End()
	if err == nil {
		err = p.trie.check(p.n, units)
	}
	if err != nil {
		return nil, fmt.Errorf("search: people of %s: %w", village, err)
	}
	return p, nil
}

// read returns a cursor at person i, behind his name, and the name where it lies.
func (p *people) read(i int) (*section.Cursor, []byte) {
	from, to := uint32(0), binary.LittleEndian.Uint32(p.ends[4*i:])
	if i > 0 {
		from = binary.LittleEndian.Uint32(p.ends[4*i-4:])
	}
	if from > to || int(to) > len(p.list) {
		from, to = 0, 0 // no person: reading one fails
	}
	c := section.Read(p.list[from:to])
	return c, c.Bytes(c.Len(1))
}

// who returns person i without his cells.
func (p *people) who(i int) (Person, error) {
	who, c := p.begin(i)
	if err := c.Err(); err != nil {
		return Person{}, fmt.Errorf("search: person %d of %s: %w", i, p.village, err)
	}
	return who, nil
}

func (p *people) begin(i int) (Person, *section.Cursor) {
	c, name := p.read(i)
	if !utf8.Valid(name) {
		c.Fail("name is not UTF-8")
	}
	return Person{
		Village: p.village, Name: string(name), Group: term(c, p.groups), NamesakeNo: int64(c.Count()), Type: term(c, p.types),
	}, c
}

// person returns person i.
func (p *people) person(i int) (Person, error) {
	who, c := p.begin(i)
	const leastCell = 3
	who.Cells = make([]Cell, c.Len(leastCell))
	for k := range who.Cells {
		at := c.Below(len(p.combos))
		if c.Err() != nil {
			break
		}
		o := p.combos[at]
		who.Cells[k] = Cell{
			Year: p.all.years[o.year], Kind: p.kinds[o.kind], Fund: p.funds[o.fund], Until: o.until, Payments: c.Count(), Sum: c.Int(),
		}
	}
	if err := c.End(); err != nil {
		return Person{}, fmt.Errorf("search: person %d of %s: %w", i, p.village, err)
	}
	return who, nil
}

func term(c *section.Cursor, list []string) string {
	n := c.Below(len(list))
	if c.Err() != nil {
		return ""
	}
	return list[n]
}

// persons returns everyone.
func (p *people) persons() ([]Person, error) {
	out := make([]Person, p.n)
	for i := range out {
		var err error
		if out[i], err = p.person(i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// filter is the part of a query that restricts payments.
type filter struct {
	village, group, fund, kind string
	year                       int64
	day                        int
}

// plain reports whether a query asks for all payments.
func (p *people) plain(q Query) bool {
	return q.Group == "" && q.Fund == "" && q.Kind == "" && q.Year == 0 && (p.firstUntil == 0 || p.firstUntil >= q.Day)
}

// view sums the payments that a query asks for.
func (p *people) view(q Query) (*view, error) {
	wanted := make([]bool, len(p.combos))
	for i, c := range p.combos {
		wanted[i] = visible(c.until, q.Day) && (q.Year == 0 || p.all.years[c.year] == q.Year) &&
			(q.Kind == "" || p.kinds[c.kind] == q.Kind) && (q.Fund == "" || p.funds[c.fund] == q.Fund)
	}
	group := -1
	if q.Group != "" {
		if group = slices.Index(p.groups, q.Group); group < 0 {
			clear(wanted)
		}
	}
	v := &view{years: p.all.years, sums: make([]byte, 0, len(p.all.sums))}
	t := totals{years: make([]yearTotal, len(v.years))}
	v.sums = t.appendTo(v.sums)
	for i := range p.n {
		c, _ := p.read(i)
		in := c.Below(len(p.groups))
		c.Count()
		c.Below(len(p.types))
		if n := c.Len(1); group < 0 || in == group {
			any := false
			for range n {
				at, payments, sum := c.Below(len(p.combos)), c.Count(), c.Int()
				if c.Err() != nil {
					return nil, fmt.Errorf("search: person %d of %s: %w", i, p.village, c.Err())
				}
				if !wanted[at] {
					continue
				}
				any = true
				t.add(p.combos[at].year, payments, sum)
			}
			if any {
				t.found++
			}
		}
		if c.Err() != nil {
			return nil, fmt.Errorf("search: person %d of %s: %w", i, p.village, c.Err())
		}
		v.sums = t.appendTo(v.sums)
	}
	return v, nil
}
