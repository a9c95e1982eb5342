package main

import (
	"log/slog"
	"os"
	"runtime/debug"

	"mingbai.local/app/kiosk"
)

// garbage is how much may lie about, in hundredths of what is in use, before it is collected. Go's own 100 lets a visit leave as much
// behind as the kiosk needs; half of that costs a tenth more processor time while pages are turned, and nothing that a key's time shows.
const garbage = 50

// collectOften keeps the process small (内存): a kiosk has little memory and an idle processor. GOGC, where it is set, decides.
func collectOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// collectMore keeps a process that makes a book small, whose whole memory is the screen's to miss. A book of five million payments
// is 89 MB, and is there twice while it is written; collecting at these marks costs a tenth more processor time than at Go's own.
func collectMore() {
	const percent, limit = 40, 180 << 20
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// painted is told of each page that is first on the window. When a visit has ended, what it has left behind in memory and what it has
// read of the book go back to the machine, and nobody waits for it.
func (p *point) painted() func(kiosk.Page) {
	first := firstPages()
	return func(page kiosk.Page) {
		first(page)
		if page == kiosk.PageHome || page == kiosk.PageIdle {
			go p.rest()
		}
	}
}

// rest lets go of what is mapped of the book that serves, and of what is not in use.
func (p *point) rest() {
	p.mu.Lock()
	if p.book != nil {
		if err := p.book.Rest(); err != nil {
			slog.Warn("kiosk", "err", err)
		}
	}
	p.mu.Unlock()
	debug.FreeOSMemory()
}
