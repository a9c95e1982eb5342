// Package s3test (对象存储试验台) runs a real object store for tests: versitygw, of tools/go.mod, over a folder.
//
// The parties are versitygw, a process of its own that keeps buckets as folders, and a relay in front of it, which has the
// address that tests use and can break connections off. What is promised: what passes here has spoken S3 to a server that is not
// ours; and when a test ends, however it ends, the process does too.
package s3test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// The key of the store's owner. Nothing that a program prints may contain Secret.
const (
	Access = "MINGBAITESTKEY"
	Secret = "never-to-be-seen-7f3a"
)

// Store is a running object store.
type Store struct {
	URL string
	// Folder holds the buckets as folders and the objects as files.
	Folder  string
	program string
	relay   *relay
}

// build is the path of versitygw. The first build takes minutes, later ones come from Go's cache.
var build = sync.OnceValues(func() (string, error) {
	_, here, _, ok := runtime.Caller(0)
	if !filepath.IsAbs(here) || !ok {
		// A trimmed build knows no folders; tests run in the folder of their package.
		wd, err := os.Getwd()
		if err != nil {
			return "", err
		}
		here = wd
	}
	for dir := filepath.Dir(here); ; dir = filepath.Dir(dir) {
		tools := filepath.Join(dir, "tools")
		if _, err := os.Stat(filepath.Join(tools, "go.mod")); err == nil {
			cmd := exec.Command("go", "tool", "-n", "versitygw")
			cmd.Dir = tools
			cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly")
			out, err := cmd.Output()
			return strings.TrimSpace(string(out)), err
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("tools/go.mod is nowhere above " + here)
		}
	}
})

// Start starts a store and gives the test's environment its key.
func Start(t testing.TB) *Store {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatalf("versitygw: %v", err)
	}
	dir, err := os.MkdirTemp("", "s3-*") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Store{Folder: filepath.Join(dir, "buckets"), program: program}
	users := filepath.Join(dir, "users")
	for _, d := range []string{s.Folder, users} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	socket := filepath.Join(dir, "socket")
	var said bytes.Buffer
	cmd := exec.Command(program, "--port", socket, "--access", Access, "--secret", Secret, "--iam-dir", users, "--quiet", "posix", s.Folder)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.Dial("unix", socket); err == nil {
			_ = c.Close()
			break
		}
		select {
		case <-ended:
			t.Fatalf("versitygw ended: %s", said.String())
		case <-tick.C:
		}
	}
	s.relay = newRelay(t, socket)
	s.URL = "http://" + s.relay.Addr().String()
	t.Setenv("AWS_ACCESS_KEY_ID", Access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", Secret)
	return s
}

// AddUser adds somebody who may do nothing yet.
func (s *Store) AddUser(t testing.TB, access, secret string) {
	t.Helper()
	cmd := exec.Command(s.program, "admin", "--access", Access, "--secret", Secret, "--endpoint-url", s.URL, "create-user", "--access", access, "--secret", secret, "--role", "user")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("create-user: %v: %s", err, out)
	}
}

// MakeBucket makes a bucket with a policy.
func (s *Store) MakeBucket(t testing.TB, name, policy string) {
	t.Helper()
	c, err := minio.New(strings.TrimPrefix(s.URL, "http://"), &minio.Options{Creds: credentials.NewStaticV4(Access, Secret, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MakeBucket(t.Context(), name, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := c.SetBucketPolicy(t.Context(), name, policy); err != nil {
		t.Fatal(err)
	}
}

// BreakAfter breaks every connection off when so many more bytes have been sent to the store, until it is told otherwise by a
// negative number.
func (s *Store) BreakAfter(bytes int64) { s.relay.left.Store(bytes); s.relay.limited.Store(bytes >= 0) }

// relay passes connections on to a socket.
type relay struct {
	net.Listener
	limited atomic.Bool
	left    atomic.Int64
}

func newRelay(t testing.TB, socket string) *relay {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: ln}
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wait.Go(func() { r.pass(ctx, c, socket) })
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = ln.Close()
		wait.Wait()
	})
	return r
}

var errBroken = errors.New("broken off")

func (r *relay) pass(ctx context.Context, from net.Conn, socket string) {
	to, err := net.Dial("unix", socket)
	if err != nil {
		_ = from.Close()
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = errors.Join(from.Close(), to.Close()) })
	defer stop()
	var wait sync.WaitGroup
	wait.Go(func() {
		_, _ = io.Copy(to, &metered{from, r}) // either end may go first
		_ = errors.Join(from.Close(), to.Close())
	})
	wait.Go(func() {
		_, _ = io.Copy(from, to) // the same
		_ = errors.Join(from.Close(), to.Close())
	})
	wait.Wait()
}

type metered struct {
	io.Reader
	r *relay
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if m.r.limited.Load() && m.r.left.Add(-int64(n)) < 0 {
		return 0, fmt.Errorf("relay: %w", errBroken)
	}
	return n, err
}
