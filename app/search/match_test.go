package search

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mingbai.local/app/pinyin"
	"mingbai.local/assets/stroke"
)

// unitMaker makes the units of titles, each different one once.
type unitMaker struct {
	mu   sync.Mutex
	made map[string]*unit
}

func (u *unitMaker) of(title string, name bool) []*unit {
	surname := 0
	if name {
		surname = len(pinyin.Surname(title))
	}
	out := make([]*unit, 0, len(title)/3)
	u.mu.Lock()
	defer u.mu.Unlock()
	for i, r := range title {
		if typable(r) {
			out = append(out, u.one(title, i, surname))
		}
	}
	return out
}

// one returns the unit of the character at i in a title whose first bytes are a surname.
func (u *unitMaker) one(title string, i, surname int) *unit {
	if u.made == nil {
		u.made = map[string]*unit{}
	}
	r, size := utf8.DecodeRuneInString(title[i:])
	// A surname's characters are read as that surname, so they are told apart from the same characters elsewhere.
	key := title[i : i+size]
	if i < surname {
		key = title[:surname] + key
	}
	made, ok := u.made[key]
	if !ok {
		list := pinyin.Readings(r)
		if i < surname {
			list = pinyin.NameReadings(title)[utf8.RuneCountInString(title[:i])]
		}
		made = newUnit(r, list)
		u.made[strings.Clone(key)] = made
	}
	return made
}

// alikes are all syllables of titles by how they sound.
func alikes(titles []string, names bool) map[string][]string {
	all := map[string][]string{}
	var units unitMaker
	for _, title := range titles {
		for _, u := range units.of(title, names) {
			for k, s := range u.readings {
				if !slices.Contains(all[u.heard[k]], s) {
					all[u.heard[k]] = append(all[u.heard[k]], s)
				}
			}
		}
	}
	return all
}

func newUnit(r rune, readings []string) *unit {
	u := &unit{char: r, fold: pinyin.Fold(r), readings: readings}
	for _, s := range readings {
		u.heard = append(u.heard, pinyin.Dialect(s))
		u.heardInitial = append(u.heardInitial, pinyin.Dialect(pinyin.Initial(s)))
	}
	u.typed()
	return u
}

// typed (键入) is a query's text, ready to be compared.
type typed struct {
	char, fold []rune
	readings   [][]string // of characters, for homophones
}

func read(text string) typed {
	var t typed
	for _, r := range strings.TrimSpace(text) {
		f := pinyin.Fold(r)
		switch {
		case strings.ContainsRune("②③④⑤⑥⑦⑧⑨㇐㇑㇒㇔㇕", r):
		case f == 'ü' || f == 'Ü':
			f = 'v'
		case f == '\'' || f == '’' || unicode.IsSpace(r):
			f = boundary
		case !unicode.IsLetter(f) && !unicode.IsDigit(f):
			continue
		}
		t.char = append(t.char, r)
		t.fold = append(t.fold, f)
		var readings []string
		if !isAZ(f) {
			readings = pinyin.Readings(f)
		}
		t.readings = append(t.readings, readings)
	}
	return t
}

// lettersFrom returns the letters from j up to the next character or boundary.
func (t typed) lettersFrom(j int) string {
	end := j
	for end < len(t.fold) && (isAZ(t.fold[end]) || strings.ContainsRune("②③④⑤⑥⑦⑧⑨", t.fold[end])) {
		end++
	}
	return string(t.fold[j:end])
}

// match (匹配) compares one query with one title after another.
type match struct {
	q       typed
	letters []string                      // lettersFrom(j)
	heard   [][longestSyllable + 1]string // see heardFrom; empty where it is not known yet
	similar bool                          // whether to accept what only sounds alike
	alike   map[string][]string           // all syllables by how they sound, for nine-keys

	anywhere bool
	units    []*unit
	start    int
	best
}

// best is what the ways of matching one title come to.
type best struct {
	rank  int // see the rank constants; noMatch where nothing matched
	why   string
	chars int
	// next are the keys that can follow; chosen the character that the first letters stand for, which end at chosenEnd.
	nextLetters uint32
	nextChars   []*unit
	chosen      rune
	chosenEnd   int
}

func newMatch(q typed) *match {
	m := &match{q: q, letters: make([]string, len(q.fold))}
	for j := range m.letters {
		m.letters[j] = q.lettersFrom(j)
	}
	return m
}

// path is one way of reading the query along a title.
type path struct {
	variant, pinyin, initial bool
	chosenEnd                int // 0 before the first letters
	chosen                   rune
}

// title compares the query with a title, at its beginning or, where anywhere is set, at any character.
func (m *match) title(list []*unit, anywhere bool) bool {
	m.units, m.anywhere = list, anywhere
	m.best = best{rank: noMatch, nextChars: m.nextChars[:0]}
	if len(m.q.fold) > most {
		return false
	}
	last := 0
	if anywhere {
		last = max(0, len(list)-1)
	}
	for m.start = 0; m.start <= last; m.start++ {
		m.walk(m.start, 0, path{})
	}
	return m.rank != noMatch
}

// walk goes on from unit i with the query's j-th rune.
func (m *match) walk(i, j int, p path) {
	for j < len(m.q.fold) && m.q.fold[j] == boundary {
		j++
	}
	if j == len(m.q.fold) {
		m.accept(i, p, true)
		m.follow(i)
		return
	}
	if i == len(m.units) {
		return
	}
	switch r := m.q.fold[j]; {
	case strings.ContainsRune("㇐㇑㇒㇔㇕", r):
		m.walkStrokes(i, j, p)
	case m.letters[j] == "":
		m.walkChar(i, j, p)
	case m.similar && strings.ContainsAny(string(m.q.fold), "②③④⑤⑥⑦⑧⑨"):
		for _, heard := range m.units[i].heard {
			m.walkSyllables(i, j, p, m.alike[heard])
		}
	case m.similar:
		m.walkHeard(i, j, p)
	default:
		m.walkLetters(i, j, p)
	}
}

func (m *match) walkChar(i, j int, p path) {
	u := m.units[i]
	same := u.fold == m.q.fold[j]
	if !same && !(m.similar && common(u.readings, m.q.readings[j])) {
		return
	}
	p.variant = p.variant || u.char != m.q.char[j]
	m.walk(i+1, j+1, p)
}

// walkLetters reads letters as unit i: as a whole syllable, as its initial, or, at the end of the query, as its beginning.
func (m *match) walkLetters(i, j int, p path) {
	m.walkSyllables(i, j, p, m.units[i].readings)
}

func (m *match) walkSyllables(i, j int, p path, syllables []string) {
	u, letters := m.units[i], []rune(m.letters[j])
	for _, s := range syllables {
		n := 0
		for n < len(s) && n < len(letters) && stands(letters[n], rune(s[n])) {
			n++
		}
		if n == 0 {
			continue
		}
		initial := len(pinyin.Initial(s))
		last := 0
		for _, piece := range [...]int{1, initial, len(s)} {
			if piece > n || piece == last {
				continue
			}
			last = piece
			next := p.choose(u, j+piece)
			if piece < len(s) {
				next.initial = true
			} else {
				next.pinyin = true
			}
			m.walk(i+1, j+piece, next)
		}
		if j+n == len(m.q.fold) && n < len(s) {
			if !m.similar {
				m.nextLetters |= 1 << (s[n] - 'a')
			}
			if n != 1 && n != initial {
				next := p.choose(u, j+n)
				next.pinyin = true
				m.accept(i+1, next, false)
			}
		}
	}
}

// heardFrom returns n letters from j as they sound.
func (m *match) heardFrom(j, n int) string {
	if m.heard == nil {
		m.heard = make([][longestSyllable + 1]string, len(m.q.fold))
	}
	heard := &m.heard[j][n]
	if *heard == "" {
		*heard = pinyin.Dialect(m.letters[j][:n])
	}
	return *heard
}

// walkHeard is walkLetters by ear.
func (m *match) walkHeard(i, j int, p path) {
	u := m.units[i]
	if u.sounds&sound(m.letters[j][0]) == 0 {
		return
	}
	for n := 1; n <= min(len(m.letters[j]), longestSyllable); n++ {
		heard := m.heardFrom(j, n)
		atEnd := j+n == len(m.q.fold)
		for k, s := range u.heard {
			whole := heard == s
			next := p.choose(u, j+n)
			next.initial = next.initial || !whole
			switch {
			case whole || n <= 2 && heard == u.heardInitial[k]:
				m.walk(i+1, j+n, next)
			case atEnd && strings.HasPrefix(s, heard):
				m.accept(i+1, next, false)
			}
		}
	}
}

func (p path) choose(u *unit, end int) path {
	if p.chosenEnd == 0 {
		p.chosen, p.chosenEnd = u.char, end
	}
	return p
}

// accept notes that the query was read up to unit i, whole or, in its last syllable, in part.
func (m *match) accept(i int, p path, whole bool) {
	rank, why := rankExact, WhyExact
	switch {
	case m.similar:
		rank, why = rankSimilar, WhySimilar
	case p.initial:
		rank, why = rankInitials, WhyInitials
	case p.pinyin:
		rank, why = rankPinyin, WhyPinyin
	case p.variant:
		rank, why = rankVariant, WhyVariant
	}
	complete := whole && i == len(m.units) && m.start == 0 && !(m.similar && p.initial)
	switch {
	case m.similar && !complete:
		rank = rankSimilarPrefix
	case m.start > 0:
		rank, why = rankSubstring, WhySubstring
	case !complete:
		rank = rankPrefix
	}
	if p.chosenEnd > m.chosenEnd {
		m.chosen, m.chosenEnd = p.chosen, p.chosenEnd
	}
	if rank < m.rank || rank == m.rank && (better(why, m.why) || why == m.why && i-m.start > m.chars) {
		m.rank, m.why, m.chars = rank, why, i-m.start
	}
}

func better(a, b string) bool {
	for _, why := range whys {
		if why == a || why == b {
			return a == why && b != why
		}
	}
	return false
}

// follow notes what can be typed after the query was read up to unit i.
func (m *match) follow(i int) {
	if i == len(m.units) {
		return
	}
	u := m.units[i]
	for _, s := range u.readings {
		m.nextLetters |= 1 << (s[0] - 'a')
	}
	ends := len(m.q.fold) - 1
	if code := stroke.Code(u.char); code != "" && (ends < 0 || !strings.ContainsRune("㇐㇑㇒㇔㇕", m.q.fold[ends])) {
		m.nextLetters |= 1 << (26 + code[0] - '1')
	}
	if isAZ(u.fold) {
		return
	}
	for _, have := range m.nextChars {
		if have.char == u.char {
			return
		}
	}
	m.nextChars = append(m.nextChars, u)
}

// stands reports whether a key that was typed stands for a letter.
func stands(key, letter rune) bool {
	if i := strings.IndexRune("②③④⑤⑥⑦⑧⑨", key); i >= 0 {
		return strings.ContainsRune([]string{"abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"}[i/len("②")], letter)
	}
	return key == letter
}

// walkStrokes reads strokes as those of unit i, from its first on; by ear in nearly their order.
func (m *match) walkStrokes(i, j int, p path) {
	end := j
	var typed []byte
	for end < len(m.q.fold) && strings.ContainsRune("㇐㇑㇒㇔㇕", m.q.fold[end]) {
		typed = append(typed, byte('1'+strings.IndexRune("㇐㇑㇒㇔㇕", m.q.fold[end])/len("㇐")))
		end++
	}
	code := stroke.Code(m.units[i].char)
	if len(code) < len(typed) {
		return
	}
	begins := code[:len(typed)]
	if m.similar && begins != string(typed) {
		begins = code[:min(len(code), len(typed)+2)]
		for _, s := range typed {
			begins = strings.Replace(begins, string(s), "", 1)
		}
		if len(begins) != min(len(code), len(typed)+2)-len(typed) {
			return
		}
	} else if begins != string(typed) {
		return
	}
	next := p.choose(m.units[i], end)
	if len(typed) < len(code) {
		next.initial = true
		if end == len(m.q.fold) && !m.similar {
			m.nextLetters |= 1 << (26 + code[len(typed)] - '1')
		}
	} else {
		next.pinyin = true
	}
	m.walk(i+1, end, next)
}
