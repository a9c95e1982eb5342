package press

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"regexp"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/leak"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// maxFindings bounds what is kept of an edition's findings: a wrong standard makes one in every row.
const maxFindings = 1000

// job is the printing of one edition.
type job struct {
	p       *Press
	depot   *depot
	county  ledger.County
	sources map[string][]ledger.Source // by dataset
	edition ledger.Edition

	kinds     map[string]disclosure.SubsidyKind
	places    []disclosure.Place
	withdrawn map[string]bool
	totals    *totals
	unnamed   *unnamed
	audit     disclosure.Audit
	rare      rarities

	writers  map[string]*edition.Writer // by owner
	catalogs map[string]trust.Target
}

func newJob(p *Press, out *depot, county ledger.County, current []ledger.Source, e ledger.Edition) *job {
	j := &job{
		p: p, depot: out, county: county, edition: e, sources: map[string][]ledger.Source{}, kinds: map[string]disclosure.SubsidyKind{},
		withdrawn: map[string]bool{}, writers: map[string]*edition.Writer{}, catalogs: map[string]trust.Target{}, rare: rarities{},
	}
	for _, s := range current {
		j.sources[s.Dataset] = append(j.sources[s.Dataset], s)
	}
	return j
}

// load reads what must be known before the first payment is seen: which kinds keep their names back, what lies in what, and
// what was withdrawn.
func (j *job) load() error {
	err := each(j, func(k *disclosure.SubsidyKind) { j.kinds[k.Ref] = *k })
	if err == nil {
		err = each(j, func(p *disclosure.Place) { j.places = append(j.places, *p) })
	}
	if err == nil {
		err = each(j, func(w *disclosure.Withdrawal) {
			for _, ref := range w.Refs {
				j.withdrawn[ref] = true
			}
		})
	}
	j.totals = newTotals(j.places)
	j.unnamed = newUnnamed(j.totals.county)
	return err
}

// each calls f with every current record of a small dataset.
func each[T any](j *job, f func(*T)) error {
	d := disclosure.Of[T]()
	for _, s := range j.sources[d.Name] {
		err := j.p.Ledger.Each(s, func(cells []disclosure.Cell) error {
			rec := new(T)
			if err := d.Fill(rec, cells); err != nil {
				return err
			}
			f(rec)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// print prints every dataset and each owner's catalog, and reads back what the catalogs say.
func (j *job) print(ctx context.Context) (Result, error) {
	head := edition.Head{
		County: string(j.county.Code), CountyName: j.county.Name, Number: j.edition.Number, AsOf: string(j.edition.AsOf),
		PublishedAt: j.edition.PublishedAt, Synthetic: j.county.Synthetic,
	}
	before, err := lastPrinted(os.DirFS(j.p.Depot), j.p.CountyKey)
	if err != nil {
		return Result{}, err
	}
	for _, owner := range trust.Owners() {
		j.writers[owner] = edition.NewWriter(j.p.CountyKey, owner, head, j.depot.put)
		if before.edition != nil {
			j.writers[owner].After(before.edition, j.depot.shard)
		}
	}
	for _, d := range disclosure.Datasets() {
		if d.Spare() {
			continue
		}
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		if err := j.dataset(ctx, d); err != nil {
			return Result{}, err
		}
	}
	met, err := j.outlines()
	if err != nil {
		return Result{}, err
	}
	refs, err := j.close(before.catalogs)
	if err != nil {
		return Result{}, err
	}
	if err := j.depot.settle(); err != nil {
		return Result{}, err
	}
	e, err := edition.Load(refs, func(path string, _ edition.Ref) ([]byte, error) { return fs.ReadFile(os.DirFS(j.p.Depot), path) })
	if err != nil {
		return Result{}, fmt.Errorf("press: what was printed cannot be read: %w", err)
	}
	j.edition.Digest = e.Digest
	for _, d := range e.Datasets {
		j.edition.Rows += d.Rows
	}
	r := Result{Edition: j.edition, Shards: len(e.Shards()), Rare: met}
	found := j.audit.Findings()
	for i, f := range found {
		if i == maxFindings {
			r.Findings = append(r.Findings, ledger.Finding{Words: fmt.Sprintf("还有%d处没有列出", len(found)-i)})
			break
		}
		r.Findings = append(r.Findings, ledger.Finding{Law: string(f.Law), Subject: f.Dataset + " " + f.Ref, Words: f.Text})
	}
	return r, nil
}

// close prints the catalogs. That of an owner who has no news is the one there was: whoever holds it need not fetch and its owner not sign it again.
// Where nobody has news, the last owner's says which edition it is and of which day.
func (j *job) close(before map[string]edition.Ref) (map[string]edition.Ref, error) {
	refs := map[string]edition.Ref{}
	owners, news := trust.Owners(), false
	for i, owner := range owners {
		refs[owner] = before[owner]
		if last := i+1 == len(owners); !j.writers[owner].Same() || last && !news {
			var err error
			if refs[owner], err = j.writers[owner].Close(); err != nil {
				return nil, err
			}
			news = true
		}
		j.catalogs[owner] = trust.Target(refs[owner])
	}
	return refs, nil
}

// last is the edition that lies in the depot.
type last struct {
	edition  *edition.Edition // nil where there is none, or it cannot be read
	catalogs map[string]edition.Ref
}

// lastPrinted reads the lists of the newest edition, each checked against the hash above it. What the depot has lost or cannot read any more is
// printed again, and so is everything where the county's key has changed since: who was struck off opens none of it.
func lastPrinted(depot fs.FS, key edition.Key) (last, error) {
	i, snapshot, err := newest(depot)
	if errors.Is(err, ErrNothing) {
		return last{}, nil
	}
	if err != nil {
		return last{}, err
	}
	_, refs, err := i.parts(snapshot)
	if err != nil {
		return last{}, err
	}
	e, err := edition.Load(refs, func(path string, _ edition.Ref) ([]byte, error) { return fs.ReadFile(depot, path) })
	if err != nil {
		return last{}, nil //nolint:nilerr // it is printed whole, as if there had been none
	}
	if !closedWith(key, e, depot) {
		return last{}, nil
	}
	return last{e, refs}, nil
}

// closedWith asks the first shard that is as it was printed. Where there is none, nothing can be continued from.
func closedWith(key edition.Key, e *edition.Edition, depot fs.FS) bool {
	for _, s := range e.Shards() {
		if s.Base != "" {
			continue
		}
		stored, err := fs.ReadFile(depot, edition.ShardPath(s.SHA256Z))
		if err == nil {
			_, err = key.Open(stored, s, nil)
		}
		if err == nil || errors.Is(err, edition.ErrKey) {
			return err == nil
		}
	}
	return false
}

// dataset sorts and prints one dataset.
func (j *job) dataset(ctx context.Context, d *disclosure.Dataset) (err error) {
	w := j.writers[d.Owner]
	if err := w.Dataset(d.Name, columns(d)); err != nil {
		return err
	}
	limit := j.p.memory
	if limit == 0 {
		limit = memoryLimit
	}
	s := newSorter(j.p.Scratch, limit)
	defer func() { err = errors.Join(err, s.close()) }()
	if err := j.collect(ctx, d, s); err != nil {
		return err
	}
	c, err := s.cursor()
	if err != nil {
		return err
	}
	b := &binding{j: j, d: d, c: c, cells: make([]disclosure.Cell, len(d.Columns)), values: make([]edition.Value, len(d.Columns)), year: at(d, "year")}
	return b.print(ctx, w)
}

// collect puts the rows that may be published into the sorter.
func (j *job) collect(ctx context.Context, d *disclosure.Dataset, s *sorter) error {
	order := sortColumns(d)
	add := func(cells []disclosure.Cell) error {
		return s.add(func(b []byte) ([]byte, int) {
			start := len(b)
			for _, i := range order {
				if d.Columns[i].Kind.Number() {
					b = binary.BigEndian.AppendUint64(b, uint64(cells[i].Int)^1<<63)
				} else {
					b = append(append(b, cells[i].Text...), 0)
				}
			}
			key := len(b) - start
			return ledger.AppendRow(b, d, cells), key
		})
	}
	if d.Made() {
		return addAll(add, d, j.totals.fold())
	}
	keep, audit := j.filter(d), j.auditor(d)
	n := int64(0)
	for _, source := range j.sources[d.Name] {
		err := j.p.Ledger.Each(source, func(cells []disclosure.Cell) error {
			if n++; n%100_000 == 0 {
				j.p.progress("整理"+d.Term, n)
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			if err := audit(cells); err != nil {
				return err
			}
			if ok, err := keep(cells); !ok || err != nil {
				return err
			}
			return add(cells)
		})
		if err != nil {
			return err
		}
	}
	if d == disclosure.Of[disclosure.Allocation]() {
		return addAll(add, d, j.unnamed.records())
	}
	return nil
}

func addAll[T any](add func([]disclosure.Cell) error, d *disclosure.Dataset, records []T) error {
	for _, r := range records {
		if err := add(d.Cells(r)); err != nil {
			return err
		}
	}
	return nil
}

// auditor holds every record of the ledger to the laws, also those that are no longer shown: a list must add up to its
// allocation while anything of it is.
func (j *job) auditor(d *disclosure.Dataset) func(cells []disclosure.Cell) error {
	if d == disclosure.Of[disclosure.Disbursement]() {
		pay := newPayments(d)
		return func(cells []disclosure.Cell) error {
			rec := pay.fill(cells)
			rec.Ref = strings.Clone(rec.Ref) // the audit keeps some, and each would keep its whole block of rows
			j.audit.Add(rec)
			return nil
		}
	}
	return func(cells []disclosure.Cell) error {
		rec := d.New()
		if err := d.Fill(rec, cells); err != nil {
			return err
		}
		j.audit.Add(rec)
		return nil
	}
}

// filter decides which rows stay. It may set a row's last day, and it takes the names out that are not to be published.
func (j *job) filter(d *disclosure.Dataset) func(cells []disclosure.Cell) (bool, error) {
	until := at(d, "visible_until")
	shown := func(cells []disclosure.Cell) bool {
		day, ok := disclosure.Date(cells[until].Text).Last()
		return !ok || day.Format(time.DateOnly) >= string(j.edition.AsOf)
	}
	switch d {
	case disclosure.Of[disclosure.Disbursement]():
	case disclosure.Of[disclosure.Allocation]():
		return func(cells []disclosure.Cell) (bool, error) {
			if !shown(cells) {
				return false, nil
			}
			var a disclosure.Allocation
			if err := d.Fill(&a, cells); err != nil {
				return false, err
			}
			if a.Kind == "" || j.kinds[a.Kind].Publish == "名单" {
				return true, nil
			}
			if !j.withdrawn[a.Ref] {
				j.unnamed.add(&a)
			}
			return false, nil
		}
	default:
		return func(cells []disclosure.Cell) (bool, error) { return shown(cells), nil }
	}
	kind, published, pay := at(d, "kind"), at(d, "published_on"), newPayments(d)
	return func(cells []disclosure.Cell) (bool, error) {
		k, ok := j.kinds[cells[kind].Text]
		if !ok {
			return false, fmt.Errorf("press: payment %s is of the unknown kind %q, whose names may not be public", cells[0].Text, cells[kind].Text)
		}
		if cells[until].Text == "" && k.VisibleDays > 0 {
			if day, ok := disclosure.Date(cells[published].Text).Last(); ok {
				cells[until].Text = day.AddDate(0, 0, int(k.VisibleDays)).Format(time.DateOnly)
			}
		}
		if !shown(cells) {
			return false, nil
		}
		if k.Publish == "名单" {
			return true, nil
		}
		if !j.withdrawn[cells[0].Text] {
			j.totals.add(pay.fill(cells))
		}
		return false, nil
	}
}

// sortColumns are the columns by which rows stand in an edition, the reference last. Rows that are alike stand together,
// which compresses well, and rows of one batch of one kind, which get a shard of their own; the batches of a kind follow
// each other, since each is much like the one before.
func sortColumns(d *disclosure.Dataset) []int {
	names := map[string][]string{
		"disbursement": {"kind", "year", "batch", "place", "group", "name", "namesake_no", "period"},
		"allocation":   {"year", "kind", "batch", "place"},
		"total":        {"year", "kind", "place"},
		"incumbent":    {"institution"},
		"budget_line":  {"year", "institution", "stage", "table"},
	}[d.Name]
	if names == nil && at(d, "year") >= 0 {
		names = []string{"year"}
	}
	out := make([]int, 0, len(names)+1)
	for _, n := range names {
		out = append(out, at(d, n))
	}
	return append(out, 0)
}

// binding reads sorted rows and hands them to the writer batch by batch.
type binding struct {
	j      *job
	d      *disclosure.Dataset
	c      *cursor
	cells  []disclosure.Cell
	values []edition.Value
	year   int // column, or -1
	clean  []string
	// kind and batchNo are columns of payments; -1 for all else.
	kind, batchNo int
	whom          []int     // columns that say whom a row is about
	pay           *payments // nil for all else
	rows          int64
}

func (b *binding) print(ctx context.Context, w *edition.Writer) error {
	b.clean = make([]string, len(b.d.Columns))
	b.kind, b.batchNo, b.whom = -1, -1, []int{0}
	if b.d == disclosure.Of[disclosure.Disbursement]() {
		b.kind, b.batchNo, b.pay = at(b.d, "kind"), at(b.d, "batch"), newPayments(b.d)
		b.whom = []int{at(b.d, "place"), at(b.d, "group"), at(b.d, "name"), at(b.d, "recipient_type"), at(b.d, "namesake_no"), at(b.d, "period")}
	}
	cols := columns(b.d)
	for b.c.ok {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.read(); err != nil {
			return err
		}
		batch := edition.Batch{Dataset: b.d.Name, Columns: cols, Name: b.batch(), Key: b.whom, Rows: b.rowsOf(b.prefix())}
		if b.kind >= 0 {
			batch.Item = strings.Clone(b.cells[b.kind].Text)
		}
		if b.year >= 0 {
			batch.Year = int(b.cells[b.year].Int)
		}
		if err := w.Add(batch); err != nil {
			return err
		}
	}
	return nil
}

// read takes the row at the cursor apart.
func (b *binding) read() error {
	_, err := ledger.ReadRow(b.c.head.b[b.c.head.key:], b.d, b.cells)
	return err
}

// prefix is the part of the key that all rows of the batch at the cursor share: the year, and for payments kind, year and batch.
func (b *binding) prefix() []byte {
	key := b.c.head.b[:b.c.head.key]
	switch {
	case b.kind >= 0:
		return key[:bytes.IndexByte(key, 0)+1+8+8]
	case b.year >= 0:
		return key[:8]
	}
	return nil
}

var batchForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// batch is the name of the batch at the cursor, which never changes.
func (b *binding) batch() string {
	if b.kind < 0 {
		return ""
	}
	kind := b.cells[b.kind].Text
	if !batchForm.MatchString(kind) {
		h := sha256.Sum256([]byte(kind))
		kind = hex.EncodeToString(h[:8])
	}
	return fmt.Sprintf("%s.%d", kind, b.cells[b.batchNo].Int)
}

// rowsOf yields the rows whose keys begin with prefix, each looked at for leaks and held to the laws.
func (b *binding) rowsOf(prefix []byte) iter.Seq2[[]edition.Value, error] {
	return func(yield func([]edition.Value, error) bool) {
		for b.c.ok && bytes.HasPrefix(b.c.head.b[:b.c.head.key], prefix) {
			err := b.read()
			if err == nil {
				err = b.check()
			}
			if !yield(b.values, err) || err != nil {
				return
			}
			if err := b.c.next(); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// check hands the row on as values. A payment's reference is left out where it follows from the payment: whoever reads the row
// makes it again, and 80 bits of a hash are what no compression makes smaller.
func (b *binding) check() error {
	for i := range b.cells {
		b.values[i] = edition.Value(b.cells[i])
		// What was clean a row ago is clean now.
		if text := b.cells[i].Text; text != b.clean[i] {
			if k := leak.Find(text); k != leak.None {
				return &Leak{
					Dataset: b.d, Column: b.d.Columns[i], Found: string(k),
					Source: b.cells[at(b.d, "source")].Text, Row: b.cells[at(b.d, "source_row")].Int,
				}
			}
			b.j.rare.look(text, b.where)
			b.clean[i] = text
		}
	}
	if b.pay != nil && b.cells[0].Text == b.pay.fill(b.cells).Key() {
		b.values[0].Text = ""
	}
	if b.rows++; b.rows%100_000 == 0 {
		b.j.p.progress("印制"+b.d.Term, b.rows)
	}
	return nil
}

// payments fills a Disbursement without reflection: there are millions.
type payments struct {
	d disclosure.Disbursement
	kind, fund, year, period, batch, place, group, name, typ, namesake,
	quantity, unit, standard, amount, remark, published, until int
}

func newPayments(d *disclosure.Dataset) *payments {
	return &payments{
		kind: at(d, "kind"), fund: at(d, "fund"), year: at(d, "year"), period: at(d, "period"), batch: at(d, "batch"), place: at(d, "place"), group: at(d, "group"),
		name: at(d, "name"), typ: at(d, "recipient_type"), namesake: at(d, "namesake_no"), quantity: at(d, "quantity"), unit: at(d, "unit"),
		standard: at(d, "standard_fen"), amount: at(d, "amount_fen"), remark: at(d, "remark"), published: at(d, "published_on"), until: at(d, "visible_until"),
	}
}

// fill returns the payment with the fields that totals, laws and its key look at. It is the same one each time.
func (p *payments) fill(c []disclosure.Cell) *disclosure.Disbursement {
	p.d = disclosure.Disbursement{
		Head: disclosure.Head{Ref: c[0].Text, PublishedOn: disclosure.Date(c[p.published].Text), VisibleUntil: disclosure.Date(c[p.until].Text)},
		Fund: c[p.fund].Text, Kind: c[p.kind].Text, Year: c[p.year].Int, Period: c[p.period].Text, Batch: c[p.batch].Int, Place: disclosure.Code(c[p.place].Text),
		Group: c[p.group].Text, Name: c[p.name].Text, Type: c[p.typ].Text, NamesakeNo: c[p.namesake].Int,
		Quantity: disclosure.Milli(c[p.quantity].Int), Unit: c[p.unit].Text, Standard: disclosure.Fen(c[p.standard].Int),
		Amount: disclosure.Fen(c[p.amount].Int), Remark: c[p.remark].Text,
	}
	return &p.d
}
