// Package stroke says with which of the five strokes (笔画) a Chinese character is written, in their order: 横 1, 竖 2, 撇 3,
// 点 4 and 折 5, as mainland schools teach it. Whoever knows neither pinyin nor a keyboard can still say how a name is written.
//
// strokes.bin is made by tools/strokes from the stroke dictionary of Rime (Debian package rime-data-stroke), and is under the
// GNU LGPL 3 (LGPL-3.txt, GPL-3.txt). It is looked up where it lies. A strokes.bin beside the program is read instead of the
// one inside, so that it can be replaced without building the program again; one of another form is left alone. Integers are
// little-endian.
//
//	strokes.bin  u16 number of blocks; per block of 64 code points that has any character, ascending: u16 code point / 64,
//	             u32 number of characters before it, u32 bits of rest before it, u64 which of the 64 there are
//	             u32 number of characters; per character u8 (strokes - 1) × 5 + first stroke - 1
//	             then the rest of the strokes, the lowest bit of a byte first: 横 00, 竖 01, 点 10, 撇 110, 折 111
//
// It has 75,169 characters: GB 2312, the table of standard characters (规范字) and the traditional characters whole. Of the standard
// ones the dictionary lacks 108 and has 14 with a stroke too many or in the wrong place; these were put together from its
// codes of their parts.
package stroke

import (
	_ "embed"
	"encoding/binary"
	"math/bits"
	"os"
	"path/filepath"
	"sync"
)

//go:embed strokes.bin
var embedded []byte

// kinds is how many strokes there are.
const kinds = 5

// blockSize is the bytes of a block.
const blockSize = 2 + 4 + 4 + 8

// table (笔画表) is strokes.bin in its parts.
type table struct{ blocks, heads, rest []byte }

// First returns the stroke, 1 to 5, with which a character is begun, and false where that is not known.
func First(r rune) (byte, bool) { return current().first(r) }

// Code returns the strokes of a character as digits, empty where they are not known.
func Code(r rune) string { return current().code(r) }

func (t table) first(r rune) (byte, bool) {
	_, nth, ok := t.find(r)
	if !ok {
		return 0, false
	}
	return t.heads[nth]%kinds + 1, true
}

func (t table) code(r rune) string {
	block, nth, ok := t.find(r)
	if !ok {
		return ""
	}
	rest := stream{t.rest, int(binary.LittleEndian.Uint32(block[6:]))}
	for before := int(binary.LittleEndian.Uint32(block[2:])); before < nth; before++ {
		for range t.heads[before] / kinds {
			rest.stroke()
		}
	}
	head := t.heads[nth]
	code := append(make([]byte, 0, 1+head/kinds), '1'+head%kinds)
	for range head / kinds {
		code = append(code, rest.stroke())
	}
	return string(code)
}

// find returns the block of a character and which of all characters it is.
func (t table) find(r rune) (block []byte, nth int, ok bool) {
	low, high := 0, len(t.blocks)/blockSize
	for low < high {
		mid := (low + high) / 2
		block := t.blocks[mid*blockSize:]
		switch number := rune(binary.LittleEndian.Uint16(block)); {
		case number == r>>6:
			there := binary.LittleEndian.Uint64(block[10:])
			before := bits.OnesCount64(there & (1<<(r&63) - 1))
			return block, int(binary.LittleEndian.Uint32(block[2:])) + before, there>>(r&63)&1 != 0
		case number < r>>6:
			low = mid + 1
		default:
			high = mid
		}
	}
	return nil, 0, false
}

// stream (位流) reads strokes from the rest of a table, behind whose end all bits are 0.
type stream struct {
	rest []byte
	at   int
}

func (s *stream) bit() byte {
	i := s.at / 8
	s.at++
	if i >= len(s.rest) {
		return 0
	}
	return s.rest[i] >> ((s.at - 1) % 8) & 1
}

func (s *stream) stroke() byte {
	switch {
	case s.bit() == 0:
		return '1' + s.bit()
	case s.bit() == 0:
		return '4'
	}
	return "35"[s.bit()]
}

// current is the table beside the program, or else the one inside.
var current = sync.OnceValue(func() table {
	if program, err := os.Executable(); err == nil {
		if b, err := os.ReadFile(filepath.Join(filepath.Dir(program), "strokes.bin")); err == nil {
			if t, ok := read(b); ok {
				return t
			}
		}
	}
	t, _ := read(embedded)
	return t
})

// read takes a strokes.bin apart; false where a look-up in it could go wrong.
func read(b []byte) (table, bool) {
	if len(b) < 2 {
		return table{}, false
	}
	size := blockSize * int(binary.LittleEndian.Uint16(b))
	if len(b) < 2+size+4 {
		return table{}, false
	}
	blocks, b := b[2:2+size], b[2+size:]
	count := int(binary.LittleEndian.Uint32(b))
	if len(b)-4 < count {
		return table{}, false
	}
	t := table{blocks, b[4 : 4+count], b[4+count:]}
	before, last := 0, -1
	for ; len(blocks) > 0; blocks = blocks[blockSize:] {
		number := int(binary.LittleEndian.Uint16(blocks))
		if number <= last || int(binary.LittleEndian.Uint32(blocks[2:])) != before {
			return table{}, false
		}
		last = number
		before += bits.OnesCount64(binary.LittleEndian.Uint64(blocks[10:]))
	}
	return t, before == count
}
