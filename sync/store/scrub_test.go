package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
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

// A scrub that somebody interrupts by touching the screen goes on the next night where it was.
func TestScrubGoesOn(t *testing.T) {
	s := two(t)
	total := len(objects(t, s)) + 2
	read := 0
	for night := 1; ; night++ {
		ctx, touched := context.WithCancel(context.Background())
		with := through()
		with.Rest = func(ctx context.Context, n int64) error {
			if n <= 0 {
				t.Errorf("%d bytes", n)
			}
			if read++; read%3 == 0 {
				touched()
			}
			return nil
		}
		f, err := s.Scrub(ctx, with)
		touched()
		if !f.Well() {
			t.Fatalf("night %d: %+v", night, f)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || night > total {
			t.Fatalf("night %d: %v", night, err)
		}
	}
	if read != total {
		t.Errorf("%d pieces were read, not %d", read, total)
	}
	if f, err := s.Scrub(context.Background(), through()); err != nil || f.Objects != total-2 {
		t.Errorf("the next one does not begin anew: %+v, %v", f, err)
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
