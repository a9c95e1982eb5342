package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// once makes a folder unless an earlier run made it with the same key. A folder that was begun is made anew.
func (b *bench) once(name, key string, make func(dir string) error) (string, error) {
	dir, mark := b.path(name), b.path(name+".made")
	if have, err := os.ReadFile(mark); err == nil && string(have) == key {
		return dir, nil
	}
	if err := errors.Join(os.RemoveAll(mark), os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return "", err
	}
	began := time.Now()
	if err := make(dir); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(os.Stderr, "  %s in %.0f s\n", name, time.Since(began).Seconds())
	return dir, os.WriteFile(mark, []byte(key), 0o644)
}

// call runs a program to its end and returns what it says.
func call(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		return "", fmt.Errorf("%s %s: %w", filepath.Base(name), strings.Join(args, " "), err)
	}
	return string(out), nil
}

// clone copies a folder. What is named by its hash is never written again, so it is linked.
func clone(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch top, _, _ := strings.Cut(filepath.ToSlash(rel), "/"); {
		case e.IsDir():
			return os.MkdirAll(target, 0o755)
		case top == "datasets", top == "s":
			return os.Link(path, target)
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// hashOf is a hash over files.
func hashOf(paths ...string) (string, error) {
	h := sha256.New()
	for _, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
