package ledger

import (
	"encoding/binary"
	"unsafe"

	"mingbai.local/app/disclosure"
)

// AppendRow appends the bytes of a row to b: each cell in the order of the columns, a number as a zigzag varint, a text as
// uvarint length and bytes.
func AppendRow(b []byte, d *disclosure.Dataset, cells []disclosure.Cell) []byte {
	for i := range d.Columns {
		if d.Columns[i].Kind.Number() {
			b = binary.AppendVarint(b, cells[i].Int)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(cells[i].Text)))
		b = append(b, cells[i].Text...)
	}
	return b
}

// ReadRow reads the row at the front of b into cells and returns what follows it. The texts share b's memory, which must not
// be written again while one of them is in use.
func ReadRow(b []byte, d *disclosure.Dataset, cells []disclosure.Cell) ([]byte, error) {
	for i := range d.Columns {
		var err error
		if b, err = readCell(b, d.Columns[i].Kind.Number(), &cells[i]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func readCell(b []byte, number bool, cell *disclosure.Cell) ([]byte, error) {
	if number {
		v, n := binary.Varint(b)
		if n <= 0 {
			return nil, errDamaged
		}
		cell.Int = v
		return b[n:], nil
	}
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return nil, errDamaged
	}
	b = b[n:]
	cell.Text = unsafe.String(unsafe.SliceData(b), int(size))
	return b[size:], nil
}
