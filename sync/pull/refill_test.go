package pull_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
)

// scrub reads everything that a kiosk has on its disk.
func (k *kiosk) scrub() store.Found {
	k.t.Helper()
	f, err := k.store.Scrub(context.Background(), store.Scrub{
		Check: func(_ context.Context, path string) error { return opens(path) },
		Rest:  func(context.Context, int64) error { return nil },
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return f
}

// Whatever of the shelf is damaged, a scrub finds it, the depot brings it back, and the book serves all the while.
func TestWhatTheShelfLostComesBack(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00", "李秀英 95.50")
	k := o.kiosk(o.directory())
	if _, err := pull.Refill(context.Background(), k.job); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a new kiosk: %v", err)
	}
	k.mustPull()
	book := k.shows()
	all := paths(t, filepath.Join(k.dir, "s"))
	if f := k.scrub(); !f.Well() || f.Objects != len(all) {
		t.Fatalf("%d objects: %+v", len(all), f)
	}
	for _, p := range all {
		name := filepath.Join(k.dir, "s", p)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if f := k.scrub(); len(f.Lost) != 1 || f.Lost[0] != filepath.Base(p) || f.State || len(f.Books) != 0 {
			t.Fatalf("%s: %+v", p, f)
		}
		if r, err := pull.Refill(context.Background(), k.job); err != nil || r.Requests != 1 {
			t.Fatalf("%s: %+v, %v", p, r, err)
		}
		if f := k.scrub(); !f.Well() || f.Objects != len(all) || k.shows() != book {
			t.Fatalf("%s: then %+v", p, f)
		}
	}
}
