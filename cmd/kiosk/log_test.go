package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var logged = time.Date(2026, 11, 21, 15, 34, 0, 0, time.UTC)

func TestTheLogIsReadNewestFirstAndInWords(t *testing.T) {
	j := newJournal(t.TempDir())
	if got := j.lines(); len(got) != 0 {
		t.Errorf("a new machine has %q", got)
	}
	log := slog.New(tee{slog.DiscardHandler, j})
	for _, words := range []string{"收到了第1期", "painted", "U盘拔出了"} {
		if err := log.Handler().Handle(context.Background(), slog.NewRecord(logged, slog.LevelInfo, words, 0)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"11月21日23:34　U盘拔出了", "11月21日23:34　收到了第1期"}
	if got := j.lines(); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got)
	}
}

// However long it runs the log stays small, and the newest lines are there.
func TestTheLogStaysUnderAMegabyte(t *testing.T) {
	data := t.TempDir()
	j := newJournal(data)
	for i := range 1200 {
		if err := j.write(logged.Add(time.Duration(i)*time.Minute), "更新没有成功"+strings.Repeat("长", 2000)); err != nil {
			t.Fatal(err)
		}
	}
	var size int64
	files, err := filepath.Glob(filepath.Join(data, logFolder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > 1<<20 || size < mostLog {
		t.Errorf("the log has %d bytes", size)
	}
	if got := j.lines(); len(got) < 200 || !strings.HasPrefix(got[0], "11月22日19:33") {
		t.Errorf("%d lines, the first begins %.40s", len(got), got[0])
	}
	for range 2000 {
		if err := j.write(logged, "短"); err != nil {
			t.Fatal(err)
		}
	}
	if got := j.lines(); len(got) != readLines {
		t.Errorf("%d lines", len(got))
	}
}

func TestTheLogHoldsNoLongNumbersAndNoFoldedLines(t *testing.T) {
	data := t.TempDir()
	j := newJournal(data)
	for _, text := range []string{"更新 42058119900101123X 了", "卡 6222021001112223334", "一\n二\x1b[2J\xff三"} {
		if err := j.write(logged, text); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(j.path())
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if strings.Contains(text, "4205811990") || strings.Contains(text, "62220210") || strings.Count(text, "\n") != 3 || strings.Contains(text, "\x1b") || !utf8.ValidString(text) {
		t.Errorf("%q", text)
	}
	if info, err := os.Stat(j.path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
}

func TestALogThatCannotBeWrittenStopsNothing(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, logFolder), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	j := newJournal(data)
	if j.write(logged, "一") == nil {
		t.Error("a log was written into a file")
	}
	if !j.broken() {
		t.Error("staff are not told")
	}
	if got := j.lines(); got != nil {
		t.Errorf("%q", got)
	}
	var out strings.Builder
	log := slog.New(tee{slog.NewTextHandler(&out, nil), j})
	log.Info("照旧")
	if !strings.Contains(out.String(), "照旧") {
		t.Error("the process no longer says anything")
	}
}
