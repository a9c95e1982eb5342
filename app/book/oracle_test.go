package book_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// brute answers from the plain payments what a book answers from its lists.
type brute struct {
	all   []disclosure.Disbursement
	refs  []string // of their people
	until []string // the last days on which they are shown, "" where they are open-ended
	sent  []disclosure.Allocation
	kinds map[string]disclosure.SubsidyKind
	day   disclosure.Date
}

func newBrute(all []disclosure.Disbursement) *brute {
	b := &brute{all: all, kinds: map[string]disclosure.SubsidyKind{}}
	for _, k := range kinds() {
		b.kinds[k.Ref] = k
	}
	for i := range all {
		b.refs = append(b.refs, person(&all[i]).Ref())
	}
	for i := range all {
		b.until = append(b.until, b.limit(i))
	}
	return b
}

// unusual makes payments of every sort: to the same few people in 3 villages, one of which was merged; taken back, huge and of
// nothing; social aid; with last days; with remarks and references of their own.
func unusual(r *rand.Rand, n int) []disclosure.Disbursement {
	names := []string{"王建国", "王建军", "李四", "张三", "欧阳文", "丁一", "阿三"}
	var out []disclosure.Disbursement
	seen := map[string]bool{}
	for range n {
		year := int64(2023 + r.IntN(3))
		batch := int64(1 + r.IntN(3))
		kind := []string{"gdbt", "lzbt", "dibao"}[r.IntN(3)]
		d := pay([]disclosure.Code{village, other, old}[r.IntN(3)], fmt.Sprintf("%d组", 1+r.IntN(3)), names[r.IntN(len(names))], kind, year, int64(r.IntN(90)),
			func(d *disclosure.Disbursement) {
				d.Batch, d.Fund = batch, fmt.Sprint("F", year, r.IntN(2))
				d.PaidOn = disclosure.Date(fmt.Sprintf("%d-%02d-10", year, 1+3*batch))
				d.Type = []string{"户", "个人"}[r.IntN(4)/3]
				d.NamesakeNo, d.SourceRow = int64(r.IntN(2)), int64(r.IntN(90))
				d.Quantity, d.Standard = disclosure.Milli(r.IntN(9000)), 8912
				d.Amount = d.Quantity.Times(d.Standard)
				switch r.IntN(9) {
				case 0:
					d.Amount = -d.Amount
				case 1:
					d.Quantity, d.Amount = 0, disclosure.Fen(r.Int64()>>26)
				case 2:
					d.Standard = disclosure.Fen(r.Uint64())
				case 3:
					d.Remark, d.ChangeReason, d.ChangeDoc = fmt.Sprint("备注", r.IntN(1<<30)), "面积变动", fmt.Sprint("都财农〔2025〕", r.IntN(9), "号")
				case 4:
					d.VisibleUntil = disclosure.Date(fmt.Sprintf("%d-%02d", year+1, 1+r.IntN(12)))
				case 5:
					d.Ref = fmt.Sprint("给的编号", r.IntN(1<<40))
				}
			})
		if key := d.Key(); !seen[key] {
			seen[key] = true
			out = append(out, d)
		}
	}
	return out
}

func (b *brute) aid(d *disclosure.Disbursement) bool { return b.kinds[d.Kind].Aid != "" }

func (b *brute) limit(i int) string {
	d := &b.all[i]
	iso := func(t time.Time) string { return t.Format(time.DateOnly) }
	out := ""
	if day, ok := d.VisibleUntil.Last(); ok {
		out = iso(day)
	}
	if k := b.kinds[d.Kind]; k.VisibleDays > 0 {
		if day, ok := d.PublishedOn.Last(); ok {
			if s := iso(day.AddDate(0, 0, int(k.VisibleDays))); out == "" || s < out {
				out = s
			}
		}
	}
	if out == "" && b.aid(d) {
		last := disclosure.Date("")
		for k := range b.all {
			if o := &b.all[k]; o.Kind == d.Kind && b.refs[k] == b.refs[i] {
				last = max(last, o.PaidOn)
			}
		}
		day, _ := last.Last()
		out = iso(day.AddDate(0, 3, 0))
	}
	return out
}

// sentDown makes what was sent down to the same villages, also for lists that nobody was paid in.
func sentDown(r *rand.Rand, n int) []disclosure.Allocation {
	var out []disclosure.Allocation
	for i := range n {
		year := int64(2023 + r.IntN(4))
		a := disclosure.Allocation{
			Head: head(fmt.Sprint("L", i)), Fund: fmt.Sprint("F", year, r.IntN(2)), Kind: []string{"gdbt", "lzbt", "dibao", ""}[r.IntN(4)], Year: year,
			Batch: int64(r.IntN(3)), Place: []disclosure.Code{village, other, old}[r.IntN(3)], Amount: disclosure.Fen(r.IntN(90000) - 9000),
			Remark: []string{"", "", "退回1元", "3户注销"}[r.IntN(4)],
		}
		if r.IntN(3) == 0 {
			a.VisibleUntil = disclosure.Date(fmt.Sprintf("%d-06-30", year+1))
		}
		out = append(out, a)
	}
	return out
}

// allocations returns what was sent down to a village that is shown and wanted.
func (b *brute) allocations(place disclosure.Code, want func(*disclosure.Allocation) bool) (sum disclosure.Fen, remarks map[string]bool, any bool) {
	remarks = map[string]bool{}
	for i := range b.sent {
		a := &b.sent[i]
		if (a.Place == place || place == village && a.Place == old) && want(a) && (b.day == "" || a.VisibleUntil == "" || a.VisibleUntil >= b.day) {
			sum += a.Amount
			any = true
			if a.Remark != "" {
				remarks[a.Remark] = true
			}
		}
	}
	return sum, remarks, any
}

func person(d *disclosure.Disbursement) search.Person {
	return search.Person{Village: string(d.Place), Group: d.Group, Name: d.Name, NamesakeNo: d.NamesakeNo, Type: d.Type}
}

func under(place disclosure.Code, d *disclosure.Disbursement) bool {
	return d.Place == place || place == village && d.Place == old
}

// shown returns the payments under a village that are shown and wanted.
func (b *brute) shown(place disclosure.Code, want func(*disclosure.Disbursement) bool) []disclosure.Disbursement {
	var out []disclosure.Disbursement
	for i := range b.all {
		d := &b.all[i]
		if u := b.until[i]; under(place, d) && want(d) && (b.day == "" || u == "" || u >= string(b.day)) {
			out = append(out, *d)
		}
	}
	return out
}

func (b *brute) list(q book.ListQuery) (rows []disclosure.Disbursement, sum disclosure.Fen) {
	rows = b.shown(q.Village, func(d *disclosure.Disbursement) bool {
		return d.Kind == q.Kind && d.Year == q.Year && (q.Group == "" || d.Group == q.Group)
	})
	slices.SortFunc(rows, func(x, y disclosure.Disbursement) int {
		if q.Sort == "amount" && x.Amount != y.Amount {
			return cmp.Compare(y.Amount, x.Amount)
		}
		return cmp.Or(
			search.ComparePeople(person(&x), person(&y)), strings.Compare(string(x.Place), string(y.Place)), strings.Compare(string(x.PaidOn), string(y.PaidOn)),
			cmp.Compare(x.Batch, y.Batch), strings.Compare(x.Fund, y.Fund), strings.Compare(string(x.VisibleUntil), string(y.VisibleUntil)), cmp.Compare(x.SourceRow, y.SourceRow),
		)
	})
	for i := range rows {
		sum += rows[i].Amount
	}
	return rows, sum
}

func (b *brute) person(ref string) (list []disclosure.Disbursement) {
	for i := range b.all {
		d := &b.all[i]
		if u := b.until[i]; b.refs[i] == ref && !b.aid(d) && (b.day == "" || u == "" || u >= string(b.day)) {
			list = append(list, *d)
		}
	}
	slices.SortFunc(list, func(x, y disclosure.Disbursement) int {
		return cmp.Or(cmp.Compare(y.Year, x.Year), strings.Compare(string(y.PaidOn), string(x.PaidOn)), strings.Compare(x.Kind, y.Kind), cmp.Compare(y.Batch, x.Batch), strings.Compare(x.Ref, y.Ref))
	})
	return list
}

// Whatever is paid to whomever, every page of every list, every person, the heads, the news and the flows are what brute force over
// the payments says, on every day.
func TestTheBookIsItsPayments(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for round := range 8 {
		b := newBrute(unusual(r, []int{1, 9, 60, 400}[round%4]))
		b.sent = sentDown(r, len(b.all)/2)
		whole := build(t, places(), kinds(), b.all, b.sent)
		if err := whole.Check(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, b.day = range []disclosure.Date{"", "2024-05-01", "2025-07-15", "2026-01-31"} {
			view := whole.At(b.day)
			for range 40 {
				checkPage(t, r, b, view)
				checkFilter(t, r, b, view)
			}
			for _, place := range []disclosure.Code{village, other, old} {
				checkHeads(t, b, view, place)
				checkNews(t, b, view, place)
			}
			checkPeople(t, b, view)
			checkFlow(t, b, view)
		}
	}
}

// In whatever order rows come, as they do when an edition was compacted, the book is the same bytes.
func TestTheOrderOfRowsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	all := unusual(r, 300)
	book1 := bytesOf(t, all)
	r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	if !bytes.Equal(bytesOf(t, all), book1) {
		t.Error("the book depends on the order of the rows")
	}
}

func bytesOf(t *testing.T, all []disclosure.Disbursement) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "1.db")
	if err := book.Build(context.Background(), booktest.FS(places(), kinds(), all), path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func checkPage(t *testing.T, r *rand.Rand, b *brute, view *book.Book) {
	t.Helper()
	q := book.ListQuery{
		Village: []disclosure.Code{village, village, other, old}[r.IntN(4)], Kind: []string{"gdbt", "lzbt", "dibao"}[r.IntN(3)], Year: int64(2023 + r.IntN(3)),
		Group: []string{"", "", "2组", "9组"}[r.IntN(4)], Sort: []string{"name", "amount"}[r.IntN(2)], Offset: r.IntN(40), Limit: r.IntN(12),
	}
	rows, sum := b.list(q)
	got := view.List(q)
	sent, remarks, any := b.allocations(q.Village, func(a *disclosure.Allocation) bool { return a.Kind == q.Kind && a.Year == q.Year })
	difference := disclosure.Fen(0)
	if any {
		whole := q
		whole.Group = ""
		_, difference = b.list(whole)
		difference -= sent
	}
	if got.Allocated != sent || got.HasAllocation != any || got.Difference != difference || (got.Remark == "") != (len(remarks) == 0) {
		t.Fatalf("%+v: %d sent down, %v, difference %d, %q, want %d, %v, %d, %v", q, got.Allocated, got.HasAllocation, got.Difference, got.Remark, sent, any, difference, remarks)
	}
	for remark := range remarks {
		if strings.Count(got.Remark, remark) != 1 {
			t.Fatalf("%+v: remark %q, want %v", q, got.Remark, remarks)
		}
	}
	if got.Found != len(rows) || got.Sum != sum {
		t.Fatalf("%+v: %d rows of %d fen, want %d of %d", q, got.Found, got.Sum, len(rows), sum)
	}
	if len(rows) > 0 && got.FundRef != rows[0].Fund {
		t.Fatalf("%+v: fund %s, want %s", q, got.FundRef, rows[0].Fund)
	}
	page := rows[min(q.Offset, len(rows)):min(q.Offset+q.Limit, len(rows))]
	if len(got.Rows) != len(page) {
		t.Fatalf("%+v: a page of %d rows, want %d", q, len(got.Rows), len(page))
	}
	for i, row := range got.Rows {
		row.Ref = cmp.Or(row.Ref, row.Key())
		if row.No != q.Offset+i+1 || !reflect.DeepEqual(row.Disbursement, page[i]) {
			t.Fatalf("%+v: row %d is %+v, want %+v", q, i, row, page[i])
		}
		ref := person(&page[i]).Ref()
		if b.aid(&page[i]) {
			ref = ""
		}
		if row.PersonRef() != ref {
			t.Fatalf("%+v: row %d opens %s, want %s", q, i, row.PersonRef(), ref)
		}
		first := slices.IndexFunc(rows, func(d disclosure.Disbursement) bool { return person(&d).Ref() == ref })
		if at, ok := view.RowOf(q, row.PersonRef()); ok != (ref != "") || ok && at != first {
			t.Fatalf("%+v: %s stands at %d, want %d", q, row.Name, at, first)
		}
	}
}

// checkFilter compares what a search is told of the payments that a filter lets through.
func checkFilter(t *testing.T, r *rand.Rand, b *brute, view *book.Book) {
	t.Helper()
	q := search.Query{
		In: search.InPeople, Village: string([]disclosure.Code{village, other, old}[r.IntN(3)]), Kind: []string{"", "gdbt", "lzbt", "dibao"}[r.IntN(4)],
		Fund: []string{"", "F20240", "F20241"}[r.IntN(3)], Year: []int64{0, 0, 2024, 2025}[r.IntN(4)], Group: []string{"", "", "2组"}[r.IntN(3)], Limit: 4,
	}
	people, sum := map[string]bool{}, disclosure.Fen(0)
	rows := b.shown(disclosure.Code(q.Village), func(d *disclosure.Disbursement) bool {
		return !b.aid(d) && (q.Kind == "" || d.Kind == q.Kind) && (q.Fund == "" || d.Fund == q.Fund) && (q.Year == 0 || d.Year == q.Year) &&
			(q.Group == "" || d.Group == q.Group)
	})
	for i := range rows {
		sum += rows[i].Amount
		people[person(&rows[i]).Ref()] = true
	}
	if got := view.Find(q); got.Found != len(people) || got.Payments != len(rows) || got.Sum != int64(sum) {
		t.Fatalf("%+v on %q: %d people, %d payments, %d fen, want %d, %d, %d", q, b.day, got.Found, got.Payments, got.Sum, len(people), len(rows), sum)
	}
}

func checkHeads(t *testing.T, b *brute, view *book.Book, place disclosure.Code) {
	t.Helper()
	want := map[string]string{}
	for _, d := range b.shown(place, func(*disclosure.Disbursement) bool { return true }) {
		rows, sum := b.list(book.ListQuery{Village: place, Kind: d.Kind, Year: d.Year})
		want[fmt.Sprint(d.Kind, d.Year)] = fmt.Sprint(len(rows), " ", sum)
	}
	got := map[string]string{}
	for _, h := range view.Lists(place) {
		got[fmt.Sprint(h.Kind, h.Year)] = fmt.Sprint(h.Found, " ", h.Sum)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("lists of %s on %q: %v, want %v", place, b.day, got, want)
	}
}

func checkPeople(t *testing.T, b *brute, view *book.Book) {
	t.Helper()
	for i := range b.all {
		d := &b.all[i]
		ref := b.refs[i]
		want := b.person(ref)
		got, ok := view.Person(ref)
		if ok != (len(want) > 0) || ok && !reflect.DeepEqual(got.Payments, want) {
			t.Fatalf("%s on %q: %+v, want %+v", d.Name, b.day, got.Payments, want)
		}
		sum := disclosure.Fen(0)
		for _, y := range got.Years {
			sum += y.Sum
		}
		for _, p := range want {
			sum -= p.Amount
		}
		if ok && sum != 0 {
			t.Fatalf("%s on %q: his years differ by %d", d.Name, b.day, sum)
		}
		if i%7 == 0 {
			shown := len(b.shown(d.Place, func(o *disclosure.Disbursement) bool { return o.Ref == d.Ref })) > 0
			rec, ok := view.Show(d.Ref)
			if ok != shown || ok && !reflect.DeepEqual(rec, d) {
				t.Fatalf("%s on %q: %+v, want %+v", d.Ref, b.day, rec, d)
			}
		}
	}
}

func checkNews(t *testing.T, b *brute, view *book.Book, place disclosure.Code) {
	t.Helper()
	var want []book.NewsItem
	for _, kind := range []string{"gdbt", "lzbt"} {
		rows := b.shown(place, func(d *disclosure.Disbursement) bool { return d.Kind == kind })
		if len(rows) == 0 {
			continue
		}
		age := func(x, y disclosure.Disbursement) int {
			return cmp.Or(cmp.Compare(x.Year, y.Year), cmp.Compare(x.Batch, y.Batch))
		}
		latest := slices.MaxFunc(rows, age)
		n := book.NewsItem{Kind: kind, KindName: b.kinds[kind].Name, Year: latest.Year, Unit: "户"}
		people := map[string]bool{}
		for _, d := range rows {
			if age(d, latest) == 0 {
				people[person(&d).Ref()] = true
				n.PaidOn, n.Sum = max(n.PaidOn, d.PaidOn), n.Sum+d.Amount
				if d.Type == "个人" {
					n.Unit = "人"
				}
			}
		}
		if n.Recipients = len(people); n.Recipients >= 5 {
			want = append(want, n)
		}
	}
	slices.SortStableFunc(want, func(x, y book.NewsItem) int { return strings.Compare(string(y.PaidOn), string(x.PaidOn)) })
	if got := view.News(place, 9); !reflect.DeepEqual(got, want) {
		t.Fatalf("news of %s on %q: %+v, want %+v", place, b.day, got, want)
	}
}

func checkFlow(t *testing.T, b *brute, view *book.Book) {
	t.Helper()
	for _, fund := range []string{"F20230", "F20241", "F20250"} {
		paid := map[disclosure.Code]disclosure.Fen{}
		people := map[disclosure.Code]map[string]bool{}
		for _, place := range []disclosure.Code{village, other} {
			for _, d := range b.shown(place, func(d *disclosure.Disbursement) bool { return d.Fund == fund }) {
				if people[place] == nil {
					people[place] = map[string]bool{}
				}
				paid[place] += d.Amount
				people[place][person(&d).Ref()+d.Kind] = true
			}
		}
		got := map[disclosure.Code]book.Flow{}
		for _, f := range view.Flow(fund, town) {
			got[f.Place.Code] = f
		}
		for _, place := range []disclosure.Code{village, other} {
			sent, _, any := b.allocations(place, func(a *disclosure.Allocation) bool { return a.Fund == fund })
			f, ok := got[place]
			if f.Paid != paid[place] || f.Recipients != len(people[place]) || f.Allocated != sent || ok != (any || len(people[place]) > 0) {
				t.Fatalf("%s on %q: %+v, want %d to %d of %d", fund, b.day, f, paid[place], len(people[place]), sent)
			}
		}
	}
}

// Whatever column a payment has, or is given one day, comes back as it was.
func TestEveryColumnOfAPaymentComesBack(t *testing.T) {
	columns := disclosure.Of[disclosure.Disbursement]()
	cells := make([]disclosure.Cell, len(columns.Columns))
	for i, c := range columns.Columns {
		if cells[i].Text = fmt.Sprint(c.Heading, i); c.Kind.Number() {
			cells[i] = disclosure.Cell{Int: int64(100 + i)}
		} else if c.Kind == disclosure.KindDate {
			cells[i].Text = fmt.Sprintf("2025-01-%02d", i+1)
		}
	}
	var d disclosure.Disbursement
	if err := columns.Fill(&d, cells); err != nil {
		t.Fatal(err)
	}
	d.Kind, d.Place = "gdbt", village
	b := build(t, places(), kinds(), d)
	l := b.List(book.ListQuery{Village: village, Kind: d.Kind, Year: d.Year, Limit: 1})
	if len(l.Rows) == 1 {
		l.Rows[0].Ref = cmp.Or(l.Rows[0].Ref, l.Rows[0].Key())
	}
	if len(l.Rows) != 1 || !reflect.DeepEqual(l.Rows[0].Disbursement, d) {
		t.Errorf("%+v came back as %+v", d, l.Rows)
	}
	if rec, ok := b.Show(d.Ref); !ok || !reflect.DeepEqual(rec, &d) {
		t.Errorf("%+v is shown as %+v", d, rec)
	}
}
