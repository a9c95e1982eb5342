package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/courier"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/trust"
)

// keepUp brings newer editions in behind the screen, and mends what the disk can mend by itself, until ctx is done; the
// channel is closed when both have ended. Offline, or without an enrolment, it asks nobody.
func (p *point) keepUp(ctx context.Context, send func(kiosk.Msg)) <-chan struct{} {
	var both sync.WaitGroup
	damaged := p.damaged
	p.line.set(!p.shown().Offline)
	p.found(nil) // what the last program came upon may have passed
	both.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-p.spoiled:
				p.mend(ctx, send)
			}
		}
	})
	both.Go(func() { p.clock.keep(ctx) })
	both.Go(func() { p.trial.watch(ctx) })
	both.Go(func() { p.rounds(ctx, send) })
	both.Go(func() {
		if damaged {
			p.mend(ctx, send) // first, because an update and the mending keep each other out
		}
		p.tell(send)
		for p.enrolled && ctx.Err() == nil {
			p.line.wait(ctx, true)
			p.courier(ctx, send)
			p.line.wait(ctx, false) // it came to its end because of that, or with ctx
			p.found(nil)
			p.tell(send)
		}
	})
	done := make(chan struct{})
	go func() {
		both.Wait()
		close(done)
	}()
	return done
}

// courier looks for newer editions while the line is open.
func (p *point) courier(ctx context.Context, send func(kiosk.Msg)) {
	ctx, office, hangUp, err := p.call(ctx)
	if err != nil {
		if !errors.Is(err, errCut) {
			log.Printf("kiosk: %v", err)
		}
		return
	}
	defer hangUp()
	c := courier.Courier{
		Kiosk: p.enrolment.Kiosk, Every: time.Duration(p.enrolment.PollMinutes) * time.Minute, Spread: p.spread(),
		Pull: func(ctx context.Context, l courier.Look) (pull.Result, error) {
			ctx, done, err := p.turns.courier(ctx)
			if err != nil {
				return pull.Result{}, err
			}
			defer done()
			j := p.job()
			j.Depot, j.Progress, j.PastCaches, j.Lacked = office, l.Progress, l.PastCaches, l.Lacked
			return pull.Run(ctx, j)
		},
		Tell:  func(e courier.Event) { p.heard(e, send) },
		Clock: courier.System{},
	}
	if err := c.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		log.Printf("kiosk: %v", err)
	}
}

// call opens the office's depot, for as long as the line is. errCut says that it is not.
func (p *point) call(ctx context.Context) (_ context.Context, office *depot.Remote, hangUp func(), err error) {
	ctx, done, ok := p.line.use(ctx)
	if !ok {
		return nil, nil, nil, errCut
	}
	if office, err = depot.HTTP(p.enrolment.Office, depot.Stall); err != nil {
		done()
		return nil, nil, nil, err
	}
	return ctx, office, func() { office.Close(); done() }, nil
}

// job is an update of this data folder; where it comes from is the caller's to say.
func (p *point) job() pull.Job {
	return pull.Job{
		Shelf: p.store, Enrolment: p.enrolment, Carrier: trust.Network, Now: p.clock.now, Built: builtAt(), Make: p.make, Open: opens,
		Keys: p.keys(),
	}
}

// opens says whether a book can be read.
func opens(path string) error {
	b, err := book.Open(path)
	if err != nil {
		return err
	}
	return b.Close()
}

// builtAt is when the source of this program was committed: no clock can be right that says earlier.
func builtAt() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// spread is over how long the first look at the office is spread.
func (p *point) spread() time.Duration {
	g, ok, err := p.store.Current()
	p.mu.Lock()
	defer p.mu.Unlock()
	return courier.Spread(err == nil && ok && p.book != nil, time.Since(g.SyncedAt))
}

// mend builds the book that should serve again from the shards on the disk. Where that cannot be done, the damaged one is
// taken away, so that the one before it serves.
func (p *point) mend(ctx context.Context, send func(kiosk.Msg)) {
	err := errors.New("without an enrolment there is no key to the shards")
	if p.enrolled {
		for err = pull.Rebuild(ctx, p.job()); pull.FaultOf(err) == pull.Busy && ctx.Err() == nil; err = pull.Rebuild(ctx, p.job()) {
			select { // an update is under way, which may well bring a good book by itself
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	p.mu.Lock()
	broken := p.book
	if err != nil && ctx.Err() == nil {
		if !errors.Is(err, fs.ErrNotExist) {
			log.Printf("kiosk: mend: %v", err)
		}
		if broken != nil && broken.Err() != nil {
			if err := os.Remove(p.store.Book(p.number)); err != nil {
				log.Printf("kiosk: mend: %v", err)
			}
		}
	}
	p.mu.Unlock()
	if !p.reopen(send) {
		send(kiosk.Mending{On: false})
	}
	p.tell(send)
}

// heard translates what the courier tells.
func (p *point) heard(e courier.Event, send func(kiosk.Msg)) {
	switch e := e.(type) {
	case courier.Arrived:
		slog.Info(fmt.Sprintf("收到了第%d期，数据截至%s", e.Edition, disclosure.Date(e.DataAsOf).Chinese()))
		p.reopen(send)
	case courier.Looked:
		if e.Err != nil {
			log.Printf("kiosk: %v", e.Err)
		} else {
			p.clock.confirmed(p.remember())
		}
		p.confirm(send)
		p.found(e.Conditions)
		p.tell(send)
	}
}

// confirm tells the screen when the edition that serves was last confirmed.
func (p *point) confirm(send func(kiosk.Msg)) {
	p.mu.Lock()
	b, before, number := p.book, p.before, p.number
	p.mu.Unlock()
	if g, ok, err := p.store.Current(); err == nil && ok && b != nil && b.Err() == nil && g.Number == number {
		send(kiosk.Opened{Book: b, Before: before, SyncedAt: g.SyncedAt})
	}
}

// reopen opens the book that serves now and hands it to the screen, which closes the one before when nobody reads it. It
// reports whether there is one.
func (p *point) reopen(send func(kiosk.Msg)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	synced, err := p.serve()
	if err != nil {
		log.Printf("kiosk: %v", err)
		return false
	}
	send(kiosk.Opened{Book: p.book, Before: p.before, SyncedAt: synced})
	return true
}
