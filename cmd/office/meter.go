package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// meterEvery is how often a long copy says how far it is.
const meterEvery = 2 * time.Second

// meter says how far a copy is.
type meter struct {
	w    io.Writer
	what string

	mu          sync.Mutex
	began, last time.Time
	from        int64
}

func newMeter(w io.Writer, what string) *meter {
	now := time.Now()
	return &meter{w: w, what: what, began: now, last: now, from: -1}
}

// tell is told how many bytes of how many are done. What was done before the first call cost nothing, and says nothing of how
// long the rest takes.
func (m *meter) tell(done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if m.from < 0 {
		m.from = done
	}
	if now.Sub(m.last) < meterEvery || done == m.from {
		return
	}
	m.last = now
	left := time.Duration(float64(now.Sub(m.began)) / float64(done-m.from) * float64(total-done))
	fmt.Fprintf(m.w, "%s %s，共 %s，还要约%s\n", m.what, size(done), size(total), span(left))
}

// size says how many bytes there are.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1023)>>10)
}

// span says how long something takes.
func span(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d小时", int(d.Hours()+0.5))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d分钟", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("%d秒", int(d.Seconds()+0.999))
}
