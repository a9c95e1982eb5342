package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/courier"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// keepUp brings newer editions in behind the screen, and mends what the disk can mend by itself, until ctx is done; the
// channel is closed when both have ended. Offline, or without an enrolment, it asks nobody.
func (p *point) keepUp(ctx context.Context, send func(kiosk.Msg)) <-chan struct{} {
	var both sync.WaitGroup
	damaged := p.damaged
	p.line.set(!p.shown().Offline)
	both.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-p.spoiled:
				p.mend(ctx, send)
			}
		}
	})
	both.Go(func() {
		if damaged {
			p.mend(ctx, send) // first, because an update and the mending keep each other out
		}
		p.tell(send)
		for p.enrolled && ctx.Err() == nil {
			p.line.wait(ctx, true)
			p.courier(ctx, send)
			p.line.wait(ctx, false) // it came to its end because of that, or with ctx
			p.found(nil)
			p.tell(send)
		}
	})
	done := make(chan struct{})
	go func() {
		both.Wait()
		close(done)
	}()
	return done
}

// courier looks for newer editions while the line is open.
func (p *point) courier(ctx context.Context, send func(kiosk.Msg)) {
	ctx, hangUp, ok := p.line.use(ctx)
	if !ok {
		return
	}
	defer hangUp()
	office, err := depot.HTTP(p.enrolment.Office, depot.Stall)
	if err != nil {
		log.Printf("kiosk: %v", err)
		return
	}
	defer office.Close()
	c := courier.Courier{
		Kiosk: p.enrolment.Kiosk, Every: time.Duration(p.enrolment.PollMinutes) * time.Minute, Spread: p.spread(),
		Pull: func(ctx context.Context, l courier.Look) (pull.Result, error) {
			ctx, done, err := p.turns.courier(ctx)
			if err != nil {
				return pull.Result{}, err
			}
			defer done()
			j := p.job()
			j.Depot, j.Progress, j.PastCaches, j.Lacked = office, l.Progress, l.PastCaches, l.Lacked
			return pull.Run(ctx, j)
		},
		Tell:  func(e courier.Event) { p.heard(e, send) },
		Clock: courier.System{},
	}
	if err := c.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		log.Printf("kiosk: %v", err)
	}
}

// job is an update of this data folder; where it comes from is the caller's to say.
func (p *point) job() pull.Job {
	return pull.Job{
		Shelf: p.store, Enrolment: p.enrolment, Carrier: trust.Network, Now: time.Now, Built: builtAt(), Make: p.makes(), Open: opens,
	}
}

// opens says whether a book can be read.
func opens(path string) error {
	b, err := book.Open(path)
	if err != nil {
		return err
	}
	return b.Close()
}

// builtAt is when the source of this program was committed: no clock can be right that says earlier.
func builtAt() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// spread is over how long the first look at the office is spread.
func (p *point) spread() time.Duration {
	g, ok, err := p.store.Current()
	p.mu.Lock()
	defer p.mu.Unlock()
	return courier.Spread(err == nil && ok && p.book != nil, time.Since(g.SyncedAt))
}

// mend builds the book that should serve again from the shards on the disk. Where that cannot be done, the damaged one is
// taken away, so that the one before it serves.
func (p *point) mend(ctx context.Context, send func(kiosk.Msg)) {
	err := errors.New("without an enrolment there is no key to the shards")
	if p.enrolled {
		for err = pull.Rebuild(ctx, p.job()); pull.FaultOf(err) == pull.Busy && ctx.Err() == nil; err = pull.Rebuild(ctx, p.job()) {
			select { // an update is under way, which may well bring a good book by itself
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	p.mu.Lock()
	broken := p.book
	if err != nil && ctx.Err() == nil {
		if !errors.Is(err, fs.ErrNotExist) {
			log.Printf("kiosk: mend: %v", err)
		}
		if broken != nil && broken.Err() != nil {
			if err := os.Remove(p.store.Book(p.number)); err != nil {
				log.Printf("kiosk: mend: %v", err)
			}
		}
	}
	p.mu.Unlock()
	if !p.reopen(send) {
		send(kiosk.Mending{On: false})
	}
	p.tell(send)
}

// heard translates what the courier tells.
func (p *point) heard(e courier.Event, send func(kiosk.Msg)) {
	switch e := e.(type) {
	case courier.Arrived:
		slog.Info(fmt.Sprintf("收到了第%d期，数据截至%s", e.Edition, disclosure.Date(e.DataAsOf).Chinese()))
		p.reopen(send)
	case courier.Looked:
		if e.Err != nil {
			log.Printf("kiosk: %v", e.Err)
		}
		p.confirm(send)
		p.found(e.Conditions)
		p.tell(send)
	}
}

// found notes what a look at the office came upon. What was not there before goes to the log in words.
func (p *point) found(conditions []health.Condition) {
	p.mu.Lock()
	before := p.looked
	p.looked = conditions
	p.mu.Unlock()
	for _, c := range conditions {
		if !slices.Contains(before, c) {
			slog.Warn(c.Words, "code", c.Code)
		}
	}
}

// confirm tells the screen when the edition that serves was last confirmed.
func (p *point) confirm(send func(kiosk.Msg)) {
	p.mu.Lock()
	b, before, number := p.book, p.before, p.number
	p.mu.Unlock()
	if g, ok, err := p.store.Current(); err == nil && ok && b != nil && b.Err() == nil && g.Number == number {
		send(kiosk.Opened{Book: b, Before: before, SyncedAt: g.SyncedAt})
	}
}

// reopen opens the book that serves now and hands it to the screen, which closes the one before when nobody reads it. It
// reports whether there is one.
func (p *point) reopen(send func(kiosk.Msg)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	synced, err := p.serve()
	if err != nil {
		log.Printf("kiosk: %v", err)
		return false
	}
	send(kiosk.Opened{Book: p.book, Before: p.before, SyncedAt: synced})
	return true
}

// tell hands the conditions to the staff's page.
func (p *point) tell(send func(kiosk.Msg)) {
	disk := p.onDisk()
	p.mu.Lock()
	found := append(disk, p.looked...)
	p.mu.Unlock()
	send(kiosk.State{Conditions: conditionsOf(found), Broken: slices.Contains(disk, health.Broken), Facts: p.facts()})
}

// facts are what else staff may want to know of the machine.
func (p *point) facts() (out []kiosk.Fact) {
	if free, err := p.store.Free(); err == nil {
		out = append(out, kiosk.Fact{Label: "磁盘还有", Value: fmt.Sprintf("%.1fGB", float64(free)/(1<<30))})
	}
	if queue := p.shown().Printer; queue != "" {
		out = append(out, kiosk.Fact{Label: "打印机", Value: queue})
	}
	if p.chores != nil {
		out = append(out, p.chores.voice.fact())
	}
	return out
}

// onDisk are the conditions that can be told from the disk alone.
func (p *point) onDisk() []health.Condition {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.standing()
	switch {
	case p.book == nil && p.damaged:
		return append(found, health.Broken)
	case p.book == nil:
		return append(found, health.Empty)
	case p.damaged:
		return append(found, health.Damaged)
	}
	return found
}

func conditionsOf(found []health.Condition) []kiosk.Condition {
	var out []kiosk.Condition
	for _, c := range found {
		k := conditionOf(c)
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// runPull makes one update.
func runPull(args []string, stdout, stderr io.Writer) int {
	var data, enrolment, from string
	var asJSON bool
	err := flags("pull", "--data DIR [--enrolment FILE] [--from URL|DIR|FILE.kpack] [--json]", args, stderr, func(set *flag.FlagSet) {
		dataFlag(set, &data)
		set.StringVar(&enrolment, "enrolment", "", "入网凭证")
		set.StringVar(&from, "from", "", "从哪里更新；不写就从入网凭证里的地址")
		set.BoolVar(&asJSON, "json", false, "结果写成JSON")
	})
	if err != nil {
		return fail(stderr, err)
	}
	e, ok, err := readEnrolment(data, enrolment)
	if err == nil && !ok {
		err = fmt.Errorf("%s里没有入网凭证。请用--enrolment指出县里发的那个文件", data)
	}
	if err != nil {
		return fail(stderr, err)
	}
	s, err := store.Open(data)
	if err != nil {
		return fail(stderr, err)
	}
	if from == "" {
		from = e.Office
	}
	source, carrier, err := openDepot(from)
	if err != nil {
		return fail(stderr, fmt.Errorf("打不开%s：%w", from, err))
	}
	defer source.Close()
	p := &point{data: data, store: s, enrolment: e, enrolled: true}
	j := p.job()
	j.Depot, j.Carrier = source, carrier
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := pull.Run(ctx, j)
	if err != nil {
		return fail(stderr, fmt.Errorf("更新没有成功，原来的数据照常能查：%w", err))
	}
	if asJSON {
		return printJSON(stdout, stderr, r)
	}
	if r.Changed {
		fmt.Fprintf(stdout, "已更新到第%d期，数据截至%s，收了%d字节，用了%.1f秒。\n", r.Edition, r.DataAsOf, r.Bytes, r.Seconds)
	} else {
		fmt.Fprintf(stdout, "已经是最新的第%d期，数据截至%s。\n", r.Edition, r.DataAsOf)
	}
	return 0
}

// closingDepot is a depot that is closed after use.
type closingDepot interface {
	depot.Depot
	io.Closer
}

// openDepot opens a depot by what it is: an address, a pack, a folder. What is named on the command line is asked for.
func openDepot(from string) (closingDepot, trust.Carrier, error) {
	switch {
	case strings.HasPrefix(from, "http://"), strings.HasPrefix(from, "https://"):
		d, err := depot.HTTP(from, depot.Stall)
		return d, trust.Asked, err
	case strings.HasSuffix(from, ".kpack"):
		d, err := depot.Pack(from)
		return d, trust.Stick, err
	default:
		d, err := depot.Dir(from)
		return d, trust.Stick, err
	}
}

// status is what kiosk status says.
type status struct {
	Edition    int64            `json:"edition"`
	DataAsOf   string           `json:"data_as_of"`
	SyncedAt   string           `json:"synced_at"`
	Digest     string           `json:"digest"`
	Synthetic  bool             `json:"synthetic"`
	Datasets   map[string]int64 `json:"datasets"`
	Conditions []condition      `json:"conditions"`
}

type condition struct {
	Code   string `json:"code"`
	Words  string `json:"words"`
	Remedy string `json:"remedy"`
}

// look opens a data folder as status and doctor do, and says what it holds.
func look(data string) (*point, status, error) {
	st := status{Datasets: map[string]int64{}, Conditions: []condition{}}
	if _, err := os.Stat(data); err != nil {
		return nil, st, fmt.Errorf("没有数据文件夹%s。请检查--data，或者先用 kiosk pull 更新", data)
	}
	e, ok, err := readEnrolment(data, "")
	if err != nil {
		return nil, st, err
	}
	s, err := store.Open(data)
	if err != nil {
		return nil, st, err
	}
	p := &point{data: data, store: s, enrolment: e, enrolled: ok}
	p.inspect()
	synced, err := p.serve()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, st, err
	}
	if p.before != nil {
		closeBook(p.before)
	}
	if b := p.book; b != nil {
		m := b.Manifest()
		st.Edition, st.DataAsOf, st.Digest, st.Synthetic, st.Datasets = m.Number, string(m.AsOf), m.Digest, m.Synthetic, m.Rows
		if !synced.IsZero() {
			st.SyncedAt = synced.Format(time.RFC3339)
		}
	}
	for _, c := range p.onDisk() {
		st.Conditions = append(st.Conditions, condition{c.Code, c.Words, c.Remedy})
	}
	return p, st, nil
}

// runStatus says what a data folder holds. It works beside a running kiosk.
func runStatus(args []string, stdout, stderr io.Writer) int {
	var data string
	var asJSON bool
	err := flags("status", "--data DIR [--json]", args, stderr, func(set *flag.FlagSet) {
		dataFlag(set, &data)
		set.BoolVar(&asJSON, "json", false, "结果写成JSON")
	})
	if err != nil {
		return fail(stderr, err)
	}
	p, st, err := look(data)
	if err != nil {
		return fail(stderr, err)
	}
	if p.book != nil {
		defer closeBook(p.book)
	}
	if asJSON {
		return printJSON(stdout, stderr, st)
	}
	if p.book != nil {
		fmt.Fprintf(stdout, "第%d期，数据截至%s\n", st.Edition, st.DataAsOf)
		if st.Synthetic {
			fmt.Fprintln(stdout, "演示数据，并非真实")
		}
		names := make([]string, 0, len(st.Datasets))
		for name := range st.Datasets {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(stdout, "%-20s%d\n", name, st.Datasets[name])
		}
	}
	for _, c := range st.Conditions {
		fmt.Fprintf(stdout, "%s %s%s\n", c.Code, c.Words, c.Remedy)
	}
	return 0
}

// runDoctor reads everything on the disk and says what is wrong. It asks no network.
func runDoctor(args []string, stdout, stderr io.Writer) int {
	var data string
	err := flags("doctor", "--data DIR", args, stderr, func(set *flag.FlagSet) { dataFlag(set, &data) })
	if err != nil {
		return fail(stderr, err)
	}
	p, st, err := look(data)
	if err != nil {
		return fail(stderr, err)
	}
	sick := false
	say := func(well bool, words string) {
		mark := "正常"
		if !well {
			mark, sick = "不好", true
		}
		fmt.Fprintf(stdout, "%s  %s\n", mark, words)
	}
	if p.enrolled {
		say(true, fmt.Sprintf("入网凭证：%s，%s", p.enrolment.Kiosk, p.enrolment.Name))
	} else {
		say(false, "没有入网凭证，收不到新数据。请向县里的信息公开办公室要一份")
	}
	if p.book != nil {
		defer closeBook(p.book)
		if err := p.book.Check(context.Background()); err != nil {
			say(false, fmt.Sprintf("第%d期的数据有损坏：%v。重新打开程序，机器会自己修复", st.Edition, err))
		} else {
			say(true, fmt.Sprintf("第%d期的数据完整，截至%s", st.Edition, st.DataAsOf))
		}
	}
	for _, c := range st.Conditions {
		say(false, c.Code+" "+c.Words+c.Remedy)
	}
	if free, err := p.store.Free(); err == nil {
		say(free > 1<<30, fmt.Sprintf("磁盘还有%.1fGB", float64(free)/(1<<30)))
	}
	if sick {
		return 1
	}
	return 0
}

// runBack makes the previous edition serve again. What has been withdrawn since stays withdrawn: the book is built again
// without it.
func runBack(args []string, stdout, stderr io.Writer) int {
	var data string
	err := flags("back", "--data DIR", args, stderr, func(set *flag.FlagSet) { dataFlag(set, &data) })
	if err != nil {
		return fail(stderr, err)
	}
	p, st, err := look(data)
	if err != nil {
		return fail(stderr, err)
	}
	if p.book != nil {
		closeBook(p.book)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	g, err := p.back(ctx)
	if err != nil {
		return fail(stderr, fmt.Errorf("退不回上一期，还是第%d期：%w", st.Edition, err))
	}
	fmt.Fprintf(stdout, "已退回第%d期，数据截至%s。后来撤回的仍然不显示。重新打开程序就能看到。\n", g.Number, g.AsOf)
	return 0
}

func printJSON(stdout, stderr io.Writer, v any) int {
	e := json.NewEncoder(stdout)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fail(stderr, err)
	}
	return 0
}
