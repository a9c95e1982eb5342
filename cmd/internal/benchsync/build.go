package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
	"mingbai.local/cmd/internal/figures"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// build measures how a kiosk makes the month's book in a process of its own, while this one serves the old book as a kiosk does.
func (b *bench) build() error {
	month, err := b.next("recurring", false)
	if err != nil {
		return err
	}
	dir := b.path("build")
	if err := clone(month.kiosk, dir); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	order, number, err := orderOf(dir)
	if err != nil {
		return err
	}
	old, err := book.Open(filepath.Join(dir, "gen", strconv.FormatInt(number-1, 10)+".db"))
	if err != nil {
		return err
	}
	defer old.Close()
	debug.SetGCPercent(50) // as a kiosk does
	v := newVillager(old.At(firstDay))
	quiet := v.ask(time.After(5 * time.Second))
	var seconds []float64
	var busy []time.Duration
	peak := 0.0
	for range b.builds {
		made := make(chan time.Time)
		var m maker
		go func() {
			defer close(made)
			m = b.make(dir, order)
		}()
		busy = append(busy, v.ask(made)...)
		if m.err != nil {
			return m.err
		}
		seconds, peak = append(seconds, m.took.Seconds()), max(peak, m.peak)
	}
	rows, err := paymentsOf(dir)
	if err != nil {
		return err
	}
	b.table.Add("build_s", figures.Median(seconds), "s", fmt.Sprintf(
		"kiosk make, %d payments and all other records from their shards to a book on the disk that opens, index included; median of %d, slowest %.1f s; lowest priority, with one query every %v beside it",
		rows, len(seconds), slices.Max(seconds), every))
	b.table.Add("build_peak_mb", peak, "MB", "VmHWM of that process, pages of its files among it; the most of all")
	b.table.Add("query_p99_during_build_ms", ms(percentile(busy, 99)), "ms", fmt.Sprintf(
		"%d queries on the old book, each timed from when it was due; median %.2f ms, slowest %.1f ms; p99 with no book being made %.2f ms",
		len(busy), ms(percentile(busy, 50)), ms(slices.Max(busy)), ms(percentile(quiet, 99))))
	return nil
}

// orderOf is what the kiosk tells a process that makes the book of its current edition.
func orderOf(kiosk string) (order []byte, number int64, err error) {
	s, err := store.Open(kiosk)
	if err != nil {
		return nil, 0, err
	}
	g, ok, err := s.Current()
	if err != nil || !ok {
		return nil, 0, errors.Join(err, fmt.Errorf("%s holds no edition", kiosk))
	}
	text, err := os.ReadFile(filepath.Join(kiosk, "enrolment.json"))
	if err != nil {
		return nil, 0, err
	}
	who, err := trust.ParseEnrolment(text)
	if err != nil {
		return nil, 0, err
	}
	order, err = json.Marshal(struct {
		Generation edition.Generation `json:"generation"`
		Key        edition.Key        `json:"key"`
	}{g, edition.Key(who.CountyKey)})
	return append(order, '\n'), g.Number, err
}

// maker (成册) is how the making of a book went.
type maker struct {
	took time.Duration
	peak float64 // megabytes
	err  error
}

// make runs the process that makes a book, with the priority that a kiosk gives it.
func (b *bench) make(dir string, order []byte) (m maker) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	cmd := exec.CommandContext(ctx, "chrt", "--idle", "0", "nice", "-n", "19", "ionice", "-c", "3", b.program("kiosk"), "make", "--data", dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		return maker{err: err}
	}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return maker{err: err}
	}
	if _, err := in.Write(order); err != nil { // and it stays open: the process ends when it closes
		return maker{err: err}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			m.took = time.Since(began)
			if err != nil {
				m.err = fmt.Errorf("kiosk make: %w: %s", err, said.String())
			} else if m.peak == 0 {
				m.err = errors.New("kiosk make: ended before it could be looked at")
			}
			return m
		case <-look.C:
			m.peak = max(m.peak, highWater(cmd.Process.Pid))
		}
	}
}

// highWater is the most memory that a process ever had, 0 where it is gone.
func highWater(pid int) float64 {
	const kib = 1024 / 1e6
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			n, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				return 0
			}
			return n * kib
		}
	}
	return 0
}

// every is how often the villager asks.
const every = 20 * time.Millisecond

// villager (村民) asks a book what villagers ask: names by their first characters, pages of lists, a person's payments.
type villager struct {
	book   *book.Book
	r      *rand.Rand
	towns  []disclosure.Place
	answer search.Answer
	list   book.List
}

func newVillager(b *book.Book) *villager {
	return &villager{book: b, r: rand.New(rand.NewPCG(9, 9)), towns: b.Towns()}
}

// ask asks one query after another, each when it is due, until something comes from done. It returns how long after it was due each
// was answered.
func (v *villager) ask(done <-chan time.Time) (took []time.Duration) {
	questions := v.questions()
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := 0; ; i++ {
		select {
		case <-done:
			return took
		case <-timer.C:
			questions[i%len(questions)]()
			took = append(took, time.Since(due))
			due = due.Add(every)
			timer.Reset(time.Until(due))
		}
	}
}

// questions draws what is asked, so that drawing takes no time while it is asked.
func (v *villager) questions() (out []func()) {
	const most = 600
	for len(out) < most {
		town := v.towns[v.r.IntN(len(v.towns))]
		villages := v.book.Villages(town.Code)
		if len(villages) == 0 {
			continue
		}
		village := villages[v.r.IntN(len(villages))].Code
		some := v.book.Find(search.Query{In: search.InPeople, Village: string(village), Limit: 8})
		lists := v.book.Lists(village)
		if len(some.Hits) == 0 || len(lists) == 0 {
			continue
		}
		hit := some.Hits[v.r.IntN(len(some.Hits))]
		head := lists[v.r.IntN(len(lists))]
		name := []rune(hit.Title)
		for n := 1; n <= len(name); n++ {
			q := search.Query{Text: string(name[:n]), In: search.InPeople, Village: string(village), Limit: 8, Near: 3}
			out = append(out, func() { v.book.FindInto(q, &v.answer) })
		}
		page := book.ListQuery{Village: village, Kind: head.Kind, Year: head.Year, Offset: v.r.IntN(max(1, head.Found)), Limit: 8}
		out = append(out, func() { v.book.ListInto(page, &v.list) }, func() { v.book.Person(hit.Ref()) })
	}
	return out
}

func percentile(took []time.Duration, p int) time.Duration {
	slices.Sort(took)
	return took[(len(took)-1)*p/100]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
