package sample

import (
	"fmt"
	"slices"
	"strconv"

	"mingbai.local/app/disclosure"
)

// person (人) is a recipient as a list names him.
type person struct {
	name       string
	group      int
	typ        string
	namesakeNo int64
}

// claim (应领) is what one recipient gets from one programme, from year to year.
type claim struct {
	programme int
	who       int // index of the person
	from, to  int // years, both included
	quantity  disclosure.Milli
	standard  disclosure.Fen // 0 where the programme's holds
	remark    string
	// first is the reason that the first year gives, where the claim was taken over from someone.
	first   reason
	changes []change
	extra   []extra
}

// reason (变动原因) is why a year differs from the one before, and by what paper.
type reason struct{ why, doc string }

type change struct {
	year     int
	quantity disclosure.Milli
	reason
}

// extra (补发、收回) is a payment outside the regular batch.
type extra struct {
	year     int
	batch    int64
	quantity disclosure.Milli
	remark   string
}

// list (名单) is one batch of one programme in one village.
type list struct {
	village   *village
	programme int
	year      int
	batch     int64
	place     disclosure.Code
	paidOn    disclosure.Date
	published disclosure.Date
	rows      []disclosure.Disbursement
	// withheld is the sum of the rows that a planted difference left out.
	withheld disclosure.Fen
}

// settler fills one village with people. It is deterministic in the seed and the village alone, so that a village can be
// made again instead of being kept.
type settler struct {
	*County
	v      *village
	d      *dice
	clans  []string
	groups int
	people []person
	claims []claim
	wooded bool
	farms  bool
	moved  bool // has resettled people from a reservoir
}

func (c *County) settle(v *village) *settler {
	s := &settler{County: c, v: v, d: newDice(c.options.Seed, "village", string(v.place.Code))}
	urban := v.place.Kind != "村委会"
	s.wooded = s.d.chance(c.wooded) && !urban
	s.moved = s.d.chance(250) && !urban
	s.farms = !urban
	for range 6 {
		s.clans = append(s.clans, surnameWeights().draw(s.d))
	}
	n := c.plan.households * s.d.between(75, 135) / 100
	if urban {
		n = n * 85 / 100
	}
	if !c.plan.tiny {
		n = max(wholeList, min(n, s.plan.most))
	}
	s.groups = max(1, min(n/22, 9))
	for i := range n {
		s.household(i*s.groups/n+1, c.plan.years[0]-1)
	}
	for _, y := range c.plan.years[1:] {
		for range n / 80 {
			s.household(s.d.between(1, s.groups), y)
		}
	}
	s.namesakes()
	s.number()
	slices.SortStableFunc(s.claims, func(a, b claim) int {
		if a.programme != b.programme {
			return a.programme - b.programme
		}
		return s.people[a.who].group - s.people[b.who].group
	})
	return s
}

func (s *settler) person(typ, name string, group int) int {
	s.people = append(s.people, person{name: name, group: group, typ: typ})
	return len(s.people) - 1
}

// household adds a household that has lived here since a year, with its changes up to the last year.
func (s *settler) household(group, since int) {
	d, last := s.d, s.plan.years[len(s.plan.years)-1]
	family := surname(d, s.clans)
	head := s.person("户", family+given(d, d.chance(180)), group)
	until, handover := last, 0
	switch n := d.below(1000); {
	case n < 9*len(s.plan.years):
		until = pick(d, s.plan.years) // died without heirs, or moved away
	case n < 18*len(s.plan.years):
		handover = pick(d, s.plan.years[1:])
	}
	if until < since {
		until = last
	}
	if handover <= since {
		handover = 0
	}
	heir := -1
	if handover > 0 {
		heir = s.person("户", family+given(d, d.chance(200)), group)
	}
	// both adds a claim of the household, which passes from the head to the heir.
	both := func(c claim) {
		c.from, c.to = max(since, s.plan.years[0]), until
		if since >= s.plan.years[0] {
			c.first = reason{"新立户，本年起登记", s.paper(since, "农", string(s.v.town.Code))}
		}
		c.who = head
		if heir < 0 {
			s.claims = append(s.claims, c)
			return
		}
		before, after := c, c
		before.to, after.from, after.who = handover-1, handover, heir
		after.first = reason{"原户主去世，由家人接着承包", s.paper(handover, "农", string(s.v.town.Code))}
		after.quantity = quantityIn(&c, handover)
		before.changes, after.changes = nil, nil
		for _, ch := range c.changes {
			if ch.year < handover {
				before.changes = append(before.changes, ch)
			} else if ch.year > handover {
				after.changes = append(after.changes, ch)
			}
		}
		before.extra, after.extra = nil, nil
		for _, e := range c.extra {
			if e.year < handover {
				before.extra = append(before.extra, e)
			} else {
				after.extra = append(after.extra, e)
			}
		}
		if before.from <= before.to {
			s.claims = append(s.claims, before)
		}
		s.claims = append(s.claims, after)
	}
	s.land(both, since, until)
	s.aid(head, heir, family, group, since, until)
	s.individuals(family, group, max(since, s.plan.years[0]), until)
}

// land adds what a household gets by the mu.
func (s *settler) land(both func(claim), since, until int) {
	d := s.d
	arable := disclosure.Milli(d.between(90, 1280)) * 10
	if !s.farms {
		arable = disclosure.Milli(d.between(40, 420)) * 10
	}
	first := max(since, s.plan.years[0]) + 1
	if d.chance(985) {
		c := claim{programme: s.index("nongye_gengdi"), quantity: arable}
		s.vary(&c, first, until, moreLand, lessLand)
		if d.chance(8) && first <= until {
			c.extra = append(c.extra, extra{d.between(first, until), 2, disclosure.Milli(d.between(10, 120)) * 10, "补发：上次漏登的面积"})
		}
		if d.chance(5) && first <= until {
			c.extra = append(c.extra, extra{d.between(first, until), 3, -disclosure.Milli(d.between(10, 60)) * 10, "收回：面积核减，退回多发的钱"})
		}
		if d.chance(6) {
			c.remark = "由家人代领"
		}
		both(c)
	}
	if paddy := arable * disclosure.Milli(d.between(30, 90)) / 1000 * 10; d.chance(480) && s.farms && paddy > 0 {
		c := claim{programme: s.index("nongye_daogu"), quantity: paddy}
		s.vary(&c, first, until, moreRice, lessRice)
		both(c)
		both(claim{programme: s.index("nongye_zhongliang"), quantity: paddy})
	}
	if s.wooded && d.chance(520) {
		both(claim{programme: s.index("linye_gongyi"), quantity: disclosure.Milli(d.between(120, 4200)) * 10})
	}
}

// Why an area is larger or smaller than the year before: of arable land, and of what is planted with rice.
var (
	moreLand = []string{"流转回收，自己接着种", "土地确权勘误，补登面积", "开垦荒地，验收后新增"}
	lessLand = []string{"部分耕地流转给他人耕种", "修路占地，核减面积", "改种果树，核减面积", "分户，面积分给子女"}
	moreRice = []string{"旱地改种水稻", "流转他人水田种稻"}
	lessRice = []string{"部分水田改种其他作物", "部分水田流转给他人种稻", "缺水，部分水田没有种稻"}
)

// vary changes the area of a claim now and then, with the reason and the paper.
func (s *settler) vary(c *claim, first, until int, more, less []string) {
	q := c.quantity
	for y := first; y <= until; y++ {
		if !s.d.chance(34) {
			continue
		}
		delta := disclosure.Milli(s.d.between(10, 180)) * 10
		why := pick(s.d, more)
		if s.d.chance(580) && delta < q-100 {
			delta, why = -delta, pick(s.d, less)
		}
		q += delta
		c.changes = append(c.changes, change{y, q, reason{why, s.paper(y, "农", string(s.v.town.Code))}})
	}
}

// aid adds what a poor or struck household gets.
func (s *settler) aid(head, heir int, family string, group, since, until int) {
	d := s.d
	from := max(since, s.plan.years[0])
	who := head
	if heir >= 0 {
		who = heir
	}
	if d.chance(46) {
		kind := "minzheng_ndibao"
		if !s.farms {
			kind = "minzheng_cdibao"
		}
		c := claim{programme: s.index(kind), who: who, from: from, to: until, quantity: s.months(kind), standard: disclosure.Fen(d.between(18, 96)) * 1000}
		if d.chance(300) {
			c.to = d.between(from, until)
		}
		s.claims = append(s.claims, c)
	}
	if d.chance(14) {
		p := s.person("个人", family+given(d, d.chance(200)), group)
		s.claims = append(s.claims, claim{programme: s.index("minzheng_tekun"), who: p, from: from, to: until, quantity: s.months("minzheng_tekun")})
	}
	once := func(kind string, permille int, standard disclosure.Fen) {
		if d.chance(permille * len(s.plan.years)) {
			y := d.between(from, until)
			s.claims = append(s.claims, claim{programme: s.index(kind), who: who, from: y, to: y, quantity: 1000, standard: standard})
		}
	}
	once("minzheng_linshi", 9, disclosure.Fen(d.between(5, 40))*10000)
	once("zhujian_weifang", 4, 0)
	if d.chance(9 * len(s.plan.years)) {
		y := d.between(from, until)
		machine := pick(d, []disclosure.Fen{58000, 90000, 120000, 180000, 320000, 1150000})
		p := s.person("个人", s.people[who].name, group)
		s.claims = append(s.claims, claim{programme: s.index("nongye_nongji"), who: p, from: y, to: y, quantity: 1000, standard: machine, remark: machines[machine]})
	}
}

// The machines are named by their subsidy, which is fixed for each.
var machines = map[disclosure.Fen]string{
	58000: "微耕机", 90000: "田园管理机", 120000: "植保无人机配件", 180000: "粮食烘干辅机", 320000: "乘坐式插秧机", 1150000: "履带式收割机",
}

// individuals adds what single members of a household get.
func (s *settler) individuals(family string, group, from, until int) {
	d := s.d
	member := func(kind string, permille int, standard disclosure.Fen, woman, sameFamily bool) {
		if !d.chance(permille) {
			return
		}
		name := family
		if !sameFamily {
			name = surname(d, nil)
		}
		p := s.person("个人", name+given(d, woman), group)
		c := claim{programme: s.index(kind), who: p, from: from, to: until, quantity: s.months(kind), standard: standard}
		if d.chance(60*len(s.plan.years)/4) && from < until {
			c.to = d.between(from, until)
		} else if d.chance(60) && from < until {
			c.from = d.between(from, until)
		}
		s.claims = append(s.claims, c)
	}
	for range 2 {
		if d.chance(850) {
			member("minzheng_gaoling", 80, 5000, d.chance(550), d.chance(500))
		} else {
			member("minzheng_gaoling", 80, 10000, d.chance(600), d.chance(500))
		}
	}
	member("minzheng_canji_sh", 28, 0, d.chance(450), true)
	member("minzheng_canji_hl", 17, 0, d.chance(450), true)
	member("minzheng_guer", 2, 0, d.chance(450), true)
	member("weijian_jiangfu", 36, 0, d.chance(550), d.chance(500))
	member("jiaoyu_jisu", 22, 0, d.chance(450), true)
	member("tuiyi_nongcunji", 11, 6000*disclosure.Fen(d.between(2, 6)), false, true)
	member("xiangcun_gongyi", 12, 0, d.chance(500), true)
	member("zuzhi_likan", 8, 1500*disclosure.Fen(d.between(6, 24)), d.chance(200), true)
	if s.wooded {
		member("linye_hulin", 9, 0, false, true)
	}
	if s.moved {
		for range d.between(1, 4) {
			member("yimin_houfu", 330, 0, d.chance(500), true)
		}
	}
	if s.plan.pensions {
		member("renshe_yanglao", 420, 0, false, true)
		member("renshe_yanglao", 420, 0, true, false)
	}
}

// months returns the quantity of one payment: the months that it covers, or one of whatever the unit is.
func (s *settler) months(kind string) disclosure.Milli {
	p := &programmes[s.index(kind)]
	if p.unit == "月" {
		return disclosure.Milli(12 / s.times(p) * 1000)
	}
	if p.kind == "yimin_houfu" {
		return disclosure.Milli(1000 / s.times(p))
	}
	return 1000
}

func (s *settler) index(kind string) int { return programmeIndex[kind] }

var programmeIndex = func() map[string]int {
	m := map[string]int{}
	for i, p := range programmes {
		m[p.kind] = i
	}
	return m
}()

// namesakes gives a second household of the first and the last group the name of another one there.
func (s *settler) namesakes() {
	for _, g := range []int{1, s.groups} {
		first := -1
		for i, p := range s.people {
			if p.group != g || p.typ != "户" {
				continue
			}
			if first >= 0 && s.d.chance(300) {
				s.people[i].name = s.people[first].name
				break
			}
			if first < 0 || s.d.chance(200) {
				first = i
			}
		}
	}
}

// number tells people apart whom a list would show alike.
func (s *settler) number() {
	alike := map[person][]int{}
	for i, p := range s.people {
		alike[p] = append(alike[p], i)
	}
	for _, same := range alike {
		if len(same) > 1 {
			for n, i := range same {
				s.people[i].namesakeNo = int64(n + 1)
			}
		}
	}
}

// paper returns the number of a document of the year, as a change or an allocation cites it.
func (c *County) paper(year int, office, about string) string {
	return fmt.Sprintf("%s%s函〔%d〕%d号", c.spec.mark, office, year, 3+newDice(c.options.Seed, "paper", office, about, strconv.Itoa(year)).below(140))
}

func quantityIn(c *claim, year int) disclosure.Milli {
	q := c.quantity
	for _, ch := range c.changes {
		if ch.year <= year {
			q = ch.quantity
		}
	}
	return q
}

func (c *County) times(p *programme) int {
	if c.plan.monthly && p.monthly > 0 {
		return p.monthly
	}
	return max(p.times, 1)
}

// lists makes the village's lists in the order year, programme, batch, and hands each one on. The rows are the caller's only
// until it returns.
func (s *settler) lists(each func(*list)) {
	var l list
	rank := s.rank[s.v.town.Code]
	for yi, year := range s.plan.years {
		from := 0
		for pi := range programmes {
			p := &programmes[pi]
			to := from
			for to < len(s.claims) && s.claims[to].programme == pi {
				to++
			}
			claims := s.claims[from:to]
			from = to
			if !paidIn(s.kinds, p.kind, year) {
				continue
			}
			if p.kind == "yingji_dongchun" {
				claims = s.relief(yi)
			}
			times := s.times(p)
			for n := range times {
				l = list{village: s.v, programme: pi, year: year, batch: int64(n + 1), rows: l.rows[:0]}
				l.paidOn, l.published = p.payDay(year, times, n, rank)
				s.regular(&l, claims, period(times, n))
				s.hand(&l, each)
			}
			if times == 1 {
				s.extras(claims, pi, year, rank, &l, each)
			}
		}
	}
}

// hand passes a list on that has rows and has been published by the day of the sample.
func (s *settler) hand(l *list, each func(*list)) {
	if l.published > s.options.AsOf {
		return
	}
	if x := s.plantedIn(l); x != nil {
		x.take(l)
	}
	if len(l.rows) > 0 || l.withheld != 0 {
		each(l)
	}
}

func (s *settler) regular(l *list, claims []claim, period string) {
	for i := range claims {
		c := &claims[i]
		if l.year < c.from || l.year > c.to {
			continue
		}
		row := s.row(l, c, quantityIn(c, l.year))
		row.Period, row.Remark = period, c.remark
		if l.year == c.from && l.batch == 1 {
			row.ChangeReason, row.ChangeDoc = c.first.why, c.first.doc
		}
		for _, ch := range c.changes {
			if ch.year == l.year {
				row.ChangeReason, row.ChangeDoc = ch.why, ch.doc
			}
		}
		l.rows = append(l.rows, row)
	}
}

// extras makes the batches for what was forgotten (补发) and what was taken back (收回).
func (s *settler) extras(claims []claim, programme, year, rank int, l *list, each func(*list)) {
	for batch := int64(2); batch <= 3; batch++ {
		*l = list{village: s.v, programme: programme, year: year, batch: batch, rows: l.rows[:0]}
		l.paidOn, l.published = programmes[programme].payDay(year, 1, 0, rank)
		l.paidOn, l.published = addDays(l.paidOn, 50+int(batch)*20), addDays(l.published, 50+int(batch)*20)
		for i := range claims {
			c := &claims[i]
			for _, e := range c.extra {
				if e.year == year && e.batch == batch && year >= c.from && year <= c.to {
					row := s.row(l, c, e.quantity)
					row.Period, row.Remark = "全年", e.remark
					l.rows = append(l.rows, row)
				}
			}
		}
		if len(l.rows) > 0 {
			s.hand(l, each)
		}
	}
}

func (s *settler) row(l *list, c *claim, quantity disclosure.Milli) disclosure.Disbursement {
	p, who := &programmes[c.programme], &s.people[c.who]
	standard := c.standard
	if standard == 0 {
		standard = p.standardIn(l.year)
	}
	l.place = s.v.place.Code
	if s.v.old.Code != "" && l.paidOn < firstDayOfNewList {
		l.place = s.v.old.Code
	}
	row := disclosure.Disbursement{
		Head: disclosure.Head{PublishedOn: l.published},
		Fund: fundRef(l.year, p.fund), Kind: p.kind, Year: int64(l.year), Batch: l.batch,
		Place: l.place, Group: groupNames[who.group], Name: who.name, Type: who.typ, NamesakeNo: who.namesakeNo,
		Quantity: quantity, Unit: p.unit, Standard: standard, Amount: quantity.Times(standard),
		PaidOn: l.paidOn, Method: "一卡通",
	}
	if p.kind == "renshe_yanglao" {
		row.Method = "社保卡"
	}
	if p.aid != "" {
		row.VisibleUntil = aidUntil(l.year)
	}
	return row
}

// aidUntil is the last day on which a year's aid lists are shown: three months after the year. Whole lists go at once, so
// that what is left still adds up to what was sent down.
func aidUntil(year int) disclosure.Date { return disclosure.Date(fmt.Sprintf("%d-03-31", year+1)) }

var groupNames = []string{"", "1组", "2组", "3组", "4组", "5组", "6组", "7组", "8组", "9组"}

// relief (冬春救助) makes the claims that bring the county to the number of payments that was asked for: so many households
// of the village in that year, spread over its groups.
func (s *settler) relief(year int) []claim {
	n := s.County.relief(s.v, year)
	if n == 0 {
		return nil
	}
	var heads []int
	y := s.plan.years[year]
	for i := range s.claims {
		if c := &s.claims[i]; c.programme == 0 && c.from <= y && y <= c.to {
			heads = append(heads, c.who)
		}
	}
	d := newDice(s.options.Seed, "relief", string(s.v.place.Code), strconv.Itoa(y))
	var out []claim
	for i := range min(n, len(heads)) {
		out = append(out, claim{
			programme: s.index("yingji_dongchun"), who: heads[i*len(heads)/n], from: y, to: y,
			quantity: 1000, standard: disclosure.Fen(d.between(10, 36)) * 1500,
		})
	}
	return out
}
