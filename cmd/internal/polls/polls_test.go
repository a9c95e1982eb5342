package polls

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// office answers as an office does, with another status where it is told to.
func office(t *testing.T, status func(n int64) int) (url string, asked *atomic.Int64) {
	asked = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"a"`)
		if r.Header.Get("If-None-Match") == `"a"` {
			w.WriteHeader(status(asked.Add(1)))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// TestCounts: what is counted is what the office answered, over connections that stay and over new ones.
func TestCounts(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		url, asked := office(t, func(int64) int { return http.StatusNotModified })
		r, err := Run(context.Background(), Load{URL: url, Connections: 2, Fresh: fresh, For: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		// A question may be on its way when time is up.
		if n := asked.Load(); r.Answers < 1 || r.Answers > n || n > r.Answers+2 {
			t.Errorf("fresh %t: counted %d answers of %d", fresh, r.Answers, n)
		}
		if r.Request < 80 || r.Answer < 40 || r.PerSecond <= 0 {
			t.Errorf("fresh %t: %+v", fresh, r)
		}
	}
}

// TestOnlyRightAnswersCount: an office that gives the file anew, or fails, is no office that answered.
func TestOnlyRightAnswersCount(t *testing.T) {
	url, _ := office(t, func(n int64) int {
		if n == 5 {
			return http.StatusServiceUnavailable
		}
		return http.StatusNotModified
	})
	_, err := Run(context.Background(), Load{URL: url, Connections: 1, For: time.Minute})
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("error is %v", err)
	}
}

func TestNoOffice(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	if _, err := Run(context.Background(), Load{URL: s.URL, Connections: 1, For: time.Second}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("error is %v", err)
	}
}
