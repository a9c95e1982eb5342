package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/sync/trust"
)

// publishMemory is what publishing takes before it collects its garbage more often: an office's machine has other things to do.
const publishMemory = 192 << 20

// shownFindings is how many findings publish names; the ledger keeps all.
const shownFindings = 10

var publishCommand = command{
	name: "publish", args: "--data 目录 [--as-of 日期] [--poll-minutes 分钟]",
	what:    "把台账里的数据印成新的一期，签名后放进 public 目录",
	example: "office publish --data /srv/yidu --as-of 2026-11-20",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("as-of", "", "数据截至哪一天，如 2026-11-20；不写就是今天")
		f.String("poll-minutes", "", "查询机大约每隔几分钟来看一次有没有新数据，1到1440；不写就不变")
		clockFlag(f)
	},
	run: runPublish,
}

func runPublish(ctx context.Context, e env, c *call) (err error) {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	now := e.now()
	asOf := disclosure.Date(c.text("as-of"))
	if asOf == "" {
		asOf = disclosure.Date(now.Format(time.DateOnly))
	}
	if _, err := disclosure.ParseDate(string(asOf)); err != nil || len(asOf) != len(time.DateOnly) {
		return misused("--as-of “%s”不对：要写成 2026-11-20 的样子", asOf)
	}
	l, err := openLedger(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // what was noted has been committed
	if err := c.clock(e, dir); err != nil {
		return err
	}
	letGo, err := holdKeys(dir, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, letGo()) }()
	p, err := newPress(dir, l)
	if err != nil {
		return err
	}
	if p.Keys.PollMinutes, err = everyMinutes(c.text("poll-minutes")); err != nil {
		return err
	}
	p.Progress = func(what string, rows int64) {
		if rows == 0 {
			fmt.Fprintf(e.err, "%s\n", what)
			return
		}
		fmt.Fprintf(e.err, "%s：%d行\n", what, rows)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(publishMemory))
	start := time.Now()
	r, err := p.Print(ctx, asOf, now)
	if err != nil {
		return publishError(err)
	}
	return sayPublished(e, r, time.Since(start))
}

func clockFlag(f *flag.FlagSet) {
	f.Bool("clock-is-right", false, "这台电脑的时钟是对的，是上一次签名时走快了")
}

// clockSlack is how far a clock may be put back without a word.
const clockSlack = time.Hour

// clock refuses to sign at an hour that cannot be: kiosks take what is signed then for expired, and villagers would read a date long past.
func (c *call) clock(e env, dir string) error {
	last, err := trust.Issued(os.DirFS(filepath.Join(dir, publicDir)))
	now := e.now()
	if err != nil || c.on("clock-is-right") || !now.Before(last.Add(-clockSlack)) {
		return err
	}
	const form = "2006-01-02 15:04"
	return wrong("没有签名：这台电脑的时钟是 %s，比上一次签名（%s）还早。请先校准时钟；如果是上一次的时钟走快了，请加上 --clock-is-right",
		now.Format(form), last.In(now.Location()).Format(form))
}

// everyMinutes is how often kiosks are to look, 0 where nothing is to change.
func everyMinutes(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > trust.MaxPollMinutes {
		return 0, misused("--poll-minutes “%s”不对：要写1到%d的整数，县里一般写10，全省一般写60", s, trust.MaxPollMinutes)
	}
	return n, nil
}

func newPress(dir string, l *ledger.Ledger) (*press.Press, error) {
	keys, err := signingKeys(dir)
	if err != nil {
		return nil, err
	}
	key, err := countyKey(dir)
	if err != nil {
		return nil, err
	}
	handed, err := handout(dir, key)
	if err != nil {
		return nil, err
	}
	return &press.Press{
		Ledger: l, Depot: filepath.Join(dir, publicDir), Keys: keys, Folder: filepath.Join(dir, keysDir), CountyKey: key, Handout: handed, Scratch: dir,
	}, nil
}

// publishError says in plain words what a person can mend.
func publishError(err error) error {
	var leak *press.Leak
	var missing *trust.Missing
	switch {
	case errors.Is(err, press.ErrEmpty):
		return wrong("台账是空的，没有可以发布的数据。请先用 office intake 导入")
	case errors.Is(err, press.ErrBusy):
		return wrong("另一个 office publish 正在运行。请等它做完")
	case errors.As(err, &missing):
		return wrong("没有发布：签名还缺%s，再发布", missingWords(missing))
	case errors.As(err, &leak):
		return wrong("没有发布：%s《%s》第%d行“%s”里有%s。请改好原来的表，用原来的文件名再导入，然后发布", leak.Dataset.Term, leak.Source, leak.Row, leak.Column.Heading, leak.Found)
	}
	return err
}

func sayPublished(e env, r press.Result, took time.Duration) error {
	ed := r.Edition
	if r.Unchanged {
		_, err := fmt.Fprintf(e.out, "没有变化：第%d期（数据截至%s）就是现在的数据。时间戳重新签了，查询点由此知道县里还认这一期。\n", ed.Number, ed.AsOf.Chinese())
		return err
	}
	_, err := fmt.Fprintf(e.out, "已发布第%d期，数据截至%s：%d行，%d块，新写%d个文件共%d字节，用时%.1f秒。摘要 %s\n",
		ed.Number, ed.AsOf.Chinese(), ed.Rows, r.Shards, r.Files, r.Bytes, took.Seconds(), ed.Digest)
	if err != nil || len(r.Findings) == 0 {
		return err
	}
	if _, err := fmt.Fprintf(e.err, "提醒：有%d处数据对不上，已记在台账里，请核实：\n", len(r.Findings)); err != nil {
		return err
	}
	for i, f := range r.Findings {
		if i == shownFindings {
			_, err := fmt.Fprintf(e.err, "  还有%d处没有列出。\n", len(r.Findings)-shownFindings)
			return err
		}
		if _, err := fmt.Fprintf(e.err, "  %s（%s）：%s\n", f.Law, f.Subject, f.Words); err != nil {
			return err
		}
	}
	return nil
}
