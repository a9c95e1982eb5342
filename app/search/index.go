package search

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"mingbai.local/app/internal/section"
)

// Index (索引) answers queries. It is safe for use by many at once.
type Index struct {
	section    func(name string) ([]byte, error)
	ledger     func(place string) (Ledger, error)
	villages   []Village
	at         map[string]int // of a code among villages
	first      []int          // of the people of each village, through all of them; one more at the end
	places     []atomic.Pointer[people]
	damaged    map[int]error                 // places that cannot be read
	loading    sync.Mutex                    // of places and scopes
	scopes     sync.Map                      // by name
	shown      section.Recent[int, []uint32] // of incumbents, by day
	persons    section.Recent[string, []Person]
	alphabet   func() (*units, error)
	titles     []func() (*titleTable, error) // by kind
	texts      texts
	incumbents func() (*incumbents, error)
	searches   sync.Pool
}

// What is kept: of how many places the people stay decoded, and of how many days it is known which incumbents are shown.
const (
	personsKept = 8
	daysKept    = 2
)

// Open returns the index over the sections that a Builder made. Sections are asked for by name when first needed; one that is
// not there is nil without an error. Their bytes must stay as they are while the index is used. Ledger returns the payments of
// a place; it is asked only where a query restricts them, and nil stands for none.
func Open(sections func(name string) ([]byte, error), ledger func(place string) (Ledger, error)) (*Index, error) {
	b, err := sections(sectionVillages)
	if err != nil {
		return nil, err
	}
	villages, err := decodeVillages(b)
	if err != nil {
		return nil, err
	}
	x := &Index{section: sections, ledger: ledger, villages: villages, at: make(map[string]int, len(villages)), damaged: map[int]error{}}
	x.first, x.places = make([]int, len(villages)+1), make([]atomic.Pointer[people], len(villages))
	for i, v := range villages {
		x.at[v.Code] = i
		x.first[i+1] = x.first[i] + v.people
	}
	x.persons.Limit, x.shown.Limit = personsKept, daysKept
	x.texts.open(sections)
	x.titles = x.openTitles()
	x.alphabet = sync.OnceValues(func() (*units, error) {
		b, err := x.section(sectionUnits)
		if err != nil {
			return nil, err
		}
		return decodeUnits(b)
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
		p, err := decodeIncumbents(b, len(units.list))
		if err == nil {
			p.below = p.trie.below(units, new(shown))
		}
		return p, err
	})
	x.searches.New = func() any { return &search{x: x} }
	return x, nil
}

// Village returns what the index knows of a village.
func (x *Index) Village(code string) (Village, bool) {
	i, ok := x.at[code]
	if !ok {
		return Village{}, false
	}
	return x.villages[i], true
}

// Villages returns every village that the index knows, by ascending code.
func (x *Index) Villages() []Village { return x.villages }

// People returns everyone of whom there is a payment under a village's own code, in the order of names. It is not to be changed.
func (x *Index) People(village string) ([]Person, error) {
	return x.persons.Get(village, func(string) ([]Person, error) {
		i, ok := x.at[village]
		if !ok {
			return nil, nil
		}
		p, err := x.place(i)
		if err != nil {
			return nil, err
		}
		return p.persons()
	})
}

// Person returns one of People by its index.
func (x *Index) Person(village string, i int) (Person, error) {
	at, ok := x.at[village]
	if !ok {
		return Person{}, fmt.Errorf("search: no place %s", village)
	}
	p, err := x.place(at)
	if err != nil {
		return Person{}, err
	}
	if i < 0 || i >= p.n {
		return Person{}, fmt.Errorf("search: person %d of %s, who has %d", i, village, p.n)
	}
	return p.person(i)
}

// place returns the people of the i-th village; none where it has no section. A section that is damaged is not read again.
func (x *Index) place(i int) (*people, error) {
	if p := x.places[i].Load(); p != nil {
		return p, nil
	}
	x.loading.Lock()
	defer x.loading.Unlock()
	if p := x.places[i].Load(); p != nil {
		return p, nil
	}
	if err, ok := x.damaged[i]; ok {
		return nil, err
	}
	p, err := x.readPlace(x.villages[i])
	if err != nil {
		x.damaged[i] = err
		return nil, err
	}
	p.index = i
	x.places[i].Store(p)
	return p, nil
}

func (x *Index) readPlace(v Village) (*people, error) {
	p := noPeople(v.Code)
	b, err := x.section(sectionPeople + v.Code)
	if err != nil {
		return nil, err
	}
	if b != nil {
		units, err := x.alphabet()
		if err != nil {
			return nil, err
		}
		if p, err = decodePeople(v.Code, b, len(units.list)); err != nil {
			return nil, err
		}
		p.below = p.trie.below(units, p)
	}
	if p.n != v.people {
		return nil, fmt.Errorf("search: %d people of %s, who should be %d", p.n, v.Code, v.people)
	}
	return p, nil
}

// placeOf returns the village of a person who is numbered through all of them, and his number there.
func (x *Index) placeOf(number int) (village, local int) {
	village = sort.SearchInts(x.first, number+1) - 1
	return village, number - x.first[village]
}

// scope returns a section of several places together; nil where there is none.
func (x *Index) scope(name string) (*scope, error) {
	if s, ok := x.scopes.Load(name); ok {
		return s.(*scope), nil
	}
	b, err := x.section(sectionScope + name)
	if err != nil || b == nil {
		return nil, err
	}
	units, err := x.alphabet()
	if err != nil {
		return nil, err
	}
	s, err := decodeScope(name, b, len(units.list), x.first[len(x.villages)])
	if err != nil {
		return nil, err
	}
	s.x, s.below = x, s.trie.below(units, s)
	kept, _ := x.scopes.LoadOrStore(name, s)
	return kept.(*scope), nil
}

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
	// by ear: whether only what sounds alike is looked for, and the query with one letter more.
	similar bool
	more    asked
	walker  walker
	longer  walker
	next    ways
	choices ways
	hits    int
	// The people are those of a place or of a scope.
	place    *people
	scope    *scope
	window   window
	yearly   yearly
	gathered []uint64 // of each year
	people   part
	staff    part
	nearer   nearer
	each     each
	shown    shown
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
	*a = Answer{Years: a.Years[:0], Next: a.Next[:0], Choices: a.Choices[:0], Hits: a.Hits[:0], Near: a.Near[:0], years: a.years[:0]}
	s.asked.read(q.Text, units)
	s.more.fold = s.more.fold[:0]
	s.place, s.scope, s.each.err = nil, nil, nil
	s.people.found, s.staff.found = s.people.found[:0], s.staff.found[:0]
	s.next.reset(units.slots)
	s.choices.reset(units.slots)
	s.resetTitles()
	if kind == "" || kind == KindPerson {
		if err := s.exactThenSimilar(s.findPeople); err != nil {
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
	if ok, err := s.where(); !ok || err != nil {
		return err
	}
	t, below, n, all := s.list()
	filtered := s.filtered()
	s.people.sums = all
	if s.q.Whole || filtered {
		// What the filters leave is summed only where names match.
		s.walk(t, n, nil)
		s.keepWhole()
		if len(s.walker.found) == 0 {
			return nil
		}
		if filtered {
			found := s.walker.found
			left, err := s.filter(found[0].lo, found[len(found)-1].hi)
			if err != nil {
				return err
			}
			s.people.sums, below = left, nil
		}
	}
	if !s.q.Whole {
		s.walker.below = below
		s.walk(t, n, s.people.sums)
		s.walker.below = nil
	}
	stored := s.running()
	s.gathered = append(s.gathered[:0], make([]uint64, len(stored.years))...)
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
			stored.gather(part.lo, part.hi, s.gathered)
		}
	}
	s.a.Years = stored.gathered(s.gathered, s.a.Years)
	return nil
}

// where finds the people that are asked for: of a village, of one with those merged into it, of a town or of the county.
func (s *search) where() (ok bool, err error) {
	s.place, s.scope = nil, nil
	name := cmp.Or(s.q.Village, s.q.Town)
	if s.q.Village != "" {
		i, ok := s.x.at[name]
		if !ok {
			return false, nil
		}
		if len(s.x.villages[i].Scope) == 1 {
			s.place, err = s.x.place(i)
			return err == nil, err
		}
	}
	s.scope, err = s.x.scope(name)
	return s.scope != nil, err
}

// list returns the names of the people that are asked for, with the letters below them, how many there are, and their sums.
func (s *search) list() (t trie, below []Letters, n int, all sums) {
	if s.place != nil {
		return s.place.trie, s.place.below, s.place.n, s.place
	}
	return s.scope.trie, s.scope.below, s.scope.n, s.scope
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

// filtered reports whether a query restricts payments.
func (s *search) filtered() bool {
	var expires int
	if s.place != nil {
		expires = s.place.expires
	} else {
		expires = s.scope.expires
	}
	q := &s.q
	return expires != 0 && expires < q.Day || !q.Whole && (q.Group != "" || q.Fund != "" || q.Kind != "" || q.Year != 0)
}

// filter sums what the filters leave of the people from lo up to hi.
func (s *search) filter(lo, hi int) (sums, error) {
	w, q := &s.window, &s.q
	years := s.yearsAsked()
	f := Filter{Kind: q.Kind, Fund: q.Fund, Year: q.Year, Day: q.Day}
	if q.Whole {
		f = Filter{Day: q.Day}
	}
	stored := f.Kind == "" && f.Fund == "" && (f.Day == 0 || !s.expired())
	if stored && len(years) == 1 && (q.Group == "" || q.Whole) {
		at, _ := slices.BinarySearch(s.running().years, years[0])
		s.yearly.reset(s.running(), at, lo, hi)
		return &s.yearly, nil
	}
	w.reset(lo, hi, years)
	if s.place != nil {
		w.base = lo
		if err := s.filterPlace(s.place, f, stored, lo, hi); err != nil {
			return nil, err
		}
	} else if err := s.filterScope(f, stored, lo, hi); err != nil {
		return nil, err
	}
	w.close()
	return w, nil
}

func (s *search) expired() bool {
	if s.place != nil {
		return s.place.expires != 0 && s.place.expires < s.q.Day
	}
	return s.scope.expires != 0 && s.scope.expires < s.q.Day
}

func (s *search) yearsAsked() []int64 {
	years := s.running().years
	if s.q.Year == 0 || s.q.Whole {
		return years
	}
	i, ok := slices.BinarySearch(years, s.q.Year)
	if !ok {
		return nil
	}
	return years[i : i+1]
}

// filterScope enters the people of a scope from lo up to hi, place by place: since names have one order everywhere, those of a
// place stand together there.
func (s *search) filterScope(f Filter, stored bool, lo, hi int) error {
	w := &s.window
	w.people = w.people[:0]
	for i := lo; i < hi; i++ {
		w.people = append(w.people, uint64(s.scope.number(i))<<32|uint64(i-lo))
	}
	slices.Sort(w.people)
	number := func(k int) int { return int(w.people[k] >> 32) }
	for from := 0; from < len(w.people); {
		at, first := s.x.placeOf(number(from))
		p, err := s.x.place(at)
		if err != nil {
			return err
		}
		to := from
		for to < len(w.people) && number(to) < s.x.first[at+1] {
			to++
		}
		w.base, w.rows = first, w.rows[:0]
		for k := from; k < to; k++ {
			for local := number(k) - s.x.first[at]; len(w.rows) <= local-first; {
				w.rows = append(w.rows, noRow)
			}
			w.rows[len(w.rows)-1] = int32(uint32(w.people[k]))
		}
		if err := s.filterPlace(p, f, stored, first, first+len(w.rows)); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// filterPlace enters the people of one place from lo up to hi.
func (s *search) filterPlace(p *people, f Filter, stored bool, lo, hi int) error {
	w := &s.window
	if hi > p.n {
		return fmt.Errorf("search: person %d of %s is not there", hi-1, p.code)
	}
	group := -1
	if s.q.Group != "" && !s.q.Whole {
		if group = p.group(s.q.Group); group < 0 {
			return nil
		}
	}
	if !stored {
		ledger, err := s.x.ledger(p.code)
		if err != nil || ledger == nil {
			return err
		}
		ledger.Sums(f, lo, hi, w.enter)
	}
	for i := lo; i < hi; i++ {
		row := w.row(i)
		if row < 0 {
			continue
		}
		switch {
		case group >= 0 && p.record(i).group != group:
			clear(w.of(row))
		case stored:
			p.enter(i, w.years, w.of(row))
		}
	}
	return nil
}

// walk finds what matches in a list of names; where count is given, what leads on is counted.
func (s *search) walk(t trie, items int, count counter) {
	w := &s.walker
	w.asked, w.similar, w.units, w.next, w.choices = &s.asked, s.similar, s.units, nil, nil
	w.from, w.to = 0, items
	if count == nil {
		w.walk(t, items)
		return
	}
	s.next.count, s.choices.count = count, count
	w.next = &s.next
	if s.asked.firstLetter() >= 0 {
		w.choices = &s.choices
	}
	w.walk(t, items)
	if s.similar {
		s.heard(t, items, count)
	}
}

// heard counts the letters that lead on by ear. It tries every one, since a letter more can make two syllables of one.
func (s *search) heard(t trie, items int, count counter) {
	if len(s.walker.found) == 0 {
		return
	}
	w := &s.longer
	w.asked, w.similar, w.units = &s.more, true, s.units
	w.from, w.to = s.walker.found[0].lo, s.walker.found[len(s.walker.found)-1].hi
	s.longerBy('a')
	for i := range 26 {
		s.more.endIn(byte('a' + i))
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

// longerBy makes more the query with one letter more.
func (s *search) longerBy(letter byte) {
	s.asked.copyTo(&s.more)
	s.more.add(rune(letter), rune(letter))
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
	if s.place != nil || s.scope != nil {
		a.years = slices.Grow(a.years, c.left*len(s.running().years))
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

// running returns the stored sums of the people that are asked for.
func (s *search) running() *running {
	if s.place != nil {
		return &s.place.running
	}
	return &s.scope.running
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
	if s.asked.firstLetter() >= 0 {
		s.choices.ranked(func(char rune, end, hits int) { a.Choices = append(a.Choices, Choice{char, hits, end}) })
	} else {
		s.next.ranked(func(char rune, _, hits int) { a.Next = append(a.Next, Key{char, hits}) })
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
