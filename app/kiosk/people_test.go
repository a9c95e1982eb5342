package kiosk

import (
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/search"
)

// TestNameNearlyRight: a name that nobody has is answered with whom it may mean, and only then with where else to look.
func TestNameNearlyRight(t *testing.T) {
	for _, at := range []At{
		{Page: PagePeople, Village: baishui, Text: "王国"},
		{Page: PagePeople, Village: baishui, Text: "王国", Tab: tabTyping},
		{Page: PageSearch, Text: "王国"},
	} {
		m := send(started(t), Touched{}, Go{at})
		text := transcript(m.View())
		from := 0
		for _, words := range []string{"王国”", "名字差一点的：", "王建国 您少打一个字", "1组"} {
			i := strings.Index(text[from:], words)
			if i < 0 {
				t.Fatalf("%+v: %q does not stand behind what comes before:\n%s", at, words, text)
			}
			from += i
		}
		onward := "到别的村找一找"
		if at.Page == PageSearch {
			onward = "翻名单"
		}
		if i := strings.LastIndex(text, onward); i < from {
			t.Errorf("%+v: %s does not stand behind whom the name may mean:\n%s", at, onward, text)
		}
		if touch, err := find(m.View(), "王建国"); err != nil {
			t.Error(err)
		} else if to := send(m, touch).View(); !sees(to, "王建国") || sees(to, "名字差一点的：") {
			t.Errorf("%+v: his row does not lead to him", at)
		}
	}
}

// TestNearlyRightNamesHideWhoGetsAid: who gets social aid alone is not named either when his name is typed nearly right.
func TestNearlyRightNamesHideWhoGetsAid(t *testing.T) {
	m := started(t)
	for _, text := range []string{"刘守天", "liushoutain", "刘田"} {
		if a := m.lookup(search.Query{Text: text, In: search.InPeople, Village: baishui}); len(a.Near) > 0 {
			t.Errorf("%s: %s is named", text, a.Near[0].Title)
		}
	}
	// Above a village nobody is named by another name than his own.
	for _, town := range []string{"", zhicheng} {
		if a := m.lookup(search.Query{Text: "王国", In: search.InPeople, Town: town}); len(a.Near) > 0 {
			t.Errorf("above a village %s is named for 王国", a.Near[0].Title)
		}
	}
	if a := m.lookup(search.Query{Text: "王国", Village: baishui}); !slices.ContainsFunc(a.Near, func(h search.Hit) bool { return h.Title == "王建国" }) {
		t.Error("within the village 王建国 is not named")
	}
}
