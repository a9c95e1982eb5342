// Command faults does to the way of an edition what villages and disks do to it, and counts what is lost (故障试验).
//
// The programs that are tried are processes of their own on real file systems: one brings editions of a small county to a data folder with the code of
// the product and says what has been done; another holds what a fault has left against what was said, bit by bit. Everything that was said before the
// fault must be there after it, and nothing may be there that no office published.
//
//	power cut      ext4 and xfs are stopped at a random moment, as a pulled plug does it
//	block log      every write and flush of a disk is recorded, and the disk built again as it could be after a power cut at each flush, sector by sector
//	left out       the same with a program in which one sync or check of the product is missing: it must be noticed
//	press          the same for the office's publish, and a kiosk must be able to take what it leaves
//	full disk      a disk of every size from too small to large enough
//	killed         SIGKILL at every step and between them
//	flipped bit    in shards, catalogs and state.db; a book has its own (make test-flips)
//	worn disk      a bit flips on the disk, while the kernel still remembers how it was
//	two writers    two updates of one data folder, and killed ones among them
//
// It needs root, loop devices and /dev/fuse. The mounts are in a mount namespace of its own, which ends with it.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// scale is how often each fault is tried.
type scale struct {
	cuts   int // on each file system
	images int // of each file system's block log
	press  int // images of the office's block log
	step   int // of the disk's size in bytes
	stride int // from one step at which a program is killed to the next
	kills  int // at random moments, beside those at every step
	flips  int
	worn   int // bits of a disk
	pairs  int // of writers
	left   int // steps that are left out, from the first
	hunt   int // attempts, at most, until that must have been noticed
}

var (
	long  = scale{cuts: 2000, images: 3000, press: 1000, step: 4 << 10, stride: 1, kills: 2000, flips: 100_000, worn: 500, pairs: 200, left: len(mutants), hunt: 1500}
	short = scale{cuts: 50, images: 30, press: 10, step: 32 << 10, stride: 21, kills: 15, flips: 2000, worn: 3, pairs: 2, left: 1, hunt: 100}
)

func main() {
	if len(os.Args) > 1 && programs[os.Args[1]] != nil {
		os.Exit(runChild(os.Args[1:]))
	}
	if err := command(); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func command() error {
	only := flag.String("only", "", "only the trials whose names contain this, again where they have been tried")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random moments")
	quick := flag.Bool("short", false, "as often as the tests do")
	out := flag.String("out", "out/faults", "the folder for the table, and for what a run that broke off has tried")
	flag.Parse()
	if inside, err := apart(); inside || err != nil {
		return err
	}
	s, name := long, "long"
	if *quick {
		s, name = short, "short"
	}
	k, err := openKept(filepath.Join(*out, name+".json"))
	if err != nil {
		return err
	}
	rows, bad := tryAll(s, *seed, *only, k, os.Stderr)
	var table bytes.Buffer
	if err := write(&table, rows); err != nil {
		return err
	}
	fmt.Fprintf(&table, "seed %d, %s\n", *seed, time.Now().Format(time.RFC3339))
	if missing := len(trials(s)) - len(rows); missing > 0 {
		fmt.Fprintf(&table, "%d trials are not in this table; without ONLY they are tried\n", missing)
	}
	file := filepath.Join(*out, name+".txt")
	_, err = os.Stdout.Write(table.Bytes())
	return errors.Join(bad, err, os.WriteFile(file, table.Bytes(), 0o644))
}

// place names the folder in which a run works, in the environment of the programs that it starts.
const place = "FAULTS_IN"

// apart runs this program once more in a mount namespace of its own, so that no mount outlives it, and in a folder that is removed after it, however it
// ends. ran says that this was done.
func apart() (ran bool, err error) {
	if os.Getenv(place) != "" {
		return false, nil
	}
	dir, err := os.MkdirTemp(memory(), "faults-")
	if err != nil {
		return true, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM) // the other program is ended by it, and this one tidies up
	runtime.LockOSThread()                                                // the other program is to end with this one, not with one of its threads
	c := exec.Command("/proc/self/exe", os.Args[1:]...)
	c.Env = append(os.Environ(), place+"="+dir)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	return true, c.Run()
}

// trial (试验) is one fault, tried as often as the scale says.
type trial struct {
	name string
	run  func(b *bench, s scale) (row, error)
}

func trials(s scale) []trial {
	var out []trial
	for _, f := range []fileSystem{ext4, xfs} {
		out = append(out,
			trial{"power cut, " + f.name, func(b *bench, s scale) (row, error) { return b.powerCuts(f, s.cuts) }},
			trial{"block log, " + f.name, func(b *bench, s scale) (row, error) { return b.replays(f, s.images) }},
		)
	}
	out = append(out,
		trial{"block log of the office, ext4", func(b *bench, s scale) (row, error) { return b.presses(ext4, s.press, false) }},
		trial{"block log of the office, xfs", func(b *bench, s scale) (row, error) { return b.presses(xfs, s.press, false) }},
		trial{"full disk, first edition", func(b *bench, s scale) (row, error) { return b.fullDisks(0, s.step) }},
		trial{"full disk, next edition", func(b *bench, s scale) (row, error) { return b.fullDisks(1, s.step) }},
		trial{"killed at every step", func(b *bench, s scale) (row, error) { return b.killedAtSteps(s.stride) }},
		trial{"killed at random moments", func(b *bench, s scale) (row, error) { return b.killed(s.kills) }},
		trial{"flipped bit", func(b *bench, s scale) (row, error) { return b.flipped(s.flips) }},
		trial{"worn disk, ext4", func(b *bench, s scale) (row, error) { return b.wears(ext4, s.worn) }},
		trial{"worn disk, xfs", func(b *bench, s scale) (row, error) { return b.wears(xfs, s.worn) }},
		trial{"two writers", func(b *bench, s scale) (row, error) { return b.twoWriters(s.pairs) }},
	)
	for _, m := range mutants[:s.left] {
		out = append(out, trial{"left out: " + m.step, func(b *bench, s scale) (row, error) { return m.caught(b, s.hunt) }})
	}
	return append(out, copies(s)...)
}

// tryAll runs the trials whose names contain only, and returns all that are known by then. An error says that a promise was broken, or that a trial could not
// be made.
func tryAll(s scale, seed uint64, only string, k *kept, log io.Writer) (rows []row, err error) {
	b, err := newBench(os.Getenv(place), log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.disks.close()) }()
	all := trials(s)
	todo, err := k.open(b, all, only)
	if err != nil {
		return nil, err
	}
	var bad []error
	for n, t := range todo {
		// Each has chances of its own, so that a seed repeats what a trial has met whichever others are run.
		chance := fnv.New64()
		chance.Write([]byte(t.name))
		b.rand = rand.New(rand.NewPCG(seed, chance.Sum64()))
		b.progress = k.begin(log, todo, n)
		r, err := t.run(b, s)
		r.fault = t.name
		took := time.Since(b.progress.began)
		fmt.Fprintf(log, "%s: tried %d, lost %d, wrong %d, %s (%.0f s)\n", r.fault, r.tried, r.lost, r.wrong, r.note, took.Seconds())
		err = errors.Join(err, r.first)
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", t.name, err))
		}
		if err := k.add(r, took, err == nil); err != nil {
			return nil, err
		}
	}
	return k.rows(all), errors.Join(bad...)
}

// memory is a folder in memory, where there is one: disks that only pretend to lose their power need not be slow.
func memory() string {
	const shm = "/dev/shm"
	if i, err := os.Stat(shm); err == nil && i.IsDir() {
		return shm
	}
	return ""
}

// editions is how many there are to bring.
const editions = 24

func newBench(dir string, log io.Writer) (*bench, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	b := &bench{root: root, dir: dir, newest: editions, log: log}
	if b.program, err = compile(root, filepath.Join(dir, "faults"), thisProgram); err != nil {
		return nil, err
	}
	if b.press, err = compile(root, filepath.Join(dir, "press"), officeProgram); err != nil {
		return nil, err
	}
	if b.office, err = publish(filepath.Join(dir, "office"), editions); err != nil {
		return nil, err
	}
	if b.disks, err = serve(filepath.Join(dir, "disks")); err != nil {
		return nil, fmt.Errorf("a disk through /dev/fuse: %w", err)
	}
	return b, nil
}

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	return strings.TrimSpace(string(out)), err
}

// write prints the table.
func write(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "fault\ttried\tlost\tsilently wrong\t")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\n", r.fault, r.tried, r.lost, r.wrong, r.note)
	}
	return t.Flush()
}
