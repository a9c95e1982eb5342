package search

import (
	"slices"

	"mingbai.local/assets/stroke"
)

// A query's text may have keys beside letters, each of which is one character of it:
//
//	②③④⑤⑥⑦⑧⑨  of a nine-key pad (九宫格), which stand for any of their letters and are read as letters are
//	㇐㇑㇒㇔㇕      the five strokes (笔画): as many of a character's as are typed, from the first; what follows is of the next
//
// Strokes in nearly the order in which a character is written match as what sounds alike does, where nothing matches exactly.
const (
	nineKeys = "②③④⑤⑥⑦⑧⑨"
	strokes  = "㇐㇑㇒㇔㇕"
)

// NineKey returns the key 2 to 9 of a nine-key pad as a query has it.
func NineKey(digit int) rune { return []rune(nineKeys)[digit-2] }

// Stroke returns the stroke 1 to 5 (横竖撇点折) as a query has it.
func Stroke(number int) rune { return []rune(strokes)[number-1] }

// IsStroke reports whether a character of a query's text is a stroke.
func IsStroke(r rune) bool { return isStroke(press(r)) }

// IsNineKey reports whether a character of a query's text is a key of a nine-key pad.
func IsNineKey(r rune) bool { return isNine(press(r)) }

// The kinds of keys as asked has them: a letter is itself, a nine-key is an upper-case letter, a stroke is a digit.
func isStroke(key byte) bool { return key >= '1' && key <= '5' }

func isNine(key byte) bool { return key >= 'B' && key <= 'I' }

// keys is how many keys Letters can say of that they lead on: the letters, and behind them the strokes.
const keys = letterKeys + kindsOfStroke

const (
	letterKeys    = 26
	kindsOfStroke = 5
)

// press returns which key a character of a query is, 0 where it is none but perhaps a letter.
func press(r rune) byte {
	switch r {
	case '②', '③', '④', '⑤', '⑥', '⑦', '⑧', '⑨':
		return 'B' + byte(r-'②')
	case '㇐', '㇑', '㇒':
		return '1' + byte(r-'㇐')
	case '㇔', '㇕':
		return '4' + byte(r-'㇔')
	}
	return 0
}

// keyRune returns the i-th of all keys.
func keyRune(i int) rune {
	if i < letterKeys {
		return rune('a' + i)
	}
	return Stroke(i - letterKeys + 1)
}

// presses are, by key, the bits of what it stands for, and hears how letters of it sound.
var presses, hears = func() (presses, hears [128]uint32) {
	for c := byte('a'); c <= 'z'; c++ {
		presses[c], hears[c] = 1<<(c-'a'), sound(c)
	}
	for i, letters := range nineKeyLetters {
		for c := byte('a'); c <= 'z'; c++ {
			if key := 'B' + byte(i); letters.Has(rune(c)) {
				presses[key], hears[key] = presses[key]|presses[c], hears[key]|hears[c]
			}
		}
	}
	for i := range byte(kindsOfStroke) {
		presses['1'+i] = 1 << (letterKeys + i)
	}
	return presses, hears
}()

// nineKeyLetters are the letters of the keys 2 to 9.
var nineKeyLetters = [...]Letters{7, 7 << 3, 7 << 6, 7 << 9, 7 << 12, 15 << 15, 7 << 19, 15 << 22}

// Digits returns the digits of a nine-key pad (九宫格) that hold one of the letters, in their order.
func (l Letters) Digits() string {
	var b []byte
	for i, key := range nineKeyLetters {
		if l&key != 0 {
			b = append(b, byte('2'+i))
		}
	}
	return string(b)
}

// Strokes returns the numbers of the strokes (笔画: 横 1, 竖 2, 撇 3, 点 4, 折 5) of the set, in their order.
func (l Letters) Strokes() string {
	var b []byte
	for i := range byte(kindsOfStroke) {
		if l>>(letterKeys+i)&1 != 0 {
			b = append(b, '1'+i)
		}
	}
	return string(b)
}

// firstStroke returns the bit of the stroke with which a character begins.
func firstStroke(char rune) uint32 {
	first, ok := stroke.First(char)
	if !ok {
		return 0
	}
	return 1 << (letterKeys + first - 1)
}

// leads are the keys that can begin another character behind what was typed: a stroke more is of the same.
func (a *asked) leads() Letters {
	if n := len(a.az); n > 0 && isStroke(a.az[n-1]) {
		return 1<<letterKeys - 1
	}
	return 1<<keys - 1
}

// codes returns the strokes of each unit, in their order.
func (u *units) codes() []string {
	u.strokes.Do(func() {
		u.code = make([]string, len(u.list))
		for i := range u.list {
			u.code[i] = stroke.Code(u.list[i].char)
		}
	})
	return u.code
}

// early returns the bits of the strokes with which a unit can be begun in nearly its order.
func (u *units) early(number int) uint32 {
	code, bits := u.codes()[number], uint32(0)
	for i := range min(1+ahead, len(code)) {
		bits |= presses[code[i]]
	}
	return bits
}

// alikes returns the syllables of the units by how they sound.
func (u *units) alikes() map[string][]string {
	u.sounding.Do(func() {
		u.alike = map[string][]string{}
		seen := map[string]bool{}
		for i := range u.list {
			one := &u.list[i]
			for k, s := range one.readings {
				if !seen[s] {
					seen[s] = true
					u.alike[one.heard[k]] = append(u.alike[one.heard[k]], s)
				}
			}
		}
	})
	return u.alike
}

// written reads strokes from state s as those of unit u.
func (w *walker) written(s state, number int, lo, hi, base int) {
	j := int(s.j)
	typed := w.letters(j)
	code := w.units.codes()[number]
	if len(code) < len(typed) || !w.sameStrokes(code, typed) {
		return
	}
	next := s.choosing(j + len(typed))
	if len(typed) < len(code) {
		next.initial = true
		if j+len(typed) == len(w.fold) && w.next != nil && !w.similar {
			w.next.letters(Letters(presses[code[len(typed)]]), lo, hi)
		}
	} else {
		next.pinyin = true
	}
	w.add(base, next, j+len(typed))
}

// ahead is by how many strokes a stroke may come too early: who writes all 横 of 王 first has one too early, who begins 忄 with 竖
// has two.
const ahead = 2

// sameStrokes reports whether a code begins with what was typed, where similar is set in nearly that order.
func (w *walker) sameStrokes(code string, typed []byte) bool {
	if code[:len(typed)] == string(typed) {
		return true
	}
	if !w.similar {
		return false
	}
	var left [kindsOfStroke]int
	for _, c := range code[:min(len(typed)+ahead, len(code))] {
		left[c-'1']++
	}
	for _, c := range typed {
		left[c-'1']--
	}
	return slices.Min(left[:]) >= 0
}
