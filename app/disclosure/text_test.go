package disclosure_test

import (
	"strings"
	"testing"
	"testing/quick"
	"time"

	"mingbai.local/app/disclosure"
)

func TestMoneyIsWrittenAsTheCountySays(t *testing.T) {
	for fen, want := range map[disclosure.Fen][2]string{
		0:                    {"0.00", "0.00"},
		5:                    {"0.05", "0.00"},
		-5:                   {"-0.05", "0.00"},
		9612040:              {"96,120.40", "9.61"},
		171456000000:         {"1,714,560,000.00", "171,456.00"},
		-123456:              {"-1,234.56", "-0.12"},
		10000:                {"100.00", "0.01"},
		5000:                 {"50.00", "0.01"},
		-5000:                {"-50.00", "-0.01"},
		-9223372036854775808: {"-92,233,720,368,547,758.08", "-9,223,372,036,854.77"},
	} {
		if got := fen.Yuan(); got != want[0] {
			t.Errorf("%d fen = %s元, want %s", int64(fen), got, want[0])
		}
		if fen == -9223372036854775808 {
			continue // rounding leaves int64 there; no county is that rich
		}
		if got := fen.Wan(); got != want[1] {
			t.Errorf("%d fen = %s万元, want %s", int64(fen), got, want[1])
		}
	}
}

func TestQuantitiesKeepTheirUsualDecimals(t *testing.T) {
	for _, c := range []struct {
		m    disclosure.Milli
		unit string
		want string
	}{{8450, "亩", "8.45"}, {11000, "亩", "11.00"}, {8455, "亩", "8.455"}, {-1200, "亩", "-1.20"}, {3000, "人", "3"}, {250, "人", "0.25"}, {0, "月", "0"}, {120000, "头", "120"}} {
		if got := c.m.Number(c.unit); got != c.want {
			t.Errorf("%d thousandths of %s = %q, want %q", int64(c.m), c.unit, got, c.want)
		}
	}
}

func TestTimesRoundsHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		m    disclosure.Milli
		s, w disclosure.Fen
	}{{8450, 8912, 75306}, {-8450, 8912, -75306}, {500, 1, 1}, {-500, 1, -1}, {499, 1, 0}, {3000, 60000, 180000}} {
		if got := c.m.Times(c.s); got != c.w {
			t.Errorf("%d × %d = %d, want %d", int64(c.m), int64(c.s), int64(got), int64(c.w))
		}
	}
	odd := func(m int32, s int32) bool {
		return disclosure.Milli(-m).Times(disclosure.Fen(s)) == -disclosure.Milli(m).Times(disclosure.Fen(s))
	}
	if err := quick.Check(odd, nil); err != nil {
		t.Error("taking back is not the same sum with a minus:", err)
	}
}

func TestDatesKeepTheirPrecision(t *testing.T) {
	for _, c := range []struct {
		d       disclosure.Date
		chinese string
		last    string
	}{{"2023", "2023年", "2023-12-31"}, {"2024-02", "2024年2月", "2024-02-29"}, {"2023-05-06", "2023年5月6日", "2023-05-06"}} {
		if got := c.d.Chinese(); got != c.chinese {
			t.Errorf("%s is %s, want %s", c.d, got, c.chinese)
		}
		if last, ok := c.d.Last(); !ok || last.Format(time.DateOnly) != c.last {
			t.Errorf("%s ends on %v, want %s", c.d, last, c.last)
		}
		if got, err := disclosure.ParseDate(string(c.d)); err != nil || got != c.d {
			t.Errorf("ParseDate(%s) = %s, %v", c.d, got, err)
		}
	}
	for _, s := range []string{"", "2023-02-30", "2023-13", "23", "1899-12-31", "2200", "2023-5-6", "2023/05/06", "2023-05-06T00:00:00Z"} {
		if d, err := disclosure.ParseDate(s); err == nil {
			t.Errorf("%q passed for the date %s", s, d)
		}
	}
}

func TestParseRefusesWhatIsNotExact(t *testing.T) {
	for kind, bad := range map[disclosure.Kind][]string{
		disclosure.KindFen:   {"1,000.00", "1.234", "一百", "1.", ".5", "+1", "--1", "1e3", "99999999999999999999", " 1"},
		disclosure.KindMilli: {"1.2345", "8.45亩", "-", ""},
		disclosure.KindInt:   {"1.0", "二", "0x1"},
		disclosure.KindDate:  {"2023-02-29", "2023年5月"},
		disclosure.KindCode:  {"42058110420", "4205811042011", "42058110420x"},
	} {
		for _, s := range bad {
			c := disclosure.Column{Kind: kind}
			if v, err := c.Parse(s); err == nil && s != "" {
				t.Errorf("kind %d: %q was read as %v", kind, s, v)
			}
		}
	}
	c := disclosure.Column{OneOf: []string{"户", "个人"}}
	if _, err := c.Parse("组织"); err == nil || !strings.Contains(err.Error(), "户、个人") {
		t.Errorf("a text that is not among the few was met with %v", err)
	}
	if v, err := (disclosure.Column{Kind: disclosure.KindFen}).Parse("12.30000"); err != nil || v.Int != 1230 {
		t.Errorf("zeros beyond the fen: %v, %v", v, err)
	}
}

// Whatever parses is written in one way, and that way parses to the same.
func FuzzParse(f *testing.F) {
	for kind := disclosure.KindText; kind <= disclosure.KindPosts; kind++ {
		for _, s := range []string{"", "0", "-0", "8.45", "-1234.56", "00.10", "2023", "2024-02-29", "420581104201", "a;b", "行政编制=12;工勤编制=2", "行政编制=+1", "9223372036854775807", "92233720368547758.08"} {
			f.Add(int(kind), s)
		}
	}
	f.Fuzz(func(t *testing.T, kind int, s string) {
		c := disclosure.Column{Kind: disclosure.Kind(kind), Required: true}
		v, err := c.Parse(s)
		if err != nil {
			return
		}
		written := c.Format(v)
		again, err := c.Parse(written)
		if err != nil || again != v {
			t.Fatalf("kind %d: %q is %v, written %q, and then %v, %v", kind, s, v, written, again, err)
		}
		if third := c.Format(again); third != written {
			t.Fatalf("kind %d: %v is written %q and %q", kind, v, written, third)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2023", "2023-05", "2023-05-06", "2023-02-30", "0000", "99999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := disclosure.ParseDate(s)
		if err != nil {
			return
		}
		if string(d) != s {
			t.Fatalf("%q was changed to %q", s, d)
		}
		if !strings.HasSuffix(d.Chinese(), []string{4: "年", 7: "月", 10: "日"}[len(s)]) {
			t.Fatalf("%q is said %q", s, d.Chinese())
		}
	})
}
