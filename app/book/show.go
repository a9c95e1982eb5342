package book

import (
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// Policies returns every policy document, newest first.
func (b *Book) Policies() []disclosure.Policy { return b.policies(nil) }

// PoliciesOf returns the policy documents that a subsidy kind or, by its catalogue number, a fund rests on, newest first.
func (b *Book) PoliciesOf(subject string) []disclosure.Policy {
	return b.policies(func(p *disclosure.Policy) bool {
		return slices.Contains(p.Kinds, subject) || slices.Contains(p.Funds, subject)
	})
}

func (b *Book) policies(want func(*disclosure.Policy) bool) []disclosure.Policy {
	defer b.guard(debug.SetPanicOnFault(true))
	out := b.data.policy.where(b, want)
	slices.SortStableFunc(out, func(a, b disclosure.Policy) int { return strings.Compare(string(b.IssuedOn), string(a.IssuedOn)) })
	return out
}

// Policy returns the policy document of a reference.
func (b *Book) Policy(ref string) (disclosure.Policy, bool) {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.policy.get(b, ref)
}

// Kind returns the subsidy kind of an id.
func (b *Book) Kind(id string) (disclosure.SubsidyKind, bool) {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.kind.get(b, id)
}

// Kinds returns every subsidy kind in the order of the edition.
func (b *Book) Kinds() []disclosure.SubsidyKind {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.kind.where(b, nil)
}

// Contacts returns whom to ask: all contacts of the first subject that has any.
func (b *Book) Contacts(subjects ...string) []disclosure.Contact {
	defer b.guard(debug.SetPanicOnFault(true))
	for _, s := range subjects {
		if list := b.data.contact.where(b, func(c *disclosure.Contact) bool { return c.Subject == s }); len(list) > 0 {
			return list
		}
	}
	return nil
}

// Obligations returns what units have to publish by when, the earliest due first.
func (b *Book) Obligations() []disclosure.Obligation {
	defer b.guard(debug.SetPanicOnFault(true))
	out := b.data.obligation.where(b, nil)
	slices.SortStableFunc(out, func(a, b disclosure.Obligation) int { return strings.Compare(string(a.DueOn), string(b.DueOn)) })
	return out
}

// Notices returns news, public notices, corrections and withdrawals, newest first.
func (b *Book) Notices() []disclosure.Notice {
	defer b.guard(debug.SetPanicOnFault(true))
	out := b.data.notice.where(b, nil)
	slices.SortStableFunc(out, func(a, b disclosure.Notice) int {
		return strings.Compare(string(b.PublishedOn), string(a.PublishedOn))
	})
	return out
}

// Outlines returns how the characters look that the fonts of a query point lack, in the order of the edition.
func (b *Book) Outlines() []disclosure.Outline {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.outline.where(b, nil)
}

// Procurements returns every purchase notice (政府采购) in the order of the edition.
func (b *Book) Procurements() []disclosure.Procurement {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.procurement.where(b, nil)
}

// Projects returns every project built with public money (政府投资项目) in the order of the edition.
func (b *Book) Projects() []disclosure.InvestmentProject {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.project.where(b, nil)
}

// Withdrawals returns what the edition withdraws; a newer edition's hold for older books, see Build.
func (b *Book) Withdrawals() []disclosure.Withdrawal {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.withdrawal.where(b, nil)
}

// Show returns any record by its reference: a pointer to a struct of package disclosure, or a *Person.
func (b *Book) Show(ref string) (any, bool) {
	defer b.guard(debug.SetPanicOnFault(true))
	if p, ok := b.Person(ref); ok {
		return &p, true
	}
	if place, ok := disclosure.KeyPlace(ref); ok {
		if d, ok := b.ledger(string(place)).find(ref, b.day); ok {
			return &d, true
		}
	}
	for _, d := range b.data.everyOneTable {
		if rec, ok := d.show(b, ref); ok {
			return rec, true
		}
	}
	return b.given(ref)
}

// given finds a payment by a reference that does not follow from it.
func (b *Book) given(ref string) (any, bool) {
	places, err := b.data.given()
	b.note(err)
	for _, place := range places {
		if d, ok := b.ledger(place).find(ref, b.day); ok {
			return &d, true
		}
	}
	return nil, false
}

// rowsOf returns the records of a dataset that was stored, without its texts.
func rowsOf[T any](b *builder) ([]T, error) {
	d := disclosure.Of[T]()
	return records[T](d, b.sections[sectionData+d.Name], nil)
}

// addEntries gives the search builder the title of everything but people and payments, and the texts.
func (b *builder) addEntries() error {
	s, p := &b.search, b.places
	institutions, err := rowsOf[disclosure.Institution](b)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, i := range institutions {
		names[i.Ref] = i.Name
		if err := s.Entry(search.Entry{
			Kind: search.KindInstitution, Ref: i.Ref, Title: i.Name, Aliases: i.OtherNames, Place: names[i.Parent], Until: day(i.VisibleUntil),
		}); err != nil {
			return err
		}
	}
	incumbents, err := rowsOf[disclosure.Incumbent](b)
	if err != nil {
		return err
	}
	for _, i := range incumbents {
		if err := s.Entry(search.Entry{Kind: search.KindIncumbent, Ref: i.Ref, Title: i.Name, Place: names[i.Institution], Until: day(i.VisibleUntil)}); err != nil {
			return err
		}
	}
	funds, err := rowsOf[disclosure.Fund](b)
	if err != nil {
		return err
	}
	for i, f := range funds {
		if err := s.Entry(search.Entry{
			Kind: search.KindFund, Ref: f.Ref, Title: f.Name, Place: names[f.Owner], Year: f.Year, Until: day(f.VisibleUntil),
			Aliases: []string{strconv.FormatInt(f.CatalogueNo, 10)}, Texts: b.texts["fund"][i], On: day(f.PublishedOn),
		}); err != nil {
			return err
		}
	}
	policies, err := rowsOf[disclosure.Policy](b)
	if err != nil {
		return err
	}
	for i, l := range policies {
		if err := s.Entry(search.Entry{
			Kind: search.KindPolicy, Ref: l.Ref, Title: l.Title, Aliases: []string{l.DocNo}, Place: l.Issuer, Until: day(l.VisibleUntil),
			Texts: b.texts["policy"][i], On: day(l.IssuedOn),
		}); err != nil {
			return err
		}
	}
	notices, err := rowsOf[disclosure.Notice](b)
	if err != nil {
		return err
	}
	for i, n := range notices {
		if err := s.Entry(search.Entry{
			Kind: search.KindNotice, Ref: n.Ref, Title: n.Title, Place: names[n.Institution], Until: day(n.VisibleUntil),
			Texts: b.texts["notice"][i], On: day(n.PublishedOn),
		}); err != nil {
			return err
		}
	}
	for _, place := range p.list {
		e := search.Entry{
			Kind: search.KindPlace, Ref: place.Ref, Title: place.Name, Aliases: place.Aliases, VillageCode: string(place.Code),
			Place: p.village(string(place.Code)).Place, Until: day(place.VisibleUntil),
		}
		if err := s.Entry(e); err != nil {
			return err
		}
	}
	return nil
}
