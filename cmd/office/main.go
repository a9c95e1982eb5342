// Command office is the county office (两公开办): it takes a county's files in, publishes them as signed editions, serves them,
// and enrols kiosks.
//
// Everything lies in one data directory:
//
//	ledger.db, datasets/   the ledger: documents taken in, editions printed (package ledger)
//	keys/                  the signing keys but the three root keys, and the county key; mode 0700
//	public/                the depot: static files that anybody may read, copy or carry on a stick (package press)
//
// Each command prints its result on standard output and its progress on standard error. What goes wrong is one line of
// Chinese that says what, where, by which rule, and what to do; the exit code is 1 then, and 2 where the command itself was
// not understood.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version = "dev"

// env is what a command sees of the world.
type env struct {
	out, err io.Writer
	now      func() time.Time
	// ask asks a person for a secret, without showing it; nil where nobody sits there.
	ask func(prompt string) (string, error)
}

// command is one of the office's commands.
type command struct {
	name, args string // name and what follows it in the usage line
	what       string // one sentence
	example    string
	run        func(ctx context.Context, e env, c *call) error
	flags      func(f *flag.FlagSet) // nil where there are none
}

// call is a command as it was typed.
type call struct {
	set  *flag.FlagSet
	args []string
}

func (c *call) text(name string) string { return c.set.Lookup(name).Value.String() }

func (c *call) on(name string) bool { return c.text(name) == "true" }

// mistake is an error whose words are for the person at the keyboard.
type mistake struct {
	words string
	usage bool // the command was not understood
}

func (m *mistake) Error() string { return m.words }

// wrong says what is wrong, where, by which rule, and what to do.
func wrong(format string, args ...any) error { return &mistake{words: fmt.Sprintf(format, args...)} }

func misused(format string, args ...any) error {
	return &mistake{words: fmt.Sprintf(format, args...), usage: true}
}

func commands() []command {
	return []command{
		initCommand, intakeCommand, publishCommand, serveCommand, enrolCommand, cardCommand, packCommand, mirrorCommand, tidyCommand, keysCommand, sampleCommand,
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	e := env{out: os.Stdout, err: os.Stderr, now: time.Now}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		e.ask = ask
	}
	code := run(ctx, e, os.Args[1:])
	stop()
	os.Exit(code)
}

// ask asks on the terminal.
func ask(prompt string) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	return string(b), err
}

// run does one command and returns the exit code.
func run(ctx context.Context, e env, args []string) int {
	err := dispatch(ctx, e, args)
	var m *mistake
	switch {
	case err == nil:
		return 0
	case errors.As(err, &m):
		fmt.Fprintln(e.err, "office："+m.words)
		if m.usage {
			return 2
		}
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(e.err, "office：已中断，没有做完的部分不算数；再运行一次就行。")
	default:
		fmt.Fprintf(e.err, "office：没有办成。请把这一行发给技术人员：%v\n", err)
	}
	return 1
}

func dispatch(ctx context.Context, e env, args []string) error {
	if len(args) == 0 {
		return misused("没有说要做什么。用法：office 命令 …；有哪些命令，请看 office -h")
	}
	switch args[0] {
	case "-h", "--help", "help":
		return printHelp(e.out)
	case "--version", "-version", "version":
		_, err := fmt.Fprintln(e.out, "office "+fullVersion())
		return err
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return perform(ctx, e, c, args[1:])
		}
	}
	return misused("没有“%s”这个命令。有哪些命令，请看 office -h", args[0])
}

func perform(ctx context.Context, e env, c command, args []string) error {
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	if c.flags != nil {
		c.flags(set)
	}
	in := &call{set: set}
	// Flags may stand before and after files.
	for {
		if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
			return c.printHelp(e.out, set)
		} else if err != nil {
			return misused("%s 命令的参数看不懂（%v）。用法请看 office %s -h", c.name, err, c.name)
		}
		if set.NArg() == 0 {
			break
		}
		in.args = append(in.args, set.Arg(0))
		args = set.Args()[1:]
	}
	return c.run(ctx, e, in)
}

func printHelp(w io.Writer) error {
	var b strings.Builder
	b.WriteString("office：财政与编制政务公开办公室的程序\n\n用法：office 命令 参数…\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-8s %s\n", c.name, c.what)
	}
	b.WriteString("\n每个命令的用法和例子：office 命令 -h\n程序版本：office --version\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (c command) printHelp(w io.Writer, set *flag.FlagSet) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n用法：office %s %s\n", c.what, c.name, c.args)
	set.VisitAll(func(f *flag.Flag) {
		fmt.Fprintf(&b, "  --%-10s %s", f.Name, f.Usage)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(&b, "（不写就是 %s）", f.DefValue)
		}
		b.WriteString("\n")
	})
	fmt.Fprintf(&b, "\n例子：%s\n", c.example)
	_, err := io.WriteString(w, b.String())
	return err
}

// fullVersion is the linked version; a development build names its revision, where the build knows it.
func fullVersion() string {
	if version != "dev" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	v := version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			v += " " + s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			v += " modified"
		}
	}
	return v
}

func dataFlag(f *flag.FlagSet) { f.String("data", "", "数据目录") }

// data returns the data directory.
func (c *call) data() (string, error) {
	if dir := c.text("data"); dir != "" {
		return dir, nil
	}
	return "", misused("没有写数据目录。请加上 --data 目录，例子见 office %s -h", c.set.Name())
}

// none refuses arguments where only flags belong.
func (c *call) none() error {
	if len(c.args) > 0 {
		return misused("%s 命令后面多了“%s”。用法请看 office %s -h", c.set.Name(), c.args[0], c.set.Name())
	}
	return nil
}
