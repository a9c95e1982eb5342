package kiosk

import (
	"strings"
	"testing"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/outline"
)

// outlined is a record of an outline.
func outlined(ref, char, path, parts string) disclosure.Outline {
	return disclosure.Outline{Head: disclosure.Head{Ref: ref}, Char: char, Path: path, Parts: parts}
}

const beam = "m50 -500l900 0l0 200l-900 0"

// TestHostileOutlines: whatever an edition says of outlines, a character has one that can be drawn, or its parts, or nothing.
func TestHostileOutlines(t *testing.T) {
	long := "m0 0" + strings.Repeat("l1000 1l-1000 -1", outline.MaxPoints/2-1)
	records := append(
		county(), outlined("G1", "𠮷", beam, "土口"), outlined("G2", "𪛖", "m0 0l1e9 1", "龍龜"), outlined("G3", "王王", beam, ""), outlined("G4", "", beam, ""),
		outlined("G5", "𡈼", "", "一二三四五"), outlined("G6", "𠀋", "", ""),
	)
	for i := range 2 * outline.Most / len(long) {
		records = append(records, outlined("H"+string(rune('a'+i)), string(rune(0x20100+i)), long, "甲乙"))
	}
	b := open(t, records...)
	got := Guests(b)
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	if g := got['𠮷']; len(g.Outline) != 4 || g.Parts != "土口" {
		t.Errorf("𠮷 is %+v", g)
	}
	if g := got['𪛖']; g.Outline != nil || g.Parts != "龍龜" {
		t.Errorf("what is no outline is drawn: %+v", g)
	}
	if g := got['𡈼']; g.Outline != nil || g.Parts != "" {
		t.Errorf("five parts are written: %+v", g)
	}
	if _, ok := got['王']; ok {
		t.Error("two characters are taken for one")
	}
	segments := 0
	for r, g := range got {
		if r >= 0x20100 && r < 0x20200 && g.Parts != "甲乙" {
			t.Errorf("%U lost its parts", r)
		}
		segments += len(g.Outline)
	}
	if segments < outline.Most/16 || segments > outline.Most/6 {
		t.Errorf("%d segments of an edition that has twice as many as it may", segments)
	}
	if got := Guests(open(t, county()...)); len(got) > 0 {
		t.Errorf("an edition without outlines has %d", len(got))
	}
}
