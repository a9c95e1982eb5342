// Package depot opens the places where editions (期) lie: a depot (站).
//
// There are three kinds, and each holds the same files under the same paths (package edition's IsPath): the county office over HTTP, a directory,
// and a pack, which is a ZIP of stored entries on a USB stick (U盘). A depot only keeps files. It may be slow, stale, cut off in the middle, or
// lie; whoever reads checks every byte, so nothing here does. What is promised is that a bad depot costs little: no more than the bytes that were
// asked for are read, no path but one of an edition is ever opened, no redirect is followed, a source that falls silent is given up, and a file
// that is not there (fs.ErrNotExist) is told from one that cannot be had now. The suite in depottest holds all kinds to this.
package depot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"mingbai.local/sync/edition"
)

// Depot (站) holds files by path.
type Depot interface {
	// Open reads the file from offset on. A read beyond limit bytes fails with ErrTooLong.
	Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error)
}

// ErrTooLong says that a file goes on where it should have ended.
var ErrTooLong = errors.New("depot: file is longer than it should be")

func check(path string, offset, limit int64) error {
	if !edition.IsPath(path) || offset < 0 || limit < 0 {
		return &fs.PathError{Op: "open", Path: path, Err: fs.ErrInvalid}
	}
	return nil
}

// capped ends with ErrTooLong where more than left bytes come, and with the context's error once that is done.
type capped struct {
	ctx  context.Context
	r    io.Reader
	left int64
	io.Closer
}

func (c *capped) Read(p []byte) (int, error) {
	if err := context.Cause(c.ctx); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if int64(len(p))-1 > c.left {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if int64(n) > c.left {
		n, err = int(c.left), ErrTooLong
	}
	c.left -= int64(n)
	return n, err
}

// ErrNoFile says that what lies under a file's name is none: a folder, a pipe, a device, a link.
var ErrNoFile = errors.New("depot: is no file")

// Directory is a depot in a directory.
type Directory struct{ root *os.Root }

// Dir opens a directory as a depot. Nothing outside of it is reached, whatever links it holds.
func Dir(path string) (*Directory, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	return &Directory{root}, nil
}

// Close closes the directory.
func (d *Directory) Close() error { return d.root.Close() }

// Open reads a file.
func (d *Directory) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	if err := check(path, offset, limit); err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	// A pipe or a device under an edition's name would hold the reader up for ever, and a link might lead to one.
	info, err := d.root.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("depot: %w", &fs.PathError{Op: "open", Path: path, Err: ErrNoFile})
	}
	f, err := d.root.Open(path)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("depot: %w", err), f.Close())
	}
	return &capped{ctx, f, limit, f}, nil
}
