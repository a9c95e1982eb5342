package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// Two programs are run against a disk that fails, as processes of their own (子进程). Each step that the product promises to be on the disk when it
// returns is acknowledged by a line:
//
//	object <sha256>   store.Put has returned
//	book <n>          the book has been made
//	edition <n>       store.Switch has returned
//	good <n>          store.Settled has returned
//	sweep             objects and books that were acknowledged before may go from now on
//	step <stage>      an update reports its progress
//	done              the newest edition is there
const (
	ackObject  = "object"
	ackBook    = "book"
	ackEdition = "edition"
	ackGood    = "good"
	ackSweep   = "sweep"
	ackStep    = "step"
	ackDone    = "done"
)

// acks says what has been done, and waits for an answer where the one who listens wants to note exactly when.
type acks struct {
	out   io.Writer
	in    *bufio.Reader
	waits bool
}

func (a *acks) say(what string, of any) {
	fmt.Fprintf(a.out, "%s %v\n", what, of)
	if a.waits {
		if _, err := a.in.ReadString('\n'); err != nil {
			os.Exit(1) // nobody listens any more
		}
	}
}

// loud is a shelf that acknowledges.
type loud struct {
	*store.Store
	acks     *acks
	squeezed bool
}

// Free is what the disk says, or, where others are about to fill it, too much.
func (l loud) Free() (int64, error) {
	if l.squeezed {
		return math.MaxInt64, nil
	}
	return l.Store.Free()
}

func (l loud) Put(sum string, length int64, r io.Reader) error {
	err := l.Store.Put(sum, length, r)
	if err == nil {
		l.acks.say(ackObject, sum)
	}
	return err
}

func (l loud) Switch(g edition.Generation, files map[string][]byte, seen []byte) error {
	err := l.Store.Switch(g, files, seen)
	if err == nil {
		l.acks.say(ackEdition, g.Number)
	}
	return err
}

func (l loud) Sweep(wanted ...edition.Generation) (int64, error) {
	l.acks.say(ackSweep, 0)
	return l.Store.Sweep(wanted...)
}

// update (更新程序) brings a data folder from the edition that it has to the newest, one after the other, and lets each prove itself.
type update struct {
	office office
	data   string
	newest int64
	acks   *acks
	// squeezed says that the disk is fuller than it says; shares, that another update may be at work.
	squeezed, shares bool
}

func (u update) run() error {
	k, err := openKiosk(u.office, u.data)
	if err != nil {
		return err
	}
	k.job.Shelf = loud{k.store, u.acks, u.squeezed}
	k.job.Progress = func(p pull.Progress) { u.acks.say(ackStep, p.Stage) }
	k.job.Make = func(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
		err := k.make(ctx, g, progress)
		if err == nil {
			u.acks.say(ackBook, g.Number)
		}
		return err
	}
	for {
		g, ok, err := k.store.Current()
		if err != nil {
			return err
		}
		if ok && !u.shares { // which edition is a good one is said by the window alone
			if err := u.proves(k, g.Number); err != nil {
				return err
			}
		}
		if g.Number >= u.newest {
			u.acks.say(ackDone, u.newest)
			return nil
		}
		if err := k.pull(g.Number + 1); err != nil && !(u.shares && outrun(err)) {
			return fmt.Errorf("edition %d: %w", g.Number+1, err)
		}
	}
}

// outrun says that another update was faster.
func outrun(err error) bool {
	f := pull.FaultOf(err)
	return f == pull.Busy || f == pull.Rollback
}

func (u update) proves(k *kiosk, number int64) error {
	if _, err := k.store.Began(opens); err != nil {
		return err
	}
	if err := k.store.Settled(); err != nil {
		return err
	}
	u.acks.say(ackGood, number)
	return nil
}

// promised is what had been acknowledged when the power went.
type promised struct {
	Edition int64    `json:"edition"`
	Good    int64    `json:"good"`
	Book    int64    `json:"book"`
	Objects []string `json:"objects"`
}

// hear adds an acknowledgement.
func (p *promised) hear(line string) {
	what, of, _ := strings.Cut(strings.TrimSpace(line), " ")
	n, _ := strconv.ParseInt(of, 10, 64)
	switch what {
	case ackObject:
		p.Objects = append(slices.Clone(p.Objects), of)
	case ackBook:
		p.Book = n
	case ackEdition:
		p.Edition = n
	case ackGood:
		p.Good = n
	case ackSweep:
		p.Objects, p.Book = nil, 0
	}
}

// verify says whether a data folder holds what was promised, and nothing else than what an office has published.
func verify(o office, data string, p promised) error {
	if _, err := os.Stat(data); err != nil {
		if p.Edition == 0 && p.Book == 0 && len(p.Objects) == 0 {
			return nil
		}
		return err
	}
	s, err := store.Open(data)
	if err != nil {
		return err
	}
	return errors.Join(o.serves(s, p), o.keeps(s, p), o.remembers(s), whole(data))
}

// serves holds the book that serves, and the one before, against the books that the office's editions make.
func (o office) serves(s *store.Store, p promised) error {
	opened := func(path string) error {
		n, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(path), ".db"), 10, 64)
		if err != nil {
			return err
		}
		return errors.Join(opens(path), o.same(path, n))
	}
	g, damaged, err := s.Serve(opened)
	switch {
	case err != nil && p.Edition > 0:
		return fmt.Errorf("lost: edition %d was acknowledged: %w", p.Edition, err)
	case err != nil:
		return nil
	case g.Number < p.Edition:
		return fmt.Errorf("lost: edition %d serves, %d was acknowledged", g.Number, p.Edition)
	case damaged && p.Edition > 0:
		return fmt.Errorf("lost: edition %d serves as it can, but something is damaged", g.Number)
	}
	before, ok, err := s.Previous()
	switch {
	case err != nil:
		return err
	case !ok && p.Edition > 1:
		return fmt.Errorf("lost: there is no edition before %d", g.Number)
	case ok:
		if err := opened(s.Book(before.Number)); err != nil {
			return fmt.Errorf("lost: the edition before %d: %w", g.Number, err)
		}
		if before.Number < p.Good && g.Number > p.Good {
			return fmt.Errorf("lost: edition %d stands before %d, though %d had proved itself", before.Number, g.Number, p.Good)
		}
	}
	return nil
}

// keeps holds what was acknowledged apart from editions.
func (o office) keeps(s *store.Store, p promised) error {
	var failed error
	if p.Book > 0 {
		if err := o.same(s.Book(p.Book), p.Book); err != nil {
			failed = fmt.Errorf("lost: a book that was acknowledged: %w", err)
		}
	}
	for _, sum := range p.Objects {
		if _, err := s.Object(sum); err != nil {
			failed = errors.Join(failed, fmt.Errorf("lost: an object that was acknowledged: %w", err))
		}
	}
	return failed
}

// remembers says whether what was believed is of the edition that serves: else an older one could be taken, or this one never again.
func (o office) remembers(s *store.Store) error {
	g, ok, err := s.Current()
	if err != nil || !ok {
		return err
	}
	_, memory, err := s.Trust()
	if err != nil {
		return err
	}
	seen, err := trust.ParseSeen(memory)
	if err == nil && seen.Edition != g.Number {
		err = fmt.Errorf("wrong: edition %d serves, %d is what was believed", g.Number, seen.Edition)
	}
	return err
}

// whole says whether a name in s/ stands for the bytes of its hash.
func whole(data string) error {
	return filepath.WalkDir(filepath.Join(data, "s"), func(path string, d os.DirEntry, err error) error {
		name := filepath.Base(path)
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".part") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != name {
			return fmt.Errorf("wrong: %s has %d bytes of another hash under its name", name, len(b))
		}
		return nil
	})
}

// programs are the two, in their forms, and smaller ones.
var programs = map[string]func(o office, data string, args []string, in io.Reader, out io.Writer) error{
	"update":          updates(func(*update) {}),
	"update-waits":    updates(func(u *update) { u.acks.waits = true }),
	"update-squeezed": updates(func(u *update) { u.squeezed = true }),
	"update-shares":   updates(func(u *update) { u.shares = true }),
	"verify": func(o office, data string, _ []string, in io.Reader, _ io.Writer) error {
		var p promised
		if err := json.NewDecoder(in).Decode(&p); err != nil {
			return err
		}
		return verify(o, data, p)
	},
	"scrub": scrubs,
	"check": func(_ office, path string, _ []string, _ io.Reader, _ io.Writer) error {
		return checks(context.Background(), path)
	},
	"take": func(o office, data string, args []string, _ io.Reader, out io.Writer) error {
		return take(o, data, args[0], out)
	},
	"flip": func(o office, data string, args []string, _ io.Reader, out io.Writer) error {
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		seed, err := strconv.ParseUint(args[1], 10, 64)
		if err != nil {
			return err
		}
		return flips(o, data, n, rand.New(rand.NewPCG(seed, 0)), out)
	},
}

func updates(set func(u *update)) func(office, string, []string, io.Reader, io.Writer) error {
	return func(o office, data string, args []string, in io.Reader, out io.Writer) error {
		newest, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil {
			return err
		}
		u := update{office: o, data: data, newest: newest, acks: &acks{out: out, in: bufio.NewReader(in)}}
		set(&u)
		return u.run()
	}
}

// fullCode is the exit code of a program that ended because the disk is full, and said so.
const fullCode = 3

// runChild is one of the programs.
func runChild(args []string) (code int) {
	err := programs[args[0]](office{args[1]}, args[2], args[3:], os.Stdin, os.Stdout)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	if pull.FaultOf(err) == pull.Full {
		return fullCode
	}
	return 1
}
