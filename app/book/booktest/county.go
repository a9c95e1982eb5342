package booktest

import (
	"fmt"

	"mingbai.local/app/disclosure"
)

// Two townships, three villages and one that was merged, a few people.
const (
	zhicheng   = "420581101000"
	honghuatao = "420581102000"
	baishui    = "420581101201" // where the kiosk stands
	chenjia    = "420581101202"
	laowu      = "420581101203" // merged into baishui
	yangjia    = "420581102201"
)

func head(ref string) disclosure.Head {
	return disclosure.Head{Ref: ref, PublishedOn: "2026-11-01", Source: "test", SourceRow: 1}
}

// payment is one line of a list: who, how many units at what standard, and what was paid.
type payment struct {
	place, group, name string
	namesake           int64
	kind               string
	year               int64
	quantity           disclosure.Milli
	amount             disclosure.Fen // 0 is quantity × standard
	remark             string
	reason, paper      string
	on                 disclosure.Date
}

var standards = map[string]struct {
	unit     string
	standard disclosure.Fen
	typ      string
	day      string
}{
	"gengdi":  {"亩", 8912, "户", "11-18"},
	"daogu":   {"亩", 4500, "户", "10-15"},
	"nongji":  {"台", 29324, "户", "05-09"},
	"tuigeng": {"亩", 12500, "户", "09-01"},
	"gaoling": {"月", 5000, "个人", "06-08"},
	"dibao":   {"月", 38000, "户", "09-08"},
}

var payments = []payment{
	{place: baishui, group: "3组", name: "张三丰", kind: "gengdi", year: 2026, quantity: 8450, reason: "登记的地少了0.97亩", paper: "都农发〔2026〕14号"},
	{place: baishui, group: "3组", name: "张三丰", kind: "daogu", year: 2026, quantity: 2100, amount: 9500},
	{place: baishui, group: "3组", name: "张三丰", kind: "gengdi", year: 2025, quantity: 9420},
	{place: baishui, group: "3组", name: "张三丰", kind: "nongji", year: 2025, quantity: 1000},
	{place: baishui, group: "1组", name: "张山", kind: "gengdi", year: 2026, quantity: 3020},
	{place: baishui, group: "5组", name: "张顺清", kind: "gengdi", year: 2026, quantity: 6700},
	{place: baishui, group: "2组", name: "张三", namesake: 1, kind: "gengdi", year: 2026, quantity: 1500},
	{place: baishui, group: "2组", name: "张三", namesake: 2, kind: "gengdi", year: 2026, quantity: 2500},
	{place: baishui, group: "1组", name: "王建国", kind: "gengdi", year: 2026, quantity: 5000},
	{place: baishui, group: "1组", name: "王建国", kind: "daogu", year: 2026, quantity: 4000, amount: 17900, remark: "银行退回1元，下月补发"},
	{place: baishui, group: "2组", name: "欧阳文林", kind: "gengdi", year: 2026, quantity: 7250},
	{place: baishui, group: "2组", name: "欧阳文林", kind: "tuigeng", year: 2025, quantity: 2000},
	{place: baishui, group: "2组", name: "欧阳文林", kind: "gengdi", year: 2025, quantity: 7250},
	{place: baishui, group: "3组", name: "陈国良", kind: "gengdi", year: 2026, quantity: 6200},
	{place: baishui, group: "4组", name: "单桂英", kind: "daogu", year: 2026, quantity: 3000, amount: 13300},
	{place: baishui, group: "4组", name: "单桂英", kind: "gengdi", year: 2026, quantity: 4050},
	{place: baishui, group: "3组", name: "章五洲", kind: "daogu", year: 2026, quantity: 3300},
	{place: baishui, group: "6组", name: "张武", kind: "gengdi", year: 2026, quantity: 1000},
	{place: baishui, group: "6组", name: "张武", kind: "gengdi", year: 2026, quantity: 500, amount: -4456, remark: "多算0.5亩，已收回", on: "2026-11-19"},
	{place: baishui, group: "4组", name: "单桂英", kind: "gaoling", year: 2026, quantity: 6000},
	{place: baishui, group: "4组", name: "单桂英", kind: "gaoling", year: 2026, quantity: 6000, on: "2026-12-08"},
	{place: baishui, group: "4组", name: "刘守田", kind: "dibao", year: 2026, quantity: 3000},
	{place: baishui, group: "1组", name: "王建国", kind: "dibao", year: 2026, quantity: 3000},
	{place: laowu, group: "1组", name: "张大山", kind: "gengdi", year: 2020, quantity: 3000},
	{place: chenjia, group: "2组", name: "张三丰", kind: "gengdi", year: 2026, quantity: 4000},
	{place: chenjia, group: "1组", name: "周和春", kind: "daogu", year: 2025, quantity: 1000},
	{place: chenjia, group: "1组", name: "周和春", kind: "nongji", year: 2025, quantity: 1000},
	{place: yangjia, group: "1组", name: "李春梅", kind: "gaoling", year: 2025, quantity: 6000},
	{place: chenjia, group: "1组", name: "周和春", kind: "gengdi", year: 2026, quantity: 7330},
	{place: yangjia, group: "1组", name: "李春梅", kind: "gengdi", year: 2026, quantity: 2750},
	{place: yangjia, group: "1组", name: "李春梅", kind: "daogu", year: 2026, quantity: 1000},
}

func (p payment) record(n int) disclosure.Disbursement {
	s := standards[p.kind]
	d := disclosure.Disbursement{
		Head: head(fmt.Sprintf("pay-%02d", n)), Fund: fmt.Sprintf("fund-%s-%d", p.kind, p.year), Kind: p.kind, Year: p.year,
		Period: "全年", Batch: 1, Place: disclosure.Code(p.place), Group: p.group, Name: p.name, Type: s.typ, NamesakeNo: p.namesake,
		Quantity: p.quantity, Unit: s.unit, Standard: s.standard, Amount: p.amount, Method: "一卡通", Remark: p.remark,
		ChangeReason: p.reason, ChangeDoc: p.paper, PaidOn: p.on,
	}
	if d.Amount == 0 {
		d.Amount = d.Quantity.Times(d.Standard)
	}
	if d.PaidOn == "" {
		d.PaidOn = disclosure.Date(fmt.Sprintf("%d-%s", p.year, s.day))
	}
	return d
}

// County is the hand-made county (演示县) of the stories, as one edition. The allocations add up to the lists but for chenjia, where 50.00 yuan are still owed, and
// yangjia's daogu, for which none is published.
func County() []any {
	out := []any{
		disclosure.Place{Head: head("place-0"), Code: "420581000000", Name: "宜都市", ShortName: "宜都", Level: "县"},
		disclosure.Place{Head: head("place-1"), Code: zhicheng, Name: "枝城镇", ShortName: "枝城", Level: "乡", Parent: "420581000000"},
		disclosure.Place{Head: head("place-2"), Code: honghuatao, Name: "红花套镇", ShortName: "红花套", Level: "乡", Parent: "420581000000"},
		disclosure.Place{Head: head("place-3"), Code: baishui, Name: "白水港村", ShortName: "白水港", Level: "村", Parent: zhicheng},
		disclosure.Place{Head: head("place-4"), Code: chenjia, Name: "陈家湾村", ShortName: "陈家湾", Level: "村", Parent: zhicheng},
		disclosure.Place{Head: head("place-5"), Code: laowu, Name: "老屋场村", ShortName: "老屋场", Level: "村", Parent: zhicheng, ValidTo: "2020-12-31", Successors: []string{baishui}},
		disclosure.Place{Head: head("place-6"), Code: yangjia, Name: "杨家畈村", ShortName: "杨家畈", Level: "村", Parent: honghuatao},

		disclosure.SubsidyKind{Head: head("gengdi"), Name: "耕地地力保护补贴", Unit: "亩", Calc: "面积×标准", Publish: "名单", FromYear: 2016},
		disclosure.SubsidyKind{Head: head("daogu"), Name: "稻谷目标价格补贴", Unit: "亩", Calc: "面积×标准", Publish: "名单", FromYear: 2018},
		disclosure.SubsidyKind{Head: head("nongji"), Name: "农机购置补贴", Unit: "台", Publish: "名单", FromYear: 2004},
		disclosure.SubsidyKind{Head: head("tuigeng"), Name: "退耕还林补贴", Unit: "亩", Publish: "名单", FromYear: 2014, ToYear: 2025},
		disclosure.SubsidyKind{Head: head("gaoling"), Name: "高龄津贴", Unit: "月", Publish: "名单", FromYear: 2011},
		disclosure.SubsidyKind{Head: head("dibao"), Name: "农村低保", Unit: "月", Publish: "名单", Aid: "低保", FromYear: 2007},
		disclosure.SubsidyKind{Head: head("canji"), Name: "困难残疾人生活补贴", Unit: "月", Publish: "只公布合计", FromYear: 2016},

		disclosure.Institution{Head: head("nyj"), Name: "农业农村局", Place: zhicheng, Kind: "行政", Class: "工作部门", Level: "正科级", Funding: "财政全额", Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 3}, {Type: "工勤编制", Authorised: 1}}, Duties: "管种地和养殖的事。\n管农业补贴的发放。", MandateDoc: "都编〔2019〕8号", Address: "园林大道18号"},
		disclosure.Institution{Head: head("mzj"), Name: "民政局", Place: zhicheng, Kind: "行政", Class: "工作部门", Level: "正科级", Funding: "财政全额", Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 2}}, MandateDoc: "都编〔2019〕9号", Address: "长江大道6号"},
		disclosure.Institution{Head: head("njzx"), Name: "农业技术推广中心", Parent: "nyj", Place: zhicheng, Kind: "事业", Class: "公益一类", Funding: "财政全额", Posts: []disclosure.Posts{{Type: "全额事业编制", Authorised: 2}}, MandateDoc: "都编〔2020〕55号"},
		disclosure.Institution{Head: head("zcz"), Name: "枝城镇人民政府", Place: zhicheng, Kind: "行政", Class: "乡镇机关", Level: "正科级", Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 2}}},
		disclosure.Institution{Head: head("zcny"), Name: "枝城镇农业农村服务中心", Parent: "zcz", Place: zhicheng, Kind: "事业", Class: "公益一类", Posts: []disclosure.Posts{{Type: "全额事业编制", Authorised: 3}}},

		disclosure.Policy{Head: head("doc-1"), Title: "耕地地力保护补贴实施办法", DocNo: "鄂财农发〔2026〕6号", Issuer: "省财政厅", IssuedOn: "2026-03-01", Status: "有效", Kinds: []string{"gengdi"}, Funds: []string{"1"}, Summary: "种地的都有，按登记的面积算，荒了的不给。", Body: "第一条 补贴发给有承包地的农户。\n第二条 按登记的面积计算。"},
		disclosure.Policy{Head: head("doc-2"), Title: "农机购置补贴实施办法", DocNo: "都农发〔2024〕3号", Issuer: "农业农村局", IssuedOn: "2024-02-01", Status: "有效", Kinds: []string{"nongji"}, Summary: "先买后补。", Body: "第一条 自己买农机自己用的，可以申请。"},
		disclosure.Policy{Head: head("doc-3"), Title: "粮食直接补贴办法", DocNo: "都财〔2008〕2号", Issuer: "财政局", IssuedOn: "2008-02-01", Status: "废止", Summary: "已经并到耕地地力保护补贴里了。", Body: "第一条 略。"},

		disclosure.Fund{Head: head("fund-gongcheng-2026"), CatalogueNo: 4, Year: 2026, Name: "2026年高标准农田建设资金", Category: "政府投资项目", Owner: "nyj", FinanceOffice: "农业农村科", Budget: 42000000, Paid: 30000000, Balance: 12000000, Recipients: "列入当年计划的项目村", Standard: "每亩3,000元以内", BalanceOf: "安排42万元，已拨30万元，结余12万元", Method: "按工程进度付"},
		disclosure.Allocation{Head: head("alloc-gc"), Fund: "fund-gongcheng-2026", Year: 2026, Batch: 1, Place: zhicheng, Amount: 30000000, DocNo: "都财〔2026〕30号"},
		disclosure.Total{Head: head("total-canji"), Fund: "fund-canji-2026", Kind: "canji", Year: 2026, Place: baishui, Persons: 7, Amount: 840000},

		disclosure.BudgetLine{Head: head("bl-1"), Institution: "nyj", Year: 2026, Stage: "预算", Table: "一般公共预算支出表", FuncCode: "213", Name: "农林水支出", Basic: 30000000, Project: 12000000, Total: 42000000},
		disclosure.BudgetLine{Head: head("bl-2"), Institution: "nyj", Year: 2026, Stage: "预算", Table: "一般公共预算支出表", FuncCode: "21301", Name: "农业农村", Parent: "bl-1", Basic: 30000000, Project: 12000000, Total: 42000000},
		disclosure.BudgetLine{Head: head("bl-3"), Institution: "nyj", Year: 2026, Stage: "调整", Table: "一般公共预算支出表", FuncCode: "21301", Name: "追加抗旱经费", Project: 5000000, Total: 5000000},
		disclosure.BudgetLine{Head: head("bl-4"), Institution: "nyj", Year: 2025, Stage: "决算", Table: "一般公共预算支出表", FuncCode: "213", Name: "农林水支出", Basic: 28000000, Total: 28000000},
		disclosure.ThreePublic{Head: head("tp-1"), Institution: "nyj", Year: 2026, Stage: "预算", CarsRun: 6000000, Reception: 1500000, Cars: 2, Receptions: 30, Guests: 200},

		disclosure.Fund{Head: head("fund-yunzhuan-2026"), CatalogueNo: 9, Year: 2026, Name: "2026年村级组织运转经费", Category: "专项经费", Owner: "zcz", FinanceOffice: "行政政法科", Budget: 9000000, Paid: 6000000, Balance: 3000000, Recipients: "所有行政村", Standard: "每个村每年3万元", BalanceOf: "结余3万元", Method: "拨到镇里，按村记账"},
		disclosure.Allocation{Head: head("alloc-yz1"), Fund: "fund-yunzhuan-2026", Year: 2026, Batch: 1, Place: zhicheng, Amount: 4000000, DocNo: "都财〔2026〕41号"},
		disclosure.Allocation{Head: head("alloc-yz2"), Fund: "fund-yunzhuan-2026", Year: 2026, Batch: 2, Place: honghuatao, Amount: 1500000, DocNo: "都财〔2026〕52号"},
		disclosure.Allocation{Head: head("alloc-yz3"), Fund: "fund-yunzhuan-2026", Year: 2026, Batch: 2, Place: "420581000000", Amount: 500000, DocNo: "都财〔2026〕52号"},
		disclosure.Fund{Head: head("fund-caiwu-2026"), CatalogueNo: 10, Year: 2026, Name: "2026年村级财务公开奖补", Category: "村级财务", Owner: "zcz", FinanceOffice: "农业农村科", Budget: 100000, Balance: 100000, Recipients: "按时公开账目的村", Standard: "每村500元", BalanceOf: "还没有拨付", Method: "年底拨到村"},
		disclosure.Total{Head: head("total-canji-2"), Fund: "fund-canji-2026", Kind: "canji", Year: 2026, Place: honghuatao, Persons: 5, Amount: 600000},
		disclosure.Total{Head: head("total-canji-3"), Fund: "fund-canji-2026", Kind: "canji", Year: 2026, Place: "420581000000", Persons: 2, Amount: 240000},
		disclosure.Allocation{Head: head("alloc-canji"), Fund: "fund-canji-2026", Kind: "canji", Year: 2026, Batch: 1, Place: "420581000000", Amount: 1680000, DocNo: "都财〔2026〕9号"},

		disclosure.BudgetLine{Head: head("bl-5"), Institution: "nyj", Year: 2026, Stage: "调整", Table: "预算追加明细表", FuncCode: "21301", Name: "追加防汛物资款", Project: 3000000, Total: 3000000, ApprovalNo: "都政办函〔2026〕12号", ApprovalDate: "2026-06-15", ApprovalDoc: "关于追加防汛物资款的批复"},
		disclosure.BudgetLine{Head: head("bl-6"), Institution: "nyj", Year: 2026, Stage: "执行", Table: "一般公共预算支出表", FuncCode: "213", Name: "农林水支出", Basic: 20000000, Project: 10000000, Total: 30000000},
		disclosure.BudgetLine{Head: head("bl-7"), Institution: "nyj", Year: 2025, Stage: "预算", Table: "一般公共预算支出表", FuncCode: "213", Name: "农林水支出", Basic: 32000000, Total: 32000000},
		disclosure.BudgetLine{Head: head("bl-8"), Institution: "nyj", Year: 2024, Stage: "预算", Table: "一般公共预算支出表", FuncCode: "213", Name: "农林水支出", Basic: 25000000, Total: 25000000},
		disclosure.ThreePublic{Head: head("tp-2"), Institution: "nyj", Year: 2025, Stage: "决算", CarsRun: 5500000, Reception: 1200000, Cars: 2, Receptions: 25, Guests: 160},
		disclosure.ThreePublic{Head: head("tp-3"), Institution: "nyj", Year: 2025, Stage: "预算", CarsRun: 6000000, Reception: 1400000, Cars: 2, Receptions: 28, Guests: 180},

		disclosure.Procurement{Head: head("buy-1"), Number: "都采2026-001", Title: "2026年动物防疫物资采购", Buyer: "nyj", Method: "询价", Budget: 30000000, Type: "采购公告", Noted: "2026-03-02"},
		disclosure.Procurement{Head: head("buy-2"), Number: "都采2026-001", Title: "2026年动物防疫物资采购", Buyer: "nyj", Method: "询价", Budget: 30000000, Award: 28600000, Supplier: "宜昌市示例兽药有限公司", Type: "成交公告", Noted: "2026-04-01", Signed: "2026-04-09"},
		disclosure.Procurement{Head: head("buy-3"), Number: "都采2025-017", Title: "农村福利院护理床采购", Buyer: "mzj", Method: "竞争性磋商", Budget: 4000000, Award: 4120000, Supplier: "宜昌市示例康复器具有限公司", Type: "验收公告", Noted: "2025-10"},
		disclosure.Procurement{Head: head("buy-4"), Number: "都采2024-003", Title: "便民服务终端采购", Buyer: "zcz", Award: 900000, Type: "合同公告", Noted: "2024-05-20"},
		disclosure.Procurement{Head: head("buy-5"), Number: "都采2023-008", Title: "农机检测设备采购", Buyer: "njzx", Budget: 5000000, Award: 5000000, Type: "成交公告", Noted: "2023"},
		disclosure.Procurement{Head: head("buy-6"), Number: "都采2019-002", Title: "档案柜采购", Buyer: "zcz", Budget: 300000, Award: 280000, Type: "成交公告", Noted: "2019-07-01"},

		disclosure.InvestmentProject{Head: head("build-1"), Number: "2026-420581-001", Title: "枝城镇白水港村高标准农田建设项目", Owner: "nyj", Place: baishui, Contractor: "宜昌市示例建设工程有限公司", Supervisor: "宜昌市示例工程监理有限公司", Approved: 42000000, ApprovalNo: "都发改审批〔2026〕21号", Progress: 63, Stage: "在建", Started: "2026-05-10", Changes: "因连续降雨，工期顺延两个月。"},
		disclosure.InvestmentProject{Head: head("build-2"), Number: "2026-420581-002", Title: "红花套镇杨家畈村山塘除险加固工程", Owner: "nyj", Place: yangjia, Approved: 18000000, ApprovalNo: "都发改审批〔2026〕40号", Stage: "立项"},
		disclosure.InvestmentProject{Head: head("build-3"), Number: "2024-420581-009", Title: "枝城镇陈家湾村互助养老照料中心", Owner: "mzj", Place: chenjia, Contractor: "宜昌市示例市政工程有限公司", Supervisor: "宜昌市示例工程监理有限公司", Approved: 16000000, ApprovalNo: "都发改审批〔2024〕7号", Progress: 100, Stage: "验收", Started: "2024-03", Ended: "2025-01-20"},

		disclosure.Contact{Head: head("tel-1"), Subject: "补贴", Title: "惠农补贴咨询", Number: "0717-0000001", Address: "财政局一楼", Hours: "工作日8:30到17:00"},
		disclosure.Contact{Head: head("tel-2"), Subject: "nyj", Institution: "nyj", Title: "农业农村局办公室", Number: "0717-0000002", Address: "园林大道18号", Hours: "工作日8:30到17:00"},
		disclosure.Contact{Head: head("tel-3"), Subject: "编制", Title: "机构编制专线", Number: "12310", Hours: "工作日8:30到17:00"},
		disclosure.Contact{Head: head("tel-4"), Subject: "总台", Title: "两公开办公室", Number: "12310", Address: "园林大道1号"},
		disclosure.Contact{Head: head("tel-5"), Subject: "总台", Title: "政务服务大厅", Address: "园林大道2号", Hours: "每天9:00到16:00"},

		disclosure.Obligation{Head: head("task-1"), Item: "2026年农机购置补贴发放名单", Unit: "农业农村局", DueOn: "2026-10-31"},
		disclosure.Obligation{Head: head("task-2"), Item: "2026年退耕还林补贴发放名单（枝城镇白水港村）", Unit: "林业局", DueOn: "2026-12-31"},
		disclosure.Obligation{Head: head("task-3"), Item: "2026年稻谷目标价格补贴发放名单（枝城镇陈家湾村）", Unit: "枝城镇机关", DueOn: "2026-12-31"},
		disclosure.Obligation{Head: head("task-4"), Item: "2026年耕地地力保护补贴发放名单", Unit: "农业农村局", DueOn: "2026-06-30", MetOn: "2026-06-20"},
		disclosure.Obligation{Head: head("task-5"), Item: "机构编制和人员信息", Unit: "农业农村局", DueOn: "2025-03-31", MetOn: "2025-03-20"},
		disclosure.Obligation{Head: head("task-6"), Item: "机构编制和人员信息", Unit: "宜都市蚕种场", DueOn: "2026-10-31"},
		disclosure.Obligation{Head: head("task-7"), Item: "机构编制和人员信息", Unit: "宜都市招待所"},
		disclosure.Obligation{Head: head("task-8"), Item: "2026年部门预算", Unit: "民政局", DueOn: "2026-02-20"},
		disclosure.Obligation{Head: head("task-9"), Item: "2026年森林防火资金", Unit: "林业局", DueOn: "2027-01-31"},
		disclosure.Withdrawal{Head: head("withdrawal-1"), Refs: []string{"inc-90"}, Reason: "登错了单位", WithdrawnOn: "2026-10-08"},
		disclosure.Notice{Head: head("notice-2"), Kind: "动态", Title: "18个单位更新了机构编制信息", Body: "编办核对后已经更新。"},
		disclosure.Notice{Head: head("notice-3"), Kind: "公示", Title: "2026年困难学生资助人数公示", Body: "不公布学生姓名。", LastDay: "2026-11-10", Where: "学校"},
		disclosure.Notice{Head: disclosure.Head{Ref: "notice-4", PublishedOn: "2026-11-25", Source: "test", SourceRow: 1}, Kind: "动态", Title: "还没到日子的消息", Body: "数据到了才看得到。"},
		disclosure.Notice{Head: head("notice-6"), Kind: "公示", Title: "2026年第四季度低保调整名单公示", Body: "名单张贴在村公开栏。", LastDay: "2026-11-21", Where: "村民委员会"},
		disclosure.Notice{Head: head("notice-5"), Kind: "更正", Title: "农机购置补贴公示的更正", Body: "原来的记录保留。", Institution: "nyj"},
		disclosure.Notice{Head: head("notice-1"), Kind: "公示", Title: "2026年高标准农田项目公示", Body: "拟安排枝城镇。\n有意见请提出。", Institution: "nyj", LastDay: "2026-11-30"},
	}
	for i, s := range []struct{ name, inst, position, post, status string }{
		{"示例负责人", "nyj", "局长", "行政编制", "在编"},
		{"周明", "nyj", "司机", "工勤编制", "在编"},
		{"赵小芳", "nyj", "科员", "行政编制", "在编"},
		{"王凯", "njzx", "主任", "全额事业编制", "在编"},
		{"欧阳春", "njzx", "农技推广", "全额事业编制", "在编"},
		{"张建华", "njzx", "农技推广", "全额事业编制", "超编"},
		{"李明", "zcz", "镇长", "行政编制", "在编"},
		{"何平", "zcny", "主任", "全额事业编制", "在编"},
	} {
		out = append(out, disclosure.Incumbent{
			Head: head(fmt.Sprintf("inc-%d", i)), Institution: s.inst, Name: s.name, Gender: "男", Position: s.position,
			PostType: s.post, EnteredOn: "2015-07", EntryChannel: "公开招考", Status: s.status, PostCardNo: fmt.Sprintf("BZ-%04d", i),
		})
	}
	return append(out, moneyOf(payments)...)
}

// CountyBefore is the edition before County: the agricultural centre had a post more and rested on another paper, two of its people had
// not come and three have left since. Of these one may still be named, one is past its last day and one was withdrawn. The
// tourist office is there no more.
func CountyBefore() []any {
	out := []any{
		Edition{
			County: "420581", CountyName: "宜都市", Number: 1, AsOf: "2026-08-20", PublishedAt: "2026-08-20T09:14:00+08:00", Synthetic: true,
		},
		disclosure.Institution{Head: head("lyj"), Name: "旅游开发办公室", Place: zhicheng, Kind: "事业", Class: "公益二类"},
	}
	for _, rec := range County() {
		switch r := rec.(type) {
		case disclosure.Institution:
			if r.Ref == "njzx" {
				r.Posts, r.MandateDoc = []disclosure.Posts{{Type: "全额事业编制", Authorised: 3}}, "都编〔2012〕7号"
			}
			if r.Ref == "zcny" {
				continue // new in County
			}
			out = append(out, r)
		case disclosure.Incumbent:
			if r.Ref != "inc-4" && r.Ref != "inc-5" && r.Institution != "zcny" {
				out = append(out, r)
			}
		case disclosure.Withdrawal:
		default:
			out = append(out, r)
		}
	}
	for _, left := range []struct {
		ref, name string
		until     disclosure.Date
	}{{"inc-90", "钱多录", ""}, {"inc-91", "孙长河", ""}, {"inc-92", "吴过期", "2026-10-31"}} {
		i := disclosure.Incumbent{
			Head: head(left.ref), Institution: "njzx", Name: left.name, Gender: "男", Position: "农技推广", PostType: "全额事业编制", Status: "在编",
		}
		i.VisibleUntil = left.until
		out = append(out, i)
	}
	return out
}

// moneyOf makes the payments, what was sent down for them and their funds.
func moneyOf(payments []payment) []any {
	type place struct {
		kind string
		year int64
		code string
	}
	type line struct {
		kind string
		year int64
	}
	sums, funds := map[place]disclosure.Fen{}, map[line]disclosure.Fen{}
	var places []place
	var lines []line
	var out []any
	for i, p := range payments {
		d := p.record(i)
		out = append(out, d)
		at, of := place{p.kind, p.year, p.place}, line{p.kind, p.year}
		if _, ok := sums[at]; !ok {
			places = append(places, at)
		}
		if _, ok := funds[of]; !ok {
			lines = append(lines, of)
		}
		sums[at] += d.Amount
		funds[of] += d.Amount
	}
	for i, at := range places {
		a := disclosure.Allocation{
			Head: head(fmt.Sprintf("alloc-%02d", i)), Fund: fmt.Sprintf("fund-%s-%d", at.kind, at.year), Kind: at.kind, Year: at.year,
			Batch: 1, Place: disclosure.Code(at.code), Amount: sums[at], DocNo: "都财〔2026〕1号",
		}
		switch {
		case at.code == yangjia && at.kind == "daogu":
			continue
		case at.code == chenjia:
			a.Amount += 5000
			a.Remark = "1户银行卡号有误，待补发"
		}
		out = append(out, a)
	}
	names := map[string]struct {
		no       int64
		name     string
		owner    string
		category string
	}{
		"gengdi":  {1, "耕地地力保护补贴", "nyj", "财政专项资金"},
		"daogu":   {2, "稻谷目标价格补贴", "nyj", "财政专项资金"},
		"nongji":  {3, "农机购置补贴", "nyj", "财政专项资金"},
		"tuigeng": {5, "退耕还林补贴", "nyj", "财政专项资金"},
		"gaoling": {8, "高龄津贴", "mzj", "社会救助"},
		"dibao":   {6, "农村低保", "mzj", "社会救助"},
		"canji":   {7, "困难残疾人生活补贴", "mzj", "社会救助"},
	}
	lines = append(lines, line{"canji", 2026})
	funds[line{"canji", 2026}] = 1680000 // the totals, which stand with a village, a town and the county
	for _, of := range lines {
		n := names[of.kind]
		f := disclosure.Fund{
			Head: head(fmt.Sprintf("fund-%s-%d", of.kind, of.year)), CatalogueNo: n.no, Year: of.year, Name: fmt.Sprintf("%d年%s", of.year, n.name),
			Category: n.category, Owner: n.owner, FinanceOffice: "农业农村科", Budget: funds[of] + 100000, Paid: funds[of], Balance: 100000,
			Recipients: "种地的农户。荒了的、改作别用的地不给", Standard: "每亩89.12元，按登记的面积算", BalanceOf: "结余1,000元", Method: "6月30日前打到“一卡通”",
		}
		if of.kind == "gengdi" {
			f.Policies = []string{"doc-1"}
		}
		out = append(out, f)
	}
	return out
}
