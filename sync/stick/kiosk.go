package stick

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
)

// Shelf (库) is a kiosk's disk, as package store keeps it.
type Shelf interface {
	Trust() (files map[string][]byte, seen []byte, err error)
	Object(sha256 string) ([]byte, error) // fs.ErrNotExist for what is missing or damaged
}

// kioskDepot is what a kiosk has kept of the edition that it serves, as a depot.
type kioskDepot struct {
	shelf  Shelf
	signed map[string][]byte // metadata by their paths
	newest int64             // of the roots
	others []depot.Depot
}

// FromKiosk opens what a kiosk serves as a depot, by which a stick can be brought up to it. root is the enrolment's. A kiosk does not keep all that a
// depot has: roots from before its enrolment and between two updates, the handout of a county key that it has taken, and of a batch that was printed
// afresh those shards that it had no use for. These come from others, as from the very stick that is filled.
func FromKiosk(shelf Shelf, root []byte, others ...depot.Depot) (depot.Depot, error) {
	files, _, err := shelf.Trust()
	if err != nil {
		return nil, fmt.Errorf("stick: %w", err)
	}
	k := &kioskDepot{shelf: shelf, signed: map[string][]byte{}, others: others}
	for role, b := range files {
		if role == "timestamp" {
			k.signed[timestamp] = b
		} else if n, ok := versionOf(b); ok {
			k.signed[fmt.Sprintf("metadata/%d.%s.json", n, role)] = b
			if role == "root" {
				k.newest = n
			}
		}
	}
	if n, ok := versionOf(root); ok {
		k.signed[fmt.Sprintf("metadata/%d.root.json", n)] = root
		k.newest = max(k.newest, n)
	}
	return k, nil
}

// versionOf is the version of a file of signed metadata. What is no such file has none.
func versionOf(b []byte) (int64, bool) {
	var m struct {
		Signed struct {
			Version int64 `json:"version"`
		} `json:"signed"`
	}
	return m.Signed.Version, json.Unmarshal(b, &m) == nil && m.Signed.Version > 0
}

func (k *kioskDepot) Open(ctx context.Context, name string, offset, limit int64) (io.ReadCloser, error) {
	b, err := k.file(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && k.mayBeElsewhere(name):
		return k.elsewhere(ctx, name, offset, limit)
	case err != nil:
		return nil, fmt.Errorf("stick: %w", err)
	case offset > int64(len(b)) || int64(len(b))-offset > limit:
		return nil, fmt.Errorf("stick: %s: %w", name, depot.ErrTooLong)
	}
	return io.NopCloser(bytes.NewReader(b[offset:])), nil
}

func (k *kioskDepot) elsewhere(ctx context.Context, name string, offset, limit int64) (r io.ReadCloser, err error) {
	err = fs.ErrNotExist
	for _, d := range k.others {
		if r, err = d.Open(ctx, name, offset, limit); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return r, err
		}
	}
	return nil, fmt.Errorf("stick: %s: %w", name, err)
}

func (k *kioskDepot) file(name string) ([]byte, error) {
	if b, ok := k.signed[name]; ok {
		return b, nil
	}
	sum, _, _ := strings.Cut(path.Base(name), ".")
	if !edition.IsPath(name) || len(sum) != 64 {
		return nil, fs.ErrNotExist
	}
	return k.shelf.Object(sum)
}

// mayBeElsewhere: which edition it is and which root is the newest only this kiosk says. A stick has an edition of its own, and may hold a root that
// nobody has signed.
func (k *kioskDepot) mayBeElsewhere(name string) bool {
	if n, root := rootNumber(name); root {
		return n <= k.newest
	}
	return path.Dir(name) != path.Dir(timestamp)
}
