package disclosure

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Yuan returns the amount in yuan with two decimals and grouped thousands: 96,120.40.
func (f Fen) Yuan() string {
	s := f.plain()
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	whole, cents, _ := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String() + "." + cents
}

// Wan returns the amount in ten thousands of yuan (万元) with two decimals, rounded half away from zero: 1,714.56.
func (f Fen) Wan() string {
	half := Fen(5000)
	if f < 0 {
		half = -half
	}
	return ((f + half) / 10000).Yuan()
}

func (f Fen) plain() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Number returns the quantity with the decimals that its unit is usually written with: two for 亩, as many as needed for
// the others.
func (m Milli) Number(unit string) string {
	s := decimal(int64(m), 3)
	if unit == "亩" && m%10 == 0 {
		return s[:len(s)-1]
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// decimal writes n as a decimal with that many places.
func decimal(n int64, places int) string {
	sign, u := "", uint64(n)
	if n < 0 {
		sign, u = "-", -u
	}
	s := fmt.Sprintf("%0*d", places+1, u)
	return sign + s[:len(s)-places] + "." + s[len(s)-places:]
}

// Times returns quantity × standard in fen, rounded half away from zero.
func (m Milli) Times(standard Fen) Fen {
	p := int64(m) * int64(standard)
	if p < 0 {
		return Fen((p - 500) / 1000)
	}
	return Fen((p + 500) / 1000)
}

// Chinese returns the date as a clerk writes it, in its own precision: 2023年, 2023年5月, 2023年5月6日.
func (d Date) Chinese() string {
	parts := strings.Split(string(d), "-")
	units := []string{"年", "月", "日"}
	var b strings.Builder
	for i, p := range parts {
		if i >= len(units) || p == "" {
			return string(d)
		}
		b.WriteString(strings.TrimLeft(p, "0"))
		b.WriteString(units[i])
	}
	return b.String()
}

// Last returns the last day that the date can mean, and false where it is no date.
func (d Date) Last() (time.Time, bool) {
	switch len(d) {
	case 4:
		t, err := time.Parse("2006", string(d))
		return t.AddDate(1, 0, -1), err == nil
	case 7:
		t, err := time.Parse("2006-01", string(d))
		return t.AddDate(0, 1, -1), err == nil
	}
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// ParseDate accepts ISO text of any precision whose day exists, from 1900 to 2199.
func ParseDate(s string) (Date, error) {
	t, ok := Date(s).Last()
	if !ok || t.Year() < 1900 || t.Year() > 2199 {
		return "", errors.New("没有这个日期")
	}
	return Date(s), nil
}

// Format writes a cell as a sheet does: money in yuan, quantities in units. A KindPlace cell stays a code; the two headings
// of a place are the caller's work, who knows the places.
func (c Column) Format(v Cell) string {
	switch c.Kind {
	case KindFen:
		return Fen(v.Int).plain()
	case KindMilli:
		if v.Int == 0 {
			return ""
		}
		return strings.TrimSuffix(strings.TrimRight(decimal(v.Int, 3), "0"), ".")
	case KindInt:
		if v.Int == 0 && !c.Required {
			return ""
		}
		return strconv.FormatInt(v.Int, 10)
	}
	return v.Text
}

// Parse reads what Format writes, and refuses whatever is not exactly that: the messy forms of real sheets are intake's
// work. An empty text is the empty cell; whether it may be empty is for the caller to say.
func (c Column) Parse(s string) (Cell, error) {
	if s == "" {
		return Cell{}, nil
	}
	switch c.Kind {
	case KindFen:
		n, err := parseDecimal(s, 2)
		return Cell{Int: n}, err
	case KindMilli:
		n, err := parseDecimal(s, 3)
		return Cell{Int: n}, err
	case KindInt:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return Cell{}, errors.New("不是整数")
		}
		return Cell{Int: n}, nil
	case KindDate:
		d, err := ParseDate(s)
		return Cell{Text: string(d)}, err
	case KindCode, KindPlace:
		if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
			return Cell{}, errors.New("不是12位区划代码")
		}
	case KindPosts:
		posts, err := parsePosts(s)
		if err != nil {
			return Cell{}, err
		}
		return Cell{Text: formatPosts(posts)}, nil
	}
	if len(c.OneOf) > 0 && !slices.Contains(c.OneOf, s) {
		return Cell{}, fmt.Errorf("只能是%s", strings.Join(c.OneOf, "、"))
	}
	return Cell{Text: s}, nil
}

// parseDecimal reads an optional sign, digits and at most places decimals into an integer of 10^-places.
func parseDecimal(s string, places int) (int64, error) {
	bad := errors.New("不是数字")
	digits := strings.TrimPrefix(s, "-")
	whole, frac, dotted := strings.Cut(digits, ".")
	if whole == "" || dotted && frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return 0, bad
	}
	if len(frac) > places {
		if strings.Trim(frac[places:], "0") != "" {
			return 0, fmt.Errorf("小数多于%d位", places)
		}
		frac = frac[:places]
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", places-len(frac)), 10, 64)
	if err != nil {
		return 0, errors.New("数字太大")
	}
	if len(digits) < len(s) {
		n = -n
	}
	return n, nil
}
