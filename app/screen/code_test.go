package screen

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

// TestACodeIsDrawnInWholePixels: on every panel a code is white with its quiet zone, its modules are whole pixels and no
// smaller than a telephone can see, and what is painted is what was encoded.
func TestACodeIsDrawnInWholePixels(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(newLook())
	for _, panel := range panels() {
		for _, contrast := range []bool{false, true} {
			v := takeView()
			v.Contrast = contrast
			f := Layout(v, panel, font.Width)
			var op Op
			for _, o := range f.Ops {
				if o.Kind == Dots {
					op = o
				}
			}
			if op.Code == nil {
				t.Fatalf("%v: no code is drawn", panel)
			}
			n := op.Code.Size + 2*codeQuiet
			module := int(op.W) / n
			if module*n != int(op.W) || op.W != op.H || float32(module) < codeModuleMM*panel.mm() || op.W > codeMostMM*panel.mm() {
				t.Errorf("%v: %d modules on %v × %v px", panel, n, op.W, op.H)
			}
			m := paint(f)
			wrong := 0
			for y := range n {
				for x := range n {
					at := m.At(int(op.X)+x*module+module/2, int(op.Y)+y*module+module/2)
					if dark := color.GrayModel.Convert(at).(color.Gray).Y < 128; dark != op.Code.Black(x-codeQuiet, y-codeQuiet) {
						wrong++
					}
				}
			}
			if wrong > 0 {
				t.Errorf("%v: %d of %d modules are painted wrong", panel, wrong, n*n)
			}
		}
	}
}

// TestALongTextIsStillACode: what does not fit with much repair is encoded with less, before its modules get too small.
func TestALongTextIsStillACode(t *testing.T) {
	for _, panel := range panels() {
		v := takeView()
		v.Body[1] = kiosk.Code{Text: strings.Repeat("张三丰耕地地力保护补贴753.06元", 30)}
		f := Layout(v, panel, font.Width)
		for _, op := range f.Ops {
			if op.Kind == Dots && op.W/float32(op.Code.Size+2*codeQuiet) < codeModuleMM*panel.mm() {
				t.Errorf("%v: a module is %.2f mm", panel, op.W/float32(op.Code.Size+2*codeQuiet)/panel.mm())
			}
		}
	}
}
