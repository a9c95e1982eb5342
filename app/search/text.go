package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"mingbai.local/app/internal/prose"
	"mingbai.local/app/internal/section"
)

// documents (文件表) says whose the texts are, which package prose keeps, newest first:
//
//	section := uvarint(n) u32(kind<<28 | entry of it)×n, and per kind: uvarint(documents) u32(document)×documents
//
// Kind is an index into kinds. Those of a kind stand in the order in which they were given to the Builder.
type documents struct {
	of     []byte
	byKind [][]byte
}

const entryBits = 28

func (d *documents) len() int { return len(d.of) / 4 }

func (d *documents) at(doc int) (kind, entry int) {
	v := binary.LittleEndian.Uint32(d.of[4*doc:])
	return int(v >> entryBits), int(v & (1<<entryBits - 1))
}

func encodeDocuments(of []uint32, byKind [][]uint32) []byte {
	le := binary.LittleEndian
	out := binary.AppendUvarint(nil, uint64(len(of)))
	for _, v := range of {
		out = le.AppendUint32(out, v)
	}
	for _, list := range byKind {
		out = binary.AppendUvarint(out, uint64(len(list)))
		for _, doc := range list {
			out = le.AppendUint32(out, doc)
		}
	}
	return out
}

func decodeDocuments(b []byte) (*documents, error) {
	d := &documents{byKind: make([][]byte, len(kinds))}
	if len(b) == 0 {
		return d, nil
	}
	c := section.Read(b)
	d.of = c.Bytes(4 * c.Len(4))
	for i := range d.byKind {
		d.byKind[i] = c.Bytes(4 * c.Len(4))
	}
	for doc := range d.len() {
		if kind, _ := d.at(doc); kind >= len(kinds) {
			c.Fail("document %d is of no kind", doc)
		}
	}
	// A document that stood twice would be read twice, and so on.
	seen := make([]bool, d.len())
	for _, list := range d.byKind {
		for at := 0; at < len(list); at += 4 {
			doc := binary.LittleEndian.Uint32(list[at:])
			if int(doc) >= len(seen) || seen[doc] {
				c.Fail("document %d stands there twice, or is none", doc)
				break
			}
			seen[doc] = true
		}
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("search: documents: %w", err)
	}
	return d, nil
}

// texts (正文) reads the sections of texts when they are first needed: those that a page shows need no pairs.
type texts struct {
	documents func() (*documents, error)
	written   func() (*prose.Texts, error)
	prose     func() (*prose.Prose, error)
}

func (t *texts) open(sections func(name string) ([]byte, error)) {
	t.documents = sync.OnceValues(func() (*documents, error) {
		b, err := sections(sectionDocuments)
		if err != nil {
			return nil, err
		}
		return decodeDocuments(b)
	})
	t.written = sync.OnceValues(func() (*prose.Texts, error) {
		b, err := sections(sectionTexts)
		if err != nil {
			return nil, err
		}
		d, err := t.documents()
		if err != nil {
			return nil, err
		}
		read, err := prose.ReadTexts(b)
		if err == nil && read.Len() != d.len() {
			err = fmt.Errorf("search: %d texts of %d documents", read.Len(), d.len())
		}
		return read, err
	})
	t.prose = sync.OnceValues(func() (*prose.Prose, error) {
		read, err := t.written()
		if err != nil {
			return nil, err
		}
		b, err := sections(sectionPairs)
		if err != nil {
			return nil, err
		}
		return prose.Open(read, b)
	})
}

// Texts returns the texts of an entry: the i-th of its kind among those that were given to the Builder with any.
func (x *Index) Texts(kind string, i int) ([]string, error) {
	d, err := x.texts.documents()
	if err != nil {
		return nil, err
	}
	written, err := x.texts.written()
	if err != nil {
		return nil, err
	}
	k := slices.Index(kinds, kind)
	if k < 0 || i < 0 || i >= len(d.byKind[k])/4 {
		return nil, fmt.Errorf("search: no text %d of kind %s", i, kind)
	}
	return written.Document(int(binary.LittleEndian.Uint32(d.byKind[k][4*i:])))
}

// CheckTexts reads all texts and makes what finds pieces of them again.
func (x *Index) CheckTexts() error {
	p, err := x.texts.prose()
	if err != nil || p.Len() == 0 {
		return err
	}
	b, err := x.section(sectionPairs)
	if err != nil {
		return err
	}
	return p.Check(b)
}

// entrySearch is what a search knows of everything but people and incumbents.
type entrySearch struct {
	titles   titleWalker
	byKind   []titleHits // as kinds
	searched []int       // the kinds that were looked through
	finder   prose.Search
	texts    []prose.Match
}

func (s *search) resetTitles() {
	if s.byKind == nil {
		s.byKind = make([]titleHits, len(kinds))
	}
	s.searched, s.texts = s.searched[:0], nil
}

// findTitles finds entries of a kind, or of every one, by their titles, then by their texts, and where neither is found, what
// sounds like a title. A title that only sounds alike is noise among people.
func (s *search) findTitles(kind string) error {
	for i, k := range kinds {
		if k == KindPerson || k == KindIncumbent || kind != "" && k != kind {
			continue
		}
		t, err := s.x.titles[i]()
		if err != nil {
			return err
		}
		s.byKind[i].titleTable = t
		s.searched = append(s.searched, i)
	}
	before := s.hits
	s.walkTitles(false)
	if err := s.findTexts(kind); err != nil {
		return err
	}
	if s.hits == before && kind != "" && len(s.asked.fold) > 0 {
		s.walkTitles(true)
	}
	return nil
}

// walkTitles looks through the titles of the kinds that are searched, and counts what it finds.
func (s *search) walkTitles(similar bool) {
	w := &s.titles
	w.similar, w.walker.units = similar, s.units
	for _, i := range s.searched {
		w.asked = &s.asked
		h := &s.byKind[i]
		w.search(h, &s.q)
		if len(h.entries) == 0 {
			continue
		}
		if last := len(s.asked.az) - 1; similar && s.asked.az[last] != 0 {
			// Every letter is tried, since a letter more can make two syllables of one.
			s.lengthen()
			w.asked = &s.more
			for w.longer = range keys {
				s.more.endIn(keyRune(w.longer))
				w.walkTitles()
			}
		}
		s.next.mask |= w.lead
		if w.picked {
			w.count(&s.choices)
		} else {
			w.count(&s.next)
		}
		s.hits += len(h.entries)
	}
}

// findTexts finds what was typed in texts whose title does not match. Among everything, one character is too little.
func (s *search) findTexts(kind string) error {
	if n := len(s.asked.fold); n == 0 || n == 1 && kind == "" {
		return nil
	}
	d, err := s.x.texts.documents()
	if err != nil || d.len() == 0 {
		return err
	}
	p, err := s.x.texts.prose()
	if err != nil {
		return err
	}
	// Of most kinds nothing is hidden or found already, so that an entry need not be looked at.
	var asked, free uint32
	for _, i := range s.searched {
		asked |= 1 << i
		if h := &s.byKind[i]; h.plain && len(h.entries) == 0 {
			free |= 1 << i
		}
	}
	s.texts, err = s.finder.Find(p, s.q.Text, func(doc int) bool {
		kind, entry := d.at(doc)
		if free>>kind&1 != 0 {
			return true
		}
		h := &s.byKind[kind]
		return asked>>kind&1 != 0 && entry < h.n && h.passes(entry, s.q.Day, s.q.Year) && !h.hit(entry)
	})
	s.hits += len(s.texts)
	return err
}

// rankTitles puts the entries of one rank on the page, in order.
func (s *search) rankTitles(rank int, c *cut) error {
	for _, i := range s.searched {
		h := &s.byKind[i]
		from, to := c.take(h.ranks[rank])
		for nth, k := 0, 0; nth < to; k++ {
			e := int(h.entries[k])
			if m := &h.marks[e]; int(m.rank) == rank {
				if nth >= from {
					entry := h.entry(e)
					s.hitEntry(&entry, m.reached)
				}
				nth++
			}
		}
	}
	if rank == rankText {
		return s.rankTexts(c)
	}
	return nil
}

var errDocuments = errors.New("search: documents are damaged")

// rankTexts puts entries on the page in whose texts the query stands.
func (s *search) rankTexts(c *cut) error {
	d, err := s.x.texts.documents()
	if err != nil {
		return err
	}
	from, to := c.take(len(s.texts))
	for _, m := range s.texts[from:to] {
		kind, e := d.at(m.Doc)
		h, x := &s.byKind[kind], Excerpt(s.finder.Excerpt(m))
		if e >= h.n || x.To == 0 {
			return errDocuments
		}
		entry := h.entry(e)
		chars := utf8.RuneCountInString(x.Text[x.From:x.To])
		s.hitEntry(&entry, reached{rank: rankText, why: whyText, chars: uint8(chars)})
		s.a.Hits[len(s.a.Hits)-1].Excerpt = x
	}
	return nil
}
