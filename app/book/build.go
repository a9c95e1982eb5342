package book

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// The names of the book's own sections; those of package search stand under "search/".
const (
	sectionData      = "data/"     // and the name of a dataset: its rows as a table, without payments
	sectionPaid      = "paid/"     // and a place: its payments, list by list (package roll)
	sectionTemplates = "templates" // what the payments of a batch have in common
	sectionGiven     = "given"     // the places whose payments have references that do not follow from them
	sectionSent      = "sent"      // what was sent down to each place
	sectionFlows     = "flows"     // what was paid from each fund in each place
	sectionSearch    = "search/"   // and a section of package search
)

// Build makes the book of an edition at path from its contents, which are laid out as the package comment says. It is
// brought to the disk under another name first, so that at path there is never half a book.
//
// Records that the edition withdraws are left out altogether, and so are those named in withheld: the withdrawals of newer
// editions, which hold for an older one too. Build fails where a stream is not exactly as documented, where rows or digests
// differ from what the edition says, or where a kind that is published as totals only has payments by name.
func Build(ctx context.Context, fsys fs.FS, path string, withheld ...string) error {
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("book: %w", err)
	}
	b := builder{ctx: ctx, fsys: fsys, withdrawn: map[string]bool{}, sections: map[string][]byte{}, texts: map[string][][]string{}, spool: newSpool(filepath.Dir(path))}
	defer b.spool.close()
	for _, ref := range withheld {
		b.withdrawn[ref] = true
	}
	err := b.build()
	if err == nil {
		err = writeFile(part, b.headText, b.sections)
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		os.Remove(part)
		return fmt.Errorf("book: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// builder is one Build at work.
type builder struct {
	ctx       context.Context
	fsys      fs.FS
	head      head
	headText  []byte
	withdrawn map[string]bool
	spool     *spool
	search    search.Builder
	places    places
	kinds     kinds
	paid      payments
	sections  map[string][]byte
	texts     map[string][][]string // of the rows of a dataset (see prose)
}

func (b *builder) build() error {
	var err error
	if b.head, err = readHead(b.fsys); err != nil {
		return err
	}
	if b.headText, err = json.Marshal(b.head); err != nil {
		return err
	}
	withdrawal := disclosure.Of[disclosure.Withdrawal]()
	if err := b.table(withdrawal); err != nil {
		return err
	}
	list, err := rowsOf[disclosure.Withdrawal](b)
	if err != nil {
		return err
	}
	for _, w := range list {
		for _, ref := range w.Refs {
			b.withdrawn[ref] = true
		}
	}
	for _, d := range disclosure.Datasets() {
		if _, said := b.head.Datasets[d.Name]; d.Spare() && !said {
			continue
		}
		switch d {
		case withdrawal:
		case disclosure.Of[disclosure.Disbursement]():
			err = b.gather(d)
		case disclosure.Of[disclosure.Allocation]():
			sent := sentTo{}
			if err = b.table(d, sent.add); err == nil && len(sent) > 0 {
				b.sections[sectionSent] = sent.encode()
			}
		default:
			err = b.table(d)
		}
		if err != nil {
			return err
		}
	}
	if err := b.index(); err != nil {
		return err
	}
	return b.layOut()
}

// read calls each with every block of a dataset.
func (b *builder) read(d *disclosure.Dataset, intern []string, each func(r *rows) error) error {
	r, err := openRows(b.fsys, d, intern)
	if err != nil {
		return err
	}
	defer r.close()
	for {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		more, err := r.next()
		if err != nil {
			return err
		}
		if !more {
			return r.check(b.head.Datasets[d.Name])
		}
		if err := each(r); err != nil {
			return fmt.Errorf("%s: before row %d: %w", d.Name, r.count, err)
		}
	}
}

// table stores a dataset as it is, without what was withdrawn, and calls also with every row.
func (b *builder) table(d *disclosure.Dataset, also ...func(r *rows, i int)) error {
	var all [][]disclosure.Cell
	ref := slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == "ref" })
	err := b.read(d, nil, func(r *rows) error {
		for i := range r.n {
			if b.withdrawn[r.columns[ref].text(i)] {
				continue
			}
			cells := make([]disclosure.Cell, len(d.Columns))
			r.cells(i, cells)
			all = append(all, cells)
			for _, see := range also {
				see(r, i)
			}
		}
		return nil
	})
	if err == nil && len(all) > 0 {
		b.texts[d.Name] = takeProse(d, all)
		b.sections[sectionData+d.Name] = encodeTable(numbers(d.Columns), all)
	}
	return err
}

// index gives the search builder the villages and every title.
func (b *builder) index() error {
	list, err := rowsOf[disclosure.Place](b)
	if err != nil {
		return err
	}
	b.places = newPlaces(list)
	for code := range b.places.scopes(b.spool.runs) {
		b.search.Village(b.places.village(code))
	}
	return b.addEntries()
}
