package kiosk

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// query4 asks for the people of a payment's name in its village.
func query4(d disclosure.Disbursement) search.Query {
	return search.Query{Text: d.Name, In: search.InPeople, Village: string(d.Place), Limit: 20}
}

func TestAllow(t *testing.T) {
	for _, c := range []struct {
		name  string
		q     search.Query
		want  search.Query
		scope string
	}{
		{"within a village all is allowed", search.Query{Text: "zs", Village: baishui, Kind: "gengdi"}, search.Query{Text: "zs", Village: baishui, Kind: "gengdi"}, ScopeVillage},
		{"above it a name loses its filters", search.Query{Text: "张三", In: "people", Kind: "gengdi", Fund: "f", Year: 2026, Group: "1组"}, search.Query{Text: "张三", In: "people", Whole: true}, ScopeNames},
		{"also in a town", search.Query{Text: "张三", Town: zhicheng, Kind: "gengdi"}, search.Query{Text: "张三", Town: zhicheng, Whole: true}, ScopeNames},
		{"a town's code is no village", search.Query{Text: "zs", Village: zhicheng}, search.Query{Text: "zs", Town: zhicheng, Whole: true}, ScopeNames},
		{"nor is the county's", search.Query{Text: "zs", Village: "420581000000"}, search.Query{Text: "zs", Town: "420581000000", Whole: true}, ScopeNames},
		{"nor a short code", search.Query{Text: "zs", Village: "420581", Year: 2026}, search.Query{Text: "zs", Town: "420581", Whole: true}, ScopeNames},
		{"nor a pattern", search.Query{Text: "zs", Village: "42058110120*"}, search.Query{Text: "zs", Town: "42058110120*", Whole: true}, ScopeNames},
		{"funds are public", search.Query{Text: "gd", In: "funds", Year: 2026}, search.Query{Text: "gd", In: "funds", Year: 2026}, ScopePublic},
	} {
		got, scope := Allow(c.q)
		if got != c.want || scope != c.scope {
			t.Errorf("%s: %+v, %s", c.name, got, scope)
		}
	}
}

// TestNoAmountAboveAVillage asks above a village in every way that might betray a person.
func TestNoAmountAboveAVillage(t *testing.T) {
	b := open(t, county()...)
	for _, text := range []string{"", "z", "zs", "zsf", "zhangsanfeng", "张", "张三", "张三丰", "王建国", "刘守田", "wangjianguo"} {
		for _, in := range []string{"", search.InAll, search.InPeople} {
			for _, where := range []search.Query{{}, {Town: zhicheng}, {Village: zhicheng}, {Village: "420581000000"}, {Kind: "dibao"}, {Year: 2026, Fund: "fund-gengdi-2026"}} {
				q := where
				q.Text, q.In, q.Limit = text, in, 100
				answer, scope := Lookup(b, q)
				if scope != ScopeNames || answer.Sum != 0 || answer.Payments != 0 || len(answer.Years) > 0 {
					t.Errorf("%+v: scope %s, sum %d, payments %d, years %v", q, scope, answer.Sum, answer.Payments, answer.Years)
				}
				for _, h := range answer.Hits {
					if h.Kind != search.KindPerson {
						continue
					}
					if h.Title != text || h.Sum != 0 || h.Payments != 0 || len(h.Years) > 0 {
						t.Errorf("%+v answered %+v", q, h)
					}
				}
				if in == search.InPeople && len(answer.Next)+int(answer.Letters) > 0 {
					t.Errorf("%+v says how names go on: %v %v", q, answer.Letters, answer.Next)
				}
			}
		}
	}
	answer, _ := Lookup(b, search.Query{Text: "张三丰", In: search.InPeople, Limit: 10})
	if len(answer.Hits) != 2 {
		t.Errorf("the complete name is known in 2 villages, answered %v", answer.Hits)
	}
	answer, _ = Lookup(b, search.Query{Text: "王建国", In: search.InPeople, Town: honghuatao, Limit: 10})
	if answer.Found != 0 {
		t.Errorf("王建国 was found in a town where nobody is called so: %v", answer.Hits)
	}
}

// TestAidIsInNoTotal: 低保 is in the village list, and nowhere in what a person received or is found by.
func TestAidIsInNoTotal(t *testing.T) {
	b := open(t, county()...)
	for _, q := range []search.Query{
		{Text: "刘守田", In: search.InPeople, Village: baishui},
		{Text: "王建国", In: search.InPeople, Village: baishui, Kind: "dibao"},
		{Text: "lst", Village: baishui, Fund: "fund-dibao-2026"},
	} {
		if answer, _ := Lookup(b, q); answer.Found != 0 || answer.Sum != 0 {
			t.Errorf("%+v: found %d, sum %d", q, answer.Found, answer.Sum)
		}
	}
	answer, _ := Lookup(b, search.Query{Text: "王建国", In: search.InPeople, Village: baishui, Limit: 1})
	if answer.Sum != 44560+17900 {
		t.Errorf("a person's total is %d fen", answer.Sum)
	}
	list := b.List(book.ListQuery{Village: baishui, Kind: "dibao", Year: 2026, Limit: 10})
	if list.Found != 2 || slices.ContainsFunc(list.Rows, func(r book.ListRow) bool { return r.PersonRef() != "" }) {
		t.Errorf("the list of 低保: %+v", list)
	}
}

// TestExpired: what may no longer be shown disappears when the page next changes after that day.
func TestExpired(t *testing.T) {
	records := county()
	for i, rec := range records {
		if d, ok := rec.(disclosure.Disbursement); ok && d.Name == "欧阳文林" {
			d.VisibleUntil = "2026-11-21"
			records[i] = d
		}
	}
	m := send(New(config), Tick{morning}, Opened{Book: open(t, records...), SyncedAt: morning}, Touched{}, Go{At{Page: PageSurnames, Village: baishui}})
	if !sees(m.View(), "欧阳 1人") {
		t.Fatal("not shown on its last day")
	}
	m = send(m, Touched{}, Tick{morning.AddDate(0, 0, 1)}, Stay{})
	m = send(m, Home{}, Go{At{Page: PageSurnames, Village: baishui}})
	if sees(m.View(), "欧阳 1人") {
		t.Error("still shown the day after")
	}
	// A clock that was set back does not bring it back before the data's own day.
	late := send(New(config), Tick{time.Unix(0, 0)}, Opened{Book: open(t, append(records, edition("2026-11-22"))...), SyncedAt: morning}, Touched{}, Go{At{Page: PageSurnames, Village: baishui}})
	if sees(late.View(), "欧阳 1人") {
		t.Error("a clock that runs behind shows what has expired")
	}
}

func TestDataGrowsOld(t *testing.T) {
	for _, c := range []struct {
		days int
		want Tone
	}{{1, ToneMuted}, {45, ToneMuted}, {46, ToneAttention}, {180, ToneAttention}, {181, ToneAlarm}} {
		m := send(New(config), Tick{time.Date(2026, 11, 20, 23, 0, 0, 0, china).AddDate(0, 0, c.days)}, Opened{Book: open(t, county()...)})
		if v := m.View(); v.AsOfTone != c.want || v.AsOf != "数据截至2026年11月20日" {
			t.Errorf("after %d days: tone %d, %s", c.days, v.AsOfTone, v.AsOf)
		}
	}
}

// TestBooksAreLetGo: a book is let go once it is shown no more, and one that was never shown once a newer one waits.
func TestBooksAreLetGo(t *testing.T) {
	a, b, c := open(t, county()...), open(t, county()...), open(t, county()...)
	m := send(New(config), Tick{morning}, Opened{Book: a, SyncedAt: morning}, Touched{}, Go{At{Page: PageTowns}})
	m, cmds := Update(m, Opened{Book: b, SyncedAt: morning})
	if len(cmds) != 0 || m.book != a {
		t.Fatalf("a page that is being read changed: %v", cmds)
	}
	m, cmds = Update(m, Opened{Book: c, SyncedAt: morning})
	if !slices.Equal(cmds, []Cmd{LetGo{b}}) {
		t.Errorf("the book in between: %v", cmds)
	}
	m, cmds = Update(m, Turn{At{Page: PageTowns, Offset: 2}})
	if len(cmds) != 0 || m.book != a {
		t.Errorf("turning a leaf changed the data: %v", cmds)
	}
	m, cmds = Update(m, Go{At{Page: PageVillages, Town: zhicheng}})
	if !slices.Equal(cmds, []Cmd{LetGo{a}}) || m.book != c {
		t.Errorf("the next page: %v", cmds)
	}
}

// TestNoNameOnIdle: what everybody sees who walks past names nobody.
func TestNoNameOnIdle(t *testing.T) {
	text := transcript(started(t).View())
	for _, rec := range county() {
		if p, ok := rec.(disclosure.Disbursement); ok && strings.Contains(text, p.Name) {
			t.Errorf("the idle page names %s", p.Name)
		}
	}
}

func TestPercentIsNotRoundedUp(t *testing.T) {
	for _, c := range []struct {
		part, whole disclosure.Fen
		want        string
	}{{99999, 100000, "99.9"}, {100000, 100000, "100.0"}, {0, 0, "0.0"}, {941, 1000, "94.1"}, {-55, 1000, "-5.5"}, {-5, 1000, "-0.5"}} {
		if got := percent(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d is %s%%, want %s%%", c.part, c.whole, got, c.want)
		}
	}
}

// TestNobodyGoesRoundTheRule: the engine answers at every scope, so whatever asks it for a villager asks through Lookup.
func TestNobodyGoesRoundTheRule(t *testing.T) {
	ask := regexp.MustCompile(`\.Find(Into)?\(`)
	asked := 0
	for _, folder := range []string{".", "../screen", "../../cmd/kiosk"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") || !ask.Match(text) {
				continue
			}
			if file != "allow.go" {
				t.Errorf("%s asks the book past Lookup", file)
			}
			asked++
		}
	}
	if asked == 0 {
		t.Error("nobody asks the book at all: this test looks for the wrong words")
	}
}
