package main_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const staffPIN = "482913"

// office is an office that only counts who calls.
type countingOffice struct {
	url   string
	calls atomic.Int64
}

func newCountingOffice(t *testing.T) *countingOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	o := &countingOffice{url: "http://" + l.Addr().String() + "/"}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			o.calls.Add(1)
			conn.Close()
		}
	}()
	return o
}

// enrolWithPIN makes a data folder of a kiosk whose staff have a PIN.
func enrolWithPIN(t *testing.T, url string) (data string) {
	t.Helper()
	data = clone(t)
	file := filepath.Join(t.TempDir(), "kiosk.json")
	cmd := exec.Command(shared.office, "enrol", "--data", shared.data, "--name", village+"查询点", "--place", villageCode, "--office", url, "--pin", staffPIN, "--out", file, "--code", code)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("office enrol: %v\n%s", err, out)
	}
	if err := opened(file); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "enrolment.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// knock is five touches of the emblem.
var knock = "touch 点一下屏幕\n" + strings.Repeat("touch 宜\n", 5) + "see 请输入管理口令\n"

func enter(pin string) string { return "type " + pin + "\ntouch 确定\n" }

// walkOnline walks a story in a kiosk that may use the network, with a folder for its sticks, and returns the exit error.
func walkOnline(t *testing.T, data, sticks, story string) (said string, err error) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "story.txt")
	if err := os.WriteFile(file, []byte(story), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{shared.kiosk, "tour", "--online", "--data", data, "--out", dir, "--window", "1080x1920", "--story", file}
	if sticks != "" {
		args = append(args, "--sticks", sticks)
	}
	cmd := exec.Command("../../.ci/xvfb", args...)
	cmd.Env = append(os.Environ(), "SCREEN=1080x1920x24")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func mustWalk(t *testing.T, data, sticks, story string) string {
	t.Helper()
	said, err := walkOnline(t, data, sticks, story)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return said
}

// TestOfflineOutlivesARestart: staff come in by their PIN and switch to 离线运行. From then on nobody is called, also by the next
// program on the same data, until staff switch it off.
func TestOfflineOutlivesARestart(t *testing.T) {
	o := newCountingOffice(t)
	data := enrolWithPIN(t, o.url)
	mustWalk(t, data, "", knock+enter(staffPIN)+"see 管理页\ntouch 离线运行：关\nsee 离线运行：开\n")
	var kept struct {
		Offline bool `json:"offline"`
	}
	b, err := os.ReadFile(filepath.Join(data, "settings.json"))
	if err != nil || json.Unmarshal(b, &kept) != nil || !kept.Offline {
		t.Fatalf("on the disk is %s, %v", b, err)
	}
	before := o.calls.Load()
	mustWalk(t, data, "", knock+enter(staffPIN)+"see 离线运行：开\ntouch 现在更新\n")
	if calls := o.calls.Load() - before; calls > 0 {
		t.Errorf("offline, the office was called %d times", calls)
	}
	mustWalk(t, data, "", knock+enter(staffPIN)+"see 离线运行：开\ntouch 离线运行：开\nsee 离线运行：关\n")
	b, err = os.ReadFile(filepath.Join(data, "settings.json"))
	if err != nil || json.Unmarshal(b, &kept) != nil || kept.Offline {
		t.Errorf("switched off, on the disk is %s, %v", b, err)
	}
}

// TestWrongPINsCountOverRestarts: five wrong tries, spread over two programs, and even the right PIN has to wait, under whatever
// clock.
func TestWrongPINsCountOverRestarts(t *testing.T) {
	data := enrolWithPIN(t, "http://127.0.0.1:1/")
	wrong := func(n int) string { return strings.Repeat(enter("111111")+"see 口令不对\n", n) }
	mustWalk(t, data, "", knock+wrong(2)+"see 还可以试3次\n")
	mustWalk(t, data, "", knock+wrong(2)+"see 还可以试1次\n")
	mustWalk(t, data, "", knock+enter("111111")+"see 试错太多\n")
	story := knock + enter(staffPIN) + "see 试错太多\nnot see 管理页：\n"
	mustWalk(t, data, "", story)
	var kept struct {
		Failures int   `json:"failures"`
		Wait     int64 `json:"wait_ms"`
	}
	b, err := os.ReadFile(filepath.Join(data, "pin.json"))
	if err != nil || json.Unmarshal(b, &kept) != nil || kept.Failures != 5 || kept.Wait <= 0 || kept.Wait > time.Minute.Milliseconds() {
		t.Errorf("on the disk is %s, %v", b, err)
	}
}

// TestADamagedCountLetsNobodyIn: with the file of wrong tries spoilt the right PIN opens nothing, `kiosk status` says so, and a
// new enrolment with another PIN is the way out.
func TestADamagedCountLetsNobodyIn(t *testing.T) {
	data := enrolWithPIN(t, "http://127.0.0.1:1/")
	file := filepath.Join(data, "pin.json")
	if err := os.WriteFile(file, []byte(`{"of":`), 0o600); err != nil {
		t.Fatal(err)
	}
	mustWalk(t, data, "", knock+enter(staffPIN)+"see D-08\n")
	codes := func() (out []string) {
		var st struct {
			Conditions []struct{ Code string }
		}
		kioskJSON(t, &st, "status", "--data", data, "--json")
		for _, c := range st.Conditions {
			out = append(out, c.Code)
		}
		return out
	}
	if got := fmt.Sprint(codes()); !strings.Contains(got, "D-08") {
		t.Errorf("status says %s", got)
	}
	again := filepath.Join(enrolWithPIN(t, "http://127.0.0.1:1/"), "enrolment.json")
	if out, err := exec.Command(shared.kiosk, "pull", "--data", data, "--enrolment", again, "--from", filepath.Join(shared.data, "public")).CombinedOutput(); err != nil {
		t.Fatalf("kiosk pull: %v\n%s", err, out)
	}
	if got := codes(); len(got) > 0 {
		t.Errorf("after a new enrolment status says %v", got)
	}
	mustWalk(t, data, "", knock+enter(staffPIN)+"see 管理页\n")
}

// TestPracticeAndBack: staff go over to the made-up county, find the man of the lessons, and come back to their own.
func TestPracticeAndBack(t *testing.T) {
	data := enrolWithPIN(t, "http://127.0.0.1:1/")
	mustWalk(t, data, "", knock+enter(staffPIN)+`
see 管理页
touch 练习
touch 开始练习
see 学会更新
see 练习，不算数
shot practice
touch 结束练习
not see 练习，不算数
see 2026年11月20日
`)
}

// TestAStickIsSeenAndTaken: a pack of the county's next edition lies on a stick. Staff see its number before they take it, and it
// serves afterwards, offline.
func TestAStickIsSeenAndTaken(t *testing.T) {
	data := enrolWithPIN(t, "http://127.0.0.1:1/")
	if err := os.WriteFile(filepath.Join(data, "settings.json"), []byte(`{"offline":true,"volume":5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	sticks := t.TempDir()
	stick := filepath.Join(sticks, "县里的U盘")
	if err := os.CopyFS(stick, os.DirFS(nextEdition(t))); err != nil {
		t.Fatal(err)
	}
	mustWalk(t, data, sticks, knock+enter(staffPIN)+"see 管理页\nsee 第2期\ntouch 从U盘更新\nsee 已经更新到第2期\nshot taken\n")
	var st struct{ Edition int64 }
	kioskJSON(t, &st, "status", "--data", data, "--json")
	if st.Edition != 2 {
		t.Errorf("edition %d serves", st.Edition)
	}
}

// nextEdition is a depot with the shared county's second edition.
func nextEdition(t *testing.T) (depot string) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "office")
	if err := os.CopyFS(data, os.DirFS(shared.data)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(shared.office, "publish", "--data", data, "--as-of", "2026-11-21").CombinedOutput(); err != nil {
		t.Fatalf("office publish: %v\n%s", err, out)
	}
	return filepath.Join(data, "public")
}

// TestTheCodeIsTypedAtThePanel: a new machine, a stick with its sealed enrolment, and sixteen digits over the telephone.
func TestTheCodeIsTypedAtThePanel(t *testing.T) {
	data, sticks := t.TempDir(), t.TempDir()
	b, err := os.ReadFile(sealedKiosk(t, shared.data))
	if err != nil {
		t.Fatal(err)
	}
	stick := filepath.Join(sticks, "县里的U盘")
	if err := os.Mkdir(stick, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stick, "黎家坪.enrol"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	mustWalk(t, data, sticks, "see 请输入入网码\n"+enter("1234567812345679")+"see 入网码不对\n"+enter("1234567812345678")+"see 入网码对了\n")
	if e, err := os.ReadFile(filepath.Join(data, "enrolment.json")); err != nil || !strings.Contains(string(e), village) {
		t.Errorf("%.100s, %v", e, err)
	}
	mustWalk(t, data, sticks, "see 还没有收到数据\nnot see 请输入入网码\n")
}

// TestAStickFromTheVillageBefore: it has the county's first edition, this kiosk the second; the next kiosk gets the second from it.
func TestAStickFromTheVillageBefore(t *testing.T) {
	data := enrolWithPIN(t, "http://127.0.0.1:1/")
	program(t, shared.kiosk, "pull", "--data", data, "--from", nextEdition(t))
	sticks := t.TempDir()
	stick := filepath.Join(sticks, "县里的U盘", "mingbai")
	if err := os.CopyFS(stick, os.DirFS(filepath.Join(shared.data, "public"))); err != nil {
		t.Fatal(err)
	}
	mustWalk(t, data, sticks, knock+enter(staffPIN)+"see S-06\ntouch 把本机的数据写进U盘\nsee U盘里现在是第2期\nsee 本机已经是这一期\nshot filled\n")
	next := enrolWithPIN(t, "http://127.0.0.1:1/")
	program(t, shared.kiosk, "pull", "--data", next, "--from", stick)
	var st struct{ Edition int64 }
	kioskJSON(t, &st, "status", "--data", next, "--json")
	if st.Edition != 2 {
		t.Errorf("edition %d serves", st.Edition)
	}
}
