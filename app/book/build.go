package book

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/section"
	"mingbai.local/app/search"
)

// The names of the book's own sections; those of package search stand under "search/".
const (
	sectionData   = "data/"   // and the name of a dataset: its rows as a table, without payments
	sectionPaid   = "paid/"   // and a place: its payments, grouped by person
	sectionRefs   = "refs"    // where a payment of a reference is
	sectionFlows  = "flows"   // what was paid from each fund in each place
	sectionSearch = "search/" // and a section of package search
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
	b := builder{ctx: ctx, fsys: fsys, withdrawn: map[string]bool{}, sections: map[string][]byte{}, spool: newSpool(filepath.Dir(path))}
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
	kinds     map[string]disclosure.SubsidyKind
	sections  map[string][]byte
	refs      []uint64 // of payments: hash<<16 | index of the place
	flows     []placeFlows
	texts     []map[string]uint32 // of the disbursement's text columns, to their number
	terms     [][]string          // and back
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
	list, err := records[disclosure.Withdrawal](withdrawal, b.sections[sectionData+withdrawal.Name])
	if err != nil {
		return err
	}
	for _, w := range list {
		for _, ref := range w.Refs {
			b.withdrawn[ref] = true
		}
	}
	for _, d := range disclosure.Datasets() {
		switch d {
		case withdrawal:
		case disclosure.Of[disclosure.Disbursement]():
			err = b.payments(d)
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
	return b.villages()
}

// read calls keep with the cells of every row of a dataset that is not withdrawn. The cells are overwritten by the next.
func (b *builder) read(d *disclosure.Dataset, keep func(r *rows, i int) error) error {
	r, err := openRows(b.fsys, d)
	if err != nil {
		return err
	}
	defer r.close()
	ref := slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == "ref" })
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
		for i := range r.n {
			if c := r.columns[ref]; b.withdrawn[c.texts[c.index[i]]] {
				continue
			}
			if err := keep(r, i); err != nil {
				return fmt.Errorf("%s: row %d: %w", d.Name, r.count-int64(r.n)+int64(i), err)
			}
		}
	}
}

// table stores a dataset as it is.
func (b *builder) table(d *disclosure.Dataset) error {
	var all [][]disclosure.Cell
	err := b.read(d, func(r *rows, i int) error {
		cells := make([]disclosure.Cell, len(d.Columns))
		r.cells(i, cells)
		all = append(all, cells)
		return nil
	})
	if err == nil && len(all) > 0 {
		b.sections[sectionData+d.Name] = encodeTable(numbers(d.Columns), all)
	}
	return err
}

// payments sorts the payments by place into the spool: numbers as varints, texts as numbers, references whole.
func (b *builder) payments(d *disclosure.Dataset) error {
	kinds, err := records[disclosure.SubsidyKind](disclosure.Of[disclosure.SubsidyKind](), b.sections[sectionData+"subsidy_kind"])
	if err != nil {
		return err
	}
	b.kinds = map[string]disclosure.SubsidyKind{}
	for _, k := range kinds {
		b.kinds[k.Ref] = k
	}
	b.texts, b.terms = make([]map[string]uint32, len(d.Columns)), make([][]string, len(d.Columns))
	for k := range b.texts {
		b.texts[k] = map[string]uint32{}
	}
	c := payment
	var row []byte
	return b.read(d, func(r *rows, i int) error {
		kind, place := r.columns[c.kind], r.columns[c.place]
		if k := kind.texts[kind.index[i]]; b.kinds[k].Publish == "只公布合计" {
			return fmt.Errorf("kind %s is published as totals only", k)
		}
		row = row[:0]
		for k, col := range r.columns {
			switch {
			case col.number:
				row = binary.AppendVarint(row, col.ints[i])
			case k == c.ref:
				row = section.AppendText(row, col.texts[col.index[i]])
			default:
				row = binary.AppendUvarint(row, uint64(b.term(k, col.texts[col.index[i]])))
			}
		}
		return b.spool.add(place.texts[place.index[i]], row)
	})
}

func (b *builder) term(column int, s string) uint32 {
	n, ok := b.texts[column][s]
	if !ok {
		n = uint32(len(b.terms[column]))
		s = strings.Clone(s)
		b.texts[column][s] = n
		b.terms[column] = append(b.terms[column], s)
	}
	return n
}

// villages lays out what was spooled, place by place.
func (b *builder) villages() error {
	codes := slices.Sorted(maps.Keys(b.spool.runs))
	const mostPlaces = 1 << 16 // in refs
	if len(codes) > mostPlaces {
		return fmt.Errorf("payments in %d places", len(codes))
	}
	for i, code := range codes {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if err := b.village(i, code); err != nil {
			return fmt.Errorf("place %s: %w", code, err)
		}
	}
	for name, data := range b.search.Finish() {
		b.sections[sectionSearch+name] = data
	}
	b.sections[sectionFlows] = encodeFlows(b.flows)
	slices.Sort(b.refs)
	b.sections[sectionRefs] = encodeRefs(codes, b.refs)
	return nil
}

// paid (一笔) is one payment on its way into a village's section.
type paid struct {
	cells []disclosure.Cell
	until int
}

func (b *builder) village(index int, code string) error {
	people, err := b.group(index, code)
	if err != nil {
		return err
	}
	list := make([]search.Person, 0, len(people))
	flows := flowsOf{}
	for who, rows := range people {
		b.limit(rows)
		sortPaid(rows)
		flows.add(rows)
		list = append(list, search.Person{
			Village: code, Group: who.group, Name: who.name, NamesakeNo: who.namesakeNo, Type: who.typ, Cells: b.cells(rows),
		})
	}
	if err := b.search.People(code, list); err != nil {
		return err
	}
	b.flows = append(b.flows, flows.of(code))
	counts := binary.AppendUvarint(nil, uint64(len(list)))
	var all [][]disclosure.Cell
	for _, p := range list {
		rows := people[who{p.Group, p.Name, p.NamesakeNo, p.Type}]
		counts = binary.AppendUvarint(counts, uint64(len(rows)))
		for _, r := range rows {
			all = append(all, storedCells(code, r))
		}
	}
	b.sections[sectionPaid+code] = append(counts, encodeTable(storedNumbers, all)...)
	return nil
}

// who is what tells a person apart in one village.
type who struct {
	group, name string
	namesakeNo  int64
	typ         string
}

// group reads a place's payments from the spool, by person.
func (b *builder) group(index int, code string) (map[who][]paid, error) {
	c, n, err := b.spool.take(code)
	if err != nil {
		return nil, err
	}
	d := disclosure.Of[disclosure.Disbursement]()
	slab := make([]disclosure.Cell, n*len(d.Columns))
	people := map[who][]paid{}
	for range n {
		cells := slab[:len(d.Columns):len(d.Columns)]
		slab = slab[len(d.Columns):]
		for k, col := range d.Columns {
			switch {
			case col.Kind.Number():
				cells[k].Int = c.Int()
			case k == payment.ref:
				cells[k].Text = c.Text()
			default:
				cells[k].Text = b.terms[k][c.Uint()]
			}
		}
		p := payment
		w := who{cells[p.group].Text, cells[p.name].Text, cells[p.namesake].Int, cells[p.typ].Text}
		people[w] = append(people[w], paid{cells: cells})
		b.refs = append(b.refs, refHash(cells[p.ref].Text)<<16|uint64(index))
	}
	return people, c.End()
}

// limit sets the last day on which each of one person's payments is shown: what the record says, the days that its kind
// grants since it was published, and for social aid, where nothing is said, three months after the person was last paid.
func (b *builder) limit(rows []paid) {
	last := map[string]disclosure.Date{}
	for _, r := range rows {
		kind := r.cells[payment.kind].Text
		last[kind] = max(last[kind], disclosure.Date(r.cells[payment.paidOn].Text))
	}
	for i := range rows {
		cells := rows[i].cells
		kind := b.kinds[cells[payment.kind].Text]
		until := day(disclosure.Date(cells[payment.visibleUntil].Text))
		if kind.VisibleDays > 0 {
			if published := day(disclosure.Date(cells[payment.publishedOn].Text)); published > 0 {
				until = earlier(until, published+int(kind.VisibleDays))
			}
		}
		if paidOn, ok := last[kind.Ref].Last(); ok && kind.Aid != "" && until == 0 {
			until = dayOf(paidOn.AddDate(0, 3, 0))
		}
		rows[i].until = until
	}
}

func earlier(a, b int) int {
	if a == 0 || b < a {
		return b
	}
	return a
}

// sortPaid puts one person's payments newest first.
func sortPaid(rows []paid) {
	p := payment
	slices.SortFunc(rows, func(a, b paid) int {
		return cmp.Or(
			cmp.Compare(b.cells[p.year].Int, a.cells[p.year].Int), strings.Compare(b.cells[p.paidOn].Text, a.cells[p.paidOn].Text),
			strings.Compare(a.cells[p.kind].Text, b.cells[p.kind].Text), cmp.Compare(b.cells[p.batch].Int, a.cells[p.batch].Int),
			strings.Compare(a.cells[p.ref].Text, b.cells[p.ref].Text),
		)
	})
}

// cells sums one person's payments for the index, without social aid.
func (b *builder) cells(rows []paid) []search.Cell {
	var out []search.Cell
	for _, r := range rows {
		if b.kinds[r.cells[payment.kind].Text].Aid != "" {
			continue
		}
		c := search.Cell{
			Year: r.cells[payment.year].Int, Kind: r.cells[payment.kind].Text, Fund: r.cells[payment.fund].Text, Until: r.until,
		}
		at := slices.IndexFunc(out, func(o search.Cell) bool {
			return o.Year == c.Year && o.Kind == c.Kind && o.Fund == c.Fund && o.Until == c.Until
		})
		if at < 0 {
			at = len(out)
			out = append(out, c)
		}
		out[at].Payments++
		out[at].Sum += r.cells[payment.amount].Int
	}
	return out
}

// index gives the search builder the villages and every title.
func (b *builder) index() error {
	list, err := records[disclosure.Place](disclosure.Of[disclosure.Place](), b.sections[sectionData+"place"])
	if err != nil {
		return err
	}
	b.places = newPlaces(list)
	for code := range b.places.scopes(b.spool.runs) {
		b.search.Village(b.places.village(code))
	}
	return addEntries(&b.search, b.places, func(name string) []byte { return b.sections[sectionData+name] })
}

func refHash(ref string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(ref))
	return h.Sum64() & (1<<48 - 1)
}
