package press

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"mingbai.local/app/disclosure"
	kioskdepot "mingbai.local/sync/depot"
	"mingbai.local/sync/trust"
)

// newest is the newest edition as it would be copied.
func (s *shop) newest() *Issue {
	s.t.Helper()
	i, err := Newest(os.DirFS(s.Depot))
	if err != nil {
		s.t.Fatal(err)
	}
	return i
}

func silent(int64, int64) {}

func TestPackHoldsTheNewestEditionAlone(t *testing.T) {
	s := newShop(t)
	if _, err := Newest(os.DirFS(s.Depot)); !errors.Is(err, ErrNothing) {
		t.Errorf("a pack of nothing: %v", err)
	}
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	s.print()
	old := s.newest().Names
	s.pay("补贴发放.csv", pay("dili", "420581101201", "李四"))
	s.print()
	out := filepath.Join(t.TempDir(), "a.kpack")
	i := s.newest()
	var told int64
	size, err := Pack(ctx, i, out, func(done, total int64) {
		if done < told || total != i.Total() {
			t.Errorf("%d of %d bytes after %d", done, total, told)
		}
		told = done
	})
	if err != nil || told != i.Total() {
		t.Fatal(told, err)
	}
	info, err := os.Stat(out)
	if err != nil || info.Size() != size {
		t.Errorf("pack says %d bytes, file has %v, %v", size, info, err)
	}
	p, err := kioskdepot.Pack(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	for _, path := range i.Names {
		f, err := p.Open(ctx, path, 0, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(s.Depot, path))
		if err != nil || !bytes.Equal(got, want) || i.Size(path) != int64(len(want)) {
			t.Errorf("%s differs in the pack, %v", path, err)
		}
	}
	for _, path := range old {
		if f, err := p.Open(ctx, path, 0, 1); err == nil && !slices.Contains(i.Names, path) {
			t.Errorf("%s of the edition before is in the pack", path)
			_ = f.Close()
		}
	}
	again := filepath.Join(t.TempDir(), "b.kpack")
	if _, err := Pack(ctx, s.newest(), again, silent); err != nil {
		t.Fatal(err)
	}
	a, errA := os.ReadFile(out)
	b, errB := os.ReadFile(again)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Error("two packs of one edition differ")
	}
}

// TestNamesComeBeforeWhatNamesThem: whoever copies in the order of an issue and is stopped has overwritten nothing that counts.
func TestNamesComeBeforeWhatNamesThem(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	s.print()
	if err := s.Keys.Replace("timestamp", now); err != nil { // a second root
		t.Fatal(err)
	}
	s.pay("补贴发放.csv", pay("dili", "420581101201", "李四"))
	s.print()
	names := s.newest().Names
	stages := []string{"s/*/*", "i/*", "t/*", "metadata/*[sgey].json" /* targets and delegations */, "metadata/*.snapshot.json", "metadata/*.root.json", stampName}
	stage := func(name string) int {
		return slices.IndexFunc(stages, func(pattern string) bool { ok, err := path.Match(pattern, name); return ok && err == nil })
	}
	if !slices.IsSortedFunc(names, func(a, b string) int { return stage(a) - stage(b) }) {
		t.Errorf("the order is %v", names)
	}
	if n := len(names); names[n-1] != stampName || names[n-2] != "metadata/2.root.json" || names[n-3] != "metadata/1.root.json" {
		t.Errorf("the last are %v", names[n-3:])
	}
}

// TestAPackMadeWhilePublishingIsOneEdition: a press prints the next edition, and a new key, while the pack is being written.
func TestAPackMadeWhilePublishingIsOneEdition(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	s.print()
	i := s.newest()
	if err := s.Keys.Replace("timestamp", now); err != nil {
		t.Fatal(err)
	}
	s.pay("补贴发放.csv", pay("dili", "420581101201", "李四"))
	s.print()
	out := filepath.Join(t.TempDir(), "a.kpack")
	if _, err := Pack(ctx, i, out, silent); err != nil {
		t.Fatal(err)
	}
	p, err := kioskdepot.Pack(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	v, err := trust.NewState(trust.Enrolment{County: "420581", Root: i.held["metadata/1.root.json"]}, nil, trust.Seen{}).
		Accept(func(path string, limit int64) ([]byte, error) {
			f, err := p.Open(ctx, path, 0, limit)
			if err != nil {
				return nil, err
			}
			return io.ReadAll(f)
		}, now, trust.Stick)
	if err != nil || v.Edition != 1 {
		t.Errorf("edition %d, %v", v.Edition, err)
	}
}

// between is a depot into which somebody prints right after a file was read.
type between struct {
	fs.FS
	after string
	print func()
}

func (b *between) ReadFile(name string) ([]byte, error) {
	out, err := fs.ReadFile(b.FS, name)
	if name == b.after {
		b.after = ""
		b.print()
	}
	return out, err
}

// TestAnEditionReadWhilePublishing: whichever file the press gets in behind, what is read is one edition, or refused.
func TestAnEditionReadWhilePublishing(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	s.print()
	half := 0
	for n, name := range s.newest().Names {
		d := &between{FS: os.DirFS(s.Depot), after: name, print: func() {
			if err := s.Keys.Replace("timestamp", now); err != nil {
				t.Fatal(err)
			}
			s.pay("补贴发放.csv", pay("dili", "420581101201", fmt.Sprint("李四", n)))
			s.print()
		}}
		before := s.newest().Edition.Number
		switch i, err := Newest(d); {
		case errors.Is(err, ErrHalf):
			half++
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case i.Edition.Number != before:
			t.Errorf("%s: edition %d, %d was there when reading began", name, i.Edition.Number, before)
		}
	}
	if half == 0 {
		t.Error("a new root under an old timestamp was never met: this proved little")
	}
	if i, err := Open(s.Depot); err != nil || i.Edition.Number < 2 {
		t.Error(i, err)
	}
}

func TestWhatNoKioskAcceptsIsNotCopied(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	s.print()
	for _, name := range s.newest().Names {
		path := filepath.Join(s.Depot, filepath.FromSlash(name))
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		hurt := bytes.Clone(whole)
		hurt[len(hurt)/2] ^= 1
		for what, change := range map[string]func() error{
			"a flipped bit": func() error { return os.WriteFile(path, hurt, 0o600) },
			"a lost file":   func() error { return os.Remove(path) },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(t.TempDir(), "a.kpack")
			i, err := Newest(os.DirFS(s.Depot))
			if err == nil {
				_, err = Pack(ctx, i, out, silent)
			}
			if err == nil {
				t.Errorf("%s in %s went unnoticed", what, name)
			}
			if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAPackIsWholeOrNotThere(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	s.print()
	out := filepath.Join(t.TempDir(), "a.kpack")
	stopped, stop := context.WithCancel(ctx)
	n := 0
	if _, err := Pack(stopped, s.newest(), out, func(int64, int64) {
		if n++; n == 5 {
			stop()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	i := s.newest()
	i.sizes[i.Names[0]] = maxPack
	if _, err := Pack(ctx, i, out, silent); !errors.Is(err, ErrLarge) {
		t.Errorf("a pack of 4 GiB: %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func (s *shop) edition(n int, at disclosure.Date) {
	s.t.Helper()
	s.pay("补贴发放.csv", pay("dili", "420581101201", fmt.Sprint("张", n)))
	if _, err := s.Print(ctx, at, now.AddDate(0, n, 0)); err != nil {
		s.t.Fatal(err)
	}
}
