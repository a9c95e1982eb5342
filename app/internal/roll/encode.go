package roll

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"mingbai.local/app/internal/section"
)

// Encoder (编者) lays out places, one after another; it keeps its memory from one to the next. The zero Encoder is ready.
type Encoder struct {
	values  []int64
	less    []int64
	seen    map[int64]int
	columns []byte

	sorted      []Row
	order, next []int32
	counts      []int32
}

// Encode lays out the payments of a place. Marks has a byte for each of its people, by which he is looked for; texts are those
// of the place from index 1 on. It sorts rows, so that the bytes do not depend on the order in which they came, and fails
// where a row names what is not there.
func (e *Encoder) Encode(templates []Template, marks []byte, texts []string, rows []Row) ([]byte, error) {
	people := len(marks)
	for i := range rows {
		r := &rows[i]
		if r.Person < 0 || r.Person >= people || r.Template < 0 || r.Template >= len(templates) || r.Until < 0 {
			return nil, fmt.Errorf("roll: row %d: person %d, template %d, until %d", i, r.Person, r.Template, r.Until)
		}
		for _, text := range [...]int{r.Ref, r.Remark, r.Reason, r.Doc} {
			if text < 0 || text > len(texts) {
				return nil, fmt.Errorf("roll: row %d: text %d of %d", i, text, len(texts))
			}
		}
	}
	// Templates stand by kind and year, so those of one list are neighbours.
	list := make([]int32, len(templates))
	for i := 1; i < len(templates); i++ {
		if list[i] = list[i-1]; templates[i].Kind != templates[i-1].Kind || templates[i].Year != templates[i-1].Year {
			list[i]++
		}
	}
	rows = e.sort(rows, list, people)
	lists := 0
	e.columns = e.columns[:0]
	var heads []byte
	for from := 0; from < len(rows); lists++ {
		to := from + 1
		for to < len(rows) && list[rows[to].Template] == list[rows[from].Template] {
			to++
		}
		heads = e.list(heads, templates, rows[from:to])
		from = to
	}
	out := append(binary.AppendUvarint(nil, uint64(people)), marks...)
	out = section.AppendTexts(out, texts)
	out = binary.AppendUvarint(out, uint64(lists))
	out = slices.Grow(out, len(heads)+len(e.columns)+padding)
	out = append(append(out, heads...), e.columns...)
	return append(out, zeros...), nil
}

// sort returns the rows by list, person and age. Lists and persons are numbers below some limit, so they are sorted by counting.
func (e *Encoder) sort(rows []Row, list []int32, people int) []Row {
	e.order, e.next = slices.Grow(e.order[:0], len(rows))[:len(rows)], slices.Grow(e.next[:0], len(rows))[:len(rows)]
	for i := range e.order {
		e.order[i] = int32(i)
	}
	e.bucket(people, func(row int32) int { return rows[row].Person })
	if len(list) > 0 {
		e.bucket(int(list[len(list)-1])+1, func(row int32) int { return int(list[rows[row].Template]) })
	}
	e.sorted = e.sorted[:0]
	for _, row := range e.order {
		e.sorted = append(e.sorted, rows[row])
	}
	out := e.sorted
	for from := 0; from < len(out); {
		to := from + 1
		for to < len(out) && out[to].Person == out[from].Person && list[out[to].Template] == list[out[from].Template] {
			to++
		}
		if to > from+1 {
			slices.SortFunc(out[from:to], func(a, b Row) int { return compareRows(&a, &b) })
		}
		from = to
	}
	return out
}

// bucket sorts order by a key below limit, and leaves rows of one key as they stand.
func (e *Encoder) bucket(limit int, key func(row int32) int) {
	e.counts = slices.Grow(e.counts[:0], limit+1)[:limit+1]
	clear(e.counts)
	for _, row := range e.order {
		e.counts[key(row)+1]++
	}
	for i := range limit {
		e.counts[i+1] += e.counts[i]
	}
	for _, row := range e.order {
		at := &e.counts[key(row)]
		e.next[*at] = row
		*at++
	}
	e.order, e.next = e.next, e.order
}

// compareRows orders the payments of one person within a list, oldest first.
func compareRows(a, b *Row) int {
	if a.Template != b.Template { // as nearly always
		return a.Template - b.Template
	}
	return cmp.Or(
		cmp.Compare(a.SourceRow, b.SourceRow), cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Quantity, b.Quantity),
		cmp.Compare(a.Standard, b.Standard), a.Until-b.Until, a.Ref-b.Ref, a.Remark-b.Remark, a.Reason-b.Reason, a.Doc-b.Doc,
	)
}

// list appends a list's columns to e.columns and its head to head.
func (e *Encoder) list(head []byte, templates []Template, rows []Row) []byte {
	persons, first, sum := 0, 0, int64(0)
	alike := true
	for i := range rows {
		r := &rows[i]
		if i == 0 || r.Person != rows[i-1].Person {
			persons++
		}
		u := r.Until
		if t := &templates[r.Template]; t.Until != 0 {
			u = t.Until
		}
		if u != 0 && (first == 0 || u < first) {
			first = u
		}
		sum += r.Amount
		alike = alike && (i == 0 || r.Amount <= rows[i-1].Amount)
	}
	for _, v := range [...]uint64{uint64(len(rows)), uint64(persons)} {
		head = binary.AppendUvarint(head, v)
	}
	head = binary.AppendVarint(head, sum)
	head = binary.AppendUvarint(head, uint64(first))
	var shapes []byte
	flags := uint64(0)
	for k := range columns {
		e.values = e.values[:0]
		switch {
		case k == largest && alike:
			continue
		case k == largest:
			e.byAmount(rows)
		case k == amount:
			if e.amounts(rows) {
				flags |= 1 << less
			}
		default:
			for i := range rows {
				e.values = append(e.values, rows[i].value(k))
			}
		}
		if s := planOf(e.values); s.width == 0 && s.least == 0 {
			continue
		}
		flags |= 1 << k
		shapes = e.column(shapes, k != person && k != largest)
	}
	head = binary.AppendUvarint(head, flags)
	return append(head, shapes...)
}

// amounts sets values to the amounts, or to what they differ from the expected ones where that is shorter.
func (e *Encoder) amounts(rows []Row) (less bool) {
	e.less = e.less[:0]
	for i := range rows {
		r := &rows[i]
		e.values = append(e.values, r.Amount)
		e.less = append(e.less, r.Amount-expected(r.Quantity, r.Standard))
	}
	whole, part := planOf(e.values), planOf(e.less)
	if whole.width < part.width || whole.width == part.width && magnitude(whole.least) <= magnitude(part.least) {
		return false
	}
	e.values, e.less = e.less, e.values
	return true
}

func magnitude(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

// byAmount sets values to the rows by amount, largest first.
func (e *Encoder) byAmount(rows []Row) {
	for i := range rows {
		e.values = append(e.values, int64(i))
	}
	slices.SortFunc(e.values, func(a, b int64) int { return cmp.Or(cmp.Compare(rows[b].Amount, rows[a].Amount), cmp.Compare(a, b)) })
}

// plan is how numbers are packed.
type plan struct {
	least int64
	width uint8
}

func planOf(values []int64) plan {
	least, most := values[0], values[0]
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	return plan{least, widthOf(uint64(most - least))}
}

// fewValues bounds the values of a column that is stored as indexes: more of them seldom pay.
const fewValues = 256

// column appends the column of e.values, and its shape to shapes; as indexes into its values where it may and that is shorter.
func (e *Encoder) column(shapes []byte, indexed bool) []byte {
	p := planOf(e.values)
	if indexed && p.width > 1 {
		if values := e.distinct(); values != nil {
			width := widthOf(uint64(len(values) - 1))
			const more = 2 // bytes of the shape
			size := packedSize(len(values), p.width) + packedSize(len(e.values), width) + more
			if size < packedSize(len(e.values), p.width) {
				shapes = append(shapes, width|valued)
				shapes = binary.AppendVarint(shapes, p.least)
				shapes = binary.AppendUvarint(shapes, uint64(len(values)))
				shapes = append(shapes, p.width)
				for i, v := range values {
					e.seen[v] = i
				}
				e.pack(values, p.least, p.width)
				for i, v := range e.values {
					e.values[i] = int64(e.seen[v])
				}
				e.pack(e.values, 0, width)
				return shapes
			}
		}
	}
	shapes = binary.AppendVarint(append(shapes, p.width), p.least)
	e.pack(e.values, p.least, p.width)
	return shapes
}

// distinct returns the values of a column, ascending; nil where there are too many.
func (e *Encoder) distinct() []int64 {
	if e.seen == nil {
		e.seen = map[int64]int{}
	}
	clear(e.seen)
	var out []int64
	last := e.values[0] + 1
	for _, v := range e.values {
		if v == last {
			continue
		}
		last = v
		if _, ok := e.seen[v]; !ok {
			if len(out) == fewValues {
				return nil
			}
			e.seen[v] = 0
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// pack appends numbers above the least, width bits each, to the columns.
func (e *Encoder) pack(values []int64, least int64, width uint8) {
	if width == 0 {
		return
	}
	held, n := uint64(0), uint8(0)
	for _, v := range values {
		u := uint64(v - least)
		held |= u << n
		if n += width; n >= 64 {
			e.columns = binary.LittleEndian.AppendUint64(e.columns, held)
			n -= 64
			held = u >> (width - n)
		}
	}
	for ; n > 0; n -= min(n, 8) {
		e.columns = append(e.columns, byte(held))
		held >>= 8
	}
}
