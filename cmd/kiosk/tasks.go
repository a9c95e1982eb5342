package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/courier"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/trust"
)

// update looks at the office once, now.
func (c *chores) update(ctx context.Context) (words string, trouble kiosk.Condition) {
	p := c.p
	if !p.enrolled {
		return "", conditionOf(health.NoEnrolment)
	}
	ctx, office, hangUp, err := p.call(ctx)
	switch {
	case errors.Is(err, errCut):
		return "", conditionOf(p.whyOffline())
	case err != nil:
		slog.Error("update", "err", err)
		return "", conditionOf(health.Failed)
	}
	defer hangUp()
	r, err := c.pull(ctx, kiosk.TaskUpdate, func(j *pull.Job) { j.Depot, j.Carrier = office, trust.Asked })
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

// pull makes one update that staff have asked for; from says where it comes from. The courier gives way.
func (c *chores) pull(ctx context.Context, task kiosk.Task, from func(*pull.Job)) (pull.Result, error) {
	done, err := c.p.turns.staff(ctx)
	if err != nil {
		return pull.Result{}, err
	}
	defer done()
	m := newMeter(task, func(w kiosk.Working) { c.send(w) }, time.Now)
	stop := m.tick(ctx)
	defer stop()
	j := c.p.job()
	j.Progress, j.PastCaches = m.progress, true
	from(&j)
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

// updated shows what an update has brought, by whatever way, and says it.
func (c *chores) updated(r pull.Result) string {
	c.p.clock.confirmed(c.p.remember())
	day := disclosure.Date(r.DataAsOf).Chinese()
	if r.Changed {
		c.p.reopen(c.send)
		return fmt.Sprintf("已经更新到第%d期，数据截至%s。", r.Edition, day)
	}
	c.p.confirm(c.send)
	return fmt.Sprintf("已经是最新的第%d期，数据截至%s。", r.Edition, day)
}

// meter tells how far an update is (进度), at most four times a second.
type meter struct {
	send func(kiosk.Working)
	now  func() time.Time

	mu    sync.Mutex
	said  time.Time
	stage pull.Stage
	last  pull.Progress
	since time.Time     // when the stage began
	had   int64         // how much of it was done then
	check time.Duration // how long checking every row took
	work  kiosk.Working
}

const (
	saysEvery = 250 * time.Millisecond
	// A guess before a fiftieth has been done, or before a second has passed, would only jump.
	surePart = 50
	sureTime = time.Second
	// buildPerCheck is how long a book takes to be laid out against how long its rows took to be checked and taken in, in hundredths:
	// 2.5 s and 5.4 s for 5.2 million rows on two processors.
	buildPerCheck = 47
	// perRow is how long a row takes until it is in a book, before anything else is known: 7.9 s for the same.
	perRow = 1500 * time.Nanosecond
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
		m.stage, m.since, m.had = p.Stage, now, p.Done
	}
	m.last = p
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
	switch done := p.Done - m.had; {
	case p.Stage == pull.Fetch && spent >= sureTime && done > 0 && done*surePart >= p.Total-m.had:
		return time.Duration(float64(spent)*float64(p.Total-p.Done)/float64(done)) + time.Duration(p.Rows)*perRow
	case p.Stage == pull.Build && m.check > 0:
		return max(m.check*buildPerCheck/100-spent, 0)
	case p.Stage == pull.Check && spent >= sureTime && p.Done*surePart >= p.Total:
		whole := time.Duration(float64(spent) * float64(p.Total) / float64(p.Done))
		return max(whole-spent, 0) + whole*buildPerCheck/100
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

// tick goes on telling while the book is built, of which no progress is heard, and while the line brings nothing.
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
				m.goOn()
			}
		}
	}()
	return func() { cancel(); <-ended }
}

func (m *meter) goOn() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stage != pull.Build && m.stage != pull.Fetch {
		return
	}
	now := m.now()
	m.work.Left = m.left(m.last, now)
	m.say(false, now)
}
