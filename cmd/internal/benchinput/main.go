// Command benchinput measures how Chinese is entered by finger, and writes docs/benchmarks/input.json.
//
// Handwriting is measured with two recognisers. The one of the table of medians alone has never seen a real hand, and is tried on hands
// made of the same medians (another maker of hands than the one that trained it) and on the Tomoe hand. The one that ships knows
// the Tomoe hand too, so that what it finds of that hand proves little; it is reported all the same. Zinnia with its Chinese model is
// tried on the same ink in the same run. The sources are those of make hand-sources.
package main

import (
	"flag"
	"fmt"
	"os"

	"mingbai.local/cmd/internal/figures"
)

func main() {
	out := flag.String("out", "docs/benchmarks/input.json", "the file to write")
	sources := flag.String("sources", "out/hand", "where the sources of hands lie")
	unihan := flag.String("unicode", "/usr/share/unicode", "where Unihan_*.txt.bz2 lie")
	flag.Parse()
	if err := run(*out, *sources, *unihan); err != nil {
		fmt.Fprintln(os.Stderr, "benchinput:", err)
		os.Exit(1)
	}
}

func run(out, sources, unihan string) error {
	table := &figures.Table{Prefix: "input", Goals: goals}
	if err := table.Read(out); err != nil {
		return err
	}
	table.Heading("make bench-input", figures.Machine())
	if err := handwriting(table, sources, unihan); err != nil {
		return err
	}
	if err := table.Write(out); err != nil {
		return err
	}
	return table.Print(os.Stdout)
}

// goals are those of the design, by the names after the prefix.
var goals = map[string]figures.Goal{
	"hw_restricted_top1": figures.AtLeast(0.97), "hw_restricted_top5": figures.AtLeast(0.995),
	"hw_full_top1": figures.AtLeast(0.90), "hw_full_top5": figures.AtLeast(0.98),
	"hw_cursive_top1": figures.AtLeast(0.92), "hw_cursive_top5": figures.AtLeast(0.99),
	"hw_tomoe_top1": figures.AtLeast(0.90), "hw_tomoe_top5": figures.AtLeast(0.98),
	"hw_tomoe_restricted_top1": figures.AtLeast(0.97), "hw_tomoe_restricted_top5": figures.AtLeast(0.995),
	"hw_p99_ms":       figures.AtMost(5),
	"coverage_gb2312": figures.AtLeast(1), "coverage_tongyong": figures.AtLeast(0.99),
}
