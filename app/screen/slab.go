package screen

import "image/color"

// large is the area in pixels from which a box is worth taking apart.
const large = 120 * 120

// slabs takes a large box with round corners apart (拆分) into pieces of which only the corners are round. The toolkit works round
// corners out for every pixel of a box, which on a terminal without a graphics card is most of what a page costs; a plain
// rectangle costs next to nothing. What is seen is the same: four discs, and over them the middle, the sides and the straight
// edges.
func slabs(op Op, out []Op) []Op {
	r := min(op.Radius, op.W/2, op.H/2)
	if op.Kind != Box || r <= 0 || op.W*op.H < large || op.Fill.A != 0xFF || op.W < 3*r || op.H < 3*r {
		return append(out, op)
	}
	r, s := round(r), op.Stroke
	if op.Edge == nothing {
		s = 0
	}
	right, bottom := op.X+op.W, op.Y+op.H
	corner := op
	corner.Radius, corner.W, corner.H = r, 2*r, 2*r
	for _, at := range [][2]float32{{op.X, op.Y}, {right - 2*r, op.Y}, {op.X, bottom - 2*r}, {right - 2*r, bottom - 2*r}} {
		corner.X, corner.Y = at[0], at[1]
		out = append(out, corner)
	}
	plain := func(x, y, w, h float32, c color.NRGBA) {
		if w > 0 && h > 0 {
			out = append(out, Op{Kind: Box, Rect: Rect{x, y, w, h}, Fill: c})
		}
	}
	plain(op.X+r, op.Y+s, op.W-2*r, op.H-2*s, op.Fill)
	plain(op.X+s, op.Y+r, r-s, op.H-2*r, op.Fill)
	plain(right-r, op.Y+r, r-s, op.H-2*r, op.Fill)
	plain(op.X+r, op.Y, op.W-2*r, s, op.Edge)
	plain(op.X+r, bottom-s, op.W-2*r, s, op.Edge)
	plain(op.X, op.Y+r, s, op.H-2*r, op.Edge)
	plain(right-s, op.Y+r, s, op.H-2*r, op.Edge)
	return out
}
