package edition

import (
	"encoding/binary"
	"slices"
)

// A stream is what the other side of the seam reads: blocks of uvarint(rows) and a body. The body of a number column is, for each row, the zigzag
// varint of the difference to the row before in the block, the first to 0. The body of a text column is uvarint(n), the n distinct texts in the
// order of their first use, each after its length, then for each row uvarint(which).

// seam (接缝) turns blocks of shards into blocks of a stream, with the corrections in them.
type seam struct {
	out   []byte
	body  []byte
	which map[string]uint64
}

// column returns a column of a shard as a stream. A block all of whose rows are gone leaves no block.
func (m *seam) column(s *Shard, column int, changes changes) ([]byte, error) {
	u := newUnpacker(s.Columns[column].Number, s.streams[column], s.Rows)
	m.out = m.out[:0]
	for at := 0; at < s.Rows; {
		rows := min(BlockRows, s.Rows-at)
		if err := m.block(u, column, at, rows, &changes); err != nil {
			return nil, err
		}
		at += rows
	}
	return m.out, nil
}

func (m *seam) block(u *unpacker, column, at, rows int, changes *changes) error {
	if m.which == nil {
		m.which = map[string]uint64{}
	}
	if !changes.within(uint32(at), uint32(at+rows)) && (u.number || !u.flatNext()) {
		return m.copied(u, rows)
	}
	m.body = m.body[:0]
	clear(m.which)
	prev, left, begin := int64(0), 0, len(m.out)
	for i := range rows {
		v, err := u.next()
		if err != nil {
			return err
		}
		v, gone := changes.apply(uint32(at+i), column, v)
		if gone {
			continue
		}
		left++
		if u.number {
			m.body = binary.AppendVarint(m.body, v.Int-prev)
			prev = v.Int
			continue
		}
		k, ok := m.which[v.Text]
		if !ok {
			k = uint64(len(m.which))
			m.which[v.Text] = k
			m.out = appendText(m.out, v.Text)
		}
		m.body = binary.AppendUvarint(m.body, k)
	}
	if left == 0 {
		return nil
	}
	head := binary.AppendUvarint(nil, uint64(left))
	if !u.number {
		head = binary.AppendUvarint(head, uint64(len(m.which)))
	}
	m.out = append(slices.Insert(m.out, begin, head...), m.body...) // its texts may be all of a shard: they stand there once
	return nil
}

// copied turns a block that is not corrected and whose texts are listed: nothing has to be looked up in it.
func (m *seam) copied(u *unpacker, rows int) error {
	if err := u.open(); err != nil {
		return err
	}
	m.out = binary.AppendUvarint(m.out, uint64(rows))
	if !u.number {
		m.out = binary.AppendUvarint(m.out, uint64(len(u.texts)))
		for _, s := range u.texts {
			m.out = appendText(m.out, s)
		}
	}
	body := u.rest
	for range rows {
		used := u.used
		x, rest, err := takeUvarint(u.rest)
		if err != nil {
			return err
		}
		u.rest = rest
		if u.number {
			continue
		}
		if x == 0 {
			u.used++
		}
		m.out = binary.AppendUvarint(m.out, uint64(used)-x)
	}
	if u.number {
		m.out = append(m.out, body[:len(body)-len(u.rest)]...)
	}
	u.rows = 0
	return nil
}
