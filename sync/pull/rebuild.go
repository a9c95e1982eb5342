package pull

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Rebuild makes the book of the current generation again from the shelf alone, as where no book opens and no depot can be reached. Of the job it uses
// all but the depot. fs.ErrNotExist says that the shelf has no edition, or no longer all of it.
func Rebuild(ctx context.Context, j Job) error {
	unlock, err := j.Shelf.Lock()
	if err != nil {
		return &fault{Busy, fmt.Errorf("pull: %w", err)}
	}
	j.Depot = nowhere{}
	r := newRun(ctx, j)
	err = r.rebuild()
	if err != nil {
		err = fmt.Errorf("pull: rebuild: %w", err)
	}
	return errors.Join(err, unlock())
}

func (r *run) rebuild() error {
	g, ok, err := r.Shelf.Current()
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("no edition: %w", fs.ErrNotExist)
	}
	if err := r.make(&g); err != nil {
		return fmt.Errorf("edition %d: %w", g.Number, err)
	}
	return nil
}

// nowhere is a depot that has nothing.
type nowhere struct{}

func (nowhere) Open(_ context.Context, path string, _, _ int64) (io.ReadCloser, error) {
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}
