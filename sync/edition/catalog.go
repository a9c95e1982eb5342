package edition

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"
)

// ErrNewer says that an edition uses what only a newer program can read.
var ErrNewer = errors.New("edition: written for a newer program")

// Kind is what a shard holds.
type Kind string

const (
	Rows Kind = "rows" // rows that are added
	Fix  Kind = "fix"  // corrections of rows in older shards
	Full Kind = "key"  // rows that take the place of several older shards (key shard)
)

// Ref names stored bytes by hash and length.
type Ref struct {
	SHA256 string `json:"sha256"`
	Length int64  `json:"length"`
}

// Entry is one line of an index: one shard, as stored and as columns.
type Entry struct {
	Dataset   string `json:"-"` // said by the index
	Year      int    `json:"-"`
	Batch     string `json:"batch"` // the office's name for what came together
	Kind      Kind   `json:"kind"`
	Rows      int64  `json:"rows"`
	LenZ      int64  `json:"len_z"`
	LenRaw    int64  `json:"len_raw"`
	SHA256Z   string `json:"sha256_z"` // over the encrypted bytes as stored
	SHA256Raw string `json:"sha256_raw"`
	Base      string `json:"base,omitempty"` // sha256_raw of the shard that is the compressor's dictionary
}

func (e Entry) check() error {
	switch {
	case e.Kind != Rows && e.Kind != Fix && e.Kind != Full:
		return fmt.Errorf("kind %q is none of rows, fix, key", e.Kind)
	case e.Kind == Fix || e.Base != "":
		return fmt.Errorf("kind %s, base %q: %w", e.Kind, e.Base, ErrNewer)
	case !batchForm.MatchString(e.Batch):
		return fmt.Errorf("batch %q is not of letters, digits, point, - and _", e.Batch)
	case !isHash(e.SHA256Z) || !isHash(e.SHA256Raw):
		return errors.New("a hash is not 64 small hex digits")
	case e.Rows < 1 || e.Rows > MaxShardRows:
		return fmt.Errorf("%d rows, not 1 to %d", e.Rows, MaxShardRows)
	case e.LenRaw < 1 || e.LenRaw > MaxShardRaw:
		return fmt.Errorf("%d bytes as columns, not 1 to %d", e.LenRaw, MaxShardRaw)
	case e.LenZ < 1 || e.LenZ > MaxShard:
		return fmt.Errorf("%d bytes as stored, not 1 to %d", e.LenZ, MaxShard)
	}
	return nil
}

// index is the list of the shards of a dataset and year.
type index struct {
	Format  int     `json:"format"`
	Dataset string  `json:"dataset"`
	Year    int     `json:"year"`
	Shards  []Entry `json:"shards"`
}

// IndexRef is a catalog's line for one index. Year 0 is for what belongs to no year.
type IndexRef struct {
	Year   int    `json:"year"`
	SHA256 string `json:"sha256"`
	Length int64  `json:"length"`
	Rows   int64  `json:"rows"`
}

// catalogDataset is a catalog's line for one dataset.
type catalogDataset struct {
	Name    string     `json:"name"`
	Columns []Column   `json:"columns"`
	Rows    int64      `json:"rows"`
	Digest  string     `json:"digest"`
	Indexes []IndexRef `json:"indexes,omitempty"` // by year
}

// catalog (目录) is what one owner publishes.
type catalog struct {
	Format      int              `json:"format"`
	Owner       string           `json:"owner"`
	County      string           `json:"county"`
	CountyName  string           `json:"county_name"`
	Number      int64            `json:"edition"`
	AsOf        string           `json:"data_as_of"`
	PublishedAt time.Time        `json:"published_at"`
	Synthetic   bool             `json:"synthetic"`
	Datasets    []catalogDataset `json:"datasets"` // by name
}

// Dataset is what an edition says of one dataset.
type Dataset struct {
	Name    string
	Owner   string
	Columns []Column
	Rows    int64
	Digest  string
	Shards  []Entry // in the order of the rows
}

// Head is what all parts of an edition say of it.
type Head struct {
	County     string // division code
	CountyName string
	Number     int64
	// AsOf is the day to which the data is complete (数据截至), 2026-11-20.
	AsOf        string
	PublishedAt time.Time
	Synthetic   bool
}

// Edition (期) is an edition without its rows.
type Edition struct {
	Head
	Digest   string
	Datasets []Dataset // by name
}

// Load reads the catalogs, by owner, and all their indexes through get, and checks each against the hash above it. get is given the path and what
// must lie there; more bytes than Length are never needed.
func Load(catalogs map[string]Ref, get func(path string, r Ref) ([]byte, error)) (*Edition, error) {
	e := &Edition{}
	for _, owner := range slices.Sorted(maps.Keys(catalogs)) {
		if err := e.addCatalog(owner, catalogs[owner], get); err != nil {
			return nil, fmt.Errorf("edition: catalog of %s: %w", owner, err)
		}
	}
	slices.SortFunc(e.Datasets, func(a, b Dataset) int { return cmp.Compare(a.Name, b.Name) })
	digests := map[string]string{}
	for _, d := range e.Datasets {
		if _, twice := digests[d.Name]; twice {
			return nil, fmt.Errorf("edition: dataset %s has two owners", d.Name)
		}
		digests[d.Name] = d.Digest
	}
	e.Digest = Combine(digests)
	return e, nil
}

func (e *Edition) addCatalog(owner string, r Ref, get func(string, Ref) ([]byte, error)) error {
	var c catalog
	if err := read(&c, CatalogPath(r.SHA256), r, get); err != nil {
		return err
	}
	switch {
	case c.Format != Format:
		return fmt.Errorf("format %d, this program reads %d: %w", c.Format, Format, ErrNewer)
	case c.Owner != owner:
		return fmt.Errorf("is the catalog of %q", c.Owner)
	case c.Number < 1 || !dateForm.MatchString(c.AsOf) || c.County == "":
		return fmt.Errorf("edition %d of county %q as of %q is none", c.Number, c.County, c.AsOf)
	case e.County != "" && (e.County != c.County || e.CountyName != c.CountyName || e.Synthetic != c.Synthetic):
		return fmt.Errorf("is of county %s (%s, synthetic %t), others of %s (%s, synthetic %t)", c.County, c.CountyName, c.Synthetic, e.County, e.CountyName, e.Synthetic)
	}
	e.County, e.CountyName, e.Synthetic = c.County, c.CountyName, c.Synthetic
	e.Number, e.AsOf = max(e.Number, c.Number), max(e.AsOf, c.AsOf)
	if c.PublishedAt.After(e.PublishedAt) {
		e.PublishedAt = c.PublishedAt
	}
	for i, d := range c.Datasets {
		if i > 0 && c.Datasets[i-1].Name >= d.Name {
			return fmt.Errorf("dataset %s is not in order of names", d.Name)
		}
		if err := e.addDataset(owner, d, get); err != nil {
			return fmt.Errorf("dataset %s: %w", d.Name, err)
		}
	}
	return nil
}

func (e *Edition) addDataset(owner string, d catalogDataset, get func(string, Ref) ([]byte, error)) error {
	if !nameForm.MatchString(d.Name) || !isHash(d.Digest) {
		return errors.New("name or digest has not the right form")
	}
	if err := checkColumns(d.Columns); err != nil {
		return err
	}
	out := Dataset{Name: d.Name, Owner: owner, Columns: d.Columns, Rows: d.Rows, Digest: d.Digest}
	var rows int64
	for i, r := range d.Indexes {
		if i > 0 && d.Indexes[i-1].Year >= r.Year {
			return fmt.Errorf("index of %d is not in order of years", r.Year)
		}
		shards, err := readIndex(d.Name, r, get)
		if err != nil {
			return fmt.Errorf("index of %d: %w", r.Year, err)
		}
		out.Shards = append(out.Shards, shards...)
		rows += r.Rows
	}
	if rows != d.Rows {
		return fmt.Errorf("%d rows, its indexes say %d", d.Rows, rows)
	}
	e.Datasets = append(e.Datasets, out)
	return nil
}

func readIndex(dataset string, r IndexRef, get func(string, Ref) ([]byte, error)) ([]Entry, error) {
	var x index
	if err := read(&x, IndexPath(r.SHA256), Ref{r.SHA256, r.Length}, get); err != nil {
		return nil, err
	}
	if x.Format != Format {
		return nil, fmt.Errorf("format %d, this program reads %d: %w", x.Format, Format, ErrNewer)
	}
	if x.Dataset != dataset || x.Year != r.Year || len(x.Shards) == 0 {
		return nil, fmt.Errorf("lists %d shards of %s in %d", len(x.Shards), x.Dataset, x.Year)
	}
	var rows int64
	for i := range x.Shards {
		s := &x.Shards[i]
		s.Dataset, s.Year = x.Dataset, x.Year
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("shard %d: %w", i, err)
		}
		rows += s.Rows
	}
	if rows != r.Rows {
		return nil, fmt.Errorf("%d rows, catalog says %d", rows, r.Rows)
	}
	return x.Shards, nil
}

// read gets a list, checks it against its reference and decodes it.
func read(v any, path string, r Ref, get func(string, Ref) ([]byte, error)) error {
	if !isHash(r.SHA256) || r.Length < 1 || r.Length > MaxList {
		return fmt.Errorf("reference to %q, %d bytes, is none", r.SHA256, r.Length)
	}
	stored, err := get(path, r)
	if err != nil {
		return err
	}
	if int64(len(stored)) != r.Length {
		return fmt.Errorf("%s: %d bytes, not %d", path, len(stored), r.Length)
	}
	if h := hash(stored); h != r.SHA256 {
		return fmt.Errorf("%s: hash is %s", path, h)
	}
	if err := decodeList(stored, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// decodeList reads zstd of JSON. Only the JSON that encoding v gives again is accepted: no unknown or repeated name, no other order, no space.
func decodeList(stored []byte, v any) error {
	var h zstd.Header
	if err := h.Decode(stored); err != nil {
		return err
	}
	if !h.HasFCS || h.FrameContentSize > MaxListRaw {
		return fmt.Errorf("does not say its size, or over %d bytes", MaxListRaw)
	}
	raw, err := expand(stored, int64(h.FrameContentSize))
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("goes on after its end")
	}
	again, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(raw, again) {
		return errors.New("is not in the one form that is written")
	}
	return nil
}

func encodeList(v any) ([]byte, Ref, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, Ref{}, err
	}
	stored := compress(raw)
	if len(raw) > MaxListRaw || len(stored) > MaxList {
		return nil, Ref{}, fmt.Errorf("list of %d bytes is over %d", len(raw), MaxListRaw)
	}
	return stored, Ref{hash(stored), int64(len(stored))}, nil
}

// Shards lists all shards, each once, in the order in which a reader of all datasets meets them.
func (e *Edition) Shards() []Entry {
	return Missing(func(Entry) bool { return false }, e)
}

// Missing lists what a kiosk must fetch to show want: each shard once that it does not have.
func Missing(have func(Entry) bool, want *Edition) []Entry {
	var out []Entry
	seen := map[string]bool{}
	for _, d := range want.Datasets {
		for _, s := range d.Shards {
			if !seen[s.SHA256Z] && !have(s) {
				out = append(out, s)
			}
			seen[s.SHA256Z] = true
		}
	}
	return out
}

// Generation (代) is an edition as a kiosk holds it.
type Generation struct {
	Number   int64          `json:"number"`
	AsOf     string         `json:"as_of"`
	Digest   string         `json:"digest"`
	Catalogs map[string]Ref `json:"catalogs"` // by owner
	// SyncedAt is when a depot last said that this is the newest (同步于).
	SyncedAt time.Time `json:"synced_at"`
}
