package search

import (
	"fmt"
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
	damaged    map[int]error                      // places that cannot be read
	loading    sync.Mutex                         // of places and scopes
	scopes     sync.Map                           // by name
	shown      section.Recent[int, []uint32]      // of incumbents, by day
	visible    section.Recent[scopeDay, []uint32] // people of a scope
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
	x.persons.Limit, x.shown.Limit, x.visible.Limit = personsKept, daysKept, daysKept
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

// Who returns one of People by his index, without what he was paid.
func (x *Index) Who(village string, i int) (Person, error) {
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
	r := p.record(i)
	return Person{Village: p.code, Group: p.groups[r.group], Name: string(r.name), NamesakeNo: int64(r.namesake), Type: p.types[r.kind], Until: r.until}, nil
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
