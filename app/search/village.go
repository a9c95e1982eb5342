package search

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// people (一村的人) is the decoded section of one village: its people in the order of names, then group, then namesake.
//
//	section := texts(groups) texts(types) texts(kinds) texts(funds) uvarint(n) person×n
//	person  := text(name) uvarint(group) uvarint(namesake_no) uvarint(type) uvarint(cells) cell×cells
//	cell    := varint(year) uvarint(kind) uvarint(fund) uvarint(until) uvarint(payments) varint(sum)
//
// Group, type, kind and fund are indexes into the texts, which stand in order of first use.
type people struct {
	list  []Person
	units [][]*unit
}

// terms are texts in order of first use.
type terms struct {
	list []string
	at   map[string]int
}

func (t *terms) index(s string) uint64 {
	n, ok := t.at[s]
	if !ok {
		if t.at == nil {
			t.at = map[string]int{}
		}
		n = len(t.list)
		t.at[s] = n
		t.list = append(t.list, s)
	}
	return uint64(n)
}

// readTerms reads texts, each of which stands there once.
func readTerms(c *section.Cursor) []string {
	list := c.Texts()
	seen := make(map[string]bool, len(list))
	for _, s := range list {
		if seen[s] {
			c.Fail("%q stands there twice", s)
		}
		seen[s] = true
	}
	return list
}

// CompareNames orders names as they are read, then as they are written.
func CompareNames(a, b string) int { return strings.Compare(pinyin.Key(a), pinyin.Key(b)) }

// Surname returns the person's surname, a compound one (复姓) whole.
func (p Person) Surname() string { return pinyin.Surname(p.Name) }

// ComparePeople orders people as a village's section does: by name as it is read, group, namesake number and type.
func ComparePeople(a, b Person) int {
	return comparePeople(a, b, pinyin.Key(a.Name), pinyin.Key(b.Name))
}

func comparePeople(a, b Person, keyA, keyB string) int {
	return cmp.Or(
		strings.Compare(keyA, keyB), CompareGroups(a.Group, b.Group), cmp.Compare(a.NamesakeNo, b.NamesakeNo),
		strings.Compare(a.Type, b.Type),
	)
}

// sortPeople puts people in the order of a village's section.
func sortPeople(list []Person) {
	keys := make(map[string]string, len(list))
	for _, p := range list {
		if _, ok := keys[p.Name]; !ok {
			keys[p.Name] = pinyin.Key(p.Name)
		}
	}
	slices.SortFunc(list, func(a, b Person) int { return comparePeople(a, b, keys[a.Name], keys[b.Name]) })
}

func encodePeople(list []Person) []byte {
	var groups, types, kinds, funds terms
	body := binary.AppendUvarint(nil, uint64(len(list)))
	for _, p := range list {
		body = section.AppendText(body, p.Name)
		body = binary.AppendUvarint(body, groups.index(p.Group))
		body = binary.AppendUvarint(body, uint64(p.NamesakeNo))
		body = binary.AppendUvarint(body, types.index(p.Type))
		body = binary.AppendUvarint(body, uint64(len(p.Cells)))
		for _, c := range p.Cells {
			body = binary.AppendVarint(body, c.Year)
			body = binary.AppendUvarint(body, kinds.index(c.Kind))
			body = binary.AppendUvarint(body, funds.index(c.Fund))
			body = binary.AppendUvarint(body, uint64(c.Until))
			body = binary.AppendUvarint(body, uint64(c.Payments))
			body = binary.AppendVarint(body, c.Sum)
		}
	}
	var out []byte
	for _, t := range []terms{groups, types, kinds, funds} {
		out = section.AppendTexts(out, t.list)
	}
	return append(out, body...)
}

func decodePeople(village string, b []byte) ([]Person, error) {
	c := section.Read(b)
	groups, types, kinds, funds := readTerms(c), readTerms(c), readTerms(c), readTerms(c)
	var used [4]int
	term := func(list []string, of int) string {
		n := c.Below(len(list))
		if n > used[of] {
			c.Fail("terms are not in order of first use")
		}
		used[of] = max(used[of], n+1)
		if c.Err() != nil {
			return ""
		}
		return list[n]
	}
	const leastPerson, leastCell = 5, 6
	list := make([]Person, c.Len(leastPerson))
	for i := range list {
		p := &list[i]
		p.Village = village
		p.Name = c.Text()
		p.Group = term(groups, 0)
		p.NamesakeNo = int64(c.Count())
		p.Type = term(types, 1)
		p.Cells = make([]Cell, c.Len(leastCell))
		for k := range p.Cells {
			p.Cells[k] = Cell{
				Year: c.Int(), Kind: term(kinds, 2), Fund: term(funds, 3), Until: c.Count(), Payments: c.Count(), Sum: c.Int(),
			}
		}
		if c.Err() != nil {
			break
		}
	}
	if used != [4]int{len(groups), len(types), len(kinds), len(funds)} {
		c.Fail("terms are not all used")
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: people of %s: %w", village, err)
	}
	return list, nil
}

// sums adds the cells of p that the query asks for, and reports whether there are any.
func (q Query) sums(p *Person, years map[int64]int64) (payments int, sum int64, any bool) {
	for _, c := range p.Cells {
		if !visible(c.Until, q.Day) || q.Year != 0 && c.Year != q.Year || q.Kind != "" && c.Kind != q.Kind || q.Fund != "" && c.Fund != q.Fund {
			continue
		}
		any = true
		payments += c.Payments
		sum += c.Sum
		if years != nil {
			years[c.Year] += c.Sum
		}
	}
	return payments, sum, any
}
