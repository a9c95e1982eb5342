package screen

import (
	"image/color"

	"mingbai.local/app/kiosk"
)

// bandHeight is the height of the dark band at the top.
func (p *pen) bandHeight(h float32) float32 {
	room := 0.1 * h
	if p.short {
		return round(16*p.mm + p.body*0.15)
	}
	return round(max(min(p.target+11*p.mm, room), p.target))
}

func (p *pen) footHeight(h float32) float32 {
	if p.short {
		return round(max(18*p.mm, p.footText().size*1.3+9*p.mm))
	}
	return round(max(min(42*p.mm, 0.09*h), p.target, p.footText().size*1.3+10*p.mm))
}

func (p *pen) footText() face {
	f := p.plain()
	if p.wide {
		f = p.small()
	}
	return f
}

// band draws the emblem, the title and the buttons that stand on every page.
func (p *pen) band(v kiosk.View, c composed) {
	r := c.band
	p.fill(r, 0, p.hue.band)
	if p.hue.contrast {
		p.fill(Rect{r.X, r.Y + r.H - p.hair, r.W, p.hair}, 0, p.hue.line)
	}
	d := p.discSize(r)
	disc := Rect{p.margin, r.Y + (r.H-d)/2, d, d}
	p.emblem(v.Emblem, disc)
	p.touch(Rect{0, 0, disc.X + d + 2*p.mm, r.H}, disc, d/2, p.hue.shade, v.EmblemTouch, v.Emblem)

	edge := p.bandButtons(v, r)
	x := disc.X + d + 5*p.mm
	if c.asOfInBand {
		p.bandAsOf(v, c.title, Rect{x, r.Y, edge - x, r.H})
		return
	}
	f, title := p.bandTitle(v, c.title, edge-x)
	p.word(x, r.Y, r.H, title, f, p.hue.onBand, left)
}

// bandButtons draws the buttons of the band from its right edge and returns where the room for words ends.
func (p *pen) bandButtons(v kiosk.View, r Rect) float32 {
	edge := r.W - p.margin
	high := min(p.target, r.H-2.5*p.mm)
	for _, b := range []*kiosk.Button{v.Done, v.Phone} {
		if b != nil {
			edge = p.bandButton(*b, b == v.Done, edge, high, r) - 4*p.mm
		}
	}
	return edge
}

// asOfFitsBand reports whether a low panel can say in its band how far the data reaches, which saves a line for the page.
func (p *pen) asOfFitsBand(v kiosk.View, title string, r Rect) bool {
	if !p.short || v.AsOf == "" {
		return false
	}
	d := p.discSize(r)
	room := p.dry().bandButtons(v, r) - p.margin - d - 5*p.mm
	f, written := p.bandTitle(v, title, room-p.chipRoom(v.Synthetic))
	return p.measured(written, f)+p.chipRoom(v.Synthetic) <= room && p.measured(v.AsOf, p.noted())+p.noted().size*1.2 <= room &&
		max(f.size*1.15, p.noted().size*1.45)+p.noted().size*1.5 <= r.H
}

// noted is how a low panel's band writes what the foot of a page says elsewhere.
func (p *pen) noted() face { return face{p.least, false} }

func (p *pen) chipRoom(s string) float32 {
	if s == "" {
		return 0
	}
	return p.measured(s, p.noted()) + p.noted().size*1.2 + 3*p.mm
}

// bandAsOf writes the title and below it how far the data reaches.
func (p *pen) bandAsOf(v kiosk.View, title string, r Rect) {
	f, title := p.bandTitle(v, title, r.W-p.chipRoom(v.Synthetic))
	n := p.noted()
	nh := n.size * 1.45
	th := max(f.size*1.15, nh)
	y := r.Y + (r.H-th-nh)/2
	x := r.X + p.word(r.X, y, th, title, f, p.hue.onBand, left) + 3*p.mm
	if v.Synthetic != "" {
		p.pill(Rect{x, y + (th-nh)/2, p.chipRoom(v.Synthetic) - 3*p.mm, nh}, v.Synthetic, n, p.hue.toned(kiosk.ToneAttention))
	}
	if v.AsOfTone == kiosk.ToneAttention || v.AsOfTone == kiosk.ToneAlarm {
		p.pill(Rect{r.X, y + th, p.measured(v.AsOf, n) + n.size*1.2, nh}, v.AsOf, n, p.hue.toned(v.AsOfTone))
		return
	}
	p.word(r.X, y+th, nh, v.AsOf, n, p.hue.onBand, left)
}

// pill writes words on a soft ground as long as they are.
func (p *pen) pill(r Rect, s string, f face, t tint) {
	p.tinted(r, t)
	p.word(r.X+r.W/2, r.Y, r.H, s, f, t.text, centre)
}

// discSize is how wide the emblem is in the band.
func (p *pen) discSize(band Rect) float32 { return round(min(band.H-5*p.mm, 20*p.mm+p.body*0.1)) }

// emblem draws the disc with one character or two.
func (p *pen) emblem(s string, r Rect) {
	p.op(Op{Kind: Disc, Rect: r, Fill: p.hue.sun})
	f, _ := p.fit(s, face{r.H * 0.58, true}, p.least*0.5, r.W*0.84)
	p.word(r.X+r.W/2, r.Y, r.H, s, f, p.hue.onSun, centre)
}

// bandTitle picks the longest title that fits.
func (p *pen) bandTitle(v kiosk.View, title string, w float32) (face, string) {
	big := face{1.4 * p.body, true}
	if p.short {
		big.size = 1.2 * p.body
	}
	for _, least := range []float32{1.05 * p.body, p.body * 0.85} {
		if f, ok := p.fit(title, big, least, w); ok {
			return f, title
		}
		if title == v.Title && v.Short != "" {
			if f, ok := p.fit(v.Short, big, least, w); ok {
				return f, v.Short
			}
		}
	}
	f, _ := p.fit(v.Short, big, p.least*0.6, w)
	return f, v.Short
}

func (p *pen) bandButton(b kiosk.Button, filled bool, edge, high float32, band Rect) float32 {
	f := face{1.05 * p.body, true}
	pad, sign := 5*p.mm, f.size*1.1
	if p.short {
		pad = 3 * p.mm
	}
	w := max(p.measured(b.Text, f)+2*pad, p.target)
	if b.Icon != "" {
		w += sign + 2*p.mm
	}
	r := Rect{edge - w, band.Y + (band.H-high)/2, w, high}
	fg, press := p.hue.onSolid, p.hue.gleam
	if filled && !p.hue.contrast {
		p.fill(r, 4.5*p.mm, p.hue.onSolid)
		fg, press = p.hue.primary, p.hue.shade
	} else {
		p.box(r, 4.5*p.mm, nothing, p.hue.onSolid, p.hair)
	}
	if b.Touch == nil {
		fg = p.hue.pale
	}
	p.caption(r, b.Icon, b.Text, f, fg, centre, pad)
	p.touch(Rect{r.X - 1.5*p.mm, band.Y, r.W + 3*p.mm, band.H}, r, 4.5*p.mm, press, b.Touch, b.Text)
	return r.X
}

// caption writes an icon and a word beside each other into a box.
func (p *pen) caption(r Rect, name, s string, f face, c color.NRGBA, a align, pad float32) {
	sign, between := float32(0), float32(0)
	if name != "" {
		sign, between = f.size*1.2, f.size*0.3
	}
	w := p.measured(s, f)
	x := r.X + pad
	if a == centre {
		x = r.X + (r.W-w-sign-between)/2
	}
	if name != "" {
		p.sign(name, x, r.Y+(r.H-sign)/2, sign, c)
	}
	p.word(x+sign+between, r.Y, r.H, s, f, c, left)
}

func (p *pen) asOfHeight(v kiosk.View, w float32) float32 {
	lines := float32(1)
	if _, ok := p.asOfFace(v, w); !ok && v.Synthetic != "" && v.AsOf != "" {
		lines = 2
	}
	pad := [4]float32{5, 4, 2.5, 1.6}[p.squeeze] * p.mm
	return round(lines*p.small().size*1.5 + 2*pad - (lines-1)*pad*0.5)
}

// asOfFace is how the last line is written so that both its halves stand beside each other.
func (p *pen) asOfFace(v kiosk.View, w float32) (face, bool) {
	f := p.small()
	room := w - 2*p.margin
	if v.Synthetic != "" && v.AsOf != "" {
		room -= f.size * 1.9
	}
	return p.fit(v.Synthetic+v.AsOf, f, p.least, room)
}

// asOf writes how far the data reaches, and on an invented county that it is invented.
func (p *pen) asOf(v kiosk.View, r Rect) {
	if r.H == 0 {
		return
	}
	f, beside := p.asOfFace(v, r.W)
	high := f.size * 1.5
	draw := func(cx, y float32, what func(x, y float32, really bool) float32) {
		w := what(0, 0, false)
		what(cx-w/2, y, true)
	}
	synthetic := func(x, y float32, really bool) float32 {
		w := p.measured(v.Synthetic, f) + f.size*1.2
		if really {
			p.pill(Rect{x, y, w, high}, v.Synthetic, f, p.hue.toned(kiosk.ToneAttention))
		}
		return w
	}
	date := func(x, y float32, really bool) float32 {
		w := p.measured(v.AsOf, f)
		t := p.hue.toned(v.AsOfTone)
		flagged := v.AsOfTone == kiosk.ToneAttention || v.AsOfTone == kiosk.ToneAlarm
		if flagged {
			w += f.size * 1.2
		}
		if really {
			c := p.hue.muted
			if flagged {
				p.box(Rect{x, y, w, high}, high/2, t.ground, t.edge, p.hair)
				c = t.text
			}
			p.word(x+w/2, y, high, v.AsOf, f, c, centre)
		}
		return w
	}
	mid := r.X + r.W/2
	switch {
	case v.Synthetic == "":
		draw(mid, r.Y+(r.H-high)/2, date)
	case v.AsOf == "":
		draw(mid, r.Y+(r.H-high)/2, synthetic)
	case beside:
		draw(mid, r.Y+(r.H-high)/2, func(x, y float32, really bool) float32 {
			a := synthetic(x, y, really) + f.size*0.6
			return a + date(x+a, y, really)
		})
	default:
		one := (r.H - 2*high) / 3
		draw(mid, r.Y+one, synthetic)
		draw(mid, r.Y+2*one+high, date)
	}
}

// asOfUnder writes the same in a narrow place, from its left edge.
func (p *pen) asOfUnder(v kiosk.View, r Rect) float32 {
	n, y := p.noted(), r.Y
	if v.Synthetic != "" {
		p.pill(Rect{r.X, y, p.chipRoom(v.Synthetic) - 3*p.mm, n.size * 1.45}, v.Synthetic, n, p.hue.toned(kiosk.ToneAttention))
		y += n.size*1.45 + 1*p.mm
	}
	if v.AsOfTone != kiosk.ToneAttention && v.AsOfTone != kiosk.ToneAlarm {
		return y + p.para(r.X, y, r.W, v.AsOf, n, p.hue.muted) - r.Y
	}
	t, inset := p.hue.toned(v.AsOfTone), 2*p.mm
	high := p.dry().para(0, 0, r.W-2*inset, v.AsOf, n, t.text) + inset
	p.box(Rect{r.X, y, r.W, high}, 3*p.mm, t.ground, t.edge, p.hair)
	p.para(r.X+inset, y+inset/2, r.W-2*inset, v.AsOf, n, t.text)
	return y + high - r.Y
}

// foot draws the constant buttons.
func (p *pen) foot(items []kiosk.Button, r Rect) {
	if len(items) == 0 {
		return
	}
	p.fill(r, 0, p.hue.card)
	p.fill(Rect{r.X, r.Y, r.W, p.hair}, 0, p.hue.line)
	w := r.W / float32(len(items))
	f := p.footText()
	sign := min(f.size*1.45, (r.H-f.size*1.3)*0.62)
	for i, b := range items {
		cell := Rect{r.X + float32(i)*w, r.Y, w, r.H}
		if i > 0 {
			p.fill(Rect{cell.X, r.Y + p.hair, p.hair, r.H - p.hair}, 0, p.hue.softLine)
		}
		c := p.hue.live(p.hue.ink, b.Touch)
		if b.Touch == nil {
			c = p.hue.dead
		}
		tf, _ := p.fit(b.Text, f, p.least, w-2*p.mm)
		gap := min((r.H-sign-tf.size)/3, 4*p.mm)
		y := cell.Y + (r.H-sign-gap-tf.size)/2
		p.sign(b.Icon, cell.X+(w-sign)/2, y, sign, c)
		p.word(cell.X+w/2, y+sign+gap, tf.size, b.Text, tf, c, centre)
		p.touch(cell, cell, 0, p.hue.shade, b.Touch, b.Text)
	}
}
