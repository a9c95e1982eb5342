package edition

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Shard (块) is some rows of one dataset, as columns.
//
//	"kshard" uvarint(format) text(dataset) uvarint(columns) { text(name) byte(1 number, 0 text) } uvarint(rows) { uvarint(length) column }
//
// where text is uvarint(length) and bytes. A shard has at least one row.
type Shard struct {
	Dataset string
	Columns []Column
	Rows    int
	raw     []byte
	streams [][]byte
}

const shardMagic = "kshard"

// ParseShard reads a shard and checks all of it. The shard and its texts keep raw, which must not change from then on.
func ParseShard(raw []byte) (*Shard, error) {
	s, err := parseShard(raw)
	if err != nil {
		return nil, fmt.Errorf("edition: shard: %w", err)
	}
	return s, nil
}

func parseShard(raw []byte) (*Shard, error) {
	if len(raw) > MaxShardRaw {
		return nil, fmt.Errorf("%d bytes is over %d", len(raw), MaxShardRaw)
	}
	if len(raw) < len(shardMagic) || string(raw[:len(shardMagic)]) != shardMagic {
		return nil, errors.New("is no shard")
	}
	s := &Shard{raw: raw}
	var n int
	var err error
	b := raw[len(shardMagic):]
	if s.Dataset, s.Columns, b, err = takeHeader(b); err != nil {
		return nil, err
	}
	if s.Rows, b, err = takeCount(b, MaxShardRows); err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	if s.Rows == 0 {
		return nil, errors.New("no rows")
	}
	seen := map[string]bool{}
	for _, c := range s.Columns {
		if n, b, err = takeCount(b, len(b)); err != nil || n > len(b) {
			return nil, fmt.Errorf("column %s: %w", c.Name, cmp.Or(err, errShort))
		}
		s.streams = append(s.streams, b[:n:n])
		b = b[n:]
		if err := checkStream(c, s.streams[len(s.streams)-1], s.Rows, seen); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%d bytes after the last column", len(b))
	}
	return s, nil
}

// takeHeader reads what every shard begins with after its magic.
func takeHeader(b []byte) (dataset string, columns []Column, rest []byte, err error) {
	version, b, err := takeCount(b, math.MaxInt32)
	if err != nil {
		return "", nil, nil, err
	}
	if version != Format {
		return "", nil, nil, otherFormat(version)
	}
	if dataset, b, err = takeName(b); err != nil {
		return "", nil, nil, fmt.Errorf("dataset: %w", err)
	}
	n, b, err := takeCount(b, MaxColumns)
	if err != nil {
		return "", nil, nil, fmt.Errorf("columns: %w", err)
	}
	for range n {
		var c Column
		if c.Name, b, err = takeName(b); err != nil {
			return "", nil, nil, fmt.Errorf("column: %w", err)
		}
		if len(b) == 0 || b[0] > 1 {
			return "", nil, nil, fmt.Errorf("column %s: neither number nor text", c.Name)
		}
		c.Number, b = b[0] == 1, b[1:]
		columns = append(columns, c)
	}
	return dataset, columns, b, checkColumns(columns)
}

func appendHeader(b []byte, magic, dataset string, columns []Column) []byte {
	b = append(b, magic...)
	b = binary.AppendUvarint(b, Format)
	b = appendText(b, dataset)
	b = binary.AppendUvarint(b, uint64(len(columns)))
	for _, c := range columns {
		b = appendText(b, c.Name)
		if c.Number {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	return b
}

// checkStream reads a column for the first time.
func checkStream(c Column, stream []byte, rows int, seen map[string]bool) error {
	u := newUnpacker(c.Number, stream, rows)
	u.seen = seen
	for range rows {
		if _, err := u.next(); err != nil {
			return err
		}
	}
	return u.end()
}

func takeName(b []byte) (string, []byte, error) {
	n, b, err := takeCount(b, 64)
	if err != nil {
		return "", nil, err
	}
	if n > len(b) {
		return "", nil, errShort
	}
	if !nameForm.Match(b[:n]) {
		return "", nil, fmt.Errorf("name %q is not of small letters, digits and _", b[:n])
	}
	return string(b[:n]), b[n:], nil
}

// Stream is the blocks of the i-th column, as they stand in the shard.
func (s *Shard) Stream(i int) []byte { return s.streams[i] }

// Each calls f with every row in turn. The row is valid until f returns.
func (s *Shard) Each(f func(row []Value) error) error {
	us := make([]*unpacker, len(s.Columns))
	for i, c := range s.Columns {
		us[i] = newUnpacker(c.Number, s.streams[i], s.Rows)
	}
	row := make([]Value, len(us))
	for range s.Rows {
		for i, u := range us {
			v, err := u.next()
			if err != nil {
				return fmt.Errorf("edition: shard: column %s: %w", s.Columns[i].Name, err)
			}
			row[i] = v
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}

// Binder binds rows into shards. It holds one shard at a time.
type Binder struct {
	dataset string
	columns []Column
	packers []*packer
	rows    int
}

// NewBinder begins a shard of a dataset.
func NewBinder(dataset string, columns []Column) (*Binder, error) {
	if !nameForm.MatchString(dataset) {
		return nil, fmt.Errorf("edition: dataset name %q is not of small letters, digits and _", dataset)
	}
	if err := checkColumns(columns); err != nil {
		return nil, fmt.Errorf("edition: dataset %s: %w", dataset, err)
	}
	b := &Binder{dataset: dataset, columns: slices.Clone(columns)}
	for _, c := range columns {
		b.packers = append(b.packers, newPacker(c.Number))
	}
	return b, nil
}

// Add appends one row, which the binder does not keep. After an error the binder is of no more use.
func (b *Binder) Add(row []Value) error {
	if len(row) != len(b.columns) {
		return fmt.Errorf("edition: dataset %s: row of %d values, not %d", b.dataset, len(row), len(b.columns))
	}
	for i, v := range row {
		if err := b.packers[i].add(v); err != nil {
			return fmt.Errorf("edition: dataset %s: column %s: %w", b.dataset, b.columns[i].Name, err)
		}
	}
	b.rows++
	return nil
}

// Rows is the number of rows in the open shard.
func (b *Binder) Rows() int { return b.rows }

// Size is an upper bound of the bytes of the open shard.
func (b *Binder) Size() int {
	n := 128 + 80*len(b.columns)
	for _, p := range b.packers {
		n += p.size()
	}
	return n
}

// Close returns the open shard and begins the next one.
func (b *Binder) Close() ([]byte, error) {
	if b.rows == 0 || b.rows > MaxShardRows {
		return nil, fmt.Errorf("edition: dataset %s: shard of %d rows, not 1 to %d", b.dataset, b.rows, MaxShardRows)
	}
	size := 0
	for _, p := range b.packers {
		p.flush()
		size += binary.MaxVarintLen32 + len(p.done)
	}
	raw := appendHeader(make([]byte, 0, 128+80*len(b.columns)+size), shardMagic, b.dataset, b.columns)
	raw = binary.AppendUvarint(raw, uint64(b.rows))
	for _, p := range b.packers {
		raw = binary.AppendUvarint(raw, uint64(len(p.done)))
		raw = append(raw, p.done...)
		p.done = p.done[:0]
	}
	b.rows = 0
	if len(raw) > MaxShardRaw {
		return nil, fmt.Errorf("edition: dataset %s: shard of %d bytes is over %d", b.dataset, len(raw), MaxShardRaw)
	}
	return raw, nil
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}
