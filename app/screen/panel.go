package screen

import (
	"math"

	"mingbai.local/app/kiosk"
)

// Panel is the touch panel (触摸屏) at hand. Sizes on it are in millimetres, so it must know its diagonal: the number of pixels
// says nothing of how far a finger has to go.
type Panel struct {
	WidthPx, HeightPx int
	DiagonalInch      float64 // 0 is guessed from the pixels
	// PxPerMM is what staff have measured on the panel itself; it counts for more than the diagonal. 0 is not measured.
	PxPerMM float64
}

// known lists the panels that the product supports, by their pixels.
var known = map[[2]int]float64{
	{1080, 1920}: 21.5,
	{1920, 1080}: 21.5,
	{1280, 800}:  10.1,
	{1366, 768}:  15.6,
	{1280, 1024}: 19,
	{1024, 768}:  15,
}

// mm returns pixels per millimetre. What neither staff nor the enrolment say is taken from the panels known, and from 21.5 inches for
// any other.
func (p Panel) mm() float32 {
	if p.PxPerMM > 0 {
		return float32(p.PxPerMM)
	}
	inch := p.DiagonalInch
	if inch <= 0 {
		inch = known[[2]int{p.WidthPx, p.HeightPx}]
	}
	if inch <= 0 {
		inch = 21.5
	}
	return float32(math.Hypot(float64(p.WidthPx), float64(p.HeightPx)) / (inch * 25.4))
}

// Measurer tells how wide a text is, in em (度量).
type Measurer func(text string, bold bool) float32

// face is one way of writing: a size in pixels and a weight.
type face struct {
	size float32
	bold bool
}

// measures are the lengths of one page (尺寸), in pixels, after the panel, the text size and how hard the page has to squeeze.
type measures struct {
	mm      float32
	wide    bool    // what is beside the body stands to its right
	short   bool    // under 150 mm high: targets give way to what has to be read
	nine    bool    // letters share nine keys: too low for 26 beside a list, or for 26 in larger print
	over    bool    // there is room for what can be chosen between methods and keys
	squeeze int     // 0 is as drawn, 3 is as tight as it gets
	body    float32 // em of running text
	least   float32 // em under which nothing is written
	rows    int     // of its list that a page is to show
	result  float32 // em under which no name and no amount of a result is written
	target  float32 // side of what is touched
	row     float32 // height of a list's row
	margin  float32
	gap     float32
	pad     float32
	radius  float32
	hair    float32 // 0.5 mm
	bold    float32 // 1 mm, the edge of what can be touched
}

// tightest is the last step of squeezing.
const tightest = 3

// measure works out the lengths. scale under 1 makes the text smaller where a page cannot be shown otherwise.
func measure(p Panel, size kiosk.TextSize, squeeze int, scale float32) measures {
	i := min(max(int(size), 0), 2)
	mm := p.mm()
	w, h := float32(p.WidthPx)/mm, float32(p.HeightPx)/mm
	// The floors of kiosk.md in millimetres, by text size. Panels with room write larger.
	easy := min(max(min(w, h)/34, 6.6), 7.8)
	body := [3]float32{easy, max(8.4, easy*1.2), max(10, easy*1.38)}[i]
	m := measures{
		mm: mm, rows: wantedRows[i], wide: w > h*1.1, short: h < 150, nine: h < 150 || i > 0 && h < 200 && w > h, squeeze: squeeze,
		least:  up([3]float32{5, 6, 7}[i] * mm),
		result: up([3]float32{9, 11, 14}[i] * mm),
		target: [3]float32{22, 25, 28}[i] * mm,
		row:    [3]float32{20, 24, 30}[i] * mm,
		margin: 10 * mm, radius: 5 * mm,
		gap:  [4]float32{6, 5, 3.5, 2.2}[squeeze] * mm,
		pad:  [4]float32{7, 6, 4.5, 3}[squeeze] * mm,
		hair: max(1, round(0.5*mm)), bold: max(2, round(0.8*mm)),
	}
	m.over = m.nine || h > 280
	if m.short {
		if squeeze > 0 { // what is touched gives way last but one
			m.target = [3]float32{15, 16, 17}[i] * mm
			m.row = [3]float32{16, 17, 19}[i] * mm
		}
		m.margin = 6 * mm
		m.gap = [4]float32{3.5, 3, 2.5, 2}[squeeze] * mm
		m.pad = [4]float32{5, 4, 3, 2.5}[squeeze] * mm
	} else if m.wide {
		m.margin = 8 * mm
	}
	m.body = max(body*scale*mm, m.least)
	m.result = max(m.result*scale, m.least)
	return m
}

// The type scale of pages.md. Large sizes come down as a page squeezes; results never under their floor.
func (m measures) small() face  { return face{max(0.86*m.body, m.least), false} }
func (m measures) plain() face  { return face{m.body, false} }
func (m measures) strong() face { return face{m.body, true} }
func (m measures) label() face  { return face{1.15 * m.body, true} }
func (m measures) amount() face {
	return face{max([4]float32{1.45, 1.45, 1.4, 1.36}[m.squeeze]*m.body, m.result), true}
}

func (m measures) title() face {
	return face{[4]float32{1.75, 1.6, 1.4, 1.2}[m.squeeze] * m.body, true}
}

func (m measures) tile() face {
	return face{[4]float32{1.95, 1.75, 1.6, 1.4}[m.squeeze] * m.body, true}
}

func (m measures) figure() face {
	return face{max([4]float32{2.3, 2, 1.7, 1.45}[m.squeeze]*m.body, m.result), true}
}

// leading is the height of a line in em: 1.4 for what is read, 1.2 for titles.
func leading(f face) float32 {
	if f.bold {
		return 1.24 * f.size
	}
	return 1.4 * f.size
}

// up makes a floor a whole number of pixels, in which texts are drawn.
func up(v float32) float32 { return float32(math.Ceil(float64(v))) }

func round(v float32) float32 { return float32(math.Round(float64(v))) }
