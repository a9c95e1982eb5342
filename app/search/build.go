package search

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// The names of the sections. Each village's people have one of their own, named by its code.
const (
	sectionVillages = "villages"
	sectionNames    = "names"
	sectionEntries  = "entries"
	sectionPeople   = "people/"
)

// Builder (编者) collects what an Index will answer from. The zero Builder is empty.
type Builder struct {
	villages map[string]Village
	names    map[string][]string // villages by folded complete name
	entries  []Entry
	sections map[string][]byte
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
		b.sections, b.names = map[string][]byte{}, map[string][]string{}
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
		name := pinyin.FoldText(p.Name)
		if at := b.names[name]; len(at) == 0 || at[len(at)-1] != village {
			b.names[name] = append(at, village)
		}
	}
	if _, ok := b.villages[village]; !ok {
		b.Village(Village{Code: village, Scope: []string{village}})
	}
	b.sections[sectionPeople+village] = encodePeople(list)
	return nil
}

// Entry adds something with a title.
func (b *Builder) Entry(e Entry) { b.entries = append(b.entries, e) }

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
	out[sectionEntries] = encodeEntries(b.entries)
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

// encodeNames: u32 n; n × u32 where each name begins, counted from the end of these; then the names, ascending: text,
// uvarint(number of villages) and each as uvarint index into the villages.
func (b *Builder) encodeNames(codes []string) []byte {
	index := make(map[string]uint64, len(codes))
	for i, code := range codes {
		index[code] = uint64(i)
	}
	sorted := slices.Sorted(maps.Keys(b.names))
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(sorted)))
	var body []byte
	for _, name := range sorted {
		head = binary.LittleEndian.AppendUint32(head, uint32(len(body)))
		body = section.AppendText(body, name)
		body = binary.AppendUvarint(body, uint64(len(b.names[name])))
		at := make([]uint64, len(b.names[name]))
		for i, village := range b.names[name] {
			at[i] = index[village]
		}
		slices.Sort(at)
		for _, n := range at {
			body = binary.AppendUvarint(body, n)
		}
	}
	return append(head, body...)
}

// encodeEntries: uvarint(n), then per entry: uvarint kind, ref, title, place and village as texts, aliases as texts,
// varint(year), uvarint(until).
func encodeEntries(list []Entry) []byte {
	out := binary.AppendUvarint(nil, uint64(len(list)))
	for _, e := range list {
		out = binary.AppendUvarint(out, uint64(slices.Index(kinds, e.Kind)))
		for _, s := range []string{e.Ref, e.Title, e.Place, e.VillageCode} {
			out = section.AppendText(out, s)
		}
		out = section.AppendTexts(out, e.Aliases)
		out = binary.AppendVarint(out, e.Year)
		out = binary.AppendUvarint(out, uint64(e.Until))
	}
	return out
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
		list[i] = Entry{
			Kind: kinds[c.Below(len(kinds))], Ref: c.Text(), Title: c.Text(), Place: c.Text(), VillageCode: c.Text(),
			Aliases: c.Texts(), Year: c.Int(), Until: c.Count(),
		}
		if c.Err() != nil {
			break
		}
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: entries: %w", err)
	}
	return list, nil
}

// names (姓名表) is the section of complete names, looked up where it lies.
type names []byte

func (n names) len() (int, error) {
	if len(n) < 4 {
		return 0, fmt.Errorf("search: names: %d bytes", len(n))
	}
	count := binary.LittleEndian.Uint32(n)
	if uint64(count) > uint64(len(n)-4)/4 {
		return 0, fmt.Errorf("search: names: %d do not fit", count)
	}
	return int(count), nil
}

// at returns the i-th name and the villages where it occurs.
func (n names) at(i, count, villages int) (string, []int, error) {
	body := n[4+4*count:]
	start := binary.LittleEndian.Uint32(n[4+4*i:])
	if uint64(start) > uint64(len(body)) {
		return "", nil, fmt.Errorf("search: names: name %d begins outside", i)
	}
	c := section.Read(body[start:])
	name := c.Text()
	list := make([]int, c.Len(1))
	for k := range list {
		list[k] = c.Below(villages)
	}
	if err := c.Err(); err != nil {
		return "", nil, fmt.Errorf("search: names: name %d: %w", i, err)
	}
	return name, list, nil
}

// find returns the indexes of the villages where a folded complete name occurs.
func (n names) find(name string, villages int) ([]int, error) {
	count, err := n.len()
	if err != nil {
		return nil, err
	}
	low, high := 0, count
	for low < high {
		mid := (low + high) / 2
		got, list, err := n.at(mid, count, villages)
		switch {
		case err != nil:
			return nil, err
		case got == name:
			return list, nil
		case got < name:
			low = mid + 1
		default:
			high = mid
		}
	}
	return nil, nil
}
