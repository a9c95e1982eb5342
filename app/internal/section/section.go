// Package section reads sections (节), the byte strings in which packages search and book keep what they know.
//
// A section is written once, by us, and read for years from a disk that may fail. So a Cursor never trusts it: whatever is
// cut off, too large or written in a longer way than needed is an error that sticks, and no length is believed before the
// bytes are there. Recent keeps the few sections that were decoded last.
package section

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
	"unicode/utf8"
)

// Cursor (游标) reads a section from its beginning. After the first error every read returns zero.
type Cursor struct {
	rest []byte
	err  error
}

// Read returns a cursor at the beginning of b, which it does not copy.
func Read(b []byte) *Cursor { return &Cursor{rest: b} }

// Uint reads an unsigned varint in its shortest form.
func (c *Cursor) Uint() uint64 {
	if c.err != nil {
		return 0
	}
	v, n := binary.Uvarint(c.rest)
	if n <= 0 || n > 1 && c.rest[n-1] == 0 {
		c.Fail("bad number")
		return 0
	}
	c.rest = c.rest[n:]
	return v
}

// Int reads a zigzag varint in its shortest form.
func (c *Cursor) Int() int64 {
	u := c.Uint()
	v := int64(u >> 1)
	if u&1 != 0 {
		v = ^v
	}
	return v
}

// Len reads a number of things that take at least size bytes each, so that memory for them can be set aside.
func (c *Cursor) Len(size int) int {
	n := c.Uint()
	if n > uint64(len(c.rest)/max(size, 1)) {
		c.Fail("%d things do not fit in %d bytes", n, len(c.rest))
		return 0
	}
	return int(n)
}

// Holds reports whether n more things of at least a byte each can be there, and fails where they cannot.
func (c *Cursor) Holds(n int) bool {
	if n > len(c.rest) {
		c.Fail("%d things do not fit in %d bytes", n, len(c.rest))
	}
	return c.err == nil
}

// Below reads a number smaller than limit.
func (c *Cursor) Below(limit int) int {
	n := c.Uint()
	if c.err == nil && n >= uint64(limit) {
		c.Fail("%d is not below %d", n, limit)
	}
	if c.err != nil {
		return 0
	}
	return int(n)
}

// Count reads a number that fits an int32, which no count of people or payments exceeds.
func (c *Cursor) Count() int {
	n := c.Uint()
	if n > math.MaxInt32 {
		c.Fail("%d is too many", n)
		return 0
	}
	return int(n)
}

// Bytes returns the next n bytes, not copied.
func (c *Cursor) Bytes(n int) []byte {
	if c.err == nil && (n < 0 || n > len(c.rest)) {
		c.Fail("%d bytes are not there", n)
	}
	if c.err != nil {
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

// Text reads a length and that many bytes of UTF-8.
func (c *Cursor) Text() string {
	b := c.Bytes(c.Len(1))
	if !utf8.Valid(b) {
		c.Fail("text is not UTF-8")
		return ""
	}
	return string(b)
}

// Texts reads a count and that many texts.
func (c *Cursor) Texts() []string {
	n := c.Len(1)
	if n == 0 {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = c.Text()
	}
	return out
}

// Left returns how many bytes were not read yet.
func (c *Cursor) Left() int { return len(c.rest) }

// Fail makes the cursor report what was found wrong, unless something was before.
func (c *Cursor) Fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// Err returns what was wrong so far.
func (c *Cursor) Err() error { return c.err }

// End returns what was wrong, or that bytes are left.
func (c *Cursor) End() error {
	if c.err == nil && len(c.rest) > 0 {
		return errors.New("bytes are left at the end")
	}
	return c.err
}

// AppendText appends a text as Cursor.Text reads it.
func AppendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// AppendTexts appends texts as Cursor.Texts reads them.
func AppendTexts(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = AppendText(b, s)
	}
	return b
}

// Recent (近用) keeps the values that were asked for last, at most Limit, and makes those that are not there. It is safe for
// use by many at once.
type Recent[K comparable, V any] struct {
	Limit int
	mu    sync.Mutex
	asked uint64 // how often
	kept  map[K]*recent[V]
}

type recent[V any] struct {
	value V
	asked uint64 // when last
}

// Get returns the value of key, made by load where it is not kept. A failed load is not kept.
func (r *Recent[K, V]) Get(key K, load func(K) (V, error)) (V, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if have, ok := r.kept[key]; ok {
		have.asked = r.asked
		return have.value, nil
	}
	v, err := load(key)
	if err != nil {
		return v, err
	}
	if r.kept == nil {
		r.kept = map[K]*recent[V]{}
	}
	if len(r.kept) >= r.Limit {
		var oldest K
		least := r.asked
		for k, have := range r.kept {
			if have.asked < least {
				oldest, least = k, have.asked
			}
		}
		delete(r.kept, oldest)
	}
	r.kept[key] = &recent[V]{v, r.asked}
	return v, nil
}
