package sample

import (
	"fmt"
	"slices"
	"time"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/county"
)

// programme (发放项目) is a kind of subsidy as the sample county pays it.
type programme struct {
	kind string
	typ  string // recipient type
	unit string
	// times a year that it is paid: 1, 2, 4 or 12; monthly is the same for samples with very many payments.
	times, monthly int
	month, day     int // of the payment, where it is paid once
	// standard of 2023 and what is added each year, in fen per unit; 0 where it is set per recipient.
	standard, step disclosure.Fen
	aid            string
	fund           int // index in the catalogue
}

// programmes in the order in which their lists are written. gengdi is first: every village has it.
var programmes = []programme{
	{kind: "nongye_gengdi", typ: "户", unit: "亩", times: 1, month: 5, day: 12, standard: 8836, step: 38},
	{kind: "nongye_zhongliang", typ: "户", unit: "亩", times: 1, month: 4, day: 10, standard: 1360},
	{kind: "nongye_daogu", typ: "户", unit: "亩", times: 1, month: 10, day: 8, standard: 3618, step: 55},
	{kind: "nongye_nongji", typ: "个人", unit: "台", times: 1, month: 8, day: 3},
	{kind: "linye_gongyi", typ: "户", unit: "亩", times: 1, month: 7, day: 6, standard: 1600},
	{kind: "linye_hulin", typ: "个人", unit: "人", times: 1, month: 7, day: 6, standard: 400000},
	{kind: "yimin_houfu", typ: "个人", unit: "人", times: 1, monthly: 4, month: 9, day: 4, standard: 60000},
	{kind: "minzheng_ndibao", typ: "户", unit: "月", times: 4, monthly: 12, aid: "低保"},
	{kind: "minzheng_cdibao", typ: "户", unit: "月", times: 4, monthly: 12, aid: "低保"},
	{kind: "minzheng_tekun", typ: "个人", unit: "月", times: 4, monthly: 12, standard: 92000, step: 1800, aid: "特困"},
	{kind: "minzheng_gaoling", typ: "个人", unit: "月", times: 2, monthly: 12},
	{kind: "minzheng_canji_sh", typ: "个人", unit: "月", times: 2, monthly: 12, standard: 8000, step: 200},
	{kind: "minzheng_canji_hl", typ: "个人", unit: "月", times: 2, monthly: 12, standard: 11000, step: 300},
	{kind: "minzheng_guer", typ: "个人", unit: "月", times: 4, monthly: 12, standard: 118000, step: 3000},
	{kind: "minzheng_linshi", typ: "户", unit: "户", times: 1, month: 9, day: 18},
	{kind: "weijian_jiangfu", typ: "个人", unit: "人", times: 1, month: 8, day: 20, standard: 96000},
	{kind: "jiaoyu_jisu", typ: "个人", unit: "人", times: 2, standard: 50000},
	{kind: "tuiyi_nongcunji", typ: "个人", unit: "月", times: 2, monthly: 12},
	{kind: "xiangcun_gongyi", typ: "个人", unit: "月", times: 2, monthly: 12, standard: 50000},
	{kind: "zuzhi_likan", typ: "个人", unit: "月", times: 1, month: 11, day: 2},
	{kind: "zhujian_weifang", typ: "户", unit: "户", times: 1, month: 9, day: 25, standard: 2200000},
	{kind: "renshe_yanglao", typ: "个人", unit: "月", monthly: 12, standard: 13800, step: 500},
	{kind: "yingji_dongchun", typ: "户", unit: "户", times: 1, month: 2, day: 3},
}

// perUnit are the standards per year of service, which are set per recipient by how long he served.
var perUnit = map[string]disclosure.Fen{"tuiyi_nongcunji": 6000, "zuzhi_likan": 1500}

func (p *programme) standardIn(year int) disclosure.Fen {
	if p.standard == 0 {
		return 0
	}
	return p.standard + p.step*disclosure.Fen(year-2023)
}

// standardText returns the standard of a kind as a fund's statement says it.
func standardText(kind string, year int) string {
	for i := range programmes {
		if p := &programmes[i]; p.kind == kind {
			if s := p.standardIn(year) + perUnit[kind]; s != 0 {
				return plainYuan(s)
			}
		}
	}
	return ""
}

// plainYuan writes an amount without needless zeros: 89.12, 16, 4,000.
func plainYuan(f disclosure.Fen) string {
	s := f.Yuan()
	if s[len(s)-3:] == ".00" {
		return s[:len(s)-3]
	}
	return s
}

// period says which part of the year payment n of several covers.
func period(times, n int) string {
	switch times {
	case 1:
		return "全年"
	case 2:
		return []string{"上半年", "下半年"}[n]
	case 4:
		return []string{"第一季度", "第二季度", "第三季度", "第四季度"}[n]
	}
	return fmt.Sprintf("%d月", n+1)
}

// payDay returns when payment n of a programme reaches the township with that rank, and when the list is published.
func (p *programme) payDay(year, times, n, rank int) (paid, published disclosure.Date) {
	day := time.Date(year, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC)
	if times > 1 {
		month := (n + 1) * 12 / times
		day = time.Date(year, time.Month(month), 8, 0, 0, 0, 0, time.UTC)
	}
	if p.kind == "weijian_jiangfu" || p.aid != "" {
		rank = rank % 3
	}
	day = day.AddDate(0, 0, rank)
	return isoDay(day), isoDay(day.AddDate(0, 0, 4+rank%5))
}

func isoDay(t time.Time) disclosure.Date { return disclosure.Date(t.Format(time.DateOnly)) }

func dayBefore(d disclosure.Date) disclosure.Date { return addDays(d, -1) }

func addDays(d disclosure.Date, n int) disclosure.Date {
	t, _ := d.Last()
	return isoDay(t.AddDate(0, 0, n))
}

// makeKinds returns the records of all known kinds, those that ended years ago too: old lists may name them.
func makeKinds() []disclosure.SubsidyKind {
	var out []disclosure.SubsidyKind
	for _, k := range county.SubsidyKinds() {
		rec := disclosure.SubsidyKind{
			Head: disclosure.Head{Ref: k.ID, PublishedOn: "2023-01-10"},
			Name: k.Name, Aliases: k.Aliases, Category: k.Category, Unit: k.Unit, Calc: k.Calc,
			Publish: "名单", FromYear: int64(k.From), ToYear: int64(k.To),
		}
		if !k.ByName {
			rec.Publish = "只公布合计"
		}
		switch k.ID {
		case "minzheng_ndibao", "minzheng_cdibao":
			rec.Aid = "低保"
		case "minzheng_tekun", "minzheng_wubao":
			rec.Aid = "特困"
		}
		if i := slices.IndexFunc(programmes, func(p programme) bool { return p.kind == k.ID }); i >= 0 {
			rec.Unit = programmes[i].unit
		}
		out = append(out, rec)
	}
	return out
}

// paidIn reports whether a kind lies within its period in a year.
func paidIn(kinds []disclosure.SubsidyKind, id string, year int) bool {
	for _, k := range kinds {
		if k.Ref == id {
			return (k.FromYear == 0 || k.FromYear <= int64(year)) && (k.ToYear == 0 || int64(year) <= k.ToYear)
		}
	}
	return false
}
