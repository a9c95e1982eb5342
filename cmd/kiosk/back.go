package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
)

// runBack makes the previous edition serve again. What has been withdrawn since stays withdrawn: the book is built again
// without it.
func runBack(args []string, stdout, stderr io.Writer) int {
	var data string
	err := flags("back", "--data DIR", args, stderr, func(set *flag.FlagSet) { dataFlag(set, &data) })
	if err != nil {
		return fail(stderr, err)
	}
	p, st, err := look(data)
	if err != nil {
		return fail(stderr, err)
	}
	if p.book != nil {
		closeBook(p.book)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	g, err := p.back(ctx)
	if err != nil {
		return fail(stderr, fmt.Errorf("退不回上一期，还是第%d期：%w", st.Edition, err))
	}
	fmt.Fprintf(stdout, "已退回第%d期，数据截至%s。后来撤回的仍然不显示。重新打开程序就能看到。\n", g.Number, g.AsOf)
	return 0
}

// goBack makes the edition before serve again, beside the running screen.
func (c *chores) goBack(ctx context.Context) (words string, trouble kiosk.Condition) {
	done, err := c.p.turns.staff(ctx)
	if err != nil {
		return "", kiosk.Condition{}
	}
	defer done()
	g, err := c.p.back(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return "", kiosk.Condition{}
	case err != nil:
		slog.Error("back", "err", err)
		return "", conditionOf(health.NoBack)
	}
	c.p.reopen(c.send)
	c.p.tell(c.send)
	return fmt.Sprintf("已经退回第%d期，数据截至%s。后来撤回的仍然不显示。", g.Number, disclosure.Date(g.AsOf).Chinese()), kiosk.Condition{}
}

// back makes the previous edition serve again. What has been withdrawn since stays withdrawn: where its book shows any of that it is built
// again without it, and only a book that is built and opens is switched to.
func (p *point) back(ctx context.Context) (edition.Generation, error) {
	g, ok, err := p.store.Previous()
	if err != nil || !ok {
		return g, errors.Join(err, errors.New("there is no previous edition"))
	}
	if current, ok, err := p.store.Current(); err == nil && ok {
		if err := p.noteWithdrawals(current.Number); err != nil {
			slog.Warn("back", "err", err) // it does not open: that may be why staff go back
		}
	}
	if !p.honest(g.Number) {
		if !p.enrolled {
			return g, errors.New("without an enrolment there is no key to the shards")
		}
		j := p.job()
		j.Shelf = before{p.store}
		if err := pull.Rebuild(ctx, j); err != nil {
			return g, err
		}
	}
	return p.store.Back()
}

// honest says whether an edition's book can serve as it is.
func (p *point) honest(number int64) bool {
	b, err := openHonest(p.store.Book(number), readWithdrawn(p.data))
	if err != nil {
		return false
	}
	closeBook(b)
	return true
}

// before is the shelf as it was before the last switch, so that the book of then can be built beside the one that serves.
type before struct{ *store.Store }

func (s before) Current() (edition.Generation, bool, error) { return s.Previous() }
