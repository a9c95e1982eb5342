package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var shard = "s/ab/ab" + strings.Repeat("0", 62) + ".kshard.zst"

// folder is a depot on a disk, of which opened counts the files that were opened.
type folder struct {
	fs.FS
	dir    string
	mu     sync.Mutex
	opened int
}

func (f *folder) Open(name string) (fs.File, error) {
	f.mu.Lock()
	f.opened++
	f.mu.Unlock()
	return f.FS.Open(name)
}

func (f *folder) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }

// put writes a file as a press does: beside its place, then renamed.
func (f *folder) put(t *testing.T, name, text string) {
	t.Helper()
	full := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(full+".new", full); err != nil {
		t.Fatal(err)
	}
}

// site serves a small depot.
func serve(t *testing.T) (*folder, string) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	f := &folder{FS: root.FS(), dir: dir}
	f.put(t, Timestamp, "{}")
	f.put(t, "metadata/1.root.json", "{root}")
	f.put(t, shard, "0123456789")
	f.put(t, "ledger.db", "secret")
	f.put(t, "keys/county.key", "secret")
	f.put(t, "metadata/.part-123456", "secret")
	s := httptest.NewServer(Handler(f))
	t.Cleanup(s.Close)
	return f, s.URL + "/"
}

// ask sends one request; header is names and values in turn.
func ask(t *testing.T, method, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func TestServesADepotAndNothingElse(t *testing.T) {
	_, url := serve(t)
	if r, body := ask(t, "GET", url+Timestamp); r.StatusCode != 200 || r.Header.Get("Cache-Control") != "no-cache" || body != "{}" ||
		r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("timestamp: %d, %v", r.StatusCode, r.Header)
	}
	whole, _ := ask(t, "GET", url+shard)
	if whole.StatusCode != 200 || !strings.Contains(whole.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("shard: %d, %v", whole.StatusCode, whole.Header)
	}
	tag := whole.Header.Get("ETag")
	for _, c := range []struct {
		header []string
		status int
		body   string
	}{
		{[]string{"Range", "bytes=4-", "If-Range", tag}, 206, "456789"},
		{[]string{"Range", "bytes=4-", "If-Range", `"other"`}, 200, "0123456789"},
		{[]string{"Range", "bytes=4-6"}, 206, "456"},
		{[]string{"Range", "bytes=10-"}, 416, "invalid range: failed to overlap\n"},
		{[]string{"If-None-Match", tag}, 304, ""},
		{[]string{"If-None-Match", tag, "Range", "bytes=4-"}, 304, ""},
	} {
		if r, body := ask(t, "GET", url+shard, c.header...); r.StatusCode != c.status || body != c.body {
			t.Errorf("%v: %d %q", c.header, r.StatusCode, body)
		}
	}
	if r, body := ask(t, "HEAD", url+shard); r.StatusCode != 200 || r.ContentLength != 10 || body != "" {
		t.Errorf("HEAD: %d, %d bytes", r.StatusCode, r.ContentLength)
	}
	for _, path := range []string{
		"", "ledger.db", "keys/county.key", "metadata/.part-123456", "metadata/", "metadata", "metadata/2.root.json", "../ledger.db",
		"s/ab/" + strings.Repeat("0", 64) + ".kshard.zst",
	} {
		if r, body := ask(t, "GET", url+path); r.StatusCode != 404 || strings.Contains(body, "secret") {
			t.Errorf("%q: %d", path, r.StatusCode)
		}
	}
	if r, _ := ask(t, "POST", url+Timestamp); r.StatusCode != 405 {
		t.Errorf("POST: %d", r.StatusCode)
	}
}

// TestAPollOpensNothing: the second kiosk that knows the newest timestamp is answered without a file being opened, in few bytes.
func TestAPollOpensNothing(t *testing.T) {
	f, url := serve(t)
	first, _ := ask(t, "GET", url+Timestamp)
	tag := first.Header.Get("ETag")
	before := f.opened
	for _, method := range []string{"GET", "HEAD"} {
		r, body := ask(t, method, url+Timestamp, "If-None-Match", tag)
		if r.StatusCode != 304 || body != "" || r.Header.Get("ETag") != tag || r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %q %v", method, r.StatusCode, body, r.Header)
		}
		for name := range r.Header {
			if name != "Etag" && name != "Cache-Control" && name != "Date" {
				t.Errorf("%s: needless header %s", method, name)
			}
		}
	}
	if f.opened != before {
		t.Errorf("%d files were opened", f.opened-before)
	}
	// The same question in other words is answered the same.
	for _, asked := range []string{"*", "W/" + tag, `"x", ` + tag} {
		if r, _ := ask(t, "GET", url+Timestamp, "If-None-Match", asked); r.StatusCode != 304 {
			t.Errorf("If-None-Match %s: %d", asked, r.StatusCode)
		}
	}
	if r, body := ask(t, "GET", url+Timestamp, "If-None-Match", `"x"`); r.StatusCode != 200 || body != "{}" {
		t.Errorf("another tag: %d", r.StatusCode)
	}
}

// TestANewTimestampIsSeenAtOnce: also where it has the length and the hour of the one before.
func TestANewTimestampIsSeenAtOnce(t *testing.T) {
	f, url := serve(t)
	first, _ := ask(t, "GET", url+Timestamp)
	path := filepath.Join(f.dir, filepath.FromSlash(Timestamp))
	old, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f.put(t, Timestamp, "[]")
	if err := os.Chtimes(path, old.ModTime(), old.ModTime()); err != nil {
		t.Fatal(err)
	}
	if r, body := ask(t, "GET", url+Timestamp, "If-None-Match", first.Header.Get("ETag")); r.StatusCode != 200 || body != "[]" {
		t.Errorf("%d %q", r.StatusCode, body)
	}
}

// TestTagAndBodyBelongTogether: while a press replaces the timestamp again and again, no kiosk gets a body under another's tag.
func TestTagAndBodyBelongTogether(t *testing.T) {
	f, url := serve(t)
	stop := make(chan struct{})
	var press sync.WaitGroup
	press.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				f.put(t, Timestamp, fmt.Sprintf("{%d}", i%1000))
			}
		}
	})
	bodies := map[string]string{} // by tag
	var tag string
	for range 2000 {
		r, body := ask(t, "GET", url+Timestamp, "If-None-Match", tag)
		tag = r.Header.Get("ETag")
		if r.StatusCode == 304 {
			continue
		}
		if known, ok := bodies[tag]; ok && known != body {
			t.Fatalf("tag %s is of %s and of %s", tag, known, body)
		}
		bodies[tag] = body
	}
	close(stop)
	press.Wait()
	if len(bodies) < 10 {
		t.Errorf("only %d timestamps were seen: this proved little", len(bodies))
	}
}

// open starts a server with room for so many connections and returns its address.
func open(t *testing.T, handler http.Handler, slots int) (address string, stop context.CancelFunc, ended chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended = make(chan error, 1)
	go func() { ended <- serveOn(ctx, ln, handler, slog.New(slog.DiscardHandler), slots) }()
	t.Cleanup(cancel)
	return ln.Addr().String(), cancel, ended
}

func dial(t *testing.T, address, request string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	return c
}

const poll = "GET /" + Timestamp + " HTTP/1.1\r\nHost: x\r\n\r\n"

func answered(c net.Conn) bool {
	line, err := bufio.NewReader(c).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "HTTP/1.1 ")
}

// TestAFullHouseWaits: while silent clients hold every connection, a kiosk waits; it is served when one of them goes.
func TestAFullHouseWaits(t *testing.T) {
	f, _ := serve(t)
	address, _, _ := open(t, Handler(f), 2)
	silent := dial(t, address, "GET /met")
	if other := dial(t, address, poll); !answered(other) { // keeps its connection
		t.Fatal("a connection within the limit is not served")
	}
	kiosk := dial(t, address, poll)
	if err := kiosk.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, err := kiosk.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("a connection over the limit got an answer: %v", err)
	}
	_ = silent.Close()
	if err := kiosk.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if !answered(kiosk) {
		t.Error("the kiosk is not served after a connection became free")
	}
}

// TestWhoIsBeingAnsweredGetsTheRest: a server that stops lets the answers under way end, and takes no more.
func TestWhoIsBeingAnsweredGetsTheRest(t *testing.T) {
	begun, rest := make(chan struct{}), make(chan struct{})
	address, stop, ended := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-rest
		_, _ = w.Write(bytes.Repeat([]byte("x"), 100_000)) // what fails here is seen by the reader
	}), 8)
	kiosk := dial(t, address, poll)
	<-begun
	stop()
	// The listener is closed before those who are being answered are waited for.
	for {
		c, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		_ = c.Close()
	}
	close(rest)
	r, err := http.ReadResponse(bufio.NewReader(kiosk), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) != 100_000 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestADoorThatIsFullCanBeShut: a server whose every connection is held can still be stopped.
func TestADoorThatIsFullCanBeShut(t *testing.T) {
	f, _ := serve(t)
	address, stop, ended := open(t, Handler(f), 1)
	if c := dial(t, address, poll); !answered(c) {
		t.Fatal("not served")
	}
	dial(t, address, poll)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
