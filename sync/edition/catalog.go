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

// otherFormat says that a piece is not of the format that this program reads.
func otherFormat(n int) error {
	if n > Format {
		return fmt.Errorf("format %d, this program reads %d: %w", n, Format, ErrNewer)
	}
	return fmt.Errorf("format %d is not read any more, %d is", n, Format)
}

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
	Year      int    `json:"year"`
	Batch     string `json:"batch"` // the office's name for what came together
	Kind      Kind   `json:"kind"`
	Rows      int64  `json:"rows"` // of a fix shard its corrections
	LenZ      int64  `json:"len_z"`
	LenRaw    int64  `json:"len_raw"`
	SHA256Z   string `json:"sha256_z"` // over the encrypted bytes as stored
	SHA256Raw string `json:"sha256_raw"`
	Base      string `json:"base,omitempty"` // sha256_raw of the shard that is the compressor's dictionary
}

func (e Entry) check() error {
	most := int64(MaxShardRaw)
	if e.Kind == Fix {
		most = MaxFixRaw
	}
	switch {
	case e.Kind != Rows && e.Kind != Fix && e.Kind != Full:
		return fmt.Errorf("kind %q is none of rows, fix, key", e.Kind)
	case e.Kind == Fix && (e.Base != "" || e.Year != 0 || e.Batch != ""):
		return fmt.Errorf("a fix shard with base %q, year %d, batch %q", e.Base, e.Year, e.Batch)
	case !batchForm.MatchString(e.Batch):
		return fmt.Errorf("batch %q is not of letters, digits, point, - and _", e.Batch)
	case !isHash(e.SHA256Z) || !isHash(e.SHA256Raw) || e.Base != "" && !isHash(e.Base):
		return errors.New("a hash is not 64 small hex digits")
	case e.Rows < 1 || e.Kind != Fix && e.Rows > MaxShardRows:
		return fmt.Errorf("%d rows, not 1 to %d", e.Rows, MaxShardRows)
	case e.LenRaw < 1 || e.LenRaw > most:
		return fmt.Errorf("%d bytes as columns, not 1 to %d", e.LenRaw, most)
	case e.LenZ < 1 || e.LenZ > MaxShard:
		return fmt.Errorf("%d bytes as stored, not 1 to %d", e.LenZ, MaxShard)
	}
	return nil
}

// index is a list of shards of a dataset, in the order in which they were printed. Most indexes never change again: new shards come into the last.
type index struct {
	Format  int      `json:"format"`
	Dataset string   `json:"dataset"`
	Columns []Column `json:"columns,omitempty"` // in a dataset's first index
	Shards  []Entry  `json:"shards"`
}

// catalogDataset is a catalog's line for one dataset.
type catalogDataset struct {
	Name    string `json:"name"`
	Rows    int64  `json:"rows"`
	Digest  string `json:"digest"`
	Indexes []Ref  `json:"indexes"`
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
	Shards  []Entry        // whose rows, corrected, are the dataset's
	Entries []Entry        // all that are listed: the shards, their bases and corrections, and what can stand for some of them
	indexes []int          // where among the entries each index ends
	plain   map[string]int // the entries without a base, by sha256_raw: the ones that can be one
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
	catalogs map[string]Ref
	entries  int
}

// Load reads the catalogs, by owner, and all their indexes through get, and checks each against the hash above it. get is given the path and what
// must lie there; more bytes than Length are never needed.
func Load(catalogs map[string]Ref, get func(path string, r Ref) ([]byte, error)) (*Edition, error) {
	e := &Edition{catalogs: maps.Clone(catalogs)}
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
	return e.Choose(func(Entry) bool { return false }), nil
}

func (e *Edition) addCatalog(owner string, r Ref, get func(string, Ref) ([]byte, error)) error {
	var c catalog
	if err := read(&c, CatalogPath(r.SHA256), r, get); err != nil {
		return err
	}
	switch {
	case c.Owner != owner:
		return fmt.Errorf("is the catalog of %q", c.Owner)
	case c.Number < 1 || !dateForm.MatchString(c.AsOf) || c.County == "" || c.Datasets == nil:
		return fmt.Errorf("edition %d of county %q as of %q, %d datasets, is none", c.Number, c.County, c.AsOf, len(c.Datasets))
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
	if !nameForm.MatchString(d.Name) || !isHash(d.Digest) || d.Rows < 0 || len(d.Indexes) == 0 {
		return errors.New("name, digest, rows or indexes have not the right form")
	}
	out := Dataset{Name: d.Name, Owner: owner, Rows: d.Rows, Digest: d.Digest}
	for i, r := range d.Indexes {
		x, err := readIndex(d.Name, r, get)
		if err != nil {
			return fmt.Errorf("index %d: %w", i, err)
		}
		if (i == 0) != (len(x.Columns) > 0) || i > 0 && len(x.Shards) == 0 {
			return fmt.Errorf("index %d of %d columns, %d shards", i, len(x.Columns), len(x.Shards))
		}
		if i == 0 {
			out.Columns = x.Columns
		}
		if e.entries += len(x.Shards) + 1; e.entries > MaxEntries {
			return fmt.Errorf("more than %d shards and indexes", MaxEntries)
		}
		out.Entries = append(out.Entries, x.Shards...)
		out.indexes = append(out.indexes, len(out.Entries))
	}
	if err := checkColumns(out.Columns); err != nil {
		return err
	}
	if err := out.checkEntries(); err != nil {
		return err
	}
	e.Datasets = append(e.Datasets, out)
	return nil
}

func readIndex(dataset string, r Ref, get func(string, Ref) ([]byte, error)) (*index, error) {
	var x index
	if err := read(&x, IndexPath(r.SHA256), r, get); err != nil {
		return nil, err
	}
	if x.Dataset != dataset || x.Shards == nil {
		return nil, fmt.Errorf("lists %d shards of %s", len(x.Shards), x.Dataset)
	}
	for i := range x.Shards {
		x.Shards[i].Dataset = x.Dataset
		if err := x.Shards[i].check(); err != nil {
			return nil, fmt.Errorf("shard %d: %w", i, err)
		}
	}
	return &x, nil
}

// checkEntries holds the shards of a dataset to each other. A base must itself have none, so that nobody ever needs more than one shard to open
// another.
func (d *Dataset) checkEntries() error {
	seen, older := map[string]bool{}, map[batchID]bool{}
	fixes, fixBytes := 0, int64(0)
	d.plain = map[string]int{}
	for i, e := range d.Entries {
		if seen[e.SHA256Raw] {
			return fmt.Errorf("shard %s is listed twice", e.SHA256Raw)
		}
		seen[e.SHA256Raw] = true
		switch {
		case e.Kind == Fix:
			fixes++
			fixBytes += e.LenRaw
		case e.Base == "":
			d.plain[e.SHA256Raw] = i
		}
	}
	if fixes > MaxFixes || fixBytes > MaxFixRaw {
		return fmt.Errorf("%d fix shards of %d bytes, not up to %d of %d", fixes, fixBytes, MaxFixes, MaxFixRaw)
	}
	for _, e := range d.Entries {
		if _, ok := d.plain[e.Base]; e.Base != "" && !ok {
			return fmt.Errorf("base %s of shard %s is not there without a base of its own", e.Base, e.SHA256Raw)
		}
		if e.Kind == Full && !older[e.batch()] {
			return fmt.Errorf("key shard %s stands for nothing", e.SHA256Raw)
		}
		older[e.batch()] = older[e.batch()] || e.Kind == Rows
	}
	_, err := targets(d.Entries)
	return err
}

// base is the shard that another one stands against.
func (d *Dataset) base(e Entry) Entry { return d.Entries[d.plain[e.Base]] }

// batchID is a batch of a dataset.
type batchID struct {
	year int
	name string
}

func (e Entry) batch() batchID { return batchID{e.Year, e.Batch} }

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

// decodeList reads zstd of JSON. The format is looked at before anything else, since a newer one may say what this program has no name for. Of this
// program's own only the JSON that encoding v gives again is accepted: no unknown or repeated name, no other order, no space.
func decodeList(stored []byte, v any) error {
	var h zstd.Header
	if err := h.Decode(stored); err != nil {
		return err
	}
	if !h.HasFCS || h.FrameContentSize > MaxList {
		return fmt.Errorf("does not say its size, or over %d bytes", MaxList)
	}
	raw, err := expand(stored, int64(h.FrameContentSize))
	if err != nil {
		return err
	}
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	if head.Format != Format {
		return otherFormat(head.Format)
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
	if len(raw) > MaxList || len(stored) > MaxList {
		return nil, Ref{}, fmt.Errorf("list of %d bytes is over %d", len(raw), MaxList)
	}
	return stored, Ref{hash(stored), int64(len(stored))}, nil
}

// Generation (代) is an edition as a kiosk holds it.
type Generation struct {
	Number   int64          `json:"number"`
	AsOf     string         `json:"as_of"`
	Digest   string         `json:"digest"`
	Catalogs map[string]Ref `json:"catalogs"` // by owner
	// KeyID names the county's key that closed its shards; empty where that is the enrolment's.
	KeyID string `json:"key_id,omitempty"`
	// SyncedAt is when a depot last said that this is the newest (同步于).
	SyncedAt time.Time `json:"synced_at"`
}
