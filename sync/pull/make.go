package pull

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"mingbai.local/sync/edition"
)

// Making is what making a book needs: no depot, no keys that sign, and nothing that is decided.
type Making struct {
	Shelf interface {
		Object(sha256 string) ([]byte, error) // as in Shelf
		Has(sha256 string, length int64) bool
		Book(number int64) string
	}
	Key edition.Key
	// Build makes a book of an edition's contents, whole and synced, under path. It fails where the rows of a dataset are not those of the digest in
	// edition.json, which is what their owner signed.
	Build func(ctx context.Context, contents fs.FS, path string) error
	// Open says whether there is a book under path that can be read.
	Open func(path string) error
	// Progress may be nil. It is called by one goroutine at a time, not always the same.
	Progress func(Progress)
}

// Make makes the book of an edition that lies whole on the shelf (成册) and opens it before anybody relies on it. Every row is decoded once: the builder
// that takes it in holds it to the digests that the owners signed. What is damaged on the shelf is gone from it afterwards. It only reads what is named
// by hashes, so it may run in another process than the one that decides which edition to believe; Fail carries its error back.
func Make(ctx context.Context, g edition.Generation, m Making) error {
	object := func(sha256 string) ([]byte, error) { return m.Shelf.Object(sha256) }
	e, err := edition.Load(g.Catalogs, func(_ string, ref edition.Ref) ([]byte, error) { return object(ref.SHA256) })
	if err != nil {
		return err
	}
	e = e.Choose(func(s edition.Entry) bool { return m.Shelf.Has(s.SHA256Z, s.LenZ) })
	count := newCount(e, m.Progress)
	reader := edition.NewReader(e, m.Key, func(s edition.Entry) ([]byte, error) {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		count.add(s)
		return object(s.SHA256Z)
	})
	path := m.Shelf.Book(g.Number)
	if err := m.Build(ctx, reader.Files(), path); err != nil {
		return fmt.Errorf("book: %w", err)
	}
	if err := m.Open(path); err != nil {
		return fmt.Errorf("book, just built: %w", err)
	}
	return nil
}

// count says how many rows have been read. A shard that is read again counts once.
type count struct {
	progress    func(Progress)
	left        map[string]int64 // rows of shards that are still to be read, by hash
	done, total int64
}

func newCount(e *edition.Edition, progress func(Progress)) *count {
	c := &count{progress: progress, left: map[string]int64{}}
	for _, d := range e.Datasets {
		for _, s := range d.Shards {
			c.left[s.SHA256Z] = s.Rows
		}
	}
	for _, rows := range c.left {
		c.total += rows
	}
	c.tell(Check)
	return c
}

// add counts the rows of a shard. With the last of them the book is laid out.
func (c *count) add(s edition.Entry) {
	rows, first := c.left[s.SHA256Z]
	if !first {
		return
	}
	delete(c.left, s.SHA256Z)
	c.done += rows
	c.tell(Check)
	if len(c.left) == 0 {
		c.tell(Build)
	}
}

func (c *count) tell(s Stage) {
	if c.progress == nil {
		return
	}
	p := Progress{Stage: s, Rows: c.total}
	if s == Check {
		p.Done, p.Total = c.done, c.total
	}
	c.progress(p)
}

// Fail is an error of that kind whose text comes from another process.
func Fail(kind Fault, text string) error { return &fault{kind, errors.New(text)} }
