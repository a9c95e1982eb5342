package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/cmd/office/internal/typeface"
	"mingbai.local/sync/trust"
)

// publishMemory is what publishing takes before it collects its garbage more often: an office's machine has other things to do.
const publishMemory = 192 << 20

// shownFindings is how many findings publish names; the ledger keeps all.
const shownFindings = 10

var publishCommand = command{
	name: "publish", args: "--data 目录 [--as-of 日期] [--poll-minutes 分钟] [--fonts 文件夹]",
	what:    "把台账里的数据印成新的一期，签名后放进 public 目录",
	example: "office publish --data /srv/yidu --as-of 2026-11-20",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("as-of", "", "数据截至哪一天，如 2026-11-20；不写就是今天")
		f.String("poll-minutes", "", "查询机大约每隔几分钟来看一次有没有新数据，1到1440；不写就不变")
		f.String("fonts", "", "放字体（ttf、otf）的文件夹：查询机字库里没有的生僻字，照这里的字体把字形一起发下去；不写就用 "+typeface.Hanazono)
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
	if p.Fonts, err = openFonts(c.text("fonts")); err != nil {
		return err
	}
	if p.Fonts != nil {
		defer func() { err = errors.Join(err, p.Fonts.Close()) }()
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

// openFonts opens the fonts of rare characters: of the folder that was named, or, where there are any, of the usual one.
func openFonts(dir string) (*typeface.Folder, error) {
	f, err := typeface.Open(cmp.Or(dir, typeface.Hanazono))
	switch {
	case err == nil:
		return f, nil
	case dir == "" && errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case dir == "":
		return nil, wrong("没有发布：%s 里的字体读不了（%v）。请重新安装字体（Debian：fonts-hanazono），再发布", typeface.Hanazono, err)
	}
	return nil, misused("--fonts “%s”不对：里面没有读得了的 ttf 或 otf 字体（%v）", dir, err)
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
	if err == nil {
		err = sayRare(e, r.Rare)
	}
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

// sayRare says which characters the query points cannot draw as they are, where they stand, what is shown instead and what to do. Those
// whose outlines travel with the edition are only counted.
func sayRare(e env, rare []press.Rare) error {
	outlined := 0
	var crowded, apart, lost []string
	for _, r := range rare {
		where := fmt.Sprintf("%s《%s》第%d行", r.Place+r.Dataset.Term, r.Source, r.Row)
		switch {
		case r.Outlined:
			outlined++
		case r.Crowded:
			crowded = append(crowded, fmt.Sprintf("“%c”（U+%04X），%s", r.Char, r.Char, where))
		case r.Parts != "":
			apart = append(apart, fmt.Sprintf("“%c”（U+%04X），%s，写成（%s）", r.Char, r.Char, where, strings.Join(strings.Split(r.Parts, ""), "+")))
		default:
			lost = append(lost, fmt.Sprintf("“%c”（U+%04X），%s", r.Char, r.Char, where))
		}
	}
	var errs error
	if outlined > 0 {
		_, errs = fmt.Fprintf(e.out, "有%d个生僻字查询机的字库里没有，字形已经随这一期发下去。\n", outlined)
	}
	const fonts = "请在这台电脑上装好花园明朝字体（Debian：apt install fonts-hanazono；别的系统把 HanaMinA.ttf 和 HanaMinB.ttf 放进一个文件夹，用 --fonts 写明），再发布一次。"
	return errors.Join(
		errs,
		sayChars(e, "Z-01 有%d个字，查询机和这台电脑的字体都画不出来，查询机上只能拆开写：", apart, fonts),
		sayChars(e, "Z-02 有%d个字，没有字体画得出来，也不知道怎么拆，查询机上只能写“（缺字）”：", lost, fonts+"还有这一条，多半是自造字或者打错的字：请核对原来的表，换成标准字，再导入、发布。"),
		sayChars(e, "Z-03 生僻字太多，有%d个字的字形这一期装不下，查询机上只能拆开写，拆不开的写“（缺字）”：", crowded, "一个县用不了这么多生僻字，多半是哪张表的字打错了或者编码不对：请核对这些行，再导入、发布。"),
	)
}

// sayChars prints one warning with its first lines; nothing where there are none.
func sayChars(e env, form string, lines []string, remedy string) error {
	if len(lines) == 0 {
		return nil
	}
	text := "提醒：" + fmt.Sprintf(form, len(lines)) + "\n"
	for i, line := range lines {
		if i == shownFindings {
			text += fmt.Sprintf("  还有%d个没有列出。\n", len(lines)-shownFindings)
			break
		}
		text += "  " + line + "\n"
	}
	_, err := fmt.Fprint(e.err, text+"  "+remedy+"\n")
	return err
}
