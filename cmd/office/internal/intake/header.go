package intake

import (
	"fmt"
	"strings"

	"mingbai.local/app/disclosure"
)

// plan says where in a sheet each column of a dataset stands.
type plan struct {
	width int
	at    []int // sheet column of each dataset column; -1 where the sheet has none
	// town and village are the sheet columns of the place, -1 where the dataset has none or the sheet leaves them out.
	town, village int
	placeAt       int // dataset column of the place, or -1
}

// fold makes headings equal that a clerk takes for the same: brackets of both widths, spaces inside or around.
func fold(heading string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '(':
			return '（'
		case ')':
			return '）'
		case '％':
			return '%'
		case ' ', '\t', '\n', '\r', '\u00a0', '\u3000', '\ufeff':
			return -1
		}
		return r
	}, heading)
}

// derived reports whether intake makes the column itself, so that a sheet may leave it out: the reference of a payment.
func derived(d *disclosure.Dataset, c disclosure.Column) bool {
	return c.Name == "ref" && d == disclosure.Of[disclosure.Disbursement]()
}

// headings are the headings a sheet of the dataset may have, in order.
func headings(d *disclosure.Dataset) []string {
	var out []string
	for _, c := range d.Columns {
		if !derived(d, c) {
			out = append(out, c.Headings()...)
		}
	}
	return out
}

// match finds the columns of a dataset in a header row. Every heading must be known: what is not cannot be told from what
// must never be published.
func match(d *disclosure.Dataset, header []string) (plan, []Remark) {
	for len(header) > 0 && fold(header[len(header)-1]) == "" {
		header = header[:len(header)-1]
	}
	p := plan{width: len(header), at: make([]int, len(d.Columns)), town: -1, village: -1, placeAt: -1}
	known := map[string]*int{}
	need := map[string]bool{}
	for i, c := range d.Columns {
		p.at[i] = -1
		if derived(d, c) {
			continue
		}
		if c.Kind == disclosure.KindPlace {
			p.placeAt = i
			known[disclosure.TownHeading], known[disclosure.VillageHeading] = &p.town, &p.village
			need[disclosure.TownHeading], need[disclosure.VillageHeading] = c.Required, c.Required
			continue
		}
		for _, h := range c.Headings() {
			known[fold(h)] = &p.at[i]
			need[fold(h)] = c.Required
		}
	}
	var wrong []Remark
	for i, h := range header {
		at, ok := known[fold(h)]
		switch {
		case fold(h) == "":
			wrong = append(wrong, Remark{Row: 1, Column: fmt.Sprintf("第%d列", i+1), Rule: "表头里有一列没有名称", Hint: "请给这一列写上名称，或者把整列删去。"})
		case !ok:
			wrong = append(wrong, Remark{
				Row: 1, Column: mask(disclosure.Column{}, strings.TrimSpace(h)), Rule: "表头里有不认识的列",
				Hint: "请把这一列整列删去（身份证号、银行卡号、电话都不能出现在公开的表里），或者改成规定的名称。“" + d.Term + "”表可用的列：" + strings.Join(headings(d), "、") + "。",
			})
		case *at >= 0:
			wrong = append(wrong, Remark{Row: 1, Column: strings.TrimSpace(h), Rule: "表头里这一列出现了两次", Hint: "请留下一列，把另一列删去。"})
		default:
			*at = i
		}
	}
	for _, h := range headings(d) {
		if need[fold(h)] && *known[fold(h)] < 0 {
			wrong = append(wrong, Remark{Row: 1, Column: h, Rule: "缺少这一列", Hint: "请在表头加上“" + h + "”一列并填好，再导入一次。"})
		}
	}
	return p, wrong
}

// datasetOf finds the dataset by its name or by the clerk's word for it; nil where there is none that a sheet may carry.
func datasetOf(word string) *disclosure.Dataset {
	for _, d := range disclosure.Datasets() {
		if !d.Made() && (d.Name == word || d.Term == word) {
			return d
		}
	}
	return nil
}

// datasetOfFile goes by the file name's part before the first _ or point, as in 补贴发放_枝城镇2025.csv.
func datasetOfFile(name string) *disclosure.Dataset {
	if i := strings.IndexAny(name, "_."); i >= 0 {
		return datasetOf(name[:i])
	}
	return nil
}

// terms lists the words for --kind and file names.
func terms() string {
	var out []string
	for _, d := range disclosure.Datasets() {
		if !d.Made() {
			out = append(out, d.Term)
		}
	}
	return strings.Join(out, "、")
}
