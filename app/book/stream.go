package book

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingbai.local/app/disclosure"
)

// Bounds of a column stream. An edition that exceeds one is refused, so that no stream makes a kiosk run out of memory.
const (
	maxBlockRows = 1 << 20
	maxText      = 1 << 20 // bytes of one text
	maxBlockText = 64 << 20
	maxHead      = 4 << 20
)

// head is edition.json.
type head struct {
	County      string              `json:"county"`
	CountyName  string              `json:"county_name"`
	Number      int64               `json:"number"`
	AsOf        disclosure.Date     `json:"as_of"`
	PublishedAt time.Time           `json:"published_at"`
	Synthetic   bool                `json:"synthetic"`
	Digest      string              `json:"digest"`
	Datasets    map[string]headRows `json:"datasets"`
}

type headRows struct {
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"`
}

// readHead reads edition.json and checks that every stream beside it is of a dataset and column that this version knows.
func readHead(fsys fs.FS) (head, error) {
	var h head
	f, err := fsys.Open("edition.json")
	if err != nil {
		return h, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxHead))
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("edition.json: %w", err)
	}
	if _, err := disclosure.ParseDate(string(h.AsOf)); err != nil || h.Number < 1 || h.County == "" {
		return h, errors.New("edition.json: county, number or date is missing")
	}
	for name := range h.Datasets {
		if disclosure.ByName(name) == nil {
			return h, fmt.Errorf("edition.json: dataset %s: of a newer format", name)
		}
	}
	var sum strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h.Datasets)) {
		sum.WriteString(name + "\x00" + h.Datasets[name].Digest + "\n")
	}
	if got := sha256.Sum256([]byte(sum.String())); hex.EncodeToString(got[:]) != h.Digest {
		return h, fmt.Errorf("edition.json: digest is %x, edition says %s", got, h.Digest)
	}
	return h, knownNames(fsys)
}

func knownNames(fsys fs.FS) error {
	dirs, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if dir.Name() == "edition.json" {
			continue
		}
		d := disclosure.ByName(dir.Name())
		if d == nil {
			return fmt.Errorf("%s: no dataset that this version knows", dir.Name())
		}
		columns, err := fs.ReadDir(fsys, d.Name)
		if err != nil {
			return err
		}
		for _, c := range columns {
			if _, ok := d.Column(c.Name()); !ok {
				return fmt.Errorf("%s/%s: no column that this version knows", d.Name, c.Name())
			}
		}
	}
	return nil
}

// column (列流) decodes one column stream block by block.
type column struct {
	number bool
	r      *bufio.Reader
	ints   []int64  // of the block at hand
	texts  []string // its entries
	index  []uint32
}

// block decodes the next block and returns its rows, 0 at the end of the stream.
func (c *column) block() (int, error) {
	if _, err := c.r.Peek(1); err == io.EOF {
		return 0, nil
	}
	rows, err := c.uint()
	if err != nil {
		return 0, err
	}
	if rows == 0 || rows > maxBlockRows {
		return 0, fmt.Errorf("block of %d rows", rows)
	}
	if c.number {
		return int(rows), c.numbers(int(rows))
	}
	return int(rows), c.dictionary(int(rows))
}

func (c *column) numbers(rows int) error {
	c.ints = c.ints[:0]
	last := int64(0)
	for range rows {
		u, err := c.uint()
		if err != nil {
			return err
		}
		d := int64(u >> 1)
		if u&1 != 0 {
			d = ^d
		}
		last += d
		c.ints = append(c.ints, last)
	}
	return nil
}

func (c *column) dictionary(rows int) error {
	n, err := c.uint()
	if err != nil {
		return err
	}
	if n > uint64(rows) {
		return fmt.Errorf("%d entries for %d rows", n, rows)
	}
	c.texts = c.texts[:0]
	seen := map[string]bool{}
	total := uint64(0)
	var buf []byte
	for range n {
		size, err := c.uint()
		if err != nil {
			return err
		}
		if total += size; size > maxText || total > maxBlockText {
			return errors.New("text is too long")
		}
		buf = slices.Grow(buf[:0], int(size))[:size]
		if _, err := io.ReadFull(c.r, buf); err != nil {
			return cutOff(err)
		}
		s := string(buf)
		if seen[s] || !utf8.ValidString(s) {
			return errors.New("text stands there twice or is not UTF-8")
		}
		seen[s] = true
		c.texts = append(c.texts, s)
	}
	c.index = c.index[:0]
	used := uint64(0)
	for range rows {
		i, err := c.uint()
		if err != nil {
			return err
		}
		if i > used || i >= n {
			return errors.New("texts are not in order of first use")
		}
		if i == used {
			used++
		}
		c.index = append(c.index, uint32(i))
	}
	if used != n {
		return errors.New("texts are not all used")
	}
	return nil
}

// uint reads a varint in its shortest form.
func (c *column) uint() (uint64, error) {
	var v uint64
	for shift := 0; ; shift += 7 {
		b, err := c.r.ReadByte()
		if err != nil {
			return 0, cutOff(err)
		}
		if shift == 63 && b > 1 || shift > 0 && b == 0 {
			return 0, errors.New("bad number")
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v, nil
		}
	}
}

func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// rows (行) reads a dataset's columns abreast, and sums its digest.
type rows struct {
	dataset *disclosure.Dataset
	files   []fs.File
	columns []*column
	n       int // rows in the block at hand
	count   int64
	sum     [4]uint64 // of row hashes, mod 2^256, least significant first
	buf     []byte
}

// openRows opens the streams of a dataset; one without streams has no rows.
func openRows(fsys fs.FS, d *disclosure.Dataset) (*rows, error) {
	r := &rows{dataset: d}
	missing := ""
	for _, c := range d.Columns {
		f, err := fsys.Open(d.Name + "/" + c.Name)
		if errors.Is(err, fs.ErrNotExist) {
			missing = c.Name
			continue
		}
		if err != nil {
			r.close()
			return nil, err
		}
		const buffer = 32 << 10
		r.files = append(r.files, f)
		r.columns = append(r.columns, &column{number: c.Kind.Number(), r: bufio.NewReaderSize(f, buffer)})
	}
	if missing != "" && len(r.files) > 0 {
		r.close()
		return nil, fmt.Errorf("%s/%s: column is missing", d.Name, missing)
	}
	return r, nil
}

func (r *rows) close() {
	for _, f := range r.files {
		f.Close()
	}
}

// next decodes the next block of every column; false at the end.
func (r *rows) next() (bool, error) {
	r.n = 0
	for i, c := range r.columns {
		n, err := c.block()
		if err == nil && i > 0 && n != r.n {
			err = fmt.Errorf("block of %d rows beside one of %d", n, r.n)
		}
		if err != nil {
			return false, fmt.Errorf("%s/%s: row %d: %w", r.dataset.Name, r.dataset.Columns[i].Name, r.count, err)
		}
		r.n = n
	}
	for i := range r.n {
		r.add(i)
	}
	r.count += int64(r.n)
	return r.n > 0, nil
}

// add adds row i of the block to the digest.
func (r *rows) add(i int) {
	b := r.buf[:0]
	for _, c := range r.columns {
		if c.number {
			b = binary.AppendVarint(b, c.ints[i])
			continue
		}
		s := c.texts[c.index[i]]
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	r.buf = b
	h := sha256.Sum256(b)
	var carry uint64
	for k := range r.sum {
		r.sum[k], carry = bits.Add64(r.sum[k], binary.BigEndian.Uint64(h[24-8*k:]), carry)
	}
}

// check compares what was read with what the edition says of the dataset.
func (r *rows) check(want headRows) error {
	b := binary.AppendUvarint(nil, uint64(r.count))
	for k := 3; k >= 0; k-- {
		b = binary.BigEndian.AppendUint64(b, r.sum[k])
	}
	h := sha256.Sum256(b)
	if r.count != want.Rows {
		return fmt.Errorf("%s: %d rows, edition says %d", r.dataset.Name, r.count, want.Rows)
	}
	if got := hex.EncodeToString(h[:]); got != want.Digest {
		return fmt.Errorf("%s: digest is %s, edition says %s", r.dataset.Name, got, want.Digest)
	}
	return nil
}

// cells sets out to row i of the block.
func (r *rows) cells(i int, out []disclosure.Cell) {
	for k, c := range r.columns {
		if c.number {
			out[k] = disclosure.Cell{Int: c.ints[i]}
		} else {
			out[k] = disclosure.Cell{Text: c.texts[c.index[i]]}
		}
	}
}
