// Package guest is a visitor (来客) at a kiosk: it opens a screen in memory, starts the built program on it, asks it what is on
// show and touches that, from a process of its own.
//
// What the program says of itself is only where things are; that they were touched, and what came of it, goes through the X
// server. The tests by real touches and the measurement of the screen share it.
package guest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"mingbai.local/cmd/internal/finger"
)

// patience is how long a touch may remain without an answer before something is wrong.
const patience = 20 * time.Second

// Down is the label of ▼.
const Down = "▼"

// Display is a screen in memory (内存屏幕).
type Display struct {
	Name   string // as in DISPLAY
	server *exec.Cmd
}

// Open starts a screen in memory.
func Open(width, height int) (*Display, error) {
	number, told, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer number.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-nocursor")
	cmd.ExtraFiles = []*os.File{told}
	err = cmd.Start()
	told.Close()
	if err != nil {
		return nil, fmt.Errorf("guest: %w", err)
	}
	name, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		err = errors.Join(fmt.Errorf("guest: Xvfb did not start: %w", err), cmd.Process.Kill(), cmd.Wait())
		return nil, err
	}
	return &Display{":" + strings.TrimSpace(name), cmd}, nil
}

// Kill ends the server as a fault of its own would.
func (d *Display) Kill() {
	d.server.Process.Kill() //nolint:errcheck // it may be gone already
	d.server.Wait()         //nolint:errcheck // it was killed
}

// Close ends the server.
func (d *Display) Close() {
	d.server.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may be gone already
	d.server.Wait()                          //nolint:errcheck // it was told to go
}

// Command is a program that opens its window there.
func (d *Display) Command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.Name, "LIBGL_ALWAYS_SOFTWARE=1")
	return cmd
}

// Guest touches one kiosk.
type Guest struct {
	*finger.Finger
	display *Display
	kiosk   *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
	said    said
	ended   chan struct{}
}

// said keeps what the kiosk writes to its standard error.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

// Visit starts a kiosk on a screen of that size, which it fills as it fills a panel. Args are further options of `kiosk tour`.
func Visit(kiosk, data string, width, height int, args ...string) (*Guest, error) {
	d, err := Open(width, height)
	if err != nil {
		return nil, err
	}
	g := &Guest{display: d, ended: make(chan struct{})}
	if err := g.start(kiosk, append([]string{"tour", "--data", data, "--out", os.TempDir(), "--full", "--story", "-"}, args...)); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

func (g *Guest) start(kiosk string, args []string) error {
	g.kiosk = g.display.Command(kiosk, args...)
	g.kiosk.Stderr = &g.said
	var err error
	if g.ask, err = g.kiosk.StdinPipe(); err != nil {
		return err
	}
	out, err := g.kiosk.StdoutPipe()
	if err != nil {
		return err
	}
	g.answers = bufio.NewReader(out)
	if err := g.kiosk.Start(); err != nil {
		g.kiosk = nil
		return err
	}
	go func() {
		g.kiosk.Process.Wait() //nolint:errcheck // how it ended is read from what it said
		close(g.ended)
	}()
	s, err := g.Tell()
	if err != nil {
		return err
	}
	g.Finger, err = finger.On(g.display.Name, s.Window)
	return err
}

// PID is the kiosk's process.
func (g *Guest) PID() int { return g.kiosk.Process.Pid }

// Said is what the kiosk has written to its standard error.
func (g *Guest) Said() string {
	g.said.mu.Lock()
	defer g.said.mu.Unlock()
	return g.said.text.String()
}

// Alive reports whether the kiosk runs, and has not stumbled.
func (g *Guest) Alive() error {
	select {
	case <-g.ended:
		return fmt.Errorf("the kiosk has ended: %s", g.Said())
	default:
	}
	if said := g.Said(); strings.Contains(said, "panic:") || strings.Contains(said, "fatal error:") {
		return fmt.Errorf("the kiosk panicked: %s", said)
	}
	return nil
}

// Tell asks what is on show.
func (g *Guest) Tell() (finger.Sight, error) {
	var s finger.Sight
	if _, err := io.WriteString(g.ask, "tell\n"); err != nil {
		return s, errors.Join(err, g.Alive())
	}
	line, err := g.answers.ReadBytes('\n')
	if err != nil {
		return s, errors.Join(err, g.Alive())
	}
	if err := json.Unmarshal(line, &s); err != nil {
		return s, fmt.Errorf("guest: the kiosk answers %q: %w", line, err)
	}
	return s, nil
}

// Still waits until the window shows what is to be shown.
func (g *Guest) Still() (*image.RGBA, error) {
	var broken error
	picture, err := g.Finger.Still(func() (count, drawn uint64) {
		s, err := g.Tell()
		broken = errors.Join(broken, err)
		return s.Count, s.Drawn
	})
	return picture, errors.Join(broken, err)
}

// Quiet waits until all has been drawn and nothing more comes of what was done last. It looks at no picture.
func (g *Guest) Quiet() error {
	var before finger.Sight
	_, err := g.Await(func(s finger.Sight) bool {
		quiet := s.Count == s.Drawn && s.Count == before.Count
		if before = s; !quiet {
			<-time.After(finger.Frame)
		}
		return quiet
	})
	return err
}

// Await waits until what is on show is as it should be.
func (g *Guest) Await(is func(finger.Sight) bool) (finger.Sight, error) {
	for deadline := time.Now().Add(patience); ; {
		s, err := g.Tell()
		if err != nil || is(s) {
			return s, err
		}
		if time.Now().After(deadline) {
			return s, fmt.Errorf("after %v page %s shows %s", patience, s.Page, s.Words())
		}
		<-time.After(5 * time.Millisecond)
	}
}

// Touch finds words that can be touched, turning the pages of a list for them, touches them, and waits for the answer.
func (g *Guest) Touch(words string) (finger.Sight, error) {
	for turned := 0; ; turned++ {
		s, err := g.Tell()
		if err != nil {
			return s, err
		}
		if a, ok := s.Spot(words); ok {
			return g.Tap(a, false)
		}
		down, ok := s.Spot(Down)
		if !ok || turned > 200 {
			return s, fmt.Errorf("page %s has no %q to touch: %s", s.Page, words, s.Labels())
		}
		if _, err := g.Tap(down, false); err != nil {
			return s, err
		}
	}
}

// Tap touches the middle of a place and waits until the screen has drawn an answer. Quick does not rest before it.
func (g *Guest) Tap(a finger.Area, quick bool) (finger.Sight, error) {
	if err := g.Quiet(); err != nil { // else the answer to what was before is taken for the answer to this
		return finger.Sight{}, err
	}
	before, err := g.Tell()
	if err != nil {
		return before, err
	}
	x, y := a.Middle()
	if err := g.Finger.Tap(x, y, quick); err != nil {
		return before, err
	}
	s, err := g.Await(func(s finger.Sight) bool { return s.Count != before.Count })
	if err != nil {
		return s, fmt.Errorf("touched %q: %w", a.Label, err)
	}
	if err := g.Quiet(); err != nil {
		return s, err
	}
	g.Seen()
	return g.Tell()
}

// Arrive waits for a page.
func (g *Guest) Arrive(page string) error {
	_, err := g.Await(func(s finger.Sight) bool { return s.Page == page })
	return err
}

// Type strikes keys of the pad.
func (g *Guest) Type(letters string) (s finger.Sight, err error) {
	for _, r := range letters {
		if s, err = g.Tell(); err != nil {
			return s, err
		}
		a, ok := s.Key(string(r))
		if !ok {
			return s, fmt.Errorf("the key %q cannot be touched now", r)
		}
		if s, err = g.Tap(a, true); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Close ends the visit, the kiosk and its screen.
func (g *Guest) Close() {
	if g.Finger != nil {
		g.Finger.Close()
	}
	if g.kiosk != nil {
		g.ask.Close()
		select {
		case <-g.ended:
		case <-time.After(patience):
			g.kiosk.Process.Kill() //nolint:errcheck // it may have ended in this moment
			<-g.ended
		}
	}
	g.display.Close()
}
