package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"mingbai.local/cmd/internal/guest"
)

// The county is published twice, so that a kiosk has an edition and the one before it.
var editions = []string{"2026-11-19", "2026-11-20"}

// county makes the data folder of a kiosk with five million payments, unless an earlier run has.
func (b *bench) county() error {
	office, mark := filepath.Join(b.data, "office"), filepath.Join(b.data, fmt.Sprintf("%d.ready", b.options.payments))
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	if err := errors.Join(os.RemoveAll(b.data), os.MkdirAll(b.data, 0o755)); err != nil {
		return err
	}
	sheets, enrolment := filepath.Join(b.data, "sample"), filepath.Join(b.data, "kiosk.json")
	steps := [][]string{
		{"office", "sample", "--county", "420581", "--seed", "1", "--payments", strconv.Itoa(b.options.payments), "--as-of", editions[1], "--out", sheets},
		{"office", "init", "--data", office, "--county", "420581"},
		{"office", "intake", "--data", office, sheets},
		{"office", "enrol", "--data", office, "--name", "查询点", "--place", "420581104212", "--office", "http://127.0.0.1:1/", "--out", enrolment, "--code", code},
	}
	for _, day := range editions {
		steps = append(steps,
			[]string{"office", "publish", "--data", office, "--as-of", day},
			[]string{"kiosk", "pull", "--data", b.kiosk(), "--enrolment", enrolment, "--code", code, "--from", filepath.Join(office, "public")})
	}
	for _, s := range steps {
		fmt.Fprintln(os.Stderr, "  ", strings.Join(s[:2], " "), "…")
		if out, err := exec.Command(filepath.Join(b.bin, s[0]), s[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(s, " "), err, out)
		}
	}
	// The sheets and the office's copies of them are many gigabytes, and nothing reads them any more.
	if err := errors.Join(os.RemoveAll(sheets), os.RemoveAll(filepath.Join(office, "datasets"))); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}

func (b *bench) kiosk() string { return filepath.Join(b.data, "kiosk") }

func (b *bench) program(name string) string { return filepath.Join(b.bin, name) }

// copied is a copy of the kiosk's folder that a part may change, and how many payments it holds.
func (b *bench) copied(name string) (string, error) {
	dir := filepath.Join(b.work, name)
	return dir, os.CopyFS(dir, os.DirFS(b.kiosk()))
}

// payments is how many the kiosk has on disk.
func (b *bench) payments() (int64, error) {
	out, err := exec.Command(b.program("kiosk"), "status", "--data", b.kiosk(), "--json").Output()
	if err != nil {
		return 0, err
	}
	var s struct {
		Datasets map[string]int64 `json:"datasets"`
	}
	err = json.Unmarshal(out, &s)
	return s.Datasets["disbursement"], err
}

// tall is a panel of the density of 1080×1920 on 21.5 inches that has room for eight rows above the pad.
// code opens the enrolment of the measured kiosk.
const code = "1234-5678-1234-5678"

const tallWidth, tallHeight = 1080, 2400

// enrolTall writes that panel into the enrolment of a copy.
func enrolTall(data string) error {
	path := filepath.Join(data, "enrolment.json")
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var e map[string]any
	if err := json.Unmarshal(b, &e); err != nil {
		return err
	}
	inch := 21.5 * math.Hypot(tallWidth, tallHeight) / math.Hypot(1080, 1920)
	e["panel"] = map[string]any{"width_px": tallWidth, "height_px": tallHeight, "diagonal_inch": inch}
	if b, err = json.Marshal(e); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

// home opens the kiosk on a panel and goes home.
func (b *bench) home(data string, width, height int, args ...string) (*guest.Guest, error) {
	g, err := guest.Visit(b.program("kiosk"), data, width, height, args...)
	if err != nil {
		return nil, err
	}
	if _, err := g.Touch("点一下屏幕"); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}
