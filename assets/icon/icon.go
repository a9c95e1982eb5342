// Package icon carries the pictures (图标) that stand beside words on the screen: Material Symbols Rounded, weight 500, from
// the npm package @material-symbols/svg-500 0.47.5 under the Apache License 2.0 (LICENSE.txt).
//
// They are filled paths. The toolkit draws and recolours those rightly, while icon sets made of strokes come out wrong in it.
package icon

import (
	"bytes"
	"embed"
	"fmt"
	"image/color"
	"path"
	"strings"
)

//go:embed svg/*.svg
var files embed.FS

// SVG returns the picture of that name, black on transparent, or nil where there is none.
func SVG(name string) []byte {
	b, err := files.ReadFile(path.Join("svg", name+".svg"))
	if err != nil {
		return nil
	}
	return b
}

// Coloured returns the picture of that name in colour c, or nil where there is none.
func Coloured(name string, c color.NRGBA) []byte {
	fill := fmt.Sprintf(`<path fill="#%02X%02X%02X" `, c.R, c.G, c.B)
	return bytes.ReplaceAll(SVG(name), []byte("<path "), []byte(fill))
}

// Names lists all pictures in byte order.
func Names() []string {
	entries, err := files.ReadDir("svg")
	if err != nil {
		panic("icon: " + err.Error())
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".svg")
	}
	return names
}

//go:embed app.png
var app []byte

// App returns the application's own icon, a PNG of 512 pixels. Package screen draws it: go test ./app/screen -run Pictures -app FILE.
func App() []byte { return app }
