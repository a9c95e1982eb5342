package depot_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/depot/depottest"
)

func directory(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for path, b := range depottest.Files {
		name := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDirectory(t *testing.T) {
	depottest.Run(t, func(t *testing.T) depot.Depot {
		d, err := depot.Dir(directory(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	})
}

func TestHTTP(t *testing.T) {
	depottest.Run(t, func(t *testing.T) depot.Depot {
		return remote(t, http.FileServer(http.Dir(directory(t))), depot.Stall)
	})
}

// A server that knows no ranges and closes the connection where the file ends.
func TestPlainHTTP(t *testing.T) {
	depottest.Run(t, func(t *testing.T) depot.Depot {
		return remote(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, ok := depottest.Files[strings.TrimPrefix(r.URL.Path, "/")]
			if !ok {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			w.Header().Set("Connection", "close")
			w.(http.Flusher).Flush()
			_, _ = w.Write(b)
		}), depot.Stall)
	})
}

func TestPack(t *testing.T) {
	depottest.Run(t, func(t *testing.T) depot.Depot {
		name := filepath.Join(t.TempDir(), "a.kpack")
		var b bytes.Buffer
		if err := depottest.WritePack(&b, os.DirFS(directory(t))); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := depot.Pack(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	})
}

func remote(t *testing.T, h http.Handler, stall time.Duration) *depot.Remote {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	d, err := depot.HTTP(s.URL+"/", stall)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func open(d depot.Depot) ([]byte, error) {
	r, err := d.Open(context.Background(), "metadata/timestamp.json", 0, 1000)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestPortal(t *testing.T) {
	portal := 0
	d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			portal++
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	}), depot.Stall)
	if _, err := open(d); err == nil || errors.Is(err, fs.ErrNotExist) || portal != 0 {
		t.Errorf("%v, portal asked %d times", err, portal)
	}
}

func TestAnswersThatAreNotTheFile(t *testing.T) {
	for _, c := range []struct {
		code   int
		absent bool
	}{{404, true}, {403, true}, {410, true}, {400, false}, {401, false}, {204, false}, {206, false}, {304, false}, {429, false}, {500, false}, {502, false}, {503, false}} {
		d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(c.code) }), depot.Stall)
		if _, err := open(d); err == nil || errors.Is(err, fs.ErrNotExist) != c.absent {
			t.Errorf("status %d: %v", c.code, err)
		}
	}
}

func TestCompressedAnswer(t *testing.T) {
	d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(make([]byte, 1<<20))
		_ = z.Close()
	}), depot.Stall)
	if b, err := open(d); err == nil {
		t.Errorf("read %d bytes", len(b))
	}
}

func TestTruncatedAnswer(t *testing.T) {
	d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write(make([]byte, 50))
	}), depot.Stall)
	if _, err := open(d); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a file: %v", err)
	}
}

func TestSlowLoris(t *testing.T) {
	for name, before := range map[string]func(w http.ResponseWriter){
		"before the answer": func(http.ResponseWriter) {}, "inside the answer": func(w http.ResponseWriter) { _, _ = w.Write([]byte("x")); w.(http.Flusher).Flush() },
	} {
		done := make(chan struct{})
		d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			before(w)
			select {
			case <-done:
			case <-r.Context().Done():
			}
		}), 50*time.Millisecond)
		if _, err := open(d); !errors.Is(err, depot.ErrStalled) {
			t.Errorf("%s: %v", name, err)
		}
		close(done)
	}
}

func TestWrongRange(t *testing.T) {
	d := remote(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Range", "bytes 0-99/100")
		w.WriteHeader(http.StatusPartialContent)
	}), depot.Stall)
	if _, err := d.Open(context.Background(), "metadata/timestamp.json", 5, 1000); err == nil {
		t.Error("took bytes 0 on for bytes 5 on")
	}
}

func TestNoURL(t *testing.T) {
	for _, bad := range []string{"", "ftp://a/", "http://", "://", "/tmp"} {
		if _, err := depot.HTTP(bad, depot.Stall); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

func TestLinkOutOfADirectory(t *testing.T) {
	dir := directory(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "metadata/9.root.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "metadata/8.root.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := depot.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, path := range []string{"metadata/9.root.json", "metadata/8.root.json"} {
		if r, err := d.Open(context.Background(), path, 0, 100); err == nil {
			r.Close()
			t.Errorf("%s opened", path)
		}
	}
}

func zipped(t *testing.T, add func(z *zip.Writer) error) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.kpack")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	if err := errors.Join(add(z), z.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestHostilePack(t *testing.T) {
	entry := func(h zip.FileHeader) func(z *zip.Writer) error {
		return func(z *zip.Writer) error {
			one := h
			w, err := z.CreateHeader(&one)
			if err != nil {
				return err
			}
			_, err = w.Write(make([]byte, 100))
			return err
		}
	}
	link := zip.FileHeader{Name: "metadata/timestamp.json"}
	link.SetMode(fs.ModeSymlink | 0o777)
	for name, add := range map[string]func(z *zip.Writer) error{
		"a path upwards": entry(zip.FileHeader{Name: "../metadata/timestamp.json"}),
		"a stranger":     entry(zip.FileHeader{Name: "readme.txt"}),
		"a bomb":         entry(zip.FileHeader{Name: "metadata/timestamp.json", Method: zip.Deflate}),
		"a link":         entry(link),
		"a comment":      func(z *zip.Writer) error { return z.SetComment("hello") },
		"the same twice": func(z *zip.Writer) error {
			e := entry(zip.FileHeader{Name: "metadata/1.root.json"})
			return errors.Join(e(z), e(z))
		},
		"too many files": func(z *zip.Writer) error {
			for i := range 70_000 {
				if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("metadata/%d.root.json", i+1)}); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		if d, err := depot.Pack(zipped(t, add)); err == nil {
			d.Close()
			t.Errorf("%s: opened", name)
		}
	}
	for name, b := range map[string][]byte{"empty": {}, "no pack": make([]byte, 1000), "cut": []byte("PK\x05\x06")} {
		file := filepath.Join(t.TempDir(), "b.kpack")
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := depot.Pack(file); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if _, err := depot.Pack(filepath.Join(t.TempDir(), "none.kpack")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestMillionEntries: the list of contents is longer than it says, in the ways in which a reader of ZIP files would go on reading it.
func TestMillionEntries(t *testing.T) {
	entry := append([]byte("PK\x01\x02"), make([]byte, 42)...)
	end := func(entries int, length, offset uint32) []byte {
		b := append([]byte("PK\x05\x06"), make([]byte, 18)...)
		binary.LittleEndian.PutUint16(b[8:], uint16(entries))
		binary.LittleEndian.PutUint16(b[10:], uint16(entries))
		binary.LittleEndian.PutUint32(b[12:], length)
		binary.LittleEndian.PutUint32(b[16:], offset)
		return b
	}
	const many = 1<<20 + 1
	list := bytes.Repeat(entry, many)
	locator := append([]byte("PK\x06\x07"), make([]byte, 16)...)
	for name, b := range map[string][]byte{
		"a small number before many":   append(slices.Clone(list), end(1, uint32(len(entry)), 0)...),
		"a small number, a true size":  append(slices.Clone(list), end(1, uint32(len(list)), 0)...),
		"within the size, counted mod": append(slices.Clone(list[:(1<<16+1)*46]), end(1, (1<<16+1)*46, 0)...),
		"the last one stands alone":    append(slices.Clone(list), end(1, 46, uint32(len(list)-46))...),
		"in the 64-bit form":           append(append(slices.Clone(list), locator...), end(0, 0, uint32(len(list)+20))...),
		"an offset of the 64-bit form": append(slices.Clone(list), end(1, 46, 1<<32-1)...),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a.kpack")
			if err := os.WriteFile(file, b, 0o644); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d, err := depot.Pack(file)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("opened, %v", d.Close())
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 20<<20 {
				t.Errorf("took %d bytes", took)
			}
		})
	}
}

// TestSparsePack: 20 GB that are nowhere, which end as a pack does.
func TestSparsePack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.kpack")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	if _, err := f.WriteAt(end, 20<<30); err != nil {
		t.Fatal(err)
	}
	if d, err := depot.Pack(file); !errors.Is(err, depot.ErrNoPack) {
		t.Errorf("%v, %v", d, err)
	}
}

func TestAPipeIsNoPack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.kpack")
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, "/dev/zero"} {
		if _, err := depot.Pack(path); !errors.Is(err, depot.ErrNoPack) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func FuzzPack(f *testing.F) {
	var b bytes.Buffer
	if err := depottest.WritePack(&b, fstest.MapFS{"metadata/1.root.json": {Data: []byte("x")}, "metadata/timestamp.json": {Data: []byte("y")}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		file := filepath.Join(t.TempDir(), "a.kpack")
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := depot.Pack(file)
		if err != nil {
			return
		}
		defer d.Close()
		if r, err := d.Open(context.Background(), "metadata/1.root.json", 0, 1000); err == nil {
			_, _ = io.ReadAll(r)
			_ = r.Close()
		}
	})
}
