package slip

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai.local/assets/font"
)

// Paper (纸) is what lies in the printer, by the name under which it is set.
type Paper string

// The papers. A paper of any other name is taken for Roll80, which every printer can put on its own.
const (
	Roll58 Paper = "58mm" // 小票纸，窄的
	Roll80 Paper = "80mm" // 小票纸，宽的
	A4     Paper = "A4"
)

// sheet is a paper's measures in mm. Longest is where it ends, for a roll where it is long enough to be held in the hand.
type sheet struct {
	width, margin, longest float64
	roll                   bool
	em                     float64 // the size of the text
}

// Printers leave some millimetres of a roll blank at either side: 58 mm are printed on 48, 80 mm on 72.
func (p Paper) sheet() sheet {
	switch p {
	case Roll58:
		return sheet{width: 58, margin: 5, longest: 300, roll: true, em: 3.6}
	case A4:
		return sheet{width: 210, margin: 22, longest: 297, em: 6}
	}
	return sheet{width: 80, margin: 4.5, longest: 300, roll: true, em: 3.8}
}

// Sizes in em, gaps in lines.
const (
	titleSize = 1.5
	footSize  = 0.86
	lineSpace = 1.5
	between   = 0.25
	apart     = 1.0 // em between a text and its figure
)

// row is one line of text where it stands: X and the baseline Y in mm from the upper left corner, em in mm.
type row struct {
	x, y, em float64
	bold     bool
	text     string
}

// laid is a slip on its sheet.
type laid struct {
	width, height float64
	rows          []row
	rules         []float64 // where a line is drawn across
}

// Size returns how wide and how long the slip's page is, in mm.
func (s Slip) Size(p Paper) (width, height float64) {
	l := s.lay(p)
	return l.width, l.height
}

// lay sets the slip on a paper, without as many of its last lines as there is no room for.
func (s Slip) lay(p Paper) laid {
	at := p.sheet()
	return at.set(s.cut(func(s Slip) bool { return at.set(s).height <= at.longest }))
}

// setter puts one line below the other.
type setter struct {
	sheet
	laid
	y float64
}

func (at sheet) set(s Slip) laid {
	b := setter{sheet: at, y: at.margin}
	b.line(Line{Text: s.Title, Strong: true}, at.em*titleSize)
	b.rule()
	for _, l := range s.Lines {
		b.line(l, at.em)
	}
	b.rule()
	for _, f := range s.Foot {
		b.line(Line{Text: f}, at.em*footSize)
	}
	b.laid.width, b.laid.height = at.width, b.y+at.margin
	if !at.roll {
		b.laid.height = max(b.laid.height, at.longest)
	}
	return b.laid
}

func (b *setter) rule() {
	b.y += b.em * between
	b.rules = append(b.rules, b.y)
	b.y += b.em * between
}

// line wraps a text, with its figure at the right of its last row where both have room, else on a row of its own.
func (b *setter) line(l Line, em float64) {
	l.Strong = l.Strong && font.DrawsBold(l.Text+l.Figure) // no name changes weight half-way
	room := (b.sheet.width - 2*b.margin) / em
	figure := width(l.Figure, l.Strong)
	rows := wrap(l.Text, room, l.Strong)
	for _, text := range rows {
		b.row(text, b.margin, em, l.Strong)
	}
	if l.Figure != "" {
		if len(rows) > 0 && width(rows[len(rows)-1], l.Strong)+apart+figure <= room {
			b.y -= em * lineSpace
		}
		b.row(l.Figure, b.sheet.width-b.margin-figure*em, em, l.Strong)
	}
	b.y += em * between
}

func (b *setter) row(text string, x, em float64, bold bool) {
	// A character's square stands in the middle of its line.
	lead := (lineSpace - font.Top - font.Bottom) / 2
	b.rows = append(b.rows, row{x: x, y: b.y + em*(lead+font.Top), em: em, bold: bold, text: text})
	b.y += em * lineSpace
}

func width(s string, bold bool) float64 { return float64(font.Width(s, bold)) }

// Marks that do not begin a line, and marks that do not end one.
const (
	closing = "，。、；：？！）〕》”…"
	opening = "（〔《“"
)

// wrap parts a text into rows no wider than room, in em: between any two characters, but not before a closing mark, behind an
// opening one or within a number, which keeps its 元.
func wrap(s string, room float64, bold bool) []string {
	var rows []string
	for para := range strings.SplitSeq(s, "\n") {
		line := ""
		for _, piece := range pieces(para) {
			if line != "" && width(line+piece, bold) > room {
				rows, line = append(rows, line), ""
			}
			line += piece
		}
		rows = append(rows, line)
	}
	return slices.DeleteFunc(rows, func(s string) bool { return s == "" })
}

// pieces cuts a text into what stays together.
func pieces(s string) []string {
	var out []string
	last := utf8.RuneError
	for _, r := range s {
		joined := strings.ContainsRune(closing, r) || strings.ContainsRune(opening, last) || narrow(last) && (narrow(r) || r == '元')
		if n := len(out); n > 0 && joined {
			out[n-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		last = r
	}
	return out
}

// narrow reports whether r is part of a number or a Latin word.
func narrow(r rune) bool { return r < 0x2000 && !unicode.IsSpace(r) }
