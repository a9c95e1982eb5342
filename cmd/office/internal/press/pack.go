package press

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// What a pack may be. A stick's file system (FAT32) ends a file at 4 GiB, and a kiosk reads no longer list than this.
const (
	maxPack      = 1<<32 - 1
	maxPackFiles = 65_534
	packedEntry  = 256 // what ZIP says of a file, before and behind it and in the list at the end, with our longest name
)

// ErrLarge is the error of an edition that no pack can hold.
var ErrLarge = errors.New("press: the edition is too large for a pack")

// Pack writes an edition into one file for a USB stick (数据更新包): a zip without compression whose entries are exactly the paths
// of the depot. The file is whole or it is not there. Equal editions make equal packs. progress is told how many bytes of how
// many have been written.
func Pack(ctx context.Context, i *Issue, out string, progress func(done, total int64)) (bytes int64, err error) {
	total := i.Total()
	if total+int64(len(i.Names))*packedEntry > maxPack || len(i.Names) > maxPackFiles {
		return 0, fmt.Errorf("%w: %d files, %d bytes", ErrLarge, len(i.Names), total)
	}
	f, err := os.CreateTemp(filepath.Dir(out), partPrefix+"*")
	if err != nil {
		return 0, fmt.Errorf("press: pack: %w", err)
	}
	err = writePack(ctx, f, i, func(done int64) { progress(done, total) })
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	info, statErr := f.Stat()
	err = errors.Join(err, statErr, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), out)
	}
	if err != nil {
		return 0, fmt.Errorf("press: pack: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return info.Size(), syncDir(filepath.Dir(out))
}

func writePack(ctx context.Context, f *os.File, i *Issue, progress func(done int64)) error {
	buf := bufio.NewWriterSize(f, 1<<18)
	z := zip.NewWriter(buf)
	var done int64
	for _, name := range i.Names {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		b, err := i.Read(name)
		if err != nil {
			return err
		}
		// MS-DOS time begins in 1980; any fixed day makes equal editions equal packs.
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		done += int64(len(b))
		progress(done)
	}
	return errors.Join(z.Close(), buf.Flush())
}
