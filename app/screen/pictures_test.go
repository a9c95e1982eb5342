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
	pictures = flag.String("pictures", "", "write a picture of every page to this folder")
	panels_  = flag.String("panel", "1080x1920", "the panel of the pictures")
	size_    = flag.Int("size", 0, "the text size of the pictures")
)

// TestPictures draws the pages of the drawings for a person to look at: go test ./app/screen -run Pictures -pictures DIR.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("no -pictures")
	}
	test.NewTempApp(t).Settings().SetTheme(newLook())
	var panel Panel
	if _, err := fmt.Sscanf(*panels_, "%dx%d", &panel.WidthPx, &panel.HeightPx); err != nil {
		t.Fatal(err)
	}
	for _, v := range views() {
		v.TextSize = kiosk.TextSize(*size_)
		var p painter
		objects, _ := p.paint(Layout(v, panel, font.Width))
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(container.NewWithoutLayout(objects...))
		c.Resize(fyne.NewSize(float32(panel.WidthPx), float32(panel.HeightPx)))
		f, err := os.Create(filepath.Join(*pictures, fmt.Sprintf("%s-%s-%d.png", *panels_, v.Page, *size_)))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, c.Capture()); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
