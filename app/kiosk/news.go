package kiosk

func (m Model) newsPage(at At) page { return page{body: []Block{m.noneYet()}} }
