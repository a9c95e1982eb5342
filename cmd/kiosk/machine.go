package main

import (
	"mingbai.local/app/book"
	"mingbai.local/app/kiosk"
)

// machine runs the state machine for the screen (状态机). Everything happens on the screen's goroutine.
type machine struct {
	model kiosk.Model
	// letGo closes a book that nothing is read from any more.
	letGo func(*book.Book)
	// spoiled is told that the book on show was found damaged.
	spoiled func()
	// do begins whatever else the state machine asks for, and does not wait for it.
	do func(kiosk.Cmd)
}

// View returns the page that is on. A page whose own questions met damage is not shown.
func (m *machine) View() kiosk.View {
	v := m.model.View()
	if m.model.Damaged() {
		m.close(m.begin(m.giveUp()))
		v = m.model.View()
	}
	return v
}

// Update takes a message. Time passes once a second and hardly ever changes a page, so a tick asks for a new drawing only
// where it has done something that can be seen.
func (m *machine) Update(msg kiosk.Msg) (redraw bool, shown func()) {
	before := m.model
	var cmds []kiosk.Cmd
	if m.model.Damaged() { // met while the rows of the last page were drawn
		cmds = m.giveUp()
	}
	var more []kiosk.Cmd
	m.model, more = kiosk.Update(m.model, msg)
	cmds = append(cmds, more...)
	closes := m.begin(cmds)
	_, tick := msg.(kiosk.Tick)
	if len(cmds) == 0 {
		return !tick || !m.model.Same(before), nil
	}
	return true, func() { m.close(closes) }
}

// begin has done at once what need not wait for the new View, and returns the rest.
func (m *machine) begin(cmds []kiosk.Cmd) (closes []kiosk.LetGo) {
	for _, c := range cmds {
		if c, ok := c.(kiosk.LetGo); ok {
			closes = append(closes, c)
			continue
		}
		m.do(c)
	}
	return closes
}

// giveUp leaves the damaged book.
func (m *machine) giveUp() (cmds []kiosk.Cmd) {
	m.model, cmds = kiosk.Update(m.model, kiosk.Mending{On: true})
	m.spoiled()
	return cmds
}

func (m *machine) close(books []kiosk.LetGo) {
	for _, b := range books {
		m.letGo(b.Book)
	}
}
