package search

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"unicode"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// alphabet (字表) numbers the units of all names, so that a node of a trie holds a number. A character that is read
// differently as a surname is another unit. Punctuation, which nobody types, is a unit too, but a silent one.
type alphabet struct {
	at   map[string]uint32
	list []*unit
	of   units
}

const mostUnits = 1 << 20

// units returns the numbers of a name's characters.
func (a *alphabet) units(name string) ([]uint32, error) {
	surname := len(pinyin.Surname(name))
	out := make([]uint32, 0, len(name)/3)
	for i, r := range name {
		key := string(r)
		if i < surname {
			key = name[:surname] + "\x00" + key
		}
		n, ok := a.at[key]
		if !ok {
			if len(a.list) == mostUnits {
				return nil, fmt.Errorf("search: names of more than %d characters", mostUnits)
			}
			u := &unit{char: r, fold: r}
			if typable(r) {
				u = a.of.one(name, i, surname)
			}
			if a.at == nil {
				a.at = map[string]uint32{}
			}
			n = uint32(len(a.list))
			a.at[key] = n
			a.list = append(a.list, u)
		}
		out = append(out, n)
	}
	return out, nil
}

func typable(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// encode: uvarint(n), then per unit its character and its readings as texts.
func (a *alphabet) encode() []byte {
	out := binary.AppendUvarint(nil, uint64(len(a.list)))
	for _, u := range a.list {
		out = section.AppendText(out, string(u.char))
		out = section.AppendTexts(out, u.readings)
	}
	return out
}

func decodeAlphabet(b []byte) ([]unit, error) {
	c := section.Read(b)
	list := make([]unit, c.Len(2))
	for i := range list {
		char, readings := []rune(c.Text()), c.Texts()
		if c.Err() == nil && len(char) != 1 {
			c.Fail("unit %d is not one character", i)
		}
		for _, s := range readings {
			if s == "" || !isAZ(rune(s[0])) || len(s) > longestSyllable {
				c.Fail("unit %d: %q is no syllable", i, s)
			}
		}
		if c.Err() != nil {
			break
		}
		list[i] = *newUnit(char[0], readings)
		list[i].silent = !typable(char[0])
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: units: %w", err)
	}
	return list, nil
}

// trie (字树) says which items of a sorted list begin with the same units. Nodes stand breadth first, so that the children of
// a node are neighbours and end where those of the next node begin; a node is 8 bytes: its unit in 20 bits, the number of
// its first item in 22, the number of its first child in 22. Node 0 is the root, and one more node ends the list.
type trie []byte

const (
	nodeSize  = 8
	itemBits  = 22
	unitBits  = 64 - 2*itemBits
	mostItems = 1 << itemBits
)

func packNode(unit uint32, first, child int) uint64 {
	return uint64(unit) | uint64(first)<<unitBits | uint64(child)<<(unitBits+itemBits)
}

func (t trie) node(n int) uint64 { return binary.LittleEndian.Uint64(t[nodeSize*n:]) }

func (t trie) nodes() int { return len(t)/nodeSize - 1 }

func (t trie) unit(n int) int { return int(t.node(n) & (mostUnits - 1)) }

func (t trie) first(n int) int { return int(t.node(n) >> unitBits & (mostItems - 1)) }

func (t trie) child(n int) int { return int(t.node(n) >> (unitBits + itemBits)) }

// appendTrie appends the trie over the units of sorted items, which are fewer than mostItems with all their units. Items of
// one beginning need not all stand together: a node is for neighbours.
func appendTrie(b trie, items [][]uint32) trie {
	type span struct{ lo, hi, depth int }
	level := []span{{0, len(items), 0}}
	units := []uint32{0}
	for n := 0; n < len(level); n++ {
		s := level[n]
		b = binary.LittleEndian.AppendUint64(b, packNode(units[n], s.lo, len(level)))
		for i := s.lo; i < s.hi; {
			if len(items[i]) == s.depth {
				i++
				continue
			}
			u, from := items[i][s.depth], i
			for i < s.hi && len(items[i]) > s.depth && items[i][s.depth] == u {
				i++
			}
			level = append(level, span{from, i, s.depth + 1})
			units = append(units, u)
		}
	}
	return binary.LittleEndian.AppendUint64(b, packNode(0, len(items), len(level)))
}

// check makes sure that walking t neither leaves it nor goes round in it.
func (t trie) check(items, units int) error {
	n := t.nodes()
	if n < 1 || len(t)%nodeSize != 0 || t.child(0) != 1 || t.child(n) != n || t.first(n) != items {
		return fmt.Errorf("trie of %d bytes for %d items", len(t), items)
	}
	for i := range n {
		next := t.child(i + 1)
		if t.child(i) <= i || next < t.child(i) || next > n || t.first(i) > items || i > 0 && t.unit(i) >= units {
			return fmt.Errorf("trie: node %d", i)
		}
	}
	return nil
}

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

// walker reads a query along a trie. Every way of reading it goes down together, so that a node is met once, and nodes are
// met in the order of items: so a key that was counted for a node is not counted again below it.
type walker struct {
	*match
	alphabet []unit
	trie     trie
	// What leads on, and what the first letters stand for; nil counts none.
	next, choices *ways
	states        []state
	from, to      int // items outside are not wanted
	found         []segment
}

// walk finds the items that match the query.
func (w *walker) walk(t trie, items int) {
	w.trie, w.found, w.states = t, w.found[:0], w.states[:0]
	if len(w.q.fold) > most {
		return
	}
	s := state{j: uint8(w.skip(0))}
	w.states = append(w.states, s)
	in := unreached
	if int(s.j) == len(w.q.fold) {
		rank, whole := rankPrefix, rankExact
		why := 0
		if w.similar {
			rank, whole, why = rankSimilarPrefix, rankSimilar, whySimilar
		}
		in.better(rank, why, 0)
		own := in
		own.better(whole, why, 0)
		w.segment(0, w.belowFirst(0, items), own)
	}
	w.children(0, items, 0, 1, 0, 0, in)
}

// skip goes over boundaries from j.
func (m *match) skip(j int) int {
	for j < len(m.q.fold) && m.q.fold[j] == boundary {
		j++
	}
	return j
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
	last := w.trie.child(n + 1)
	for c := w.trie.child(n); c < last; c++ {
		lo, end := min(w.trie.first(c), hi), hi
		if c+1 < last {
			end = max(lo, min(w.trie.first(c+1), hi))
		}
		if end <= w.from || lo >= w.to {
			continue
		}
		w.node(c, lo, end, from, to, depth, chosen, in)
	}
}

func (w *walker) node(c, lo, hi, from, to, depth, chosen int, in reached) {
	u := &w.alphabet[w.trie.unit(c)]
	base := len(w.states)
	own := unreached
	if u.silent {
		w.states = append(w.states, w.states[from:to]...)
		for _, s := range w.states[base:] {
			if int(s.j) == len(w.q.fold) {
				w.accept(s, depth, true, &own)
			}
		}
	} else {
		depth++
		before := in.end
		for k := from; k < to; k++ {
			s := w.states[k]
			if int(s.j) == len(w.q.fold) {
				w.follow(u, lo, hi)
				continue
			}
			if s.end == 0 {
				chosen = w.trie.unit(c)
			}
			w.step(s, u, lo, hi, base, depth, &in)
		}
		for _, s := range w.states[base:] {
			if int(s.j) == len(w.q.fold) {
				w.accept(s, depth, true, &own)
				w.accept(s, depth, false, &in)
				in.end = max(in.end, s.end)
			}
		}
		if w.choices != nil && in.end > before {
			w.choices.choose(&w.alphabet[chosen], in.end, before, lo, hi)
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
	w.children(c, hi, base, len(w.states), depth, chosen, in)
	w.states = w.states[:base]
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

// follow notes the keys that lead on to a node.
func (w *walker) follow(u *unit, lo, hi int) {
	if w.next == nil {
		return
	}
	if !w.similar {
		w.next.letters(u.letters, lo, hi)
	}
	if !isAZ(u.fold) {
		w.next.char(u, lo, hi)
	}
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

// step reads unit u from state s.
func (w *walker) step(s state, u *unit, lo, hi, base, depth int, in *reached) {
	j := int(s.j)
	if f := w.q.fold[j]; !isAZ(f) {
		if u.fold == f || w.similar && common(u.readings, w.q.readings[j]) {
			s.variant = s.variant || u.char != w.q.char[j]
			w.add(base, s, j+1)
		}
		return
	}
	chosen := func(end int) state {
		next := s
		if next.end == 0 {
			next.end = uint8(end)
		}
		return next
	}
	letters := w.letters[j]
	if w.similar {
		if u.sounds&sound(letters[0]) == 0 {
			return
		}
		for n := 1; n <= min(len(letters), longestSyllable); n++ {
			heard := w.heardFrom(j, n)
			for k, syllable := range u.heard {
				next := chosen(j + n)
				next.initial = next.initial || heard != syllable
				switch {
				case heard == syllable || n <= 2 && heard == u.heardInitial[k]:
					w.add(base, next, j+n)
				case j+n == len(w.q.fold) && len(heard) < len(syllable) && syllable[:len(heard)] == heard:
					w.accept(next, depth, false, in)
					in.end = max(in.end, next.end)
				}
			}
		}
		return
	}
	if u.letters&(1<<(letters[0]-'a')) == 0 {
		return
	}
	for _, syllable := range u.readings {
		n := commonPrefix(syllable, letters)
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
			next := chosen(j + piece)
			if piece < len(syllable) {
				next.initial = true
			} else {
				next.pinyin = true
			}
			w.add(base, next, j+piece)
		}
		if j+n == len(w.q.fold) && n < len(syllable) {
			if w.next != nil {
				w.next.letters(1<<(syllable[n]-'a'), lo, hi)
			}
			if n != 1 && n != initial {
				next := chosen(j + n)
				next.pinyin = true
				w.accept(next, depth, false, in)
				in.end = max(in.end, next.end)
			}
		}
	}
}
