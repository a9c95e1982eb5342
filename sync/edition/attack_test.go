package edition

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// forger writes editions as no press does. He has the county's key, and the owners have signed what he wrote.
type forger struct {
	t     testing.TB
	depot shelf
	lists map[string][]Entry
}

func newForger(t testing.TB) *forger { return &forger{t, shelf{}, map[string][]Entry{}} }

func (f *forger) shard(dataset string, base *Shard, rows ...[]Value) (Entry, *Shard) {
	f.t.Helper()
	b, err := NewBinder(dataset, paidColumns)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, row := range rows {
		if err := b.Add(row); err != nil {
			f.t.Fatal(err)
		}
	}
	raw, err := b.Close()
	if err != nil {
		f.t.Fatal(err)
	}
	s, err := ParseShard(raw)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.seal(raw, base), s
}

func (f *forger) seal(raw []byte, base *Shard) Entry {
	f.t.Helper()
	stored, e, err := testKey.Seal(raw, base)
	if err != nil {
		f.t.Fatal(err)
	}
	f.depot[ShardPath(e.SHA256Z)] = stored
	f.lists[e.Dataset] = append(f.lists[e.Dataset], e)
	return e
}

func (f *forger) fix(dataset string, c corrected) Entry {
	f.t.Helper()
	raw, err := bindFixes(dataset, paidColumns, c)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.seal(raw, nil)
}

// load offers the edition to a kiosk, which reads all of it.
func (f *forger) load() error {
	f.t.Helper()
	c := catalog{Format: Format, Owner: "finance", County: "420581", Number: 1, AsOf: "2026-11-20", Datasets: []catalogDataset{}}
	for _, name := range slices.Sorted(maps.Keys(f.lists)) {
		stored, r, err := encodeList(index{Format: Format, Dataset: name, Columns: paidColumns, Shards: f.lists[name]})
		if err != nil {
			f.t.Fatal(err)
		}
		f.depot[IndexPath(r.SHA256)] = stored
		c.Datasets = append(c.Datasets, catalogDataset{name, 1, hash(nil), []Ref{r}})
	}
	stored, r, err := encodeList(c)
	if err != nil {
		f.t.Fatal(err)
	}
	f.depot[CatalogPath(r.SHA256)] = stored
	e, err := Load(map[string]Ref{"finance": r}, f.depot.get)
	if err != nil {
		return err
	}
	return NewReader(e, testKey, f.depot.load).Check(func(int64) error { return nil })
}

// refused says that an edition must fail for that reason, and not because the digest, which the forger left open, is wrong.
func (f *forger) refused(why string) {
	f.t.Helper()
	if err := f.load(); err == nil || !strings.Contains(err.Error(), why) {
		f.t.Errorf("error is %v, not: %s", err, why)
	}
}

func paidRows(n int) [][]Value { return paid(rand.New(rand.NewPCG(8, 8)), n) }

func one(e Entry, ordinal uint32) corrected {
	c := corrected{}
	c.set(targetOf(e.SHA256Raw), ordinal, correction{pattern: pattern{columns: []int{2}}, cells: []Value{{Int: 7}}})
	return c
}

func TestAForgerCanWriteAnEdition(t *testing.T) {
	f := newForger(t)
	e, s := f.shard("disbursement", nil, paidRows(50)...)
	f.shard("disbursement", s, paidRows(60)...)
	f.fix("disbursement", one(e, 3))
	f.refused("digest of 110 rows") // all else about it is right
}

func TestBaseWithABase(t *testing.T) {
	f := newForger(t)
	_, a := f.shard("disbursement", nil, paidRows(50)...)
	_, b := f.shard("disbursement", a, paidRows(60)...)
	f.shard("disbursement", b, paidRows(70)...)
	f.refused("without a base of its own")
}

func TestBasesInACircle(t *testing.T) {
	f := newForger(t)
	f.shard("disbursement", nil, paidRows(50)...)
	f.shard("disbursement", nil, paidRows(60)...)
	list := f.lists["disbursement"]
	list[0].Base, list[1].Base = list[1].SHA256Raw, list[0].SHA256Raw
	f.refused("without a base of its own")
	list[1].Base = ""
	list[0].Base = list[0].SHA256Raw
	f.refused("without a base of its own")
}

func TestBaseOfAnotherDataset(t *testing.T) {
	f := newForger(t)
	_, s := f.shard("allocation", nil, paidRows(50)...)
	f.shard("disbursement", s, paidRows(60)...)
	f.refused("without a base of its own")
}

func TestBaseThatIsNotThere(t *testing.T) {
	f := newForger(t)
	_, s := f.shard("disbursement", nil, paidRows(50)...)
	f.shard("disbursement", s, paidRows(60)...)
	f.lists["disbursement"] = f.lists["disbursement"][1:]
	f.refused("without a base of its own")
}

func TestAFixShardIsNoBase(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("disbursement", nil, paidRows(50)...)
	fix := f.fix("disbursement", one(e, 3))
	f.shard("disbursement", nil, paidRows(60)...)
	f.lists["disbursement"][2].Base = fix.SHA256Raw
	f.refused("without a base of its own")
}

// A base that is not the one the entry names opens nothing, though it would fit the frame.
func TestAnotherBaseThanTheEntryNames(t *testing.T) {
	f := newForger(t)
	_, a := f.shard("disbursement", nil, paidRows(50)...)
	_, b := f.shard("disbursement", nil, paidRows(55)...)
	e, _ := f.shard("disbursement", a, paidRows(60)...)
	for name, base := range map[string]*Shard{"another": b, "none": nil} {
		if _, err := testKey.Open(slices.Clone(f.depot[ShardPath(e.SHA256Z)]), e, base); err == nil || !strings.Contains(err.Error(), "base") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := testKey.Open(slices.Clone(f.depot[ShardPath(e.SHA256Z)]), e, a); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// A shard that one dataset lists is none of another's, not even while it is at hand.
func TestShardOfAnotherDataset(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("allocation", nil, paidRows(50)...)
	all := Edition{Datasets: []Dataset{
		{Name: "allocation", Columns: paidColumns, Shards: []Entry{e}},
		{Name: "disbursement", Columns: append(slices.Clone(paidColumns), Column{"more", true}), Shards: []Entry{e}},
	}}
	all.Datasets[1].Shards[0].Dataset = "disbursement"
	r := NewReader(&all, testKey, f.depot.load)
	if _, err := r.Shard(&all.Datasets[0], 0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Shard(&all.Datasets[1], 0); err == nil || !strings.Contains(err.Error(), "rows of allocation") {
		t.Errorf("error is %v", err)
	}
}

func TestDictionaryBomb(t *testing.T) {
	base := bytes.Repeat([]byte("粮食直补"), 1<<16)
	for _, times := range []int{3, 40} { // under what a shard may be, and over it
		bomb, err := compressAgainst(bytes.Repeat(base, times), base)
		if err != nil {
			t.Fatal(err)
		}
		if len(bomb) > 1<<16 {
			t.Fatalf("a bomb of %d bytes is none", len(bomb))
		}
		if got, err := expandAgainst(bomb, 1000, base); err == nil {
			t.Errorf("%d bytes expanded where the index says 1000", len(got))
		}
	}
}

func TestFixOfAShardThatIsNotThere(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("disbursement", nil, paidRows(50)...)
	f.shard("disbursement", nil, paidRows(60)...)
	f.fix("disbursement", one(e, 3))
	f.lists["disbursement"] = f.lists["disbursement"][1:]
	f.refused("which is not there")
}

func TestFixOfAnotherDataset(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("disbursement", nil, paidRows(50)...)
	f.shard("allocation", nil, paidRows(60)...)
	f.fix("allocation", one(e, 3))
	f.refused("which is not there")
}

func TestFixBehindTheLastRow(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("disbursement", nil, paidRows(50)...)
	f.fix("disbursement", one(e, 50))
	f.refused("corrects row 50 of shard")
}

func TestFixWithABase(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("disbursement", nil, paidRows(50)...)
	f.fix("disbursement", one(e, 3))
	f.lists["disbursement"][1].Base = e.SHA256Raw
	f.refused("a fix shard with base")
}

// The bytes of a fix shard cannot say two things of one row: rows of a target ascend, and so do targets.
func TestTwoCorrectionsOfOneRow(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("disbursement", nil, paidRows(50)...)
	raw, err := bindFixes("disbursement", paidColumns, one(e, 3))
	if err != nil {
		t.Fatal(err)
	}
	name := targetOf(e.SHA256Raw)
	i := bytes.Index(raw, name[:])
	twice := slices.Concat(raw[:i-1], []byte{2}, raw[i:i+9], raw[i:i+9], raw[i+9:])
	if _, err := parseFixes(twice); err == nil || !strings.Contains(err.Error(), "not in order") {
		t.Errorf("a target twice: %v", err)
	}
}

// Of two fix shards the later one has the last word.
func TestTheLaterFixWins(t *testing.T) {
	f := newForger(t)
	rows := paidRows(50)
	e, _ := f.shard("disbursement", nil, rows...)
	d := Dataset{Name: "disbursement", Columns: paidColumns, Entries: []Entry{e}}
	parsed := func(amount int64) *fixes {
		c := corrected{}
		c.set(targetOf(e.SHA256Raw), 3, correction{pattern: pattern{columns: []int{2}}, cells: []Value{{Int: amount}}})
		raw, err := bindFixes("disbursement", paidColumns, c)
		if err != nil {
			t.Fatal(err)
		}
		x, err := parseFixes(raw)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	c, err := join(&d, []*fixes{parsed(100), parsed(200)})
	if err != nil {
		t.Fatal(err)
	}
	now := c.of(e.SHA256Raw)
	row := slices.Clone(rows[3])
	if gone := now.row(3, row); gone || row[2].Int != 200 || row[1] != rows[3][1] {
		t.Errorf("row 3 is %v, gone %t", row, gone)
	}
}

func TestTwoShardsOfOneName(t *testing.T) {
	a, b := strings.Repeat("ab", 32), strings.Repeat("ab", 31)+"cd"
	if _, err := targets([]Entry{{Kind: Rows, SHA256Raw: a}, {Kind: Rows, SHA256Raw: b}}); err == nil {
		t.Error("two shards that corrections cannot tell apart")
	}
}

func TestMoreCorrectionsThanAReaderHolds(t *testing.T) {
	f := newForger(t)
	e, _ := f.shard("disbursement", nil, paidRows(100)...)
	for i := range uint32(MaxFixes + 1) {
		f.fix("disbursement", one(e, i))
	}
	f.refused("fix shards of")
	f.lists["disbursement"] = f.lists["disbursement"][:3]
	f.lists["disbursement"][1].LenRaw, f.lists["disbursement"][2].LenRaw = MaxFixRaw/2, MaxFixRaw/2+1
	f.refused("fix shards of")
}

func TestKeyShardThatStandsForNothing(t *testing.T) {
	f := newForger(t)
	f.shard("disbursement", nil, paidRows(50)...)
	f.lists["disbursement"][0].Kind = Full
	f.refused("stands for nothing")
}

func TestShardListedTwice(t *testing.T) {
	f := newForger(t)
	f.shard("disbursement", nil, paidRows(50)...)
	f.lists["disbursement"] = append(f.lists["disbursement"], f.lists["disbursement"][0])
	f.refused("listed twice")
}

// Whoever holds shards of the first format must fetch anew: nothing of them is read. What a later program wrote is told apart from it.
func TestShardsOfOtherFormats(t *testing.T) {
	f := newForger(t)
	_, s := f.shard("disbursement", nil, paidRows(5)...)
	for format, newer := range map[int]bool{1: false, 3: true} {
		raw := slices.Clone(s.raw)
		raw[len(shardMagic)] = byte(format)
		if _, err := ParseShard(raw); err == nil || errors.Is(err, ErrNewer) != newer {
			t.Errorf("shard of format %d: %v", format, err)
		}
	}
}

// TestListsOfOtherFormats: a newer list may say more than this program has names for, or say it otherwise. It is newer all the same and not damaged,
// as long as it is the list that was signed.
func TestListsOfOtherFormats(t *testing.T) {
	for list, newer := range map[string]bool{
		`{"format":3,"owner":"finance"}`: true,
		`{"format":3,"owner":"finance","pictures":[{"sha256":1}],"datasets":{"fund":[]}}`: true,
		`{"owner":["finance"],"format":40}`:                                               true,
		`{"format":1,"owner":"finance","years":[2011]}`:                                   false,
		`{"format":2,"owner":"finance","pictures":[]}`:                                    false,
		`{"owner":"finance","pictures":[]}`:                                               false,
		`{"format":"3","owner":"finance"}`:                                                false,
		`{"format":3,"owner":"finance"`:                                                   false,
		`{"format":3,"owner":"finance"}}`:                                                 false,
		`[3]`:                                                                             false,
		"\x03":                                                                            false,
	} {
		signed, forged := compress([]byte(list)), compress([]byte(`{"format":4,"owner":"finance"}`))
		ref := Ref{hash(signed), int64(len(signed))}
		for what, read := range map[string]func(get func(string, Ref) ([]byte, error)) error{
			"catalog": func(get func(string, Ref) ([]byte, error)) error {
				_, err := Load(map[string]Ref{"finance": ref}, get)
				return err
			},
			"index": func(get func(string, Ref) ([]byte, error)) error {
				_, err := readIndex("disbursement", ref, get)
				return err
			},
		} {
			if err := read(func(string, Ref) ([]byte, error) { return signed, nil }); err == nil || errors.Is(err, ErrNewer) != newer {
				t.Errorf("%s %s: %v", what, list, err)
			}
			if err := read(func(string, Ref) ([]byte, error) { return forged, nil }); err == nil || errors.Is(err, ErrNewer) {
				t.Errorf("another list in the place of %s %s: %v", what, list, err)
			}
		}
	}
}

// Whatever is accepted encodes to the same bytes again.
func FuzzParseFixes(f *testing.F) {
	c := corrected{}
	for i := range uint32(40) {
		what := correction{pattern: pattern{gone: i%5 == 0}}
		for k := range int(i % 4) {
			if !what.gone {
				what.columns = append(what.columns, k)
				what.cells = append(what.cells, []Value{{Text: "粮"}, {Text: strings.Repeat("油", int(i))}, {Int: int64(i)}}[k])
			}
		}
		c.set(target{byte(i % 3)}, i*i, what)
	}
	raw, err := bindFixes("disbursement", paidColumns, c)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(fixMagic))
	f.Fuzz(func(t *testing.T, raw []byte) {
		x, err := parseFixes(slices.Clone(raw))
		if err != nil {
			return
		}
		c := &corrections{fixes: []*fixes{x}, slots: map[target][]slot{}}
		for _, of := range x.targets {
			c.slots[of.target] = of.slots
		}
		again, err := bindFixes(x.dataset, x.columns, c.corrected())
		if err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("%x encodes to %x, %v", raw, again, err)
		}
	})
}
