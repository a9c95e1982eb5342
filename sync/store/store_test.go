package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mingbai.local/sync/edition"
)

func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// take prints an edition into the store, with a text file as its book, and switches to it.
func take(t *testing.T, s *Store, number int64, rows ...string) edition.Generation {
	t.Helper()
	put := func(_ string, b []byte) error { return s.Put(hash(b), int64(len(b)), bytes.NewReader(b)) }
	w := edition.NewWriter(edition.Key{1}, "finance", edition.Head{County: "420581", Number: number, AsOf: "2026-11-20", PublishedAt: time.Unix(0, 0).UTC()}, put)
	for _, r := range rows {
		tab := edition.Table{Dataset: "fund", Columns: []edition.Column{{Name: "title"}}, Rows: [][]edition.Value{{{Text: r}}}}
		if err := w.Add(tab.Batch(0, "")); err != nil {
			t.Fatal(err)
		}
	}
	ref, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	g := edition.Generation{Number: number, AsOf: "2026-11-20", Digest: fmt.Sprint("d", number), Catalogs: map[string]edition.Ref{"finance": ref}, SyncedAt: time.Unix(number, 0).UTC()}
	if err := os.WriteFile(s.Book(number), []byte("book"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Switch(g, map[string][]byte{"timestamp": fmt.Append(nil, "ts", number)}, fmt.Append(nil, "seen", number)); err != nil {
		t.Fatal(err)
	}
	return g
}

// proves lets the current edition prove itself.
func proves(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.Began(opens); err != nil {
		t.Fatal(err)
	}
	if err := s.Settled(); err != nil {
		t.Fatal(err)
	}
}

func opens(path string) error {
	b, err := os.ReadFile(path)
	if err == nil && string(b) != "book" {
		err = errors.New("damaged")
	}
	return err
}

func objects(t *testing.T, s *Store) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(s.dir, "s"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func serves(t *testing.T, s *Store, number int64, damaged bool) {
	t.Helper()
	g, d, err := s.Serve(opens)
	if err != nil || g.Number != number || d != damaged {
		t.Errorf("serves edition %d, damaged %t, %v; not edition %d, %t", g.Number, d, err, number, damaged)
	}
}

func TestSwitch(t *testing.T) {
	s := newStore(t)
	if _, ok, err := s.Current(); ok || err != nil {
		t.Fatalf("an empty store has an edition, or %v", err)
	}
	if _, _, err := s.Serve(opens); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("an empty store serves, or %v", err)
	}
	take(t, s, 1, "粮食直补")
	take(t, s, 2, "粮食直补", "良种补贴")
	cur, _, err := s.Current()
	if err != nil || cur.Number != 2 || cur.Digest != "d2" {
		t.Errorf("current %+v, %v", cur, err)
	}
	if prev, ok, err := s.Previous(); err != nil || !ok || prev.Number != 1 {
		t.Errorf("previous %+v, %v", prev, err)
	}
	if files, seen, err := s.Trust(); err != nil || string(seen) != "seen2" || string(files["timestamp"]) != "ts2" {
		t.Errorf("trust %s %s, %v", files, seen, err)
	}
	serves(t, s, 2, false)
	at := time.Unix(99, 0).UTC()
	if err := s.Confirm(at, nil, []byte("seen3")); err != nil {
		t.Fatal(err)
	}
	if cur, _, _ := s.Current(); !cur.SyncedAt.Equal(at) {
		t.Errorf("confirmed at %v", cur.SyncedAt)
	}
	if files, seen, _ := s.Trust(); string(seen) != "seen3" || len(files) != 0 {
		t.Errorf("trust %s %s", files, seen)
	}
}

func TestBack(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a")
	if _, err := s.Back(); err == nil {
		t.Error("went back to nothing")
	}
	take(t, s, 2, "b")
	g, err := s.Back()
	if err != nil || g.Number != 1 {
		t.Fatalf("back to %d, %v", g.Number, err)
	}
	serves(t, s, 1, false)
	if _, seen, _ := s.Trust(); string(seen) != "seen2" {
		t.Error("going back opened the way for a rollback")
	}
}

func TestSwitchAgainKeepsThePrevious(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a")
	g := take(t, s, 2, "b")
	if err := s.Switch(g, nil, nil); err != nil {
		t.Fatal(err)
	}
	if prev, _, _ := s.Previous(); prev.Number != 1 {
		t.Errorf("previous is %d", prev.Number)
	}
}

func TestDamagedBook(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a")
	take(t, s, 2, "b")
	if err := os.WriteFile(s.Book(2), []byte("bo"), 0o600); err != nil {
		t.Fatal(err)
	}
	serves(t, s, 1, true)
	if err := os.Remove(s.Book(1)); err != nil {
		t.Fatal(err)
	}
	if _, damaged, err := s.Serve(opens); err == nil || !damaged {
		t.Errorf("serves without books: %t, %v", damaged, err)
	}
}

// A book that was built and never switched to does not serve.
func TestUnfinishedUpdate(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a")
	if err := os.WriteFile(s.Book(2), []byte("book"), 0o600); err != nil {
		t.Fatal(err)
	}
	serves(t, s, 1, false)
	if err := os.Remove(s.Book(1)); err != nil {
		t.Fatal(err)
	}
	if g, _, err := s.Serve(opens); err == nil {
		t.Errorf("serves edition %d", g.Number)
	}
}

func TestDamagedState(t *testing.T) {
	for name, spoil := range map[string]func(b []byte) []byte{
		"empty": func([]byte) []byte { return nil }, "garbage": func(b []byte) []byte { return bytes.Repeat([]byte("x"), len(b)) },
		"cut":              func(b []byte) []byte { return b[:2*os.Getpagesize()+100] },
		"zeros at the end": func(b []byte) []byte { clear(b[2*os.Getpagesize():]); return b },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			take(t, s, 1, "a")
			take(t, s, 2, "b")
			b, err := os.ReadFile(s.stateFile())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(s.stateFile(), spoil(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, ok, err := s.Current(); ok || err != nil {
				t.Fatalf("current: %t, %v", ok, err)
			}
			serves(t, s, 2, true)
			if s.Newest() != 2 {
				t.Errorf("newest is %d", s.Newest())
			}
			take(t, s, 3, "c")
			serves(t, s, 3, false)
		})
	}
}

// Whatever bit flips in state.db, it says what was committed last, or the time before, or that it is damaged; never a third thing.
func TestBitFlipsInState(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a")
	take(t, s, 2, "b")
	good, err := os.ReadFile(s.stateFile())
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(good); i += 13 {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if err := os.WriteFile(s.stateFile(), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		st, err := s.state()
		if err != nil {
			continue
		}
		said := ""
		if st.current != nil {
			said = fmt.Sprint(st.current.Number, st.current.Digest, " ", string(st.seen), " ", string(st.files["timestamp"]))
		}
		if said != "2d2 seen2 ts2" && said != "1d1 seen1 ts1" {
			t.Fatalf("byte %d flipped: %q", i, said)
		}
	}
}

func TestPut(t *testing.T) {
	s := newStore(t)
	b := []byte("one shard")
	good := hash(b)
	cut := errors.New("cut off")
	for name, err := range map[string]error{
		"too short":   s.Put(good, int64(len(b)), bytes.NewReader(b[1:])),
		"too long":    s.Put(good, int64(len(b)), bytes.NewReader(append(bytes.Clone(b), 1))),
		"other bytes": s.Put(good, int64(len(b)), strings.NewReader("two shard")),
		"cut off":     s.Put(good, int64(len(b)), iotest.ErrReader(cut)),
		"no hash":     s.Put("../../etc", 1, bytes.NewReader(b)),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if s.Has(good, int64(len(b))) || len(objects(t, s)) != 0 {
		t.Fatalf("left %v", objects(t, s))
	}
	if err := s.Put(good, int64(len(b)), bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Object(good); err != nil || !bytes.Equal(got, b) || !s.Has(good, 9) || s.Has(good, 8) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDamagedObjectCountsAsMissing(t *testing.T) {
	s := newStore(t)
	b := []byte("one shard")
	if err := s.Put(hash(b), 9, bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(objects(t, s)[0], []byte("One shard"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Object(hash(b)); !errors.Is(err, fs.ErrNotExist) || s.Has(hash(b), 9) {
		t.Errorf("still there: %v", err)
	}
}

func TestSweep(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a", "b")
	take(t, s, 2, "b", "c")
	proves(t, s)
	two := len(objects(t, s))
	take(t, s, 3, "c", "d")
	if err := os.WriteFile(filepath.Join(s.dir, "gen", "4.db.part"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	freed, err := s.Sweep()
	if err != nil || freed == 0 {
		t.Fatalf("freed %d, %v", freed, err)
	}
	list, err := os.ReadDir(filepath.Join(s.dir, "gen"))
	if err != nil || len(list) != 2 {
		t.Errorf("books %v, %v", list, err)
	}
	// Editions 2 and 3 have two catalogs, two indexes and the shards b, c, d; edition 1 and 2 had as many.
	if n := len(objects(t, s)); n != two {
		t.Errorf("%d objects, not %d", n, two)
	}
	needed := map[string]bool{}
	for _, get := range []func() (edition.Generation, bool, error){s.Current, s.Previous} {
		g, _, err := get()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.needs(&g, needed); err != nil {
			t.Fatal(err)
		}
	}
	for h := range needed {
		if _, err := s.Object(h); err != nil {
			t.Errorf("swept %s", h)
		}
	}
	if freed, err := s.Sweep(); freed != 0 || err != nil {
		t.Errorf("again: %d, %v", freed, err)
	}
}

func TestTwoPrograms(t *testing.T) {
	s := newStore(t)
	unlock, err := s.Lock()
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Lock(); !errors.Is(err, ErrBusy) {
		t.Errorf("two writers: %v", err)
	}
	take(t, s, 1, "a")
	serves(t, other, 1, false) // reading goes on beside the writer
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if unlock, err = other.Lock(); err != nil {
		t.Fatal(err)
	}
	_ = unlock()
}

func TestFree(t *testing.T) {
	if n, err := newStore(t).Free(); err != nil || n <= 0 {
		t.Errorf("%d bytes free, %v", n, err)
	}
}
