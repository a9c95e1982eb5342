package search

import (
	"encoding/binary"
	"fmt"
	"slices"

	"mingbai.local/app/internal/section"
)

// scope (范围) is the section of several places together: a town, the county, a village with those merged into it. It has a
// trie of its own over all who have payments, in the order of names, then places; who stands where in his own place; and,
// before every eighth person, what all before him were paid. The few between are summed in their own places.
//
//	section := uvarint(expires) uvarint(years) varint(year)×years uvarint(n) uvarint(nodes) trie u32(person)×n
//	           (u32(payments) u64(fen) ×years) ×(n/8+1)
//
// A person is numbered through the places of the county in their order (see Village.first).
type scope struct {
	x       *Index
	years   []int64
	n       int
	trie    trie
	below   []Letters
	who     []byte
	sums    []byte
	expires int
}

// Before every so many people their sums are stored.
const (
	sumEvery  = 8
	totalSize = 4 + 8
)

// person returns the place of person i and his number there.
func (s *scope) person(i int) (place *people, local int, err error) {
	at, local := s.x.placeOf(int(binary.LittleEndian.Uint32(s.who[4*i:])))
	place, err = s.x.place(at)
	if err == nil && local >= place.n {
		err = fmt.Errorf("search: person %d of %s is not there", local, place.code)
	}
	return place, local, err
}

// count returns how many people stand from lo up to hi: all of them have payments.
func (s *scope) count(lo, hi int) int { return hi - lo }

// add adds what the people from lo up to hi were paid to sums of years.
func (s *scope) add(lo, hi int, to []YearSum) ([]YearSum, error) {
	from, end := (lo+sumEvery-1)/sumEvery, hi/sumEvery
	if from >= end {
		return s.each(lo, hi, to)
	}
	le, size := binary.LittleEndian, totalSize*len(s.years)
	a, b := s.sums[from*size:], s.sums[end*size:]
	for i, year := range s.years {
		n := int(le.Uint32(b[totalSize*i:]) - le.Uint32(a[totalSize*i:]))
		if n != 0 {
			to = addYear(to, YearSum{year, n, int64(le.Uint64(b[totalSize*i+4:]) - le.Uint64(a[totalSize*i+4:]))})
		}
	}
	to, err := s.each(lo, from*sumEvery, to)
	if err != nil {
		return to, err
	}
	return s.each(end*sumEvery, hi, to)
}

func (s *scope) each(lo, hi int, to []YearSum) ([]YearSum, error) {
	for i := lo; i < hi; i++ {
		p, local, err := s.person(i)
		if err != nil {
			return to, err
		}
		to = p.paid(local, local+1, to)
	}
	return to, nil
}

// gathered is one person on his way into a scope.
type gathered struct {
	name   uint32 // its rank among all names
	number uint32 // through the places of the county
}

// encodeScope lays out people in their order. Units are those of a name by its rank; sums are what a person was paid.
func encodeScope(list []gathered, units [][]uint32, sums func(number uint32, to []YearSum) []YearSum, expires int) []byte {
	items := make([][]uint32, len(list))
	var years []int64
	var paid []YearSum
	for i, g := range list {
		items[i] = units[g.name]
		paid = sums(g.number, paid[:0])
		for _, y := range paid {
			if at, ok := slices.BinarySearch(years, y.Year); !ok {
				years = slices.Insert(years, at, y.Year)
			}
		}
	}
	le := binary.LittleEndian
	var who, table []byte
	all := make([]YearSum, len(years))
	before := func() {
		for _, y := range all {
			table = le.AppendUint64(le.AppendUint32(table, uint32(y.Payments)), uint64(y.Sum))
		}
	}
	for i, g := range list {
		if i%sumEvery == 0 {
			before()
		}
		who = le.AppendUint32(who, g.number)
		paid = sums(g.number, paid[:0])
		for _, y := range paid {
			k, _ := slices.BinarySearch(years, y.Year)
			all[k].Payments += y.Payments
			all[k].Sum += y.Sum
		}
	}
	if len(list)%sumEvery == 0 {
		before()
	}
	t := appendTrie(nil, items)
	out := appendYears(binary.AppendUvarint(nil, uint64(expires)), years)
	for _, v := range []int{len(list), t.nodes()} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	return slices.Concat(out, t, who, table)
}

func decodeScope(name string, b []byte, units, people int) (*scope, error) {
	c := section.Read(b)
	s := &scope{expires: c.Count(), years: readYears(c)}
	s.n = c.Len(4)
	nodes := c.Len(nodeSize)
	s.trie = c.Bytes(nodeSize * (nodes + 1))
	s.who = c.Bytes(4 * s.n)
	s.sums = c.Bytes(totalSize * len(s.years) * (s.n/sumEvery + 1))
	err := c.End()
	if err == nil {
		err = s.trie.check(s.n, units)
	}
	for i := 0; err == nil && i < s.n; i++ {
		if int(binary.LittleEndian.Uint32(s.who[4*i:])) >= people {
			err = fmt.Errorf("person %d is nobody", i)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("search: scope %s: %w", name, err)
	}
	return s, nil
}
