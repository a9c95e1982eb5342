package book

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"sort"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"mingbai.local/app/internal/section"
)

// Format is the version of the file. Its history:
//
//	1  the first: one bucket of sections, each with a checksum, and a directory of them.
//	2  names as tries with prefix sums; references by 8 bits of their hash.
//	3  payments as lists of packed columns; references name their place, and none is stored that follows from its payment;
//	   titles as tries, and texts once, where they are searched.
const Format = 3

var (
	bucketName   = []byte("book")
	directoryKey = []byte("directory")
	castagnoli   = crc32.MakeTable(crc32.Castagnoli)
)

// pageSize is fixed, so that a book is the same bytes wherever it is built.
const pageSize = 4096

// file (文件) is the bbolt file of a book: sections by name. Each section's value ends in a CRC-32C over its name and bytes,
// which is checked when the section is first touched. The directory, which is read at once, names every section, so that
// one that a damaged page hides is damage too, and not an empty answer.
type file struct {
	pages  *pages
	db     *bbolt.DB
	tx     *bbolt.Tx
	head   []byte
	sizes  map[string]int
	mu     sync.Mutex
	opened map[string][]byte
	failed map[string]error
	closed bool
}

// frame appends the checksum of a section.
func frame(name string, data []byte) []byte {
	return binary.LittleEndian.AppendUint32(data, checksum(name, data))
}

func checksum(name string, data []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(name), castagnoli), castagnoli, data)
}

// unframe returns the bytes of a section, or what is wrong with it.
func unframe(name string, value []byte) ([]byte, error) {
	if len(value) < 4 {
		return nil, fmt.Errorf("section %s: %d bytes", name, len(value))
	}
	data := value[:len(value)-4]
	if checksum(name, data) != binary.LittleEndian.Uint32(value[len(data):]) {
		return nil, fmt.Errorf("section %s: checksum is wrong", name)
	}
	return data, nil
}

// encodeDirectory: uvarint(format), the book's head as text, uvarint(n), and per section, ascending, its name and size.
func encodeDirectory(head []byte, sections map[string][]byte) []byte {
	out := binary.AppendUvarint(nil, Format)
	out = section.AppendText(out, string(head))
	out = binary.AppendUvarint(out, uint64(len(sections)))
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		out = section.AppendText(out, name)
		out = binary.AppendUvarint(out, uint64(len(sections[name])))
	}
	return out
}

// longestDirectory is in bytes, room for some ten thousand sections. A book is not opened with more than it may take in memory.
const longestDirectory = 1 << 20

func decodeDirectory(b []byte) ([]byte, map[string]int, error) {
	if len(b) > longestDirectory {
		return nil, nil, fmt.Errorf("directory: %d bytes are too many", len(b))
	}
	c := section.Read(b)
	if v := c.Uint(); c.Err() == nil && v != Format {
		return nil, nil, fmt.Errorf("format %d, this version reads %d", v, Format)
	}
	head := c.Text()
	sizes := map[string]int{}
	last := ""
	for range c.Len(2) {
		name := c.Text()
		sizes[name] = c.Count()
		if name <= last {
			c.Fail("sections are not ascending")
		}
		if c.Err() != nil {
			break
		}
		last = name
	}
	if err := c.End(); err != nil {
		return nil, nil, fmt.Errorf("directory: %w", err)
	}
	return []byte(head), sizes, nil
}

// writeFile makes the file at path, which must not exist, in one transaction, and brings it to the disk.
func writeFile(path string, head []byte, sections map[string][]byte) (err error) {
	// A map that is too small for the file is made again larger, for which bbolt copies everything that is on its way.
	size := pageSize
	for name, data := range sections {
		size += len(name) + len(data) + pageSize
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		PageSize: pageSize, NoSync: true, NoGrowSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, InitialMmapSize: size,
	})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucket(bucketName)
		if err != nil {
			return err
		}
		bucket.FillPercent = 0.98
		if err := bucket.Put(directoryKey, frame(string(directoryKey), encodeDirectory(head, sections))); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(sections)) {
			if err := bucket.Put([]byte(name), frame(name, sections[name])); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = db.Sync()
	}
	return errors.Join(err, db.Close())
}

func openFile(path string) (f *file, err error) {
	f = &file{opened: map[string][]byte{}, failed: map[string]error{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.close())
		}
	}()
	if f.pages, err = openTree(path); err != nil {
		return f, err
	}
	if err := f.pages.check(string(directoryKey)); err != nil {
		return f, err
	}
	defer catch(debug.SetPanicOnFault(true), &err)
	f.db, err = bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true, Timeout: time.Second, PageSize: pageSize})
	if err != nil {
		return f, err
	}
	if f.tx, err = f.db.Begin(false); err != nil {
		return f, err
	}
	bucket := f.tx.Bucket(bucketName)
	if bucket == nil {
		return f, errors.New("no book")
	}
	b, err := unframe(string(directoryKey), bucket.Get(directoryKey))
	if err != nil {
		return f, err
	}
	f.head, f.sizes, err = decodeDirectory(b)
	return f, err
}

// catch turns a panic of bbolt, or a fault of the mapped file, into an error.
func catch(old bool, err *error) {
	debug.SetPanicOnFault(old)
	if r := recover(); r != nil {
		*err = fmt.Errorf("damaged: %v", r)
	}
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	var err error
	if f.tx != nil {
		err = f.tx.Rollback()
	}
	if f.db != nil {
		err = errors.Join(err, f.db.Close())
	}
	if f.pages != nil {
		err = errors.Join(err, f.pages.file.Close())
	}
	return err
}

// section returns the bytes of a section where they lie in the mapped file; nil without an error where the book has none
// of that name. One that is damaged stays so, and is not read again.
func (f *file) section(name string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if data, ok := f.opened[name]; ok {
		return data, nil
	}
	size, ok := f.sizes[name]
	if !ok {
		return nil, nil
	}
	if err, ok := f.failed[name]; ok {
		return nil, err
	}
	data, err := f.read(name, size)
	if err != nil {
		f.failed[name] = err
		return nil, err
	}
	f.opened[name] = data
	return data, nil
}

func (f *file) read(name string, size int) (data []byte, err error) {
	if err := f.pages.check(name); err != nil {
		return nil, fmt.Errorf("section %s: %w", name, err)
	}
	defer catch(debug.SetPanicOnFault(true), &err)
	data, err = unframe(name, f.tx.Bucket(bucketName).Get([]byte(name)))
	if err == nil && len(data) != size {
		err = fmt.Errorf("section %s: %d bytes, directory says %d", name, len(data), size)
	}
	return data, err
}

// pages (书页) reads the pages that lead to a section, before bbolt does: bbolt trusts them, and a page that names itself as its
// child would exhaust the stack, which nothing can catch. Every page of a book has a higher number than the pages below it,
// because writeFile writes it in one transaction from the leaves up; so a path through it always ends.
type pages struct {
	file *os.File
	size int64
}

func openTree(path string) (*pages, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return nil, errors.New("not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &pages{f, info.Size()}, nil
}

// check checks the pages on the way to a section, by which bbolt goes too.
func (p *pages) check(section string) error { return checkTree(p.file, p.size, []byte(section)) }

// checkAll checks all pages.
func (p *pages) checkAll() error { return checkTree(p.file, p.size, nil) }

// checkTree checks the pages on the way to a section, or all where none is given.
func checkTree(r io.ReaderAt, size int64, section []byte) error {
	t := tree{r: r, pages: uint64(size / pageSize), section: section}
	valid := false
	for n := range uint64(2) {
		root, ok, err := t.meta(n)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		valid = true
		if err := t.page(root, t.pages, true, 0); err != nil {
			return err
		}
	}
	if !valid {
		return errors.New("no book")
	}
	return nil
}

type tree struct {
	r       io.ReaderAt
	pages   uint64
	section []byte
	seen    int
}

const (
	pageHeader  = 16
	elementSize = 16
	branchPage  = 1
	leafPage    = 2
	bucketFlag  = 1
	deepest     = 16
	metaMagic   = 0xED0CDAED
)

// meta reads one of the two pages that name the root; ok is false where its checksum is wrong.
func (t *tree) meta(n uint64) (root uint64, ok bool, err error) {
	b := make([]byte, pageHeader+64)
	if _, err := t.r.ReadAt(b, int64(n)*pageSize); err != nil {
		return 0, false, fmt.Errorf("page %d: %w", n, cutOff(err))
	}
	le, m := binary.LittleEndian, b[pageHeader:]
	sum := fnv.New64a()
	sum.Write(m[:56])
	if le.Uint32(m) != metaMagic || le.Uint64(m[56:]) != sum.Sum64() {
		return 0, false, nil
	}
	if le.Uint32(m[8:]) != pageSize || le.Uint64(m[40:]) > t.pages {
		return 0, false, fmt.Errorf("page %d: cut off, or of another page size", n)
	}
	return le.Uint64(m[16:]), true, nil
}

// cutOff says that a file ends too soon in words of its own.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("cut off")
	}
	return err
}

// page checks page id, which stands so many levels down, and what it leads to. A top page may hold buckets.
func (t *tree) page(id, below uint64, top bool, depth int) error {
	bad := func(what string) error { return fmt.Errorf("page %d: %s", id, what) }
	if id < 2 || id >= below {
		return bad("is not where a page can lead")
	}
	if depth > deepest {
		return bad("is too deep")
	}
	if t.seen++; t.seen > int(t.pages)+2 {
		return bad("is reached too often")
	}
	b := make([]byte, pageSize)
	if _, err := t.r.ReadAt(b, int64(id)*pageSize); err != nil {
		return bad(cutOff(err).Error())
	}
	le := binary.LittleEndian
	flags, count, overflow := le.Uint16(b[8:]), int(le.Uint16(b[10:])), uint64(le.Uint32(b[12:]))
	if le.Uint64(b) != id || flags != branchPage && flags != leafPage || overflow >= t.pages-id {
		return bad("has a wrong header")
	}
	extent := (overflow + 1) * pageSize
	if pageHeader+count*elementSize > pageSize {
		return bad("has too many elements")
	}
	if flags == branchPage {
		if overflow > 0 || count == 0 {
			return bad("is no branch of a book")
		}
		for i := range count {
			at := pageHeader + i*elementSize
			if uint64(at)+uint64(le.Uint32(b[at:]))+uint64(le.Uint32(b[at+4:])) > extent {
				return bad("has a key outside")
			}
		}
		first, last := t.ways(b, count, top)
		for i := first; i < last; i++ {
			if err := t.page(le.Uint64(b[pageHeader+i*elementSize+8:]), id, top, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range count {
		at := pageHeader + i*elementSize
		e := b[at:]
		pos, ksize, vsize := uint64(at)+uint64(le.Uint32(e[4:])), uint64(le.Uint32(e[8:])), uint64(le.Uint32(e[12:]))
		if pos+ksize+vsize > extent {
			return bad("has a value outside")
		}
		if bucket := le.Uint32(e) == bucketFlag; bucket != top {
			return bad("holds what a book does not")
		} else if bucket {
			if err := t.bucket(id, b, pos+ksize, vsize, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// ways returns which children of a branch are to be checked: the one by which bbolt goes to the section, as it chooses it whatever
// order the keys are in, or all.
func (t *tree) ways(page []byte, count int, top bool) (first, last int) {
	if t.section == nil {
		return 0, count
	}
	wanted := t.section
	if top {
		wanted = bucketName
	}
	exact := false
	i := sort.Search(count, func(i int) bool {
		at := pageHeader + i*elementSize
		pos, size := uint64(at)+uint64(binary.LittleEndian.Uint32(page[at:])), uint64(binary.LittleEndian.Uint32(page[at+4:]))
		c := bytes.Compare(page[pos:pos+size], wanted)
		exact = exact || c == 0
		return c >= 0
	})
	if !exact && i > 0 {
		i--
	}
	return min(i, count-1), min(i, count-1) + 1
}

// bucket checks the root of a bucket. A book's never lies in the value itself, as small ones do: its head is too large.
func (t *tree) bucket(id uint64, page []byte, at, size uint64, depth int) error {
	const bucketHeader = 16
	if size != bucketHeader || at+bucketHeader > uint64(len(page)) {
		return fmt.Errorf("page %d: no bucket", id)
	}
	return t.page(binary.LittleEndian.Uint64(page[at:]), id, false, depth+1)
}
