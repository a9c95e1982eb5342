package stick

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
)

const outbox = "outbox"

var (
	kioskForm  = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
	letterForm = regexp.MustCompile(`^[A-Za-z0-9-]{1,128}\.age$`)
)

// MaxLetter is how long a sealed letter may be. Its paper is 8 KiB at most; the rest is envelope, and room for what comes.
const MaxLetter = 1 << 20

// Emptied is what came of emptying a stick.
type Emptied struct {
	Letters int   `json:"letters"` // that are now in the folder and no longer on the stick
	Bytes   int64 `json:"bytes"`
	// Left are files that stay on the stick because they are no letters or another one of that name was taken before.
	Left []string `json:"left"`
}

// Empty takes the letters (信) of a stick's outbox into a folder. They leave the stick when they are on the disk of the folder, not before; a letter
// that was taken once may come any number of times.
func Empty(ctx context.Context, from, to string, progress func(Progress)) (out Emptied, err error) {
	dir, err := openFolder(from)
	if err != nil {
		return Emptied{}, of(from, err)
	}
	defer func() { err = of(from, errors.Join(err, dir.close())) }()
	e := &emptying{ctx: ctx, stick: dir, report: progress}
	if err := e.all(to); err != nil {
		return e.out, fmt.Errorf("stick: empty: %w", err)
	}
	return e.out, nil
}

// Letters counts what Empty would take.
func Letters(medium string) int {
	root, err := os.OpenRoot(filepath.Join(medium, Folder))
	if err != nil {
		return 0
	}
	defer root.Close()
	names, _, err := letters(&folder{root: root})
	if err != nil {
		return 0
	}
	return len(names)
}

type emptying struct {
	ctx    context.Context
	stick  *folder
	report func(Progress)
	out    Emptied
}

func letters(f *folder) (names, others []string, err error) {
	kiosks, err := f.list(outbox)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range kiosks {
		if !k.IsDir() || !kioskForm.MatchString(k.Name()) {
			others = append(others, path.Join(outbox, k.Name()))
			continue
		}
		list, err := f.list(path.Join(outbox, k.Name()))
		if err != nil {
			return nil, nil, err
		}
		for _, e := range list {
			name := path.Join(outbox, k.Name(), e.Name())
			if info, err := e.Info(); err != nil || !info.Mode().IsRegular() || info.Size() > MaxLetter || !letterForm.MatchString(e.Name()) {
				others = append(others, name)
				continue
			}
			names = append(names, name)
			if len(names) > mostListed {
				return names, others, nil
			}
		}
	}
	return names, others, nil
}

func (e *emptying) all(to string) error {
	names, others, err := letters(e.stick)
	if err != nil {
		return err
	}
	e.out.Left = others
	if len(names) == 0 {
		return nil
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return &TargetError{err}
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return &TargetError{err}
	}
	defer root.Close()
	target := &folder{root: root, dirs: map[string]bool{}}
	var taken []string
	for i, name := range names {
		if err := context.Cause(e.ctx); err != nil {
			return err
		}
		if e.report != nil {
			e.report(Progress{Copying, int64(i), int64(len(names))})
		}
		same, err := e.take(target, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !same {
			e.out.Left = append(e.out.Left, name)
			continue
		}
		taken = append(taken, name)
	}
	if err := errors.Join(target.settle(), syncParent(to)); err != nil {
		return &TargetError{err}
	}
	for _, name := range taken {
		if err := e.stick.remove(name); err != nil {
			return err
		}
		e.out.Letters++
	}
	return e.stick.settle()
}

// syncParent waits until the name of a folder that may be new is on the disk.
func syncParent(dir string) error {
	parent, err := os.OpenRoot(filepath.Dir(filepath.Clean(dir)))
	if err != nil {
		return err
	}
	return errors.Join(syncDir(parent, "."), parent.Close())
}

// TargetError is an error of the folder that letters are taken to.
type TargetError struct{ Err error }

func (e *TargetError) Error() string { return e.Err.Error() }
func (e *TargetError) Unwrap() error { return e.Err }

// take copies a letter, and says whether the folder now has it. It has not where another one lies under its name.
func (e *emptying) take(target *folder, name string) (bool, error) {
	f, err := e.stick.root.Open(name)
	if err != nil {
		return false, &MediumError{Err: err}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxLetter+1))
	if err != nil {
		return false, &MediumError{Err: err}
	}
	rel, err := filepath.Rel(outbox, name)
	if err != nil {
		return false, err
	}
	rel = filepath.ToSlash(rel)
	old, err := target.root.ReadFile(rel)
	switch {
	case err == nil:
		return bytes.Equal(old, b), nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, &TargetError{err}
	}
	if err := target.put(rel, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
		return false, &TargetError{err}
	}
	e.out.Bytes += int64(len(b))
	return true, nil
}
