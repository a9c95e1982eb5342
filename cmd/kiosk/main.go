// Command kiosk is the query point (查询点): it shows a county's disclosed records to whoever touches it.
//
//	kiosk [--data DIR] [--enrolment FILE [--code 入网码]] [--window 1080x1920] [--offline] [--sticks DIR] [--printer QUEUE]
//
// opens the screen, over the whole panel without --window. What the data folder holds is shown at once; newer editions come
// in behind it, unless --offline forbids every call to a network. The other commands do one thing and leave: pull, status,
// doctor and back care for the data folder, lookup, list and show ask it, tour walks through every page by real touches; make and
// scrub are the screen's own: they make books beside it, and read the disk through.
//
// The parties meet here and nowhere else: app/kiosk decides, app/screen draws, sync/ brings editions, and what each learns
// of the other is translated in this package.
package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
)

// version is set by the linker: -ldflags "-X main.version=…".
var version = "0.1.0"

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// commands are all but the one without a name, which opens the screen.
var commands = map[string]func(args []string, stdout, stderr io.Writer) int{
	"tour":      runTour,
	"lookup":    runLookup,
	"list":      runList,
	"show":      runShow,
	"pull":      runPull,
	"status":    runStatus,
	"doctor":    runDoctor,
	"back":      runBack,
	"make":      runMake,
	"scrub":     runScrub,
	"recognise": runRecognise,
}

const help = `kiosk：查询点的程序

用法：kiosk [--data DIR] [--enrolment FILE [--code 入网码]] [--window 1080x1920] [--offline] [--sticks DIR] [--printer QUEUE]
      打开查询界面；不写 --window 就占满屏幕，--offline 一次网络也不连，--sticks 把一个文件夹当作U盘来看，
      --printer 用哪台打印机

      kiosk 命令 参数…

  pull     更新一次：从办公室、文件夹或者U盘更新包
  status   本机是第几期、数据截至哪天、有没有毛病
  doctor   把数据从头到尾查一遍，说明该怎么办；加--mend，能修的就修
  back     退回上一期
  lookup   查一个名字、单位、资金或者政策
  list     一个村一份名单，与拨付对账
  show     一条记录的全部内容
  recognise  认一个文件里手写的字
  tour     真的用手指把每一页走一遍，每页留一张图

每个命令的用法：kiosk 命令 -h
程序版本：kiosk --version
`

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 1 && (args[0] == "--version" || args[0] == "-version") {
		fmt.Fprintln(stdout, versionLine())
		return 0
	}
	if len(args) == 1 && (args[0] == "-h" || args[0] == "--help" || args[0] == "help") {
		fmt.Fprint(stdout, help)
		return 0
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return runWindow(args, stdout, stderr)
	}
	command, ok := commands[args[0]]
	if !ok {
		fmt.Fprintf(stderr, "kiosk：没有“%s”这个命令。可以用的有：tour、lookup、list、show、recognise、pull、status、doctor、back；不写命令就打开查询界面。\n", args[0])
		return 2
	}
	return command(args[1:], stdout, stderr)
}

// versionLine says which program this is: its version, and the revision of the source that it was built from.
func versionLine() string {
	line := "kiosk " + version
	if info, ok := debug.ReadBuildInfo(); ok {
		revision, changed := "", ""
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value
			case "vcs.modified":
				if s.Value == "true" {
					changed = "+"
				}
			}
		}
		if revision != "" {
			line += " " + revision[:min(12, len(revision))] + changed
		}
	}
	return line
}
