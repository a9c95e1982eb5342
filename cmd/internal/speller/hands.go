package speller

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"mingbai.local/app/input"
	"mingbai.local/app/input/hand"
	"mingbai.local/app/search"
	"mingbai.local/cmd/internal/figures"
)

// Hand (手) writes characters and has them recognised.
type Hand interface {
	// Write writes a character, each time a little otherwise; false where it has never seen it.
	Write(char rune) (ink hand.Ink, ok bool)
	// Recognise returns the likeliest first, at most n: of those among, or of all where that is nil.
	Recognise(ink hand.Ink, among map[rune]int, n int) []rune
}

// NamedHand (写的人) is a hand with a name for its figures, which is empty for the one that the goals are for, and a description.
type NamedHand struct {
	Name, Note string
	Hand
}

// Hands measures how the handwriting of hands is read, each character held to what can follow the right ones before it: over the whole
// county, with numbers of people that a kiosk keeps to itself, and in a village, as a kiosk does it.
func (c *County) Hands(t *figures.Table, hands ...NamedHand) {
	for _, h := range hands {
		c.hand(t, h, "", "over the county", func(string) search.Query { return search.Query{In: search.InPeople} })
		c.hand(t, h, "_village", "each in his village", func(village string) search.Query {
			return search.Query{In: search.InPeople, Village: village}
		})
	}
}

func (c *County) hand(t *figures.Table, h NamedHand, suffix, where string, in func(village string) search.Query) {
	const names = 1000
	if h.Name != "" {
		suffix += "_" + h.Name
	}
	r := rand.New(rand.NewPCG(9, 3))
	var chars, top1, top5, whole, tried, passed int
	for tried < names && passed < 20*names {
		village, name := c.draw(r, c.villages)
		inks, ok := inkOf(h, name)
		if !ok {
			passed++
			continue
		}
		tried++
		good := true
		for k, char := range []rune(name) {
			among := c.Lexicon.Enter(string([]rune(name)[:k]), in(village)).Among()
			at := slices.Index(h.Recognise(inks[k], among, candidates), char)
			chars++
			if at == 0 {
				top1++
			}
			if at >= 0 && at < 5 {
				top5++
			}
			good = good && at >= 0
		}
		if good {
			whole++
		}
	}
	if tried == 0 {
		t.Remark("speller"+suffix, "no name of the county can be written by this hand; "+h.Note)
		return
	}
	note := fmt.Sprintf("%d characters of %d names %s of %d people, another %d names passed over that the hand has no ink for; %s", chars, tried, where, c.People, passed, h.Note)
	share := func(name string, part, of int, more string) {
		value := float64(part) / float64(of)
		t.Add(name+suffix, value, "of 1", fmt.Sprintf("%.4f; %s%s", value, more, note))
	}
	share("speller_char_top1", top1, chars, "")
	share("speller_char_top5", top5, chars, "")
	share("names_without_correction", whole, tried, "written once, every character is among the eight offered; ")
}

func inkOf(h Hand, name string) ([]hand.Ink, bool) {
	var inks []hand.Ink
	for _, char := range name {
		ink, ok := h.Write(char)
		if !ok {
			return nil, false
		}
		inks = append(inks, ink)
	}
	return inks, true
}

// tries is how often a character is written before one gives up.
const tries = 4

// written writes a character and touches it among those offered. Where it is none of them, 都不是 shows the eight of all characters, and
// 都不是，再写一次 asks for it again.
func written(h Hand) func(e input.Entry, name []rune) (string, int) {
	return func(e input.Entry, name []rune) (string, int) {
		at := len([]rune(e.Text))
		if at == len(name) {
			return "", 0
		}
		char, actions := name[at], 0
		for range tries {
			ink, ok := h.Write(char)
			if !ok {
				return "", 0
			}
			actions += 2 // writing, and the touch that follows: the character, or 都不是
			if slices.Contains(h.Recognise(ink, e.Among(), candidates), char) {
				return e.Write(char), actions
			}
			actions++ // the character among all, or 都不是，再写一次
			if slices.Contains(h.Recognise(ink, nil, candidates), char) {
				return e.Write(char), actions
			}
		}
		return "", 0
	}
}
