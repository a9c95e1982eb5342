package book

import (
	"fmt"
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// prose (正文) says of which kind of hit a dataset's rows are, and which of its columns are texts. These stand in the sections of
// package search alone, which finds what is said in them; in the dataset's table they are empty.
var prose = map[string]struct {
	kind    string
	columns []string
}{
	"policy": {search.KindPolicy, []string{"summary", "body"}},
	"notice": {search.KindNotice, []string{"body"}},
	"fund":   {search.KindFund, []string{"recipients", "standard", "balance_statement", "method"}},
}

// proseColumns returns the indexes of a dataset's columns that are texts.
func proseColumns(d *disclosure.Dataset) []int {
	var out []int
	for _, name := range prose[d.Name].columns {
		out = append(out, slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == name }))
	}
	return out
}

// takeProse takes the texts out of rows.
func takeProse(d *disclosure.Dataset, rows [][]disclosure.Cell) [][]string {
	columns := proseColumns(d)
	if columns == nil {
		return nil
	}
	out := make([][]string, len(rows))
	for i, cells := range rows {
		for _, k := range columns {
			out[i] = append(out[i], cells[k].Text)
			cells[k].Text = ""
		}
	}
	return out
}

// putProse returns what puts the texts of a row back into its cells; nil where a dataset has none.
func (c *core) putProse(d *disclosure.Dataset) func(row int, cells []disclosure.Cell) error {
	columns := proseColumns(d)
	if columns == nil {
		return nil
	}
	return func(row int, cells []disclosure.Cell) error {
		texts, err := c.index.Texts(prose[d.Name].kind, row)
		if err != nil {
			return err
		}
		if len(texts) != len(columns) {
			return fmt.Errorf("%d texts for %d columns", len(texts), len(columns))
		}
		for i, k := range columns {
			cells[k].Text = texts[i]
		}
		return nil
	}
}
