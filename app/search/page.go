package search

import (
	"errors"
	"slices"
	"sort"

	"mingbai.local/app/pinyin"
)

// page orders what was found and cuts out the page.
func (s *search) page() error {
	a := s.a
	a.Found = s.hits
	for _, y := range a.Years {
		a.Payments += y.Payments
		a.Sum += y.Sum
	}
	s.keys()
	c := cut{skip: max(s.q.Offset, 0), left: min(max(s.q.Limit, 0), s.hits)}
	a.Hits = slices.Grow(a.Hits, c.left)
	if s.register != nil {
		a.years = slices.Grow(a.years, c.left*len(s.years))
	}
	s.names, s.named = s.names[:0], s.named[:0]
	for rank := range noMatch {
		if c.left == 0 {
			break
		}
		if err := s.rank(rank, &c); err != nil {
			return err
		}
	}
	s.entitle(a.Hits)
	return s.near()
}

// entitle gives hits their names.
func (s *search) entitle(hits []Hit) {
	all, from := string(s.names), 0
	for _, n := range s.named {
		hits[n.hit].Title = all[from:n.end]
		from = n.end
	}
	s.names, s.named = s.names[:0], s.named[:0]
}

// cut is how many hits are still to be passed over, and how many are still to be taken.
type cut struct{ skip, left int }

// take passes over hits, and says which of them are on the page.
func (c *cut) take(hits int) (from, to int) {
	from = min(c.skip, hits)
	c.skip -= from
	to = min(from+c.left, hits)
	c.left -= to - from
	return from, to
}

// rank puts everything of one rank on the page, in order.
func (s *search) rank(rank int, c *cut) error {
	for i := range s.people.found {
		f := &s.people.found[i]
		if int(f.rank) != rank {
			continue
		}
		from, to := c.take(s.people.count(f.lo, f.hi))
		for nth := from; nth < to; nth++ {
			at, err := s.people.nth(f, nth)
			if err == nil {
				s.a.Hits, err = s.hitPerson(s.a.Hits, at, whys[f.why], int(f.chars))
			}
			if err != nil {
				return err
			}
		}
	}
	if err := s.rankTitles(rank, c); err != nil {
		return err
	}
	for i := range s.staff.found {
		f := &s.staff.found[i]
		if int(f.rank) != rank {
			continue
		}
		from, to := c.take(s.staff.count(f.lo, f.hi))
		for nth := from; nth < to; nth++ {
			at, err := s.staff.nth(f, nth)
			if err == nil {
				err = s.hitIncumbent(f, at)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// nth returns which item of a segment is the nth that counts.
func (p *part) nth(f *segment, nth int) (int, error) {
	if p.count(f.lo, f.hi) == f.hi-f.lo {
		return f.lo + nth, nil
	}
	i := sort.Search(f.hi-f.lo, func(k int) bool { return p.count(f.lo, f.lo+k+1) > nth })
	if f.lo+i == f.hi {
		return 0, errors.New("search: sums do not ascend")
	}
	return f.lo + i, nil
}

// keys says which keys lead on.
func (s *search) keys() {
	a := s.a
	a.Letters = s.next.mask
	typed := s.asked.firstLetter() >= 0
	said := func(hits int) int {
		if s.q.Whole {
			return 0
		}
		return hits
	}
	if typed {
		s.choices.ranked(func(char rune, end, hits int) { a.Choices = append(a.Choices, Choice{char, said(hits), end}) })
		s.alike.ranked(func(char rune, end, hits int) {
			if !slices.ContainsFunc(a.Choices, func(c Choice) bool { return c.end == end && pinyin.Fold(c.Char) == pinyin.Fold(char) }) {
				a.Alike = append(a.Alike, Choice{char, said(hits), end})
			}
		})
	}
	if !typed || s.q.Pad {
		s.next.ranked(func(char rune, _, hits int) { a.Next = append(a.Next, Key{char, said(hits)}) })
	}
}

// hitPerson appends person at to hits, but for his name.
func (s *search) hitPerson(hits []Hit, at int, why string, chars int) ([]Hit, error) {
	p, local, err := s.person(at)
	if err != nil {
		return hits, err
	}
	r := p.record(local)
	s.names = append(s.names, r.name...)
	s.named = append(s.named, named{len(hits), len(s.names)})
	hits = append(hits, Hit{})
	h := &hits[len(hits)-1]
	h.Kind, h.VillageCode, h.Place = KindPerson, p.code, s.x.villages[p.index].Place
	h.Group, h.NamesakeNo, h.Type = p.groups[r.group], int64(r.namesake), p.types[r.kind]
	h.Why, h.Chars = why, chars
	if s.q.Whole {
		return hits, nil
	}
	a := s.a
	from := len(a.years)
	paid, err := s.people.add(at, at+1, a.years[from:from])
	if err != nil {
		return hits, err
	}
	a.years = append(a.years, paid...)
	h.Years = a.years[from:len(a.years):len(a.years)]
	for _, y := range h.Years {
		h.Payments += y.Payments
		h.Sum += y.Sum
	}
	return hits, nil
}

func (s *search) hitIncumbent(f *segment, at int) error {
	p, err := s.x.incumbents()
	if err != nil {
		return err
	}
	e, err := p.entry(at)
	if err == nil {
		s.hitEntry(&e, f.reached)
	}
	return err
}

// hitEntry puts an entry on the page.
func (s *search) hitEntry(e *Entry, r reached) {
	s.a.Hits = append(s.a.Hits, Hit{
		Kind: e.Kind, Title: e.Title, VillageCode: e.VillageCode, Place: e.Place, Why: whys[r.why], Chars: int(r.chars), ref: e.Ref,
	})
}
