package pull

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"mingbai.local/sync/edition"
)

// half is a shelf that has some shards and takes no more.
type half struct {
	Shelf
	has  map[string]bool
	free int64
}

func (h half) Has(sha256 string, _ int64) bool { return h.has[sha256] }

func (h half) Free() (int64, error) { return h.free, nil }

func (h half) Put(string, int64, io.Reader) error { return fs.ErrPermission }

func (h half) Sweep(...edition.Generation) (int64, error) { return 0, nil }

// Of what can stand for each other a kiosk takes one: the other takes no room, and is not among what was kept.
func TestOnlyWhatIsChosenCounts(t *testing.T) {
	const older, newer = 100 << 20, 60 << 20
	shard := func(name string, kind edition.Kind, raw int64) edition.Entry {
		return edition.Entry{Year: 2026, Batch: "dili.1", Kind: kind, Rows: 1, LenZ: raw / 10, LenRaw: raw, SHA256Z: strings.Repeat(name, 64), SHA256Raw: strings.Repeat(name, 64)}
	}
	e := &edition.Edition{Datasets: []edition.Dataset{{Name: "disbursement", Entries: []edition.Entry{
		shard("a", edition.Rows, older/2), shard("b", edition.Rows, older/2), shard("c", edition.Full, newer),
	}}}}
	for name, c := range map[string]struct {
		has                string
		fetched, raw, kept int64
	}{"nothing": {"", newer / 10, newer, 0}, "the older ones": {"ab", 0, older, 2}, "the newer one": {"c", 0, newer, 1}, "all of them": {"abc", 0, older, 2}} {
		shelf := half{has: map[string]bool{}}
		for _, r := range c.has {
			shelf.has[strings.Repeat(string(r), 64)] = true
		}
		r := &run{Job: Job{Shelf: shelf}, ctx: context.Background()}
		_, err := r.fetch(e, edition.Generation{Number: 1})
		var space *NoSpace
		if !errors.As(err, &space) {
			t.Fatalf("with %s there: %v", name, err)
		}
		book := c.raw + 8<<20
		if want := c.fetched + book + (c.fetched+book)/5 + spare; space.Need != want {
			t.Errorf("with %s there: %d bytes are needed, not %d", name, space.Need, want)
		}
		shelf.free = space.Need
		r.Shelf = shelf
		if _, err := r.fetch(e, edition.Generation{Number: 1}); err != nil && !errors.Is(err, fs.ErrPermission) {
			t.Fatalf("with %s there: %v", name, err)
		}
		if got := int64(r.result.ShardsKept); got != c.kept {
			t.Errorf("with %s there: %d shards are said to be kept, not %d", name, got, c.kept)
		}
	}
}
