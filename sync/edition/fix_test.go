package edition

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// office is what an office prints edition after edition: lists of payments, as they stand now.
type office struct {
	t       testing.TB
	depot   shelf
	lists   map[batchID][][]Value
	last    *Edition
	number  int64
	asOf    string
	written shelf // by the last edition
	limits  limits
}

func newOffice(t testing.TB) *office {
	return &office{t: t, depot: shelf{}, lists: map[batchID][][]Value{}, asOf: "2026-11-20", limits: usual}
}

// print prints an edition after the last one.
func (o *office) print() *Edition {
	o.t.Helper()
	o.written = shelf{}
	o.number++
	put := func(path string, b []byte) error {
		if !bytes.Equal(o.depot[path], b) {
			o.written[path] = b
		}
		return o.depot.put(path, b)
	}
	head := testHead
	head.Number, head.AsOf = o.number, o.asOf
	w := NewWriter(testKey, "finance", head, put)
	w.limits = o.limits
	if o.last != nil {
		w.After(o.last, o.depot.load)
	}
	if err := w.Dataset("disbursement", paidColumns); err != nil {
		o.t.Fatal(err)
	}
	for _, id := range slices.SortedFunc(maps.Keys(o.lists), func(a, b batchID) int {
		return strings.Compare(a.name+fmt.Sprint(a.year), b.name+fmt.Sprint(b.year))
	}) {
		item, _, _ := strings.Cut(id.name, ".")
		b := Table{"disbursement", paidColumns, o.lists[id]}.Batch(id.year, id.name)
		b.Item, b.Key = item, []int{0, 1}
		if err := w.Add(b); err != nil {
			o.t.Fatal(err)
		}
	}
	ref, err := w.Close()
	if err != nil {
		o.t.Fatal(err)
	}
	if o.last, err = Load(map[string]Ref{"finance": ref}, o.depot.get); err != nil {
		o.t.Fatal(err)
	}
	return o.last
}

func (o *office) rows() (all []string) {
	for _, list := range o.lists {
		for _, row := range list {
			all = append(all, fmt.Sprint(row))
		}
	}
	slices.Sort(all)
	return all
}

// kiosk is a shelf that follows the editions of an office.
type kiosk struct{ has shelf }

func (k *kiosk) have(e Entry) bool { _, ok := k.has[ShardPath(e.SHA256Z)]; return ok }

// pull fetches what is missing, as few bytes as there are, and reads all rows. It returns how many bytes came.
func (k *kiosk) pull(o *office) (bytes int64) {
	o.t.Helper()
	missing := o.last.Choose(k.have).Missing(k.have)
	for _, e := range missing {
		k.has[ShardPath(e.SHA256Z)] = o.depot[ShardPath(e.SHA256Z)]
		bytes += e.LenZ
	}
	e := o.last.Choose(k.have)
	r := NewReader(e, testKey, k.has.load)
	if err := r.Check(func(int64) error { return nil }); err != nil {
		o.t.Fatal(err)
	}
	if got, want := readRows(o.t, e, r), o.rows(); !slices.Equal(got, want) {
		o.t.Fatalf("edition %d: %d rows are read, %d are the office's", o.number, len(got), len(want))
	}
	if got, want := readStreams(o.t, e, r), o.rows(); !slices.Equal(got, want) {
		o.t.Fatalf("edition %d: %d rows are in the streams, %d are the office's", o.number, len(got), len(want))
	}
	return bytes
}

func readRows(t testing.TB, e *Edition, r *Reader) (all []string) {
	t.Helper()
	d := &e.Datasets[0]
	for i := range d.Shards {
		if err := r.Each(d, i, func(row []Value) error { all = append(all, fmt.Sprint(row)); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

// readStreams reads the columns as the other side of the seam does, and holds their blocks to each other.
func readStreams(t testing.TB, e *Edition, r *Reader) (all []string) {
	t.Helper()
	var rows [][]Value
	for i, c := range e.Datasets[0].Columns {
		b, err := fs.ReadFile(r.Files(), "disbursement/"+c.Name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		values, blocks := unseam(t, b, c.Number)
		if i == 0 {
			rows = make([][]Value, len(values))
			all = blocks
		}
		if len(values) != len(rows) || !slices.Equal(blocks, all) {
			t.Fatalf("column %s has %d rows in blocks %v, not %d in %v", c.Name, len(values), blocks, len(rows), all)
		}
		for k, v := range values {
			rows[k] = append(rows[k], v)
		}
	}
	all = nil
	for _, row := range rows {
		all = append(all, fmt.Sprint(row))
	}
	slices.Sort(all)
	return all
}

// unseam decodes a stream, strictly.
func unseam(t testing.TB, b []byte, number bool) (values []Value, blocks []string) {
	t.Helper()
	take := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			t.Fatal("a stream ends early")
		}
		b = b[n:]
		return v
	}
	for len(b) > 0 {
		n := take()
		blocks = append(blocks, fmt.Sprint(n))
		var texts []string
		if !number {
			for range take() {
				size := take()
				texts = append(texts, string(b[:size]))
				b = b[size:]
			}
		}
		prev, used := int64(0), uint64(0)
		for range n {
			x := take()
			if number {
				prev += int64(x>>1) ^ -int64(x&1)
				values = append(values, Value{Int: prev})
				continue
			}
			if x > used || x >= uint64(len(texts)) {
				t.Fatalf("text %d of %d comes before text %d", x, len(texts), used)
			}
			used = max(used, x+1)
			values = append(values, Value{Text: texts[x]})
		}
		if !number && used != uint64(len(texts)) {
			t.Fatalf("%d texts, %d of them used", len(texts), used)
		}
	}
	return values, blocks
}

func (s shelf) shards() (n int) {
	for path := range s {
		if strings.HasPrefix(path, "s/") {
			n++
		}
	}
	return n
}

func TestCorrectionsTravelAlone(t *testing.T) {
	o, k := newOffice(t), &kiosk{shelf{}}
	list := paid(rand.New(rand.NewPCG(1, 1)), 1000)
	id := batchID{2026, "dili.1"}
	o.lists[id] = list
	o.print()
	all := k.pull(o)
	o.lists[id] = slices.Clone(list)
	o.lists[id][7] = []Value{list[7][0], list[7][1], {Int: 81200}}  // corrected
	o.lists[id][9] = []Value{list[9][0], {Text: "王某某"}, list[9][2]} // renamed
	o.lists[id] = slices.Delete(o.lists[id], 20, 22)                // taken back
	o.print()
	if o.written.shards() != 1 {
		t.Errorf("4 corrections wrote %d shards, not one of corrections", o.written.shards())
	}
	if few := k.pull(o); few*20 > all {
		t.Errorf("4 corrections are %d bytes, the list was %d", few, all)
	}
	o.lists[id] = append(o.lists[id], paid(rand.New(rand.NewPCG(1, 2)), 3)...) // one takes the place of another in the list
	o.print()
	k.pull(o)
	o.lists[id] = list // all as it was
	o.print()
	k.pull(o)
	if (&kiosk{shelf{}}).pull(o) > 2*all {
		t.Error("a kiosk that comes late must fetch more than twice the list")
	}
}

// A list that is much like the one before costs a fraction of it, and a kiosk needs the other one to read it.
func TestRecurringListsStandAgainstEachOther(t *testing.T) {
	o, k := newOffice(t), &kiosk{shelf{}}
	list := paid(rand.New(rand.NewPCG(3, 1)), 3000)
	o.lists[batchID{2026, "dili.1"}] = list
	o.print()
	first := k.pull(o)
	next := slices.Clone(list)
	for i := range next {
		next[i] = []Value{next[i][0], next[i][1], {Int: next[i][2].Int + int64(i%50/49)}}
	}
	o.lists[batchID{2026, "dili.2"}] = next
	e := o.print()
	if month := k.pull(o); month*4 > first {
		t.Errorf("the second list is %d bytes, the first was %d", month, first)
	}
	if len(e.Datasets[0].Shards) != 2 || e.Datasets[0].Shards[1].Base != e.Datasets[0].Shards[0].SHA256Raw {
		t.Errorf("shards are %+v", e.Datasets[0].Shards)
	}
	if needs := e.Needs(); len(needs) != 2 || needs[0].Base != "" {
		t.Errorf("a reader is told to have %+v", needs)
	}
	// The list that it stands against goes: it must not be left without.
	delete(o.lists, batchID{2026, "dili.1"})
	if e := o.print(); e.Datasets[0].Shards[0].Base != "" {
		t.Error("the shard stands against one that is not there")
	}
	k.pull(o)
}

// What is corrected more and more is printed once more beside the old shards: kiosks that have these fetch corrections only, new ones fetch less.
func TestAlternatives(t *testing.T) {
	o, old := newOffice(t), &kiosk{shelf{}}
	rng := rand.New(rand.NewPCG(5, 1))
	id := batchID{2026, "dili.1"}
	o.lists[id] = paid(rng, 2000)
	o.print()
	whole := old.pull(o)
	compacted := false
	for range 30 {
		list := slices.Clone(o.lists[id])
		for range 60 {
			i := rng.IntN(len(list))
			list[i] = []Value{list[i][0], list[i][1], {Int: rng.Int64N(1e6)}}
		}
		o.lists[id] = list
		e := o.print()
		if got := old.pull(o); got*4 > whole && !compacted {
			t.Errorf("edition %d: 60 corrections of 2,000 rows are %d bytes, the list was %d", e.Number, got, whole)
		}
		fresh := &kiosk{shelf{}}
		fresh.pull(o)
		compacted = compacted || slices.ContainsFunc(e.Datasets[0].Entries, func(e Entry) bool { return e.Kind == Full })
	}
	if !compacted {
		t.Error("1,800 corrections of 2,000 rows made no key shard")
	}
}

// When a year is over, what was corrected in it is printed once more, for those who come new.
func TestAYearCloses(t *testing.T) {
	o := newOffice(t)
	id := batchID{2026, "dili.1"}
	o.lists[id] = paid(rand.New(rand.NewPCG(6, 1)), 1000)
	o.print()
	list := slices.Clone(o.lists[id])
	for i := range 20 {
		list[i*30] = []Value{list[i*30][0], list[i*30][1], {Int: int64(i)}}
	}
	o.lists[id] = list
	o.print()
	key := func(e *Edition) bool {
		return slices.ContainsFunc(e.Datasets[0].Entries, func(e Entry) bool { return e.Kind == Full })
	}
	if key(o.last) {
		t.Error("a key shard in the year itself")
	}
	o.asOf = "2027-01-20"
	if !key(o.print()) {
		t.Error("no key shard of a year that is over")
	}
	late := &kiosk{shelf{}}
	late.pull(o)
	if e := o.last.Choose(late.have); e.Datasets[0].Shards[0].Kind != Full {
		t.Error("a kiosk that comes late did not take the key shard")
	}
}

// Indexes that have become small are put together: a catalog names as few as there need be, and the order of what they list stays.
func TestSmallIndexesBecomeOne(t *testing.T) {
	o, k := newOffice(t), &kiosk{shelf{}}
	lists := 6 * usual.entries
	for i := range lists {
		row := []Value{{Text: fmt.Sprint("D-", i)}, {Text: "王某"}, {Int: int64(i)}}
		o.lists[batchID{2026, fmt.Sprintf("dili%03d.1", i)}] = [][]Value{row}
	}
	if n := len(o.print().Datasets[0].indexes); n != 6 {
		t.Errorf("%d lists are in %d indexes", lists, n)
	}
	k.pull(o)
	left := map[string]bool{}
	for i := range lists {
		id := batchID{2026, fmt.Sprintf("dili%03d.1", i)}
		if i%5 > 0 {
			delete(o.lists, id)
		} else {
			left[id.name] = true
		}
	}
	before := o.last.Datasets[0].Entries
	after := o.print().Datasets[0]
	if len(after.indexes) != 2 {
		t.Errorf("%d lists are in %d indexes", len(left), len(after.indexes))
	}
	if want := slices.DeleteFunc(slices.Clone(before), func(e Entry) bool { return !left[e.Batch] }); !slices.Equal(after.Entries, want) {
		t.Errorf("%d entries are not the %d that are left, in their order", len(after.Entries), len(want))
	}
	k.pull(o)
}

// What corrections may take together is counted before they are written, so the count must never be too low.
func TestCorrectionsAreNoLargerThanCounted(t *testing.T) {
	columns := make([]Column, 24)
	rng := rand.New(rand.NewPCG(3, 3))
	for round := range 40 {
		for i := range columns {
			columns[i] = Column{fmt.Sprint("c", i), i%(1+round%3) == 0}
		}
		c := corrected{}
		for i := range uint32(1 + rng.IntN(600)) {
			what := correction{pattern: pattern{gone: rng.IntN(20) == 0}}
			for column := range columns {
				switch {
				case what.gone || rng.IntN(6) == 0:
					continue
				case columns[column].Number: // each as far as can be from the last
					what.cells = append(what.cells, Value{Int: int64(rng.Uint64())})
				default:
					what.cells = append(what.cells, Value{Text: strings.Repeat("粮", rng.IntN(60))})
				}
				what.columns = append(what.columns, column)
			}
			c.set(target{byte(round), byte(i % 7)}, i*uint32(1+round), what)
		}
		raw, err := bindFixes("disbursement", columns, c)
		if head := 128 + 16*len(columns); err != nil || len(raw) > c.size()+head {
			t.Fatalf("%d bytes, %d were counted, %v", len(raw), c.size(), err)
		}
	}
}

// Many rows that go at once are no list of tombstones: the shard is printed without them, and nobody keeps them.
func TestManyRowsGo(t *testing.T) {
	o, k := newOffice(t), &kiosk{shelf{}}
	id := batchID{2026, "dili.1"}
	o.lists[id] = paid(rand.New(rand.NewPCG(6, 1)), 1000)
	first := o.print().Datasets[0].Shards[0]
	k.pull(o)
	o.lists[id] = o.lists[id][:700]
	e := o.print()
	k.pull(o)
	if len(e.Datasets[0].Entries) != 1 || e.Datasets[0].Entries[0] == first {
		t.Errorf("the edition lists %+v", e.Datasets[0].Entries)
	}
}

// Whatever an office does to its lists, and whatever its depot loses, each edition holds the rows of that day, for a kiosk that took every edition,
// for one that took some, and for one that comes new; and printing it again gives the same bytes.
func TestEditionsLaw(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 99))
		o := newOffice(t)
		if seed%2 == 1 { // every limit is met within the year
			n := rng.IntN
			o.limits = limits{rows: 20 + n(200), entries: 1 + n(5), added: 1 + n(3), fixes: 1 + n(4), fixSize: 400 + n(2000), relief: 200 + int64(n(400))}
		}
		kiosks := []*kiosk{{shelf{}}, {shelf{}}}
		for n := range 14 {
			o.disturb(rng, n)
			before, depot := o.last, maps.Clone(o.depot)
			o.print()
			bytes := o.last.catalogs["finance"]
			kiosks[0].pull(o)
			if rng.IntN(3) == 0 {
				kiosks[1].pull(o)
			}
			(&kiosk{shelf{}}).pull(o)
			again := &office{t: t, depot: depot, lists: o.lists, last: before, number: o.number - 1, asOf: o.asOf, limits: o.limits}
			if got := again.print().catalogs["finance"]; got != bytes {
				t.Fatalf("seed %d: edition %d printed again is another", seed, o.number)
			}
			if scratch := (&office{t: t, depot: shelf{}, lists: o.lists, asOf: o.asOf, limits: o.limits}).print(); scratch.Digest != o.last.Digest {
				t.Fatalf("seed %d: edition %d has another digest than the same rows printed whole", seed, o.number)
			}
		}
	}
}

// disturb does to the lists what happens in a month, and now and then to the depot what should not.
func (o *office) disturb(rng *rand.Rand, month int) {
	if month%5 == 4 {
		o.asOf = fmt.Sprintf("%d-01-20", 2027+month/5)
	}
	name := fmt.Sprintf("%s.%d", []string{"dili", "gaoling"}[rng.IntN(2)], month)
	list := paid(rand.New(rand.NewPCG(uint64(month%2), 4)), 60+rng.IntN(240))
	for i := range list {
		list[i] = append(slices.Clone(list[i][:2]), Value{Int: int64(month)*1e7 + int64(i)})
	}
	o.lists[batchID{2026 + month/5, name}] = list
	ids := slices.SortedFunc(maps.Keys(o.lists), func(a, b batchID) int { return strings.Compare(a.name, b.name) })
	for range 3 {
		id := ids[rng.IntN(len(ids))]
		list := slices.Clone(o.lists[id])
		switch rng.IntN(8) {
		case 0:
			delete(o.lists, id)
			continue
		case 1:
			list = list[:len(list)/2]
		case 2:
			list = append(list, paid(rng, 1+rng.IntN(9))...)
		case 3:
			rng.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
		default:
			for range rng.IntN(12) {
				if len(list) > 0 {
					i := rng.IntN(len(list))
					list[i] = []Value{list[i][0], list[i][1], {Int: rng.Int64N(3)}}
				}
			}
			list = slices.Delete(list, 0, min(rng.IntN(3), len(list)))
		}
		o.lists[id] = list
	}
	if rng.IntN(4) == 0 {
		paths := slices.Sorted(maps.Keys(o.depot))
		if len(paths) > 0 {
			path := paths[rng.IntN(len(paths))]
			if strings.HasPrefix(path, "s/") {
				b := slices.Clone(o.depot[path])
				b[rng.IntN(len(b))] ^= 1
				o.depot[path] = b
			}
		}
	}
}
