package search

import "cmp"

// leadOn finds what only Query.Pad asks for: what leads on to complete names where these alone are answered, and what leads on by
// ear beside what matches exactly.
func (s *search) leadOn() error {
	if !s.q.Pad {
		return nil
	}
	if s.register == nil {
		if err := s.where(); s.register == nil || err != nil {
			return err
		}
	}
	count := counter(s.people.sums)
	if s.q.Whole {
		var err error
		if count, err = s.visible(); err != nil {
			return err
		}
		s.similar = false
		s.walk(s.trie, s.n, count)
		s.similar = len(s.walker.found) == 0 && len(s.asked.fold) > 0
		if s.similar {
			s.walk(s.trie, s.n, count)
		}
	}
	n := len(s.asked.az)
	switch {
	case n == 0 || s.asked.az[n-1] == 0:
		s.next.mask |= soundAlikes(s.next.mask)
	case !s.similar:
		s.similar, s.beside = true, true
		s.walk(s.trie, s.n, count)
		s.beside = false
	}
	return nil
}

// soundAlikes returns the letters that sound like those of a set where a syllable begins with them.
func soundAlikes(set Letters) Letters {
	sounds := uint32(0)
	for c := 'a'; c <= 'z'; c++ {
		if set.Has(c) {
			sounds |= sound(byte(c))
		}
	}
	return Letters(soundingLike(sounds)) & (1<<letterKeys - 1)
}

// scopeDay (某日的范围) is a scope on a day.
type scopeDay struct {
	scope string
	day   int
}

// visible counts the people of a scope of whom there is anything to show on the query's day.
func (s *search) visible() (counter, error) {
	if s.scope == nil || !s.expired() {
		return s.all, nil
	}
	of := scopeDay{cmp.Or(s.q.Village, s.q.Town), s.q.Day}
	list, err := s.x.visible.Get(of, func(of scopeDay) ([]uint32, error) { return s.scope.visible(of.day) })
	s.seen = list
	return &s.seen, err
}

// visible returns, for each person and the end, how many before have anything to show on a day.
func (s *scope) visible(day int) ([]uint32, error) {
	out := make([]uint32, s.n+1)
	for i := range s.n {
		p, local, err := s.person(i)
		if err != nil {
			return nil, err
		}
		out[i+1] = out[i]
		if visible(p.record(local).until, day) {
			out[i+1]++
		}
	}
	return out, nil
}
