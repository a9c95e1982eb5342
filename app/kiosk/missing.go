package kiosk

func (m Model) missingPage(at At) page { return page{body: []Block{m.noneYet()}} }
func (m Model) newsPage(at At) page    { return page{body: []Block{m.noneYet()}} }
