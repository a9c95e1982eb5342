package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/health"
	"mingbai.local/sync/officetest"
)

// signedAt is when the office of these tests signed last.
var signedAt = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// aClock is the clock of a program that was built before anything was signed, in a folder of its own.
func aClock(t *testing.T, data string) *clock {
	t.Helper()
	c := newClock(data)
	c.built = signedAt.AddDate(0, -1, 0)
	c.signed(signedAt)
	return c
}

// TestTheClockIsBelievedOrNot: what the machine's clock says while the program runs, and what day the kiosk takes it for.
func TestTheClockIsBelievedOrNot(t *testing.T) {
	day := func(n int) time.Time { return signedAt.AddDate(0, 0, n) }
	type reading struct {
		ran   time.Duration
		wall  time.Time
		is    time.Time
		wrong bool
	}
	const h = time.Hour
	for name, story := range map[string][]reading{
		"right":                     {{h, day(1), day(1), false}, {25 * h, day(2), day(2), false}},
		"a year offline":            {{h, day(365), day(365), false}},
		"1970 at the start":         {{h, time.Unix(0, 0), signedAt, true}, {25 * h, time.Unix(86400, 0), signedAt.Add(24 * h), true}},
		"2099 at the start":         {{h, day(73 * 365), signedAt, true}, {25 * h, day(73*365 + 1), signedAt.Add(24 * h), true}},
		"to 1970 while it runs":     {{h, day(400), day(400), false}, {2 * h, time.Unix(0, 0), day(400).Add(h), true}, {26 * h, time.Unix(86400, 0), day(401).Add(h), true}},
		"to 2099 and back":          {{h, day(1), day(1), false}, {2 * h, day(73 * 365), day(1).Add(h), true}, {3 * h, day(1).Add(2 * h), day(1).Add(2 * h), false}},
		"put right by the network":  {{h, time.Unix(0, 0), signedAt, true}, {2 * h, day(200), day(200), false}, {3 * h, day(200).Add(h), day(200).Add(h), false}},
		"a year ahead by mistake":   {{h, day(1), day(1), false}, {2 * h, day(366), day(366), false}, {5 * h, day(1).Add(4 * h), day(1).Add(4 * h), false}},
		"a little behind":           {{h, day(1), day(1), false}, {2 * h, day(1).Add(20 * time.Minute), day(1).Add(20 * time.Minute), false}},
		"behind by two hours":       {{h, day(1), day(1), false}, {2 * h, day(1).Add(-h), day(1).Add(h), true}},
		"behind the office's clock": {{h, signedAt.Add(-5 * time.Minute), signedAt.Add(-5 * time.Minute), false}},
	} {
		t.Run(name, func(t *testing.T) {
			c := aClock(t, t.TempDir())
			for _, r := range story {
				correction, wrong := c.judge(moment{r.wall, r.ran})
				if is := r.wall.Add(correction); is.Sub(r.is).Abs() > time.Second || wrong != r.wrong || wrong != (correction != 0) {
					t.Errorf("after %v the clock says %v and is taken for %v (wrong: %t); want %v (%t)", r.ran, r.wall, is, wrong, r.is, r.wrong)
				}
			}
		})
	}
}

// TestAnEmptyBatteryDoesNotBringBackWhatHasExpired: the machine starts in 1970 after a year without a network.
func TestAnEmptyBatteryDoesNotBringBackWhatHasExpired(t *testing.T) {
	data := t.TempDir()
	last := signedAt.AddDate(1, 0, 0)
	if err := os.WriteFile(filepath.Join(data, clockFile), []byte(formatClock(last)), 0o600); err != nil {
		t.Fatal(err)
	}
	correction, wrong := aClock(t, data).judge(moment{time.Unix(0, 0), time.Minute})
	if is := time.Unix(0, 0).Add(correction); !wrong || is.Before(last) || is.Sub(last) > time.Hour {
		t.Errorf("it is taken for %v (wrong: %t)", is, wrong)
	}
	// What an office has signed just now is better than anything that was kept.
	c := aClock(t, data)
	now := signedAt.Add(3 * time.Hour)
	if _, wrong := c.judge(moment{now, time.Minute}); !wrong {
		t.Error("behind what was kept the clock is right: what follows would prove nothing")
	}
	c.agree(signedAt.Add(2*time.Hour), now)
	if correction, wrong := c.judge(moment{now.Add(time.Minute), now.Sub(c.began) + time.Minute}); wrong || correction != 0 {
		t.Errorf("the office has just signed, and the clock is %v off", correction)
	}
	// Also where the office's own clock was a month ahead when it signed before.
	c = aClock(t, t.TempDir())
	c.signed(signedAt.AddDate(0, 1, 0))
	c.agree(signedAt.Add(2*time.Hour), now)
	if correction, wrong := c.judge(moment{now.Add(time.Minute), now.Sub(c.began) + time.Minute}); wrong {
		t.Errorf("the office signs by the right clock again, and the clock is %v off", correction)
	}
	// But not what it signed long ago.
	c = aClock(t, data)
	c.agree(signedAt, signedAt.Add(signedWithin+time.Hour))
	if _, wrong := c.judge(moment{signedAt.Add(signedWithin + 2*time.Hour), time.Minute}); !wrong {
		t.Error("an old signature has proved a clock right")
	}
}

// TestAStickProvesTheClock: it was a month ahead and has been put back, as on a machine without a network. What the office has signed since yesterday
// proves it right, whichever way it came.
func TestAStickProvesTheClock(t *testing.T) {
	o := officetest.New(t, "420581", "宜都市")
	o.Now, o.Next = time.Now().Add(-time.Hour), hasEdition
	o.Publish("一")
	d := enrolledWith(t, o)
	put(t, []byte(formatClock(time.Now().AddDate(0, 1, 0))), d.data, clockFile)
	d.clock = newClock(d.data)
	if _, wrong := d.clock.check(time.Now()); !wrong {
		t.Fatal("the clock is right before anything has proved it")
	}
	d.insert(t, o)
	if got := d.takes(t); got.Trouble != (kiosk.Condition{}) {
		t.Fatalf("%+v", got)
	}
	if correction, wrong := d.clock.check(time.Now()); wrong {
		t.Errorf("the clock is %v off", correction)
	}
}

// TestTheNetworkProvesTheClock, whether the kiosk looks at its office by itself or somebody types kiosk pull; of that the next start knows.
func TestTheNetworkProvesTheClock(t *testing.T) {
	ahead := func() string {
		o := newOffice(t)
		o.Now = time.Now().Add(-time.Hour)
		o.Publish("王建国 812.00")
		data := o.enrols(t, dataFolder(t))
		o.believed(t, data)
		put(t, []byte(formatClock(time.Now().AddDate(0, 0, 20))), data, clockFile)
		return data
	}
	wrong := func(p *point) bool {
		_, wrong := p.clock.check(time.Now())
		return wrong
	}
	p, err := openPoint(ahead(), "")
	if err != nil {
		t.Fatal(err)
	}
	p.letGo() // who shows something has time
	if !wrong(p) {
		t.Fatal("the clock is right before anything has proved it")
	}
	p.looks(t)
	if wrong(p) {
		t.Error("the office has signed an hour ago, and the clock is wrong")
	}
	data := ahead()
	if _, said, code := says("pull", "--data", data); code != 0 {
		t.Fatalf("kiosk pull ends with %d: %s", code, said)
	}
	if kept := newClock(data).kept; kept.After(time.Now()) {
		t.Errorf("after kiosk pull the clock is kept as %v", kept)
	}
	// What was signed longer ago lowers nothing.
	p.clock.signed(signedAt)
	if !p.clock.issued.After(signedAt) {
		t.Errorf("the newest signature is of %v", p.clock.issued)
	}
	// A clock that is behind a signature is not proved by it.
	c := aClock(t, t.TempDir())
	c.believed.time = signedAt.AddDate(0, 0, 9)
	c.agree(signedAt, signedAt.Add(-time.Minute))
	if !c.believed.time.Equal(signedAt.AddDate(0, 0, 9)) {
		t.Errorf("a signature of the future has proved a clock right: %v is believed", c.believed.time)
	}
}

// TestAClockThatIsPutBackIsForgivenOnlyWhatThisProgramHasSeen: what an earlier one has believed may have been right.
func TestAClockThatIsPutBackIsForgivenOnlyWhatThisProgramHasSeen(t *testing.T) {
	data, day := t.TempDir(), 24*time.Hour
	put(t, []byte(formatClock(signedAt.Add(10*day))), data, clockFile)
	c := aClock(t, data)
	if _, wrong := c.judge(moment{signedAt.Add(20 * day), time.Hour}); wrong {
		t.Fatal("ten days after it was kept the clock is wrong")
	}
	if correction, wrong := c.judge(moment{signedAt.Add(10*day + 2*time.Hour), 2 * time.Hour}); !wrong || correction < 9*day {
		t.Errorf("back at what was kept it is %v off (wrong: %t)", correction, wrong)
	}
}

func TestTheClockIsKept(t *testing.T) {
	data := t.TempDir()
	c := newClock(data)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	c.keep(ctx) // at once, and then it ends with ctx
	written, err := os.ReadFile(filepath.Join(data, clockFile))
	if err != nil {
		t.Fatal(err)
	}
	kept := newClock(data).kept
	if age := time.Since(kept); age < 0 || age > time.Minute {
		t.Errorf("kept as %q, read as %v", written, kept)
	}
	// What is as good stays as it is: a disk is not to be worn out. What turned out to be ahead does not.
	if err := os.Remove(c.file); err != nil {
		t.Fatal(err)
	}
	if c.write(); !newClock(data).kept.IsZero() {
		t.Error("it is written again at once")
	}
	put(t, []byte(formatClock(time.Now().AddDate(1, 0, 0))), c.file)
	c = newClock(data)
	c.confirmed(time.Now().Add(-time.Hour))
	if c.write(); newClock(data).kept.After(time.Now()) {
		t.Errorf("a clock that was proved right is kept as %v", newClock(data).kept)
	}
	for _, bad := range []string{"", "2026-11-20", "2026-11-20T09:00:00Z", "2026-11-20T09:00:00+08:00\n", strings.Repeat("9", 1000)} {
		if err := os.WriteFile(filepath.Join(data, clockFile), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		c := newClock(data)
		if !c.kept.IsZero() {
			t.Errorf("%q is read as %v", bad, c.kept)
		}
		c.write()
		if newClock(data).kept.IsZero() {
			t.Errorf("%q is not written anew", bad)
		}
	}
}

// TestAWrongClockIsStaffsBusiness: they are told, and the page that is on is the same but for nothing.
func TestAWrongClockIsStaffsBusiness(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	pages := func() (page kiosk.View, told []string) {
		p, err := openPoint(data, "")
		if err != nil {
			t.Fatal(err)
		}
		defer closeBook(p.book)
		return p.machine.View(), codes(p.onDisk())
	}
	right, before := pages()
	if err := os.WriteFile(filepath.Join(data, clockFile), []byte(formatClock(time.Now().AddDate(0, 0, 3))), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong, told := pages()
	if right.Page != wrong.Page || right.AsOf == "" || right.AsOf != wrong.AsOf || right.AsOfTone != wrong.AsOfTone {
		t.Errorf("with a clock three days behind %+v is on, before it was %+v", wrong, right)
	}
	if len(told) != len(before)+1 || told[0] != health.Clock.Code {
		t.Errorf("staff are told %v, before %v", told, before)
	}
}

// TestWhatHasExpiredStaysAway: social aid is shown while it is paid and a while after. A machine that has once known a later day, and whose
// battery is empty now, does not show it again, on the screen or to whoever asks the book.
func TestWhatHasExpiredStaysAway(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	if err := book.Build(context.Background(), booktest.FS(booktest.County()...), filepath.Join(data, "gen", "1.db")); err != nil {
		t.Fatal(err)
	}
	rows := func() (found int) {
		stdout, stderr, code := says("list", "--data", data, "--village", "420581101201", "--kind", "dibao", "--year", "2026", "--json")
		var l struct {
			Found int `json:"found"`
		}
		if err := json.Unmarshal([]byte(stdout), &l); err != nil || code != 0 {
			t.Fatalf("kiosk list ends with %d: %s, %v", code, stderr, err)
		}
		p, err := openPoint(data, "")
		if err != nil {
			t.Fatal(err)
		}
		defer p.letGo()
		p.machine.Update(kiosk.Touched{})
		p.machine.Update(kiosk.Go{To: kiosk.At{Page: kiosk.PageList, Village: "420581101201", Kind: "dibao", Year: 2026}})
		for _, b := range p.machine.View().Body {
			if list, ok := b.(kiosk.List); ok {
				found = list.Len
			}
		}
		if found != l.Found {
			t.Errorf("kiosk list finds %d rows, the page has %d", l.Found, found)
		}
		return found
	}
	if rows() == 0 {
		t.Fatal("nothing is shown that could expire")
	}
	put(t, []byte(formatClock(time.Now().AddDate(1, 0, 0))), data, clockFile)
	if n := rows(); n != 0 {
		t.Errorf("%d rows that have expired are shown again", n)
	}
	put(t, []byte(formatClock(time.Now().AddDate(73, 0, 0))), data, clockFile)
	if rows() == 0 {
		t.Error("a clock that was once at 2099 hides what is to be shown")
	}
}

func FuzzClockFile(f *testing.F) {
	f.Add("2026-11-20T09:00:00Z\n")
	f.Add("2026-11-20T09:00:00.5Z\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := parseClock(s); err == nil && formatClock(got) != s {
			t.Errorf("%q is written as %q", s, formatClock(got))
		}
	})
}
