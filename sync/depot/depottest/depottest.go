// Package depottest is the suite that every kind of depot (站) passes: what readers of editions rely on, whatever lies behind.
package depottest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"mingbai.local/sync/depot"
)

// Files are what the depot under test must hold.
var Files = map[string][]byte{
	"metadata/timestamp.json":       []byte(`{"signed":{}}`),
	"metadata/1.root.json":          []byte("root"),
	"s/ab/" + shard + ".kshard.zst": bytes.Repeat([]byte("0123456789abcdef"), 20_000),
	"t/" + shard + ".catalog.zst":   {},
}

const shard = "ab00000000000000000000000000000000000000000000000000000000000000"

// Run runs the suite over what open opens. The test's own cleanup closes it.
func Run(t *testing.T, open func(t *testing.T) depot.Depot) {
	big := "s/ab/" + shard + ".kshard.zst"
	read := func(ctx context.Context, d depot.Depot, path string, offset, limit int64) ([]byte, error) {
		r, err := d.Open(ctx, path, offset, limit)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	ctx := context.Background()

	t.Run("every file is read whole", func(t *testing.T) {
		d := open(t)
		for path, want := range Files {
			if got, err := read(ctx, d, path, 0, int64(len(want))); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, %v", path, len(got), err)
			}
		}
	})
	t.Run("a file is read from an offset on", func(t *testing.T) {
		d := open(t)
		for _, offset := range []int64{1, 100_000, int64(len(Files[big]) - 1)} {
			got, err := read(ctx, d, big, offset, int64(len(Files[big]))-offset)
			if err != nil || !bytes.Equal(got, Files[big][offset:]) {
				t.Errorf("from %d: %d bytes, %v", offset, len(got), err)
			}
		}
	})
	t.Run("TestEndlessFile", func(t *testing.T) {
		got, err := read(ctx, open(t), big, 0, 1000)
		if !errors.Is(err, depot.ErrTooLong) || len(got) != 1000 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
	t.Run("what is not there is told apart", func(t *testing.T) {
		d := open(t)
		for _, path := range []string{"metadata/2.root.json", "i/" + shard + ".kidx.zst", "s/ab/" + strings.Replace(shard, "ab0", "ab1", 1) + ".kshard.zst"} {
			if _, err := read(ctx, d, path, 0, 100); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
	t.Run("TestPathsOutside", func(t *testing.T) {
		d := open(t)
		for _, path := range []string{"", ".", "..", "/etc/passwd", "metadata/../../etc/passwd", "metadata", "metadata/timestamp.json/", "other.txt", "metadata\\timestamp.json"} {
			if _, err := read(ctx, d, path, 0, 100); !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("%q: %v", path, err)
			}
		}
	})
	t.Run("reading ends with the context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		r, err := open(t).Open(ctx, big, 0, int64(len(Files[big])))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		cancel()
		if _, err := io.ReadAll(r); !errors.Is(err, context.Canceled) {
			t.Errorf("read on: %v", err)
		}
	})
}
