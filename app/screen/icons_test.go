package screen

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"mingbai.local/assets/icon"
)

// TestPicturesNamedAreThere reads the sources of the pages and of the screen: each picture that they name is in the binary,
// and no other is.
func TestPicturesNamedAreThere(t *testing.T) {
	var sources []byte
	for _, dir := range []string{"../kiosk", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(err, len(files))
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, b...)
		}
	}
	for _, m := range regexp.MustCompile(`Icon: *"([a-z0-9_]+)"|\.(?:sign|arrow)\("([a-z0-9_]+)"`).FindAllSubmatch(sources, -1) {
		if name := string(m[1]) + string(m[2]); icon.SVG(name) == nil {
			t.Errorf("a page names the picture %q, which is not there", name)
		}
	}
	quoted := regexp.MustCompile(`"[a-z0-9_]+"`).FindAllString(string(sources), -1)
	for _, name := range icon.Names() {
		if !slices.Contains(quoted, `"`+name+`"`) {
			t.Errorf("no page shows the picture %q", name)
		}
	}
}
