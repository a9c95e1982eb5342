package book

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/roll"
	"mingbai.local/app/internal/section"
	"mingbai.local/app/search"
)

// layOut lays out what was spooled, place by place.
func (b *builder) layOut() error {
	n := len(b.paid.templates)
	l := layout{
		b: b, rank: b.paid.sort(), aid: make([]bool, n), flowAt: make([]int32, n), sumOf: make([]int32, n), sumAt: map[flowDay]int32{},
		first: make([]int32, len(b.paid.names)),
	}
	at := map[flowKey]int32{}
	for i := range b.paid.templates {
		t := &b.paid.templates[i]
		l.aid[i] = b.kinds.aid(t.Kind)
		key := flowKey{fund: t.Fund, kind: t.Kind}
		if _, ok := at[key]; !ok {
			at[key] = int32(len(at))
			l.flowKeys = append(l.flowKeys, key)
		}
		l.flowAt[i] = at[key]
	}
	for _, code := range slices.Sorted(maps.Keys(b.spool.runs)) {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if err := l.place(code); err != nil {
			return fmt.Errorf("place %s: %w", code, err)
		}
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

// layout (排版) lays out one place after another; its memory is used again.
type layout struct {
	b        *builder
	rank     []int32 // of a template as it was spooled
	aid      []bool  // of a template in its order: whether it is social aid
	flowKeys []flowKey
	flowAt   []int32 // of a template: what flow it is of
	encoder  roll.Encoder
	flows    []placeFlows
	given    []string // places with references of their own

	data   []byte
	rows   []roll.Row
	people []person
	first  []int32 // of a name: the person of that name who came last, and 0 if none, counted from 1
	ends   []int32 // of each person's rows in order
	order  []int32 // rows by person
	texts  []string
	textAt map[string]int
	sums   []flow
	sumAt  map[flowDay]int32
	sumOf  []int32   // of a template, where a payment has no last day of its own: its sum, counted from 1
	paid   []flowDay // the flows of one person, each with its last day
	// expires is the first day that is the last one of a payment that is no social aid, 0 without any.
	expires int
}

// person (何人) is what tells a person apart in one place, as numbers of terms. Before is the next one of that name, counted as first is.
type person struct {
	group, name, typ uint32
	namesakeNo       int64
	before           int32
}

// person numbers a person.
func (l *layout) person(p person) int {
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

func (l *layout) place(code string) error {
	if err := l.read(code); err != nil {
		return err
	}
	l.byPerson()
	list := make([]search.Person, len(l.people))
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
		list[i] = search.Person{
			Village: code, Group: paid.groups[w.group], Name: paid.names[w.name], NamesakeNo: w.namesakeNo, Type: paid.types[w.typ],
		}
		l.sumYears(&list[i], rows)
	}
	l.flows = append(l.flows, l.flowsOf(code))
	marks, err := l.number(code, list)
	if err != nil {
		return err
	}
	l.sortTexts()
	l.b.sections[sectionPaid+code], err = l.encoder.Encode(l.b.paid.templates, marks, l.texts, l.rows)
	return err
}

// read reads a place's payments from the spool. Their persons are numbered as they come.
func (l *layout) read(code string) error {
	data, n, err := l.b.spool.take(code, l.data[:0])
	if err != nil {
		return err
	}
	l.data = data
	l.rows, l.people, l.texts = slices.Grow(l.rows[:0], n)[:n], l.people[:0], l.texts[:0]
	l.textAt = map[string]int{"": 0}
	clear(l.first)
	c := spooled(data)
	given := false
	for i := range l.rows {
		r := &l.rows[i]
		*r = roll.Row{Template: int(l.rank[c.uint()])}
		r.Person = l.person(person{group: uint32(c.uint()), name: uint32(c.uint()), typ: uint32(c.uint()), namesakeNo: c.int()})
		r.Quantity, r.Standard, r.Amount, r.SourceRow = c.int(), c.int(), c.int(), c.int()
		if c.uint() != 0 {
			for _, to := range [...]*int{&r.Ref, &r.Remark, &r.Reason, &r.Doc} {
				*to = l.text(c.bytes())
			}
			given = given || r.Ref != 0
		}
	}
	if len(c) > 0 {
		return errors.New("the spool does not end with a payment")
	}
	if given {
		l.given = append(l.given, code)
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
func (l *layout) text(b []byte) int {
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
func (l *layout) sortTexts() {
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
func (l *layout) byPerson() {
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

func (l *layout) template(row int32) *roll.Template { return &l.b.paid.templates[l.rows[row].Template] }

// aidUntil sets the last day on which social aid is shown where nothing says it: three months after the person was last paid.
func (l *layout) aidUntil(rows []int32) {
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

func (l *layout) until(row int32) int { return cmp.Or(l.template(row).Until, l.rows[row].Until) }

// later returns the later of two last days of showing, of which 0 is none.
func later(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return max(a, b)
}

// sumYears sets what a person was paid in each year, without social aid, and until when any of it is shown.
func (l *layout) sumYears(p *search.Person, rows []int32) {
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
func (l *layout) flow(rows []int32) {
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
func (l *layout) sum(key flowDay) int32 {
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

func (l *layout) flowsOf(code string) placeFlows {
	slices.SortFunc(l.sums, func(a, b flow) int { return compareFlows(a.flowKey, b.flowKey) })
	return placeFlows{place: code, flows: slices.Clone(l.sums)}
}

// number hands the people to the index, and numbers the persons of the rows as the index does. It returns their marks.
func (l *layout) number(code string, list []search.Person) ([]byte, error) {
	if err := l.b.search.People(code, list, l.expires); err != nil {
		return nil, err
	}
	type who struct {
		group, name, typ string
		namesakeNo       int64
	}
	at := make(map[who]int, len(list))
	marks := make([]byte, len(list))
	for i, p := range list {
		at[who{p.Group, p.Name, p.Type, p.NamesakeNo}] = i
		marks[i] = mark(p.Ref())
	}
	rank := make([]int, len(list))
	paid := &l.b.paid
	for i, w := range l.people {
		rank[i] = at[who{paid.groups[w.group], paid.names[w.name], paid.types[w.typ], w.namesakeNo}]
	}
	for i := range l.rows {
		l.rows[i].Person = rank[l.rows[i].Person]
	}
	return marks, nil
}
