package main

import (
	"log/slog"
	"runtime"
	"syscall"
	"unsafe"
)

// What takes as long as it takes has the lowest priority (优先级) at the processor and at the disk.
const (
	lowest = 19

	// Of sched_setscheduler(2) and ioprio_set(2), which package syscall has no names for.
	schedIdle       = 5
	ioprioWhoThread = 1
	ioprioIdle      = 3 << 13
)

// gently starts a process with the lowest priority. A process inherits it from the thread that starts it, so that thread is
// given it first, and ends, because its priority cannot be raised again.
//
// Niceness alone lets such a process finish its slice of some milliseconds whenever the screen wants the processor, which it does
// many times for each page; what runs only when nobody else wants to (SCHED_IDLE) gives way sooner.
func gently(start func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), lowest); err != nil {
			slog.Warn("gently", "err", err)
		}
		var none struct{ priority int32 }
		if _, _, errno := syscall.Syscall(syscall.SYS_SCHED_SETSCHEDULER, 0, schedIdle, uintptr(unsafe.Pointer(&none))); errno != 0 {
			slog.Warn("gently", "err", errno)
		}
		if _, _, errno := syscall.Syscall(syscall.SYS_IOPRIO_SET, ioprioWhoThread, 0, ioprioIdle); errno != 0 {
			slog.Warn("gently", "err", errno)
		}
		done <- start()
	}()
	return <-done
}
