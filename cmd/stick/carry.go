package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingbai.local/cmd/internal/options"
	"mingbai.local/cmd/stick/internal/media"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/stick"
)

// source is a depot that is closed after use.
type source interface {
	depot.Depot
	io.Closer
}

func isURL(from string) bool {
	return strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://")
}

// openSource opens what a clerk names: an address, a pack, a folder, another stick.
func openSource(from string) (source, error) {
	switch {
	case isURL(from):
		return depot.HTTP(from, depot.Stall)
	case strings.HasSuffix(strings.ToLower(from), ".kpack"):
		d, err := depot.Pack(from)
		if err != nil {
			return nil, &packError{from, err}
		}
		return d, nil
	}
	if inside := filepath.Join(from, stick.Folder); isFolder(inside) {
		from = inside
	}
	d, err := depot.Dir(from)
	if err != nil {
		return nil, &packError{from, err}
	}
	return d, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// packError is a pack or folder that cannot be opened.
type packError struct {
	path string
	err  error
}

func (e *packError) Error() string { return e.path + ": " + e.err.Error() }
func (e *packError) Unwrap() error { return e.err }

// fill brings the newest edition of a source to a stick.
func fill(ctx context.Context, from, to string, card stick.Card, progress func(stick.Progress)) (stick.Filled, error) {
	src, err := openSource(from)
	if err != nil {
		return stick.Filled{}, err
	}
	out, err := stick.Fill(ctx, stick.Filling{From: src, To: to, Card: card, Now: time.Now(), Progress: progress})
	return out, errors.Join(err, src.Close())
}

func runFill(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var from, to, cardFile string
	var asJSON bool
	err := flags("fill", "[--from 网址|文件夹|数据包.kpack] --to U盘 [--card 文件] [--json]", args, stdout, func(f *flag.FlagSet) {
		f.StringVar(&from, "from", "", "来源；不写就用拷盘卡里的网址")
		f.StringVar(&to, "to", "", "U盘在哪里，如 E:\\ 或 /media/u/KINGSTON")
		f.StringVar(&cardFile, "card", "", "县里发的拷盘卡；不写就用程序旁边的 "+cardName)
		f.BoolVar(&asJSON, "json", false, "结果写成JSON")
	})
	if err != nil {
		return err
	}
	card, err := readCard(cardFile)
	if err != nil {
		return err
	}
	if from == "" {
		from = card.Office
	}
	switch {
	case to == "":
		return options.Misused("没有写U盘在哪里。例子：stick fill --to E:\\")
	case from == "":
		return options.Misused("没有写从哪里拷，旁边也没有县里发的 %s。例子：stick fill --from http://10.1.2.3:8420/ --to E:\\", cardName)
	}
	began := time.Now()
	out, err := fill(ctx, from, to, card, teller(stderr))
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(stdout, out)
	}
	for _, line := range append(filledWords(out, card), fmt.Sprintf("拷了%d个文件，%s，原来就对的%d个，用了%.0f秒。", out.Copied, media.Bytes(out.Bytes), out.Kept, time.Since(began).Seconds())) {
		fmt.Fprintln(stdout, line)
	}
	return nil
}

func runEmpty(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var from, to string
	var asJSON bool
	err := flags("empty", "--from U盘 --to 文件夹 [--json]", args, stdout, func(f *flag.FlagSet) {
		f.StringVar(&from, "from", "", "U盘在哪里，如 E:\\ 或 /media/u/KINGSTON")
		f.StringVar(&to, "to", "", "信收到哪个文件夹")
		f.BoolVar(&asJSON, "json", false, "结果写成JSON")
	})
	if err != nil {
		return err
	}
	if from == "" || to == "" {
		return options.Misused("--from 和 --to 都要写。例子：stick empty --from E:\\ --to D:\\信")
	}
	out, err := stick.Empty(ctx, from, to, nil)
	var unread *stick.UnreadError
	if err != nil && !errors.As(err, &unread) {
		return err
	}
	if asJSON {
		return errors.Join(err, printJSON(stdout, out))
	}
	for _, line := range emptiedWords(out, to) {
		fmt.Fprintln(stdout, line)
	}
	return err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

const tellEvery = 2 * time.Second

// teller says how far a filling is, a line now and then.
func teller(w io.Writer) func(stick.Progress) {
	var pace stick.Pace
	var said time.Time
	var stage stick.Stage
	return func(p stick.Progress) {
		now := time.Now()
		pace.Tell(p, now)
		if p.Stage == stage && now.Sub(said) < tellEvery {
			return
		}
		stage, said = p.Stage, now
		fmt.Fprintln(w, paceWords(&pace, now))
	}
}

// paceWords say how far a filling is, with the time that is left.
func paceWords(p *stick.Pace, now time.Time) string {
	switch p.Stage {
	case stick.Checking:
		return fmt.Sprintf("正在核对U盘里已有的数据，%s，共%s%s", media.Bytes(p.Done), media.Bytes(p.Total), roughly(p.Left(now)))
	case stick.Copying:
		return fmt.Sprintf("正在拷贝，已拷%s，共%s%s", media.Bytes(p.Done), media.Bytes(p.Total), roughly(p.Left(now)))
	case stick.Tidying:
		return "正在清掉U盘里过期的数据"
	}
	return "正在看来源和U盘里有什么"
}

func roughly(d time.Duration) string {
	switch s := int(d.Seconds() + 0.5); {
	case d == 0:
		return ""
	case s <= 90:
		return fmt.Sprintf("，大约还要%d秒", max(s, 1))
	default:
		return fmt.Sprintf("，大约还要%d分钟", (s+59)/60)
	}
}
