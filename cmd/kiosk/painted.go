package main

import (
	"errors"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"mingbai.local/app/kiosk"
)

// firstPages notes in the log what is first on the screen, up to the first page with data, and how long the process has been
// running then, so that the time from exec to the first page can be read from outside. What a visitor opens is nobody's business.
func firstPages() func(kiosk.Page) {
	done := false
	return func(page kiosk.Page) {
		if !done {
			note(page)
		}
		done = done || page != kiosk.PageEmpty
	}
}

func note(page kiosk.Page) {
	age, err := processAge()
	if err != nil {
		slog.Info("painted", "page", page, "pid", os.Getpid())
		return
	}
	slog.Info("painted", "page", page, "since_start_ms", age.Milliseconds(), "pid", os.Getpid())
}

// processAge is the time since exec, to ten milliseconds: the kernel's clock counts from its boot in hundredths of a second.
func processAge() (time.Duration, error) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, err
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0, err
	}
	// The second field is the program's name in brackets and may hold spaces; the 22nd is the start.
	const start = 22 - 3
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields, up := strings.Fields(rest), strings.Fields(string(uptime))
	if len(fields) <= start || len(up) == 0 {
		return 0, errors.New("unknown form of /proc/self/stat")
	}
	ticks, err := strconv.ParseInt(fields[start], 10, 64)
	if err != nil {
		return 0, err
	}
	seconds, err := strconv.ParseFloat(up[0], 64)
	if err != nil {
		return 0, err
	}
	return time.Duration(seconds*float64(time.Second)) - time.Duration(ticks)*10*time.Millisecond, nil
}
