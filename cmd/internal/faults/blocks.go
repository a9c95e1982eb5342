package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

const blockSize = 4096

// disk (盘) is a disk in memory: blocks over those of another disk, which it never changes.
type disk struct {
	size   int64
	under  *disk
	mu     sync.Mutex
	blocks map[int64]*[blockSize]byte
	events []event
	keeps  bool // events
}

// event is a write, or, without data, a flush: everything before it is on the disk for good.
type event struct {
	at   int64
	data []byte
}

// readDisk takes over a file.
func readDisk(name string) (*disk, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return nil, err
	}
	d := &disk{size: i.Size(), blocks: map[int64]*[blockSize]byte{}}
	for n := int64(0); n < d.size/blockSize; n++ {
		var b [blockSize]byte
		if _, err := io.ReadFull(f, b[:]); err != nil {
			return nil, err
		}
		if b != [blockSize]byte{} {
			d.blocks[n] = &b
		}
	}
	return d, nil
}

// over is a disk that begins as d is now.
func (d *disk) over() *disk {
	return &disk{size: d.size, under: d, blocks: map[int64]*[blockSize]byte{}}
}

func (d *disk) block(n int64) *[blockSize]byte {
	for ; d != nil; d = d.under {
		if b := d.blocks[n]; b != nil {
			return b
		}
	}
	return &[blockSize]byte{}
}

// each calls f with the parts of blocks that a range covers.
func each(at int64, p []byte, f func(n int64, from int, part []byte)) {
	for len(p) > 0 {
		n, from := at/blockSize, int(at%blockSize)
		part := p[:min(len(p), blockSize-from)]
		f(n, from, part)
		p, at = p[len(part):], at+int64(len(part))
	}
}

func (d *disk) read(at int64, p []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	each(at, p, func(n int64, from int, part []byte) { copy(part, d.block(n)[from:]) })
}

func (d *disk) write(at int64, p []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	each(at, p, func(n int64, from int, part []byte) {
		if d.blocks[n] == nil {
			b := *d.block(n)
			d.blocks[n] = &b
		}
		copy(d.blocks[n][from:], part)
	})
	if d.keeps {
		d.events = append(d.events, event{at, append([]byte{}, p...)})
	}
}

func (d *disk) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.events); d.keeps && n > 0 && d.events[n-1].data != nil {
		d.events = append(d.events, event{})
	}
}

// remember is the disk as it is now; from now on its events are kept.
func (d *disk) remember() *disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keeps = true
	now := &disk{size: d.size, under: d.under, blocks: map[int64]*[blockSize]byte{}}
	for n, b := range d.blocks {
		was := *b
		now.blocks[n] = &was
	}
	return now
}

// happened is how many events there have been.
func (d *disk) happened() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.events)
}

// server (盘的窗口) shows a disk as a file, so that the kernel can have a file system on it.
type server struct {
	fs.Inode
	mu     sync.Mutex
	disk   *disk
	server *fuse.Server
	dir    string
}

const diskName = "disk"

// serve shows disks under dir, one at a time.
func serve(dir string) (*server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	root := &folder{s: s}
	var err error
	s.server, err = fs.Mount(dir, root, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, MaxWrite: 512 << 10}})
	if err != nil {
		return nil, err
	}
	return s, keepToSelf("/dev/fuse")
}

// keepToSelf closes a device, which a library opened, in the programs that this one starts. Else the kernel goes on waiting for an answer from a disk whose
// program was killed as long as one of those lives, which waits for the disk; and every other mount on the machine behind them.
func keepToSelf(device string) error {
	const all = "/proc/self/fd"
	open, err := os.ReadDir(all)
	if err != nil {
		return err
	}
	for _, f := range open {
		if to, err := os.Readlink(filepath.Join(all, f.Name())); err != nil || to != device {
			continue // it is closed by now, or another
		}
		fd, err := strconv.Atoi(f.Name())
		if err != nil {
			return err
		}
		syscall.CloseOnExec(fd)
	}
	return nil
}

func (s *server) path() string { return filepath.Join(s.dir, diskName) }

// show changes the disk while nobody has it open.
func (s *server) show(d *disk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disk = d
}

func (s *server) shown() *disk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.disk
}

// folder holds the one file.
type folder struct {
	fs.Inode
	s *server
}

func (f *folder) OnAdd(ctx context.Context) {
	f.AddChild(diskName, f.NewPersistentInode(ctx, f.s, fs.StableAttr{Mode: syscall.S_IFREG}), true)
}

func (s *server) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Mode = 0o600
	if d := s.shown(); d != nil {
		out.Size = uint64(d.size)
	}
	return 0
}

// Setattr says yes to what a loop device asks for and nobody reads.
func (s *server) Setattr(ctx context.Context, f fs.FileHandle, _ *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	return s.Getattr(ctx, f, out)
}

// Open keeps the kernel from remembering what the file held: each disk begins anew.
func (s *server) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_DIRECT_IO, 0
}

func (s *server) Read(_ context.Context, _ fs.FileHandle, p []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	d := s.shown()
	p = p[:max(0, min(int64(len(p)), d.size-at))]
	d.read(at, p)
	return fuse.ReadResultData(p), 0
}

func (s *server) Write(_ context.Context, _ fs.FileHandle, p []byte, at int64) (uint32, syscall.Errno) {
	d := s.shown()
	if at+int64(len(p)) > d.size {
		return 0, syscall.ENOSPC
	}
	d.write(at, p)
	return uint32(len(p)), 0
}

func (s *server) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	s.shown().flush()
	return 0
}

// close ends the service.
func (s *server) close() error { return s.server.Unmount() }
