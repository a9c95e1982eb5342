package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/health"
)

func TestOnlyDisksUnderTheRootsAreSticks(t *testing.T) {
	const mounts = `/dev/sda1 / ext4 rw 0 0
/dev/sdb1 /media/kiosk/KINGSTON\040USB vfat rw 0 0
/dev/sdc1 /mnt exfat rw 0 0
10.0.0.2:/share /mnt/share nfs rw 0 0
//server/x /media/x cifs rw 0 0
/dev/sdd1 /mediate/y vfat rw 0 0
tmpfs /run/media/z tmpfs rw 0 0
/dev/sde1
/dev/sdf1 /run/media/u/U\134P vfat rw 0 0
`
	want := []string{"/media/kiosk/KINGSTON USB", "/mnt", `/run/media/u/U\P`}
	if got := mountedUnder([]byte(mounts), stickRoots); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// plug makes a stick with those files in the folder that stands for what is mounted.
func plug(t *testing.T, sticks, name string, files ...string) string {
	t.Helper()
	stick := filepath.Join(sticks, name)
	if err := os.MkdirAll(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(stick, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return stick
}

func TestWhereEditionsLieOnAStick(t *testing.T) {
	sticks := t.TempDir()
	stick := plug(t, sticks, "a", "metadata/timestamp.json", "公开/metadata/timestamp.json", "x.kpack", "y.txt", "a/b/c.kpack", "照片/1.jpg")
	if err := errors.Join(
		syscall.Mkfifo(filepath.Join(stick, "pipe.kpack"), 0o600),
		os.Symlink("/dev/zero", filepath.Join(stick, "link.kpack")),
		os.Mkdir(filepath.Join(stick, "folder.kpack"), 0o700),
	); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range placesOn(stick) {
		rel, err := filepath.Rel(stick, p.path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rel)
	}
	if want := []string{".", "x.kpack", "公开"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, empty := range []string{plug(t, sticks, "b"), plug(t, sticks, "c", "y.txt")} {
		if got := placesOn(empty); len(got) != 1 || got[0].path != "" {
			t.Errorf("on a stick without an edition is %+v", got)
		}
	}
	for i := range 2 * mostEntries {
		plug(t, sticks, "d", strings.Repeat("z", i%50+1)+string(rune('一'+i)))
	}
	if got := placesOn(filepath.Join(sticks, "d")); len(got) != 1 {
		t.Errorf("a full stick has %d places", len(got))
	}
	if got := placesOn(filepath.Join(sticks, "gone")); got != nil {
		t.Errorf("a stick that is gone has %+v", got)
	}
}

// TestTheWatchTellsWhatIsPluggedAndPulled: each once.
func TestTheWatchTellsWhatIsPluggedAndPulled(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	p, err := openPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeBook(p.book)
	p.sticks = t.TempDir()
	var told []kiosk.Stick
	s := newSticks(p, func(k kiosk.Stick) { told = append(told, k) })
	look := func() { s.look(context.Background()); s.look(context.Background()) }
	look()
	if len(told) > 0 {
		t.Fatalf("without a stick: %+v", told)
	}
	stick := plug(t, p.sticks, "KINGSTON", "照片.jpg")
	look()
	if len(told) != 1 || told[0].Name != "KINGSTON" || told[0].Trouble.Code != health.NoData.Code {
		t.Fatalf("a stick with pictures: %+v", told)
	}
	plug(t, p.sticks, "KINGSTON", "metadata/timestamp.json")
	look()
	if len(told) != 2 || told[1].Trouble.Words == "" || told[1].Trouble.Remedy == "" || told[1].Number != 0 {
		t.Fatalf("a stick with nonsense: %+v", told)
	}
	plug(t, p.sticks, "b", "x.kpack")
	look()
	if err := errors.Join(os.RemoveAll(stick), os.RemoveAll(filepath.Join(p.sticks, "b"))); err != nil {
		t.Fatal(err)
	}
	look()
	if last := told[len(told)-1]; last != (kiosk.Stick{}) || len(told) > 5 {
		t.Errorf("pulled out: %+v", told)
	}
}

func TestAStickThatIsPulledIsNoNetworkTrouble(t *testing.T) {
	there := place{path: t.TempDir()}
	gone := place{path: filepath.Join(t.TempDir(), "x")}
	if got := stickTrouble(fs.ErrNotExist, gone); got != health.Pulled {
		t.Errorf("gone: %+v", got)
	}
	if got := stickTrouble(fs.ErrNotExist, there); got != health.Incomplete {
		t.Errorf("half copied: %+v", got)
	}
	if got := stickTrouble(errors.New("input/output error"), there); got != health.Incomplete {
		t.Errorf("broken: %+v", got)
	}
}

func TestNamesOfSticks(t *testing.T) {
	for path, want := range map[string]string{
		"/media/u/县公开办": "县公开办", "/media/u/KINGSTON": "KINGSTON", "/s/a.kpack": "a", "/media/u/\x1b[31m": "U盘", "/media/u/\u202e": "U盘",
		"/media/u/" + strings.Repeat("长", 60): strings.Repeat("长", 24),
	} {
		if got := nameOf(path); got != want {
			t.Errorf("%q is called %q", path, got)
		}
	}
}
