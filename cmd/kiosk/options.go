package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"mingbai.local/app/screen"
	"mingbai.local/cmd/internal/options"
	"mingbai.local/cmd/kiosk/internal/gate"
	"mingbai.local/cmd/kiosk/internal/whole"
	"mingbai.local/sync/trust"
)

// flags reads the options of one of the kiosk's commands.
func flags(command, usage string, args []string, stderr io.Writer, define func(*flag.FlagSet)) error {
	return options.Read(strings.TrimSpace("kiosk "+command), usage, args, stderr, define)
}

// fail prints one line for staff and returns the exit code.
func fail(stderr io.Writer, err error) int {
	if errors.Is(err, options.ErrHelp) {
		return 0
	}
	fmt.Fprintf(stderr, "kiosk：%v\n", err)
	return 1
}

// dataFlag defines --data, which every command has.
func dataFlag(set *flag.FlagSet, to *string) {
	set.StringVar(to, "data", defaultData(), "数据文件夹")
}

// defaultData is where a kiosk's data lies when nobody says otherwise.
func defaultData() string {
	if base, err := os.UserConfigDir(); err == nil {
		return filepath.Join(base, "mingbai")
	}
	return "mingbai-data"
}

// windowFlag is --window 1080x1920.
type windowFlag struct{ panel screen.Panel }

func (w *windowFlag) String() string {
	if w.panel.WidthPx == 0 {
		return ""
	}
	return fmt.Sprintf("%dx%d", w.panel.WidthPx, w.panel.HeightPx)
}

func (w *windowFlag) Set(s string) error {
	var p screen.Panel
	var rest string
	if n, _ := fmt.Sscanf(s, "%dx%d%s", &p.WidthPx, &p.HeightPx, &rest); n != 2 || p.WidthPx < 320 || p.HeightPx < 240 || p.WidthPx > 8192 || p.HeightPx > 8192 {
		return errors.New("窗口大小要写成宽x高，比如1080x1920，最小320x240")
	}
	w.panel = p
	return nil
}

// enrolled is the name of the enrolment in the data folder, where a kiosk keeps it after it was given once.
const enrolled = "enrolment.json"

// codeFlag defines --code, wherever there is --enrolment.
func codeFlag(set *flag.FlagSet, to *string) {
	set.StringVar(to, "code", "", "入网码：入网凭证封着的时候要用，16位数字")
}

// unseal opens an enrolment that is sealed, and keeps it in the data folder, where the kiosk finds it from then on: the file that is left is none.
// A file that is not sealed is left as it is.
func unseal(data, file, code string) (left string, err error) {
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	if err != nil || !trust.IsSealed(b) {
		return file, nil // readEnrolment says what is wrong with it
	}
	e, err := trust.OpenEnrolment(b, strings.TrimSpace(code))
	switch {
	case errors.Is(err, trust.ErrSealed):
		return "", fmt.Errorf("入网凭证%s是封着的。请加上 --code 入网码，16位数字，发凭证的人知道；这台机器已经入网的，就不用再写 --enrolment", file)
	case errors.Is(err, trust.ErrCode):
		return "", fmt.Errorf("入网码不对，打不开入网凭证%s。请向发凭证的人核对这16位数字", file)
	case err != nil:
		return "", fmt.Errorf("入网凭证%s不能用：%w。请向县里的信息公开办公室重新要一份", file, err)
	}
	if err := keepOpened(data, e); err != nil {
		return "", fmt.Errorf("入网凭证存不进%s：%w", data, err)
	}
	return "", nil
}

// keepOpened keeps an enrolment that was sealed.
func keepOpened(data string, e trust.Enrolment) error {
	plain, err := e.Encode()
	if err != nil {
		return err
	}
	return keepEnrolment(data, e, plain)
}

// readEnrolment reads the enrolment from a file, or from the data folder where no file is given. ok is false where there is
// none at all: the kiosk then opens what it has and cannot be updated.
func readEnrolment(data, file string) (e trust.Enrolment, ok bool, err error) {
	path := file
	if path == "" {
		path = filepath.Join(data, enrolled)
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && file == "" {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("读不了入网凭证：%w。请检查--enrolment后面的文件", err)
	}
	if e, err = trust.ParseEnrolment(b); err != nil {
		return e, false, fmt.Errorf("入网凭证%s不能用：%w。请向县里的信息公开办公室重新要一份", path, err)
	}
	if file == "" {
		return e, true, nil
	}
	if err := keepEnrolment(data, e, b); err != nil {
		return e, false, fmt.Errorf("入网凭证存不进%s：%w", data, err)
	}
	return e, true, nil
}

// keepEnrolment copies the enrolment into the data folder, whole or not at all. It holds the county key, so nobody else may
// read it. With another PIN than before the count of wrong ones begins anew, even where its file is damaged: that is the way out.
func keepEnrolment(data string, e trust.Enrolment, b []byte) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	path := filepath.Join(data, enrolled)
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, b) {
		return nil
	}
	if before, err := trust.ParseEnrolment(old); e.PIN != "" && (err != nil || before.PIN != e.PIN) {
		if err := gate.Reset(filepath.Join(data, pinFile), e.PIN); err != nil {
			slog.Error("pin", "err", err) // nobody is let in then, and staff are told
		}
	}
	return whole.Write(path, b)
}
