package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/sample"
)

var sampleCommand = command{
	name: "sample", args: "--county 代码 --seed 数 --payments 笔数 --as-of 日期 --out 目录",
	what:    "生成一个虚构县的导入文件，供演示和测试",
	example: "office sample --county 420581 --seed 1 --payments 200000 --as-of 2026-11-20 --out 样本",
	flags: func(f *flag.FlagSet) {
		f.String("county", "420581", "420581（宜都市）或 420923（云梦县）")
		f.String("seed", "1", "种子数；同样的种子生成同样的文件")
		f.String("payments", strconv.Itoa(sample.DefaultPayments), "大约多少笔补贴")
		f.String("as-of", string(sample.DefaultAsOf), "最后公布的日子")
		f.String("out", "", "写到哪个目录")
	},
	run: runSample,
}

func runSample(_ context.Context, e env, c *call) error {
	if err := c.none(); err != nil {
		return err
	}
	out := c.text("out")
	if out == "" {
		return misused("没有写 --out 目录。例子见 office sample -h")
	}
	seed, err := strconv.ParseUint(c.text("seed"), 10, 64)
	if err != nil {
		return misused("--seed “%s”不对：要写一个不小于0的整数", c.text("seed"))
	}
	payments, err := strconv.Atoi(c.text("payments"))
	if err != nil {
		return misused("--payments “%s”不对：要写一个整数，如 200000", c.text("payments"))
	}
	county, err := sample.Generate(sample.Options{County: c.text("county"), Seed: seed, Payments: payments, AsOf: disclosure.Date(c.text("as-of"))})
	if err != nil {
		return misused("样本生成不了（%v）。用法请看 office sample -h", err)
	}
	err = county.Write(out, func(file string, rows int) { fmt.Fprintf(e.err, "%s：%d行\n", file, rows) })
	if err != nil {
		return wrong("样本写不到 %s（%v）：请换一个空的、可以写的目录", out, err)
	}
	_, err = fmt.Fprintf(e.out, "已在 %s 生成%s的样本：%d笔补贴。全是虚构的人，只供演示。\n", out, county.Name(), county.Payments())
	return err
}
