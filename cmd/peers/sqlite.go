package main

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-sqlite3"
)

// engine (引擎) answers queries.
type engine interface {
	answer(q *query, a *answer) error
	close() error
}

// database is one SQLite connection without the layer of database/sql, whose cost would count against SQLite.
type database struct {
	conn  *sqlite3.SQLiteConn
	ready map[string]*statement
	bound [1]driver.Value
	row   [1]driver.Value
}

// statement (预备语句) is prepared once.
type statement struct {
	driver.Stmt
	row []driver.Value
}

func openDatabase(path string, build bool) (*database, error) {
	name := "file:" + path
	if build {
		if err := os.RemoveAll(path); err != nil {
			return nil, err
		}
	} else {
		name += "?immutable=1&_mutex=no"
	}
	c, err := (&sqlite3.SQLiteDriver{}).Open(name)
	if err != nil {
		return nil, err
	}
	d := &database{conn: c.(*sqlite3.SQLiteConn), ready: map[string]*statement{}}
	pragmas := []string{"mmap_size=8000000000", "cache_size=-65536", "query_only=1", "temp_store=memory", "locking_mode=EXCLUSIVE"}
	if build {
		pragmas = []string{"journal_mode=OFF", "synchronous=OFF", "cache_size=-262144", "temp_store=memory", "page_size=8192", "locking_mode=EXCLUSIVE"}
	}
	for _, p := range pragmas {
		if err := d.exec("PRAGMA " + p); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *database) exec(text string) error {
	_, err := d.conn.Exec(text, nil)
	if err != nil {
		return fmt.Errorf("sqlite: %.60s: %w", text, err)
	}
	return nil
}

func (d *database) statement(text string) (*statement, error) {
	if s, ok := d.ready[text]; ok {
		return s, nil
	}
	s, err := d.conn.Prepare(text)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", text, err)
	}
	d.ready[text] = &statement{Stmt: s}
	return d.ready[text], nil
}

func (d *database) insert(text string, args ...driver.Value) error {
	s, err := d.statement(text)
	if err != nil {
		return err
	}
	_, err = s.Exec(args) //nolint:staticcheck // the driver is spoken to directly
	return err
}

// one calls each with the value of the row of a number, if there is one, and takes no second step.
func (d *database) one(text string, id int64, each func(v driver.Value)) (found bool, err error) {
	s, err := d.statement(text)
	if err != nil {
		return false, err
	}
	d.bound[0] = id
	rows, err := s.Query(d.bound[:]) //nolint:staticcheck // the driver is spoken to directly
	if err != nil {
		return false, err
	}
	switch err := rows.Next(d.row[:]); err {
	case nil:
		each(d.row[0])
		return true, rows.Close()
	case io.EOF:
		return false, rows.Close()
	default:
		return false, errors.Join(err, rows.Close())
	}
}

// query calls each with every row, which is overwritten by the next.
func (d *database) query(text string, args []driver.Value, each func(row []driver.Value)) error {
	s, err := d.statement(text)
	if err != nil {
		return err
	}
	rows, err := s.Query(args) //nolint:staticcheck // the driver is spoken to directly
	if err != nil {
		return err
	}
	defer rows.Close()
	if s.row == nil {
		s.row = make([]driver.Value, len(rows.Columns()))
	}
	for {
		if err := rows.Next(s.row); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		each(s.row)
	}
}

func (d *database) close() error {
	for _, s := range d.ready {
		if err := s.Close(); err != nil {
			return err
		}
	}
	return d.conn.Close()
}

func number(v driver.Value) int64 { n, _ := v.(int64); return n }

// text copies; the driver returns texts as strings and blobs as bytes.
func text(v driver.Value) string {
	switch s := v.(type) {
	case string:
		return s
	case []byte:
		return string(s)
	}
	return ""
}
