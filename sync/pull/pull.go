// Package pull brings a kiosk up to the newest edition (期) that it may believe.
//
// There are four parties: a depot, which has files and may lie; package trust, which says which edition to believe; the shelf, a kiosk's disk; and
// a builder, which makes a book (册) of an edition's contents. Shelf and builder are interfaces here, since a book is the business of app/.
//
//	probe    metadata/timestamp.json; if it is the one accepted last, that was all
//	verify   the other metadata, which name the catalogs
//	fetch    catalogs, indexes and shards that the shelf lacks, each checked against the hash above it before it is kept
//	check    every row, against the digests that the owners signed
//	build    the book beside the old one, from the shelf alone; this and the check may be done by another process
//	switch   one transaction: the new book serves and its metadata is what has been believed
//
// What is promised: whatever fails, at whatever point, the book that serves goes on serving, and the next run begins with what the shelf has by then;
// nothing that is not signed reaches a book; a store that was damaged is repaired by the next run.
package pull

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// Shelf (库) is the kiosk's disk, as package store keeps it.
type Shelf interface {
	Lock() (unlock func() error, err error)
	Trust() (files map[string][]byte, seen []byte, err error)
	Current() (g edition.Generation, ok bool, err error)
	Refused() (number int64, err error) // the edition that crashed the program, 0 for none
	Has(sha256 string, length int64) bool
	Object(sha256 string) ([]byte, error) // fs.ErrNotExist for what is missing or damaged
	Put(sha256 string, length int64, r io.Reader) error
	Free() (int64, error)
	Book(number int64) string
	Newest() int64
	Switch(g edition.Generation, files map[string][]byte, seen []byte) error
	Confirm(at time.Time, files map[string][]byte, seen []byte) error
	Sweep() (int64, error)
}

// Job is one update.
type Job struct {
	Depot     depot.Depot
	Shelf     Shelf
	Enrolment trust.Enrolment
	Carrier   trust.Carrier
	// Make makes the book of a generation that lies whole on the shelf, as Make does, here or in a process of its own.
	Make func(ctx context.Context, g edition.Generation, progress func(Progress)) error
	// Open says whether there is a book under path that can be read.
	Open func(path string) error
	// Confirm asks staff whether to take an edition from a stick. nil means yes.
	Confirm  func(trust.Verified) bool
	Progress func(Progress) // may be nil
	Now      func() time.Time
	Built    time.Time // when the program was built: it cannot be earlier now
}

// Stage is what a run is doing.
type Stage string

// The stages, in their order.
const (
	Probe  Stage = "probe"
	Fetch  Stage = "fetch"  // counted in bytes
	Check  Stage = "check"  // counted in rows
	Build  Stage = "build"  // not counted
	Switch Stage = "switch" // not counted
)

// Progress is how far a stage is.
type Progress struct {
	Stage       Stage
	Done, Total int64
}

// Result is what a run did.
type Result struct {
	Edition       int64   `json:"edition"`
	DataAsOf      string  `json:"data_as_of"`
	Bytes         int64   `json:"bytes"`    // read from the depot
	Requests      int64   `json:"requests"` // files asked of the depot
	ShardsFetched int     `json:"shards_fetched"`
	ShardsKept    int     `json:"shards_kept"`
	Seconds       float64 `json:"seconds"`
	BuildSeconds  float64 `json:"build_seconds"` // of these, for the book
	Digest        string  `json:"digest"`
	Changed       bool    `json:"changed"`
	Stale         bool    `json:"stale"`       // the office has not signed for longer than it promised
	ClockWrong    bool    `json:"clock_wrong"` // the machine's clock is behind what is known to be past
}

// ErrDeclined says that staff did not want the edition that a stick offered.
var ErrDeclined = errors.New("pull: declined by staff")

// NoSpace says how much room an edition needs.
type NoSpace struct{ Need, Free int64 }

func (e *NoSpace) Error() string { return fmt.Sprintf("needs %d bytes, %d are free", e.Need, e.Free) }

// Run makes one update. An error leaves the edition that serves in its place; FaultOf tells what kind it is.
func Run(ctx context.Context, j Job) (Result, error) {
	unlock, err := j.Shelf.Lock()
	if err != nil {
		return Result{}, &fault{Busy, fmt.Errorf("pull: %w", err)}
	}
	r := &run{Job: j, ctx: ctx, began: j.Now()}
	r.depot = &counted{from: j.Depot, result: &r.result}
	err = r.all()
	r.result.Seconds = j.Now().Sub(r.began).Seconds()
	if err != nil {
		err = fmt.Errorf("pull: %w", err)
	}
	return r.result, errors.Join(err, unlock())
}

type run struct {
	Job
	ctx     context.Context
	began   time.Time
	depot   *counted
	result  Result
	current edition.Generation
	// repair says that there is no current generation, or that its book cannot be read.
	repair bool
}

func (r *run) report(s Stage, done, total int64) {
	if r.Progress != nil {
		r.Progress(Progress{s, done, total})
	}
}

func (r *run) all() error {
	r.report(Probe, 0, 0)
	state, err := r.state()
	if err != nil {
		return err
	}
	now, wrong := state.Clock(r.Now(), r.Built)
	r.result.ClockWrong = wrong
	v, err := state.Accept(r.metadata, now, r.Carrier)
	if err != nil {
		return err
	}
	r.result.Stale = v.Stale
	files, seen := v.State.Keep()
	memory, err := seen.Encode()
	if err != nil {
		return err
	}
	switch v.Verdict {
	case trust.Same:
		r.result.Edition, r.result.DataAsOf, r.result.Digest = r.current.Number, r.current.AsOf, r.current.Digest
		if r.current.Number != v.Edition {
			// Staff or the program itself went back an edition; the depot has nothing newer than the one that was left.
			if r.repair {
				return r.make(&r.current)
			}
			return nil
		}
		return r.Shelf.Confirm(now, files, memory)
	case trust.Confirm, trust.ConfirmOld:
		if r.Confirm != nil && !r.Confirm(v) {
			return ErrDeclined
		}
	}
	g, err := r.bring(v)
	if err != nil {
		return fmt.Errorf("edition %d: %w", v.Edition, err)
	}
	r.report(Switch, 0, 0)
	g.SyncedAt = now
	if err := r.Shelf.Switch(g, files, memory); err != nil {
		return fmt.Errorf("edition %d: %w", v.Edition, err)
	}
	r.result.Edition, r.result.DataAsOf, r.result.Digest, r.result.Changed = g.Number, g.AsOf, g.Digest, true
	// The edition serves. What could not be swept, as where the previous edition is damaged, is swept after the next one.
	_, _ = r.Shelf.Sweep()
	return nil
}

// state is what this kiosk believes, as far as its disk remembers.
func (r *run) state() (trust.State, error) {
	files, memory, err := r.Shelf.Trust()
	if err != nil {
		return trust.State{}, err
	}
	var seen trust.Seen
	if len(memory) > 0 {
		if seen, err = trust.ParseSeen(memory); err != nil {
			return trust.State{}, err
		}
	}
	var ok bool
	if r.current, ok, err = r.Shelf.Current(); err != nil {
		return trust.State{}, err
	}
	if !ok {
		seen.Edition = max(seen.Edition, r.Shelf.Newest())
	}
	if r.repair = !ok || r.Open(r.Shelf.Book(r.current.Number)) != nil; r.repair {
		refused, err := r.Shelf.Refused()
		if err != nil {
			return trust.State{}, err
		}
		seen.Edition = max(seen.Edition-1, refused) // that edition is taken once more, unless it is the one that was left
	}
	return trust.NewState(r.Enrolment, files, seen), nil
}

// metadata is the depot as package trust reads it.
func (r *run) metadata(path string, limit int64) ([]byte, error) {
	b, err := r.read(path, limit)
	long := errors.Is(err, depot.ErrTooLong)
	switch first := path == "metadata/timestamp.json"; {
	case first && errors.Is(err, fs.ErrNotExist):
		return nil, &fault{NoEdition, err}
	case long && (first || strings.HasSuffix(path, ".root.json")):
		return b, nil // a portal's page: its beginning says enough
	case long:
		return nil, &fault{Tampered, err}
	}
	return b, err
}

func (r *run) read(path string, limit int64) ([]byte, error) {
	f, err := r.depot.Open(r.ctx, path, 0, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// bring gets an edition whole and makes its book.
func (r *run) bring(v trust.Verified) (edition.Generation, error) {
	g := edition.Generation{Number: v.Edition, Catalogs: map[string]edition.Ref{}}
	for owner, t := range v.Catalogs {
		g.Catalogs[owner] = edition.Ref(t)
	}
	return g, r.make(&g)
}

// make fetches what the shelf lacks and makes the book of it. What turns out to be damaged there has then been dropped, and is fetched the second time.
func (r *run) make(g *edition.Generation) error {
	if _, err := r.gather(g); err != nil {
		return err
	}
	var began time.Time
	tell := func(p Progress) {
		if p.Stage == Build {
			began = r.Now()
		}
		r.report(p.Stage, p.Done, p.Total)
	}
	defer func() {
		if !began.IsZero() {
			r.result.BuildSeconds = r.Now().Sub(began).Seconds()
		}
	}()
	err := r.Make(r.ctx, *g, tell)
	if err == nil || r.ctx.Err() != nil {
		return err
	}
	dropped, again := r.gather(g)
	if again != nil {
		return errors.Join(err, again)
	}
	if dropped == 0 {
		return err
	}
	return r.Make(r.ctx, *g, tell)
}

// gather brings an edition whole to the shelf. It counts the shards that were not there.
func (r *run) gather(g *edition.Generation) (missing int, err error) {
	e, err := edition.Load(g.Catalogs, r.list)
	if err != nil {
		return 0, err
	}
	if err := r.ours(e, g.Number); err != nil {
		return 0, err
	}
	g.AsOf, g.Digest = e.AsOf, e.Digest
	return r.fetch(e)
}

// ours refuses an edition whose parts do not say what its timestamp says, and one that is not for this kiosk.
func (r *run) ours(e *edition.Edition, number int64) error {
	switch {
	case e.Number != number:
		return &fault{Tampered, fmt.Errorf("its owners signed number %d", e.Number)}
	case e.County != r.Enrolment.County:
		return &fault{Foreign, fmt.Errorf("its owners signed county %s, this kiosk stands in %s", e.County, r.Enrolment.County)}
	case e.Synthetic != r.Enrolment.Synthetic:
		return &fault{Foreign, fmt.Errorf("synthetic is %t, enrolment says %t", e.Synthetic, r.Enrolment.Synthetic)}
	}
	return nil
}

// list gets a catalog or an index, from the shelf if it is there.
func (r *run) list(path string, ref edition.Ref) ([]byte, error) {
	if b, err := r.Shelf.Object(ref.SHA256); err == nil {
		return b, nil
	}
	if err := r.put(path, ref); err != nil {
		return nil, err
	}
	return r.Shelf.Object(ref.SHA256)
}

// fetch fills the shelf, and counts the shards that it lacked. It asks for room before the first byte.
func (r *run) fetch(e *edition.Edition) (int, error) {
	all := e.Shards()
	missing := edition.Missing(func(s edition.Entry) bool { return r.Shelf.Has(s.SHA256Z, s.LenZ) }, e)
	var bytes, book int64
	for _, s := range missing {
		bytes += s.LenZ
	}
	for _, s := range all {
		book += s.LenRaw
	}
	if err := r.room(bytes + book); err != nil {
		return 0, err
	}
	r.result.ShardsKept = len(all) - len(missing)
	var done int64
	for _, s := range missing {
		r.report(Fetch, done, bytes)
		if err := r.put(edition.ShardPath(s.SHA256Z), edition.Ref{SHA256: s.SHA256Z, Length: s.LenZ}); err != nil {
			return 0, fmt.Errorf("shard %s/%d: %w", s.Dataset, s.Year, err)
		}
		r.result.ShardsFetched++
		done += s.LenZ
	}
	r.report(Fetch, bytes, bytes)
	return len(missing), nil
}

// room refuses an edition for which the disk is too small: a fifth more than was estimated, and 64 MiB for the rest of the system.
func (r *run) room(estimate int64) error {
	need := estimate + estimate/5 + 64<<20
	free, err := r.Shelf.Free()
	if err == nil && free < need {
		// Two editions and what is half fetched may be in the way of a third.
		if _, err = r.Shelf.Sweep(); err == nil {
			free, err = r.Shelf.Free()
		}
	}
	if err != nil {
		return err
	}
	if free < need {
		return &NoSpace{need, free}
	}
	return nil
}

// put brings a file of the depot to the shelf. Bytes that are not the ones that were signed are a fault of their own.
func (r *run) put(path string, ref edition.Ref) error {
	f, err := r.depot.Open(r.ctx, path, 0, ref.Length)
	if err != nil {
		return err
	}
	defer f.Close()
	body := &body{r: f}
	err = r.Shelf.Put(ref.SHA256, ref.Length, body)
	switch {
	case err == nil:
		return nil
	case errors.Is(body.err, depot.ErrTooLong), errors.Is(body.err, io.EOF):
		return &fault{Tampered, fmt.Errorf("%s: %w", path, err)}
	}
	return fmt.Errorf("%s: %w", path, err)
}

// body remembers how a stream ended.
type body struct {
	r   io.Reader
	err error
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil {
		b.err = err
	}
	return n, err
}

// counted is a depot whose requests and bytes are counted, and whose errors are known as its own.
type counted struct {
	from   depot.Depot
	result *Result
}

func (c *counted) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	c.result.Requests++
	f, err := c.from.Open(ctx, path, offset, limit)
	if err != nil {
		return nil, &fault{Unreachable, err}
	}
	return &countedFile{f, c.result}, nil
}

type countedFile struct {
	io.ReadCloser
	result *Result
}

func (c *countedFile) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.result.Bytes += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &fault{Unreachable, err}
	}
	return n, err
}
