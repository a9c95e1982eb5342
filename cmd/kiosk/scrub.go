package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
)

// When the disk is read through: while nobody is there, by night once a day, and by day only on a machine that is switched off at night.
const (
	scrubIdle    = 10 * time.Minute
	scrubByNight = 20 * time.Hour
	scrubByDay   = 26 * time.Hour
	scrubFirst   = time.Hour // after the start, when other things are to be done
	nightEnds    = 5         // o'clock
	// scrubSpeed is how many bytes a second are read at most. An edition of five million payments takes less than two minutes.
	scrubSpeed = 16 << 20
)

// watchman (更夫) knows when nobody is there, and what the last round has found.
type watchman struct {
	mu    sync.Mutex
	quiet time.Time // since when nobody is there; zero while somebody is
	night time.Time // when the next round is due by night
	day   time.Time // and by day, which is later as a rule
	last  time.Time // when the last round ended, zero before the first
	found store.Found
}

func newWatchman(now time.Time) *watchman {
	w := &watchman{}
	w.later(now)
	return w
}

// painted is told of each page.
func (w *watchman) painted(page kiosk.Page, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case page != kiosk.PageIdle && page != kiosk.PageRest:
		w.quiet = time.Time{}
	case w.quiet.IsZero():
		w.quiet = now
	}
}

// ready says whether to go round now; hour is what a right clock shows, -1 where there is none.
func (w *watchman) ready(now time.Time, hour int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	due := w.day
	if hour >= 0 && hour < nightEnds {
		due = w.night
	}
	return !w.quiet.IsZero() && now.Sub(w.quiet) >= scrubIdle && !now.Before(due)
}

// done notes a round.
func (w *watchman) done(found store.Found, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found, w.last, w.night, w.day = found, now, now.Add(scrubByNight), now.Add(scrubByDay)
}

// later puts off the first round, and one that came to nothing.
func (w *watchman) later(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.night, w.day = now.Add(scrubFirst), now.Add(scrubFirst)
}

func (w *watchman) report() (found store.Found, last time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found, w.last
}

// rounds reads the disk through whenever it is time, and mends what it can, until ctx is done.
func (p *point) rounds(ctx context.Context, send func(kiosk.Msg)) {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := time.Now()
		hour := now.In(china).Hour()
		if _, wrong := p.clock.check(now); wrong {
			hour = -1
		}
		if p.watchman.ready(now, hour) {
			p.round(ctx, send)
		}
	}
}

// round reads the disk through once, and mends what it can.
func (p *point) round(ctx context.Context, send func(kiosk.Msg)) {
	found, err := p.scrub(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		slog.Warn("scrub", "err", err)
		p.watchman.later(time.Now())
		return
	}
	if !found.Well() {
		slog.Warn(health.Worn.Words, "code", health.Worn.Code, "state", found.State, "books", fmt.Sprint(found.Books), "objects", len(found.Lost))
		found = p.repair(ctx, found, send)
	}
	if found.Well() {
		slog.Info("把磁盘上的数据从头到尾查了一遍，都是好的")
	}
	p.watchman.done(found, time.Now())
	p.tell(send)
}

// scrub reads the disk through: behind the screen in a process of its own, like the making of books.
func (p *point) scrub(ctx context.Context) (store.Found, error) {
	if !p.apart {
		return readNow(ctx, p.store)
	}
	var found store.Found
	c := p.itself(ctx, "scrub")
	in, err := c.StdinPipe()
	if err != nil {
		return found, err
	}
	defer in.Close()
	var out, last bytes.Buffer
	c.Stdout, c.Stderr = &out, &last
	if err := gently(c.Start); err != nil {
		return found, err
	}
	if err := c.Wait(); err != nil {
		return found, fmt.Errorf("the process that reads the disk through: %w %s", err, tail(last.Bytes()))
	}
	return found, json.Unmarshal(out.Bytes(), &found)
}

// readThrough reads what lies on the disk through.
func readThrough(ctx context.Context, s *store.Store, rest func(context.Context, int64) error) (store.Found, error) {
	return s.Scrub(ctx, store.Scrub{Rest: rest, Check: func(ctx context.Context, path string) error {
		b, err := book.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(b.Check(ctx), b.Close())
	}})
}

// readNow reads it as fast as it can be read. An update that came in between is let be, and what it has brought is read.
func readNow(ctx context.Context, s *store.Store) (store.Found, error) {
	now := func(context.Context, int64) error { return nil }
	found, err := readThrough(ctx, s, now)
	if errors.Is(err, store.ErrBusy) {
		found, err = readThrough(ctx, s, now)
	}
	return found, err
}

// slowly waits as long as reading that much may take.
func slowly(ctx context.Context, bytes int64) error {
	t := time.NewTimer(time.Duration(bytes) * time.Second / scrubSpeed)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// runScrub reads the disk through for the kiosk that began this process, and ends with it.
func runScrub(args []string, stdout, stderr io.Writer) int {
	var data string
	if err := flags("scrub", "--data DIR", args, stderr, func(set *flag.FlagSet) { dataFlag(set, &data) }); err != nil {
		return fail(stderr, err)
	}
	ctx, stop := whileWanted(os.Stdin)
	defer stop()
	s, err := store.Open(data)
	if err != nil {
		return fail(stderr, err)
	}
	found, err := readThrough(ctx, s, slowly)
	if err != nil {
		return fail(stderr, err)
	}
	return printJSON(stdout, stderr, found)
}

// repair brings back what was found to be damaged: objects from the office, where the network may be used, books from the objects. It returns
// what is still missing.
func (p *point) repair(ctx context.Context, found store.Found, send func(kiosk.Msg)) store.Found {
	if !p.enrolled {
		return found
	}
	ctx, done, err := p.turns.courier(ctx)
	if err != nil {
		return found
	}
	defer done()
	if len(found.Lost) > 0 {
		if err := p.refill(ctx); err != nil {
			slog.Warn("scrub", "err", err) // without a network it is missed only by whoever builds the book again
		}
		found.Lost = slices.DeleteFunc(slices.Clone(found.Lost), func(sum string) bool {
			_, err := p.store.Object(sum)
			return err == nil
		})
	}
	current, _, err := p.store.Current()
	if err != nil {
		slog.Warn("scrub", "err", err)
		return found
	}
	found.Books = slices.DeleteFunc(slices.Clone(found.Books), func(number int64) bool {
		j := p.job()
		if number != current.Number {
			j.Shelf = before{p.store}
		}
		if err := pull.Rebuild(ctx, j); err != nil {
			slog.Warn("scrub", "err", err)
			return false
		}
		p.reopen(send)
		return true
	})
	return found
}

// restock goes on where something has come back: what is still lost is looked for, and books are built of what is there. It returns what is
// still missing.
func (p *point) restock(ctx context.Context, send func(kiosk.Msg)) store.Found {
	found, _ := p.watchman.report()
	found.Lost = slices.DeleteFunc(slices.Clone(found.Lost), func(sum string) bool { _, err := p.store.Object(sum); return err == nil })
	if !found.Well() {
		found = p.repair(ctx, found, send)
	}
	p.watchman.done(found, time.Now())
	p.tell(send)
	return found
}

// lacks says whether the last round found that the disk has lost part of what the edition that serves was made of.
func (p *point) lacks() bool {
	found, _ := p.watchman.report()
	if len(found.Lost) == 0 {
		return false
	}
	g, ok, err := p.store.Current()
	if err != nil || !ok {
		return false
	}
	e, err := edition.Load(g.Catalogs, func(_ string, r edition.Ref) ([]byte, error) { return p.store.Object(r.SHA256) })
	if err != nil {
		return true
	}
	have := func(e edition.Entry) bool { return p.store.Has(e.SHA256Z, e.LenZ) }
	return len(e.Choose(have).Missing(have)) > 0
}

// refill asks the office for what the disk has lost.
func (p *point) refill(ctx context.Context) error {
	ctx, office, hangUp, err := p.call(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	j := p.job()
	j.Depot = office
	_, err = pull.Refill(ctx, j)
	if _, ok, previous := p.store.Previous(); ok || previous != nil {
		j.Shelf = before{p.store}
		_, old := pull.Refill(ctx, j)
		err = errors.Join(err, previous, old)
	}
	return err
}
