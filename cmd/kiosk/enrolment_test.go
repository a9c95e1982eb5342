package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mingbai.local/sync/trust"
)

// sealedKiosk enrols a kiosk; the file stays sealed.
func sealedKiosk(t *testing.T, office string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "kiosk.enrol")
	program(t, shared.office, "enrol", "--data", office, "--name", village+"查询点", "--place", villageCode, "--office", "http://127.0.0.1:1/", "--out", file, "--code", code)
	return file
}

// program runs one of the built programs, which must end well.
func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// fails runs one that must not.
func fails(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err == nil {
		t.Fatalf("%s %s ended well: %s", filepath.Base(name), strings.Join(args, " "), out)
	}
	return string(out)
}

// officeOf is an office of its own, with what the shared one has published.
func officeOf(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	if err := os.CopyFS(dir, os.DirFS(shared.data)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// An enrolment that is found on the way is worth nothing without its code.
func TestASealedEnrolmentOpensWithItsCode(t *testing.T) {
	file, data := sealedKiosk(t, shared.data), t.TempDir()
	depot := filepath.Join(shared.data, "public")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte(village)) || !trust.IsSealed(b) {
		t.Errorf("it lies open: %.200s", b)
	}
	for _, c := range []struct{ code, says string }{{"", "--code"}, {"1234-5678-1234-5679", "入网码不对"}, {"1234", "入网码不对"}} {
		if out := fails(t, shared.kiosk, "pull", "--data", data, "--enrolment", file, "--code", c.code, "--from", depot); !strings.Contains(out, c.says) {
			t.Errorf("code %q: %s", c.code, out)
		}
	}
	cut := filepath.Join(t.TempDir(), "cut")
	if err := os.WriteFile(cut, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if out := fails(t, shared.kiosk, "pull", "--data", data, "--enrolment", cut, "--code", code, "--from", depot); !strings.Contains(out, "重新要一份") {
		t.Errorf("half of it: %s", out)
	}
	if _, err := os.Stat(filepath.Join(data, "enrolment.json")); err == nil {
		t.Error("a kiosk was enrolled all the same")
	}
	// Said without hyphens, as over the telephone.
	program(t, shared.kiosk, "pull", "--data", data, "--enrolment", file, "--code", strings.ReplaceAll(code, "-", ""), "--from", depot)
	info, err := os.Stat(filepath.Join(data, "enrolment.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	program(t, shared.kiosk, "pull", "--data", data, "--from", depot)
}

// A kiosk is stolen. The office strikes it off, which changes the county's key; the next edition reaches every other kiosk as always, over a
// stick too, and the stolen one cannot open it.
func TestAStolenKioskCannotOpenTheNextEdition(t *testing.T) {
	office := officeOf(t)
	good, stolen := t.TempDir(), t.TempDir()
	depot := filepath.Join(office, "public")
	for _, data := range []string{good, stolen} {
		program(t, shared.kiosk, "pull", "--data", data, "--enrolment", sealedKiosk(t, office), "--code", code, "--from", depot)
	}
	before := shards(t, depot)
	id := kioskID(t, stolen)
	if out := program(t, shared.office, "keys", "revoke", id, "--data", office); !strings.Contains(out, id) || !strings.Contains(out, "除名") {
		t.Error(out)
	}
	for _, c := range []struct{ id, says string }{{id, "早已除名"}, {"420581-999", "没有编号"}} {
		if out := fails(t, shared.office, "keys", "revoke", c.id, "--data", office); !strings.Contains(out, c.says) {
			t.Error(out)
		}
	}
	program(t, shared.office, "publish", "--data", office)
	if after := shards(t, depot); len(after) != 2*len(before) {
		t.Errorf("%d shards were closed anew, of %d", len(after)-len(before), len(before))
	}
	pack := filepath.Join(t.TempDir(), "a.kpack")
	program(t, shared.office, "pack", "--data", office, "--out", pack)
	edition := func(data string) int64 {
		var st struct {
			Edition int64 `json:"edition"`
		}
		if err := json.Unmarshal([]byte(program(t, shared.kiosk, "status", "--data", data, "--json")), &st); err != nil {
			t.Fatal(err)
		}
		return st.Edition
	}
	was := edition(good)
	program(t, shared.kiosk, "pull", "--data", good, "--from", pack)
	if now := edition(good); now != was+1 {
		t.Errorf("the good kiosk is at edition %d after %d", now, was)
	}
	if out := fails(t, shared.kiosk, "pull", "--data", stolen, "--from", depot); !strings.Contains(out, "not handed to this kiosk") {
		t.Errorf("the stolen kiosk: %s", out)
	}
	if now := edition(stolen); now != was {
		t.Errorf("the stolen kiosk is at edition %d", now)
	}
	// It lies on the good kiosk under its name, and the earlier one is still there for the edition before.
	program(t, shared.kiosk, "back", "--data", good)
	if now := edition(good); now != was {
		t.Errorf("gone back to edition %d", now)
	}
	// A kiosk that is enrolled now has the new key from the beginning, one that slept gets it later, and a second change reaches both.
	late := t.TempDir()
	program(t, shared.kiosk, "pull", "--data", late, "--enrolment", sealedKiosk(t, office), "--code", code, "--from", depot)
	if _, err := os.Stat(filepath.Join(late, "keys.json")); err == nil {
		t.Error("a new kiosk was handed what its enrolment has")
	}
	program(t, shared.office, "keys", "county", "--data", office)
	program(t, shared.office, "publish", "--data", office)
	for _, data := range []string{good, late} {
		program(t, shared.kiosk, "pull", "--data", data, "--from", depot)
		if now := edition(data); now != was+2 {
			t.Errorf("after the second change at edition %d", now)
		}
	}
	info, err := os.Stat(filepath.Join(good, "keys.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func kioskID(t *testing.T, data string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "enrolment.json"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := trust.ParseEnrolment(b)
	if err != nil {
		t.Fatal(err)
	}
	return e.Kiosk
}

func shards(t *testing.T, depot string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(depot, "s", "*", "*"))
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	return found
}
