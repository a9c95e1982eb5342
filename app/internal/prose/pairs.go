package prose

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// Prose (可查的正文) is texts with the section of pairs:
//
//	section := uvarint(characters) uvarint(variants) uvarint(pairs) uvarint(bytes of lists of characters) uvarint(of pairs)
//	           u32(folded character)×characters variant×variants u32(bytes up to the end of its list)×characters
//	           u32(pairs before those that begin with it)×characters u16(second)×pairs u32(bytes up to the end of its list)×pairs
//	           list×characters list×pairs
//	variant := u32(character) u32(folded)
//	list    := uvarint(documents or blocks that are skipped)×those in the list
//
// Characters, and the pairs of each, are ascending; variants are the characters that are not folded, by what they fold to.
// A pair's second is the number of a character, counted from 1. Blocks are counted through all passages, each of which begins a
// new one. A character has a list of documents, a pair one of the blocks in which its first stands.
type Prose struct {
	*Texts
	chars, variants, charEnds, firsts, seconds, ends, charLists, lists []byte

	// Of each block: its document, and where it begins, in units.
	docOf, beginOf []uint32
}

// maxChars is how many different characters fit a pair's second.
const maxChars = math.MaxUint16 - 1

// Open returns texts that can be searched, given their section of pairs.
func Open(t *Texts, pairs []byte) (*Prose, error) {
	p := &Prose{Texts: t}
	p.number()
	if len(pairs) == 0 && t.passages() == 0 {
		return p, nil
	}
	c := section.Read(pairs)
	chars, variants, count, charSize, size := c.Len(12), c.Len(8), c.Len(6), c.Len(1), c.Len(1)
	p.chars, p.variants, p.charEnds, p.firsts = c.Bytes(4*chars), c.Bytes(8*variants), c.Bytes(4*chars), c.Bytes(4*chars)
	p.seconds, p.ends, p.charLists, p.lists = c.Bytes(2*count), c.Bytes(4*count), c.Bytes(charSize), c.Bytes(size)
	err := c.End()
	if err == nil {
		err = errors.Join(ascend(p.charEnds, charSize), ascend(p.ends, size))
	}
	if err != nil {
		return nil, fmt.Errorf("prose: pairs: %w", err)
	}
	return p, nil
}

// number numbers the blocks.
func (p *Prose) number() {
	blocks := len(p.units)/(2*blockSize) + p.passages()
	p.docOf, p.beginOf = make([]uint32, 0, blocks), make([]uint32, 0, blocks)
	for doc := range p.Len() {
		first, last := span(p.Texts.docs, doc)
		for i := first; i < last; i++ {
			from, to := span(p.Texts.ends, i)
			for ; from < to; from += blockSize {
				p.docOf, p.beginOf = append(p.docOf, uint32(doc)), append(p.beginOf, uint32(from))
			}
		}
	}
}

// passage returns where the passage of a block begins and ends.
func (p *Prose) passage(block uint32) (begin, end int) {
	i, last := span(p.Texts.docs, int(p.docOf[block]))
	for at := int(p.beginOf[block]); i < last; i++ {
		if begin, end = span(p.Texts.ends, i); at < end {
			break
		}
	}
	return begin, end
}

// Check makes the section of pairs again and reports whether it is the one that was opened.
func (p *Prose) Check(pairs []byte) error {
	chars := map[rune]bool{}
	for at := 0; at < len(p.units)/2; {
		r, n := p.char(at)
		chars[r] = true
		at += n
	}
	if len(chars) > maxChars || !bytes.Equal(pairs, appendPairs(nil, p.Texts, chars)) {
		return errors.New("prose: pairs do not belong to the texts")
	}
	return nil
}

// appendPairs appends the section of pairs of texts, in which these characters are written.
func appendPairs(b []byte, t *Texts, written map[rune]bool) []byte {
	chars, variants := fold(written)
	code := make(map[rune]uint64, len(chars)+len(variants))
	for i, r := range chars {
		code[r] = uint64(i + 1)
	}
	for _, v := range variants {
		code[v.char] = code[v.fold]
	}
	// All pairs with their blocks: first, second and block in one number, so that sorting is fast.
	all := make([]uint64, 0, len(t.units)/2)
	docs := make([]list, len(chars)+1) // of each character
	block, doc, left := uint64(0), uint64(0), 0
	for i := range t.passages() {
		for _, left = span(t.docs, int(doc)); left <= i; _, left = span(t.docs, int(doc)) {
			doc++
		}
		from, to := span(t.ends, i)
		for at := from; at < to; {
			r, n := t.char(at)
			first := code[r]
			if l := &docs[first]; l.next <= doc {
				l.bytes = binary.AppendUvarint(l.bytes, doc-l.next)
				l.next = doc + 1
			}
			if at+n < to {
				next, _ := t.char(at + n)
				all = append(all, first<<48|code[next]<<32|block+uint64((at-from)/blockSize))
			}
			at += n
		}
		block += uint64((to - from + blockSize - 1) / blockSize)
	}
	slices.Sort(all)
	all = slices.Compact(all)

	le := binary.LittleEndian
	var charEnds, charLists, firsts, seconds, ends, lists []byte
	for _, l := range docs[1:] {
		charLists = append(charLists, l.bytes...)
		charEnds = le.AppendUint32(charEnds, uint32(len(charLists)))
	}
	for len(all) > 0 {
		pair, skipped := all[0]>>32, uint64(0)
		for uint64(len(firsts)/4) < pair>>16 {
			firsts = le.AppendUint32(firsts, uint32(len(seconds)/2))
		}
		for len(all) > 0 && all[0]>>32 == pair {
			at := all[0] & math.MaxUint32
			lists = binary.AppendUvarint(lists, at-skipped)
			skipped = at + 1
			all = all[1:]
		}
		seconds = le.AppendUint16(seconds, uint16(pair))
		ends = le.AppendUint32(ends, uint32(len(lists)))
	}
	for len(firsts)/4 < len(chars) {
		firsts = le.AppendUint32(firsts, uint32(len(seconds)/2))
	}
	for _, n := range []int{len(chars), len(variants), len(seconds) / 2, len(charLists), len(lists)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	for _, r := range chars {
		b = le.AppendUint32(b, uint32(r))
	}
	for _, v := range variants {
		b = le.AppendUint32(le.AppendUint32(b, uint32(v.char)), uint32(v.fold))
	}
	return slices.Concat(b, charEnds, firsts, seconds, ends, charLists, lists)
}

type variant struct{ char, fold rune }

// list is numbers on their way into a section: next is the least that can follow.
type list struct {
	bytes []byte
	next  uint64
}

// fold returns what characters fold to, ascending, and those of them that are not folded.
func fold(written map[rune]bool) (chars []rune, variants []variant) {
	folded := map[rune]bool{}
	for r := range written {
		f := pinyin.Fold(r)
		folded[f] = true
		if f != r {
			variants = append(variants, variant{r, f})
		}
	}
	for f := range folded {
		chars = append(chars, f)
	}
	slices.Sort(chars)
	slices.SortFunc(variants, func(a, b variant) int {
		if a.fold != b.fold {
			return int(a.fold - b.fold)
		}
		return int(a.char - b.char)
	})
	return chars, variants
}

// code returns the number of a folded character, from 1, and 0 where no text has it.
func (p *Prose) code(fold rune) int {
	low, high := 0, len(p.chars)/4
	for low < high {
		mid := (low + high) / 2
		if r := binary.LittleEndian.Uint32(p.chars[4*mid:]); r == uint32(fold) {
			return mid + 1
		} else if r < uint32(fold) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return 0
}

// varies reports whether a folded character is written otherwise too.
func (p *Prose) varies(fold rune) bool {
	low, high := 0, len(p.variants)/8
	for low < high {
		mid := (low + high) / 2
		if binary.LittleEndian.Uint32(p.variants[8*mid+4:]) < uint32(fold) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low < len(p.variants)/8 && binary.LittleEndian.Uint32(p.variants[8*low+4:]) == uint32(fold)
}

// pairsOf returns the pairs that begin with the character of a number.
func (p *Prose) pairsOf(code int) (from, to int) {
	count := len(p.seconds) / 2
	from, to = int(binary.LittleEndian.Uint32(p.firsts[4*code-4:])), count
	if 4*code < len(p.firsts) {
		to = min(count, int(binary.LittleEndian.Uint32(p.firsts[4*code:])))
	}
	return min(from, to), to
}

// docsOf returns the list of the documents that have the character of a number.
func (p *Prose) docsOf(code int) []byte {
	from, to := span(p.charEnds, code-1)
	return p.charLists[from:to]
}

// list returns where a pair stands; nil where nowhere.
func (p *Prose) list(first, second int) []byte {
	low, end := p.pairsOf(first)
	high := end
	for low < high {
		mid := (low + high) / 2
		if int(binary.LittleEndian.Uint16(p.seconds[2*mid:])) < second {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == end || int(binary.LittleEndian.Uint16(p.seconds[2*low:])) != second {
		return nil
	}
	from, to := span(p.ends, low)
	return p.lists[from:to]
}

var errList = errors.New("prose: a list is damaged")

// decode appends the numbers of a list, all below a limit.
func decode(out []uint32, list []byte, limit int) ([]uint32, error) {
	at := uint64(0)
	for i := 0; i < len(list); {
		skipped := uint64(list[i])
		i++
		if skipped >= 0x80 {
			v, n := binary.Uvarint(list[i-1:])
			if n <= 0 || v > math.MaxUint32 {
				return nil, errList
			}
			skipped = v
			i += n - 1
		}
		at += skipped
		out = append(out, uint32(at))
		at++
	}
	if at > uint64(limit) {
		return nil, errList
	}
	return out, nil
}
