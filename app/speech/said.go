package speech

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Said returns how a text is said (念法), in characters: numbers, dates, sums of money and signs in words, letters in capitals,
// and nothing else but ， for a short pause and 。 for a long one. It is what recordings are named by.
func Said(text string) string {
	text = strings.Map(narrow, text)
	for _, r := range rules {
		text = r.apply(text)
	}
	return punctuated(text)
}

// narrow writes full-width digits, letters and signs as narrow ones, but leaves the punctuation of Chinese.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', r == '％', r == '＝', r == '＋', r == '／':
		return r - '！' + '!'
	case r == '−', r == '－':
		return '-'
	}
	return unicode.ToUpper(r)
}

// rule rewrites what its pattern finds.
type rule struct {
	pattern *regexp.Regexp
	say     func(f found) string
}

// found is one place that a rule's pattern matched, with what stands around it.
type found struct {
	parts         []string // the whole, then the groups
	before, after string
}

const (
	number = `(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?`
	dash   = `[-—–~～]+`
)

// The order matters: what is a date, a time or a telephone number is no number any more when numbers are looked for.
var rules = []rule{
	{regexp.MustCompile(`元/(\p{Han})`), func(f found) string { return "元每" + f.parts[1] }},
	{regexp.MustCompile(`((?:18|19|20)\d\d)-(\d\d?)-(\d\d?)`), func(f found) string {
		return spelled(f.parts[1]) + "年" + counted(f.parts[2]) + "月" + counted(f.parts[3]) + "日"
	}},
	{regexp.MustCompile(`((?:18|19|20)\d\d)` + dash + `((?:18|19|20)\d\d)年`), func(f found) string {
		return spelled(f.parts[1]) + "到" + spelled(f.parts[2]) + "年"
	}},
	{regexp.MustCompile(`((?:18|19|20)\d\d)([年〕])`), func(f found) string { return spelled(f.parts[1]) + f.parts[2] }},
	{regexp.MustCompile(`(\d\d?):(\d\d)(?::(\d\d))?`), clock},
	{regexp.MustCompile(`(0\d{2,3})[-— ](\d{7,8})`), func(f found) string { return dialled(f.parts[1]) + "，" + dialled(f.parts[2]) }},
	{regexp.MustCompile(`\d+(?:-\d+)+`), code},
	{regexp.MustCompile(`(\d)月( *×)`), func(f found) string { return f.parts[1] + "个月" + f.parts[2] }},
	{regexp.MustCompile(`([A-Z]+)-?(\d+)`), func(f found) string { return f.parts[1] + spelled(f.parts[2]) }},
	{regexp.MustCompile(`([\d%年月日时分点元岁周期一二三四五六日])` + dash + `([\d周期一二三四五六七八九十零])`), func(f found) string {
		return f.parts[1] + "到" + f.parts[2]
	}},
	{regexp.MustCompile(`(-?)` + number + ` ?([%‰])`), func(f found) string {
		of := "百分之"
		if f.parts[4] == "‰" {
			of = "千分之"
		}
		whole := plain(f.parts[2])
		if of == "百分之" && whole == "100" && strings.Trim(f.parts[3], "0") == "" {
			return minus(f) + "百分之百"
		}
		return minus(f) + of + decimal(whole, f.parts[3])
	}},
	{regexp.MustCompile(`(-?)` + number + `元`), func(f found) string { return minus(f) + money(plain(f.parts[2]), f.parts[3]) }},
	{regexp.MustCompile(` *([×÷=+]) *`), func(f found) string { return "，" + operations[f.parts[1]] }},
	{regexp.MustCompile(`(-?)` + number), func(f found) string { return minus(f) + quantity(f) }},
}

func (r rule) apply(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range r.pattern.FindAllStringSubmatchIndex(text, -1) {
		f := found{before: text[:m[0]], after: text[m[1]:]}
		for i := 0; i < len(m); i += 2 {
			part := ""
			if m[i] >= 0 {
				part = text[m[i]:m[i+1]]
			}
			f.parts = append(f.parts, part)
		}
		b.WriteString(text[at:m[0]])
		b.WriteString(r.say(f))
		at = m[1]
	}
	return b.String() + text[at:]
}

func plain(number string) string { return strings.ReplaceAll(number, ",", "") }

func minus(f found) string {
	if f.parts[1] == "" {
		return ""
	}
	return "负"
}

// clock says 09:14 as 九点十四分; what is no time of the day is left to be said as two numbers.
func clock(f found) string {
	hour, minute, second := f.parts[1], f.parts[2], f.parts[3]
	if hour > "24" && len(hour) == 2 || minute >= "60" {
		return hour + "，" + minute
	}
	said := counted(hour) + "点"
	if hour == "2" || hour == "02" {
		said = "两点"
	}
	if minute != "00" {
		said += below60(minute) + "分"
	}
	if second != "" && second != "00" {
		said += below60(second) + "秒"
	}
	return said
}

// code says the number of a paper or project in its pieces, 2026-420581-001; what may be from one number to another is left.
func code(f found) string {
	pieces := strings.Split(f.parts[0], "-")
	padded := func(piece string) bool { return len(piece) > 1 && piece[0] == '0' }
	if len(pieces) < 3 && !slices.ContainsFunc(pieces, padded) {
		return f.parts[0]
	}
	for i, p := range pieces {
		pieces[i] = dialled(p)
	}
	return strings.Join(pieces, "，")
}

// below60 says minutes and seconds, of which those below ten keep their nought.
func below60(digits string) string {
	if digits[0] == '0' {
		return spelled(digits)
	}
	return counted(digits)
}

const (
	// Things are counted by these words, and two of them are 两.
	measures = "户人个亩万亿名位家笔项次批辆台套件条张份本页天年周岁只头座间栋所艘斤吨米里公千平栏倍种样块口片处遍场小点秒轮成对部封根株棵窝羽匹袋瓶箱包"
	// Numbers before these words are numbers too, not rows of digits, but two of them stay 二.
	counts = "元角分号月日组期余多级类档楼层"
)

// dials is what stands before a number that is dialled.
var dials = regexp.MustCompile(`(?:电话|热线|号码|拨|打)[：，]?$`)

// quantity says a number that nothing else has claimed: as a row of digits where it is a telephone number, a year or a code,
// else as one counts.
func quantity(f found) string {
	whole, fraction := f.parts[2], strings.TrimRight(f.parts[3], "0") // 2.00亩 are 两亩
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(f.after, " "))
	thing := strings.ContainsRune(measures, next)
	grouped := strings.Contains(whole, ",")
	whole = plain(whole)
	ordinal := strings.HasSuffix(f.before, "第")
	switch {
	case fraction != "":
		return decimal(whole, fraction)
	case grouped:
		return counted(whole)
	case dials.MatchString(f.before) && len(whole) >= 3:
		return dialled(whole)
	case len(whole) >= 5 && !thing && !strings.ContainsRune(counts, next):
		return dialled(whole)
	case len(whole) == 4 && (whole[:2] == "19" || whole[:2] == "20") && !unicode.Is(unicode.Han, next):
		return spelled(whole)
	case len(whole) > 1 && whole[0] == '0':
		return spelled(whole)
	case ordinal, strings.HasPrefix(f.after, "年级"):
		return strings.Replace(counted(whole), "两", "二", 1)
	case thing, strings.HasPrefix(f.after, "分钟"):
		return measured(whole)
	}
	return counted(whole)
}

var operations = map[string]string{"×": "乘", "÷": "除以", "=": "等于", "+": "加"}

// signs are said in words.
var signs = strings.NewReplacer("℃", "摄氏度", "㎡", "平方米", "&", "和")

// punctuated leaves characters, letters and two pauses of different length.
func punctuated(text string) string {
	var b strings.Builder
	pause := ""
	for _, r := range signs.Replace(text) {
		switch {
		case unicode.Is(unicode.Han, r), r >= 'A' && r <= 'Z':
			if b.Len() > 0 {
				b.WriteString(pause)
			}
			b.WriteRune(r)
			pause = ""
		case strings.ContainsRune("“”‘’《》〈〉·\"'", r):
		case strings.ContainsRune("。！？!?…\n", r):
			pause = "。"
		case pause == "":
			pause = "，"
		}
	}
	return b.String()
}
