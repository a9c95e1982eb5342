package search

import (
	"math/bits"
	"slices"
)

// ways (出路) notes the letters that can be typed next, and counts the hits behind the characters that can be typed next, and behind those that can be chosen.
type ways struct {
	count  counter // of items, those that are in the answer
	letter [26]letterWay
	mask   Letters // that lead on, uncounted
	slots  []int32 // by folded character: one more than the index of its first way in list; 0 without any
	list   []way
	packed []uint64
}

// counter says how many items from lo up to hi are in the answer.
type counter interface{ count(lo, hi int) int }

// letterWay is a letter: until is the end of the last items that were counted.
type letterWay struct{ hits, until int }

// way (出路) is a character that follows or, where letters stand for it that end at end, can be chosen. Variants of one
// character find the same hits, so they are one way, shown as the variant that most of them are written with.
type way struct {
	slot        int32
	end         uint8
	also        int32 // one more than the index of a way of the same character with another end
	hits, until int
	chars       []variant
}

type variant struct {
	char rune
	hits int
}

func (w *ways) reset(slots int) {
	w.letter, w.mask = [26]letterWay{}, 0
	for i := range w.list {
		w.slots[w.list[i].slot] = 0
	}
	w.list = w.list[:0]
	if len(w.slots) != slots {
		w.slots = make([]int32, slots)
	}
}

// restart is for a list of items that begins anew.
func (w *ways) restart() {
	for i := range w.letter {
		w.letter[i].until = 0
	}
	for i := range w.list {
		w.list[i].until = 0
	}
}

func (w *ways) letters(mask uint32, lo, hi int) {
	mask &^= uint32(w.mask)
	hits := -1
	for ; mask != 0; mask &= mask - 1 {
		l := &w.letter[bits.TrailingZeros32(mask)]
		if lo < l.until {
			continue
		}
		if hits < 0 {
			hits = w.count.count(lo, hi)
		}
		l.hits += hits
		l.until = hi
	}
}

func (w *ways) char(u *unit, lo, hi int) {
	way := w.way(u.slot, 0)
	if lo >= way.until {
		way.until = hi
		way.add(u.char, w.count.count(lo, hi))
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
	n := len(w.list)
	if n < cap(w.list) { // with its memory of characters
		w.list = w.list[:n+1]
		w.list[n] = way{slot: slot, end: end, also: first, chars: w.list[n].chars[:0]}
	} else {
		w.list = append(w.list, way{slot: slot, end: end, also: first})
	}
	w.slots[slot] = int32(n + 1)
	return &w.list[n]
}

func (w *way) add(char rune, hits int) {
	w.hits += hits
	for i := range w.chars {
		if w.chars[i].char == char {
			w.chars[i].hits += hits
			return
		}
	}
	w.chars = append(w.chars, variant{char, hits})
}

func (w *way) shown() rune {
	best := w.chars[0]
	for _, v := range w.chars[1:] {
		if v.hits > best.hits || v.hits == best.hits && v.char < best.char {
			best = v
		}
	}
	return best.char
}

// The bits of a way that is packed to be sorted: most hits first, then by character, then by end.
const (
	wayEndBits  = 7
	wayCharBits = 21
	mostHits    = 1<<(64-wayEndBits-wayCharBits) - 1
)

// ranked calls yield with what can be shown of the ways, most hits first.
func (w *ways) ranked(yield func(char rune, end, hits int)) {
	w.packed = w.packed[:0]
	for i := range w.list {
		if k := &w.list[i]; k.hits > 0 {
			w.packed = append(w.packed, uint64(mostHits-k.hits)<<(wayEndBits+wayCharBits)|uint64(k.shown())<<wayEndBits|uint64(k.end))
		}
	}
	slices.Sort(w.packed)
	for _, p := range w.packed {
		yield(rune(p>>wayEndBits&(1<<wayCharBits-1)), int(p&(1<<wayEndBits-1)), mostHits-int(p>>(wayEndBits+wayCharBits)))
	}
}
