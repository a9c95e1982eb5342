package search

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// The names of the sections. Each village's people have one of their own, named by its code.
const (
	sectionVillages   = "villages"
	sectionNames      = "names"
	sectionUnits      = "units"
	sectionEntries    = "entries"
	sectionIncumbents = "incumbents"
	sectionPeople     = "people/"
)

// Builder (编者) collects what an Index will answer from. The zero Builder is empty.
type Builder struct {
	villages   map[string]Village
	names      map[string][]named // by complete name
	units      alphabet
	entries    []Entry
	incumbents map[string][]uint32 // units by name
	nodes      int                 // that these can take at most
	sections   map[string][]byte
}

// Village adds a village. One that is not added is known by its code alone.
func (b *Builder) Village(v Village) {
	if b.villages == nil {
		b.villages = map[string]Village{}
	}
	b.villages[v.Code] = v
}

// People adds everyone of one village, once per village. It sorts the list into the order of Index.People, and fails where
// two are the same person.
func (b *Builder) People(village string, list []Person) error {
	if b.sections == nil {
		b.sections, b.names = map[string][]byte{}, map[string][]named{}
	}
	sortPeople(list)
	for i, p := range list {
		if i > 0 && p.Name == list[i-1].Name && p.Group == list[i-1].Group && p.NamesakeNo == list[i-1].NamesakeNo && p.Type == list[i-1].Type {
			return fmt.Errorf("search: village %s: one person of group %q twice", village, p.Group)
		}
		if p.NamesakeNo < 0 {
			return fmt.Errorf("search: village %s: namesake number %d", village, p.NamesakeNo)
		}
		if len(p.Cells) == 0 {
			continue
		}
		n := named{village: village, person: i, group: p.Group, namesake: p.NamesakeNo, until: p.Cells[0].Until}
		for _, c := range p.Cells {
			if n.until = max(n.until, c.Until); c.Until == 0 {
				n.until = 0
				break
			}
		}
		b.names[p.Name] = append(b.names[p.Name], n)
	}
	if _, ok := b.villages[village]; !ok {
		b.Village(Village{Code: village, Scope: []string{village}})
	}
	data, err := encodePeople(list, &b.units)
	b.sections[sectionPeople+village] = data
	return err
}

// named (同名人) is one bearer of a complete name, and the last day on which a payment of his is shown.
type named struct {
	village, group string
	person, until  int
	namesake       int64
}

// Entry adds something with a title. It fails where there are too many incumbents.
func (b *Builder) Entry(e Entry) error {
	if e.Kind == KindIncumbent {
		units, err := b.units.units(e.Title)
		if err != nil {
			return err
		}
		if b.incumbents == nil {
			b.incumbents = map[string][]uint32{}
		}
		b.incumbents[e.Title] = units
		if b.nodes += len(units) + 1; b.nodes >= mostItems {
			return errors.New("search: too many incumbents")
		}
	}
	b.entries = append(b.entries, e)
	return nil
}

// Finish returns the sections by name.
func (b *Builder) Finish() map[string][]byte {
	out := maps.Clone(b.sections)
	if out == nil {
		out = map[string][]byte{}
	}
	codes := slices.Sorted(maps.Keys(b.villages))
	out[sectionVillages] = b.encodeVillages(codes)
	out[sectionNames] = b.encodeNames(codes)
	keys := make(map[string]string, len(b.entries))
	for _, e := range b.entries {
		keys[e.Title] = pinyin.Key(e.Title)
	}
	slices.SortStableFunc(b.entries, func(x, y Entry) int {
		return cmp.Or(
			slices.Index(kinds, x.Kind)-slices.Index(kinds, y.Kind), cmp.Compare(y.Year, x.Year), strings.Compare(keys[x.Title], keys[y.Title]),
			strings.Compare(x.Place, y.Place), strings.Compare(x.Ref, y.Ref),
		)
	})
	var titles, incumbents []Entry
	var items [][]uint32
	for _, e := range b.entries {
		if e.Kind == KindIncumbent {
			incumbents = append(incumbents, e)
			items = append(items, b.incumbents[e.Title])
		} else {
			titles = append(titles, e)
		}
	}
	out[sectionEntries] = encodeEntries(titles)
	out[sectionIncumbents] = encodeIncumbents(incumbents, items)
	out[sectionUnits] = b.units.encode()
	return out
}

// encodeVillages: uvarint(n), then per village, ascending: code, town, place, and its scope as texts.
func (b *Builder) encodeVillages(codes []string) []byte {
	out := binary.AppendUvarint(nil, uint64(len(codes)))
	for _, code := range codes {
		v := b.villages[code]
		out = section.AppendTexts(out, []string{v.Code, v.Town, v.Place})
		out = section.AppendTexts(out, v.Scope)
	}
	return out
}

// encodeNames: u32 n; n × u32 where each name begins, counted from the end of these; then the folded names, ascending: text,
// uvarint(number of spellings), and per spelling, as a list of names orders them, a text, empty for the folded name itself,
// uvarint(number of bearers), and per bearer, by group, namesake number and village: uvarint index into the villages, uvarint
// index into its people, uvarint last day of showing.
func (b *Builder) encodeNames(codes []string) []byte {
	index := make(map[string]int, len(codes))
	for i, code := range codes {
		index[code] = i
	}
	spellings := map[string][]string{}
	for name := range b.names {
		folded := pinyin.FoldText(name)
		spellings[folded] = append(spellings[folded], name)
	}
	sorted := slices.Sorted(maps.Keys(spellings))
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(sorted)))
	var body []byte
	for _, folded := range sorted {
		head = binary.LittleEndian.AppendUint32(head, uint32(len(body)))
		body = section.AppendText(body, folded)
		list := spellings[folded]
		slices.SortFunc(list, CompareNames)
		body = binary.AppendUvarint(body, uint64(len(list)))
		for _, name := range list {
			bearers := b.names[name]
			slices.SortFunc(bearers, func(x, y named) int {
				return cmp.Or(
					CompareGroups(x.group, y.group), cmp.Compare(x.namesake, y.namesake),
					strings.Compare(x.village, y.village), x.person-y.person,
				)
			})
			if name == folded {
				name = ""
			}
			body = section.AppendText(body, name)
			body = binary.AppendUvarint(body, uint64(len(bearers)))
			for _, n := range bearers {
				for _, v := range []int{index[n.village], n.person, n.until} {
					body = binary.AppendUvarint(body, uint64(v))
				}
			}
		}
	}
	return append(head, body...)
}

// encodeEntries: uvarint(n), then per entry: uvarint kind, ref, title, place and village as texts, aliases as texts,
// varint(year), uvarint(until).
func encodeEntries(list []Entry) []byte {
	out := binary.AppendUvarint(nil, uint64(len(list)))
	for _, e := range list {
		out = appendEntry(out, e)
	}
	return out
}

func appendEntry(b []byte, e Entry) []byte {
	b = binary.AppendUvarint(b, uint64(slices.Index(kinds, e.Kind)))
	for _, s := range []string{e.Ref, e.Title, e.Place, e.VillageCode} {
		b = section.AppendText(b, s)
	}
	b = section.AppendTexts(b, e.Aliases)
	b = binary.AppendVarint(b, e.Year)
	return binary.AppendUvarint(b, uint64(e.Until))
}

func readEntry(c *section.Cursor) Entry {
	return Entry{
		Kind: kinds[c.Below(len(kinds))], Ref: c.Text(), Title: c.Text(), Place: c.Text(), VillageCode: c.Text(),
		Aliases: c.Texts(), Year: c.Int(), Until: c.Count(),
	}
}

func decodeVillages(b []byte) ([]Village, error) {
	c := section.Read(b)
	const least = 5
	list := make([]Village, c.Len(least))
	for i := range list {
		texts := c.Texts()
		if c.Err() == nil && len(texts) != 3 {
			c.Fail("%d texts instead of 3", len(texts))
		}
		if c.Err() != nil {
			break
		}
		list[i] = Village{Code: texts[0], Town: texts[1], Place: texts[2], Scope: c.Texts()}
		if i > 0 && list[i-1].Code >= list[i].Code {
			c.Fail("villages are not ascending")
		}
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: villages: %w", err)
	}
	return list, nil
}

func decodeEntries(b []byte) ([]Entry, error) {
	c := section.Read(b)
	const least = 8
	list := make([]Entry, c.Len(least))
	for i := range list {
		list[i] = readEntry(c)
		if c.Err() != nil {
			break
		}
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: entries: %w", err)
	}
	return list, nil
}
