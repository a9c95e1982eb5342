// Package courier is the kiosk's one background loop: the courier (信使).
//
// There are two parties: package pull, which makes one update, and the program, which is told what came of it and shows it when nobody is in the
// middle of a page. The courier decides when (Schedule). It looks soon after the start and then at about the interval that the office signs, each kiosk
// at moments of its own, so that a county whose power comes back does not ask all at once; while the office cannot be had it looks less and less
// often, down to every six hours, and not before a server that sent it away wants it back. What is promised: at most one update at a time; whatever
// fails, the loop goes on; it ends when its context does; and offline it does nothing at all, no request, no look at a disk.
package courier

import (
	"context"
	"errors"
	"time"

	"mingbai.local/sync/depot"
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
	Every time.Duration // the enrolment's interval, until the office says another
	// Spread is over how long the first look is spread, as Spread says.
	Spread  time.Duration
	Offline bool // 离线运行
	// Pull makes one update as the look says.
	Pull  func(ctx context.Context, l Look) (pull.Result, error)
	Tell  func(Event) // called from the loop, one at a time
	Clock Clock
}

// Look (探问) is how one update is to be made: what of it depends on those before.
type Look struct {
	PastCaches bool
	Lacked     *pull.NoSpace
	Progress   func(pull.Progress)
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

// Run loops until ctx is done, and returns its error. Offline it returns nil at once.
func (c *Courier) Run(ctx context.Context) error {
	if c.Offline {
		return nil
	}
	s := Schedule{Kiosk: c.Kiosk, Every: c.Every}
	var lacked *pull.NoSpace
	if first := s.First(c.Spread); first > 0 {
		if err := c.Clock.Sleep(ctx, first); err != nil {
			return err
		}
	}
	for {
		result, err := c.Pull(ctx, Look{s.PastCaches(), lacked, func(p pull.Progress) { c.Tell(Working{p}) }})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if result.Changed {
			c.Tell(Arrived{result})
		}
		if !errors.As(err, &lacked) {
			lacked = nil
		}
		next := s.Next(OutcomeOf(result, err))
		c.Tell(Looked{Conditions(result, err), err, next})
		if err := c.Clock.Sleep(ctx, next); err != nil {
			return err
		}
	}
}

// much is more than all that an update reads before the first shard.
const much = 256 << 10

// OutcomeOf is what an update means for the next look.
func OutcomeOf(r pull.Result, err error) Outcome {
	o := Outcome{
		Every: time.Duration(r.PollMinutes) * time.Minute, Failed: err != nil, Brought: r.ShardsFetched > 0 || r.Bytes > much,
		Quiet: r.Quiet || pull.FaultOf(err) == pull.Rollback,
	}
	var later *depot.Later
	if errors.As(err, &later) {
		o.After = later.After
	}
	return o
}

// Conditions says what staff should know of an update. One that was stopped says nothing.
func Conditions(r pull.Result, err error) []health.Condition {
	var out []health.Condition
	var space *pull.NoSpace
	if errors.As(err, &space) {
		out = append(out, health.FullBy(space.Missing()))
	} else if c, ok := ofFault[pull.FaultOf(err)]; ok {
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
	pull.Newer: health.Newer, pull.NotHanded: health.NotHanded, pull.Full: health.Full, pull.Internal: health.Failed,
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
