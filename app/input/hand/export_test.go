package hand

import "crypto/sha256"

// Sealed puts the hash behind a table's body, so that a fuzzer need not guess it.
func Sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(append([]byte{}, body...), sum[:]...)
}
