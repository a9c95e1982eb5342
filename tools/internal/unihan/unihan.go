// Package unihan reads the Unihan database of Chinese characters, as Debian's package unicode-data installs it, for the
// generators of tables beside it.
package unihan

import (
	"bufio"
	"compress/bzip2"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Properties returns, by name of property, the value for each rune, from one of the files Unihan_*.txt.bz2. It is an error that
// a line names no code point.
func Properties(path string, names ...string) (map[string]map[rune]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w (apt-get install unicode-data)", err)
	}
	defer f.Close()
	out := map[string]map[rune]string{}
	for _, name := range names {
		out[name] = map[rune]string{}
	}
	lines := bufio.NewScanner(bzip2.NewReader(f))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "\t", 3)
		if len(parts) != 3 || out[parts[1]] == nil {
			continue
		}
		c, err := CodePoint(parts[0])
		if err != nil {
			return nil, err
		}
		out[parts[1]][c] = parts[2]
	}
	return out, lines.Err()
}

// CodePoint reads U+5764, and U+5764<kLau.
func CodePoint(s string) (rune, error) {
	s, _, _ = strings.Cut(s, "<")
	n, err := strconv.ParseInt(strings.TrimPrefix(s, "U+"), 16, 32)
	return rune(n), err
}
