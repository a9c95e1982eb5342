//go:build unix

package stick

import (
	"errors"
	"os"
	"syscall"
)

// syncDir waits until a folder's names are on the stick.
func syncDir(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// room is how many bytes can be written, and in pieces of what size they are given out.
func room(dir string) (free, cluster int64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), max(int64(st.Bsize), 1), nil
}

// lock keeps a second program away. It ends with the process, however that ends.
func lock(root *os.Root, _ string) (unlock func() error, err error) {
	f, err := root.OpenFile(lockName, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrBusy
		}
		return nil, errors.Join(err, f.Close())
	}
	// Whoever held it before may have taken it away between the two.
	mine, err := f.Stat()
	if there, gone := root.Lstat(lockName); err != nil || gone != nil || !os.SameFile(mine, there) {
		return nil, errors.Join(ErrBusy, f.Close())
	}
	return func() error {
		// Where the stick has been pulled out there is nothing left to give back.
		_ = root.Remove(lockName)
		return f.Close()
	}, nil
}
