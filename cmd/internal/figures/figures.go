// Package figures keeps what a benchmark has measured (数据): each figure with its unit, its limit and whether it is met, as a file
// that scripts read and as a table that people do.
//
// A benchmark is made of parts. Each can be measured by itself; what the others found before stays in the file, so that an hour of
// one part need not be spent again for another.
package figures

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// Figure is one measured value (数据), or where it has none a remark. The fields are those of the files under docs/benchmarks.
type Figure struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
	Unit  string   `json:"unit"`
	Goal  string   `json:"goal"`
	Met   *bool    `json:"met"`
	Note  string   `json:"note"`
}

// Goal is the limit of a figure (限度).
type Goal struct {
	limit float64
	least bool
}

// AtMost and AtLeast are limits.
func AtMost(limit float64) Goal  { return Goal{limit: limit} }
func AtLeast(limit float64) Goal { return Goal{limit: limit, least: true} }

func (g Goal) String() string {
	if g.least {
		return fmt.Sprintf(">= %g", g.limit)
	}
	return fmt.Sprintf("<= %g", g.limit)
}

func (g Goal) met(value float64) bool {
	if g.least {
		return value >= g.limit
	}
	return value <= g.limit
}

// Table is all figures of a benchmark (数据表). Its names begin with Prefix and a point; Goals and Order are by the names after it.
// Figures that are not in Order come last, in the order in which they were added.
type Table struct {
	Prefix string
	Goals  map[string]Goal
	Order  []string

	figures []Figure
}

// Add notes a value in the place of an earlier one, and says it.
func (t *Table) Add(name string, value float64, unit, note string) {
	f := Figure{Name: t.Prefix + "." + name, Value: &value, Unit: unit, Note: note}
	if g, ok := t.Goals[name]; ok {
		met := g.met(value)
		f.Goal, f.Met = g.String(), &met
	}
	t.put(f)
	fmt.Fprintf(os.Stderr, "%s %.2f %s %s\n", f.Name, value, unit, note)
}

// Remark notes what is no value.
func (t *Table) Remark(name, note string) { t.put(Figure{Name: t.Prefix + "." + name, Note: note}) }

// Heading notes how, on what and when it was measured.
func (t *Table) Heading(command, machine string) {
	t.Remark("command", command)
	t.Remark("machine", machine)
	t.Remark("date", time.Now().Format(time.RFC3339))
}

func (t *Table) put(f Figure) {
	if i := slices.IndexFunc(t.figures, func(have Figure) bool { return have.Name == f.Name }); i >= 0 {
		t.figures[i] = f
		return
	}
	t.figures = append(t.figures, f)
}

// Value is what was measured under a name, if it was.
func (t *Table) Value(name string) (value float64, ok bool) {
	i := slices.IndexFunc(t.figures, func(f Figure) bool { return f.Name == t.Prefix+"."+name })
	if i < 0 || t.figures[i].Value == nil {
		return 0, false
	}
	return *t.figures[i].Value, true
}

// Figures are all that there are, in their order.
func (t *Table) Figures() []Figure {
	order := append([]string{"command", "machine", "date"}, t.Order...)
	out := slices.Clone(t.figures)
	at := func(f Figure) int {
		i := slices.Index(order, strings.TrimPrefix(f.Name, t.Prefix+"."))
		if i < 0 {
			return len(order)
		}
		return i
	}
	slices.SortStableFunc(out, func(f, g Figure) int { return at(f) - at(g) })
	return out
}

// Read takes over what an earlier run has written to a file, if there is one. Its limits are those of now.
func (t *Table) Read(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var before []Figure
	if err := json.Unmarshal(data, &before); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, f := range before {
		f.Goal, f.Met = "", nil
		if g, ok := t.Goals[strings.TrimPrefix(f.Name, t.Prefix+".")]; ok && f.Value != nil {
			met := g.met(*f.Value)
			f.Goal, f.Met = g.String(), &met
		}
		t.put(f)
	}
	return nil
}

// Write writes the file.
func (t *Table) Write(path string) error {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // limits are read by people, too
	e.SetIndent("", "  ")
	if err := e.Encode(t.Figures()); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// Print prints the table.
func (t *Table) Print(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, f := range t.Figures() {
		if f.Value == nil {
			fmt.Fprintf(tab, "%s\t\t\t\t%s\n", f.Name, f.Note)
			continue
		}
		met := ""
		if f.Met != nil {
			met = map[bool]string{true: "met", false: "MISSED"}[*f.Met]
		}
		fmt.Fprintf(tab, "%s\t%.2f %s\t%s\t%s\t%s\n", f.Name, *f.Value, f.Unit, f.Goal, met, f.Note)
	}
	return tab.Flush()
}

// Part is something that can be measured by itself (一项).
type Part struct {
	Name    string
	Measure func() error
}

// Choose returns the parts that are named with commas between them; all where none is named.
func Choose(parts []Part, only string) ([]Part, error) {
	if only == "" {
		return parts, nil
	}
	var chosen []Part
	for name := range strings.SplitSeq(only, ",") {
		at := slices.IndexFunc(parts, func(p Part) bool { return p.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no part %q", name)
		}
		chosen = append(chosen, parts[at])
	}
	return chosen, nil
}

// Measure measures one part after another. The file is written after each: what is measured is kept, whatever happens to the next.
func (t *Table) Measure(parts []Part, path string) error {
	for _, p := range parts {
		fmt.Fprintf(os.Stderr, "%s …\n", p.Name)
		if err := p.Measure(); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		if err := t.Write(path); err != nil {
			return err
		}
	}
	return nil
}

// Machine says on what is measured.
func Machine() string {
	model := runtime.GOARCH
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if k, v, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(k) == "model name" {
				model = strings.TrimSpace(v)
				break
			}
		}
	}
	memory := ""
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		memory = fmt.Sprintf(", %d GB", uint64(info.Totalram)*uint64(info.Unit)>>30)
	}
	return fmt.Sprintf("%s, %d cores%s, %s", model, runtime.NumCPU(), memory, runtime.Version())
}

// Median is the middle value, the larger one of two. It sorts the values.
func Median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
