package press

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/disclosure"
	"mingbai.local/sync/edition"
)

// list is a list of payments of so many persons, in which some got more than the others.
func list(batch int64, persons int, more map[int]disclosure.Fen) (out []disclosure.Disbursement) {
	for i := range persons {
		p := pay("dili", disclosure.Code(fmt.Sprintf("42058110%d20%d", 1+i%2, 1+i/2%2)), fmt.Sprintf("%c%c%c", '一'+rune(i%97), '丁'+rune(i*7%501), '万'+rune(i*31%1009)))
		p.Batch, p.Amount = batch, 10000+disclosure.Fen(i*37%9000)+more[i]
		p.Ref = p.Key()
		out = append(out, p)
	}
	return out
}

// pieces are the files of a depot with their bytes, but for what is signed.
func (s *shop) pieces() map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for _, p := range s.newest().Names {
		b, err := os.ReadFile(filepath.Join(s.Depot, p))
		if err != nil {
			s.t.Fatal(err)
		}
		if !strings.HasPrefix(p, "metadata/") {
			out[p] = string(b)
		}
	}
	return out
}

// fresh lists what is new in a depot.
func fresh(before, after map[string]string, prefix string) (out []string) {
	for path := range after {
		if _, ok := before[path]; !ok && strings.HasPrefix(path, prefix) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

func TestACorrectedListIsNotPrintedAgain(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", list(1, 800, nil)...)
	s.pay("补贴发放_二.csv", list(2, 700, nil)...)
	s.print()
	before := s.pieces()
	s.pay("补贴发放.csv", list(1, 800, map[int]disclosure.Fen{5: 100, 77: -200, 400: 5000})...)
	s.print()
	after := s.pieces()
	if got := fresh(before, after, "s/"); len(got) != 1 || len(after[got[0]]) > 300 {
		t.Errorf("three corrected amounts wrote %v", got)
	}
	if got := fresh(before, after, "t/"); len(got) != 1 {
		t.Errorf("a change of finance alone wrote %v", got)
	}
	sum := disclosure.Fen(0)
	for _, p := range records[disclosure.Disbursement](s) {
		sum += p.Amount
	}
	want := disclosure.Fen(4900)
	for _, p := range slices.Concat(list(1, 800, nil), list(2, 700, nil)) {
		want += p.Amount
	}
	if sum != want {
		t.Errorf("the edition holds %d fen, the lists %d", sum, want)
	}
}

func TestTheNextListStandsAgainstTheLastOne(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放_1.csv", list(1, 800, nil)...)
	s.print()
	before := s.pieces()
	s.pay("补贴发放_2.csv", list(2, 800, map[int]disclosure.Fen{3: 100})...)
	s.print()
	after := s.pieces()
	got := fresh(before, after, "s/")
	if len(got) != 1 {
		t.Fatalf("a list more wrote %v", got)
	}
	e, _ := s.read()
	for _, d := range e.Datasets {
		if d.Name != "disbursement" {
			continue
		}
		if len(d.Shards) != 2 || d.Shards[1].Base != d.Shards[0].SHA256Raw || d.Shards[1].LenZ*3 > d.Shards[0].LenZ {
			t.Errorf("shards are %+v", d.Shards)
		}
	}
}

// Whatever piece of the newest edition is lost or damaged, the next one is whole, and it is lost to nobody.
func TestWhatTheDepotHasLostIsPrintedAgain(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放_1.csv", list(1, 300, nil)...)
	s.print()
	s.pay("补贴发放_1.csv", list(1, 300, map[int]disclosure.Fen{3: 100})...)
	s.pay("补贴发放_2.csv", list(2, 300, nil)...)
	s.print()
	day := 0
	for i, path := range slices.Sorted(maps.Keys(s.pieces())) {
		file := filepath.Join(s.Depot, path)
		b, err := os.ReadFile(file)
		if err != nil {
			continue // an edition since has done without it
		}
		if i%2 == 0 {
			err = os.Remove(file)
		} else {
			b[len(b)/2] ^= 1
			err = os.WriteFile(file, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		day++
		if _, err := s.Print(ctx, disclosure.Date(fmt.Sprintf("2026-12-%02d", day%28+1)), now.AddDate(0, 0, day)); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got := len(records[disclosure.Disbursement](s)); got != 600 {
			t.Errorf("%s lost: %d payments", path, got)
		}
		if err := checkPieces(s.pieces()); err != nil {
			t.Errorf("%s lost: %v", path, err)
		}
	}
	if day < 10 {
		t.Errorf("%d pieces were lost", day)
	}
}

func checkPieces(pieces map[string]string) error {
	for path, b := range pieces {
		base, _, _ := strings.Cut(filepath.Base(path), ".")
		if h := fmt.Sprintf("%x", sha256.Sum256([]byte(b))); len(base) == len(h) && base != h {
			return fmt.Errorf("%s: its hash is %s", path, h)
		}
	}
	return nil
}

// Nothing is new but what the depot has lost: an edition says so to the kiosks, of which some lack it.
func TestWhatIsLostIsPrintedAgainThoughNothingChanged(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放.csv", list(1, 300, nil)...)
	s.print()
	number := int64(1)
	for _, path := range slices.Sorted(maps.Keys(s.pieces())) {
		if !slices.Contains(s.newest().Names, path) {
			continue // an edition since has done without it
		}
		file := filepath.Join(s.Depot, path)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		number++
		if r := s.print(); r.Unchanged || r.Edition.Number != number {
			t.Errorf("%s lost: %+v", path, r)
		}
		if err := checkPieces(s.pieces()); err != nil {
			t.Errorf("%s lost: %v", path, err)
		}
		if r := s.print(); !r.Unchanged {
			t.Errorf("%s came back: %+v", path, r)
		}
	}
	if number < 10 {
		t.Errorf("%d pieces were lost", number-1)
	}
}

// The same documents after the same edition make the same bytes.
func TestPrintingIsRepeatable(t *testing.T) {
	s := newShop(t)
	s.pay("补贴发放_1.csv", list(1, 400, nil)...)
	s.print()
	s.pay("补贴发放_1.csv", list(1, 400, map[int]disclosure.Fen{3: 100, 200: 7})...)
	s.pay("补贴发放_2.csv", list(2, 400, nil)...)
	before := filepath.Join(t.TempDir(), "depot")
	if err := os.CopyFS(before, os.DirFS(s.Depot)); err != nil {
		t.Fatal(err)
	}
	j := s.print().Edition
	first := s.pieces()
	if err := os.RemoveAll(s.Depot); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(s.Depot, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	again := s.print().Edition
	if j.Digest != again.Digest {
		t.Error("another digest")
	}
	// The number counts on in the ledger, so that the catalogs differ by it.
	keep := func(m map[string]string) []string {
		return slices.DeleteFunc(slices.Sorted(maps.Keys(m)), func(p string) bool { return strings.HasPrefix(p, "t/") })
	}
	if !slices.Equal(keep(first), keep(s.pieces())) {
		t.Errorf("pieces differ: %v and %v", keep(first), keep(s.pieces()))
	}
}

// Most of a list is past its last day: it is printed without those rows, and what held them is no part of the edition.
func TestExpiredRowsLeave(t *testing.T) {
	s := newShop(t)
	payments := list(1, 300, nil)
	for i := range payments {
		if i%3 > 0 {
			payments[i].VisibleUntil = "2026-11-30"
		}
	}
	s.pay("补贴发放.csv", payments...)
	s.print()
	before := s.pieces()
	if _, err := s.Print(ctx, "2026-12-01", now.AddDate(0, 0, 11)); err != nil {
		t.Fatal(err)
	}
	if got := len(records[disclosure.Disbursement](s)); got != 100 {
		t.Errorf("%d payments are shown, not 100", got)
	}
	e, _ := s.read()
	for _, d := range e.Datasets {
		for _, shard := range d.Entries {
			if _, old := before[edition.ShardPath(shard.SHA256Z)]; old && d.Name == "disbursement" {
				t.Error("the edition still lists the shard with the rows that are past their day")
			}
		}
	}
}
