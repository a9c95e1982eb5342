package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/slip"
	"mingbai.local/sync/health"
)

// TestMain stands in for CUPS' commands where it is called by their names.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FAKE_CUPS"); dir != "" {
		if err := fake(dir, filepath.Base(os.Args[0]), os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fake answers as CUPS 2.4.2 did when it was tried, from files in dir: queues; alerts and disabled, which a queue's state shows;
// refuses; stuck, with which a job stays in the queue; stops, with which the queue stops once it has a job.
func fake(dir, name string, args []string) error {
	if os.Getenv("LC_ALL") != "C" {
		return errors.New("not asked in English")
	}
	is := func(file string) bool { _, err := os.Stat(filepath.Join(dir, file)); return err == nil }
	read := func(file string) string { b, _ := os.ReadFile(filepath.Join(dir, file)); return string(b) }
	write := func(file, text string) error { return os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600) }
	queues := strings.Split(strings.TrimSpace(read("queues")), "\n")
	queue := args[len(args)-1]
	known := func(queue string) bool {
		return strings.Contains("\n"+strings.Join(queues, "\n")+"\n", "\n"+queue+"\n")
	}
	switch name {
	case "lp":
		if is("refuses") {
			return errors.New("lp: Unsupported document-format \"application/pdf\".")
		}
		if !known(args[1]) {
			return errors.New("lp: Error - The printer or class does not exist.")
		}
		page, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		fmt.Println("request id is job-7 (0 file(s))")
		return errors.Join(write("args", strings.Join(args, "\n")), write("page", string(page)), write("job", "job-7"))
	case "cancel":
		return write("cancelled", strings.Join(args, "\n"))
	case "lpoptions":
		fmt.Print("ColorModel/Color: *color grayscale\n" + read("default"))
		return nil
	}
	switch args[0] {
	case "-e":
		fmt.Println(strings.Join(queues, "\n"))
	case "-l":
		if !known(queue) {
			return fmt.Errorf("lpstat: Invalid destination name in list %q", queue)
		}
		state := "is idle.  enabled since Sat Nov 21 23:47:43 2026"
		if is("disabled") || is("stops") && is("job") {
			state = "disabled since Sat Nov 21 23:48:06 2026 -\n\tmedia-empty"
		}
		alerts := "none"
		if is("alerts") {
			alerts = read("alerts")
		}
		fmt.Printf("printer %s %s\n\tForm mounted:\n\tContent types: any\n\tAlerts: %s\n\tLocation: \n", queue, state, alerts)
	case "-W":
		// A job is in the queue when it is looked for the first time, and has gone the second.
		if is("job") && (!is("seen") || is("stuck")) {
			fmt.Println("job-7                  root             49152   Sat Nov 21 23:48:06 2026")
			return write("seen", "")
		}
	}
	return nil
}

// cups puts the stand-ins on PATH, before nothing else.
func cups(t *testing.T, queue string, files ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"lp", "lpstat", "lpoptions", "cancel"} {
		if err := os.Symlink(self, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	write := func(file, text string) {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("queues", "laser\n"+queue+"\n")
	for _, f := range files {
		name, text, _ := strings.Cut(f, "=")
		write(name, text)
	}
	t.Setenv("PATH", bin)
	t.Setenv("FAKE_CUPS", dir)
	return dir
}

func has(t *testing.T, dir, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

var example = slip.Slip{Title: "张三丰", Lines: []slip.Line{{Text: "2026年耕地地力保护补贴", Figure: "753.06元"}}, Foot: []string{"数据截至2026年11月20日"}}

// What is printed goes to the queue as one page with its measures, and a queue's name is a name whatever stands in it.
func TestPrint(t *testing.T) {
	for _, c := range []struct {
		queue, media string
		paper        slip.Paper
	}{
		{"slip", "media=Custom.58x41mm", slip.Roll58},
		{"小票机", "media=Custom.80x36mm", slip.Roll80},
		{"a;rm -rf $HOME`x`\"'", "media=A4", slip.A4},
	} {
		dir := cups(t, c.queue)
		if err := Print(t.Context(), c.queue, c.paper, example); err != nil {
			t.Errorf("%s: %v", c.queue, err)
			continue
		}
		want := strings.Join([]string{"-d", c.queue, "-t", "明白", "-o", c.media, "-o", "print-scaling=none"}, "\n")
		if got := has(t, dir, "args"); got != want {
			t.Errorf("lp was told\n%s", got)
		}
		var page bytes.Buffer
		if err := example.PDF(&page, c.paper); err != nil {
			t.Fatal(err)
		}
		if got := has(t, dir, "page"); !strings.HasPrefix(got, "%PDF-") || got != page.String() {
			t.Errorf("%s: lp was given %d bytes, the page has %d", c.queue, len(got), page.Len())
		}
		if has(t, dir, "cancelled") != "" {
			t.Errorf("%s: a slip that was printed is taken back", c.queue)
		}
	}
}

// Where nobody has said which paper lies in the printer, its queue is asked.
func TestTheQueueKnowsItsPaper(t *testing.T) {
	for size, want := range map[string]slip.Paper{
		"PageSize/Page Size: A5 *A4 Letter\n":                    slip.A4,
		"PageSize/Page Size: *Letter.Fullbleed A4\n":             slip.A4,
		"media/Media Size: *iso_a4_210x297mm\n":                  slip.A4,
		"media/Media Size: A4 *na_letter_8.5x11in\n":             slip.A4,
		"PageSize/Media Size: w227h842 *w164h842\n":              slip.Roll58,
		"PageSize/Media Size: *X58MMY210MM X80MMY210MM\n":        slip.Roll58,
		"media/Media Size: *roll_current_57.5x0mm\n":             slip.Roll58,
		"PageSize/Media Size: X58MMY210MM *X80MMY210MM\n":        slip.Roll80,
		"PageSize/Media Size: *oe_photo-l_3.5x5in\n":             slip.Roll80,
		"PageSize/Media Size: *Whatever\n":                       "",
		"Resolution/Resolution: *203dpi\n":                       "",
		"PageSize/Media Size: A4 w90h18\n":                       "",
		"PageSize/Media Size: *1.2.3x4.5mm\n":                    "",
		"InputSlot/Media Source: *A4\nPageSize/Size: *w164h99\n": slip.Roll58,
	} {
		cups(t, "slip", "default="+size)
		if got := paperOf(t.Context(), "slip"); got != want {
			t.Errorf("%q: %q", size, got)
		}
	}
	dir := cups(t, "slip", "default=PageSize/Page Size: *A4\n")
	if err := Print(t.Context(), "slip", "", example); err != nil || !strings.Contains(has(t, dir, "args"), "media=A4") {
		t.Errorf("lp was told\n%s: %v", has(t, dir, "args"), err)
	}
}

// A queue that does not print now would print what it holds when nobody stands there any more: it is given nothing.
func TestNothingIsLeftToAQueueThatDoesNotPrint(t *testing.T) {
	for name, c := range map[string]struct {
		queue string
		file  string
		want  error
		told  health.Condition
	}{
		"paused":           {"slip", "disabled=", ErrStopped, health.NotPrinted},
		"no paper":         {"slip", "alerts=media-empty-error", ErrStopped, health.NotPrinted},
		"open, and a hint": {"slip", "alerts=media-low-warning cover-open-error", ErrStopped, health.NotPrinted},
		"unplugged":        {"gone", "queues=laser", ErrNone, health.NoPrinter},
	} {
		dir := cups(t, "slip", c.file)
		err := Print(t.Context(), c.queue, slip.Roll58, example)
		if !errors.Is(err, c.want) || Trouble(err) != c.told {
			t.Errorf("%s: %v", name, err)
		}
		if has(t, dir, "page") != "" {
			t.Errorf("%s: the queue has the slip all the same", name)
		}
	}
	dir := cups(t, "slip", "alerts=media-low-warning")
	if err := Print(t.Context(), "slip", slip.Roll58, example); err != nil || has(t, dir, "page") == "" {
		t.Errorf("little paper is not no paper: %v", err)
	}
}

// What has not come out is taken back: when the queue stops, and when it takes too long.
func TestWhatDoesNotComeOutIsTakenBack(t *testing.T) {
	for _, file := range []string{"stops=", "stuck="} {
		dir := cups(t, "slip", file)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		err := Print(ctx, "slip", slip.Roll58, example)
		cancel()
		if err == nil || Trouble(err) != health.NotPrinted {
			t.Errorf("%s %v", file, err)
		}
		if has(t, dir, "page") == "" || has(t, dir, "cancelled") != "job-7" {
			t.Errorf("%s the slip stays in the queue", file)
		}
	}
}

func TestRefused(t *testing.T) {
	cups(t, "slip", "refuses=")
	err := Print(t.Context(), "slip", slip.Roll58, example)
	if err == nil || !strings.Contains(err.Error(), "Unsupported document-format") || Trouble(err) != health.NotPrinted {
		t.Errorf("got %v", err)
	}
}

func TestARareCharacterDoesNotReachTheQueue(t *testing.T) {
	dir := cups(t, "slip")
	err := Print(t.Context(), "slip", slip.Roll58, slip.Slip{Title: "丁𠮷"})
	if !errors.Is(err, slip.ErrMissing) || Trouble(err) != health.Undrawable || has(t, dir, "page") != "" {
		t.Errorf("got %v", err)
	}
}

func TestQueues(t *testing.T) {
	cups(t, "小票机")
	if got, err := Queues(t.Context()); err != nil || strings.Join(got, "|") != "laser|小票机" {
		t.Errorf("queues %q, %v", got, err)
	}
}

func TestAMachineWithoutCUPS(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if got, err := Queues(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("queues %q, %v", got, err)
	}
	if err := Print(t.Context(), "slip", slip.Roll58, example); !errors.Is(err, ErrNone) || Trouble(err) != health.NoPrinter {
		t.Errorf("got %v", err)
	}
}

func TestNoTrouble(t *testing.T) {
	if got := Trouble(nil); got != (health.Condition{}) {
		t.Errorf("got %v", got)
	}
}
