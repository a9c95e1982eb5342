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
//	section := uvarint(characters) uvarint(variants) uvarint(pairs) uvarint(bytes of lists)
//	           u32(folded character)×characters variant×variants
//	           u32(pairs before those that begin with it)×characters u16(second)×pairs u32(bytes up to its end)×pairs list×pairs
//	variant := u32(character) u32(folded)
//	list    := uvarint(blocks skipped)×blocks
//
// Characters, and the pairs of each, are ascending; variants are the characters that are not folded, by what they fold to.
// A pair's second is the number of a character, counted from 1, and 0 where a passage ends: so every character of a text is the
// first of a pair. Blocks are counted through all passages, each of which begins a new one.
type Prose struct {
	*Texts
	chars, variants, firsts, seconds, ends, lists []byte

	passageOf  []uint32 // of each block
	firstBlock []uint32 // of each passage
	docOf      []uint32 // of each passage
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
	chars, variants, count, size := c.Len(8), c.Len(8), c.Len(6), c.Len(1)
	p.chars, p.variants, p.firsts = c.Bytes(4*chars), c.Bytes(8*variants), c.Bytes(4*chars)
	p.seconds, p.ends, p.lists = c.Bytes(2*count), c.Bytes(4*count), c.Bytes(size)
	err := c.End()
	if err == nil {
		err = ascend(p.ends, size)
	}
	if err != nil {
		return nil, fmt.Errorf("prose: pairs: %w", err)
	}
	return p, nil
}

// number numbers the blocks.
func (p *Prose) number() {
	passages := p.passages()
	p.firstBlock, p.docOf = make([]uint32, passages), make([]uint32, passages)
	for doc := range p.Len() {
		first, last := span(p.Texts.docs, doc)
		for i := first; i < last; i++ {
			p.docOf[i] = uint32(doc)
		}
	}
	blocks := 0
	for i := range passages {
		p.firstBlock[i] = uint32(blocks)
		blocks += blocksIn(span(p.Texts.ends, i))
	}
	p.passageOf = make([]uint32, 0, blocks)
	for i := range passages {
		for range blocksIn(span(p.Texts.ends, i)) {
			p.passageOf = append(p.passageOf, uint32(i))
		}
	}
}

func blocksIn(from, to int) int { return (to - from + blockSize - 1) / blockSize }

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
	block := uint64(0)
	for i := range t.passages() {
		from, to := span(t.ends, i)
		for at := from; at < to; {
			r, n := t.char(at)
			second := uint64(0)
			if at+n < to {
				next, _ := t.char(at + n)
				second = code[next]
			}
			all = append(all, code[r]<<48|second<<32|block+uint64((at-from)/blockSize))
			at += n
		}
		block += uint64(blocksIn(from, to))
	}
	slices.Sort(all)
	all = slices.Compact(all)

	le := binary.LittleEndian
	firsts, seconds, ends, lists := make([]byte, 4*len(chars)), []byte(nil), []byte(nil), []byte(nil)
	begun := uint64(0)
	for len(all) > 0 {
		pair, skipped := all[0]>>32, uint64(0)
		for begun < pair>>16 {
			le.PutUint32(firsts[4*begun:], uint32(len(seconds)/2))
			begun++
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
	for _, n := range []int{len(chars), len(variants), len(seconds) / 2, len(lists)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	for _, r := range chars {
		b = le.AppendUint32(b, uint32(r))
	}
	for _, v := range variants {
		b = le.AppendUint32(le.AppendUint32(b, uint32(v.char)), uint32(v.fold))
	}
	return slices.Concat(b, firsts, seconds, ends, lists)
}

type variant struct{ char, fold rune }

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
	return p.listAt(low)
}

func (p *Prose) listAt(pair int) []byte {
	from, to := span(p.ends, pair)
	return p.lists[from:to]
}

var errList = errors.New("prose: a list of blocks is damaged")

// decode appends the blocks of a list.
func (p *Prose) decode(out []uint32, list []byte) ([]uint32, error) {
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
	if at > uint64(len(p.passageOf)) {
		return nil, errList
	}
	return out, nil
}
