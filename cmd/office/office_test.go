package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/cmd/office/internal/web"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// asProgram in the environment makes the test binary the office itself.
const asProgram = "MINGBAI_TEST_AS_OFFICE"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	code := m.Run()
	for _, dir := range append(slices.Collect(maps.Values(samples)), template, template+rootSuffix) {
		_ = os.RemoveAll(dir) // it lies in the system's folder for what may be lost
	}
	os.Exit(code)
}

// office runs a command in this process.
func office(t testing.TB, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), env{out: &o, err: &e, now: time.Now}, args)
	return o.String(), e.String(), code
}

func must(t testing.TB, args ...string) string {
	t.Helper()
	out, errs, code := office(t, args...)
	if code != 0 {
		t.Fatalf("office %s: exit code %d: %s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

var samples = map[int]string{}

// sheets returns the import files of a synthetic county; they are made once.
func sheets(t testing.TB, payments int) string {
	t.Helper()
	if samples[payments] == "" {
		dir, err := os.MkdirTemp("", "county-*")
		if err != nil {
			t.Fatal(err)
		}
		samples[payments] = dir
		must(t, "sample", "--county", "420581", "--seed", "7", "--payments", fmt.Sprint(payments), "--as-of", "2026-11-20", "--out", dir)
	}
	return samples[payments]
}

// template is an office that has taken in and published a synthetic county; it is made once. passphrases open its root keys, in their
// order.
var (
	template    string
	passphrases []string
)

// sampleOffice is where it lies.
func sampleOffice(t testing.TB) string {
	t.Helper()
	if template == "" {
		dir, err := os.MkdirTemp("", "office-*")
		if err != nil {
			t.Fatal(err)
		}
		template = dir
		passphrases = saidPassphrases(t, must(t, "init", "--data", dir, "--county", "420581"))
		must(t, "intake", "--data", dir, sheets(t, 1000))
		must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
	}
	return template
}

// published is a copy of that office.
func published(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	for _, suffix := range []string{"", rootSuffix} {
		if err := os.CopyFS(dir+suffix, os.DirFS(sampleOffice(t)+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// joined is what a kiosk knows that is enrolled now.
func joined(t *testing.T, dir string) trust.Enrolment {
	t.Helper()
	keys, err := signingKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := keys.Root()
	if err != nil {
		t.Fatal(err)
	}
	key, err := countyKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	return trust.Enrolment{County: "420581", Root: root, CountyKey: key[:], Synthetic: true}
}

// verify reads the depot as a kiosk does and returns its edition.
func verify(t *testing.T, dir string) *edition.Edition {
	t.Helper()
	who := joined(t, dir)
	files := os.DirFS(filepath.Join(dir, publicDir))
	v, err := trust.NewState(who, nil, trust.Seen{}).
		Accept(func(path string, _ int64) ([]byte, error) { return fs.ReadFile(files, path) }, time.Now(), trust.Network)
	if err != nil {
		t.Fatal(err)
	}
	refs := map[string]edition.Ref{}
	for owner, c := range v.Catalogs {
		refs[owner] = edition.Ref(c)
	}
	e, err := edition.Load(refs, func(path string, _ edition.Ref) ([]byte, error) { return fs.ReadFile(files, path) })
	if err != nil {
		t.Fatal(err)
	}
	r := edition.NewReader(e, edition.Key(who.CountyKey), func(e edition.Entry) ([]byte, error) { return fs.ReadFile(files, edition.ShardPath(e.SHA256Z)) })
	if err := r.Check(func(int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestOfficeFromInitToPack(t *testing.T) {
	dir := published(t)
	e := verify(t, dir)
	if e.Number != 1 || !e.Synthetic || e.CountyName != "宜都市" {
		t.Errorf("edition is %+v", e.Head)
	}
	if out := must(t, "publish", "--data", dir, "--as-of", "2026-11-20"); !strings.Contains(out, "没有变化") {
		t.Errorf("publishing the same again says %q", out)
	}
	if out := must(t, "intake", "--data", dir, sheets(t, 1000)); !strings.Contains(out, "完全一样") {
		t.Errorf("taking in the same again says %q", out)
	}
	out := filepath.Join(t.TempDir(), "a.kpack")
	must(t, "pack", "--data", dir, "--out", out)
	if info, err := os.Stat(out); err != nil || info.Size() == 0 {
		t.Error(info, err)
	}
	text := must(t, "keys", "--data", dir)
	for _, want := range []string{"root", "3个密钥中要2个签名", "finance", "2个密钥中要2个签名", "到期"} {
		if !strings.Contains(text, want) {
			t.Errorf("keys does not say %q: %s", want, text)
		}
	}
}

// TestTheOfficeStillStandsByIt: publishing unchanged data makes no edition, and tells the kiosks that the office is there.
func TestTheOfficeStillStandsByIt(t *testing.T) {
	dir := published(t)
	stamp := filepath.Join(dir, publicDir, "metadata", "timestamp.json")
	before, err := os.ReadFile(stamp)
	if err != nil {
		t.Fatal(err)
	}
	must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
	after, err := os.ReadFile(stamp)
	if err != nil || bytes.Equal(before, after) {
		t.Errorf("the timestamp was not signed again: %v", err)
	}
	if e := verify(t, dir); e.Number != 1 {
		t.Errorf("edition %d", e.Number)
	}
}

func TestEnrolment(t *testing.T) {
	dir := published(t)
	out := filepath.Join(t.TempDir(), "k.json")
	said := must(t, "enrol", "--data", dir, "--name", "白水港村查询点", "--place", "420581104212", "--office", "http://127.0.0.1:8420/", "--panel", "1080x1920@21.5", "--out", out)
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trust.ParseEnrolment(raw); err == nil || bytes.Contains(raw, []byte("白水港")) {
		t.Errorf("it lies open: %v", err)
	}
	e := openEnrolment(t, out, saidCode(t, said))
	if e.Kiosk != "420581-001" || e.Name != "白水港村查询点" || e.Place != "420581104212" || e.Emblem != "宜" || !e.Synthetic ||
		e.Panel != (trust.Panel{WidthPx: 1080, HeightPx: 1920, DiagonalInch: 21.5}) {
		t.Errorf("enrolment is %+v", e)
	}
	if _, errs, code := office(t, "enrol", "--data", dir, "--name", "又一处", "--out", out); code == 0 || !strings.Contains(errs, "不覆盖") {
		t.Errorf("code %d: %s", code, errs)
	}
}

// Bad input is one line of Chinese that says what, where and what to do, and a code that is not zero.
func TestBadInput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "office")
	must(t, "init", "--data", dir, "--county", "420581")
	empty := t.TempDir()
	file := filepath.Join(t.TempDir(), "补贴发放.csv")
	if err := os.WriteFile(file, []byte("姓名,身份证号\n张三,110101199001010015\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{nil, 2, []string{"office -h"}},
		{[]string{"fly"}, 2, []string{"fly", "office -h"}},
		{[]string{"init"}, 2, []string{"--data"}},
		{[]string{"init", "--data", dir, "--county", "420581"}, 1, []string{"不覆盖", dir}},
		{[]string{"init", "--data", filepath.Join(empty, "x"), "--county", "4205"}, 2, []string{"4205", "6位"}},
		{[]string{"init", "--data", filepath.Join(empty, "x"), "--county", "110101"}, 1, []string{"110101", "420581"}},
		{[]string{"init", "--data", dir, "--farm", "1"}, 2, []string{"-farm", "office init -h"}},
		{[]string{"intake", "--data", dir}, 2, []string{"文件"}},
		{[]string{"intake", "--data", empty, file}, 1, []string{empty, "office init"}},
		{[]string{"intake", "--data", dir, "--kind", "菜谱", file}, 2, []string{"菜谱", "补贴发放"}},
		{[]string{"intake", "--data", dir, file}, 1, []string{"补贴发放.csv", "第1行", "身份证号", "删去"}},
		{[]string{"intake", "--data", dir, filepath.Join(empty, "没有.csv")}, 1, []string{"没有.csv", "找不到"}},
		{[]string{"publish", "--data", dir}, 1, []string{"台账是空的", "intake"}},
		{[]string{"publish", "--data", dir, "--as-of", "2026-02-30"}, 2, []string{"2026-02-30"}},
		{[]string{"publish", "--data", dir, "--as-of", "2026-02"}, 2, []string{"2026-02"}},
		{[]string{"publish", "--data", dir, "x"}, 2, []string{"x"}},
		{[]string{"pack", "--data", dir, "--out", filepath.Join(empty, "a.zip")}, 2, []string{".kpack"}},
		{[]string{"pack", "--data", dir, "--out", filepath.Join(empty, "a.kpack")}, 1, []string{"还没有发布"}},
		{[]string{"enrol", "--data", dir, "--name", "甲"}, 2, []string{"--out"}},
		{[]string{"enrol", "--data", dir, "--name", "甲", "--out", filepath.Join(empty, "k"), "--place", "420581999999"}, 1, []string{"420581999999", "行政区划"}},
		{[]string{"enrol", "--data", dir, "--name", "甲", "--out", filepath.Join(empty, "k"), "--panel", "大屏"}, 2, []string{"大屏", "1080x1920@21.5"}},
		{[]string{"enrol", "--data", dir, "--name", "甲", "--out", filepath.Join(empty, "k"), "--office", "ftp://x"}, 1, []string{"--office"}},
		{[]string{"serve", "--data", dir, "--listen", "300.1.1.1:1"}, 1, []string{"300.1.1.1:1", "换一个"}},
		{[]string{"serve", "--data", empty}, 1, []string{empty}},
		{[]string{"tidy", "--data", dir}, 1, []string{"还没有发布"}},
		{[]string{"tidy", "--data", dir, "--keep", "1"}, 2, []string{"--keep", "最少3"}},
		{[]string{"tidy", "--data", dir, "--days", "7"}, 2, []string{"--days", "最少60"}},
		{[]string{"keys", "--data", empty}, 1, []string{empty}},
		{[]string{"keys", "--data", dir, "--replace", "nobody"}, 1, []string{"nobody", "keys -h"}},
		{[]string{"keys", "burn", "--data", dir}, 2, []string{"burn", "keys -h"}},
		{[]string{"keys", "replace", "--data", dir}, 2, []string{"replace", "keys -h"}},
		{[]string{"sample", "--county", "999999", "--out", empty}, 2, []string{"420581"}},
		{[]string{"sample", "--payments", "many", "--out", empty}, 2, []string{"many"}},
	} {
		_, errs, code := office(t, c.args...)
		if code != c.code || strings.Count(errs, "\n") != 1 {
			t.Errorf("office %v: exit code %d, want %d, and one line: %s", c.args, code, c.code, errs)
		}
		for _, s := range c.says {
			if !strings.Contains(errs, s) {
				t.Errorf("office %v does not say %q: %s", c.args, s, errs)
			}
		}
		if strings.Contains(errs, "199001010015") {
			t.Errorf("office %v shows the number: %s", c.args, errs)
		}
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestHelp(t *testing.T) {
	all := must(t, "-h")
	for _, c := range commands() {
		if !strings.Contains(all, c.name) {
			t.Errorf("help does not name %s", c.name)
		}
		text := must(t, c.name, "-h")
		if !strings.Contains(text, c.what) || !strings.Contains(text, "例子：office "+c.name) {
			t.Errorf("help of %s: %s", c.name, text)
		}
	}
	if out := must(t, "--version"); !strings.HasPrefix(out, "office dev") {
		t.Errorf("version is %q", out)
	}
}

func TestIntakeJSONIsAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "office")
	must(t, "init", "--data", dir, "--county", "420581")
	out, _, code := office(t, "intake", "--data", dir, "--check", "--json", sheets(t, 1000))
	var report struct {
		Files []struct {
			File string
			Rows []json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || len(report.Files) < 10 || len(report.Files[0].Rows) == 0 {
		t.Errorf("code %d, %d files, %v", code, len(report.Files), err)
	}
}

// lines hands each line written to it to a channel.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
	ch  chan string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Write(p)
	for {
		line, err := l.buf.ReadString('\n')
		if err != nil {
			l.buf.WriteString(line)
			return len(p), nil
		}
		l.ch <- line
	}
}

// address is where serve says that it is.
func address(t testing.TB, said string) string {
	t.Helper()
	i := strings.Index(said, "http://")
	if i < 0 {
		t.Fatalf("serve says %q", said)
	}
	return strings.Fields(said[i:])[0]
}

// program is a command as a process of its own.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// wasKilled says whether a program ended by a signal. It fails where the program failed by itself.
func wasKilled(t *testing.T, err error) bool {
	t.Helper()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	return false
}

func TestServeSaysWhereAndStops(t *testing.T) {
	dir := published(t)
	said := &lines{ch: make(chan string, 4)}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		ended <- run(ctx, env{out: said, err: &errs, now: time.Now}, []string{"serve", "--data", dir, "--listen", "127.0.0.1:0"})
	}()
	resp, err := http.Get(address(t, <-said.ch) + web.Timestamp)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("timestamp: %d", resp.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}

// A publish killed at any moment leaves the edition before it, or its own; never less.
func TestKilledPublishLeavesAnEdition(t *testing.T) {
	dir := published(t)
	before := verify(t, dir).Number
	start := time.Now()
	must(t, "publish", "--data", dir, "--as-of", "2026-10-01")
	whole := time.Since(start)
	r := rand.New(rand.NewPCG(11, 12))
	killed := 0
	for i := 0; i < 8 || killed < 4 && i < 60; i++ {
		// Half of the documents change each time, so that there is something to write.
		if i%3 == 0 {
			must(t, "intake", "--data", dir, "--kind", "公告", notices(t, i))
		}
		cmd := program(t, "publish", "--data", dir, "--as-of", time.Date(2026, 9, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(r.Int64N(int64(whole))), func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if wasKilled(t, err) {
			killed++
		}
		e := verify(t, dir)
		if e.Number < before {
			t.Errorf("edition %d after edition %d", e.Number, before)
		}
		before = e.Number
	}
	if killed == 0 {
		t.Fatal("no publish was killed: this proved nothing")
	}
	must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
	if e := verify(t, dir); e.AsOf != "2026-11-20" || e.Number <= before {
		t.Errorf("the publish after %d kills made %+v", killed, e.Head)
	}
	if _, err := press.Newest(os.DirFS(filepath.Join(dir, publicDir))); err != nil {
		t.Error(err)
	}
}

// notices writes a sheet of notices that differs with n.
func notices(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "另外的公告.csv")
	text := fmt.Sprintf("编号,公布日期,类型,标题,内容\nXG1,2026-11-01,动态,第%d次通知,各村公示栏已更新\n", n)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
