package roll

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// county is some templates in their order, of 3 kinds in 3 years, some of which end.
func county(r *rand.Rand) []Template {
	var list []Template
	for _, kind := range []string{"dibao", "gdbt", "lzbt"} {
		for year := int64(2023); year <= 2025; year++ {
			for batch := range int64(1 + r.IntN(4)) {
				t := Template{
					Kind: kind, Year: year, Batch: batch, PaidOn: fmt.Sprintf("%d-%02d-10", year, batch+1), Fund: fmt.Sprint("F", year, r.IntN(2)),
					Period: "全年", Unit: "亩", Method: "一卡通", PublishedOn: fmt.Sprint(year), Source: "发放表.xlsx",
				}
				if r.IntN(3) == 0 {
					t.Until = 100 + r.IntN(100)
				}
				list = append(list, t)
			}
		}
	}
	slices.SortFunc(list, func(a, b Template) int { return a.Compare(&b) })
	return list
}

// unusual makes rows of every sort: plain ones, taken back, huge, of a person twice, with a remark of their own.
func unusual(r *rand.Rand, templates []Template, people, texts, n int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		q, s := int64(r.IntN(9000)), []int64{0, 8912, 8684}[r.IntN(3)]
		rows[i] = Row{Person: r.IntN(people), Template: r.IntN(len(templates)), Quantity: q, Standard: s, Amount: expected(q, s), SourceRow: int64(r.IntN(n))}
		switch r.IntN(12) {
		case 0:
			rows[i].Amount = -rows[i].Amount
		case 1:
			rows[i].Amount = int64(r.Uint64())
		case 2:
			rows[i].Quantity, rows[i].Standard = int64(r.Uint64()), int64(r.Uint64())
		case 3:
			rows[i].Remark, rows[i].Ref = r.IntN(texts+1), r.IntN(texts+1)
		case 4:
			rows[i].Until = r.IntN(300)
		case 5:
			if i > 0 {
				rows[i] = rows[i-1]
			}
		}
	}
	return rows
}

func words(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("补发第", i, "次")
	}
	return out
}

// What is read from the bytes is what brute force over the rows says.
func TestARollIsItsRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var e Encoder
	for round := range 300 {
		templates, texts := county(r), words(r.IntN(9))
		people, n := 1+r.IntN(60), r.IntN(400)
		if round%3 == 0 {
			templates = templates[:1]
		}
		rows := unusual(r, templates, people, len(texts), n)
		b, err := e.Encode(templates, make([]byte, people), texts, slices.Clone(rows))
		if err != nil {
			t.Fatal(err)
		}
		shuffled := slices.Clone(rows)
		r.Shuffle(n, func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
		if again, _ := e.Encode(templates, make([]byte, people), texts, shuffled); string(again) != string(b) {
			t.Fatal("the bytes depend on the order of the rows")
		}
		p, err := Open(b, templates)
		if err != nil {
			t.Fatal(err)
		}
		left := rows
		for i := range p.Lists() {
			l := &p.Lists()[i]
			if p.List(l.Kind, l.Year) != l {
				t.Fatal("a list is not found by kind and year")
			}
			if err := l.Audit(); err != nil {
				t.Fatal(err)
			}
			of := func(row Row) bool {
				return templates[row.Template].Kind == l.Kind && templates[row.Template].Year == l.Year
			}
			var want []Row
			for _, row := range left {
				if of(row) {
					want = append(want, row)
				}
			}
			left = slices.DeleteFunc(slices.Clone(left), of)
			slices.SortFunc(want, func(a, b Row) int { return cmp.Or(a.Person-b.Person, compareRows(&a, &b)) })
			checkList(t, r, l, templates, people, want)
		}
		if len(left) > 0 {
			t.Fatalf("%d rows are in no list", len(left))
		}
		for i, text := range texts {
			if p.Text(i+1) != text {
				t.Fatalf("text %d is %s", i, p.Text(i+1))
			}
		}
	}
}

func checkList(t *testing.T, r *rand.Rand, l *List, templates []Template, people int, want []Row) {
	t.Helper()
	if l.Rows != len(want) {
		t.Fatalf("%d rows instead of %d", l.Rows, len(want))
	}
	untilOf := func(row Row) int { return cmp.Or(templates[row.Template].Until, row.Until) }
	for i := range want {
		got := l.Row(i)
		if got != want[i] || l.Until(i) != untilOf(want[i]) {
			t.Fatalf("row %d is %+v, not %+v", i, got, want[i])
		}
	}
	slices.SortStableFunc(want, func(a, b Row) int { return cmp.Compare(b.Amount, a.Amount) })
	for i := range want {
		if got := l.Row(l.Largest(i)); got != want[i] {
			t.Fatalf("by amount, row %d is %+v, not %+v", i, got, want[i])
		}
	}
	for range 5 {
		lo := r.IntN(people + 1)
		hi, day, fund := lo+r.IntN(people+1-lo), r.IntN(250), []string{"", templates[0].Fund}[r.IntN(2)]
		type sums struct {
			payments int
			amount   int64
		}
		got, all := map[int]sums{}, map[int]sums{}
		l.Sums(lo, hi, day, fund, func(person int, year int64, payments int, amount int64) {
			if year != l.Year || payments < 1 {
				t.Fatalf("%d payments of %d", payments, year)
			}
			got[person] = sums{got[person].payments + payments, got[person].amount + amount}
		})
		for _, row := range want {
			u := untilOf(row)
			if row.Person >= lo && row.Person < hi && (u == 0 || u >= day) && (fund == "" || templates[row.Template].Fund == fund) {
				all[row.Person] = sums{all[row.Person].payments + 1, all[row.Person].amount + row.Amount}
			}
		}
		if !maps.Equal(got, all) {
			t.Fatalf("people %d to %d on day %d of fund %q: %v, want %v", lo, hi, day, fund, got, all)
		}
	}
}

// Numbers of every width come back.
func TestWidths(t *testing.T) {
	var e Encoder
	for bits := range 65 {
		values := []int64{0, int64(uint64(1)<<bits - 1), 1, math.MinInt64 + int64(bits), 5}
		e.columns = e.columns[:0]
		e.values = append(e.values[:0], values...)
		p := planOf(values)
		e.column(nil, false)
		c := column{least: p.least, width: p.width}
		b := append(slices.Clone(e.columns), zeros...)
		if end, err := c.place(0, len(values), len(e.columns)); err != nil || end != len(e.columns) {
			t.Fatalf("%d bits: ends at %d of %d, %v", bits, end, len(e.columns), err)
		}
		for i, want := range values {
			if got := c.at(b, i); got != want {
				t.Fatalf("%d bits: number %d is %d, not %d", bits, i, got, want)
			}
		}
	}
}

func TestRefusesWhatIsNotThere(t *testing.T) {
	templates := []Template{{Kind: "gdbt", Year: 2025}}
	for name, row := range map[string]Row{
		"person": {Person: 2}, "negative person": {Person: -1}, "template": {Template: 1}, "text": {Remark: 2}, "day": {Until: -1},
	} {
		var e Encoder
		if _, err := e.Encode(templates, make([]byte, 2), []string{"备注"}, []Row{row}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMarked(t *testing.T) {
	var e Encoder
	b, err := e.Encode(nil, []byte("abcab"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for mark, want := range map[byte][]int{'a': {0, 3}, 'b': {1, 4}, 'c': {2}, 'd': nil} {
		if got := slices.Collect(p.Marked(mark)); !slices.Equal(got, want) {
			t.Errorf("%c: %v", mark, got)
		}
	}
}

// A head that says what its rows do not is found.
func TestAuditFindsWrongHeads(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	templates := county(r)
	var e Encoder
	b, err := e.Encode(templates, make([]byte, 20), nil, unusual(r, templates, 20, 0, 300))
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*List){
		"sum": func(l *List) { l.Sum++ }, "persons": func(l *List) { l.Persons-- }, "first day": func(l *List) { l.FirstUntil++ },
		"order": func(l *List) { l.sorted = true },
	} {
		p, err := Open(b, templates)
		if err != nil {
			t.Fatal(err)
		}
		l := &p.Lists()[0]
		spoil(l)
		if l.Audit() == nil {
			t.Errorf("%s: nothing is found", name)
		}
	}
}

// A roll is refused or can be read to the last row.
func FuzzRoll(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	templates := county(r)
	var e Encoder
	for _, n := range []int{0, 1, 60} {
		b, err := e.Encode(templates, make([]byte, 20), words(3), unusual(r, templates, 20, 3, n))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Open(data, templates)
		if err != nil {
			return
		}
		var rows []Row
		for i := range p.Lists() {
			l := &p.Lists()[i]
			if l.Rows > 1000 || l.Check() != nil {
				return
			}
			for k := range l.Rows {
				row := l.Row(k)
				_, _, _ = p.Text(row.Ref), p.Text(row.Remark), l.Row(l.Largest(k))
				rows = append(rows, row)
			}
			if from, to := l.Of(0, p.People); from != 0 || to != l.Rows {
				t.Fatalf("everyone has rows %d to %d of %d", from, to, l.Rows)
			}
			_ = l.Audit()
		}
		if _, err := e.Encode(templates, p.marks, p.texts[1:], rows); err != nil {
			t.Fatal(err)
		}
	})
}

// Templates are refused or read as their only encoding.
func FuzzTemplates(f *testing.F) {
	f.Add(EncodeTemplates(county(rand.New(rand.NewPCG(7, 8)))))
	f.Add(EncodeTemplates(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := DecodeTemplates(data)
		if err == nil && string(EncodeTemplates(list)) != string(data) {
			t.Error("templates have another encoding")
		}
	})
}

func BenchmarkRoll(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	templates := county(r)
	const people, n = 2000, 30000
	rows := make([]Row, n)
	for i := range rows {
		q := int64(r.IntN(9000))
		rows[i] = Row{Person: r.IntN(people), Template: r.IntN(len(templates)), Quantity: q, Standard: 8912, Amount: expected(q, 8912)}
	}
	var e Encoder
	var data []byte
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			data, _ = e.Encode(templates, make([]byte, people), nil, slices.Clone(rows))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		b.ReportMetric(float64(len(data))/n, "B/row")
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := Open(data, templates); err != nil {
				b.Fatal(err)
			}
		}
	})
	p, err := Open(data, templates)
	if err != nil {
		b.Fatal(err)
	}
	l := &p.Lists()[4]
	if err := l.Check(); err != nil {
		b.Fatal(err)
	}
	b.Run("row", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_ = l.Row(i * 7919 % l.Rows)
		}
	})
	b.Run("person", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			l.Of(i%people, i%people+1)
		}
	})
	b.Run("sums", func(b *testing.B) {
		sum := int64(0)
		for b.Loop() {
			l.Sums(0, people, 1, "", func(_ int, _ int64, _ int, amount int64) { sum += amount })
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(l.Rows), "ns/row")
	})
}
