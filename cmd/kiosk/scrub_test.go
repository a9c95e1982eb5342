package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/health"
	"mingbai.local/sync/store"
)

// TestTheDiskIsReadThroughWhenNobodyIsThere: by night once a day, by day only where the machine is off at night.
func TestTheDiskIsReadThroughWhenNobodyIsThere(t *testing.T) {
	start := time.Date(2026, 11, 20, 8, 0, 0, 0, china)
	w := newWatchman(start)
	ready := func(at time.Time) bool { return w.ready(at, at.In(china).Hour()) }
	w.painted(kiosk.PageIdle, start)
	if ready(start.Add(scrubFirst - time.Second)) {
		t.Error("just after the start")
	}
	first := start.Add(scrubFirst)
	if !ready(first) {
		t.Error("never after the start")
	}
	w.painted(kiosk.PagePerson, first)
	if ready(first.Add(time.Hour)) {
		t.Error("while somebody reads")
	}
	w.painted(kiosk.PageIdle, first)
	w.painted(kiosk.PageRest, first.Add(scrubIdle/2)) // nobody has come meanwhile
	if ready(first.Add(scrubIdle-time.Second)) || !ready(first.Add(scrubIdle)) {
		t.Error("not ten minutes after somebody has left")
	}
	w.done(store.Found{}, first) // at nine in the morning
	night := time.Date(2026, 11, 21, 4, 59, 0, 0, china)
	if ready(first.Add(19*time.Hour)) || ready(night) {
		t.Error("twice within twenty hours")
	}
	w.done(store.Found{}, time.Date(2026, 11, 20, 2, 0, 0, 0, china))
	if !ready(time.Date(2026, 11, 21, 0, 30, 0, 0, china)) {
		t.Error("not in the next night")
	}
	if w.ready(time.Date(2026, 11, 21, 0, 30, 0, 0, china), -1) {
		t.Error("a clock that is wrong knows when it is night")
	}
	if ready(time.Date(2026, 11, 21, 3, 59, 0, 0, china)) != true || ready(time.Date(2026, 11, 21, 5, 0, 0, 0, china)) != true {
		t.Error("a machine that was off by night is never looked at")
	}
	w = newWatchman(start)
	w.painted(kiosk.PageIdle, start)
	w.later(first)
	if ready(first.Add(scrubFirst-time.Second)) || !ready(first.Add(scrubFirst)) {
		t.Error("a round that came to nothing is not made again after an hour")
	}
}

// TestStaffHearOfARound: what was found and could not be mended is a condition, what was found to be in order is a fact.
func TestStaffHearOfARound(t *testing.T) {
	p, err := openPoint(enrolledFolder(t, "http://127.0.0.1:1/"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeBook(p.book)
	told := func() (state kiosk.State) {
		p.tell(func(m kiosk.Msg) { state = m.(kiosk.State) })
		return state
	}
	says := func(s kiosk.State) bool {
		return slices.ContainsFunc(s.Conditions, func(c kiosk.Condition) bool { return c.Code == health.Worn.Code })
	}
	before := len(told().Facts)
	p.watchman.done(store.Found{Lost: []string{"ab"}}, time.Now())
	if s := told(); !says(s) || len(s.Facts) != before {
		t.Errorf("staff are told %+v", s)
	}
	p.watchman.done(store.Found{}, time.Now())
	if s := told(); says(s) || len(s.Facts) != before+1 {
		t.Errorf("staff are told %+v", s)
	}
}

// TestARoundFindsWhatIsThere: the hand-made folder has a book and nothing that it was made of.
func TestARoundFindsWhatIsThere(t *testing.T) {
	data, _ := twoEditions(t)
	p, err := openPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeBook(p.book)
	defer closeBook(p.before)
	p.round(context.Background(), func(kiosk.Msg) {})
	found, last := p.watchman.report()
	if last.IsZero() || len(found.Books) != 0 || p.book.Err() != nil {
		t.Errorf("found %+v at %v", found, last)
	}
}
