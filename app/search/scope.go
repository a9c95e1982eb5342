package search

import (
	"encoding/binary"
	"fmt"
	"slices"

	"mingbai.local/app/internal/section"
)

// scope (范围) is the section of several places together: a town, the county, a village with those merged into it. It has a
// trie of its own over all who have payments, in the order of names, then places, with their running sums, and says who stands
// where in his own place.
//
//	section := uvarint(expires) head of running uvarint(n) uvarint(nodes) trie u32(person)×n running
//
// A person is numbered through the places of the county in their order (see Village.people).
type scope struct {
	x *Index
	register
	who []byte
}

// number returns the number of person i through the places of the county.
func (s *scope) number(i int) int { return int(binary.LittleEndian.Uint32(s.who[4*i:])) }

// person returns the place of person i and his number there.
func (s *scope) person(i int) (place *people, local int, err error) {
	at, local := s.x.placeOf(s.number(i))
	place, err = s.x.place(at)
	if err == nil && local >= place.n {
		err = fmt.Errorf("search: person %d of %s is not there", local, place.code)
	}
	return place, local, err
}

// count returns how many people stand from lo up to hi: all of them have payments.
func (s *scope) count(lo, hi int) int { return hi - lo }

// member is one person on his way into a scope.
type member struct {
	name   uint32 // its rank among all names
	number uint32 // through the places of the county
}

// encodeScope lays out people in their order. Units are those of a name by its rank; paid is what a person was paid.
func encodeScope(list []member, units [][]uint32, paid func(number uint32) []YearSum, expires int) ([]byte, error) {
	items := make([][]uint32, len(list))
	var who []byte
	for i, m := range list {
		items[i] = units[m.name]
		who = binary.LittleEndian.AppendUint32(who, m.number)
	}
	years, sums, err := appendRunning(len(list), func(i int) []YearSum { return paid(list[i].number) })
	if err != nil {
		return nil, err
	}
	t := appendTrie(nil, items)
	out := append(binary.AppendUvarint(nil, uint64(expires)), years...)
	for _, v := range []int{len(list), t.nodes()} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	return slices.Concat(out, t, who, sums), nil
}

func decodeScope(name string, b []byte, units, people int) (*scope, error) {
	c := section.Read(b)
	s := &scope{register: register{expires: c.Count(), running: readRunning(c)}}
	s.n = c.Len(4)
	nodes := c.Len(nodeSize)
	s.trie = c.Bytes(nodeSize * (nodes + 1))
	s.who = c.Bytes(4 * s.n)
	s.read(c, s.n)
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
