package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// peers measures what the same month takes where the same data are one file, as SQLite and as the finished book, which is bbolt, and
// zsync or casync carry what differs.
func (b *bench) peers() error {
	first, err := b.first()
	if err != nil {
		return err
	}
	month, err := b.next("recurring", false)
	if err != nil {
		return err
	}
	sqlite, err := b.once("peer-sqlite", b.key, func(dir string) error {
		return sqliteFiles(first.kiosk, month.kiosk, dir)
	})
	if err != nil {
		return err
	}
	bbolt, err := b.once("peer-bbolt", b.key, func(dir string) error {
		return errors.Join(
			copyFile(filepath.Join(first.kiosk, "gen", "1.db"), filepath.Join(dir, "before")),
			copyFile(filepath.Join(month.kiosk, "gen", "2.db"), filepath.Join(dir, "after")))
	})
	if err != nil {
		return err
	}
	ours := month.Data + month.Metadata
	for _, file := range []struct{ name, what, dir string }{
		{"sqlite", "SQLite, texts once and rows of numbers, the month written into the file in place", sqlite},
		{"bbolt", "the finished book", bbolt},
	} {
		for _, way := range []struct {
			name  string
			carry func(dir string) (int64, error)
		}{{"zsync", zsync}, {"casync", casync}} {
			took, err := way.carry(file.dir)
			if err != nil {
				return fmt.Errorf("%s of %s: %w", way.name, file.name, err)
			}
			info, err := os.Stat(filepath.Join(file.dir, "after"))
			if err != nil {
				return err
			}
			b.table.Add("wire_vs_"+way.name+"_"+file.name, float64(took)/float64(ours), "×", fmt.Sprintf(
				"%d bytes on the wire by %s, over %d by an edition, metadata and all; one file of %.0f MB: %s", took, way.name, ours, float64(info.Size())/1e6, file.what))
		}
	}
	return nil
}

// served runs fetch with the address of a folder behind a meter, and returns what passed.
func served(dir string, fetch func(url string) error) (int64, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	server := &http.Server{Handler: newRanges(dir)}
	go server.Serve(l) //nolint:errcheck // until it is closed
	defer server.Close()
	m, err := newMeter("127.0.0.1:0", l.Addr().String())
	if err != nil {
		return 0, err
	}
	err = fetch(m.url())
	server.Close()
	err = errors.Join(err, m.close())
	return m.sum(func(string) bool { return true }), err
}

// zsync carries what is new in the file named after to whoever has the one named before.
func zsync(dir string) (int64, error) {
	if err := run(dir, "zsyncmake", "-u", "after", "-o", "after.zsync", "after"); err != nil {
		return 0, err
	}
	n, err := served(dir, func(url string) error {
		return run(dir, "zsync", "-q", "-i", "before", "-o", "got", url+"after.zsync")
	})
	return n, errors.Join(err, same(dir))
}

// casync does the same by chunks.
func casync(dir string) (int64, error) {
	if err := run(dir, "casync", "make", "--store=chunks.castr", "after.caibx", "after"); err != nil {
		return 0, err
	}
	n, err := served(dir, func(url string) error {
		return run(dir, "casync", "extract", "--store="+url+"chunks.castr", "--seed=before", url+"after.caibx", "got")
	})
	return n, errors.Join(err, same(dir), os.RemoveAll(filepath.Join(dir, "chunks.castr")))
}

// run runs a program in a folder, asking no proxy.
func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(strings.ToLower(v), "http_proxy=") })
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// same says whether what was got is what was sent, and removes it.
func same(dir string) error {
	sent, err := hashOf(filepath.Join(dir, "after"))
	if err != nil {
		return err
	}
	got, err := hashOf(filepath.Join(dir, "got"))
	if err == nil && got != sent {
		err = errors.New("what arrived is not what was sent")
	}
	return errors.Join(err, os.Remove(filepath.Join(dir, "got")))
}
