package kiosk

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// manyOfOneSurname are payments to 14 people of 杨家畈村 who are all called 周, of whom ten go on with 大.
func manyOfOneSurname() []any {
	return paidIn(yangjia, "周大 周大明 周大海 周大山 周大江 周大河 周大湖 周大林 周大森 周大川 周小红 周小兰 周安 周平")
}

// paidIn are payments to people of a village, whose names stand with spaces between them.
func paidIn(village disclosure.Code, names string) []any {
	var out []any
	for i, name := range strings.Fields(names) {
		d := rareName()
		d.Ref, d.Place, d.Name, d.SourceRow = fmt.Sprint("pay-", village, "-", i), village, name, int64(100+i)
		out = append(out, d)
	}
	return out
}

// TestEverybodyIsReachedByTurningOver: whoever touches surname and characters comes to everybody of a village, to few at a time; the
// people behind the characters, and those whose name is complete, are all that there are; and 返回 takes one character back.
func TestEverybodyIsReachedByTurningOver(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	surnames, given := []string{"王", "王", "王", "欧阳", "欧", "阿里·"}, []rune("大小明海山红国安平")
	all := map[string]bool{}
	plain := strings.NewReplacer("·", "") // nobody touches a dot
	for len(all) < 300 {
		name := surnames[dice.IntN(len(surnames))]
		for range 1 + dice.IntN(3) {
			name += string(given[dice.IntN(len(given))])
		}
		all[name] = true
	}
	m := send(New(config), Tick{morning}, Opened{Book: open(t, append(county(), paidIn(yangjia, strings.Join(slices.Sorted(maps.Keys(all)), " "))...)...)}, Touched{})
	entered, reached, grids := map[string]bool{}, map[string]bool{}, 0
	for name := range all {
		entered[plain.Replace(name)] = true
	}
	var turnOver func(m Model)
	follow := func(m Model, to Msg) {
		t.Helper()
		next := send(m, to)
		if back := send(next, Back{}); back.at != m.at {
			t.Errorf("返回 leads from %q to %+v", next.at.Text, back.at)
		}
		turnOver(next)
	}
	turnOver = func(m Model) {
		behind := 0
		for _, b := range m.View().Body {
			switch b := b.(type) {
			case Tiles:
				for i := range b.Len {
					tile, people := b.Tile(i), 0
					if _, err := fmt.Sscanf(tile.Note, "%d人", &people); err != nil || people == 0 {
						t.Errorf("behind %q there are %q", tile.Text, tile.Note)
					}
					behind += people
					follow(m, tile.Touch)
				}
			case Buttons:
				if m.at.Page != PagePeople {
					continue
				}
				grids++
				found := m.lookup(search.Query{Text: m.at.Text, In: search.InPeople, Village: string(yangjia)}).Found
				if !sees(m.View(), fmt.Sprintf("看这%d人", found)) || found <= rowsAtOnce {
					t.Errorf("%q of %d people\n%s", m.at.Text, found, transcript(m.View()))
				}
				if entered[m.at.Text] {
					behind++
					touch, err := find(m.View(), "就叫"+m.at.Text+"的1人")
					if err != nil {
						t.Fatal(err)
					}
					follow(m, touch)
				}
				if behind != found {
					t.Errorf("behind %q there are %d people, on show are %d", m.at.Text, found, behind)
				}
			case List:
				if b.Len > rowsAtOnce && !entered[m.at.Text] {
					t.Errorf("%q leads to %d rows", m.at.Text, b.Len)
				}
				for i := range b.Len {
					if name := b.Row(i).Cells[0].Text; i == 0 || b.Len <= rowsAtOnce {
						reached[name] = true
					}
				}
			}
		}
	}
	turnOver(send(m, Go{At{Page: PageSurnames, Town: honghuatao, Village: yangjia}}))
	for name := range all {
		if !reached[name] {
			t.Errorf("%s is not reached", name)
		}
	}
	if grids < 10 {
		t.Errorf("only %d times was a character asked for", grids)
	}
}

// TestANameWithALetterIsNotTakenForComplete: 周K is behind no character, but among the rows, and nobody is said to be called just 周.
func TestANameWithALetterIsNotTakenForComplete(t *testing.T) {
	m := send(New(config), Tick{morning}, Opened{Book: open(t, append(county(), paidIn(yangjia, "周K 周一 周二 周三 周四 周五 周六 周七 周八 周九")...)...)},
		Touched{}, Go{At{Page: PagePeople, Village: yangjia, Text: "周"}})
	if !sees(m.View(), "九 1人") || sees(m.View(), "K") || sees(m.View(), "就叫周") {
		t.Errorf("the characters behind 周 are\n%s", transcript(m.View()))
	}
	touch, err := find(m.View(), "看这10人")
	if err != nil {
		t.Fatal(err)
	}
	if m = send(m, touch); !sees(m.View(), "找到10人") || !slices.ContainsFunc(thingsOn(m.View(), allRows), func(t thing) bool { return carries(t, []string{"周K"}) }) {
		t.Errorf("周K is not among the rows\n%s", transcript(m.View()))
	}
}

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
