package whole

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWhatIsWrittenIsReadAndNothingElseLies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	if _, err := Read(path, 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for _, text := range []string{"eins", ""} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if b, err := Read(path, 10); err != nil || string(b) != text {
			t.Errorf("%q is read as %q: %v", text, b, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAWriteThatFailsLeavesWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.json")
	if err := Write(path, []byte("before")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".part", 0o700); err != nil { // even root cannot write there
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path+".part", "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if Write(path, []byte("after")) == nil {
		t.Error("a write over a folder worked")
	}
	if b, _ := Read(path, 10); string(b) != "before" {
		t.Errorf("what was there has become %q", b)
	}
}

func TestPipesFoldersAndGiantsAreRefused(t *testing.T) {
	dir := t.TempDir()
	pipe, giant := filepath.Join(dir, "pipe"), filepath.Join(dir, "giant")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(giant, []byte(strings.Repeat("x", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, pipe, giant} {
		if _, err := Read(path, 10); !errors.Is(err, ErrNotAFile) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
