package gate

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const (
	theHash = "$argon2id$one"
	another = "$argon2id$two"
)

func wrong() bool { return false }
func right() bool { return true }

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "pin.json") }

func TestFiveFreeTriesThenLongerAndLonger(t *testing.T) {
	g := Open(file(t), theHash)
	for i := range 4 {
		ok, c, err := g.Try(wrong)
		if ok || err != nil || c.Wait != 0 || c.Left() != 4-i {
			t.Fatalf("try %d: %v %+v %v", i+1, ok, c, err)
		}
	}
	for _, minutes := range []int{1, 5, 15, 60, 60, 60} {
		ok, c, err := g.Try(wrong)
		if ok || err != nil || c.Wait != time.Duration(minutes)*time.Minute || c.Left() != 1 {
			t.Fatalf("want %d minutes: %v %+v %v", minutes, ok, c, err)
		}
		called := false
		if ok, _, _ := g.Try(func() bool { called = true; return true }); ok || called {
			t.Fatal("a try was taken during the wait")
		}
		g.Serve(c.Wait - time.Millisecond)
		if ok, _, _ := g.Try(right); ok {
			t.Fatal("a try was taken a millisecond too early")
		}
		g.Serve(time.Millisecond)
	}
	if ok, c, err := g.Try(right); !ok || err != nil || c != (Count{}) {
		t.Fatalf("the right one after the wait: %v %+v %v", ok, c, err)
	}
	if _, c, _ := g.Try(wrong); c.Failures != 1 {
		t.Errorf("after a right one the count goes on: %+v", c)
	}
}

// The plug may be pulled while the hash is computed: that try counts.
func TestPullingThePlugGivesNoFreeTry(t *testing.T) {
	path := file(t)
	for n := 1; n <= free; n++ {
		g := Open(path, theHash)
		g.Try(func() bool { //nolint:errcheck // the program ends here
			if c := Open(path, theHash).Count(); c.Failures != n {
				t.Errorf("before try %d was looked at, %+v lies on the disk", n, c)
			}
			// What is on the disk now is what the next start finds; a copy stands for the pulled plug.
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			path = file(t)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			return true
		})
	}
	if c := Open(path, theHash).Count(); c.Failures != free || c.Wait != time.Minute {
		t.Errorf("after %d pulled plugs: %+v", free, c)
	}
}

// However often it is restarted, and whatever the clock says (nothing here asks it), the wait is served in full, and at most a
// moment longer each time.
func TestARestartNeverShortensTheWait(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		path := file(t)
		g := Open(path, theHash)
		for g.Count().Wait == 0 {
			g.Try(wrong) //nolint:errcheck // counted
		}
		want, ran, restarts := g.Count().Wait, time.Duration(0), 0
		for g.Count().Wait > 0 {
			d := time.Duration(dice.Int64N(int64(3 * time.Second)))
			g.Serve(d)
			ran += d
			if dice.IntN(10) == 0 && g.Count().Wait > 0 {
				g = Open(path, theHash)
				restarts++
			}
		}
		if ran < want || ran > want+time.Duration(restarts)*(keepEvery+3*time.Second)+3*time.Second {
			t.Errorf("%v were served as %v with %d restarts", want, ran, restarts)
		}
		if c := Open(path, theHash).Count(); c.Wait != 0 || c.Failures != free {
			t.Errorf("when the wait is over the disk says %+v", c)
		}
	}
}

func TestTimeThatRunsBackServesNothing(t *testing.T) {
	c := Count{5, time.Minute}
	if got := c.Serve(-time.Hour); got != c {
		t.Errorf("%+v", got)
	}
	if got := c.Serve(100 * 365 * 24 * time.Hour); got.Wait != 0 || got.Failures != 5 {
		t.Errorf("%+v", got)
	}
}

func TestDamageLetsNobodyInUntilThereIsANewPIN(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"truncated": func(p string) error { return os.WriteFile(p, []byte(`{"of":"`), 0o600) },
		"empty":     func(p string) error { return os.WriteFile(p, nil, 0o600) },
		"garbage":   func(p string) error { return os.WriteFile(p, []byte("\x00\xff\x00"), 0o600) },
		"null":      func(p string) error { return os.WriteFile(p, []byte("null"), 0o600) },
		"negative":  func(p string) error { return os.WriteFile(p, []byte(`{"of":"0123456789abcdef","failures":-9}`), 0o600) },
		"for ever": func(p string) error {
			return os.WriteFile(p, []byte(`{"of":"0123456789abcdef","wait_ms":9999999999}`), 0o600)
		},
		"giant":  func(p string) error { return os.WriteFile(p, make([]byte, 1<<20), 0o600) },
		"folder": func(p string) error { return os.Mkdir(p, 0o700) },
		"link":   func(p string) error { return os.Symlink("/dev/zero", p) },
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t)
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			g := Open(path, theHash)
			if ok, _, err := g.Try(right); ok || !errors.Is(err, ErrLocked) || g.Broken() == nil {
				t.Errorf("let in: %v %v %v", ok, err, g.Broken())
			}
			if err := Reset(path, another); err != nil {
				t.Fatal(err)
			}
			if ok, _, err := Open(path, another).Try(right); !ok || err != nil {
				t.Errorf("after a new PIN: %v %v", ok, err)
			}
		})
	}
}

func TestWhatCannotBeWrittenDownIsNotTried(t *testing.T) {
	path := file(t)
	g := Open(path, theHash)
	if err := os.MkdirAll(filepath.Join(path+".part", "x"), 0o700); err != nil { // not even root can write there
		t.Fatal(err)
	}
	called := false
	if ok, c, err := g.Try(func() bool { called = true; return true }); ok || called || !errors.Is(err, ErrLocked) || c.Failures != 0 {
		t.Errorf("%v %v %+v %v", ok, called, c, err)
	}
	if err := os.RemoveAll(path + ".part"); err != nil {
		t.Fatal(err)
	}
	if ok, _, err := g.Try(right); !ok || err != nil {
		t.Errorf("when the disk is well again: %v %v", ok, err)
	}
}

func TestANewPINBeginsANewCount(t *testing.T) {
	path := file(t)
	g := Open(path, theHash)
	for range free {
		g.Try(wrong) //nolint:errcheck // counted
	}
	if c := Open(path, theHash).Count(); c.Wait == 0 {
		t.Fatal("the wait is not on the disk")
	}
	if c := Open(path, another).Count(); c != (Count{}) {
		t.Errorf("another PIN inherits %+v", c)
	}
}
