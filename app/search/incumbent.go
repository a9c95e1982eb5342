package search

import (
	"encoding/binary"
	"fmt"

	"mingbai.local/app/internal/section"
)

// incumbents (在编人员表) is their section, read where it lies:
//
//	section := uvarint(n) uvarint(nodes) uvarint(bytes of entries) trie u32(end of each entry)×n until×n year×n entry×n
//
// Until is a u32, year an i64; both stand in the entry too.
type incumbents struct {
	n                         int
	trie                      trie
	ends, untils, years, list []byte
	timeless                  bool // whether all are shown whatever the day and year
}

func encodeIncumbents(list []Entry, items [][]uint32) []byte {
	le := binary.LittleEndian
	var ends, untils, years, body []byte
	for _, e := range list {
		body = appendEntry(body, e)
		ends = le.AppendUint32(ends, uint32(len(body)))
		untils = le.AppendUint32(untils, uint32(e.Until))
		years = le.AppendUint64(years, uint64(e.Year))
	}
	t := appendTrie(nil, items)
	var out []byte
	for _, v := range []int{len(list), t.nodes(), len(body)} {
		out = binary.AppendUvarint(out, uint64(v))
	}
	for _, part := range [][]byte{t, ends, untils, years, body} {
		out = append(out, part...)
	}
	return out
}

func decodeIncumbents(b []byte, units int) (*incumbents, error) {
	c := section.Read(b)
	p := &incumbents{n: c.Len(1), timeless: true}
	nodes, size := c.Len(nodeSize), c.Len(1)
	p.trie = c.Bytes(nodeSize * (nodes + 1))
	p.ends, p.untils, p.years, p.list = c.Bytes(4*p.n), c.Bytes(4*p.n), c.Bytes(8*p.n), c.Bytes(size)
	err := c.End()
	if err == nil {
		err = p.trie.check(p.n, units)
	}
	if err != nil {
		return nil, fmt.Errorf("search: incumbents: %w", err)
	}
	for i := range p.n {
		until, year := p.limits(i)
		p.timeless = p.timeless && until == 0 && year == 0
	}
	return p, nil
}

func (p *incumbents) limits(i int) (until int, year int64) {
	return int(binary.LittleEndian.Uint32(p.untils[4*i:])), int64(binary.LittleEndian.Uint64(p.years[8*i:]))
}

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
func (p *incumbents) shown(day int, year int64) []uint32 {
	out := make([]uint32, p.n+1)
	for i := range p.n {
		until, of := p.limits(i)
		out[i+1] = out[i]
		if visible(until, day) && (year == 0 || of == 0 || of == year) {
			out[i+1]++
		}
	}
	return out
}
