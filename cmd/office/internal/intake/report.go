package intake

import (
	"encoding/json"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/leak"
)

// Report (导入结果) is what came of one call.
type Report struct {
	Files []*File `json:"files"`
}

// Refused reports whether any file was refused.
func (r Report) Refused() bool {
	for _, f := range r.Files {
		if len(f.Refused) > 0 {
			return true
		}
	}
	return false
}

// Result is what was done with a file.
type Result string

const (
	Taken     Result = "taken"     // it is in the ledger
	Replaced  Result = "replaced"  // it is in the ledger in place of an older version
	Unchanged Result = "unchanged" // the ledger has these very rows
	Checked   Result = "checked"   // nothing is wrong with it; nothing was taken in
	Refused   Result = "refused"   // nothing of it was taken in
	Failed    Result = "failed"    // the office broke off while it was read; nothing of it was taken in
)

// File (导入的文件) is what came of one file.
type File struct {
	File     string            `json:"file"`
	Kind     string            `json:"kind"`
	Unit     string            `json:"unit"`
	Encoding string            `json:"encoding"`
	Result   Result            `json:"result"`
	Rows     []json.RawMessage `json:"rows,omitempty"`
	Refused  []Remark          `json:"refused"`
	Warnings []Remark          `json:"warnings"`
	Totals   Totals            `json:"totals"`
	// More is how many refusals there are beyond those listed.
	More int64 `json:"more_refused,omitempty"`
}

// Totals (合计) are for the clerk to compare with the paper.
type Totals struct {
	Rows   int64          `json:"rows"`
	Amount disclosure.Fen `json:"amount_fen"`
}

// Remark (问题) says what is wrong, where, by which rule, and how to mend it.
type Remark struct {
	Sheet  string `json:"sheet"`
	Row    int64  `json:"row"`
	Column string `json:"column"`
	Value  string `json:"value_masked"`
	Rule   string `json:"rule"`
	Hint   string `json:"hint"`
}

// maxRemarks bounds what is listed of one file: who made one mistake in a column made it in every row.
const maxRemarks = 100

func (f *File) refuse(r Remark) {
	if len(f.Refused) >= maxRemarks {
		f.More++
		return
	}
	f.Refused = append(f.Refused, r)
}

func (f *File) warn(r Remark) {
	if len(f.Warnings) < maxRemarks {
		f.Warnings = append(f.Warnings, r)
	}
}

// mask shows of a refused value what helps to find it and hides what could be a number of a person, and names but for the
// surname.
func mask(c disclosure.Column, value string) string {
	const shown = 40
	runes := []rune(strings.ReplaceAll(value, "\n", " "))
	if len(runes) > shown {
		runes = append(runes[:shown], '…')
	}
	value = string(runes)
	switch {
	case c.Kind == disclosure.KindDate && len(value) <= len("2023-05-06"):
		return value
	case c.Kind == disclosure.KindCode && len(value) <= 12:
		return value
	case c.Name == "name" && c.Heading == "姓名" && len(runes) > 1:
		return leak.Mask(string(runes[:1]) + strings.Repeat("*", len(runes)-1))
	}
	return leak.Mask(value)
}
