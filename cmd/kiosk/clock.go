package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"mingbai.local/cmd/kiosk/internal/whole"
	"mingbai.local/sync/trust"
)

const (
	// clockFile is where the latest time that was believed lies in the data folder, so that a machine whose battery is empty does not
	// show again what has expired.
	clockFile = "clock"
	// clockEvery is how often it is written: only days matter, and a disk is not to be worn out.
	clockEvery = time.Hour
	// signedWithin is how old the newest signature of an office that was just asked may be for the machine's clock to be proved right.
	// Offices sign every day.
	signedWithin = 48 * time.Hour
)

// clock says what time it is where the machine's own clock cannot be believed (时钟). Serving never depends on it; what has expired does.
type clock struct {
	file  string
	built time.Time // the program, before which it cannot be
	began time.Time

	mu       sync.Mutex
	issued   time.Time // the newest that an office has signed
	believed moment
	before   moment // what was believed when the clock was last put forward, in case that was a mistake
	kept     time.Time
}

// moment is a time and how long the program had run by then, which nobody can set.
type moment struct {
	time time.Time
	ran  time.Duration
}

// at is what time it was, or will be, when the program has run for that long.
func (m moment) at(ran time.Duration) time.Time { return m.time.Add(ran - m.ran) }

// newClock reads what a data folder knows.
func newClock(data string) *clock {
	c := &clock{file: filepath.Join(data, clockFile), built: builtAt(), began: time.Now()}
	const long = 64 // what is written is shorter
	b, err := whole.Read(c.file, long)
	if err == nil {
		c.kept, err = parseClock(string(b))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("clock", "err", err) // it is written anew within the hour
	}
	c.believed.time = c.kept
	return c
}

// formatClock is what is kept.
func formatClock(t time.Time) string { return t.UTC().Format(time.RFC3339) + "\n" }

func parseClock(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339+"\n", s)
	if err == nil && formatClock(t) != s {
		err = errors.New("it is written otherwise")
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("clock: %w", err)
	}
	return t, nil
}

// signed tells the newest time that an office has signed.
func (c *clock) signed(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.issued) {
		c.issued = at
	}
}

// confirmed tells that an office has just been asked, and when it signed last. A clock that agrees with that is right, whatever was
// believed before.
func (c *clock) confirmed(issued time.Time) { c.agree(issued, time.Now()) }

func (c *clock) agree(issued, reading time.Time) {
	c.signed(issued)
	if passed := reading.Sub(issued); passed < 0 || passed > signedWithin {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.issued = issued // a later one was signed by a clock that was ahead
	c.believed, c.before = moment{reading.Round(0), reading.Sub(c.began)}, moment{}
}

// now is what time it is; with a wrong clock it is the time that is known to have come.
func (c *clock) now() time.Time {
	reading := time.Now()
	correction, _ := c.check(reading)
	return reading.Add(correction)
}

// check says whether a reading of the machine's clock is wrong, and by how much it then has to be put forward.
func (c *clock) check(reading time.Time) (correction time.Duration, wrong bool) {
	return c.judge(moment{reading.Round(0), reading.Sub(c.began)})
}

func (c *clock) judge(wall moment) (correction time.Duration, wrong bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	floor := c.believed.at(wall.ran)
	if !c.before.time.IsZero() && c.before.at(wall.ran).Sub(wall.time).Abs() < time.Hour {
		floor, c.before = wall.time, moment{} // it has been put back to where it was
	}
	seen := trust.Seen{Issued: c.issued, Clock: floor}
	now, wrong := trust.NewState(trust.Enrolment{}, nil, seen).Clock(wall.time, c.built)
	if c.believed.ran > 0 && now.Sub(floor) > time.Hour {
		c.before = c.believed
	}
	c.believed = moment{now, wall.ran}
	if wrong {
		correction = now.Sub(wall.time).Round(time.Second)
	}
	return correction, wrong
}

// keep writes down what time it is, at once and then every hour, until ctx is done.
func (c *clock) keep(ctx context.Context) {
	t := time.NewTicker(clockEvery)
	defer t.Stop()
	for {
		c.write()
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// write keeps what time it is, unless what is kept is as good.
func (c *clock) write() {
	now := c.now().UTC().Truncate(time.Second)
	if now.Sub(c.kept).Abs() < clockEvery/2 {
		return
	}
	if err := whole.Write(c.file, []byte(formatClock(now))); err != nil {
		slog.Warn("clock", "err", err) // the disk is told of elsewhere
		return
	}
	c.kept = now
}
