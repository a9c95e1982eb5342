package search

import (
	"encoding/binary"
	"slices"
	"strings"
)

// titleHits (命中的标题) is what a query found of one kind.
type titleHits struct {
	*titleTable
	marks   []mark // of each entry
	turn    uint32 // of the marks
	keyTurn uint32
	entries []uint32 // found, in their order
	plain   bool     // whether none is hidden
	ranks   [noMatch]int
}

// mark is what a query found of an entry.
type mark struct {
	turn, key uint32 // in which it was last met: as a hit, and behind a key
	reached
}

// begin begins another turn, for which no mark stands. A query takes a turn, and one for each key.
func (h *titleHits) begin() {
	const most = 1 << 30 // far from the end, so that they last through a query
	if h.turn++; len(h.marks) < h.n || h.turn > most || h.keyTurn > most {
		h.marks = make([]mark, h.n)
		h.turn, h.keyTurn = 1, 0
	}
}

// hit reports whether an entry was found.
func (h *titleHits) hit(e int) bool {
	return e < len(h.marks) && h.marks[e].turn == h.turn && h.marks[e].rank != noMatch
}

// titleWalker reads a query along the endings of titles. Since an entry stands in a trie once for each of its characters, what
// matches and what leads on is noted for items first, and counted once for each entry.
type titleWalker struct {
	walker
	*titleHits
	day    int
	year   int64
	whole  bool // whether only whole titles are wanted
	picked bool // whether the query has letters, which stand for characters
	longer int  // the letter by which the query is longer than what was asked, -1 in the first walk
	lead   Letters
	keys   keyring
}

// search looks for what was asked, and for nothing else where similar is set than what sounds alike.
func (w *titleWalker) search(h *titleHits, q *Query) {
	w.titleHits, w.trie, w.day, w.year = h, h.titleTable.trie, q.Day, q.Year
	w.plain = (h.expires == 0 || h.expires >= q.Day) && (q.Year == 0 || !h.yearly)
	w.whole, w.picked, w.longer = len(w.fold) == 0, w.firstLetter() >= 0, -1
	h.begin()
	h.entries, h.ranks = h.entries[:0], [noMatch]int{}
	w.lead = 0
	w.keys.reset(w.walker.units.slots)
	w.walkTitles()
	w.order()
}

// walkTitles is walk along endings.
func (w *titleWalker) walkTitles() {
	w.states = w.states[:0]
	items := len(w.items) / 4
	if len(w.fold) > most || items == 0 {
		return
	}
	s := state{j: uint8(w.skip(0))}
	w.states = append(w.states, s)
	in := unreached
	if int(s.j) == len(w.fold) {
		own := unreached
		w.accept(s, 0, false, &in)
		w.accept(s, 0, true, &own)
		w.meet(0, w.belowRoot(items), own)
	}
	w.down(0, w.belowRoot(items), items, 0, 1, 0, 0, in)
}

// belowRoot is where the endings that have a character begin.
func (w *titleWalker) belowRoot(items int) int {
	if items == 1 {
		if w.unit(0, 0) == endOfTitle {
			return 1
		}
		return 0
	}
	return w.belowFirst(0, items)
}

// unit returns the unit of an item at a depth. An ending never goes on behind endOfTitle.
func (w *titleWalker) unit(item, depth int) uint32 {
	at := int(binary.LittleEndian.Uint32(w.begins[4*item:])) + depth
	if at >= len(w.titleTable.units)/4 {
		return endOfTitle
	}
	return binary.LittleEndian.Uint32(w.titleTable.units[4*at:])
}

// down goes on below node n, whose items that go on are those from lo up to hi.
func (w *titleWalker) down(n, lo, hi, from, to, depth int, chosen uint32, in reached) {
	if hi-lo <= 1 && w.trie.child(n) == w.trie.child(n+1) {
		if lo < hi {
			w.along(lo, from, to, depth, chosen, in)
		}
		return
	}
	c, last := w.trie.child(n), w.trie.child(n+1)
	if in.rank != noMatch {
		for ; c < last; c++ {
			w.visit(c, last, hi, from, to, depth, chosen, in)
		}
		return
	}
	// Nothing matched so far, so a child is worth a visit only where its character goes on.
	if to == from+1 && !w.similar && w.az[w.states[from].j] == 0 {
		for _, u := range w.walker.units.of(w.fold[w.states[from].j]) {
			low, high := c, last
			for low < high {
				mid := int(uint(low+high) >> 1)
				if uint32(w.trie.unit(mid)) < u {
					low = mid + 1
				} else {
					high = mid
				}
			}
			if low < last && uint32(w.trie.unit(low)) == u {
				w.visit(low, last, hi, from, to, depth, chosen, in)
			}
		}
		return
	}
	any, letters, sounds := false, uint32(0), uint32(0)
	for _, s := range w.states[from:to] {
		switch key := w.az[s.j]; {
		case key == 0, w.similar && isStroke(key):
			any = true
		case w.similar:
			sounds |= hears[key]
		default:
			letters |= presses[key]
		}
	}
	for ; c < last; c++ {
		if u := &w.walker.units.list[w.trie.unit(c)]; any || u.letters&letters != 0 || u.sounds&sounds != 0 {
			w.visit(c, last, hi, from, to, depth, chosen, in)
		}
	}
}

// visit reads node c of the children up to last.
func (w *titleWalker) visit(c, last, hi, from, to, depth int, chosen uint32, in reached) {
	lo := min(w.trie.first(c), hi)
	if c+1 < last {
		hi = max(lo, min(w.trie.first(c+1), hi))
	}
	number := uint32(w.trie.unit(c))
	below := w.belowFirst(c, hi)
	if hi-lo == 1 {
		below = hi
		if w.unit(lo, depth+1) != endOfTitle {
			below = lo
		}
	}
	base := len(w.states)
	chosen, in, more := w.read(number, lo, below, hi, from, to, depth, chosen, in)
	if more {
		w.down(c, below, hi, base, len(w.states), depth+1, chosen, in)
	}
	w.states = w.states[:base]
}

// along reads an ending that stands alone, behind depth characters.
func (w *titleWalker) along(item, from, to, depth int, chosen uint32, in reached) {
	base := len(w.states)
	for more := true; more; depth++ {
		number, below := w.unit(item, depth), item
		if number == endOfTitle {
			break
		}
		if w.unit(item, depth+1) == endOfTitle {
			below++
		}
		begin := len(w.states)
		chosen, in, more = w.read(number, item, below, item+1, from, to, depth, chosen, in)
		from, to = begin, len(w.states)
	}
	w.states = w.states[:base]
}

// read reads one more character of the items from lo up to hi, those before below of which end with it. It leaves the states
// behind it, and says whether to go on: otherwise everything is noted.
func (w *titleWalker) read(number uint32, lo, below, hi, from, to, depth int, chosen uint32, in reached) (uint32, reached, bool) {
	base, before := len(w.states), in.end
	depth++
	for k := from; k < to; k++ {
		s := w.states[k]
		if int(s.j) == len(w.fold) {
			w.follow(int(number), lo, hi)
			continue
		}
		if s.end == 0 {
			chosen = number
		}
		w.finish(s, int(number), lo, hi)
		w.step(s, int(number), lo, hi, base, depth, &in)
	}
	own := unreached
	for _, s := range w.states[base:] {
		if int(s.j) == len(w.fold) {
			w.accept(s, depth, true, &own)
			w.accept(s, depth, false, &in)
			in.end = max(in.end, s.end)
		}
	}
	if w.longer < 0 && w.picked && in.end > before {
		c := &w.walker.units.list[chosen]
		w.keys.add(c, in.end, lo, hi)
		if before != 0 {
			w.keys.take(c, before, lo, hi)
		}
	}
	if len(w.states) == base {
		w.meet(lo, hi, in)
		return chosen, in, false
	}
	if in.rank != noMatch {
		own.better(int(in.rank), int(in.why), int(in.chars))
	}
	w.meet(lo, below, own)
	return chosen, in, below < hi
}

// follow notes the keys that lead on to a unit.
func (w *titleWalker) follow(number, lo, hi int) {
	u := &w.walker.units.list[number]
	if w.longer >= 0 {
		return
	}
	switch {
	case !w.similar:
		w.letters(u.letters&uint32(w.leads()), lo, hi)
	case w.az[len(w.az)-1] == 0:
		w.letters(soundingLike(u.sounds)|w.walker.units.early(number), lo, hi)
	}
	if !w.picked && !isAZ(u.fold) {
		w.keys.add(u, 0, lo, hi)
	}
}

// soundingLike returns the letters that sound like those of a set, which is one of sounds.
func soundingLike(sounds uint32) uint32 {
	for c := byte('a'); c <= 'z'; c++ {
		if sounds&sound(c) != 0 {
			sounds |= 1 << (c - 'a')
		}
	}
	return sounds
}

// finish notes the keys that go on with a syllable or a character of which the query ends in the middle.
func (w *titleWalker) finish(s state, number int, lo, hi int) {
	if w.similar || w.az[s.j] == 0 {
		return
	}
	letters := w.asked.letters(int(s.j))
	if int(s.j)+len(letters) != len(w.fold) {
		return
	}
	mask := uint32(0)
	if isStroke(letters[0]) {
		if rest, ok := strings.CutPrefix(w.walker.units.codes()[number], string(letters)); ok && rest != "" {
			w.letters(presses[rest[0]], lo, hi)
		}
		return
	}
	for _, syllable := range w.walker.units.list[number].readings {
		if len(letters) < len(syllable) && alike(syllable, letters) == len(letters) {
			mask |= 1 << (syllable[len(letters)] - 'a')
		}
	}
	if mask != 0 {
		w.letters(mask, lo, hi)
	}
}

// wanted returns the entry of an item, unless it is hidden.
func (w *titleWalker) wanted(i int) (entry uint32, middle, ok bool) {
	item := binary.LittleEndian.Uint32(w.items[4*i:])
	entry, middle = item>>1, item&1 != 0
	return entry, middle, !(middle && w.whole) && (w.plain || w.passes(int(entry), w.day, w.year))
}

// letters notes letters that lead on to items, unless all of these are hidden.
func (w *titleWalker) letters(mask uint32, lo, hi int) {
	for i := lo; i < hi && Letters(mask)&^w.lead != 0; i++ {
		if _, _, ok := w.wanted(i); ok {
			w.lead |= Letters(mask)
		}
	}
}

// mark returns the mark of an entry in this turn.
func (w *titleWalker) mark(e uint32) *mark {
	m := &w.marks[e]
	if m.turn != w.turn {
		*m = mark{w.turn, m.key, unreached}
	}
	return m
}

// meet notes that the items from lo up to hi match.
func (w *titleWalker) meet(lo, hi int, r reached) {
	if r.rank == noMatch {
		return
	}
	inside := r
	if w.similar {
		inside.rank = rankSimilarPrefix
	} else {
		inside.rank, inside.why = rankSubstring, whySubstring
	}
	for i := lo; i < hi; i++ {
		e, middle, ok := w.wanted(i)
		if !ok {
			continue
		}
		m := w.mark(e)
		if w.longer >= 0 {
			if m.rank != noMatch {
				w.lead |= 1 << w.longer
			}
			continue
		}
		if m.rank == noMatch {
			w.entries = append(w.entries, e)
		}
		of := &r
		if middle {
			of = &inside
		}
		m.better(int(of.rank), int(of.why), int(of.chars))
	}
}

// order puts what was found in the order of entries, and counts the ranks.
func (w *titleWalker) order() {
	const few = 8
	if len(w.entries) < w.n/few {
		slices.Sort(w.entries)
	} else {
		w.entries = w.entries[:0]
		for e := range w.n {
			if w.hit(e) {
				w.entries = append(w.entries, uint32(e))
			}
		}
	}
	for _, e := range w.entries {
		w.ranks[w.marks[e].rank]++
	}
}

// count counts one hit of an entry behind each of its characters.
func (w *titleWalker) count(to *ways) {
	ring := &w.keys
	for i := range ring.list {
		k := &ring.list[i]
		w.keyTurn++
		hits := 0
		for at := k.first; at != 0; {
			s := &ring.spans[at-1]
			for i := s.lo; i < s.hi; i++ {
				e, _, ok := w.wanted(i)
				if ok && w.marks[e].key != w.keyTurn && !ring.taken(i, k) {
					w.marks[e].key = w.keyTurn
					hits++
				}
			}
			at = s.next
		}
		if hits > 0 {
			to.way(k.slot, k.end).add(k.char, hits)
		}
	}
}

// keyring (键环) is characters with the items behind each.
type keyring struct {
	slots []int32 // by folded character: one more than the index of its first key; 0 without any
	list  []ringKey
	spans []ringSpan
}

type ringKey struct {
	slot         int32
	char         rune
	end          uint8
	also         int32 // one more than the index of a key of the same character with another end
	first, minus int32 // one more than the index of a span
}

type ringSpan struct {
	lo, hi int
	next   int32 // one more than the index of the next
}

func (r *keyring) reset(slots int) {
	for i := range r.list {
		r.slots[r.list[i].slot] = 0
	}
	r.list, r.spans = r.list[:0], r.spans[:0]
	if len(r.slots) != slots {
		r.slots = make([]int32, slots)
	}
}

func (r *keyring) key(u *unit, end uint8) *ringKey {
	first := r.slots[u.slot]
	for i := first; i != 0; i = r.list[i-1].also {
		if r.list[i-1].end == end {
			return &r.list[i-1]
		}
	}
	r.list = append(r.list, ringKey{slot: u.slot, char: u.char, end: end, also: first})
	r.slots[u.slot] = int32(len(r.list))
	return &r.list[len(r.list)-1]
}

// add puts items behind a character, up to whose end letters stand for it.
func (r *keyring) add(u *unit, end uint8, lo, hi int) {
	k := r.key(u, end)
	r.spans = append(r.spans, ringSpan{lo, hi, k.first})
	k.first = int32(len(r.spans))
}

// take takes items away that were put behind a character.
func (r *keyring) take(u *unit, end uint8, lo, hi int) {
	k := r.key(u, end)
	r.spans = append(r.spans, ringSpan{lo, hi, k.minus})
	k.minus = int32(len(r.spans))
}

func (r *keyring) taken(i int, k *ringKey) bool {
	for at := k.minus; at != 0; at = r.spans[at-1].next {
		if s := &r.spans[at-1]; i >= s.lo && i < s.hi {
			return true
		}
	}
	return false
}
