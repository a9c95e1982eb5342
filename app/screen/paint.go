package screen

import (
	"bytes"
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"mingbai.local/assets/font"
	"mingbai.local/assets/icon"
)

// painter keeps canvas objects in step with a frame (画家). Objects are reused by kind in the order of the list, and a
// property is written only where it differs: drawing a text anew costs more than all the rest of a page. Signs are reused by what
// they are, since one that becomes another is rendered from its paths again.
type painter struct {
	boxes, discs, words, dots []fyne.CanvasObject
	signs                     map[signKey][]fyne.CanvasObject
	placed                    map[signKey]int // signs of each that this paint has placed
	shown                     []fyne.CanvasObject
	icons                     map[iconKey]fyne.Resource
	ground                    func(color.NRGBA) // clears the window in a colour; nil where the ground has to be painted
	changed                   int               // objects that the last paint touched, for the test of reuse
}

type signKey struct {
	iconKey
	size float32
}

type iconKey struct {
	name string
	c    color.NRGBA
}

// paint returns the objects of the frame in drawing order. The slice is new only where the order of kinds has changed.
func (p *painter) paint(f Frame) (objects []fyne.CanvasObject, reordered bool) {
	p.changed = 0
	var n [Dots + 1]int
	if p.signs == nil {
		p.signs = map[signKey][]fyne.CanvasObject{}
	}
	p.placed = map[signKey]int{}
	ops := p.pieces(f)
	objects = make([]fyne.CanvasObject, 0, len(ops))
	for _, op := range ops {
		i := n[op.Kind]
		n[op.Kind]++
		var o fyne.CanvasObject
		switch op.Kind {
		case Box:
			o = p.box(i, op)
		case Disc:
			o = p.disc(i, op)
		case Word:
			o = p.word(i, op)
		case Sign:
			o = p.sign(op)
		case Dots:
			o = p.code(i, op)
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	reordered = len(objects) != len(p.shown)
	for i := 0; !reordered && i < len(objects); i++ {
		reordered = objects[i] != p.shown[i]
	}
	if reordered {
		p.shown = objects
	}
	return p.shown, reordered
}

// pieces are the ops of a frame as they are painted: large boxes taken apart, and the ground left to whoever clears the window, where
// there is somebody, since to fill a whole panel costs a third of a page.
func (p *painter) pieces(f Frame) []Op {
	ops := f.Ops
	whole := Rect{0, 0, float32(f.Panel.WidthPx), float32(f.Panel.HeightPx)}
	if p.ground != nil && len(ops) > 0 && ops[0].Kind == Box && ops[0].Rect == whole && ops[0].Radius == 0 {
		p.ground(ops[0].Fill)
		ops = ops[1:]
	}
	var out []Op
	for _, op := range ops {
		out = slabs(op, out)
	}
	return out
}

func (p *painter) place(o fyne.CanvasObject, x, y, w, h float32) {
	if pos := fyne.NewPos(x, y); o.Position() != pos {
		o.Move(pos)
	}
	if size := fyne.NewSize(w, h); o.Size() != size {
		o.Resize(size)
	}
}

func (p *painter) box(i int, op Op) fyne.CanvasObject {
	if i == len(p.boxes) {
		p.boxes = append(p.boxes, canvas.NewRectangle(op.Fill))
	}
	r := p.boxes[i].(*canvas.Rectangle)
	p.place(r, op.X, op.Y, op.W, op.H)
	radius := min(op.Radius, op.W/2, op.H/2)
	if r.FillColor != color.Color(op.Fill) || r.StrokeColor != color.Color(op.Edge) || r.StrokeWidth != op.Stroke || r.CornerRadius != radius {
		r.FillColor, r.StrokeColor, r.StrokeWidth, r.CornerRadius = op.Fill, op.Edge, op.Stroke, radius
		r.Refresh()
		p.changed++
	}
	return r
}

func (p *painter) disc(i int, op Op) fyne.CanvasObject {
	if i == len(p.discs) {
		p.discs = append(p.discs, canvas.NewCircle(op.Fill))
	}
	c := p.discs[i].(*canvas.Circle)
	p.place(c, op.X, op.Y, op.W, op.H)
	if c.FillColor != color.Color(op.Fill) {
		c.FillColor = op.Fill
		c.Refresh()
		p.changed++
	}
	return c
}

// word places a text by the square of its characters: the toolkit's text begins above it, by what the font leaves for
// accents.
func (p *painter) word(i int, op Op) fyne.CanvasObject {
	if i == len(p.words) {
		p.words = append(p.words, canvas.NewText("", op.Fill))
	}
	t := p.words[i].(*canvas.Text)
	if t.Text != op.Text || t.TextSize != op.H || t.TextStyle.Bold != op.Bold || t.Color != color.Color(op.Fill) {
		t.Text, t.TextSize, t.TextStyle.Bold, t.Color = op.Text, op.H, op.Bold, op.Fill
		t.Refresh()
		p.changed++
	}
	p.place(t, op.X, round(op.Y-(font.Ascent-font.Top)*op.H), op.W, op.H)
	return t
}

func (p *painter) sign(op Op) fyne.CanvasObject {
	k := signKey{iconKey{op.Text, op.Fill}, op.W}
	i := p.placed[k]
	p.placed[k]++
	if i == len(p.signs[k]) {
		img := canvas.NewImageFromResource(p.icon(k.iconKey))
		img.FillMode = canvas.ImageFillContain
		p.signs[k] = append(p.signs[k], img)
		p.changed++
	}
	img := p.signs[k][i]
	p.place(img, op.X, op.Y, op.W, op.H)
	return img
}

// code draws a code as a picture of its own pixels: nothing scales it, so every module keeps its width.
func (p *painter) code(i int, op Op) fyne.CanvasObject {
	if i == len(p.dots) {
		img := canvas.NewImageFromImage(nil)
		img.FillMode, img.ScaleMode = canvas.ImageFillStretch, canvas.ImageScalePixels
		p.dots = append(p.dots, img)
	}
	img := p.dots[i].(*canvas.Image)
	made := codePicture(op.Code, int(op.W))
	if old, ok := img.Image.(*image.Gray); !ok || old.Rect != made.Rect || !bytes.Equal(old.Pix, made.Pix) {
		img.Image = made
		img.Refresh()
		p.changed++
	}
	p.place(img, op.X, op.Y, op.W, op.H)
	return img
}

// icon returns a picture in a colour; each is made once.
func (p *painter) icon(k iconKey) fyne.Resource {
	if r, ok := p.icons[k]; ok {
		return r
	}
	if p.icons == nil {
		p.icons = map[iconKey]fyne.Resource{}
	}
	name := fmt.Sprintf("%s-%02X%02X%02X.svg", k.name, k.c.R, k.c.G, k.c.B) // Fyne keeps pictures by name
	r := fyne.NewStaticResource(name, icon.Coloured(k.name, k.c))
	p.icons[k] = r
	return r
}
