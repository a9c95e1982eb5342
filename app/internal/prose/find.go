package prose

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai.local/app/pinyin"
)

// Match (命中) is a document in which a piece stands.
type Match struct {
	Doc   int
	block uint32 // in which, or before which, the first match begins
}

// anyBlock is where a character stands, of which only documents are known.
const anyBlock = math.MaxUint32

// Excerpt (摘句) is the sentence around a match, as it was written, and where in it the match stands, in bytes.
type Excerpt struct {
	Text     string
	From, To int
}

// Search (查找) finds one piece after another, in the same memory.
type Search struct {
	p     *Prose
	piece []rune // folded
	// The longest run of characters of the piece that are written in one way only, as it stands in the texts.
	needle     []byte
	run, after int // where in the piece it begins and ends
	lists      []pairList
	blocks     []uint32
	other      []uint32
	others     []uint64
	matches    []Match
	touched    byte // of no meaning: what is read ahead must be used
}

// pairList is where two neighbours stand, the first of which is the at-th character of the piece.
type pairList struct {
	at   int
	list []byte
}

// Find returns the documents that are wanted and hold a piece of text, in their order. What it returns is good until the next
// Find.
func (s *Search) Find(p *Prose, piece string, wanted func(doc int) bool) ([]Match, error) {
	s.p, s.piece, s.matches = p, s.piece[:0], s.matches[:0]
	for _, r := range strings.TrimSpace(piece) {
		s.piece = append(s.piece, pinyin.Fold(r))
	}
	if len(s.piece) == 0 || len(s.piece) > Longest {
		return nil, nil
	}
	if len(s.piece) == 1 {
		return s.findOne(wanted)
	}
	s.lists = s.lists[:0]
	first := p.code(s.piece[0])
	for i, r := range s.piece[1:] {
		second := p.code(r)
		if first == 0 || second == 0 {
			return nil, nil
		}
		list := p.list(first, second)
		if list == nil {
			return nil, nil
		}
		s.lists = append(s.lists, pairList{i, list})
		first = second
	}
	if err := s.narrow(); err != nil {
		return nil, err
	}
	pair := s.lists[0].at
	quick := !s.p.varies(s.piece[pair]) && !s.p.varies(s.piece[pair+1]) && s.piece[pair] <= 0xFFFF && s.piece[pair+1] <= 0xFFFF
	if !quick {
		s.compile()
	}
	last := -1
	for i, b := range s.blocks {
		if i%ahead == 0 && len(s.piece) > 2 {
			s.touch(s.blocks[i:min(i+ahead, len(s.blocks))])
		}
		doc := int(p.docOf[b])
		if doc == last || !wanted(doc) {
			continue
		}
		if len(s.piece) > 2 && (quick && !s.around(b, pair) || !quick && !s.near(b, pair)) {
			continue
		}
		last = doc
		s.matches = append(s.matches, Match{doc, b})
	}
	return s.matches, nil
}

// Blocks lie far apart, and looking through one takes less time than waiting for it to come from memory. So as many as this
// are asked for together, the first of each document, since most often it is enough.
const ahead = 16

func (s *Search) touch(blocks []uint32) {
	p, doc := s.p, uint32(math.MaxUint32)
	for _, b := range blocks {
		if p.docOf[b] == doc {
			continue
		}
		doc = p.docOf[b]
		at := 2 * int(p.beginOf[b])
		s.touched += p.units[at] + p.units[min(at+2*blockSize, len(p.units))-1]
	}
}

// findOne finds a single character.
func (s *Search) findOne(wanted func(doc int) bool) ([]Match, error) {
	code := s.p.code(s.piece[0])
	if code == 0 {
		return nil, nil
	}
	var err error
	if s.blocks, err = decode(s.blocks[:0], s.p.docsOf(code), s.p.Len()); err != nil {
		return nil, err
	}
	for _, doc := range s.blocks {
		if wanted(int(doc)) {
			s.matches = append(s.matches, Match{int(doc), anyBlock})
		}
	}
	return s.matches, nil
}

// A block is looked through in about the time in which so many bytes of a list are decoded.
const worth = 4

// narrow leaves the blocks in which the piece can stand: those of its rarest pair, first in lists, that have the other pairs
// too, as far as decoding their lists costs less than looking through the blocks.
func (s *Search) narrow() error {
	slices.SortStableFunc(s.lists, func(a, b pairList) int { return len(a.list) - len(b.list) })
	var err error
	if s.blocks, err = decode(s.blocks[:0], s.lists[0].list, len(s.p.beginOf)); err != nil {
		return err
	}
	// Whether there is a block, a bit each, for what stands in the others; a word more, so that two can always be read.
	words := len(s.p.beginOf)/64 + 2
	s.others = slices.Grow(s.others[:0], words)[:words]
	for _, l := range s.lists[1:] {
		if len(l.list) > worth*len(s.blocks) {
			break
		}
		if s.other, err = decode(s.other[:0], l.list, len(s.p.beginOf)); err != nil {
			return err
		}
		clear(s.others)
		for _, b := range s.other {
			s.others[b/64] |= 1 << (b % 64)
		}
		// A later character stands in the same block or in one of the next, an earlier one in the same or in one before.
		far := l.at - s.lists[0].at
		reach := (blockSize - 1 + 2*max(far, -far)) / blockSize
		back := 0
		if far < 0 {
			back = reach
		}
		kept := 0
		for _, b := range s.blocks {
			from := max(0, int(b)-back)
			near := s.others[from/64]>>(from%64) | s.others[from/64+1]<<(64-from%64)
			s.blocks[kept] = b
			if near&(2<<(int(b)-back+reach-from)-1) != 0 {
				kept++
			}
		}
		s.blocks = s.blocks[:kept]
	}
	return nil
}

// compile prepares for looking through texts.
func (s *Search) compile() {
	s.run, s.after = 0, 0
	from := 0
	for i, r := range s.piece {
		if r > 0xFFFF || s.p.varies(r) {
			from = i + 1
		} else if i+1-from > s.after-s.run {
			s.run, s.after = from, i+1
		}
	}
	s.needle = s.needle[:0]
	for _, r := range s.piece[s.run:s.after] {
		s.needle = binary.LittleEndian.AppendUint16(s.needle, uint16(r))
	}
}

// around reports whether the piece stands around its pair somewhere in block b. Both characters of the pair are written in one
// way only, and take a unit each.
func (s *Search) around(b uint32, pair int) bool {
	p := s.p
	from := int(p.beginOf[b])
	to := min(from+blockSize, len(p.units)/2-1)
	// Four places are looked at together: a half of ones that becomes zero is the pair.
	const low, high = 1<<32 | 1, 1<<63 | 1<<31
	want := (uint64(s.piece[pair]) | uint64(s.piece[pair+1])<<16) * low
	at := from
	for ; at+4 < to; at += 4 {
		even := binary.LittleEndian.Uint64(p.units[2*at:]) ^ want
		odd := binary.LittleEndian.Uint64(p.units[2*at+2:]) ^ want
		if ((even-low)&^even|(odd-low)&^odd)&high != 0 && s.among(at, at+4, uint32(want), b, pair) {
			return true
		}
	}
	return s.among(at, to, uint32(want), b, pair)
}

// among reports whether the piece stands around its pair between two places of a block.
func (s *Search) among(from, to int, want uint32, b uint32, pair int) bool {
	for at := from; at < to; at++ {
		if binary.LittleEndian.Uint32(s.p.units[2*at:]) != want {
			continue
		}
		begin, end := s.p.passage(b)
		if _, ok := s.sameBefore(s.piece[:pair], at, begin); ok && at+1 < end {
			if _, ok := s.same(s.piece[pair+2:], at+2, end); ok {
				return true
			}
		}
	}
	return false
}

// near reports whether the piece stands where its character at is in block b, or in one near it.
func (s *Search) near(b uint32, at int) bool {
	begin, end := s.p.passage(b)
	start := int(s.p.beginOf[b])
	// A character takes up to two units.
	from, _ := s.index(max(begin, start-2*at), min(end, start+blockSize+2*len(s.piece)), begin, end)
	return from >= 0
}

// index returns where the first match between from and to begins and ends, within a passage; -1 where there is none.
func (s *Search) index(from, to, begin, end int) (first, last int) {
	if len(s.needle) == 0 {
		for at := from; at < to; {
			if last, ok := s.same(s.piece, at, end); ok {
				return at, last
			}
			_, n := s.p.char(at)
			at += n
		}
		return -1, -1
	}
	units := s.p.units[:2*to]
	for at := 2 * from; ; at++ {
		i := bytes.Index(units[at:], s.needle)
		if i < 0 {
			return -1, -1
		}
		if at += i; at%2 != 0 {
			continue
		}
		first, ok := s.sameBefore(s.piece[:s.run], at/2, begin)
		if !ok {
			continue
		}
		if last, ok := s.same(s.piece[s.after:], at/2+len(s.needle)/2, end); ok {
			return first, last
		}
	}
}

// same reports whether folded characters stand at a unit, and where they end.
func (s *Search) same(piece []rune, at, end int) (int, bool) {
	for _, r := range piece {
		if at >= end {
			return 0, false
		}
		if s.unit(at) == r { // which is folded already
			at++
			continue
		}
		f, n := s.p.fold(at)
		if f != r {
			return 0, false
		}
		at += n
	}
	return at, true
}

// sameBefore reports whether folded characters stand before a unit, and where they begin.
func (s *Search) sameBefore(piece []rune, at, begin int) (int, bool) {
	for i := len(piece) - 1; i >= 0; i-- {
		if at <= begin {
			return 0, false
		}
		at--
		if s.unit(at) == piece[i] {
			continue
		}
		f, _ := s.p.fold(at)
		if f == utf8.RuneError && at > begin {
			if wide, n := s.p.fold(at - 1); n == 2 {
				f = wide
				at--
			}
		}
		if f != piece[i] {
			return 0, false
		}
	}
	return at, true
}

// The characters of an excerpt, at most.
const excerptChars = 60

// Excerpt returns the sentence around the first match in a document that the last Find returned.
func (s *Search) Excerpt(m Match) Excerpt {
	s.compile()
	p, at := s.p, 0
	if m.block != anyBlock {
		at = int(p.beginOf[m.block]) - 2*len(s.piece)
	}
	first, last := span(p.Texts.docs, m.Doc)
	for passage := first; passage < last; passage++ {
		begin, end := span(p.Texts.ends, passage)
		if from, to := s.index(max(begin, min(at, end)), end, begin, end); from >= 0 {
			return s.cut(from, to, begin, end)
		}
	}
	return Excerpt{}
}

// cut cuts the sentence around a match out of its passage.
func (s *Search) cut(from, to, begin, end int) Excerpt {
	left, right := from, to
	for left > begin && !endsSentence(s.unit(left-1)) {
		left--
	}
	for left < from && (s.unit(left) == '　' || s.unit(left) == ' ') {
		left++
	}
	for right < end && s.unit(right) != '\n' {
		right++
		if endsSentence(s.unit(right - 1)) {
			break
		}
	}
	// Where the sentence is too long, the match stands in the middle, unless one side has less than its half.
	spare := max(0, excerptChars-(to-from))
	before, after := from-left, right-to
	if before+after > spare {
		half := spare / 2
		before, after = min(before, max(half, spare-after)), min(after, max(spare-half, spare-before))
	}
	head, tail := "", ""
	if from-before > left {
		left, head = from-before, "…"
		if isLow(s.unit(left)) {
			left++
		}
	}
	if to+after < right {
		right, tail = to+after, "…"
		if isLow(s.unit(right)) {
			right--
		}
	}
	b := s.p.text([]byte(head), left, from)
	x := Excerpt{From: len(b)}
	b = s.p.text(b, from, to)
	x.To = len(b)
	x.Text = string(append(s.p.text(b, to, right), tail...))
	return x
}

func (s *Search) unit(at int) rune { return rune(binary.LittleEndian.Uint16(s.p.units[2*at:])) }

func isLow(u rune) bool { return u >= 0xDC00 && u <= 0xDFFF }

func endsSentence(u rune) bool {
	switch u {
	case '。', '！', '？', '；', '\n':
		return true
	}
	return false
}
