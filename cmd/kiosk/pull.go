package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"mingbai.local/sync/courier"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// runPull makes one update.
func runPull(args []string, stdout, stderr io.Writer) int {
	var data, enrolment, code, from string
	var asJSON bool
	err := flags("pull", "--data DIR [--enrolment FILE [--code 入网码]] [--from URL|DIR|FILE.kpack] [--json]", args, stderr, func(set *flag.FlagSet) {
		dataFlag(set, &data)
		set.StringVar(&enrolment, "enrolment", "", "入网凭证")
		codeFlag(set, &code)
		set.StringVar(&from, "from", "", "从哪里更新；不写就从入网凭证里的地址")
		set.BoolVar(&asJSON, "json", false, "结果写成JSON")
	})
	if err != nil {
		return fail(stderr, err)
	}
	if enrolment, err = unseal(data, enrolment, code); err != nil {
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
	p := &point{data: data, store: s, enrolment: e, enrolled: true, clock: newClock(data)}
	p.remember()
	j := p.job()
	j.Depot, j.Carrier = source, carrier
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := pull.Run(ctx, j)
	if ctx.Err() == nil {
		p.keepFound(courier.Conditions(r, err)) // for kiosk status
	}
	if err != nil {
		return fail(stderr, fmt.Errorf("更新没有成功，原来的数据照常能查。%s（%w）", spelt(courier.Conditions(r, err)...), err))
	}
	p.clock.confirmed(p.remember())
	p.clock.write()
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
	case isPack(from):
		d, err := depot.Pack(from)
		return d, trust.Stick, err
	default:
		d, err := depot.Dir(from)
		return d, trust.Stick, err
	}
}
