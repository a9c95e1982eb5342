package practice

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
)

// open builds the county's book at a place.
func open(t *testing.T, place disclosure.Code, asOf disclosure.Date) *book.Book {
	t.Helper()
	fsys, err := Contents(place, asOf)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "book.db")
	if err := book.Build(context.Background(), fsys, path); err != nil {
		t.Fatal(err)
	}
	b, err := book.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestTheCountyLiesWhereTheQueryPointStands(t *testing.T) {
	for _, place := range []disclosure.Code{"420581104212", "420581104298", "420581000000", "", "x"} {
		b := open(t, place, "2026-11-21")
		if !b.Manifest().Synthetic || b.Manifest().CountyName != "练习县" {
			t.Errorf("%q: %+v", place, b.Manifest())
		}
		towns := b.Towns()
		if len(towns) != 1 || len(b.Villages(towns[0].Code)) != 2 {
			t.Errorf("%q: %d towns", place, len(towns))
		}
		if place != "" && place[len(place)-1] != '0' && len(place) == 12 && len(b.Surnames(place)) == 0 {
			t.Errorf("nobody lives at %s", place)
		}
		if err := b.Check(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func TestTheManOfTheLessonsIsThereWithAYearThatDiffers(t *testing.T) {
	const here = "420581104212"
	b := open(t, here, "2026-11-21")
	rows := b.List(book.ListQuery{Village: here, Kind: "nongji", Year: 2025, Limit: 10}).Rows
	i := slices.IndexFunc(rows, func(r book.ListRow) bool { return r.Name == Name })
	if i < 0 {
		t.Fatalf("%s is on none of %d rows", Name, len(rows))
	}
	p, ok := b.Person(rows[i].PersonRef())
	if !ok || len(p.Years) != 2 || len(p.Payments) != 3 {
		t.Errorf("%+v", p)
	}
}

// What was sent down is what was paid, or practice would teach staff that differences are normal.
func TestItsListsAddUp(t *testing.T) {
	const here = "420581104212"
	b := open(t, here, "2026-11-21")
	lists := 0
	for _, v := range b.Villages(b.Towns()[0].Code) {
		for _, l := range b.Lists(v.Code) {
			list := b.List(book.ListQuery{Village: v.Code, Kind: l.Kind, Year: l.Year})
			if list.Sum == 0 || list.Sum != list.Allocated {
				t.Errorf("%s %d: %d paid, %d sent", l.KindName, l.Year, list.Sum, list.Allocated)
			}
			lists++
		}
	}
	if lists < 6 || len(b.Funds(2025)) < 3 || len(b.Institutions()) != 3 || len(b.Policies()) != 1 {
		t.Errorf("%d lists, %d funds, %d institutions, %d policies", lists, len(b.Funds(2025)), len(b.Institutions()), len(b.Policies()))
	}
}

// A machine whose clock is wrong practises all the same.
func TestAnyClockWillDo(t *testing.T) {
	for _, day := range []disclosure.Date{"1970-01-01", "2099-12-31"} {
		b := open(t, "420581104212", day).At(day)
		if len(b.Surnames("420581104212")) == 0 || b.Manifest().AsOf != day {
			t.Errorf("on %s there is nobody", day)
		}
	}
}

func TestItIsThereInAMoment(t *testing.T) {
	began := time.Now()
	open(t, "420581104212", "2026-11-21")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it takes %v", took)
	}
}
