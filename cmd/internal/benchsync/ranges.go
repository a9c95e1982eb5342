package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// ranges serves a folder. Where several ranges are asked for at once it answers as Apache and nginx do, with an empty line before the
// first: zsync takes what net/http writes for broken, asks again, and never stops. Heads are as short as they may be, which suits it.
type ranges struct {
	dir   string
	files http.Handler
}

func newRanges(dir string) ranges { return ranges{dir, http.FileServer(http.Dir(dir))} }

func (s ranges) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	list, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	if !ok || !strings.Contains(list, ",") {
		s.files.ServeHTTP(w, r)
		return
	}
	if err := s.several(w, r.URL.Path, list); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

const boundary = "b"

func (s ranges) several(w http.ResponseWriter, path, list string) error {
	f, err := os.Open(filepath.Join(s.dir, filepath.Base(path)))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var body []io.Reader
	length := int64(0)
	add := func(r io.Reader, n int64) { body, length = append(body, r), length+n }
	text := func(s string) { add(strings.NewReader(s), int64(len(s))) }
	for part := range strings.SplitSeq(list, ",") {
		var from, to int64
		if n, err := fmt.Sscanf(part, "%d-%d", &from, &to); n != 2 || err != nil || from > to || to >= info.Size() {
			return fmt.Errorf("range %q", part)
		}
		text(fmt.Sprintf("\r\n--%s\r\nContent-Range: bytes %d-%d/%d\r\n\r\n", boundary, from, to, info.Size()))
		add(io.NewSectionReader(f, from, to-from+1), to-from+1)
	}
	text("\r\n--" + boundary + "--\r\n")
	w.Header().Set("Content-Type", "multipart/byteranges; boundary="+boundary)
	w.Header().Set("Content-Length", fmt.Sprint(length))
	w.WriteHeader(http.StatusPartialContent)
	_, _ = io.Copy(w, io.MultiReader(body...)) // whoever asked may have gone
	return nil
}
