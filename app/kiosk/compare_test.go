package kiosk

import (
	"testing"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
)

func paid(year int64, kind string, quantity disclosure.Milli, standard, amount disclosure.Fen) disclosure.Disbursement {
	return disclosure.Disbursement{Year: year, Kind: kind, Quantity: quantity, Unit: "亩", Standard: standard, Amount: amount}
}

// TestCompareYears: what a kind brought in two years, by area, standard, number of payments and what was taken back.
func TestCompareYears(t *testing.T) {
	for _, c := range []struct {
		name     string
		payments []disclosure.Disbursement
		want     string
	}{
		{
			"more land",
			[]disclosure.Disbursement{paid(2026, "a", 3000, 100, 300), paid(2025, "a", 2000, 100, 200)},
			"从2.00亩变成3.00亩，多了1.00亩",
		},
		{
			"less land at another standard",
			[]disclosure.Disbursement{paid(2026, "a", 1500, 120, 180), paid(2025, "a", 2000, 100, 200)},
			"从2.00亩变成1.50亩，少了0.50亩，每亩从1.00元变成1.20元",
		},
		{
			"two halves of a year are not twice the land",
			[]disclosure.Disbursement{paid(2026, "a", 2000, 50, 100), paid(2026, "a", 2000, 50, 100), paid(2025, "a", 2000, 100, 200)},
			"每亩从1.00元变成0.50元，前一年1笔，这一年2笔",
		},
		{
			"money taken back is no area",
			[]disclosure.Disbursement{paid(2026, "a", 2000, 100, 200), paid(2026, "a", 500, 100, -50), paid(2025, "a", 2000, 100, 200)},
			"这一年收回0.50元",
		},
		{
			"two areas in one year are not compared",
			[]disclosure.Disbursement{paid(2026, "a", 2000, 100, 200), paid(2025, "a", 1500, 100, 150), paid(2025, "a", 500, 100, 50)},
			"前一年2笔，这一年1笔",
		},
		{"nothing", []disclosure.Disbursement{paid(2026, "a", 2000, 100, 200), paid(2025, "a", 2000, 100, 200)}, ""},
	} {
		changes := compareYears(book.Person{Payments: c.payments}, 2026)
		if len(changes) != 1 {
			t.Fatalf("%s: %d kinds", c.name, len(changes))
		}
		if got := measures(changes[0]); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestComparedYear: the newest year is set against the one before it, and a year in which nothing was paid yet against the
// last; where the year before brought nothing, nothing is said to have begun.
func TestComparedYear(t *testing.T) {
	for _, c := range []struct {
		years []int64
		want  int64
		ok    bool
	}{
		{[]int64{2026, 2025}, 2026, true},
		{[]int64{2025, 2024}, 2026, true},
		{[]int64{2025}, 2026, true},
		{[]int64{2026, 2024}, 2026, false},
		{[]int64{2026}, 2026, false},
		{[]int64{2023, 2022}, 2023, true},
		{[]int64{2023}, 2023, false},
		{nil, 0, false},
	} {
		var p book.Person
		for _, y := range c.years {
			p.Years = append(p.Years, book.YearSum{Year: y})
		}
		if year, ok := comparedYear(p, 2026); year != c.want || ok != c.ok {
			t.Errorf("%v: %d, %v; want %d, %v", c.years, year, ok, c.want, c.ok)
		}
	}
}

// TestLargestChangeFirst: what changed most stands on top.
func TestLargestChangeFirst(t *testing.T) {
	changes := compareYears(book.Person{Payments: []disclosure.Disbursement{
		paid(2026, "same", 1000, 100, 100), paid(2026, "new", 3000, 100, 300), paid(2025, "same", 1000, 100, 100), paid(2025, "gone", 9000, 100, 900), paid(2023, "old", 1, 1, 1),
	}}, 2026)
	var order string
	for _, c := range changes {
		order += c.kind + " "
	}
	if order != "gone new same " {
		t.Errorf("got %s", order)
	}
}

// TestWhatHasFadedIsNotCompared: where some of last year's payments may be past their last day, no difference is told.
func TestWhatHasFadedIsNotCompared(t *testing.T) {
	for _, c := range []struct {
		name  string
		until disclosure.Date
		days  int64
		faded bool
	}{
		{"shown for good", "", 0, false},
		{"shown still", "2026-12-31", 730, false},
		{"past its day", "2026-06-30", 0, true},
		{"a kind that is shown for a year", "", 365, true},
	} {
		kind := disclosure.SubsidyKind{Head: disclosure.Head{Ref: "k", PublishedOn: "2024-01-01"}, Name: "种粮补贴", Publish: "名单", VisibleDays: c.days}
		pay := func(ref string, year int64, day, until disclosure.Date) disclosure.Disbursement {
			d := paid(year, "k", 1000, 5000, 5000)
			d.Head = disclosure.Head{Ref: ref, PublishedOn: day, VisibleUntil: until}
			d.Fund, d.Period, d.Batch, d.Place, d.Name, d.Type, d.PaidOn = "f", "全年", 1, baishui, "钱小满", "户", day
			return d
		}
		records := []any{edition("2026-11-20"), kind, pay("1", 2026, "2026-05-01", ""), pay("2", 2025, "2025-11-30", ""), pay("3", 2025, "2025-12-01", c.until)}
		for _, r := range county() {
			if place, ok := r.(disclosure.Place); ok {
				records = append(records, place)
			}
		}
		m := send(New(config), Tick{morning}, Opened{Book: open(t, records...)}, Touched{})
		answer, _ := Lookup(m.shown, query4(pay("1", 2026, "2026-05-01", "")))
		v := send(m, Go{At{Page: PagePerson, Ref: answer.Hits[0].Ref(), Tab: tabCompare}}).View()
		if got := sees(v, "2025年的有些记录过了公布的日子，没法比"); got != c.faded {
			t.Errorf("%s:\n%s", c.name, transcript(v))
		}
	}
}
