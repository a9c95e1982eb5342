package book

import (
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
)

func readAll(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// many makes the contents of an edition with n payments: 16 for each person, 1,200 persons in each village.
func many(n int) fs.FS {
	kinds := make([]disclosure.SubsidyKind, 8)
	for i := range kinds {
		kinds[i] = disclosure.SubsidyKind{Head: disclosure.Head{Ref: fmt.Sprintf("k%d", i), PublishedOn: "2020-01-01"}, Name: fmt.Sprintf("补贴%d", i), Publish: "名单"}
	}
	all := make([]disclosure.Disbursement, n)
	for i := range all {
		person, k := i/16, i%16
		d := &all[i]
		*d = disclosure.Disbursement{
			Fund: fmt.Sprintf("F%d", k/4), Kind: kinds[k%8].Ref, Year: 2022 + int64(k/4), Period: "全年", Batch: 1,
			Place: disclosure.Code(villageOf(person)), Group: fmt.Sprintf("%d组", person%9+1),
			Name: nameOf(person), NamesakeNo: int64(person), Type: "户",
			Quantity: disclosure.Milli(person*37%9000 + 10), Unit: "亩", Standard: 8912, PaidOn: "2025-05-20", Method: "一卡通",
		}
		d.Head = disclosure.Head{PublishedOn: "2025-06-30", Source: fmt.Sprintf("发放表%d.xlsx", k), SourceRow: int64(person%1200 + 4)}
		d.Amount = d.Quantity.Times(d.Standard)
	}
	return booktest.FS(kinds, all)
}

var (
	surnames = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任沈姚卢姜")
	given    = []rune("建国强明华伟军志文平秀英玉兰春红霞林海波涛宏远光亮德福贵成安康宁静芳丽娟梅桂花云飞龙虎勇刚立新永长发根水金银凤珍珠")
)

func nameOf(person int) string {
	r := rand.New(rand.NewPCG(7, uint64(person)))
	one := func(from []rune) rune { return from[min(r.IntN(len(from)), r.IntN(len(from)))] } // some are commoner than others
	return string([]rune{one(surnames), one(given), one(given)})
}

func villageOf(person int) string { return fmt.Sprintf("42058110%04d", 1001+person/1200) }

func BenchmarkBuild(b *testing.B) {
	const n = 200_000
	fsys := many(n)
	path := filepath.Join(b.TempDir(), "1.db")
	b.ResetTimer()
	for b.Loop() {
		if err := Build(context.Background(), fsys, path); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(len(readAll(b, path)))/n, "B/row")
}

// classes are the ways in which people ask, each as the query of a person's name in his village.
var classes = []struct {
	name  string
	query func(name []rune, village string) search.Query
}{
	{"1char", func(n []rune, v string) search.Query { return search.Query{Text: string(n[:1]), Village: v} }},
	{"2chars", func(n []rune, v string) search.Query { return search.Query{Text: string(n[:2]), Village: v} }},
	{"name", func(n []rune, v string) search.Query { return search.Query{Text: string(n), Village: v} }},
	{"1initial", func(n []rune, v string) search.Query { return search.Query{Text: initials(n[:1]), Village: v} }},
	{"2initials", func(n []rune, v string) search.Query { return search.Query{Text: initials(n[:2]), Village: v} }},
	{"3initials", func(n []rune, v string) search.Query { return search.Query{Text: initials(n), Village: v} }},
	{"pinyin", func(n []rune, v string) search.Query { return search.Query{Text: spelled(n), Village: v} }},
	{"mixed", func(n []rune, v string) search.Query {
		return search.Query{Text: string(n[:1]) + initials(n[1:2]), Village: v}
	}},
	{"similar", func(n []rune, v string) search.Query {
		return search.Query{Text: "n" + spelled(n[:1])[1:] + spelled(n[1:]), Village: v}
	}},
	{"everyone", func(_ []rune, v string) search.Query { return search.Query{Village: v} }},
	{"year", func(n []rune, v string) search.Query {
		return search.Query{Text: string(n[:1]), Village: v, Year: 2024}
	}},
	{"county", func(n []rune, _ string) search.Query { return search.Query{Text: string(n)} }},
}

func initials(name []rune) string {
	var b strings.Builder
	for _, r := range name {
		b.WriteByte(pinyin.Readings(r)[0][0])
	}
	return b.String()
}

func spelled(name []rune) string {
	var b strings.Builder
	for _, r := range name {
		b.WriteString(pinyin.Readings(r)[0])
	}
	return b.String()
}

// BenchmarkFind asks for other people in other villages one after another, and reports what the slowest in a hundred took.
func BenchmarkFind(b *testing.B) {
	const rows = 500_000
	path := filepath.Join(b.TempDir(), "1.db")
	if err := Build(context.Background(), many(rows), path); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	book, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	book.Find(search.Query{Text: "w", In: search.InPeople, Village: "420581101001", Limit: 8})
	b.Logf("opened and answered in %v", time.Since(start))
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range classes {
		queries := make([]search.Query, 2000)
		for i := range queries {
			person := r.IntN(rows / 16)
			queries[i] = c.query([]rune(nameOf(person)), villageOf(person))
			queries[i].In, queries[i].Limit = search.InPeople, 8
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			took := make([]time.Duration, 0, 1<<16)
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				book.Find(queries[i%len(queries)])
				if len(took) < cap(took) {
					took = append(took, time.Since(start))
				}
			}
			report(b, took)
		})
	}
}

// BenchmarkPages opens the pages of other villages and people one after another.
func BenchmarkPages(b *testing.B) {
	const rows = 500_000
	path := filepath.Join(b.TempDir(), "1.db")
	if err := Build(context.Background(), many(rows), path); err != nil {
		b.Fatal(err)
	}
	book, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	at := book.At("2026-11-20")
	r := rand.New(rand.NewPCG(3, 4))
	var lists []ListQuery
	var refs []string
	for range 2000 {
		person := r.IntN(rows / 16)
		village := villageOf(person)
		people, err := book.index.People(village)
		if err != nil {
			b.Fatal(err)
		}
		refs = append(refs, people[r.IntN(len(people))].Ref())
		kind := r.IntN(16)
		lists = append(lists, ListQuery{
			Village: disclosure.Code(village), Kind: fmt.Sprint("k", kind%8), Year: 2022 + int64(kind/4), Offset: r.IntN(150) * 8, Limit: 8,
		})
	}
	for _, c := range []struct {
		name string
		page func(i int)
	}{
		{"list", func(i int) { at.List(lists[i]) }},
		{"amount", func(i int) { q := lists[i]; q.Sort = sortAmount; at.List(q) }},
		{"group", func(i int) { q := lists[i]; q.Group = "3组"; at.List(q) }},
		{"row", func(i int) { at.RowOf(lists[i], refs[i]) }},
		{"lists", func(i int) { at.Lists(lists[i].Village) }},
		{"news", func(i int) { at.News(lists[i].Village, 8) }},
		{"person", func(i int) { at.Person(refs[i]) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			took := make([]time.Duration, 0, 1<<16)
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				c.page(i % len(lists))
				if len(took) < cap(took) {
					took = append(took, time.Since(start))
				}
			}
			report(b, took)
		})
	}
}

// report says what the middle one and the slowest in a hundred took.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e3, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100])/1e3, "p99-µs")
}

// Rows that fill the buffers of the spool come back whole and in order.
func TestSpool(t *testing.T) {
	s := newSpool(t.TempDir())
	defer s.close()
	s.limit = 100
	for i := range 1000 {
		if err := s.add(s.run([]string{"a", "b", "c"}[i%3]), binary.AppendUvarint(nil, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := os.ReadDir(s.dir); len(left) != 0 {
		t.Errorf("%d files have names", len(left))
	}
	for k, village := range []string{"a", "b", "c"} {
		b, n, err := s.take(village, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := spooled(b)
		for i := range n {
			if got := c.uint(); got != uint64(3*i+k) {
				t.Fatalf("row %d of %s is %d", i, village, got)
			}
		}
		if len(c) > 0 || n == 0 {
			t.Errorf("%s: %d rows, %d bytes left", village, n, len(c))
		}
	}
}

// A disk that changes what was spooled is an error, since whoever reads it trusts it.
func TestSpoolOnADiskThatFails(t *testing.T) {
	s := newSpool(t.TempDir())
	defer s.close()
	s.limit = 10
	if err := s.add(s.run("a"), []byte("eleven bytes")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.file.WriteAt([]byte{'E'}, 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.take("a", nil); err == nil {
		t.Error("it is read")
	}
}

// A hostile length sets no memory aside.
func TestManyRowsInFewBytes(t *testing.T) {
	d := disclosure.Of[disclosure.Place]()
	one := encodeTable(numbers(d.Columns), [][]disclosure.Cell{make([]disclosure.Cell, len(d.Columns))})
	huge := append(binary.AppendUvarint(nil, maxTableRows-1), one[1:]...)
	if _, err := records[disclosure.Place](d, huge, nil); err == nil {
		t.Error("accepted")
	}
}
