// Package sticktest is a county office (办公室) for tests of sticks: it signs and publishes editions of a toy schema into a folder, small enough
// that a test can fill hundreds of sticks with them.
package sticktest

import (
	"crypto/sha256"
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

var day0 = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// Office publishes into Dir.
type Office struct {
	Dir          string
	Keys         *trust.Keys
	County, Name string
	Next         int64 // the edition that is published next
	Now          time.Time
	// Handout is the file of a handout of the county's key, which the next Publish signs; nil for none.
	Handout []byte

	t *testing.T
}

// New is an office that has published nothing.
func New(t *testing.T, county, name string) *Office {
	t.Helper()
	keys, err := trust.CreateKeys(filepath.Join(t.TempDir(), "keys"), county, day0)
	if err != nil {
		t.Fatal(err)
	}
	return &Office{t: t, Dir: t.TempDir(), Keys: keys, County: county, Name: name, Next: 1, Now: day0}
}

func (o *Office) write(path string, b []byte) error {
	name := filepath.Join(o.Dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o644)
}

// Publish prints payments, a shard for each.
func (o *Office) Publish(payments ...string) {
	o.t.Helper()
	refs := map[string]trust.Target{}
	for _, owner := range trust.Owners() {
		head := edition.Head{County: o.County, CountyName: o.Name, Number: o.Next, AsOf: o.Now.Format(time.DateOnly), PublishedAt: o.Now, Synthetic: true}
		w := edition.NewWriter(Key, owner, head, o.write)
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
				o.t.Fatal(err)
			}
		}
		ref, err := w.Close()
		if err != nil {
			o.t.Fatal(err)
		}
		refs[owner] = trust.Target(ref)
	}
	release := trust.Release{Edition: o.Next, Catalogs: refs, Now: o.Now}
	if o.Handout != nil {
		sum := fmt.Sprintf("%x", sha256.Sum256(o.Handout))
		release.Handout = &trust.Handout{Key: trust.CountyKeyID(Key[:]), Target: trust.Target{SHA256: sum, Length: int64(len(o.Handout))}}
		if err := o.write(trust.HandoutPath(sum), o.Handout); err != nil {
			o.t.Fatal(err)
		}
	}
	files, err := o.Keys.Publish(os.DirFS(o.Dir), release)
	if err != nil {
		o.t.Fatal(err)
	}
	o.Next++
	for _, f := range files {
		if err := o.write(f.Path, f.Data); err != nil {
			o.t.Fatal(err)
		}
	}
}

// Card is what the office gives out to townships.
func (o *Office) Card() stick.Card {
	o.t.Helper()
	root, err := o.Keys.Root()
	if err != nil {
		o.t.Fatal(err)
	}
	return stick.Card{Format: 1, County: o.County, CountyName: o.Name, Office: "http://127.0.0.1:8420/", Root: root}
}
