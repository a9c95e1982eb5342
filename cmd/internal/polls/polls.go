// Package polls (轮询) asks an office for news as a county full of kiosks does, and counts how many answers a second it gives.
//
// The parties are a running office serve, which is what is measured, and this client, which does as little as it can so that
// the figure is the office's: it writes the one request of a kiosk that is up to date and reads the answer to its end. What is
// promised is that only right answers are counted: whatever is not 304 ends the measurement with an error.
package polls

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Load is what is asked of an office.
type Load struct {
	URL         string // of the office, as in an enrolment
	Connections int    // asking at a time
	// Fresh makes a new connection for each question, as kiosks do that ask every ten minutes.
	Fresh bool
	For   time.Duration
}

// Result is what came of it.
type Result struct {
	Answers   int64
	PerSecond float64
	// Request and Answer are the bytes of one question and of its answer.
	Request, Answer int
}

const path = "/metadata/timestamp.json"

// Run asks for a while.
func Run(ctx context.Context, l Load) (Result, error) {
	u, err := url.Parse(l.URL)
	if err != nil {
		return Result{}, fmt.Errorf("polls: %w", err)
	}
	tag, err := newest(ctx, u)
	if err != nil {
		return Result{}, fmt.Errorf("polls: %w", err)
	}
	c := &crowd{
		Load: l, address: u.Host,
		request: fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: mingbai\r\nIf-None-Match: %s\r\n\r\n", path, u.Host, tag),
	}
	// No deadline: a dialler gives up at one before the context says that it is over.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer time.AfterFunc(l.For, cancel).Stop()
	began := time.Now()
	errs := make([]error, l.Connections)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			if errs[i] = c.ask(ctx); errs[i] != nil {
				cancel()
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return Result{}, fmt.Errorf("polls: %w", err)
	}
	n := c.answers.Load()
	if n == 0 {
		return Result{}, errors.New("polls: no answer in time")
	}
	return Result{Answers: n, PerSecond: float64(n) / time.Since(began).Seconds(), Request: len(c.request), Answer: int(c.answer.Load())}, nil
}

// newest is the ETag of the office's timestamp.
func newest(ctx context.Context, u *url.URL) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.Scheme+"://"+u.Host+path, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	_ = resp.Body.Close() // only its header counts
	tag := resp.Header.Get("ETag")
	if resp.StatusCode != http.StatusOK || tag == "" {
		return "", fmt.Errorf("the office answers %s, ETag %q", resp.Status, tag)
	}
	return tag, nil
}

type crowd struct {
	Load
	address string
	request []byte
	answers atomic.Int64
	answer  atomic.Int64
}

// ask asks until the context ends.
func (c *crowd) ask(ctx context.Context) error {
	for {
		err := c.call(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
	}
}

// call asks over one connection: once, or until the context ends.
func (c *crowd) call(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.address)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer func() {
		stop()
		_ = conn.Close() // all that it had to say has been read
	}()
	// Otherwise each closed connection keeps its port for a minute, and this machine runs out of them.
	if t, ok := conn.(*net.TCPConn); ok {
		if err := t.SetLinger(0); err != nil {
			return err
		}
	}
	in := bufio.NewReaderSize(conn, 2<<10)
	for {
		if _, err := conn.Write(c.request); err != nil {
			return err
		}
		n, err := answer(in)
		if err != nil {
			return err
		}
		c.answer.Store(int64(n))
		c.answers.Add(1)
		if c.Fresh {
			return nil
		}
	}
}

// answer reads one answer, which must be 304, and returns its length.
func answer(in *bufio.Reader) (int, error) {
	size := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		if size == 0 && !bytes.HasPrefix(line, []byte("HTTP/1.1 304 ")) {
			return 0, fmt.Errorf("the office answers %.40q", line)
		}
		size += len(line)
		if len(line) == 2 {
			return size, nil
		}
	}
}
