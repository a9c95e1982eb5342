package colour

import (
	"image/color"
	"math"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	if c, err := Parse("#0A5C4c"); err != nil || c != (color.NRGBA{0x0A, 0x5C, 0x4C, 0xFF}) {
		t.Errorf("#0A5C4c is read as %v, %v", c, err)
	}
	for _, s := range []string{"", "#", "0A5C4C", "#0A5C4", "#0A5C4C0", "#0A5C4G", "green", "#深绿色"} {
		if c, err := Parse(s); err == nil {
			t.Errorf("%q is read as %v", s, c)
		} else if !strings.Contains(err.Error(), "#0A5C4C") {
			t.Errorf("%q: no example of what to write: %v", s, err)
		}
	}
}

func TestContrast(t *testing.T) {
	black, white := color.NRGBA{A: 0xFF}, Card
	if got := Contrast(black, white); math.Abs(got-21) > 0.001 {
		t.Errorf("black on white is %.3f to 1", got)
	}
	if got := Contrast(white, white); got != 1 {
		t.Errorf("white on white is %.3f to 1", got)
	}
	grey := color.NRGBA{0x77, 0x77, 0x77, 0xFF} // the example of WCAG's own explanation
	if got := Contrast(grey, white); math.Abs(got-4.48) > 0.01 || got != Contrast(white, grey) {
		t.Errorf("#777777 on white is %.3f to 1, want 4.48", got)
	}
}

func TestPrimary(t *testing.T) {
	for _, s := range []string{"#0A5C4C", "#17407A", "#6A2C70", "#7A2C14", "#000000", " #3E4C59 "} {
		if err := Primary(s); err != nil {
			t.Errorf("%s is refused: %v", s, err)
		}
	}
	for s, says := range map[string]string{
		"#FFFFFF": "1.0比1", "#F2C14E": "白字", "#2E8B57": "4.2比1", "#E60012": "更深", "#595959": "米色", "nonsense": "写得不对",
	} {
		if err := Primary(s); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", s, err, says)
		}
	}
}

// TestEveryColourThatPassesIsReadable walks through the colours: whatever Primary lets pass keeps what pages promise, and so
// do the shades that go with it.
func TestEveryColourThatPassesIsReadable(t *testing.T) {
	passed := 0
	for r := 0; r < 256; r += 15 {
		for g := 0; g < 256; g += 15 {
			for b := 0; b < 256; b += 15 {
				c := color.NRGBA{uint8(r), uint8(g), uint8(b), 0xFF}
				if Primary("#"+hexed(c)) != nil {
					continue
				}
				passed++
				soft, dark, _ := Shades(c)
				for what, ratio := range map[string]float64{
					"white on it": Contrast(Card, c), "it on paper": Contrast(c, Paper), "text on its soft ground": Contrast(dark, soft),
					"ink on its soft ground": Contrast(color.NRGBA{0x1C, 0x23, 0x21, 0xFF}, soft),
				} {
					if ratio < ForText {
						t.Errorf("%v: %s is %.2f to 1", c, what, ratio)
					}
				}
				if got := Contrast(c, Sun); got < ForEmblem {
					t.Errorf("%v on the emblem is %.2f to 1", c, got)
				}
			}
		}
	}
	if passed < 50 {
		t.Errorf("only %d colours pass", passed)
	}
}

func hexed(c color.NRGBA) string {
	const digits = "0123456789ABCDEF"
	var s strings.Builder
	for _, v := range []uint8{c.R, c.G, c.B} {
		s.WriteByte(digits[v>>4])
		s.WriteByte(digits[v&15])
	}
	return s.String()
}
