package mirror

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"mingbai.local/cmd/office/internal/disk"
	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/sync/edition"
)

// Directory is a place in a folder.
type Directory struct {
	root *os.Root
	out  *press.Folder
	lock *os.File
}

// own are the names that a depot has at its top.
var own = []string{"metadata", "t", "i", "s", "acks", "status"}

// Dir opens a folder as a place and keeps other mirrors out of it until it is closed. A folder that holds other things and no
// depot is refused: somebody has mistyped it.
func Dir(dir string) (*Directory, error) {
	if err := refuseStrange(dir); err != nil {
		return nil, fmt.Errorf("mirror: %s: %w", dir, err)
	}
	if err := disk.MakeFolder(dir, 0o755); err != nil {
		return nil, fmt.Errorf("mirror: %w", err)
	}
	lock, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("mirror: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrBusy
		}
		return nil, errors.Join(fmt.Errorf("mirror: %s: %w", dir, err), lock.Close())
	}
	out, err := press.OpenFolder(dir)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("mirror: %w", err), lock.Close())
	}
	return &Directory{root, out, lock}, nil
}

func refuseStrange(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	ours := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return slices.Contains(own, e.Name()) })
	if !ours && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() != "lost+found" }) {
		return ErrStrange
	}
	return nil
}

// Close lets other mirrors in.
func (d *Directory) Close() error { return errors.Join(d.root.Close(), d.lock.Close()) }

// List says what is there.
func (d *Directory) List(ctx context.Context) (map[string]File, error) {
	out := map[string]File{}
	err := fs.WalkDir(d.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !edition.IsPath(name) {
			return errors.Join(err, context.Cause(ctx))
		}
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() {
			out[name] = File{info.Size(), info.ModTime()}
		}
		return err
	})
	return out, err
}

// Read reads a file.
func (d *Directory) Read(_ context.Context, name string) ([]byte, error) {
	return d.root.ReadFile(filepath.FromSlash(name))
}

// Write writes a file.
func (d *Directory) Write(_ context.Context, name string, b []byte) error {
	err := d.out.Write(name, b)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// Settle puts all names on the disk.
func (d *Directory) Settle() error { return d.out.Settle() }

// Replace replaces a file. Nobody else writes here meanwhile.
func (d *Directory) Replace(ctx context.Context, name string, old, b []byte) error {
	have, err := d.Read(ctx, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !bytes.Equal(have, old) {
		return ErrChanged
	}
	return d.Write(ctx, name, b)
}

// Remove removes a file.
func (d *Directory) Remove(_ context.Context, name string) error {
	return d.root.Remove(filepath.FromSlash(name))
}
