//go:build !unix

package speech

import "os/exec"

// alone leaves a program as it is: where there are no process groups, killing it is all that can be done.
func alone(*exec.Cmd) {}
