package edition

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
	"unsafe"
)

// A column of a shard is a row of blocks, each
//
//	uvarint(rows) body
//
// where the body of a number column is, for each row, the zigzag varint of the difference to the row before (the first: to 0). The body of a text
// column of which more than every second text of the block is another is uvarint(0), then each row's uvarint(length) bytes. The body of any other
// text column is uvarint(n), then n times uvarint(length) bytes, the distinct texts in the order of their first use, then for each row
// uvarint(back): 0 is the next text that has not been used, else that many texts back from it. All texts are UTF-8 and used, integers are in
// their shortest form. So a column of rows has one encoding; and a row that is put in or left out changes little of what stands after it, so that
// an older shard is a good dictionary for a newer one.

// packer encodes one column of a shard.
type packer struct {
	number bool
	done   []byte // finished blocks
	rows   int    // of the open block
	body   []byte // differences
	prev   int64
	texts  []byte // the distinct texts, each with its length before it
	ends   []int  // of each in texts
	which  map[string]uint32
	used   []uint32 // by row, which text
	spread int      // bytes that the texts of all rows take
}

func newPacker(number bool) *packer { return &packer{number: number, which: map[string]uint32{}} }

func (p *packer) add(v Value) error {
	if p.number {
		if v.Text != "" {
			return fmt.Errorf("text %.20q in a number column", v.Text)
		}
		p.body = binary.AppendVarint(p.body, v.Int-p.prev)
		p.prev = v.Int
	} else if err := p.text(v); err != nil {
		return err
	}
	if p.rows++; p.rows == BlockRows {
		p.flush()
	}
	return nil
}

func (p *packer) text(v Value) error {
	if v.Int != 0 {
		return fmt.Errorf("number %d in a text column", v.Int)
	}
	i, ok := p.which[v.Text]
	if !ok {
		if !utf8.ValidString(v.Text) {
			return fmt.Errorf("%.20q is not UTF-8", v.Text)
		}
		i = uint32(len(p.ends))
		p.which[v.Text] = i
		p.texts = appendText(p.texts, v.Text)
		p.ends = append(p.ends, len(p.texts))
	}
	p.used = append(p.used, i)
	p.spread += len(v.Text) + binary.MaxVarintLen32
	return nil
}

// flat says whether a block's texts stand row by row.
func flat(distinct, rows int) bool { return 2*distinct > rows }

func (p *packer) flush() {
	if p.rows == 0 {
		return
	}
	p.done = binary.AppendUvarint(p.done, uint64(p.rows))
	switch {
	case p.number:
		p.done = append(p.done, p.body...)
	case flat(len(p.ends), p.rows):
		p.done = append(p.done, 0)
		for _, i := range p.used {
			start := 0
			if i > 0 {
				start = p.ends[i-1]
			}
			p.done = append(p.done, p.texts[start:p.ends[i]]...)
		}
	default:
		p.done = binary.AppendUvarint(p.done, uint64(len(p.ends)))
		p.done = append(p.done, p.texts...)
		next := uint32(0)
		for _, i := range p.used {
			p.done = binary.AppendUvarint(p.done, uint64(next-i))
			next = max(next, i+1)
		}
	}
	p.clear()
}

// size is an upper bound of the bytes so far, once flushed.
func (p *packer) size() int {
	return len(p.done) + len(p.body) + p.spread + 2*binary.MaxVarintLen64
}

func (p *packer) clear() {
	p.rows, p.body, p.prev, p.texts, p.ends, p.used, p.spread = 0, p.body[:0], 0, p.texts[:0], p.ends[:0], p.used[:0], 0
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

// takeText reads a text, which shares b's memory.
func takeText(b []byte) (string, []byte, error) {
	size, b, err := takeCount(b, len(b))
	if err != nil {
		return "", nil, err
	}
	if size > len(b) {
		return "", nil, errShort
	}
	return unsafe.String(unsafe.SliceData(b), size), b[size:], nil
}

// unpacker decodes one column, row by row, and accepts only what a packer writes.
type unpacker struct {
	number bool
	rest   []byte
	left   int // rows not yet begun in a block
	rows   int // rows left in the open block
	of     int // rows of the open block
	prev   int64
	flat   bool
	texts  []string
	used   int
	// seen holds the texts of the block while a column is read for the first time; nil once it is known to be good.
	seen map[string]bool
}

func newUnpacker(number bool, column []byte, rows int) *unpacker {
	return &unpacker{number: number, rest: column, left: rows}
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
	u.rows, u.of, u.prev = n, n, 0
	u.left -= n
	if u.number {
		return nil
	}
	return u.openTexts()
}

// flatNext says whether the next block of a text column has its texts row by row.
func (u *unpacker) flatNext() bool {
	_, rest, err := takeUvarint(u.rest)
	return err == nil && len(rest) > 0 && rest[0] == 0
}

func (u *unpacker) openTexts() error {
	var n int
	var err error
	if n, u.rest, err = takeCount(u.rest, u.of); err != nil {
		return err
	}
	u.flat, u.texts, u.used = n == 0, u.texts[:0], 0
	clear(u.seen)
	if !u.flat && flat(n, u.of) {
		return fmt.Errorf("%d texts for %d rows do not stand by themselves", n, u.of)
	}
	for range n {
		var s string
		if s, u.rest, err = takeText(u.rest); err != nil {
			return err
		}
		if err := u.check(s); err != nil {
			return err
		}
		if u.seen != nil && len(u.seen) == len(u.texts) {
			return fmt.Errorf("%.20q twice among the texts of a block", s)
		}
		u.texts = append(u.texts, s)
	}
	return nil
}

// check looks at a text of a column that is read for the first time.
func (u *unpacker) check(s string) error {
	if u.seen == nil {
		return nil
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("%.20q is not UTF-8", s)
	}
	u.seen[s] = true
	return nil
}

func (u *unpacker) next() (Value, error) {
	if u.rows == 0 {
		if err := u.open(); err != nil {
			return Value{}, err
		}
	}
	if u.flat && !u.number {
		return u.nextFlat()
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
	if x > uint64(u.used) || x == 0 && u.used == len(u.texts) {
		return v, fmt.Errorf("text %d back from text %d of %d", x, u.used, len(u.texts))
	}
	v.Text = u.texts[u.used-int(x)]
	if x == 0 {
		u.used++
	}
	if u.rows == 0 && u.used != len(u.texts) {
		return v, fmt.Errorf("%d texts of a block, %d of them used", len(u.texts), u.used)
	}
	return v, nil
}

func (u *unpacker) nextFlat() (v Value, err error) {
	if v.Text, u.rest, err = takeText(u.rest); err != nil {
		return v, err
	}
	if err := u.check(v.Text); err != nil {
		return v, err
	}
	u.rows--
	if u.rows == 0 && u.seen != nil && !flat(len(u.seen), u.of) {
		return v, fmt.Errorf("%d texts for %d rows stand by themselves", len(u.seen), u.of)
	}
	return v, nil
}

// end says whether the column ended with its last row.
func (u *unpacker) end() error {
	if len(u.rest) > 0 {
		return fmt.Errorf("%d bytes after the last row", len(u.rest))
	}
	return nil
}

// textIn says where in raw a text lies that shares its memory; textAt is that text again.
func textIn(raw []byte, s string) int64 {
	if s == "" {
		return 0
	}
	at := uintptr(unsafe.Pointer(unsafe.StringData(s))) - uintptr(unsafe.Pointer(unsafe.SliceData(raw)))
	return int64(at)<<24 | int64(len(s))
}

func textAt(raw []byte, where int64) string {
	at, size := where>>24, where&(1<<24-1)
	return unsafe.String(unsafe.SliceData(raw[at:at+size]), int(size))
}
