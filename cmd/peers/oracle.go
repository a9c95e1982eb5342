package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
)

// hit (结果) is what every engine has to say of one thing found.
type hit struct {
	Ref, Title, Village, Group string
	NamesakeNo                 int64
	Payments                   int
	Sum                        int64
}

// answer (答案) is what every engine has to say: all of it is compared before anything is timed.
type answer struct {
	Found, Payments int
	Sum             int64
	Years           map[int64]int64
	Next            []string // folded, sorted
	Sent            int64    // of a list: what was sent down for it
	Hits            []hit    // the first page
}

// pageRows is the number of hits on a page of the screen.
const pageRows = 8

// county (县) is the generated data as the peers load it: grouped by person, without social aid.
type county struct {
	people   []search.Person // by village code, then in the order of names
	refs     []string
	villages []string            // with people, ascending
	first    map[string]int      // of a village's people
	scope    map[string][]string // the codes under which a village's people are found
	entries  []search.Entry
	lists    map[listKey][]listRow
	sent     map[listKey]int64 // allocations
}

type listKey struct {
	Village, Kind string
	Year          int64
}

// listRow is one payment of a village's list.
type listRow struct {
	person          search.Person // without cells
	order           int           // of the person in his village
	ref             string
	amount          int64
	paidOn          string
	fund            string
	period          string
	batch           int64
	quantity, price int64
	unit, method    string
	remark          string
}

// who tells people apart.
type who struct {
	village, group, name, typ string
	namesakeNo                int64
}

// collector (分组) groups payments by person as they are generated.
type collector struct {
	aid   map[string]bool
	cells map[who][]search.Cell
	lists map[listKey][]listRow
}

func newCollector(c *sample.County) *collector {
	out := &collector{aid: map[string]bool{}, cells: map[who][]search.Cell{}, lists: map[listKey][]listRow{}}
	for _, k := range c.Kinds() {
		out.aid[k.Ref] = k.Aid != ""
	}
	return out
}

func (c *collector) add(rows []disclosure.Disbursement) {
	for i := range rows {
		d := &rows[i]
		w := who{string(d.Place), d.Group, d.Name, d.Type, d.NamesakeNo}
		key := listKey{w.village, d.Kind, d.Year}
		c.lists[key] = append(c.lists[key], listRow{
			person: search.Person{Village: w.village, Group: w.group, Name: w.name, NamesakeNo: w.namesakeNo, Type: w.typ},
			ref:    d.Ref, amount: int64(d.Amount), paidOn: string(d.PaidOn), fund: d.Fund, period: d.Period, batch: d.Batch,
			quantity: int64(d.Quantity), price: int64(d.Standard), unit: d.Unit, method: d.Method, remark: d.Remark,
		})
		if c.aid[d.Kind] {
			continue
		}
		cells := c.cells[w]
		at := slices.IndexFunc(cells, func(o search.Cell) bool { return o.Year == d.Year && o.Kind == d.Kind && o.Fund == d.Fund })
		if at < 0 {
			at = len(cells)
			cells = append(cells, search.Cell{Year: d.Year, Kind: d.Kind, Fund: d.Fund})
		}
		cells[at].Payments++
		cells[at].Sum += int64(d.Amount)
		c.cells[w] = cells
	}
}

func (c *collector) county(from *sample.County) *county {
	out := &county{first: map[string]int{}, scope: map[string][]string{}, lists: c.lists, sent: map[listKey]int64{}}
	keys := map[string]string{}
	for w, cells := range c.cells {
		out.people = append(out.people, search.Person{Village: w.village, Group: w.group, Name: w.name, NamesakeNo: w.namesakeNo, Type: w.typ, Cells: cells})
		if _, ok := keys[w.name]; !ok {
			keys[w.name] = pinyin.Key(w.name)
		}
	}
	slices.SortFunc(out.people, func(a, b search.Person) int {
		return cmp.Or(
			strings.Compare(a.Village, b.Village), strings.Compare(keys[a.Name], keys[b.Name]), search.CompareGroups(a.Group, b.Group),
			cmp.Compare(a.NamesakeNo, b.NamesakeNo), strings.Compare(a.Type, b.Type),
		)
	})
	order := make(map[who]int, len(out.people))
	for i, p := range out.people {
		out.refs = append(out.refs, p.Ref())
		if _, ok := out.first[p.Village]; !ok {
			out.first[p.Village] = i
			out.villages = append(out.villages, p.Village)
		}
		order[who{p.Village, p.Group, p.Name, p.Type, p.NamesakeNo}] = i
	}
	merged := map[string][]string{}
	successors := map[string][]string{}
	for _, p := range from.Places {
		successors[string(p.Code)] = p.Successors
	}
	for _, old := range slices.Sorted(maps.Keys(successors)) {
		for queue := successors[old]; len(queue) > 0; queue = queue[1:] {
			if to := queue[0]; to != old && !slices.Contains(merged[to], old) {
				merged[to] = append(merged[to], old)
				queue = append(queue, successors[to]...)
			}
		}
	}
	for _, v := range out.villages {
		out.scope[v] = append([]string{v}, merged[v]...)
	}
	for _, a := range from.Allocations {
		if a.Kind != "" {
			out.sent[listKey{string(a.Place), a.Kind, a.Year}] += int64(a.Amount)
		}
	}
	out.entries = entriesOf(from)
	return out
}

// of returns the people of one village's own code.
func (c *county) of(village string) (int, []search.Person) {
	start := c.first[village]
	end := start
	for end < len(c.people) && c.people[end].Village == village {
		end++
	}
	return start, c.people[start:end]
}

// entriesOf returns the titles that the queries ask for, in the order in which equals are answered.
func entriesOf(c *sample.County) []search.Entry {
	var out []search.Entry
	names := map[string]string{}
	for _, i := range c.Institutions {
		names[i.Ref] = i.Name
		out = append(out, search.Entry{Kind: search.KindInstitution, Ref: i.Ref, Title: i.Name, Aliases: i.OtherNames, Place: names[i.Parent]})
	}
	for _, i := range c.Incumbents {
		out = append(out, search.Entry{Kind: search.KindIncumbent, Ref: i.Ref, Title: i.Name, Place: names[i.Institution]})
	}
	for _, f := range c.Funds {
		out = append(out, search.Entry{Kind: search.KindFund, Ref: f.Ref, Title: f.Name, Place: names[f.Owner], Year: f.Year, Aliases: []string{strconv.FormatInt(f.CatalogueNo, 10)}})
	}
	for _, p := range c.Policies {
		out = append(out, search.Entry{Kind: search.KindPolicy, Ref: p.Ref, Title: p.Title, Aliases: []string{p.DocNo}, Place: p.Issuer})
	}
	slices.SortStableFunc(out, func(x, y search.Entry) int {
		return cmp.Or(
			strings.Compare(x.Kind, y.Kind), cmp.Compare(y.Year, x.Year), strings.Compare(pinyin.Key(x.Title), pinyin.Key(y.Title)),
			strings.Compare(x.Place, y.Place), strings.Compare(x.Ref, y.Ref),
		)
	})
	return out
}

// Ranks of a match, best first; those of a whole title come before those of its beginning, and these before its middle.
const (
	rankExact = iota
	rankVariant
	rankPinyin
	rankInitials
	rankPrefix
	rankSubstring
	noMatch
)

// piece (写法) is one way to write one character, and what it says of the match.
type piece struct {
	text string
	rank int
}

// letters are the pieces and fold is the character of each place of a title.
type letter struct {
	char, fold rune
	pieces     []piece
}

var lettersCache = map[string][]letter{}

// lettersOf reads a title. Punctuation is not typed.
func lettersOf(title string, name bool) []letter {
	key := title
	if name {
		key = "\x00" + title
	}
	if l, ok := lettersCache[key]; ok {
		return l
	}
	var readings [][]string
	if name {
		readings = pinyin.NameReadings(title)
	}
	var out []letter
	for i, r := range []rune(title) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		l := letter{char: r, fold: pinyin.Fold(r)}
		list := pinyin.Readings(r)
		if name && i < len([]rune(pinyin.Surname(title))) {
			list = readings[i]
		}
		if l.fold >= 'a' && l.fold <= 'z' {
			list = []string{string(l.fold)}
		} else {
			l.pieces = append(l.pieces, piece{string(l.fold), rankExact})
		}
		seen := map[piece]bool{}
		put := func(p piece) {
			if !seen[p] {
				seen[p] = true
				l.pieces = append(l.pieces, p)
			}
		}
		for _, s := range list {
			put(piece{s, rankPinyin})
			if len(s) > 1 {
				put(piece{s[:1], rankInitials})
				if s[1] == 'h' && strings.ContainsRune("zcs", rune(s[0])) && len(s) > 2 {
					put(piece{s[:2], rankInitials})
				}
			}
		}
		out = append(out, l)
	}
	lettersCache[key] = out
	return out
}

// match compares a folded query with a title from one of its characters on: its rank, and every text that can follow.
func match(text string, typedRunes []rune, title []letter, start int, next func(string)) int {
	best := noMatch
	var walk func(i int, rest string, rank, at int)
	walk = func(i int, rest string, rank, at int) {
		if rest == "" {
			got := rank
			switch {
			case start > 0:
				got = rankSubstring
			case i < len(title):
				got = rankPrefix
			}
			best = min(best, got)
			if i < len(title) {
				for _, p := range title[i].pieces {
					next(firstRune(p.text))
				}
			}
			return
		}
		if i == len(title) {
			return
		}
		for _, p := range title[i].pieces {
			if after, ok := strings.CutPrefix(rest, p.text); ok {
				r := max(rank, p.rank)
				if p.rank == rankExact && at < len(typedRunes) && typedRunes[at] != title[i].char {
					r = max(rank, rankVariant)
				}
				walk(i+1, after, r, at+len([]rune(p.text)))
			}
			if len(rest) < len(p.text) && strings.HasPrefix(p.text, rest) {
				next(firstRune(p.text[len(rest):]))
				if p.rank == rankPinyin {
					best = min(best, map[bool]int{true: rankSubstring, false: rankPrefix}[start > 0])
				}
			}
		}
	}
	walk(start, text, rankExact, 0)
	return best
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
