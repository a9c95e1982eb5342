package edition

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// county is a county's payments: who is paid what, list by list, much the same people each time.
type county struct {
	people []person
	lists  []list
	fixes  map[[2]int]int64 // by list and row, how many fen more
}

type person struct {
	place, group, name string
	mu, heads          int64
}

type list struct {
	item, year, batch int
	alike             bool // the same people as in the lists of the item before
	seed              uint64
}

var payColumns = func() []Column {
	var out []Column
	for _, name := range strings.Fields("ref published_on visible_until source source_row# fund kind year# period batch# place group name recipient_type namesake_no# quantity# unit " +
		"standard_fen# amount_fen# paid_on method remark change_reason change_doc") {
		out = append(out, Column{strings.TrimSuffix(name, "#"), strings.HasSuffix(name, "#")})
	}
	return out
}()

// payItems are the subsidies: fen for a unit, which share of the people get it, and how often a year.
var payItems = []struct {
	rate int64
	frac float64
	kind int
	per  int
}{
	{8214, .90, 0, 1},
	{1562, .55, 0, 1},
	{12000, .04, 1, 12},
	{36000, .03, 1, 12},
	{5000, .25, 2, 1},
	{10300, .16, 1, 12},
	{150000, .02, 2, 1},
	{2500, .30, 0, 1},
	{20000, .01, 2, 4},
	{7500, .08, 1, 12},
	{6000, .12, 2, 2},
	{300000, .005, 2, 1},
}

func newCounty(people int) *county {
	rng := rand.New(rand.NewPCG(42, 1))
	surnames, given := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武"),
		[]rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红玉华国建文志海春生金荣福贵珍梅凤香翠莲清云龙祥德义忠孝仁礼智信东西南北山川河林森波浩然子轩宇航一诺欣怡梓涵雨晨佳琪思远家豪俊峰正先才发元光胜利民新运成昌大顺长久永安全友善道传世良本立学")
	r := &county{fixes: map[[2]int]int64{}}
	for i := range people {
		v := i * 230 / people
		name := string(surnames[int(float64(len(surnames))*rng.Float64()*rng.Float64())]) + string(given[rng.IntN(len(given))])
		if rng.Float64() < .72 {
			name += string(given[rng.IntN(len(given))])
		}
		r.people = append(r.people, person{fmt.Sprintf("420581%03d%03d", 100+v/12, 200+v%12), fmt.Sprint(1+i*9*230/people%9, "组"), name, 50 + rng.Int64N(1200), 1 + rng.Int64N(6)})
	}
	return r
}

// years adds lists of whole years until there are so many rows.
func (r *county) years(from, rows int) (last int) {
	for n, year := 0, from; ; year++ {
		for item, it := range payItems {
			for batch := range it.per {
				if n >= rows {
					return year
				}
				r.lists = append(r.lists, list{item, year, batch + 1, true, uint64(len(r.lists))})
				n += int(it.frac * float64(len(r.people)))
			}
		}
	}
}

// each calls f with every row of a list, as the office has them: by place, each with its row in the sheet.
func (r *county) each(at int, f func(i int, row []Value) bool) {
	l := r.lists[at]
	it := payItems[l.item]
	who, own := rand.New(rand.NewPCG(uint64(l.item), 7)), rand.New(rand.NewPCG(l.seed, 8))
	if !l.alike {
		who = own
	}
	day, n := 1+own.IntN(27), 0
	text := func(s string) Value { return Value{Text: s} }
	kind, source := fmt.Sprint("kind", l.item), fmt.Sprintf("惠农补贴_%02d_%d年第%d批.csv", l.item, l.year, l.batch)
	row := make([]Value, len(payColumns))
	for i := range r.people {
		in := who.Float64() < it.frac
		if own.Float64() < .01 {
			in = !in && own.Float64() < it.frac
		}
		if !in {
			continue
		}
		p := &r.people[i]
		quantity, amount := int64(1000), it.rate
		switch it.kind {
		case 0:
			quantity, amount = p.mu*10, p.mu*it.rate/100
		case 1:
			quantity, amount = p.heads*1000, p.heads*it.rate
		default:
			amount += own.Int64N(40) * it.rate / 20
		}
		more := r.fixes[[2]int{at, n}]
		reason := ""
		if more != 0 {
			reason = "面积核实"
		}
		copy(row, []Value{
			{},
			text(fmt.Sprintf("%d-%02d-28", l.year, l.batch)),
			{},
			text(source),
			{Int: int64(n + 2)},
			text(fmt.Sprint("Z", l.item)), text(kind),
			{Int: int64(l.year)},
			text(fmt.Sprint("第", l.batch, "期")),
			{Int: int64(l.batch)},
			text(p.place), text(p.group), text(p.name), text("户"),
			{},
			{Int: quantity + more/10},
			text("亩"),
			{Int: it.rate},
			{Int: amount + more},
			text(fmt.Sprintf("%d-%02d-%02d", l.year, l.batch, day+own.IntN(2))), text("一卡通"),
			{},
			text(reason),
			{},
		})
		if !f(n, row) {
			return
		}
		n++
	}
}

func (r *county) batch(at int) Batch {
	l := r.lists[at]
	return Batch{
		Dataset: "disbursement", Columns: payColumns, Year: l.year, Name: fmt.Sprintf("kind%d.%d", l.item, l.batch), Item: fmt.Sprint("kind", l.item),
		Key: []int{10, 11, 12, 14}, Rows: r.rows(at),
	}
}

func (r *county) rows(at int) iter.Seq2[[]Value, error] {
	return func(yield func([]Value, error) bool) {
		r.each(at, func(_ int, row []Value) bool { return yield(row, nil) })
	}
}

// correct changes n rows here and there.
func (r *county) correct(n int) {
	rng := rand.New(rand.NewPCG(9, uint64(len(r.lists))))
	sizes, all := make([]int, len(r.lists)), 0
	for at := range r.lists {
		r.each(at, func(int, []Value) bool { sizes[at]++; return true })
		all += sizes[at]
	}
	for range n {
		k := rng.IntN(all)
		at := 0
		for k >= sizes[at] {
			k -= sizes[at]
			at++
		}
		r.fixes[[2]int{at, k}] += 10 * (1 + rng.Int64N(1000))
	}
}

// print prints the payments as an edition after another, and returns what was new.
func (r *county) print(t testing.TB, s shelf, before *Edition, number int64, asOf string) (*Edition, shelf) {
	t.Helper()
	fresh := shelf{}
	put := func(path string, b []byte) error {
		if _, ok := s[path]; !ok {
			fresh[path] = b
		}
		return s.put(path, b)
	}
	w := NewWriter(testKey, "finance", Head{County: "420581", CountyName: "宜都市", Number: number, AsOf: asOf, PublishedAt: time.Unix(0, 0).UTC()}, put)
	if before != nil {
		w.After(before, s.load)
	}
	order := make([]int, len(r.lists))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := r.lists[a], r.lists[b]
		return (x.item-y.item)*1e6 + (x.year-y.year)*1e3 + x.batch - y.batch
	})
	for _, at := range order {
		if err := w.Add(r.batch(at)); err != nil {
			t.Fatal(err)
		}
	}
	ref, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Load(map[string]Ref{"finance": ref}, s.get)
	if err != nil {
		t.Fatal(err)
	}
	return e, fresh
}

func (s shelf) bytes(prefix string) (n int) {
	for path, b := range s {
		if strings.HasPrefix(path, prefix) {
			n += len(b)
		}
	}
	return n
}

// tsv are rows as a table of text, as zstd -19 presses it.
func tsv(b testing.TB, rows func(f func(row []Value))) int {
	b.Helper()
	var text bytes.Buffer
	rows(func(row []Value) {
		for i, v := range row {
			if i > 0 {
				text.WriteByte('\t')
			}
			if payColumns[i].Number {
				fmt.Fprint(&text, v.Int)
			} else {
				text.WriteString(v.Text)
			}
		}
		text.WriteByte('\n')
	})
	cmd := exec.Command("zstd", "-19", "-c", "--no-progress")
	cmd.Stdin = &text
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	return len(out)
}

// BenchmarkMonth prints five million payments, and a month later 84,000 more and 5,000 corrections. The measure is zstd -19 of the rows that changed.
func BenchmarkMonth(b *testing.B) {
	for _, c := range []struct {
		name  string
		alike bool
	}{{"recurring", true}, {"unlike", false}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				r, s := newCounty(150_000), shelf{}
				year := r.years(2018, 5_000_000)
				began := time.Now()
				first, fresh := r.print(b, s, nil, 1, fmt.Sprint(year, "-11-20"))
				b.ReportMetric(time.Since(began).Seconds(), "first-s")
				b.ReportMetric(float64(fresh.bytes("s/"))/1e6, "first-MB")
				b.ReportMetric(float64(first.Datasets[0].Rows), "rows")
				b.ReportMetric(float64(len(first.Shards())), "shards")
				old := len(r.lists)
				for i, item := range []int{2, 3, 5, 9, 4} {
					r.lists = append(r.lists, list{item, year + 1, 1, c.alike, uint64(1000 + i)})
				}
				news := r.lists[old:]
				r.lists = r.lists[:old]
				r.correct(5006)
				r.lists = append(r.lists, news...)
				began = time.Now()
				second, fresh := r.print(b, s, first, 2, fmt.Sprint(year+1, "-01-20"))
				b.ReportMetric(time.Since(began).Seconds(), "month-s")
				limit := tsv(b, func(f func(row []Value)) {
					for at := range r.lists {
						r.each(at, func(i int, row []Value) bool {
							if at >= old || r.fixes[[2]int{at, i}] != 0 {
								f(row)
							}
							return true
						})
					}
				})
				wire := 0
				have := func(e Entry) bool { _, new := fresh[ShardPath(e.SHA256Z)]; return !new }
				for _, e := range second.Choose(have).Missing(have) {
					wire += int(e.LenZ)
					if e.Kind == Fix {
						b.ReportMetric(float64(e.LenZ), "fix-B")
					}
				}
				b.ReportMetric(float64(wire), "wire-B")
				b.ReportMetric(float64(limit), "zstd19-B")
				b.ReportMetric(float64(wire)/float64(limit), "ratio")
				b.ReportMetric(float64(fresh.bytes("i/")+fresh.bytes("t/")), "lists-B")
				began = time.Now()
				if err := NewReader(second, testKey, s.load).Check(func(int64) error { return nil }); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(began).Seconds(), "check-s")
			}
		})
	}
}
