package disclosure

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
)

var keyText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Key returns the reference (编号) of a payment, derived from what tells it apart in its list: fund, kind, year, period,
// batch, place, group, name, namesake number and recipient type. Payment sheets carry no reference, and so the same row
// keeps its reference over editions, whoever reads the sheet and however its rows are sorted; a corrected amount keeps it
// too. Two rows with the same key are the same payment written twice.
//
// It is the letter D, the place, where the payment is looked for, the letter H and 80 bits of SHA-256 in lower-case base32:
// among 5,000,000 payments the odds of one collision are about 1 in 10¹¹. The second letter keeps the digits of the place and
// of the hash apart, which together could look like the number of a bank card. Since it follows from the row, no edition carries it: an empty
// reference of a payment stands for its Key.
func (d *Disbursement) Key() string {
	var buf [256]byte
	b := buf[:0]
	for _, s := range [...]string{d.Fund, d.Kind, d.Period, string(d.Place), d.Group, d.Name, d.Type} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, n := range [...]int64{d.Year, d.Batch, d.NamesakeNo} {
		b = binary.AppendVarint(b, n)
	}
	sum := sha256.Sum256(b)
	var hash [keyHash]byte
	keyText.Encode(hash[:], sum[:10])
	return "D" + string(d.Place) + "H" + string(hash[:])
}

const keyHash = 16 // characters that end a Key

// KeyPlace returns the place that a payment's Key names.
func KeyPlace(ref string) (Code, bool) {
	end := len(ref) - keyHash - 1
	if end < 2 || ref[0] != 'D' || ref[end] != 'H' {
		return "", false
	}
	return Code(ref[1:end]), true
}
