package screen

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

// alike is how many views of one page are laid out: the ways to look at a page are few, its records many.
const alike = 5

// realViews are the pages of the hand-made county, as touches lead to them.
var realViews = sync.OnceValues(func() ([]kiosk.View, error) {
	dir, err := os.MkdirTemp("", "county-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // an open book needs its name no more
	path := filepath.Join(dir, "book")
	if err := book.Build(context.Background(), booktest.FS(booktest.County()...), path); err != nil {
		return nil, err
	}
	b, err := book.Open(path)
	if err != nil {
		return nil, err
	}
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.FixedZone("CST", 8*60*60))
	m := kiosk.New(kiosk.Config{
		County: "420581", CountyName: "宜都市", Emblem: "宜", Kiosk: "YD-07", KioskName: "白水港村查询点",
		Village: "420581101201", Version: "0.1.0", Locked: true,
	}).Reading(copybook{})
	trouble := kiosk.State{Conditions: []kiosk.Condition{{
		Code: "N-01", Words: "连不上县里的服务器，现在显示的是以前收到的数据。", Remedy: "请检查网线和路由器。没有网络也不影响查询，机器会自己再试。",
	}}}
	m = told(m, kiosk.Tick{Now: now}, kiosk.Set{To: kiosk.Settings{Volume: 5, Printer: "小票"}}, kiosk.Opened{Book: b, SyncedAt: now.Add(-46 * time.Minute)}, trouble)
	w := walker{seen: map[kiosk.At]bool{}, of: map[kiosk.Page]int{}}
	w.from(m, told(m, kiosk.Touched{}))
	knocked := told(m, kiosk.Touched{})
	for range 5 {
		knocked = told(knocked, kiosk.Emblem{})
	}
	typed := knocked
	for d := range 6 {
		typed = told(typed, kiosk.Digit{Of: d})
	}
	typed = told(typed, kiosk.Enter{})
	in := told(typed, kiosk.PINChecked{OK: true})
	w.from(knocked, in, told(typed, kiosk.PINChecked{Left: 2}))
	w.views = append(w.views, stickViews(in)...)
	return w.views, nil
})

// stickViews are what staff see of sticks of every kind, and of the code of a new machine.
func stickViews(in kiosk.Model) (views []kiosk.View) {
	update, sure := kiosk.Go{To: kiosk.At{Page: kiosk.PageStaffUpdate}}, kiosk.Go{To: kiosk.At{Page: kiosk.PageStaffUpdate, Tab: "sure"}}
	for _, msgs := range [][]kiosk.Msg{
		masterVerbs["stick"], masterVerbs["old stick"], masterVerbs["older stick"], masterVerbs["forged stick"], append(masterVerbs["stick with the same"], masterVerbs["lacks"]...),
	} {
		m := told(in, msgs...)
		views = append(views, m.View(), told(m, update).View(), told(m, sure).View())
	}
	for _, name := range []string{"working", "filling"} {
		views = append(views, told(told(in, masterVerbs[name]...), update).View())
	}
	for _, m := range []kiosk.Model{in, kiosk.New(mastersConfig)} {
		m = told(m, append([]kiosk.Msg{kiosk.Tick{Now: mastersNow}}, masterVerbs["sealed"]...)...)
		code := told(m, kiosk.Go{To: kiosk.At{Page: kiosk.PageCode}})
		for range 16 {
			views, code = append(views, code.View()), told(code, kiosk.Digit{Of: 8})
		}
		checking := told(code, kiosk.Enter{})
		trouble := kiosk.CodeChecked{Trouble: kiosk.Condition{Code: "P-07", Words: "入网凭证打不开，文件不全或者坏了。", Remedy: "请向县公开办重新要一份入网凭证。"}}
		views = append(views, code.View(), checking.View(), told(checking, kiosk.CodeChecked{}).View(), told(checking, kiosk.CodeChecked{OK: true}).View(), told(checking, trouble).View())
	}
	return views
}

func told(m kiosk.Model, msgs ...kiosk.Msg) kiosk.Model {
	for _, msg := range msgs {
		m, _ = kiosk.Update(m, msg)
	}
	return m
}

// walker goes from page to page, nearest first, by touching whatever the layout offers.
type walker struct {
	seen  map[kiosk.At]bool
	of    map[kiosk.Page]int
	views []kiosk.View
}

func (w *walker) from(starts ...kiosk.Model) {
	queue := starts
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		at := m.At()
		if w.seen[at] || w.of[at.Page] >= alike {
			continue
		}
		w.seen[at] = true
		w.of[at.Page]++
		v := m.View()
		w.views = append(w.views, v)
		for _, a := range Layout(v, panels()[0], font.Width).Areas {
			switch a.Msg.(type) {
			case kiosk.Go, kiosk.Turn, kiosk.Digit, kiosk.Aim, kiosk.Wipe:
				queue = append(queue, told(m, a.Msg))
			}
		}
	}
}

// TestTouchesLeadEverywhere guards the walk: what it does not reach is not held to the laws of the layout.
func TestTouchesLeadEverywhere(t *testing.T) {
	views, err := realViews()
	if err != nil {
		t.Fatal(err)
	}
	on := map[kiosk.Page]bool{}
	for _, v := range views {
		on[v.Page] = true
	}
	for _, p := range []kiosk.Page{
		kiosk.PageIdle, kiosk.PageHome, kiosk.PageSearch, kiosk.PageTowns, kiosk.PageVillages, kiosk.PageSurnames, kiosk.PagePeople, kiosk.PagePerson,
		kiosk.PageLists, kiosk.PageList, kiosk.PageFunds, kiosk.PageFundList, kiosk.PageFund, kiosk.PageStatement, kiosk.PageBudget,
		kiosk.PageInstitutions, kiosk.PageTownUnits, kiosk.PageInstitution, kiosk.PageIncumbent, kiosk.PagePolicies, kiosk.PagePolicy,
		kiosk.PageNotice, kiosk.PagePhone, kiosk.PageHelp, kiosk.PageStaff,
	} {
		if !on[p] {
			t.Errorf("no touch leads to %s", p)
		}
	}
	t.Logf("%d views of %d pages", len(views), len(on))
	if reflect.DeepEqual(views[0], views[1]) {
		t.Error("the walk stands still")
	}
}
