package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"mingbai.local/sync/pull"
)

// days are the dates of the editions that the office publishes while it is recorded.
var days = []string{"2026-11-20", "2026-11-21", "2026-11-22"}

// presses (印制) lets the office publish on a disk that remembers. Of every disk that a power cut could leave, a new kiosk must be able to take the edition whose
// publishing had ended, or a newer one, and the office must be able to publish.
//
// With apart, the depot alone is on that disk: the ledger's own syncs would bring the depot's names along.
func (b *bench) presses(f fileSystem, images int, apart bool) (r row, err error) {
	dir, err := os.MkdirTemp(b.dir, "office-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	prepared := filepath.Join(dir, "data")
	var steps [][]string
	for n, day := range days {
		steps = append(steps, []string{"sample", "--county", "420581", "--seed", strconv.Itoa(n + 1), "--payments", "100", "--as-of", day, "--out", filepath.Join(dir, day)})
	}
	steps = append(steps,
		[]string{"init", "--data", prepared, "--county", "420581"},
		[]string{"intake", "--data", prepared, filepath.Join(dir, days[0])},
		[]string{"enrol", "--data", prepared, "--name", "试验", "--code", enrolCode, "--out", filepath.Join(dir, "enrolment.json")},
	)
	for _, args := range steps {
		if err := run(b.press, args...); err != nil {
			return r, err
		}
	}
	o := office{dir}
	digests := []string{""} // of the editions, by number
	prepare := func(at string) error {
		if apart {
			public, link := filepath.Join(at, "public"), filepath.Join(prepared, "public")
			return errors.Join(os.Mkdir(public, 0o700), os.RemoveAll(link), os.Symlink(public, link))
		}
		return os.CopyFS(at, os.DirFS(prepared))
	}
	rec, err := b.record(f, prepare, func(d *disk, at string, rec *recording) error {
		data := at
		if apart {
			data = prepared
		}
		for n, day := range days {
			err := run(b.press, "intake", "--data", data, filepath.Join(dir, day))
			if err == nil {
				err = b.publish(data, day)
			}
			if err != nil {
				return err
			}
			rec.heard = append(rec.heard, heard{d.happened(), promised{Edition: int64(n + 1)}})
			got, err := b.take(o, at)
			if err != nil {
				return err
			}
			digests = append(digests, got.Digest)
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	looked := 0
	return b.replay(rec, f, images, func(at string, p promised) error {
		if err := b.offers(o, at, p.Edition, digests); err != nil {
			return err
		}
		if looked++; looked%10 != 0 || p.Edition == 0 || apart {
			return nil // where nothing has been published, there may be nothing to publish
		}
		if err := b.publish(at, "2026-11-30"); err != nil {
			return &violation{"wrong: the office cannot publish any more: " + err.Error()}
		}
		if got, err := b.take(o, at); err != nil || got.Edition <= p.Edition {
			return &violation{fmt.Sprintf("wrong: after publishing again there is edition %d, %v", got.Edition, err)}
		}
		return nil
	})
}

func (b *bench) publish(data, day string) error {
	return run(b.press, "publish", "--data", data, "--as-of", day)
}

// offers holds what a new kiosk can take from a depot against what was published.
func (b *bench) offers(o office, at string, promised int64, digests []string) error {
	got, err := b.take(o, at)
	var none *violation
	switch {
	case errors.As(err, &none) && promised == 0 && none.words == nothingPublished:
		return nil
	case err != nil:
		return err
	case got.Edition < promised:
		return &violation{fmt.Sprintf("lost: edition %d is offered, %d was published", got.Edition, promised)}
	case got.Edition >= int64(len(digests)) || got.Digest != digests[got.Edition]:
		return &violation{fmt.Sprintf("wrong: edition %d is not the one that was published", got.Edition)}
	}
	return nil
}

const nothingPublished = "nothing has been published"

// take lets a new kiosk take what the office's depot offers.
func (b *bench) take(o office, at string) (got pull.Result, err error) {
	data, err := os.MkdirTemp(b.dir, "kiosk-")
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	c := (&bench{program: b.program, office: o}).child("take", data, filepath.Join(at, "public"))
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		return got, &violation{"lost: no edition can be taken: " + said.String()}
	}
	if string(out) == nothingPublished {
		return got, &violation{nothingPublished}
	}
	return got, json.Unmarshal(out, &got)
}

// take is the program of a new kiosk.
func take(o office, data, depot string, out io.Writer) error {
	if _, err := os.Stat(depot); errors.Is(err, os.ErrNotExist) {
		_, err := io.WriteString(out, nothingPublished)
		return err
	}
	k, err := openKiosk(o, data)
	if err != nil {
		return err
	}
	r, err := k.pullFrom(depot)
	if pull.FaultOf(err) == pull.NoEdition {
		_, err := io.WriteString(out, nothingPublished)
		return err
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(r)
}
