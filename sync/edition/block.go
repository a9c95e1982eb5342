package edition

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
	"unsafe"
)

// A column is a row of blocks, each
//
//	uvarint(rows) body
//
// where the body of a number column is, for each row, the zigzag varint of the difference to the row before (the first: to 0), and the body of a
// text column is uvarint(n), then n times uvarint(length) bytes, then for each row uvarint(which). The n texts are distinct, UTF-8, all used and
// in the order of their first use; integers are in their shortest form. So a column of rows has one encoding.

// packer encodes one column.
type packer struct {
	number bool
	done   []byte // finished blocks
	rows   int    // of the open block
	body   []byte // differences, or which text
	prev   int64
	texts  []byte
	which  map[string]uint64
}

func newPacker(number bool) *packer { return &packer{number: number, which: map[string]uint64{}} }

func (p *packer) add(v Value) error {
	if p.number {
		if v.Text != "" {
			return fmt.Errorf("text %.20q in a number column", v.Text)
		}
		p.body = binary.AppendVarint(p.body, v.Int-p.prev)
		p.prev = v.Int
	} else {
		if v.Int != 0 {
			return fmt.Errorf("number %d in a text column", v.Int)
		}
		i, ok := p.which[v.Text]
		if !ok {
			if !utf8.ValidString(v.Text) {
				return fmt.Errorf("%.20q is not UTF-8", v.Text)
			}
			i = uint64(len(p.which))
			p.which[v.Text] = i
			p.texts = binary.AppendUvarint(p.texts, uint64(len(v.Text)))
			p.texts = append(p.texts, v.Text...)
		}
		p.body = binary.AppendUvarint(p.body, i)
	}
	if p.rows++; p.rows == BlockRows {
		p.flush()
	}
	return nil
}

func (p *packer) flush() {
	if p.rows == 0 {
		return
	}
	p.done = binary.AppendUvarint(p.done, uint64(p.rows))
	if !p.number {
		p.done = binary.AppendUvarint(p.done, uint64(len(p.which)))
		p.done = append(p.done, p.texts...)
	}
	p.done = append(p.done, p.body...)
	p.rows, p.body, p.prev, p.texts = 0, p.body[:0], 0, p.texts[:0]
	clear(p.which)
}

// size is an upper bound of the bytes so far, once flushed.
func (p *packer) size() int {
	return len(p.done) + len(p.body) + len(p.texts) + 2*binary.MaxVarintLen64
}

func (p *packer) reset() {
	p.done, p.rows, p.body, p.prev, p.texts = p.done[:0], 0, p.body[:0], 0, p.texts[:0]
	clear(p.which)
}

var errShort = errors.New("ends early")

// takeUvarint reads one integer in its shortest form.
func takeUvarint(b []byte) (uint64, []byte, error) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), b[1:], nil
	}
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errShort
	}
	if b[n-1] == 0 {
		return 0, nil, errors.New("integer not in its shortest form")
	}
	return v, b[n:], nil
}

// takeCount reads an integer of at most limit.
func takeCount(b []byte, limit int) (int, []byte, error) {
	v, rest, err := takeUvarint(b)
	if err == nil && v > uint64(min(limit, math.MaxInt)) {
		err = fmt.Errorf("count %d is over %d", v, limit)
	}
	return int(v), rest, err
}

// unpacker decodes one column, row by row, and accepts only what a packer writes.
type unpacker struct {
	number bool
	rest   []byte
	left   int // rows not yet begun in a block
	rows   int // rows left in the open block
	prev   int64
	texts  []string
	used   int
	seen   map[string]bool
}

func newUnpacker(number bool, column []byte, rows int) *unpacker {
	return &unpacker{number: number, rest: column, left: rows, seen: map[string]bool{}}
}

func (u *unpacker) open() error {
	var n int
	var err error
	if n, u.rest, err = takeCount(u.rest, BlockRows); err != nil {
		return err
	}
	if want := min(u.left, BlockRows); n != want || n == 0 {
		return fmt.Errorf("block of %d rows, not %d", n, want)
	}
	u.rows, u.prev = n, 0
	u.left -= n
	if u.number {
		return nil
	}
	if n, u.rest, err = takeCount(u.rest, n); err != nil {
		return err
	}
	u.texts, u.used = u.texts[:0], 0
	clear(u.seen)
	for range n {
		var size int
		if size, u.rest, err = takeCount(u.rest, len(u.rest)); err != nil {
			return err
		}
		if size > len(u.rest) {
			return errShort
		}
		// Texts share the shard's memory, which nobody changes: a block of them can be as large as the shard.
		s := unsafe.String(unsafe.SliceData(u.rest), size)
		u.rest = u.rest[size:]
		if !utf8.ValidString(s) {
			return fmt.Errorf("%.20q is not UTF-8", s)
		}
		if u.seen[s] {
			return fmt.Errorf("%.20q twice among the texts of a block", s)
		}
		u.seen[s] = true
		u.texts = append(u.texts, s)
	}
	return nil
}

func (u *unpacker) next() (Value, error) {
	if u.rows == 0 {
		if err := u.open(); err != nil {
			return Value{}, err
		}
	}
	var v Value
	x, rest, err := takeUvarint(u.rest)
	if err != nil {
		return v, err
	}
	u.rest = rest
	u.rows--
	if u.number {
		u.prev += int64(x>>1) ^ -int64(x&1)
		v.Int = u.prev
		return v, nil
	}
	if x >= uint64(len(u.texts)) || x > uint64(u.used) {
		return v, fmt.Errorf("text %d comes before text %d", x, u.used)
	}
	if x == uint64(u.used) {
		u.used++
	}
	if u.rows == 0 && u.used != len(u.texts) {
		return v, fmt.Errorf("%d texts of a block, %d of them used", len(u.texts), u.used)
	}
	v.Text = u.texts[x]
	return v, nil
}

// end says whether the column ended with its last row.
func (u *unpacker) end() error {
	if len(u.rest) > 0 {
		return fmt.Errorf("%d bytes after the last row", len(u.rest))
	}
	return nil
}
