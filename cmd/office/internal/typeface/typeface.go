// Package typeface takes outlines of characters from the fonts of the office's machine (字体), for what the query points' own lack.
//
// The fonts lie in one folder, as Debian's package fonts-hanazono installs them (HanaMinA.ttf and HanaMinB.ttf, some 100,000
// characters up to extension F). They are asked in the order of their names. Only outlines of characters that are published leave the
// machine; whoever names another folder answers for the licence of what lies in it.
package typeface

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"mingbai.local/app/outline"
)

// Hanazono is where Debian's package fonts-hanazono puts its fonts.
const Hanazono = "/usr/share/fonts/truetype/hanazono"

// Folder is the opened fonts of a folder (一套字体). Close it after use.
type Folder struct {
	files []*os.File
	fonts []*sfnt.Font
	buf   sfnt.Buffer
	id    string
}

// Open opens every .ttf and .otf of a folder; a folder that is not there, or has none, is an error that wraps fs.ErrNotExist.
func Open(dir string) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("typeface: %w", err)
	}
	f, sum := &Folder{}, sha256.New()
	for _, e := range entries {
		if end := strings.ToLower(filepath.Ext(e.Name())); end != ".ttf" && end != ".otf" {
			continue
		}
		if err := f.add(filepath.Join(dir, e.Name()), sum); err != nil {
			return nil, errors.Join(fmt.Errorf("typeface: %s: %w", e.Name(), err), f.Close())
		}
	}
	if len(f.fonts) == 0 {
		return nil, fmt.Errorf("typeface: %s holds no font: %w", dir, fs.ErrNotExist)
	}
	f.id = fmt.Sprintf("%x", sum.Sum(nil))
	return f, nil
}

func (f *Folder) add(path string, sum io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	f.files = append(f.files, file)
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	parsed, err := sfnt.ParseReaderAt(file)
	f.fonts = append(f.fonts, parsed)
	return err
}

// ID is a hash over all the fonts: with the same ID, outlines are the same.
func (f *Folder) ID() string { return f.id }

// Outline returns the outline of a character in the form of package outline. It is of the first font that has one, one em wide;
// false where none has.
func (f *Folder) Outline(r rune) (string, bool) {
	for _, one := range f.fonts {
		i, err := one.GlyphIndex(&f.buf, r)
		if err != nil || i == 0 {
			continue
		}
		wide, err := one.GlyphAdvance(&f.buf, i, fixed.I(outline.Em), font.HintingNone)
		if err != nil || wide.Round() != outline.Em {
			continue
		}
		segments, err := one.LoadGlyph(&f.buf, i, fixed.I(outline.Em), nil)
		if err != nil {
			continue
		}
		if text, err := outline.Format(segments); err == nil {
			return text, true
		}
	}
	return "", false
}

// Close closes the files.
func (f *Folder) Close() error {
	var errs error
	for _, file := range slices.Backward(f.files) {
		errs = errors.Join(errs, file.Close())
	}
	return errs
}
