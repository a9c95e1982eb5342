package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"mingbai.local/app/book"
)

// TestAnswersAgree: over a small county the book and both SQLites give the same answers to every query; and where the peers are
// loaded with one cell other than the book's, that is noticed, so that agreement means something.
func TestAnswersAgree(t *testing.T) {
	b := &bench{work: t.TempDir()}
	e, err := b.generate(5_000)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.queries) < 2600 {
		t.Errorf("%d queries", len(e.queries))
	}
	if err := book.Build(context.Background(), os.DirFS(e.dir), e.book); err != nil {
		t.Fatal(err)
	}
	bk, err := book.Open(e.book)
	if err != nil {
		t.Fatal(err)
	}
	defer bk.Close()
	ask := func() (normal, prefix error) {
		path := filepath.Join(b.work, "peer.sqlite")
		if err := buildNormalised(path, e.county); err != nil {
			t.Fatal(err)
		}
		n, err := openNormalised(path)
		if err != nil {
			t.Fatal(err)
		}
		normal = compare(e.queries, product{bk}, n)
		if err := n.close(); err != nil {
			t.Fatal(err)
		}
		if err := buildPrefix(path, e.county); err != nil {
			t.Fatal(err)
		}
		p, err := openPrefix(path)
		if err != nil {
			t.Fatal(err)
		}
		prefix = compare(e.queries, product{bk}, p)
		if err := p.close(); err != nil {
			t.Fatal(err)
		}
		return normal, prefix
	}
	if normal, prefix := ask(); normal != nil || prefix != nil {
		t.Errorf("normalised: %v\nprefix tables: %v", normal, prefix)
	}
	other := len(e.county.people) / 2
	cells := e.county.people[other].Cells
	for i := range cells {
		cells[i].Sum++
	}
	if normal, prefix := ask(); normal == nil || prefix == nil {
		t.Error("a person with another sum is not noticed")
	}
}

// Free text is asked for in pieces that stand in a body; FTS5 finds at least the document that each was taken from.
func TestTextQueriesAreInBodies(t *testing.T) {
	b := &bench{work: t.TempDir()}
	e, err := b.generate(5_000)
	if err != nil {
		t.Fatal(err)
	}
	db, err := buildText(filepath.Join(b.work, "text.sqlite"), e.documents)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	queries := makeTextQueries(e.documents)
	if len(queries) != perClass {
		t.Errorf("%d queries", len(queries))
	}
	for i := range queries {
		if n, page, err := findText(db, &queries[i]); err != nil || n == 0 || len(page) != min(n, pageRows) {
			t.Fatalf("%s: %d documents, %d on the page, %v", queries[i].Text, n, len(page), err)
		}
	}
}
