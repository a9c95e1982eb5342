package book

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/roll"
	"mingbai.local/app/internal/section"
	"mingbai.local/app/search"
)

// layOut lays out what was spooled, place by place, and the index of it.
func (b *builder) layOut() error {
	l := layout{b: b}
	if err := l.places(slices.Sorted(maps.Keys(b.spool.runs))); err != nil {
		return err
	}
	index, err := b.search.Finish()
	if err != nil {
		return err
	}
	for name, data := range index {
		b.sections[sectionSearch+name] = data
	}
	b.sections[sectionTemplates] = roll.EncodeTemplates(b.paid.templates)
	b.sections[sectionFlows] = encodeFlows(l.flows)
	if len(l.given) > 0 {
		b.sections[sectionGiven] = section.AppendTexts(nil, l.given)
	}
	return nil
}

// layout (排版) lays out one place after another, in three steps that work at once on different places, because a kiosk has two
// processors: reading a place from the spool, telling the index of its people, and encoding. Each step takes the places in their
// order, so that a book is the same however long each took.
type layout struct {
	b     *builder
	flows []placeFlows
	given []string // places with references of their own
}

// laid (一地) is a place on its way through the steps. Its memory is used again.
type laid struct {
	code    string
	data    []byte
	rows    []roll.Row
	people  []person
	texts   []string
	textAt  map[string]int
	list    []search.Person // of people; the index sorts it
	expires int             // the first day that is the last one of a payment that is no social aid, 0 without any
	flows   placeFlows
	given   bool // a payment has a reference of its own
	err     error
}

// laidAtOnce is how many places are on their way, one in each step and one that waits.
const laidAtOnce = 4

// places takes all places through the three steps.
func (l *layout) places(codes []string) error {
	ctx, stop := context.WithCancel(l.b.ctx)
	free, read, known := make(chan *laid, laidAtOnce), make(chan *laid, laidAtOnce), make(chan *laid, laidAtOnce)
	for range laidAtOnce {
		free <- &laid{}
	}
	r := newPlaceReader(l.b, l.b.paid.sort())
	var others sync.WaitGroup
	others.Go(func() { r.all(ctx, codes, free, read) })
	var bad error
	others.Go(func() {
		if bad = l.encodeAll(known, free); bad != nil {
			stop()
		}
	})
	err := l.index(read, known)
	close(known)
	if err != nil {
		stop()
	}
	others.Wait()
	stop()
	switch {
	case err != nil:
		return err
	case bad != nil:
		return bad
	}
	return l.b.ctx.Err()
}

// encodeAll encodes places until there are no more, and gives them back.
func (l *layout) encodeAll(known <-chan *laid, free chan<- *laid) error {
	var encoder roll.Encoder
	for p := range known {
		if err := l.encode(&encoder, p); err != nil {
			return fmt.Errorf("place %s: %w", p.code, err)
		}
		free <- p
	}
	return nil
}

// index tells the index of the people of each place.
func (l *layout) index(read <-chan *laid, known chan<- *laid) error {
	for p := range read {
		if p.err == nil {
			p.err = l.b.search.People(p.code, p.list, p.expires)
		}
		if p.err != nil {
			return fmt.Errorf("place %s: %w", p.code, p.err)
		}
		l.flows = append(l.flows, p.flows)
		if p.given {
			l.given = append(l.given, p.code)
		}
		known <- p
	}
	return nil
}

// placeReader (读者) reads places from the spool and adds them up.
type placeReader struct {
	b        *builder
	rank     []int32 // of a template as it was spooled
	aid      []bool  // of a template in its order: whether it is social aid
	flowKeys []flowKey
	flowAt   []int32 // of a template: what flow it is of

	*laid         // the place at hand
	first []int32 // of a name: the person of that name who came last, and 0 if none, counted from 1
	ends  []int32 // of each person's rows in order
	order []int32 // rows by person
	sums  []flow
	sumAt map[flowDay]int32
	sumOf []int32   // of a template, where a payment has no last day of its own: its sum, counted from 1
	paid  []flowDay // the flows of one person, each with its last day
}

func newPlaceReader(b *builder, rank []int32) *placeReader {
	n := len(b.paid.templates)
	r := &placeReader{
		b: b, rank: rank, aid: make([]bool, n), flowAt: make([]int32, n), sumOf: make([]int32, n), sumAt: map[flowDay]int32{},
		first: make([]int32, len(b.paid.names)),
	}
	at := map[flowKey]int32{}
	for i := range b.paid.templates {
		t := &b.paid.templates[i]
		r.aid[i] = b.kinds.aid(t.Kind)
		key := flowKey{fund: t.Fund, kind: t.Kind}
		if _, ok := at[key]; !ok {
			at[key] = int32(len(at))
			r.flowKeys = append(r.flowKeys, key)
		}
		r.flowAt[i] = at[key]
	}
	return r
}

// all reads one place after another into what is free, until one cannot be read or ctx is done. No channel is ever too full to send to.
func (r *placeReader) all(ctx context.Context, codes []string, free <-chan *laid, read chan<- *laid) {
	defer close(read)
	for _, code := range codes {
		select {
		case <-ctx.Done():
			return
		case p := <-free:
			err := ctx.Err()
			if err == nil {
				err = r.read(p, code)
			}
			p.err = err
			read <- p // which is not ours from here on
			if err != nil {
				return
			}
		}
	}
}

// person (何人) is what tells a person apart in one place, as numbers of terms. Before is the next one of that name, counted as first is.
type person struct {
	group, name, typ uint32
	namesakeNo       int64
	before           int32
}

// person numbers a person.
func (l *placeReader) person(p person) int {
	for at := l.first[p.name]; at > 0; at = l.people[at-1].before {
		if have := &l.people[at-1]; have.group == p.group && have.typ == p.typ && have.namesakeNo == p.namesakeNo {
			return int(at - 1)
		}
	}
	p.before = l.first[p.name]
	l.people = append(l.people, p)
	l.first[p.name] = int32(len(l.people))
	return len(l.people) - 1
}

// flowDay is a flow by number and the last day on which it is shown.
type flowDay struct {
	flow  int32
	until int
}

// read reads a place: its payments, who its people are, and what was paid to them from where.
func (l *placeReader) read(p *laid, code string) error {
	p.code, l.laid = code, p
	if err := l.payments(); err != nil {
		return err
	}
	l.byPerson()
	l.list = slices.Grow(l.list[:0], len(l.people))[:len(l.people)]
	l.sums, l.expires = l.sums[:0], 0
	clear(l.sumAt)
	clear(l.sumOf)
	from := int32(0)
	for i, w := range l.people {
		rows := l.order[from:l.ends[i]]
		from = l.ends[i]
		l.aidUntil(rows)
		l.flow(rows)
		paid := &l.b.paid
		l.list[i] = search.Person{
			Village: code, Group: paid.groups[w.group], Name: paid.names[w.name], NamesakeNo: w.namesakeNo, Type: paid.types[w.typ],
		}
		l.sumYears(&l.list[i], rows)
	}
	l.flows = l.flowsOf(code)
	return nil
}

// payments reads a place's payments from the spool. Their persons are numbered as they come.
func (l *placeReader) payments() error {
	data, n, err := l.b.spool.take(l.code, l.data[:0])
	if err != nil {
		return err
	}
	l.data = data
	l.rows, l.people, l.texts = slices.Grow(l.rows[:0], n)[:n], l.people[:0], l.texts[:0]
	l.textAt = map[string]int{"": 0}
	clear(l.first)
	c := spooled(data)
	l.given = false
	for i := range l.rows {
		r := &l.rows[i]
		*r = roll.Row{Template: int(l.rank[c.uint()])}
		r.Person = l.person(person{group: uint32(c.uint()), name: uint32(c.uint()), typ: uint32(c.uint()), namesakeNo: c.int()})
		r.Quantity, r.Standard, r.Amount, r.SourceRow = c.int(), c.int(), c.int(), c.int()
		if c.uint() != 0 {
			for _, to := range [...]*int{&r.Ref, &r.Remark, &r.Reason, &r.Doc} {
				*to = l.text(c.bytes())
			}
			l.given = l.given || r.Ref != 0
		}
	}
	if len(c) > 0 {
		return errors.New("the spool does not end with a payment")
	}
	return nil
}

// spooled reads what was spooled. It trusts it: it is ours, and what the disk gave back has its checksum.
type spooled []byte

func (s *spooled) uint() uint64 {
	v, n := binary.Uvarint(*s)
	*s = (*s)[n:]
	return v
}

func (s *spooled) int() int64 {
	v, n := binary.Varint(*s)
	*s = (*s)[n:]
	return v
}

func (s *spooled) bytes() []byte {
	n := s.uint()
	b := (*s)[:n]
	*s = (*s)[n:]
	return b
}

// text numbers a text of the place.
func (l *laid) text(b []byte) int {
	n, ok := l.textAt[string(b)]
	if !ok {
		s := string(b)
		l.texts = append(l.texts, s)
		n = len(l.texts)
		l.textAt[s] = n
	}
	return n
}

// sortTexts puts the texts in order, so that they do not depend on that of the rows.
func (l *laid) sortTexts() {
	if len(l.texts) == 0 {
		return
	}
	slices.Sort(l.texts)
	rank := make([]int, len(l.texts)+1)
	for i, s := range l.texts {
		rank[l.textAt[s]] = i + 1
	}
	for i := range l.rows {
		r := &l.rows[i]
		r.Ref, r.Remark, r.Reason, r.Doc = rank[r.Ref], rank[r.Remark], rank[r.Reason], rank[r.Doc]
	}
}

// byPerson finds each person's rows.
func (l *placeReader) byPerson() {
	l.ends = slices.Grow(l.ends[:0], len(l.people))[:len(l.people)]
	clear(l.ends)
	for i := range l.rows {
		l.ends[l.rows[i].Person]++
	}
	sum := int32(0)
	for i, n := range l.ends {
		l.ends[i] = sum
		sum += n
	}
	l.order = slices.Grow(l.order[:0], len(l.rows))[:len(l.rows)]
	for i := range l.rows {
		at := &l.ends[l.rows[i].Person]
		l.order[*at] = int32(i)
		*at++
	}
}

func (l *placeReader) template(row int32) *roll.Template {
	return &l.b.paid.templates[l.rows[row].Template]
}

// aidUntil sets the last day on which social aid is shown where nothing says it: three months after the person was last paid.
func (l *placeReader) aidUntil(rows []int32) {
	for _, row := range rows {
		r, t := &l.rows[row], l.template(row)
		if !l.aid[r.Template] || t.Until != 0 {
			continue
		}
		last := disclosure.Date("")
		for _, other := range rows {
			if o := l.template(other); o.Kind == t.Kind {
				last = max(last, disclosure.Date(o.PaidOn))
			}
		}
		if paidOn, ok := last.Last(); ok {
			r.Until = dayOf(paidOn.AddDate(0, 3, 0))
		}
	}
}

func (l *placeReader) until(row int32) int { return cmp.Or(l.template(row).Until, l.rows[row].Until) }

// later returns the later of two last days of showing, of which 0 is none.
func later(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return max(a, b)
}

// sumYears sets what a person was paid in each year, without social aid, and until when any of it is shown.
func (l *placeReader) sumYears(p *search.Person, rows []int32) {
	for _, row := range rows {
		r, t := &l.rows[row], l.template(row)
		if l.aid[r.Template] {
			continue
		}
		until := l.until(row)
		if len(p.Years) == 0 {
			p.Until = until
		}
		p.Until = later(p.Until, until)
		if until != 0 {
			l.expires = earlier(l.expires, until)
		}
		i := len(p.Years)
		for i > 0 && p.Years[i-1].Year >= t.Year {
			i--
		}
		if i == len(p.Years) || p.Years[i].Year != t.Year {
			p.Years = slices.Insert(p.Years, i, search.YearSum{Year: t.Year})
		}
		p.Years[i].Payments++
		p.Years[i].Sum += r.Amount
	}
}

// flow adds one person's payments to the flows of the place.
func (l *placeReader) flow(rows []int32) {
	l.paid = l.paid[:0]
	for _, row := range rows {
		r := &l.rows[row]
		key := flowDay{l.flowAt[r.Template], l.until(row)}
		at := l.sumOf[r.Template]
		if at == 0 || r.Until != 0 {
			at = l.sum(key)
		}
		if r.Until == 0 {
			l.sumOf[r.Template] = at
		}
		l.sums[at-1].sum += r.Amount
		i := slices.IndexFunc(l.paid, func(f flowDay) bool { return f.flow == key.flow })
		if i < 0 {
			l.paid = append(l.paid, key)
		} else {
			l.paid[i].until = later(l.paid[i].until, key.until)
		}
	}
	for _, key := range l.paid {
		l.sums[l.sum(key)-1].people++
	}
}

// sum returns where a flow is summed, counted from 1.
func (l *placeReader) sum(key flowDay) int32 {
	at, ok := l.sumAt[key]
	if !ok {
		f := flow{flowKey: l.flowKeys[key.flow]}
		f.until = key.until
		l.sums = append(l.sums, f)
		at = int32(len(l.sums))
		l.sumAt[key] = at
	}
	return at
}

func (l *placeReader) flowsOf(code string) placeFlows {
	slices.SortFunc(l.sums, func(a, b flow) int { return compareFlows(a.flowKey, b.flowKey) })
	return placeFlows{place: code, flows: slices.Clone(l.sums)}
}

// encode numbers the persons of the rows as the index does and lays the rows out.
func (l *layout) encode(encoder *roll.Encoder, p *laid) (err error) {
	marks := l.number(p)
	p.sortTexts()
	l.b.sections[sectionPaid+p.code], err = encoder.Encode(l.b.paid.templates, marks, p.texts, p.rows)
	return err
}

// number gives the rows the numbers that their persons have in the index, which has sorted the list. It returns the marks of the
// persons.
func (l *layout) number(p *laid) []byte {
	type who struct {
		group, name, typ string
		namesakeNo       int64
	}
	at := make(map[who]int, len(p.list))
	marks := make([]byte, len(p.list))
	for i, w := range p.list {
		at[who{w.Group, w.Name, w.Type, w.NamesakeNo}] = i
		marks[i] = mark(w.Ref())
	}
	rank := make([]int, len(p.list))
	paid := &l.b.paid
	for i, w := range p.people {
		rank[i] = at[who{paid.groups[w.group], paid.names[w.name], paid.types[w.typ], w.namesakeNo}]
	}
	for i := range p.rows {
		p.rows[i].Person = rank[p.rows[i].Person]
	}
	return marks
}
