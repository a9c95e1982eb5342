package press

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
)

// fewest is how many persons a published total must stand for. A total of fewer would say what each of them got; it goes up
// to the township, and from there to the county.
const fewest = 5

// totals adds up the payments of kinds that are published without names (只公布合计). Of a person it keeps no more than a hash
// that tells him apart from others while the totals are made.
type totals struct {
	parent map[disclosure.Code]disclosure.Code
	county disclosure.Code
	seed   maphash.Seed
	sums   map[totalKey]*sum
}

type totalKey struct {
	fund, kind string
	year       int64
	place      disclosure.Code
}

type sum struct {
	people    map[uint64]struct{}
	persons   int64 // of totals that came up from below
	amount    disclosure.Fen
	published disclosure.Date
	until     disclosure.Date
	open      bool // a payment in it has no last day
}

func newTotals(places []disclosure.Place) *totals {
	t := &totals{parent: map[disclosure.Code]disclosure.Code{}, seed: maphash.MakeSeed(), sums: map[totalKey]*sum{}}
	for _, p := range places {
		t.parent[p.Code] = p.Parent
		if p.Level == "县" {
			t.county = p.Code
		}
	}
	return t
}

// add counts a payment in.
func (t *totals) add(d *disclosure.Disbursement) {
	k := totalKey{d.Fund, d.Kind, d.Year, d.Place}
	s := t.sums[k]
	if s == nil {
		s = &sum{people: map[uint64]struct{}{}}
		t.sums[totalKey{strings.Clone(k.fund), strings.Clone(k.kind), k.year, disclosure.Code(strings.Clone(string(k.place)))}] = s
	}
	var h maphash.Hash
	h.SetSeed(t.seed)
	for _, text := range [...]string{d.Group, d.Name, d.Type} {
		_, _ = h.WriteString(text) // a hash never fails
		_ = h.WriteByte(0)
	}
	maphash.WriteComparable(&h, d.NamesakeNo)
	s.people[h.Sum64()] = struct{}{}
	s.amount += d.Amount
	s.see(d.PublishedOn, d.VisibleUntil, d.VisibleUntil == "")
}

// see keeps the newest day of publication and the last day on which anything in it may be shown.
func (s *sum) see(published, until disclosure.Date, open bool) {
	if published > s.published {
		s.published = disclosure.Date(strings.Clone(string(published)))
	}
	if until > s.until {
		s.until = disclosure.Date(strings.Clone(string(until)))
	}
	s.open = s.open || open
}

func (s *sum) count() int64 { return int64(len(s.people)) + s.persons }

// fold moves small totals up and returns what may be published, in order of reference.
func (t *totals) fold() []disclosure.Total {
	t.lift(func(place disclosure.Code) bool { return t.parent[place] != t.county }) // villages to towns
	t.lift(func(disclosure.Code) bool { return true })                              // towns to the county
	var out []disclosure.Total
	for k, s := range t.sums {
		total := disclosure.Total{Fund: k.fund, Kind: k.kind, Year: k.year, Place: k.place, Persons: s.count(), Amount: s.amount}
		total.Ref, total.PublishedOn = k.ref(), s.published
		if !s.open {
			total.VisibleUntil = s.until
		}
		out = append(out, total)
	}
	slices.SortFunc(out, func(a, b disclosure.Total) int { return cmp.Compare(a.Ref, b.Ref) })
	return out
}

// lift moves the small totals of some places one level up. What they make there is not looked at before all have arrived.
func (t *totals) lift(from func(disclosure.Code) bool) {
	for _, k := range slices.Collect(maps.Keys(t.sums)) {
		if s := t.sums[k]; s.count() < fewest && k.place != t.county && from(k.place) {
			delete(t.sums, k)
			t.up(k, s)
		}
	}
}

func (t *totals) up(k totalKey, s *sum) {
	if k.place = t.parent[k.place]; k.place == "" {
		k.place = t.county
	}
	above := t.sums[k]
	if above == nil {
		above = &sum{}
		t.sums[k] = above
	}
	above.persons += s.count()
	above.amount += s.amount
	above.see(s.published, s.until, s.open)
}

func (k totalKey) ref() string { return stableRef("T", k.year, 0, k.fund, k.kind, string(k.place)) }

// stableRef is the reference of a record that the press makes: a letter and 80 bits of SHA-256 over what the record is of.
func stableRef(letter string, year, batch int64, texts ...string) string {
	var b []byte
	for _, text := range texts {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	h := sha256.Sum256(binary.AppendVarint(binary.AppendVarint(b, year), batch))
	return letter + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h[:10]))
}
