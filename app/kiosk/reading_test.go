package kiosk

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/search"
	"mingbai.local/app/speech"
)

// playAloud plays the steps that only the stories of reading have; ok is false for all others.
//
//	hear 王建国 445.60元   after the last touch one phrase with all these words is to be read
//	unheard …            none is
//	first 查补贴          the reading begins with these words
//	silent               after the last touch what was being read is to stop, and nothing else is to be read
//	quiet                nothing is being read
//	spoken               the reading has come to its end
func playAloud(m Model, verb, rest string) (next Model, ok bool, err error) {
	phrases, stopped := aloudNow()
	heard := slices.ContainsFunc(phrases, func(p speech.Phrase) bool {
		return carries(thing{words: []string{p.Text}}, strings.Fields(rest))
	})
	switch verb {
	case "hear":
		ok = heard
	case "unheard":
		ok = !heard && len(phrases) > 0
	case "first":
		ok = len(phrases) > 0 && strings.HasPrefix(phrases[0].Text, rest)
	case "silent":
		ok = stopped && len(phrases) == 0
	case "quiet":
		ok = m.aloud.saying == 0
	case "spoken":
		return send(m, Spoken{ID: m.aloud.saying}), true, nil
	default:
		return m, false, nil
	}
	if !ok {
		return m, true, fmt.Errorf("read is %v, stopped %v, still reading %v", phrases, stopped, m.aloud.saying != 0)
	}
	return m, true, nil
}

// aloudNow is what was askedFor to be read, and whether what was being read was to stop.
func aloudNow() (phrases []speech.Phrase, stopped bool) {
	for _, c := range askedFor {
		switch c := c.(type) {
		case Say:
			phrases = append(phrases, c.Phrases...)
		case Silence:
			stopped = true
		}
	}
	return phrases, stopped
}

// TestEveryBlockIsRead: whoever adds a block says how it is read, or that it is not.
func TestEveryBlockIsRead(t *testing.T) {
	source, err := os.ReadFile("view.go")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]Block{}
	for _, b := range []Block{
		Crumbs{},
		Heading{},
		NameSum{},
		Search{},
		Doors{},
		Tiles{},
		List{},
		Prose{},
		Bars{},
		Gauge{},
		Figures{},
		Cards{},
		Notice{},
		News{},
		Buttons{},
		Tabs{},
		Candidates{},
		Keys{},
		Square{},
		Code{},
		Meter{},
		PINPad{},
		Target{},
		Ruler{},
		Hero{},
		Giant{},
	} {
		known[reflect.TypeOf(b).Name()] = b
	}
	blocks := regexp.MustCompile(`(?m)^func \((\w+)\) block\(\)`).FindAllStringSubmatch(string(source), -1)
	if len(blocks) < 20 {
		t.Fatalf("only %d blocks are found in view.go", len(blocks))
	}
	for _, m := range blocks {
		b, ok := known[m[1]]
		if r := (&reader{}); !ok || !r.block(b) {
			t.Errorf("a %s is not read aloud: say how in reader.block, and here", m[1])
		}
	}
}

// TestEveryPageIsRead: every page of the county has something to tell, at a bearable length, that a voice can say, and nobody
// hears 序号 or an empty phrase.
func TestEveryPageIsRead(t *testing.T) {
	seen := map[Page]bool{}
	walk(t, started(t), func(m Model, _ int) {
		v := m.View()
		if v.Page == PageIdle || v.Page == PageHome {
			return
		}
		seen[v.Page] = true
		phrases := reading(v, 0, 0)
		if len(phrases) < 2 || len(phrases) > mostPhrases+2 {
			t.Errorf("%+v: %d phrases", m.at, len(phrases))
		}
		for _, p := range phrases {
			syllables := speech.Syllables(p)
			if syllables == "" {
				t.Errorf("%+v: %q cannot be said", m.at, p.Text)
			}
			if took := time.Duration(strings.Count(syllables, " ")+1) * time.Second / 3; took > lasting([]speech.Phrase{p}) || took > time.Minute {
				t.Errorf("%+v: %q takes some %v without a stop", m.at, p.Text, took)
			}
			if p.Name && (strings.ContainsAny(p.Text, "0123456789元户") || len([]rune(p.Text)) > 9) {
				t.Errorf("%+v: %q is taken for a name", m.at, p.Text)
			}
		}
	})
	if len(seen) < 15 {
		t.Errorf("only %d pages were walked to", len(seen))
	}
}

// TestRowsOnShowAreRead: as many rows as the screen shows, from where it shows them, each person's amount even where two are alike.
func TestRowsOnShowAreRead(t *testing.T) {
	names := []string{"张一", "张二", "张三", "张四", "张五", "张六", "张七", "张八", "张九", "张十"}
	v := View{Page: PageList, Body: []Block{List{
		Header: true, Len: len(names), Offset: 1,
		Columns: []Column{{Title: "序号"}, {Title: "姓名"}, {Title: "面积", Align: AlignRight}, {Title: "金额（元）", Align: AlignRight}},
		Row: func(i int) Row {
			return Row{Cells: []Cell{{Text: "77"}, {Text: names[i], Style: StyleName}, {Text: "8.45亩"}, {Text: "753.06", Style: StyleAmount}}}
		},
	}}}
	for _, c := range []struct{ from, rows, first, count int }{{0, 0, 1, 8}, {4, 3, 4, 3}, {8, 5, 8, 2}, {-3, 2, 0, 2}, {50, 5, 0, 0}} {
		phrases := reading(v, c.from, c.rows)
		if len(phrases) != 2*c.count {
			t.Errorf("from %d, %d rows: %v", c.from, c.rows, phrases)
			continue
		}
		for i := range c.count {
			name, rest := phrases[2*i], phrases[2*i+1]
			if name != (speech.Phrase{Text: names[c.first+i], Name: true}) || rest.Text != "面积8.45亩，金额753.06元" {
				t.Errorf("from %d, %d rows: %v, %v", c.from, c.rows, name, rest)
			}
		}
	}
}

// TestPeopleAreReadAsPeople: 单国强 is shàn wherever he stands, in front of a comparison, among what a search has found, on what is taken away.
func TestPeopleAreReadAsPeople(t *testing.T) {
	m := started(t)
	for where, v := range map[string]View{
		"a year beside the year before": {Page: PagePerson, Body: m.comparePage(At{Page: PagePerson}, book.Person{Name: "单国强", Village: baishui}).body},
		"found in an institution": {Page: PageSearch, Body: []Block{List{Len: 1, Row: func(int) Row {
			return m.hitRow(search.Hit{Kind: search.KindIncumbent, Title: "单国强", Place: "宜都市财政局"})
		}}}},
	} {
		phrases := reading(v, 0, 0)
		if !slices.Contains(phrases, speech.Phrase{Text: "单国强", Name: true}) || len(phrases) < 2 {
			t.Errorf("%s: %v", where, phrases)
		}
	}
	people := 0
	for _, m := range taken(t, m) {
		phrases := reading(m.View(), 0, 0)
		p, ok := m.shown.Person(m.at.Ref)
		if !ok {
			if i := slices.IndexFunc(phrases, func(p speech.Phrase) bool { return p.Name }); i >= 0 {
				t.Errorf("%+v: %s is nobody", m.at, phrases[i].Text)
			}
			continue
		}
		people++
		name := func(q speech.Phrase) bool { return q.Text == p.Name }
		if i := slices.IndexFunc(phrases, name); i < 0 || !phrases[i].Name || slices.IndexFunc(phrases[i+1:], name) >= 0 {
			t.Errorf("taken away: %v", phrases)
		}
	}
	if people == 0 {
		t.Error("nobody was taken away")
	}
}

// TestTilesAreRead: from where they are turned to, whatever rows a list on the same page has on show.
func TestTilesAreRead(t *testing.T) {
	v := View{Page: PageTowns, Body: []Block{Tiles{Len: 30, Offset: 12, Tile: func(i int) Tile { return Tile{Text: fmt.Sprintf("%d组", i)} }}}}
	for _, rows := range []int{0, 3} {
		phrases := reading(v, 0, rows)
		if len(phrases) != 18 || phrases[0].Text != "12组" || phrases[17].Text != "29组" {
			t.Errorf("%d rows: %v", rows, phrases)
		}
	}
}

// TestLongPagesAreCut: who has listened for four minutes is told that there is more.
func TestLongPagesAreCut(t *testing.T) {
	var paragraphs []string
	for i := range 90 {
		paragraphs = append(paragraphs, fmt.Sprintf("第%d条　就这样。", i))
	}
	v := View{Page: PagePolicy, Synthetic: "演示数据", Body: []Block{Heading{Text: "办法"}, Prose{Paragraphs: paragraphs}, Heading{Text: "办法"}}}
	phrases := reading(v, 0, 0)
	if n := len(phrases); n != mostPhrases+2 || phrases[n-2].Text != "后面还有，请看屏幕。" || phrases[n-1].Text != "演示数据" || phrases[0].Text != "办法" {
		t.Errorf("%d phrases: %v", n, phrases)
	}
}

// TestReadingEndsWithTheVisit: nothing is read to an empty room, nor of data that was given up.
func TestReadingEndsWithTheVisit(t *testing.T) {
	listening := func() Model { return send(started(t), Touched{}, Go{At{Page: PageTowns}}, Listen{}) }
	for name, msg := range map[string]Msg{
		"done": Finish{}, "home": Home{}, "mending": Mending{On: true}, "hush": Listen{Stop: true}, "nowhere": Touched{}, "turn": Turn{At{Page: PageTowns, Offset: 3}},
	} {
		m := send(listening(), msg)
		if phrases, stopped := aloudNow(); !stopped || len(phrases) > 0 || m.aloud.saying != 0 {
			t.Errorf("%s: read is %v, stopped %v", name, phrases, stopped)
		}
	}
	for name, msg := range map[string]Msg{"larger": Resize{TextLarge}, "contrast": Contrast{true}, "tick": Tick{morning.Add(time.Second)}} {
		m := send(listening(), msg)
		if _, stopped := aloudNow(); stopped || m.aloud.saying == 0 {
			t.Errorf("%s stops the reading", name)
		}
	}
}

// TestNobodyHearsTheEnd: a voice that never says that it has ended does not keep the visit open for ever.
func TestNobodyHearsTheEnd(t *testing.T) {
	m := send(started(t), Touched{}, Go{At{Page: PageTowns}}, Listen{})
	phrases, _ := aloudNow()
	var stopped bool
	for end := m.now.Add(lasting(phrases) + quiet + asking + 2*time.Second); m.now.Before(end); {
		m = send(m, Tick{m.now.Add(time.Second)})
		_, s := aloudNow()
		stopped = stopped || s
	}
	if m.at.Page != PageIdle || !stopped {
		t.Errorf("page %s is on; told to be silent: %v", m.at.Page, stopped)
	}
}
