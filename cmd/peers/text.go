package main

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
)

// corpusBytes is how much is written in the corpus of free text: what a county publishes in many years.
const corpusBytes = 15 << 20

// document (文件) is a policy document or a notice: its passages, in the order in which it is answered among those of its kind.
type document struct {
	ref, in, title, on string
	texts              []string
}

// corpus puts policies and notices into a county in place of its own, and returns them. They are made of the sample's own
// sentences with other numbers, places, units, names and dates, few sentences often and most seldom, the same in every run.
func corpus(c *sample.County, size int) []document {
	w := newWriter(c)
	c.Policies, c.Notices = nil, nil
	var out []document
	for n := 0; size > 0; n++ {
		d := document{ref: fmt.Sprintf("T%05d", n), in: search.InPolicies, title: w.title(n), on: w.date()}
		head := disclosure.Head{Ref: d.ref, PublishedOn: disclosure.Date(d.on)}
		if n%3 == 0 {
			d.in, d.texts = search.InNotices, []string{w.body(4 + w.r.IntN(20))}
			c.Notices = append(c.Notices, disclosure.Notice{Head: head, Kind: "动态", Title: d.title, Body: d.texts[0]})
		} else {
			d.texts = []string{w.sentence(), w.body(20 + w.r.IntN(90))}
			c.Policies = append(c.Policies, disclosure.Policy{
				Head: head, Title: d.title, Issuer: c.Name(), IssuedOn: disclosure.Date(d.on), Status: "有效", Summary: d.texts[0], Body: d.texts[1],
			})
		}
		for _, s := range d.texts {
			size -= len(s)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b document) int {
		return cmp.Or(strings.Compare(b.on, a.on), search.CompareNames(a.title, b.title), strings.Compare(a.ref, b.ref))
	})
	return out
}

// writer (撰稿人) writes what sounds like a county's papers.
type writer struct {
	r         *rand.Rand
	sentences []string
	places    []string
	units     []string
	funds     []string
	names     []string
	ends      string
}

func newWriter(c *sample.County) *writer {
	w := &writer{r: rand.New(rand.NewPCG(9, 9)), ends: "。；！？"}
	seen := map[string]bool{}
	add := func(texts ...string) {
		for _, text := range texts {
			for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。；！？\n", r) }) {
				if s = strings.TrimSpace(s); len([]rune(s)) > 4 && !seen[s] {
					seen[s] = true
					w.sentences = append(w.sentences, s)
				}
			}
		}
	}
	for _, p := range c.Policies {
		add(p.Summary, p.Body)
	}
	for _, n := range c.Notices {
		add(n.Body)
	}
	for _, f := range c.Funds {
		add(f.Recipients, f.Standard, f.BalanceOf, f.Method)
		w.funds = append(w.funds, f.Name)
	}
	for _, i := range c.Institutions {
		add(i.Duties)
		w.units = append(w.units, i.Name)
	}
	for _, i := range c.Incumbents {
		w.names = append(w.names, i.Name)
	}
	for _, p := range c.Projects {
		add(p.Changes, p.Title+"由"+p.Contractor+"施工")
	}
	for _, p := range c.Procurements {
		add(p.Title + "由" + p.Supplier + "中标")
	}
	for _, p := range c.Places {
		if p.Level == "村" {
			w.places = append(w.places, p.Name)
		}
	}
	w.r.Shuffle(len(w.sentences), func(i, j int) { w.sentences[i], w.sentences[j] = w.sentences[j], w.sentences[i] })
	return w
}

// often draws from a list: the earlier a thing stands, the more often.
func (w *writer) often(list []string) string {
	return list[int(float64(len(list))*w.r.Float64()*w.r.Float64())]
}

func (w *writer) any(list []string) string { return list[w.r.IntN(len(list))] }

func (w *writer) date() string {
	return fmt.Sprintf("%d-%02d-%02d", 2006+w.r.IntN(20), 1+w.r.IntN(12), 1+w.r.IntN(28))
}

func (w *writer) title(n int) string {
	return fmt.Sprintf("关于%s%s第%d号的%s", w.any(w.places), w.often(w.funds), n, w.any([]string{"通知", "公告", "办法", "批复", "说明"}))
}

// sentence is one of the sample's, with other numbers, that says of what place, unit, day or people it speaks.
func (w *writer) sentence() string {
	var b strings.Builder
	switch w.r.IntN(7) {
	case 0, 1:
		b.WriteString(w.any(w.places) + strconv.Itoa(1+w.r.IntN(14)) + "组" + w.any(w.names) + "等户，")
	case 2:
		b.WriteString(w.often(w.units) + "负责，")
	case 3:
		b.WriteString(w.often(w.funds) + "，")
	case 4:
		b.WriteString(fmt.Sprintf("%d年%d月%d日，", 2006+w.r.IntN(20), 1+w.r.IntN(12), 1+w.r.IntN(28)))
	case 5:
		b.WriteString("经" + w.any(w.names) + "、" + w.any(w.names) + "核对，")
	}
	digits := false
	for _, r := range w.often(w.sentences) {
		if r >= '0' && r <= '9' {
			if !digits {
				b.WriteString(strconv.Itoa(1 + w.r.IntN(3000)))
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	ends := []rune(w.ends)
	b.WriteRune(ends[int(float64(len(ends))*w.r.Float64()*w.r.Float64()*w.r.Float64())])
	return b.String()
}

func (w *writer) body(sentences int) string {
	var b strings.Builder
	for i := range sentences {
		b.WriteString(w.sentence())
		if i%4 == 3 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// text measures free text against FTS5 over a corpus of its own, of which product and FTS5 hold the same passages: pieces of one
// to eight characters that stand in no title, frequent, seldom and nowhere. The number of documents and which are on the
// page must be the same. FTS5 holds every character as a word, and three as one: what is faster for a query counts.
func (b *bench) text(size int) error {
	say("generating %d bytes of free text", size)
	c, err := sample.Generate(sample.Options{County: "420581", Seed: 1, Payments: 2000})
	if err != nil {
		return err
	}
	docs := corpus(c, size)
	dir, path := filepath.Join(b.work, "text-edition"), filepath.Join(b.work, "text.db")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if _, err := writeEdition(dir, c, func([]disclosure.Disbursement) {}); err != nil {
		return err
	}
	if err := book.Build(context.Background(), os.DirFS(dir), path); err != nil {
		return err
	}
	bk, err := book.Open(path)
	if err != nil {
		return err
	}
	p := &product{book: bk}
	defer p.close()
	peer, err := buildText(filepath.Join(b.work, "text.sqlite"), docs)
	if err != nil {
		return err
	}
	defer peer.close()
	queries := makeTextQueries(docs)
	say("%d documents, %d queries", len(docs), len(queries))
	found, nowhere := 0, 0
	for i := range queries {
		n, err := compareText(p, peer, &queries[i])
		if err != nil {
			return err
		}
		if found += n; n == 0 {
			nowhere++
		}
	}
	var own, fts times
	for range turns {
		if err := own.turn(queries, func(q *query) error { p.run(q); return nil }); err != nil {
			return err
		}
	}
	const peerRounds = 3
	for round := range peerRounds {
		for i := range queries {
			best, err := peer.fastest(&queries[i])
			if err != nil {
				return err
			}
			if round > 0 {
				fts.all = append(fts.all, best)
			}
		}
	}
	sizes := ""
	for _, f := range []string{path, peer.path} {
		info, err := os.Stat(f)
		if err != nil {
			return err
		}
		sizes += fmt.Sprintf(", %s %.1f MB", filepath.Base(f), float64(info.Size())/1e6)
	}
	b.add("text_p99_ms", own.at(0.99)/1000, "ms", atMost(1), fmt.Sprintf(
		"%d documents of %.1f MB, %d queries of 1 to 8 characters, %d found on average, %d find nothing; p50 %.1f µs%s",
		len(docs), float64(size)/1e6, len(queries), found/len(queries), nowhere, own.at(0.5), sizes))
	b.add("text_p50_vs_fts5", fts.at(0.5)/own.at(0.5), "×", atLeast(30),
		fmt.Sprintf("FTS5 %.1f/%.1f µs p50/p99, the faster of words and trigrams for each query", fts.at(0.5), fts.at(0.99)))
	return bk.Err()
}

// compareText has one query answered by both.
func compareText(p *product, peer *textPeer, q *query) (found int, err error) {
	p.run(q)
	if err := p.book.Err(); err != nil {
		return 0, err
	}
	found = p.found.Found
	var page []string
	for i := range p.found.Hits {
		if h := &p.found.Hits[i]; h.Why == search.WhyText {
			page = append(page, h.Ref())
		} else {
			found-- // what only sounds like the query, where nothing says it
		}
	}
	if len(page) == 0 {
		found = 0
	}
	for _, way := range q.ways() {
		if err := peer.ask(q, way); err != nil {
			return 0, err
		}
		if peer.found != found || !slices.Equal(peer.page, page) {
			return 0, fmt.Errorf("text %q in %s: the book finds %d, first %v; FTS5 by %s %d, first %v", q.Text, q.In, found, page, way, peer.found, peer.page)
		}
	}
	return found, nil
}

// makeTextQueries draws pieces of documents, and one in six that stands nowhere, most likely.
func makeTextQueries(docs []document) []query {
	r := rand.New(rand.NewPCG(9, 9))
	titles := map[string]string{}
	for _, d := range docs {
		titles[d.in] += d.title + "\n"
	}
	piece := func(n int) (string, string) {
		d := docs[r.IntN(len(docs))]
		runes := []rune(d.texts[len(d.texts)-1])
		at := r.IntN(max(1, len(runes)-n))
		return string(runes[at:min(len(runes), at+n)]), d.in
	}
	typed := func(r rune) bool { return (unicode.Is(unicode.Han, r) || r >= '0' && r <= '9') && pinyin.Fold(r) == r }
	const queries, longest, nowhere = 4 * perClass, 8, 6
	var out []query
	for len(out) < queries {
		n := 1 + len(out)%longest
		text, in := piece(n)
		if n > 1 && r.IntN(nowhere) == 0 {
			first, _ := piece(n / 2)
			last, _ := piece(n - n/2)
			text = first + last
		}
		if strings.ContainsFunc(text, func(r rune) bool { return !typed(r) }) || text == "" || strings.Contains(titles[in], text) {
			continue
		}
		out = append(out, query{class: "text", Query: search.Query{In: in, Text: text, Limit: pageRows}})
	}
	return out
}

// textPeer (全文检索) is FTS5, a table for each kind of document and way of asking, so that no other column need be read: words are
// single characters, of which a phrase is asked for; threes are FTS5's own trigrams. Rows are in the order of answers.
type textPeer struct {
	*database
	path  string
	found int
	page  []string
}

// spaced folds a text and sets its characters apart, so that FTS5 takes each as a word and a phrase finds any piece of it.
// What FTS5 takes for no word is spelled out, since a piece does not go on across it.
func spaced(text string) string {
	var b strings.Builder
	for _, r := range pinyin.FoldText(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "x%x", r)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func buildText(path string, docs []document) (*textPeer, error) {
	db, err := openDatabase(path, true)
	if err != nil {
		return nil, err
	}
	step := func(text string, args ...driver.Value) {
		if err == nil {
			err = db.insert(text, args...)
		}
	}
	step("BEGIN")
	for _, in := range []string{search.InPolicies, search.InNotices} {
		step("CREATE VIRTUAL TABLE words_" + in + " USING fts5(summary, body, ref UNINDEXED, tokenize='unicode61', columnsize=0)")
		step("CREATE VIRTUAL TABLE threes_" + in + " USING fts5(summary, body, ref UNINDEXED, tokenize='trigram case_sensitive 1', columnsize=0)")
	}
	for _, d := range docs {
		summary, body := "", d.texts[len(d.texts)-1]
		if len(d.texts) > 1 {
			summary = d.texts[0]
		}
		step("INSERT INTO words_"+d.in+" VALUES(?,?,?)", spaced(summary), spaced(body), d.ref)
		step("INSERT INTO threes_"+d.in+" VALUES(?,?,?)", pinyin.FoldText(summary), pinyin.FoldText(body), d.ref)
	}
	step("COMMIT")
	for _, in := range []string{search.InPolicies, search.InNotices} {
		step("INSERT INTO words_" + in + "(words_" + in + ") VALUES('optimize')")
		step("INSERT INTO threes_" + in + "(threes_" + in + ") VALUES('optimize')")
	}
	if err = errors.Join(err, db.close()); err != nil {
		return nil, err
	}
	db, err = openDatabase(path, false)
	return &textPeer{database: db, path: path}, err
}

// ways returns the ways of asking for a piece: trigrams hold none that is shorter than three.
func (q *query) ways() []string {
	if len([]rune(q.Text)) < 3 {
		return []string{"words"}
	}
	return []string{"words", "threes"}
}

// fastest asks in every way, and returns the microseconds of the faster one.
func (t *textPeer) fastest(q *query) (float64, error) {
	best := time.Duration(math.MaxInt64)
	for _, way := range q.ways() {
		start := time.Now()
		if err := t.ask(q, way); err != nil {
			return 0, err
		}
		best = min(best, time.Since(start))
	}
	return float64(best.Nanoseconds()) / 1000, nil
}

// ask finds how many documents hold a piece, and the first of them with the words around it.
func (t *textPeer) ask(q *query, way string) error {
	phrase := `"` + strings.TrimSpace(pinyin.FoldText(q.Text)) + `"`
	if way == "words" {
		phrase = `"` + spaced(q.Text) + `"`
	}
	table := way + "_" + q.In
	t.found, t.page = 0, t.page[:0]
	err := t.query("SELECT count(*) FROM "+table+" WHERE "+table+" MATCH ?", []driver.Value{phrase}, func(row []driver.Value) { t.found = int(number(row[0])) })
	if err != nil || t.found == 0 {
		return err
	}
	return t.query("SELECT ref,snippet("+table+",-1,'','','',40) FROM "+table+" WHERE "+table+" MATCH ? LIMIT 8", []driver.Value{phrase}, func(row []driver.Value) {
		t.page = append(t.page, text(row[0]))
		_ = text(row[1])
	})
}
