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
