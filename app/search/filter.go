package search

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// filtered reports whether a query restricts payments.
func (s *search) filtered() bool {
	q := &s.q
	return s.expired() || !q.Whole && (q.Group != "" || q.Fund != "" || q.Kind != "" || q.Year != 0)
}

// expired reports whether a payment's last day lies before the query's.
func (s *search) expired() bool { return s.expires != 0 && s.expires < s.q.Day }

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
		at, _ := slices.BinarySearch(s.years, years[0])
		s.yearly.reset(&s.running, at, lo, hi)
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

func (s *search) yearsAsked() []int64 {
	years := s.years
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

// window (筛选结果) is the sums of the people from one number up to another under a query's filters, made for that query.
type window struct {
	from, to int
	years    []int64
	found    []int32     // people with payments before each
	totals   []yearTotal // the years of the people before each
	// Of the place whose people are entered: the first of them, and the row of each; without rows they stand one after another.
	base  int
	rows  []int32
	enter func(person int, year int64, payments int, amount int64)
	// Of a scope, its people as they are numbered through the county, and their rows.
	people []uint64
}

// noRow is of a person of a place who is not asked for.
const noRow = -1

type yearTotal struct {
	payments int32
	sum      int64
}

func (w *window) reset(from, to int, years []int64) {
	w.from, w.to, w.years, w.rows = from, to, years, w.rows[:0]
	n := to - from + 1
	w.found = slices.Grow(w.found[:0], n)[:n]
	w.totals = slices.Grow(w.totals[:0], n*len(years))[:n*len(years)]
	clear(w.found)
	clear(w.totals)
	if w.enter == nil {
		w.enter = w.paid
	}
}

// paid enters payments of one year.
func (w *window) paid(person int, year int64, payments int, amount int64) {
	row := w.row(person)
	if row < 0 {
		return
	}
	for k, y := range w.years {
		if y == year {
			t := &w.totals[(row+1)*len(w.years)+k]
			t.payments += int32(payments)
			t.sum += amount
		}
	}
}

// row returns the row of a person of the place that is entered, noRow for one who is not asked for.
func (w *window) row(person int) int {
	if len(w.rows) == 0 {
		return person - w.base
	}
	return int(w.rows[person-w.base])
}

// of returns the years of a row.
func (w *window) of(row int) []yearTotal {
	return w.totals[(row+1)*len(w.years) : (row+2)*len(w.years)]
}

// close makes running sums of what was entered for each person.
func (w *window) close() {
	n := len(w.years)
	for i := 1; i < len(w.found); i++ {
		w.found[i] = w.found[i-1]
		paid := false
		for k := range n {
			t, before := &w.totals[i*n+k], &w.totals[(i-1)*n+k]
			paid = paid || t.payments != 0
			t.payments += before.payments
			t.sum += before.sum
		}
		if paid {
			w.found[i]++
		}
	}
}

// yearly (年度筛选) is the stored sums of one year, for the people from one number up to another.
type yearly struct {
	*running
	year     int // an index into the years of running
	from, to int
	found    []int32 // people with payments of the year before each
}

func (y *yearly) reset(r *running, year, from, to int) {
	y.running, y.year, y.from, y.to = r, year, from, to
	y.found = append(slices.Grow(y.found[:0], to-from+1), 0)
	found, size := int32(0), yearSize*len(r.years)
	for at := from*size + year*yearSize; from < to; from, at = from+1, at+size {
		// Payments are never taken away, so that sums without any are the same number.
		if binary.LittleEndian.Uint64(r.sums[at:]) != binary.LittleEndian.Uint64(r.sums[at+size:]) {
			found++
		}
		y.found = append(y.found, found)
	}
}

func (y *yearly) at(i int) int { return min(max(i, y.from), y.to) - y.from }

func (y *yearly) count(lo, hi int) int { return int(y.found[y.at(hi)] - y.found[y.at(lo)]) }

func (y *yearly) add(lo, hi int, to []YearSum) ([]YearSum, error) {
	at, size := yearSize*y.year, yearSize*len(y.years)
	le := binary.LittleEndian
	if n, fen := y.split(le.Uint64(y.sums[hi*size+at:]) - le.Uint64(y.sums[lo*size+at:])); n != 0 {
		to = addYear(to, YearSum{y.years[y.year], n, fen})
	}
	return to, nil
}

func (w *window) at(i int) int { return min(max(i, w.from), w.to) - w.from }

func (w *window) count(lo, hi int) int { return int(w.found[w.at(hi)] - w.found[w.at(lo)]) }

func (w *window) add(lo, hi int, to []YearSum) ([]YearSum, error) {
	a, b, n := w.at(lo), w.at(hi), len(w.years)
	for k, year := range w.years {
		x, y := &w.totals[a*n+k], &w.totals[b*n+k]
		if y.payments != x.payments {
			to = addYear(to, YearSum{year, int(y.payments - x.payments), y.sum - x.sum})
		}
	}
	return to, nil
}
