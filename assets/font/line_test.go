package font

import (
	"image"
	"image/color"
	"math"
	"testing"
)

var black = color.NRGBA{A: 0xFF}

// ink returns the part of a picture that is not transparent.
func ink(m *image.RGBA) image.Rectangle {
	var r image.Rectangle
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
			if m.RGBAAt(x, y).A > 0x20 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

// TestALineIsAsWideAsMeasured: what is drawn ends where the layout of a page thinks it does, and nothing of it is cut.
func TestALineIsAsWideAsMeasured(t *testing.T) {
	for _, s := range []string{"国", "张三丰", "1,141.30元", "〔2026〕14号", "查补贴，g", "𬱖"} {
		for _, px := range []int{21, 40, 77} {
			for _, bold := range []bool{false, true} {
				m := Line(s, px, bold, black)
				got, want := ink(m), Width(s, bold)*float32(px)
				if got.Empty() || math.Abs(float64(got.Max.X)-float64(Start()+want)) > float64(px)*0.35 {
					t.Errorf("%q at %d px: the ink ends at %v of %.1f", s, px, got, want)
				}
				if got.Min.X < 1 || got.Min.Y < 1 || got.Max.X >= m.Rect.Max.X || got.Max.Y >= m.Rect.Max.Y {
					t.Errorf("%q at %d px: %v is cut by %v", s, px, got, m.Rect)
				}
			}
		}
	}
}

// TestACharacterStandsInItsSquare: a Chinese character fills the square that Top and Bottom name.
func TestACharacterStandsInItsSquare(t *testing.T) {
	const px = 100
	got, base := ink(Line("国", px, false, black)), int(Baseline(px))
	if got.Min.Y < base-int(Top*px) || got.Max.Y > base+int(math.Ceil(Bottom*px)) || got.Dy() < px*3/4 {
		t.Errorf("the ink %v does not lie in the square above and below the baseline %d", got, base)
	}
}

// TestALineIsTheSameTwice: a character that was kept looks like one that is drawn for the first time, also after what was kept has
// been given up.
func TestALineIsTheSameTwice(t *testing.T) {
	first := Line("耕地地力保护补贴 753.06元", 44, true, black)
	for size := 20; size < 200; size++ {
		Line("耕地力保护补贴一二三四五六七八九十", size, false, black)
	}
	if again := Line("耕地地力保护补贴 753.06元", 44, true, black); string(first.Pix) != string(again.Pix) {
		t.Error("the second is not the first")
	}
}

func TestALineTakesItsColour(t *testing.T) {
	m := Line("一", 60, true, color.NRGBA{0x0A, 0x5C, 0x4C, 0xFF})
	r := ink(m)
	if got := m.RGBAAt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2); got != (color.RGBA{0x0A, 0x5C, 0x4C, 0xFF}) {
		t.Errorf("the middle of the stroke is %v", got)
	}
}

func BenchmarkLine(b *testing.B) {
	for b.Loop() {
		Line("耕地地力保护补贴 753.06元", 44, true, black)
	}
}
