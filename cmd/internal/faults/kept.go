package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// kept (记录) is what runs have come to so far, in a file: one that broke off goes on with the trials that are missing.
type kept struct {
	file string // empty keeps nothing
	// Programs is the hash of what was tried. What was found of others says nothing but how long it took.
	Programs string
	Trials   map[string]tried
}

// tried (试过) is what came of a trial.
type tried struct {
	Programs           string
	Tried, Lost, Wrong int
	Note               string
	Took               time.Duration
	Well               bool
}

func openKept(file string) (*kept, error) {
	k := &kept{file: file, Trials: map[string]tried{}}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err == nil {
		err = json.Unmarshal(b, k)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; without it everything is tried", file, err)
	}
	return k, nil
}

// open chooses what is to be tried: what was named, else what is missing, else everything anew.
func (k *kept) open(b *bench, all []trial, only string) (todo []trial, err error) {
	h := sha256.New()
	for _, program := range []string{b.program, b.press} {
		f, err := os.Open(program)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
	k.Programs = fmt.Sprintf("%x", h.Sum(nil))
	for _, t := range all {
		if was := k.Trials[t.name]; strings.Contains(t.name, only) && (only != "" || was.Programs != k.Programs || !was.Well) {
			todo = append(todo, t)
		}
	}
	switch {
	case len(todo) > 0 && len(todo) < len(all) && only == "":
		fmt.Fprintf(b.log, "%d of %d trials have been tried with these programs, the others follow\n", len(all)-len(todo), len(all))
	case len(todo) == 0 && only == "":
		for _, t := range all {
			was := k.Trials[t.name]
			was.Well = false
			k.Trials[t.name] = was
		}
		return all, nil
	case len(todo) == 0:
		return nil, fmt.Errorf("no trial has %q in its name", only)
	}
	return todo, nil
}

// add keeps what came of a trial.
func (k *kept) add(r row, took time.Duration, well bool) error {
	k.Trials[r.fault] = tried{k.Programs, r.tried, r.lost, r.wrong, r.note, took, well}
	if k.file == "" {
		return nil
	}
	b, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	part := k.file + ".part"
	return errors.Join(os.WriteFile(part, append(bytes.TrimSpace(b), '\n'), 0o644), os.Rename(part, k.file))
}

// rows is what is known of these programs.
func (k *kept) rows(all []trial) (out []row) {
	for _, t := range all {
		if was, ok := k.Trials[t.name]; ok && was.Programs == k.Programs {
			out = append(out, row{fault: t.name, tried: was.Tried, lost: was.Lost, wrong: was.Wrong, note: was.Note})
		}
	}
	return out
}

// progress (进度) says how far a run is.
type progress struct {
	log    io.Writer
	part   string
	began  time.Time
	said   time.Time
	after  time.Duration // what the trials that follow took the last time
	unsure bool          // of one that follows it is not known
}

// usual is how long a trial takes of which nobody knows: the whole takes an hour.
const usual = 150 * time.Second

// begin begins trial n of those that are to be tried.
func (k *kept) begin(log io.Writer, todo []trial, n int) *progress {
	now := time.Now()
	p := &progress{log: log, part: fmt.Sprintf("%d of %d, %s", n+1, len(todo), todo[n].name), began: now, said: now}
	for _, t := range todo[n+1:] {
		took := k.Trials[t.name].Took
		if took == 0 {
			took, p.unsure = usual, true
		}
		p.after += took
	}
	return p
}

// tell says it, every ten seconds. of is 0 where nobody knows how many attempts there are to be.
func (p *progress) tell(r *row, n, of int) {
	const every = 10 * time.Second
	now := time.Now()
	if now.Sub(p.said) < every {
		return
	}
	p.said = now
	about := ""
	if p.unsure {
		about = "about "
	}
	so := fmt.Sprintf("%d lost, %d wrong", r.lost, r.wrong)
	if of == 0 {
		fmt.Fprintf(p.log, "%s: %d, %s; %s%v for the others\n", p.part, n, so, about, p.after)
		return
	}
	left := time.Duration(float64(now.Sub(p.began)) * float64(of-n) / float64(n)).Round(time.Second)
	fmt.Fprintf(p.log, "%s: %d of %d, %s; %v left, of all %s%v\n", p.part, n, of, so, left, about, (left + p.after).Round(time.Second))
}
