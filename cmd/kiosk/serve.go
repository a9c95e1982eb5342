package main

import (
	"context"
	"log/slog"
	"sync"

	"mingbai.local/app/kiosk"
)

// chores does what the state machine asks for beside closing books (差事). Commands come on the screen's goroutine and are only
// begun there; what came of them goes back as messages.
type chores struct {
	p    *point
	send func(kiosk.Msg)

	ctx  context.Context //nolint:containedctx // it ends what outlives the command that began it
	stop context.CancelFunc
	all  sync.WaitGroup

	keeping queue
	anew    func() // begins the program again, after it was enrolled
	stick   *sticks
	voice   *voice

	mu      sync.Mutex
	running map[kiosk.Task]*errand
}

// errand is a task under way.
type errand struct {
	ctx   context.Context //nolint:containedctx // it says whether the task has been stopped
	stop  context.CancelFunc
	ended chan struct{}
}

func newChores(p *point, send func(kiosk.Msg)) *chores {
	c := &chores{p: p, send: send, anew: func() {}, running: map[kiosk.Task]*errand{}}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.stick = newSticks(p, send)
	c.voice = newVoice(p.data, send)
	c.all.Go(func() { c.serveWaits(c.ctx) })
	c.all.Go(func() { c.stick.watch(c.ctx) })
	c.all.Go(func() { c.findPrinter(c.ctx) })
	c.all.Go(func() { c.voice.run(c.ctx) })
	return c
}

// close ends what is still being done and waits for it.
func (c *chores) close() {
	c.stop()
	c.all.Wait()
}

// do begins a command.
func (c *chores) do(cmd kiosk.Cmd) {
	switch cmd := cmd.(type) {
	case kiosk.CheckPIN:
		c.all.Go(func() { c.send(c.checkPIN(cmd.PIN)) })
	case kiosk.CheckCode:
		c.all.Go(func() { c.send(c.checkCode(cmd.Code)) })
	case kiosk.Keep:
		c.keeping.do(&c.all, func() { c.keep(cmd.Settings) })
	case kiosk.FetchLog:
		c.all.Go(func() { c.send(kiosk.LogRead{Lines: c.p.journal.lines()}) })
	case kiosk.Print:
		c.all.Go(func() { c.print(cmd.Slip) })
	case kiosk.Say, kiosk.Silence:
		c.voice.do(cmd)
	case kiosk.Run:
		c.begin(cmd.Task)
	case kiosk.Cancel:
		c.cancel(cmd.Task)
	}
}

// begin does a task behind the page, unless it is being done already. One that has been stopped is let end first.
func (c *chores) begin(task kiosk.Task) {
	work, ok := map[kiosk.Task]func(context.Context) (string, kiosk.Condition){
		kiosk.TaskUpdate: c.update, kiosk.TaskStick: c.updateFromStick, kiosk.TaskFill: c.fillStick, kiosk.TaskMend: c.mendFromStick,
		kiosk.TaskBack: c.goBack, kiosk.TaskPractice: c.practise,
	}[task]
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.running[task]
	if !ok || before != nil && before.ctx.Err() == nil {
		return
	}
	e := &errand{ended: make(chan struct{})}
	e.ctx, e.stop = context.WithCancel(c.ctx)
	c.running[task] = e
	c.all.Go(func() {
		if before != nil {
			<-before.ended
		}
		c.run(task, e, work)
	})
}

// run does a task to its end and says what came of it.
func (c *chores) run(task kiosk.Task, e *errand, work func(context.Context) (string, kiosk.Condition)) {
	words, trouble := work(e.ctx)
	e.stop()
	c.mu.Lock()
	if c.running[task] == e {
		delete(c.running, task)
	}
	c.mu.Unlock()
	close(e.ended)
	if task == kiosk.TaskPractice && trouble == (kiosk.Condition{}) {
		return // the book that it opened says so
	}
	if said := words + trouble.Words; said != "" {
		slog.Info(said, "code", trouble.Code)
	}
	c.send(kiosk.Worked{Task: task, Words: words, Trouble: trouble})
}

// cancel ends a task before its end; Worked comes all the same.
func (c *chores) cancel(task kiosk.Task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.running[task]; e != nil {
		e.stop()
	}
}

// queue does one thing after another, in the order in which they were asked for.
type queue struct {
	mu      sync.Mutex
	busy    bool
	waiting []func()
}

func (q *queue) do(all *sync.WaitGroup, f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, f)
	if q.busy {
		return
	}
	q.busy = true
	all.Go(func() {
		for f := q.next(); f != nil; f = q.next() {
			f()
		}
	})
}

func (q *queue) next() func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.busy = false
		return nil
	}
	f := q.waiting[0]
	q.waiting = q.waiting[1:]
	return f
}
