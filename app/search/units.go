package search

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// unit (字位) is one character of a name or title as it can be typed.
type unit struct {
	char, fold   rune
	readings     []string
	heard        []string // the readings in dialect
	heardInitial []string
	letters      uint32 // with which the readings begin, and the stroke with which it is begun
	sounds       uint32 // and with which they begin by ear
	silent       bool   // punctuation, which nobody types
	slot         int32  // the number of the folded character among those of an alphabet
}

// sound returns the bit of the letter that a syllable of this first letter begins with by ear (see pinyin.Dialect).
func sound(letter byte) uint32 {
	switch letter {
	case 'n':
		letter = 'l'
	case 'f':
		letter = 'h'
	}
	return 1 << (letter - 'a')
}

// begins returns the bits of the letters with which readings begin.
func begins(readings []string) uint32 {
	letters := uint32(0)
	for _, s := range readings {
		letters |= 1 << (s[0] - 'a')
	}
	return letters
}

func isAZ(r rune) bool { return r >= 'a' && r <= 'z' }

func typable(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// primary returns what a character of a name is sorted by: its first reading, or ~ where it has none (see pinyin.Key).
func primary(readings []string) string {
	if len(readings) == 0 {
		return "~"
	}
	return readings[0]
}

// unitKey is what tells units apart: the same character is another unit where it is read differently as a surname.
type unitKey struct {
	char    rune
	primary string
}

// alphabet (字表) collects the units of all names. Their numbers are those of first use until sorted gives the final ones.
type alphabet struct {
	at   map[unitKey]uint32
	list []unitText
}

// unitText is a unit as it is stored.
type unitText struct {
	unitKey
	readings []string
}

const mostUnits = 1 << unitBits

// mostChars is how many units an alphabet has at most: more than there are Han characters, and no more than fit the memory that
// decoding them may take.
const mostChars = 1 << 17

// units returns the numbers of the characters of a name, or of a title that is read as any text.
func (a *alphabet) units(text string, name bool) ([]uint32, error) {
	runes := []rune(text)
	out := make([]uint32, len(runes))
	var of [][]string
	surname := 0
	if name {
		if surname = len([]rune(pinyin.Surname(text))); surname > 0 {
			of = pinyin.NameReadings(text)
		}
	}
	for i, r := range runes {
		var readings []string
		if i < surname {
			readings = of[i]
		} else {
			readings = pinyin.Readings(r)
		}
		key := unitKey{r, primary(readings)}
		n, ok := a.at[key]
		if !ok {
			if len(a.list) == mostChars {
				return nil, fmt.Errorf("search: more than %d characters", mostChars)
			}
			if a.at == nil {
				a.at = map[unitKey]uint32{}
			}
			n = uint32(len(a.list))
			a.at[key] = n
			a.list = append(a.list, unitText{key, readings})
		}
		out[i] = n
	}
	return out, nil
}

// typed returns the final numbers of the characters of a title that can be typed. All of them have one.
func (a *alphabet) typed(title string, final []uint32) []uint32 {
	units := make([]uint32, 0, len(title)/3)
	for _, r := range title {
		if typable(r) {
			units = append(units, final[a.at[unitKey{r, primary(pinyin.Readings(r))}]])
		}
	}
	return units
}

// sorted returns the final numbers of the units by the first ones: in the order of names, so that sorted names have ascending
// units at each character.
func (a *alphabet) sorted() (final []uint32) {
	order := make([]uint32, len(a.list))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int {
		p, q := &a.list[x], &a.list[y]
		return cmp.Or(strings.Compare(p.primary, q.primary), cmp.Compare(p.char, q.char))
	})
	final = make([]uint32, len(order))
	list := make([]unitText, len(order))
	for to, from := range order {
		final[from] = uint32(to)
		list[to] = a.list[from]
	}
	a.list = list
	return final
}

// encode lays the units out in their order: texts(syllables) uvarint(n), then per unit uvarint(character), uvarint(number of
// readings), and each as uvarint index into the syllables, which stand in order of first use.
func encodeUnits(list []unitText) []byte {
	var syllables terms
	var body []byte
	for _, u := range list {
		body = binary.AppendUvarint(body, uint64(u.char))
		body = binary.AppendUvarint(body, uint64(len(u.readings)))
		for _, s := range u.readings {
			body = binary.AppendUvarint(body, syllables.index(s))
		}
	}
	out := section.AppendTexts(nil, syllables.list)
	out = binary.AppendUvarint(out, uint64(len(list)))
	return append(out, body...)
}

// units (字表) are the units of an index, in the order of names, and where those of one folded character stand.
type units struct {
	list   []unit
	slots  int
	byFold []uint32 // numbers of units by folded character, then ascending
	begin  []begin
	runes  runes
	silent []uint32
	// What only some methods of typing need, made when it is first asked for: the strokes of each unit, and all syllables by sound.
	strokes, sounding sync.Once
	code              []string
	alike             map[string][]string
}

// begin (起头) is what units can begin with, apart from all else so that many are looked through fast. What is silent begins
// with everything.
type begin struct{ letters, sounds uint32 }

// runes (字索引) is a table of characters, looked up by their hash. It has room for more than 2 for each unit.
type runes struct {
	at    []runeAt
	shift uint
}

// runeAt is what is known of a character: what it is folded to, 0 where no unit is written so, and which of byFold are written
// so once folded.
type runeAt struct {
	r, fold  rune
	from, to uint32
}

func newRunes(size int) runes {
	n := uint(bits.Len(uint(2*size + 1)))
	return runes{make([]runeAt, 1<<n), 32 - n}
}

// slot returns where a character stands, or would.
func (t *runes) slot(r rune) *runeAt {
	const golden = 0x9E3779B1
	for i := uint32(r) * golden >> t.shift; ; i = (i + 1) & uint32(len(t.at)-1) {
		if at := &t.at[i]; at.r == r || at.r == 0 {
			return at
		}
	}
}

// longestSyllable is the length of zhuang.
const longestSyllable = 6

func decodeUnits(b []byte) (*units, error) {
	c := section.Read(b)
	syllables := readTerms(c)
	heard, initials := make([]string, len(syllables)), make([]string, len(syllables))
	for i, s := range syllables {
		if s == "" || !isAZ(rune(s[0])) || len(s) > longestSyllable {
			c.Fail("%q is no syllable", s)
			break
		}
		heard[i], initials[i] = pinyin.Dialect(s), pinyin.Dialect(pinyin.Initial(s))
	}
	n := c.Len(2)
	if n > mostChars {
		c.Fail("%d units", n)
		n = 0
	}
	u := &units{list: make([]unit, n)}
	// One piece of memory for the readings of all: a character has two at most on average.
	shared := make([]string, 0, 6*len(u.list))
	for i := range u.list {
		one := &u.list[i]
		r := c.Below(unicode.MaxRune + 1)
		*one = unit{char: rune(r), fold: pinyin.Fold(rune(r)), silent: !typable(rune(r))}
		n := c.Len(1)
		from := len(shared)
		ids := make([]int, 0, 8)
		for range n {
			id := c.Below(len(syllables))
			if c.Err() != nil {
				break
			}
			ids = append(ids, id)
			shared = append(shared, syllables[id])
		}
		if c.Err() != nil {
			return nil, fmt.Errorf("search: units: %w", c.Err())
		}
		mid := len(shared)
		for _, id := range ids {
			shared = append(shared, heard[id])
		}
		last := len(shared)
		for _, id := range ids {
			shared = append(shared, initials[id])
		}
		one.readings, one.heard, one.heardInitial = shared[from:mid:mid], shared[mid:last:last], shared[last:len(shared):len(shared)]
		one.typed()
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: units: %w", err)
	}
	u.index()
	return u, nil
}

// typed sets what follows from character and readings. A Latin letter is read as itself.
func (u *unit) typed() {
	if isAZ(u.fold) {
		self := string(u.fold)
		u.readings, u.heard, u.heardInitial = []string{self}, []string{pinyin.Dialect(self)}, []string{pinyin.Dialect(self)}
	}
	u.letters = begins(u.readings) | firstStroke(u.char)
	for _, s := range u.readings {
		u.sounds |= sound(s[0])
	}
	if u.silent {
		u.letters, u.sounds = 0, 0
	}
}

func (u *units) index() {
	u.byFold, u.begin = make([]uint32, len(u.list)), make([]begin, len(u.list))
	for i := range u.byFold {
		u.begin[i] = begin{u.list[i].letters, u.list[i].sounds}
		u.byFold[i] = uint32(i)
		if u.list[i].silent {
			u.silent = append(u.silent, uint32(i))
			u.begin[i] = begin{1<<32 - 1, 1<<32 - 1}
		}
	}
	slices.SortStableFunc(u.byFold, func(x, y uint32) int { return cmp.Compare(u.list[x].fold, u.list[y].fold) })
	u.runes = newRunes(len(u.list)) // of each at most 2 characters: its own, and what that is folded to
	for k := 0; k < len(u.byFold); u.slots++ {
		from, fold := k, u.list[u.byFold[k]].fold
		for ; k < len(u.byFold) && u.list[u.byFold[k]].fold == fold; k++ {
			one := &u.list[u.byFold[k]]
			one.slot = int32(u.slots)
			if !one.silent && one.char != 0 {
				at := u.runes.slot(one.char)
				at.r, at.fold = one.char, fold
			}
		}
		if fold != 0 {
			at := u.runes.slot(fold)
			at.r, at.from, at.to = fold, uint32(from), uint32(k)
		}
	}
}

// folded returns what a character is folded to, 0 where no unit is written so.
func (u *units) folded(r rune) rune {
	if u == nil || r == 0 {
		return 0
	}
	return u.runes.slot(r).fold
}

// of returns the numbers of the units of a folded character, ascending.
func (u *units) of(fold rune) []uint32 {
	if fold == 0 {
		return nil
	}
	at := u.runes.slot(fold)
	return u.byFold[at.from:at.to]
}
