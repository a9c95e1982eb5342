package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Put takes an object of exactly that hash and length. What a stream had brought before it broke off stays under another name, also over a restart,
// and the next Put goes on behind it where r is an io.Seeker. Nothing of it is trusted: the hash is over all bytes, and where it comes out wrong r is
// read once more from its beginning.
func (s *Store) Put(sum string, length int64, r io.Reader) error {
	name, err := s.object(sum)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	p := part{name: name + ".part", sum: sum, length: length}
	err = p.fill(r)
	if errors.Is(err, errFalse) && p.had > 0 {
		err = p.fill(r)
	}
	if err != nil {
		return fmt.Errorf("store: object %s: %w", sum, err)
	}
	if err := os.Rename(p.name, name); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return syncDir(filepath.Dir(name))
}

// part (残件) is an object that is not all there yet.
type part struct {
	name, sum string
	length    int64
	had       int64 // bytes that were there before the last fill
}

var errFalse = errors.New("not the bytes of that hash")

// fill brings the part to its end, synced. Of a stream that broke off what came is kept; all else is taken away again, as it may be false or in the
// way of a full disk.
func (p *part) fill(r io.Reader) (err error) {
	f, err := os.OpenFile(p.name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	keep := false
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil && !keep {
			err = errors.Join(err, os.Remove(p.name))
		}
	}()
	h := sha256.New()
	if err := p.resume(f, h, r); err != nil {
		return err
	}
	from := &stream{r: io.LimitReader(r, p.length-p.had+1)}
	var n int64
	if p.had < p.length {
		n, err = io.Copy(io.MultiWriter(f, h), from)
	}
	switch {
	case err != nil:
		have := p.had + n
		keep = from.failed && have > 0 && have < p.length
		return err
	case p.had+n < p.length:
		keep = n > 0 // behind what is already all that the source has nothing more will come
		return fmt.Errorf("%d bytes, not %d", p.had+n, p.length)
	case p.had+n > p.length:
		return fmt.Errorf("goes on after %d bytes", p.length)
	case hex.EncodeToString(h.Sum(nil)) != p.sum:
		return fmt.Errorf("hash is %x: %w", h.Sum(nil), errFalse)
	}
	return f.Sync()
}

// resume reads what is there and has r go on behind it, or else empties the file.
func (p *part) resume(f *os.File, h io.Writer, r io.Reader) error {
	seeker, ok := r.(io.Seeker)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	// Whoever comes a second time has found the file taken away.
	if p.had = info.Size(); !ok || p.had > p.length {
		p.had = 0
	}
	if err := f.Truncate(p.had); err != nil {
		return err
	}
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if ok {
		_, err = seeker.Seek(p.had, io.SeekStart)
	}
	return err
}

// stream remembers that it failed, so that an error of reading is told from one of writing.
type stream struct {
	r      io.Reader
	failed bool
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.failed = s.failed || err != nil && !errors.Is(err, io.EOF)
	return n, err
}
