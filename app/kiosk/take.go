package kiosk

func (m Model) takePage(at At) page { return page{body: []Block{m.noneYet()}} }
