package speech

import "strings"

const numerals = "零一二三四五六七八九"

// longestCount is how many digits are still said as a number and not one by one.
const longestCount = 12

// counted says a whole number as one counts: 1141 is 一千一百四十一, 10005 is 一万零五, 12 is 十二. A leading 二 before 百, 千, 万
// and 亿 is 两, as people say it; further behind it stays 二.
func counted(digits string) string {
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return "零"
	}
	if len(digits) > longestCount {
		return spelled(digits)
	}
	var b strings.Builder
	gap := false
	for len(digits) > 0 {
		behind := (len(digits) - 1) / 4
		n := len(digits) - 4*behind
		group := digits[:n]
		digits = digits[n:]
		said := section(group)
		if said == "" {
			gap = true
			continue
		}
		if b.Len() > 0 && (gap || group[0] == '0') {
			b.WriteString("零")
		}
		b.WriteString(said)
		b.WriteString([]string{"", "万", "亿"}[behind])
		gap = false
	}
	said := b.String()
	if rest, ok := strings.CutPrefix(said, "一十"); ok {
		return "十" + rest
	}
	for _, unit := range []string{"百", "千", "万", "亿"} {
		if rest, ok := strings.CutPrefix(said, "二"+unit); ok {
			return "两" + unit + rest
		}
	}
	return said
}

// section says up to four digits, nothing for noughts; noughts before the first other digit are not said.
func section(digits string) string {
	var b strings.Builder
	gap := false
	for i, d := range []byte(digits) {
		if d == '0' {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteString("零")
			gap = false
		}
		b.WriteString(numeral(d))
		b.WriteString([]string{"", "十", "百", "千"}[len(digits)-1-i])
	}
	return b.String()
}

// decimal says a number with what stands behind its point, if anything does: 8.45 is 八点四五. Noughts at the end say nothing.
func decimal(whole, fraction string) string {
	fraction = strings.TrimRight(fraction, "0")
	if fraction == "" {
		return counted(whole)
	}
	return counted(whole) + "点" + spelled(fraction)
}

// money says yuan as a clerk does: 1141.30 is 一千一百四十一元三角, 0.05 is 五分. Prices finer than a fen keep their point.
func money(whole, fraction string) string {
	if len(strings.TrimRight(fraction, "0")) > 2 {
		return decimal(whole, fraction) + "元"
	}
	fraction = (fraction + "00")[:2]
	jiao, fen := fraction[0], fraction[1]
	none := strings.Trim(whole, "0") == ""
	var b strings.Builder
	switch {
	case none && jiao == '0' && fen == '0':
		return "零元"
	case !none:
		b.WriteString(measured(whole) + "元")
	}
	switch {
	case jiao == '2' && none:
		b.WriteString("两角")
	case jiao != '0':
		b.WriteString(numeral(jiao) + "角")
	case fen != '0' && !none:
		b.WriteString("零")
	}
	switch {
	case fen == '2' && none && jiao == '0':
		b.WriteString("两分")
	case fen != '0':
		b.WriteString(numeral(fen) + "分")
	}
	return b.String()
}

// measured is a number before a measure word: two of something are 两.
func measured(digits string) string {
	if strings.TrimLeft(digits, "0") == "2" {
		return "两"
	}
	return counted(digits)
}

// spelled says digits one by one.
func spelled(digits string) string {
	var b strings.Builder
	for _, d := range []byte(digits) {
		b.WriteString(numeral(d))
	}
	return b.String()
}

// dialled says digits as one says a telephone number: 一 is 幺, so that it is not taken for 七, and long ones in pieces that end
// in fours.
func dialled(digits string) string {
	said := []rune(strings.ReplaceAll(spelled(digits), "一", "幺"))
	var pieces []string
	for len(said) > 6 {
		n := len(said) % 4
		if n == 0 {
			n = 4
		}
		pieces = append(pieces, string(said[:n]))
		said = said[n:]
	}
	return strings.Join(append(pieces, string(said)), "，")
}

func numeral(digit byte) string {
	at := int(digit-'0') * len("零")
	return numerals[at : at+len("零")]
}
