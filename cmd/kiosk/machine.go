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
}

// View returns the page that is on.
func (m *machine) View() kiosk.View { return m.model.View() }

// Update takes a message. Time passes once a second and hardly ever changes a page, so a tick asks for a new drawing only
// where it has done something that can be seen.
func (m *machine) Update(msg kiosk.Msg) (redraw bool, shown func()) {
	before := m.model
	var cmds []kiosk.Cmd
	m.model, cmds = kiosk.Update(m.model, msg)
	redraw = true
	if tick, ok := msg.(kiosk.Tick); ok {
		page := m.model.At()
		redraw = page != before.At() || page.Page == kiosk.PageStill || tick.Now.Second() == 0
	}
	if len(cmds) == 0 {
		return redraw, nil
	}
	return true, func() {
		for _, c := range cmds {
			if c, ok := c.(kiosk.LetGo); ok {
				m.letGo(c.Book)
			}
		}
	}
}
