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
		Book(number int64) string
	}
	Key edition.Key
	// Build makes a book of an edition's contents, whole and synced, under path.
	Build func(ctx context.Context, contents fs.FS, path string) error
	// Open says whether there is a book under path that can be read.
	Open     func(path string) error
	Progress func(Progress) // may be nil
}

// Make makes the book of an edition that lies whole on the shelf (成册): it checks every row against the digests that the owners signed, builds the book,
// and opens it before anybody relies on it. What is damaged on the shelf is gone from it afterwards. It only reads what is named by hashes, so it may
// run in another process than the one that decides which edition to believe; Fail carries its error back.
func Make(ctx context.Context, g edition.Generation, m Making) error {
	var rows int64
	progress := func(s Stage, done, total int64) {
		if m.Progress != nil {
			m.Progress(Progress{s, done, total, rows})
		}
	}
	object := func(sha256 string) ([]byte, error) { return m.Shelf.Object(sha256) }
	e, err := edition.Load(g.Catalogs, func(_ string, ref edition.Ref) ([]byte, error) { return object(ref.SHA256) })
	if err != nil {
		return err
	}
	reader := edition.NewReader(e, m.Key, func(s edition.Entry) ([]byte, error) { return object(s.SHA256Z) })
	for _, d := range e.Datasets {
		rows += d.Rows
	}
	if err := reader.Check(func(done int64) error { progress(Check, done, rows); return context.Cause(ctx) }); err != nil {
		return err
	}
	progress(Build, 0, 0)
	path := m.Shelf.Book(g.Number)
	if err := m.Build(ctx, reader.Files(), path); err != nil {
		return fmt.Errorf("book: %w", err)
	}
	if err := m.Open(path); err != nil {
		return fmt.Errorf("book, just built: %w", err)
	}
	return nil
}

// Fail is an error of that kind whose text comes from another process.
func Fail(kind Fault, text string) error { return &fault{kind, errors.New(text)} }
