package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// office (县公开办) is a folder in which a small county's editions lie, each in a depot of its own, with the books that come of them:
//
//	release/<n>/     the depot as it was when edition n was the newest
//	book/<n>.db      the book that a kiosk makes of edition n where nothing goes wrong
//	enrolment.json   what a kiosk is enrolled with
type office struct{ dir string }

func (o office) release(n int64) string {
	return filepath.Join(o.dir, "release", strconv.FormatInt(n, 10))
}

func (o office) book(n int64) string {
	return filepath.Join(o.dir, "book", strconv.FormatInt(n, 10)+".db")
}

// publish makes that many editions and the books of them.
func publish(dir string, editions int64) (office, error) {
	o := office{dir}
	county, err := officetest.Found("", filepath.Join(dir, "keys"), "420581", "宜都市")
	if err != nil {
		return o, err
	}
	for n := int64(1); n <= editions; n++ {
		if err := o.print(county, n); err != nil {
			return o, fmt.Errorf("edition %d: %w", n, err)
		}
	}
	e, err := county.Enrolment("http://127.0.0.1/")
	if err != nil {
		return o, err
	}
	b, err := e.Encode()
	if err != nil {
		return o, err
	}
	if err := os.WriteFile(filepath.Join(dir, "enrolment.json"), b, 0o600); err != nil {
		return o, err
	}
	return o, o.makeBooks(editions)
}

// print publishes edition n as a press does, beside all that was published before it.
func (o office) print(county *officetest.Office, n int64) error {
	county.Dir, county.Now = o.release(n), officetest.Day0.AddDate(0, 0, int(n))
	err := os.MkdirAll(county.Dir, 0o755)
	if n > 1 {
		err = os.CopyFS(county.Dir, os.DirFS(o.release(n-1)))
	}
	if err != nil {
		return err
	}
	return county.Print(func(owner string, w *edition.Writer) error {
		for _, b := range batches(n) {
			if b.owner != owner {
				continue
			}
			if err := w.Dataset(b.table.Dataset, b.table.Columns); err != nil {
				return err
			}
			if err := w.Add(b.table.Batch(b.year, b.name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// batch is rows that lie in one shard.
type batch struct {
	owner, name string
	year        int
	table       edition.Table
}

// everyThird list is new in an edition.
const everyThird = 3

// batches are the county of the tests as it stands in edition n: the remark of each payment says in which edition its list was new, so that every edition
// brings some new shards and keeps the others.
func batches(n int64) []batch {
	var out []batch
	for _, d := range disclosure.Datasets() {
		columns := make([]edition.Column, len(d.Columns))
		for i, c := range d.Columns {
			columns[i] = edition.Column{Name: c.Name, Number: c.Kind.Number()}
		}
		out = append(out, batch{owner: d.Owner, table: edition.Table{Dataset: d.Name, Columns: columns}})
	}
	at := map[string]int{}
	for _, rec := range booktest.County() {
		d, name, year := datasetOf(rec), "", 0
		if p, ok := rec.(disclosure.Disbursement); ok {
			turn := (int64(len(p.Kind)) + p.Year) % everyThird
			p.Remark = fmt.Sprintf("第%d期", n-(n+everyThird-turn)%everyThird)
			rec, name, year = p, p.Kind, int(p.Year)
		}
		key := fmt.Sprint(d.Name, name, year)
		i, ok := at[key]
		if !ok {
			empty := out[slices.IndexFunc(out, func(b batch) bool { return b.table.Dataset == d.Name })]
			empty.name, empty.year, empty.table.Rows = name, year, nil
			i = len(out)
			out, at[key] = append(out, empty), i
		}
		cells := d.Cells(rec)
		row := make([]edition.Value, len(cells))
		for c, v := range cells {
			row[c] = edition.Value(v)
		}
		out[i].table.Rows = append(out[i].table.Rows, row)
	}
	return out
}

func datasetOf(rec any) *disclosure.Dataset {
	all := disclosure.Datasets()
	return all[slices.IndexFunc(all, func(d *disclosure.Dataset) bool { return reflect.TypeOf(d.New()).Elem() == reflect.TypeOf(rec) })]
}

// makeBooks makes the book of every edition in a folder where nothing goes wrong.
func (o office) makeBooks(editions int64) error {
	if err := os.MkdirAll(filepath.Join(o.dir, "book"), 0o755); err != nil {
		return err
	}
	k, err := openKiosk(o, filepath.Join(o.dir, "kiosk"))
	if err != nil {
		return err
	}
	for n := int64(1); n <= editions; n++ {
		if err := k.pull(n); err != nil {
			return fmt.Errorf("edition %d: %w", n, err)
		}
		b, err := os.ReadFile(k.store.Book(n))
		if err == nil {
			err = os.WriteFile(o.book(n), b, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// same says whether a file is the book of edition n, to the last bit: book.Build makes the same file of the same rows.
func (o office) same(path string, n int64) error {
	got, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	want, err := os.ReadFile(o.book(n))
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s is not the book of edition %d", filepath.Base(path), n)
	}
	return nil
}

// kiosk (终端) is a data folder that is brought up to the office's editions by the code of the product.
type kiosk struct {
	office office
	store  *store.Store
	job    pull.Job
}

// enrolCode opens the enrolment that the real office has sealed.
const enrolCode = "1234-5678-1234-5678"

func openKiosk(o office, data string) (*kiosk, error) {
	b, err := os.ReadFile(filepath.Join(o.dir, "enrolment.json"))
	if err != nil {
		return nil, err
	}
	parse := trust.ParseEnrolment
	if trust.IsSealed(b) { // the real office's
		parse = func(b []byte) (trust.Enrolment, error) { return trust.OpenEnrolment(b, enrolCode) }
	}
	e, err := parse(b)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(data)
	if err != nil {
		return nil, err
	}
	k := &kiosk{office: o, store: s}
	k.job = pull.Job{Shelf: s, Enrolment: e, Make: k.make, Open: opens, Built: officetest.Day0.AddDate(0, -1, 0), Now: time.Now}
	return k, nil
}

// pull brings edition n.
func (k *kiosk) pull(n int64) error {
	k.job.Now = func() time.Time { return officetest.Day0.AddDate(0, 0, int(n)).Add(time.Hour) }
	r, err := k.pullFrom(k.office.release(n))
	if err == nil && r.Edition != n {
		err = fmt.Errorf("came to edition %d, not %d", r.Edition, n)
	}
	return err
}

func (k *kiosk) pullFrom(dir string) (pull.Result, error) {
	d, err := depot.Dir(dir)
	if err != nil {
		return pull.Result{}, err
	}
	k.job.Depot = d
	r, err := pull.Run(context.Background(), k.job)
	return r, errors.Join(err, d.Close())
}

func (k *kiosk) make(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
	return pull.Make(ctx, g, pull.Making{
		Shelf: k.store, Key: edition.Key(k.job.Enrolment.CountyKey), Open: opens, Progress: progress,
		Build: func(ctx context.Context, contents fs.FS, path string) error { return book.Build(ctx, contents, path) },
	})
}

// opens says whether there is a book, as the kiosk asks.
func opens(path string) error {
	b, err := book.Open(path)
	if err != nil {
		return err
	}
	return b.Close()
}
