package screen

import (
	"image/color"
	"math"
	"testing"

	"mingbai.local/app/kiosk"
)

// contrast is WCAG's ratio between two opaque colours.
func contrast(a, b color.NRGBA) float64 {
	light := func(c color.NRGBA) float64 {
		part := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.03928 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
	}
	x, y := light(a), light(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func TestTextStandsOut(t *testing.T) {
	pairs := map[string][2]color.NRGBA{
		"ink on paper": {ink, paper}, "ink on card": {ink, card}, "muted on paper": {muted, paper}, "muted on card": {muted, card},
		"ink on a tab": {ink, softLine}, "ink on the marked row": {ink, amberSoft}, "muted on the marked row": {muted, amberSoft},
		"white on the band": {white, jade}, "the emblem": {jade, sun}, "jade on card": {jade, card},
	}
	for s := kiosk.SubjectNone; s <= kiosk.SubjectResult; s++ {
		pairs["white on a subject"+string(rune('0'+s))] = [2]color.NRGBA{white, deep(s)}
		pairs["a subject's title"+string(rune('0'+s))] = [2]color.NRGBA{deep(s), card}
	}
	for tone := kiosk.TonePlain; tone <= kiosk.ToneAlarm; tone++ {
		pairs["a chip of tone "+string(rune('0'+tone))] = [2]color.NRGBA{toned(tone).text, toned(tone).ground}
		pairs["ink in a box of tone "+string(rune('0'+tone))] = [2]color.NRGBA{ink, toned(tone).ground}
		pairs["a figure of tone "+string(rune('0'+tone))] = [2]color.NRGBA{written(tone), card}
	}
	for what, p := range pairs {
		least := 7.0
		if what == "the emblem" { // one large character that nobody has to read
			least = 4.5
		}
		if got := contrast(p[0], p[1]); got < least {
			t.Errorf("%s: %.2f to 1, want %.1f", what, got, least)
		}
	}
}

func TestBarsAndOutlinesStandOut(t *testing.T) {
	for what, p := range map[string][2]color.NRGBA{
		"outline on paper": {outline, paper}, "outline on card": {outline, card}, "a primary outline": {jade, paper}, "a question's outline": {clay, card},
		"a bar": {sandBar, card}, "a bar of money": {amberBar, card}, "this year's bar": {jade, card}, "a bar of posts": {blue, card},
		"the limit on a bar": {ink, card}, "the outline in the band": {white, jade},
	} {
		if got := contrast(p[0], p[1]); got < 3 {
			t.Errorf("%s: %.2f to 1, want 3", what, got)
		}
	}
}
