package pull_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/trust"
)

// stall is how long a server may be silent in these stories.
const stall = 500 * time.Millisecond

// wire is an office's server down to the bytes that it sends.
type wire struct {
	t   *testing.T
	url string

	mu    sync.Mutex
	dir   string
	asked []string // paths, with the offset that was asked for
	tags  int      // requests for what has changed
	sent  int      // bytes
	twist twist
}

// twist answers a request in its own way, or returns false.
type twist func(a *answer) bool

// answer is what a server has before it to answer one request.
type answer struct {
	w      *wire
	conn   net.Conn
	path   string
	query  string
	offset int64 // -1 where no range is asked for
	header http.Header
	file   []byte // nil where there is none
}

func (o *office) wire() *wire {
	o.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		o.t.Fatal(err)
	}
	w := &wire{t: o.t, url: "http://" + l.Addr().String(), dir: o.Dir}
	var open sync.WaitGroup
	o.t.Cleanup(func() { l.Close(); open.Wait() })
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { defer conn.Close(); w.serve(conn) })
		}
	})
	return w
}

func (w *wire) serve(conn net.Conn) {
	for in := bufio.NewReader(conn); ; {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		a := &answer{w: w, conn: conn, path: strings.TrimPrefix(req.URL.Path, "/"), query: req.URL.RawQuery, offset: -1, header: req.Header}
		if s := strings.TrimSuffix(strings.TrimPrefix(req.Header.Get("Range"), "bytes="), "-"); s != "" {
			if a.offset, err = strconv.ParseInt(s, 10, 64); err != nil {
				return
			}
		}
		w.mu.Lock()
		dir, twist := w.dir, w.twist
		w.asked = append(w.asked, fmt.Sprint(a.path, " ", a.offset))
		if req.Header.Get("If-None-Match") != "" {
			w.tags++
		}
		w.mu.Unlock()
		a.file, _ = os.ReadFile(filepath.Join(dir, a.path))
		if twist == nil || !twist(a) {
			a.honest()
		}
		if req.Close {
			return
		}
	}
}

func (w *wire) set(dir string, t twist) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dir, w.twist, w.asked, w.tags, w.sent = dir, t, nil, 0, 0
}

func (w *wire) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

func (w *wire) bytes() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

func (w *wire) conditional() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tags
}

func (w *wire) depot() *depot.Remote {
	w.t.Helper()
	d, err := depot.HTTP(w.url, stall)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { d.Close() })
	return d
}

// say writes bytes as they are.
func (a *answer) say(head string, body []byte) bool {
	n, _ := io.WriteString(a.conn, head) // the kiosk may have hung up
	m, _ := a.conn.Write(body)
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.w.sent += n + m
	return true
}

func head(status string, header ...string) string {
	return "HTTP/1.1 " + status + "\r\n" + strings.Join(append(header, "\r\n"), "\r\n")
}

func length(n int) string { return "Content-Length: " + strconv.Itoa(n) }

func (a *answer) tag() string { return fmt.Sprintf(`"%x"`, sha256.Sum256(a.file)) }

// honest is how an office answers.
func (a *answer) honest() bool {
	switch {
	case a.file == nil:
		return a.say(head("404 Not Found", length(0)), nil)
	case a.header.Get("If-None-Match") == a.tag():
		return a.say(head("304 Not Modified", "ETag: "+a.tag()), nil)
	case a.offset >= int64(len(a.file)):
		return a.say(head("416 Range Not Satisfiable", length(0)), nil)
	case a.offset >= 0:
		rest := a.file[a.offset:]
		return a.say(head("206 Partial Content", fmt.Sprintf("Content-Range: bytes %d-%d/%d", a.offset, len(a.file)-1, len(a.file)), length(len(rest))), rest)
	}
	return a.say(head("200 OK", "ETag: "+a.tag(), length(len(a.file))), a.file)
}

// hangUp closes the connection; what was said last has been sent.
func (a *answer) hangUp() bool {
	a.conn.Close()
	return true
}

// dangle says nothing more until the kiosk hangs up.
func (a *answer) dangle() bool {
	_, _ = a.conn.Read(make([]byte, 1)) // ends with the connection
	return true
}

func (a *answer) shard() bool { return strings.HasPrefix(a.path, "s/") }

// onShards twists only the answers for shards.
func onShards(t twist) twist {
	return func(a *answer) bool { return a.shard() && t(a) }
}

// part sends at most so many bytes from where the kiosk wants them, promises all, and hangs up.
func part(most int) twist {
	return func(a *answer) bool {
		rest := a.file[max(a.offset, 0):]
		cut := rest[:min(most, len(rest))]
		if a.offset < 0 {
			a.say(head("200 OK", length(len(rest))), cut)
		} else {
			a.say(head("206 Partial Content", fmt.Sprintf("Content-Range: bytes %d-%d/%d", a.offset, len(a.file)-1, len(a.file)), length(len(rest))), cut)
		}
		return a.hangUp()
	}
}

// times twists so many answers and leaves the others honest.
func times(n int, t twist) twist {
	var mu sync.Mutex
	return func(a *answer) bool {
		mu.Lock()
		defer mu.Unlock()
		if n == 0 || !t(a) {
			return false
		}
		n--
		return true
	}
}

// long is a payment of 450 thousand letters that do not repeat.
func long() string {
	chance := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 450_000)
	for i := range b {
		b[i] = 'a' + byte(chance.IntN(26))
	}
	return string(b)
}

// size is that of the longest shard.
func (o *office) size() (longest int) {
	o.t.Helper()
	for _, p := range paths(o.t, filepath.Join(o.Dir, "s")) {
		i, err := os.Stat(filepath.Join(o.Dir, "s", p))
		if err != nil {
			o.t.Fatal(err)
		}
		longest = max(longest, int(i.Size()))
	}
	return longest
}

// second is a kiosk that serves the first edition, and an office that has published a second one with a long shard.
func second(t *testing.T) (o *office, k *kiosk, w *wire, first string) {
	t.Helper()
	o = newOffice(t)
	o.Publish("王建国 812.00")
	w = o.wire()
	k = o.kiosk(w.depot())
	k.mustPull()
	first = filepath.Join(t.TempDir(), "first")
	if err := os.CopyFS(first, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	o.Publish("王建国 812.00", "李秀英 "+long())
	return o, k, w, first
}

// What comes over the network may be anything. Each of these leaves the first edition serving, is named to staff for what it is, and is over as soon
// as the network is honest again.
func TestHostileNetwork(t *testing.T) {
	page := []byte("<!DOCTYPE html><html>请先登录</html>")
	for name, c := range map[string]struct {
		twist twist
		want  pull.Fault
	}{
		"a portal answers with 200":       {func(a *answer) bool { return a.say(head("200 OK", "Content-Type: text/html", length(len(page))), page) }, pull.NotAnOffice},
		"a portal comes up in the middle": {onShards(func(a *answer) bool { return a.say(head("200 OK", length(len(page))), page) }), pull.NotAnOffice},
		"a portal redirects":              {func(a *answer) bool { return a.say(head("302 Found", "Location: /login", length(0)), nil) }, pull.NotAnOffice},
		"a portal redirects shards":       {onShards(func(a *answer) bool { return a.say(head("307 Temporary Redirect", "Location: /login", length(0)), nil) }), pull.NotAnOffice},
		"a portal wants a login by its number": {func(a *answer) bool {
			return a.say(head("511 Network Authentication Required", length(len(page))), page)
		}, pull.NotAnOffice},
		"a stranger":                 {func(a *answer) bool { return a.say("SSH-2.0-OpenSSH_9.2\r\n", nil) && a.hangUp() }, pull.Unreachable},
		"nothing, and hangs up":      {(*answer).hangUp, pull.Unreachable},
		"TestSlowLorisBeforeHeaders": {(*answer).dangle, pull.Unreachable},
		"TestSlowLorisInHeaders":     {func(a *answer) bool { return a.say("HTTP/1.1 200 OK\r\nContent-Le", nil) && a.dangle() }, pull.Unreachable},
		"TestSlowLorisInBody":        {onShards(func(a *answer) bool { return a.say(head("200 OK", length(len(a.file))), a.file[:10]) && a.dangle() }), pull.Unreachable},
		"TestEndlessHeaders": {func(a *answer) bool {
			return a.say("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<20), nil) && a.hangUp()
		}, pull.Unreachable},
		"TestEndlessBody": {onShards(func(a *answer) bool {
			return a.say(head("200 OK"), slices.Concat(a.file, make([]byte, 1<<20))) && a.hangUp()
		}), pull.Tampered},
		"TestEndlessChunks": {onShards(endlessChunks), pull.Tampered},
		"TestEndlessTimestamp": {func(a *answer) bool {
			return a.say(head("200 OK", "Transfer-Encoding: chunked"), chunks(1<<20)) && a.hangUp()
		}, pull.NotAnOffice},
		"TestGzipBomb": {func(a *answer) bool {
			return a.say(head("200 OK", "Content-Encoding: gzip", length(10)), make([]byte, 10))
		}, pull.Unreachable},
		"TestWrongLength: shorter, and it says so":       {onShards(func(a *answer) bool { a.file = a.file[:len(a.file)/2]; return a.honest() }), pull.Tampered},
		"TestWrongLength: longer, and it says so":        {onShards(func(a *answer) bool { a.file = append(a.file, 1, 2, 3); return a.honest() }), pull.Tampered},
		"TestTruncated: always at the same byte":         {onShards(func(a *answer) bool { a.file = a.file[:1000]; return a.honest() }), pull.Tampered},
		"TestTruncated: nothing comes after the promise": {onShards(part(0)), pull.Unreachable},
		"TestCloseDelimitedTruncation":                   {onShards(func(a *answer) bool { return a.say("HTTP/1.0 200 OK\r\n\r\n", a.file[:1000]) && a.hangUp() }), pull.Tampered},
		"TestBitFlip":                                    {onShards(func(a *answer) bool { a.file[len(a.file)/2] ^= 1; return a.honest() }), pull.Tampered},
		"TestServerLies: false bytes, piece by piece":    {onShards(func(a *answer) bool { clear(a.file); return part(70_000)(a) }), pull.Unreachable},
		"the office is overloaded": {func(a *answer) bool {
			return a.say(head("503 Service Unavailable", "Retry-After: 120", length(0)), nil)
		}, pull.Unreachable},
		"the office has an error":          {func(a *answer) bool { return a.say(head("500 Internal Server Error", length(0)), nil) }, pull.Unreachable},
		"the office lost the shards":       {onShards(func(a *answer) bool { a.file = nil; return a.honest() }), pull.Tampered},
		"the office withdraws":             {func(a *answer) bool { a.file = nil; return a.honest() }, pull.NoEdition},
		"unchanged, although nobody asked": {func(a *answer) bool { a.header.Del("If-None-Match"); return a.say(head("304 Not Modified"), nil) }, pull.None},
		"unchanged, for what never came":   {onShards(func(a *answer) bool { return a.say(head("304 Not Modified"), nil) }), pull.Unreachable},
		"a part, although nobody asked for one": {
			onShards(func(a *answer) bool {
				return a.say(head("206 Partial Content", "Content-Range: bytes 0-9/10", length(10)), make([]byte, 10))
			}), pull.Unreachable,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, k, w, _ := second(t)
			before := k.shows()
			w.set(o.Dir, c.twist)
			r, err := k.pull()
			if pull.FaultOf(err) != c.want || r.Changed || k.shows() != before {
				t.Errorf("fault %d: %v, shows %.80s", pull.FaultOf(err), err, k.shows())
			}
			if n := w.bytes(); n > 3<<20 {
				t.Errorf("took %d bytes", n)
			}
			if asked := w.requests(); slices.ContainsFunc(asked, func(s string) bool { return strings.HasPrefix(s, "login") }) || len(asked) > 30 {
				t.Errorf("asked for %q", asked)
			}
			w.set(o.Dir, nil)
			if r := k.mustPull(); !r.Changed || r.Edition != 2 {
				t.Errorf("then %+v", r)
			}
		})
	}
}

// chunks is a body in chunks that has no end.
func chunks(n int) []byte {
	return append(fmt.Appendf(nil, "%x\r\n", n), append(make([]byte, n), "\r\n"...)...)
}

func endlessChunks(a *answer) bool {
	a.say(head("200 OK", "Transfer-Encoding: chunked"), chunks(len(a.file)))
	for {
		if _, err := a.conn.Write(chunks(1 << 16)); err != nil {
			return true
		}
	}
}

// What a server may do with ranges and broken streams is no reason to fail: in the same run the edition arrives, and what had come is not fetched again
// where the server lets the kiosk go on.
func TestAwkwardServers(t *testing.T) {
	ranged := func(t twist) twist { // breaks off once, and then answers what asks for a range by t
		half := times(1, onShards(part(100_000)))
		return func(a *answer) bool {
			if half(a) {
				return true
			}
			return a.offset >= 0 && t(a)
		}
	}
	for name, c := range map[string]struct {
		twist  twist
		resume bool // each byte of the shard is sent once
	}{
		"breaks off once":      {times(1, onShards(part(1000))), true},
		"ranges as they are":   {ranged((*answer).honest), true},
		"TestRangeIgnored":     {ranged(func(a *answer) bool { a.offset = -1; return a.honest() }), false},
		"range refused by 416": {ranged(func(a *answer) bool { return a.say(head("416 Range Not Satisfiable", length(0)), nil) }), false},
		"range without saying which": {ranged(func(a *answer) bool {
			return a.say(head("206 Partial Content", length(len(a.file)-int(a.offset))), a.file[a.offset:])
		}), false},
		"TestWrongContentRange: from the beginning": {ranged(func(a *answer) bool {
			return a.say(head("206 Partial Content", fmt.Sprintf("Content-Range: bytes 0-%d/%d", len(a.file)-1, len(a.file)), length(len(a.file))), a.file)
		}), false},
		"TestWrongContentRange: garbled": {ranged(func(a *answer) bool {
			return a.say(head("206 Partial Content", "Content-Range: bytes=-/x", length(3)), []byte("abc"))
		}), false},
		"range of a file of another length": {ranged(func(a *answer) bool {
			return a.say(head("206 Partial Content", fmt.Sprintf("Content-Range: bytes %d-%d/9999999", a.offset, len(a.file)-1), length(len(a.file)-int(a.offset))), a.file[a.offset:])
		}), true},
		"several ranges in one answer": {ranged(func(a *answer) bool {
			return a.say(head("206 Partial Content", "Content-Type: multipart/byteranges; boundary=x", length(3)), []byte("--x"))
		}), false},
		"TestServerLies: other bytes in the range": {times(2, ranged(func(a *answer) bool {
			a.file = slices.Concat(a.file[:a.offset], bytes.Repeat([]byte{7}, len(a.file)-int(a.offset)))
			return a.honest()
		})), false},
		"HTTP/1.0, closed at the end":    {func(a *answer) bool { return a.file != nil && a.say("HTTP/1.0 200 OK\r\n\r\n", a.file) && a.hangUp() }, true},
		"403 for what is not there":      {func(a *answer) bool { return a.file == nil && a.say(head("403 Forbidden", length(0)), nil) }, true},
		"410 for what is not there":      {func(a *answer) bool { return a.file == nil && a.say(head("410 Gone", length(0)), nil) }, true},
		"breaks off every 70,000 bytes":  {onShards(part(70_000)), true},
		"stalls in the middle once":      {times(1, onShards(func(a *answer) bool { return a.say(head("200 OK", length(len(a.file))), a.file[:90_000]) && a.dangle() })), true},
		"ends a range before the end":    {onShards(shortRanges), true},
		"TestCloseDelimitedTruncation":   {times(1, onShards(func(a *answer) bool { return a.say("HTTP/1.0 200 OK\r\n\r\n", a.file[:90_000]) && a.hangUp() })), true},
		"a new connection for each file": {func(a *answer) bool { return a.honest() && a.hangUp() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, k, w, _ := second(t)
			w.set(o.Dir, c.twist)
			r := k.mustPull()
			if !r.Changed || r.Edition != 2 || !strings.Contains(k.shows(), long()) {
				t.Errorf("%+v", r)
			}
			if whole := o.size(); c.resume && w.bytes() > whole+whole/4 || w.bytes() > 3*whole {
				t.Errorf("%d bytes were sent of a shard of %d", w.bytes(), whole)
			}
		})
	}
}

// shortRanges is a server that sends at most 80,000 bytes at once, and says so.
func shortRanges(a *answer) bool {
	from := max(a.offset, 0)
	to := min(from+80_000, int64(len(a.file)))
	if a.offset < 0 {
		a.say(head("200 OK"), a.file[:to])
		return a.hangUp()
	}
	return a.say(head("206 Partial Content", fmt.Sprintf("Content-Range: bytes %d-%d/%d", from, to-1, len(a.file)), length(int(to-from))), a.file[from:to])
}

// Over restarts too, no byte of a shard is fetched twice, on a line that dies after every twenty thousand.
func TestResumedOverRestarts(t *testing.T) {
	o, k, w, _ := second(t)
	w.set(o.Dir, onShards(part(10_000)))
	runs := 0
	for r, err := k.pull(); err != nil; r, err = k.pull() {
		if runs++; runs > 15 || pull.FaultOf(err) != pull.Unreachable || r.Changed {
			t.Fatalf("run %d: %v", runs, err)
		}
		k = k.copy() // the program starts again, on the same disk
		k.job.Make = builds(k.store, build)
	}
	if runs < 3 || !strings.Contains(k.shows(), long()) {
		t.Errorf("after %d runs: %.80s", runs, k.shows())
	}
	var from []string
	for _, s := range w.requests() {
		if path, offset, _ := strings.Cut(s, " "); strings.HasPrefix(path, "s/") {
			from = append(from, offset)
		}
	}
	if len(slices.Compact(slices.Clone(from))) != len(from) || w.bytes() > o.size()+runs*10_000 {
		t.Errorf("asked from %v, %d bytes were sent", from, w.bytes())
	}
	if left, err := filepath.Glob(filepath.Join(k.dir, "s", "*", "*.part")); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// What a power cut left of a part file is not trusted: zeros at its end, or the whole of another length.
func TestASpoiledPartIsFetchedAnew(t *testing.T) {
	for name, spoil := range map[string]func(b []byte) []byte{
		"zeros":        func(b []byte) []byte { clear(b[len(b)/2:]); return b },
		"too long":     func(b []byte) []byte { return append(b, make([]byte, 1<<20)...) },
		"empty":        func([]byte) []byte { return nil },
		"another file": func(b []byte) []byte { return bytes.Repeat([]byte("x"), len(b)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, k, w, _ := second(t)
			w.set(o.Dir, onShards(part(30_000)))
			if _, err := k.pull(); err == nil {
				t.Fatal("the line did not break")
			}
			parts, err := filepath.Glob(filepath.Join(k.dir, "s", "*", "*.part"))
			if err != nil || len(parts) != 1 {
				t.Fatal(parts, err)
			}
			b, err := os.ReadFile(parts[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(parts[0], spoil(b), 0o600); err != nil {
				t.Fatal(err)
			}
			w.set(o.Dir, nil)
			if r := k.mustPull(); r.Edition != 2 || !strings.Contains(k.shows(), long()) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A server's mixture of two releases, an older release, and one signed by a key that has been replaced: all have right signatures somewhere.
func TestTrickyReleases(t *testing.T) {
	for name, c := range map[string]struct {
		twist func(o *office, first string) twist
		want  pull.Fault
	}{
		"TestMixedReleases: the snapshot is of the first": {func(_ *office, first string) twist {
			return func(a *answer) bool {
				if strings.HasSuffix(a.path, ".snapshot.json") {
					a.file, _ = os.ReadFile(filepath.Join(first, "metadata/1.snapshot.json"))
				}
				return false
			}
		}, pull.Tampered},
		"TestMixedReleases: the catalogs are not there yet": {func(_ *office, first string) twist {
			return func(a *answer) bool {
				if strings.HasPrefix(a.path, "t/") {
					a.file, _ = os.ReadFile(filepath.Join(first, a.path))
				}
				return false
			}
		}, pull.Tampered},
		"TestRollback": {func(_ *office, first string) twist {
			return func(a *answer) bool { a.file, _ = os.ReadFile(filepath.Join(first, a.path)); return false }
		}, pull.Rollback},
	} {
		t.Run(name, func(t *testing.T) {
			o, k, w, first := second(t)
			if c.want == pull.Rollback {
				k.mustPull() // it has the second
			}
			before := k.shows()
			w.set(o.Dir, c.twist(o, first))
			if r, err := k.pull(); pull.FaultOf(err) != c.want || r.Changed || k.shows() != before {
				t.Errorf("%v", err)
			}
			w.set(o.Dir, nil)
			if r := k.mustPull(); r.Edition != 2 {
				t.Errorf("then %+v", r)
			}
		})
	}
}

// TestRevokedKey: whoever stole the key of the timestamp signs on after the office has replaced it.
func TestRevokedKey(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	w := o.wire()
	k := o.kiosk(w.depot())
	k.mustPull()
	stolen := filepath.Join(t.TempDir(), "stolen")
	if err := os.CopyFS(stolen, os.DirFS(o.KeysDir)); err != nil {
		t.Fatal(err)
	}
	if err := o.Keys.Replace("timestamp", o.Now); err != nil {
		t.Fatal(err)
	}
	o.Publish("王建国 912.00")
	k.mustPull()
	before := k.shows()
	var err error
	if o.Keys, err = trust.OpenKeys(stolen); err != nil {
		t.Fatal(err)
	}
	o.Publish("王建国 0.00") // the thief does
	if _, err := k.pull(); pull.FaultOf(err) != pull.Tampered || k.shows() != before {
		t.Errorf("%v", err)
	}
}

// TestFreeze: whatever is asked, the answer is that nothing has changed. The kiosk serves on, and once a daily signature is overdue it says so and can
// ask past whoever answers.
func TestFreeze(t *testing.T) {
	o, k, w, _ := second(t)
	frozen := func(a *answer) bool {
		return a.header.Get("If-None-Match") != "" && a.say(head("304 Not Modified"), nil)
	}
	w.set(o.Dir, frozen)
	if r := k.mustPull(); r.Changed || r.Quiet || r.Stale || r.Edition != 1 {
		t.Errorf("at first: %+v", r)
	}
	o.Now = o.Now.Add(40 * time.Hour)
	if r := k.mustPull(); r.Changed || !r.Quiet || r.Stale {
		t.Errorf("after two days: %+v", r)
	}
	o.Now = o.Now.AddDate(0, 0, 31)
	if r := k.mustPull(); r.Changed || !r.Quiet || !r.Stale {
		t.Errorf("after a month: %+v", r)
	}
	k.job.PastCaches = true
	if r := k.mustPull(); !r.Changed || r.Edition != 2 {
		t.Errorf("asked past the freezer: %+v", r)
	}
}

// TestStaleProxy: on the way there is a cache that keeps even the timestamp, by its address.
func TestStaleProxy(t *testing.T) {
	o, k, w, _ := second(t)
	kept := map[string][]byte{}
	var mu sync.Mutex
	proxy := func(a *answer) bool {
		mu.Lock()
		defer mu.Unlock()
		at := a.path + "?" + a.query
		if b, ok := kept[at]; ok && a.header.Get("Cache-Control") != "no-cache" {
			a.file = b
		} else if a.file != nil {
			kept[at] = a.file
		}
		return false
	}
	w.set(o.Dir, proxy)
	k.mustPull()
	o.Now = o.Now.Add(48 * time.Hour)
	o.Publish("王建国 1012.00")
	if r := k.mustPull(); r.Changed || !r.Quiet || r.Edition != 2 {
		t.Errorf("through the proxy: %+v", r)
	}
	k.job.PastCaches = true
	if r := k.mustPull(); !r.Changed || r.Edition != 3 {
		t.Errorf("past the proxy: %+v", r)
	}
}

// An unchanged timestamp is one request that is answered with 304, also by a new program on the same disk; and 304 counts for nothing but the timestamp
// that was accepted and whose edition serves.
func TestUnchangedIsOneSmallRequest(t *testing.T) {
	o, k, w, _ := second(t)
	k.mustPull()
	w.set(o.Dir, nil)
	for range 2 {
		if r := k.mustPull(); r.Changed || r.Requests != 1 || r.Bytes != 0 || r.Edition != 2 || len(r.Digest) != 64 {
			t.Errorf("%+v", r)
		}
		k = k.copy()
		k.job.Make = builds(k.store, build)
		k.job.Depot = w.depot()
	}
	if n := w.conditional(); n != 2 {
		t.Errorf("%d of 2 requests were conditional", n)
	}
	w.set(o.Dir, nil)
	g, _, err := k.store.Current()
	if err != nil || !g.SyncedAt.Equal(o.Now) {
		t.Errorf("confirmed at %v, %v", g.SyncedAt, err)
	}

	// Staff have gone back: what serves is not what the timestamp says.
	if _, err := k.store.Back(); err != nil {
		t.Fatal(err)
	}
	if r := k.mustPull(); r.Changed || w.conditional() != 0 {
		t.Errorf("gone back: %+v, %d conditional", r, w.conditional())
	}
	if _, err := k.store.Back(); err != nil {
		t.Fatal(err)
	}
	// The book is damaged: the edition is taken once more.
	if err := os.WriteFile(k.store.Book(2), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := k.mustPull(); !r.Changed || w.conditional() != 0 {
		t.Errorf("damaged: %+v, %d conditional", r, w.conditional())
	}
	// Another office, which calls something of its own by the same tag.
	other := o.wire()
	k.job.Depot = other.depot()
	if k.mustPull(); other.conditional() != 0 {
		t.Error("a tag went to another office than its own")
	}
}

// What is kept of the timestamp may be damaged in ways that no checksum shows. Then 304 is no answer.
func TestUnchangedButDamagedHere(t *testing.T) {
	o, k, w, _ := second(t)
	k.mustPull()
	g, _, err := k.store.Current()
	if err != nil {
		t.Fatal(err)
	}
	files, seen, err := k.store.Trust()
	if err != nil {
		t.Fatal(err)
	}
	files["timestamp"] = []byte("{}")
	if err := k.store.Confirm(g.SyncedAt, files, seen); err != nil {
		t.Fatal(err)
	}
	w.set(o.Dir, nil)
	if r := k.mustPull(); r.Edition != 2 || r.Requests < 2 {
		t.Errorf("%+v", r)
	}
	if r := k.mustPull(); r.Requests != 1 || r.Bytes != 0 {
		t.Errorf("then %+v", r)
	}
}

// A context that ends in the middle of a shard ends the run, and what had come is kept.
func TestStoppedInTheMiddleOfAShard(t *testing.T) {
	o, k, w, _ := second(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.set(o.Dir, onShards(func(a *answer) bool {
		return a.say(head("200 OK", length(len(a.file))), a.file[:100_000]) && a.dangle()
	}))
	k.job.Progress = func(p pull.Progress) {
		if p.Stage == pull.Fetch && p.Done >= 60_000 {
			cancel()
		}
	}
	if _, err := pull.Run(ctx, k.job); pull.FaultOf(err) != pull.Stopped {
		t.Errorf("%v", err)
	}
	w.set(o.Dir, nil)
	k.job.Progress = nil
	k.mustPull()
	asked := w.requests()
	if path, offset, _ := strings.Cut(asked[len(asked)-1], " "); !strings.HasPrefix(path, "s/") || len(offset) < len("60000") {
		t.Errorf("then it asked for %q", asked)
	}
	var later *depot.Later
	w.set(o.Dir, func(a *answer) bool { return a.say(head("429 Too Many Requests", "Retry-After: 90", length(0)), nil) })
	if _, err := k.pull(); !errors.As(err, &later) || later.After != 90*time.Second {
		t.Errorf("sent away: %v", err)
	}
}
