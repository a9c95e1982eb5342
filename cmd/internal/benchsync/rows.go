package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// payments is the dataset that a month changes.
const payments = "disbursement"

// identity are the columns by which a payment is the same one in two editions.
var identity = []string{"fund", "kind", "year", "period", "batch", "place", "group", "name", "recipient_type", "namesake_no"}

// contents opens the edition that a kiosk holds.
func contents(kiosk string) (*edition.Dataset, fs.FS, error) {
	s, err := store.Open(kiosk)
	if err != nil {
		return nil, nil, err
	}
	g, ok, err := s.Current()
	if err != nil || !ok {
		return nil, nil, errors.Join(err, fmt.Errorf("%s holds no edition", kiosk))
	}
	text, err := os.ReadFile(filepath.Join(kiosk, "enrolment.json"))
	if err != nil {
		return nil, nil, err
	}
	who, err := trust.ParseEnrolment(text)
	if err != nil {
		return nil, nil, err
	}
	e, err := edition.Load(g.Catalogs, func(_ string, r edition.Ref) ([]byte, error) { return s.Object(r.SHA256) })
	if err != nil {
		return nil, nil, err
	}
	e = e.Choose(func(x edition.Entry) bool { return s.Has(x.SHA256Z, x.LenZ) })
	i := slices.IndexFunc(e.Datasets, func(d edition.Dataset) bool { return d.Name == payments })
	if i < 0 {
		return nil, nil, fmt.Errorf("%s holds no %s", kiosk, payments)
	}
	r := edition.NewReader(e, edition.Key(who.CountyKey), func(e edition.Entry) ([]byte, error) { return s.Object(e.SHA256Z) })
	return &e.Datasets[i], r.Files(), nil
}

// paymentsOf is how many payments a kiosk holds.
func paymentsOf(kiosk string) (int64, error) {
	d, _, err := contents(kiosk)
	if err != nil {
		return 0, err
	}
	return d.Rows, nil
}

// eachPayment calls f with every payment of the edition that a kiosk holds, each as texts in the order of columns.
func eachPayment(kiosk string, f func(columns []edition.Column, cells [][]byte) error) error {
	d, fsys, err := contents(kiosk)
	if err != nil {
		return err
	}
	decoders := make([]*decoder, len(d.Columns))
	for i, c := range d.Columns {
		file, err := fsys.Open(d.Name + "/" + c.Name)
		if err != nil {
			return err
		}
		defer file.Close()
		decoders[i] = decoding(c.Number, file)
	}
	cells := make([][]byte, len(decoders))
	for row := int64(0); row < d.Rows; row++ {
		for i, c := range decoders {
			if cells[i], err = c.next(); err != nil {
				return fmt.Errorf("row %d, %s: %w", row, d.Columns[i].Name, err)
			}
		}
		if err := f(d.Columns, cells); err != nil {
			return err
		}
	}
	return nil
}

// decoder reads one column as package book describes it. It is what others would write who read the documentation.
type decoder struct {
	number bool
	in     *bufio.Reader
	left   uint64 // rows of the block
	last   int64
	texts  [][]byte
	text   []byte // of a number
}

func decoding(number bool, from io.Reader) *decoder {
	return &decoder{number: number, in: bufio.NewReaderSize(from, 1<<16)}
}

func (d *decoder) next() ([]byte, error) {
	if d.left == 0 {
		if err := d.block(); err != nil {
			return nil, err
		}
	}
	d.left--
	if d.number {
		n, err := binary.ReadVarint(d.in)
		d.last += n
		d.text = strconv.AppendInt(d.text[:0], d.last, 10)
		return d.text, err
	}
	i, err := binary.ReadUvarint(d.in)
	if err == nil && i >= uint64(len(d.texts)) {
		err = fmt.Errorf("text %d of %d", i, len(d.texts))
	}
	if err != nil {
		return nil, err
	}
	return d.texts[i], nil
}

func (d *decoder) block() (err error) {
	if d.left, err = binary.ReadUvarint(d.in); err != nil || d.number {
		d.last = 0
		return err
	}
	n, err := binary.ReadUvarint(d.in)
	d.texts = d.texts[:0]
	for range n {
		if err != nil {
			return err
		}
		var size uint64
		if size, err = binary.ReadUvarint(d.in); err == nil {
			text := make([]byte, size)
			_, err = io.ReadFull(d.in, text)
			d.texts = append(d.texts, text)
		}
	}
	return err
}

// differs (差异) is by what the payments of two editions differ.
type differs struct {
	Added     int   `json:"added"`
	Corrected int   `json:"corrected"`
	Gone      int   `json:"gone"`
	Bytes     int64 `json:"bytes"` // of the rows as TSV
}

// seed makes hashes of rows the same throughout a run.
var seed = maphash.MakeSeed()

// row (行) is a payment by hashes: who it is, and all of it.
type row struct{ who, whole uint64 }

// hashes hashes the payments of one edition.
type hashes struct {
	who  []int // columns
	hash maphash.Hash
	line []byte
}

func (h *hashes) row(columns []edition.Column, cells [][]byte) row {
	if h.who == nil {
		h.hash.SetSeed(seed)
		for _, name := range identity {
			h.who = append(h.who, slices.IndexFunc(columns, func(c edition.Column) bool { return c.Name == name }))
		}
	}
	h.hash.Reset()
	for _, i := range h.who {
		h.hash.Write(cells[i])
		h.hash.WriteByte('\t')
	}
	r := row{who: h.hash.Sum64()}
	h.line = append(bytes.Join(cells, []byte("\t")), '\n')
	r.whole = maphash.Bytes(seed, h.line)
	return r
}

// compare writes the payments of the newer edition that the older one does not have, or has otherwise, as TSV. Unless it is given, a
// payment's reference follows from it and is left out, as in an edition.
func compare(older, newer, to string) (differs, error) {
	var d differs
	before := map[uint64]uint64{}
	var h hashes
	err := eachPayment(older, func(columns []edition.Column, cells [][]byte) error {
		r := h.row(columns, cells)
		if _, twice := before[r.who]; twice {
			return errors.New("two payments are the same")
		}
		before[r.who] = r.whole
		return nil
	})
	if err != nil {
		return d, err
	}
	f, err := os.Create(to)
	if err != nil {
		return d, err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	err = eachPayment(newer, func(columns []edition.Column, cells [][]byte) error {
		r := h.row(columns, cells)
		whole, had := before[r.who]
		delete(before, r.who)
		switch {
		case had && whole == r.whole:
			return nil
		case had:
			d.Corrected++
		default:
			d.Added++
		}
		n, err := out.Write(h.line)
		d.Bytes += int64(n)
		return err
	})
	d.Gone = len(before)
	return d, errors.Join(err, out.Flush())
}

const zstdCommand = "zstd -19"

// zstdOf is how many bytes a file is under zstd -19.
func zstdOf(path string) (int64, error) {
	cmd := exec.Command("zstd", "-19", "--quiet", "--stdout", path)
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", zstdCommand, err)
	}
	return int64(len(out)), nil
}
