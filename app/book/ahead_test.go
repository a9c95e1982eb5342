package book

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"mingbai.local/app/disclosure"
)

// withdrawals are the streams of a dataset of that many blocks of two rows each. The last block of its first column is cut off
// where broken says so.
func withdrawals(blocks int, broken bool) fstest.MapFS {
	d := disclosure.Of[disclosure.Withdrawal]()
	out := fstest.MapFS{}
	for k, c := range d.Columns {
		var b []byte
		for range blocks {
			b = binary.AppendUvarint(b, 2)
			if !c.Kind.Number() {
				b = append(b, 1, 1, 'x')
			}
			b = append(b, 0, 0)
		}
		if broken && k == 0 {
			b = b[:len(b)-1]
		}
		out[d.Name+"/"+c.Name] = &fstest.MapFile{Data: b}
	}
	return out
}

// A stream that breaks off is an error after all the rows before it, however far ahead they were decoded.
func TestRowsBeforeABreakAreRead(t *testing.T) {
	const blocks = 9
	r, err := openRows(withdrawals(blocks, true), disclosure.Of[disclosure.Withdrawal](), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for range blocks - 1 {
		if more, err := r.next(); !more || err != nil {
			t.Fatalf("after row %d: %v %v", r.count, more, err)
		}
	}
	if more, err := r.next(); more || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "row 16") {
		t.Errorf("where it breaks off: %v %v", more, err)
	}
	if more, err := r.next(); more || err != nil || r.count != 2*(blocks-1) {
		t.Errorf("after that: %v %v, %d rows", more, err, r.count)
	}
}

// watched counts the reads of a file, and those after it was closed.
type watched struct {
	fs.FS
	reads, late atomic.Int64
}

func (w *watched) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	return &watchedFile{File: f, of: w}, err
}

type watchedFile struct {
	fs.File
	of     *watched
	closed atomic.Bool
}

func (f *watchedFile) Read(p []byte) (int, error) {
	f.of.reads.Add(1)
	if f.closed.Load() {
		f.of.late.Add(1)
	}
	return f.File.Read(p[:1])
}

func (f *watchedFile) Close() error { f.closed.Store(true); return f.File.Close() }

// Whoever stops in the middle waits for what is read ahead, and is never read ahead of by more than a few blocks.
func TestReadingAheadEnds(t *testing.T) {
	const blocks = 1000
	w := &watched{FS: withdrawals(blocks, false)}
	r, err := openRows(w, disclosure.Of[disclosure.Withdrawal](), nil)
	if err != nil {
		t.Fatal(err)
	}
	if more, err := r.next(); !more || err != nil {
		t.Fatal(more, err)
	}
	r.close()
	const bytesOfABlock = 6
	if most := int64(5 * bytesOfABlock * len(r.files)); w.reads.Load() > most || w.late.Load() > 0 {
		t.Errorf("%d reads for one block, at most %d; %d after the end", w.reads.Load(), most, w.late.Load())
	}
}

// A place that the disk gives back otherwise than it was spooled ends the layout, in whichever step the others are.
func TestAPlaceThatCannotBeReadEndsTheLayout(t *testing.T) {
	b := &builder{ctx: context.Background(), sections: map[string][]byte{}, spool: newSpool(t.TempDir())}
	defer b.spool.close()
	b.spool.limit = 1
	var codes []string
	for _, code := range strings.Split("abcdefghijklmnop", "") {
		codes = append(codes, code)
		if err := b.spool.add(b.spool.run(code), []byte("no payment: "+code)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.spool.file.WriteAt([]byte("X"), 3); err != nil {
		t.Fatal(err)
	}
	l := layout{b: b}
	if err := l.places(codes); err == nil || !strings.Contains(err.Error(), "place a: spool") {
		t.Errorf("laid out: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.ctx = ctx
	if err := l.places(codes[1:]); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits for it any more: %v", err)
	}
}
