package main

import (
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

// painted is told of each page that is first on the window. When nobody is there, what the last visit has left behind goes back to the
// machine, and nobody waits for it.
func painted() func(kiosk.Page) {
	first := firstPages()
	return func(page kiosk.Page) {
		first(page)
		if page == kiosk.PageIdle {
			go debug.FreeOSMemory()
		}
	}
}
