package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mingbai.local/cmd/office/internal/press"
)

// What tidy always leaves.
const (
	keptEditions = 3
	keptDays     = 60
)

var tidyCommand = command{
	name: "tidy", args: "--data 目录 [--delete] [--keep 期数] [--days 天数]",
	what:    "清理 public 目录：找出旧期留下、现在用不着的文件；加 --delete 才真的删",
	example: "office tidy --data /srv/yidu --delete",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.Bool("delete", false, "真的删去；不写就只看看有多少")
		f.Int("keep", keptEditions, "最新的几期整期保留，最少3期")
		f.Int("days", keptDays, "最近多少天的都保留，最少60天")
	},
	run: runTidy,
}

func runTidy(ctx context.Context, e env, c *call) error {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	keep, err := c.atLeast("keep", keptEditions)
	if err != nil {
		return err
	}
	days, err := c.atLeast("days", keptDays)
	if err != nil {
		return err
	}
	if err := isData(ctx, dir); err != nil {
		return err
	}
	public := filepath.Join(dir, publicDir)
	rule := press.Rule{Editions: keep, Age: time.Duration(days) * 24 * time.Hour}
	s, err := press.Sweep(ctx, public, rule, e.now(), c.on("delete"))
	switch {
	case errors.Is(err, press.ErrNothing):
		return wrong("还没有发布过，没有可以清理的")
	case errors.Is(err, press.ErrBusy):
		return wrong("另一个 office publish 或 office tidy 正在运行。请等它做完")
	case errors.Is(err, press.ErrHalf):
		return wrong("%s 里的最新一期不完整（%v）：什么也没有删。请先运行一次 office publish", public, err)
	case err != nil:
		return err
	}
	return sayTidied(e, s, days, c.on("delete"))
}

// atLeast is a number flag that may only be raised.
func (c *call) atLeast(name string, least int) (int, error) {
	n, err := strconv.Atoi(c.text(name))
	if err != nil || n < least {
		return 0, misused("--%s 写的是%s，太少：最少%d，不然还在更新的查询点会缺文件", name, c.text(name), least)
	}
	return n, nil
}

func sayTidied(e env, s press.Swept, days int, deleted bool) error {
	var numbers []string
	for _, n := range s.Kept {
		numbers = append(numbers, strconv.FormatInt(n, 10))
	}
	kept := fmt.Sprintf("保留第%s期，和最近%d天里写的文件", strings.Join(numbers, "、"), days)
	var err error
	switch {
	case s.Files == 0:
		_, err = fmt.Fprintf(e.out, "没有要清理的。%s。\n", kept)
	case deleted:
		_, err = fmt.Fprintf(e.out, "已删去%d个文件，腾出 %s。%s。\n", s.Files, size(s.Bytes), kept)
	default:
		_, err = fmt.Fprintf(e.out, "有%d个文件用不着了，共 %s。%s。现在什么也没有删；要删，请加上 --delete 再运行一次。\n", s.Files, size(s.Bytes), kept)
	}
	return err
}
