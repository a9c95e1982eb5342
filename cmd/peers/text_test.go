package main

import (
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/sample"
)

// Free text is the same in every run, and both find the same in it.
func TestText(t *testing.T) {
	b := newBench(t.TempDir(), false)
	const size = 300_000
	if err := b.text(size); err != nil {
		t.Fatal(err)
	}
	if found := b.table.Figures(); len(found) != 2 || found[0].Value == nil || *found[1].Value <= 1 {
		t.Errorf("%+v", found)
	}
	again := func() ([]document, []query) {
		c, err := sample.Generate(sample.Options{County: "420581", Seed: 1, Payments: 2000})
		if err != nil {
			t.Fatal(err)
		}
		docs := corpus(c, size)
		return docs, makeTextQueries(docs)
	}
	docs, queries := again()
	other, same := again()
	if !slices.EqualFunc(docs, other, func(a, b document) bool { return a.ref == b.ref && slices.Equal(a.texts, b.texts) }) || !slices.Equal(queries, same) {
		t.Error("two runs ask other things of other texts")
	}
	lengths := map[int]int{}
	for _, q := range queries {
		lengths[len([]rune(q.Text))]++
	}
	for n := 1; n <= 8; n++ {
		if lengths[n] < perClass/4 {
			t.Errorf("only %d pieces of %d characters", lengths[n], n)
		}
	}
}

func TestSpacedKeepsPunctuation(t *testing.T) {
	if got := spaced("補貼。Ａ1"); got != "补 贴 x3002 a 1 " || strings.Contains(got, "。") {
		t.Errorf("%q", got)
	}
}
