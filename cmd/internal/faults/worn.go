package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"mingbai.local/app/book"
	"mingbai.local/sync/store"
)

// wears (老化) flips bits of a disk under its file system, of whose files the kernel remembers how they were. A scrub must name the file, as it will be read when
// the machine has been switched off and on.
func (b *bench) wears(f fileSystem, bits int) (r row, err error) {
	v, err := newVolume(f, b.dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, v.unmount(), os.Remove(v.image)) }()
	data := filepath.Join(v.at, "data")
	if err := b.run("update", data, recorded); err != nil {
		return r, err
	}
	image, err := mapped(v.image)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, syscall.Munmap(image)) }()
	if found, err := b.scrub(data); err != nil || !found.Well() {
		return r, fmt.Errorf("before any bit has flipped: %+v, %w", found, err)
	}
	files, err := scrubbed(data)
	if err != nil {
		return r, err
	}
	for n := range bits {
		// Books are few and large: every other bit is one of theirs.
		name := files[n%2][b.rand.IntN(len(files[n%2]))]
		bad := b.wear(image, v, data, name)
		if err := b.count(&r, bad, fmt.Sprintf("bit %d, in %s", n, filepath.Base(name))); err != nil {
			return r, err
		}
		if bad != nil && b.impatient {
			break
		}
		b.progress.tell(&r, n+1, bits)
	}
	return r, nil
}

// scrubbed are the objects and the books of a data folder.
func scrubbed(data string) (files [2][]string, err error) {
	for i, folder := range []string{"s", "gen"} {
		err = errors.Join(err, filepath.WalkDir(filepath.Join(data, folder), func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files[i] = append(files[i], name)
			}
			return err
		}))
	}
	return files, err
}

// mapped is a file as others write it and see it written.
func mapped(name string) ([]byte, error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	i, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return syscall.Mmap(int(file.Fd()), 0, int(i.Size()), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
}

// wear flips a bit of a file on the disk, lets a scrub find it, and puts everything back.
func (b *bench) wear(image []byte, v *volume, data, name string) error {
	good, err := os.ReadFile(name) // now the kernel remembers it
	if err == nil {
		err = run("sync", "-f", v.at)
	}
	if err != nil {
		return err
	}
	bit, err := b.matters(good, filepath.Ext(name) == ".db")
	if err != nil {
		return err
	}
	at, err := lies(name, bit/8)
	if err != nil {
		return err
	}
	if image[at] != good[bit/8] {
		return fmt.Errorf("%s does not lie where the file system says", name)
	}
	image[at] ^= 1 << (bit % 8)
	found, err := b.scrub(data)
	image[at] ^= 1 << (bit % 8)
	if err != nil {
		return err
	}
	base := filepath.Base(name)
	number, _ := strconv.ParseInt(strings.TrimSuffix(base, ".db"), 10, 64)
	if !slices.Contains(found.Lost, base) && !slices.Contains(found.Books, number) {
		return &violation{"wrong: a scrub finds nothing"}
	}
	// An object is gone now, and of either the kernel remembers what was wrong.
	return errors.Join(os.RemoveAll(name), os.WriteFile(name, good, 0o600))
}

// matters chooses a bit of a file. Of a book some are between what is read, and mean nothing.
func (b *bench) matters(good []byte, isBook bool) (int64, error) {
	other := filepath.Join(b.dir, "flipped.db")
	for {
		bit := b.rand.IntN(8 * len(good))
		if !isBook {
			return int64(bit), nil
		}
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(other, bad, 0o600); err != nil {
			return 0, err
		}
		if b.child("check", other).Run() != nil {
			return int64(bit), os.Remove(other)
		}
	}
}

// lies is where on its disk a byte of a file lies.
func lies(name string, at int64) (int64, error) {
	const fibmap, figetbsz = 1, 2 // of linux/fs.h
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var size, block int32
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), figetbsz, uintptr(unsafe.Pointer(&size))); errno != 0 {
		return 0, fmt.Errorf("the size of a block: %w", errno)
	}
	block = int32(at / int64(size))
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), fibmap, uintptr(unsafe.Pointer(&block))); errno != 0 || block == 0 {
		return 0, fmt.Errorf("where %s lies: %w", name, errno)
	}
	return int64(block)*int64(size) + at%int64(size), nil
}

// scrub reads a data folder through in a process of its own, as the kiosk does: it has nothing mapped.
func (b *bench) scrub(data string) (found store.Found, err error) {
	out, err := b.child("scrub", data).Output()
	if err != nil {
		return found, err
	}
	return found, json.Unmarshal(out, &found)
}

// scrubs is the program.
func scrubs(_ office, data string, _ []string, _ io.Reader, out io.Writer) error {
	s, err := store.Open(data)
	if err != nil {
		return err
	}
	found, err := s.Scrub(context.Background(), store.Scrub{Check: checks, Rest: func(context.Context, int64) error { return nil }})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(found)
}

// checks reads a book through, as the kiosk does.
func checks(ctx context.Context, path string) error {
	b, err := book.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(b.Check(ctx), b.Close())
}
