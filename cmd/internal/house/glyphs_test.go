package house

import (
	"os"
	"path/filepath"
	"testing"

	"mingbai.local/app/sample"
	"mingbai.local/assets/font"
)

// TestEveryRuneCanBeDrawn: a name that the screen cannot draw would show as an empty box, and its owner would not find
// himself. Every character of every sheet of both sample counties is drawn by the bundled font.
func TestEveryRuneCanBeDrawn(t *testing.T) {
	for _, county := range []string{"420581", "420923"} {
		c, err := sample.Generate(sample.Options{County: county, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := c.Write(dir, func(string, int) {}); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
		if err != nil || len(files) < 20 {
			t.Fatalf("%d sheets: %v", len(files), err)
		}
		seen := map[rune]bool{'\ufeff': true, '\n': true, '\r': true}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range string(text) {
				if !seen[r] && !font.Draws(r) {
					t.Errorf("%s: %q (%U) cannot be drawn", filepath.Base(f), r, r)
				}
				seen[r] = true
			}
		}
		if len(seen) < 1000 {
			t.Errorf("county %s has only %d characters", county, len(seen))
		}
	}
}
