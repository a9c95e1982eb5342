package stick

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"mingbai.local/sync/edition"
)

// MediumError is an error of the stick itself: it was pulled out, it is write-protected, it is broken.
type MediumError struct {
	Medium string // where it is, or was, mounted
	Err    error
}

func (e *MediumError) Error() string { return "stick: " + e.Err.Error() }
func (e *MediumError) Unwrap() error { return e.Err }

// of notes in an error which stick it was.
func of(medium string, err error) error {
	var m *MediumError
	if errors.As(err, &m) {
		m.Medium = medium
	}
	return err
}

// ErrBusy says that another program is writing to the stick.
var ErrBusy = errors.New("stick: another program is writing to it")

// ErrInTheWay says that what is called as our folder is none.
var ErrInTheWay = errors.New("stick: a file or link is in the way of " + Folder)

// NoSpace says how many bytes are needed and how many there are, all that may be deleted for them included.
type NoSpace struct{ Need, Free int64 }

func (e *NoSpace) Error() string {
	return fmt.Sprintf("stick: needs %d bytes, %d are free", e.Need, e.Free)
}

// folder is our folder on a stick. Every path goes through its root, so that no link on the stick leads out of it.
type folder struct {
	medium string
	root   *os.Root
	unlock func() error
	dirs   map[string]bool // with new names that are not yet synced
}

const lockName = "lock"

// openFolder makes the folder where there is none, and locks it.
func openFolder(medium string) (*folder, error) {
	top, err := os.OpenRoot(medium)
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	defer top.Close()
	switch info, err := top.Lstat(Folder); {
	case errors.Is(err, fs.ErrNotExist):
		if err := errors.Join(top.Mkdir(Folder, 0o755), syncDir(top, ".")); err != nil {
			return nil, &MediumError{Err: err}
		}
	case err != nil:
		return nil, &MediumError{Err: err}
	case !info.IsDir():
		return nil, ErrInTheWay
	}
	root, err := top.OpenRoot(Folder)
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	f := &folder{medium: medium, root: root, dirs: map[string]bool{}}
	if err = f.giveWay(lockName); err == nil {
		f.unlock, err = lock(root, filepath.Join(medium, Folder))
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

// close gives the folder back. The lock file goes too, so that nobody wonders what it is.
func (f *folder) close() error { return errors.Join(f.unlock(), f.root.Close()) }

// holds says whether a file is there as it should be. It reads every byte: a stick that was pulled out may have kept a name and lost what belongs to it.
func (f *folder) holds(x file) bool {
	info, err := f.root.Lstat(x.path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != x.length {
		return false
	}
	r, err := f.root.Open(x.path)
	if err != nil {
		return false
	}
	defer r.Close()
	h := sha256.New()
	if n, err := io.Copy(h, io.LimitReader(r, x.length+1)); err != nil || n != x.length {
		return false
	}
	return hex.EncodeToString(h.Sum(nil)) == x.sum()
}

// sum is the hash that the file must have.
func (x file) sum() string {
	if x.sha256 != "" {
		return x.sha256
	}
	h := sha256.Sum256(x.contents)
	return hex.EncodeToString(h[:])
}

const partSuffix = ".part"

// put writes a file whole under its name: under another name first, synced and renamed. Its name is on the stick after settle.
func (f *folder) put(name string, write func(io.Writer) error) error {
	dir := path.Dir(name)
	if err := f.makeDir(dir); err != nil {
		return err
	}
	part := name + partSuffix
	if err := f.giveWay(part); err != nil {
		return err
	}
	w, err := f.root.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return &MediumError{Err: err}
	}
	err = write(onMedium{w})
	if err == nil {
		err = onMediumErr(w.Sync())
	}
	err = errors.Join(err, onMediumErr(w.Close()))
	if err != nil {
		return errors.Join(err, f.root.Remove(part))
	}
	if err := f.giveWay(name); err != nil {
		return err
	}
	if err := f.root.Rename(part, name); err != nil {
		return &MediumError{Err: err}
	}
	f.dirs[dir] = true
	return nil
}

// giveWay removes what has a file's name and is none: a folder, a pipe, a link.
func (f *folder) giveWay(name string) error {
	info, err := f.root.Lstat(name)
	if err != nil || info.Mode().IsRegular() {
		return nil
	}
	return onMediumErr(f.root.RemoveAll(name))
}

// onMedium marks what goes wrong in writing as the stick's.
type onMedium struct{ io.Writer }

func (w onMedium) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	return n, onMediumErr(err)
}

func onMediumErr(err error) error {
	if err == nil {
		return nil
	}
	return &MediumError{Err: err}
}

// makeDir makes a folder and those above it. What has its name and is none, as after a bad file system check, gives way.
func (f *folder) makeDir(dir string) error {
	if dir == "." {
		return nil
	}
	info, err := f.root.Lstat(dir)
	if err == nil && info.IsDir() {
		return nil
	}
	if err := f.makeDir(path.Dir(dir)); err != nil {
		return err
	}
	if info != nil {
		if err := f.root.RemoveAll(dir); err != nil {
			return &MediumError{Err: err}
		}
	}
	if err := f.root.Mkdir(dir, 0o755); err != nil {
		return &MediumError{Err: err}
	}
	f.dirs[path.Dir(dir)] = true
	return nil
}

// settle waits until the names of all that was put are on the stick.
func (f *folder) settle() error {
	for dir := range f.dirs {
		if err := syncDir(f.root, dir); err != nil {
			return &MediumError{Err: err}
		}
	}
	clear(f.dirs)
	return nil
}

func (f *folder) remove(name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &MediumError{Err: err}
	}
	f.dirs[path.Dir(name)] = true
	return nil
}

// clusters is the room that a file takes.
func clusters(length, cluster int64) int64 { return (length + cluster - 1) / cluster * cluster }

// mostListed is how many names are looked at, in one folder and as a whole of those that are listed. An edition of the largest county has a few
// thousand files.
const mostListed = 100_000

// old lists the files of editions that are not in keep, and what was left half-written, with the room that they take. No other file is ever listed.
func (f *folder) old(keep map[string]bool, cluster int64) (names []string, bytes int64, err error) {
	add := func(dir string) error {
		list, err := f.list(dir)
		for _, e := range list {
			name := path.Join(dir, e.Name())
			whole, part := strings.CutSuffix(name, partSuffix)
			if e.IsDir() || !edition.IsPath(whole) || !part && keep[name] || len(names) == mostListed {
				continue
			}
			names = append(names, name)
			if info, err := e.Info(); err == nil {
				bytes += clusters(info.Size(), cluster)
			}
		}
		return err
	}
	for _, dir := range []string{"metadata", "t", "i"} {
		if err := add(dir); err != nil {
			return nil, 0, err
		}
	}
	shelves, err := f.list("s")
	if err != nil {
		return nil, 0, err
	}
	for _, e := range shelves {
		if !e.IsDir() || len(e.Name()) != len("aa") {
			continue
		}
		if err := add(path.Join("s", e.Name())); err != nil {
			return nil, 0, err
		}
	}
	return names, bytes, nil
}

// list reads a folder's names in their order, none where it is missing or no folder.
func (f *folder) list(dir string) ([]fs.DirEntry, error) {
	info, err := f.root.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, nil
	}
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	d, err := f.root.Open(dir)
	if err != nil {
		return nil, &MediumError{Err: err}
	}
	defer d.Close()
	list, err := d.ReadDir(mostListed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &MediumError{Err: err}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}
