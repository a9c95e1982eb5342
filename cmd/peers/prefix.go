package main

import (
	"cmp"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
)

// prefixTables is the strongest SQLite that was thought of: the whole answer to every text that can be typed is computed in
// advance (totals, totals per year, next keys and the first page, packed in one value), so that a key press is one descent of
// one B-tree whose key is (scope, text). Filters are precomputed for the first character, lists are numbered row by row in
// both orders.
type prefixTables struct{ db *database }

// ranked is a person or entry that matched.
type ranked struct{ at, rank int }

func buildPrefix(path string, c *county) error {
	db, err := openDatabase(path, true)
	if err != nil {
		return err
	}
	b := &prefixBuilder{db: db, c: c}
	for _, step := range []string{
		"CREATE TABLE answer(scope TEXT, text TEXT, packed BLOB, PRIMARY KEY(scope,text)) WITHOUT ROWID",
		"CREATE TABLE list(list TEXT, no INT, packed BLOB, PRIMARY KEY(list,no)) WITHOUT ROWID",
		"CREATE TABLE head(list TEXT PRIMARY KEY, found INT, sum INT, sent INT) WITHOUT ROWID",
		"BEGIN",
	} {
		if err := db.exec(step); err != nil {
			return err
		}
	}
	for _, v := range c.villages {
		if err := b.village(v); err != nil {
			return err
		}
	}
	if err := b.names(); err != nil {
		return err
	}
	if err := b.titles(); err != nil {
		return err
	}
	if err := c.everyList(b.list); err != nil {
		return err
	}
	for _, step := range []string{"COMMIT", "ANALYZE"} {
		if err := db.exec(step); err != nil {
			return err
		}
	}
	return db.close()
}

type prefixBuilder struct {
	db *database
	c  *county
}

// inScope returns the people found under a village, as numbers, in the order of equals.
func (c *county) inScope(village string) []int {
	var out []int
	for _, code := range c.scope[village] {
		if _, ok := c.first[code]; !ok {
			continue
		}
		start, list := c.of(code)
		for i := range list {
			out = append(out, start+i)
		}
	}
	if len(c.scope[village]) > 1 {
		slices.SortStableFunc(out, func(a, b int) int {
			x, y := c.people[a], c.people[b]
			return cmp.Or(
				strings.Compare(pinyin.Key(x.Name), pinyin.Key(y.Name)), search.CompareGroups(x.Group, y.Group), cmp.Compare(x.NamesakeNo, y.NamesakeNo),
			)
		})
	}
	return out
}

// typedTexts calls emit with every text of characters, then letters, that finds a name; some more than once.
func typedTexts(title []letter, emit func(string)) {
	const most = 5 // characters; longer ones are organisations', which no query types out
	var walk func(i int, before string, letters bool)
	walk = func(i int, before string, letters bool) {
		emit(before)
		if i == len(title) || i == most {
			return
		}
		for _, p := range title[i].pieces {
			if p.rank == rankExact {
				if !letters {
					walk(i+1, before+p.text, false)
				}
				continue
			}
			for n := 1; n < len(p.text); n++ {
				emit(before + p.text[:n])
			}
			walk(i+1, before+p.text, true)
		}
	}
	walk(0, "", false)
}

func (b *prefixBuilder) village(v string) error {
	people := b.c.inScope(v)
	texts := map[string][]int{}
	filtered := map[[2]string][]int{} // by scope and text
	for _, at := range people {
		p := &b.c.people[at]
		title := lettersOf(p.Name, true)
		typedTexts(title, func(text string) {
			if list := texts[text]; len(list) == 0 || list[len(list)-1] != at {
				texts[text] = append(list, at)
			}
		})
		if len(title) == 0 {
			continue
		}
		first := string(title[0].fold)
		put := func(scope string) {
			key := [2]string{scope, first}
			if list := filtered[key]; len(list) == 0 || list[len(list)-1] != at {
				filtered[key] = append(list, at)
			}
		}
		for _, cell := range p.Cells {
			put(fmt.Sprintf("%s y%d", v, cell.Year))
			put(v + " k" + cell.Kind)
			put(v + " f" + cell.Fund)
		}
		put(v + " g" + p.Group)
	}
	for _, text := range sortedKeys(texts) {
		if err := b.put(v, text, b.c.answerFor(texts[text], text, search.Query{})); err != nil {
			return err
		}
	}
	for key, list := range filtered {
		var q search.Query
		switch f := key[0][len(v)+1:]; f[0] {
		case 'y':
			fmt.Sscan(f[1:], &q.Year)
		case 'k':
			q.Kind = f[1:]
		case 'f':
			q.Fund = f[1:]
		}
		if err := b.put(key[0], key[1], b.c.answerFor(list, key[1], q)); err != nil {
			return err
		}
	}
	return nil
}

func (b *prefixBuilder) put(scope, text string, a answer) error {
	return b.db.insert("INSERT OR REPLACE INTO answer VALUES(?,?,?)", scope, text, pack(a))
}

// answerFor is the answer to a text that is known to find these people, by trying each.
func (c *county) answerFor(people []int, text string, q search.Query) answer {
	a := answer{Years: map[int64]int64{}}
	typed := []rune(text)
	next := map[string]bool{}
	var all []ranked
	for _, at := range people {
		p := &c.people[at]
		if q.Group != "" && p.Group != q.Group {
			continue
		}
		var ways []string
		rank := match(text, typed, lettersOf(p.Name, true), 0, func(s string) { ways = append(ways, s) })
		if rank == noMatch {
			continue
		}
		payments, sum := sumsOf(p, q, a.Years)
		if payments == 0 {
			continue
		}
		for _, s := range ways {
			next[s] = true
		}
		a.Payments += payments
		a.Sum += sum
		all = append(all, ranked{at, rank})
	}
	a.Found = len(all)
	a.Next = sortedKeys(next)
	slices.SortStableFunc(all, func(a, b ranked) int { return a.rank - b.rank })
	for _, r := range all[:min(pageRows, len(all))] {
		h := c.hit(r.at)
		h.Payments, h.Sum = sumsOf(&c.people[r.at], q, nil)
		a.Hits = append(a.Hits, h)
	}
	return a
}

func (c *county) hit(at int) hit {
	p := &c.people[at]
	return hit{Ref: c.refs[at], Title: p.Name, Village: p.Village, Group: p.Group, NamesakeNo: p.NamesakeNo}
}

func sumsOf(p *search.Person, q search.Query, years map[int64]int64) (payments int, sum int64) {
	for _, cell := range p.Cells {
		if q.Year != 0 && cell.Year != q.Year || q.Kind != "" && cell.Kind != q.Kind || q.Fund != "" && cell.Fund != q.Fund {
			continue
		}
		payments += cell.Payments
		sum += cell.Sum
		if years != nil {
			years[cell.Year] += cell.Sum
		}
	}
	return payments, sum
}

// byName returns everyone by folded complete name, in the order in which a county answers.
func (c *county) byName() map[string][]int {
	out := map[string][]int{}
	for at, p := range c.people {
		name := pinyin.FoldText(p.Name)
		out[name] = append(out[name], at)
	}
	for name, list := range out {
		slices.SortStableFunc(list, func(a, b int) int {
			x, y := c.people[a], c.people[b]
			return cmp.Or(
				variant(x.Name, name)-variant(y.Name, name), strings.Compare(pinyin.Key(x.Name), pinyin.Key(y.Name)),
				search.CompareGroups(x.Group, y.Group), cmp.Compare(x.NamesakeNo, y.NamesakeNo),
			)
		})
	}
	return out
}

func variant(name, typed string) int {
	if name == typed {
		return 0
	}
	return 1
}

func (b *prefixBuilder) names() error {
	for name, list := range b.c.byName() {
		a := answer{Found: len(list)}
		for _, at := range list[:min(pageRows, len(list))] {
			a.Hits = append(a.Hits, b.c.hit(at))
		}
		if err := b.put("county", name, a); err != nil {
			return err
		}
	}
	return nil
}

var subject = map[string]string{
	search.KindInstitution: search.InInstitutions, search.KindPolicy: search.InPolicies, search.KindFund: search.InFunds,
	search.KindIncumbent: search.InIncumbents,
}

// foldedLetters is a title as it is compared: characters only.
func foldedLetters(title string, name bool) []rune {
	var out []rune
	for _, l := range lettersOf(title, name) {
		out = append(out, l.fold)
	}
	return out
}

func (b *prefixBuilder) titles() error {
	texts := map[[2]string][]int{}
	for at, e := range b.c.entries {
		name := e.Kind == search.KindIncumbent
		for _, title := range append([]string{e.Title}, e.Aliases...) {
			runes := foldedLetters(title, name)
			for i := range runes {
				for n := 1; n <= 3 && i+n <= len(runes); n++ {
					key := [2]string{subject[e.Kind], string(runes[i : i+n])}
					if list := texts[key]; len(list) == 0 || list[len(list)-1] != at {
						texts[key] = append(list, at)
					}
				}
				if name {
					break
				}
			}
		}
	}
	for key, list := range texts {
		if err := b.put(key[0], key[1], b.c.titlesFor(list, key[1])); err != nil {
			return err
		}
	}
	return nil
}

// titlesFor is the answer to a text among these entries.
func (c *county) titlesFor(entries []int, text string) answer {
	var a answer
	next := map[string]bool{}
	var all []ranked
	for _, at := range entries {
		e := &c.entries[at]
		name := e.Kind == search.KindIncumbent
		best := noMatch
		for _, title := range append([]string{e.Title}, e.Aliases...) {
			l := lettersOf(title, name)
			for start := range l {
				best = min(best, match(text, []rune(text), l, start, func(s string) { next[s] = true }))
				if name {
					break
				}
			}
		}
		if best != noMatch {
			all = append(all, ranked{at, best})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return a.rank - b.rank })
	a.Found = len(all)
	a.Next = sortedKeys(next)
	for _, r := range all[:min(pageRows, len(all))] {
		a.Hits = append(a.Hits, hit{Ref: c.entries[r.at].Ref, Title: c.entries[r.at].Title})
	}
	return a
}

// everyList calls each with every village's list, by name.
func (c *county) everyList(each func(village string, key listKey, rows []listRow, sent int64) error) error {
	held := map[string][]listKey{} // by the village's own code
	for key := range c.lists {
		held[key.Village] = append(held[key.Village], key)
	}
	for _, v := range c.villages {
		var rows []listRow
		keys := map[listKey]bool{}
		for _, code := range c.scope[v] {
			for _, key := range held[code] {
				key.Village = v
				keys[key] = true
			}
		}
		for key := range keys {
			rows = rows[:0]
			sent := int64(0)
			for _, code := range c.scope[v] {
				from := key
				from.Village = code
				rows = append(rows, c.lists[from]...)
				sent += c.sent[from]
			}
			sortByName(rows)
			if err := each(v, key, rows, sent); err != nil {
				return err
			}
		}
	}
	return nil
}

func sortByName(rows []listRow) {
	keys := make(map[string]string, len(rows))
	for _, r := range rows {
		keys[r.person.Name] = pinyin.Key(r.person.Name)
	}
	slices.SortFunc(rows, func(a, b listRow) int {
		return cmp.Or(
			strings.Compare(keys[a.person.Name], keys[b.person.Name]), search.CompareGroups(a.person.Group, b.person.Group),
			cmp.Compare(a.person.NamesakeNo, b.person.NamesakeNo), strings.Compare(a.person.Type, b.person.Type),
			strings.Compare(a.person.Village, b.person.Village), strings.Compare(a.paidOn, b.paidOn), cmp.Compare(a.batch, b.batch),
			strings.Compare(b.ref, a.ref),
		)
	})
}

func sortByAmount(rows []listRow) {
	slices.SortStableFunc(rows, func(a, b listRow) int { return cmp.Compare(b.amount, a.amount) })
}

func (b *prefixBuilder) list(v string, key listKey, rows []listRow, sent int64) error {
	sum := int64(0)
	for _, r := range rows {
		sum += r.amount
	}
	name := fmt.Sprintf("%s %s %d", v, key.Kind, key.Year)
	if err := b.db.insert("INSERT INTO head VALUES(?,?,?,?)", name, int64(len(rows)), sum, sent); err != nil {
		return err
	}
	for _, order := range []string{"name", "amount"} {
		if order == "amount" {
			sortByAmount(rows)
		}
		for i, r := range rows {
			if err := b.db.insert("INSERT INTO list VALUES(?,?,?)", name+" "+order, int64(i), packRow(r)); err != nil {
				return err
			}
		}
	}
	return nil
}

func openPrefix(path string) (engine, error) {
	db, err := openDatabase(path, false)
	return &prefixTables{db}, err
}

func (e *prefixTables) close() error { return e.db.close() }

func (e *prefixTables) answer(q *query, a *answer) error {
	*a = answer{Hits: a.Hits[:0], Next: a.Next[:0]}
	if q.list {
		name := fmt.Sprintf("%s %s %d", q.Village, q.Kind, q.Year)
		err := e.db.query("SELECT found,sum,sent FROM head WHERE list=?", []driver.Value{name}, func(row []driver.Value) {
			a.Found, a.Sum, a.Sent = int(number(row[0])), number(row[1]), number(row[2])
		})
		if err != nil {
			return err
		}
		args := []driver.Value{name + " " + q.sort, int64(q.Offset), int64(q.Offset + q.Limit)}
		return e.db.query("SELECT packed FROM list WHERE list=? AND no>=? AND no<?", args, func(row []driver.Value) {
			a.Hits = append(a.Hits, unpackRow(row[0].([]byte)))
		})
	}
	scope := q.Village
	switch {
	case q.In != search.InPeople:
		scope = q.In
	case scope == "":
		scope = "county"
	case q.Year != 0:
		scope = fmt.Sprintf("%s y%d", scope, q.Year)
	case q.Kind != "":
		scope += " k" + q.Kind
	case q.Fund != "":
		scope += " f" + q.Fund
	case q.Group != "":
		scope += " g" + q.Group
	}
	return e.db.query("SELECT packed FROM answer WHERE scope=? AND text=?", []driver.Value{scope, q.Text}, func(row []driver.Value) {
		unpack(row[0].([]byte), a)
	})
}

func pack(a answer) []byte {
	b := binary.AppendUvarint(nil, uint64(a.Found))
	b = binary.AppendUvarint(b, uint64(a.Payments))
	b = binary.AppendVarint(b, a.Sum)
	b = binary.AppendUvarint(b, uint64(len(a.Years)))
	for year, sum := range a.Years {
		b = binary.AppendVarint(binary.AppendVarint(b, year), sum)
	}
	b = packText(b, strings.Join(a.Next, ""))
	b = binary.AppendUvarint(b, uint64(len(a.Hits)))
	for _, h := range a.Hits {
		for _, s := range []string{h.Ref, h.Title, h.Village, h.Group} {
			b = packText(b, s)
		}
		b = binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(b, h.NamesakeNo), int64(h.Payments)), h.Sum)
	}
	return b
}

func packText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

type packed []byte

func (p *packed) uint() uint64 { n, size := binary.Uvarint(*p); *p = (*p)[size:]; return n }
func (p *packed) int() int64   { n, size := binary.Varint(*p); *p = (*p)[size:]; return n }
func (p *packed) text() string { n := p.uint(); s := string((*p)[:n]); *p = (*p)[n:]; return s }

func unpack(b []byte, a *answer) {
	p := packed(b)
	a.Found, a.Payments, a.Sum = int(p.uint()), int(p.uint()), p.int()
	n := p.uint()
	a.Years = make(map[int64]int64, n)
	for range n {
		year := p.int()
		a.Years[year] = p.int()
	}
	next := p.text()
	for i, r := range next {
		a.Next = append(a.Next, next[i:i+len(string(r))])
	}
	for range p.uint() {
		a.Hits = append(a.Hits, hit{
			Ref: p.text(), Title: p.text(), Village: p.text(), Group: p.text(), NamesakeNo: p.int(), Payments: int(p.int()), Sum: p.int(),
		})
	}
}

// packRow holds every field of a payment that the product's book holds, in the order in which they are read.
func packRow(r listRow) []byte {
	var b []byte
	for _, s := range []string{r.ref, r.person.Name, r.person.Village, r.person.Group, r.fund, r.period, r.paidOn, r.unit, r.method, r.remark} {
		b = packText(b, s)
	}
	for _, n := range []int64{r.person.NamesakeNo, r.amount, r.batch, r.quantity, r.price} {
		b = binary.AppendVarint(b, n)
	}
	return b
}

func unpackRow(b []byte) hit {
	p := packed(b)
	h := hit{Ref: p.text(), Title: p.text(), Village: p.text(), Group: p.text(), Payments: 1}
	for range 6 {
		_ = p.text()
	}
	h.NamesakeNo, h.Sum = p.int(), p.int()
	return h
}
