// Package contents encodes records into the decoded contents of an edition (内容): edition.json and one stream for each column of
// each dataset, as documented in package book, with rows, digests and block boundaries as a real edition has them.
//
// It is for what never went through an office: the made-up county of practice and the small counties of tests. What it returns is
// deterministic.
package contents

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
)

// Head is the head of an edition (期). Digest and Datasets are filled in by Encode.
type Head struct {
	County      string             `json:"county"`
	CountyName  string             `json:"county_name"`
	Number      int64              `json:"number"`
	AsOf        string             `json:"as_of"`
	PublishedAt string             `json:"published_at"`
	Synthetic   bool               `json:"synthetic"`
	Digest      string             `json:"digest"`
	Datasets    map[string]Dataset `json:"datasets"`
}

// Dataset is what the head of an edition says of one dataset (数据集).
type Dataset struct {
	Rows   int    `json:"rows"`
	Digest string `json:"digest"`
}

// Streams are the contents by path (列流). They are a file system as package book reads it.
type Streams map[string][]byte

// Encode lays out the records, which are structs of package disclosure or slices of them, in blocks of that many rows. Rows keep
// the order in which they are given. Anything else is an error.
func Encode(head Head, blockRows int, records ...any) (Streams, error) {
	rows := map[string][][]disclosure.Cell{}
	for _, rec := range flatten(records) {
		if p, ok := rec.(disclosure.Disbursement); ok && p.Ref == p.Key() {
			p.Ref = "" // as the press leaves it out
			rec = p
		}
		d := datasetOf(rec)
		if d == nil {
			return nil, fmt.Errorf("contents: %T is no record", rec)
		}
		rows[d.Name] = append(rows[d.Name], d.Cells(rec))
	}
	out := Streams{}
	head.Datasets = map[string]Dataset{}
	for _, d := range disclosure.Datasets() {
		if d.Spare() && len(rows[d.Name]) == 0 {
			continue
		}
		head.Datasets[d.Name] = Dataset{Rows: len(rows[d.Name]), Digest: digest(d, rows[d.Name])}
		if len(rows[d.Name]) == 0 {
			continue
		}
		for i, c := range d.Columns {
			out[d.Name+"/"+c.Name] = stream(c, i, blockRows, rows[d.Name])
		}
	}
	head.Digest = editionDigest(head.Datasets)
	text, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("contents: %w", err)
	}
	out[headName] = text
	return out, nil
}

const headName = "edition.json"

func flatten(records []any) []any {
	var out []any
	for _, rec := range records {
		v := reflect.ValueOf(rec)
		if v.Kind() != reflect.Slice {
			out = append(out, rec)
			continue
		}
		for i := range v.Len() {
			out = append(out, v.Index(i).Interface())
		}
	}
	return out
}

func datasetOf(rec any) *disclosure.Dataset {
	if rec == nil {
		return nil
	}
	typ := reflect.TypeOf(rec)
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	for _, d := range disclosure.Datasets() {
		if reflect.TypeOf(d.New()).Elem() == typ {
			return d
		}
	}
	return nil
}

// stream encodes column i of the rows.
func stream(c disclosure.Column, i, blockRows int, rows [][]disclosure.Cell) []byte {
	var out []byte
	for block := range slices.Chunk(rows, blockRows) {
		out = binary.AppendUvarint(out, uint64(len(block)))
		if c.Kind.Number() {
			last := int64(0)
			for _, cells := range block {
				out = binary.AppendVarint(out, cells[i].Int-last)
				last = cells[i].Int
			}
			continue
		}
		out = appendTexts(out, i, block)
	}
	return out
}

func appendTexts(out []byte, i int, block [][]disclosure.Cell) []byte {
	index := map[string]uint64{}
	var entries, rows []byte
	for _, cells := range block {
		text := cells[i].Text
		n, ok := index[text]
		if !ok {
			n = uint64(len(index))
			index[text] = n
			entries = binary.AppendUvarint(entries, uint64(len(text)))
			entries = append(entries, text...)
		}
		rows = binary.AppendUvarint(rows, n)
	}
	out = binary.AppendUvarint(out, uint64(len(index)))
	out = append(out, entries...)
	return append(out, rows...)
}

func digest(d *disclosure.Dataset, rows [][]disclosure.Cell) string {
	sum := new(big.Int)
	for _, cells := range rows {
		var row []byte
		for i, c := range d.Columns {
			if c.Kind.Number() {
				row = binary.AppendVarint(row, cells[i].Int)
				continue
			}
			row = binary.AppendUvarint(row, uint64(len(cells[i].Text)))
			row = append(row, cells[i].Text...)
		}
		h := sha256.Sum256(row)
		sum.Add(sum, new(big.Int).SetBytes(h[:]))
	}
	sum.Mod(sum, new(big.Int).Lsh(big.NewInt(1), 256))
	whole := binary.AppendUvarint(nil, uint64(len(rows)))
	whole = append(whole, sum.FillBytes(make([]byte, 32))...)
	h := sha256.Sum256(whole)
	return hex.EncodeToString(h[:])
}

func editionDigest(sets map[string]Dataset) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		b.WriteString(name + "\x00" + sets[name].Digest + "\n")
	}
	h := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(h[:])
}

// Open opens a stream.
func (s Streams) Open(name string) (fs.File, error) {
	b, ok := s[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &file{bytes.NewReader(b), entry{path.Base(name), int64(len(b)), false}}, nil
}

// ReadDir lists the datasets, or the columns of one.
func (s Streams) ReadDir(dir string) ([]fs.DirEntry, error) {
	found := map[string]fs.DirEntry{}
	for name, b := range s {
		if dir != "." {
			var inside bool
			if name, inside = strings.CutPrefix(name, dir+"/"); !inside {
				continue
			}
		}
		first, _, below := strings.Cut(name, "/")
		e := entry{first, int64(len(b)), below}
		found[first] = fs.FileInfoToDirEntry(e)
	}
	if len(found) == 0 {
		return nil, &fs.PathError{Op: "readdir", Path: dir, Err: fs.ErrNotExist}
	}
	var out []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[name])
	}
	return out, nil
}

type file struct {
	*bytes.Reader
	entry entry
}

func (f *file) Stat() (fs.FileInfo, error) { return f.entry, nil }
func (f *file) Close() error               { return nil }

type entry struct {
	name string
	size int64
	dir  bool
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return e.size }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.dir }
func (e entry) Sys() any           { return nil }
func (e entry) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
