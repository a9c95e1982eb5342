package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/disclosure"
)

func newLedger(t testing.TB) *Ledger {
	t.Helper()
	l, err := Create(context.Background(), t.TempDir(), County{Code: "420581", Name: "宜都市"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// allocation returns the n-th allocation as cells.
func allocation(n int, amount disclosure.Fen) []disclosure.Cell {
	d := disclosure.Of[disclosure.Allocation]()
	a := disclosure.Allocation{Fund: "F1", Year: 2025, Batch: 1, Place: "420581101201", Amount: amount, DocNo: "都财〔2025〕1号"}
	a.Ref, a.PublishedOn, a.SourceRow = fmt.Sprintf("A%d", n), "2025-03-01", int64(n)
	return d.Cells(&a)
}

func draft(t testing.TB, l *Ledger, name string, refs []int, amount disclosure.Fen) *Draft {
	t.Helper()
	d, err := l.NewDraft(disclosure.Of[disclosure.Allocation](), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for _, n := range refs {
		if err := d.Append(allocation(n, amount)); err != nil {
			t.Fatal(err)
		}
	}
	if repeats, err := d.Finish(10); err != nil || len(repeats) > 0 {
		t.Fatal(repeats, err)
	}
	return d
}

func put(t testing.TB, l *Ledger, d *Draft) Outcome {
	t.Helper()
	tx, err := l.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	out, err := tx.Put(context.Background(), d, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return out
}

func numbers(from, to int) []int {
	var out []int
	for n := from; n < to; n++ {
		out = append(out, n)
	}
	return out
}

// contents returns the references that the current documents hold, in order.
func contents(t *testing.T, l *Ledger) []string {
	t.Helper()
	var out []string
	current, err := l.Sources(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range current {
		if err := l.Each(s, func(c []disclosure.Cell) error { out = append(out, c[0].Text); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestDocumentComesBackAsItWentIn(t *testing.T) {
	l := newLedger(t)
	put(t, l, draft(t, l, "资金拨付到乡村.csv", numbers(0, 20_000), 100))
	s, err := l.Sources(context.Background(), "allocation")
	if err != nil || len(s) != 1 || s[0].Rows != 20_000 || s[0].Amount != 2_000_000 {
		t.Fatalf("sources %+v, %v", s, err)
	}
	n := 0
	err = l.Each(s[0], func(got []disclosure.Cell) error {
		if !slices.Equal(got, allocation(n, 100)) {
			return fmt.Errorf("row %d is %v", n, got)
		}
		n++
		return nil
	})
	if err != nil || n != 20_000 {
		t.Fatalf("%d rows, %v", n, err)
	}
}

func TestNewVersionReplacesOldOne(t *testing.T) {
	l := newLedger(t)
	put(t, l, draft(t, l, "a.csv", numbers(0, 3), 100))
	old, err := l.Sources(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	if out := put(t, l, draft(t, l, "a.csv", numbers(0, 3), 100)); !out.Unchanged {
		t.Errorf("the very same rows: %+v, want unchanged", out)
	}
	if out := put(t, l, draft(t, l, "a.csv", numbers(1, 5), 100)); out.Unchanged || out.Replaced.ID != old[0].ID {
		t.Errorf("a new version: %+v, want source %d replaced", out, old[0].ID)
	}
	if got := contents(t, l); !slices.Equal(got, []string{"A1", "A2", "A3", "A4"}) {
		t.Errorf("current records are %v", got)
	}
	// A0 is free again, and the old version is still readable.
	if out := put(t, l, draft(t, l, "b.csv", []int{0}, 100)); len(out.Duplicates) > 0 {
		t.Errorf("reference of a replaced version is still taken: %+v", out)
	}
	if err := l.Each(old[0], func([]disclosure.Cell) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestDuplicateReferenceIsNamedAndNothingChanges(t *testing.T) {
	l := newLedger(t)
	put(t, l, draft(t, l, "a.csv", numbers(0, 1200), 100))
	out := put(t, l, draft(t, l, "b.csv", []int{5000, 700, 5001, 3}, 100))
	want := []Duplicate{{Ref: "A700", Row: 700, Other: "a.csv", OtherRow: 700}, {Ref: "A3", Row: 3, Other: "a.csv", OtherRow: 3}}
	if !slices.Equal(out.Duplicates, want) {
		t.Errorf("duplicates %+v, want %+v", out.Duplicates, want)
	}
	if got := contents(t, l); len(got) != 1200 {
		t.Errorf("%d records after a refused document, want 1200", len(got))
	}
	files, err := filepath.Glob(filepath.Join(l.dir, datasetDir, "*", "*"))
	if err != nil || len(files) != 1 {
		t.Errorf("dataset files %v, %v; want that of a.csv alone", files, err)
	}
	if out := put(t, l, draft(t, l, "b.csv", []int{5000}, 100)); len(out.Duplicates) > 0 {
		t.Errorf("a reference of the refused document is taken: %+v", out)
	}
}

func TestRepeatInOneDocument(t *testing.T) {
	l := newLedger(t)
	d, err := l.NewDraft(disclosure.Of[disclosure.Allocation](), "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for row, n := range []int{7, 8, 7, 9} {
		c := allocation(n, 100)
		c[slices.IndexFunc(disclosure.Of[disclosure.Allocation]().Columns, func(c disclosure.Column) bool { return c.Name == "source_row" })].Int = int64(row + 2)
		if err := d.Append(c); err != nil {
			t.Fatal(err)
		}
	}
	got, err := d.Finish(10)
	if want := []Repeat{{Ref: "A7", Row: 4, FirstRow: 2}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("repeats %+v, %v; want %+v", got, err, want)
	}
}

func TestRolledBackChangeLeavesNothing(t *testing.T) {
	l := newLedger(t)
	tx, err := l.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Put(context.Background(), draft(t, l, "a.csv", numbers(0, 10), 1), 10); err != nil {
		t.Fatal(err)
	}
	tx.Rollback()
	if got := contents(t, l); len(got) != 0 {
		t.Errorf("records %v after a rollback", got)
	}
	if files, _ := filepath.Glob(filepath.Join(l.dir, datasetDir, "*", "*")); len(files) != 0 {
		t.Errorf("dataset files %v after a rollback", files)
	}
}

func TestDamagedDatasetFile(t *testing.T) {
	l := newLedger(t)
	put(t, l, draft(t, l, "a.csv", numbers(0, 500), 1))
	s, err := l.Sources(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	path := datasetPath(filepath.Join(l.dir, datasetDir), s[0].SHA256)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 1 + len(whole)/64 {
		b := slices.Clone(whole)
		b[at] ^= 0x10
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := l.Each(s[0], func([]disclosure.Cell) error { return nil }); err == nil {
			t.Errorf("byte %d of %d flipped, and nobody noticed", at, len(whole))
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Each(s[0], func([]disclosure.Cell) error { return nil }); err == nil {
		t.Error("half a file, and nobody noticed")
	}
}

func TestMigrationsFromEmptyAndTwice(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		l, err := open(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		rows, err := l.db.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var n string
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			names = append(names, n)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"county", "edition", "finding", "ref", "source"} {
			if !slices.Contains(names, want) {
				t.Errorf("tables are %v, %s is missing", names, want)
			}
		}
		var mode string
		var sync, keys int
		if err := errors.Join(l.db.QueryRow(`PRAGMA journal_mode`).Scan(&mode), l.db.QueryRow(`PRAGMA synchronous`).Scan(&sync), l.db.QueryRow(`PRAGMA foreign_keys`).Scan(&keys)); err != nil {
			t.Fatal(err)
		}
		if mode != "wal" || sync != 2 || keys != 1 {
			t.Errorf("journal_mode %s, synchronous %d, foreign_keys %d; want wal, 2 (FULL), 1", mode, sync, keys)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMigrationsGoDown(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := migrate(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	up, err := fs.ReadFile(migrations, "migrations/00001_first.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, down, ok := strings.Cut(string(up), "-- +goose Down")
	if !ok {
		t.Fatal("first migration has no way down")
	}
	if _, err := db.Exec(down); err != nil {
		t.Error(err)
	}
}

func TestCreateRefusesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	l, err := Create(context.Background(), dir, County{Code: "420581", Name: "宜都市"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.SetSynthetic(context.Background()), l.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(context.Background(), dir, County{Code: "420923", Name: "云梦县"}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over a ledger: %v", err)
	}
	if l, err = Open(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if c, err := l.County(context.Background()); err != nil || c != (County{"420581", "宜都市", true}) {
		t.Errorf("county is %+v, %v", c, err)
	}
	if _, err := Open(context.Background(), t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of an empty folder: %v", err)
	}
}

func TestEditionsAndFindings(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	if _, ok, err := l.LastEdition(ctx); ok || err != nil {
		t.Fatal(ok, err)
	}
	at := time.Date(2026, 11, 20, 9, 14, 0, 0, time.FixedZone("", 8*3600))
	for n := range int64(3) {
		e := Edition{Number: n + 1, AsOf: "2026-11-20", PublishedAt: at, Digest: "d", Inputs: fmt.Sprint(n), Rows: n}
		if err := l.AddEdition(ctx, e, []Finding{{Law: "balance", Subject: "F1", Words: "不平"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.AddEdition(ctx, Edition{Number: 3, AsOf: "2026-11-21", PublishedAt: at, Digest: "e", Inputs: "x"}, nil); err != nil {
		t.Fatal(err)
	}
	e, ok, err := l.LastEdition(ctx)
	if err != nil || !ok || e.Number != 3 || e.AsOf != "2026-11-21" || e.Inputs != "x" || !e.PublishedAt.Equal(at) {
		t.Errorf("last edition %+v, %v, %v", e, ok, err)
	}
	if f, err := l.Findings(ctx, 2); err != nil || len(f) != 1 || f[0].Subject != "F1" {
		t.Errorf("findings of 2: %+v, %v", f, err)
	}
	if f, err := l.Findings(ctx, 3); err != nil || len(f) != 0 {
		t.Errorf("findings of 3: %+v, %v", f, err)
	}
}

func FuzzDataset(f *testing.F) {
	l := newLedger(f)
	d := draft(f, l, "a.csv", numbers(0, 5), 1)
	whole, err := os.ReadFile(d.f.Name())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		rows := 0
		err := readDataset(strings.NewReader(string(b)), d.dataset, d.sha256, func([]disclosure.Cell) error { rows++; return nil })
		if err == nil && rows != 5 {
			t.Errorf("%d rows under the hash of 5", rows)
		}
	})
}

func BenchmarkPut(b *testing.B) {
	l := newLedger(b)
	const rows = 200_000
	n := 0
	for b.Loop() {
		put(b, l, draft(b, l, fmt.Sprintf("%d.csv", n), numbers(n*rows, (n+1)*rows), 1))
		n++
	}
	b.ReportMetric(float64(rows*n)/b.Elapsed().Seconds(), "rows/s")
}
