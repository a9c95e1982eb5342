package main

import (
	"context"
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
}

func newChores(p *point, send func(kiosk.Msg)) *chores {
	c := &chores{p: p, send: send}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

// close ends what is still being done and waits for it.
func (c *chores) close() {
	c.stop()
	c.all.Wait()
}

// do begins a command.
func (c *chores) do(cmd kiosk.Cmd) {}
