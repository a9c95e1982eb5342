package kiosk

import (
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/slip"
	"mingbai.local/app/speech"
)

// Msg is something that happened: a touch, a new edition, the passing of time.
type Msg interface{ msg() }

// What comes from outside.
type (
	// Opened brings an edition's book (册) that is ready to be read, and when it was fetched. It is shown when the page
	// next changes, or at once where nobody is reading.
	// Before is the edition before it, nil where there is none; it is read only to say what has changed. Practice says that the
	// book is made up for practice (练习).
	Opened struct {
		Book, Before *book.Book
		SyncedAt     time.Time
		Practice     bool
	}
	// Mending says that the book on show was found damaged and is being built anew, or, with On false, that this could not be
	// done. A damaged book answers no more: what it left out would be missed by nobody.
	Mending struct{ On bool }
	// Tick is the passing of time; about one a second keeps the session's clock.
	Tick struct{ Now time.Time }
	// Corrected says that the machine's clock is wrong, and by how much it has to be put forward to give the day that is known to have
	// come; 0 says that it is right. Who sits before the panel is timed by the clock as it runs, which no correction disturbs.
	Corrected struct{ By time.Duration }
	// State is how the machine is, for the staff's page; an empty one is in order. Broken says that there is data which does not
	// open, and none that does.
	// Lacks says that the disk has lost part of what the edition that serves was made of.
	State struct {
		Conditions []Condition
		Facts      []Fact // what else staff may want to know
		Broken     bool
		Lacks      bool
	}
	// Touched is a touch that met nothing touchable: somebody is there. On the idle page and while the kiosk asks whether
	// anybody is still reading it counts as an answer, since a touch anywhere is meant so.
	Touched struct{}
	// Set says what staff have set on this machine, at the start and whenever it has been kept.
	Set struct{ To Settings }
	// Spoken says that an utterance has been said to its end.
	Spoken struct{ ID int }
	// PINChecked is the answer to CheckPIN: Wait is how long no PIN is taken now, Left how many tries there are before the next wait.
	// Trouble has words where nobody is let in because tries cannot be counted.
	PINChecked struct {
		OK      bool
		Wait    time.Duration
		Left    int
		Trouble Condition
	}
	// Stick says what edition lies on the stick (U盘) that was put in, or what is wrong with it; one without a name says that
	// there is none any more.
	Stick struct {
		Name   string
		Number int64
		AsOf   disclosure.Date
		// Old says that its signers promised to sign again long before now: staff confirm it a second time.
		Old bool
		// Older says that the trouble is only that this machine's edition is newer, which can be written onto the stick.
		Older   bool
		Trouble Condition
	}
	// Sealed says whether an enrolment was found that is still closed by its code (入网码), on a machine that has none that is open.
	Sealed struct{ Found bool }
	// CodeChecked is the answer to CheckCode. After the right one the machine begins anew, as the query point that it is from then on.
	// Trouble has words where another reason keeps it from that.
	CodeChecked struct {
		OK      bool
		Trouble Condition
	}
	// Working says how far a task is: bytes, rows that are in the new book, and the time it still takes. Total is 0 where it is not
	// known.
	Working struct {
		Task        Task
		Done, Total int64
		Rows        int64
		Left        time.Duration
	}
	// Worked says that a task has ended: well where Trouble has no words. Words say what came of it.
	Worked struct {
		Task    Task
		Words   string
		Trouble Condition
	}
	// LogRead brings the last lines of the log, newest first.
	LogRead struct{ Lines []string }
)

// Task (任务) is something that staff start and the machine does behind the page.
type Task string

// The tasks.
const (
	TaskUpdate   Task = "update"   // 现在更新
	TaskStick    Task = "stick"    // 从U盘更新
	TaskFill     Task = "fill"     // 把本机的数据写进U盘
	TaskMend     Task = "mend"     // 用U盘补好本机的数据
	TaskBack     Task = "back"     // 退回上一期
	TaskPrint    Task = "print"    // 打印
	TaskPractice Task = "practice" // 练习
	TaskSettings Task = "settings" // 存下设置
)

// Condition (状况) is one thing that staff should know: what is the matter, its code and what to do.
type Condition struct {
	Code   string // as in N-03; empty where nothing is the matter
	Words  string
	Remedy string
}

// Fact (情形) is something about the machine that is neither good nor bad.
type Fact struct{ Label, Value string }

// What touches send. Each carries where it leads, so that the screen only hands back what the View gave it.
type (
	// Go opens a page; 返回 leads back from it.
	Go struct{ To At }
	// Turn changes the page that is on: another leaf, another tab, another letter.
	Turn struct{ To At }
	// Back is 返回.
	Back struct{}
	// Home is 首页.
	Home struct{}
	// Finish is 我用完了: nothing of the visit is kept.
	Finish struct{}
	// Stay is 我还在看.
	Stay struct{}
	// Resize is 字大一点 and 字小一点.
	Resize struct{ To TextSize }
	// Emblem is a touch of the disc in the band: five within three seconds are staff.
	Emblem struct{}
	// Contrast is 黑底白字 and back.
	Contrast struct{ On bool }
	// Louder sets the visitor's steps over the volume that staff have set.
	Louder struct{ To int }
	// Listen is 读给我听. The screen fills in which rows of the page's list are on show: Rows of them from From on. Stop says that
	// nothing is to be read any more.
	Listen struct {
		From, Rows int
		Stop       bool
	}
	// Hear speaks Words; touching it again is Then.
	Hear struct {
		Words string
		Then  Msg
	}
	// Digit, Erase and Enter are keys of the pad for the PIN and for the code.
	Digit struct{ Of int }
	Erase struct{}
	Enter struct{}
	// Change keeps other settings.
	Change struct{ To Settings }
	// Start begins a task, Stop ends it before its end.
	Start struct{ Task Task }
	Stop  struct{ Task Task }
	// ReadLog asks for the log.
	ReadLog struct{}
	// Practise goes over to the made-up county and back.
	Practise struct{ On bool }
	// Wipe begins half a minute in which the panel can be wiped.
	Wipe struct{}
	// Aim is a touch while the panel is calibrated. The screen fills in where the finger was reported, in pixels and before any
	// calibration, and how large the panel is.
	Aim struct{ X, Y, W, H float64 }
	// TestPrint prints a page that only shows that the printer works.
	TestPrint struct{}
	// TakePrint prints what is taken away.
	TakePrint struct{}
	// Wrote brings what was written by finger, once it has rested.
	Wrote struct{ Ink *Ink }
	// Rewrite empties the square; Missed says that what was written is none of the characters that were offered.
	Rewrite struct{ Missed bool }
)

func (Opened) msg()      {}
func (Mending) msg()     {}
func (Tick) msg()        {}
func (Corrected) msg()   {}
func (State) msg()       {}
func (Touched) msg()     {}
func (Go) msg()          {}
func (Turn) msg()        {}
func (Back) msg()        {}
func (Home) msg()        {}
func (Finish) msg()      {}
func (Stay) msg()        {}
func (Resize) msg()      {}
func (Emblem) msg()      {}
func (Set) msg()         {}
func (Spoken) msg()      {}
func (PINChecked) msg()  {}
func (Sealed) msg()      {}
func (CodeChecked) msg() {}
func (Stick) msg()       {}
func (Working) msg()     {}
func (Worked) msg()      {}
func (LogRead) msg()     {}
func (Contrast) msg()    {}
func (Louder) msg()      {}
func (Listen) msg()      {}
func (Hear) msg()        {}
func (Digit) msg()       {}
func (Erase) msg()       {}
func (Enter) msg()       {}
func (Change) msg()      {}
func (Start) msg()       {}
func (Stop) msg()        {}
func (ReadLog) msg()     {}
func (Practise) msg()    {}
func (Wipe) msg()        {}
func (Aim) msg()         {}
func (TestPrint) msg()   {}
func (TakePrint) msg()   {}
func (Wrote) msg()       {}
func (Rewrite) msg()     {}

// Cmd is what Update asks of cmd/kiosk.
type Cmd interface{ cmd() }

// What Update asks for beside LetGo.
type (
	// Say has phrases read aloud, instead of whatever is being read; Spoken answers.
	Say struct {
		ID      int
		Phrases []speech.Phrase
		Volume  int
	}
	// Silence stops the reading at once.
	Silence struct{}
	// CheckPIN asks whether this is the staff's PIN; PINChecked answers.
	CheckPIN struct{ PIN string }
	// CheckCode asks whether this code opens a sealed enrolment; CodeChecked answers.
	CheckCode struct{ Code string }
	// Keep stores settings; Set answers, and Worked where they could not be kept.
	Keep struct{ Settings Settings }
	// Run does a task behind the page, Cancel ends it; Working and Worked tell. TaskPractice goes over to practice, and Cancel of
	// it back.
	Run    struct{ Task Task }
	Cancel struct{ Task Task }
	// FetchLog asks for the log's last lines; LogRead answers.
	FetchLog struct{}
	// Print prints a slip; Worked with TaskPrint answers.
	Print struct{ Slip slip.Slip }
)

// LetGo says that the Model reads that book no more. It may be closed once the View of the new Model is on the screen:
// until then the screen may still fetch rows of the old one.
type LetGo struct{ Book *book.Book }

func (LetGo) cmd()     {}
func (Say) cmd()       {}
func (Silence) cmd()   {}
func (CheckPIN) cmd()  {}
func (CheckCode) cmd() {}
func (Keep) cmd()      {}
func (Run) cmd()       {}
func (Cancel) cmd()    {}
func (FetchLog) cmd()  {}
func (Print) cmd()     {}

// The pages (页面).
const (
	PageEmpty        Page = "empty"         // no edition yet
	PageIdle         Page = "idle"          // nobody is there
	PageStill        Page = "still"         // 您还在看吗
	PageHome         Page = "home"          // 首页
	PageSearch       Page = "search"        // one field for everything
	PageTowns        Page = "towns"         // 先选您的乡镇
	PageVillages     Page = "villages"      // 再选您的村
	PageSurnames     Page = "surnames"      // 翻名单
	PagePeople       Page = "people"        // the people of a village found by name
	PagePerson       Page = "person"        // one person
	PageQuestion     Page = "question"      // 有疑问: what is wrong with a payment
	PageLists        Page = "lists"         // which lists a village has
	PageGroups       Page = "groups"        // 按组看
	PageList         Page = "list"          // one list of a village
	PageNotOnList    Page = "not-on-list"   // the first no
	PageNotPublished Page = "not-published" // the second and third no
	PageFunds        Page = "funds"         // 查资金
	PageFundList     Page = "fund-list"     // the funds of a category or department
	PageFund         Page = "fund"          // one fund
	PageStatement    Page = "statement"     // a fund's statement in full
	PageBudget       Page = "budget"        // 财政公开 of a department
	PageInstitutions Page = "institutions"  // 查编制
	PageTownUnits    Page = "town-units"    // the institutions of a township
	PageInstitution  Page = "institution"   // one institution
	PageIncumbent    Page = "incumbent"     // one person in post
	PagePolicies     Page = "policies"      // 看政策
	PagePolicy       Page = "policy"        // one policy
	PageNotice       Page = "notice"        // one public notice
	PagePhone        Page = "phone"         // 电话
	PageHelp         Page = "help"          // 帮助
	PageRest         Page = "rest"          // 休息: outside the hours
	PageProcurements Page = "procurements"  // 采购招标
	PageProcurement  Page = "procurement"   // one purchase
	PageProjects     Page = "projects"      // 政府投资项目
	PageProject      Page = "project"       // one project
	PageRelief       Page = "relief"        // 社会救助, totals only
	PageMissing      Page = "missing"       // 还有哪些没公布, by name
	PageDepartments  Page = "departments"   // the departments with their two doors
	PageNews         Page = "news"          // 工作动态 and 公示
	PageTake         Page = "take"          // 带走这一页
	PagePIN          Page = "pin"           // the staff's PIN
	PageCode         Page = "code"          // 入网码: the code of a sealed enrolment
	PageStaff        Page = "staff"         // 管理页
	PageStaffUpdate  Page = "staff-update"  // 现在更新, 从U盘更新
	PageStaffBack    Page = "staff-back"    // 退回上一期
	PageStaffSound   Page = "staff-sound"   // 音量和开关时间
	PageStaffTouch   Page = "staff-touch"   // 校准触摸
	PageStaffRuler   Page = "staff-ruler"   // 校准尺寸
	PageStaffLog     Page = "staff-log"     // 日志
	PageStaffLesson  Page = "staff-lesson"  // 练习
	PageWipe         Page = "wipe"          // 擦屏幕
)

// At (页面位置) is a page and what it is about: all that is needed to draw it again. It is comparable, and its zero fields
// mean nothing chosen.
type At struct {
	Page    Page
	Town    disclosure.Code
	Village disclosure.Code
	// Ref is the record that the page is about. On lists, people and the first no it is a person or the fund they come from.
	Ref  string
	Kind string
	Year int64
	// Group narrows a list to one villagers' group; ByAmount puts the largest first.
	Group    string
	ByAmount bool
	// Text is what was typed: characters that are chosen, then letters that are still open.
	Text string
	// Tab is the view of the page, empty for its first.
	Tab string
	// Choice is the category or department of funds, or the door that a telephone page belongs to.
	Choice string
	// About is what a telephone page suggests to say.
	About  string
	Offset int
	// Passed is how many of the characters that can come next were passed over.
	Passed int
	// Follow opens a list at the page on which Ref stands, until it is turned.
	Follow bool
}
