// Command benchmain measures the main job from outside, as a user meets it: the built binaries, real files, a real window on a
// screen in memory. It generates a county, has the office take it in and publish it, has a kiosk sync it, starts the kiosk
// with nothing and with everything on disk, and walks through every page. It writes docs/benchmarks/main.json
// (design of the file: one array of name, value, unit, goal, met, note) and prints the same as a table.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mingbai.local/cmd/internal/figures"
)

// code opens the enrolment of the measured kiosk.
const code = "1234-5678-1234-5678"

// bench holds the folders of one run and what was measured so far.
type bench struct {
	bin, dir string
	rows     int
	table    figures.Table
}

func main() {
	out := flag.String("out", "docs/benchmarks/main.json", "the file to write")
	bin := flag.String("bin", "bin", "the folder of the built binaries")
	rows := flag.Int("payments", 200000, "payments of the generated county")
	runs := flag.Int("runs", 5, "starts of the kiosk, of which the median is reported")
	flag.Parse()
	if err := run(*out, *bin, *rows, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "benchmain:", err)
		os.Exit(1)
	}
}

func run(out, bin string, rows, runs int) error {
	dir, err := os.MkdirTemp("", "mingbai-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if bin, err = filepath.Abs(bin); err != nil {
		return err
	}
	b := &bench{bin: bin, dir: dir, rows: rows, table: figures.Table{Prefix: "main"}}
	b.table.Heading(fmt.Sprintf("make bench-main (payments %d, kiosk starts %d)", rows, runs), figures.Machine()+", software OpenGL")
	if err := b.measure(runs); err != nil {
		return err
	}
	if err := b.table.Write(out); err != nil {
		return err
	}
	return b.table.Print(os.Stdout)
}

func (b *bench) measure(runs int) error {
	office, county := b.path("office"), b.path("county")
	if _, _, err := b.run("office", "sample", "--county", "420581", "--seed", "1", "--payments", strconv.Itoa(b.rows), "--as-of", time.Now().Format(time.DateOnly), "--out", county); err != nil {
		return err
	}
	if _, _, err := b.run("office", "init", "--data", office, "--county", "420581"); err != nil {
		return err
	}
	_, took, err := b.run("office", "intake", "--data", office, county)
	if err != nil {
		return err
	}
	rows, err := sheetRows(county)
	if err != nil {
		return err
	}
	b.table.Add("intake_rows_per_s", float64(rows)/took.Seconds(), "rows/s", fmt.Sprintf("%d rows of every dataset, whole process", rows))

	_, took, err = b.run("office", "publish", "--data", office)
	if err != nil {
		return err
	}
	b.table.Add("press_rows_per_s", float64(rows)/took.Seconds(), "rows/s", "laws, shards, signatures, whole process")

	server, url, err := b.serve(office)
	if err != nil {
		return err
	}
	defer stop(server)
	enrolment := b.path("kiosk.json")
	if _, _, err := b.run("office", "enrol", "--data", office, "--name", "查询点", "--place", "420581104212", "--office", url, "--out", enrolment, "--code", code); err != nil {
		return err
	}
	if err := b.pull(enrolment); err != nil {
		return err
	}
	first, _, err := b.median(runs, func(i int) (time.Duration, float64, error) {
		return b.start("--data", b.path(fmt.Sprintf("first%d", i)), "--enrolment", enrolment, "--code", code)
	})
	if err != nil {
		return err
	}
	b.table.Add("first_page_s", first.Seconds(), "s", "kiosk started with nothing on disk: sync, book, first page with data; median")
	stop(server)

	second, rss, err := b.median(runs, func(int) (time.Duration, float64, error) {
		return b.start("--data", b.path("first0"))
	})
	if err != nil {
		return err
	}
	b.table.Add("second_start_ms", float64(second.Milliseconds()), "ms", "office stopped; from exec to the first page painted; median")
	b.table.Add("kiosk_rss_mb", rss, "MB", "resident set with the first page on show; median")
	for _, name := range []string{"kiosk", "office"} {
		info, err := os.Stat(filepath.Join(b.bin, name))
		if err != nil {
			return err
		}
		b.table.Add(name+"_binary_mb", float64(info.Size())/1e6, "MB", "")
	}
	tour := b.path("tour")
	if _, _, err := b.run("kiosk", "tour", "--data", b.path("first0"), "--out", tour); err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(tour, "*.png"))
	if err != nil {
		return err
	}
	b.table.Add("tour_pages", float64(len(pages)), "pages", "reached by real touches")
	return nil
}

// pull times one whole update and reads from its JSON how long fetching and building took.
func (b *bench) pull(enrolment string) error {
	out, _, err := b.run("kiosk", "pull", "--data", b.path("pulled"), "--enrolment", enrolment, "--code", code, "--json")
	if err != nil {
		return err
	}
	var r struct {
		Seconds      float64 `json:"seconds"`
		BuildSeconds float64 `json:"build_seconds"`
		Bytes        int64   `json:"bytes"`
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return fmt.Errorf("kiosk pull --json: %w", err)
	}
	if out, _, err = b.run("kiosk", "status", "--data", b.path("pulled"), "--json"); err != nil {
		return err
	}
	var s struct {
		Datasets map[string]int64 `json:"datasets"`
	}
	if err := json.Unmarshal(out, &s); err != nil {
		return fmt.Errorf("kiosk status --json: %w", err)
	}
	var rows int64
	for _, n := range s.Datasets {
		rows += n
	}
	if rows == 0 || r.BuildSeconds <= 0 || r.Seconds <= r.BuildSeconds {
		return fmt.Errorf("kiosk pull reports %d rows, %.3f s of which %.3f s building", rows, r.Seconds, r.BuildSeconds)
	}
	b.table.Add("pull_rows_per_s", float64(rows)/(r.Seconds-r.BuildSeconds), "rows/s", fmt.Sprintf("%d rows, %.1f MB fetched, each file held to its hash; without building", rows, float64(r.Bytes)/1e6))
	b.table.Add("book_rows_per_s", float64(rows)/r.BuildSeconds, "rows/s", "decoding, digests, indexes and the synced book")
	return nil
}

// run runs a binary to its end and returns its standard output and how long it took. The kiosk gets a screen in memory.
func (b *bench) run(name string, args ...string) ([]byte, time.Duration, error) {
	cmd := b.command(name, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return nil, 0, fmt.Errorf("%s %s: %w\n%s", name, args[0], err, errs.String())
	}
	return out.Bytes(), time.Since(began), nil
}

func (b *bench) command(name string, args ...string) *exec.Cmd {
	path := filepath.Join(b.bin, name)
	if name == "kiosk" && (args[0] == "tour" || strings.HasPrefix(args[0], "--")) {
		return exec.Command(".ci/xvfb", append([]string{path}, args...)...)
	}
	return exec.Command(path, args...)
}

// serve starts the office and waits for the address that it prints.
func (b *bench) serve(office string) (*exec.Cmd, string, error) {
	cmd := b.command("office", "serve", "--data", office, "--listen", "127.0.0.1:0")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		if i := strings.Index(lines.Text(), "http://"); i >= 0 {
			go io.Copy(io.Discard, pipe)
			return cmd, strings.Fields(lines.Text()[i:])[0], nil
		}
	}
	return nil, "", errors.New("office serve ended without saying where it listens")
}

// start runs the kiosk until it says that a page with data is painted, and returns the time since exec and the resident set
// in megabytes. The clock is the kiosk's own: it reports milliseconds since its process began.
func (b *bench) start(args ...string) (time.Duration, float64, error) {
	cmd := b.command("kiosk", append(args, "--window", "1080x1920")...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return 0, 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		cmd.Wait()
	}()
	late := time.AfterFunc(2*time.Minute, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer late.Stop()
	lines := bufio.NewScanner(pipe)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		f := fields(lines.Text())
		if f["msg"] != "painted" || f["page"] == "empty" {
			continue
		}
		ms, err := strconv.ParseFloat(f["since_start_ms"], 64)
		if err != nil {
			return 0, 0, err
		}
		rss, err := resident(f["pid"])
		return time.Duration(ms * float64(time.Millisecond)), rss, err
	}
	return 0, 0, fmt.Errorf("the kiosk showed no page with data: %s", strings.Join(said, "\n"))
}

// median runs f several times and returns the median of both values.
func (b *bench) median(runs int, f func(i int) (time.Duration, float64, error)) (time.Duration, float64, error) {
	var times, sizes []float64
	for i := range runs {
		d, mb, err := f(i)
		if err != nil {
			return 0, 0, err
		}
		times, sizes = append(times, float64(d)), append(sizes, mb)
	}
	return time.Duration(figures.Median(times)), figures.Median(sizes), nil
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }
