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
	Lost    []string // hashes of objects that were damaged or missing, those of the edition that serves first
	Objects int      // that were read and are whole
}

// Well says that nothing was found.
func (f Found) Well() bool { return !f.State && len(f.Books) == 0 && len(f.Lost) == 0 }

// Scrub reads the books of the current and the previous edition through, and everything of which they are made. It reads beside all else that goes on and
// takes no lock: what it deletes could not be used. One that is ended by ctx has found what it returns, and the next one goes on behind it. ErrBusy says
// that an update came in between, so that there is no telling.
func (s *Store) Scrub(ctx context.Context, with Scrub) (Found, error) {
	var f Found
	st, err := s.state()
	if f.State = errors.Is(err, ErrBroken); err != nil && !f.State {
		return f, err
	}
	for _, g := range []*edition.Generation{st.current, st.previous} {
		if g == nil {
			continue
		}
		if err := s.scrubObjects(ctx, g, with, &f); err != nil {
			return f, err
		}
		if err := s.scrubBook(ctx, g.Number, with, &f); err != nil {
			return f, err
		}
	}
	s.whole.Clear()
	if now, err := s.state(); err != nil && !f.State || numbers(now) != numbers(st) {
		return Found{}, ErrBusy
	}
	return f, nil
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

func (s *Store) scrubBook(ctx context.Context, number int64, with Scrub, f *Found) error {
	path := s.Book(number)
	i, err := os.Stat(path)
	if err == nil {
		if s.isWhole(path) {
			return nil
		}
		if err = with.Check(ctx, path); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err != nil {
		f.Books = append(f.Books, number)
		return nil
	}
	s.whole.Store(path, true)
	return with.Rest(ctx, i.Size())
}

// scrubObjects reads all that an edition is made of. What its catalogs name can be listed only as far as these are whole.
func (s *Store) scrubObjects(ctx context.Context, g *edition.Generation, with Scrub, f *Found) error {
	needed := map[string]bool{}
	if err := s.needs(g, needed); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: edition %d: %w", g.Number, err)
	}
	for _, sum := range slices.Sorted(maps.Keys(needed)) {
		if s.isWhole(sum) || slices.Contains(f.Lost, sum) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := s.object(sum)
		if err != nil {
			return err
		}
		forget(name)
		b, err := s.Object(sum)
		if err != nil {
			f.Lost = append(f.Lost, sum)
			continue
		}
		f.Objects++
		s.whole.Store(sum, true)
		if err := with.Rest(ctx, int64(len(b))); err != nil {
			return err
		}
	}
	return nil
}

// isWhole says that a scrub which did not come to its end has read it.
func (s *Store) isWhole(name string) bool {
	_, ok := s.whole.Load(name)
	return ok
}

// forget makes the kernel read a file from the disk again: what it remembers of it may be better than what lies there.
func forget(name string) {
	f, err := os.Open(name)
	if err != nil {
		return // whoever reads it will say so
	}
	defer f.Close()
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
}
