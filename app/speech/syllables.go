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
		switch r := runes[i]; {
		case r == '不' && read[i] == "bu4" && i > from && runes[i-1] == runes[i+1]: // 是不是
			read[i] = "bu5"
		case r == '不' && read[i] == "bu4" && falling:
			read[i] = "bu2"
		case r != '一' || staysFlat(runes[from:], i-from):
		case i > from && runes[i-1] == runes[i+1] && strings.ContainsRune(tried, runes[i+1]):
			read[i] = "yi5"
		case falling || next == "ge5":
			read[i] = "yi2"
		default:
			read[i] = "yi4"
		}
	}
}

// tried is what one does a little, with an 一 that has no tone: 查一查, but not 元五分一分.
const tried = "查看问找扫试数算量想听写读说等"

// staysFlat says where 一 keeps its first tone before something: as an ordinal, among digits, as the last place of a number and as the end of a word.
func staysFlat(runes []rune, i int) bool {
	at := func(k int) rune {
		if k < 0 || k >= len(runes) {
			return 0
		}
		return runes[k]
	}
	digit := func(k int) bool {
		return at(k) != 0 && strings.ContainsRune("零一二三四五六七八九幺", at(k))
	}
	before, next := at(i-1), at(i+1)
	switch {
	case before == '第':
		return true
	case next == '百', next == '千', next == '万' && before == '零' && at(i-2) == '亿': // 七万零一百, 一亿零一万, but 七百零一万
		return false
	case digit(i - 1), strings.ContainsRune("十周初统唯", before) && before != 0:
		return true
	case before == '点' && (digit(i-2) || at(i-2) != 0 && strings.ContainsRune("十百千万亿", at(i-2))): // 二点一亩, but 再点一下
		return true
	case before == '期' && at(i-2) == '星':
		return true
	}
	switch next {
	case '月', '日', '号', '组', '级', '楼', '十':
		return true
	case '点':
		return digit(i + 2) // 一点五亩, but 多一点
	case '到', '至':
		return digit(i+2) || at(i+2) == '两' || at(i+2) == '十'
	case '年':
		return at(i+2) == '级'
	}
	return digit(i + 1)
}
