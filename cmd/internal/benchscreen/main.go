// Command benchscreen measures the screen from outside, as a finger meets it: the built kiosk fills a panel in memory, touches
// go in through the X server, and what is timed is the moment at which changed pixels can be read back from it.
//
// It writes docs/benchmarks/screen.json (one array of name, value, unit, goal, met, note) and prints the same as a table.
// -only runs some parts; what the others found before stays in the file, so that an hour of drift can be measured apart.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mingbai.local/cmd/internal/figures"
)

// goals are of kiosk.md, on software GL and an otherwise idle machine.
var goals = map[string]figures.Goal{
	"key_to_pixels_p95_ms":        figures.AtMost(80),
	"key_to_pixels_loaded_p95_ms": figures.AtMost(150),
	"press_colour_ms":             figures.AtMost(50),
	"first_frame_ms":              figures.AtMost(1000),
	"idle_cpu_pct":                figures.AtMost(2),
	"rss_mb":                      figures.AtMost(300),
	"drift_mb_per_h":              figures.AtMost(5),
	"text_switch_ms":              figures.AtMost(250),
	"monkey_events":               figures.AtLeast(10000),
	"tap_loss_pct":                figures.AtMost(0),
	"stories":                     figures.AtLeast(60),
}

// order is the file's; what is measured besides comes after.
var order = []string{
	"key_to_pixels_p50_ms", "key_to_pixels_p95_ms", "key_to_pixels_loaded_p95_ms", "press_colour_ms",
	"first_frame_ms", "idle_cpu_pct", "rss_mb", "drift_mb_per_h", "text_switch_ms", "vs_stock",
	"monkey_events", "tap_loss_pct", "stories",
}

// bench holds what one run works with, and what was measured so far.
type bench struct {
	bin, data string // folders: of the built binaries, of the county
	work      string // a folder of this run
	options   options
	table     figures.Table
}

type options struct {
	payments, visits, taps, monkey int
	idle, drift, warm              time.Duration
}

// parts are what can be measured by itself.
func (b *bench) parts() []figures.Part {
	return []figures.Part{
		{Name: "keys", Measure: b.keys},
		{Name: "stock", Measure: b.stock},
		{Name: "loaded", Measure: b.loaded},
		{Name: "press", Measure: b.press},
		{Name: "text", Measure: b.text},
		{Name: "first", Measure: b.first},
		{Name: "idle", Measure: b.idle},
		{Name: "visits", Measure: b.visits},
		{Name: "taps", Measure: b.taps},
		{Name: "monkey", Measure: b.monkey},
		{Name: "stories", Measure: b.stories},
		{Name: "drift", Measure: b.drift},
	}
}

func main() {
	b := &bench{table: figures.Table{Prefix: "screen", Goals: goals, Order: order}}
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
	chosen, err := figures.Choose(b.parts(), only)
	if err != nil {
		return err
	}
	if err := b.table.Read(out); err != nil {
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
	b.table.Heading(command, figures.Machine()+", software OpenGL")
	if err := b.table.Measure(chosen, out); err != nil {
		return err
	}
	return b.table.Print(os.Stdout)
}
