package screen

import (
	"image/color"

	"mingbai.local/app/kiosk"
)

// The colours (颜色) of every page; a test holds them to 7:1 for text and 3:1 for bars and outlines of what can be touched.
var (
	paper     = rgb(0xF7F3EA) // the page
	card      = rgb(0xFFFFFF) // what is read on it
	line      = rgb(0xDDD5C5) // the edge of a card
	softLine  = rgb(0xEFE9DC) // between rows
	outline   = rgb(0x8C8573) // of what can be touched and is not the way on
	ink       = rgb(0x1C2321)
	muted     = rgb(0x3F4A46)
	white     = rgb(0xFFFFFF)
	jade      = rgb(0x0A5C4C) // the one primary colour
	jadeSoft  = rgb(0xDDEEE8)
	jadeDark  = rgb(0x084B3E) // text on jadeSoft
	jadePale  = rgb(0x9FBFB5) // a primary control that does nothing now
	greySoft  = rgb(0xE6EAEE)
	greyDark  = rgb(0x33404C) // text on greySoft
	sun       = rgb(0xF2C14E) // the emblem only
	amber     = rgb(0x6B3E00)
	amberSoft = rgb(0xFBEFD8)
	amberBar  = rgb(0xB8720F)
	sandBar   = rgb(0xA07E3C)
	blue      = rgb(0x17407A)
	plum      = rgb(0x6A2C70)
	clay      = rgb(0x7A2C14)
	claySoft  = rgb(0xFBE7DE)
	slate     = rgb(0x3E4C59)
	red       = rgb(0xA3211B)
	dead      = rgb(0xB3AA96)                       // a control that does nothing now; pale on purpose
	shade     = color.NRGBA{0x0A, 0x5C, 0x4C, 0x38} // laid over something light under a finger
	gleam     = color.NRGBA{0xFF, 0xFF, 0xFF, 0x40} // laid over something dark under a finger
	nothing   = color.NRGBA{}
)

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// deep returns the colour of a subject (主题色), on which white is written and in which its titles are.
func deep(s kiosk.Subject) color.NRGBA {
	switch s {
	case kiosk.SubjectFund:
		return amber
	case kiosk.SubjectStaffing:
		return blue
	case kiosk.SubjectPolicy:
		return plum
	case kiosk.SubjectVoice:
		return clay
	case kiosk.SubjectResult:
		return slate
	default:
		return jade
	}
}

// tint is a soft ground with the colours of the text and the edge that stand on it.
type tint struct{ ground, text, edge color.NRGBA }

// toned returns how a box or a chip of that tone is coloured.
func toned(t kiosk.Tone) tint {
	switch t {
	case kiosk.ToneGood:
		return tint{jadeSoft, jadeDark, jade}
	case kiosk.ToneNeutral, kiosk.ToneMuted:
		return tint{greySoft, greyDark, slate}
	case kiosk.ToneAttention:
		return tint{amberSoft, amber, amber}
	case kiosk.ToneAlarm:
		return tint{claySoft, clay, red}
	default:
		return tint{card, ink, line}
	}
}

// written returns the colour of a text of that tone on paper or card.
func written(t kiosk.Tone) color.NRGBA {
	switch t {
	case kiosk.ToneMuted, kiosk.ToneNeutral:
		return muted
	case kiosk.ToneGood:
		return jade
	case kiosk.ToneAttention:
		return amber
	case kiosk.ToneAlarm:
		return red
	default:
		return ink
	}
}
