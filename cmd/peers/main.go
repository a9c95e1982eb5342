// Command peers asks the product's book and other engines the same questions over the same generated rows, in one run on one
// machine, and says by how much each is slower.
//
// The parties are the product (a book as the kiosk opens it, checksums on), SQLite with every answer computed in advance
// (prefixTables), SQLite normalised with covering indexes (normalised), and bleve. People are asked for within a village, a town
// and the county, with and without filters, as are lists and titles. The answers are compared first: number, order and identity
// of hits, totals, totals per year, the letters that lead on, the characters that do and what is behind each, of a list every
// field; the characters that letters can stand for the product alone must give. A query that the product answers
// otherwise than the two SQLites, which are loaded by code that shares nothing with the product's engine but the readings of
// characters, stops the run. Then each class is timed warm and in turns, after a collection of garbage, so that none pays for
// another's: what is timed of the product is Book.FindInto an answer that is used again, as the
// peers use theirs again, and Book.ListInto. Free text is timed against SQLite FTS5. What a process of the product alone takes is
// measured by ./probe; with more rows than peers can be loaded with, the product is measured alone.
//
// It is a module of its own, so that neither C code nor a peer is ever among the product's dependencies. It writes
// docs/benchmarks/search.json: an array of name, value, unit, goal, met, note; a ratio is peer ÷ product.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
	"mingbai.local/cmd/internal/figures"
)

func main() {
	rows := flag.Int("rows", 5_000_000, "payments of the generated county")
	out := flag.String("out", "", "the file to write; by default none")
	work := flag.String("work", "", "the folder for books and databases; by default a temporary one")
	growth := flag.Bool("growth", true, "measure the product at a tenth of the rows too")
	withBleve := flag.Bool("bleve", true, "measure bleve too")
	alone := flag.Bool("alone", false, "measure the product alone, as is always done above "+fmt.Sprint(mostRows)+" rows")
	flag.Parse()
	b := newBench(*work, *withBleve)
	b.rows, b.single = *rows, *alone || *rows > mostRows
	err := b.run(*growth)
	if err == nil {
		err = b.table.Print(os.Stdout)
	}
	if err == nil && *out != "" {
		err = b.table.Write(*out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// mostRows is the number of rows above which no peer is loaded.
const mostRows = 20_000_000

type bench struct {
	rows   int
	work   string
	bleve  bool
	single bool // the product alone
	table  figures.Table
}

func newBench(work string, bleve bool) *bench {
	return &bench{work: work, bleve: bleve, table: figures.Table{Prefix: "search", Goals: map[string]figures.Goal{}}}
}

func atLeast(v float64) *figures.Goal { g := figures.AtLeast(v); return &g }
func atMost(v float64) *figures.Goal  { g := figures.AtMost(v); return &g }

func (b *bench) add(name string, value float64, unit string, g *figures.Goal, note string) {
	if g != nil {
		b.table.Goals[name] = *g
	}
	b.table.Add(name, value, unit, note)
}

// edition is one generated county on disk and in memory.
type edition struct {
	payments int
	county   *county
	queries  []query
	dir      string
	book     string
}

func (b *bench) generate(rows int) (*edition, error) {
	e := &edition{dir: filepath.Join(b.work, fmt.Sprint("edition-", rows)), book: filepath.Join(b.work, fmt.Sprint("book-", rows, ".db"))}
	say("generating %d payments", rows)
	from, err := sample.Generate(sample.Options{County: "420581", Seed: 1, Payments: rows})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(e.dir, 0o755); err != nil {
		return nil, err
	}
	c := newCollector(from, !b.single)
	if e.payments, err = writeEdition(e.dir, from, c.add); err != nil {
		return nil, err
	}
	e.county = c.county(from)
	e.queries = makeQueries(e.county)
	say("%d payments to %d people, %d queries", e.payments, len(e.county.people), len(e.queries))
	return e, nil
}

func (b *bench) run(growth bool) error {
	if b.work == "" {
		dir, err := os.MkdirTemp("", "mingbai-peers-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		b.work = dir
	}
	b.table.Heading(fmt.Sprintf("make bench-search ROWS=%d", b.rows), figures.Machine())
	if err := b.quality(); err != nil {
		return err
	}
	e, err := b.generate(b.rows)
	if err != nil {
		return err
	}
	if err := b.process(e); err != nil {
		return err
	}
	var ours float64
	if b.single {
		// Nothing that the rows were generated with is to be collected while the product is timed.
		e.county = nil
		ours, err = b.alone(e, true)
	} else {
		ours, err = b.peers(e)
	}
	if err != nil {
		return err
	}
	if err := b.recorded(); err != nil || !growth {
		return err
	}
	small, err := b.generate(b.rows / 10)
	if err != nil {
		return err
	}
	small.county = nil
	if err := book.Build(context.Background(), os.DirFS(small.dir), small.book); err != nil {
		return err
	}
	before, err := b.alone(small, false)
	if err == nil {
		b.add("growth_p50_per_decade", ours/before, "×", atMost(2.2),
			fmt.Sprintf("geomean p50 %.1f µs at %d rows, %.1f µs at %d", before, small.payments, ours, e.payments))
	}
	return err
}

// recorded takes over what was measured with 50 million rows, which is not measured every time.
func (b *bench) recorded() error {
	const name, from = "p99_us_50m", "../../docs/benchmarks/search-50000000.json"
	if b.single {
		return nil
	}
	before := figures.Table{Prefix: b.table.Prefix}
	if err := before.Read(from); err != nil {
		return err
	}
	for _, f := range before.Figures() {
		if f.Name == b.table.Prefix+"."+name && f.Value != nil {
			b.add(name, *f.Value, f.Unit, nil, f.Note)
		}
	}
	return nil
}

// quality takes over what the test of search quality has committed and keeps.
func (b *bench) quality() error {
	const golden = "../../app/search/testdata/quality.golden"
	text, err := os.ReadFile(golden)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		var recall float64
		if _, err := fmt.Sscanf(line, "recall@5 %f", &recall); err == nil {
			b.add("recall_at_5", recall, "", atLeast(0.98), "app/search/testdata/quality.golden")
			return nil
		}
	}
	return fmt.Errorf("%s: no recall@5", golden)
}

// process measures what a process of the product alone takes.
func (b *bench) process(e *edition) error {
	probe := filepath.Join(b.work, "probe")
	build := exec.Command("go", "build", "-trimpath", "-o", probe, "./probe")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building the probe: %w", err)
	}
	queries := filepath.Join(b.work, "queries.json")
	var list []search.Query
	for _, q := range e.queries {
		if !q.list {
			list = append(list, q.Query)
		}
	}
	// The first answer from cold is to the commonest question: one character in a village.
	first := slices.IndexFunc(e.queries, func(q query) bool { return q.class == "char1" })
	list[0] = e.queries[first].Query
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if err := os.WriteFile(queries, text, 0o644); err != nil {
		return err
	}
	ask := func(do string) (map[string]float64, error) {
		out, err := exec.Command(probe, "-do", do, "-book", e.book, "-edition", e.dir, "-queries", queries).Output()
		if exit := (&exec.ExitError{}); errors.As(err, &exit) {
			return nil, fmt.Errorf("probe %s: %w: %s", do, err, exit.Stderr)
		}
		var m map[string]float64
		return m, errors.Join(err, json.Unmarshal(out, &m))
	}
	say("building the book")
	m, err := ask("build")
	if err != nil {
		return err
	}
	rows := float64(e.payments)
	b.add("build_rows_per_s", rows/m["cpu"], "rows/s", atLeast(1e6), fmt.Sprintf("per core: %.1f s of processor, %.1f s by the clock, from column streams on disk, synced", m["cpu"], m["seconds"]))
	b.add("build_peak_mb", m["peak_mb"], "MB", atMost(256), "VmHWM of the process that built it")
	info, err := os.Stat(e.book)
	if err != nil {
		return err
	}
	b.add("bytes_per_row", float64(info.Size())/rows, "B", atMost(12), fmt.Sprintf("%.1f MB, %d payments with every field, and all other datasets", float64(info.Size())/1e6, e.payments))
	var cold, major, minor []float64
	for range 5 {
		if err := evict(e.book); err != nil {
			return err
		}
		if m, err = ask("cold"); err != nil {
			return err
		}
		cold, major, minor = append(cold, m["ms"]), append(major, m["major"]), append(minor, m["minor"])
	}
	b.add("cold_ms", figures.Median(cold), "ms", atMost(10), "open and one character in a village, pages evicted before, median of 5 processes")
	b.add("cold_faults", figures.Median(major), "faults", atMost(64), fmt.Sprintf("major; %.0f minor", figures.Median(minor)))
	if m, err = ask("warm"); err != nil {
		return err
	}
	b.add("rss_mb", m["rss_mb"], "MB", atMost(64), fmt.Sprintf("smaps_rollup after %d queries three times", len(list)))
	b.add("anon_mb", m["anon_mb"], "MB", atMost(15), fmt.Sprintf("of it anonymous; heap %.1f MB", m["heap_mb"]))
	return nil
}

// evict has the kernel forget a file's pages, as far as it can without privilege.
func evict(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return errors.Join(f.Sync(), unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED))
}

// product is the book as the kiosk asks it.
type product struct {
	book  *book.Book
	found search.Answer // used again
	list  book.List     // and this
}

func (p *product) close() error { return p.book.Close() }

func (p *product) listQuery(q *query) book.ListQuery {
	return book.ListQuery{
		Village: disclosure.Code(q.Village), Kind: q.Kind, Year: q.Year, Group: q.Group, Sort: q.sort, Offset: q.Offset, Limit: q.Limit,
	}
}

// run asks and leaves the answer as the kiosk takes it.
func (p *product) run(q *query) {
	if q.list {
		p.book.ListInto(p.listQuery(q), &p.list)
		return
	}
	p.book.FindInto(q.Query, &p.found)
}

func (p *product) answer(q *query, a *answer) error {
	a.reset()
	if q.list {
		l := &p.list
		p.book.ListInto(p.listQuery(q), l)
		a.Found, a.Sum, a.Sent = l.Found, int64(l.Sum), int64(l.Allocated)
		for _, r := range l.Rows {
			a.Hits = append(a.Hits, hit{
				Ref: cmp.Or(r.Ref, r.Key()), Title: r.Name, Village: string(r.Place), Group: r.Group, Type: r.Type, NamesakeNo: r.NamesakeNo,
				Payments: 1, Sum: int64(r.Amount),
				paid: paid{
					Fund: r.Fund, Period: r.Period, PaidOn: string(r.PaidOn), Unit: r.Unit, Method: r.Method, Remark: r.Remark,
					Batch: r.Batch, Quantity: int64(r.Quantity), Price: int64(r.Standard),
				},
			})
		}
		return p.book.Err()
	}
	f := &p.found
	p.book.FindInto(q.Query, f)
	a.Found, a.Payments, a.Sum = f.Found, f.Payments, f.Sum
	a.Years = append(a.Years, f.Years...)
	a.Letters = f.Letters & (1<<26 - 1) // of strokes, which stand behind the letters, the peers know nothing
	for _, k := range f.Next {
		a.Next = append(a.Next, search.Key{Char: pinyin.Fold(k.Char), Found: k.Found})
	}
	sortKeys(a)
	for i := range f.Hits {
		h := &f.Hits[i]
		out := hit{Title: h.Title, Village: h.VillageCode, Group: h.Group, Type: h.Type, NamesakeNo: h.NamesakeNo, Payments: h.Payments, Sum: h.Sum}
		if h.Kind != search.KindPerson {
			out.Ref = h.Ref()
		}
		a.Hits = append(a.Hits, out)
	}
	return p.book.Err()
}

// classes cuts the queries, which are sorted, by class.
func classes(queries []query) [][]query {
	var out [][]query
	for len(queries) > 0 {
		n := slices.IndexFunc(queries, func(q query) bool { return q.class != queries[0].class })
		if n < 0 {
			n = len(queries)
		}
		out = append(out, queries[:n])
		queries = queries[n:]
	}
	return out
}

// Every engine has so many turns in each class, or as many as take so long, but one at least.
const (
	turns  = 4
	budget = 5 * time.Second
)

// alone times the product and returns the geometric mean of its medians.
func (b *bench) alone(e *edition, report bool) (float64, error) {
	bk, err := book.Open(e.book)
	if err != nil {
		return 0, err
	}
	defer bk.Close()
	p := &product{book: bk}
	var medians []float64
	var top worst
	for _, list := range classes(e.queries) {
		var t times
		for range turns {
			t.turn(list, func(q *query) error { p.run(q); return nil })
		}
		medians = append(medians, t.at(0.5))
		top.see(list[0].class, t.at(0.99))
		if report {
			b.class(list[0].class, &t, fmt.Sprintf("%d queries", len(list)))
		}
	}
	if report {
		b.add("worst_class_p99_us", top.value, "µs", atMost(50), top.class)
		if b.rows == 50_000_000 {
			b.add("p99_us_50m", top.value, "µs", nil, fmt.Sprintf("%s, measured %s", top.class, time.Now().Format(time.DateOnly)))
		}
	}
	return geomean(medians), bk.Err()
}

// worst is the class of the largest value.
type worst struct {
	class string
	value float64
}

func (w *worst) see(class string, value float64) {
	if w.class == "" || value > w.value {
		*w = worst{class, value}
	}
}

func (b *bench) class(class string, t *times, note string) {
	b.add("class."+class+".p50_us", t.at(0.5), "µs", nil, note)
	b.add("class."+class+".p99_us", t.at(0.99), "µs", atMost(50), "")
}

// rivals are the peers, loaded.
type rivals struct {
	normal, prefix engine
	bleve          *bleveIndex
	sizes          map[string]string
}

func (r *rivals) close() {
	for _, e := range []engine{r.normal, r.prefix} {
		if e != nil {
			e.close()
		}
	}
	if r.bleve != nil {
		r.bleve.close()
	}
}

func (b *bench) load(e *edition) (*rivals, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // there is memory, and little time
	r := &rivals{sizes: map[string]string{}}
	build := func(name string, do func(path string) error) error {
		say("building %s", name)
		path := filepath.Join(b.work, name)
		start := time.Now()
		if err := do(path); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		size, err := sizeOf(path)
		r.sizes[name] = fmt.Sprintf("%.0f B/row, built in %.0f s", float64(size)/float64(e.payments), time.Since(start).Seconds())
		return err
	}
	err := build("normalised", func(path string) error {
		index, err := buildNormalised(path, e.county)
		if err == nil {
			r.normal, err = openNormalised(path, index)
		}
		return err
	})
	if err != nil {
		return r, err
	}
	err = build("prefix", func(path string) error {
		index, err := buildPrefix(path, e.county)
		if err == nil {
			r.prefix, err = openPrefix(path, index)
		}
		return err
	})
	if err != nil || !b.bleve {
		return r, err
	}
	err = build("bleve", func(path string) error {
		var err error
		r.bleve, err = buildBleve(path, e.county)
		return err
	})
	return r, err
}

// sizeOf returns the bytes of a file, or of all files of a folder.
func sizeOf(path string) (total int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

func (b *bench) peers(e *edition) (float64, error) {
	bk, err := book.Open(e.book)
	if err != nil {
		return 0, err
	}
	p := &product{book: bk}
	defer p.close()
	r, err := b.load(e)
	defer r.close()
	if err != nil {
		return 0, err
	}
	say("comparing answers")
	if err := compare(e.queries, p, r.normal, r.prefix); err != nil {
		return 0, err
	}
	// What the peers were loaded from is no part of any engine, and collecting it would be counted as the product's time.
	e.county = nil
	say("timing")
	var ours, vsPrefix, vsNormal, vsBleve []float64
	var slowest, closest worst
	for _, list := range classes(e.queries) {
		class := list[0].class
		var a answer
		var own, pre, norm, blv times
		for range turns {
			err = errors.Join(err,
				own.turn(list, func(q *query) error { p.run(q); return nil }),
				pre.turn(list, func(q *query) error { return r.prefix.answer(q, &a) }),
				norm.turn(list, func(q *query) error { return r.normal.answer(q, &a) }))
			if r.bleve != nil && r.bleve.answers(class) {
				err = errors.Join(err, blv.turn(list, r.bleve.answer))
			}
		}
		if err != nil {
			return 0, err
		}
		p50 := own.at(0.5)
		ratio := norm.at(0.5) / p50
		ours, vsPrefix, vsNormal = append(ours, p50), append(vsPrefix, pre.at(0.5)/p50), append(vsNormal, ratio)
		note := fmt.Sprintf("%d queries; prefix tables %.1f/%.1f, normalised %.1f/%.1f", len(list), pre.at(0.5), pre.at(0.99), norm.at(0.5), norm.at(0.99))
		if len(blv.all) > 0 {
			vsBleve = append(vsBleve, blv.at(0.5)/p50)
			note += fmt.Sprintf(", bleve %.1f/%.1f", blv.at(0.5), blv.at(0.99))
		}
		slowest.see(class, own.at(0.99))
		closest.see(class, -ratio)
		b.class(class, &own, note+" µs p50/p99")
		b.add("class."+class+".vs_sqlite", ratio, "×", atLeast(30), fmt.Sprintf("p50; vs prefix tables %.2f", pre.at(0.5)/p50))
	}
	b.add("geomean_p50_vs_sqlite_prefix", geomean(vsPrefix), "×", atLeast(20), r.sizes["prefix"])
	b.add("geomean_p50_vs_sqlite", geomean(vsNormal), "×", atLeast(150), r.sizes["normalised"])
	b.add("min_class_vs_sqlite", -closest.value, "×", atLeast(30), closest.class)
	b.add("worst_class_p99_us", slowest.value, "µs", atMost(50), slowest.class)
	if len(vsBleve) > 0 {
		b.add("geomean_p50_vs_bleve", geomean(vsBleve), "×", nil,
			"people without filters; bleve gives the number and the page, no sums and no next keys; "+r.sizes["bleve"])
	}
	return geomean(ours), b.text(corpusBytes)
}

// compare has every query answered by all and says of each class where an answer differs first.
func compare(queries []query, p *product, peers ...engine) error {
	wrong := map[string]int{}
	var first error
	var want, got answer
	for i := range queries {
		q := &queries[i]
		if err := p.answer(q, &want); err != nil {
			return err
		}
		for _, peer := range peers {
			if err := peer.answer(q, &got); err != nil {
				return err
			}
			if diff := want.differs(&got); diff != "" {
				wrong[q.class]++
				if wrong[q.class] == 1 {
					first = errors.Join(first, fmt.Errorf("%s %+v: the book and %T differ: %s", q.class, q.Query, peer, diff))
				}
			}
		}
	}
	if first != nil {
		return fmt.Errorf("answers differ (by class %v):\n%w", wrong, first)
	}
	return nil
}

// differs says what differs between two answers.
func (a *answer) differs(b *answer) string {
	switch {
	case a.Found != b.Found:
		return fmt.Sprintf("found %d and %d", a.Found, b.Found)
	case a.Payments != b.Payments || a.Sum != b.Sum:
		return fmt.Sprintf("sums %d/%d and %d/%d", a.Payments, a.Sum, b.Payments, b.Sum)
	case a.Sent != b.Sent:
		return fmt.Sprintf("sent %d and %d", a.Sent, b.Sent)
	case !slices.Equal(a.Years, b.Years):
		return fmt.Sprintf("years %v and %v", a.Years, b.Years)
	case a.Letters != b.Letters:
		return fmt.Sprintf("letters %s and %s", a.Letters, b.Letters)
	case !slices.Equal(a.Next, b.Next):
		i := 0
		for i < min(len(a.Next), len(b.Next)) && a.Next[i] == b.Next[i] {
			i++
		}
		return fmt.Sprintf("next keys from number %d: %s and %s", i, keysText(a.Next[i:]), keysText(b.Next[i:]))
	case len(a.Hits) != len(b.Hits):
		return fmt.Sprintf("%d hits and %d", len(a.Hits), len(b.Hits))
	}
	for i := range a.Hits {
		x, y := a.Hits[i], b.Hits[i]
		x.rank, y.rank = 0, 0 // which the product keeps to itself
		if x != y {
			return fmt.Sprintf("hit %d %+v and %+v", i, x, y)
		}
	}
	return ""
}

func keysText(keys []search.Key) string {
	var b strings.Builder
	for _, k := range keys[:min(pageRows, len(keys))] {
		fmt.Fprintf(&b, "%c %d ", k.Char, k.Found)
	}
	return b.String()
}

// times (用时) are the microseconds of one engine in one class.
type times struct {
	all   []float64
	spent time.Duration
}

// turn answers every query once, to warm the caches of engine and processor, and then a few times more, which are counted. The
// garbage of others is collected before. Who was slow enough is not asked again.
func (t *times) turn(list []query, ask func(*query) error) error {
	const passes = 3
	if len(t.all) > 0 && t.spent > budget {
		return nil
	}
	runtime.GC()
	for pass := range 1 + passes {
		for i := range list {
			start := time.Now()
			err := ask(&list[i])
			took := time.Since(start)
			if err != nil {
				return err
			}
			t.spent += took
			if pass > 0 {
				t.all = append(t.all, float64(took.Nanoseconds())/1000)
			}
		}
		if pass > 0 && t.spent > budget {
			break
		}
	}
	return nil
}

func (t *times) at(quantile float64) float64 {
	slices.Sort(t.all)
	if len(t.all) == 0 {
		return math.NaN()
	}
	return t.all[min(int(float64(len(t.all))*quantile), len(t.all)-1)]
}

func geomean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(list)))
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
