// Package whole writes the small files of a kiosk's data folder whole or not at all (整存): settings, the count of wrong PINs, the
// enrolment. When Write has returned, what it wrote outlives a plug that is pulled.
package whole

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write replaces a file that only its owner may read.
func Write(path string, b []byte) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("whole: %w", err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return fmt.Errorf("whole: %w", errors.Join(err, os.Remove(part)))
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("whole: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("whole: %w", err)
	}
	return nil
}

// ErrNotAFile says that something else lies under the name, or far more than belongs there.
var ErrNotAFile = errors.New("whole: no file of the kind that belongs there")

// Read reads a file of at most that many bytes. A pipe or a device under its name holds nobody up.
func Read(path string, most int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("whole: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, fmt.Errorf("%w: %s", ErrNotAFile, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("whole: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, fmt.Errorf("whole: %w", err)
	}
	return b, nil
}
