package edition

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Writer prints the part of an edition that one owner publishes. It holds one shard and the entries.
type Writer struct {
	key      Key
	owner    string
	head     Head
	put      func(path string, stored []byte) error
	datasets map[string]*printed
}

type printed struct {
	columns []Column
	digest  *Digest
	years   map[int][]Entry
}

// NewWriter begins the catalog of an owner. put is given each piece with its path in the depot, what refers to others after them; a piece that
// the depot already holds under that path is the same piece.
func NewWriter(key Key, owner string, head Head, put func(path string, stored []byte) error) *Writer {
	return &Writer{key: key, owner: owner, head: head, put: put, datasets: map[string]*printed{}}
}

// Dataset names a dataset that the owner publishes, with or without rows. A dataset without rows must be named too: readers take a missing one
// for a fault. Naming it again with the same columns changes nothing.
func (w *Writer) Dataset(name string, columns []Column) error {
	if p, ok := w.datasets[name]; ok {
		if !slices.Equal(p.columns, columns) {
			return fmt.Errorf("edition: dataset %s: two sets of columns", name)
		}
		return nil
	}
	if _, err := NewBinder(name, columns); err != nil {
		return err
	}
	columns = slices.Clone(columns)
	w.datasets[name] = &printed{columns: columns, digest: NewDigest(columns), years: map[int][]Entry{}}
	return nil
}

// Batch is rows of one dataset that came together and will be corrected together. A later edition that gives the same rows in the same order
// under the same year and name needs no new shard for them.
type Batch struct {
	Dataset string
	Columns []Column
	Year    int    // 0 for what belongs to no year
	Name    string // the office's name for it: letters, digits, point, - and _
	// Rows yields each row, which may be the same slice again, or the error that ends them.
	Rows iter.Seq2[[]Value, error]
}

// A shard is closed at this size. Most are far smaller, since a batch begins a shard of its own.
const (
	fullRows  = 64 << 10
	fullBytes = 12 << 20
)

// Add prints a batch.
func (w *Writer) Add(b Batch) error {
	if err := w.Dataset(b.Dataset, b.Columns); err != nil {
		return err
	}
	if !batchForm.MatchString(b.Name) {
		return fmt.Errorf("edition: dataset %s: batch %q is not of letters, digits, point, - and _", b.Dataset, b.Name)
	}
	binder, err := NewBinder(b.Dataset, b.Columns)
	if err != nil {
		return err
	}
	p := w.datasets[b.Dataset]
	for row, err := range b.Rows {
		if err != nil {
			return fmt.Errorf("edition: dataset %s: batch %s: %w", b.Dataset, b.Name, err)
		}
		if err := binder.Add(row); err != nil {
			return err
		}
		p.digest.Add(row)
		if binder.Rows() == fullRows || binder.Size() > fullBytes {
			if err := w.shard(binder, b, p); err != nil {
				return err
			}
		}
	}
	if binder.Rows() == 0 {
		return nil
	}
	return w.shard(binder, b, p)
}

func (w *Writer) shard(binder *Binder, b Batch, p *printed) error {
	raw, err := binder.Close()
	if err != nil {
		return err
	}
	stored, e, err := w.key.Seal(raw)
	if err != nil {
		return err
	}
	e.Year, e.Batch = b.Year, b.Name
	p.years[b.Year] = append(p.years[b.Year], e)
	return w.put(ShardPath(e.SHA256Z), stored)
}

// Close prints indexes and catalog, and returns what trust must sign for this owner.
func (w *Writer) Close() (Ref, error) {
	c := catalog{
		Format: Format, Owner: w.owner, County: w.head.County, CountyName: w.head.CountyName, Number: w.head.Number, AsOf: w.head.AsOf,
		PublishedAt: w.head.PublishedAt, Synthetic: w.head.Synthetic, Datasets: []catalogDataset{},
	}
	for _, name := range slices.Sorted(maps.Keys(w.datasets)) {
		p := w.datasets[name]
		d := catalogDataset{Name: name, Columns: p.columns, Rows: p.digest.Rows(), Digest: p.digest.String()}
		for _, year := range slices.Sorted(maps.Keys(p.years)) {
			stored, r, err := encodeList(index{Format: Format, Dataset: name, Year: year, Shards: p.years[year]})
			if err != nil {
				return Ref{}, fmt.Errorf("edition: index of %s in %d: %w", name, year, err)
			}
			if err := w.put(IndexPath(r.SHA256), stored); err != nil {
				return Ref{}, err
			}
			var rows int64
			for _, e := range p.years[year] {
				rows += e.Rows
			}
			d.Indexes = append(d.Indexes, IndexRef{Year: year, SHA256: r.SHA256, Length: r.Length, Rows: rows})
		}
		c.Datasets = append(c.Datasets, d)
	}
	stored, r, err := encodeList(c)
	if err != nil {
		return Ref{}, fmt.Errorf("edition: catalog of %s: %w", w.owner, err)
	}
	return r, w.put(CatalogPath(r.SHA256), stored)
}

// Table is a small dataset held in memory.
type Table struct {
	Dataset string
	Columns []Column
	Rows    [][]Value
}

// Batch is the whole table as one batch.
func (t Table) Batch(year int, name string) Batch {
	return Batch{Dataset: t.Dataset, Columns: t.Columns, Year: year, Name: name, Rows: func(yield func([]Value, error) bool) {
		for _, r := range t.Rows {
			if !yield(r, nil) {
				return
			}
		}
	}}
}
