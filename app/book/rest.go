package book

import (
	"fmt"
	"syscall"
)

// Rest gives the parts of the file that have been read back to the machine (歇), so that a book that many visitors have opened
// everywhere takes no more memory than one that was just opened. What is asked for next is read again, most often from the
// machine's cache of files. Readers may go on meanwhile.
func (b *Book) Rest() error {
	if err := b.file.rest(); err != nil {
		return fmt.Errorf("book: rest: %w", err)
	}
	return nil
}

func (f *file) rest() error {
	f.mu.Lock() // what is mapped there after close belongs to somebody else
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, f.db.Info().Data, uintptr(f.pages.size), syscall.MADV_DONTNEED); errno != 0 {
		return errno
	}
	return nil
}
