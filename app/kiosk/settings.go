package kiosk

import "time"

// Settings (设置) is what staff have set on this machine; it outlives visits and restarts.
type Settings struct {
	// Offline is 离线运行: no network call at all.
	Offline bool
	// Volume is how loud the machine reads, from 0, which is silent, to 10.
	Volume int
	// Opens and Closes are minutes after midnight in China between which the panel shows itself; equal is always. A touch wakes
	// it at any hour.
	Opens, Closes int
	Fit           Fit
	// Printer is the name of a CUPS queue, empty where there is none; Paper is what lies in it.
	Printer string
	Paper   string
}

// Fit (校准) is how the panel at hand differs from what is known of it.
type Fit struct {
	// PxPerMM is pixels per millimetre as measured with the ruler; 0 takes the enrolment's diagonal.
	PxPerMM float64
	// Touch maps where the panel reports a finger to where it is, both in pixels: x' = T0·x + T1·y + T2, y' = T3·x + T4·y + T5.
	// All zero maps nothing.
	Touch [6]float64
}

// open reports whether the panel shows itself at that time.
func (s Settings) open(now time.Time) bool {
	if s.Opens == s.Closes || now.IsZero() {
		return true
	}
	t := now.In(china)
	minute := t.Hour()*60 + t.Minute()
	if s.Opens < s.Closes {
		return minute >= s.Opens && minute < s.Closes
	}
	return minute >= s.Opens || minute < s.Closes
}
