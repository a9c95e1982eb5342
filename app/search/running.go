package search

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"mingbai.local/app/internal/section"
)

// running (累计) is what all people of a list before each, and before the end, were paid in each year, so that any run of them
// is summed by 2 look-ups. It is read where it lies:
//
//	running := uvarint(years) varint(year)×years uvarint(bits), and elsewhere u64(fen<<bits + payments) ×years×(people+1)
//
// Years ascend. Bits are as many as the payments of a year need. Sums are modulo 2^64, so that fen may be negative.
type running struct {
	years []int64
	bits  uint
	sums  []byte
}

const yearSize = 8

// register (名簿) is people in the order of names: the trie over them, and their running sums.
type register struct {
	running
	n     int
	trie  trie
	below []Letters // see trie.below
	// expires is the first day that is the last one of a payment, 0 where there is none.
	expires int
}

// at returns the sums before person i.
func (r *running) at(i int) []byte {
	size := yearSize * len(r.years)
	return r.sums[i*size : (i+1)*size]
}

// split parts a difference of sums.
func (r *running) split(d uint64) (payments int, fen int64) {
	return int(d & (1<<r.bits - 1)), int64(d) >> r.bits
}

// add adds what the people from lo up to hi were paid to sums of years. It does not fail.
func (r *running) add(lo, hi int, to []YearSum) ([]YearSum, error) { return r.paid(lo, hi, to), nil }

func (r *running) paid(lo, hi int, to []YearSum) []YearSum {
	le, from, end := binary.LittleEndian, r.at(lo), r.at(hi)
	for k, year := range r.years {
		if n, fen := r.split(le.Uint64(end[yearSize*k:]) - le.Uint64(from[yearSize*k:])); n != 0 {
			to = addYear(to, YearSum{year, n, fen})
		}
	}
	return to
}

// gather adds what the people from lo up to hi were paid to one sum for each year.
func (r *running) gather(lo, hi int, to []uint64) {
	le, from, end := binary.LittleEndian, r.at(lo), r.at(hi)
	for k := range to {
		to[k] += le.Uint64(end[yearSize*k:]) - le.Uint64(from[yearSize*k:])
	}
}

// added adds to sums of years what was gathered.
func (r *running) added(sums []uint64, to []YearSum) []YearSum {
	for k, d := range sums {
		if n, fen := r.split(d); n != 0 {
			to = addYear(to, YearSum{r.years[k], n, fen})
		}
	}
	return to
}

// enter adds what person i was paid in these years to totals of them.
func (r *running) enter(i int, years []int64, totals []yearTotal) {
	le, from, end := binary.LittleEndian, r.at(i), r.at(i+1)
	k := 0
	for n, year := range r.years {
		for k < len(years) && years[k] < year {
			k++
		}
		if k == len(years) {
			return
		}
		if years[k] == year {
			payments, fen := r.split(le.Uint64(end[yearSize*n:]) - le.Uint64(from[yearSize*n:]))
			totals[k].payments += int32(payments)
			totals[k].sum += fen
		}
	}
}

// appendRunning lays out the sums of n people; paid returns what one of them was paid, by ascending year.
func appendRunning(n int, paid func(i int) []YearSum) (head, sums []byte, err error) {
	var years []int64
	var totals []YearSum
	for i := range n {
		for _, y := range paid(i) {
			k, ok := slices.BinarySearch(years, y.Year)
			if !ok {
				years, totals = slices.Insert(years, k, y.Year), slices.Insert(totals, k, YearSum{})
			}
			totals[k].Payments += y.Payments
		}
	}
	most := 0
	for _, y := range totals {
		most = max(most, y.Payments)
	}
	shift := bits.Len(uint(most))
	limit := int64(1) << (63 - shift)
	clear(totals)
	sums = make([]byte, 0, (n+1)*yearSize*len(years))
	before := func() {
		for _, y := range totals {
			sums = binary.LittleEndian.AppendUint64(sums, uint64(y.Sum)<<shift+uint64(y.Payments))
		}
	}
	before()
	for i := range n {
		for _, y := range paid(i) {
			k, _ := slices.BinarySearch(years, y.Year)
			totals[k].Payments += y.Payments
			if totals[k].Sum += y.Sum; totals[k].Sum >= limit || totals[k].Sum < -limit {
				return nil, nil, fmt.Errorf("search: %d payments of %d fen in %d are too many", totals[k].Payments, totals[k].Sum, y.Year)
			}
		}
		before()
	}
	head = binary.AppendUvarint(nil, uint64(len(years)))
	for _, y := range years {
		head = binary.AppendVarint(head, y)
	}
	return binary.AppendUvarint(head, uint64(shift)), sums, nil
}

// readRunning reads the head of running sums.
func readRunning(c *section.Cursor) running {
	r := running{years: make([]int64, c.Len(1))}
	for i := range r.years {
		if r.years[i] = c.Int(); i > 0 && r.years[i] <= r.years[i-1] {
			c.Fail("years do not ascend")
		}
	}
	const mostBits = 48
	r.bits = uint(c.Below(mostBits))
	return r
}

// read takes over the sums of n people.
func (r *running) read(c *section.Cursor, n int) { r.sums = c.Bytes(yearSize * len(r.years) * (n + 1)) }

// addYear adds one year to sums of years, which ascend.
func addYear(list []YearSum, y YearSum) []YearSum {
	i := len(list)
	for i > 0 && list[i-1].Year >= y.Year {
		i--
	}
	if i == len(list) {
		return append(list, y)
	}
	if list[i].Year != y.Year {
		return slices.Insert(list, i, y)
	}
	list[i].Payments += y.Payments
	list[i].Sum += y.Sum
	return list
}
