package edition

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var (
	testKey  = Key{1, 2, 3}
	testHead = Head{
		County: "420581", CountyName: "宜都市", Number: 3, AsOf: "2026-11-20",
		PublishedAt: time.Date(2026, 11, 20, 9, 14, 0, 0, time.FixedZone("", 8*3600)), Synthetic: true,
	}
	paidColumns = []Column{{"ref", false}, {"name", false}, {"amount_fen", true}}
)

func paid(rng *rand.Rand, n int) [][]Value {
	rows := make([][]Value, n)
	for i := range rows {
		rows[i] = []Value{{Text: fmt.Sprintf("D-%06d", i)}, {Text: string([]rune("王李张刘陈")[rng.IntN(5)]) + "某"}, {Int: rng.Int64N(1e6) - 5e4}}
	}
	return rows
}

// shelf is a depot in memory.
type shelf map[string][]byte

func (s shelf) put(path string, b []byte) error { s[path] = slices.Clone(b); return nil }

func (s shelf) get(path string, _ Ref) ([]byte, error) {
	b, ok := s[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return slices.Clone(b), nil
}

func (s shelf) load(e Entry) ([]byte, error) { return s.get(ShardPath(e.SHA256Z), Ref{}) }

// press prints the tables as one owner's edition, each table in batches of batch rows over two years.
func press(t testing.TB, s shelf, batch int, tables ...Table) *Edition {
	t.Helper()
	w := NewWriter(testKey, "finance", testHead, s.put)
	for _, tab := range tables {
		if err := w.Dataset(tab.Dataset, tab.Columns); err != nil {
			t.Fatal(err)
		}
		i := 0
		for rows := range slices.Chunk(tab.Rows, batch) {
			part := Table{tab.Dataset, tab.Columns, rows}
			if err := w.Add(part.Batch(2025+i%2, fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
			i++
		}
	}
	r, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Load(map[string]Ref{"finance": r}, s.get)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhatIsPrintedIsRead(t *testing.T) {
	s := shelf{}
	rows := paid(rand.New(rand.NewPCG(1, 1)), 20_000)
	e := press(t, s, 9_000, Table{"disbursement", paidColumns, rows}, Table{"notice", []Column{{"title", false}}, nil})
	r := NewReader(e, testKey, s.load)
	if err := r.Check(func(int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var got [][]Value
	d := &e.Datasets[0]
	for i := range d.Shards {
		sh, err := r.Shard(d, i)
		if err != nil {
			t.Fatal(err)
		}
		if err := sh.Each(func(row []Value) error { got = append(got, slices.Clone(row)); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	byRef := func(a, b []Value) int { return strings.Compare(a[0].Text, b[0].Text) }
	slices.SortFunc(got, byRef)
	if !slices.EqualFunc(got, rows, slices.Equal) {
		t.Errorf("read %d rows that are not the %d printed", len(got), len(rows))
	}
	if e.Number != 3 || e.CountyName != "宜都市" || !e.PublishedAt.Equal(testHead.PublishedAt) || len(e.Datasets) != 2 || e.Datasets[1].Rows != 0 {
		t.Errorf("edition is %+v", e.Head)
	}
}

func TestContentsAreAFileSystem(t *testing.T) {
	s := shelf{}
	e := press(t, s, 700, Table{"disbursement", paidColumns, paid(rand.New(rand.NewPCG(1, 1)), 2_000)}, Table{"notice", []Column{{"title", false}}, nil})
	opened := 0
	files := NewReader(e, testKey, func(en Entry) ([]byte, error) { opened++; return s.load(en) }).Files()
	if err := fstest.TestFS(files, "edition.json", "disbursement/ref", "disbursement/name", "disbursement/amount_fen"); err != nil {
		t.Fatal(err)
	}
	if opened != 3 {
		t.Errorf("3 shards were decoded %d times", opened)
	}
	if _, err := fs.Stat(files, "notice"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("dataset without rows: %v", err)
	}
	b, err := fs.ReadFile(files, "edition.json")
	if err != nil {
		t.Fatal(err)
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil || m.Datasets["disbursement"].Rows != 2000 || m.Digest != e.Digest {
		t.Errorf("manifest %s, %v", b, err)
	}
}

// The bytes of a stream are those that the other side of the seam documents.
func TestStreamBytes(t *testing.T) {
	s := shelf{}
	e := press(t, s, 10, Table{"fund", []Column{{"title", false}, {"fen", true}}, [][]Value{{{Text: "粮"}, {Int: 5}}, {{Text: ""}, {Int: 3}}, {{Text: "粮"}, {Int: 3}}}})
	files := NewReader(e, testKey, s.load).Files()
	for name, want := range map[string]string{"fund/title": "\x03\x02\x03粮\x00\x00\x01\x00", "fund/fen": "\x03\x0a\x03\x00"} {
		got, err := fs.ReadFile(files, name)
		if err != nil || string(got) != want {
			t.Errorf("%s is %q, %v, not %q", name, got, err, want)
		}
	}
}

func TestDigestIsOfRowsAlone(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	rows := paid(rng, 3_000)
	a := press(t, shelf{}, 3_000, Table{"disbursement", paidColumns, rows})
	mixed := slices.Clone(rows)
	rng.Shuffle(len(mixed), func(i, k int) { mixed[i], mixed[k] = mixed[k], mixed[i] })
	b := press(t, shelf{}, 100, Table{"disbursement", paidColumns, mixed})
	if a.Digest != b.Digest {
		t.Error("the same rows in other shards have another digest")
	}
	mixed[5] = []Value{mixed[5][0], mixed[5][1], {Int: mixed[5][2].Int + 1}}
	if c := press(t, shelf{}, 100, Table{"disbursement", paidColumns, mixed}); a.Digest == c.Digest {
		t.Error("one fen more has the same digest")
	}
}

// Worked out by hand from the rule: sha256(01 || sha256(06 "粮" 0a → length 3)), so that another implementation can be held against it.
func TestDigestByHand(t *testing.T) {
	d := NewDigest([]Column{{"title", false}, {"fen", true}})
	d.Add([]Value{{Text: "粮"}, {Int: 5}})
	row := hash([]byte("\x03粮\x0a"))
	var sum []byte
	if _, err := fmt.Sscanf(row, "%x", &sum); err != nil {
		t.Fatal(err)
	}
	if want := hash(append([]byte{1}, sum...)); d.String() != want {
		t.Errorf("digest is %s, not %s", d, want)
	}
}

func TestEqualRowsAreEqualFiles(t *testing.T) {
	rows := paid(rand.New(rand.NewPCG(1, 2)), 500)
	one, two := shelf{}, shelf{}
	press(t, one, 100, Table{"disbursement", paidColumns, rows[:400]})
	e := press(t, two, 100, Table{"disbursement", paidColumns, rows})
	missing := e.Missing(func(en Entry) bool { _, ok := one[ShardPath(en.SHA256Z)]; return ok })
	if len(missing) != 1 || missing[0].Rows != 100 {
		t.Errorf("100 rows more need %d shards", len(missing))
	}
	for path, b := range one {
		if strings.HasPrefix(path, "s/") && !bytes.Equal(two[path], b) {
			t.Errorf("%s differs", path)
		}
	}
}

func TestTamperedShard(t *testing.T) {
	b, err := NewBinder("fund", []Column{{"title", false}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add([]Value{{Text: "粮食直补"}}); err != nil {
		t.Fatal(err)
	}
	raw, err := b.Close()
	if err != nil {
		t.Fatal(err)
	}
	stored, e, err := testKey.Seal(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range stored {
		bad := slices.Clone(stored)
		bad[i] ^= 1
		if _, err := testKey.Open(bad, e, nil); err == nil || !strings.Contains(err.Error(), e.SHA256Z) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		// An index that was made for the changed bytes helps nobody either: the key is not the attacker's.
		forged := e
		forged.SHA256Z = hash(bad)
		if _, err := testKey.Open(bad, forged, nil); err == nil {
			t.Fatalf("byte %d changed, index too: accepted", i)
		}
	}
}

func TestNoRowReadableWithoutTheCountyKey(t *testing.T) {
	s := shelf{}
	e := press(t, s, 10, Table{"fund", []Column{{"title", false}}, [][]Value{{{Text: "张三丰的粮食直补"}}}})
	for path, b := range s {
		if bytes.Contains(b, []byte("张三丰")) {
			t.Errorf("%s shows a name", path)
		}
	}
	if _, err := NewReader(e, Key{9}, s.load).Shard(&e.Datasets[0], 0); err == nil {
		t.Error("another county's key opens the shard")
	}
}

func TestEndlessShard(t *testing.T) {
	bomb := compress(make([]byte, 64<<20))
	if _, err := expand(bomb, 1000); err == nil {
		t.Error("64 MiB expanded where the index says 1000 bytes")
	}
	if err := decodeList(bomb, &catalog{}); err == nil {
		t.Error("64 MiB expanded as a catalog")
	}
	e := Entry{Dataset: "fund", Kind: Rows, Rows: 1, LenZ: 1, LenRaw: MaxShardRaw + 1, SHA256Z: hash(nil), SHA256Raw: hash(nil)}
	if _, err := testKey.Open([]byte{0}, e, nil); err == nil {
		t.Error("a shard over the limit was tried")
	}
}

// The most that the format allows, all columns read abreast, stays under 64 MiB: the largest shards, two of them against a base as large, and as many
// corrections as a dataset may have.
func TestMemory(t *testing.T) {
	d, load := hugeDataset(t)
	ref, get := hugeLists(t)
	m := newHeap(t)
	defer m.end()
	var e *Edition
	var err error
	m.during(func() { e, err = Load(map[string]Ref{"finance": ref}, get) })
	if err != nil {
		t.Fatal(err)
	}
	if e.entries < MaxEntries*9/10 {
		t.Fatalf("%d shards and indexes are not what is allowed", e.entries)
	}
	lists := m.most
	r := NewReader(&Edition{Datasets: []Dataset{d}}, testKey, func(e Entry) ([]byte, error) {
		m.look()
		return load(e)
	})
	if err := r.Check(func(int64) error { m.look(); return nil }); err != nil {
		t.Fatal(err)
	}
	var open []fs.File
	for _, c := range d.Columns {
		f, err := r.Files().Open("big/" + c.Name)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, f)
	}
	buf := make([]byte, 1<<16)
	for done := 0; done < len(open); {
		done = 0
		for _, f := range open {
			if _, err := f.Read(buf); errors.Is(err, io.EOF) {
				done++
			} else if err != nil {
				t.Fatal(err)
			}
			m.look()
		}
	}
	runtime.KeepAlive(e)
	if m.most > 64<<20 {
		t.Errorf("took %d MiB", m.most>>20)
	}
	t.Logf("took %d MiB, %d of them until all was listed", m.most>>20, lists>>20)
}

// heap (堆) is the most memory that was in use since it began to look.
type heap struct {
	before, most uint64
	percent      int
}

func newHeap(t *testing.T) *heap {
	t.Helper()
	if _, err := expand(compress([]byte("x")), 1); err != nil { // so that the compressor holds nothing of what came before
		t.Fatal(err)
	}
	h := &heap{percent: debug.SetGCPercent(5)}
	for range 3 { // pools outlive a collection
		runtime.GC()
	}
	h.before = h.now()
	return h
}

func (h *heap) now() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (h *heap) look() {
	now := h.now()
	h.most = max(h.most, now-min(h.before, now))
}

func (h *heap) end() { debug.SetGCPercent(h.percent) }

// during looks again and again while f is at work.
func (h *heap) during(f func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				h.look()
			}
		}
	}()
	f()
	close(stop)
	<-stopped
}

// hugeLists lie on the disk: a catalog with as many shards as an edition may have.
func hugeLists(t *testing.T) (Ref, func(string, Ref) ([]byte, error)) {
	t.Helper()
	dir := t.TempDir()
	name := func(path string) string { return filepath.Join(dir, filepath.Base(path)) }
	put := func(path func(string) string, list any) Ref {
		t.Helper()
		stored, r, err := encodeList(list)
		if err == nil {
			err = os.WriteFile(name(path(r.SHA256)), stored, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	c := catalog{Format: Format, Owner: "finance", County: "420581", Number: 1, AsOf: "2026-11-20"}
	d := catalogDataset{Name: "many", Digest: hash(nil)}
	const each = 400
	batch := strings.Repeat("b", 64)
	for n := 0; n+each < MaxEntries; n += each + 1 {
		x := index{Format: Format, Dataset: d.Name}
		if n == 0 {
			x.Columns = paidColumns
		}
		for i := range each {
			h := hash(fmt.Append(nil, n, i))
			x.Shards = append(x.Shards, Entry{Year: 2026, Batch: batch, Kind: Rows, Rows: 1, LenZ: 1, LenRaw: 1, SHA256Z: h, SHA256Raw: h})
		}
		d.Indexes = append(d.Indexes, put(IndexPath, x))
	}
	c.Datasets = []catalogDataset{d}
	return put(CatalogPath, c), func(path string, _ Ref) ([]byte, error) { return os.ReadFile(name(path)) }
}

// Lists that claim to hold far more than they do are no way round the limit either.
func TestListBomb(t *testing.T) {
	for name, form := range map[string]struct{ begin, again, end string }{
		"shards":   {`{"format":2,"dataset":"x","shards":[{}`, `,{}`, `]}`},
		"numbers":  {`{"format":2,"dataset":"x","shards":[0`, `,0`, `]}`},
		"nothings": {`{"format":2,"dataset":"x","shards":[null`, `,null`, `]}`},
		"escapes":  {`{"format":2,"dataset":"`, `<`, `","shards":[]}`},
		"columns":  {`{"format":2,"dataset":"x","columns":[{}`, `,{}`, `],"shards":[]}`},
		"datasets": {`{"format":2,"datasets":[{}`, `,{}`, `]}`},
		"indexes":  {`{"format":2,"datasets":[{"indexes":[{}`, `,{}`, `]}]}`},
	} {
		raw := form.begin + strings.Repeat(form.again, (MaxList-len(form.begin)-len(form.end))/len(form.again)) + form.end
		stored := compress([]byte(raw))
		h := newHeap(t)
		h.during(func() {
			for _, v := range []any{&index{}, &catalog{}} {
				if err := decodeList(stored, v); err == nil {
					t.Errorf("%s: accepted", name)
				}
			}
		})
		h.end()
		if h.most > 52<<20 {
			t.Errorf("%s took %d MiB", name, h.most>>20)
		}
		t.Logf("%s took %d MiB", name, h.most>>20)
	}
}

// hugeDataset lies on the disk, so that a reader's memory can be told from it.
func hugeDataset(t *testing.T) (Dataset, func(Entry) ([]byte, error)) {
	t.Helper()
	dir := t.TempDir()
	name := func(e Entry) string { return filepath.Join(dir, e.SHA256Z) }
	d := Dataset{Name: "big", Columns: []Column{{"a", false}, {"b", false}, {"n", true}}, plain: map[string]int{}}
	keep := func(raw []byte, base *Shard) {
		t.Helper()
		stored, e, err := testKey.Seal(raw, base)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name(e), stored, 0o600); err != nil {
			t.Fatal(err)
		}
		if d.Entries = append(d.Entries, e); e.Kind != Fix {
			d.Shards = append(d.Shards, e)
		}
		if e.Base == "" {
			d.plain[e.SHA256Raw] = len(d.Entries) - 1
		}
	}
	digest := NewDigest(d.Columns)
	large := func(seed byte) []byte {
		rng := rand.NewChaCha8([32]byte{seed / 2})
		return bindUntil(t, d, func(b *Binder) []Value {
			if b.Size() > MaxShardRaw-8192 {
				return nil
			}
			var noise [2048]byte
			_, _ = rng.Read(noise[:])
			row := []Value{{Text: hex.EncodeToString(noise[:1024])}, {Text: hex.EncodeToString(noise[1024:])}, {Int: int64(b.Rows()) + int64(seed)}}
			digest.Add(row)
			return row
		})
	}
	for seed := range byte(4) { // 1 stands against 0, 3 against 2
		raw, base := large(seed), (*Shard)(nil)
		if seed%2 == 1 {
			first := d.Shards[len(d.Shards)-1]
			stored, err := os.ReadFile(name(first))
			if err == nil {
				base, err = testKey.Open(stored, first, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		keep(raw, base)
	}
	const corrected200k = 200_000
	many := bindUntil(t, d, func(b *Binder) []Value {
		if b.Rows() == corrected200k {
			return nil
		}
		digest.Add([]Value{{Text: "x"}, {}, {Int: 1}})
		return []Value{{}, {}, {}}
	})
	keep(many, nil)
	c := corrected{}
	for i := range uint32(corrected200k) {
		what := correction{pattern: pattern{columns: []int{0, 1, 2}}, cells: []Value{{Text: "x"}, {}, {Int: 1}}}
		c.set(targetOf(d.Shards[4].SHA256Raw), i, what)
	}
	fix, err := bindFixes(d.Name, d.Columns, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(fix) < MaxFixRaw*9/10 {
		t.Fatalf("%d bytes of corrections are not what is allowed", len(fix))
	}
	keep(fix, nil)
	d.Digest, d.Rows = digest.String(), digest.Rows()
	return d, func(e Entry) ([]byte, error) { return os.ReadFile(name(e)) }
}

func bindUntil(t *testing.T, d Dataset, next func(b *Binder) []Value) []byte {
	t.Helper()
	b, err := NewBinder(d.Name, d.Columns)
	if err != nil {
		t.Fatal(err)
	}
	for row := next(b); row != nil; row = next(b) {
		if err := b.Add(row); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := b.Close()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTamperedLists(t *testing.T) {
	s := shelf{}
	w := NewWriter(testKey, "finance", testHead, s.put)
	tab := Table{"fund", []Column{{"title", false}}, [][]Value{{{Text: "粮"}}}}
	if err := w.Add(tab.Batch(0, "a")); err != nil {
		t.Fatal(err)
	}
	r, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	for path, b := range s {
		if strings.HasPrefix(path, "s/") {
			continue
		}
		for i := range b {
			b[i] ^= 0x20
			if _, err := Load(map[string]Ref{"finance": r}, s.get); err == nil || !strings.Contains(err.Error(), path) {
				t.Fatalf("%s: byte %d changed: %v", path, i, err)
			}
			b[i] ^= 0x20
		}
	}
	if _, err := Load(map[string]Ref{"policy": r}, s.get); err == nil {
		t.Error("finance's catalog passes for policy's")
	}
}

func TestTwoOwnersOfOneDataset(t *testing.T) {
	s := shelf{}
	refs := map[string]Ref{}
	for _, owner := range []string{"finance", "policy"} {
		w := NewWriter(testKey, owner, testHead, s.put)
		if err := w.Dataset("fund", []Column{{"title", false}}); err != nil {
			t.Fatal(err)
		}
		r, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		refs[owner] = r
	}
	if _, err := Load(refs, s.get); err == nil || !strings.Contains(err.Error(), "two owners") {
		t.Errorf("fund of finance and of policy: %v", err)
	}
}

// A list without datasets is written in one way.
func TestACatalogOfNothing(t *testing.T) {
	none := catalog{Format: Format, Owner: "finance", County: "420581", Number: 1, AsOf: "2026-11-20", Datasets: []catalogDataset{}}
	load := func() error {
		stored, r, err := encodeList(none)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Load(map[string]Ref{"finance": r}, func(string, Ref) ([]byte, error) { return stored, nil })
		return err
	}
	if err := load(); err != nil {
		t.Error(err)
	}
	none.Datasets = nil
	if err := load(); err == nil {
		t.Error("null stands for no datasets, too")
	}
}

func TestListsHaveOneForm(t *testing.T) {
	good := `{"format":2,"dataset":"fund","columns":[{"name":"title","number":false}],"shards":[]}`
	if err := decodeList(compress([]byte(good)), &index{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		` ` + good, good + "\n", good + good, strings.Replace(good, `"number":false`, `"number":false,"extra":1`, 1), strings.Replace(good, `"number":false`, `"number":false,"number":false`, 1),
		strings.Replace(good, `"dataset":"fund",`, ``, 1), strings.Replace(good, `"name"`, `"Name"`, 1), strings.Replace(good, "fund", `\u0066und`, 1),
	} {
		if err := decodeList(compress([]byte(bad)), &index{}); err == nil {
			t.Errorf("accepted %s", bad)
		}
	}
}

func TestPaths(t *testing.T) {
	h := hash(nil)
	for _, good := range []string{CatalogPath(h), IndexPath(h), ShardPath(h), "metadata/timestamp.json", "metadata/12.root.json", "acks/YD-01.note"} {
		if !IsPath(good) {
			t.Errorf("%s refused", good)
		}
	}
	for _, bad := range []string{"", "metadata/timestamp.json\n", "../" + CatalogPath(h), "s/ff/" + h + ".kshard.zst", "t/" + strings.ToUpper(h) + ".catalog.zst", "metadata/0.root.json", "metadata/1.other.json", "/metadata/timestamp.json"} {
		if IsPath(bad) {
			t.Errorf("%q accepted", bad)
		}
	}
}

func TestBadRows(t *testing.T) {
	cases := map[string][]Value{
		"too few": {{Text: "a"}}, "number as text": {{Text: "a"}, {Int: 1}, {Int: 1}}, "text as number": {{Text: "a"}, {Text: "b"}, {Text: "1"}}, "no UTF-8": {{Text: "\xff"}, {}, {}},
	}
	for name, row := range cases {
		b, err := NewBinder("disbursement", paidColumns)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Add(row); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	stop := errors.New("ledger closed")
	w := NewWriter(testKey, "finance", testHead, shelf{}.put)
	err := w.Add(Batch{Dataset: "disbursement", Columns: paidColumns, Rows: func(yield func([]Value, error) bool) { yield(nil, stop) }})
	if !errors.Is(err, stop) {
		t.Errorf("the error of the rows came back as %v", err)
	}
}

func TestCorruptShardIsNamedByItsStream(t *testing.T) {
	s := shelf{}
	e := press(t, s, 1, Table{"fund", []Column{{"title", false}}, [][]Value{{{Text: "粮"}}, {{Text: "油"}}}})
	bad := e.Datasets[0].Shards[1].SHA256Z
	s[ShardPath(bad)][40] ^= 1
	f, err := NewReader(e, testKey, s.load).Files().Open("fund/title")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(f); err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("error is %v", err)
	}
}

// Whatever is accepted encodes to the same bytes again.
func FuzzParseShard(f *testing.F) {
	for _, n := range []int{1, 3, BlockRows + 1} {
		b, _ := NewBinder("disbursement", paidColumns)
		for _, r := range paid(rand.New(rand.NewPCG(3, 4)), n) {
			_ = b.Add(r)
		}
		raw, err := b.Close()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := ParseShard(slices.Clone(raw))
		if err != nil {
			return
		}
		b, err := NewBinder(s.Dataset, s.Columns)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Each(b.Add); err != nil {
			t.Fatal(err)
		}
		again, err := b.Close()
		if err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("%q encodes to %q, %v", raw, again, err)
		}
	})
}

func FuzzLists(f *testing.F) {
	f.Add([]byte(`{"format":2,"dataset":"fund","shards":[{"year":2025,"batch":"a","kind":"rows","rows":1,"len_z":1,"len_raw":1,"sha256_z":"","sha256_raw":""}]}`))
	f.Add([]byte(`{"format":2,"owner":"finance","county":"420581","county_name":"宜都市","edition":3,"data_as_of":"2026-11-20","published_at":"2026-11-20T09:14:00+08:00","synthetic":true,"datasets":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, v := range []any{&index{}, &catalog{}} {
			if decodeList(compress(raw), v) != nil {
				continue
			}
			if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, raw) {
				t.Fatalf("%q encodes to %q, %v", raw, again, err)
			}
		}
		_ = decodeList(raw, &index{})
	})
}

func BenchmarkPress(b *testing.B) {
	rows := paid(rand.New(rand.NewPCG(1, 1)), 50_000)
	for b.Loop() {
		press(b, shelf{}, 5_000, Table{"disbursement", paidColumns, rows})
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCheck(b *testing.B) {
	s := shelf{}
	rows := paid(rand.New(rand.NewPCG(1, 1)), 50_000)
	e := press(b, s, 5_000, Table{"disbursement", paidColumns, rows})
	for b.Loop() {
		if err := NewReader(e, testKey, s.load).Check(func(int64) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
}
