package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai.local/cmd/internal/polls"
)

// serving starts the office as a process of its own that serves dir, and returns its address.
func serving(t testing.TB, dir string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	said := &lines{ch: make(chan string, 4)}
	cmd := exec.Command(program, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stdout = said
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("office serve: %v", err)
		}
	})
	line := <-said.ch
	i := strings.Index(line, "http://")
	if i < 0 {
		t.Fatalf("serve says %q", line)
	}
	return strings.Fields(line[i:])[0]
}

// BenchmarkPolls is how many conditional polls one office process answers, its clients on the same cores.
func BenchmarkPolls(b *testing.B) {
	dir := b.TempDir()
	if err := os.CopyFS(dir, os.DirFS(sampleOffice(b))); err != nil {
		b.Fatal(err)
	}
	url := serving(b, filepath.Clean(dir))
	for name, fresh := range map[string]bool{"kept": false, "fresh": true} {
		b.Run(name, func(b *testing.B) {
			var sum float64
			n := 0
			for b.Loop() {
				r, err := polls.Run(context.Background(), polls.Load{URL: url, Connections: 64, Fresh: fresh, For: 3 * time.Second})
				if err != nil {
					b.Fatal(err)
				}
				sum += r.PerSecond
				n++
				b.ReportMetric(float64(r.Request+r.Answer), "B/poll")
			}
			b.ReportMetric(sum/float64(n), "polls/s")
		})
	}
}
