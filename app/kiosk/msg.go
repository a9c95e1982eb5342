package kiosk

import (
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
)

// Msg is something that happened: a touch, a new edition, the passing of time.
type Msg interface{ msg() }

// What comes from outside.
type (
	// Opened brings an edition's book (册) that is ready to be read, and when it was fetched. It is shown when the page
	// next changes, or at once where nobody is reading.
	Opened struct {
		Book     *book.Book
		SyncedAt time.Time
	}
	// Mending says that the book on show was found damaged and is being built anew, or, with On false, that this could not be
	// done. A damaged book answers no more: what it left out would be missed by nobody.
	Mending struct{ On bool }
	// Tick is the passing of time; about one a second keeps the session's clock.
	Tick struct{ Now time.Time }
	// State is how the machine is, for the staff's page; an empty one is in order. Broken says that there is data which does not
	// open, and none that does.
	State struct {
		Conditions []Condition
		Broken     bool
	}
	// Touched is a touch that met nothing touchable: somebody is there. On the idle page and while the kiosk asks whether
	// anybody is still reading it counts as an answer, since a touch anywhere is meant so.
	Touched struct{}
)

// Condition (状况) is one thing that staff should know: what is the matter, its code and what to do.
type Condition struct {
	Code   string // as in N-03; empty where nothing is the matter
	Words  string
	Remedy string
}

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
)

func (Opened) msg()  {}
func (Mending) msg() {}
func (Tick) msg()    {}
func (State) msg()   {}
func (Touched) msg() {}
func (Go) msg()      {}
func (Turn) msg()    {}
func (Back) msg()    {}
func (Home) msg()    {}
func (Finish) msg()  {}
func (Stay) msg()    {}
func (Resize) msg()  {}
func (Emblem) msg()  {}

// Cmd is what Update asks of cmd/kiosk.
type Cmd interface{ cmd() }

// LetGo says that the Model reads that book no more. It may be closed once the View of the new Model is on the screen:
// until then the screen may still fetch rows of the old one.
type LetGo struct{ Book *book.Book }

func (LetGo) cmd() {}

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
	PageStaff        Page = "staff"         // 管理页
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
	// Follow opens a list at the page on which Ref stands, until it is turned.
	Follow bool
}
