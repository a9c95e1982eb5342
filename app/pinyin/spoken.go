package pinyin

import (
	"sync"

	"mingbai.local/assets/reading"
)

// longestWord is how many characters the longest word has whose reading is its own.
const longestWord = 5

// Spoken returns how each character of a text is read aloud in it: one syllable with its tone from 1 to 5, where 5 is none
// (zhang1, lv4, de5), and nothing for what has no reading. A character that is read in several ways is read as in the word it
// stands in, the longest that is known (重点 zhong4, 重写 chong2); tones are those of each syllable by itself.
func Spoken(text string) []string {
	runes := []rune(text)
	out := make([]string, 0, len(runes))
	for len(out) < len(runes) {
		out = append(out, wordAt(runes[len(out):])...)
	}
	return out
}

// SpokenName is Spoken for a personal name: the surname is read as a surname, and what follows it as a given name.
func SpokenName(name string) []string {
	runes := []rune(name)
	surname := []rune(Surname(name))
	out := make([]string, 0, len(runes))
	out = append(out, surnames()[string(surname)]...)
	if len(out) == 0 {
		for _, r := range surname {
			out = append(out, usual(r))
		}
	}
	for _, r := range runes[len(surname):] {
		if s, ok := given()[string(r)]; ok {
			out = append(out, s...)
		} else {
			out = append(out, usual(r))
		}
	}
	return out
}

var (
	words = sync.OnceValue(func() map[string][]string { return table(reading.Words()) })
	given = sync.OnceValue(func() map[string][]string { return table(reading.Given()) })
)

// wordAt returns the syllables of the longest word that a text begins with.
func wordAt(runes []rune) []string {
	for n := min(longestWord, len(runes)); n > 1; n-- {
		if syllables, ok := words()[string(runes[:n])]; ok {
			return syllables
		}
	}
	return []string{usual(runes[0])}
}

// usual is how a character is read where no word says otherwise.
func usual(r rune) string {
	if s, ok := words()[string(r)]; ok {
		return s[0]
	}
	list := list(r)
	if list == "" {
		return ""
	}
	return syllable(int(list[0]) | int(list[1])<<8)
}
