package disclosure

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Kind (列的类型) is what a column holds, and so how a sheet writes it.
type Kind int

const (
	KindText  Kind = iota // text as written
	KindInt               // a whole number
	KindFen               // money: a sheet says yuan, a cell fen
	KindMilli             // a quantity: a sheet says units, a cell thousandths
	KindDate              // ISO text of the stated precision
	KindCode              // a division code
	KindPlace             // a division code that a sheet writes as two headings, 乡镇 and 村
	KindList              // texts, joined by ; both in a cell and in a sheet
	KindPosts             // establishment by type, as 行政编制=12;工勤编制=2
)

// Number reports whether cells of the kind hold an integer; the others hold text.
func (k Kind) Number() bool { return k == KindInt || k == KindFen || k == KindMilli }

// The two headings under which a sheet writes a KindPlace column; both empty is the county itself.
const (
	TownHeading    = "乡镇"
	VillageHeading = "村"
)

// Cell (单元格) is one value of a record: Int for number kinds, Text for the others.
type Cell struct {
	Int  int64
	Text string
}

// Column (列) describes one field of a dataset.
type Column struct {
	Name string // in an edition, as in amount_fen
	// Heading is the sheet's heading; "-" for what no sheet carries, "@place" for KindPlace.
	Heading  string
	Kind     Kind
	Required bool
	OneOf    []string // the legal texts, where they are few
	Refs     string   // the dataset that the text refers to, where it does
	index    []int
}

// Headings returns the sheet headings of the column: none, one, or the two of a place.
func (c Column) Headings() []string {
	switch c.Heading {
	case "-":
		return nil
	case "@place":
		return []string{TownHeading, VillageHeading}
	}
	return []string{c.Heading}
}

// The owners who sign datasets. OwnerOffice signs with the targets role itself, the others with delegations of their names.
const (
	OwnerOffice   = "office"
	OwnerFinance  = "finance"
	OwnerStaffing = "staffing"
	OwnerPolicy   = "policy"
)

// Dataset (数据集) is all records of one type.
type Dataset struct {
	Name    string // in an edition, as in disbursement
	Term    string // the clerk's word for it, as in 拨付
	Owner   string
	Columns []Column
	typ     reflect.Type
}

// Column returns the column of that name.
func (d *Dataset) Column(name string) (Column, bool) {
	for _, c := range d.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// Made reports whether the press makes the dataset from others, so that no sheet carries it.
func (d *Dataset) Made() bool { return d.typ == reflect.TypeFor[Total]() || d.Spare() }

// Spare reports whether an edition has the dataset only where it has rows of it. Programs from before there were outlines so read every
// edition that needs none.
func (d *Dataset) Spare() bool { return d.typ == reflect.TypeFor[Outline]() }

// New returns a pointer to an empty record of the dataset.
func (d *Dataset) New() any { return reflect.New(d.typ).Interface() }

// Datasets returns every dataset in the order in which references resolve: places and institutions before what names them.
func Datasets() []*Dataset { return datasets() }

// ByName returns the dataset of that name, nil where there is none.
func ByName(name string) *Dataset {
	for _, d := range datasets() {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Of returns the dataset of a record type.
func Of[T any]() *Dataset {
	t := reflect.TypeFor[T]()
	for _, d := range datasets() {
		if d.typ == t {
			return d
		}
	}
	panic("disclosure: " + t.Name() + " is no record type")
}

var datasets = sync.OnceValue(func() []*Dataset {
	return []*Dataset{
		dataset[Place]("place", "行政区划", OwnerOffice),
		dataset[Institution]("institution", "机构", OwnerStaffing),
		dataset[Incumbent]("incumbent", "在编人员", OwnerStaffing),
		dataset[SubsidyKind]("subsidy_kind", "补贴种类", OwnerFinance),
		dataset[Policy]("policy", "政策文件", OwnerPolicy),
		dataset[Fund]("fund", "专项资金", OwnerFinance),
		dataset[Allocation]("allocation", "资金拨付到乡村", OwnerFinance),
		dataset[Disbursement]("disbursement", "补贴发放", OwnerFinance),
		dataset[Total]("total", "补贴合计", OwnerFinance),
		dataset[BudgetLine]("budget_line", "部门预算", OwnerFinance),
		dataset[ThreePublic]("three_public", "三公经费", OwnerFinance),
		dataset[Procurement]("procurement", "政府采购", OwnerFinance),
		dataset[InvestmentProject]("project", "政府投资项目", OwnerFinance),
		dataset[Notice]("notice", "公告", OwnerPolicy),
		dataset[Contact]("contact", "联系方式", OwnerOffice),
		dataset[Obligation]("obligation", "公开任务", OwnerOffice),
		dataset[Withdrawal]("withdrawal", "撤回", OwnerOffice),
		dataset[Outline]("outline", "字形", OwnerOffice),
	}
})

func dataset[T any](name, term, owner string) *Dataset {
	d := &Dataset{Name: name, Term: term, Owner: owner, typ: reflect.TypeFor[T]()}
	for _, f := range reflect.VisibleFields(d.typ) {
		tag := f.Tag.Get("col")
		if tag == "" {
			continue
		}
		c := Column{Name: tag, Heading: f.Tag.Get("head"), Kind: kindOf(f), Required: f.Tag.Get("need") == "yes", Refs: f.Tag.Get("refs"), index: f.Index}
		if s := f.Tag.Get("oneof"); s != "" {
			c.OneOf = strings.Split(s, ",")
		}
		d.Columns = append(d.Columns, c)
	}
	return d
}

func kindOf(f reflect.StructField) Kind {
	switch f.Type {
	case reflect.TypeFor[Fen]():
		return KindFen
	case reflect.TypeFor[Milli]():
		return KindMilli
	case reflect.TypeFor[Date]():
		return KindDate
	case reflect.TypeFor[Code]():
		if f.Tag.Get("head") == "@place" {
			return KindPlace
		}
		return KindCode
	case reflect.TypeFor[[]string]():
		return KindList
	case reflect.TypeFor[[]Posts]():
		return KindPosts
	case reflect.TypeFor[int64]():
		return KindInt
	case reflect.TypeFor[string]():
		return KindText
	}
	panic("disclosure: field " + f.Name + " has no column kind")
}

// Cells returns the record as cells in the order of the dataset's columns. rec is a record or a pointer to one.
func (d *Dataset) Cells(rec any) []Cell {
	v := reflect.Indirect(reflect.ValueOf(rec))
	out := make([]Cell, len(d.Columns))
	for i, c := range d.Columns {
		f := v.FieldByIndex(c.index)
		switch c.Kind {
		case KindInt, KindFen, KindMilli:
			out[i].Int = f.Int()
		case KindList:
			out[i].Text = strings.Join(f.Interface().([]string), ";")
		case KindPosts:
			out[i].Text = formatPosts(f.Interface().([]Posts))
		default:
			out[i].Text = f.String()
		}
	}
	return out
}

// Fill sets rec, a pointer to a record of the dataset, from cells in the order of the dataset's columns.
// It fails where the establishment of an institution cannot be read.
func (d *Dataset) Fill(rec any, cells []Cell) error {
	v := reflect.ValueOf(rec).Elem()
	for i, c := range d.Columns {
		f := v.FieldByIndex(c.index)
		switch c.Kind {
		case KindInt, KindFen, KindMilli:
			f.SetInt(cells[i].Int)
		case KindList:
			var list []string
			if cells[i].Text != "" {
				list = strings.Split(cells[i].Text, ";")
			}
			f.Set(reflect.ValueOf(list))
		case KindPosts:
			posts, err := parsePosts(cells[i].Text)
			if err != nil {
				return fmt.Errorf("disclosure: %s: %w", c.Name, err)
			}
			f.Set(reflect.ValueOf(posts))
		default:
			f.SetString(cells[i].Text)
		}
	}
	return nil
}

func formatPosts(posts []Posts) string {
	parts := make([]string, len(posts))
	for i, p := range posts {
		parts[i] = p.Type + "=" + strconv.FormatInt(p.Authorised, 10)
	}
	return strings.Join(parts, ";")
}

func parsePosts(s string) ([]Posts, error) {
	if s == "" {
		return nil, nil
	}
	var out []Posts
	for part := range strings.SplitSeq(s, ";") {
		name, n, ok := strings.Cut(part, "=")
		authorised, err := strconv.ParseInt(n, 10, 64)
		if !ok || name == "" || err != nil || authorised < 0 {
			return nil, fmt.Errorf("%q is not 类型=人数", part)
		}
		out = append(out, Posts{Type: name, Authorised: authorised})
	}
	return out, nil
}
