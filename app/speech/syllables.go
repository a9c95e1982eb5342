package speech

import (
	"strings"
	"unicode"

	"mingbai.local/app/pinyin"
)

// letters are how the letters of codes are called in China (U盘, YD-07).
var letters = map[rune]string{
	'A': "ei1", 'B': "bi4", 'C': "xi1", 'D': "di4", 'E': "yi4", 'F': "ai2 fu5", 'G': "ji4", 'H': "ai2 chi5", 'I': "ai4", 'J': "zhei4",
	'K': "kei4", 'L': "ai2 lou5", 'M': "ai2 mu5", 'N': "en1", 'O': "ou1", 'P': "pi4", 'Q': "qiu1", 'R': "a4 er5", 'S': "ai2 si5",
	'T': "ti4", 'U': "you1", 'V': "wei1", 'W': "da2 bu5 liu5", 'X': "ai2 ke5 si5", 'Y': "wai4", 'Z': "zei4",
}

// Syllables returns how a phrase is read, as toned syllables with a space between them, a comma for a short pause and a full stop and
// a new line for a long one: what espeak-ng's voice cmn-latn-pinyin reads (a full stop alone is no pause for it). The tones of 一 and 不 are those that they have before what follows; that a third
// tone rises before another is left to the voice, which does it itself (docs/decisions/0011-speech.md).
func Syllables(p Phrase) string {
	name, rest := "", p.Text
	if p.Name {
		name, rest = cutName(p.Text)
	}
	read := pinyin.SpokenName(name)
	runes := []rune(name)
	if said := Said(rest); said != "" {
		if len(runes) > 0 && len(rest) > 0 {
			runes, read = append(runes, '，'), append(read, "")
		}
		runes, read = append(runes, []rune(said)...), append(read, pinyin.Spoken(said)...)
	}
	changeTones(runes, read, len([]rune(name)))
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == '，':
			b.WriteString(",")
		case r == '。':
			b.WriteString(".\n")
		default:
			s := read[i]
			if l, ok := letters[r]; ok {
				s = l
			}
			if s == "" {
				continue
			}
			if b.Len() > 0 && runes[i-1] != '。' {
				b.WriteByte(' ')
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

// cutName parts a name from what stands behind it, as the number of a namesake does: 王建国（2）.
func cutName(text string) (name, rest string) {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.Is(unicode.Han, r) && r != '·' })
	if end < 0 {
		end = len(text)
	}
	return strings.ReplaceAll(text[:end], "·", ""), text[end:]
}

// changeTones gives 一 and 不, from a place on, the tones that they have before what follows them. In a name they keep their own.
func changeTones(runes []rune, read []string, from int) {
	for i := from; i+1 < len(runes); i++ {
		next := read[i+1]
		if next == "" {
			continue
		}
		falling := next[len(next)-1] == '4'
		switch {
		case runes[i] == '不' && read[i] == "bu4" && falling:
			read[i] = "bu2"
		case runes[i] == '一' && !staysFlat(runes, i) && (falling || next == "ge5"):
			read[i] = "yi2"
		case runes[i] == '一' && !staysFlat(runes, i):
			read[i] = "yi4"
		}
	}
}

// staysFlat says where 一 keeps its first tone before something: as an ordinal, among digits, and as the last place of a number.
func staysFlat(runes []rune, i int) bool {
	if strings.ContainsRune("月日号组点期级十零一二三四五六七八九幺", runes[i+1]) {
		return true
	}
	return i > 0 && strings.ContainsRune("第十零一二三四五六七八九点幺初统唯同", runes[i-1])
}
