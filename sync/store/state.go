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
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"mingbai.local/sync/edition"
)

// ErrBroken says that state.db is damaged. The next Switch begins a new one.
var ErrBroken = errors.New("store: state.db is damaged")

// The buckets of state.db. Each value is the SHA-256 of its bucket, key and contents, then the contents, and shelf/all is the SHA-256 of all these
// sums: bbolt itself does not notice every bit that flips, and reads a bucket whose page is lost as empty.
var (
	bucketTrust = []byte("trust") // signed files last believed, by role
	bucketSeen  = []byte("seen")  // the newest versions believed, apart from the files
	bucketShelf = []byte("shelf") // current, previous, trial, refused, all
)

// The keys of shelf.
const (
	keyCurrent  = "current"
	keyPrevious = "previous"
	keyTrial    = "trial"
	keyRefused  = "refused"
	keyAll      = "all"
)

type state struct {
	current, previous *edition.Generation
	trial             *trial // of the generation that was switched to last, nil once it is good
	refused           int64  // the generation that crashed the program
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

func (s *Store) stateFile() string { return filepath.Join(s.dir, "state.db") }

// transact opens a state.db for one transaction. A damaged file can make bbolt panic or fault.
func transact(name string, readOnly bool, f func(tx *bolt.Tx) error) (err error) {
	var file *os.File
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrBroken, r)
			if file != nil { // its map keeps the lock of the file, which is closed
				err = errors.Join(err, syscall.Flock(int(file.Fd()), syscall.LOCK_UN), file.Close())
			}
		}
	}()
	db, err := bolt.Open(name, 0o600, &bolt.Options{
		Timeout: 10 * time.Second, ReadOnly: readOnly, FreelistType: bolt.FreelistMapType,
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			file, err = os.OpenFile(name, flag, mode)
			return file, err
		},
	})
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
func (s *Store) state() (st state, err error) {
	err = transact(s.stateFile(), true, func(tx *bolt.Tx) error {
		st, err = load(tx)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return st, err
}

// load reads all of state.db. With an error it is what can still be read.
func load(tx *bolt.Tx) (state, error) {
	st := state{files: map[string][]byte{}}
	k := &keeper{tx: tx}
	var all []byte
	into := map[string]any{keyCurrent: &st.current, keyPrevious: &st.previous, keyTrial: &st.trial, keyRefused: &st.refused}
	err := errors.Join(
		k.each(bucketSeen, func(_ string, v []byte) error { st.seen = v; return nil }),
		k.each(bucketTrust, func(role string, v []byte) error { st.files[role] = v; return nil }),
		k.each(bucketShelf, func(key string, v []byte) error {
			if key == keyAll {
				all = v
				return nil
			}
			if _, known := into[key]; !known {
				return nil // of a newer program
			}
			return json.Unmarshal(v, into[key])
		}))
	if err == nil && !bytes.Equal(all, k.total()) {
		err = errors.New("a value is lost")
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrBroken, err)
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

// Switch makes g current and what was believed for it known, in one transaction. The book must be whole at Book(g.Number), and its name synced. The
// generation that was current becomes the previous one, unless it had not proved itself: then the previous one stays the last that had.
func (s *Store) Switch(g edition.Generation, files map[string][]byte, seen []byte) error {
	return s.mend(func(st *state) error {
		if st.current != nil && st.current.Number != g.Number {
			if !st.tried() {
				st.previous = st.current
			}
			st.trial = &trial{Number: g.Number}
		}
		st.current = &g
		st.files, st.seen = files, seen
		return nil
	})
}

// Confirm notes that a depot said, with these signed files, that the current generation is the newest.
func (s *Store) Confirm(at time.Time, files map[string][]byte, seen []byte) error {
	return s.mend(func(st *state) error {
		if st.current == nil {
			return errors.New("no edition to confirm")
		}
		st.current.SyncedAt = at
		st.files, st.seen = files, seen
		return nil
	})
}

// Back makes the previous generation current, and the current one previous. What has been believed stays, so that an update brings only an
// edition that is newer than both.
func (s *Store) Back() (g edition.Generation, err error) {
	err = s.change(func(st *state) error {
		if st.previous == nil {
			return errors.New("there is no previous edition")
		}
		st.current, st.previous = st.previous, st.current
		if st.trial != nil {
			st.trial.Open = false // whatever happens now is no fault of the edition that is left
		}
		g = *st.current
		return nil
	})
	return g, err
}

// errSame ends a change that changes nothing, so that nothing is written.
var errSame = errors.New("nothing changes")

// change lets decide look at the state and change it, in one transaction, so that of two programs the second decides by what the first has written.
func (s *Store) change(decide func(st *state) error) error {
	if _, err := os.Stat(s.stateFile()); err != nil {
		return fmt.Errorf("store: no edition has been taken yet: %w", err)
	}
	err := transact(s.stateFile(), false, func(tx *bolt.Tx) error {
		st, err := load(tx)
		if err == nil {
			err = decide(&st)
		}
		if err == nil {
			err = save(tx, &st)
		}
		return err
	})
	switch {
	case errors.Is(err, errSame):
		return nil
	case err != nil:
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// mend is change for the writer, who makes a new state.db of what can still be read where there is none that can be written.
func (s *Store) mend(decide func(st *state) error) error {
	err := s.change(decide)
	if !errors.Is(err, ErrBroken) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	st, err := s.state()
	if errors.Is(err, ErrBroken) {
		st, err = state{}, nil // the rest of it cannot be believed
	}
	if err == nil {
		err = decide(&st)
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	part := s.stateFile() + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	err = transact(part, false, func(tx *bolt.Tx) error { return save(tx, &st) })
	if err == nil {
		err = os.Rename(part, s.stateFile())
	}
	if err != nil {
		return fmt.Errorf("store: %w", errors.Join(err, os.Remove(part)))
	}
	return syncDir(s.dir)
}

func save(tx *bolt.Tx, st *state) error {
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
	for key, v := range map[string]any{keyCurrent: st.current, keyPrevious: st.previous, keyTrial: st.trial, keyRefused: st.refused} {
		b, err := json.Marshal(v)
		if err == nil {
			err = k.put(bucketShelf, key, b)
		}
		if err != nil {
			return err
		}
	}
	return k.put(bucketShelf, keyAll, k.total())
}
