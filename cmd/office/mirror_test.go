package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mingbai.local/cmd/office/internal/mirror"
	"mingbai.local/cmd/office/internal/mirror/s3test"
	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/cmd/office/internal/web"
	"mingbai.local/sync/trust"
)

// anybodyReads is the policy of a bucket that serves a province.
const anybodyReads = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::mingbai/*"}]}`

// bucket is an object store with a bucket that anybody may read; target is a part of it, and url where readers find that.
func bucket(t *testing.T) (s *s3test.Store, target, url string) {
	t.Helper()
	s = s3test.Start(t)
	s.MakeBucket(t, "mingbai", anybodyReads)
	return s, "s3://mingbai/420581?endpoint=" + s.URL, s.URL + "/mingbai/420581"
}

// accepts reads a mirror as a new kiosk does, down to the hash of each piece, and returns the edition that it offers, 0 for none.
func accepts(t *testing.T, url string) int64 {
	t.Helper()
	if r, _ := fetch(t, url+"/metadata/timestamp.json"); r.StatusCode != http.StatusOK {
		return 0
	}
	i, err := press.Newest(&fetched{t, url, map[string][]byte{}})
	if err != nil {
		t.Fatalf("a reader finds no edition: %v", err)
	}
	for _, name := range i.Names {
		if _, err := i.Read(name); err != nil {
			t.Fatalf("edition %d: %v", i.Edition.Number, err)
		}
	}
	return i.Edition.Number
}

// fetched is a depot at a URL whose files are read when they are asked for, each once.
type fetched struct {
	t     *testing.T
	url   string
	files map[string][]byte
}

func (f *fetched) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

func (f *fetched) ReadFile(name string) ([]byte, error) {
	if b, ok := f.files[name]; ok {
		return b, nil
	}
	r, b := fetch(f.t, f.url+"/"+name)
	if r.StatusCode != http.StatusOK {
		return nil, &fs.PathError{Op: r.Status, Path: name, Err: fs.ErrNotExist}
	}
	f.files[name] = b
	return b, nil
}

func fetch(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, b
}

// folder is a folder that a web server shows.
func folder(t *testing.T) (dir, target, url string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "镜像")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(s.Close)
	return dir, "file://" + dir, s.URL
}

// TestAProvinceReadsFromAMirror: kiosks pull from a real object store, and from a folder behind any web server, as from the office:
// first everything, then what is new.
func TestAProvinceReadsFromAMirror(t *testing.T) {
	_, store, storeURL := bucket(t)
	_, dir, dirURL := folder(t)
	for name, to := range map[string][2]string{"object store": {store, storeURL}, "web server": {dir, dirURL}} {
		t.Run(name, func(t *testing.T) {
			data := published(t)
			if out := must(t, "mirror", "--data", data, to[0]); !strings.Contains(out, "第1期") || !strings.Contains(out, "传了") || strings.Contains(out, "endpoint") {
				t.Errorf("mirror says %s", out)
			}
			k := newKiosk(t, data, remote(t, to[1]))
			if n := k.pull(); n != 1 {
				t.Errorf("the kiosk shows edition %d", n)
			}
			if out := must(t, "mirror", "--data", data, "--verify", to[0]); !strings.Contains(out, "本来就齐全") {
				t.Errorf("a second run says %s", out)
			}
			next(t, data, 1)
			if n := k.pull(); n != 1 {
				t.Errorf("before the mirror, the kiosk shows edition %d", n)
			}
			out := must(t, "mirror", to[0], "--data", data)
			var files int
			if _, err := fmt.Sscanf(out[strings.Index(out, "传了"):], "传了%d个文件", &files); err != nil || files < 5 || files > 40 {
				t.Errorf("for one notice: %s", out)
			}
			if n := k.pull(); n != 2 {
				t.Errorf("the kiosk shows edition %d", n)
			}
			if n := newKiosk(t, data, remote(t, to[1])).pull(); n != 2 {
				t.Errorf("a new kiosk shows edition %d", n)
			}
		})
	}
	for path, cache := range map[string]string{"metadata/timestamp.json": "no-cache", "metadata/1.root.json": "max-age=31536000, immutable"} {
		if r, _ := fetch(t, storeURL+"/"+path); r.Header.Get("Cache-Control") != cache || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s is served with %v", path, r.Header)
		}
	}
}

// TestAMirrorCutOffAnywhere: the line breaks after every few kilobytes. Readers have the edition before, whole, until they have the
// new one, whole; in the end it is there although no run got far.
func TestAMirrorCutOffAnywhere(t *testing.T) {
	s, target, url := bucket(t)
	data := published(t)
	must(t, "mirror", "--data", data, target)
	must(t, "intake", "--data", data, sheets(t, 1500))
	must(t, "publish", "--data", data, "--as-of", "2026-11-21")
	var largest int64
	i := issueOf(t, data)
	for _, name := range i.Names {
		largest = max(largest, i.Size(name))
	}
	cuts, seen := 0, int64(1)
	for n := 0; seen < 2; n++ {
		if n > 100 {
			t.Fatal("it does not end")
		}
		s.BreakAfter(int64(n) * largest / 4)
		_, errs, code := office(t, "mirror", "--data", data, target)
		s.BreakAfter(-1)
		if code != 0 {
			cuts++
			if strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "连不上") || !strings.Contains(errs, "接着传") {
				t.Errorf("after a cut: %s", errs)
			}
		}
		got := accepts(t, url)
		if got < seen || code == 0 && got != 2 {
			t.Errorf("readers have edition %d after %d; exit code %d", got, seen, code)
		}
		seen = got
	}
	if cuts < 3 {
		t.Errorf("%d cuts proved little", cuts)
	}
}

// TestAKilledMirror: a mirror is killed at any moment, into a folder and into a store.
func TestAKilledMirror(t *testing.T) {
	_, store, storeURL := bucket(t)
	_, dir, dirURL := folder(t)
	for name, to := range map[string][2]string{"object store": {store, storeURL}, "folder": {dir, dirURL}} {
		t.Run(name, func(t *testing.T) {
			data := published(t)
			must(t, "mirror", "--data", data, to[0])
			run := func(kill func(*os.Process)) bool {
				t.Helper()
				cmd := program(t, "mirror", "--data", data, to[0])
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				kill(cmd.Process)
				return wasKilled(t, cmd.Wait())
			}
			next(t, data, 0)
			start := time.Now()
			run(func(*os.Process) {})
			whole := time.Since(start)
			r := rand.New(rand.NewPCG(3, 4))
			killed, last, seen := 0, int64(2), int64(2)
			for n := 0; n < 8 || killed < 4 && n < 40; n++ {
				if seen == last {
					last++
					next(t, data, int(last))
				}
				var timer *time.Timer
				if run(func(p *os.Process) {
					timer = time.AfterFunc(time.Duration(r.Int64N(int64(whole))), func() { _ = p.Kill() }) // it may have ended
				}) {
					killed++
				}
				timer.Stop()
				got := accepts(t, to[1])
				if got < seen {
					t.Errorf("readers have edition %d after %d", got, seen)
				}
				seen = got
			}
			if killed == 0 {
				t.Error("no mirror was killed: this proved nothing")
			}
			must(t, "mirror", "--data", data, to[0])
			if got := accepts(t, to[1]); got != last {
				t.Errorf("in the end readers have edition %d", got)
			}
		})
	}
}

// slowly is a place at which something happens at the n-th writing.
type slowly struct {
	mirror.Place
	n       int64
	written atomic.Int64
	happens func()
}

func (s *slowly) Write(ctx context.Context, name string, b []byte) error {
	if s.written.Add(1) == s.n {
		s.happens()
	}
	return s.Place.Write(ctx, name, b)
}

func (s *slowly) Replace(ctx context.Context, name string, old, b []byte) error {
	if s.written.Add(1) == s.n {
		s.happens()
	}
	return s.Place.Replace(ctx, name, old, b)
}

func issueOf(t *testing.T, data string) *press.Issue {
	t.Helper()
	i, err := press.Open(filepath.Join(data, publicDir))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func storePlace(t *testing.T, s *s3test.Store) *mirror.Bucket {
	t.Helper()
	p, err := mirror.S3(mirror.Store{Endpoint: s.URL, Region: "us-east-1", Bucket: "mingbai", Prefix: "420581"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func quiet(int64, int64) {}

// TestAnEditionIsPublishedDuringTheMirror: what arrives is the edition that the mirror began with, whole; the next run brings the
// other.
func TestAnEditionIsPublishedDuringTheMirror(t *testing.T) {
	s, target, url := bucket(t)
	data := published(t)
	p := &slowly{Place: storePlace(t, s), n: 5, happens: func() { next(t, data, 1) }}
	if _, err := mirror.Run(t.Context(), mirror.Job{Newest: issueOf(t, data), Place: p, Progress: quiet}); err != nil {
		t.Fatal(err)
	}
	if got := accepts(t, url); got != 1 {
		t.Errorf("readers have edition %d", got)
	}
	must(t, "mirror", "--data", data, target)
	if got := accepts(t, url); got != 2 {
		t.Errorf("then edition %d", got)
	}
}

// TestTwoMirrorsAtOnce: the slower one began with the older edition, and is overtaken before each of its last writings. The newer
// edition stays.
func TestTwoMirrorsAtOnce(t *testing.T) {
	s, target, url := bucket(t)
	for _, last := range []int64{1, 2, 3, 5, 8} {
		data := published(t)
		old := issueOf(t, data)
		if err := os.RemoveAll(filepath.Join(s.Folder, "mingbai", "420581")); err != nil {
			t.Fatal(err)
		}
		next(t, data, 1)
		p := &slowly{Place: storePlace(t, s), n: int64(len(old.Names)) + 1 - last, happens: func() { must(t, "mirror", "--data", data, target) }}
		_, err := mirror.Run(t.Context(), mirror.Job{Newest: old, Place: p, Progress: quiet})
		if !errors.Is(err, mirror.ErrNewer) || p.written.Load() < p.n {
			t.Errorf("the slower one: %v", err)
		}
		if got := accepts(t, url); got != 2 {
			t.Errorf("readers have edition %d", got)
		}
	}
	// Both with the same edition.
	data := published(t)
	other := strings.Replace(target, "420581", "other", 1)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if _, errs, code := office(t, "mirror", "--data", data, other); code != 0 {
				t.Errorf("exit code %d: %s", code, errs)
			}
		})
	}
	wait.Wait()
	if got := accepts(t, strings.Replace(url, "420581", "other", 1)); got != 1 {
		t.Errorf("readers have edition %d", got)
	}
}

// watchful is a place that knows what would be left of it by a power cut: what was there, and what has settled since.
type watchful struct {
	mirror.Place
	t     *testing.T
	issue *press.Issue

	mu                sync.Mutex
	settled, underway map[string]bool
}

func watched(t *testing.T, p mirror.Place, i *press.Issue) *watchful {
	t.Helper()
	have, err := p.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := &watchful{Place: p, t: t, issue: i, settled: map[string]bool{}, underway: map[string]bool{}}
	for name := range have {
		w.settled[name] = true
	}
	return w
}

// turn is when a file of an edition comes: after all whose turn was earlier, each of which it may name.
func turn(name string) (n int) {
	const first, timestamp = 10, 1 << 30
	switch {
	case name == web.Timestamp:
		return timestamp
	case strings.HasSuffix(name, ".root.json"):
		_, _ = fmt.Sscanf(name, "metadata/%d.root.json", &n) // it has a number
		return first + n
	case strings.HasSuffix(name, ".snapshot.json"):
		return 4
	}
	return strings.Index("sitm", name[:1])
}

func (w *watchful) comes(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, before := range w.issue.Names {
		if turn(before) < turn(name) && !w.settled[before] {
			w.t.Errorf("%s comes while %s could still be lost", name, before)
		}
	}
	w.underway[name] = true
}

func (w *watchful) Write(ctx context.Context, name string, b []byte) error {
	w.comes(name)
	return w.Place.Write(ctx, name, b)
}

func (w *watchful) Replace(ctx context.Context, name string, old, b []byte) error {
	w.comes(name)
	return w.Place.Replace(ctx, name, old, b)
}

func (w *watchful) Settle() error {
	err := w.Place.Settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.Copy(w.settled, w.underway)
	clear(w.underway)
	return err
}

// TestWhatIsNamedIsOnTheDiskBefore: at no moment would a power cut leave a file that names another that is lost, and what is said to be there has settled.
func TestWhatIsNamedIsOnTheDiskBefore(t *testing.T) {
	data := published(t)
	place, err := mirror.Dir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = place.Close() }()
	for n := range 3 {
		if n > 0 {
			must(t, "keys", "--data", data, "--replace", "timestamp", "--passphrase-file", passphraseFile(t, passphrases...))
			must(t, "keys", "--data", data, "--replace", "snapshot", "--passphrase-file", passphraseFile(t, passphrases...))
			next(t, data, n)
		}
		w := watched(t, place, issueOf(t, data))
		r, err := mirror.Run(t.Context(), mirror.Job{Newest: w.issue, Place: w, Progress: quiet})
		if err != nil || r.Files < 5 {
			t.Fatalf("%+v, %v", r, err)
		}
		if len(w.underway) > 0 || !w.settled[web.Timestamp] {
			t.Errorf("%v could be lost at the end", w.underway)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, s := range []string{
		"file:///srv/镜像", "file:///srv/..", "s3://mingbai/420581?endpoint=https://obs.example.cn&region=cn-north-4&style=host", "s3://b/../x?endpoint=h", "s3://u:p@b/x",
		"s3://b/a//b?endpoint=http://u:p@h", "file:/x", "://",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to, err := parseTarget(s)
		if err != nil {
			return
		}
		if (to.dir == "") == (to.store.Bucket == "") || to.dir != "" && (!filepath.IsAbs(to.dir) || to.dir == "/" || to.dir != filepath.Clean(to.dir)) {
			t.Errorf("%q leads to %+v", s, to)
		}
		if to.dir != "" {
			return
		}
		e, err := url.Parse(to.store.Endpoint)
		if err != nil || e.Host == "" || e.User != nil || to.store.Prefix != "" && to.store.Prefix != path.Clean(to.store.Prefix) || strings.HasPrefix(to.store.Prefix, "..") {
			t.Errorf("%q leads to %+v", s, to)
		}
	})
}

// TestVerifyRepairs: what rotted in the store under the right length is found by --verify alone, and sent again.
func TestVerifyRepairs(t *testing.T) {
	s, store, storeURL := bucket(t)
	dir, files, dirURL := folder(t)
	for _, c := range []struct{ root, target, url string }{{filepath.Join(s.Folder, "mingbai", "420581"), store, storeURL}, {dir, files, dirURL}} {
		data := published(t)
		must(t, "mirror", "--data", data, c.target)
		hurt := issueOf(t, data).Names[0]
		path := filepath.Join(c.root, filepath.FromSlash(hurt))
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte{0xff, 0, 0xff}, 20); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if out := must(t, "mirror", "--data", data, c.target); !strings.Contains(out, "本来就齐全") {
			t.Errorf("without --verify: %s", out)
		}
		if out := must(t, "mirror", "--data", data, "--verify", c.target); !strings.Contains(out, "其中1个是那边坏了") {
			t.Errorf("with --verify: %s", out)
		}
		// What is gone, or cut short, is sent again without being asked.
		if err := os.Truncate(path, 10); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(c.root, filepath.FromSlash(issueOf(t, data).Names[1]))); err != nil {
			t.Fatal(err)
		}
		if out := must(t, "mirror", "--data", data, c.target); !strings.Contains(out, "传了2个文件") {
			t.Errorf("after a loss: %s", out)
		}
		if got := accepts(t, c.url); got != 1 {
			t.Errorf("readers have edition %d", got)
		}
	}
}

// TestOnlyWhatIsLongUnneededIsDeleted: nothing without the flag; with it, what neither of the two newest editions needs and has
// lain for a day; never a root, nor what is no edition's.
func TestOnlyWhatIsLongUnneededIsDeleted(t *testing.T) {
	s, store, storeURL := bucket(t)
	dir, files, dirURL := folder(t)
	for _, c := range []struct{ root, target, url string }{{filepath.Join(s.Folder, "mingbai", "420581"), store, storeURL}, {dir, files, dirURL}} {
		data := published(t)
		must(t, "keys", "--data", data, "--replace", "timestamp", "--passphrase-file", passphraseFile(t, passphrases...))
		count := func() int {
			n := 0
			err := fs.WalkDir(os.DirFS(c.root), ".", func(_ string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					n++
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for n := range 3 {
			next(t, data, n)
			must(t, "mirror", "--data", data, c.target)
		}
		if err := os.WriteFile(filepath.Join(c.root, "index.html"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		before := count()
		must(t, "mirror", "--data", data, "--delete-unreferenced", c.target)
		if n := count(); n != before {
			t.Errorf("%d files are left of %d, all of today", n, before)
		}
		// Two days pass for all but the timestamp.
		then := time.Now().Add(-48 * time.Hour)
		err := filepath.WalkDir(c.root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || e.Name() == "timestamp.json" {
				return err
			}
			return os.Chtimes(path, then, then)
		})
		if err != nil {
			t.Fatal(err)
		}
		must(t, "mirror", "--data", data, c.target)
		if n := count(); n != before {
			t.Errorf("%d files are left of %d, without the flag", n, before)
		}
		if out := must(t, "mirror", "--data", data, "--delete-unreferenced", c.target); !strings.Contains(out, "删去") {
			t.Errorf("nothing was deleted: %s", out)
		}
		i := issueOf(t, data)
		b, err := issueBefore(filepath.Join(data, publicDir), i)
		if err != nil {
			t.Fatal(err)
		}
		need := map[string]bool{"index.html": true}
		for _, name := range append(i.Names, b.Names...) {
			need[name] = true
		}
		if n := count(); n != len(need) {
			t.Errorf("%d files are left, %d are needed", n, len(need))
		}
		if got := accepts(t, c.url); got != 4 {
			t.Errorf("readers have edition %d", got)
		}
	}
}

// TestAMirrorIsNotOverwrittenByAStranger: not by another county's office, and not by an office that came back from an old backup.
func TestAMirrorIsNotOverwrittenByAStranger(t *testing.T) {
	_, store, storeURL := bucket(t)
	_, files, filesURL := folder(t)
	for target, url := range map[string]string{store: storeURL, files: filesURL} {
		data := published(t)
		backup := published(t)
		next(t, data, 1)
		must(t, "mirror", "--data", data, target)
		stranger := filepath.Join(t.TempDir(), "office")
		must(t, "init", "--data", stranger, "--county", "420581")
		must(t, "intake", "--data", stranger, sheets(t, 1000))
		must(t, "publish", "--data", stranger, "--as-of", "2026-11-20")
		for n := range 4 {
			next(t, stranger, n)
		}
		for who, says := range map[string]string{stranger: "另一个县", backup: "旧备份"} {
			if _, errs, code := office(t, "mirror", "--data", who, target); code != 1 || !strings.Contains(errs, says) {
				t.Errorf("exit code %d: %s", code, errs)
			}
		}
		if got := accepts(t, url); got != 2 {
			t.Errorf("readers have edition %d", got)
		}
	}
}

// answers is a server that says the same to everything.
func answers(t *testing.T, status int, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may be gone
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func s3Error(code string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>` + code + `</Code><Message>no</Message><RequestId>1</RequestId></Error>`
}

// TestMirrorSaysWhatIsWrong: place, rule and remedy in one line of Chinese, and no key in it.
func TestMirrorSaysWhatIsWrong(t *testing.T) {
	s, target, _ := bucket(t)
	data := published(t)
	s.AddUser(t, "guest", "guest-secret-91c2")
	empty := filepath.Join(t.TempDir(), "empty")
	must(t, "init", "--data", empty, "--county", "420581")
	full := filepath.Join(t.TempDir(), "full")
	if err := os.Mkdir(full, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", full, "tmpfs", 0, "size=64k"); err != nil {
		t.Fatalf("a full disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(full, 0) })
	strange := t.TempDir()
	if err := os.WriteFile(filepath.Join(strange, "家书.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	closed := answers(t, 200, "")
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	none := t.TempDir()
	for name, c := range map[string]struct {
		env  []string
		data string
		to   string
		code int
		says []string
	}{
		"nothing published":   {nil, empty, target, 1, []string{"还没有发布", "office publish"}},
		"nowhere":             {nil, data, "", 2, []string{"去处", "mirror -h"}},
		"no such scheme":      {nil, data, "ftp://x/y", 2, []string{"ftp://x/y", "file://", "s3://"}},
		"a relative folder":   {nil, data, "file://srv/x", 2, []string{"三条斜线"}},
		"the disk's root":     {nil, data, "file:///", 2, []string{"file:///srv"}},
		"the root by detour":  {nil, data, "file:///srv/..", 2, []string{"file:///srv"}},
		"a prefix by detour":  {nil, data, "s3://mingbai/a/../b?endpoint=x", 2, []string{"a/../b", "420581"}},
		"a key in the target": {nil, data, "s3://me:never-to-be-seen-7f3a@b/p?endpoint=x", 2, []string{"不能写密钥", "AWS_SECRET_ACCESS_KEY"}},
		"no endpoint":         {nil, data, "s3://mingbai/x", 2, []string{"endpoint="}},
		"a key in endpoint":   {nil, data, "s3://mingbai/x?endpoint=http://me:never-to-be-seen-7f3a@h", 2, []string{"endpoint="}},
		"an unknown word":     {nil, data, target + "&acl=public", 2, []string{"acl"}},
		"inside the data":     {nil, data, "file://" + filepath.Join(data, publicDir, "x"), 2, []string{"数据目录里面"}},
		"not our folder":      {nil, data, "file://" + strange, 1, []string{"已经有别的东西", "空目录"}},
		"a file":              {nil, data, "file://" + file, 1, []string{file}},
		"a full disk":         {nil, data, "file://" + full, 1, []string{"满了", "接着传"}},
		"nobody listens":      {nil, data, "s3://mingbai/x?endpoint=" + gone.URL, 1, []string{"连不上", gone.URL, "endpoint", "refused"}},
		"no bucket":           {nil, data, "s3://wrong/x?endpoint=" + s.URL, 1, []string{"没有叫 wrong 的桶", s.URL}},
		"a wrong secret":      {[]string{"AWS_SECRET_ACCESS_KEY", "other-secret"}, data, target, 1, []string{"不认这把访问密钥"}},
		"an unknown key":      {[]string{"AWS_ACCESS_KEY_ID", "SOMEBODY"}, data, target, 1, []string{"不认这把访问密钥"}},
		"no permission":       {[]string{"AWS_ACCESS_KEY_ID", "guest", "AWS_SECRET_ACCESS_KEY", "guest-secret-91c2"}, data, target, 1, []string{"没有权限", "mingbai"}},
		"no key": {
			[]string{"AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY", "", "HOME", none, "AWS_SHARED_CREDENTIALS_FILE", "", "AWS_CONFIG_FILE", ""},
			data, target, 1,
			[]string{"没有找到访问密钥", "~/.aws/credentials"},
		},
		"a web page":       {nil, data, "s3://mingbai/x?endpoint=" + answers(t, 200, "<html><body>登录</body></html>"), 1, []string{"不像是对象存储"}},
		"an empty answer":  {nil, data, "s3://mingbai/x?endpoint=" + closed, 1, []string{"不像是对象存储"}},
		"clocks":           {nil, data, "s3://mingbai/x?endpoint=" + answers(t, 403, s3Error("RequestTimeTooSkewed")), 1, []string{"时钟", "校准"}},
		"a full store":     {nil, data, "s3://mingbai/x?endpoint=" + answers(t, 400, s3Error("QuotaExceeded")), 1, []string{"满了", "腾出地方"}},
		"a store in ruins": {nil, data, "s3://mingbai/x?endpoint=" + answers(t, 503, "<html>busy</html>"), 1, []string{"连不上"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i := 0; i < len(c.env); i += 2 {
				t.Setenv(c.env[i], c.env[i+1])
			}
			args := []string{"mirror", "--data", c.data}
			if c.to != "" {
				args = append(args, c.to)
			}
			out, errs, code := office(t, args...)
			if code != c.code || strings.Count(errs, "\n") != 1 || out != "" {
				t.Errorf("exit code %d, want %d, and one line: %s%s", code, c.code, out, errs)
			}
			for _, s := range c.says {
				if !strings.Contains(errs, s) {
					t.Errorf("it does not say %q: %s", s, errs)
				}
			}
			for _, secret := range []string{s3test.Secret, "guest-secret-91c2", "other-secret", s3test.Access} {
				if strings.Contains(errs, secret) {
					t.Errorf("it shows the key: %s", errs)
				}
			}
		})
	}
	if n, err := trust.Edition(os.DirFS(full)); err != nil || n != 0 {
		t.Errorf("a mirror that ran full shows edition %d, %v", n, err)
	}
}
