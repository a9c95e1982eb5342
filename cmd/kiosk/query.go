package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/app/search"
	"mingbai.local/sync/store"
)

// question is one of the commands that ask the book: its flags, and what they have in common.
type question struct {
	*flag.FlagSet
	data   *string
	json   *bool
	stdout io.Writer
	stderr io.Writer
	name   string
	usage  string
}

func newQuestion(name, usage string, stdout, stderr io.Writer) *question {
	q := &question{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), stdout: stdout, stderr: stderr, name: name, usage: usage}
	q.SetOutput(io.Discard)
	q.Usage = func() {}
	q.data = q.String("data", "", "数据文件夹")
	q.json = q.Bool("json", false, "结果写成JSON")
	return q
}

func (q *question) help() {
	fmt.Fprintln(q.stdout, "用法：kiosk "+q.name+" "+q.usage)
	q.SetOutput(q.stdout)
	q.PrintDefaults()
}

// parse returns what stands beside the flags, which may be in any order. done says that nothing is left to do, with code.
func (q *question) parse(args []string) (rest []string, done bool, code int) {
	for len(args) > 0 {
		switch err := q.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			q.help()
			return nil, true, 0
		case err != nil:
			return nil, true, q.bad("看不懂的选项（%v）。用 kiosk %s -h 看怎么写", err, q.name)
		}
		if args = q.Args(); len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	if *q.data == "" {
		return nil, true, q.bad("没有写数据文件夹。请加上 --data 文件夹")
	}
	return rest, false, 0
}

// bad reports bad input or a failure on one line.
func (q *question) bad(format string, args ...any) int {
	fmt.Fprintf(q.stderr, "kiosk "+q.name+"："+format+"\n", args...)
	return 1
}

// open opens the book that serves, as it is shown today.
func (q *question) open() (*book.Book, error) {
	if _, err := os.Stat(*q.data); err != nil {
		return nil, fmt.Errorf("没有数据文件夹：%w。请先用 kiosk pull 更新", err)
	}
	s, err := store.Open(*q.data)
	if err != nil {
		return nil, err
	}
	var b *book.Book
	known := readWithdrawn(*q.data)
	_, _, err = s.Serve(func(path string) error {
		opened, err := openHonest(path, known)
		b = opened
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("没有打得开的数据：%s。请用 kiosk pull 更新", strings.ReplaceAll(err.Error(), "\n", "；"))
	}
	p := &point{data: *q.data, store: s, clock: newClock(*q.data)}
	p.remember()
	p.clock.signed(b.Manifest().PublishedAt)
	today := disclosure.Date(p.clock.now().In(china).Format(time.DateOnly))
	return b.At(max(today, b.Manifest().AsOf)), nil
}

// finish prints the answer, unless the book turned out to be damaged, and closes the book.
func (q *question) finish(b *book.Book, answer any, print func()) int {
	err := b.Err()
	if err == nil && *q.json {
		out := json.NewEncoder(q.stdout)
		out.SetEscapeHTML(false)
		err = out.Encode(answer)
	} else if err == nil {
		print()
	}
	if closed := b.Close(); err == nil && closed != nil {
		return q.bad("%v", closed)
	}
	if err != nil {
		return q.bad("数据有一处损坏，查不准，所以不回答（%v）。请运行 kiosk pull 重新生成，机器开着时会自己修复", err)
	}
	return 0
}

type lookupAnswer struct {
	Query    string           `json:"query"`
	Scope    string           `json:"scope"`
	Found    int              `json:"found"`
	Payments int              `json:"payments"`
	SumFen   int64            `json:"sum_fen"`
	Years    map[string]int64 `json:"years"`
	Next     []string         `json:"next"`
	Digits   string           `json:"next_digits"`  // of a nine-key pad
	Strokes  string           `json:"next_strokes"` // first ones, 横1 竖2 撇3 点4 折5
	Hits     []lookupHit      `json:"hits"`
	Near     []lookupHit      `json:"near"` // people whose name is only nearly what was asked for; in no total
	Micros   int64            `json:"micros"`
}

type lookupHit struct {
	Ref         string `json:"ref"`
	Kind        string `json:"kind"`
	Title       string `json:"title"`
	VillageCode string `json:"village_code"`
	Group       string `json:"group"`
	NamesakeNo  int64  `json:"namesake_no"`
	Place       string `json:"place"`
	Why         string `json:"why"`
	Payments    int    `json:"payments"`
	SumFen      int64  `json:"sum_fen"`
	// Excerpt is the sentence in which a text matches, with the match in 【】; empty where the title matches.
	Excerpt string `json:"excerpt"`
}

// runLookup answers one query as the key pad would, under the same rule who may see what, or measures many.
func runLookup(args []string, stdout, stderr io.Writer) int {
	q := newQuestion("lookup", "--data DIR [选项] 查询", stdout, stderr)
	var s search.Query
	q.StringVar(&s.In, "in", search.InAll, "查什么：all全部、people领补贴的人、funds资金、institutions单位、incumbents在编人员、policies政策、places地方、notices公告")
	q.StringVar(&s.Village, "village", "", "村的12位区划代码")
	q.StringVar(&s.Town, "town", "", "乡镇的12位区划代码")
	q.StringVar(&s.Group, "group", "", "村民小组，如 3组")
	q.StringVar(&s.Fund, "fund", "", "资金编号")
	q.StringVar(&s.Kind, "kind", "", "补贴种类的编号")
	q.Int64Var(&s.Year, "year", 0, "年度")
	q.IntVar(&s.Offset, "offset", 0, "从第几个起，0是头一个")
	q.IntVar(&s.Limit, "limit", 20, "最多几个")
	near := q.Int("near", 5, "名字只差一点的人，最多几个")
	bench := q.String("bench", "", "量一个文件里的查询有多快：每行写类别、范围、查询，用制表符隔开")
	rest, done, code := q.parse(args)
	if done {
		return code
	}
	if !slices.Contains(subjects, s.In) {
		return q.bad("--in 不能写“%s”。只能写%s", s.In, strings.Join(subjects, "、"))
	}
	if len(rest) > 1 || len(rest) == 0 && *bench == "" && s.Village == "" {
		return q.bad("要写一个查询，写了%d个。里面有空格的，请加引号", len(rest))
	}
	if s.Village != "" && s.Town != "" {
		return q.bad("--village 和 --town 只能写一个")
	}
	b, err := q.open()
	if err != nil {
		return q.bad("%v", err)
	}
	for _, code := range []string{s.Village, s.Town} {
		if _, ok := b.Place(disclosure.Code(code)); code != "" && !ok {
			b.Close()
			return q.bad("第%d期里没有代码是%s的地方。代码有12位，用 kiosk lookup --in places 名称 可以查到", b.Manifest().Number, code)
		}
	}
	if *bench != "" {
		return q.measure(b, *bench, s)
	}
	s.Text, s.Near = strings.Join(rest, ""), *near
	start := time.Now()
	found, scope := kiosk.Lookup(b, s)
	took := time.Since(start)
	a := lookupAnswer{
		Query: s.Text, Scope: scope, Found: found.Found, Payments: found.Payments, SumFen: found.Sum, Years: map[string]int64{},
		Next: []string{}, Digits: found.Letters.Digits(), Strokes: found.Letters.Strokes(), Hits: lookupHits(found.Hits), Near: lookupHits(found.Near), Micros: took.Microseconds(),
	}
	for _, letter := range found.Letters.String() {
		a.Next = append(a.Next, string(letter))
	}
	for _, k := range found.Next {
		a.Next = append(a.Next, string(k.Char))
	}
	for _, y := range found.Years {
		a.Years[strconv.FormatInt(y.Year, 10)] = y.Sum
	}
	return q.finish(b, a, func() {
		fmt.Fprintf(stdout, "找到%d个，%d笔，%s元\n", a.Found, a.Payments, disclosure.Fen(a.SumFen).Yuan())
		printHits(stdout, a.Hits)
		if len(a.Near) > 0 {
			fmt.Fprintln(stdout, "名字差一点的：")
			printHits(stdout, a.Near)
		}
	})
}

func lookupHits(list []search.Hit) []lookupHit {
	out := make([]lookupHit, 0, len(list))
	for _, h := range list {
		out = append(out, lookupHit{h.Ref(), h.Kind, h.Title, h.VillageCode, h.Group, h.NamesakeNo, h.Place, h.Why, h.Payments, h.Sum, h.Excerpt.Marked()})
	}
	return out
}

func printHits(w io.Writer, hits []lookupHit) {
	for _, h := range hits {
		fmt.Fprintf(w, "%s  %s  %s%s  %d笔  %s元  %s\n", h.Ref, h.Title, h.Place, h.Group, h.Payments, disclosure.Fen(h.SumFen).Yuan(), h.Why)
		if h.Excerpt != "" {
			fmt.Fprintf(w, "  %s\n", h.Excerpt)
		}
	}
}

var subjects = []string{
	search.InAll, search.InPeople, search.InFunds, search.InInstitutions, search.InIncumbents, search.InPolicies, search.InPlaces, search.InNotices,
}

type benchClass struct {
	Class   string  `json:"class"`
	Queries int     `json:"queries"`
	P50     float64 `json:"p50_us"`
	P99     float64 `json:"p99_us"`
}

// measure answers every query of a file several times and prints how long its class takes. The scope of a line is the code of a
// village or town, or one of the subjects; empty or county is everywhere.
func (q *question) measure(b *book.Book, path string, base search.Query) int {
	f, err := os.Open(path)
	if err != nil {
		b.Close()
		return q.bad("读不了要量的文件：%v", err)
	}
	defer f.Close()
	queries := map[string][]search.Query{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		parts := strings.Split(lines.Text(), "\t")
		if len(parts) != 3 {
			b.Close()
			return q.bad("%s第%d行有%d栏。请写类别、范围、查询三栏，用制表符隔开", path, n, len(parts))
		}
		s := base
		s.Text = parts[2]
		switch scope := parts[1]; {
		case slices.Contains(subjects, scope):
			s.In = scope
		case scope == "" || scope == "county":
		default:
			p, ok := b.Place(disclosure.Code(scope))
			if !ok {
				b.Close()
				return q.bad("%s第%d行：没有代码是%s的地方", path, n, scope)
			}
			if p.Level == "村" {
				s.Village = scope
			} else {
				s.Town = scope
			}
		}
		queries[parts[0]] = append(queries[parts[0]], s)
	}
	if err := lines.Err(); err != nil {
		b.Close()
		return q.bad("读不了要量的文件：%v", err)
	}
	classes := []benchClass{}
	for _, class := range slices.Sorted(maps.Keys(queries)) {
		classes = append(classes, timeClass(b, class, queries[class]))
	}
	return q.finish(b, classes, func() {
		for _, c := range classes {
			fmt.Fprintf(q.stdout, "%s\t%d\tp50 %.1f µs\tp99 %.1f µs\n", c.Class, c.Queries, c.P50, c.P99)
		}
	})
}

func timeClass(b *book.Book, class string, list []search.Query) benchClass {
	const rounds = 5 // the first only warms up
	var took []float64
	for round := range rounds {
		for _, s := range list {
			start := time.Now()
			kiosk.Lookup(b, s)
			if round > 0 {
				took = append(took, float64(time.Since(start).Nanoseconds())/1000)
			}
		}
	}
	slices.Sort(took)
	return benchClass{class, len(list), took[len(took)/2], took[len(took)*99/100]}
}

type listAnswer struct {
	Village       string           `json:"village_code"`
	Kind          string           `json:"kind"`
	Year          int64            `json:"year"`
	Found         int              `json:"found"`
	SumFen        disclosure.Fen   `json:"sum_fen"`
	AllocatedFen  disclosure.Fen   `json:"allocated_fen"`
	HasAllocation bool             `json:"has_allocation"`
	DifferenceFen disclosure.Fen   `json:"difference_fen"`
	Remark        string           `json:"remark"`
	TotalsOnly    bool             `json:"totals_only"`
	Fund          string           `json:"fund"`
	Rows          []map[string]any `json:"rows"`
}

// runList prints one page of a village's list with its reconciliation.
func runList(args []string, stdout, stderr io.Writer) int {
	q := newQuestion("list", "--data DIR --village 代码 --kind 编号 --year 年度 [选项]", stdout, stderr)
	var s book.ListQuery
	village := q.String("village", "", "村的12位区划代码")
	q.StringVar(&s.Kind, "kind", "", "补贴种类的编号")
	q.Int64Var(&s.Year, "year", 0, "年度")
	q.StringVar(&s.Group, "group", "", "村民小组，如 3组")
	q.StringVar(&s.Sort, "sort", "name", "排法：name按姓名，amount多的在前")
	q.IntVar(&s.Offset, "offset", 0, "从第几行起，0是头一行")
	q.IntVar(&s.Limit, "limit", 20, "最多几行")
	rest, done, code := q.parse(args)
	switch {
	case done:
		return code
	case len(rest) > 0:
		return q.bad("多写了“%s”。用 kiosk list -h 看怎么写", rest[0])
	case *village == "" || s.Kind == "" || s.Year == 0:
		return q.bad("一份名单要写明 --village、--kind 和 --year，三样都要")
	case s.Sort != "name" && s.Sort != "amount":
		return q.bad("--sort 不能写“%s”。只能写 name 或者 amount", s.Sort)
	}
	b, err := q.open()
	if err != nil {
		return q.bad("%v", err)
	}
	s.Village = disclosure.Code(*village)
	if p, ok := b.Place(s.Village); !ok || p.Level != "村" {
		b.Close()
		return q.bad("第%d期里没有代码是%s的村。代码有12位，用 kiosk lookup --in places 名称 可以查到", b.Manifest().Number, *village)
	}
	if _, ok := b.Kind(s.Kind); !ok {
		b.Close()
		return q.bad("第%d期里没有编号是%s的补贴种类", b.Manifest().Number, s.Kind)
	}
	l := b.List(s)
	a := listAnswer{
		Village: *village, Kind: s.Kind, Year: s.Year, Found: l.Found, SumFen: l.Sum, AllocatedFen: l.Allocated, HasAllocation: l.HasAllocation,
		DifferenceFen: l.Difference, Remark: l.Remark, TotalsOnly: l.TotalsOnly, Fund: l.FundRef, Rows: []map[string]any{},
	}
	for _, r := range l.Rows {
		r.Disbursement.Ref = cmp.Or(r.Disbursement.Ref, r.Key())
		row := fields(&r.Disbursement)
		row["no"], row["person_ref"] = r.No, r.PersonRef()
		a.Rows = append(a.Rows, row)
	}
	return q.finish(b, a, func() {
		fmt.Fprintf(stdout, "共%d笔，%s元，拨付%s元，相差%s元\n", a.Found, a.SumFen.Yuan(), a.AllocatedFen.Yuan(), a.DifferenceFen.Yuan())
		for _, r := range l.Rows {
			fmt.Fprintf(stdout, "%d  %s%s  %s元  %s\n", r.No, r.Group, r.Name, r.Amount.Yuan(), r.PaidOn.Chinese())
		}
	})
}

// runShow prints one record whole, or a person with all payments.
func runShow(args []string, stdout, stderr io.Writer) int {
	q := newQuestion("show", "--data DIR REF", stdout, stderr)
	rest, done, code := q.parse(args)
	if done {
		return code
	}
	if len(rest) != 1 {
		return q.bad("要写一个编号，写了%d个", len(rest))
	}
	b, err := q.open()
	if err != nil {
		return q.bad("%v", err)
	}
	rec, ok := b.Show(rest[0])
	if !ok && b.Err() == nil {
		b.Close()
		return q.bad("第%d期里没有编号是%s的记录，或者已经不能再公布", b.Manifest().Number, rest[0])
	}
	var a map[string]any
	if p, is := rec.(*book.Person); is {
		a = personFields(p)
	} else if ok {
		a = fields(rec)
	}
	return q.finish(b, a, func() {
		for _, name := range slices.Sorted(maps.Keys(a)) {
			fmt.Fprintf(stdout, "%s: %v\n", name, a[name])
		}
	})
}

func personFields(p *book.Person) map[string]any {
	years := []map[string]any{}
	for _, y := range p.Years {
		years = append(years, map[string]any{"year": y.Year, "payments": y.Payments, "sum_fen": y.Sum})
	}
	payments := []map[string]any{}
	for i := range p.Payments {
		payments = append(payments, fields(&p.Payments[i]))
	}
	return map[string]any{
		"dataset": "person", "ref": p.Ref, "name": p.Name, "village_code": p.Village, "group": p.Group, "namesake_no": p.NamesakeNo,
		"recipient_type": p.Type, "years": years, "payments": payments,
	}
}

// fields returns a record by the names of its columns, with the dataset that it is of.
func fields(rec any) map[string]any {
	for _, d := range disclosure.Datasets() {
		if fmt.Sprintf("%T", d.New()) != fmt.Sprintf("%T", rec) {
			continue
		}
		out := map[string]any{"dataset": d.Name}
		for i, cell := range d.Cells(rec) {
			switch c := d.Columns[i]; {
			case c.Kind.Number():
				out[c.Name] = cell.Int
			case c.Kind == disclosure.KindList:
				out[c.Name] = slices.DeleteFunc(strings.Split(cell.Text, ";"), func(s string) bool { return s == "" })
			default:
				out[c.Name] = cell.Text
			}
		}
		return out
	}
	return map[string]any{}
}
