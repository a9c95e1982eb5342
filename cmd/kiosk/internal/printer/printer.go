// Package printer puts a slip (小票) on paper through this machine's CUPS.
//
// There are 3 parties: the kiosk, which has a slip and the name of a queue (打印队列); CUPS, which knows the printer and is spoken
// to through its own commands lp, lpstat and cancel, each with its arguments as they are and no shell between; and the printer,
// which gets a finished page. What is promised: nothing is printed after Print has returned. A slip that cannot come out at
// once is taken back, since whoever stood there has gone and his payments would lie on the tray for the next one to read.
package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"mingbai.local/app/slip"
	"mingbai.local/sync/health"
)

// What can go wrong beside slip.ErrMissing.
var (
	ErrNone    = errors.New("printer: no such queue")
	ErrStopped = errors.New("printer: the queue does not print")
)

const (
	patience  = 30 * time.Second       // for a slip to be on paper
	glance    = 500 * time.Millisecond // between two looks at the queue
	takingOff = 5 * time.Second        // for a slip to be taken back
)

// title is what the queue shows of a slip: nothing that is on it.
const title = "明白"

// Print puts the slip on that paper, or, where it has no name, on what the queue takes by default, and returns when the queue is
// done with it.
func Print(ctx context.Context, queue string, paper slip.Paper, s slip.Slip) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := ready(ctx, queue); err != nil {
		return err
	}
	if paper == "" {
		paper = paperOf(ctx, queue)
	}
	var page bytes.Buffer
	if err := s.PDF(&page, paper); err != nil {
		return fmt.Errorf("printer: %w", err)
	}
	out, err := run(ctx, &page, "lp", "-d", queue, "-t", title, "-o", "media="+media(paper, s), "-o", "print-scaling=none")
	if err != nil {
		return err
	}
	job, ok := number(out)
	if !ok {
		return fmt.Errorf("printer: lp says %q", out)
	}
	if err := done(ctx, queue, job); err != nil {
		off, cancel := context.WithTimeout(context.WithoutCancel(ctx), takingOff)
		defer cancel()
		_, failed := run(off, nil, "cancel", job)
		return errors.Join(err, failed)
	}
	return nil
}

// media names the paper as CUPS does: a roll is cut at the slip's end.
func media(paper slip.Paper, s slip.Slip) string {
	if paper == slip.A4 {
		return "A4"
	}
	width, height := s.Size(paper)
	return fmt.Sprintf("Custom.%.0fx%.0fmm", math.Ceil(width), math.Ceil(height))
}

// number reads the job out of `request id is slip-1 (0 file(s))`.
func number(out string) (string, bool) {
	_, rest, ok := strings.Cut(out, "request id is ")
	job, _, _ := strings.Cut(rest, " ")
	return strings.TrimSpace(job), ok && job != ""
}

// done waits until the queue has no such job any more, and no longer than the queue goes on printing.
func done(ctx context.Context, queue, job string) error {
	look := time.NewTicker(glance)
	defer look.Stop()
	for {
		out, err := run(ctx, nil, "lpstat", "-W", "not-completed", "-o", queue)
		if err != nil {
			return err
		}
		if !slices.Contains(strings.Fields(out), job) {
			return nil
		}
		if err := ready(ctx, queue); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrStopped, ctx.Err())
		case <-look.C:
		}
	}
}

// ready asks whether the queue is there and prints: one that is paused, or whose printer says that it lacks something, would keep
// the slip and print it some other day.
func ready(ctx context.Context, queue string) error {
	out, err := run(ctx, nil, "lpstat", "-l", "-p", queue)
	if err != nil {
		queues, listed := Queues(ctx)
		if listed == nil && !slices.Contains(queues, queue) {
			return fmt.Errorf("%w %q: %w", ErrNone, queue, err)
		}
		return err
	}
	for n, line := range strings.Split(out, "\n") {
		reasons, alerts := strings.CutPrefix(strings.TrimSpace(line), "Alerts:")
		if n == 0 && strings.Contains(line, " disabled since ") || alerts && strings.Contains(reasons, "-error") {
			return fmt.Errorf("%w: %s", ErrStopped, strings.TrimSpace(line))
		}
	}
	return nil
}

// Queues returns the names of the queues of this machine. A machine without CUPS has none.
func Queues(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := run(ctx, nil, "lpstat", "-e")
	if errors.Is(err, ErrNone) {
		return nil, nil
	}
	return strings.Fields(out), err
}

// run runs one of CUPS' commands, which speak English here whatever the machine speaks, and returns what it wrote.
func run(ctx context.Context, in *bytes.Buffer, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.WaitDelay = time.Second
	if in != nil {
		cmd.Stdin = in
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	case err != nil:
		return "", fmt.Errorf("printer: %s: %w: %s", name, errors.Join(err, ctx.Err()), bytes.TrimSpace(said.Bytes()))
	}
	return out.String(), nil
}

// Trouble is what staff are told about an error of Print, the empty condition of none.
func Trouble(err error) health.Condition {
	switch {
	case err == nil:
		return health.Condition{}
	case errors.Is(err, slip.ErrMissing):
		return health.Undrawable
	case errors.Is(err, ErrNone):
		return health.NoPrinter
	}
	return health.NotPrinted
}
