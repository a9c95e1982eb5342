package book_test

import (
	"slices"
	"testing"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
)

// TestSince: what differs from the edition before is told, and who left is named only while his record could be shown and was
// not withdrawn.
func TestSince(t *testing.T) {
	now, before := build(t, booktest.County()...), build(t, booktest.CountyBefore()...)
	names := func(list []disclosure.Incumbent) (out []string) {
		for _, who := range list {
			out = append(out, who.Name)
		}
		return out
	}
	for _, c := range []struct {
		today disclosure.Date
		left  []string
	}{
		{"2026-10-31", []string{"孙长河", "吴过期"}},
		{"2026-11-21", []string{"孙长河", ""}},
	} {
		got, ok := now.At(c.today).Since(before.At(c.today), "njzx")
		if !ok || !got.Changed() || got.New || got.Duties {
			t.Fatalf("%s: %+v, %v", c.today, got, ok)
		}
		if got.Before.Authorised != 3 || got.Now.Authorised != 2 || got.Before.Actual != 4 || got.Now.Actual != 3 {
			t.Errorf("%s: from %+v to %+v", c.today, got.Before, got.Now)
		}
		if came := names(got.Came); !slices.Equal(came, []string{"欧阳春", "张建华"}) {
			t.Errorf("%s: came %q", c.today, came)
		}
		if left := names(got.Left); !slices.Equal(left, c.left) || got.Withdrawn != 1 {
			t.Errorf("%s: left %q and %d withdrawn", c.today, left, got.Withdrawn)
		}
		if got.Mandate != "都编〔2012〕7号" {
			t.Errorf("the paper was %s", got.Mandate)
		}
	}
	if got, ok := now.Since(before, "nyj"); !ok || got.Changed() {
		t.Errorf("nothing changed, but %+v, %v", got, ok)
	}
	if got, ok := now.Since(before, "zcny"); !ok || !got.New || !got.Changed() {
		t.Errorf("a new unit is %+v, %v", got, ok)
	}
	if _, ok := now.Since(before, "lyj"); ok {
		t.Error("a unit that is there no more is compared")
	}
}

// TestTurnovers: every unit is compared, and those that are gone are named unless they were withdrawn.
func TestTurnovers(t *testing.T) {
	now, before := build(t, booktest.County()...), build(t, booktest.CountyBefore()...)
	var changed []string
	all := 0
	gone := now.Turnovers(before, func(unit disclosure.Institution, c book.Turnover) {
		all++
		if c.Changed() {
			changed = append(changed, unit.Ref)
		}
	})
	if all != len(now.Institutions()) || !slices.Equal(changed, []string{"njzx", "zcny"}) {
		t.Errorf("of %d units changed %q", all, changed)
	}
	if len(gone) != 1 || gone[0].Ref != "lyj" {
		t.Errorf("gone: %+v", gone)
	}
	withdrawn := build(t, append(booktest.County(), disclosure.Withdrawal{Head: disclosure.Head{Ref: "w"}, Refs: []string{"lyj"}})...)
	if gone := withdrawn.Turnovers(before, func(disclosure.Institution, book.Turnover) {}); len(gone) > 0 {
		t.Errorf("withdrawn and named: %+v", gone)
	}
}

// TestRosterParted: an institution's people come in the order of the edition, also where others stand between them.
func TestRosterParted(t *testing.T) {
	records := booktest.County()
	for _, p := range [][2]string{{"z1", "nyj"}, {"z2", "njzx"}, {"z3", "nyj"}, {"z4", "njzx"}} {
		records = append(records, disclosure.Incumbent{Head: disclosure.Head{Ref: p[0]}, Institution: p[1], Name: "王" + p[0], Status: "在编"})
	}
	b := build(t, records...)
	for inst, want := range map[string][]string{"nyj": {"z1", "z3"}, "njzx": {"z2", "z4"}} {
		var got []string
		for _, who := range b.Roster(inst) {
			if who.Institution != inst {
				t.Errorf("%s has %s of %s", inst, who.Ref, who.Institution)
			}
			if who.Ref[0] == 'z' {
				got = append(got, who.Ref)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", inst, got)
		}
	}
}

// TestDetailed: a fund has its detail list once a payment, a total or what was sent down is published.
func TestDetailed(t *testing.T) {
	b := build(t, append(booktest.County(), disclosure.Fund{Head: disclosure.Head{Ref: "fund-none-2026"}, Year: 2026})...)
	got := b.Detailed()
	for ref, want := range map[string]bool{"fund-gengdi-2026": true, "fund-canji-2026": true, "fund-gongcheng-2026": true, "fund-none-2026": false} {
		if got[ref] != want {
			t.Errorf("%s: %v", ref, got[ref])
		}
	}
}

// TestUnlisted: what was sent to a village and stands on no list is told, and what was paid under its old name is not.
func TestUnlisted(t *testing.T) {
	const town, village, old = disclosure.Code("420581101000"), disclosure.Code("420581101202"), disclosure.Code("420581101203")
	sent := func(ref, kind string, year int64, place disclosure.Code) disclosure.Allocation {
		return disclosure.Allocation{
			Head: disclosure.Head{Ref: ref}, Fund: "fund-gengdi-2026", Kind: kind, Year: year, Batch: int64(len(ref)), Place: place, Amount: 700, DocNo: "1",
		}
	}
	b := build(t, append(booktest.County(),
		sent("a", "nongji", 2026, village), sent("bb", "nongji", 2026, village), sent("c", "nongji", 2025, village), sent("d", "gengdi", 2026, village),
		sent("e", "canji", 2026, "420581101201"), sent("f", "nongji", 2026, town), sent("g", "tuigeng", 2020, "420581101201"),
		disclosure.Fund{Head: disclosure.Head{Ref: "old"}, Year: 2020, Name: "2020年退耕还林补贴"},
		disclosure.Disbursement{
			Head: disclosure.Head{Ref: "paid"}, Fund: "old", Kind: "tuigeng", Year: 2020, Period: "全年", Batch: 1, Place: old, Name: "张大山", Type: "户", Amount: 700, PaidOn: "2020-05-01",
		})...)
	got := b.Unlisted(2026)
	if len(got) != 1 || got[0].Village.Code != village || got[0].Kind.Ref != "nongji" || got[0].Amount != 1400 {
		t.Errorf("of 2026: %+v", got)
	}
	lists := map[string]bool{}
	for _, rec := range booktest.County() {
		if d, ok := rec.(disclosure.Disbursement); ok && d.Year == 2026 && d.Kind != "dibao" {
			lists[string(d.Place)+d.Kind] = true
		}
	}
	if n := b.VillageLists(2026); n != len(lists) {
		t.Errorf("%d lists of 2026, want %d", n, len(lists))
	}
	if got := b.Unlisted(2020); len(got) != 0 {
		t.Errorf("of 2020: %+v", got)
	}
}
