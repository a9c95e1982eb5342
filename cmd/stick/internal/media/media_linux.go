package media

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// roots is where desktops mount what is put in.
var roots = []string{"/media", "/run/media", "/mnt"}

// List returns the sticks that are in, in the order in which they were put in.
func List() []Medium {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil
	}
	var out []Medium
	for _, m := range mounted(mounts, removable) {
		if m, ok := measured(m.path, m.readOnly); ok {
			out = append(out, m)
		}
	}
	return out
}

type mount struct {
	path     string
	readOnly bool
}

// mounted reads the kernel's list of mounts. Only what is a disk of this machine counts: a share of another one is a network.
func mounted(mounts []byte, removable func(device string) bool) (out []mount) {
	for l := range bytes.Lines(mounts) {
		fields := strings.Fields(string(l))
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "/dev/") {
			continue
		}
		at := octal.Replace(fields[1])
		under := slices.ContainsFunc(roots, func(r string) bool { return at == r || strings.HasPrefix(at, r+"/") })
		if !under && (at == "/" || strings.HasPrefix(at, "/boot") || !removable(fields[0])) {
			continue
		}
		if !slices.ContainsFunc(out, func(m mount) bool { return m.path == at }) {
			out = append(out, mount{at, slices.Contains(strings.Split(fields[3], ","), "ro")})
		}
	}
	return out
}

// octal is how the kernel writes what would break its lines.
var octal = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// removable says whether the kernel thinks that a device, or the disk of which it is a part, can be taken out.
func removable(device string) bool {
	path, err := filepath.EvalSymlinks(filepath.Join("/sys/class/block", filepath.Base(device)))
	if err != nil {
		return false
	}
	for _, dir := range []string{path, filepath.Dir(path)} {
		if b, err := os.ReadFile(filepath.Join(dir, "removable")); err == nil {
			return strings.TrimSpace(string(b)) == "1"
		}
	}
	return false
}

func measured(path string, readOnly bool) (Medium, bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return Medium{}, false
	}
	size := int64(st.Bsize)
	return Medium{Path: path, Name: readable(filepath.Base(path), "U盘"), Size: int64(st.Blocks) * size, Free: int64(st.Bavail) * size, ReadOnly: readOnly}, true
}
