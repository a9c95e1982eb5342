package courier

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// Schedule (时刻表) decides at which moments one kiosk looks. It waits for nothing and reads no clock, so that a hundred thousand of them can be run
// through a year in seconds; package fleet does.
type Schedule struct {
	Kiosk string        // its name decides its moments
	Every time.Duration // about; the office's word replaces it

	look     uint64
	failures int
	quiet    int // looks in a row that brought nothing although something was due
}

// Outcome is what of a look decides about the next one.
type Outcome struct {
	Every   time.Duration // what the office has signed, 0 when it said nothing or could not be heard
	Failed  bool
	Brought bool          // something of an edition came, if not all
	After   time.Duration // the server wants to be left alone for so long
	Quiet   bool          // what came is older than it should be
}

const (
	// Longest is how rarely an office that cannot be had is asked, and for how long at the most it can send a kiosk away.
	Longest = 6 * time.Hour
	// shortest keeps jitter from asking a struggling office again at once.
	shortest = time.Minute
	// patience is how many looks may bring old news before the next asks past caches.
	patience = 3
)

// Spread is over how long the first look after a start is spread. A county's power comes back for all of its kiosks at once: those whose data was
// confirmed within a day have time, those that show older data have a little, and one that shows none has none.
func Spread(serves bool, age time.Duration) time.Duration {
	switch {
	case !serves:
		return 0
	case age < 24*time.Hour:
		return 30 * time.Minute
	}
	return 5 * time.Minute
}

// First is when the first look comes after a start.
func (s *Schedule) First(spread time.Duration) time.Duration {
	return time.Duration(s.share() * float64(spread))
}

// Next is how long to wait after a look: about the interval, half of it more or less. After failures it doubles with each, and any part of it may be
// waited; where something came before the failure, the next look is as after a first one. What the server wants comes before all that, and what
// comes on top of it keeps those that it sent away together from coming back together.
func (s *Schedule) Next(o Outcome) time.Duration {
	if o.Every > 0 {
		s.Every = o.Every
	}
	s.quiet++
	if !o.Quiet {
		s.quiet = 0
	}
	s.failures++
	if !o.Failed {
		s.failures = 0
	} else if o.Brought {
		s.failures = 1
	}
	s.look++
	if s.failures == 0 {
		return time.Duration((0.5 + s.share()) * float64(s.Every))
	}
	top := s.Every
	for range s.failures {
		top = min(2*top, Longest)
	}
	own := shortest + time.Duration(s.share()*float64(max(top-shortest, 0)))
	if o.After == 0 {
		return own
	}
	return max(own, min(o.After, Longest)+time.Duration(s.share()*float64(min(s.Every, Longest))))
}

// PastCaches says that the next look should ask past whatever keeps copies on the way, since what it got from there is too old. Every so often is
// enough: an office may have forgotten to sign.
func (s *Schedule) PastCaches() bool { return s.quiet%(patience+1) == patience }

// share is a number from 0 to 1 that differs from kiosk to kiosk and from look to look.
func (s *Schedule) share() float64 {
	h := sha256.Sum256(fmt.Appendf(nil, "%s %d", s.Kiosk, s.look))
	return float64(binary.BigEndian.Uint32(h[:])) / (1 << 32)
}
