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

// people (一地的人) is the section of one place, read where it lies: its people in the order of names, then group, then
// namesake; the trie over their names; and what all people before each were paid in each year, so that any run of them is
// summed by 2 look-ups.
//
//	section := texts(groups) texts(types) uvarint(expires) uvarint(years) varint(year)×years uvarint(n) uvarint(nodes)
//	           uvarint(bytes of people) trie sums×(n+1) u32(end of each person)×n person×n
//	sums    := u32(people with payments) u64(fen<<20 + payments)×years
//	person  := text(name) uvarint(group) uvarint(namesake_no) uvarint(type) uvarint(until)
//
// Years ascend. Group and type are indexes into what stands before, in order of first use. Sums of a year are modulo 2^64, so
// that fen may be negative; payments of one place in one year are fewer than 2^20.
type people struct {
	code          string
	index         int // among the villages
	groups, types []string
	years         []int64
	n             int
	trie          trie
	below         []Letters
	sums          []byte
	ends, list    []byte
	// expires is the first day that is the last one of a payment, 0 where there is none.
	expires int
}

// How sums lie.
const (
	foundSize   = 4
	yearSize    = 8
	paymentBits = 20
)

func (p *people) size() int { return foundSize + yearSize*len(p.years) }

// sum returns the sums before person i, fixed ones first.
func (p *people) sum(i int) []byte { size := p.size(); return p.sums[i*size : (i+1)*size] }

// count returns how many people from lo up to hi have payments.
func (p *people) count(lo, hi int) int {
	le := binary.LittleEndian
	return int(int32(le.Uint32(p.sum(hi)) - le.Uint32(p.sum(lo))))
}

// add adds what the people from lo up to hi were paid to sums of years. It does not fail.
func (p *people) add(lo, hi int, to []YearSum) ([]YearSum, error) { return p.paid(lo, hi, to), nil }

func (p *people) paid(lo, hi int, to []YearSum) []YearSum {
	le, from, end := binary.LittleEndian, p.sum(lo)[foundSize:], p.sum(hi)[foundSize:]
	for i, year := range p.years {
		d := le.Uint64(end[yearSize*i:]) - le.Uint64(from[yearSize*i:])
		if n := int(d & (1<<paymentBits - 1)); n != 0 {
			to = addYear(to, YearSum{year, n, int64(d) >> paymentBits})
		}
	}
	return to
}

// enter adds what person i was paid in these years to totals of them.
func (p *people) enter(i int, years []int64, totals []yearTotal) {
	le, from, end := binary.LittleEndian, p.sum(i)[foundSize:], p.sum(i + 1)[foundSize:]
	k := 0
	for n, year := range p.years {
		for k < len(years) && years[k] < year {
			k++
		}
		if k == len(years) {
			return
		}
		if years[k] != year {
			continue
		}
		d := le.Uint64(end[yearSize*n:]) - le.Uint64(from[yearSize*n:])
		totals[k].payments += int32(d & (1<<paymentBits - 1))
		totals[k].sum += int64(d) >> paymentBits
	}
}

// addYear adds one year to sums of years, which ascend.
func addYear(list []YearSum, y YearSum) []YearSum {
	i := len(list)
	for i > 0 && list[i-1].Year >= y.Year {
		i--
	}
	if i == len(list) {
		return append(list, y)
	}
	if list[i].Year != y.Year {
		return slices.Insert(list, i, y)
	}
	list[i].Payments += y.Payments
	list[i].Sum += y.Sum
	return list
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

// ComparePeople orders people as answers do: by name as it is read, place, group, namesake number and type.
func ComparePeople(a, b Person) int {
	return cmp.Or(strings.Compare(pinyin.Key(a.Name), pinyin.Key(b.Name)), strings.Compare(a.Village, b.Village), compareNamesakes(a, b))
}

// compareNamesakes orders people of one name and place.
func compareNamesakes(a, b Person) int {
	return cmp.Or(CompareGroups(a.Group, b.Group), cmp.Compare(a.NamesakeNo, b.NamesakeNo), strings.Compare(a.Type, b.Type))
}

// sortPeople puts people of one place in the order of its section.
func sortPeople(list []Person) {
	keys := make(map[string]string, len(list))
	for _, p := range list {
		if _, ok := keys[p.Name]; !ok {
			keys[p.Name] = pinyin.Key(p.Name)
		}
	}
	slices.SortFunc(list, func(a, b Person) int {
		return cmp.Or(strings.Compare(keys[a.Name], keys[b.Name]), compareNamesakes(a, b))
	})
}

// encodePeople lays out sorted people whose names have these units, and returns the trie where it lies.
func encodePeople(list []Person, items [][]uint32, expires int) (b []byte, names trie, err error) {
	var groups, types terms
	var years []int64
	nodes := 0
	for i, p := range list {
		nodes += len(items[i])
		for k, y := range p.Years {
			if k > 0 && p.Years[k-1].Year >= y.Year {
				return nil, nil, fmt.Errorf("search: place %s: years of person %d do not ascend", p.Village, i)
			}
			if at, ok := slices.BinarySearch(years, y.Year); !ok {
				years = slices.Insert(years, at, y.Year)
			}
		}
	}
	if nodes+len(list) >= mostItems {
		return nil, nil, fmt.Errorf("search: %d people are too many for one place", len(list))
	}
	le := binary.LittleEndian
	found, payments, sums := uint32(0), make([]int, len(years)), make([]uint64, len(years))
	table := make([]byte, 0, (len(list)+1)*(foundSize+yearSize*len(years)))
	before := func() {
		table = le.AppendUint32(table, found)
		for _, s := range sums {
			table = le.AppendUint64(table, s)
		}
	}
	before()
	var body, ends []byte
	for _, p := range list {
		body = section.AppendText(body, p.Name)
		body = binary.AppendUvarint(body, groups.index(p.Group))
		body = binary.AppendUvarint(body, uint64(p.NamesakeNo))
		body = binary.AppendUvarint(body, types.index(p.Type))
		body = binary.AppendUvarint(body, uint64(p.Until))
		ends = le.AppendUint32(ends, uint32(len(body)))
		for _, y := range p.Years {
			k, _ := slices.BinarySearch(years, y.Year)
			if payments[k] += y.Payments; payments[k] >= 1<<paymentBits {
				return nil, nil, fmt.Errorf("search: place %s: %d payments in %d are too many for one place", p.Village, payments[k], y.Year)
			}
			sums[k] += uint64(y.Sum)<<paymentBits + uint64(y.Payments)
		}
		if len(p.Years) > 0 {
			found++
		}
		before()
	}
	names = appendTrie(nil, items)
	out := section.AppendTexts(section.AppendTexts(nil, groups.list), types.list)
	out = appendYears(binary.AppendUvarint(out, uint64(expires)), years)
	for _, v := range []int{len(list), names.nodes(), len(body)} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	from := len(out)
	out = slices.Concat(out, names, table, ends, body)
	return out, trie(out[from : from+len(names)]), nil
}

func appendYears(b []byte, years []int64) []byte {
	b = binary.AppendUvarint(b, uint64(len(years)))
	for _, y := range years {
		b = binary.AppendVarint(b, y)
	}
	return b
}

func readYears(c *section.Cursor) []int64 {
	years := make([]int64, c.Len(1))
	for i := range years {
		if years[i] = c.Int(); i > 0 && years[i] <= years[i-1] {
			c.Fail("years do not ascend")
		}
	}
	return years
}

// decodePeople reads the section of a place. Units is how many there are.
func decodePeople(code string, b []byte, units int) (*people, error) {
	c := section.Read(b)
	p := &people{code: code, groups: readTerms(c), types: readTerms(c), expires: c.Count(), years: readYears(c)}
	p.n = c.Len(1)
	nodes, size := c.Len(nodeSize), c.Len(1)
	p.trie = c.Bytes(nodeSize * (nodes + 1))
	p.sums = c.Bytes(p.size() * (p.n + 1))
	p.ends = c.Bytes(4 * p.n)
	p.list = c.Bytes(size)
	err := c.End()
	if err == nil {
		err = p.trie.check(p.n, units)
	}
	last := uint32(0)
	for i := 0; err == nil && i < p.n; i++ {
		end := binary.LittleEndian.Uint32(p.ends[4*i:])
		if end < last || int(end) > len(p.list) || p.count(i, i+1) < 0 || p.count(i, i+1) > 1 {
			err = fmt.Errorf("person %d is not where he should be", i)
			break
		}
		last, err = end, p.check(i)
	}
	if err != nil {
		return nil, fmt.Errorf("search: people of %s: %w", code, err)
	}
	return p, nil
}

// check makes sure that record can read person i.
func (p *people) check(i int) error {
	c := section.Read(p.bytes(i))
	if name := c.Bytes(c.Len(1)); !utf8.Valid(name) {
		c.Fail("person %d: name is not UTF-8", i)
	}
	c.Below(len(p.groups))
	c.Count()
	c.Below(len(p.types))
	c.Count()
	return c.End()
}

// noPeople is a place where nobody was paid.
func noPeople(code string) *people {
	b, _, err := encodePeople(nil, nil, 0)
	if err == nil {
		var p *people
		if p, err = decodePeople(code, b, 0); err == nil {
			return p
		}
	}
	panic(err) // nobody is always the same bytes
}

func (p *people) bytes(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = binary.LittleEndian.Uint32(p.ends[4*i-4:])
	}
	return p.list[from:binary.LittleEndian.Uint32(p.ends[4*i:])]
}

// person returns person i with what was paid in each year.
func (p *people) person(i int) (Person, error) {
	c := section.Read(p.bytes(i))
	who := Person{
		Village: p.code, Name: c.Text(), Group: term(c, p.groups), NamesakeNo: int64(c.Count()), Type: term(c, p.types), Until: c.Count(),
	}
	if err := c.End(); err != nil {
		return Person{}, fmt.Errorf("search: person %d of %s: %w", i, p.code, err)
	}
	who.Years = p.paid(i, i+1, nil)
	return who, nil
}

func term(c *section.Cursor, list []string) string {
	n := c.Below(len(list))
	if c.Err() != nil {
		return ""
	}
	return list[n]
}

// record (人) is what a page says of a person, read where it lies.
type record struct {
	name                         []byte
	group, namesake, kind, until int
}

// record returns person i, whom decodePeople has read before.
func (p *people) record(i int) record {
	b := p.bytes(i)
	size, n := binary.Uvarint(b)
	r := record{name: b[n : n+int(size)]}
	b = b[n+int(size):]
	for _, to := range [...]*int{&r.group, &r.namesake, &r.kind, &r.until} {
		v, n := binary.Uvarint(b)
		*to, b = int(v), b[n:]
	}
	return r
}

// group returns the number of a group's text, -1 where nobody is of it.
func (p *people) group(text string) int { return slices.Index(p.groups, text) }

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
