package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"mingbai.local/sync/store"
)

// flipped (翻位) flips bits of objects and of state.db, one at a time.
func (b *bench) flipped(bits int) (r row, err error) {
	const atOnce = 5000
	var all flipping
	for all.Tried < bits {
		data := filepath.Join(b.dir, "flipped")
		out, err := b.child("flip", data, strconv.Itoa(min(atOnce, bits-all.Tried)), strconv.FormatUint(b.rand.Uint64(), 10)).Output()
		if err != nil {
			return r, err
		}
		var f flipping
		if err := errors.Join(json.Unmarshal(out, &f), os.RemoveAll(data)); err != nil {
			return r, err
		}
		all.add(f)
		r.tried, r.wrong = all.Tried, all.Wrong
		b.progress.tell(&r, all.Tried, bits)
	}
	r.note = fmt.Sprintf("%d told, %d as before, %d as the time before", all.Told, all.Same, all.Older)
	if all.Wrong > 0 {
		r.first = errors.New(all.First)
	}
	return r, nil
}

// flipping is what came of flipped bits.
type flipping struct {
	Tried, Told, Same, Older, Wrong int
	First                           string
}

func (f *flipping) add(more flipping) {
	f.Tried, f.Told, f.Same, f.Older, f.Wrong = f.Tried+more.Tried, f.Told+more.Told, f.Same+more.Same, f.Older+more.Older, f.Wrong+more.Wrong
	if f.First == "" {
		f.First = more.First
	}
}

// flips is the program: it makes a data folder and damages it. A flipped bit must be told, or mean nothing; of state.db, which has two beginnings for just this,
// it may also give what it said the time before.
func flips(o office, data string, bits int, random *rand.Rand, out io.Writer) error {
	k, err := openKiosk(o, data)
	if err != nil {
		return err
	}
	said, err := history(k)
	if err != nil {
		return err
	}
	var files []string
	err = filepath.WalkDir(filepath.Join(data, "s"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	var f flipping
	for n := range bits {
		name, ask := filepath.Join(data, "state.db"), func() error { return askState(k.store, said, &f) }
		if n%2 == 0 {
			name = files[random.IntN(len(files))]
			ask = func() error { return askObject(k.store, filepath.Base(name), &f) }
		}
		if err := flip(name, random, ask); err != nil {
			return err
		}
		f.Tried++
	}
	return json.NewEncoder(out).Encode(f)
}

// history brings the editions and notes what state.db said after each step.
func history(k *kiosk) (said []string, err error) {
	for n := int64(1); n <= recorded; n++ {
		for _, step := range []func() error{
			func() error { return k.pull(n) },
			func() error { _, err := k.store.Began(opens); return err },
			k.store.Settled,
		} {
			if err := step(); err != nil {
				return nil, err
			}
			now, _, err := says(k.store)
			if err != nil {
				return nil, err
			}
			said = append(said, now)
		}
	}
	return said, nil
}

// says is all that a store says of its state.
func says(s *store.Store) (all string, damaged bool, err error) {
	g, damaged, err := s.Serve(func(path string) error { _, err := os.Stat(path); return err })
	if err != nil || damaged {
		return "", damaged, err
	}
	before, _, err := s.Previous()
	if err != nil {
		return "", false, err
	}
	refused, err := s.Refused()
	if err != nil {
		return "", false, err
	}
	files, seen, err := s.Trust()
	return fmt.Sprint(g, before, refused, files, seen), false, err
}

// flip flips one bit of a file, asks, and puts the file back.
func flip(name string, random *rand.Rand, ask func() error) error {
	good, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	bit := random.IntN(8 * len(good))
	good[bit/8] ^= 1 << (bit % 8)
	if err := os.WriteFile(name, good, 0o600); err != nil {
		return err
	}
	err = ask()
	good[bit/8] ^= 1 << (bit % 8)
	return errors.Join(err, os.WriteFile(name, good, 0o600))
}

func askObject(s *store.Store, sum string, f *flipping) error {
	_, err := s.Object(sum)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Told++
	case err == nil:
		f.note("an object is read with a flipped bit")
	}
	return nil
}

func askState(s *store.Store, said []string, f *flipping) error {
	now, damaged, err := says(s)
	last := len(said) - 1
	switch {
	case err != nil:
		return err
	case damaged:
		f.Told++
	case now == said[last]:
		f.Same++
	case now == said[last-1], now == said[last-2]:
		f.Older++
	default:
		f.note("state.db says what it never said")
	}
	return nil
}

func (f *flipping) note(words string) {
	if f.Wrong++; f.First == "" {
		f.First = words
	}
}
