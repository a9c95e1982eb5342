package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/kiosk"
	"mingbai.local/cmd/internal/pin"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/store"
)

// change sets fields of a data folder's enrolment.
func change(t *testing.T, data string, fields map[string]any) {
	t.Helper()
	file := filepath.Join(data, enrolled)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		e[name] = value
	}
	if b, err = json.Marshal(e); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// desk is a point with the chores behind it, whose answers can be read.
type desk struct {
	*point
	*chores
	answers chan kiosk.Msg
}

func open(t *testing.T, data string, offline bool) desk {
	t.Helper()
	p, err := openPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	p.offline, p.sticks = offline, t.TempDir()
	d := desk{point: p, answers: make(chan kiosk.Msg, 100)}
	p.line.set(!p.shown().Offline)
	d.chores = newChores(p, func(m kiosk.Msg) { d.answers <- m })
	t.Cleanup(func() {
		d.chores.close()
		for _, b := range []*book.Book{p.book, p.before} {
			if b != nil {
				closeBook(b)
			}
		}
	})
	return d
}

// answer waits for the next message of a kind.
func answer[M kiosk.Msg](t *testing.T, d desk) M {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case m := <-d.answers:
			if m, ok := m.(M); ok {
				return m
			}
		case <-late:
			t.Fatalf("no answer")
		}
	}
}

// until waits for a condition of the chores.
func (d desk) until(met func() bool) {
	for {
		d.chores.mu.Lock()
		done := met()
		d.chores.mu.Unlock()
		if done {
			return
		}
		runtime.Gosched()
	}
}

// silentOffice takes every call and says nothing.
func silentOffice(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return "http://" + l.Addr().String() + "/"
}

func codes(found []health.Condition) (out []string) {
	for _, c := range found {
		out = append(out, c.Code)
	}
	return out
}

func TestSettingsAreKeptAndOfflineIsAtOnce(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	d := open(t, data, false)
	d.do(kiosk.Keep{Settings: kiosk.Settings{Offline: true, Volume: 3}})
	if got := answer[kiosk.Set](t, d).To; !got.Offline || got.Volume != 3 {
		t.Errorf("kept %+v", got)
	}
	if _, _, ok := d.line.use(d.ctx); ok {
		t.Error("offline, the network may be used")
	}
	d.do(kiosk.Run{Task: kiosk.TaskUpdate})
	if got := answer[kiosk.Worked](t, d); got.Trouble.Code != health.Offline.Code {
		t.Errorf("offline, an update says %+v", got)
	}
	if s, err := readSettings(data); err != nil || !s.Offline {
		t.Errorf("on the disk is %+v, %v", s, err)
	}

	// A disk that takes nothing changes nothing.
	if err := os.MkdirAll(filepath.Join(data, settingsFile+".part", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.do(kiosk.Keep{Settings: kiosk.Settings{Volume: 9}})
	if got := answer[kiosk.Worked](t, d); got.Task != kiosk.TaskSettings || got.Trouble.Code != health.NotKept.Code {
		t.Errorf("a disk that takes nothing says %+v", got)
	}
	if _, _, ok := d.line.use(d.ctx); ok || d.shown().Volume != 3 {
		t.Errorf("what could not be kept is used: %+v", d.shown())
	}
}

// Started with --offline, the machine stays offline whatever staff switch, and keeps how it is otherwise to be started.
func TestStartedOfflineStaysOffline(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	d := open(t, data, true)
	if !d.shown().Offline {
		t.Error("staff are shown a network")
	}
	d.do(kiosk.Keep{Settings: kiosk.Settings{Offline: false, Volume: 4}})
	if got := answer[kiosk.Set](t, d).To; !got.Offline || got.Volume != 4 {
		t.Errorf("kept %+v", got)
	}
	if got := answer[kiosk.Worked](t, d); got.Trouble.Code != health.ForcedOff.Code {
		t.Errorf("%+v", got)
	}
	if _, _, ok := d.line.use(d.ctx); ok {
		t.Error("the network may be used")
	}
	d.do(kiosk.Keep{Settings: kiosk.Settings{Offline: true, Volume: 5}})
	answer[kiosk.Set](t, d)
	if s, err := readSettings(data); err != nil || s.Offline || s.Volume != 5 {
		t.Errorf("on the disk is %+v, %v", s, err)
	}
}

func TestThePINIsChecked(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	hash, err := pin.Hash("482913")
	if err != nil {
		t.Fatal(err)
	}
	change(t, data, map[string]any{"pin": hash})
	d := open(t, data, true)
	d.do(kiosk.CheckPIN{PIN: "000000"})
	if got := answer[kiosk.PINChecked](t, d); got.OK || got.Left != 4 || got.Wait != 0 || got.Trouble.Code != "" {
		t.Errorf("%+v", got)
	}
	d.do(kiosk.CheckPIN{PIN: "482913"})
	if got := answer[kiosk.PINChecked](t, d); !got.OK {
		t.Errorf("%+v", got)
	}
	if err := os.MkdirAll(filepath.Join(data, pinFile+".part", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.do(kiosk.CheckPIN{PIN: "482913"})
	if got := answer[kiosk.PINChecked](t, d); got.OK || got.Trouble.Code != health.PINFile.Code || got.Trouble.Remedy == "" {
		t.Errorf("with a disk that takes nothing: %+v", got)
	}
}

func TestWhatTheEnrolmentGivesMayBeUnusable(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	change(t, data, map[string]any{"pin": "$argon2id$v=19$m=999999,t=99,p=9$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "primary": "#FFFF00"})
	if err := os.WriteFile(filepath.Join(data, settingsFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, data, true)
	if got := codes(d.onDisk()); !slices.Equal(got, []string{"P-03", "P-04", "D-06", "D-02"}) { // the folder has no state.db
		t.Errorf("staff are told %v", got)
	}
	d.do(kiosk.CheckPIN{PIN: "482913"})
	if got := answer[kiosk.PINChecked](t, d); got.OK || got.Trouble.Code != health.BadPIN.Code {
		t.Errorf("%+v", got)
	}
	if d.enrolment.Primary != "" {
		t.Errorf("the screen is given %s", d.enrolment.Primary)
	}
	d.do(kiosk.Keep{Settings: defaults()})
	answer[kiosk.Set](t, d)
	if got := answer[kiosk.State](t, d); len(got.Conditions) != 3 {
		t.Errorf("set again, staff are told %v", got.Conditions)
	}
}

// TestTheEditionBefore: its book is opened beside the one that serves, and staff can make it serve; then there is none before it.
func TestTheEditionBefore(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	one, err := os.ReadFile(s.Book(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Book(2), one, 0o600); err != nil {
		t.Fatal(err)
	}
	for number := int64(1); number <= 2; number++ {
		if err := s.Switch(edition.Generation{Number: number, AsOf: "2026-11-20", Digest: strings.Repeat("0", 64)}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	d := open(t, data, true)
	if d.number != 2 || d.before == nil {
		t.Fatalf("edition %d serves, before it %v", d.number, d.before)
	}
	d.do(kiosk.Run{Task: kiosk.TaskBack})
	if got := answer[kiosk.Opened](t, d); got.Book == nil || got.Before != nil {
		t.Errorf("%+v", got)
	}
	if got := answer[kiosk.Worked](t, d); got.Trouble.Code != "" || !strings.Contains(got.Words, "已经退回第1期") || !strings.Contains(got.Words, "2026年11月20日") {
		t.Errorf("%+v", got)
	}
}

func TestThereIsNothingToGoBackTo(t *testing.T) {
	d := open(t, enrolledFolder(t, "http://127.0.0.1:1/"), true)
	d.do(kiosk.Run{Task: kiosk.TaskBack})
	if got := answer[kiosk.Worked](t, d); got.Trouble.Code != health.NoBack.Code || got.Words != "" {
		t.Errorf("%+v", got)
	}
	d.do(kiosk.Run{Task: kiosk.TaskStick})
	if got := answer[kiosk.Worked](t, d); got.Trouble.Code != health.NoStick.Code {
		t.Errorf("%+v", got)
	}
	d.do(kiosk.Run{Task: "nothing of the kind"})
	d.do(kiosk.Cancel{Task: kiosk.TaskUpdate})
	d.do(kiosk.FetchLog{})
	answer[kiosk.LogRead](t, d)
}

// TestAStickIsPulledBeforeItIsRead: words of its own, and what serves goes on.
func TestAStickIsPulledBeforeItIsRead(t *testing.T) {
	d := open(t, enrolledFolder(t, "http://127.0.0.1:1/"), true)
	gone := filepath.Join(t.TempDir(), "KINGSTON")
	for _, path := range []string{gone, filepath.Join(gone, "x.kpack")} {
		d.stick.mu.Lock()
		d.stick.here = place{path: path, medium: gone}
		d.stick.mu.Unlock()
		d.do(kiosk.Run{Task: kiosk.TaskStick})
		if got := answer[kiosk.Worked](t, d); got.Trouble.Code != health.Pulled.Code || got.Words != "" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if d.book == nil || len(d.book.Towns()) == 0 || d.book.Err() != nil {
		t.Error("what served does not serve")
	}
}

func TestPracticeIsOpened(t *testing.T) {
	d := open(t, enrolledFolder(t, "http://127.0.0.1:1/"), true)
	for range 2 {
		d.do(kiosk.Run{Task: kiosk.TaskPractice})
		got := answer[kiosk.Opened](t, d)
		if !got.Practice || got.Book == nil || !got.Book.Manifest().Synthetic || len(got.Book.Surnames("420581104212")) == 0 {
			t.Errorf("%+v", got)
		}
		closeBook(got.Book)
		d.until(func() bool { return len(d.running) == 0 })
	}
	if err := os.RemoveAll(filepath.Join(d.data, practiceFolder)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.data, practiceFolder), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.do(kiosk.Run{Task: kiosk.TaskPractice})
	if got := answer[kiosk.Worked](t, d); got.Task != kiosk.TaskPractice || got.Trouble.Code != health.NoPractice.Code {
		t.Errorf("%+v", got)
	}
}

// Whoever stops practice before it has begun and asks again at once is taken there.
func TestPracticeIsAskedForTwice(t *testing.T) {
	d := open(t, enrolledFolder(t, "http://127.0.0.1:1/"), true)
	for range 20 {
		d.do(kiosk.Run{Task: kiosk.TaskPractice})
		d.do(kiosk.Cancel{Task: kiosk.TaskPractice})
	}
	d.do(kiosk.Run{Task: kiosk.TaskPractice})
	closeBook(answer[kiosk.Opened](t, d).Book)
}

// TestAnUpdateCanBeStopped while an office keeps it waiting.
func TestAnUpdateCanBeStopped(t *testing.T) {
	d := open(t, enrolledFolder(t, silentOffice(t)), false)
	for _, stop := range []func(){
		func() { d.do(kiosk.Cancel{Task: kiosk.TaskUpdate}) },
		func() { d.do(kiosk.Keep{Settings: kiosk.Settings{Offline: true}}) },
	} {
		d.do(kiosk.Run{Task: kiosk.TaskUpdate})
		answer[kiosk.Working](t, d)
		stop()
		if got := answer[kiosk.Worked](t, d); got.Words != "" || got.Trouble.Code != "" && got.Trouble.Code != health.Offline.Code {
			t.Errorf("%+v", got)
		}
	}
}
