package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/intake"
)

var intakeCommand = command{
	name: "intake", args: "--data 目录 [--kind 表名] [--check] [--json] 文件…",
	what:    "导入表格（csv、txt，或整个文件夹）；有一处不对，整个文件都不导入",
	example: "office intake --data /srv/yidu 补贴发放_枝城镇2025.csv",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("kind", "", "表名，如 补贴发放；不写就看文件名开头")
		f.Bool("check", false, "只检查，不导入")
		f.Bool("json", false, "结果写成 JSON，连同每一行")
	},
	run: runIntake,
}

func runIntake(ctx context.Context, e env, c *call) error {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if len(c.args) == 0 {
		return misused("没有写要导入的文件。例子见 office intake -h")
	}
	o := intake.Options{Check: c.on("check"), Rows: c.on("json")}
	if kind := c.text("kind"); kind != "" {
		if o.Dataset, err = intake.Dataset(kind); err != nil {
			return misused("--kind 不对：%v", err)
		}
	}
	said := time.Now()
	o.Progress = func(file string, rows int64) {
		if time.Since(said) >= time.Second {
			said = time.Now()
			fmt.Fprintf(e.err, "%s：已读%d行\n", file, rows)
		}
	}
	l, err := openLedger(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // every change has been committed or refused by now
	report, err := intake.Run(ctx, l, c.args, o)
	if c.on("json") {
		if err := json.NewEncoder(e.out).Encode(report); err != nil {
			return err
		}
	} else if err := printReport(e.out, report); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	return refusal(report)
}

// refusal is the one line on standard error where files were refused.
func refusal(r intake.Report) error {
	files := 0
	var first *intake.File
	for _, f := range r.Files {
		if len(f.Refused) > 0 {
			files++
			if first == nil {
				first = f
			}
		}
	}
	if first == nil {
		return nil
	}
	return wrong("%d个文件没有导入（共%d个）。%s", files, len(r.Files), sentence(first.File, first.Refused[0]))
}

func sentence(file string, r intake.Remark) string {
	s := "《" + file + "》"
	if r.Sheet != "" {
		s += "“" + r.Sheet + "”"
	}
	if r.Row > 0 {
		s += fmt.Sprintf("第%d行", r.Row)
	}
	if r.Column != "" {
		s += "“" + r.Column + "”"
	}
	if r.Value != "" {
		s += "（" + r.Value + "）"
	}
	return s + "：" + r.Rule + "。" + r.Hint
}

var results = map[intake.Result]string{
	intake.Taken: "已导入", intake.Replaced: "已导入，代替了旧的一份", intake.Unchanged: "和台账里的完全一样，没有改动",
	intake.Checked: "没有问题（只检查，没有导入）", intake.Refused: "没有导入", intake.Failed: "没有读完，没有导入",
}

func printReport(w io.Writer, r intake.Report) error {
	for _, f := range r.Files {
		term := f.Kind
		if d := disclosure.ByName(f.Kind); d != nil {
			term = d.Term
		}
		line := fmt.Sprintf("%s：%s", f.File, results[f.Result])
		if f.Totals.Rows > 0 {
			line += fmt.Sprintf("。%s，%d行", term, f.Totals.Rows)
			if f.Totals.Amount != 0 {
				line += "，合计" + f.Totals.Amount.Yuan() + "元"
			}
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
		for _, m := range f.Refused {
			if _, err := fmt.Fprintln(w, "  "+sentence(f.File, m)); err != nil {
				return err
			}
		}
		if f.More > 0 {
			if _, err := fmt.Fprintf(w, "  还有%d处没有列出。\n", f.More); err != nil {
				return err
			}
		}
		for _, m := range f.Warnings {
			if _, err := fmt.Fprintln(w, "  提醒："+sentence(f.File, m)); err != nil {
				return err
			}
		}
	}
	return nil
}
