package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// fullDisks (磁盘满) brings an edition to disks of every size from too small to large enough, though the disk says that there is room, as where another
// program fills it meanwhile. have is the edition that is there before.
func (b *bench) fullDisks(have int64, step int) (r row, err error) {
	from := filepath.Join(b.dir, "squeezed")
	if have > 0 {
		if err := b.run("update", from, have); err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(from)) }()
	}
	v := &volume{at: filepath.Join(b.dir, "small")}
	if err := os.MkdirAll(v.at, 0o700); err != nil {
		return r, err
	}
	fits, tight := 0, 0 // times it went well, of which a few more are tried in case it was luck, and times it did not
	for size := max(step, b.used(from)); fits < 5; size += step {
		if err := run("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size), "tmpfs", v.at); err != nil {
			return r, err
		}
		well, bad := b.squeeze(v, from, have)
		if fits++; !well {
			fits, tight = 0, tight+1
		}
		if err := errors.Join(b.count(&r, bad, fmt.Sprintf("%d bytes", size)), v.unmount()); err != nil {
			return r, err
		}
		b.progress.tell(&r, r.tried, 0)
	}
	if r.note = fmt.Sprintf("%d were too small", tight); tight == 0 {
		return r, errors.New("no disk was too small")
	}
	return r, nil
}

// used is what a folder takes up on a tmpfs, in bytes.
func (b *bench) used(dir string) (bytes int) {
	const page = 4096
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // a folder that is not there takes nothing
		if err != nil {
			return err
		}
		if d.IsDir() {
			return nil
		}
		i, err := d.Info()
		if err == nil {
			bytes += int(i.Size()+page-1) / page * page
		}
		return err
	})
	return bytes
}

// squeeze brings the next edition to the small disk, and then to the same disk with room enough.
func (b *bench) squeeze(v *volume, from string, have int64) (well bool, err error) {
	data := filepath.Join(v.at, "data")
	if have > 0 {
		if err := os.CopyFS(data, os.DirFS(from)); err != nil {
			return false, err
		}
	}
	p := promised{Edition: have}
	err = b.run("update-squeezed", data, have+1)
	var ended *exec.ExitError
	switch {
	case err == nil:
		well, p.Edition = true, have+1
	case !errors.As(err, &ended):
		return false, err
	case ended.ExitCode() != fullCode:
		return false, &violation{"wrong: it does not say that the disk is full: " + err.Error()}
	}
	if left, err := filepath.Glob(filepath.Join(data, "gen", "*.part")); err != nil || len(left) > 0 {
		return well, &violation{fmt.Sprintf("wrong: half a book is left on the full disk: %v, %v", left, err)}
	}
	if err := b.verify(data, p); err != nil {
		return well, err
	}
	if err := run("mount", "-o", "remount,size=64m", v.at); err != nil {
		return well, err
	}
	if err := b.run("update-squeezed", data, have+1); err != nil {
		return well, &violation{"wrong: no update once there is room: " + err.Error()}
	}
	return well, b.verify(data, promised{Edition: have + 1, Good: have + 1})
}

// run runs an update to its end.
func (b *bench) run(what, data string, newest int64) error {
	out, err := b.child(what, data, strconv.FormatInt(newest, 10)).CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		err = fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return err
}
