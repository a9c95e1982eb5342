package press

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// sorter puts any number of rows in the order of their keys with little memory: what does not fit is sorted and set aside in
// a file, and the files are merged in the end. Five million payments are 800 MB.
type sorter struct {
	dir   string // for the files
	limit int    // bytes held in memory
	chunk []byte
	rows  []sortedRow
	size  int
	runs  []*os.File
}

// sortedRow is a row with its key in front.
type sortedRow struct {
	b   []byte
	key int // length of the key
}

const (
	memoryLimit = 32 << 20
	chunkSize   = 1 << 20
)

func newSorter(dir string, limit int) *sorter { return &sorter{dir: dir, limit: limit} }

// add takes a row that fill appends to the bytes it is given; fill returns them and the length of the key within.
func (s *sorter) add(fill func(b []byte) (row []byte, key int)) error {
	start := len(s.chunk)
	b, key := fill(s.chunk)
	if cap(b) != cap(s.chunk) && start > 0 {
		// The chunk was full and has been copied; the copy begins the next chunk, so that earlier rows keep theirs.
		b = append(make([]byte, 0, max(chunkSize, 2*(len(b)-start))), b[start:]...)
		start = 0
	}
	s.chunk = b
	row := b[start:len(b):len(b)]
	s.rows = append(s.rows, sortedRow{row, key})
	s.size += len(row) + 32
	if cap(s.chunk)-len(s.chunk) < 1<<10 {
		s.chunk = make([]byte, 0, chunkSize)
	}
	if s.size > s.limit {
		return s.spill()
	}
	return nil
}

func (s *sorter) sort() {
	slices.SortFunc(s.rows, func(a, b sortedRow) int { return bytes.Compare(a.b[:a.key], b.b[:b.key]) })
}

// spill sets the rows at hand aside in a file that is gone as soon as it is closed.
func (s *sorter) spill() error {
	s.sort()
	f, err := os.CreateTemp(s.dir, "sort-*")
	if err != nil {
		return fmt.Errorf("press: sort: %w", err)
	}
	s.runs = append(s.runs, f)
	if err := os.Remove(f.Name()); err != nil {
		return fmt.Errorf("press: sort: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<18)
	var head []byte
	for _, r := range s.rows {
		head = binary.AppendUvarint(head[:0], uint64(r.key))
		head = binary.AppendUvarint(head, uint64(len(r.b)))
		if _, err := w.Write(head); err != nil {
			return fmt.Errorf("press: sort: %w", err)
		}
		if _, err := w.Write(r.b); err != nil {
			return fmt.Errorf("press: sort: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("press: sort: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("press: sort: %w", err)
	}
	clear(s.rows) // else they would keep what has just been set aside
	s.rows, s.chunk, s.size = s.rows[:0], nil, 0
	return nil
}

// cursor gives the sorted rows one by one.
type cursor struct {
	sources []*run // a heap by their heads
	head    sortedRow
	ok      bool
}

// run is a sorted part: rows in memory or a file.
type run struct {
	rows []sortedRow
	in   *bufio.Reader
	head sortedRow
	free []byte
}

// cursor starts the reading. Rows stay as they are while anybody holds them.
func (s *sorter) cursor() (*cursor, error) {
	s.sort()
	c := &cursor{}
	parts := []*run{{rows: s.rows}}
	for _, f := range s.runs {
		parts = append(parts, &run{in: bufio.NewReaderSize(f, 1<<18)})
	}
	for _, r := range parts {
		switch err := r.next(); {
		case err == nil:
			c.sources = append(c.sources, r)
		case !errors.Is(err, io.EOF):
			return nil, err
		}
	}
	heap.Init((*runs)(&c.sources))
	return c, c.next()
}

// close frees the files.
func (s *sorter) close() error {
	var err error
	for _, f := range s.runs {
		err = errors.Join(err, f.Close())
	}
	return err
}

// next moves to the next row; ok is false after the last.
func (c *cursor) next() error {
	if c.ok = len(c.sources) > 0; !c.ok {
		return nil
	}
	first := c.sources[0]
	c.head = first.head
	switch err := first.next(); {
	case err == nil:
		heap.Fix((*runs)(&c.sources), 0)
	case errors.Is(err, io.EOF):
		heap.Pop((*runs)(&c.sources))
	default:
		return err
	}
	return nil
}

func (r *run) next() error {
	if r.in == nil {
		if len(r.rows) == 0 {
			return io.EOF
		}
		r.head, r.rows = r.rows[0], r.rows[1:]
		return nil
	}
	key, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err // io.EOF between two rows is the end
	}
	size, err := binary.ReadUvarint(r.in)
	if err != nil {
		return fmt.Errorf("press: sort: %w", noEOF(err))
	}
	if uint64(len(r.free)) < size {
		r.free = make([]byte, max(chunkSize/4, size))
	}
	b := r.free[:size:size]
	r.free = r.free[size:]
	if _, err := io.ReadFull(r.in, b); err != nil {
		return fmt.Errorf("press: sort: %w", noEOF(err))
	}
	r.head = sortedRow{b, int(key)}
	return nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// runs is a heap of runs by the keys of their heads.
type runs []*run

func (h runs) Len() int { return len(h) }
func (h runs) Less(i, j int) bool {
	a, b := h[i].head, h[j].head
	return bytes.Compare(a.b[:a.key], b.b[:b.key]) < 0
}
func (h runs) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *runs) Push(x any)   { *h = append(*h, x.(*run)) }
func (h *runs) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	*h = (*h)[:last]
	return r
}
