package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"

	"mingbai.local/app/book"
	"mingbai.local/cmd/kiosk/internal/whole"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/pull"
)

// withdrawnFile is where the withdrawals of the newest edition lie in the data folder, apart from its book: they count too when the kiosk
// has gone back because that book cannot be read.
const withdrawnFile = "withdrawn.json"

const mostWithdrawn = 64 << 20

// withdrawn (撤回) are the records that an edition withdraws. No book of an edition before it may show them.
type withdrawn struct {
	Edition int64    `json:"edition"`
	Refs    []string `json:"refs"`
}

// errLeaks says that a book holds what has been withdrawn since it was built.
var errLeaks = errors.New("it shows what has been withdrawn since")

// readWithdrawn reads what a data folder knows of withdrawals. What cannot be read is as if nothing had been withdrawn: the book of the
// edition itself is the better witness, and is asked wherever it opens.
func readWithdrawn(data string) (w withdrawn) {
	b, err := whole.Read(filepath.Join(data, withdrawnFile), mostWithdrawn)
	if errors.Is(err, fs.ErrNotExist) {
		return w
	}
	if err == nil {
		err = json.Unmarshal(b, &w)
	}
	if err != nil {
		slog.Warn("withdrawn", "err", err)
		return withdrawn{}
	}
	return w
}

// since are the records that a book of that edition must not show.
func (w withdrawn) since(number int64) []string {
	if number >= w.Edition {
		return nil // its own withdrawals are left out of every book
	}
	return w.Refs
}

// in says whether a book shows any of them.
func (w withdrawn) in(b *book.Book) bool {
	return slices.ContainsFunc(w.since(b.Manifest().Number), func(ref string) bool {
		_, shows := b.Show(ref)
		return shows
	})
}

// openHonest opens a book that shows nothing that has been withdrawn.
func openHonest(path string, w withdrawn) (*book.Book, error) {
	b, err := book.Open(path)
	if err != nil {
		return nil, err
	}
	if w.in(b) {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, errLeaks), b.Close())
	}
	return b, nil
}

// noteWithdrawals writes down what an edition withdraws, before anything relies on its book.
func (p *point) noteWithdrawals(number int64) error {
	noted := readWithdrawn(p.data)
	if number < noted.Edition {
		return nil
	}
	b, err := book.Open(p.store.Book(number))
	if err != nil {
		return err
	}
	defer closeBook(b)
	w := withdrawn{Edition: number, Refs: []string{}}
	for _, one := range b.Withdrawals() {
		w.Refs = append(w.Refs, one.Refs...)
	}
	if b.Err() != nil {
		return b.Err()
	}
	if noted.Edition == number && slices.Equal(noted.Refs, w.Refs) {
		return nil
	}
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return whole.Write(filepath.Join(p.data, withdrawnFile), append(text, '\n'))
}

// make makes the book of an edition without what later ones withdraw, and notes what it withdraws itself.
func (p *point) make(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
	if err := p.makes(readWithdrawn(p.data).since(g.Number)...)(ctx, g, progress); err != nil {
		return err
	}
	return p.noteWithdrawals(g.Number)
}
