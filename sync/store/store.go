// Package store is what a kiosk holds on its disk.
//
// There are one writer, which brings editions (期) in, and any number of readers, which serve the books (册) made of them; both may be different
// programs at the same time. In the data folder lie
//
//	state.db             which book serves, which served before, and what has been believed (bbolt; opened for each transaction)
//	s/<aa>/<sha256>      catalogs, indexes and shards (块) as stored in a depot, each under its hash; with .part what has come of one so far
//	gen/<number>.db      a book for each edition
//	lock                 held by the writer while it writes
//
// What is promised: a file under its name is whole, because it was written under another name, checked, synced and renamed; the one transaction of
// Switch decides which book serves and what has been believed, both or neither; whatever else is damaged or lost, down to state.db itself, the
// newest book that still opens serves, and from s/ it can be built again without a network.
//
// An edition that was switched to is on trial. The program says when it begins to serve it (Began), when it ends or has gone on for GoodAfter (Ended),
// and when the edition has proved itself (Settled). Of one that crashes the program twice the next start goes back to the last that proved itself.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"mingbai.local/sync/edition"
)

// Store (库) is a data folder.
type Store struct {
	dir   string
	began atomic.Int64 // the edition that this program serves, as far as it has said
}

// ErrBusy says that another program is writing.
var ErrBusy = errors.New("store: another program is updating this data folder")

// Open opens a data folder, which it makes where there is none.
func Open(dir string) (*Store, error) {
	for _, d := range []string{"s", "gen"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	return &Store{dir: dir}, nil
}

// Lock makes the caller the writer, or returns ErrBusy.
func (s *Store) Lock() (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(s.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
}

// Making makes the caller the one who makes a book here, and waits for another one. Of the writer there is one anyway; but what makes a book for a
// program that was killed outlives its lock a little, and must not take the half book of the next one for its own.
func (s *Store) Making() (done func() error, err error) {
	f, err := os.Open(filepath.Join(s.dir, "gen"))
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return flock(f, syscall.LOCK_EX)
}

func flock(f *os.File, how int) (unlock func() error, err error) {
	err = syscall.EINTR
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Flock(int(f.Fd()), how)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrBusy
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

func (s *Store) object(sha256 string) (string, error) {
	if len(sha256) != 64 || strings.Trim(sha256, "0123456789abcdef") != "" {
		return "", fmt.Errorf("store: %q is no hash", sha256)
	}
	return filepath.Join(s.dir, "s", sha256[:2], sha256), nil
}

// Has says whether an object of that length is there. Its bytes are checked when it is read.
func (s *Store) Has(sha256 string, length int64) bool {
	name, err := s.object(sha256)
	if err != nil {
		return false
	}
	i, err := os.Stat(name)
	return err == nil && i.Mode().IsRegular() && i.Size() == length
}

// Object reads an object. One that is damaged is deleted and counts as missing: fs.ErrNotExist.
func (s *Store) Object(sum string) ([]byte, error) {
	name, err := s.object(sum)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != sum {
		return nil, errors.Join(fmt.Errorf("store: object %s was damaged and is deleted: %w", sum, fs.ErrNotExist), os.Remove(name))
	}
	return b, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Free is the number of bytes that can still be written.
func (s *Store) Free() (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(s.dir, &st); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

// Book is the path of an edition's book, whether it is there or not.
func (s *Store) Book(number int64) string {
	return filepath.Join(s.dir, "gen", strconv.FormatInt(number, 10)+".db")
}

// books lists the numbers of the books on disk, the newest first.
func (s *Store) books() ([]int64, error) {
	list, err := os.ReadDir(filepath.Join(s.dir, "gen"))
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	var out []int64
	for _, e := range list {
		name, ok := strings.CutSuffix(e.Name(), ".db")
		if n, err := strconv.ParseInt(name, 10, 64); ok && err == nil && n > 0 {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

// Newest is the highest number among the books on disk, 0 when there is none. It stands in for what has been believed when state.db is lost.
func (s *Store) Newest() int64 {
	all, err := s.books()
	if err != nil || len(all) == 0 {
		return 0
	}
	return all[0]
}

// Serve finds the book to serve: the current one, else the previous one, else the newest on disk for which open returns nil. damaged says that it is
// not the one that should serve, so that an update should repair the store. When no book opens the error is fs.ErrNotExist.
func (s *Store) Serve(open func(path string) error) (g edition.Generation, damaged bool, err error) {
	st, err := s.state()
	if err != nil && !errors.Is(err, ErrBroken) {
		return edition.Generation{}, false, err
	}
	damaged = err != nil
	var failed []error
	tried := map[int64]bool{}
	for _, g := range []*edition.Generation{st.current, st.previous} {
		if g == nil {
			continue
		}
		tried[g.Number] = true
		err := open(s.Book(g.Number))
		if err == nil {
			return *g, damaged, nil
		}
		failed = append(failed, fmt.Errorf("edition %d: %w", g.Number, err))
		damaged = true
	}
	all, err := s.books()
	if err != nil {
		return edition.Generation{}, damaged, err
	}
	for _, n := range all {
		// A book newer than the current one was built and never switched to, or switched back from.
		if tried[n] || st.current != nil && n > st.current.Number {
			continue
		}
		err := open(s.Book(n))
		if err == nil {
			return edition.Generation{Number: n}, true, nil
		}
		failed = append(failed, fmt.Errorf("edition %d: %w", n, err))
	}
	return edition.Generation{}, damaged || len(failed) > 0, fmt.Errorf("store: no book opens: %w", errors.Join(append(failed, fs.ErrNotExist)...))
}

// Sweep deletes what neither the current nor the previous edition needs, nor those that are wanted next, whose lists are here. It returns the bytes
// freed.
func (s *Store) Sweep(wanted ...edition.Generation) (int64, error) {
	st, err := s.state()
	if err != nil {
		return 0, err
	}
	if st.current == nil {
		return 0, nil
	}
	kept := []*edition.Generation{st.current, st.previous}
	for i := range wanted {
		kept = append(kept, &wanted[i])
	}
	var freed int64
	books, needed := map[string]bool{}, map[string]bool{}
	for _, g := range kept {
		if g == nil {
			continue
		}
		books[filepath.Base(s.Book(g.Number))] = true
		// Of a format before this program's nothing can be made any more: its book is all that is kept. A newer program may come back for what is newer.
		if err := s.needs(g, needed); err != nil && (!errors.Is(err, errFormat) || errors.Is(err, edition.ErrNewer)) {
			return 0, fmt.Errorf("store: edition %d: %w", g.Number, err)
		}
	}
	err = filepath.WalkDir(s.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch top, _, _ := strings.Cut(strings.TrimPrefix(name, s.dir+string(filepath.Separator)), string(filepath.Separator)); {
		case top == "gen" && books[d.Name()], top == "s" && needed[strings.TrimSuffix(d.Name(), ".part")], top != "gen" && top != "s":
			return nil
		}
		if i, err := d.Info(); err == nil {
			freed += i.Size()
		}
		return os.Remove(name)
	})
	if err != nil {
		return freed, fmt.Errorf("store: %w", err)
	}
	return freed, nil
}

// errFormat says that an edition's lists are whole and not of the format that this program reads.
var errFormat = errors.New("store: of another program's format")

// needs adds the hashes of all objects that a generation names.
func (s *Store) needs(g *edition.Generation, needed map[string]bool) error {
	e, err := s.lists(g, needed)
	if err != nil {
		return err
	}
	for _, shard := range e.Shards() {
		needed[shard.SHA256Z] = true
	}
	return nil
}

// lists reads the lists of a generation and adds their hashes.
func (s *Store) lists(g *edition.Generation, needed map[string]bool) (*edition.Edition, error) {
	var unread error
	e, err := edition.Load(g.Catalogs, func(_ string, r edition.Ref) ([]byte, error) {
		needed[r.SHA256] = true
		b, err := s.Object(r.SHA256)
		unread = errors.Join(unread, err)
		return b, err
	})
	if err != nil && unread == nil {
		err = fmt.Errorf("%w: %w", errFormat, err)
	}
	return e, err
}
