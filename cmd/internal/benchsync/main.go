// Command benchsync measures from outside what editions (期) cost: the built office publishes a county of five million payments, a
// built kiosk fetches it over a proxy that counts every byte, and a month later fetches what has changed.
//
// The parties are the office and the kiosk as they are delivered; a counting proxy between them; and the peers, SQLite's file and the
// finished book, which zsync and casync carry over the same proxy. What a month changes is known here, because it is made here: the
// rows that differ between two editions, as TSV under zstd -19, are what the wire is compared with.
//
// It writes docs/benchmarks/sync.json (one array of name, value, unit, goal, met, note) and prints the same as a table. -only runs
// some parts; what the others found before stays in the file. The county, and what was published of it, are kept from run to run.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"mingbai.local/cmd/internal/figures"
)

// goals are of the issue that editions were built by.
var goals = map[string]figures.Goal{
	"wire_recurring_ratio":      figures.AtMost(0.25),
	"wire_worst_ratio":          figures.AtMost(1.05),
	"metadata_bytes":            figures.AtMost(8 << 10),
	"first_mb":                  figures.AtMost(20),
	"poll_requests":             figures.AtMost(1),
	"poll_bytes":                figures.AtMost(600),
	"build_s":                   figures.AtMost(10),
	"build_peak_mb":             figures.AtMost(256),
	"query_p99_during_build_ms": figures.AtMost(10),
	"decoder_peak_mb":           figures.AtMost(64),
	"polls_per_s":               figures.AtLeast(5000),
}

// order is the file's.
var order = []string{
	"wire_recurring_ratio", "wire_worst_ratio", "metadata_bytes", "first_mb", "poll_requests", "poll_bytes",
	"build_s", "build_peak_mb", "query_p99_during_build_ms", "decoder_peak_mb",
	"wire_vs_zsync_sqlite", "wire_vs_casync_sqlite", "wire_vs_zsync_bbolt", "wire_vs_casync_bbolt",
	"polls_per_s", "fleet_peak_per_s", "fleet_300_peak_per_s", "fleet_100000_peak_per_s",
}

// bench is what one run works with.
type bench struct {
	bin, data string // folders: of the built binaries, of what is kept
	payments  int
	builds    int
	table     figures.Table
	office    string // where kiosks find the office, once it has been chosen
	key       string // of the binaries: what they have made is made anew when they change
}

func main() {
	b := &bench{office: "127.0.0.1:0", table: figures.Table{Prefix: "sync", Goals: goals, Order: order}}
	out := flag.String("out", "docs/benchmarks/sync.json", "the file to write")
	only := flag.String("only", "", "parts to measure, with commas between them; all where none is named")
	flag.StringVar(&b.bin, "bin", "bin", "the folder of the built binaries")
	flag.StringVar(&b.data, "data", "out/bench-sync", "where the county and its editions are kept from run to run")
	flag.IntVar(&b.payments, "payments", 16_900_000, "payments of the generated county; five million of 16.9 can be published by name and are not past their last day")
	flag.IntVar(&b.builds, "builds", 3, "books that are made, of which the median is reported")
	flag.Parse()
	if err := b.run(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "benchsync:", err)
		os.Exit(1)
	}
}

// parts are what can be measured by itself.
func (b *bench) parts() []figures.Part {
	return []figures.Part{
		{Name: "wire", Measure: b.wire},
		{Name: "poll", Measure: b.poll},
		{Name: "build", Measure: b.build},
		{Name: "peers", Measure: b.peers},
		{Name: "polls", Measure: b.polls},
		{Name: "fleet", Measure: b.fleet},
		{Name: "decoder", Measure: b.decoder},
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
	for _, dir := range []*string{&b.bin, &b.data} {
		if *dir, err = filepath.Abs(*dir); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(b.data, 0o755); err != nil {
		return err
	}
	if b.key, err = hashOf(b.program("office"), b.program("kiosk")); err != nil {
		return err
	}
	command := "make bench-sync"
	if only != "" {
		command += " ONLY=" + only + ", the rest from earlier runs"
	}
	b.table.Heading(command, figures.Machine())
	if err := b.table.Measure(chosen, out); err != nil {
		return err
	}
	return b.table.Print(os.Stdout)
}

func (b *bench) program(name string) string { return filepath.Join(b.bin, name) }

func (b *bench) path(name string) string { return filepath.Join(b.data, name) }
