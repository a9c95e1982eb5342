package disclosure

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Law (规矩) is something that must hold between records, in the clerk's words.
type Law string

// The laws that every edition is held to.
const (
	LawReference     Law = "编号要对得上"           // every reference resolves
	LawPeriod        Law = "补贴要在执行年度内"        // kinds lie within their period
	LawBalance       Law = "结余等于安排减已拨"        // balance = budget − paid
	LawPaid          Law = "已拨等于各笔拨付之和"       // paid = Σ allocations of the fund
	LawList          Law = "名单合计等于拨付，或写明差在哪里" // Σ disbursements of a list = its allocation, or the difference is named
	LawAmount        Law = "数量乘标准等于金额，或有备注"   // to 1 fen
	LawBudgetTotal   Law = "合计等于基本支出加项目支出"
	LawBudgetParent  Law = "上级科目等于下级科目之和"
	LawSupplement    Law = "预算追加要有批准文件"
	LawEstablishment Law = "在编不超过核定，多出的是超编" // of one type in one institution
	LawStatuses      Law = "各种在编状况之和等于实有人数"
)

// Finding (问题) is a record that breaks a law.
type Finding struct {
	Law     Law
	Dataset string // Dataset.Name
	Ref     string
	Text    string // what is wrong, for the clerk
}

func (f Finding) String() string {
	return fmt.Sprintf("%s %s：%s：%s", f.Dataset, f.Ref, f.Law, f.Text)
}

// Difference (差异) is a list whose payments do not add up to what was sent down for it.
type Difference struct {
	Kind      string
	Place     Code
	Year      int64
	Listed    Fen
	Allocated Fen
	Remark    string // what names it; empty where nothing does, which is a finding
}

// Audit (核对) holds records to the laws. Records are added in any order, one at a time, and none is kept: an audit of five
// million payments remembers what lists add up to, not their rows. The zero value is ready.
//
// Payments of kinds that are published as totals may be added as payments, as sheets have them, or as totals, as editions
// do. Totals of few persons stand at a township or the county, so such kinds are compared for the county as a whole.
type Audit struct {
	refs     map[target]bool
	pending  map[target]origin
	kinds    map[string]*SubsidyKind
	used     map[kindYear]origin
	funds    map[string]*Fund
	paid     map[string]Fen
	lists    map[listKey]*listSum
	folded   map[kindYear]bool
	lines    map[string]*BudgetLine
	children map[string]*BudgetLine
	posts    map[string][]Posts
	people   map[postKey]*postCount
	found    []Finding
}

type (
	// target is a dataset and a reference in it; besides datasets there are place codes and catalogue numbers.
	target   struct{ dataset, ref string }
	origin   struct{ dataset, ref, heading string }
	kindYear struct {
		kind string
		year int64
	}
	listKey struct {
		kind  string
		place Code
		year  int64
	}
	listSum struct {
		listed, allocated Fen
		dataset, ref      string
		remark            string
	}
	postKey   struct{ institution, typ string }
	postCount struct {
		within, over int64
		ref          string
	}
)

const (
	targetCode      = "行政区划代码"
	targetCatalogue = "目录号"
)

// Add holds one record, a struct of this package or a pointer to one, to the laws as far as it goes alone, and remembers
// what the others need. It does not keep the record.
func (a *Audit) Add(rec any) {
	a.init()
	switch r := rec.(type) {
	case *Disbursement:
		a.payment(r)
	case Disbursement:
		a.payment(&r)
	default:
		a.other(rec)
	}
}

func (a *Audit) init() {
	if a.refs != nil {
		return
	}
	a.refs, a.pending = map[target]bool{}, map[target]origin{}
	a.kinds, a.used = map[string]*SubsidyKind{}, map[kindYear]origin{}
	a.funds, a.paid = map[string]*Fund{}, map[string]Fen{}
	a.lists, a.folded = map[listKey]*listSum{}, map[kindYear]bool{}
	a.lines, a.children = map[string]*BudgetLine{}, map[string]*BudgetLine{}
	a.posts, a.people = map[string][]Posts{}, map[postKey]*postCount{}
}

// payment is apart from the other records because there are millions: it goes without reflection.
func (a *Audit) payment(r *Disbursement) {
	from := origin{dataset: "disbursement", ref: r.Ref}
	a.need(target{"fund", r.Fund}, from, "资金编号")
	a.need(target{"subsidy_kind", r.Kind}, from, "补贴种类")
	a.need(target{targetCode, string(r.Place)}, from, "村")
	a.use(r.Kind, r.Year, from)
	l := a.list(listKey{r.Kind, r.Place, r.Year}, from)
	l.listed += r.Amount
	// A list that states amounts only has no sum that one could follow.
	if r.Quantity == 0 || r.Standard == 0 || r.Remark != "" {
		return
	}
	if diff := r.Quantity.Times(r.Standard) - r.Amount; diff < -1 || diff > 1 {
		a.find(LawAmount, "disbursement", r.Ref, "%s%s乘%s元应是%s元，写的是%s元", r.Quantity.Number(r.Unit), r.Unit, r.Standard.Yuan(), r.Quantity.Times(r.Standard).Yuan(), r.Amount.Yuan())
	}
}

func (a *Audit) other(rec any) {
	d := datasetOf(rec)
	cells := d.Cells(rec)
	from := origin{dataset: d.Name, ref: cells[0].Text}
	a.refs[target{d.Name, from.ref}] = true
	for i, c := range d.Columns {
		a.references(c, cells[i].Text, from)
	}
	switch r := deref(rec).(type) {
	case Place:
		a.refs[target{targetCode, string(r.Code)}] = true
	case SubsidyKind:
		a.kinds[r.Ref] = &r
	case Policy:
		for _, no := range r.Funds {
			a.need(target{targetCatalogue, no}, from, "相关资金目录号")
		}
	case Fund:
		a.fund(&r)
	case Allocation:
		a.allocation(&r, from)
	case Total:
		a.use(r.Kind, r.Year, from)
		a.folded[kindYear{r.Kind, r.Year}] = true
		a.list(listKey{r.Kind, r.Place, r.Year}, from).listed += r.Amount
	case BudgetLine:
		a.budgetLine(&r)
	case Institution:
		a.posts[r.Ref] = r.Posts
	case Incumbent:
		a.incumbent(&r)
	}
}

func (a *Audit) references(c Column, text string, from origin) {
	to := c.Refs
	if c.Kind == KindPlace || c.Name == "parent" && c.Kind == KindCode || c.Name == "successors" {
		to = targetCode
	}
	if to == "" || text == "" {
		return
	}
	for ref := range strings.SplitSeq(text, ";") {
		if c.Kind != KindList {
			ref = text
		}
		a.need(target{to, ref}, from, c.Headings()[len(c.Headings())-1])
		if c.Kind != KindList {
			return
		}
	}
}

// need remembers a reference that is not known yet, with the first record that makes it.
func (a *Audit) need(to target, from origin, heading string) {
	if a.refs[to] {
		return
	}
	if _, ok := a.pending[to]; ok {
		return
	}
	from.heading = heading
	a.pending[target{to.dataset, strings.Clone(to.ref)}] = from
}

func (a *Audit) use(kind string, year int64, from origin) {
	if _, ok := a.used[kindYear{kind, year}]; !ok {
		a.used[kindYear{strings.Clone(kind), year}] = from
	}
}

func (a *Audit) list(k listKey, from origin) *listSum {
	l := a.lists[k]
	if l == nil {
		l = &listSum{dataset: from.dataset, ref: from.ref}
		k.kind, k.place = strings.Clone(k.kind), Code(strings.Clone(string(k.place)))
		a.lists[k] = l
	}
	return l
}

func (a *Audit) fund(r *Fund) {
	a.funds[r.Ref] = r
	a.refs[target{targetCatalogue, fmt.Sprint(r.CatalogueNo)}] = true
	if r.Balance != r.Budget-r.Paid {
		a.find(LawBalance, "fund", r.Ref, "安排%s元，已拨%s元，结余应是%s元，写的是%s元", r.Budget.Yuan(), r.Paid.Yuan(), (r.Budget - r.Paid).Yuan(), r.Balance.Yuan())
	}
}

func (a *Audit) allocation(r *Allocation, from origin) {
	a.paid[r.Fund] += r.Amount
	if r.Kind == "" {
		return
	}
	a.use(r.Kind, r.Year, from)
	l := a.list(listKey{r.Kind, r.Place, r.Year}, from)
	l.dataset, l.ref = from.dataset, from.ref
	l.allocated += r.Amount
	l.remark = cmp.Or(l.remark, r.Remark)
}

func (a *Audit) budgetLine(r *BudgetLine) {
	a.lines[r.Ref] = r
	// Tables that do not divide expenditure leave both parts empty.
	if (r.Basic != 0 || r.Project != 0) && r.Total != r.Basic+r.Project {
		a.find(LawBudgetTotal, "budget_line", r.Ref, "%s：基本%s元加项目%s元，合计写的是%s元", r.Name, r.Basic.Yuan(), r.Project.Yuan(), r.Total.Yuan())
	}
	if r.Stage == "调整" && (r.ApprovalNo == "" || r.ApprovalDate == "" || r.ApprovalDoc == "") {
		a.find(LawSupplement, "budget_line", r.Ref, "%s追加%s元，没有写全批准文号、日期和文件", r.Name, r.Total.Yuan())
	}
	if r.Parent == "" {
		return
	}
	sum := a.children[r.Parent]
	if sum == nil {
		sum = &BudgetLine{}
		a.children[r.Parent] = sum
	}
	sum.Basic, sum.Project, sum.Total = sum.Basic+r.Basic, sum.Project+r.Project, sum.Total+r.Total
}

func (a *Audit) incumbent(r *Incumbent) {
	k := postKey{r.Institution, r.PostType}
	n := a.people[k]
	if n == nil {
		n = &postCount{}
		a.people[k] = n
	}
	switch r.Status {
	case "在编":
		n.within++
		n.ref = r.Ref
	case "超编":
		n.over++
		n.ref = r.Ref
	case "借调", "离岗", "退养":
	default:
		a.find(LawStatuses, "incumbent", r.Ref, "%s的在编状况是“%s”，哪一种都不算", r.Name, r.Status)
	}
}

func (a *Audit) find(law Law, dataset, ref, format string, args ...any) {
	a.found = append(a.found, Finding{law, dataset, ref, fmt.Sprintf(format, args...)})
}

// Findings returns what breaks a law, in order of dataset and reference. It may be called while records are still being
// added; references that are still to come then count as missing.
func (a *Audit) Findings() []Finding {
	a.init()
	done := a.found
	a.found = slices.Clone(done)
	defer func() { a.found = done }()
	for to, from := range a.pending {
		if !a.refs[to] {
			a.find(LawReference, from.dataset, from.ref, "%s“%s”找不到", from.heading, to.ref)
		}
	}
	a.checkPeriods()
	a.checkPaid()
	for _, d := range a.Differences() {
		if d.Remark == "" {
			l := a.lists[listKey{d.Kind, d.Place, d.Year}]
			dataset, ref := "subsidy_kind", d.Kind
			if l != nil {
				dataset, ref = l.dataset, l.ref
			}
			a.find(LawList, dataset, ref, "%s %d年%s：名单合计%s元，拨付%s元，相差%s元", d.Place, d.Year, a.kindName(d.Kind), d.Listed.Yuan(), d.Allocated.Yuan(), (d.Listed - d.Allocated).Yuan())
		}
	}
	a.checkBudgets()
	a.checkPosts()
	slices.SortFunc(a.found, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.Dataset, y.Dataset), cmp.Compare(x.Ref, y.Ref), cmp.Compare(x.Law, y.Law), cmp.Compare(x.Text, y.Text))
	})
	return a.found
}

func (a *Audit) kindName(id string) string {
	if k := a.kinds[id]; k != nil {
		return k.Name
	}
	return id
}

func (a *Audit) checkPeriods() {
	for use, from := range a.used {
		k := a.kinds[use.kind]
		if k == nil {
			continue // its reference does not resolve, which is a finding already
		}
		if use.year < k.FromYear || k.ToYear != 0 && use.year > k.ToYear {
			a.find(LawPeriod, from.dataset, from.ref, "%s不在%d年执行", k.Name, use.year)
		}
	}
}

func (a *Audit) checkPaid() {
	for ref, f := range a.funds {
		if sum := a.paid[ref]; sum != f.Paid {
			a.find(LawPaid, "fund", ref, "%s写的已拨%s元，各笔拨付共%s元", f.Name, f.Paid.Yuan(), sum.Yuan())
		}
	}
}

func (a *Audit) checkBudgets() {
	for ref, sum := range a.children {
		p := a.lines[ref]
		if p == nil {
			continue // its reference does not resolve, which is a finding already
		}
		if p.Total != sum.Total || p.Basic != sum.Basic || p.Project != sum.Project {
			a.find(LawBudgetParent, "budget_line", ref, "%s合计%s元，下级科目共%s元", p.Name, p.Total.Yuan(), sum.Total.Yuan())
		}
	}
}

func (a *Audit) checkPosts() {
	for k, n := range a.people {
		authorised := int64(0)
		for _, p := range a.posts[k.institution] {
			if p.Type == k.typ {
				authorised += p.Authorised
			}
		}
		switch {
		case n.within > authorised:
			a.find(LawEstablishment, "institution", k.institution, "%s核定%d名，在编写了%d人", k.typ, authorised, n.within)
		case n.over > 0 && n.within < authorised:
			a.find(LawEstablishment, "institution", k.institution, "%s核定%d名，在编%d人，还没有满就写了超编%d人", k.typ, authorised, n.within, n.over)
		}
	}
}

// Differences returns the lists that do not add up to their allocation, named or not, in order of place, year and kind.
func (a *Audit) Differences() []Difference {
	var out []Difference
	county := map[kindYear]*Difference{}
	for k, l := range a.lists {
		if ky := (kindYear{k.kind, k.year}); a.folded[ky] {
			d := county[ky]
			if d == nil {
				d = &Difference{Kind: k.kind, Year: k.year}
				county[ky] = d
			}
			d.Listed, d.Allocated, d.Remark = d.Listed+l.listed, d.Allocated+l.allocated, cmp.Or(d.Remark, l.remark)
			continue
		}
		if l.listed != l.allocated {
			out = append(out, Difference{k.kind, k.place, k.year, l.listed, l.allocated, l.remark})
		}
	}
	for d := range maps.Values(county) {
		if d.Listed != d.Allocated {
			out = append(out, *d)
		}
	}
	slices.SortFunc(out, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Place, y.Place), cmp.Compare(x.Year, y.Year), cmp.Compare(x.Kind, y.Kind))
	})
	return out
}

func datasetOf(rec any) *Dataset {
	t := reflect.TypeOf(rec)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for _, d := range datasets() {
		if d.typ == t {
			return d
		}
	}
	panic("disclosure: " + t.Name() + " is no record type")
}

// deref returns the record itself where rec points to one.
func deref(rec any) any { return reflect.Indirect(reflect.ValueOf(rec)).Interface() }
