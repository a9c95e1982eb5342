package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// killedAtSteps (被杀) ends an update at one of its steps after the other, and then lets another one go on.
func (b *bench) killedAtSteps(stride int) (r row, err error) {
	data := filepath.Join(b.dir, "killed")
	for step := 1; ; step += stride {
		p, done, err := b.killAt(data, step)
		if err != nil {
			return r, err
		}
		bad := b.verify(data, p)
		if bad == nil {
			bad = b.goesOn(data, recorded)
		}
		if err := errors.Join(b.count(&r, bad, fmt.Sprintf("step %d", step)), os.RemoveAll(data)); err != nil || done {
			return r, err
		}
		b.progress.tell(&r, r.tried, 0)
	}
}

// goesOn lets an update run to its end.
func (b *bench) goesOn(data string, newest int64) error {
	if err := b.run("update", data, newest); err != nil {
		return &violation{"wrong: the next update fails: " + err.Error()}
	}
	return b.verify(data, promised{Edition: newest, Good: newest})
}

// killAt runs an update and kills it when it has said so many lines, of which it waits for each to be heard.
func (b *bench) killAt(data string, step int) (p promised, done bool, err error) {
	n := 0
	err = b.listened(data, func(line string) (enough bool) {
		p.hear(line)
		done = line == fmt.Sprint(ackDone, " ", recorded)
		n++
		return n == step
	})
	return p, done, err
}

// listened runs an update that waits until each of its lines has been heard, and kills it when that was enough.
func (b *bench) listened(data string, hear func(line string) (enough bool)) error {
	c := b.child("update-waits", data, strconv.FormatInt(recorded, 10))
	var failed bytes.Buffer
	c.Stderr = &failed
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if hear(lines.Text()) {
			_ = c.Process.Kill() // it waits
			_ = c.Wait()
			return nil
		}
		if _, err := in.Write([]byte("\n")); err != nil {
			break // it has ended, and says why
		}
	}
	if err := c.Wait(); err != nil {
		return fmt.Errorf("the update failed by itself: %w: %s", err, failed.Bytes())
	}
	return nil
}

// killed ends updates at random moments, one after the other on the same folder.
func (b *bench) killed(times int) (r row, err error) {
	data := filepath.Join(b.dir, "killed")
	var p promised
	for n := range times {
		u, err := b.begin(data, p)
		if err != nil {
			return r, err
		}
		u.goesOn(b)
		u.kill()
		if err := b.reboot(); err != nil { // or it would count as a crash of the program, and the edition would be left after the second
			return r, err
		}
		var done bool
		p, done = u.now()
		bad := b.verify(data, p)
		if err := b.count(&r, bad, fmt.Sprintf("kill %d", n)); err != nil {
			return r, err
		}
		if done || bad != nil {
			p = promised{}
			if err := os.RemoveAll(data); err != nil {
				return r, err
			}
		}
		b.progress.tell(&r, n+1, times)
	}
	if bad := b.goesOn(data, b.newest); bad != nil {
		return r, b.count(&r, bad, "after the last")
	}
	return r, os.RemoveAll(data)
}

// twoWriters (两个程序) lets two updates work on one folder, and a third that is killed.
func (b *bench) twoWriters(pairs int) (r row, err error) {
	data := filepath.Join(b.dir, "shared")
	for n := range pairs {
		failed := make([]error, 2)
		var both sync.WaitGroup
		for i := range failed {
			both.Go(func() { failed[i] = b.run("update-shares", data, b.newest) })
		}
		third := b.child("update-shares", data, strconv.FormatInt(b.newest, 10))
		if err := third.Start(); err != nil {
			return r, err
		}
		time.Sleep(time.Duration(b.rand.IntN(int(longestRun))))
		_ = third.Process.Kill() // it may have ended
		_ = third.Wait()
		both.Wait()
		bad := b.verify(data, promised{Edition: b.newest})
		if err := errors.Join(failed...); err != nil {
			bad = &violation{"wrong: one of two fails: " + err.Error()}
		}
		if err := errors.Join(b.count(&r, bad, fmt.Sprintf("pair %d", n)), os.RemoveAll(data)); err != nil {
			return r, err
		}
		b.progress.tell(&r, n+1, pairs)
	}
	return r, nil
}
