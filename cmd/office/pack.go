package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"mingbai.local/cmd/office/internal/press"
)

var packCommand = command{
	name: "pack", args: "--data 目录 --out 文件.kpack",
	what:    "把最新一期写成一个U盘更新包",
	example: "office pack --data /srv/yidu --out kiosk-420581-20261120-3.kpack",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("out", "", "更新包写到哪个文件（.kpack）")
	},
	run: runPack,
}

func runPack(ctx context.Context, e env, c *call) error {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	out := c.text("out")
	if !strings.HasSuffix(out, ".kpack") {
		return misused("--out “%s”不对：更新包的文件名要以 .kpack 结尾", out)
	}
	i, err := newestIssue(ctx, dir)
	if err != nil {
		return err
	}
	m := newMeter(e.err, "已写")
	bytes, err := press.Pack(ctx, i, out, m.tell)
	var path *fs.PathError
	switch {
	case errors.Is(err, press.ErrLarge):
		return wrong("第%d期太大，一个更新包装不下（U盘上一个文件最大4GB）：请改用网络，或把 public 目录整个拷到U盘", i.Edition.Number)
	case errors.Is(err, press.ErrDamaged):
		return wrong("%s 里有文件坏了（%v）：更新包没有写。请先运行 office publish 把它重新印出来", filepath.Join(dir, publicDir), err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return wrong("%s 所在的磁盘满了：更新包要 %s，请腾出地方再试", out, size(i.Total()))
	case errors.Is(err, syscall.EFBIG):
		return wrong("%s 所在的磁盘放不下这么大的文件：更新包要 %s，请换一个位置", out, size(i.Total()))
	case errors.As(err, &path):
		return wrong("更新包写不成（%v）：请核对 --out 的文件夹", err)
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(e.out, "已写好 %s：第%d期，数据截至%s，%d个文件，%d字节。\n", out, i.Edition.Number, i.Edition.AsOf, len(i.Names), bytes)
	return err
}

// newestIssue is the newest edition of a data directory, to be copied.
func newestIssue(ctx context.Context, dir string) (*press.Issue, error) {
	if err := isData(ctx, dir); err != nil {
		return nil, err
	}
	i, err := press.Open(filepath.Join(dir, publicDir))
	switch {
	case errors.Is(err, press.ErrNothing):
		return nil, wrong("还没有发布过，没有可以拷贝的。请先运行 office publish")
	case errors.Is(err, press.ErrHalf):
		return nil, wrong("%s 里的最新一期不完整（%v）：查询机也不会收。请先运行一次 office publish", filepath.Join(dir, publicDir), err)
	}
	return i, err
}
