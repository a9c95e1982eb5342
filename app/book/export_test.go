package book

import "bytes"

// WriteFile makes a file of whatever sections, with right checksums.
var WriteFile = writeFile

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
