package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/edition"
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
	// Nor by night is it made again every minute.
	w.done(store.Found{}, first)
	night = time.Date(2026, 11, 22, 1, 0, 0, 0, china)
	w.later(night)
	if ready(night.Add(scrubFirst-time.Second)) || !ready(night.Add(scrubFirst)) {
		t.Error("by night a round that came to nothing is made again at once, or never")
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

// TestWhatCannotBeRefilledIsStillMissed: the office has been asked, and staff hear of what it has not brought back.
func TestWhatCannotBeRefilledIsStillMissed(t *testing.T) {
	p, err := openPoint(enrolledFolder(t, newListener(t).url), "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.letGo()
	here := "here"
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(here)))
	if err := p.store.Put(sum, int64(len(here)), strings.NewReader(here)); err != nil {
		t.Fatal(err)
	}
	p.line.set(true)
	gone := strings.Repeat("ab", 32)
	left := p.repair(context.Background(), store.Found{Lost: []string{gone, sum}}, func(kiosk.Msg) {})
	if !slices.Equal(left.Lost, []string{gone}) {
		t.Errorf("%v is missed", left.Lost)
	}
}

// TestDoctorAsksTheOfficeOnlyWhereTheNetworkMayBeUsed: what the disk has lost is asked for, but not where staff have said 离线运行.
func TestDoctorAsksTheOfficeOnlyWhereTheNetworkMayBeUsed(t *testing.T) {
	for _, offline := range []bool{true, false} {
		office := newListener(t)
		data := enrolledFolder(t, office.url)
		s, err := store.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		lost := map[string]edition.Ref{"finance": {SHA256: strings.Repeat("ab", 32), Length: 5}}
		if err := s.Switch(edition.Generation{Number: 1, AsOf: "2026-11-20", Catalogs: lost}, nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := writeSettings(data, kiosk.Settings{Offline: offline}); err != nil {
			t.Fatal(err)
		}
		out, _, code := says("doctor", "--data", data)
		if code != 1 || !strings.Contains(out, "缺了的1个") || !strings.Contains(out, "kiosk doctor --mend") {
			t.Errorf("offline %t: doctor ends with %d: %s", offline, code, out)
		}
		calls := func() int {
			office.mu.Lock()
			defer office.mu.Unlock()
			return office.calls
		}
		if calls() > 0 {
			t.Error("doctor asks a network, and nobody has told it to mend")
		}
		out, _, code = says("doctor", "--data", data, "--mend")
		if code != 1 || !strings.Contains(out, "缺了的1个") || (calls() == 0) != offline {
			t.Errorf("offline %t: doctor --mend ends with %d and has called the office %d times: %s", offline, code, calls(), out)
		}
	}
}
