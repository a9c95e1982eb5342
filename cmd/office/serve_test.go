package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mingbai.local/cmd/internal/polls"
)

// serving starts the office as a process of its own that serves dir, and returns its address.
func serving(t testing.TB, dir string) string {
	t.Helper()
	said := &lines{ch: make(chan string, 4)}
	cmd := program(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
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
	return address(t, <-said.ch)
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
