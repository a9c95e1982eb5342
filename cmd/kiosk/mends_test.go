package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai.local/cmd/internal/finger"
	"mingbai.local/cmd/internal/guest"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/store"
)

// publishNext publishes another edition at an office of its own, and returns what it has published.
func publishNext(t *testing.T, office, asOf string) (depot string) {
	t.Helper()
	out, err := exec.Command(shared.office, "publish", "--data", office, "--as-of", asOf).CombinedOutput()
	if err != nil {
		t.Fatalf("office publish: %v\n%s", err, out)
	}
	return filepath.Join(office, "public")
}

// anotherOffice is a copy of the county's office.
func anotherOffice(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	if err := os.CopyFS(dir, os.DirFS(shared.data)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func pullFrom(t *testing.T, data, depot string) {
	t.Helper()
	if out, err := exec.Command(shared.kiosk, "pull", "--data", data, "--from", depot).CombinedOutput(); err != nil {
		t.Fatalf("kiosk pull: %v\n%s", err, out)
	}
}

// report is what kiosk status says.
type report struct {
	Edition    int64  `json:"edition"`
	AsOf       string `json:"data_as_of"`
	Conditions []struct {
		Code string `json:"code"`
	} `json:"conditions"`
}

func status(t *testing.T, data string) (s report, codes string) {
	t.Helper()
	kioskJSON(t, &s, "status", "--data", data, "--json")
	for _, c := range s.Conditions {
		codes += c.Code + " "
	}
	return s, codes
}

var pidSaid = regexp.MustCompile(`pid=([0-9]+)`)

// pid is the kiosk's process, once a page is on the screen.
func (k *running) pid(t *testing.T) int {
	t.Helper()
	m := pidSaid.FindStringSubmatch(k.said.String())
	if m == nil {
		t.Fatalf("no process is named: %s", k.said.String())
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ends sends the kiosk a signal and waits until it is gone.
func (k *running) ends(t *testing.T, how syscall.Signal) {
	t.Helper()
	pid := k.pid(t)
	if err := syscall.Kill(pid, how); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
	for range k.lines { // its screen goes with it
	}
}

// gone waits until a process has ended.
func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil || bytes.Contains(b, []byte(") Z ")) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d does not end: %s", pid, b)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// TestAYearWithoutANetwork: the machine has known a day a year from now. Every door opens, every page says how old the data is, and only staff hear
// of the clock.
func TestAYearWithoutANetwork(t *testing.T) {
	data := clone(t)
	later := time.Now().AddDate(1, 0, 0).UTC().Format(time.RFC3339) + "\n"
	if err := os.WriteFile(filepath.Join(data, "clock"), []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	g := visit(t, data)
	for door, page := range map[string]string{"查编制": "institutions", "查资金": "funds", "看政策": "policies", "查补贴": "towns", "我要反映": "phone"} {
		s := touch(t, g, door)
		if s.Page != page || !s.Sees("数据截至2026年11月20日") || s.Sees("时钟") {
			t.Errorf("%s leads to %s: %s", door, s.Page, s.Words())
		}
		if s.Sees("新情况可打12310问") != (page == "institutions") {
			t.Errorf("%s names 12310, or does not: %s", page, s.Words())
		}
		touch(t, g, "首页")
	}
	if _, codes := status(t, data); codes != "T-01 " {
		t.Errorf("staff are told %s", codes)
	}
}

// TestTwoCrashesBringBackTheEditionBefore: the program is killed twice with an edition that has not proved itself. The third start serves the one
// before by itself, and does not take the other again; the next one it takes.
func TestTwoCrashesBringBackTheEditionBefore(t *testing.T) {
	data, office := clone(t), anotherOffice(t)
	pullFrom(t, data, publishNext(t, office, "2026-11-21"))
	window := func() *running {
		k := startIn(t, data)
		if page := k.painted(t); page != "idle" {
			t.Fatalf("page %s is on", page)
		}
		return k
	}
	for range 2 {
		k := window()
		if s, codes := status(t, data); s.Edition != 2 {
			t.Fatalf("edition %d serves: %s", s.Edition, codes)
		}
		k.ends(t, syscall.SIGKILL)
	}
	k := window()
	if s, codes := status(t, data); s.Edition != 1 || !strings.Contains(codes, "D-11") {
		t.Errorf("after two crashes edition %d serves: %s", s.Edition, codes)
	}
	log, err := os.ReadFile(filepath.Join(data, "log", "kiosk.log"))
	if err != nil || !strings.Contains(string(log), "D-11") {
		t.Errorf("the log says %s, %v", log, err)
	}
	k.ends(t, syscall.SIGTERM)
	pullFrom(t, data, filepath.Join(office, "public"))
	if s, _ := status(t, data); s.Edition != 1 {
		t.Errorf("edition %d, which crashed the program, was taken again", s.Edition)
	}
	pullFrom(t, data, publishNext(t, office, "2026-11-22"))
	if s, codes := status(t, data); s.Edition != 3 || strings.Contains(codes, "D-11") {
		t.Errorf("of the next edition, %d serves: %s", s.Edition, codes)
	}
}

// TestWhatWasWithdrawnStaysWithdrawn, whether staff go back to the edition that showed it or the program does by itself.
func TestWhatWasWithdrawnStaysWithdrawn(t *testing.T) {
	var policies struct {
		Hits []struct {
			Ref string `json:"ref"`
		} `json:"hits"`
	}
	kioskJSON(t, &policies, "lookup", "--data", shared.fresh, "--in", "policies", "--json", "补贴")
	if len(policies.Hits) == 0 {
		t.Fatal("there is no policy to withdraw")
	}
	ref := policies.Hits[0].Ref
	shows := func(data string) bool { return exec.Command(shared.kiosk, "show", "--data", data, ref).Run() == nil }
	sheet, err := os.ReadFile(filepath.Join(shared.sheets, "撤回.csv"))
	if err != nil {
		t.Fatal(err)
	}
	heading, _, _ := strings.Cut(string(sheet), "\n")
	row := map[string]string{"编号": "撤回-明白-1", "撤回编号": ref, "原因": "登错了", "撤回日期": "2026-11-20", "公布日期": "2026-11-20"}
	var cells []string
	for _, head := range strings.Split(strings.TrimSpace(strings.TrimPrefix(heading, "\ufeff")), ",") {
		cells = append(cells, row[head])
	}
	office, file := anotherOffice(t), filepath.Join(t.TempDir(), "撤回.csv")
	if err := os.WriteFile(file, append(sheet, strings.Join(cells, ",")+"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(shared.office, "intake", "--data", office, file).CombinedOutput(); err != nil {
		t.Fatalf("office intake: %v\n%s", err, out)
	}
	depot := publishNext(t, office, "2026-11-21")
	for name, back := range map[string]func(data string){
		"staff": func(data string) {
			if out, err := exec.Command(shared.kiosk, "back", "--data", data).CombinedOutput(); err != nil {
				t.Fatalf("kiosk back: %v\n%s", err, out)
			}
		},
		"doctor": func(data string) {
			s, err := store.Open(data)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 { // crashes without a window, which would mend it by itself
				if _, err := s.Began(func(string) error { return nil }); err != nil {
					t.Fatal(err)
				}
			}
			if out, err := exec.Command(shared.kiosk, "doctor", "--data", data).CombinedOutput(); err == nil || !strings.Contains(string(out), "现在这一期（第1期）的数据用不了") {
				t.Errorf("kiosk doctor: %v\n%s", err, out)
			}
			if out, err := exec.Command(shared.kiosk, "doctor", "--data", data, "--mend").CombinedOutput(); err == nil || !strings.Contains(string(out), "现在这一期（第1期）的数据完整") {
				t.Errorf("kiosk doctor --mend: %v\n%s", err, out) // the edition that crashed the program is still to be told
			}
		},
		"the program": func(data string) {
			for start := range 3 {
				k := startIn(t, data)
				for k.painted(t) != "idle" { // the third start first makes the book anew
				}
				if start < 2 {
					k.ends(t, syscall.SIGKILL)
				}
			}
		},
	} {
		data := clone(t)
		if !shows(data) {
			t.Fatalf("%s is not shown before it is withdrawn", ref)
		}
		pullFrom(t, data, depot)
		if shows(data) {
			t.Errorf("%s: withdrawn, and shown", ref)
		}
		back(data)
		if s, codes := status(t, data); s.Edition != 1 {
			t.Errorf("%s went back, and edition %d serves: %s", name, s.Edition, codes)
		}
		if shows(data) {
			t.Errorf("%s went back, and what was withdrawn is shown", name)
		}
	}
}

// startIn opens the window on a data folder, offline.
func startIn(t *testing.T, data string) *running {
	t.Helper()
	return start(t, shared.kiosk, "--data", data, "--window", "1280x800", "--offline")
}

// TestSwitchingOffIsNoCrash, however often and however soon.
func TestSwitchingOffIsNoCrash(t *testing.T) {
	data := clone(t)
	pullFrom(t, data, publishNext(t, anotherOffice(t), "2026-11-21"))
	for range 4 {
		k := startIn(t, data)
		k.painted(t)
		k.ends(t, syscall.SIGTERM)
		if s, codes := status(t, data); s.Edition != 2 {
			t.Fatalf("edition %d serves: %s", s.Edition, codes)
		}
	}
}

// TestTheDeathOfTheScreenIsNoCrash: the X server dies under the program, which ends with it. The edition that was on show cannot help it.
func TestTheDeathOfTheScreenIsNoCrash(t *testing.T) {
	data := clone(t)
	pullFrom(t, data, publishNext(t, anotherOffice(t), "2026-11-21"))
	for start := range 4 {
		display, err := guest.Open(1280, 800)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(display.Close)
		c := display.Command(shared.kiosk, "--data", data, "--window", "1280x800", "--offline")
		said, err := c.StderrPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		shown := false
		for lines := bufio.NewScanner(said); lines.Scan(); {
			fmt.Fprintln(&all, lines.Text())
			if !shown && strings.Contains(lines.Text(), "msg=painted") {
				shown = true
				display.Kill()
			}
		}
		if err := c.Wait(); err == nil || !shown {
			t.Fatalf("start %d: the kiosk ended with %v: %s", start+1, err, all.String())
		}
		if s, codes := status(t, data); s.Edition != 2 {
			t.Fatalf("start %d: edition %d serves: %s\n%s", start+1, s.Edition, codes, all.String())
		}
	}
}

// TestABookIsCutOffUnderTheKiosk: what is mapped is gone from the disk. The visitor is asked to wait, and then is shown what was asked for.
func TestABookIsCutOffUnderTheKiosk(t *testing.T) {
	data := clone(t)
	g := visit(t, data)
	if err := os.Truncate(filepath.Join(data, "gen", "1.db"), 8192); err != nil {
		t.Fatal(err)
	}
	met := false
	for _, door := range []string{"查编制", "查资金", "看政策", "查补贴"} {
		s := touch(t, g, door)
		if met = s.Page == "empty" || s.Page == "idle"; met {
			break
		}
		touch(t, g, "首页")
	}
	if !met {
		t.Fatal("no page met the damage")
	}
	if err := g.Arrive("idle"); err != nil {
		t.Fatal(err)
	}
	touch(t, g, "点一下屏幕")
	for door, page := range map[string]string{"查编制": "institutions", "查资金": "funds", "看政策": "policies"} {
		if s := touch(t, g, door); s.Page != page || len(s.Texts) < 10 {
			t.Errorf("%s leads to %s with %s", door, s.Page, s.Words())
		}
		touch(t, g, "首页")
	}
	if err := g.Alive(); err != nil {
		t.Error(err)
	}
	if s, codes := status(t, data); s.Edition != 1 || codes != "" {
		t.Errorf("edition %d serves: %s", s.Edition, codes)
	}
}

// child is a process that a process has begun with that command, 0 while there is none.
func child(of int, command string) int {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	for _, stat := range all {
		b, err := os.ReadFile(stat)
		if err != nil {
			continue
		}
		_, rest, _ := bytes.Cut(b, []byte(") "))
		fields := strings.Fields(string(rest))
		if len(fields) < 2 || fields[1] != strconv.Itoa(of) {
			continue
		}
		line, err := os.ReadFile(filepath.Join(filepath.Dir(stat), "cmdline"))
		if args := strings.Split(string(line), "\x00"); err == nil && len(args) > 1 && args[1] == command {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			return n
		}
	}
	return 0
}

// TestTheWindowIsKilledWhileABookIsMade: what makes the book ends with it, and the next start goes on from what was fetched.
func TestTheWindowIsKilledWhileABookIsMade(t *testing.T) {
	url, stop, err := serve(shared)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	data, enrolment := t.TempDir(), filepath.Join(t.TempDir(), "kiosk.json")
	if err := shared.enrol(url, enrolment); err != nil {
		t.Fatal(err)
	}
	k := start(t, shared.kiosk, "--data", data, "--enrolment", enrolment, "--window", "1280x800")
	k.painted(t)
	pid, maker := k.pid(t), 0
	for deadline := time.Now().Add(time.Minute); maker == 0; maker = child(pid, "make") {
		if time.Now().After(deadline) {
			t.Fatal("no book is made")
		}
		<-time.After(time.Millisecond)
	}
	if stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(maker), "stat")); err != nil || !bytes.Contains(stat, []byte(" 39 19 ")) {
		t.Errorf("what makes the book does not give way: %s, %v", stat, err) // its priority and niceness, of proc_pid_stat(5)
	}
	k.ends(t, syscall.SIGKILL)
	gone(t, maker)
	if _, err := os.Stat(filepath.Join(data, "gen", "1.db")); err == nil {
		t.Fatal("the book was ready before the window was killed: this test proves nothing")
	}
	fetched := objects(t, data)
	if len(fetched) == 0 {
		t.Fatal("nothing was fetched")
	}
	k = start(t, shared.kiosk, "--data", data, "--window", "1280x800")
	if page := k.painted(t); page == "empty" {
		if page = k.painted(t); page != "idle" {
			t.Errorf("then page %s is on", page)
		}
	}
	for path, at := range objects(t, data) {
		if was, ok := fetched[path]; !ok || !was.Equal(at) {
			t.Errorf("%s was fetched again", path)
		}
	}
	if s, codes := status(t, data); s.Edition != 1 {
		t.Errorf("edition %d serves: %s", s.Edition, codes)
	}
}

// TestAFlippedBitIsFoundAndMended, in a shard and in the book, while a visitor reads on.
func TestAFlippedBitIsFoundAndMended(t *testing.T) {
	url, stop, err := serve(shared)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	data, enrolment := clone(t), filepath.Join(t.TempDir(), "kiosk.json")
	if err := shared.enrol(url, enrolment); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(enrolment)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "enrolment.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	g := visit(t, data)
	before := touch(t, g, "看政策")
	doctor := func(args ...string) (said string, well bool) {
		out, err := exec.Command(shared.kiosk, append([]string{"doctor", "--data", data}, args...)...).CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(out), err == nil
	}
	if said, well := doctor(); !well {
		t.Fatalf("in order, doctor says %s", said)
	}
	shards := slices.Sorted(maps.Keys(objects(t, data)))
	for _, path := range []string{shards[len(shards)/2], filepath.Join(data, "gen", "1.db")} {
		flip(t, path)
		if found := scrubs(t, data); len(found.Lost)+len(found.Books) != 1 {
			t.Errorf("%s: kiosk scrub found %+v", path, found)
		}
		if said, well := doctor(); well || !strings.Contains(said, "kiosk doctor --mend") {
			t.Errorf("%s: doctor says %s", path, said)
		}
		if said, well := doctor("--mend"); !well {
			t.Errorf("%s: after mending doctor says %s", path, said)
		}
		if said, well := doctor("--json"); !well || !json.Valid([]byte(said)) {
			t.Errorf("%s: in JSON it says %s", path, said)
		}
		if found := scrubs(t, data); len(found.Lost)+len(found.Books) != 0 || found.Objects != len(shards) {
			t.Errorf("%s: then kiosk scrub found %+v", path, found)
		}
	}
	// Whoever reads has been shown nothing but what was asked for.
	s, err := g.Tell()
	if err != nil || s.Page != before.Page || s.Words() != before.Words() {
		t.Errorf("%s is on with %s, %v", s.Page, s.Words(), err)
	}
	if s := touch(t, g, "首页"); s.Page != "home" && s.Page != "idle" {
		t.Errorf("首页 leads to %s", s.Page)
	}
	var last finger.Sight
	if last, err = g.Await(func(s finger.Sight) bool { return s.Page == "home" || s.Page == "idle" }); err != nil {
		t.Errorf("%s: %v", last.Page, err)
	}
}

// TestDoctorMendsTheEditionBefore, which is not the one that serves, from what lies on the disk.
func TestDoctorMendsTheEditionBefore(t *testing.T) {
	data := clone(t)
	pullFrom(t, data, publishNext(t, anotherOffice(t), "2026-11-21"))
	old := filepath.Join(data, "gen", "1.db")
	was, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	flip(t, old)
	if out, err := exec.Command(shared.kiosk, "doctor", "--data", data).CombinedOutput(); err == nil || !strings.Contains(string(out), "不好  上一期（第1期）") {
		t.Errorf("kiosk doctor: %v\n%s", err, out)
	}
	if out, err := exec.Command(shared.kiosk, "doctor", "--data", data, "--mend").CombinedOutput(); err != nil {
		t.Errorf("kiosk doctor --mend: %v\n%s", err, out)
	}
	if is, err := os.ReadFile(old); err != nil || !bytes.Equal(is, was) {
		t.Errorf("the book has %d bytes, had %d: %v", len(is), len(was), err)
	}
	// That staff want it to be offline is no trouble.
	if err := os.WriteFile(filepath.Join(data, "settings.json"), []byte(`{"offline":true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(shared.kiosk, "doctor", "--data", data).CombinedOutput(); err != nil || !strings.Contains(string(out), "正常  N-09") {
		t.Errorf("offline, kiosk doctor: %v\n%s", err, out)
	}
	if s, _ := status(t, data); s.Edition != 2 {
		t.Errorf("edition %d serves", s.Edition)
	}
}

// TestAKioskOfTheFormatBefore: the machine was given a new program, and what lies on its disk is of the format before, of which this program makes nothing any
// more. The book serves; doctor and the nightly round find nothing wrong; the next edition is taken; and only a book that is lost then is said to be.
func TestAKioskOfTheFormatBefore(t *testing.T) {
	data, office := clone(t), anotherOffice(t)
	ages(t, data)
	policies := func() int {
		var answer struct {
			Found int `json:"found"`
		}
		kioskJSON(t, &answer, "lookup", "--data", data, "--in", "policies", "--json", "补贴")
		return answer.Found
	}
	if s, codes := status(t, data); s.Edition != 1 || codes != "" || policies() == 0 {
		t.Errorf("edition %d serves, with %d policies: %s", s.Edition, policies(), codes)
	}
	if out, err := exec.Command(shared.kiosk, "doctor", "--data", data).CombinedOutput(); err != nil || !strings.Contains(string(out), "旧版程序收的，照常能查") {
		t.Errorf("kiosk doctor: %v\n%s", err, out)
	}
	if found := scrubs(t, data); len(found.Books)+len(found.Lost) != 0 {
		t.Errorf("kiosk scrub found %+v", found)
	}
	k := startIn(t, data)
	if page := k.painted(t); page != "idle" {
		t.Errorf("page %s is on", page)
	}
	k.ends(t, syscall.SIGTERM)

	// Its book is lost: nothing is shown, and what to do about that is said.
	lost := filepath.Join(t.TempDir(), "data")
	if err := errors.Join(os.CopyFS(lost, os.DirFS(data)), os.Remove(filepath.Join(lost, "gen", "1.db"))); err != nil {
		t.Fatal(err)
	}
	k = startIn(t, lost)
	if page := k.painted(t); page != "empty" {
		t.Errorf("without a book page %s is on", page)
	}
	out, err := exec.Command(shared.kiosk, "doctor", "--data", lost, "--mend").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "D-05") || !strings.Contains(string(out), "旧版程序收的，本机修不好") {
		t.Errorf("kiosk doctor --mend: %v\n%s", err, out)
	}
	k.ends(t, syscall.SIGTERM)

	next := publishNext(t, office, "2026-11-21")
	for data, lack := range map[string]int{data: 0, lost: 1} {
		pullFrom(t, data, next)
		if s, codes := status(t, data); s.Edition != 2 || codes != "" {
			t.Errorf("of the next edition, %d serves: %s", s.Edition, codes)
		}
		if found := scrubs(t, data); len(found.Books) != lack || len(found.Lost) != 0 {
			t.Errorf("then kiosk scrub found %+v", found)
		}
		out, err := exec.Command(shared.kiosk, "doctor", "--data", data).CombinedOutput()
		if (err == nil) != (lack == 0) || !strings.Contains(string(out), "上一期（第1期）的数据") || !strings.Contains(string(out), "旧版程序收的") {
			t.Errorf("then kiosk doctor: %v\n%s", err, out)
		}
	}
	if out, err := exec.Command(shared.kiosk, "back", "--data", data).CombinedOutput(); err != nil || policies() == 0 {
		t.Errorf("kiosk back: %v\n%s", err, out)
	}
}

// ages makes the lists of the edition in a data folder those of the format before.
func ages(t *testing.T, data string) {
	t.Helper()
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := s.Current()
	if err != nil {
		t.Fatal(err)
	}
	files, seen, err := s.Trust()
	if err != nil {
		t.Fatal(err)
	}
	for owner, ref := range g.Catalogs {
		b, err := s.Object(ref.SHA256)
		if err == nil {
			b, ref, err = officetest.Reformatted(b, edition.Format-1)
		}
		if err == nil {
			err = s.Put(ref.SHA256, ref.Length, bytes.NewReader(b))
		}
		if err != nil {
			t.Fatal(err)
		}
		g.Catalogs[owner] = ref
	}
	if err := s.Switch(g, files, seen); err != nil {
		t.Fatal(err)
	}
}

// objects are the files of which books are made, and when each was written.
func objects(t *testing.T, data string) map[string]time.Time {
	t.Helper()
	all := map[string]time.Time{}
	if err := filepath.WalkDir(filepath.Join(data, "s"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		i, err := d.Info()
		if err == nil {
			all[path] = i.ModTime()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// flip turns a bit in the middle of a file.
func flip(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte{b[len(b)/2] ^ 1}, int64(len(b)/2))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// found is what kiosk scrub answers to the screen.
type found struct {
	Books   []int64
	Lost    []string
	Objects int
}

func scrubs(t *testing.T, data string) (f found) {
	t.Helper()
	cmd := exec.Command(shared.kiosk, "scrub", "--data", data)
	in, err := cmd.StdinPipe() // as long as it is open, somebody wants to know
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("kiosk scrub: %v", err)
	}
	if err := json.Unmarshal(out, &f); err != nil {
		t.Fatalf("kiosk scrub: %v\n%s", err, out)
	}
	return f
}

// TestAScrubEndsWithWhoeverBeganIt: nobody wants to know any more.
func TestAScrubEndsWithWhoeverBeganIt(t *testing.T) {
	cmd := exec.Command(shared.kiosk, "scrub", "--data", shared.fresh)
	cmd.Stdin = strings.NewReader("")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || len(said) > 0 || !strings.Contains(errs.String(), "context canceled") {
		t.Errorf("it went on: %v, %s, %s", err, said, errs.String())
	}
}
