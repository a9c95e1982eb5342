package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/health"
	"mingbai.local/sync/store"
)

// trial watches how an edition proves itself (试用): the program says when it begins to serve one, that it has served it for ten minutes and
// twenty pages, and that it ends as it should. A program that says nothing more has crashed. Without a screen there is no trial: nil.
type trial struct {
	store *store.Store
	now   func() time.Time

	mu     sync.Mutex
	begun  int64 // the edition that the store was last told of
	tested bool  // it has not proved itself
	since  time.Time
	served int
	long   bool  // it has served for store.GoodAfter
	left   int64 // the edition that was left at this start because it had crashed the program
	ended  bool
}

func newTrial(s *store.Store) *trial { return &trial{store: s, now: time.Now} }

// begin is called before a book is opened. It may make the edition before current.
func (t *trial) begin() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok, err := t.store.Current()
	if err != nil || !ok || g.Number == t.begun || t.ended { // an update may come while the program ends
		return
	}
	if t.begun == 0 && !displayThere() {
		return // the start will fail, and that is no fault of the edition
	}
	start, err := t.store.Began(opens)
	if err != nil {
		slog.Warn("trial", "err", err)
		return
	}
	if start.Left != 0 {
		t.left = start.Left
		if g, ok, err = t.store.Current(); err != nil || !ok {
			return
		}
	}
	t.begun, t.tested, t.since, t.served, t.long = g.Number, start.Trial != 0, t.now(), 0, false
}

// painted counts the pages on which an edition has answered somebody.
func (t *trial) painted(page kiosk.Page) {
	switch page {
	case kiosk.PageIdle, kiosk.PageRest, kiosk.PageHome, kiosk.PageEmpty, kiosk.PageStill, kiosk.PagePIN, kiosk.PageWipe:
		return
	}
	if t == nil || strings.HasPrefix(string(page), string(kiosk.PageStaff)) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.served++
}

// look tells the store what there is to tell.
func (t *trial) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.tested || t.now().Sub(t.since) < store.GoodAfter {
		return
	}
	if t.served >= store.GoodQueries {
		if t.tell(t.store.Settled) {
			t.tested = false
			slog.Info("这一期用得好好的，留下来了")
		}
		return
	}
	if !t.long {
		t.long = t.tell(t.store.Ended)
	}
}

func (t *trial) tell(what func() error) bool {
	if err := what(); err != nil {
		slog.Warn("trial", "err", err)
		return false
	}
	return true
}

// watch looks now and then until ctx is done.
func (t *trial) watch(ctx context.Context) {
	if t == nil {
		return
	}
	t.mu.Lock()
	left := t.left
	t.mu.Unlock()
	if left != 0 {
		slog.Error(health.WentBack.Words, "code", health.WentBack.Code, "edition", left)
	}
	const every = 5 * time.Second
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t.look()
		}
	}
}

// end says that the program ends as it should.
func (t *trial) end() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.tell(t.store.Ended)
}

// displayThere says whether there is a screen to open a window on. While the machine starts the program may be faster than its X server.
func displayThere() bool {
	host, number, ok := strings.Cut(os.Getenv("DISPLAY"), ":")
	if !ok {
		return false
	}
	if host != "" && host != "unix" {
		return true // somewhere else: it is not for a kiosk to ask a network
	}
	number, _, _ = strings.Cut(number, ".")
	for _, socket := range []string{"@/tmp/.X11-unix/X", "/tmp/.X11-unix/X"} {
		if c, err := net.Dial("unix", socket+number); err == nil {
			c.Close()
			return true
		}
	}
	return false
}
