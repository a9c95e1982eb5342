package screen

import (
	"image/color"

	"mingbai.local/app/colour"
	"mingbai.local/app/kiosk"
)

// The colours (颜色) of every page; a test holds them to 7:1 for text and 3:1 for bars and outlines of what can be touched.
var (
	paper     = colour.Paper  // the page
	card      = colour.Card   // what is read on it
	line      = rgb(0xDDD5C5) // the edge of a card
	softLine  = rgb(0xEFE9DC) // between rows
	outline   = rgb(0x8C8573) // of what can be touched and is not the way on
	ink       = rgb(0x1C2321)
	muted     = rgb(0x3F4A46)
	white     = rgb(0xFFFFFF)
	jade      = rgb(0x0A5C4C) // the one primary colour, unless the county has its own
	jadeSoft  = rgb(0xDDEEE8)
	jadeDark  = rgb(0x084B3E) // text on jadeSoft
	jadePale  = rgb(0x9FBFB5) // a primary control that does nothing now
	greySoft  = rgb(0xE6EAEE)
	greyDark  = rgb(0x33404C) // text on greySoft
	sun       = colour.Sun    // the emblem only
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
	dead      = rgb(0xB3AA96) // a control that does nothing now; pale on purpose
	nothing   = color.NRGBA{}

	black     = rgb(0x000000)
	yellow    = rgb(0xFFD400) // on black: what can be touched, and nothing else but the bar that a page is about
	dimYellow = rgb(0x6B5900) // a control that does nothing now; dark on purpose
)

// palette (配色) is what a page is painted with: calm paper, or white on black for whoever sees badly.
type palette struct {
	contrast                    bool // white on black
	paper, card, line, softLine color.NRGBA
	ink, muted                  color.NRGBA
	// primary is the colour of the band, of the ways on and of what is in order; onSolid is written on it and on a subject's
	// colour.
	primary, soft, dark, pale, onSolid color.NRGBA
	band, onBand                       color.NRGBA
	sun, onSun                         color.NRGBA
	outline                            color.NRGBA // of what can be touched and is not the way on
	ground                             color.NRGBA // of a choice that is not taken, and of a dead key
	unfilled                           color.NRGBA // the part of a gauge that is not done
	marked                             color.NRGBA // the ground of the row that was looked for
	dead, deadEdge                     color.NRGBA // a control that does nothing now
	onDone                             color.NRGBA // in the part of a gauge that is done
	taken, onTaken                     color.NRGBA // a choice that is taken
	amberBar, sandBar                  color.NRGBA
	shade, gleam                       color.NRGBA // laid over something light and over something dark under a finger
	outlined, outlinedDark             color.NRGBA // around what has been spoken, on something light and on something dark
}

// painted returns the palette of paper with that primary colour.
func painted(primary color.NRGBA) palette {
	soft, dark, pale := colour.Shades(primary)
	if primary == jade {
		soft, dark, pale = jadeSoft, jadeDark, jadePale
	}
	shade := primary
	shade.A = 0x38
	return palette{
		paper: paper, card: card, line: line, softLine: softLine, ink: ink, muted: muted,
		primary: primary, soft: soft, dark: dark, pale: pale, onSolid: white, band: primary, onBand: white, sun: sun, onSun: primary,
		outline: outline, ground: softLine, unfilled: softLine, marked: amberSoft, dead: dead, deadEdge: softLine, onDone: white, taken: primary, onTaken: white,
		amberBar: amberBar, sandBar: sandBar, shade: shade, gleam: color.NRGBA{0xFF, 0xFF, 0xFF, 0x40}, outlined: ink, outlinedDark: sun,
	}
}

// countys returns the palette of a county with its own primary colour, where that may stand on a page.
func countys(primary string) palette {
	if c, err := colour.Parse(primary); err == nil && colour.Primary(primary) == nil {
		return painted(c)
	}
	return painted(jade)
}

// inContrast returns white on black. There are no soft colours in it, and what can be touched is yellow.
func inContrast() palette {
	press := yellow
	press.A = 0x60
	return palette{
		contrast: true,
		paper:    black, card: black, line: white, softLine: white, ink: white, muted: white,
		primary: yellow, soft: black, dark: white, pale: dimYellow, onSolid: yellow, band: black, onBand: white, sun: sun, onSun: jade,
		outline: yellow, ground: black, unfilled: black, marked: black, dead: dimYellow, deadEdge: dimYellow, onDone: black, taken: white, onTaken: black,
		amberBar: white, sandBar: white, shade: press, gleam: press, outlined: white, outlinedDark: white,
	}
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// live returns how something is written that may be touched: on black it is yellow if it answers.
func (c palette) live(usual color.NRGBA, touch kiosk.Msg) color.NRGBA {
	if c.contrast && touch != nil {
		return yellow
	}
	return usual
}

// deep returns the colour of a subject (主题色), on which white is written and in which what belongs to it can be touched.
func (c palette) deep(s kiosk.Subject) color.NRGBA {
	if c.contrast {
		return yellow
	}
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
		return c.primary
	}
}

// button returns the colour of a button: its subject's, or red where it does what cannot be undone.
func (c palette) button(b kiosk.Button) color.NRGBA {
	if b.Grave && !c.contrast {
		return red
	}
	return c.deep(b.Subject)
}

// titled returns the colour of a title that belongs to a subject and only says something.
func (c palette) titled(s kiosk.Subject) color.NRGBA {
	if c.contrast {
		return white
	}
	return c.deep(s)
}

// bar is the colour of a bar: primary for the row that the page is about, its subject's, or sand.
func (c palette) bar(r kiosk.BarRow) color.NRGBA {
	switch {
	case c.contrast && r.Now:
		return yellow
	case c.contrast:
		return white
	case r.Subject == kiosk.SubjectFund:
		return c.amberBar
	case r.Subject != kiosk.SubjectNone && r.Subject != kiosk.SubjectSubsidy:
		return c.deep(r.Subject)
	case r.Now:
		return c.primary
	}
	return c.sandBar
}

// tint is a soft ground with the colours of the text and the edge that stand on it.
type tint struct{ ground, text, edge color.NRGBA }

// toned returns how a box or a chip of that tone is coloured.
func (c palette) toned(t kiosk.Tone) tint {
	if c.contrast {
		return tint{black, white, white}
	}
	switch t {
	case kiosk.ToneGood:
		return tint{c.soft, c.dark, c.primary}
	case kiosk.ToneNeutral, kiosk.ToneMuted:
		return tint{greySoft, greyDark, slate}
	case kiosk.ToneAttention:
		return tint{amberSoft, amber, amber}
	case kiosk.ToneAlarm:
		return tint{claySoft, clay, red}
	default:
		return tint{c.card, c.ink, c.line}
	}
}

// written returns the colour of a text of that tone on paper or card.
func (c palette) written(t kiosk.Tone) color.NRGBA {
	if c.contrast {
		return white
	}
	switch t {
	case kiosk.ToneMuted, kiosk.ToneNeutral:
		return c.muted
	case kiosk.ToneGood:
		return c.primary
	case kiosk.ToneAttention:
		return amber
	case kiosk.ToneAlarm:
		return red
	default:
		return c.ink
	}
}
