package press

// Folder (站点目录) is a folder that a depot is copied into, file by file, as a press would print it there.
type Folder struct{ d *depot }

// OpenFolder opens the folder, makes it where it is not there, and removes what a killed copy left half-written.
func OpenFolder(dir string) (*Folder, error) {
	d, err := openDepot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{d}, nil
}

// Write writes a file whole, in the place of any other. Several may be written at a time.
func (f *Folder) Write(name string, b []byte) error { return f.d.write(name, b) }

// Settle waits until the names of all files written are on the disk.
func (f *Folder) Settle() error { return f.d.settle() }
