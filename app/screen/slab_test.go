package screen

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestALargeBoxTakenApartLooksTheSame: cards and buttons with and without an edge look alike whole and in pieces. Only right at the
// edge they may differ: the toolkit lays an edge half outside of the box, the pieces lie inside.
func TestALargeBoxTakenApartLooksTheSame(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(newLook())
	panel := Panel{WidthPx: 400, HeightPx: 300}
	for name, op := range map[string]Op{
		"card":   {Kind: Box, Rect: Rect{20, 20, 340, 240}, Radius: 24, Fill: card, Edge: line, Stroke: 2},
		"button": {Kind: Box, Rect: Rect{20, 20, 340, 120}, Radius: 20, Fill: card, Edge: jade, Stroke: 4},
		"door":   {Kind: Box, Rect: Rect{20, 20, 340, 240}, Radius: 24, Fill: jade},
	} {
		pieces := slabs(op, nil)
		if len(pieces) < 7 {
			t.Errorf("%s stays in %d pieces", name, len(pieces))
		}
		var p painter
		objects := []fyne.CanvasObject{p.box(0, Op{Kind: Box, Rect: Rect{0, 0, 400, 300}, Fill: paper}), p.box(1, op)}
		whole := capture(panel, objects)
		objects = objects[:1]
		for i, piece := range pieces {
			objects = append(objects, p.box(2+i, piece))
		}
		apart := capture(panel, objects)
		edge := op.Fill
		if op.Stroke > 0 {
			edge = op.Edge
		}
		for _, p := range []struct {
			x, y float32
			c    color.NRGBA
		}{
			{op.X, op.Y, paper},
			{op.X + op.W - 1, op.Y + op.H - 1, paper},
			{op.X + op.W/2, op.Y, edge},
			{op.X + op.W/2, op.Y + op.H - 1, edge},
			{op.X, op.Y + op.H/2, edge},
			{op.X + op.W - 1, op.Y + op.H/2, edge},
			{op.X + op.W/2, op.Y + op.H/2, op.Fill},
			{op.X + op.W/2, op.Y - 1, paper},
		} {
			if got := color.NRGBAModel.Convert(apart.At(int(p.x), int(p.y))); got != p.c {
				t.Errorf("%s: %v at %.0f, %.0f, not %v", name, got, p.x, p.y, p.c)
			}
		}
		if off := differing(whole, apart); off > 0.04 {
			t.Errorf("%s: %.2f%% of the picture differ", name, 100*off)
		}
	}
	for n := range 50 {
		x, stroke := float32(20+n%7), 2+float32(n)/10
		op := Op{Kind: Box, Rect: Rect{x, 20, 318, 136}, Radius: 16.8, Fill: card, Edge: jade, Stroke: stroke}
		var p painter
		objects := []fyne.CanvasObject{p.box(0, Op{Kind: Box, Rect: Rect{0, 0, 400, 300}, Fill: ink})}
		for i, piece := range slabs(op, nil) {
			objects = append(objects, p.box(1+i, piece))
		}
		seen := capture(panel, objects)
		inside := op.Rect.grow(-op.Radius + 2)
		for y := inside.Y; y < inside.Y+inside.H; y++ {
			for x := inside.X; x < inside.X+inside.W; x++ {
				if got := color.NRGBAModel.Convert(seen.At(int(x), int(y))); got != op.Fill {
					t.Fatalf("a box with an edge of %.1f has a seam at %.0f, %.0f: %v", stroke, x, y, got)
				}
			}
		}
	}
	if small := (Op{Kind: Box, Rect: Rect{0, 0, 60, 60}, Radius: 10, Fill: card}); len(slabs(small, nil)) != 1 {
		t.Error("a small box is taken apart, which costs more than it saves")
	}
}
