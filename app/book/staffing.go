package book

import (
	"runtime/debug"
	"slices"

	"mingbai.local/app/disclosure"
)

// Staffing (编制情况) compares an institution's establishment with who is there: 核定, 实有, 超编, 空编. Actual counts everyone on the
// roster; Away are those of them who hold no post: 借调, 离岗, 退养.
type Staffing struct {
	Authorised, Actual, Over, Vacant, Away int64
	Posts                                  []PostCount
}

// PostCount (编制类别) is the same for one type of post.
type PostCount struct {
	Type                                   string
	Authorised, Actual, Over, Vacant, Away int64
}

// Institution returns the institution of a reference.
func (b *Book) Institution(ref string) (disclosure.Institution, bool) {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.institution.get(b, ref)
}

// Institutions returns every institution in the order of the edition.
func (b *Book) Institutions() []disclosure.Institution { return b.institutions(nil) }

// Children returns the institutions directly under one; those at the top for an empty reference.
func (b *Book) Children(ref string) []disclosure.Institution {
	return b.institutions(func(i *disclosure.Institution) bool { return i.Parent == ref })
}

// Departments returns the institutions that publish a budget.
func (b *Book) Departments() []disclosure.Institution {
	with := b.NewestBudgets()
	return b.institutions(func(i *disclosure.Institution) bool { return with[i.Ref] != 0 })
}

// NewestBudgets returns the newest year of a budget by institution.
func (b *Book) NewestBudgets() map[string]int64 {
	defer b.guard(debug.SetPanicOnFault(true))
	newest := map[string]int64{}
	b.data.budgetLine.where(b, func(l *disclosure.BudgetLine) bool { // there are too many to copy
		newest[l.Institution] = max(newest[l.Institution], l.Year)
		return false
	})
	return newest
}

func (b *Book) institutions(want func(*disclosure.Institution) bool) []disclosure.Institution {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.institution.where(b, want)
}

// budgetLines returns the lines of an institution and a year; of all years where none is given.
func (b *Book) budgetLines(inst string, year int64) []disclosure.BudgetLine {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.budgetLine.where(b, func(l *disclosure.BudgetLine) bool {
		return l.Institution == inst && (year == 0 || l.Year == year)
	})
}

// BudgetYears returns the years of an institution's budgets, newest first.
func (b *Book) BudgetYears(inst string) []int64 {
	return years(b.budgetLines(inst, 0), func(l disclosure.BudgetLine) int64 { return l.Year })
}

// Budget returns the lines of an institution's budget of one year, every stage, in the order of the edition.
func (b *Book) Budget(inst string, year int64) []disclosure.BudgetLine {
	return b.budgetLines(inst, year)
}

// ThreePublic returns what an institution spent abroad, on cars and on guests (三公经费) in one year, by stage.
func (b *Book) ThreePublic(inst string, year int64) []disclosure.ThreePublic {
	defer b.guard(debug.SetPanicOnFault(true))
	return b.data.threePublic.where(b, func(t *disclosure.ThreePublic) bool { return t.Institution == inst && t.Year == year })
}

// Roster returns the people in post of an institution, in the order of the edition.
func (b *Book) Roster(inst string) []disclosure.Incumbent { return slices.Clone(b.roster(inst)) }

// roster is Roster for whoever changes nothing: where all are shown it is what the book keeps.
func (b *Book) roster(inst string) []disclosure.Incumbent {
	defer b.guard(debug.SetPanicOnFault(true))
	of, err := b.data.rosterOf()
	b.note(err)
	if b.day == 0 || !slices.ContainsFunc(of[inst], func(i disclosure.Incumbent) bool { return !b.shown(i.Head) }) {
		return of[inst]
	}
	var out []disclosure.Incumbent
	for _, i := range of[inst] {
		if b.shown(i.Head) {
			out = append(out, i)
		}
	}
	return out
}

// Staffing compares each type of post with the people who hold one of that type (在编、超编). A place that one type has to spare
// does not make up for an excess of another.
func (b *Book) Staffing(inst string) Staffing {
	i, _ := b.Institution(inst)
	return staffing(i, b.roster(inst))
}

func staffing(i disclosure.Institution, roster []disclosure.Incumbent) Staffing {
	var s Staffing
	for _, p := range i.Posts {
		s.Posts = append(s.Posts, PostCount{Type: p.Type, Authorised: p.Authorised})
	}
	for k := range roster {
		who := &roster[k]
		at := slices.IndexFunc(s.Posts, func(p PostCount) bool { return p.Type == who.PostType })
		if at < 0 {
			at = len(s.Posts)
			s.Posts = append(s.Posts, PostCount{Type: who.PostType})
		}
		s.Posts[at].Actual++
		if who.Status != "在编" && who.Status != "超编" {
			s.Posts[at].Away++
		}
	}
	for k := range s.Posts {
		p := &s.Posts[k]
		held := p.Actual - p.Away
		p.Over, p.Vacant = max(0, held-p.Authorised), max(0, p.Authorised-held)
		s.Authorised += p.Authorised
		s.Actual += p.Actual
		s.Over += p.Over
		s.Vacant += p.Vacant
		s.Away += p.Away
	}
	return s
}

// Turnover (人员变化) is what differs in an institution between two editions, counted over all that each of them holds.
type Turnover struct {
	Before, Now Staffing
	// New says that the edition before did not have the institution.
	New bool
	// Came are those who are on the roster now and were not before.
	Came []disclosure.Incumbent
	// Left are those who were and are no more, named only as long as their records could be shown had they stayed: leaving a post
	// is no reason to hide who held it, since the roster is published so that it can be checked, and no reason to show it for
	// longer. Who may not be named stands there as an empty record. One that was withdrawn counts in Withdrawn and not here, since
	// it may never have been right.
	Left      []disclosure.Incumbent
	Withdrawn int
	// Duties says that what the institution does is worded anew; Mandate is the paper that it rested on where that is another now.
	Duties  bool
	Mandate string
}

// Changed reports whether anything differs.
func (t Turnover) Changed() bool {
	same := t.Before.Authorised == t.Now.Authorised && t.Before.Actual == t.Now.Actual && t.Before.Over == t.Now.Over &&
		t.Before.Vacant == t.Now.Vacant
	return t.New || !same || len(t.Came)+len(t.Left)+t.Withdrawn > 0 || t.Duties || t.Mandate != ""
}

// Since compares an institution with the edition before. People are known by the references of their records, which a row
// keeps over editions; there is none where this edition does not have the institution.
func (b *Book) Since(before *Book, inst string) (Turnover, bool) {
	unit, ok := b.Institution(inst)
	if !ok {
		return Turnover{}, false
	}
	return b.since(before, unit, b.withdrawn()), true
}

// Turnovers compares every institution of this edition in its order, and names those that the edition before had and this one
// has no more. What was withdrawn is not named.
func (b *Book) Turnovers(before *Book, yield func(disclosure.Institution, Turnover)) (gone []disclosure.Institution) {
	withdrawn := b.withdrawn()
	for _, unit := range b.Institutions() {
		yield(unit, b.since(before, unit, withdrawn))
	}
	whole := b.At("")
	for _, unit := range before.At(b.today).Institutions() {
		if _, still := whole.Institution(unit.Ref); !still && !withdrawn[unit.Ref] {
			gone = append(gone, unit)
		}
	}
	return gone
}

func (b *Book) withdrawn() map[string]bool {
	out := map[string]bool{}
	for _, w := range b.At("").Withdrawals() {
		for _, ref := range w.Refs {
			out[ref] = true
		}
	}
	return out
}

func (b *Book) since(before *Book, unit disclosure.Institution, withdrawn map[string]bool) Turnover {
	// Both editions are counted whole: what has only passed its last day has not changed.
	now, then := b.At(""), before.At("")
	here, there := now.roster(unit.Ref), then.roster(unit.Ref)
	t := Turnover{Now: staffing(unit, here)}
	was, ok := then.Institution(unit.Ref)
	if !ok {
		t.New = true
		return t
	}
	t.Before, t.Duties = staffing(was, there), was.Duties != unit.Duties
	if was.MandateDoc != unit.MandateDoc {
		t.Mandate = was.MandateDoc
	}
	for _, who := range missing(here, there) {
		if b.shown(who.Head) {
			t.Came = append(t.Came, who)
		}
	}
	for _, who := range missing(there, here) {
		switch {
		case withdrawn[who.Ref]:
			t.Withdrawn++
			continue
		case !b.shown(who.Head):
			who = disclosure.Incumbent{}
		}
		t.Left = append(t.Left, who)
	}
	return t
}

// missing are those of a roster who are not on the other.
func missing(from, other []disclosure.Incumbent) []disclosure.Incumbent {
	if slices.EqualFunc(from, other, func(a, b disclosure.Incumbent) bool { return a.Ref == b.Ref }) {
		return nil // as nearly all are
	}
	there := make(map[string]bool, len(other))
	for k := range other {
		there[other[k].Ref] = true
	}
	var out []disclosure.Incumbent
	for k := range from {
		if !there[from[k].Ref] {
			out = append(out, from[k])
		}
	}
	return out
}
