package press

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// depot is the folder of static files that the press prints into.
//
// A file comes to be under another name, is synced and renamed, so that whatever has a repository path is whole. Pieces that
// are named by their hash are written once; several are on their way to the disk at a time, because an fsync waits longer
// than it works.
type depot struct {
	dir string
	// before, where it is set, is asked before each file is written and may fail in its place; tests stand in for a full disk
	// and for a power cut with it.
	before func(path string) error

	lanes chan struct{}
	wait  sync.WaitGroup
	mu    sync.Mutex
	err   error           // the first failure of a lane
	dirs  map[string]bool // folders with names that may not yet be synced
	files int
	bytes int64
}

const (
	lanes      = 8
	partPrefix = ".part-"
)

// openDepot opens the folder and removes what a killed press left half-written.
func openDepot(dir string) (*depot, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("press: %w", err)
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), partPrefix) {
			return os.Remove(path)
		}
		return err
	})
	dir = filepath.Clean(dir)
	if err == nil {
		err = syncDir(filepath.Dir(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("press: %w", err)
	}
	return &depot{dir: dir, lanes: make(chan struct{}, lanes), dirs: map[string]bool{}}, nil
}

// put writes a piece that is named by its hash, if it is not there as it should be. It may return before the piece is
// written; settle says how it went.
func (d *depot) put(name string, b []byte) error {
	full := filepath.Join(d.dir, filepath.FromSlash(name))
	if have, err := os.ReadFile(full); err == nil && bytes.Equal(have, b) {
		d.named(full) // by a press that may have been killed before it was on the disk
		return nil
	}
	d.mu.Lock()
	err := d.err
	d.mu.Unlock()
	if err != nil {
		return err
	}
	d.lanes <- struct{}{}
	d.wait.Go(func() {
		defer func() { <-d.lanes }()
		if err := d.write(name, b); err != nil {
			d.mu.Lock()
			d.err = errors.Join(d.err, err)
			d.mu.Unlock()
		}
	})
	return nil
}

// shard reads a shard as it is stored.
func (d *depot) shard(e edition.Entry) ([]byte, error) {
	return os.ReadFile(filepath.Join(d.dir, filepath.FromSlash(edition.ShardPath(e.SHA256Z))))
}

// settle waits until all pieces and their names are on the disk.
func (d *depot) settle() error {
	d.wait.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return d.err
	}
	for dir := range d.dirs {
		if err := syncDir(dir); err != nil {
			return fmt.Errorf("press: %w", err)
		}
	}
	clear(d.dirs)
	return nil
}

// write writes a file whole, in the place of any other.
func (d *depot) write(name string, b []byte) error {
	if !edition.IsPath(name) {
		return fmt.Errorf("press: %q is no path of a depot", name)
	}
	if d.before != nil {
		if err := d.before(name); err != nil {
			return err
		}
	}
	full := filepath.Join(d.dir, filepath.FromSlash(name))
	folder := filepath.Dir(full)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("press: %w", err)
	}
	f, err := os.CreateTemp(folder, partPrefix+"*")
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), full)
	}
	if err != nil {
		return fmt.Errorf("press: %s: %w", name, errors.Join(err, os.Remove(f.Name())))
	}
	d.named(full)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files++
	d.bytes += int64(len(b))
	return nil
}

// named notes the folders in which a file's name, and their own, must be synced.
func (d *depot) named(full string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for full != d.dir {
		full = filepath.Dir(full)
		d.dirs[full] = true
	}
}

// publishAll writes metadata in its order, each file on the disk with its name before the next.
func (d *depot) publishAll(files []trust.File) error {
	for _, f := range files {
		if err := d.write(path.Clean(f.Path), f.Data); err != nil {
			return err
		}
		if err := d.settle(); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
