package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai.local/app/kiosk"
	"mingbai.local/cmd/kiosk/internal/whole"
)

// settingsFile is where what staff have set lies in the data folder.
const settingsFile = "settings.json"

const mostSettings = 16 << 10

// defaults are the settings of a machine on which nobody has set anything.
func defaults() kiosk.Settings { return kiosk.Settings{Volume: 6} }

// keptSettings is the file.
type keptSettings struct {
	Offline bool       `json:"offline"`
	Volume  int        `json:"volume"`
	Opens   int        `json:"opens"`
	Closes  int        `json:"closes"`
	PxPerMM float64    `json:"px_per_mm"`
	Touch   [6]float64 `json:"touch"`
	Printer string     `json:"printer"`
	Paper   string     `json:"paper"`
}

// readSettings reads what staff have set. Whatever cannot be read or cannot be meant is as on a new machine; the error says that
// there was something of the kind, so that staff set it again.
func readSettings(data string) (kiosk.Settings, error) {
	s := defaults()
	b, err := whole.Read(filepath.Join(data, settingsFile), mostSettings)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	k := keptSettings{Volume: s.Volume}
	if err := json.Unmarshal(b, &k); err != nil {
		var wrong *json.UnmarshalTypeError
		if !errors.As(err, &wrong) { // no JSON at all; of a value of the wrong kind the others are still good
			return s, fmt.Errorf("settings: %w", err)
		}
		k, err = k.sound()
		return k.settings(), fmt.Errorf("settings: %w", errors.Join(wrong, err))
	}
	k, err = k.sound()
	return k.settings(), err
}

// sound puts the default where a value cannot be meant, and says where it did.
func (k keptSettings) sound() (keptSettings, error) {
	var wrong []string
	normal := defaults()
	if k.Volume < 0 || k.Volume > 10 {
		wrong, k.Volume = append(wrong, "volume"), normal.Volume
	}
	const day = 24 * 60
	if k.Opens < 0 || k.Opens > day || k.Closes < 0 || k.Closes > day {
		wrong, k.Opens, k.Closes = append(wrong, "hours"), normal.Opens, normal.Closes
	}
	if k.PxPerMM != 0 && !(k.PxPerMM >= 1 && k.PxPerMM <= 40) {
		wrong, k.PxPerMM = append(wrong, "px_per_mm"), 0
	}
	if !mapsAPanel(k.Touch) {
		wrong, k.Touch = append(wrong, "touch"), [6]float64{}
	}
	if !isQueue(k.Printer) {
		wrong, k.Printer = append(wrong, "printer"), ""
	}
	if !isName(k.Paper) {
		wrong, k.Paper = append(wrong, "paper"), ""
	}
	if len(wrong) > 0 {
		return k, fmt.Errorf("settings: %s cannot be meant", strings.Join(wrong, ", "))
	}
	return k, nil
}

// mapsAPanel reports whether a calibration leaves the panel about as large as it is: anything else would lock staff out.
func mapsAPanel(t [6]float64) bool {
	if t == [6]float64{} {
		return true
	}
	for _, v := range t {
		if math.IsNaN(v) || math.Abs(v) > 20_000 {
			return false
		}
	}
	area := math.Abs(t[0]*t[4] - t[1]*t[3])
	return area > 0.25 && area < 4
}

// isName accepts what paper is called.
func isName(s string) bool {
	return len(s) <= 127 && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// isQueue accepts what CUPS calls a queue, or none.
func isQueue(s string) bool {
	return isName(s) && !strings.HasPrefix(s, "-") && !strings.ContainsAny(s, " /#")
}

// writeSettings keeps what staff have set. What cannot be meant is not kept.
func writeSettings(data string, s kiosk.Settings) error {
	k := keptSettings{
		Offline: s.Offline, Volume: s.Volume, Opens: s.Opens, Closes: s.Closes, PxPerMM: s.Fit.PxPerMM, Touch: s.Fit.Touch, Printer: s.Printer, Paper: s.Paper,
	}
	if _, err := k.sound(); err != nil {
		return err
	}
	b, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return whole.Write(filepath.Join(data, settingsFile), append(b, '\n'))
}

func (k keptSettings) settings() kiosk.Settings {
	return kiosk.Settings{
		Offline: k.Offline, Volume: k.Volume, Opens: k.Opens, Closes: k.Closes, Fit: kiosk.Fit{PxPerMM: k.PxPerMM, Touch: k.Touch},
		Printer: k.Printer, Paper: k.Paper,
	}
}
