package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bench (试验台) is what all trials need.
type bench struct {
	root      string // of the module
	office    office
	newest    int64
	program   string  // this program, or one in which a step is left out
	press     string  // the office's, likewise
	dir       string  // for what is broken
	disks     *server // for disks whose writes are recorded
	rand      *rand.Rand
	log       io.Writer
	impatient bool // one violation is enough
}

// child is one of the two programs at work on a data folder.
func (b *bench) child(what, data string, args ...string) *exec.Cmd {
	return exec.Command(b.program, append([]string{what, b.office.dir, data}, args...)...)
}

// verify asks the program whether a data folder holds what was promised. That is never asked in this process, which serves the blocks of some of the
// disks: it would wait for itself where it touches a page of a book.
func (b *bench) verify(data string, p promised) error {
	c := b.child("verify", data)
	in, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Stdin = bytes.NewReader(in)
	out, err := c.CombinedOutput()
	if err != nil {
		return &violation{strings.TrimSpace(string(out))}
	}
	return nil
}

// violation is a promise that was not kept.
type violation struct{ words string }

func (v *violation) Error() string { return v.words }

// lost says that something acknowledged is gone; what is not lost is silently wrong.
func (v *violation) lost() bool { return strings.Contains(v.words, "lost: ") }

// row (一行) is a line of the table: how often a fault was tried, and what came of it.
type row struct {
	fault       string
	tried       int
	lost, wrong int
	note        string
	first       error // the first violation, with what led to it
}

// count adds an attempt. An error that is no violation ends the trial.
func (b *bench) count(r *row, err error, when string) error {
	r.tried++
	var v *violation
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &v):
		return fmt.Errorf("%s: %w", when, err)
	case v.lost():
		r.lost++
	default:
		r.wrong++
	}
	if r.first == nil {
		r.first = fmt.Errorf("%s: %w", when, err)
	}
	if !b.impatient {
		fmt.Fprintf(b.log, "%s: %v\n", when, err)
	}
	return nil
}

// tell says how far a trial is.
func (b *bench) tell(what string, r *row, n, of int) {
	if n%100 == 0 {
		fmt.Fprintf(b.log, "%s: %d of %d, %d lost, %d wrong\n", what, n, of, r.lost, r.wrong)
	}
}

// powerCuts (断电) brings editions to a mounted file system and stops it at a random moment, again and again.
func (b *bench) powerCuts(f fileSystem, cuts int) (r row, err error) {
	v, err := newVolume(f, b.dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, v.unmount(), os.Remove(v.image)) }()
	var p promised
	editions, folder := 0, 0
	for n := range cuts {
		data := filepath.Join(v.at, strconv.Itoa(folder))
		before := p.Edition
		done, err := b.cutOnce(v, data, &p)
		if err != nil {
			return r, err
		}
		editions += int(p.Edition - before)
		bad := b.verify(data, p)
		if err := b.count(&r, bad, fmt.Sprintf("cut %d", n)); err != nil {
			return r, err
		}
		if done || bad != nil {
			// Once more from nothing, as a kiosk that was just set up.
			if err := os.RemoveAll(data); err != nil {
				return r, err
			}
			folder, p = folder+1, promised{}
		}
		b.tell("cut, "+f.name, &r, n+1, cuts)
	}
	r.note = fmt.Sprintf("%d editions acknowledged", editions)
	return r, nil
}

// cutOnce lets the updater run and takes its power away. What it had said by then is promised; done says that nothing was left to do.
func (b *bench) cutOnce(v *volume, data string, p *promised) (done bool, err error) {
	c := b.child("update", data, strconv.FormatInt(b.newest, 10))
	out, err := c.StdoutPipe()
	if err != nil {
		return false, err
	}
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		return false, err
	}
	heard := &hearing{p: *p}
	ended := make(chan struct{})
	go func() { heard.listen(out); close(ended) }()
	select {
	case <-time.After(time.Duration(b.rand.IntN(int(longestRun)))):
	case <-ended:
		if err := c.Wait(); err != nil {
			return false, fmt.Errorf("the update failed by itself: %w: %s", err, said.Bytes())
		}
	}
	// Only what was said before the cut counts: an fsync may return without an error after it.
	*p, done = heard.now()
	how := nothingWritten
	if b.rand.IntN(4) == 0 {
		how = journalWritten
	}
	if err := v.cutPower(how); err != nil {
		return false, err
	}
	if c.ProcessState == nil {
		_ = c.Process.Kill() // it may be ending
		<-ended
		_ = c.Wait() // its end says nothing: its disk is gone
	}
	if err := errors.Join(v.unmount(), b.reboot()); err != nil {
		return false, err
	}
	return done, v.mount()
}

// longestRun is the longest time until the power goes; some editions come in it.
const longestRun = 250 * time.Millisecond

// hearing keeps what is acknowledged.
type hearing struct {
	mu   sync.Mutex
	p    promised
	done bool
}

func (h *hearing) listen(r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		h.mu.Lock()
		h.p.hear(lines.Text())
		h.done = h.done || strings.HasPrefix(lines.Text(), ackDone)
		h.mu.Unlock()
	}
}

func (h *hearing) now() (promised, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.p, h.done
}
