// Package officetest is a county office (办公室) for tests: it signs and publishes editions into a folder. What it prints by itself is of a toy schema,
// small enough that a test can make hundreds of editions.
package officetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/trust"
)

// Key is the county key of every office.
var Key = edition.Key{4, 2}

// Day0 is when an office is founded.
var Day0 = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// Office publishes into Dir.
type Office struct {
	Dir          string
	KeysDir      string
	Keys         *trust.Keys
	County, Name string
	Next         int64 // the edition that is published next
	Now          time.Time
	// Head may make wrong what owners sign; nil leaves it.
	Head func(*edition.Head)
	// Handout is the file of a handout of the county's key, which the next edition signs; nil for none.
	Handout []byte

	t *testing.T
}

// Found is an office with new keys that has published nothing.
func Found(dir, keysDir, county, name string) (*Office, error) {
	keys, err := trust.CreateKeys(keysDir, county, Day0)
	return &Office{Dir: dir, KeysDir: keysDir, Keys: keys, County: county, Name: name, Next: 1, Now: Day0}, err
}

// New is the same for a test.
func New(t *testing.T, county, name string) *Office {
	t.Helper()
	o, err := Found(t.TempDir(), filepath.Join(t.TempDir(), "keys"), county, name)
	if err != nil {
		t.Fatal(err)
	}
	o.t = t
	return o
}

func (o *Office) write(path string, b []byte) error {
	name := filepath.Join(o.Dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o644)
}

// Publish prints payments, a shard for each, and a title for each other owner.
func (o *Office) Publish(payments ...string) {
	o.t.Helper()
	err := o.Print(func(owner string, w *edition.Writer) error {
		rows := []string{owner}
		if owner == trust.Finance {
			rows = payments
		}
		for _, r := range rows {
			tab := edition.Table{
				Dataset: owner + "_titles", Columns: []edition.Column{{Name: "title"}, {Name: "fen", Number: true}},
				Rows: [][]edition.Value{{{Text: r}, {Int: int64(len(r))}}},
			}
			if err := w.Add(tab.Batch(2026, "")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// Print publishes the next edition, whatever each owner writes.
func (o *Office) Print(write func(owner string, w *edition.Writer) error) error {
	release := trust.Release{Edition: o.Next, Catalogs: map[string]trust.Target{}, Now: o.Now}
	for _, owner := range trust.Owners() {
		head := edition.Head{County: o.County, CountyName: o.Name, Number: o.Next, AsOf: o.Now.Format(time.DateOnly), PublishedAt: o.Now, Synthetic: true}
		if o.Head != nil {
			o.Head(&head)
		}
		w := edition.NewWriter(Key, owner, head, o.write)
		if err := write(owner, w); err != nil {
			return err
		}
		ref, err := w.Close()
		if err != nil {
			return err
		}
		release.Catalogs[owner] = trust.Target(ref)
	}
	if o.Handout != nil {
		sum := fmt.Sprintf("%x", sha256.Sum256(o.Handout))
		release.Handout = &trust.Handout{Key: trust.CountyKeyID(Key[:]), Target: trust.Target{SHA256: sum, Length: int64(len(o.Handout))}}
		if err := o.write(trust.HandoutPath(sum), o.Handout); err != nil {
			return err
		}
	}
	files, err := o.Keys.Publish(os.DirFS(o.Dir), release)
	for _, f := range files {
		err = errors.Join(err, o.write(f.Path, f.Data))
	}
	o.Next++
	return err
}

// Enrolment is what the office gives a kiosk that finds it at a URL.
func (o *Office) Enrolment(url string) (trust.Enrolment, error) {
	root, err := o.Keys.Root()
	return trust.Enrolment{
		Format: 1, Kiosk: "YD-01", Name: "白水港村查询点", County: o.County, CountyName: o.Name, Emblem: "宜", Place: o.County + "101203",
		Office: url, Root: root, CountyKey: Key[:], PollMinutes: 10, Synthetic: true,
	}, err
}

// Card is what the office gives out to townships.
func (o *Office) Card() stick.Card {
	o.t.Helper()
	e, err := o.Enrolment("http://127.0.0.1:8420/")
	if err != nil {
		o.t.Fatal(err)
	}
	return stick.Card{Format: 1, County: o.County, CountyName: o.Name, Office: e.Office, Root: e.Root}
}
