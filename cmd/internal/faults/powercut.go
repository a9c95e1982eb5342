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
	progress  *progress
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
		b.progress.tell(&r, n+1, cuts)
	}
	r.note = fmt.Sprintf("%d editions acknowledged", editions)
	return r, nil
}

// cutOnce lets the updater run and takes its power away. What it had said by then is promised; done says that nothing was left to do.
func (b *bench) cutOnce(v *volume, data string, p *promised) (done bool, err error) {
	u, err := b.begin(data, *p)
	if err != nil {
		return false, err
	}
	if u.goesOn(b) {
		if err := u.cmd.Wait(); err != nil {
			return false, fmt.Errorf("the update failed by itself: %w: %s", err, u.said.Bytes())
		}
	}
	// Only what was said before the cut counts: an fsync may return without an error after it.
	*p, done = u.now()
	how := nothingWritten
	if b.rand.IntN(4) == 0 {
		how = journalWritten
	}
	if err := v.cutPower(how); err != nil {
		return false, err
	}
	u.kill() // its end says nothing: its disk is gone
	if err := errors.Join(v.unmount(), b.reboot()); err != nil {
		return false, err
	}
	return done, v.mount()
}

// longestRun is the longest time until the power goes; some editions come in it.
const longestRun = 250 * time.Millisecond

// updating (更新中) is an update that runs, and what it has acknowledged.
type updating struct {
	cmd   *exec.Cmd
	said  bytes.Buffer // on its standard error
	ended chan struct{}

	mu   sync.Mutex
	p    promised
	done bool
}

// begin lets an update run on a data folder in which p has been promised.
func (b *bench) begin(data string, p promised) (*updating, error) {
	u := &updating{cmd: b.child("update", data, strconv.FormatInt(b.newest, 10)), ended: make(chan struct{}), p: p}
	u.cmd.Stderr = &u.said
	out, err := u.cmd.StdoutPipe()
	if err == nil {
		err = u.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(u.ended)
		u.listen(out)
	}()
	return u, nil
}

// goesOn waits for a random moment, or until the update has said all.
func (u *updating) goesOn(b *bench) (ended bool) {
	select {
	case <-time.After(time.Duration(b.rand.IntN(int(longestRun)))):
		return false
	case <-u.ended:
		return true
	}
}

// kill ends it, if it has not ended.
func (u *updating) kill() {
	if u.cmd.ProcessState != nil {
		return
	}
	_ = u.cmd.Process.Kill() // it may be ending
	<-u.ended
	_ = u.cmd.Wait() // it was killed
}

func (u *updating) listen(r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		u.mu.Lock()
		u.p.hear(lines.Text())
		u.done = u.done || strings.HasPrefix(lines.Text(), ackDone)
		u.mu.Unlock()
	}
}

func (u *updating) now() (promised, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.p, u.done
}
