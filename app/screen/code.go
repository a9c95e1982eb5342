package screen

import (
	"image"

	"rsc.io/qr"

	"mingbai.local/app/kiosk"
)

const (
	codeModuleMM = 0.5 // under which an old telephone does not read a code
	codeMostMM   = 130 // a larger code is no easier to read
	codeQuiet    = 4   // modules of white around a code
)

// codes are the codes (二维码) of a text from the one that stands most damage down to the smallest. A page is measured several
// times before it is drawn, so they are kept for as long as it is laid out.
type codes map[string][]*qr.Code

func (c codes) of(text string) []*qr.Code {
	made, ok := c[text]
	for _, level := range []qr.Level{qr.M, qr.L} {
		if code, err := qr.Encode(text, level); err == nil && !ok {
			made = append(made, code)
		}
	}
	c[text] = made
	return made
}

// code draws a code as large as there is room: a module is a whole number of pixels, or a telephone would see some wider
// than others.
func (p *pen) code(b kiosk.Code, r Rect) float32 {
	room := min(r.W, codeMostMM*p.mm)
	least := int(up(codeModuleMM * p.mm))
	made := p.codes.of(b.Text)
	if len(made) == 0 { // more than any code holds
		return 0
	}
	smallest := made[len(made)-1]
	if r.H == 0 {
		return float32((smallest.Size + 2*codeQuiet) * least)
	}
	room = min(room, r.H)
	chosen, module := smallest, max(1, int(room)/(smallest.Size+2*codeQuiet))
	for _, c := range made {
		if m := int(room) / (c.Size + 2*codeQuiet); m >= least {
			chosen, module = c, m
			break
		}
	}
	side := float32(module * (chosen.Size + 2*codeQuiet))
	p.op(Op{Kind: Dots, Rect: Rect{round(r.X + (r.W-side)/2), round(r.Y), side, side}, Text: b.Text, Code: chosen})
	return side
}

// codePicture is a code with the white around it, in pixels as they will be on the panel.
func codePicture(c *qr.Code, side int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, side, side))
	module := max(1, side/(c.Size+2*codeQuiet))
	for y := range side {
		for x := range side {
			if !c.Black(x/module-codeQuiet, y/module-codeQuiet) {
				m.Pix[y*m.Stride+x] = 0xFF
			}
		}
	}
	return m
}
