package book

import (
	"errors"
	"fmt"
	"sync"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/roll"
	"mingbai.local/app/internal/section"
)

// records of one dataset (数据集), decoded when first asked for.
type dataset[T any] struct {
	load func() (*loaded[T], error)
	head func(*T) disclosure.Head
}

type loaded[T any] struct {
	list []T
	at   map[string]int // by reference
}

func (s *dataset[T]) open(c *core, head func(*T) disclosure.Head) {
	d := disclosure.Of[T]()
	s.head = head
	s.load = sync.OnceValues(func() (*loaded[T], error) {
		b, err := c.file.section(sectionData + d.Name)
		if err != nil {
			return nil, err
		}
		list, err := records[T](d, b, c.putProse(d))
		if err != nil {
			return nil, err
		}
		l := &loaded[T]{list: list, at: make(map[string]int, len(list))}
		for i := range list {
			l.at[head(&list[i]).Ref] = i
		}
		return l, nil
	})
}

// where returns the records that are shown on b's day and wanted, in the order of the edition.
func (s *dataset[T]) where(b *Book, want func(*T) bool) []T {
	l, err := s.load()
	if b.note(err); err != nil {
		return nil
	}
	var out []T
	for i := range l.list {
		if rec := &l.list[i]; b.shown(s.head(rec)) && (want == nil || want(rec)) {
			out = append(out, *rec)
		}
	}
	return out
}

// get returns the record of a reference, where it is shown on b's day.
func (s *dataset[T]) get(b *Book, ref string) (T, bool) {
	var none T
	l, err := s.load()
	if b.note(err); err != nil {
		return none, false
	}
	i, ok := l.at[ref]
	if !ok || !b.shown(s.head(&l.list[i])) {
		return none, false
	}
	return l.list[i], true
}

// show is get for Show, which returns any record.
func (s *dataset[T]) show(b *Book, ref string) (any, bool) {
	rec, ok := s.get(b, ref)
	return &rec, ok
}

func (s *dataset[T]) check() error {
	_, err := s.load()
	return err
}

// tables (各数据集) are all datasets but the payments.
type tables struct {
	place         dataset[disclosure.Place]
	institution   dataset[disclosure.Institution]
	incumbent     dataset[disclosure.Incumbent]
	kind          dataset[disclosure.SubsidyKind]
	policy        dataset[disclosure.Policy]
	fund          dataset[disclosure.Fund]
	allocation    dataset[disclosure.Allocation]
	total         dataset[disclosure.Total]
	budgetLine    dataset[disclosure.BudgetLine]
	threePublic   dataset[disclosure.ThreePublic]
	procurement   dataset[disclosure.Procurement]
	project       dataset[disclosure.InvestmentProject]
	notice        dataset[disclosure.Notice]
	contact       dataset[disclosure.Contact]
	obligation    dataset[disclosure.Obligation]
	withdrawal    dataset[disclosure.Withdrawal]
	outline       dataset[disclosure.Outline]
	placesByCode  func() (places, error)
	flowsByPlace  func() (map[string]placeFlows, error)
	templates     func() ([]roll.Template, error)
	given         func() ([]string, error)
	kindsByRef    func() (kinds, error)
	sent          func() (*sentTable, error)
	rosterOf      func() (map[string][]disclosure.Incumbent, error)
	everyOneTable []checker
}

type checker interface {
	check() error
	show(b *Book, ref string) (any, bool)
}

func (t *tables) open(c *core) {
	t.place.open(c, func(r *disclosure.Place) disclosure.Head { return r.Head })
	t.institution.open(c, func(r *disclosure.Institution) disclosure.Head { return r.Head })
	t.incumbent.open(c, func(r *disclosure.Incumbent) disclosure.Head { return r.Head })
	t.kind.open(c, func(r *disclosure.SubsidyKind) disclosure.Head { return r.Head })
	t.policy.open(c, func(r *disclosure.Policy) disclosure.Head { return r.Head })
	t.fund.open(c, func(r *disclosure.Fund) disclosure.Head { return r.Head })
	t.allocation.open(c, func(r *disclosure.Allocation) disclosure.Head { return r.Head })
	t.total.open(c, func(r *disclosure.Total) disclosure.Head { return r.Head })
	t.budgetLine.open(c, func(r *disclosure.BudgetLine) disclosure.Head { return r.Head })
	t.threePublic.open(c, func(r *disclosure.ThreePublic) disclosure.Head { return r.Head })
	t.procurement.open(c, func(r *disclosure.Procurement) disclosure.Head { return r.Head })
	t.project.open(c, func(r *disclosure.InvestmentProject) disclosure.Head { return r.Head })
	t.notice.open(c, func(r *disclosure.Notice) disclosure.Head { return r.Head })
	t.contact.open(c, func(r *disclosure.Contact) disclosure.Head { return r.Head })
	t.obligation.open(c, func(r *disclosure.Obligation) disclosure.Head { return r.Head })
	t.withdrawal.open(c, func(r *disclosure.Withdrawal) disclosure.Head { return r.Head })
	t.outline.open(c, func(r *disclosure.Outline) disclosure.Head { return r.Head })
	// Show asks one after another and decodes what it asks, so that those with the most rows are asked last.
	t.everyOneTable = []checker{
		&t.policy, &t.notice, &t.kind, &t.contact, &t.withdrawal, &t.project, &t.procurement, &t.threePublic, &t.place,
		&t.institution, &t.fund, &t.obligation, &t.incumbent, &t.total, &t.budgetLine, &t.allocation, &t.outline,
	}
	t.placesByCode = sync.OnceValues(func() (places, error) {
		l, err := t.place.load()
		if err != nil {
			return places{}, err
		}
		return newPlaces(l.list), nil
	})
	t.flowsByPlace = sync.OnceValues(func() (map[string]placeFlows, error) {
		b, err := c.file.section(sectionFlows)
		if err != nil {
			return nil, err
		}
		return decodeFlows(b)
	})
	t.templates = sync.OnceValues(func() ([]roll.Template, error) {
		b, err := c.file.section(sectionTemplates)
		if err != nil {
			return nil, err
		}
		return roll.DecodeTemplates(b)
	})
	t.given = sync.OnceValues(func() ([]string, error) {
		b, err := c.file.section(sectionGiven)
		if err != nil || b == nil {
			return nil, err
		}
		r := section.Read(b)
		places := r.Texts()
		for i := 1; i < len(places); i++ {
			if places[i] <= places[i-1] {
				r.Fail("places are not ascending")
			}
		}
		if err := r.End(); err != nil {
			return nil, fmt.Errorf("given: %w", err)
		}
		return places, nil
	})
	t.kindsByRef = sync.OnceValues(func() (kinds, error) {
		l, err := t.kind.load()
		if err != nil {
			return nil, err
		}
		out := kinds{}
		for _, k := range l.list {
			out[k.Ref] = k
		}
		return out, nil
	})
	t.sent = sync.OnceValues(func() (*sentTable, error) {
		b, err := c.file.section(sectionSent)
		if err != nil {
			return nil, err
		}
		return openSent(b)
	})
	t.rosterOf = sync.OnceValues(func() (map[string][]disclosure.Incumbent, error) {
		l, err := t.incumbent.load()
		if err != nil {
			return nil, err
		}
		return rosters(l.list), nil
	})
}

// rosters parts a list by institution. People who follow each other stay where they are and are not copied.
func rosters(list []disclosure.Incumbent) map[string][]disclosure.Incumbent {
	out := map[string][]disclosure.Incumbent{}
	for first := 0; first < len(list); {
		of, next := list[first].Institution, first+1
		for next < len(list) && list[next].Institution == of {
			next++
		}
		if run := list[first:next:next]; out[of] == nil {
			out[of] = run
		} else {
			out[of] = append(out[of], run...) // a run has no room behind it, so that this copies
		}
		first = next
	}
	return out
}

// kinds (补贴种类表) is every kind by its id.
type kinds map[string]disclosure.SubsidyKind

func (k kinds) aid(id string) bool { return k[id].Aid != "" }

// name returns the kind's name, or its id where the edition does not say.
func (k kinds) name(id string) string {
	if kind, ok := k[id]; ok {
		return kind.Name
	}
	return id
}

func (t *tables) kinds() (kinds, error) { return t.kindsByRef() }

func (t *tables) check() error {
	for _, d := range t.everyOneTable {
		if err := d.check(); err != nil {
			return err
		}
	}
	_, flows := t.flowsByPlace()
	_, templates := t.templates()
	_, given := t.given()
	sent, err := t.sent()
	if err == nil {
		for _, place := range sent.places {
			_, bad := sent.to(place)
			err = errors.Join(err, bad)
		}
	}
	return errors.Join(flows, templates, given, err)
}

func (c *core) placeTable() (places, error) { return c.data.placesByCode() }

func (b *Book) kindTable() kinds {
	k, err := b.data.kinds()
	b.note(err)
	return k
}
