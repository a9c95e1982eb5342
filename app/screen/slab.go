package screen

import "image/color"

// large is the area in pixels from which a box is worth taking apart.
const large = 120 * 120

// slabs takes a large box with round corners apart (拆分) into pieces of which only the corners are round. The toolkit works round
// corners and edges out for every pixel of a box, which on a terminal without a graphics card is most of what a page costs; a plain
// rectangle costs a fraction of that. What is seen is the same: four discs with plain rectangles over them, and where the box has an
// edge, discs and strips of its colour below.
func slabs(op Op, out []Op) []Op {
	r := round(min(op.Radius, op.W/2, op.H/2))
	if op.Kind != Box || r <= 0 || op.W*op.H < large || op.Fill.A != 0xFF || op.W < 3*r || op.H < 3*r {
		return append(out, op)
	}
	op.Rect = op.Rect.whole() // where pieces met between two pixels, what lies below them would show in the seam
	inner, ri := op.Rect, r
	if s := round(op.Stroke); op.Edge.A != 0 && s > 0 {
		out = corners(op.Rect, r, op.Edge, out)
		out = append(
			out,
			plain(op.X+r, op.Y, op.W-2*r, s, op.Edge),
			plain(op.X+r, op.Y+op.H-s, op.W-2*r, s, op.Edge),
			plain(op.X, op.Y+r, s, op.H-2*r, op.Edge),
			plain(op.X+op.W-s, op.Y+r, s, op.H-2*r, op.Edge),
		)
		inner, ri = op.Rect.grow(-s), max(1, r-s)
	}
	out = corners(inner, ri, op.Fill, out)
	return append(
		out,
		plain(inner.X, inner.Y+ri, ri, inner.H-2*ri, op.Fill),
		plain(inner.X+ri, inner.Y, inner.W-2*ri, inner.H, op.Fill),
		plain(inner.X+inner.W-ri, inner.Y+ri, ri, inner.H-2*ri, op.Fill),
	)
}

// corners are the discs in the corners of a rectangle.
func corners(r Rect, radius float32, c color.NRGBA, out []Op) []Op {
	d := 2 * radius
	for _, at := range [][2]float32{{r.X, r.Y}, {r.X + r.W - d, r.Y}, {r.X, r.Y + r.H - d}, {r.X + r.W - d, r.Y + r.H - d}} {
		out = append(out, Op{Kind: Box, Rect: Rect{at[0], at[1], d, d}, Radius: radius, Fill: c})
	}
	return out
}

func plain(x, y, w, h float32, c color.NRGBA) Op {
	return Op{Kind: Box, Rect: Rect{x, y, w, h}, Fill: c}
}
