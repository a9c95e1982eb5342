package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/sample"
	"mingbai.local/app/search"
)

// hit (结果) is what every engine has to say of one thing found. A person is village, group, name, namesake number and type; a
// reference is given for titles and payments, and of a payment everything that the row says.
type hit struct {
	Ref, Title, Village, Group, Type string
	NamesakeNo                       int64
	Payments                         int
	Sum                              int64
	paid
	rank int // where two answers are made into one
}

// paid (发放) is what a row of a list says beside who and how much.
type paid struct {
	Fund, Period, PaidOn, Unit, Method, Remark string
	Batch, Quantity, Price                     int64
}

// answer (答案) is what every engine has to say: all of it is compared before anything is timed. Its memory is used again.
type answer struct {
	Found, Payments int
	Sum             int64
	Years           []search.YearSum // ascending
	Letters         search.Letters
	Next            []search.Key // folded characters, ascending; none behind letters
	Sent            int64        // of a list: what was sent down for it
	Hits            []hit        // the first page
}

func (a *answer) reset() {
	*a = answer{Years: a.Years[:0], Next: a.Next[:0], Hits: a.Hits[:0]}
}

func (a *answer) addYear(year int64, payments int, sum int64) {
	i, ok := slices.BinarySearchFunc(a.Years, year, func(y search.YearSum, year int64) int { return cmp.Compare(y.Year, year) })
	if !ok {
		a.Years = slices.Insert(a.Years, i, search.YearSum{Year: year})
	}
	a.Years[i].Payments += payments
	a.Years[i].Sum += sum
}

func (a *answer) addNext(char rune, found int) {
	for i := range a.Next {
		if a.Next[i].Char == char {
			a.Next[i].Found += found
			return
		}
	}
	a.Next = append(a.Next, search.Key{Char: char, Found: found})
}

// pageRows is the number of hits on a page of the screen.
const pageRows = 8

// person (补助对象) is who was paid anything but social aid.
type person struct {
	village, group, name, typ string
	namesakeNo                int64
	named                     int // the number of his name
	cells                     []cell
}

// cell (汇总) sums one person's payments of one year, kind and fund.
type cell struct {
	year       int64
	kind, fund string
	payments   int
	sum        int64
}

// filter (筛选) is what a query asks for of payments.
type filter struct {
	year              int64
	kind, fund, group string
}

func filterOf(q *search.Query) filter { return filter{q.Year, q.Kind, q.Fund, q.Group} }

// sums adds up what passes a filter; each is called with every cell that does.
func (p *person) sums(f filter, each func(*cell)) (payments int, sum int64) {
	if f.group != "" && p.group != f.group {
		return 0, 0
	}
	for i := range p.cells {
		c := &p.cells[i]
		if f.year != 0 && c.year != f.year || f.kind != "" && c.kind != f.kind || f.fund != "" && c.fund != f.fund {
			continue
		}
		payments += c.payments
		sum += c.sum
		if each != nil {
			each(c)
		}
	}
	return payments, sum
}

func (p *person) hit() hit {
	return hit{Title: p.name, Village: p.village, Group: p.group, Type: p.typ, NamesakeNo: p.namesakeNo}
}

// scope (范围) is where people are looked for: a village with those merged into it, a town, or the county.
type scope struct {
	village, town string
	people        []int32 // ascending
}

// county (县) is the generated data as the peers load it.
type county struct {
	people  []person // in the order of the answers: name as it is read, village, group, namesake number, type
	names   []string // in that order
	scopes  []scope  // villages by code, towns by code, the county
	entries []search.Entry
	lists   []list
}

// list (名单) is the payments of one village and those merged into it of one kind in one year, by name.
type list struct {
	village, kind string
	year          int64
	sent          int64          // allocated
	sizes         map[string]int // rows of each group
	rows          []listRow      // none where the product is measured alone
}

// listRow is one payment of a list.
type listRow struct {
	who *recipient
	*paid
	ref    string
	amount int64
}

// recipient is somebody in a list, be it of social aid.
type recipient struct {
	who
	key   string // of the name
	cells []cell
}

// who tells people apart.
type who struct {
	village, group, name, typ string
	namesakeNo                int64
}

func (r *recipient) compare(o *recipient) int {
	return cmp.Or(
		strings.Compare(r.key, o.key), strings.Compare(r.village, o.village), search.CompareGroups(r.group, o.group),
		cmp.Compare(r.namesakeNo, o.namesakeNo), strings.Compare(r.typ, o.typ),
	)
}

type listKey struct {
	village, kind string
	year          int64
}

// collector (分组) groups payments by person as they are generated.
type collector struct {
	aid   map[string]bool
	all   map[who]*recipient
	keys  map[string]string
	paid  map[paid]*paid
	lists map[listKey]*list // of each place by itself
	rows  bool              // whether to keep them
}

func newCollector(c *sample.County, rows bool) *collector {
	out := &collector{
		aid: map[string]bool{}, all: map[who]*recipient{}, keys: map[string]string{}, paid: map[paid]*paid{},
		lists: map[listKey]*list{}, rows: rows,
	}
	for _, k := range c.Kinds() {
		out.aid[k.Ref] = k.Aid != ""
	}
	return out
}

func (c *collector) add(rows []disclosure.Disbursement) {
	for i := range rows {
		d := &rows[i]
		w := who{string(d.Place), d.Group, d.Name, d.Type, d.NamesakeNo}
		r := c.all[w]
		if r == nil {
			key, ok := c.keys[w.name]
			if !ok {
				key = pinyin.Key(w.name)
				c.keys[w.name] = key
			}
			r = &recipient{who: w, key: key}
			c.all[w] = r
		}
		key := listKey{w.village, d.Kind, d.Year}
		l := c.lists[key]
		if l == nil {
			l = &list{sizes: map[string]int{}}
			c.lists[key] = l
		}
		l.sizes[w.group]++
		if c.rows {
			said := paid{
				Fund: d.Fund, Period: d.Period, PaidOn: string(d.PaidOn), Unit: d.Unit, Method: d.Method, Remark: d.Remark,
				Batch: d.Batch, Quantity: int64(d.Quantity), Price: int64(d.Standard),
			}
			if c.paid[said] == nil {
				c.paid[said] = &said
			}
			l.rows = append(l.rows, listRow{who: r, paid: c.paid[said], ref: d.Ref, amount: int64(d.Amount)})
		}
		if c.aid[d.Kind] {
			continue
		}
		at := slices.IndexFunc(r.cells, func(o cell) bool { return o.year == d.Year && o.kind == d.Kind && o.fund == d.Fund })
		if at < 0 {
			at = len(r.cells)
			r.cells = append(r.cells, cell{year: d.Year, kind: d.Kind, fund: d.Fund})
		}
		r.cells[at].payments++
		r.cells[at].sum += int64(d.Amount)
	}
}

func (c *collector) county(from *sample.County) *county {
	out := &county{entries: entriesOf(from)}
	var all []*recipient
	for _, r := range c.all {
		if len(r.cells) > 0 {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *recipient) int { return a.compare(b) })
	for i, r := range all {
		if i == 0 || r.name != all[i-1].name {
			out.names = append(out.names, r.name)
		}
		out.people = append(out.people, person{r.village, r.group, r.name, r.typ, r.namesakeNo, len(out.names) - 1, r.cells})
	}
	found := foundUnder(from)
	out.addScopes(from, found)
	lists := map[listKey]*list{}
	for key, of := range c.lists {
		for _, v := range found[key.village] {
			to := listKey{v, key.kind, key.year}
			l := lists[to]
			if l == nil {
				l = &list{village: v, kind: key.kind, year: key.year, sizes: map[string]int{}}
				lists[to] = l
			}
			l.rows = append(l.rows, of.rows...)
			for group, n := range of.sizes {
				l.sizes[group] += n
			}
		}
	}
	for _, a := range from.Allocations {
		for _, v := range found[string(a.Place)] {
			if l := lists[listKey{v, a.Kind, a.Year}]; l != nil {
				l.sent += int64(a.Amount)
			}
		}
	}
	for _, l := range lists {
		sortByName(l.rows)
		out.lists = append(out.lists, *l)
	}
	slices.SortFunc(out.lists, func(a, b list) int {
		return cmp.Or(strings.Compare(a.village, b.village), strings.Compare(a.kind, b.kind), cmp.Compare(a.year, b.year))
	})
	return out
}

// foundUnder returns, for each place, itself and the places that took it over, at once or by way of others.
func foundUnder(from *sample.County) map[string][]string {
	successors := map[string][]string{}
	for _, p := range from.Places {
		successors[string(p.Code)] = p.Successors
	}
	out := map[string][]string{}
	for code := range successors {
		out[code] = []string{code}
		for queue := successors[code]; len(queue) > 0; queue = queue[1:] {
			if to := queue[0]; !slices.Contains(out[code], to) {
				out[code] = append(out[code], to)
				queue = append(slices.Clone(queue), successors[to]...)
			}
		}
	}
	return out
}

func (c *county) addScopes(from *sample.County, found map[string][]string) {
	town := map[string]string{}
	for _, p := range from.Places {
		if p.Level == "乡" {
			town[string(p.Code)] = string(p.Code)
		}
	}
	for _, p := range from.Places {
		if p.Level == "村" {
			town[string(p.Code)] = string(p.Parent)
		}
	}
	villages, towns := map[string][]int32{}, map[string][]int32{}
	var all []int32
	for i := range c.people {
		at := int32(i)
		all = append(all, at)
		for _, v := range found[c.people[i].village] {
			villages[v] = append(villages[v], at)
		}
		t := town[c.people[i].village]
		towns[t] = append(towns[t], at)
	}
	for _, v := range sortedKeys(villages) {
		c.scopes = append(c.scopes, scope{village: v, people: villages[v]})
	}
	for _, t := range sortedKeys(towns) {
		c.scopes = append(c.scopes, scope{town: t, people: towns[t]})
	}
	c.scopes = append(c.scopes, scope{people: all})
}

// entriesOf returns everything with a title, in the order in which equals are answered.
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
		out = append(out, search.Entry{
			Kind: search.KindFund, Ref: f.Ref, Title: f.Name, Place: names[f.Owner], Year: f.Year, Aliases: []string{strconv.FormatInt(f.CatalogueNo, 10)},
			Texts: []string{f.Recipients, f.Standard, f.BalanceOf, f.Method}, On: dayNumber(f.PublishedOn),
		})
	}
	for _, p := range c.Policies {
		out = append(out, search.Entry{
			Kind: search.KindPolicy, Ref: p.Ref, Title: p.Title, Aliases: []string{p.DocNo}, Place: p.Issuer,
			Texts: []string{p.Summary, p.Body}, On: dayNumber(p.IssuedOn),
		})
	}
	for _, n := range c.Notices {
		out = append(out, search.Entry{
			Kind: search.KindNotice, Ref: n.Ref, Title: n.Title, Place: names[n.Institution], Texts: []string{n.Body}, On: dayNumber(n.PublishedOn),
		})
	}
	for _, p := range c.Places {
		out = append(out, search.Entry{Kind: search.KindPlace, Ref: p.Ref, Title: p.Name, Aliases: p.Aliases, Place: pathOf(c, &p), VillageCode: string(p.Code)})
	}
	slices.SortStableFunc(out, func(x, y search.Entry) int {
		return cmp.Or(
			kindOrder[x.Kind]-kindOrder[y.Kind], cmp.Compare(y.Year, x.Year), strings.Compare(pinyin.Key(x.Title), pinyin.Key(y.Title)),
			strings.Compare(x.Place, y.Place), strings.Compare(x.Ref, y.Ref),
		)
	})
	return out
}

// dayNumber numbers days so that later ones are greater.
func dayNumber(d disclosure.Date) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(string(d), "-", ""))
	return n
}

// newestFirst numbers entries as those are answered whose texts match.
func (c *county) newestFirst() []int {
	out := make([]int, len(c.entries))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int { return c.entries[b].On - c.entries[a].On })
	return out
}

// kindOrder is the order of kinds that match equally well.
var kindOrder = map[string]int{
	search.KindPlace: 1, search.KindFund: 2, search.KindInstitution: 3, search.KindPolicy: 4, search.KindNotice: 5, search.KindIncumbent: 6,
}

// pathOf names a place with what it lies in below the county, as equals are ordered by it.
func pathOf(c *sample.County, place *disclosure.Place) string {
	name := place.Name
	if place.ValidTo != "" && len(place.Successors) > 0 {
		name = "原" + name
	}
	for _, p := range c.Places {
		if p.Code == place.Parent && p.Level != "县" {
			return p.Name + " " + name
		}
	}
	return name
}

func sortByName(rows []listRow) {
	slices.SortFunc(rows, func(a, b listRow) int {
		return cmp.Or(
			a.who.compare(b.who), strings.Compare(a.PaidOn, b.PaidOn), cmp.Compare(a.Batch, b.Batch), strings.Compare(b.ref, a.ref),
		)
	})
}

func sortByAmount(rows []listRow) {
	slices.SortStableFunc(rows, func(a, b listRow) int { return cmp.Compare(b.amount, a.amount) })
}

// size is the number of rows of a group, or of all.
func (l *list) size(group string) int {
	if group != "" {
		return l.sizes[group]
	}
	total := 0
	for _, n := range l.sizes {
		total += n
	}
	return total
}

func (l *list) of(group string) []listRow {
	var out []listRow
	for _, r := range l.rows {
		if group == "" || r.who.group == group {
			out = append(out, r)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
