package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	logFolder = "log"
	logFile   = "kiosk.log"
	// mostLog is how large the log grows before it is put aside, and mostLine how long a line is: with what was put aside the log
	// stays under 1 MB.
	mostLog  = 480 << 10
	mostLine = 2 << 10
	// readLines is how many lines staff see.
	readLines = 500
)

// journal keeps the log's last lines in the data folder (日志): what the machine did, never what a visitor looked up. It may fail;
// the kiosk goes on.
type journal struct {
	dir string
	mu  sync.Mutex
	bad bool // the last line could not be written
}

// broken says that the log is not kept.
func (j *journal) broken() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.bad
}

func newJournal(data string) *journal { return &journal{dir: filepath.Join(data, logFolder)} }

func (j *journal) path() string  { return filepath.Join(j.dir, logFile) }
func (j *journal) aside() string { return j.path() + ".1" }

// longNumber is a number as long as an ID or a bank card's. Nothing that is logged should hold one.
var longNumber = regexp.MustCompile(`[0-9]{15,}[0-9Xx]?`)

// write adds a line.
func (j *journal) write(at time.Time, text string) error {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, longNumber.ReplaceAllString(strings.ToValidUTF8(text, "?"), "…"))
	if len(text) > mostLine {
		text = strings.ToValidUTF8(text[:mostLine], "")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.append(at, text)
	j.bad = err != nil
	return err
}

func (j *journal) append(at time.Time, text string) error {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	if info, err := os.Lstat(j.path()); err == nil && info.Size() > mostLog {
		if err := os.Rename(j.path(), j.aside()); err != nil {
			return fmt.Errorf("log: %w", err)
		}
	}
	f, err := os.OpenFile(j.path(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %s\n", at.In(china).Format(time.DateTime), text)
	return errors.Join(err, f.Close())
}

// china is where every query point stands, whatever the machine's zone.
var china = time.FixedZone("CST", 8*60*60)

// lines are the last ones in words, the newest first. What is not in words is for whoever reads the file.
func (j *journal) lines() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []string
	for _, path := range []string{j.path(), j.aside()} {
		all := linesOf(path)
		slices.Reverse(all)
		for _, l := range all {
			if words, ok := inWords(l); ok && len(out) < readLines {
				out = append(out, words)
			}
		}
	}
	return out
}

func linesOf(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 2*mostLog))
	if err != nil && !errors.Is(err, fs.ErrClosed) {
		return nil
	}
	var out []string
	for l := range bytes.Lines(b) {
		out = append(out, string(bytes.TrimRight(l, "\n")))
	}
	return out
}

// inWords is a line as staff read it, ok where it was written for them.
func inWords(line string) (string, bool) {
	if len(line) <= len(time.DateTime) {
		return "", false
	}
	at, err := time.ParseInLocation(time.DateTime, line[:len(time.DateTime)], china)
	words := strings.TrimSpace(line[len(time.DateTime):])
	first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(words, "U"))
	if err != nil || !unicode.Is(unicode.Han, first) {
		return "", false
	}
	return fmt.Sprintf("%d月%d日%s　%s", at.Month(), at.Day(), at.Format("15:04"), words), true
}

// tee is the log of the process with the journal beside it.
type tee struct {
	slog.Handler
	journal *journal
}

// Handle writes a record to both. That the journal cannot be written is nothing that it could say.
func (t tee) Handle(ctx context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		switch value := a.Value.String(); {
		case a.Key == "code" && value != "":
			fmt.Fprintf(&b, "（%s）", value)
		case a.Key != "code":
			fmt.Fprintf(&b, " %s %s", a.Key, value)
		}
		return true
	})
	return errors.Join(t.journal.write(r.Time, b.String()), t.Handler.Handle(ctx, r))
}
