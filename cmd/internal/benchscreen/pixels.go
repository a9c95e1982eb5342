package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"mingbai.local/cmd/internal/finger"
	"mingbai.local/cmd/internal/guest"
)

const (
	strokes  = 200                   // keys struck for one distribution
	seen     = 8                     // rows and characters to choose that a key must bring to count
	shortest = 40                    // samples under which a distribution says nothing
	often    = time.Millisecond      // between two looks at the pixels
	tooLate  = 10 * time.Second      // after which nothing has changed at all
	duty     = 10 * time.Millisecond // of which half a core is the half
)

// until does something and returns how long it takes for a part of the window to look different. The touches must not colour
// that part themselves.
func until(f *finger.Finger, part image.Rectangle, do func() error) (time.Duration, error) {
	before, err := f.Glance(part)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := do(); err != nil {
		return 0, err
	}
	for {
		now, err := f.Glance(part)
		took := time.Since(began)
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(now, before) {
			return took, nil
		}
		if took > tooLate {
			return took, fmt.Errorf("nothing changed in %v within %v", part, tooLate)
		}
		<-time.After(often)
	}
}

// strikes is what typing found.
type strikes struct {
	took []time.Duration
	seen int     // fewest rows and characters that were on show after one
	cpu  float64 // milliseconds of processor that each struck key has cost
}

// typing strikes keys of the search page until there are enough samples that brought eight rows and characters at least, or until done.
func typing(g *guest.Guest, done func() bool) (strikes, error) {
	if _, err := g.Touch("点这里"); err != nil {
		return strikes{}, err
	}
	dice := rand.New(rand.NewPCG(3, 5))
	var s strikes
	depth, struck := 0, 0
	before, err := ticks(g.PID())
	if err != nil {
		return s, err
	}
	for tries := 0; len(s.took) < strokes && tries < 4*strokes && !done(); tries++ {
		if err := g.Quiet(); err != nil {
			return s, err
		}
		on, err := g.Tell()
		if err != nil {
			return s, err
		}
		key, ok := on.Spot("退格")
		if keys := guest.Keys(on); depth < 2 && len(keys) > 0 {
			key, ok = keys[dice.IntN(len(keys))], true
			depth++
		} else {
			depth--
		}
		if !ok {
			return s, fmt.Errorf("no key to strike: %s", on.Labels())
		}
		took, err := until(g.Finger, above(on), func() error {
			x, y := key.Middle()
			return g.Finger.Tap(x, y, true)
		})
		if err != nil {
			return s, err
		}
		struck++
		if err := g.Quiet(); err != nil {
			return s, err
		}
		if on, err = g.Tell(); err != nil {
			return s, err
		}
		if n := len(guest.Rows(on)) + len(guest.Choices(on)); n >= seen {
			s.took = append(s.took, took)
			if s.seen == 0 || n < s.seen {
				s.seen = n
			}
		}
	}
	after, err := ticks(g.PID())
	s.cpu = float64(after-before) * tick / float64(max(struck, 1))
	return s, err
}

// above is a strip at the left, from under the band to the pad: what has been typed, and the names of the rows.
func above(on finger.Sight) image.Rectangle {
	const left, right, band = 60, 220, 150
	top := tallHeight
	for _, a := range on.Areas {
		if a.Key {
			top = min(top, a.Y)
		}
	}
	return image.Rect(left, band, right, top-20)
}

// keys measures from a key of the pad to the changed pixels of the results.
func (b *bench) keys() error {
	data, err := b.copied("keys")
	if err != nil {
		return err
	}
	if err := enrolTall(data); err != nil {
		return err
	}
	g, err := b.home(data, tallWidth, tallHeight)
	if err != nil {
		return err
	}
	defer g.Close()
	s, err := typing(g, func() bool { return false })
	if err != nil {
		return err
	}
	if len(s.took) < shortest {
		return fmt.Errorf("only %d keys brought %d rows and characters", len(s.took), seen)
	}
	payments, err := b.payments()
	if err != nil {
		return err
	}
	note := fmt.Sprintf("%d keys struck, %d rows and characters to choose, or more, of a county with %d payments, on %dx%d at the density of 21.5 inches",
		len(s.took), s.seen, payments, tallWidth, tallHeight)
	b.table.Add("key_to_pixels_p50_ms", ms(at(s.took, 50)), "ms", note)
	b.table.Add("key_to_pixels_p95_ms", ms(at(s.took, 95)), "ms", note)
	b.table.Add("key_cpu_ms", s.cpu, "ms", "processor time of the kiosk for a key, all threads, software OpenGL and the questions of the measurement among it")
	return nil
}

// stock measures the same with Fyne's own widgets, and compares.
func (b *bench) stock() error {
	program := filepath.Join(b.work, "stock")
	if out, err := exec.Command("go", "build", "-tags", "migrated_fynedo", "-o", program, "./cmd/internal/benchscreen/stock").CombinedOutput(); err != nil {
		return fmt.Errorf("build stock: %w\n%s", err, out)
	}
	d, err := guest.Open(tallWidth, tallHeight)
	if err != nil {
		return err
	}
	defer d.Close()
	cmd := d.Command(program, "-width", strconv.Itoa(tallWidth), "-height", strconv.Itoa(tallHeight))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
		cmd.Wait()                          //nolint:errcheck // it was told to go
	}()
	var s finger.Sight
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s)
	}
	if err != nil {
		return fmt.Errorf("stock: %w", err)
	}
	f, err := finger.On(d.Name, s.Window)
	if err != nil {
		return err
	}
	defer f.Close()
	still := func() error {
		_, err := f.Still(func() (count, drawn uint64) { return 0, 0 })
		return err
	}
	dice := rand.New(rand.NewPCG(3, 5))
	var took []time.Duration
	before, err := ticks(cmd.Process.Pid)
	if err != nil {
		return err
	}
	for range strokes {
		if err := still(); err != nil {
			return err
		}
		x, y := s.Areas[dice.IntN(len(s.Areas))].Middle()
		one, err := until(f, image.Rect(0, 0, 160, s.Areas[0].Y-20), func() error { return f.Tap(x, y, false) })
		if err != nil {
			return err
		}
		took = append(took, one)
	}
	after, err := ticks(cmd.Process.Pid)
	if err != nil {
		return err
	}
	b.table.Add("stock_key_cpu_ms", float64(after-before)*tick/strokes, "ms", "processor time of the stock page for a key, all threads")
	note := fmt.Sprintf("%d keys struck, %d rows of name, place, amount and chip in 40 px with Fyne's own widgets, nothing looked up", strokes, seen)
	b.table.Add("stock_key_to_pixels_p50_ms", ms(at(took, 50)), "ms", note)
	b.table.Add("stock_key_to_pixels_p95_ms", ms(at(took, 95)), "ms", note)
	ours, ok := b.table.Value("key_to_pixels_p50_ms")
	if !ok {
		return errors.New("there is nothing to compare with: measure keys first")
	}
	b.table.Add("vs_stock", ms(at(took, 50))/ours, "times",
		"median from key to pixels with Fyne's own widgets, over ours, which looks up names, people and words as well and draws more on each row")
	return nil
}

// loaded measures keys while the kiosk, held to half a core, builds the book of an edition.
func (b *bench) loaded() error {
	data, err := b.copied("loaded")
	if err != nil {
		return err
	}
	if err := enrolTall(data); err != nil {
		return err
	}
	book := filepath.Join(data, "gen", "2.db")
	const hole = 8192 // so much is left of the newer book: the one before serves while it is built anew
	if err := os.Truncate(book, hole); err != nil {
		return err
	}
	built := func() bool {
		info, err := os.Stat(book)
		return err == nil && info.Size() > hole
	}
	half, err := halfCore()
	if err != nil {
		return err
	}
	defer half.remove()
	// What the kiosk starts to make the book beside it is in the same group, and has no more.
	wrapper := filepath.Join(b.work, "half-core")
	script := fmt.Sprintf("#!/bin/sh\necho $$ > %s/cgroup.procs && exec taskset -c 0 %s \"$@\"\n", half, b.program("kiosk"))
	if err := os.WriteFile(wrapper, []byte(script), 0o755); err != nil {
		return err
	}
	g, err := guest.Visit(wrapper, data, tallWidth, tallHeight)
	if err != nil {
		return err
	}
	defer g.Close()
	if _, err := g.Touch("点一下屏幕"); err != nil {
		return err
	}
	s, err := typing(g, built)
	if err != nil {
		return err
	}
	if len(s.took) < shortest {
		return fmt.Errorf("only %d keys were struck before the book was built", len(s.took))
	}
	b.table.Add("key_to_pixels_loaded_p95_ms", ms(at(s.took, 95)), "ms", fmt.Sprintf(
		"%d keys struck, median %.0f ms, while the kiosk makes a book from its shards; one core (taskset), of which both together have the half (a quota of %v in every %v)",
		len(s.took), ms(at(s.took, 50)), duty/2, duty))
	return nil
}

// group is a control group of processes (cgroup), by its folder.
type group string

// halfCore makes a group whose processes together have half of the time of one core.
func halfCore() (group, error) {
	const name = "mingbai-half-core"
	quota, period := strconv.FormatInt((duty/2).Microseconds(), 10), strconv.FormatInt(duty.Microseconds(), 10)
	for folder, limits := range map[string]map[string]string{
		"/sys/fs/cgroup/cpu": {"cpu.cfs_period_us": period, "cpu.cfs_quota_us": quota}, // version 1
		"/sys/fs/cgroup":     {"cpu.max": quota + " " + period},                        // version 2
	} {
		g := group(filepath.Join(folder, name))
		if err := os.Mkdir(string(g), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			continue
		}
		var failed error
		for _, file := range slices.Sorted(maps.Keys(limits)) {
			failed = errors.Join(failed, os.WriteFile(filepath.Join(string(g), file), []byte(limits[file]), 0))
		}
		if failed == nil {
			return g, nil
		}
		g.remove()
	}
	return "", errors.New("half a core: no control group with a limit on the processor can be made here; root can, where /sys/fs/cgroup is mounted")
}

// remove removes the group once its last process has gone; until then the system refuses to.
func (g group) remove() { os.Remove(string(g)) } //nolint:errcheck // see above

// press measures from a finger that comes down to its colour.
func (b *bench) press() error {
	g, err := b.home(b.kiosk(), 1080, 1920)
	if err != nil {
		return err
	}
	defer g.Close()
	var took []time.Duration
	for n := range shortest {
		if _, err := g.Still(); err != nil {
			return err
		}
		s, err := g.Tell()
		if err != nil {
			return err
		}
		a, ok := s.Spot([]string{"查补贴", "查资金", "查编制", "看政策"}[n%4])
		if !ok {
			return fmt.Errorf("home has no doors: %s", s.Labels())
		}
		x, y := a.Middle()
		if err := g.Move(x, y); err != nil {
			return err
		}
		one, err := until(g.Finger, image.Rect(x-20, a.Y+20, x+20, a.Y+60), func() error { return g.Press(x, y) })
		if err := errors.Join(err, g.Move(10, 10), g.Release()); err != nil { // away, so that nothing is tapped
			return err
		}
		took = append(took, one)
	}
	b.table.Add("press_colour_ms", ms(at(took, 95)), "ms", fmt.Sprintf("p95 of %d presses of home's doors, median %.0f ms", len(took), ms(at(took, 50))))
	return nil
}

// text measures from 字大一点 to the same page in other letters.
func (b *bench) text() error {
	g, err := b.home(b.kiosk(), 1080, 1920)
	if err != nil {
		return err
	}
	defer g.Close()
	var s finger.Sight
	for _, words := range []string{"查补贴", "就在本村", "看全村名单"} {
		if s, err = g.Touch(words); err != nil {
			return err
		}
	}
	lists := guest.Rows(s)
	if len(lists) == 0 {
		return fmt.Errorf("the village has no lists: %s", s.Labels())
	}
	if _, err := g.Tap(lists[0], false); err != nil {
		return err
	}
	var took []time.Duration
	for n := range shortest {
		if _, err := g.Still(); err != nil {
			return err
		}
		s, err := g.Tell()
		if err != nil {
			return err
		}
		words := "字大一点"
		a, ok := s.Spot(words)
		if !ok {
			a, ok = s.Spot("字小一点")
		}
		if !ok || s.Page != "list" {
			return fmt.Errorf("page %s: %s", s.Page, s.Labels())
		}
		x, y := a.Middle()
		g.Rest() // before the clock runs
		one, err := until(g.Finger, image.Rect(60, 150, 220, 1500), func() error { return g.Finger.Tap(x, y, true) })
		if err != nil {
			return err
		}
		if n > 2 { // each size has been drawn once
			took = append(took, one)
		}
	}
	b.table.Add("text_switch_ms", ms(at(took, 95)), "ms", fmt.Sprintf("p95 of %d switches between the three sizes on a village's list, median %.0f ms", len(took), ms(at(took, 50))))
	return nil
}

// at is a percentile.
func at(took []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
