// Package typefacetest makes small TrueType fonts for tests: each character a polygon on an em of a thousand units, so that a test can tell
// its outline from any other without a font of somebody else's.
package typefacetest

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Polygon is the one contour of a character, clockwise, its y growing upwards from the baseline.
type Polygon [][2]int16

// TTF returns a font of these characters. Beside them it has the box that stands for what it lacks.
func TTF(characters map[rune]Polygon) []byte {
	runes := slices.Sorted(maps.Keys(characters))
	box := Polygon{{100, -100}, {100, 800}, {900, 800}, {900, -100}}
	var glyf, loca, hmtx, groups []byte
	for i, p := range append([]Polygon{box}, each(characters, runes)...) {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, simple(p)...)
		hmtx = be.AppendUint16(be.AppendUint16(hmtx, 1000), 0)
		if i > 0 {
			for _, v := range []uint32{uint32(runes[i-1]), uint32(runes[i-1]), uint32(i)} {
				groups = be.AppendUint32(groups, v)
			}
		}
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))
	n := uint16(len(runes) + 1)
	return file(map[string][]byte{
		"cmap": slices.Concat(
			words(0, 1, 3, 10, 0, 12), // one table, for Windows and all of Unicode, 12 bytes on
			words(12, 0, 0, uint16(16+len(groups)), 0, 0, 0, uint16(len(runes))), groups,
		),
		"glyf": glyf, "loca": loca, "hmtx": hmtx,
		"head": words(1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF38, 0xFF38, 1000, 1000, 0, 8, 2, 1, 0),
		"hhea": words(1, 0, 880, 0xFF88, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n),
		"maxp": words(1, 0, n, 16, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
		"post": words(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	})
}

var be = binary.BigEndian

func each(characters map[rune]Polygon, runes []rune) (out []Polygon) {
	for _, r := range runes {
		out = append(out, characters[r])
	}
	return out
}

// words are 16 bits each; wider fields take two.
func words(values ...uint16) (out []byte) {
	for _, v := range values {
		out = be.AppendUint16(out, v)
	}
	return out
}

// simple is a glyph of one contour, all of whose points lie on it.
func simple(p Polygon) []byte {
	if len(p) == 0 {
		return nil
	}
	low, high := p[0], p[0]
	for _, q := range p {
		for axis := range q {
			low[axis], high[axis] = min(low[axis], q[axis]), max(high[axis], q[axis])
		}
	}
	out := words(1, uint16(low[0]), uint16(low[1]), uint16(high[0]), uint16(high[1]), uint16(len(p)-1), 0)
	for range p {
		out = append(out, 1)
	}
	for axis := range 2 {
		at := int16(0)
		for _, q := range p {
			out = be.AppendUint16(out, uint16(q[axis]-at))
			at = q[axis]
		}
	}
	return padded(out)
}

func padded(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// file puts the tables behind their directory. Nobody here asks for checksums.
func file(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	out := words(1, 0, uint16(len(names)), 0, 0, 0)
	at := uint32(len(out) + 16*len(names))
	var data []byte
	for _, name := range names {
		out = append(out, name...)
		for _, v := range []uint32{0, at + uint32(len(data)), uint32(len(tables[name]))} {
			out = be.AppendUint32(out, v)
		}
		data = append(data, padded(slices.Clone(tables[name]))...)
	}
	return append(out, data...)
}
