package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// manners are how much of a machine a process may have: its niceness, its policy at the processor, its class at the disk.
func manners(t *testing.T, pid int) string {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from the third on, of proc_pid_stat(5)
	const nice, policy = 19 - 3, 41 - 3
	class, _, errno := syscall.Syscall(syscall.SYS_IOPRIO_GET, ioprioWhoThread, uintptr(pid), 0)
	if errno != 0 {
		t.Fatal(errno)
	}
	return fmt.Sprintf("nice %s, policy %s, disk %d", fields[nice], fields[policy], class>>13)
}

// TestWhatTakesItsTimeGivesWay: the process that is begun so has the lowest priority everywhere, and the one that began it keeps its own.
func TestWhatTakesItsTimeGivesWay(t *testing.T) {
	own := manners(t, os.Getpid())
	begin := func(start func(*exec.Cmd) error) string {
		c := exec.Command("cat")
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := start(c); err != nil {
			t.Fatal(err)
		}
		got := manners(t, c.Process.Pid)
		if err := errors.Join(in.Close(), c.Wait()); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := begin(func(c *exec.Cmd) error { return gently(c.Start) }); got != "nice 19, policy 5, disk 3" {
		t.Errorf("begun gently: %s", got)
	}
	for range 20 { // of as many threads as there are, none has been left with the lowest
		if got := begin((*exec.Cmd).Start); got != own {
			t.Fatalf("begun as ever: %s, not %s", got, own)
		}
	}
	if errDone := errors.New("done"); !errors.Is(gently(func() error { return errDone }), errDone) {
		t.Error("how it began is not told")
	}
}
