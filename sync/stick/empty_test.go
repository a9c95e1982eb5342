package stick_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"mingbai.local/sync/stick"
)

// outbox is what kiosks have put on a stick, by its name there.
type outbox map[string]string

// letters are four from three kiosks.
func letters() outbox {
	return outbox{"YD-01/a.age": "一", "YD-02/a.age": strings.Repeat("二", 9000), "YD-02/b.age": "三", "YD-03/a.age": "四"}
}

// on writes what the kiosks had to say.
func (o outbox) on(t *testing.T, medium string) (box string) {
	t.Helper()
	box = filepath.Join(medium, stick.Folder, "outbox")
	for name, text := range o {
		path := filepath.Join(box, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return box
}

// whole names the letters that lie below a folder as they were written.
func (o outbox) whole(dir string) (names []string) {
	for name, text := range o {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil && string(b) == text {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Files of the kernel that fail as those of a bad stick do: one gives an error, one less than the length that it says.
const (
	rotten = "/proc/self/mem"
	short  = "/sys/kernel/uevent_seqnum"
)

// spoil lays such a file over a letter until it is mended.
func spoil(t *testing.T, letter, by string) (mend func()) {
	t.Helper()
	if err := syscall.Mount(by, letter, "", syscall.MS_BIND, ""); err != nil {
		t.Fatalf("this test lays a file over another and must be root for that: %v", err)
	}
	mend = sync.OnceFunc(func() {
		if err := syscall.Unmount(letter, 0); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(mend)
	return mend
}

// TestALetterThatCannotBeRead does not keep the others from coming home, and is neither touched nor forgotten.
func TestALetterThatCannotBeRead(t *testing.T) {
	o, medium, home := letters(), t.TempDir(), t.TempDir()
	box := o.on(t, medium)
	mend := spoil(t, filepath.Join(box, "YD-02", "a.age"), rotten)
	if n := stick.Letters(medium); n != 4 {
		t.Errorf("%d letters are seen", n)
	}
	out, err := stick.Empty(context.Background(), medium, home, nil)
	var unread *stick.UnreadError
	if !errors.As(err, &unread) || len(unread.Letters) != 1 || unread.Letters[0].Name != "outbox/YD-02/a.age" || !errors.Is(unread.Letters[0].Err, syscall.EIO) {
		t.Fatalf("%+v, %v", out, err)
	}
	if out.Letters != 3 || len(out.Left) != 0 || !slices.Equal(out.Unread, unread.Letters) {
		t.Errorf("%+v", out)
	}
	if got := o.whole(home); !slices.Equal(got, []string{"YD-01/a.age", "YD-02/b.age", "YD-03/a.age"}) {
		t.Errorf("at home lie %q", got)
	}
	mend()
	if got := o.whole(box); !slices.Equal(got, []string{"YD-02/a.age"}) {
		t.Errorf("on the stick lie %q", got)
	}
	if out, err := stick.Empty(context.Background(), medium, home, nil); err != nil || out.Letters != 1 || len(o.whole(home)) != 4 {
		t.Errorf("when it can be read again: %+v, %v", out, err)
	}
}

// TestNoLetterIsLost: whatever goes wrong, at whatever letter, and whatever went wrong before. Each letter lies whole on the stick or at home,
// and when all is well again all are at home and none is on the stick.
func TestNoLetterIsLost(t *testing.T) {
	type place struct {
		t         *testing.T
		box, home string
		stop      func()
	}
	damage := func(letter, by string) func(place) (undo func()) {
		return func(p place) func() {
			path := filepath.Join(p.box, letter)
			if _, err := os.Stat(path); err != nil {
				return func() {} // it came home before
			}
			return spoil(p.t, path, by)
		}
	}
	remount := func(p place, flags uintptr) {
		p.t.Helper()
		if err := syscall.Mount("", p.home, "", syscall.MS_REMOUNT|flags, ""); err != nil {
			p.t.Fatal(err)
		}
	}
	faults := map[string]func(place) (undo func()){
		"the first cannot be read":    damage("YD-01/a.age", rotten),
		"the last is cut off":         damage("YD-03/a.age", short),
		"somebody stops it":           func(p place) func() { p.stop(); return func() {} },
		"the home is write-protected": func(p place) func() { remount(p, syscall.MS_RDONLY); return func() { remount(p, 0) } },
		"the home is full": func(p place) func() {
			name := filepath.Join(p.home, "photographs")
			if err := os.WriteFile(name, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
				p.t.Fatalf("the disk is not full: %v", err)
			}
			return func() {
				if err := os.Remove(name); err != nil {
					p.t.Error(err)
				}
			}
		},
	}
	for first, spoilFirst := range faults {
		for second, spoilSecond := range faults {
			for at := range len(letters()) {
				t.Run(fmt.Sprintf("%s, then at letter %d %s", first, at+1, second), func(t *testing.T) {
					o, medium, home := letters(), t.TempDir(), t.TempDir()
					if err := syscall.Mount("tmpfs", home, "tmpfs", 0, "size=64k"); err != nil {
						t.Fatalf("this test fills a disk and must be root for that: %v", err)
					}
					defer func() {
						if err := syscall.Unmount(home, 0); err != nil {
							t.Error(err)
						}
					}()
					box := o.on(t, medium)
					for turn, fault := range []func(place) func(){spoilFirst, spoilSecond} {
						ctx, stop := context.WithCancel(context.Background())
						undo, n := func() {}, 0
						_, err := stick.Empty(ctx, medium, home, func(stick.Progress) {
							if n == at*turn {
								undo = fault(place{t, box, home, stop})
							}
							n++
						})
						undo()
						stop()
						left := append(o.whole(home), o.whole(box)...)
						slices.Sort(left)
						if left = slices.Compact(left); len(left) != len(o) {
							t.Fatalf("after %v only %q are left", err, left)
						}
					}
					if out, err := stick.Empty(context.Background(), medium, home, nil); err != nil || len(o.whole(home)) != len(o) || len(o.whole(box)) != 0 {
						t.Errorf("in the end %q lie at home, %q on the stick; %+v, %v", o.whole(home), o.whole(box), out, err)
					}
				})
			}
		}
	}
}

// TestPulledOutWhileLettersAreTaken: at every letter of a real stick, which is then put in again.
func TestPulledOutWhileLettersAreTaken(t *testing.T) {
	for at := range len(letters()) {
		o, home, m := letters(), t.TempDir(), newMedium(t, 4)
		m.mustPlug()
		o.on(t, m.dir)
		m.eject()
		m.mustPlug()
		n := 0
		out, err := stick.Empty(context.Background(), m.dir, home, func(stick.Progress) {
			if n == at {
				m.kill()
			}
			n++
		})
		var unread *stick.UnreadError
		if !errors.As(err, &unread) || len(unread.Letters) != len(o)-at || out.Letters != 0 || len(o.whole(home)) != at {
			t.Errorf("pulled out at letter %d: %+v, %v; at home lie %q", at+1, out, err, o.whole(home))
		}
		m.pullOut()
		m.check()
		m.mustPlug()
		if out, err := stick.Empty(context.Background(), m.dir, home, nil); err != nil || out.Letters != len(o) || len(o.whole(home)) != len(o) {
			t.Errorf("put in again: %+v, %v; at home lie %q", out, err, o.whole(home))
		}
		m.eject()
	}
}

// TestWhatLiesAtHomeStays: what a clerk keeps under the name of a letter, or of a kiosk, is no letter and is not ours to move.
func TestWhatLiesAtHomeStays(t *testing.T) {
	o, medium, home := letters(), t.TempDir(), t.TempDir()
	o.on(t, medium)
	if err := errors.Join(os.WriteFile(filepath.Join(home, "YD-01"), []byte("the clerk's"), 0o600), os.MkdirAll(filepath.Join(home, "YD-02", "b.age"), 0o700)); err != nil {
		t.Fatal(err)
	}
	out, err := stick.Empty(context.Background(), medium, home, nil)
	if err != nil || out.Letters != 2 || !slices.Equal(out.Left, []string{"outbox/YD-01/a.age", "outbox/YD-02/b.age"}) {
		t.Errorf("%+v, %v", out, err)
	}
	if b, err := os.ReadFile(filepath.Join(home, "YD-01")); err != nil || string(b) != "the clerk's" {
		t.Errorf("the clerk's file is now %q, %v", b, err)
	}
}
