package figures

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func table() *Table {
	return &Table{Prefix: "t", Goals: map[string]Goal{"s": AtMost(10), "per_s": AtLeast(5000)}, Order: []string{"s", "per_s"}}
}

func TestALimitIsMetOrMissed(t *testing.T) {
	tab := table()
	tab.Heading("make bench-t", "a machine")
	tab.Add("besides", 1.5, "×", "no limit")
	tab.Add("per_s", 4999, "1/s", "")
	tab.Add("s", 10, "s", "")
	var out bytes.Buffer
	if err := tab.Print(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{"t.command make bench-t", "t.machine a machine", "t.date 20", "t.s 10.00 s <= 10 met", "t.per_s 4999.00 1/s >= 5000 MISSED", "t.besides 1.50 × no limit"} {
		if i >= len(lines) || !strings.HasPrefix(strings.Join(strings.Fields(lines[i]), " "), want) {
			t.Errorf("line %d of\n%s\nis not %s", i, out.String(), want)
		}
	}
	if v, ok := tab.Value("s"); !ok || v != 10 {
		t.Errorf("s is %v %v", v, ok)
	}
	if _, ok := tab.Value("command"); ok {
		t.Error("a remark has a value")
	}
}

// A part that is measured again leaves what others found; a limit that has changed since holds for those too.
func TestPartsAreKeptFromRunToRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.json")
	first := table()
	if err := first.Read(path); err != nil {
		t.Fatal(err) // there is none yet
	}
	broken := errors.New("broken")
	parts := []Part{
		{"one", func() error { first.Add("s", 9, "s", "first"); return nil }},
		{"two", func() error { first.Add("per_s", 6000, "1/s", "first"); return nil }},
		{"three", func() error { return broken }},
	}
	if err := first.Measure(parts, path); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "three: ") {
		t.Errorf("%v", err)
	}
	second := table()
	second.Goals["s"] = AtMost(8)
	if err := second.Read(path); err != nil {
		t.Fatal(err)
	}
	second.Add("per_s", 7000, "1/s", "second")
	var got []string
	for _, f := range second.Figures() {
		got = append(got, f.Name+" "+f.Note+" "+f.Goal)
		if f.Name == "t.s" && *f.Met {
			t.Error("9 s are within 8")
		}
	}
	if strings.Join(got, "; ") != "t.s first <= 8; t.per_s second >= 5000" {
		t.Errorf("%v", got)
	}
	if err := os.WriteFile(path, []byte("[{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := second.Read(path); err == nil {
		t.Error("half a file is read")
	}
}

func TestPartsAreChosenByName(t *testing.T) {
	parts := []Part{{Name: "keys"}, {Name: "drift"}, {Name: "idle"}}
	for only, want := range map[string]string{"": "keys drift idle", "idle,keys": "idle keys", "idle,key": `there is no part "key"`} {
		chosen, err := Choose(parts, only)
		var got []string
		for _, p := range chosen {
			got = append(got, p.Name)
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v", only, got)
		}
	}
}

func TestTheMiddle(t *testing.T) {
	if m := Median([]float64{9, 1, 5}); m != 5 {
		t.Error(m)
	}
	if m := Median([]float64{4, 2}); m != 4 {
		t.Error(m)
	}
	if !strings.Contains(Machine(), "cores") {
		t.Error(Machine())
	}
}
