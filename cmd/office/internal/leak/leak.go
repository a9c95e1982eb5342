// Package leak (泄露检查) finds what must never be published in a text: the number of an identity card, a bank card, a mobile
// telephone.
//
// It stands twice in an edition's way: intake asks it about every cell of every sheet, and the press asks again about the
// final text before anything is signed. No role and no flag passes it; counties of Hubei have been taken to court over
// exactly this. Digits are seen in every spelling that a sheet is known to use: full-width, with spaces, NBSP or hyphens
// inside, with text around. An identity number counts when its date and its checksum (GB 11643-1999) are right, a card when
// its 16 to 19 digits pass Luhn's check, a telephone when it has the 11 digits of a mainland mobile.
package leak

import "strings"

// Kind is what was found (泄露类别), in the words that the refusal uses.
type Kind string

const (
	None  Kind = ""
	ID    Kind = "身份证号"
	Card  Kind = "银行卡号"
	Phone Kind = "手机号"
)

// Find returns the first thing in s that must not be published, or None.
func Find(s string) Kind { return find(s, true) }

// FindInNumber is Find for a cell that holds a number: an amount may have the 11 digits of a telephone.
func FindInNumber(s string) Kind { return find(s, false) }

// group is a stretch of digits without anything between.
type group struct{ start, end int }

func find(s string, phones bool) Kind {
	if !suspicious(s) {
		return None
	}
	var buf [64]byte
	digits := buf[:0]
	var groups []group
	gap := false // separators were seen since the last digit
	flush := func() Kind {
		k := judge(digits, groups, phones)
		digits, groups = digits[:0], groups[:0]
		return k
	}
	for _, r := range s {
		d, ok := digit(r)
		switch {
		case ok:
			if len(groups) == 0 || gap {
				groups = append(groups, group{len(digits), len(digits)})
			}
			digits = append(digits, d)
			groups[len(groups)-1].end = len(digits)
			gap = false
		case separator(r):
			gap = true
		default:
			if k := flush(); k != None {
				return k
			}
			gap = false
		}
	}
	return flush()
}

// suspicious is the quick answer for nearly every cell: fewer than 11 digits leak nothing.
func suspicious(s string) bool {
	if len(s) < 11 {
		return false
	}
	n := 0
	for i := range len(s) {
		// A full-width digit is EF BC 90 to EF BC 99; its last byte is counted wherever it occurs, which only costs time.
		if c := s[i]; c >= '0' && c <= '9' || c >= 0x90 && c <= 0x99 {
			n++
		}
	}
	return n >= 11
}

// digit returns the digit as ASCII; the check digit X of an identity number is one, too.
func digit(r rune) (byte, bool) {
	switch {
	case r >= '0' && r <= '9':
		return byte(r), true
	case r >= '０' && r <= '９':
		return byte(r-'０') + '0', true
	case r == 'X', r == 'x', r == 'Ｘ', r == 'ｘ':
		return 'X', true
	}
	return 0, false
}

func separator(r rune) bool {
	switch r {
	case ' ', '\t', '\u00a0', '\u3000', '\u2002', '\u2003', '\u2009', '\u200b', '\ufeff', '-', '－', '—', '–', '‐', '‑', '_', '·', '\'':
		return true
	}
	return false
}

func judge(digits []byte, groups []group, phones bool) Kind {
	if len(digits) < 11 {
		return None
	}
	for i := 0; i+18 <= len(digits); i++ {
		if isID(digits[i : i+18]) {
			return ID
		}
	}
	for i, g := range groups {
		if n := g.end - g.start; n >= 16 && n <= 19 && luhn(digits[g.start:g.end]) {
			return Card
		}
		if isCardInFours(digits, groups[i:]) {
			return Card
		}
		if phones && isPhone(digits, groups[i:]) {
			return Phone
		}
	}
	return None
}

// isID judges 18 digits by region, date and check digit.
func isID(d []byte) bool {
	if d[0] < '1' || d[0] > '8' || strings.IndexByte(string(d[:17]), 'X') >= 0 {
		return false
	}
	year, month, day := number(d[6:10]), number(d[10:12]), number(d[12:14])
	if year < 1850 || year > 2150 || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(d[i]-'0')
	}
	return "10X98765432"[sum%11] == d[17]
}

func number(d []byte) int {
	n := 0
	for _, c := range d {
		n = n*10 + int(c-'0')
	}
	return n
}

func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		c := d[len(d)-1-i]
		if c == 'X' {
			return false
		}
		v := int(c - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0 && d[0] != '0'
}

// isCardInFours judges a card as it is printed: groups of four, the last of up to seven. Other groupings are dates and
// document numbers far more often than cards.
func isCardInFours(digits []byte, groups []group) bool {
	n := 0
	for i, g := range groups {
		size := g.end - g.start
		n += size
		if i >= 3 && size <= 7 && n >= 16 && n <= 19 && luhn(digits[groups[0].start:g.end]) {
			return true
		}
		if size != 4 {
			return false
		}
	}
	return false
}

// isPhone judges a mobile number whole, as 3-4-4, as 3-8 and as 7-4, each with or without the country's 86 before it.
func isPhone(digits []byte, groups []group) bool {
	g := groups[0]
	d := digits[g.start:g.end]
	for _, prefix := range [...]string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(string(d), prefix); ok {
			if rest == "" {
				return len(groups) > 1 && isPhone(digits, groups[1:])
			}
			if len(rest) == 11 {
				d = []byte(rest)
			}
		}
	}
	sizes := len(d)
	for i := 1; sizes < 11 && i < len(groups) && i <= 2; i++ {
		next := groups[i].end - groups[i].start
		if next != 4 && next != 8 {
			return false
		}
		sizes += next
		d = digits[g.start:groups[i].end]
	}
	if len(d) != 11 || d[0] != '1' || d[1] < '3' || strings.IndexByte(string(d), 'X') >= 0 {
		return false
	}
	switch g.end - g.start {
	case 3, 7, 11, 13, 15:
		return true
	}
	return false
}

// Mask hides what could be somebody's number: of every stretch of seven or more digits the first three and the last two stay.
func Mask(s string) string {
	runes := []rune(s)
	for i := 0; i < len(runes); {
		if _, ok := digit(runes[i]); !ok {
			i++
			continue
		}
		var at []int
		for ; i < len(runes); i++ {
			if _, ok := digit(runes[i]); ok {
				at = append(at, i)
			} else if !separator(runes[i]) {
				break
			}
		}
		if len(at) < 7 {
			continue
		}
		for _, p := range at[3 : len(at)-2] {
			runes[p] = '*'
		}
	}
	return string(runes)
}
