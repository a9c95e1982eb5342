// Package options reads what was typed after a command (选项), and words what is wrong with it for whoever typed it.
//
// There are 2 parties: a person at a shell, who sees one line in Chinese that says what is wrong and how to find out more, and a program, which learns
// from the error whether it was misused or only asked for help.
package options

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// ErrHelp says that help was asked for and has been given.
var ErrHelp = errors.New("help")

// Misuse (用错) is a command that was not understood. Its text is for whoever typed it.
type Misuse struct{ Words string }

func (m *Misuse) Error() string { return m.Words }

// Misused words a misuse.
func Misused(format string, args ...any) error { return &Misuse{fmt.Sprintf(format, args...)} }

// Read reads the options that were typed after a command, as in kiosk pull. usage says which there are, and help is where that is written when it is
// asked for.
func Read(command, usage string, typed []string, help io.Writer, define func(*flag.FlagSet)) error {
	set := flag.NewFlagSet(command, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	define(set)
	err := set.Parse(typed)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(help, "用法：%s %s\n", command, usage)
		set.SetOutput(help)
		set.PrintDefaults()
		return ErrHelp
	case err != nil:
		what := err.Error()
		if unknown, ok := strings.CutPrefix(what, "flag provided but not defined: "); ok {
			what = "没有“" + unknown + "”这个选项"
		}
		return Misused("%s。用 %s -h 看怎么写", what, command)
	case set.NArg() > 0:
		return Misused("多写了“%s”。用 %s -h 看怎么写", set.Arg(0), command)
	}
	return nil
}
