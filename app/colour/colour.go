// Package colour says which colours may stand on a page (页面用色): the ratio of two, the ground that every page has, and
// whether a county's own primary colour keeps every contrast that a page promises.
//
// There are two callers: the screen, which draws with the colour only if it may, and the enrolment at the office, which
// refuses it with a reason that a clerk understands. Both ask Primary, so no kiosk is ever given a colour that it would not
// show. Promised: no input or output, and that a colour which passes is readable as text, under white text, as a bar and as
// the sign on the emblem.
package colour

import (
	"encoding/hex"
	"fmt"
	"image/color"
	"math"
	"strings"
)

// The grounds on which a primary colour stands.
var (
	Paper = color.NRGBA{0xF7, 0xF3, 0xEA, 0xFF} // the page
	Card  = color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF} // what is read on it, and what is written on the primary colour
	Sun   = color.NRGBA{0xF2, 0xC1, 0x4E, 0xFF} // the emblem
)

// The contrasts that a page promises: of text, of bars and of outlines of what can be touched, and of the one large character
// on the emblem.
const (
	ForText   = 7.0
	ForShapes = 3.0
	ForEmblem = 4.5
)

// Parse reads a colour as in #0A5C4C.
func Parse(s string) (color.NRGBA, error) {
	digits, ok := strings.CutPrefix(strings.TrimSpace(s), "#")
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != 3 {
		return color.NRGBA{}, fmt.Errorf("颜色“%s”写得不对。请写成#加6位，每位是0到9或A到F，例如#0A5C4C", s)
	}
	return color.NRGBA{b[0], b[1], b[2], 0xFF}, nil
}

// Contrast is WCAG's ratio between two opaque colours, from 1 to 21.
func Contrast(a, b color.NRGBA) float64 {
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// light is how bright a colour is to the eye, from 0 to 1.
func light(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// Primary reports why a colour cannot be a county's primary one, nil where it can.
func Primary(s string) error {
	c, err := Parse(s)
	if err != nil {
		return err
	}
	for _, need := range []struct {
		words  string
		ground color.NRGBA
		least  float64
	}{
		{"底色上的白字", Card, ForText},
		{"写在米色底上的字", Paper, ForText},
		{"左上角圆牌上的字", Sun, ForEmblem},
	} {
		if got := Contrast(c, need.ground); got < need.least {
			// rounded down, so that a colour just short of the mark is not said to reach it
			return fmt.Errorf("主色%s不能用：%s不够清楚，明暗对比只有%.1f比1，至少要%g比1。请换一个更深的颜色，例如#0A5C4C",
				strings.TrimSpace(s), need.words, math.Floor(got*10)/10, need.least)
		}
	}
	return nil
}

// Shades are the colours that go with a primary one: the soft ground of what is in order, the text on that ground, and the
// edge of a control that does nothing now.
func Shades(primary color.NRGBA) (soft, dark, pale color.NRGBA) {
	soft = mix(primary, Card, 0.87)
	dark = primary
	for Contrast(dark, soft) < ForText+1 && light(dark) > 0 {
		dark = mix(dark, color.NRGBA{A: 0xFF}, 0.1)
	}
	return soft, dark, mix(primary, Paper, 0.6)
}

// mix goes that part of the way from a to b.
func mix(a, b color.NRGBA, part float64) color.NRGBA {
	to := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*part)) }
	return color.NRGBA{to(a.R, b.R), to(a.G, b.G), to(a.B, b.B), 0xFF}
}
