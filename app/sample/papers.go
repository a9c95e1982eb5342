package sample

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
)

// makePapers makes what is left: purchases, projects, notices, contacts, obligations, withdrawals.
func (c *County) makePapers() {
	c.makeProcurements()
	c.makeProjects()
	c.makeNotices()
	c.makeContacts()
	c.makeObligations()
	c.makeWithdrawals()
}

const (
	procurementCount = 120
	projectCount     = 60
)

// purchases are what departments buy, by key, with the budget's range in 万元.
var purchases = []struct {
	key, title, supplier string
	low, high            int
}{
	{"教育局", "%d年学校课桌椅采购", "示例教学设备有限公司", 40, 180},
	{"教育局", "%d年学生食堂大宗食材配送服务", "示例农产品配送有限公司", 120, 600},
	{"教育局", "%T中小学校舍维修工程", "示例建筑工程有限公司", 60, 260},
	{"卫生健康局", "%T卫生院彩超设备采购", "示例医疗器械有限公司", 30, 120},
	{"卫生健康局", "%d年家庭医生签约服务包采购", "示例医疗用品有限公司", 20, 80},
	{"农业农村局", "%d年高标准农田建设项目监理服务", "示例工程监理有限公司", 30, 110},
	{"农业农村局", "%d年动物防疫物资采购", "示例兽药有限公司", 25, 90},
	{"农业农村局", "%T农村户厕改造材料采购", "示例建材有限公司", 30, 140},
	{"水利和湖泊局", "%T小型水库大坝监测设备采购", "示例水利科技有限公司", 40, 160},
	{"水利和湖泊局", "%d年防汛物资采购", "示例应急物资有限公司", 20, 70},
	{"交通运输局", "%T通村公路硬化工程", "示例路桥工程有限公司", 120, 480},
	{"交通运输局", "%d年农村公路安防设施采购", "示例交通设施有限公司", 60, 220},
	{"住房和城乡建设局", "%T污水管网检测服务", "示例管网检测有限公司", 30, 90},
	{"城市管理执法局", "%d年环卫车辆采购", "示例专用汽车销售有限公司", 80, 260},
	{"公安局", "%d年农村劝导站设备采购", "示例电子科技有限公司", 40, 160},
	{"民政局", "%T农村福利院护理床采购", "示例康复器具有限公司", 15, 60},
	{"自然资源和规划局", "%d年地质灾害隐患点排查服务", "示例地质勘查有限公司", 30, 120},
	{"应急管理局", "%d年应急广播设备采购", "示例广播设备有限公司", 30, 110},
	{"文化和旅游局", "%d年农家书屋图书采购", "示例图书发行有限公司", 12, 40},
	{"政务服务和大数据管理局", "%d年便民服务终端采购", "示例信息技术有限公司", 30, 140},
}

func (c *County) makeProcurements() {
	start := time.Date(c.year()-2, 1, 8, 0, 0, 0, 0, time.UTC)
	end, _ := c.options.AsOf.Last()
	days := int(end.Sub(start).Hours()/24) - 8
	for n := range procurementCount {
		w := purchases[n%len(purchases)]
		d := newDice(c.options.Seed, "purchase", fmt.Sprint(n))
		noted := start.AddDate(0, 0, n*days/procurementCount)
		budget := disclosure.Fen(d.between(w.low, w.high)) * 1000000
		p := disclosure.Procurement{
			Head:   disclosure.Head{Ref: fmt.Sprintf("C%04d", n+1), PublishedOn: isoDay(noted)},
			Number: fmt.Sprintf("%s采%d-%03d", c.spec.mark, noted.Year(), n+1),
			Title:  c.titled(d, w.title, noted.Year()), Buyer: c.institution(w.key), Budget: budget,
			Method: pick(d, []string{"竞争性磋商", "竞争性谈判", "询价"}), Noted: isoDay(noted),
			Type: pick(d, []string{"采购公告", "成交公告", "成交公告", "合同公告", "合同公告", "验收公告"}),
		}
		if budget >= 200000000 {
			p.Method = "公开招标"
		}
		if p.Type != "采购公告" {
			p.Award = budget * disclosure.Fen(d.between(880, 995)) / 1000
			p.Supplier = c.spec.city + w.supplier
		}
		if p.Type == "合同公告" || p.Type == "验收公告" {
			p.Signed = isoDay(noted.AddDate(0, 0, -d.between(3, 25)))
		}
		c.Procurements = append(c.Procurements, p)
	}
	for n, p := range c.Procurements {
		if p.Signed != "" {
			c.Procurements = append(c.Procurements, call(p, n))
		}
	}
}

// call is the notice with which a purchase began, under the same number, before anybody had offered anything.
func call(p disclosure.Procurement, n int) disclosure.Procurement {
	p.Noted = addDays(p.Signed, -30)
	p.Ref, p.PublishedOn = fmt.Sprintf("C%04d-1", n+1), p.Noted
	p.Type, p.Award, p.Supplier, p.Signed = "采购公告", 0, "", ""
	return p
}

// titled fills a title in: %d is the year, %T a township.
func (c *County) titled(d *dice, title string, year int) string {
	return strings.NewReplacer("%d", fmt.Sprint(year), "%T", c.town(d).Name).Replace(title)
}

func (c *County) town(d *dice) disclosure.Place {
	var towns []disclosure.Place
	for _, p := range c.Places {
		if p.Level == "乡" && p.ValidTo == "" {
			towns = append(towns, p)
		}
	}
	return pick(d, towns)
}

var works = []struct {
	key, title string
	low, high  int // 万元
}{
	{"交通运输局", "至集镇公路改造工程", 180, 1600},
	{"农业农村局", "高标准农田建设项目", 320, 2200},
	{"水利和湖泊局", "农村供水管网延伸工程", 120, 900},
	{"水利和湖泊局", "山塘除险加固工程", 60, 320},
	{"农业农村局", "柑橘冷藏保鲜库建设项目", 80, 360},
	{"住房和城乡建设局", "生活污水收集管网工程", 240, 1400},
	{"教育局", "教学点改造工程", 80, 420},
	{"民政局", "互助养老照料中心建设项目", 60, 260},
	{"自然资源和规划局", "滑坡治理工程", 90, 640},
	{"发展和改革局", "以工代赈产业路建设项目", 120, 420},
}

func (c *County) makeProjects() {
	for n := range projectCount {
		w := works[n%len(works)]
		d := newDice(c.options.Seed, "project", fmt.Sprint(n))
		v := &c.all[(n*13+d.below(5))%len(c.all)]
		approved := addDays(c.options.AsOf, -d.between(20, 900))
		p := disclosure.InvestmentProject{
			Head:   disclosure.Head{Ref: fmt.Sprintf("X%03d", n+1), PublishedOn: c.noLater(addDays(approved, 12))},
			Number: fmt.Sprintf("%s-%s-%03d", approved[:4], c.options.County, n+1),
			Title:  v.town.Name + v.place.Name + w.title, Owner: c.institution(w.key), Place: v.place.Code,
			Approved:   disclosure.Fen(d.between(w.low, w.high)) * 1000000,
			ApprovalNo: fmt.Sprintf("%s发改审批〔%s〕%d号", c.spec.mark, approved[:4], d.between(8, 190)),
		}
		c.progress(d, &p, approved)
		c.Projects = append(c.Projects, p)
	}
}

// progress gives a project the stage that it has reached by the sample's day, and what belongs to it: a contractor once it
// is begun, an end once it is finished. Some are late, and say why.
func (c *County) progress(d *dice, p *disclosure.InvestmentProject, approved disclosure.Date) {
	started, days := addDays(approved, d.between(60, 110)), d.between(150, 330)
	reason := ""
	if d.chance(250) {
		reason = pick(d, []string{"因连续降雨，工期顺延两个月。", "施工中遇到岩层，增加开挖工程量，已报批，工期顺延。", "部分路段改线，重新报批后继续施工。"})
		days += 120
	}
	ended := addDays(started, days)
	p.Stage = "立项"
	if started > c.options.AsOf {
		return
	}
	p.Started, p.Changes = started, reason
	p.Contractor = c.spec.city + pick(d, []string{"示例建设工程有限公司", "示例水利水电工程有限公司", "示例市政工程有限公司", "示例园林建设有限公司"})
	p.Supervisor = c.spec.city + "示例工程监理有限公司"
	from, _ := started.Last()
	now, _ := c.options.AsOf.Last()
	if elapsed := int(now.Sub(from).Hours() / 24); elapsed < days {
		p.Stage, p.Progress = "在建", int64(max(2, min(98, elapsed*100/days)))
		return
	}
	p.Stage, p.Progress, p.Ended = "完工", 100, ended
	if addDays(ended, 90) <= c.options.AsOf {
		p.Stage = "验收"
	}
}

//go:embed notices.txt
var noticeText string

// makeNotices makes news and public notices, the newest of which still runs on the sample's day.
func (c *County) makeNotices() {
	fill := strings.NewReplacer("%C", c.spec.name, "%W", c.spec.word, "%Y", fmt.Sprint(c.year()), "%L", fmt.Sprint(c.year()-1), "%T", c.villages[0].town.Name, "%V", c.villages[0].place.Name)
	for n, row := range textRows(noticeText, 6) {
		day := addDays(c.options.AsOf, -3-n*17)
		notice := disclosure.Notice{
			Head: disclosure.Head{Ref: fmt.Sprintf("N%02d", n+1), PublishedOn: day},
			Kind: row[0], Title: fill.Replace(row[1]), Body: strings.ReplaceAll(fill.Replace(row[2]), "／", "\n"), Institution: c.institution(row[3]), Where: fill.Replace(row[5]),
		}
		if row[4] != "" {
			notice.LastDay = addDays(day, 7)
		}
		c.Notices = append(c.Notices, notice)
	}
}

const workingHours = "周一到周五，上午8:30到12:00，下午2:30到5:30"

// makeContacts says whom to ask: about the doors, each department, each township. No number is given but 12310, the line
// for establishments.
func (c *County) makeContacts() {
	hall := c.spec.name + c.spec.seat + "，政务服务大厅"
	add := func(subject, key, title, number, address string) {
		ref := ""
		if key != "" {
			ref = c.institution(key)
		}
		c.Contacts = append(c.Contacts, disclosure.Contact{
			Head:    disclosure.Head{Ref: fmt.Sprintf("L%03d", len(c.Contacts)+1), PublishedOn: disclosure.Date(fmt.Sprintf("%d-01-08", c.year()-1))},
			Subject: subject, Institution: ref, Title: title, Number: number, Address: address, Hours: workingHours,
		})
	}
	add("总台", "人民政府办公室", c.spec.name+"财政与编制政务公开办公室", "", hall+"一楼总台")
	add("补贴", "财政局", "财政局“一卡通”窗口", "", hall+"一楼2号窗口")
	add("补贴", "农业农村局", "农业农村局补贴窗口", "", hall+"一楼3号窗口")
	add("补贴", "民政局", "民政局社会救助窗口", "", hall+"一楼4号窗口")
	add("资金", "财政局", "财政局专项资金公开窗口", "", hall+"二楼6号窗口")
	add("编制", "机构编制委员会办公室", "机构编制专线", "12310", hall+"三楼8号窗口")
	add("政策", "人民政府办公室", "政务公开科", "", hall+"二楼5号窗口")
	seen := map[string]bool{}
	window := 9
	for _, key := range c.departments() {
		if !seen[key] {
			seen[key] = true
			add(c.institution(key), key, c.name(key)+"办公室", "", fmt.Sprintf("%s，也可以到政务服务大厅%d号窗口问", c.spec.name+c.spec.seat, window))
			window++
		}
	}
	for _, i := range c.Institutions {
		if i.Class == "乡镇机关" || strings.HasSuffix(i.Name, "财政所") {
			c.Contacts = append(c.Contacts, disclosure.Contact{
				Head:    disclosure.Head{Ref: fmt.Sprintf("L%03d", len(c.Contacts)+1), PublishedOn: disclosure.Date(fmt.Sprintf("%d-01-08", c.year()-1))},
				Subject: i.Ref, Institution: i.Ref, Title: i.Name, Address: i.Address + "，便民服务大厅", Hours: workingHours,
			})
		}
	}
}

// departments returns the keys of the departments that own funds or publish budgets.
func (c *County) departments() []string {
	var keys []string
	for _, e := range catalogue {
		keys = append(keys, e.owner)
	}
	for _, s := range spenders {
		keys = append(keys, s.key)
	}
	return keys
}

// silentUnits are the 19 that took part and never published, which the report of Yunmeng leaves unexplained: 398 less 379.
var silentUnits = []string{
	"蚕种场", "柑橘研究所", "原种场", "园艺场", "良种繁育场", "茶叶试验站", "水产良种场", "农机修造厂留守处", "丝绸公司留守处", "棉花公司留守处",
	"第二建筑公司留守处", "物资总站", "煤炭管理站", "盐业管理站", "劳动服务站", "影剧院", "招待所", "乡镇企业服务站", "库区航运站",
}

// makeObligations lists what had to be published by when, and when it was: the funds, the 398 units, the budgets, and the
// list that is still owed.
func (c *County) makeObligations() {
	add := func(item, unit string, due, met disclosure.Date) {
		c.Obligations = append(c.Obligations, disclosure.Obligation{
			Head: disclosure.Head{Ref: fmt.Sprintf("O%04d", len(c.Obligations)+1), PublishedOn: c.noLater(disclosure.Date(fmt.Sprintf("%d-01-08", c.year())))},
			Item: item, Unit: unit, DueOn: due, MetOn: met,
		})
	}
	names := map[string]string{}
	for _, i := range c.Institutions {
		names[i.Ref] = i.Name
	}
	for _, f := range c.Funds {
		due := disclosure.Date(fmt.Sprintf("%d-01-31", f.Year+1))
		if f.CatalogueNo%17 == 0 {
			due = disclosure.Date(fmt.Sprintf("%d-12-31", f.Year)) // a few came late
		}
		add(f.Name, names[f.Owner], due, f.PublishedOn)
	}
	due := disclosure.Date(fmt.Sprintf("%d-03-31", c.year()-1))
	for _, i := range c.Institutions {
		add("机构编制和人员信息", i.Name, due, i.PublishedOn)
	}
	for _, u := range silentUnits {
		add("机构编制和人员信息", c.spec.name+u, due, "")
	}
	for _, l := range c.BudgetLines {
		if l.Stage == "预算" && l.Name == "本年收入合计" {
			add(fmt.Sprintf("%d年部门预算", l.Year), names[l.Institution], disclosure.Date(fmt.Sprintf("%d-02-20", l.Year)), l.PublishedOn)
		}
	}
	for _, p := range c.planted {
		if p.Unpublished {
			programme := &programmes[programmeIndex[p.Kind]]
			_, published := programme.payDay(p.Year, 1, 0, c.rank[p.village.town.Code])
			kind := slices.IndexFunc(c.kinds, func(k disclosure.SubsidyKind) bool { return k.Ref == p.Kind })
			add(fmt.Sprintf("%d年%s发放名单（%s%s）", p.Year, c.kinds[kind].Name, p.village.town.Name, p.VillageName), p.village.town.Name+"机关", published, "")
		}
	}
}

// makeWithdrawals takes back a purchase that was posted twice and a notice with a wrong day.
func (c *County) makeWithdrawals() {
	purchase, notice := c.Procurements[7], c.Notices[len(c.Notices)-1]
	for _, w := range []disclosure.Withdrawal{
		{Refs: []string{purchase.Ref}, Reason: "重复发布", WithdrawnOn: addDays(purchase.PublishedOn, 6)},
		{Refs: []string{notice.Ref}, Reason: "公示日期写错，已重新公示", WithdrawnOn: addDays(notice.PublishedOn, 2)},
	} {
		w.Head = disclosure.Head{Ref: fmt.Sprintf("W%02d", len(c.Withdrawals)+1), PublishedOn: w.WithdrawnOn}
		c.Withdrawals = append(c.Withdrawals, w)
	}
}
