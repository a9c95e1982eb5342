package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"

	"mingbai.local/app/kiosk"
)

func TestSettingsAreReadAsTheyWereKept(t *testing.T) {
	data := t.TempDir()
	if s, err := readSettings(data); err != nil || s != defaults() {
		t.Errorf("a new machine: %+v, %v", s, err)
	}
	want := kiosk.Settings{
		Offline: true, Volume: 10, Opens: 480, Closes: 1080, Fit: kiosk.Fit{PxPerMM: 4.03, Touch: [6]float64{0, -1, 1920, 1, 0, 0}}, Printer: "HP_1020", Paper: "80mm",
	}
	if err := writeSettings(data, want); err != nil {
		t.Fatal(err)
	}
	if got, err := readSettings(data); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

// What cannot be meant is as on a new machine, and the rest stays: offline above all.
func TestSpoiltSettings(t *testing.T) {
	for text, want := range map[string]func(*kiosk.Settings){
		"":                                       func(*kiosk.Settings) {},
		"\x00\xff":                               func(*kiosk.Settings) {},
		`{"volume":`:                             func(*kiosk.Settings) {},
		`[]`:                                     func(*kiosk.Settings) {},
		`{"volume":11}`:                          func(*kiosk.Settings) {},
		`{"volume":-1}`:                          func(*kiosk.Settings) {},
		`{"volume":"loud","offline":true}`:       func(s *kiosk.Settings) { s.Offline = true },
		`{"offline":true,"touch":[0,0,0,0,0,1]}`: func(s *kiosk.Settings) { s.Offline = true },
		`{"opens":99999,"volume":3}`:             func(s *kiosk.Settings) { s.Volume = 3 },
		`{"px_per_mm":0.0001}`:                   func(*kiosk.Settings) {},
		`{"px_per_mm":1e308,"volume":2}`:         func(s *kiosk.Settings) { s.Volume = 2 },
		`{"printer":"-o raw","volume":2}`:        func(s *kiosk.Settings) { s.Volume = 2 },
		`{"printer":"a b"}`:                      func(*kiosk.Settings) {},
		`{"paper":"` + strings.Repeat("x", 200) + `"}`:   func(*kiosk.Settings) {},
		`{"offline":true}` + strings.Repeat(" ", 20<<10): func(*kiosk.Settings) {},
	} {
		data := t.TempDir()
		if err := os.WriteFile(filepath.Join(data, settingsFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		expected := defaults()
		want(&expected)
		if got, err := readSettings(data); err == nil || got != expected {
			t.Errorf("%.60q is read as %+v, %v", text, got, err)
		}
	}
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, settingsFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := readSettings(data); err == nil || got != defaults() {
		t.Errorf("a folder is read as %+v, %v", got, err)
	}
}

// Whatever is asked for, only what can be read again is kept, and no calibration makes the panel unusable.
func TestOnlySoundSettingsAreKept(t *testing.T) {
	data := t.TempDir()
	kept := func(s kiosk.Settings) bool {
		if writeSettings(data, s) != nil {
			return true
		}
		got, err := readSettings(data)
		m := got.Fit.Touch
		return err == nil && got == s && (m == [6]float64{} || math.Abs(m[0]*m[4]-m[1]*m[3]) > 0.25)
	}
	if err := quick.Check(kept, nil); err != nil {
		t.Error(err)
	}
	if err := writeSettings(data, kiosk.Settings{Fit: kiosk.Fit{Touch: [6]float64{math.NaN()}}}); err == nil {
		t.Error("a calibration that is no number is kept")
	}
}
