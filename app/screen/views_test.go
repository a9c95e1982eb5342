package screen

import (
	"fmt"
	"strings"

	"mingbai.local/app/kiosk"
)

// touch is a message that says which one it is.
type touch struct {
	kiosk.Msg
	name string
}

func to(name string) kiosk.Msg { return touch{name: name} }

func scrollTo(offset int) kiosk.Msg { return to(fmt.Sprint("scroll ", offset)) }

func inPages(page, pages int) string { return fmt.Sprintf("第%d页，共%d页", page, pages) }

func button(icon, text string) kiosk.Button {
	return kiosk.Button{Icon: icon, Text: text, Touch: to(text)}
}

func phone() *kiosk.Button { b := button("call", "电话"); return &b }

func base(page kiosk.Page) kiosk.View {
	done := button("logout", "我用完了")
	return kiosk.View{
		Page: page, Title: "宜都市财政与编制公开", Short: "宜都市公开", Emblem: "宜", EmblemTouch: to("emblem"),
		Phone: phone(), Done: &done, AsOf: "数据截至2026年11月20日，今天09:14更新", Synthetic: "演示数据，并非真实",
		Foot: []kiosk.Button{
			button("arrow_back", "返回"), button("home", "首页"),
			{Icon: "volume_up", Text: "读给我听", Touch: kiosk.Listen{}},
			button("format_size", "字大一点"), button("contrast", "黑底白字"), button("help", "帮助"),
		},
	}
}

func village() kiosk.Crumbs {
	b := kiosk.Button{Text: "换个村", Touch: to("换个村")}
	return kiosk.Crumbs{Items: []string{"枝城镇", "白水港村"}, Pin: true, Button: &b}
}

func homeView() kiosk.View {
	v := base("home")
	v.Done = nil
	v.Foot[0].Touch, v.Foot[1].Touch = nil, nil
	v.Body = []kiosk.Block{
		kiosk.Search{Placeholder: "点这里，找人、找单位、找资金", Touch: to("search")},
		kiosk.Doors{Items: []kiosk.Door{
			{Icon: "potted_plant", Title: "查补贴", Note: "我家领了多少", Subject: kiosk.SubjectSubsidy, Touch: to("查补贴")},
			{Icon: "payments", Title: "查资金", Note: "84项资金花到哪了", Subject: kiosk.SubjectFund, Touch: to("查资金")},
			{Icon: "groups", Title: "查编制", Note: "单位有多少人", Subject: kiosk.SubjectStaffing, Touch: to("查编制")},
			{Icon: "menu_book", Title: "看政策", Note: "该给谁，给多少", Subject: kiosk.SubjectPolicy, Touch: to("看政策")},
			{Icon: "feedback", Title: "我要反映", Note: "找哪个单位，打什么电话", Subject: kiosk.SubjectVoice, Touch: to("我要反映")},
		}},
		kiosk.News{Icon: "location_on", Title: "白水港村新发放", Note: "11月18日", Touch: to("news"), Rows: []kiosk.NewsRow{
			{Label: "2026年耕地地力保护补贴", Note: "182户", Figure: "96,120.40元"},
		}},
	}
	return v
}

func idleView() kiosk.View {
	v := base("idle")
	v.Done, v.Foot = nil, nil
	v.Body = []kiosk.Block{
		kiosk.Hero{Emblem: "宜", Title: "财政与编制公开", Text: "钱给了谁，单位多少人，政策怎么说"},
		kiosk.News{Icon: "location_on", Title: "白水港村新发放", Note: "11月18日", Rows: []kiosk.NewsRow{
			{Label: "2026年耕地地力保护补贴", Note: "182户", Figure: "96,120.40元"},
			{Label: "2026年稻谷目标价格补贴", Note: "120户", Figure: "31,705.20元"},
			{Label: "2026年高龄津贴", Note: "37人", Figure: "3,700.00元"},
		}},
		kiosk.Giant{Text: "点一下屏幕，开始查", Touch: to("start")},
	}
	return v
}

func townsView() kiosk.View {
	v := base("towns")
	towns := []string{"陆城街道", "红花套镇", "高坝洲镇", "聂家河镇", "松木坪镇", "枝城镇", "姚家店镇", "五眼泉镇", "王家畈镇", "潘家湾土家族乡"}
	v.Body = []kiosk.Block{
		kiosk.Heading{Text: "先选您的乡镇"},
		kiosk.Buttons{Items: []kiosk.Button{{Icon: "location_on", Text: "就在本村：白水港村", Filled: true, Touch: to("here")}}},
		kiosk.Tiles{Columns: 2, Len: len(towns), ScrollTo: scrollTo, Tile: func(i int) kiosk.Tile {
			return kiosk.Tile{Text: towns[i], Touch: to(towns[i])}
		}},
	}
	return v
}

func methods(typing bool) kiosk.Tabs {
	return kiosk.Tabs{Items: []kiosk.Tab{
		{Icon: "groups", Text: "翻名单", On: !typing, Touch: to("翻名单")},
		{Icon: "touch_app", Text: "手写", Touch: to("手写")},
		{Icon: "keyboard", Text: "拼音", On: typing, Touch: to("拼音")},
		{Icon: "list_alt", Text: "笔画", Touch: to("笔画")},
	}}
}

// offered are eight characters with a way to others.
func offered(others string) kiosk.Candidates {
	c := kiosk.Candidates{Others: others, More: func(int) kiosk.Msg { return to(others) }}
	for i, r := range []rune("国固园圆玉周同田") {
		c.Items = append(c.Items, kiosk.Tile{Text: string(r), Note: fmt.Sprint(9-i, "人"), Touch: to(string(r))})
	}
	return c
}

// handView is a page on which a name is written.
func handView() kiosk.View {
	v := base("people-hand")
	hand := methods(false)
	hand.Items[0].On, hand.Items[1].On = false, true
	v.Body = []kiosk.Block{village(), kiosk.Search{Settled: "张", Found: "找到38人", Typing: true}, offered("都不是"), hand}
	v.Side = []kiosk.Block{
		kiosk.Square{Hint: "用手指在这里写一个字", Wrote: func(ink *kiosk.Ink) kiosk.Msg { return kiosk.Wrote{Ink: ink} }},
		kiosk.Buttons{Items: []kiosk.Button{button("undo", "重写"), button("", "退一字"), {Text: "看这38人", Filled: true, Touch: to("看")}}},
	}
	return v
}

// strokesView is a page on which a name is entered by strokes.
func strokesView() kiosk.View {
	v := findView()
	v.Page = "people-strokes"
	by := methods(false)
	by.Items[0].On, by.Items[3].On = false, true
	keys := kiosk.Keys{Back: kiosk.Key{Text: "退格", Touch: to("退格")}, Clear: kiosk.Key{Text: "清空", Touch: to("清空")}}
	for _, s := range []string{"一 横", "丨 竖", "丿 撇", "丶 点", "乙 折"} {
		keys.Letters = append(keys.Letters, kiosk.Key{Text: s, Touch: to(s)})
	}
	v.Body = []kiosk.Block{v.Body[0], kiosk.Search{Settled: "张", Letters: "一丨", Found: "找到9人", Typing: true}, v.Body[3], by}
	v.Side = []kiosk.Block{offered("换一批"), keys}
	return v
}

func surnamesView() kiosk.View {
	v := base("surnames")
	names := []rune("张陈周刘李王杨邓黄吴胡郑向邹覃章曾谭欧单罗许何高林")
	v.Body = []kiosk.Block{
		village(),
		kiosk.Heading{Text: "您要找的人姓什么？"},
		kiosk.Tiles{Columns: 4, Len: len(names), ScrollTo: scrollTo, Tile: func(i int) kiosk.Tile {
			s := string(names[i])
			if s == "欧" {
				s = "欧阳"
			}
			return kiosk.Tile{Text: s, Note: fmt.Sprintf("%d人", 40-i), Touch: to(s)}
		}},
		kiosk.Buttons{Items: []kiosk.Button{button("groups", "看全村名单")}},
		methods(false),
	}
	return v
}

// nextView is a page on which the character behind a surname is chosen that 132 people have.
func nextView() kiosk.View {
	v := surnamesView()
	v.Page = "people-next"
	grid := v.Body[2].(kiosk.Tiles)
	surname := grid.Tile
	grid.Columns, grid.Len = 5, 72
	grid.Tile = func(i int) kiosk.Tile {
		t := surname(i % 24)
		return kiosk.Tile{Text: string([]rune(t.Text)[:1]), Note: t.Note, Touch: to(fmt.Sprint(t.Text, i))}
	}
	v.Body = []kiosk.Block{
		v.Body[0],
		kiosk.Heading{Text: "您要找的人叫欧阳建国什么？"},
		grid,
		kiosk.Buttons{Items: []kiosk.Button{button("", "就叫欧阳建国的12人"), button("groups", "看这132人")}},
		v.Body[4],
	}
	return v
}

func people(offset int) kiosk.List {
	return kiosk.List{
		Columns: []kiosk.Column{{Weight: 3}, {Weight: 2, Align: kiosk.AlignRight}},
		Len:     9, Offset: offset, ScrollTo: scrollTo, Pages: inPages,
		Row: func(i int) kiosk.Row {
			names := []string{"张三丰", "张山", "张顺清", "欧阳文林", "张司马", "张树生", "张四海", "张桑", "张世贵"}
			return kiosk.Row{Touch: to(names[i]), Cells: []kiosk.Cell{
				{Text: names[i], Style: kiosk.StyleName, Lines: []string{"白水港村3组"}},
				{Text: "13,020.00元", Style: kiosk.StyleAmount, Lines: []string{"2026年 5笔"}},
			}}
		},
	}
}

func findView() kiosk.View {
	v := base("people")
	keys := kiosk.Keys{Back: kiosk.Key{Text: "退格", Touch: to("退格")}, Clear: kiosk.Key{Text: "清空", Touch: to("清空")}}
	for r := 'a'; r <= 'z'; r++ {
		k := kiosk.Key{Text: string(r)}
		if r == 'a' || r == 'f' || r == 'h' || r == 'q' {
			k.Touch = to(k.Text)
		}
		keys.Letters = append(keys.Letters, k)
	}
	for i, label := range []string{"abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"} {
		k := kiosk.Key{Text: label}
		if i < 3 || i == 5 {
			k.Touch = to(label)
		}
		keys.Nine = append(keys.Nine, k)
	}
	v.Body = []kiosk.Block{
		village(),
		kiosk.Search{Settled: "张", Letters: "s", Found: "找到9人", Typing: true},
		kiosk.Candidates{Items: []kiosk.Tile{
			{Text: "三", Note: "1人", Touch: to("三")}, {Text: "山", Note: "1人", Touch: to("山")}, {Text: "顺", Note: "2人", Touch: to("顺")},
		}},
		people(0),
		methods(true),
	}
	v.Side = []kiosk.Block{keys}
	return v
}

// nearView is a name that nobody has, with two people whom it may mean; typing says with the pad or without.
func nearView(typing bool) kiosk.View {
	v := findView()
	v.Page = "people-near"
	if !typing {
		v.Page, v.Side = "people-near-browse", nil
	}
	near := people(0)
	near.Title, near.Len = "名字差一点的：", 2
	row := near.Row
	near.Row = func(i int) kiosk.Row {
		r := row(i)
		r.Cells[0].Chip = &kiosk.Chip{Text: "您少打一个字", Tone: kiosk.ToneNeutral}
		return r
	}
	v.Body = []kiosk.Block{
		village(),
		kiosk.Search{Settled: "张丰", Found: "找到0人", Typing: typing},
		kiosk.Notice{Icon: "info", Title: "这个村的名单里没有“张丰”", Tone: kiosk.ToneNeutral},
		near, methods(typing),
		kiosk.Buttons{Items: []kiosk.Button{button("search", "到别的村找一找")}},
	}
	return v
}

func personView() kiosk.View {
	v := base("person")
	type pay struct{ name, sum, date, amount, chip string }
	pays := []pay{
		{"耕地地力保护补贴", "8.45亩 × 每亩89.12元 = 753.06元", "2026年11月18日 一卡通", "753.06元", ""},
		{"稻谷目标价格补贴", "2.10亩 × 每亩45.00元 = 94.50元", "2026年10月15日 一卡通", "95.00元", "多发0.50元"},
		{"农机购置补贴", "1台 × 每台293.24元", "2026年5月9日 一卡通", "293.24元", ""},
	}
	v.Body = []kiosk.Block{
		kiosk.Crumbs{Items: []string{"枝城镇", "白水港村", "3组"}},
		kiosk.NameSum{Name: "张三丰", Note: "2026年到现在 3笔", Figure: "1,141.30", Unit: "元"},
		kiosk.Bars{
			Rows: []kiosk.BarRow{
				{Label: "2026年", Fraction: 0.7, Mark: -1, Value: "1,141.30元", Now: true},
				{Label: "2025年", Fraction: 0.8, Mark: -1, Value: "1,234.50元"},
				{Label: "2024年", Fraction: 0.9, Mark: -1, Value: "1,318.20元"},
				{Label: "2023年", Fraction: 1, Mark: -1, Value: "1,518.20元"},
			},
			Note: "比去年少：登记的地少了0.97亩", NoteDim: "（都农发〔2026〕14号）",
		},
		kiosk.List{
			Columns: []kiosk.Column{{Weight: 3}, {Align: kiosk.AlignRight}, {}},
			Len:     len(pays), ScrollTo: scrollTo, Pages: func(a, b int) string { return "2026年，共3笔" },
			Row: func(i int) kiosk.Row {
				c := kiosk.Chip{Icon: "check", Text: "金额没错", Tone: kiosk.ToneGood}
				if pays[i].chip != "" {
					c = kiosk.Chip{Icon: "warning", Text: pays[i].chip, Tone: kiosk.ToneAttention}
				}
				b := kiosk.Button{Text: "有疑问", Subject: kiosk.SubjectVoice, Touch: to("疑问 " + pays[i].name)}
				return kiosk.Row{Cells: []kiosk.Cell{
					{Text: pays[i].name, Style: kiosk.StyleStrong, Chip: &c, Lines: []string{pays[i].sum, pays[i].date}},
					{Text: pays[i].amount, Style: kiosk.StyleAmount},
					{Button: &b},
				}}
			},
		},
		kiosk.Buttons{Items: []kiosk.Button{button("groups", "看全村名单")}},
	}
	return v
}

func listView() kiosk.View {
	v := base("list")
	names := []string{"陈国良", "邓秀英", "张三丰", "章世贵", "郑德福", "周和春", "欧阳玉兰"}
	areas := []string{"6.20亩", "4.05亩", "8.45亩", "11.00亩", "2.75亩", "7.33亩", "5.18亩"}
	sums := []string{"552.54", "360.94", "753.06", "12,980.32", "245.08", "653.25", "461.64"}
	v.Body = []kiosk.Block{
		village(),
		kiosk.Heading{Text: "2026年耕地地力保护补贴"},
		kiosk.Tabs{Items: []kiosk.Tab{
			{Text: "全村", On: true, Touch: to("全村")}, {Text: "只看3组", Touch: to("只看3组")}, {Text: "多的在前", Touch: to("多的在前")},
		}},
		kiosk.List{
			Header: true,
			Columns: []kiosk.Column{
				{Title: "序号"},
				{Title: "姓名", Weight: 2},
				{Title: "组", Weight: 1},
				{Title: "面积", Align: kiosk.AlignRight},
				{Title: "金额（元）", Weight: 1, Align: kiosk.AlignRight},
			},
			Len: 182, Offset: 28, ScrollTo: scrollTo, Pages: inPages,
			Row: func(i int) kiosk.Row {
				k := i % len(names)
				return kiosk.Row{Touch: to(names[k]), Highlight: i == 30, Cells: []kiosk.Cell{
					{Text: fmt.Sprint(i + 1), Style: kiosk.StyleSmall},
					{Text: names[k], Style: kiosk.StyleName},
					{Text: "3组", Style: kiosk.StyleSmall},
					{Text: areas[k]},
					{Text: sums[k], Style: kiosk.StyleAmount},
				}}
			},
		},
		kiosk.Notice{Icon: "verified_user", Title: "182户合计", Figure: "96,120.40元", Text: "与拨到本村的钱一分不差", Tone: kiosk.ToneGood},
	}
	return v
}

func fundView() kiosk.View {
	v := base("fund")
	towns := []string{"枝城镇", "红花套镇", "高坝洲镇", "聂家河镇", "松木坪镇", "姚家店镇", "五眼泉镇", "王家畈镇", "潘家湾土家族乡", "陆城街道"}
	v.Body = []kiosk.Block{
		kiosk.Crumbs{Items: []string{"查资金", "农业", "2026年"}},
		kiosk.Heading{Text: "2026年耕地地力保护补贴", Note: "由市农业农村局负责，点“电话”可以问"},
		kiosk.Gauge{
			Icon: "payments", Title: "发了多少，还剩多少", Label: "已发94.1%", Fraction: 0.941, Subject: kiosk.SubjectFund,
			Figures: []kiosk.Figure{
				{Label: "安排", Value: "1,714.56万元"},
				{Label: "已发", Value: "1,613.40万元", Tone: kiosk.ToneGood},
				{Label: "还剩", Value: "101.16万元", Tone: kiosk.ToneAttention},
			},
		},
		kiosk.Cards{Columns: 2, Subject: kiosk.SubjectFund, Items: []kiosk.Card{
			{Icon: "groups", Title: "给谁", Text: "拥有耕地承包权的种地农户。荒了的、改作别用的地不给；已经改成养殖场、林地、设施农业用地的也不给，长年抛荒的不给", Touch: to("full")},
			{Icon: "potted_plant", Title: "给多少", Text: "每亩89.12元，按登记的面积算", Touch: to("full")},
			{Icon: "calendar_month", Title: "怎么发", Text: "6月30日前打到“一卡通”", Touch: to("full")},
			{Icon: "menu_book", Title: "凭什么", Text: "鄂财农发〔2026〕6号，点开看", Touch: to("policy")},
		}},
		kiosk.List{
			Title: "钱到了哪里", Header: true,
			Columns: []kiosk.Column{{}, {Weight: 1}, {Title: "户数", Align: kiosk.AlignRight}, {Title: "金额（元）", Align: kiosk.AlignRight}},
			Len:     len(towns), ScrollTo: scrollTo,
			Pages: func(a, b int) string { return inPages(a, b) + "，点一个乡镇往下看" },
			Row: func(i int) kiosk.Row {
				bar := 1 - float64(i)*0.09
				return kiosk.Row{Touch: to(towns[i]), Cells: []kiosk.Cell{
					{Text: towns[i]}, {Bar: &bar}, {Text: "9,812", Style: kiosk.StyleSmall}, {Text: "3,215,400.50", Style: kiosk.StyleAmount},
				}}
			},
		},
	}
	return v
}

func institutionView() kiosk.View {
	v := base("institution")
	names := []string{"王凯", "欧阳文林", "李春梅", "周明", "赵小芳"}
	posts := []string{"主任", "副主任", "农技推广", "司机", "农技推广"}
	v.Body = []kiosk.Block{
		kiosk.Crumbs{Items: []string{"查编制", "陆城街道", "事业单位"}},
		kiosk.Heading{Text: "陆城街道农业农村服务中心", Chips: []kiosk.Chip{
			{Text: "公益一类", Tone: kiosk.ToneNeutral}, {Text: "财政全额", Tone: kiosk.ToneNeutral}, {Text: "副科级", Tone: kiosk.ToneNeutral},
		}},
		kiosk.Figures{
			Items: []kiosk.Figure{{Label: "核定编制", Value: "12"}, {Label: "实有人数", Value: "13"}, {Label: "超编", Value: "1", Tone: kiosk.ToneAlarm}},
			Rows: []kiosk.BarRow{
				{Label: "全额事业", Fraction: 1, Mark: 0.909, Value: "实有11人，核定10人", Subject: kiosk.SubjectStaffing},
				{Label: "工勤", Fraction: 1, Mark: 1, Value: "实有2人，核定2人", Subject: kiosk.SubjectStaffing},
			},
			Note: "依据：都编〔2020〕55号。比上期多1人",
		},
		kiosk.Tabs{Items: []kiosk.Tab{
			{Text: "人员名单", On: true, Touch: to("人员名单")}, {Text: "管哪些事", Touch: to("管哪些事")}, {Text: "有什么变化", Touch: to("有什么变化")},
		}},
		kiosk.List{
			Columns: []kiosk.Column{{Weight: 2}, {Weight: 2}, {Weight: 1}, {}},
			Len:     13, ScrollTo: scrollTo, Pages: inPages,
			Row: func(i int) kiosk.Row {
				k := i % len(names)
				return kiosk.Row{Touch: to(names[k]), Cells: []kiosk.Cell{
					{Text: names[k], Style: kiosk.StyleName},
					{Text: posts[k]},
					{Text: "全额事业", Style: kiosk.StyleSmall},
					{Chip: &kiosk.Chip{Text: "在编", Tone: kiosk.ToneNeutral}},
				}}
			},
		},
	}
	return v
}

func notOnListView() kiosk.View {
	v := base("not-on-list")
	ask := kiosk.Button{Icon: "feedback", Text: "我该有，却没有，问一问", Subject: kiosk.SubjectVoice, Touch: to("ask")}
	near := people(0)
	near.Title, near.Len, near.Most = "会不会是这几位？", 2, 2
	v.Body = []kiosk.Block{
		kiosk.Crumbs{Items: []string{"枝城镇", "白水港村", "2026年耕地地力保护补贴"}},
		kiosk.Notice{Title: "这份名单里没有“张五”", Text: "名单共182户，加起来与拨到本村的96,120.40元一分不差。", Tone: kiosk.ToneNeutral},
		near,
		kiosk.Buttons{Items: []kiosk.Button{button("groups", "看全村名单"), button("", "换个写法再找")}},
		kiosk.Notice{Title: "您觉得该有您？", Text: "可以问市农业农村局。收到后告诉您编号和答复日期。不写姓名也行。", Button: &ask},
	}
	return v
}

func notPublishedView() kiosk.View {
	v := base("not-published")
	urge := button("feedback", "催一催")
	urge.Subject = kiosk.SubjectVoice
	v.Body = []kiosk.Block{
		kiosk.Crumbs{Items: []string{"枝城镇", "白水港村", "2026年农机购置补贴"}},
		kiosk.Notice{Icon: "schedule", Title: "您村这一项还没有公布", Text: "应在2026年10月31日前公布，已经晚了21天。由市农业农村局负责。", Tone: kiosk.ToneAttention},
		kiosk.Buttons{Columns: 1, Items: []kiosk.Button{
			button("call", "打电话问"), button("menu_book", "看这项补贴的政策"), button("calendar_month", "看去年的名单"), urge,
		}},
	}
	return v
}

func policyView() kiosk.View {
	v := base("policy")
	v.Body = []kiosk.Block{
		kiosk.Crumbs{Items: []string{"看政策", "农业"}},
		kiosk.Heading{Text: "关于做好2026年耕地地力保护补贴发放工作的通知", Note: "都财农发〔2026〕14号，2026年3月2日", Chips: []kiosk.Chip{
			{Icon: "check", Text: "有效", Tone: kiosk.ToneGood},
		}},
		kiosk.Notice{Title: "一句话", Text: "种着自家承包地的农户，每亩89.12元，6月30日前打到一卡通。", Tone: kiosk.ToneGood},
		kiosk.Prose{Offset: 0, ScrollTo: scrollTo, Pages: inPages, Paragraphs: []string{
			"一、补贴对象。拥有耕地承包权的种地农民。对已作为畜牧养殖场使用的耕地、林地、成片粮田转为设施农业用地、非农业征（占）用耕地等已改变用途的耕地，以及长年抛荒地不予补贴。",
			"二、补贴标准。以农村土地承包经营权确权登记面积为依据，每亩89.12元，由市财政局、市农业农村局核定后下达。",
			"三、发放方式。通过“一卡通”直接发放到户，6月30日前完成。任何单位和个人不得截留、抵扣、挪用。",
			"四、公示公开。以村为单位公示到户，公示时间不少于7天，接受群众监督。监督电话12310。",
		}},
	}
	return v
}

func staffView() kiosk.View {
	v := base("staff")
	v.AsOf = "版本0.1.0，本机编号YD-07"
	rows := []kiosk.Row{
		{Cells: []kiosk.Cell{{Text: "第42期，数据截至11月18日"}, {Chip: &kiosk.Chip{Text: "正常", Tone: kiosk.ToneGood}}}},
		{Cells: []kiosk.Cell{{Text: "网络3天没通，上次更新11月18日"}, {Chip: &kiosk.Chip{Text: "N-03", Tone: kiosk.ToneAttention}}}},
		{Cells: []kiosk.Cell{{Text: "3封信还没送到市里"}, {Chip: &kiosk.Chip{Text: "N-12", Tone: kiosk.ToneAttention}}}},
	}
	out := button("", "退出管理页")
	out.Filled, out.Subject = true, kiosk.SubjectResult
	v.Body = []kiosk.Block{
		kiosk.Heading{Text: "管理页：白水港村查询点"},
		kiosk.List{Columns: []kiosk.Column{{Weight: 1}, {Align: kiosk.AlignRight}}, Len: 3, Row: func(i int) kiosk.Row { return rows[i] }},
		kiosk.Gauge{Icon: "usb", Title: "U盘：第43期，数据截至11月20日", Fraction: 0.62, Figures: []kiosk.Figure{
			{Label: "正在导入", Value: "11.2兆"}, {Label: "约还要", Value: "20秒"},
		}},
		kiosk.Buttons{Columns: 2, Items: []kiosk.Button{
			button("sync", "现在更新"), button("usb", "带走信件"), button("verified_user", "离线运行：关"), button("print", "打印试页"), out,
		}},
	}
	return v
}

func pinView() kiosk.View {
	v := base("pin")
	pad := kiosk.PINPad{Entered: 4, Back: kiosk.Key{Text: "退格", Touch: to("退格")}, OK: kiosk.Key{Text: "确定", Touch: to("确定")}}
	for d := range 10 {
		pad.Digits = append(pad.Digits, kiosk.Key{Text: fmt.Sprint(d), Touch: to(fmt.Sprint("digit ", d))})
	}
	v.Body = []kiosk.Block{
		kiosk.Heading{Text: "请输入管理口令"},
		kiosk.Notice{Icon: "info", Title: "口令不对，还能试2次", Text: "再错2次，要等5分钟。忘了口令请找县里。", Tone: kiosk.ToneAttention},
		pad,
	}
	return v
}

func takeView() kiosk.View {
	v := base("take")
	v.Body = []kiosk.Block{
		kiosk.Heading{Text: "带走这一页", Note: "用手机扫一扫，内容就到手机里了"},
		kiosk.Code{Text: strings.Repeat("张三丰 白水港村3组\n2026年耕地地力保护补贴 753.06元\n", 6)},
		kiosk.Notice{Title: "这里面有什么", Text: "只有这一个人的补贴，不经过网络。", Tone: kiosk.ToneNeutral},
		kiosk.Buttons{Items: []kiosk.Button{button("print", "打印小票"), button("arrow_back", "回去")}},
	}
	return v
}

func meterView() kiosk.View {
	v := base("staff-update")
	v.Body = []kiosk.Block{
		kiosk.Heading{Text: "从U盘更新"},
		kiosk.Meter{
			Icon: "usb", Title: "U盘：第43期，数据截至11月20日", Fraction: 0.62, Left: "正在导入 11.2/18.0兆", Right: "约还要20秒", Text: "可以拔出，下次插上接着来。",
		},
		kiosk.Buttons{Items: []kiosk.Button{button("sync", "现在更新"), button("undo", "停下来")}},
	}
	return v
}

func targetView() kiosk.View {
	v := base("staff-touch")
	v.Bare = true
	v.Body = []kiosk.Block{kiosk.Target{X: 0.1, Y: 0.1, Words: "请用指尖点一下十字的正中间，一共4个", Touch: kiosk.Aim{}}}
	return v
}

func rulerView() kiosk.View {
	v := base("staff-ruler")
	v.Body = []kiosk.Block{
		kiosk.Heading{Text: "校准尺寸"},
		kiosk.Notice{Title: "把银行卡的长边贴在下面的尺上", Text: "尺比卡短就点“长一点”，比卡长就点“短一点”，一样长就点“存下”。"},
		kiosk.Ruler{},
		kiosk.Buttons{Items: []kiosk.Button{button("", "短一点"), button("", "长一点"), button("check", "存下")}},
	}
	return v
}

// views are the pages of the drawings.
func views() []kiosk.View {
	return []kiosk.View{
		homeView(), idleView(), townsView(), surnamesView(), nextView(), findView(), handView(), strokesView(), personView(), listView(), fundView(), institutionView(),
		notOnListView(), notPublishedView(), policyView(), staffView(), nearView(true), nearView(false),
		pinView(), takeView(), meterView(), targetView(), rulerView(),
	}
}
