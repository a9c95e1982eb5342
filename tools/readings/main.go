// Command readings makes assets/reading/readings.bin and folds.bin from the Unihan database, as Debian's package
// unicode-data installs it. The same database gives the same bytes.
//
//	go run ./readings [-unicode /usr/share/unicode] [-out ../assets/reading]
//
// The layout of the two files is documented in package reading, which embeds them.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mingbai.local/tools/internal/unihan"
)

func main() {
	unicode := flag.String("unicode", "/usr/share/unicode", "where Unihan_*.txt.bz2 lie")
	out := flag.String("out", "../assets/reading", "where the tables go")
	flag.Parse()
	if err := run(*unicode, *out); err != nil {
		fmt.Fprintln(os.Stderr, "readings:", err)
		os.Exit(1)
	}
}

func run(unicode, out string) error {
	read, err := unihan.Properties(filepath.Join(unicode, "Unihan_Readings.txt.bz2"), "kMandarin", "kHanyuPinlu", "kTGHZ2013", "kXHC1983", "kHanyuPinyin")
	if err != nil {
		return err
	}
	variants, err := unihan.Properties(filepath.Join(unicode, "Unihan_Variants.txt.bz2"), "kSimplifiedVariant", "kSemanticVariant")
	if err != nil {
		return err
	}
	mappings, err := unihan.Properties(filepath.Join(unicode, "Unihan_OtherMappings.txt.bz2"), "kGB0")
	if err != nil {
		return err
	}
	irg, err := unihan.Properties(filepath.Join(unicode, "Unihan_IRGSources.txt.bz2"), "kCompatibilityVariant")
	if err != nil {
		return err
	}
	table, err := readings(read)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "readings.bin"), table, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "folds.bin"), folds(variants, mappings["kGB0"], irg["kCompatibilityVariant"]), 0o644)
}

// readings lays out the table of every rune's readings, commonest first. Two dictionaries of today's language decide which
// readings there are; the great historical one (kHanyuPinyin) only speaks where they are silent, because it lists readings
// that nobody uses.
func readings(p map[string]map[rune]string) ([]byte, error) {
	all := map[rune][]string{}
	for _, name := range []string{"kMandarin", "kHanyuPinlu", "kTGHZ2013", "kXHC1983"} {
		for c, value := range p[name] {
			all[c] = add(all[c], value)
		}
	}
	for c, value := range p["kHanyuPinyin"] {
		if all[c] == nil {
			all[c] = add(nil, value)
		}
	}
	syllables := map[string]uint16{}
	for _, list := range all {
		for _, s := range list {
			if len(s) > 7 || strings.Trim(s[:len(s)-1], "abcdefghijklmnopqrstuvwxyz") != "" {
				return nil, fmt.Errorf("syllable %q", s)
			}
			syllables[s] = 0
		}
	}
	var out []byte
	sorted := slices.Sorted(maps.Keys(syllables))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(sorted)))
	for i, s := range sorted {
		syllables[s] = uint16(i)
		out = append(out, fmt.Sprintf("%-7s", s)...)
	}
	var lists, runes []byte
	offsets := map[string]int{}
	for _, c := range slices.Sorted(maps.Keys(all)) {
		list := []byte{byte(len(all[c]))}
		for _, s := range all[c] {
			list = binary.LittleEndian.AppendUint16(list, syllables[s])
		}
		at, ok := offsets[string(list)]
		if !ok {
			at = len(lists)
			offsets[string(list)] = at
			lists = append(lists, list...)
		}
		runes = append24(append24(runes, int(c)), at)
	}
	out = append24(out, len(lists))
	out = append(out, lists...)
	return append(out, runes...), nil
}

func append24(b []byte, n int) []byte { return append(b, byte(n), byte(n>>8), byte(n>>16)) }

// add appends the readings named in a value, which are those of its parts that end in marked or plain pinyin:
// "lè(283) yuè(54)", "212.030:lè 453.020:yuè", "10122.060:rèn,rén".
func add(list []string, value string) []string {
	for part := range strings.FieldsSeq(value) {
		if _, after, ok := strings.Cut(part, ":"); ok {
			part = after
		}
		part, _, _ = strings.Cut(part, "(")
		for s := range strings.SplitSeq(part, ",") {
			if s = plain(s); s != "" && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}

var marks = map[rune]string{
	'ā': "a1", 'á': "a2", 'ǎ': "a3", 'à': "a4", 'ē': "e1", 'é': "e2", 'ě': "e3", 'è': "e4",
	'ī': "i1", 'í': "i2", 'ǐ': "i3", 'ì': "i4", 'ō': "o1", 'ó': "o2", 'ǒ': "o3", 'ò': "o4",
	'ū': "u1", 'ú': "u2", 'ǔ': "u3", 'ù': "u4", 'ǖ': "v1", 'ǘ': "v2", 'ǚ': "v3", 'ǜ': "v4", 'ü': "v",
	'ń': "n2", 'ň': "n3", 'ǹ': "n4", 'ḿ': "m2", 'ê': "e",
	'\u0304': "1", '\u0301': "2", '\u030C': "3", '\u0300': "4",
}

// plain writes zhāng as zhang1 and lǜ as lv4; the neutral tone is 5. Sounds without a vowel (嗯 ń, 呒 ḿ) keep their letter.
func plain(s string) string {
	tone := "5"
	var b strings.Builder
	for _, c := range s {
		m, marked := marks[c]
		switch {
		case !marked && (c < 'a' || c > 'z'):
			return ""
		case !marked:
			b.WriteRune(c)
		default:
			letter := strings.TrimRight(m, "1234")
			b.WriteString(letter)
			if t := m[len(letter):]; t != "" {
				tone = t
			}
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + tone
}

// folds lays out which rune stands for another in matching: the simplified form of a traditional one, the ordinary form of
// a compatibility ideograph, and the form in the old national standard (GB 2312, kGB0) of a semantic variant outside it
// (堃 坤, 喆 哲). A rune that is its own simplified form (乾) is left alone.
func folds(variants map[string]map[rune]string, gb, compat map[rune]string) []byte {
	to := map[rune]rune{}
	for c, value := range variants["kSemanticVariant"] {
		if _, common := gb[c]; common {
			continue
		}
		var found []rune
		for part := range strings.FieldsSeq(value) {
			if v, err := unihan.CodePoint(part); err == nil && gb[v] != "" {
				found = append(found, v)
			}
		}
		if len(found) == 1 {
			to[c] = found[0]
		}
	}
	for c, value := range variants["kSimplifiedVariant"] {
		v, err := unihan.CodePoint(strings.Fields(value)[0])
		switch {
		case err != nil:
		case v == c:
			delete(to, c)
		default:
			to[c] = v
		}
	}
	for c, value := range compat {
		if v, err := unihan.CodePoint(value); err == nil {
			to[c] = v
		}
	}
	var out []byte
	for _, c := range slices.Sorted(maps.Keys(to)) {
		// Follow chains (compatibility form to traditional to simplified) to their end; a circle ends at its smallest rune.
		end, low := to[c], c
		for range 4 {
			next, ok := to[end]
			if !ok {
				break
			}
			low = min(low, end)
			end = next
		}
		if _, circle := to[end]; circle {
			end = min(low, end)
		}
		if end != c {
			out = append24(append24(out, int(c)), int(end))
		}
	}
	return out
}
