// Command benchinput measures how Chinese is entered by finger and read aloud, and writes docs/benchmarks/input.json.
//
// Handwriting is measured with two recognisers. The one of the table of medians alone has never seen a real hand, and is tried on hands
// made of the same medians (another maker of hands than the one that trained it) and on the Tomoe hand. The one that ships knows
// the Tomoe hand too, so that what it finds of that hand proves little; it is reported all the same. Zinnia with its Chinese model is
// tried on the same ink in the same run. The sources are those of make hand-sources.
//
// How names are entered is measured over a made-up county by package speller, with the same two recognisers for 手写; how soon 读给我听
// begins and stops, with the programs that a kiosk speaks by. -only runs some parts; what the others found before stays in the file.
package main

import (
	"flag"
	"fmt"
	"os"

	"mingbai.local/cmd/internal/figures"
	"mingbai.local/cmd/internal/speller"
)

func main() {
	b := &bench{table: &figures.Table{Prefix: "input", Goals: goals}}
	out := flag.String("out", "docs/benchmarks/input.json", "the file to write")
	only := flag.String("only", "", "parts to measure, with commas between them; all where none is named: handwriting, surnames, update, dialect, actions, hands, speech")
	flag.StringVar(&b.sources, "sources", "out/hand", "where the sources of hands lie")
	flag.StringVar(&b.unihan, "unicode", "/usr/share/unicode", "where Unihan_*.txt.bz2 lie")
	flag.IntVar(&b.payments, "payments", speller.Payments, "payments of the made-up county")
	flag.Parse()
	if err := b.run(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "benchinput:", err)
		os.Exit(1)
	}
}

func (b *bench) run(out, only string) error {
	parts, err := figures.Choose(b.parts(), only)
	if err != nil {
		return err
	}
	if err := b.table.Read(out); err != nil {
		return err
	}
	b.table.Heading("make bench-input", figures.Machine())
	if err := b.table.Measure(parts, out); err != nil {
		return err
	}
	return b.table.Print(os.Stdout)
}

// goals are those of the design, by the names after the prefix.
var goals = map[string]figures.Goal{
	"hw_restricted_top1": figures.AtLeast(0.97), "hw_restricted_top5": figures.AtLeast(0.995),
	"hw_full_top1": figures.AtLeast(0.90), "hw_full_top5": figures.AtLeast(0.98),
	"hw_cursive_top1": figures.AtLeast(0.92), "hw_cursive_top5": figures.AtLeast(0.99),
	"hw_tomoe_top1": figures.AtLeast(0.90), "hw_tomoe_top5": figures.AtLeast(0.98),
	"hw_tomoe_restricted_top1": figures.AtLeast(0.97), "hw_tomoe_restricted_top5": figures.AtLeast(0.995),
	"hw_p99_ms":         figures.AtMost(5),
	"speller_char_top1": figures.AtLeast(0.99), "speller_char_top5": figures.AtLeast(0.999), "names_without_correction": figures.AtLeast(0.98),
	"speller_char_top1_tomoe": figures.AtLeast(0.99), "speller_char_top5_tomoe": figures.AtLeast(0.999), "names_without_correction_tomoe": figures.AtLeast(0.98),
	"actions_village_median": figures.AtMost(3), "actions_village_p90": figures.AtMost(5), "actions_village_browse_p90": figures.AtMost(5),
	"update_p99_ms": figures.AtMost(50), "lexicon_mb": figures.AtMost(40),
	"surname_readings_right": figures.AtLeast(1), "dialect_pairs_right": figures.AtLeast(6),
	"coverage_gb2312": figures.AtLeast(1), "coverage_tongyong": figures.AtLeast(0.99),
	"speech_start_ms": figures.AtMost(300), "speech_stop_ms": figures.AtMost(150),
}
