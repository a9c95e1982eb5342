package section

import (
	"encoding/binary"
	"errors"
	"testing"
)

func TestCursorReadsWhatWasAppended(t *testing.T) {
	b := binary.AppendVarint(AppendTexts(AppendText(nil, "白水港村"), []string{"1组", ""}), -5)
	c := Read(b)
	if s := c.Text(); s != "白水港村" {
		t.Error(s)
	}
	if s := c.Texts(); len(s) != 2 || s[0] != "1组" {
		t.Error(s)
	}
	if n := c.Int(); n != -5 {
		t.Error(n)
	}
	if err := c.End(); err != nil {
		t.Error(err)
	}
}

func TestCursorRefuses(t *testing.T) {
	for name, read := range map[string]func(*Cursor){
		"long form":     func(c *Cursor) { *c = *Read([]byte{0x80, 0}); c.Uint() },
		"cut off":       func(c *Cursor) { *c = *Read([]byte{0x80}); c.Uint() },
		"huge length":   func(c *Cursor) { *c = *Read(binary.AppendUvarint(nil, 1<<60)); c.Len(1) },
		"not UTF-8":     func(c *Cursor) { *c = *Read([]byte{1, 0xff}); c.Text() },
		"out of range":  func(c *Cursor) { *c = *Read([]byte{7}); c.Below(7) },
		"left over":     func(c *Cursor) { *c = *Read([]byte{7}) },
		"missing bytes": func(c *Cursor) { *c = *Read(nil); c.Bytes(1) },
		"too many":      func(c *Cursor) { *c = *Read(binary.AppendUvarint(nil, 1<<40)); c.Count() },
	} {
		c := Read(nil)
		if read(c); c.End() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestRecentForgetsTheOldest(t *testing.T) {
	loads := 0
	load := func(k int) (int, error) {
		loads++
		if k < 0 {
			return 0, errors.New("no")
		}
		return k * k, nil
	}
	r := Recent[int, int]{Limit: 2}
	for _, k := range []int{1, 2, 1, 3, 1, 2} {
		if v, err := r.Get(k, load); v != k*k || err != nil {
			t.Errorf("Get(%d) = %d, %v", k, v, err)
		}
	}
	if loads != 4 {
		t.Errorf("%d loads, want 4: 1, 2, 3 and 2 again", loads)
	}
	if _, err := r.Get(-1, load); err == nil {
		t.Error("a failed load is kept")
	}
}
