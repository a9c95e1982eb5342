package book

import (
	"bytes"
	"context"
)

// Frame gives a section the checksum with which it stands in the file, and EncodeDirectory makes the section that names all others.
var (
	Frame           = frame
	EncodeDirectory = encodeDirectory
)

// OfSections is a book of whatever sections, as if they had been read from a file.
func OfSections(head []byte, sections map[string][]byte) (*Book, error) {
	f := &file{head: head, sizes: map[string]int{}, opened: sections}
	for name, data := range sections {
		f.sizes[name] = len(data)
	}
	return read(f)
}

// Sections returns a copy of everything that a book holds.
func (b *Book) Sections() (head []byte, sections map[string][]byte, err error) {
	sections = map[string][]byte{}
	for name := range b.file.sizes {
		data, err := b.file.section(name)
		if err != nil {
			return nil, nil, err
		}
		sections[name] = bytes.Clone(data)
	}
	return bytes.Clone(b.file.head), sections, nil
}

// Untouched returns the sections that nothing has been read from yet.
func (b *Book) Untouched() []string {
	var out []string
	for name := range b.file.sizes {
		if _, ok := b.file.opened[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

// Scrub is Check without the file, which a book of sections does not have.
func (b *Book) Scrub() error { return b.checkContents(context.Background()) }
