// Package book is the contents of one edition as one read-only file: built from decoded columns, opened, searched, scrubbed.
//
// There are 3 parties. Whoever brings an edition hands its decoded contents over as an fs.FS and never looks into them; Build
// turns them into a file; a kiosk opens the file and reads from it for as long as the edition stands.
//
// # Column streams
//
// The fs.FS is the seam between how an edition travels and what it says:
//
//   - edition.json: {"county":"420581","county_name":"宜都市","number":3,"as_of":"2026-11-20",
//     "published_at":"2026-11-20T09:14:00+08:00","synthetic":true,"digest":"hex",
//     "datasets":{"disbursement":{"rows":200000,"digest":"hex"},…}}
//   - <dataset>/<column>: one stream for each column that package disclosure names. All columns of a dataset have as many rows
//     and the same block boundaries. A dataset without rows has no directory, or empty streams.
//
// A stream is blocks, each uvarint(rows>0) and a body. The body of a number column is for each row the zigzag varint of its
// difference to the row before in the block, the first to 0. The body of a text column is uvarint(n), n × uvarint(length) and
// UTF-8 bytes, then for each row the uvarint index of its text; texts are distinct, stand in order of first use and are all
// used. Numbers are in their shortest form. A dataset or column that is not known (ErrNewer), or one that is missing, is an error,
// but that a dataset which few editions need (disclosure.Dataset.Spare) is missing where it has no rows. The
// reference of a payment is empty where it is the one that follows from the payment (disclosure.Disbursement.Key).
//
// A row's bytes are for each column in order the zigzag varint, or uvarint(length) and text; its hash is their SHA-256. The
// digest of a dataset is SHA-256(uvarint(rows) and the sum of all row hashes mod 2^256 as 32 bytes in network order), so that
// the order of rows does not matter. The digest of an edition is SHA-256 over "name NUL hex LF" of its datasets by name.
//
// # What lies where
//
// The file is bbolt with one bucket of sections: data/<dataset> holds a dataset's rows as a table, paid/<place> the lists of one
// place (see package roll), templates what the payments of a batch have in common, sent what was sent down to each place, flows
// what was paid from each fund where, given the places whose payments have references of their own, search/… the index of
// package search, directory all the others. What policies, notices and statements say stands in the index alone, which finds
// it. Every section ends in a checksum.
//
// # What is promised
//
// What was withdrawn is not in the file. What is past its last day counts nowhere: not in lists, not in sums, not in search
// (see At). Social aid (低保、特困) is in village lists only. Payments made in a village that was merged are found under its
// old name and under the new one, and say where they were made. A file that is cut off, damaged or not ours is an error when
// it is opened or, where the damage lies in a section, from Err once that section is touched; it is never a panic, and no
// answer is read from a damaged section.
package book

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/section"
	"mingbai.local/app/search"
)

// Book (册) is the contents of one edition, or a view of them on one day. It is safe for use by many at once.
type Book struct {
	*core
	today disclosure.Date
	day   int
}

// core is what all views of a book share.
type core struct {
	file    *file
	head    head
	index   *search.Index
	ledgers section.Recent[string, *ledger]
	data    tables

	mu  sync.Mutex
	err error
}

// Manifest (册首) says which edition a book holds.
type Manifest struct {
	County, CountyName string
	Number             int64
	AsOf               disclosure.Date
	PublishedAt        time.Time
	Synthetic          bool
	Digest             string
	Rows               map[string]int64 // by dataset
}

// ledgersKept is of how many places the heads of the lists stay decoded: all that a county has.
const ledgersKept = 1024

// Open opens the book at path. It fails where the file is none, was cut off or is damaged where it can be seen at once.
func Open(path string) (*Book, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("book: %s: %w", path, err)
	}
	b, err := read(f)
	if err != nil {
		f.close()
		return nil, fmt.Errorf("book: %s: %w", path, err)
	}
	return b, nil
}

// read makes a book of an open file.
func read(f *file) (*Book, error) {
	c := &core{file: f}
	c.ledgers.Limit = ledgersKept
	c.data.open(c)
	err := json.Unmarshal(f.head, &c.head)
	if err == nil {
		c.index, err = search.Open(func(name string) ([]byte, error) { return f.section(sectionSearch + name) }, c.sums)
	}
	return &Book{core: c}, err
}

// Close closes the book and every view of it.
func (b *Book) Close() error {
	if err := b.file.close(); err != nil {
		return fmt.Errorf("book: %w", err)
	}
	return nil
}

// Err returns the damage that was met since the book was opened, nil where there was none. Once it is not nil, answers may
// lack what the damaged section held: another book is to be opened.
func (b *Book) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// note keeps the first damage that is met.
func (c *core) note(err error) {
	if err == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = fmt.Errorf("book: %w", err)
	}
}

// guard lets a fault of the mapped file, as of a disk that fails, become damage instead of the end of the process.
// It is deferred as b.guard(debug.SetPanicOnFault(true)).
func (c *core) guard(old bool) {
	debug.SetPanicOnFault(old)
	switch r := recover().(type) {
	case nil:
	case interface {
		error
		Addr() uintptr
	}:
		c.note(fmt.Errorf("disk: %w", r))
	default:
		panic(r)
	}
}

// Manifest returns which edition this is.
func (b *Book) Manifest() Manifest {
	m := Manifest{
		County: b.head.County, CountyName: b.head.CountyName, Number: b.head.Number, AsOf: b.head.AsOf,
		PublishedAt: b.head.PublishedAt, Synthetic: b.head.Synthetic, Digest: b.head.Digest, Rows: map[string]int64{},
	}
	for name, d := range b.head.Datasets {
		m.Rows[name] = d.Rows
	}
	return m
}

// At returns the book as it is shown on a day: without every record whose last day lies before it. Without a day, nothing is
// hidden for its date. It costs nothing, and shares everything with b.
func (b *Book) At(today disclosure.Date) *Book {
	return &Book{core: b.core, today: today, day: day(today)}
}

// shown reports whether a record may be shown on the day of this view.
func (b *Book) shown(h disclosure.Head) bool {
	return b.day == 0 || h.VisibleUntil == "" || day(h.VisibleUntil) >= b.day
}

// Check reads the whole book and reports the first thing that is wrong: a page, a checksum, a section that cannot be read, a
// sum that differs.
func (b *Book) Check(ctx context.Context) (err error) {
	defer func() {
		if err == nil {
			err = b.Err()
		}
	}()
	defer b.guard(debug.SetPanicOnFault(true))
	if err := b.file.pages.checkAll(); err != nil {
		return fmt.Errorf("book: %w", err)
	}
	for name := range b.file.sizes {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := b.file.section(name)
		if err == nil {
			// It may have been checked long ago, and the disk have failed since.
			_, err = unframe(name, data[:len(data)+4:len(data)+4])
		}
		if err != nil {
			return fmt.Errorf("book: %w", err)
		}
	}
	if err := b.checkContents(ctx); err != nil {
		return fmt.Errorf("book: %w", err)
	}
	return nil
}

// checkContents reads everything that the sections say.
func (b *Book) checkContents(ctx context.Context) error {
	for name := range b.file.sizes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if place, ok := strings.CutPrefix(name, sectionPaid); ok {
			if err := b.checkPlace(place); err != nil {
				return err
			}
		}
	}
	if err := b.data.check(); err != nil {
		return err
	}
	if err := b.index.Find(search.Query{}, &search.Answer{}); err != nil {
		return err
	}
	return b.index.CheckTexts()
}

// checkPlace compares the heads of the lists with their rows, and the sums of the index with the payments themselves.
func (b *Book) checkPlace(place string) error {
	l := b.ledger(place)
	if l == nil {
		return fmt.Errorf("payments of %s cannot be read", place)
	}
	people, err := b.index.People(place)
	if err != nil {
		return err
	}
	if len(people) != l.People {
		return fmt.Errorf("place %s: %d people in the index, %d among the payments", place, len(people), l.People)
	}
	lists := l.Lists()
	for i := range lists {
		if err := lists[i].Audit(); err != nil {
			return fmt.Errorf("place %s: %w", place, err)
		}
	}
	for i := range people {
		if l.Mark(i) != mark(people[i].Ref()) {
			return fmt.Errorf("place %s: person %d is not marked with his reference", place, i)
		}
	}
	type paid struct {
		person int
		year   int64
	}
	payments, sums := map[paid]int{}, map[paid]int64{}
	l.Sums(search.Filter{}, 0, len(people), func(person int, year int64, n int, amount int64) {
		payments[paid{person, year}] += n
		sums[paid{person, year}] += amount
	})
	for i, p := range people {
		for _, y := range p.Years {
			of := paid{i, y.Year}
			if payments[of] != y.Payments || sums[of] != y.Sum {
				return fmt.Errorf("place %s: of %d the index and the payments of person %d differ by %d payments and %d fen",
					place, y.Year, i, y.Payments-payments[of], y.Sum-sums[of])
			}
			delete(payments, of)
		}
	}
	if len(payments) > 0 {
		return fmt.Errorf("place %s: %d sums of a year are not in the index", place, len(payments))
	}
	return b.checkFlows(l)
}

// checkFlows compares what was paid from each fund in a place with the payments.
func (b *Book) checkFlows(l *ledger) error {
	all, err := b.data.flowsByPlace()
	if err != nil {
		return err
	}
	left := map[flowKey]int64{}
	for _, f := range all[l.code].flows {
		left[f.flowKey] = f.sum
	}
	known := len(left)
	lists := l.Lists()
	for i := range lists {
		list := &lists[i]
		for row := range list.Rows {
			left[flowKey{list.Template(row).Fund, list.Kind, list.Until(row)}] -= list.Amount(row)
		}
	}
	for key, sum := range left {
		if sum != 0 || len(left) != known {
			return fmt.Errorf("place %s: from fund %s for %s the flows and the payments differ by %d fen", l.code, key.fund, key.kind, sum)
		}
	}
	return nil
}
