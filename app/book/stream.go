package book

import (
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

// ErrNewer says that an edition has what only a newer program can read.
var ErrNewer = errors.New("of a newer format")

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
			return h, fmt.Errorf("edition.json: dataset %s: %w", name, ErrNewer)
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
			return fmt.Errorf("%s: no dataset that this version knows: %w", dir.Name(), ErrNewer)
		}
		columns, err := fs.ReadDir(fsys, d.Name)
		if err != nil {
			return err
		}
		for _, c := range columns {
			if _, ok := d.Column(c.Name()); !ok {
				return fmt.Errorf("%s/%s: no column that this version knows: %w", d.Name, c.Name(), ErrNewer)
			}
		}
	}
	return nil
}

// cells (格) are one block of a column: numbers, or texts each once and which of them each row has.
type cells struct {
	ints  []int64
	texts []string
	index []uint32
	ids   []uint32 // of the texts among the terms
	terms []string // of the stream up to here, where they are kept
}

// text returns the text of a row.
func (c *cells) text(row int) string { return c.texts[c.index[row]] }

// column (列流) decodes one column stream block by block.
type column struct {
	number bool
	src    io.Reader
	held   []byte // of the stream, read but not decoded
	buf    []byte
	failed error  // of src, once held is used up
	terms  *terms // where they are kept
}

// terms (词) are the texts of a column over all its blocks, each once.
type terms struct {
	list []string
	at   map[string]uint32
	last []uint32 // the block in which each stood last
	now  uint32   // the block at hand
}

func newTerms() *terms { return &terms{at: map[string]uint32{}} }

// id numbers a text; seen says that the block at hand had it before.
func (t *terms) id(b []byte) (id uint32, seen bool) {
	id, ok := t.at[string(b)]
	if !ok {
		id = uint32(len(t.list))
		s := string(b)
		t.at[s], t.list, t.last = id, append(t.list, s), append(t.last, 0)
	}
	seen = t.last[id] == t.now
	t.last[id] = t.now
	return id, seen
}

func newColumn(src io.Reader, number bool) *column {
	const buffer = 32 << 10
	return &column{number: number, src: src, buf: make([]byte, buffer)}
}

// fill reads on until n bytes are held, or as many as there are, and reports whether it could.
func (c *column) fill(n int) bool {
	if len(c.held) >= n {
		return true
	}
	if n > len(c.buf) {
		c.buf = make([]byte, n)
	}
	size := copy(c.buf, c.held)
	for size < n && c.failed == nil {
		var more int
		more, c.failed = c.src.Read(c.buf[size:])
		size += more
	}
	c.held = c.buf[:size]
	return size >= n
}

// block decodes the next block and returns its rows, 0 at the end of the stream.
func (c *column) block(to *cells) (int, error) {
	if !c.fill(1) {
		if c.failed == io.EOF {
			return 0, nil
		}
		return 0, c.failed
	}
	rows, err := c.uint()
	if err != nil {
		return 0, err
	}
	if rows == 0 || rows > maxBlockRows {
		return 0, fmt.Errorf("block of %d rows", rows)
	}
	if c.number {
		return int(rows), c.numbers(to, int(rows))
	}
	return int(rows), c.dictionary(to, int(rows))
}

func (c *column) numbers(to *cells, rows int) error {
	to.ints = to.ints[:0]
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
		to.ints = append(to.ints, last)
	}
	return nil
}

func (c *column) dictionary(to *cells, rows int) error {
	n, err := c.uint()
	if err != nil {
		return err
	}
	if n > uint64(rows) {
		return fmt.Errorf("%d entries for %d rows", n, rows)
	}
	to.texts, to.ids = to.texts[:0], to.ids[:0]
	terms := c.terms
	if terms == nil {
		terms = newTerms()
	}
	terms.now++
	total := uint64(0)
	for range n {
		size, err := c.uint()
		if err != nil {
			return err
		}
		if total += size; size > maxText || total > maxBlockText {
			return errors.New("text is too long")
		}
		if !c.fill(int(size)) {
			return c.cutOff()
		}
		text := c.held[:size]
		c.held = c.held[size:]
		id, seen := terms.id(text)
		if seen || !utf8.Valid(text) {
			return errors.New("text stands there twice or is not UTF-8")
		}
		to.texts = append(to.texts, terms.list[id])
		to.ids = append(to.ids, id)
	}
	to.terms = terms.list
	to.index = to.index[:0]
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
		to.index = append(to.index, uint32(i))
	}
	if used != n {
		return errors.New("texts are not all used")
	}
	return nil
}

// uint reads a varint in its shortest form.
func (c *column) uint() (uint64, error) {
	if len(c.held) > 0 && c.held[0] < 0x80 { // as most are
		v := c.held[0]
		c.held = c.held[1:]
		return uint64(v), nil
	}
	c.fill(binary.MaxVarintLen64)
	v, n := binary.Uvarint(c.held)
	if n == 0 {
		return 0, c.cutOff()
	}
	if n < 0 || n > 1 && c.held[n-1] == 0 {
		return 0, errors.New("bad number")
	}
	c.held = c.held[n:]
	return v, nil
}

// cutOff says why a stream ends too early.
func (c *column) cutOff() error {
	if c.failed != io.EOF {
		return c.failed
	}
	return io.ErrUnexpectedEOF
}

// rows (行) reads a dataset's columns abreast, and sums its digest. The block after the one at hand is decoded meanwhile.
type rows struct {
	dataset *disclosure.Dataset
	files   []fs.File
	columns []*cells // of the block at hand
	n       int      // rows in it
	count   int64
	sum     [4]uint64 // of row hashes, mod 2^256, least significant first
	buf     []byte
	ahead   *ahead
}

// openRows opens the streams of a dataset; one without streams has no rows. The terms of the columns named in intern are kept
// over all blocks.
func openRows(fsys fs.FS, d *disclosure.Dataset, intern []string) (*rows, error) {
	r := &rows{dataset: d}
	var decoders []*column
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
		col := newColumn(f, c.Kind.Number())
		if slices.Contains(intern, c.Name) {
			col.terms = newTerms()
		}
		r.files = append(r.files, f)
		r.columns = append(r.columns, &cells{})
		decoders = append(decoders, col)
	}
	if missing != "" && len(r.files) > 0 {
		r.close()
		return nil, fmt.Errorf("%s/%s: column is missing", d.Name, missing)
	}
	r.ahead = readAhead(d, decoders)
	return r, nil
}

// column returns a column of the block at hand by its name.
func (r *rows) column(name string) *cells {
	return r.columns[slices.IndexFunc(r.dataset.Columns, func(c disclosure.Column) bool { return c.Name == name })]
}

func (r *rows) close() {
	if r.ahead != nil {
		r.ahead.close()
	}
	for _, f := range r.files {
		f.Close()
	}
}

// next moves to the next block of every column; false at the end.
func (r *rows) next() (bool, error) {
	b := <-r.ahead.full
	if b == nil || b.err != nil || b.n == 0 {
		r.n = 0 // and what the columns had last stays: the terms are those of the whole stream
		if b == nil {
			return false, nil
		}
		return false, b.err
	}
	for i, c := range r.columns {
		*c, b.columns[i] = b.columns[i], *c
	}
	r.n = b.n
	r.ahead.free <- b
	for i := range r.n {
		r.add(i)
	}
	r.count += int64(r.n)
	return true, nil
}

// block is what all columns hold of the same rows, or why there is none.
type block struct {
	n       int // 0 at the end
	columns []cells
	err     error
}

// ahead (预读) decodes blocks on a goroutine of its own, because decoding takes longer than what is done with the rows: a county
// so takes less time where there are two processors. It is never more than two blocks ahead.
type ahead struct {
	full, free chan *block
	stop, done chan struct{}
}

func readAhead(d *disclosure.Dataset, columns []*column) *ahead {
	const blocks = 2
	a := &ahead{full: make(chan *block, blocks), free: make(chan *block, blocks+1), stop: make(chan struct{}), done: make(chan struct{})}
	for range blocks {
		a.free <- &block{columns: make([]cells, len(columns))}
	}
	go func() {
		defer close(a.done)
		defer close(a.full)
		row := int64(0)
		for {
			var b *block
			select {
			case b = <-a.free:
			case <-a.stop:
				return
			}
			b.n, b.err = decodeBlock(b, d, columns, row)
			row += int64(b.n)
			a.full <- b
			if b.n == 0 || b.err != nil {
				return
			}
		}
	}()
	return a
}

// close returns when nothing is read any more.
func (a *ahead) close() {
	close(a.stop)
	<-a.done
}

// decodeBlock decodes the next block of every column, which begins at that row.
func decodeBlock(b *block, d *disclosure.Dataset, columns []*column, row int64) (rows int, err error) {
	for i, c := range columns {
		n, err := c.block(&b.columns[i])
		if err == nil && i > 0 && n != rows {
			err = fmt.Errorf("block of %d rows beside one of %d", n, rows)
		}
		if err != nil {
			return 0, fmt.Errorf("%s/%s: row %d: %w", d.Name, d.Columns[i].Name, row, err)
		}
		rows = n
	}
	return rows, nil
}

// add adds row i of the block to the digest.
func (r *rows) add(i int) {
	b := r.buf[:0]
	for k, c := range r.columns {
		if r.dataset.Columns[k].Kind.Number() {
			b = binary.AppendVarint(b, c.ints[i])
			continue
		}
		s := c.text(i)
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
		if r.dataset.Columns[k].Kind.Number() {
			out[k] = disclosure.Cell{Int: c.ints[i]}
		} else {
			out[k] = disclosure.Cell{Text: c.text(i)}
		}
	}
}
