package screen

import (
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

var (
	pictures  = flag.String("pictures", "", "write a picture of every page to this folder")
	panelSize = flag.String("panel", "1080x1920", "the panel of the pictures")
	textSize  = flag.Int("size", 0, "the text size of the pictures")
	appIcon   = flag.String("app", "", "write the application's icon to this file")
)

// TestPictures draws the pages of the drawings for a person to look at: go test ./app/screen -run Pictures -pictures DIR. With
// -app it draws the application's icon.
func TestPictures(t *testing.T) {
	if *pictures == "" && *appIcon == "" {
		t.Skip("no -pictures")
	}
	test.NewTempApp(t).Settings().SetTheme(newLook())
	if *appIcon != "" {
		p := &pen{measures: measure(Panel{512, 512, 5}, 0, 0, 1), width: font.Width, frame: &Frame{Panel: Panel{512, 512, 5}}}
		p.fill(Rect{0, 0, 512, 512}, 96, jade)
		p.op(Op{Kind: Disc, Rect: Rect{76, 76, 360, 360}, Fill: sun})
		p.word(256, 76, 360, "明", face{230, true}, jade, centre)
		picture(t, *p.frame, *appIcon)
	}
	if *pictures == "" {
		return
	}
	var panel Panel
	if _, err := fmt.Sscanf(*panelSize, "%dx%d", &panel.WidthPx, &panel.HeightPx); err != nil {
		t.Fatal(err)
	}
	for _, v := range append(views(), crowded()...) {
		v.TextSize = kiosk.TextSize(*textSize)
		picture(t, Layout(v, panel, font.Width), filepath.Join(*pictures, fmt.Sprintf("%s-%s-%d.png", *panelSize, v.Page, *textSize)))
	}
}

// picture paints a frame without a display.
func picture(t *testing.T, f Frame, path string) {
	var p painter
	objects, _ := p.paint(f)
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewWithoutLayout(objects...))
	c.Resize(fyne.NewSize(float32(f.Panel.WidthPx), float32(f.Panel.HeightPx)))
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(out, c.Capture()); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
