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
	stick   *sticks
	voice   *voice

	mu      sync.Mutex
	running map[kiosk.Task]context.CancelFunc
}

func newChores(p *point, send func(kiosk.Msg)) *chores {
	c := &chores{p: p, send: send, running: map[kiosk.Task]context.CancelFunc{}}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.stick = newSticks(p, func(s kiosk.Stick) { send(s) })
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

// begin does a task behind the page, unless it is being done already.
func (c *chores) begin(task kiosk.Task) {
	work, ok := map[kiosk.Task]func(context.Context) (string, kiosk.Condition){
		kiosk.TaskUpdate: c.update, kiosk.TaskStick: c.updateFromStick, kiosk.TaskBack: c.goBack,
	}[task]
	if task == kiosk.TaskPractice {
		work, ok = c.practise, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok || c.running[task] != nil {
		return
	}
	ctx, cancel := context.WithCancel(c.ctx)
	c.running[task] = cancel
	c.all.Go(func() {
		words, trouble := work(ctx)
		cancel()
		c.mu.Lock()
		delete(c.running, task)
		c.mu.Unlock()
		if task == kiosk.TaskPractice && trouble == (kiosk.Condition{}) {
			return // the book that it opened says so
		}
		if said := words + trouble.Words; said != "" {
			slog.Info(said, "code", trouble.Code)
		}
		c.send(kiosk.Worked{Task: task, Words: words, Trouble: trouble})
	})
}

// cancel ends a task before its end; Worked comes all the same.
func (c *chores) cancel(task kiosk.Task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stop := c.running[task]; stop != nil {
		stop()
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
