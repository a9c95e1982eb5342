// Command stock is the page of make bench-screen as Fyne's own widgets draw it: eight rows of name, place, amount and chip in
// text of 40 pixels, with a field above them and a pad of letters below.
//
// It is no part of the product, whose screens are drawn with our own surface (docs/decisions); it stands here so that what
// that surface gains is measured and not believed. Each key of the pad shows other rows, without looking anything up.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"mingbai.local/assets/font"
	"mingbai.local/cmd/internal/finger"
)

const (
	rows     = 8
	textSize = 40
	letters  = "abcdefghijklmnopqrstuvwxyz"
)

// look is Fyne's theme in our font and size.
type look struct{ fyne.Theme }

var noto = fyne.NewStaticResource("NotoSansSC-Regular.ttf", font.Regular())

func (look) Font(fyne.TextStyle) fyne.Resource { return noto }

func (l look) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNameText {
		return textSize
	}
	return l.Theme.Size(n)
}

// page is what is on show.
type page struct {
	typed string
	field *widget.Label
	list  *widget.List
}

func main() {
	width := flag.Float64("width", 1080, "of the window")
	height := flag.Float64("height", 2400, "of the window")
	flag.Parse()
	for name, value := range map[string]string{"FYNE_SCALE": "1", "FYNE_DISABLE_DPI_DETECTION": "1"} {
		if err := os.Setenv(name, value); err != nil {
			log.Fatal(err)
		}
	}
	a := app.NewWithID("")
	a.Settings().SetTheme(look{theme.DefaultTheme()})
	w := a.NewWindow("stock")
	p := &page{field: widget.NewLabel("")}
	p.list = widget.NewList(func() int { return rows }, row, p.fill)
	pad := container.NewGridWithColumns(7)
	var keys []*widget.Button
	for _, letter := range letters {
		keys = append(keys, widget.NewButton(string(letter), func() { p.strike(string(letter)) }))
		pad.Add(keys[len(keys)-1])
	}
	w.SetContent(container.NewBorder(p.field, pad, nil, nil, p.list))
	w.Resize(fyne.NewSize(float32(*width), float32(*height)))
	a.Lifecycle().SetOnStarted(func() { go fyne.Do(func() { tell(w, keys) }) })
	w.ShowAndRun()
}

// row is a row of a list: name over place, amount over chip.
func row() fyne.CanvasObject {
	return container.NewBorder(nil, nil,
		container.NewVBox(widget.NewLabel(""), widget.NewLabel("")), container.NewVBox(widget.NewLabel(""), widget.NewLabel("")))
}

// fill writes row i for what has been typed.
func (p *page) fill(i widget.ListItemID, o fyne.CanvasObject) {
	n := uint(i) + 1
	for _, r := range p.typed {
		n = n*31 + uint(r)
	}
	const surnames, given = "李王张刘陈杨黄吴赵周", "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
	pick := func(from string, salt uint) string {
		runes := []rune(from)
		return string(runes[n/salt%uint(len(runes))])
	}
	texts := []string{
		pick(surnames, 1) + pick(given, 7) + pick(given, 13), fmt.Sprintf("白水港村%d组", n%8+1),
		fmt.Sprintf("%d,%03d.%02d元", n%9+1, n%1000, n%100), fmt.Sprintf("2026年 %d笔", n%5+1),
	}
	for at, side := range o.(*fyne.Container).Objects {
		for line, label := range side.(*fyne.Container).Objects {
			label.(*widget.Label).SetText(texts[2*at+line])
		}
	}
}

func (p *page) strike(letter string) {
	const longest = 12
	if len(p.typed) >= longest {
		p.typed = ""
	}
	p.typed += letter
	p.field.SetText(p.typed)
	p.list.Refresh()
}

// tell says where the keys are, as a kiosk does.
func tell(w fyne.Window, keys []*widget.Button) {
	s := finger.Sight{Page: "stock"}
	if native, ok := w.(driver.NativeWindow); ok {
		native.RunNative(func(context any) {
			if x, ok := context.(driver.X11WindowContext); ok {
				s.Window = uint32(x.WindowHandle)
			}
		})
	}
	for _, k := range keys {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(k)
		s.Areas = append(s.Areas, finger.Area{
			Label: k.Text, X: int(at.X), Y: int(at.Y), W: int(k.Size().Width), H: int(k.Size().Height), Key: true,
		})
	}
	if err := json.NewEncoder(os.Stdout).Encode(s); err != nil {
		log.Fatal(err)
	}
}
