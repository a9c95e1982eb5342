package main

import (
	"fmt"
	"os"
	"strings"

	"mingbai.local/app/input/hand"
	tables "mingbai.local/assets/hand"
	"mingbai.local/cmd/internal/figures"
	"mingbai.local/cmd/internal/hands"
	"mingbai.local/cmd/internal/speller"
)

// writer (写的人) writes by hand from what somebody else has written, and has it read as a kiosk does.
type writer struct {
	known   map[rune]hand.Ink
	in      *hands.Hand // nil for as it is
	by      *hand.Recogniser
	written map[rune]uint64 // how often; each time comes out otherwise
}

func writerOf(samples []hands.Writing, in *hands.Hand, by *hand.Recogniser) writer {
	w := writer{map[rune]hand.Ink{}, in, by, map[rune]uint64{}}
	for _, s := range samples {
		if _, ok := w.known[s.Rune]; !ok {
			w.known[s.Rune] = s.Ink
		}
	}
	return w
}

func (w writer) Write(char rune) (hand.Ink, bool) {
	ink, ok := w.known[char]
	if ok && w.in != nil {
		w.written[char]++
		ink = w.in.Test(ink, seed+uint64(char), spelt+w.written[char])
	}
	return ink, ok
}

// spelt is from where on the speller's hands are numbered, so that none is one of those that characters alone are measured with.
const spelt = 1 << 32

func (w writer) Recognise(ink hand.Ink, among map[rune]int, n int) []rune {
	var out []rune
	for _, c := range w.by.Recognise(ink, among, n) {
		if among == nil && len(out) == 0 && c.Score >= hand.Far {
			return nil // a kiosk says that it is no character at all
		}
		out = append(out, c.Rune)
	}
	return out
}

// bench holds what one run works with.
type bench struct {
	table           *figures.Table
	sources, unihan string
	payments        int

	made *speller.County
}

// parts are what can be measured by itself.
func (b *bench) parts() []figures.Part {
	return []figures.Part{
		{Name: "handwriting", Measure: func() error { return handwriting(b.table, b.sources, b.unihan) }},
		{Name: "surnames", Measure: func() error { return speller.Surnames(b.table) }},
		{Name: "update", Measure: b.over(func(c *speller.County) error { c.Update(b.table); return nil })},
		{Name: "dialect", Measure: b.over(func(c *speller.County) error { c.Dialect(b.table); return nil })},
		{Name: "actions", Measure: b.over(b.actions)},
		{Name: "hands", Measure: b.over(b.hands)},
		{Name: "speech", Measure: func() error { return measureSpeech(b.table) }},
	}
}

// over measures over the county, which is made once.
func (b *bench) over(measure func(*speller.County) error) func() error {
	return func() error {
		if b.made == nil {
			fmt.Fprintf(os.Stderr, "a county of %d payments is made …\n", b.payments)
			made, err := speller.Make(b.payments)
			if err != nil {
				return err
			}
			b.made = made
		}
		return measure(b.made)
	}
}

// actions takes for 手写 the hand that the goals are for.
func (b *bench) actions(c *speller.County) error {
	list, err := b.writers()
	if err != nil {
		return err
	}
	c.Actions(b.table, list[0].Hand)
	return nil
}

func (b *bench) hands(c *speller.County) error {
	list, err := b.writers()
	if err != nil {
		return err
	}
	c.Hands(b.table, list...)
	return nil
}

// writers are those whose names are read: by the table of medians alone, which never saw a real hand, and by both that ship. The first
// is the one that the goals are for.
func (b *bench) writers() ([]speller.NamedHand, error) {
	medians, err := hands.Medians(b.sources)
	if err != nil {
		return nil, err
	}
	tomoe, err := hands.Tomoe(b.sources)
	if err != nil {
		return nil, err
	}
	alone, err := hand.New(tables.Medians())
	if err != nil {
		return nil, err
	}
	shipped, err := hand.New(tables.Tables()...)
	if err != nil {
		return nil, err
	}
	var out []speller.NamedHand
	for _, by := range []struct {
		suffix, note string
		*hand.Recogniser
	}{{"", "table of medians alone", alone}, {"shipped", "both tables", shipped}} {
		for _, h := range []struct {
			name, note string
			samples    []hands.Writing
			in         *hands.Hand
		}{
			{"", "made of medians, 30 % of the strokes joined to the next, a third in wrong order", medians, &joined},
			{"cursive", "made of medians, 60 % of the strokes joined to the next, a fifth in wrong order", medians, &cursive},
			{"tomoe", "the Tomoe hand", tomoe, nil},
			{"tomoe_joined", "made of the Tomoe hand, 30 % of the strokes joined to the next, a third in wrong order", tomoe, &joined},
		} {
			name := strings.Trim(h.name+"_"+by.suffix, "_")
			out = append(out, speller.NamedHand{Name: name, Note: by.note + "; " + h.note, Hand: writerOf(h.samples, h.in, by.Recogniser)})
		}
	}
	return out, nil
}
