package kiosk

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
)

// The hand-made county of the stories: its places.
const (
	zhicheng   = "420581101000"
	honghuatao = "420581102000"
	baishui    = "420581101201" // where the kiosk stands
	chenjia    = "420581101202"
	laowu      = "420581101203" // merged into baishui
	yangjia    = "420581102201"
)

var config = Config{
	County: "420581", CountyName: "宜都市", Emblem: "宜", Kiosk: "YD-07", KioskName: "白水港村查询点",
	Village: baishui, Version: "0.1.0",
}

// morning is when the stories begin.
var morning = time.Date(2026, 11, 21, 10, 0, 0, 0, china)

// county is the hand-made county of the stories.
func county() []any { return booktest.County() }

// open builds a book of the records.
func open(t testing.TB, records ...any) *book.Book {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book")
	if err := book.Build(context.Background(), booktest.FS(records...), path); err != nil {
		t.Fatal(err)
	}
	b, err := book.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// started is a kiosk of the hand-made county that nobody has touched yet.
func started(t testing.TB) Model {
	t.Helper()
	m := New(config)
	m = send(m, Tick{morning}, Opened{Book: open(t, county()...), SyncedAt: morning.Add(-46 * time.Minute)})
	return m
}

// askedFor is what the kiosk asked for when messages were last sent to it.
var askedFor []Cmd

// send passes messages one after another.
func send(m Model, msgs ...Msg) Model {
	askedFor = nil
	for _, msg := range msgs {
		var cmds []Cmd
		m, cmds = Update(m, msg)
		askedFor = append(askedFor, cmds...)
	}
	return m
}

// edition is the head of another edition with its data reaching to that day.
func edition(asOf string) booktest.Edition {
	return booktest.Edition{
		County: "420581", CountyName: "宜都市", Number: 2, AsOf: asOf, PublishedAt: asOf + "T09:14:00+08:00", Synthetic: true,
	}
}
