package slip

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"mingbai.local/assets/font"
)

// ErrMissing says that a slip holds a character which cannot be drawn.
var ErrMissing = errors.New("slip: no glyph for")

const pointsPerMM = 72 / 25.4

// PDF writes the slip as one page for that paper: a roll's page is as long as the slip is. The same slip makes the same bytes.
//
// Characters are drawn as outlines. The PDF library embeds fonts only for characters below U+10000 and breaks on the others, of
// which names have some; and a page without fonts is one that no printer's software can set in another.
func (s Slip) PDF(w io.Writer, p Paper) error {
	if missing := s.Missing(); len(missing) > 0 {
		return fmt.Errorf("%w %q", ErrMissing, missing)
	}
	l := s.lay(p)
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: l.width, Ht: l.height}})
	doc.SetCreationDate(time.Unix(0, 0).UTC())
	doc.SetModificationDate(time.Unix(0, 0).UTC())
	doc.SetProducer("", false)
	doc.SetCatalogSort(true)
	doc.SetAutoPageBreak(false, 0)
	doc.AddPage()
	for _, r := range l.rows {
		draw(doc, l.height, r)
	}
	doc.SetLineWidth(ruleWidth)
	margin := p.sheet().margin
	for _, y := range l.rules {
		doc.Line(margin, y, l.width-margin, y)
	}
	return doc.Output(w)
}

// ruleWidth is two dots of a thermal printer, in mm.
const ruleWidth = 0.25

// draw fills a row's characters, each in the font's own units under a matrix, so that one character is the same bytes wherever it
// stands and the page packs small.
func draw(doc *fpdf.Fpdf, height float64, r row) {
	scale := r.em * pointsPerMM / font.PerEm
	x := r.x
	for _, c := range r.text {
		doc.TransformBegin()
		doc.Transform(fpdf.TransformMatrix{A: scale, D: scale, E: x * pointsPerMM, F: (height - r.y) * pointsPerMM})
		doc.RawWriteStr(string(operators(font.Segments(c, r.bold))))
		doc.TransformEnd()
		x += width(string(c), r.bold) * r.em
	}
}

// operators writes an outline as PDF does, where y grows upwards and a curve has two control points. A space has none.
func operators(segments sfnt.Segments) []byte {
	var out []byte
	var at [2]float64
	op := func(name string, points ...[2]float64) {
		for _, p := range points {
			out = append(strconv.AppendFloat(out, p[0], 'f', -1, 64), ' ')
			out = append(strconv.AppendFloat(out, p[1], 'f', -1, 64), ' ')
		}
		out = append(out, name+"\n"...)
		if n := len(points); n > 0 {
			at = points[n-1]
		}
	}
	for i, s := range segments {
		a, b, c := unit(s.Args[0]), unit(s.Args[1]), unit(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				op("h")
			}
			op("m", a)
		case sfnt.SegmentOpLineTo:
			op("l", a)
		case sfnt.SegmentOpQuadTo:
			op("c", twoThirds(at, a), twoThirds(b, a), b)
		case sfnt.SegmentOpCubeTo:
			op("c", a, b, c)
		}
	}
	if len(out) > 0 {
		op("f")
	}
	return out
}

// unit is a point of the font, in its units.
func unit(p fixed.Point26_6) [2]float64 {
	return [2]float64{round(float64(p.X) / 64), round(-float64(p.Y) / 64)}
}

// twoThirds of the way to a quadratic curve's control point lies the cubic curve's.
func twoThirds(from, to [2]float64) [2]float64 {
	return [2]float64{round(from[0] + (to[0]-from[0])*2/3), round(from[1] + (to[1]-from[1])*2/3)}
}

// round cuts to a tenth of a unit, a five-hundredth of a thermal printer's dot.
func round(f float64) float64 {
	if f < 0 {
		return float64(int(f*10-0.5)) / 10
	}
	return float64(int(f*10+0.5)) / 10
}
