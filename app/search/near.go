package search

import (
	"cmp"
	"slices"

	"mingbai.local/app/pinyin"
)

// Why a near hit was found (差在哪里). Nothing was typed as its name is written or read.
const (
	WhySlip    = "slip"    // 拼音里有一个字母之差
	WhyMissing = "missing" // 少打了一个字
	WhyExtra   = "extra"   // 多打了一个字
	WhySwapped = "swapped" // 两个字打颠倒了
	WhyOther   = "other"   // 有一个字不同
)

// weight (差距) is how far something typed is from a name: its cost, and below it, in 2 bits each, how many mistakes of each
// kind. So the sum of weights is a weight, and of 2 ways that cost the same the one with the better reason is less.
type weight uint16

const costShift = 10

// What each mistake costs. A character or syllable that only sounds alike costs 1, or, where a character sounds alike only
// in the county's speech, 2. Three of them are less than any other mistake.
const (
	soundAlike weight = 1 << costShift
	slip       weight = 4<<costShift | 1    // a letter more, less, another, or two exchanged
	swapped    weight = 4<<costShift | 1<<2 // two characters exchanged
	missing    weight = 5<<costShift | 1<<4 // a character or syllable less
	extra      weight = 5<<costShift | 1<<6 // a character more
	other      weight = 6<<costShift | 1<<8 // another character
	far        weight = 1 << 15             // nothing like it
)

// How much may be wrong. Who wrote a name right still wants to see who sounds alike. Of 1 or 2 characters none may be another,
// or everybody of the surname would be near. A second slip is forgiven only where nobody is found without, in what is long
// enough to be told from other names all the same.
const (
	costAlike = 3
	costShort = 5
	costOnce  = 6
	costTwice = 8
	// Sizes of what was typed, 2 for a character and 1 for a letter.
	shortName  = 3
	longerName = 6
	longName   = 8
)

func (w weight) cost() int { return int(w >> costShift) }

// why is the reason of a near hit: its worst mistake.
func (w weight) why() string {
	for _, mistake := range []struct {
		weight
		why string
	}{{other, WhyOther}, {missing, WhyMissing}, {extra, WhyExtra}, {swapped, WhySwapped}, {slip, WhySlip}} {
		if w&mistake.weight&(1<<costShift-1) != 0 || w>>1&mistake.weight&(1<<costShift-1) != 0 {
			return mistake.why
		}
	}
	return WhySimilar
}

// nearHit (相近的人) is an item that is nearly what was typed.
type nearHit struct {
	item int
	weight
}

// nearer finds the names of a trie that are nearest to what was typed.
//
// A name can be written in many ways: each of its characters as itself or as one of its readings in letters. How far a text is
// from a name is the least that turns one of these into it: the weights of letters and characters that are more, less, others
// or exchanged with the next (Damerau 1964), of whole characters left out, and of syllables that sound alike. A row has the
// least for each beginning of the text; it goes down the trie, from character to character, as long as it is small enough
// anywhere.
type nearer struct {
	asked // without boundaries
	units *units
	trie  trie
	count counter
	taken []segment // of items, ascending, that are not wanted: they are on the page

	more    []weight    // of what was typed: what each costs where the name does not have it
	sounds  []sounds    // of the characters typed
	rows    [][]weight  // by how many characters were read
	lines   [3][]weight // of spelled
	nothing []weight    // of a row where nothing is near
	limit   weight      // what is more is not wanted
	want    int
	within  [costTwice + 1]int // how many were found, by cost
	found   []nearSegment
	hits    []nearHit
}

// sounds are how a character is read, and how that is heard.
type sounds struct{ readings, heard []string }

// nearSegment is neighbouring items of one name.
type nearSegment struct {
	lo, hi int
	weight
}

// find returns the nearest items that count, at most want, nearest first, then in their order. Where the text is somebody's
// name already (whole), only those who sound alike are near. They are valid until the next call.
func (n *nearer) find(from *asked, t trie, items, want int, whole bool, count counter, taken []segment) []nearHit {
	n.trie, n.count, n.taken, n.want, n.hits = t, count, taken, want, n.hits[:0]
	size, chars := n.read(from)
	if size < shortName || len(n.fold) > most || want <= 0 {
		return nil
	}
	switch {
	case whole:
		n.walk(items, costAlike)
	case size < longerName || chars > 0 && chars < 3:
		n.walk(items, costShort)
	default:
		n.walk(items, costOnce)
		if size >= longName && len(n.found) == 0 && len(taken) == 0 {
			n.walk(items, costTwice)
		}
	}
	slices.SortFunc(n.found, func(a, b nearSegment) int { return cmp.Or(a.cost()-b.cost(), a.lo-b.lo) })
	for _, s := range n.found {
		for i := s.lo; i < s.hi && len(n.hits) < want; i++ {
			if count.count(i, i+1) > 0 {
				n.hits = append(n.hits, nearHit{i, s.weight})
			}
		}
	}
	return n.hits
}

// read takes over what was typed, without boundaries, and returns its size and how many characters are in it.
func (n *nearer) read(from *asked) (size, chars int) {
	n.char, n.fold, n.az, n.heard = n.char[:0], n.fold[:0], n.az[:0], n.heard[:0]
	n.more, n.sounds = n.more[:0], n.sounds[:0]
	for j, f := range from.fold {
		if f == boundary {
			continue
		}
		n.add(from.char[j], f)
		if isAZ(f) {
			size++
			n.more, n.sounds = append(n.more, slip), append(n.sounds, sounds{})
		} else {
			size, chars = size+2, chars+1
			n.more, n.sounds = append(n.more, extra), append(n.sounds, soundsOf(f))
		}
	}
	return size, chars
}

// soundsOf returns how a character that was typed sounds.
func soundsOf(char rune) sounds {
	s := sounds{readings: pinyin.Readings(char)}
	for _, r := range s.readings {
		s.heard = append(s.heard, pinyin.Dialect(r))
	}
	return s
}

// walk finds the names that cost no more than limit.
func (n *nearer) walk(items, limit int) {
	n.found, n.limit = n.found[:0], weight(limit+1)<<costShift-1
	clear(n.within[:])
	size := len(n.fold) + 1
	for i := range n.lines {
		n.lines[i] = slices.Grow(n.lines[i][:0], size)[:size]
	}
	n.nothing = n.nothing[:0]
	for range size {
		n.nothing = append(n.nothing, far)
	}
	in := n.rowAt(0)
	copy(in.read, n.nothing)
	copy(in.exchanged, n.nothing)
	in.read[0] = 0
	n.insert(&in, 0, 0)
	n.children(0, items, 0, in)
}

// row is what it costs to have read each beginning of the text along the characters so far; and what it cost to have read 2
// less without the last letter or character, where that is the text's last: the next can be exchanged with it. What is near
// enough stands from from to to.
type row struct {
	read, exchanged []weight
	from, to        int
}

// rowAt returns the memory of the row behind so many characters.
func (n *nearer) rowAt(depth int) row {
	size := len(n.fold) + 1
	for len(n.rows) <= depth {
		n.rows = append(n.rows, nil)
	}
	n.rows[depth] = slices.Grow(n.rows[depth][:0], 2*size)[:2*size]
	return row{read: n.rows[depth][:size], exchanged: n.rows[depth][size:]}
}

// insert adds what was typed too much behind what was read from from to to, and sets where what is near enough stands; where
// nothing is, from is beyond to.
func (n *nearer) insert(r *row, from, to int) {
	r.from, r.to = len(r.read), -1
	for j := from; j < len(r.read) && (j <= to || r.read[j-1] <= n.limit); j++ {
		if j > from {
			r.read[j] = min(r.read[j], r.read[j-1]+n.more[j-1])
		}
		if r.read[j] <= n.limit || r.exchanged[j] <= n.limit {
			r.from, r.to = min(r.from, j), j
		}
	}
}

// children goes on from a node whose items end before hi, when depth characters were read.
func (n *nearer) children(node, hi, depth int, in row) {
	c, last := n.trie.child(node), n.trie.child(node+1)
	if c == last || depth > 2*most {
		return
	}
	memory := n.rowAt(depth + 1)
	for ; c < last; c++ {
		u := &n.units.list[n.trie.unit(c)]
		if !n.worth(u, &in) {
			continue
		}
		out := memory
		n.step(u, &in, &out)
		if out.from > out.to {
			continue
		}
		lo, end := min(n.trie.first(c), hi), hi
		if c+1 < last {
			end = max(lo, min(n.trie.first(c+1), hi))
		}
		below := end
		if first := n.trie.child(c); first < n.trie.child(c+1) {
			below = min(n.trie.first(first), end)
		}
		n.note(lo, below, out.read[len(out.read)-1])
		n.children(c, end, depth+1, out)
	}
}

// note takes over items of one name, unless they are far or taken. Once there are enough, only nearer ones are wanted.
func (n *nearer) note(lo, hi int, w weight) {
	if w > n.limit || lo == hi {
		return
	}
	i, _ := slices.BinarySearchFunc(n.taken, lo, func(s segment, lo int) int { return s.hi - lo - 1 })
	if i < len(n.taken) && n.taken[i].lo <= lo {
		return
	}
	count := n.count.count(lo, hi)
	if count == 0 {
		return
	}
	n.found = append(n.found, nearSegment{lo, hi, w})
	n.within[w.cost()] += count
	for {
		nearest := 0
		for _, count := range n.within[:n.limit.cost()+1] {
			nearest += count
		}
		if nearest < n.want || n.limit.cost() == 0 {
			return
		}
		n.limit -= 1 << costShift
	}
}

// worth reports whether a character can be read at all from where the text was read: where no more can be wrong, what was
// typed there has to sound like it.
func (n *nearer) worth(u *unit, in *row) bool {
	if u.silent {
		return true
	}
	for j := in.from; j <= in.to; j++ {
		left := int(n.limit) - int(in.read[j])
		if left >= int(slip) || in.exchanged[j]+slip <= n.limit {
			return true
		}
		if left < 0 || j == len(n.fold) {
			continue
		}
		if letter := n.az[j]; letter != 0 {
			if u.sounds&sound(letter) != 0 {
				return true
			}
		} else if n.fold[j] == u.fold || common(n.sounds[j].heard, u.heard) {
			return true
		}
	}
	return false
}

// step reads one character of the name.
func (n *nearer) step(u *unit, in, out *row) {
	if u.silent {
		copy(out.read, in.read)
		copy(out.exchanged, in.exchanged)
		out.from, out.to = in.from, in.to
		return
	}
	copy(out.read, n.nothing)
	copy(out.exchanged, n.nothing)
	for j := in.from; j <= in.to; j++ {
		out.read[j] = min(in.read[j]+missing, far)
	}
	n.written(u, in, out)
	for _, syllable := range u.readings {
		n.spelled(syllable, in, out)
	}
	n.heardAlike(u, in, out)
	n.insert(out, in.from, in.to+longestSyllable+2)
}

// written reads the character where characters were typed.
func (n *nearer) written(u *unit, in, out *row) {
	if isAZ(u.fold) {
		return // spelled reads it
	}
	for j := in.from; j <= min(in.to, len(n.fold)-1); j++ {
		if n.az[j] != 0 {
			continue
		}
		if in.read[j] <= n.limit {
			w := other
			switch {
			case n.fold[j] == u.fold:
				w = 0
			case common(n.sounds[j].readings, u.readings):
				w = soundAlike
			case common(n.sounds[j].heard, u.heard):
				w = 2 * soundAlike
			}
			out.read[j+1] = min(out.read[j+1], in.read[j]+w)
		}
		if j+1 < len(n.fold) && n.fold[j+1] == u.fold {
			out.exchanged[j+2] = min(out.exchanged[j+2], in.read[j])
		}
	}
	for j := max(in.from, 2); j <= in.to; j++ {
		if n.az[j-1] == 0 && n.fold[j-2] == u.fold {
			out.read[j] = min(out.read[j], in.exchanged[j]+swapped)
		}
	}
}

// spelled reads one syllable of the character where letters were typed.
func (n *nearer) spelled(syllable string, in, out *row) {
	var before []weight
	line, from, to := in.read, in.from, in.to
	for i := range len(syllable) {
		next := n.lines[i%len(n.lines)]
		copy(next, n.nothing)
		first, last := len(next), -1
		for j := from; j < len(next); j++ {
			if j > to+2 && next[j-1] > n.limit {
				break
			}
			w := line[j] + slip
			if j > 0 {
				letter := n.az[j-1]
				w = min(w, next[j-1]+n.more[j-1])
				switch {
				case letter == 0:
				case letter == syllable[i]:
					w = min(w, line[j-1])
				default:
					w = min(w, line[j-1]+slip)
					if j > 1 && n.az[j-2] == syllable[i] {
						if i == 0 {
							w = min(w, in.exchanged[j]+slip)
						} else if syllable[i-1] == letter {
							w = min(w, before[j-2]+slip)
						}
					}
				}
			}
			if w <= n.limit {
				next[j] = w
				first, last = min(first, j), j
			}
		}
		if i == len(syllable)-1 {
			for j := first; j <= last; j++ {
				out.read[j] = min(out.read[j], next[j])
			}
			for j := from + 2; j <= min(to+2, len(n.fold)); j++ {
				if n.az[j-1] == syllable[i] {
					out.exchanged[j] = min(out.exchanged[j], line[j-2])
				}
			}
		}
		if last < 0 {
			return // an exchange would come from where leaving out a letter leads as well
		}
		before, line = line, next
		from, to = first, last
	}
}

// heardAlike reads one syllable of the character where letters were typed that sound like it.
func (n *nearer) heardAlike(u *unit, in, out *row) {
	for j := in.from; j <= min(in.to, len(n.fold)-1); j++ {
		if n.az[j] == 0 || in.read[j]+soundAlike > n.limit || u.sounds&sound(n.az[j]) == 0 {
			continue
		}
		for size := range min(len(n.letters(j)), longestSyllable) {
			if slices.Contains(u.heard, n.heardFrom(j, size+1)) {
				out.read[j+size+1] = min(out.read[j+size+1], in.read[j]+soundAlike)
			}
		}
	}
}

// near names people who are only nearly what was typed, where fewer match than may be named. It comes last, since it sums what
// the filters leave of them one by one.
func (s *search) near() error {
	if s.q.Near <= 0 || s.q.Whole || s.register == nil {
		return nil
	}
	if slices.ContainsFunc(s.asked.az, func(key byte) bool { return isNine(key) || isStroke(key) }) {
		return nil // which letter was meant, and which character, is open enough
	}
	hits, whole := 0, false
	for _, f := range s.people.found {
		hits += s.people.count(f.lo, f.hi)
		whole = whole || f.rank <= rankPinyin
	}
	if hits >= s.q.Near {
		return nil
	}
	s.people.sums = s.all
	if s.filtered() {
		s.each = each{search: s}
		s.people.sums = &s.each
	}
	s.nearer.units = s.units
	for _, f := range s.nearer.find(&s.asked, s.trie, s.n, s.q.Near, whole, s.people, s.people.found) {
		var err error
		if s.a.Near, err = s.hitPerson(s.a.Near, f.item, f.why(), 0); err != nil {
			return err
		}
	}
	s.entitle(s.a.Near)
	return s.each.err
}

// each sums what the filters leave of people when it is asked for them.
type each struct {
	*search
	err error
}

func (e *each) count(lo, hi int) int {
	left, err := e.filter(lo, hi)
	if err != nil {
		e.err = cmp.Or(e.err, err)
		return 0
	}
	return left.count(lo, hi)
}

func (e *each) add(lo, hi int, to []YearSum) ([]YearSum, error) {
	left, err := e.filter(lo, hi)
	if err != nil {
		return to, err
	}
	return left.add(lo, hi, to)
}
