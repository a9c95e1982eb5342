package hand

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// magic begins a table's file, whose integers are little-endian:
//
//	magic    with the version of the form; 1 was the first and had no shapes
//	u16      number of reduced directions, D
//	u32      number of prototypes, P
//	f32      unit: what 1 of the reduction's numbers stands for
//	u32      bytes of the source
//	source   UTF-8: from what, by whom and under which licence
//	i16 × D            the middle of all characters after reduction, in 1/Scale
//	i16 × Dim × D      the reduction, a row for each feature
//	i32 × P            runes, ascending; one that is written in several ways stands there several times
//	u8  × P            how common each is: 0 of the 3,500 common standard characters, 1 of the 3,000 less common, 2 of the 1,605 of
//	                   names and places, 3 of none
//	i8  × P × D        the prototypes, in 1/Scale from the middle
//	shapes             of each, one after another: u8 strokes, and for each stroke u8 corners and u8 × 2 for each, x and y, of which
//	                   127.5 are as far as the ink of a normalised character reaches and 63.75 its upper left
//	sha256             of all before
const magic = "mingbai hand 2\n"

const (
	// Scale is how many units of a prototype are as far as one character's writings spread. 127 units are as far from the middle
	// as any character lies.
	Scale = 12

	levels        = 4
	maxDirections = 256
	maxPrototypes = 1 << 17
	maxSource     = 1 << 12
)

// Table is what is known from one source of how characters are written (字形表): how features are reduced, and the prototypes.
type Table struct {
	Source     string
	Directions int
	Unit       float32
	Middle     []int16
	Reduction  []int16
	Runes      []rune
	Levels     []byte // how common each of Runes is, 0 the most
	Prototypes []byte // int8, Directions for each of Runes
	Shapes     []byte // of each of Runes, as Shape makes them

	shapeAt []uint32 // where each begins; only of a table that has been parsed
}

// Encode writes the table's file.
func (t *Table) Encode() []byte {
	b := []byte(magic)
	b = binary.LittleEndian.AppendUint16(b, uint16(t.Directions))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Runes)))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.Unit))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Source)))
	b = append(b, t.Source...)
	for _, numbers := range [][]int16{t.Middle, t.Reduction} {
		for _, v := range numbers {
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		}
	}
	for _, r := range t.Runes {
		b = binary.LittleEndian.AppendUint32(b, uint32(r))
	}
	b = append(b, t.Levels...)
	b = append(b, t.Prototypes...)
	b = append(b, t.Shapes...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// Parse reads a table's file, of which it keeps parts. It says of what it refuses whether that is damaged, of another version or
// no table at all.
func Parse(file []byte) (*Table, error) {
	const head = len(magic) + 2 + 4 + 4 + 4
	if len(file) < head+sha256.Size || string(file[:len(magic)-2]) != magic[:len(magic)-2] {
		return nil, errors.New("hand: not a table of handwriting")
	}
	if version := string(file[:len(magic)]); version != magic {
		return nil, fmt.Errorf("hand: the table is of form %q, this program reads %q", version, magic)
	}
	body, digest := file[:len(file)-sha256.Size], file[len(file)-sha256.Size:]
	if sum := sha256.Sum256(body); string(sum[:]) != string(digest) {
		return nil, fmt.Errorf("hand: the table is damaged: its hash is %x, it says %x", sum[:4], digest[:4])
	}
	b := body[len(magic):]
	t := &Table{Directions: int(binary.LittleEndian.Uint16(b)), Unit: math.Float32frombits(binary.LittleEndian.Uint32(b[6:]))}
	count, source := int(binary.LittleEndian.Uint32(b[2:])), int(binary.LittleEndian.Uint32(b[10:]))
	b = body[head:]
	switch {
	case t.Directions == 0 || t.Directions > maxDirections || count == 0 || count > maxPrototypes || source > maxSource:
		return nil, fmt.Errorf("hand: a table of %d prototypes in %d directions", count, t.Directions)
	case !(t.Unit > 0 && t.Unit < 1):
		return nil, fmt.Errorf("hand: a table in units of %g", t.Unit)
	case len(b) < source+2*t.Directions*(1+Dim)+count*(4+1+t.Directions):
		return nil, fmt.Errorf("hand: a table of %d prototypes in %d directions is more than %d bytes long", count, t.Directions, len(file))
	}
	t.Source, b = string(b[:source]), b[source:]
	t.Middle, b = shorts(b, t.Directions)
	t.Reduction, b = shorts(b, Dim*t.Directions)
	t.Runes = make([]rune, count)
	for i := range t.Runes {
		t.Runes[i] = rune(binary.LittleEndian.Uint32(b[4*i:]))
	}
	if !slices.IsSorted(t.Runes) || t.Runes[0] < 0 {
		return nil, errors.New("hand: the characters of the table are not in order")
	}
	t.Levels, b = b[4*count:5*count], b[5*count:]
	if slices.Max(t.Levels) >= levels {
		return nil, errors.New("hand: the table has a character of no level")
	}
	t.Prototypes, t.Shapes = b[:t.Directions*count], b[t.Directions*count:]
	return t, t.findShapes()
}

// findShapes notes where the shape of each prototype begins.
func (t *Table) findShapes() error {
	t.shapeAt = make([]uint32, len(t.Runes))
	at := 0
	for k := range t.shapeAt {
		long := shapeLength(t.Shapes[at:])
		if long == 0 {
			return fmt.Errorf("hand: the table has no shape of %q", t.Runes[k])
		}
		t.shapeAt[k] = uint32(at)
		at += long
	}
	if at < len(t.Shapes) {
		return errors.New("hand: the table has shapes of no character")
	}
	return nil
}

func shorts(b []byte, n int) (numbers []int16, rest []byte) {
	numbers = make([]int16, n)
	for i := range numbers {
		numbers[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return numbers, b[2*n:]
}

// place is where ink lies (位置), in the reduced directions of one table.
type place [maxDirections]int32

// place reduces features.
func (t *Table) place(features *[Dim]float32) (at place) {
	var sums [maxDirections]float32
	d := t.Directions
	for i, f := range features {
		if f == 0 {
			continue
		}
		for j, w := range t.Reduction[i*d : (i+1)*d] {
			sums[j] += f * float32(w)
		}
	}
	for j := range d {
		v := float64(sums[j])*float64(t.Unit)*Scale - float64(t.Middle[j])
		at[j] = int32(math.Round(max(-math.MaxInt16, min(v, math.MaxInt16))))
	}
	return at
}

// distance is the square of how far the kth prototype is, in 1/Scale², or math.MaxInt where that is more than the limit.
func (t *Table) distance(at *place, k, limit int) int {
	prototype := t.Prototypes[k*t.Directions : (k+1)*t.Directions]
	sum, d := 0, 0
	for len(prototype) >= 16 {
		part := at[d : d+16]
		for j, p := range prototype[:16] {
			e := int(part[j]) - int(int8(p))
			sum += e * e
		}
		if sum > limit {
			return math.MaxInt
		}
		prototype, d = prototype[16:], d+16
	}
	for j, p := range prototype {
		e := int(at[d+j]) - int(int8(p))
		sum += e * e
	}
	if sum > limit {
		return math.MaxInt
	}
	return sum
}
