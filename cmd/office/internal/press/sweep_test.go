package press

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

var rule = Rule{Editions: 3, Age: 60 * day}

// files is what lies in the depot.
func (s *shop) files() map[string]bool {
	s.t.Helper()
	out := map[string]bool{}
	err := fs.WalkDir(os.DirFS(s.Depot), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out[name] = true
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// months prints an edition a month, each file as old as its edition, and returns the day after the last.
func (s *shop) months(n int) time.Time {
	s.t.Helper()
	have := map[string]bool{}
	var at time.Time
	for m := range n {
		s.edition(m, asOf)
		at = now.AddDate(0, m, 0)
		for name := range s.files() {
			if !have[name] {
				have[name] = true
				if err := os.Chtimes(filepath.Join(s.Depot, name), at, at); err != nil {
					s.t.Fatal(err)
				}
			}
		}
	}
	return at.Add(day)
}

// whole counts the editions of the depot, and reads every byte of each.
func (s *shop) whole() (numbers []int64) {
	s.t.Helper()
	for i, err := range Issues(os.DirFS(s.Depot)) {
		if err != nil {
			s.t.Fatal(err)
		}
		for _, name := range i.Names {
			if _, err := i.Read(name); err != nil {
				s.t.Errorf("edition %d: %v", i.Edition.Number, err)
			}
		}
		numbers = append(numbers, i.Edition.Number)
	}
	return numbers
}

// TestAYearOfEditionsIsSwept: three editions stay, every root stays, and a sweep that only looks removes nothing.
func TestAYearOfEditionsIsSwept(t *testing.T) {
	s := newShop(t)
	if err := s.Keys.Replace("timestamp", now); err != nil { // a second root
		t.Fatal(err)
	}
	then := s.months(12)
	strange := filepath.Join(s.Depot, "readme.txt")
	if err := os.WriteFile(strange, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(strange, now.AddDate(-9, 0, 0), now.AddDate(-9, 0, 0)); err != nil {
		t.Fatal(err)
	}
	// What a killed press left yesterday may be part of the next edition.
	young := "s/ab/ab" + strings.Repeat("0", 62) + ".kshard.zst"
	if err := os.MkdirAll(filepath.Join(s.Depot, "s", "ab"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Depot, young), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(s.Depot, young), then.Add(-day), then.Add(-day)); err != nil {
		t.Fatal(err)
	}
	before := s.files()
	looked, err := Sweep(ctx, s.Depot, rule, then, false)
	if err != nil || !maps.Equal(s.files(), before) {
		t.Fatalf("looking removed something, or %v", err)
	}
	swept, err := Sweep(ctx, s.Depot, rule, then, true)
	if err != nil || swept.Files != looked.Files || swept.Bytes != looked.Bytes || swept.Files < 9*4 {
		t.Errorf("looked %+v, swept %+v, %v", looked, swept, err)
	}
	if !slices.Equal(swept.Kept, []int64{12, 11, 10}) || !slices.Equal(s.whole(), []int64{12, 11, 10}) {
		t.Errorf("kept %v, whole are %v", swept.Kept, s.whole())
	}
	after := s.files()
	if len(before)-len(after) != swept.Files {
		t.Errorf("%d files of %d are left, %d were swept", len(after), len(before), swept.Files)
	}
	for _, name := range []string{"readme.txt", young, stampName, "metadata/1.root.json", "metadata/2.root.json"} {
		if !after[name] {
			t.Errorf("%s is gone", name)
		}
	}
	if e, _ := s.read(); e.Number != 12 {
		t.Errorf("a kiosk reads edition %d", e.Number)
	}
	if again, err := Sweep(ctx, s.Depot, rule, then, true); err != nil || again.Files != 0 {
		t.Errorf("a second sweep: %+v, %v", again, err)
	}
}

// TestAnEditionSignedAgainCountsOnce: after a key was replaced an edition has two sets of metadata, and is one edition all the same.
func TestAnEditionSignedAgainCountsOnce(t *testing.T) {
	s := newShop(t)
	for n := range 4 {
		s.edition(n, asOf)
		for _, key := range []string{"finance-leader", "policy-handler"} {
			if err := s.Keys.Replace(key, now); err != nil {
				t.Fatal(err)
			}
			if signed, err := Resign(s.Depot, s.Keys, now.AddDate(0, n, 0)); err != nil || !signed {
				t.Fatal(signed, err)
			}
		}
	}
	swept, err := Sweep(ctx, s.Depot, rule, time.Now().AddDate(1, 0, 0), true)
	if err != nil || !slices.Equal(swept.Kept, []int64{4, 3, 2}) {
		t.Errorf("%+v, %v", swept, err)
	}
	if e, _ := s.read(); e.Number != 4 {
		t.Errorf("a kiosk reads edition %d", e.Number)
	}
}

// TestYoungEditionsStay: a county that publishes daily keeps two months of editions whole, whatever is shared among them.
func TestYoungEditionsStay(t *testing.T) {
	s := newShop(t)
	s.months(6)
	// As seen in the fourth month, only the first two editions are older than 60 days.
	swept, err := Sweep(ctx, s.Depot, rule, now.AddDate(0, 3, 0), true)
	if err != nil || !slices.Equal(swept.Kept, []int64{6, 5, 4, 3}) || !slices.Equal(s.whole(), swept.Kept) {
		t.Errorf("%+v, whole are %v, %v", swept, s.whole(), err)
	}
	// A clock in 1970 sweeps nothing; one in 2099 leaves three editions.
	if swept, err := Sweep(ctx, s.Depot, rule, time.Unix(0, 0), true); err != nil || swept.Files != 0 {
		t.Errorf("in 1970: %+v, %v", swept, err)
	}
	if swept, err := Sweep(ctx, s.Depot, rule, time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), true); err != nil || !slices.Equal(s.whole(), []int64{6, 5, 4}) {
		t.Errorf("in 2099: %+v, %v", swept, err)
	}
}

// TestAFileThatCameBackStays: what a new edition needs again is not old, whenever it was written.
func TestAFileThatCameBackStays(t *testing.T) {
	s := newShop(t)
	s.months(5)
	s.edition(0, asOf) // says what the first said
	first := s.newest()
	if _, err := Sweep(ctx, s.Depot, rule, now.AddDate(3, 0, 0), true); err != nil {
		t.Fatal(err)
	}
	for _, name := range first.Names {
		if _, err := first.Read(name); err != nil {
			t.Error(err)
		}
	}
}

// TestASweepStoppedAnywhere: after every number of removed files, each edition that is still listed is whole or has lost its
// metadata, the kept ones are whole, and the next sweep ends the work.
func TestASweepStoppedAnywhere(t *testing.T) {
	s := newShop(t)
	then := s.months(6)
	kept, _, err := keep(os.DirFS(s.Depot), rule, then)
	if err != nil {
		t.Fatal(err)
	}
	names, _, err := unneeded(os.DirFS(s.Depot), kept, then.Add(-rule.Age))
	if err != nil || len(names) < 12 {
		t.Fatal(len(names), err)
	}
	for n := range names {
		if err := removeAll(ctx, s.Depot, names[n:n+1]); err != nil {
			t.Fatal(err)
		}
		for _, version := range snapshots(os.DirFS(s.Depot)) {
			i := newIssue(os.DirFS(s.Depot))
			parts, err := i.load(version)
			if err != nil {
				t.Fatalf("after %s is gone, snapshot %d still lists an edition that is not whole: %v", names[n], version, err)
			}
			for _, name := range append(parts, i.Names...) {
				if _, err := fs.Stat(os.DirFS(s.Depot), name); err != nil {
					t.Fatalf("after %s is gone, snapshot %d still lists %v", names[n], version, err)
				}
			}
		}
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	s.edition(7, asOf)
	if _, err := Sweep(stopped, s.Depot, rule, then.AddDate(1, 0, 0), true); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if _, err := Sweep(ctx, s.Depot, rule, then.AddDate(1, 0, 0), true); err != nil || !slices.Equal(s.whole(), []int64{7, 6, 5}) {
		t.Errorf("whole are %v, %v", s.whole(), err)
	}
}

func TestNothingIsSweptUnderAPressOrInAHalfDepot(t *testing.T) {
	s := newShop(t)
	if _, err := Sweep(ctx, t.TempDir(), rule, now, true); !errors.Is(err, ErrNothing) {
		t.Errorf("an empty depot: %v", err)
	}
	then := s.months(5)
	unlock, err := lock(s.Depot)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sweep(ctx, s.Depot, rule, then, true); !errors.Is(err, ErrBusy) {
		t.Errorf("under a press: %v", err)
	}
	unlock()
	before := s.files()
	lost := s.newest().Names[0]
	for _, name := range s.newest().Names {
		if strings.HasSuffix(name, ".catalog.zst") {
			lost = name
		}
	}
	if err := os.Remove(filepath.Join(s.Depot, lost)); err != nil {
		t.Fatal(err)
	}
	if _, err := Sweep(ctx, s.Depot, rule, then, true); !errors.Is(err, ErrHalf) {
		t.Errorf("a depot whose newest edition lacks its catalog: %v", err)
	}
	delete(before, lost)
	if !maps.Equal(s.files(), before) {
		t.Error("something was swept")
	}
}

func TestWhatMayGo(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	for name, may := range map[string]bool{
		stampName: false, "metadata/1.root.json": false, "metadata/77.root.json": false, "acks/YD-01.note": false, "status/" + hash + ".kst.zst": false,
		"readme.txt": false, "metadata/.part-1": false, "metadata/1.snapshot.json": true, "metadata/1.finance.json": true,
		"t/" + hash + ".catalog.zst": true, "i/" + hash + ".kidx.zst": true, "s/ab/" + hash + ".kshard.zst": true,
	} {
		if MayGo(name) != may {
			t.Errorf("%s may go: %t", name, !may)
		}
	}
}
