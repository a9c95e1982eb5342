package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"syscall"

	"mingbai.local/sync/edition"
)

// Scrub (巡检) is how what lies on the disk is read through, so that a bit that flipped is found before anybody asks for it.
type Scrub struct {
	// Check reads a book through.
	Check func(ctx context.Context, path string) error
	// Rest is called after so many bytes have been read, and may wait.
	Rest func(ctx context.Context, bytes int64) error
}

// Found (巡检结果) is what a scrub came upon. What was damaged in s/ is gone from it.
type Found struct {
	State   bool     // state.db is damaged; the next update makes a new one
	Books   []int64  // editions whose books are missing or damaged
	Bare    []int64  // editions that have only a book: what it was made of is of a format that this program does not read
	Lost    []string // hashes of objects that were damaged or missing, those of the edition that serves first
	Objects int      // that were read and are whole
}

// Well says that nothing was found.
func (f Found) Well() bool { return !f.State && len(f.Books) == 0 && len(f.Lost) == 0 }

// Scrub reads the books of the current and the previous edition through, and everything of which they are made. It reads beside all else that goes on and
// takes no lock: what it deletes could not be used. ErrBusy says that an update came in between, so that there is no telling.
func (s *Store) Scrub(ctx context.Context, with Scrub) (Found, error) {
	st, err := s.state()
	if err != nil && !errors.Is(err, ErrBroken) {
		return Found{}, err
	}
	r := round{s, with, map[string]bool{}, Found{State: err != nil}}
	for _, g := range []*edition.Generation{st.current, st.previous} {
		if g == nil {
			continue
		}
		if err := r.objects(ctx, g); err != nil {
			return Found{}, err
		}
		if err := r.book(ctx, g.Number); err != nil {
			return Found{}, err
		}
	}
	if now, err := s.state(); err != nil && !r.found.State || numbers(now) != numbers(st) {
		return Found{}, ErrBusy
	}
	return r.found, nil
}

// numbers are the editions that a state keeps.
func numbers(st state) (n [2]int64) {
	for i, g := range []*edition.Generation{st.current, st.previous} {
		if g != nil {
			n[i] = g.Number
		}
	}
	return n
}

// round (一巡) is a scrub under way.
type round struct {
	store *Store
	with  Scrub
	read  map[string]bool // objects, of which two editions share most
	found Found
}

func (r *round) book(ctx context.Context, number int64) error {
	path := r.store.Book(number)
	i, err := os.Stat(path)
	if err == nil {
		forget(path)
		err = r.with.Check(ctx, path)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		r.found.Books = append(r.found.Books, number)
		return nil
	}
	return r.with.Rest(ctx, i.Size())
}

// objects reads all that an edition is made of here; what it names beside that as an alternative was never fetched. What its catalogs name can be listed
// only as far as these are whole, and of a format that this program reads: else no book can be made of it anyway.
func (r *round) objects(ctx context.Context, g *edition.Generation) error {
	needed := map[string]bool{}
	e, err := r.store.lists(g, needed)
	switch {
	case err == nil:
		have := func(s edition.Entry) bool { return r.store.Has(s.SHA256Z, s.LenZ) }
		for _, s := range e.Choose(have).Needs() {
			needed[s.SHA256Z] = true
		}
	case errors.Is(err, errFormat):
		r.found.Bare = append(r.found.Bare, g.Number)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("store: edition %d: %w", g.Number, err)
	}
	for _, sum := range slices.Sorted(maps.Keys(needed)) {
		if r.read[sum] {
			continue
		}
		r.read[sum] = true
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		name, err := r.store.object(sum)
		if err != nil {
			return err
		}
		forget(name)
		b, err := r.store.Object(sum)
		if err != nil {
			r.found.Lost = append(r.found.Lost, sum)
			continue
		}
		r.found.Objects++
		if err := r.with.Rest(ctx, int64(len(b))); err != nil {
			return err
		}
	}
	return nil
}

// forget makes the kernel read a file from the disk again: what it remembers of it may be better than what lies there. Pages that a program has mapped
// it keeps.
func forget(name string) {
	f, err := os.Open(name)
	if err != nil {
		return // whoever reads it will say so
	}
	defer f.Close()
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
}
