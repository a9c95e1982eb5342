package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"mingbai.local/sync/edition"
)

// sqliteFiles makes a SQLite file of the payments of one edition, and a copy into which those of the newer one are written as an
// application would: rows that differ are updated, new ones inserted. Nothing else of the file changes, which suits its carriers best.
func sqliteFiles(older, newer, dir string) error {
	s := &sqliteWriter{terms: map[string]int{}, rows: map[uint64]sqliteRow{}}
	load, err := os.Create(filepath.Join(dir, "rows"))
	if err != nil {
		return err
	}
	defer os.Remove(load.Name())
	s.out = bufio.NewWriter(load)
	var columns []edition.Column
	err = eachPayment(older, func(c []edition.Column, cells [][]byte) error {
		columns = c
		return s.line(c, cells)
	})
	if err = errors.Join(err, s.out.Flush(), load.Close(), s.write(filepath.Join(dir, "terms"))); err != nil {
		return err
	}
	defer os.Remove(filepath.Join(dir, "terms"))
	if err := s.create(dir, columns); err != nil {
		return err
	}
	if err := copyFile(filepath.Join(dir, "before"), filepath.Join(dir, "after")); err != nil {
		return err
	}
	return s.update(newer, filepath.Join(dir, "after"))
}

// sqliteWriter (写手) knows where each payment stands in the file. Texts stand there once, in a table of terms.
type sqliteWriter struct {
	hashes
	terms map[string]int
	list  []string // of terms
	rows  map[uint64]sqliteRow
	out   *bufio.Writer
}

type sqliteRow struct {
	whole uint64
	id    int
}

// numbers turns the cells into numbers: themselves, or their terms.
func (s *sqliteWriter) numbers(columns []edition.Column, cells [][]byte) []string {
	out := make([]string, len(cells))
	for i, c := range columns {
		if c.Number {
			out[i] = string(cells[i])
			continue
		}
		n, ok := s.terms[string(cells[i])]
		if !ok {
			text := string(cells[i])
			n = len(s.list)
			s.terms[text] = n
			s.list = append(s.list, text)
		}
		out[i] = strconv.Itoa(n)
	}
	return out
}

// line writes a payment for .import.
func (s *sqliteWriter) line(columns []edition.Column, cells [][]byte) error {
	r := s.row(columns, cells)
	id := len(s.rows) + 1
	s.rows[r.who] = sqliteRow{r.whole, id}
	_, err := fmt.Fprintf(s.out, "%d\t%s\n", id, strings.Join(s.numbers(columns, cells), "\t"))
	return err
}

// write writes the terms for .import.
func (s *sqliteWriter) write(path string) error {
	var b strings.Builder
	for n, text := range s.list {
		fmt.Fprintf(&b, "%d\t%s\n", n, text)
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}

func (s *sqliteWriter) create(dir string, columns []edition.Column) error {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = `"` + c.Name + `" INTEGER`
	}
	return sqlite(filepath.Join(dir, "before"), strings.NewReader(fmt.Sprintf(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE payment (id INTEGER PRIMARY KEY, %s);
.mode ascii
.separator "\t" "\n"
.import %s term
.import %s payment
CREATE INDEX payment_place_name ON payment (place, name);
`, strings.Join(names, ", "), filepath.Join(dir, "terms"), filepath.Join(dir, "rows"))))
}

// update writes the newer edition's payments into the file.
func (s *sqliteWriter) update(newer, path string) error {
	script, err := os.Create(path + ".sql")
	if err != nil {
		return err
	}
	defer os.Remove(script.Name())
	defer script.Close()
	s.out = bufio.NewWriter(script)
	known := len(s.list)
	fmt.Fprintln(s.out, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;")
	err = eachPayment(newer, func(columns []edition.Column, cells [][]byte) error {
		r := s.row(columns, cells)
		had, ok := s.rows[r.who]
		if ok && had.whole == r.whole {
			return nil
		}
		values := s.numbers(columns, cells)
		if !ok {
			_, err := fmt.Fprintf(s.out, "INSERT INTO payment VALUES (NULL, %s);\n", strings.Join(values, ", "))
			return err
		}
		for i, c := range columns {
			values[i] = `"` + c.Name + `" = ` + values[i]
		}
		_, err := fmt.Fprintf(s.out, "UPDATE payment SET %s WHERE id = %d;\n", strings.Join(values, ", "), had.id)
		return err
	})
	for n, text := range s.list[known:] {
		fmt.Fprintf(s.out, "INSERT INTO term VALUES (%d, '%s');\n", known+n, strings.ReplaceAll(text, "'", "''"))
	}
	fmt.Fprintln(s.out, "COMMIT;")
	if err = errors.Join(err, s.out.Flush()); err != nil {
		return err
	}
	if _, err := script.Seek(0, 0); err != nil {
		return err
	}
	return sqlite(path, script)
}

// sqlite runs statements on a file.
func sqlite(path string, statements io.Reader) error {
	cmd := exec.Command("sqlite3", "-bail", path)
	cmd.Stdin = statements
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("sqlite3: %w\n%s", err, out)
	}
	return nil
}
