package screen

import (
	"image/color"
	"strings"

	"mingbai.local/app/kiosk"
)

// barRows draws rows of label, bar and value in common columns, as many as have room in high (all where it is 0), and
// returns the height used.
func (p *pen) barRows(rows []kiosk.BarRow, r Rect, high float32, mixed bool) float32 {
	lf, vf := p.plain(), face{1.12 * p.body, !mixed}
	if mixed {
		vf.size = p.body
	}
	step := max(leading(vf)*[4]float32{1.18, 1.1, 1, 1}[p.squeeze], lf.size*1.4)
	label, value := float32(0), float32(0)
	for _, b := range rows {
		label = max(label, p.measured(b.Label, lf))
		value = max(value, p.measured(b.Value, face{vf.size, true}))
	}
	label = min(label, r.W*0.4)
	gap := min(5*p.mm, r.W*0.03)
	room := r.W - label - value - 2*gap
	under := float32(0)
	below := room < 14*p.mm // no width for a bar beside its words: it goes under them
	if below {
		step += 4 * p.mm
		room = r.W
		if most := r.W - label - gap; value > most {
			vf.size = max(vf.size*most/value, p.least)
		}
		if label+gap+p.widestValue(rows, vf) > r.W { // not even side by side: the value on a line of its own
			under = leading(vf)
			step += under
			label = r.W
		}
	}
	thick := min(7*p.mm, step*0.56)
	y := r.Y
	for i, b := range rows {
		if i > 0 && high > 0 && y+step > r.Y+high+0.5 {
			break
		}
		c := p.hue.muted
		if b.Now || mixed {
			c = p.hue.ink
		}
		lh := step - under
		if below {
			lh -= 4 * p.mm
		}
		f, _ := p.fit(b.Label, lf, p.least*0.9, label)
		p.word(r.X, y, lh, b.Label, f, c, left)
		x := r.X + r.W
		if mixed {
			w := p.dry().runs(0, 0, lh, b.Value, vf, p.hue.ink)
			p.runs(x-w, y+under, lh, b.Value, vf, p.hue.ink)
		} else {
			p.word(x, y+under, lh, b.Value, vf, p.hue.ink, right)
		}
		bar := Rect{r.X + label + gap, y + (step-thick)/2, room, thick}
		if below {
			bar = Rect{r.X, y + under + lh, room, 3 * p.mm}
		}
		length := bar.W * float32(min(max(b.Fraction, 0), 1))
		if b.Fraction > 0 {
			length = max(length, p.bold)
		}
		if length > 0 {
			p.fill(Rect{bar.X, bar.Y, length, bar.H}, min(1.4*p.mm, length/2), p.hue.bar(b))
		}
		if b.Mark >= 0 && b.Mark <= 1 && mixed {
			mark := Rect{min(bar.X+bar.W*float32(b.Mark), bar.X+bar.W-p.bold*1.3) - p.bold*0.65, bar.Y - 1.5*p.mm, p.bold * 1.3, bar.H + 3*p.mm}
			if p.hue.contrast { // white on a white bar is seen by what is cut out around it
				p.fill(Rect{mark.X - p.bold, bar.Y, mark.W + 2*p.bold, bar.H}, 0, p.hue.card)
			}
			p.fill(mark, 0, p.hue.ink)
		}
		y += step
	}
	return y - r.Y
}

func (p *pen) widestValue(rows []kiosk.BarRow, f face) float32 {
	w := float32(0)
	for _, b := range rows {
		w = max(w, p.measured(b.Value, face{f.size, true}))
	}
	return w
}

func (p *pen) bars(b kiosk.Bars, r Rect) float32 {
	pad := p.pad * 0.9
	draw := func(p *pen, h float32) float32 {
		y := r.Y + pad
		if b.Title != "" {
			y += p.para(r.X+p.pad, y, r.W-2*p.pad, b.Title, p.label(), p.hue.ink) + 1*p.mm
		}
		note := p.noteHeight(b, r.W)
		rows, room := b.Rows, float32(0)
		if h == 0 {
			rows = rows[:min(len(rows), 2)]
		} else {
			room = h - (y - r.Y) - note - pad
		}
		y += p.barRows(rows, Rect{r.X + p.pad, y, r.W - 2*p.pad, 0}, room, false)
		y += p.note(b, Rect{r.X + p.pad, y, r.W - 2*p.pad, 0})
		return y + pad - r.Y
	}
	if p.drops >= dropBars && len(b.Rows) > 0 {
		return 0
	}
	high := draw(p.dry(), r.H)
	p.card(Rect{r.X, r.Y, r.W, high})
	draw(p, r.H)
	return high
}

func (p *pen) noteHeight(b kiosk.Bars, w float32) float32 {
	return p.dry().note(b, Rect{W: w - 2*p.pad})
}

// note writes what the bars mean: on one line where that is possible, else the dim part under the other.
func (p *pen) note(b kiosk.Bars, r Rect) float32 {
	if b.Note == "" && b.NoteDim == "" || p.drops >= dropNotes {
		return 0
	}
	f := p.plain()
	if p.measured(b.Note+b.NoteDim, f) <= r.W {
		x := r.X + p.word(r.X, r.Y, leading(f), b.Note, f, p.hue.ink, left)
		p.word(x, r.Y, leading(f), b.NoteDim, f, p.hue.muted, left)
		return leading(f)
	}
	y := p.para(r.X, r.Y, r.W, b.Note, f, p.hue.ink)
	return y + p.para(r.X, r.Y+y, r.W, b.NoteDim, f, p.hue.muted)
}

func (p *pen) gauge(b kiosk.Gauge, r Rect) float32 {
	draw := func(p *pen) float32 {
		x, w := r.X+p.pad, r.W-2*p.pad
		y := r.Y + p.pad*0.8
		c := p.hue.titled(b.Subject)
		if b.Subject == kiosk.SubjectNone {
			c = p.hue.ink
		}
		y += p.subtitle(x, y, w, b.Icon, b.Title, c) + 1.5*p.mm
		high := max(p.plain().size*1.55, 10*p.mm)
		if p.squeeze >= 2 {
			high = p.plain().size * 1.4
		}
		rest := p.hue.unfilled
		if b.Subject == kiosk.SubjectFund && !p.hue.contrast {
			rest = p.hue.sandBar
		}
		done := p.progress(Rect{x, y, w, high}, b.Fraction, rest)
		f := p.strong()
		lw := p.measured(b.Label, f)
		switch {
		case lw+6*p.mm <= done:
			p.word(x+4*p.mm, y, high, b.Label, f, p.hue.onDone, left)
		case b.Label != "": // no room in the bar: under it
			y += high
			p.word(x, y, leading(f), b.Label, f, p.hue.titled(kiosk.SubjectNone), left)
			y += leading(f) - high
		}
		y += high + 1.5*p.mm
		y += p.sums(b.Figures, Rect{x, y, w, 0}, p.amount(), p.plain())
		return y + p.pad*0.8 - r.Y
	}
	high := draw(p.dry())
	p.card(Rect{r.X, r.Y, r.W, high})
	draw(p)
	return high
}

// progress draws a bar of a whole with a part done, and returns the length of that part.
func (p *pen) progress(r Rect, fraction float64, rest color.NRGBA) float32 {
	done := r.W * float32(min(max(fraction, 0), 1))
	edge := nothing
	if p.hue.contrast {
		edge = p.hue.line
	}
	p.box(r, 2*p.mm, rest, edge, p.hair)
	if done > 0 {
		p.fill(Rect{r.X, r.Y, max(done, 4*p.mm), r.H}, 2*p.mm, p.hue.primary)
		if done > 4*p.mm && done < r.W-2*p.mm { // the inner end is straight: the two parts meet
			p.fill(Rect{r.X + done - 2*p.mm, r.Y, 2 * p.mm, r.H}, 0, p.hue.primary)
		}
	}
	return done
}

// subtitle writes a card's title with its icon, in its subject's colour.
func (p *pen) subtitle(x, y, w float32, name, s string, c color.NRGBA) float32 {
	f := p.label()
	room := p.iconRoom(name, f)
	f, ok := p.fit(s, f, p.body, w-room)
	if name != "" {
		p.sign(name, x, y+(leading(f)-f.size*1.2)/2, f.size*1.2, c)
	}
	if !ok {
		return p.para(x+room, y, w-room, s, f, c)
	}
	p.word(x+room, y, leading(f), s, f, c, left)
	return leading(f)
}

// sums writes figures under their labels, the first at the left edge and the last at the right one. Where they have no room
// beside each other each takes a line.
func (p *pen) sums(figs []kiosk.Figure, r Rect, vf, lf face) float32 {
	n := len(figs)
	if n == 0 {
		return 0
	}
	gap := 7 * p.mm
	need := func(f face) float32 {
		w := gap * float32(n-1)
		for _, g := range figs {
			w += max(p.measured(g.Value, f), p.measured(g.Label, lf))
		}
		return w
	}
	least := min(vf.size, p.result)
	for vf.size > least && need(vf) > r.W {
		vf.size = max(vf.size*0.96, least)
	}
	if need(vf) > r.W {
		gap = 4 * p.mm // still apart, but only just
	}
	if need(vf) > r.W {
		y := r.Y
		for _, g := range figs {
			p.word(r.X, y, leading(vf), g.Label, lf, p.hue.written(g.Tone), left)
			if p.measured(g.Label, lf)+gap/2+p.measured(g.Value, vf) > r.W { // nor do the two of one line
				y += leading(lf)
			}
			p.word(r.X+r.W, y, leading(vf), g.Value, vf, p.hue.written(g.Tone), right)
			y += leading(vf)
		}
		return y - r.Y
	}
	free := (r.W - need(vf)) / float32(max(1, n-1))
	x, lh, vh := r.X, lf.size*1.3, leading(vf)
	for i, g := range figs {
		w := max(p.measured(g.Value, vf), p.measured(g.Label, lf))
		at, a := x, left
		if i == n-1 && n > 1 {
			at, a = r.X+r.W, right
		}
		p.word(at, r.Y, lh, g.Label, lf, p.hue.written(g.Tone), a)
		p.word(at, r.Y+lh, vh, g.Value, vf, p.hue.written(g.Tone), a)
		x += w + gap + free
	}
	return lh + vh
}

func (p *pen) figures(b kiosk.Figures, r Rect) float32 {
	draw := func(p *pen) float32 {
		x, w := r.X+p.pad, r.W-2*p.pad
		y := r.Y + p.pad*0.7
		y += p.sums(b.Items, Rect{x, y, w, 0}, p.figure(), p.plain())
		if len(b.Rows) > 0 {
			y += 1 * p.mm
			y += p.barRows(b.Rows, Rect{x, y, w, 0}, 0, true)
		}
		if b.Note != "" && p.drops < dropNotes {
			y += p.para(x, y, w, b.Note, p.small(), p.hue.muted)
		}
		return y + p.pad*0.8 - r.Y
	}
	high := draw(p.dry())
	p.card(Rect{r.X, r.Y, r.W, high})
	draw(p)
	return high
}

func (p *pen) cards(b kiosk.Cards, r Rect) float32 {
	n := len(b.Items)
	if n == 0 {
		return 0
	}
	if p.drops >= dropTexts {
		return p.cardTitles(b, r)
	}
	cols := max(1, min(b.Columns, n))
	gap := min(p.gap, 5*p.mm)
	for cols > 1 && (r.W-gap*float32(cols-1))/float32(cols) < p.body*7.5+2*p.pad {
		cols--
	}
	w := (r.W - gap*float32(cols-1)) / float32(cols)
	pad := p.pad * 0.85
	y := r.Y
	for i := 0; i < n; i += cols {
		row := b.Items[i:min(i+cols, n)]
		cw := (r.W - gap*float32(len(row)-1)) / float32(len(row))
		if len(row) == cols {
			cw = w
		}
		high := float32(0)
		inner := func(p *pen, c kiosk.Card, x, y float32) float32 {
			h := pad
			if c.Title != "" {
				h += p.subtitle(x+pad, y+h, cw-2*pad, c.Icon, c.Title, p.hue.live(p.hue.titled(b.Subject), c.Touch)) + 0.8*p.mm
			}
			text := c.Text
			if c.Touch != nil {
				text = p.excerpt(text, p.plain(), cw-2*pad, [4]int{4, 3, 2, 2}[p.squeeze])
			}
			return h + p.para(x+pad, y+h, cw-2*pad, text, p.plain(), p.hue.ink) + pad
		}
		for _, c := range row {
			high = max(high, inner(p.dry(), c, 0, 0))
			if c.Touch != nil {
				high = max(high, p.target)
			}
		}
		for j, c := range row {
			box := Rect{r.X + float32(j)*(cw+gap), y, cw, high}
			if c.Touch != nil {
				p.box(box, p.radius, p.hue.card, p.hue.deep(b.Subject), p.bold)
			} else {
				p.card(box)
			}
			inner(p, c, box.X, box.Y)
			p.touch(box, box, p.radius, p.hue.shade, c.Touch, c.Title, c.Text)
		}
		y += high + gap
	}
	return y - gap - r.Y
}

// cardTitles draws of the cards that open their titles, as buttons, and the others as lines of one card.
func (p *pen) cardTitles(b kiosk.Cards, r Rect) float32 {
	var titles kiosk.Buttons
	var lines []kiosk.Card
	for _, c := range b.Items {
		if c.Touch != nil && c.Title != "" {
			titles.Items = append(titles.Items, kiosk.Button{Text: c.Title, Subject: b.Subject, Touch: c.Touch})
		} else {
			lines = append(lines, c)
		}
	}
	high := p.buttons(titles, r)
	if len(lines) == 0 {
		return high
	}
	if high > 0 {
		high += min(p.gap, 5*p.mm)
	}
	draw := func(p *pen) float32 {
		y := r.Y + high + p.pad*0.6
		for _, c := range lines {
			x, w := r.X+p.pad, r.W-2*p.pad
			if title := p.measured(c.Title, p.strong()); title+3*p.mm+p.measured(c.Text, p.plain()) <= w {
				p.word(x, y, leading(p.plain()), c.Title, p.strong(), p.hue.titled(b.Subject), left)
				p.word(x+title+3*p.mm, y, leading(p.plain()), c.Text, p.plain(), p.hue.ink, left)
				y += leading(p.plain())
				continue
			}
			y += p.para(x, y, w, c.Title, p.strong(), p.hue.titled(b.Subject))
			y += p.para(x, y, w, c.Text, p.plain(), p.hue.ink)
		}
		return y + p.pad*0.6 - r.Y
	}
	whole := draw(p.dry())
	p.card(Rect{r.X, r.Y + high, r.W, whole - high})
	draw(p)
	return whole
}

// excerpt is the beginning of a text that is to be read whole by touching it.
func (p *pen) excerpt(s string, f face, w float32, most int) string {
	lines := p.wrap(s, f, w)
	if len(lines) <= most {
		return s
	}
	last := []rune(lines[most-1])
	for len(last) > 0 && p.measured(string(last)+"……", f) > w {
		last = last[:len(last)-1]
	}
	return strings.Join(append(lines[:most-1:most-1], string(last)+"……"), "\n")
}

func (p *pen) notice(b kiosk.Notice, r Rect) float32 {
	t := p.hue.toned(b.Tone)
	draw := func(p *pen) float32 {
		pad := p.pad * 0.85
		x, w := r.X+p.pad, r.W-2*p.pad
		y := r.Y + pad
		if b.Figure != "" {
			y += p.settled(b, x, y, w, t)
		} else if b.Title != "" {
			f := face{min(p.title().size, 1.4*p.body), true}
			room := p.iconRoom(b.Icon, f)
			lines := p.wrap(b.Title, f, w-room)
			if len(lines) > 1 {
				f.size = max(f.size*0.85, p.body)
				room = p.iconRoom(b.Icon, f)
			}
			if b.Icon != "" {
				c := t.text
				if b.Tone == kiosk.TonePlain {
					c = p.hue.titled(kiosk.SubjectNone)
				}
				p.sign(b.Icon, x, y+(leading(f)-f.size*1.2)/2, f.size*1.2, c)
			}
			y += p.para(x+room, y, w-room, b.Title, f, p.hue.ink)
		}
		if b.Text != "" {
			f := p.plain()
			if b.Figure == "" && p.squeeze == 0 {
				f.size *= 1.12
			}
			y += p.para(x, y+0.5*p.mm, w, b.Text, f, p.hue.ink) + 0.5*p.mm
		}
		if b.Button != nil {
			y += 2.5 * p.mm
			box := Rect{x, y, w, max(p.target, p.label().size*1.9)}
			if b.Button.Filled {
				p.filled(*b.Button, box, p.label(), centre)
			} else {
				p.outlined(*b.Button, box, p.label())
			}
			y += box.H
		}
		return y + pad - r.Y
	}
	high := draw(p.dry())
	stroke := p.hair
	p.box(Rect{r.X, r.Y, r.W, high}, p.radius, t.ground, t.edge, stroke)
	draw(p)
	return high
}

// settled writes a sum with what it is the sum of: 182户合计 96,120.40元.
func (p *pen) settled(b kiosk.Notice, x, y, w float32, t tint) float32 {
	f, vf := p.label(), face{max(p.amount().size*1.1, p.result), true}
	room := p.iconRoom(b.Icon, f)
	for vf.size > p.result && p.measured(b.Title, f)+room+4*p.mm+p.measured(b.Figure, vf) > w {
		vf.size *= 0.97
	}
	high := leading(vf)
	c := t.text
	if b.Icon != "" {
		p.sign(b.Icon, x, y+(high-f.size*1.2)/2, f.size*1.2, c)
	}
	if p.measured(b.Title, f)+room+4*p.mm+p.measured(b.Figure, vf) > w { // the figure takes a line of its own
		th := p.para(x+room, y+(high-leading(f))/2, w-room, b.Title, f, c)
		th = max(th+(high-leading(f))/2, high)
		vf, _ = p.fit(b.Figure, vf, p.least, w)
		p.word(x+w, y+th, high, b.Figure, vf, p.hue.ink, right)
		return th + high
	}
	p.word(x+room, y, high, b.Title, f, c, left)
	p.word(x+w, y, high, b.Figure, vf, p.hue.ink, right)
	return high
}

func (p *pen) news(b kiosk.News, r Rect) float32 {
	draw := func(p *pen, h float32) float32 {
		pad := p.pad * 0.8
		x, w := r.X+p.pad, r.W-2*p.pad
		y := r.Y + pad
		chip := kiosk.Chip{Icon: b.Icon, Text: b.Title, Tone: kiosk.ToneNeutral}
		p.chip(x, y, chip)
		p.word(x+p.chipWidth(chip)+3*p.mm, y, p.chipHeight(), b.Note, p.small(), p.hue.muted, left)
		y += p.chipHeight() + 1*p.mm
		for i, row := range b.Rows {
			high := p.dry().newsRow(row, x, y, w)
			if i > 0 && (h == 0 || y+high+pad > r.Y+h+0.5) {
				break
			}
			if i > 0 {
				p.fill(Rect{x, y, w, p.hair}, 0, p.hue.softLine)
			}
			y += p.newsRow(row, x, y, w)
		}
		return y + pad - r.Y
	}
	high := draw(p.dry(), r.H)
	box := Rect{r.X, r.Y, r.W, high}
	p.box(box, p.radius, p.hue.card, p.hue.live(p.hue.line, b.Touch), p.hair)
	draw(p, r.H)
	p.touch(box, box, p.radius, p.hue.shade, b.Touch, b.Title)
	return high
}

// newsRow writes one payment; a label too long for its place stands above the figures.
func (p *pen) newsRow(row kiosk.NewsRow, x, y, w float32) float32 {
	lf, nf, vf := face{1.08 * p.body, false}, p.plain(), p.amount()
	high := leading(vf) + [4]float32{5, 3.5, 2, 1}[p.squeeze]*p.mm
	vw, nw := p.measured(row.Figure, vf), p.measured(row.Note, nf)
	gap := 4 * p.mm
	f, ok := p.fit(row.Label, lf, p.body*0.95, w-vw-nw-2*gap)
	top := float32(0)
	if !ok {
		top = p.para(x, y+1*p.mm, w, row.Label, lf, p.hue.ink)
	} else {
		p.word(x, y, high, row.Label, f, p.hue.ink, left)
	}
	p.word(x+w, y+top, high, row.Figure, vf, p.hue.ink, right)
	p.word(x+w-vw-gap, y+top, high, row.Note, nf, p.hue.muted, right)
	return top + high
}
