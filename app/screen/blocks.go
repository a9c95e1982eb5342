package screen

import (
	"image/color"
	"slices"
	"strings"
	"unicode"

	"mingbai.local/app/kiosk"
)

// asked is a way and the question at its end on one line; abreast is buttons next to tabs; paired is tabs next to tabs. They
// save height on wide panels.
type (
	asked struct {
		kiosk.Crumbs
		heading kiosk.Heading
	}
	abreast struct {
		kiosk.Buttons
		tabs kiosk.Tabs
	}
	paired struct {
		kiosk.Tabs
		right kiosk.Tabs
	}
)

// parts wraps blocks as parts of a column.
func (p *pen) parts(blocks []kiosk.Block) []part {
	var out []part
	for _, b := range blocks {
		switch b := b.(type) {
		case kiosk.Crumbs:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.crumbs(b, r) }, near: b.Button == nil})
		case asked:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.asked(b, r) }})
		case abreast:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.abreast(b, r) }})
		case paired:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.paired(b, r) }})
		case kiosk.Heading:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.heading(b, r) }, near: true})
		case kiosk.NameSum:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.nameSum(b, r) }, near: true})
		case kiosk.Search:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.search(b, r) }})
		case kiosk.Doors:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.doors(b, r) }, grow: 1, fill: true})
		case kiosk.Tiles:
			t := &turn{offset: b.Offset, len: b.Len, to: b.ScrollTo}
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.tiles(b, t, r) }, grow: 1, fill: true, turn: t})
		case kiosk.List:
			t := &turn{offset: b.Offset, len: b.Len, to: b.ScrollTo, words: b.Pages}
			rows := p.thinned(b.Row)
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.list(b, rows, t, r) }, grow: 1, fill: true, turn: t, list: true})
		case kiosk.Prose:
			t := &turn{offset: b.Offset, to: b.ScrollTo, words: b.Pages}
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.prose(b, t, r) }, grow: 1, fill: true, turn: t})
		case kiosk.Bars:
			out = append(out, part{
				draw: func(p *pen, r Rect) float32 { return p.bars(b, r) }, grow: 0.45,
				most: func(p *pen, w float32) float32 { return p.dry().bars(b, Rect{W: w, H: 1e6}) },
			})
		case kiosk.Gauge:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.gauge(b, r) }})
		case kiosk.Figures:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.figures(b, r) }})
		case kiosk.Cards:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.cards(b, r) }})
		case kiosk.Notice:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.notice(b, r) }, tail: true})
		case kiosk.News:
			out = append(out, part{
				draw: func(p *pen, r Rect) float32 { return p.news(b, r) }, grow: 0.5,
				most: func(p *pen, w float32) float32 { return p.dry().news(b, Rect{W: w, H: 1e6}) },
			})
		case kiosk.Buttons:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.buttons(b, r) }, tail: true})
		case kiosk.Tabs:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.tabs(b, r) }})
		case kiosk.Candidates:
			if len(b.Items) > 0 || b.More != nil {
				out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.candidates(b, r) }})
			}
		case kiosk.Square:
			out = append(out, part{
				draw: func(p *pen, r Rect) float32 { return p.square(b, r) }, grow: 1,
				most: func(p *pen, w float32) float32 { return min(w, squareMostMM*p.mm) },
			})
		case kiosk.Keys:
			out = append(out, keysPart(b))
		case kiosk.Meter:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.meter(b, r) }})
		case kiosk.Ruler:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.ruler(b, r) }})
		case kiosk.Code:
			out = append(out, part{
				draw: func(p *pen, r Rect) float32 { return p.code(b, r) }, grow: 0.8,
				most: func(p *pen, w float32) float32 { return min(w, codeMostMM*p.mm) },
			})
		case kiosk.PINPad:
			out = append(out, part{
				draw: func(p *pen, r Rect) float32 { return p.pinPad(b, r) }, grow: 0.8,
				most: func(p *pen, w float32) float32 { return p.dry().pinPad(b, Rect{W: w, H: 1e6}) },
			})
		case kiosk.Hero:
			out = append(out, part{draw: func(p *pen, r Rect) float32 { return p.hero(b, r) }})
		case kiosk.Giant:
			out = append(out, part{
				draw: func(p *pen, r Rect) float32 { return p.giant(b, r) }, grow: 0.5,
				most: func(p *pen, _ float32) float32 { return 49 * p.mm },
			})
		}
	}
	return out
}

func keysPart(k kiosk.Keys) part {
	return part{
		draw: func(p *pen, r Rect) float32 { return p.keys(k, r) }, grow: 0.3, foot: true,
		most: func(p *pen, w float32) float32 { return p.dry().keys(k, Rect{W: w, H: 1e6}) },
	}
}

// thinned leaves out what a row says in small print after the first line, where the page has no height for it.
func (p *pen) thinned(row func(int) kiosk.Row) func(int) kiosk.Row {
	if p.drops < dropLines {
		return row
	}
	return func(i int) kiosk.Row {
		r := row(i)
		r.Cells = slices.Clone(r.Cells)
		for j := range r.Cells {
			r.Cells[j].Lines = r.Cells[j].Lines[:min(1, len(r.Cells[j].Lines))]
		}
		return r
	}
}

// remembered lets lists ask for every row once: a page is measured many times before it is drawn, and a row is a search.
func remembered(blocks []kiosk.Block) []kiosk.Block {
	blocks = slices.Clone(blocks)
	for i, b := range blocks {
		if l, ok := b.(kiosk.List); ok && l.Row != nil {
			l.Row = remember(l.Row)
			blocks[i] = l
		}
	}
	return blocks
}

func remember(row func(int) kiosk.Row) func(int) kiosk.Row {
	seen := map[int]kiosk.Row{}
	return func(i int) kiosk.Row {
		r, ok := seen[i]
		if !ok {
			r = row(i)
			seen[i] = r
		}
		return r
	}
}

// para writes wrapped text and returns its height.
func (p *pen) para(x, y, w float32, s string, f face, c color.NRGBA) float32 {
	if s == "" {
		return 0
	}
	high := leading(f)
	f = weighed(s, f)
	for i, l := range p.wrap(s, f, w) {
		p.word(x, y+float32(i)*high, high, l, f, c, left)
	}
	return high * float32(len(p.wrap(s, f, w)))
}

// headline writes a title in as few lines as it takes: one if it can be made to fit, two otherwise.
func (p *pen) headline(x, y, w float32, s string, f face, c color.NRGBA) float32 {
	least := f.size * 0.8
	if f2, ok := p.fit(s, f, least, w); ok {
		f = f2
	} else {
		f.size = least
	}
	return p.para(x, y, w, s, f, c)
}

func (p *pen) crumbs(b kiosk.Crumbs, r Rect) float32 {
	high := leading(p.plain())
	w := r.W
	if b.Button != nil {
		high = p.target
		f := p.strong()
		bw := max(p.measured(b.Button.Text, f)+10*p.mm, p.target)
		box := Rect{r.X + r.W - bw, r.Y, bw, high}
		p.outlined(*b.Button, box, f)
		w -= bw + p.gap
	}
	x, f := r.X, p.plain()
	sign := f.size * 1.2
	if b.Pin {
		w -= sign + 2*p.mm
	}
	whole := strings.Join(b.Items, " › ")
	f, ok := p.fit(whole, f, p.least, w)
	if !ok { // the way is cut from its beginning, never the place itself
		for items := b.Items; len(items) > 1 && !ok; {
			items = items[1:]
			whole = strings.Join(items, " › ")
			f, ok = p.fit(whole, p.plain(), p.least, w)
		}
	}
	if b.Pin {
		p.sign("location_on", x, r.Y+(high-sign)/2, sign, p.hue.muted)
		x += sign + 1*p.mm
	}
	if at := strings.LastIndex(whole, " › "); at >= 0 {
		x += p.word(x, r.Y, high, whole[:at]+" ›", f, p.hue.muted, left) + 0.3*f.size
		whole = whole[at+len(" › "):]
	}
	f.bold = b.Pin
	p.word(x, r.Y, high, whole, f, p.hue.ink, left)
	return high
}

// asked draws the question behind the way where there is room, and below it where there is not.
func (p *pen) asked(b asked, r Rect) float32 {
	f := p.title()
	used := p.dry().crumbsWidth(b.Crumbs) + 8*p.mm
	button := max(p.measured(b.Button.Text, p.strong())+10*p.mm, p.target) + p.gap
	f, ok := p.fit(b.heading.Text, f, f.size*0.85, r.W-used-button)
	high := p.crumbs(b.Crumbs, r)
	if ok {
		p.word(r.X+used, r.Y, high, b.heading.Text, f, p.hue.ink, left)
		return high
	}
	high += p.gap * 0.75
	return high + p.heading(b.heading, Rect{r.X, r.Y + high, r.W, 0})
}

// crumbsWidth is the width of the words of crumbs that stand on one line.
func (p *pen) crumbsWidth(b kiosk.Crumbs) float32 {
	w := p.measured(strings.Join(b.Items, " › "), p.strong()) + p.plain().size*0.3
	if b.Pin {
		w += p.plain().size*1.2 + 1*p.mm
	}
	return w
}

func (p *pen) abreast(b abreast, r Rect) float32 {
	gap := 3 * p.mm
	n := float32(len(b.tabs.Items))
	w := (r.W - gap) * max(0.3, 1/(n+1))
	high := p.buttons(b.Buttons, Rect{r.X, r.Y, w, 0})
	return max(high, p.tabs(b.tabs, Rect{r.X + w + gap, r.Y, r.W - w - gap, 0}))
}

func (p *pen) heading(b kiosk.Heading, r Rect) float32 {
	y := r.Y + p.headline(r.X, r.Y, r.W, b.Text, p.title(), p.hue.ink)
	if b.Note != "" && p.drops < dropNotes {
		y += p.para(r.X, y+1*p.mm, r.W, b.Note, p.plain(), p.hue.muted) + 1*p.mm
	}
	if len(b.Chips) > 0 && p.drops < dropNotes {
		x, high := r.X, p.chipHeight()
		y += 1.5 * p.mm
		for _, c := range b.Chips {
			w := p.chipWidth(c)
			if x > r.X && x+w > r.X+r.W {
				x = r.X
				y += high + 2*p.mm
			}
			p.chip(x, y, c)
			x += w + 4*p.mm
		}
		y += high + 1*p.mm
	}
	return y - r.Y
}

func (p *pen) chipHeight() float32 { return p.small().size * 1.6 }

func (p *pen) chipWidth(c kiosk.Chip) float32 {
	f := p.small()
	w := p.measured(c.Text, f) + f.size*1.3
	if c.Icon != "" {
		w += f.size * 1.35
	}
	return w
}

func (p *pen) chip(x, y float32, c kiosk.Chip) {
	f, high, t := p.small(), p.chipHeight(), p.hue.toned(c.Tone)
	if c.Tone == kiosk.TonePlain {
		t = p.hue.toned(kiosk.ToneNeutral)
	}
	if c.Tone == bare {
		t.text = p.hue.muted
	} else {
		p.tinted(Rect{x, y, p.chipWidth(c), high}, t)
	}
	x += f.size * 0.65
	if c.Icon != "" {
		p.sign(c.Icon, x-f.size*0.1, y+(high-f.size*1.15)/2, f.size*1.15, t.text)
		x += f.size * 1.35
	}
	p.word(x, y, high, c.Text, f, t.text, left)
}

func (p *pen) nameSum(b kiosk.NameSum, r Rect) float32 {
	nf, ff, uf := p.figure(), p.figure(), p.label()
	if p.squeeze < 2 {
		nf.size *= 0.95
	}
	note := p.plain()
	unit := p.measured(b.Unit, uf)
	space := 0.25 * uf.size
	sum := func(ff face) float32 { return p.measured(b.Figure, ff) + space + unit }
	noteHigh := float32(0)
	if b.Note != "" {
		noteHigh = leading(note)
	}
	gap := 6 * p.mm
	for nf.size > p.result && p.measured(b.Name, nf)+gap+max(sum(ff), p.measured(b.Note, note)) > r.W {
		nf.size, ff.size = nf.size*0.96, ff.size*0.96
	}
	high := leading(ff)
	y := r.Y
	if p.measured(b.Name, nf)+gap+sum(ff) > r.W || p.measured(b.Note, note)+gap+p.measured(b.Name, nf) > r.W { // one above the other
		for ff.size > p.least && sum(ff) > r.W {
			ff.size, uf.size = ff.size*0.96, max(uf.size*0.96, p.least)
			unit = p.measured(b.Unit, uf)
		}
		y += p.headline(r.X, y, r.W, b.Name, nf, p.hue.ink)
		p.word(r.X, y, high, b.Note, note, p.hue.muted, left)
		if p.measured(b.Note, note)+gap+sum(ff) > r.W {
			y += noteHigh
		}
	} else {
		p.word(r.X, y+noteHigh, high, b.Name, nf, p.hue.ink, left)
		p.word(r.X+r.W, y, noteHigh, b.Note, note, p.hue.muted, right)
		y += noteHigh
	}
	x := r.X + r.W
	if b.Figure != "" {
		base := (ff.size - uf.size) * 0.38
		p.word(x, y+base, high, b.Unit, uf, p.hue.ink, right)
		p.word(x-unit-space, y, high, b.Figure, ff, p.hue.ink, right)
	}
	return y + high - r.Y
}

func (p *pen) search(b kiosk.Search, r Rect) float32 {
	high := max(p.target, p.amount().size*1.7, [4]float32{27, 24, 20, 15}[p.squeeze]*p.mm)
	if p.short {
		high = max(p.target, p.amount().size*1.45)
	}
	box := Rect{r.X, r.Y, r.W, high}
	edge, hint := p.hue.primary, p.hue.live(p.hue.muted, b.Touch)
	if p.hue.contrast && b.Touch == nil {
		edge = p.hue.line
	}
	p.box(box, 4.5*p.mm, p.hue.card, edge, p.bold)
	inset := p.pad
	x, end := r.X+inset, r.X+r.W-inset
	typed := b.Settled + b.Letters
	if b.Found != "" && p.measured(typed, face{p.least, true})+p.measured(b.Found, p.small()) < (end-x)*0.9 {
		f, _ := p.fit(b.Found, p.plain(), p.least, r.W*0.35)
		w := p.word(end, r.Y, high, b.Found, f, p.hue.muted, right)
		end -= w + 3*p.mm
	}
	if typed == "" {
		sign := p.amount().size
		if !b.Typing {
			p.sign("search", x, r.Y+(high-sign)/2, sign, p.hue.primary)
			x += sign + 4*p.mm
		}
		if b.Typing {
			p.caret(x, r.Y, high, p.amount().size)
			x += 3 * p.mm
		}
		f, ok := p.fit(b.Placeholder, face{min(1.45*p.body, p.amount().size), false}, p.least, end-x)
		for !ok && strings.ContainsAny(b.Placeholder, "，、") { // what stands in front says most
			b.Placeholder = b.Placeholder[:strings.LastIndexAny(b.Placeholder, "，、")]
			f, ok = p.fit(b.Placeholder, f, p.least, end-x)
		}
		p.word(x, r.Y, high, b.Placeholder, f, hint, left)
	} else {
		settled := b.Settled
		f, ok := p.fit(typed+" ", p.amount(), p.least, end-x-5*p.mm)
		for rest := []rune(settled); !ok && len(rest) > 1; { // what was typed last is what one looks at
			rest = rest[1:]
			settled = "…" + string(rest)
			_, ok = p.fit(settled+b.Letters+" ", f, f.size, end-x-5*p.mm)
		}
		x += p.word(x, r.Y, high, settled, f, p.hue.ink, left)
		if b.Letters != "" {
			x += p.measured(" ", f)
			x += p.word(x, r.Y, high, b.Letters, f, p.hue.primary, left)
		}
		if b.Typing {
			p.caret(x+2*p.mm, r.Y, high, f.size)
		}
	}
	words := typed
	if words == "" {
		words = b.Placeholder
	}
	p.touch(box, box, 4.5*p.mm, p.hue.shade, b.Touch, words)
	return high
}

// caret shows where the next letter goes. It does not blink: nothing on the screen does.
func (p *pen) caret(x, y, high, size float32) {
	p.fill(Rect{x, y + (high-size*1.15)/2, max(2, p.bold), size * 1.15}, 0, p.hue.primary)
}

// outlined draws a button that is not filled.
func (p *pen) outlined(b kiosk.Button, r Rect, f face) {
	c := p.hue.button(b)
	edge := c
	ground := p.hue.card
	if b.Touch == nil {
		c, edge, ground = p.hue.dead, p.hue.pale, p.hue.paper
	}
	p.box(r, 4.5*p.mm, ground, edge, p.bold)
	f, _ = p.fit(b.Text, f, p.least, r.W-4*p.mm-p.iconRoom(b.Icon, f))
	p.caption(r, b.Icon, b.Text, f, c, centre, 0)
	p.touch(r, r, 4.5*p.mm, p.hue.shade, b.Touch, b.Text)
}

func (p *pen) iconRoom(name string, f face) float32 {
	if name == "" {
		return 0
	}
	return f.size * 1.5
}

// filled draws a button that is the way on.
func (p *pen) filled(b kiosk.Button, r Rect, f face, a align) {
	if b.Touch == nil {
		p.outlined(b, r, f)
		return
	}
	p.solid(r, 4.5*p.mm, p.hue.button(b))
	f, _ = p.fit(b.Text, f, p.least, r.W-4*p.mm-p.iconRoom(b.Icon, f))
	p.caption(r, b.Icon, b.Text, f, p.hue.onSolid, a, p.pad)
	p.touch(r, r, 4.5*p.mm, p.hue.gleam, b.Touch, b.Text)
}

func (p *pen) buttons(b kiosk.Buttons, r Rect) float32 {
	n := len(b.Items)
	if n == 0 {
		return 0
	}
	if n == 1 && b.Items[0].Filled && p.squeeze < 2 {
		f := face{1.35 * p.body, true}
		high := max(p.target, 30*p.mm)
		a := left
		if b.Items[0].Icon == "" {
			a = centre
		}
		p.filled(b.Items[0], Rect{r.X, r.Y, r.W, high}, f, a)
		return high
	}
	f := face{1.1 * p.body, true}
	cols := b.Columns
	if cols == 0 {
		cols = n
	}
	cols = min(cols, n)
	gap := min(p.gap, 5*p.mm)
	need := float32(0)
	for _, it := range b.Items {
		need = max(need, p.measured(it.Text, face{p.body, true})+p.iconRoom(it.Icon, face{p.body, true})+5*p.mm)
	}
	if p.wide { // height is what a wide panel lacks
		for cols < n && need <= (r.W-gap*float32(cols))/float32(cols+1) {
			cols++
		}
	}
	for cols > 1 && need > (r.W-gap*float32(cols-1))/float32(cols) {
		cols--
	}
	w := (r.W - gap*float32(cols-1)) / float32(cols)
	high := max(p.target, f.size*1.9)
	y := r.Y
	for i, it := range b.Items {
		c := i % cols
		if i > 0 && c == 0 {
			y += high + gap
		}
		box := Rect{r.X + float32(c)*(w+gap), y, w, high}
		if i == n-1 && c == 0 && n > cols { // the last one alone takes the row
			box.W = r.W
		}
		if it.Filled {
			p.filled(it, box, f, centre)
		} else {
			p.outlined(it, box, f)
		}
	}
	return y + high - r.Y
}

func (p *pen) tabs(b kiosk.Tabs, r Rect) float32 {
	if len(b.Items) == 0 {
		return 0
	}
	gap := 3 * p.mm
	f := p.plain()
	least := max(p.least, f.size*0.8)
	rows, cols, w := 0, 0, float32(0)
	for fits := false; !fits && rows < len(b.Items); {
		rows++
		cols = (len(b.Items) + rows - 1) / rows
		w = (r.W - gap*float32(cols-1)) / float32(cols)
		fits = w >= p.target || cols == 1
		for _, t := range b.Items {
			_, ok := p.fit(t.Text, face{f.size, true}, least, w-3*p.mm)
			fits = fits && ok
		}
	}
	signs := true
	for _, t := range b.Items {
		signs = signs && p.measured(t.Text, face{f.size, true})+f.size*1.5 <= w-3*p.mm
	}
	high := p.target
	for i, t := range b.Items {
		box := Rect{r.X + float32(i%cols)*(w+gap), r.Y + float32(i/cols)*(high+gap), w, high}
		tf, c, name := f, p.hue.live(p.hue.ink, t.Touch), t.Icon
		if !signs {
			name = ""
		}
		press := p.hue.shade
		if t.On {
			tf.bold, c, press = true, p.hue.onTaken, p.hue.gleam
			p.fill(box, 4.5*p.mm, p.hue.taken)
		} else {
			p.box(box, 4.5*p.mm, p.hue.ground, p.hue.outline, p.hair)
		}
		tf, _ = p.fit(t.Text, tf, least, w-3*p.mm)
		p.caption(box, name, t.Text, tf, c, centre, 0)
		p.touch(box, box, 4.5*p.mm, press, t.Touch, t.Text)
	}
	return float32(rows)*high + float32(rows-1)*gap
}

// paired draws two rows of tabs as one where every word fits at its size, the two apart by more than the tabs of each.
func (p *pen) paired(b paired, r Rect) float32 {
	between, gap := 8*p.mm, 3*p.mm
	n := float32(len(b.Items) + len(b.right.Items))
	each := (r.W - between - gap*(n-2)) / n
	for _, t := range append(slices.Clone(b.Items), b.right.Items...) {
		if p.measured(t.Text, face{p.plain().size, true}) > each-3*p.mm {
			high := p.tabs(b.Tabs, r)
			return high + gap + p.tabs(b.right, Rect{r.X, r.Y + high + gap, r.W, r.H})
		}
	}
	l := float32(len(b.Items))
	left := round(l*each + (l-1)*gap)
	return max(
		p.tabs(b.Tabs, Rect{r.X, r.Y, left, r.H}),
		p.tabs(b.right, Rect{r.X + left + between, r.Y, r.W - left - between, r.H}),
	)
}

// candidateMM is how wide and high a character is at least that can be chosen.
const candidateMM = 18

// candidates draws as many as the rows have room for that a page gives them, the way to others behind them.
func (p *pen) candidates(b kiosk.Candidates, r Rect) float32 {
	gap := 3 * p.mm
	if p.short {
		gap = 2 * p.mm
	}
	tf, nf := p.amount(), p.small()
	least := p.target
	if p.short {
		least = candidateMM * p.mm
	}
	high := max(least, tf.size*1.15+nf.size*1.35+2*p.mm)
	need := max(least, min(p.target*1.3, (r.W-gap*6)/7))
	tight := float32(0) // what is told by its parts is as wide as a word
	for _, it := range b.Items {
		tight = max(tight, p.measured(it.Text, face{p.least * 0.8, tf.bold})+2*p.mm)
		need = max(need, p.measured(it.Text, tf)+5*p.mm, p.measured(it.Note, nf)+3*p.mm)
	}
	cols := max(1, int((r.W+gap)/(need+gap)))
	if need > least*1.6 && cols < 4 { // rather shorter words than few characters
		need = max(least*1.3, (r.W-3*gap)/4, tight)
		cols = max(1, int((r.W+gap)/(need+gap)))
	}
	w := (r.W - gap*float32(cols-1)) / float32(cols)
	if cols > len(b.Items)+1 {
		w = need
	}
	more := 0 // places of the way to others
	if b.More != nil {
		more = min(1+one(p.measured(b.Others, p.plain()) > w-p.mm), cols)
	}
	rows := min((len(b.Items)+more+cols-1)/cols, p.candidateRows())
	shown := min(len(b.Items), rows*cols-more)
	place := func(i, places int) Rect {
		return Rect{r.X + float32(i%cols)*(w+gap), r.Y + float32(i/cols)*(high+gap), w*float32(places) + gap*float32(places-1), high}
	}
	for i, it := range b.Items[:shown] {
		box := place(i, 1)
		p.box(box, 4.5*p.mm, p.hue.card, p.hue.primary, p.bold)
		note, _ := p.fit(it.Note, nf, p.least*0.8, w-2*p.mm)
		top := box.Y + (high-tf.size*1.1-nf.size*1.25)/2
		said, _ := p.fit(it.Text, tf, p.least*0.8, w-2*p.mm)
		p.word(box.X+w/2, top, tf.size*1.1, it.Text, said, p.hue.live(p.hue.ink, it.Touch), centre)
		p.word(box.X+w/2, top+tf.size*1.1, nf.size*1.25, it.Note, note, p.hue.muted, centre)
		p.touch(box, box, 4.5*p.mm, p.hue.shade, it.Touch, it.Text, it.Note)
	}
	if b.More != nil {
		at := shown
		if at%cols+more > cols {
			at = (at/cols + 1) * cols
			if at/cols >= rows {
				at = rows*cols - more
			}
		}
		box := place(at, more)
		p.box(box, 4.5*p.mm, p.hue.ground, p.hue.outline, p.hair)
		f, _ := p.fit(b.Others, p.plain(), p.least*0.8, box.W-3*p.mm)
		msg := b.More(shown)
		p.word(box.X+box.W/2, box.Y, high, b.Others, f, p.hue.live(p.hue.ink, msg), centre)
		p.touch(box, box, 4.5*p.mm, p.hue.shade, msg, b.Others)
	}
	return float32(rows)*high + float32(rows-1)*gap
}

// candidateRows is how many rows of characters a page has room for, by what it leaves out already.
func (p *pen) candidateRows() int {
	switch {
	case p.writes: // what was recognised is never left out
		return 3
	case p.drops >= dropNotes:
		return 1
	case p.drops >= dropCrumbs:
		return 2
	}
	return 3
}

func (p *pen) keys(k kiosk.Keys, r Rect) float32 {
	type cell struct {
		text  string
		touch kiosk.Msg
		word  bool
	}
	var cells []cell
	letters, cols := k.Letters, 7
	if p.nine && len(k.Nine) > 0 {
		letters, cols = k.Nine, 5
	}
	if p.wide && len(letters) <= 5 {
		cols = 4
	}
	for _, l := range letters {
		cells = append(cells, cell{l.Text, l.Touch, false})
	}
	cells = append(cells, cell{k.Back.Text, k.Back.Touch, true}, cell{k.Clear.Text, k.Clear.Touch, true})
	gap := 3 * p.mm
	if p.short {
		gap = 2 * p.mm
	}
	least, most := [4]float32{21, 20, 18, 15}[p.squeeze]*p.mm, 32*p.mm
	if p.over || !p.wide { // hardly higher than they have to be: they keep their place whatever is offered above them
		least, most = [2]float32{20, 16}[one(p.drops >= dropLines)]*p.mm, [2]float32{24, 26}[one(p.wide && !p.nine)]*p.mm
	}
	for cols > 5 && (r.W-gap*float32(cols-1))/float32(cols) < 20*p.mm {
		cols--
	}
	rows := (len(cells) + cols - 1) / cols
	w := (r.W - gap*float32(cols-1)) / float32(cols)
	high := least
	if r.H > 0 {
		high = min(max(least, (r.H-gap*float32(rows-1))/float32(rows)), most)
	}
	f := face{min(1.25*p.body, high*0.62), true}
	for i, c := range cells {
		box := Rect{r.X + float32(i%cols)*(w+gap), r.Y + float32(i/cols)*(high+gap), w, high}
		ground, edge, fg, cf := p.hue.card, p.hue.outline, p.hue.live(p.hue.ink, c.touch), f
		if c.touch == nil {
			ground, edge, fg = p.hue.ground, p.hue.deadEdge, p.hue.dead
		}
		if c.word {
			cf = face{min(p.body, f.size), true}
		}
		cf, _ = p.fit(c.text, cf, p.least*0.9, w-3*p.mm)
		p.box(box, 4.5*p.mm, ground, edge, p.hair)
		p.word(box.X+w/2, box.Y, high, c.text, cf, fg, centre)
		p.area(Area{Rect: box, Face: box, Radius: 4.5 * p.mm, Press: p.hue.shade, Msg: c.touch, Label: c.text, Key: true})
	}
	return float32(rows)*high + float32(rows-1)*gap
}

func (p *pen) doors(b kiosk.Doors, r Rect) float32 {
	n := len(b.Items)
	if n == 0 {
		return 0
	}
	cols := 2
	if p.wide {
		cols = 3
	}
	rows := (n + cols - 1) / cols
	gap := min(p.gap, 6*p.mm)
	tf, nf := p.tile(), p.plain()
	words := tf.size*1.2 + nf.size*1.35
	least := words + 4*p.mm
	high := max(least, p.target)
	if r.H > 0 {
		high = min((r.H-gap*float32(rows-1))/float32(rows), 90*p.mm)
	}
	for i, d := range b.Items {
		in := cols
		if i/cols == rows-1 {
			in = n - (rows-1)*cols // the last row shares its width among those it has
		}
		w := (r.W - gap*float32(in-1)) / float32(in)
		box := Rect{r.X + float32(i%cols)*(w+gap), r.Y + float32(i/cols)*(high+gap), w, high}
		p.door(d, box, tf, nf)
	}
	return float32(rows)*high + float32(rows-1)*gap
}

// door draws its picture above its words where there is height for that, and beside them where there is not.
func (p *pen) door(d kiosk.Door, r Rect, tf, nf face) {
	p.solid(r, p.radius, p.hue.deep(d.Subject))
	words := tf.size*1.2 + nf.size*1.35
	pad := min(p.pad, 6*p.mm)
	above := r.H-words-2.6*pad >= 30*p.mm && r.W < 1.9*r.H
	if above {
		sign := min(r.H-words-2.2*pad, 44*p.mm)
		free := r.H - words - sign
		p.sign(d.Icon, r.X+pad-sign*0.02, r.Y+free*0.42, sign, p.hue.onSolid)
		y := r.Y + free*0.42 + sign + free*0.16
		tf, _ = p.fit(d.Title, tf, p.least, r.W-2*pad)
		nf, _ = p.fit(d.Note, nf, p.least, r.W-2*pad)
		p.word(r.X+pad, y, tf.size*1.2, d.Title, tf, p.hue.onSolid, left)
		p.word(r.X+pad, y+tf.size*1.2, nf.size*1.35, d.Note, nf, p.hue.onSolid, left)
	} else {
		sign := min(r.H-1.4*pad, 44*p.mm, r.W*0.3)
		room := func() float32 { return r.W - pad - sign - pad*0.7 - max(pad*0.5, 3*p.mm) }
		if p.measured(d.Note, face{p.least, false}) > room() || p.measured(d.Title, tf) > room() {
			sign = min(sign, r.W*0.2)
		}
		x := r.X + pad + sign + pad*0.7
		tf, _ = p.fit(d.Title, tf, p.least, room())
		nf, _ = p.fit(d.Note, nf, p.least, room())
		notes := p.wrap(d.Note, nf, room())
		words := func() float32 { return tf.size*1.2 + float32(len(notes))*nf.size*1.3 }
		if words() > r.H { // the title and the picture say enough
			notes = nil
		}
		y := r.Y + (r.H-words())/2
		p.sign(d.Icon, r.X+pad, r.Y+(r.H-sign)/2, sign, p.hue.onSolid)
		p.word(x, y, tf.size*1.2, d.Title, tf, p.hue.onSolid, left)
		for i, l := range notes {
			p.word(x, y+tf.size*1.2+float32(i)*nf.size*1.3, nf.size*1.3, l, nf, p.hue.onSolid, left)
		}
	}
	p.touch(r, r, p.radius, p.hue.gleam, d.Touch, d.Title, d.Note)
}

func (p *pen) hero(b kiosk.Hero, r Rect) float32 {
	if p.wide { // beside each other
		d := min(40*p.mm, p.title().size*3.2)
		if p.short {
			d = p.title().size*1.3 + p.plain().size*1.6
		}
		tf, _ := p.fit(b.Title, face{p.title().size * 1.3, true}, p.body, r.W-d-8*p.mm)
		sf := face{1.2 * p.body, false}
		w := max(p.measured(b.Title, tf), min(p.measured(b.Text, sf), r.W-d-8*p.mm))
		x := r.X + max(0, (r.W-d-8*p.mm-w)/2)
		lines := p.wrap(b.Text, sf, r.W-d-8*p.mm)
		words := leading(tf) + float32(len(lines))*leading(sf)
		high := max(d, words)
		p.emblem(b.Emblem, Rect{x, r.Y + (high-d)/2, d, d})
		x += d + 8*p.mm
		y := r.Y + (high-words)/2
		p.word(x, y, leading(tf), b.Title, tf, p.hue.titled(kiosk.SubjectNone), left)
		p.para(x, y+leading(tf), r.W-d-8*p.mm, b.Text, sf, p.hue.muted)
		return high
	}
	d := 54 * p.mm
	mid := r.X + r.W/2
	p.emblem(b.Emblem, Rect{mid - d/2, r.Y, d, d})
	y := r.Y + d + 12*p.mm
	tf, _ := p.fit(b.Title, face{2.4 * p.body, true}, 1.2*p.body, r.W)
	p.word(mid, y, leading(tf), b.Title, tf, p.hue.titled(kiosk.SubjectNone), centre)
	y += leading(tf) + 3*p.mm
	sf := face{1.33 * p.body, false}
	if f, ok := p.fit(b.Text, sf, p.body, r.W); ok {
		sf = f
	}
	for _, l := range p.wrap(b.Text, sf, r.W) {
		p.word(mid, y, leading(sf), l, sf, p.hue.muted, centre)
		y += leading(sf)
	}
	return y + 3*p.mm - r.Y
}

func (p *pen) giant(b kiosk.Giant, r Rect) float32 {
	f, _ := p.fit(b.Text, face{[4]float32{1.9, 1.8, 1.6, 1.4}[p.squeeze] * p.body, true}, p.body, r.W-2*p.pad)
	high := max(p.target*1.25, f.size*1.9)
	if r.H > 0 {
		high = min(max(r.H, high), 49*p.mm)
	}
	box := Rect{r.X, r.Y, r.W, high}
	p.solid(box, 6*p.mm, p.hue.primary)
	p.word(r.X+r.W/2, r.Y, high, b.Text, f, p.hue.onSolid, centre)
	p.touch(box, box, 6*p.mm, p.hue.gleam, b.Touch, b.Text)
	return high
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// runs writes a sentence with its figures in bold: 实有11人，核定10人.
func (p *pen) runs(x, y, high float32, s string, f face, c color.NRGBA) float32 {
	start := x
	for s != "" {
		digits := unicode.IsDigit(rune(s[0]))
		n := strings.IndexFunc(s, func(r rune) bool { return (unicode.IsDigit(r) || (digits && (r == '.' || r == ','))) != digits })
		if n < 0 {
			n = len(s)
		}
		f.bold = digits
		x += p.word(x, y, high, s[:n], f, c, left)
		s = s[n:]
	}
	return x - start
}
