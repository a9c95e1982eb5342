package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

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
	if c.Fresh {
		clock.end++
	}
	n := 0
	c.Kiosk, c.Every, c.Clock = "YD-01", 10*time.Minute, clock
	c.Tell = func(e Event) { told = append(told, e) }
	c.Pull = func(_ context.Context, progress func(pull.Progress)) (pull.Result, error) {
		progress(pull.Progress{Stage: pull.Probe})
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

func TestKiosksWithFreshDataDoNotComeAllAtOnce(t *testing.T) {
	firsts := map[time.Duration]bool{}
	for i := range 100 {
		c := Courier{Kiosk: fmt.Sprint("YD-", i), Every: time.Hour}
		first := time.Duration(c.share(0) * float64(spread))
		if first < 0 || first >= spread {
			t.Errorf("waits %v", first)
		}
		firsts[first.Truncate(time.Minute)] = true
	}
	if len(firsts) < 20 {
		t.Errorf("100 kiosks come in %d of 30 minutes", len(firsts))
	}
	waits, told := run(t, &Courier{Fresh: true}, 1, same)
	if len(waits) != 2 || waits[0] >= 10*time.Minute || len(looked(told)) != 1 {
		t.Errorf("waits %v", waits)
	}
}

func TestItAsksLessOftenWhileTheOfficeIsDown(t *testing.T) {
	down := errors.New("connection refused")
	waits, _ := run(t, &Courier{}, 60, fail(down))
	if w := slices.Max(waits); w > longest || w < longest/2 {
		t.Errorf("waits up to %v", w)
	}
	if w := slices.Max(waits[:2]); w > 40*time.Minute {
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
		Offline: true, Fresh: true, Every: time.Minute,
		Pull: func(context.Context, func(pull.Progress)) (pull.Result, error) {
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
		Pull: func(context.Context, func(pull.Progress)) (pull.Result, error) { return same() },
	}
	if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	// In the middle of an update it says nothing of the update it broke off.
	ctx, cancel = context.WithCancel(context.Background())
	c.Tell = func(e Event) { t.Errorf("told %T", e) }
	c.Pull = func(ctx context.Context, _ func(pull.Progress)) (pull.Result, error) {
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
		{pull.Result{ClockWrong: true}, &pull.NoSpace{Need: 2, Free: 1}, []health.Condition{health.Full, health.Clock}},
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
