package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/trust"
)

// days is a clock on which waiting takes no time; it ends the story after so many waits.
type days struct {
	waits []time.Duration
	end   int
}

var errEnd = errors.New("the story ends")

func (d *days) Sleep(_ context.Context, w time.Duration) error {
	d.waits = append(d.waits, w)
	if len(d.waits) == d.end {
		return errEnd
	}
	return nil
}

// run lets a courier run over the given answers of pull, the last again and again.
func run(t *testing.T, c *Courier, looks int, answers ...func() (pull.Result, error)) (waits []time.Duration, told []Event) {
	t.Helper()
	clock := &days{end: looks}
	if c.Spread > 0 {
		clock.end++
	}
	n := 0
	c.Kiosk, c.Every, c.Clock = "YD-01", 10*time.Minute, clock
	c.Tell = func(e Event) { told = append(told, e) }
	c.Pull = func(_ context.Context, l Look) (pull.Result, error) {
		l.Progress(pull.Progress{Stage: pull.Probe})
		a := answers[min(n, len(answers)-1)]
		n++
		return a()
	}
	if err := c.Run(context.Background()); !errors.Is(err, errEnd) {
		t.Fatal(err)
	}
	return clock.waits, told
}

func same() (pull.Result, error) { return pull.Result{Edition: 1}, nil }
func next() (pull.Result, error) { return pull.Result{Edition: 2, Changed: true}, nil }

func fail(err error) func() (pull.Result, error) {
	return func() (pull.Result, error) { return pull.Result{}, err }
}

func looked(told []Event) []Looked {
	var out []Looked
	for _, e := range told {
		if l, ok := e.(Looked); ok {
			out = append(out, l)
		}
	}
	return out
}

func TestItLooksAtTheStartAndThenAtIntervals(t *testing.T) {
	waits, told := run(t, &Courier{}, 50, same)
	if _, ok := told[0].(Working); !ok {
		t.Errorf("first it told %T", told[0])
	}
	if len(looked(told)) != 50 {
		t.Errorf("looked %d times", len(looked(told)))
	}
	var sum time.Duration
	for _, w := range waits {
		sum += w
		if w < 5*time.Minute || w > 15*time.Minute {
			t.Errorf("waits %v", w)
		}
	}
	if mean := sum / 50; mean < 8*time.Minute || mean > 12*time.Minute {
		t.Errorf("waits %v on average", mean)
	}
	if slices.Max(waits)-slices.Min(waits) < 5*time.Minute {
		t.Errorf("always waits about %v", waits[0])
	}
}

func TestANewEditionIsTold(t *testing.T) {
	_, told := run(t, &Courier{}, 3, same, next, same)
	var arrived []int64
	for _, e := range told {
		if a, ok := e.(Arrived); ok {
			arrived = append(arrived, a.Edition)
		}
	}
	if !slices.Equal(arrived, []int64{2}) {
		t.Errorf("arrived %v", arrived)
	}
}

func TestKiosksDoNotComeAllAtOnceWhenThePowerIsBack(t *testing.T) {
	for age, within := range map[time.Duration]time.Duration{time.Hour: 30 * time.Minute, -time.Hour: 30 * time.Minute, 48 * time.Hour: 5 * time.Minute} {
		firsts := map[time.Duration]bool{}
		for i := range 100 {
			s := Schedule{Kiosk: fmt.Sprint("YD-", i), Every: time.Minute}
			first := s.First(Spread(true, age))
			if first < 0 || first >= within {
				t.Errorf("data %v old: waits %v", age, first)
			}
			firsts[first.Truncate(within/30)] = true
		}
		if len(firsts) < 20 {
			t.Errorf("data %v old: 100 kiosks come in %d of 30 parts of %v", age, len(firsts), within)
		}
	}
	if Spread(false, 0) != 0 {
		t.Error("a new kiosk waits")
	}
	waits, told := run(t, &Courier{Spread: 30 * time.Minute}, 1, same)
	if len(waits) != 2 || waits[0] >= 30*time.Minute || len(looked(told)) != 1 {
		t.Errorf("waits %v", waits)
	}
}

// The office signs how often it wants to be asked; from then on it is that.
func TestTheOfficeSaysHowOften(t *testing.T) {
	hourly := func() (pull.Result, error) { return pull.Result{PollMinutes: 60}, nil }
	down := fail(errors.New("connection refused"))
	waits, _ := run(t, &Courier{}, 60, slices.Concat(slices.Repeat([]func() (pull.Result, error){same}, 20), []func() (pull.Result, error){hourly, down, same})...)
	if w := slices.Max(waits[:20]); w > 15*time.Minute {
		t.Errorf("waits %v before the office has said anything", w)
	}
	if w := slices.Min(waits[22:]); w < 30*time.Minute {
		t.Errorf("waits %v although an hour was signed", w)
	}
	if w := slices.Max(waits[22:]); w > 90*time.Minute {
		t.Errorf("waits %v although an hour was signed", w)
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	busy := func(after time.Duration) error {
		return fmt.Errorf("pull: %w", &depot.Later{Status: "503", After: after})
	}
	backs := map[time.Duration]bool{}
	for i := range 200 {
		s := Schedule{Kiosk: fmt.Sprint("YD-", i), Every: 10 * time.Minute}
		for _, c := range []struct{ after, atLeast, atMost time.Duration }{
			{time.Second, time.Minute, 6 * time.Hour}, {2 * time.Hour, 2 * time.Hour, 2*time.Hour + 10*time.Minute}, {5000 * time.Hour, Longest, Longest + 10*time.Minute},
		} {
			s.failures = 0
			w := s.Next(OutcomeOf(pull.Result{}, busy(c.after)))
			if w < c.atLeast || w > c.atMost {
				t.Errorf("sent away for %v, waits %v", c.after, w)
			}
			if c.after == 2*time.Hour {
				backs[w.Truncate(time.Minute)] = true
			}
		}
	}
	if len(backs) < 10 {
		t.Errorf("200 kiosks that were sent away together come back in %d different minutes", len(backs))
	}
}

// A line that breaks in the middle of an edition, again and again, is used while it brings something.
func TestALineThatBringsSomethingIsAskedAgainSoon(t *testing.T) {
	for _, r := range []pull.Result{{ShardsFetched: 3}, {Bytes: 3 << 20}} {
		waits, _ := run(t, &Courier{}, 60, func() (pull.Result, error) { return r, errors.New("connection reset") })
		if w := slices.Max(waits); w > 20*time.Minute {
			t.Errorf("%+v: waits %v", r, w)
		}
	}
}

// What stays old for three looks is asked for past caches, and then every fourth time.
func TestAStaleProxyIsGotAround(t *testing.T) {
	for what, old := range map[string]func() (pull.Result, error){
		"the same": func() (pull.Result, error) { return pull.Result{Quiet: true}, nil }, "older": fail(trust.ErrRollback),
	} {
		var past []bool
		s := Schedule{Kiosk: "YD-01", Every: 10 * time.Minute}
		for range 9 {
			past = append(past, s.PastCaches())
			s.Next(OutcomeOf(old()))
		}
		if want := []bool{false, false, false, true, false, false, false, true, false}; !slices.Equal(past, want) {
			t.Errorf("%s: past caches %v", what, past)
		}
		for !s.PastCaches() {
			s.Next(OutcomeOf(old()))
		}
		if s.Next(OutcomeOf(same())); s.PastCaches() {
			t.Errorf("%s: still past caches after news", what)
		}
	}
}

// A full disk is told to the next look, so that it need not be found full again; whatever else happens, it is forgotten.
func TestAFullDiskIsRemembered(t *testing.T) {
	full := fail(fmt.Errorf("pull: %w", &pull.NoSpace{Edition: 2, Need: 400 << 20, Free: 100<<20 + 1}))
	answers := []func() (pull.Result, error){full, full, same, same}
	var lacked []*pull.NoSpace
	var told []Event
	c := Courier{Kiosk: "YD-01", Every: time.Minute, Clock: &days{end: len(answers)}, Tell: func(e Event) { told = append(told, e) }}
	c.Pull = func(_ context.Context, l Look) (pull.Result, error) {
		lacked = append(lacked, l.Lacked)
		return answers[len(lacked)-1]()
	}
	if err := c.Run(context.Background()); !errors.Is(err, errEnd) {
		t.Fatal(err)
	}
	if lacked[0] != nil || lacked[1] == nil || lacked[1].Edition != 2 || lacked[2] == nil || lacked[3] != nil {
		t.Errorf("told %v", lacked)
	}
	if said := looked(told)[0].Conditions; len(said) != 1 || said[0].Code != health.Full.Code || !strings.Contains(said[0].Words, "还差300MB") {
		t.Errorf("staff are told %+v", said)
	}
}

func TestItAsksLessOftenWhileTheOfficeIsDown(t *testing.T) {
	down := errors.New("connection refused")
	waits, _ := run(t, &Courier{}, 60, fail(down))
	if w := slices.Max(waits); w > Longest || w < Longest/2 {
		t.Errorf("waits up to %v", w)
	}
	if w := slices.Max(waits[:2]); w > 41*time.Minute {
		t.Errorf("waits %v after two failures", w)
	}
	if w := slices.Min(waits); w < shortest {
		t.Errorf("waits %v", w)
	}
	answers := slices.Repeat([]func() (pull.Result, error){fail(down)}, 20)
	waits, _ = run(t, &Courier{}, 30, append(answers, same)...)
	if w := slices.Max(waits[20:]); w > 15*time.Minute {
		t.Errorf("waits %v once the office is back", w)
	}
}

func TestOffline(t *testing.T) {
	c := Courier{
		Offline: true, Spread: time.Hour, Every: time.Minute,
		Pull: func(context.Context, Look) (pull.Result, error) {
			t.Error("pulled offline")
			return pull.Result{}, nil
		},
		Tell: func(e Event) { t.Errorf("told %T", e) },
	}
	if err := c.Run(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestItEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := Courier{
		Every: time.Hour, Clock: System{}, Tell: func(e Event) {
			if _, ok := e.(Looked); ok {
				cancel()
			}
		},
		Pull: func(context.Context, Look) (pull.Result, error) { return same() },
	}
	if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	// In the middle of an update it says nothing of the update it broke off.
	ctx, cancel = context.WithCancel(context.Background())
	c.Tell = func(e Event) { t.Errorf("told %T", e) }
	c.Pull = func(ctx context.Context, _ Look) (pull.Result, error) {
		cancel()
		return pull.Result{}, ctx.Err()
	}
	if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestSystemClock(t *testing.T) {
	if err := (System{}).Sleep(context.Background(), time.Millisecond); err != nil {
		t.Error(err)
	}
}

func TestEveryFaultHasItsCondition(t *testing.T) {
	for _, c := range []struct {
		result pull.Result
		err    error
		want   []health.Condition
	}{
		{pull.Result{}, nil, nil},
		{pull.Result{Stale: true, ClockWrong: true}, nil, []health.Condition{health.Stale, health.Clock}},
		{pull.Result{}, trust.ErrRollback, []health.Condition{health.Rollback}},
		{pull.Result{}, trust.ErrMalformed, []health.Condition{health.Portal}},
		{pull.Result{}, trust.ErrSignature, []health.Condition{health.Tampered}},
		{pull.Result{}, trust.ErrForeign, []health.Condition{health.Foreign}},
		{pull.Result{}, trust.ErrFreeze, []health.Condition{health.Expired}},
		{pull.Result{ClockWrong: true}, &pull.NoSpace{Need: 2, Free: 1}, []health.Condition{health.FullBy(1), health.Clock}},
		{pull.Result{}, pull.Fail(pull.Full, "no space left on device"), []health.Condition{health.Full}},
		{pull.Result{}, depot.ErrElsewhere, []health.Condition{health.Portal}},
		{pull.Result{}, errors.New("disk"), []health.Condition{health.Failed}},
		{pull.Result{}, pull.ErrDeclined, nil},
		{pull.Result{}, context.Canceled, nil},
	} {
		if got := Conditions(c.result, c.err); !slices.Equal(got, c.want) {
			t.Errorf("%+v, %v: %v", c.result, c.err, got)
		}
	}
	for f := pull.Busy; f <= pull.Internal; f++ {
		if _, ok := ofFault[f]; !ok && f != pull.Declined {
			t.Errorf("fault %d has no condition", f)
		}
	}
}
