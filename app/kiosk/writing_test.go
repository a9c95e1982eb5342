package kiosk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hardNames are payments to people whose names are hard to enter: a surname that is read otherwise, a rare character.
func hardNames() []any {
	var out []any
	for i, name := range []string{"单国华", "仇和平", "查志强", "丁𬱖", "王建国"} {
		d := rareName()
		d.Ref, d.Name, d.SourceRow = fmt.Sprint("pay-hard-", i), name, int64(2+i)
		out = append(out, d)
	}
	return out
}

// inkOf is ink that a pupil takes for a character.
func inkOf(char string) *Ink {
	return &Ink{{{X: int([]rune(char)[0])}, {Y: 1}}}
}

// pupil reads ink as the character it was made of, and as what looks like it: characters of the same group.
type pupil []string

// clerk knows some characters of the stories; what it does not know is nothing to it.
var clerk = pupil{"张弘弛", "王玉主", "三二川", "丰羊半", "建健律", "国园圆", "单早旱", "欧殴鸥", "阳阴陌", "文丈叉", "赵起越", "大太犬"}

func (p pupil) Recognise(ink Ink, among map[rune]int, n int) []rune {
	var out []rune
	for _, group := range p {
		if !strings.ContainsRune(group, rune(ink[0][0].X)) {
			continue
		}
		list := []rune(group)
		at := slices.Index(list, rune(ink[0][0].X))
		for i := range list {
			r := list[(at+i)%len(list)]
			if among == nil || among[r] > 0 {
				out = append(out, r)
			}
		}
	}
	return out[:min(n, len(out))]
}

// Without anybody who reads it there is no handwriting, and nothing else changes.
func TestNobodyReadsHandwriting(t *testing.T) {
	m := send(started(t), Touched{}, Go{At{Page: PagePeople, Village: baishui, Tab: tabTyping}})
	if sees(m.View(), "手写") || !sees(m.View(), "笔画") {
		t.Errorf("the methods are\n%s", transcript(m.View()))
	}
	at := m.at
	at.Tab = tabHand
	if m := send(m, Turn{at}, Wrote{inkOf("张")}); m.writing != nil {
		t.Error("something was read")
	}
}

// What was written is for one place of one text: it is not taken for the next character, and is forgotten with the visit.
func TestWritingIsForOneCharacter(t *testing.T) {
	m := send(started(t).Reading(clerk), Touched{}, Go{At{Page: PagePeople, Village: baishui, Tab: tabHand}}, Wrote{inkOf("张")})
	if m.at.Text != "" {
		t.Fatalf("%q was chosen for whoever wrote", m.at.Text)
	}
	if wiped := send(m, Rewrite{}); m.Same(wiped) || wiped.written().ink != nil {
		t.Error("重写 leaves the square as it was")
	}
	touch, err := find(m.View(), "张")
	if err != nil {
		t.Fatal(err)
	}
	next := send(m, touch)
	if next.at.Text != "张" || next.written().ink != nil {
		t.Errorf("behind %q there is ink", next.at.Text)
	}
	if back := send(next, Turn{m.at}); back.written().ink == nil {
		t.Error("the ink of the first character is lost before anything else is written")
	}
	forgotten(t, "writing", m, send(New(m.config).Reading(clerk), Tick{m.now}, Opened{Book: m.book, SyncedAt: morning}, Touched{}))
}
