package edition

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Writer prints the part of an edition that one owner publishes. It holds the shards of one batch and the entries.
type Writer struct {
	key      Key
	owner    string
	head     Head
	put      func(path string, stored []byte) error
	datasets map[string]*printed
	before   *Edition // nil where none was printed
	load     func(Entry) ([]byte, error)
	limits   limits
}

// NewWriter begins the catalog of an owner. put is given each piece with its path in the depot, what refers to others after them; a piece that
// the depot already holds under that path is the same piece.
func NewWriter(key Key, owner string, head Head, put func(path string, stored []byte) error) *Writer {
	return &Writer{key: key, owner: owner, head: head, put: put, datasets: map[string]*printed{}, limits: usual}
}

// After names the edition that was printed before, which load reads from the depot. Batches that are as they were keep their shards, rows that have
// been corrected become corrections; what can no longer be read is printed again. The same rows after the same edition make the same bytes.
func (w *Writer) After(before *Edition, load func(Entry) ([]byte, error)) {
	w.before, w.load = before, load
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
	w.datasets[name] = &printed{name: name, columns: columns, digest: NewDigest(columns), old: w.olderOf(name, columns), fixed: corrected{}}
	return nil
}

// Batch is rows of one dataset that came together and will be corrected together. A later edition that gives the same rows under the same year and
// name needs no new shard for them, in whatever order they come.
type Batch struct {
	Dataset string
	Columns []Column
	Year    int    // 0 for what belongs to no year
	Name    string // the office's name for it: letters, digits, point, - and _
	// Item is what recurs in other batches with much the same rows, as the subsidy that is paid each month. The batches of an item are added one
	// after another, the oldest first.
	Item string
	// Key are the columns that say whom a row is about: where a row with the same key is other than before, it has been corrected.
	Key []int
	// Rows yields each row, which may be the same slice again, or the error that ends them.
	Rows iter.Seq2[[]Value, error]
}

// A shard is closed at this size.
const fullBytes = 6 << 20

// Add prints a batch.
func (w *Writer) Add(b Batch) error {
	if err := w.Dataset(b.Dataset, b.Columns); err != nil {
		return err
	}
	if !batchForm.MatchString(b.Name) {
		return fmt.Errorf("edition: dataset %s: batch %q is not of letters, digits, point, - and _", b.Dataset, b.Name)
	}
	p := w.datasets[b.Dataset]
	if p.item != b.Item {
		p.item, p.rosters = b.Item, nil
	}
	bound, err := w.bind(b, p)
	if err != nil || bound.rows() == 0 {
		return err
	}
	if p.old == nil || p.old.batches[batchID{b.Year, b.Name}] == nil {
		return w.fresh(p, b, bound)
	}
	return w.again(p, b, bound)
}

// bound is the rows of a batch as shards.
type bound struct {
	raws   [][]byte
	starts []int // the first row of each
	hashes []rowHash
}

// rowHash tells rows apart.
type rowHash [16]byte

func (b *bound) rows() int { return len(b.hashes) }

func (w *Writer) bind(b Batch, p *printed) (*bound, error) {
	binder, err := NewBinder(b.Dataset, b.Columns)
	if err != nil {
		return nil, err
	}
	out := &bound{}
	end := func() error {
		out.starts = append(out.starts, len(out.hashes)-binder.Rows())
		raw, err := binder.Close()
		out.raws = append(out.raws, raw)
		return err
	}
	for row, err := range b.Rows {
		if err != nil {
			return nil, fmt.Errorf("edition: dataset %s: batch %s: %w", b.Dataset, b.Name, err)
		}
		if err := binder.Add(row); err != nil {
			return nil, err
		}
		h := p.digest.row(row)
		p.digest.add(h)
		out.hashes = append(out.hashes, rowHash(h[:len(rowHash{})]))
		if binder.Rows() == w.limits.rows || binder.Size() > fullBytes {
			if err := end(); err != nil {
				return nil, err
			}
		}
	}
	if binder.Rows() > 0 {
		err = end()
	}
	return out, err
}

// pick returns some of the rows, in ascending order. They keep the memory of the shards.
func (b *bound) pick(rows []int) ([][]Value, error) {
	var out [][]Value
	for i, raw := range b.raws {
		end := len(b.hashes)
		if i+1 < len(b.starts) {
			end = b.starts[i+1]
		}
		if len(rows) == 0 || rows[0] >= end {
			continue
		}
		s, err := parseShard(raw)
		if err != nil {
			return nil, err
		}
		at := b.starts[i]
		err = s.Each(func(row []Value) error {
			if len(rows) > 0 && rows[0] == at {
				out = append(out, slices.Clone(row))
				rows = rows[1:]
			}
			at++
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// printed is what has been printed of a dataset.
type printed struct {
	name    string
	columns []Column
	digest  *Digest
	old     *older
	fixed   corrected // since the edition before
	fixSize int       // upper bound of the bytes of these
	kept    map[keptID]bool
	added   []Entry
	item    string
	rosters []roster // of the item, the newest last
}

// keptID is an entry of the edition before.
type keptID struct {
	sha256Z string
	kind    Kind
}

func (p *printed) keep(list []Entry) {
	if p.kept == nil {
		p.kept = map[keptID]bool{}
	}
	for _, e := range list {
		p.kept[keptID{e.SHA256Z, e.Kind}] = true
	}
}

// roster (名册) is a batch whose shards stand alone, so that others may be compressed against them. They are read when they are needed.
type roster struct {
	entries []Entry
	shards  []*Shard
	rows    int64
}

func rowsOf(entries []Entry) (rows int64) {
	for _, e := range entries {
		rows += e.Rows
	}
	return rows
}

// An item may have lists of several sizes, as the yearly one and what was forgotten in it; so many are remembered.
const maxRosters = 4

// like returns which roster is nearest in size to a batch; -1 where there is none.
func (p *printed) like(rows int64) int {
	best, apart := -1, 0.0
	for i, r := range p.rosters {
		if d := max(float64(r.rows)/float64(rows), float64(rows)/float64(r.rows)); best < 0 || d <= apart {
			best, apart = i, d
		}
	}
	return best
}

// learn remembers a batch as what the next ones may stand against, unless it stands against others itself. It takes the place of the one that it is
// like. Shards that were printed just now are given too, since the depot may not have them yet.
func (p *printed) learn(entries []Entry, shards []*Shard) {
	if len(entries) == 0 || slices.ContainsFunc(entries, func(e Entry) bool { return e.Base != "" }) {
		return
	}
	r := roster{entries, shards, rowsOf(entries)}
	if i := p.like(r.rows); i >= 0 && (len(p.rosters) == maxRosters || max(p.rosters[i].rows, r.rows) < 2*min(p.rosters[i].rows, r.rows)) {
		p.rosters = slices.Delete(p.rosters, i, i+1)
	}
	p.rosters = append(p.rosters, r)
}

// fresh prints a batch whole, as the only shards that it has.
func (w *Writer) fresh(p *printed, b Batch, bound *bound) error {
	entries, err := w.seal(p, b, Rows, bound.raws, int64(bound.rows()))
	for _, e := range entries {
		if p.old != nil && slices.Contains(p.old.d.Entries, e) {
			p.keep([]Entry{e})
		} else {
			p.added = append(p.added, e)
		}
	}
	if err != nil {
		return err
	}
	shards := make([]*Shard, len(bound.raws))
	for i, raw := range bound.raws {
		if shards[i], err = parseShard(raw); err != nil {
			return err
		}
	}
	p.learn(entries, shards)
	return nil
}

// seal prints shards, each against the shard at the same place of the roster that the batch is like, if that makes it much smaller.
func (w *Writer) seal(p *printed, b Batch, kind Kind, raws [][]byte, rows int64) ([]Entry, error) {
	var entries []Entry
	like := p.like(rows)
	for i, raw := range raws {
		stored, e, err := w.key.Seal(raw, nil)
		if err == nil && like >= 0 {
			stored, e, err = w.against(p, &p.rosters[like], i, raw, stored, e)
		}
		if err != nil {
			return nil, err
		}
		e.Year, e.Batch, e.Kind = b.Year, b.Name, kind
		entries = append(entries, e)
		if err := w.put(ShardPath(e.SHA256Z), stored); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// A base must save so much that what stands against it is at most this share of what it would be alone, in hundredths. Where rosters have drifted
// apart so far, a shard that stands alone serves those after it better.
const worthBase = 60

// against seals a shard once more, against a roster, and returns what is better.
func (w *Writer) against(p *printed, r *roster, i int, raw, alone []byte, e Entry) ([]byte, Entry, error) {
	i = min(i, len(r.entries)-1)
	if r.shards[i] == nil {
		stored, err := w.load(r.entries[i])
		if err == nil {
			r.shards[i], err = w.key.Open(stored, r.entries[i], nil)
		}
		if err != nil {
			return alone, e, err
		}
	}
	smaller, based, err := w.key.Seal(raw, r.shards[i])
	if err == nil && based.LenZ*100 < e.LenZ*worthBase {
		return smaller, based, nil
	}
	return alone, e, err
}

// Same says that nothing was added that the edition before did not have: its catalog can stand for this one.
func (w *Writer) Same() bool {
	if w.before == nil || w.before.catalogs[w.owner] == (Ref{}) || w.before.County != w.head.County || w.before.CountyName != w.head.CountyName || w.before.Synthetic != w.head.Synthetic {
		return false
	}
	n := 0
	for _, d := range w.before.Datasets {
		if d.Owner != w.owner {
			continue
		}
		n++
		p := w.datasets[d.Name]
		if p == nil || p.old == nil || len(p.added) > 0 || len(p.fixed) > 0 || len(p.kept) != len(d.Entries)-p.old.fixes {
			return false
		}
	}
	return n == len(w.datasets)
}

// Close prints indexes and catalog, and returns what trust must sign for this owner.
func (w *Writer) Close() (Ref, error) {
	c := catalog{
		Format: Format, Owner: w.owner, County: w.head.County, CountyName: w.head.CountyName, Number: w.head.Number, AsOf: w.head.AsOf,
		PublishedAt: w.head.PublishedAt, Synthetic: w.head.Synthetic, Datasets: []catalogDataset{},
	}
	for _, name := range slices.Sorted(maps.Keys(w.datasets)) {
		p := w.datasets[name]
		d := catalogDataset{Name: name, Rows: p.digest.Rows(), Digest: p.digest.String()}
		indexes, err := w.indexes(p)
		if err != nil {
			return Ref{}, fmt.Errorf("edition: dataset %s: %w", name, err)
		}
		for i, list := range indexes {
			x := index{Format: Format, Dataset: name, Shards: list}
			if i == 0 {
				x.Columns = p.columns
			}
			stored, r, err := encodeList(x)
			if err != nil {
				return Ref{}, fmt.Errorf("edition: index of %s: %w", name, err)
			}
			if err := w.put(IndexPath(r.SHA256), stored); err != nil {
				return Ref{}, err
			}
			d.Indexes = append(d.Indexes, r)
		}
		c.Datasets = append(c.Datasets, d)
	}
	stored, r, err := encodeList(c)
	if err != nil {
		return Ref{}, fmt.Errorf("edition: catalog of %s: %w", w.owner, err)
	}
	return r, w.put(CatalogPath(r.SHA256), stored)
}

// indexes are the entries of a dataset, index by index: those of the edition before as they were, but that two which have become small are one, and
// what is new at the end. So there are never many more indexes than the entries fill.
func (w *Writer) indexes(p *printed) ([][]Entry, error) {
	out := [][]Entry{{}}
	added := p.added
	if p.old != nil {
		fixes, err := w.fixes(p)
		if err != nil {
			return nil, err
		}
		added = append(added, fixes...)
		from := 0
		for _, end := range p.old.d.indexes {
			live := slices.DeleteFunc(slices.Clone(p.old.d.Entries[from:end]), func(e Entry) bool { return !p.kept[keptID{e.SHA256Z, e.Kind}] })
			from = end
			if last := &out[len(out)-1]; len(*last)+len(live) <= w.limits.entries {
				*last = append(*last, live...)
			} else {
				out = append(out, live)
			}
		}
	}
	for _, e := range added {
		if last := &out[len(out)-1]; len(*last) < w.limits.entries {
			*last = append(*last, e)
		} else {
			out = append(out, []Entry{e})
		}
	}
	return out, nil
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
