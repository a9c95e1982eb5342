package stick

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"time"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// Filling is one filling of a stick.
type Filling struct {
	From depot.Depot
	// To is where the stick is mounted: /media/u/KINGSTON, E:\.
	To string
	// Card says whose signatures count. Without one the source is taken at its word, and the kiosk judges.
	Card     Card
	Now      time.Time
	Progress func(Progress) // may be nil
	// Patience is how long is waited before a source that broke off is asked again, and twice and three times that; 0 means a second.
	Patience time.Duration
}

// Stage is what a filling is doing.
type Stage string

// The stages, in their order.
const (
	Reading  Stage = "reading"  // what the source and the stick hold
	Checking Stage = "checking" // what lies on the stick already, counted in bytes
	Copying  Stage = "copying"  // counted in bytes
	Tidying  Stage = "tidying"  // what nobody needs any more goes
)

// Progress is how far a stage is, in bytes.
type Progress struct {
	Stage       Stage
	Done, Total int64
}

// Pace (快慢) says how long a stage still takes, by how long it has taken so far.
type Pace struct {
	Progress
	since time.Time // when the stage began
	from  int64     // what it began with
}

// Tell notes how far it is.
func (p *Pace) Tell(now Progress, at time.Time) {
	if now.Stage != p.Stage {
		p.since, p.from = at, now.Done
	}
	p.Progress = now
}

// Left is the time that the stage still takes, 0 where there is no telling: a guess in the first second would only jump.
func (p *Pace) Left(now time.Time) time.Duration {
	spent, done := now.Sub(p.since), p.Done-p.from
	if spent < time.Second || done <= 0 || p.Done >= p.Total {
		return 0
	}
	return time.Duration(float64(spent) * float64(p.Total-p.Done) / float64(done))
}

// Filled is what came of a filling.
type Filled struct {
	Holding
	// Before is what the stick held, zero for nothing.
	Before  Holding `json:"before"`
	Changed bool    `json:"changed"`
	Copied  int     `json:"files_copied"`
	Kept    int     `json:"files_kept"`
	Removed int     `json:"files_removed"`
	Bytes   int64   `json:"bytes"`
	// Stale says that the office has not signed for longer than it promised.
	Stale bool `json:"stale"`
}

// RollbackError says that the stick holds a newer edition than the source.
type RollbackError struct{ Stick, Source Holding }

func (e *RollbackError) Error() string {
	return fmt.Sprintf("the source has edition %d as of %s, the stick %d as of %s", e.Source.Edition, e.Source.AsOf, e.Stick.Edition, e.Stick.AsOf)
}
func (e *RollbackError) Unwrap() error { return trust.ErrRollback }

// ForeignError says that the source is another county's.
type ForeignError struct{ Want, Got Holding }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("county %s, not %s", e.Got.County, e.Want.County)
}
func (e *ForeignError) Unwrap() error { return trust.ErrForeign }

// Fill brings the newest edition of a depot to a stick. An error leaves the edition that lies there in its place, unless the stick had no room for two.
func Fill(ctx context.Context, f Filling) (out Filled, err error) {
	dir, err := openFolder(f.To)
	if err != nil {
		return Filled{}, of(f.To, err)
	}
	defer func() { err = of(f.To, errors.Join(err, dir.close())) }()
	r := &filling{Filling: f, ctx: ctx, dir: dir}
	if err := r.all(); err != nil {
		return Filled{}, fmt.Errorf("stick: fill: %w", err)
	}
	return r.out, nil
}

type filling struct {
	Filling
	ctx context.Context
	dir *folder
	out Filled
}

func (r *filling) report(s Stage, done, total int64) {
	if r.Progress != nil {
		r.Progress(Progress{s, done, total})
	}
}

func (r *filling) all() error {
	r.report(Reading, 0, 0)
	next, err := r.accept()
	if err != nil {
		return err
	}
	r.out.Holding, r.out.Stale = next.Holding, next.stale
	want := wanted(next)
	missing, err := r.missing(want)
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, x := range want {
		keep[x.path] = true
	}
	if err := r.room(missing, keep); err != nil {
		return err
	}
	if err := r.dropRoots(keep); err != nil {
		return err
	}
	if err := r.copyAll(missing); err != nil {
		return err
	}
	r.report(Tidying, 0, 0)
	return r.sweep(keep)
}

// accept reads what the source holds, as one who has seen what the stick holds.
func (r *filling) accept() (*reading, error) {
	var seen trust.Seen
	own := r.own()
	card := r.Card
	if own != nil {
		seen, r.out.Before = own.seen, own.Holding
		// Without a card the edition that lies there says whose stick this is.
		card.County, card.Root = own.County, own.root
	}
	next, err := read(r.ctx, r.From, card, seen, r.Now)
	switch {
	case errors.Is(err, trust.ErrRollback) && own != nil:
		if got, again := read(r.ctx, r.From, card, trust.Seen{}, r.Now); again == nil {
			return nil, &RollbackError{own.Holding, got.Holding}
		}
	case errors.Is(err, trust.ErrForeign):
		want := Holding{County: card.County, CountyName: card.CountyName}
		if r.Card.Root == nil {
			want = own.Holding
		}
		if got, again := read(r.ctx, r.From, Card{}, trust.Seen{}, r.Now); again == nil {
			return nil, &ForeignError{want, got.Holding}
		}
	}
	return next, err
}

// own is what the stick holds, nil where that is nothing or broken: then it is as an empty one.
func (r *filling) own() *reading {
	d, err := depot.Dir(filepath.Join(r.To, Folder))
	if err != nil {
		return nil
	}
	defer d.Close()
	own, err := read(r.ctx, d, r.Card, trust.Seen{}, r.Now)
	if err != nil {
		return nil
	}
	return own
}

// wanted lists all files of an edition in the order in which they are written: what is named before what names it, the timestamp last.
func wanted(next *reading) []file {
	var out []file
	for _, s := range next.edition.Shards() {
		out = append(out, file{path: edition.ShardPath(s.SHA256Z), sha256: s.SHA256Z, length: s.LenZ})
	}
	return append(out, next.files...)
}

// missing lists what the stick lacks.
func (r *filling) missing(want []file) (out []file, err error) {
	var done, total int64
	for _, x := range want {
		total += x.length
	}
	for _, x := range want {
		if err := context.Cause(r.ctx); err != nil {
			return nil, err
		}
		r.report(Checking, done, total)
		if r.dir.holds(x) {
			r.out.Kept++
		} else {
			out = append(out, x)
		}
		done += x.length
	}
	return out, nil
}

// A file takes whole clusters, and FAT sticks are made with clusters of up to 32 KiB, exFAT ones of up to 128 KiB and more.
const spare = 1 << 20

// room refuses an edition for which the stick is too small, before the first byte. Where there is room for one edition but not for two, the old one goes.
func (r *filling) room(missing []file, keep map[string]bool) error {
	free, cluster, err := room(r.To)
	if err != nil {
		return &MediumError{Err: err}
	}
	var need int64
	dirs := map[string]bool{}
	for _, x := range missing {
		need += clusters(x.length, cluster)
		if dir := path.Dir(x.path); !dirs[dir] {
			dirs[dir] = true
			if _, err := r.dir.root.Lstat(dir); err != nil {
				need += cluster
			}
		}
	}
	if need == 0 || free >= need+spare {
		return nil
	}
	_, more, err := r.dir.old(keep, cluster)
	if err != nil {
		return err
	}
	if free+more < need+spare {
		return &NoSpace{need + spare, free + more}
	}
	// Half an old edition must not pass for a whole one.
	if err := errors.Join(r.dir.remove(timestamp), r.dir.settle()); err != nil {
		return err
	}
	return r.sweep(keep)
}

// dropRoots deletes roots that the source does not have, before anything is copied. They are another county's, or what a tinkerer left: a kiosk goes on
// from the newest of ours to whatever has the next number, and would refuse the stick for it.
func (r *filling) dropRoots(keep map[string]bool) error {
	names, _, err := r.dir.old(keep, 1)
	if err != nil {
		return err
	}
	for _, name := range slices.DeleteFunc(names, func(name string) bool { return !isRoot(name) }) {
		if err := r.dir.remove(name); err != nil {
			return err
		}
	}
	return r.dir.settle()
}

func (r *filling) copyAll(missing []file) error {
	var done, total int64
	for _, x := range missing {
		total += x.length
	}
	for _, x := range missing {
		if err := context.Cause(r.ctx); err != nil {
			return err
		}
		if x.path == timestamp {
			if err := r.dir.settle(); err != nil {
				return err
			}
		}
		r.report(Copying, done, total)
		err := r.dir.put(x.path, func(w io.Writer) error {
			if x.contents != nil {
				_, err := w.Write(x.contents)
				return err
			}
			return r.fetch(x, &counting{w, func(n int64) { r.report(Copying, done+n, total) }, 0})
		})
		if err != nil {
			return fmt.Errorf("%s: %w", x.path, err)
		}
		done += x.length
		r.out.Copied++
		r.out.Changed = true
	}
	r.out.Bytes = done
	r.report(Copying, done, total)
	return r.dir.settle()
}

// counting tells how many bytes have gone through.
type counting struct {
	io.Writer
	tell func(n int64)
	n    int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}

// tries is how often a source that breaks off is asked for the rest of a file.
const tries = 4

// fetch copies a file from the source. One that breaks off is asked for the rest, after a while.
func (r *filling) fetch(x file, w io.Writer) error {
	h := sha256.New()
	var at int64
	for try := 1; ; try++ {
		n, err := r.from(x, at, io.MultiWriter(w, h))
		at += n
		var source *SourceError
		switch {
		case err == nil && at == x.length:
			if sum := hex.EncodeToString(h.Sum(nil)); sum != x.sha256 {
				return fmt.Errorf("hash is %s: %w", sum, ErrDamaged)
			}
			return nil
		case err == nil, errors.Is(err, depot.ErrTooLong):
			err = fmt.Errorf("%d bytes of %d: %w", at, x.length, ErrDamaged)
		case errors.Is(err, fs.ErrNotExist):
			return errors.Join(err, ErrDamaged)
		case !errors.As(err, &source):
			return err
		}
		if errors.Is(err, ErrDamaged) && at >= x.length || try == tries {
			return err
		}
		if err := r.wait(try); err != nil {
			return err
		}
	}
}

func (r *filling) from(x file, at int64, w io.Writer) (int64, error) {
	f, err := r.From.Open(r.ctx, x.path, at, x.length-at)
	if err != nil {
		return 0, &SourceError{err}
	}
	defer f.Close()
	return io.Copy(w, fromSource{f})
}

// fromSource marks what goes wrong in reading as the source's.
type fromSource struct{ io.Reader }

func (s fromSource) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &SourceError{err}
	}
	return n, err
}

// wait gives a source that broke off some time.
func (r *filling) wait(try int) error {
	every := r.Patience
	if every == 0 {
		every = time.Second
	}
	t := time.NewTimer(time.Duration(try) * every)
	defer t.Stop()
	select {
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	case <-t.C:
		return nil
	}
}

// sweep deletes what belongs to editions of before.
func (r *filling) sweep(keep map[string]bool) error {
	names, _, err := r.dir.old(keep, 1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := r.dir.remove(name); err != nil {
			return err
		}
		r.out.Removed++
	}
	return r.dir.settle()
}
