package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"mingbai.local/sync/edition"
)

// ErrBroken says that state.db cannot be read. The next Switch begins a new one.
var ErrBroken = errors.New("store: state.db is damaged")

// The buckets of state.db. Each value is the SHA-256 of its bucket, key and contents, then the contents, and shelf/all is the SHA-256 of all these
// sums: bbolt itself does not notice every bit that flips, and reads a bucket whose page is lost as empty.
var (
	bucketTrust = []byte("trust") // signed files last believed, by role
	bucketSeen  = []byte("seen")  // the newest versions believed, apart from the files
	bucketShelf = []byte("shelf") // current, previous, all
)

type state struct {
	current, previous *edition.Generation
	files             map[string][]byte
	seen              []byte
}

func sum(bucket, key, value []byte) []byte {
	h := sha256.New()
	for _, b := range [][]byte{bucket, key} {
		h.Write(b)
		h.Write([]byte{0})
	}
	h.Write(value)
	return h.Sum(nil)
}

// keeper writes or reads values and adds up their sums.
type keeper struct {
	tx  *bolt.Tx
	all [][]byte
}

func (k *keeper) put(bucket []byte, key string, value []byte) error {
	h := sum(bucket, []byte(key), value)
	k.all = append(k.all, h)
	return k.tx.Bucket(bucket).Put([]byte(key), append(h, value...))
}

// each calls f for every value of a bucket that is whole.
func (k *keeper) each(bucket []byte, f func(key string, value []byte) error) error {
	b := k.tx.Bucket(bucket)
	if b == nil {
		return fmt.Errorf("%s is lost", bucket)
	}
	var damaged error
	err := b.ForEach(func(key, v []byte) error {
		if len(v) < sha256.Size || !bytes.Equal(v[:sha256.Size], sum(bucket, key, v[sha256.Size:])) {
			damaged = fmt.Errorf("%s/%s is damaged", bucket, key)
			return nil
		}
		if string(key) != keyAll {
			k.all = append(k.all, bytes.Clone(v[:sha256.Size]))
		}
		return f(string(key), bytes.Clone(v[sha256.Size:]))
	})
	return errors.Join(err, damaged)
}

// total is the sum of all sums.
func (k *keeper) total() []byte {
	slices.SortFunc(k.all, bytes.Compare)
	h := sha256.Sum256(bytes.Join(k.all, nil))
	return h[:]
}

const keyAll = "all"

func (s *Store) stateFile() string { return filepath.Join(s.dir, "state.db") }

// transact opens state.db for one transaction. A damaged file can make bbolt panic or fault.
func (s *Store) transact(readOnly bool, f func(tx *bolt.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrBroken, r)
		}
	}()
	db, err := bolt.Open(s.stateFile(), 0o600, &bolt.Options{Timeout: 10 * time.Second, ReadOnly: readOnly, FreelistType: bolt.FreelistMapType})
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("store: %w", err)
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("store: state.db is held by another program: %w", err)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	do := db.Update
	if readOnly {
		do = db.View
	}
	return errors.Join(do(f), db.Close())
}

// state reads all of state.db. Where there is none, nothing has been decided.
func (s *Store) state() (state, error) {
	st := state{files: map[string][]byte{}}
	err := s.transact(true, func(tx *bolt.Tx) error {
		k := &keeper{tx: tx}
		var all []byte
		err := errors.Join(
			k.each(bucketSeen, func(_ string, v []byte) error { st.seen = v; return nil }),
			k.each(bucketTrust, func(role string, v []byte) error { st.files[role] = v; return nil }),
			k.each(bucketShelf, func(key string, v []byte) error {
				if key == keyAll {
					all = v
					return nil
				}
				g := &edition.Generation{}
				if key == "current" {
					st.current = g
				} else {
					st.previous = g
				}
				return json.Unmarshal(v, g)
			}))
		if err == nil && !bytes.Equal(all, k.total()) {
			err = errors.New("a value is lost")
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return st, err
}

// Current is the generation that should serve; ok is false when there is none, or no telling.
func (s *Store) Current() (g edition.Generation, ok bool, err error) {
	st, err := s.state()
	return pick(st.current, err)
}

// Previous is the generation that served before.
func (s *Store) Previous() (g edition.Generation, ok bool, err error) {
	st, err := s.state()
	return pick(st.previous, err)
}

func pick(g *edition.Generation, err error) (edition.Generation, bool, error) {
	if errors.Is(err, ErrBroken) {
		return edition.Generation{}, false, nil
	}
	if err != nil || g == nil {
		return edition.Generation{}, false, err
	}
	return *g, true, nil
}

// Trust is what has been believed: signed files by role, and what remains when those are lost; package trust knows what they mean. Of a damaged
// state.db it is what can still be read.
func (s *Store) Trust() (files map[string][]byte, seen []byte, err error) {
	st, err := s.state()
	if errors.Is(err, ErrBroken) {
		err = nil
	}
	return st.files, st.seen, err
}

// Switch makes g current and what was believed for it known, in one transaction. The book must be whole at Book(g.Number). The generation that was
// current becomes the previous one.
func (s *Store) Switch(g edition.Generation, files map[string][]byte, seen []byte) error {
	if err := syncDir(filepath.Join(s.dir, "gen")); err != nil {
		return err
	}
	st, err := s.state()
	if errors.Is(err, ErrBroken) {
		if err := os.Rename(s.stateFile(), s.stateFile()+".broken"); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		st, err = state{}, nil
	}
	if err != nil {
		return err
	}
	if st.current != nil && st.current.Number != g.Number {
		st.previous = st.current
	}
	st.current = &g
	st.files, st.seen = files, seen
	return s.save(st)
}

// Confirm notes that a depot said, with these signed files, that the current generation is the newest.
func (s *Store) Confirm(at time.Time, files map[string][]byte, seen []byte) error {
	st, err := s.state()
	if err != nil {
		return err
	}
	if st.current == nil {
		return errors.New("store: no edition to confirm")
	}
	st.current.SyncedAt = at
	st.files, st.seen = files, seen
	return s.save(st)
}

// Back makes the previous generation current, and the current one previous. What has been believed stays, so that an update brings only an
// edition that is newer than both.
func (s *Store) Back() (edition.Generation, error) {
	st, err := s.state()
	if err != nil {
		return edition.Generation{}, err
	}
	if st.previous == nil {
		return edition.Generation{}, errors.New("store: there is no previous edition")
	}
	st.current, st.previous = st.previous, st.current
	return *st.current, s.save(st)
}

func (s *Store) save(st state) error {
	err := s.transact(false, func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketTrust, bucketSeen, bucketShelf} {
			if err := tx.DeleteBucket(name); err != nil && !errors.Is(err, berrors.ErrBucketNotFound) {
				return err
			}
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		k := &keeper{tx: tx}
		for role, b := range st.files {
			if err := k.put(bucketTrust, role, b); err != nil {
				return err
			}
		}
		if err := k.put(bucketSeen, "seen", st.seen); err != nil {
			return err
		}
		for key, g := range map[string]*edition.Generation{"current": st.current, "previous": st.previous} {
			if g == nil {
				continue
			}
			b, err := json.Marshal(g)
			if err != nil {
				return err
			}
			if err := k.put(bucketShelf, key, b); err != nil {
				return err
			}
		}
		return k.put(bucketShelf, keyAll, k.total())
	})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return syncDir(s.dir)
}
