package ledger

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"mingbai.local/app/disclosure"
)

// A dataset file is one zstd frame over:
//
//	"mingbai rows 1\n" dataset "\n" column "," column … "\n"
//	block*  uvarint(rows>0) uvarint(bytes) row*
//	uvarint(0)
//
// A row is its cells in the order of the columns: a number as a zigzag varint, a text as uvarint length and bytes, the same
// bytes over which an edition's digests are made. The file's name is the SHA-256 of what the frame holds, not of the frame,
// so that it does not depend on the compressor's version.
//
// History: 1 is the first.
const datasetMagic = "mingbai rows 1\n"

const (
	datasetDir = "datasets"
	// blockSize is where a block is closed. Strings of a block share its memory.
	blockSize = 256 << 10
	// blockLimit bounds what a damaged length can make the reader ask for.
	blockLimit = 64 << 20
)

// Draft is a document being read in. Nothing knows of it until Put.
type Draft struct {
	dataset  *disclosure.Dataset
	name     string
	dir      string
	f        *os.File
	out      *bufio.Writer
	z        *zstd.Encoder
	sum      hash.Hash
	block    []byte
	inBlock  uint64
	rows     int64
	amount   disclosure.Fen
	amountAt int // column amount_fen, or -1
	hashes   []int64
	sha256   string
	finished bool
}

// NewDraft starts the draft of a document of that file name. Close it in any case.
func (l *Ledger) NewDraft(dataset *disclosure.Dataset, name string) (*Draft, error) {
	if name == "" || name != filepath.Base(name) {
		return nil, fmt.Errorf("ledger: %q is no file name", name)
	}
	dir := filepath.Join(l.dir, datasetDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	f, err := os.CreateTemp(dir, "draft-*")
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	d := &Draft{dataset: dataset, name: name, dir: dir, f: f, out: bufio.NewWriterSize(f, 1<<16), sum: sha256.New(), amountAt: -1}
	d.z, err = zstd.NewWriter(d.out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: %w", err), d.Close())
	}
	names := make([]string, len(dataset.Columns))
	for i, c := range dataset.Columns {
		names[i] = c.Name
		if c.Name == "amount_fen" {
			d.amountAt = i
		}
	}
	if err := d.write([]byte(datasetMagic + dataset.Name + "\n" + strings.Join(names, ",") + "\n")); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Append adds one record in cells of the dataset's columns; the first column is its reference. Cells may be reused.
func (d *Draft) Append(cells []disclosure.Cell) error {
	d.block = AppendRow(d.block, d.dataset, cells)
	d.hashes = append(d.hashes, refHash(d.dataset.Name, cells[0].Text))
	if d.amountAt >= 0 {
		d.amount += disclosure.Fen(cells[d.amountAt].Int)
	}
	d.rows++
	d.inBlock++
	if len(d.block) >= blockSize {
		return d.flush()
	}
	return nil
}

// Rows returns how many records the draft holds, and Amount the sum of their amounts.
func (d *Draft) Rows() int64 { return d.rows }

// Amount returns the sum of the column amount_fen; 0 where the dataset has none.
func (d *Draft) Amount() disclosure.Fen { return d.amount }

func (d *Draft) flush() error {
	if d.inBlock == 0 {
		return nil
	}
	head := binary.AppendUvarint(nil, d.inBlock)
	head = binary.AppendUvarint(head, uint64(len(d.block)))
	if err := d.write(head); err != nil {
		return err
	}
	err := d.write(d.block)
	d.block, d.inBlock = d.block[:0], 0
	return err
}

func (d *Draft) write(b []byte) error {
	_, _ = d.sum.Write(b) // a hash never fails
	if _, err := d.z.Write(b); err != nil {
		return fmt.Errorf("ledger: draft of %s: %w", d.name, err)
	}
	return nil
}

// Repeat is a reference that stands twice in one document.
type Repeat struct {
	Ref           string
	Row, FirstRow int64
}

// Finish completes the draft and returns the references that it holds more than once, at most limit of them.
func (d *Draft) Finish(limit int) ([]Repeat, error) {
	if err := d.flush(); err != nil {
		return nil, err
	}
	if err := d.write([]byte{0}); err != nil {
		return nil, err
	}
	err := d.z.Close()
	if err == nil {
		err = d.out.Flush()
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: draft of %s: %w", d.name, err)
	}
	d.sha256 = hex.EncodeToString(d.sum.Sum(nil))
	d.finished = true
	slices.Sort(d.hashes)
	return d.repeats(limit)
}

func (d *Draft) repeats(limit int) ([]Repeat, error) {
	twice := map[int64]bool{}
	for i := 1; i < len(d.hashes); i++ {
		if d.hashes[i] == d.hashes[i-1] {
			twice[d.hashes[i]] = true
		}
	}
	if len(twice) == 0 {
		return nil, nil
	}
	var out []Repeat
	first := map[string]int64{}
	err := d.refs(func(ref string, row int64) error {
		if !twice[refHash(d.dataset.Name, ref)] {
			return nil
		}
		if at, ok := first[ref]; !ok {
			first[ref] = row
		} else if len(out) < limit {
			out = append(out, Repeat{Ref: ref, Row: row, FirstRow: at})
		}
		return nil
	})
	return out, err
}

// keep gives the finished draft its lasting name and returns it where the file is new. A file that is there already has the
// same rows; it stays, because an older source may name it.
func (d *Draft) keep() (created string, err error) {
	path := datasetPath(d.dir, d.sha256)
	if _, err := os.Lstat(path); err == nil {
		return "", nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if err := os.Rename(d.f.Name(), path); err != nil {
		return "", err
	}
	return path, nil
}

// Close forgets a draft that was not put, and frees what a put one held.
func (d *Draft) Close() error {
	err := d.f.Close()
	if rm := os.Remove(d.f.Name()); rm != nil && !errors.Is(rm, os.ErrNotExist) {
		err = errors.Join(err, rm)
	}
	if err != nil {
		return fmt.Errorf("ledger: draft of %s: %w", d.name, err)
	}
	return nil
}

func (d *Draft) refs(each func(ref string, row int64) error) error {
	if _, err := d.f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("ledger: draft of %s: %w", d.name, err)
	}
	return refs(d.f, d.dataset, d.sha256, each)
}

func (l *Ledger) refs(s Source, each func(ref string, row int64) error) error {
	f, d, err := l.openSource(s)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return refs(f, d, s.SHA256, each)
}

func refs(r io.Reader, d *disclosure.Dataset, sum string, each func(ref string, row int64) error) error {
	at := slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == "source_row" })
	return readDataset(r, d, sum, func(cells []disclosure.Cell) error { return each(cells[0].Text, cells[at].Int) })
}

// Each calls each with every record of a source, in the document's order, as cells of the dataset's columns. The slice is
// reused; the texts may be kept. A file that is not what its name says ends with an error, after the calls that came before.
func (l *Ledger) Each(s Source, each func(cells []disclosure.Cell) error) error {
	f, d, err := l.openSource(s)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := readDataset(f, d, s.SHA256, each); err != nil {
		return fmt.Errorf("ledger: %s %s: %w", s.Dataset, s.Name, err)
	}
	return nil
}

func (l *Ledger) openSource(s Source) (*os.File, *disclosure.Dataset, error) {
	d := disclosure.ByName(s.Dataset)
	if d == nil {
		return nil, nil, fmt.Errorf("ledger: source %s is of the unknown dataset %q", s.Name, s.Dataset)
	}
	f, err := os.Open(datasetPath(filepath.Join(l.dir, datasetDir), s.SHA256))
	if err != nil {
		return nil, nil, fmt.Errorf("ledger: %s: %w", s.Name, err)
	}
	return f, d, nil
}

func datasetPath(dir, sum string) string { return filepath.Join(dir, sum[:2], sum) }

var errDamaged = errors.New("dataset file is damaged")

// readDataset reads what a Draft wrote. Columns are found by name, so that a file from before a column was added is read
// with that column empty.
func readDataset(r io.Reader, d *disclosure.Dataset, sum string, each func([]disclosure.Cell) error) error {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return err
	}
	defer z.Close()
	h := sha256.New()
	in := bufio.NewReaderSize(io.TeeReader(z, h), 1<<16)
	order, err := readHeader(in, d)
	if err != nil {
		return err
	}
	cells := make([]disclosure.Cell, len(d.Columns))
	for {
		rows, err := binary.ReadUvarint(in)
		if err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		if rows == 0 {
			break
		}
		if err := readBlock(in, rows, d, order, cells, each); err != nil {
			return err
		}
	}
	if n, err := io.Copy(io.Discard, in); n > 0 || err != nil {
		return fmt.Errorf("%w: %d bytes after the end, %w", errDamaged, n, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return fmt.Errorf("%w: hash is %s, name says %s", errDamaged, got, sum)
	}
	return nil
}

// readHeader returns, for each column of the file, where it stands in the dataset.
func readHeader(in *bufio.Reader, d *disclosure.Dataset) ([]int, error) {
	lines := [3]string{}
	for i := range lines {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		lines[i] = line
	}
	if lines[0] != datasetMagic || lines[1] != d.Name+"\n" {
		return nil, fmt.Errorf("%w: header says %q %q", errDamaged, lines[0], lines[1])
	}
	var order []int
	for name := range strings.SplitSeq(strings.TrimSuffix(lines[2], "\n"), ",") {
		at := slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("dataset file has the unknown column %q", name)
		}
		order = append(order, at)
	}
	return order, nil
}

func readBlock(in *bufio.Reader, rows uint64, d *disclosure.Dataset, order []int, cells []disclosure.Cell, each func([]disclosure.Cell) error) error {
	size, err := binary.ReadUvarint(in)
	if err != nil || size > blockLimit {
		return fmt.Errorf("%w: block of %d bytes", errDamaged, size)
	}
	block := make([]byte, size)
	if _, err := io.ReadFull(in, block); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	for range rows {
		for _, at := range order {
			if block, err = readCell(block, d.Columns[at].Kind.Number(), &cells[at]); err != nil {
				return err
			}
		}
		if err := each(cells); err != nil {
			return err
		}
	}
	if len(block) > 0 {
		return errDamaged
	}
	return nil
}

// syncPath brings a file, or the names in a folder, to the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
