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
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/courier"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/health"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/trust"
)

// stickRoots is where sticks are mounted.
var stickRoots = []string{"/media", "/run/media", "/mnt"}

const (
	lookEvery = 2 * time.Second
	// mostEntries is how many names on a stick are looked at: it may hold anything.
	mostEntries = 256
	// mostPlaces is how many packs and folders are read: each may take its time.
	mostPlaces = 8
	// lookTime is how long one look may take. A broken stick has each of its sectors asked for again and again.
	lookTime = 30 * time.Second
)

// sticks watches for sticks with editions on them (U盘), and with sealed enrolments where the machine has none.
type sticks struct {
	p    *point
	tell func(kiosk.Msg)

	mu     sync.Mutex
	here   place // the one that staff are told of
	told   kiosk.Stick
	seen   []place
	sealed sealed
}

// place is where an edition may lie on a stick: a folder or a pack, known by a file of it. medium is the stick itself.
type place struct {
	path, medium string
	file         string
	size         int64
	changed      int64
}

func newSticks(p *point, tell func(kiosk.Msg)) *sticks { return &sticks{p: p, tell: tell} }

// watch looks at what is mounted until ctx is done. Without a stick that costs a small file of the kernel's each time.
func (s *sticks) watch(ctx context.Context) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		if !s.p.enrolled {
			s.lookForSealed()
		}
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
	reading, done := context.WithTimeout(ctx, lookTime)
	defer done()
	here, found := s.best(reading, places)
	s.mu.Lock()
	same = s.here == here && s.told == found
	s.here, s.told = here, found
	s.mu.Unlock()
	if same {
		return
	}
	switch {
	case found.Name == "":
		slog.Info("U盘拔出了")
	case found.Trouble.Words != "":
		slog.Warn("U盘插入了，不能用："+found.Trouble.Words, "code", found.Trouble.Code)
	default:
		slog.Info(fmt.Sprintf("U盘插入了，里面是第%d期", found.Number))
	}
	s.tell(found)
}

// best is the newest edition on any stick, or what is wrong with them.
func (s *sticks) best(ctx context.Context, places []place) (here place, best kiosk.Stick) {
	for _, at := range places {
		found := s.read(ctx, at)
		if best.Name == "" || found.Trouble.Words == "" && (best.Trouble.Words != "" || found.Number > best.Number) {
			here, best = at, found
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
		found := stickTrouble(err, at)
		out.Trouble, out.Older = s.explain(ctx, found, at), found == health.Outdated && s.p.canFill(at)
		return out
	}
	out.Number, out.AsOf, out.Old = offer.Edition, disclosure.Date(offer.AsOf), offer.Verdict == trust.ConfirmOld
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
	found := courier.Conditions(pull.Result{}, err)
	switch {
	case !at.there():
		return health.Pulled
	case errors.Is(err, depot.ErrNoPack), fault == pull.NoEdition:
		return health.NoData
	case fault == pull.Rollback:
		return health.Outdated
	case fault == pull.Foreign:
		return health.OtherCounty
	case fault == pull.Declined:
		return health.Swapped
	case errors.Is(err, trust.ErrSignature):
		if name := signedFile.FindString(err.Error()); name != "" {
			return health.ForgedFile(path.Base(name))
		}
		return health.Forged
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, depot.ErrNoFile), fault == pull.NotAnOffice, fault == pull.Tampered, fault == pull.Internal:
		return health.Incomplete
	case fault == pull.Unreachable, len(found) == 0:
		return health.Pulled
	}
	return found[0]
}

// signedFile is what package trust calls a file, or the part of the office that signs it, in its errors.
var signedFile = regexp.MustCompile(`metadata/[0-9a-z.]+\.json|\b(snapshot|targets|finance|staffing|policy)\b`)

// explain says what is wrong with a stick with the names and dates that it is about. What lies there was refused; it is good for words only.
func (s *sticks) explain(ctx context.Context, found health.Condition, at place) kiosk.Condition {
	c := conditionOf(found)
	own := stick.Card{} // what the stick says of itself
	if found == health.Outdated {
		own = stick.Card{County: s.p.enrolment.County, Root: s.p.enrolment.Root}
	} else if found != health.OtherCounty {
		return c
	}
	d, _, err := openDepot(at.path)
	if err != nil {
		return c
	}
	defer d.Close()
	there, err := stick.Look(ctx, d, own, time.Now())
	if err != nil {
		return c
	}
	here, _, err := s.p.store.Current()
	switch {
	case found == health.OtherCounty:
		c.Words = fmt.Sprintf("这个U盘是%s的，本机是%s的，没有采用。", there.Called(), s.p.enrolment.CountyName)
	case err == nil && here.AsOf != "":
		c.Words = fmt.Sprintf("U盘里的数据截至%s，本机的截至%s，U盘里的旧，没有采用。", disclosure.Date(there.AsOf).Chinese(), disclosure.Date(here.AsOf).Chinese())
	}
	return c
}

// onStick does something with the place that staff were told of, where there is one.
func (c *chores) onStick(do func(at place, told kiosk.Stick, d depot.Depot) (string, kiosk.Condition)) (words string, trouble kiosk.Condition) {
	if !c.p.enrolled {
		return "", conditionOf(health.NoEnrolment)
	}
	c.stick.mu.Lock()
	at, told := c.stick.here, c.stick.told
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
	return do(at, told, d)
}

// updateFromStick takes the edition that staff have seen on the stick, and no other.
func (c *chores) updateFromStick(ctx context.Context) (words string, trouble kiosk.Condition) {
	return c.onStick(func(at place, told kiosk.Stick, d depot.Depot) (string, kiosk.Condition) {
		var read pull.Progress
		r, err := c.pull(ctx, kiosk.TaskStick, func(j *pull.Job) {
			j.Depot, j.Carrier = d, trust.Stick
			j.Confirm = func(v trust.Verified) bool { return confirmed(told, v) }
			j.Progress = noting(&read, j.Progress)
		})
		if err != nil {
			return "", c.troubleAt(ctx, err, at, read)
		}
		if told.Old {
			slog.Warn("值守的人确认两次后，用了过期的数据", "期", r.Edition, "截至", r.DataAsOf)
		}
		words := c.updated(r)
		c.p.tell(c.send)
		return words, kiosk.Condition{}
	})
}

// noting remembers how much has been read, beside telling it.
func noting(read *pull.Progress, tell func(pull.Progress)) func(pull.Progress) {
	return func(p pull.Progress) {
		if p.Stage == pull.Fetch {
			*read = p
		}
		tell(p)
	}
}

// troubleAt is why nothing came of reading a stick; none where it was stopped.
func (c *chores) troubleAt(ctx context.Context, err error, at place, read pull.Progress) kiosk.Condition {
	if ctx.Err() != nil {
		return kiosk.Condition{}
	}
	found := stickTrouble(err, at)
	if found == health.Pulled {
		return pulledAt(read)
	}
	return c.stick.explain(ctx, found, at)
}

// confirmed says whether staff have said yes to that edition: to its number and, where it has expired, a second time to its age.
func confirmed(told kiosk.Stick, v trust.Verified) bool {
	return v.Edition == told.Number && (told.Old || v.Verdict != trust.ConfirmOld)
}

// pulledAt says how much had been read when a stick was pulled out. That is kept, so that staff know it was not for nothing.
func pulledAt(read pull.Progress) kiosk.Condition {
	c := conditionOf(health.Pulled)
	if read.Total > 0 {
		c.Words = fmt.Sprintf("U盘已经拔出，读了%d%%。原来的数据没有动。", 100*read.Done/read.Total)
		c.Remedy = "请重新插好，再点一次从U盘更新，就接着读，不用从头来。"
	}
	return c
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
	// Ours is looked for by its name: among a thousand photographs it may not be one of the first.
	ours := filepath.Join(medium, stick.Folder)
	if info, err := os.Lstat(ours); err == nil && info.IsDir() {
		if p, ok := folderAt(ours, medium); ok {
			out = append(out, p)
		}
	}
	for _, e := range list {
		path := filepath.Join(medium, e.Name())
		if path == ours {
			continue
		}
		if p, ok := packAt(path, medium); ok {
			out = append(out, p)
		} else if p, ok := folderAt(path, medium); ok && e.IsDir() {
			out = append(out, p)
		}
		if len(out) == mostPlaces {
			break
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
	if !isPack(path) {
		return place{}, false
	}
	return regular(path, path, medium)
}

// isPack goes by the name alone. Systems that do not tell capitals from small letters may have changed it.
func isPack(path string) bool { return strings.EqualFold(filepath.Ext(path), ".kpack") }

func folderAt(path, medium string) (place, bool) {
	return regular(filepath.Join(path, "metadata", "timestamp.json"), path, medium)
}

// regular accepts a place by a file of it. A pipe or a link under its name would hold the reader up or lead elsewhere.
func regular(file, path, medium string) (place, bool) {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return place{}, false
	}
	return place{path, medium, file, info.Size(), info.ModTime().UnixNano()}, true
}

// there says whether the stick is still in. Where it was mounted an empty folder may stay behind.
func (p place) there() bool {
	_, err := os.Lstat(p.file)
	return err == nil
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
