package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// TestMain runs the tests in a mount namespace of their own. Where that cannot be had, as without root, they fail: what they are about has not been tried.
func TestMain(m *testing.M) {
	inside, err := apart()
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		os.Exit(ended.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, "faults: needs root, loop devices and /dev/fuse:", err)
		os.Exit(1)
	case !inside:
		os.Exit(m.Run())
	}
}

// Nothing that was acknowledged is lost, and nothing is silently wrong, whatever is done to the disk. The long form is make test-faults.
func TestFaults(t *testing.T) {
	var log bytes.Buffer
	rows, err := tryAll(short, 1, "", &kept{Trials: map[string]tried{}}, &log)
	var table bytes.Buffer
	if err := write(&table, rows); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
	if err != nil {
		t.Errorf("%v\n%s", err, log.Bytes())
	}
	for _, r := range rows {
		if r.tried == 0 {
			t.Errorf("%s was never tried", r.fault)
		}
	}
}

// A disk is what was written to it, over what lies under it, which stays as it was.
func TestDisk(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	under := &disk{size: 10 * blockSize, blocks: map[int64]*[blockSize]byte{}}
	want := make([]byte, under.size)
	write := func(d *disk) {
		for range 20 {
			p := make([]byte, 1+random.IntN(3*blockSize))
			for i := range p {
				p[i] = byte(random.Uint32())
			}
			at := random.IntN(len(want) - len(p))
			d.write(int64(at), p)
			copy(want[at:], p)
		}
	}
	holds := func(d *disk, want []byte) bool {
		got := make([]byte, len(want))
		d.read(0, got)
		return bytes.Equal(got, want)
	}
	write(under)
	before := bytes.Clone(want)
	d := under.over()
	write(d)
	if !holds(d, want) || !holds(under, before) {
		t.Error("a disk over another does not hold what was written, or changed the other")
	}
	now := d.remember()
	then := bytes.Clone(want)
	write(d)
	d.flush()
	d.flush()
	if n := d.happened(); n != 21 || !holds(now, then) {
		t.Errorf("%d events are remembered, not 20 writes and a flush", n)
	}
	for _, e := range d.events {
		now.write(e.at, e.data)
	}
	if !holds(now, want) {
		t.Error("the events do not make the disk again")
	}
}

// Behind a flush everything before it is there; a sector written after it is there whole or not at all.
func TestCrashed(t *testing.T) {
	rec := &recording{before: &disk{size: 4 * blockSize, blocks: map[int64]*[blockSize]byte{}}}
	full := func(b byte) []byte { return bytes.Repeat([]byte{b}, blockSize) }
	rec.events = []event{{0, full(1)}, {}, {blockSize, full(2)}, {0, full(3)}, {}}
	b := &bench{rand: rand.New(rand.NewPCG(1, 1))}
	flushes := rec.flushes()
	if !slices.Equal(flushes, []int{0, 2, 5}) {
		t.Fatalf("flushes %v", flushes)
	}
	seen := map[[2]byte]bool{}
	for range 500 {
		d, at := b.crashed(rec, flushes, 1)
		got := make([]byte, 2*blockSize)
		d.read(0, got)
		for sector := range slices.Chunk(got, 512) {
			if bytes.Count(sector, sector[:1]) != len(sector) {
				t.Fatal("half a sector was written")
			}
		}
		if first := got[0]; first != 1 && first != 3 || at < 2 || at > 4 {
			t.Fatalf("after %d events the first byte is %d", at, first)
		}
		seen[[2]byte{got[0], got[blockSize]}] = true
	}
	if len(seen) != 4 {
		t.Errorf("of two writes in no order only %v were seen", seen)
	}
}
