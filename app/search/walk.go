package search

import (
	"cmp"
	"encoding/binary"

	"mingbai.local/app/pinyin"
)

// How well a title matches, best first. Ranks below rankPrefix match the whole title.
const (
	rankExact = iota
	rankVariant
	rankPinyin
	rankInitials
	rankPrefix
	rankSubstring
	rankSimilar
	rankSimilarPrefix
	rankText
	noMatch
)

// The indexes of whys, best first.
const (
	whyExact = iota
	whyVariant
	whyPinyin
	whyInitials
	whySubstring
	whySimilar
	whyText
)

var whys = []string{WhyExact, WhyVariant, WhyPinyin, WhyInitials, WhySubstring, WhySimilar, WhyText}

// reached (匹配程度) is how well the names under a node match so far.
type reached struct {
	rank, why uint8 // an index into whys
	chars     uint8
	end       uint8 // of the letters that stand for the chosen character; 0 is none
}

var unreached = reached{rank: noMatch, why: uint8(len(whys))}

// better takes over a better way of matching: of 2 that are as good, the one that reads more characters.
func (r *reached) better(rank, why, chars int) {
	if cmp.Or(rank-int(r.rank), why-int(r.why), int(r.chars)-chars) < 0 {
		r.rank, r.why, r.chars = uint8(rank), uint8(why), uint8(chars)
	}
}

// segment (段) is neighbouring items that match equally well.
type segment struct {
	lo, hi int
	reached
}

// state is one way of having read the query up to j.
type state struct {
	j, end                   uint8
	variant, pinyin, initial bool
}

// choosing returns the state with the first letters ending there, unless they ended before.
func (s state) choosing(end int) state {
	if s.end == 0 {
		s.end = uint8(end)
	}
	return s
}

// walker reads a query along a trie. Every way of reading it goes down together, so that a node is met once, and nodes are
// met in the order of items: so a key that was counted for a node is not counted again below it.
type walker struct {
	*asked
	similar bool // whether to accept what only sounds alike
	units   *units
	trie    trie
	below   []Letters // of the first nodes; none where children have to be counted
	// What leads on, and what the first letters stand for; nil counts none.
	next, choices *ways
	states        []state
	behind        bool // whether to count characters that follow letters, too
	lettersTyped  bool
	from, to      int // items outside are not wanted
	found         []segment
}

// walk finds the items that match the query.
func (w *walker) walk(t trie, items int) {
	w.trie, w.found, w.states = t, w.found[:0], w.states[:0]
	if len(w.fold) > most {
		return
	}
	w.lettersTyped = w.firstLetter() >= 0
	s := state{j: uint8(w.skip(0))}
	w.states = append(w.states, s)
	in := unreached
	if int(s.j) == len(w.fold) {
		rank, whole := rankPrefix, rankExact
		why := 0
		if w.similar {
			rank, whole, why = rankSimilarPrefix, rankSimilar, whySimilar
		}
		in.better(rank, why, 0)
		own := in
		own.better(whole, why, 0)
		below := w.belowFirst(0, items)
		w.segment(0, below, own)
		if w.follows(0, items) {
			w.segment(below, items, in)
			return
		}
	}
	w.children(0, items, 0, 1, 0, 0, in)
}

// belowFirst is where the items of a node that do not end there begin.
func (w *walker) belowFirst(n, hi int) int {
	if c := w.trie.child(n); c < w.trie.child(n+1) {
		return min(w.trie.first(c), hi)
	}
	return hi
}

func (w *walker) segment(lo, hi int, r reached) {
	if lo >= hi || r.rank == noMatch {
		return
	}
	if n := len(w.found); n > 0 && w.found[n-1].hi == lo && w.found[n-1].reached == r {
		w.found[n-1].hi = hi
		return
	}
	w.found = append(w.found, segment{lo, hi, r})
}

// children goes on from node n, whose items end before hi, with states from to to, when depth characters were read.
func (w *walker) children(n, hi, from, to, depth, chosen int, in reached) {
	c, last := w.trie.child(n), w.trie.child(n+1)
	if c == last {
		return
	}
	if in.rank != noMatch {
		for ; c < last; c++ {
			w.child(c, last, hi, from, to, depth, chosen, in)
		}
		return
	}
	// Nothing matched so far, so a child is worth a visit only where its character goes on.
	if to == from+1 && !w.similar && w.az[w.states[from].j] == 0 {
		w.childrenOf(c, last, hi, from, to, depth, chosen, in)
		return
	}
	any, letters, sounds := false, uint32(0), uint32(0)
	for _, s := range w.states[from:to] {
		switch key := w.az[s.j]; {
		case key == 0 && w.similar:
			readings := w.readingsOf(int(s.j))
			any = any || len(readings) == 0
			letters |= begins(readings)
		case key == 0, w.similar && isStroke(key):
			any = true
		case w.similar:
			sounds |= hears[key]
		default:
			letters |= presses[key]
		}
	}
	nodes := w.trie[nodeSize*c : nodeSize*last]
	for ; c < last; c, nodes = c+1, nodes[nodeSize:] {
		b := &w.units.begin[binary.LittleEndian.Uint64(nodes)&(1<<unitBits-1)]
		if b.letters&letters != 0 || b.sounds&sounds != 0 || any {
			w.child(c, last, hi, from, to, depth, chosen, in)
		}
	}
}

// childrenOf goes on to those of the children c to last that are written as the one state has it, and to the silent ones.
func (w *walker) childrenOf(c, last, hi, from, to, depth, chosen int, in reached) {
	list, silent := w.units.of(w.fold[w.states[from].j]), w.units.silent
	for len(list) > 0 || len(silent) > 0 {
		var u uint32
		if len(silent) == 0 || len(list) > 0 && list[0] < silent[0] {
			u, list = list[0], list[1:]
		} else {
			u, silent = silent[0], silent[1:]
		}
		if at := w.trie.find(c, last, u); at >= 0 {
			w.child(at, last, hi, from, to, depth, chosen, in)
			c = at + 1
		}
	}
}

// child visits node c of the children up to last, unless its items are not wanted.
func (w *walker) child(c, last, hi, from, to, depth, chosen int, in reached) {
	lo, end := min(w.trie.first(c), hi), hi
	if c+1 < last {
		end = max(lo, min(w.trie.first(c+1), hi))
	}
	if end > w.from && lo < w.to {
		w.node(c, lo, end, from, to, depth, chosen, in)
	}
}

func (w *walker) node(c, lo, hi, from, to, depth, chosen int, in reached) {
	number := w.trie.unit(c)
	u := &w.units.list[number]
	base := len(w.states)
	own := unreached
	if u.silent {
		w.states = append(w.states, w.states[from:to]...)
		for _, s := range w.states[base:] {
			if int(s.j) == len(w.fold) {
				w.accept(s, depth, true, &own)
			}
		}
	} else {
		depth++
		before := in.end
		for k := from; k < to; k++ {
			s := w.states[k]
			if int(s.j) == len(w.fold) {
				w.leadOn(number, lo, hi)
				continue
			}
			if s.end == 0 {
				chosen = number
			}
			w.step(s, number, lo, hi, base, depth, &in)
		}
		for _, s := range w.states[base:] {
			if int(s.j) == len(w.fold) {
				w.accept(s, depth, true, &own)
				w.accept(s, depth, false, &in)
				in.end = max(in.end, s.end)
			}
		}
		if w.choices != nil && in.end > before {
			w.choices.choose(&w.units.list[chosen], in.end, before, lo, hi)
		}
	}
	if len(w.states) == base {
		w.segment(lo, hi, in)
		return
	}
	own.end = in.end
	if in.rank != noMatch {
		own.better(int(in.rank), int(in.why), int(in.chars))
	}
	below := w.belowFirst(c, hi)
	w.segment(lo, below, own)
	if w.allRead(base) && w.follows(c, hi) {
		w.segment(below, hi, in)
		w.states = w.states[:base]
		return
	}
	w.children(c, hi, base, len(w.states), depth, chosen, in)
	w.states = w.states[:base]
}

// allRead reports whether every state from base on is at the end of the query.
func (w *walker) allRead(base int) bool {
	for _, s := range w.states[base:] {
		if int(s.j) < len(w.fold) {
			return false
		}
	}
	return true
}

// follows notes what leads on from node c, at which the whole query was read and whose items end before hi. It reports false,
// and notes nothing, where a child is silent, so that its children lead on too.
func (w *walker) follows(c, hi int) bool {
	switch {
	case w.silentBelow(c):
		return false
	case w.next == nil:
		return true
	case w.lettersTyped && c < len(w.below) && !w.behind && !w.similar:
		w.next.mask |= w.below[c] & w.leads()
		return true
	}
	last := w.trie.child(c + 1)
	for c := w.trie.child(c); c < last; c++ {
		lo, end := min(w.trie.first(c), hi), hi
		if c+1 < last {
			end = max(lo, min(w.trie.first(c+1), hi))
		}
		w.leadOn(w.trie.unit(c), lo, end)
	}
	return true
}

// leadOn notes that a unit, by its number, leads on to items.
func (w *walker) leadOn(number, lo, hi int) {
	if w.next == nil {
		return
	}
	u := &w.units.list[number]
	begins := Letters(u.letters)
	if w.similar {
		// Which letters go on by ear only a trial tells: see heard.
		begins = Letters(w.units.early(number))
	}
	begins &= w.leads()
	if w.lettersTyped && !w.behind {
		w.next.letters(begins, lo, hi)
		return
	}
	if hits := w.next.count.count(lo, hi); hits > 0 {
		w.next.mask |= begins
		if !isAZ(u.fold) {
			w.next.way(u.slot, 0).add(u.char, hits)
		}
	}
}

// silentBelow reports whether a child of node n is silent, so that a name can end there as well as before it.
func (w *walker) silentBelow(n int) bool {
	for _, u := range w.units.silent {
		if w.trie.find(w.trie.child(n), w.trie.child(n+1), u) >= 0 {
			return true
		}
	}
	return false
}

// accept notes that a state read the whole query, up to the end of the name or into it.
func (w *walker) accept(s state, chars int, complete bool, r *reached) {
	rank, why := rankExact, whyExact
	switch {
	case w.similar:
		rank, why = rankSimilar, whySimilar
	case s.initial:
		rank, why = rankInitials, whyInitials
	case s.pinyin:
		rank, why = rankPinyin, whyPinyin
	case s.variant:
		rank, why = rankVariant, whyVariant
	}
	switch complete = complete && !(w.similar && s.initial); {
	case w.similar && !complete:
		rank = rankSimilarPrefix
	case !complete:
		rank = rankPrefix
	}
	r.better(rank, why, chars)
}

// add adds a state behind a unit, unless it is there.
func (w *walker) add(base int, s state, j int) {
	s.j = uint8(w.skip(j))
	for _, have := range w.states[base:] {
		if have == s {
			return
		}
	}
	w.states = append(w.states, s)
}

// step reads a unit, by its number, from state s.
func (w *walker) step(s state, number, lo, hi, base, depth int, in *reached) {
	u, j := &w.units.list[number], int(s.j)
	key := w.az[j]
	if key == 0 {
		if f := w.fold[j]; u.fold == f || w.similar && common(u.readings, w.readingsOf(j)) {
			s.variant = s.variant || u.char != w.char[j]
			w.add(base, s, j+1)
		}
		return
	}
	if isStroke(key) {
		w.written(s, number, lo, hi, base)
		return
	}
	letters := w.letters(j)
	if w.similar {
		if u.sounds&hears[key] == 0 {
			return
		}
		if w.nine {
			for _, heard := range u.heard {
				w.spelled(s, letters, w.units.alikes()[heard], lo, hi, base, depth, in)
			}
			return
		}
		for n := 1; n <= min(len(letters), longestSyllable); n++ {
			heard, end := w.heardFrom(j, n), s.choosing(j+n)
			for k, syllable := range u.heard {
				next := end
				switch {
				case heard == syllable:
					w.add(base, next, j+n)
				case n <= 2 && heard == u.heardInitial[k]:
					next.initial = true
					w.add(base, next, j+n)
				case j+n == len(w.fold) && len(heard) < len(syllable) && syllable[:len(heard)] == heard:
					next.initial = true
					w.accept(next, depth, false, in)
					in.end = max(in.end, next.end)
				}
			}
		}
		return
	}
	if u.letters&presses[key] != 0 {
		w.spelled(s, letters, u.readings, lo, hi, base, depth, in)
	}
}

// spelled reads letters from state s as one of the syllables of a unit: whole, as its initial or, at the end of the query, as its
// beginning.
func (w *walker) spelled(s state, letters []byte, syllables []string, lo, hi, base, depth int, in *reached) {
	j := int(s.j)
	for _, syllable := range syllables {
		n := alike(syllable, letters)
		if n == 0 {
			continue
		}
		initial := len(pinyin.Initial(syllable))
		last := 0
		for _, piece := range [...]int{1, initial, len(syllable)} {
			if piece > n || piece == last {
				continue
			}
			last = piece
			next := s.choosing(j + piece)
			if piece < len(syllable) {
				next.initial = true
			} else {
				next.pinyin = true
			}
			w.add(base, next, j+piece)
		}
		if j+n == len(w.fold) && n < len(syllable) {
			if w.next != nil && !w.similar {
				w.next.letters(1<<(syllable[n]-'a'), lo, hi)
			}
			if n != 1 && n != initial {
				next := s.choosing(j + n)
				next.pinyin = true
				w.accept(next, depth, false, in)
				in.end = max(in.end, next.end)
			}
		}
	}
}

// alike returns how many letters of a syllable stand at the beginning of others.
func alike(syllable string, letters []byte) int {
	n := 0
	for n < len(syllable) && n < len(letters) && (letters[n] == syllable[n] || isNine(letters[n]) && presses[letters[n]]>>(syllable[n]-'a')&1 != 0) {
		n++
	}
	return n
}

func common(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
