package depot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"mingbai.local/sync/depot"
)

const timestamp = "metadata/timestamp.json"

// tagged serves a timestamp as an office does.
func tagged(tag string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(make([]byte, 1500)))
	})
}

func poll(d *depot.Remote, q depot.Question) (read int, tag string, err error) {
	f, tag, err := d.Poll(context.Background(), timestamp, 16<<10, q)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return len(b), tag, err
}

func TestPoll(t *testing.T) {
	d := remote(t, tagged(`"one"`), depot.Stall)
	n, tag, err := poll(d, depot.Question{})
	if n != 1500 || tag == "" || err != nil {
		t.Fatalf("%d bytes, tag %q, %v", n, tag, err)
	}
	if _, _, err := poll(d, depot.Question{Tag: tag}); !errors.Is(err, depot.ErrSame) {
		t.Errorf("unchanged: %v", err)
	}
	if n, again, err := poll(d, depot.Question{Tag: tag, PastCaches: true}); n != 1500 || again != tag || err != nil {
		t.Errorf("past caches: %d bytes, tag %q, %v", n, again, err)
	}
	// The same tag from another depot is another tag.
	if n, _, err := poll(remote(t, tagged(`"one"`), depot.Stall), depot.Question{Tag: tag}); n != 1500 || err != nil {
		t.Errorf("another depot: %d bytes, %v", n, err)
	}
	silent := remote(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }), depot.Stall)
	if n, tag, err := poll(silent, depot.Question{}); n != 2 || tag != "" || err != nil {
		t.Errorf("no tag: %d bytes, tag %q, %v", n, tag, err)
	}
}

// What is not written as a tag is, or has no end, is none: it would be kept and sent again with every poll.
func TestTagsThatCannotBeSent(t *testing.T) {
	for _, tag := range []string{"one", `"` + string(bytes.Repeat([]byte("x"), 1000)) + `"`, `"宜"`, `"a"b"`, `""", x`, ""} {
		d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", tag)
			_, _ = w.Write([]byte("{}"))
		}), depot.Stall)
		n, kept, err := poll(d, depot.Question{})
		if n != 2 || kept != "" || err != nil {
			t.Errorf("%.20q is kept as %.40q, %v", tag, kept, err)
		}
	}
	weak := remote(t, tagged(`W/"5f3a-1e2"`), depot.Stall) // as of a web server that compresses
	_, tag, err := poll(weak, depot.Question{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := poll(weak, depot.Question{Tag: tag}); !errors.Is(err, depot.ErrSame) {
		t.Errorf("%q: %v", tag, err)
	}
}

// Unchanged is an answer only to who has asked whether something has changed.
func TestUnchangedAlthoughNobodyAsked(t *testing.T) {
	d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }), depot.Stall)
	for _, q := range []depot.Question{{}, {Tag: "http://elsewhere \"one\""}, {Tag: "one", PastCaches: true}} {
		if _, _, err := poll(d, q); err == nil || errors.Is(err, depot.ErrSame) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := open(d); err == nil || errors.Is(err, depot.ErrSame) {
		t.Errorf("a plain read: %v", err)
	}
}

// counted counts the bytes on the wire, both ways.
type counted struct {
	net.Listener
	bytes *atomic.Int64
}

type countedConn struct {
	net.Conn
	bytes *atomic.Int64
}

func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countedConn{c, l.bytes}, err
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// Write counts before it sends: who has read an answer finds it counted.
func (c countedConn) Write(p []byte) (int, error) {
	c.bytes.Add(int64(len(p)))
	return c.Conn.Write(p)
}

// An unchanged poll is at most 600 bytes on the wire, request and answer together, with a hash as the tag as the office has it.
func TestAnUnchangedPollIsSmall(t *testing.T) {
	var n atomic.Int64
	s := httptest.NewUnstartedServer(tagged(fmt.Sprintf("%q", fmt.Sprintf("%064x", 1))))
	s.Listener = counted{s.Listener, &n}
	s.Start()
	defer s.Close()
	d, err := depot.HTTP(s.URL, depot.Stall)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, tag, err := poll(d, depot.Question{})
	if err != nil {
		t.Fatal(err)
	}
	before := n.Load()
	if _, _, err := poll(d, depot.Question{Tag: tag}); !errors.Is(err, depot.ErrSame) {
		t.Fatal(err)
	}
	s.Close() // so that all has been counted
	if took := n.Load() - before; took < 200 || took > 600 {
		t.Errorf("%d bytes", took)
	} else {
		t.Logf("%d bytes", took)
	}
}
