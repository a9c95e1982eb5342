// Package fleet runs the schedules of all kiosks (查询机) of a county or a province through four days in simulated time.
//
// There is one party, the office, which only counts: how many requests come to it in each second. What decides when they come is courier.Schedule, the
// code that runs in every kiosk, so that the figures are about that code. The days are: two with nothing new, then a new edition; a power cut of an
// hour and one of more than a day, each over the whole county; an office that is down for half a day.
package fleet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"mingbai.local/sync/courier"
)

// Story (情景) is a fleet and what happens to it.
type Story struct {
	Kiosks int
	Every  time.Duration // the office's interval
	Update int           // requests that a new edition takes beside the look that finds it
	Takes  time.Duration // over which these are spread
	Boots  time.Duration // within which the machines are up after the power is back
}

// Peaks are requests per second: Mean on a quiet day, the others those of the busiest second.
type Peaks struct {
	Mean      float64
	Quiet     int // of a quiet day
	Release   int // after an edition was published
	PowerBack int // after an hour without power
	Morning   int // after more than a day without power
	Recovery  int // after the office was down for half a day
}

// Highest is the busiest second of all.
func (p Peaks) Highest() int { return max(p.Quiet, p.Release, p.PowerBack, p.Morning, p.Recovery) }

// What happens when.
const (
	quiet     = 24 * time.Hour // until then the fleet finds its pace
	release   = 48 * time.Hour
	cut       = 54 * time.Hour
	powerBack = 55 * time.Hour
	longCut   = 58 * time.Hour
	morning   = 84 * time.Hour
	down      = 90 * time.Hour
	recovery  = 102 * time.Hour
	end       = 114 * time.Hour
)

// Run runs the story. The same story has the same peaks.
func (s Story) Run() Peaks {
	served := make([]int, end/time.Second+1)
	for n := range s.Kiosks {
		k := kiosk{Story: s, served: served, chance: rand.New(rand.NewPCG(1, uint64(n)))}
		k.live(fmt.Sprintf("YD-%06d", n))
	}
	most := func(from, to time.Duration) int { return slices.Max(served[from/time.Second : to/time.Second]) }
	p := Peaks{
		Quiet: most(quiet, release), Release: most(release, cut), PowerBack: most(powerBack, longCut), Morning: most(morning, down),
		Recovery: most(recovery, end),
	}
	for _, n := range served[quiet/time.Second : release/time.Second] {
		p.Mean += float64(n)
	}
	p.Mean /= (release - quiet).Seconds()
	return p
}

// kiosk is one of the fleet.
type kiosk struct {
	Story
	served  []int
	chance  *rand.Rand
	edition int
}

func (k *kiosk) live(name string) {
	// The first start is at any time before the fleet has found its pace.
	at := k.within(quiet / 2)
	for _, off := range []time.Duration{cut, longCut, end} {
		s := courier.Schedule{Kiosk: name, Every: k.Every}
		age := time.Hour
		if off == end {
			age = morning - longCut
		}
		for at += s.First(courier.Spread(true, age)); at < off; {
			at += s.Next(k.look(at))
		}
		switch off { // the power goes, and comes back for all
		case cut:
			at = powerBack + k.within(k.Boots)
		case longCut:
			at = morning + k.within(k.Boots)
		}
	}
}

func (k *kiosk) within(d time.Duration) time.Duration {
	return time.Duration(k.chance.Float64() * float64(d))
}

// look asks the office, and takes what is new.
func (k *kiosk) look(at time.Duration) courier.Outcome {
	if at >= down && at < recovery {
		return courier.Outcome{Failed: true}
	}
	k.ask(at)
	if at >= release && k.edition == 0 {
		k.edition = 1
		for i := range k.Update {
			k.ask(at + k.Takes*time.Duration(i+1)/time.Duration(k.Update))
		}
	}
	return courier.Outcome{Every: k.Every}
}

func (k *kiosk) ask(at time.Duration) {
	if i := int(at / time.Second); i < len(k.served) {
		k.served[i]++
	}
}
