package pull

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// Refill brings back from the depot what the shelf has lost of the current generation (补齐), as where a scrub found a shard damaged. The book is not
// touched. Nobody need be believed for it: every file is checked against the hash above it.
func Refill(ctx context.Context, j Job) (Result, error) {
	unlock, err := j.Shelf.Lock()
	if err != nil {
		return Result{}, &fault{Busy, fmt.Errorf("pull: %w", err)}
	}
	r := newRun(ctx, j)
	g, ok, err := j.Shelf.Current()
	switch {
	case err != nil:
	case !ok:
		err = fmt.Errorf("no edition: %w", fs.ErrNotExist)
	default:
		_, err = r.gather(&g)
	}
	if err != nil {
		err = fmt.Errorf("pull: refill: %w", err)
	}
	return r.result, errors.Join(err, unlock())
}
