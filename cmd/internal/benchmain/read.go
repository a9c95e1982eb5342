package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// sheetRows counts the rows of the county's sheets, without their headings.
func sheetRows(dir string) (int, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		return 0, err
	}
	rows := 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return 0, err
		}
		rows += max(0, bytes.Count(data, []byte("\n"))-1)
	}
	return rows, nil
}

// fields reads key=value words of a log line.
func fields(line string) map[string]string {
	out := map[string]string{}
	for _, w := range strings.Fields(line) {
		if k, v, ok := strings.Cut(w, "="); ok {
			out[k] = v
		}
	}
	return out
}

// resident returns the resident set of a process in megabytes.
func resident(pid string) (float64, error) {
	data, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			return kb / 1000, err
		}
	}
	return 0, fmt.Errorf("no VmRSS for process %s", pid)
}

// machine says on what the figures were measured.
func machine() string {
	model := runtime.GOARCH
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if k, v, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(k) == "model name" {
				model = strings.TrimSpace(v)
				break
			}
		}
	}
	var info syscall.Sysinfo_t
	memory := ""
	if syscall.Sysinfo(&info) == nil {
		memory = fmt.Sprintf(", %d GB", uint64(info.Totalram)*uint64(info.Unit)>>30)
	}
	return fmt.Sprintf("%s, %d cores%s, %s, software OpenGL", model, runtime.NumCPU(), memory, runtime.Version())
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func stop(cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}
}
