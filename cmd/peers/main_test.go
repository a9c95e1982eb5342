package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"mingbai.local/app/book"
)

// TestAnswersAgree: over a small county the book and both SQLites give the same answers to every query, and bleve no more than the
// book; and an answer that differs in any one thing is noticed, so that agreement means something.
func TestAnswersAgree(t *testing.T) {
	b := newBench(t.TempDir(), true)
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
	p := &product{book: bk}
	defer p.close()
	r, err := b.load(e)
	defer r.close()
	if err != nil {
		t.Fatal(err)
	}
	if err := compare(e.queries, p, r.normal, r.prefix); err != nil {
		t.Error(err)
	}
	for i := range e.queries {
		var a answer
		if q := &e.queries[i]; r.bleve.answers(q.class) {
			if err := errors.Join(p.answer(q, &a), r.bleve.agrees(q, &a)); err != nil {
				t.Error(err)
			}
		}
	}
	for name, alter := range map[string]func(*answer){
		"found":          func(a *answer) { a.Found++ },
		"payments":       func(a *answer) { a.Payments++ },
		"sum":            func(a *answer) { a.Sum++ },
		"sum of a year":  func(a *answer) { a.addYear(2023, 0, 1) },
		"a letter":       func(a *answer) { a.Letters ^= 1 },
		"a character":    func(a *answer) { a.addNext('明', 1); sortKeys(a) },
		"order of hits":  func(a *answer) { slices.Reverse(a.Hits) },
		"sum of a hit":   func(a *answer) { a.Hits[0].Sum++ },
		"a hit too few":  func(a *answer) { a.Hits = a.Hits[1:] },
		"a row's remark": func(a *answer) { a.Hits[0].Remark += "。" },
	} {
		if compare(e.queries, p, altered{r.prefix, alter}) == nil {
			t.Errorf("another %s is not noticed", name)
		}
	}
}

// Alone, the product is asked what it is asked beside the peers.
func TestAloneIsAskedTheSame(t *testing.T) {
	var asked [2][]query
	for i, single := range []bool{false, true} {
		b := newBench(t.TempDir(), false)
		b.single = single
		e, err := b.generate(5_000)
		if err != nil {
			t.Fatal(err)
		}
		asked[i] = e.queries
	}
	if !slices.Equal(asked[0], asked[1]) {
		t.Error("other queries")
	}
}

// altered answers otherwise.
type altered struct {
	engine
	alter func(*answer)
}

func (e altered) answer(q *query, a *answer) error {
	err := e.engine.answer(q, a)
	e.alter(a)
	return err
}
