package mirror

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai.local/cmd/office/internal/mirror/s3test"
	"mingbai.local/cmd/office/internal/web"
)

var ctx = context.Background()

var shard = "s/ab/ab" + strings.Repeat("0", 62) + ".kshard.zst"

// bucket opens a part of a bucket.
func bucket(t *testing.T, s *s3test.Store, prefix string) *Bucket {
	t.Helper()
	b, err := S3(Store{Endpoint: s.URL, Region: "us-east-1", Bucket: "mingbai", Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPlaces: folders and buckets are places alike.
func TestPlaces(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		d, err := Dir(filepath.Join(t.TempDir(), "a", "b"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		suite(t, d)
	})
	s := s3test.Start(t)
	s.MakeBucket(t, "mingbai", "")
	t.Run("bucket", func(t *testing.T) { suite(t, bucket(t, s, "")) })
	t.Run("part of a bucket", func(t *testing.T) { suite(t, bucket(t, s, "hubei/420581")) })
}

func suite(t *testing.T, p Place) {
	list := func(want ...string) {
		t.Helper()
		have, err := p.List(ctx)
		if err != nil || len(have) != len(want) {
			t.Errorf("there is %v, %v", have, err)
		}
		for _, name := range want {
			if f, ok := have[name]; !ok || f.Size != int64(len(name)) || time.Since(f.Modified).Abs() > time.Hour {
				t.Errorf("%s is there as %+v", name, f)
			}
		}
	}
	read := func(name, want string) {
		t.Helper()
		if b, err := p.Read(ctx, name); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	done := func(err error) {
		t.Helper()
		if err == nil {
			err = p.Settle()
		}
		if err != nil {
			t.Error(err)
		}
	}
	list()
	if _, err := p.Read(ctx, shard); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	done(p.Write(ctx, shard, []byte("old")))
	done(p.Write(ctx, shard, []byte(shard)))
	read(shard, shard)
	list(shard)

	// The timestamp is replaced only by who has read the one that is there.
	done(p.Replace(ctx, web.Timestamp, nil, []byte("1")))
	if err := p.Replace(ctx, web.Timestamp, nil, []byte("2")); !errors.Is(err, ErrChanged) {
		t.Errorf("a first one, where there is one: %v", err)
	}
	read(web.Timestamp, "1")
	done(p.Replace(ctx, web.Timestamp, []byte("1"), []byte("2")))
	if err := p.Replace(ctx, web.Timestamp, []byte("1"), []byte("3")); !errors.Is(err, ErrChanged) {
		t.Errorf("in the place of one that has gone: %v", err)
	}
	read(web.Timestamp, "2")
	done(p.Replace(ctx, web.Timestamp, []byte("2"), []byte(web.Timestamp)))
	list(shard, web.Timestamp)

	done(p.Remove(ctx, shard))
	list(web.Timestamp)
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := p.List(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("after a stop: %v", err)
	}
}

// TestAFolderIsNotForTwo: a second mirror into a folder is told that there is one, until that ends.
func TestAFolderIsNotForTwo(t *testing.T) {
	dir := t.TempDir()
	d, err := Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Dir(dir); !errors.Is(err, ErrBusy) {
		t.Errorf("a second one: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = Dir(dir); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestAMistypedFolder: what holds other things is left as it is; what holds a depot beside them is one.
func TestAMistypedFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"家书.txt", ".part-of-somebody-else"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Dir(dir); !errors.Is(err, ErrStrange) {
		t.Errorf("error is %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("left are %v, %v", left, err)
	}
	if _, err := Dir(filepath.Join(dir, "家书.txt")); err == nil {
		t.Error("a file was taken for a folder")
	}
	if err := os.Mkdir(filepath.Join(dir, "metadata"), 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
