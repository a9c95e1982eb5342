package kiosk

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/icon"
)

// allRows is a panel with room for every row, so that a walk needs no paging.
const allRows = 1 << 20

// walk opens every page that touches lead to from home, without typing, and returns for each the fewest touches.
func walk(t *testing.T, m Model, visit func(m Model, touches int)) map[At]int {
	t.Helper()
	m = send(m, Touched{})
	touches := map[At]int{m.at: 0}
	queue := []Model{m}
	for len(queue) > 0 {
		m, queue = queue[0], queue[1:]
		v := m.View()
		visit(m, touches[m.at])
		for _, thing := range thingsOn(v, allRows) {
			switch msg := thing.msg.(type) {
			case Go:
			case Turn:
				if msg.To.Text != m.at.Text && msg.To.Text != "" {
					continue // a key of the pad, a character to choose
				}
			default:
				continue
			}
			next := send(m, thing.msg)
			if _, seen := touches[next.at]; !seen {
				touches[next.at] = touches[m.at] + 1
				queue = append(queue, next)
			}
		}
	}
	return touches
}

// TestEverythingIsNear is the law of kiosk.md: any record at most 4 touches from home, any person at most 6.
func TestEverythingIsNear(t *testing.T) {
	m := started(t)
	touches := walk(t, m, func(Model, int) {})
	nearest := map[string]int{}
	for at, n := range touches {
		var keys []string
		switch at.Page {
		case PagePerson, PageFund, PageInstitution, PageIncumbent, PagePolicy, PageNotice:
			keys = append(keys, at.Ref)
		case PageProcurement, PageProject:
			keys = append(keys, at.Ref)
		case PageRelief:
			keys = append(keys, fmt.Sprint("relief ", at.Kind, at.Year))
		case PageBudget:
			keys = append(keys, fmt.Sprint("budget ", at.Ref, at.Year))
		case PageList:
			keys = append(keys, fmt.Sprint("list ", at.Village, at.Kind, at.Year))
		}
		for _, key := range keys {
			if old, ok := nearest[key]; !ok || n < old {
				nearest[key] = n
			}
		}
	}
	check := func(key string, most int) {
		t.Helper()
		n, ok := nearest[key]
		if !ok || n > most {
			t.Errorf("%s: %d touches from home (found: %v), at most %d are allowed", key, n, ok, most)
		}
	}
	people := 0
	for _, rec := range county() {
		switch r := rec.(type) {
		case disclosure.Fund:
			check(r.Ref, 4)
		case disclosure.Institution:
			check(r.Ref, 4)
		case disclosure.Incumbent:
			check(r.Ref, 6)
		case disclosure.Policy:
			check(r.Ref, 4)
		case disclosure.Notice:
			if !m.ahead(r) {
				check(r.Ref, 4)
			}
		case disclosure.Procurement:
			check(r.Ref, 4)
		case disclosure.InvestmentProject:
			check(r.Ref, 4)
		case disclosure.Total:
			check(fmt.Sprint("relief ", r.Kind, r.Year), 4)
		case disclosure.BudgetLine:
			check(fmt.Sprint("budget ", r.Institution, r.Year), 4)
		case disclosure.Disbursement:
			village := m.village(r.Place).Code
			most := 6
			if village == baishui {
				most = 4
			}
			check(fmt.Sprint("list ", village, r.Kind, r.Year), most)
			if r.Kind == "dibao" {
				check(fmt.Sprint("relief ", r.Kind, r.Year), 4)
				continue
			}
			people++
			r.Place = village
			answer, _ := Lookup(m.shown, query4(r))
			found := false
			for _, h := range answer.Hits {
				if h.Title == r.Name && h.Group == r.Group && h.NamesakeNo == r.NamesakeNo {
					check(h.Ref(), 6)
					found = true
				}
			}
			if !found {
				t.Errorf("%s %s %s is found by nothing", r.Place, r.Group, r.Name)
			}
		}
	}
	if people == 0 {
		t.Error("the county has no people")
	}
}

// TestEveryPage: whatever page is on, home and 我用完了 are one touch away, how far the data reaches and that it is made up
// are said, every icon exists, and no page is missed by the walk.
func TestEveryPage(t *testing.T) {
	seen := map[Page]bool{}
	walk(t, started(t), func(m Model, _ int) {
		v := m.View()
		seen[v.Page] = true
		sends := map[Msg]bool{}
		for _, thing := range things(v) {
			if thing.msg != nil {
				sends[thing.msg] = true
			}
		}
		if v.Page != PageHome && (!sends[Home{}] || !sends[Finish{}] || !sends[Back{}]) {
			t.Errorf("%+v: 首页, 返回 or 我用完了 cannot be touched", m.at)
		}
		if v.AsOf == "" || v.Synthetic == "" {
			t.Errorf("%+v: says neither how far the data reaches nor that it is made up", m.at)
		}
		if v.Phone == nil || v.Phone.Touch == nil && v.Page != PagePhone {
			t.Errorf("%+v: no telephone", m.at)
		}
		icons(reflect.ValueOf(v), func(name string) {
			if icon.SVG(name) == nil {
				t.Errorf("%+v: there is no icon %s", m.at, name)
			}
		})
		for _, thing := range thingsOn(v, allRows) {
			if thing.msg != nil && thing.line() == "" {
				t.Errorf("%+v: something without words can be touched: %v", m.at, thing.msg)
			}
		}
	})
	for _, p := range []Page{
		PageHome, PageSearch, PageTowns, PageVillages, PageSurnames, PagePeople, PagePerson, PageLists, PageGroups, PageList,
		PageNotOnList, PageNotPublished, PageFunds, PageFundList, PageFund, PageStatement, PageBudget, PageInstitutions,
		PageTownUnits, PageInstitution, PageIncumbent, PagePolicies, PagePolicy, PageNotice, PagePhone, PageHelp,
		PageQuestion, PageNews, PageMissing,
		PageProcurements, PageProcurement, PageProjects, PageProject, PageRelief, PageDepartments,
	} {
		if !seen[p] {
			t.Errorf("no touch leads to page %s", p)
		}
	}
}

// icons finds every icon's name in a view.
func icons(v reflect.Value, found func(string)) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			icons(v.Elem(), found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			icons(v.Index(i), found)
		}
	case reflect.Struct:
		if list, ok := v.Interface().(List); ok && list.Len > 0 {
			icons(reflect.ValueOf(list.Row(0)), found)
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "Icon" && v.Field(i).String() != "" {
				found(v.Field(i).String())
				continue
			}
			icons(v.Field(i), found)
		}
	}
}

// random touches whatever lies on the page, lets time pass, and now and then brings a new edition.
func random(r *rand.Rand, m Model, editions []*book.Book) Msg {
	switch n := r.IntN(100); {
	case n < 3:
		return Opened{Book: editions[r.IntN(len(editions))], SyncedAt: m.now}
	case n < 10:
		return Tick{m.now.Add(time.Duration(r.IntN(100)) * time.Second)}
	case n < 12:
		return Touched{}
	}
	var msgs []Msg
	for _, thing := range thingsOn(m.View(), allRows) {
		if thing.msg != nil {
			msgs = append(msgs, thing.msg)
		}
	}
	if len(msgs) == 0 {
		return Tick{m.now.Add(time.Second)}
	}
	return msgs[r.IntN(len(msgs))]
}

// TestSecondsDrawNothing: while a page is read, only the countdown and midnight are drawn anew.
func TestSecondsDrawNothing(t *testing.T) {
	m := send(started(t), Touched{}, Go{At{Page: PageTowns}})
	drawn := 0
	for range 89 {
		next := send(m, Tick{m.now.Add(time.Second)})
		if !m.Same(next) {
			drawn++
		}
		m = next
	}
	if drawn != 0 {
		t.Errorf("%d of 89 seconds were drawn", drawn)
	}
	asking := send(m, Tick{m.now.Add(2 * time.Second)})
	if m.Same(asking) || asking.Same(send(asking, Tick{asking.now.Add(time.Second)})) {
		t.Error("the countdown is not drawn")
	}
	if idle := started(t); idle.Same(send(idle, Tick{morning.AddDate(0, 0, 1)})) {
		t.Error("midnight is not drawn")
	}
}

// TestAnyTouches: no sequence of touches breaks the kiosk, changes a Model that was returned before, or leaves anything
// behind once 我用完了 was touched.
func TestAnyTouches(t *testing.T) {
	editions := []*book.Book{open(t, county()...), open(t, append(county(), edition("2026-11-21"))...)}
	madeUp := open(t, append(county(), edition("2026-11-20"))...)
	same := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := send(New(config), Tick{morning}, Opened{Book: editions[0], SyncedAt: morning})
		if seed%3 == 0 {
			m = let(m)
		}
		released := map[*book.Book]bool{}
		for range 60 {
			before, at, back := m, m.at, slices.Clone(m.back)
			msg := random(r, m, editions)
			if r.IntN(8) == 0 {
				msg = fromMachine(r, m, madeUp)
			}
			if msg, ok := msg.(Opened); ok {
				delete(released, msg.Book)
			}
			var cmds []Cmd
			m, cmds = Update(m, msg)
			for _, c := range cmds {
				if c, ok := c.(LetGo); ok {
					released[c.Book] = true
				}
			}
			if released[m.book] || m.next != nil && released[m.next.Book] || m.aside != nil && released[m.aside.Book] {
				t.Fatalf("seed %d: %#v lets go a book that is still read", seed, msg)
			}
			if before.at != at || !slices.Equal(before.back, back) {
				t.Fatal("Update changed the Model that it was given")
			}
			if before.Same(m) {
				same++
				if a, b := transcript(before.View()), transcript(m.View()); a != b {
					t.Fatalf("said to be drawn alike:\n%s\n%s", a, b)
				}
			}
		}
		forgotten(t, fmt.Sprintf("seed %d", seed), m, send(New(m.config), Tick{m.now}, Opened{Book: editions[0], SyncedAt: morning}, Touched{}))
	}
	if same == 0 {
		t.Error("no message left the page as it was")
	}
}

// TestAnyPosition: a page is drawn, and nothing breaks, for positions whose records are not there (an edition may have
// dropped them) and for combinations that no touch makes.
func TestAnyPosition(t *testing.T) {
	m := send(started(t), Touched{})
	refs := []string{"", "gengdi", "dibao", "canji", "fund-gengdi-2026", "nyj", "inc-1", "doc-1", "notice-1", "nothing", "place-3", "buy-2", "build-1"}
	answer, _ := Lookup(m.shown, query4(disclosure.Disbursement{Place: baishui, Name: "张三丰"}))
	refs = append(refs, answer.Hits[0].Ref())
	places := []disclosure.Code{"", baishui, laowu, zhicheng, "999999999999", "x"}
	all := []Page{
		PageEmpty, PageIdle, PageStill, PageHome, PageSearch, PageTowns, PageVillages, PageSurnames, PagePeople, PagePerson, PageLists,
		PageGroups, PageList, PageNotOnList, PageNotPublished, PageFunds, PageFundList, PageFund, PageStatement, PageBudget,
		PageInstitutions, PageTownUnits, PageInstitution, PageIncumbent, PagePolicies, PagePolicy, PageNotice, PagePhone, PageHelp,
		PagePIN, PageStaff, PageStaffUpdate, PageStaffBack, PageStaffSound, PageStaffTouch, PageStaffRuler, PageStaffLog, PageStaffLesson, PageWipe,
		"no such page",
		PageQuestion, PageNews, PageMissing, PageRest,
		PageProcurements, PageProcurement, PageProjects, PageProject, PageRelief, PageDepartments,
	}
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(s []string) string { return s[r.IntN(len(s))] }
	for range 6000 {
		at := At{
			Page: all[r.IntN(len(all))], Town: places[r.IntN(len(places))], Village: places[r.IntN(len(places))],
			Ref: pick(refs), Kind: pick(refs), Year: int64(2024 + r.IntN(4)), Group: pick([]string{"", "3组", "9组"}),
			ByAmount: r.IntN(2) == 0, Text: pick([]string{"", "z", "张s", "张三丰", "x y", "\x00", "㇐", "⑨"}), Choice: pick(refs),
			Tab:    pick([]string{"", tabTyping, tabStrokes, tabHand, tabAnyHand, tabOwners, tabDepartments, tabThree, tabDuties, tabUnits, tabTowns, tabRepealed, tabFunds, tabVoice, tabCompare, tabGrounds, tabChanges, tabActivity, tabCorrections, tabParts, tabBudgets, tabLists, tabOther, tabYears, tabOlder, tabHere, tabBuilt, tabBatches, tabHistory, stagePlan, stageAdded, "?"}),
			Offset: r.IntN(40),
		}
		if transcript(send(m, Go{at}).View()) == "" {
			t.Fatalf("%+v says nothing", at)
		}
	}
}
