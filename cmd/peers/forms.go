package main

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
)

// Ranks of a match, best first; those of a whole title come before those of its beginning, these before its middle, and this before
// what is said.
const (
	rankExact = iota
	rankVariant
	rankPinyin
	rankInitials
	rankPrefix
	rankSubstring
	rankText // in what is said, not in a title
)

// piece (写法) is one way to write one character, and what it says of the match.
type piece struct {
	text string
	rank int
}

// letter is one character of a title with its pieces, of which a character's own is the first.
type letter struct {
	char, fold rune
	pieces     []piece
}

// lettersOf reads a title. Punctuation is not typed.
func lettersOf(title string, name bool) []letter {
	surname := 0
	var readings [][]string
	if name {
		surname, readings = utf8.RuneCountInString(pinyin.Surname(title)), pinyin.NameReadings(title)
	}
	var out []letter
	for i, r := range []rune(title) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		l := letter{char: r, fold: pinyin.Fold(r)}
		list := pinyin.Readings(r)
		if i < surname {
			list = readings[i]
		}
		if l.fold >= 'a' && l.fold <= 'z' {
			list = []string{string(l.fold)}
		} else {
			l.pieces = append(l.pieces, piece{string(l.fold), rankExact})
		}
		put := func(text string, rank int) {
			if !slices.Contains(l.pieces, piece{text, rank}) {
				l.pieces = append(l.pieces, piece{text, rank})
			}
		}
		for _, s := range list {
			put(s, rankPinyin)
			if len(s) > 1 {
				put(s[:1], rankInitials)
				if len(s) > 2 && s[1] == 'h' && strings.ContainsRune("zcs", rune(s[0])) {
					put(s[:2], rankInitials)
				}
			}
		}
		out = append(out, l)
	}
	return out
}

// typedText (键入) is a text that finds a title: how well, and what can follow, letters and, where no letters are typed,
// characters.
type typedText struct {
	text    string
	rank    int
	letters search.Letters
	next    []rune
}

// add notes another way in which the text finds the title.
func (t *typedText) add(rank int, letters search.Letters, next ...rune) {
	t.rank = min(t.rank, rank)
	t.letters |= letters
	for _, r := range next {
		if !slices.Contains(t.next, r) {
			t.next = append(t.next, r)
		}
	}
}

// typedTexts returns every text of characters, then letters, that finds a title from its letter start on and reads at most
// so many characters of it.
func typedTexts(title []letter, start, most int) []typedText {
	var out []typedText
	index := map[string]int{}
	put := func(text string, rank int, letters search.Letters, next ...rune) {
		if start > 0 {
			rank = rankSubstring
		}
		i, ok := index[text]
		if !ok {
			i = len(out)
			index[text] = i
			out = append(out, typedText{text: text, rank: rank})
		}
		out[i].add(rank, letters, next...)
	}
	var walk func(i int, before string, letters bool, rank int)
	walk = func(i int, before string, letters bool, rank int) {
		if i == len(title) {
			put(before, rank, 0)
			return
		}
		l := &title[i]
		if letters || l.pieces[0].rank > rankExact {
			put(before, rankPrefix, l.firsts())
		} else {
			put(before, rankPrefix, l.firsts(), l.fold)
		}
		if i-start == most {
			return
		}
		for _, p := range l.pieces {
			if p.rank == rankExact {
				if !letters {
					walk(i+1, before+p.text, false, max(rank, l.own()))
				}
				continue
			}
			if p.rank == rankPinyin {
				for n := 1; n < len(p.text); n++ {
					put(before+p.text[:n], rankPrefix, 1<<(p.text[n]-'a'))
				}
			}
			walk(i+1, before+p.text, true, max(rank, p.rank))
		}
	}
	walk(start, "", false, rankExact)
	return out
}

// own is the rank of a letter's own character as it is typed, folded.
func (l *letter) own() int {
	if l.char != l.fold {
		return rankVariant
	}
	return rankExact
}

// form (写全) is a title written out: characters, then a piece of each of the rest.
type form struct {
	text string
	rank int
}

// writtenOut returns the forms of a title from its letter start on that hold letters, at most so many characters long, so that
// whatever finds it with letters is the beginning of one.
func writtenOut(title []letter, start, most int) []form {
	best := map[string]int{}
	put := func(text string, rank int) {
		if start > 0 {
			rank = rankSubstring
		}
		if have, ok := best[text]; !ok || rank < have {
			best[text] = rank
		}
	}
	var walk func(i int, before string, letters bool, rank int)
	walk = func(i int, before string, letters bool, rank int) {
		if i == len(title) || i-start == most {
			if i < len(title) {
				rank = rankPrefix
			}
			if letters {
				put(before, rank)
			}
			return
		}
		for _, p := range title[i].pieces {
			switch {
			case p.rank > rankExact:
				walk(i+1, before+p.text, true, max(rank, p.rank))
			case !letters:
				walk(i+1, before+p.text, false, max(rank, title[i].own()))
			case len(title[i].pieces) == 1: // a digit, which no letter stands for
				put(before, rankPrefix)
			}
		}
	}
	walk(start, "", false, rankExact)
	out := make([]form, 0, len(best))
	for _, text := range sortedKeys(best) {
		out = append(out, form{text, best[text]})
	}
	return out
}

// folded is a title as its characters are compared.
func folded(title []letter) string {
	var b strings.Builder
	for _, l := range title {
		b.WriteRune(l.fold)
	}
	return b.String()
}

// firsts are the letters with which a character can begin.
func (l *letter) firsts() search.Letters {
	mask := search.Letters(0)
	for _, p := range l.pieces {
		if p.text[0] >= 'a' && p.text[0] <= 'z' {
			mask |= 1 << (p.text[0] - 'a')
		}
	}
	return mask
}

// pieces returns every piece of a text without punctuation, of at most so many characters.
func pieces(text string, most int) map[string]bool {
	out := map[string]bool{}
	runes := []rune(pinyin.FoldText(text))
	for i := range runes {
		for n := 0; n < most && i+n < len(runes) && (unicode.IsLetter(runes[i+n]) || unicode.IsDigit(runes[i+n])); n++ {
			out[string(runes[i:i+n+1])] = true
		}
	}
	return out
}
