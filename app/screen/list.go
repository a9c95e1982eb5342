package screen

import (
	"strings"

	"mingbai.local/app/kiosk"
	"mingbai.local/assets/word"
)

// turn is what of a list is on show (翻页): it is settled when the list is drawn, and ▲▼ read it.
type turn struct {
	offset, fit, len int
	stacked          bool    // the rows are folded for want of width
	room             float32 // rows that there would be room for, in parts of one
	to               func(int) kiosk.Msg
	words            func(page, pages int) string
}

// all reports whether nothing is left to turn to.
func (t *turn) all() bool { return t.len <= t.fit && t.offset == 0 }

func (t *turn) pages() (page, pages int) {
	fit := max(1, t.fit)
	return (t.offset+fit-1)/fit + 1, max(1, (max(0, t.len-t.offset)+fit-1)/fit+(t.offset+fit-1)/fit)
}

// say words the line between ▲ and ▼.
func (t *turn) say() string {
	page, pages := t.pages()
	if t.words != nil {
		return t.words(page, pages)
	}
	if pages == 1 {
		return ""
	}
	return word.Say("pages", page, pages)
}

func (t *turn) up() kiosk.Msg {
	if t.offset == 0 || t.to == nil {
		return nil
	}
	return t.to(max(0, t.offset-max(1, t.fit)))
}

func (t *turn) down() kiosk.Msg {
	if t.offset+t.fit >= t.len || t.to == nil {
		return nil
	}
	return t.to(t.offset + max(1, t.fit))
}

// Labels of ▲ and ▼ for whoever reads what is on show.
const (
	LabelUp   = "▲"
	LabelDown = "▼"
)

// pagerPart is ▲, the page in words, ▼.
func pagerPart(t *turn) part {
	return part{draw: func(p *pen, r Rect) float32 {
		high, w := p.target, min(max(p.target*1.7, 38*p.mm), r.W*0.3)
		p.arrow("keyboard_arrow_up", LabelUp, Rect{r.X, r.Y, w, high}, t.up())
		p.arrow("keyboard_arrow_down", LabelDown, Rect{r.X + r.W - w, r.Y, w, high}, t.down())
		room := r.W - 2*w - 8*p.mm
		s := t.say()
		f, ok := p.fit(s, p.plain(), p.least, room)
		if ok {
			p.word(r.X+r.W/2, r.Y, high, s, f, p.hue.muted, centre)
			return high
		}
		lines := p.wrap(s, f, room)
		y := r.Y + (high-float32(len(lines))*leading(f))/2
		for i, l := range lines {
			p.word(r.X+r.W/2, y+float32(i)*leading(f), leading(f), l, f, p.hue.muted, centre)
		}
		return high
	}}
}

func (p *pen) arrow(name, label string, r Rect, to kiosk.Msg) {
	sign := min(p.body*1.4, r.H*0.5, r.W*0.5)
	if to == nil {
		p.box(r, 4.5*p.mm, p.hue.paper, p.hue.pale, p.hair)
		p.sign(name, r.X+(r.W-sign)/2, r.Y+(r.H-sign)/2, sign, p.hue.pale)
		return
	}
	p.solid(r, 4.5*p.mm, p.hue.primary)
	p.sign(name, r.X+(r.W-sign)/2, r.Y+(r.H-sign)/2, sign, p.hue.onSolid)
	p.touch(r, r, 4.5*p.mm, p.hue.gleam, to, label)
}

// pagerWidth is the width of ▲▼ beside a list.
func (p *pen) pagerWidth() float32 {
	if p.short {
		return max(p.target, 17.6*p.mm, 2.65*p.least) // 第1页 in the smallest print
	}
	return max(p.target, 22*p.mm)
}

// besidePagerLeast is the height under which ▲ and ▼ do not stand above each other.
func (p *pen) besidePagerLeast() float32 { return 2*p.target + min(p.gap, 3*p.mm) }

// besidePager draws ▲ above ▼ at the right of a list on a wide panel, where height is dear.
func (p *pen) besidePager(t *turn, r Rect) {
	s := t.say()
	f := p.small()
	var lines []string
	for clause := range strings.SplitSeq(s, "，") { // the column is narrow; a line of its own stands for the comma
		small, _ := p.fit(clause, f, p.least, r.W)
		f.size = min(f.size, small.size)
	}
	for clause := range strings.SplitSeq(s, "，") {
		lines = append(lines, p.wrap(clause, f, r.W)...)
	}
	text := float32(len(lines))*leading(f) + 4*p.mm
	if s == "" || text+2*p.target > r.H {
		text, lines = min(p.gap, 3*p.mm), nil
	}
	high := min((r.H-text)/2, 45*p.mm)
	if len(lines) == 0 {
		high = (r.H - text) / 2
	}
	p.arrow("keyboard_arrow_up", LabelUp, Rect{r.X, r.Y, r.W, high}, t.up())
	p.arrow("keyboard_arrow_down", LabelDown, Rect{r.X, r.Y + r.H - high, r.W, high}, t.down())
	y := r.Y + (r.H-float32(len(lines))*leading(f))/2
	for i, l := range lines {
		p.word(r.X+r.W/2, y+float32(i)*leading(f), leading(f), l, f, p.hue.muted, centre)
	}
}

func (p *pen) scroll(r Rect, step float32, by int, t *turn) {
	if p.frame != nil && t.to != nil && t.len > 0 {
		p.frame.Scrolls = append(p.frame.Scrolls, Scroll{Rect: r, Step: step, By: by, Offset: t.offset, Fit: t.fit, Len: t.len, To: t.to})
	}
}

func (p *pen) tiles(b kiosk.Tiles, t *turn, r Rect) float32 {
	if p.wide && r.H == 0 {
		if high := p.tileGrid(b, t, r); t.all() {
			return high
		}
		r.W -= p.pagerWidth() + p.gap
		return max(p.tileGrid(b, t, r), p.besidePagerLeast())
	}
	if p.wide && r.H > 0 {
		p.dry().tileGrid(b, t, r)
		if !t.all() {
			w := p.pagerWidth()
			grid := Rect{r.X, r.Y, r.W - w - p.gap, r.H}
			p.tileGrid(b, t, grid)
			p.besidePager(t, Rect{r.X + r.W - w, r.Y, w, r.H})
			return r.H
		}
	}
	return p.tileGrid(b, t, r)
}

func (p *pen) tileGrid(b kiosk.Tiles, t *turn, r Rect) float32 {
	tf, nf := p.tile(), p.small()
	cols := max(1, b.Columns)
	if cols <= 2 {
		tf = face{max(p.amount().size, p.body), true}
	}
	if cols == 1 && p.squeeze == 0 && !p.wide { // a few answers have the page to themselves
		tf.size, nf = 1.6*p.body, face{1.1 * p.body, false}
	}
	if p.wide {
		cols *= 2
	}
	gap := min(p.gap, 4.5*p.mm)
	widest, notes := float32(0), false
	for i := range b.Len {
		if i >= b.Offset && i < b.Offset+60 {
			tile := b.Tile(i)
			widest = max(widest, p.width(tile.Text, true)+tileSign(tile))
			notes = notes || tile.Note != ""
		}
	}
	inset := 8 * p.mm
	width := func(cols int) float32 { return (r.W - gap*float32(cols-1)) / float32(cols) }
	smallest := max(tf.size*0.72, p.body)
	if p.short {
		smallest = p.least * 1.1
	}
	least, air := p.target, [4]float32{9, 7, 4, 2}
	if b.Columns >= 4 { // surnames and characters, of which there are many
		least, air = max(least, candidateMM*p.mm), [4]float32{5, 4, 3, 2}
	}
	for cols > 1 && (widest*smallest > width(cols)-inset || width(cols) < least) {
		cols--
	}
	w := width(cols)
	if widest*tf.size > w-inset && b.Columns < 4 { // among surnames the few of two characters alone are written smaller
		tf.size = max((w-inset)/widest, p.least)
	}
	words := tf.size * 1.2
	if notes {
		words += nf.size * 1.3
	}
	least = max(least, words+air[p.squeeze]*p.mm)
	rows, high := 1, least
	need := (b.Len + cols - 1) / cols
	if r.H > 0 {
		rows = max(1, int((r.H+gap)/(least+gap)))
		high = (r.H - gap*float32(rows-1)) / float32(rows)
		if need <= rows {
			rows = max(1, need)
			high = min((r.H-gap*float32(rows-1))/float32(rows), 52*p.mm)
		}
	} else {
		rows = min(max(1, need), 2)
	}
	t.fit = rows * cols
	for i := range t.fit {
		n := b.Offset + i
		if n >= b.Len {
			break
		}
		tile := b.Tile(n)
		box := Rect{r.X + float32(i%cols)*(w+gap), r.Y + float32(i/cols)*(high+gap), w, high}
		p.tileBox(tile, box, tf, nf)
	}
	used := float32(rows)*high + float32(rows-1)*gap
	p.scroll(Rect{r.X, r.Y, r.W, used}, high+gap, cols, t)
	return max(used, r.H)
}

// tileSign is the room that a tile's icon takes beside its word, in em.
func tileSign(tile kiosk.Tile) float32 {
	if tile.Icon == "" {
		return 0
	}
	return 1.5
}

func (p *pen) tileBox(tile kiosk.Tile, r Rect, tf, nf face) {
	fg, sub, press := p.hue.live(p.hue.ink, tile.Touch), p.hue.muted, p.hue.shade
	switch {
	case tile.Touch == nil:
		p.box(r, 4.5*p.mm, p.hue.paper, p.hue.deadEdge, p.hair)
		fg = p.hue.dead
	case tile.Filled:
		p.solid(r, 4.5*p.mm, p.hue.primary)
		fg, sub, press = p.hue.onSolid, p.hue.onSolid, p.hue.gleam
	default:
		p.box(r, 4.5*p.mm, p.hue.card, p.hue.primary, p.bold)
	}
	sign := tileSign(tile) * tf.size
	tf, ok := p.fit(tile.Text, tf, p.least, r.W-5*p.mm-sign)
	words := tf.size * 1.2
	if tile.Note != "" {
		nf, _ = p.fit(tile.Note, nf, p.least*0.8, r.W-3*p.mm)
		words += nf.size * 1.3
	}
	y := r.Y + (r.H-words)/2
	if !ok {
		tf = weighed(tile.Text, tf)
		lines := p.wrap(tile.Text, tf, r.W-4*p.mm)
		y = r.Y + (r.H-float32(len(lines))*tf.size*1.2)/2
		for i, l := range lines {
			p.word(r.X+r.W/2, y+float32(i)*tf.size*1.2, tf.size*1.2, l, tf, fg, centre)
		}
	} else {
		p.caption(Rect{r.X, y, r.W, tf.size * 1.2}, tile.Icon, tile.Text, tf, fg, centre, 0)
	}
	if tile.Note != "" {
		p.word(r.X+r.W/2, y+tf.size*1.2, nf.size*1.3, tile.Note, nf, sub, centre)
	}
	p.touch(r, r, 4.5*p.mm, press, tile.Touch, strings.TrimSpace(tile.Text), tile.Note)
}

// prose shows long text a screenful at a time, counted in wrapped lines.
func (p *pen) prose(b kiosk.Prose, t *turn, r Rect) float32 {
	w := r.W
	if p.wide && r.H == 0 {
		return max(p.proseCard(b, t, r), p.besidePagerLeast())
	}
	if p.wide {
		p.dry().proseCard(b, t, Rect{r.X, r.Y, w, r.H})
		if !t.all() {
			w -= p.pagerWidth() + p.gap
			p.proseCard(b, t, Rect{r.X, r.Y, w, r.H})
			p.besidePager(t, Rect{r.X + w + p.gap, r.Y, p.pagerWidth(), r.H})
			return r.H
		}
	}
	return p.proseCard(b, t, r)
}

// proseLines wraps the paragraphs, with an empty line between two.
func (p *pen) proseLines(b kiosk.Prose, f face, w float32) []string {
	var lines []string
	for i, s := range b.Paragraphs {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, p.wrap(s, f, w)...)
	}
	return lines
}

func (p *pen) proseCard(b kiosk.Prose, t *turn, r Rect) float32 {
	pad := p.pad * 0.8
	f := face{1.06 * p.body, false}
	lines := p.proseLines(b, f, r.W-2*p.pad)
	for _, larger := range []float32{1.3, 1.18} { // a short text fills its page
		if g := (face{larger * p.body, false}); r.H > 0 && b.Offset == 0 {
			if l := p.proseLines(b, g, r.W-2*p.pad); float32(len(l))*g.size*1.55+2*pad <= r.H {
				f, lines = g, l
				break
			}
		}
	}
	high := f.size * 1.55
	t.len = len(lines)
	if r.H == 0 {
		return high*float32(min(len(lines), 4)) + 2*pad
	}
	t.fit = max(1, int((r.H-2*pad)/high+0.01))
	shown := lines[min(b.Offset, len(lines)):min(b.Offset+t.fit, len(lines))]
	used := r.H
	if t.all() {
		used = float32(len(lines))*high + 2*pad
	}
	box := Rect{r.X, r.Y, r.W, used}
	p.card(box)
	for i, l := range shown {
		p.word(r.X+p.pad, r.Y+pad+float32(i)*high, high, l, f, p.hue.ink, left)
	}
	p.scroll(box, high, 1, t)
	return used
}
