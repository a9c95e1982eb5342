package officetest

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"mingbai.local/sync/edition"
)

// Reformatted is a catalog as a program of another format writes it: with that number, and if it is newer, with something that this program has no
// name for.
func Reformatted(catalog []byte, format int) ([]byte, edition.Ref, error) {
	unpack, err := zstd.NewReader(nil)
	if err != nil {
		return nil, edition.Ref{}, err
	}
	defer unpack.Close()
	list, err := unpack.DecodeAll(catalog, nil)
	if err != nil {
		return nil, edition.Ref{}, err
	}
	is, other := fmt.Appendf(nil, `"format":%d,`, edition.Format), fmt.Appendf(nil, `"format":%d,`, format)
	if !bytes.Contains(list, is) {
		return nil, edition.Ref{}, fmt.Errorf("a catalog without a format: %s", list)
	}
	if format > edition.Format {
		other = append(other, `"pictures":[{"of":"2026"}],`...)
	}
	pack, err := zstd.NewWriter(nil)
	if err != nil {
		return nil, edition.Ref{}, err
	}
	b := pack.EncodeAll(bytes.Replace(list, is, other, 1), nil)
	return b, edition.Ref{SHA256: fmt.Sprintf("%x", sha256.Sum256(b)), Length: int64(len(b))}, pack.Close()
}
