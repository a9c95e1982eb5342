package book

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"sort"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/section"
	"mingbai.local/app/search"
)

// payment says where the columns of a disbursement stand.
var payment = func() (at struct {
	ref, publishedOn, visibleUntil, fund, kind, year, period, batch, place, group, name, typ, namesake, amount, paidOn int
},
) {
	for name, to := range map[string]*int{
		"ref": &at.ref, "published_on": &at.publishedOn, "visible_until": &at.visibleUntil, "fund": &at.fund, "kind": &at.kind,
		"year": &at.year, "period": &at.period, "batch": &at.batch, "place": &at.place, "group": &at.group, "name": &at.name, "recipient_type": &at.typ,
		"namesake_no": &at.namesake, "amount_fen": &at.amount, "paid_on": &at.paidOn,
	} {
		*to = slices.IndexFunc(disclosure.Of[disclosure.Disbursement]().Columns, func(c disclosure.Column) bool { return c.Name == name })
		if *to < 0 {
			panic("book: disbursement has no column " + name)
		}
	}
	return at
}()

// stored are the columns of a disbursement that a village's section holds for each payment. Place and person stand in the
// search section once; a last column, which is no one's, holds the day until which the payment is shown.
var (
	stored        = storedColumns()
	storedNumbers = append(numbersAt(stored), true)
	storedUntil   = len(stored)
)

func storedColumns() []int {
	var out []int
	p := payment
	for k := range disclosure.Of[disclosure.Disbursement]().Columns {
		if !slices.Contains([]int{p.place, p.group, p.name, p.typ, p.namesake}, k) {
			out = append(out, k)
		}
	}
	return out
}

func numbersAt(columns []int) []bool {
	all := numbers(disclosure.Of[disclosure.Disbursement]().Columns)
	out := make([]bool, len(columns))
	for i, k := range columns {
		out[i] = all[k]
	}
	return out
}

func storedAt(column int) int { return slices.Index(stored, column) }

var (
	storedRef    = storedAt(payment.ref)
	storedKind   = storedAt(payment.kind)
	storedYear   = storedAt(payment.year)
	storedAmount = storedAt(payment.amount)
	storedPaidOn = storedAt(payment.paidOn)
	storedBatch  = storedAt(payment.batch)
	storedFund   = storedAt(payment.fund)
)

// storedCells lays out one payment. A reference that follows from the payment itself is not stored.
func storedCells(code string, r paid) []disclosure.Cell {
	out := make([]disclosure.Cell, 0, len(stored)+1)
	for _, k := range stored {
		out = append(out, r.cells[k])
	}
	p := payment
	d := disclosure.Disbursement{
		Fund: r.cells[p.fund].Text, Kind: r.cells[p.kind].Text, Year: r.cells[p.year].Int, Period: r.cells[p.period].Text,
		Batch: r.cells[p.batch].Int, Place: disclosure.Code(code), Group: r.cells[p.group].Text, Name: r.cells[p.name].Text,
		Type: r.cells[p.typ].Text, NamesakeNo: r.cells[p.namesake].Int,
	}
	if d.Key() == r.cells[p.ref].Text {
		out[storedRef].Text = ""
	}
	return append(out, disclosure.Cell{Int: int64(r.until)})
}

// ledger (村账) is the decoded payments of one place, grouped by its people in the order of search.Index.People.
type ledger struct {
	code   string
	people []search.Person
	first  []int // of each person's payments; one more at the end
	*table
}

func decodeLedger(code string, b []byte, people []search.Person) (*ledger, error) {
	c := section.Read(b)
	n := c.Len(1)
	l := &ledger{code: code, people: people, first: make([]int, n+1)}
	for i := range n {
		l.first[i+1] = l.first[i] + c.Count()
	}
	l.table = readTable(c, storedNumbers)
	if c.Err() == nil && (n != len(people) || l.first[n] != l.rows) {
		c.Fail("%d payments of %d people beside %d of %d", l.rows, len(people), l.first[n], n)
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("payments of %s: %w", code, err)
	}
	return l, nil
}

// person returns the index of the person who got a payment.
func (l *ledger) person(row int) int { return sort.SearchInts(l.first, row+1) - 1 }

func (l *ledger) visible(row, day int) bool {
	until := int(l.columns[storedUntil].int(row))
	return until == 0 || until >= day
}

// payment returns one payment whole.
func (l *ledger) payment(row int) (disclosure.Disbursement, error) {
	var d disclosure.Disbursement
	columns := disclosure.Of[disclosure.Disbursement]()
	cells := make([]disclosure.Cell, len(columns.Columns))
	for i, k := range stored {
		cells[k] = l.columns[i].cell(row)
	}
	p := l.people[l.person(row)]
	cells[payment.place].Text = l.code
	cells[payment.group].Text = p.Group
	cells[payment.name].Text = p.Name
	cells[payment.typ].Text = p.Type
	cells[payment.namesake].Int = p.NamesakeNo
	if err := columns.Fill(&d, cells); err != nil {
		return d, err
	}
	if d.Ref == "" {
		d.Ref = d.Key()
	}
	return d, nil
}

// What leads from a reference to the places where its payment may be. A reference follows from the payment itself and is not
// stored; nor is its hash whole: 8 bits of it within a bucket leave a place too many in one look-up of 16, and the payment's
// own place decides.
const (
	refHashBits  = 48
	refsPerSlot  = 16
	mostRefSlots = 24 // bits
)

// encodeRefs: the places as texts, uvarint(b), u32 end of each of 2^b buckets, then per payment, by bucket, the last byte of its
// hash and its place, in 1 byte up to 256 places, else in 2. The bucket is the first b bits of the hash. Refs are ascending, each
// hash<<16 | place.
func encodeRefs(places []string, refs []uint64) []byte {
	out := section.AppendTexts(nil, places)
	b := min(bits.Len(uint(len(refs)/refsPerSlot)), mostRefSlots)
	out = binary.AppendUvarint(out, uint64(b))
	wide := len(places) > 1<<8
	entries := make([]byte, 0, 3*len(refs))
	i := 0
	for slot := range uint64(1) << b {
		for ; i < len(refs) && refs[i]>>16>>(refHashBits-b) == slot; i++ {
			entries = append(entries, byte(refs[i]>>16))
			if wide {
				entries = append(entries, byte(refs[i]>>8))
			}
			entries = append(entries, byte(refs[i]))
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(i))
	}
	return append(out, entries...)
}

// placesOf returns the places that may hold a payment of that reference, from the section refs.
func placesOf(b []byte, ref string) ([]string, error) {
	c := section.Read(b)
	places := c.Texts()
	shift := c.Below(mostRefSlots + 1)
	ends := c.Bytes(4 << shift)
	size := 2
	if len(places) > 1<<8 {
		size = 3
	}
	n := c.Left() / size
	list := c.Bytes(size * n)
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("refs: %w", err)
	}
	hash := refHash(ref)
	slot := hash >> (refHashBits - shift)
	from, to := uint32(0), binary.LittleEndian.Uint32(ends[4*slot:])
	if slot > 0 {
		from = binary.LittleEndian.Uint32(ends[4*slot-4:])
	}
	if from > to || uint64(to) > uint64(n) {
		return nil, fmt.Errorf("refs: bucket %d is outside", slot)
	}
	var out []string
	for i := int(from); i < int(to); i++ {
		e := list[size*i : size*(i+1)]
		if e[0] != byte(hash) {
			continue
		}
		place := int(e[1])
		if size == 3 {
			place = place<<8 | int(e[2])
		}
		if place >= len(places) {
			return nil, fmt.Errorf("refs: place %d of %d", place, len(places))
		}
		if !slices.Contains(out, places[place]) {
			out = append(out, places[place])
		}
	}
	return out, nil
}

// day numbers the days, so that they are compared without parsing; 0 is no date.
func day(d disclosure.Date) int {
	t, ok := d.Last()
	if d == "" || !ok {
		return 0
	}
	return dayOf(t)
}

func dayOf(t time.Time) int {
	const daysTo1970 = 25567 // from 1900-01-01
	return max(1, int(t.Unix()/86400)+daysTo1970+1)
}
