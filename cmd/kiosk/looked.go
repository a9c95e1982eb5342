package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"

	"mingbai.local/cmd/kiosk/internal/whole"
	"mingbai.local/sync/health"
)

// lookedFile is where what the last look at the office came upon lies in the data folder, so that kiosk status beside a running kiosk says what
// its staff's page says.
const lookedFile = "looked.json"

const mostLooked = 64 << 10

// readLooked reads it. What cannot be read is looked at again soon.
func readLooked(data string) (found []condition) {
	b, err := whole.Read(filepath.Join(data, lookedFile), mostLooked)
	if err == nil {
		err = json.Unmarshal(b, &found)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("looked", "err", err)
		return nil
	}
	return found
}

// found notes what a look at the office came upon. What was not there before goes to the log in words.
func (p *point) found(conditions []health.Condition) {
	p.mu.Lock()
	before := p.looked
	p.looked = conditions
	p.mu.Unlock()
	for _, c := range conditions {
		if !slices.Contains(before, c) {
			slog.Warn(c.Words, "code", c.Code)
		}
	}
	p.keepFound(conditions)
}

// keepFound writes it down where it is something else than before.
func (p *point) keepFound(conditions []health.Condition) {
	told := tellable(conditions)
	if slices.Equal(told, readLooked(p.data)) {
		return
	}
	b, err := json.Marshal(told)
	if err == nil {
		err = whole.Write(filepath.Join(p.data, lookedFile), append(b, '\n'))
	}
	if err != nil {
		slog.Warn("looked", "err", err)
	}
}

// tellable are conditions as they are printed.
func tellable(found []health.Condition) []condition {
	out := []condition{}
	for _, c := range conditionsOf(found) {
		out = append(out, condition(c))
	}
	return out
}

// spelt are conditions as one line.
func spelt(found ...health.Condition) (line string) {
	for _, c := range tellable(found) {
		line += c.String()
	}
	return line
}
