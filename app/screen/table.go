package screen

import (
	"image/color"
	"slices"
	"strings"

	"mingbai.local/app/kiosk"
)

// table is a list's rows as they will be drawn: one size of text and one height for all, so that amounts stand under each
// other and a page of rows can be counted.
type table struct {
	widths  []float32
	high    float32 // of one row
	scale   float32 // of the main texts
	stacked bool    // what is between the first and the last column stands below the first
	inline  bool    // a low panel has no height for lines under a text: the one line stands behind it
	chevron bool
}

const colGap = 4 // mm between columns

func (p *pen) list(b kiosk.List, row func(int) kiosk.Row, t *turn, r Rect) float32 {
	t.offset, t.len = b.Offset, b.Len
	if b.Most > 0 {
		t.len = min(b.Len, b.Most)
	}
	if p.wide && r.H == 0 { // ▲▼ stand beside the rows: measure what is left for them
		if high := p.listCard(b, row, t, r); t.len <= t.fit {
			return high
		}
		r.W -= p.pagerWidth() + p.gap
		return max(p.listCard(b, row, t, r), p.besidePagerLeast())
	}
	if p.wide {
		p.dry().listCard(b, row, t, r)
		if !t.all() {
			w := p.pagerWidth()
			p.listCard(b, row, t, Rect{r.X, r.Y, r.W - w - p.gap, r.H})
			p.besidePager(t, Rect{r.X + r.W - w, r.Y, w, r.H})
			return r.H
		}
	}
	return p.listCard(b, row, t, r)
}

// listCard draws the list without ▲▼. With r.H of 0 it measures the three rows that a list should show at least.
func (p *pen) listCard(b kiosk.List, row func(int) kiosk.Row, t *turn, r Rect) float32 {
	pad := min(p.pad, 7*p.mm)
	w := r.W - 2*pad
	head := p.listHead(b)
	if t.len == 0 {
		f := p.plain()
		if b.Empty == "" {
			return head
		}
		high := head + float32(len(p.wrap(b.Empty, f, w)))*leading(f) + 2*pad
		p.card(Rect{r.X, r.Y, r.W, high})
		if b.Title != "" {
			p.word(r.X+pad, r.Y+1*p.mm, head, b.Title, p.strong(), p.hue.ink, left)
		}
		p.para(r.X+pad, r.Y+head+pad, w, b.Empty, f, p.hue.muted)
		return high
	}
	sample := 4
	if r.H > 0 {
		sample = int(r.H/p.row) + 2
	}
	first := min(b.Offset, t.len-1)
	from := first
	if b.Focus > 0 { // its page may begin before it
		from = max(0, b.Focus-sample)
	}
	var rows []kiosk.Row
	for i := from; i < min(first+sample, t.len); i++ {
		rows = append(rows, row(i))
	}
	tb := p.table(b, rows, w)
	edge := min(pad*0.4, 2*p.mm)
	if r.H == 0 {
		t.stacked = tb.stacked
		if tb.stacked && b.Title == "" {
			head = 0
		}
		t.fit = min(t.len, p.leastRows(tb))
		return head + tb.high*float32(t.fit) + 2*edge
	}
	t.stacked = tb.stacked
	if tb.stacked && b.Title == "" { // folded rows have no columns to put titles over
		head = 0
	}
	room := r.H - head - 2*edge
	t.room = room / tb.high
	t.fit = max(1, int(t.room+0.01))
	if b.Focus > 0 {
		first = (b.Focus - 1) / t.fit * t.fit
		t.offset = first
	}
	used := r.H
	if t.all() { // all are on show: a little more air, and no empty card below
		tb.high = min(room/float32(t.len), tb.high*1.25)
		used = head + tb.high*float32(t.len) + 2*edge
	} else {
		tb.high = room / float32(t.fit)
	}
	box := Rect{r.X, r.Y, r.W, used}
	p.card(box)
	y := r.Y + edge
	if head > 0 {
		p.drawListHead(b, tb, Rect{r.X + pad, y, w, head})
		y += head
	}
	for i := 0; i < t.fit && first+i < t.len; i++ {
		rw := row(first + i)
		if in, ok := inlined([]kiosk.Row{rw}); ok && tb.inline {
			rw = in[0]
		}
		line := Rect{r.X, y, r.W, tb.high}
		if rw.Highlight {
			p.mark(Rect{line.X + p.hair, line.Y, line.W - 2*p.hair, line.H})
		}
		if i > 0 {
			p.fill(Rect{r.X + pad, y, w, p.hair}, 0, p.hue.softLine)
		}
		p.drawRow(b, tb, rw, Rect{r.X + pad, y, w, tb.high}, line)
		y += tb.high
	}
	p.scroll(box, tb.high, 1, t)
	return used
}

// mark draws the ground of the row that was looked for; on black it has an outline instead.
func (p *pen) mark(r Rect) {
	edge, stroke := nothing, float32(0)
	if p.hue.contrast {
		edge, stroke = p.hue.line, p.bold
	}
	p.box(r, 0, p.hue.marked, edge, stroke)
}

// leastRows is how many rows a list shows at least: three, fewer where a row is as high as two.
func (p *pen) leastRows(tb table) int {
	switch {
	case p.drops >= dropTexts:
		return 1
	case tb.high > 1.5*p.row:
		return 2
	}
	return 3
}

func (p *pen) listHead(b kiosk.List) float32 {
	if !b.Header && b.Title == "" {
		return 0
	}
	return leading(p.plain()) + [4]float32{4, 3, 2, 1}[p.squeeze]*p.mm
}

func (p *pen) drawListHead(b kiosk.List, tb table, r Rect) {
	f := p.small()
	if !b.Header || tb.stacked {
		s := p.strong()
		s, _ = p.fit(b.Title, s, p.least, r.W)
		p.word(r.X, r.Y, r.H, b.Title, s, p.hue.ink, left)
	} else {
		x := r.X
		for i, c := range b.Columns {
			w := tb.widths[i]
			title, tf, fg := c.Title, f, p.hue.muted
			if i == 0 && b.Title != "" {
				title, tf, fg = b.Title, p.strong(), p.hue.ink
			}
			room := w
			if i == 0 {
				room = w + 2*p.mm
			}
			tf, _ = p.fit(title, tf, p.least, room)
			p.word(anchor(Rect{x, r.Y, w, r.H}, c.Align), r.Y, r.H, title, tf, fg, side(c.Align))
			x += w + colGap*p.mm
		}
	}
	p.fill(Rect{r.X, r.Y + r.H - p.hair, r.W, p.hair}, 0, p.hue.line)
}

func side(a kiosk.Align) align {
	switch a {
	case kiosk.AlignRight:
		return right
	case kiosk.AlignCentre:
		return centre
	default:
		return left
	}
}

func anchor(r Rect, a kiosk.Align) float32 {
	switch a {
	case kiosk.AlignRight:
		return r.X + r.W
	case kiosk.AlignCentre:
		return r.X + r.W/2
	default:
		return r.X
	}
}

// styled is how a cell's main text is written.
func (p *pen) styled(s kiosk.Style, highlight bool, scale float32) (face, color.NRGBA) {
	switch s {
	case kiosk.StyleSmall:
		f := p.small()
		f.bold = highlight
		return f, p.hue.muted
	case kiosk.StyleName, kiosk.StyleAmount:
		f := p.amount()
		f.size = max(f.size*scale, min(f.size, p.result))
		return f, p.hue.ink
	case kiosk.StyleStrong:
		f := p.strong()
		f.size = max(f.size*max(scale, 0.85), p.least)
		return f, p.hue.ink
	default:
		f := p.plain()
		f.size = max(f.size*max(scale, 0.85), p.least)
		f.bold = highlight
		return f, p.hue.ink
	}
}

// wraps reports whether a cell's main text may take several lines. Names and amounts may not.
func wraps(s kiosk.Style) bool { return s != kiosk.StyleAmount && s != kiosk.StyleName }

// table finds widths in which nothing is cut: the text shrinks first, then columns of words wrap, then the arrow at the end
// of the row goes, then the row is stacked.
func (p *pen) table(b kiosk.List, rows []kiosk.Row, w float32) table {
	n := len(b.Columns)
	var tb table
	touch := false
	for _, r := range rows {
		touch = touch || r.Touch != nil
	}
	tb.chevron = touch && !p.short
	room := func() float32 {
		v := w - colGap*p.mm*float32(n-1)
		if tb.chevron {
			v -= p.chevronRoom()
		}
		return v
	}
	found := false
	if p.short {
		if in, ok := inlined(rows); ok {
			tb.widths = p.columns(b, in, 1, room())
			if found = tb.widths != nil && p.oneLine(b, in, tb.widths); found {
				tb.inline, rows = true, in
			}
		}
	}
	for _, tb.scale = range []float32{1, 0.94, 0.88, 0.8, 0.72} {
		if !found {
			tb.widths = p.columns(b, rows, tb.scale, room())
			found = tb.widths != nil
		}
		if found {
			break
		}
	}
	if !found && tb.chevron {
		tb.chevron = false
		tb.widths = p.columns(b, rows, tb.scale, room())
		found = tb.widths != nil
	}
	if !found {
		tb.stacked, tb.chevron, tb.scale = true, touch && !p.short, 1
		tb.widths = nil
	}
	tb.high = p.row
	air := [4]float32{6, 4.5, 3, 1.5}[p.squeeze] * p.mm
	for _, r := range rows {
		h := float32(0)
		if tb.stacked {
			h = p.dry().stackedRow(b, tb, r, Rect{W: w})
		} else {
			for i, c := range r.Cells {
				h = max(h, p.dry().cell(c, r.Highlight, b.Columns[i].Align, tb.scale, Rect{W: tb.widths[i]}))
			}
		}
		tb.high = max(tb.high, h+air)
	}
	return tb
}

// bare is the tone of a chip that is only small print.
const bare kiosk.Tone = -1

// inlined puts the one line under each row's text behind it, and leaves out what stands under its figures. ok is false where
// there is more to say, or nothing.
func inlined(rows []kiosk.Row) (in []kiosk.Row, ok bool) {
	for _, r := range rows {
		cells := slices.Clone(r.Cells)
		for i, c := range cells {
			switch {
			case len(c.Lines) == 0:
			case c.Style == kiosk.StyleAmount:
				cells[i].Lines, ok = nil, true
			case len(c.Lines) > 1 || c.Chip != nil || !(c.Style == kiosk.StyleName || c.Style == kiosk.StyleStrong):
				return nil, false
			default:
				cells[i].Chip, cells[i].Lines, ok = &kiosk.Chip{Text: c.Lines[0], Tone: bare}, nil, true
			}
		}
		r.Cells = cells
		in = append(in, r)
	}
	return in, ok
}

// oneLine reports whether every cell has the width that it would like.
func (p *pen) oneLine(b kiosk.List, rows []kiosk.Row, widths []float32) bool {
	for _, r := range rows {
		for i, c := range r.Cells {
			if nat, _ := p.cellWidths(c, r.Highlight, b.Columns[i].Align, 1); nat > widths[i]+0.5 {
				return false
			}
		}
	}
	return true
}

func (p *pen) chevronRoom() float32 { return p.body * 1.3 }

// columns shares out the width, or returns nil where that would cut something.
func (p *pen) columns(b kiosk.List, rows []kiosk.Row, scale, room float32) []float32 {
	n := len(b.Columns)
	natural, least := make([]float32, n), make([]float32, n)
	for i, c := range b.Columns {
		if b.Header {
			title := c.Title
			f := p.small()
			if i == 0 && b.Title != "" {
				title, f = b.Title, p.strong()
			}
			natural[i] = p.measured(title, f)
			least[i] = natural[i] * min(1, p.least/f.size)
		}
	}
	for _, r := range rows {
		for i, c := range r.Cells {
			nat, min := p.cellWidths(c, r.Highlight, b.Columns[i].Align, scale)
			natural[i], least[i] = max(natural[i], nat), max(least[i], min)
		}
	}
	total, floor, weights := float32(0), float32(0), float32(0)
	for i := range n {
		least[i] = min(least[i], natural[i])
		total += natural[i]
		floor += least[i]
		weights += float32(b.Columns[i].Weight)
	}
	switch {
	case total <= room:
		free := room - total
		for i := range n {
			switch {
			case weights > 0:
				natural[i] += free * float32(b.Columns[i].Weight) / weights
			case i == 0:
				natural[i] += free
			}
		}
		return natural
	case floor <= room && (scale <= 0.89 || floor > total*0.8):
		// each gives up what it can spare in the same proportion
		k := (room - floor) / (total - floor)
		for i := range n {
			natural[i] = least[i] + (natural[i]-least[i])*k
		}
		return natural
	case floor <= room && p.squeeze == 0:
		k := (room - floor) / (total - floor)
		for i := range n {
			natural[i] = least[i] + (natural[i]-least[i])*k
		}
		return natural
	}
	return nil
}

// cellWidths returns how wide a cell would like to be and how narrow it may become.
func (p *pen) cellWidths(c kiosk.Cell, highlight bool, a kiosk.Align, scale float32) (natural, least float32) {
	if c.Bar != nil {
		return 24 * p.mm, 14 * p.mm
	}
	if c.Button != nil {
		w := max(p.measured(c.Button.Text, p.strong())+9*p.mm+p.iconRoom(c.Button.Icon, p.strong()), p.target)
		return w, w
	}
	f, _ := p.styled(c.Style, highlight, scale)
	natural = p.measured(c.Text, f)
	least = natural
	if wraps(c.Style) {
		least = min(natural, max(5*f.size, p.longest(c.Text, f)))
	}
	if c.Chip != nil {
		cw := p.chipWidth(*c.Chip)
		if c.Text == "" {
			natural, least = cw, cw
		} else {
			natural += 2*p.mm + cw
			least = max(least, cw)
		}
	}
	for i, l := range c.Lines {
		sf := p.lineFace(i, a)
		natural = max(natural, p.measured(l, sf))
		if a == kiosk.AlignRight { // what stands under a figure is short and reads badly in pieces
			least = max(least, p.measured(l, sf))
		} else {
			least = max(least, min(p.measured(l, sf), max(6*sf.size, p.longest(l, sf))))
		}
	}
	return natural, least
}

// lineFace is how a line under a cell's main text is written: the first at the left edge is read, the others are looked up.
func (p *pen) lineFace(i int, a kiosk.Align) face {
	if i == 0 && a == kiosk.AlignLeft && p.squeeze < 2 {
		return p.plain()
	}
	return p.small()
}

// longest is the width of the longest piece of s that must stay whole.
func (p *pen) longest(s string, f face) float32 {
	w := float32(0)
	for _, t := range tokens(s) {
		w = max(w, p.measured(t, f))
	}
	return w
}

// cell draws a cell's texts from the top of r and returns their height. Its button and its bar are drawn by the row, which
// knows the height.
func (p *pen) cell(c kiosk.Cell, highlight bool, a kiosk.Align, scale float32, r Rect) float32 {
	if c.Button != nil {
		return p.target - 2*p.mm
	}
	if c.Bar != nil {
		return 7 * p.mm
	}
	y := r.Y
	f, fg := p.styled(c.Style, highlight, scale)
	if c.Text != "" {
		lines := []string{c.Text}
		if wraps(c.Style) {
			f = weighed(c.Text, f)
			lines = p.wrap(c.Text, f, r.W+0.5)
		}
		chipBeside := c.Chip != nil && len(lines) == 1 && p.measured(c.Text, f)+2*p.mm+p.chipWidth(*c.Chip) <= r.W+0.5
		lead := f.size * 1.25
		for _, l := range lines {
			x := anchor(Rect{r.X, y, r.W, 0}, a)
			w := p.word(x, y, lead, l, f, fg, side(a))
			if chipBeside {
				p.chip(r.X+w+2*p.mm, y+(lead-p.chipHeight())/2, *c.Chip)
			}
			y += lead
		}
		if c.Chip != nil && !chipBeside {
			p.chip(r.X, y, *c.Chip)
			y += p.chipHeight() + 0.5*p.mm
		}
	} else if c.Chip != nil {
		w := p.chipWidth(*c.Chip)
		x := r.X
		switch a {
		case kiosk.AlignRight:
			x = r.X + r.W - w
		case kiosk.AlignCentre:
			x = r.X + (r.W-w)/2
		}
		p.chip(x, y, *c.Chip)
		y += p.chipHeight()
	}
	for i, l := range c.Lines {
		sf := p.lineFace(i, a)
		for _, s := range p.wrap(l, sf, r.W+0.5) {
			p.word(anchor(Rect{r.X, y, r.W, 0}, a), y, sf.size*1.3, s, sf, p.hue.muted, side(a))
			y += sf.size * 1.3
		}
	}
	return y - r.Y
}

// drawRow draws a row's cells, centred in its height, and makes it a place to touch.
func (p *pen) drawRow(b kiosk.List, tb table, row kiosk.Row, r, whole Rect) {
	end := whole.X + whole.W
	if tb.chevron && row.Touch != nil {
		size := p.body * 1.1
		p.sign("chevron_right", r.X+r.W-size*0.8, r.Y+(r.H-size)/2, size, p.hue.live(p.hue.muted, row.Touch))
	}
	if tb.stacked {
		h := p.dry().stackedRow(b, tb, row, Rect{W: r.W})
		p.stackedRow(b, tb, row, Rect{r.X, r.Y + (r.H-h)/2, r.W, h})
		if _, button := rowButton(row); button != nil {
			end = r.X + r.W - p.buttonWidth(*button) - 2*p.mm
		}
	} else {
		x, main := r.X, mainCell(b, row)
		for i, c := range row.Cells {
			w := tb.widths[i]
			if c.Button != nil {
				end = min(end, x-1*p.mm)
			}
			q := *p
			if i == main {
				q.hue.ink = p.hue.live(p.hue.ink, row.Touch)
			}
			q.cellIn(c, row.Highlight, b.Columns[i].Align, tb.scale, Rect{x, r.Y, w, r.H})
			x += w + colGap*p.mm
		}
	}
	line := Rect{whole.X, whole.Y, end - whole.X, whole.H}
	p.area(Area{Rect: line, Face: line, Press: p.hue.shade, Msg: row.Touch, Label: rowWords(row), Row: true})
}

func (p *pen) cellIn(c kiosk.Cell, highlight bool, a kiosk.Align, scale float32, r Rect) {
	switch {
	case c.Bar != nil:
		length := r.W * float32(min(max(*c.Bar, 0), 1))
		if *c.Bar > 0 {
			length = max(length, p.bold)
		}
		thick := min(7*p.mm, r.H*0.4)
		if length > 0 {
			p.fill(Rect{r.X, r.Y + (r.H-thick)/2, length, thick}, min(1.4*p.mm, length/2), p.hue.amberBar)
		}
	case c.Button != nil:
		high := min(p.target, r.H-2*p.mm)
		p.cellButton(*c.Button, Rect{r.X, r.Y + (r.H-high)/2, r.W, high}, Rect{r.X, r.Y, r.W, r.H})
	default:
		h := p.dry().cell(c, highlight, a, scale, Rect{W: r.W})
		p.cell(c, highlight, a, scale, Rect{r.X, r.Y + (r.H-h)/2, r.W, h})
	}
}

// cellButton draws a button in a row; the row's whole height answers for it.
func (p *pen) cellButton(b kiosk.Button, r, whole Rect) {
	c := p.hue.deep(b.Subject)
	p.box(r, 4.5*p.mm, p.hue.card, c, p.bold)
	f, _ := p.fit(b.Text, p.strong(), p.least, r.W-3*p.mm-p.iconRoom(b.Icon, p.strong()))
	p.caption(r, b.Icon, b.Text, f, c, centre, 0)
	p.area(Area{Rect: whole, Face: r, Radius: 4.5 * p.mm, Press: p.hue.shade, Msg: b.Touch, Label: b.Text, Row: true})
}

func (p *pen) buttonWidth(b kiosk.Button) float32 {
	return max(p.measured(b.Text, p.strong())+9*p.mm+p.iconRoom(b.Icon, p.strong()), p.target)
}

func rowButton(row kiosk.Row) (int, *kiosk.Button) {
	for i, c := range row.Cells {
		if c.Button != nil {
			return i, c.Button
		}
	}
	return -1, nil
}

// mainCell is the cell that says what the row is about: a name, or the first words at a left edge. -1 is none.
func mainCell(b kiosk.List, row kiosk.Row) int {
	main := -1
	for i, c := range row.Cells {
		switch {
		case c.Style == kiosk.StyleName:
			return i
		case main >= 0 || c.Text == "" || c.Button != nil || c.Style == kiosk.StyleSmall || c.Style == kiosk.StyleAmount:
		case b.Columns[i].Align != kiosk.AlignRight:
			main = i
		}
	}
	return main
}

// stackedRow draws a row in a narrow place: the main text and the amount on the first line, or the amount below, the rest in
// small print under them.
func (p *pen) stackedRow(b kiosk.List, tb table, row kiosk.Row, r Rect) float32 {
	w := r.W
	at, button := rowButton(row)
	if button != nil {
		bw := p.buttonWidth(*button)
		if p.frame != nil {
			mid, x := r.Y+r.H/2, r.X+w-bw
			p.cellButton(*button, Rect{x, mid - p.target/2, bw, p.target}, Rect{x, mid - tb.high/2, bw, tb.high})
		}
		w -= bw + 3*p.mm
	} else if tb.chevron {
		w -= p.chevronRoom()
	}
	main, amount := mainCell(b, row), -1
	for i, c := range row.Cells {
		if c.Style == kiosk.StyleAmount && c.Text != "" {
			amount = i
		}
	}
	for i, c := range row.Cells { // the last column of figures is the sum, however it is written
		if row.Cells[max(0, amount)].Style != kiosk.StyleAmount && c.Text != "" && i != main && b.Columns[i].Align == kiosk.AlignRight {
			amount = i
		}
	}
	y := r.Y
	var rest []string
	for i, c := range row.Cells {
		if i == main || i == amount || i == at || c.Bar != nil {
			continue
		}
		if c.Text != "" {
			rest = append(rest, named(b.Columns[i].Title, c.Text))
		}
		if c.Chip != nil {
			rest = append(rest, c.Chip.Text)
		}
		rest = append(rest, c.Lines...)
	}
	if main >= 0 {
		c := row.Cells[main]
		f, fg := p.styled(c.Style, row.Highlight, 1)
		fg = p.hue.live(fg, row.Touch)
		room := w
		sum := face{}
		if amount >= 0 {
			sum, _ = p.styled(kiosk.StyleAmount, false, 1)
			room -= p.measured(row.Cells[amount].Text, sum) + 3*p.mm
		}
		lead := max(f.size, sum.size) * 1.25
		if ff, ok := p.fit(c.Text, f, max(p.least, f.size*0.85), room); ok && amount >= 0 {
			p.word(r.X, y, lead, c.Text, ff, fg, left)
			p.word(r.X+w, y, lead, row.Cells[amount].Text, sum, p.hue.ink, right)
			y += lead
		} else {
			f, _ = p.fit(c.Text, f, max(p.least, f.size*0.8), w)
			sf := p.small()
			if len(c.Lines) > 0 && p.measured(c.Text, f)+p.measured(c.Lines[0], sf)+3*p.mm <= w { // the place behind the name
				p.word(r.X+w, y, f.size*1.25, c.Lines[0], sf, p.hue.muted, right)
				c.Lines = c.Lines[1:]
			}
			f = weighed(c.Text, f)
			for _, l := range p.wrap(c.Text, f, w) {
				p.word(r.X, y, f.size*1.25, l, f, fg, left)
				y += f.size * 1.25
			}
			if amount >= 0 {
				sum, _ = p.fit(row.Cells[amount].Text, sum, p.least, w)
				high := sum.size * 1.25
				if c.Chip != nil && p.chipWidth(*c.Chip)+3*p.mm+p.measured(row.Cells[amount].Text, sum) <= w {
					p.chip(r.X, y+(high-p.chipHeight())/2, *c.Chip)
					c.Chip = nil
				}
				p.word(r.X+w, y, high, row.Cells[amount].Text, sum, p.hue.ink, right)
				y += high
			}
		}
		if c.Chip != nil {
			p.chip(r.X, y, *c.Chip)
			y += p.chipHeight() + 0.5*p.mm
		}
		rest = append(append([]string{}, c.Lines...), rest...)
		if amount >= 0 && p.drops < dropNotes {
			rest = append(rest, row.Cells[amount].Lines...)
		}
	}
	if len(rest) > 0 {
		f := p.small()
		for _, l := range p.wrap(strings.Join(rest, "  "), f, w) {
			p.word(r.X, y, f.size*1.3, l, f, p.hue.muted, left)
			y += f.size * 1.3
		}
	}
	return y - r.Y
}

// named puts a column's title before a figure that does not say what it is.
func named(title, s string) string {
	if last := s[len(s)-1]; title == "" || last < '0' || last > '9' || len(s) < 4 {
		return s
	}
	return strings.TrimSuffix(title, "（元）") + s
}

// rowWords is what a row says, for whoever reads what is on show.
func rowWords(row kiosk.Row) string {
	var w []string
	for _, c := range row.Cells {
		if c.Text != "" {
			w = append(w, c.Text)
		}
		if c.Chip != nil {
			w = append(w, c.Chip.Text)
		}
		w = append(w, c.Lines...)
	}
	return strings.Join(w, " ")
}
