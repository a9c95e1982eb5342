package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/courier"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// update looks at the office once, now.
func (c *chores) update(ctx context.Context) (words string, trouble kiosk.Condition) {
	p := c.p
	if !p.enrolled {
		return "", conditionOf(health.NoEnrolment)
	}
	ctx, done, ok := p.line.use(ctx)
	if !ok {
		return "", conditionOf(p.whyOffline())
	}
	defer done()
	office, err := depot.HTTP(p.enrolment.Office, depot.Stall)
	if err != nil {
		slog.Error("update", "err", err)
		return "", conditionOf(health.Failed)
	}
	defer office.Close()
	r, err := c.pull(ctx, kiosk.TaskUpdate, office, trust.Asked)
	found := courier.Conditions(r, err)
	p.found(found)
	defer p.tell(c.send)
	switch {
	case errors.Is(context.Cause(ctx), errCut):
		return "", conditionOf(health.Offline)
	case err != nil && len(found) > 0:
		return "", conditionOf(found[0])
	case err != nil:
		return "", kiosk.Condition{} // it was stopped
	}
	return c.updated(r), kiosk.Condition{}
}

func (p *point) whyOffline() health.Condition {
	if p.offline {
		return health.ForcedOff
	}
	return health.Offline
}

// pull makes one update that staff have asked for. The courier gives way.
func (c *chores) pull(ctx context.Context, task kiosk.Task, from depot.Depot, carrier trust.Carrier) (pull.Result, error) {
	done, err := c.p.turns.staff(ctx)
	if err != nil {
		return pull.Result{}, err
	}
	defer done()
	m := newMeter(task, func(w kiosk.Working) { c.send(w) }, time.Now)
	stop := m.tick(ctx)
	defer stop()
	j := c.p.job()
	j.Depot, j.Carrier, j.Progress = from, carrier, m.progress
	r, err := pull.Run(ctx, j)
	for tries := 0; pull.FaultOf(err) == pull.Busy && tries < patientTries && ctx.Err() == nil; tries++ {
		select { // an update that was just stopped, or one from a command line, may still be letting go of the folder
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
		r, err = pull.Run(ctx, j)
	}
	if err != nil {
		slog.Warn(string(task), "err", err)
	}
	return r, err
}

// patientTries is how often an update that staff have asked for waits a second for another one to end.
const patientTries = 5

// updated shows what an update has brought, and says it.
func (c *chores) updated(r pull.Result) string {
	day := disclosure.Date(r.DataAsOf).Chinese()
	if r.Changed {
		c.p.reopen(c.send)
		return fmt.Sprintf("已经更新到第%d期，数据截至%s。", r.Edition, day)
	}
	c.p.confirm(c.send)
	return fmt.Sprintf("已经是最新的第%d期，数据截至%s。", r.Edition, day)
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

// back makes the previous edition serve again. What has been withdrawn since stays withdrawn: its book is built again without it,
// and only a book that is built and opens is switched to.
func (p *point) back(ctx context.Context) (edition.Generation, error) {
	g, ok, err := p.store.Previous()
	if err != nil || !ok {
		return g, errors.Join(err, errors.New("there is no previous edition"))
	}
	withheld, err := p.withdrawn()
	if err != nil {
		slog.Warn("back", "err", err) // it does not open: that may be why staff go back
	}
	if len(withheld) > 0 || opens(p.store.Book(g.Number)) != nil {
		if !p.enrolled {
			return g, errors.New("without an enrolment there is no key to the shards")
		}
		j := p.job()
		j.Shelf = before{p.store}
		j.Make = p.makes(withheld...)
		if err := pull.Rebuild(ctx, j); err != nil {
			return g, err
		}
	}
	return p.store.Back()
}

// withdrawn are the records that the edition which serves withdraws.
func (p *point) withdrawn() (refs []string, err error) {
	current, ok, err := p.store.Current()
	if err != nil || !ok {
		return nil, err
	}
	b, err := book.Open(p.store.Book(current.Number))
	if err != nil {
		return nil, err
	}
	defer closeBook(b)
	for _, w := range b.Withdrawals() {
		refs = append(refs, w.Refs...)
	}
	return refs, nil
}

// before is the shelf as it was before the last switch, so that the book of then can be built beside the one that serves.
type before struct{ *store.Store }

func (s before) Current() (edition.Generation, bool, error) { return s.Previous() }

// meter tells how far an update is (进度), at most four times a second.
type meter struct {
	send func(kiosk.Working)
	now  func() time.Time

	mu    sync.Mutex
	said  time.Time
	stage pull.Stage
	since time.Time     // when the stage began
	check time.Duration // how long checking every row took
	work  kiosk.Working
}

const (
	saysEvery = 250 * time.Millisecond
	// A guess before a fiftieth has been done, or before a second has passed, would only jump.
	surePart = 50
	sureTime = time.Second
	// buildPerCheck is how long a book takes to build against how long its rows took to be checked: 3.1 to 3.9 with 200 thousand
	// payments.
	buildPerCheck = 4
)

func newMeter(task kiosk.Task, send func(kiosk.Working), now func() time.Time) *meter {
	return &meter{send: send, now: now, work: kiosk.Working{Task: task}}
}

// progress is told by the update.
func (m *meter) progress(p pull.Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	turned := p.Stage != m.stage
	if turned {
		if m.stage == pull.Check {
			m.check = now.Sub(m.since)
		}
		m.stage, m.since = p.Stage, now
	}
	switch p.Stage {
	case pull.Fetch:
		m.work.Done, m.work.Total = p.Done, p.Total
	case pull.Check:
		m.work.Rows = p.Done
	}
	m.work.Left = m.left(p, now)
	m.say(turned, now)
}

// left is the time that is still to go, 0 where there is no telling.
func (m *meter) left(p pull.Progress, now time.Time) time.Duration {
	spent := now.Sub(m.since)
	switch {
	case p.Stage == pull.Build && m.check > 0:
		return max(buildPerCheck*m.check-spent, 0)
	case p.Stage == pull.Check && spent >= sureTime && p.Done*surePart >= p.Total:
		whole := time.Duration(float64(spent) * float64(p.Total) / float64(p.Done))
		return max(whole-spent, 0) + buildPerCheck*whole
	}
	return 0
}

func (m *meter) say(now bool, at time.Time) {
	if !now && at.Sub(m.said) < saysEvery {
		return
	}
	m.said = at
	m.send(m.work)
}

// tick goes on telling while the book is built, of which no progress is heard.
func (m *meter) tick(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				m.build()
			}
		}
	}()
	return func() { cancel(); <-ended }
}

func (m *meter) build() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stage != pull.Build {
		return
	}
	now := m.now()
	m.work.Left = m.left(pull.Progress{Stage: pull.Build}, now)
	m.say(false, now)
}
