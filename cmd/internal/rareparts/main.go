// Command rareparts makes the tables of assets/rare: which characters the Regular font draws, and what the others are made of, from
// cjk-decomp as make hand-sources fetches it. The same font and source give the same bytes.
//
//	go run ./cmd/internal/rareparts [-sources out/hand] [-out assets/rare]
//
// The form of the files is documented in package rare, which reads them.
package main

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"unicode"

	"mingbai.local/assets/font"
	"mingbai.local/cmd/internal/hands"
)

func main() {
	sources := flag.String("sources", "out/hand", "where the sources lie")
	out := flag.String("out", "assets/rare", "where the tables go")
	flag.Parse()
	if err := run(*sources, *out); err != nil {
		fmt.Fprintln(os.Stderr, "rareparts:", err)
		os.Exit(1)
	}
}

// mostParts is how many parts a reader still puts together in his head.
const mostParts = 4

func run(sources, out string) error {
	var lacking []rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.Is(unicode.Han, r) && !font.Has(r) {
			lacking = append(lacking, r)
		}
	}
	apart, err := hands.TakenApart(sources, lacking, font.Has, mostParts)
	if err != nil {
		return err
	}
	var lines []byte
	last := rune(0)
	for _, r := range lacking {
		if of, ok := apart[r]; ok {
			lines = append(append(binary.AppendUvarint(lines, uint64(r-last)), of...), '\n')
			last = r
		}
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return err
	}
	_, err = w.Write(lines)
	fmt.Printf("%d characters that Regular lacks, %d of them with parts\n", len(lacking), len(apart))
	return errors.Join(
		err, w.Close(),
		os.WriteFile(filepath.Join(out, "cover.bin"), cover(), 0o644),
		os.WriteFile(filepath.Join(out, "parts.bin"), packed.Bytes(), 0o644),
	)
}

// cover is what Regular draws, range by range.
func cover() []byte {
	var ranges [][2]rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !font.Has(r) {
			continue
		}
		if n := len(ranges); n > 0 && ranges[n-1][1] == r-1 {
			ranges[n-1][1] = r
		} else {
			ranges = append(ranges, [2]rune{r, r})
		}
	}
	var out []byte
	last := rune(0)
	for _, x := range ranges {
		out = binary.AppendUvarint(binary.AppendUvarint(out, uint64(x[0]-last)), uint64(x[1]-x[0]))
		last = x[1]
	}
	return out
}
