package search

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"mingbai.local/app/internal/section"
)

// titleTable (标题表) is everything of one kind that has a title, read where it lies. A title is found from any of its characters on,
// so the items of its trie are the endings of all titles and aliases, in the order of their units:
//
//	section := uvarint(n) uvarint(items) uvarint(nodes) uvarint(units) uvarint(bytes of entries)
//	           trie u32(entry<<1 | 1 where it is not the whole title)×items u32(where its units begin)×items u32(unit)×units
//	           u32(until)×n i64(year)×n u32(end of each entry)×n entry×n
//	entry   := uvarint(bytes of the reference) uvarint(of the title) uvarint(of the place) uvarint(of the village) texts
//
// Units are those of the characters that can be typed, and endOfTitle behind each title. The trie ends where an ending stands
// alone: it is read on in its units, so that a long title takes no more nodes than tell it from the others. Entries are in
// the order in which they are answered.
type titleTable struct {
	kind                      int // an index into kinds
	n                         int
	trie                      trie
	items, begins, units      []byte
	untils, years, ends, list []byte
	expires                   int  // the first day that is an entry's last one, 0 where there is none
	yearly                    bool // whether some are of one year only
}

// endOfTitle is greater than any unit.
const endOfTitle = mostUnits

// ending (尾) is a title from one of its characters on.
type ending struct {
	units []uint32
	entry int
	begin int // of its units among all
	whole bool
}

// openTitles returns, for each kind, what reads its titles when they are first needed.
func (x *Index) openTitles() []func() (*titleTable, error) {
	out := make([]func() (*titleTable, error), len(kinds))
	for i, kind := range kinds {
		out[i] = sync.OnceValues(func() (*titleTable, error) {
			b, err := x.section(sectionTitles + kind)
			if err != nil {
				return nil, err
			}
			units, err := x.alphabet()
			if err != nil {
				return nil, err
			}
			if b == nil {
				b = encodeTitles(nil, nil)
			}
			return decodeTitles(i, b, len(units.list))
		})
	}
	return out
}

// encodeTitles lays out the entries of a kind in their order. Units returns those of a title, without what nobody types.
func encodeTitles(list []Entry, units func(title string) []uint32) []byte {
	le := binary.LittleEndian
	var all []ending
	var unit, untils, years, ends, body []byte
	for i, e := range list {
		for _, title := range append([]string{e.Title}, e.Aliases...) {
			of := slices.Clip(units(title))
			begin := len(unit) / 4
			for k := 0; k == 0 || k < len(of); k++ {
				all = append(all, ending{of[k:], i, begin + k, k == 0})
			}
			for _, u := range append(of, endOfTitle) {
				unit = le.AppendUint32(unit, u)
			}
		}
		untils = le.AppendUint32(untils, uint32(e.Until))
		years = le.AppendUint64(years, uint64(e.Year))
		texts := []string{e.Ref, e.Title, e.Place, e.VillageCode}
		for _, s := range texts {
			body = binary.AppendUvarint(body, uint64(len(s)))
		}
		for _, s := range texts {
			body = append(body, s...)
		}
		ends = le.AppendUint32(ends, uint32(len(body)))
	}
	slices.SortFunc(all, func(a, b ending) int {
		return cmp.Or(slices.Compare(a.units, b.units), a.entry-b.entry, a.begin-b.begin)
	})
	of := make([][]uint32, len(all))
	var items, begins []byte
	for i, e := range all {
		of[i] = e.units
		item := uint32(e.entry) << 1
		if !e.whole {
			item |= 1
		}
		items, begins = le.AppendUint32(items, item), le.AppendUint32(begins, uint32(e.begin))
	}
	t := appendBranches(nil, of, 1)
	var out []byte
	for _, v := range []int{len(list), len(all), t.nodes(), len(unit) / 4, len(body)} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	return slices.Concat(out, t, items, begins, unit, untils, years, ends, body)
}

func decodeTitles(kind int, b []byte, units int) (*titleTable, error) {
	c := section.Read(b)
	t := &titleTable{kind: kind}
	n, items, nodes, count, size := c.Len(1), c.Len(8), c.Len(nodeSize), c.Len(4), c.Len(1)
	t.n = n
	t.trie = c.Bytes(nodeSize * (nodes + 1))
	t.items, t.begins, t.units = c.Bytes(4*items), c.Bytes(4*items), c.Bytes(4*count)
	t.untils, t.years, t.ends, t.list = c.Bytes(4*n), c.Bytes(8*n), c.Bytes(4*n), c.Bytes(size)
	err := c.End()
	if err == nil {
		err = t.trie.check(items, units)
	}
	if err == nil {
		err = t.check(items, count, units)
	}
	if err != nil {
		return nil, fmt.Errorf("search: titles of kind %s: %w", kinds[kind], err)
	}
	return t, nil
}

// check makes sure that what follows the trie can be read, and notes what filters can hide.
func (t *titleTable) check(items, count, units int) error {
	le := binary.LittleEndian
	for i := range items {
		if int(le.Uint32(t.items[4*i:])>>1) >= t.n || int(le.Uint32(t.begins[4*i:])) >= count {
			return fmt.Errorf("item %d is of no title", i)
		}
	}
	for i := range count {
		if u := int(le.Uint32(t.units[4*i:])); u >= units && u != endOfTitle {
			return fmt.Errorf("unit %d is none", i)
		}
	}
	if count > 0 && le.Uint32(t.units[4*count-4:]) != endOfTitle {
		return errors.New("the last title does not end")
	}
	last := 0
	for i := range t.n {
		end := int(le.Uint32(t.ends[4*i:]))
		if end < last || end > len(t.list) {
			return fmt.Errorf("entry %d is not where it should be", i)
		}
		c := section.Read(t.list[last:end])
		sizes := c.Len(1) + c.Len(1) + c.Len(1) + c.Len(1)
		if !utf8.Valid(c.Bytes(sizes)) {
			c.Fail("entry %d is not UTF-8", i)
		}
		if err := c.End(); err != nil {
			return err
		}
		last = end
		if until := t.until(i); until != 0 && (t.expires == 0 || until < t.expires) {
			t.expires = until
		}
		t.yearly = t.yearly || t.year(i) != 0
	}
	if last != len(t.list) {
		return errors.New("bytes are left behind the last entry")
	}
	return nil
}

func (t *titleTable) until(i int) int { return int(binary.LittleEndian.Uint32(t.untils[4*i:])) }

func (t *titleTable) year(i int) int64 { return int64(binary.LittleEndian.Uint64(t.years[8*i:])) }

// passes reports whether an entry is shown on a day and of a year.
func (t *titleTable) passes(i, day int, year int64) bool {
	return visible(t.until(i), day) && (year == 0 || t.year(i) == 0 || t.year(i) == year)
}

// entry returns an entry, all of whose texts are one piece of memory.
func (t *titleTable) entry(i int) Entry {
	from := uint32(0)
	if i > 0 {
		from = binary.LittleEndian.Uint32(t.ends[4*i-4:])
	}
	c := section.Read(t.list[from:binary.LittleEndian.Uint32(t.ends[4*i:])])
	ref, title, place, village := c.Len(1), c.Len(1), c.Len(1), c.Len(1)
	all := string(c.Bytes(ref + title + place + village))
	cut := func(n int) (s string) { s, all = all[:n], all[n:]; return s }
	return Entry{Kind: kinds[t.kind], Ref: cut(ref), Title: cut(title), Place: cut(place), VillageCode: cut(village)}
}
