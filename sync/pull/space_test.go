package pull_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/pull"
)

// disk is a shelf on a disk of which it says itself how much is free.
type disk struct {
	pull.Shelf
	free  int64
	frees int64 // by a sweep
	put   int
	swept int
}

func (s *disk) Free() (int64, error) { return s.free, nil }

func (s *disk) Put(sum string, n int64, r io.Reader) error {
	s.put++
	return s.Shelf.Put(sum, n, r)
}

func (s *disk) Sweep(wanted ...edition.Generation) (int64, error) {
	s.swept++
	s.free += s.frees
	return s.Shelf.Sweep(wanted...)
}

func (k *kiosk) onDisk(free, frees int64) *disk {
	d := &disk{Shelf: k.store, free: free, frees: frees}
	k.job.Shelf = d
	return d
}

const plenty = 1 << 30

// Before the first shard it is known whether there is room for all of them and for the book.
func TestNoSpace(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	s := k.onDisk(1<<20, 0)
	_, err := k.pull()
	var space *pull.NoSpace
	if !errors.As(err, &space) || space.Edition != 1 || space.Free != 1<<20 || space.Need < 64<<20 || space.Need > 100<<20 ||
		space.Missing() != space.Need-space.Free || pull.FaultOf(err) != pull.Full {
		t.Errorf("%v", err)
	}
	if s.put != 8 { // four catalogs and four indexes, no shard
		t.Errorf("%d objects written", s.put)
	}
	s.free = space.Need
	if r := k.mustPull(); !r.Changed {
		t.Errorf("with what it said it needs: %+v", r)
	}
}

// Where it is tight, what no edition needs any more makes room, and nothing of the edition that is being fetched goes with it.
func TestRoomIsMadeOfWhatNobodyNeeds(t *testing.T) {
	o, k, w, _ := second(t)
	w.set(o.Dir, onShards(part(10_000)))
	if _, err := k.pull(); err == nil {
		t.Fatal("the line did not break")
	}
	orphan := filepath.Join(k.dir, "s", "ab", strings.Repeat("ab", 32))
	if err := os.MkdirAll(filepath.Dir(orphan), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(orphan, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	w.set(o.Dir, nil)
	s := k.onDisk(1<<20, plenty)
	before := len(w.requests())
	if r := k.mustPull(); r.Edition != 2 || s.swept == 0 {
		t.Errorf("%+v, swept %d times", r, s.swept)
	}
	if _, err := os.Stat(orphan); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the orphan is still there: %v", err)
	}
	shards := w.requests()[before:]
	if last := shards[len(shards)-1]; !strings.HasPrefix(last, "s/") || strings.HasSuffix(last, " -1") {
		t.Errorf("what had come of a shard was swept away: %q", shards)
	}
}

// The disk runs full although there seemed to be room: the edition before serves on, nothing is left of what was begun, and the same edition is not
// tried again before more is free, because each try wears the disk out.
func TestADiskThatRunsFullIsNotTriedAgain(t *testing.T) {
	_, k, _, _ := second(t)
	before := k.shows()
	s := k.onDisk(plenty, 0)
	made := 0
	full := func(context.Context, edition.Generation, func(pull.Progress)) error {
		made++
		return &fs.PathError{Op: "write", Path: "gen/2.db.part", Err: syscall.ENOSPC}
	}
	k.job.Make = full
	_, err := k.pull()
	var lacked *pull.NoSpace
	if !errors.As(err, &lacked) || lacked.Edition != 2 || lacked.Missing() <= 0 || pull.FaultOf(err) != pull.Full || k.shows() != before {
		t.Fatalf("%v", err)
	}
	tried := made
	k.job.Lacked = lacked
	for _, free := range []int64{plenty, plenty - 1<<20, plenty + 1<<20} {
		s.free = free
		if _, err := k.pull(); pull.FaultOf(err) != pull.Full || made != tried || k.shows() != before {
			t.Errorf("%d bytes free, as before: %v, made %d times", free, err, made)
		}
	}
	// What was refused before it began is tried as soon as there is what it needs, however little more that is.
	k.job.Lacked = &pull.NoSpace{Edition: 2, Need: plenty, Free: plenty - 1}
	s.free = plenty
	if _, err := k.pull(); pull.FaultOf(err) != pull.Full || made <= tried {
		t.Errorf("%v", err)
	}
	tried = made
	// Another edition may be smaller, and staff who ask know why.
	k.job.Lacked = &pull.NoSpace{Edition: 1, Need: lacked.Need, Free: lacked.Free}
	if _, err := k.pull(); pull.FaultOf(err) != pull.Full || made <= tried {
		t.Errorf("%v", err)
	}
	k.job.Lacked, k.job.Make = lacked, builds(k.store, build)
	s.free = plenty + 32<<20
	if r := k.mustPull(); r.Edition != 2 || r.ShardsFetched != 0 {
		t.Errorf("with more free: %+v", r)
	}
}

// A disk that fails is no fault of who sent the data.
func TestABadDiskIsNotTampering(t *testing.T) {
	_, k, _, _ := second(t)
	k.job.Shelf = &sick{k.store}
	if _, err := k.pull(); pull.FaultOf(err) != pull.Internal {
		t.Errorf("%v", err)
	}
}

// sick is a shelf whose disk takes the bytes and then cannot sync them.
type sick struct{ pull.Shelf }

func (s *sick) Put(_ string, _ int64, r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	return &fs.PathError{Op: "sync", Path: "s", Err: syscall.EIO}
}
