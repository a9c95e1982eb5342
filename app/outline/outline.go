// Package outline is the form in which the outline of a character (字形) travels with an edition that writes it, where the fonts of a
// query point lack it.
//
// There are two parties: the office, which takes outlines from a font of its own and formats them, and the query point, which parses
// them and draws. The form is path data as in SVG, so that whoever doubts one can look at it in any browser: the commands m, l, q and c
// with whole relative coordinates, a thousand units to the em, x to the right from where the character begins and y downwards from the
// baseline. A contour begins with m and closes by itself; what lies within any contour is ink.
//
// What is promised: each outline has exactly one form, so that what is parsed formats to the same text; and what is parsed is bounded
// in points and in reach, whoever wrote it.
package outline

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Em is the number of units to the em. At a size of Em pixels a font yields the segments that Format takes and Parse returns.
const Em = 1000

// Limits of an outline.
const (
	// MaxPoints is three times what the fullest character of Hanazono has.
	MaxPoints = 2048
	// Most is how many bytes all outlines of an edition have together. What is over it is not carried.
	Most = 1 << 20
	// Reach is how far from its beginning a point lies at most, along either axis, in units.
	Reach = 2 * Em
)

// ErrForm says that a text is no outline, or that segments cannot be written as one.
var ErrForm = errors.New("outline: no outline")

// commands are the letters of the operations, by sfnt.SegmentOp, and how many points each has.
var commands = [...]struct {
	letter byte
	points int
}{
	sfnt.SegmentOpMoveTo: {'m', 1}, sfnt.SegmentOpLineTo: {'l', 1}, sfnt.SegmentOpQuadTo: {'q', 2}, sfnt.SegmentOpCubeTo: {'c', 3},
}

// point is in units.
type point struct{ x, y int }

// Format writes an outline, each point rounded to a unit. What the rounding leaves without length or contour is left out. It fails with
// ErrForm where nothing is left, where there are too many points or where one lies too far off.
func Format(segments sfnt.Segments) (string, error) {
	var out []byte
	var at, start point
	begun := false // what has been moved to is written with the first segment that leaves it
	written, n := point{}, 0
	for _, s := range segments {
		c := commands[s.Op]
		var to [3]point
		still := true
		for i := range c.points {
			to[i] = point{round(s.Args[i].X), round(s.Args[i].Y)}
			still = still && to[i] == at
		}
		if s.Op == sfnt.SegmentOpMoveTo {
			at, start, begun = to[0], to[0], false
			continue
		}
		if still {
			continue
		}
		if !begun {
			out, begun = command(out, 'm', written, start), true
			n++
		}
		out = command(out, c.letter, at, to[:c.points]...)
		at = to[c.points-1]
		written = at
		n += c.points
	}
	// One look from the other side: bounds are checked in one place.
	if _, err := Parse(string(out)); err != nil {
		return "", fmt.Errorf("%w: %d points", err, n)
	}
	return string(out), nil
}

func command(out []byte, letter byte, from point, to ...point) []byte {
	out = append(out, letter)
	for i, p := range to {
		if i > 0 {
			out = append(out, ' ')
		}
		out = strconv.AppendInt(out, int64(p.x-from.x), 10)
		out = append(out, ' ')
		out = strconv.AppendInt(out, int64(p.y-from.y), 10)
	}
	return out
}

func round(v fixed.Int26_6) int { return (int(v) + 32) >> 6 }

// Parse reads an outline in the one form that Format writes, and fails with ErrForm for any other text.
func Parse(text string) (sfnt.Segments, error) {
	r := reader{rest: text}
	var out sfnt.Segments
	at, points, open := point{}, 0, true // open: something has left the last place that was moved to
	for r.rest != "" {
		op := strings.IndexByte("mlqc", r.rest[0])
		if op < 0 {
			return nil, fmt.Errorf("%w: %.12q", ErrForm, r.rest)
		}
		r.rest = r.rest[1:]
		s := sfnt.Segment{Op: sfnt.SegmentOp(op)}
		c, still := commands[op], true
		last := at
		for i := range c.points {
			d := point{r.number(i > 0), r.number(true)}
			last = point{at.x + d.x, at.y + d.y}
			still = still && d == point{}
			s.Args[i] = fixed.P(last.x, last.y)
			if r.err != nil || !last.near() {
				return nil, fmt.Errorf("%w: a point that cannot be read or lies too far off", ErrForm)
			}
		}
		at = last
		move := s.Op == sfnt.SegmentOpMoveTo
		switch points += c.points; {
		case points > MaxPoints:
			return nil, fmt.Errorf("%w: more than %d points", ErrForm, MaxPoints)
		case move && !open, !move && (still || len(out) == 0):
			return nil, fmt.Errorf("%w: a contour or segment of nothing", ErrForm)
		}
		open = !move
		out = append(out, s)
	}
	if len(out) == 0 || !open {
		return nil, fmt.Errorf("%w: it ends before it has begun", ErrForm)
	}
	return out, nil
}

func (p point) near() bool {
	return p.x >= -Reach && p.x <= Reach && p.y >= -Reach && p.y <= Reach
}

// reader takes numbers off a text.
type reader struct {
	rest string
	err  error
}

// number reads a whole number in its shortest form, behind one space where one is due.
func (r *reader) number(spaced bool) int {
	if spaced && !strings.HasPrefix(r.rest, " ") {
		r.err = ErrForm
		return 0
	}
	if spaced {
		r.rest = r.rest[1:]
	}
	end := 0
	for end < len(r.rest) && (r.rest[end] == '-' || r.rest[end] >= '0' && r.rest[end] <= '9') {
		end++
	}
	n, err := strconv.Atoi(r.rest[:end])
	if err != nil || n < -2*Reach || n > 2*Reach || strconv.Itoa(n) != r.rest[:end] {
		r.err = ErrForm
	}
	r.rest = r.rest[end:]
	return n
}
