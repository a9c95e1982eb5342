package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/app/screen"
	"mingbai.local/assets/font"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

func TestBadCommandLines(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"pul"}, "没有“pul”这个命令"},
		{[]string{"--ofline"}, "没有“-ofline”这个选项"},
		{[]string{"--window", "1080"}, "宽x高"},
		{[]string{"--window", "1x1"}, "宽x高"},
		{[]string{"status", "there", "--data", "x"}, "多写了“there”"},
		{[]string{"status", "--data", filepath.Join(t.TempDir(), "none")}, "没有数据文件夹"},
		{[]string{"pull", "--data", t.TempDir()}, "没有入网凭证"},
		{[]string{"pull", "--data", t.TempDir(), "--enrolment", "nowhere.json"}, "读不了入网凭证"},
		{[]string{"back", "--data", t.TempDir()}, "退不回上一期"},
		{[]string{"tour", "--data", t.TempDir(), "--out", t.TempDir()}, "还没有数据"},
	} {
		var out, err bytes.Buffer
		if code := run(c.args, &out, &err); code == 0 {
			t.Errorf("kiosk %v: exit code 0", c.args)
		}
		if got := err.String(); !strings.Contains(got, c.says) || strings.Count(got, "\n") != 1 {
			t.Errorf("kiosk %v says %q; want one line with %q", c.args, got, c.says)
		}
		if out.Len() > 0 {
			t.Errorf("kiosk %v: %q on standard output", c.args, out.String())
		}
	}
}

func TestVersionSaysWhichProgramItIs(t *testing.T) {
	var out, err bytes.Buffer
	if code := run([]string{"--version"}, &out, &err); code != 0 || !strings.HasPrefix(out.String(), "kiosk "+version) {
		t.Errorf("exit code %d, %q %q", code, out.String(), err.String())
	}
}

// enrolledFolder is a data folder with one edition in it, enrolled with an office at that address.
func enrolledFolder(t *testing.T, office string) string {
	t.Helper()
	dir := dataFolder(t)
	keys, err := trust.CreateKeys(filepath.Join(t.TempDir(), "keys"), "420581", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	root, err := keys.Root()
	if err != nil {
		t.Fatal(err)
	}
	b, err := trust.Enrolment{
		Format: 1, Kiosk: "YD-01", Name: "白水港村查询点", County: "420581", CountyName: "宜都市", Emblem: "宜", Place: "420581104212",
		Office: office, Root: root, CountyKey: make([]byte, 32), PollMinutes: 10, Synthetic: true,
	}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, enrolled), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// listener is an office that only counts who comes.
type listener struct {
	mu    sync.Mutex
	calls int
	url   string
	came  chan struct{}
}

func newListener(t *testing.T) *listener {
	l := &listener{came: make(chan struct{}, 64)}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.url = "http://" + ln.Addr().String() + "/"
	server := &http.Server{
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				l.mu.Lock()
				l.calls++
				l.mu.Unlock()
				select {
				case l.came <- struct{}{}:
				default:
				}
			}
		},
		Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second,
	}
	go server.Serve(ln) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	return l
}

// TestOfflineMakesNoCall: the same folder asks its office when it may, and nobody when it may not.
func TestOfflineMakesNoCall(t *testing.T) {
	for _, offline := range []bool{true, false} {
		office := newListener(t)
		p, err := openPoint(enrolledFolder(t, office.url), "")
		if err != nil {
			t.Fatal(err)
		}
		p.offline = offline
		ctx, stop := context.WithCancel(context.Background())
		told := make(chan struct{}, 1)
		done := p.keepUp(ctx, func(m kiosk.Msg) {
			if _, ok := m.(kiosk.State); ok {
				select {
				case told <- struct{}{}:
				default:
				}
			}
		})
		if offline {
			<-told // with that an offline kiosk is done
		} else {
			select {
			case <-office.came:
			case <-time.After(20 * time.Second):
				t.Error("a kiosk with a network never asked its office")
			}
		}
		stop()
		<-done
		office.mu.Lock()
		if offline && office.calls > 0 {
			t.Errorf("offline, the office was called %d times", office.calls)
		}
		office.mu.Unlock()
		closeBook(p.book)
	}
}

func TestTheBookIsOnTheScreenBeforeAnyNetwork(t *testing.T) {
	p, err := openPoint(enrolledFolder(t, "http://127.0.0.1:1/"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeBook(p.book)
	if v := p.machine.View(); v.Page != kiosk.PageIdle || v.Title != "宜都市财政与编制公开" {
		t.Errorf("the first page is %q, %q", v.Page, v.Title)
	}
}

func TestWithNothingYetTheKioskIsCalm(t *testing.T) {
	p, err := openPoint(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if v := p.machine.View(); v.Page != kiosk.PageEmpty || len(v.Body) == 0 {
		t.Errorf("the first page is %q with %d blocks", v.Page, len(v.Body))
	}
	said := make(chan []kiosk.Condition, 8)
	ctx, stop := context.WithCancel(context.Background())
	done := p.keepUp(ctx, func(m kiosk.Msg) {
		if s, ok := m.(kiosk.State); ok {
			said <- s.Conditions
		}
	})
	told := <-said
	stop()
	<-done
	if len(told) != 1 || told[0].Code != "D-04" || told[0].Remedy == "" {
		t.Errorf("staff are told %v", told)
	}
}

// TestADamagedOnlyBookIsNotCalledNoData: a book that lies there and does not open is something else than none.
func TestADamagedOnlyBookIsNotCalledNoData(t *testing.T) {
	data := t.TempDir()
	p, err := openPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	path := p.store.Book(1)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("半本账"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if p, err = openPoint(data, ""); err != nil {
		t.Fatal(err)
	}
	if told := p.onDisk(); len(told) != 1 || told[0].Code != "D-05" {
		t.Errorf("staff are told %v", told)
	}
	if v := p.machine.View(); v.Page != kiosk.PageEmpty {
		t.Errorf("the first page is %q", v.Page)
	}
}

// TestTimeHardlyEverRedraws: a tick a second must not lay the page out anew each time.
func TestTimeHardlyEverRedraws(t *testing.T) {
	p, err := openPoint(enrolledFolder(t, "http://127.0.0.1:1/"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeBook(p.book)
	p.machine.Update(kiosk.Touched{})
	redraws := 0
	now := time.Now().Truncate(time.Minute).Add(time.Second)
	for i := range 50 {
		if redraw, _ := p.machine.Update(kiosk.Tick{Now: now.Add(time.Duration(i) * time.Second)}); redraw {
			redraws++
		}
	}
	if redraws > 1 {
		t.Errorf("%d of 50 quiet seconds asked for a drawing", redraws)
	}
}

func TestAStoryIsReadLineByLine(t *testing.T) {
	steps, err := parseStory("# a comment\ntouch 查补贴\n\ntry 看这\ntype wjg  # typed\nnot see 错误\nsee 812.00元\nshot one\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		got = append(got, s.verb+"="+s.text)
	}
	if want := "touch=查补贴|try=看这|type=wjg|not see=错误|see=812.00元|shot=one"; strings.Join(got, "|") != want {
		t.Errorf("got %q", strings.Join(got, "|"))
	}
	if _, err := parseStory("touch 查补贴\npress 首页"); err == nil || !strings.Contains(err.Error(), "第2行") {
		t.Errorf("a line that says nothing: %v", err)
	}
	if _, err := parseStory(everyPage); err != nil {
		t.Errorf("the built-in story: %v", err)
	}
}

func TestStatusNamesEveryDataset(t *testing.T) {
	dir := enrolledFolder(t, "http://127.0.0.1:1/")
	var out, err bytes.Buffer
	if code := run([]string{"status", "--data", dir, "--json"}, &out, &err); code != 0 {
		t.Fatal(err.String())
	}
	var st map[string]any
	if err := json.Unmarshal(out.Bytes(), &st); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"edition", "data_as_of", "synced_at", "digest", "synthetic", "datasets", "conditions"} {
		if _, ok := st[name]; !ok {
			t.Errorf("status does not say %s: %s", name, out.String())
		}
	}
	if len(st["datasets"].(map[string]any)) == 0 {
		t.Error("status counts no rows")
	}
}

// TestADamagedBookDoesNotOpenTheKiosk: the previous edition serves where the current book is broken.
func TestADamagedBookDoesNotOpenTheKiosk(t *testing.T) {
	dir := enrolledFolder(t, "http://127.0.0.1:1/")
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for number := int64(1); number <= 2; number++ {
		if err := s.Switch(edition.Generation{Number: number, AsOf: "2026-11-20", Digest: strings.Repeat("0", 64)}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(s.Book(2), []byte("not a book"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := openPoint(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if p.book == nil || !p.damaged || p.number != 1 {
		t.Fatalf("book %v, damaged %v", p.book, p.damaged)
	}
	closeBook(p.book)
}

// TestDamageMetWhileServing: the disk goes bad under an open book. No page is shown that lacks what the damage took; with no
// shards to build it from, the edition before serves.
func TestDamageMetWhileServing(t *testing.T) {
	dir := enrolledFolder(t, "http://127.0.0.1:1/")
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(s.Book(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Book(2), good, 0o600); err != nil {
		t.Fatal(err)
	}
	for number := int64(1); number <= 2; number++ {
		if err := s.Switch(edition.Generation{Number: number, AsOf: "2026-11-20", Digest: strings.Repeat("0", 64)}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	p, err := openPoint(dir, "")
	if err != nil || p.number != 2 {
		t.Fatalf("edition %d serves, %v", p.number, err)
	}
	const metaPages = 2 * 4096
	f, err := os.OpenFile(s.Book(2), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, len(good)-metaPages), metaPages); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	// What was read already is as good as before; some page meets the damage.
	for _, page := range []kiosk.Page{kiosk.PageTowns, kiosk.PageSurnames, kiosk.PageFunds, kiosk.PageInstitutions, kiosk.PagePolicies} {
		p.machine.Update(kiosk.Go{To: kiosk.At{Page: page, Village: "420581104212"}})
		v := p.machine.View()
		screen.Layout(v, screen.Panel{WidthPx: 1080, HeightPx: 1920}, font.Width) // draws the rows
	}
	p.machine.Update(kiosk.Tick{Now: time.Now()})
	v := p.machine.View()
	if v.Page != kiosk.PageEmpty {
		t.Fatalf("with its book gone bad the kiosk shows %q", v.Page)
	}
	select {
	case <-p.spoiled:
	default:
		t.Fatal("nobody was told to mend the book")
	}
	p.mend(context.Background(), func(m kiosk.Msg) { p.machine.Update(m) })
	if v = p.machine.View(); v.Page != kiosk.PageIdle || p.number != 1 {
		t.Errorf("after mending page %q of edition %d is on", v.Page, p.number)
	}
	if _, err := os.Stat(s.Book(2)); !os.IsNotExist(err) {
		t.Errorf("the damaged book is still there: %v", err)
	}
	closeBook(p.book)
}
