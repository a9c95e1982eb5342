package kiosk

// The pages of the areas beside funds (采购招标, 政府投资项目, 社会救助) and the departments.

func (m Model) areasPage(at At) page        { return page{body: []Block{m.noneYet()}} }
func (m Model) procurementsPage(at At) page { return page{body: []Block{m.noneYet()}} }
func (m Model) procurementPage(at At) page  { return page{body: []Block{m.noneYet()}} }
func (m Model) projectsPage(at At) page     { return page{body: []Block{m.noneYet()}} }
func (m Model) projectPage(at At) page      { return page{body: []Block{m.noneYet()}} }
func (m Model) reliefPage(at At) page       { return page{body: []Block{m.noneYet()}} }
func (m Model) departmentsPage(at At) page  { return page{body: []Block{m.noneYet()}} }
