package hand_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/input/hand"
	tables "mingbai.local/assets/hand"
)

// shipped is the recogniser as a kiosk has it.
func shipped(t testing.TB) *hand.Recogniser {
	t.Helper()
	r, err := hand.New(tables.Tables()...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ink reads strokes as "x,y x,y; x,y x,y".
func strokes(points ...[]int) hand.Ink {
	var out hand.Ink
	for _, stroke := range points {
		var s hand.Stroke
		for i := 0; i < len(stroke); i += 2 {
			s = append(s, hand.Point{X: stroke[i], Y: stroke[i+1]})
		}
		out = append(out, s)
	}
	return out
}

// written are characters as somebody may write them on a square of 600, in straight lines.
var written = map[rune]hand.Ink{
	'一': strokes([]int{60, 310, 540, 290}),
	'十': strokes([]int{60, 260, 540, 250}, []int{300, 40, 305, 570}),
	'人': strokes([]int{300, 40, 270, 250, 50, 560}, []int{285, 230, 400, 420, 560, 550}),
	'大': strokes([]int{70, 210, 540, 190}, []int{300, 40, 290, 220, 60, 560}, []int{300, 220, 400, 420, 560, 550}),
	'王': strokes([]int{90, 100, 510, 90}, []int{120, 300, 480, 290}, []int{300, 100, 300, 520}, []int{60, 530, 550, 520}),
	'中': strokes([]int{110, 170, 120, 370}, []int{110, 170, 490, 160, 480, 360}, []int{120, 360, 480, 350}, []int{300, 30, 300, 580}),
	'国': strokes([]int{80, 60, 80, 560}, []int{80, 60, 520, 60, 520, 560}, []int{160, 170, 440, 165}, []int{170, 300, 430, 295}, []int{300, 170, 300, 450},
		[]int{150, 455, 450, 450}, []int{370, 350, 410, 400}, []int{80, 545, 520, 545}),
	'木': strokes([]int{60, 200, 540, 190}, []int{300, 40, 300, 570}, []int{290, 210, 200, 380, 60, 480}, []int{310, 210, 400, 360, 550, 470}),
	'田': strokes([]int{110, 90, 120, 530}, []int{110, 90, 490, 80, 480, 530}, []int{300, 90, 300, 520}, []int{120, 300, 480, 295}, []int{120, 520, 480, 515}),
	'李': strokes([]int{70, 130, 530, 120}, []int{300, 20, 300, 290}, []int{290, 140, 60, 300}, []int{310, 140, 540, 290},
		[]int{170, 320, 430, 315, 310, 390}, []int{310, 390, 310, 560, 240, 540}, []int{60, 440, 540, 430}),
}

func top(r *hand.Recogniser, ink hand.Ink, among hand.Prior) rune {
	if c := r.Recognise(ink, among, 1); len(c) == 1 {
		return c[0].Rune
	}
	return 0
}

// TestWrittenCharacters: whoever writes a character as it is taught finds it first among all.
func TestWrittenCharacters(t *testing.T) {
	r := shipped(t)
	for want, ink := range written {
		if got := r.Recognise(ink, nil, 8); len(got) != 8 || got[0].Rune != want {
			t.Errorf("%c is taken for %s", want, said(got))
		}
	}
}

func said(list []hand.Candidate) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteRune(c.Rune)
	}
	return b.String()
}

// TestWrongStrokeOrder: many learned another order at school, or none. The answer is the same to the last score.
func TestWrongStrokeOrder(t *testing.T) {
	r := shipped(t)
	for want, ink := range written {
		right := r.Recognise(ink, nil, 8)
		turned := slices.Clone(ink)
		slices.Reverse(turned)
		if wrong := r.Recognise(turned, nil, 8); !slices.Equal(wrong, right) {
			t.Errorf("%c in another order is %s, not %s", want, said(wrong), said(right))
		}
	}
}

// TestAnySquare: size, place and the unit of the panel do not matter.
func TestAnySquare(t *testing.T) {
	r := shipped(t)
	for want, ink := range written {
		for _, scale := range []int{1, 7, 1000} {
			for _, move := range []int{-5000, 0, 123456} {
				var other hand.Ink
				for _, s := range ink {
					var o hand.Stroke
					for _, p := range s {
						o = append(o, hand.Point{X: p.X*scale + move, Y: p.Y*scale - move})
					}
					other = append(other, o)
				}
				if got := top(r, other, nil); got != want {
					t.Errorf("%c, %d times as large and moved by %d, is taken for %c", want, scale, move, got)
				}
			}
		}
	}
}

// TestSizeIsNotSeen: 口 and 囗 differ by nothing but size, so both are offered, whichever is written.
func TestSizeIsNotSeen(t *testing.T) {
	square := strokes([]int{110, 130, 130, 480}, []int{110, 130, 490, 120, 470, 470}, []int{130, 470, 470, 460})
	if got := said(shipped(t).Recognise(square, nil, 2)); got != "口囗" && got != "囗口" {
		t.Errorf("a square is taken for %s", got)
	}
}

// TestFar: what is no character is told from what is nobody's name.
func TestFar(t *testing.T) {
	r := shipped(t)
	for want, ink := range written {
		if got := r.Recognise(ink, nil, 1); got[0].Score >= hand.Far {
			t.Errorf("%c counts as not recognised", want)
		}
	}
	dice := rand.New(rand.NewPCG(1, 1))
	far := 0
	for range 200 {
		at := hand.Point{X: 500, Y: 500}
		scribble := hand.Ink{nil}
		for range 20 {
			at = hand.Point{X: at.X + dice.IntN(600) - 300, Y: at.Y + dice.IntN(600) - 300}
			scribble[0] = append(scribble[0], at)
		}
		if r.Recognise(scribble, nil, 1)[0].Score >= hand.Far {
			far++
		}
	}
	if far < 180 {
		t.Errorf("%d of 200 scribbles count as not recognised", far)
	}
}

// TestOnlyWhoCanBeMeant: what the lexicon does not offer is never a candidate, whatever is written, and who has more people comes
// first where the ink leaves it open.
func TestOnlyWhoCanBeMeant(t *testing.T) {
	r := shipped(t)
	among := hand.Prior{'木': 3, '术': 1, '本': 900}
	for want, ink := range written {
		got := r.Recognise(ink, among, 8)
		if len(got) != 3 {
			t.Errorf("%c: %d candidates of 3", want, len(got))
		}
		for _, c := range got {
			if _, ok := among[c.Rune]; !ok {
				t.Errorf("%c: %c is nobody's", want, c.Rune)
			}
		}
	}
	if got := top(r, written['木'], among); got != '木' {
		t.Errorf("木 among 木, 术 and many 本 is taken for %c", got)
	}
	open := strokes([]int{60, 210, 540, 200}, []int{300, 40, 300, 570}, []int{65, 530, 545, 520}) // 土 or 士
	for _, many := range []rune{'土', '士'} {
		among := hand.Prior{'土': 1, '士': 1}
		among[many] = 1_000_000
		if got := top(r, open, among); got != many {
			t.Errorf("with a million people called %c the ink is taken for %c", many, got)
		}
	}
}

// TestUnknownCharacters: a lexicon may hold what no table knows. That is no candidate, and hinders none.
func TestUnknownCharacters(t *testing.T) {
	r := shipped(t)
	if got := r.Recognise(written['王'], hand.Prior{'A': 5, '\U00031350': 5, '王': 1}, 8); len(got) != 1 || got[0].Rune != '王' {
		t.Errorf("王 beside unknown ones: %s", said(got))
	}
	if r.Knows('A') || !r.Knows('王') {
		t.Error("the recogniser does not know what it knows")
	}
}

// TestWithoutTables: a kiosk without tables has no handwriting, and works.
func TestWithoutTables(t *testing.T) {
	r, err := hand.New()
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Recognise(written['王'], nil, 8); got != nil || r.Knows('王') {
		t.Errorf("without tables: %v", got)
	}
	if got := r.Recognise(written['王'], hand.Prior{'王': 1}, 8); got != nil {
		t.Errorf("without tables, among one: %v", got)
	}
}

// TestDamagedTable: a table is used whole or not at all, whichever byte is wrong and wherever it ends, and says why not.
func TestDamagedTable(t *testing.T) {
	whole := tables.Medians()
	for _, at := range []int{15, 16, 25, 100, len(whole) / 2, len(whole) - 40, len(whole) - 1} {
		broken := bytes.Clone(whole)
		broken[at] ^= 4
		if _, err := hand.New(broken); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("with byte %d wrong: %v", at, err)
		}
	}
	for _, end := range []int{0, 1, 15, 40, 1000, len(whole) - 1} {
		if _, err := hand.New(whole[:end]); err == nil {
			t.Errorf("%d of %d bytes are a table", end, len(whole))
		}
	}
	newer := bytes.Clone(whole)
	newer[13] = '3'
	if _, err := hand.New(newer); err == nil || !strings.Contains(err.Error(), "form") {
		t.Errorf("a table of a form to come: %v", err)
	}
}

// TestTableWithoutShapes: a table that has a shape too few, too many or none is not used, and says so.
func TestTableWithoutShapes(t *testing.T) {
	shape := hand.Shape(written['十'])
	for name, shapes := range map[string][]byte{
		"none": nil, "one of two": shape, "three": slices.Concat(shape, shape, shape), "an end": slices.Concat(shape, shape[:len(shape)-1]),
		"no stroke": slices.Concat(shape, []byte{0}), "a stroke of nothing": slices.Concat(shape, []byte{1, 0}),
		"129 strokes": slices.Concat(shape, []byte{129}, bytes.Repeat([]byte{1, 9, 9}, 129)),
	} {
		table := hand.Table{
			Source: "a test", Directions: 1, Unit: 0.001, Middle: []int16{0}, Reduction: make([]int16, hand.Dim),
			Runes: []rune{'十', '木'}, Levels: []byte{0, 0}, Prototypes: []byte{0, 1}, Shapes: shapes,
		}
		if _, err := hand.New(table.Encode()); err == nil || !strings.Contains(err.Error(), "shape") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHostileInk: any ink at all is answered, and soon.
func TestHostileInk(t *testing.T) {
	r := shipped(t)
	dice := rand.New(rand.NewPCG(1, 2))
	scribble := func(strokes, points int) hand.Ink {
		var ink hand.Ink
		for range strokes {
			var s hand.Stroke
			for range points {
				s = append(s, hand.Point{X: dice.IntN(1000), Y: dice.IntN(1000)})
			}
			ink = append(ink, s)
		}
		return ink
	}
	ends := hand.Stroke{{math.MinInt, math.MinInt}, {math.MaxInt, math.MaxInt}, {math.MinInt, math.MaxInt}}
	for name, attack := range map[string]struct {
		ink   hand.Ink
		finds bool
	}{
		"nothing":            {nil, false},
		"empty strokes":      {hand.Ink{{}, {}}, false},
		"one point":          {hand.Ink{{{5, 5}}}, false},
		"one point again":    {hand.Ink{{{5, 5}, {5, 5}}, {{5, 5}}}, false},
		"two points":         {hand.Ink{{{5, 5}}, {{6, 5}}}, true},
		"a point and ink":    {hand.Ink{{}, {{0, 0}, {9, 0}}, {{4, 4}}}, true},
		"ends of the world":  {hand.Ink{ends}, true},
		"100,000 points":     {scribble(1, 100_000), false},
		"100,000 strokes":    {scribble(100_000, 1), false},
		"129 strokes":        {scribble(129, 2), false},
		"a long scribble":    {scribble(1, 16_000), true},
		"many short strokes": {scribble(128, 2), true},
	} {
		start := time.Now()
		got := r.Recognise(attack.ink, nil, 8)
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if (len(got) > 0) != attack.finds {
			t.Errorf("%s: %s", name, said(got))
		}
	}
	for _, n := range []int{-1, 0} {
		if got := r.Recognise(written['王'], nil, n); len(got) != 0 {
			t.Errorf("%d candidates asked for: %s", n, said(got))
		}
	}
	if got := r.Recognise(written['王'], nil, math.MaxInt); len(got) < 8000 {
		t.Errorf("asked for all: %d", len(got))
	}
}

// TestBestOfAll: giving up early what is too far changes nothing: the best 8 are the first 8 of all.
func TestBestOfAll(t *testing.T) {
	r := shipped(t)
	for want, ink := range written {
		all, some := r.Recognise(ink, nil, math.MaxInt), r.Recognise(ink, nil, 8)
		if !slices.Equal(all[:8], some) {
			t.Errorf("%c: %s of all, %s of 8", want, said(all[:8]), said(some))
		}
		if !slices.IsSortedFunc(all, func(a, b hand.Candidate) int { return a.Score - b.Score }) {
			t.Errorf("%c: not in order", want)
		}
	}
}

// TestFewAllocations: a kiosk recognises all day.
func TestFewAllocations(t *testing.T) {
	r := shipped(t)
	if n := testing.AllocsPerRun(20, func() { r.Recognise(written['国'], nil, 8) }); n > 12 {
		t.Errorf("%v allocations for a character", n)
	}
}

// FuzzRecognise: whatever ink comes, the candidates are different characters in the order of their scores, and the features are
// numbers whose squares add up to 1.
func FuzzRecognise(f *testing.F) {
	r := shipped(f)
	f.Add([]byte{0, 0, 0, 200, 200, 255, 9, 9, 30, 200})
	f.Add([]byte{1, 1, 255, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		ink := hand.Ink{nil}
		for ; len(b) >= 2; b = b[2:] {
			if b[0] == 255 {
				ink = append(ink, nil)
				continue
			}
			last := &ink[len(ink)-1]
			*last = append(*last, hand.Point{X: int(b[0]) << (b[1] % 50), Y: int(int8(b[1]))})
		}
		var features [hand.Dim]float32
		if hand.Features(ink, &features) {
			sum := 0.0
			for _, v := range features {
				sum += float64(v) * float64(v)
			}
			if math.Abs(sum-1) > 1e-3 {
				t.Fatalf("the squares of the features add up to %v", sum)
			}
		}
		got := r.Recognise(ink, nil, 8)
		for i := 1; i < len(got); i++ {
			if got[i].Score < got[i-1].Score || got[i].Rune == got[i-1].Rune {
				t.Fatalf("%v", got)
			}
		}
	})
}

// FuzzParse: what is accepted as a table is written again to the same bytes, and can be used.
func FuzzParse(f *testing.F) {
	small := hand.Table{
		Source: "a test", Directions: 2, Unit: 0.001, Middle: []int16{1, -1}, Reduction: make([]int16, 2*hand.Dim),
		Runes: []rune{'一', '丁', '丁'}, Levels: []byte{0, 1, 3}, Prototypes: []byte{0, 1, 2, 3, 4, 255},
		Shapes: slices.Concat(hand.Shape(written['十']), hand.Shape(written['王']), hand.Shape(written['十'])),
	}
	f.Add(small.Encode()[:len(small.Encode())-32])
	f.Fuzz(func(t *testing.T, b []byte) {
		file := hand.Sealed(b)
		table, err := hand.Parse(file)
		if err != nil {
			return
		}
		if again := table.Encode(); !bytes.Equal(again, file) {
			t.Fatalf("%d bytes come back as %d", len(file), len(again))
		}
		r, err := hand.New(file)
		if err != nil {
			t.Fatal(err)
		}
		r.Recognise(written['王'], nil, 8)
	})
}

func BenchmarkRecognise(b *testing.B) {
	r := shipped(b)
	for b.Loop() {
		r.Recognise(written['国'], nil, 8)
	}
}
