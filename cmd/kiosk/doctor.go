package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/store"
)

// examined (体检) is what doctor says: whether all is well, line by line, and the conditions as status has them.
type examined struct {
	Well       bool        `json:"well"`
	Checks     []finding   `json:"checks"`
	Conditions []condition `json:"conditions"`
}

type finding struct {
	Well  bool   `json:"well"`
	Words string `json:"words"`
}

func (e *examined) say(well bool, format string, args ...any) {
	e.Checks = append(e.Checks, finding{well, fmt.Sprintf(format, args...)})
	e.Well = e.Well && well
}

// leastFree is how much room a disk should have for the next edition and what else a machine writes.
const leastFree = 1 << 30

// doctorSpeed is how many bytes a second doctor is said to read: half of what it does on a core of its own (219 MB in 4.2 s of processor time), since
// the kiosk runs beside it.
const doctorSpeed = 25 << 20

// runDoctor reads everything on the disk and says what is wrong and what to do. It asks no network, but to mend.
func runDoctor(args []string, stdout, stderr io.Writer) int {
	var data string
	var mend, asJSON bool
	err := flags("doctor", "--data DIR [--mend] [--json]", args, stderr, func(set *flag.FlagSet) {
		dataFlag(set, &data)
		set.BoolVar(&mend, "mend", false, "能修的就修：坏了的数据从本机的文件重新生成，缺了的文件向办公室要")
		set.BoolVar(&asJSON, "json", false, "结果写成JSON")
	})
	if err != nil {
		return fail(stderr, err)
	}
	p, st, err := look(data)
	if err != nil {
		return fail(stderr, err)
	}
	p.letGo()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	found, err := p.examine(ctx, stderr)
	if err != nil {
		return fail(stderr, fmt.Errorf("没有查完：%w", err))
	}
	if mend && !found.Well() {
		if found, st, err = p.mendNow(ctx, found); err != nil {
			return fail(stderr, fmt.Errorf("没有修好：%w", err))
		}
	}
	e := p.report(found, st)
	if asJSON {
		if code := printJSON(stdout, stderr, e); code != 0 {
			return code
		}
	} else {
		for _, f := range e.Checks {
			mark := "正常"
			if !f.Well {
				mark = "不好"
			}
			fmt.Fprintf(stdout, "%s  %s\n", mark, f.Words)
		}
	}
	if !e.Well {
		return 1
	}
	return 0
}

// examine reads the disk through, and says beforehand how long that takes where anybody would wonder.
func (p *point) examine(ctx context.Context, stderr io.Writer) (store.Found, error) {
	if size := p.size(); size > 3*doctorSpeed {
		left := time.Duration(size/doctorSpeed) * time.Second
		fmt.Fprintf(stderr, "要把%.1fGB从头到尾读一遍，大约要%d秒。查询照常。\n", float64(size)/(1<<30), int(left.Seconds()))
	}
	return p.unfit(readNow(ctx, p.store))
}

// unfit adds the edition that should serve where its book is whole and shows what has been withdrawn since it was made: it has to be made anew, too.
func (p *point) unfit(found store.Found, err error) (store.Found, error) {
	if err != nil {
		return found, err
	}
	g, ok, err := p.store.Current()
	if ok && !slices.Contains(found.Books, g.Number) && !p.honest(g.Number) {
		found.Books = append(found.Books, g.Number)
	}
	return found, err
}

// size is how many bytes there are to read.
func (p *point) size() (bytes int64) {
	for _, folder := range []string{"gen", "s"} {
		// What cannot be listed will be found missing.
		_ = filepath.WalkDir(filepath.Join(p.data, folder), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				if i, err := d.Info(); err == nil {
					bytes += i.Size()
				}
			}
			return nil
		})
	}
	return bytes
}

// mendNow mends what can be mended, and looks again.
func (p *point) mendNow(ctx context.Context, found store.Found) (store.Found, status, error) {
	if !p.enrolled {
		return found, status{}, errors.New(spelt(health.NoEnrolment))
	}
	p.line.set(!p.shown().Offline)
	p.repair(ctx, found, func(kiosk.Msg) {})
	p.letGo()
	again, st, err := look(p.data)
	if err != nil {
		return found, st, err
	}
	again.letGo()
	found, err = again.unfit(readNow(ctx, again.store))
	return found, st, err
}

// letGo closes what is open of the data folder.
func (p *point) letGo() {
	for _, b := range []*book.Book{p.book, p.before} {
		if b != nil {
			closeBook(b)
		}
	}
	p.book, p.before = nil, nil
}

// report puts together what was found.
func (p *point) report(found store.Found, st status) examined {
	e := examined{Well: true, Conditions: st.Conditions}
	if p.enrolled {
		e.say(true, "入网凭证：%s，%s", p.enrolment.Kiosk, p.enrolment.Name)
	}
	for i, which := range []func() (edition.Generation, bool, error){p.store.Current, p.store.Previous} {
		g, ok, err := which()
		if err != nil || !ok {
			continue
		}
		what := []string{"现在这一期", "上一期"}[i]
		switch bad, bare := slices.Contains(found.Books, g.Number), slices.Contains(found.Bare, g.Number); {
		case bad && bare:
			e.say(false, "%s（第%d期）的数据用不了，它是旧版程序收的，本机修不好。请接上网络，或者插入县里发的U盘，等新的一期", what, g.Number)
		case bad:
			e.say(false, "%s（第%d期）的数据用不了。机器开着时会自己修复，也可以运行 kiosk doctor --mend", what, g.Number)
		case bare:
			e.say(true, "%s（第%d期）的数据完整，截至%s。它是旧版程序收的，照常能查，新的一期来了就换上", what, g.Number, g.AsOf)
		default:
			e.say(true, "%s（第%d期）的数据完整，截至%s", what, g.Number, g.AsOf)
		}
	}
	switch {
	case len(found.Lost) > 0:
		e.say(false, "生成数据用的文件，完好的%d个，坏了或者缺了的%d个。请接上网络运行 kiosk doctor --mend，或者等下一期", found.Objects, len(found.Lost))
	case found.Objects > 0:
		e.say(true, "生成数据用的%d个文件完整", found.Objects)
	}
	if found.State {
		e.say(false, "记着现在是哪一期的state.db有损坏。下一次更新会重新生成，不影响查询")
	}
	for _, c := range st.Conditions {
		e.say(c.Code == health.Offline.Code, "%s", c)
	}
	if free, err := p.store.Free(); err == nil {
		gb := float64(free) / (1 << 30)
		if free < leastFree {
			e.say(false, "磁盘只剩%.1fGB，下一期可能放不下。%s", gb, health.Full.Remedy)
		} else {
			e.say(true, "磁盘还有%.1fGB", gb)
		}
	}
	return e
}
