// Package word is the one catalogue of what the kiosk says: every sentence, label and button that a villager or a clerk
// reads on the screen.
//
// The catalogue is zh-Hans.txt beside this file, one `key = text` a line, in which {0}, {1} … stand for what is filled in.
// It is written by those who know how a township clerk speaks, who need not read Go; the program names texts by key. The
// tests promise that no key is missing, none is left over, and that punctuation beside Chinese is full-width. Names, sums
// and documents of the county never lie here: they come from an edition.
package word

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed zh-Hans.txt
var simplified string

var catalogue = sync.OnceValue(func() map[string]string {
	texts, err := parse(simplified)
	if err != nil {
		panic(err)
	}
	return texts
})

// Say returns the text (话) of that key with {0}, {1} … replaced by args. It panics where the catalogue has no such key,
// which a test of the catalogue excludes.
func Say(key string, args ...any) string {
	text, ok := catalogue()[key]
	if !ok {
		panic("word: no text for " + key)
	}
	for i, arg := range args {
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i)+"}", fmt.Sprint(arg))
	}
	return text
}

// parse reads lines of `key = text`; empty lines and lines that begin with # say nothing.
func parse(s string) (map[string]string, error) {
	texts := map[string]string{}
	n := 0
	for line := range strings.Lines(s) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, text, ok := strings.Cut(line, " = ")
		if !ok || key == "" || text == "" || strings.TrimSpace(key) != key || strings.TrimSpace(text) != text {
			return nil, fmt.Errorf("word: line %d is not `key = text`", n)
		}
		if _, twice := texts[key]; twice {
			return nil, fmt.Errorf("word: line %d: %s stands there twice", n, key)
		}
		texts[key] = text
	}
	return texts, nil
}
