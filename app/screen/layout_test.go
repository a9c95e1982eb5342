package screen

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"mingbai.local/app/kiosk"
	"mingbai.local/assets/font"
)

// panels are all that the product supports.
func panels() []Panel {
	return []Panel{
		{WidthPx: 1080, HeightPx: 1920, DiagonalInch: 21.5},
		{WidthPx: 1920, HeightPx: 1080, DiagonalInch: 21.5},
		{WidthPx: 1280, HeightPx: 800, DiagonalInch: 10.1},
		{WidthPx: 1366, HeightPx: 768, DiagonalInch: 15.6},
		{WidthPx: 1280, HeightPx: 1024, DiagonalInch: 19},
		{WidthPx: 1024, HeightPx: 768, DiagonalInch: 15},
	}
}

func (p Panel) String() string { return fmt.Sprintf("%dx%d", p.WidthPx, p.HeightPx) }

// full makes a page of the blocks that a county fills to the brim: names of twelve characters, amounts of nine digits.
func full(page kiosk.Page, body ...kiosk.Block) kiosk.View {
	v := base(page)
	v.Body = body
	return v
}

const (
	longName   = "阿卜杜热西提·买买提依明"
	longUnit   = "宜都市自然资源和规划局国土空间规划与用途管制科驻潘家湾土家族乡工作站"
	longAmount = "123,456,789.05元"
	longFund   = "2026年中央财政农业生产发展资金（耕地轮作休耕试点和农业社会化服务）补助"
)

func crowded() []kiosk.View {
	row := func(i int) kiosk.Row {
		b := kiosk.Button{Text: "有疑问", Subject: kiosk.SubjectVoice, Touch: to("ask")}
		return kiosk.Row{Touch: to("row"), Highlight: i == 1, Cells: []kiosk.Cell{
			{Text: longName, Style: kiosk.StyleName, Chip: &kiosk.Chip{Text: "读音相近", Tone: kiosk.ToneNeutral}, Lines: []string{longUnit, "2026年11月18日 一卡通"}},
			{Text: longAmount, Style: kiosk.StyleAmount},
			{Button: &b},
		}}
	}
	table := func(i int) kiosk.Row {
		return kiosk.Row{Touch: to("row"), Cells: []kiosk.Cell{
			{Text: fmt.Sprint(i + 1), Style: kiosk.StyleSmall},
			{Text: longName, Style: kiosk.StyleName},
			{Text: "13组", Style: kiosk.StyleSmall},
			{Text: "1,234.56亩"},
			{Text: longAmount, Style: kiosk.StyleAmount},
		}}
	}
	columns := []kiosk.Column{
		{Title: "序号"},
		{Title: "姓名", Weight: 2},
		{Title: "组", Weight: 1},
		{Title: "面积", Align: kiosk.AlignRight},
		{Title: "金额（元）", Weight: 1, Align: kiosk.AlignRight},
	}
	find := findView()
	find.Body[1] = kiosk.Search{Settled: longName, Letters: "zhuang", Found: "找到1,238人", Typing: true}
	find.Body[2] = kiosk.Candidates{Items: []kiosk.Tile{
		{Text: "三", Note: "112人", Touch: to("a")},
		{Text: "山", Note: "1人", Touch: to("b")},
		{Text: "顺", Note: "2人", Touch: to("c")},
		{Text: "欧阳", Note: "1人", Touch: to("d")},
		{Text: "树", Note: "1人", Touch: to("e")},
		{Text: "生", Note: "1人", Touch: to("f")},
		{Text: "世", Note: "1人", Touch: to("g")},
		{Text: "水", Note: "1人", Touch: to("h")},
		{Text: "双", Note: "1人", Touch: to("i")},
	}}
	return []kiosk.View{
		full("person-long",
			kiosk.Crumbs{Items: []string{"潘家湾土家族乡", "洪家坪社区居民委员会", "第十三村民小组"}},
			kiosk.NameSum{Name: longName, Note: "2026年到现在 103笔", Figure: "123,456,789.05", Unit: "元"},
			kiosk.Bars{Title: "每年领了多少", Rows: []kiosk.BarRow{
				{Label: "2026年", Fraction: 1, Mark: -1, Value: longAmount, Now: true}, {Label: "2025年", Fraction: 0, Mark: -1, Value: "-" + longAmount},
			}, Note: "比去年少：" + longFund, NoteDim: "（" + longUnit + "）"},
			kiosk.List{Columns: []kiosk.Column{{Weight: 3}, {Align: kiosk.AlignRight}, {}}, Len: 40, Offset: 7, ScrollTo: scrollTo, Pages: inPages, Row: row},
		),
		full("table-long",
			village(), kiosk.Heading{Text: longFund},
			kiosk.List{Header: true, Columns: columns, Len: 182, Offset: 5, ScrollTo: scrollTo, Pages: inPages, Row: table},
			kiosk.Notice{Icon: "verified_user", Title: "1,182户合计", Figure: longAmount, Text: "与拨到本村的钱差" + longAmount, Tone: kiosk.ToneAttention},
		),
		full("empty-list", kiosk.Heading{Text: "办理结果"}, kiosk.List{Columns: columns, Empty: "还没有。" + longFund}),
		full("news", kiosk.News{Icon: "location_on", Title: "潘家湾土家族乡新发放", Note: "11月18日", Touch: to("news"), Rows: []kiosk.NewsRow{
			{Label: longFund, Note: "11,182户", Figure: longAmount}, {Label: longFund, Note: "1户", Figure: "0.01元"},
		}}, kiosk.Giant{Text: "点一下屏幕，开始查", Touch: to("start")}),
		full("figures",
			kiosk.Heading{Text: longUnit, Note: longUnit, Chips: []kiosk.Chip{{Text: "公益一类"}, {Text: "财政全额拨款"}, {Icon: "warning", Text: "有争议，正在处理", Tone: kiosk.ToneAttention}}},
			kiosk.Figures{
				Items: []kiosk.Figure{{Label: "核定编制", Value: "11,137"}, {Label: "实有人数", Value: "11,138"}, {Label: "超编", Value: "1", Tone: kiosk.ToneAlarm}},
				Rows:  []kiosk.BarRow{{Label: "参照公务员法管理", Fraction: 1, Mark: 1, Value: "实有11,138人，核定11,137人", Subject: kiosk.SubjectStaffing}}, Note: "依据：" + longFund,
			},
		),
		full("cards",
			kiosk.Gauge{Icon: "payments", Title: longFund, Label: "已发0.1%", Fraction: 0.001, Subject: kiosk.SubjectFund, Figures: []kiosk.Figure{
				{Label: "安排", Value: longAmount}, {Label: "已发", Value: longAmount, Tone: kiosk.ToneGood}, {Label: "还剩", Value: longAmount, Tone: kiosk.ToneAttention},
			}},
			kiosk.Cards{Columns: 2, Subject: kiosk.SubjectFund, Items: []kiosk.Card{
				{Icon: "groups", Title: "给谁", Text: strings.Repeat(longFund, 3), Touch: to("a")},
				{Icon: "potted_plant", Title: "给多少", Text: longFund, Touch: to("b")},
				{Icon: "call", Title: "0717-4830000", Text: "窗口\n地址：" + longUnit, Touch: to("c")},
			}},
		),
		full("prose", kiosk.Heading{Text: longFund}, kiosk.Prose{ScrollTo: scrollTo, Pages: inPages, Offset: 9, Paragraphs: []string{
			strings.Repeat("任何单位和个人不得截留、抵扣、挪用，", 30), "（一）" + longFund, "", strings.Repeat("一", 200),
		}}),
		full("buttons", kiosk.Notice{Icon: "info", Title: longFund, Text: longUnit, Tone: kiosk.ToneAttention, Button: &kiosk.Button{Icon: "home", Text: "回首页", Touch: to("home"), Filled: true}},
			kiosk.Buttons{Items: []kiosk.Button{button("call", "打电话问一问"), button("menu_book", "看这项补贴的政策"), button("", "看去年的名单"), {Text: "不能用", Icon: "sync"}}},
			kiosk.Tabs{Items: []kiosk.Tab{{Text: "按资金分类看", On: true, Touch: to("1")}, {Text: "按主管部门看", Touch: to("2")}, {Text: "二十个部门预算", Touch: to("3")}, {Text: "公示", Touch: to("4")}}},
		),
		full("tiles", kiosk.Heading{Text: "再选您的村"}, kiosk.Tiles{Columns: 2, Len: 37, Offset: 6, ScrollTo: scrollTo, Tile: func(i int) kiosk.Tile {
			return kiosk.Tile{Text: "洪家坪社区居民委员会", Note: fmt.Sprint(i, "人"), Touch: to("tile"), Filled: i == 7}
		}}),
		find,
	}
}

// laid is a page that has been laid out.
type laid struct {
	view  kiosk.View
	frame Frame
}

// pages are every page on every panel at every text size: the drawn ones, the crowded ones, and those that touches lead to in
// the hand-made county. Every third is white on black, which must change nothing but the colours.
var pages = sync.OnceValue(func() []laid {
	var all []laid
	lay := func(views []kiosk.View) {
		for i, panel := range panels() {
			for size := kiosk.TextStandard; size <= kiosk.TextLargest; size++ {
				for j, v := range views {
					v.TextSize, v.Contrast = size, (i+j)%3 == 2
					all = append(all, laid{v, Layout(v, panel, font.Width)})
				}
			}
		}
	}
	lay(append(views(), crowded()...))
	met, err := realViews()
	if err != nil {
		panic("the county of the tests cannot be walked through: " + err.Error())
	}
	lay(met)
	return all
})

// everyPage calls f for all pages.
func everyPage(t *testing.T, f func(t *testing.T, v kiosk.View, fr Frame, mm float32)) {
	for _, p := range pages() {
		t.Run(fmt.Sprintf("%v/%d/%s", p.frame.Panel, p.view.TextSize, p.view.Page), func(t *testing.T) {
			f(t, p.view, p.frame, p.frame.Panel.mm())
		})
	}
}

func TestLayoutIsPure(t *testing.T) {
	for i, p := range pages() {
		if i%23 == 0 && !reflect.DeepEqual(Layout(p.view, p.frame.Panel, font.Width).Ops, p.frame.Ops) {
			t.Errorf("%s on %v is not drawn the same twice", p.view.Page, p.frame.Panel)
		}
	}
}

func TestEverythingIsOnThePanel(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		whole := Rect{0, 0, float32(fr.Panel.WidthPx), float32(fr.Panel.HeightPx)}
		safe := whole
		safe.X, safe.W = 5.9*mm, whole.W-11.8*mm
		for _, op := range fr.Ops {
			if op.X < -1 || op.Y < -1 || op.X+op.W > whole.W+1 || op.Y+op.H > whole.H+1 {
				t.Errorf("%v %q lies outside the panel: %v", op.Kind, op.Text, op.Rect)
			}
			if (op.Kind == Word || op.Kind == Sign) && (op.X < safe.X || op.X+op.W > safe.X+safe.W+1) && op.Y < whole.H*0.85 {
				t.Errorf("%q is closer than 6 mm to the edge: %v", op.Text, op.Rect)
			}
		}
	})
}

func TestNoWordCoversAnother(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		var words []Op
		for _, op := range fr.Ops {
			if op.Kind == Word {
				op.Rect = op.Rect.grow(-1.5)
				words = append(words, op)
			}
		}
		for i, a := range words {
			for _, b := range words[i+1:] {
				if a.Overlaps(b.Rect) {
					t.Errorf("%q %v covers %q %v", a.Text, a.Rect, b.Text, b.Rect)
				}
			}
		}
	})
}

func TestWordsStayInTheirBox(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		for i, op := range fr.Ops {
			if op.Kind != Word {
				continue
			}
			// the last box drawn before the word in which the word begins is the one that it stands on
			for j := i - 1; j >= 0; j-- {
				b := fr.Ops[j]
				if b.Kind == Box && b.H > op.H*0.7 && b.W > op.H*0.8 && b.Contains(op.X+1, op.Y+op.H/2) {
					if op.X+op.W > b.X+b.W+1 {
						t.Errorf("%q %v runs out of its box %v", op.Text, op.Rect, b.Rect)
					}
					break
				}
			}
		}
	})
}

func TestTextIsLargeEnough(t *testing.T) {
	least := [3]float32{5, 6, 7}
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		for _, op := range fr.Ops {
			floor := least[fr.Size]
			if a, ok := fr.At(op.X+op.W/2, op.Y+op.H/2); ok && a.Key {
				floor = least[kiosk.TextStandard] // a key is as large as the pad allows, whatever the text size
			}
			if op.Kind == Word && op.H < floor*mm*0.99 {
				t.Errorf("%q is %.1f mm high", op.Text, op.H/mm)
			}
		}
	})
}

// TestLargeTextIsLarge: a page is written smaller than asked only where it is crowded and the panel is low.
func TestLargeTextIsLarge(t *testing.T) {
	smaller := 0
	for _, p := range pages() {
		if p.frame.Size == p.view.TextSize {
			continue
		}
		smaller++
		if h := float32(p.frame.Panel.HeightPx) / p.frame.Panel.mm(); h > 240 {
			t.Errorf("%s on %v is written in size %d instead of %d", p.view.Page, p.frame.Panel, p.frame.Size, p.view.TextSize)
		}
	}
	if smaller*12 > len(pages()) {
		t.Errorf("%d of %d pages are written smaller than asked", smaller, len(pages()))
	}
}

// What is touched is to be this large in millimetres by text size (kiosk.md), and the rows of lists this high.
var (
	targetMM = [3]float32{22, 25, 28}
	rowMM    = [3]float32{20, 24, 30}
)

const keyMM, neverMM = 20, 15

// low is the panel on which band and foot leave 97 of 136 mm: what fills a page may be smaller there, never under neverMM. How
// much of what can be touched on it is as large as anywhere else is asked below.
func low(p Panel) bool { return float32(p.HeightPx)/p.mm() < 150 }

// nine reports whether letters share nine keys: on the low panel, and in larger print on the one of 194 mm.
func nine(fr Frame) bool {
	h := float32(fr.Panel.HeightPx) / fr.Panel.mm()
	return low(fr.Panel) || h < 200 && fr.Size > kiosk.TextStandard
}

// tabled is the size that a place to touch is to have.
func tabled(a Area, size kiosk.TextSize) (w, h float32) {
	switch {
	case a.Key:
		return keyMM, keyMM
	case a.Row:
		return keyMM, rowMM[size]
	}
	return targetMM[size], targetMM[size]
}

func TestPlacesToTouch(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		for i, a := range fr.Areas {
			w, h := tabled(a, fr.Size)
			switch {
			case low(fr.Panel):
				w, h = neverMM, neverMM
			case a.Key:
				w, h = neverMM, neverMM
			}
			if a.W < w*mm-1 || a.H < h*mm-1 {
				t.Errorf("%q can be touched on %.1f × %.1f mm, which is less than %.0f × %.0f", a.Label, a.W/mm, a.H/mm, w, h)
			}
			if a.Label == "" {
				t.Errorf("a place to touch at %v has no words", a.Rect)
			}
			for _, b := range fr.Areas[i+1:] {
				if a.Overlaps(b.Rect) {
					t.Errorf("%q %v and %q %v answer to the same finger", a.Label, a.Rect, b.Label, b.Rect)
				}
			}
		}
	})
}

func TestWhatAPageIsForIsNeverLeftOut(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		on := map[string]bool{}
		for _, a := range fr.Areas {
			if m, ok := a.Msg.(touch); ok {
				on[m.name] = true
			}
		}
		need := func(m kiosk.Msg) {
			if m, ok := m.(touch); ok && !on[m.name] {
				t.Errorf("%q cannot be reached", m.name)
			}
		}
		if !v.Bare {
			need(v.EmblemTouch)
			for _, b := range v.Foot {
				need(b.Touch)
			}
		}
		for _, b := range append(v.Body, v.Side...) {
			switch b := b.(type) {
			case kiosk.Search:
				need(b.Touch)
			case kiosk.Doors:
				for _, d := range b.Items {
					need(d.Touch)
				}
			case kiosk.Buttons:
				for _, it := range b.Items {
					need(it.Touch)
				}
			case kiosk.Notice:
				if b.Button != nil {
					need(b.Button.Touch)
				}
			case kiosk.Tabs:
				for _, it := range b.Items {
					if !it.On {
						need(it.Touch)
					}
				}
			case kiosk.Keys:
				keys := b.Letters
				if nine(fr) && len(b.Nine) > 0 {
					keys = b.Nine
				}
				for _, k := range keys {
					need(k.Touch)
				}
				need(b.Back.Touch)
			case kiosk.Cards:
				for _, c := range b.Items {
					need(c.Touch)
				}
			case kiosk.Giant:
				need(b.Touch)
			case kiosk.PINPad:
				for _, k := range append(b.Digits, b.Back, b.OK) {
					need(k.Touch)
				}
			}
		}
	})
}

// choosable are the words on the characters that can be chosen.
func choosable(v kiosk.View) map[string]bool {
	labels := map[string]bool{}
	add := func(it kiosk.Tile) { labels[it.Text+" "+it.Note] = true }
	for _, b := range append(slices.Clone(v.Body), v.Side...) {
		switch b := b.(type) {
		case kiosk.Candidates:
			for _, it := range b.Items {
				add(it)
			}
		case kiosk.Tiles:
			for i := range b.Len {
				if it := b.Tile(i); utf8.RuneCountInString(it.Text) == 1 {
					add(it)
				}
			}
		}
	}
	return labels
}

// TestNamesCanBeEntered: what can be chosen is 18 mm wide and high on every panel, what is written has a square of 60 mm, and all
// that was offered for it is there, with the way on where it is none of them.
func TestNamesCanBeEntered(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		labels, shown := choosable(v), 0
		for _, a := range fr.Areas {
			if labels[a.Label] {
				if shown++; a.W < candidateMM*mm-1 || a.H < candidateMM*mm-1 {
					t.Errorf("%q is chosen on %.1f × %.1f mm", a.Label, a.W/mm, a.H/mm)
				}
			}
		}
		i := slices.IndexFunc(v.Side, func(b kiosk.Block) bool { _, ok := b.(kiosk.Square); return ok })
		if i < 0 {
			return
		}
		if fr.Square.W < squareMM*mm-1 || fr.Square.H < squareMM*mm-1 || fr.Square.Wrote == nil {
			t.Errorf("there are %.1f × %.1f mm to write in", fr.Square.W/mm, fr.Square.H/mm)
		}
		if shown < len(labels) {
			t.Errorf("%d of %d characters are offered", shown, len(labels))
		}
	})
}

// TestEnoughCharactersAtOnce: who turns over lists has so many surnames, and characters behind them, before him at once in standard
// print as docs/decisions/0027 counts touches with.
func TestEnoughCharactersAtOnce(t *testing.T) {
	least := map[string][2]int{
		"1080x1920": {24, 30}, "1920x1080": {24, 30}, "1280x1024": {24, 30}, "1024x768": {24, 30}, "1366x768": {16, 20}, "1280x800": {16, 16},
	}
	for _, panel := range panels() {
		for i, v := range []kiosk.View{surnamesView(), nextView()} {
			grid := v.Body[2].(kiosk.Tiles)
			tile := grid.Tile
			grid.Len, grid.Tile = 72, func(i int) kiosk.Tile { return tile(i % 24) }
			v.Body[2], v.Body[3] = grid, kiosk.Buttons{Items: []kiosk.Button{button("groups", "看这132人")}}
			if fit := Layout(v, panel, font.Width).Scrolls[0].Fit; fit < least[panel.String()][i] {
				t.Errorf("%v: %s shows %d tiles, want %d", panel, v.Page, fit, least[panel.String()][i])
			}
		}
	}
}

// TestKeysKeepTheirPlace: who taps the same place again strikes the same key, whatever is offered for what was typed before. A page
// that is written smaller for what came to it may move them.
func TestKeysKeepTheirPlace(t *testing.T) {
	for _, panel := range panels() {
		for size := kiosk.TextStandard; size <= kiosk.TextLargest; size++ {
			for _, page := range []func() kiosk.View{findView, strokesView} {
				var before Frame
				for n := range 9 {
					v := page()
					v.TextSize = size
					for _, blocks := range [][]kiosk.Block{v.Body, v.Side} {
						if i := slices.IndexFunc(blocks, isOffer); i >= 0 {
							few := offered("换一批")
							few.Items = few.Items[:n]
							blocks[i] = few
						}
					}
					fr := Layout(v, panel, font.Width)
					for _, a := range before.Areas {
						x, y := a.X+a.W/2, a.Y+a.H/2
						if b, _ := fr.At(x, y); a.Key && fr.Size == before.Size && b.Label != a.Label {
							t.Errorf("%v, text size %d, %s: where %s was is %q once %d characters are offered", panel, size, v.Page, a.Label, b.Label, n)
						}
					}
					before = fr
				}
			}
		}
	}
}

// TestMethodsAreNoKeys: on a page with keys the methods of entering stand in a row of their own above the keys, one of them taken.
func TestMethodsAreNoKeys(t *testing.T) {
	methods := strings.Fields("翻名单 手写 拼音 笔画")
	seen := 0
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		if !slices.ContainsFunc(v.Side, isKeys) {
			return
		}
		var row []Area
		for _, a := range fr.Areas {
			if slices.Contains(methods, a.Label) {
				row = append(row, a)
			}
		}
		for _, a := range row {
			seen++
			if a.Key || a.Y != row[0].Y {
				t.Errorf("%s stands among the keys, or apart from the other methods", a.Label)
			}
			for _, k := range fr.Areas {
				if k.Key && k.Y < a.Y+a.H {
					t.Errorf("the key %s stands beside or above %s", k.Label, a.Label)
				}
			}
		}
	})
	if seen < 500 {
		t.Errorf("only %d methods were met", seen)
	}
}

// TestFocusIsInSight: a list that is opened at somebody's row shows it, however few rows the panel has room for.
func TestFocusIsInSight(t *testing.T) {
	for _, panel := range panels() {
		for size := kiosk.TextStandard; size <= kiosk.TextLargest; size++ {
			for _, focus := range []int{1, 2, 3, 30, 31, 32, 181, 182} {
				v := listView()
				v.TextSize = size
				l := v.Body[3].(kiosk.List)
				drawn := l.Row
				l.Offset, l.Focus = focus-1, focus
				l.Row = func(i int) kiosk.Row {
					r := drawn(i)
					if i == focus-1 {
						r.Cells = slices.Clone(r.Cells)
						r.Cells[1].Text = "找着了"
					}
					return r
				}
				v.Body[3] = l
				if texts := strings.Join(Layout(v, panel, font.Width).Texts(), " "); !strings.Contains(texts, "找着了") {
					t.Errorf("%v, size %d: row %d is not in sight: %s", panel, size, focus, texts)
				}
			}
		}
	}
}

// fewRows are the pages on which fewer rows of a list are shown than kiosk.md asks, and why; on all but the low panel, which is
// 136 mm high, only in larger print.
var fewRows = map[string]string{
	"1280x800/person-long": "an amount of nine digits and a name of twelve characters take three lines of a row",
	"1366x768/people-near": "the field, that nobody has the name, the list's title and a button stand around rows of 30 and more",
}

// TestAListShowsEnoughOfItself: three rows at least on every panel and two in the largest print, six and more of a village's list
// on a tall one; on the low panel three in standard print, and in larger print what there is room for.
func TestAListShowsEnoughOfItself(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		var l *kiosk.List
		for _, b := range append(slices.Clone(v.Body), v.Side...) {
			if found, ok := b.(kiosk.List); ok && l == nil {
				l = &found
			}
		}
		i := slices.IndexFunc(fr.Scrolls, func(s Scroll) bool { return l != nil && s.Len <= l.Len })
		if i < 0 {
			return
		}
		least := wantedRows[fr.Size]
		if low(fr.Panel) && fr.Size > kiosk.TextStandard { // 97 mm for rows of 19 and more under a heading, tabs and a sum
			least = 1
		}
		if few := fewRows[fmt.Sprintf("%v/%s", fr.Panel, v.Page)]; few != "" && (low(fr.Panel) || fr.Size > kiosk.TextStandard) {
			least = 1
		}
		if s := fr.Scrolls[i]; s.Fit < min(least, s.Len) {
			t.Errorf("%d of %d rows are on show, want %d", s.Fit, s.Len, least)
		}
	})
	for _, panel := range panels() {
		if fit := Layout(listView(), panel, font.Width).Scrolls[0].Fit; tall(panel) && fit < 6 {
			t.Errorf("%v: a village's list shows %d rows", panel, fit)
		}
	}
}

func tall(p Panel) bool { return p.HeightPx > p.WidthPx }

// TestTheLowPanelGivesWhatItCan: most of what can be touched on 136 mm is as large as kiosk.md asks at the standard size, apart
// from the band and the foot, which are lower there on every page.
func TestTheLowPanelGivesWhatItCan(t *testing.T) {
	full, all := 0, 0
	for _, p := range pages() {
		if !low(p.frame.Panel) || p.frame.Size != kiosk.TextStandard {
			continue
		}
		mm, characters := p.frame.Panel.mm(), choosable(p.view)
		for _, a := range p.frame.Areas {
			if a.Y < 20*mm || a.Y > float32(p.frame.Panel.HeightPx)-20*mm || a.Key {
				continue
			}
			all++
			w, h := tabled(a, kiosk.TextStandard)
			if characters[a.Label] {
				w, h = candidateMM, candidateMM
			}
			if a.W > w*mm-1 && a.H > h*mm-1 {
				full++
			}
		}
	}
	t.Logf("%d of %d places to touch", full, all)
	if full*2 < all {
		t.Errorf("%d of %d places to touch are as large as asked", full, all)
	}
}

// TestTurningReachesEveryRow turns a list from its beginning with ▼ until there is none: every row has been on show once.
func TestTurningReachesEveryRow(t *testing.T) {
	for _, panel := range panels() {
		for size := kiosk.TextStandard; size <= kiosk.TextLargest; size++ {
			seen := map[string]bool{}
			offset, turns := 0, 0
			for {
				v := listView()
				v.TextSize = size
				l := v.Body[3].(kiosk.List)
				l.Offset = offset
				v.Body[3] = l
				fr := Layout(v, panel, font.Width)
				for _, s := range fr.Texts() {
					if f := strings.Fields(s); len(f) > 0 { // where a row is folded its number begins the small print
						seen[f[0]] = true
					}
				}
				next := -1
				for _, a := range fr.Areas {
					if a.Label == LabelDown {
						if _, err := fmt.Sscanf(a.Msg.(touch).name, "scroll %d", &next); err != nil {
							t.Fatal(err)
						}
					}
				}
				if next < 0 {
					break
				}
				if next <= offset || turns > 200 {
					t.Fatalf("%v: ▼ leads from %d to %d", panel, offset, next)
				}
				offset = next
				turns++
			}
			for i := 1; i <= 182; i++ {
				if !seen[fmt.Sprint(i)] {
					t.Errorf("%v, text size %d: row %d was never on show", panel, size, i)
				}
			}
		}
	}
}

func TestThePersonChosenIsMarked(t *testing.T) {
	fr := Layout(listView(), panels()[0], font.Width)
	var mark Rect
	for _, op := range fr.Ops {
		if op.Kind == Box && op.Fill == amberSoft && op.W > 800 {
			mark = op.Rect
		}
	}
	for _, op := range fr.Ops {
		if op.Text == "31" && !mark.Contains(op.X, op.Y) {
			t.Error("the row of the person looked for is not marked")
		}
	}
	if mark.W == 0 {
		t.Error("no row is marked")
	}
}

// TestRareNameIsDrawnWholeInRegular: a name changes its weight neither from one character to the next nor from one line to the next, on
// any panel and in any text size.
func TestRareNameIsDrawnWholeInRegular(t *testing.T) {
	const firm = "枝城镇白水港村黎家坪组王𠮷昌粮食种植专业合作社联合社"
	font.Carry(map[rune]font.Guest{'𠮷': {Parts: "土口"}})
	defer font.Carry(nil)
	pages := map[string]kiosk.View{
		"张龘":  full("rare", kiosk.NameSum{Name: "张龘", Figure: "1.00", Unit: "元"}),
		"王𠮷昌": full("guest", kiosk.Tiles{Columns: 2, Len: 1, Tile: func(int) kiosk.Tile { return kiosk.Tile{Text: "王𠮷昌", Note: "3人", Touch: to("one")} }}),
		firm:  full("firm", kiosk.NameSum{Name: firm, Figure: "1.00", Unit: "元"}),
	}
	for name, v := range pages {
		for _, panel := range panels() {
			for size := range kiosk.TextSize(3) {
				v.TextSize = size
				shown := ""
				for _, op := range Layout(v, panel, font.Width).Ops {
					if op.Text == "" || !strings.Contains(name, op.Text) {
						continue
					}
					shown += op.Text
					if op.Bold {
						t.Errorf("%v, text size %d: %s of %s is Bold", panel, size, op.Text, name)
					}
				}
				if !strings.Contains(shown, name) {
					t.Errorf("%v, text size %d: %s of %s is shown", panel, size, shown, name)
				}
			}
		}
	}
}

// TestWhatIsToldByItsPartsHasRoom: a character that can be chosen and is told by its parts, or by 缺字, stands within its key on every panel.
func TestWhatIsToldByItsPartsHasRoom(t *testing.T) {
	font.Carry(map[rune]font.Guest{'𠮷': {Parts: "土口"}, '𤭢': {Parts: "十百千万"}})
	defer font.Carry(nil)
	var c kiosk.Candidates
	for i, s := range []string{"𠮷", "𤭢", "𪛖", "国", "𡈼", "强", "龘"} {
		c.Items = append(c.Items, kiosk.Tile{Text: s, Note: fmt.Sprint(i+1, "人"), Touch: to(s)})
	}
	for _, panel := range panels() {
		for size := range kiosk.TextSize(3) {
			v := full("parts", c)
			v.TextSize = size
			f := Layout(v, panel, font.Width)
			met := 0
			for _, op := range f.Ops {
				i := slices.IndexFunc(f.Areas, func(a Area) bool { return op.Text != "" && strings.HasPrefix(a.Label, op.Text+" ") })
				if i < 0 {
					continue
				}
				met++
				if a := f.Areas[i]; op.X < a.X || op.X+op.W > a.X+a.W || op.Y < a.Y || op.Y+op.H > a.Y+a.H {
					t.Errorf("%v, text size %d: %s lies at %v, its key at %v", panel, size, op.Text, op.Rect, a.Rect)
				}
			}
			if met < 3 {
				t.Errorf("%v, text size %d: %d characters can be chosen", panel, size, met)
			}
		}
	}
}

func TestNumbersKeepTheirUnits(t *testing.T) {
	for _, s := range []string{"1,141.30元", "2026年11月20日", "2026年", "〔2026〕14号", "0.97亩）", "“一", "补。"} {
		if got := tokens(s); len(got) != 1 && s != "〔2026〕14号" {
			t.Errorf("%q may be parted as %q", s, got)
		}
	}
	p := &pen{measures: measure(panels()[0], 0, 0, 1), width: font.Width}
	for _, l := range p.wrap("名单共182户，加起来与拨到本村的96,120.40元一分不差。", face{30, false}, 250) {
		if first := []rune(l)[0]; strings.ContainsRune(closing, first) {
			t.Errorf("a line begins with a closing mark: %q", l)
		}
	}
}

func TestNoCharacterStandsAloneOnTheLastLine(t *testing.T) {
	p := &pen{measures: measure(panels()[0], 0, 0, 1), width: font.Width}
	f := face{30, false}
	text := "84项钱花到哪了，村里张榜7天没有异议就发，2026年11月20日发了1,141.30元"
	for w := p.measured("二〇二六年十", f); w < p.measured(text, f); w += 3 {
		lines := p.wrap(text, f, w)
		if got := strings.Join(lines, ""); got != text {
			t.Fatalf("%.0f wide: %q", w, got)
		}
		for _, l := range lines {
			if wide := p.measured(l, f); wide > w+0.01 {
				t.Errorf("%.0f wide: %q is %.0f", w, l, wide)
			}
		}
		if last := lines[len(lines)-1]; utf8.RuneCountInString(last) < fewest {
			t.Errorf("%.0f wide: %q stands alone", w, last)
		}
	}
}

func TestPagesAreWorded(t *testing.T) {
	for _, c := range []struct{ offset, fit, len, page, pages int }{
		{0, 7, 182, 1, 26}, {28, 7, 182, 5, 26}, {175, 7, 182, 26, 26}, {0, 7, 7, 1, 1}, {3, 7, 182, 2, 27}, {0, 5, 0, 1, 1},
	} {
		tr := turn{offset: c.offset, fit: c.fit, len: c.len}
		if page, pages := tr.pages(); page != c.page || pages != c.pages {
			t.Errorf("rows %d+%d of %d: page %d of %d, want %d of %d", c.offset, c.fit, c.len, page, pages, c.page, c.pages)
		}
	}
}

func TestNothingIsDrawnOverAWord(t *testing.T) {
	everyPage(t, func(t *testing.T, v kiosk.View, fr Frame, mm float32) {
		for i, w := range fr.Ops {
			if w.Kind != Word {
				continue
			}
			for _, b := range fr.Ops[i+1:] {
				if b.Kind != Word && w.Rect.grow(-2).Overlaps(b.Rect) && (b.Kind != Box || b.Fill.A > 0) {
					t.Errorf("%q %v is covered by %v %q", w.Text, w.Rect, b.Rect, b.Text)
				}
			}
		}
	})
}
