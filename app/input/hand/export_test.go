package hand

import "crypto/sha256"

// Sealed puts the hash behind a table's body, so that a fuzzer need not guess it.
func Sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(append([]byte{}, body...), sum[:]...)
}

// Unlike is how unlike ink is to a shape as Shape makes it, and more than that can be.
func Unlike(ink Ink, shape []byte) (is, worse float64) {
	l, ok := normal(ink)
	if !ok {
		return 0, 0
	}
	var a, b sketch
	l.sketch(&a)
	b.read(shape)
	return unlike(&a, &b), worst(&a)
}

// ShapeLength is how many bytes are a shape.
var ShapeLength = shapeLength
