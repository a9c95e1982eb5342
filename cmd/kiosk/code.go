package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/health"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/trust"
)

// sealed are the enrolments that were found closed by their codes (封着的入网凭证). A stick may carry those of several villages: the code says which
// is meant.
type sealed struct {
	from  []place  // what could be one
	files [][]byte // what is one
}

const (
	// largestSealed is more than an enrolment ever takes.
	largestSealed = 128 << 10
	// mostSealed is how many are kept: each is tried with the code, which takes a moment.
	mostSealed = 16
)

// lookForSealed looks in the data folder and on the sticks, and tells when something is found, or gone.
func (s *sticks) lookForSealed() {
	dirs := []string{s.p.data}
	for _, medium := range s.media() {
		dirs = append(dirs, medium, filepath.Join(medium, stick.Folder))
	}
	var from []place
	for _, dir := range dirs {
		list, err := readSome(dir)
		if err != nil {
			continue
		}
		for _, e := range list {
			path := filepath.Join(dir, e.Name())
			if p, ok := regular(path, path, dir); ok && p.size <= largestSealed {
				from = append(from, p)
			}
		}
	}
	s.mu.Lock()
	before := s.sealed
	s.mu.Unlock()
	if slices.Equal(from, before.from) {
		return
	}
	now := sealed{from: from}
	for _, p := range from {
		if b, ok := readSealed(p.path); ok && len(now.files) < mostSealed {
			now.files = append(now.files, b)
		}
	}
	s.mu.Lock()
	s.sealed = now
	s.mu.Unlock()
	if found := len(now.files) > 0; found != (len(before.files) > 0) {
		slog.Info("封着的入网凭证", "份数", len(now.files))
		s.tell(kiosk.Sealed{Found: found})
	}
}

// readSealed reads a file to its end only where it begins as a sealed enrolment does.
func readSealed(path string) ([]byte, bool) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	b := make([]byte, 64)
	n, err := io.ReadFull(f, b)
	if err != nil || !trust.IsSealed(b[:n]) {
		return nil, false
	}
	rest, err := io.ReadAll(io.LimitReader(f, largestSealed))
	return append(b, rest...), err == nil
}

// checkCode opens whichever enrolment that code opens, and keeps it: from the next start on this is that query point. There is no end to the tries,
// since a code has sixteen digits.
func (c *chores) checkCode(code string) kiosk.CodeChecked {
	c.stick.mu.Lock()
	files := c.stick.sealed.files
	c.stick.mu.Unlock()
	var bad error
	for _, b := range files {
		e, err := trust.OpenEnrolment(b, code)
		if err == nil {
			if err := keepOpened(c.p.data, e); err != nil {
				slog.Error("enrolment", "err", err)
				return kiosk.CodeChecked{Trouble: conditionOf(health.NotKept)}
			}
			slog.Info("入网了：" + e.Name)
			c.anew()
			return kiosk.CodeChecked{OK: true}
		}
		if !errors.Is(err, trust.ErrCode) {
			bad = err
		}
	}
	if bad != nil {
		slog.Warn("enrolment", "err", bad)
		return kiosk.CodeChecked{Trouble: conditionOf(health.BadSeal)}
	}
	slog.Warn("入网码不对")
	return kiosk.CodeChecked{}
}
