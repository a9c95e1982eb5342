package book_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

const (
	county  = disclosure.Code("420581000000")
	town    = disclosure.Code("420581101000")
	village = disclosure.Code("420581101201") // 白水港村
	other   = disclosure.Code("420581101202") // 杨家畈村
	old     = disclosure.Code("420581101299") // 铁匠沟村, merged into 白水港村 in 2021
)

func head(ref string) disclosure.Head { return disclosure.Head{Ref: ref, PublishedOn: "2026-06-30"} }

func places() []disclosure.Place {
	return []disclosure.Place{
		{Head: head("A1"), Code: county, Name: "宜都市", ShortName: "宜都", Level: "县"},
		{Head: head("A2"), Code: town, Name: "枝城镇", ShortName: "枝城", Level: "乡", Parent: county},
		{Head: head("A3"), Code: village, Name: "白水港村", ShortName: "白水港", Level: "村", Parent: town},
		{Head: head("A4"), Code: other, Name: "杨家畈村", ShortName: "杨家畈", Level: "村", Parent: town},
		{Head: head("A5"), Code: old, Name: "铁匠沟村", ShortName: "铁匠沟", Level: "村", Parent: town, ValidTo: "2021-06-30", Successors: []string{string(village)}},
	}
}

func kinds() []disclosure.SubsidyKind {
	return []disclosure.SubsidyKind{
		{Head: head("gdbt"), Name: "耕地地力保护补贴", Unit: "亩", Publish: "名单"},
		{Head: head("lzbt"), Name: "粮食直补", Unit: "亩", Publish: "名单", VisibleDays: 30},
		{Head: head("dibao"), Name: "农村低保", Publish: "名单", Aid: "低保"},
		{Head: head("canji"), Name: "残疾人两项补贴", Publish: "只公布合计"},
	}
}

// pay is one payment of 2025 unless said otherwise.
func pay(place disclosure.Code, group, name, kind string, year int64, yuan int64, change ...func(*disclosure.Disbursement)) disclosure.Disbursement {
	d := disclosure.Disbursement{
		Head: disclosure.Head{PublishedOn: disclosure.Date(fmt.Sprintf("%d-06-30", year)), Source: "发放表.xlsx", SourceRow: 4},
		Fund: fmt.Sprintf("F%d", year), Kind: kind, Year: year, Period: "全年", Batch: 1, Place: place, Group: group, Name: name, Type: "户",
		Quantity: 1000, Unit: "亩", Standard: disclosure.Fen(yuan * 100), Amount: disclosure.Fen(yuan * 100),
		PaidOn: disclosure.Date(fmt.Sprintf("%d-05-20", year)), Method: "一卡通",
	}
	for _, c := range change {
		c(&d)
	}
	if d.Ref == "" {
		d.Ref = d.Key()
	}
	return d
}

func until(date disclosure.Date) func(*disclosure.Disbursement) {
	return func(d *disclosure.Disbursement) { d.VisibleUntil = date }
}

func build(t testing.TB, records ...any) *book.Book {
	t.Helper()
	path := filepath.Join(t.TempDir(), "1.db")
	if err := book.Build(context.Background(), booktest.FS(records...), path); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func open(t testing.TB, path string) *book.Book {
	t.Helper()
	b, err := book.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Err(); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func look(b *book.Book, in disclosure.Code, text string) search.Answer {
	return b.Find(search.Query{Text: text, In: search.InPeople, Village: string(in), Limit: 50})
}

func TestAPersonAndHisPayments(t *testing.T) {
	b := build(t, places(), kinds(),
		pay(village, "3组", "王建国", "gdbt", 2024, 300), pay(village, "3组", "王建国", "gdbt", 2025, 400),
		pay(village, "3组", "王建国", "dibao", 2025, 5000), pay(village, "4组", "王建国", "gdbt", 2025, 1),
		pay(village, "3组", "李四", "gdbt", 2025, 90), pay(village, "5组", "独居老人", "dibao", 2025, 5000))
	a := look(b, village, "wjg")
	if a.Found != 2 || a.Payments != 3 || a.Sum != 70100 || !slices.Equal(a.Years, []search.YearSum{{Year: 2024, Payments: 1, Sum: 30000}, {Year: 2025, Payments: 2, Sum: 40100}}) {
		t.Fatalf("wjg: %+v", a)
	}
	if h := a.Hits[0]; h.Group != "3组" || h.Sum != 70000 || h.Place != "枝城镇 白水港村" || h.Payments != 2 {
		t.Errorf("first hit: %+v", h)
	}
	p, ok := b.Person(a.Hits[0].Ref())
	if !ok || p.Name != "王建国" || p.Village != village || len(p.Payments) != 2 || p.Payments[0].Year != 2025 {
		t.Fatalf("person: %+v", p)
	}
	if want := pay(village, "3组", "王建国", "gdbt", 2025, 400); !reflect.DeepEqual(p.Payments[0], want) {
		t.Errorf("payment: %+v, want %+v", p.Payments[0], want)
	}
	if want := []book.YearSum{{Year: 2025, Payments: 1, Sum: 40000}, {Year: 2024, Payments: 1, Sum: 30000}}; !reflect.DeepEqual(p.Years, want) {
		t.Errorf("years: %+v", p.Years)
	}
	if look(b, village, "独居").Found != 0 || b.Find(search.Query{Text: "独居老人", In: search.InPeople, Whole: true}).Found != 0 {
		t.Error("someone on social aid only is found by name")
	}
	if got := b.Surnames(village); !reflect.DeepEqual(got, []book.Surname{{Text: "王", People: 2}, {Text: "李", People: 1}}) {
		t.Errorf("surnames: %+v", got)
	}
	if got := strings.Join(b.Groups(village), " "); got != "3组 4组" {
		t.Errorf("groups: %s", got)
	}
	rec, ok := b.Show(p.Payments[1].Ref)
	if d, is := rec.(*disclosure.Disbursement); !ok || !is || d.Amount != 30000 {
		t.Errorf("show payment: %+v", rec)
	}
	if rec, ok := b.Show(p.Ref); !ok || rec.(*book.Person).Name != "王建国" {
		t.Errorf("show person: %+v", rec)
	}
	if rec, ok := b.Show("gdbt"); !ok || rec.(*disclosure.SubsidyKind).Name != "耕地地力保护补贴" {
		t.Errorf("show kind: %+v", rec)
	}
	if _, ok := b.Show("nothing"); ok {
		t.Error("an unknown reference is shown")
	}
}

func TestAVillageListAddsUpToItsAllocation(t *testing.T) {
	twice := func(d *disclosure.Disbursement) { d.Batch, d.Amount = 2, 500 }
	b := build(t, places(), kinds(),
		pay(village, "1组", "张三", "gdbt", 2025, 10), pay(village, "1组", "张三", "gdbt", 2025, 10, twice),
		pay(village, "2组", "李四", "gdbt", 2025, 30), pay(village, "2组", "丁一", "gdbt", 2025, 20), pay(village, "2组", "丁一", "dibao", 2025, 20),
		disclosure.Allocation{Head: head("L1"), Fund: "F2025", Kind: "gdbt", Year: 2025, Batch: 1, Place: village, Amount: 6000},
		disclosure.Allocation{Head: head("L2"), Fund: "F2025", Kind: "gdbt", Year: 2025, Batch: 2, Place: village, Amount: 600, Remark: "退回1元"},
		disclosure.Total{Head: head("T1"), Fund: "F2025", Kind: "canji", Year: 2025, Place: village, Persons: 7, Amount: 70000})
	q := book.ListQuery{Village: village, Kind: "gdbt", Year: 2025, Limit: 10}
	l := b.List(q)
	if l.Found != 4 || l.Sum != 6500 || !l.HasAllocation || l.Allocated != 6600 || l.Difference != -100 || l.Remark != "退回1元" || l.FundRef != "F2025" {
		t.Fatalf("list: %+v", l)
	}
	names := func(l book.List) (out string) {
		for _, r := range l.Rows {
			out += fmt.Sprintf("%d%s%d ", r.No, r.Name, r.Amount)
		}
		return out
	}
	if got := names(l); got != "1丁一2000 2李四3000 3张三1000 4张三500 " {
		t.Errorf("by name: %s", got)
	}
	q.Sort, q.Offset, q.Limit = "amount", 1, 2
	if got := names(b.List(q)); got != "2丁一2000 3张三1000 " {
		t.Errorf("by amount, second page: %s", got)
	}
	q.Group = "1组"
	if l := b.List(q); l.Found != 2 || l.Sum != 1500 || l.Difference != -100 {
		t.Errorf("group: %+v", l)
	}
	q = book.ListQuery{Village: village, Kind: "gdbt", Year: 2025}
	if at, ok := b.RowOf(q, look(b, village, "李四").Hits[0].Ref()); !ok || at != 1 {
		t.Errorf("李四 stands at %d, %v", at, ok)
	}
	if l := b.List(book.ListQuery{Village: village, Kind: "dibao", Year: 2025, Limit: 5}); len(l.Rows) != 1 || l.Rows[0].PersonRef() != "" {
		t.Errorf("social aid: %+v", l)
	}
	if l := b.List(book.ListQuery{Village: village, Kind: "canji", Year: 2025, Limit: 5}); l.Found != 7 || l.Sum != 70000 || len(l.Rows) != 0 || !l.TotalsOnly {
		t.Errorf("totals only: %+v", l)
	}
	var heads []string
	for _, h := range b.Lists(village) {
		heads = append(heads, fmt.Sprint(h.KindName, h.Year, " ", h.Found, " ", h.Sum, " ", h.TotalsOnly))
	}
	if got := strings.Join(heads, ", "); got != "农村低保2025 1 2000 false, 残疾人两项补贴2025 7 70000 true, 耕地地力保护补贴2025 4 6500 false" {
		t.Errorf("lists: %s", got)
	}
}

func TestNewsNamesNobodyAndNoFew(t *testing.T) {
	var all []disclosure.Disbursement
	for i := range 6 {
		name := "张" + string(rune('一'+i))
		all = append(all, pay(village, "1组", name, "gdbt", 2024, 10), pay(village, "1组", name, "gdbt", 2025, 10), pay(village, "1组", name, "dibao", 2025, 10))
	}
	b := build(t, places(), kinds(), all, pay(village, "1组", "张三", "lzbt", 2025, 10))
	want := []book.NewsItem{{Kind: "gdbt", KindName: "耕地地力保护补贴", Year: 2025, PaidOn: "2025-05-20", Recipients: 6, Unit: "户", Sum: 6000}}
	if got := b.News(village, 9); !reflect.DeepEqual(got, want) {
		t.Errorf("news: %+v", got)
	}
}

// What is past its last day counts nowhere, on that day not before.
func TestPastItsLastDay(t *testing.T) {
	b := build(t, places(), kinds(),
		pay(village, "1组", "张三", "gdbt", 2025, 10, until("2026-03-31")), pay(village, "1组", "张三", "gdbt", 2024, 1),
		pay(village, "1组", "李四", "gdbt", 2025, 100, until("2026-03")), pay(village, "1组", "王五", "lzbt", 2025, 1000),
		pay(village, "1组", "丁一", "dibao", 2024, 7), pay(village, "1组", "丁一", "dibao", 2025, 7), pay(village, "1组", "丁二", "dibao", 2024, 7),
		disclosure.Fund{Head: disclosure.Head{Ref: "F2025", PublishedOn: "2025-01-01", VisibleUntil: "2026-03-31"}, CatalogueNo: 1, Year: 2025, Name: "资金"})
	for _, c := range []struct {
		day         disclosure.Date
		found       int
		sum         int64
		rows, funds int
		aid         int
	}{
		{"", 3, 111100, 2, 1, 3},
		{"2025-07-30", 3, 111100, 2, 1, 2},
		{"2025-07-31", 2, 11100, 2, 1, 2},
		{"2025-08-20", 2, 11100, 2, 1, 2},
		{"2025-08-21", 2, 11100, 2, 1, 0},
		{"2026-03-31", 2, 11100, 2, 1, 0},
		{"2026-04-01", 1, 100, 0, 0, 0},
	} {
		v := b.At(c.day)
		a := look(v, village, "")
		list := v.List(book.ListQuery{Village: village, Kind: "gdbt", Year: 2025, Limit: 9})
		aid := v.List(book.ListQuery{Village: village, Kind: "dibao", Year: 2024}).Found + v.List(book.ListQuery{Village: village, Kind: "dibao", Year: 2025}).Found
		if a.Found != c.found || a.Sum != c.sum || list.Found != c.rows || len(v.Funds(2025)) != c.funds || aid != c.aid {
			t.Errorf("on %q: found %d, sum %d, rows %d, funds %d, aid %d, want %+v", c.day, a.Found, a.Sum, list.Found, len(v.Funds(2025)), aid, c)
		}
		people := 0
		for _, s := range v.Surnames(village) {
			people += s.People
		}
		if people != c.found {
			t.Errorf("on %q: %d people by surname", c.day, people)
		}
		flow := v.Flow("F2025", town)
		paid := disclosure.Fen(0)
		for _, f := range flow {
			paid += f.Paid
		}
		if want := list.Sum + v.List(book.ListQuery{Village: village, Kind: "lzbt", Year: 2025}).Sum + v.List(book.ListQuery{Village: village, Kind: "dibao", Year: 2025}).Sum; paid != want {
			t.Errorf("on %q: the fund paid %d, its lists say %d", c.day, paid, want)
		}
	}
}

func TestWithdrawnIsNotInTheFile(t *testing.T) {
	gone := pay(village, "1组", "撤回的人", "gdbt", 2025, 77)
	kept := pay(village, "1组", "张三", "gdbt", 2025, 10)
	later := pay(village, "1组", "后来撤回", "gdbt", 2025, 10)
	path := filepath.Join(t.TempDir(), "1.db")
	fsys := booktest.FS(places(), kinds(), gone, kept, later,
		disclosure.Withdrawal{Head: head("W1"), Refs: []string{gone.Ref, "A4"}, Reason: "发错", WithdrawnOn: "2026-01-01"})
	if err := book.Build(context.Background(), fsys, path, later.Ref); err != nil {
		t.Fatal(err)
	}
	b := open(t, path)
	if a := look(b, village, ""); a.Found != 1 || a.Sum != 1000 {
		t.Errorf("found %+v", a)
	}
	if _, ok := b.Show(gone.Ref); ok {
		t.Error("a withdrawn payment is shown")
	}
	if _, ok := b.Place(other); ok {
		t.Error("a withdrawn place is shown")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"撤回的人", "后来撤回"} {
		if bytes.Contains(data, []byte(name)) {
			t.Errorf("%s is in the file", name)
		}
	}
	if !bytes.Contains(data, []byte("张三")) {
		t.Error("names are not looked for rightly")
	}
}

func TestMergedVillage(t *testing.T) {
	b := build(t, places(), kinds(),
		pay(old, "1组", "王建国", "gdbt", 2020, 20), pay(village, "1组", "王建国", "gdbt", 2022, 22), pay(village, "1组", "阿三", "gdbt", 2020, 3),
		disclosure.Allocation{Head: head("L1"), Fund: "F2020", Kind: "gdbt", Year: 2020, Place: old, Amount: 2000},
		disclosure.Allocation{Head: head("L2"), Fund: "F2020", Kind: "gdbt", Year: 2020, Place: village, Amount: 300})
	a := look(b, village, "王建国")
	if a.Found != 2 || a.Sum != 4200 {
		t.Fatalf("new name: %+v", a)
	}
	if got := a.Hits[0].Place + " " + a.Hits[1].Place; got != "枝城镇 白水港村 枝城镇 原铁匠沟村" {
		t.Errorf("places: %s", got)
	}
	if a := look(b, old, "王建国"); a.Found != 1 || a.Sum != 2000 {
		t.Errorf("old name: %+v", a)
	}
	l := b.List(book.ListQuery{Village: village, Kind: "gdbt", Year: 2020, Limit: 9})
	if l.Found != 2 || l.Difference != 0 || l.Rows[1].Place != old || l.Rows[0].Name != "阿三" {
		t.Errorf("list: %+v", l)
	}
	if s := b.Successors(old); len(s) != 1 || s[0].Code != village {
		t.Errorf("successors: %+v", s)
	}
	if v := b.Villages(town); len(v) != 2 {
		t.Errorf("villages of today: %+v", v)
	}
	if f := b.Flow("F2020", town); len(f) != 1 || f[0].Place.Code != village || f[0].Paid != 2300 || f[0].Allocated != 2300 || f[0].Recipients != 2 {
		t.Errorf("flow: %+v", f)
	}
	if f := b.Flow("F2020", county); len(f) != 1 || f[0].Place.Code != town || f[0].Paid != 2300 || f[0].Allocated != 2300 {
		t.Errorf("flow from the county: %+v", f)
	}
	if path := b.Path(village); len(path) != 3 || path[0].Code != county || path[2].Code != village {
		t.Errorf("path: %+v", path)
	}
}

func TestStaffing(t *testing.T) {
	who := func(ref, post, status string) disclosure.Incumbent {
		return disclosure.Incumbent{Head: head(ref), Institution: "I1", Name: "示例" + ref, PostType: post, Status: status}
	}
	b := build(t, disclosure.Institution{Head: head("I1"), Name: "农业农村局", Kind: "行政", Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 1}, {Type: "工勤编制", Authorised: 3}}},
		disclosure.Institution{Head: head("I2"), Name: "农技站", Kind: "事业", Parent: "I1"},
		disclosure.BudgetLine{Head: head("B1"), Institution: "I1", Year: 2025, Stage: "预算", Table: "支出", Name: "合计"},
		who("N1", "行政编制", "在编"), who("N2", "行政编制", "超编"), who("N3", "工勤编制", "在编"), who("N4", "行政编制", "借调"))
	got := b.Staffing("I1")
	want := book.Staffing{Authorised: 4, Actual: 4, Over: 1, Vacant: 2, Away: 1, Posts: []book.PostCount{
		{Type: "行政编制", Authorised: 1, Actual: 3, Over: 1, Away: 1}, {Type: "工勤编制", Authorised: 3, Actual: 1, Vacant: 2},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("staffing: %+v", got)
	}
	if c := b.Children("I1"); len(c) != 1 || c[0].Ref != "I2" {
		t.Errorf("children: %+v", c)
	}
	if d := b.Departments(); len(d) != 1 || d[0].Ref != "I1" || len(b.Budget("I1", 2025)) != 1 {
		t.Errorf("departments: %+v", d)
	}
	if a := b.Find(search.Query{Text: "nyncj", Limit: 5}); a.Found != 1 || a.Hits[0].Ref() != "I1" {
		t.Errorf("find: %+v", a)
	}
}

// TestRefused: an edition that is not exactly as documented makes no book, and leaves the one that is there alone.
func TestRefused(t *testing.T) {
	base := func() fstest.MapFS {
		return booktest.FS(places(), kinds(), pay(village, "1组", "张三", "gdbt", 2025, 10)).(fstest.MapFS)
	}
	for name, spoil := range map[string]func(fstest.MapFS){
		"unknown dataset": func(m fstest.MapFS) { m["bank_account/number"] = m["place/name"] },
		"unknown column":  func(m fstest.MapFS) { m["disbursement/id_number"] = m["disbursement/name"] },
		"missing column":  func(m fstest.MapFS) { delete(m, "disbursement/name") },
		"missing dataset": func(m fstest.MapFS) { deleteDir(m, "place/") },
		"no head":         func(m fstest.MapFS) { delete(m, "edition.json") },
		"head of rows":    func(m fstest.MapFS) { replace(m, "edition.json", `"rows":1`, `"rows":2`) },
		"head of digest":  func(m fstest.MapFS) { replace(m, "edition.json", `"digest":"`, `"digest":"0`) },
		"another amount":  func(m fstest.MapFS) { m["disbursement/amount_fen"] = &fstest.MapFile{Data: []byte{1, 2}} },
		"cut off":         func(m fstest.MapFS) { cut(m, "disbursement/name", 1) },
		"more rows":       func(m fstest.MapFS) { m["disbursement/year"] = m["place/source_row"] },
		"totals only, named": func(m fstest.MapFS) {
			clear(m)
			maps.Copy(m, booktest.FS(places(), kinds(), pay(village, "", "张三", "canji", 2025, 1)).(fstest.MapFS))
		},
	} {
		m := base()
		spoil(m)
		path := filepath.Join(t.TempDir(), "1.db")
		if err := os.WriteFile(path, []byte("the book before"), 0o644); err != nil {
			t.Fatal(err)
		}
		err := book.Build(context.Background(), m, path)
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		left, _ := os.ReadDir(filepath.Dir(path))
		if data, _ := os.ReadFile(path); string(data) != "the book before" || len(left) != 1 {
			t.Errorf("%s: %d files are left", name, len(left))
		}
	}
}

func deleteDir(m fstest.MapFS, dir string) {
	for name := range m {
		if strings.HasPrefix(name, dir) {
			delete(m, name)
		}
	}
}

func replace(m fstest.MapFS, name, old, new string) {
	m[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(m[name].Data), old, new, 1))}
}

func cut(m fstest.MapFS, name string, n int) {
	m[name] = &fstest.MapFile{Data: m[name].Data[:len(m[name].Data)-n]}
}

func TestBuildStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := book.Build(ctx, booktest.FS(places()), filepath.Join(t.TempDir(), "1.db")); err == nil {
		t.Error("a cancelled build makes a book")
	}
}

func TestEmptyEdition(t *testing.T) {
	b := build(t)
	if m := b.Manifest(); m.Number != 1 || m.CountyName != "宜都市" || m.Rows["place"] != 0 || !m.Synthetic || m.AsOf != "2026-11-20" {
		t.Errorf("manifest: %+v", m)
	}
	if a := look(b, village, "王"); a.Found != 0 || len(b.Lists(village)) != 0 || len(b.Towns()) != 0 || len(b.FundYears()) != 0 {
		t.Error("an empty book answers")
	}
	if err := b.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

// The same contents make the same file.
func TestBuildIsDeterministic(t *testing.T) {
	dir := t.TempDir()
	var files [2][]byte
	for i := range files {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := book.Build(context.Background(), small(), path); err != nil {
			t.Fatal(err)
		}
		files[i], _ = os.ReadFile(path)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two builds differ")
	}
}

func small() fs.FS {
	r := rand.New(rand.NewPCG(5, 6))
	var all []disclosure.Disbursement
	for i := range 400 {
		name := string([]rune{[]rune("王李张刘")[r.IntN(4)], []rune("建国明华")[r.IntN(4)], rune(0x4e00 + i)})
		all = append(all, pay([]disclosure.Code{village, other, old}[r.IntN(3)], fmt.Sprintf("%d组", r.IntN(5)), name, []string{"gdbt", "lzbt", "dibao"}[r.IntN(3)], 2020+int64(r.IntN(6)), int64(r.IntN(900))))
	}
	return booktest.FS(places(), kinds(), all,
		disclosure.Institution{Head: head("I1"), Name: "农业农村局", Kind: "行政"},
		disclosure.Fund{Head: head("F2025"), CatalogueNo: 1, Year: 2025, Name: "耕地地力保护补贴（2025年）", Owner: "I1"},
		disclosure.Policy{Head: head("Z1"), Title: "补贴办法", IssuedOn: "2025-01-01", Kinds: []string{"gdbt"}, Body: strings.Repeat("第一条 农民种了地就有补贴。\n", 40)})
}
