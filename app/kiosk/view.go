package kiosk

// View is one page as the villager is to see it: words, order and what each touch does. It says nothing of pixels; package
// screen gives every block its place and size on the panel at hand.
//
// Whatever can be touched carries the Msg that the touch sends. A nil Msg cannot be touched and is drawn so.
type View struct {
	Page  Page
	Title string // of the top band, as in 宜都市财政与编制公开
	Short string // the same where the band is narrow, as in 宜都市公开
	// Emblem is one character in a disc; touching it is how staff reach their corner.
	Emblem      string
	EmblemTouch Msg
	Phone       *Button // 电话
	Done        *Button // 我用完了; nil on home and idle
	// Body is stacked from the top. On wide panels Side stands to its right, on tall ones below it.
	Body, Side []Block
	AsOf       string // 数据截至…
	AsOfTone   Tone   // ToneAttention after 45 days, ToneAlarm after 180; then staffing pages name 12310
	Synthetic  string // 演示数据，并非真实; empty on a real county's edition
	Foot       []Button
	TextSize   TextSize
	// Contrast writes white on black.
	Contrast bool
	// Outlined is what the thing sends that has been spoken and opens at the next touch; it is outlined. nil is none.
	Outlined Msg
	Fit      Fit
	// Bare pages have neither band nor foot: nothing on them but their body.
	Bare bool
}

// Page names a page (页面); the tour and stories use it.
type Page string

// TextSize is one of three sizes (字号).
type TextSize int

const (
	TextStandard TextSize = iota
	TextLarge
	TextLargest
)

// Subject is what a door or a page is about; it chooses the colour (pages.md, tokens).
type Subject int

const (
	SubjectNone     Subject = iota // ink on paper
	SubjectSubsidy                 // 补贴 jade
	SubjectFund                    // 资金 amber
	SubjectStaffing                // 编制 blue
	SubjectPolicy                  // 政策 plum
	SubjectVoice                   // 反映 clay
	SubjectResult                  // 结果 slate
)

// Tone is how a text, bar or box is meant.
type Tone int

const (
	TonePlain     Tone = iota
	ToneMuted          // secondary text
	ToneGood           // jade: in order
	ToneNeutral        // grey-blue: said without judgement
	ToneAttention      // amber: look here
	ToneAlarm          // red: only for 超编 totals, very old data and dangerous staff actions, never on a person
)

// Style is the size and weight of a cell's main text.
type Style int

const (
	StyleBody   Style = iota // regular, body size
	StyleSmall               // regular, small, muted
	StyleName                // bold, amount size
	StyleAmount              // bold tabular figures, amount size
	StyleStrong              // bold, body size
)

// Align places a column's texts.
type Align int

const (
	AlignLeft Align = iota
	AlignRight
	AlignCentre
)

// Button is a labelled place to touch (按钮). Icon names a symbol of package icon; empty has none.
type Button struct {
	Icon    string
	Text    string
	Touch   Msg
	Subject Subject
	Filled  bool // the page's main way on
	Grave   bool // dangerous: red
}

// Chip is a small rounded label: 金额没错, 在编.
type Chip struct {
	Icon string
	Text string
	Tone Tone
}

// Block is one part of a page. The blocks of this file are all there are.
type Block interface{ block() }

type (
	// Crumbs is where we are: 枝城镇 › 白水港村; the last is bold. Pin draws a place mark before it.
	Crumbs struct {
		Items  []string
		Pin    bool
		Button *Button
	}
	// Heading is a page's title, with a line below it and chips.
	Heading struct {
		Text, Note string
		Chips      []Chip
	}
	// NameSum is a person's heading: the name at the left; a note over a figure at the right.
	NameSum struct {
		Name, Note, Figure, Unit string
	}
	// Search is the field that opens or holds a query. Typed are the parts: what is settled and what is still letters.
	Search struct {
		Placeholder      string
		Settled, Letters string
		Found            string
		Touch            Msg
		Typing           bool // draws the caret
	}
	// Doors are the big coloured tiles of home.
	Doors struct{ Items []Door }
	// Tiles is a paged grid of equal buttons: townships, surnames, characters of names. It takes the height that is left.
	Tiles struct {
		Columns  int // on a tall panel; a wide one has room for twice as many
		Len      int
		Tile     func(i int) Tile
		Offset   int
		ScrollTo func(offset int) Msg
	}
	// List is a paged table whose rows are fetched as they are drawn. It takes the height that is left.
	List struct {
		Title   string
		Columns []Column
		Header  bool // draw the column titles
		Len     int
		Row     func(i int) Row
		Offset  int
		// Focus, counted from 1, is the row whose page is to be shown in place of Offset: how many rows a page has, only the
		// screen knows. 0 is none.
		Focus    int
		ScrollTo func(offset int) Msg
		// Pages words the line between ▲ and ▼ from the page on show and the number of pages, both from 1.
		Pages func(page, pages int) string
		Empty string // what to say where Len is 0
		// Most is the largest number of rows worth showing at once; 0 is as many as fit.
		Most int
	}
	// Prose is long text, wrapped and paged by the screen; Offset counts wrapped lines.
	Prose struct {
		Paragraphs []string
		Person     string // whose name it begins with, if it does
		Offset     int
		ScrollTo   func(offset int) Msg
		Pages      func(page, pages int) string
	}
	// Bars compares amounts or counts.
	Bars struct {
		Title string
		Rows  []BarRow
		Note  string
		// NoteDim continues the note in muted ink.
		NoteDim string
	}
	// Gauge is one bar of a whole with a part done, and figures below it.
	Gauge struct {
		Icon, Title string
		Label       string  // in the bar, as in 已发94.1%
		Fraction    float64 // 0 to 1
		Figures     []Figure
		Subject     Subject
	}
	// Figures are big numbers side by side with bars below them.
	Figures struct {
		Items []Figure
		Rows  []BarRow
		Note  string
	}
	// Cards are short texts under an icon and a title, in columns.
	Cards struct {
		Columns int
		Items   []Card
		Subject Subject
	}
	// Notice is a sentence that settles something: the reconciliation, a "no" that says what is known.
	Notice struct {
		Icon, Title, Text string
		Figure            string // at the right of the title
		Tone              Tone
		Button            *Button
	}
	// News is a card of what was paid in a village, without names, or of what is under public notice. Icon stands before its title.
	News struct {
		Icon, Title, Note string
		Rows              []NewsRow
		Touch             Msg
	}
	// Buttons stand side by side.
	Buttons struct {
		Items   []Button
		Columns int // 0 puts all in one row
	}
	// Tabs choose between views of one page or between methods.
	Tabs struct{ Items []Tab }
	// Candidates are characters that can come next, with the number of people behind each, and a way to others, which is said how
	// many there was room for.
	Candidates struct {
		Items  []Tile
		Others string
		More   func(shown int) Msg // nil where there are no others
	}
	// Keys is the pad: a to z or the five strokes, then the two actions. A panel that is too low for 26 letters shows the 8 keys of
	// Nine in their place, where there are any.
	Keys struct {
		Letters, Nine []Key
		Back, Clear   Key
	}
	// Square is where a character is written by finger. Wrote is what is sent once the finger has rested, with all that was written
	// since the square was empty; Hint stands in it while it is.
	Square struct {
		Ink   *Ink
		Hint  string
		Wrote func(*Ink) Msg
	}
	// Code is a QR code of a text, as large as there is room.
	Code struct{ Text string }
	// Meter is how far a task is: a bar with a title over it and a note at either end below.
	Meter struct {
		Icon, Title string
		Fraction    float64 // 0 to 1; negative where it is not known
		Left, Right string
		Text        string
	}
	// PINPad is the pad of ten digits with the number of those that were entered, or with what was Typed where that is no secret.
	PINPad struct {
		Entered  int
		Typed    string
		Digits   []Key // 0 to 9
		Back, OK Key
	}
	// Target is a cross to be touched, at a place given in parts of the panel's width and height; wherever the finger is felt
	// counts. It is the only block of a page.
	Target struct {
		X, Y  float64
		Words string
		Touch Msg // an Aim, which the screen fills in
	}
	// Ruler is a bar that should be as long as a bank card is wide, 85.6 mm, when a pixel has this size.
	Ruler struct{ PxPerMM float64 }
	// Hero is the middle of the idle page: emblem, name, one sentence.
	Hero struct{ Emblem, Title, Text string }
	// Giant is the one button of the idle page.
	Giant struct {
		Text  string
		Touch Msg
	}
)

type (
	// Door is one of home's coloured tiles.
	Door struct {
		Icon, Title, Note string
		Subject           Subject
		Touch             Msg
	}
	// Tile is one button of a grid: a big word over a small one, behind an icon where it has one.
	Tile struct {
		Icon       string
		Text, Note string
		Touch      Msg
		Filled     bool
	}
	// Column is one column of a list. Weight shares out the width that fixed columns leave.
	Column struct {
		Title  string
		Weight float64
		Align  Align
	}
	// Row is one row of a list.
	Row struct {
		Cells     []Cell
		Touch     Msg // nil where the row opens nothing; a chevron is drawn where it does
		Highlight bool
	}
	// Cell is one cell of a row: a main text with a chip behind it and up to two lines below, a bar, or a button.
	Cell struct {
		Text   string
		Style  Style
		Chip   *Chip
		Person bool     // the text is somebody's name, and read as one, though it is not drawn as names are
		Lines  []string // below the main text, small
		Bar    *float64 // 0 to 1, drawn in place of a text
		Button *Button
	}
	// BarRow is one bar with its label and its value. Mark, from 0 to 1, draws the limit; negative draws none.
	BarRow struct {
		Label    string
		Fraction float64
		Mark     float64
		Value    string
		Subject  Subject
		Now      bool // the row that the page is about
	}
	// Figure is a big number under its label.
	Figure struct {
		Label, Value string
		Tone         Tone
	}
	// Card is a short text under an icon and a title.
	Card struct {
		Icon, Title, Text string
		Touch             Msg
	}
	// NewsRow is one line of a news card: 耕地地力保护补贴 182户 96,120.40元.
	NewsRow struct{ Label, Note, Figure string }
	// Tab is one of a row of choices.
	Tab struct {
		Icon, Text string
		On         bool
		Touch      Msg
	}
	// Key is one key of the pad; a nil Touch leads nowhere and is pale.
	Key struct {
		Text  string
		Touch Msg
	}
)

func (Crumbs) block()     {}
func (Heading) block()    {}
func (NameSum) block()    {}
func (Search) block()     {}
func (Doors) block()      {}
func (Tiles) block()      {}
func (List) block()       {}
func (Prose) block()      {}
func (Bars) block()       {}
func (Gauge) block()      {}
func (Figures) block()    {}
func (Cards) block()      {}
func (Notice) block()     {}
func (News) block()       {}
func (Buttons) block()    {}
func (Tabs) block()       {}
func (Candidates) block() {}
func (Keys) block()       {}
func (Square) block()     {}
func (Code) block()       {}
func (Meter) block()      {}
func (PINPad) block()     {}
func (Target) block()     {}
func (Ruler) block()      {}
func (Hero) block()       {}
func (Giant) block()      {}
