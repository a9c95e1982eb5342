package screen

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
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
	contrast  = flag.Bool("contrast", false, "white on black")
	appIcon   = flag.String("app", "", "write the application's icon to this file")
)

// TestPictures paints a page without a display, and no page comes out blank. For a person to look at all of them:
// go test ./app/screen -run Pictures -pictures DIR. With -app it draws the application's icon.
func TestPictures(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(newLook())
	if *appIcon != "" {
		p := &pen{measures: measure(Panel{WidthPx: 512, HeightPx: 512, DiagonalInch: 5}, 0, 0, 1), width: font.Width, frame: &Frame{Panel: Panel{WidthPx: 512, HeightPx: 512, DiagonalInch: 5}}}
		p.fill(Rect{0, 0, 512, 512}, 96, jade)
		p.op(Op{Kind: Disc, Rect: Rect{76, 76, 360, 360}, Fill: sun})
		p.word(256, 76, 360, "明", face{230, true}, jade, centre)
		picture(t, *p.frame, *appIcon)
	}
	folder, pages := *pictures, append(views(), crowded()...)
	if folder == "" {
		folder, pages = t.TempDir(), pages[:1]
	}
	var panel Panel
	if _, err := fmt.Sscanf(*panelSize, "%dx%d", &panel.WidthPx, &panel.HeightPx); err != nil {
		t.Fatal(err)
	}
	for _, v := range pages {
		v.TextSize, v.Contrast = kiosk.TextSize(*textSize), *contrast
		m := picture(t, Layout(v, panel, font.Width), filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", *panelSize, v.Page, *textSize)))
		colours := map[color.Color]bool{}
		for x := 0; x < m.Bounds().Dx(); x += 7 {
			for y := 0; y < m.Bounds().Dy(); y += 7 {
				colours[m.At(x, y)] = true
			}
		}
		if len(colours) < 4 {
			t.Errorf("page %s has %d colours", v.Page, len(colours))
		}
	}
}

// paint paints a frame without a display.
func paint(f Frame) image.Image {
	var p painter
	objects, _ := p.paint(f)
	if f.Square.Ink != nil {
		var w writer
		w.show(f.Square)
		ink := canvas.NewImageFromImage(w.picture(int(f.Square.W)))
		ink.Move(fyne.NewPos(f.Square.X, f.Square.Y))
		ink.Resize(fyne.NewSize(f.Square.W, f.Square.H))
		objects = append(slices.Clone(objects), ink)
	}
	return capture(f.Panel, objects)
}

// capture returns what objects look like on a panel.
func capture(p Panel, objects []fyne.CanvasObject) image.Image {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewWithoutLayout(objects...))
	c.Resize(fyne.NewSize(float32(p.WidthPx), float32(p.HeightPx)))
	return c.Capture()
}

// picture paints a frame and writes it to a file.
func picture(t *testing.T, f Frame, path string) image.Image {
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	m := paint(f)
	if err := png.Encode(out, m); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return m
}
