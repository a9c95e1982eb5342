package media

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestOnlyWhatCanBeTakenOutIsAStick(t *testing.T) {
	const mounts = `/dev/sda1 / ext4 rw 0 0
/dev/sda2 /home ext4 rw 0 0
/dev/sda3 /boot/efi vfat rw 0 0
/dev/sdb1 /media/u/KINGSTON\040USB vfat rw,relatime 0 0
/dev/sdb1 /media/u/KINGSTON\040USB vfat rw,relatime 0 0
/dev/sdc1 /run/media/u/县公开办 exfat ro,nosuid 0 0
/dev/sdd1 /data/usb vfat rw 0 0
10.0.0.2:/share /mnt/share nfs rw 0 0
tmpfs /run/media/z tmpfs rw 0 0
/dev/sde1
`
	got := mounted([]byte(mounts), func(device string) bool { return device == "/dev/sdd1" || device == "/dev/sda3" })
	want := []mount{{"/media/u/KINGSTON USB", false}, {"/run/media/u/县公开办", true}, {"/data/usb", false}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if removable("/dev/no-such-device") {
		t.Error("a device that is not there can be taken out")
	}
	for _, m := range List() {
		if m.Path == "/" {
			t.Error("the PC's own disk is listed")
		}
	}
}

func TestFoldersStandForSticks(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"县公开办", "KINGSTON"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	got := In(dir)
	if len(got) != 2 || got[0].Name != "KINGSTON" || got[1].Path != filepath.Join(dir, "县公开办") || got[0].Size <= 0 || got[0].Free > got[0].Size {
		t.Errorf("%+v", got)
	}
	if In(filepath.Join(dir, "gone")) != nil {
		t.Error("a folder that is gone has sticks")
	}
}

func TestNamesThatCanBeRead(t *testing.T) {
	for name, want := range map[string]string{
		"县公开办": "县公开办", "\u202eGNIP": "GNIP", "\x1b[31m": "[31m", "\ufffd\ufffd": "U盘", strings.Repeat("长", 50): strings.Repeat("长", 21),
	} {
		if got := readable(name, "U盘"); got != want {
			t.Errorf("%q is called %q", name, got)
		}
	}
	for n, want := range map[int64]string{0: "0.0 MB", 640_000_000: "640 MB", 31_900_000_000: "31.9 GB", 1_234_567: "1.2 MB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}
