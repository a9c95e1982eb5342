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
// property is written only where it differs: drawing a text anew costs more than all the rest of a page. Words and signs are reused by
// what they say, since one that becomes another has to be drawn again.
type painter struct {
	boxes, discs, dots []fyne.CanvasObject
	words, placing     map[wordKey][]*canvas.Raster // of the last frame, and of the one that is being painted
	gone               []*canvas.Raster             // that no word of the frame needs
	signs              map[signKey][]fyne.CanvasObject
	placed             map[signKey]int // signs of each that this paint has placed
	shown              []fyne.CanvasObject
	icons              map[iconKey]fyne.Resource
	ground             func(color.NRGBA) // clears the window in a colour; nil where the ground has to be painted
	changed            int               // objects that the last paint touched, for the test of reuse
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
	p.keepWords(ops)
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
			o = p.word(op)
		case Sign:
			o = p.sign(op)
		case Dots:
			o = p.code(i, op)
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	p.words, p.gone = p.placing, p.gone[:min(len(p.gone), spare)]
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

// wordKey is all that a word's picture depends on.
type wordKey struct {
	text string
	px   int
	bold bool
	c    color.NRGBA
	// guests are the outlines that came with the edition (font.Carried).
	guests uint64
}

func keyOf(op Op) wordKey { return wordKey{op.Text, int(op.H), op.Bold, op.Fill, font.Carried()} }

// spare is how many pictures of words are kept beyond those on show: as many as a full page has more than an empty one.
const spare = 96

// keepWords sorts the words of the last frame into those that this one has again and those that may become others.
func (p *painter) keepWords(ops []Op) {
	wanted := map[wordKey]int{}
	for _, op := range ops {
		if op.Kind == Word {
			wanted[keyOf(op)]++
		}
	}
	for k, words := range p.words {
		keep := min(wanted[k], len(words))
		p.gone = append(p.gone, words[keep:]...)
		p.words[k] = words[:keep]
	}
	p.placing = map[wordKey][]*canvas.Raster{}
}

// word returns a text's picture: the same as before, wherever it moves to, or one that is gone and becomes it. The toolkit's own texts
// are drawn from their outlines whenever they change, which made a change of the text size take a third of a second.
func (p *painter) word(op Op) fyne.CanvasObject {
	k := keyOf(op)
	r := p.wordOf(k)
	p.placing[k] = append(p.placing[k], r)
	w, h := font.Size(k.text, k.px, k.bold)
	p.place(r, op.X-font.Start(), round(op.Y+font.Top*op.H-font.Baseline(k.px)), float32(w), float32(h))
	return r
}

func (p *painter) wordOf(k wordKey) *canvas.Raster {
	if same := p.words[k]; len(same) > 0 {
		p.words[k] = same[1:]
		return same[0]
	}
	p.changed++
	draw := func(int, int) image.Image { return font.Line(k.text, k.px, k.bold, k.c) }
	n := len(p.gone)
	if n == 0 {
		r := canvas.NewRaster(draw)
		r.ScaleMode = canvas.ImageScalePixels
		return r
	}
	r := p.gone[n-1]
	p.gone = p.gone[:n-1]
	r.Generator = draw
	r.Refresh()
	return r
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
