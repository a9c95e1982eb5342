package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"mingbai.local/assets/font"
)

// look is the one theme (主题): our two fonts, no colour under a pointer. Changing a theme costs a sixth of a second, so it is
// set once; sizes and colours belong to the page, but for the ground, in which the toolkit clears the window before each frame.
type look struct {
	fyne.Theme
	ground color.NRGBA
}

var (
	regular = fyne.NewStaticResource("NotoSansSC-Regular.ttf", font.Regular())
	bold    = fyne.NewStaticResource("NotoSansSC-Bold.ttf", font.Bold())
)

func newLook() *look { return &look{theme.DefaultTheme(), paper} }

// Font returns one of our two fonts, whatever the style.
func (*look) Font(s fyne.TextStyle) fyne.Resource {
	if s.Bold {
		return bold
	}
	return regular
}

// Color returns the page's ground and nothing for what a pointer hovers over: a finger leaves the pointer where it was.
func (l *look) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch n {
	case theme.ColorNameHover:
		return color.Transparent
	case theme.ColorNameBackground:
		return l.ground
	}
	return l.Theme.Color(n, theme.VariantLight)
}
