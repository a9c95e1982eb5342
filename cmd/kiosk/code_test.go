package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/health"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/trust"
)

// closed is a sealed enrolment of a kiosk of that name.
func closed(t *testing.T, o *officetest.Office, name, code string) []byte {
	t.Helper()
	e, err := o.Enrolment("http://127.0.0.1:1/")
	if err != nil {
		t.Fatal(err)
	}
	e.Name = name
	b, err := e.Seal(code)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	hisCode   = "1234-5678-1234-5678"
	otherCode = "1234-5678-1234-5670"
)

// looksForSealed is what the watch tells: nothing, or whether there is something sealed.
func (d desk) looksForSealed(t *testing.T) (said []bool) {
	t.Helper()
	s := newSticks(d.point, func(m kiosk.Msg) { said = append(said, m.(kiosk.Sealed).Found) })
	s.sealed = d.stick.sealed
	s.lookForSealed()
	s.lookForSealed()
	d.stick.mu.Lock()
	d.stick.sealed = s.sealed
	d.stick.mu.Unlock()
	return said
}

// TestTheCodeSaysWhichEnrolmentIsMeant: a stick carries those of two villages, among them whatever else a stick holds.
func TestTheCodeSaysWhichEnrolmentIsMeant(t *testing.T) {
	o := officetest.New(t, "420581", "宜都市")
	data := t.TempDir()
	d := open(t, data, true)
	begun := 0
	d.anew = func() { begun++ }
	d.chores.stop() // the watch tells nothing more; the test looks itself
	medium := plug(t, d.sticks, "KINGSTON", "照片.jpg", "x.enrol")
	if err := syscall.Mkfifo(filepath.Join(medium, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := d.looksForSealed(t); len(said) != 0 {
		t.Fatalf("nothing is sealed, and said is %v", said)
	}
	put(t, closed(t, o, "白水港村查询点", hisCode), medium, "白水港.enrol")
	put(t, closed(t, o, "杨家畈村查询点", otherCode), medium, "mingbai", "杨家畈.enrol")
	if said := d.looksForSealed(t); len(said) != 1 || !said[0] {
		t.Fatalf("said is %v", said)
	}
	if got := d.checkCode("1111222233334444"); got.OK || got.Trouble.Words != "" || begun != 0 {
		t.Errorf("a wrong code: %+v", got)
	}
	if _, err := os.Stat(filepath.Join(data, enrolled)); err == nil {
		t.Error("a wrong code enrols")
	}
	if got := d.checkCode("1234567812345670"); !got.OK || begun != 1 {
		t.Fatalf("the right one: %+v, begun anew %d times", got, begun)
	}
	info, err := os.Stat(filepath.Join(data, enrolled))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if again, err := newPoint(data, ""); err != nil || again.enrolment.Name != "杨家畈村查询点" {
		t.Errorf("the next start: %v", err)
	}
	if err := os.RemoveAll(medium); err != nil {
		t.Fatal(err)
	}
	if said := d.looksForSealed(t); len(said) != 1 || said[0] {
		t.Errorf("pulled out, and said is %v", said)
	}
}

// TestASealThatIsBroken: the file in the data folder is half there, or nobody can write it down when it is opened.
func TestASealThatIsBroken(t *testing.T) {
	o := officetest.New(t, "420581", "宜都市")
	data := t.TempDir()
	d := open(t, data, true)
	d.chores.stop()
	b := closed(t, o, "白水港村查询点", hisCode)
	put(t, b[:len(b)/2], data, "kiosk.enrol")
	d.looksForSealed(t)
	if got := d.checkCode("1234567812345678"); got.OK || got.Trouble != conditionOf(health.BadSeal) {
		t.Errorf("half of it: %+v", got)
	}
	put(t, append(bytes.Clone(b), make([]byte, largestSealed)...), data, "kiosk.enrol")
	if said := d.looksForSealed(t); len(said) != 1 || said[0] {
		t.Errorf("an endless one: %v", said)
	}
	put(t, b, data, "kiosk.enrol")
	d.looksForSealed(t)
	if err := os.MkdirAll(filepath.Join(data, enrolled, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := d.checkCode("1234567812345678"); got.OK || got.Trouble != conditionOf(health.NotKept) {
		t.Errorf("nowhere to keep it: %+v", got)
	}
	if trust.IsSealed(b[:64]) != true {
		t.Error("a sealed enrolment is not known by its beginning")
	}
}
