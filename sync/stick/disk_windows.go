package stick

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"
)

// syncDir has nothing to do: Windows has no handle by which a folder could be flushed, and writes the names of removable media through.
func syncDir(*os.Root, string) error { return nil }

var (
	kernel32  = syscall.NewLazyDLL("kernel32.dll")
	freeSpace = kernel32.NewProc("GetDiskFreeSpaceW")
)

// room is how many bytes can be written, and in pieces of what size they are given out.
func room(dir string) (free, cluster int64, err error) {
	name, err := syscall.UTF16PtrFromString(filepath.VolumeName(dir) + `\`)
	if err != nil {
		return 0, 0, err
	}
	var sectors, bytes, clusters, all uint32
	ok, _, err := freeSpace.Call(
		uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(&sectors)), uintptr(unsafe.Pointer(&bytes)),
		uintptr(unsafe.Pointer(&clusters)), uintptr(unsafe.Pointer(&all)),
	)
	if ok == 0 {
		return 0, 0, err
	}
	cluster = int64(sectors) * int64(bytes)
	return int64(clusters) * cluster, max(cluster, 1), nil
}

const sharingViolation = syscall.Errno(32)

// lock keeps a second program away. It ends with the process, however that ends: the system deletes the file then.
func lock(_ *os.Root, dir string) (unlock func() error, err error) {
	name, err := syscall.UTF16PtrFromString(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	const deleteOnClose = 0x04000000
	h, err := syscall.CreateFile(name, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, deleteOnClose, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, ErrBusy
	case err != nil:
		return nil, &MediumError{Err: err}
	}
	return func() error { return syscall.CloseHandle(h) }, nil
}
