package main

import (
	"log/slog"
	"runtime"
	"syscall"
)

// What takes as long as it takes has the lowest priority (优先级) at the processor and at the disk.
const (
	lowest = 19

	ioprioWhoThread = 1
	ioprioIdle      = 3 << 13 // of ioprio_set(2), which package syscall has no names for
)

// gently starts a process with the lowest priority. A process inherits it from the thread that starts it, so that thread is
// given it first, and ends, because its priority cannot be raised again.
func gently(start func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), lowest); err != nil {
			slog.Warn("gently", "err", err)
		}
		if _, _, errno := syscall.Syscall(syscall.SYS_IOPRIO_SET, ioprioWhoThread, 0, ioprioIdle); errno != 0 {
			slog.Warn("gently", "err", errno)
		}
		done <- start()
	}()
	return <-done
}
