package depot

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"mingbai.local/sync/edition"
)

// Packed is a depot in a pack, a file.kpack.
type Packed struct {
	f     *os.File
	files map[string]*zip.File
}

// ErrNoPack says that a file is whole and no office has made it: it holds other things than files of an edition, or too many.
var ErrNoPack = errors.New("depot: is no pack of an edition")

// What a pack's list of contents may take. A stick may hold anything under the name of a pack.
const (
	maxPackEntries   = 65_534 // beyond that ZIP needs its 64-bit form, which is refused
	maxPackDirectory = 16 << 20
	packEnd          = 22 // bytes of the record that ends a ZIP without a comment
	packEntry        = 46 // bytes of an entry in the list without its texts
	packLocator      = 20 // bytes of what points to the 64-bit form, which stands before the end
)

// Pack opens a pack. Every entry must be a file of an edition under its path, once, stored without compression.
func Pack(path string) (*Packed, error) {
	// A pipe or a device would hold the reader up for ever.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("depot: %s is no file: %w", path, ErrNoPack)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	p, err := openPack(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("depot: pack %s: %w", path, err), f.Close())
	}
	return p, nil
}

func openPack(f *os.File) (*Packed, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkList(f, info.Size()); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, err
	}
	p := &Packed{f: f, files: make(map[string]*zip.File, len(z.File))}
	for _, e := range z.File {
		switch {
		case !edition.IsPath(e.Name):
			return nil, fmt.Errorf("%.80q is no file of an edition: %w", e.Name, ErrNoPack)
		case p.files[e.Name] != nil:
			return nil, fmt.Errorf("%s twice: %w", e.Name, ErrNoPack)
		case e.Method != zip.Store || e.CompressedSize64 != e.UncompressedSize64 || !e.Mode().IsRegular() || e.Flags&1 != 0:
			return nil, fmt.Errorf("%s is not stored as it is: %w", e.Name, ErrNoPack)
		}
		p.files[e.Name] = e
	}
	return p, nil
}

// checkList reads a pack's list of contents as far as to know how long it is. A reader of ZIP files goes on as long as entries follow, whatever number
// was said: a list of millions would take the memory of the whole machine.
func checkList(f io.ReaderAt, size int64) error {
	at := max(size-packEnd-packLocator, 0)
	tail := make([]byte, min(size, packEnd+packLocator))
	if _, err := f.ReadAt(tail, at); err != nil {
		return err
	}
	if len(tail) < packEnd || !bytes.HasPrefix(tail[len(tail)-packEnd:], []byte("PK\x05\x06")) {
		return errors.New("does not end as a pack does")
	}
	end := tail[len(tail)-packEnd:]
	entries, length, offset := int(binary.LittleEndian.Uint16(end[10:])), int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	switch {
	case entries > maxPackEntries || length > maxPackDirectory:
		return fmt.Errorf("lists %d files in %d bytes, at most %d in %d are read: %w", entries, length, maxPackEntries, maxPackDirectory, ErrNoPack)
	case offset+length+packEnd != size || bytes.HasPrefix(tail, []byte("PK\x06\x07")):
		return fmt.Errorf("its list of contents does not stand where it ends: %w", ErrNoPack)
	}
	list := make([]byte, length)
	if _, err := f.ReadAt(list, offset); err != nil {
		return err
	}
	for ; entries > 0 && len(list) >= packEntry && bytes.HasPrefix(list, []byte("PK\x01\x02")); entries-- {
		u16 := func(i int) int { return int(binary.LittleEndian.Uint16(list[i:])) }
		list = list[min(packEntry+u16(28)+u16(30)+u16(32), len(list)):]
	}
	if entries != 0 || len(list) != 0 {
		return fmt.Errorf("its list of contents is not as long as it says: %w", ErrNoPack)
	}
	return nil
}

// Close closes the pack.
func (p *Packed) Close() error { return p.f.Close() }

// Open reads an entry.
func (p *Packed) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	if err := check(path, offset, limit); err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	e := p.files[path]
	if e == nil {
		return nil, fmt.Errorf("depot: pack: %w", &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist})
	}
	at, err := e.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("depot: pack: %s: %w", path, err)
	}
	size := int64(e.CompressedSize64)
	from := min(offset, size)
	return &capped{ctx, io.NewSectionReader(p.f, at+from, size-from), limit, io.NopCloser(nil)}, nil
}
