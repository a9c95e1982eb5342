package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// How long a client may take. A header comes at once or not at all; a kiosk polls every ten minutes, so that a connection kept
// open for the next poll is a connection wasted.
const (
	headerTime = 10 * time.Second
	answerTime = 30 * time.Second // for what is no file
	idleTime   = 30 * time.Second
	stopTime   = 10 * time.Second
	headerSize = 16 << 10
	// slowest is the slowest line, in bytes a second, that is served without a break. A slower one resumes where it was cut.
	slowest = 8 << 10
	// most is how many connections are open at a time, where the system allows that many files. Who comes later waits in the
	// kernel's queue until one of the slow ones has used up its time.
	most = 16_384
)

func sendTime(size int64) time.Duration {
	return answerTime + time.Duration(size/slowest)*time.Second
}

// Serve serves a handler's files on the listener until the context ends. Who is being answered then has a few seconds to get the
// rest; kiosks resume.
func Serve(ctx context.Context, ln net.Listener, handler http.Handler, log *slog.Logger) error {
	return serveOn(ctx, ln, handler, log, connections())
}

func serveOn(ctx context.Context, ln net.Listener, handler http.Handler, log *slog.Logger, slots int) error {
	door := &door{Listener: ln, slots: make(chan struct{}, slots), shut: make(chan struct{})}
	s := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerSize, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), ConnState: door.note,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		if err := s.Shutdown(grace); err != nil {
			stopped <- s.Close()
			return
		}
		stopped <- nil
	})
	defer stop()
	if err := s.Serve(door); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}

// connections is how many connections there may be: half of the files that the process may open, because each may need a file of
// the depot.
func connections() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return most
	}
	return int(max(1, min(most, limit.Cur/2)))
}

// door lets in as many connections as there are slots.
type door struct {
	net.Listener
	slots chan struct{}
	shut  chan struct{}
	once  sync.Once
}

func (d *door) Accept() (net.Conn, error) {
	select {
	case d.slots <- struct{}{}:
	case <-d.shut:
		return nil, net.ErrClosed
	}
	c, err := d.Listener.Accept()
	if err != nil {
		<-d.slots
	}
	return c, err
}

func (d *door) Close() error {
	d.once.Do(func() { close(d.shut) })
	return d.Listener.Close()
}

// note gives a slot back when its connection has ended.
func (d *door) note(_ net.Conn, state http.ConnState) {
	if state == http.StateClosed || state == http.StateHijacked {
		<-d.slots
	}
}
