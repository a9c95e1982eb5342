//go:build unix

package speech

import (
	"os/exec"
	"syscall"
)

// alone puts a program into a process group of its own, and has the whole group killed where the program is.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
