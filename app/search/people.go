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
//	section := texts(groups) texts(types) uvarint(expires) head of running uvarint(n) uvarint(nodes) uvarint(bytes of people)
//	           trie u32(people with payments before each)×(n+1) running u32(end of each person)×n person×n
//	person  := text(name) uvarint(group) uvarint(namesake_no) uvarint(type) uvarint(until)
//
// Group and type are indexes into what stands before, in order of first use.
type people struct {
	code          string
	index         int // among the villages
	groups, types []string
	register
	found      []byte
	ends, list []byte
}

// count returns how many people from lo up to hi have payments.
func (p *people) count(lo, hi int) int {
	le := binary.LittleEndian
	return int(int32(le.Uint32(p.found[4*hi:]) - le.Uint32(p.found[4*lo:])))
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
	nodes := 0
	for i, p := range list {
		nodes += len(items[i])
		for k, y := range p.Years {
			if k > 0 && p.Years[k-1].Year >= y.Year {
				return nil, nil, fmt.Errorf("search: place %s: years of person %d do not ascend", p.Village, i)
			}
		}
	}
	if nodes+len(list) >= mostItems {
		return nil, nil, fmt.Errorf("search: %d people are too many for one place", len(list))
	}
	years, sums, err := appendRunning(len(list), func(i int) []YearSum { return list[i].Years })
	if err != nil {
		return nil, nil, err
	}
	le := binary.LittleEndian
	before := uint32(0)
	found := le.AppendUint32(nil, 0)
	var body, ends []byte
	for _, p := range list {
		body = section.AppendText(body, p.Name)
		body = binary.AppendUvarint(body, groups.index(p.Group))
		body = binary.AppendUvarint(body, uint64(p.NamesakeNo))
		body = binary.AppendUvarint(body, types.index(p.Type))
		body = binary.AppendUvarint(body, uint64(p.Until))
		ends = le.AppendUint32(ends, uint32(len(body)))
		if len(p.Years) > 0 {
			before++
		}
		found = le.AppendUint32(found, before)
	}
	names = appendTrie(nil, items)
	out := section.AppendTexts(section.AppendTexts(nil, groups.list), types.list)
	out = append(binary.AppendUvarint(out, uint64(expires)), years...)
	for _, v := range []int{len(list), names.nodes(), len(body)} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	from := len(out)
	out = slices.Concat(out, names, found, sums, ends, body)
	return out, trie(out[from : from+len(names)]), nil
}

// decodePeople reads the section of a place. Units is how many there are.
func decodePeople(code string, b []byte, units int) (*people, error) {
	c := section.Read(b)
	p := &people{code: code, groups: readTerms(c), types: readTerms(c), register: register{expires: c.Count(), running: readRunning(c)}}
	p.n = c.Len(1)
	nodes, size := c.Len(nodeSize), c.Len(1)
	p.trie = c.Bytes(nodeSize * (nodes + 1))
	p.found = c.Bytes(4 * (p.n + 1))
	p.read(c, p.n)
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
