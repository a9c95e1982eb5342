// Command benchscreen measures the screen from outside, as a finger meets it: the built kiosk fills a panel in memory, touches
// go in through the X server, and what is timed is the moment at which changed pixels can be read back from it.
//
// It writes docs/benchmarks/screen.json (one array of name, value, unit, goal, met, note) and prints the same as a table.
// -only runs some parts; what the others found before stays in the file, so that an hour of drift can be measured apart.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figure is one measured value, as later scripts read it.
type figure struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
	Unit  string   `json:"unit"`
	Goal  string   `json:"goal"`
	Met   *bool    `json:"met"`
	Note  string   `json:"note"`
}

// goal is what kiosk.md asks of a figure.
type goal struct {
	limit   float64
	atLeast bool
}

func (g goal) String() string {
	if g.atLeast {
		return fmt.Sprintf(">= %g", g.limit)
	}
	return fmt.Sprintf("<= %g", g.limit)
}

func (g goal) met(value float64) bool {
	if g.atLeast {
		return value >= g.limit
	}
	return value <= g.limit
}

// goals are of kiosk.md, on software GL and an otherwise idle machine.
var goals = map[string]goal{
	"screen.key_to_pixels_p95_ms":        {limit: 80},
	"screen.key_to_pixels_loaded_p95_ms": {limit: 150},
	"screen.press_colour_ms":             {limit: 50},
	"screen.first_frame_ms":              {limit: 1000},
	"screen.idle_cpu_pct":                {limit: 2},
	"screen.rss_mb":                      {limit: 300},
	"screen.drift_mb_per_h":              {limit: 5},
	"screen.text_switch_ms":              {limit: 250},
	"screen.monkey_events":               {limit: 10000, atLeast: true},
	"screen.tap_loss_pct":                {limit: 0},
	"screen.stories":                     {limit: 60, atLeast: true},
}

// order is the file's; what is measured besides comes after.
var order = []string{
	"screen.command", "screen.machine", "screen.date",
	"screen.key_to_pixels_p50_ms", "screen.key_to_pixels_p95_ms", "screen.key_to_pixels_loaded_p95_ms", "screen.press_colour_ms",
	"screen.first_frame_ms", "screen.idle_cpu_pct", "screen.rss_mb", "screen.drift_mb_per_h", "screen.text_switch_ms", "screen.vs_stock",
	"screen.monkey_events", "screen.tap_loss_pct", "screen.stories",
}

// bench holds what one run works with, and what was measured so far.
type bench struct {
	bin, data string // folders: of the built binaries, of the county
	work      string // a folder of this run
	options   options
	figures   map[string]figure
}

type options struct {
	payments, visits, taps, monkey int
	idle, drift, warm              time.Duration
}

// part is something that can be measured by itself.
type part struct {
	name    string
	measure func(*bench) error
}

var parts = []part{
	{"keys", (*bench).keys},
	{"stock", (*bench).stock},
	{"loaded", (*bench).loaded},
	{"press", (*bench).press},
	{"text", (*bench).text},
	{"first", (*bench).first},
	{"idle", (*bench).idle},
	{"visits", (*bench).visits},
	{"taps", (*bench).taps},
	{"monkey", (*bench).monkey},
	{"stories", (*bench).stories},
	{"drift", (*bench).drift},
}

func main() {
	b := &bench{figures: map[string]figure{}}
	out := flag.String("out", "docs/benchmarks/screen.json", "the file to write")
	only := flag.String("only", "", "parts to measure, with commas between them; all where none is named")
	flag.StringVar(&b.bin, "bin", "bin", "the folder of the built binaries")
	flag.StringVar(&b.data, "data", "out/bench-screen", "where the county is kept from run to run")
	flag.IntVar(&b.options.payments, "payments", 16_700_000, "payments of the generated county; the laws leave five million of 16.7 on a kiosk")
	flag.IntVar(&b.options.visits, "visits", 1000, "visits before the resident set is read")
	flag.IntVar(&b.options.taps, "taps", 1000, "taps of a trembling finger")
	flag.IntVar(&b.options.monkey, "monkey", 10000, "events of the monkey")
	flag.DurationVar(&b.options.idle, "idle", time.Minute, "how long the idle page is watched")
	flag.DurationVar(&b.options.drift, "drift", time.Hour, "how long visits go on for the drift, after the warm-up")
	flag.DurationVar(&b.options.warm, "warm", 10*time.Minute, "how long visits go on before they count for the drift")
	flag.Parse()
	if err := b.run(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "benchscreen:", err)
		os.Exit(1)
	}
}

func (b *bench) run(out, only string) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	if err := b.read(out); err != nil {
		return err
	}
	if b.bin, err = filepath.Abs(b.bin); err != nil {
		return err
	}
	if b.work, err = os.MkdirTemp("", "mingbai-screen-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.work)
	if err := b.county(); err != nil {
		return err
	}
	command := "make bench-screen"
	if only != "" {
		command += " ONLY=" + only + ", the rest from earlier runs"
	}
	b.figures["screen.command"] = figure{Name: "screen.command", Note: command}
	b.figures["screen.machine"] = figure{Name: "screen.machine", Note: machine()}
	b.figures["screen.date"] = figure{Name: "screen.date", Note: time.Now().Format(time.RFC3339)}
	for _, p := range chosen {
		fmt.Fprintf(os.Stderr, "%s …\n", p.name)
		if err := p.measure(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := b.write(out); err != nil { // what is measured is kept, whatever happens to the next part
			return err
		}
	}
	return b.print(os.Stdout)
}

func choose(only string) ([]part, error) {
	if only == "" {
		return parts, nil
	}
	var chosen []part
	for name := range strings.SplitSeq(only, ",") {
		at := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no part %q", name)
		}
		chosen = append(chosen, parts[at])
	}
	return chosen, nil
}

// add notes a value.
func (b *bench) add(name string, value float64, unit, note string) {
	f := figure{Name: name, Value: &value, Unit: unit, Note: note}
	if g, ok := goals[name]; ok {
		met := g.met(value)
		f.Goal, f.Met = g.String(), &met
	}
	b.figures[name] = f
	fmt.Fprintf(os.Stderr, "%s %.2f %s %s\n", name, value, unit, note)
}

// read takes over what earlier runs have measured.
func (b *bench) read(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var before []figure
	if err := json.Unmarshal(data, &before); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, f := range before {
		b.figures[f.Name] = f
	}
	return nil
}

// sorted are the figures in the order of the file.
func (b *bench) sorted() []figure {
	var all []figure
	for _, name := range order {
		if f, ok := b.figures[name]; ok {
			all = append(all, f)
		}
	}
	var more []figure
	for name, f := range b.figures {
		if !slices.Contains(order, name) {
			more = append(more, f)
		}
	}
	slices.SortFunc(more, func(f, g figure) int { return strings.Compare(f.Name, g.Name) })
	return append(all, more...)
}

func (b *bench) write(path string) error {
	data, err := json.MarshalIndent(b.sorted(), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

func (b *bench) print(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, f := range b.sorted() {
		if f.Value == nil {
			fmt.Fprintf(tab, "%s\t\t\t\t%s\n", f.Name, f.Note)
			continue
		}
		met := ""
		if f.Met != nil {
			met = map[bool]string{true: "met", false: "MISSED"}[*f.Met]
		}
		fmt.Fprintf(tab, "%s\t%.2f %s\t%s\t%s\t%s\n", f.Name, *f.Value, f.Unit, f.Goal, met, f.Note)
	}
	return tab.Flush()
}
