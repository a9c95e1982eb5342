package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/trust"
)

// canFill says whether this machine's own edition can be written onto that stick: a folder, not a pack that stands for one, and on the disk lies
// what was believed last, not an edition that staff or the program have gone back to.
func (p *point) canFill(at place) bool {
	info, err := os.Stat(at.medium)
	return err == nil && info.IsDir() && p.hasNewest()
}

// hasNewest says whether the edition that serves is the one that was believed last.
func (p *point) hasNewest() bool {
	_, memory, err := p.store.Trust()
	if err != nil {
		return false
	}
	seen, err := trust.ParseSeen(memory)
	g, ok, current := p.store.Current()
	return err == nil && current == nil && ok && g.Number == seen.Edition
}

// fillStick writes the edition that this machine has onto the stick, whose own is older: it is on its way to the next village.
func (c *chores) fillStick(ctx context.Context) (words string, trouble kiosk.Condition) {
	p := c.p
	return c.onStick(func(at place, _ kiosk.Stick, d depot.Depot) (string, kiosk.Condition) {
		if !p.canFill(at) {
			return "", conditionOf(health.NotOurs)
		}
		done, err := p.turns.staff(ctx) // an update would delete what is being copied
		if err != nil {
			return "", kiosk.Condition{}
		}
		defer done()
		others := []depot.Depot{d}
		if online, hangUp, ok := p.line.use(ctx); ok {
			defer hangUp()
			if office, err := depot.HTTP(p.enrolment.Office, depot.Stall); err == nil {
				defer office.Close()
				others = append(others, during{office, online})
			}
		}
		own, err := stick.FromKiosk(p.store, p.enrolment.Root, others...)
		if err != nil {
			slog.Warn("stick", "err", err)
			return "", conditionOf(health.NotOurs)
		}
		out, err := stick.Fill(ctx, stick.Filling{
			From: own, To: at.medium, Now: p.clock.now(),
			Card:     stick.Card{County: p.enrolment.County, CountyName: p.enrolment.CountyName, Root: p.enrolment.Root},
			Progress: writing(func(w kiosk.Working) { c.send(w) }, time.Now),
		})
		switch {
		case err != nil && ctx.Err() != nil:
			return "", kiosk.Condition{}
		case err != nil:
			slog.Warn("stick", "err", err)
			return "", unfilled(err, at)
		}
		return fmt.Sprintf("U盘里现在是第%d期，数据截至%s。可以拔出来，带到下一个村去用。", out.Edition, disclosure.Date(out.AsOf).Chinese()), kiosk.Condition{}
	})
}

// during is a depot for as long as the network may be used.
type during struct {
	depot.Depot
	line context.Context //nolint:containedctx // it ends what is under way
}

func (d during) Open(_ context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	return d.Depot.Open(d.line, path, offset, limit)
}

// unfilled is why a stick could not be written.
func unfilled(err error, at place) kiosk.Condition {
	var medium *stick.MediumError
	var space *stick.NoSpace
	_, gone := os.Lstat(at.medium)
	switch {
	case errors.As(err, &medium) && (gone != nil || !at.there()):
		c := conditionOf(health.Pulled)
		c.Words, c.Remedy = "U盘写到一半拔出来了。写好的都还在。", "请重新插好，再点一次，就接着写。"
		return c
	case errors.As(err, &space):
		return conditionOf(health.NoRoom)
	case errors.Is(err, stick.ErrBusy):
		return conditionOf(health.Busy)
	case errors.As(err, &medium), errors.Is(err, stick.ErrInTheWay):
		return conditionOf(health.WontTake)
	case errors.Is(err, trust.ErrRollback):
		return conditionOf(health.Swapped)
	}
	return conditionOf(health.NotOurs)
}

// writing tells how far a filling is, at most four times a second.
func writing(send func(kiosk.Working), now func() time.Time) func(stick.Progress) {
	var pace stick.Pace
	var said time.Time
	return func(p stick.Progress) {
		at := now()
		pace.Tell(p, at)
		if p.Stage != stick.Copying || at.Sub(said) < saysEvery && p.Done < p.Total {
			return
		}
		said = at
		send(kiosk.Working{Task: kiosk.TaskFill, Done: p.Done, Total: p.Total, Left: pace.Left(at)})
	}
}

// mendFromStick brings back what the disk has lost from a stick that carries the same edition: the way of a machine without a network.
func (c *chores) mendFromStick(ctx context.Context) (words string, trouble kiosk.Condition) {
	p := c.p
	return c.onStick(func(at place, _ kiosk.Stick, d depot.Depot) (string, kiosk.Condition) {
		done, err := p.turns.staff(ctx)
		if err != nil {
			return "", kiosk.Condition{}
		}
		m := newMeter(kiosk.TaskMend, func(w kiosk.Working) { c.send(w) }, time.Now)
		var read pull.Progress
		j := p.job()
		j.Depot, j.Carrier, j.Progress = d, trust.Stick, noting(&read, m.progress)
		_, err = pull.Refill(ctx, j)
		done()
		if err != nil {
			slog.Warn("stick", "err", err)
			return "", c.troubleAt(ctx, err, at, read)
		}
		if left := p.restock(ctx, c.send); left.Well() {
			return "补好了，本机的数据又是完好的。", kiosk.Condition{}
		}
		return "补好了现在这一期。退回上一期用的还缺一些，不影响查询。", kiosk.Condition{}
	})
}
