package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/app/practice"
	"mingbai.local/sync/health"
)

// practiceFolder is where the book of the made-up county lies in the data folder. It is built anew whenever somebody practises.
const practiceFolder = "practice"

// practise goes over to the made-up county. Whoever has stopped waiting for it by then is not taken there.
func (c *chores) practise(ctx context.Context) (words string, trouble kiosk.Condition) {
	b, err := c.p.practiceBook(ctx, c.p.clock.now())
	switch {
	case ctx.Err() != nil:
		if err == nil {
			closeBook(b)
		}
	case err != nil:
		slog.Error("practice", "err", err)
		return "", conditionOf(health.NoPractice)
	default:
		c.send(kiosk.Opened{Book: b, SyncedAt: c.p.clock.now(), Practice: true})
	}
	return "", kiosk.Condition{}
}

func (p *point) practiceBook(ctx context.Context, now time.Time) (*book.Book, error) {
	contents, err := practice.Contents(disclosure.Code(p.enrolment.Place), disclosure.Date(now.In(china).Format(time.DateOnly)))
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(p.data, practiceFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "book.db")
	if err := book.Build(ctx, contents, path); err != nil {
		return nil, err
	}
	return book.Open(path)
}
