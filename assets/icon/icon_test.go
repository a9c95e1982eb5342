package icon

import (
	"bytes"
	"image/color"
	"testing"
)

func TestPicturesAreFilledPaths(t *testing.T) {
	for _, name := range Names() {
		b := SVG(name)
		if !bytes.Contains(b, []byte("<path ")) || bytes.Contains(b, []byte("stroke")) || bytes.Contains(b, []byte("currentColor")) {
			t.Errorf("%s is not made of filled paths: the toolkit draws strokes wrong", name)
		}
		if got := Coloured(name, color.NRGBA{0x0A, 0x5C, 0x4C, 0xFF}); !bytes.Contains(got, []byte(`fill="#0A5C4C"`)) {
			t.Errorf("%s does not take a colour", name)
		}
	}
}

func TestUnknownPictureIsNil(t *testing.T) {
	if SVG("no_such_picture") != nil || Coloured("../icon", color.NRGBA{}) != nil {
		t.Error("a picture that does not exist was returned")
	}
}
