package depot

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestContentRange(t *testing.T) {
	for s, want := range map[string]int64{"bytes 5-9/10": 5, "bytes 5-9/*": 5, "bytes 0-0/1": 0, "bytes 5-7/100": 5} {
		if first, ok := contentRange(s); !ok || first != want {
			t.Errorf("%q begins at %d, %t", s, first, ok)
		}
	}
	for _, s := range []string{
		"", "bytes", "bytes ", "bytes */10", "bytes 9-5/10", "bytes 5-9/9", "bytes 5-9/5", "bytes -5-9/10", "bytes +5-9/10", "bytes 5-9", "bytes 5/10",
		"items 5-9/10", "bytes 5-9/x", "bytes 5-9/", "bytes 5-9/10/11", "bytes 5-9-11/20", "bytes=5-9/10", "Bytes 5-9/10", "bytes 99999999999999999999-9/10",
		"bytes  5-9/10", "bytes 5-9/-1",
	} {
		if first, ok := contentRange(s); ok {
			t.Errorf("%q begins at %d", s, first)
		}
	}
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 5-9/10", "bytes 5-9/*", "bytes */10", "bytes 0-18446744073709551615/1", "bytes -1-2/3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, ok := contentRange(s)
		if !ok {
			return
		}
		if first < 0 {
			t.Errorf("%q begins at %d", s, first)
		}
		// What it understands it understands as it is written.
		rest := strings.TrimLeft(strings.TrimPrefix(s, "bytes "), "0123456789")
		if again, ok := contentRange(fmt.Sprint("bytes ", first, rest)); !ok || again != first {
			t.Errorf("%q begins at %d, and written anew at %d, %t", s, first, again, ok)
		}
	})
}

func TestRetryAfterDates(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	stamp := func(t time.Time) string { return t.Format(http.TimeFormat) }
	for _, c := range []struct {
		value, date string
		want        time.Duration
	}{
		{"0", "", 0},
		{"120", "", 2 * time.Minute},
		{"0120", "", 2 * time.Minute},
		{"9223372036854775807", "", maxAfter * time.Second},
		{stamp(now.Add(time.Hour)), "", time.Hour},
		{stamp(now.Add(-time.Hour)), "", 0},
		{"Fri, 31 Dec 9999 23:59:59 GMT", "", maxAfter * time.Second},
		// The machine's clock is a day behind the server's.
		{stamp(now.Add(25 * time.Hour)), stamp(now.Add(24 * time.Hour)), time.Hour},
		{stamp(now.Add(time.Hour)), "yesterday", time.Hour},
	} {
		if got, ok := retryAfter(c.value, c.date, now); !ok || got != c.want {
			t.Errorf("%q at %q: %v, %t, not %v", c.value, c.date, got, ok, c.want)
		}
	}
	for _, s := range []string{"", "-1", "+1", "1.5", "soon", "1 hour", "99999999999999999999", "2026-11-20T10:00:00Z"} {
		if got, ok := retryAfter(s, "", now); ok {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120", "")
	f.Add("Fri, 20 Nov 2026 10:00:00 GMT", "Fri, 20 Nov 2026 09:00:00 GMT")
	f.Add("Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994")
	f.Fuzz(func(t *testing.T, value, date string) {
		for _, now := range []time.Time{{}, time.Unix(0, 0), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)} {
			after, ok := retryAfter(value, date, now)
			if after < 0 || after > maxAfter*time.Second || !ok && after != 0 {
				t.Errorf("%q at %q: %v, %t", value, date, after, ok)
			}
		}
	})
}
