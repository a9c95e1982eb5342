// Package roll lays out the payments of one place so that any of them is read where it lies: nothing is decoded.
//
// There are 2 parties. A builder of books hands Encode the payments of a place, each as numbers: who was paid, by which batch
// (发放批次), how much. A book opens the bytes and reads single rows of single lists for as long as it is open.
//
// A list (名单) is what one kind of subsidy paid in one year. Its rows stand in the order of people, then oldest first, and
// beside them lies the order by amount. A column of a list is numbers of one fixed width above the least of them, or, where
// that is shorter, indexes into its few values; where all rows are alike, which is the rule, it has no width at all. An amount
// that is quantity × standard is not stored. So any row is found by a multiplication, a person's rows by binary search, and a
// page of 8 rows touches 8 rows.
//
// What is the same for many payments, whoever they went to, is a template: it stands once for the whole county. What differs from
// row to row without being a number (a remark, a paper, a reference that was given) is a text of the place.
//
// Bytes are checked before anything is read from them: Open walks the heads of the lists, List.Check the rows of one list. The
// package does no input or output.
package roll

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	"mingbai.local/app/internal/section"
)

// Row (一笔) is one payment.
type Row struct {
	Person   int // index among the people of the place
	Template int // index among the templates of the county
	Quantity, Standard, Amount,
	SourceRow int64
	// Until is the last day of showing where the template says none; 0 is open-ended.
	Until int
	// Ref, Remark, Reason and Doc are indexes into the texts of the place; 0 is the empty text.
	Ref, Remark, Reason, Doc int
}

// The columns of a list. The amount is stored less quantity × standard where that is shorter.
const (
	person = iota
	template
	quantity
	standard
	amount
	sourceRow
	until
	ref
	remark
	reason
	doc
	largest // the rows by amount, largest first
	columns

	less = columns // the flag, beside those of the columns that have one
)

func (r *Row) value(column int) int64 {
	switch column {
	case person:
		return int64(r.Person)
	case template:
		return int64(r.Template)
	case quantity:
		return r.Quantity
	case standard:
		return r.Standard
	case amount:
		return r.Amount
	case sourceRow:
		return r.SourceRow
	case until:
		return int64(r.Until)
	case ref:
		return int64(r.Ref)
	case remark:
		return int64(r.Remark)
	case reason:
		return int64(r.Reason)
	}
	return int64(r.Doc)
}

// expected is what a quantity costs, rounded half away from zero. It wraps where no amount can be so large, which costs bytes
// and no truth: it is taken off and added again.
func expected(quantity, standard int64) int64 {
	p := quantity * standard
	if p < 0 {
		return (p - 500) / 1000
	}
	return (p + 500) / 1000
}

// Place (村账) is the payments of one place. It is safe for use by many at once.
type Place struct {
	People    int
	b         []byte
	marks     []byte
	templates []Template
	texts     []string
	lists     []List
	columns   []column // those of all lists
}

// List (名单) is the payments of one kind and year in one place.
type List struct {
	Kind string
	Year int64
	// Rows are the payments, Persons those who got them, Sum what they got, all of them whether they are still shown or not.
	Rows, Persons int
	Sum           int64
	// FirstUntil is the first day that is the last one of a payment, 0 where all are open-ended.
	FirstUntil int

	place   *Place
	columns uint32         // how many of the place stand before its own
	slots   [columns]uint8 // which of its own each column is, from 1; 0 is one that is 0 in all rows
	less    bool
	sorted  bool // rows stand by amount already
	// fund is what all payments are paid from, mixed where not all are from one; nil before the list is checked.
	fund atomic.Pointer[string]
}

func (l *List) column(k int) *column {
	if l.slots[k] == 0 {
		return &nothing
	}
	return &l.place.columns[l.columns+uint32(l.slots[k])-1]
}

var nothing column // 0 in all rows

// at returns the number of row i in a column.
func (l *List) at(k, i int) int64 { return l.column(k).at(l.place.b, i) }

// Open reads the heads of the lists in b, which must stay as it is while the place is used.
//
//	place := uvarint(people) mark×people texts uvarint(lists) head×lists (column×columns)×lists 0×8
//	head  := uvarint(rows) uvarint(persons) varint(sum) uvarint(first until) uvarint(flags) shape×columns that the flags name
//	shape := 0..57 or 64: width, varint(least)
//	       | the same + 128, varint(least) uvarint(values) width of the values
//
// Flag k says that column k is there, and not 0 in all rows; the last flag, that amounts are stored less what is expected. A
// column is its values, packed, if it has any, then its rows, packed, each on whole bytes. Lists are ascending by kind and
// year, which their templates say.
func Open(b []byte, templates []Template) (*Place, error) {
	if len(b) > math.MaxUint32 {
		return nil, fmt.Errorf("roll: %d bytes are too many", len(b))
	}
	c := section.Read(b)
	p := &Place{b: b, marks: c.Bytes(c.Len(1)), templates: templates, texts: append([]string{""}, c.Texts()...)}
	p.People = len(p.marks)
	const leastHead = 7
	p.lists = make([]List, c.Len(leastHead))
	rows := 0
	for i := range p.lists {
		p.lists[i].read(c, p)
		// Rows that are alike in every column take no bit, but payments differ: a few bytes are not years of work.
		if rows += p.lists[i].Rows; rows > 8*len(b) {
			c.Fail("%d rows in %d bytes", rows, len(b))
		}
		if c.Err() == nil && i > 0 && compareLists(&p.lists[i-1], &p.lists[i]) >= 0 {
			c.Fail("lists are not ascending")
		}
		if c.Err() != nil {
			return nil, fmt.Errorf("roll: %w", c.Err())
		}
	}
	at := len(b) - c.Left()
	p.columns = slices.Clone(p.columns) // without the room that appending left
	for i := range p.lists {
		l := &p.lists[i]
		for k, slot := range l.slots {
			if slot == 0 {
				continue
			}
			var err error
			if at, err = l.column(k).place(at, l.Rows, len(b)-padding); err != nil {
				return nil, fmt.Errorf("roll: list of %s %d: %w", l.Kind, l.Year, err)
			}
		}
	}
	if at != len(b)-padding || string(b[at:]) != zeros {
		return nil, errors.New("roll: the columns do not end where the section does")
	}
	return p, nil
}

// Numbers are read 8 bytes at a time, so that many stand behind the last.
const (
	padding = 8
	zeros   = "\x00\x00\x00\x00\x00\x00\x00\x00"
)

func compareLists(a, b *List) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), cmp.Compare(a.Year, b.Year))
}

const mostRows = 1 << 27

func (l *List) read(c *section.Cursor, p *Place) {
	l.place = p
	l.Rows, l.Persons, l.Sum, l.FirstUntil = c.Below(mostRows), c.Count(), c.Int(), c.Count()
	flags := c.Below(1 << (columns + 1))
	l.less = flags>>less != 0
	l.columns = uint32(len(p.columns))
	for k := range l.slots {
		if flags>>k&1 != 0 {
			p.columns = append(p.columns, column{})
			l.slots[k] = uint8(len(p.columns) - int(l.columns))
			l.column(k).read(c)
		}
	}
	l.sorted = flags>>largest&1 == 0
	if c.Err() == nil && (l.Rows == 0 || l.Persons == 0 || l.Persons > l.Rows || l.Persons > p.People) {
		c.Fail("a list of %d rows of %d persons", l.Rows, l.Persons)
	}
	first := l.column(template).least
	if c.Err() == nil && (first < 0 || first >= int64(len(p.templates))) {
		c.Fail("template %d of %d", first, len(p.templates))
	}
	if c.Err() != nil {
		return
	}
	l.Kind, l.Year = p.templates[first].Kind, p.templates[first].Year
}

// Lists returns the lists by kind, then year. They are not to be copied.
func (p *Place) Lists() []List { return p.lists }

// List returns one list; nil where nothing of that kind was paid in that year.
func (p *Place) List(kind string, year int64) *List {
	i := sort.Search(len(p.lists), func(i int) bool {
		return cmp.Or(strings.Compare(p.lists[i].Kind, kind), cmp.Compare(p.lists[i].Year, year)) >= 0
	})
	if i == len(p.lists) || p.lists[i].Kind != kind || p.lists[i].Year != year {
		return nil
	}
	return &p.lists[i]
}

// OfKind returns the lists of a kind, by year.
func (p *Place) OfKind(kind string) []List {
	from := sort.Search(len(p.lists), func(i int) bool { return p.lists[i].Kind >= kind })
	to := from
	for to < len(p.lists) && p.lists[to].Kind == kind {
		to++
	}
	return p.lists[from:to]
}

// Mark returns the mark of a person.
func (p *Place) Mark(person int) byte { return p.marks[person] }

// Marked yields the people who have a mark, which few others have.
func (p *Place) Marked(mark byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		for from := 0; ; from++ {
			i := bytes.IndexByte(p.marks[from:], mark)
			if i < 0 {
				return
			}
			if from += i; !yield(from) {
				return
			}
		}
	}
}

// TextOf returns the index of a text of the place.
func (p *Place) TextOf(s string) (int, bool) {
	i := slices.Index(p.texts, s)
	return i, i >= 0
}

// Text returns a text of the place.
func (p *Place) Text(i int) string { return p.texts[i] }

// mixed stands for several funds: no fund has no number.
var mixed = ""

// Check makes sure, once, that every row of the list can be read. Nothing may be read from the list's rows before.
func (l *List) Check() error {
	if l.fund.Load() != nil {
		return nil
	}
	limits := [columns]int{
		person: l.place.People, template: len(l.place.templates), until: math.MaxInt32, largest: l.Rows,
		ref: len(l.place.texts), remark: len(l.place.texts), reason: len(l.place.texts), doc: len(l.place.texts),
	}
	for k := range l.slots {
		if err := l.column(k).check(l.place.b, l.Rows, limits[k]); err != nil {
			return fmt.Errorf("roll: list of %s %d: column %d: %w", l.Kind, l.Year, k, err)
		}
	}
	last, fund := 0, &mixed
	for i := range l.Rows {
		t, who := l.Template(i), l.Person(i)
		if i == 0 {
			fund = &t.Fund
		} else if t.Fund != *fund {
			fund = &mixed
		}
		if t.Kind != l.Kind || t.Year != l.Year || who < last {
			return fmt.Errorf("roll: list of %s %d: row %d is out of order", l.Kind, l.Year, i)
		}
		last = who
	}
	l.fund.Store(fund)
	return nil
}

// Audit compares the head of the list with its rows, and the order by amount with the amounts.
func (l *List) Audit() error {
	if err := l.Check(); err != nil {
		return err
	}
	persons, first, sum, last := 0, 0, int64(0), -1
	for i := range l.Rows {
		if who := l.Person(i); who != last {
			persons++
			last = who
		}
		if u := l.Until(i); u != 0 && (first == 0 || u < first) {
			first = u
		}
		sum += l.Amount(i)
	}
	if persons != l.Persons || sum != l.Sum || first != l.FirstUntil {
		return fmt.Errorf("roll: list of %s %d: its head says %d persons and %d fen, its rows %d and %d", l.Kind, l.Year, l.Persons, l.Sum, persons, sum)
	}
	for i := 1; i < l.Rows; i++ {
		if a, b := l.Largest(i-1), l.Largest(i); cmp.Or(cmp.Compare(l.Amount(b), l.Amount(a)), a-b) >= 0 {
			return fmt.Errorf("roll: list of %s %d: place %d by amount is wrong", l.Kind, l.Year, i)
		}
	}
	return nil
}

// Person returns who got payment i.
func (l *List) Person(i int) int { return int(l.at(person, i)) }

// Template returns the batch of payment i.
func (l *List) Template(i int) *Template { return &l.place.templates[l.at(template, i)] }

// Amount returns the amount of payment i in fen.
func (l *List) Amount(i int) int64 {
	v := l.at(amount, i)
	if l.less {
		v += expected(l.at(quantity, i), l.at(standard, i))
	}
	return v
}

// Until returns the last day on which payment i is shown, 0 where it is open-ended.
func (l *List) Until(i int) int {
	if t := l.Template(i); t.Until != 0 {
		return t.Until
	}
	return int(l.at(until, i))
}

// Shown reports whether payment i is shown on a day.
func (l *List) Shown(i, day int) bool {
	if l.AllShown(day) {
		return true
	}
	u := l.Until(i)
	return u == 0 || u >= day
}

// AllShown reports whether every payment of the list is shown on a day.
func (l *List) AllShown(day int) bool { return l.FirstUntil == 0 || l.FirstUntil >= day }

// Row returns payment i whole.
func (l *List) Row(i int) Row {
	at := func(column int) int64 { return l.at(column, i) }
	return Row{
		Person: int(at(person)), Template: int(at(template)), Quantity: at(quantity), Standard: at(standard), Amount: l.Amount(i),
		SourceRow: at(sourceRow), Until: int(at(until)), Ref: int(at(ref)), Remark: int(at(remark)), Reason: int(at(reason)), Doc: int(at(doc)),
	}
}

// Largest returns the row that stands at place i by amount, largest first, rows of one amount as they stand.
func (l *List) Largest(i int) int {
	if l.sorted {
		return i
	}
	return int(l.at(largest, i))
}

// Of returns the rows of the people from lo up to hi.
func (l *List) Of(lo, hi int) (from, to int) {
	from = sort.Search(l.Rows, func(i int) bool { return l.Person(i) >= lo })
	most := l.Rows - from
	for n := 1; n < most; n *= 2 { // one person has few rows
		if l.Person(from+n) >= hi {
			most = n
		}
	}
	return from, from + sort.Search(most, func(i int) bool { return l.Person(from+i) >= hi })
}

// PaidFrom reports whether payments of the list, which was checked, may be paid from a fund.
func (l *List) PaidFrom(fund string) bool {
	of := *l.fund.Load()
	return of == mixed || of == fund
}

// Sums calls add for the people from lo up to hi with how many payments each got that are shown on a day and paid from a fund,
// any where none is given, and what they come to; more than once for a person perhaps.
func (l *List) Sums(lo, hi, day int, fund string, add func(person int, year int64, payments int, amount int64)) {
	from, to := 0, l.Rows
	if lo > 0 || hi < l.place.People {
		from, to = l.Of(lo, hi)
	}
	plain := l.AllShown(day)
	if of := l.fund.Load(); of != nil && *of == fund {
		fund = "" // all of it is
	}
	whom, payments, sum := -1, 0, int64(0)
	people, amounts, b := l.column(person), l.column(amount), l.place.b
	for i := from; i < to; i++ {
		if !plain && !l.Shown(i, day) || fund != "" && l.Template(i).Fund != fund {
			continue
		}
		if who := int(people.at(b, i)); who != whom {
			if payments > 0 {
				add(whom, l.Year, payments, sum)
			}
			whom, payments, sum = who, 0, 0
		}
		payments++
		if sum += amounts.at(b, i); l.less {
			sum += expected(l.at(quantity, i), l.at(standard, i))
		}
	}
	if payments > 0 {
		add(whom, l.Year, payments, sum)
	}
}

// column is packed numbers: width bits each above the least, or, where there are values, indexes into those.
type column struct {
	least       int64
	from, table uint32 // where rows and values begin
	values      uint32
	width       uint8 // of a row
	wide        uint8 // of a value
}

const valued = 0x80

// packs reports whether numbers of a width can be read by one load of 8 bytes.
func packs(width uint8) bool { return width <= 57 || width == 64 }

func (c *column) read(r *section.Cursor) {
	shape := r.Bytes(1)
	if shape == nil {
		return
	}
	c.width, c.least = shape[0]&^valued, r.Int()
	if shape[0]&valued != 0 {
		c.values = uint32(r.Len(0))
		if wide := r.Bytes(1); wide != nil {
			c.wide = wide[0]
		}
		if r.Err() == nil && (c.values == 0 || c.width > 57) {
			r.Fail("%d values, %d bits", c.values, c.width)
		}
	}
	if r.Err() == nil && (!packs(c.width) || !packs(c.wide)) {
		r.Fail("numbers of %d and %d bits", c.width, c.wide)
	}
}

// place says where the column lies, from at on, and returns where it ends.
func (c *column) place(at, rows, size int) (int, error) {
	from := at + packedSize(int(c.values), c.wide)
	end := from + packedSize(rows, c.width)
	if from > size || end > size {
		return 0, errors.New("a column lies outside")
	}
	c.table, c.from = uint32(at), uint32(from)
	return end, nil
}

func packedSize(n int, width uint8) int { return (n*int(width) + 7) / 8 }

// unpack returns number i of those that are packed in b.
func unpack(b []byte, width uint8, i int) int64 {
	if width == 0 {
		return 0
	}
	bit := i * int(width)
	v := binary.LittleEndian.Uint64(b[bit>>3:]) >> (bit & 7)
	return int64(v & (1<<width - 1))
}

func (c *column) at(b []byte, i int) int64 {
	v := unpack(b[c.from:], c.width, i)
	if c.values > 0 {
		v = unpack(b[c.table:], c.wide, int(v))
	}
	return c.least + v
}

// check makes sure that every row can be read and, where there is a limit, is below it.
func (c *column) check(b []byte, rows, limit int) error {
	if c.values > 0 {
		for i := range rows {
			if at := unpack(b[c.from:], c.width, i); at >= int64(c.values) {
				return fmt.Errorf("row %d: value %d of %d", i, at, c.values)
			}
		}
	}
	if limit == 0 {
		return nil
	}
	if c.width == 0 {
		rows = 1
	}
	for i := range rows {
		if v := c.at(b, i); v < 0 || v >= int64(limit) {
			return fmt.Errorf("row %d: %d is not below %d", i, v, limit)
		}
	}
	return nil
}

// widthOf returns how many bits the numbers up to most take, as they can be packed.
func widthOf(most uint64) uint8 {
	if n := bits.Len64(most); n <= 57 {
		return uint8(n)
	}
	return 64
}
