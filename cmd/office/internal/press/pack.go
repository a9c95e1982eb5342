package press

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mingbai.local/sync/edition"
)

// ErrNothing is what Pack fails with where no edition has been published.
var ErrNothing = errors.New("press: nothing has been published")

// Paths lists the files that make the newest edition of a depot: metadata, catalogs, indexes, shards, the timestamp last, so
// that whoever copies in this order has an edition only when he has all of it. It is the office reading its own depot: it
// follows hashes, it checks no signatures.
func Paths(depot fs.FS) ([]string, error) {
	paths, refs, err := metadataPaths(depot)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, ErrNothing
	}
	stamp := paths[len(paths)-1]
	paths = paths[:len(paths)-1]
	e, err := edition.Load(refs, func(path string, _ edition.Ref) ([]byte, error) {
		paths = append(paths, path)
		return fs.ReadFile(depot, path)
	})
	if err != nil {
		return nil, fmt.Errorf("press: %w", err)
	}
	for _, s := range e.Shards() {
		paths = append(paths, edition.ShardPath(s.SHA256Z))
	}
	return append(paths, stamp), nil
}

// MetadataPaths lists the metadata of the newest edition, every root and the timestamp last; none where nothing has been
// published.
func MetadataPaths(depot fs.FS) ([]string, error) {
	paths, _, err := metadataPaths(depot)
	return paths, err
}

func metadataPaths(depot fs.FS) ([]string, map[string]edition.Ref, error) {
	const stampName = "metadata/timestamp.json"
	var stamp, snapshot metadata
	err := readMetadata(depot, stampName, &stamp)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var paths []string
	for n := 1; ; n++ {
		name := fmt.Sprintf("metadata/%d.root.json", n)
		if _, err := fs.Stat(depot, name); err != nil {
			break
		}
		paths = append(paths, name)
	}
	name := fmt.Sprintf("metadata/%d.snapshot.json", stamp.Signed.Meta["snapshot.json"].Version)
	if err := readMetadata(depot, name, &snapshot); err != nil {
		return nil, nil, err
	}
	paths = append(paths, name)
	refs := map[string]edition.Ref{}
	for _, role := range slices.Sorted(maps.Keys(snapshot.Signed.Meta)) {
		name := fmt.Sprintf("metadata/%d.%s", snapshot.Signed.Meta[role].Version, role)
		var targets metadata
		if err := readMetadata(depot, name, &targets); err != nil {
			return nil, nil, err
		}
		paths = append(paths, name)
		for target, file := range targets.Signed.Targets {
			owner, _, _ := strings.Cut(target, "/")
			refs[owner] = edition.Ref{SHA256: file.Hashes.SHA256, Length: file.Length}
		}
	}
	return append(paths, stampName), refs, nil
}

// metadata is what Paths needs of a metadata file.
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

func readMetadata(depot fs.FS, name string, m *metadata) error {
	b, err := fs.ReadFile(depot, name)
	if err == nil {
		err = json.Unmarshal(b, m)
	}
	if err != nil {
		return fmt.Errorf("press: %s: %w", name, err)
	}
	return nil
}

// Pack writes the newest edition of a depot into one file for a USB stick (数据更新包): a zip without compression whose entries
// are exactly the paths of the depot. The file is whole or it is not there. Equal editions make equal packs.
func Pack(depot fs.FS, out string) (files int, bytes int64, err error) {
	paths, err := Paths(depot)
	if err != nil {
		return 0, 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(out), partPrefix+"*")
	if err != nil {
		return 0, 0, fmt.Errorf("press: pack: %w", err)
	}
	err = writePack(f, depot, paths)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	info, statErr := f.Stat()
	err = errors.Join(err, statErr, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), out)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("press: pack: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return len(paths), info.Size(), syncDir(filepath.Dir(out))
}

func writePack(f *os.File, depot fs.FS, paths []string) error {
	buf := bufio.NewWriterSize(f, 1<<18)
	z := zip.NewWriter(buf)
	for _, name := range paths {
		b, err := fs.ReadFile(depot, name)
		if err != nil {
			return err
		}
		if err := checkNamed(name, b); err != nil {
			return err
		}
		// MS-DOS time begins in 1980; any fixed day makes equal editions equal packs.
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), buf.Flush())
}

// checkNamed compares a piece with the hash in its name, so that a rotten file of the depot never reaches a stick.
func checkNamed(name string, b []byte) error {
	base, _, _ := strings.Cut(filepath.Base(name), ".")
	if len(base) != hex.EncodedLen(sha256.Size) {
		return nil
	}
	if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != base {
		return fmt.Errorf("%s is damaged: its hash is %x", name, h)
	}
	return nil
}
