package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/pull"
)

func TestTheLineEndsWhatUsesIt(t *testing.T) {
	l := newLine(true)
	ctx, done, ok := l.use(context.Background())
	if !ok || ctx.Err() != nil {
		t.Fatal("an open line cannot be used")
	}
	defer done()
	l.set(false)
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), errCut) || !errors.Is(context.Cause(ctx), context.Canceled) {
		t.Errorf("what was under way ended with %v", context.Cause(ctx))
	}
	if _, _, ok := l.use(context.Background()); ok {
		t.Error("a line that was cut can be used")
	}
	waited := make(chan struct{})
	go func() { l.wait(context.Background(), true); close(waited) }()
	l.set(true)
	<-waited
	again, stop, ok := l.use(context.Background())
	if !ok || again.Err() != nil {
		t.Error("the line does not open again")
	}
	stop()
	if !errors.Is(again.Err(), context.Canceled) {
		t.Error("what is done goes on")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l.wait(ctx, false) // returns
}

func TestTheCourierGivesWayToStaff(t *testing.T) {
	turns := newTurns()
	ctx, letGo, err := turns.courier(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	staffs := make(chan func())
	go func() {
		done, err := turns.staff(context.Background())
		if err != nil {
			t.Error(err)
		}
		staffs <- done
	}()
	<-ctx.Done()
	if pull.FaultOf(context.Cause(ctx)) != pull.Stopped {
		t.Errorf("to the courier giving way is %v", context.Cause(ctx))
	}
	select {
	case <-staffs:
		t.Fatal("two write at once")
	default:
	}
	letGo()
	done := <-staffs
	impatient, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := turns.staff(impatient); err == nil {
		t.Error("two write at once")
	}
	if _, _, err := turns.courier(impatient); err == nil {
		t.Error("two write at once")
	}
	done()
	if _, letGo, err := turns.courier(context.Background()); err != nil {
		t.Error(err)
	} else {
		letGo()
	}
}

// The meter of a whole update with a clock of its own: at most four times a second, figures that only grow, and no time left
// that is not known.
func TestTheMeter(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	began := now
	var said []kiosk.Working
	m := newMeter(kiosk.TaskStick, func(w kiosk.Working) { said = append(said, w) }, func() time.Time { return now })
	const bytes, rows = 10_000_000, 50_000
	m.progress(pull.Progress{Stage: pull.Probe})
	for done := int64(0); done <= bytes; done += bytes / 200 {
		now = now.Add(10 * time.Millisecond)
		m.progress(pull.Progress{Stage: pull.Fetch, Done: done, Total: bytes})
	}
	for done := int64(0); done <= rows; done += rows / 400 {
		now = now.Add(10 * time.Millisecond)
		m.progress(pull.Progress{Stage: pull.Check, Done: done, Total: rows})
	}
	checked := len(said)
	m.progress(pull.Progress{Stage: pull.Build})
	for range 20 {
		now = now.Add(time.Second)
		m.goOn()
	}
	m.progress(pull.Progress{Stage: pull.Switch})
	if most := int(now.Sub(began)/saysEvery) + 5; len(said) > most || checked < 10 {
		t.Errorf("it spoke %d times in %v", len(said), now.Sub(began))
	}
	var last kiosk.Working
	known := false
	for _, w := range said {
		if w.Task != kiosk.TaskStick || w.Done < last.Done || w.Rows < last.Rows || w.Left < 0 || w.Left > time.Minute {
			t.Errorf("%+v after %+v", w, last)
		}
		known = known || w.Left > 0
		last = w
	}
	if !known || last.Left != 0 || last.Done != bytes || last.Rows < rows*9/10 {
		t.Errorf("known %v, at the end %+v", known, last)
	}
}

// The time left is right while bytes come, whatever was there before, and grows while none come.
func TestTheMeterKnowsHowLongALineTakes(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	var left time.Duration
	m := newMeter(kiosk.TaskUpdate, func(w kiosk.Working) { left = w.Left }, func() time.Time { return now })
	const total, had, rows, perSecond = 20_000_000, 12_000_000, 1_000_000, 100_000
	m.progress(pull.Progress{Stage: pull.Probe})
	m.progress(pull.Progress{Stage: pull.Fetch, Done: had, Total: total, Rows: rows})
	if left != 0 {
		t.Errorf("before anything has come: %v", left)
	}
	for done := int64(had); done < total; done += perSecond / 2 {
		m.progress(pull.Progress{Stage: pull.Fetch, Done: done, Total: total, Rows: rows})
		truth := time.Duration(total-done)*time.Second/perSecond + rows*perRow
		if known := done-had > (total-had)/surePart; known && (left < truth*9/10 || left > truth*11/10) {
			t.Errorf("%d bytes: %v left, in truth %v", done, left, truth)
		}
		now = now.Add(time.Second / 2)
	}
	m = newMeter(kiosk.TaskUpdate, func(w kiosk.Working) { left = w.Left }, func() time.Time { return now })
	for done := int64(0); done <= total/2; done += perSecond {
		m.progress(pull.Progress{Stage: pull.Fetch, Done: done, Total: total})
		now = now.Add(time.Second)
	}
	before := left
	for range 30 { // the line is silent
		now = now.Add(time.Second)
		m.goOn()
	}
	if before == 0 || left <= before {
		t.Errorf("silent for half a minute: %v left, %v before", left, before)
	}
}
