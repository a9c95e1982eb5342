package search

import (
	"cmp"
	"fmt"
	"slices"
)

// sums says of the items of a list how many from lo up to hi are in the answer, and what they were paid.
type sums interface {
	counter
	add(lo, hi int, to []YearSum) ([]YearSum, error)
}

// part (部分) is what was found in one list: people or incumbents.
type part struct {
	sums
	found []segment
}

// search is one query at work, and what one after another uses again.
type search struct {
	x     *Index
	q     Query
	a     *Answer
	units *units
	asked asked
	// by ear: whether only what sounds alike is looked for, beside what matches exactly, and the query with one letter more.
	similar bool
	beside  bool
	more    asked
	walker  walker
	longer  walker
	next    ways
	choices ways
	alike   ways
	hits    int
	// The people who are asked for, nil where there are none, with their sums: those of a place or of a scope.
	*register
	all   sums
	place *people
	scope *scope
	// What filters leave of them, and what was found.
	window   window
	yearly   yearly
	gathered []uint64 // of each year
	people   part
	staff    part
	nearer   nearer
	each     each
	shown    shown
	seen     shown // of a scope
	// Names of the page, which become strings together.
	names []byte
	named []named
	entrySearch
}

// named is where the name of a hit ends.
type named struct{ hit, end int }

// Find answers a query into a, whose memory is used again. It fails where a section is damaged.
func (x *Index) Find(q Query, a *Answer) error {
	kind, known := kindOf[q.In]
	if !known && q.In != "" && q.In != InAll {
		return fmt.Errorf("search: no subject is named %q", q.In)
	}
	units, err := x.alphabet()
	if err != nil {
		return err
	}
	s := x.searches.Get().(*search)
	defer x.searches.Put(s)
	s.q, s.a, s.units, s.hits = q, a, units, 0
	*a = Answer{Years: a.Years[:0], Next: a.Next[:0], Choices: a.Choices[:0], Alike: a.Alike[:0], Hits: a.Hits[:0], Near: a.Near[:0], years: a.years[:0]}
	s.asked.read(q.Text, units)
	s.more.fold = s.more.fold[:0]
	s.register, s.each.err = nil, nil
	s.people.found, s.staff.found = s.people.found[:0], s.staff.found[:0]
	s.next.reset(units.slots)
	s.choices.reset(units.slots)
	s.alike.reset(units.slots)
	s.resetTitles()
	if kind == "" || kind == KindPerson {
		if err := s.exactThenSimilar(s.findPeople); err != nil {
			return err
		}
		if err := s.leadOn(); err != nil {
			return err
		}
	}
	switch kind {
	case KindPerson:
	case KindIncumbent:
		err = s.exactThenSimilar(s.findIncumbents)
	case "":
		// Who is in post and only sounds alike is noise beside anybody else, so he comes where there is nothing.
		s.similar = false
		if err = s.findIncumbents(); err == nil {
			err = s.findTitles(kind)
		}
		if err == nil && s.hits == 0 && len(s.asked.fold) > 0 {
			s.similar = true
			err = s.findIncumbents()
		}
	default:
		err = s.findTitles(kind)
	}
	if err != nil {
		return err
	}
	return s.page()
}

// exactThenSimilar runs find, and once more by ear where it added nothing.
func (s *search) exactThenSimilar(find func() error) error {
	before := s.hits
	s.similar = false
	if err := find(); err != nil || s.hits > before || len(s.asked.fold) == 0 {
		return err
	}
	s.similar = true
	return find()
}

func (s *search) findPeople() error {
	if s.q.Whole && (s.similar || len(s.asked.fold) < 2) {
		return nil
	}
	if err := s.where(); s.register == nil || err != nil {
		return err
	}
	filtered, below := s.filtered(), s.below
	s.people.sums = s.all
	if s.q.Whole || filtered {
		// What the filters leave is summed only where names match.
		s.walk(s.trie, s.n, nil)
		s.keepWhole()
		lo, hi, any := 0, s.n, s.q.Pad && !s.q.Whole
		if found := s.walker.found; !any {
			if len(found) == 0 {
				return nil
			}
			lo, hi = found[0].lo, found[len(found)-1].hi
		}
		if filtered {
			left, err := s.filter(lo, hi)
			if err != nil {
				return err
			}
			s.people.sums, below = left, nil
		}
	}
	if !s.q.Whole {
		s.walker.below = below
		s.walk(s.trie, s.n, s.people.sums)
		s.walker.below = nil
	}
	s.gathered = append(s.gathered[:0], make([]uint64, len(s.years))...)
	for _, part := range s.walker.found {
		hits := s.people.count(part.lo, part.hi)
		if hits == 0 {
			continue
		}
		s.hits += hits
		s.people.found = append(s.people.found, part)
		switch {
		case s.q.Whole:
		case filtered:
			s.a.Years, _ = s.people.add(part.lo, part.hi, s.a.Years)
		default:
			s.gather(part.lo, part.hi, s.gathered)
		}
	}
	s.a.Years = s.added(s.gathered, s.a.Years)
	return nil
}

// where finds the people that are asked for: of a village, of one with those merged into it, of a town or of the county.
func (s *search) where() error {
	s.register, s.all, s.place, s.scope = nil, nil, nil, nil
	name := cmp.Or(s.q.Village, s.q.Town)
	if s.q.Village != "" {
		i, ok := s.x.at[name]
		if !ok {
			return nil
		}
		if len(s.x.villages[i].Scope) == 1 {
			p, err := s.x.place(i)
			if err == nil {
				s.register, s.all, s.place = &p.register, p, p
			}
			return err
		}
	}
	in, err := s.x.scope(name)
	if in != nil {
		s.register, s.all, s.scope = &in.register, in, in
	}
	return err
}

// person returns the place of person i and his number there.
func (s *search) person(i int) (*people, int, error) {
	if s.place != nil {
		return s.place, i, nil
	}
	return s.scope.person(i)
}

// keepWhole leaves only what matches complete names as they are written, where these are asked for.
func (s *search) keepWhole() {
	if s.q.Whole {
		s.walker.found = slices.DeleteFunc(s.walker.found, func(f segment) bool { return f.rank > rankVariant })
	}
}

// walk finds what matches in a list of names; where count is given, what leads on is counted.
func (s *search) walk(t trie, items int, count counter) {
	w := &s.walker
	w.asked, w.similar, w.units, w.next, w.choices, w.behind = &s.asked, s.similar, s.units, nil, nil, s.q.Pad && !s.beside
	w.from, w.to = 0, items
	if count == nil {
		w.walk(t, items)
		return
	}
	s.next.count, s.choices.count, s.alike.count = count, count, count
	w.next = &s.next
	switch {
	case s.asked.firstLetter() < 0:
	case s.q.Pad && s.similar:
		w.choices = &s.alike
	default:
		w.choices = &s.choices
	}
	w.walk(t, items)
	if s.similar {
		s.heard(t, items, count)
	}
}

// heard notes the letters that lead on by ear. It tries every one, since a letter more can make two syllables of one.
func (s *search) heard(t trie, items int, count counter) {
	if len(s.walker.found) == 0 {
		return
	}
	w := &s.longer
	w.asked, w.similar, w.units = &s.more, true, s.units
	w.from, w.to = s.walker.found[0].lo, s.walker.found[len(s.walker.found)-1].hi
	s.lengthen()
	// The walk noted the strokes that begin another character already.
	tried := letterKeys
	if n := len(s.asked.az); n > 0 && isStroke(s.asked.az[n-1]) {
		tried = keys
	}
	for i := range tried {
		if s.next.mask>>i&1 != 0 {
			continue // it leads on already
		}
		s.more.endIn(keyRune(i))
		w.walk(t, items)
		all := s.walker.found
		for _, part := range w.found {
			for len(all) > 0 && all[0].hi <= part.lo {
				all = all[1:]
			}
			for _, a := range all {
				if a.lo >= part.hi {
					break
				}
				s.next.letters(1<<i, max(a.lo, part.lo), min(a.hi, part.hi))
			}
		}
	}
}

// lengthen makes more the query with one key more.
func (s *search) lengthen() {
	s.asked.copyTo(&s.more)
	s.more.add('a', 'a')
}

func (s *search) findIncumbents() error {
	p, err := s.x.incumbents()
	if err != nil {
		return err
	}
	s.shown = nil
	if !p.timeless {
		s.shown, err = s.x.shown.Get(s.q.Day, func(day int) ([]uint32, error) { return p.shown(day), nil })
		if err != nil {
			return err
		}
	}
	s.staff.sums = &s.shown
	if p.timeless {
		s.walker.below = p.below
	}
	s.walk(p.trie, p.n, &s.shown)
	s.walker.below = nil
	for _, part := range s.walker.found {
		if hits := s.shown.count(part.lo, part.hi); hits > 0 {
			s.hits += hits
			s.staff.found = append(s.staff.found, part)
		}
	}
	return nil
}
