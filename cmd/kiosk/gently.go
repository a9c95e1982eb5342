package main

import (
	"log/slog"
	"runtime"
	"syscall"
)

// lowest is the priority (优先级) of work that may take as long as it takes.
const lowest = 19

// gently does long work on a thread of its own with the lowest priority, so that whoever touches the screen meanwhile has the processor.
// The thread ends with the work, because its priority cannot be raised again.
func gently(work func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), lowest); err != nil {
			slog.Warn("gently", "err", err)
		}
		done <- work()
	}()
	return <-done
}
