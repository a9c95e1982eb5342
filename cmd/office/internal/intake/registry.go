package intake

import (
	"cmp"
	"context"
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/ledger"
)

// registry (登记簿) is what a sheet's cells may refer to: the references of the datasets that others name, the places, the
// kinds. It starts with the ledger and grows with each file of the call that was found right.
type registry struct {
	docs   map[string]map[string]*entry        // dataset -> document
	places *gazetteer                          // nil while it has to be made anew
	kinds  map[string][]disclosure.SubsidyKind // by id, name and alias; nil while it has to be made anew
}

// entry is what one document adds.
type entry struct {
	refs   map[string]bool
	places []disclosure.Place
	kinds  []disclosure.SubsidyKind
}

func newEntry() *entry { return &entry{refs: map[string]bool{}} }

// referred are the datasets that columns refer to, and the places.
func referred() []string {
	out := []string{disclosure.Of[disclosure.Place]().Name}
	for _, d := range disclosure.Datasets() {
		for _, c := range d.Columns {
			if c.Refs != "" && !slices.Contains(out, c.Refs) {
				out = append(out, c.Refs)
			}
		}
	}
	return out
}

func loadRegistry(ctx context.Context, l *ledger.Ledger) (*registry, error) {
	r := &registry{docs: map[string]map[string]*entry{}}
	for _, name := range referred() {
		r.docs[name] = map[string]*entry{}
		current, err := l.Sources(ctx, name)
		if err != nil {
			return nil, err
		}
		d := disclosure.ByName(name)
		for _, s := range current {
			e := newEntry()
			if err := l.Each(s, func(cells []disclosure.Cell) error { return e.add(d, cells) }); err != nil {
				return nil, err
			}
			r.docs[name][s.Name] = e
		}
	}
	return r, nil
}

// wants reports whether others may refer to the dataset, so that its files are to be put here.
func (r *registry) wants(d *disclosure.Dataset) bool { return r.docs[d.Name] != nil }

// put replaces what a document added.
func (r *registry) put(d *disclosure.Dataset, document string, e *entry) {
	r.docs[d.Name][document] = e
	r.places, r.kinds = nil, nil
}

func (e *entry) add(d *disclosure.Dataset, cells []disclosure.Cell) error {
	e.refs[cells[0].Text] = true
	switch d {
	case disclosure.Of[disclosure.Place]():
		var p disclosure.Place
		if err := d.Fill(&p, cells); err != nil {
			return err
		}
		e.places = append(e.places, p)
	case disclosure.Of[disclosure.SubsidyKind]():
		var k disclosure.SubsidyKind
		if err := d.Fill(&k, cells); err != nil {
			return err
		}
		e.kinds = append(e.kinds, k)
	}
	return nil
}

// has reports whether a reference is known from any document but the one named.
func (r *registry) has(dataset, ref, except string) bool {
	for document, e := range r.docs[dataset] {
		if document != except && e.refs[ref] {
			return true
		}
	}
	return false
}

// gazetteer returns the places known now.
func (r *registry) gazetteer() *gazetteer {
	if r.places == nil {
		var all []disclosure.Place
		for _, e := range r.docs[disclosure.Of[disclosure.Place]().Name] {
			all = append(all, e.places...)
		}
		slices.SortFunc(all, func(a, b disclosure.Place) int { return cmp.Compare(a.Code, b.Code) })
		r.places = newGazetteer(all)
	}
	return r.places
}

// kindNamed returns the kind with that id, or the only one of that name or alias.
func (r *registry) kindNamed(word string) (disclosure.SubsidyKind, bool) {
	if r.kinds == nil {
		r.kinds = map[string][]disclosure.SubsidyKind{}
		for _, e := range r.docs[disclosure.Of[disclosure.SubsidyKind]().Name] {
			for _, k := range e.kinds {
				words := append([]string{k.Ref, k.Name}, k.Aliases...)
				slices.Sort(words)
				for _, w := range slices.Compact(words) {
					r.kinds[w] = append(r.kinds[w], k)
				}
			}
		}
	}
	kinds := r.kinds[word]
	if i := slices.IndexFunc(kinds, func(k disclosure.SubsidyKind) bool { return k.Ref == word }); i >= 0 {
		return kinds[i], true
	}
	if len(kinds) != 1 {
		return disclosure.SubsidyKind{}, false
	}
	return kinds[0], true
}
