package sample

import "mingbai.local/app/disclosure"

// Planted (预设差异) is a list that was made not to agree with what was sent down, so that reconciliation has something to
// find.
type Planted struct {
	Village     disclosure.Code `json:"village"`
	VillageName string          `json:"village_name"`
	Kind        string          `json:"kind"`
	Year        int             `json:"year"`
	// Difference is the list less the allocation.
	Difference disclosure.Fen `json:"difference_fen"`
	// Remark names the difference; empty where nobody named it.
	Remark string `json:"remark,omitempty"`
	// Unpublished says that the whole list is still owed.
	Unpublished bool `json:"unpublished,omitempty"`

	village *village
	// hold is how many payments the list lacks, more how much less than the list was sent down.
	hold int
	more disclosure.Fen
}

// plantDifferences chooses the lists. The same ones are chosen whatever the number of households.
func (c *County) plantDifferences() {
	c.planted = nil
	var years []int
	for _, y := range c.plan.years {
		if _, published := programmes[0].payDay(y, 1, 0, len(c.rank)); published <= c.options.AsOf {
			years = append(years, y)
		}
	}
	if len(years) == 0 {
		return
	}
	for i, p := range []Planted{
		{hold: 3, Remark: "3户银行卡注销，未发成功，钱暂存乡镇财政所"},
		{hold: 1},
		{more: 50000},
		{hold: 2, Remark: "2户外出未归，暂缓发放"},
	} {
		v := &c.villages[(i*len(c.villages)/4+int(c.options.Seed%7))%len(c.villages)]
		p.village, p.Village, p.VillageName = v, v.place.Code, v.place.Name
		p.Kind, p.Year = programmes[0].kind, years[len(years)-1-i%len(years)]
		c.planted = append(c.planted, &p)
	}
	c.plantUnpublished()
}

// plantUnpublished keeps back the newest list of 稻谷补贴 of one village.
func (c *County) plantUnpublished() {
	p := &programmes[programmeIndex["nongye_daogu"]]
	for i := len(c.plan.years) - 1; i >= 0; i-- {
		if _, published := p.payDay(c.plan.years[i], 1, 0, len(c.rank)); published > c.options.AsOf {
			continue
		}
		for n := range c.villages {
			v := &c.villages[(n+len(c.villages)*2/3)%len(c.villages)]
			if v.place.Kind == "村委会" {
				c.planted = append(c.planted, &Planted{
					Village: v.place.Code, VillageName: v.place.Name, Kind: p.kind, Year: c.plan.years[i],
					Remark: "名单还在核对，尚未公布", Unpublished: true, village: v, hold: 1 << 30,
				})
				return
			}
		}
	}
}

// plantedIn returns the difference planted in a list, nil where there is none.
func (c *County) plantedIn(l *list) *Planted {
	if l.batch != 1 {
		return nil
	}
	for _, p := range c.planted {
		if p.village.place.Code == l.village.place.Code && p.Year == l.year && p.Kind == programmes[l.programme].kind {
			return p
		}
	}
	return nil
}

// take makes the difference: it leaves payments out of the list, or says how much less was sent down.
func (p *Planted) take(l *list) {
	n := min(p.hold, len(l.rows))
	for range n {
		at := len(l.rows) / 2
		l.withheld += l.rows[at].Amount
		l.rows = append(l.rows[:at], l.rows[at+1:]...)
	}
	l.withheld -= p.more
}
