package book

import (
	"fmt"
	"sync"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/roll"
	"mingbai.local/app/search"
)

// ledger (村账) is the payments of one place, read where they lie.
type ledger struct {
	code string
	*roll.Place
	*core
	traits func() traits
}

// traits (特征) is what lists ask of everyone in them.
type traits struct {
	groups []string
	group  []uint32 // of a person, among the groups
	single []bool   // whether a person is 个人
}

func (l *ledger) readTraits() traits {
	t := traits{group: make([]uint32, l.People), single: make([]bool, l.People)}
	at := map[string]uint32{}
	for i := range l.People {
		who := l.who(i)
		n, ok := at[who.Group]
		if !ok {
			n = uint32(len(t.groups))
			at[who.Group] = n
			t.groups = append(t.groups, who.Group)
		}
		t.group[i], t.single[i] = n, who.Type == "个人"
	}
	return t
}

// ledger returns the payments made in one place; nil where there are none, or where they are damaged, which they stay.
func (c *core) ledger(place string) *ledger {
	l, _ := c.ledgers.Get(place, func(string) (*ledger, error) {
		l, err := c.openLedger(place)
		c.note(err)
		return l, nil
	})
	return l
}

func (c *core) openLedger(place string) (*ledger, error) {
	data, err := c.file.section(sectionPaid + place)
	if err != nil || data == nil {
		return nil, err
	}
	templates, err := c.data.templates()
	if err != nil {
		return nil, err
	}
	p, err := roll.Open(data, templates)
	if err != nil {
		return nil, fmt.Errorf("payments of %s: %w", place, err)
	}
	l := &ledger{code: place, Place: p, core: c}
	l.traits = sync.OnceValue(l.readTraits)
	return l, nil
}

// sums is ledger for the index, which asks it for what a filter lets through. Damage is noted.
func (c *core) sums(place string) (search.Ledger, error) {
	if l := c.ledger(place); l != nil {
		return l, nil
	}
	return nil, nil
}

// list returns a list of the ledger; nil where there is none, or where it is damaged.
func (l *ledger) list(kind string, year int64) *roll.List {
	list := l.List(kind, year)
	if list == nil || !l.readable(list) {
		return nil
	}
	return list
}

func (l *ledger) readable(list *roll.List) bool {
	err := list.Check()
	if err != nil {
		l.note(fmt.Errorf("payments of %s: %w", l.code, err))
	}
	return err == nil
}

// who returns a person of the ledger.
func (l *ledger) who(person int) search.Person {
	p, err := l.index.Who(l.code, person)
	l.note(err)
	return p
}

// person returns the index of the person of a reference.
func (l *ledger) person(ref string) (int, bool) {
	for i := range l.Marked(mark(ref)) {
		if p := l.who(i); p.Ref() == ref {
			return i, true
		}
	}
	return 0, false
}

// mark is 8 bits of a reference's hash, which ends it in base32.
func mark(ref string) byte {
	m := byte(0)
	for _, c := range []byte(ref[max(0, len(ref)-2):]) {
		const letters = 26
		if c >= 'a' {
			c -= 'a'
		} else {
			c = c - '2' + letters
		}
		m = m<<5 | c
	}
	return m
}

// payment makes d one payment. A reference that follows from the payment itself is not stored, and left empty.
func (l *ledger) payment(list *roll.List, row int, who *search.Person, d *disclosure.Disbursement) {
	r, t := list.Row(row), list.Template(row)
	*d = disclosure.Disbursement{
		Head: disclosure.Head{
			Ref: l.Text(r.Ref), PublishedOn: disclosure.Date(t.PublishedOn), VisibleUntil: disclosure.Date(t.VisibleUntil),
			Source: t.Source, SourceRow: r.SourceRow,
		},
		Fund: t.Fund, Kind: t.Kind, Year: t.Year, Period: t.Period, Batch: t.Batch,
		Place: disclosure.Code(l.code), Group: who.Group, Name: who.Name, Type: who.Type, NamesakeNo: who.NamesakeNo,
		Quantity: disclosure.Milli(r.Quantity), Unit: t.Unit, Standard: disclosure.Fen(r.Standard), Amount: disclosure.Fen(r.Amount),
		PaidOn: disclosure.Date(t.PaidOn), Method: t.Method, Remark: l.Text(r.Remark),
		ChangeReason: l.Text(r.Reason), ChangeDoc: l.Text(r.Doc),
	}
}

// whole is payment with its reference.
func (l *ledger) whole(list *roll.List, row int, who *search.Person) (d disclosure.Disbursement) {
	l.payment(list, row, who, &d)
	if d.Ref == "" {
		d.Ref = d.Key()
	}
	return d
}

// find returns the payment of a reference, where it is shown on a day.
func (l *ledger) find(ref string, day int) (d disclosure.Disbursement, ok bool) {
	if l == nil {
		return d, false
	}
	given, ok := l.TextOf(ref)
	if place, _ := disclosure.KeyPlace(ref); !ok && string(place) != l.code {
		return d, false
	}
	lists := l.Lists()
	for i := range lists {
		list := &lists[i]
		if !l.readable(list) {
			continue
		}
		for row := range list.Rows {
			if stored := list.Row(row).Ref; stored != 0 && stored != given || !list.Shown(row, day) {
				continue
			}
			who := l.who(list.Person(row))
			if d = l.whole(list, row, &who); d.Ref == ref {
				return d, true
			}
		}
	}
	return d, false
}

// Sums is what a search asks of the payments, of which social aid is none.
func (l *ledger) Sums(f search.Filter, lo, hi int, add func(person int, year int64, payments int, amount int64)) {
	kinds, err := l.data.kinds()
	if l.note(err); err != nil {
		return
	}
	lists := l.Lists()
	if f.Kind != "" {
		lists = l.OfKind(f.Kind)
	}
	for i := range lists {
		list := &lists[i]
		if f.Year != 0 && list.Year != f.Year || !l.readable(list) || f.Fund != "" && !list.PaidFrom(f.Fund) || kinds.aid(list.Kind) {
			continue
		}
		list.Sums(lo, hi, f.Day, f.Fund, add)
	}
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
