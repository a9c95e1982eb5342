package kiosk

import (
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/slip"
)

// rareName is a payment to somebody whose name the product's fonts cannot draw.
func rareName() disclosure.Disbursement {
	return disclosure.Disbursement{
		Head: disclosure.Head{Ref: "pay-rare", PublishedOn: "2026-11-01", Source: "test", SourceRow: 1},
		Fund: "fund-gengdi-2026", Kind: "gengdi", Year: 2026, Period: "全年", Batch: 1, Place: yangjia, Group: "1组", Name: "丁𠮷", Type: "户",
		Quantity: 1000, Unit: "亩", Standard: 8912, Amount: 8912, PaidOn: "2026-11-18", Method: "一卡通",
	}
}

// taken opens every page that can be taken away.
func taken(t *testing.T, m Model) []Model {
	t.Helper()
	var out []Model
	walk(t, m, func(m Model, _ int) {
		if m.at.Page == PageTake {
			out = append(out, m)
		}
	})
	if len(out) < 20 {
		t.Fatalf("touches lead to %d pages to take away", len(out))
	}
	return out
}

// TestNobodyTakesANeighbourAway: a take-away is about one person or about totals, it has nothing of social aid, a code can hold it,
// and it says as of when, where to look again, and that it is made up.
func TestNobodyTakesANeighbourAway(t *testing.T) {
	names := map[string]bool{}
	for _, rec := range county() {
		if d, ok := rec.(disclosure.Disbursement); ok {
			names[d.Name] = true
		}
	}
	people := 0
	for _, m := range taken(t, started(t)) {
		s, ok := m.slipOf(m.at)
		if !ok {
			t.Errorf("%+v: a touch leads to a page that cannot be taken", m.at)
			continue
		}
		text := s.Plain()
		if len(text) > slip.Room {
			t.Errorf("%+v: %d bytes", m.at, len(text))
		}
		for _, must := range []string{"数据截至2026年11月20日", "白水港村查询点", "演示数据，并非真实"} {
			if !strings.Contains(text, must) {
				t.Errorf("%+v does not say %s:\n%s", m.at, must, text)
			}
		}
		if strings.Contains(text, "低保") {
			t.Errorf("%+v has social aid:\n%s", m.at, text)
		}
		if p, ok := m.shown.Person(m.at.Ref); ok {
			people++
			if rest := strings.ReplaceAll(text, p.Name, ""); !strings.HasPrefix(text, p.Name) || holdsName(rest, names) {
				t.Errorf("%+v is about somebody else than %s:\n%s", m.at, p.Name, text)
			}
		} else if holdsName(text, names) {
			t.Errorf("%+v names a person:\n%s", m.at, text)
		}
	}
	if people == 0 {
		t.Error("no person can be taken")
	}
}

func holdsName(text string, names map[string]bool) bool {
	for line := range strings.SplitSeq(text, "\n") {
		for _, word := range strings.Fields(line) {
			if names[word] {
				return true
			}
		}
	}
	return false
}

// TestAidIsNotTaken: not even by an address that no page gives.
func TestAidIsNotTaken(t *testing.T) {
	for _, at := range []At{
		{Page: PageTake, Village: baishui, Kind: "dibao", Year: 2026}, {Page: PageTake, Ref: "fund-dibao-2026", Choice: doorFund},
	} {
		m := send(started(t), Touched{}, Go{at})
		if !sees(m.View(), "现在不公布") || sees(m.View(), "低保") {
			t.Errorf("social aid is taken:\n%s", transcript(m.View()))
		}
	}
}

// TestPrintSendsTheSlipOnce: what goes to the printer is what the page says, once, and only where there is a printer and every
// character can be drawn.
func TestPrintSendsTheSlipOnce(t *testing.T) {
	page := func(m Model) Model {
		m = send(m, Touched{})
		answer, _ := Lookup(m.shown, query4(disclosure.Disbursement{Place: yangjia, Name: "丁𠮷"}))
		ref := answer.Hits[0].Ref()
		return send(m, Go{At{Page: PageTake, Ref: ref}})
	}
	opened := Opened{Book: open(t, append(county(), rareName())...), SyncedAt: morning}
	m := send(New(config), Tick{morning}, opened, Set{Settings{Printer: "小票机"}})
	if _, cmds := Update(page(m), TakePrint{}); len(cmds) != 0 {
		t.Errorf("a name that cannot be drawn is printed: %v", cmds)
	}
	fund := send(m, Touched{}, Go{At{Page: PageTake, Ref: "fund-gengdi-2026", Choice: doorFund}})
	if _, cmds := Update(send(fund, Set{}), TakePrint{}); len(cmds) != 0 {
		t.Errorf("without a printer %v", cmds)
	}
	busy, cmds := Update(fund, TakePrint{})
	want, _ := fund.slipOf(fund.at)
	if len(cmds) != 1 || !slices.Equal(cmds[0].(Print).Slip.Lines, want.Lines) {
		t.Fatalf("commands %v", cmds)
	}
	for name, m := range map[string]Model{
		"while one is under way": busy, "again": send(busy, Worked{Task: TaskPrint}), "from another page": send(busy, Home{}),
	} {
		if _, cmds := Update(m, TakePrint{}); len(cmds) != 0 {
			t.Errorf("%s: commands %v", name, cmds)
		}
	}
	failed := send(busy, Worked{Task: TaskPrint, Trouble: Condition{Code: "R-02"}})
	if _, cmds := Update(failed, TakePrint{}); len(cmds) != 1 {
		t.Errorf("after a failure %v", cmds)
	}
	if busy.Same(failed) || busy.Same(fund) {
		t.Error("what came of the printing is not drawn")
	}
}
