// Package pinyin says how Chinese text is read aloud, and so how it is typed.
//
// A reading (读音) is one syllable in letters a to z, without its tone where it is typed and with it where it is spoken; ü is
// v, as on every keyboard. A character has one or more, the commonest first, and in a word it has the word's (银行 is hang); as a surname (姓) it may be read differently (单 shan, 仇 qiu), and two characters may be one
// surname (欧阳). Fold and Dialect say what is matched alike though written or spoken differently; what is shown is never
// folded. The tables are those of package reading; all functions are pure and safe for use by many at once.
package pinyin

import (
	"strings"
	"sync"
	"unicode"

	"mingbai.local/assets/reading"
)

const (
	syllableWidth = 7
	entryWidth    = 6 // of a rune in readings.bin and in folds.bin
)

// Readings returns the toneless readings of a character, commonest first, none twice; nil where it has none.
func Readings(r rune) []string {
	list := list(r)
	var out []string
	for i := 0; i < len(list); i += 2 {
		out = appendNew(out, toneless(syllable(int(list[i])|int(list[i+1])<<8)))
	}
	return out
}

// NameReadings returns the readings of each character of a personal name: those of the surname as a surname first, then
// what else the character can be read as.
func NameReadings(name string) [][]string {
	runes := []rune(name)
	out := make([][]string, len(runes))
	surname := surnames()[string(runes[:len([]rune(Surname(name)))])]
	for i, r := range runes {
		if i < len(surname) {
			out[i] = append(out[i], toneless(surname[i]))
		}
		for _, s := range Readings(r) {
			out[i] = appendNew(out[i], s)
		}
	}
	return out
}

// Surname returns the surname of a personal name: its first two characters where they are a compound surname (复姓) and a
// given name follows, else its first character.
func Surname(name string) string {
	runes := []rune(name)
	if len(runes) > 2 {
		two := string(runes[:2])
		if _, ok := surnames()[two]; ok {
			return two
		}
	}
	if len(runes) == 0 {
		return ""
	}
	return string(runes[:1])
}

// Initial returns the consonant or consonants that a syllable starts with (声母): zh of zhang; its first letter where it
// starts with a vowel.
func Initial(syllable string) string {
	if len(syllable) > 1 && syllable[1] == 'h' && strings.IndexByte("zcs", syllable[0]) >= 0 {
		return syllable[:2]
	}
	return syllable[:min(1, len(syllable))]
}

// Fold returns the character that r is matched as: simplified for traditional, the ordinary for a variant or a
// compatibility form, narrow for full-width, lower case for upper.
func Fold(r rune) rune {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	if to := find(reading.Folds(), r); to >= 0 {
		return rune(to)
	}
	if r < unicode.MaxASCII || r > 0xFF00 {
		return unicode.ToLower(r)
	}
	return r
}

// FoldText folds every character of a text.
func FoldText(s string) string { return strings.Map(Fold, s) }

// Dialect returns letters as they sound to someone who does not tell zh from z, ch from c, sh from s, n from l, f from h,
// ing from in, eng from en or ang from an (the county's speech is South-western Mandarin). Two syllables that sound alike there have the
// same result; it is for comparing only.
func Dialect(letters string) string {
	s := letters
	if len(Initial(s)) == 2 {
		s = s[:1] + s[2:]
	}
	switch {
	case strings.HasPrefix(s, "n"):
		s = "l" + s[1:]
	case strings.HasPrefix(s, "f"):
		s = "h" + s[1:]
		// fa, fan, fei, fen and feng are heard as hua, huan, hui, hun and hong.
	case s == "hui" || s == "hun":
		s = "he" + s[2:]
	case strings.HasPrefix(s, "hu") && len(s) > 2:
		s = "h" + s[2:]
	}
	if rest, ok := strings.CutSuffix(s, "g"); ok && strings.HasSuffix(rest, "n") && !strings.HasSuffix(rest, "on") {
		s = rest
	}
	return strings.Replace(s, "v", "u", 1)
}

// Key orders names as a Chinese list does: by the reading of each character, then by the character. Keys compare as bytes;
// the key of a name's beginning is a prefix of the name's key.
func Key(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, readings := range NameReadings(name) {
		if len(readings) > 0 {
			b.WriteString(readings[0])
		} else {
			b.WriteByte('~')
		}
		b.WriteByte(1)
		b.WriteRune(runes[i])
	}
	return b.String()
}

var surnames = sync.OnceValue(func() map[string][]string { return table(reading.Surnames()) })

// table reads lines of a text and its syllables.
func table(csv string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(csv) {
		text, syllables, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ",")
		out[text] = strings.Fields(syllables)
	}
	return out
}

func toneless(syllable string) string { return syllable[:len(syllable)-1] }

// list returns the numbers of r's syllables, two bytes each.
func list(r rune) string {
	table := reading.Readings()
	lists := 2 + syllableWidth*(int(table[0])|int(table[1])<<8) + 3
	size := read24(table, lists-3)
	at := find(table[lists+size:], r)
	if at < 0 {
		return ""
	}
	at += lists
	return table[at+1 : at+1+2*int(table[at])]
}

func syllable(n int) string {
	at := 2 + syllableWidth*n
	return strings.TrimRight(reading.Readings()[at:at+syllableWidth], " ")
}

// find returns the number that stands beside r in a table of ascending runes, or -1.
func find(table string, r rune) int {
	low, high := 0, len(table)/entryWidth
	for low < high {
		mid := (low + high) / 2
		switch c := rune(read24(table, mid*entryWidth)); {
		case c == r:
			return read24(table, mid*entryWidth+3)
		case c < r:
			low = mid + 1
		default:
			high = mid
		}
	}
	return -1
}

func read24(s string, at int) int { return int(s[at]) | int(s[at+1])<<8 | int(s[at+2])<<16 }

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
