// Package gate counts the tries at the staff's PIN (口令) of a kiosk, and how long none is taken after wrong ones.
//
// There are 3 parties: whoever types, who may pull the plug, set the clock and come back; the program, which says how long it has
// been running; and a small file, which remembers. A try is written down as a wrong one before it is looked at and taken back once
// it was right, so that no moment to pull the plug gives a free try. What is still to be waited is counted down by time that
// the program runs, and never by a clock that can be set. A file that cannot be read or written lets nobody in: the way out is
// a new PIN from the office, which begins a new count.
package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"mingbai.local/cmd/kiosk/internal/whole"
)

// free is how many wrong tries are taken before the first wait.
const free = 5

// waits follow the fifth wrong try and each after it; the last one stays.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 60 * time.Minute}

// Count (计数) is how many tries failed in a row, and the wait that is still to be served.
type Count struct {
	Failures int
	Wait     time.Duration
}

// Attempt returns the count with one more try that failed; ok is false, and nothing counted, while there is a wait.
func (c Count) Attempt() (next Count, ok bool) {
	if c.Wait > 0 {
		return c, false
	}
	c.Failures++
	if c.Failures >= free {
		c.Wait = waits[min(c.Failures-free, len(waits)-1)]
	}
	return c, true
}

// Serve returns the count after the program has run for d.
func (c Count) Serve(d time.Duration) Count {
	if d > 0 {
		c.Wait = max(c.Wait-d, 0)
	}
	return c
}

// Left is how many tries there are before the next wait, once the wait at hand has been served.
func (c Count) Left() int { return max(free-c.Failures, 1) }

// ErrLocked says that no try is taken because it could not be written down.
var ErrLocked = errors.New("gate: tries cannot be counted")

// Gate (门禁) is the count in its file. Its methods may be called from any goroutine.
type Gate struct {
	mu     sync.Mutex
	path   string
	of     string // of which PIN
	count  Count
	kept   time.Duration // the wait as it lies on the disk
	broken error
}

// onDisk is the file.
type onDisk struct {
	Of       string `json:"of"`
	Failures int    `json:"failures"`
	WaitMS   int64  `json:"wait_ms"`
}

// Open reads the count of the PIN with that hash. A count of another PIN is over. A file that cannot be read is remembered, and
// lets nobody in.
func Open(path, hash string) *Gate {
	g := &Gate{path: path, of: fingerprint(hash)}
	b, err := whole.Read(path, mostBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return g
	}
	var d onDisk
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	longest := waits[len(waits)-1].Milliseconds()
	switch {
	case err != nil:
		g.broken = err
	case len(d.Of) != len(g.of) || d.Failures < 0 || d.WaitMS < 0 || d.WaitMS > longest:
		g.broken = errors.New("what it says cannot be")
	case d.Of == g.of:
		g.count = Count{d.Failures, time.Duration(d.WaitMS) * time.Millisecond}
		g.kept = g.count.Wait
	}
	return g
}

// mostBytes is more than the file ever has.
const mostBytes = 4096

// Reset begins a new count in that file, whatever is there. It is for a PIN that is new.
func Reset(path, hash string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("gate: %w", err)
		}
	}
	return (&Gate{path: path, of: fingerprint(hash)}).keep()
}

// Broken says why nobody is let in, nil where tries are counted.
func (g *Gate) Broken() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.broken
}

// Count is the count as it is now.
func (g *Gate) Count() Count {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count
}

// Try counts a try and calls right, which takes a while, to say whether it was right. No other try is taken in between. While there
// is a wait right is not called and no is the answer; where the try cannot be written down the error is ErrLocked.
func (g *Gate) Try(right func() bool) (bool, Count, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken != nil {
		return false, g.count, fmt.Errorf("%w: %w", ErrLocked, g.broken)
	}
	next, ok := g.count.Attempt()
	if !ok {
		return false, g.count, nil
	}
	before := g.count
	g.count = next
	if err := g.keep(); err != nil {
		g.count = before
		return false, before, fmt.Errorf("%w: %w", ErrLocked, err)
	}
	if !right() {
		return false, g.count, nil
	}
	g.count = Count{}
	if err := g.keep(); err != nil { // the try stays counted on the disk: whoever cannot be written down is not let in
		g.count = next
		return false, next, fmt.Errorf("%w: %w", ErrLocked, err)
	}
	return true, g.count, nil
}

// keepEvery is how much served waiting a pulled plug may undo.
const keepEvery = 5 * time.Second

// Serve counts down the wait by time that the program has run. A wait that is less on the disk than it was is never needed, so a
// disk that takes nothing only makes it longer.
func (g *Gate) Serve(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count = g.count.Serve(d)
	if g.kept-g.count.Wait >= keepEvery || g.count.Wait == 0 && g.kept > 0 {
		_ = g.keep() // at the next tick again
	}
}

// keep writes the count, whole or not at all, and has it on the disk before it returns.
func (g *Gate) keep() error {
	b, err := json.Marshal(onDisk{g.of, g.count.Failures, g.count.Wait.Milliseconds()})
	if err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	if err := whole.Write(g.path, b); err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	g.kept = g.count.Wait
	return nil
}

// fingerprint tells PINs apart without giving their hashes away.
func fingerprint(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return hex.EncodeToString(sum[:8])
}
