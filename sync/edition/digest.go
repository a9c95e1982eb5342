package edition

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math/bits"
	"slices"
)

// Digest (摘要) adds up the rows of one dataset. Two heaps of rows have the same digest when they hold the same rows equally often, in whatever
// order and from whatever shards they came.
//
// The bytes of a row are its cells in the order of the columns: a number as zigzag varint, a text as uvarint(length) and bytes. The digest is
// SHA-256( uvarint(rows) || the sum of the SHA-256 of all rows, mod 2^256, 32 bytes big-endian ).
type Digest struct {
	columns []Column
	rows    uint64
	sum     [4]uint64 // least significant first
	buf     []byte
}

// NewDigest returns the digest of no rows.
func NewDigest(columns []Column) *Digest { return &Digest{columns: columns} }

// Add counts one row in. It has one value for each column.
func (d *Digest) Add(row []Value) { d.add(d.row(row)) }

// row is the hash of a row.
func (d *Digest) row(row []Value) [sha256.Size]byte {
	d.buf = d.buf[:0]
	for i, c := range d.columns {
		if c.Number {
			d.buf = binary.AppendVarint(d.buf, row[i].Int)
			continue
		}
		d.buf = binary.AppendUvarint(d.buf, uint64(len(row[i].Text)))
		d.buf = append(d.buf, row[i].Text...)
	}
	return sha256.Sum256(d.buf)
}

func (d *Digest) add(h [sha256.Size]byte) {
	var carry uint64
	for i := range d.sum {
		d.sum[i], carry = bits.Add64(d.sum[i], binary.BigEndian.Uint64(h[24-8*i:]), carry)
	}
	d.rows++
}

// Rows is the number of rows added.
func (d *Digest) Rows() int64 { return int64(d.rows) }

// String is the digest in hex.
func (d *Digest) String() string {
	b := binary.AppendUvarint(nil, d.rows)
	for i := range d.sum {
		b = binary.BigEndian.AppendUint64(b, d.sum[3-i])
	}
	return hash(b)
}

// Combine is the digest of an edition from the digests of its datasets by name: SHA-256 over `name NUL digest LF` in the byte order of names.
func Combine(datasets map[string]string) string {
	var b []byte
	for _, name := range slices.Sorted(maps.Keys(datasets)) {
		b = append(b, name...)
		b = append(b, 0)
		b = append(b, datasets[name]...)
		b = append(b, '\n')
	}
	return hash(b)
}

// hash is the SHA-256 of b in hex.
func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
