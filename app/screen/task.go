package screen

import (
	"mingbai.local/app/kiosk"
)

// meter draws how far a task is: a title over a bar, a note at either end below, and a sentence.
func (p *pen) meter(b kiosk.Meter, r Rect) float32 {
	draw := func(p *pen) float32 {
		x, w := r.X+p.pad, r.W-2*p.pad
		y := r.Y + p.pad*0.8
		y += p.subtitle(x, y, w, b.Icon, b.Title, p.hue.ink) + 1.5*p.mm
		high := max(p.plain().size*1.55, 10*p.mm)
		if p.squeeze >= 2 {
			high = p.plain().size * 1.2
		}
		if b.Fraction >= 0 { // an empty bar would say that nothing has been done
			p.progress(Rect{x, y, w, high}, b.Fraction, p.hue.unfilled)
			y += high + 1*p.mm
		}
		f := p.plain()
		if p.measured(b.Left+b.Right, f)+4*p.mm <= w {
			p.word(x, y, leading(f), b.Left, f, p.hue.ink, left)
			p.word(x+w, y, leading(f), b.Right, f, p.hue.ink, right)
			if b.Left+b.Right != "" {
				y += leading(f)
			}
		} else {
			y += p.para(x, y, w, b.Left, f, p.hue.ink)
			y += p.para(x, y, w, b.Right, f, p.hue.ink)
		}
		y += p.para(x, y, w, b.Text, f, p.hue.muted)
		return y + p.pad*0.8 - r.Y
	}
	high := draw(p.dry())
	p.card(Rect{r.X, r.Y, r.W, high})
	draw(p)
	return high
}

const (
	pinKeyMM     = 20 // high, where the panel allows
	pinKeyMostMM = 30
	pinKeyWideMM = 50
)

// pinPad draws ten digits in the order of a telephone under a dot for each that was entered, or under the digits themselves.
func (p *pen) pinPad(b kiosk.PINPad, r Rect) float32 {
	gap := 4 * p.mm
	least := pinKeyMM * p.mm
	if p.short {
		gap, least = 2*p.mm, [4]float32{pinKeyMM, pinKeyMM, 17, 15}[p.squeeze]*p.mm
	}
	field := max(9*p.mm, p.body*1.3)
	if b.Typed != "" {
		field *= 1.4 // it is read, and compared with what somebody says
	}
	high := least
	if r.H > 0 {
		high = min(max(least, (r.H-field-4*gap)/4), pinKeyMostMM*p.mm)
	}
	w := min((r.W-2*gap)/3, pinKeyWideMM*p.mm)
	whole := 3*w + 2*gap
	x := r.X + (r.W-whole)/2
	p.box(Rect{x, r.Y, whole, field}, 4.5*p.mm, p.hue.card, p.hue.line, p.hair)
	dots := b.Entered
	if b.Typed != "" {
		dots = 0
		f, _ := p.fit(b.Typed, face{min(p.figure().size, field*0.7), true}, p.least*0.7, whole-8*p.mm)
		p.word(x+whole/2, r.Y, field, b.Typed, f, p.hue.ink, centre)
	}
	dot := min(field*0.5, 6*p.mm)
	step := min(dot*1.8, (whole-2*p.mm)/float32(max(1, dots)))
	from := x + whole/2 - step*float32(dots)/2
	for i := range dots {
		p.op(Op{Kind: Disc, Rect: Rect{from + float32(i)*step + (step-dot)/2, r.Y + (field-dot)/2, dot, dot}, Fill: p.hue.ink})
	}
	var keys []kiosk.Key
	if len(b.Digits) == 10 {
		keys = append(keys, b.Digits[1:]...)
		keys = append(keys, b.Back, b.Digits[0], b.OK)
	}
	for i, k := range keys {
		box := Rect{x + float32(i%3)*(w+gap), r.Y + field + gap + float32(i/3)*(high+gap), w, high}
		f := face{min(p.figure().size, high*0.6), true}
		if i == 9 || i == 11 {
			f.size = min(1.15*p.body, f.size)
		}
		p.padKey(k, box, f, i == 11)
	}
	return field + 4*(gap+high)
}

// padKey draws one key; the way on is full of colour.
func (p *pen) padKey(k kiosk.Key, r Rect, f face, way bool) {
	c, press := p.hue.live(p.hue.ink, k.Touch), p.hue.shade
	switch {
	case k.Touch == nil:
		c = p.hue.dead
		p.box(r, 4.5*p.mm, p.hue.ground, p.hue.deadEdge, p.hair)
	case way:
		c, press = p.hue.onSolid, p.hue.gleam
		p.solid(r, 4.5*p.mm, p.hue.primary)
	default:
		p.box(r, 4.5*p.mm, p.hue.card, p.hue.outline, p.hair)
	}
	f, _ = p.fit(k.Text, f, p.least*0.9, r.W-1.5*p.mm)
	p.word(r.X+r.W/2, r.Y, r.H, k.Text, f, c, centre)
	p.area(Area{Rect: r, Face: r, Radius: 4.5 * p.mm, Press: press, Msg: k.Touch, Label: k.Text, Key: true})
}

// aim draws a cross. The whole panel answers: where the finger is felt is what is asked.
func (p *pen) aim(b kiosk.Target, panel Rect) {
	const arm, ring, dot = 12, 7, 1.2 // mm
	x, y := round(panel.W*float32(b.X)), round(panel.H*float32(b.Y))
	square := func(d float32) Rect { return Rect{x - d*p.mm, y - d*p.mm, 2 * d * p.mm, 2 * d * p.mm} }
	c := p.hue.live(p.hue.titled(kiosk.SubjectNone), b.Touch)
	p.box(square(ring), ring*p.mm, nothing, c, p.bold)
	p.fill(Rect{x - arm*p.mm, y - p.hair/2, 2 * arm * p.mm, p.hair}, 0, c)
	p.fill(Rect{x - p.hair/2, y - arm*p.mm, p.hair, 2 * arm * p.mm}, 0, c)
	p.op(Op{Kind: Disc, Rect: square(dot), Fill: c})

	f := p.label()
	lines := p.wrap(b.Words, f, panel.W-2*p.margin-4*p.pad)
	high := float32(len(lines)) * leading(f) * 1.1
	top := (panel.H - high) / 2
	if y > top-(arm+6)*p.mm && y < top+high+(arm+6)*p.mm { // the cross stands in the middle: the words go under it
		top = y + (arm+6)*p.mm
	}
	for i, l := range lines {
		p.word(panel.W/2, top+float32(i)*leading(f)*1.1, leading(f), l, f, p.hue.ink, centre)
	}
	p.touch(panel, square(ring), ring*p.mm, p.hue.shade, b.Touch, b.Words)
}

// cardMM is how wide every bank card and every identity card is.
const cardMM = 85.6

// ruler draws a bar that is as long as a bank card when a pixel has the size in question.
func (p *pen) ruler(b kiosk.Ruler, r Rect) float32 {
	px := float32(b.PxPerMM)
	if px <= 0 {
		px = p.mm
	}
	w := min(round(cardMM*px), r.W)
	high, ends := min(r.W, 14*p.mm), 26*p.mm
	x, c := round(r.X+(r.W-w)/2), p.hue.titled(kiosk.SubjectNone)
	p.fill(Rect{x, r.Y + (ends-high)/2, w, high}, 0, c)
	for _, at := range []float32{x, x + w - p.bold} {
		p.fill(Rect{at, r.Y, p.bold, ends}, 0, c)
	}
	return ends
}
