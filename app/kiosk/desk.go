package kiosk

// desk (管理) is what staff are doing at the panel; it is part of the visit and ends with it.
type desk struct {
	in bool // the PIN was right
}

func (d desk) same(e desk) bool { return d == e }

// work is what staff have started, which goes on behind the pages.
type work struct{}

// staffs reports whether a page is the staff's.
func (p Page) staffs() bool {
	switch p {
	case PagePIN, PageStaff, PageStaffUpdate, PageStaffBack, PageStaffSound, PageStaffTouch, PageStaffRuler, PageStaffLog, PageStaffLesson, PageWipe:
		return true
	}
	return false
}

// staffDoor is where five touches of the emblem lead.
func (m Model) staffDoor() At { return At{Page: PageStaff} }

// staffPages are all pages of the staff.
func (m Model) staffPages(at At) page { return m.staffPage(at) }

// told takes what the machine tells staff.
func (m Model) told(Msg) (Model, []Cmd) { return m, nil }

// attend takes the touches that only staff's pages have; ok is false for all others.
func (m Model) attend(Msg) (Model, []Cmd, bool) { return m, nil, false }

// endDesk ends what must not go on when staff leave.
func (m Model) endDesk() []Cmd { return nil }
