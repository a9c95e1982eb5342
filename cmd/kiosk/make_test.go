package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	main "mingbai.local/cmd/kiosk"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// wanted is a kiosk whose book is gone while its shards are there, and what a process is told to make it again.
type wanted struct {
	data, path string
	was        []byte // the book
	told       []byte
}

func wantedBook(t *testing.T) wanted {
	t.Helper()
	w := wanted{data: clone(t)}
	s, err := store.Open(w.data)
	if err != nil {
		t.Fatal(err)
	}
	g, ok, err := s.Current()
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	text, err := os.ReadFile(filepath.Join(w.data, "enrolment.json"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := trust.ParseEnrolment(text)
	if err != nil {
		t.Fatal(err)
	}
	if w.told, err = json.Marshal(main.Order{Generation: g, Key: edition.Key(e.CountyKey)}); err != nil {
		t.Fatal(err)
	}
	w.path = s.Book(g.Number)
	if w.was, err = os.ReadFile(w.path); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(w.path); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w wanted) maker(ctx context.Context) *exec.Cmd {
	return exec.CommandContext(ctx, shared.kiosk, "make", "--data", w.data)
}

// made makes the book in peace, and checks that it is the one that was there and that nothing else lies beside it.
func (w wanted) made(t *testing.T) {
	t.Helper()
	var said []pull.Progress
	if err := main.Hire(context.Background(), w.maker(context.Background()), w.told, func(p pull.Progress) { said = append(said, p) }); err != nil {
		t.Fatal(err)
	}
	is, err := os.ReadFile(w.path)
	if err != nil || !bytes.Equal(is, w.was) {
		t.Errorf("the book is %d bytes, was %d, %v", len(is), len(w.was), err)
	}
	all, err := os.ReadDir(filepath.Dir(w.path))
	if err != nil || len(all) != 1 {
		t.Errorf("beside the book lie %v, %v", all, err)
	}
	if n := len(said); n < 3 || said[0].Stage != pull.Check || said[0].Total == 0 || said[n-1].Stage != pull.Build ||
		said[n-2].Stage != pull.Check || said[n-2].Done != said[n-2].Total {
		t.Errorf("it said %+v", said)
	}
}

func TestABookIsMadeInAProcessOfItsOwn(t *testing.T) {
	wantedBook(t).made(t)
}

// A process that makes a book and is killed leaves the kiosk as it was: there is an error, no book, and the next one makes it.
func TestTheMakerIsKilled(t *testing.T) {
	w := wantedBook(t)
	c := w.maker(context.Background())
	err := main.Hire(context.Background(), c, w.told, func(pull.Progress) { c.Process.Kill() }) //nolint:errcheck // it may have been, by the line before
	if err == nil || !strings.Contains(err.Error(), "killed") || pull.FaultOf(err) != pull.Internal {
		t.Errorf("killed: %v", err)
	}
	if _, err := os.Stat(w.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a book that was never finished: %v", err)
	}
	w.made(t)
}

// Whoever wants the book no longer is told so, and why, when the process is gone.
func TestTheMakingIsStopped(t *testing.T) {
	w := wantedBook(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	c := w.maker(ctx)
	if err := main.Hire(ctx, c, w.told, func(pull.Progress) { cancel(main.ErrCut) }); !errors.Is(err, main.ErrCut) || pull.FaultOf(err) != pull.Stopped {
		t.Errorf("stopped: %v", err)
	}
	if c.ProcessState == nil {
		t.Error("the process goes on")
	}
	w.made(t)
}

// When the kiosk is gone, its end of the pipe is; the process that makes a book for it ends too, and says that it was stopped.
func TestTheMakerEndsWithTheKiosk(t *testing.T) {
	w := wantedBook(t)
	c := w.maker(context.Background())
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write(append(w.told, '\n')); err != nil {
		t.Fatal(err)
	}
	var last main.Said
	lines := json.NewDecoder(out)
	for n := 0; ; n++ {
		var s main.Said
		if err := lines.Decode(&s); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if last = s; n == 0 {
			if err := in.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); err == nil || last.Fault != pull.Stopped {
		t.Errorf("it ended with %v and said %+v", err, last)
	}
	if _, err := os.Stat(w.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a book for nobody: %v", err)
	}
	w.made(t)
}

// A process that makes a book for a kiosk which was killed may still be ending when the next one is begun: that waits until it alone writes.
func TestTwoMakersWriteOneAfterTheOther(t *testing.T) {
	w := wantedBook(t)
	s, err := store.Open(w.data)
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Making()
	if err != nil {
		t.Fatal(err)
	}
	c := w.maker(context.Background())
	made := make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		made <- main.Hire(context.Background(), c, w.told, func(pull.Progress) {
			select {
			case <-begun:
			default:
				t.Error("it began beside the other")
			}
		})
	}()
	var gen syscall.Stat_t
	if err := syscall.Stat(filepath.Dir(w.path), &gen); err != nil {
		t.Fatal(err)
	}
	waits := regexp.MustCompile(fmt.Sprintf(`-> FLOCK .*:%d `, gen.Ino))
	for deadline := time.Now().Add(time.Minute); ; <-time.After(time.Millisecond) {
		locks, err := os.ReadFile("/proc/locks")
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("nobody waits: %s, %v", locks, err)
		}
		if waits.Match(locks) {
			break
		}
	}
	close(begun)
	if err := done(); err != nil {
		t.Fatal(err)
	}
	if err := <-made; err != nil {
		t.Fatal(err)
	}
	if is, err := os.ReadFile(w.path); err != nil || !bytes.Equal(is, w.was) {
		t.Errorf("the book is %d bytes, was %d, %v", len(is), len(w.was), err)
	}
}

// speaks is a process that hears its order and then says something else than a maker of books would.
func speaks(script string) *exec.Cmd { return exec.Command("sh", "-c", "read -r order; "+script) }

// What kind of fault a process met is the kind that staff are told of: a full disk is not a broken program.
func TestAFaultKeepsItsKindOnTheWay(t *testing.T) {
	for _, fault := range []pull.Fault{pull.Full, pull.Newer, pull.Tampered, pull.Internal} {
		line, err := json.Marshal(main.Said{Fault: fault, Error: "what happened"})
		if err != nil {
			t.Fatal(err)
		}
		err = main.Hire(context.Background(), speaks(fmt.Sprintf("echo '%s'; exit 1", line)), []byte("{}"), func(pull.Progress) {})
		if pull.FaultOf(err) != fault || err.Error() != "what happened" {
			t.Errorf("fault %d arrives as %d, %v", fault, pull.FaultOf(err), err)
		}
	}
}

// A process that is not what it should be is an error, and never waited for.
func TestAMakerThatIsNone(t *testing.T) {
	for script, says := range map[string]string{
		"echo nonsense":                              "invalid character",
		"echo panic: out of luck >&2; exit 2":        "out of luck",
		"head -c 1000000 /dev/zero | tr '\\0' 'x'":   "too long",
		"kill -9 $$":                                 "killed",
		"exec <&-; echo '{\"progress\":{}}'; exit 3": "exit status 3",
	} {
		err := main.Hire(context.Background(), speaks(script), []byte("{}"), func(pull.Progress) {})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", script, err)
		}
	}
	gone := exec.Command(filepath.Join(t.TempDir(), "kiosk"))
	if err := main.Hire(context.Background(), gone, nil, func(pull.Progress) {}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a program that is not there: %v", err)
	}
}

// A shard that is damaged on the disk is dropped by the process, so that the update which wants the book fetches it again.
func TestADamagedShardIsDroppedByTheMaker(t *testing.T) {
	w := wantedBook(t)
	s, err := store.Open(w.data)
	if err != nil {
		t.Fatal(err)
	}
	var o main.Order
	if err := json.Unmarshal(w.told, &o); err != nil {
		t.Fatal(err)
	}
	e, err := edition.Load(o.Generation.Catalogs, func(_ string, r edition.Ref) ([]byte, error) { return s.Object(r.SHA256) })
	if err != nil {
		t.Fatal(err)
	}
	shard := e.Shards()[0]
	path := filepath.Join(w.data, "s", shard.SHA256Z[:2], shard.SHA256Z)
	if err := os.WriteFile(path, make([]byte, shard.LenZ), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := main.Hire(context.Background(), w.maker(context.Background()), w.told, func(pull.Progress) {}); err == nil {
		t.Error("a book was made without a shard")
	}
	if s.Has(shard.SHA256Z, shard.LenZ) {
		t.Error("the damaged shard is still there")
	}
}

func TestMakeIsNotForHands(t *testing.T) {
	out, err := exec.Command(shared.kiosk, "make", "--data", t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "不用手工运行") || strings.Count(string(out), "\n") != 1 {
		t.Errorf("%v %s", err, out)
	}
}
