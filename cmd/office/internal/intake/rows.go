package intake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/office/internal/leak"
	"mingbai.local/cmd/office/internal/ledger"
)

// reader turns the rows of one sheet into records of one dataset.
type reader struct {
	d        *disclosure.Dataset
	p        plan
	reg      *registry
	out      *File
	sheet    string
	document string
	draft    *ledger.Draft
	rows     bool   // rows are wanted in the report
	own      *entry // what others may refer to; nil where nobody does

	cells []disclosure.Cell
	memo  []memo
	place placeMemo
	days  struct {
		date disclosure.Date
		span span
	}
	years struct {
		year int64
		span span
	}
	ok   bool // the row at hand has no refusal yet
	row  int64
	self []selfRef
	kind disclosure.SubsidyKind
	at   fields
}

// memo is the last value of a column: sheets repeat themselves, and what was right a row ago is right now.
type memo struct {
	text  string
	cell  disclosure.Cell
	valid bool
}

type placeMemo struct {
	query  placeQuery
	answer placeAnswer
	valid  bool
}

// selfRef is a reference into the file itself, which may stand further down.
type selfRef struct {
	row    int64
	column disclosure.Column
	ref    string
}

// fields are the columns that rules speak of by name; -1 where the dataset has none.
type fields struct {
	source, sourceRow, published, year, paidOn, kind                   int
	fund, period, batch, group, name, namesake, recipientType, placeAt int
}

func newReader(d *disclosure.Dataset, p plan, reg *registry, out *File, sheet string) *reader {
	at := func(name string) int {
		return slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == name })
	}
	r := &reader{d: d, p: p, reg: reg, out: out, sheet: sheet, document: out.File}
	r.cells = make([]disclosure.Cell, len(d.Columns))
	r.memo = make([]memo, len(d.Columns))
	r.at = fields{
		source: at("source"), sourceRow: at("source_row"), published: at("published_on"), year: at("year"), paidOn: at("paid_on"), kind: -1,
		fund: at("fund"), period: at("period"), batch: at("batch"), group: at("group"), name: at("name"), namesake: at("namesake_no"),
		recipientType: at("recipient_type"), placeAt: p.placeAt,
	}
	if k := at("kind"); k >= 0 && d.Columns[k].Refs == disclosure.Of[disclosure.SubsidyKind]().Name {
		r.at.kind = k
	}
	if reg.wants(d) {
		r.own = newEntry()
	}
	return r
}

func (r *reader) refuse(column, value, rule, hint string) {
	r.ok = false
	r.out.refuse(Remark{Sheet: r.sheet, Row: r.row, Column: column, Value: value, Rule: rule, Hint: hint})
}

// read takes one row into the draft, or says what is wrong with it.
func (r *reader) read(row int64, texts []string) error {
	r.row, r.ok = row, true
	if !slices.ContainsFunc(texts, func(t string) bool { return trim(t) != "" }) {
		return nil // an empty line
	}
	if len(texts) != r.p.width && !r.fit(&texts) {
		return nil
	}
	for i := range r.d.Columns {
		if at := r.p.at[i]; at >= 0 {
			r.cell(i, texts[at])
		} else {
			r.cells[i] = disclosure.Cell{}
		}
	}
	if r.p.placeAt >= 0 {
		r.readPlace(texts)
	}
	if !r.ok {
		return nil
	}
	if r.at.kind >= 0 && r.cells[r.at.kind].Text != "" && !r.inPeriod() {
		return nil
	}
	r.cells[r.at.source].Text = r.document
	r.cells[r.at.sourceRow].Int = row
	if derived(r.d, r.d.Columns[0]) {
		r.cells[0].Text = r.key()
	}
	if r.own != nil {
		if err := r.own.add(r.d, r.cells); err != nil {
			return err
		}
	}
	if r.rows {
		raw, err := r.json()
		if err != nil {
			return err
		}
		r.out.Rows = append(r.out.Rows, raw)
	}
	return r.draft.Append(r.cells)
}

// fit makes the row as wide as the header, where nothing is lost by it.
func (r *reader) fit(texts *[]string) bool {
	for len(*texts) > r.p.width && trim((*texts)[len(*texts)-1]) == "" {
		*texts = (*texts)[:len(*texts)-1]
	}
	if len(*texts) != r.p.width {
		r.refuse("", "", fmt.Sprintf("这一行有%d格，表头有%d格", len(*texts), r.p.width), "请检查这一行是不是少了或多了逗号；内容里有逗号的，要把那一格用双引号括起来。")
		return false
	}
	return true
}

// trim takes the spaces of every width off both ends. Most cells have none, and cost two comparisons.
func trim(s string) string {
	if s == "" || s[0] > ' ' && s[0] != 0xc2 && s[0] != 0xe3 && s[0] != 0xef && s[len(s)-1] > ' ' && s[len(s)-1] != 0xa0 && s[len(s)-1] != 0x80 {
		return s
	}
	return strings.Trim(strings.TrimSpace(s), "\ufeff\u200b")
}

func (r *reader) cell(i int, raw string) {
	m := &r.memo[i]
	if m.valid && m.text == raw {
		r.cells[i] = m.cell
		return
	}
	c := &r.d.Columns[i]
	before := r.ok
	r.ok = true
	r.cells[i] = r.parse(*c, trim(raw))
	if r.ok {
		*m = memo{raw, r.cells[i], c.Refs != r.d.Name}
	}
	r.ok = r.ok && before
}

func (r *reader) parse(c disclosure.Column, text string) disclosure.Cell {
	heading := c.Heading
	if text == "" {
		if c.Required {
			r.refuse(heading, "", "这一格不能空着", "请填上“"+heading+"”。")
		}
		return disclosure.Cell{}
	}
	if !r.clean(heading, c.Kind.Number(), text) {
		return disclosure.Cell{}
	}
	cell, err := c.Parse(text)
	if err != nil {
		rule := err.Error()
		if len(c.OneOf) > 0 || c.Kind == disclosure.KindPosts {
			rule = "不是规定的写法"
		}
		r.refuse(heading, mask(c, text), rule, remedy(c))
		return disclosure.Cell{}
	}
	if c.Refs != "" {
		return r.resolve(c, text)
	}
	return cell
}

// clean refuses what must never be published and what cannot be read.
func (r *reader) clean(heading string, number bool, text string) bool {
	find := leak.Find
	if number {
		find = leak.FindInNumber
	}
	if k := find(text); k != leak.None {
		r.refuse(heading, mask(disclosure.Column{}, text), "这一格里有"+string(k), "公开的表里不能有"+string(k)+"，请删去后再导入。")
		return false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= ' ' && c < utf8.RuneSelf && c != 0x7f || c == '\n' && !number {
			continue
		}
		if c < utf8.RuneSelf {
			r.refuse(heading, "", "这一格里有看不见的控制字符", "请把这一格清空后重新输入。")
			return false
		}
		switch rune, size := utf8.DecodeRuneInString(text[i:]); {
		case rune == utf8.RuneError:
			r.refuse(heading, mask(disclosure.Column{}, strings.ToValidUTF8(text, "�")), "有认不出的字", "请把这个字重新输入，或者把文件另存为“CSV UTF-8”后再导入。")
			return false
		case unicode.Is(unicode.Co, rune):
			// Each machine shows something else for it, and the next one nothing.
			r.refuse(heading, mask(disclosure.Column{}, strings.ReplaceAll(text, string(rune), "□")), "有自造字，别的电脑上显示不出来",
				"请换成标准字重新输入；输入法里打不出来的，请到派出所核对这个字的标准写法。")
			return false
		default:
			i += size - 1
		}
	}
	return true
}

func remedy(c disclosure.Column) string {
	switch c.Kind {
	case disclosure.KindDate:
		return "请写成 2023、2023-05 或 2023-05-06 的样子，并核对日历上有没有这一天。"
	case disclosure.KindFen:
		return "请只写数字，以元为单位，最多两位小数，如 1234.56；收回的钱前面加减号。"
	case disclosure.KindMilli:
		return "请只写数字，最多三位小数，如 8.45；单位写在“单位”一列。"
	case disclosure.KindInt:
		return "请只写整数，如 12。"
	case disclosure.KindCode:
		return "请写国家统计局的12位区划代码。"
	case disclosure.KindPosts:
		return "请写成“行政编制=12;工勤编制=2”的样子。"
	}
	var words []string
	for _, w := range c.OneOf {
		if w != "" {
			words = append(words, w)
		}
	}
	return "请写" + strings.Join(words, "、") + "当中的一个。"
}

// resolve looks up what a cell refers to: in the ledger, in the call's earlier files, and in the file itself.
func (r *reader) resolve(c disclosure.Column, text string) disclosure.Cell {
	refs := []string{text}
	if c.Kind == disclosure.KindList {
		refs = strings.Split(text, ";")
	}
	for i, ref := range refs {
		switch {
		case c.Refs == r.d.Name:
			if !r.reg.has(c.Refs, ref, r.document) {
				r.self = append(r.self, selfRef{r.row, c, ref})
			}
		case c.Refs == disclosure.Of[disclosure.SubsidyKind]().Name:
			k, ok := r.reg.kindNamed(ref)
			if !ok {
				r.unknown(c, ref)
				return disclosure.Cell{}
			}
			refs[i], r.kind = k.Ref, k
		case !r.reg.has(c.Refs, ref, ""):
			r.unknown(c, ref)
			return disclosure.Cell{}
		}
	}
	return disclosure.Cell{Text: strings.Join(refs, ";")}
}

func (r *reader) unknown(c disclosure.Column, ref string) {
	term := disclosure.ByName(c.Refs).Term
	r.refuse(c.Heading, mask(c, ref), "“"+term+"”表里没有这个编号", "请核对编号；确实是新的，请先导入（或同时导入）“"+term+"”表。")
}

func (r *reader) readPlace(texts []string) {
	q := placeQuery{}
	if r.p.town >= 0 {
		q.town = trim(texts[r.p.town])
	}
	if r.p.village >= 0 {
		q.village = trim(texts[r.p.village])
	}
	if !r.d.Columns[r.p.placeAt].Required && q.town == "" && q.village == "" {
		r.cells[r.p.placeAt] = disclosure.Cell{}
		return
	}
	q.day, q.year = r.when()
	if !r.place.valid || r.place.query != q {
		if !r.clean(disclosure.TownHeading, false, q.town) || !r.clean(disclosure.VillageHeading, false, q.village) {
			return
		}
		r.place = placeMemo{q, r.reg.gazetteer().find(q), true}
	}
	a := r.place.answer
	if a.code == "" {
		value := q.village
		if a.column == disclosure.TownHeading {
			value = q.town
		}
		r.refuse(a.column, mask(disclosure.Column{}, value), a.rule, a.hint)
		return
	}
	if derived(r.d, r.d.Columns[0]) && q.village == "" && r.cells[r.at.recipientType].Text != "组织" {
		r.refuse(disclosure.VillageHeading, "", "这一格不能空着", "请填上补助对象所在的村或社区。")
		return
	}
	r.cells[r.p.placeAt] = disclosure.Cell{Text: string(a.code)}
}

// when is the time in which the row's place must have been there: the day of payment, or else of publication; and the row's
// year, where it has one.
func (r *reader) when() (day, year span) {
	date := disclosure.Date(r.cells[r.at.published].Text)
	if r.at.paidOn >= 0 && r.cells[r.at.paidOn].Text != "" {
		date = disclosure.Date(r.cells[r.at.paidOn].Text)
	}
	if r.days.date != date {
		r.days.date, r.days.span = date, span{firstDay(date), lastDay(date)}
	}
	day, year = r.days.span, r.days.span
	if r.at.year >= 0 {
		if n := r.cells[r.at.year].Int; n != r.years.year {
			text := strconv.FormatInt(n, 10)
			r.years.year, r.years.span = n, span{text + "-01-01", text + "-12-31"}
		}
		year = r.years.span
	}
	return day, year
}

func (r *reader) inPeriod() bool {
	if id := r.cells[r.at.kind].Text; r.kind.Ref != id {
		r.kind, _ = r.reg.kindNamed(id)
	}
	year, k := r.cells[r.at.year].Int, r.kind
	if year >= k.FromYear && (k.ToYear == 0 || year <= k.ToYear) {
		return true
	}
	until := "至今"
	if k.ToYear != 0 {
		until = fmt.Sprintf("到%d年", k.ToYear)
	}
	r.refuse(r.d.Columns[r.at.year].Heading, strconv.FormatInt(year, 10), fmt.Sprintf("“%s”是%d年%s的补贴，这一年没有", k.Name, k.FromYear, until), "请核对年度和补贴种类。")
	return false
}

func (r *reader) key() string {
	text := func(i int) string { return r.cells[i].Text }
	d := disclosure.Disbursement{
		Fund: text(r.at.fund), Kind: text(r.at.kind), Year: r.cells[r.at.year].Int, Period: text(r.at.period), Batch: r.cells[r.at.batch].Int,
		Place: disclosure.Code(text(r.at.placeAt)), Group: text(r.at.group), Name: text(r.at.name), Type: text(r.at.recipientType),
		NamesakeNo: r.cells[r.at.namesake].Int,
	}
	return d.Key()
}

// finish judges what only the whole sheet can tell.
func (r *reader) finish() {
	for _, s := range r.self {
		if !r.own.refs[s.ref] {
			r.row = s.row
			r.unknown(s.column, s.ref)
		}
	}
}

// json is the row as the report shows it: every filled column under its name, and the names that the report promises besides.
func (r *reader) json() (json.RawMessage, error) {
	b := []byte(`{"sheet":`)
	add := func(name string, v any) error {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if name != "" {
			b = append(append(append(b, `,"`...), name...), `":`...)
		}
		b = append(b, raw...)
		return nil
	}
	if err := add("", r.sheet); err != nil {
		return nil, err
	}
	if err := add("row", r.row); err != nil {
		return nil, err
	}
	unit := ""
	for i, c := range r.d.Columns {
		if c.Name == "unit" {
			unit = r.cells[i].Text
		}
	}
	for i, c := range r.d.Columns {
		for _, name := range names(c, unit) {
			v := value(c, r.cells[i])
			if v == nil && name != "amount_fen" && name != "date" {
				continue
			}
			if err := add(name, v); err != nil {
				return nil, err
			}
		}
	}
	return append(b, '}'), nil
}

// names are those under which the report shows a column.
func names(c disclosure.Column, unit string) []string {
	switch c.Name {
	case "source", "source_row":
		return nil
	case "place":
		return []string{"village_code"}
	case "entered_on":
		return []string{"entered"}
	case "paid_on", "noted_on":
		return []string{c.Name, "date"}
	case "func_code":
		return []string{c.Name, "code"}
	case "quantity":
		switch unit {
		case "亩":
			return []string{c.Name, "area_mu"}
		case "人":
			return []string{c.Name, "persons"}
		}
	}
	return []string{c.Name}
}

func value(c disclosure.Column, v disclosure.Cell) any {
	switch {
	case c.Kind == disclosure.KindMilli && v.Int != 0:
		return json.RawMessage(c.Format(v))
	case c.Kind.Number() && (v.Int != 0 || c.Required):
		return v.Int
	case !c.Kind.Number() && v.Text != "":
		return v.Text
	}
	return nil
}
