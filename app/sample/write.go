package sample

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mingbai.local/app/disclosure"
)

// About (说明) is county.json: what an office has to know before it takes the files in, and what a test may want to find in them.
type About struct {
	County     string          `json:"county"`
	CountyName string          `json:"county_name"`
	Emblem     string          `json:"emblem"`
	Synthetic  bool            `json:"synthetic"`
	AsOf       disclosure.Date `json:"as_of"`
	Seed       uint64          `json:"seed"`
	Payments   int             `json:"payments"`
	// QueryPoint is a village with people, where a kiosk of the sample may stand.
	QueryPoint disclosure.Code `json:"query_point"`
	// Planted are the lists that do not agree with what was sent down; all others do.
	Planted []Planted `json:"planted"`
	// SupplementsWithoutPaper are the references of budget supplements that name no approval.
	SupplementsWithoutPaper []string `json:"supplements_without_paper"`
}

// About returns what county.json says.
func (c *County) About() About {
	a := About{
		County: c.options.County, CountyName: c.spec.name, Emblem: c.spec.emblem, Synthetic: true, AsOf: c.options.AsOf,
		Seed: c.options.Seed, Payments: c.payments, Planted: c.Planted(), QueryPoint: c.queryPoint(),
	}
	for _, l := range c.BudgetLines {
		if l.Stage == "调整" && l.ApprovalNo == "" {
			a.SupplementsWithoutPaper = append(a.SupplementsWithoutPaper, l.Ref)
		}
	}
	return a
}

// queryPoint is 白水港村 where it has people, or else a village in the middle.
func (c *County) queryPoint() disclosure.Code {
	for _, v := range c.villages {
		if v.place.Name == "白水港村" {
			return v.place.Code
		}
	}
	return c.villages[len(c.villages)/2].place.Code
}

// Write writes the files that an office takes in, into a directory that it makes: county.json and one sheet for each
// dataset, divided by year where there are many rows, and by township for payments. Sheets are CSV in UTF-8 with a byte
// order mark, as spreadsheet programs here write them; a file is named after its dataset (Dataset.Term), which ends at the
// first _ or at the dot. The headings are those of the columns in their order; a place takes two, 乡镇 and 村. Payments
// carry no 编号: Disbursement.Key derives it.
//
// progress, which may be nil, is called after each file with its name and number of rows.
func (c *County) Write(dir string, progress func(file string, rows int)) error {
	w := &writer{dir: dir, places: map[disclosure.Code][2]string{}, progress: progress}
	if progress == nil {
		w.progress = func(string, int) {}
	}
	w.know(c.Places)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	about, err := json.MarshalIndent(c.About(), "", "  ")
	if err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "county.json"), append(about, '\n'), 0o644),
		sheet(w, "", c.Places), sheet(w, "", c.Institutions), sheet(w, "", c.Incumbents), sheet(w, "", c.kinds), sheet(w, "", c.Policies),
		byYear(w, c.Funds, func(f disclosure.Fund) int64 { return f.Year }),
		byYear(w, c.Allocations, func(a disclosure.Allocation) int64 { return a.Year }),
		byYear(w, c.BudgetLines, func(l disclosure.BudgetLine) int64 { return l.Year }),
		sheet(w, "", c.ThreePublic), sheet(w, "", c.Procurements), sheet(w, "", c.Projects), sheet(w, "", c.Notices),
		sheet(w, "", c.Contacts), sheet(w, "", c.Obligations), sheet(w, "", c.Withdrawals),
		c.writePayments(w),
	)
	if err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	return nil
}

// writer knows where sheets go and how their places are written.
type writer struct {
	dir      string
	places   map[disclosure.Code][2]string // township and village
	progress func(string, int)
}

func (w *writer) know(places []disclosure.Place) {
	names := map[disclosure.Code]string{}
	for _, p := range places {
		names[p.Code] = p.Name
	}
	for _, p := range places {
		switch p.Level {
		case "乡":
			w.places[p.Code] = [2]string{p.Name, ""}
		case "村":
			w.places[p.Code] = [2]string{names[p.Parent], p.Name}
		}
	}
}

// sheet writes all records of one type into one file.
func sheet[T any](w *writer, part string, records []T) error {
	d := disclosure.Of[T]()
	s, err := w.create(d, part)
	if err != nil {
		return err
	}
	for i := range records {
		s.row(d.Cells(&records[i]))
	}
	return s.close()
}

// byYear writes records, which are in order of year, into one file for each year.
func byYear[T any](w *writer, records []T, year func(T) int64) error {
	for len(records) > 0 {
		n, y := 1, year(records[0])
		for n < len(records) && year(records[n]) == y {
			n++
		}
		if err := sheet(w, fmt.Sprintf("_%d年", y), records[:n]); err != nil {
			return err
		}
		records = records[n:]
	}
	return nil
}

// writePayments writes the lists township by township; while one is written, the files of all its years are open.
func (c *County) writePayments(w *writer) error {
	d := disclosure.Of[disclosure.Disbursement]()
	town, open := disclosure.Code(""), map[int64]*openSheet{}
	closeAll := func() error {
		var errs []error
		for _, y := range c.plan.years {
			if s := open[int64(y)]; s != nil {
				errs = append(errs, s.close())
			}
		}
		clear(open)
		return errors.Join(errs...)
	}
	for i := range c.villages {
		v := &c.villages[i]
		if v.town.Code != town {
			if err := closeAll(); err != nil {
				return err
			}
			town = v.town.Code
		}
		var failed error
		c.settle(v).lists(func(l *list) {
			s := open[int64(l.year)]
			if s == nil && failed == nil {
				s, failed = w.create(d, fmt.Sprintf("_%d年_%s", l.year, v.town.Name))
				open[int64(l.year)] = s
			}
			if failed == nil {
				for r := range l.rows {
					s.row(d.Cells(&l.rows[r]))
				}
			}
		})
		if failed != nil {
			return errors.Join(failed, closeAll())
		}
	}
	return closeAll()
}

// openSheet is a sheet that is being written.
type openSheet struct {
	*writer
	file    *os.File
	out     *bufio.Writer
	columns []disclosure.Column
	skip    []bool
	rows    int
}

func (w *writer) create(d *disclosure.Dataset, part string) (*openSheet, error) {
	f, err := os.Create(filepath.Join(w.dir, d.Term+part+".csv"))
	if err != nil {
		return nil, err
	}
	s := &openSheet{writer: w, file: f, out: bufio.NewWriterSize(f, 1<<16), columns: d.Columns, skip: make([]bool, len(d.Columns))}
	s.out.WriteString("\ufeff")
	first := true
	for i, c := range d.Columns {
		s.skip[i] = c.Name == "ref" && d.Name == "disbursement"
		if s.skip[i] {
			continue
		}
		for _, h := range c.Headings() {
			s.cell(h, first)
			first = false
		}
	}
	s.out.WriteString("\r\n")
	return s, nil
}

func (s *openSheet) row(cells []disclosure.Cell) {
	first := true
	for i, c := range s.columns {
		switch {
		case c.Heading == "-" || s.skip[i]:
			continue
		case c.Kind == disclosure.KindPlace:
			names := s.places[disclosure.Code(cells[i].Text)]
			s.cell(names[0], first)
			s.cell(names[1], false)
		default:
			s.cell(c.Format(cells[i]), first)
		}
		first = false
	}
	s.out.WriteString("\r\n")
	s.rows++
}

// cell writes one cell, in quotation marks where it has to be.
func (s *openSheet) cell(text string, first bool) {
	if !first {
		s.out.WriteByte(',')
	}
	if strings.ContainsAny(text, ",\"\r\n") {
		s.out.WriteByte('"')
		s.out.WriteString(strings.ReplaceAll(text, `"`, `""`))
		s.out.WriteByte('"')
		return
	}
	s.out.WriteString(text)
}

// close ends the sheet; the first error of any write shows here.
func (s *openSheet) close() error {
	err := errors.Join(s.out.Flush(), s.file.Close())
	s.progress(filepath.Base(s.file.Name()), s.rows)
	return err
}
