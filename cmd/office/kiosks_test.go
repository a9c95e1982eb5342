package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mingbai.local/cmd/internal/pin"
	"mingbai.local/sync/trust"
)

// enrolled runs enrol and returns what it said and what it made.
func enrolled(t *testing.T, dir string, more ...string) (said string, e trust.Enrolment) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "k.json")
	said = must(t, append([]string{"enrol", "--data", dir, "--name", "白水港村查询点", "--out", out}, more...)...)
	return said, openEnrolment(t, out, saidCode(t, said))
}

// saidCode is the code that enrol printed.
func saidCode(t *testing.T, said string) string {
	t.Helper()
	m := regexp.MustCompile(`入网码是 ([0-9]{4}(?:-[0-9]{4}){3})，`).FindStringSubmatch(said)
	if m == nil {
		t.Fatalf("no code in %q", said)
	}
	return m[1]
}

func openEnrolment(t *testing.T, file, code string) trust.Enrolment {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e, err := trust.OpenEnrolment(b, code)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func opens(t *testing.T, hash, secret string) bool {
	t.Helper()
	h, err := pin.Parse(hash)
	if err != nil {
		t.Fatal(err)
	}
	return h.Is(secret)
}

func TestEnrolmentCarriesAPIN(t *testing.T) {
	dir := published(t)
	said, e := enrolled(t, dir, "--pin", "482913", "--primary", "#0A5C4C")
	if strings.Contains(said, "482913") || !opens(t, e.PIN, "482913") || opens(t, e.PIN, "482914") || e.Primary != "#0A5C4C" {
		t.Errorf("%s %+v", said, e)
	}
	said, e = enrolled(t, dir)
	m := regexp.MustCompile(`口令是 ([0-9]{6})，请当面告诉值守的人`).FindStringSubmatch(said)
	if m == nil || !opens(t, e.PIN, m[1]) || e.Primary != "" {
		t.Errorf("%q, %+v", said, e)
	}
}

func TestEnrolRefusesBadPINsAndColoursBeforeItCountsAKiosk(t *testing.T) {
	dir := published(t)
	for _, c := range []struct{ flag, value, says string }{
		{"--pin", "1234", "6位数字"},
		{"--pin", "abcdef", "6位数字"},
		{"--code", "1234", "16位数字"},
		{"--primary", "red", "red"},
		{"--primary", "#FFF3C4", "不够清楚"},
	} {
		out := filepath.Join(t.TempDir(), "k.json")
		_, errs, code := office(t, "enrol", "--data", dir, "--name", "甲", "--out", out, c.flag, c.value)
		if code != 2 || !strings.Contains(errs, c.says) {
			t.Errorf("%s %s: code %d, %s", c.flag, c.value, code, errs)
		}
	}
	if _, e := enrolled(t, dir); e.Kiosk != "420581-001" {
		t.Errorf("the first kiosk is %s", e.Kiosk)
	}
}
