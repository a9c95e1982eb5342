package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"mingbai.local/cmd/office/internal/disk"
	"mingbai.local/sync/stick"
)

var cardCommand = command{
	name: "card", args: "--data 目录 --out 文件 [--office 网址]",
	what:    "给乡镇的U盘程序发拷盘卡：本县、网址、信任谁的签名；里面没有秘密",
	example: "office card --data /srv/yidu --office http://10.1.2.3:8420/ --out stick.json",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("out", "", "写到哪个文件；放在U盘程序旁边时要叫 stick.json")
		f.String("office", "http://127.0.0.1:8420/", "办公室的网址")
	},
	run: runCard,
}

func runCard(ctx context.Context, e env, c *call) (err error) {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	out := c.text("out")
	if out == "" {
		return misused("--out 要写。例子见 office card -h")
	}
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		return wrong("文件 %s 已经有了：card 不覆盖，请换一个文件名", out)
	}
	l, err := openLedger(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // it was only read
	county, err := l.County(ctx)
	if err != nil {
		return err
	}
	letGo, err := holdKeys(dir, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, letGo()) }()
	keys, err := signingKeys(dir)
	if err != nil {
		return err
	}
	root, err := keys.Root()
	if err != nil {
		return err
	}
	b, err := stick.Card{Format: 1, County: string(county.Code), CountyName: county.Name, Office: c.text("office"), Root: root}.Encode()
	if err != nil {
		return wrong("拷盘卡写不成（%v）：请核对 --office 网址", err)
	}
	if err := disk.Replace(out, b, 0o644); err != nil {
		return wrong("写不了 %s（%v）：请换一个可以写的位置", out, err)
	}
	_, err = fmt.Fprintf(e.out, "拷盘卡写好了：%s。请和U盘程序放在同一个文件夹里，文件名要叫 stick.json。里面没有秘密。\n", out)
	return err
}
