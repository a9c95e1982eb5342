package depottest

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"

	"mingbai.local/sync/edition"
)

// WritePack writes a small depot as a pack. It is for tests: the office has its own press for packs, which also verifies what
// it packs.
func WritePack(w io.Writer, from fs.FS) error {
	z := zip.NewWriter(w)
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !edition.IsPath(path) {
			return err
		}
		b, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		e, err := z.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Store})
		if err != nil {
			return err
		}
		_, err = e.Write(b)
		return err
	})
	return errors.Join(err, z.Close())
}
