package main_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/sync/trust"
)

// The village where the query point of these tests stands.
const (
	town        = "枝城镇"
	village     = "黎家坪村"
	villageCode = "420581104201"
	kindName    = "耕地地力保护补贴"
	kind        = "nongye_gengdi"
)

// county is what all tests of this file share: the built programs, and a published sample county.
type county struct {
	kiosk, office       string // programs
	sheets, data, fresh string // the county's sheets, the office's data, a kiosk's data that nobody changes
	enrolment           string
}

var shared county

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "mingbai-")
	if err != nil {
		panic(err)
	}
	code := 1
	if shared, err = publishCounty(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// publishCounty does what `make run` does: builds, generates, takes in, publishes, enrols, and syncs one kiosk over HTTP.
func publishCounty(dir string) (county, error) {
	c := county{
		kiosk: filepath.Join(dir, "kiosk"), office: filepath.Join(dir, "office"),
		sheets: filepath.Join(dir, "sheets"), data: filepath.Join(dir, "data"), fresh: filepath.Join(dir, "fresh"),
		enrolment: filepath.Join(dir, "kiosk.json"),
	}
	steps := [][]string{
		{"go", "build", "-o", c.kiosk, "."},
		{"go", "build", "-o", c.office, "../office"},
		{c.office, "sample", "--county", "420581", "--seed", "7", "--payments", "20000", "--as-of", "2026-11-20", "--out", c.sheets},
		{c.office, "init", "--data", c.data, "--county", "420581"},
		{c.office, "intake", "--data", c.data, c.sheets},
		{c.office, "publish", "--data", c.data, "--as-of", "2026-11-20"},
	}
	for _, s := range steps {
		if out, err := exec.Command(s[0], s[1:]...).CombinedOutput(); err != nil {
			return c, fmt.Errorf("%s: %w\n%s", strings.Join(s, " "), err, out)
		}
	}
	url, stop, err := serve(c)
	if err != nil {
		return c, err
	}
	defer stop()
	if err := c.enrol(url, c.enrolment); err != nil {
		return c, err
	}
	if out, err := exec.Command(c.kiosk, "pull", "--data", c.fresh, "--enrolment", c.enrolment).CombinedOutput(); err != nil {
		return c, fmt.Errorf("kiosk pull: %w\n%s", err, out)
	}
	return c, nil
}

func (c county) enrol(url, file string) error {
	cmd := exec.Command(c.office, "enrol", "--data", c.data, "--name", village+"查询点", "--place", villageCode, "--office", url, "--out", file, "--code", code)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("office enrol: %w\n%s", err, out)
	}
	return opened(file)
}

// code opens the enrolments of these tests.
const code = "1234-5678-1234-5678"

// opened puts an enrolment in the clear into the place of a sealed one, as it lies in a kiosk's data folder.
func opened(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	e, err := trust.OpenEnrolment(b, code)
	if err != nil {
		return err
	}
	if b, err = e.Encode(); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o600)
}

// serve starts the office on loopback and returns its address.
func serve(c county) (url string, stop func(), err error) {
	cmd := exec.Command(c.office, "serve", "--data", c.data, "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if i := strings.Index(lines.Text(), "http://"); i >= 0 {
			return strings.Fields(lines.Text()[i:])[0], stop, nil
		}
	}
	stop()
	return "", nil, fmt.Errorf("the office did not say where it listens")
}

// TestVillagerFindsHisRow: once by typing and once by turning the pages of the list, in the built kiosk, in a real window, by
// real touches. What the screen says is compared with the county's own sheet, which nothing of the kiosk has read.
func TestVillagerFindsHisRow(t *testing.T) {
	row := onlyOne(t, sheet(t, "补贴发放_2025年_"+town+".csv"))
	letters := initials(row["姓名"])
	said := play(t, clone(t), "1080x1920", fmt.Sprintf(`
touch 点一下屏幕，开始查
touch 查补贴
touch 就在本村
touch 拼音
type %[1]s
touch %[2]s
see %[2]s
see %[3]s
see %[4]s元
see 演示数据，并非真实
see 数据截至2026年11月20日
shot typed
touch 首页
touch 查补贴
touch %[5]s
touch %[6]s
touch %[7]s
try 看这
touch %[2]s
see %[4]s元
shot browsed
touch 看全村名单
touch 2025年
touch %[3]s
see %[2]s
shot list
touch 我用完了
not see %[2]s
`, letters, row["姓名"], kindName, yuan(t, row["金额（元）"]), town, village, surname(row["姓名"])))
	if !strings.Contains(said, "typed") || !strings.Contains(said, "browsed") {
		t.Errorf("the tour did not show both ways: %s", said)
	}
}

// TestListEqualsTheSheet: the village list of `kiosk list` has every row of the sheet and its sum, and is reconciled with
// what the sheet of allocations sent down.
func TestListEqualsTheSheet(t *testing.T) {
	var list struct {
		Found      int   `json:"found"`
		Sum        int64 `json:"sum_fen"`
		Allocated  int64 `json:"allocated_fen"`
		Difference int64 `json:"difference_fen"`
		Rows       []struct {
			Name   string `json:"name"`
			Amount int64  `json:"amount_fen"`
		} `json:"rows"`
	}
	kioskJSON(t, &list, "list", "--data", shared.fresh, "--village", villageCode, "--kind", kind, "--year", "2025", "--limit", "1000", "--json")
	var sum, allocated disclosure.Fen
	names := map[string]int{}
	rows := 0
	for _, r := range sheet(t, "补贴发放_2025年_"+town+".csv") {
		if r["村"] == village && r["补贴种类"] == kind {
			rows++
			names[r["姓名"]]++
			sum += fen(t, r["金额（元）"])
		}
	}
	for _, r := range sheet(t, "资金拨付到乡村_2025年.csv") {
		if r["乡镇"] == town && r["村"] == village && r["补贴种类"] == kind {
			allocated += fen(t, r["金额（元）"])
		}
	}
	if rows < 80 {
		t.Fatalf("the sheet has only %d rows of this list", rows)
	}
	if list.Found != rows || len(list.Rows) != rows || list.Sum != int64(sum) {
		t.Errorf("the kiosk lists %d rows (%d shown) and %d fen; the sheet has %d and %d", list.Found, len(list.Rows), list.Sum, rows, sum)
	}
	if list.Allocated != int64(allocated) || list.Difference != int64(sum-allocated) {
		t.Errorf("the kiosk says %d fen were sent down, %d too much; the sheets say %d and %d", list.Allocated, list.Difference, allocated, sum-allocated)
	}
	for _, r := range list.Rows {
		names[r.Name]--
	}
	for name, n := range names {
		if n != 0 {
			t.Errorf("%s stands %d times too often in the sheet", name, n)
		}
	}
}

// TestNamesOnlyWithinAVillage: above a village a complete name is answered with places and no money; half a name with nothing.
func TestNamesOnlyWithinAVillage(t *testing.T) {
	row := onlyOne(t, sheet(t, "补贴发放_2025年_"+town+".csv"))
	type answer struct {
		Found    int   `json:"found"`
		Payments int   `json:"payments"`
		Sum      int64 `json:"sum_fen"`
		Hits     []struct {
			Kind     string `json:"kind"`
			Payments int    `json:"payments"`
			Sum      int64  `json:"sum_fen"`
		} `json:"hits"`
	}
	var within, above, half answer
	kioskJSON(t, &within, "lookup", "--data", shared.fresh, "--in", "people", "--village", villageCode, "--json", row["姓名"])
	if within.Found != 1 || within.Sum == 0 {
		t.Fatalf("within the village %s is found %d times with %d fen", row["姓名"], within.Found, within.Sum)
	}
	kioskJSON(t, &above, "lookup", "--data", shared.fresh, "--in", "people", "--json", row["姓名"])
	if above.Found == 0 || above.Sum != 0 || above.Payments != 0 {
		t.Errorf("above the village %s is found %d times with %d fen in %d payments", row["姓名"], above.Found, above.Sum, above.Payments)
	}
	for _, h := range above.Hits {
		if h.Sum != 0 || h.Payments != 0 {
			t.Errorf("a hit above the village carries %d fen", h.Sum)
		}
	}
	for _, q := range []string{surname(row["姓名"]), initials(row["姓名"])} {
		kioskJSON(t, &half, "lookup", "--data", shared.fresh, "--in", "people", "--json", q)
		if half.Found != 0 || len(half.Hits) != 0 {
			t.Errorf("above the village %q finds %d people", q, half.Found)
		}
	}
}

// TestOfflineMakesNoNetworkCall: the enrolment names a listener that counts. Without --offline the kiosk calls it; with it,
// never.
func TestOfflineMakesNoNetworkCall(t *testing.T) {
	for _, offline := range []bool{false, true} {
		t.Run(fmt.Sprintf("offline=%t", offline), func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			var calls atomic.Int64
			called := make(chan struct{}, 1)
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					calls.Add(1)
					conn.Close()
					select {
					case called <- struct{}{}:
					default:
					}
				}
			}()
			enrolment := filepath.Join(t.TempDir(), "kiosk.json")
			if err := shared.enrol("http://"+l.Addr().String()+"/", enrolment); err != nil {
				t.Fatal(err)
			}
			// A kiosk with nothing looks at once; one with fresh data would take its time.
			args := []string{shared.kiosk, "--data", t.TempDir(), "--enrolment", enrolment, "--window", "1280x800"}
			if offline {
				args = append(args, "--offline")
			}
			k := start(t, args...)
			k.painted(t)
			if !offline {
				select {
				case <-called:
				case <-time.After(time.Minute):
					t.Fatal("the kiosk with a network never called: this test would prove nothing")
				}
				return
			}
			// Long enough for the first call, which comes at once where the network may be used.
			select {
			case <-called:
				t.Fatalf("an offline kiosk made %d network calls", calls.Load())
			case <-time.After(10 * time.Second):
			}
		})
	}
}

// TestSecondStartNeedsNoOffice: with the office stopped the kiosk opens on what it has and everything can be looked up.
func TestSecondStartNeedsNoOffice(t *testing.T) {
	data := clone(t)
	k := start(t, shared.kiosk, "--data", data, "--enrolment", shared.enrolment, "--window", "1280x800")
	if page := k.painted(t); page != "idle" {
		t.Errorf("the first page is %q", page)
	}
	var status struct {
		Edition   int64 `json:"edition"`
		Synthetic bool  `json:"synthetic"`
	}
	// Beside the running kiosk.
	kioskJSON(t, &status, "status", "--data", data, "--json")
	if status.Edition != 1 || !status.Synthetic {
		t.Errorf("status beside a running kiosk says %+v", status)
	}
}

// TestNothingYet: no edition and no office. The kiosk shows a calm page that says what to do.
func TestNothingYet(t *testing.T) {
	k := start(t, shared.kiosk, "--data", t.TempDir(), "--enrolment", shared.enrolment, "--window", "1280x800")
	if page := k.painted(t); page != "empty" {
		t.Errorf("the first page is %q", page)
	}
}

// TestTamperedDepot: one bit is turned in every file of the depot in turn. The kiosk refuses, and goes on serving what it has.
func TestTamperedDepot(t *testing.T) {
	public := filepath.Join(shared.data, "public")
	var files []string
	if err := filepath.WalkDir(public, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	// Everything that is signed or hashed first, and a handful of shards: sync/pull turns a bit in every file of a depot.
	var picked []string
	for _, f := range files {
		if !strings.Contains(f, "/s/") || dice.IntN(len(files)) < 8 {
			picked = append(picked, f)
		}
	}
	for _, f := range picked {
		rel, _ := filepath.Rel(public, f)
		if strings.HasSuffix(rel, "1.root.json") {
			continue // the enrolment carries the first root; a kiosk never reads this file
		}
		depot := filepath.Join(t.TempDir(), "depot")
		if err := os.CopyFS(depot, os.DirFS(public)); err != nil {
			t.Fatal(err)
		}
		bad := filepath.Join(depot, rel)
		b, err := os.ReadFile(bad)
		if err != nil {
			t.Fatal(err)
		}
		b[dice.IntN(len(b))] ^= 1 << dice.IntN(8)
		if err := os.WriteFile(bad, b, 0o644); err != nil {
			t.Fatal(err)
		}
		data := t.TempDir()
		out, err := exec.Command(shared.kiosk, "pull", "--data", data, "--enrolment", shared.enrolment, "--from", depot).CombinedOutput()
		if err == nil {
			t.Errorf("%s with one bit turned was accepted: %s", rel, out)
		}
		// And a kiosk that has an edition keeps it.
		if !strings.Contains(rel, "timestamp") {
			continue
		}
		served := clone(t)
		if out, err := exec.Command(shared.kiosk, "pull", "--data", served, "--enrolment", shared.enrolment, "--from", depot).CombinedOutput(); err == nil {
			t.Errorf("a serving kiosk accepted %s: %s", rel, out)
		}
		var answer struct {
			Found int `json:"found"`
		}
		kioskJSON(t, &answer, "lookup", "--data", served, "--in", "policies", "--json", "补贴")
		if answer.Found == 0 {
			t.Errorf("after refusing %s the kiosk serves nothing", rel)
		}
	}
}

// TestDamagedBook: the only book has a hole in it. The kiosk rebuilds it from its shards, without a network.
func TestDamagedBook(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"truncated": func(path string) error { return os.Truncate(path, 8192) },
		"empty":     func(path string) error { return os.Truncate(path, 0) },
		"gone":      os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			data := clone(t)
			books, err := filepath.Glob(filepath.Join(data, "gen", "*.db"))
			if err != nil || len(books) != 1 {
				t.Fatalf("books: %v %v", books, err)
			}
			if err := damage(books[0]); err != nil {
				t.Fatal(err)
			}
			k := start(t, shared.kiosk, "--data", data, "--enrolment", shared.enrolment, "--window", "1280x800", "--offline")
			// The calm page first, while the book is built anew; then what was there before.
			if page := k.painted(t); page == "empty" {
				if page = k.painted(t); page != "idle" {
					t.Errorf("after the calm page comes %q", page)
				}
			}
			var answer struct {
				Found int `json:"found"`
			}
			kioskJSON(t, &answer, "lookup", "--data", data, "--in", "policies", "--json", "补贴")
			if answer.Found == 0 {
				t.Error("the rebuilt book answers nothing")
			}
		})
	}
}

// running is a kiosk with its window open on a screen in memory.
type running struct {
	lines chan string
	said  bytes.Buffer
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	cmd := exec.Command("../../.ci/xvfb", args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	k := &running{lines: make(chan string, 100)}
	go func() {
		defer close(k.lines)
		for s := bufio.NewScanner(pipe); s.Scan(); {
			k.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		cmd.Wait()
		allGone(t, cmd.Process.Pid)
	})
	return k
}

// allGone waits until the last process of a group has ended: what the kiosk has begun may outlive the program that started it, and
// writes into the data folder until then.
func allGone(t *testing.T, group int) {
	t.Helper()
	late := time.After(time.Minute)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for syscall.Kill(-group, 0) == nil {
		select {
		case <-look.C:
		case <-late:
			syscall.Kill(-group, syscall.SIGKILL)
			t.Error("a minute after the end something of the kiosk still runs")
			return
		}
	}
}

// painted waits until a page is on the screen and returns its name.
func (k *running) painted(t *testing.T) string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, ok := <-k.lines:
			if !ok {
				t.Fatalf("the kiosk ended: %s", k.said.String())
			}
			fmt.Fprintln(&k.said, line)
			if strings.Contains(line, "msg=painted") {
				_, rest, _ := strings.Cut(line, "page=")
				page, _, _ := strings.Cut(rest, " ")
				return page
			}
		case <-late:
			t.Fatalf("no page within a minute: %s", k.said.String())
		}
	}
}

// play walks a story in the built kiosk by real touches and returns what it said.
func play(t *testing.T, data, window, story string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "story.txt")
	if err := os.WriteFile(file, []byte(story), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("../../.ci/xvfb", shared.kiosk, "tour", "--data", data, "--out", dir, "--window", window, "--story", file)
	cmd.Env = append(os.Environ(), "SCREEN="+window+"x24")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// clone returns a copy of the synced kiosk's data that a test may change.
func clone(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(shared.fresh)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func kioskJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	cmd := exec.Command(shared.kiosk, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("kiosk %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("kiosk %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// sheet reads one of the county's sheets as a clerk sees it: by heading.
func sheet(t *testing.T, name string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(shared.sheets, name))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, h := range rows[0] {
			m[h] = r[i]
		}
		out = append(out, m)
	}
	return out
}

// onlyOne returns a row of the list of the test's village whose name occurs once there, so that finding it is finding him.
func onlyOne(t *testing.T, rows []map[string]string) map[string]string {
	t.Helper()
	count := map[string]int{}
	for _, r := range rows {
		if r["村"] == village {
			count[r["姓名"]]++
		}
	}
	for _, r := range rows {
		if r["村"] == village && r["补贴种类"] == kind && count[r["姓名"]] == 1 && len([]rune(r["姓名"])) == 3 {
			return r
		}
	}
	t.Fatal("no name occurs only once")
	return nil
}

func initials(name string) string {
	var b strings.Builder
	for _, reading := range pinyin.NameReadings(name) {
		b.WriteByte(reading[0][0])
	}
	return b.String()
}

func surname(name string) string { return string([]rune(name)[:1]) }

func fen(t *testing.T, yuan string) disclosure.Fen {
	t.Helper()
	c, err := disclosure.Column{Kind: disclosure.KindFen}.Parse(yuan)
	if err != nil {
		t.Fatal(err)
	}
	return disclosure.Fen(c.Int)
}

func yuan(t *testing.T, s string) string { return fen(t, s).Yuan() }
