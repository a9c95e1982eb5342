// Package press (印制) prints an edition from the ledger into a depot.
//
// The parties are the ledger, which has the current documents; the owners of data, whose keys sign; and whoever reads the
// depot, which is a folder of static files that may be served, copied or carried about. What is promised: the files of an
// edition are on the disk before the timestamp that makes it exist, so that a press killed anywhere leaves the edition before
// it as it was; a new edition is as big as what changed since the one that lies in the depot, of which every piece is checked
// by its hash and printed again if it is lost; and nothing is signed before package leak has seen every text of it.
//
// Here names end that may not be published: payments of kinds with 只公布合计 become totals by village, those of fewer than
// five persons by township or county, and payments past their last day are left out. Withdrawals travel as records, because
// a kiosk must honour them after going back an edition, too. And here the characters are found that the kiosks' fonts lack: their
// outlines are printed with the edition, in a dataset that an edition without such characters does not have.
package press

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/cmd/office/internal/typeface"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// Press (印刷机) is a ledger, a depot and the keys that stand between them.
type Press struct {
	Ledger *ledger.Ledger
	Depot  string // folder of the static files
	// Keys sign; Folder is where they lie, so that a changed key is seen.
	Keys   *trust.Keys
	Folder string
	// CountyKey closes the shards.
	CountyKey edition.Key
	// Handout is the file by which this key reaches kiosks that were enrolled with an earlier one; nil where it is the first.
	Handout []byte
	// Fonts have the outlines of what the query points' own lack; nil where the office has none.
	Fonts *typeface.Folder
	// Scratch is a folder for what does not fit in memory.
	Scratch string
	// Progress, where it is set, is told now and then what is being done and how many rows are through.
	Progress func(what string, rows int64)

	before func(path string) error // see depot
	memory int                     // of the sorter; 0 is memoryLimit
}

// Result says what came of printing.
type Result struct {
	Edition ledger.Edition
	// Unchanged is set where the newest edition already says the same; nothing was printed then.
	Unchanged bool
	// Shards is how many shards the edition has. Files and Bytes are what was new on the disk.
	Shards, Files int
	Bytes         int64
	Findings      []ledger.Finding
	Rare          []Rare // ascending
}

// ErrEmpty is what Print fails with where nothing has been taken in.
var ErrEmpty = errors.New("press: the ledger holds no document")

// Leak is the error of an edition that was not signed because something must not be published.
type Leak struct {
	Dataset *disclosure.Dataset
	Column  disclosure.Column
	Source  string
	Row     int64
	Found   string
}

func (e *Leak) Error() string {
	return fmt.Sprintf("press: %s row %d, %s.%s: %s", e.Source, e.Row, e.Dataset.Name, e.Column.Name, e.Found)
}

// Print prints the ledger's current documents as the next edition, as they stand on asOf.
func (p *Press) Print(ctx context.Context, asOf disclosure.Date, now time.Time) (Result, error) {
	unlock, err := lock(p.Depot)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	county, err := p.Ledger.County(ctx)
	if err != nil {
		return Result{}, err
	}
	current, err := p.Ledger.Sources(ctx, "")
	if err != nil {
		return Result{}, err
	}
	if len(current) == 0 {
		return Result{}, ErrEmpty
	}
	inputs, err := p.inputs(county, current, asOf)
	if err != nil {
		return Result{}, err
	}
	last, _, err := p.Ledger.LastEdition(ctx)
	if err != nil {
		return Result{}, err
	}
	out, err := openDepot(p.Depot)
	if err != nil {
		return Result{}, err
	}
	out.before = p.before
	printed, err := trust.Edition(os.DirFS(p.Depot))
	if err != nil {
		return Result{}, fmt.Errorf("press: %w", err)
	}
	if printed == last.Number && last.Inputs == inputs && whole(os.DirFS(p.Depot)) {
		// The timestamp is signed again all the same: it tells the kiosks that the office still stands by this edition.
		files, err := p.Keys.Resign(os.DirFS(p.Depot), now)
		if err != nil {
			return Result{}, fmt.Errorf("press: %w", err)
		}
		return Result{Edition: last, Unchanged: true}, out.publishAll(files)
	}
	e := ledger.Edition{Number: max(printed, last.Number) + 1, AsOf: asOf, PublishedAt: now.Truncate(time.Second), Inputs: inputs}
	j := newJob(p, out, county, current, e)
	if err := j.load(); err != nil {
		return Result{}, err
	}
	result, err := j.print(ctx)
	// The lanes must be empty before the depot is anybody else's.
	err = errors.Join(err, out.settle())
	if err != nil {
		return Result{}, err
	}
	if err := p.publish(out, result.Edition.Number, j.catalogs, now); err != nil {
		return Result{}, err
	}
	result.Files, result.Bytes = out.files, out.bytes
	return result, p.Ledger.AddEdition(ctx, result.Edition, result.Findings)
}

// whole reads the newest edition through: what the depot has lost of it is printed again.
func whole(depot fs.FS) bool {
	i, err := Newest(depot)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(i.Names, func(name string) bool { _, err := i.Read(name); return err != nil })
}

// publish signs and writes the metadata. With its last file, the timestamp, the edition exists.
func (p *Press) publish(out *depot, number int64, catalogs map[string]trust.Target, now time.Time) error {
	p.progress("签名", 0)
	handout, err := p.handOut(out)
	if err != nil {
		return err
	}
	files, err := p.Keys.Publish(os.DirFS(p.Depot), trust.Release{Edition: number, Catalogs: catalogs, Handout: handout, Now: now})
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	return out.publishAll(files)
}

// handOut puts the file of the county's key into the depot, before anything names it.
func (p *Press) handOut(out *depot) (*trust.Handout, error) {
	if p.Handout == nil {
		return nil, nil
	}
	sum := sha256.Sum256(p.Handout)
	h := &trust.Handout{Key: trust.CountyKeyID(p.CountyKey[:]), Target: trust.Target{SHA256: hex.EncodeToString(sum[:]), Length: int64(len(p.Handout))}}
	if err := out.put(trust.HandoutPath(h.SHA256), p.Handout); err != nil {
		return nil, err
	}
	return h, out.settle()
}

func (p *Press) progress(what string, rows int64) {
	if p.Progress != nil {
		p.Progress(what, rows)
	}
}

// inputs is a hash over everything that an edition is made of, but its number and hour.
func (p *Press) inputs(county ledger.County, current []ledger.Source, asOf disclosure.Date) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "format %d\ncounty %s %s %t\nas of %s\nkey %x\n", edition.Format, county.Code, county.Name, county.Synthetic, asOf, sha256.Sum256(p.CountyKey[:]))
	if p.Fonts != nil {
		fmt.Fprintf(h, "fonts %s\n", p.Fonts.ID())
	}
	for _, s := range current {
		fmt.Fprintf(h, "%s\x00%s\x00%s\n", s.Dataset, s.Name, s.SHA256)
	}
	// A replaced key takes effect with the next edition, so there must be one.
	keys := os.DirFS(p.Folder)
	err := fs.WalkDir(keys, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(keys, path)
		fmt.Fprintf(h, "%s %x\n", path, sha256.Sum256(b))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("press: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// columns are a dataset's columns as the edition names them.
func columns(d *disclosure.Dataset) []edition.Column {
	out := make([]edition.Column, len(d.Columns))
	for i, c := range d.Columns {
		out[i] = edition.Column{Name: c.Name, Number: c.Kind.Number()}
	}
	return out
}

// at returns where a dataset has the column, -1 where it has none.
func at(d *disclosure.Dataset, column string) int {
	return slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == column })
}
