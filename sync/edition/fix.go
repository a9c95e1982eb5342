package edition

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A fix shard (更正块) corrects rows of shards that were printed before, so that no shard is ever printed again for a few of its rows.
//
//	"kfixes" uvarint(format) text(dataset) uvarint(columns) { text(name) byte(1 number, 0 text) }
//	uvarint(targets) { 8 bytes of the target's sha256_raw, uvarint(slots) }      ascending
//	for each target, for each slot: uvarint(ordinal)                             the first as it is, then the difference less one
//	uvarint(patterns) { uvarint(0 gone, else columns+1) uvarint(column)… }       ascending, distinct, in the order of first use
//	for each slot: uvarint(back)                                                 0 is the next pattern, else that many back
//	for each column { uvarint(length) column of the cells that patterns name }   in the order of the slots
//
// A slot (格) is a row of a target as it was printed, counted from 0. Its pattern says which cells of it are others now; no column at all says
// that the row is again as it was printed. Of two fix shards the later one in the catalog has the last word on a slot.
const fixMagic = "kfixes"

type target [8]byte

func targetOf(sha256Raw string) (t target) {
	b, err := hex.DecodeString(sha256Raw)
	if err == nil {
		copy(t[:], b)
	}
	return t
}

// pattern is the columns whose cells a correction replaces.
type pattern struct {
	gone    bool
	columns []int
}

func (p pattern) key() string {
	if p.gone {
		return ""
	}
	b := []byte{1}
	for _, c := range p.columns {
		b = append(b, byte(c))
	}
	return string(b)
}

// correction is what became of a row.
type correction struct {
	pattern
	cells []Value // of the pattern's columns
}

// corrected are corrections by target and ordinal, as the press collects them.
type corrected map[target]map[uint32]correction

func (c corrected) set(t target, ordinal uint32, what correction) {
	if c[t] == nil {
		c[t] = map[uint32]correction{}
	}
	c[t][ordinal] = what
}

// bindFixes encodes corrections.
func bindFixes(dataset string, columns []Column, c corrected) ([]byte, error) {
	b := appendHeader(nil, fixMagic, dataset, columns)
	targets := slices.SortedFunc(maps.Keys(c), func(a, b target) int { return bytes.Compare(a[:], b[:]) })
	b = binary.AppendUvarint(b, uint64(len(targets)))
	var ordinals, patterns, codes []byte
	known := map[string]int{}
	packers := make([]*packer, len(columns))
	for i, col := range columns {
		packers[i] = newPacker(col.Number)
	}
	for _, t := range targets {
		b = append(b, t[:]...)
		b = binary.AppendUvarint(b, uint64(len(c[t])))
		next := uint32(0)
		for _, ordinal := range slices.Sorted(maps.Keys(c[t])) {
			ordinals = binary.AppendUvarint(ordinals, uint64(ordinal-next))
			next = ordinal + 1
			what := c[t][ordinal]
			i, ok := known[what.key()]
			codes = binary.AppendUvarint(codes, uint64(len(known)-i)*uint64(btoi(ok)))
			if !ok {
				known[what.key()] = len(known)
				patterns = appendPattern(patterns, what.pattern)
			}
			for k, column := range what.columns {
				if err := packers[column].add(what.cells[k]); err != nil {
					return nil, fmt.Errorf("edition: dataset %s: column %s: %w", dataset, columns[column].Name, err)
				}
			}
		}
	}
	b = append(b, ordinals...)
	b = binary.AppendUvarint(b, uint64(len(known)))
	b = append(append(b, patterns...), codes...)
	for _, p := range packers {
		p.flush()
		b = binary.AppendUvarint(b, uint64(len(p.done)))
		b = append(b, p.done...)
	}
	return b, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func appendPattern(b []byte, p pattern) []byte {
	if p.gone {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(p.columns)+1))
	for _, c := range p.columns {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

// fixes is a fix shard that has been read. Its texts share the memory of the raw bytes.
type fixes struct {
	dataset  string
	columns  []Column
	targets  []fixedTarget
	patterns []pattern
	raw      []byte
	cells    []int64 // numbers, and texts as offset<<24|length in raw
	slots    int
}

type fixedTarget struct {
	target
	slots []slot
}

// slot is one corrected row.
type slot struct {
	ordinal uint32
	pattern uint16
	fix     uint16 // which of a dataset's fix shards
	first   uint32 // of its cells
}

const maxPatterns = 1<<16 - 1

func parseFixes(raw []byte) (*fixes, error) {
	if len(raw) > MaxFixRaw {
		return nil, fmt.Errorf("%d bytes is over %d", len(raw), MaxFixRaw)
	}
	if !bytes.HasPrefix(raw, []byte(fixMagic)) {
		return nil, errors.New("is no fix shard")
	}
	f := &fixes{raw: raw}
	var err error
	b := raw[len(fixMagic):]
	if f.dataset, f.columns, b, err = takeHeader(b); err != nil {
		return nil, err
	}
	if b, err = f.takeTargets(b); err != nil {
		return nil, err
	}
	if b, err = f.takePatterns(b); err != nil {
		return nil, err
	}
	return f, f.takeCells(b)
}

func (f *fixes) takeTargets(b []byte) ([]byte, error) {
	n, b, err := takeCount(b, len(b)/len(target{}))
	if err != nil || n == 0 {
		return nil, fmt.Errorf("%d targets: %w", n, cmp.Or(err, errShort))
	}
	counts := make([]int, n)
	for i := range n {
		var t fixedTarget
		if len(b) < len(t.target) {
			return nil, errShort
		}
		copy(t.target[:], b)
		if i > 0 && bytes.Compare(f.targets[i-1].target[:], t.target[:]) >= 0 {
			return nil, fmt.Errorf("target %x is not in order", t.target)
		}
		if counts[i], b, err = takeCount(b[len(t.target):], min(len(b), MaxShardRows)); err != nil || counts[i] == 0 {
			return nil, fmt.Errorf("target %x: %w", t.target, cmp.Or(err, errors.New("no slots")))
		}
		if f.slots += counts[i]; f.slots > len(b) {
			return nil, errShort
		}
		f.targets = append(f.targets, t)
	}
	for i := range f.targets {
		t := &f.targets[i]
		next := 0
		t.slots = make([]slot, counts[i])
		for k := range t.slots {
			var gap int
			if gap, b, err = takeCount(b, MaxShardRows-1-next); err != nil {
				return nil, fmt.Errorf("target %x: ordinal: %w", t.target, err)
			}
			t.slots[k].ordinal = uint32(next + gap)
			next += gap + 1
		}
	}
	return b, nil
}

func (f *fixes) takePatterns(b []byte) ([]byte, error) {
	n, b, err := takeCount(b, min(f.slots, maxPatterns))
	if err != nil {
		return nil, fmt.Errorf("patterns: %w", err)
	}
	known := map[string]bool{}
	for range n {
		var p pattern
		if p, b, err = takePattern(b, len(f.columns)); err != nil {
			return nil, fmt.Errorf("pattern: %w", err)
		}
		if known[p.key()] {
			return nil, errors.New("pattern twice")
		}
		known[p.key()] = true
		f.patterns = append(f.patterns, p)
	}
	used, cells := 0, 0
	for i := range f.targets {
		for k := range f.targets[i].slots {
			var back int
			if back, b, err = takeCount(b, used); err != nil {
				return nil, fmt.Errorf("pattern: %w", err)
			}
			if back == 0 {
				if used++; used > n {
					return nil, fmt.Errorf("pattern %d of %d", used, n)
				}
				back = 1
			}
			s := &f.targets[i].slots[k]
			s.pattern, s.first = uint16(used-back), uint32(cells)
			if cells += len(f.patterns[s.pattern].columns); cells > len(f.raw) {
				return nil, errShort
			}
		}
	}
	if used != n {
		return nil, fmt.Errorf("%d patterns, %d of them used", n, used)
	}
	f.cells = make([]int64, cells)
	return b, nil
}

func takePattern(b []byte, columns int) (p pattern, rest []byte, err error) {
	n, b, err := takeCount(b, columns+1)
	if err != nil || n == 0 {
		return pattern{gone: true}, b, err
	}
	last := -1
	for range n - 1 {
		var c int
		if c, b, err = takeCount(b, columns-1); err != nil {
			return p, nil, err
		}
		if c <= last {
			return p, nil, fmt.Errorf("column %d is not in order", c)
		}
		last = c
		p.columns = append(p.columns, c)
	}
	return p, b, nil
}

// takeCells reads the columns of the cells that the patterns name.
func (f *fixes) takeCells(b []byte) error {
	seen := map[string]bool{}
	for c, column := range f.columns {
		n, rest, err := takeCount(b, len(b))
		if err != nil || n > len(rest) {
			return fmt.Errorf("column %s: %w", column.Name, cmp.Or(err, errShort))
		}
		stream := rest[:n:n]
		b = rest[n:]
		if err := checkStream(column, stream, f.count(c), seen); err != nil {
			return fmt.Errorf("column %s: %w", column.Name, err)
		}
		if err := f.fill(c, stream); err != nil {
			return fmt.Errorf("column %s: %w", column.Name, err)
		}
	}
	if len(b) > 0 {
		return fmt.Errorf("%d bytes after the last column", len(b))
	}
	return nil
}

// each calls g with every slot that has a cell of the column, and with the cell.
func (f *fixes) each(column int, g func(cell *int64) error) error {
	for _, t := range f.targets {
		for _, s := range t.slots {
			if k, ok := slices.BinarySearch(f.patterns[s.pattern].columns, column); ok {
				if err := g(&f.cells[int(s.first)+k]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (f *fixes) count(column int) (n int) {
	_ = f.each(column, func(*int64) error { n++; return nil }) // counting does not fail
	return n
}

func (f *fixes) fill(column int, stream []byte) error {
	u := newUnpacker(f.columns[column].Number, stream, f.count(column))
	return f.each(column, func(cell *int64) error {
		v, err := u.next()
		if err != nil {
			return err
		}
		if *cell = v.Int; !u.number {
			*cell = textIn(f.raw, v.Text)
		}
		return nil
	})
}

func (f *fixes) value(column int, cell int64) Value {
	if f.columns[column].Number {
		return Value{Int: cell}
	}
	return Value{Text: textAt(f.raw, cell)}
}

// corrections (更正) are all fix shards of a dataset together: for each slot, what the last of them says.
type corrections struct {
	fixes []*fixes
	slots map[target][]slot // by ordinal
}

// join puts the fix shards of a dataset together, the last word last, and holds each to the shards that there are.
func join(d *Dataset, list []*fixes) (*corrections, error) {
	rows, err := targets(d.Entries)
	if err != nil {
		return nil, err
	}
	c := &corrections{fixes: list, slots: map[target][]slot{}}
	for i, f := range list {
		if f.dataset != d.Name || !slices.Equal(f.columns, d.Columns) {
			return nil, fmt.Errorf("fix shard %d is not of the columns of %s", i, d.Name)
		}
		for _, t := range f.targets {
			n, ok := rows[t.target]
			if !ok {
				return nil, fmt.Errorf("fix shard %d corrects shard %x, which is not there", i, t.target)
			}
			if last := t.slots[len(t.slots)-1].ordinal; int64(last) >= n {
				return nil, fmt.Errorf("fix shard %d corrects row %d of shard %x, which has %d", i, last, t.target, n)
			}
			for k := range t.slots {
				t.slots[k].fix = uint16(i)
			}
			c.slots[t.target] = merge(c.slots[t.target], t.slots)
		}
		f.targets = nil // they are in c now
	}
	return c, nil
}

// targets are the rows of each shard that can be corrected.
func targets(entries []Entry) (map[target]int64, error) {
	rows, names := map[target]int64{}, map[target]string{}
	for _, e := range entries {
		if e.Kind == Fix {
			continue
		}
		t := targetOf(e.SHA256Raw)
		if name, ok := names[t]; ok && name != e.SHA256Raw {
			return nil, fmt.Errorf("shards %s and %s have one name in fix shards", name, e.SHA256Raw)
		}
		names[t], rows[t] = e.SHA256Raw, e.Rows
	}
	return rows, nil
}

// merge puts newer slots over older ones.
func merge(old, young []slot) []slot {
	if len(old) == 0 {
		return young
	}
	out := make([]slot, 0, len(old)+len(young))
	for len(old) > 0 && len(young) > 0 {
		switch a, b := old[0].ordinal, young[0].ordinal; {
		case a < b:
			out, old = append(out, old[0]), old[1:]
		case a == b:
			old = old[1:]
		default:
			out, young = append(out, young[0]), young[1:]
		}
	}
	return append(append(out, old...), young...)
}

// of are the changes of a shard.
func (c *corrections) of(sha256Raw string) changes {
	if c == nil {
		return changes{}
	}
	return changes{c, c.slots[targetOf(sha256Raw)]}
}

// changes are the corrections of one shard. They are asked for rows in ascending order.
type changes struct {
	c     *corrections
	slots []slot
}

// within says whether a row from first to before end is corrected.
func (c *changes) within(first, end uint32) bool {
	for len(c.slots) > 0 && c.slots[0].ordinal < first {
		c.slots = c.slots[1:]
	}
	return len(c.slots) > 0 && c.slots[0].ordinal < end
}

// apply returns what the cell of a row is now, and whether the row is gone.
func (c *changes) apply(row uint32, column int, v Value) (now Value, gone bool) {
	if !c.within(row, row+1) {
		return v, false
	}
	s := c.slots[0]
	f := c.c.fixes[s.fix]
	p := f.patterns[s.pattern]
	if k, ok := slices.BinarySearch(p.columns, column); ok {
		v = f.value(column, f.cells[int(s.first)+k])
	}
	return v, p.gone
}

// row sets a whole row to what it is now.
func (c *changes) row(ordinal uint32, row []Value) (gone bool) {
	if !c.within(ordinal, ordinal+1) {
		return false
	}
	s := c.slots[0]
	f := c.c.fixes[s.fix]
	p := f.patterns[s.pattern]
	for k, column := range p.columns {
		row[column] = f.value(column, f.cells[int(s.first)+k])
	}
	return p.gone
}

// corrected are the corrections as the press collects them.
func (c *corrections) corrected() corrected {
	out := corrected{}
	for t, slots := range c.slots {
		for _, s := range slots {
			f := c.fixes[s.fix]
			p := f.patterns[s.pattern]
			what := correction{pattern: p}
			for k, column := range p.columns {
				what.cells = append(what.cells, f.value(column, f.cells[int(s.first)+k]))
			}
			out.set(t, s.ordinal, what)
		}
	}
	return out
}
