// Package practice is a small made-up county (练习县) on which staff and curious villagers learn to look things up without
// meeting anybody's real money.
//
// There are 2 parties: cmd/kiosk, which builds a book of it when practice begins, and the kiosk, which shows that book like any
// other. What is promised: nobody in it exists, it says of itself that it is synthetic, its lists add up to what was sent down, and
// it lies where the query point stands, so that 就在本村 leads into it.
package practice

import (
	"fmt"
	"strconv"

	"mingbai.local/app/book/contents"
	"mingbai.local/app/disclosure"
)

// Name is whom the lessons have looked for.
const Name = "王建国"

// blockRows is more than the county has of anything.
const blockRows = 1000

// nowhere is the village of a machine that has not been told where it stands.
const nowhere disclosure.Code = "420581101201"

// Contents are the county's contents as of that day, with one of its two villages at place.
func Contents(place disclosure.Code, asOf disclosure.Date) (contents.Streams, error) {
	if len(place) != len(nowhere) || place[6:] == "000000" {
		place = nowhere
	}
	c := newCounty(place, asOf)
	return contents.Encode(contents.Head{
		County: string(place[:6]), CountyName: "练习县", Number: 1, AsOf: string(asOf), PublishedAt: string(asOf) + "T09:00:00+08:00", Synthetic: true,
	}, blockRows, c.records()...)
}

// county is what the records have in common: where its places lie, and the last whole year.
type county struct {
	self, town, here, there disclosure.Code
	asOf                    disclosure.Date
	year                    int64
}

func newCounty(here disclosure.Code, asOf disclosure.Date) county {
	c := county{self: here[:6] + "000000", town: here[:9] + "000", here: here, there: here[:9] + "298", asOf: asOf}
	if c.there == here {
		c.there = here[:9] + "299"
	}
	year, _ := strconv.ParseInt(string(asOf[:4]), 10, 64) // a date begins with its year
	c.year = year - 1
	return c
}

func (c county) head(ref string) disclosure.Head {
	return disclosure.Head{Ref: ref, PublishedOn: disclosure.Date(fmt.Sprintf("%d-12-20", c.year)), Source: "练习"}
}

func (c county) day(year int64, day string) disclosure.Date {
	return disclosure.Date(fmt.Sprintf("%d-%s", year, day))
}

// kinds are the three subsidies, each paid from a fund of its own.
var kinds = []struct {
	id, name, unit, calc, day, unitOf, recipients, rule string
	typ                                                 string
	standard                                            disclosure.Fen
}{
	{"gengdi", "耕地地力保护补贴", "亩", "面积×标准", "06-20", "nyj", "种自己承包地的农户。荒了的地不给", "每亩90元，按登记的面积算", "户", 9000},
	{"nongji", "农机购置补贴", "台", "台数×标准", "09-10", "nyj", "自己买农机自己用的人", "每台300元", "户", 30000},
	{"gaoling", "高龄津贴", "月", "月数×标准", "12-05", "mzj", "年满80岁的老人", "每月50元", "个人", 5000},
}

// people are the dozen who are paid: where, what, and how much in the last whole year and the one before.
var people = []struct {
	here        bool
	group, name string
	kind        int
	last, prior disclosure.Milli
	why         string
}{
	{true, "1组", Name, 0, 5600, 6000, "登记的地少了0.4亩"},
	{true, "1组", Name, 1, 1000, 0, ""},
	{true, "1组", "刘桂英", 0, 3200, 3200, ""},
	{true, "1组", "刘守田", 2, 12000, 12000, ""},
	{true, "2组", "陈大山", 0, 7150, 7150, ""},
	{true, "2组", "陈小满", 0, 2000, 2000, ""},
	{true, "2组", "周和春", 1, 1000, 0, ""},
	{true, "3组", "李春梅", 0, 4400, 4400, ""},
	{true, "3组", "李秀兰", 2, 12000, 6000, "上年7月才满80岁"},
	{false, "1组", "赵有福", 0, 8000, 8000, ""},
	{false, "1组", "孙玉珍", 2, 12000, 12000, ""},
	{false, "2组", "吴长根", 0, 3500, 3500, ""},
	{false, "2组", "郑水生", 1, 2000, 0, ""},
}

func (c county) records() []any {
	out := []any{
		disclosure.Place{Head: c.head("lx-0"), Code: c.self, Name: "练习县", ShortName: "练习", Level: "县"},
		disclosure.Place{Head: c.head("lx-1"), Code: c.town, Name: "练习镇", ShortName: "练习", Level: "乡", Parent: c.self},
		disclosure.Place{Head: c.head("lx-2"), Code: c.here, Name: "柳湾村", ShortName: "柳湾", Level: "村", Parent: c.town},
		disclosure.Place{Head: c.head("lx-3"), Code: c.there, Name: "桥头村", ShortName: "桥头", Level: "村", Parent: c.town},

		disclosure.Institution{
			Head: c.head("nyj"), Name: "练习县农业农村局", Place: c.self, Kind: "行政", Class: "工作部门", Level: "正科级", Funding: "财政全额",
			Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 3}}, Duties: "管种地和养殖的事。\n管农业补贴的发放。", MandateDoc: "练编〔2019〕8号",
		},
		disclosure.Institution{
			Head: c.head("mzj"), Name: "练习县民政局", Place: c.self, Kind: "行政", Class: "工作部门", Level: "正科级", Funding: "财政全额",
			Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 2}}, Duties: "管老人、困难户的事。", MandateDoc: "练编〔2019〕9号",
		},
		disclosure.Institution{
			Head: c.head("zzf"), Name: "练习镇人民政府", Place: c.town, Kind: "行政", Class: "乡镇机关", Level: "正科级", Funding: "财政全额",
			Posts: []disclosure.Posts{{Type: "行政编制", Authorised: 2}}, Duties: "管全镇的事。", MandateDoc: "练编〔2019〕10号",
		},

		disclosure.Policy{
			Head: c.head("zc-1"), Title: "耕地地力保护补贴怎么发", DocNo: fmt.Sprintf("练财农〔%d〕6号", c.year), Issuer: "练习县农业农村局",
			IssuedOn: c.day(c.year, "03-01"), Status: "有效", Kinds: []string{"gengdi"}, Funds: []string{"1"},
			Summary: "种地的都有，按登记的面积算，荒了的不给。", Body: "第一条 补贴发给种自己承包地的农户。\n第二条 按登记的面积计算。\n第三条 荒了的地不给补贴。",
		},
		disclosure.Contact{Head: c.head("dh-1"), Subject: "编制", Title: "机构编制专线", Number: "12310", Hours: "工作日"},
	}
	for i, p := range []struct{ unit, name, position string }{
		{"nyj", "甲主任", "局长"},
		{"nyj", "乙技术员", "科员"},
		{"mzj", "丙局长", "局长"},
		{"zzf", "丁镇长", "镇长"},
		{"zzf", "戊干事", "科员"},
	} {
		out = append(out, disclosure.Incumbent{
			Head: c.head(fmt.Sprintf("zb-%d", i)), Institution: p.unit, Name: p.name, Position: p.position, PostType: "行政编制",
			EnteredOn: "2018-07", EntryChannel: "公开招考", Status: "在编",
		})
	}
	return append(out, c.money()...)
}

// money is who was paid, what was sent down for it, and the funds that it came from.
func (c county) money() (out []any) {
	type sent struct {
		kind  int
		year  int64
		place disclosure.Code
	}
	down, paid := map[sent]disclosure.Fen{}, map[sent]disclosure.Fen{}
	for _, p := range people {
		for _, y := range []struct {
			year     int64
			quantity disclosure.Milli
			why      string
		}{{c.year, p.last, p.why}, {c.year - 1, p.prior, ""}} {
			if y.quantity == 0 {
				continue
			}
			d := c.payment(p.kind, y.year, p.here, y.quantity)
			d.Group, d.Name, d.ChangeReason = p.group, p.name, y.why
			d.Ref = d.Key()
			out = append(out, d)
			down[sent{p.kind, y.year, d.Place}] += d.Amount
			paid[sent{p.kind, y.year, ""}] += d.Amount
		}
	}
	for i, k := range kinds {
		out = append(out, disclosure.SubsidyKind{Head: c.head(k.id), Name: k.name, Unit: k.unit, Calc: k.calc, Publish: "名单", FromYear: c.year - 1})
		for _, year := range []int64{c.year - 1, c.year} {
			sum := paid[sent{i, year, ""}]
			if sum == 0 {
				continue
			}
			f := disclosure.Fund{
				Head: c.head(fundOf(k.id, year)), CatalogueNo: int64(i) + 1, Year: year, Name: fmt.Sprintf("%d年%s", year, k.name), Category: "财政专项资金",
				Owner: k.unitOf, FinanceOffice: "农业农村科", Budget: sum, Paid: sum, Recipients: k.recipients, Standard: k.rule,
				BalanceOf: "已全部发完", Method: "打到一卡通",
			}
			if k.id == "gengdi" {
				f.Policies = []string{"zc-1"}
			}
			out = append(out, f)
			for _, place := range []disclosure.Code{c.here, c.there} {
				if amount := down[sent{i, year, place}]; amount > 0 {
					out = append(out, disclosure.Allocation{
						Head: c.head(fmt.Sprintf("bf-%s-%d-%s", k.id, year, place)), Fund: f.Ref, Kind: k.id, Year: year, Batch: 1, Place: place,
						Amount: amount, DocNo: fmt.Sprintf("练财〔%d〕%d号", year, i+1),
					})
				}
			}
		}
	}
	return out
}

func fundOf(kind string, year int64) string { return fmt.Sprintf("zj-%s-%d", kind, year) }

func (c county) payment(kind int, year int64, here bool, quantity disclosure.Milli) disclosure.Disbursement {
	k := kinds[kind]
	place := c.there
	if here {
		place = c.here
	}
	return disclosure.Disbursement{
		Head: c.head(""), Fund: fundOf(k.id, year), Kind: k.id, Year: year, Period: "全年", Batch: 1, Place: place, Type: k.typ,
		Quantity: quantity, Unit: k.unit, Standard: k.standard, Amount: quantity.Times(k.standard), PaidOn: c.day(year, k.day), Method: "一卡通",
	}
}
