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

// What a pack's list of contents may take. A stick may hold anything under the name of a pack.
const (
	maxPackEntries   = 65_534 // beyond that ZIP needs its 64-bit form, which is refused
	maxPackDirectory = 16 << 20
	packEnd          = 22 // bytes of the record that ends a ZIP without a comment
)

// Pack opens a pack. Every entry must be a file of an edition under its path, once, stored without compression.
func Pack(path string) (*Packed, error) {
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
	end := make([]byte, packEnd)
	if _, err := f.ReadAt(end, info.Size()-packEnd); err != nil || !bytes.HasPrefix(end, []byte("PK\x05\x06")) {
		return nil, errors.New("does not end as a pack does")
	}
	entries, size := binary.LittleEndian.Uint16(end[10:]), binary.LittleEndian.Uint32(end[12:])
	if entries > maxPackEntries || size > maxPackDirectory {
		return nil, fmt.Errorf("lists %d files in %d bytes, at most %d in %d are read", entries, size, maxPackEntries, maxPackDirectory)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, err
	}
	p := &Packed{f: f, files: make(map[string]*zip.File, len(z.File))}
	for _, e := range z.File {
		switch {
		case !edition.IsPath(e.Name):
			return nil, fmt.Errorf("%.80q is no file of an edition", e.Name)
		case p.files[e.Name] != nil:
			return nil, fmt.Errorf("%s twice", e.Name)
		case e.Method != zip.Store || e.CompressedSize64 != e.UncompressedSize64 || !e.Mode().IsRegular() || e.Flags&1 != 0:
			return nil, fmt.Errorf("%s is not stored as it is", e.Name)
		}
		p.files[e.Name] = e
	}
	return p, nil
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
