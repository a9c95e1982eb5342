// Package pull brings a kiosk up to the newest edition (期) that it may believe.
//
// There are four parties: a depot, which has files and may lie; package trust, which says which edition to believe; the shelf, a kiosk's disk; and
// a builder, which makes a book (册) of an edition's contents. Shelf and builder are interfaces here, since a book is the business of app/.
//
//	probe    metadata/timestamp.json; if it is the one accepted last, or the depot says that it is, that was all
//	verify   the other metadata, which name the catalogs
//	fetch    catalogs, indexes and shards that the shelf lacks, each checked against the hash above it before it is kept; shards once there is
//	         room for all of them and the book
//	check    every row, against the digests that the owners signed, as the builder takes it in
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
	"maps"
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
	Object(sha256 string) ([]byte, error)               // fs.ErrNotExist for what is missing or damaged
	Put(sha256 string, length int64, r io.Reader) error // goes on behind what it has of the object: r is an io.Seeker
	Free() (int64, error)
	Book(number int64) string
	Newest() int64
	Switch(g edition.Generation, files map[string][]byte, seen []byte) error
	Confirm(at time.Time, files map[string][]byte, seen []byte) error
	Sweep(wanted ...edition.Generation) (int64, error)
}

// Job is one update.
type Job struct {
	Depot     depot.Depot
	Shelf     Shelf
	Enrolment trust.Enrolment
	Carrier   trust.Carrier
	// Keys are the county's keys that reached this kiosk after its enrolment. nil takes none.
	Keys Keys
	// Make makes the book of a generation that lies whole on the shelf, as Make does, here or in a process of its own.
	Make func(ctx context.Context, g edition.Generation, progress func(Progress)) error
	// Open says whether there is a book under path that can be read.
	Open func(path string) error
	// PastCaches asks the office itself, where something on the way may keep old copies.
	PastCaches bool
	// Lacked is what the run before ended with for want of space. Until there is more, the same edition is not tried again.
	Lacked *NoSpace
	// Confirm asks staff whether to take an edition from a stick. nil means yes.
	Confirm  func(trust.Verified) bool
	Progress func(Progress) // may be nil
	Now      func() time.Time
	Built    time.Time // when the program was built: it cannot be earlier now
}

// Keys (钥匙) keeps the county's keys: the enrolment's, and those that were handed out since.
type Keys interface {
	Has(id string) bool
	// Take keeps the key of that name, which the file of a handout seals to this kiosk.
	Take(id string, handout []byte) error
}

// Stage is what a run is doing.
type Stage string

// The stages, in their order.
const (
	Probe  Stage = "probe"
	Fetch  Stage = "fetch"  // counted in bytes
	Check  Stage = "check"  // rows are read, checked and taken into the book; counted in rows
	Build  Stage = "build"  // what was taken in is laid out; not counted
	Switch Stage = "switch" // not counted
)

// Progress is how far a stage is.
type Progress struct {
	Stage       Stage
	Done, Total int64
	Rows        int64 // of the edition, from Fetch on
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
	// Quiet says that the timestamp is older than a daily one can be, so that a cache on the way may be keeping a newer one back.
	Quiet bool `json:"quiet"`
	// PollMinutes is about how often the office wants to be asked, 0 where it says nothing.
	PollMinutes int `json:"poll_minutes"`
}

// quietAfter is longer than a day: an office signs its timestamp anew every day.
const quietAfter = 36 * time.Hour

// ErrDeclined says that staff did not want the edition that a stick offered.
var ErrDeclined = errors.New("pull: declined by staff")

// NoSpace says how much room an edition needs.
type NoSpace struct{ Edition, Need, Free int64 }

func (e *NoSpace) Error() string { return fmt.Sprintf("needs %d bytes, %d are free", e.Need, e.Free) }

// Missing is the number of bytes that are wanting.
func (e *NoSpace) Missing() int64 { return max(e.Need-e.Free, 0) }

// Run makes one update. An error leaves the edition that serves in its place; FaultOf tells what kind it is.
func Run(ctx context.Context, j Job) (Result, error) {
	unlock, err := j.Shelf.Lock()
	if err != nil {
		return Result{}, &fault{Busy, fmt.Errorf("pull: %w", err)}
	}
	r := newRun(ctx, j)
	err = r.all()
	if r.depot.page && FaultOf(err) == Tampered {
		err = fmt.Errorf("%w: %w", errPage, err)
	}
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
	kept   kept
	rows   int64 // of the edition that is brought
}

// kept (留底) is the timestamp that was accepted and whose edition serves, and what the depot calls it.
type kept struct {
	tag       string
	timestamp []byte
	same      bool // the depot has answered that it is still this one
}

// tagName is where among the signed files the depot's name for the timestamp is kept. It is not signed, and good for nothing but asking.
const tagName = "timestamp tag"

func newRun(ctx context.Context, j Job) *run {
	r := &run{Job: j, ctx: ctx, began: j.Now()}
	r.depot = &counted{from: j.Depot, result: &r.result}
	return r
}

func (r *run) report(s Stage, done, total int64) {
	if r.Progress != nil {
		r.Progress(Progress{s, done, total, r.rows})
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
	if err != nil && r.kept.same {
		r.kept = kept{} // what was kept is damaged: the depot's counts
		v, err = state.Accept(r.metadata, now, r.Carrier)
	}
	if v.NewRoot && !r.repair {
		err = errors.Join(err, r.learn(v.Roots))
	}
	if err != nil {
		return err
	}
	r.result.Stale, r.result.PollMinutes, r.result.Quiet = v.Stale, v.PollMinutes, now.Sub(v.Issued) > quietAfter
	files, seen := v.State.Keep()
	if r.kept.tag != "" {
		files = maps.Clone(files)
		files[tagName] = []byte(r.kept.tag)
	}
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
		return fmt.Errorf("edition %d: %w", v.Edition, r.lacking(v.Edition, err))
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

// learn keeps what is known of keys by now, whatever becomes of the edition: a replaced key must not count again because a disk was full. The edition
// that serves was not confirmed by that.
func (r *run) learn(s trust.State) error {
	files, seen := s.Keep()
	memory, err := seen.Encode()
	if err != nil {
		return err
	}
	return r.Shelf.Confirm(r.current.SyncedAt, files, memory)
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
	r.repair = !ok || r.Open(r.Shelf.Book(r.current.Number)) != nil
	switch {
	case r.repair:
		refused, err := r.Shelf.Refused()
		if err != nil {
			return trust.State{}, err
		}
		seen.Edition = max(seen.Edition-1, refused) // that edition is taken once more, unless it is the one that was left
	case r.current.Number == seen.Edition:
		r.kept = kept{tag: string(files[tagName]), timestamp: files["timestamp"]}
	}
	delete(files, tagName)
	return trust.NewState(r.Enrolment, files, seen), nil
}

// metadata is the depot as package trust reads it.
func (r *run) metadata(path string, limit int64) ([]byte, error) {
	first := path == "metadata/timestamp.json"
	get := r.read
	if first {
		get = r.stamp
	}
	b, err := get(path, limit)
	long := errors.Is(err, depot.ErrTooLong)
	switch {
	case first && errors.Is(err, fs.ErrNotExist):
		return nil, &fault{NoEdition, err}
	case long && (first || strings.HasSuffix(path, ".root.json")):
		return b, nil // a portal's page: its beginning says enough
	case long:
		return nil, &fault{Tampered, err}
	}
	return b, err
}

// stamp asks for the timestamp, unless it is still the one that is kept.
func (r *run) stamp(path string, limit int64) ([]byte, error) {
	f, tag, err := r.depot.Poll(r.ctx, path, limit, depot.Question{Tag: r.kept.tag, PastCaches: r.PastCaches})
	if errors.Is(err, depot.ErrSame) {
		r.kept.same = true
		return r.kept.timestamp, nil
	}
	if err != nil {
		return nil, err
	}
	r.kept = kept{tag: tag}
	defer f.Close()
	return io.ReadAll(f)
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
	if v.Handout != nil {
		g.KeyID = v.Handout.Key
		if err := r.handed(*v.Handout); err != nil {
			return g, err
		}
	}
	return g, r.make(&g)
}

// handed sees to it that the key of an edition is there before anything is fetched that could not be read without.
func (r *run) handed(h trust.Handout) error {
	if r.Keys == nil {
		return fmt.Errorf("county key %s: %w", h.Key, trust.ErrNotForUs)
	}
	if r.Keys.Has(h.Key) {
		return nil
	}
	b, err := r.list(trust.HandoutPath(h.SHA256), edition.Ref(h.Target))
	if err != nil {
		return err
	}
	return r.Keys.Take(h.Key, b)
}

// make fetches what the shelf lacks and makes the book of it. What turns out to be damaged there has then been dropped, and is fetched the second time.
func (r *run) make(g *edition.Generation) error {
	if _, err := r.gather(g); err != nil {
		return err
	}
	var began time.Time
	tell := func(p Progress) {
		if p.Stage == Check && began.IsZero() {
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
	return r.fetch(e, *g)
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
	if err := r.put(path, ref, func(int64) {}); err != nil {
		return nil, err
	}
	return r.Shelf.Object(ref.SHA256)
}
