package book_test

import (
	"reflect"
	"testing"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
)

// money is a county whose fund went to a village by list, to a town, and as totals that were taken up to the town and county.
func money(t *testing.T) *book.Book {
	t.Helper()
	hidden := head("L5")
	hidden.VisibleUntil = "2025-07-31"
	total := func(ref string, place disclosure.Code, persons int64, amount disclosure.Fen) disclosure.Total {
		return disclosure.Total{Head: head(ref), Fund: "F2025", Kind: "canji", Year: 2025, Place: place, Persons: persons, Amount: amount}
	}
	return build(t, places(), kinds(),
		disclosure.Fund{Head: head("F2025"), CatalogueNo: 1, Year: 2025, Name: "2025年资金"},
		pay(village, "1组", "张三", "gdbt", 2025, 10), pay(old, "1组", "李四", "gdbt", 2025, 20),
		pay(village, "1组", "丁一", "dibao", 2025, 30), pay(other, "1组", "丁二", "dibao", 2025, 40, until("2025-08-01")),
		total("T1", village, 7, 70000), total("T2", town, 6, 6000), total("T3", county, 3, 300),
		disclosure.Allocation{Head: head("L1"), Fund: "F2025", Kind: "gdbt", Year: 2025, Batch: 1, Place: village, Amount: 3000, DocNo: "一号"},
		disclosure.Allocation{Head: head("L2"), Fund: "F2025", Year: 2025, Batch: 2, Place: town, Amount: 500, DocNo: "二号"},
		disclosure.Allocation{Head: head("L3"), Fund: "F2025", Year: 2025, Batch: 2, Place: village, Amount: 600, DocNo: "二号"},
		disclosure.Allocation{Head: head("L4"), Fund: "F2025", Kind: "canji", Year: 2025, Batch: 1, Place: county, Amount: 76300, DocNo: "三号"},
		disclosure.Allocation{Head: hidden, Fund: "F2025", Year: 2025, Batch: 1, Place: village, Amount: 1, DocNo: "一号"},
		disclosure.Allocation{Head: head("L6"), Fund: "F2024", Year: 2024, Batch: 1, Place: village, Amount: 9, DocNo: "旧号"},
	).At("2025-08-20")
}

func TestWhatAPlaceGotIsItsOwnAndAllBelow(t *testing.T) {
	b := money(t)
	for _, c := range []struct {
		place     disclosure.Code
		people    int
		paid      disclosure.Fen
		allocated disclosure.Fen
		forLists  disclosure.Fen
	}{
		{village, 10, 76000, 3600, 3000},
		{old, 1, 2000, 0, 0},
		{town, 16, 82000, 4100, 3000},
		{county, 19, 82300, 80400, 79300},
		{"999999999999", 0, 0, 0, 0},
	} {
		if f := b.FlowInto("F2025", c.place); f.Recipients != c.people || f.Paid != c.paid || f.Allocated != c.allocated || f.ForLists != c.forLists {
			t.Errorf("%s got %+v, want %+v", c.place, f, c)
		}
	}
	if f := b.Flow("F2025", county); len(f) != 1 || f[0].Paid != 82000 || f[0].Allocated != 4100 {
		t.Errorf("below the county: %+v", f)
	}
}

func TestReliefStandsWhereTheEditionHasIt(t *testing.T) {
	b := money(t)
	var got []book.Relief
	for _, r := range b.Relief() {
		r.Kind = disclosure.SubsidyKind{Name: r.Kind.Name}
		got = append(got, r)
	}
	want := []book.Relief{
		{Kind: disclosure.SubsidyKind{Name: "农村低保"}, Year: 2025, Persons: 1, Amount: 3000, Funds: []string{"F2025"}},
		{Kind: disclosure.SubsidyKind{Name: "残疾人两项补贴"}, Year: 2025, Persons: 16, Amount: 76300, Funds: []string{"F2025"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("relief: %+v", got)
	}
	if f := b.ReliefBelow("canji", 2025, county); len(f) != 1 || f[0].Place.Code != town || f[0].Recipients != 13 || f[0].Paid != 76000 {
		t.Errorf("by town: %+v", f)
	}
	if f := b.ReliefBelow("canji", 2024, county); len(f) != 0 {
		t.Errorf("in a year without any: %+v", f)
	}
	if f := b.ReliefBelow("gdbt", 2025, county); len(f) != 0 {
		t.Errorf("of a kind that is published by name: %+v", f)
	}
}

func TestBatchesAreAddedUpByTheirPaper(t *testing.T) {
	b := money(t)
	want := []book.Batch{
		{No: 1, DocNo: "一号", PublishedOn: "2026-06-30", Places: 1, Amount: 3000},
		{No: 1, DocNo: "三号", PublishedOn: "2026-06-30", Places: 1, Amount: 76300},
		{No: 2, DocNo: "二号", PublishedOn: "2026-06-30", Places: 2, Amount: 1100},
	}
	if got := b.Batches("F2025"); !reflect.DeepEqual(got, want) {
		t.Errorf("batches: %+v", got)
	}
	if got := b.Batches("F1999"); got != nil {
		t.Errorf("of no fund: %+v", got)
	}
}

func TestTheNewestBudgetOfEach(t *testing.T) {
	line := func(ref, inst string, year int64, until disclosure.Date) disclosure.BudgetLine {
		h := head(ref)
		h.VisibleUntil = until
		return disclosure.BudgetLine{Head: h, Institution: inst, Year: year, Stage: "预算", Table: "支出", Name: "合计"}
	}
	b := build(t, places(), kinds(), line("B1", "I1", 2024, ""), line("B2", "I1", 2025, ""), line("B3", "I1", 2023, ""),
		line("B4", "I2", 2024, ""), line("B5", "I2", 2026, "2025-12-31"), line("B6", "I3", 2020, "2025-12-31")).At("2026-01-01")
	if got, want := b.NewestBudgets(), map[string]int64{"I1": 2025, "I2": 2024}; !reflect.DeepEqual(got, want) {
		t.Errorf("newest: %v", got)
	}
}
