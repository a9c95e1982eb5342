package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Chinese text may be broken between any two characters but not before a closing mark, not after an opening one, not inside a
// number or a Latin word, and a number keeps its unit: neither 1,141.30元 nor 2026年11月20日 is parted.
const (
	closing = "，。、；：？！）〕》」』”’…%％）›,.;:?!)"
	opening = "（〔《「『“‘("
	units   = "元亩户人年月日万天笔期组台项封号岁个件村"
)

// tokens cuts s into the pieces that must stay whole.
func tokens(s string) []string {
	var out []string
	for s != "" {
		n := tokenLen(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func tokenLen(s string) int {
	i, opened := 0, true
	for opened && i < len(s) { // opening marks belong to what follows them
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		opened = strings.ContainsRune(opening, r)
		if !opened && narrow(r) {
			for i < len(s) {
				r, n := utf8.DecodeRuneInString(s[i:])
				if !narrow(r) {
					if !strings.ContainsRune(units, r) {
						break
					}
					i += n
					if strings.ContainsRune("年月", r) && i < len(s) && narrow(rune(s[i])) {
						continue // 2026年11月20日 is one date
					}
					break
				}
				i += n
			}
		}
	}
	for i < len(s) { // closing marks belong to what stands before them
		r, n := utf8.DecodeRuneInString(s[i:])
		if !strings.ContainsRune(closing, r) {
			break
		}
		i += n
	}
	return i
}

// narrow reports whether r is part of a number or of a Latin word.
func narrow(r rune) bool {
	return r < 0x2000 && !unicode.IsSpace(r)
}

// wrap breaks s into lines no wider than w.
func (p *pen) wrap(s string, f face, w float32) []string {
	k := wrapping{s, f, w}
	lines, ok := p.wraps[k]
	if !ok {
		lines = p.broken(s, f, w)
		if p.wraps != nil {
			p.wraps[k] = lines
		}
	}
	return lines
}

func (p *pen) broken(s string, f face, w float32) []string {
	var lines []string
	for para := range strings.SplitSeq(s, "\n") {
		line, used, from := "", float32(0), len(lines)
		for _, t := range tokens(para) {
			if used+p.measured(strings.TrimRight(t, " "), f) <= w {
				line += t
				used += p.measured(t, f)
				continue
			}
			if trimmed := strings.TrimSpace(line); trimmed != "" {
				lines = append(lines, trimmed)
			}
			line = strings.TrimLeft(t, " ")
			for p.measured(line, f) > w { // a piece wider than the line has to be parted after all
				head := p.head(line, f, w)
				if head == len(line) {
					break
				}
				lines = append(lines, line[:head])
				line = line[head:]
			}
			used = p.measured(line, f)
		}
		lines = append(lines, strings.TrimSpace(line))
		p.gather(lines[from:], f, w)
	}
	return lines
}

// fewest is how many characters the last line of a paragraph has at least, where the line before can spare some: one that
// stands alone looks lost.
const fewest = 3

// gather moves pieces from the last line but one to a last line that is too short.
func (p *pen) gather(lines []string, f face, w float32) {
	if len(lines) < 2 {
		return
	}
	before, last := &lines[len(lines)-2], &lines[len(lines)-1]
	for utf8.RuneCountInString(*last) < fewest {
		pieces := tokens(*before)
		piece := pieces[len(pieces)-1]
		rest := strings.TrimSuffix(*before, piece)
		first, _ := utf8.DecodeRuneInString(*last)
		end, _ := utf8.DecodeLastRuneInString(piece)
		if utf8.RuneCountInString(rest) < fewest || narrow(first) && narrow(end) || p.measured(piece+*last, f) > w {
			return
		}
		*before, *last = strings.TrimRight(rest, " "), strings.TrimLeft(piece, " ")+*last
	}
}

// head returns how many bytes of s fit on a line, at least one character.
func (p *pen) head(s string, f face, w float32) int {
	_, n := utf8.DecodeRuneInString(s)
	for n < len(s) {
		_, k := utf8.DecodeRuneInString(s[n:])
		if p.measured(s[:n+k], f) > w {
			break
		}
		n += k
	}
	return n
}
