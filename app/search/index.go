package search

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// Index (索引) answers queries. It is safe for use by many at once.
type Index struct {
	section    func(name string) ([]byte, error)
	villages   []Village
	units      units
	people     section.Recent[string, *people]
	persons    section.Recent[string, []Person]
	views      section.Recent[filter, *view]
	shown      section.Recent[filter, []uint32] // of incumbents
	alphabet   func() ([]unit, error)
	entries    func() (*entries, error)
	incumbents func() (*incumbents, error)
	scratch    sync.Pool
}

// entries (条目表) is the decoded section of entries, each with the units of its title and aliases.
type entries struct {
	list  []Entry
	units [][][]*unit
	// Where a title can match: the entries that have a folded character, and with which letters an entry's units begin.
	having  map[rune][]int32
	letters []uint32
}

// What is kept: all villages that a county has, which lie in the file; of a few, the people decoded; and the sums of the
// filters that were asked for last.
const (
	villagesKept = 1024
	personsKept  = 8
	viewsKept    = 48
)

// Open returns the index over the sections that a Builder made. Sections are asked for by name when first needed; one that is
// not there is nil without an error. Their bytes must stay as they are while the index is used.
func Open(sections func(name string) ([]byte, error)) (*Index, error) {
	b, err := sections(sectionVillages)
	if err != nil {
		return nil, err
	}
	villages, err := decodeVillages(b)
	if err != nil {
		return nil, err
	}
	x := &Index{section: sections, villages: villages}
	x.people.Limit, x.persons.Limit, x.views.Limit, x.shown.Limit = villagesKept, personsKept, viewsKept, viewsKept
	x.entries = sync.OnceValues(x.readEntries)
	x.alphabet = sync.OnceValues(func() ([]unit, error) {
		b, err := x.section(sectionUnits)
		if err != nil {
			return nil, err
		}
		return decodeAlphabet(b)
	})
	x.incumbents = sync.OnceValues(func() (*incumbents, error) {
		b, err := x.section(sectionIncumbents)
		if err != nil {
			return nil, err
		}
		units, err := x.alphabet()
		if err != nil {
			return nil, err
		}
		return decodeIncumbents(b, len(units))
	})
	x.scratch.New = func() any { return &scratch{} }
	return x, nil
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
	all := &entries{list: list, units: make([][][]*unit, len(list)), having: map[rune][]int32{}, letters: make([]uint32, len(list))}
	for i, e := range list {
		all.units[i] = append(all.units[i], x.units.of(e.Title, false))
		for _, alias := range e.Aliases {
			all.units[i] = append(all.units[i], x.units.of(alias, false))
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

// Village returns what the index knows of a village.
func (x *Index) Village(code string) (Village, bool) {
	i, ok := slices.BinarySearchFunc(x.villages, code, func(v Village, code string) int { return strings.Compare(v.Code, code) })
	if !ok {
		return Village{}, false
	}
	return x.villages[i], true
}

// Villages returns every village that the index knows, by ascending code.
func (x *Index) Villages() []Village { return x.villages }

// People returns everyone who was paid under a village's own code, in the order of names. It is not to be changed.
func (x *Index) People(village string) ([]Person, error) {
	return x.persons.Get(village, func(string) ([]Person, error) {
		p, err := x.load(village)
		if err != nil {
			return nil, err
		}
		return p.persons()
	})
}

// load returns the people of a village; none where it has no section.
func (x *Index) load(village string) (*people, error) {
	return x.people.Get(village, func(string) (*people, error) {
		b, err := x.section(sectionPeople + village)
		if err != nil {
			return nil, err
		}
		units, err := x.alphabet()
		if err != nil {
			return nil, err
		}
		if b == nil {
			b, err = encodePeople(nil, &alphabet{})
			if err != nil {
				return nil, err
			}
		}
		return decodePeople(village, b, len(units))
	})
}

// scratch is what one query after another uses again.
type scratch struct {
	walker, longer          walker
	next, choices           ways
	shownNext, shownChoices []shownWay
}

// run is neighbouring people of one village, or incumbents, that match equally well.
type run struct {
	segment
	village *group // nil for incumbents
}

// group is the people of one village who are asked for.
type group struct {
	*people
	view  *view
	place string
}

// found (命中) is one thing that matched and stands in no run.
type found struct {
	rank   int
	kind   int    // index into kinds
	key    string // of a name, where people of several villages are put in one order
	person *Person
	paid   *run // where the person's sums stand, and at which index; nil above a village
	index  int
	entry  *Entry
	place  string
	why    string
	chars  int
}

// titled is an entry that matched.
type titled struct {
	entry *Entry
	reached
}

// search is one query at work.
type search struct {
	*scratch
	x         *Index
	q         Query
	m         *match
	people    []run
	staff     []run
	count     func(lo, hi int) int // of staff, those that are shown
	all       []found              // people of merged villages
	titles    []titled             // in the order of entries
	namesakes [rankVariant + 1][]bearer
	hits      int
	answer    Answer
	// firstLetter is where the query's letters begin, -1 without any.
	firstLetter int
	letterMore  *match // the query with one letter more, by ear
	// What was noted of the title at hand, until it is counted.
	nextLetters uint32
	nextChars   []*unit
	chosen      []chosenChar
}

// chosenChar is a character that the first letters stand for in one title, and where they end.
type chosenChar struct {
	wayKey
	char rune
}

// Find answers a query into a, whose memory is used again. It fails where a section is damaged.
func (x *Index) Find(q Query, a *Answer) error {
	kind, known := kindOf[q.In]
	if !known && q.In != "" && q.In != InAll {
		return fmt.Errorf("search: no subject is named %q", q.In)
	}
	s := &search{scratch: x.scratch.Get().(*scratch), x: x, q: q}
	defer x.scratch.Put(s.scratch)
	s.next.reset()
	s.choices.reset()
	t := read(q.Text)
	s.m = newMatch(t)
	s.firstLetter = slices.IndexFunc(t.fold, isAZ)
	if kind == "" || kind == KindPerson {
		if err := s.exactThenSimilar(s.findPeople); err != nil {
			return err
		}
	}
	if kind != KindPerson {
		find := func() error { return s.findEntries(kind) }
		if err := s.exactThenSimilar(find); err != nil {
			return err
		}
	}
	if err := s.page(); err != nil {
		return err
	}
	*a = s.answer
	return nil
}

// exactThenSimilar runs find, and once more by ear where it added nothing.
func (s *search) exactThenSimilar(find func() error) error {
	before := s.hits
	s.m.similar = false
	if err := find(); err != nil || s.hits > before || len(s.m.q.fold) == 0 {
		return err
	}
	s.m.similar = true
	return find()
}

func (s *search) findPeople() error {
	if s.q.Village == "" || s.q.Whole {
		if s.m.similar {
			return nil
		}
		return s.findNamesakes()
	}
	v, ok := s.x.Village(s.q.Village)
	if !ok {
		return nil
	}
	s.people = s.people[:0]
	for _, code := range v.Scope {
		in, _ := s.x.Village(code)
		p, err := s.x.load(code)
		if err != nil {
			return err
		}
		g := &group{people: p, view: &p.all, place: in.Place}
		if !p.plain(s.q) {
			key := filter{code, s.q.Group, s.q.Fund, s.q.Kind, s.q.Year, s.q.Day}
			g.view, err = s.x.views.Get(key, func(filter) (*view, error) { return p.view(s.q) })
			if err != nil {
				return err
			}
		}
		segments, err := s.walk(p.trie, p.n, g.view.count)
		if err != nil {
			return err
		}
		for _, part := range segments {
			if hits := g.view.count(part.lo, part.hi); hits > 0 {
				s.hits += hits
				years, payments, sum := g.view.add(s.answer.Years, part.lo, part.hi)
				s.answer.Years = years
				s.answer.Payments += payments
				s.answer.Sum += sum
				s.people = append(s.people, run{part, g})
			}
		}
	}
	if len(v.Scope) > 1 {
		return s.mingle()
	}
	return nil
}

// walk finds what matches in a trie, and counts its ways.
func (s *search) walk(t trie, items int, count func(lo, hi int) int) ([]segment, error) {
	units, err := s.x.alphabet()
	if err != nil {
		return nil, err
	}
	s.next.count, s.choices.count = count, count
	s.next.restart()
	w := &s.walker
	w.match, w.alphabet, w.next, w.choices = s.m, units, &s.next, nil
	if s.firstLetter >= 0 {
		w.choices = &s.choices
	}
	w.from, w.to = 0, items
	w.walk(t, items)
	if s.m.similar {
		s.heard(t, items, count)
	}
	return w.found, nil
}

// heard counts the letters that lead on by ear. It tries every one, since a letter more can make two syllables of one.
func (s *search) heard(t trie, items int, count func(lo, hi int) int) {
	if len(s.walker.found) == 0 {
		return
	}
	w := &s.longer
	w.alphabet = s.walker.alphabet
	w.from, w.to = s.walker.found[0].lo, s.walker.found[len(s.walker.found)-1].hi
	for i := range s.eachLonger() {
		w.match = s.letterMore
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
				s.next.letter[i].hits += count(max(a.lo, part.lo), min(a.hi, part.hi))
			}
		}
	}
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

// mingle takes the people of merged villages out of their runs, to be put in one order.
func (s *search) mingle() error {
	for k := range s.people {
		r := &s.people[k]
		for i := r.lo; i < r.hi; i++ {
			if r.village.view.count(i, i+1) == 0 {
				continue
			}
			p, err := r.village.who(i)
			if err != nil {
				return err
			}
			s.all = append(s.all, found{
				rank: int(r.rank), person: &p, paid: r, index: i, place: r.village.place, why: whys[r.why], chars: int(r.chars),
				key: pinyin.Key(p.Name),
			})
		}
	}
	s.people = nil // what was found points there
	return nil
}

// findNamesakes finds the people of a complete name in every village, or in those of a town, and says nothing of payments.
// What was asked for of payments is left out, or an answer would say who was paid what.
func (s *search) findNamesakes() error {
	asked := strings.TrimSpace(s.q.Text)
	folded := pinyin.FoldText(asked)
	if utf8.RuneCountInString(folded) < 2 {
		return nil
	}
	b, err := s.x.section(sectionNames)
	if err != nil {
		return err
	}
	exact, variants, err := names(b).find(folded, asked, s.q.Day, len(s.x.villages), func(village int) bool {
		return s.q.Town == "" || s.q.Town == s.x.villages[village].Town
	})
	if err != nil {
		return err
	}
	s.namesakes[rankExact], s.namesakes[rankVariant] = exact, variants
	s.hits += len(exact) + len(variants)
	return nil
}

func (s *search) findEntries(kind string) error {
	if kind == "" || kind == KindIncumbent {
		if err := s.findIncumbents(); err != nil {
			return err
		}
	}
	// A title that only sounds alike is noise among people.
	if kind == KindIncumbent || s.m.similar && kind == "" {
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

func (s *search) findIncumbents() error {
	p, err := s.x.incumbents()
	if err != nil {
		return err
	}
	s.count = func(lo, hi int) int { return hi - lo }
	if !p.timeless {
		shown, err := s.x.shown.Get(filter{year: s.q.Year, day: s.q.Day}, func(filter) ([]uint32, error) {
			return p.shown(s.q.Day, s.q.Year), nil
		})
		if err != nil {
			return err
		}
		s.count = func(lo, hi int) int { return int(shown[hi] - shown[lo]) }
	}
	segments, err := s.walk(p.trie, p.n, s.count)
	if err != nil {
		return err
	}
	s.staff = s.staff[:0]
	for _, part := range segments {
		if hits := s.count(part.lo, part.hi); hits > 0 {
			s.hits += hits
			s.staff = append(s.staff, run{segment: part})
		}
	}
	return nil
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
			s.next.bump(wayKey{fold: u.fold}, u.char, 1)
		}
	}
	for i, c := range s.chosen {
		if !slices.ContainsFunc(s.chosen[:i], func(before chosenChar) bool { return before.wayKey == c.wayKey }) {
			s.choices.bump(c.wayKey, c.char, 1)
		}
	}
	s.nextLetters, s.nextChars, s.chosen = 0, s.nextChars[:0], s.chosen[:0]
}

// page orders what was found and cuts out the page.
func (s *search) page() error {
	a := &s.answer
	a.Found = s.hits
	s.keys()
	slices.SortStableFunc(s.all, func(a, b found) int {
		return cmp.Or(
			a.rank-b.rank, strings.Compare(a.key, b.key), CompareGroups(a.person.Group, b.person.Group),
			cmp.Compare(a.person.NamesakeNo, b.person.NamesakeNo),
		)
	})
	skip, left := max(s.q.Offset, 0), max(s.q.Limit, 0)
	a.Hits = make([]Hit, 0, min(left, max(0, s.hits-skip)))
	// take passes over hits, or calls hit for those of them that are on the page.
	take := func(hits int, hit func(i int) error) error {
		from := min(skip, hits)
		skip -= from
		to := min(from+left, hits)
		left -= to - from
		for i := from; i < to; i++ {
			if err := hit(i); err != nil {
				return err
			}
		}
		return nil
	}
	for rank := range noMatch {
		if left == 0 {
			break
		}
		if err := s.rank(rank, take); err != nil {
			return err
		}
	}
	return nil
}

// rank offers everything of one rank to take, in order.
func (s *search) rank(rank int, take func(hits int, hit func(i int) error) error) error {
	if rank <= rankVariant {
		list := s.namesakes[rank]
		if err := take(len(list), func(i int) error { return s.hitBearer(list[i], rank) }); err != nil {
			return err
		}
	}
	for i := range s.people {
		if r := &s.people[i]; int(r.rank) == rank {
			if err := takeRun(r.segment, r.village.view.count, take, func(i int) error { return s.hitPerson(r, i) }); err != nil {
				return err
			}
		}
	}
	for len(s.all) > 0 && s.all[0].rank == rank {
		f := &s.all[0]
		s.all = s.all[1:]
		if err := take(1, func(int) error { s.hit(f); return nil }); err != nil {
			return err
		}
	}
	for i := range s.titles {
		t := &s.titles[i]
		if int(t.rank) != rank {
			continue
		}
		err := take(1, func(int) error {
			s.hit(&found{kind: slices.Index(kinds, t.entry.Kind), entry: t.entry, why: whys[t.why], chars: int(t.chars)})
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, r := range s.staff {
		if int(r.rank) == rank {
			if err := takeRun(r.segment, s.count, take, func(i int) error { return s.hitIncumbent(r, i) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeRun offers the items of a segment that count.
func takeRun(part segment, count func(lo, hi int) int, take func(int, func(int) error) error, hit func(i int) error) error {
	return take(count(part.lo, part.hi), func(nth int) error {
		// The first item up to which nth and one more count.
		i := sort.Search(part.hi-part.lo, func(k int) bool { return count(part.lo, part.lo+k+1) > nth })
		if part.lo+i == part.hi {
			return errors.New("search: sums of a village do not ascend")
		}
		return hit(part.lo + i)
	})
}

// keys says which keys lead on.
func (s *search) keys() {
	a := &s.answer
	s.shownNext = s.next.ranked(s.shownNext[:0])
	next := s.shownNext
	a.Next = make([]Key, 0, 26+len(next))
	for i, l := range s.next.letter {
		if l.hits > 0 {
			a.Next = append(a.Next, Key{rune('a' + i), l.hits})
		}
	}
	for _, k := range next {
		a.Next = append(a.Next, Key{k.char, k.hits})
	}
	if s.firstLetter < 0 {
		return
	}
	s.shownChoices = s.choices.ranked(s.shownChoices[:0])
	a.Choices = make([]Choice, 0, len(s.shownChoices))
	for _, k := range s.shownChoices {
		a.Choices = append(a.Choices, Choice{k.char, k.hits, int(k.end)})
	}
}

func (s *search) hitPerson(r *run, i int) error {
	p, err := r.village.who(i)
	if err == nil {
		s.hit(&found{person: &p, paid: r, index: i, place: r.village.place, why: whys[r.why], chars: int(r.chars)})
	}
	return err
}

func (s *search) hitBearer(b bearer, rank int) error {
	v := s.x.villages[b.village]
	in, err := s.x.load(v.Code)
	if err != nil {
		return err
	}
	if b.person >= in.n {
		return fmt.Errorf("search: names: person %d of %s", b.person, v.Code)
	}
	p, err := in.who(b.person)
	if err == nil {
		why := []string{rankExact: WhyExact, rankVariant: WhyVariant}[rank]
		s.hit(&found{person: &p, place: v.Place, why: why, chars: utf8.RuneCountInString(p.Name)})
	}
	return err
}

func (s *search) hitIncumbent(r run, i int) error {
	p, err := s.x.incumbents()
	if err != nil {
		return err
	}
	e, err := p.entry(i)
	if err == nil {
		s.hit(&found{kind: slices.Index(kinds, e.Kind), entry: &e, why: whys[r.why], chars: int(r.chars)})
	}
	return err
}

// hit puts one thing on the page.
func (s *search) hit(f *found) {
	h := Hit{Kind: kinds[f.kind], Place: f.place, Why: f.why, Chars: f.chars}
	if e := f.entry; e != nil {
		h.ref, h.Title, h.VillageCode, h.Place = e.Ref, e.Title, e.VillageCode, e.Place
	} else {
		p := f.person
		h.Title, h.VillageCode, h.Group, h.NamesakeNo, h.Type = p.Name, p.Village, p.Group, p.NamesakeNo, p.Type
		if f.paid != nil {
			h.Years, h.Payments, h.Sum = f.paid.village.view.add(h.Years, f.index, f.index+1)
		}
	}
	s.answer.Hits = append(s.answer.Hits, h)
}
