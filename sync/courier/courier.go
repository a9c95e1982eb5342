// Package courier is the kiosk's one background loop: the courier (信使).
//
// There are two parties: package pull, which makes one update, and the program, which is told what came of it and shows it when nobody is in the
// middle of a page. The courier decides when. It looks at the start and then at about the interval that the office set, each kiosk at moments of its
// own, so that a county whose power comes back does not ask all at once; while the office cannot be had it looks less and less often, down to every
// six hours. What is promised: at most one update at a time; whatever fails, the loop goes on; it ends when its context does; and offline it does
// nothing at all, no request, no look at a disk.
package courier

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
)

// Clock is how the courier waits.
type Clock interface {
	// Sleep returns after d, or earlier with the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Courier (信使) is what the loop needs.
type Courier struct {
	Kiosk string        // its name decides its moments
	Every time.Duration // the enrolment's interval
	// Fresh says that the data was confirmed within a day, so that the first look can wait a little.
	Fresh   bool
	Offline bool // 离线运行
	// Pull makes one update, and reports its progress.
	Pull  func(ctx context.Context, progress func(pull.Progress)) (pull.Result, error)
	Tell  func(Event) // called from the loop, one at a time
	Clock Clock
}

// Event is what the program is told: a Working, an Arrived or a Looked.
type Event interface{ event() }

// Working says how far an update is.
type Working struct{ pull.Progress }

// Arrived says that a new edition serves.
type Arrived struct{ pull.Result }

// Looked says that a look has ended and in which conditions the kiosk is as far as updates tell. They replace those of the look before. Err is for the
// log, nil when all is well.
type Looked struct {
	Conditions []health.Condition
	Err        error
	Next       time.Duration
}

func (Working) event() {}
func (Arrived) event() {}
func (Looked) event()  {}

const (
	// spread is over how long the first looks of kiosks with fresh data are spread.
	spread = 30 * time.Minute
	// longest is how rarely an office that cannot be had is asked.
	longest = 6 * time.Hour
	// shortest keeps jitter from asking a struggling office again at once.
	shortest = time.Minute
)

// Run loops until ctx is done, and returns its error. Offline it returns nil at once.
func (c *Courier) Run(ctx context.Context) error {
	if c.Offline {
		return nil
	}
	if c.Fresh {
		if err := c.Clock.Sleep(ctx, time.Duration(c.share(0)*float64(min(spread, c.Every)))); err != nil {
			return err
		}
	}
	failures := 0
	for look := uint64(1); ; look++ {
		result, err := c.Pull(ctx, func(p pull.Progress) { c.Tell(Working{p}) })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if result.Changed {
			c.Tell(Arrived{result})
		}
		if failures++; err == nil {
			failures = 0
		}
		next := c.wait(look, failures)
		c.Tell(Looked{Conditions(result, err), err, next})
		if err := c.Clock.Sleep(ctx, next); err != nil {
			return err
		}
	}
}

// wait is the interval, half of it more or less; after failures it doubles with each, and any part of it may be waited.
func (c *Courier) wait(look uint64, failures int) time.Duration {
	if failures == 0 {
		return time.Duration((0.5 + c.share(look)) * float64(c.Every))
	}
	top := c.Every
	for range failures {
		top = min(2*top, longest)
	}
	return max(shortest, time.Duration(c.share(look)*float64(top)))
}

// share is a number from 0 to 1 that differs from kiosk to kiosk and from look to look.
func (c *Courier) share(look uint64) float64 {
	h := sha256.Sum256(fmt.Appendf(nil, "%s %d", c.Kiosk, look))
	return float64(binary.BigEndian.Uint32(h[:])) / (1 << 32)
}

// Conditions says what staff should know of an update. One that was stopped says nothing.
func Conditions(r pull.Result, err error) []health.Condition {
	var out []health.Condition
	if c, ok := ofFault[pull.FaultOf(err)]; ok {
		out = append(out, c)
	}
	if r.Stale {
		out = append(out, health.Stale)
	}
	if r.ClockWrong {
		out = append(out, health.Clock)
	}
	return out
}

var ofFault = map[pull.Fault]health.Condition{
	pull.Busy: health.Busy, pull.Unreachable: health.Unreachable, pull.NoEdition: health.NoEdition, pull.NotAnOffice: health.Portal,
	pull.Tampered: health.Tampered, pull.Rollback: health.Rollback, pull.Foreign: health.Foreign, pull.Expired: health.Expired,
	pull.Newer: health.Newer, pull.Full: health.Full, pull.Internal: health.Failed,
}

// System is the machine's clock.
type System struct{}

// Sleep waits.
func (System) Sleep(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, d, errAwake)
	defer cancel()
	<-ctx.Done()
	if err := context.Cause(ctx); !errors.Is(err, errAwake) {
		return err
	}
	return nil
}

var errAwake = errors.New("courier: awake")
