package book

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
)

// spool (暂存) sorts the rows of a county by village in bounded memory: each village has a short buffer, and full ones go to a
// file that has no name any more, so that a crash leaves nothing of it.
type spool struct {
	dir   string
	file  *os.File // nil until the first buffer is full
	size  int64
	runs  map[string]*run
	limit int
}

// run is what was spooled for one village.
type run struct {
	rows   int
	held   []byte
	pieces []piece
}

type piece struct {
	offset int64
	size   int
	sum    uint32 // CRC-32C
}

const spoolBuffer = 64 << 10 // bytes held for one village

func newSpool(dir string) *spool {
	return &spool{dir: dir, runs: map[string]*run{}, limit: spoolBuffer}
}

// run returns what was spooled for a village, to add to it.
func (s *spool) run(village string) *run {
	r := s.runs[village]
	if r == nil {
		r = &run{}
		s.runs[village] = r
	}
	return r
}

func (s *spool) add(r *run, row []byte) error {
	r.rows++
	r.held = append(r.held, row...)
	if len(r.held) < s.limit {
		return nil
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "spool-*")
		if err != nil {
			return err
		}
		s.file = f
		if err := os.Remove(f.Name()); err != nil {
			return err
		}
	}
	if _, err := s.file.Write(r.held); err != nil {
		return err
	}
	r.pieces = append(r.pieces, piece{s.size, len(r.held), crc32.Checksum(r.held, castagnoli)})
	s.size += int64(len(r.held))
	r.held = r.held[:0]
	return nil
}

// take appends the rows of a village to all, in the order in which they were added, and forgets them. It returns how many
// there are.
func (s *spool) take(village string, all []byte) ([]byte, int, error) {
	r := s.runs[village]
	size := len(r.held)
	for _, p := range r.pieces {
		size += p.size
	}
	all = slices.Grow(all, size)
	for _, p := range r.pieces {
		n := len(all)
		all = all[:n+p.size]
		if _, err := io.ReadFull(io.NewSectionReader(s.file, p.offset, int64(p.size)), all[n:]); err != nil {
			return nil, 0, fmt.Errorf("spool: %w", err)
		}
		if crc32.Checksum(all[n:], castagnoli) != p.sum {
			return nil, 0, errors.New("spool: the disk gave back what was not written")
		}
	}
	all = append(all, r.held...)
	delete(s.runs, village)
	return all, r.rows, nil
}

func (s *spool) close() {
	if s.file != nil {
		s.file.Close()
	}
}
