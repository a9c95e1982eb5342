package sample_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/sample"
)

func generate(t *testing.T, o sample.Options) *sample.County {
	t.Helper()
	c, err := sample.Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// each calls f with every record of a county but its payments.
func each(c *sample.County, f func(rec any)) {
	all(c.Places, f)
	all(c.Institutions, f)
	all(c.Incumbents, f)
	all(c.Kinds(), f)
	all(c.Policies, f)
	all(c.Funds, f)
	all(c.Allocations, f)
	all(c.BudgetLines, f)
	all(c.ThreePublic, f)
	all(c.Procurements, f)
	all(c.Projects, f)
	all(c.Notices, f)
	all(c.Contacts, f)
	all(c.Obligations, f)
	all(c.Withdrawals, f)
}

func all[T any](records []T, f func(rec any)) {
	for i := range records {
		f(&records[i])
	}
}

func payments(t *testing.T, c *sample.County, f func(d *disclosure.Disbursement)) {
	t.Helper()
	err := c.Lists(func(rows []disclosure.Disbursement) error {
		for i := range rows {
			f(&rows[i])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every law holds in both counties at every size, but for what was planted: the differences that nobody named, and the two
// supplements without a paper.
func TestLawsHoldButForWhatWasPlanted(t *testing.T) {
	for _, o := range []sample.Options{
		{County: "420581", Seed: 1},
		{County: "420923", Seed: 1},
		{County: "420581", Seed: 7, Payments: 3_000},
		{County: "420923", Seed: 8, Payments: 700, AsOf: "2025-07-01"},
		{County: "420581", Seed: 9, Payments: 900_000, AsOf: "2027-03-01"},
	} {
		if testing.Short() && o.Payments > 500_000 {
			continue
		}
		t.Run(fmt.Sprintf("%s/%d/%d", o.County, o.Seed, o.Payments), func(t *testing.T) {
			c := generate(t, o)
			var a disclosure.Audit
			each(c, a.Add)
			payments(t, c, func(d *disclosure.Disbursement) { a.Add(d) })
			checkPlanted(t, c, &a)
		})
	}
}

func checkPlanted(t *testing.T, c *sample.County, a *disclosure.Audit) {
	t.Helper()
	lists, papers := 0, c.About().SupplementsWithoutPaper
	for _, f := range a.Findings() {
		switch {
		case f.Law == disclosure.LawList:
			lists++
		case f.Law == disclosure.LawSupplement && slices.Contains(papers, f.Ref):
		default:
			t.Error(f)
		}
	}
	if len(papers) != 2 {
		t.Errorf("%d supplements without a paper, want 2", len(papers))
	}
	planted := c.Planted()
	unnamed := 0
	for _, p := range planted {
		if p.Remark == "" {
			unnamed++
		}
		if p.Difference == 0 {
			t.Errorf("%v makes no difference", p)
		}
	}
	if lists != unnamed || unnamed != 2 {
		t.Errorf("%d lists differ without a remark, %d were planted, want 2", lists, unnamed)
	}
	diffs := a.Differences()
	if len(diffs) != len(planted) || len(planted) != 5 {
		t.Fatalf("%d lists differ, %d were planted, want 5:\n%v\n%v", len(diffs), len(planted), diffs, planted)
	}
	for _, d := range diffs {
		if !slices.ContainsFunc(planted, func(p sample.Planted) bool {
			return p.Village == d.Place && p.Kind == d.Kind && int64(p.Year) == d.Year && p.Difference == d.Listed-d.Allocated && p.Remark == d.Remark
		}) {
			t.Errorf("not planted: %+v", d)
		}
	}
}

func TestScaleOfTheSources(t *testing.T) {
	for _, n := range []int{500, 200_000} {
		for _, code := range []string{"420581", "420923"} {
			c := generate(t, sample.Options{County: code, Seed: 1, Payments: n})
			owners, offices, budgets, silent := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
			for _, f := range c.Funds {
				owners[f.Owner], offices[f.FinanceOffice] = true, true
			}
			for _, l := range c.BudgetLines {
				budgets[l.Institution] = true
			}
			purchases := map[string]bool{}
			for _, p := range c.Procurements {
				purchases[p.Number] = true
			}
			units, names := map[string]bool{}, map[string]bool{}
			for _, i := range c.Institutions {
				names[i.Name] = true
			}
			for _, o := range c.Obligations {
				if o.Item == "机构编制和人员信息" {
					units[o.Unit] = true
					if !names[o.Unit] && o.MetOn == "" {
						silent[o.Unit] = true
					}
				}
			}
			for _, figure := range []struct {
				what      string
				got, want int
			}{
				{"institutions", len(c.Institutions), 379},
				{"names of institutions", len(names), 379},
				{"people in post", len(c.Incumbents), 11_137},
				{"funds of four years", len(c.Funds), 4 * 84},
				{"departments with funds", len(owners), 28},
				{"finance sections", len(offices), 8},
				{"departments with budgets", len(budgets), 20},
				{"units that took part", len(units), 398},
				{"units that never published", len(silent), 19},
				{"policies", len(c.Policies), 24},
				{"purchases", len(purchases), 120},
				{"projects", len(c.Projects), 60},
				{"payments", c.Payments(), n},
			} {
				if figure.got != figure.want {
					t.Errorf("%s, %d payments: %d %s, want %d", code, n, figure.got, figure.what, figure.want)
				}
			}
		}
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for _, o := range []sample.Options{
		{County: "420500"},
		{County: "420581", Payments: 3},
		{County: "420581", AsOf: "2026"},
		{County: "420581", AsOf: "2026-02-30"},
		{County: "420581", AsOf: "1999-01-01"},
	} {
		if _, err := sample.Generate(o); err == nil || !strings.HasPrefix(err.Error(), "sample: ") {
			t.Errorf("%+v was met with %v", o, err)
		}
	}
}

// person is who a kiosk takes for one person.
type person struct {
	village     disclosure.Code
	group, name string
	namesake    int64
	typ         string
}

func personOf(d *disclosure.Disbursement) person {
	return person{d.Place, d.Group, d.Name, d.NamesakeNo, d.Type}
}

// The same people are there over four years, in every village, in lists of 80 to 300 households; who gets another area than
// the year before has a reason and a paper.
func TestTheSamePeopleOverFourYears(t *testing.T) {
	c := generate(t, sample.Options{County: "420581", Seed: 3})
	type listKey struct {
		village disclosure.Code
		year    int64
	}
	lists := map[listKey]map[person]disclosure.Milli{}
	reasons, refs := 0, map[string]bool{}
	payments(t, c, func(d *disclosure.Disbursement) {
		if refs[d.Ref] {
			t.Fatalf("two payments are %s: %+v", d.Ref, d)
		}
		refs[d.Ref] = true
		if d.PublishedOn > sample.DefaultAsOf || d.PaidOn > d.PublishedOn || d.PaidOn[:4] != disclosure.Date(fmt.Sprint(d.Year)) {
			t.Fatalf("paid on %s, published on %s: %+v", d.PaidOn, d.PublishedOn, d)
		}
		if d.Kind != "nongye_gengdi" || d.Batch != 1 {
			return
		}
		k := listKey{d.Place, d.Year}
		if lists[k] == nil {
			lists[k] = map[person]disclosure.Milli{}
		}
		lists[k][personOf(d)] = d.Quantity
		before, was := lists[listKey{d.Place, d.Year - 1}][personOf(d)]
		if was && before != d.Quantity {
			reasons++
			if d.ChangeReason == "" || d.ChangeDoc == "" {
				t.Errorf("%s in %d: %d instead of %d without a reason", d.Name, d.Year, d.Quantity, before)
			}
		}
	})
	if reasons < 500 {
		t.Errorf("only %d areas changed", reasons)
	}
	for _, p := range c.Places {
		if p.Level != "村" || p.ValidTo != "" || p.ValidFrom != "" {
			continue
		}
		first := lists[listKey{p.Code, 2023}]
		stayed := 0
		for year := int64(2023); year <= 2026; year++ {
			l := lists[listKey{p.Code, year}]
			if len(l) < 80 || len(l) > 300 {
				t.Errorf("%s %d: %d households", p.Name, year, len(l))
			}
			if year == 2026 {
				for who := range l {
					if _, ok := first[who]; ok {
						stayed++
					}
				}
			}
		}
		if stayed*100 < len(first)*85 {
			t.Errorf("%s: of %d households only %d are still there", p.Name, len(first), stayed)
		}
	}
}

// What a search must cope with is there: namesakes, compound surnames, rare characters, surnames read otherwise, villages
// that are gone, money taken back and paid late, kinds published as totals, some of them for fewer than five persons.
func TestWhatASearchMustCopeWith(t *testing.T) {
	c := generate(t, sample.Options{County: "420581", Seed: 1, Payments: 80_000})
	kinds := map[string]disclosure.SubsidyKind{}
	for _, k := range c.Kinds() {
		kinds[k.Ref] = k
	}
	gone := map[disclosure.Code]bool{}
	for _, p := range c.Places {
		if p.ValidTo != "" {
			gone[p.Code] = true
			if len(p.Successors) == 0 {
				t.Errorf("%s went without a successor", p.Name)
			}
		}
	}
	seen := map[string]int{}
	few := map[string]int{}
	payments(t, c, func(d *disclosure.Disbursement) {
		count := func(what string, yes bool) {
			if yes {
				seen[what]++
			}
		}
		runes := []rune(d.Name)
		count("a second namesake", d.NamesakeNo == 2)
		count("a compound surname", strings.HasPrefix(d.Name, "欧阳") || strings.HasPrefix(d.Name, "司马"))
		count("a surname read otherwise", strings.ContainsRune("单仇查覃", runes[0]))
		count("a character beyond the basic plane", slices.ContainsFunc(runes, func(r rune) bool { return r > 0xffff }))
		count("a village that is gone", gone[d.Place])
		count("money taken back", d.Amount < 0)
		count("paid late", strings.HasPrefix(d.Remark, "补发"))
		count("fetched by the family", strings.Contains(d.Remark, "代领"))
		count("a successor of a head of household", strings.HasPrefix(d.ChangeReason, "原户主"))
		count("aid", kinds[d.Kind].Aid != "")
		if kinds[d.Kind].Publish == "只公布合计" {
			few[fmt.Sprint(d.Kind, d.Place, d.Year, d.Period)]++
		}
		if kinds[d.Kind].Aid != "" && d.VisibleUntil == "" {
			t.Errorf("aid that stays visible for ever: %+v", d)
		}
		if len(runes) < 2 || len(runes) > 4 || slices.ContainsFunc(runes, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q is no name", d.Name)
		}
	})
	for _, n := range few {
		if n < 5 {
			seen["totals of fewer than five"]++
		}
	}
	for _, what := range []string{
		"a second namesake", "a compound surname", "a surname read otherwise", "a character beyond the basic plane", "a village that is gone",
		"money taken back", "paid late", "fetched by the family", "a successor of a head of household", "aid", "totals of fewer than five",
	} {
		if seen[what] < 20 {
			t.Errorf("%s occurs %d times", what, seen[what])
		}
	}
}

func TestEstablishments(t *testing.T) {
	c := generate(t, sample.Options{County: "420923", Seed: 1, Payments: 500})
	people := map[string][]disclosure.Incumbent{}
	for _, p := range c.Incumbents {
		people[p.Institution] = append(people[p.Institution], p)
	}
	exact, vacant, over := 0, 0, 0
	statuses := map[string]int{}
	for _, i := range c.Institutions {
		authorised, occupied, extra := int64(0), int64(0), 0
		for _, p := range i.Posts {
			authorised += p.Authorised
		}
		for _, p := range people[i.Ref] {
			statuses[p.Status]++
			switch p.Status {
			case "在编":
				occupied++
			case "超编":
				extra++
			}
		}
		switch {
		case extra > 0:
			over++
		case occupied < authorised:
			vacant++
		default:
			exact++
		}
		if people[i.Ref][0].Name != "示例负责人" || people[i.Ref][0].Position == "" {
			t.Errorf("%s is led by %s", i.Name, people[i.Ref][0].Name)
		}
		if n := strings.Count(i.Duties, "。"); n < 1 || n > 5 || !strings.Contains(i.MandateDoc, "云编〔") || i.Address == "" {
			t.Errorf("%s: %q, %s, %s", i.Name, i.Duties, i.MandateDoc, i.Address)
		}
	}
	if exact < 30 || vacant < 190 || over < 20 {
		t.Errorf("%d exactly filled, %d with vacancies, %d over", exact, vacant, over)
	}
	for _, s := range []string{"在编", "超编", "借调", "离岗", "退养"} {
		if statuses[s] < 30 {
			t.Errorf("only %d are %s", statuses[s], s)
		}
	}
}

func TestEachCountyHasItsOwnInstitutions(t *testing.T) {
	name := func(code string, seed uint64) map[string]bool {
		m := map[string]bool{}
		for _, i := range generate(t, sample.Options{County: code, Seed: seed, Payments: 500}).Institutions {
			m[i.Name] = true
		}
		return m
	}
	yidu, again, yunmeng := name("420581", 1), name("420581", 2), name("420923", 1)
	for n := range yidu {
		if yunmeng[n] || strings.Contains(n, "云梦") {
			t.Errorf("%s is in both counties", n)
		}
		if !again[n] {
			t.Errorf("%s is there for one seed only", n)
		}
	}
}

// Funds are named after the catalogue, with their year; what was paid is never more than was set aside, and fits what a
// county of that size can have.
func TestFundsArePlausible(t *testing.T) {
	c := generate(t, sample.Options{County: "420581", Seed: 1})
	texts := map[string]int{}
	for _, f := range c.Funds {
		if !strings.HasPrefix(f.Name, fmt.Sprintf("%d年", f.Year)) {
			t.Errorf("%s is not named after its year", f.Name)
		}
		if f.Paid > f.Budget || f.Budget <= 0 || f.Budget > 20_000_000_000 || f.Balance < 0 {
			t.Errorf("%s: %s paid of %s", f.Name, f.Paid.Yuan(), f.Budget.Yuan())
		}
		if f.Year < 2026 && f.Paid > 0 && f.Paid*100 < f.Budget*75 {
			t.Errorf("%s: only %s paid of %s", f.Name, f.Paid.Yuan(), f.Budget.Yuan())
		}
		if len(f.Policies) == 0 {
			t.Errorf("%s rests on no policy", f.Name)
		}
		if f.Year == 2025 {
			for _, s := range []string{f.Recipients, f.Standard, f.BalanceOf} {
				texts[s]++
			}
		}
		if strings.ContainsAny(f.Recipients+f.Standard+f.Method+f.BalanceOf, "{}%T()") && !strings.Contains(f.BalanceOf, "%") {
			t.Errorf("%s: a text is not filled in: %q", f.Name, f.Standard)
		}
	}
	for s, n := range texts {
		if n > 2 {
			t.Errorf("%d funds of a year say %q", n, s)
		}
	}
}

func TestStagesOfProjectsAgree(t *testing.T) {
	c := generate(t, sample.Options{County: "420581", Seed: 5, Payments: 500})
	for _, p := range c.Projects {
		begun := p.Started != "" && p.Contractor != "" && p.Started <= sample.DefaultAsOf
		switch p.Stage {
		case "立项":
			if p.Progress != 0 || p.Started != "" {
				t.Errorf("%+v is not begun", p)
			}
		case "在建":
			if !begun || p.Progress <= 0 || p.Progress >= 100 || p.Ended != "" {
				t.Errorf("%+v is not being built", p)
			}
		default:
			if !begun || p.Progress != 100 || p.Ended <= p.Started || p.Ended > sample.DefaultAsOf {
				t.Errorf("%+v is not finished", p)
			}
		}
	}
}

// What people read has no number to ring but 12310, no half-width punctuation between Chinese, and nothing that is dated
// after the sample's day.
func TestWhatPeopleRead(t *testing.T) {
	c := generate(t, sample.Options{County: "420581", Seed: 1, Payments: 500})
	refs := map[string]bool{}
	each(c, func(rec any) {
		d := datasetOf(rec)
		cells := d.Cells(rec)
		if refs[cells[0].Text] {
			t.Errorf("two records are %s", cells[0].Text)
		}
		refs[cells[0].Text] = true
		for i, col := range d.Columns {
			text := cells[i].Text
			if col.Required && col.Kind != disclosure.KindPlace && !col.Kind.Number() && text == "" {
				t.Errorf("%s %s: %s is empty", d.Name, cells[0].Text, col.Heading)
			}
			if col.Name == "published_on" && disclosure.Date(text) > sample.DefaultAsOf {
				t.Errorf("%s %s is published on %s", d.Name, cells[0].Text, text)
			}
			if col.Kind != disclosure.KindText {
				continue
			}
			if len(col.OneOf) > 0 && !slices.Contains(col.OneOf, text) {
				t.Errorf("%s %s: %s is %q", d.Name, cells[0].Text, col.Heading, text)
			}
			if i := strings.IndexAny(text, ":;?!()％{}"); i >= 0 && col.Refs == "" && !strings.Contains(text[max(0, i-2):], "8:30") {
				t.Errorf("%s %s: %s is %q", d.Name, cells[0].Text, col.Heading, text)
			}
		}
	})
	for _, k := range c.Contacts {
		if k.Number != "" && (k.Number != "12310" || k.Subject != "编制") {
			t.Errorf("%s has the number %s", k.Title, k.Number)
		}
		if k.Address == "" || k.Hours == "" {
			t.Errorf("%s has no address or hours", k.Title)
		}
	}
}

func datasetOf(rec any) *disclosure.Dataset {
	for _, d := range disclosure.Datasets() {
		if fmt.Sprintf("%T", d.New()) == fmt.Sprintf("%T", rec) {
			return d
		}
	}
	panic("no record")
}

// The same arguments give the same bytes; another seed gives other people in the same institutions.
func TestTheSameBytes(t *testing.T) {
	o := sample.Options{County: "420581", Seed: 11, Payments: 20_000}
	first := write(t, generate(t, o))
	second := write(t, generate(t, o))
	o.Seed = 12
	other := write(t, generate(t, o))
	if len(first) != len(second) {
		t.Fatalf("%d files and %d", len(first), len(second))
	}
	for name, sum := range first {
		if second[name] != sum {
			t.Errorf("%s differs", name)
		}
		if (strings.HasPrefix(name, "补贴发放") || strings.HasPrefix(name, "在编人员")) && other[name] == sum {
			t.Errorf("%s is the same for another seed", name)
		}
	}
	if other["行政区划.csv"] != first["行政区划.csv"] {
		t.Error("places differ by seed")
	}
}

func write(t *testing.T, c *sample.County) map[string]string {
	t.Helper()
	dir := t.TempDir()
	rows := map[string]int{}
	if err := c.Write(dir, func(file string, n int) { rows[file] = n }); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := rows[f.Name()]; !ok && f.Name() != "county.json" {
			t.Errorf("%s was written without a word", f.Name())
		}
		sum := sha256.Sum256(data)
		sums[f.Name()] = hex.EncodeToString(sum[:])
	}
	return sums
}

// A sheet reads back as the records that it was written from: headings, places, amounts and all.
func TestSheetsReadBack(t *testing.T) {
	c := generate(t, sample.Options{County: "420923", Seed: 2, Payments: 2_000})
	dir := t.TempDir()
	if err := c.Write(dir, nil); err != nil {
		t.Fatal(err)
	}
	var about sample.About
	data, err := os.ReadFile(filepath.Join(dir, "county.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &about); err != nil || !about.Synthetic || about.County != "420923" || about.CountyName != "云梦县" || about.Emblem != "云" || len(about.Planted) != 5 {
		t.Fatalf("county.json: %+v, %v", about, err)
	}
	if !slices.ContainsFunc(c.Places, func(p disclosure.Place) bool { return p.Code == about.QueryPoint && p.Level == "村" }) {
		t.Errorf("the query point is at %s", about.QueryPoint)
	}
	places := map[[2]string]string{{"", ""}: ""}
	names := map[disclosure.Code]string{}
	for _, p := range c.Places {
		names[p.Code] = p.Name
	}
	for _, p := range c.Places {
		switch p.Level {
		case "乡":
			places[[2]string{p.Name, ""}] = string(p.Code)
		case "村":
			places[[2]string{names[p.Parent], p.Name}] = string(p.Code)
		}
	}
	got := map[string]int{}
	files, _ := filepath.Glob(filepath.Join(dir, "*.csv"))
	var a disclosure.Audit
	for _, f := range files {
		term, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(f), ".csv"), "_")
		i := slices.IndexFunc(disclosure.Datasets(), func(d *disclosure.Dataset) bool { return d.Term == term })
		if i < 0 {
			t.Fatalf("%s is named after no dataset", f)
		}
		d := disclosure.Datasets()[i]
		got[d.Name] += readSheet(t, f, d, places, a.Add)
	}
	if got["disbursement"] != c.Payments() || got["incumbent"] != 11_137 || got["allocation"] != len(c.Allocations) {
		t.Errorf("read %v", got)
	}
	checkPlanted(t, c, &a)
}

func readSheet(t *testing.T, file string, d *disclosure.Dataset, places map[[2]string]string, add func(any)) int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	bom := make([]byte, 3)
	if _, err := io.ReadFull(f, bom); err != nil || string(bom) != "\ufeff" {
		t.Fatalf("%s begins with %q", file, bom)
	}
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range head {
		at[h] = i
	}
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for n, row := range rows {
		cells := make([]disclosure.Cell, len(d.Columns))
		for i, c := range d.Columns {
			text := ""
			switch h := c.Headings(); {
			case len(h) == 0 || c.Name == "ref" && d.Name == "disbursement":
				continue
			case c.Kind == disclosure.KindPlace:
				var ok bool
				if text, ok = places[[2]string{row[at[h[0]]], row[at[h[1]]]}]; !ok {
					t.Fatalf("%s row %d: no place %s %s", file, n+2, row[at[h[0]]], row[at[h[1]]])
				}
				if text == "" {
					text = "420923000000"
				}
			default:
				text = row[at[h[0]]]
			}
			if cells[i], err = c.Parse(text); err != nil {
				t.Fatalf("%s row %d, %s: %v", file, n+2, c.Heading, err)
			}
		}
		rec := d.New()
		if err := d.Fill(rec, cells); err != nil {
			t.Fatal(err)
		}
		if p, ok := rec.(*disclosure.Disbursement); ok {
			p.Ref = p.Key()
		}
		add(rec)
	}
	return len(rows)
}

func TestWriteSaysWhatFails(t *testing.T) {
	c := generate(t, sample.Options{County: "420581", Seed: 1, Payments: 200})
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(file, nil); err == nil || !strings.HasPrefix(err.Error(), "sample: ") {
		t.Errorf("writing into a file was met with %v", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "行政区划.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(dir, nil); err == nil {
		t.Error("a sheet that cannot be written was passed over")
	}
}

func BenchmarkGenerateAndWrite(b *testing.B) {
	for b.Loop() {
		c, err := sample.Generate(sample.Options{County: "420581", Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Write(b.TempDir(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
