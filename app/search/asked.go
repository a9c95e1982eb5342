package search

import (
	"strings"
	"unicode"

	"mingbai.local/app/pinyin"
)

// boundary is a space or apostrophe in a query: the letters before it are one character's.
const boundary = ' '

// firstHan is below all Chinese characters, and above all that read gives a meaning of their own.
const firstHan = 0x2E80

// most is the number of characters beyond which no query finds anything.
const most = 64

// asked (键入) is a query's text, ready to be read along names. It is used again by the next query.
type asked struct {
	char, fold []rune
	az         []byte     // the keys (see press): letters, nine-keys and strokes; 0 where there is another character
	nine       bool       // whether there are nine-keys
	readings   [][]string // of characters, for homophones; nil where they were not looked up yet
	// heard are the letters from j as they sound, one to six of them; empty where they were not asked for yet.
	heard [][longestSyllable + 1]string
}

// read takes over a text. Units, which may be nil, know most characters.
func (a *asked) read(text string, units *units) {
	a.char, a.fold, a.az, a.readings, a.heard, a.nine = a.char[:0], a.fold[:0], a.az[:0], a.readings[:0], a.heard[:0], false
	for _, r := range strings.TrimSpace(text) {
		if r >= firstHan {
			if f := units.folded(r); f != 0 {
				a.add(r, f)
				continue
			}
		}
		if press(r) != 0 {
			a.add(r, r)
			continue
		}
		f := pinyin.Fold(r)
		switch {
		case f == 'ü' || f == 'Ü':
			f = 'v'
		case f == '\'' || f == '’' || unicode.IsSpace(r):
			f = boundary
		case !typable(f):
			continue
		}
		a.add(r, f)
	}
}

func (a *asked) add(char, fold rune) {
	key := press(fold)
	if isAZ(fold) {
		key = byte(fold)
	}
	a.nine = a.nine || isNine(key)
	a.char, a.fold, a.az = append(a.char, char), append(a.fold, fold), append(a.az, key)
}

// copyTo makes b the same text.
func (a *asked) copyTo(b *asked) {
	b.char, b.fold, b.az = append(b.char[:0], a.char...), append(b.fold[:0], a.fold...), append(b.az[:0], a.az...)
	b.readings, b.heard, b.nine = b.readings[:0], b.heard[:0], a.nine
}

// endIn changes the last key.
func (a *asked) endIn(key rune) {
	last := len(a.fold) - 1
	a.char[last], a.fold[last], a.az[last] = key, key, press(key)
	if isAZ(key) {
		a.az[last] = byte(key)
	}
	for j := max(0, last+1-longestSyllable); j < len(a.heard); j++ {
		if n := last + 1 - j; n <= longestSyllable {
			a.heard[j][n] = ""
		}
	}
}

// firstLetter returns where the letters begin, -1 without any.
func (a *asked) firstLetter() int {
	for j, c := range a.az {
		if c != 0 {
			return j
		}
	}
	return -1
}

// skip goes over boundaries from j.
func (a *asked) skip(j int) int {
	for j < len(a.fold) && a.fold[j] == boundary {
		j++
	}
	return j
}

// letters returns the letters from j, or the strokes, up to the next other character.
func (a *asked) letters(j int) []byte {
	end := j
	for strokes := j < len(a.az) && isStroke(a.az[j]); end < len(a.az) && a.az[end] != 0 && isStroke(a.az[end]) == strokes; {
		end++
	}
	return a.az[j:end]
}

// readingsOf returns the readings of the character at j.
func (a *asked) readingsOf(j int) []string {
	if len(a.readings) == 0 {
		a.readings = append(a.readings, make([][]string, len(a.fold))...)
	}
	if a.readings[j] == nil {
		a.readings[j] = pinyin.Readings(a.fold[j])
	}
	return a.readings[j]
}

// heardFrom returns n letters from j as they sound.
func (a *asked) heardFrom(j, n int) string {
	if len(a.heard) == 0 {
		a.heard = append(a.heard, make([][longestSyllable + 1]string, len(a.fold))...)
	}
	heard := &a.heard[j][n]
	if *heard == "" {
		*heard = pinyin.Dialect(string(a.az[j : j+n]))
	}
	return *heard
}
