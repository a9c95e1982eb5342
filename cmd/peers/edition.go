package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/sample"
)

// blockRows is the number of rows in one block of a column stream, as a shard of an edition has them.
const blockRows = 8192

// writeEdition writes a county as the column streams that package book documents, and calls each with every list of
// payments on the way, since a sample makes them once. It returns the number of payments.
func writeEdition(dir string, c *sample.County, each func([]disclosure.Disbursement)) (payments int, err error) {
	type dataset struct {
		Rows   int64  `json:"rows"`
		Digest string `json:"digest"`
	}
	datasets := map[string]dataset{}
	small := map[string]any{
		"place": c.Places, "institution": c.Institutions, "incumbent": c.Incumbents, "policy": c.Policies, "fund": c.Funds,
		"allocation": c.Allocations, "budget_line": c.BudgetLines, "three_public": c.ThreePublic, "procurement": c.Procurements,
		"investment_project": c.Projects, "notice": c.Notices, "contact": c.Contacts, "obligation": c.Obligations, "subsidy_kind": named(c.Kinds()),
	}
	var names []byte
	for _, d := range disclosure.Datasets() {
		w, err := newStreams(dir, d)
		if err != nil {
			return 0, err
		}
		if d == disclosure.Of[disclosure.Disbursement]() {
			err = c.Lists(func(rows []disclosure.Disbursement) error {
				each(rows)
				for i := range rows {
					// A reference that follows from the row stands in no edition.
					row := rows[i]
					if row.Ref == row.Key() {
						row.Ref = ""
					}
					if err := w.add(d.Cells(&row)); err != nil {
						return err
					}
				}
				return nil
			})
			payments = int(w.rows)
		} else if list, ok := small[d.Name]; ok {
			v := reflect.ValueOf(list)
			for i := range v.Len() {
				err = errors.Join(err, w.add(d.Cells(v.Index(i).Addr().Interface())))
			}
		}
		digest, closeErr := w.close()
		if err = errors.Join(err, closeErr); err != nil {
			return 0, fmt.Errorf("%s: %w", d.Name, err)
		}
		datasets[d.Name] = dataset{w.rows, digest}
	}
	for _, d := range sortedKeys(datasets) {
		names = append(names, d+"\x00"+datasets[d].Digest+"\n"...)
	}
	sum := sha256.Sum256(names)
	head, err := json.Marshal(map[string]any{
		"county": c.About().County, "county_name": c.Name(), "number": 1, "as_of": c.About().AsOf,
		"published_at": "2026-11-20T09:14:00+08:00", "synthetic": true, "digest": hex.EncodeToString(sum[:]), "datasets": datasets,
	})
	if err != nil {
		return 0, err
	}
	return payments, os.WriteFile(filepath.Join(dir, "edition.json"), head, 0o644)
}

// named returns the kinds as if all were published by name. An office folds some into totals, at large scales two payments of
// three; here all are rows, since the number of rows is what is asked for.
func named(kinds []disclosure.SubsidyKind) []disclosure.SubsidyKind {
	out := slices.Clone(kinds)
	for i := range out {
		out[i].Publish = "名单"
	}
	return out
}

// streams (列流) writes the columns of one dataset.
type streams struct {
	d       *disclosure.Dataset
	files   []*os.File
	out     []*bufio.Writer
	block   [][]disclosure.Cell
	rows    int64
	sum     [4]uint64 // of the row hashes, least first
	scratch []byte
}

func newStreams(dir string, d *disclosure.Dataset) (*streams, error) {
	w := &streams{d: d}
	if err := os.MkdirAll(filepath.Join(dir, d.Name), 0o755); err != nil {
		return nil, err
	}
	for _, c := range d.Columns {
		f, err := os.Create(filepath.Join(dir, d.Name, c.Name))
		if err != nil {
			return nil, err
		}
		w.files = append(w.files, f)
		w.out = append(w.out, bufio.NewWriter(f))
	}
	return w, nil
}

func (w *streams) add(cells []disclosure.Cell) error {
	b := w.scratch[:0]
	for i, c := range w.d.Columns {
		if c.Kind.Number() {
			b = binary.AppendVarint(b, cells[i].Int)
			continue
		}
		b = append(binary.AppendUvarint(b, uint64(len(cells[i].Text))), cells[i].Text...)
	}
	w.scratch = b
	h := sha256.Sum256(b)
	carry := uint64(0)
	for i := range w.sum {
		w.sum[i], carry = bits.Add64(w.sum[i], binary.BigEndian.Uint64(h[24-8*i:]), carry)
	}
	w.rows++
	w.block = append(w.block, cells)
	if len(w.block) == blockRows {
		return w.flush()
	}
	return nil
}

func (w *streams) flush() error {
	if len(w.block) == 0 {
		return nil
	}
	for i, c := range w.d.Columns {
		b := binary.AppendUvarint(w.scratch[:0], uint64(len(w.block)))
		if c.Kind.Number() {
			last := int64(0)
			for _, cells := range w.block {
				b = binary.AppendVarint(b, cells[i].Int-last)
				last = cells[i].Int
			}
		} else {
			b = appendTexts(b, i, w.block)
		}
		w.scratch = b
		if _, err := w.out[i].Write(b); err != nil {
			return err
		}
	}
	w.block = w.block[:0]
	return nil
}

func appendTexts(b []byte, column int, block [][]disclosure.Cell) []byte {
	index := make(map[string]uint64, len(block))
	var texts, rows []byte
	for _, cells := range block {
		s := cells[column].Text
		n, ok := index[s]
		if !ok {
			n = uint64(len(index))
			index[s] = n
			texts = append(binary.AppendUvarint(texts, uint64(len(s))), s...)
		}
		rows = binary.AppendUvarint(rows, n)
	}
	b = binary.AppendUvarint(b, uint64(len(index)))
	return append(append(b, texts...), rows...)
}

func (w *streams) close() (digest string, err error) {
	err = w.flush()
	for i, f := range w.files {
		err = errors.Join(err, w.out[i].Flush(), f.Close())
	}
	b := binary.AppendUvarint(nil, uint64(w.rows))
	for i := range w.sum {
		b = binary.BigEndian.AppendUint64(b, w.sum[3-i])
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}
