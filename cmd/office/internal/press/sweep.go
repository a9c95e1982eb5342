package press

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mingbai.local/sync/edition"
)

// Rule (保留规则) says what a sweep leaves: so many editions, the newest first, and everything that is younger than Age, with every
// edition that was published since.
type Rule struct {
	Editions int
	Age      time.Duration
}

// Swept is what a sweep removed, or would remove.
type Swept struct {
	Kept  []int64 // editions, the newest first
	Files int
	Bytes int64
}

// Sweep (清理) removes from a depot what no edition needs that the rule keeps; without remove it only says what that is. Roots are
// never removed: a kiosk that was off for years goes through all of them. What is no file of an edition is left alone.
//
// An edition goes by its metadata first, so that a sweep killed anywhere leaves no edition that is listed and not whole.
func Sweep(ctx context.Context, dir string, rule Rule, now time.Time, remove bool) (Swept, error) {
	unlock, err := lock(dir)
	if err != nil {
		return Swept{}, err
	}
	defer unlock()
	kept, numbers, err := keep(os.DirFS(dir), rule, now)
	if err != nil {
		return Swept{}, err
	}
	old, bytes, err := unneeded(os.DirFS(dir), kept, now.Add(-rule.Age))
	if err != nil {
		return Swept{}, err
	}
	s := Swept{Kept: numbers, Files: len(old), Bytes: bytes}
	if !remove {
		return s, nil
	}
	return s, removeAll(ctx, dir, old)
}

// keep is the files of the editions that the rule keeps.
func keep(depot fs.FS, rule Rule, now time.Time) (names map[string]bool, numbers []int64, err error) {
	names = map[string]bool{}
	add := func(i *Issue) {
		for _, name := range i.Names {
			names[name] = true
		}
	}
	newest, err := Newest(depot)
	if err != nil {
		return nil, nil, err
	}
	add(newest)
	numbers = []int64{newest.Edition.Number}
	for i, err := range Issues(depot) {
		if err != nil {
			return nil, nil, err
		}
		number := i.Edition.Number
		if number == newest.Edition.Number || len(numbers) >= rule.Editions && i.Edition.PublishedAt.Before(now.Add(-rule.Age)) {
			continue
		}
		add(i)
		// A press killed before its last step leaves an edition that was never published, and one that was signed again is there twice: neither
		// takes another's place.
		if number < numbers[len(numbers)-1] {
			numbers = append(numbers, number)
		}
	}
	return names, numbers, nil
}

// unneeded lists the files of editions that are not kept and older than the day, in the order in which they go.
func unneeded(depot fs.FS, kept map[string]bool, day time.Time) (names []string, bytes int64, err error) {
	err = fs.WalkDir(depot, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || kept[name] || !MayGo(name) {
			return err
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.ModTime().After(day) {
			return err
		}
		bytes += info.Size()
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("press: %w", err)
	}
	LastFirst(names)
	return names, bytes, nil
}

// order is in which order files go: first what says that an edition is there.
var order = []string{".snapshot.json", ".json", ".catalog.zst", ".kidx.zst", ""}

// LastFirst sorts files into the order in which they go, so that no edition is ever listed and not whole.
func LastFirst(names []string) {
	rank := func(name string) int {
		return slices.IndexFunc(order, func(end string) bool { return strings.HasSuffix(name, end) })
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
}

// MayGo reports whether a file is of the kind that belongs to editions and goes with them. Roots and the timestamp never go.
func MayGo(name string) bool {
	folder, _, _ := strings.Cut(name, "/")
	if !edition.IsPath(name) || name == stampName || strings.HasSuffix(name, ".root.json") {
		return false
	}
	return slices.Contains([]string{"metadata", "t", "i", "s"}, folder)
}

// removeAll removes files. That the metadata are gone is on the disk before the first piece goes.
func removeAll(ctx context.Context, dir string, names []string) error {
	listed := true
	for _, name := range names {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if listed && path.Dir(name) != "metadata" {
			if err := syncDir(filepath.Join(dir, "metadata")); err != nil {
				return fmt.Errorf("press: %w", err)
			}
			listed = false
		}
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return fmt.Errorf("press: %w", err)
		}
	}
	return nil
}
