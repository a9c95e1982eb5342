package press

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrBusy is what Print fails with while another press prints into the same depot.
var ErrBusy = errors.New("press: another press is at work on this depot")

// lock keeps a second press out. The kernel opens it when the process ends, however it ends.
func lock(depot string) (unlock func(), err error) { return flock(depot, syscall.LOCK_NB) }

// await is lock, but waits for a press that is at work.
func await(depot string) (unlock func(), err error) { return flock(depot, 0) }

func flock(depot string, how int) (unlock func(), err error) {
	f, err := os.OpenFile(depot+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("press: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|how); err != nil {
		_ = f.Close() // nothing was written to it
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrBusy
		}
		return nil, fmt.Errorf("press: lock %s: %w", f.Name(), err)
	}
	return func() { _ = f.Close() }, nil
}
