package book

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/section"
)

// table (表) is rows as the book stores them, by column:
//
//	table  := uvarint(rows) column×columns
//	column := 0 value                          where all rows are alike
//	        | 1 varint(difference)×rows        numbers, each to the one before
//	        | 1 uvarint(n) entry×n index×rows  texts in order of first use
//	entry  := uvarint(bytes alike with the entry before) uvarint(n) byte×n
//
// Value is a varint or a text. A table has one encoding: an alternative is refused.
type table struct {
	rows    int
	columns []tableColumn
}

type tableColumn struct {
	number bool
	same   bool // texts or ints hold one value for all rows
	ints   []int64
	texts  []string
	index  []uint32
}

func (c *tableColumn) int(row int) int64 {
	if c.same {
		return c.ints[0]
	}
	return c.ints[row]
}

func (c *tableColumn) text(row int) string {
	if c.same {
		return c.texts[0]
	}
	return c.texts[c.index[row]]
}

func (c *tableColumn) cell(row int) disclosure.Cell {
	if c.number {
		return disclosure.Cell{Int: c.int(row)}
	}
	return disclosure.Cell{Text: c.text(row)}
}

// encodeTable lays out rows, whose cells are numbers where number says so.
func encodeTable(number []bool, rows [][]disclosure.Cell) []byte {
	out := binary.AppendUvarint(nil, uint64(len(rows)))
	if len(rows) == 0 {
		return out
	}
	for k, isNumber := range number {
		first := rows[0][k]
		same := !slices.ContainsFunc(rows, func(cells []disclosure.Cell) bool { return cells[k] != first })
		switch {
		case same && isNumber:
			out = binary.AppendVarint(append(out, 0), first.Int)
		case same:
			out = section.AppendText(append(out, 0), first.Text)
		case isNumber:
			out = append(out, 1)
			last := int64(0)
			for _, cells := range rows {
				out = binary.AppendVarint(out, cells[k].Int-last)
				last = cells[k].Int
			}
		default:
			out = appendTexts(append(out, 1), k, rows)
		}
	}
	return out
}

func appendTexts(out []byte, k int, rows [][]disclosure.Cell) []byte {
	at := make(map[string]uint32)
	var entries, index []byte
	last := ""
	for _, cells := range rows {
		s := cells[k].Text
		n, ok := at[s]
		if !ok {
			n = uint32(len(at))
			at[s] = n
			alike := commonPrefix(last, s)
			entries = binary.AppendUvarint(entries, uint64(alike))
			entries = section.AppendText(entries, s[alike:])
			last = s
		}
		index = binary.AppendUvarint(index, uint64(n))
	}
	out = binary.AppendUvarint(out, uint64(len(at)))
	return append(append(out, entries...), index...)
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func decodeTable(number []bool, b []byte) (*table, error) {
	c := section.Read(b)
	t := readTable(c, number)
	return t, c.End()
}

func readTable(c *section.Cursor, number []bool) *table {
	// Rows that are alike in every column take no byte of their own, so their number is bounded by itself.
	t := &table{rows: c.Below(maxTableRows), columns: make([]tableColumn, len(number))}
	if t.rows == 0 {
		return t
	}
	for k := range t.columns {
		col := &t.columns[k]
		col.number = number[k]
		switch kind := c.Below(2); {
		case kind == 0 && col.number:
			col.same, col.ints = true, []int64{c.Int()}
		case kind == 0:
			col.same, col.texts = true, []string{c.Text()}
		case col.number:
			readInts(c, col, t.rows)
		default:
			readTexts(c, col, t.rows)
		}
		if c.Err() != nil {
			return &table{columns: t.columns}
		}
	}
	return t
}

const maxTableRows = 1 << 27

func readInts(c *section.Cursor, col *tableColumn, rows int) {
	if !c.Holds(rows) {
		return
	}
	col.ints = make([]int64, rows)
	last, differ := int64(0), false
	for i := range col.ints {
		d := c.Int()
		last += d
		differ = differ || i > 0 && d != 0
		col.ints[i] = last
	}
	if !differ {
		c.Fail("a column of one number is not stored as one")
	}
}

func readTexts(c *section.Cursor, col *tableColumn, rows int) {
	n := c.Len(2)
	col.texts = make([]string, n)
	seen := make(map[string]bool, n)
	last := ""
	total, most := 0, slack+wide*c.Left()
	for i := range col.texts {
		alike := c.Below(len(last) + 1)
		s := last[:alike] + string(c.Bytes(c.Len(1)))
		if c.Err() != nil {
			return
		}
		// Texts that repeat their predecessor could grow with the square of the input.
		if total += len(s); total > most {
			c.Fail("texts are too long")
			return
		}
		if seen[s] || !utf8.ValidString(s) || commonPrefix(last, s) != alike {
			c.Fail("text %d stands there twice, is not UTF-8 or is not in its shortest form", i)
			return
		}
		seen[s] = true
		col.texts[i] = s
		last = s
	}
	if n < 2 || !c.Holds(rows) {
		c.Fail("%d texts for %d rows", n, rows)
		return
	}
	col.index = make([]uint32, rows)
	used := 0
	for i := range col.index {
		at := c.Below(min(n, used+1))
		used = max(used, at+1)
		col.index[i] = uint32(at)
	}
	if used != n {
		c.Fail("texts are not all used")
	}
}

// What a table may take in memory is bounded by its bytes: rows and texts are at most so many times as wide as they are stored,
// which is more than any are, and a little more where there are few.
const (
	wide  = 24
	slack = 1 << 20
)

// records turns the rows of a dataset's table into records. Put, where it is not nil, completes the cells of each.
func records[T any](d *disclosure.Dataset, b []byte, put func(row int, cells []disclosure.Cell) error) ([]T, error) {
	if b == nil {
		return nil, nil
	}
	t, err := decodeTable(numbers(d.Columns), b)
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %w", d.Name, err)
	}
	// References differ, so that every row takes several bytes.
	if size := int(reflect.TypeFor[T]().Size()); t.rows*size > slack+wide*len(b) {
		return nil, fmt.Errorf("dataset %s: %d rows in %d bytes", d.Name, t.rows, len(b))
	}
	out := make([]T, t.rows)
	cells := make([]disclosure.Cell, len(d.Columns))
	for i := range out {
		for k := range t.columns {
			cells[k] = t.columns[k].cell(i)
		}
		if put != nil {
			if err := put(i, cells); err != nil {
				return nil, fmt.Errorf("dataset %s: row %d: %w", d.Name, i, err)
			}
		}
		if err := d.Fill(&out[i], cells); err != nil {
			return nil, errors.Join(fmt.Errorf("dataset %s: row %d", d.Name, i), err)
		}
	}
	return out, nil
}

func numbers(columns []disclosure.Column) []bool {
	out := make([]bool, len(columns))
	for i, c := range columns {
		out[i] = c.Kind.Number()
	}
	return out
}
