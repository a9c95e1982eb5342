// Package mirror (镜像) copies the newest edition of the office's depot to where a whole province may read it: a folder that some
// web server shows, or a bucket of an object store.
//
// The parties are the depot, into which a press may be printing the next edition; the place, which may be reached slowly, break
// off, be full or belong to somebody else; its readers, who pull from it while it changes; and other mirrors, which may be at
// work on the same place. What is promised: pieces come first, then the metadata that name them, then the roots, and the
// timestamp last, so that a mirror that is stopped anywhere leaves its readers the edition before; only what is missing is sent,
// so that a second run goes on where the first stopped; a newer edition is never overwritten by an older one, nor one county by
// another; and nothing is ever removed unless it is asked for, and then only what was long there and two editions do not need.
package mirror

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/cmd/office/internal/web"
)

// Place (镜像处) is where copies of a depot's files lie, by the depot's paths.
type Place interface {
	// List says what is there.
	List(ctx context.Context) (map[string]File, error)
	// Read reads a small file; fs.ErrNotExist where it is not there.
	Read(ctx context.Context, name string) ([]byte, error)
	// Write puts a file whole in the place of any other. Several may be written at a time.
	Write(ctx context.Context, name string, b []byte) error
	// Settle returns when what was written would survive a power cut.
	Settle() error
	// Replace writes a file if it is still the one that was read, nil for none, and fails with ErrChanged otherwise.
	Replace(ctx context.Context, name string, old, b []byte) error
	Remove(ctx context.Context, name string) error
}

// File is what a place says of a file.
type File struct {
	Size     int64
	Modified time.Time // by the clock of the place
}

// Why a place is not written to. Errors of Run and of places wrap one of these, or none where nothing better is known.
var (
	ErrForeign     = errors.New("the place holds another county's depot")
	ErrNewer       = errors.New("the place holds a newer edition")
	ErrChanged     = errors.New("somebody else has changed the file")
	ErrBusy        = errors.New("another mirror is at work on this folder")
	ErrStrange     = errors.New("the folder holds other things than a depot")
	ErrUnreachable = errors.New("the place cannot be reached")
	ErrNoBucket    = errors.New("there is no such bucket")
	ErrKey         = errors.New("the access key is not accepted")
	ErrNoKey       = errors.New("no access key is given")
	ErrDenied      = errors.New("the access key may not do this")
	ErrClock       = errors.New("the clocks differ too much")
	ErrNotS3       = errors.New("what answers is no object store")
	ErrFull        = errors.New("the place is full")
)

// Job is one mirroring.
type Job struct {
	Newest *press.Issue
	// Before is the edition before it, whose files stay as well; nil where there is none.
	Before *press.Issue
	Place  Place
	Verify bool // read everything that is there, and repair it
	Delete bool // remove what neither edition needs
	// Progress is told how many bytes of how many are there.
	Progress func(done, total int64)
}

// Result is what a mirroring did.
type Result struct {
	Files    int // sent
	Bytes    int64
	Repaired int // of those, sent because what was there was damaged
	Removed  int
}

// lanes is how many files are sent at a time: a store far away answers each only after a while.
const lanes = 8

// grace is how long a file that no edition needs stays after it was put there: another mirror may be about to need it.
const grace = 24 * time.Hour

// Run mirrors.
func Run(ctx context.Context, j Job) (Result, error) {
	r := &run{Job: j}
	err := r.all(ctx)
	if err != nil {
		err = fmt.Errorf("mirror: %w", err)
	}
	return r.result, err
}

type run struct {
	Job
	have   map[string]File
	mu     sync.Mutex
	result Result
	done   int64
}

func (r *run) all(ctx context.Context) (err error) {
	if r.have, err = r.Place.List(ctx); err != nil {
		return err
	}
	old, err := r.stamp(ctx)
	if err != nil {
		return err
	}
	if err := r.sameCounty(ctx); err != nil {
		return err
	}
	for _, stage := range stages(r.Newest.Names) {
		if err := r.copy(ctx, stage); err != nil {
			return err
		}
		if err := r.Place.Settle(); err != nil {
			return err
		}
	}
	if err := r.publish(ctx, old); err != nil {
		return err
	}
	if r.Delete {
		return r.remove(ctx)
	}
	return nil
}

// stages parts the files of an issue, without the timestamp, into those that may be written in any order. Roots go one by one:
// who follows them must not meet the third without the second.
func stages(names []string) (out [][]string) {
	part := func(name string) string {
		switch {
		case strings.HasSuffix(name, ".root.json"):
			return name
		case strings.HasSuffix(name, ".snapshot.json"):
			return "snapshot"
		default:
			folder, _, _ := strings.Cut(name, "/")
			return folder
		}
	}
	for k, name := range names {
		switch {
		case name == web.Timestamp:
		case k > 0 && part(name) == part(names[k-1]):
			out[len(out)-1] = append(out[len(out)-1], name)
		default:
			out = append(out, []string{name})
		}
	}
	return out
}

// stamp is the timestamp that is there, nil for none, if ours may take its place.
func (r *run) stamp(ctx context.Context) ([]byte, error) {
	theirs, err := r.Place.Read(ctx, web.Timestamp)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ours, err := r.Newest.Read(web.Timestamp)
	if err != nil {
		return nil, err
	}
	var a, b struct {
		Signed struct {
			Version int64 `json:"version"`
		} `json:"signed"`
	}
	if err := json.Unmarshal(ours, &a); err != nil {
		return nil, err
	}
	// What is no timestamp is overwritten: no reader believes it.
	if json.Unmarshal(theirs, &b) == nil && b.Signed.Version >= a.Signed.Version && !bytes.Equal(ours, theirs) {
		return nil, fmt.Errorf("timestamp %d, ours is %d: %w", b.Signed.Version, a.Signed.Version, ErrNewer)
	}
	return theirs, nil
}

// sameCounty refuses a place whose readers began with another root.
func (r *run) sameCounty(ctx context.Context) error {
	const first = "metadata/1.root.json"
	theirs, err := r.Place.Read(ctx, first)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	ours, err := r.Newest.Read(first)
	if err == nil && !bytes.Equal(ours, theirs) {
		err = ErrForeign
	}
	return err
}

// copy sends what is missing of files that may come in any order.
func (r *run) copy(ctx context.Context, names []string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan string)
	var wait sync.WaitGroup
	for range min(lanes, len(names)) {
		wait.Go(func() {
			for name := range work {
				if err := r.one(ctx, name); err != nil {
					cancel(fmt.Errorf("%s: %w", name, err))
					return
				}
			}
		})
	}
	for _, name := range names {
		select {
		case work <- name:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	wait.Wait()
	return context.Cause(ctx)
}

// one sends a file, unless it is there.
func (r *run) one(ctx context.Context, name string) error {
	there, damaged, err := r.there(ctx, name)
	if err != nil {
		return err
	}
	size := r.Newest.Size(name)
	if !there {
		b, err := r.Newest.Read(name)
		if err != nil {
			return err
		}
		if err := r.Place.Write(ctx, name, b); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !there {
		r.result.Files++
		r.result.Bytes += size
	}
	if damaged {
		r.result.Repaired++
	}
	r.done += size
	r.Progress(r.done, r.Newest.Total())
	return nil
}

// there says whether the place has the file. A piece's name is its hash, so its length is enough unless all is to be read;
// metadata are few and small, and their names say less.
func (r *run) there(ctx context.Context, name string) (there, damaged bool, err error) {
	f, ok := r.have[name]
	if !ok {
		return false, false, nil
	}
	if f.Size != r.Newest.Size(name) {
		return false, true, nil
	}
	piece := !strings.HasPrefix(name, "metadata/")
	if piece && !r.Verify {
		return true, false, nil
	}
	theirs, err := r.Place.Read(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	if piece {
		sum := sha256.Sum256(theirs)
		hash, _, _ := strings.Cut(path.Base(name), ".")
		there = hex.EncodeToString(sum[:]) == hash
	} else {
		ours, err := r.Newest.Read(name)
		if err != nil {
			return false, false, err
		}
		there = bytes.Equal(ours, theirs)
	}
	return there, !there, nil
}

// publish puts the timestamp, with which the edition is there for all readers.
func (r *run) publish(ctx context.Context, old []byte) error {
	ours, err := r.Newest.Read(web.Timestamp)
	if err != nil {
		return err
	}
	for !bytes.Equal(old, ours) {
		err := r.Place.Replace(ctx, web.Timestamp, old, ours)
		if err == nil {
			r.result.Files++
			r.result.Bytes += int64(len(ours))
			err = r.Place.Settle()
		}
		if !errors.Is(err, ErrChanged) {
			return err
		}
		// Another mirror was first. Its edition may be ours, an older or a newer one.
		if old, err = r.stamp(ctx); err != nil {
			return err
		}
	}
	return nil
}

// remove removes what is of editions and neither of the two needs. That all of the newest is there is seen first: another mirror
// may have removed something of it that was not needed until now.
func (r *run) remove(ctx context.Context) error {
	have, err := r.Place.List(ctx)
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, name := range r.Newest.Names {
		needed[name] = true
		if _, ok := have[name]; !ok {
			return fmt.Errorf("%s is gone: %w", name, ErrChanged)
		}
	}
	if r.Before != nil {
		for _, name := range r.Before.Names {
			needed[name] = true
		}
	}
	day := have[web.Timestamp].Modified.Add(-grace)
	var old []string
	for name, f := range have {
		if !needed[name] && press.MayGo(name) && f.Modified.Before(day) {
			old = append(old, name)
		}
	}
	slices.Sort(old)
	press.LastFirst(old)
	for _, name := range old {
		if err := r.Place.Remove(ctx, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.result.Removed++
	}
	return r.Place.Settle()
}
