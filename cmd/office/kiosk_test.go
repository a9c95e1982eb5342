package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
)

// kiosk is a kiosk's real store and courier, enrolled with the office of dir, that reads from a depot.
type kiosk struct {
	t   *testing.T
	job pull.Job
}

func newKiosk(t *testing.T, dir string, d depot.Depot) *kiosk {
	t.Helper()
	who := joined(t, dir)
	shelf, err := store.Open(filepath.Join(t.TempDir(), "kiosk"))
	if err != nil {
		t.Fatal(err)
	}
	opens := func(path string) error {
		b, err := book.Open(path)
		if err != nil {
			return err
		}
		return b.Close()
	}
	build := func(ctx context.Context, contents fs.FS, path string) error { return book.Build(ctx, contents, path) }
	return &kiosk{t, pull.Job{
		Depot: d, Shelf: shelf, Open: opens, Now: time.Now, Built: time.Now().AddDate(0, -1, 0),
		Enrolment: who,
		Make: func(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
			return pull.Make(ctx, g, pull.Making{Shelf: shelf, Key: edition.Key(who.CountyKey), Build: build, Open: opens, Progress: progress})
		},
	}}
}

// pull brings the kiosk up to date and says which edition it shows then.
func (k *kiosk) pull() int64 {
	k.t.Helper()
	r, err := pull.Run(context.Background(), k.job)
	if err != nil {
		k.t.Fatal(err)
	}
	return r.Edition
}

// remote is the depot at a URL.
func remote(t *testing.T, url string) depot.Depot {
	t.Helper()
	d, err := depot.HTTP(url, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// next takes a notice in and publishes the next edition.
func next(t *testing.T, dir string, n int) {
	t.Helper()
	must(t, "intake", "--data", dir, "--kind", "公告", notices(t, n))
	must(t, "publish", "--data", dir, "--as-of", time.Date(2026, 11, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

func numbers(t *testing.T, public string) (out []int64) {
	t.Helper()
	for i, err := range press.Issues(os.DirFS(public)) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, i.Edition.Number)
	}
	return out
}
