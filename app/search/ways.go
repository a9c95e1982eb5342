package search

import (
	"cmp"
	"math/bits"
	"slices"
)

// ways (出路) counts the hits behind the keys that can be typed next, and behind the characters that can be chosen.
type ways struct {
	count  func(lo, hi int) int // of items, those that are in the answer
	letter [26]way
	at     map[wayKey]int
	list   []way
}

// wayKey is a folded character, and where the letters end that stand for it, 0 where it is one that follows.
type wayKey struct {
	fold rune
	end  uint8
}

// way (出路) is one key. Variants of one character find the same hits, so they are one key, shown as the variant that most of
// them are written with.
type way struct {
	wayKey
	hits, until int // until is the end of the last items that were counted
	chars       []variant
}

type variant struct {
	char rune
	hits int
}

func (w *ways) reset() {
	w.letter = [26]way{}
	w.list = w.list[:0]
	if w.at == nil {
		w.at = map[wayKey]int{}
	}
	clear(w.at)
}

// next is for a list that starts anew.
func (w *ways) restart() {
	for i := range w.letter {
		w.letter[i].until = 0
	}
	for i := range w.list {
		w.list[i].until = 0
	}
}

func (w *ways) letters(mask uint32, lo, hi int) {
	hits := -1
	for ; mask != 0; mask &= mask - 1 {
		l := &w.letter[bits.TrailingZeros32(mask)]
		if lo < l.until {
			continue
		}
		if hits < 0 {
			hits = w.count(lo, hi)
		}
		l.hits += hits
		l.until = hi
	}
}

func (w *ways) char(u *unit, lo, hi int) {
	i := w.way(wayKey{fold: u.fold})
	if lo >= w.list[i].until {
		w.list[i].until = hi
		w.list[i].add(u.char, w.count(lo, hi))
	}
}

// choose counts items whose first letters stand for a character, and takes back what was counted above them for letters that
// end earlier.
func (w *ways) choose(u *unit, end, before uint8, lo, hi int) {
	hits := w.count(lo, hi)
	w.bump(wayKey{u.fold, end}, u.char, hits)
	if before != 0 {
		w.bump(wayKey{u.fold, before}, u.char, -hits)
	}
}

// bump counts hits behind a key, wherever they stand.
func (w *ways) bump(key wayKey, char rune, hits int) { w.list[w.way(key)].add(char, hits) }

func (w *ways) way(key wayKey) int {
	i, ok := w.at[key]
	if !ok {
		i = len(w.list)
		w.at[key] = i
		if i < cap(w.list) { // with its memory of characters
			w.list = w.list[:i+1]
			w.list[i] = way{wayKey: key, chars: w.list[i].chars[:0]}
		} else {
			w.list = append(w.list, way{wayKey: key})
		}
	}
	return i
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

// ranked appends what can be shown of the keys to out, which is empty: most hits first.
func (w *ways) ranked(out []shownWay) []shownWay {
	for i := range w.list {
		if k := &w.list[i]; k.hits > 0 {
			out = append(out, shownWay{k.shown(), k.end, k.hits})
		}
	}
	slices.SortFunc(out, func(a, b shownWay) int { return cmp.Or(b.hits-a.hits, cmp.Compare(a.char, b.char)) })
	return out
}

type shownWay struct {
	char rune
	end  uint8
	hits int
}
