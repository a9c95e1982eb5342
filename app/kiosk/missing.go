package kiosk

func (m Model) missingPage(at At) page { return page{body: []Block{m.noneYet()}} }
