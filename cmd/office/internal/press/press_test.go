package press

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 20, 9, 14, 0, 0, time.UTC)
)

const asOf = disclosure.Date("2026-11-20")

// shop is a ledger, a press and a kiosk's eyes.
type shop struct {
	*Press
	t testing.TB
}

func newShop(t testing.TB) *shop {
	t.Helper()
	dir := t.TempDir()
	l, err := ledger.Create(ctx, dir, ledger.County{Code: "420581", Name: "宜都市", Synthetic: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	keys, err := trust.CreateKeys(filepath.Join(dir, "keys"), "420581", now)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{&Press{Ledger: l, Depot: filepath.Join(dir, "public"), Keys: keys, Folder: filepath.Join(dir, "keys"), CountyKey: edition.Key{1, 2, 3}, Scratch: dir}, t}
	s.take("行政区划.csv", disclosure.Of[disclosure.Place](), place("420581000000", "县", ""), place("420581101000", "乡", "420581000000"),
		place("420581101201", "村", "420581101000"), place("420581101202", "村", "420581101000"), place("420581102000", "乡", "420581000000"),
		place("420581102201", "村", "420581102000"), place("420581102202", "村", "420581102000"))
	s.take("补贴种类.csv", disclosure.Of[disclosure.SubsidyKind](),
		disclosure.SubsidyKind{Head: head("dili"), Name: "耕地地力保护补贴", Publish: "名单"},
		disclosure.SubsidyKind{Head: head("jibing"), Name: "大病救助", Publish: "只公布合计"},
		disclosure.SubsidyKind{Head: head("linshi"), Name: "临时补助", Publish: "名单", VisibleDays: 30})
	return s
}

func head(ref string) disclosure.Head { return disclosure.Head{Ref: ref, PublishedOn: "2026-01-01"} }

func place(code disclosure.Code, level string, parent disclosure.Code) disclosure.Place {
	return disclosure.Place{Head: head("P" + string(code)), Code: code, Name: string(code), ShortName: string(code), Level: level, Parent: parent}
}

// pay is a payment of 100 yuan.
func pay(kind string, place disclosure.Code, name string) disclosure.Disbursement {
	d := disclosure.Disbursement{
		Head: head(""), Fund: "Z1", Kind: kind, Year: 2026, Period: "全年", Batch: 1, Place: place, Name: name, Type: "户", Amount: 10000, PaidOn: "2026-03-01",
	}
	d.Ref = d.Key()
	return d
}

// take puts records into the ledger as one document.
func (s *shop) take(name string, d *disclosure.Dataset, records ...any) {
	s.t.Helper()
	draft, err := s.Ledger.NewDraft(d, name)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = draft.Close() }()
	for i, rec := range records {
		cells := d.Cells(rec)
		cells[at(d, "source")].Text, cells[at(d, "source_row")].Int = name, int64(i+2)
		if err := draft.Append(cells); err != nil {
			s.t.Fatal(err)
		}
	}
	if repeats, err := draft.Finish(1); err != nil || len(repeats) > 0 {
		s.t.Fatal(repeats, err)
	}
	tx, err := s.Ledger.Begin(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	defer tx.Rollback()
	if out, err := tx.Put(ctx, draft, 1); err != nil || len(out.Duplicates) > 0 {
		s.t.Fatal(out, err)
	}
	if err := tx.Commit(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) pay(name string, payments ...disclosure.Disbursement) {
	s.t.Helper()
	var records []any
	for _, p := range payments {
		records = append(records, p)
	}
	s.take(name, disclosure.Of[disclosure.Disbursement](), records...)
}

func (s *shop) print() Result {
	s.t.Helper()
	r, err := s.Print(ctx, asOf, now)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// read verifies the depot as a kiosk does, from the root of its enrolment down to every row.
func (s *shop) read() (*edition.Edition, *edition.Reader) {
	s.t.Helper()
	root, err := s.Keys.Root()
	if err != nil {
		s.t.Fatal(err)
	}
	files := os.DirFS(s.Depot)
	v, err := trust.NewState(trust.Enrolment{County: "420581", Root: root}, nil, trust.Seen{}).
		Accept(func(path string, _ int64) ([]byte, error) { return fs.ReadFile(files, path) }, now, trust.Network)
	if err != nil {
		s.t.Fatal(err)
	}
	refs := map[string]edition.Ref{}
	for owner, c := range v.Catalogs {
		refs[owner] = edition.Ref(c)
	}
	e, err := edition.Load(refs, func(path string, _ edition.Ref) ([]byte, error) { return fs.ReadFile(files, path) })
	if err != nil {
		s.t.Fatal(err)
	}
	if e.Number != v.Edition {
		s.t.Fatalf("timestamp says edition %d, catalogs say %d", v.Edition, e.Number)
	}
	r := edition.NewReader(e, s.CountyKey, func(e edition.Entry) ([]byte, error) { return fs.ReadFile(files, edition.ShardPath(e.SHA256Z)) })
	if err := r.Check(func(int64) error { return nil }); err != nil {
		s.t.Fatal(err)
	}
	return e, r
}

// records returns what the newest edition has of a type.
func records[T any](s *shop) []T {
	s.t.Helper()
	d := disclosure.Of[T]()
	e, r := s.read()
	var out []T
	for i := range e.Datasets {
		if e.Datasets[i].Name != d.Name {
			continue
		}
		for k := range e.Datasets[i].Shards {
			err := r.Each(&e.Datasets[i], k, func(row []edition.Value) error {
				cells := make([]disclosure.Cell, len(row))
				for i, v := range row {
					cells[i] = disclosure.Cell{Int: v.Int, Text: strings.Clone(v.Text)}
				}
				rec := new(T)
				err := d.Fill(rec, cells)
				out = append(out, *rec)
				return err
			})
			if err != nil {
				s.t.Fatal(err)
			}
		}
	}
	return out
}

func TestEditionHoldsWhatTheLedgerHas(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101202", "李四"), pay("dili", "420581101201", "张三"))
	r := s.print()
	if r.Edition.Number != 1 || r.Edition.Rows != 12 || r.Unchanged || r.Files == 0 {
		t.Errorf("result %+v", r)
	}
	e, _ := s.read()
	if e.Number != 1 || e.County != "420581" || e.AsOf != string(asOf) || !e.Synthetic || e.Digest != r.Edition.Digest || len(e.Datasets) != len(disclosure.Datasets())-1 { // no outlines: nothing is rare
		t.Errorf("edition %+v", e.Head)
	}
	got := records[disclosure.Disbursement](s)
	if len(got) != 2 || got[0].Name != "张三" || got[1].Name != "李四" || got[1].Source != "补贴发放.csv" || got[1].SourceRow != 2 {
		t.Errorf("payments are %+v", got)
	}
	if last, ok, err := s.Ledger.LastEdition(ctx); err != nil || !ok || last.Number != 1 || last.Digest != e.Digest {
		t.Errorf("ledger notes %+v, %v, %v", last, ok, err)
	}
}

// A reference that follows from its payment is not carried; one that an office gave is, and so is every other dataset's.
func TestReferencesThatFollowAreLeftOut(t *testing.T) {
	s := newShop(t)
	given := pay("dili", "420581101201", "李四")
	given.Ref = "ZC-2026-0001"
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"), given)
	s.print()
	refs := map[string]string{}
	for _, p := range records[disclosure.Disbursement](s) {
		refs[p.Name] = p.Ref
	}
	if len(refs) != 2 || refs["张三"] != "" || refs["李四"] != "ZC-2026-0001" {
		t.Errorf("references are %v", refs)
	}
	for _, p := range records[disclosure.Place](s) {
		if p.Ref == "" {
			t.Errorf("place %s has no reference", p.Code)
		}
	}
}

func TestNamesOfTotalsNeverLeave(t *testing.T) {
	s := newShop(t)
	var payments []disclosure.Disbursement
	secret := func(place disclosure.Code, n int) {
		for i := range n {
			payments = append(payments, pay("jibing", place, fmt.Sprintf("密名%s%d", place, i)))
		}
	}
	secret("420581101201", 6) // stays in the village
	secret("420581101202", 3) // with the next: 3 in the township, so to the county
	secret("420581102201", 4) // with the next: 6 in the township
	secret("420581102202", 2)
	second := pay("jibing", "420581101201", "密名4205811012010")
	second.Batch = 2
	second.Ref = second.Key()
	payments = append(payments, second, pay("dili", "420581101201", "张三"))
	s.pay("补贴发放.csv", payments...)
	s.print()

	got := map[disclosure.Code][2]int64{}
	for _, total := range records[disclosure.Total](s) {
		got[total.Place] = [2]int64{total.Persons, int64(total.Amount)}
	}
	want := map[disclosure.Code][2]int64{"420581101201": {6, 70000}, "420581102000": {6, 60000}, "420581000000": {3, 30000}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("totals of persons and fen by place are %v, want %v", got, want)
	}
	if named := records[disclosure.Disbursement](s); len(named) != 1 || named[0].Name != "张三" {
		t.Errorf("named payments are %+v", named)
	}
	e, r := s.read()
	for i := range e.Datasets {
		for k := range e.Datasets[i].Shards {
			shard, err := r.Shard(&e.Datasets[i], k)
			if err != nil {
				t.Fatal(err)
			}
			for c := range shard.Columns {
				if bytes.Contains(shard.Stream(c), []byte("密名")) {
					t.Errorf("a name is in column %s of a shard of %s", shard.Columns[c].Name, e.Datasets[i].Name)
				}
			}
		}
	}
}

// TestVillageAllocationsOfUnnamedKindsAreAddedUp: what was sent to a village for its two sick people is what they got.
func TestVillageAllocationsOfUnnamedKindsAreAddedUp(t *testing.T) {
	s := newShop(t)
	sent := func(ref, kind string, place disclosure.Code, amount disclosure.Fen) disclosure.Allocation {
		return disclosure.Allocation{Head: head(ref), Fund: "F1", Kind: kind, Year: 2026, Batch: 1, Place: place, Amount: amount, DocNo: "都财函〔2026〕5号"}
	}
	s.take("资金拨付到乡村.csv", disclosure.Of[disclosure.Allocation](),
		sent("B1", "jibing", "420581101201", 11111), sent("B2", "jibing", "420581102202", 22222), sent("B3", "dili", "420581101201", 33333))
	s.print()
	got := map[disclosure.Code]disclosure.Fen{}
	for _, a := range records[disclosure.Allocation](s) {
		got[a.Place] += a.Amount
		if a.Amount == 11111 || a.Amount == 22222 {
			t.Errorf("the allocation of %d fen to one village left the office", a.Amount)
		}
	}
	if want := map[disclosure.Code]disclosure.Fen{"420581000000": 33333, "420581101201": 33333}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("allocations by place are %v, want %v", got, want)
	}
}

func TestDepotShowsNoNames(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三丰登"))
	s.print()
	err := filepath.WalkDir(s.Depot, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("张三丰登")) {
			t.Errorf("%s can be read without the county's key", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPastItsLastDay(t *testing.T) {
	s := newShop(t)
	late := pay("dili", "420581101201", "过期")
	late.VisibleUntil = "2026-11-19"
	last := pay("dili", "420581101201", "末日")
	last.VisibleUntil = "2026-11-20"
	old := pay("linshi", "420581101201", "旧事")
	fresh := pay("linshi", "420581101201", "新事")
	fresh.PublishedOn = "2026-11-01"
	s.pay("补贴发放.csv", late, last, old, fresh)
	s.print()
	got := map[string]disclosure.Date{}
	for _, d := range records[disclosure.Disbursement](s) {
		got[d.Name] = d.VisibleUntil
	}
	if want := map[string]disclosure.Date{"末日": "2026-11-20", "新事": "2026-12-01"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("shown until %v, want %v", got, want)
	}
}

func TestWithdrawnPaymentsTravelAndLeaveTotals(t *testing.T) {
	s := newShop(t)
	var payments []disclosure.Disbursement
	for i := range 6 {
		payments = append(payments, pay("jibing", "420581101201", fmt.Sprint("病", i)))
	}
	named := pay("dili", "420581101201", "张三")
	s.pay("补贴发放.csv", append(payments, named)...)
	s.take("撤回.csv", disclosure.Of[disclosure.Withdrawal](), disclosure.Withdrawal{Head: head("W1"), Refs: []string{payments[0].Ref, named.Ref}, Reason: "公布有误", WithdrawnOn: "2026-11-01"})
	s.print()
	if w := records[disclosure.Withdrawal](s); len(w) != 1 || len(w[0].Refs) != 2 {
		t.Errorf("withdrawals are %+v", w)
	}
	if d := records[disclosure.Disbursement](s); len(d) != 1 {
		t.Errorf("payments are %+v", d)
	}
	if totals := records[disclosure.Total](s); len(totals) != 1 || totals[0].Persons != 5 {
		t.Errorf("totals are %+v", totals)
	}
}

func TestSameAgainPrintsNothing(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	first := s.print()
	again := s.print()
	if !again.Unchanged || again.Edition.Number != 1 {
		t.Errorf("the same data: %+v", again)
	}
	r, err := s.Print(ctx, "2026-11-21", now.AddDate(0, 0, 1))
	if err != nil || r.Edition.Number != 2 || r.Edition.Digest != first.Edition.Digest {
		t.Errorf("a day later: %+v, %v", r, err)
	}
	// One catalog says the day, and its owner, snapshot and timestamp say so; nothing else is written again.
	if r.Files != 4 {
		t.Errorf("a day later %d files were written, want a catalog and 3 of metadata", r.Files)
	}
	s.pay("补贴发放_二.csv", pay("dili", "420581101201", "李四"))
	if r := s.print(); r.Edition.Number != 3 || r.Edition.Digest == first.Edition.Digest {
		t.Errorf("new data: %+v", r)
	}
	if err := s.Keys.Replace("finance-leader", now); err != nil {
		t.Fatal(err)
	}
	if r := s.print(); r.Unchanged {
		t.Error("a replaced key found no edition to take effect with")
	}
	s.read()
}

var errFullDisk = errors.New("no space left on device")

// sortOf is what sort of file lies at a path: a piece by its folder, metadata by their role.
func sortOf(path string) string {
	if role, ok := strings.CutPrefix(path, "metadata/"); ok {
		return strings.TrimLeft(role, "0123456789.")
	}
	return path[:2]
}

// Whatever write fails, the edition before stays whole, and the press that comes after it succeeds. Which of the pieces that are written at a time
// comes first is open, so the failing one is counted among its sort.
func TestFailedWriteLeavesTheEditionBefore(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	first := s.print()
	s.pay("补贴发放_二.csv", pay("dili", "420581101202", "李四"), pay("linshi", "420581101202", "李四"))
	whole := filepath.Join(t.TempDir(), "depot")
	if err := os.CopyFS(whole, os.DirFS(s.Depot)); err != nil {
		t.Fatal(err)
	}
	for _, failing := range []string{"s/", "i/", "t/", "finance.json", "snapshot.json", "timestamp.json"} {
		for step, failed := 0, true; failed; step++ {
			if err := errors.Join(os.RemoveAll(s.Depot), os.CopyFS(s.Depot, os.DirFS(whole))); err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			n := 0
			failed = false
			s.before = func(path string) error {
				mu.Lock()
				defer mu.Unlock()
				if sortOf(path) == failing {
					failed = failed || n == step
					n++
				}
				if failed { // and whatever comes after it
					return errFullDisk
				}
				return nil
			}
			_, err := s.Print(ctx, asOf, now)
			s.before = nil
			if !failed {
				if err != nil || step == 0 {
					t.Errorf("%s: no write failed at step %d, %v", failing, step, err)
				}
				break
			}
			if !errors.Is(err, errFullDisk) {
				t.Fatal(err)
			}
			if e, _ := s.read(); e.Number != 1 || e.Digest != first.Edition.Digest {
				t.Errorf("%s: after a failure at step %d the depot has edition %d", failing, step, e.Number)
			}
			s.print()
			if e, _ := s.read(); e.Number < 2 || e.Digest == first.Edition.Digest {
				t.Errorf("%s: after step %d was mended the depot has edition %d", failing, step, e.Number)
			}
			if got := records[disclosure.Disbursement](s); len(got) != 2 {
				t.Errorf("payments are %+v", got)
			}
		}
	}
}

// What a killed press has renamed need not be on the disk: whoever finds it there brings its name to the disk before the timestamp.
func TestAPieceThatIsThereIsSyncedAllTheSame(t *testing.T) {
	dir := t.TempDir()
	name := edition.ShardPath(strings.Repeat("ab", 32))
	for range 2 {
		d, err := openDepot(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.put(name, []byte("x")); err != nil {
			t.Fatal(err)
		}
		d.wait.Wait()
		for _, folder := range []string{"s/ab", "s", "."} {
			if !d.dirs[filepath.Join(dir, folder)] {
				t.Errorf("%s is not to be synced", folder)
			}
		}
		if err := d.settle(); err != nil || len(d.dirs) != 0 {
			t.Error(d.dirs, err)
		}
	}
}

func TestHalfWrittenFilesAreSweptAway(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	s.print()
	left := filepath.Join(s.Depot, "t", partPrefix+"123")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.print()
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed press left is still there: %v", err)
	}
}

func TestLeakStopsThePress(t *testing.T) {
	s := newShop(t)
	bad := pay("dili", "420581101201", "张三")
	bad.Remark = "证号110101199001010015"
	s.pay("补贴发放.csv", bad)
	_, err := s.Print(ctx, asOf, now)
	var leak *Leak
	if !errors.As(err, &leak) || leak.Source != "补贴发放.csv" || leak.Row != 2 || leak.Column.Heading != "备注" {
		t.Fatalf("error is %v", err)
	}
	if strings.Contains(err.Error(), "1101011990") {
		t.Errorf("the error shows the number: %v", err)
	}
	if n, err := trust.Edition(os.DirFS(s.Depot)); n != 0 || err != nil {
		t.Errorf("edition %d was signed, %v", n, err)
	}
}

func TestUnknownKindStopsThePress(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("weizhi", "420581101201", "张三"))
	if _, err := s.Print(ctx, asOf, now); err == nil || !strings.Contains(err.Error(), "unknown kind") {
		t.Errorf("error is %v: whose names may be public must be known", err)
	}
}

func TestFindingsAreKept(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", pay("dili", "420581101201", "张三"))
	r := s.print()
	kept, err := s.Ledger.Findings(ctx, 1)
	if err != nil || len(r.Findings) == 0 || !slices.Equal(kept, r.Findings) {
		t.Errorf("findings %+v, kept %+v, %v: the payment's fund and allocation are missing", r.Findings, kept, err)
	}
}

func TestSecondPressWaitsItsTurn(t *testing.T) {
	s := newShop(t)
	unlock, err := lock(s.Depot)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Print(ctx, asOf, now); !errors.Is(err, ErrBusy) {
		t.Errorf("error is %v", err)
	}
	unlock()
	s.print()
}

func TestEmptyLedger(t *testing.T) {
	s := newShop(t)
	l, err := ledger.Create(ctx, t.TempDir(), ledger.County{Code: "420581", Name: "宜都市"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s.Ledger = l
	if _, err := s.Print(ctx, asOf, now); !errors.Is(err, ErrEmpty) {
		t.Errorf("error is %v", err)
	}
}

func TestLittleMemoryPrintsTheSame(t *testing.T) {
	s := newShop(t)
	var payments []disclosure.Disbursement
	for i := range 3000 {
		p := pay("dili", "420581101201", fmt.Sprint("人", i))
		p.Year, p.Batch = 2020+int64(i%4), int64(i%3)
		p.Ref = p.Key()
		payments = append(payments, p)
	}
	s.pay("补贴发放.csv", payments...)
	first := s.print()
	before := s.newest().Names
	if err := os.RemoveAll(s.Depot); err != nil {
		t.Fatal(err)
	}
	s.memory = 20_000
	second := s.print()
	after := s.newest().Names
	shards := func(paths []string) []string {
		return slices.DeleteFunc(slices.Sorted(slices.Values(paths)), func(p string) bool { return !strings.HasPrefix(p, "s/") })
	}
	if first.Edition.Digest != second.Edition.Digest || !slices.Equal(shards(before), shards(after)) || len(shards(after)) < 12 {
		t.Errorf("shards differ: %d and %d", len(shards(before)), len(shards(after)))
	}
}

// Whatever the rows and the memory, they come out in order of their keys, each once.
func TestSorterLaw(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 16 {
		s := newSorter(t.TempDir(), 1+r.IntN(1<<uint(12+round%8)))
		var want []string
		for range r.IntN(800) {
			key := binary.BigEndian.AppendUint32(nil, r.Uint32()%200)
			body := bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(1500))
			want = append(want, string(key)+string(body))
			err := s.add(func(b []byte) ([]byte, int) { return append(append(b, key...), body...), len(key) })
			if err != nil {
				t.Fatal(err)
			}
		}
		c, err := s.cursor()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		last := []byte{}
		for c.ok {
			if key := c.head.b[:c.head.key]; bytes.Compare(key, last) < 0 {
				t.Fatalf("key %x after %x", key, last)
			} else {
				last = key
			}
			got = append(got, string(c.head.b))
			if err := c.next(); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%d rows came out, %d went in", len(got), len(want))
		}
	}
}

func BenchmarkPress(b *testing.B) {
	s := newShop(b)
	const rows = 200_000
	surnames, given := []rune("王李张刘陈杨赵黄周吴"), []rune("建国华明秀英芳丽强军平红")
	var payments []disclosure.Disbursement
	for i := range rows {
		p := pay("dili", disclosure.Code(fmt.Sprintf("42058110%d20%d", 1+i%2, 1+i/2%2)), string([]rune{surnames[i%10], given[i/10%12], given[i/120%12]}))
		p.Year, p.Batch, p.NamesakeNo = 2022+int64(i/50_000), int64(i/10_000%5), int64(i)
		p.Group, p.Quantity, p.Unit, p.Standard, p.Amount = fmt.Sprint(1+i%9, "组"), disclosure.Milli(1000+i%9000), "亩", 9500, 0
		p.Amount = p.Quantity.Times(p.Standard)
		p.Ref = p.Key()
		payments = append(payments, p)
	}
	s.pay("补贴发放.csv", payments...)
	b.ResetTimer()
	n := 0
	for b.Loop() {
		if err := os.RemoveAll(s.Depot); err != nil {
			b.Fatal(err)
		}
		if r := s.print(); r.Edition.Rows < rows {
			b.Fatalf("%+v", r)
		}
		n++
	}
	b.ReportMetric(float64(rows*n)/b.Elapsed().Seconds(), "rows/s")
}
