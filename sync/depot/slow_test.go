package depot_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"mingbai.local/sync/depot"
)

// drip is a server that sends so many bytes, waits, and sends as many again, a file of total bytes. It knows no ranges.
func drip(total, bytes int, wait time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(wait)
		defer tick.Stop()
		for left := total; left > 0; left -= bytes {
			if _, err := w.Write(make([]byte, min(bytes, left))); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	})
}

// TestDrip: a server that keeps a reader waiting for ever by a byte now and then is given up; one that is only slow is not, however long it takes,
// also while it sends again what the reader has.
func TestDrip(t *testing.T) {
	const stall = time.Second
	read := func(h http.Handler, offset, limit int64) (int, error) {
		r, err := remote(t, h, stall).Open(context.Background(), timestamp, offset, limit)
		if err != nil {
			return 0, err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		return len(b), err
	}
	if n, err := read(drip(1<<20, 1, stall/20), 0, 1<<20); !errors.Is(err, depot.ErrStalled) || n > 100 {
		t.Errorf("a byte now and then: %d bytes, %v", n, err)
	}
	began := time.Now()
	if n, err := read(drip(30<<10, 2<<10, stall/10), 0, 30<<10); n != 30<<10 || err != nil {
		t.Errorf("slow: %d bytes, %v", n, err)
	}
	if took := time.Since(began); took < stall {
		t.Errorf("slow took %v, which proves nothing", took)
	}
	if n, err := read(drip(30<<10, 2<<10, stall/10), 28<<10, 2<<10); n != 2<<10 || err != nil {
		t.Errorf("slow over what is there: %d bytes, %v", n, err)
	}
}
