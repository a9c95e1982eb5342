// Package prose keeps the texts (正文) of documents and finds the documents in which a piece of text stands.
//
// There are 2 parties. A builder gives a Writer the documents (文件) in the order in which they are to be answered, each as
// passages (段), such as a summary and a body, and stores the two sections that come out. A reader opens them where they lie:
// Texts gives the passages back as they were written, and Prose finds pieces of them.
//
// What is promised: a piece is found in exactly those documents one of whose passages contains it, both compared as
// pinyin.Fold has them, so that traditional and simplified, full width and half width, capital and small find each other;
// never across the end of a passage. An Excerpt is the sentence around the first match as it was written.
//
// The texts are stored once, in UTF-16, which for Chinese takes two bytes where UTF-8 takes three and can be searched without
// being decoded. The other section is made from them alone (Check makes it again): for every character the documents, and for
// every two neighbours the blocks of text in which they stand. One and two characters are answered from it; a longer piece is
// looked up in the texts, but only in the blocks that have its rarest neighbours.
//
// The package does no input or output. A section that was damaged is an error, never a panic.
package prose

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"mingbai.local/app/internal/section"
	"mingbai.local/app/pinyin"
)

// blockSize is the number of UTF-16 units in a block (块). With it, most of the distances between the blocks of a pair of
// characters fit a byte in a county's texts, and two pairs that share a block mostly stand side by side in it.
const blockSize = 32

// Longest is the number of characters beyond which a piece is not found.
const Longest = 64

// Writer (编者) collects documents. The zero Writer is empty.
type Writer struct {
	docs  [][]string
	units int
	chars map[rune]bool // written in any of them
}

// Add adds a document, by its passages. It fails where a passage is not UTF-8, or where there is too much.
func (w *Writer) Add(passages ...string) error {
	if w.chars == nil {
		w.chars = map[rune]bool{}
	}
	for _, s := range passages {
		if !utf8.ValidString(s) {
			return errors.New("prose: a text is not UTF-8")
		}
		for _, r := range s {
			w.units += utf16.RuneLen(r)
			if !w.chars[r] {
				w.chars[r] = true
			}
		}
	}
	if w.units > math.MaxInt32 || len(w.chars) > maxChars {
		return fmt.Errorf("prose: texts of %d characters, %d of them different, are too many", w.units, len(w.chars))
	}
	w.docs = append(w.docs, passages)
	return nil
}

// Finish lays the documents out in an order, which names each by how many were added before it. It returns the section of
// texts, for ReadTexts, and that of pairs, for Open.
//
//	texts := uvarint(documents) uvarint(passages) uvarint(units)
//	         u32(passages up to its end)×documents u32(units up to its end)×passages u16×units
func (w *Writer) Finish(order []int) (texts, pairs []byte) {
	le := binary.LittleEndian
	t := &Texts{units: make([]byte, 0, 2*w.units)}
	for _, n := range order {
		for _, s := range w.docs[n] {
			for _, r := range s {
				if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
					t.units = le.AppendUint16(le.AppendUint16(t.units, uint16(high)), uint16(low))
				} else {
					t.units = le.AppendUint16(t.units, uint16(r))
				}
			}
			t.ends = le.AppendUint32(t.ends, uint32(len(t.units)/2))
		}
		t.docs = le.AppendUint32(t.docs, uint32(len(t.ends)/4))
	}
	for _, n := range []int{t.Len(), t.passages(), len(t.units) / 2} {
		texts = binary.AppendUvarint(texts, uint64(n))
	}
	texts = slices.Concat(texts, t.docs, t.ends, t.units)
	return texts, appendPairs(nil, t, w.chars)
}

// Texts (正文) is the section of texts, read where it lies.
type Texts struct {
	docs, ends, units []byte
}

// ReadTexts returns the texts that a Writer made; no bytes are no texts.
func ReadTexts(b []byte) (*Texts, error) {
	if len(b) == 0 {
		return &Texts{}, nil
	}
	c := section.Read(b)
	docs, passages, units := c.Len(4), c.Len(4), c.Len(2)
	t := &Texts{docs: c.Bytes(4 * docs), ends: c.Bytes(4 * passages), units: c.Bytes(2 * units)}
	err := c.End()
	if err == nil {
		err = errors.Join(ascend(t.docs, passages), ascend(t.ends, units))
	}
	if err != nil {
		return nil, fmt.Errorf("prose: texts: %w", err)
	}
	return t, nil
}

// ascend checks that numbers do not fall and that the last of them is last.
func ascend(list []byte, last int) error {
	before := uint32(0)
	for i := 0; i < len(list); i += 4 {
		v := binary.LittleEndian.Uint32(list[i:])
		if v < before {
			return errors.New("ends do not ascend")
		}
		before = v
	}
	if int(before) != last {
		return fmt.Errorf("%d things end at %d", last, before)
	}
	return nil
}

// Len returns the number of documents.
func (t *Texts) Len() int { return len(t.docs) / 4 }

func (t *Texts) passages() int { return len(t.ends) / 4 }

func span(ends []byte, i int) (from, to int) {
	if i > 0 {
		from = int(binary.LittleEndian.Uint32(ends[4*i-4:]))
	}
	return from, int(binary.LittleEndian.Uint32(ends[4*i:]))
}

// Document returns the passages of a document.
func (t *Texts) Document(doc int) ([]string, error) {
	if doc < 0 || doc >= t.Len() {
		return nil, fmt.Errorf("prose: no document %d", doc)
	}
	first, last := span(t.docs, doc)
	out := make([]string, 0, last-first)
	for p := first; p < last; p++ {
		from, to := span(t.ends, p)
		s := t.text(make([]byte, 0, 3*(to-from)), from, to)
		out = append(out, string(s))
	}
	return out, nil
}

// char returns the character at a unit, and its units. Half of a surrogate pair is U+FFFD.
func (t *Texts) char(at int) (rune, int) {
	u := rune(binary.LittleEndian.Uint16(t.units[2*at:]))
	if !utf16.IsSurrogate(u) {
		return u, 1
	}
	if next := 2*at + 2; next < len(t.units) {
		if r := utf16.DecodeRune(u, rune(binary.LittleEndian.Uint16(t.units[next:]))); r != utf8.RuneError {
			return r, 2
		}
	}
	return utf8.RuneError, 1
}

// text appends the units from from up to to as UTF-8.
func (t *Texts) text(b []byte, from, to int) []byte {
	for from < to {
		r, n := t.char(from)
		b = utf8.AppendRune(b, r)
		from += n
	}
	return b
}

// fold returns the folded character at a unit, and its units.
func (t *Texts) fold(at int) (rune, int) {
	r, n := t.char(at)
	return pinyin.Fold(r), n
}
