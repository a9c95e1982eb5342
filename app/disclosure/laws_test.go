package disclosure_test

import (
	"strings"
	"testing"

	"mingbai.local/app/disclosure"
)

// a small county in which every law holds.
func lawful() []any {
	head := func(ref string) disclosure.Head { return disclosure.Head{Ref: ref, PublishedOn: "2025-06-01"} }
	return []any{
		&disclosure.Place{Head: head("P1"), Code: "420581000000", Name: "宜都市", Level: "县"},
		&disclosure.Place{Head: head("P2"), Code: "420581104000", Name: "枝城镇", Level: "乡", Parent: "420581000000"},
		&disclosure.Place{Head: head("P3"), Code: "420581104201", Name: "白水港村", Level: "村", Parent: "420581104000"},
		&disclosure.Institution{Head: head("J1"), Name: "农业农村局", Place: "420581104000", Kind: "行政", Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 1}}},
		&disclosure.Incumbent{Head: head("R1"), Institution: "J1", Name: "甲", PostType: "行政编制", Status: "在编"},
		&disclosure.Incumbent{Head: head("R2"), Institution: "J1", Name: "乙", PostType: "行政编制", Status: "超编"},
		&disclosure.Incumbent{Head: head("R3"), Institution: "J1", Name: "丙", PostType: "行政编制", Status: "借调"},
		&disclosure.SubsidyKind{Head: head("gengdi"), Name: "耕地地力保护补贴", Publish: "名单", FromYear: 2016},
		&disclosure.SubsidyKind{Head: head("linshi"), Name: "临时救助", Publish: "只公布合计", FromYear: 2014},
		&disclosure.Policy{Head: head("Z1"), Title: "办法", Kinds: []string{"gengdi", "linshi"}, Funds: []string{"1"}},
		&disclosure.Fund{Head: head("F1"), CatalogueNo: 1, Year: 2025, Name: "2025年耕地地力保护补贴", Owner: "J1", Budget: 100000, Paid: 96712, Balance: 3288, Policies: []string{"Z1"}},
		&disclosure.Allocation{Head: head("B1"), Fund: "F1", Kind: "gengdi", Year: 2025, Batch: 1, Place: "420581104201", Amount: 76712},
		&disclosure.Allocation{Head: head("B2"), Fund: "F1", Kind: "linshi", Year: 2025, Batch: 1, Place: "420581104201", Amount: 20000},
		&disclosure.Disbursement{Head: head("D1"), Fund: "F1", Kind: "gengdi", Year: 2025, Batch: 1, Place: "420581104201", Name: "张三", Quantity: 8450, Unit: "亩", Standard: 8912, Amount: 75306},
		&disclosure.Disbursement{Head: head("D2"), Fund: "F1", Kind: "gengdi", Year: 2025, Batch: 1, Place: "420581104201", Name: "李四", Amount: 1406},
		&disclosure.Total{Head: head("T1"), Fund: "F1", Kind: "linshi", Year: 2025, Place: "420581104000", Persons: 2, Amount: 20000},
		&disclosure.BudgetLine{Head: head("Y1"), Institution: "J1", Year: 2025, Stage: "预算", Name: "农林水支出", Basic: 500, Project: 300, Total: 800},
		&disclosure.BudgetLine{Head: head("Y2"), Institution: "J1", Year: 2025, Stage: "预算", Name: "行政运行", Parent: "Y1", Basic: 500, Total: 500},
		&disclosure.BudgetLine{Head: head("Y3"), Institution: "J1", Year: 2025, Stage: "预算", Name: "农业生产发展", Parent: "Y1", Project: 300, Total: 300},
		&disclosure.BudgetLine{Head: head("Y4"), Institution: "J1", Year: 2025, Stage: "调整", Name: "防汛", Project: 90, Total: 90, ApprovalNo: "都政发〔2025〕8号", ApprovalDate: "2025-07", ApprovalDoc: "批复"},
	}
}

func audit(records []any) *disclosure.Audit {
	var a disclosure.Audit
	for _, r := range records {
		a.Add(r)
	}
	return &a
}

func TestLawfulCountyHasNoFindings(t *testing.T) {
	records := lawful()
	for _, f := range audit(records).Findings() {
		t.Error(f)
	}
	for i := range len(records) / 2 { // references may come before what they name
		records[i], records[len(records)-1-i] = records[len(records)-1-i], records[i]
	}
	a := audit(records)
	for _, f := range a.Findings() {
		t.Error("the other way round:", f)
	}
	if len(a.Differences()) != 0 {
		t.Error("a lawful county has differences")
	}
	var none disclosure.Audit
	if len(none.Findings()) != 0 {
		t.Error("nothing breaks a law")
	}
}

// Every law is broken in one record, and the finding names that law and that record, and no other.
func TestEveryLawIsBroken(t *testing.T) {
	cases := []struct {
		name  string
		law   disclosure.Law
		ref   string
		spoil func(rec any)
		text  string
	}{
		{"payment from an unknown fund", disclosure.LawReference, "D1", on("D1", func(r *disclosure.Disbursement) { r.Fund = "F9" }), "F9"},
		{"institution of an unknown place", disclosure.LawReference, "J1", on("J1", func(r *disclosure.Institution) { r.Place = "999999999999" }), "999999999999"},
		{"village of an unknown township", disclosure.LawReference, "P3", on("P3", func(r *disclosure.Place) { r.Parent = "420581199000" }), "420581199000"},
		{"merged into an unknown village", disclosure.LawReference, "P3", on("P3", func(r *disclosure.Place) { r.Successors = []string{"420581104201", "420581104299"} }), "420581104299"},
		{"policy for an unknown kind", disclosure.LawReference, "Z1", on("Z1", func(r *disclosure.Policy) { r.Kinds = append(r.Kinds, "nope") }), "nope"},
		{"policy for an unknown catalogue number", disclosure.LawReference, "Z1", on("Z1", func(r *disclosure.Policy) { r.Funds = []string{"85"} }), "85"},
		{"kind that had not begun", disclosure.LawPeriod, "B1", on("gengdi", func(r *disclosure.SubsidyKind) { r.FromYear = 2026 }), "不在2025年"},
		{"kind that had ended", disclosure.LawPeriod, "B1", on("gengdi", func(r *disclosure.SubsidyKind) { r.ToYear = 2024 }), "不在2025年"},
		{"balance", disclosure.LawBalance, "F1", on("F1", func(r *disclosure.Fund) { r.Balance++ }), "32.88"},
		{"paid", disclosure.LawPaid, "F1", on("F1", func(r *disclosure.Fund) { r.Paid--; r.Balance++ }), "967.12"},
		{"list", disclosure.LawList, "B1", on("D2", func(r *disclosure.Disbursement) { r.Amount = 1400 }), "-0.06"},
		{"totals", disclosure.LawList, "linshi", on("T1", func(r *disclosure.Total) { r.Amount = 1 }), "200.00"},
		{"amount", disclosure.LawAmount, "D1", on("D1", func(r *disclosure.Disbursement) { r.Quantity += 10 }), "753.96"},
		{"budget total", disclosure.LawBudgetTotal, "Y4", on("Y4", func(r *disclosure.BudgetLine) { r.Total++ }), "0.91"},
		{"budget parent", disclosure.LawBudgetParent, "Y1", on("Y3", func(r *disclosure.BudgetLine) { r.Project++; r.Total++ }), "8.01"},
		{"supplement without a paper", disclosure.LawSupplement, "Y4", on("Y4", func(r *disclosure.BudgetLine) { r.ApprovalDoc = "" }), "0.90"},
		{"too many in post", disclosure.LawEstablishment, "J1", on("R2", func(r *disclosure.Incumbent) { r.Status = "在编" }), "2人"},
		{"over before full", disclosure.LawEstablishment, "J1", on("R1", func(r *disclosure.Incumbent) { r.Status = "离岗" }), "还没有满"},
		{"status that is none", disclosure.LawStatuses, "R3", on("R3", func(r *disclosure.Incumbent) { r.Status = "在岗" }), "在岗"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			records := lawful()
			for _, r := range records {
				c.spoil(r)
			}
			found := audit(records).Findings()
			if !containsFinding(found, c.law, c.ref, c.text) {
				t.Errorf("no finding %s on %s with %q among %v", c.law, c.ref, c.text, found)
			}
			for _, f := range found {
				if f.Law != c.law {
					t.Errorf("also found %v", f)
				}
			}
		})
	}
}

func containsFinding(found []disclosure.Finding, law disclosure.Law, ref, text string) bool {
	for _, f := range found {
		if f.Law == law && f.Ref == ref && strings.Contains(f.Text, text) {
			return true
		}
	}
	return false
}

// on changes the record with that reference.
func on[T any](ref string, change func(*T)) func(any) {
	return func(rec any) {
		r, ok := rec.(*T)
		if ok && disclosure.Of[T]().Cells(r)[0].Text == ref {
			change(r)
		}
	}
}

func TestRemarksExplain(t *testing.T) {
	records := lawful()
	for _, r := range records {
		on("D1", func(r *disclosure.Disbursement) { r.Amount -= 500; r.Remark = "退回多发5元" })(r)
		on("B1", func(r *disclosure.Allocation) { r.Remark = "1户账户有误，退回5元" })(r)
	}
	a := audit(records)
	if found := a.Findings(); len(found) != 0 {
		t.Errorf("named differences were found: %v", found)
	}
	diffs := a.Differences()
	if len(diffs) != 1 || diffs[0].Remark == "" || diffs[0].Listed-diffs[0].Allocated != -500 || diffs[0].Place != "420581104201" {
		t.Errorf("the named difference is still a difference: %+v", diffs)
	}
}

func TestOneFenIsRounding(t *testing.T) {
	records := lawful()
	for _, r := range records {
		on("D1", func(r *disclosure.Disbursement) { r.Amount++ })(r)
		on("D2", func(r *disclosure.Disbursement) { r.Amount-- })(r)
	}
	if found := audit(records).Findings(); len(found) != 0 {
		t.Error(found)
	}
}

func TestAuditTakesValuesAndPointers(t *testing.T) {
	var a disclosure.Audit
	a.Add(disclosure.Fund{Head: disclosure.Head{Ref: "F1"}, Balance: 5, Owner: "J1"})
	a.Add(disclosure.Disbursement{Head: disclosure.Head{Ref: "D1"}, Fund: "F1", Kind: "k", Place: "420581000000"})
	if n := len(a.Findings()); n != 4 { // balance, owner, kind, place
		t.Errorf("%d findings: %v", n, a.Findings())
	}
	if n := len(a.Findings()); n != 4 {
		t.Errorf("asking twice finds %d", n)
	}
}
