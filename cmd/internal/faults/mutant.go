package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// mutant (变体) is this program with one step of the product left out. A harness that does not notice is none.
type mutant struct {
	step string // what is left out
	file string // of the module
	old  string // the one place that says so
	new  string
	by   []sieve // trials, of which one must notice
}

// sieve (筛) is a trial that a program must be caught in.
type sieve struct {
	program string // the package of the program that is tried
	run     func(b *bench, images int) (row, error)
}

var (
	kioskOnXFS   = sieve{thisProgram, func(b *bench, n int) (row, error) { return b.replays(xfs, n) }}
	kioskOnExt4  = sieve{thisProgram, func(b *bench, n int) (row, error) { return b.replays(ext4, n) }}
	bitsFlipped  = sieve{thisProgram, func(b *bench, n int) (row, error) { return b.flipped(n) }}
	diskWorn     = sieve{thisProgram, func(b *bench, n int) (row, error) { return b.wears(ext4, n) }}
	officeOnXFS  = sieve{officeProgram, func(b *bench, n int) (row, error) { return b.presses(xfs, n, true) }}
	officeOnExt4 = sieve{officeProgram, func(b *bench, n int) (row, error) { return b.presses(ext4, n, true) }}

	power = []sieve{kioskOnXFS, kioskOnExt4}
	paper = []sieve{officeOnXFS, officeOnExt4}
)

const (
	thisProgram   = "./cmd/internal/faults"
	officeProgram = "./cmd/office"
)

// mutants are the steps of the way of an edition that keep it whole.
var mutants = []mutant{
	{
		step: "sync an object", file: "sync/store/part.go",
		old: "return f.Sync()", new: "return nil", by: power,
	},
	{
		step: "sync the name of an object", file: "sync/store/part.go",
		old: "return syncDir(filepath.Dir(name))", new: "return nil", by: power,
	},
	{
		step: "sync a book", file: "app/book/file.go",
		old: "err = db.Sync()", new: "err = nil", by: power,
	},
	{
		step: "sync the name of a book", file: "app/book/build.go",
		old: "err = syncDir(filepath.Dir(path))", new: "err = nil", by: power,
	},
	{
		step: "sync state.db", file: "sync/store/state.go",
		old: "Timeout: 10 * time.Second,", new: "Timeout: 10 * time.Second, NoSync: true,", by: power,
	},
	{
		step: "sync the name of state.db", file: "sync/store/state.go",
		old: "\treturn syncDir(s.dir)\n", new: "\treturn nil\n", by: power,
	},
	{
		step: "hold an object against its hash", file: "sync/store/store.go",
		old: "hex.EncodeToString(h[:]) != sum", new: `hex.EncodeToString(h[:]) == ""`, by: []sieve{bitsFlipped},
	},
	{
		step: "make the kernel forget an object", file: "sync/store/scrub.go",
		old: "forget(name)\n\t\tb, err", new: "_ = name\n\t\tb, err", by: []sieve{diskWorn},
	},
	{
		step: "make the kernel forget a book", file: "sync/store/scrub.go",
		old: "forget(path)\n", new: "", by: []sieve{diskWorn},
	},
	{
		step: "hold a value of state.db against its sum", file: "sync/store/state.go",
		old: "len(v) < sha256.Size || !bytes.Equal(v[:sha256.Size], sum(bucket, key, v[sha256.Size:]))", new: "len(v) < sha256.Size", by: []sieve{bitsFlipped},
	},
	{
		step: "sync a file of the depot", file: "cmd/office/internal/press/depot.go",
		old: "err = f.Sync()", new: "err = nil", by: paper,
	},
	{
		step: "sync the names in the depot", file: "cmd/office/internal/press/depot.go",
		old: "if err := syncDir(dir); err != nil {", new: `if err := error(nil); err != nil && dir != "" {`, by: paper,
	},
	{
		step: "sync each file of the metadata before the next", file: "cmd/office/internal/press/depot.go",
		old: "if err := d.settle(); err != nil {", new: "if err := error(nil); err != nil {", by: paper,
	},
}

// build makes the program with the step left out.
func (m mutant) build(root, dir, what string) (program string, err error) {
	file := filepath.Join(root, m.file)
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(b), m.old); n != 1 {
		return "", fmt.Errorf("%s: %q is there %d times: the mutant must follow the code", m.file, m.old, n)
	}
	patched := filepath.Join(dir, "mutant.go")
	if err := os.WriteFile(patched, []byte(strings.Replace(string(b), m.old, m.new, 1)), 0o600); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: patched}})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	return compile(root, filepath.Join(dir, "mutant"), what, "-overlay", list)
}

// compile builds a program of the module.
func compile(root, out, what string, flags ...string) (string, error) {
	c := exec.Command("go", append(append([]string{"build", "-o", out}, flags...), what)...)
	c.Dir = root
	return out, ran(c)
}

// errUnnoticed says that a promise does not depend on a step, or that the trials are too weak.
var errUnnoticed = errors.New("left out, and no trial notices")

// caught builds the mutant and tries it until it is noticed.
func (m mutant) caught(b *bench, images int) (row, error) {
	tried := 0
	for _, by := range m.by {
		program, err := m.build(b.root, b.dir, by.program)
		if err != nil {
			return row{}, err
		}
		broken := *b
		broken.impatient = true
		if by.program == thisProgram {
			broken.program = program
		} else {
			broken.press = program
		}
		r, err := by.run(&broken, images)
		if tried += r.tried; err != nil {
			return r, err
		}
		if r.first != nil {
			return row{tried: tried, note: "noticed"}, nil
		}
	}
	return row{tried: tried}, errUnnoticed
}
