package kiosk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
)

// TestRest: outside the hours the panel is bare and dark, says one sentence and when it opens, and any touch opens home.
func TestRest(t *testing.T) {
	m := send(started(t), Set{Settings{Opens: 7*60 + 30, Closes: 21 * 60}}, Tick{time.Date(2026, 11, 21, 21, 0, 0, 0, china)})
	v := m.View()
	if v.Page != PageRest || !v.Bare || !v.Contrast || len(v.Body) != 1 || v.Foot != nil {
		t.Fatalf("at nine in the evening: %+v", v)
	}
	if !sees(v, "点一下屏幕就能查 每天7:30到21:00开着") {
		t.Error(transcript(v))
	}
	if home := send(m, Touched{}); home.At().Page != PageHome || home.View().Contrast {
		t.Errorf("a touch opens %s", home.At().Page)
	}
	if morning := send(m, Tick{time.Date(2026, 11, 22, 7, 30, 0, 0, china)}); morning.At().Page != PageIdle {
		t.Errorf("when it opens, %s is on", morning.At().Page)
	}
}

// TestNewsIsNotAheadOfData: what is dated after the day to which the data reaches is nowhere, however it is asked for.
func TestNewsIsNotAheadOfData(t *testing.T) {
	m := send(started(t), Touched{})
	for _, at := range []At{{Page: PageNews, Tab: tabActivity}, {Page: PageNews}, {Page: PageNotice, Ref: "notice-4"}} {
		if v := send(m, Go{at}).View(); sees(v, "还没到日子的消息") || sees(v, "数据到了才看得到") {
			t.Errorf("%+v tells it:\n%s", at, transcript(v))
		}
	}
	if v := send(m, Go{At{Page: PageNotice, Ref: "notice-2"}}).View(); !sees(v, "18个单位更新了机构编制信息") {
		t.Error("news of the day of the data is not there")
	}
}

// TestDaysLeft: the last day counts, and a month is over on its last day.
func TestDaysLeft(t *testing.T) {
	m := send(started(t), Touched{})
	for last, want := range map[disclosure.Date]string{
		"2026-11-26": "还剩5天", "2026-11-22": "还剩1天", "2026-11-21": "今天最后一天", "2026-11-20": "已经结束", "2026-11": "还剩9天", "2026": "还剩40天", "": "",
	} {
		if got := m.leftWords(disclosure.Notice{LastDay: last}); got != want {
			t.Errorf("until %s: %s, want %s", last, got, want)
		}
	}
}

// TestMissingByName: of 398 units 379 have published, and the 19 others are all named, those that are late first.
func TestMissingByName(t *testing.T) {
	records := []any{edition("2026-11-20")}
	for i := range 398 {
		o := disclosure.Obligation{
			Head: disclosure.Head{Ref: fmt.Sprint("o", i), PublishedOn: "2026-01-01"},
			Item: "机构编制和人员信息", Unit: fmt.Sprintf("第%d单位", i), DueOn: "2026-11-30", MetOn: "2026-03-01",
		}
		if i < 19 {
			o.MetOn = ""
		}
		if i == 7 {
			o.DueOn = "2025-11-20"
		}
		if i == 8 {
			o.DueOn = ""
		}
		records = append(records, o)
	}
	m := send(New(config), Tick{morning}, Opened{Book: open(t, records...)}, Touched{}, Go{At{Page: PageMissing}})
	v := m.View()
	for _, words := range []string{"应公布 398", "已公布 379", "还缺 19", "其中晚了 1", "第8单位 没有写期限", "第0单位 应在2026年11月30日前公布"} {
		if !slices.ContainsFunc(thingsOn(v, allRows), func(t thing) bool { return carries(t, strings.Fields(words)) }) {
			t.Errorf("%s is not said:\n%s", words, transcript(v))
		}
	}
	if i := slices.IndexFunc(v.Body, func(b Block) bool { _, ok := b.(List); return ok }); i < 0 {
		t.Error("no list")
	} else if list := v.Body[i].(List); list.Len != 19 || list.Row(0).Cells[0].Text != "第7单位" || list.Row(0).Cells[1].Chip.Text != "晚了366天" {
		t.Errorf("%d rows, the first is %+v", list.Len, list.Row(0))
	}
}

// TestLacking: a fund has five parts to publish, and four while nothing was paid.
func TestLacking(t *testing.T) {
	whole := disclosure.Fund{Recipients: "a", Standard: "b", BalanceOf: "c", Method: "d", Paid: 1}
	unpaid, mute := whole, whole
	unpaid.Paid, mute.Standard, mute.Method = 0, "", ""
	for _, c := range []struct {
		name     string
		fund     disclosure.Fund
		detailed bool
		lacks    string
		parts    int
	}{
		{"whole", whole, true, "", 5},
		{"no detail list", whole, false, "拨付明细表", 5},
		{"nothing paid", unpaid, false, "", 4},
		{"two parts", mute, true, "拨付标准、拨付方式", 5},
	} {
		if lacks, parts := lacking(c.fund, c.detailed); strings.Join(lacks, "、") != c.lacks || parts != c.parts {
			t.Errorf("%s: lacks %q of %d", c.name, lacks, parts)
		}
	}
}

// TestTasksOfFunds: a task for a fund that is not there adds its five parts; one for a fund that is there adds none, and says by
// when what it lacks was due.
func TestTasksOfFunds(t *testing.T) {
	fund := disclosure.Fund{
		Head: disclosure.Head{Ref: "f", PublishedOn: "2026-01-01"}, CatalogueNo: 1, Year: 2026, Name: "2026年防汛资金", Recipients: "a", Standard: "b", BalanceOf: "c",
	}
	task := func(ref, item string, met disclosure.Date) disclosure.Obligation {
		return disclosure.Obligation{Head: disclosure.Head{Ref: ref, PublishedOn: "2026-01-01"}, Item: item, Unit: "水利局", DueOn: "2026-11-11", MetOn: met}
	}
	m := send(New(config), Tick{morning}, Opened{Book: open(t, edition("2026-11-20"), fund,
		task("1", "2026年防汛资金", ""), task("2", "2026年抗旱资金", ""), task("3", "2025年防汛资金", "2026-01-31"))}, Touched{})
	b := m.boards()[0]
	if b.tab != tabParts || b.due != 9 || b.met != 3 || len(b.open) != 2 {
		t.Fatalf("%+v", b)
	}
	for i, want := range []gap{
		{name: "2026年防汛资金", what: "缺：拨付方式", unit: "责任单位", due: "2026-11-11", late: 10},
		{name: "2026年抗旱资金", what: "五样都没有公布", unit: "水利局", due: "2026-11-11", late: 10},
	} {
		if got := b.open[i]; got.name != want.name || got.what != want.what || got.unit != want.unit || got.due != want.due || got.late != want.late {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// TestMoneySentWithoutAList: a list for which the money was sent down is missed though nobody set it as a task; one that was set is
// not counted twice, and aid is not asked for.
func TestMoneySentWithoutAList(t *testing.T) {
	sent := func(ref, kind string, place disclosure.Code) disclosure.Allocation {
		return disclosure.Allocation{
			Head: disclosure.Head{Ref: ref, PublishedOn: "2026-11-01"}, Fund: "fund-" + kind + "-2026", Kind: kind, Year: 2026, Batch: 1, Place: place, Amount: 70000, DocNo: "1",
		}
	}
	records := append(county(), sent("s1", "gaoling", chenjia), sent("s2", "nongji", chenjia), sent("s3", "dibao", chenjia))
	m := send(New(config), Tick{morning}, Opened{Book: open(t, records...)}, Touched{}, Go{At{Page: PageMissing, Tab: tabLists}})
	words := "2026年高龄津贴（枝城镇陈家湾村） 拨到村里的700.00元已经下来了 没有写期限，由民政局负责"
	touch, err := find(m.View(), words)
	if err != nil {
		t.Fatal(err, transcript(m.View()))
	}
	for _, not := range []string{"农机购置补贴（枝城镇陈家湾村）", "低保"} {
		if sees(m.View(), not) {
			t.Errorf("%s is asked for:\n%s", not, transcript(m.View()))
		}
	}
	for _, b := range m.boards() {
		if lacking := b.due - b.met; b.tab != tabParts && lacking != len(b.open) || lacking < len(b.open) {
			t.Errorf("board %q lacks %d and names %d", b.tab, lacking, len(b.open))
		}
		if b.tab == tabLists && b.met == 0 {
			t.Error("the lists that are published are not counted")
		}
	}
	if to := send(m, touch).View(); to.Page != PageNotPublished || !sees(to, "700.00元") {
		t.Error(transcript(to))
	}
}

// TestMissingIsNear: every board of what is missing is at most three touches from home.
func TestMissingIsNear(t *testing.T) {
	nearest := map[string]int{}
	for at, n := range walk(t, started(t), func(Model, int) {}) {
		if old, ok := nearest[at.Tab]; at.Page == PageMissing && (!ok || n < old) {
			nearest[at.Tab] = n
		}
	}
	for _, tab := range []string{"", tabParts, tabBudgets, tabLists} {
		if n, ok := nearest[tab]; !ok || n > 3 {
			t.Errorf("board %q is %d touches away (%v)", tab, n, ok)
		}
	}
}

// TestWhoLeftIsNowhereElse: who is on the roster no more is named in the comparison and nowhere else, and leads to nothing.
func TestWhoLeftIsNowhereElse(t *testing.T) {
	m := send(New(config), Tick{morning}, Opened{Book: open(t, county()...), Before: open(t, booktest.CountyBefore()...)}, Touched{})
	for _, name := range []string{"孙长河", "吴过期", "钱多录"} {
		if v := send(m, Go{At{Page: PageSearch, Text: name}}).View(); sees(v, name+" 在编人员") {
			t.Errorf("%s is found", name)
		}
	}
	for _, ref := range []string{"inc-90", "inc-91", "inc-92"} {
		if v := send(m, Go{At{Page: PageIncumbent, Ref: ref}}).View(); !sees(v, "这一条现在不公布了") {
			t.Errorf("%s has a page:\n%s", ref, transcript(v))
		}
	}
	named := 0
	walk(t, m, func(m Model, _ int) {
		for _, thing := range thingsOn(m.View(), allRows) {
			line := thing.line()
			if strings.Contains(line, "吴过期") || strings.Contains(line, "钱多录") {
				t.Errorf("%+v names who may not be named", m.at)
			}
			if strings.Contains(line, "孙长河") {
				named++
				if m.at.Page != PageInstitution || m.at.Tab != tabChanges || thing.msg != nil {
					t.Errorf("%+v: %s", m.at, line)
				}
			}
		}
	})
	if named == 0 {
		t.Error("who left is named nowhere")
	}
}

// TestWhereToObject: a county writes a name or a whole sentence; both are read.
func TestWhereToObject(t *testing.T) {
	m := send(started(t), Touched{})
	for where, want := range map[string]string{
		"民政局": "有不同意见，可以向民政局提。", "向民政局提出，写信也行。": "有不同意见，向民政局提出，写信也行。", "": "有不同意见，点“电话”可以问。",
	} {
		if got := m.where(disclosure.Notice{Where: where}); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}
