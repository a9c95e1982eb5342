package media

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

var (
	kernel32      = syscall.NewLazyDLL("kernel32.dll")
	logicalDrives = kernel32.NewProc("GetLogicalDrives")
	driveType     = kernel32.NewProc("GetDriveTypeW")
	freeSpace     = kernel32.NewProc("GetDiskFreeSpaceExW")
	volume        = kernel32.NewProc("GetVolumeInformationW")
)

// What GetDriveTypeW says.
const (
	driveRemovable = 2
	driveFixed     = 3
)

// List returns the sticks that are in, by letter.
func List() []Medium {
	drives, _, _ := logicalDrives.Call()
	system := strings.ToUpper(filepath.VolumeName(os.Getenv("SystemRoot")))
	var out []Medium
	for i := range 26 {
		letter := string(rune('A' + i))
		if drives&(1<<i) == 0 || letter+":" == system {
			continue
		}
		name, err := syscall.UTF16PtrFromString(letter + `:\`)
		if err != nil {
			continue
		}
		kind, _, _ := driveType.Call(uintptr(unsafe.Pointer(name)))
		// Large sticks and disks in a USB case say that they are fixed.
		if kind != driveRemovable && (kind != driveFixed || !onUSB(letter)) {
			continue
		}
		if m, ok := measured(letter+`:\`, false); ok {
			out = append(out, m)
		}
	}
	return out
}

func measured(path string, _ bool) (Medium, bool) {
	root := filepath.VolumeName(path) + `\`
	name, err := syscall.UTF16PtrFromString(root)
	if err != nil {
		return Medium{}, false
	}
	m := Medium{Path: path, Name: readable(filepath.Base(path), "U盘")}
	if ok, _, _ := freeSpace.Call(uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(&m.Free)), uintptr(unsafe.Pointer(&m.Size)), 0); ok == 0 {
		return Medium{}, false
	}
	var label [261]uint16
	var flags uint32
	const readOnly = 0x00080000
	if ok, _, _ := volume.Call(uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(&label[0])), uintptr(len(label)), 0, 0, uintptr(unsafe.Pointer(&flags)), 0, 0); ok != 0 {
		m.ReadOnly = flags&readOnly != 0
		if path == root {
			m.Name = strings.TrimSpace(root[:1] + "盘 " + readable(syscall.UTF16ToString(label[:]), ""))
		}
	}
	return m, true
}

// onUSB asks a drive by what it is connected.
func onUSB(letter string) bool {
	name, err := syscall.UTF16PtrFromString(`\\.\` + letter + `:`)
	if err != nil {
		return false
	}
	h, err := syscall.CreateFile(name, 0, syscall.FILE_SHARE_READ|syscall.FILE_SHARE_WRITE, nil, syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		return false
	}
	defer syscall.CloseHandle(h)
	const (
		queryProperty = 0x2D1400 // IOCTL_STORAGE_QUERY_PROPERTY
		busTypeAt     = 28       // in STORAGE_DEVICE_DESCRIPTOR
		busTypeUSB    = 7
	)
	var query [12]byte // the device's property, by the standard query
	var answer [1024]byte
	var n uint32
	if err := syscall.DeviceIoControl(h, queryProperty, &query[0], uint32(len(query)), &answer[0], uint32(len(answer)), &n, nil); err != nil || n < busTypeAt+4 {
		return false
	}
	return binary.LittleEndian.Uint32(answer[busTypeAt:]) == busTypeUSB
}
