package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/courier"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/trust"
)

// stickRoots is where sticks are mounted.
var stickRoots = []string{"/media", "/run/media", "/mnt"}

const (
	lookEvery = 2 * time.Second
	// mostEntries is how many names on a stick are looked at: it may hold anything.
	mostEntries = 256
)

// sticks watches for sticks with editions on them (U盘).
type sticks struct {
	p    *point
	tell func(kiosk.Stick)

	mu   sync.Mutex
	here place // the one that staff are told of
	told kiosk.Stick
	seen []place
}

// place is where an edition may lie on a stick: a folder or a pack. medium is the stick itself.
type place struct {
	path, medium string
	size         int64
	changed      int64
}

func newSticks(p *point, tell func(kiosk.Stick)) *sticks { return &sticks{p: p, tell: tell} }

// watch looks at what is mounted until ctx is done. Without a stick that costs a small file of the kernel's each time.
func (s *sticks) watch(ctx context.Context) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		s.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// look reads what is new, and tells when what is there is not what was told.
func (s *sticks) look(ctx context.Context) {
	places := s.places()
	s.mu.Lock()
	same := slices.Equal(places, s.seen)
	s.seen = places
	s.mu.Unlock()
	if same {
		return
	}
	here, stick := s.best(ctx, places)
	s.mu.Lock()
	same = s.here == here && s.told == stick
	s.here, s.told = here, stick
	s.mu.Unlock()
	if same {
		return
	}
	switch {
	case stick.Name == "":
		slog.Info("U盘拔出了")
	case stick.Trouble.Words != "":
		slog.Warn("U盘插入了，不能用："+stick.Trouble.Words, "code", stick.Trouble.Code)
	default:
		slog.Info(fmt.Sprintf("U盘插入了，里面是第%d期", stick.Number))
	}
	s.tell(stick)
}

// best is the newest edition on any stick, or what is wrong with them.
func (s *sticks) best(ctx context.Context, places []place) (here place, best kiosk.Stick) {
	for _, at := range places {
		stick := s.read(ctx, at)
		if best.Name == "" || stick.Trouble.Words == "" && (best.Trouble.Words != "" || stick.Number > best.Number) {
			here, best = at, stick
		}
	}
	return here, best
}

// read says what lies at a place, as its signatures say, without taking any of it.
func (s *sticks) read(ctx context.Context, at place) kiosk.Stick {
	out := kiosk.Stick{Name: nameOf(at.medium)}
	if at.path == "" {
		out.Trouble = conditionOf(health.NoData)
		return out
	}
	if !s.p.enrolled {
		out.Trouble = conditionOf(health.NoEnrolment)
		return out
	}
	offer, err := s.offer(ctx, at)
	if err != nil {
		slog.Warn("stick", "err", err)
		out.Trouble = conditionOf(stickTrouble(err, at))
		return out
	}
	out.Number, out.AsOf = offer.Edition, disclosure.Date(offer.AsOf)
	return out
}

func (s *sticks) offer(ctx context.Context, at place) (pull.Offer, error) {
	d, _, err := openDepot(at.path)
	if err != nil {
		return pull.Offer{}, err
	}
	defer d.Close()
	j := s.p.job()
	j.Depot, j.Carrier = d, trust.Stick
	return pull.Look(ctx, j)
}

// stickTrouble is what is wrong with a stick in words of its own: a stick has no network and no router.
func stickTrouble(err error, at place) health.Condition {
	fault := pull.FaultOf(err)
	_, gone := os.Stat(at.path)
	found := courier.Conditions(pull.Result{}, err)
	switch {
	case gone != nil:
		return health.Pulled
	case fault == pull.NoEdition:
		return health.NoData
	case errors.Is(err, fs.ErrNotExist), fault == pull.NotAnOffice, fault == pull.Internal:
		return health.Incomplete
	case fault == pull.Unreachable, len(found) == 0:
		return health.Pulled
	}
	return found[0]
}

// updateFromStick takes the edition that staff have seen on the stick.
func (c *chores) updateFromStick(ctx context.Context) (words string, trouble kiosk.Condition) {
	if !c.p.enrolled {
		return "", conditionOf(health.NoEnrolment)
	}
	c.stick.mu.Lock()
	at := c.stick.here
	c.stick.mu.Unlock()
	if at.path == "" {
		return "", conditionOf(health.NoStick)
	}
	d, _, err := openDepot(at.path)
	if err != nil {
		slog.Warn("stick", "err", err)
		return "", conditionOf(stickTrouble(err, at))
	}
	defer d.Close()
	r, err := c.pull(ctx, kiosk.TaskStick, d, trust.Stick)
	switch {
	case err != nil && ctx.Err() != nil:
		return "", kiosk.Condition{}
	case err != nil:
		return "", conditionOf(stickTrouble(err, at))
	}
	words = c.updated(r)
	c.p.tell(c.send)
	return words, kiosk.Condition{}
}

// places lists where editions may lie on the sticks that are mounted. A stick without any is a place without a path.
func (s *sticks) places() []place {
	var out []place
	for _, medium := range s.media() {
		out = append(out, placesOn(medium)...)
	}
	return out
}

// media are the sticks that are mounted, or what lies in the folder that stands for them.
func (s *sticks) media() []string {
	if s.p.sticks != "" {
		list, err := readSome(s.p.sticks)
		if err != nil {
			return nil
		}
		var out []string
		for _, e := range list {
			out = append(out, filepath.Join(s.p.sticks, e.Name()))
		}
		return out
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil
	}
	return mountedUnder(mounts, stickRoots)
}

// mountedUnder reads the kernel's list of mounts. Only what is a disk of this machine counts: a share of another one is a network.
func mountedUnder(mounts []byte, roots []string) (out []string) {
	for l := range bytes.Lines(mounts) {
		fields := strings.Fields(string(l))
		if len(fields) < 3 || !strings.HasPrefix(fields[0], "/dev/") {
			continue
		}
		at := octal.Replace(fields[1])
		if slices.ContainsFunc(roots, func(r string) bool { return at == r || strings.HasPrefix(at, r+"/") }) {
			out = append(out, at)
		}
	}
	return out
}

// octal is how the kernel writes what would break its lines.
var octal = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// placesOn lists a stick's packs and folders of an edition: at its top, and one folder down.
func placesOn(medium string) []place {
	if p, ok := packAt(medium, medium); ok {
		return []place{p}
	}
	var out []place
	list, err := readSome(medium)
	if err != nil {
		return nil
	}
	if p, ok := folderAt(medium, medium); ok {
		out = append(out, p)
	}
	for _, e := range list {
		path := filepath.Join(medium, e.Name())
		if p, ok := packAt(path, medium); ok {
			out = append(out, p)
		} else if p, ok := folderAt(path, medium); ok && e.IsDir() {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		out = append(out, place{medium: medium})
	}
	return out
}

func readSome(dir string) ([]fs.DirEntry, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(mostEntries)
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	if errors.Is(err, io.EOF) { // it is empty
		err = nil
	}
	return list, err
}

func packAt(path, medium string) (place, bool) {
	if !strings.HasSuffix(path, ".kpack") {
		return place{}, false
	}
	return regular(path, path, medium)
}

func folderAt(path, medium string) (place, bool) {
	return regular(filepath.Join(path, "metadata", "timestamp.json"), path, medium)
}

// regular accepts a place by a file of it. A pipe or a link under its name would hold the reader up or lead elsewhere.
func regular(file, path, medium string) (place, bool) {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return place{}, false
	}
	return place{path, medium, info.Size(), info.ModTime().UnixNano()}, true
}

// nameOf is what a stick is called on the screen. A name that nobody can read is none.
func nameOf(medium string) string {
	name := []rune(strings.TrimSuffix(filepath.Base(medium), ".kpack"))
	for _, r := range name {
		if !(unicode.Is(unicode.Han, r) || r < unicode.MaxASCII && unicode.IsPrint(r)) {
			return "U盘"
		}
	}
	return string(name[:min(len(name), 24)])
}
