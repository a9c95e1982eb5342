package search

import (
	"math"
	"slices"
)

// ways (出路) notes the letters that can be typed next, and counts the hits behind the characters that can be typed next or be
// chosen.
type ways struct {
	count counter // of items, those that are in the answer
	mask  Letters
	slots []int32 // by folded character: one more than the index of its first way in list; 0 without any
	list  []way
	order sorter
}

// counter says how many items from lo up to hi are in the answer.
type counter interface{ count(lo, hi int) int }

// way (出路) is a character that follows or, where letters stand for it that end at end, can be chosen. Variants of one
// character find the same hits, so they are one way, shown as the variant that most of them are written with.
type way struct {
	slot int32
	also int32 // one more than the index of a way of the same character with another end
	hits int
	variant
	others []variant
	end    uint8
}

type variant struct {
	char  rune
	times int
}

func (w *ways) reset(slots int) {
	w.mask = 0
	for i := range w.list {
		w.slots[w.list[i].slot] = 0
	}
	w.list = w.list[:0]
	if len(w.slots) != slots {
		w.slots = make([]int32, slots)
	}
}

// letters notes letters that lead on to items, unless none of these is in the answer.
func (w *ways) letters(mask Letters, lo, hi int) {
	if mask&^w.mask != 0 && w.count.count(lo, hi) > 0 {
		w.mask |= mask
	}
}

// choose counts items whose first letters stand for a character, and takes back what was counted above them for letters that
// end earlier.
func (w *ways) choose(u *unit, end, before uint8, lo, hi int) {
	hits := w.count.count(lo, hi)
	w.way(u.slot, end).add(u.char, hits)
	if before != 0 {
		w.way(u.slot, before).add(u.char, -hits)
	}
}

// way returns the way of a character, which is good until the next one is asked for.
func (w *ways) way(slot int32, end uint8) *way {
	first := w.slots[slot]
	for i := first; i != 0; i = w.list[i-1].also {
		if w.list[i-1].end == end {
			return &w.list[i-1]
		}
	}
	w.list = append(w.list, way{slot: slot, end: end, also: first})
	w.slots[slot] = int32(len(w.list))
	return &w.list[len(w.list)-1]
}

func (w *way) add(char rune, hits int) {
	w.hits += hits
	if w.char == 0 {
		w.char = char
	}
	if w.char == char {
		w.times += hits
		return
	}
	for i := range w.others {
		if w.others[i].char == char {
			w.others[i].times += hits
			return
		}
	}
	w.others = append(w.others, variant{char, hits})
}

func (w *way) shown() rune {
	best := w.variant
	for _, v := range w.others {
		if v.times > best.times || v.times == best.times && v.char < best.char {
			best = v
		}
	}
	return best.char
}

// ranked calls yield with what can be shown of the ways, most hits first, then as they were met: in the order of names.
func (w *ways) ranked(yield func(char rune, end, hits int)) {
	for _, i := range w.order.most(len(w.list), func(i int) int { return w.list[i].hits }) {
		if k := &w.list[i]; k.hits > 0 {
			yield(k.shown(), int(k.end), k.hits)
		}
	}
}

// sorter puts numbers of things into order without comparing them, since a county's surname leads on to a thousand characters.
type sorter struct {
	keys, other []uint64
	counts      [1 << sorterBits]int32
}

const sorterBits = 8

// most returns the numbers below n by descending size, which is not negative, and those of one size in their order.
func (s *sorter) most(n int, size func(i int) int) []uint64 {
	const number = 32 // bits of a thing's number; above it stands what it lacks of the largest size there can be
	s.keys = s.keys[:0]
	largest := 0
	for i := range n {
		hits := max(0, size(i))
		largest = max(largest, hits)
		s.keys = append(s.keys, uint64(math.MaxUint32-hits)<<number|uint64(i))
	}
	const few = 48
	if n <= few {
		slices.Sort(s.keys)
	} else {
		s.other = slices.Grow(s.other[:0], n)[:n]
		for shift := number; largest > 0; shift += sorterBits {
			s.pass(shift)
			largest >>= sorterBits
		}
	}
	for i := range s.keys {
		s.keys[i] &= 1<<number - 1
	}
	return s.keys
}

// pass sorts by some bits.
func (s *sorter) pass(shift int) {
	clear(s.counts[:])
	const mask = 1<<sorterBits - 1
	for _, k := range s.keys {
		s.counts[k>>shift&mask]++
	}
	at := int32(0)
	for i, n := range s.counts {
		s.counts[i], at = at, at+n
	}
	for _, k := range s.keys {
		b := k >> shift & mask
		s.other[s.counts[b]] = k
		s.counts[b]++
	}
	s.keys, s.other = s.other, s.keys
}
