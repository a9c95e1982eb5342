package main_test

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/app/screen"
	"mingbai.local/assets/font"
	"mingbai.local/cmd/internal/finger"
)

// TestTheRightCodeBeginsAnew: the window itself, not a tour of it, takes the code and comes back as the query point that it is from then on.
func TestTheRightCodeBeginsAnew(t *testing.T) {
	data := t.TempDir()
	b, err := os.ReadFile(sealedKiosk(t, shared.data))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "kiosk.enrol"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	k := start(t, "bash", "-c", `echo "display $DISPLAY" >&2; exec "$@"`, "sh", shared.kiosk, "--data", data, "--window", "1080x1920", "--offline")
	display, ok := strings.CutPrefix(k.line(t, "display "), "display ")
	if !ok {
		t.Fatal(display)
	}
	first := k.line(t, "msg=painted")
	f, err := finger.On(display, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pad, _ := kiosk.Update(kiosk.New(kiosk.Config{}), kiosk.Sealed{Found: true})
	keys := map[string]screen.Rect{}
	for range len(code) { // while nothing is typed some keys are dead, and when all is others
		for _, a := range screen.Layout(pad.View(), screen.Panel{WidthPx: 1080, HeightPx: 1920}, font.Width).Areas {
			keys[a.Label] = a.Rect
		}
		pad, _ = kiosk.Update(pad, kiosk.Digit{})
	}
	one, three := keys["1"], keys["3"]
	field := image.Rect(int(one.X), int(one.Y-one.H/2), int(three.X+three.W), int(one.Y-one.H/6))
	looks := func() string {
		b, err := f.Glance(field)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	tap := func(label string) {
		r := keys[label]
		if err := f.Tap(int(r.X+r.W/2), int(r.Y+r.H/2), true); err != nil {
			t.Fatal(err)
		}
	}
	enrolled := func() bool { _, err := os.Stat(filepath.Join(data, "enrolment.json")); return err == nil }
	// The first time the pad may not be on show yet, and what comes of that is a wrong code.
	for tries := 0; ; tries++ {
		for digit := range strings.SplitSeq(strings.ReplaceAll(code, "-", ""), "") {
			before := looks()
			tap(digit)
			within(5*time.Second, func() bool { return looks() != before })
		}
		tap("确定")
		if within(5*time.Second, enrolled) {
			break
		}
		if tries == 5 {
			t.Fatal("the code is not taken")
		}
		for range len(code) {
			tap("退格")
		}
	}
	again := k.line(t, "msg=painted")
	if _, pid, _ := strings.Cut(first, "pid="); !strings.HasSuffix(again, "pid="+pid) {
		t.Errorf("%s, then %s", first, again)
	}
	if e, err := os.ReadFile(filepath.Join(data, "enrolment.json")); err != nil || !strings.Contains(string(e), village) {
		t.Errorf("%.100s, %v", e, err)
	}
}

// line waits for what the kiosk says with those words.
func (k *running) line(t *testing.T, words string) string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, ok := <-k.lines:
			if !ok {
				t.Fatalf("the kiosk ended before %q", words)
			}
			if strings.Contains(line, words) {
				return line
			}
		case <-late:
			t.Fatalf("within a minute it did not say %q", words)
		}
	}
}

// within waits until something is so, at most that long.
func within(limit time.Duration, so func() bool) bool {
	late := time.After(limit)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case <-late:
			return false
		}
	}
	return true
}
