// Command probe is the product's own side of the peers: it links package book and no other engine, so that what a process of it
// takes in memory is what search takes. It builds a book, answers queries once from cold, or answers all of them and says what
// it then holds; one JSON value goes to standard output.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/search"
)

func main() {
	do := flag.String("do", "cold", "build, cold or warm")
	path := flag.String("book", "", "the book")
	edition := flag.String("edition", "", "the folder of the edition's column streams")
	queries := flag.String("queries", "", "queries as a JSON array of search.Query")
	flag.Parse()
	out, err := run(*do, *path, *edition, *queries)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(do, path, edition, queries string) (map[string]float64, error) {
	if do == "build" {
		start := time.Now()
		err := book.Build(context.Background(), os.DirFS(edition), path)
		return map[string]float64{"seconds": time.Since(start).Seconds(), "cpu": cpu(), "peak_mb": status("VmHWM") / 1024}, err
	}
	text, err := os.ReadFile(queries)
	if err != nil {
		return nil, err
	}
	var list []search.Query
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	major, minor := faults()
	start := time.Now()
	b, err := book.Open(path)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	var a search.Answer
	b.FindInto(list[0], &a)
	took := time.Since(start)
	if do == "cold" {
		nowMajor, nowMinor := faults()
		return map[string]float64{"ms": float64(took.Microseconds()) / 1000, "major": nowMajor - major, "minor": nowMinor - minor}, b.Err()
	}
	for range 3 {
		for _, q := range list {
			b.FindInto(q, &a)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return map[string]float64{"rss_mb": rollup("Rss") / 1024, "anon_mb": rollup("Anonymous") / 1024, "heap_mb": float64(m.HeapAlloc) / 1e6}, b.Err()
}

func faults() (major, minor float64) {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Majflt), float64(r.Minflt)
}

func cpu() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
}

func status(name string) float64 { return kilobytes("/proc/self/status", name) }
func rollup(name string) float64 { return kilobytes("/proc/self/smaps_rollup", name) }

// kilobytes returns the number beside a name in a file of /proc.
func kilobytes(file, name string) float64 {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return n
		}
	}
	return 0
}
