package hands

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"mingbai.local/app/input/hand"
)

// parts (部件) is how characters are put together: by character, or by the number of a form that is none, how its parts lie and
// which they are.
type parts map[string]made

type made struct {
	how string
	of  []string
}

// readParts reads cjk-decomp, whose lines are 的:a(白,勺).
func readParts(dir string) (parts, error) {
	out := parts{}
	err := partsSource.open(dir, func(name string, content io.Reader) error {
		if name != "cjk-decomp.txt.js" {
			return nil
		}
		for lines := bufio.NewScanner(content); ; {
			if !lines.Scan() {
				return lines.Err()
			}
			whole, rest, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "module.exports = `"), ":")
			how, of, okToo := strings.Cut(strings.TrimSuffix(rest, ")"), "(")
			if ok && okToo && of != "" {
				how, _, _ = strings.Cut(how, "/")
				out[whole] = made{how, strings.Split(of, ",")}
			}
		}
	})
	return out, err
}

// Composed makes writings of the wanted characters out of the parts of characters that the medians have: as cjk-decomp says, or for
// a simplified character as its traditional one is made, each part simplified. What cannot be made is left out. The medians of
// a character itself are not used for it.
func Composed(dir, unihan string, medians []Writing, wanted []rune) ([]Writing, error) {
	all, err := readParts(dir)
	if err != nil {
		return nil, err
	}
	simple, err := variants(unihan, "kSimplifiedVariant")
	if err != nil {
		return nil, err
	}
	traditional, err := variants(unihan, "kTraditionalVariant")
	if err != nil {
		return nil, err
	}
	return compose(&builder{all, simple, map[string]hand.Ink{}}, traditional, medians, wanted), nil
}

func compose(b *builder, traditional map[rune][]rune, medians []Writing, wanted []rune) []Writing {
	for _, w := range medians {
		b.known[string(w.Rune)] = w.Ink
	}
	var out []Writing
	for _, r := range wanted {
		ink := b.build(string(r), false, deepest)
		for _, t := range traditional[r] {
			if ink == nil {
				ink = b.build(string(t), true, deepest)
			}
		}
		if ink != nil {
			out = append(out, Writing{r, ink})
		}
	}
	return out
}

// deepest is how often a part is taken apart again.
const deepest = 6

type builder struct {
	parts  parts
	simple map[rune][]rune
	known  map[string]hand.Ink
}

// short are radicals that are simplified only as a part.
var short = map[string]string{"訁": "讠", "言": "讠", "釒": "钅", "金": "钅", "糹": "纟", "糸": "纟", "飠": "饣", "食": "饣"}

// build returns how a character is written, or nil. Simplified says that its parts are to be.
func (b *builder) build(name string, simplified bool, deep int) hand.Ink {
	m, ok := b.parts[name]
	if !ok || deep == 0 {
		return nil
	}
	boxes := layout(m.how, len(m.of))
	if boxes == nil {
		return nil
	}
	inks := make([]hand.Ink, len(boxes))
	for i := range boxes {
		part := m.of[min(i, len(m.of)-1)]
		if simplified {
			part = b.simplify(part, i == 0 && m.how == "a")
		}
		if inks[i] = b.known[part]; inks[i] == nil {
			inks[i] = b.build(part, simplified, deep-1)
		}
		if inks[i] == nil {
			return nil
		}
	}
	if m.how == "a" || m.how == "d" {
		share(boxes, inks, m.how == "a")
	}
	var out hand.Ink
	for i, ink := range inks {
		out = append(out, boxes[i].fill(ink)...)
	}
	return out
}

func (b *builder) simplify(part string, left bool) string {
	if s, ok := short[part]; ok && left {
		return s
	}
	r, size := utf8.DecodeRuneInString(part)
	if size != len(part) || len(b.simple[r]) == 0 {
		return part
	}
	return string(b.simple[r][0])
}

// box is a part of the square of 1000 × 1000 (框).
type box struct{ x, y, wide, high float64 }

// fill writes ink into the box.
func (b box) fill(ink hand.Ink) hand.Ink {
	low, high := bounds(ink)
	out := make(hand.Ink, 0, len(ink))
	place := func(v, low, high int, at, long float64) int {
		if high == low {
			return int(at + long/2)
		}
		return int(at + float64(v-low)/float64(high-low)*long)
	}
	for _, s := range ink {
		t := make(hand.Stroke, 0, len(s))
		for _, p := range s {
			t = append(t, hand.Point{X: place(p.X, low.X, high.X, b.x, b.wide), Y: place(p.Y, low.Y, high.Y, b.y, b.high)})
		}
		out = append(out, t)
	}
	return out
}

func bounds(ink hand.Ink) (low, high hand.Point) {
	low, high = ink[0][0], ink[0][0]
	for _, s := range ink {
		for _, p := range s {
			low = hand.Point{X: min(low.X, p.X), Y: min(low.Y, p.Y)}
			high = hand.Point{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
		}
	}
	return low, high
}

// layout returns where the parts lie, or nil for a way of putting together that is not known.
func layout(how string, n int) []box {
	whole := box{0, 0, 1000, 1000}
	switch {
	case how == "a" || how == "d":
		return make([]box, n) // shared out by what lies in them
	case how == "ra":
		return []box{{0, 0, 470, 1000}, {530, 0, 470, 1000}}
	case how == "rd":
		return []box{{0, 0, 1000, 470}, {0, 530, 1000, 470}}
	case how == "r3tr":
		return []box{{250, 0, 500, 470}, {0, 530, 470, 470}, {530, 530, 470, 470}}
	case how == "r4sq":
		return []box{{0, 0, 470, 470}, {530, 0, 470, 470}, {0, 530, 470, 470}, {530, 530, 470, 470}}
	case strings.HasPrefix(how, "m") && n == 1:
		return []box{whole}
	case n != 2:
		return nil
	}
	for _, s := range inner {
		if how == s.how {
			return []box{whole, s.box}
		}
	}
	return nil
}

// inner is where the second part lies within the first.
var inner = []struct {
	how string
	box box
}{
	{"s", box{220, 220, 560, 560}},
	{"st", box{220, 300, 560, 680}},
	{"sb", box{220, 0, 560, 720}},
	{"sl", box{250, 200, 720, 580}},
	{"sr", box{30, 200, 720, 580}},
	{"stl", box{280, 300, 720, 680}},
	{"str", box{50, 350, 600, 600}},
	{"sbl", box{350, 0, 650, 780}},
	{"sbr", box{0, 0, 650, 780}},
	{"w", box{250, 250, 500, 500}},
	{"wbl", box{100, 550, 350, 400}},
	{"wbr", box{550, 550, 350, 400}},
	{"wtl", box{100, 50, 350, 400}},
	{"wtr", box{550, 50, 350, 400}},
	{"wt", box{250, 50, 500, 400}},
	{"wb", box{250, 550, 500, 400}},
}

// share gives each part room by its strokes, and the narrow ones no more than they have by themselves.
func share(boxes []box, inks []hand.Ink, across bool) {
	const gap = 50.0
	total := 0.0
	weights := make([]float64, len(inks))
	for i, ink := range inks {
		low, high := bounds(ink)
		long, wide := float64(high.X-low.X), float64(high.Y-low.Y)
		if !across {
			long, wide = wide, long
		}
		weights[i] = (0.3 + min(1, long/max(wide, 1))) * (3 + float64(len(ink)))
		total += weights[i]
	}
	room := 1000 - gap*float64(len(inks)-1)
	at := 0.0
	for i, w := range weights {
		long := w / total * room
		if across {
			boxes[i] = box{at, 0, long, 1000}
		} else {
			boxes[i] = box{0, at, 1000, long}
		}
		at += long + gap
	}
}

// variants reads characters' variants of one kind.
func variants(unihan, name string) (map[rune][]rune, error) {
	values, err := property(unihan, "Unihan_Variants.txt.bz2", name)
	out := map[rune][]rune{}
	for r, text := range values {
		for _, v := range strings.Fields(text) {
			var to rune
			if _, err := fmt.Sscanf(v, "U+%X", &to); err != nil {
				return nil, fmt.Errorf("%s of %c: %w", name, r, err)
			}
			if to != r {
				out[r] = append(out[r], to)
			}
		}
	}
	return out, err
}
