package kiosk

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
)

// timeless is the hand-made county without what is shown for a time only: notices, social aid, and days on which a record expires.
func timeless() (out []any) {
	for _, rec := range county() {
		switch r := rec.(type) {
		case disclosure.Notice:
			continue
		case disclosure.Disbursement:
			if r.Kind == "dibao" {
				continue
			}
		}
		v := reflect.New(reflect.TypeOf(rec)).Elem()
		v.Set(reflect.ValueOf(rec))
		if f := v.FieldByName("VisibleUntil"); f.IsValid() {
			f.SetString("")
		}
		out = append(out, v.Interface())
	}
	return out
}

// on is a kiosk that opens a book at that time.
func on(b *book.Book, now time.Time, more ...Msg) Model {
	return send(New(config), append(more, Tick{now}, Opened{Book: b, SyncedAt: morning})...)
}

// pagesOf are the words of every page that touches lead to, without how old the data is.
func pagesOf(t *testing.T, m Model) map[At]string {
	t.Helper()
	pages := map[At]string{}
	walk(t, m, func(m Model, _ int) {
		v := m.View()
		v.AsOf = ""
		pages[m.at] = transcript(v)
	})
	return pages
}

// TestAYearWithoutANetwork: every page that there was is there, and says what it said. Only what is late is later by then, and what was not yet due
// is late.
func TestAYearWithoutANetwork(t *testing.T) {
	b := open(t, timeless()...)
	now, later := pagesOf(t, on(b, morning)), pagesOf(t, on(b, morning.AddDate(1, 0, 0)))
	if len(now) < 1000 || len(now) != len(later) {
		t.Errorf("touches lead to %d pages, a year later to %d", len(now), len(later))
	}
	due := 0
	for at, was := range now {
		is, ok := later[at]
		switch {
		case !ok:
			t.Errorf("%+v is gone", at)
		case was == is:
		case at.Page == PageMissing || at.Page == PageNotPublished:
			due++
			if !strings.Contains(is, "晚") {
				t.Errorf("%+v has changed:\n%s\n%s", at, was, is)
			}
		default:
			t.Errorf("%+v has changed:\n%s\n%s", at, was, is)
		}
	}
	if due == 0 {
		t.Error("nothing that was due is said to be late: the year has not passed")
	}
}

// TestHowOldTheDataIs is said on every page with the age: plain, yellow after 45 days, red after 180. Then the pages about staffing, and no others,
// say whom to ask; the line of the establishment office answers nothing else.
func TestHowOldTheDataIs(t *testing.T) {
	b := open(t, county()...)
	asOf := time.Date(2026, 11, 20, 10, 0, 0, 0, china)
	for days, tone := range map[int]Tone{0: ToneMuted, 45: ToneMuted, 46: ToneAttention, 180: ToneAttention, 181: ToneAlarm, 365: ToneAlarm} {
		pages, calls := 0, map[Page]bool{}
		walk(t, on(b, asOf.AddDate(0, 0, days)), func(m Model, _ int) {
			pages++
			v := m.View()
			if days == 365 && !strings.Contains(v.AsOf, "2026年11月21日更新") {
				t.Errorf("a year later %+v says %q", m.at, v.AsOf)
			}
			if v.AsOfTone != tone || !strings.HasPrefix(v.AsOf, "数据截至2026年11月20日") {
				t.Errorf("after %d days %+v says %q in tone %v, want %v", days, m.at, v.AsOf, v.AsOfTone, tone)
			} else if strings.Contains(v.AsOf, "12310") {
				calls[m.at.Page] = true
			}
		})
		if calls[PageInstitution] != (tone == ToneAlarm) || calls[PageIncumbent] != (tone == ToneAlarm) || calls[PagePerson] || calls[PageFund] || calls[PageList] {
			t.Errorf("after %d days these pages name 12310: %v", days, calls)
		}
		if pages < 1000 {
			t.Errorf("after %d days there are %d pages", days, pages)
		}
	}
}

// TestAWrongClock at 1970 or 2099, put right by what is known, changes no page; nor does it end a visit when the clock is set under it.
func TestAWrongClock(t *testing.T) {
	b := open(t, county()...)
	right := on(b, morning)
	want := pagesOf(t, right)
	for _, wrong := range []time.Time{time.Unix(0, 0), morning.AddDate(73, 0, 0)} {
		m := on(b, wrong, Corrected{By: morning.Sub(wrong)})
		if got := pagesOf(t, m); !reflect.DeepEqual(got, want) {
			t.Errorf("at %v there are %d pages that differ from the %d of a right clock", wrong, len(got), len(want))
		}
		if now, then := right.View(), m.View(); now.AsOf != then.AsOf || now.AsOfTone != then.AsOfTone {
			t.Errorf("at %v the data is %q in tone %v, not %q in %v", wrong, then.AsOf, then.AsOfTone, now.AsOf, now.AsOfTone)
		}
	}
	reading := send(right, Touched{}, Go{At{Page: PageTowns}})
	if set := send(reading, Corrected{By: -time.Hour * 24 * 365 * 73}, Tick{morning.Add(time.Second)}); set.at != reading.at || set.asks {
		t.Errorf("the clock was set, and %s is on", set.At().Page)
	}
}

// TestAWrongClockKeepsNoHours: the panel rests by night, but a machine that does not know what time it is never does.
func TestAWrongClockKeepsNoHours(t *testing.T) {
	night := time.Date(2026, 11, 21, 23, 0, 0, 0, china)
	hours := Set{To: Settings{Opens: 8 * 60, Closes: 20 * 60}}
	b := open(t, county()...)
	if p := send(on(b, night, hours), Tick{night.Add(time.Second)}).At().Page; p != PageRest {
		t.Fatalf("by night %s is on", p)
	}
	if p := send(on(b, night, hours, Corrected{By: 49 * time.Hour}), Tick{night.Add(time.Second)}).At().Page; p != PageIdle {
		t.Errorf("with a wrong clock %s is on", p)
	}
}
