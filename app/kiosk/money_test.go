package kiosk

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
)

// moneyPages are the pages of public money. None of them is a village's list, which alone names who was paid.
var moneyPages = []Page{
	PageFunds, PageFundList, PageFund, PageStatement, PageDepartments, PageBudget,
	PageProcurements, PageProcurement, PageProjects, PageProject, PageRelief,
}

// TestMoneyNamesNobody: however the pages of public money are come to, and whatever position they are given, nobody stands
// there who was paid: of social aid (社会救助) and of kinds that are published as totals (只公布合计) there are only sums.
func TestMoneyNamesNobody(t *testing.T) {
	var names []string
	for _, rec := range county() {
		if d, ok := rec.(disclosure.Disbursement); ok {
			names = append(names, d.Name)
		}
	}
	looked := map[Page]bool{}
	look := func(m Model) {
		if !slices.Contains(moneyPages, m.at.Page) {
			return
		}
		looked[m.at.Page] = true
		said := transcript(m.View())
		for _, name := range names {
			// 张三 is also the beginning of longer names, so a name alone between blanks is looked for as well as any of three characters.
			if len([]rune(name)) > 2 && strings.Contains(said, name) || slices.Contains(strings.Fields(said), name) {
				t.Fatalf("%+v names %s:\n%s", m.at, name, said)
			}
		}
	}
	m := started(t)
	walk(t, m, func(m Model, _ int) { look(m) })
	r := rand.New(rand.NewPCG(3, 3))
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	for range 3000 {
		look(send(m, Touched{}, Go{At{
			Page: moneyPages[r.IntN(len(moneyPages))], Town: disclosure.Code(pick("", zhicheng, baishui)), Village: disclosure.Code(pick("", baishui)),
			Ref: pick("", "fund-dibao-2026", "fund-canji-2026", "nyj", "buy-2", "build-1"), Kind: pick("", "dibao", "canji", "gengdi"),
			Year: int64(2025 + r.IntN(2)), Choice: pick("", areaRelief, "mzj"), Tab: pick("", tabOwners, tabBatches, tabHistory, tabYears),
		}}))
	}
	for _, p := range moneyPages {
		if !looked[p] {
			t.Errorf("page %s was not looked at", p)
		}
	}
}

// TestReliefAddsUp: the townships and what stands with the county make up the total, so that nothing is said twice or lost.
func TestReliefAddsUp(t *testing.T) {
	m := send(started(t), Touched{})
	for _, r := range m.shown.Relief() {
		list := reliefTowns(At{}, r, m.shown.ReliefBelow(r.Kind.Ref, r.Year, m.countyCode()))
		persons, sum := 0, disclosure.Fen(0)
		for i := range list.Len {
			row := list.Row(i)
			var n int
			if _, err := fmt.Sscan(row.Cells[0].Lines[0], &n); err != nil {
				t.Fatal(err)
			}
			persons += n
			sum += fenOf(t, row.Cells[2].Text)
		}
		if persons != r.Persons || sum != r.Amount || list.Len == 0 {
			t.Errorf("%s %d: %d persons and %s of %d and %s", r.Kind.Name, r.Year, persons, sum.Yuan(), r.Persons, r.Amount.Yuan())
		}
	}
}

// fenOf reads an amount as the screen writes it.
func fenOf(t *testing.T, s string) disclosure.Fen {
	t.Helper()
	var yuan, cents int64
	if _, err := fmt.Sscanf(strings.ReplaceAll(s, ",", ""), "%d.%d", &yuan, &cents); err != nil {
		t.Fatal(err)
	}
	return disclosure.Fen(yuan*100 + cents)
}

// TestTheTrailAddsUp: at the county and in every township, what stands in the rows is what went there altogether.
func TestTheTrailAddsUp(t *testing.T) {
	m := send(started(t), Touched{})
	places := []disclosure.Code{"", zhicheng, honghuatao}
	compared := 0
	for _, year := range m.shown.FundYears() {
		for _, f := range m.shown.Funds(year) {
			for _, town := range places {
				trail := m.trailOf(At{Page: PageFund, Ref: f.Ref, Town: town}, f)
				sum := trail.own()
				for _, flow := range trail.flows {
					sum.Paid, sum.Allocated, sum.Recipients = sum.Paid+flow.Paid, sum.Allocated+flow.Allocated, sum.Recipients+flow.Recipients
				}
				if sum.Paid != trail.whole.Paid || sum.Allocated != trail.whole.Allocated || sum.Recipients != trail.whole.Recipients {
					t.Errorf("%s in %q: %+v, not %+v", f.Name, town, sum, trail.whole)
				}
				compared++
			}
		}
	}
	if compared == 0 {
		t.Error("there are no funds")
	}
}

// TestYearsThatHaveATab: four years have tabs; of more, the newest three, and all before them together.
func TestYearsThatHaveATab(t *testing.T) {
	for _, c := range []struct {
		years []int64
		tabs  int
		older string
	}{
		{[]int64{2026}, 1, ""},
		{[]int64{2026, 2025, 2024, 2023}, 4, ""},
		{[]int64{2026, 2025, 2024, 2023, 2019}, 4, "2023 2019"},
	} {
		tabs, keep := pastTabs(At{Tab: tabOlder}, c.years)
		var kept []string
		for _, y := range c.years {
			if keep(y) {
				kept = append(kept, fmt.Sprint(y))
			}
		}
		if len(tabs.Items) != c.tabs || strings.Join(kept, " ") != c.older {
			t.Errorf("%v: %d tabs, older are %v", c.years, len(tabs.Items), kept)
		}
		if _, keep := pastTabs(At{}, c.years); !keep(c.years[0]) || len(c.years) > 1 && keep(c.years[1]) {
			t.Errorf("%v: the newest year is not the first", c.years)
		}
	}
}

// TestAnAccountIsReadOffTheTableOfExpenditure: neither income nor a part of the expenditure is taken for the whole of it.
func TestAnAccountIsReadOffTheTableOfExpenditure(t *testing.T) {
	line := func(table, ref, parent, code, name string, total disclosure.Fen) disclosure.BudgetLine {
		return disclosure.BudgetLine{
			Head: disclosure.Head{Ref: ref, PublishedOn: "2026-02-10"}, Stage: stagePlan, Table: table, FuncCode: code, Name: name, Parent: parent, Total: total,
		}
	}
	lines := []disclosure.BudgetLine{
		line("部门收支总表", "a1", "", "", "本年收入合计", 900),
		line("部门收支总表", "a2", "", "", "本年支出合计", 900),
		line("一般公共预算基本支出表", "b1", "", "", "合计", 300),
		line("项目支出表", "c1", "", "", "合计", 600),
		line("一般公共预算支出表", "d4", "d3", "2130101", "行政运行", 700),
		line("一般公共预算支出表", "d3", "d1", "213", "农林水支出", 700),
		line("一般公共预算支出表", "d2", "d1", "208", "社会保障和就业支出", 200),
		line("一般公共预算支出表", "d1", "", "", "合计", 900),
	}
	a, ok := accountOf(lines, stagePlan)
	var top []string
	for _, l := range a.top {
		top = append(top, l.Name)
	}
	if !ok || a.table != "一般公共预算支出表" || a.total != 900 || strings.Join(top, " ") != "社会保障和就业支出 农林水支出" {
		t.Errorf("%v: %s adds up to %d of %v", ok, a.table, a.total, top)
	}
	if got := strings.Join(tables(lines), " "); got != "部门收支总表 一般公共预算支出表 一般公共预算基本支出表 项目支出表" {
		t.Errorf("tables stand as %s", got)
	}
	if _, ok := accountOf(lines, stageFinal); ok {
		t.Error("a stage of which there is nothing has an account")
	}
	circle := []disclosure.BudgetLine{line("一般公共预算支出表", "e1", "e2", "", "甲", 1), line("一般公共预算支出表", "e2", "e1", "", "乙", 1)}
	if _, ok := accountOf(circle, stagePlan); ok {
		t.Error("lines in a circle have an account")
	}
	if list := budgetRows(At{Tab: stagePlan}, circle); list.Len != 1 {
		t.Errorf("lines in a circle make %d rows", list.Len)
	}
}

// TestWhatDiffersIsSaid: whoever compares what was sent with what was paid is told which way it differs, and a list that is not
// there is not called short.
func TestWhatDiffersIsSaid(t *testing.T) {
	for _, c := range []struct {
		flow book.Flow
		want string
	}{
		{book.Flow{Recipients: 2, Paid: 100, Allocated: 100, ForLists: 100}, ""},
		{book.Flow{Recipients: 2, Paid: 90, Allocated: 100, ForLists: 100}, "少发0.10"},
		{book.Flow{Recipients: 2, Paid: 110, Allocated: 100, ForLists: 100}, "多发0.10"},
		{book.Flow{Allocated: 100, ForLists: 100}, "名单还没有公布"},
		{book.Flow{Recipients: 1, Paid: 60, Allocated: 100, ForLists: 60}, ""},
		{book.Flow{Allocated: 100}, ""},
	} {
		if got := differs(c.flow); got != c.want {
			t.Errorf("%+v: %q, want %q", c.flow, got, c.want)
		}
	}
}

// TestAnAreaWithNothingSaysSo: the six areas that the rules name stand there from the first edition on; one in which nothing is
// published says just that, opens a page that says it again, and leaves home one touch away.
func TestAnAreaWithNothingSaysSo(t *testing.T) {
	var bare []any
	for _, rec := range county() {
		switch rec.(type) {
		case disclosure.Place, disclosure.SubsidyKind:
			bare = append(bare, rec)
		}
	}
	m := send(New(config), Tick{morning}, Opened{Book: open(t, bare...), SyncedAt: morning}, Touched{}, Go{At{Page: PageFunds}})
	for _, name := range []string{areaFunds, areaBudgets, areaPurchases, areaOutlays, areaProjects, areaRelief} {
		if !sees(m.View(), name+" 还没有公布") {
			t.Errorf("%s does not say that nothing is published:\n%s", name, transcript(m.View()))
		}
		msg, err := find(m.View(), name)
		if err != nil {
			t.Fatal(err)
		}
		if v := send(m, msg).View(); !sees(v, "这一项还没有公布") {
			t.Errorf("%s opens a page that does not say it:\n%s", name, transcript(v))
		}
	}
	for _, tab := range []string{tabOwners, tabDepartments} {
		if v := send(m, Turn{At{Page: PageFunds, Tab: tab}}).View(); !sees(v, "这一项还没有公布") {
			t.Errorf("tab %s does not say it:\n%s", tab, transcript(v))
		}
	}
}

// TestListsPastTheirDayAreNotCalledShort: once a list is past its last day, less is shown than was sent down. That is said, and
// is no difference.
func TestListsPastTheirDayAreNotCalledShort(t *testing.T) {
	at := Go{At{Page: PageFund, Ref: "fund-dibao-2026"}}
	now := send(started(t), Touched{}, at).View()
	if !sees(now, "2026年农村低保 一分不差") || !sees(now, "枝城镇 2户 2,280.00") {
		t.Errorf("while the list is shown:\n%s", transcript(now))
	}
	m := send(New(config), Tick{morning.AddDate(0, 6, 0)}, Opened{Book: open(t, county()...), SyncedAt: morning}, Touched{}, at)
	later := m.View()
	if !sees(later, "2026年农村低保 有些名单现在看不到") || sees(later, "对不上") || sees(later, "发到户") || sees(later, "名单还没有公布") || !sees(later, "枝城镇 2,280.00") {
		t.Errorf("half a year later:\n%s", transcript(later))
	}
	list := At{Page: PageList, Village: baishui, Kind: "dibao", Year: 2026}
	if v := send(m, Go{list}).View(); !sees(v, "这份名单过了公布的日子") || sees(v, "名单还差") {
		t.Errorf("the list half a year later:\n%s", transcript(v))
	}
}
