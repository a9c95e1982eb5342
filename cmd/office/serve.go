package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"mingbai.local/cmd/office/internal/web"
)

var serveCommand = command{
	name: "serve", args: "--data 目录 --listen 地址",
	what:    "把 public 目录提供给查询点（HTTP）",
	example: "office serve --data /srv/yidu --listen 127.0.0.1:8420",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("listen", "127.0.0.1:8420", "地址和端口；端口写 0 就由系统挑一个")
	},
	run: runServe,
}

func runServe(ctx context.Context, e env, c *call) error {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	if err := isData(ctx, dir); err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Join(dir, publicDir))
	if err != nil {
		return wrong("打不开 %s（%v）：请核对数据目录", filepath.Join(dir, publicDir), err)
	}
	defer func() { _ = root.Close() }() // it was only read
	ln, err := net.Listen("tcp", c.text("listen"))
	if err != nil {
		return wrong("地址 %s 用不了（%v）：请换一个地址或端口", c.text("listen"), err)
	}
	if _, err := fmt.Fprintf(e.out, "正在提供 http://%s/\n", ln.Addr()); err != nil {
		return errors.Join(err, ln.Close())
	}
	return web.Serve(ctx, ln, web.Handler(root.FS()), slog.New(slog.NewTextHandler(e.err, nil)))
}
