// Package web (网站) gives a depot's files to whoever asks over HTTP.
//
// The parties are a depot, which is a folder that a press prints into while it is read; kiosks, most of which only want to know
// whether the timestamp is still the one they have; and whoever else finds the port. What is promised: nothing but the files of
// an edition is ever given; a body and its ETag belong together, whatever is printed meanwhile; a kiosk that knows the newest
// timestamp costs one stat and about 120 bytes; and no client, slow or silent, holds a connection for longer than it needs.
package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"

	"mingbai.local/sync/edition"
)

// Timestamp is the one file of a depot that changes.
const Timestamp = "metadata/timestamp.json"

// Headers are what a file of a depot is served with, here and by whoever serves a copy. All but the timestamp never change: a
// copy once made is good for ever.
func Headers(name string) (contentType, cacheControl string) {
	contentType, cacheControl = "application/octet-stream", "max-age=31536000, immutable"
	if strings.HasSuffix(name, ".json") {
		contentType = "application/json"
	}
	if name == Timestamp {
		cacheControl = "no-cache"
	}
	return contentType, cacheControl
}

// site is a depot and what is known of its files.
type site struct {
	depot fs.FS
	mu    sync.RWMutex
	tags  map[string]tag // of metadata, by name
}

// tag is the ETag of a file as it was.
type tag struct {
	of   version
	text string
}

// version tells a file from the one that took its place. A press replaces files by renaming, so the inode changes with them;
// the times are for a file system that gives the number out again.
type version struct {
	size            int64
	modified        time.Time
	inode           uint64
	changed, second int64
}

func versionOf(info fs.FileInfo) version {
	v := version{size: info.Size(), modified: info.ModTime()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		v.inode, v.second, v.changed = s.Ino, s.Ctim.Sec, s.Ctim.Nsec
	}
	return v
}

// Handler serves the files of a depot, and nothing that is no path of one.
func Handler(depot fs.FS) http.Handler {
	return &site{depot: depot, tags: map[string]tag{}}
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if !edition.IsPath(name) {
		http.NotFound(w, r)
		return
	}
	if s.unchanged(w, r, name) {
		return
	}
	if err := s.file(w, r, name); errors.Is(err, fs.ErrNotExist) {
		w.WriteHeader(http.StatusNotFound) // a kiosk that asks for the next root with every edition needs no more words
	} else if err != nil {
		slog.Error("serve: " + name + ": " + err.Error())
		http.Error(w, "cannot be read", http.StatusInternalServerError)
	}
}

// unchanged answers a kiosk that has the file already, without opening it. Only the plain question is answered here, one tag as
// it was given out; http.ServeContent knows the others.
func (s *site) unchanged(w http.ResponseWriter, r *http.Request, name string) bool {
	asked := r.Header.Get("If-None-Match")
	if asked == "" {
		return false
	}
	info, err := fs.Stat(s.depot, name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	known, ok := s.known(name, versionOf(info))
	if !ok || known != asked {
		return false
	}
	_, cache := Headers(name)
	h := w.Header()
	h["Etag"], h["Cache-Control"] = []string{known}, []string{cache}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// tagLength is as much of a hash, in hex, as tells files apart. The rest would be 32 bytes more with every file on lines that are paid by the byte.
const tagLength = 32

// known is the ETag of a file of that version, where it is known without reading the file.
func (s *site) known(name string, v version) (string, bool) {
	if !strings.HasPrefix(name, "metadata/") {
		hash, _, _ := strings.Cut(path.Base(name), ".")
		return `"` + hash[:min(len(hash), tagLength)] + `"`, true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, ok := s.tags[name]
	return t.text, ok && t.of == v
}

// file answers with the file or a part of it.
func (s *site) file(w http.ResponseWriter, r *http.Request, name string) error {
	f, err := s.depot.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	// What is said of the file is asked of the one that is open: another may have its name by now.
	info, err := f.Stat()
	if err != nil {
		return err
	}
	body, ok := f.(io.ReadSeeker)
	if !ok || !info.Mode().IsRegular() {
		return errors.New("is no file")
	}
	text, ok := s.known(name, versionOf(info))
	if !ok {
		// Metadata are a few kilobytes. What is hashed is what is sent, even if somebody writes into the file meanwhile.
		b, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		text = `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
		body = bytes.NewReader(b)
		if int64(len(b)) == info.Size() {
			s.learn(name, tag{versionOf(info), text})
		}
	}
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(sendTime(info.Size()))); err != nil {
		return fmt.Errorf("deadline: %w", err)
	}
	h := w.Header()
	kind, cache := Headers(name)
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", cache)
	h.Set("ETag", text)
	http.ServeContent(w, r, "", time.Time{}, body) // the tag says more than when it was written
	return nil
}

func (s *site) learn(name string, t tag) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tags[name] = t
}
