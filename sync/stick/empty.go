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
	// Unread are letters that stay on the stick, as they are, because it did not give them.
	Unread []Unread `json:"unread"`
}

// Unread (读不出来的信) is a letter that a stick did not give, or a kiosk's folder of them.
type Unread struct {
	Name string `json:"name"` // within our folder
	Err  error  `json:"-"`
}

// UnreadError says that all is done but for letters that could not be read.
type UnreadError struct{ Letters []Unread }

func (e *UnreadError) Error() string {
	return fmt.Sprintf("stick: empty: %d not read, the first is %s: %v", len(e.Letters), e.Letters[0].Name, e.Letters[0].Err)
}

// Empty takes the letters (信) of a stick's outbox into a folder. They leave the stick when they are on the disk of the folder, not before; a letter
// that was taken once may come any number of times. One that cannot be read does not keep the others: they are taken, and the error is an
// UnreadError. What was done is returned with every error.
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
	found, err := letters(&folder{root: root})
	if err != nil {
		return 0
	}
	return len(found.names) + len(found.unread)
}

type emptying struct {
	ctx    context.Context
	stick  *folder
	report func(Progress)
	out    Emptied
}

// box is what lies in an outbox.
type box struct {
	names, others []string // letters, and what is none
	unread        []Unread // folders
}

func letters(f *folder) (found box, err error) {
	kiosks, err := f.list(outbox)
	if err != nil {
		return box{}, err
	}
	for _, k := range kiosks {
		dir := path.Join(outbox, k.Name())
		if !k.IsDir() || !kioskForm.MatchString(k.Name()) {
			found.others = append(found.others, dir)
			continue
		}
		list, err := f.list(dir)
		if err != nil {
			found.unread = append(found.unread, Unread{dir, err})
			continue
		}
		for _, e := range list {
			name := path.Join(dir, e.Name())
			if info, err := e.Info(); err != nil || !info.Mode().IsRegular() || info.Size() > MaxLetter || !letterForm.MatchString(e.Name()) {
				found.others = append(found.others, name)
				continue
			}
			found.names = append(found.names, name)
			if len(found.names) > mostListed {
				return found, nil
			}
		}
	}
	return found, nil
}

func (e *emptying) all(to string) error {
	found, err := letters(e.stick)
	if err != nil {
		return err
	}
	e.out.Left, e.out.Unread = found.others, found.unread
	if len(found.names) > 0 {
		err = e.empty(found.names, to)
	}
	if len(e.out.Unread) > 0 {
		err = errors.Join(err, &UnreadError{e.out.Unread})
	}
	return err
}

func (e *emptying) empty(names []string, to string) error {
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
		letter, err := e.read(name)
		if err != nil {
			e.out.Unread = append(e.out.Unread, Unread{name, err})
			continue
		}
		same, err := e.take(target, name, letter)
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
	var stay error // a letter that cannot be deleted comes once more
	for _, name := range taken {
		if err := e.stick.remove(name); err != nil {
			stay = errors.Join(stay, err)
			continue
		}
		e.out.Letters++
	}
	return errors.Join(stay, e.stick.settle())
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

// read reads a letter whole. One that gives less than its length, as after a chain of clusters was lost, is not read.
func (e *emptying) read(name string) ([]byte, error) {
	f, err := e.stick.root.Open(name)
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	b, err := io.ReadAll(io.LimitReader(f, MaxLetter+1))
	if err == nil && int64(len(b)) != info.Size() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	return b, nil
}

// take puts a letter into the folder, and says whether it is there now. It is not where something else lies under its name.
func (e *emptying) take(target *folder, name string, letter []byte) (bool, error) {
	rel, err := filepath.Rel(outbox, name)
	if err != nil {
		return false, err
	}
	rel = filepath.ToSlash(rel)
	if info, err := target.root.Lstat(path.Dir(rel)); err == nil && !info.IsDir() {
		return false, nil
	}
	switch info, err := target.root.Lstat(rel); {
	case err == nil && !info.Mode().IsRegular():
		return false, nil
	case err == nil:
		old, err := target.root.ReadFile(rel)
		if err != nil {
			return false, &TargetError{err}
		}
		return bytes.Equal(old, letter), nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, &TargetError{err}
	}
	if err := target.put(rel, func(w io.Writer) error { _, err := w.Write(letter); return err }); err != nil {
		return false, &TargetError{err}
	}
	e.out.Bytes += int64(len(letter))
	return true, nil
}
