package screen

import (
	"math"
	"slices"

	"mingbai.local/app/kiosk"
)

// Layout (排版) gives every block of a page its place on a panel. It is a pure function: the same view on the same panel is
// always the same frame, and no toolkit is needed to see what a page will look like.
//
// A page that does not fit squeezes first: gaps, paddings and titles shrink. Then it leaves out what matters least, in this
// order: the news, the crumbs (whose last word moves into the band), notes and chips of headings, the small print of rows
// from its second line on, bars, the texts of cards
// that open. The text shrinks in between, never under its floor; a page that is too full for the largest size on the
// smallest panel is written in the next smaller one. What a page is for, its lists, tiles, doors, keys and buttons, is never left out.
func Layout(v kiosk.View, panel Panel, width Measurer) Frame {
	return layout(v, panel, width, painted(jade))
}

// layout is Layout in a county's colours.
func layout(v kiosk.View, panel Panel, width Measurer, hue palette) Frame {
	if v.Contrast {
		hue = inContrast()
	}
	if v.Fit.PxPerMM > 0 {
		panel.PxPerMM = v.Fit.PxPerMM
	}
	v.Body, v.Side = remembered(v.Body), remembered(v.Side)
	width, wraps, made := remembering(width), map[wrapping][]string{}, codes{}
	var p *pen
	var c composed
	written := v.TextSize
	for size := v.TextSize; size >= kiosk.TextStandard && !c.fits; size-- {
		for _, try := range attempts {
			q := &pen{measures: measure(panel, size, try.squeeze, try.scale), width: width, wraps: wraps, hue: hue, codes: made, drops: try.drops}
			d := q.compose(v, panel)
			if p == nil || !c.fits || d.fits && d.rows > c.rows {
				p, c = q, d
			}
			if c.fits && c.rows >= p.rows {
				break
			}
		}
		written = size
	}
	p.frame = &Frame{Panel: panel, Page: v.Page, Size: written, Touch: v.Fit.Touch}
	p.drawAll(v, c)
	return *p.frame
}

// attempt is one way of making room.
type attempt struct {
	squeeze, drops int
	scale          float32
}

var attempts = []attempt{
	{0, 0, 1},
	{1, 0, 1},
	{2, 0, 1},
	{tightest, 0, 1},
	{tightest, dropNews, 1},
	{tightest, dropCrumbs, 1},
	{tightest, dropNotes, 1},
	{tightest, dropNotes, 0.9},
	{tightest, dropLines, 1},
	{tightest, dropBars, 1},
	{tightest, dropBars, 0.9},
	{tightest, dropTexts, 1},
	{tightest, dropTexts, 0.9},
	{tightest, dropTexts, 0.8},
}

// wantedRows is how many rows of its list a page is to show, by text size. A page squeezes and leaves out for that, too; where
// nothing helps, the attempt that shows most of them stands.
var wantedRows = [3]int{3, 3, 2}

// What attempt.drops leaves out, each with all before it.
const (
	dropNews = iota + 1
	dropCrumbs
	dropNotes
	dropLines // under the first of what a row says in small print
	dropBars
	dropTexts // of cards that open: their titles stay, and what they open says the rest
)

// composed is a page whose blocks have their heights.
type composed struct {
	fits       bool
	rows       int    // of the page's list on show; many where all of them are, or there is none
	title      string // in place of the view's where the crumbs have moved into the band
	band, foot Rect
	asOf       Rect
	asOfInBand bool // a low panel says it there
	asOfUnder  Rect // or under its left column
	columns    []column
}

// column is a stack of blocks in a rectangle.
type column struct {
	Rect
	parts   []part
	heights []float32
	lead    float32 // empty space above the first block
}

// compose works out where everything stands.
//
// On a low panel whose left column has height to spare, how far the data reaches stands there if that shows more of the list.
func (p *pen) compose(v kiosk.View, panel Panel) composed {
	c := p.place(v, panel, false)
	if p.short && !(c.fits && c.rows == math.MaxInt) && !c.asOfInBand && v.AsOf != "" && !v.Bare {
		if d := p.place(v, panel, true); d.fits && (!c.fits || d.rows > c.rows) {
			return d
		}
	}
	return c
}

// place is compose with the line of how far the data reaches under the left column or across the page.
func (p *pen) place(v kiosk.View, panel Panel, under bool) composed {
	w, h := float32(panel.WidthPx), float32(panel.HeightPx)
	c := composed{fits: true, title: v.Title}
	bottom := h
	if !v.Bare {
		c.band = Rect{0, 0, w, p.bandHeight(h)}
	}
	if len(v.Foot) > 0 && !v.Bare {
		f := p.footHeight(h)
		c.foot = Rect{0, h - f, w, f}
		bottom -= f
	}
	body, side, own := p.arrange(v)
	if p.drops >= dropCrumbs {
		body, c.title = liftCrumbs(body, v.Title)
	}
	body, side = p.tighten(body), p.tighten(side)
	switch c.asOfInBand = !under && !v.Bare && p.asOfFitsBand(v, c.title, c.band); {
	case under:
		bottom -= p.gap
	case (v.AsOf != "" || v.Synthetic != "") && !v.Bare && !c.asOfInBand:
		a := p.asOfHeight(v, w)
		c.asOf = Rect{0, bottom - a, w, a}
		bottom -= a
	default:
		bottom -= p.gap
	}
	top := c.band.H + min(p.gap*1.2, p.margin)
	area := Rect{p.margin, top, w - 2*p.margin, bottom - top}

	c.fits = false
	best := float32(-1)
	consider := func(columns ...column) {
		var asOf Rect
		fits, rows, score := p.stackAll(columns)
		if under {
			l := columns[0]
			high := p.dry().asOfUnder(v, Rect{W: l.W})
			fits = fits && len(columns) > 1 && l.lead >= high+p.gap
			asOf = Rect{l.X, bottom - high, l.W, high}
		}
		if c.columns == nil || fits && (!c.fits || score > best+0.001) {
			c.columns, c.fits, c.rows, c.asOfUnder, best = columns, fits, rows, asOf, score
		}
	}
	if p.wide && len(side) > 0 && len(body) > 0 {
		for _, share := range p.shares(body, side) {
			if p.writes {
				l, r := p.raised(body, side)
				consider(p.beside(l, r, area, share)...)
			}
			consider(p.beside(body, side, area, share)...)
			if l, r := tailUnder(body, side); len(l) > 0 && len(l) < len(body) { // what closes the page stands under the list
				consider(p.beside(l, r, area, share)...)
			}
		}
	}
	if c.columns == nil || !own && (p.short || !c.fits) {
		consider(column{Rect: area, parts: p.parts(p.oneColumn(v, body, side))})
	}
	enough := func() bool { return c.fits && c.rows >= p.rows }
	if all := slices.Concat(body, side); p.wide && !enough() && !p.writes && !slices.ContainsFunc(all, needsWidth) { // parted wherever it helps
		for _, at := range partings(all) {
			if enough() {
				break
			}
			for _, share := range []float32{0.5, 0.42, 0.34} {
				if p.wideEnough(all[:at], area.W*share-p.gap) && p.wideEnough(all[at:], area.W*(1-share)-p.gap) {
					consider(p.beside(all[:at], all[at:], area, share)...)
				}
			}
		}
	}
	return c
}

// oneColumn is the page as it was before it was parted.
func (p *pen) oneColumn(v kiosk.View, body, side []kiosk.Block) []kiosk.Block {
	if n := len(body) - 1; p.writes && n >= 0 {
		if tabs, ok := body[n].(kiosk.Tabs); ok { // what is written stands next to what it may be
			return append(slices.Concat(body[:n], side), tabs)
		}
	}
	if !p.wide || len(side) == 0 || len(v.Side) > 0 {
		return append(slices.Clone(body), side...)
	}
	at := len(body)
	for at > 0 {
		switch body[at-1].(type) {
		case kiosk.Buttons, kiosk.Notice:
			at--
			continue
		}
		break
	}
	return slices.Concat(body[:at], side, body[at:])
}

// stackAll gives all parts their heights. The score says how much of the page's list is on show; rows that had to be folded
// count for less.
func (p *pen) stackAll(columns []column) (fits bool, rows int, score float32) {
	fits, rows = true, math.MaxInt
	for i := range columns {
		fits = columns[i].stack(p) && fits
		for j, pt := range columns[i].parts {
			if pt.turn == nil {
				continue
			}
			pt.draw(p.dry(), Rect{W: columns[i].W, H: columns[i].heights[j]})
			score = min(1, max(float32(pt.turn.fit), pt.turn.room)/float32(max(1, pt.turn.len)))
			if pt.list && pt.turn.fit < pt.turn.len {
				rows = min(rows, pt.turn.fit)
			}
			if pt.turn.stacked {
				score *= 0.75
			}
		}
	}
	return fits, rows, score
}

// beside makes two columns next to each other.
func (p *pen) beside(l, r []kiosk.Block, area Rect, share float32) []column {
	gap := max(p.gap, 4*p.mm)
	w := round((area.W - gap) * share)
	return []column{
		{Rect: Rect{area.X, area.Y, w, area.H}, parts: p.parts(l)},
		{Rect: Rect{area.X + w + gap, area.Y, area.W - gap - w, area.H}, parts: p.parts(r)},
	}
}

// shares are the parts of a wide page's width that the left column may have, the best first.
func (p *pen) shares(body, side []kiosk.Block) []float32 {
	switch {
	case slices.ContainsFunc(side, isKeys) && p.short:
		return []float32{0.45}
	case slices.ContainsFunc(side, isKeys):
		return []float32{0.5}
	case slices.ContainsFunc(side, isSquare):
		return []float32{0.56, 0.5, 0.45}
	case slices.ContainsFunc(side, isFlexible):
		return []float32{0.45, 0.4, 0.35}
	}
	return []float32{0.54}
}

// tailUnder moves the buttons that close the left column to the end of the right one.
func tailUnder(body, side []kiosk.Block) (l, r []kiosk.Block) {
	at := len(body)
	for at > 0 {
		if _, ok := body[at-1].(kiosk.Buttons); !ok {
			break
		}
		at--
	}
	return body[:at], append(slices.Clone(side), body[at:]...)
}

// tighten puts short blocks beside each other on a wide panel: a question after the way that leads to it, and buttons next
// to tabs. On a low panel tabs stand next to tabs, too.
func (p *pen) tighten(blocks []kiosk.Block) []kiosk.Block {
	if !p.wide {
		return blocks
	}
	var out []kiosk.Block
	for i := 0; i < len(blocks); i++ {
		if i+1 < len(blocks) {
			switch b := blocks[i].(type) {
			case kiosk.Crumbs:
				if h, ok := blocks[i+1].(kiosk.Heading); ok && b.Button != nil && h.Note == "" && len(h.Chips) == 0 {
					out = append(out, asked{b, h})
					i++
					continue
				}
			case kiosk.Tabs:
				if t, ok := blocks[i+1].(kiosk.Tabs); ok && p.short {
					out = append(out, paired{b, t})
					i++
					continue
				}
			case kiosk.Buttons:
				if t, ok := blocks[i+1].(kiosk.Tabs); ok && len(b.Items) == 1 && len(t.Items) <= 4 {
					out = append(out, abreast{b, t})
					i++
					continue
				}
			}
		}
		out = append(out, blocks[i])
	}
	return out
}

func isKeys(b kiosk.Block) bool { _, ok := b.(kiosk.Keys); return ok }

// isSquare reports whether a block is as high as it is wide, so that on a wide panel it has a column of its own.
func isSquare(b kiosk.Block) bool {
	switch b.(type) {
	case kiosk.Code, kiosk.PINPad, kiosk.Square:
		return true
	}
	return false
}

// isSheet reports whether a block is written in.
func isSheet(b kiosk.Block) bool { _, ok := b.(kiosk.Square); return ok }

func isFlexible(b kiosk.Block) bool {
	switch b.(type) {
	case kiosk.List, kiosk.Prose, kiosk.Tiles:
		return true
	}
	return false
}

// arrange decides what stands in which column. On a wide panel a page without a side of its own is parted so that its list
// has the full height: what is said about the list goes to the left of it. own says that the side is the view's.
func (p *pen) arrange(v kiosk.View) (body, side []kiosk.Block, own bool) {
	body, side = slices.Clone(v.Body), slices.Clone(v.Side)
	p.writes = slices.ContainsFunc(side, isSheet)
	if p.drops >= dropNews {
		body = slices.DeleteFunc(body, isNews)
		side = slices.DeleteFunc(side, isNews)
	}
	if p.wide && slices.ContainsFunc(side, isKeys) {
		body, side = p.raised(body, side)
	}
	if !p.wide || len(side) > 0 {
		return body, side, true
	}
	if at := slices.IndexFunc(body, isSquare); at >= 0 && len(body) > 1 {
		return slices.Concat(body[:at], body[at+1:]), []kiosk.Block{body[at]}, true
	}
	choices := 0
	for _, b := range body {
		if _, ok := b.(kiosk.Tabs); ok {
			choices++
		}
	}
	at := slices.IndexFunc(body, func(b kiosk.Block) bool {
		switch b.(type) {
		case kiosk.List, kiosk.Prose:
			return true
		}
		return false
	})
	if at < 0 || !slices.ContainsFunc(body, tellsOfList) && choices < 2 {
		return body, side, true
	}
	start := at
	for start > 0 {
		if _, tabs := body[start-1].(kiosk.Tabs); !tabs || !slices.ContainsFunc(body[:start-1], tellsOfList) {
			break
		}
		start--
	}
	side = slices.Clone(body[start : at+1])
	return append(body[:start:start], body[at+1:]...), side, false
}

// needsWidth reports whether a block is made for the whole width of a page.
func needsWidth(b kiosk.Block) bool {
	switch b.(type) {
	case kiosk.Doors, kiosk.Hero, kiosk.News, kiosk.Tiles, kiosk.Keys:
		return true
	}
	return false
}

// partings are the places at which blocks may be parted into two columns, the best first: the list begins the right one.
func partings(blocks []kiosk.Block) []int {
	list := max(0, slices.IndexFunc(blocks, isFlexible))
	var at []int
	for i := list; i > 0; i-- {
		at = append(at, i)
	}
	for i := len(blocks) - 1; i > list; i-- {
		at = append(at, i)
	}
	return at
}

// wideEnough reports whether what cannot be broken into lines has room in a column of that width.
func (p *pen) wideEnough(blocks []kiosk.Block, w float32) bool {
	return !slices.ContainsFunc(blocks, func(b kiosk.Block) bool {
		least := float32(0)
		switch b := b.(type) {
		case kiosk.Crumbs:
			if b.Button != nil && len(b.Items) > 0 {
				place := kiosk.Crumbs{Items: b.Items[len(b.Items)-1:], Pin: b.Pin}
				least = p.crumbsWidth(place) + p.buttonWidth(*b.Button) + p.gap + 3*p.mm
			}
		case asked:
			return true
		case kiosk.NameSum:
			least = p.measured(b.Figure, p.amount()) + p.measured(b.Unit, p.label()) + 3*p.mm
		case kiosk.Tabs:
			for _, t := range b.Items {
				least = max(least, p.measured(t.Text, face{max(p.least, p.plain().size*0.8), true})+4*p.mm)
			}
		}
		return least > w
	})
}

func isNews(b kiosk.Block) bool { _, ok := b.(kiosk.News); return ok }

// tellsOfList reports whether a block is worth a column of its own beside a list.
func tellsOfList(b kiosk.Block) bool {
	switch b.(type) {
	case kiosk.Bars, kiosk.Gauge, kiosk.Figures, kiosk.Cards, kiosk.Notice, kiosk.NameSum:
		return true
	}
	return false
}

// raised moves the methods of entering a name to the top of the column of keys, or of what is written in, which leaves the other
// column to what is found. The characters that can be chosen follow them where the keys leave them the room.
func (p *pen) raised(body, side []kiosk.Block) (b, s []kiosk.Block) {
	moves := func(b kiosk.Block) bool {
		switch b.(type) {
		case kiosk.Tabs:
			return true
		case kiosk.Candidates:
			return p.over && !p.writes
		}
		return false
	}
	var above []kiosk.Block
	for _, b := range body {
		if moves(b) {
			above = append(above, b)
		}
	}
	slices.SortStableFunc(above, func(a, b kiosk.Block) int { return one(isOffer(a)) - one(isOffer(b)) })
	return slices.DeleteFunc(slices.Clone(body), moves), append(above, side...)
}

func isOffer(b kiosk.Block) bool { _, ok := b.(kiosk.Candidates); return ok }

// liftCrumbs takes the crumbs out of the body and their last word into the band.
func liftCrumbs(body []kiosk.Block, title string) ([]kiosk.Block, string) {
	return slices.DeleteFunc(body, func(b kiosk.Block) bool {
		c, ok := b.(kiosk.Crumbs)
		if ok && len(c.Items) > 0 {
			title = c.Items[len(c.Items)-1]
		}
		return ok
	}), title
}

// part is a block on its way to its place.
type part struct {
	draw func(p *pen, r Rect) float32 // draws at the top of r and returns the height used; r.H of 0 asks for the least
	most func(p *pen, w float32) float32
	grow float32 // share of the height that is left; 0 keeps the least
	fill bool    // takes all that it is given
	near bool    // stands closer to what follows
	tail bool    // may stand between a list and its ▲▼
	foot bool    // keeps its place at the bottom: keys do not move under a finger
	turn *turn   // of what pages: which part of it is on show
	list bool    // it is the page's list
}

// stack gives the parts their heights and reports whether they fit. On a tall panel ▲▼ get a place of their own where the
// list does not fit without.
func (c *column) stack(p *pen) bool {
	d := p.dry()
	var ok bool
	c.heights, c.lead, ok = d.heights(c.parts, c.W, c.H)
	at := slices.IndexFunc(c.parts, func(pt part) bool { return pt.turn != nil })
	if at < 0 || p.wide {
		return ok
	}
	list := c.parts[at]
	if ok {
		list.draw(d, Rect{W: c.W, H: c.heights[at]})
		if list.turn.all() {
			return true
		}
	}
	after := at + 1
	for after < len(c.parts) && c.parts[after].tail {
		after++
	}
	if after < len(c.parts) {
		after = at + 1
	}
	c.parts = slices.Insert(slices.Clone(c.parts), after, pagerPart(list.turn))
	c.heights, c.lead, ok = d.heights(c.parts, c.W, c.H)
	return ok
}

// heights shares out the height h among the parts.
func (p *pen) heights(parts []part, w, h float32) (heights []float32, lead float32, ok bool) {
	heights = make([]float32, len(parts))
	left, filling, weight := h, false, float32(0)
	for i, pt := range parts {
		heights[i] = pt.draw(p, Rect{W: w})
		left -= heights[i]
		if i > 0 {
			left -= p.between(parts[i-1])
		}
		if pt.fill {
			filling = true
			weight += pt.grow
		}
	}
	if left < -0.5 {
		return heights, 0, false
	}
	for i, pt := range parts { // first those that know when they have enough
		if pt.grow == 0 || pt.fill {
			continue
		}
		give := left
		if filling {
			give = left * pt.grow
		}
		give = min(give, max(0, pt.most(p, w)-heights[i]))
		used := max(heights[i], pt.draw(p, Rect{W: w, H: heights[i] + give}))
		left -= used - heights[i]
		heights[i] = used
	}
	if !filling {
		return heights, left, true
	}
	for i, pt := range parts {
		if pt.fill {
			heights[i] += left * pt.grow / weight
		}
	}
	if pinned := slices.ContainsFunc(parts, func(pt part) bool { return pt.foot }); !pinned {
		for i, pt := range parts { // a short list leaves its place to what follows
			if used := pt.draw(p, Rect{W: w, H: heights[i]}); pt.fill && used < heights[i] {
				lead += heights[i] - used
				heights[i] = used
			}
		}
	}
	return heights, lead, true
}

// between is the gap below a part.
func (p *pen) between(pt part) float32 {
	if pt.near {
		return p.gap * 0.75
	}
	return p.gap
}

// drawAll draws the page.
func (p *pen) drawAll(v kiosk.View, c composed) {
	p.fill(Rect{0, 0, float32(p.frame.Panel.WidthPx), float32(p.frame.Panel.HeightPx)}, 0, p.hue.paper)
	if !v.Bare {
		p.band(v, c)
	}
	for _, col := range c.columns {
		y := col.Y
		if slices.ContainsFunc(v.Body, isHero) {
			y += col.lead * 0.4
		}
		foot := slices.IndexFunc(col.parts, func(pt part) bool { return pt.foot })
		for i, pt := range col.parts {
			if i == foot {
				y += col.lead
			}
			pt.draw(p, Rect{col.X, y, col.W, col.heights[i]})
			y += col.heights[i] + p.between(pt)
		}
	}
	for _, b := range v.Body {
		if t, ok := b.(kiosk.Target); ok {
			p.aim(t, Rect{0, 0, float32(p.frame.Panel.WidthPx), float32(p.frame.Panel.HeightPx)})
		}
	}
	if !v.Bare {
		p.asOf(v, c.asOf)
		if c.asOfUnder.H > 0 {
			p.asOfUnder(v, c.asOfUnder)
		}
		p.foot(listening(v.Foot, c), c.foot)
	}
	p.outline(v.Outlined)
}

// listening lets 读给我听 say which rows of the page's list are on show, which only the layout knows.
func listening(foot []kiosk.Button, c composed) []kiosk.Button {
	foot = slices.Clone(foot)
	for i, b := range foot {
		if l, ok := b.Touch.(kiosk.Listen); ok && !l.Stop {
			l.From, l.Rows = c.onShow()
			foot[i].Touch = l
		}
	}
	return foot
}

// onShow returns the first row of the page's list that has been drawn, and how many there are.
func (c composed) onShow() (from, rows int) {
	for _, col := range c.columns {
		for _, pt := range col.parts {
			if pt.list && pt.turn.len > 0 {
				return pt.turn.offset, min(pt.turn.fit, pt.turn.len-pt.turn.offset)
			}
		}
	}
	return 0, 0
}

// outlineMM is thick enough to be seen from where one stands.
const outlineMM = 2

// outline marks what has been spoken and opens at the next touch.
func (p *pen) outline(spoken kiosk.Msg) {
	if spoken == nil {
		return
	}
	for _, a := range p.frame.Areas {
		if a.Msg != spoken {
			continue
		}
		edge := p.hue.outlined
		if a.Press == p.hue.gleam {
			edge = p.hue.outlinedDark
		}
		p.box(a.Face, a.Radius, nothing, edge, outlineMM*p.mm)
	}
}

func isHero(b kiosk.Block) bool { _, ok := b.(kiosk.Hero); return ok }
