package main

import (
	"cmp"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
	"unsafe"

	"mingbai.local/app/search"
)

// prefixTables is the strongest SQLite that was found: the whole answer to every text of characters, then letters, that can be
// typed in the county, each town and each village is computed in advance (totals, totals per year, next keys and the first page,
// packed in one value), so that a key press is one descent of one B-tree by an integer, which stands for scope, filter and text.
// Filtered answers are there for first characters, complete names without payments for the county, lists as pages in both orders,
// and titles for texts that read 3 characters. The box for everything is a village's answer and that of all titles, made into one.
//
// At 500,000 rows a key of (scope, text) in a table without rowids was 1.3 times as slow, and a second step for a row that cannot
// be there, with names of columns asked for, 3 times; pages of 4 to 32 KiB, and the file mapped or read, made no difference.
type prefixTables struct {
	db    *database
	index prefixIndex
	all   answer // of titles
	merger
}

// prefixIndex numbers what is precomputed: what is asked of where, and the lists.
type prefixIndex struct {
	scopes map[scopeKey]int64
	lists  map[pageKey]int64
}

// scopeKey is where, and by which filter, a text is looked for.
type scopeKey struct {
	in, village, town string
	whole             bool
	filter
}

// pageKey is a list, or that of one group, in an order.
type pageKey struct {
	listKey
	group, sort string
}

// numbered gives the next number to a key that has none.
func numbered[K comparable](m map[K]int64, key K) int64 {
	n, ok := m[key]
	if !ok {
		n = int64(len(m)) + 1
		m[key] = n
	}
	return n
}

// A row's number is that of its scope before hashBits bits of its text's hash, or that of its list before that of its page.
const (
	hashBits = 42
	pageBits = 24
)

func textID(scope int64, text string) int64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return scope<<hashBits | int64(h>>(64-hashBits))
}

const (
	findAnswer = "SELECT packed FROM answer WHERE id=?"
	findPage   = "SELECT packed FROM page WHERE id=?"
)

func buildPrefix(path string, c *county) (prefixIndex, error) {
	index := prefixIndex{map[scopeKey]int64{}, map[pageKey]int64{}}
	db, err := openDatabase(path, true)
	if err != nil {
		return index, err
	}
	b := &prefixBuilder{db: db, c: c, prefixIndex: index, rows: make(chan []answerRow, 2)}
	for _, step := range []string{
		"CREATE TABLE answer(id INTEGER PRIMARY KEY, packed BLOB)", "CREATE TABLE page(id INTEGER PRIMARY KEY, packed BLOB)", "BEGIN",
	} {
		if err := db.exec(step); err != nil {
			return index, err
		}
	}
	// Answers are computed while those before them are written.
	go func() {
		b.people()
		b.titles()
		close(b.rows)
	}()
	for rows := range b.rows {
		for _, r := range rows {
			if err == nil {
				err = db.insert("INSERT INTO answer VALUES(?,?)", r.id, r.packed)
			}
		}
	}
	if err != nil {
		return index, err
	}
	for i := range c.lists {
		if err := b.list(&c.lists[i]); err != nil {
			return index, err
		}
	}
	if err := db.exec("COMMIT"); err != nil {
		return index, err
	}
	return index, db.close()
}

type prefixBuilder struct {
	prefixIndex
	db   *database
	c    *county
	rows chan []answerRow
}

type answerRow struct {
	id     int64
	text   string
	packed []byte
}

// tally (累计) is an answer while it is added up.
type tally struct {
	answer
	top    []ranked // the first page of each rank
	ranked [rankText + 1]uint8
}

// ranked is a person or entry that matched.
type ranked struct{ at, rank int }

func (t *tally) offer(at, rank int) {
	if t.ranked[rank] < pageRows {
		t.ranked[rank]++
		t.top = append(t.top, ranked{at, rank})
	}
}

// tallies are the answers of one scope by text.
type tallies map[string]*tally

func (t tallies) of(text string) *tally {
	if t[text] == nil {
		t[text] = &tally{}
	}
	return t[text]
}

// send packs the answers of a scope in the order of their numbers.
func (b *prefixBuilder) send(key scopeKey, texts tallies, hitOf func(at int) hit) {
	id := numbered(b.scopes, key)
	rows := make([]answerRow, 0, len(texts))
	for text, t := range texts {
		sortKeys(&t.answer)
		slices.SortStableFunc(t.top, func(a, b ranked) int { return a.rank - b.rank })
		for _, r := range t.top[:min(pageRows, len(t.top))] {
			h := hitOf(r.at)
			h.rank = r.rank
			t.Hits = append(t.Hits, h)
		}
		rows = append(rows, answerRow{textID(id, text), text, packText(nil, text)})
		r := &rows[len(rows)-1]
		r.packed = pack(r.packed, &t.answer)
	}
	slices.SortFunc(rows, func(a, b answerRow) int { return cmp.Compare(a.id, b.id) })
	// Texts of one number stand in one row, one behind the other.
	out := rows[:0]
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].id == r.id {
			out[n-1].packed = append(out[n-1].packed, r.packed...)
			continue
		}
		out = append(out, r)
	}
	b.rows <- out
}

func (b *prefixBuilder) people() {
	const most = 5 // characters; longer names are organisations', which no query types out
	texts := make([][]typedText, len(b.c.names))
	firsts := make([][]typedText, len(b.c.names)) // of them the first character
	for i, name := range b.c.names {
		texts[i] = typedTexts(lettersOf(name, true), 0, most)
		for _, t := range texts[i] {
			if r, n := utf8.DecodeRuneInString(t.text); n > 0 && n == len(t.text) && r > 'z' {
				firsts[i] = append(firsts[i], t)
			}
		}
	}
	for _, s := range b.c.scopes {
		where := scopeKey{in: search.InPeople, village: s.village, town: s.town}
		answers := tallies{}
		filters := map[filter][]int32{}
		for people := range sameName(b.c, s.people) {
			b.name(answers, people, filter{}, texts[b.c.people[people[0]].named])
			for _, at := range people {
				for f := range filtersOf(&b.c.people[at]) {
					filters[f] = append(filters[f], at)
				}
			}
		}
		b.send(where, answers, func(at int) hit { return b.personHit(at, filter{}) })
		for f, list := range filters {
			answers := tallies{}
			for people := range sameName(b.c, list) {
				b.name(answers, people, f, firsts[b.c.people[people[0]].named])
			}
			where.filter = f
			b.send(where, answers, func(at int) hit { return b.personHit(at, f) })
		}
	}
	b.names()
}

// sameName calls yield with the people of each name in turn.
func sameName(c *county, people []int32) func(func([]int32) bool) {
	return func(yield func([]int32) bool) {
		for len(people) > 0 {
			n := 1
			for n < len(people) && c.people[people[n]].named == c.people[people[0]].named {
				n++
			}
			if !yield(people[:n]) {
				return
			}
			people = people[n:]
		}
	}
}

// filtersOf are the filters of one condition that a person passes.
func filtersOf(p *person) map[filter]bool {
	out := map[filter]bool{}
	for _, c := range p.cells {
		out[filter{year: c.year}] = true
		out[filter{kind: c.kind}] = true
		out[filter{fund: c.fund}] = true
	}
	if p.group != "" {
		out[filter{group: p.group}] = true
	}
	return out
}

// name adds the people of one name to every answer that they are in.
func (b *prefixBuilder) name(answers tallies, people []int32, f filter, texts []typedText) {
	var sum answer
	for _, at := range people {
		payments, amount := b.c.people[at].sums(f, func(c *cell) { sum.addYear(c.year, c.payments, c.sum) })
		sum.Payments += payments
		sum.Sum += amount
	}
	for i := range texts {
		t := answers.of(texts[i].text)
		t.Found += len(people)
		t.Payments += sum.Payments
		t.Sum += sum.Sum
		for _, y := range sum.Years {
			t.addYear(y.Year, y.Payments, y.Sum)
		}
		t.Letters |= texts[i].letters
		for _, r := range texts[i].next {
			t.addNext(r, len(people))
		}
		for _, at := range people {
			t.offer(int(at), texts[i].rank)
		}
	}
}

func (b *prefixBuilder) personHit(at int, f filter) hit {
	p := &b.c.people[at]
	h := p.hit()
	h.Payments, h.Sum = p.sums(f, nil)
	return h
}

// names answers complete names of the county without payments.
func (b *prefixBuilder) names() {
	answers := tallies{}
	for at := range b.c.people {
		letters := lettersOf(b.c.people[at].name, true)
		t := answers.of(folded(letters))
		t.Found++
		t.offer(at, rankOf(letters))
	}
	b.send(scopeKey{in: search.InPeople, whole: true}, answers, func(at int) hit { return b.c.people[at].hit() })
}

// subject is the scope in which a kind is looked for.
var subject = map[string]string{
	search.KindInstitution: search.InInstitutions, search.KindPolicy: search.InPolicies, search.KindFund: search.InFunds,
	search.KindIncumbent: search.InIncumbents, search.KindNotice: search.InNotices, search.KindPlace: search.InPlaces,
}

// titleChars is the number of characters of a title that precomputed texts read.
const titleChars = 3

func (b *prefixBuilder) titles() {
	answers := map[string]tallies{search.InAll: {}}
	titled := make([]map[string]*typedText, len(b.c.entries))
	for at, e := range b.c.entries {
		in := subject[e.Kind]
		if answers[in] == nil {
			answers[in] = tallies{}
		}
		best := map[string]*typedText{}
		for t := range titleTexts(&e) {
			have := best[t.text]
			if have == nil {
				best[t.text] = &t
				continue
			}
			have.add(t.rank, t.letters, t.next...)
		}
		titled[at] = best
		for text, t := range best {
			for _, in := range []string{in, search.InAll} {
				a := answers[in].of(text)
				a.Found++
				a.Letters |= t.letters
				for _, r := range t.next {
					a.addNext(r, 1)
				}
				a.offer(at, t.rank)
			}
		}
	}
	// What is said is found by a piece that the title does not hold, among everything from two characters on.
	for _, at := range b.c.newestFirst() {
		e := &b.c.entries[at]
		said := map[string]bool{}
		for _, text := range e.Texts {
			maps.Copy(said, pieces(text, titleChars))
		}
		for piece := range said {
			if titled[at][piece] != nil {
				continue
			}
			for _, in := range []string{subject[e.Kind], search.InAll} {
				if in == search.InAll && utf8.RuneCountInString(piece) == 1 {
					continue
				}
				a := answers[in].of(piece)
				a.Found++
				a.offer(at, rankText)
			}
		}
	}
	for _, in := range sortedKeys(answers) {
		b.send(scopeKey{in: in}, answers[in], func(at int) hit { return entryHit(&b.c.entries[at]) })
	}
}

func entryHit(e *search.Entry) hit { return hit{Ref: e.Ref, Title: e.Title, Village: e.VillageCode} }

// titleTexts yields what finds an entry: a name by its beginning, a title or alias by each of its characters.
func titleTexts(e *search.Entry) func(func(typedText) bool) {
	return func(yield func(typedText) bool) {
		name := e.Kind == search.KindIncumbent
		for _, title := range append([]string{e.Title}, e.Aliases...) {
			letters := lettersOf(title, name)
			for start := range letters {
				for _, t := range typedTexts(letters, start, titleChars) {
					if t.text != "" && !yield(t) {
						return
					}
				}
				if name {
					break
				}
			}
		}
	}
}

func (b *prefixBuilder) list(l *list) error {
	groups := sortedKeys(l.sizes)
	if groups[0] != "" {
		groups = slices.Insert(groups, 0, "")
	}
	for _, group := range groups {
		rows := l.of(group)
		head := answer{Found: len(rows), Sent: l.sent}
		for _, r := range rows {
			head.Sum += r.amount
		}
		for _, sort := range []string{"name", "amount"} {
			if sort == "amount" {
				sortByAmount(rows)
			}
			id := numbered(b.lists, pageKey{listKey{l.village, l.kind, l.year}, group, sort})
			// A page behind the last one says how many there are.
			for page := range len(rows)/pageRows + 1 {
				part := rows[page*pageRows : min((page+1)*pageRows, len(rows))]
				if err := b.db.insert("INSERT INTO page VALUES(?,?)", id<<pageBits|int64(page), packPage(&head, part)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func openPrefix(path string, index prefixIndex) (engine, error) {
	db, err := openDatabase(path, false)
	return &prefixTables{db: db, index: index}, err
}

func (e *prefixTables) close() error { return e.db.close() }

func (e *prefixTables) answer(q *query, a *answer) error {
	a.reset()
	if q.list {
		id := e.index.lists[pageKey{listKey{q.Village, q.Kind, q.Year}, q.Group, q.sort}]
		if q.Offset%pageRows != 0 || q.Limit != pageRows {
			return fmt.Errorf("prefix tables: rows from %d are no page", q.Offset)
		}
		_, err := e.db.one(findPage, id<<pageBits|int64(q.Offset/pageRows), func(v driver.Value) { unpackPage(v.([]byte), a) })
		return err
	}
	key := scopeKey{in: q.In, village: q.Village, town: q.Town, whole: q.Whole, filter: filterOf(&q.Query)}
	if q.In == search.InAll {
		key.in = search.InPeople
	}
	if err := e.find(key, q.Text, a); err != nil || q.In != search.InAll {
		return err
	}
	e.all.reset()
	if err := e.find(scopeKey{in: search.InAll}, q.Text, &e.all); err != nil {
		return err
	}
	e.both(a, &e.all)
	return nil
}

// merger (合并) makes one answer of two, in memory that is used again.
type merger struct {
	hits []hit
	next []search.Key
}

// both adds the answer of all titles to that of a village; where they match equally well, people come first.
func (m *merger) both(a, all *answer) {
	a.Found += all.Found
	a.Letters |= all.Letters
	m.hits, m.next = m.hits[:0], m.next[:0]
	x, y := a.Next, all.Next
	for len(x)+len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0].Char < y[0].Char:
			m.next, x = append(m.next, x[0]), x[1:]
		case len(x) == 0 || y[0].Char < x[0].Char:
			m.next, y = append(m.next, y[0]), y[1:]
		default:
			m.next = append(m.next, search.Key{Char: x[0].Char, Found: x[0].Found + y[0].Found})
			x, y = x[1:], y[1:]
		}
	}
	people, titles := a.Hits, all.Hits
	for len(m.hits) < pageRows && len(people)+len(titles) > 0 {
		if len(titles) == 0 || len(people) > 0 && people[0].rank <= titles[0].rank {
			m.hits, people = append(m.hits, people[0]), people[1:]
		} else {
			m.hits, titles = append(m.hits, titles[0]), titles[1:]
		}
	}
	a.Hits, m.hits = m.hits, a.Hits
	a.Next, m.next = m.next, a.Next
}

func sortKeys(a *answer) {
	slices.SortFunc(a.Next, func(x, y search.Key) int { return cmp.Compare(x.Char, y.Char) })
}

func (e *prefixTables) find(key scopeKey, text string, a *answer) error {
	scope, ok := e.index.scopes[key]
	if !ok {
		return nil
	}
	_, err := e.db.one(findAnswer, textID(scope, text), func(v driver.Value) { unpack(v.([]byte), text, a) })
	return err
}

// pack appends an answer with its length.
func pack(to []byte, a *answer) []byte {
	b := binary.AppendUvarint(nil, uint64(a.Found))
	b = binary.AppendUvarint(b, uint64(a.Payments))
	b = binary.AppendVarint(b, a.Sum)
	b = binary.AppendUvarint(b, uint64(len(a.Years)))
	for _, y := range a.Years {
		b = binary.AppendVarint(binary.AppendUvarint(binary.AppendUvarint(b, uint64(y.Year)), uint64(y.Payments)), y.Sum)
	}
	b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(a.Letters)), uint64(len(a.Next)))
	for _, k := range a.Next {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(k.Char)), uint64(k.Found))
	}
	b = binary.AppendUvarint(b, uint64(len(a.Hits)))
	var before [hitTexts]string
	for _, h := range a.Hits {
		b = packTexts(append(b, byte(h.rank)), before[:], h.Ref, h.Title, h.Village, h.Group, h.Type)
		b = binary.AppendVarint(binary.AppendUvarint(binary.AppendUvarint(b, uint64(h.NamesakeNo)), uint64(h.Payments)), h.Sum)
	}
	return append(binary.AppendUvarint(to, uint64(len(b))), b...)
}

func packText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// The numbers of texts of a hit and of a row.
const (
	hitTexts = 5
	rowTexts = 11
)

// packTexts appends texts, one that the hit or row before has as one byte.
func packTexts(b []byte, before []string, texts ...string) []byte {
	for i, s := range texts {
		if s == before[i] {
			b = append(b, 0)
			continue
		}
		b = append(binary.AppendUvarint(b, uint64(len(s))+1), s...)
		before[i] = s
	}
	return b
}

// packed is what is left to be read of a value.
type packed []byte

func (p *packed) uint() uint64 {
	if b := *p; b[0] < 0x80 {
		*p = b[1:]
		return uint64(b[0])
	}
	n, size := binary.Uvarint(*p)
	*p = (*p)[size:]
	return n
}

func (p *packed) int() int64 {
	n := p.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// text does not copy: it lies in the value, as the product's texts lie in its file.
func (p *packed) text() string {
	n := p.uint()
	if n == 0 {
		return ""
	}
	s := unsafe.String(&(*p)[0], n)
	*p = (*p)[n:]
	return s
}

// texts reads into the texts of the hit or row before.
func (p *packed) texts(to []string) {
	for i := range to {
		switch n := p.uint(); n {
		case 0:
		case 1:
			to[i] = ""
		default:
			to[i] = unsafe.String(&(*p)[0], n-1)
			*p = (*p)[n-1:]
		}
	}
}

// unpack reads the answer of a text from a row.
func unpack(b []byte, text string, a *answer) {
	p := packed(b)
	for p.text() != text {
		p = p[p.uint():]
		if len(p) == 0 {
			return
		}
	}
	p.uint()
	a.Found, a.Payments, a.Sum = int(p.uint()), int(p.uint()), p.int()
	for range p.uint() {
		a.Years = append(a.Years, search.YearSum{Year: int64(p.uint()), Payments: int(p.uint()), Sum: p.int()})
	}
	a.Letters = search.Letters(p.uint())
	for range p.uint() {
		a.Next = append(a.Next, search.Key{Char: rune(p.uint()), Found: int(p.uint())})
	}
	var texts [hitTexts]string
	for range p.uint() {
		rank := int(p.uint())
		p.texts(texts[:])
		a.Hits = append(a.Hits, hit{
			rank: rank, Ref: texts[0], Title: texts[1], Village: texts[2], Group: texts[3], Type: texts[4],
			NamesakeNo: int64(p.uint()), Payments: int(p.uint()), Sum: p.int(),
		})
	}
}

// packPage holds the totals of a list and a page of its rows with every field.
func packPage(head *answer, rows []listRow) []byte {
	b := binary.AppendVarint(binary.AppendVarint(binary.AppendUvarint(nil, uint64(head.Found)), head.Sum), head.Sent)
	b = binary.AppendUvarint(b, uint64(len(rows)))
	var before [rowTexts]string
	for _, r := range rows {
		w := r.who
		b = packTexts(b, before[:], r.ref, w.name, w.village, w.group, w.typ, r.Fund, r.Period, r.PaidOn, r.Unit, r.Method, r.Remark)
		for _, n := range []int64{w.namesakeNo, r.amount, r.Batch, r.Quantity, r.Price} {
			b = binary.AppendVarint(b, n)
		}
	}
	return b
}

func unpackPage(b []byte, a *answer) {
	p := packed(b)
	a.Found, a.Sum, a.Sent = int(p.uint()), p.int(), p.int()
	var texts [rowTexts]string
	for range p.uint() {
		p.texts(texts[:])
		h := hit{
			Ref: texts[0], Title: texts[1], Village: texts[2], Group: texts[3], Type: texts[4], Payments: 1,
			paid: paid{Fund: texts[5], Period: texts[6], PaidOn: texts[7], Unit: texts[8], Method: texts[9], Remark: texts[10]},
		}
		h.NamesakeNo, h.Sum, h.Batch, h.Quantity, h.Price = p.int(), p.int(), p.int(), p.int(), p.int()
		a.Hits = append(a.Hits, h)
	}
}
