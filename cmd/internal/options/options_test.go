package options_test

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"

	"mingbai.local/cmd/internal/options"
)

func TestWhatIsWrongIsSaidInOneLine(t *testing.T) {
	for _, c := range []struct {
		typed, says string
	}{
		{"--data x", ""},
		{"--dat x", "没有“-dat”这个选项。用 kiosk pull -h 看怎么写"},
		{"--data x y", "多写了“y”。用 kiosk pull -h 看怎么写"},
		{"-h", "help"},
	} {
		var data string
		var help bytes.Buffer
		err := options.Read("kiosk pull", "--data DIR", strings.Fields(c.typed), &help, func(set *flag.FlagSet) { set.StringVar(&data, "data", "", "数据文件夹") })
		var m *options.Misuse
		switch {
		case c.says == "" && (err != nil || data != "x"), c.says != "" && (err == nil || err.Error() != c.says):
			t.Errorf("%s: %v, %q", c.typed, err, data)
		case errors.As(err, &m) == (c.says == "" || c.says == "help"):
			t.Errorf("%s is a misuse: %t", c.typed, m != nil)
		case (help.Len() > 0) != errors.Is(err, options.ErrHelp), help.Len() > 0 && !strings.HasPrefix(help.String(), "用法：kiosk pull --data DIR\n"):
			t.Errorf("%s: %q", c.typed, help.String())
		}
	}
}
