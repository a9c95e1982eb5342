package edition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Manifest is the JSON of an edition's contents, edition.json.
type Manifest struct {
	County      string                     `json:"county"`
	CountyName  string                     `json:"county_name"`
	Number      int64                      `json:"number"`
	AsOf        string                     `json:"as_of"`
	PublishedAt time.Time                  `json:"published_at"`
	Synthetic   bool                       `json:"synthetic"`
	Digest      string                     `json:"digest"`
	Datasets    map[string]ManifestDataset `json:"datasets"`
}

// ManifestDataset is one dataset in a Manifest.
type ManifestDataset struct {
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"`
}

// Manifest is what edition.json says.
func (e *Edition) Manifest() Manifest {
	m := Manifest{
		County: e.County, CountyName: e.CountyName, Number: e.Number, AsOf: e.AsOf, PublishedAt: e.PublishedAt,
		Synthetic: e.Synthetic, Digest: e.Digest, Datasets: map[string]ManifestDataset{},
	}
	for _, d := range e.Datasets {
		m.Datasets[d.Name] = ManifestDataset{d.Rows, d.Digest}
	}
	return m
}

// Reader reads the rows of an edition from its shards.
type Reader struct {
	e    *Edition
	key  Key
	load func(Entry) ([]byte, error)

	mu    sync.Mutex
	cache []cached // least recently used first
	size  int64
	// fixed is the dataset whose corrections are at hand: one at a time, as datasets are read one after another.
	fixed string
	fixes *corrections
}

type cached struct {
	raw   string
	shard *Shard
}

// Decoded shards are kept up to this size, and the newest always, with the base that it needed. Columns that are read abreast so decode each shard
// once, and the shards of an item their base.
const cacheBytes = 8 << 20

// NewReader reads the shards of e through load, which returns stored bytes that the reader may overwrite.
func NewReader(e *Edition, key Key, load func(Entry) ([]byte, error)) *Reader {
	return &Reader{e: e, key: key, load: load}
}

// Shard returns a shard as it was printed, checked against its entry and its dataset's columns.
func (r *Reader) Shard(d *Dataset, i int) (*Shard, error) { return r.shard(d, d.Shards[i]) }

func (r *Reader) shard(d *Dataset, e Entry) (*Shard, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.cached(d, e.SHA256Raw); s != nil {
		return s, nil
	}
	var base *Shard
	if e.Base != "" {
		var err error
		if base, err = r.open(d, d.base(e), nil); err != nil {
			return nil, err
		}
	}
	return r.open(d, e, base)
}

// cached finds a shard of a dataset by its contents: with or without a base, they are the same.
func (r *Reader) cached(d *Dataset, raw string) *Shard {
	k := slices.IndexFunc(r.cache, func(c cached) bool { return c.raw == raw && c.shard.Dataset == d.Name })
	if k < 0 {
		return nil
	}
	c := r.cache[k]
	r.cache = append(slices.Delete(r.cache, k, k+1), c)
	return c.shard
}

func (r *Reader) open(d *Dataset, e Entry, base *Shard) (*Shard, error) {
	if s := r.cached(d, e.SHA256Raw); s != nil {
		return s, nil
	}
	for len(r.cache) > 0 && r.size+e.LenRaw > cacheBytes { // before the next takes its room
		r.size -= int64(len(r.cache[0].shard.raw))
		r.cache = slices.Delete(r.cache, 0, 1)
	}
	stored, err := r.load(e)
	if err != nil {
		return nil, fmt.Errorf("edition: shard %s %s: %w", e.Dataset, e.SHA256Z, err)
	}
	s, err := r.key.Open(stored, e, base)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(s.Columns, d.Columns) {
		return nil, fmt.Errorf("edition: shard %s %s: columns are not those of the catalog", e.Dataset, e.SHA256Z)
	}
	r.cache = append(r.cache, cached{e.SHA256Raw, s})
	r.size += e.LenRaw
	return s, nil
}

// corrections returns what has been corrected of a dataset.
func (r *Reader) corrections(d *Dataset) (*corrections, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fixed == d.Name {
		return r.fixes, nil
	}
	r.fixed, r.fixes = "", nil
	var list []*fixes
	for _, e := range d.Entries {
		if e.Kind != Fix {
			continue
		}
		stored, err := r.load(e)
		if err != nil {
			return nil, fmt.Errorf("edition: fix shard %s %s: %w", e.Dataset, e.SHA256Z, err)
		}
		f, err := r.key.openFixes(stored, e)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	c, err := join(d, list)
	if err != nil {
		return nil, fmt.Errorf("edition: dataset %s: %w", d.Name, err)
	}
	r.fixed, r.fixes = d.Name, c
	return c, nil
}

// Each calls f with every row of a shard as it is now. The row is valid until f returns.
func (r *Reader) Each(d *Dataset, i int, f func(row []Value) error) error {
	c, err := r.corrections(d)
	if err != nil {
		return err
	}
	s, err := r.Shard(d, i)
	if err != nil {
		return err
	}
	ordinal, now := uint32(0), c.of(d.Shards[i].SHA256Raw)
	return s.Each(func(row []Value) error {
		gone := now.row(ordinal, row)
		ordinal++
		if gone {
			return nil
		}
		return f(row)
	})
}

// Check reads every row and compares each dataset with the digest that its owner signed.
func (r *Reader) Check(progress func(rows int64) error) error {
	var rows int64
	for i := range r.e.Datasets {
		d := &r.e.Datasets[i]
		sum := NewDigest(d.Columns)
		for k := range d.Shards {
			if err := r.Each(d, k, func(row []Value) error { sum.Add(row); return nil }); err != nil {
				return err
			}
			if err := progress(rows + sum.Rows()); err != nil {
				return err
			}
		}
		if len(d.Shards) == 0 {
			if _, err := r.corrections(d); err != nil {
				return err
			}
		}
		if sum.Rows() != d.Rows || sum.String() != d.Digest {
			return fmt.Errorf("edition: dataset %s: digest of %d rows is %s, catalog says %s of %d", d.Name, sum.Rows(), sum, d.Digest, d.Rows)
		}
		rows += d.Rows
	}
	return nil
}

// Files gives the contents as a file system: edition.json, and for each dataset with rows <dataset>/<column> as a stream of blocks. The columns of
// a dataset have the same block boundaries. Read them abreast: a reader far ahead in one column makes shards be decoded again for the others.
func (r *Reader) Files() fs.FS { return files{r} }

type files struct{ r *Reader }

func (f files) dataset(name string) *Dataset {
	i := slices.IndexFunc(f.r.e.Datasets, func(d Dataset) bool { return d.Name == name && len(d.Shards) > 0 })
	if i < 0 {
		return nil
	}
	return &f.r.e.Datasets[i]
}

// Open opens a stream, or a directory.
func (f files) Open(name string) (fs.File, error) {
	missing := &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	switch dir, base := path.Split(name); {
	case !fs.ValidPath(name):
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	case name == ".":
		list := []fs.DirEntry{fs.FileInfoToDirEntry(f.info("edition.json"))}
		for _, d := range f.r.e.Datasets {
			if len(d.Shards) > 0 {
				list = append(list, fs.FileInfoToDirEntry(f.dir(d.Name)))
			}
		}
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return &folder{info: f.dir("."), list: list}, nil
	case name == "edition.json":
		b, err := json.Marshal(f.r.e.Manifest())
		if err != nil {
			return nil, err
		}
		return &manifest{Reader: bytes.NewReader(b), info: f.info(name)}, nil
	case dir == "":
		d := f.dataset(name)
		if d == nil {
			return nil, missing
		}
		var list []fs.DirEntry
		for _, c := range d.Columns {
			list = append(list, fs.FileInfoToDirEntry(f.info(c.Name)))
		}
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return &folder{info: f.dir(name), list: list}, nil
	default:
		d := f.dataset(strings.TrimSuffix(dir, "/"))
		if d == nil {
			return nil, missing
		}
		i := slices.IndexFunc(d.Columns, func(c Column) bool { return c.Name == base })
		if i < 0 {
			return nil, missing
		}
		return &stream{r: f.r, d: d, column: i, info: f.info(base)}, nil
	}
}

func (f files) info(name string) info { return info{name, 0o444, f.r.e.PublishedAt} }
func (f files) dir(name string) info  { return info{name, fs.ModeDir | 0o555, f.r.e.PublishedAt} }

type info struct {
	name string
	mode fs.FileMode
	time time.Time
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return 0 } // not known before the shards are read
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.time }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

type manifest struct {
	*bytes.Reader
	info info
}

func (m *manifest) Stat() (fs.FileInfo, error) { return m.info, nil }
func (m *manifest) Close() error               { return nil }

type folder struct {
	info info
	list []fs.DirEntry
}

func (d *folder) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *folder) Close() error               { return nil }
func (d *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.name, Err: fs.ErrInvalid}
}

func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(d.list)
	} else if len(d.list) == 0 {
		return nil, io.EOF
	}
	out := d.list[:min(n, len(d.list))]
	d.list = d.list[len(out):]
	return out, nil
}

// stream is one column over all shards of its dataset.
type stream struct {
	r      *Reader
	d      *Dataset
	column int
	shard  int // the next
	seam   seam
	rest   []byte
	info   info
}

func (s *stream) Stat() (fs.FileInfo, error) { return s.info, nil }
func (s *stream) Close() error {
	s.rest, s.seam, s.shard = nil, seam{}, len(s.d.Shards)
	return nil
}

func (s *stream) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(s.rest) == 0 {
		if s.shard == len(s.d.Shards) {
			return 0, io.EOF
		}
		c, err := s.r.corrections(s.d)
		if err != nil {
			return 0, err
		}
		shard, err := s.r.Shard(s.d, s.shard)
		if err != nil {
			return 0, err
		}
		if s.rest, err = s.seam.column(shard, s.column, c.of(s.d.Shards[s.shard].SHA256Raw)); err != nil {
			return 0, err
		}
		s.shard++
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
