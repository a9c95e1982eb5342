package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// volume (卷) is a real file system in a file, which can be had whole or as a power cut leaves it.
type volume struct {
	image string // the file
	at    string // where it is mounted
}

// fileSystem is how one is made.
type fileSystem struct {
	name string
	size int64
	make []string
	mend []string // where it cannot be mounted: a start of the machine does it
}

// Both are as a distribution makes them. mkfs.xfs makes none under 300 MiB, and an update wants 64 MiB to stay free.
var (
	ext4 = fileSystem{"ext4", 192 << 20, []string{"mkfs.ext4", "-q", "-F"}, []string{"fsck.ext4", "-y"}}
	xfs  = fileSystem{"xfs", 320 << 20, []string{"mkfs.xfs", "-q", "-f"}, nil}
)

// format makes an empty file system in a file.
func (f fileSystem) format(image string) error {
	file, err := os.Create(image)
	if err == nil {
		err = errors.Join(file.Truncate(f.size), file.Close())
	}
	if err != nil {
		return err
	}
	return run(f.make[0], append(f.make[1:], image)...)
}

func newVolume(f fileSystem, dir string) (*volume, error) {
	v := &volume{filepath.Join(dir, f.name+".image"), filepath.Join(dir, f.name)}
	if err := os.MkdirAll(v.at, 0o700); err != nil {
		return nil, err
	}
	if err := f.format(v.image); err != nil {
		return nil, err
	}
	return v, v.mount()
}

func (v *volume) mount() error { return run("mount", "-o", "loop", v.image, v.at) }

// unmount waits for whoever is still ending: a killed process lets go of its files a little later.
func (v *volume) unmount() error {
	for try := 0; ; try++ {
		err := syscall.Unmount(v.at, 0)
		if !errors.Is(err, syscall.EBUSY) || try == 500 {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// cut (断电) is how a file system is shut down.
type cut uint32

// Of these the kernel writes the journal in the first and stops at once in the last; both lose what was not synced (EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN).
const (
	journalWritten cut = 1
	nothingWritten cut = 2
)

// cutPower stops the file system where it is: from now on nothing reaches the image.
func (v *volume) cutPower(how cut) error {
	const shutdown = 0x8004587d // _IOR('X', 125, __u32)
	d, err := os.Open(v.at)
	if err != nil {
		return err
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, d.Fd(), shutdown, uintptr(unsafe.Pointer(&how))); errno != 0 {
		err = fmt.Errorf("shutdown of %s: %w", v.at, errno)
	}
	return errors.Join(err, d.Close())
}

// reboot makes the kernel, as far as it is seen from here, one that has just started: a start of the program that ended with the machine is no crash.
func (b *bench) reboot() error {
	const id = "/proc/sys/kernel/random/boot_id"
	name := filepath.Join(b.dir, "boot_id")
	_, err := os.Stat(name)
	if e := os.WriteFile(name, fmt.Appendf(nil, "%016x\n", b.rand.Uint64()), 0o600); e != nil || err == nil {
		return e
	}
	return run("mount", "--bind", name, id)
}

// run runs a program of the system.
func run(name string, args ...string) error { return ran(exec.Command(name, args...)) }

// ran runs a program to its end. An error has what it said.
func ran(c *exec.Cmd) error {
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(c.Args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
