package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mingbai.local/cmd/internal/pin"
	"mingbai.local/sync/edition"
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

func FuzzPanel(f *testing.F) {
	f.Add("1080x1920@21.5")
	f.Add("1080x1920")
	f.Add("1080x1920@" + strings.Repeat("9", 400))
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePanel(s)
		if err != nil || s == "" {
			return
		}
		if b, err := json.Marshal(p); err != nil || p.WidthPx < 100 || p.HeightPx < 100 {
			t.Errorf("%q is %s, %v", s, b, err)
		}
	})
}

func FuzzCountyKeyFile(f *testing.F) {
	f.Add(countyKeyLine(newCountyKey()))
	f.Add([]byte("AAAA"))
	f.Fuzz(func(t *testing.T, line []byte) {
		key, ok := parseCountyKey(line)
		if again, same := parseCountyKey(countyKeyLine(key)); ok && (!same || again != key) || !ok && key != (edition.Key{}) {
			t.Errorf("%q: %x, %t, then %x, %t", line, key, ok, again, same)
		}
	})
}

func TestEnrolRefusesBadPINsAndColoursBeforeItCountsAKiosk(t *testing.T) {
	dir := published(t)
	for _, c := range []struct{ flag, value, says string }{
		{"--pin", "1234", "6位数字"},
		{"--pin", "abcdef", "6位数字"},
		{"--code", "1234", "16位数字"},
		{"--primary", "red", "red"},
		{"--primary", "#FFF3C4", "不够清楚"},
		{"--panel", "大屏", "1080x1920"},
	} {
		out := filepath.Join(t.TempDir(), "k.json")
		_, errs, code := office(t, "enrol", "--data", dir, "--name", "甲", "--out", out, c.flag, c.value)
		if code != 2 || !strings.Contains(errs, c.says) {
			t.Errorf("%s %s: code %d, %s", c.flag, c.value, code, errs)
		}
	}
	if _, errs, code := office(t, "enrol", "--data", dir, "--name", "甲", "--out", filepath.Join(t.TempDir(), "k.json"), "--office", "ftp://x"); code != 1 {
		t.Errorf("code %d, %s", code, errs)
	}
	if _, e := enrolled(t, dir); e.Kiosk != "420581-001" {
		t.Errorf("the first kiosk is %s", e.Kiosk)
	}
}

// handed is what a kiosk finds in the depot: whether a county key is handed out there, and whether it can open it.
func handed(t *testing.T, dir string, e trust.Enrolment) (key []byte, err error) {
	t.Helper()
	depot := os.DirFS(filepath.Join(dir, publicDir))
	h, ok, err := trust.HandoutOf(depot)
	if err != nil || !ok {
		t.Fatalf("nothing is handed out: %v", err)
	}
	file, err := fs.ReadFile(depot, trust.HandoutPath(h.SHA256))
	if err != nil {
		t.Fatal(err)
	}
	return trust.OpenCountyKey(file, h.Key, e.Identity)
}

// A kiosk is stolen. It is struck off, the others find the new county key in the next edition, and so they do when it is changed once more.
func TestAStolenKioskIsStruckOff(t *testing.T) {
	dir := published(t)
	_, stolen := enrolled(t, dir)
	_, other := enrolled(t, dir)
	out := must(t, "keys", "revoke", stolen.Kiosk, "--data", dir)
	if !strings.Contains(out, "封给1台") || !strings.Contains(out, stolen.Kiosk) || !strings.Contains(out, "已除名") {
		t.Error(out)
	}
	for n := range 2 {
		must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
		if e := verify(t, dir); e.Number != int64(n+2) { // its shards open with the key that the office has
			t.Errorf("edition %d", e.Number)
		}
		key, err := countyKey(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := handed(t, dir, other); err != nil || !bytes.Equal(got, key[:]) || bytes.Equal(got, other.CountyKey) {
			t.Errorf("the other kiosk: %v", err)
		}
		if _, err := handed(t, dir, stolen); !errors.Is(err, trust.ErrNotForUs) {
			t.Errorf("the stolen kiosk: %v", err)
		}
		must(t, "keys", "county", "--data", dir)
	}
	for id, says := range map[string]string{stolen.Kiosk: "早已除名", "420581-999": "没有编号是"} {
		if _, errs, code := office(t, "keys", "revoke", id, "--data", dir); code != 1 || !strings.Contains(errs, says) {
			t.Errorf("%s: %d %s", id, code, errs)
		}
	}
}

// The power goes after the new county key was sealed and before the kiosk was struck off: it is done again.
func TestARevocationThatWasCutOff(t *testing.T) {
	dir := published(t)
	_, stolen := enrolled(t, dir)
	_, other := enrolled(t, dir)
	l, err := openLedger(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if err := changeCountyKey(t.Context(), env{out: io.Discard, err: io.Discard}, l, dir, stolen.Kiosk); err != nil {
		t.Fatal(err)
	}
	must(t, "keys", "revoke", stolen.Kiosk, "--data", dir)
	must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
	if _, err := handed(t, dir, stolen); !errors.Is(err, trust.ErrNotForUs) {
		t.Errorf("the stolen kiosk: %v", err)
	}
	if _, err := handed(t, dir, other); err != nil {
		t.Error(err)
	}
}
