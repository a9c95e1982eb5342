package search

import (
	"encoding/binary"
	"fmt"

	"mingbai.local/app/internal/section"
)

// incumbents (在编人员表) is their section, read where it lies:
//
//	section := uvarint(n) uvarint(nodes) uvarint(bytes of entries) trie u32(end of each entry)×n u32(until)×n entry×n
//
// They are in the order of names. Until stands in the entry too.
type incumbents struct {
	n                  int
	trie               trie
	below              []Letters
	ends, untils, list []byte
	timeless           bool // whether all are shown whatever the day
}

func encodeIncumbents(list []Entry, items [][]uint32) []byte {
	le := binary.LittleEndian
	var ends, untils, body []byte
	for _, e := range list {
		body = appendEntry(body, e)
		ends = le.AppendUint32(ends, uint32(len(body)))
		untils = le.AppendUint32(untils, uint32(e.Until))
	}
	t := appendTrie(nil, items)
	var out []byte
	for _, v := range []int{len(list), t.nodes(), len(body)} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	for _, part := range [][]byte{t, ends, untils, body} {
		out = append(out, part...)
	}
	return out
}

func decodeIncumbents(b []byte, units int) (*incumbents, error) {
	c := section.Read(b)
	p := &incumbents{n: c.Len(1), timeless: true}
	nodes, size := c.Len(nodeSize), c.Len(1)
	p.trie = c.Bytes(nodeSize * (nodes + 1))
	p.ends, p.untils, p.list = c.Bytes(4*p.n), c.Bytes(4*p.n), c.Bytes(size)
	err := c.End()
	if err == nil {
		err = p.trie.check(p.n, units)
	}
	if err != nil {
		return nil, fmt.Errorf("search: incumbents: %w", err)
	}
	for i := range p.n {
		p.timeless = p.timeless && p.until(i) == 0
	}
	return p, nil
}

func (p *incumbents) until(i int) int { return int(binary.LittleEndian.Uint32(p.untils[4*i:])) }

func (p *incumbents) entry(i int) (Entry, error) {
	from, to := uint32(0), binary.LittleEndian.Uint32(p.ends[4*i:])
	if i > 0 {
		from = binary.LittleEndian.Uint32(p.ends[4*i-4:])
	}
	if from > to || int(to) > len(p.list) {
		from, to = 0, 0
	}
	c := section.Read(p.list[from:to])
	e := readEntry(c)
	if err := c.End(); err != nil {
		return e, fmt.Errorf("search: incumbent %d: %w", i, err)
	}
	return e, nil
}

// shown returns, for each incumbent and the end, how many before are shown.
func (p *incumbents) shown(day int) []uint32 {
	out := make([]uint32, p.n+1)
	for i := range p.n {
		out[i+1] = out[i]
		if visible(p.until(i), day) {
			out[i+1]++
		}
	}
	return out
}

// shown (可见人数) is how many incumbents before each are shown; nil shows all.
type shown []uint32

func (s *shown) count(lo, hi int) int {
	if *s == nil {
		return hi - lo
	}
	return int((*s)[hi] - (*s)[lo])
}

// add adds nothing: an incumbent is paid no subsidy.
func (*shown) add(_, _ int, to []YearSum) ([]YearSum, error) { return to, nil }
