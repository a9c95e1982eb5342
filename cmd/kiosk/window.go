package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"fyne.io/fyne/v2/app"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/app/screen"
	"mingbai.local/assets/font"
	"mingbai.local/assets/icon"
	"mingbai.local/cmd/internal/pin"
	"mingbai.local/cmd/kiosk/internal/gate"
	_ "mingbai.local/cmd/kiosk/internal/locale" // before Fyne
	"mingbai.local/sync/health"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// point is an opened query point: its data folder, its enrolment and the state machine on top of them.
type point struct {
	data      string
	store     *store.Store
	enrolment trust.Enrolment
	enrolled  bool
	offline   bool   // the program was started with --offline
	apart     bool   // books are made in a process of their own
	sticks    string // a folder that stands for what is mounted; empty looks at what is
	machine   *machine
	chores    *chores
	journal   *journal
	spoiled   chan struct{} // the book on show was found damaged
	line      *line
	turns     *turns
	gate      *gate.Gate // nil where the enrolment has no PIN
	pin       pin.Hashed
	given     []health.Condition // what of the enrolment cannot be used
	clock     *clock
	trial     *trial // of the window; nil for what does one thing and leaves
	watchman  *watchman

	mu          sync.Mutex // guards what follows
	number      int64      // of the edition that serves, 0 for none
	damaged     bool       // the edition that should serve does not open
	book        *book.Book
	before      *book.Book // of the edition before it, nil for none
	settings    kiosk.Settings
	badSettings bool               // some of them could not be read
	looked      []health.Condition // what the last look at the office came upon
}

// openPoint opens a data folder and shows what it holds, before anything asks a network.
func openPoint(data, enrolment string) (*point, error) {
	p, err := newPoint(data, enrolment)
	if err == nil {
		p.show()
	}
	return p, err
}

// newPoint opens a data folder.
func newPoint(data, enrolment string) (*point, error) {
	e, ok, err := readEnrolment(data, enrolment)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(data)
	if err != nil {
		return nil, fmt.Errorf("打不开数据文件夹%s：%w。请检查磁盘和权限", data, err)
	}
	p := &point{
		data: data, store: s, enrolment: e, enrolled: ok, spoiled: make(chan struct{}, 1), line: newLine(false), turns: newTurns(), journal: newJournal(data),
		clock: newClock(data), watchman: newWatchman(time.Now()),
	}
	p.inspect()
	p.remember()
	return p, nil
}

// show opens what the folder holds.
func (p *point) show() {
	synced, err := p.serve()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Printf("kiosk: %v", err)
	}
	b := p.book
	p.machine = &machine{model: kiosk.New(p.config(b)).Reading(newInkReader()), letGo: closeBook, do: func(kiosk.Cmd) {}, spoiled: func() {
		select {
		case p.spoiled <- struct{}{}:
		default: // it is known already
		}
	}}
	now := time.Now()
	correction, _ := p.clock.check(now)
	p.machine.Update(kiosk.Corrected{By: correction})
	p.machine.Update(kiosk.Tick{Now: now})
	switch {
	case b != nil:
		p.machine.Update(kiosk.Opened{Book: b, Before: p.before, SyncedAt: synced})
	case p.damaged && p.enrolled:
		p.machine.Update(kiosk.Mending{On: true}) // keepUp builds it anew
	}
}

// serve opens the book that should serve, or the best there is, and the one of the edition before it. p.mu is held, or nobody
// else knows of p yet.
func (p *point) serve() (synced time.Time, err error) {
	p.trial.begin()
	p.book, p.before = nil, nil
	var b *book.Book
	known := readWithdrawn(p.data)
	g, damaged, err := p.store.Serve(func(path string) error {
		opened, err := openHonest(path, known)
		if err == nil {
			b = opened
		}
		return err
	})
	p.damaged = damaged
	if err != nil {
		return time.Time{}, fmt.Errorf("serve: %w", err)
	}
	p.book, p.number, p.before = b, g.Number, p.openBefore(g.Number)
	font.Carry(kiosk.Guests(b))
	p.clock.signed(b.Manifest().PublishedAt)
	return g.SyncedAt, nil
}

// openBefore opens the book of the edition before that number, where there is one that opens: only to say what has changed.
func (p *point) openBefore(number int64) *book.Book {
	g, ok, err := p.store.Previous()
	if err != nil || !ok || g.Number >= number {
		return nil
	}
	b, err := book.Open(p.store.Book(g.Number))
	if err != nil {
		return nil
	}
	return b
}

func closeBook(b *book.Book) {
	if err := b.Close(); err != nil {
		log.Printf("kiosk: close a book: %v", err)
	}
}

// config says which query point this is: what its enrolment says, else what its book says.
func (p *point) config(b *book.Book) kiosk.Config {
	c := kiosk.Config{
		County: p.enrolment.County, CountyName: p.enrolment.CountyName, Emblem: p.enrolment.Emblem,
		Kiosk: p.enrolment.Kiosk, KioskName: p.enrolment.Name, Village: disclosure.Code(p.enrolment.Place), Version: version,
		Locked: p.enrolment.PIN != "", PxPerMM: pxPerMM(p.enrolment.Panel),
	}
	if c.County == "" && b != nil {
		c.County, c.CountyName = b.Manifest().County, b.Manifest().CountyName
	}
	if c.Emblem == "" && c.CountyName != "" {
		c.Emblem = string([]rune(c.CountyName)[:1])
	}
	return c
}

// open makes the screen. It has to be called on the main goroutine, as has the screen's Run.
func (p *point) open(window screen.Panel) *screen.Screen {
	prepareToolkit()
	collectOften()
	painted := p.painted()
	a := app.NewWithID("") // without an ID Fyne keeps no preferences: a kiosk writes nowhere but in its data folder
	s := screen.New(a, p.machine, screen.Config{
		Title: "明白", Icon: icon.App(), Window: window, DiagonalInch: p.diagonal(window), Nowhere: kiosk.Touched{},
		Painted: func(page kiosk.Page) {
			painted(page)
			p.trial.painted(page)
			p.watchman.painted(page, time.Now())
		},
		Primary: p.enrolment.Primary,
	})
	slog.SetDefault(slog.New(tee{slog.Default().Handler(), p.journal}))
	p.machine.Update(kiosk.Set{To: p.shown()})
	p.chores = newChores(p, s.Send)
	p.machine.do = p.chores.do
	return s
}

// diagonal is the panel's, from the enrolment. A window of another size is taken for the panel of that size.
func (p *point) diagonal(window screen.Panel) float64 {
	panel := p.enrolment.Panel
	if window.WidthPx > 0 && (window.WidthPx != panel.WidthPx || window.HeightPx != panel.HeightPx) {
		return 0
	}
	return panel.DiagonalInch
}

// pxPerMM is how many pixels a millimetre of the panel has, 0 where the office did not know the panel.
func pxPerMM(panel trust.Panel) float64 {
	const mmPerInch = 25.4
	if panel.WidthPx == 0 || panel.HeightPx == 0 || panel.DiagonalInch == 0 {
		return 0
	}
	return math.Hypot(float64(panel.WidthPx), float64(panel.HeightPx)) / (panel.DiagonalInch * mmPerInch)
}

// prepareToolkit tells Fyne what it would otherwise guess: sizes come from the panel's millimetres and not from what the
// display says of itself.
func prepareToolkit() {
	for name, value := range map[string]string{"FYNE_SCALE": "1", "FYNE_DISABLE_DPI_DETECTION": "1"} {
		if err := os.Setenv(name, value); err != nil {
			log.Printf("kiosk: %v", err)
		}
	}
}

// tick lets time pass for the state machine until ctx is done. What the machine's clock says may change at any time.
func (p *point) tick(ctx context.Context, send func(kiosk.Msg)) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	before, _ := p.clock.check(time.Now())
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			if correction, wrong := p.clock.check(now); correction != before {
				if wrong && before == 0 {
					slog.Warn(health.Clock.Words, "code", health.Clock.Code)
				}
				before = correction
				send(kiosk.Corrected{By: correction})
				p.tell(send)
			}
			send(kiosk.Tick{Now: now})
		}
	}
}

// runWindow is the kiosk itself.
func runWindow(args []string, _, stderr io.Writer) int {
	var data, enrolment, code, sticks, printer string
	var window windowFlag
	var offline bool
	err := flags("", "[--data DIR] [--enrolment FILE [--code 入网码]] [--window 1080x1920] [--offline] [--sticks DIR] [--printer QUEUE]", args, stderr, func(set *flag.FlagSet) {
		dataFlag(set, &data)
		set.StringVar(&enrolment, "enrolment", "", "入网凭证")
		codeFlag(set, &code)
		set.Var(&window, "window", "窗口大小；不写就占满屏幕")
		set.BoolVar(&offline, "offline", false, "离线运行：一次网络也不连")
		set.StringVar(&sticks, "sticks", "", "当作U盘来看的文件夹；不写就看插上的U盘")
		set.StringVar(&printer, "printer", "", "打印机的名称；不写就用设置里的，只有一台就用那一台")
	})
	if err != nil {
		return fail(stderr, err)
	}
	if enrolment, err = unseal(data, enrolment, code); err != nil {
		return fail(stderr, err)
	}
	p, err := newPoint(data, enrolment)
	if err != nil {
		return fail(stderr, err)
	}
	p.offline, p.sticks, p.apart, p.trial = offline, sticks, true, newTrial(p.store)
	p.show()
	if isQueue(printer) && printer != "" {
		p.settings.Printer = printer
	}
	atDisplaysEnd(p.trial.end) // which is no fault of the edition
	s := p.open(window.panel)
	enrolled := false
	p.chores.anew = func() { enrolled = true; s.Close() }
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	forget := context.AfterFunc(ctx, s.Close) // a machine that is switched off ends the program so
	go p.tick(ctx, s.Send)
	done := p.keepUp(ctx, s.Send)
	s.Run()
	forget()
	p.trial.end()
	stop()
	p.chores.close()
	<-done
	if enrolled { // the same program once more, with its county's colours and its own panel's size
		return fail(stderr, syscall.Exec("/proc/self/exe", os.Args, os.Environ()))
	}
	return 0
}
