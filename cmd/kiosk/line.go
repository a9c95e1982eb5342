package main

import (
	"context"
	"fmt"
	"sync"
)

// line is whether the network may be used (线路). What uses it holds a context that ends as soon as it may not.
type line struct {
	mu      sync.Mutex
	ctx     context.Context // of what may use the network now; nil while it may not
	cut     context.CancelCauseFunc
	changed chan struct{} // closed at the next change
}

// errCut is why a call that was under way has ended. To whoever made it it is the same as being stopped.
var errCut = fmt.Errorf("离线运行: %w", context.Canceled)

func newLine(on bool) *line {
	l := &line{changed: make(chan struct{})}
	l.set(on)
	return l
}

// set opens or cuts the line. When it returns nothing new begins, and what was under way has been told to end.
func (l *line) set(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if on == (l.ctx != nil) {
		return
	}
	if on {
		l.ctx, l.cut = context.WithCancelCause(context.Background())
	} else {
		l.cut(errCut)
		l.ctx = nil
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// use returns a context for the network that ends with ctx and with the line; ok is false while there is none.
func (l *line) use(ctx context.Context) (_ context.Context, done func(), ok bool) {
	l.mu.Lock()
	on := l.ctx
	l.mu.Unlock()
	if on == nil {
		return nil, nil, false
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(on, func() { cancel(errCut) })
	return ctx, func() { stop(); cancel(nil) }, true
}

// wait returns at the next change of the line, or with ctx.
func (l *line) wait(ctx context.Context, on bool) {
	for {
		l.mu.Lock()
		is, changed := l.ctx != nil, l.changed
		l.mu.Unlock()
		if is == on {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// turns lets one update at a time write to the data folder (轮流). The courier gives way to staff: what it has brought by then is
// not brought again.
type turns struct {
	free  chan struct{} // holds a token while nobody writes
	mu    sync.Mutex
	yield context.CancelCauseFunc
}

var errYield = fmt.Errorf("staff's own update goes first: %w", context.Canceled)

func newTurns() *turns {
	t := &turns{free: make(chan struct{}, 1)}
	t.free <- struct{}{}
	return t
}

// courier waits for its turn. The context it is given ends when staff want theirs.
func (t *turns) courier(ctx context.Context) (_ context.Context, done func(), err error) {
	select {
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	case <-t.free:
	}
	ctx, cancel := context.WithCancelCause(ctx)
	t.mu.Lock()
	t.yield = cancel
	t.mu.Unlock()
	return ctx, func() {
		t.mu.Lock()
		t.yield = nil
		t.mu.Unlock()
		cancel(nil)
		t.free <- struct{}{}
	}, nil
}

// staff takes the turn from the courier, and waits until it has let go.
func (t *turns) staff(ctx context.Context) (done func(), err error) {
	t.mu.Lock()
	if t.yield != nil {
		t.yield(errYield)
	}
	t.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-t.free:
		return func() { t.free <- struct{}{} }, nil
	}
}
