package book

import (
	"cmp"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// Person (补助对象) is one recipient with what he was paid, without social aid.
type Person struct {
	Ref, Name  string
	Village    disclosure.Code
	Group      string
	NamesakeNo int64
	Type       string                    // 户, 个人 or 组织
	Years      []YearSum                 // newest first
	Payments   []disclosure.Disbursement // newest first
}

// YearSum (年度合计) is what one person was paid in one year.
type YearSum struct {
	Year     int64
	Payments int
	Sum      disclosure.Fen
}

// Surname (姓氏) is a surname with the number of people of a village who bear it.
type Surname struct {
	Text   string
	People int
}

// Find answers a query in this view of the book, whoever asks: the rule who may see what is kiosk.Allow's.
func (b *Book) Find(q search.Query) search.Answer {
	var a search.Answer
	b.FindInto(q, &a)
	return a
}

// FindInto is Find into an answer that is used again, which saves setting its memory aside anew.
func (b *Book) FindInto(q search.Query, a *search.Answer) {
	defer b.guard(debug.SetPanicOnFault(true))
	q.Day = b.day
	b.note(b.index.Find(q, a))
}

// visiblePeople calls yield with everyone found under a village who has a payment to show.
func (b *Book) visiblePeople(village disclosure.Code, yield func(search.Person)) {
	for _, code := range b.places().scope(village) {
		list, err := b.index.People(string(code))
		b.note(err)
		for _, p := range list {
			if len(p.Years) > 0 && (p.Until == 0 || p.Until >= b.day) {
				yield(p)
			}
		}
	}
}

// Surnames returns the surnames of a village, most people first. Compound surnames (欧阳) are one.
func (b *Book) Surnames(village disclosure.Code) []Surname {
	defer b.guard(debug.SetPanicOnFault(true))
	people := map[string]int{}
	b.visiblePeople(village, func(p search.Person) {
		if p.Type != "组织" {
			people[p.Surname()]++
		}
	})
	out := make([]Surname, 0, len(people))
	for s, n := range people {
		out = append(out, Surname{s, n})
	}
	slices.SortFunc(out, func(a, b Surname) int {
		return cmp.Or(b.People-a.People, search.CompareNames(a.Text, b.Text))
	})
	return out
}

// Groups returns the villagers' groups of a village in order; one that is empty stands for people without a group.
func (b *Book) Groups(village disclosure.Code) []string {
	defer b.guard(debug.SetPanicOnFault(true))
	seen := map[string]bool{}
	b.visiblePeople(village, func(p search.Person) { seen[p.Group] = true })
	return slices.SortedFunc(maps.Keys(seen), search.CompareGroups)
}

// Person returns the person of a reference. There is none where nothing is to be shown.
func (b *Book) Person(ref string) (Person, bool) {
	defer b.guard(debug.SetPanicOnFault(true))
	village, ok := search.RefVillage(ref)
	if !ok {
		return Person{}, false
	}
	l := b.ledger(village)
	if l == nil {
		return Person{}, false
	}
	at, ok := l.person(ref)
	if !ok {
		return Person{}, false
	}
	who := l.who(at)
	p := Person{
		Ref: ref, Name: who.Name, Village: disclosure.Code(village), Group: who.Group, NamesakeNo: who.NamesakeNo, Type: who.Type,
	}
	kinds := b.kindTable()
	lists := l.Lists()
	for i := range lists {
		list := &lists[i]
		if kinds.aid(list.Kind) || !l.readable(list) {
			continue
		}
		from, to := list.Of(at, at+1)
		for row := from; row < to; row++ {
			if list.Shown(row, b.day) {
				p.Payments = append(p.Payments, l.whole(list, row, &who))
			}
		}
	}
	slices.SortFunc(p.Payments, newestFirst)
	for i := range p.Payments {
		d := &p.Payments[i]
		if n := len(p.Years); n == 0 || p.Years[n-1].Year != d.Year {
			p.Years = append(p.Years, YearSum{Year: d.Year})
		}
		year := &p.Years[len(p.Years)-1]
		year.Payments++
		year.Sum += d.Amount
	}
	return p, len(p.Payments) > 0
}

// newestFirst orders the payments of one person.
func newestFirst(a, b disclosure.Disbursement) int {
	return cmp.Or(
		cmp.Compare(b.Year, a.Year), strings.Compare(string(b.PaidOn), string(a.PaidOn)), strings.Compare(a.Kind, b.Kind),
		cmp.Compare(b.Batch, a.Batch), strings.Compare(a.Ref, b.Ref),
	)
}
