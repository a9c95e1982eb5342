package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"mingbai.local/cmd/stick/internal/media"
	"mingbai.local/sync/depot/depottest"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/trust"
)

// shell runs a command as it would be typed.
func shell(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), args, &o, &e)
	return o.String(), e.String(), code
}

// county is an office that has published an edition, and its card in a file.
func county(t *testing.T) (o *officetest.Office, card string) {
	t.Helper()
	o = officetest.New(t, "420581", "宜都市")
	o.Now = time.Now() // the program goes by the clock
	o.Publish("一", "二")
	b, err := o.Card().Encode()
	if err != nil {
		t.Fatal(err)
	}
	card = filepath.Join(t.TempDir(), "stick.json")
	if err := os.WriteFile(card, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return o, card
}

// pack is the office's edition as a data pack.
func pack(t *testing.T, o *officetest.Office, to string) {
	t.Helper()
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(depottest.WritePack(f, os.DirFS(o.Dir)), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// Three ways to the same stick: over the network, from a pack, from a folder; and from a stick to another.
func TestTheSameStickByEveryWay(t *testing.T) {
	o, card := county(t)
	server := httptest.NewServer(http.FileServer(http.Dir(o.Dir)))
	defer server.Close()
	packed := filepath.Join(t.TempDir(), "宜都市.kpack")
	pack(t, o, packed)
	var first []byte
	last := o.Dir
	for _, from := range []string{server.URL + "/", packed, o.Dir, "the stick before"} {
		if from == "the stick before" {
			from = last
		}
		medium := t.TempDir()
		out, errs, code := shell(t, "fill", "--from", from, "--to", medium, "--card", card)
		if code != 0 || !strings.HasPrefix(out, "做好了，可以拔U盘。\nU盘里现在是：宜都市，第1期，数据截至") || strings.Contains(out, "拷盘卡") {
			t.Errorf("from %s: %d %s%s", from, code, out, errs)
		}
		stamp, err := os.ReadFile(filepath.Join(medium, stick.Folder, "metadata", "timestamp.json"))
		if err != nil || first != nil && !bytes.Equal(stamp, first) {
			t.Errorf("from %s: %v, or another timestamp", from, err)
		}
		first, last = stamp, medium
		if out, _, code := shell(t, "fill", "--from", from, "--to", medium); code != 0 || !strings.Contains(out, "已经是最新的") || !strings.Contains(out, "查询点的机器来核对") {
			t.Errorf("again: %d %s", code, out)
		}
	}
	var filled stick.Filled
	out, _, code := shell(t, "fill", "--from", o.Dir, "--to", t.TempDir(), "--json")
	if code != 0 || json.Unmarshal([]byte(out), &filled) != nil || filled.Edition != 1 || !filled.Changed {
		t.Errorf("--json: %d %s", code, out)
	}
}

// What is typed wrongly says where, by which rule and what to do; 2 is for a command that was not understood, 1 for one that failed.
func TestMistakesAreWorded(t *testing.T) {
	o, card := county(t)
	medium := t.TempDir()
	broken := filepath.Join(t.TempDir(), "x.kpack")
	if err := os.WriteFile(broken, []byte("PK"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"carry", 2, "没有“carry”这个命令"},
		{"fill --to " + medium, 2, "没有写从哪里拷"},
		{"fill --from " + o.Dir, 2, "没有写U盘在哪里"},
		{"fill --form x", 2, "没有“-form”这个选项"},
		{"fill x", 2, "多写了“x”"},
		{"empty --from " + medium, 2, "--from 和 --to 都要写"},
		{"fill --from " + o.Dir + "/gone --to " + medium, 1, "找不到"},
		{"fill --from " + broken + " --to " + medium, 1, "不是县里的数据，或者没有拷全"},
		{"fill --from " + t.TempDir() + " --to " + medium, 1, "没有县里的数据"},
		{"fill --from " + o.Dir + " --to " + medium + "/gone", 1, "U盘拔出来了"},
		{"fill --from " + o.Dir + " --to " + medium + " --card " + broken, 1, "拷盘卡"},
		{"fill --card " + card + " --to " + medium, 1, "连不上"}, // the card's office is not there
	} {
		_, errs, code := shell(t, strings.Fields(c.args)...)
		lines := strings.Split(strings.TrimSpace(errs), "\n")
		if last := lines[len(lines)-1]; code != c.code || !strings.HasPrefix(last, "stick：") || !strings.Contains(last, c.says) {
			t.Errorf("%s: %d %s", c.args, code, errs)
		}
	}
	for _, help := range []string{"-h", "help", "fill -h", "empty -h", "--no-browser -h"} {
		if out, _, code := shell(t, strings.Fields(help)...); code != 0 || !strings.Contains(out, "用法") {
			t.Errorf("%s: %d %s", help, code, out)
		}
	}
}

// Every error that a filling can end with has words of its own, which never show what only a programmer reads.
func TestEveryTroubleHasWords(t *testing.T) {
	here := t.TempDir()
	generic := troubleOf(errors.New("x")).Remedy
	seen := map[string]bool{}
	for name, err := range map[string]error{
		"busy": stick.ErrBusy, "in the way": stick.ErrInTheWay, "full": &stick.NoSpace{Need: 9e6, Free: 1e6}, "none": stick.ErrNoEdition,
		"older":     &stick.RollbackError{Stick: stick.Holding{AsOf: "2026-12-20"}, Source: stick.Holding{AsOf: "2026-11-20"}},
		"foreign":   &stick.ForeignError{Want: stick.Holding{County: "420581", CountyName: "宜都市"}, Got: stick.Holding{County: "420923", CountyName: "云梦县\x1b["}},
		"signature": trust.ErrSignature, "portal": trust.ErrMalformed, "damaged": stick.ErrDamaged, "newer": edition.ErrNewer, "stopped": context.Canceled,
		"source": &stick.SourceError{Err: errors.New("x")}, "gone": &stick.MediumError{Medium: here + "/gone", Err: fs.ErrNotExist},
		"read-only": &stick.MediumError{Medium: here, Err: syscall.EROFS}, "rotten": &stick.MediumError{Medium: here, Err: syscall.EIO},
		"filled up": &stick.MediumError{Medium: here, Err: syscall.ENOSPC}, "target": &stick.TargetError{Err: fs.ErrPermission},
		"unread": &stick.UnreadError{Letters: []stick.Unread{{Name: "outbox/YD-01/a.age", Err: syscall.EIO}}},
	} {
		got := troubleOf(fmt.Errorf("stick: fill: %w", err))
		if got.Remedy == generic || seen[got.Words] || seen[got.Code] || !codeForm.MatchString(got.Code) || !strings.HasSuffix(got.Words, "。") || !strings.HasSuffix(got.Remedy, "。") {
			t.Errorf("%s: %+v", name, got)
		}
		plain := strings.NewReplacer("U盘", "", "MB", "", stick.Folder, "").Replace(got.Words + got.Remedy)
		if strings.ContainsFunc(plain, func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }) {
			t.Errorf("%s: %+v is not plain Chinese", name, got)
		}
		seen[got.Words], seen[got.Code] = true, true
	}
	if w := troubleOf(&stick.RollbackError{Stick: stick.Holding{AsOf: "2026-12-20"}, Source: stick.Holding{AsOf: "2026-11-20"}}).Words; !strings.Contains(w, "2026年11月20日") || !strings.Contains(w, "2026年12月20日") {
		t.Errorf("one of two dates is missing: %s", w)
	}
}

var codeForm = regexp.MustCompile(`^U-\d\d$`)

// TestCodesAreOfOneTroubleEach: wherever in the source a trouble is made, its code is another one. What a number means the county has written down.
func TestCodesAreOfOneTroubleEach(t *testing.T) {
	seen := map[string]bool{}
	for _, file := range []string{"words.go", "page.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range regexp.MustCompile(`"U-\d\d"`).FindAllString(string(source), -1) {
			if seen[code] {
				t.Errorf("%s is the code of two troubles", code)
			}
			seen[code] = true
		}
	}
	for code, err := range map[string]error{"U-01": context.Canceled, "U-03": stick.ErrBusy, "U-12": trust.ErrSignature, "U-19": errors.New("x"), "U-24": &stick.UnreadError{}} {
		if got := troubleOf(err).Code; got != code {
			t.Errorf("%v was %s and is %s", err, code, got)
		}
	}
	if len(seen) != 26 {
		t.Errorf("%d codes", len(seen))
	}
}

// TestALetterThatCannotBeReadIsNamed: the others are taken, and the clerk is told which one was not, why, and what to do.
func TestALetterThatCannotBeReadIsNamed(t *testing.T) {
	c := sit(t, stick.Card{})
	medium := filepath.Join(c.dir, "KINGSTON")
	box := filepath.Join(medium, stick.Folder, "outbox", "YD-01")
	put := func(name string) (path string) {
		path = filepath.Join(box, name)
		if err := errors.Join(os.MkdirAll(box, 0o755), os.WriteFile(path, []byte("sealed"), 0o644)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bad := put("b.age")
	if err := syscall.Mount("/proc/self/mem", bad, "", syscall.MS_BIND, ""); err != nil { // a file that cannot be read
		t.Fatalf("this test must be root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(bad, 0); err != nil {
			t.Error(err)
		}
	})
	told := []string{"收好了2封信", "没收到 outbox/YD-01/b.age：U盘这个地方坏了。", "U-24", "U盘里有1封信读不出来，留在U盘里没有动。", "请把U盘重新插好，再收一次。"}

	put("a.age")
	put("c.age")
	out, errs, code := shell(t, "empty", "--from", medium, "--to", t.TempDir())
	for _, words := range told {
		if !strings.Contains(out+errs, words) {
			t.Errorf("stick empty does not say %s but\n%s%s", words, out, errs)
		}
	}
	if code != 1 || strings.Contains(out, "可以拔U盘") || strings.Count(errs, "\n") != 1 {
		t.Errorf("stick empty ends with %d and says\n%s%s", code, out, errs)
	}

	put("a.age")
	put("c.age")
	out, errs, code = shell(t, "empty", "--from", medium, "--to", t.TempDir(), "--json")
	var emptied stick.Emptied
	if err := json.Unmarshal([]byte(out), &emptied); err != nil || code != 1 || emptied.Letters != 2 || len(emptied.Unread) != 1 || emptied.Unread[0].Name != "outbox/YD-01/b.age" {
		t.Errorf("--json: %d %s%s", code, out, errs)
	}

	put("a.age")
	put("c.age")
	c.post("empty", url.Values{"m": {id(media.Medium{Path: medium})}})
	c.wait()
	c.sees(append(told, "再试一次")...)
}

func TestTimeLeftIsOnlySaidWhenKnown(t *testing.T) {
	p, at := &stick.Pace{}, time.Now()
	p.Tell(stick.Progress{Stage: stick.Copying, Total: 100e6}, at)
	if w := paceWords(p, at); strings.Contains(w, "大约") {
		t.Error(w)
	}
	p.Tell(stick.Progress{Stage: stick.Copying, Done: 20e6, Total: 100e6}, at.Add(10*time.Second))
	if w := paceWords(p, at.Add(10*time.Second)); w != "正在拷贝，已拷20 MB，共100 MB，大约还要40秒" {
		t.Error(w)
	}
	p.Tell(stick.Progress{Stage: stick.Copying, Done: 20e6, Total: 100e6}, at.Add(60*time.Second))
	if w := paceWords(p, at.Add(60*time.Second)); !strings.HasSuffix(w, "大约还要4分钟") {
		t.Error(w)
	}
}

// clerk is a browser at the page.
type clerk struct {
	t      *testing.T
	desk   *desk
	client *http.Client
	dir    string // of sticks
	text   string // of the page that is shown
}

func sit(t *testing.T, card stick.Card) *clerk {
	t.Helper()
	dir := t.TempDir()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDesk(context.Background(), card, func() []media.Medium { return media.In(dir) }, ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d.home, d.packs = filepath.Join(t.TempDir(), "信"), func() []string { return nil }
	served := make(chan error, 1)
	go func() { served <- d.serve(ln) }()
	t.Cleanup(func() {
		d.quit()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &clerk{t: t, desk: d, client: &http.Client{Jar: jar}, dir: dir}
}

var tags = regexp.MustCompile(`(?s)<style.*?</style>|<script.*?</script>|<[^>]*>`)

func (c *clerk) get(path string) string {
	c.t.Helper()
	return c.ask(http.NewRequest(http.MethodGet, c.desk.url()+path, nil))
}

func (c *clerk) post(path string, form url.Values) string {
	c.t.Helper()
	r, err := http.NewRequest(http.MethodPost, c.desk.url()+path, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", c.desk.origin)
	}
	return c.ask(r, err)
}

func (c *clerk) ask(r *http.Request, err error) string {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s %s: %s", r.Method, r.URL.Path, resp.Status)
	}
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(string(b), "https://") {
		c.t.Errorf("the page may load from elsewhere: %s", csp)
	}
	c.text = strings.Join(strings.Fields(tags.ReplaceAllString(string(b), " ")), " ")
	return string(b)
}

func (c *clerk) sees(words ...string) {
	c.t.Helper()
	for _, w := range words {
		if !strings.Contains(c.text, w) {
			c.t.Errorf("the page does not say %s: %s", w, c.text)
		}
	}
}

// plug puts a stick in.
func (c *clerk) plug(name string) (path, which string) {
	c.t.Helper()
	path = filepath.Join(c.dir, name)
	if err := os.MkdirAll(path, 0o755); err != nil {
		c.t.Fatal(err)
	}
	return path, id(media.Medium{Path: path})
}

// wait looks at the page until the job has ended.
func (c *clerk) wait() {
	c.t.Helper()
	c.desk.jobs.Wait()
	c.get("work")
}

func TestAClerkFillsAStickInTheBrowser(t *testing.T) {
	o, _ := county(t)
	c := sit(t, o.Card())
	c.get("")
	c.sees("请插上U盘", "宜都市 · U盘程序")
	medium, which := c.plug("KINGSTON")
	page := c.get("")
	c.sees("用哪个U盘？", "KINGSTON", "还空着")
	if !strings.Contains(page, which) {
		t.Fatal("the stick cannot be chosen")
	}
	c.get("stick?m=" + which)
	c.sees("U盘“KINGSTON”", "还没有县里的数据", "从县公开办的网上拷", "把新数据放进U盘", "U盘里没有从查询点带回来的信")
	c.post("fill", url.Values{"m": {which}, "from": {"other"}, "address": {" "}})
	c.sees("没有写从哪里拷")
	c.post("fill", url.Values{"m": {which}, "from": {"other"}, "address": {o.Dir}})
	c.wait()
	c.sees("做好了，可以拔U盘。", "U盘里现在是：宜都市，第1期", "再做一个U盘")
	c.get("stick?m=" + which)
	c.sees("宜都市，第1期，数据截至")
	c.post("fill", url.Values{"m": {which}, "from": {o.Dir}})
	c.wait()
	c.sees("已经是最新的")

	other := officetest.New(t, "420923", "云梦县")
	other.Publish("一")
	c.post("fill", url.Values{"m": {which}, "from": {other.Dir}})
	c.wait()
	c.sees("来源是云梦县的数据，这里要的是宜都市的", "再试一次")

	letter := filepath.Join(medium, stick.Folder, "outbox", "YD-01", "a-1.age")
	if err := errors.Join(os.MkdirAll(filepath.Dir(letter), 0o755), os.WriteFile(letter, []byte("sealed"), 0o644)); err != nil {
		t.Fatal(err)
	}
	c.get("stick?m=" + which)
	c.sees("U盘里有1封从查询点带回来的信")
	c.post("empty", url.Values{"m": {which}})
	c.wait()
	c.sees("收好了1封信")
	if _, err := os.Stat(letter); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the letter is still there: %v", err)
	}

	if err := os.RemoveAll(medium); err != nil {
		t.Fatal(err)
	}
	c.get("stick?m=" + which)
	c.sees("这个U盘已经拔出来了")
	c.post("quit", nil)
	c.sees("可以关掉这个页面了")
}

// TestStrangersAtTheDoor: other programs and other pages on this PC.
func TestStrangersAtTheDoor(t *testing.T) {
	o, _ := county(t)
	c := sit(t, o.Card())
	_, which := c.plug("KINGSTON")
	form := url.Values{"m": {which}, "from": {o.Dir}}.Encode()
	for name, r := range map[string]struct {
		method, url, host, origin string
		want                      int
	}{
		"no token":              {http.MethodGet, c.desk.origin + "/", "", "", 404},
		"another token":         {http.MethodGet, c.desk.origin + "/" + strings.Repeat("0", 32) + "/", "", "", 404},
		"another name, by DNS":  {http.MethodGet, c.desk.url(), "evil.example", "", 404},
		"another page's form":   {http.MethodPost, c.desk.url() + "fill", "", "http://evil.example", 403},
		"no origin":             {http.MethodPost, c.desk.url() + "fill", "", "", 403},
		"a sandboxed page":      {http.MethodPost, c.desk.url() + "quit", "", "null", 403},
		"a job begun by a link": {http.MethodGet, c.desk.url() + "fill?m=" + which, "", c.desk.origin, 404},
		"outside":               {http.MethodGet, c.desk.url() + "../../etc/passwd", "", "", 404},
	} {
		req, err := http.NewRequest(r.method, r.url, strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if r.host != "" {
			req.Host = r.host
		}
		if r.origin != "" {
			req.Header.Set("Origin", r.origin)
		}
		resp, err := c.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != r.want {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	c.get("work")
	c.sees("没有在做的事")
	// Only a stick that is in can be written to, whatever a form says.
	c.post("fill", url.Values{"m": {"/etc"}, "from": {o.Dir}})
	c.sees("用哪个U盘？")
}

// TestTheBrowserIsClosed: nobody looks any more, and the program ends, but not in the middle of a job.
func TestTheBrowserIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{now: time.Now, seen: time.Now()}
		if !d.wanted() {
			t.Error("ends at once")
		}
		d.job = &job{}
		time.Sleep(idle + time.Minute)
		if !d.wanted() {
			t.Error("ends in the middle of a job")
		}
		d.job.ended = true
		if d.wanted() {
			t.Error("stays for ever")
		}
	})
}

// TestStartedTwice: the second shows the page of the first.
func TestStartedTwice(t *testing.T) {
	o, _ := county(t)
	c := sit(t, o.Card())
	note := filepath.Join(t.TempDir(), "a", "page")
	if _, ok := running(context.Background(), note); ok {
		t.Error("one runs before the first")
	}
	if err := leaveNote(note, c.desk.url()); err != nil {
		t.Fatal(err)
	}
	if url, ok := running(context.Background(), note); !ok || url != c.desk.url() {
		t.Errorf("the first is not found: %s", url)
	}
	for _, stale := range []string{"http://127.0.0.1:1/x/", "http://10.0.0.1/", c.desk.origin + "/other/"} {
		if err := leaveNote(note, stale); err != nil {
			t.Fatal(err)
		}
		if _, ok := running(context.Background(), note); ok {
			t.Errorf("%s passes for one that runs", stale)
		}
	}
}

func TestPacksAreOffered(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"旧.kpack", "新.KPACK", "信.txt"} {
		path := filepath.Join(dir, name)
		at := time.Now().Add(time.Duration(i) * time.Hour)
		if err := errors.Join(os.WriteFile(path, nil, 0o644), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "link.kpack")); err != nil {
		t.Fatal(err)
	}
	got := packsIn([]string{dir, dir + "/gone"})
	if len(got) != 2 || filepath.Base(got[0]) != "新.KPACK" {
		t.Errorf("%q", got)
	}
}

// TestOneFileForWindows: the program for a township's PC is one file, without a C library.
func TestOneFileForWindows(t *testing.T) {
	out := filepath.Join(t.TempDir(), "stick.exe")
	cmd := exec.Command("go", "build", "-o", out, ".")
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	head := make([]byte, 2)
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.ReadFull(f, head); err != nil || string(head) != "MZ" {
		t.Errorf("is no program for Windows: %q, %v", head, err)
	}
}
