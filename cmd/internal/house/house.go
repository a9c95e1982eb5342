// Package house holds the house rules as tests: who may import whom, that every package says what it is, that words mean one
// thing, that screens draw with our own widgets only, that the office builds without cgo and without Fyne, and that every
// dependency is accounted for.
//
// A rule that is only a sentence is broken within a month; here each rule is a test that names the file that broke it. The
// rules themselves come from docs/decisions and from ARCHITECTURE.md; whoever moves a wall changes table, document and
// decision together.
package house

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is the path that all our packages share.
const module = "mingbai.local"

// pkg is what `go list -json` says of one package.
type pkg struct {
	ImportPath string
	Dir        string
	Doc        string
	Name       string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// short is the import path within the module: app/search.
func (p pkg) short() string { return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/") }

// root returns the folder of go.mod.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("house: no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
}

// list asks the go command for packages, with extra environment such as CGO_ENABLED=0.
func list(dir string, env []string, patterns ...string) ([]pkg, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Doc,Name,GoFiles,Imports,Deps"}, patterns...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var pkgs []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
}
