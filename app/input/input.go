// Package input is how a name is entered by finger (输入): by pinyin, by nine keys, by the five strokes, by handwriting or by
// turning over what there is, changed at any character.
//
// There are 3 parties. The villager touches a key, a character or a square to write in; the index, asked as a Lexicon, says what
// any beginning of a name leads on to; an Entry is what has been entered so far with all that can be touched next. What is entered
// is one text, the Text of a search.Query: characters that are chosen, and keys of any method that are still open, so that a
// method is only a way of making the text longer, and whoever changes it loses nothing.
//
// What is promised: a key that leads nowhere cannot be touched, so no search ends in nothing by a slip; a character is offered
// with the number of people behind it, what matches exactly before what only sounds alike or is written in another order; every
// character of every name in scope can be reached by browsing, and by pinyin and strokes where it has a reading and strokes that
// are known. Who may be asked for is the Lexicon's to decide: where it answers complete names only, nothing here is counted.
//
// All of it is pure: the same text over the same index offers the same.
package input

import (
	"strings"
	"unicode"

	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
)

// Lexicon (字库) answers queries.
type Lexicon func(q search.Query) search.Answer

// Entry (输入) is what has been entered, and what can come next.
type Entry struct {
	// Text is what has been entered: the Text of a search.Query.
	Text string
	// Answer is what the first scope answers, without hits.
	Answer search.Answer
	more   []search.Answer // of the other scopes
}

// Enter asks what a text leads on to in scopes, of which the first alone is counted: what only others lead on to is offered
// behind it.
func (l Lexicon) Enter(text string, scopes ...search.Query) Entry {
	e := Entry{Text: text}
	for i, q := range scopes {
		q.Text, q.Pad, q.Offset, q.Limit = text, true, 0, 0
		if a := l(q); i == 0 {
			e.Answer = a
		} else {
			e.more = append(e.more, a)
		}
	}
	return e
}

// Next returns the characters that can follow what was entered, each with the number of people behind it, most first.
func (l Lexicon) Next(scope search.Query, prefix string) []search.Key {
	return l.Enter(prefix, scope).Answer.Next
}

// Key (键) is something to touch: what it is, and the text that it makes of what was entered; none where it leads nowhere.
type Key struct {
	Label string
	Text  string
}

// Letters returns the keys a to z.
func (e Entry) Letters() []Key {
	live := e.live()
	list := make([]Key, 0, 26)
	for r := 'a'; r <= 'z'; r++ {
		list = append(list, e.key(string(r), r, live.Has(r)))
	}
	return list
}

// nineKeys are the keys 2 to 9 as they are labelled.
var nineKeys = [...]string{"abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"}

// NineKeys returns the keys 2 to 9 of a nine-key pad (九宫格).
func (e Entry) NineKeys() []Key {
	digits := e.live().Digits()
	list := make([]Key, 0, len(nineKeys))
	for i, label := range nineKeys {
		list = append(list, e.key(label, search.NineKey(2+i), strings.ContainsRune(digits, rune('2'+i))))
	}
	return list
}

// strokes are the five strokes as they are named.
var strokes = [...]string{"横", "竖", "撇", "点", "折"}

// Strokes returns the keys 横竖撇点折.
func (e Entry) Strokes() []Key {
	live := e.live().Strokes()
	list := make([]Key, 0, len(strokes))
	for i, label := range strokes {
		list = append(list, e.key(label, search.Stroke(1+i), strings.ContainsRune(live, rune('1'+i))))
	}
	return list
}

func (e Entry) live() search.Letters {
	live := e.Answer.Letters
	for i := range e.more {
		live |= e.more[i].Letters
	}
	return live
}

func (e Entry) key(label string, press rune, live bool) Key {
	if !live {
		return Key{Label: label}
	}
	return Key{label, e.Text + string(press)}
}

// Candidate (候选字) is a character that can be chosen: that the first open keys stand for, or that follows.
type Candidate struct {
	Char rune
	Text string // what choosing it makes of what was entered
	// People is how many it leads to; 0 where nobody is counted.
	People int
	// Alike says that it only sounds like what was typed, or is written in another order.
	Alike bool
}

// Candidates returns the characters that can be chosen, those with most people first; what is counted before what is not, and
// what matches exactly before all that does not.
func (e Entry) Candidates() []Candidate {
	q := search.Query{Text: e.Text}
	var list []Candidate
	seen := map[string]bool{}
	add := func(char rune, people int, text string, alike bool) {
		// A digit or a letter of some title is none of the characters that names are written with.
		if unicode.Is(unicode.Han, char) && !seen[text] {
			seen[text] = true
			list = append(list, Candidate{char, text, people, alike})
		}
	}
	answers := append([]search.Answer{e.Answer}, e.more...)
	if _, open := Parts(e.Text); open == "" {
		for _, a := range answers {
			for _, k := range a.Next {
				add(k.Char, k.Found, strings.TrimSpace(e.Text)+string(k.Char), false)
			}
		}
		return list
	}
	for _, a := range answers {
		for _, c := range a.Choices {
			add(c.Char, c.Found, q.Choose(c), false)
		}
	}
	for _, a := range answers {
		for _, c := range a.Alike {
			add(c.Char, c.Found, q.Choose(c), true)
		}
	}
	return list
}

// Among returns how many people each character leads to that can follow what was entered: what handwriting is held to. Where
// nobody is counted, every one counts as one.
func (e Entry) Among() map[rune]int {
	among := map[rune]int{}
	for _, a := range append([]search.Answer{e.Answer}, e.more...) {
		for _, k := range a.Next {
			if unicode.Is(unicode.Han, k.Char) {
				among[k.Char] = max(among[k.Char], k.Found, 1)
			}
		}
	}
	return among
}

// Write returns the text with a character behind it.
func (e Entry) Write(char rune) string { return strings.TrimSpace(e.Text) + string(char) }

// Back returns the text without its last character or key.
func (e Entry) Back() string {
	runes := []rune(strings.TrimSpace(e.Text))
	return string(runes[:max(0, len(runes)-1)])
}

// Parts parts a text into what is settled and what is still open: from its first letter, nine-key or stroke on.
func Parts(text string) (settled, open string) {
	at := strings.IndexFunc(text, isKey)
	if at < 0 {
		return text, ""
	}
	return text[:at], text[at:]
}

func isKey(r rune) bool {
	return search.IsStroke(r) || search.IsNineKey(r) || unicode.IsLetter(r) && !unicode.Is(unicode.Han, r)
}

// shownAs are strokes as they are drawn and nine-keys as digits.
var shownAs = strings.NewReplacer(
	"㇐", "一", "㇑", "丨", "㇒", "丿", "㇔", "丶", "㇕", "乙", "②", "2", "③", "3", "④", "4", "⑤", "5", "⑥", "6", "⑦", "7", "⑧", "8", "⑨", "9",
)

// Open returns what is still open as it is to be read: strokes as they are drawn, and nine-keys as the letters of the character
// that is offered first, or as digits.
func (e Entry) Open() string {
	settled, open := Parts(e.Text)
	if list := e.Candidates(); open != "" && len(list) > 0 {
		keys := []rune(open)
		n := len([]rune(e.Text)) - len([]rune(list[0].Text)) + 1 // that stand for the first candidate
		readings := pinyin.NameReadings(settled + string(list[0].Char))
		for _, reading := range readings[len(readings)-1] {
			if n <= len(reading) && n <= len(keys) && stand(keys[:n], reading) {
				open = reading[:n] + string(keys[n:])
				break
			}
		}
	}
	return shownAs.Replace(open)
}

// stand reports whether keys stand for the letters with which a reading begins.
func stand(keys []rune, reading string) bool {
	for i, k := range keys {
		letters := string(k)
		if search.IsNineKey(k) {
			letters = nineKeys[k-search.NineKey(2)]
		}
		if strings.IndexByte(letters, reading[i]) < 0 {
			return false
		}
	}
	return true
}
