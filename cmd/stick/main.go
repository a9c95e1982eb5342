// Command stick fills a USB stick (U盘) with the county's data at a township's PC, and takes off it what kiosks send back.
//
// Started by a double click, it opens a page in the browser: which stick, what it holds, 把新数据放进U盘, how far it is, 做好了. The page comes from
// this program alone, on 127.0.0.1, under an address that nobody else knows, and the program ends when the page has been closed for a while. In a
// shell, `stick fill` and `stick empty` do the same. Whose signatures count stands in a card (拷盘卡) that the office gives out with the program,
// stick.json beside it; without one the data is carried as it comes, and the kiosk judges.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"mingbai.local/cmd/internal/options"
	"mingbai.local/sync/stick"
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version = "dev"

const usage = `stick：把县里的公开数据放进U盘，再把U盘里带回来的东西收走

用法：
  stick                                     打开操作页面（双击就是这样）
  stick fill  --from 来源 --to U盘          把新数据放进U盘
  stick empty --from U盘 --to 文件夹        把U盘里带回来的信收到文件夹里

来源可以是办公室的网址、数据文件夹，或者数据包（.kpack）。拷到一半停了，再运行一次会接着拷。
同一个文件夹里有县里发的 stick.json 时，程序认得县里的签字，也知道网址，--from 可以不写。
每个命令后面加 -h 看详细写法。做成了退出码是0，没做成是1，命令写错了是2。
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does what was asked for and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, stdout, stderr)
	var m *options.Misuse
	switch {
	case err == nil, errors.Is(err, options.ErrHelp):
		return 0
	case errors.As(err, &m):
		fmt.Fprintln(stderr, "stick："+m.Words)
		return 2
	}
	t := troubleOf(err)
	fmt.Fprintf(stderr, "stick：%s %s%s\n", t.Code, t.Words, t.Remedy)
	return 1
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") && !asksHelp(args[0]) && args[0] != "--version" {
		return runPage(ctx, args, stdout)
	}
	switch what := args[0]; {
	case asksHelp(what), what == "help":
		_, err := io.WriteString(stdout, usage)
		return err
	case what == "--version", what == "version":
		_, err := fmt.Fprintln(stdout, "stick "+version)
		return err
	case what == "fill":
		return runFill(ctx, args[1:], stdout, stderr)
	case what == "empty":
		return runEmpty(ctx, args[1:], stdout, stderr)
	}
	return options.Misused("没有“%s”这个命令。有哪些命令，请看 stick -h", args[0])
}

func asksHelp(s string) bool { return s == "-h" || s == "-help" || s == "--help" }

// flags reads the options of one of the stick's commands.
func flags(command, usage string, typed []string, stdout io.Writer, define func(*flag.FlagSet)) error {
	return options.Read(strings.TrimSpace("stick "+command), usage, typed, stdout, define)
}

// cardName is what the card is called that lies beside the program.
const cardName = "stick.json"

// readCard reads the card that was named, or the one beside the program; without either there is none.
func readCard(file string) (stick.Card, error) {
	path := file
	if path == "" {
		program, err := os.Executable()
		if err != nil {
			return stick.Card{}, nil
		}
		path = filepath.Join(filepath.Dir(program), cardName)
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && file == "" {
		return stick.Card{}, nil
	}
	if err != nil {
		return stick.Card{}, &cardError{path, err}
	}
	c, err := stick.ParseCard(b)
	if err != nil {
		return stick.Card{}, &cardError{path, err}
	}
	return c, nil
}

// cardError is a card that cannot be used. Going on without it would believe what the card is there to doubt.
type cardError struct {
	path string
	err  error
}

func (e *cardError) Error() string { return e.path + ": " + e.err.Error() }
func (e *cardError) Unwrap() error { return e.err }
