package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
)

// order is what a process that makes a book is told on its standard input, which stays open while the book is wanted. The
// county's key comes this way and not by an argument, which others could read.
type order struct {
	Generation edition.Generation `json:"generation"`
	Key        edition.Key        `json:"key"`
	Withheld   []string           `json:"withheld"`
}

// said is a line of what that process answers: how far it is, or, as the last, why there is no book.
type said struct {
	Progress *pull.Progress `json:"progress,omitempty"`
	Fault    pull.Fault     `json:"fault,omitempty"`
	Error    string         `json:"error,omitempty"`
}

// makes makes books without the records that are withheld: behind the screen in a process of its own, else in this one.
func (p *point) makes(withheld ...string) func(context.Context, edition.Generation, func(pull.Progress)) error {
	if p.apart {
		return p.makesApart(withheld...)
	}
	return func(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
		key, err := p.keys().key(g.KeyID)
		if err != nil {
			return err
		}
		return makeBook(ctx, p.store, order{g, key, withheld}, progress)
	}
}

func makeBook(ctx context.Context, s *store.Store, o order, progress func(pull.Progress)) error {
	done, err := s.Making()
	if err != nil {
		return err
	}
	err = pull.Make(ctx, o.Generation, pull.Making{
		Shelf: s, Key: o.Key, Open: opens, Progress: progress,
		Build: func(ctx context.Context, contents fs.FS, path string) error {
			err := book.Build(ctx, contents, path, o.Withheld...)
			if errors.Is(err, book.ErrNewer) {
				err = fmt.Errorf("%w: %w", edition.ErrNewer, err)
			}
			return err
		},
	})
	return errors.Join(err, done())
}

// makesApart makes books in a process of its own with the lowest priority: whoever touches the screen meanwhile has the
// processor, what the building takes of memory goes back when it ends, and what kills it does not kill the screen.
func (p *point) makesApart(withheld ...string) func(context.Context, edition.Generation, func(pull.Progress)) error {
	return func(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
		key, err := p.keys().key(g.KeyID)
		if err != nil {
			return err
		}
		told, err := json.Marshal(order{g, key, withheld})
		if err != nil {
			return err
		}
		return hire(ctx, p.itself(ctx, "make"), told, progress)
	}
}

// itself is the program that runs, though another version may lie under its name by now, once more for one of its commands.
func (p *point) itself(ctx context.Context, command string) *exec.Cmd {
	c := exec.CommandContext(ctx, "/proc/self/exe", command, "--data", p.data)
	c.WaitDelay = time.Second
	return c
}

// hire runs the process to its end.
func hire(ctx context.Context, c *exec.Cmd, told []byte, progress func(pull.Progress)) error {
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	var last bytes.Buffer
	c.Stderr = &last
	if err := gently(c.Start); err != nil {
		return err
	}
	_, err = in.Write(append(told, '\n'))
	var failed error
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var s said
		switch bad := json.Unmarshal(lines.Bytes(), &s); {
		case bad != nil:
			err = errors.Join(err, bad)
		case s.Progress != nil:
			progress(*s.Progress)
		default:
			failed = pull.Fail(s.Fault, s.Error)
		}
	}
	if bad := lines.Err(); bad != nil {
		err = errors.Join(err, bad)
		_, _ = io.Copy(io.Discard, out) // or whoever writes would wait for ever
	}
	ended := c.Wait()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case failed != nil:
		return failed
	case ended != nil:
		return fmt.Errorf("the process that makes books: %w %s", ended, tail(last.Bytes()))
	}
	return err
}

// tail is the end of what a process said last.
func tail(b []byte) []byte {
	const enough = 2000
	return bytes.TrimSpace(b[max(0, len(b)-enough):])
}

// whileWanted ends when whoever began this process, and holds the other end of its standard input, is gone.
func whileWanted(in io.Reader) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = in.Read(make([]byte, 1))
		stop()
	}()
	return ctx, stop
}

// runMake makes one book for the kiosk that began this process, and ends with it.
func runMake(args []string, stdout, stderr io.Writer) int {
	var data string
	if err := flags("make", "--data DIR", args, stderr, func(set *flag.FlagSet) { dataFlag(set, &data) }); err != nil {
		return fail(stderr, err)
	}
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return fail(stderr, errors.New("make由查询界面自己调用，不用手工运行。要更新请用 kiosk pull"))
	}
	collectMore()
	ctx, stop := whileWanted(in)
	defer stop()
	answer := json.NewEncoder(stdout)
	err = func() error {
		var o order
		if err := json.Unmarshal(line, &o); err != nil {
			return err
		}
		s, err := store.Open(data)
		if err != nil {
			return err
		}
		return makeBook(ctx, s, o, func(p pull.Progress) {
			if err := answer.Encode(said{Progress: &p}); err != nil {
				stop()
			}
		})
	}()
	if err == nil {
		return 0
	}
	if err := answer.Encode(said{Fault: pull.FaultOf(err), Error: err.Error()}); err != nil {
		return fail(stderr, err)
	}
	return 1
}
