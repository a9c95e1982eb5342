package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"mingbai.local/sync/edition"
)

// starts lets the program begin once more on this data folder.
func starts(t *testing.T, s *Store) (*Store, Start) {
	t.Helper()
	again, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	found, err := again.Began(opens)
	if err != nil {
		t.Fatal(err)
	}
	return again, found
}

// two is a kiosk whose edition 1 is good and whose edition 2 has just come.
func two(t *testing.T) *Store {
	t.Helper()
	s := newStore(t)
	take(t, s, 1, "a")
	take(t, s, 2, "b")
	return s
}

func previous(t *testing.T, s *Store) int64 {
	t.Helper()
	g, _, err := s.Previous()
	if err != nil {
		t.Fatal(err)
	}
	return g.Number
}

// The program crashes twice with a new edition: the third start serves the one before, and only a higher one is taken.
func TestAnEditionThatCrashesTheProgramIsLeft(t *testing.T) {
	s := two(t)
	s, first := starts(t, s)
	if first != (Start{Trial: 2}) {
		t.Errorf("first start: %+v", first)
	}
	s, second := starts(t, s)
	if second != (Start{Trial: 2}) {
		t.Errorf("after one crash: %+v", second)
	}
	serves(t, s, 2, false)
	s, third := starts(t, s)
	if third != (Start{Left: 2}) {
		t.Errorf("after two crashes: %+v", third)
	}
	serves(t, s, 1, false)
	if n, err := s.Refused(); n != 2 || err != nil {
		t.Errorf("edition %d is refused, %v", n, err)
	}
	if _, seen, _ := s.Trust(); string(seen) != "seen2" {
		t.Error("going back opened the way for a rollback")
	}
	if _, err := s.Back(); err == nil {
		t.Error("staff can go back to the edition that crashes")
	}
	if _, err := os.Stat(s.Book(2)); !errors.Is(err, fs.ErrNotExist) || s.Newest() != 1 {
		t.Errorf("its book is still there: %v", err)
	}
	s, fourth := starts(t, s)
	if fourth != (Start{}) {
		t.Errorf("the start after: %+v", fourth)
	}
	take(t, s, 3, "c")
	serves(t, s, 3, false)
	if n := previous(t, s); n != 1 {
		t.Errorf("the edition before 3 is %d", n)
	}
}

// What explains an end is no crash: the program ended, it had gone on for ten minutes, the machine went down under it.
func TestEndsThatAreNoCrash(t *testing.T) {
	unplugged := func(t *testing.T, s *Store) {
		t.Helper()
		if err := s.change(func(st *state) error { st.trial.Boot = "the day before"; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	ended := func(t *testing.T, s *Store) {
		t.Helper()
		if err := s.Ended(); err != nil {
			t.Fatal(err)
		}
	}
	for name, end := range map[string]func(*testing.T, *Store){"ended": ended, "unplugged": unplugged} {
		t.Run(name, func(t *testing.T) {
			s := two(t)
			for range 5 {
				var found Start
				if s, found = starts(t, s); found.Trial != 2 {
					t.Fatalf("%+v", found)
				}
				end(t, s)
			}
			serves(t, s, 2, false)
		})
	}
}

// An edition that has proved itself stays, however often the program crashes, and then nothing is written at a start.
func TestAGoodEditionStays(t *testing.T) {
	s := two(t)
	s, _ = starts(t, s)
	if err := s.Settled(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(s.stateFile())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		var found Start
		if s, found = starts(t, s); found != (Start{}) {
			t.Fatalf("%+v", found)
		}
	}
	if err := errors.Join(s.Settled(), s.Ended()); err != nil {
		t.Error(err)
	}
	serves(t, s, 2, false)
	after, err := os.ReadFile(s.stateFile())
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("written: %v", err)
	}
}

// Editions that follow each other before one has proved itself do not push out the last that had.
func TestThePreviousEditionIsTheLastGoodOne(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a")
	for n := int64(2); n < 5; n++ {
		take(t, s, n, "b")
		if got := previous(t, s); got != 1 {
			t.Fatalf("the edition before %d is %d", n, got)
		}
	}
	proves(t, s)
	take(t, s, 5, "c")
	if got := previous(t, s); got != 4 {
		t.Errorf("the edition before 5 is %d", got)
	}
}

// A window that serves edition 1 says nothing of edition 2, which a command line has brought in beside it.
func TestATrialIsOfTheEditionThatServes(t *testing.T) {
	s := newStore(t)
	take(t, s, 1, "a")
	s, _ = starts(t, s)
	other, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	take(t, other, 2, "b")
	if err := errors.Join(s.Settled(), s.Ended()); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Began(opens); err != nil || found.Trial != 2 {
		t.Errorf("%+v, %v", found, err)
	}
	// Crashes before it began to serve are not its own.
	if st, err := s.state(); err != nil || st.trial.Crashes != 0 {
		t.Errorf("%+v, %v", st.trial, err)
	}
}

// Without a book of the edition before, the one that crashes is better than none.
func TestNothingToGoBackTo(t *testing.T) {
	s := two(t)
	if err := os.WriteFile(s.Book(1), []byte("bo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		var found Start
		if s, found = starts(t, s); found != (Start{Trial: 2}) {
			t.Fatalf("%+v", found)
		}
	}
	serves(t, s, 2, false)
	if err := os.WriteFile(s.Book(1), []byte("book"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, found := starts(t, s); found != (Start{Left: 2}) {
		t.Errorf("mended: %+v", found)
	}
}

// Staff have gone back by hand: the edition before is not on trial, and the other is again when they return to it.
func TestBackDuringATrial(t *testing.T) {
	s := two(t)
	s, _ = starts(t, s)
	if _, err := s.Back(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var found Start
		if s, found = starts(t, s); found != (Start{}) {
			t.Fatalf("%+v", found)
		}
	}
	if _, err := s.Back(); err != nil {
		t.Fatal(err)
	}
	if _, found := starts(t, s); found != (Start{Trial: 2}) {
		t.Errorf("%+v", found)
	}
	if st, err := s.state(); err != nil || st.trial.Crashes != 0 {
		t.Errorf("%+v, %v", st.trial, err)
	}
	take(t, s, 3, "c")
	if got := previous(t, s); got != 1 {
		t.Errorf("the edition before 3 is %d", got)
	}
}

func TestNoTrialInAnEmptyOrDamagedFolder(t *testing.T) {
	s := newStore(t)
	all := func() error {
		_, err := s.Began(opens)
		return errors.Join(err, s.Settled(), s.Ended())
	}
	if err := all(); err != nil {
		t.Errorf("empty: %v", err)
	}
	if _, err := os.Stat(s.stateFile()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder is no longer empty: %v", err)
	}
	if err := os.WriteFile(s.stateFile(), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := all(); err != nil {
		t.Errorf("damaged: %v", err)
	}
	if n, err := s.Refused(); n != 0 || err != nil {
		t.Errorf("damaged: edition %d is refused, %v", n, err)
	}
}

// A window notes how its edition fares while another program takes editions: none of these is lost.
func TestNotesBesideSwitchesLoseNothing(t *testing.T) {
	s := two(t)
	window, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var beside sync.WaitGroup
	stop := make(chan struct{})
	beside.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				_, err := window.Began(opens)
				if err := errors.Join(err, window.Ended(), window.Settled()); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for n := int64(3); n < 40; n++ {
		g := edition.Generation{Number: n, Digest: fmt.Sprint("d", n)}
		if err := s.Switch(g, nil, fmt.Append(nil, "seen", n)); err != nil {
			t.Fatal(err)
		}
		st, err := s.state()
		if err != nil || st.current.Number != n || string(st.seen) != fmt.Sprint("seen", n) {
			t.Fatalf("switched to %d, then %+v, %v", n, st.current, err)
		}
	}
	close(stop)
	beside.Wait()
}

// state.db can be read and not written, where bbolt's list of free pages is hurt: the next edition is taken all the same, and nothing that was known is lost.
func TestStateThatCannotBeWritten(t *testing.T) {
	s := two(t)
	good, err := os.ReadFile(s.stateFile())
	if err != nil {
		t.Fatal(err)
	}
	hurt := 0
	for page := 2 * os.Getpagesize(); page < len(good); page += os.Getpagesize() {
		bad := bytes.Clone(good)
		bad[page+8] ^= 0xff // what kind of page it is
		if err := os.WriteFile(s.stateFile(), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if st, err := s.state(); err != nil || st.current.Number != 2 {
			continue
		}
		if err := s.change(func(*state) error { return nil }); !errors.Is(err, ErrBroken) {
			continue
		}
		hurt++
		take(t, s, 3, "c")
		serves(t, s, 3, false)
		if n := previous(t, s); n != 1 {
			t.Errorf("the edition before 3 is %d", n)
		}
		if left, err := filepath.Glob(s.stateFile() + ".*"); err != nil || len(left) > 0 {
			t.Errorf("left %v, %v", left, err)
		}
	}
	if hurt == 0 {
		t.Error("no page can be hurt so")
	}
}
