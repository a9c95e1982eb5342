package main

import (
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
)

// document is a text with a body: a policy document or a notice.
type document struct{ ref, in, title, body string }

func documentsOf(c *sample.County) []document {
	var out []document
	for _, p := range c.Policies {
		out = append(out, document{p.Ref, search.InPolicies, p.Title, p.Body})
	}
	for _, n := range c.Notices {
		out = append(out, document{n.Ref, search.InNotices, n.Title, n.Body})
	}
	return out
}

// spaced folds a text and sets its characters apart, so that FTS5 takes each as a word and a phrase finds any piece of a
// sentence; its trigrams find nothing shorter than three.
func spaced(text string) string {
	var b strings.Builder
	for _, r := range pinyin.FoldText(text) {
		b.WriteRune(r)
		b.WriteByte(' ')
	}
	return b.String()
}

// text measures free text against FTS5: pieces of 2 to 4 characters of a body that stand in no title. Where the product finds
// none of them, it does not search bodies, and that is what the figures say.
func (b *bench) text(e *edition, p *product) error {
	queries := makeTextQueries(e.documents)
	found := 0
	for i := range queries {
		found += p.book.Find(queries[i].Query).Found
	}
	if found == 0 {
		note := fmt.Sprintf("none of %d pieces of the bodies of %d documents is found: the book does not search bodies", len(queries), len(e.documents))
		b.missing("text_p99_ms", "ms", "≤ 1", note)
		b.missing("text_p50_vs_fts5", "×", "≥ 30", note)
		return nil
	}
	db, err := buildText(filepath.Join(b.work, "text.sqlite"), e.documents)
	if err != nil {
		return err
	}
	defer db.close()
	var own, peer times
	for i := range queries {
		q := &queries[i]
		a := p.book.Find(q.Query)
		n, _, err := findText(db, q)
		if err != nil {
			return err
		}
		if n != a.Found {
			return fmt.Errorf("text %q in %s: the book finds %d, FTS5 %d", q.Text, q.In, a.Found, n)
		}
	}
	for round := range rounds {
		_ = own.round(queries, round, func(q *query) error { p.run(q); return nil })
		if err := peer.round(queries, round, func(q *query) error { _, _, err := findText(db, q); return err }); err != nil {
			return err
		}
	}
	b.add("text_p99_ms", own.at(0.99)/1000, "ms", atMost(1), fmt.Sprintf("%d documents, p50 %.1f µs", len(e.documents), own.at(0.5)))
	b.add("text_p50_vs_fts5", peer.at(0.5)/own.at(0.5), "×", atLeast(30), fmt.Sprintf("FTS5 %.1f/%.1f µs p50/p99", peer.at(0.5), peer.at(0.99)))
	return p.book.Err()
}

func makeTextQueries(documents []document) []query {
	r := rand.New(rand.NewPCG(9, 9))
	var out []query
	for range 100 * perClass {
		d := documents[r.IntN(len(documents))]
		runes := []rune(d.body)
		n := 2 + r.IntN(3)
		at := r.IntN(max(1, len(runes)-n))
		piece := string(runes[at:min(at+n, len(runes))])
		han := func(r rune) bool { return r >= '一' && r <= '鿿' && pinyin.Fold(r) == r }
		if strings.IndexFunc(piece, func(r rune) bool { return !han(r) }) >= 0 ||
			slices.ContainsFunc(documents, func(o document) bool { return strings.Contains(o.title, piece) }) {
			continue
		}
		out = append(out, query{class: "text", Query: search.Query{In: d.in, Text: piece, Limit: pageRows}})
		if len(out) == perClass {
			break
		}
	}
	return out
}

func buildText(path string, documents []document) (*database, error) {
	db, err := openDatabase(path, true)
	if err != nil {
		return nil, err
	}
	for _, step := range []string{
		"CREATE VIRTUAL TABLE body USING fts5(text, kind UNINDEXED, ref UNINDEXED, tokenize='unicode61')", "BEGIN",
	} {
		if err := db.exec(step); err != nil {
			return nil, err
		}
	}
	for _, d := range documents {
		if err := db.insert("INSERT INTO body VALUES(?,?,?)", spaced(d.body), d.in, d.ref); err != nil {
			return nil, err
		}
	}
	for _, step := range []string{"COMMIT", "INSERT INTO body(body) VALUES('optimize')"} {
		if err := db.exec(step); err != nil {
			return nil, err
		}
	}
	return db, nil
}

// findText returns how many documents hold a piece, and the first of them with the words around it.
func findText(db *database, q *query) (found int, page []string, err error) {
	phrase := `"` + spaced(q.Text) + `"`
	err = db.query("SELECT count(*) FROM body WHERE body MATCH ? AND kind=?", []driver.Value{phrase, q.In}, func(row []driver.Value) { found = int(number(row[0])) })
	if err != nil {
		return 0, nil, err
	}
	err = db.query("SELECT ref,snippet(body,0,'','','',40) FROM body WHERE body MATCH ? AND kind=? LIMIT 8", []driver.Value{phrase, q.In}, func(row []driver.Value) {
		page = append(page, text(row[0])+text(row[1]))
	})
	return found, page, err
}
