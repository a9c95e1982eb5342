package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/ledger"
)

// The sheets of a very small county.
const (
	placeHead = "编号,公布日期,区划代码,名称,简称,级别,类别,上级代码,启用日期,停用日期,并入代码,别名\n"
	placeCSV  = placeHead +
		"P1,2023-12-01,420581000000,宜都市,宜都,县,,,,,,\n" +
		"P2,2023-12-01,420581104000,枝城镇,枝城,乡,镇,420581000000,,,,\n" +
		"P3,2023-12-01,420581104212,白水港村,白水港,村,村委会,420581104000,,,,白水港村委会\n" +
		"P4,2023-12-01,420581104213,红旗村,红旗,村,村委会,420581104000,,,,\n" +
		"P5,2023-12-01,420581106000,王家畈镇,王家畈,乡,镇,420581000000,,,,\n" +
		"P6,2023-12-01,420581106213,红旗村,红旗,村,村委会,420581106000,,,,\n" +
		"P7,2023-12-01,420581106214,老林村,老林,村,村委会,420581106000,,2021-03-31,420581106213,\n"
	kindCSV = "编号,公布日期,补贴名称,别名,单位,公布方式,起始年,终止年\n" +
		"dili,2023-01-01,耕地地力保护补贴,地力补贴,亩,名单,2016,\n" +
		"zhibu,2023-01-01,粮食直补,,亩,名单,2004,2015\n"
	institutionCSV = "编号,公布日期,单位名称,上级单位编号,机构性质,核定编制\n" +
		"J2,2023-01-01,农技站,J1,事业,全额事业编制=12\n" +
		"J1,2023-01-01,农业农村局,,行政,行政编制=30;工勤编制=2\n"
	fundCSV = "编号,公布日期,目录号,年度,资金名称,公开类别,责任单位编号,财政管理科室,安排金额（元）,已拨金额（元）,结余金额（元）,拨付对象,拨付标准,资金拨付及结余,拨付方式\n" +
		"Z1,2025-01-01,1,2025,地力补贴资金,惠农补贴,J1,农业科,1000.00,900,100,种地的农户,每亩95元,已拨九成,一卡通\n"
	payHead = "公布日期,资金编号,补贴种类,年度,所属期,批次,乡镇,村,组,姓名,对象类型,同名序号,数量,单位,标准（元）,金额（元）,发放日期,发放方式,备注\n"
	payRow  = "2025-06-01,Z1,dili,2025,全年,1,枝城镇,白水港村,3组,王建国,户,,8.45,亩,95,802.75,2025-05-20,一卡通,\n"
)

type office struct {
	t   testing.TB
	l   *ledger.Ledger
	dir string
}

func newOffice(t testing.TB) *office {
	t.Helper()
	l, err := ledger.Create(context.Background(), t.TempDir(), ledger.County{Code: "420581", Name: "宜都市"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return &office{t, l, t.TempDir()}
}

// ready is an office that has taken in everything that payments refer to.
func ready(t testing.TB) *office {
	o := newOffice(t)
	report := o.take(Options{}, o.write("行政区划.csv", placeCSV), o.write("补贴种类.csv", kindCSV), o.write("机构.csv", institutionCSV), o.write("专项资金_2025.csv", fundCSV))
	if report.Refused() {
		t.Fatalf("the small county was refused: %s", words(report))
	}
	return o
}

func (o *office) write(name, text string) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

func (o *office) take(opt Options, paths ...string) Report {
	o.t.Helper()
	report, err := Run(context.Background(), o.l, paths, opt)
	if err != nil {
		o.t.Fatal(err)
	}
	return report
}

// rows counts the records that the ledger has of a dataset.
func (o *office) rows(dataset string) int64 {
	o.t.Helper()
	current, err := o.l.Sources(context.Background(), dataset)
	if err != nil {
		o.t.Fatal(err)
	}
	var n int64
	for _, s := range current {
		n += s.Rows
	}
	return n
}

// words is all that a report says, one remark a line.
func words(r Report) string {
	var b strings.Builder
	for _, f := range r.Files {
		for _, m := range f.Refused {
			fmt.Fprintf(&b, "%s|%s|%d|%s|%s|%s|%s\n", f.File, m.Sheet, m.Row, m.Column, m.Value, m.Rule, m.Hint)
		}
	}
	return b.String()
}

func TestSmallCountyComesInWhateverTheOrderOfFiles(t *testing.T) {
	o := newOffice(t)
	report := o.take(Options{}, o.write("补贴发放.csv", payHead+payRow), o.write("专项资金.csv", fundCSV), o.write("机构.csv", institutionCSV),
		o.write("补贴种类.csv", kindCSV), o.write("行政区划.csv", placeCSV))
	if report.Refused() {
		t.Fatal(words(report))
	}
	for dataset, want := range map[string]int64{"place": 7, "subsidy_kind": 2, "institution": 2, "fund": 1, "disbursement": 1} {
		if got := o.rows(dataset); got != want {
			t.Errorf("%d rows of %s, want %d", got, dataset, want)
		}
	}
	last := report.Files[len(report.Files)-1]
	if last.Kind != "disbursement" || last.Totals != (Totals{1, 80275}) || last.Unit != "元" || last.Encoding != "UTF-8" {
		t.Errorf("the payments' report is %+v", last)
	}
}

func TestPaymentIsReadAsWritten(t *testing.T) {
	o := ready(t)
	o.take(Options{}, o.write("补贴发放.csv", payHead+payRow))
	current, err := o.l.Sources(context.Background(), "disbursement")
	if err != nil || len(current) != 1 {
		t.Fatal(current, err)
	}
	var got disclosure.Disbursement
	if err := o.l.Each(current[0], func(c []disclosure.Cell) error { return disclosure.Of[disclosure.Disbursement]().Fill(&got, c) }); err != nil {
		t.Fatal(err)
	}
	want := disclosure.Disbursement{
		Head: disclosure.Head{PublishedOn: "2025-06-01", Source: "补贴发放.csv", SourceRow: 2},
		Fund: "Z1", Kind: "dili", Year: 2025, Period: "全年", Batch: 1, Place: "420581104212", Group: "3组", Name: "王建国", Type: "户",
		Quantity: 8450, Unit: "亩", Standard: 9500, Amount: 80275, PaidOn: "2025-05-20", Method: "一卡通",
	}
	want.Ref = want.Key()
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestRefusals(t *testing.T) {
	row := func(old, new string) string {
		other := strings.Replace(payRow, "王建国", "李大年", 1)
		if !strings.Contains(other, old) {
			t.Fatalf("%q does not stand in the row", old)
		}
		return payHead + payRow + strings.Replace(other, old, new, 1)
	}
	head := func(old, new string) string { return strings.Replace(payHead, old, new, 1) + payRow }
	id := "110101199001010015" // an invented person's; its check digit is right
	for name, c := range map[string]struct {
		file, text string
		row        int64
		column     string
		says       []string
		hides      string
	}{
		"missing column":      {text: head(",姓名,", ","), row: 1, column: "姓名", says: []string{"缺少这一列", "加上“姓名”"}},
		"identity column":     {text: head(",发放方式,", ",身份证号,"), row: 1, column: "身份证号", says: []string{"不认识的列", "整列删去", "发放方式"}},
		"nameless column":     {text: head(",发放方式,", ",,"), row: 1, column: "第18列", says: []string{"没有名称"}},
		"column twice":        {text: head(",发放方式,", ",备注,"), row: 1, column: "备注", says: []string{"出现了两次"}},
		"broken row":          {text: row(",户,,8.45", ",户,8.45"), row: 3, says: []string{"这一行有18格，表头有19格"}},
		"open quotation mark": {text: payHead + payRow + "\"2025-06-01,Z1\n", row: 3, says: []string{"少了一个双引号"}},
		"empty required cell": {text: row("李大年", ""), row: 3, column: "姓名", says: []string{"不能空着"}},
		"amount unreadable":   {text: row("802.75", "八百元"), row: 3, column: "金额（元）", says: []string{"不是数字", "1234.56"}},
		"third decimal":       {text: row("802.75", "802.755"), row: 3, column: "金额（元）", says: []string{"小数多于2位"}},
		"impossible date":     {text: row("2025-05-20", "2025-02-30"), row: 3, column: "发放日期", says: []string{"没有这个日期", "2023-05-06", "2025-02-30"}},
		"not one of":          {text: row(",户,", ",家,"), row: 3, column: "对象类型", says: []string{"不是规定的写法", "户、个人、组织"}},
		"unknown village":     {text: row("白水港村", "白水巷村"), row: 3, column: "村", says: []string{"本县没有这个村", "白水巷村", "行政区划"}},
		"unknown town":        {text: row("枝城镇", "枝江镇"), row: 3, column: "乡镇", says: []string{"本县没有这个乡镇"}},
		"village elsewhere":   {text: row("枝城镇,白水港村", "王家畈镇,白水港村"), row: 3, column: "村", says: []string{"这个乡镇没有这个村"}},
		"ambiguous village":   {text: row("枝城镇,白水港村", ",红旗村"), row: 3, column: "村", says: []string{"不止一个村", "420581104213", "420581106213", "乡镇"}},
		"village gone":        {text: row("枝城镇,白水港村", "王家畈镇,老林村"), row: 3, column: "村", says: []string{"当时没有这个村", "2021年3月31日"}},
		"no village":          {text: row(",白水港村,", ",,"), row: 3, column: "村", says: []string{"不能空着"}},
		"unknown fund":        {text: row(",Z1,", ",Z9,"), row: 3, column: "资金编号", says: []string{"“专项资金”表里没有这个编号", "Z9"}},
		"unknown kind":        {text: row(",dili,", ",dibao,"), row: 3, column: "补贴种类", says: []string{"“补贴种类”表里没有"}},
		"kind out of period":  {text: row(",dili,", ",粮食直补,"), row: 3, column: "年度", says: []string{"2004年到2015年", "粮食直补"}},
		"same person twice":   {text: payHead + payRow + payRow, row: 3, column: "同名序号", says: []string{"第2行", "分别写1、2"}},
		"identity number":     {text: row("一卡通,", "一卡通,证"+id), row: 3, column: "备注", says: []string{"身份证号"}, hides: id},
		"bank card":           {text: row("一卡通,", "一卡通,6228480402564890018"), row: 3, column: "备注", says: []string{"银行卡号"}, hides: "6228480402564890018"},
		"telephone":           {text: row("一卡通,", "一卡通,打１３８ 1234 5678"), row: 3, column: "备注", says: []string{"手机号"}, hides: "1234"},
		"identity in a name":  {text: row("李大年", "李"+id), row: 3, column: "姓名", says: []string{"身份证号"}, hides: id},
		"card in an amount":   {text: row(",8.45,", ",6228480402564890018,"), row: 3, column: "数量", says: []string{"银行卡号"}, hides: "6228480402564890018"},
		"number in a village": {text: row("白水港村", id), row: 3, column: "村", says: []string{"身份证号"}, hides: id},
		"lost character":      {text: row("李大年", "李\xef\xbf\xbd年"), row: 3, column: "姓名", says: []string{"认不出的字"}},
		"private character":   {text: row("李大年", "李\ue000年"), row: 3, column: "姓名", says: []string{"自造字", "标准"}, hides: "\ue000"},
		"control character":   {text: row("李大年", "李\x07年"), row: 3, column: "姓名", says: []string{"控制字符"}},
		"no such kind":        {file: "某某表.csv", text: payHead + payRow, says: []string{"看不出这是哪种表", "补贴发放"}},
		"totals are made":     {file: "补贴合计.csv", text: payHead, says: []string{"看不出这是哪种表"}},
		"a spreadsheet":       {text: "PK\x03\x04....", says: []string{"xlsx", "另存为"}},
		"a PDF":               {file: "补贴发放.pdf", text: "%PDF-1.4", says: []string{"不是 csv 或 txt 文件"}},
		"empty file":          {text: "", says: []string{"空文件"}},
		"number in file name": {file: "补贴发放_" + id + ".csv", text: payHead + payRow, says: []string{"文件名里有身份证号"}, hides: id},
		"self reference":      {file: "机构.csv", text: institutionCSV + "J3,2023-01-01,孤站,J9,事业,\n", row: 4, column: "上级单位编号", says: []string{"“机构”表里没有这个编号"}},
		"posts unreadable":    {file: "机构.csv", text: institutionCSV + "J3,2023-01-01,孤站,J1,事业,十二名\n", row: 4, column: "核定编制", says: []string{"行政编制=12"}},
		"reference twice":     {file: "机构.csv", text: institutionCSV + "J1,2023-01-01,孤站,J1,事业,\n", row: 4, column: "编号", says: []string{"编号和第3行重复"}},
		"reference elsewhere": {file: "机构_二.csv", text: institutionCSV, row: 2, column: "编号", says: []string{"《机构.csv》第2行", "原来的文件名"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := ready(t)
			before := []int64{o.rows("disbursement"), o.rows("institution")}
			if c.file == "" {
				c.file = "补贴发放.csv"
			}
			report := o.take(Options{Rows: true}, o.write(c.file, c.text))
			if !report.Refused() || report.Files[0].Result != Refused {
				t.Fatalf("was not refused: %+v", report.Files[0])
			}
			got := report.Files[0].Refused[0]
			text := words(report)
			if got.Row != c.row || got.Column != c.column {
				t.Errorf("refused at row %d column %q, want row %d column %q: %s", got.Row, got.Column, c.row, c.column, text)
			}
			for _, s := range c.says {
				if !strings.Contains(text, s) {
					t.Errorf("does not say %q: %s", s, text)
				}
			}
			if c.hides != "" && strings.Contains(text, c.hides) {
				t.Errorf("shows %s: %s", c.hides, text)
			}
			for _, f := range report.Files {
				for _, m := range f.Refused {
					if m.Rule == "" || m.Hint == "" || strings.ContainsAny(m.Rule+m.Hint, "?!") {
						t.Errorf("rule %q, hint %q", m.Rule, m.Hint)
					}
				}
			}
			if after := []int64{o.rows("disbursement"), o.rows("institution")}; !slices.Equal(before, after) {
				t.Errorf("a refused file changed the ledger from %v to %v rows", before, after)
			}
		})
	}
}

func TestVillageIsFoundUnderItsNames(t *testing.T) {
	for _, name := range []string{"白水港村", "白水港", "白水港村委会", "白水港社区"} {
		o := ready(t)
		report := o.take(Options{}, o.write("补贴发放.csv", payHead+strings.Replace(payRow, "白水港村", name, 1)))
		if report.Refused() {
			t.Errorf("%s: %s", name, words(report))
		}
	}
	o := ready(t)
	old := strings.NewReplacer("枝城镇,白水港村", "王家畈,老林", "2025,全年", "2020,全年", "2025-05-20", "2020-05-20").Replace(payRow)
	if report := o.take(Options{}, o.write("补贴发放.csv", payHead+old)); report.Refused() {
		t.Errorf("a village of then: %s", words(report))
	}
}

func TestOneBadFileDoesNotHoldUpTheOthers(t *testing.T) {
	o := ready(t)
	report := o.take(Options{}, o.write("补贴发放_甲.csv", payHead+strings.Replace(payRow, "802.75", "许多", 1)), o.write("补贴发放_乙.csv", payHead+payRow))
	if got := []Result{report.Files[0].Result, report.Files[1].Result}; o.rows("disbursement") != 1 || !slices.Contains(got, Taken) || !slices.Contains(got, Refused) {
		t.Errorf("%d rows, results %v", o.rows("disbursement"), got)
	}
}

func TestAgain(t *testing.T) {
	o := ready(t)
	steps := []struct {
		text string
		want Result
		rows int64
	}{
		{payHead + payRow, Taken, 1},
		{payHead + payRow, Unchanged, 1},
		{payHead + strings.Replace(payRow, "802.75", "800", 1), Replaced, 1},
		{payHead + payRow + strings.Replace(payRow, ",户,,", ",户,2,", 1), Replaced, 2},
	}
	for i, s := range steps {
		report := o.take(Options{}, o.write("补贴发放.csv", s.text))
		if got := report.Files[0].Result; got != s.want || o.rows("disbursement") != s.rows {
			t.Errorf("step %d: %s with %d rows, want %s with %d: %s", i, got, o.rows("disbursement"), s.want, s.rows, words(report))
		}
	}
	report := o.take(Options{}, o.write("补贴发放_又.csv", payHead+payRow))
	if text := words(report); !strings.Contains(text, "《补贴发放.csv》第2行") {
		t.Errorf("the same payment in another file: %s", text)
	}
}

func TestCheckChangesNothing(t *testing.T) {
	o := newOffice(t)
	paths := []string{
		o.write("行政区划.csv", placeCSV), o.write("补贴种类.csv", kindCSV), o.write("机构.csv", institutionCSV), o.write("专项资金.csv", fundCSV),
		o.write("补贴发放_甲.csv", payHead+payRow), o.write("补贴发放_乙.csv", payHead+payRow),
	}
	report := o.take(Options{Check: true, Rows: true}, paths...)
	refused := 0
	for _, f := range report.Files {
		if f.Result == Refused {
			refused++
			if !strings.Contains(words(report), "这一笔已经在《补贴发放_") {
				t.Error(words(report))
			}
		} else if f.Result != Checked {
			t.Errorf("%s is %s", f.File, f.Result)
		}
	}
	if refused != 1 {
		t.Errorf("%d files refused, want the second list with the same payment", refused)
	}
	for _, d := range []string{"place", "disbursement"} {
		if n := o.rows(d); n != 0 {
			t.Errorf("a check left %d rows of %s", n, d)
		}
	}
}

func TestEncodings(t *testing.T) {
	text := strings.Replace(payHead+payRow, "王建国", "王㙘𬊤", 1)
	for name, enc := range map[string]encoding.Encoding{
		"GB18030": simplifiedchinese.GB18030, "UTF-16LE-BOM": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16BE-BOM": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "UTF-8-BOM": unicode.UTF8BOM, "UTF-8": unicode.UTF8,
	} {
		for _, sep := range []string{",", "\t", "，"} {
			raw, err := enc.NewEncoder().String(strings.ReplaceAll(strings.ReplaceAll(text, ",", sep), "\n", "\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			o := ready(t)
			report := o.take(Options{Rows: true}, o.write("补贴发放.txt", raw))
			f := report.Files[0]
			if f.Result != Taken || f.Encoding != name {
				t.Errorf("%s with %q: %s, read as %s: %s", name, sep, f.Result, f.Encoding, words(report))
				continue
			}
			var row struct{ Name string }
			if err := json.Unmarshal(f.Rows[0], &row); err != nil || row.Name != "王㙘𬊤" {
				t.Errorf("%s with %q: name is %q, %v", name, sep, row.Name, err)
			}
		}
	}
}

func TestQuotedCells(t *testing.T) {
	o := newOffice(t)
	text := "编号,公布日期,标题,发文单位,发文日期,效力,大白话,正文\n" +
		"W1,2025-01-01,\"关于\"\"一卡通\"\"的通知\",财政局,2025-01-01,有效,\"先公示,后发钱\",\"第一段\r\n第二段\"\n"
	report := o.take(Options{Rows: true}, o.write("政策文件.csv", text))
	if report.Refused() {
		t.Fatal(words(report))
	}
	var row struct{ Title, Summary, Body string }
	if err := json.Unmarshal(report.Files[0].Rows[0], &row); err != nil {
		t.Fatal(err)
	}
	if row.Title != `关于"一卡通"的通知` || row.Summary != "先公示,后发钱" || row.Body != "第一段\n第二段" {
		t.Errorf("row is %+v", row)
	}
}

func TestReportIsJSONAsPromised(t *testing.T) {
	o := ready(t)
	report := o.take(Options{Rows: true}, o.write("补贴发放.csv", payHead+payRow))
	raw, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Files []struct {
			File, Kind, Unit, Encoding string
			Rows                       []map[string]any
			Refused, Warnings          []any
			Totals                     map[string]any
		}
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	row := got.Files[0].Rows[0]
	for name, want := range map[string]any{
		"sheet": "", "row": 2.0, "name": "王建国", "village_code": "420581104212", "group": "3组", "quantity": 8.45, "area_mu": 8.45,
		"standard_fen": 9500.0, "amount_fen": 80275.0, "date": "2025-05-20",
	} {
		if row[name] != want {
			t.Errorf("row says %s = %v, want %v", name, row[name], want)
		}
	}
	if got.Files[0].Refused == nil || got.Files[0].Warnings == nil || got.Files[0].Totals["amount_fen"] != 80275.0 {
		t.Errorf("report is %s", raw)
	}
}

func TestFolderOfAnotherCounty(t *testing.T) {
	o := newOffice(t)
	o.write("county.json", `{"county":"420923","county_name":"云梦县","synthetic":true}`)
	o.write("行政区划.csv", placeCSV)
	report := o.take(Options{}, o.dir)
	if text := words(report); !strings.Contains(text, "云梦县") || !strings.Contains(text, "宜都市") || o.rows("place") != 0 {
		t.Errorf("%d rows: %s", o.rows("place"), text)
	}
}

func TestInventedCountyStaysInvented(t *testing.T) {
	o := newOffice(t)
	o.write("county.json", `{"county":"420581","county_name":"宜都市","synthetic":true}`)
	o.write("行政区划.csv", placeCSV)
	if report := o.take(Options{}, o.dir); report.Refused() {
		t.Fatal(words(report))
	}
	if c, err := o.l.County(context.Background()); err != nil || !c.Synthetic {
		t.Errorf("county is %+v, %v", c, err)
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	o := newOffice(t)
	report := o.take(Options{}, filepath.Join(o.dir, "补贴发放.csv"))
	if !strings.Contains(words(report), "找不到") {
		t.Errorf("report says %q", words(report))
	}
}

// Whatever the bytes, the reader and the mapper neither fail nor lose a row: each is taken, empty or refused.
func FuzzText(f *testing.F) {
	f.Add([]byte(payHead + payRow))
	f.Add([]byte("\xef\xbb\xbf编号，公布日期\r\n\"a\"\"b\",\n"))
	f.Add([]byte("\xff\xfe1\x00,\x002\x00"))
	f.Add([]byte("\xbd\xf0\xb6\xee,\xd0\xd5\xc3\xfb\n1,2"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		if _, err := file.Write(raw); err != nil {
			t.Fatal(err)
		}
		if _, err := file.Seek(0, 0); err != nil {
			t.Fatal(err)
		}
		s, _, err := openText(file)
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		last := int64(0)
		first := true
		for {
			row, cells, err := s.next()
			if broken := (*brokenRow)(nil); err != nil && !errors.As(err, &broken) {
				break
			}
			if row <= last {
				t.Fatalf("%q: row %d after row %d", raw, row, last)
			}
			last = row
			if first && err == nil {
				p, wrong := match(disclosure.Of[disclosure.Disbursement](), cells)
				if len(wrong) == 0 && p.width > len(cells) {
					t.Fatalf("%q: plan is %d wide, header %d", raw, p.width, len(cells))
				}
			}
			first = false
		}
	})
}

func BenchmarkIntake(b *testing.B) {
	o := ready(b)
	const rows = 200_000
	var text strings.Builder
	text.WriteString(payHead)
	surnames, given := []rune("王李张刘陈杨赵黄周吴"), []rune("建国华明秀英芳丽强军平红")
	for i := range rows {
		fmt.Fprintf(&text, "2025-06-01,Z1,dili,2025,全年,%d,枝城镇,白水港村,%d组,%c%c%c,户,,%d.%d,亩,95,%d.%02d,2025-05-20,一卡通,\n",
			1+i/1000, 1+i/100%9, surnames[i%10], given[i/10%12], given[i/7%12], 1+i%20, i%10, 100+i%900, i%100)
	}
	sheet := strings.ReplaceAll(text.String(), ",户,,", ",户,%,")
	var parts []string
	for i, line := range strings.SplitAfter(sheet, "\n") {
		parts = append(parts, strings.Replace(line, "%", fmt.Sprint(i), 1))
	}
	path := o.write("补贴发放.csv", strings.Join(parts, ""))
	b.ResetTimer()
	for b.Loop() {
		report := o.take(Options{Check: true}, path)
		if report.Refused() || report.Files[0].Totals.Rows != rows {
			b.Fatalf("%d rows: %s", report.Files[0].Totals.Rows, words(report))
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
