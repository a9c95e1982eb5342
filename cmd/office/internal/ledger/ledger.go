// Package ledger (台账) is what an office knows: its county, the documents it took in and the editions it printed.
//
// A document (来源文件) is known by its dataset and its file name. Each version of it is one immutable file of canonical rows
// under DIR/datasets, named by the SHA-256 of those rows, and one line in the SQLite database DIR/ledger.db. A newer version
// replaces the older one in the next edition; the older one stays readable. A dataset file reaches the disk before the line
// that names it, so a ledger never names what is not there, and a version is in the ledger whole or not at all.
//
// No reference (编号) stands in two current documents of one dataset: Put refuses the second.
package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite", written without cgo

	"mingbai.local/app/disclosure"
)

// File is the name of the database in an office's data directory.
const File = "ledger.db"

// refsPerStatement is how many hashes one INSERT carries: 500 took 0.5 µs a row, single rows ten times as long.
const refsPerStatement = 500

//go:embed migrations/*.sql
var migrations embed.FS

// County (县) is whose ledger it is.
type County struct {
	Code disclosure.Code
	Name string
	// Synthetic is set once an invented county's file has been taken in; every page then says so.
	Synthetic bool
}

// Source (来源) is one version of one document.
type Source struct {
	ID      int64
	Dataset string
	// Name is the document's file name without its folder.
	Name string
	// SHA256 is the hash of its canonical rows, in hex: the name of its dataset file.
	SHA256     string
	Rows       int64
	Amount     disclosure.Fen
	ReceivedAt time.Time
}

// Edition (期) is one printed edition.
type Edition struct {
	Number      int64
	AsOf        disclosure.Date
	PublishedAt time.Time
	Digest      string
	// Inputs says what the edition was printed from, so that printing the same again can be seen to be needless.
	Inputs string
	Rows   int64
}

// Finding (疑点) is what a law found in an edition.
type Finding struct {
	// Law is the law's name, Subject the reference it speaks of, Words what a person reads.
	Law, Subject, Words string
}

// Ledger (台账) is an open ledger. It may be used by several goroutines; writes wait for each other.
type Ledger struct {
	db  *sql.DB
	dir string
}

// Create makes the ledger of a county in dir, which must not hold one.
func Create(ctx context.Context, dir string, c County) (*Ledger, error) {
	path := filepath.Join(dir, File)
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("ledger: %s: %w", path, fs.ErrExist)
	}
	if err := os.MkdirAll(filepath.Join(dir, datasetDir), 0o700); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	l, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	_, err = l.db.ExecContext(ctx, `INSERT INTO county (id, code, name, synthetic, created_at) VALUES (1, $1, $2, $3, $4)`,
		string(c.Code), c.Name, c.Synthetic, stamp(time.Now()))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: county: %w", err), l.Close())
	}
	return l, nil
}

// Open opens the ledger in dir and brings it to the newest schema. It fails with fs.ErrNotExist where there is none.
func Open(ctx context.Context, dir string) (*Ledger, error) {
	if _, err := os.Stat(filepath.Join(dir, File)); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return open(ctx, dir)
}

func open(ctx context.Context, dir string) (*Ledger, error) {
	dsn := "file:" + filepath.ToSlash(filepath.Join(dir, File)) +
		"?_pragma=busy_timeout(20000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=cache_size(-32768)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	db.SetMaxOpenConns(4)
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger: schema: %w", err), db.Close())
	}
	return &Ledger{db: db, dir: dir}, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, steps)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close closes the database.
func (l *Ledger) Close() error { return l.db.Close() }

// County returns whose ledger it is.
func (l *Ledger) County(ctx context.Context) (County, error) {
	var c County
	err := l.db.QueryRowContext(ctx, `SELECT code, name, synthetic FROM county`).Scan(&c.Code, &c.Name, &c.Synthetic)
	if err != nil {
		return County{}, fmt.Errorf("ledger: county: %w", err)
	}
	return c, nil
}

// SetSynthetic notes that the county's records are invented. There is no way back: what is invented stays so.
func (l *Ledger) SetSynthetic(ctx context.Context) error {
	if _, err := l.db.ExecContext(ctx, `UPDATE county SET synthetic = 1`); err != nil {
		return fmt.Errorf("ledger: county: %w", err)
	}
	return nil
}

// Sources returns the current version of every document of a dataset, by name; of every dataset where dataset is empty.
func (l *Ledger) Sources(ctx context.Context, dataset string) ([]Source, error) {
	return sources(ctx, l.db, dataset)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func sources(ctx context.Context, q querier, dataset string) ([]Source, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, dataset, name, sha256, row_count, amount_fen, received_at FROM source
		WHERE superseded_by IS NULL AND ($1 = '' OR dataset = $1) ORDER BY dataset, name`, dataset)
	if err != nil {
		return nil, fmt.Errorf("ledger: sources: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Source
	for rows.Next() {
		var s Source
		var at string
		if err := rows.Scan(&s.ID, &s.Dataset, &s.Name, &s.SHA256, &s.Rows, &s.Amount, &at); err != nil {
			return nil, fmt.Errorf("ledger: sources: %w", err)
		}
		if s.ReceivedAt, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, fmt.Errorf("ledger: source %d: %w", s.ID, err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("ledger: sources: %w", err)
	}
	return out, nil
}

// Tx is one change, of any number of documents.
type Tx struct {
	tx *sql.Tx
	l  *Ledger
	// created are the dataset files that only this change names.
	created []string
}

// Begin starts a change. Nothing of it is in the ledger before Commit returns nil. Other changes wait until it ends; ending
// ctx does not end it.
func (l *Ledger) Begin(ctx context.Context) (*Tx, error) {
	tx, err := l.db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return &Tx{tx: tx, l: l}, nil
}

// syncLanes is how many files are on their way to the disk at a time: an fsync waits longer than it works.
const syncLanes = 8

// Commit makes the change last, over a power cut too: first the dataset files and their names, then the lines that name them.
func (t *Tx) Commit() error {
	if err := t.sync(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := t.tx.Commit(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	t.created = nil
	return nil
}

func (t *Tx) sync() error {
	folders := map[string]bool{}
	for _, path := range t.created {
		folders[filepath.Dir(path)] = true
		folders[filepath.Join(t.l.dir, datasetDir)] = true
	}
	var (
		wait  sync.WaitGroup
		lanes = make(chan struct{}, syncLanes)
		mu    sync.Mutex
		err   error
	)
	for _, path := range slices.Concat(t.created, slices.Collect(maps.Keys(folders))) {
		lanes <- struct{}{}
		wait.Go(func() {
			defer func() { <-lanes }()
			if e := syncPath(path); e != nil {
				mu.Lock()
				err = errors.Join(err, e)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return err
}

// Rollback forgets the change; after Commit it does nothing.
func (t *Tx) Rollback() {
	for _, path := range t.created {
		_ = os.Remove(path) // a file left behind is named by nothing and harms nobody
	}
	t.created = nil
	_ = t.tx.Rollback() // the only error left is that there is nothing to roll back
}

// Duplicate (重复编号) is a reference that another current document already has.
type Duplicate struct {
	Ref string
	// Row is the row in the document offered, OtherRow the row of Other that has the reference; both as the sheets count.
	Row, OtherRow int64
	Other         string
}

// Outcome says what Put did.
type Outcome struct {
	// Unchanged is set where the current version of the document has the very same rows.
	Unchanged bool
	// Replaced is the version that the document took the place of; its ID is 0 where there was none.
	Replaced Source
	// Duplicates, where there are any, are why nothing was done. At most limit of them are listed.
	Duplicates []Duplicate
}

// Put takes in a finished draft as the newest version of the document, or does nothing at all. At most limit duplicates are
// reported.
func (t *Tx) Put(ctx context.Context, d *Draft, limit int) (Outcome, error) {
	if !d.finished {
		return Outcome{}, errors.New("ledger: put: draft is not finished")
	}
	if _, err := t.tx.ExecContext(ctx, `SAVEPOINT put`); err != nil {
		return Outcome{}, fmt.Errorf("ledger: put %s: %w", d.name, err)
	}
	out, path, err := t.put(ctx, d, limit)
	end := `RELEASE put`
	if err != nil || len(out.Duplicates) > 0 {
		end = `ROLLBACK TO put; RELEASE put`
		if path != "" {
			err = errors.Join(err, os.Remove(path))
		}
	} else if path != "" {
		t.created = append(t.created, path)
	}
	if _, end := t.tx.ExecContext(ctx, end); end != nil {
		err = errors.Join(err, end)
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("ledger: put %s: %w", d.name, err)
	}
	return out, nil
}

// put returns the path of the dataset file where it made one.
func (t *Tx) put(ctx context.Context, d *Draft, limit int) (out Outcome, path string, err error) {
	current, err := sources(ctx, t.tx, d.dataset.Name)
	if err != nil {
		return Outcome{}, "", err
	}
	if i := slices.IndexFunc(current, func(s Source) bool { return s.Name == d.name }); i >= 0 {
		out.Replaced = current[i]
		if current[i].SHA256 == d.sha256 {
			out.Unchanged = true
			return out, "", nil
		}
	}
	if path, err = d.keep(); err != nil {
		return Outcome{}, path, err
	}
	id, err := t.insertSource(ctx, d, out.Replaced)
	if err != nil {
		return Outcome{}, path, err
	}
	taken, err := t.insertRefs(ctx, d, id)
	if err != nil || taken == 0 {
		return out, path, err
	}
	out.Duplicates, err = t.duplicates(ctx, d, id, limit)
	return out, path, err
}

func (t *Tx) insertSource(ctx context.Context, d *Draft, old Source) (int64, error) {
	// The unique index allows one current version, so the old one first points at itself for a moment.
	if old.ID != 0 {
		if _, err := t.tx.ExecContext(ctx, `UPDATE source SET superseded_by = id WHERE id = $1`, old.ID); err != nil {
			return 0, err
		}
	}
	var id int64
	err := t.tx.QueryRowContext(ctx, `INSERT INTO source (dataset, name, sha256, row_count, amount_fen, received_at)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		d.dataset.Name, d.name, d.sha256, d.rows, int64(d.amount), stamp(time.Now())).Scan(&id)
	if err != nil || old.ID == 0 {
		return id, err
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE source SET superseded_by = $1 WHERE id = $2`, id, old.ID); err != nil {
		return 0, err
	}
	return id, t.dropRefs(ctx, old)
}

// dropRefs removes the references of a version that is no longer current. They are read back from its dataset file: that
// costs as much as the document is long, not as the ledger is.
func (t *Tx) dropRefs(ctx context.Context, old Source) error {
	var hashes []int64
	err := t.l.refs(old, func(ref string, _ int64) error {
		hashes = append(hashes, refHash(old.Dataset, ref))
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(hashes)
	for part := range slices.Chunk(hashes, refsPerStatement) {
		args := make([]any, 0, len(part)+1)
		args = append(args, old.ID)
		for _, h := range part {
			args = append(args, h)
		}
		q := `DELETE FROM ref WHERE source = ? AND hash IN (` + marks("?", len(part)) + `)`
		if _, err := t.tx.ExecContext(ctx, q, args...); err != nil {
			return err
		}
	}
	return nil
}

// insertRefs puts the hashes in, in ascending order, and returns how many were taken already.
func (t *Tx) insertRefs(ctx context.Context, d *Draft, id int64) (taken int64, err error) {
	insert := func(n int) (*sql.Stmt, error) {
		return t.tx.PrepareContext(ctx, `INSERT INTO ref (source, hash) SELECT ?1, column1 FROM (VALUES `+marks("(?)", n)+`) WHERE true ON CONFLICT DO NOTHING`)
	}
	full, err := insert(refsPerStatement)
	if err != nil {
		return 0, err
	}
	defer func() { _ = full.Close() }()
	args := make([]any, refsPerStatement+1)
	args[0] = id
	for part := range slices.Chunk(d.hashes, refsPerStatement) {
		stmt := full
		if len(part) < refsPerStatement {
			if stmt, err = insert(len(part)); err != nil {
				return 0, err
			}
			defer func() { _ = stmt.Close() }()
		}
		for i, h := range part {
			args[i+1] = h
		}
		res, err := stmt.ExecContext(ctx, args[:len(part)+1]...)
		if err != nil {
			return 0, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, err
		}
		taken += int64(len(part)) - n
	}
	return taken, nil
}

// duplicates names the references of d that other current sources have. Equal hashes are only a hint: the rows themselves
// are compared. Where two references that differ share a hash the later one stays out of the index, which at 5 million
// references happens to one county in a million and then costs no more than a duplicate of that one reference unseen.
func (t *Tx) duplicates(ctx context.Context, d *Draft, id int64, limit int) ([]Duplicate, error) {
	suspects := map[int64]map[int64]bool{} // source -> hashes
	for part := range slices.Chunk(d.hashes, refsPerStatement) {
		args := make([]any, 0, len(part)+1)
		args = append(args, id)
		for _, h := range part {
			args = append(args, h)
		}
		rows, err := t.tx.QueryContext(ctx, `SELECT hash, source FROM ref WHERE source <> ? AND hash IN (`+marks("?", len(part))+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var hash, source int64
			if err := rows.Scan(&hash, &source); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			if suspects[source] == nil {
				suspects[source] = map[int64]bool{}
			}
			suspects[source][hash] = true
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	current, err := sources(ctx, t.tx, d.dataset.Name)
	if err != nil {
		return nil, err
	}
	owner := map[string]Duplicate{}
	for _, s := range current {
		wanted := suspects[s.ID]
		if len(wanted) == 0 {
			continue
		}
		err := t.l.refs(s, func(ref string, row int64) error {
			if wanted[refHash(s.Dataset, ref)] {
				owner[ref] = Duplicate{Ref: ref, Other: s.Name, OtherRow: row}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var out []Duplicate
	err = d.refs(func(ref string, row int64) error {
		if dup, ok := owner[ref]; ok && len(out) < limit {
			dup.Row = row
			out = append(out, dup)
		}
		return nil
	})
	return out, err
}

// LastEdition returns the newest edition, and false where none was printed yet.
func (l *Ledger) LastEdition(ctx context.Context) (Edition, bool, error) {
	var e Edition
	var at string
	err := l.db.QueryRowContext(ctx, `SELECT number, as_of, published_at, digest, inputs, row_count FROM edition ORDER BY number DESC LIMIT 1`).
		Scan(&e.Number, &e.AsOf, &at, &e.Digest, &e.Inputs, &e.Rows)
	if errors.Is(err, sql.ErrNoRows) {
		return Edition{}, false, nil
	}
	if err != nil {
		return Edition{}, false, fmt.Errorf("ledger: edition: %w", err)
	}
	if e.PublishedAt, err = time.Parse(time.RFC3339, at); err != nil {
		return Edition{}, false, fmt.Errorf("ledger: edition %d: %w", e.Number, err)
	}
	return e, true, nil
}

// AddEdition notes a printed edition with what the laws found in it. Noting the same number again replaces the note: the
// press does so after a power cut between the last file and the ledger.
func (l *Ledger) AddEdition(ctx context.Context, e Edition, findings []Finding) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `DELETE FROM finding WHERE edition = $1`, e.Number); err != nil {
		return fmt.Errorf("ledger: edition %d: %w", e.Number, err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO edition (number, as_of, published_at, digest, inputs, row_count) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (number) DO UPDATE SET as_of = excluded.as_of, published_at = excluded.published_at, digest = excluded.digest,
		inputs = excluded.inputs, row_count = excluded.row_count`,
		e.Number, string(e.AsOf), stamp(e.PublishedAt), e.Digest, e.Inputs, e.Rows)
	if err != nil {
		return fmt.Errorf("ledger: edition %d: %w", e.Number, err)
	}
	for _, f := range findings {
		if _, err := tx.ExecContext(ctx, `INSERT INTO finding (edition, law, subject, words) VALUES ($1, $2, $3, $4)`, e.Number, f.Law, f.Subject, f.Words); err != nil {
			return fmt.Errorf("ledger: finding: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("ledger: edition %d: %w", e.Number, err)
	}
	return nil
}

// Findings returns what the laws found in an edition.
func (l *Ledger) Findings(ctx context.Context, edition int64) ([]Finding, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT law, subject, words FROM finding WHERE edition = $1 ORDER BY rowid`, edition)
	if err != nil {
		return nil, fmt.Errorf("ledger: findings: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Finding
	for rows.Next() {
		var f Finding
		if err := rows.Scan(&f.Law, &f.Subject, &f.Words); err != nil {
			return nil, fmt.Errorf("ledger: findings: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// NewKiosk notes a query point (查询点) and returns its identifier: the county's code and a running number, as in 420581-007. A new county
// key will be sealed to its recipient.
func (l *Ledger) NewKiosk(ctx context.Context, name string, place disclosure.Code, recipient string) (string, error) {
	var id string
	err := l.db.QueryRowContext(ctx, `INSERT INTO kiosk (name, place, recipient, enrolled_at) VALUES ($1, $2, $3, $4)
		RETURNING (SELECT code FROM county) || printf('-%03d', number)`, name, string(place), recipient, stamp(time.Now())).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("ledger: kiosk: %w", err)
	}
	return id, nil
}

// Kiosk is a query point that the county has enrolled.
type Kiosk struct {
	ID, Name  string
	Recipient string // empty where it was enrolled before there were any
	StruckOff bool   // no new county key reaches it
}

// Kiosks returns all query points, the first enrolled first.
func (l *Ledger) Kiosks(ctx context.Context) (out []Kiosk, err error) {
	rows, err := l.db.QueryContext(ctx, `SELECT (SELECT code FROM county) || printf('-%03d', number), name, recipient, struck_off_at IS NOT NULL
		FROM kiosk ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("ledger: kiosks: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var k Kiosk
		if err := rows.Scan(&k.ID, &k.Name, &k.Recipient, &k.StruckOff); err != nil {
			return nil, fmt.Errorf("ledger: kiosks: %w", err)
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// StrikeOff notes that a query point is no longer one of the county's, as when it was stolen.
func (l *Ledger) StrikeOff(ctx context.Context, id string) error {
	_, err := l.db.ExecContext(ctx, `UPDATE kiosk SET struck_off_at = $1
		WHERE (SELECT code FROM county) || printf('-%03d', number) = $2 AND struck_off_at IS NULL`, stamp(time.Now()), id)
	if err != nil {
		return fmt.Errorf("ledger: strike off %s: %w", id, err)
	}
	return nil
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

func marks(mark string, n int) string { return strings.TrimSuffix(strings.Repeat(mark+",", n), ",") }

// refHash is FNV-1a over dataset, NUL and ref. It finds, it does not prove: every hit is compared in full.
func refHash(dataset, ref string) int64 {
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	for i := range len(dataset) {
		h = (h ^ uint64(dataset[i])) * prime
	}
	h *= prime
	for i := range len(ref) {
		h = (h ^ uint64(ref[i])) * prime
	}
	return int64(h)
}
