package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// Index (索引) answers queries. It is safe for use by many at once.
type Index struct {
	section  func(name string) ([]byte, error)
	villages []Village
	units    units
	people   section.Recent[string, *people]
	entries  func() (*entries, error)
}

// entries (条目表) is the decoded section of entries, each with the units of its title and aliases.
type entries struct {
	list  []Entry
	units [][][]*unit
}

// villagesKept is how many villages stay decoded: one visit looks at a few.
const villagesKept = 8

// Open returns the index over the sections that a Builder made. Sections are asked for by name when first needed; one that is
// not there is nil without an error.
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
	x.people.Limit = villagesKept
	x.entries = sync.OnceValues(x.readEntries)
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
	all := make([][][]*unit, len(list))
	for i, e := range list {
		person := e.Kind == KindIncumbent
		all[i] = append(all[i], x.units.of(e.Title, person))
		for _, alias := range e.Aliases {
			all[i] = append(all[i], x.units.of(alias, person))
		}
	}
	return &entries{list: list, units: all}, nil
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
	p, err := x.load(village)
	if err != nil {
		return nil, err
	}
	return p.list, nil
}

func (x *Index) load(village string) (*people, error) {
	return x.people.Get(village, func(string) (*people, error) {
		b, err := x.section(sectionPeople + village)
		if err != nil {
			return nil, err
		}
		if b == nil {
			return &people{}, nil
		}
		list, err := decodePeople(village, b)
		if err != nil {
			return nil, err
		}
		p := &people{list: list, units: make([][]*unit, len(list))}
		for i := range list {
			p.units[i] = x.units.of(list[i].Name, true)
		}
		return p, nil
	})
}

// found (命中) is one thing that matched, before the page is cut out.
type found struct {
	rank   int
	kind   int    // index into kinds
	key    string // of a name, where people of several villages are put in one order
	person *Person
	entry  *Entry
	place  string
	why    string
	chars  int
}

// search is one query at work.
type search struct {
	x      *Index
	q      Query
	m      *match
	all    []found
	answer Answer
	// firstLetter is where the query's letters begin, -1 without any.
	firstLetter int
	next        map[rune]*tally // by folded character
	choices     map[choiceKey]*tally
	longer      []*match // the query with one letter more, by ear
	// What was noted of the title at hand, until it is counted.
	nextLetters uint32
	nextChars   []rune
	chosen      []chosenChar
}

// choiceKey is a folded character and what stays typed behind it.
type choiceKey struct {
	fold rune
	rest string
}

// chosenChar is a character that the first letters stand for in one title.
type chosenChar struct {
	choiceKey
	char rune
}

// Find answers a query. It fails where a section is damaged.
func (x *Index) Find(q Query) (Answer, error) {
	s := &search{x: x, q: q, next: map[rune]*tally{}, choices: map[choiceKey]*tally{}, answer: Answer{Years: map[int64]int64{}}}
	kind, known := kindOf[q.In]
	if !known && q.In != "" && q.In != InAll {
		return Answer{}, fmt.Errorf("search: no subject is named %q", q.In)
	}
	t := read(q.Text)
	s.m = newMatch(t)
	s.firstLetter = slices.IndexFunc(t.fold, isAZ)
	if kind == "" || kind == KindPerson {
		if err := s.exactThenSimilar(s.findPeople); err != nil {
			return Answer{}, err
		}
	}
	if kind != KindPerson {
		find := func() error { return s.findEntries(kind) }
		if err := s.exactThenSimilar(find); err != nil {
			return Answer{}, err
		}
	}
	return s.page(), nil
}

// exactThenSimilar runs find, and once more by ear where it added nothing.
func (s *search) exactThenSimilar(find func() error) error {
	before := len(s.all)
	s.m.similar = false
	if err := find(); err != nil || len(s.all) > before || len(s.m.q.fold) == 0 {
		return err
	}
	s.m.similar = true
	return find()
}

func (s *search) findPeople() error {
	if s.q.Village == "" {
		if s.m.similar {
			return nil
		}
		return s.findNamesakes()
	}
	v, ok := s.x.Village(s.q.Village)
	if !ok {
		return nil
	}
	for _, code := range v.Scope {
		in, _ := s.x.Village(code)
		p, err := s.x.load(code)
		if err != nil {
			return err
		}
		for i := range p.list {
			s.person(in, &p.list[i], p.units[i], len(v.Scope) > 1)
		}
	}
	return nil
}

func (s *search) person(in Village, p *Person, units []*unit, many bool) {
	if s.q.Group != "" && p.Group != s.q.Group || !s.m.title(units, false) {
		return
	}
	payments, sum, any := s.q.sums(p, s.answer.Years)
	if !any {
		return
	}
	s.answer.Payments += payments
	s.answer.Sum += sum
	f := found{rank: s.m.rank, person: p, place: in.Place, why: s.m.why, chars: s.m.chars}
	if many {
		f.key = pinyin.Key(p.Name)
	}
	s.all = append(s.all, f)
	s.ways(units)
	s.count()
}

// findNamesakes finds the people of a complete name in every village, or in those of a town, and says nothing of payments.
func (s *search) findNamesakes() error {
	name := pinyin.FoldText(strings.TrimSpace(s.q.Text))
	if utf8.RuneCountInString(name) < 2 {
		return nil
	}
	b, err := s.x.section(sectionNames)
	if err != nil {
		return err
	}
	list, err := names(b).find(name, len(s.x.villages))
	if err != nil {
		return err
	}
	for _, i := range list {
		v := s.x.villages[i]
		if s.q.Town != "" && s.q.Town != v.Town {
			continue
		}
		p, err := s.x.load(v.Code)
		if err != nil {
			return err
		}
		for k := range p.list {
			s.namesake(v, &p.list[k], name)
		}
	}
	return nil
}

func (s *search) namesake(v Village, p *Person, folded string) {
	if pinyin.FoldText(p.Name) != folded {
		return
	}
	// What was asked for of payments is left out, or an answer would say who was paid what.
	if _, _, any := (Query{Day: s.q.Day}).sums(p, nil); !any {
		return
	}
	f := found{rank: rankExact, person: p, place: v.Place, why: WhyExact, chars: utf8.RuneCountInString(p.Name), key: pinyin.Key(p.Name)}
	if p.Name != strings.TrimSpace(s.q.Text) {
		f.rank, f.why = rankVariant, WhyVariant
	}
	s.all = append(s.all, f)
}

func (s *search) findEntries(kind string) error {
	all, err := s.x.entries()
	if err != nil {
		return err
	}
	for i := range all.list {
		e := &all.list[i]
		if kind != "" && e.Kind != kind || !visible(e.Until, s.q.Day) || s.q.Year != 0 && e.Year != 0 && e.Year != s.q.Year {
			continue
		}
		if s.m.similar && kind == "" && e.Kind != KindIncumbent {
			continue // a title that only sounds alike is noise among people
		}
		s.entry(e, all.units[i])
	}
	return nil
}

func (s *search) entry(e *Entry, units [][]*unit) {
	f := found{rank: noMatch, kind: slices.Index(kinds, e.Kind), entry: e}
	for _, title := range units {
		if !s.m.title(title, e.Kind != KindIncumbent && len(s.m.q.fold) > 0) {
			continue
		}
		s.ways(title)
		if s.m.rank < f.rank {
			f.rank, f.why, f.chars = s.m.rank, s.m.why, s.m.chars
		}
	}
	if f.rank != noMatch {
		s.all = append(s.all, f)
		s.count()
	}
}

// ways notes which keys lead on from the title that just matched, and which character its first letters stand for.
func (s *search) ways(units []*unit) {
	s.nextChars = append(s.nextChars, s.m.nextChars...)
	letters, chosen, end := s.m.nextLetters, s.m.chosen, s.m.chosenEnd
	if s.m.similar {
		letters = s.heardNext(units)
	}
	s.nextLetters |= letters
	if s.firstLetter >= 0 && end > 0 {
		rest := strings.TrimLeft(string(s.m.q.char[end:]), " '’")
		s.chosen = append(s.chosen, chosenChar{choiceKey{pinyin.Fold(chosen), rest}, chosen})
	}
}

// heardNext tries every letter, since by ear a letter more can make two syllables of one.
func (s *search) heardNext(units []*unit) (letters uint32) {
	if s.longer == nil {
		s.longer = make([]*match, 26)
		for i := range s.longer {
			s.longer[i] = newMatch(read(s.q.Text + string(rune('a'+i))))
			s.longer[i].similar = true
		}
	}
	for i, m := range s.longer {
		if m.title(units, s.m.anywhere) {
			letters |= 1 << i
		}
	}
	return letters
}

// count counts one hit behind each of its ways.
func (s *search) count() {
	for i := range 26 {
		if s.nextLetters&(1<<i) != 0 {
			letter := rune('a' + i)
			add(s.next, letter, letter)
		}
	}
	for i, r := range s.nextChars {
		fold := pinyin.Fold(r)
		if slices.ContainsFunc(s.nextChars[:i], func(before rune) bool { return pinyin.Fold(before) == fold }) {
			continue
		}
		add(s.next, fold, r)
		if s.firstLetter < 0 {
			add(s.choices, choiceKey{fold: fold}, r)
		}
	}
	for i, c := range s.chosen {
		if !slices.ContainsFunc(s.chosen[:i], func(before chosenChar) bool { return before.choiceKey == c.choiceKey }) {
			add(s.choices, c.choiceKey, c.char)
		}
	}
	s.nextLetters, s.nextChars, s.chosen = 0, s.nextChars[:0], s.chosen[:0]
}

func add[K comparable](m map[K]*tally, key K, char rune) {
	t := m[key]
	if t == nil {
		t = &tally{}
		m[key] = t
	}
	t.add(char)
}

// page orders what was found and cuts out the page.
func (s *search) page() Answer {
	slices.SortStableFunc(s.all, func(a, b found) int {
		if c := cmp.Or(a.rank-b.rank, a.kind-b.kind, strings.Compare(a.key, b.key)); c != 0 || a.key == "" {
			return c
		}
		return cmp.Or(CompareGroups(a.person.Group, b.person.Group), cmp.Compare(a.person.NamesakeNo, b.person.NamesakeNo))
	})
	a := &s.answer
	a.Found = len(s.all)
	for _, t := range ranked(s.next) {
		a.Next = append(a.Next, t.shown())
		a.NextFound = append(a.NextFound, t.hits)
	}
	settled := strings.TrimSpace(s.q.Text)
	if s.firstLetter >= 0 {
		settled = string(s.m.q.char[:s.firstLetter])
	}
	for key, t := range s.choices {
		a.Choices = append(a.Choices, Choice{Char: t.shown(), Found: t.hits, Text: settled + t.shown() + key.rest})
	}
	slices.SortFunc(a.Choices, func(x, y Choice) int { return cmp.Or(y.Found-x.Found, strings.Compare(x.Text, y.Text)) })
	start := min(max(s.q.Offset, 0), len(s.all))
	end := start + min(max(s.q.Limit, 0), len(s.all)-start)
	a.Hits = make([]Hit, 0, end-start)
	for _, f := range s.all[start:end] {
		a.Hits = append(a.Hits, s.hit(f))
	}
	return *a
}

func (s *search) hit(f found) Hit {
	h := Hit{Kind: kinds[f.kind], Place: f.place, Why: f.why, Chars: f.chars, Years: map[int64]int64{}}
	if e := f.entry; e != nil {
		h.Ref, h.Title, h.VillageCode, h.Place = e.Ref, e.Title, e.VillageCode, e.Place
		return h
	}
	p := f.person
	h.Ref, h.Title, h.VillageCode, h.Group, h.NamesakeNo, h.Type = p.Ref(), p.Name, p.Village, p.Group, p.NamesakeNo, p.Type
	if s.q.Village != "" {
		h.Payments, h.Sum, _ = s.q.sums(p, h.Years)
	}
	return h
}
