package kiosk

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/slip"
	"mingbai.local/assets/icon"
)

// asked sends messages and returns what the last one asked of the machine.
func asked(m Model, msgs ...Msg) (Model, []Cmd) {
	var cmds []Cmd
	for _, msg := range msgs {
		m, cmds = Update(m, msg)
	}
	return m, cmds
}

// locked is a kiosk of the hand-made county whose enrolment carries a PIN.
func locked(t testing.TB) Model {
	t.Helper()
	m := started(t)
	m.config.Locked = true
	return m
}

// staffPagesOf are all pages of the staff.
var staffPagesOf = []Page{
	PagePIN, PageStaff, PageStaffUpdate, PageStaffBack, PageStaffSound, PageStaffTouch, PageStaffRuler, PageStaffLog, PageStaffLesson, PageWipe,
}

// TestThePINIsAskedOnce: nothing is asked of the machine before six digits and 确定, and what was typed is forgotten with that.
func TestThePINIsAskedOnce(t *testing.T) {
	m := send(locked(t), Touched{}, Emblem{}, Emblem{}, Emblem{}, Emblem{}, Emblem{})
	m, cmds := asked(m, Digit{1}, Digit{2}, Digit{3}, Digit{4}, Digit{5}, Enter{})
	if len(cmds) != 0 || m.desk.checking {
		t.Fatalf("five digits ask for %v", cmds)
	}
	if m, cmds := asked(m, PINChecked{OK: true}); m.desk.in || len(cmds) != 0 {
		t.Fatal("an answer to nothing lets somebody in")
	}
	m, cmds = asked(m, Digit{6}, Digit{7}, Enter{})
	if !slices.Equal(cmds, []Cmd{CheckPIN{"123456"}}) || strings.Contains(fmt.Sprintf("%+v", m.visit), "123456") {
		t.Fatalf("asks for %v and remembers %+v", cmds, m.visit)
	}
	if again, cmds := asked(m, Digit{1}, Erase{}, Enter{}); len(cmds) != 0 || again.desk.typed != "" {
		t.Fatal("the pad lives while the PIN is being checked")
	}
	if left := send(m, Back{}, PINChecked{OK: true}); left.desk.in || left.at.Page.staffs() {
		t.Fatal("an answer that came after the page was left lets somebody in")
	}
	in := send(m, PINChecked{OK: true})
	if in.at != (At{Page: PageStaff}) || !in.desk.in {
		t.Fatalf("the right PIN leads to %+v", in.at)
	}
	trouble := Condition{Code: "P-05", Words: "口令数不了。", Remedy: "请联系县公开办。"}
	if v := send(m, PINChecked{Trouble: trouble}).View(); !sees(v, "口令数不了 P-05 请联系县公开办") {
		t.Fatal(transcript(v))
	}
}

// TestNothingWithoutThePIN: no sequence of messages has anything of the staff's shown or done for somebody who has not given
// the PIN.
func TestNothingWithoutThePIN(t *testing.T) {
	books := []*book.Book{open(t, county()...), open(t, append(county(), edition("2026-11-21"))...)}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		m := send(New(config), Tick{morning})
		m.config.Locked = seed%2 == 0
		if seed%3 != 0 {
			m = send(m, Opened{Book: books[0], SyncedAt: morning})
		}
		for range 120 {
			msg := forged(r, m)
			if r.IntN(3) == 0 {
				msg = random(r, m, books)
			}
			if _, digits := msg.(Enter); digits {
				m.desk.checking = false // nobody answers
			}
			next, cmds := Update(m, msg)
			for _, c := range cmds {
				switch c.(type) {
				case LetGo, Say, Silence, CheckPIN, CheckCode:
				default:
					t.Fatalf("seed %d: %#v asks for %#v", seed, msg, c)
				}
			}
			m = next
			if m.desk.in || m.aside != nil {
				t.Fatalf("seed %d: %#v lets somebody in", seed, msg)
			}
			v := m.View()
			text := transcript(v)
			if m.config.Locked && (strings.Contains(text, config.Kiosk) || strings.Contains(text, "退出管理页")) {
				t.Fatalf("seed %d: %#v shows\n%s", seed, msg, text)
			}
			for _, secret := range []string{"真的退回", "从U盘更新", "写进U盘", "用U盘补好", "现在更新", "开始练习", "试听"} {
				if slices.ContainsFunc(things(v), func(th thing) bool { return th.msg != nil && carries(th, []string{secret}) }) {
					t.Fatalf("seed %d: %#v lets %s be touched", seed, msg, secret)
				}
			}
		}
	}
}

// forged is a message of the staff's that no page has offered.
func forged(r *rand.Rand, m Model) Msg {
	other := m.settings
	other.Volume, other.Offline = r.IntN(11), true
	page := append(staffPagesOf, PageCode)[r.IntN(len(staffPagesOf)+1)]
	at := At{Page: page, Tab: []string{"", tabSure, tabTry, tabCrosses, tabUpdate}[r.IntN(5)], Offset: r.IntN(3) * 4000}
	task := []Task{TaskUpdate, TaskStick, TaskFill, TaskMend, TaskBack, TaskPrint, TaskPractice, TaskSettings}[r.IntN(8)]
	all := []Msg{
		Go{at},
		Turn{at},
		Change{other},
		Start{task},
		Stop{task},
		ReadLog{},
		Practise{On: true},
		Practise{},
		Wipe{},
		TestPrint{},
		Aim{X: 1, Y: 1, W: 10, H: 10},
		Emblem{},
		Digit{r.IntN(10)},
		Erase{},
		Enter{},
		Stick{Name: "U", Number: 9, AsOf: "2026-11-21"},
		Stick{Name: "U", Older: true, Trouble: Condition{Code: "S-06", Words: "旧。", Remedy: "不用更新。"}},
		Sealed{Found: r.IntN(2) == 0},
		CodeChecked{OK: true},
		LogRead{Lines: []string{"secret"}},
		Working{Task: task, Done: 1},
		Worked{Task: task},
		Set{m.settings},
		Hear{Words: "x"},
	}
	return all[r.IntN(len(all))]
}

// fromMachine is something that the machine tells, asked for or not.
func fromMachine(r *rand.Rand, m Model, madeUp *book.Book) Msg {
	trouble := Condition{Code: "N-01", Words: "连不上县里的服务器。", Remedy: "请检查网线。"}
	task := []Task{TaskUpdate, TaskStick, TaskBack, TaskPrint, TaskPractice, TaskSettings}[r.IntN(6)]
	all := []Msg{
		PINChecked{OK: true},
		PINChecked{Left: 2},
		PINChecked{Wait: time.Minute},
		Set{m.kept()},
		Set{Settings{Printer: "HP", Volume: 3}},
		Stick{Name: "U", Number: int64(r.IntN(5)), AsOf: "2026-11-21"},
		Stick{Name: "U", Trouble: trouble},
		Stick{},
		Working{Task: task, Done: 5, Total: 10, Left: time.Minute},
		Worked{Task: task},
		Worked{Task: task, Trouble: trouble},
		LogRead{Lines: []string{"N-01"}},
		Opened{Book: madeUp, SyncedAt: m.now, Practice: true},
		Opened{Book: madeUp, SyncedAt: m.now, Practice: true},
	}
	return all[r.IntN(len(all))]
}

// TestEveryStaffPage: whatever page of the staff's is on, 首页 and 我用完了 are one touch away and leave the corner, with 返回
// nothing of the villagers' is reached, every icon exists, and after it nothing of the visit is left.
func TestEveryStaffPage(t *testing.T) {
	seen := map[Page]bool{PagePIN: true}
	m := let(locked(t))
	m = send(m, Stick{Name: "U", Number: 9, AsOf: "2026-11-21"}, Set{Settings{Printer: "HP", Volume: 5, Fit: Fit{Touch: [6]float64{1, 0, 3, 0, 1, 0}}}},
		State{Conditions: []Condition{{Code: "N-01", Words: "连不上县里的服务器。", Remedy: "请检查网线。"}}, Facts: []Fact{{"朗读", "有声音"}}})
	fresh := send(New(m.config), Tick{m.now}, Opened{Book: m.book, SyncedAt: m.syncedAt}, Touched{})
	done := map[string]bool{}
	queue := []Model{m}
	for len(queue) > 0 && len(done) < 400 {
		m, queue = queue[0], queue[1:]
		v := m.View()
		if key := transcript(v); done[key] {
			continue
		} else {
			done[key] = true
		}
		seen[v.Page] = true
		forgotten(t, fmt.Sprintf("%+v", m.at), m, fresh)
		if v.Bare {
			if m.at == crosses {
				for _, a := range aimsAt(1280, 800, func(x, y float64) (float64, float64) { return x + 4, y }) {
					m = send(m, a)
				}
				queue = append(queue, m)
			}
			continue
		}
		sends := map[Msg]bool{}
		for _, thing := range things(v) {
			if thing.msg != nil {
				sends[thing.msg] = true
			}
		}
		if !sends[Home{}] || !sends[Finish{}] || !sends[Back{}] {
			t.Errorf("%+v: 首页, 返回 or 我用完了 cannot be touched\n%s", m.at, transcript(v))
		}
		icons(reflect.ValueOf(v), func(name string) {
			if icon.SVG(name) == nil {
				t.Errorf("%+v: there is no icon %s", m.at, name)
			}
		})
		for msg := range sends {
			next := send(m, msg)
			for _, at := range next.back {
				if !next.desk.in && next.desk.practice != practiceOn && at.Page.staffs() {
					t.Fatalf("%+v: after %#v a villager gets back to %+v", m.at, msg, at)
				}
			}
			switch msg.(type) {
			case Home, Finish:
				if next.desk.in || next.at.Page != PageHome {
					t.Fatalf("%+v: %#v does not leave", m.at, msg)
				}
			}
			if next.at.Page.staffs() {
				queue = append(queue, next)
			}
		}
	}
	for _, p := range staffPagesOf {
		if !seen[p] {
			t.Errorf("no touch leads to page %s", p)
		}
	}
	for i, n := 0, m.actions(At{Page: PageStaff}).Len; i < n; i++ {
		if tile := m.actions(At{Page: PageStaff}).Tile(i); icon.SVG(tile.Icon) == nil {
			t.Errorf("there is no icon %s", tile.Icon)
		}
	}
}

// forgotten: after 我用完了, and after nobody has touched the panel for long enough, nothing of the visit is left, and the page
// is that of a fresh kiosk.
func forgotten(t *testing.T, where string, m, fresh Model) {
	t.Helper()
	alike := func(how string, done Model, page Page) {
		t.Helper()
		if want := (visit{at: At{Page: page}, touchedAt: done.touchedAt}); !reflect.DeepEqual(done.visit, want) {
			t.Fatalf("%s: after %s there is left\n%+v", where, how, done.visit)
		}
		if done.aside != nil {
			t.Fatalf("%s: after %s practice goes on", where, how)
		}
		f := fresh
		f.conditions, f.told, f.settings, f.broken = done.conditions, done.told, done.settings, done.broken
		f = send(f, Tick{done.now}, Touched{})
		if done.book != f.book {
			f = send(f, Opened{Book: done.book, SyncedAt: done.syncedAt})
		}
		if page != PageHome {
			f.fresh(page)
		}
		f.syncedAt = done.syncedAt
		if got, want := transcript(done.View()), transcript(f.View()); got != want {
			t.Fatalf("%s: after %s\n%s\nbut a fresh kiosk says\n%s", where, how, got, want)
		}
	}
	alike("我用完了", send(m, Finish{}), PageHome)
	gone := send(m, Spoken{m.aloud.saying})
	for range 6 {
		gone = send(gone, Tick{gone.now.Add(30 * time.Second)})
	}
	if gone.at.Page == PageHome { // as after the PIN's page, which waits for less
		gone = send(gone, Tick{gone.now.Add(quiet)})
	}
	alike("nobody has come back", gone, gone.quietPage())
}

// TestWhatStaffAskFor: each touch asks the machine for one thing.
func TestWhatStaffAskFor(t *testing.T) {
	m := let(locked(t))
	m = send(m, Set{Settings{Printer: "HP", Volume: 5}}, Stick{Name: "U", Number: 9, AsOf: "2026-11-21"})
	louder := m.settings
	louder.Volume++
	mad := m.settings
	mad.Volume = 11
	bent := m.settings
	bent.Fit.Touch = [6]float64{2, 0, 0, 0, 2, 0} // that nobody has tried
	offline := m
	offline.settings.Offline = true
	sure := send(m, Go{At{Page: PageStaffBack}}, Turn{At{Page: PageStaffBack, Tab: tabSure}})
	for _, c := range []struct {
		name string
		m    Model
		msg  Msg
		want []Cmd
	}{
		{"update", m, Start{TaskUpdate}, []Cmd{Run{TaskUpdate}}},
		{"update offline", offline, Start{TaskUpdate}, nil},
		{"stick", m, Start{TaskStick}, []Cmd{Run{TaskStick}}},
		{"stick offline", offline, Start{TaskStick}, []Cmd{Run{TaskStick}}},
		{"no stick", send(m, Stick{}), Start{TaskStick}, nil},
		{"fill", send(m, Stick{Name: "U", Older: true, Trouble: Condition{Words: "旧。"}}), Start{TaskFill}, []Cmd{Run{TaskFill}}},
		{"fill what is newer", m, Start{TaskFill}, nil},
		{"fill what cannot be used", send(m, Stick{Name: "U", Trouble: Condition{Words: "坏。"}}), Start{TaskFill}, nil},
		{"mend", send(m, Stick{Name: "U", Number: 1, AsOf: "2026-11-20"}, State{Lacks: true}), Start{TaskMend}, []Cmd{Run{TaskMend}}},
		{"mend by another edition", send(m, State{Lacks: true}), Start{TaskMend}, nil},
		{"mend what is whole", send(m, Stick{Name: "U", Number: 1, AsOf: "2026-11-20"}), Start{TaskMend}, nil},
		{"two at once", send(m, Start{TaskUpdate}), Start{TaskStick}, nil},
		{"stop", send(m, Start{TaskUpdate}), Stop{TaskUpdate}, []Cmd{Cancel{TaskUpdate}}},
		{"stop twice", send(m, Start{TaskUpdate}, Stop{TaskUpdate}), Stop{TaskUpdate}, nil},
		{"stop nothing", m, Stop{TaskUpdate}, nil},
		{"back unasked", m, Start{TaskBack}, nil},
		{"back asked once", send(m, Go{At{Page: PageStaffBack}}), Start{TaskBack}, nil},
		{"back asked twice", sure, Start{TaskBack}, []Cmd{Run{TaskBack}}},
		{"log", m, ReadLog{}, []Cmd{FetchLog{}}},
		{"louder", m, Change{louder}, []Cmd{Keep{louder}}},
		{"too loud", m, Change{mad}, nil},
		{"a map nobody tried", m, Change{bent}, nil},
		{"practice", m, Practise{On: true}, []Cmd{Run{TaskPractice}}},
		{"practice given up", send(m, Practise{On: true}), Practise{}, []Cmd{Cancel{TaskPractice}}},
		{"practice left", send(m, Practise{On: true}), Home{}, []Cmd{Cancel{TaskPractice}}},
	} {
		if _, cmds := Update(c.m, c.msg); len(cmds) != len(c.want) || len(cmds) > 0 && !reflect.DeepEqual(cmds, c.want) {
			t.Errorf("%s: asks for %#v instead of %#v", c.name, cmds, c.want)
		}
	}
	if _, cmds := Update(m, TestPrint{}); len(cmds) != 1 || !slices.ContainsFunc(cmds[0].(Print).Slip.Lines, func(l slip.Line) bool { return l.Figure == config.Kiosk }) {
		t.Errorf("a test page asks for %v", cmds)
	}
	if _, cmds := Update(send(m, Go{At{Page: PageStaffSound}}), Hear{Words: "您好"}); len(cmds) != 1 || cmds[0].(Say).Volume != 5 {
		t.Errorf("试听 asks for %v", cmds)
	}
}

// TestWorkGoesOn: an update is told of and ends whether or not anybody is in.
func TestWorkGoesOn(t *testing.T) {
	m := send(let(locked(t)), Start{TaskUpdate}, Finish{})
	m = send(m, Working{Task: TaskUpdate, Done: 5, Total: 10})
	if m.work.task != TaskUpdate || m.work.progress.Done != 5 {
		t.Fatalf("%+v", m.work)
	}
	trouble := Condition{Code: "N-01", Words: "连不上县里的服务器。", Remedy: "请检查网线。"}
	m = send(m, Worked{Task: TaskUpdate, Trouble: trouble})
	if m.work.task != "" || m.work.last.Trouble != trouble {
		t.Fatalf("%+v", m.work)
	}
	if v := send(let(m), Go{At{Page: PageStaffUpdate}}).View(); !sees(v, "连不上县里的服务器 N-01 请检查网线") {
		t.Fatal(transcript(v))
	}
}

// TestPracticeGivesTheCountyBack: however a visit ends, the county's own edition is on show at once, it was never let go, and
// the made-up one is.
func TestPracticeGivesTheCountyBack(t *testing.T) {
	real, newer, madeUp := open(t, county()...), open(t, append(county(), edition("2026-11-21"))...), open(t, append(county(), edition("2026-11-20"))...)
	start := func() Model {
		m := send(New(config), Tick{morning}, Opened{Book: real, SyncedAt: morning})
		m = send(let(m), Go{At{Page: PageStaffLesson}}, Practise{On: true})
		m, cmds := asked(m, Opened{Book: madeUp, Practice: true})
		if m.book != madeUp || slices.Contains(cmds, Cmd(LetGo{real})) || m.at.Page != PageStaffLesson || m.desk.in {
			t.Fatalf("practice: %v, %+v", cmds, m.at)
		}
		return m
	}
	for name, end := range map[string][]Msg{
		"结束练习":    {Practise{}},
		"我用完了":    {Home{}, Finish{}},
		"expiry":  {Home{}, Go{At{Page: PageFunds}}, Tick{morning.Add(quiet + asking)}},
		"home":    {Home{}, Tick{morning.Add(quiet)}},
		"mending": {Mending{}},
	} {
		m := start()
		var all []Cmd
		for _, msg := range end {
			var cmds []Cmd
			m, cmds = Update(m, msg)
			all = append(all, cmds...)
		}
		mending := name == "mending"
		if m.book != real && !mending || m.book == madeUp || m.aside != nil || slices.Contains(all, Cmd(LetGo{real})) != mending ||
			!slices.Contains(all, Cmd(LetGo{madeUp})) || !slices.Contains(all, Cmd(Cancel{TaskPractice})) {
			t.Errorf("%s: %v, practice %v", name, all, m.aside != nil)
		}
		if m, cmds := asked(m, Opened{Book: madeUp, Practice: true}); m.book == madeUp || !slices.Equal(cmds, []Cmd{LetGo{madeUp}}) {
			t.Errorf("%s: a made-up county that comes too late is taken", name)
		}
	}
	m, cmds := asked(start(), Opened{Book: newer, SyncedAt: morning})
	if m.book != madeUp || !slices.Equal(cmds, []Cmd{LetGo{real}}) {
		t.Errorf("an edition that comes during practice: %v", cmds)
	}
	if m = send(m, Home{}, Finish{}); m.book != newer || m.shown.Manifest().AsOf != "2026-11-21" {
		t.Error("the edition that came during practice is not on show after it")
	}
}

// TestLessonsTickThemselves: reaching the page is all it takes, and the ticks are gone with the visit.
func TestLessonsTickThemselves(t *testing.T) {
	real := started(t)
	m := send(let(real), Practise{On: true}, Opened{Book: open(t, county()...), Practice: true})
	m.settings = Settings{}
	if m.desk.learnt != (lessons{}) {
		t.Fatal("something is learnt before anything is done")
	}
	person := ""
	answer, _ := Lookup(m.shown, query4(disclosure.Disbursement{Place: baishui, Name: "王建国"}))
	for _, h := range answer.Hits {
		if h.Title == "王建国" {
			person = h.Ref()
		}
	}
	other, _ := Lookup(m.shown, query4(disclosure.Disbursement{Place: baishui, Name: "张三丰"}))
	m = send(m, Home{}, Go{At{Page: PagePerson, Ref: other.Hits[0].Ref()}})
	if m.desk.learnt[lessonPerson] {
		t.Error("somebody else's subsidies are not what was to be found")
	}
	m = send(m,
		Go{At{Page: PagePerson, Ref: person}}, Go{At{Page: PageList, Village: baishui, Kind: "gengdi", Year: 2026}},
		Go{At{Page: PageFund, Ref: "fund-gengdi-2026"}}, Go{At{Page: PageInstitution, Ref: "nyj"}}, Emblem{}, Emblem{}, Emblem{}, Emblem{}, Emblem{})
	if m.at != (At{Page: PageStaffLesson}) {
		t.Fatalf("five touches of the emblem lead to %+v", m.at)
	}
	m = send(m, Turn{At{Page: PageStaffLesson, Tab: tabUpdate}})
	if m.desk.learnt != (lessons{true, true, true, true, true}) {
		t.Errorf("learnt: %v", m.desk.learnt)
	}
	if m = send(m, Practise{}); m.desk.learnt != (lessons{}) {
		t.Error("the ticks outlive the visit")
	}
}

// TestSettingsThatWereNotKept: the page shows what is wanted at once, and what was before if it could not be kept.
func TestSettingsThatWereNotKept(t *testing.T) {
	m := let(locked(t))
	louder := m.settings
	louder.Volume = 7
	m = send(m, Go{At{Page: PageStaffSound}}, Change{louder})
	if !sees(m.View(), "朗读音量 7") || m.settings.Volume != 0 {
		t.Fatal(transcript(m.View()))
	}
	bad := send(m, Worked{Task: TaskSettings, Trouble: Condition{Code: "D-01", Words: "没有存下。", Remedy: "请再试。"}})
	if !sees(bad.View(), "朗读音量 不出声") || !sees(bad.View(), "没有存下 D-01 请再试") {
		t.Fatal(transcript(bad.View()))
	}
	if good := send(m, Set{louder}); good.settings != louder || good.desk.asked != 0 || !sees(good.View(), "朗读音量 7") {
		t.Fatal(transcript(good.View()))
	}
}

// TestCalibrate: whatever affine way a panel reports fingers, the map brings them back, trembling fingers or not; what is no
// such way is refused.
func TestCalibrate(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	const w, h = 1080, 1920
	for name, feel := range map[string]func(x, y float64) (float64, float64){
		"as it is":    func(x, y float64) (float64, float64) { return x, y },
		"shifted":     func(x, y float64) (float64, float64) { return x + 31, y - 17 },
		"stretched":   func(x, y float64) (float64, float64) { return 1.1*x - 20, 0.92*y + 40 },
		"turned":      func(x, y float64) (float64, float64) { return 0.998*x - 0.06*y, 0.06*x + 0.998*y },
		"upside down": func(x, y float64) (float64, float64) { return w - x, h - y },
	} {
		for _, tremble := range []float64{0, 5} {
			touch, ok := calibrate(aimsAt(w, h, func(x, y float64) (float64, float64) {
				x, y = feel(x, y)
				return x + tremble*(2*r.Float64()-1), y + tremble*(2*r.Float64()-1)
			}))
			if !ok {
				t.Errorf("%s: refused", name)
				continue
			}
			for range 50 {
				x, y := w*r.Float64(), h*r.Float64()
				if gx, gy := felt(touch, feel, x, y); math.Hypot(gx-x, gy-y) > 0.001+4*tremble {
					t.Errorf("%s: a finger at %.0f,%.0f is felt at %.0f,%.0f", name, x, y, gx, gy)
				}
			}
		}
	}
	for name, feel := range map[string]func(x, y float64) (float64, float64){
		"one place":  func(float64, float64) (float64, float64) { return 5, 5 },
		"one line":   func(x, _ float64) (float64, float64) { return x, 7 },
		"half size":  func(x, y float64) (float64, float64) { return x / 2, y },
		"too large":  func(x, y float64) (float64, float64) { return x, 1.5 * y },
		"not a map":  func(x, y float64) (float64, float64) { return x + x*y/5000, y },
		"no numbers": func(x, _ float64) (float64, float64) { return math.NaN(), x },
	} {
		if touch, ok := calibrate(aimsAt(w, h, feel)); ok || touch != [6]float64{} {
			t.Errorf("%s: gives %v", name, touch)
		}
	}
}

func felt(touch [6]float64, feel func(x, y float64) (float64, float64), x, y float64) (float64, float64) {
	x, y = feel(x, y)
	return apply(touch, x, y)
}

// TestACalibrationHasToProveItself: the map that is tried is in force at once, and is gone if nobody touches 好了, or leaves.
func TestACalibrationHasToProveItself(t *testing.T) {
	m := send(let(locked(t)), Go{At{Page: PageStaffTouch}}, Turn{crosses})
	for _, a := range aimsAt(1280, 800, func(x, y float64) (float64, float64) { return x + 20, y }) {
		m = send(m, a)
	}
	tried := m.View().Fit.Touch
	if x, y := apply(tried, 120, 50); math.Abs(x-100) > 0.01 || math.Abs(y-50) > 0.01 {
		t.Fatalf("tries %v", tried)
	}
	for name, after := range map[string]Model{
		"nobody":   send(m, Tick{m.now.Add(proving)}),
		"返回":       send(m, Back{}),
		"首页":       send(m, Home{}),
		"我用完了":     send(m, Finish{}),
		"again":    send(m, Turn{crosses}),
		"a window": send(m, Go{At{Page: PageStaffRuler}}),
	} {
		if after.View().Fit.Touch != ([6]float64{}) || after.desk.trial != ([6]float64{}) {
			t.Errorf("%s: the map that was tried stays", name)
		}
	}
	msg, err := find(m.View(), "好了")
	if err != nil {
		t.Fatal(err)
	}
	if set := send(m, msg, Set{Settings{Fit: Fit{Touch: tried}}}, Turn{trying}); set.View().Fit.Touch != ([6]float64{}) ||
		send(set, Tick{set.now.Add(proving)}).View().Fit.Touch != tried {
		t.Error("doing without a map need not prove itself")
	}
	kept, cmds := asked(m, msg)
	if len(cmds) != 1 || cmds[0].(Keep).Settings.Fit.Touch != tried || kept.View().Fit.Touch != tried {
		t.Fatalf("好了 asks for %v", cmds)
	}
}

// TestAClockThatIsSetBack lengthens no countdown.
func TestAClockThatIsSetBack(t *testing.T) {
	m := send(let(locked(t)), Wipe{}, Tick{morning.Add(-time.Hour)}, Tick{morning.Add(-time.Hour + wiping)})
	if m.at.Page != PageStaff {
		t.Errorf("page %s is on", m.at.Page)
	}
}

// TestWipingIgnoresTouches: whatever the cloth touches, the page stays, and nothing is asked for.
func TestWipingIgnoresTouches(t *testing.T) {
	m := send(let(locked(t)), Wipe{})
	for _, msg := range []Msg{Touched{}, Home{}, Back{}, Emblem{}, Go{At{Page: PageHome}}, Turn{At{Page: PageStaff}}, Start{TaskUpdate}, Listen{}, Resize{1}} {
		if next, cmds := asked(m, msg); next.at.Page != PageWipe || len(cmds) != 0 {
			t.Errorf("%#v leads to %s and asks for %v", msg, next.at.Page, cmds)
		}
	}
	if v := m.View(); !v.Bare || len(v.Body) != 1 {
		t.Error("there is more on the page than the countdown")
	}
}

func TestCodeIn(t *testing.T) {
	for line, want := range map[string]string{
		"更新没有成功 N-01": "N-01", "S-07: bad stick": "S-07", "no code": "", "": "", "AN-01": "", "N-012": "", "x (D-03)": "D-03", "N-1": "",
	} {
		if got := codeIn(line); got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}

// TestTheRulerHasToProveItself: sizes are tried before they are kept, since a panel drawn ten times too large could not be
// mended by touch.
func TestTheRulerHasToProveItself(t *testing.T) {
	m := send(let(locked(t)), Go{At{Page: PageStaffRuler}}, Turn{At{Page: PageStaffRuler, Offset: 90_000}})
	for _, b := range m.View().Body {
		if ruler, ok := b.(Ruler); ok && ruler.PxPerMM != mostPerMM {
			t.Errorf("the ruler goes to %v", ruler.PxPerMM)
		}
	}
	if m.View().Fit.PxPerMM != 0 {
		t.Error("the page grows while it is measured")
	}
	m = send(m, Turn{At{Page: PageStaffRuler, Tab: tabTry, Offset: 5000}})
	if m.View().Fit.PxPerMM != 5 {
		t.Error("what is tried is not in force")
	}
	msg, err := find(m.View(), "好了")
	if err != nil {
		t.Fatal(err)
	}
	if _, cmds := asked(m, msg); len(cmds) != 1 || cmds[0].(Keep).Settings.Fit.PxPerMM != 5 {
		t.Errorf("好了 asks for %v", cmds)
	}
	if m = send(m, Tick{m.now.Add(proving)}); m.View().Fit.PxPerMM != 0 || m.at.Page != PageStaffRuler {
		t.Error("what nobody has confirmed stays")
	}
}
