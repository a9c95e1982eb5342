// Package disclosure is the vocabulary of the disclosed record: fund, disbursement, recipient, institution, establishment,
// incumbent, policy, place, money.
//
// A record (记录) is one struct of this package. Its tags name the column under which each field travels and the heading
// under which a clerk writes it in a sheet, so that the sheet, the ledger, the edition and the book cannot drift apart.
// A dataset (数据集) is all records of one type; Datasets lists them with the owner who signs each.
//
// The package imports nothing of ours, does no input or output and knows no screen.
package disclosure

// Fen (分) is an amount of money in fen, the hundredth of a yuan; negative where money was taken back (收回).
type Fen int64

// Milli (千分之一) is a quantity in thousandths of its unit: 8.45 mu (亩) is 8450.
type Milli int64

// Date (日期) is ISO text of the precision the source states: "2023", "2023-05" or "2023-05-06"; never padded. Empty means
// that the source states none.
type Date string

// Code (行政区划代码) is a 12-digit division code of the National Bureau of Statistics, or an older one that a place had.
type Code string

// Head is what every record carries (记录头).
type Head struct {
	// Ref is the record's stable reference (编号): the same row keeps it over editions.
	Ref string `col:"ref" head:"编号" need:"yes"`
	// PublishedOn is the day on which the owner published the record.
	PublishedOn Date `col:"published_on" head:"公布日期" need:"yes"`
	// VisibleUntil is the last day on which the record is shown; empty is open-ended.
	VisibleUntil Date `col:"visible_until" head:"公布至"`
	// Source is the document that the record was read from, and SourceRow its row there, counted from 1.
	Source    string `col:"source" head:"-"`
	SourceRow int64  `col:"source_row" head:"-"`
}

// Place (行政区划) is a county, town or village as it stood between two days.
type Place struct {
	Head
	Code      Code   `col:"code" head:"区划代码" need:"yes"`
	Name      string `col:"name" head:"名称" need:"yes"`
	ShortName string `col:"short_name" head:"简称" need:"yes"`
	// Level is 县, 乡 or 村.
	Level string `col:"level" head:"级别" need:"yes" oneof:"县,乡,村"`
	// Kind is as the statistics say: 街道, 镇, 乡, 居委会, 村委会 …
	Kind      string `col:"kind" head:"类别"`
	Parent    Code   `col:"parent" head:"上级代码"`
	ValidFrom Date   `col:"valid_from" head:"启用日期"`
	ValidTo   Date   `col:"valid_to" head:"停用日期"`
	// Successors are the codes that took over a place that was merged or renamed.
	Successors []string `col:"successors" head:"并入代码"`
	Aliases    []string `col:"aliases" head:"别名"`
}

// Posts (编制数) is the number of authorised posts of one type in one institution.
type Posts struct {
	// Type is 行政编制, 政法专项编制, 参公事业编制, 全额事业编制, 差额事业编制, 自收自支编制 or 工勤编制.
	Type       string
	Authorised int64
}

// Institution (机构) is a unit with its mandate (三定方案) and its establishment (编制).
type Institution struct {
	Head
	Name       string   `col:"name" head:"单位名称" need:"yes"`
	OtherNames []string `col:"other_names" head:"其他名称"`
	// Parent is the institution's superior, by reference; empty at the top.
	Parent string `col:"parent" head:"上级单位编号" refs:"institution"`
	Place  Code   `col:"place" head:"@place"`
	// Kind is 行政, 参公, 事业, 群团 or 政法.
	Kind string `col:"kind" head:"机构性质" need:"yes" oneof:"行政,参公,事业,群团,政法"`
	// Class is 工作部门, 直属事业单位, 乡镇机关 and so on; for public institutions 公益一类 or 公益二类.
	Class string `col:"class" head:"机构类别"`
	Level string `col:"level" head:"机构级别"`
	// Funding is 财政全额, 财政差额 or 自收自支.
	Funding string `col:"funding" head:"经费来源"`
	// Posts is the establishment by type.
	Posts       []Posts `col:"posts" head:"核定编制"`
	LeaderPosts int64   `col:"leader_posts" head:"领导职数"`
	Duties      string  `col:"duties" head:"主要职责"`
	MandateDoc  string  `col:"mandate_doc" head:"批准文号"`
	Address     string  `col:"address" head:"地址"`
	Contact     string  `col:"contact" head:"联系电话"`
}

// Incumbent (在编人员) is a person in post, in exactly the tier that the Hubei rules of 2006 publish.
type Incumbent struct {
	Head
	Institution string `col:"institution" head:"单位编号" need:"yes" refs:"institution"`
	// InternalOrg is the internal organ (内设机构).
	InternalOrg  string `col:"internal_org" head:"内设机构"`
	Name         string `col:"name" head:"姓名" need:"yes"`
	Gender       string `col:"gender" head:"性别" oneof:"男,女,"`
	Position     string `col:"position" head:"职务（岗位）"`
	Title        string `col:"title" head:"职称"`
	PostType     string `col:"post_type" head:"所占编制类别" need:"yes"`
	EnteredOn    Date   `col:"entered_on" head:"进入现单位时间"`
	EntryChannel string `col:"entry_channel" head:"进入渠道"`
	// Status is 在编, 超编, 借调, 离岗 or 退养.
	Status     string `col:"status" head:"在编状况" need:"yes" oneof:"在编,超编,借调,离岗,退养"`
	PostCardNo string `col:"post_card_no" head:"编制证号"`
}

// Fund (专项资金) is one line of the county's fund catalogue (专项资金目录) in one year, with its statement (使用情况说明).
type Fund struct {
	Head
	CatalogueNo int64  `col:"catalogue_no" head:"目录号" need:"yes"`
	Year        int64  `col:"year" head:"年度" need:"yes"`
	Name        string `col:"name" head:"资金名称" need:"yes"`
	// Category is one of the county's twelve information areas (信息公开目录).
	Category string `col:"category" head:"公开类别" need:"yes"`
	// Owner is the department that allocates, publishes and answers (谁分配、谁公开、谁负责).
	Owner string `col:"owner" head:"责任单位编号" need:"yes" refs:"institution"`
	// FinanceOffice is the section of the finance bureau that supervises it (财政局管理科室).
	FinanceOffice string `col:"finance_office" head:"财政管理科室" need:"yes"`
	SourceSplit   string `col:"source_split" head:"资金来源"`
	Budget        Fen    `col:"budget_fen" head:"安排金额（元）" need:"yes"`
	Paid          Fen    `col:"paid_fen" head:"已拨金额（元）" need:"yes"`
	Balance       Fen    `col:"balance_fen" head:"结余金额（元）" need:"yes"`
	// The four parts of the statement, as the rules of Yidu name them.
	Recipients string `col:"recipients" head:"拨付对象" need:"yes"`
	Standard   string `col:"standard" head:"拨付标准" need:"yes"`
	BalanceOf  string `col:"balance_statement" head:"资金拨付及结余" need:"yes"`
	Method     string `col:"method" head:"拨付方式" need:"yes"`
	// The standard as data, where it can be computed.
	StandardUnit   string   `col:"standard_unit" head:"标准单位"`
	StandardAmount Fen      `col:"standard_fen" head:"标准金额（元）"`
	StandardCap    Fen      `col:"standard_cap_fen" head:"标准封顶（元）"`
	StandardPeriod string   `col:"standard_period" head:"标准周期"`
	Policies       []string `col:"policies" head:"依据文件编号" refs:"policy"`
}

// Allocation (拨付到乡村) is what one batch of a fund sent down to a town or village: the yardstick of reconciliation (对账).
type Allocation struct {
	Head
	Fund string `col:"fund" head:"资金编号" need:"yes" refs:"fund"`
	// Kind is the subsidy kind that the money was sent for; empty where the fund pays no households.
	Kind   string `col:"kind" head:"补贴种类" refs:"subsidy_kind"`
	Year   int64  `col:"year" head:"年度" need:"yes"`
	Batch  int64  `col:"batch" head:"批次" need:"yes"`
	Place  Code   `col:"place" head:"@place" need:"yes"`
	Amount Fen    `col:"amount_fen" head:"金额（元）" need:"yes"`
	DocNo  string `col:"doc_no" head:"拨付文号" need:"yes"`
	// Remark names a known difference between this allocation and the list paid from it.
	Remark string `col:"remark" head:"备注"`
}

// Disbursement (拨付) is one payment to one recipient (补助对象).
type Disbursement struct {
	Head
	Fund string `col:"fund" head:"资金编号" need:"yes" refs:"fund"`
	Kind string `col:"kind" head:"补贴种类" need:"yes" refs:"subsidy_kind"`
	Year int64  `col:"year" head:"年度" need:"yes"`
	// Period says what part of the year is paid: 全年, 上半年, 第一季度, 5月 …
	Period string `col:"period" head:"所属期" need:"yes"`
	Batch  int64  `col:"batch" head:"批次" need:"yes"`
	Place  Code   `col:"place" head:"@place" need:"yes"`
	// Group is the villagers' group (村民小组), as in 3组; empty where the list names none.
	Group string `col:"group" head:"组"`
	Name  string `col:"name" head:"姓名" need:"yes"`
	// Type is the recipient type: 户, 个人 or 组织.
	Type string `col:"recipient_type" head:"对象类型" need:"yes" oneof:"户,个人,组织"`
	// NamesakeNo tells namesakes of one group apart, from 1; 0 where there is no namesake.
	NamesakeNo int64  `col:"namesake_no" head:"同名序号"`
	Quantity   Milli  `col:"quantity" head:"数量"`
	Unit       string `col:"unit" head:"单位"`
	// Standard is fen per unit.
	Standard Fen    `col:"standard_fen" head:"标准（元）"`
	Amount   Fen    `col:"amount_fen" head:"金额（元）" need:"yes"`
	PaidOn   Date   `col:"paid_on" head:"发放日期" need:"yes"`
	Method   string `col:"method" head:"发放方式"`
	Remark   string `col:"remark" head:"备注"`
	// ChangeReason and ChangeDoc say why this year's amount differs from the year before, and by what paper.
	ChangeReason string `col:"change_reason" head:"变动原因"`
	ChangeDoc    string `col:"change_doc" head:"变动依据"`
}

// Total (合计) stands in an edition for the disbursements of a kind that is published without names (只公布合计), and for
// totals under five persons at the town or county that took them up. The press makes it; no sheet carries it.
type Total struct {
	Head
	Fund    string `col:"fund" head:"资金编号" need:"yes" refs:"fund"`
	Kind    string `col:"kind" head:"补贴种类" need:"yes" refs:"subsidy_kind"`
	Year    int64  `col:"year" head:"年度" need:"yes"`
	Place   Code   `col:"place" head:"@place" need:"yes"`
	Persons int64  `col:"persons" head:"人数" need:"yes"`
	Amount  Fen    `col:"amount_fen" head:"金额（元）" need:"yes"`
}

// SubsidyKind (补贴种类) says how one kind of subsidy is named, computed and published. Its Ref is its id.
type SubsidyKind struct {
	Head
	Name     string   `col:"name" head:"补贴名称" need:"yes"`
	Aliases  []string `col:"aliases" head:"别名"`
	Category string   `col:"category" head:"类别"`
	Unit     string   `col:"unit" head:"单位"`
	// Calc says in words how the amount is computed, as in 面积×标准.
	Calc string `col:"calc" head:"计算办法"`
	// Publish is 名单 or 只公布合计.
	Publish string `col:"publish_names" head:"公布方式" need:"yes" oneof:"名单,只公布合计"`
	// VisibleDays is how long a payment stays visible after it was published; 0 is the county's default.
	VisibleDays int64 `col:"visible_days" head:"公布天数"`
	// Aid is 低保 or 特困 where the kind is social aid that never enters a person's total; empty elsewhere.
	Aid      string `col:"aid" head:"救助类别"`
	FromYear int64  `col:"from_year" head:"起始年"`
	// ToYear is the last year in which the kind was paid; 0 where it still is.
	ToYear int64 `col:"to_year" head:"终止年"`
}

// BudgetLine (预算科目) is one line of a department's budget (部门预算) or final account (决算).
type BudgetLine struct {
	Head
	Institution string `col:"institution" head:"单位编号" need:"yes" refs:"institution"`
	Year        int64  `col:"year" head:"年度" need:"yes"`
	// Stage is 预算, 调整, 执行 or 决算.
	Stage string `col:"stage" head:"阶段" need:"yes" oneof:"预算,调整,执行,决算"`
	// Table is the published table that the line stands in, as in 一般公共预算支出表.
	Table    string `col:"table" head:"表名" need:"yes"`
	FuncCode string `col:"func_code" head:"功能科目编码"`
	EconCode string `col:"econ_code" head:"经济科目编码"`
	Name     string `col:"name" head:"科目名称" need:"yes"`
	// Parent is the line that this one is part of, by reference.
	Parent  string `col:"parent" head:"上级科目编号" refs:"budget_line"`
	Basic   Fen    `col:"basic_fen" head:"基本支出（元）"`
	Project Fen    `col:"project_fen" head:"项目支出（元）"`
	Total   Fen    `col:"total_fen" head:"合计（元）" need:"yes"`
	// The paper behind a supplement (调整); an empty one is a finding, not an error.
	ApprovalNo   string `col:"approval_no" head:"批准文号"`
	ApprovalDate Date   `col:"approval_date" head:"批准日期"`
	ApprovalDoc  string `col:"approval_doc" head:"批准文件"`
}

// ThreePublic (三公经费) is what a department spent abroad, on cars and on guests.
type ThreePublic struct {
	Head
	Institution string `col:"institution" head:"单位编号" need:"yes" refs:"institution"`
	Year        int64  `col:"year" head:"年度" need:"yes"`
	Stage       string `col:"stage" head:"阶段" need:"yes" oneof:"预算,决算"`
	Abroad      Fen    `col:"abroad_fen" head:"因公出国（境）费（元）"`
	CarsBought  Fen    `col:"cars_bought_fen" head:"公务用车购置费（元）"`
	CarsRun     Fen    `col:"cars_run_fen" head:"公务用车运行费（元）"`
	Reception   Fen    `col:"reception_fen" head:"公务接待费（元）"`
	Trips       int64  `col:"trips" head:"出国（境）人次"`
	Cars        int64  `col:"cars" head:"公务用车保有量"`
	Receptions  int64  `col:"receptions" head:"接待批次"`
	Guests      int64  `col:"guests" head:"接待人次"`
}

// Procurement (政府采购) is one notice of a purchase.
type Procurement struct {
	Head
	Number string `col:"number" head:"项目编号" need:"yes"`
	Title  string `col:"title" head:"项目名称" need:"yes"`
	// Buyer is the institution that buys.
	Buyer    string `col:"buyer" head:"采购单位编号" need:"yes" refs:"institution"`
	Method   string `col:"method" head:"采购方式"`
	Budget   Fen    `col:"budget_fen" head:"预算金额（元）"`
	Award    Fen    `col:"award_fen" head:"成交金额（元）"`
	Supplier string `col:"supplier" head:"供应商"`
	// Type is 采购公告, 成交公告, 合同公告, 验收公告 …
	Type   string `col:"type" head:"公告类型" need:"yes"`
	Noted  Date   `col:"noted_on" head:"公告日期"`
	Signed Date   `col:"signed_on" head:"合同日期"`
}

// InvestmentProject (政府投资项目) is a project built with public money.
type InvestmentProject struct {
	Head
	Number     string `col:"number" head:"项目代码" need:"yes"`
	Title      string `col:"title" head:"项目名称" need:"yes"`
	Owner      string `col:"owner" head:"建设单位编号" need:"yes" refs:"institution"`
	Place      Code   `col:"place" head:"@place"`
	Contractor string `col:"contractor" head:"施工单位"`
	Supervisor string `col:"supervisor" head:"监理单位"`
	Approved   Fen    `col:"approved_fen" head:"批复投资（元）"`
	ApprovalNo string `col:"approval_no" head:"批复文号"`
	// Progress is in percent.
	Progress int64 `col:"progress" head:"进度（%）"`
	// Stage is 立项, 在建, 完工 or 验收.
	Stage   string `col:"stage" head:"阶段" oneof:"立项,在建,完工,验收"`
	Started Date   `col:"started_on" head:"开工日期"`
	Ended   Date   `col:"ended_on" head:"完工日期"`
	Changes string `col:"changes" head:"变更情况"`
}

// Policy (政策文件) is a document with its plain summary and its text.
type Policy struct {
	Head
	Title     string `col:"title" head:"标题" need:"yes"`
	DocNo     string `col:"doc_no" head:"文号"`
	Issuer    string `col:"issuer" head:"发文单位" need:"yes"`
	IssuedOn  Date   `col:"issued_on" head:"发文日期" need:"yes"`
	Effective Date   `col:"effective_on" head:"施行日期"`
	Expires   Date   `col:"expires_on" head:"失效日期"`
	// Status is 有效, 修订 or 废止.
	Status string   `col:"status" head:"效力" need:"yes" oneof:"有效,修订,废止"`
	Kinds  []string `col:"kinds" head:"相关补贴" refs:"subsidy_kind"`
	// Funds are the catalogue numbers (目录号) that rest on it.
	Funds   []string `col:"funds" head:"相关资金目录号"`
	Summary string   `col:"summary" head:"大白话" need:"yes"`
	// Body is the text; paragraphs are separated by a line feed.
	Body string `col:"body" head:"正文" need:"yes"`
}

// Notice (公告) is news (动态), a public notice with objections (公示), a correction (更正) or a withdrawal (撤回).
type Notice struct {
	Head
	Kind        string `col:"kind" head:"类型" need:"yes" oneof:"动态,公示,更正,撤回"`
	Title       string `col:"title" head:"标题" need:"yes"`
	Body        string `col:"body" head:"内容" need:"yes"`
	Institution string `col:"institution" head:"单位编号" refs:"institution"`
	LastDay     Date   `col:"last_day" head:"公示截止"`
	Where       string `col:"where" head:"向谁提"`
}

// Contact (联系方式) says whom to ask about a subject.
type Contact struct {
	Head
	// Subject is 补贴, 资金, 编制, 政策 or 总台 for whole doors, or a reference for one fund, kind or institution.
	Subject     string `col:"subject" head:"事项" need:"yes"`
	Institution string `col:"institution" head:"单位编号" refs:"institution"`
	Title       string `col:"title" head:"名称" need:"yes"`
	Number      string `col:"number" head:"电话"`
	Address     string `col:"address" head:"地址"`
	Hours       string `col:"hours" head:"时间"`
}

// Obligation (公开任务) is something that a unit has to publish by a day.
type Obligation struct {
	Head
	Item string `col:"item" head:"公开事项" need:"yes"`
	// Unit is the name of the unit that owes it: a unit that never published has no institution record to refer to.
	Unit  string `col:"unit" head:"责任单位" need:"yes"`
	DueOn Date   `col:"due_on" head:"应公开日期" need:"yes"`
	// MetOn is the day on which it was published; empty while it is owed.
	MetOn Date `col:"met_on" head:"实际公开日期"`
}

// Withdrawal (撤回) names records that must no longer be shown, also after going back an edition.
type Withdrawal struct {
	Head
	Refs        []string `col:"refs" head:"撤回编号" need:"yes"`
	Reason      string   `col:"reason" head:"原因" need:"yes"`
	WithdrawnOn Date     `col:"withdrawn_on" head:"撤回日期" need:"yes"`
}

// Outline (字形) says how a character looks that the fonts of a query point lack. The press makes it of what it publishes.
type Outline struct {
	Head
	Char string `col:"char" head:"-"`
	// Path is the outline in the form of package outline; empty where no font of the office has the character.
	Path string `col:"path" head:"-"`
	// Parts are what the character is made of, as in 王月; empty where that is not known.
	Parts string `col:"parts" head:"-"`
}
