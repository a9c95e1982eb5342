package main

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mingbai.local/cmd/internal/guest"
)

const starts = 5 // of the kiosk, of which the median is reported

// opened is a kiosk as it stands in a village, without anybody who asks it anything.
type opened struct {
	display *guest.Display
	cmd     *exec.Cmd
	first   float64 // milliseconds from exec to the first page with data
}

// open starts the kiosk and waits until it says that a page with data is painted.
func (b *bench) open() (*opened, error) {
	d, err := guest.Open(1080, 1920)
	if err != nil {
		return nil, err
	}
	o := &opened{display: d, cmd: d.Command(b.program("kiosk"), "--data", b.kiosk(), "--offline")}
	pipe, err := o.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		d.Close()
		return nil, err
	}
	first := regexp.MustCompile(`msg=painted page=([a-z]+) since_start_ms=([0-9]+)`)
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		if m := first.FindStringSubmatch(lines.Text()); m != nil && m[1] != "empty" {
			o.first, err = strconv.ParseFloat(m[2], 64)
			return o, err
		}
	}
	o.close()
	return nil, errors.New("the kiosk showed no page with data")
}

func (o *opened) close() {
	o.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
	o.cmd.Wait()                          //nolint:errcheck // it was told to go
	o.display.Close()
}

// first measures from exec to the first page with data.
func (b *bench) first() error {
	var took []float64
	for range starts {
		o, err := b.open()
		if err != nil {
			return err
		}
		took = append(took, o.first)
		o.close()
	}
	payments, err := b.payments()
	if err != nil {
		return err
	}
	slices.Sort(took)
	b.table.Add("first_frame_ms", took[len(took)/2], "ms", fmt.Sprintf(
		"median of %d starts, slowest %.0f ms, from exec to the idle page of a county with %d payments on disk", starts, took[len(took)-1], payments))
	return nil
}

// idle measures the processor while nobody is there.
func (b *bench) idle() error {
	o, err := b.open()
	if err != nil {
		return err
	}
	defer o.close()
	before, err := ticks(o.cmd.Process.Pid)
	if err != nil {
		return err
	}
	began := time.Now()
	<-time.After(b.options.idle)
	after, err := ticks(o.cmd.Process.Pid)
	if err != nil {
		return err
	}
	b.table.Add("idle_cpu_pct", float64(after-before)*tick/float64(time.Since(began).Milliseconds())*100, "%",
		fmt.Sprintf("of one core, over %v of the idle page", b.options.idle))
	return nil
}

// tick is how many milliseconds the kernel counts in.
const tick = 10

// ticks is the processor time that a process has had.
func ticks(pid int) (int64, error) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	// The second field is the name in brackets; utime and stime are the 14th and 15th.
	_, rest, _ := strings.Cut(string(stat), ") ")
	f := strings.Fields(rest)
	user, err := strconv.ParseInt(f[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(f[12], 10, 64)
	return user + system, err
}

// held is what a process has: megabytes in memory, how many of them are its own and not pages of files, which the system takes
// back when it needs them, and threads.
type held struct {
	resident, own float64
	threads       int
}

func standing(pid int) (h held, err error) {
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return h, err
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		n, bad := strconv.Atoi(f[1])
		switch f[0] {
		case "VmRSS:":
			h.resident, err = float64(n)*kib, errors.Join(err, bad)
		case "RssAnon:":
			h.own, err = float64(n)*kib, errors.Join(err, bad)
		case "Threads:":
			h.threads, err = n, errors.Join(err, bad)
		}
	}
	return h, err
}

// kib is the kernel's kB in megabytes.
const kib = 1024 / 1e6

// visits reads the resident set after many visits.
func (b *bench) visits() error {
	g, err := b.home(b.kiosk(), 1080, 1920)
	if err != nil {
		return err
	}
	defer g.Close()
	dice := rand.New(rand.NewPCG(21, 8))
	begin, err := standing(g.PID())
	if err != nil {
		return err
	}
	for n := range b.options.visits {
		if _, err := g.Errand(dice); err != nil {
			return fmt.Errorf("visit %d: %w", n, err)
		}
	}
	if err := g.Alive(); err != nil {
		return err
	}
	end, err := standing(g.PID())
	if err != nil {
		return err
	}
	b.table.Add("rss_mb", end.resident, "MB", fmt.Sprintf(
		"resident set after %d visits by real touches, %.0f MB before them; %.0f MB are the kiosk's own, the rest pages of the program, of libraries and of the book; %d threads, %d before",
		b.options.visits, begin.resident, end.own, end.threads, begin.threads))
	return nil
}

// drift is the slope of the resident set over many visits.
func (b *bench) drift() error {
	g, err := b.home(b.kiosk(), 1080, 1920)
	if err != nil {
		return err
	}
	defer g.Close()
	dice := rand.New(rand.NewPCG(34, 13))
	began, warm := time.Now(), b.options.warm
	told := began
	var hours, sizes []float64
	visits := 0
	for now := time.Duration(0); now < warm+b.options.drift; now = time.Since(began) {
		if _, err := g.Errand(dice); err != nil {
			return fmt.Errorf("visit %d: %w", visits, err)
		}
		visits++
		h, err := standing(g.PID())
		if err != nil {
			return err
		}
		if now >= warm {
			hours, sizes = append(hours, now.Hours()), append(sizes, h.resident)
		}
		if time.Since(told) >= time.Minute {
			told = time.Now()
			fmt.Fprintf(os.Stderr, "  %3.0f min, %d visits, %.1f MB, %.1f of them its own\n", now.Minutes(), visits, h.resident, h.own)
		}
	}
	if len(hours) < shortest {
		return fmt.Errorf("only %d visits in %v", len(hours), b.options.drift)
	}
	b.table.Add("drift_mb_per_h", slope(hours, sizes), "MB/h", fmt.Sprintf(
		"regression over %d visits in %v after %v of warm-up, %.0f MB at the end", len(hours), b.options.drift, warm, sizes[len(sizes)-1]))
	return nil
}

// slope is of the straight line that fits best.
func slope(x, y []float64) float64 {
	var meanX, meanY float64
	for i := range x {
		meanX += x[i] / float64(len(x))
		meanY += y[i] / float64(len(y))
	}
	var over, under float64
	for i := range x {
		over += (x[i] - meanX) * (y[i] - meanY)
		under += (x[i] - meanX) * (x[i] - meanX)
	}
	return over / under
}

// taps counts the touches of a trembling finger that came to nothing.
func (b *bench) taps() error {
	found, err := tested(`lost (\d+) of (\d+) taps`, "./cmd/kiosk", "-run", "TestNoTapIsLost", "-taps", strconv.Itoa(b.options.taps))
	if err != nil {
		return err
	}
	b.table.Add("tap_loss_pct", 100*found[0]/found[1], "%", fmt.Sprintf("%.0f of %.0f taps that wander up to 12 px between press and release", found[0], found[1]))
	return nil
}

// monkey lets the monkey loose.
func (b *bench) monkey() error {
	found, err := tested(`(\d+) events, seed (\d+)`, "./cmd/kiosk", "-run", "TestMonkey", "-monkey", strconv.Itoa(b.options.monkey))
	if err != nil {
		return err
	}
	b.table.Add("monkey_events", found[0], "events", fmt.Sprintf("random touches and key chords, seed %.0f: no crash, never out of the kiosk, always home", found[1]))
	return nil
}

// stories counts the villagers' stories that pass.
func (b *bench) stories() error {
	out, err := exec.Command("go", "test", "-count=1", "-v", "-run", "TestStories", "./app/kiosk").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	b.table.Add("stories", float64(strings.Count(string(out), "--- PASS: TestStories/")), "stories", "files of app/kiosk/testdata/stories that pass")
	return nil
}

// tested runs a test and reads the numbers that it logs.
func tested(says string, args ...string) ([]float64, error) {
	out, err := exec.Command("go", append([]string{"test", "-count=1", "-v", "-timeout", "4h"}, args...)...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	m := regexp.MustCompile(says).FindStringSubmatch(string(out))
	if m == nil {
		return nil, fmt.Errorf("the test does not say %s:\n%s", says, out)
	}
	var numbers []float64
	for _, s := range m[1:] {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}
