package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/sync/depot"
)

// later runs a command as if it were so many days later.
func later(t *testing.T, days int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	now := func() time.Time { return time.Now().AddDate(0, 0, days) }
	if code := run(context.Background(), env{out: &out, err: &errs, now: now}, args); code != 0 {
		t.Fatalf("office %v: exit code %d: %s", args, code, errs.String())
	}
	return out.String()
}

// TestTidySaysFirstAndDeletesWhenTold: the clerk sees what would go; with --delete it goes; a second time there is nothing.
func TestTidySaysFirstAndDeletesWhenTold(t *testing.T) {
	dir := published(t)
	public := filepath.Join(dir, publicDir)
	for n := range 4 {
		next(t, dir, n)
	}
	if out := must(t, "tidy", "--data", dir); !strings.Contains(out, "没有要清理的") {
		t.Errorf("on the day itself: %s", out)
	}
	if out := later(t, 100, "tidy", "--data", dir); !strings.Contains(out, "什么也没有删") || !strings.Contains(out, "--delete") || !strings.Contains(out, "第5、4、3期") {
		t.Errorf("without --delete: %s", out)
	}
	if have := numbers(t, public); !slices.Equal(have, []int64{5, 4, 3, 2, 1}) {
		t.Errorf("editions are %v", have)
	}
	if out := later(t, 100, "tidy", "--data", dir, "--delete"); !strings.Contains(out, "已删去") {
		t.Errorf("with --delete: %s", out)
	}
	if have := numbers(t, public); !slices.Equal(have, []int64{5, 4, 3}) {
		t.Errorf("editions are %v", have)
	}
	if out := later(t, 100, "tidy", "--data", dir, "--delete"); !strings.Contains(out, "没有要清理的") {
		t.Errorf("a second time: %s", out)
	}
	if e := verify(t, dir); e.Number != 5 {
		t.Errorf("edition %d", e.Number)
	}
}

// meanwhile is a depot on which something happens when the first shard is asked for.
type meanwhile struct {
	depot.Depot
	happens func()
}

func (m *meanwhile) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	if strings.HasPrefix(path, "s/") && m.happens != nil {
		m.happens()
		m.happens = nil
	}
	return m.Depot.Open(ctx, path, offset, limit)
}

// TestAKioskPullsDuringTheSweep: it began with the newest edition, a further one was printed, and the depot is swept under it.
func TestAKioskPullsDuringTheSweep(t *testing.T) {
	dir := published(t)
	for n := range 4 {
		next(t, dir, n)
	}
	d := &meanwhile{Depot: remote(t, serving(t, dir)), happens: func() {
		next(t, dir, 9)
		if out := later(t, 100, "tidy", "--data", dir, "--delete"); !strings.Contains(out, "已删去") {
			t.Errorf("nothing was swept: %s", out)
		}
	}}
	k := newKiosk(t, dir, d)
	if n := k.pull(); n != 5 || d.happens != nil {
		t.Errorf("the kiosk shows edition %d", n)
	}
	if n := k.pull(); n != 6 {
		t.Errorf("then edition %d", n)
	}
}
