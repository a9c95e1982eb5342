package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// recording (录像) is everything that a program had written to its disk, flush by flush, and when it said what.
type recording struct {
	before *disk
	events []event
	heard  []heard
}

// heard is what had been acknowledged once so many events had happened.
type heard struct {
	events int
	p      promised
}

// record lets act work on a disk that remembers, after prepare has put there what it finds.
func (b *bench) record(f fileSystem, prepare func(at string) error, act func(d *disk, at string, rec *recording) error) (rec *recording, err error) {
	image := filepath.Join(b.dir, f.name+".empty")
	if err := f.format(image); err != nil {
		return nil, err
	}
	base, err := readDisk(image)
	if err = errors.Join(err, os.Remove(image)); err != nil {
		return nil, err
	}
	d := base.over()
	b.disks.show(d)
	v, err := b.shown("recorded")
	if err != nil {
		return nil, err
	}
	if err := v.mount(); err != nil {
		return nil, err
	}
	err = prepare(v.at)
	if err == nil {
		err = run("sync", "-f", v.at)
	}
	if err == nil {
		// What is recorded begins with a mounted file system: making one is nobody's promise.
		rec = &recording{before: d.remember()}
		err = act(d, v.at, rec)
	}
	if err == nil {
		rec.events = d.events[:d.happened()]
	}
	return rec, errors.Join(err, v.unmount())
}

// shown is the disk that is shown, as a volume.
func (b *bench) shown(name string) (*volume, error) {
	v := &volume{b.disks.path(), filepath.Join(b.dir, name)}
	return v, os.MkdirAll(v.at, 0o700)
}

// updates runs the updater. It waits after each acknowledgement until it is noted how far the disk was.
func (b *bench) updates(d *disk, at string, rec *recording) error {
	var p promised
	return b.listened(filepath.Join(at, "data"), func(line string) (enough bool) {
		p.hear(line)
		rec.heard = append(rec.heard, heard{d.happened(), p})
		return false
	})
}

// recorded is how many editions are recorded: the first, one after it, and one that sweeps.
const recorded = 3

// promisedAt is what had been acknowledged after so many events.
func (r *recording) promisedAt(events int) (p promised) {
	for _, h := range r.heard {
		if h.events > events {
			break
		}
		p = h.p
	}
	return p
}

// flushes are the places behind each flush, and the beginning.
func (r *recording) flushes() []int {
	out := []int{0}
	for i, e := range r.events {
		if e.data == nil {
			out = append(out, i+1)
		}
	}
	return out
}

// replays (重放) lets the power go behind every flush of a recording: what was flushed is there, and of what came after it, up to the next flush, any part. A
// disk writes 512 bytes whole or not at all.
func (b *bench) replays(f fileSystem, images int) (row, error) {
	rec, err := b.record(f, func(string) error { return nil }, b.updates)
	if err != nil {
		return row{}, err
	}
	return b.replay(rec, f, images, func(at string, p promised) error { return b.verify(filepath.Join(at, "data"), p) })
}

// replay makes that many disks of a recording and lets verify look at each.
func (b *bench) replay(rec *recording, f fileSystem, images int, verify func(at string, p promised) error) (r row, err error) {
	v, err := b.shown("replayed")
	if err != nil {
		return r, err
	}
	flushes := rec.flushes()
	r.note = fmt.Sprintf("%d writes, %d flushes", len(rec.events)-len(flushes), len(flushes))
	// Every flush comes before any comes twice.
	points := b.rand.Perm(len(flushes))
	for len(points) < images {
		points = append(points, b.rand.Perm(len(flushes))...)
	}
	for n, flush := range points[:images] {
		d, at := b.crashed(rec, flushes, flush)
		b.disks.show(d)
		bad := inspect(f, v, func() error { return verify(v.at, rec.promisedAt(at)) })
		if err := b.count(&r, bad, fmt.Sprintf("flush %d of %d, %d events of %d", flush, len(flushes), at, len(rec.events))); err != nil {
			return r, err
		}
		if bad != nil && b.impatient {
			break
		}
		b.progress.tell(&r, n+1, images)
	}
	return r, nil
}

// crashed is the disk after a power cut just behind a flush or at a random moment after it. at is how many events had happened.
func (b *bench) crashed(rec *recording, flushes []int, flush int) (d *disk, at int) {
	from, to := flushes[flush], len(rec.events)
	if flush+1 < len(flushes) {
		to = flushes[flush+1] - 1
	}
	d = rec.before.over()
	for _, e := range rec.events[:from] {
		d.write(e.at, e.data)
	}
	at = from + b.rand.IntN(to-from+1)
	likely := b.rand.IntN(5) // in four, whether a sector was written; all and none happen
	for _, e := range rec.events[from:at] {
		const sector = 512
		for i := 0; i < len(e.data); i += sector {
			if b.rand.IntN(4) < likely {
				d.write(e.at+int64(i), e.data[i:min(i+sector, len(e.data))])
			}
		}
	}
	return d, at
}

// inspect mounts what the power cut left, as a machine does that starts again, and lets verify look at it.
func inspect(f fileSystem, v *volume, verify func() error) error {
	err := v.mount()
	if err != nil && f.mend != nil {
		_ = run(f.mend[0], append(f.mend[1:], v.image)...) // its exit code says that there was something to mend
		err = v.mount()
	}
	if err != nil {
		return &violation{"lost: the file system: " + err.Error()}
	}
	return errors.Join(verify(), v.unmount())
}
