package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What an edition must have done before it counts as good: served for so long, by a clock that only runs forward, and answered so many queries.
const (
	GoodAfter   = 10 * time.Minute
	GoodQueries = 20
	// maxCrashes of the program are one too many.
	maxCrashes = 2
)

// trial (试用) is how a generation that was switched to has fared so far. No clock is asked: what counts is how each start of the program ended.
type trial struct {
	Number int64 `json:"number"`
	// Open says that the program began to serve it on this boot of the machine, and has not said since that all is well.
	Open    bool   `json:"open"`
	Boot    string `json:"boot"`
	Crashes int    `json:"crashes"`
}

// tried says that the current generation is on trial.
func (st *state) tried() bool {
	return st.trial != nil && st.current != nil && st.trial.Number == st.current.Number
}

// Start (启动) is what Began found.
type Start struct {
	// Trial is the edition that has yet to prove itself, 0 when the one that serves has.
	Trial int64
	// Left is the edition that was just left for the one before because it crashed the program; 0 as a rule.
	Left int64
}

// Began notes that the program is about to open the current generation: at its start, and when an update has brought another. If that generation is on
// trial and has crashed the program twice, the previous one becomes current, and the other is not taken again. Nothing is written but during a trial.
//
// A start that ended because the machine did is no crash: in a village the plug is pulled every evening.
func (s *Store) Began(open func(path string) error) (Start, error) {
	var found Start
	err := s.during(func(st *state) error {
		found = Start{}
		if st.current != nil {
			s.began.Store(st.current.Number)
		}
		if !st.tried() {
			return errSame
		}
		found.Trial = st.trial.Number
		// Nothing would serve without a book of the edition before.
		if st.trial.begin(bootID()) >= maxCrashes && st.previous != nil && open(s.Book(st.previous.Number)) == nil {
			found = Start{Left: st.trial.Number}
			st.current, st.previous, st.trial, st.refused = st.previous, nil, nil, st.trial.Number
			s.began.Store(st.current.Number)
		}
		return nil
	})
	if err != nil || found.Left == 0 {
		return found, err
	}
	// Should state.db be lost, the newest book on the disk serves: let it not be this one.
	if err := os.Remove(s.Book(found.Left)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return found, fmt.Errorf("store: %w", err)
	}
	return found, syncDir(filepath.Join(s.dir, "gen"))
}

// begin counts the start before as a crash if nothing else explains how it ended.
func (t *trial) begin(boot string) (crashes int) {
	if t.Open && t.Boot == boot {
		t.Crashes++
	}
	t.Open, t.Boot = true, boot
	return t.Crashes
}

// Ended notes that the program ends as it should, or has gone on for GoodAfter since Began: what happens after that is not held against the edition.
func (s *Store) Ended() error {
	return s.during(func(st *state) error {
		if !st.tried() || !st.trial.Open {
			return errSame
		}
		st.trial.Open = false
		return nil
	})
}

// Settled notes that the edition which this program began to serve has done so for GoodAfter and has answered GoodQueries: it is good. No trial is
// without an end, so that the next edition finds a previous one that was good.
func (s *Store) Settled() error {
	return s.during(func(st *state) error {
		if !st.tried() || st.trial.Number != s.began.Load() {
			return errSame
		}
		st.trial = nil
		return nil
	})
}

// during changes what is known of a trial. Where there is no telling, there is none.
func (s *Store) during(decide func(st *state) error) error {
	err := s.change(decide)
	if errors.Is(err, ErrBroken) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Refused is the number of the edition that crashed the program and may not be taken again, 0 when there is none. Only a higher one is.
func (s *Store) Refused() (int64, error) {
	st, err := s.state()
	if errors.Is(err, ErrBroken) {
		err = nil
	}
	return st.refused, err
}

// bootID differs from one boot of the machine to the next. Where there is none, every start counts.
func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
