package press

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// ErrNothing is the error where no edition has been published.
var ErrNothing = errors.New("press: nothing has been published")

// ErrHalf is the error of a depot whose newest edition no kiosk would accept as it lies there, as while its metadata are being
// written.
var ErrHalf = errors.New("press: the newest edition is not whole")

// ErrDamaged is the error of a file that is not what its name says.
var ErrDamaged = errors.New("is damaged")

// Issue (一期的文件) is all files of one edition in the office's own depot.
type Issue struct {
	Edition *edition.Edition
	// Names are in the order in which they are copied: whoever stops anywhere has not touched the edition that was there.
	// Shards come first, then the lists and the metadata that name them, then the roots, and last the timestamp, which an
	// older edition no longer has.
	Names []string

	depot fs.FS
	sizes map[string]int64  // of what is named by its hash
	held  map[string][]byte // metadata as they were when they were read
}

const stampName = "metadata/timestamp.json"

// Newest reads the newest edition of a depot, which may be printed into meanwhile: what is returned is one edition all the same.
// It is accepted here as a kiosk would, so that nothing is copied that no kiosk believes.
func Newest(depot fs.FS) (*Issue, error) {
	i, stamp, err := newest(depot)
	if err != nil {
		return nil, err
	}
	parts, err := i.load(stamp)
	if err != nil {
		return nil, err
	}
	roots, err := i.roots()
	if err != nil {
		return nil, err
	}
	i.Names = append(append(append(i.Names, parts...), roots...), stampName)
	return i, i.accept()
}

// Open is Newest of a folder. Metadata take a moment to be written, so where they do not fit together yet the press that is
// writing them is waited for.
func Open(dir string) (*Issue, error) {
	i, err := Newest(os.DirFS(dir))
	if !errors.Is(err, ErrHalf) {
		return i, err
	}
	unlock, err := await(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return Newest(os.DirFS(dir))
}

// MetadataPaths lists the metadata of the newest edition, every root and the timestamp last; none where nothing has been
// published.
func MetadataPaths(depot fs.FS) ([]string, error) {
	i, snapshot, err := newest(depot)
	if errors.Is(err, ErrNothing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	parts, _, err := i.parts(snapshot)
	if err != nil {
		return nil, err
	}
	roots, err := i.roots()
	return append(append(roots, parts...), stampName), err
}

// newest reads the timestamp, which names the newest snapshot.
func newest(depot fs.FS) (i *Issue, snapshot int64, err error) {
	i = newIssue(depot)
	var stamp metadata
	if err := i.parse(stampName, &stamp); errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrNothing
	} else if err != nil {
		return nil, 0, err
	}
	return i, stamp.Signed.Meta["snapshot.json"].Version, nil
}

func newIssue(depot fs.FS) *Issue {
	return &Issue{depot: depot, held: map[string][]byte{}, sizes: map[string]int64{}}
}

// load reads the edition of a snapshot. The names of its metadata are returned, those of its pieces are noted.
func (i *Issue) load(snapshot int64) (parts []string, err error) {
	parts, refs, err := i.parts(snapshot)
	if err != nil {
		return nil, err
	}
	var lists []string
	i.Edition, err = edition.Load(refs, func(name string, r edition.Ref) ([]byte, error) {
		lists = append(lists, name)
		i.sizes[name] = r.Length
		return fs.ReadFile(i.depot, name)
	})
	if err != nil {
		return nil, fmt.Errorf("press: %w: %w", err, ErrHalf)
	}
	for _, s := range i.Edition.Shards() {
		shard := edition.ShardPath(s.SHA256Z)
		i.Names = append(i.Names, shard)
		i.sizes[shard] = s.LenZ
	}
	slices.Sort(lists) // i/ before t/: a catalog comes after the indexes that it names
	i.Names = append(i.Names, lists...)
	return parts, nil
}

// parts lists the metadata below a snapshot and itself last, and says which catalogs they name. The file by which a new county key
// is handed out is noted among the pieces.
func (i *Issue) parts(version int64) (names []string, refs map[string]edition.Ref, err error) {
	name := fmt.Sprintf("metadata/%d.snapshot.json", version)
	var snapshot metadata
	if err := i.parse(name, &snapshot); err != nil {
		return nil, nil, err
	}
	refs = map[string]edition.Ref{}
	for _, role := range slices.Sorted(maps.Keys(snapshot.Signed.Meta)) {
		part := fmt.Sprintf("metadata/%d.%s", snapshot.Signed.Meta[role].Version, role)
		var targets metadata
		if err := i.parse(part, &targets); err != nil {
			return nil, nil, err
		}
		names = append(names, part)
		for target, file := range targets.Signed.Targets {
			owner, what, _ := strings.Cut(target, "/")
			if what == "keys" {
				handout := trust.HandoutPath(file.Hashes.SHA256)
				i.Names = append(i.Names, handout)
				i.sizes[handout] = file.Length
				continue
			}
			refs[owner] = edition.Ref{SHA256: file.Hashes.SHA256, Length: file.Length}
		}
	}
	return append(names, name), refs, nil
}

// parse reads a metadata file and keeps it as it was.
func (i *Issue) parse(name string, m *metadata) error {
	b, err := fs.ReadFile(i.depot, name)
	if err != nil {
		return fmt.Errorf("press: %w: %w", err, ErrHalf)
	}
	if err := json.Unmarshal(b, m); err != nil {
		return fmt.Errorf("press: %s: %w: %w", name, err, ErrHalf)
	}
	i.held[name] = b
	return nil
}

// roots lists every root: a kiosk that was off for a year goes through all of them.
func (i *Issue) roots() (names []string, err error) {
	for {
		name := fmt.Sprintf("metadata/%d.root.json", len(names)+1)
		b, err := fs.ReadFile(i.depot, name)
		if errors.Is(err, fs.ErrNotExist) {
			return names, nil
		}
		if err != nil {
			return nil, fmt.Errorf("press: %w", err)
		}
		i.held[name] = b
		names = append(names, name)
	}
}

// metadata is what is read of a metadata file here.
type metadata struct {
	Signed struct {
		Meta map[string]struct {
			Version int64 `json:"version"`
		} `json:"meta"`
		Targets map[string]struct {
			Length int64 `json:"length"`
			Hashes struct {
				SHA256 string `json:"sha256"`
			} `json:"hashes"`
		} `json:"targets"`
	} `json:"signed"`
}

// accept believes the edition as a new kiosk would that was enrolled with the first root. How old it is does not matter here.
func (i *Issue) accept() error {
	get := func(name string, _ int64) ([]byte, error) {
		if b, ok := i.held[name]; ok {
			return b, nil
		}
		return nil, fs.ErrNotExist
	}
	_, err := trust.NewState(trust.Enrolment{County: i.Edition.County, Root: i.held["metadata/1.root.json"]}, nil, trust.Seen{}).
		Accept(get, time.Now(), trust.Stick)
	if err != nil {
		return fmt.Errorf("press: %w: %w", err, ErrHalf)
	}
	return nil
}

// Read reads a file of the edition. What is named by its hash is compared with it, so that a rotten file of the depot reaches
// nobody.
func (i *Issue) Read(name string) ([]byte, error) {
	if b, ok := i.held[name]; ok {
		return b, nil
	}
	b, err := fs.ReadFile(i.depot, name)
	if err != nil {
		return nil, fmt.Errorf("press: %w", err)
	}
	if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != hashIn(name) {
		return nil, fmt.Errorf("press: %s %w: its hash is %x", name, ErrDamaged, h)
	}
	return b, nil
}

// hashIn is the hash in a piece's name.
func hashIn(name string) string {
	hash, _, _ := strings.Cut(path.Base(name), ".")
	return hash
}

// Issues reads the editions that a depot still has whole, the newest first. An error is of the disk, and says nothing of whether
// an edition is there.
func Issues(depot fs.FS) iter.Seq2[*Issue, error] {
	return func(yield func(*Issue, error) bool) {
		var last []string
		for _, n := range snapshots(depot) {
			i := newIssue(depot)
			// A snapshot is signed anew each day, and lists the same then.
			parts, _, err := i.parts(n)
			if err == nil && slices.Equal(parts[:len(parts)-1], last) {
				continue
			}
			if err == nil {
				parts, err = i.load(n)
			}
			var disk *fs.PathError
			switch {
			case err == nil:
				last = parts[:len(parts)-1]
				i.Names = append(i.Names, parts...)
				if !yield(i, nil) {
					return
				}
			case errors.As(err, &disk) && !errors.Is(err, fs.ErrNotExist):
				yield(nil, err)
				return
			}
		}
	}
}

// snapshots lists the versions of the snapshots that are there, the newest first.
func snapshots(depot fs.FS) []int64 {
	files, err := fs.Glob(depot, "metadata/*.snapshot.json")
	if err != nil {
		return nil // the pattern is right, and what cannot be read is not there
	}
	var out []int64
	for _, name := range files {
		version, _, _ := strings.Cut(path.Base(name), ".")
		if n, err := strconv.ParseInt(version, 10, 64); err == nil && edition.IsPath(name) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// Size is the length of one of the edition's files.
func (i *Issue) Size(name string) int64 {
	if n, ok := i.sizes[name]; ok {
		return n
	}
	return int64(len(i.held[name]))
}

// Total is how many bytes the edition has.
func (i *Issue) Total() int64 {
	var n int64
	for _, name := range i.Names {
		n += i.Size(name)
	}
	return n
}
