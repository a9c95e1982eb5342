package search

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai.local/app/internal/prose"
	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// The names of the sections. Each place's people have one of their own, and so has each scope of several places together,
// named by the code of a town or village; the county's has none.
const (
	sectionVillages   = "villages"
	sectionUnits      = "units"
	sectionTitles     = "titles/" // and a kind
	sectionDocuments  = "documents"
	sectionTexts      = "texts"
	sectionPairs      = "pairs"
	sectionIncumbents = "incumbents"
	sectionPeople     = "people/"
	sectionScope      = "scope/"
)

// Builder (编者) collects what an Index will answer from. The zero Builder is empty.
type Builder struct {
	villages   map[string]Village
	alphabet   alphabet
	names      names
	placed     map[string]*placed
	people     int
	entries    []Entry
	incumbents map[string][]uint32 // units by name
	nodes      int                 // that these can take at most
	titles     int                 // characters of all titles
	prose      prose.Writer
	documents  []string // the kind of each
}

// names (姓名表) are all different names with their units.
type names struct {
	at    map[string]uint32
	list  []string
	units [][]uint32
	nodes int // that they can take at most
}

// placed (一地的人) is the section of one place and what the scopes need of it.
type placed struct {
	section []byte
	trie    trie     // in it
	names   []uint32 // of each person; noName of those without payments
	expires int
}

const noName = 1<<32 - 1

// Village adds a village. One that is not added is known by its code alone.
func (b *Builder) Village(v Village) {
	if b.villages == nil {
		b.villages = map[string]Village{}
	}
	b.villages[v.Code] = v
}

// People adds everyone of one place, once per place; expires is the first day that is the last one of a payment that counts, 0
// without any. It sorts the list into the order of Index.People, and fails where two are the same person.
func (b *Builder) People(place string, list []Person, expires int) error {
	sortPeople(list)
	p := &placed{names: make([]uint32, len(list)), expires: expires}
	items := make([][]uint32, len(list))
	for i, who := range list {
		if i > 0 && who.Name == list[i-1].Name && compareNamesakes(who, list[i-1]) == 0 {
			return fmt.Errorf("search: place %s: one person of group %q twice", place, who.Group)
		}
		if who.NamesakeNo < 0 {
			return fmt.Errorf("search: place %s: namesake number %d", place, who.NamesakeNo)
		}
		name, err := b.name(who.Name)
		if err != nil {
			return err
		}
		items[i], p.names[i] = b.names.units[name], name
		if len(who.Years) == 0 {
			p.names[i] = noName
		}
	}
	if b.people += len(list); b.people >= mostItems || b.names.nodes >= mostItems {
		return fmt.Errorf("search: more than %d people", mostItems)
	}
	if _, ok := b.villages[place]; !ok {
		b.Village(Village{Code: place, Scope: []string{place}})
	}
	if b.placed == nil {
		b.placed = map[string]*placed{}
	}
	var err error
	p.section, p.trie, err = encodePeople(list, items, expires)
	b.placed[place] = p
	return err
}

func (b *Builder) name(s string) (uint32, error) {
	n, ok := b.names.at[s]
	if !ok {
		units, err := b.alphabet.units(s, true)
		if err != nil {
			return 0, err
		}
		if b.names.at == nil {
			b.names.at = map[string]uint32{}
		}
		s = strings.Clone(s)
		n = uint32(len(b.names.list))
		b.names.at[s] = n
		b.names.list, b.names.units = append(b.names.list, s), append(b.names.units, units)
		b.names.nodes += len(units)
	}
	return n, nil
}

// Entry adds something with a title. It fails where there are too many incumbents.
func (b *Builder) Entry(e Entry) error {
	if e.Kind == KindIncumbent {
		if e.Year != 0 || len(e.Aliases) > 0 {
			return fmt.Errorf("search: incumbent %s has a year or other names", e.Ref)
		}
		units, err := b.alphabet.units(e.Title, true)
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
	} else {
		for _, title := range append([]string{e.Title}, e.Aliases...) {
			if _, err := b.alphabet.units(title, false); err != nil {
				return err
			}
			b.titles += utf8.RuneCountInString(title) + 1
		}
		if b.titles >= mostItems/2 { // an ending for each, and twice as many nodes
			return errors.New("search: too many titles")
		}
	}
	if e.Texts != nil {
		if err := b.prose.Add(e.Texts...); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		b.documents = append(b.documents, e.Kind)
		e.doc = len(b.documents)
	}
	b.entries = append(b.entries, e)
	return nil
}

// Finish returns the sections by name; it fails where sums are too large. The Builder cannot be used any more.
func (b *Builder) Finish() (map[string][]byte, error) {
	final := b.alphabet.sorted()
	for _, list := range b.names.units {
		renumber(list, final)
	}
	out := map[string][]byte{}
	codes := slices.Sorted(maps.Keys(b.villages))
	for _, code := range codes {
		if p := b.placed[code]; p != nil {
			p.trie.renumber(final)
			out[sectionPeople+code] = p.section
		}
	}
	if err := b.scopes(codes, out); err != nil {
		return nil, err
	}
	out[sectionVillages] = b.encodeVillages(codes)
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
	var incumbents []Entry
	for i := 0; i < len(b.entries); {
		kind, from := b.entries[i].Kind, i
		for i < len(b.entries) && b.entries[i].Kind == kind {
			i++
		}
		if kind == KindIncumbent {
			incumbents = b.entries[from:i]
		} else {
			out[sectionTitles+kind] = encodeTitles(b.entries[from:i], func(title string) []uint32 { return b.alphabet.typed(title, final) })
		}
	}
	b.texts(out)
	for _, units := range b.incumbents {
		renumber(units, final)
	}
	items := make([][]uint32, len(incumbents))
	for i, e := range incumbents {
		items[i] = b.incumbents[e.Title]
	}
	out[sectionIncumbents] = encodeIncumbents(incumbents, items)
	out[sectionUnits] = encodeUnits(b.alphabet.list)
	return out, nil
}

// texts lays out what entries say beside their titles: newest first, then as they are answered.
func (b *Builder) texts(out map[string][]byte) {
	type document struct {
		Entry
		of uint32
	}
	var docs []document
	for i, first := 0, 0; i < len(b.entries); i++ {
		e := b.entries[i]
		if e.Kind != b.entries[first].Kind {
			first = i
		}
		if e.doc > 0 {
			docs = append(docs, document{e, uint32(slices.Index(kinds, e.Kind))<<entryBits | uint32(i-first)})
		}
	}
	slices.SortStableFunc(docs, func(x, y document) int { return y.On - x.On })
	order, of := make([]int, len(docs)), make([]uint32, len(docs))
	final := make([]uint32, len(docs))
	for i, d := range docs {
		order[i], of[i] = d.doc-1, d.of
		final[d.doc-1] = uint32(i)
	}
	byKind := make([][]uint32, len(kinds))
	for n, kind := range b.documents {
		k := slices.Index(kinds, kind)
		byKind[k] = append(byKind[k], final[n])
	}
	if len(docs) > 0 {
		out[sectionDocuments] = encodeDocuments(of, byKind)
		out[sectionTexts], out[sectionPairs] = b.prose.Finish(order)
	}
}

func renumber(list, final []uint32) {
	for i, n := range list {
		list[i] = final[n]
	}
}

// scopes makes the sections of several places together. Everybody is numbered through the places in their order.
func (b *Builder) scopes(codes []string, out map[string][]byte) error {
	order := make([]uint32, len(b.names.list))
	keys := make([]string, len(order))
	for i, name := range b.names.list {
		order[i], keys[i] = uint32(i), pinyin.Key(name)
	}
	slices.SortFunc(order, func(x, y uint32) int { return strings.Compare(keys[x], keys[y]) })
	rank, units := make([]uint32, len(order)), make([][]uint32, len(order))
	for to, from := range order {
		rank[from], units[to] = uint32(to), b.names.units[from]
	}
	first, places := map[string]uint32{}, make([]*people, 0, len(codes))
	starts := make([]uint32, 0, len(codes))
	number := uint32(0)
	of := map[string][]string{"": codes}
	for _, code := range codes {
		v := b.villages[code]
		if v.Town != "" {
			of[v.Town] = append(of[v.Town], code)
		}
		if len(v.Scope) > 1 {
			of[code] = v.Scope
		}
		p := b.placed[code]
		if p == nil {
			continue
		}
		first[code] = number
		starts, places = append(starts, number), append(places, p.people(code))
		number += uint32(len(p.names))
	}
	var years []YearSum
	paid := func(number uint32) []YearSum {
		i, found := slices.BinarySearch(starts, number)
		if !found {
			i--
		}
		local := int(number - starts[i])
		years = places[i].paid(local, local+1, years[:0])
		return years
	}
	for name, codes := range of {
		var list []member
		expires := 0
		for _, code := range codes {
			p := b.placed[code]
			if p == nil {
				continue
			}
			expires = earliest(expires, p.expires)
			for i, name := range p.names {
				if name != noName {
					list = append(list, member{rank[name], first[code] + uint32(i)})
				}
			}
		}
		slices.SortFunc(list, func(x, y member) int { return cmp.Or(cmp.Compare(x.name, y.name), cmp.Compare(x.number, y.number)) })
		data, err := encodeScope(list, units, paid, expires)
		if err != nil {
			return err
		}
		out[sectionScope+name] = data
	}
	return nil
}

// people reads the sums of a place that was just laid out.
func (p *placed) people(code string) *people {
	made, err := decodePeople(code, p.section, mostUnits)
	if err != nil {
		panic(err) // encodePeople made what decodePeople does not read
	}
	return made
}

func earliest(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// encodeVillages: uvarint(n), then per village, ascending: code, town, place, its scope as texts, uvarint(people).
func (b *Builder) encodeVillages(codes []string) []byte {
	out := binary.AppendUvarint(nil, uint64(len(codes)))
	for _, code := range codes {
		v := b.villages[code]
		out = section.AppendTexts(out, []string{v.Code, v.Town, v.Place})
		out = section.AppendTexts(out, v.Scope)
		people := 0
		if p := b.placed[code]; p != nil {
			people = len(p.names)
		}
		out = binary.AppendUvarint(out, uint64(people))
	}
	return out
}

// appendEntry: uvarint kind, ref, title, place and village as texts, uvarint(until).
func appendEntry(b []byte, e Entry) []byte {
	b = binary.AppendUvarint(b, uint64(slices.Index(kinds, e.Kind)))
	for _, s := range []string{e.Ref, e.Title, e.Place, e.VillageCode} {
		b = section.AppendText(b, s)
	}
	return binary.AppendUvarint(b, uint64(e.Until))
}

func readEntry(c *section.Cursor) Entry {
	return Entry{
		Kind: kinds[c.Below(len(kinds))], Ref: c.Text(), Title: c.Text(), Place: c.Text(), VillageCode: c.Text(), Until: c.Count(),
	}
}

func decodeVillages(b []byte) ([]Village, error) {
	// They are decoded when an index is opened, which is not to take more memory than there is: this has room for 10,000 villages.
	const most = 1 << 20
	if len(b) > most {
		return nil, fmt.Errorf("search: villages: %d bytes are too many", len(b))
	}
	c := section.Read(b)
	const least = 6
	people := 0
	list := make([]Village, c.Len(least))
	for i := range list {
		texts := c.Texts()
		if c.Err() == nil && len(texts) != 3 {
			c.Fail("%d texts instead of 3", len(texts))
		}
		if c.Err() != nil {
			break
		}
		list[i] = Village{Code: texts[0], Town: texts[1], Place: texts[2], Scope: c.Texts(), people: c.Count()}
		if people += list[i].people; people >= mostItems {
			c.Fail("%d people are too many", people)
		}
		if i > 0 && list[i-1].Code >= list[i].Code {
			c.Fail("villages are not ascending")
		}
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: villages: %w", err)
	}
	return list, nil
}
