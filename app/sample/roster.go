package sample

import (
	"fmt"
	"strings"

	"mingbai.local/app/disclosure"
)

// roster (花名册) makes the people and the establishment of one institution.
type roster struct {
	*County
	u *unit
	d *dice
}

// fill gives the institution n people. Most institutions have vacancies, some are exactly filled, some are over.
func (r *roster) fill(n int) {
	rec := &r.u.rec
	deputies := min(max(n/9, 0), 5)
	if n >= 6 && deputies == 0 {
		deputies = 1
	}
	rec.LeaderPosts = int64(1 + deputies)
	mood := r.d.below(100)
	placed := 0
	types := postTypes(rec)
	for i, share := range types {
		have := n * share.permille / 1000
		if i == 0 {
			have = n
			for _, other := range types[1:] {
				have -= n * other.permille / 1000
			}
		}
		if have == 0 {
			continue
		}
		away := 0
		if have >= 8 {
			away = have * r.d.below(50) / 1000
		}
		posts := int64(have - away)
		switch {
		case mood < 22:
		case mood < 86:
			posts += int64(r.d.between(1, max(1, have*14/100)))
			if i == 0 {
				posts += r.widened()
			}
		case posts > 4:
			posts -= int64(r.d.between(1, max(1, have*7/100)))
		}
		rec.Posts = append(rec.Posts, disclosure.Posts{Type: share.name, Authorised: posts})
		for k := range have {
			status := "在编"
			switch {
			case k >= have-away:
				status = pick(r.d, []string{"借调", "离岗", "退养"})
			case int64(k) >= posts:
				status = "超编"
			}
			r.hire(share.name, status, placed, deputies)
			placed++
		}
	}
}

// widened gives some institutions a post more this year, by another paper, once the sample's day has come so far.
func (r *roster) widened() int64 {
	d := newDice(r.options.Seed, "widened", r.u.rec.Ref)
	day := addDays(disclosure.Date(fmt.Sprintf("%d-01-01", r.year())), d.below(365))
	if !d.chance(40) || r.noLater(day) != day {
		return 0
	}
	r.u.rec.MandateDoc = fmt.Sprintf("%s编〔%d〕%d号", r.spec.mark, r.year(), d.between(2, 68))
	return 1
}

type postShare struct {
	name     string
	permille int
}

func postTypes(rec *disclosure.Institution) []postShare {
	switch {
	case rec.Class == "乡镇机关":
		return []postShare{{"行政编制", 600}, {"全额事业编制", 320}, {"工勤编制", 70}}
	case rec.Kind == "政法":
		return []postShare{{"政法专项编制", 950}, {"工勤编制", 50}}
	case rec.Kind == "行政" || rec.Kind == "群团":
		return []postShare{{"行政编制", 920}, {"工勤编制", 80}}
	case rec.Kind == "参公":
		return []postShare{{"参公事业编制", 930}, {"工勤编制", 70}}
	case rec.Funding == "财政差额":
		return []postShare{{"差额事业编制", 970}, {"工勤编制", 30}}
	case rec.Funding == "自收自支":
		return []postShare{{"自收自支编制", 1000}}
	}
	return []postShare{{"全额事业编制", 970}, {"工勤编制", 30}}
}

// leaderName stands in all leading posts, so that nobody is taken for someone real.
const leaderName = "示例负责人"

func (r *roster) hire(post, status string, place, deputies int) {
	d, rec := r.d, &r.u.rec
	woman := d.chance(430)
	p := disclosure.Incumbent{
		Head:        disclosure.Head{Ref: fmt.Sprintf("R%05d", len(r.Incumbents)+1), PublishedOn: rec.PublishedOn},
		Institution: rec.Ref, PostType: post, Status: status, Gender: "男",
		PostCardNo: fmt.Sprintf("%s编%06d", r.spec.mark, 100000+len(r.Incumbents)*7),
	}
	if woman {
		p.Gender = "女"
	}
	p.Name = surname(d, nil) + given(d, woman)
	p.InternalOrg, p.Position, p.Title = r.job(post, place, deputies)
	if place <= deputies {
		p.Name = leaderName
	}
	last := r.year() - 1
	entered := d.between(last-33, last)
	switch n := d.below(10); {
	case n < 7:
		p.EnteredOn = disclosure.Date(fmt.Sprintf("%d-%02d", entered, pick(d, []int{3, 7, 8, 8, 9, 10, 12})))
	case n < 9:
		p.EnteredOn = disclosure.Date(fmt.Sprintf("%d-%02d-%02d", entered, d.between(1, 12), d.between(1, 28)))
	default:
		p.EnteredOn = disclosure.Date(fmt.Sprintf("%d", entered))
	}
	p.EntryChannel = channel(d, post, entered)
	if place > deputies && status == "在编" {
		r.succeed(&p)
	}
	r.Incumbents = append(r.Incumbents, p)
}

// turnover is how many of a thousand posts get another holder in a year, so that two editions of one year differ.
const turnover = 14

// succeed puts whoever took a post over this year in its holder's place, once the sample's day has come so far. The card stays
// with the post; the record is another.
func (r *roster) succeed(p *disclosure.Incumbent) {
	d := newDice(r.options.Seed, "successor", p.Ref)
	day := addDays(disclosure.Date(fmt.Sprintf("%d-01-01", r.year())), d.below(365))
	if !d.chance(turnover) || r.noLater(day) != day {
		return
	}
	woman := d.chance(430)
	p.Ref, p.Gender = p.Ref+"b", "男"
	if woman {
		p.Gender = "女"
	}
	p.Name = surname(d, nil) + given(d, woman)
	p.EnteredOn, p.PublishedOn, p.EntryChannel = day, r.noLater(addDays(day, 20)), channel(d, p.PostType, r.year())
}

func channel(d *dice, post string, entered int) string {
	switch {
	case post == "工勤编制":
		return pick(d, []string{"招工", "退役士兵安置", "调入"})
	case entered < 2004:
		return pick(d, []string{"毕业分配", "调入", "军转安置"})
	case post == "行政编制" || post == "政法专项编制" || post == "参公事业编制":
		return pick(d, []string{"公务员考录", "公务员考录", "选调", "调入", "军转安置"})
	}
	return pick(d, []string{"公开招聘", "公开招聘", "公开招聘", "人才引进", "调入"})
}

// job says in which organ someone works, as what, and with which professional title.
func (r *roster) job(post string, place, deputies int) (organ, position, title string) {
	d, rec := r.d, &r.u.rec
	if place == 0 {
		return "领导班子", r.u.lead, ""
	}
	if place <= deputies {
		return "领导班子", deputyOf(r.u.lead), ""
	}
	if post == "工勤编制" {
		return "办公室", pick(d, []string{"驾驶员", "水电工", "收发员", "炊事员"}), ""
	}
	kinds := trades[""]
	for _, t := range tradeOrder {
		if strings.Contains(rec.Name, t) {
			kinds = trades[t]
			break
		}
	}
	if kinds.titles == nil && rec.Kind == "事业" {
		kinds = trades["中心"]
	}
	return pick(d, kinds.organs), pick(d, kinds.positions), pickOrNone(d, kinds.titles)
}

func deputyOf(lead string) string {
	if lead == "办事处主任" || lead == "管委会主任" {
		return "副主任"
	}
	if lead == "常务副校长" {
		return "副校长"
	}
	return "副" + lead
}

func pickOrNone(d *dice, list []string) string {
	if len(list) == 0 || d.chance(180) {
		return ""
	}
	return pick(d, list)
}

// trade (行当) is what people do in a sort of institution.
type trade struct{ organs, positions, titles []string }

// tradeOrder are the parts of names by which the trade is known, the most telling first.
var tradeOrder = []string{"幼儿园", "小学", "中学", "学校", "医院", "卫生院", "保健院", "疾病预防", "精神卫生", "派出所", "公安局", "人民法院", "人民检察院", "大队", "农业技术", "农业农村服务"}

var trades = map[string]trade{
	"":       {[]string{"办公室", "综合股", "业务股", "法规股", "财务股", "人事股"}, []string{"科员", "一级科员", "四级主任科员", "三级主任科员", "股长", "副股长"}, nil},
	"中心":     {[]string{"办公室", "业务一股", "业务二股", "财务室"}, []string{"办事员", "专业技术岗", "管理岗", "股长"}, []string{"助理工程师", "工程师", "会计师", "经济师"}},
	"幼儿园":    {[]string{"大班组", "中班组", "小班组", "保健室"}, []string{"教师", "教师", "保育员"}, []string{"二级教师", "一级教师"}},
	"小学":     {[]string{"语文组", "数学组", "英语组", "综合组", "总务处"}, []string{"教师"}, []string{"三级教师", "二级教师", "一级教师", "高级教师"}},
	"中学":     {[]string{"语文组", "数学组", "外语组", "理化组", "政史组", "体艺组", "教务处", "总务处"}, []string{"教师", "教师", "班主任"}, []string{"二级教师", "一级教师", "高级教师"}},
	"学校":     {[]string{"教务处", "学生处", "实训处", "总务处"}, []string{"教师", "教师", "实训指导"}, []string{"讲师", "助理讲师", "高级讲师"}},
	"医院":     {[]string{"内科", "外科", "妇产科", "儿科", "急诊科", "检验科", "药剂科", "护理部", "中医科"}, []string{"医师", "护士", "护士", "药师", "检验师"}, []string{"主任医师", "副主任医师", "主治医师", "医师", "主管护师", "护师", "护士", "主管药师"}},
	"卫生院":    {[]string{"门诊部", "住院部", "公共卫生科", "防保科", "药房"}, []string{"医师", "护士", "公卫医师", "药师"}, []string{"主治医师", "医师", "护师", "护士", "药师"}},
	"保健院":    {[]string{"妇产科", "儿保科", "妇保科", "护理部"}, []string{"医师", "护士"}, []string{"副主任医师", "主治医师", "护师", "护士"}},
	"疾病预防":   {[]string{"传染病防控科", "免疫规划科", "检验科", "慢病科"}, []string{"公卫医师", "检验师"}, []string{"副主任医师", "主管医师", "主管技师"}},
	"精神卫生":   {[]string{"住院部", "门诊部", "护理部"}, []string{"医师", "护士"}, []string{"主治医师", "护师", "护士"}},
	"派出所":    {[]string{"社区警务队", "案件办理队", "户籍室"}, []string{"民警", "社区民警"}, nil},
	"公安局":    {[]string{"刑侦大队", "治安大队", "交警大队", "户政大队", "指挥中心", "法制大队"}, []string{"民警", "民警", "中队长"}, nil},
	"人民法院":   {[]string{"立案庭", "民事审判庭", "刑事审判庭", "执行局", "办公室"}, []string{"法官", "法官助理", "书记员"}, nil},
	"人民检察院":  {[]string{"第一检察部", "第二检察部", "第三检察部", "办公室"}, []string{"检察官", "检察官助理", "书记员"}, nil},
	"大队":     {[]string{"一中队", "二中队", "三中队", "综合股"}, []string{"执法员", "执法员", "中队长"}, nil},
	"农业技术":   {[]string{"粮油站", "植保站", "土肥站", "办公室"}, []string{"农技推广", "农技推广", "植保员"}, []string{"农艺师", "助理农艺师", "高级农艺师"}},
	"农业农村服务": {[]string{"农技组", "畜牧组", "经管组"}, []string{"农技推广", "畜牧兽医", "经管员"}, []string{"农艺师", "兽医师", "助理农艺师"}},
}
