package store

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

// source is a file as a depot gives it: it notes from where it was read, and breaks off after so many bytes, 0 for never.
type source struct {
	bytes.Reader
	breaks int
	from   []int64
	read   int
}

var errBroken = errors.New("the line is gone")

func newSource(b []byte, breaks int) *source {
	s := &source{breaks: breaks}
	s.Reset(b)
	return s
}

func (s *source) Seek(offset int64, whence int) (int64, error) {
	s.from = append(s.from, offset)
	return s.Reader.Seek(offset, whence)
}

func (s *source) Read(p []byte) (int, error) {
	if s.breaks > 0 {
		if s.read == s.breaks {
			return 0, errBroken
		}
		p = p[:min(len(p), s.breaks-s.read)]
	}
	n, err := s.Reader.Read(p)
	s.read += n
	return n, err
}

func noise(n int) []byte {
	b := make([]byte, n)
	chance := rand.New(rand.NewPCG(3, 4))
	for i := range b {
		b[i] = byte(chance.Uint32())
	}
	return b
}

// A shard that breaks off is there in the end with each of its bytes read once, also when the program starts anew in between.
func TestAPartGoesOnWhereItBrokeOff(t *testing.T) {
	s := newStore(t)
	b := noise(300_000)
	read := 0
	for i := range 3 {
		r := newSource(b, 100_000)
		if i == 2 {
			r.breaks = 0
		}
		again, err := Open(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Put(hash(b), int64(len(b)), r); errors.Is(err, errBroken) != (i < 2) || err != nil && i == 2 {
			t.Fatalf("try %d: %v", i, err)
		}
		if len(r.from) != 1 || r.from[0] != int64(i*100_000) {
			t.Errorf("try %d: read from %v", i, r.from)
		}
		read += r.read
	}
	if got, err := s.Object(hash(b)); err != nil || !bytes.Equal(got, b) || read != len(b) || len(objects(t, s)) != 1 {
		t.Errorf("%d bytes, %v, %d read, %v", len(got), err, read, objects(t, s))
	}
}

func TestAPartIsNotTrusted(t *testing.T) {
	b := noise(300_000)
	for name, c := range map[string]struct {
		left  []byte
		reads []int64
	}{
		"the right beginning":               {b[:1000], []int64{1000}},
		"all of it, before it got its name": {b, []int64{300_000}},
		"empty":                             {nil, []int64{0}},
		"zeros, as after a power cut":       {make([]byte, 1000), []int64{1000, 0}},
		"all, with one bit flipped":         {append([]byte{b[0] ^ 1}, b[1:]...), []int64{300_000, 0}},
		"longer than all":                   {append(bytes.Clone(b), 1), []int64{0}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			file, err := s.object(hash(b))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.MkdirAll(strings.TrimSuffix(file, hash(b)), 0o700), os.WriteFile(file+".part", c.left, 0o600)); err != nil {
				t.Fatal(err)
			}
			r := newSource(b, 0)
			if err := s.Put(hash(b), int64(len(b)), r); err != nil {
				t.Fatal(err)
			}
			if len(r.from) != len(c.reads) || r.from[0] != c.reads[0] || r.from[len(r.from)-1] != c.reads[len(c.reads)-1] {
				t.Errorf("read from %v, not %v", r.from, c.reads)
			}
			if got, err := s.Object(hash(b)); err != nil || !bytes.Equal(got, b) || len(objects(t, s)) != 1 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

// Only what can still become right is kept.
func TestWhatIsLeftOfAPart(t *testing.T) {
	b := noise(300_000)
	for name, c := range map[string]struct {
		r    func() io.Reader
		left int
	}{
		"broken off":                          {func() io.Reader { return newSource(b, 1000) }, 1000},
		"broken off before the first byte":    {func() io.Reader { return iotest.ErrReader(errBroken) }, 0},
		"ended too early":                     {func() io.Reader { return bytes.NewReader(b[:1000]) }, 1000},
		"goes on":                             {func() io.Reader { return bytes.NewReader(append(bytes.Clone(b), 1)) }, 0},
		"other bytes":                         {func() io.Reader { return bytes.NewReader(make([]byte, len(b))) }, 0},
		"all, and then broken off":            {func() io.Reader { return io.MultiReader(bytes.NewReader(b), iotest.ErrReader(errBroken)) }, 0},
		"nothing more behind what is there":   {func() io.Reader { return io.MultiReader() }, 0},
		"cannot be read from the middle, cut": {func() io.Reader { return io.LimitReader(bytes.NewReader(b), 500) }, 500},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			if err := s.Put(hash(b), int64(len(b)), c.r()); err == nil {
				t.Fatal("taken")
			}
			got := 0
			for _, name := range objects(t, s) {
				left, err := os.ReadFile(name)
				if err != nil || !bytes.HasPrefix(b, left) {
					t.Errorf("left %d bytes, %v", len(left), err)
				}
				got += len(left)
			}
			if got != c.left {
				t.Errorf("%d bytes are left, not %d", got, c.left)
			}
		})
	}
	// A source that has ended for good takes the part with it: it was no beginning of this object.
	s := newStore(t)
	for range 2 {
		if err := s.Put(hash(b), int64(len(b)), bytes.NewReader(b[:1000])); err == nil {
			t.Fatal("taken")
		}
	}
	if left := objects(t, s); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	// The line is gone before anything more came: what there was stays.
	if err := s.Put(hash(b), int64(len(b)), newSource(b, 1000)); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if err := s.Put(hash(b), int64(len(b)), gone{}); !errors.Is(err, errBroken) || len(objects(t, s)) != 1 {
		t.Errorf("%v, left %v", err, objects(t, s))
	}
}

// gone is a line that brings nothing.
type gone struct{}

func (gone) Read([]byte) (int, error)                { return 0, errBroken }
func (gone) Seek(offset int64, _ int) (int64, error) { return offset, nil }

// A disk that takes no more gets back what was begun.
func TestADiskThatTakesNoMore(t *testing.T) {
	s := newStore(t)
	b := noise(300_000)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100_000, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	err := s.Put(hash(b), int64(len(b)), bytes.NewReader(b))
	if again := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); again != nil {
		t.Fatal(again)
	}
	if !errors.Is(err, syscall.EFBIG) || len(objects(t, s)) != 0 {
		t.Errorf("%v, left %v", err, objects(t, s))
	}
}

// What is wanted next survives a sweep, with what has come of it so far; what nobody wants does not.
func TestSweepKeepsWhatIsWanted(t *testing.T) {
	s := newStore(t)
	next := take(t, s, 1, "a") // as if it were still to come
	take(t, s, 2, "b")
	proves(t, s)
	take(t, s, 3, "c")
	wanted := map[string]bool{}
	if err := s.needs(&next, wanted); err != nil {
		t.Fatal(err)
	}
	for sum := range wanted {
		name, err := s.object(sum)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name+".part", []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Sweep(next); err != nil {
		t.Fatal(err)
	}
	for sum := range wanted {
		name, err := s.object(sum)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{name, name + ".part"} {
			if _, err := os.Stat(file); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	for _, name := range objects(t, s) {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s stayed", name)
		}
	}
}
