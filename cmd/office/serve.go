package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingbai.local/sync/edition"
)

var serveCommand = command{
	name: "serve", args: "--data 目录 --listen 地址",
	what:    "把 public 目录提供给查询点（HTTP）",
	example: "office serve --data /srv/yidu --listen 127.0.0.1:8420",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("listen", "127.0.0.1:8420", "地址和端口；端口写 0 就由系统挑一个")
	},
	run: runServe,
}

// How long a kiosk may take. A shard of 12 MiB over a slow line takes minutes; a header does not.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 15 * time.Minute
	idleTime   = 2 * time.Minute
	stopTime   = 10 * time.Second
	headerSize = 16 << 10
)

func runServe(ctx context.Context, e env, c *call) error {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	l, err := openLedger(ctx, dir) // refuses what is no data directory
	if err != nil {
		return err
	}
	if err := l.Close(); err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Join(dir, publicDir))
	if err != nil {
		return wrong("打不开 %s（%v）：请核对数据目录", filepath.Join(dir, publicDir), err)
	}
	defer func() { _ = root.Close() }() // it was only read
	ln, err := net.Listen("tcp", c.text("listen"))
	if err != nil {
		return wrong("地址 %s 用不了（%v）：请换一个地址或端口", c.text("listen"), err)
	}
	if _, err := fmt.Fprintf(e.out, "正在提供 http://%s/\n", ln.Addr()); err != nil {
		return errors.Join(err, ln.Close())
	}
	log := slog.New(slog.NewTextHandler(e.err, nil))
	s := &http.Server{
		Handler: depotHandler(root.FS()), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerSize, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		if err := s.Shutdown(grace); err != nil {
			stopped <- s.Close() // whoever is still reading resumes elsewhere
			return
		}
		stopped <- nil
	})
	defer stop()
	if err := s.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}

const timestampPath = "metadata/timestamp.json"

// depotHandler serves the files of a depot, and nothing that is no path of one. All but the timestamp never change: a copy
// once made is good for ever.
func depotHandler(depot fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
		if err := serveFile(w, r, depot, name); errors.Is(err, fs.ErrNotExist) {
			http.NotFound(w, r)
		} else if err != nil {
			slog.Error("serve: " + name + ": " + err.Error())
			http.Error(w, "cannot be read", http.StatusInternalServerError)
		}
	})
}

func serveFile(w http.ResponseWriter, r *http.Request, depot fs.FS, name string) error {
	f, err := depot.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	body, ok := f.(io.ReadSeeker)
	if !ok {
		return errors.New("cannot seek")
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	if strings.HasSuffix(name, ".json") {
		h.Set("Content-Type", "application/json")
	}
	h.Set("X-Content-Type-Options", "nosniff")
	if name == timestampPath {
		h.Set("Cache-Control", "no-cache")
	} else {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	tag, err := entityTag(name, body)
	if err != nil {
		return err
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, "", info.ModTime(), body)
	return nil
}

// entityTag is the hash in a piece's name; metadata, a few kilobytes, are hashed.
func entityTag(name string, body io.ReadSeeker) (string, error) {
	if !strings.HasPrefix(name, "metadata/") {
		base, _, _ := strings.Cut(filepath.Base(name), ".")
		return `"` + base + `"`, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, body); err != nil {
		return "", err
	}
	_, err := body.Seek(0, io.SeekStart)
	return fmt.Sprintf(`"%x"`, sum.Sum(nil)), err
}
