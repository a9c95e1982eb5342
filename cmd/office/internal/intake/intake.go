// Package intake (导入) reads a county's sheets into the ledger.
//
// The parties are the clerk, who has files, and the ledger, which wants records. A file goes in whole or not at all. Each
// refusal names the sheet, row and column, shows the value masked, says the rule and how to mend it; nothing is guessed and
// nothing is lost silently. Every heading must be one that the dataset has, and every cell passes package leak, so that no
// identity number, bank card or telephone can come in by any way.
//
// A format's reader yields sheets of text (the type sheet); what comes after it is the same for all formats: match finds the
// dataset's columns by their headings, the reader of rows checks each cell by its column and each reference by the ledger and
// the call's other files, and the ledger refuses what is there already.
package intake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/leak"
	"mingbai.local/cmd/office/internal/ledger"
)

// Options say how to take files in.
type Options struct {
	// Dataset is what the files hold; nil goes by each file's name.
	Dataset *disclosure.Dataset
	// Check only looks: nothing is taken in.
	Check bool
	// Rows puts every row into the report.
	Rows bool
	// Progress, where it is set, is told after each file, and now and then within one, how many of its rows were read.
	Progress func(file string, rows int64)
}

// progressEvery is how many rows pass between two calls of Progress.
const progressEvery = 50_000

// Dataset finds a dataset that sheets may carry by its name or the clerk's word for it, as --kind gives it.
func Dataset(word string) (*disclosure.Dataset, error) {
	if d := datasetOf(word); d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("没有“%s”这种表，可以写：%s", word, terms())
}

// Run takes the files in, and those of each folder, in the order in which they refer to each other. The error is for what no
// file is to blame for; the report then says what was done before it.
func Run(ctx context.Context, l *ledger.Ledger, paths []string, o Options) (Report, error) {
	r := &run{l: l, o: o}
	if err := r.collect(paths); err != nil {
		return r.report, fmt.Errorf("intake: %w", err)
	}
	if err := r.all(ctx); err != nil {
		return r.report, fmt.Errorf("intake: %w", err)
	}
	return r.report, nil
}

type run struct {
	l      *ledger.Ledger
	o      Options
	reg    *registry
	report Report
	todo   []document
	county *countyFile
}

// document is one file to take in.
type document struct {
	path string
	d    *disclosure.Dataset
	out  *File
}

// countyFile is county.json, which stands beside the sheets of a county.
type countyFile struct {
	Code      string `json:"county"`
	Name      string `json:"county_name"`
	Synthetic bool   `json:"synthetic"`
}

const countyFileName = "county.json"

func (r *run) collect(paths []string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			r.refuse(filepath.Base(path), Remark{Rule: "找不到或打不开这个文件", Hint: "请核对文件名和所在的文件夹：" + path})
			continue
		}
		if !info.IsDir() {
			r.file(path)
			continue
		}
		err = filepath.WalkDir(path, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				return err
			}
			if e.Name() == countyFileName {
				return r.readCounty(path)
			}
			r.file(path)
			return nil
		})
		if err != nil {
			return err
		}
	}
	order := disclosure.Datasets()
	slices.SortStableFunc(r.todo, func(a, b document) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.d), slices.Index(order, b.d)), cmp.Compare(a.out.File, b.out.File))
	})
	return nil
}

// refuse puts a file into the report that goes no further.
func (r *run) refuse(name string, remark Remark) {
	f := newFile(name, nil)
	f.refuse(remark)
	f.Result = Refused
	r.report.Files = append(r.report.Files, f)
}

func newFile(name string, d *disclosure.Dataset) *File {
	f := &File{File: name, Unit: "元", Refused: []Remark{}, Warnings: []Remark{}}
	if d != nil {
		f.Kind = d.Name
	}
	return f
}

func (r *run) file(path string) {
	name := filepath.Base(path)
	d := r.o.Dataset
	if d == nil {
		d = datasetOfFile(name)
	}
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case ext != ".csv" && ext != ".txt":
		r.refuse(name, Remark{Rule: "不是 csv 或 txt 文件", Hint: "请在表格软件里另存为“CSV UTF-8（逗号分隔）”，再导入一次。"})
	case leak.Find(name) != leak.None:
		r.refuse(leak.Mask(name), Remark{Rule: "文件名里有" + string(leak.Find(name)), Hint: "文件名会作为来源一起公开，请改名后再导入。"})
	case d == nil:
		r.refuse(name, Remark{Rule: "看不出这是哪种表", Hint: "请用 --kind 说明，或把文件名改成以表名开头，如“补贴发放_枝城镇.csv”。可用的表名：" + terms() + "。"})
	case slices.ContainsFunc(r.todo, func(t document) bool { return t.out.File == name && t.d == d }):
		r.refuse(name, Remark{Rule: "一次导入里有两个文件同名", Hint: "同名的文件会被当作同一份表的新版本，请改名或分开导入：" + path})
	default:
		r.todo = append(r.todo, document{path, d, newFile(name, d)})
	}
}

func (r *run) readCounty(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var c countyFile
	if err := json.Unmarshal(raw, &c); err != nil {
		r.refuse(countyFileName, Remark{Rule: "读不懂这个文件", Hint: "请重新生成，或者把它删去再导入。"})
		return nil
	}
	r.county = &c
	return nil
}

func (r *run) all(ctx context.Context) error {
	if stop, err := r.checkCounty(ctx); stop || err != nil {
		return err
	}
	tx, err := r.l.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if r.reg, err = loadRegistry(ctx, r.l); err != nil {
		return err
	}
	for _, doc := range r.todo {
		if err = ctx.Err(); err != nil {
			break
		}
		r.report.Files = append(r.report.Files, doc.out)
		if err = r.take(ctx, tx, doc); err != nil {
			doc.out.Result = Failed
			err = fmt.Errorf("%s: %w", doc.out.File, err)
			break
		}
	}
	if r.o.Check {
		return err // a check does the very same work, and forgets it
	}
	// What went in before something broke stays in.
	return errors.Join(err, tx.Commit())
}

// checkCounty refuses the files of another county, and notes that a county is invented before its first record comes in.
func (r *run) checkCounty(ctx context.Context) (stop bool, err error) {
	if r.county == nil {
		return false, nil
	}
	c, err := r.l.County(ctx)
	if err != nil {
		return true, err
	}
	if r.county.Code != string(c.Code) {
		r.refuse(countyFileName, Remark{
			Value: r.county.Code, Rule: fmt.Sprintf("这是%s（%s）的文件，这里是%s（%s）", r.county.Name, r.county.Code, c.Name, c.Code),
			Hint: "请核对文件夹；各县的数据要放在各自的数据目录里。",
		})
		return true, nil
	}
	if r.county.Synthetic && !c.Synthetic && !r.o.Check {
		return false, r.l.SetSynthetic(ctx)
	}
	return false, nil
}

// take takes one document in.
func (r *run) take(ctx context.Context, tx *ledger.Tx, doc document) error {
	draft, own, err := r.readDocument(ctx, doc)
	if draft != nil {
		defer func() { _ = draft.Close() }() // a draft left behind is named by nothing
	}
	if err != nil {
		return err
	}
	if len(doc.out.Refused) > 0 {
		doc.out.Result = Refused
		return nil
	}
	result, err := tx.Put(context.WithoutCancel(ctx), draft, maxRemarks)
	if err != nil {
		return err
	}
	for _, dup := range result.Duplicates {
		doc.out.refuse(duplicate(doc.d, dup))
		doc.out.Result = Refused
	}
	if len(result.Duplicates) > 0 {
		return nil
	}
	if r.o.Progress != nil {
		r.o.Progress(doc.out.File, doc.out.Totals.Rows)
	}
	if own != nil {
		r.reg.put(doc.d, doc.out.File, own)
	}
	switch {
	case result.Unchanged:
		doc.out.Result = Unchanged
	case r.o.Check:
		doc.out.Result = Checked
	case result.Replaced.ID != 0:
		doc.out.Result = Replaced
	default:
		doc.out.Result = Taken
	}
	return nil
}

func duplicate(d *disclosure.Dataset, dup ledger.Duplicate) Remark {
	if derived(d, d.Columns[0]) {
		return Remark{
			Row: dup.Row, Column: "姓名", Value: dup.Ref, Rule: fmt.Sprintf("这一笔已经在《%s》第%d行", dup.Other, dup.OtherRow),
			Hint: "同一笔补贴只能在一份表里；如果要更正，请改原来那份表，用原来的文件名再导入。",
		}
	}
	return Remark{
		Row: dup.Row, Column: d.Columns[0].Heading, Value: mask(d.Columns[0], dup.Ref), Rule: fmt.Sprintf("这个编号已经在《%s》第%d行", dup.Other, dup.OtherRow),
		Hint: "一个编号只能用一次；如果要更正，请改原来那份表，用原来的文件名再导入。",
	}
}

// readDocument reads a file into a draft. Where something is refused there may be none.
func (r *run) readDocument(ctx context.Context, doc document) (*ledger.Draft, *entry, error) {
	f, err := os.Open(doc.path)
	if err != nil {
		doc.out.refuse(Remark{Rule: "打不开这个文件", Hint: "请关闭正在使用它的程序，再导入一次。"})
		return nil, nil, nil
	}
	defer func() { _ = f.Close() }()
	if refuseForeign(f, doc.out) {
		return nil, nil, nil
	}
	s, encoding, err := openText(f)
	if err != nil {
		return nil, nil, err
	}
	doc.out.Encoding = encoding
	return r.readSheet(ctx, doc, s)
}

// refuseForeign names files that only call themselves text.
func refuseForeign(f *os.File, out *File) bool {
	head := make([]byte, 4)
	n, _ := f.ReadAt(head, 0) // a short file is judged by what it has
	for magic, what := range map[string]string{"PK\x03\x04": "xlsx 表格", "\xd0\xcf\x11\xe0": "旧版 xls 表格", "%PDF": "PDF 文件"} {
		if bytes.HasPrefix(head[:n], []byte(magic)) {
			out.refuse(Remark{Rule: "这个文件其实是" + what, Hint: "请在表格软件里另存为“CSV UTF-8（逗号分隔）”，再导入一次。"})
			return true
		}
	}
	if n == 0 {
		out.refuse(Remark{Rule: "这是一个空文件", Hint: "请核对文件是否拷贝完整。"})
		return true
	}
	return false
}

func (r *run) readSheet(ctx context.Context, doc document, s sheet) (*ledger.Draft, *entry, error) {
	_, header, err := s.next()
	if broken := (*brokenRow)(nil); errors.As(err, &broken) {
		doc.out.refuse(Remark{Sheet: s.name(), Row: 1, Rule: broken.rule, Hint: broken.hint})
		return nil, nil, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	p, wrong := match(doc.d, header)
	for _, w := range wrong {
		w.Sheet = s.name()
		doc.out.refuse(w)
	}
	if len(wrong) > 0 {
		return nil, nil, nil
	}
	draft, err := r.l.NewDraft(doc.d, doc.out.File)
	if err != nil {
		return nil, nil, err
	}
	rd := newReader(doc.d, p, r.reg, doc.out, s.name())
	rd.draft, rd.rows = draft, r.o.Rows
	if err := r.readRows(ctx, rd, s); err != nil {
		return draft, nil, err
	}
	rd.finish()
	repeats, err := draft.Finish(maxRemarks)
	if err != nil {
		return draft, nil, err
	}
	for _, rep := range repeats {
		doc.out.refuse(repeat(doc.d, s.name(), rep))
	}
	doc.out.Totals = Totals{Rows: draft.Rows(), Amount: draft.Amount()}
	if draft.Rows() == 0 && len(doc.out.Refused) == 0 {
		doc.out.warn(Remark{Sheet: s.name(), Row: 1, Rule: "表里只有表头，没有数据", Hint: "如果不该是空的，请核对文件。"})
	}
	return draft, rd.own, nil
}

func (r *run) readRows(ctx context.Context, rd *reader, s sheet) error {
	for n := int64(1); ; n++ {
		row, texts, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if broken := (*brokenRow)(nil); errors.As(err, &broken) {
			rd.row = row
			rd.refuse("", "", broken.rule, broken.hint)
			continue
		}
		if err == nil {
			err = rd.read(row, texts)
		}
		if err != nil {
			return err
		}
		if n%progressEvery == 0 {
			if r.o.Progress != nil {
				r.o.Progress(rd.out.File, n)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

func repeat(d *disclosure.Dataset, sheet string, rep ledger.Repeat) Remark {
	if derived(d, d.Columns[0]) {
		return Remark{
			Sheet: sheet, Row: rep.Row, Column: "同名序号", Rule: fmt.Sprintf("这一行和第%d行是同一个村组、同一个姓名的同一笔补贴", rep.FirstRow),
			Hint: "如果是同名的两个人，请在“同名序号”一列分别写1、2；如果是重复的，请删去一行。",
		}
	}
	return Remark{
		Sheet: sheet, Row: rep.Row, Column: d.Columns[0].Heading, Value: mask(d.Columns[0], rep.Ref), Rule: fmt.Sprintf("编号和第%d行重复", rep.FirstRow),
		Hint: "每一行的编号只能用一次，请改正后再导入。",
	}
}
