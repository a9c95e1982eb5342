package kiosk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai.local/app/speech"
	"mingbai.local/assets/word"
)

// mostPhrases is how much of a page is read at once: some four minutes of it, after which one looks or asks again.
const mostPhrases = 40

// rowsAtOnce is how many rows of a list are read where the screen has not said how many are on show, tilesAtOnce how many tiles,
// which are a word each and of which it never says.
const (
	rowsAtOnce  = 8
	tilesAtOnce = 20
)

// longestName is how many characters a person's name has at most; what is longer is not read as one.
const longestName = 6

// reading is a page as it is read aloud, in the order in which one would tell it: what the page is, of which place, what settles
// it, and then the rest with the rows of its list that are on show. Buttons are not read, except where they are all there is to tell.
func reading(v View, from, rows int) []speech.Phrase {
	r := reader{page: v.Page, from: from, rows: rows}
	for _, b := range append(slices.Clone(v.Body), v.Side...) {
		r.block(b)
	}
	out := slices.Concat(r.title, r.where, r.settled, r.rest)
	if len(out) > mostPhrases {
		out = append(out[:mostPhrases:mostPhrases], speech.Phrase{Text: word.Say("listen.more")})
	}
	if v.Synthetic != "" && len(out) > 0 {
		out = append(out, speech.Phrase{Text: v.Synthetic}) // who cannot read the band should know it too
	}
	return out
}

// reader sorts what the blocks of a page say.
type reader struct {
	page       Page
	from, rows int

	title, where, settled, rest []speech.Phrase
}

// block adds what a block says, and reports whether it knows that kind of block.
func (r *reader) block(b Block) bool {
	switch b := b.(type) {
	case Crumbs:
		if b.Pin || r.page == PagePerson { // else they only say how one came here
			r.say(&r.where, strings.Join(b.Items, "，"))
		}
	case Heading:
		r.heading(b)
	case NameSum:
		r.name(&r.title, b.Name)
		r.say(&r.settled, b.Note, b.Figure+b.Unit)
	case Hero:
		r.say(&r.title, b.Title, b.Text)
	case Notice:
		r.say(&r.settled, b.Title, b.Figure)
		r.say(&r.settled, b.Text)
	case Gauge:
		r.say(&r.settled, b.Title, b.Label)
		r.figures(b.Figures)
	case Figures:
		r.figures(b.Items)
		r.bars(b.Rows)
		r.say(&r.rest, b.Note)
	case Meter:
		r.say(&r.settled, b.Title, b.Left, b.Right, b.Text)
	case Bars:
		r.say(&r.rest, b.Title)
		r.bars(b.Rows)
		r.say(&r.rest, b.Note+b.NoteDim)
	case List:
		r.list(b)
	case Tiles:
		r.tiles(b)
	case Prose:
		for i, p := range b.Paragraphs {
			if i == 0 && b.Person != "" {
				r.name(&r.rest, b.Person)
				p = strings.TrimPrefix(p, b.Person)
			}
			r.say(&r.rest, p)
		}
	case Cards:
		r.cards(b)
	case News:
		r.say(&r.rest, b.Title, b.Note)
		for _, n := range b.Rows {
			r.say(&r.rest, n.Label, n.Note, n.Figure)
		}
	case Doors:
		for _, d := range b.Items {
			r.say(&r.rest, d.Title, d.Note)
		}
	case Search:
		r.say(&r.settled, b.Found)
	case Buttons:
		r.buttons(b)
	case Target:
		r.say(&r.rest, b.Words)
	case Tabs, Candidates, Keys, Square, PINPad, Code, Ruler, Giant:
		// what is only there to be touched, typed or held against the panel
	default:
		return false
	}
	return true
}

// say adds a text of several parts, sentence by sentence, unless it says nothing or has been said.
func (r *reader) say(to *[]speech.Phrase, parts ...string) {
	for _, sentence := range sentences(strings.Join(nonEmpty(parts...), "，")) {
		p := speech.Phrase{Text: sentence}
		if speech.Said(sentence) == "" || slices.Contains(r.title, p) || slices.Contains(r.settled, p) || slices.Contains(*to, p) {
			continue
		}
		before, name, after := quoted(sentence)
		if name == "" || !r.tellsPeople() {
			*to = append(*to, p)
			continue
		}
		r.say(to, before)
		r.name(to, name)
		r.say(to, after)
	}
}

// name adds a person's name. The second of two who are called alike, 张三（2）, is 张三，第二个.
func (r *reader) name(to *[]speech.Phrase, name string) {
	name, number, namesake := strings.Cut(strings.TrimSuffix(name, "）"), "（")
	*to = append(*to, speech.Phrase{Text: name, Name: true})
	if namesake {
		*to = append(*to, speech.Phrase{Text: word.Say("listen.namesake", number)})
	}
}

// tellsPeople reports whether what stands in quotation marks or large on the page is a person's name.
func (r *reader) tellsPeople() bool {
	switch r.page {
	case PageList, PagePeople, PageNotOnList, PageSearch, PageInstitution, PageSurnames, PageIncumbent, PagePerson:
		return true
	}
	return false
}

func (r *reader) heading(b Heading) {
	name, rest, compared := strings.Cut(b.Text, "：") // 单国强：和去年比
	switch {
	case r.page == PageIncumbent:
		r.name(&r.title, b.Text)
	case r.page == PagePerson && compared:
		r.name(&r.title, name)
		r.say(&r.title, rest)
	default:
		r.say(&r.title, b.Text)
	}
	r.say(&r.title, b.Note)
	for _, c := range b.Chips {
		r.say(&r.settled, c.Text)
	}
}

func (r *reader) figures(items []Figure) {
	for _, f := range items {
		r.say(&r.settled, f.Label+f.Value)
	}
}

func (r *reader) bars(rows []BarRow) {
	for _, b := range rows {
		r.say(&r.rest, b.Label, b.Value)
	}
}

func (r *reader) cards(b Cards) {
	for _, c := range b.Items {
		title := c.Title
		if c.Icon == "call" {
			title = word.Say("phone") + "：" + title // so that it is read as a number one dials
		}
		r.say(&r.rest, title)
		r.say(&r.rest, c.Text)
	}
}

// buttons are read where one asks what can be done at all.
func (r *reader) buttons(b Buttons) {
	if r.page != PageHome && r.page != PageHelp {
		return
	}
	for _, x := range b.Items {
		r.say(&r.rest, x.Text)
	}
}

// onShow are the rows from and before which a list is read.
func (r *reader) onShow(offset, length int) (from, to int) {
	if r.rows > 0 {
		return min(max(r.from, 0), length), min(max(r.from, 0)+r.rows, length)
	}
	from = min(max(offset, 0), length)
	return from, min(from+rowsAtOnce, length)
}

func (r *reader) tiles(b Tiles) {
	from := min(max(b.Offset, 0), b.Len)
	for i := from; i < min(from+tilesAtOnce, b.Len); i++ {
		t := b.Tile(i)
		if r.page == PageSurnames {
			r.name(&r.rest, t.Text)
			r.tell(t.Note)
			continue
		}
		r.tell(strings.Join(nonEmpty(t.Text, t.Note), "，"))
	}
}

func (r *reader) list(b List) {
	r.say(&r.rest, b.Title)
	if b.Len == 0 {
		r.say(&r.rest, b.Empty)
		return
	}
	offset := b.Offset
	if b.Focus > 0 {
		offset = (b.Focus - 1) / rowsAtOnce * rowsAtOnce
	}
	from, to := r.onShow(offset, b.Len)
	for i := from; i < to; i++ {
		r.row(b, b.Row(i))
	}
}

// row tells one row: its texts, its verdict, and what stands below them. Rows that say the same are all read: two people may
// have been paid alike.
func (r *reader) row(b List, row Row) {
	var texts, chips, lines []string
	for i, c := range row.Cells {
		var column Column
		if i < len(b.Columns) {
			column = b.Columns[i]
		}
		switch {
		case column.Title == word.Say("list.no"):
			continue
		case r.isName(c):
			r.name(&r.rest, c.Text)
		default:
			texts = append(texts, cellText(b.Header, column, c.Text))
		}
		if c.Chip != nil {
			chips = append(chips, c.Chip.Text)
		}
		lines = append(lines, c.Lines...)
	}
	main := strings.Join(nonEmpty(append(texts, chips...)...), "，")
	for _, text := range append([]string{main}, lines...) {
		r.tell(text)
	}
}

// tell adds a text of a row even where it has been said before.
func (r *reader) tell(text string) {
	for _, sentence := range sentences(text) {
		if speech.Said(sentence) != "" {
			r.rest = append(r.rest, speech.Phrase{Text: sentence})
		}
	}
}

// isName reports whether a cell is a person's name: said to be one, or large, on a page of people, and no longer than names are.
func (r *reader) isName(c Cell) bool {
	if c.Person {
		return true
	}
	name, _, _ := strings.Cut(c.Text, "（")
	return c.Style == StyleName && r.tellsPeople() && c.Text != "" && utf8.RuneCountInString(name) <= longestName
}

// cellText is a cell with what the head of its column says of it: 753.06 under 金额（元） is 金额753.06元.
func cellText(header bool, column Column, text string) string {
	if !header || column.Align != AlignRight || column.Title == "" || text == "" {
		return text
	}
	title, unit := column.Title, ""
	if head, rest, ok := strings.Cut(strings.TrimSuffix(title, "）"), "（"); ok && strings.HasSuffix(title, "）") {
		title, unit = head, rest
	}
	if last, _ := utf8.DecodeLastRuneInString(text); !unicode.IsDigit(last) {
		unit = ""
	}
	return title + text + unit
}

// sentences parts a text where one breathes.
func sentences(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。！？；\n", r) })
}

// quoted finds what is no longer than a name and stands in quotation marks.
func quoted(text string) (before, name, after string) {
	before, rest, ok := strings.Cut(text, "“")
	name, after, closed := strings.Cut(rest, "”")
	alone, _, _ := strings.Cut(name, "（")
	if !ok || !closed || utf8.RuneCountInString(alone) > longestName {
		return text, "", ""
	}
	return before, name, after
}
