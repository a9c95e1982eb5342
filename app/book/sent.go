package book

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/section"
)

// sent (拨付到乡村) is what was sent down to one place for one kind and year from one fund, by the last day on which it is shown.
// There are as many allocations as batches of lists, and a list asks for its own: so they are added up when the book is built.
type sent struct {
	sentKey
	amount  int64
	remarks []string // distinct, ascending
}

type sentKey struct {
	kind  string
	year  int64
	fund  string
	until int
}

func (k sentKey) compare(o sentKey) int {
	return cmp.Or(strings.Compare(k.kind, o.kind), cmp.Compare(k.year, o.year), strings.Compare(k.fund, o.fund), k.until-o.until)
}

func (k sentKey) shown(day int) bool { return k.until == 0 || k.until >= day }

// sentTo collects what was sent to each place.
type sentTo map[string]map[sentKey]*sent

// add adds the allocation in row i.
func (s sentTo) add(r *rows, i int) {
	text := func(name string) string { return r.column(name).text(i) }
	place := text("place")
	key := sentKey{text("kind"), r.column("year").ints[i], text("fund"), day(disclosure.Date(text("visible_until")))}
	if s[place] == nil {
		s[place] = map[sentKey]*sent{}
	}
	of := s[place][key]
	if of == nil {
		of = &sent{sentKey: key}
		s[place][key] = of
	}
	of.amount += r.column("amount_fen").ints[i]
	if remark := text("remark"); remark != "" {
		if at, ok := slices.BinarySearch(of.remarks, remark); !ok {
			of.remarks = slices.Insert(of.remarks, at, remark)
		}
	}
}

// encode lays it out:
//
//	section := texts uvarint(places) (text(code) uvarint(bytes of it))×n place×n
//	place   := uvarint(n) sent×n
//	sent    := uvarint(kind) varint(year) uvarint(fund) uvarint(until) varint(amount) uvarint(remarks) uvarint(remark)×remarks
//
// Kind, fund and remark are indexes into the texts. Texts and places are ascending, and so is what was sent to each.
func (s sentTo) encode() []byte {
	at := map[string]uint64{}
	for _, of := range s {
		for key, e := range of {
			for _, text := range append([]string{key.kind, key.fund}, e.remarks...) {
				at[text] = 0
			}
		}
	}
	texts := slices.Sorted(maps.Keys(at))
	for i, text := range texts {
		at[text] = uint64(i)
	}
	out := section.AppendTexts(nil, texts)
	out = binary.AppendUvarint(out, uint64(len(s)))
	var all []byte
	for _, place := range slices.Sorted(maps.Keys(s)) {
		from := len(all)
		all = binary.AppendUvarint(all, uint64(len(s[place])))
		for _, key := range slices.SortedFunc(maps.Keys(s[place]), sentKey.compare) {
			e := s[place][key]
			all = binary.AppendUvarint(all, at[key.kind])
			all = binary.AppendVarint(all, key.year)
			all = binary.AppendUvarint(binary.AppendUvarint(all, at[key.fund]), uint64(key.until))
			all = binary.AppendVarint(all, e.amount)
			all = binary.AppendUvarint(all, uint64(len(e.remarks)))
			for _, text := range e.remarks {
				all = binary.AppendUvarint(all, at[text])
			}
		}
		out = section.AppendText(out, place)
		out = binary.AppendUvarint(out, uint64(len(all)-from))
	}
	return append(out, all...)
}

// sentTable is the section, of which a place is read when it is asked for.
type sentTable struct {
	texts  []string
	places []string
	of     map[string][]byte
	kept   section.Recent[string, []sent]
}

const sentKept = 1024 // places: all that a county has

func openSent(b []byte) (*sentTable, error) {
	if b == nil {
		b = sentTo{}.encode()
	}
	c := section.Read(b)
	t := &sentTable{texts: c.Texts(), of: map[string][]byte{}}
	t.kept.Limit = sentKept
	t.places = make([]string, c.Len(2))
	sizes := make([]int, len(t.places))
	for i := range t.places {
		t.places[i], sizes[i] = c.Text(), c.Len(1)
		if i > 0 && t.places[i] <= t.places[i-1] {
			c.Fail("places are not ascending")
		}
	}
	for i, place := range t.places {
		t.of[place] = c.Bytes(sizes[i])
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("sent: %w", err)
	}
	return t, nil
}

// to returns what was sent to a place.
func (t *sentTable) to(place string) ([]sent, error) {
	return t.kept.Get(place, func(string) ([]sent, error) {
		b, ok := t.of[place]
		if !ok {
			return nil, nil
		}
		c := section.Read(b)
		text := func() string {
			n := c.Below(len(t.texts))
			if c.Err() != nil {
				return ""
			}
			return t.texts[n]
		}
		list := make([]sent, c.Len(6))
		for i := range list {
			e := &list[i]
			e.sentKey = sentKey{text(), c.Int(), text(), c.Count()}
			e.amount = c.Int()
			for range c.Len(1) {
				e.remarks = append(e.remarks, text())
			}
			if i > 0 && list[i-1].compare(e.sentKey) >= 0 {
				c.Fail("what was sent is not ascending")
			}
			if c.Err() != nil {
				break
			}
		}
		if err := c.End(); err != nil {
			return nil, fmt.Errorf("sent to %s: %w", place, err)
		}
		return list, nil
	})
}

// sentFrom calls yield with everything shown that was sent from a fund, and where.
func (b *Book) sentFrom(fund string, yield func(place disclosure.Code, s *sent)) {
	t, err := b.data.sent()
	if b.note(err); err != nil {
		return
	}
	for _, place := range t.places {
		list, err := t.to(place)
		b.note(err)
		for i := range list {
			if s := &list[i]; s.fund == fund && s.shown(b.day) {
				yield(disclosure.Code(place), s)
			}
		}
	}
}

// sentFor returns what was sent to a place for a kind and year.
func (b *Book) sentFor(place disclosure.Code, kind string, year int64) []sent {
	t, err := b.data.sent()
	if b.note(err); err != nil {
		return nil
	}
	list, err := t.to(string(place))
	b.note(err)
	least := sentKey{kind: kind, year: year}
	from, _ := slices.BinarySearchFunc(list, least, func(s sent, k sentKey) int { return s.compare(k) })
	to := from
	for to < len(list) && list[to].kind == kind && list[to].year == year {
		to++
	}
	return list[from:to]
}
