package main

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
)

// normalised is SQLite as a database is usually laid out: a table for each thing, covering indexes for each question, totals per
// person. A name has one row for each way in which it can be written out (form), so that every mixture of characters, pinyin and
// initials is one range of a covering index; titles have one row for each of their endings.
type normalised struct{ db *database }

func buildNormalised(path string, c *county) error {
	db, err := openDatabase(path, true)
	if err != nil {
		return err
	}
	b := &normalBuilder{db, c}
	for _, step := range []string{
		"CREATE TABLE person(id INTEGER PRIMARY KEY, ref TEXT, name TEXT, village TEXT, grp TEXT, namesake INT, payments INT, sum INT)",
		"CREATE TABLE named(fold TEXT, variant INT, ord INT, person INT, PRIMARY KEY(fold,variant,ord,person)) WITHOUT ROWID",
		"CREATE TABLE year(person INT, year INT, payments INT, sum INT, PRIMARY KEY(person,year)) WITHOUT ROWID",
		"CREATE TABLE cell(person INT, year INT, kind TEXT, fund TEXT, payments INT, sum INT, PRIMARY KEY(person,year,kind,fund)) WITHOUT ROWID",
		"CREATE TABLE form(village TEXT, text TEXT, ord INT, rank INT, person INT, payments INT, sum INT, PRIMARY KEY(village,text,ord)) WITHOUT ROWID",
		"CREATE TABLE entry(id INTEGER PRIMARY KEY, ref TEXT, title TEXT)",
		"CREATE TABLE ending(kind TEXT, text TEXT, entry INT, start INT, PRIMARY KEY(kind,text,entry,start)) WITHOUT ROWID",
		"CREATE TABLE pay(id INTEGER PRIMARY KEY, village TEXT, kind TEXT, year INT, ord INT, ref TEXT, name TEXT, place TEXT, grp TEXT, namesake INT, amount INT, fund TEXT, period TEXT, batch INT, paid_on TEXT, quantity INT, price INT, unit TEXT, method TEXT, remark TEXT)",
		"CREATE TABLE sent(village TEXT, kind TEXT, year INT, sum INT, PRIMARY KEY(village,kind,year)) WITHOUT ROWID",
		"BEGIN",
	} {
		if err := db.exec(step); err != nil {
			return err
		}
	}
	if err := b.people(); err != nil {
		return err
	}
	if err := b.titles(); err != nil {
		return err
	}
	if err := c.everyList(b.list); err != nil {
		return err
	}
	for _, step := range []string{
		"COMMIT", "CREATE INDEX pay_name ON pay(village,kind,year,ord,amount)", "CREATE INDEX pay_amount ON pay(village,kind,year,amount DESC,ord)", "ANALYZE",
	} {
		if err := db.exec(step); err != nil {
			return err
		}
	}
	return db.close()
}

type normalBuilder struct {
	db *database
	c  *county
}

func (b *normalBuilder) people() error {
	for at, p := range b.c.people {
		payments, sum := sumsOf(&p, search.Query{}, nil)
		if err := b.db.insert("INSERT INTO person VALUES(?,?,?,?,?,?,?,?)",
			int64(at), b.c.refs[at], p.Name, p.Village, p.Group, p.NamesakeNo, int64(payments), sum); err != nil {
			return err
		}
		for _, cell := range p.Cells {
			if err := b.db.insert("INSERT INTO cell VALUES(?,?,?,?,?,?)", int64(at), cell.Year, cell.Kind, cell.Fund, int64(cell.Payments), cell.Sum); err != nil {
				return err
			}
			if err := b.db.insert("INSERT INTO year VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET payments=payments+excluded.payments, sum=sum+excluded.sum",
				int64(at), cell.Year, int64(cell.Payments), cell.Sum); err != nil {
				return err
			}
		}
	}
	for name, list := range b.c.byName() {
		for ord, at := range list {
			if err := b.db.insert("INSERT INTO named VALUES(?,?,?,?)", name, int64(variant(b.c.people[at].Name, name)), int64(ord), int64(at)); err != nil {
				return err
			}
		}
	}
	for _, v := range b.c.villages {
		for ord, at := range b.c.inScope(v) {
			p := &b.c.people[at]
			payments, sum := sumsOf(p, search.Query{}, nil)
			if err := b.forms(v, p.Name, ord, at, payments, sum); err != nil {
				return err
			}
		}
	}
	return nil
}

// forms writes every way to write a name out; what is longer than any query is cut off.
func (b *normalBuilder) forms(village, name string, ord, at, payments int, sum int64) error {
	const most = 4
	title := lettersOf(name, true)
	best := map[string]int{}
	var walk func(i int, text string, rank int)
	walk = func(i int, text string, rank int) {
		if i == len(title) || i == most {
			if i < len(title) {
				rank = rankPrefix
			}
			if have, ok := best[text]; !ok || rank < have {
				best[text] = rank
			}
			return
		}
		for _, p := range title[i].pieces {
			r := max(rank, p.rank)
			if p.rank == rankExact && title[i].char != title[i].fold {
				r = max(rank, rankVariant)
			}
			walk(i+1, text+p.text, r)
		}
	}
	walk(0, "", rankExact)
	for text, rank := range best {
		if err := b.db.insert("INSERT INTO form VALUES(?,?,?,?,?,?,?)", village, text, int64(ord), int64(rank), int64(at), int64(payments), sum); err != nil {
			return err
		}
	}
	return nil
}

func (b *normalBuilder) titles() error {
	for at, e := range b.c.entries {
		if err := b.db.insert("INSERT INTO entry VALUES(?,?,?)", int64(at), e.Ref, e.Title); err != nil {
			return err
		}
		if e.Kind == search.KindIncumbent {
			if err := b.forms(search.InIncumbents, e.Title, at, at, 0, 0); err != nil {
				return err
			}
			continue
		}
		for _, title := range append([]string{e.Title}, e.Aliases...) {
			runes := foldedLetters(title, false)
			for i := range runes {
				if err := b.db.insert("INSERT OR IGNORE INTO ending VALUES(?,?,?,?)", subject[e.Kind], string(runes[i:]), int64(at), int64(i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *normalBuilder) list(v string, key listKey, rows []listRow, sent int64) error {
	if err := b.db.insert("INSERT INTO sent VALUES(?,?,?,?)", v, key.Kind, key.Year, sent); err != nil {
		return err
	}
	for i, r := range rows {
		if err := b.db.insert("INSERT INTO pay(village,kind,year,ord,ref,name,place,grp,namesake,amount,fund,period,batch,paid_on,quantity,price,unit,method,remark) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
			v, key.Kind, key.Year, int64(i), r.ref, r.person.Name, r.person.Village, r.person.Group, r.person.NamesakeNo, r.amount,
			r.fund, r.period, r.batch, r.paidOn, r.quantity, r.price, r.unit, r.method, r.remark); err != nil {
			return err
		}
	}
	return nil
}

func openNormalised(path string) (engine, error) {
	db, err := openDatabase(path, false)
	return &normalised{db}, err
}

func (e *normalised) close() error { return e.db.close() }

func (e *normalised) answer(q *query, a *answer) error {
	*a = answer{Hits: a.Hits[:0], Next: a.Next[:0]}
	switch {
	case q.list:
		return e.list(q, a)
	case q.In == search.InPeople && q.Village == "":
		return e.named(q, a)
	case q.In == search.InPeople:
		return e.people(q, a)
	case q.In == search.InIncumbents:
		return e.incumbents(q, a)
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

func keepHit(a *answer) func(row []driver.Value) {
	return func(row []driver.Value) {
		a.Hits = append(a.Hits, hit{
			Ref: text(row[0]), Title: text(row[1]), Village: text(row[2]), Group: text(row[3]), NamesakeNo: number(row[4]),
			Payments: int(number(row[5])), Sum: number(row[6]),
		})
	}
}

func keepNext(a *answer) func(row []driver.Value) {
	return func(row []driver.Value) {
		if s := text(row[0]); s != "" {
			a.Next = append(a.Next, s)
		}
	}
}

func (e *normalised) people(q *query, a *answer) error {
	const within = "village=?1 AND text>=?2 AND text<?3"
	args := []driver.Value{q.Village, q.Text, above(q.Text)}
	totals := func(row []driver.Value) {
		a.Found, a.Payments, a.Sum = int(number(row[0])), int(number(row[1])), number(row[2])
	}
	a.Years = map[int64]int64{}
	years := func(row []driver.Value) { a.Years[number(row[0])] = number(row[1]) }
	next := fmt.Sprintf("SELECT DISTINCT substr(text,%d,1) FROM form WHERE ", utf8.RuneCountInString(q.Text)+1)
	filter, value := "", driver.Value(nil)
	switch {
	case q.Year != 0:
		filter, value = "cell.year=?4", q.Year
	case q.Kind != "":
		filter, value = "cell.kind=?4", q.Kind
	case q.Fund != "":
		filter, value = "cell.fund=?4", q.Fund
	case q.Group != "":
		filter, value = "cell.person IN (SELECT id FROM person WHERE grp=?4)", q.Group
	}
	if filter == "" {
		if err := e.db.query("SELECT count(*),sum(payments),sum(sum) FROM (SELECT DISTINCT ord,payments,sum FROM form WHERE "+within+")", args, totals); err != nil {
			return err
		}
		if err := e.db.query("SELECT year,sum(sum) FROM year WHERE person IN (SELECT person FROM form WHERE "+within+") GROUP BY year", args, years); err != nil {
			return err
		}
		if err := e.db.query(next+within, args, keepNext(a)); err != nil {
			return err
		}
		return e.db.query("SELECT ref,name,village,grp,namesake,payments,sum FROM (SELECT ord,person,min(CASE WHEN text=?2 THEN rank ELSE 4 END) AS best FROM form WHERE "+
			within+" GROUP BY ord ORDER BY best,ord LIMIT 8) JOIN person ON id=person ORDER BY best,ord", args, keepHit(a))
	}
	args = append(args, value)
	if q.Group != "" {
		// The people of a group are joined by key, which is faster than a list of them.
		filter = "(SELECT grp FROM person WHERE id=cell.person)=?4"
	}
	matched := "(SELECT ord,person,min(CASE WHEN text=?2 THEN rank ELSE 4 END) AS best FROM form WHERE " + within + " GROUP BY ord)"
	if err := e.db.query("SELECT count(DISTINCT cell.person),sum(payments),sum(sum) FROM "+matched+" AS f JOIN cell ON cell.person=f.person WHERE "+filter, args, totals); err != nil {
		return err
	}
	if err := e.db.query("SELECT year,sum(sum) FROM "+matched+" AS f JOIN cell ON cell.person=f.person WHERE "+filter+" GROUP BY year", args, years); err != nil {
		return err
	}
	if err := e.db.query(next+within+" AND EXISTS(SELECT 1 FROM cell WHERE cell.person=form.person AND "+filter+")", args, keepNext(a)); err != nil {
		return err
	}
	return e.db.query("SELECT ref,name,village,grp,namesake,p,s FROM (SELECT ord,best,f.person AS who,sum(payments) AS p,sum(sum) AS s FROM "+matched+
		" AS f JOIN cell ON cell.person=f.person WHERE "+filter+" GROUP BY ord ORDER BY best,ord LIMIT 8) JOIN person ON id=who ORDER BY best,ord", args, keepHit(a))
}

func (e *normalised) named(q *query, a *answer) error {
	args := []driver.Value{q.Text}
	if err := e.db.query("SELECT count(*) FROM named WHERE fold=?", args, func(row []driver.Value) { a.Found = int(number(row[0])) }); err != nil {
		return err
	}
	return e.db.query("SELECT ref,name,village,grp,p.namesake,0,0 FROM (SELECT person FROM named WHERE fold=? ORDER BY variant,ord LIMIT 8) JOIN person p ON id=person", args, keepHit(a))
}

func (e *normalised) incumbents(q *query, a *answer) error {
	const within = "village='incumbents' AND text>=?1 AND text<?2"
	args := []driver.Value{q.Text, above(q.Text)}
	if err := e.db.query("SELECT count(DISTINCT ord) FROM form WHERE "+within, args, func(row []driver.Value) { a.Found = int(number(row[0])) }); err != nil {
		return err
	}
	if err := e.db.query(fmt.Sprintf("SELECT DISTINCT substr(text,%d,1) FROM form WHERE ", utf8.RuneCountInString(q.Text)+1)+within, args, keepNext(a)); err != nil {
		return err
	}
	return e.db.query("SELECT ref,title,'','',0,0,0 FROM (SELECT ord,min(CASE WHEN text=?1 THEN rank ELSE 4 END) AS best FROM form WHERE "+
		within+" GROUP BY ord ORDER BY best,ord LIMIT 8) JOIN entry ON id=ord ORDER BY best,ord", args, keepHit(a))
}

func (e *normalised) titles(q *query, a *answer) error {
	const within = "kind=?1 AND text>=?2 AND text<?3"
	args := []driver.Value{q.In, q.Text, above(q.Text)}
	if err := e.db.query("SELECT count(DISTINCT entry) FROM ending WHERE "+within, args, func(row []driver.Value) { a.Found = int(number(row[0])) }); err != nil {
		return err
	}
	if err := e.db.query(fmt.Sprintf("SELECT DISTINCT substr(text,%d,1) FROM ending WHERE ", utf8.RuneCountInString(q.Text)+1)+within, args, keepNext(a)); err != nil {
		return err
	}
	var letters []string
	for _, s := range a.Next {
		r, _ := utf8.DecodeRuneInString(s)
		for _, reading := range pinyin.Readings(r) {
			if first := reading[:1]; !slices.Contains(letters, first) && !slices.Contains(a.Next, first) {
				letters = append(letters, first)
			}
		}
	}
	a.Next = append(a.Next, letters...)
	return e.db.query("SELECT ref,title,'','',0,0,0 FROM (SELECT entry,min(CASE WHEN start>0 THEN 5 WHEN text=?2 THEN 0 ELSE 4 END) AS best FROM ending WHERE "+
		within+" GROUP BY entry ORDER BY best,entry LIMIT 8) JOIN entry ON id=entry ORDER BY best,entry", args, keepHit(a))
}

func (e *normalised) list(q *query, a *answer) error {
	args := []driver.Value{q.Village, q.Kind, q.Year}
	if err := e.db.query("SELECT count(*),sum(amount),(SELECT sum FROM sent WHERE village=?1 AND kind=?2 AND year=?3) FROM pay WHERE village=?1 AND kind=?2 AND year=?3", args,
		func(row []driver.Value) {
			a.Found, a.Sum, a.Sent = int(number(row[0])), number(row[1]), number(row[2])
		}); err != nil {
		return err
	}
	order := "ord"
	if q.sort == "amount" {
		order = "amount DESC,ord"
	}
	return e.db.query("SELECT ref,name,place,grp,namesake,1,amount,fund,period,batch,paid_on,quantity,price,unit,method,remark FROM pay WHERE village=?1 AND kind=?2 AND year=?3 ORDER BY "+
		order+" LIMIT ?4 OFFSET ?5", append(args, int64(q.Limit), int64(q.Offset)), keepHit(a))
}

// equal says what differs between two answers; the order of next keys is the screen's business, the rest is not.
func equal(a, b *answer) string {
	slices.Sort(a.Next)
	slices.Sort(b.Next)
	switch {
	case a.Found != b.Found:
		return fmt.Sprintf("found %d and %d", a.Found, b.Found)
	case a.Payments != b.Payments || a.Sum != b.Sum:
		return fmt.Sprintf("sums %d/%d and %d/%d", a.Payments, a.Sum, b.Payments, b.Sum)
	case a.Sent != b.Sent:
		return fmt.Sprintf("sent %d and %d", a.Sent, b.Sent)
	case len(a.Years) != len(b.Years):
		return fmt.Sprintf("years %v and %v", a.Years, b.Years)
	case !slices.Equal(a.Next, b.Next):
		return fmt.Sprintf("next %s and %s", strings.Join(a.Next, ""), strings.Join(b.Next, ""))
	case !slices.Equal(a.Hits, b.Hits):
		return fmt.Sprintf("hits %v and %v", a.Hits, b.Hits)
	}
	for year, sum := range a.Years {
		if b.Years[year] != sum {
			return fmt.Sprintf("years %v and %v", a.Years, b.Years)
		}
	}
	return ""
}
