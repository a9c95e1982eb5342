package kiosk

import (
	"slices"

	"mingbai.local/app/input"
	"mingbai.local/assets/word"
)

// Point is where a finger was (点), in thousandths of the square's side; y grows downwards.
type Point struct{ X, Y int }

// Ink is one character as it was written (笔迹): the points of each stroke.
type Ink [][]Point

// Recogniser (认字) says which characters ink may be, at most n, the likeliest first: of those that are among, each with the number
// of people behind it, or of all characters where among is nil.
type Recogniser interface {
	Recognise(ink Ink, among map[rune]int, n int) []rune
}

// Reading returns the kiosk with somebody who reads handwriting; without one there is no 手写.
func (m Model) Reading(hand Recogniser) Model {
	m.hand = hand
	return m
}

// writing (手写) is what was written at one place of one text, and which characters it may be.
type writing struct {
	at     At
	ink    *Ink
	among  []rune // that lead on
	any    []rune // of all there are
	missed bool   // it was none of them, and is written again
}

// here is where something is written: writing for another text is for another character.
func (at At) here() At {
	at.Tab, at.Passed, at.Offset, at.Follow = "", 0, 0, false
	return at
}

// written is what was written for the text that is on.
func (m Model) written() writing {
	if m.writing == nil || m.writing.at != m.at.here() {
		return writing{}
	}
	return *m.writing
}

// wrote takes what was written so far of a character, once the finger has rested. Nothing is chosen for whoever writes.
func (m Model) wrote(ink *Ink) Model {
	if m.hand == nil || m.at.Tab != tabHand && m.at.Tab != tabAnyHand {
		return m
	}
	e := m.entering(m.at, m.scopes(m.at)...)
	m.writing = &writing{
		at: m.at.here(), ink: ink,
		among: m.hand.Recognise(*ink, e.Among(), mostChoices), any: m.hand.Recognise(*ink, nil, mostChoices),
	}
	m.at.Passed = 0
	return m
}

// rewrite empties the square.
func (m Model) rewrite(missed bool) Model {
	m.writing = &writing{at: m.at.here(), missed: missed}
	if m.at.Tab == tabAnyHand {
		m.at.Tab = tabHand
	}
	return m
}

// readings are the characters that what was written may be: those that lead on, with the number of people behind each, or, for
// tabAnyHand, all.
func (m Model) readings(at At, e input.Entry) []input.Candidate {
	w := m.written()
	list := w.among
	if at.Tab == tabAnyHand {
		list = w.any
	}
	counts := map[rune]int{}
	for _, k := range e.Answer.Next {
		counts[k.Char] = k.Found
	}
	var out []input.Candidate
	for _, r := range list {
		out = append(out, input.Candidate{Char: r, Text: e.Write(r), People: counts[r]})
	}
	return out
}

// handPage is what 手写 needs: the characters that what was written may be, the square, and what to do where it is none of them.
// Before anything is written the characters that follow are offered, as by turning over lists.
func (m Model) handPage(at At, e input.Entry, count func(int) string) (body, side []Block) {
	w := m.written()
	switch {
	case w.ink == nil:
		if at.Text != "" {
			body = choices(at, e.Candidates(), count)
		}
	case at.Tab == tabHand:
		c := m.offered(at, e, count)
		other := at
		other.Tab = tabAnyHand
		c.Others, c.More = word.Say("hand.none"), func(int) Msg { return turn(other) }
		body = append(body, c)
	default:
		c := m.offered(at, e, count)
		among := e.Among()
		for i, r := range w.any {
			if among[r] == 0 {
				c.Items[i].Note = word.Say("hand.notonlist")
			}
		}
		c.Others, c.More = word.Say("hand.missed"), func(int) Msg { return Rewrite{Missed: true} }
		body = append(body, c)
	}
	hint := word.Say("hand.hint")
	switch {
	case w.missed, w.ink != nil && len(w.any) == 0:
		hint = word.Say("hand.again")
	case at.Tab == tabAnyHand && w.ink != nil:
		hint = word.Say("hand.any")
	}
	var wipe Msg
	if w.ink != nil {
		wipe = Rewrite{}
	}
	buttons := []Button{{Icon: "undo", Text: word.Say("hand.wipe"), Touch: wipe}, backByHand(at, e)}
	if n := e.Answer.Found; at.Text != "" && n > 0 {
		list := at
		list.Tab, list.Passed = "", 0
		if list.Page == PagePeople {
			list.Tab = tabRows
		}
		buttons = append(buttons, Button{Text: word.Say("people.all", count(n)), Filled: true, Touch: turn(list)})
	}
	return body, []Block{Square{Ink: w.ink, Hint: hint, Wrote: func(ink *Ink) Msg { return Wrote{ink} }}, Buttons{Items: buttons}}
}

// backByHand takes the last character away.
func backByHand(at At, e input.Entry) Button {
	b := Button{Text: word.Say("hand.back")}
	if at.Text != "" {
		at.Tab, at.Text, at.Passed = tabHand, e.Back(), 0
		b.Touch = turn(at)
	}
	return b
}

// offered are the characters that what was written may be.
func (m Model) offered(at At, e input.Entry, count func(int) string) Candidates {
	var c Candidates
	for _, b := range choices(at, m.readings(at, e), count) {
		c = b.(Candidates)
	}
	c.Items = slices.Clone(c.Items)
	return c
}
