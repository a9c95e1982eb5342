// Package booktest encodes records into the column streams of an edition's decoded contents, for tests that need a small
// book without an office, a depot or a signature.
//
// A test lists the records it is about; FS lays them out as documented in package book, with rows, digests and block
// boundaries as a real edition has them. What it returns is deterministic.
package booktest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing/fstest"

	"mingbai.local/app/disclosure"
)

// Edition is the head of the edition (期) that FS makes up. Passing one to FS replaces the default, which is edition 1 of
// 宜都市, synthetic, as of 2026-11-20. Datasets and Digest are filled in by FS.
type Edition struct {
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

// blockRows is small, so that even small tests cross the boundary between two blocks.
const blockRows = 7

// FS returns the decoded contents of an edition that holds the records. Each is a struct of package disclosure, a pointer
// to one, or a slice of them; an Edition sets the head. Rows keep the order in which they are given. It panics on
// anything else, since that is a mistake in the test.
func FS(records ...any) fs.FS {
	head := Edition{
		County: "420581", CountyName: "宜都市", Number: 1, AsOf: "2026-11-20",
		PublishedAt: "2026-11-20T09:14:00+08:00", Synthetic: true,
	}
	rows := map[string][][]disclosure.Cell{}
	for _, rec := range flatten(records) {
		if e, ok := rec.(Edition); ok {
			head = e
			continue
		}
		if p, ok := rec.(disclosure.Disbursement); ok && p.Ref == p.Key() {
			p.Ref = "" // as the press leaves it out
			rec = p
		}
		d := datasetOf(rec)
		rows[d.Name] = append(rows[d.Name], d.Cells(rec))
	}
	out := fstest.MapFS{}
	head.Datasets = map[string]Dataset{}
	for _, d := range disclosure.Datasets() {
		head.Datasets[d.Name] = Dataset{Rows: len(rows[d.Name]), Digest: digest(d, rows[d.Name])}
		if len(rows[d.Name]) == 0 {
			continue
		}
		for i, c := range d.Columns {
			out[d.Name+"/"+c.Name] = &fstest.MapFile{Data: stream(c, i, rows[d.Name])}
		}
	}
	head.Digest = editionDigest(head.Datasets)
	text, err := json.Marshal(head)
	if err != nil {
		panic(err)
	}
	out["edition.json"] = &fstest.MapFile{Data: text}
	return out
}

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
	typ := reflect.Indirect(reflect.ValueOf(rec)).Type()
	for _, d := range disclosure.Datasets() {
		if reflect.TypeOf(d.New()).Elem() == typ {
			return d
		}
	}
	panic(fmt.Sprintf("booktest: %T is no record", rec))
}

// stream encodes column i of the rows.
func stream(c disclosure.Column, i int, rows [][]disclosure.Cell) []byte {
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
	names := make([]string, 0, len(sets))
	for name := range sets {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		b.WriteString(name + "\x00" + sets[name].Digest + "\n")
	}
	h := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(h[:])
}
