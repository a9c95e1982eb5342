package edition

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strconv"
)

// Bounds of what is corrected, in hundredths of a batch's rows. Beyond them its rows are printed again.
const (
	muchAtOnce  = 12 // in one edition: in the place of the old shards, which nobody keeps
	muchInAll   = 12 // over the editions: beside the old shards, for those who have none
	muchAtClose = 1  // the same when the year ends
)

// limits are how much of what a reader must hold or look up there may be before it is made less.
type limits struct {
	rows    int   // of a shard; most have far fewer, since a batch begins a shard of its own
	entries int   // of an index: a month changes one or two indexes, and the catalog names them all
	added   int   // shards of rows that came to a batch later; then all of it is printed once more
	fixes   int   // fix shards; then they become one
	fixSize int   // bytes of all fix shards; then batches are printed again
	relief  int64 // bytes of fix shards from which the batches that are corrected most are printed again
}

var usual = limits{rows: 64 << 10, entries: 16, added: 8, fixes: MaxFixes * 3 / 4, fixSize: MaxFixRaw * 3 / 4, relief: MaxFixRaw / 2}

// older is what the edition before has of a dataset.
type older struct {
	d           *Dataset
	reader      *Reader
	corrections *corrections
	fixes       int
	fixBytes    int64
	batches     map[batchID]*olderBatch
	relieve     map[batchID]bool // to be printed again, since corrections have become too many to hold
}

// olderBatch are the shards of a batch: those printed first, those that can stand for them, those that came later.
type olderBatch struct{ first, instead, later []Entry }

func (b *olderBatch) all() []Entry { return slices.Concat(b.first, b.instead, b.later) }

// olderOf reads what the edition before has of a dataset; nil where it has none, other columns, or corrections that cannot be read any more.
func (w *Writer) olderOf(name string, columns []Column) *older {
	if w.before == nil {
		return nil
	}
	i := slices.IndexFunc(w.before.Datasets, func(d Dataset) bool { return d.Name == name && d.Owner == w.owner && slices.Equal(d.Columns, columns) })
	if i < 0 {
		return nil
	}
	o := &older{d: &w.before.Datasets[i], reader: NewReader(w.before, w.key, w.load), batches: map[batchID]*olderBatch{}}
	var err error
	if o.corrections, err = o.reader.corrections(o.d); err != nil {
		return nil
	}
	for _, e := range o.d.Entries {
		if e.Kind == Fix {
			o.fixes++
			o.fixBytes += e.LenRaw
			continue
		}
		b := o.batches[e.batch()]
		if b == nil {
			b = &olderBatch{}
			o.batches[e.batch()] = b
		}
		switch {
		case e.Kind == Full:
			b.instead = append(b.instead, e)
		case len(b.instead) > 0:
			b.later = append(b.later, e)
		default:
			b.first = append(b.first, e)
		}
	}
	if o.fixBytes > w.limits.relief {
		o.findRelief()
	}
	return o
}

// findRelief marks the batches that are corrected most, until half of the corrections are gone with them.
func (o *older) findRelief() {
	type load struct {
		id    batchID
		slots int
		rows  int64
	}
	var loads []load
	all := 0
	for id, b := range o.batches {
		l := load{id: id}
		for _, e := range b.all() {
			l.slots += len(o.corrections.of(e.SHA256Raw).slots)
			l.rows += e.Rows
		}
		all += l.slots
		loads = append(loads, l)
	}
	slices.SortFunc(loads, func(a, b load) int {
		return cmp.Or(cmp.Compare(int64(b.slots)*a.rows, int64(a.slots)*b.rows), cmp.Compare(a.id.year, b.id.year), cmp.Compare(a.id.name, b.id.name))
	})
	o.relieve = map[batchID]bool{}
	for left := all; left > all/2 && len(loads) > 0; loads = loads[1:] {
		o.relieve[loads[0].id] = true
		left -= loads[0].slots
	}
}

// errAfresh says that a batch is better printed as if it had never been.
var errAfresh = errors.New("edition: to be printed afresh")

// again prints a batch that the edition before has.
func (w *Writer) again(p *printed, b Batch, bound *bound) error {
	id := batchID{b.Year, b.Name}
	old := p.old.batches[id]
	err := errAfresh
	switch {
	case p.old.relieve[id] || !p.based(old.all()):
	case p.old.asPrinted(slices.Concat(old.first, old.later), bound) || p.old.asPrinted(slices.Concat(old.instead, old.later), bound):
		if w.sound(old.all()) {
			p.keep(old.all())
			p.learn(old.first, make([]*Shard, len(old.first)))
			return nil
		}
	default:
		err = w.correct(p, b, bound, old)
	}
	if errors.Is(err, errAfresh) {
		return w.fresh(p, b, bound)
	}
	return err
}

// based says whether the bases of shards are still there.
func (p *printed) based(list []Entry) bool {
	for _, e := range list {
		if e.Base == "" {
			continue
		}
		b := p.old.d.base(e)
		own := slices.ContainsFunc(list, func(o Entry) bool { return o.SHA256Raw == e.Base })
		if !own && !p.kept[keptID{b.SHA256Z, b.Kind}] && !slices.ContainsFunc(p.added, func(o Entry) bool { return o.SHA256Raw == e.Base && o.Base == "" }) {
			return false
		}
	}
	return true
}

// asPrinted says whether shards, uncorrected, are those that the batch has been bound into.
func (o *older) asPrinted(list []Entry, bound *bound) bool {
	if len(list) != len(bound.raws) {
		return false
	}
	for i, e := range list {
		if len(o.corrections.of(e.SHA256Raw).slots) > 0 || int64(len(bound.raws[i])) != e.LenRaw || hash(bound.raws[i]) != e.SHA256Raw {
			return false
		}
	}
	return true
}

// sound says whether the depot still has shards as they were stored.
func (w *Writer) sound(list []Entry) bool {
	for _, e := range list {
		if stored, err := w.load(e); err != nil || hash(stored) != e.SHA256Z {
			return false
		}
	}
	return true
}

// gap is a row of the edition before that is not among the new ones.
type gap struct {
	e       Entry
	ordinal uint32
	printed []Value // as it was printed
	now     []Value // as it is in the edition before
}

// compare finds the old rows that are gone and the new ones that were not there.
func (o *older) compare(p *printed, list []Entry, bound *bound) (gaps []gap, news []int, err error) {
	// Equal rows are a chain, from which each old row takes one; counted from 1, so that 0 ends it.
	first, next, was := make(map[rowHash]int, len(bound.hashes)), make([]int, len(bound.hashes)), make([]bool, len(bound.hashes))
	for i := len(bound.hashes) - 1; i >= 0; i-- {
		h := bound.hashes[i]
		next[i], first[h] = first[h], i+1
	}
	for _, e := range list {
		s, err := o.reader.shard(o.d, e)
		if err != nil {
			return nil, nil, err
		}
		ordinal, now, row := uint32(0), o.corrections.of(e.SHA256Raw), []Value(nil)
		err = s.Each(func(printed []Value) error {
			at := ordinal
			ordinal++
			row = append(row[:0], printed...)
			if now.row(at, row) {
				return nil
			}
			whole := p.digest.row(row)
			h := rowHash(whole[:len(rowHash{})])
			if k := first[h]; k > 0 {
				first[h], was[k-1] = next[k-1], true
				return nil
			}
			if gaps = append(gaps, gap{e, at, slices.Clone(printed), slices.Clone(row)}); len(gaps)*100 > muchAtOnce*len(bound.hashes) {
				return errAfresh
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	for i, there := range was {
		if !there {
			news = append(news, i)
		}
	}
	if len(news)*100 > muchAtOnce*len(bound.hashes) {
		return nil, nil, errAfresh
	}
	return gaps, news, nil
}

// correct prints what has changed in a batch.
func (w *Writer) correct(p *printed, b Batch, bound *bound, old *olderBatch) error {
	list := slices.Concat(old.first, old.later)
	gaps, news, err := p.old.compare(p, list, bound)
	if err != nil {
		return errAfresh // what cannot be read is printed again, too
	}
	rows, err := bound.pick(news)
	if err != nil {
		return err
	}
	fixed := corrected{}
	added := b.fill(p, fixed, gaps, rows)
	if len(old.instead) > 0 {
		list = slices.Concat(old.instead, old.later)
		gaps, same, err := p.old.compare(p, list, bound)
		if err != nil || !slices.Equal(same, news) {
			return errAfresh
		}
		rows = slices.DeleteFunc(rows, func(row []Value) bool {
			return slices.ContainsFunc(added, func(a []Value) bool { return &a[0] == &row[0] })
		})
		if rest := b.fill(p, fixed, gaps, rows); len(rest) > 0 {
			return errAfresh
		}
	}
	if p.fixSize+fixed.size()+int(p.old.fixBytes) > w.limits.fixSize {
		return errAfresh
	}
	slots := p.old.slots(list, fixed)
	full := slots*100 > muchInAll*bound.rows() || len(old.later) >= w.limits.added && len(added) > 0 || w.closes(b.Year) && slots*100 > muchAtClose*bound.rows()
	return w.settle(p, b, bound, old, fixed, added, full)
}

// fill puts new rows into gaps: into that of the same key if there is one, else into any. Gaps that are left over are rows that are gone. It returns the
// rows that are left over.
func (b Batch) fill(p *printed, fixed corrected, gaps []gap, rows [][]Value) (added [][]Value) {
	byKey := map[string][]int{}
	for i, g := range gaps {
		k := b.key(p, g.now)
		byKey[k] = append(byKey[k], i)
	}
	into := make([][]Value, len(gaps))
	var rest [][]Value
	for _, row := range rows {
		k := b.key(p, row)
		if list := byKey[k]; len(list) > 0 {
			into[list[0]], byKey[k] = row, list[1:]
		} else {
			rest = append(rest, row)
		}
	}
	for i, g := range gaps {
		if into[i] == nil && len(rest) > 0 {
			into[i], rest = rest[0], rest[1:]
		}
		fixed.set(targetOf(g.e.SHA256Raw), g.ordinal, correctionOf(g.printed, into[i]))
	}
	return rest
}

func (b Batch) key(p *printed, row []Value) string {
	var out []byte
	for _, i := range b.Key {
		if p.columns[i].Number {
			out = binary.AppendVarint(out, row[i].Int)
		} else {
			out = appendText(out, row[i].Text)
		}
	}
	return string(out)
}

// correctionOf is what makes a printed row another, or takes it away where that is nil.
func correctionOf(printed, now []Value) correction {
	if now == nil {
		return correction{pattern: pattern{gone: true}}
	}
	var c correction
	for i := range now {
		if now[i] != printed[i] {
			c.columns = append(c.columns, i)
			c.cells = append(c.cells, now[i])
		}
	}
	return c
}

// size is an upper bound of the bytes that corrections take.
func (c corrected) size() (n int) {
	for _, slots := range c {
		n += len(target{}) + binary.MaxVarintLen32
		for _, what := range slots {
			n += 2*binary.MaxVarintLen32 + 1
			for _, v := range what.cells {
				n += 1 + binary.MaxVarintLen64 + len(v.Text)
			}
		}
	}
	return n
}

// slots is how many rows of shards are corrected, with the corrections that come now.
func (o *older) slots(list []Entry, fixed corrected) (n int) {
	for _, e := range list {
		now := fixed[targetOf(e.SHA256Raw)]
		n += len(now)
		for _, s := range o.corrections.of(e.SHA256Raw).slots {
			if _, ok := now[s.ordinal]; !ok {
				n++
			}
		}
	}
	return n
}

// closes says whether a year was open in the edition before and is not any more.
func (w *Writer) closes(year int) bool {
	return year != 0 && yearOf(w.head.AsOf) > year && yearOf(w.before.AsOf) <= year
}

func yearOf(date string) int {
	n, err := strconv.Atoi(date[:min(4, len(date))])
	if err != nil {
		return 0
	}
	return n
}

// settle lists what a corrected batch consists of from now on; full prints all of it once more, for those who have none of it.
func (w *Writer) settle(p *printed, b Batch, bound *bound, old *olderBatch, fixed corrected, added [][]Value, full bool) error {
	var extra, whole []Entry
	var err error
	if len(added) > 0 {
		raw, err := bindRows(p, added)
		if err != nil {
			return err
		}
		if extra, err = w.extra(p, b, raw, len(added)); err != nil {
			return err
		}
	}
	keep, first := old.all(), old.first
	if full {
		for _, raw := range bound.raws {
			if h := hash(raw); slices.ContainsFunc(slices.Concat(keep, extra), func(e Entry) bool { return e.SHA256Raw == h }) {
				return errAfresh
			}
		}
		if whole, err = w.seal(p, b, Full, bound.raws, int64(bound.rows())); err != nil {
			return err
		}
	}
	if full && len(old.instead) > 0 { // these are the older ones now
		keep, first = old.later, old.instead
		for _, e := range old.instead {
			e.Kind = Rows
			p.added = append(p.added, e)
		}
		for _, e := range old.first {
			delete(fixed, targetOf(e.SHA256Raw))
		}
	}
	p.keep(keep)
	p.learn(first, make([]*Shard, len(first)))
	p.added = append(append(p.added, extra...), whole...)
	p.fixSize += fixed.size()
	maps.Copy(p.fixed, fixed)
	return nil
}

func bindRows(p *printed, rows [][]Value) ([]byte, error) {
	binder, err := NewBinder(p.name, p.columns)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if err := binder.Add(row); err != nil {
			return nil, err
		}
	}
	return binder.Close()
}

// extra prints a shard of rows that came to a batch later. It is nothing that others could stand against.
func (w *Writer) extra(p *printed, b Batch, raw []byte, rows int) ([]Entry, error) {
	h := hash(raw)
	if slices.ContainsFunc(p.old.batches[batchID{b.Year, b.Name}].all(), func(e Entry) bool { return e.SHA256Raw == h }) {
		return nil, errAfresh // these rows came before, went, and came again
	}
	return w.seal(p, b, Rows, [][]byte{raw}, int64(rows))
}

// fixes lists the fix shards of a dataset: those there were and one more, or one for all where there are too many or some correct what is gone.
func (w *Writer) fixes(p *printed) ([]Entry, error) {
	all, dead := p.old.corrections.corrected(), false
	live := map[target]bool{}
	for _, e := range p.added {
		live[targetOf(e.SHA256Raw)] = true
	}
	for _, e := range p.old.d.Entries {
		if p.kept[keptID{e.SHA256Z, e.Kind}] {
			live[targetOf(e.SHA256Raw)] = true
		}
	}
	for t := range all {
		if !live[t] {
			delete(all, t)
			dead = true
		}
	}
	if !dead && p.old.fixes < w.limits.fixes {
		p.keep(slices.DeleteFunc(slices.Clone(p.old.d.Entries), func(e Entry) bool { return e.Kind != Fix }))
		return w.sealFixes(p, p.fixed)
	}
	for t, slots := range p.fixed {
		for ordinal, what := range slots {
			all.set(t, ordinal, what)
		}
	}
	for t, slots := range all {
		maps.DeleteFunc(slots, func(_ uint32, what correction) bool { return !what.gone && len(what.columns) == 0 })
		if len(slots) == 0 {
			delete(all, t)
		}
	}
	return w.sealFixes(p, all)
}

func (w *Writer) sealFixes(p *printed, c corrected) ([]Entry, error) {
	if len(c) == 0 {
		return nil, nil
	}
	raw, err := bindFixes(p.name, p.columns, c)
	if err != nil {
		return nil, err
	}
	stored, e, err := w.key.Seal(raw, nil)
	if err != nil {
		return nil, err
	}
	return []Entry{e}, w.put(ShardPath(e.SHA256Z), stored)
}
