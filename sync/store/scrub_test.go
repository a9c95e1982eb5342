package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
)

// through is a scrub that reads books as the tests' books are.
func through() Scrub {
	return Scrub{
		Check: func(_ context.Context, path string) error { return opens(path) },
		Rest:  func(context.Context, int64) error { return nil },
	}
}

// What is damaged or gone is named, and what was damaged in s/ is gone afterwards, of the edition that serves and the one before.
func TestScrub(t *testing.T) {
	s := newStore(t)
	ctx := context.Background()
	if f, err := s.Scrub(ctx, through()); err != nil || !f.Well() {
		t.Errorf("empty: %+v, %v", f, err)
	}
	take(t, s, 1, "a", "b")
	take(t, s, 2, "b", "c")
	all := objects(t, s)
	f, err := s.Scrub(ctx, through())
	if err != nil || !f.Well() || f.Objects != len(all) {
		t.Fatalf("all is well: %+v, %v", f, err)
	}
	if err := os.WriteFile(s.Book(1), []byte("bo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.Book(2)); err != nil {
		t.Fatal(err)
	}
	if f, err := s.Scrub(ctx, through()); err != nil || !slices.Equal(f.Books, []int64{2, 1}) {
		t.Errorf("books: %+v, %v", f, err)
	}
	for i, name := range all {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			b[0] ^= 1
			err = os.WriteFile(name, b, 0o600)
		} else {
			err = os.Remove(name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// A catalog that is lost hides what it names, so that several may be needed until all is found.
	lost := map[string]bool{}
	f, err = s.Scrub(ctx, through())
	for _, sum := range f.Lost {
		lost[sum] = true
	}
	if err != nil || len(lost) != 2 {
		t.Errorf("%d lost, %v", len(lost), err)
	}
	for _, name := range all {
		if lost[filepath.Base(name)] {
			if _, err := os.Stat(name); err == nil {
				t.Errorf("%s is damaged and still there", name)
			}
		}
	}
	if err := os.WriteFile(s.stateFile(), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := s.Scrub(ctx, through()); err != nil || !f.State {
		t.Errorf("state: %+v, %v", f, err)
	}
}

// A scrub that is stopped says so, and nothing of what it has not read.
func TestAScrubIsStopped(t *testing.T) {
	s := two(t)
	pieces := len(objects(t, s)) + 2
	for stop := 1; stop < pieces; stop++ {
		ctx, cancel := context.WithCancel(context.Background())
		read := 0
		with := through()
		with.Rest = func(_ context.Context, n int64) error {
			if read++; read == stop {
				cancel()
			}
			if n <= 0 {
				t.Errorf("%d bytes", n)
			}
			return nil
		}
		f, err := s.Scrub(ctx, with)
		cancel()
		if !errors.Is(err, context.Canceled) || !f.Well() || read != stop {
			t.Errorf("stopped after %d of %d: %+v, %v, %d read", stop, pieces, f, err, read)
		}
	}
}

// What an update sweeps away while a scrub reads is not lost.
func TestScrubBesideAnUpdate(t *testing.T) {
	s := two(t)
	proves(t, s)
	with := through()
	with.Rest = func(context.Context, int64) error {
		if s.Newest() == 2 {
			take(t, s, 3, "c")
			if _, err := s.Sweep(); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
	if f, err := s.Scrub(context.Background(), with); !errors.Is(err, ErrBusy) || !f.Well() {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := s.Scrub(context.Background(), with); err != nil || !f.Well() {
		t.Errorf("then %+v, %v", f, err)
	}
}

// reprinted is edition g as a program of another format would have left it here: its catalogs say so.
func reprinted(t *testing.T, s *Store, g edition.Generation, format int) edition.Generation {
	t.Helper()
	g.Catalogs = maps.Clone(g.Catalogs)
	for owner, ref := range g.Catalogs {
		b, err := s.Object(ref.SHA256)
		if err == nil {
			b, ref, err = officetest.Reformatted(b, format)
		}
		if err == nil {
			err = s.Put(ref.SHA256, ref.Length, bytes.NewReader(b))
		}
		if err != nil {
			t.Fatal(err)
		}
		g.Catalogs[owner] = ref
	}
	if err := s.Switch(g, nil, nil); err != nil {
		t.Fatal(err)
	}
	return g
}

// A kiosk that was given a new program holds an edition of the format before. Its book is looked at and kept; of what it was made nothing can be made
// any more, and that goes with the next sweep. What a newer program has left stays for it.
func TestAnEditionOfAnotherFormat(t *testing.T) {
	for format, stays := range map[int]bool{edition.Format - 1: false, edition.Format + 1: true} {
		s := newStore(t)
		g := reprinted(t, s, take(t, s, 1, "a", "b"), format)
		if f, err := s.Scrub(context.Background(), through()); err != nil || !f.Well() || f.Objects != len(g.Catalogs) || !slices.Equal(f.Bare, []int64{1}) {
			t.Errorf("format %d: found %+v, %v", format, f, err)
		}
		take(t, s, 2, "c")
		before := len(objects(t, s))
		freed, err := s.Sweep()
		if (err != nil) != stays || (freed == 0) != stays {
			t.Errorf("format %d: swept %d bytes, %v", format, freed, err)
		}
		if after := len(objects(t, s)); (after == before) != stays {
			t.Errorf("format %d: of %d objects %d are left", format, before, after)
		}
		if f, err := s.Scrub(context.Background(), through()); err != nil || !f.Well() {
			t.Errorf("format %d, swept: found %+v, %v", format, f, err)
		}
		if _, err := s.Back(); err != nil {
			t.Fatal(err)
		}
		serves(t, s, 1, false)
		// A catalog that is damaged is something else: it may come back, and names what is still needed.
		if err := os.WriteFile(filepath.Join(s.dir, "s", g.Catalogs["finance"].SHA256[:2], g.Catalogs["finance"].SHA256), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Sweep(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("format %d: swept beside a damaged catalog: %v", format, err)
		}
	}
}

// A list that was corrected much is printed afresh beside its old shards. Who has these never fetches that, and misses nothing.
func TestAnAlternativeThatWasNeverFetchedIsNotMissed(t *testing.T) {
	s, depot := newStore(t), map[string][]byte{}
	var last *edition.Edition
	print := func(number int64, correct int) {
		w := edition.NewWriter(edition.Key{1}, "finance", edition.Head{County: "420581", Number: number, AsOf: "2026-11-20", PublishedAt: time.Unix(0, 0).UTC()},
			func(_ string, b []byte) error { depot[hash(b)] = bytes.Clone(b); return nil })
		if last != nil {
			w.After(last, func(e edition.Entry) ([]byte, error) { return bytes.Clone(depot[e.SHA256Z]), nil })
		}
		columns := []edition.Column{{Name: "name"}, {Name: "amount", Number: true}}
		var rows [][]edition.Value
		for i := range 3000 {
			amount := int64(i * i % 9973)
			if i%100 < correct {
				amount++
			}
			rows = append(rows, []edition.Value{{Text: hash(fmt.Append(nil, i))[:12]}, {Int: amount}})
		}
		b := edition.Table{Dataset: "disbursement", Columns: columns, Rows: rows}.Batch(2026, "dili.1")
		b.Item, b.Key = "dili", []int{0}
		if err := errors.Join(w.Dataset("disbursement", columns), w.Add(b)); err != nil {
			t.Fatal(err)
		}
		ref, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		catalogs := map[string]edition.Ref{"finance": ref}
		get := func(_ string, r edition.Ref) ([]byte, error) {
			b := depot[r.SHA256]
			return b, s.Put(r.SHA256, r.Length, bytes.NewReader(b))
		}
		if last, err = edition.Load(catalogs, get); err != nil {
			t.Fatal(err)
		}
		have := func(e edition.Entry) bool { return s.Has(e.SHA256Z, e.LenZ) }
		for _, e := range last.Choose(have).Missing(have) {
			if err := s.Put(e.SHA256Z, e.LenZ, bytes.NewReader(depot[e.SHA256Z])); err != nil {
				t.Fatal(err)
			}
		}
		g := edition.Generation{Number: number, AsOf: "2026-11-20", Digest: fmt.Sprint("d", number), Catalogs: catalogs}
		err = errors.Join(os.WriteFile(s.Book(number), []byte("book"), 0o600), s.Switch(g, map[string][]byte{"timestamp": {1}}, []byte("{}")))
		if err != nil {
			t.Fatal(err)
		}
	}
	for number := range int64(8) {
		print(number+1, int(2*number))
	}
	others := 0
	for _, e := range last.Shards() {
		if !s.Has(e.SHA256Z, e.LenZ) {
			others++
		}
	}
	if others == 0 {
		t.Fatal("all was fetched: what follows would prove nothing")
	}
	if f, err := s.Scrub(context.Background(), through()); err != nil || !f.Well() {
		t.Errorf("%+v, %v", f, err)
	}
	// But of what was fetched nothing may go.
	have := func(e edition.Entry) bool { return s.Has(e.SHA256Z, e.LenZ) }
	for _, e := range last.Choose(have).Needs() {
		name, err := s.object(e.SHA256Z)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(name)
		if err = errors.Join(err, os.WriteFile(name, append(bytes.Clone(b[:len(b)-1]), b[len(b)-1]^1), 0o600)); err != nil {
			t.Fatal(err)
		}
		f, err := s.Scrub(context.Background(), through())
		if err != nil || !slices.Equal(f.Lost, []string{e.SHA256Z}) {
			t.Errorf("%s has rotted: %+v, %v", e.SHA256Z, f, err)
		}
		if err := s.Put(e.SHA256Z, e.LenZ, bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	}
}
