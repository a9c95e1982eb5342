package search

import (
	"iter"
	"math/bits"
	"slices"

	"mingbai.local/app/pinyin"
)

// entries (条目表) is the decoded section of entries, each with the units of its title and aliases.
type entries struct {
	list  []Entry
	units [][][]*unit
	// Where a title can match: the entries that have a folded character, and with which letters an entry's units begin.
	having  map[rune][]int32
	letters []uint32
}

func (x *Index) readEntries() (*entries, error) {
	b, err := x.section(sectionEntries)
	if err != nil {
		return nil, err
	}
	list, err := decodeEntries(b)
	if err != nil {
		return nil, err
	}
	var made unitMaker
	all := &entries{list: list, units: make([][][]*unit, len(list)), having: map[rune][]int32{}, letters: make([]uint32, len(list))}
	for i, e := range list {
		all.units[i] = append(all.units[i], made.of(e.Title, false))
		for _, alias := range e.Aliases {
			all.units[i] = append(all.units[i], made.of(alias, false))
		}
		for _, title := range all.units[i] {
			for _, u := range title {
				all.letters[i] |= u.letters
				if at := all.having[u.fold]; len(at) == 0 || at[len(at)-1] != int32(i) {
					all.having[u.fold] = append(at, int32(i))
				}
			}
		}
	}
	return all, nil
}

// titled is an entry that matched.
type titled struct {
	entry *Entry
	reached
}

// titleSearch is what a search knows of titles.
type titleSearch struct {
	m      *match
	titles []titled // in the order of entries
	// firstLetter is where the query's letters begin, -1 without any.
	firstLetter int
	letterMore  *match // the query with one letter more, by ear
	// What was noted of the title at hand, until it is counted.
	nextLetters uint32
	nextChars   []*unit
	chosen      []chosenChar
}

// wayKey is a folded character, and where the letters end that stand for it.
type wayKey struct {
	fold rune
	end  uint8
}

// chosenChar is a character that the first letters stand for in one title, and where they end.
type chosenChar struct {
	wayKey
	char rune
}

func (s *search) resetTitles() {
	s.titles, s.letterMore, s.firstLetter = s.titles[:0], nil, s.asked.firstLetter()
}

func (s *search) findTitles(kind string) error {
	s.m = newMatch(read(s.q.Text))
	before := s.hits
	if err := s.findEntries(kind, false); err != nil || s.hits > before || len(s.asked.fold) == 0 {
		return err
	}
	return s.findEntries(kind, true)
}

// eachLonger makes letterMore the query with one letter more, by ear, for each letter.
func (s *search) eachLonger() iter.Seq[int] {
	return func(yield func(int) bool) {
		if s.letterMore == nil {
			s.letterMore = newMatch(read(s.q.Text + "a"))
			s.letterMore.similar = true
		}
		for i := range 26 {
			s.letterMore.endIn(byte('a' + i))
			if !yield(i) {
				return
			}
		}
	}
}

func (s *search) findEntries(kind string, similar bool) error {
	s.m.similar = similar
	// A title that only sounds alike is noise among people.
	if similar && kind == "" {
		return nil
	}
	all, err := s.x.entries()
	if err != nil {
		return err
	}
	for i := range all.candidates(s.m) {
		e := &all.list[i]
		if kind != "" && e.Kind != kind || !visible(e.Until, s.q.Day) || s.q.Year != 0 && e.Year != 0 && e.Year != s.q.Year {
			continue
		}
		s.entry(e, all.units[i])
	}
	return nil
}

// candidates yields the entries that can match: those with the rarest character of the query, or with a unit that begins
// with its first letter.
func (all *entries) candidates(m *match) iter.Seq[int] {
	return func(yield func(int) bool) {
		if m.similar {
			for i := range all.list {
				if !yield(i) {
					return
				}
			}
			return
		}
		rarest, any := []int32(nil), false
		letters := uint32(0)
		for _, r := range m.q.fold {
			switch {
			case isAZ(r) && letters == 0:
				letters = 1 << (r - 'a')
			case isAZ(r), r == boundary:
			default:
				if at := all.having[r]; !any || len(at) < len(rarest) {
					rarest, any = at, true
				}
			}
		}
		if any {
			for _, i := range rarest {
				if all.letters[i]&letters == letters && !yield(int(i)) {
					return
				}
			}
			return
		}
		for i, has := range all.letters {
			if has&letters == letters && !yield(i) {
				return
			}
		}
	}
}

func (s *search) entry(e *Entry, units [][]*unit) {
	f := titled{entry: e, reached: unreached}
	for _, title := range units {
		if !s.m.title(title, len(s.m.q.fold) > 0) {
			continue
		}
		s.ways(title)
		if s.m.rank < int(f.rank) {
			f.reached = reached{rank: uint8(s.m.rank), why: uint8(slices.Index(whys, s.m.why)), chars: uint8(s.m.chars)}
		}
	}
	if f.rank != noMatch {
		s.titles = append(s.titles, f)
		s.hits++
		s.countWays()
	}
}

// ways notes which keys lead on from the title that just matched, and which character its first letters stand for.
func (s *search) ways(units []*unit) {
	s.nextChars = append(s.nextChars, s.m.nextChars...)
	letters, chosen, end := s.m.nextLetters, s.m.chosen, s.m.chosenEnd
	if s.m.similar {
		letters = 0
		for i := range s.eachLonger() {
			if s.letterMore.title(units, s.m.anywhere) {
				letters |= 1 << i
			}
		}
	}
	s.nextLetters |= letters
	if s.firstLetter >= 0 && end > 0 {
		s.chosen = append(s.chosen, chosenChar{wayKey{pinyin.Fold(chosen), uint8(end)}, chosen})
	}
}

// countWays counts one hit behind each of its ways.
func (s *search) countWays() {
	for mask := s.nextLetters; mask != 0; mask &= mask - 1 {
		s.next.letter[bits.TrailingZeros32(mask)].hits++
	}
	for i, u := range s.nextChars {
		if !slices.ContainsFunc(s.nextChars[:i], func(before *unit) bool { return before.fold == u.fold }) {
			s.bump(&s.next, wayKey{fold: u.fold}, u.char)
		}
	}
	for i, c := range s.chosen {
		if !slices.ContainsFunc(s.chosen[:i], func(before chosenChar) bool { return before.wayKey == c.wayKey }) {
			s.bump(&s.choices, c.wayKey, c.char)
		}
	}
	s.nextLetters, s.nextChars, s.chosen = 0, s.nextChars[:0], s.chosen[:0]
}

// bump counts one hit behind a character.
func (s *search) bump(w *ways, key wayKey, char rune) {
	if list := s.units.of(key.fold); len(list) > 0 {
		w.way(s.units.list[list[0]].slot, key.end).add(char, 1)
	}
}

// rankTitles puts the titles of one rank on the page, in order.
func (s *search) rankTitles(rank int, c *cut) {
	for i := range s.titles {
		if t := &s.titles[i]; int(t.rank) == rank {
			if from, to := c.take(1); from < to {
				s.hitEntry(t.entry, t.reached)
			}
		}
	}
}
