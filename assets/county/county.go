// Package county holds what is public and fixed about the two counties of the sources, Yidu (宜都市) and Yunmeng (云梦县): their
// townships and villages of 2023, those of Yidu in 2019, and what became of the ones that are gone; the commonest surnames
// and given-name characters, and rare ones; kinds of subsidies; names of special funds; the parts of the functional and
// economic classification of expenditure that a county's departments use.
//
// The parties are the sample county, which is made of these tables, and the office, which sets up a county from them. The
// tables are embedded as CSV files with one header row, and read once. Where each comes from and under which licence stands
// in NOTICE. No table names a person.
package county

import (
	"embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed *.csv
var files embed.FS

// Division (行政区划) is one row of the statistics' list of divisions.
type Division struct {
	Code string // 12 digits
	Name string // as listed, as in 白水港村委会
	// Level is city, county, town or village.
	Level  string
	Kind   string // 街道, 镇, 乡, 居委会, 村委会, 类似乡级单位 …
	Parent string
}

// Change (区划变更) is what became of one village between the lists of 2019 and 2023. Either side is empty where a village
// is new or abolished.
type Change struct {
	Old, OldName string
	New, NewName string
	How          string // same, renamed, recoded, new or abolished
}

// Weighted (加权字) is a surname or character with how often it occurs among 100,000 people.
type Weighted struct {
	Text   string
	Weight int
}

// SubsidyKind (补贴种类) is a kind of subsidy as general knowledge has it; amounts are set by the county.
type SubsidyKind struct {
	ID, Name   string
	Aliases    []string
	Category   string
	Department string
	From, To   int // years; 0 is open
	Unit       string
	Calc       string
	// ByName reports whether recipients are published by name (名单) or only as totals (只公布合计).
	ByName bool
}

// Subject (科目) is one code of a classification of expenditure.
type Subject struct {
	Code, Name, Parent string
}

// Name returns the name of a county whose divisions are here, and false for any other code.
func Name(county string) (string, bool) {
	for _, d := range divisions() {
		if d.Level == "county" && strings.HasPrefix(d.Code, county) && len(county) == 6 {
			return d.Name, true
		}
	}
	return "", false
}

// Divisions returns the county itself, its townships and its villages as of 2023-06-30, in order of code. county is the
// 6-digit code.
func Divisions(county string) []Division { return within(divisions(), county) }

// Divisions2019 returns the divisions as of 2019-10-31, known for Yidu only.
func Divisions2019(county string) []Division { return within(divisions2019(), county) }

// Changes returns what became of the county's villages between the two lists, known for Yidu only.
func Changes(county string) []Change {
	var out []Change
	for _, c := range changes() {
		if strings.HasPrefix(c.Old+c.New, county) {
			out = append(out, c)
		}
	}
	return out
}

// Surnames returns the commonest surnames, the most frequent first; compound ones are among them.
func Surnames() []Weighted { return slices.Clone(surnames()) }

// GivenChars returns the commonest characters of given names with their weight for men or women.
func GivenChars(women bool) []Weighted {
	col := 1
	if women {
		col = 2
	}
	var out []Weighted
	for _, r := range table("given_chars.csv") {
		out = append(out, Weighted{Text: r[0], Weight: number(r[col])})
	}
	return out
}

// SubsidyKinds returns the known kinds of subsidies.
func SubsidyKinds() []SubsidyKind { return slices.Clone(kinds()) }

// Functional returns the codes of the functional classification (支出功能分类): 类 of 3, 款 of 5, 项 of 7 digits.
func Functional() []Subject { return subjects("functional.csv") }

// Economic returns the codes of the economic classification (支出经济分类): 类 of 3, 款 of 5 digits.
func Economic() []Subject { return subjects("economic.csv") }

func subjects(file string) []Subject {
	var out []Subject
	for _, r := range table(file) {
		out = append(out, Subject{Code: r[0], Name: halfToFull.Replace(r[2]), Parent: r[3]})
	}
	return out
}

// The lists write brackets of half width, which do not stand beside Chinese on a page.
var halfToFull = strings.NewReplacer("(", "（", ")", "）")

var (
	divisions     = sync.OnceValue(func() []Division { return readDivisions("divisions_2023.csv") })
	divisions2019 = sync.OnceValue(func() []Division { return readDivisions("yidu_divisions_2019.csv") })
	changes       = sync.OnceValue(func() []Change {
		var out []Change
		for _, r := range table("yidu_changes.csv") {
			out = append(out, Change{Old: r[0], OldName: r[1], New: r[2], NewName: r[3], How: r[4]})
		}
		return out
	})
	surnames = sync.OnceValue(func() []Weighted {
		var out []Weighted
		for _, r := range table("surnames.csv") {
			out = append(out, Weighted{Text: r[0], Weight: number(r[1])})
		}
		return out
	})
	kinds = sync.OnceValue(func() []SubsidyKind {
		var out []SubsidyKind
		for _, r := range table("subsidy_kinds.csv") {
			k := SubsidyKind{ID: r[0], Name: halfToFull.Replace(r[1]), Category: r[3], Department: r[4], From: number(r[5]), To: number(r[6]), Unit: r[8], Calc: r[13], ByName: r[17] != "否"}
			if r[2] != "" {
				k.Aliases = strings.Split(halfToFull.Replace(r[2]), ";")
			}
			out = append(out, k)
		}
		return out
	})
)

func readDivisions(file string) []Division {
	var out []Division
	for _, r := range table(file) {
		out = append(out, Division{Code: r[0], Name: r[1], Level: r[2], Kind: r[3], Parent: r[4]})
	}
	return out
}

func within(all []Division, county string) []Division {
	var out []Division
	for _, d := range all {
		if len(county) == 6 && strings.HasPrefix(d.Code, county) {
			out = append(out, d)
		}
	}
	return out
}

// table returns the rows of an embedded file below its header. An embedded file that cannot be read is a fault of the
// build, so it panics.
func table(file string) [][]string {
	f, err := files.Open(file)
	if err != nil {
		panic("county: " + err.Error())
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic("county: " + file + ": " + err.Error())
	}
	return rows[1:]
}

func number(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("county: " + err.Error())
	}
	return n
}
