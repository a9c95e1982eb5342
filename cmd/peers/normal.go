package main

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai.local/app/search"
)

// normalised is SQLite as a database is usually laid out: a table for each thing, totals for each person, and a covering index
// for each question. People are found in characters by one index, in which each has one row for each scope that he is in, and
// with letters by another, in which he has one row for every way to write his name out; scopes are integers.
type normalised struct {
	db *database
	normalIndex
	args []driver.Value
	all  answer // of titles
	merger
}

// normalIndex numbers the scopes and lists.
type normalIndex struct {
	scopes map[scopeKey]int64
	lists  map[listKey]int64
}

// maskColumns are the columns of the letters with which each of a name's first characters can be typed.
const maskColumns = 4

func buildNormalised(path string, c *county) (normalIndex, error) {
	index := normalIndex{map[scopeKey]int64{}, map[listKey]int64{}}
	db, err := openDatabase(path, true)
	if err != nil {
		return index, err
	}
	b := &normalBuilder{index, db, c}
	for _, step := range []string{
		"CREATE TABLE person(id INTEGER PRIMARY KEY, title TEXT, village TEXT, grp TEXT, type TEXT, namesake INT, payments INT, sum INT)",
		"CREATE TABLE member(scope INT, person INT, PRIMARY KEY(scope,person)) WITHOUT ROWID",
		"CREATE TABLE whole(fold TEXT, variant INT, person INT, PRIMARY KEY(fold,variant,person)) WITHOUT ROWID",
		"CREATE TABLE year(person INT, year INT, payments INT, sum INT, PRIMARY KEY(person,year)) WITHOUT ROWID",
		"CREATE TABLE cell(person INT, year INT, kind TEXT, fund TEXT, payments INT, sum INT, PRIMARY KEY(person,year,kind,fund)) WITHOUT ROWID",
		"CREATE TABLE fold(scope INT, fold TEXT, person INT, variant INT, m1 INT, m2 INT, m3 INT, m4 INT, payments INT, sum INT, PRIMARY KEY(scope,fold,person)) WITHOUT ROWID",
		"CREATE TABLE form(scope INT, text TEXT, person INT, rank INT, payments INT, sum INT, PRIMARY KEY(scope,text,person)) WITHOUT ROWID",
		"CREATE TABLE entry(id INTEGER PRIMARY KEY, ref TEXT, title TEXT, village TEXT, day INT)",
		"CREATE TABLE said(scope INT, text TEXT, entry INT, PRIMARY KEY(scope,text,entry)) WITHOUT ROWID",
		"CREATE TABLE ending(scope INT, text TEXT, entry INT, rank INT, mask1 INT, mask2 INT, mask3 INT, PRIMARY KEY(scope,text,entry,rank)) WITHOUT ROWID",
		"CREATE TABLE titleform(scope INT, text TEXT, entry INT, rank INT, PRIMARY KEY(scope,text,entry,rank)) WITHOUT ROWID",
		"CREATE TABLE sent(list INTEGER PRIMARY KEY, sum INT)",
		"CREATE TABLE pay(id INTEGER PRIMARY KEY, list INT, ref TEXT, name TEXT, village TEXT, grp TEXT, type TEXT, namesake INT, amount INT, fund TEXT, period TEXT, batch INT, paid_on TEXT, quantity INT, price INT, unit TEXT, method TEXT, remark TEXT)",
		"BEGIN",
	} {
		if err := db.exec(step); err != nil {
			return index, err
		}
	}
	if err := b.people(); err != nil {
		return index, err
	}
	if err := b.titles(); err != nil {
		return index, err
	}
	if err := b.payments(); err != nil {
		return index, err
	}
	for _, step := range []string{
		"COMMIT",
		"CREATE INDEX pay_amount ON pay(list,amount DESC)", "CREATE INDEX pay_name ON pay(list)",
		"CREATE INDEX pay_group_amount ON pay(list,grp,amount DESC)", "CREATE INDEX pay_group ON pay(list,grp)", "ANALYZE",
	} {
		if err := db.exec(step); err != nil {
			return index, err
		}
	}
	return index, db.close()
}

type normalBuilder struct {
	normalIndex
	db *database
	c  *county
}

func (b *normalBuilder) people() error {
	for at := range b.c.people {
		p := &b.c.people[at]
		var all answer
		payments, sum := p.sums(filter{}, func(c *cell) { all.addYear(c.year, c.payments, c.sum) })
		if err := b.db.insert("INSERT INTO person VALUES(?,?,?,?,?,?,?,?)",
			int64(at), p.name, p.village, p.group, p.typ, p.namesakeNo, int64(payments), sum); err != nil {
			return err
		}
		for _, y := range all.Years {
			if err := b.db.insert("INSERT INTO year VALUES(?,?,?,?)", int64(at), y.Year, int64(y.Payments), y.Sum); err != nil {
				return err
			}
		}
		for _, cell := range p.cells {
			if err := b.db.insert("INSERT INTO cell VALUES(?,?,?,?,?,?)", int64(at), cell.year, cell.kind, cell.fund, int64(cell.payments), cell.sum); err != nil {
				return err
			}
		}
	}
	const most = 4 // characters that a form writes out; no query reads more
	letters := make([][]letter, len(b.c.names))
	forms := make([][]form, len(b.c.names))
	for i, name := range b.c.names {
		letters[i] = lettersOf(name, true)
		forms[i] = writtenOut(letters[i], 0, most)
	}
	for _, s := range b.c.scopes {
		scope := numbered(b.scopes, scopeKey{village: s.village, town: s.town})
		type row struct {
			form
			person, name  int
			payments, sum int64
		}
		var rows, folds []row
		for _, at := range s.people {
			p := &b.c.people[at]
			payments, sum := p.sums(filter{}, nil)
			if err := b.db.insert("INSERT INTO member VALUES(?,?)", scope, int64(at)); err != nil {
				return err
			}
			one := row{form{folded(letters[p.named]), rankOf(letters[p.named])}, int(at), p.named, int64(payments), sum}
			folds = append(folds, one)
			for _, f := range forms[p.named] {
				one.form = f
				rows = append(rows, one)
			}
		}
		// In the order of their keys they are appended, which is faster by far.
		order := func(a, b row) int { return cmp.Or(strings.Compare(a.text, b.text), a.person-b.person) }
		slices.SortFunc(folds, order)
		slices.SortFunc(rows, order)
		for _, r := range folds {
			m := masksOf(letters[r.name], 0)
			if err := b.db.insert("INSERT INTO fold VALUES(?,?,?,?,?,?,?,?,?,?)",
				scope, r.text, int64(r.person), int64(r.rank), m[0], m[1], m[2], m[3], r.payments, r.sum); err != nil {
				return err
			}
		}
		for _, r := range rows {
			if err := b.db.insert("INSERT INTO form VALUES(?,?,?,?,?,?)", scope, r.text, int64(r.person), int64(r.rank), r.payments, r.sum); err != nil {
				return err
			}
		}
	}
	for at := range b.c.people {
		l := letters[b.c.people[at].named]
		if err := b.db.insert("INSERT INTO whole VALUES(?,?,?)", folded(l), int64(rankOf(l)), int64(at)); err != nil {
			return err
		}
	}
	return nil
}

// rankOf is the rank of a title that is typed in folded characters.
func rankOf(title []letter) int {
	rank := rankExact
	for i := range title {
		rank = max(rank, title[i].own())
	}
	return rank
}

// masksOf are the letters with which a title's characters from start on can be typed; none behind its end.
func masksOf(title []letter, start int) [maskColumns]int64 {
	var out [maskColumns]int64
	for i := start; i < len(title) && i-start < maskColumns; i++ {
		out[i-start] = int64(title[i].firsts())
	}
	return out
}

func (b *normalBuilder) titles() error {
	for at, e := range b.c.entries {
		if err := b.db.insert("INSERT INTO entry VALUES(?,?,?,?,?)", int64(at), e.Ref, e.Title, e.VillageCode, int64(e.On)); err != nil {
			return err
		}
		for _, text := range e.Texts {
			// What stands at a place is found by its beginning: of the pieces there only the longest is a row.
			for piece := range longest(pieces(text, titleChars)) {
				for _, in := range []string{subject[e.Kind], search.InAll} {
					if err := b.db.insert("INSERT OR IGNORE INTO said VALUES(?,?,?)", numbered(b.scopes, scopeKey{in: in}), piece, int64(at)); err != nil {
						return err
					}
				}
			}
		}
		name := e.Kind == search.KindIncumbent
		for _, title := range append([]string{e.Title}, e.Aliases...) {
			letters := lettersOf(title, name)
			for start := range letters {
				rank := rankSubstring
				if start == 0 {
					rank = rankOf(letters)
				}
				m := masksOf(letters, start)
				for _, in := range []string{subject[e.Kind], search.InAll} {
					scope := numbered(b.scopes, scopeKey{in: in})
					if err := b.db.insert("INSERT OR IGNORE INTO ending VALUES(?,?,?,?,?,?,?)",
						scope, folded(letters[start:]), int64(at), int64(rank), m[1], m[2], m[3]); err != nil {
						return err
					}
					for _, f := range writtenOut(letters, start, titleChars) {
						if err := b.db.insert("INSERT OR IGNORE INTO titleform VALUES(?,?,?,?)", scope, f.text, int64(at), int64(f.rank)); err != nil {
							return err
						}
					}
				}
				if name {
					break
				}
			}
		}
	}
	return nil
}

// longest leaves out the pieces with which another begins.
func longest(pieces map[string]bool) map[string]bool {
	out := maps.Clone(pieces)
	for piece := range pieces {
		_, n := utf8.DecodeLastRuneInString(piece)
		delete(out, piece[:len(piece)-n])
	}
	return out
}

func (b *normalBuilder) payments() error {
	for i := range b.c.lists {
		l := &b.c.lists[i]
		id := numbered(b.lists, listKey{l.village, l.kind, l.year})
		if err := b.db.insert("INSERT INTO sent VALUES(?,?)", id, l.sent); err != nil {
			return err
		}
		for _, r := range l.rows {
			w := r.who
			if err := b.db.insert("INSERT INTO pay(list,ref,name,village,grp,type,namesake,amount,fund,period,batch,paid_on,quantity,price,unit,method,remark) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
				id, r.ref, w.name, w.village, w.group, w.typ, w.namesakeNo, r.amount,
				r.Fund, r.Period, r.Batch, r.PaidOn, r.Quantity, r.Price, r.Unit, r.Method, r.Remark); err != nil {
				return err
			}
		}
	}
	return nil
}

func openNormalised(path string, index normalIndex) (engine, error) {
	db, err := openDatabase(path, false)
	return &normalised{db: db, normalIndex: index}, err
}

func (e *normalised) close() error { return e.db.close() }

func (e *normalised) answer(q *query, a *answer) error {
	a.reset()
	switch {
	case q.list:
		return e.list(q, a)
	case q.Whole:
		return e.whole(q, a)
	case q.In == search.InPeople:
		return e.people(q, a)
	case q.In == search.InAll:
		if err := e.people(q, a); err != nil {
			return err
		}
		e.all.reset()
		if err := e.titles(q, &e.all); err != nil {
			return err
		}
		e.both(a, &e.all)
		return nil
	}
	return e.titles(q, a)
}

// above returns the least text that is greater than every text with a beginning.
func above(text string) string {
	r, n := utf8.DecodeLastRuneInString(text)
	if n == 0 {
		return "\U0010FFFF"
	}
	return text[:len(text)-n] + string(r+1)
}

// lettered reports whether a text holds letters, with which names are written out.
func lettered(text string) bool {
	for i := range len(text) {
		if text[i] >= 'a' && text[i] <= 'z' {
			return true
		}
	}
	return false
}

func keepHit(a *answer) func(row []driver.Value) {
	return func(row []driver.Value) {
		a.Hits = append(a.Hits, hit{
			rank: int(number(row[0])), Title: text(row[1]), Village: text(row[2]), Group: text(row[3]), Type: text(row[4]),
			NamesakeNo: number(row[5]), Payments: int(number(row[6])), Sum: number(row[7]),
		})
	}
}

func keepYear(a *answer) func(row []driver.Value) {
	return func(row []driver.Value) {
		a.Years = append(a.Years, search.YearSum{Year: number(row[0]), Payments: int(number(row[1])), Sum: number(row[2])})
	}
}

// keepNext takes a character that can follow, the letters that it can be typed with, and how many it leads to, in the order of
// characters; all together are what was found.
func keepNext(a *answer) func(row []driver.Value) {
	return func(row []driver.Value) {
		found := int(number(row[2]))
		a.Found += found
		a.Payments += int(number(row[3]))
		a.Sum += number(row[4])
		a.Letters |= search.Letters(number(row[1]))
		r, n := utf8.DecodeRuneInString(text(row[0]))
		switch last := len(a.Next) - 1; {
		case n == 0 || r >= 'a' && r <= 'z': // a Latin letter is typed with itself
		case last >= 0 && a.Next[last].Char == r:
			a.Next[last].Found += found
		default:
			a.Next = append(a.Next, search.Key{Char: r, Found: found})
		}
	}
}

func keepLetters(a *answer) func(row []driver.Value) {
	return func(row []driver.Value) { a.Letters |= 1 << (text(row[0])[0] - 'a') }
}

// The texts of statements, by the number of characters typed.
const (
	inFold = " WHERE fold.scope=?1 AND fold>=?2 AND fold<?3 "
	inForm = " WHERE scope=?1 AND text>=?2 AND text<?3 "
	ofFold = "CASE WHEN fold=?2 THEN variant ELSE 4 END"
	ofForm = "min(CASE WHEN text=?2 THEN rank ELSE 4 END)"
	// Those of a filter: cells of people.
	ofCells = " FROM fold CROSS JOIN cell ON cell.person=fold.person" + inFold + "AND "
)

func foldNext(typed int) string {
	return fmt.Sprintf("SELECT substr(fold,%d,1) AS c,m%d AS m,count(*),sum(payments),sum(sum) FROM fold"+inFold+"GROUP BY c,m", typed+1, typed+1)
}

// nextLetters jumps from one letter that follows to the next.
func nextLetters(table string, typed int) string {
	next := fmt.Sprintf("(SELECT substr(text,%d,1) FROM %s WHERE scope=?1 AND text>%%s AND text<?3 ORDER BY text LIMIT 1)", typed+1, table)
	return "WITH RECURSIVE t(c) AS (SELECT " + fmt.Sprintf(next, "?2") + " UNION ALL SELECT " + fmt.Sprintf(next, "=?2||char(unicode(c)+1)") +
		" FROM t WHERE c IS NOT NULL) SELECT c FROM t WHERE c IS NOT NULL"
}

const (
	foldYears    = "SELECT year,sum(year.payments),sum(year.sum) FROM fold CROSS JOIN year ON year.person=fold.person" + inFold + "GROUP BY year ORDER BY year"
	everyoneYear = "SELECT year,sum(payments),sum(sum) FROM member CROSS JOIN year ON year.person=member.person WHERE scope=?1 GROUP BY year ORDER BY year"
	formYears    = "SELECT year,sum(year.payments),sum(year.sum) FROM (SELECT DISTINCT person FROM form" + inForm + ") AS f CROSS JOIN year ON year.person=f.person GROUP BY year ORDER BY year"
	formTotals   = "SELECT count(*),sum(payments),sum(sum) FROM (SELECT DISTINCT person,payments,sum FROM form" + inForm + ")"

	personColumns = ",title,village,grp,type,namesake,payments,sum FROM "
	ofPeople      = " AS f CROSS JOIN person ON id=f.person ORDER BY best,f.person"
	foldHits      = "SELECT best" + personColumns + "(SELECT person," + ofFold + " AS best FROM fold" + inFold + "ORDER BY best,person LIMIT 8)" + ofPeople
	formHits      = "SELECT best" + personColumns + "(SELECT person," + ofForm + " AS best FROM form" + inForm + "GROUP BY person ORDER BY best,person LIMIT 8)" + ofPeople
	everyoneHits  = "SELECT 4" + personColumns + "member CROSS JOIN person ON id=member.person WHERE scope=?1 ORDER BY member.person LIMIT 8"
	wholeFound    = "SELECT count(*) FROM whole WHERE fold=?"
	wholeHits     = "SELECT variant,title,village,grp,type,namesake,0,0 FROM whole CROSS JOIN person ON id=whole.person WHERE fold=? ORDER BY variant,whole.person LIMIT 8"
)

func (e *normalised) people(q *query, a *answer) error {
	scope := e.scopes[scopeKey{village: q.Village, town: q.Town}]
	args := append(e.args[:0], scope, q.Text, above(q.Text))
	typed := utf8.RuneCountInString(q.Text)
	if f := filterOf(&q.Query); f != (filter{}) {
		return e.filtered(f, typed, args, a)
	}
	if lettered(q.Text) {
		totals := func(row []driver.Value) {
			a.Found, a.Payments, a.Sum = int(number(row[0])), int(number(row[1])), number(row[2])
		}
		return errors.Join(
			e.db.query(formTotals, args, totals), e.db.query(formYears, args, keepYear(a)),
			e.db.query(nextLetters("form", typed), args, keepLetters(a)), e.db.query(formHits, args, keepHit(a)),
		)
	}
	years, hits, some := foldYears, foldHits, args
	if q.Text == "" {
		years, hits, some = everyoneYear, everyoneHits, args[:1]
	}
	return errors.Join(
		e.db.query(foldNext(typed), args, keepNext(a)), e.db.query(years, some, keepYear(a)), e.db.query(hits, some, keepHit(a)),
	)
}

// filtered answers a text of characters for people whose cells pass a filter of one condition.
func (e *normalised) filtered(f filter, typed int, args []driver.Value, a *answer) error {
	condition := ""
	switch {
	case f.year != 0:
		condition, args = "cell.year=?4", append(args, f.year)
	case f.kind != "":
		condition, args = "cell.kind=?4", append(args, f.kind)
	case f.fund != "":
		condition, args = "cell.fund=?4", append(args, f.fund)
	default:
		condition, args = "(SELECT grp FROM person WHERE id=cell.person)=?4", append(args, f.group)
	}
	next := fmt.Sprintf("SELECT c,m,count(*),sum(p),sum(s) FROM (SELECT substr(fold,%d,1) AS c,m%d AS m,sum(cell.payments) AS p,sum(cell.sum) AS s"+
		ofCells+"%s GROUP BY fold.person) GROUP BY c,m", typed+1, typed+1, condition)
	return errors.Join(
		e.db.query(next, args, keepNext(a)),
		e.db.query("SELECT year,sum(cell.payments),sum(cell.sum)"+ofCells+condition+" GROUP BY year ORDER BY year", args, keepYear(a)),
		e.db.query("SELECT best,title,village,grp,type,namesake,p,s FROM (SELECT "+ofFold+" AS best,fold.person AS who,sum(cell.payments) AS p,sum(cell.sum) AS s"+
			ofCells+condition+" GROUP BY who ORDER BY best,who LIMIT 8) CROSS JOIN person ON id=who ORDER BY best,who", args, keepHit(a)),
	)
}

func (e *normalised) whole(q *query, a *answer) error {
	args := append(e.args[:0], q.Text)
	return errors.Join(
		e.db.query(wholeFound, args, func(row []driver.Value) { a.Found = int(number(row[0])) }), e.db.query(wholeHits, args, keepHit(a)),
	)
}

func (e *normalised) titles(q *query, a *answer) error {
	args := append(e.args[:0], e.scopes[scopeKey{in: q.In}], q.Text, above(q.Text))
	typed := utf8.RuneCountInString(q.Text)
	hits := func(row []driver.Value) {
		a.Hits = append(a.Hits, hit{rank: int(number(row[0])), Ref: text(row[1]), Title: text(row[2]), Village: text(row[3])})
	}
	if lettered(q.Text) {
		return errors.Join(
			e.db.query("SELECT count(DISTINCT entry) FROM titleform"+inForm, args, func(row []driver.Value) { a.Found = int(number(row[0])) }),
			e.db.query(nextLetters("titleform", typed), args, keepLetters(a)), e.db.query(fmt.Sprintf(titleHits, "titleform"), args, hits),
		)
	}
	// An entry can match at several characters: a key is counted once.
	last := int64(-1)
	var chars []rune
	count := func() {
		for _, r := range chars {
			a.addNext(r, 1)
		}
		chars = chars[:0]
	}
	err := e.db.query(fmt.Sprintf("SELECT entry,substr(text,%d,1),mask%d FROM ending"+inForm+"ORDER BY entry", typed+1, typed), args, func(row []driver.Value) {
		if at := number(row[0]); at != last {
			count()
			last = at
			a.Found++
		}
		a.Letters |= search.Letters(number(row[2]))
		r, n := utf8.DecodeRuneInString(text(row[1]))
		if n > 0 && (r < 'a' || r > 'z') && !slices.Contains(chars, r) {
			chars = append(chars, r)
		}
	})
	count()
	sortKeys(a)
	err = errors.Join(err, e.db.query(fmt.Sprintf(titleHits, "ending"), args, hits))
	if typed == 1 && q.In == search.InAll {
		return err
	}
	err = errors.Join(err, e.db.query("SELECT count(*) FROM "+saidOnly, args, func(row []driver.Value) { a.Found += int(number(row[0])) }))
	if len(a.Hits) == pageRows {
		return err
	}
	return errors.Join(err, e.db.query("SELECT 6,ref,title,village FROM "+saidOnly+" CROSS JOIN entry ON id=entry ORDER BY day DESC,id LIMIT ?4",
		append(args, int64(pageRows-len(a.Hits))), hits))
}

// saidOnly are the entries in whose texts a piece stands that is not in their titles.
const saidOnly = "(SELECT entry FROM said" + inForm + "EXCEPT SELECT entry FROM ending" + inForm + ")"

const titleHits = "SELECT best,ref,title,village FROM (SELECT entry,min(CASE WHEN rank=5 OR text=?2 THEN rank ELSE 4 END) AS best FROM %s" +
	inForm + "GROUP BY entry ORDER BY best,entry LIMIT 8) CROSS JOIN entry ON id=entry ORDER BY best,entry"

const rowColumns = "SELECT ref,name,village,grp,type,namesake,amount,fund,period,batch,paid_on,quantity,price,unit,method,remark FROM pay WHERE list=?1"

func (e *normalised) list(q *query, a *answer) error {
	args := append(e.args[:0], e.lists[listKey{q.Village, q.Kind, q.Year}])
	group := ""
	if q.Group != "" {
		group, args = " AND grp=?2", append(args, q.Group)
	}
	totals := func(row []driver.Value) {
		a.Found, a.Sum, a.Sent = int(number(row[0])), number(row[1]), number(row[2])
	}
	if err := e.db.query("SELECT count(*),sum(amount),(SELECT sum FROM sent WHERE list=?1) FROM pay WHERE list=?1"+group, args, totals); err != nil {
		return err
	}
	order := "id"
	if q.sort == "amount" {
		order = "amount DESC,id"
	}
	page := fmt.Sprintf(" ORDER BY %s LIMIT %d OFFSET ?%d", order, pageRows, len(args)+1)
	return e.db.query(rowColumns+group+page, append(args, int64(q.Offset)), func(row []driver.Value) {
		a.Hits = append(a.Hits, hit{
			Ref: text(row[0]), Title: text(row[1]), Village: text(row[2]), Group: text(row[3]), Type: text(row[4]),
			NamesakeNo: number(row[5]), Payments: 1, Sum: number(row[6]),
			paid: paid{
				Fund: text(row[7]), Period: text(row[8]), Batch: number(row[9]), PaidOn: text(row[10]), Quantity: number(row[11]),
				Price: number(row[12]), Unit: text(row[13]), Method: text(row[14]), Remark: text(row[15]),
			},
		})
	})
}
